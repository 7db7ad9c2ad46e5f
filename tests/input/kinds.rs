//! Each kind of file, plain, .gz, .zst, in one member and in many.

use copydesk::document::{Charset, Format};

use crate::{expect, gzip, read, warc_page, warc_record, zstd};

const PAGE: &str = "<!DOCTYPE html><p>The ferry sailed.</p>";

/// The same file in every compression.
fn packed(name: &str, parts: &[&[u8]]) -> Vec<(String, Vec<u8>)> {
    let whole = parts.concat();
    let each = |pack: fn(&[u8]) -> Vec<u8>| parts.iter().flat_map(|part| pack(part)).collect::<Vec<u8>>();
    let skippable = [&[0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3][..], &zstd(&whole)].concat();
    vec![
        (name.to_owned(), whole.clone()),
        (format!("{name}.gz"), gzip(&whole)),
        (format!("{name}.gz"), each(gzip)),
        (format!("{name}.gz"), [each(gzip), vec![0; 1000]].concat()),
        (format!("{name}.zst"), zstd(&whole)),
        (format!("{name}.zst"), each(zstd)),
        (format!("{name}.zst"), skippable),
        // The compression counts, not what the name says of it.
        (name.to_owned(), zstd(&whole)),
        (format!("{name}.zst"), gzip(&whole)),
    ]
}

#[test]
fn pages() {
    for (name, format) in [("a.html", Format::Html), ("a.txt", Format::Html), ("-", Format::Html)] {
        for (name, bytes) in packed(name, &[&PAGE.as_bytes()[..9], &PAGE.as_bytes()[9..]]) {
            let records = read(&name, &bytes);
            expect(&records, &[&format!("{name}: {PAGE}")]);
            let doc = records[0].as_ref().unwrap();
            assert_eq!((doc.format, &doc.charset, doc.source.record), (format, &Charset::Unknown, 1));
        }
    }
    for (name, text, format) in [
        ("a.htm", "The ferry sailed.", Format::Html),
        ("a.xhtml.gz", "The ferry sailed.", Format::Html),
        ("a.txt", "The ferry sailed.", Format::Text),
        ("a.txt", "", Format::Text),
        ("-", "The ferry sailed.", Format::Text),
        ("-", "<p>The ferry sailed.</p>", Format::Html),
        ("page.php", "<div class=story>The ferry sailed.</div>", Format::Html),
    ] {
        let records = read(name, text.as_bytes());
        expect(&records, &[&format!("{name}: {text}")]);
        assert_eq!(records[0].as_ref().unwrap().format, format, "{name}: {text}");
    }
}

#[test]
fn json_lines() {
    let lines: [&[u8]; 3] = [
        b"{\"id\": \"a\", \"url\": \"https://elster.example/a\", \"html\": \"<p>One\"}\n",
        b"\r\n{\"text\": \"Two\", \"id\": 17}\r\n",
        b"{\"text\": \"Three\"}",
    ];
    for (name, bytes) in packed("lines.jsonl", &lines) {
        let records = read(&name, &bytes);
        expect(&records, &["a: <p>One", "17: Two", &format!("{name}:4: Three")]);
        let docs: Vec<_> = records.into_iter().map(Result::unwrap).collect();
        assert_eq!(docs[0].url.as_deref(), Some("https://elster.example/a"));
        assert_eq!(docs[1].url, None);
        assert_eq!([docs[0].format, docs[1].format], [Format::Html, Format::Text]);
        assert_eq!(docs[0].charset, Charset::Utf8);
        let places: Vec<_> = docs.iter().map(|doc| (doc.source.record, doc.source.offset)).collect();
        let first = lines[0].len() as u64;
        assert_eq!(places, [(1, 0), (3, first + 2), (4, first + lines[1].len() as u64)]);
    }
}

#[test]
fn web_archives() {
    let info = warc_record("warcinfo", "info", "application/warc-fields", b"software: none\r\n");
    let one = warc_page("one", "<p>One");
    let text = warc_record("conversion", "two", "text/plain", b"Two");
    for (name, bytes) in packed("crawl.warc", &[&info, &one, &text]) {
        let records = read(&name, &bytes);
        expect(&records, &["urn:uuid:one: <p>One", "urn:uuid:two: Two"]);
        let docs: Vec<_> = records.into_iter().map(Result::unwrap).collect();
        assert_eq!([docs[0].format, docs[1].format], [Format::Html, Format::Text]);
        assert_eq!(docs[0].charset, Charset::Http("utf-8".to_owned()));
        assert_eq!(docs[0].url.as_deref(), Some("https://elster.example/one"));
        assert_eq!(docs[0].captured, Some(jiff::civil::date(2024, 5, 3)));
        let places: Vec<_> = docs.iter().map(|doc| (doc.source.record, doc.source.offset)).collect();
        assert_eq!(places, [(2, info.len() as u64), (3, (info.len() + one.len()) as u64)]);
    }
}

#[test]
fn nothing_holds_no_documents() {
    for name in ["a.jsonl", "a.warc", "-", "a.jsonl.gz"] {
        expect(&read(name, b""), &[]);
        expect(&read(name, &gzip(b"")), &[]);
        expect(&read(name, &zstd(b"")), &[]);
    }
    expect(&read("a.jsonl", b"\xef\xbb\xbf \r\n\n\t\n"), &[]);
}

#[test]
fn binary_data_is_no_document() {
    expect(
        &read("photo", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
        &["1: neither page, text, JSON, WARC, Parquet, tar nor zip"],
    );
    expect(
        &read("-", &gzip(b"7z\xbc\xaf\x27\x1c\0\x04\0\0")),
        &["1: neither page, text, JSON, WARC, Parquet, tar nor zip"],
    );
}
