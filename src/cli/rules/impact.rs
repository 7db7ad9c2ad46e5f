//! `copydesk rules impact`: what a change of the rules changes.

use std::fmt::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use copydesk::Cleaner;
use copydesk::article::Metadata;
use copydesk::block::Block;
use copydesk::cleaner::Cleaned;
use copydesk::document::RawDoc;
use copydesk::label::{Kind, Label};
use copydesk::output::{Escaped, PAGE_END, page_start, verdict_of};
use copydesk::pipeline;
use copydesk::rules::RuleSet;
use serde::Serialize;

use super::pairs::pairs;
use super::{Form, in_form};
use crate::cli::{Exit, Failure, InputArgs, Named, pool, print, printable};

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ImpactArgs {
    #[command(flatten)]
    input: InputArgs,
    /// Folder of the old rules [default: the shipped ones alone]
    #[arg(long, value_name = "DIR")]
    old: Option<PathBuf>,
    /// Folder of the new rules [default: the shipped ones alone]
    #[arg(long, value_name = "DIR")]
    new: Option<PathBuf>,
    /// Show the changes of this many documents, those that change most
    #[arg(long, value_name = "N", default_value_t = 50)]
    worst: usize,
    #[arg(long, value_enum, default_value_t = Form::Text)]
    format: Form,
    /// Write the changes as a page for a browser to this file
    #[arg(long, value_name = "FILE", conflicts_with = "format")]
    html: Option<PathBuf>,
    /// Number of threads; the output does not depend on it [default: one a core]
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
}

const EXAMPLES: &str = "\
Every document is cleaned with both; what differs is told, the documents that change most first: lines
that go (-), lines that come back (+), fields of the metadata.

Examples:
  copydesk rules impact dump.jsonl.gz --new rules/
  copydesk rules impact pages/ --old rules-before/ --new rules/ --html impact.html";

/// A line that the rules changed, of which there is one side if it went or came back.
#[derive(Debug, Serialize)]
struct LineChange {
    #[serde(flatten)]
    change: Change,
    text: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case", tag = "change")]
enum Change {
    /// It was kept and goes.
    Lost { kind: String, reason: String },
    /// It went and is kept.
    Won { kind: String, reason: String },
    /// It is kept with another text.
    Replaced { before: String },
}

#[derive(Debug, Serialize)]
struct FieldChange {
    field: &'static str,
    old: Option<String>,
    new: Option<String>,
}

/// A document that changes.
#[derive(Debug, Serialize)]
struct DocChange {
    source: String,
    url: Option<String>,
    title: String,
    /// The verdicts if they differ.
    verdict: Option<(String, String)>,
    words_lost: usize,
    words_won: usize,
    fields: Vec<FieldChange>,
    lines: Vec<LineChange>,
}

/// What changes in a run.
#[derive(Debug, Default, Serialize)]
struct Impact {
    documents: u64,
    failed: u64,
    changed: u64,
    lines_lost: usize,
    lines_won: usize,
    lines_replaced: usize,
    words_lost: usize,
    words_won: usize,
    fields: usize,
    verdicts: usize,
    /// The documents that change most, those first.
    worst: Vec<DocChange>,
}

pub(super) fn run(args: &ImpactArgs) -> Result<Exit, Failure> {
    let documents = args.input.open()?;
    let old = Cleaner::new(Arc::new(RuleSet::load(args.old.as_deref(), true)?));
    let new = Cleaner::new(Arc::new(RuleSet::load(args.new.as_deref(), true)?));
    let mut page = args.html.as_deref().map(Named::create).transpose()?;
    let mut impact = Impact::default();
    pipeline::run(
        &pool(args.threads)?,
        documents,
        |document| document.as_ref().map_or(0, |raw| raw.bytes.len()),
        |document| {
            let raw = document?;
            let (old, new) = (pipeline::clean_guarded(&old, &raw)?, pipeline::clean_guarded(&new, &raw)?);
            Ok(DocChange::of(&raw, &old, &new))
        },
        |change| {
            match change {
                Ok(change) => impact.add(change, args.worst),
                Err(error) => {
                    let error: copydesk::error::DocError = error;
                    tracing::warn!("{error}");
                    (impact.documents, impact.failed) = (impact.documents + 1, impact.failed + 1);
                }
            }
            Ok::<(), Failure>(())
        },
    )?;
    impact.sort(args.worst);
    match &mut page {
        Some(page) => page.write(impact.page().as_bytes())?,
        None => print(&in_form(&impact, args.format))?,
    }
    page.map_or(Ok(()), Named::finish)?;
    Ok(Exit::Done)
}

fn words(text: &str) -> usize {
    text.split_whitespace().count()
}

impl DocChange {
    /// What differs; `None` if nothing does.
    fn of(raw: &RawDoc, old: &Cleaned, new: &Cleaned) -> Option<Self> {
        let lines: Vec<_> = pairs(&old.blocks, &new.blocks)
            .into_iter()
            .filter_map(|(old, new)| line_change(old, new))
            .collect();
        let fields = field_changes(&old.metadata, &new.metadata);
        let verdict = (old.verdict != new.verdict).then(|| (verdict_of(old), verdict_of(new)));
        if lines.is_empty() && fields.is_empty() && verdict.is_none() {
            return None;
        }
        let sum = |count: fn(&LineChange) -> usize| lines.iter().map(count).sum();
        let title = new.metadata.title.as_ref().or(old.metadata.title.as_ref());
        Some(Self {
            source: raw.source.to_string(),
            url: raw.url.clone(),
            title: title.map_or_else(String::new, |title| title.value.clone()),
            verdict,
            words_lost: sum(|line| match &line.change {
                Change::Lost { .. } => words(&line.text),
                Change::Won { .. } => 0,
                Change::Replaced { before } => words(before).saturating_sub(words(&line.text)),
            }),
            words_won: sum(|line| match &line.change {
                Change::Lost { .. } => 0,
                Change::Won { .. } => words(&line.text),
                Change::Replaced { before } => words(&line.text).saturating_sub(words(before)),
            }),
            fields,
            lines,
        })
    }

    /// How much it changes: a verdict more than any words, and words more than fields.
    fn weight(&self) -> (bool, usize, usize, usize) {
        (self.verdict.is_some(), self.words_lost + self.words_won, self.lines.len(), self.fields.len())
    }
}

/// What became of a block; where one side does not have it, it is part of another block there.
fn line_change(old: Option<&Block>, new: Option<&Block>) -> Option<LineChange> {
    let (old, new) = match (old, new) {
        (Some(old), Some(new)) => (old, new),
        (Some(one), None) | (None, Some(one)) => {
            let (kind, reason) = (Kind::Other.to_string(), "apart on one side only".to_owned());
            let change =
                if new.is_none() { Change::Lost { kind, reason } } else { Change::Won { kind, reason } };
            return Some(LineChange { change, text: one.text.to_string() });
        }
        (None, None) => return None,
    };
    let change = match (old.label, new.label) {
        (Label::Kept(_), Label::Dropped(kind)) => {
            Change::Lost { kind: kind.to_string(), reason: new.reason.to_string() }
        }
        (Label::Dropped(kind), Label::Kept(_)) => {
            Change::Won { kind: kind.to_string(), reason: old.reason.to_string() }
        }
        (Label::Kept(_), Label::Kept(_)) if old.text != new.text => {
            Change::Replaced { before: old.text.to_string() }
        }
        _ => return None,
    };
    let text = if matches!(change, Change::Lost { .. }) { &old.text } else { &new.text };
    Some(LineChange { change, text: text.to_string() })
}

fn field_changes(old: &Metadata, new: &Metadata) -> Vec<FieldChange> {
    let values = |metadata: &Metadata| -> Vec<(&'static str, String)> {
        let texts = metadata.texts().map(|(name, value)| (name, value.value.clone()));
        texts.chain(metadata.lists().map(|(name, list)| (name, list.value.join("; ")))).collect()
    };
    let (old, new) = (values(old), values(new));
    let mut names: Vec<&'static str> = old.iter().chain(&new).map(|(name, _)| *name).collect();
    names.sort_unstable();
    names.dedup();
    let of = |values: &[(&str, String)], name: &str| {
        values.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone())
    };
    let both =
        names.into_iter().map(|name| FieldChange { field: name, old: of(&old, name), new: of(&new, name) });
    both.filter(|change| change.old != change.new).collect()
}

impl Impact {
    fn add(&mut self, change: Option<DocChange>, worst: usize) {
        self.documents += 1;
        let Some(change) = change else { return };
        self.changed += 1;
        self.words_lost += change.words_lost;
        self.words_won += change.words_won;
        self.fields += change.fields.len();
        self.verdicts += usize::from(change.verdict.is_some());
        for line in &change.lines {
            match line.change {
                Change::Lost { .. } => self.lines_lost += 1,
                Change::Won { .. } => self.lines_won += 1,
                Change::Replaced { .. } => self.lines_replaced += 1,
            }
        }
        self.worst.push(change);
        // Now and then, so that a long run holds few.
        if self.worst.len() >= 2 * worst + 100 {
            self.sort(worst);
        }
    }

    fn sort(&mut self, worst: usize) {
        self.worst.sort_by_key(|change| std::cmp::Reverse(change.weight())); // stable: then in the order of the input
        self.worst.truncate(worst);
    }

    fn summary(&self) -> String {
        let Self { documents, failed, changed, lines_lost, lines_won, words_lost, words_won, fields, .. } =
            self;
        let mut text = format!(
            "{changed} of {documents} documents change: {lines_lost} lines go and {lines_won} come back \
             (words: -{words_lost} +{words_won})"
        );
        for (count, what) in [
            (self.lines_replaced, "lines changed"),
            (*fields, "fields"),
            (self.verdicts, "verdicts"),
            (*failed as usize, "documents failed"),
        ] {
            if count > 0 {
                let _ = write!(text, ", {count} {what}"); // writing to a string never fails
            }
        }
        text
    }

    fn page(&self) -> String {
        let mut out = page_start("copydesk rules impact");
        self.write_page(&mut out).expect("writing to a string never fails");
        out + PAGE_END
    }

    fn write_page(&self, out: &mut String) -> fmt::Result {
        writeln!(out, "<p class=\"small\">copydesk rules impact</p>\n<h1>What the new rules change</h1>")?;
        writeln!(out, "<p class=\"small\">{}</p>", Escaped(&self.summary()))?;
        for document in &self.worst {
            let title = if document.title.is_empty() { "Without a title" } else { &document.title };
            writeln!(out, "<article class=\"document\">\n<h2 class=\"heading\">{}</h2>", Escaped(title))?;
            let url = document.url.as_ref().map_or_else(String::new, |url| format!(" · {url}"));
            let DocChange { source, words_lost, words_won, .. } = document;
            let place = format!("{source}{url} · words -{words_lost} +{words_won}");
            writeln!(out, "<p class=\"small\">{}</p>", Escaped(&place))?;
            if let Some((old, new)) = &document.verdict {
                write_change(out, "other", "verdict", &format!("{old} → {new}"), false)?;
            }
            for LineChange { change, text } in &document.lines {
                match change {
                    Change::Lost { kind, reason } => {
                        write_change(out, "lost", &format!("goes as {kind}: {reason}"), text, true)?;
                    }
                    Change::Won { kind, reason } => {
                        write_change(out, "won", &format!("stays, was {kind}: {reason}"), text, false)?;
                    }
                    Change::Replaced { before } => {
                        write_change(out, "lost", "changed from", before, true)?;
                        write_change(out, "won", "to", text, false)?;
                    }
                }
            }
            for FieldChange { field, old, new } in &document.fields {
                let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".to_owned());
                write_change(out, "other", field, &format!("{} → {}", shown(old), shown(new)), false)?;
            }
            out.push_str("</article>\n");
        }
        self.hidden().map_or(Ok(()), |more| writeln!(out, "<p class=\"small document\">{more}</p>"))
    }

    /// What is not shown, if there is any.
    fn hidden(&self) -> Option<String> {
        let hidden = self.changed - self.worst.len() as u64;
        (hidden > 0).then(|| format!("{hidden} more documents change; --worst shows more"))
    }
}

fn write_change(out: &mut String, class: &str, label: &str, text: &str, gone: bool) -> fmt::Result {
    let (open, close) = if gone { ("<del>", "</del>") } else { ("", "") };
    let (label, text) = (Escaped(label), Escaped(text));
    writeln!(
        out,
        "<div class=\"change {class}\"><span class=\"label\">{label}</span>{open}{text}{close}</div>"
    )
}

impl fmt::Display for Impact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.summary())?;
        for document in &self.worst {
            let DocChange { source, url, words_lost, words_won, .. } = document;
            write!(f, "\n\n{source}  {}  (words: -{words_lost} +{words_won})", url.as_deref().unwrap_or(""))?;
            if let Some((old, new)) = &document.verdict {
                write!(f, "\n  verdict: {old} -> {new}")?;
            }
            for LineChange { change, text } in &document.lines {
                let text = printable(text);
                match change {
                    Change::Lost { kind, reason } => write!(f, "\n  - {kind}, {reason}: {text}")?,
                    Change::Won { kind, reason } => write!(f, "\n  + was {kind}, {reason}: {text}")?,
                    Change::Replaced { before } => write!(f, "\n  - {}\n  + {text}", printable(before))?,
                }
            }
            for FieldChange { field, old, new } in &document.fields {
                let shown = |value: &Option<String>| value.as_deref().map_or("nothing".to_owned(), printable);
                write!(f, "\n  {field}: {} -> {}", shown(old), shown(new))?;
            }
        }
        self.hidden().map_or(Ok(()), |more| write!(f, "\n\n{more}"))
    }
}
