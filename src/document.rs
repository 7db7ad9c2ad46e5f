//! A document as it was found, raw bytes and where they came from, and as it is read, as text.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Where a document stood in the input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Location {
    /// The file as the user would name it, `-` for standard input.
    pub path: Arc<str>,
    /// Number of the record in the file, from 1 (a JSON line, a WARC record; 1 for a page of its own).
    pub record: u64,
    /// Offset in bytes of the record's first byte in the decompressed file.
    pub offset: u64,
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{} (byte {})", self.path, self.record, self.offset)
    }
}

/// What a document's bytes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// A page of HTML.
    Html,
    /// Text that somebody already flattened out of a page.
    Text,
}

/// What is known of a document's character encoding before its bytes are looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Charset {
    /// The container is UTF-8 by definition (JSON), so the bytes are too.
    Utf8,
    /// Label from an HTTP `Content-Type` header.
    Http(String),
    /// Nothing is known; [`crate::decode`] looks at the bytes.
    Unknown,
}

/// One document as the reader found it.
#[derive(Debug, Clone)]
pub struct RawDoc {
    /// The record's own id, or one made from its location; unique enough to find it again.
    pub id: String,
    /// The page's address, if the input tells it.
    pub url: Option<String>,
    /// Where the document stood.
    pub source: Location,
    /// HTML or text.
    pub format: Format,
    /// What is known of the encoding.
    pub charset: Charset,
    /// Date of capture as `YYYY-MM-DD` (WARC-Date), to choose between a site's layouts.
    pub captured: Option<jiff::civil::Date>,
    /// The page or the text, not yet decoded.
    pub bytes: Vec<u8>,
}

impl RawDoc {
    /// A page that is in memory as text, without an address.
    #[must_use]
    pub fn page(html: &str) -> Self {
        Self::in_memory(html, Format::Html)
    }

    /// A flattened text that is in memory.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self::in_memory(text, Format::Text)
    }

    fn in_memory(content: &str, format: Format) -> Self {
        Self {
            id: "memory".to_owned(),
            url: None,
            source: Location { path: "memory".into(), record: 1, offset: 0 },
            format,
            charset: Charset::Utf8,
            captured: None,
            bytes: content.as_bytes().to_vec(),
        }
    }
}

/// A document as it is read: text, what it is, and what is known of it. Nothing is copied.
#[derive(Debug, Clone, Copy)]
pub struct Document<'a> {
    /// HTML or text.
    pub format: Format,
    /// The page or the text.
    pub text: &'a str,
    /// The page's address, if it is known.
    pub url: Option<&'a str>,
    /// Date of capture, to choose between a site's layouts.
    pub captured: Option<jiff::civil::Date>,
}

impl<'a> Document<'a> {
    /// A page of HTML, without an address.
    #[must_use]
    pub fn page(html: &'a str) -> Self {
        Self { format: Format::Html, text: html, url: None, captured: None }
    }

    /// A flattened text, without an address.
    #[must_use]
    pub fn text(text: &'a str) -> Self {
        Self { format: Format::Text, ..Self::page(text) }
    }
}
