//! Records of a web archive, WARC 1.0 and 1.1 (ISO 28500).
//!
//! A record's length is believed only if another record, or the end, stands behind it. Where that is not
//! so, the record fails and reading goes on at the next line that begins with `WARC/1.`, searched from the
//! record's second byte: a length that lies cannot swallow its neighbours.

use std::str;
use std::sync::Arc;

use memchr::{memchr_iter, memmem};

use super::bytes::Bytes;
use super::http::{ContentType, Response, header};
use super::kind::looks_like_html;
use super::{Progress, failed, too_large};
use crate::document::{Charset, Format, Location, RawDoc};
use crate::error::DocError;

/// Longest head of a record in bytes. Heads are mostly under 1 KiB; addresses and lists of subresources
/// make some longer.
const HEAD_LIMIT: usize = 256 * 1024;

/// Bytes that show that a record begins: `WARC/1.0` and the end of its line.
const MARK: usize = 10;

/// Bytes looked at behind a record: some line ends and the next mark.
const BEHIND: usize = 64;

/// The records of one file.
pub(super) struct WarcRecords {
    bytes: Bytes,
    path: Arc<str>,
    limit: usize,
    record: u64,
    /// The stream has just gone on behind a break: what comes first may be the rest of a record that has
    /// been reported.
    resumed: bool,
    progress: Arc<Progress>,
}

/// A record whose end cannot be told.
struct Broken {
    id: Option<String>,
    message: String,
    /// The stream broke inside the record, and the message says so.
    by_damage: bool,
}

/// What is needed of a record's head.
#[derive(Debug, Default)]
struct Head {
    length: Option<u64>,
    kind: String,
    id: Option<String>,
    url: Option<String>,
    captured: Option<jiff::civil::Date>,
    content_type: ContentType,
}

impl WarcRecords {
    pub(super) fn new(bytes: Bytes, path: Arc<str>, limit: usize, progress: Arc<Progress>) -> Self {
        Self { bytes, path, limit, record: 0, resumed: false, progress }
    }

    pub(super) fn next(&mut self) -> Option<Result<RawDoc, DocError>> {
        loop {
            self.skip_blank();
            let location =
                Location { path: self.path.clone(), record: self.record + 1, offset: self.bytes.offset() };
            let ahead = self.bytes.peek(MARK);
            if ahead.is_empty() {
                let damage = self.bytes.resume()?;
                self.resumed = true;
                self.record += 1;
                return Some(Err(failed(location, None, damage)));
            }
            let resumed = std::mem::take(&mut self.resumed);
            if !begins_record(ahead) {
                self.seek();
                if resumed {
                    continue;
                }
                self.pass_break(false);
                self.record += 1;
                let message =
                    format!("{} bytes that belong to no record", self.bytes.offset() - location.offset);
                return Some(Err(failed(location, None, message)));
            }
            self.record += 1;
            match self.read(&location) {
                Ok(Some(doc)) => return Some(doc),
                Ok(None) => self.progress.skip_record(),
                Err(broken) => {
                    self.seek();
                    self.pass_break(broken.by_damage);
                    return Some(Err(failed(location, broken.id, broken.message)));
                }
            }
        }
    }

    /// Behind something broken: if nothing follows but a break of the stream, and the break was its cause
    /// or it came out of the same damaged member, then one error is enough for both.
    fn pass_break(&mut self, is_cause: bool) {
        let here = self.bytes.offset();
        if self.bytes.window().is_empty()
            && let Some(damage) = self.bytes.damage()
            && (is_cause || damage.since().is_some_and(|since| since < here))
        {
            self.bytes.resume();
            self.resumed = true;
        }
    }

    /// Skips the line ends between two records.
    fn skip_blank(&mut self) {
        loop {
            let window = self.bytes.peek(1);
            let count = window.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            if count == 0 {
                return;
            }
            self.bytes.consume(count);
        }
    }

    /// Goes to the next line that begins a record, or to the end or break of the stream.
    fn seek(&mut self) {
        loop {
            let window = self.bytes.peek(64 * 1024);
            let next = records_in(window).next();
            if let Some(at) = next {
                self.bytes.consume(at);
                return;
            }
            let searched = window.len();
            // The mark may stand across the end of the window, and needs the line feed before it.
            let rest = if self.bytes.fill() { MARK + 1 } else { 0 };
            self.bytes.consume(searched.saturating_sub(rest));
            if rest == 0 {
                return;
            }
        }
    }

    /// Reads the record that begins here. `Ok(None)`: it is sound, but no document.
    ///
    /// # Errors
    /// Where it ends cannot be told; the next record is to be searched from the current place.
    fn read(&mut self, location: &Location) -> Result<Option<Result<RawDoc, DocError>>, Broken> {
        let head_length = self.head_length()?;
        let head = Head::parse(&self.bytes.window()[..head_length]);
        let Some(length) = head.length else {
            return Err(head.broken("no valid Content-Length"));
        };
        if head.kind.is_empty() {
            return Err(head.broken("no WARC-Type"));
        }
        let wanted = matches!(head.kind.as_str(), "response" | "conversion");
        let length = match usize::try_from(length) {
            Ok(length) if length <= self.limit => length,
            _ => {
                self.bytes.consume(head_length);
                self.skip_body(&head, length)?;
                let error = || failed(location.clone(), head.id.clone(), too_large(self.limit));
                return Ok(wanted.then(|| Err(error())));
            }
        };
        let end = head_length + length;
        let ahead = self.bytes.peek(end + BEHIND);
        if ahead.len() < end {
            let found = ahead.len() - head_length;
            return Err(self.cut_short(&head, &format!("after {found} of {length} bytes")));
        }
        let behind = &ahead[end..];
        if !is_behind_record(behind) {
            return Err(head.broken(&wrong_length(length)));
        }
        // A record that its member's checksum belies is not to be trusted.
        let record = location.offset..location.offset + end as u64;
        if behind.trim_ascii().is_empty()
            && let Some(damage) = self.bytes.damage()
            && damage.since().is_some_and(|since| record.contains(&since))
        {
            return Err(Broken { message: damage.to_string(), id: head.id, by_damage: true });
        }
        let block = &self.bytes.window()[head_length..end];
        let result = if wanted { document(head, block, location, self.limit) } else { None };
        self.bytes.consume(end);
        Ok(result)
    }

    /// The record reaches over the end or the break of the stream.
    fn cut_short(&self, head: &Head, place: &str) -> Broken {
        let damage = self.bytes.damage();
        let cause = damage.map(|damage| format!(": {damage}")).unwrap_or_default();
        let message = format!("cut short {place}{cause}");
        Broken { id: head.id.clone(), message, by_damage: damage.is_some() }
    }

    /// Length of the record's head with the blank line behind it.
    fn head_length(&mut self) -> Result<usize, Broken> {
        let mut line_start = 0;
        let mut searched = 0;
        loop {
            let window = self.bytes.window();
            for at in memchr_iter(b'\n', &window[searched..]).map(|at| searched + at) {
                let line = &window[line_start..at];
                if line.trim_ascii().is_empty() {
                    return Ok(at + 1);
                }
                if line_start > 0 && begins_record(&window[line_start..]) {
                    return Err(Head::default().broken("the head has no end"));
                }
                line_start = at + 1;
            }
            searched = window.len();
            if searched > HEAD_LIMIT {
                return Err(Head::default().broken(&format!("a head of over {HEAD_LIMIT} bytes")));
            }
            if !self.bytes.fill() {
                return Err(self.cut_short(&Head::default(), "inside the head"));
            }
        }
    }

    /// Passes over a body that is too large to keep, but not over a record that begins inside it.
    fn skip_body(&mut self, head: &Head, length: u64) -> Result<(), Broken> {
        let end = self.bytes.offset().saturating_add(length);
        loop {
            let left = end - self.bytes.offset();
            let window = self.bytes.peek(64 * 1024);
            let within = usize::try_from(left).unwrap_or(usize::MAX).min(window.len());
            // A mark alone could be part of a page; one with a record's field behind it hardly is.
            let is_record = |at: &usize| {
                let next_line = window[*at..within].splitn(2, |byte| *byte == b'\n').nth(1);
                next_line.is_some_and(|line| line.starts_with(b"WARC-"))
            };
            let next = records_in(&window[..within]).find(is_record);
            if let Some(at) = next {
                // The line feed before the mark stays for the search.
                self.bytes.consume(at - 1);
                return Err(head.broken(&wrong_length(length)));
            }
            if within as u64 == left {
                self.bytes.consume(within);
                let sound = is_behind_record(self.bytes.peek(BEHIND));
                return if sound { Ok(()) } else { Err(head.broken(&wrong_length(length))) };
            }
            if !self.bytes.fill() {
                return Err(self.cut_short(head, &format!("{} bytes before its end", left - within as u64)));
            }
            self.bytes.consume(within.saturating_sub(BEHIND));
        }
    }
}

impl Head {
    fn broken(&self, message: &str) -> Broken {
        Broken { id: self.id.clone(), message: message.to_owned(), by_damage: false }
    }

    /// Reads what is understood of a head and passes over the rest.
    fn parse(head: &[u8]) -> Self {
        let mut parsed = Self::default();
        for (name, value) in head.split(|byte| *byte == b'\n').skip(1).filter_map(header) {
            // WARC 1.0 put addresses and ids in angle brackets; 1.1 only ids.
            let text = || {
                let text = String::from_utf8_lossy(value);
                let bare = text.strip_prefix('<').and_then(|text| text.strip_suffix('>')).unwrap_or(&text);
                (!bare.is_empty()).then(|| bare.to_owned())
            };
            match name.to_ascii_lowercase().as_slice() {
                b"content-length" => {
                    parsed.length = str::from_utf8(value).ok().and_then(|text| text.parse().ok())
                }
                b"content-type" => parsed.content_type = ContentType::parse(value),
                b"warc-type" => parsed.kind = String::from_utf8_lossy(value).to_ascii_lowercase(),
                b"warc-record-id" => parsed.id = text(),
                b"warc-target-uri" => parsed.url = text(),
                b"warc-date" => {
                    let date = value.get(..10).and_then(|date| str::from_utf8(date).ok());
                    parsed.captured = date.and_then(|date| date.parse().ok());
                }
                _ => {}
            }
        }
        parsed
    }
}

/// The document in a `response` or `conversion` record; `None` if it holds something else.
fn document(head: Head, block: &[u8], location: &Location, limit: usize) -> Option<Result<RawDoc, DocError>> {
    let conversion = head.kind == "conversion";
    let fail = |message: String| Some(Err(failed(location.clone(), head.id.clone(), message)));
    let (content_type, bytes) = if !conversion
        && (head.content_type.mime == "application/http" || block.starts_with(b"HTTP/"))
    {
        let response = match Response::parse(block) {
            Ok(response) => response,
            Err(message) => return fail(message.to_owned()),
        };
        if !(200..300).contains(&response.status) || format(&response.content_type, conversion) == Some(None)
        {
            return None;
        }
        match response.body(limit) {
            Ok(body) => (response.content_type, body),
            Err(message) => return fail(message),
        }
    } else {
        (head.content_type, block.to_vec())
    };
    let format = match format(&content_type, conversion) {
        Some(format) => format?,
        None if looks_like_html(&bytes) => Format::Html,
        None => return None,
    };
    let id = head.id.or_else(|| head.url.clone());
    Some(Ok(RawDoc {
        id: id.unwrap_or_else(|| format!("{}:{}", location.path, location.record)),
        url: head.url,
        source: location.clone(),
        format,
        charset: content_type.charset.map_or(Charset::Unknown, Charset::Http),
        captured: head.captured,
        bytes,
    }))
}

/// What a content type says: a format, that it is no document (`Some(None)`), or nothing (`None`).
fn format(content_type: &ContentType, conversion: bool) -> Option<Option<Format>> {
    match content_type.mime.as_str() {
        "text/html" | "application/xhtml+xml" => Some(Some(Format::Html)),
        "text/plain" => Some(Some(Format::Text)),
        "" if conversion => Some(Some(Format::Text)),
        "" => None,
        _ => Some(None),
    }
}

/// Whether a line begins here as records do: `WARC/1.0`.
fn begins_record(line: &[u8]) -> bool {
    matches!(line, [b'W', b'A', b'R', b'C', b'/', b'0'..=b'9', b'.', b'0'..=b'9', b'\r' | b'\n' | b' ', ..])
}

/// Where lines after the first one begin a record.
fn records_in(window: &[u8]) -> impl Iterator<Item = usize> {
    memmem::find_iter(window, b"\nWARC/").map(|at| at + 1).filter(|at| begins_record(&window[*at..]))
}

/// Whether this can stand behind a record whose length is right: two line ends, another record, the end.
fn is_behind_record(behind: &[u8]) -> bool {
    let next = behind.trim_ascii_start();
    behind.starts_with(b"\r\n\r\n")
        || behind.starts_with(b"\n\n")
        || begins_record(next)
        || (behind.len() < BEHIND && b"WARC/1.".starts_with(&next[..next.len().min(7)]))
}

fn wrong_length(length: impl std::fmt::Display) -> String {
    format!("Content-Length is {length}, but no record ends there")
}
