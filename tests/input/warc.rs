//! Web archives: what is a document in them, and what a broken record costs.

use std::io::Cursor;

use copydesk::document::{Charset, Format};
use copydesk::input::{InputOptions, from_reader};

use crate::{expect, gzip, read, read_with, warc_page, warc_record};

const HTTP: &str = "application/http; msgtype=response";

#[test]
fn documents_are_told_from_the_rest() {
    let html = Some(Format::Html);
    let text = Some(Format::Text);
    for (kind, content_type, block, format) in [
        ("response", HTTP, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>A", html),
        ("response", HTTP, "HTTP/1.1 203 So\r\nContent-Type: application/xhtml+xml\r\n\r\n<p>A", html),
        ("response", HTTP, "HTTP/2 200\ncontent-type: text/plain\n\nA", text),
        ("response", HTTP, "HTTP/1.1 200 OK\r\n\r\n<p>A", html),
        ("response", "application/http", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", html),
        ("response", "text/html", "<p>A", html),
        ("RESPONSE", HTTP, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>A", html),
        ("conversion", "text/plain", "A", text),
        ("conversion", "text/html", "<p>A", html),
        // Not documents.
        ("response", HTTP, "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n\u{1}PNG", None),
        ("response", HTTP, "HTTP/1.1 200 OK\r\n\r\nA", None),
        ("response", HTTP, "HTTP/1.1 404 No\r\nContent-Type: text/html\r\n\r\n<p>A", None),
        ("response", HTTP, "HTTP/1.1 301 Moved\r\nContent-Type: text/html\r\n\r\n<p>A", None),
        ("response", "text/dns", "20240503\nelster.example. 300 IN A 192.0.2.1\n", None),
        ("conversion", "image/png", "\u{1}PNG", None),
        ("request", "application/http", "GET / HTTP/1.1\r\n\r\n", None),
        ("warcinfo", "application/warc-fields", "software: none\r\n", None),
        ("revisit", HTTP, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", None),
        ("metadata", "text/plain", "A", None),
    ] {
        let file = warc_record(kind, "a", content_type, block.as_bytes());
        let documents = from_reader("in.warc", Cursor::new(file), InputOptions::default());
        let progress = documents.progress();
        let found: Vec<_> = documents.map(|doc| doc.unwrap().format).collect();
        assert_eq!(found, Vec::from_iter(format), "{kind} {content_type} {block}");
        assert_eq!(progress.skipped_records(), u64::from(format.is_none()), "{kind} {content_type} {block}");
    }
}

#[test]
fn heads_are_read_in_all_their_forms() {
    let head = "WARC/1.1\nwarc-type:response\nWARC-TARGET-URI: <https://elster.example/a>\nX: y\nno colon\n\
                Warc-Date: 2023-12-31T23:59:59.123456Z\ncontent-length: 62 \n\n";
    let block = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=\"koi8-r\"\r\n\r\n";
    let records = read("-", format!("{head}{block}\n\nWARC/1.1\n").as_bytes());
    let doc = records[0].as_ref().unwrap();
    assert_eq!(doc.id, "https://elster.example/a");
    assert_eq!(doc.url.as_deref(), Some("https://elster.example/a"));
    assert_eq!(doc.captured, Some(jiff::civil::date(2023, 12, 31)));
    assert_eq!(doc.charset, Charset::Http("koi8-r".to_owned()));
    expect(&records[1..].to_vec(), &["2: cut short inside the head"]);
}

/// Three records with the middle one spoilt by `spoil`.
fn spoilt(spoil: impl Fn(&str) -> String) -> Vec<u8> {
    let middle = String::from_utf8(warc_page("two", "<p>Two")).unwrap();
    [warc_page("one", "<p>One"), spoil(&middle).into_bytes(), warc_page("three", "<p>Three")].concat()
}

#[test]
fn a_broken_record_costs_only_itself() {
    let length = |to: &'static str| move |record: &str| record.replace("Content-Length: 65", to);
    assert!(String::from_utf8(warc_page("two", "<p>Two")).unwrap().contains("Content-Length: 65"));
    let cases: &[(&str, Vec<u8>, &str)] = &[
        (
            "too long",
            spoilt(length("Content-Length: 90")),
            "2: Content-Length is 90, but no record ends there",
        ),
        ("swallows the rest", spoilt(length("Content-Length: 9000")), "2: cut short after "),
        (
            "over the limit",
            spoilt(length("Content-Length: 99999999999")),
            "2: Content-Length is 99999999999, but",
        ),
        (
            "beyond u64",
            spoilt(length("Content-Length: 99999999999999999999999")),
            "2: no valid Content-Length",
        ),
        (
            "too short",
            spoilt(length("Content-Length: 60")),
            "2: Content-Length is 60, but no record ends there",
        ),
        ("negative", spoilt(length("Content-Length: -1")), "2: no valid Content-Length"),
        ("no length", spoilt(length("X: y")), "2: no valid Content-Length"),
        ("no type", spoilt(|record| record.replace("WARC-Type", "X")), "2: no WARC-Type"),
        ("head only", spoilt(|record| record[..80].to_owned() + "\r\n"), "2: the head has no end"),
        (
            "cut short",
            spoilt(|record| record[..record.len() - 40].to_owned() + "\r\n"),
            "2: Content-Length is 65",
        ),
        ("no mark", spoilt(|record| record.replace("WARC/1.0", "WARK/1.0")), "2: "),
        (
            "garbage",
            spoilt(|_| "garbage\r\nWARC/ and more\n".repeat(9999)),
            "2: 239976 bytes that belong to no record",
        ),
        (
            "no status line",
            spoilt(|record| record.replace("HTTP/1.1 200", "HTML/1.1 200")),
            "2: no HTTP status line",
        ),
        (
            "no HTTP head",
            spoilt(|record| record.replace("\r\n\r\n<p>Two", ": x:<p>Two")),
            "2: the HTTP head has no",
        ),
    ];
    for (name, file, error) in cases {
        let shown: Vec<_> = read("in.warc", file).iter().map(crate::show).collect();
        println!("{name}: {shown:#?}");
        expect(&read("in.warc", file), &["urn:uuid:one: <p>One", error, "urn:uuid:three: <p>Three"]);
    }
}

#[test]
fn garbage_between_records_costs_none() {
    let file =
        [&b"rubbish first\n"[..], &warc_page("one", "<p>One"), b"more rubbish", &warc_page("two", "<p>Two")];
    let records = read("in.warc", &file.join(&b"\r\n"[..]));
    expect(
        &records,
        &[
            "1: 16 bytes that belong to no record",
            "urn:uuid:one: <p>One",
            "3: 14 bytes",
            "urn:uuid:two: <p>Two",
        ],
    );
}

#[test]
fn a_page_that_shows_a_record_is_one_page() {
    let page = "<pre>\r\n\r\nWARC/1.0\r\nWARC-Type: response\r\n\r\n</pre>";
    let file = [warc_page("one", page), warc_page("two", "<p>Two")].concat();
    expect(&read("in.warc", &file), &[&format!("urn:uuid:one: {page}"), "urn:uuid:two: <p>Two"]);
}

#[test]
fn a_body_over_the_limit_is_passed_over() {
    let options = || InputOptions { limit: 2000, ..InputOptions::default() };
    let large = "x".repeat(500_000);
    let image = format!("HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n{large}");
    let bomb = [
        &b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n"[..],
        &gzip(large.as_bytes()),
    ];
    let file = [
        warc_page("one", "<p>One"),
        warc_page("two", &large),
        warc_record("response", "image", HTTP, image.as_bytes()),
        warc_record("metadata", "meta", "text/plain", large.as_bytes()),
        warc_record("response", "bomb", HTTP, &bomb.concat()),
        warc_page("six", "<p>Six"),
    ]
    .concat();
    for file in [gzip(&file), file] {
        expect(
            &read_with("in.warc", &file, options()),
            &[
                "urn:uuid:one: <p>One",
                "2: larger than the limit of 2000 bytes",
                "3: larger than the limit of 2000 bytes",
                "5: larger than the limit of 2000 bytes",
                "urn:uuid:six: <p>Six",
            ],
        );
    }
}
