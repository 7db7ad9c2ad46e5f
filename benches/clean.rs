//! The whole path of a page beside the parsing alone, which it cannot be faster than, and their ratio.

#![allow(missing_docs, clippy::unwrap_used)]

mod pages;

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use copydesk::Cleaner;
use copydesk::document::RawDoc;
use copydesk::dom::{Dom, Limits};
use copydesk::rules::RuleSet;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use pages::pages;

/// Pairs of passes behind the ratio: one of parsing, one of cleaning, in turn, so that what else the machine does
/// slows both.
const PAIRS: usize = 9;

fn timed(pass: impl Fn()) -> Duration {
    let started = Instant::now();
    pass();
    started.elapsed()
}

fn clean(c: &mut Criterion) {
    let pages = pages();
    let documents: Vec<RawDoc> = pages.iter().map(|page| RawDoc::page(page)).collect();
    let cleaner = Cleaner::new(Arc::new(RuleSet::load(None, false).unwrap()));
    let limits = Limits::default();
    let parse = || pages.iter().for_each(|page| drop(black_box(Dom::parse(page, &limits))));
    let clean = || documents.iter().for_each(|document| drop(black_box(cleaner.clean(document))));

    let mut group = c.benchmark_group("page");
    group.sample_size(10);
    group.throughput(Throughput::Bytes(pages.iter().map(|page| page.len() as u64).sum()));
    group.bench_function("parse", |b| b.iter(parse));
    group.bench_function("clean", |b| b.iter(clean));
    group.finish();

    let mut ratios: Vec<f64> =
        (0..PAIRS).map(|_| timed(clean).as_secs_f64() / timed(parse).as_secs_f64()).collect();
    ratios.sort_by(f64::total_cmp);
    println!(
        "clean/parse: {:.2} (median of {PAIRS}, {:.2} to {:.2})",
        ratios[PAIRS / 2],
        ratios[0],
        ratios[PAIRS - 1]
    );
}

criterion_group!(benches, clean);
criterion_main!(benches);
