//! Our trees are html5ever's.

mod dom_support;

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::Path;

use dom_support::difference;
use flate2::read::MultiGzDecoder;
use serde_json::Value;

/// Pages, each with something html5ever has to be asked about.
const PAGES: &[&str] = &[
    "",
    "tide",
    "<!doctype html><title>Ferry</title><p>One<p>Two",
    "<p class=a id='b' title=\"c &amp; d\" class=e HIDDEN>x",
];

#[test]
fn pages_are_the_same() {
    for page in PAGES {
        if let Some(difference) = difference(page) {
            panic!("{page:?}: {difference}");
        }
    }
}

/// Every page of the development sets, where they are.
#[test]
fn development_pages_are_the_same() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let Ok(files) = fs::read_dir(&folder) else {
        println!("skipped: there is no {}", folder.display());
        return;
    };
    let (mut pages, mut different) = (0, vec![]);
    for file in files {
        let path = file.expect("the folder can be listed").path();
        if !path.to_string_lossy().ends_with(".jsonl.gz") {
            continue;
        }
        let lines = BufReader::new(MultiGzDecoder::new(File::open(&path).expect("the set can be opened")));
        for (number, line) in lines.lines().enumerate() {
            let record: Value =
                serde_json::from_str(&line.expect("the set is UTF-8")).expect("the set is JSON");
            let Some(html) = record["html"].as_str() else { continue };
            pages += 1;
            if let Some(difference) = difference(html) {
                different.push(format!("{}:{}: {difference}", path.display(), number + 1));
            }
        }
    }
    assert!(different.is_empty(), "{} of {pages} pages differ:\n{}", different.len(), different.join("\n"));
    println!("{pages} pages are the same");
}
