//! How fast a page becomes a tree, beside html5ever whole, and how fast selectors run over it.
//!
//! Pages are those of the development sets wcxb and fundus where they are (`../shared/data`), else made up.

#[path = "../tests/dom_support/mod.rs"]
#[allow(dead_code, reason = "the comparison of trees is for the tests")]
mod dom_support;

use std::fs::File;
use std::hint::black_box;
use std::io::{BufRead, BufReader};
use std::path::Path;

use copydesk::dom::select::{Selector, SelectorSet};
use copydesk::dom::{Dom, Limits};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use dom_support::Reference;
use flate2::read::MultiGzDecoder;
use serde_json::Value;

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

fn pages() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let mut pages = vec![];
    for set in ["wcxb", "fundus"] {
        let Ok(file) = File::open(folder.join(format!("{set}.jsonl.gz"))) else { continue };
        for line in BufReader::new(MultiGzDecoder::new(file)).lines() {
            let record: Value = serde_json::from_str(&line.expect("UTF-8")).expect("JSON");
            pages.extend(record["html"].as_str().map(str::to_owned));
        }
    }
    if pages.is_empty() {
        pages = (0..100).map(made_up).collect();
    }
    pages
}

/// A page of some 70 kB, its bytes shared out as on news pages: much script and markup, little text.
fn made_up(number: usize) -> String {
    let mut page = format!("<!doctype html><html lang=en><head><title>Tide tables, no. {number}</title>");
    for i in 0..20 {
        page += &format!("<meta property=\"og:x{i}\" content=\"A &amp; B {i}\"><script>var a{i} = 1 < {i};");
        page += &"window.dataLayer = window.dataLayer || [];".repeat(40);
        page += "</script>";
    }
    page += "</head><body class=\"story single\"><article class=\"story__body\">";
    for i in 0..60 {
        page += &format!(
            "<p class=\"par par-{i}\" data-n=\"{i}\">The ferry left at {i}, <a href=\"/f?a={i}&amp;b=2\" "
        );
        page += "class=\"link link--inline\" title=x>late</a> as ever &ndash; and &quot;full&quot;.</p>\n";
        page += "<div class=\"share share--row\"><ul><li><a href=\"#\"><svg viewBox=\"0 0 9 9\"><path d=\"M0 0L9 9\"/>";
        page += "</svg><span>Share</span></a></li></ul></div>\n";
    }
    page + "</article></body></html>"
}

fn dom(c: &mut Criterion) {
    let pages = pages();
    let limits = Limits::default();
    let mut group = c.benchmark_group("dom");
    group.sample_size(10);
    group.throughput(Throughput::Bytes(pages.iter().map(|page| page.len() as u64).sum()));
    group.bench_function("parse", |b| {
        b.iter(|| pages.iter().map(|page| black_box(Dom::parse(page, &limits)).len()).sum::<u32>());
    });
    let doms: Vec<Dom> = pages.iter().map(|page| Dom::parse(page, &limits)).collect();
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
