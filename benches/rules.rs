//! Rules: loading two thousand site files, merging a site's chain, a page among few and among many sites, matching
//! lines of text.

#![allow(missing_docs, clippy::unwrap_used)]

use std::fs;
use std::hint::black_box;
use std::sync::Arc;

use copydesk::Cleaner;
use copydesk::document::RawDoc;
use copydesk::rules::{Line, RuleSet};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use tempfile::TempDir;

const SITES: usize = 2_000;

/// A site's file of the usual size: selectors and line patterns, some shared with other sites and some not, and tests.
fn site(n: usize) -> String {
    let (theme, desk, place) = (n % 50, n % 20, n % 100);
    format!(
        r##"format = 1
about  = "Paper {n}: a generated file of the usual size"
hosts  = ["paper{n}.example", "*.paper{n}.example"]
set    = {{ lang = "en", publisher = "Paper {n}" }}

[meta]
title  = [{{ meta = "og:title", before = " | Paper {n}" }}, "h1.theme{theme}-headline"]
byline = [{{ css = ".desk{desk}-author", after = "By " }}, ".byline a", {{ jsonld = "author.name" }}]
date   = [{{ meta = "article:published_time" }}, "time.theme{theme}@datetime"]

[body]
select    = ["article .theme{theme}-body", "#content-{n} > div.text", '[itemprop="articleBody"]']
min_words = 40

[strip]
share      = [".share-tools", ".share-{n}"]
related    = ["aside.more-{desk}", {{ css = "h3", text = '^Read also', up = "div" }}]
newsletter = [".newsletter-box", "[class^=promo-{place}-]"]
advert     = ["div.ad-slot", ".theme{theme}-ad"]

[lines]
read-more  = ['^Read more in Paper {n}\b', '^More from place {place}:']
newsletter = ['^Sign up (?:for|to) .{{0,40}}\b(?:newsletter|briefing {n})\b']
copyright  = ['^© \d{{4}} Paper {n}']
caption    = [{{ re = '^(?:Photo|Picture|Graphic): ', max_chars = 120 }}]

[cut]
keep_until = [{{ line = '^Most read in place {place}$', kind = "related" }}]

[[test]]
drops = ["Read more in Paper {n}: ferries return", "Photo: K. Ohm"]
keeps = ["The council met on Monday.", "The photo: a harbour in fog."]

[[test]]
url  = "https://paper{n}.example/news/17"
html = '''
<h1>The quarry reopens</h1><p class="byline">By <a href="/ida">Ida Ohm</a></p>
<article><div id="content-{n}"><div class="text"><p>The quarry reopens on Monday.</p><div class="share-tools">Share</div></div></div></article>'''
byline = ["Ida Ohm"]
body   = "The quarry reopens on Monday."
"##
    )
}

/// A folder of so many site files.
fn folder_of(sites: usize) -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("sites")).unwrap();
    for n in 0..sites {
        fs::write(folder.path().join(format!("sites/paper{n}.toml")), site(n)).unwrap();
    }
    folder
}

/// A page of the site that all folders have.
fn page() -> RawDoc {
    let paragraph =
        "<p>The harbour council voted on Monday to deepen the eastern channel after three winters of storms.";
    let page = format!(
        "<nav>Home</nav><article><h1>Harbour</h1><div id=content-7><div class=text>{}<p>Read more in Paper 7: ferries\
         <div class=share-tools>Share</div></div></div></article>",
        paragraph.repeat(60)
    );
    RawDoc { url: Some("https://www.paper7.example/news/1".to_owned()), ..RawDoc::page(&page) }
}

/// Lines of a page, of many lengths, most of them article text.
fn lines() -> Vec<String> {
    let text = "The harbour council voted on Monday to deepen the eastern channel after three winters of storms had moved \
                the bank again, and the ferry company said it would read the report before it ordered new ships. ";
    let short = [
        "Read more: ferries",
        "Accept all cookies",
        "Share on Facebook",
        "Mehr zum Thema",
        "Подробнее",
        "12 comments",
        "What the minister said",
        "Harbour",
        "By Anna Berg",
        "3 March 2026",
    ];
    (0..1_000)
        .map(|n| match n % 5 {
            0 => short[n / 5 % short.len()].to_owned(),
            1 => text.chars().skip(n % 40).take(60 + n % 100).collect(),
            _ => text.chars().cycle().skip(n % 170).take(100 + n % 500).collect(),
        })
        .collect()
}

fn loading(c: &mut Criterion) {
    let folder = folder_of(SITES);
    let mut group = c.benchmark_group("rules");
    group.sample_size(10);
    group
        .bench_function("load 2,000 sites", |b| b.iter(|| RuleSet::load(Some(folder.path()), true).unwrap()));
    group.bench_function("load what is shipped", |b| b.iter(|| RuleSet::load(None, true).unwrap()));
    group.bench_function("first chain", |b| {
        b.iter_batched(
            || RuleSet::load(None, true).unwrap(),
            |rules| rules.chain(None, None, None),
            criterion::BatchSize::PerIteration,
        );
    });
    let rules = RuleSet::load(Some(folder.path()), true).unwrap();
    let _ = rules.chain(None, None, None);
    let mut n = 0;
    group.bench_function("chain of another site", |b| {
        b.iter(|| {
            n = (n + 1) % SITES;
            rules.chain(Some(&format!("https://paper{n}.example/news/1")), None, None)
        });
    });
    for sites in [10, SITES] {
        let folder = folder_of(sites);
        let cleaner = Cleaner::new(Arc::new(RuleSet::load(Some(folder.path()), true).unwrap()));
        let page = page();
        group.bench_function(format!("page among {sites} sites"), |b| b.iter(|| cleaner.clean(&page)));
    }
    group.finish();
}

fn matching(c: &mut Criterion) {
    let rules = RuleSet::load(None, true).unwrap();
    let chain = rules.chain(None, None, None);
    let lines = lines();
    let mut group = c.benchmark_group("rules");
    group.throughput(Throughput::Elements(lines.len() as u64));
    group.bench_function("lines", |b| {
        b.iter(|| {
            let found = lines.iter().enumerate().filter(|(n, line)| {
                let at = Line { text: line, from_head: n % 50, from_tail: 49 - n % 50, lang: Some("en") };
                chain.line(&at).is_some()
            });
            black_box(found.count())
        });
    });
    group.finish();
}

criterion_group!(benches, loading, matching);
criterion_main!(benches);
