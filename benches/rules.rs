//! Rules: loading two thousand site files, merging a site's chain, matching lines of text.

#![allow(missing_docs, clippy::unwrap_used)]

use std::fmt::Write;
use std::fs;
use std::hint::black_box;

use copydesk::rules::{Line, RuleSet};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use tempfile::TempDir;

const SITES: usize = 2_000;

/// A site's file of the usual size: seven selectors, some shared with other sites and some not, four line patterns.
fn site(n: usize) -> String {
    let mut file = format!("format = 1\nhosts = [\"paper{n}.example\", \"*.paper{n}.example\"]\n");
    let _ = write!(
        file,
        "[meta]\ntitle = [{{ meta = \"og:title\", before = \" | Paper {n}\" }}, \"h1.headline\"]\n\
         byline = [\".author-{} a\", {{ css = \"p.by\", re = '^By (.+?)(?:,|$)' }}]\n\
         [body]\nselect = [\"article .story-body\", \"#content-{n} > div.text\"]\nmin_words = 40\n\
         [strip]\nshare = [\".share-tools\"]\nrelated = [\"aside.more-{}\"]\n\
         [lines]\nread-more = ['^read more in paper {n}\\b']\n\
         newsletter = ['^sign up (?:for|to) .{{0,40}}\\b(?:newsletter|briefing {n})\\b']\n\
         copyright = ['^© \\d{{4}} paper {n}']\nad = ['^story continues below paper {}\\b']\n\
         [[test]]\ndrops = [\"Read more in paper {n}: ferries\"]\nkeeps = [\"The council met on Monday.\"]\n",
        n % 50,
        n % 20,
        n % 100
    );
    file
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
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("sites")).unwrap();
    for n in 0..SITES {
        fs::write(folder.path().join(format!("sites/paper{n}.toml")), site(n)).unwrap();
    }
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
    drop(rules.chain(None, None, None));
    let mut n = 0;
    group.bench_function("chain of another site", |b| {
        b.iter(|| {
            n = (n + 1) % SITES;
            rules.chain(Some(&format!("https://paper{n}.example/news/1")), None, None)
        });
    });
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
