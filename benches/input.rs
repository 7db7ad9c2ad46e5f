//! Reading rate: bytes of JSON lines or web archive, after decompression, a second.

#![allow(missing_docs, clippy::unwrap_used)]

use std::hint::black_box;
use std::io::{Cursor, Write};

use copydesk::decode::decode;
use copydesk::input::{InputOptions, from_reader};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

const PAGES: usize = 200;

/// An invented page of some 100 KB, in the mix of markup, script and text that pages have.
fn page(n: usize) -> String {
    let mut page =
        format!("<!doctype html><html lang=\"de\"><head><meta charset=\"utf-8\"><title>Fähre {n}</title>\n");
    for script in 0..300 {
        page +=
            &format!("<script>window.q{script}=[\"a{n}\",{{\"k\":{}}},'\\n'];</script>\n", script * 7919 + n);
    }
    page += "</head><body>\n";
    for paragraph in 0..400 {
        page += &format!(
            "<div class=\"story c{}\"><p>Die Fähre \u{201e}Elster {paragraph}\u{201c} legte um {} Uhr an, größer als \
             je zuvor, und {n} Gäste gingen von Bord.</p></div>\n",
            (paragraph * 31 + n) % 97,
            paragraph % 24
        );
    }
    page + "</body></html>"
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn lines() -> Vec<u8> {
    let line = |n| serde_json::json!({ "id": n, "url": "https://elster.example/a", "html": page(n) });
    (0..PAGES).map(|n| line(n).to_string() + "\n").collect::<String>().into_bytes()
}

fn archive() -> Vec<Vec<u8>> {
    let record = |n| {
        let page = page(n);
        let http = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n";
        format!(
            "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{n}>\r\n\
             WARC-Target-URI: https://elster.example/{n}\r\nContent-Type: application/http\r\n\
             Content-Length: {}\r\n\r\n{http}{page}\r\n\r\n",
            http.len() + page.len()
        )
        .into_bytes()
    };
    (0..PAGES).map(record).collect()
}

fn read(c: &mut Criterion) {
    let (lines, records) = (lines(), archive());
    let archive = records.concat();
    let files = [
        ("jsonl", lines.len(), lines.clone()),
        ("jsonl.gz", lines.len(), gzip(&lines)),
        ("jsonl.zst", lines.len(), zstd::encode_all(&lines[..], 3).unwrap()),
        ("warc", archive.len(), archive.clone()),
        ("warc.gz", archive.len(), records.iter().flat_map(|record| gzip(record)).collect()),
    ];
    let mut group = c.benchmark_group("input");
    group.sample_size(10);
    for (name, size, file) in files {
        group.throughput(Throughput::Bytes(size as u64));
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let documents = from_reader(name, Cursor::new(file.clone()), InputOptions::default());
                assert_eq!(black_box(documents).filter(Result::is_ok).count(), PAGES);
            });
        });
    }
    group.finish();
}

fn characters(c: &mut Criterion) {
    let file = Cursor::new(archive().concat());
    let mut doc = from_reader("warc", file, InputOptions::default()).next().unwrap().unwrap();
    let text = String::from_utf8(doc.bytes.clone()).unwrap();
    let mut group = c.benchmark_group("decode");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("utf-8", |bencher| bencher.iter(|| decode(black_box(&doc)).text.len()));
    let (bytes, _, _) = encoding_rs::WINDOWS_1252.encode(&text);
    doc.bytes = bytes.into_owned();
    doc.charset = copydesk::document::Charset::Unknown;
    group.bench_function("guessed", |bencher| bencher.iter(|| decode(black_box(&doc)).text.len()));
    group.finish();
}

criterion_group!(benches, read, characters);
criterion_main!(benches);
