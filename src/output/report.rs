//! What a run did, counted.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::name_of;
use super::usage::{FileUse, PatternUse, Usage};
use crate::article::{DropReason, Flag, ReviewReason, Verdict};
use crate::cleaner::Cleaned;
use crate::document::RawDoc;
use crate::error::{DocError, Stage};
use crate::label::{Kind, Label};

/// Rules that the summary shows; the JSON report has all.
const TOP_RULES: usize = 10;

/// Characters of a rule's path that the summary shows; a pattern may be long.
const SHOWN_PATH: usize = 80;

/// Counts over documents.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Tally {
    bytes: u64,
    kept: u64,
    review: BTreeMap<ReviewReason, u64>,
    dropped: BTreeMap<DropReason, u64>,
    failed: BTreeMap<Stage, u64>,
    flags: BTreeMap<Flag, u64>,
    blocks_kept: u64,
    blocks_removed: BTreeMap<Kind, u64>,
    rules: Usage,
}

impl Tally {
    /// Counts of one document that was cleaned.
    pub(super) fn of(raw: &RawDoc, cleaned: &Cleaned) -> Self {
        let mut tally = Self { bytes: raw.bytes.len() as u64, ..Self::default() };
        match cleaned.verdict {
            Verdict::Kept => tally.kept = 1,
            Verdict::Review(reason) => _ = tally.review.insert(reason, 1),
            Verdict::Dropped(reason) => _ = tally.dropped.insert(reason, 1),
        }
        tally.flags = cleaned.flags.iter().map(|flag| (*flag, 1)).collect();
        for block in &cleaned.blocks {
            match block.label {
                Label::Kept(_) => tally.blocks_kept += 1,
                Label::Dropped(kind) => {
                    *tally.blocks_removed.entry(kind).or_default() += 1;
                }
            }
        }
        tally.rules = Usage::of(cleaned);
        tally
    }

    /// Counts of one document that failed.
    pub(super) fn of_failed(error: &DocError, bytes: usize) -> Self {
        Self { bytes: bytes as u64, failed: [(error.stage, 1)].into(), ..Self::default() }
    }

    /// Makes of one article that was kept, or is for review, one that was dropped.
    pub(super) fn drop(&mut self, reason: DropReason) {
        self.kept = 0;
        self.review.clear();
        self.dropped = [(reason, 1)].into();
    }

    /// Adds other documents to these.
    pub fn add(&mut self, other: Self) {
        self.bytes += other.bytes;
        self.kept += other.kept;
        self.blocks_kept += other.blocks_kept;
        add_counts(&mut self.review, other.review);
        add_counts(&mut self.dropped, other.dropped);
        add_counts(&mut self.failed, other.failed);
        add_counts(&mut self.flags, other.flags);
        add_counts(&mut self.blocks_removed, other.blocks_removed);
        self.rules.add(other.rules);
    }
}

fn add_counts<K: Ord>(to: &mut BTreeMap<K, u64>, from: BTreeMap<K, u64>) {
    for (key, count) in from {
        *to.entry(key).or_default() += count;
    }
}

/// The report of a run. As JSON for machines, displayed as the summary for people.
#[derive(Debug, Serialize)]
pub struct Report {
    version: &'static str,
    documents: Documents,
    skipped: Skipped,
    dropped: BTreeMap<DropReason, u64>,
    review: BTreeMap<ReviewReason, u64>,
    failed: BTreeMap<Stage, u64>,
    flags: BTreeMap<Flag, u64>,
    blocks: Blocks,
    /// Patterns that hit, those that removed most first.
    rules: Vec<PatternUse>,
    /// Files of sites and families that applied.
    rule_files: BTreeMap<Arc<str>, FileUse>,
    run: Run,
}

/// `read = kept + dropped + review + failed`, always.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
struct Documents {
    read: u64,
    kept: u64,
    dropped: u64,
    review: u64,
    failed: u64,
}

/// What the input holds besides documents.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Skipped {
    /// Files in folders that are neither pages, texts, JSON lines nor WARC.
    pub files: u64,
    /// WARC records that are no documents.
    pub records: u64,
}

#[derive(Debug, Serialize)]
struct Blocks {
    kept: u64,
    removed: u64,
    removed_by_kind: BTreeMap<Kind, u64>,
}

#[derive(Debug, Serialize)]
struct Run {
    threads: usize,
    seconds: f64,
    /// Bytes of the documents, decompressed.
    bytes: u64,
    documents_per_second: f64,
    megabytes_per_second: f64,
}

impl Report {
    /// The report of a run that read this many documents.
    ///
    /// # Panics
    /// If a document that was read is not in the tally, or twice: the output cannot be trusted then.
    #[must_use]
    pub fn new(read: u64, skipped: Skipped, tally: Tally, threads: usize, time: Duration) -> Self {
        let documents = Documents {
            read,
            kept: tally.kept,
            dropped: tally.dropped.values().sum(),
            review: tally.review.values().sum(),
            failed: tally.failed.values().sum(),
        };
        let Documents { kept, dropped, review, failed, .. } = documents;
        assert_eq!(read, kept + dropped + review + failed, "a document is lost: {documents:?}");
        let seconds = time.as_secs_f64();
        let per_second = |amount: f64| if seconds > 0.0 { amount / seconds } else { 0.0 };
        let (rules, rule_files) = tally.rules.into_parts();
        Self {
            version: env!("CARGO_PKG_VERSION"),
            documents,
            skipped,
            dropped: tally.dropped,
            review: tally.review,
            failed: tally.failed,
            flags: tally.flags,
            blocks: Blocks {
                kept: tally.blocks_kept,
                removed: tally.blocks_removed.values().sum(),
                removed_by_kind: tally.blocks_removed,
            },
            rules,
            rule_files,
            run: Run {
                threads,
                seconds,
                bytes: tally.bytes,
                documents_per_second: per_second(read as f64),
                megabytes_per_second: per_second(tally.bytes as f64 / 1e6),
            },
        }
    }

    /// Number of documents that were read.
    #[must_use]
    pub fn read(&self) -> u64 {
        self.documents.read
    }

    /// Number of documents that failed.
    #[must_use]
    pub fn failed(&self) -> u64 {
        self.documents.failed
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Documents { read, kept, dropped, review, failed } = self.documents;
        writeln!(f, "read {read} = kept {kept} + dropped {dropped} + review {review} + failed {failed}")?;
        let Skipped { files, records } = self.skipped;
        if files + records > 0 {
            writeln!(f, "  passed over, no documents: files {files}, WARC records {records}")?;
        }
        for (what, counts) in [
            ("dropped", counts(&self.dropped)),
            ("to review", counts(&self.review)),
            ("failed", counts(&self.failed)),
            ("flags", counts(&self.flags)),
        ] {
            if !counts.is_empty() {
                writeln!(f, "  {what}: {}", listed(&counts))?;
            }
        }
        writeln!(f, "blocks: kept {}, removed {}", self.blocks.kept, self.blocks.removed)?;
        if self.blocks.removed > 0 {
            writeln!(f, "  removed: {}", listed(&counts(&self.blocks.removed_by_kind)))?;
        }
        let removers = || self.rules.iter().filter(|rule| rule.blocks > 0);
        if removers().next().is_some() {
            writeln!(f, "rules that removed most:")?;
        }
        for PatternUse { rule, path, blocks, .. } in removers().take(TOP_RULES) {
            let path: String = path.chars().take(SHOWN_PATH).collect();
            writeln!(f, "{blocks:>8}  {rule}  {path}")?;
        }
        let Run { threads, seconds, documents_per_second, megabytes_per_second, .. } = self.run;
        let plural = if threads == 1 { "" } else { "s" };
        write!(
            f,
            "{seconds:.2} s on {threads} thread{plural}: {documents_per_second:.0} documents/s, \
             {megabytes_per_second:.1} MB/s"
        )
    }
}

/// The names of a map's keys and their counts, most first.
fn counts<K: Serialize>(map: &BTreeMap<K, u64>) -> Vec<(String, u64)> {
    let mut counts: Vec<_> = map.iter().map(|(key, count)| (name_of(key), *count)).collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts
}

fn listed(counts: &[(String, u64)]) -> String {
    let parts: Vec<_> = counts.iter().map(|(name, count)| format!("{name} {count}")).collect();
    parts.join(", ")
}
