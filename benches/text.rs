//! Cleaning rate of flattened text: bytes a second on one core.

#![allow(missing_docs, clippy::unwrap_used)]

use std::sync::Arc;

use copydesk::Cleaner;
use copydesk::document::RawDoc;
use copydesk::rules::RuleSet;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

/// An invented article of some 6 KB, as an extractor would leave it.
fn article(n: usize) -> String {
    let mut text = format!("The ferry number {n} sails again\n\nBy Ida Marsh\n\n6 October 2026\n\n");
    for paragraph in 0..16 {
        text += &format!(
            "The harbour board of Elsterwick voted on Tuesday to close berth {paragraph} for the winter, and {n} boats \
             that land their catch there will move to the northern pier. “We will not wait for the first storm,” said \
             the board's chairwoman. The county, which pays for the repairs, had asked for another survey, but the \
             money was spent on the crane, built in {}.\n\n",
            1900 + (n * 31 + paragraph * 7) % 100
        );
    }
    text + "Read more: The flood that nobody measured\n\n© 2026 Elsterwick Post. All rights reserved.\n"
}

/// The same within the menus and footers of a whole page.
fn page(n: usize) -> String {
    let mut text = String::new();
    for item in 0..60 {
        text += &format!("\n\n\nSection {}\n", (item * 17 + n) % 90);
    }
    text += &article(n);
    for item in 0..80 {
        text += &format!("\nA headline of another story of ours, number {}\n\n", (item * 13 + n) % 90);
    }
    text
}

fn clean(c: &mut Criterion) {
    let cleaner = Cleaner::new(Arc::new(RuleSet::load(None, true).unwrap()));
    let mut group = c.benchmark_group("text");
    for (name, make) in [("extract", article as fn(usize) -> String), ("page", page)] {
        let documents: Vec<RawDoc> = (0..50).map(|n| RawDoc::text(&make(n))).collect();
        let bytes: usize = documents.iter().map(|document| document.bytes.len()).sum();
        group.throughput(Throughput::Bytes(bytes as u64));
        group.bench_function(name, |b| {
            b.iter(|| documents.iter().filter(|document| cleaner.clean(document).is_ok()).count());
        });
    }
    group.finish();
}

criterion_group!(benches, clean);
criterion_main!(benches);
