//! How fast a page becomes a tree, beside html5ever whole, and how fast selectors run over it.

#[path = "../tests/dom_support/mod.rs"]
#[allow(dead_code, reason = "the comparison of trees is for the tests")]
mod dom_support;
mod pages;

use std::hint::black_box;

use copydesk::dom::select::{Selector, SelectorSet};
use copydesk::dom::{Dom, Limits};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use dom_support::Reference;
use pages::pages;

/// Selectors such as rules have them.
const SELECTORS: &[&str] = &[
    "article p",
    "[itemprop=articleBody]",
    "div[class*=share]",
    "footer",
    "nav",
    "aside",
    ".related",
    "#comments",
    ".comment",
    "figure figcaption",
    "h1",
    "article h2",
    "div.article-body > p",
    "[class^=ad-]",
    "[id*=sidebar]",
    ".newsletter-signup",
    "ul.tags li",
    "a[href^='mailto:']",
    "[role=navigation]",
    ".social-share a",
    "div[class~=promo]",
    "script[type='application/ld+json']",
    "meta[property='og:title']",
    "time[datetime]",
    ".byline",
    ".author a",
    "section.body p:first-child",
    "main article",
    "p > a:only-child",
    "[data-testid*=paragraph]",
];

fn dom(c: &mut Criterion) {
    let pages = pages();
    let limits = Limits::default();
    let mut group = c.benchmark_group("dom");
    group.sample_size(10);
    group.throughput(Throughput::Bytes(pages.iter().map(|page| page.len() as u64).sum()));
    group.bench_function("parse", |b| {
        b.iter(|| pages.iter().map(|page| black_box(Dom::parse(page, &limits)).len()).sum::<u32>());
    });
    let doms: Vec<Dom<'_>> = pages.iter().map(|page| Dom::parse(page, &limits)).collect();
    let selectors: Vec<Selector> = SELECTORS.iter().map(|css| Selector::parse(css).expect("valid")).collect();
    group.bench_function("30 selectors one by one", |b| {
        b.iter(|| {
            let found = doms
                .iter()
                .flat_map(|dom| selectors.iter().map(move |selector| selector.find_all(dom, 0).len()));
            found.sum::<usize>()
        });
    });
    let set = SelectorSet::new(selectors.clone());
    group.bench_function("30 selectors in one walk", |b| {
        b.iter(|| {
            let mut found = 0;
            doms.iter().for_each(|dom| set.find_all(dom, |_, _| found += 1));
            found
        });
    });
    // A sink as plain as the one the tests compare with is slow where an element has many children.
    group.bench_function("html5ever whole", |b| {
        b.iter(|| pages.iter().for_each(|page| drop(Reference::parse(page))))
    });
    group.bench_function("scraper", |b| {
        b.iter(|| pages.iter().for_each(|page| drop(black_box(scraper::Html::parse_document(page)))));
    });
    group.finish();
}

criterion_group!(benches, dom);
criterion_main!(benches);
