//! Documents and files made to hurt: each ends with a named outcome, and holds no more than its share.
//!
//! They are made here, so that none lies in the tree. What is bounded is work: bytes taken from the input,
//! records, blocks and nodes. Pages for the parser alone are in `dom_limits.rs`.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::io::{self, Cursor, Read, Write};
use std::sync::Arc;

use copydesk::article::{Flag, Verdict};
use copydesk::blocks::MAX_BLOCKS;
use copydesk::document::RawDoc;
use copydesk::error::Stage;
use copydesk::input::{InputOptions, from_reader};
use copydesk::rules::RuleSet;
use copydesk::{Cleaner, pipeline};

fn outcome(cleaner: &Cleaner, raw: &RawDoc) -> String {
    match pipeline::clean_guarded(cleaner, raw) {
        Ok(cleaned) => {
            assert!(cleaned.blocks.len() <= MAX_BLOCKS);
            let verdict = match cleaned.verdict {
                Verdict::Kept => "kept".to_owned(),
                Verdict::Dropped(reason) => format!("dropped {}", copydesk::output::name_of(&reason)),
                Verdict::Review(reason) => format!("review {}", copydesk::output::name_of(&reason)),
            };
            let flags = [(Flag::Truncated, " truncated"), (Flag::BadEncoding, " bad-encoding")];
            let flags = flags.iter().filter(|(flag, _)| cleaned.flags.contains(flag)).map(|(_, name)| *name);
            verdict + &flags.collect::<String>()
        }
        Err(error) => {
            assert_ne!(error.stage, Stage::Clean, "{error}");
            format!("failed {}", copydesk::output::name_of(&error.stage))
        }
    }
}

/// Whole pages and texts through the whole path. Where the outcome is a matter of the model, `None`.
fn documents() -> Vec<(&'static str, RawDoc, Option<&'static str>)> {
    let numbered = |count: usize, part: &dyn Fn(usize) -> String| (0..count).map(part).collect::<String>();
    let words = "The harbour board of Elster voted on Tuesday to close the berth. ";
    let bytes = |mut raw: RawDoc, bytes: Vec<u8>| {
        raw.charset = copydesk::document::Charset::Unknown;
        raw.bytes = bytes;
        raw
    };
    vec![
        ("nested", RawDoc::page(&("<div>".repeat(200_000) + words)), Some("truncated")),
        (
            "attributes",
            RawDoc::page(&format!("<p {}>{words}", numbered(1_000_000, &|n| format!("a{n}=b ")))),
            Some("truncated"),
        ),
        ("one huge text node", RawDoc::page(&format!("<p>{}", words.repeat(30_000))), None),
        ("one huge word", RawDoc::page(&format!("<p>{}", "x".repeat(4_000_000))), None),
        ("entities", RawDoc::page(&format!("<p>{}", "&notin;&amp&#x41;".repeat(200_000))), None),
        ("unclosed", RawDoc::page(&"<p><b><i><a href=x>Word <li><td><h1>".repeat(20_000)), None),
        ("paragraphs", RawDoc::page(&format!("<p>{words}").repeat(20_000)), None),
        (
            "beyond all bytes",
            RawDoc::page(&format!("<p>{words}</p><!--{}-->", "-x".repeat(9 << 20))),
            Some("truncated"),
        ),
        (
            "JSON-LD in depth",
            RawDoc::page(&format!(
                "<script type='application/ld+json'>{}</script><p>{words}",
                "{\"a\":[".repeat(200_000)
            )),
            None,
        ),
        ("a text of NUL", RawDoc::text(&"\0".repeat(1_000_000)), None),
        ("a text of one line", RawDoc::text(&words.repeat(30_000)), None),
        ("a text of short lines", RawDoc::text(&"a\n".repeat(2_000_000)), Some("truncated")),
        ("a text beyond all bytes", RawDoc::text(&words.repeat(300_000)), Some("truncated")),
        ("short paragraphs", RawDoc::page(&"<p>a</p>".repeat(200_000)), Some("truncated")),
        ("definitions", RawDoc::page(&"<dl><dt>a<dd>b".repeat(500_000)), Some("truncated")),
        ("a text of one paragraph again", RawDoc::text(&format!("{words}\n").repeat(20_000)), None),
        ("a text of marks", RawDoc::text(&"> - # * [a](b) ` | ".repeat(30_000)), None),
        (
            "mixed encodings",
            bytes(
                RawDoc::page(""),
                [&b"<meta charset=utf-8><p>"[..], &b"F\xe4hre F\xc3\xa4hre \x83t\x83F ".repeat(50_000)]
                    .concat(),
            ),
            None,
        ),
        (
            "noise",
            bytes(
                RawDoc::text(""),
                (0..2_000_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect(),
            ),
            None,
        ),
    ]
}

#[test]
fn every_document_ends_with_an_outcome() {
    let cleaner = Cleaner::new(Arc::new(RuleSet::load(None, true).unwrap()));
    for (name, raw, expected) in documents() {
        let started = std::time::Instant::now();
        let outcome = outcome(&cleaner, &raw);
        println!("{:6.2} s  {name}: {outcome}", started.elapsed().as_secs_f32());
        if let Some(expected) = expected {
            assert!(outcome.contains(expected), "{name}: {outcome}");
        }
    }
}

/// So many times the same bytes, never in memory.
fn stream(unit: &'static [u8], count: u64) -> impl Read + Send + 'static {
    let units = Cursor::new(unit.repeat(64 * 1024 / unit.len()));
    struct Repeat(Cursor<Vec<u8>>);
    impl Read for Repeat {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            if self.0.position() == self.0.get_ref().len() as u64 {
                self.0.set_position(0);
            }
            self.0.read(out)
        }
    }
    Repeat(units).take(count)
}

fn outcomes(name: &str, input: impl Read + Send + 'static, limit: usize) -> Vec<String> {
    from_reader(name, input, InputOptions { limit, ..InputOptions::default() })
        .map(|record| match record {
            Ok(doc) => {
                assert!(doc.bytes.len() <= 3 * limit, "{} bytes", doc.bytes.len());
                doc.id
            }
            Err(error) => error.message,
        })
        .collect()
}

fn gzip(mut input: impl Read) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    io::copy(&mut input, &mut encoder).unwrap();
    encoder.finish().unwrap()
}

const LIMIT: usize = 1 << 20;
const TOO_LARGE: &str = "larger than the limit of 1048576 bytes";

#[test]
fn an_endless_line_is_passed_over() {
    let sound = &b"\n{\"id\":\"after\",\"text\":\"x\"}\n"[..];
    let line = (&b"{\"text\":\""[..]).chain(stream(b"x", 100 << 20)).chain(sound);
    assert_eq!(
        outcomes("in.jsonl", line, LIMIT),
        [&format!("a line of {} bytes, {TOO_LARGE}", (100 << 20) + 10), "after"]
    );
    let object = (&b"[{\n\"text\":\""[..])
        .chain(stream(b"x", 30 << 20))
        .chain(&b"\"},\n{\"id\":\"after\",\"text\":\"x\"}]"[..]);
    assert_eq!(outcomes("in.json", object, LIMIT), [TOO_LARGE, "after"]);
    let page = (&b"<!doctype html>"[..]).chain(stream(b"<p>x", 30 << 20));
    assert_eq!(outcomes("in.html", page, LIMIT), [TOO_LARGE]);
}

#[test]
fn bombs_of_gzip_and_zip_are_passed_over() {
    let line = (&b"{\"text\":\""[..])
        .chain(stream(b"x", 100 << 20))
        .chain(&b"\n{\"id\":\"after\",\"text\":\"x\"}"[..]);
    let found = outcomes("in.jsonl.gz", Cursor::new(gzip(line)), LIMIT);
    assert!(found[0].ends_with(TOO_LARGE) && found[1] == "after", "{found:?}");

    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for name in ["bomb.html", "after.txt"] {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        let size = if name == "bomb.html" { 100 << 20 } else { 1 };
        io::copy(&mut stream(b"<p>x", size), &mut zip).unwrap();
    }
    let zip = zip.finish().unwrap().into_inner();
    assert_eq!(outcomes("in.zip", Cursor::new(zip.clone()), LIMIT), [TOO_LARGE, "after.txt"]);
    // The directory says that the member is small.
    let mut lying = zip;
    let at = lying.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    lying[at + 24..at + 28].copy_from_slice(&10_u32.to_le_bytes());
    let found = outcomes("in.zip", Cursor::new(lying), LIMIT);
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!(found[1], "after.txt");

    // A bomb in a record: the HTTP body of a web archive.
    let body = gzip(stream(b"<p>x", 100 << 20));
    let http = [&b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n"[..], &body]
        .concat();
    let mut warc = Vec::new();
    write!(
        warc,
        "WARC/1.0\r\nWARC-Type: response\r\nContent-Type: application/http\r\nContent-Length: {}\r\n\r\n",
        http.len()
    )
    .unwrap();
    warc.extend_from_slice(&http);
    warc.extend_from_slice(b"\r\n\r\nWARC/1.0\r\nWARC-Type: conversion\r\nWARC-Record-ID: <after>\r\nContent-Length: 1\r\n\r\nx\r\n\r\n");
    assert_eq!(outcomes("in.warc", Cursor::new(warc), LIMIT), [TOO_LARGE, "after"]);
}

#[test]
fn lengths_that_lie_swallow_no_neighbour() {
    let record = |length: &str, id: &str| {
        format!(
            "WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Record-ID: <{id}>\r\nContent-Length: {length}\r\n\r\nHello\r\n\r\n"
        )
    };
    for length in ["4", "6", "999999", "18446744073709551615", "-1", "5e3", ""] {
        let file = record(length, "liar") + &record("5", "after");
        let found = outcomes("in.warc", Cursor::new(file), LIMIT);
        assert_eq!(found.len(), 2, "{length}: {found:?}");
        assert_eq!(found[1], "after", "{length}");
    }
}

#[test]
fn broken_escapes_and_depth_in_json_are_named() {
    let deep = "[".repeat(200_000);
    let file = format!(
        "{{\"id\":1,\"text\":\"\\ud800 and \\udfff\"}}\n{{\"id\":2,\"text\":\"a\\u0000b\"}}\n{{\"id\":3,\"x\":{deep}\n{{\"id\":4,\"text\":\"\\uZZZZ\"}}\n{{\"id\":5,\"text\":\"x\"}}\n"
    );
    let found = outcomes("in.jsonl", Cursor::new(file), LIMIT);
    assert_eq!((found.len(), &*found[0], &*found[1], &*found[4]), (5, "1", "2", "5"), "{found:?}");
    assert!(found[2].starts_with("not JSON: "), "{}", found[2]);
}
