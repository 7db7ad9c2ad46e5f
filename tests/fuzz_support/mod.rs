//! What each fuzz target does with its bytes; the files of its corpus go through the same as a test.

use std::io::Cursor;
use std::sync::Arc;

use copydesk::Cleaner;
use copydesk::decode::decode;
use copydesk::document::{Charset, Format, RawDoc};
use copydesk::dom::{Dom, Limits};
use copydesk::input::{InputOptions, from_reader};
use copydesk::rules::{CutLine, Line, MetaField, RuleSet};

/// The largest record that the targets of files read.
const LIMIT: usize = 64 * 1024;

/// A target: what it does with any bytes, and panics if something does not hold.
pub type Target = fn(&[u8]);

/// All targets by their names.
#[allow(dead_code, reason = "each fuzz target is a program that uses one of them")]
pub const TARGETS: &[(&str, Target)] = &[
    ("archive", archive),
    ("decode", decoding),
    ("html", html),
    ("jsonl", jsonl),
    ("parquet", parquet),
    ("rules", rules),
    ("text", text),
    ("warc", warc),
];

/// The tree of a page is html5ever's own, and no page makes the parser panic within the caps.
pub fn html(bytes: &[u8]) {
    let Ok(page) = std::str::from_utf8(bytes) else { return };
    if let Some(difference) = crate::dom_support::difference(page) {
        panic!("{difference}");
    }
    let _ = Dom::parse(page, &Limits { bytes: 1 << 12, nodes: 64, depth: 16, attributes: 2 });
}

/// JSON lines: one record for each line that is not blank.
pub fn jsonl(bytes: &[u8]) {
    // A sound first line settles that the file has lines and is not compressed.
    let file = [b"{\"text\":\"first\"}\n", bytes].concat();
    let lines = file.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()).count();
    assert_eq!(read("fuzz.jsonl", file, 3 * LIMIT), lines);
}

/// A web archive: no more records than there are bytes.
pub fn warc(bytes: &[u8]) {
    assert!(read("fuzz.warc", bytes.to_vec(), LIMIT) <= bytes.len() * 1032);
}

/// A table: an end, and no panic but the library's own, which are caught.
pub fn parquet(bytes: &[u8]) {
    /// The fuzzer's hook would end the program before they are.
    static WITHOUT_HOOK: std::sync::Once = std::sync::Once::new();
    WITHOUT_HOOK.call_once(|| std::panic::set_hook(Box::new(|_| {})));
    read("fuzz.parquet", bytes.to_vec(), LIMIT);
}

/// A tar (`t`) or zip file; what follows the first byte.
pub fn archive(bytes: &[u8]) {
    let Some((first, rest)) = bytes.split_first() else { return };
    let name = if *first == b't' { "fuzz.tar" } else { "fuzz.zip" };
    read(name, rest.to_vec(), LIMIT);
}

/// Bytes with a label of an encoding in their first line.
pub fn decoding(bytes: &[u8]) {
    let at = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(0);
    let label = String::from_utf8_lossy(&bytes[..at]).into_owned();
    for format in [Format::Html, Format::Text] {
        for charset in [Charset::Utf8, Charset::Unknown, Charset::Http(label.clone())] {
            let mut raw = RawDoc::text("");
            (raw.format, raw.charset, raw.bytes) = (format, charset, bytes[at..].to_vec());
            let decoded = decode(&raw);
            // No byte becomes more than one character of three bytes.
            assert!(decoded.text.len() <= 3 * raw.bytes.len());
        }
    }
}

/// A flattened text: cleaned without a panic, and the body made of no more than was there.
pub fn text(bytes: &[u8]) {
    thread_local! {
        static CLEANER: Cleaner = Cleaner::new(Arc::new(RuleSet::load(None, true).expect("shipped rules load")));
    }
    let text = String::from_utf8_lossy(bytes);
    for raw in [RawDoc::text(&text), RawDoc::page(&text)] {
        let cleaned = CLEANER.with(|cleaner| cleaner.clean(&raw));
        assert!(cleaned.is_ok(), "{cleaned:?}");
    }
}

/// Rule files: any text is loaded or refused with places inside of it, and what loads can be asked anything.
pub fn rules(bytes: &[u8]) {
    /// A page that most selectors find something on.
    const PAGE: &str = "<html lang=en><head><meta name=author content=A><script type='application/ld+json'>{\"a\":{\"b\":[1]}}</script>\
        </head><body class=x><article id=a><h1>Head</h1><p class=y>One two</p><aside><ul><li>Three</ul></aside></article>";
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let text = format!("format = 1\nhosts = [\"fuzz.example\"]\n{text}");
    let lines = text.lines().count() as u32 + 1;
    match RuleSet::from_texts([("sites/fuzz.toml", text.as_str())]) {
        Err(errors) => {
            let _ = errors.to_string();
            assert!(errors.diagnostics().iter().all(|found| (1..=lines).contains(&found.line)));
        }
        Ok(rules) => {
            let _ = rules.run_tests();
            let _ = rules.which("https://www.fuzz.example/a").to_string();
            let dom = Dom::parse(PAGE, &Limits::default());
            let chain = rules.chain(Some("https://fuzz.example/a"), Some(&dom), None);
            let _ = chain.body(&dom, &|_| 50);
            let strips = chain.strip(&dom);
            assert!(strips.is_sorted_by_key(|hit| hit.node));
            for (field, _) in MetaField::ALL {
                let _ = chain.meta(&dom, field);
            }
            let lines: Vec<CutLine<'_>> =
                text.lines().take(40).map(|text| CutLine { text, node: Some(3) }).collect();
            let _ = chain.cut(&lines, Some(&dom));
            for line in text.lines().take(40) {
                let line = Line { text: line, from_head: 0, from_tail: 0, lang: None };
                let _ = (chain.line(&line), chain.replace(&line));
            }
        }
    }
}

/// Reads a file and decodes its documents, of which none is larger than `largest`; says how many records.
fn read(name: &str, file: Vec<u8>, largest: usize) -> usize {
    let options = InputOptions { limit: LIMIT, ..InputOptions::default() };
    let mut count = 0;
    for record in from_reader(name, Cursor::new(file), options) {
        count += 1;
        if let Ok(doc) = record {
            assert!(doc.bytes.len() <= largest);
            // No byte becomes more than one character of three bytes.
            assert!(decode(&doc).text.len() <= 3 * doc.bytes.len());
        }
    }
    count
}
