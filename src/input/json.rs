//! Records that are JSON objects: one a line, elements of an array, or one after another over many lines.
//!
//! Lines are the rule: a line feed ends a record whatever its content, so a broken one harms no other.
//! Only a file that begins with an array, or with an object that goes on over several lines, is cut by
//! counting braces; behind a broken object it goes on at the next line that begins with a brace.

use std::borrow::Cow;
use std::str;
use std::sync::Arc;

use memchr::{memchr, memchr3};

use super::bytes::{Bytes, Line};
use super::fields::Fields;
use super::members::Damage;
use super::{Record, failed, too_large};
use crate::document::{Charset, Location, RawDoc};
use crate::error::DocError;

/// Bytes looked at to tell lines from an object over several lines.
const FIRST_LINE: usize = 64 * 1024;

/// The records of one file.
pub(super) struct JsonRecords {
    bytes: Bytes,
    path: Arc<str>,
    fields: Arc<Fields>,
    limit: usize,
    layout: Option<Layout>,
    /// Number of the line, or of the object.
    record: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layout {
    Lines,
    Objects,
}

impl JsonRecords {
    pub(super) fn new(bytes: Bytes, path: Arc<str>, fields: Arc<Fields>, limit: usize) -> Self {
        Self { bytes, path, fields, limit, layout: None, record: 0 }
    }

    pub(super) fn next(&mut self) -> Option<Record> {
        let layout = match self.layout {
            Some(layout) => layout,
            None => {
                let head = self.bytes.peek(FIRST_LINE);
                let layout = layout(head);
                if head.starts_with(b"\xef\xbb\xbf") {
                    self.bytes.consume(3);
                }
                *self.layout.insert(layout)
            }
        };
        match layout {
            Layout::Lines => self.next_line(),
            Layout::Objects => self.next_object(),
        }
    }

    fn location(&self) -> Location {
        Location { path: self.path.clone(), record: self.record, offset: self.bytes.offset() }
    }

    fn next_line(&mut self) -> Option<Record> {
        loop {
            self.record += 1;
            let location = self.location();
            let length = match self.bytes.line(self.limit) {
                Line::TooLong => {
                    let length = self.bytes.skip_line();
                    let message = format!("a line of {length} bytes, {}", too_large(self.limit));
                    return Some(Err(failed(location, None, message)).into());
                }
                Line::Found(length) => length,
            };
            let line = &self.bytes.window()[..length];
            if !line.ends_with(b"\n") && (line.is_empty() || self.bytes.damage().is_some()) {
                self.bytes.consume(length);
                return self.bytes.resume().map(|damage| Err(failed(location, None, damage)).into());
            }
            let blank = line.trim_ascii().is_empty();
            let line = if blank { Vec::new() } else { line.to_vec() };
            self.bytes.consume(length);
            if blank {
                continue;
            }
            // A line out of a damaged member is broken for the same reason: one error is enough. Elsewhere
            // the line need not be read here.
            let here = self.bytes.offset();
            let damaged = self.bytes.peek(1).is_empty()
                && self.bytes.damage().and_then(Damage::since).is_some_and(|since| since < here);
            if !damaged {
                return Some(Record::line(line, location, self.fields.clone()));
            }
            let record = read(&line, location, &self.fields);
            if record.is_err() {
                self.bytes.resume();
            }
            return Some(record.into());
        }
    }

    fn next_object(&mut self) -> Option<Record> {
        // What stands between objects: brackets and commas of arrays, white space.
        loop {
            let window = self.bytes.peek(1);
            let between = |byte: &&u8| byte.is_ascii_whitespace() || matches!(byte, b'[' | b']' | b',');
            let count = window.iter().take_while(between).count();
            self.bytes.consume(count);
            if count == 0 {
                break;
            }
        }
        self.record += 1;
        let location = self.location();
        if self.bytes.window().is_empty() {
            return self.bytes.resume().map(|damage| Err(failed(location, None, damage)).into());
        }
        let mut scan = Scan::default();
        let mut length = 0;
        let ended = loop {
            let window = self.bytes.window();
            if let Some(end) = scan.feed(&window[length..]) {
                length += end;
                break true;
            }
            length = window.len();
            if length > self.limit || !self.bytes.fill() {
                break false;
            }
        };
        if !ended || scan.broken || length > self.limit {
            let message = if length > self.limit {
                too_large(self.limit)
            } else if let Some(damage) = self.bytes.damage().filter(|_| !ended) {
                damage.to_string()
            } else if ended {
                "not JSON: a string goes on over the end of its line".to_owned()
            } else {
                "not JSON: the file ends inside an object".to_owned()
            };
            self.bytes.consume(length);
            if length > self.limit && !ended {
                self.skip_object(scan);
            }
            self.find_object();
            return Some(Err(failed(location, None, message)).into());
        }
        let record = read(&self.bytes.window()[..length], location, &self.fields);
        self.bytes.consume(length);
        if record.is_err() {
            self.find_object();
        }
        Some(record.into())
    }

    /// Goes to the end of an object that is not kept.
    fn skip_object(&mut self, mut scan: Scan) {
        loop {
            let window = self.bytes.window();
            let end = scan.feed(window);
            let count = end.unwrap_or(window.len());
            self.bytes.consume(count);
            if end.is_some() || !self.bytes.fill() {
                return;
            }
        }
    }

    /// Goes to the next line that begins with a brace, unless the next object is in sight.
    fn find_object(&mut self) {
        loop {
            let head = self.bytes.peek(64);
            let between = head.iter().take_while(|byte| byte.is_ascii_whitespace() || **byte == b',').count();
            match head.get(between) {
                Some(b'{' | b'[' | b']') => return,
                None if head.is_empty() => {
                    // The damage has been reported with the object that it broke.
                    if self.bytes.resume().is_none() {
                        return;
                    }
                }
                None => {
                    let count = head.len();
                    self.bytes.consume(count);
                }
                Some(_) => {
                    self.bytes.skip_line();
                }
            }
        }
    }
}

/// Tells lines from objects over several lines.
fn layout(head: &[u8]) -> Layout {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    if head.starts_with(b"[") {
        return Layout::Objects;
    }
    let Some(end) = memchr(b'\n', head) else { return Layout::Lines };
    let mut scan = Scan::default();
    if head.is_empty() || scan.feed(&head[..end]).is_some() || scan.in_string {
        return Layout::Lines;
    }
    // The object is open at the end of its line: it goes on if the next line has a member of an object.
    match head[end..].trim_ascii_start().first() {
        Some(b'"' | b'}') if head.starts_with(b"{") => Layout::Objects,
        _ => Layout::Lines,
    }
}

/// Finds the end of a value by its braces, over any number of pieces.
#[derive(Debug, Default)]
struct Scan {
    depth: u64,
    in_string: bool,
    escaped: bool,
    /// A line feed stood in a string: JSON allows none there, so the string has lost its end.
    broken: bool,
}

impl Scan {
    /// Offset behind the end of the value, if it ends in this piece.
    fn feed(&mut self, piece: &[u8]) -> Option<usize> {
        let mut at = 0;
        while at < piece.len() {
            if self.escaped {
                self.escaped = false;
                at += 1;
                continue;
            }
            if self.in_string {
                let found = memchr3(b'"', b'\\', b'\n', &piece[at..])?;
                at += found + 1;
                match piece[at - 1] {
                    b'"' => self.in_string = false,
                    b'\\' => self.escaped = true,
                    _ => {
                        self.broken = true;
                        return Some(at);
                    }
                }
                continue;
            }
            let byte = piece[at];
            at += 1;
            match byte {
                b'"' => self.in_string = true,
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => {
                    self.depth = self.depth.saturating_sub(1);
                    if self.depth == 0 {
                        return Some(at);
                    }
                }
                b',' | b'\n' if self.depth == 0 => return Some(at),
                _ => {}
            }
        }
        None
    }
}

/// Reads one record from its bytes.
pub(super) fn read(json: &[u8], location: Location, fields: &Fields) -> Result<RawDoc, DocError> {
    // Checked first because that is several times as fast as the lossy way.
    let json = str::from_utf8(json).map_or_else(|_| String::from_utf8_lossy(json), Cow::Borrowed);
    let found = match fields.read(&json) {
        Ok(found) => found,
        Err(error) => {
            let message = format!("not JSON: {}", describe(&error, &json));
            return Err(failed(location, None, message));
        }
    };
    match found.content {
        Err(message) => Err(failed(location, found.id, message)),
        Ok((format, bytes)) => Ok(RawDoc {
            id: found.id.unwrap_or_else(|| format!("{}:{}", location.path, location.record)),
            url: found.url,
            source: location,
            format,
            charset: Charset::Utf8,
            captured: None,
            bytes,
        }),
    }
}

/// serde_json's message with the place in the record.
fn describe(error: &serde_json::Error, json: &str) -> String {
    let message = error.to_string();
    let message = message.split(" at line ").next().unwrap_or_default();
    let before: usize = json.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    format!("{message}, {} bytes into the record", before + error.column())
}
