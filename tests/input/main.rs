//! Reading documents: every kind of input, plain and compressed, sound and damaged.

#![allow(clippy::unwrap_used)]

mod archives;
mod damage;
mod folders;
mod json;
mod kinds;
mod properties;
mod tables;
mod warc;

use std::io::{self, Write};

use copydesk::document::RawDoc;
use copydesk::error::DocError;
use copydesk::input::{InputOptions, from_reader};

type Records = Vec<Result<RawDoc, DocError>>;

/// All records of a file of this name with these bytes.
fn read(name: &str, bytes: &[u8]) -> Records {
    read_with(name, bytes, InputOptions::default())
}

fn read_with(name: &str, bytes: &[u8], options: InputOptions) -> Records {
    from_reader(name, io::Cursor::new(bytes.to_vec()), options).collect()
}

/// What a record came to, in one line: `id: text`, or `record: error`.
fn show(record: &Result<RawDoc, DocError>) -> String {
    match record {
        Ok(doc) => format!("{}: {}", doc.id, String::from_utf8_lossy(&doc.bytes)),
        Err(error) => format!("{}: {}", error.location.record, error.message),
    }
}

/// Holds records against expected lines; an expected error need only be a part of the message.
#[track_caller]
fn expect(records: &Records, expected: &[&str]) {
    let shown: Vec<String> = records.iter().map(show).collect();
    let same = shown.len() == expected.len()
        && shown.iter().zip(expected).zip(records).all(|((shown, expected), record)| {
            if record.is_ok() { shown == expected } else { shown.starts_with(expected) }
        });
    let shown: Vec<String> = shown.iter().map(|line| line.chars().take(200).collect()).collect();
    assert!(same, "read {shown:#?}\nexpected {expected:#?}");
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 1).unwrap();
    encoder.include_checksum(true).unwrap();
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A record of a web archive.
fn warc_record(kind: &str, id: &str, content_type: &str, block: &[u8]) -> Vec<u8> {
    let head = format!(
        "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{id}>\r\nWARC-Date: 2024-05-03T10:00:00Z\r\n\
         WARC-Target-URI: https://elster.example/{id}\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\r\n",
        block.len()
    );
    [head.as_bytes(), block, b"\r\n\r\n"].concat()
}

/// A `response` record with a page of HTML.
fn warc_page(id: &str, page: &str) -> Vec<u8> {
    let block = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{page}");
    warc_record("response", id, "application/http; msgtype=response", block.as_bytes())
}
