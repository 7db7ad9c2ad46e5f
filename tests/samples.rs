//! Golden test of `samples/`: every page and text comes out as its `expected` files say, but for the differences
//! that are written down, reviewed, in `samples/known-differences.txt`.
//!
//! `UPDATE_SAMPLES=1 cargo test --test samples` writes that file anew; its diff is what a change did.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use copydesk::Cleaner;
use copydesk::document::{Charset, Format, Location, RawDoc};
use copydesk::rules::RuleSet;

const KNOWN: &str = "samples/known-differences.txt";

/// Each sample with what should come out of it.
fn samples() -> BTreeMap<String, (PathBuf, PathBuf)> {
    let mut samples = BTreeMap::new();
    for page in fs::read_dir("samples/pages").unwrap() {
        let folder = page.unwrap().path();
        let name = format!("pages/{}", folder.file_name().unwrap().to_string_lossy());
        samples.insert(name, (folder.join("page.html"), folder.join("expected.out")));
    }
    for kind in ["texts", "broken"] {
        for file in fs::read_dir(Path::new("samples").join(kind)).unwrap() {
            let expected = file.unwrap().path();
            if expected.extension().is_some_and(|end| end == "out") {
                let end = if kind == "texts" { "txt" } else { "html" };
                let name = format!("{kind}/{}", expected.file_stem().unwrap().to_string_lossy());
                samples.insert(name, (expected.with_extension(end), expected));
            }
        }
    }
    assert!(samples.len() >= 30, "the samples are gone: {samples:?}");
    samples
}

fn document(path: &Path) -> RawDoc {
    RawDoc {
        id: path.to_string_lossy().into_owned(),
        url: None,
        source: Location { path: path.to_string_lossy().into(), record: 1, offset: 0 },
        format: if path.extension().is_some_and(|end| end == "txt") { Format::Text } else { Format::Html },
        charset: Charset::Unknown,
        captured: None,
        bytes: fs::read(path).unwrap(),
    }
}

/// What differs between the sample's ideal and what comes out: `-` is missing, `+` is too much, `~` is another
/// value, `!` another order.
fn differences(cleaner: &Cleaner, document: &RawDoc, expected: &Path) -> String {
    let ideal = fs::read_to_string(expected).unwrap();
    let (title, body) = ideal.split_once("\n\n").unwrap_or((ideal.trim_end(), ""));
    let cleaned = cleaner.clean(document).unwrap();
    let text = cleaned.text();
    let mut out = String::new();
    let got_title = cleaned.metadata.title.as_ref().map_or("", |title| &title.value);
    if title.trim() != got_title {
        let _ = writeln!(out, "~ title {got_title}");
    }
    let lines = |text: &str| -> Vec<String> {
        text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
    };
    let (wanted, got) = (lines(body), lines(&text));
    let (mut missing, mut extra) = (wanted.clone(), vec![]);
    for line in &got {
        match missing.iter().position(|other| other == line) {
            Some(at) => drop(missing.remove(at)),
            None => extra.push(line),
        }
    }
    missing.iter().for_each(|line| out.push_str(&format!("- {line}\n")));
    extra.iter().for_each(|line| out.push_str(&format!("+ {line}\n")));
    let common = |lines: &[String], other: &[String]| -> Vec<String> {
        lines.iter().filter(|line| other.contains(line)).cloned().collect()
    };
    if missing.is_empty() && extra.is_empty() && common(&wanted, &got) != common(&got, &wanted) {
        out.push_str("! the order differs\n");
    }
    let fields = expected.with_extension("toml");
    if fields.exists() {
        let fields: toml::Table = fs::read_to_string(fields).unwrap().parse().unwrap();
        let metadata = &cleaned.metadata;
        let value = |field: &Option<copydesk::article::Sourced<String>>| {
            field.as_ref().map_or_else(String::new, |field| field.value.clone())
        };
        for (field, got) in [
            ("authors", metadata.authors.as_ref().map_or_else(String::new, |names| names.value.join("; "))),
            ("date", value(&metadata.date)),
            ("lang", value(&metadata.lang)),
            ("section", value(&metadata.section)),
        ] {
            let ideal = match fields.get(field) {
                Some(toml::Value::Array(values)) => {
                    values.iter().filter_map(toml::Value::as_str).collect::<Vec<_>>().join("; ")
                }
                Some(value) => value.as_str().map_or_else(|| value.to_string(), str::to_owned),
                None => continue,
            };
            if got != ideal {
                let _ = writeln!(out, "~ {field} {got}");
            }
        }
    }
    out
}

#[test]
fn samples_come_out_as_expected() {
    let cleaner = Cleaner::new(Arc::new(RuleSet::load(None, true).unwrap()));
    let mut found = String::from(
        "# How what comes out of samples/ differs from the expected files: - missing, + too much, ~ another value.\n",
    );
    for (name, (path, expected)) in samples() {
        let differences = differences(&cleaner, &document(&path), &expected);
        if !differences.is_empty() {
            let _ = write!(found, "\n# {name}\n{differences}");
        }
    }
    if std::env::var_os("UPDATE_SAMPLES").is_some() {
        fs::write(KNOWN, found).unwrap();
        return;
    }
    let known = fs::read_to_string(KNOWN).unwrap();
    let unlike = found.lines().zip(known.lines().chain(std::iter::repeat(""))).find(|(a, b)| a != b);
    assert!(found == known, "samples come out differently, first at {unlike:?}; see {KNOWN}");
}

#[test]
fn a_clean_text_comes_out_unchanged() {
    let path = Path::new("samples/texts/clean.txt");
    let cleaner = Cleaner::new(Arc::new(RuleSet::load(None, true).unwrap()));
    let cleaned = cleaner.clean(&document(path)).unwrap();
    let title = cleaned.metadata.title.clone().unwrap().value;
    let source = fs::read_to_string(path).unwrap();
    let lines: Vec<&str> = source.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let text = cleaned.text();
    let got: Vec<&str> = std::iter::once(title.as_str()).chain(text.lines()).collect();
    assert_eq!(got, lines);
}
