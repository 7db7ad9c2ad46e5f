//! Reads documents out of whatever they come in, one at a time.
//!
//! | input | records |
//! |---|---|
//! | folder | its files, with those of its sub-folders, sorted by name |
//! | `.html`, `.htm`, `.xhtml`, `.txt` | the page or the text |
//! | JSON lines; JSON array; JSON objects in a row | one an object, fields found by their usual names |
//! | WARC 1.0 and 1.1 | `response` (2xx, HTML or plain text) and `conversion` |
//! | `-` | standard input, any of these but a folder |
//!
//! Each of them plain, gzip or zstd, also with many members or frames. The kind is found by content; a
//! name only tells HTML from text and what a damaged file was meant to be. In a folder, files that are none
//! of these are passed over and counted.
//!
//! A record that cannot be read is an `Err` in its place, and reading goes on behind it: at the next line,
//! the next `WARC/` line, the next gzip member or zstd frame that decodes. Nothing is held in memory but
//! the record at hand, which [`InputOptions::limit`] bounds.
//!
//! ```
//! use copydesk::input::{InputOptions, from_reader};
//!
//! let lines = &br#"{"id": 17, "url": "https://elster.example/17", "text": "The ferry sailed."}"#[..];
//! let doc = from_reader("pages.jsonl", lines, InputOptions::default()).next().unwrap().unwrap();
//! assert_eq!((doc.id.as_str(), doc.bytes.as_slice()), ("17", &b"The ferry sailed."[..]));
//! ```

mod bytes;
mod fields;
mod http;
mod json;
mod kind;
mod members;
mod survey;
mod walk;
mod warc;

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::document::{Charset, Format, Location, RawDoc};
use crate::error::{DocError, Stage};
use bytes::Bytes;
use json::JsonRecords;
use kind::Kind;
use members::{Compression, Members};
use walk::{Source, Sources};
use warc::WarcRecords;

pub use fields::Fields;
pub use survey::Survey;
pub use walk::check;

/// How to read the input.
#[derive(Debug, Clone)]
pub struct InputOptions {
    /// Names of the fields of JSON records, where the usual ones do not fit.
    pub fields: Fields,
    /// Size of the largest record that is read, in bytes after decompression; a larger one fails.
    pub limit: usize,
}

impl Default for InputOptions {
    /// The usual names; 64 MiB.
    fn default() -> Self {
        Self { fields: Fields::default(), limit: 64 * 1024 * 1024 }
    }
}

/// An input that the user named and that cannot be read, so that there is no use in starting.
#[derive(Debug, thiserror::Error)]
#[error("{}: {source}", path.display())]
pub struct InputError {
    /// The input as the user named it.
    pub path: PathBuf,
    /// What is wrong with it.
    pub source: io::Error,
}

/// How far reading has come; for other threads to look at.
#[derive(Debug, Default)]
pub struct Progress {
    read: AtomicU64,
    total: Option<u64>,
    skipped_files: AtomicU64,
    skipped_records: AtomicU64,
}

impl Progress {
    /// Bytes taken from the inputs so far, before decompression.
    #[must_use]
    pub fn bytes_read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    /// Bytes of all inputs, before decompression; unknown when one is a stream.
    #[must_use]
    pub fn bytes_total(&self) -> Option<u64> {
        self.total
    }

    /// Files in folders that hold no documents by their content and name.
    #[must_use]
    pub fn skipped_files(&self) -> u64 {
        self.skipped_files.load(Ordering::Relaxed)
    }

    /// Sound WARC records that are no documents: other types, other statuses, pictures.
    #[must_use]
    pub fn skipped_records(&self) -> u64 {
        self.skipped_records.load(Ordering::Relaxed)
    }

    fn skip_record(&self) {
        self.skipped_records.fetch_add(1, Ordering::Relaxed);
    }
}

/// The documents of all inputs, in a stable order.
pub struct Documents {
    /// A stream to read before the sources.
    stream: Option<(Source, Box<dyn Read + Send>)>,
    sources: Sources,
    current: Option<Records>,
    options: InputOptions,
    progress: Arc<Progress>,
}

enum Records {
    Page(Page),
    Json(JsonRecords),
    Warc(WarcRecords),
}

/// Reads these inputs: files, folders, `-` for standard input. Call [`check`] before; an input that
/// cannot be read is a failed document here.
#[must_use]
pub fn open(inputs: &[PathBuf], options: InputOptions) -> Documents {
    let progress = Arc::new(Progress { total: walk::total_size(inputs), ..Progress::default() });
    Documents { stream: None, sources: Sources::new(inputs), current: None, options, progress }
}

/// Reads one stream as if it were a file of this name.
#[must_use]
pub fn from_reader(name: &str, input: impl Read + Send + 'static, options: InputOptions) -> Documents {
    let mut documents = open(&[], options);
    documents.progress = Arc::default();
    documents.stream = Some((Source::named(name.into()), Box::new(input)));
    documents
}

/// Opens one file for reading, decompressed if it is gzip or zstd.
///
/// # Errors
/// It cannot be opened.
pub fn plain(path: &Path) -> io::Result<Box<dyn Read + Send>> {
    let input = Counted { input: Source::named(path.to_owned()).open()?, rest: 0, progress: Arc::default() };
    decompressed(input, path)
}

impl Documents {
    /// How far reading has come.
    #[must_use]
    pub fn progress(&self) -> Arc<Progress> {
        self.progress.clone()
    }

    /// Finds out what a file is. `None` if it is passed over.
    fn begin(
        &self,
        source: Source,
        input: io::Result<Box<dyn Read + Send>>,
    ) -> Result<Option<Records>, DocError> {
        let fail = |message: String| failed(source.start(), Some(source.id.clone()), message);
        let counted =
            input.map(|input| Counted { input, rest: source.size(), progress: self.progress.clone() });
        let plain = counted
            .and_then(|input| decompressed(input, &source.path))
            .map_err(|error| fail(format!("cannot open: {error}")))?;
        let mut bytes = Bytes::new(plain);
        let head = bytes.peek(kind::HEAD);
        let kind = match kind::of(head, &source.path) {
            Some(kind) => kind,
            None if !source.named => {
                tracing::debug!(path = %source.name, "passed over: neither page, text, JSON nor WARC");
                self.progress.skipped_files.fetch_add(1, Ordering::Relaxed);
                return Ok(None);
            }
            // Nothing at all has no documents in it, and a break is for the reader to report.
            None if head.is_empty() => Kind::Json,
            None if kind::is_binary(head) => {
                return Err(fail("neither page, text, JSON nor WARC, but binary data".to_owned()));
            }
            None if kind::looks_like_html(head) => Kind::Page(Format::Html),
            None => Kind::Page(Format::Text),
        };
        let limit = self.options.limit;
        Ok(Some(match kind {
            Kind::Page(format) => Records::Page(Page { format, source: Some((source, bytes)), limit }),
            Kind::Json => {
                Records::Json(JsonRecords::new(bytes, source.name, self.options.fields.clone(), limit))
            }
            Kind::Warc => Records::Warc(WarcRecords::new(bytes, source.name, limit, self.progress.clone())),
        }))
    }
}

impl Iterator for Documents {
    type Item = Result<RawDoc, DocError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let record = match &mut self.current {
                Some(Records::Page(page)) => page.next(),
                Some(Records::Json(records)) => records.next(),
                Some(Records::Warc(records)) => records.next(),
                None => None,
            };
            if record.is_some() {
                return record;
            }
            let (source, input) = match self.stream.take() {
                Some((source, input)) => (source, Ok(input)),
                None => match self.sources.next()? {
                    Ok(source) => {
                        let input = source.open();
                        (source, input)
                    }
                    Err(error) => return Some(Err(error)),
                },
            };
            self.current = None;
            match self.begin(source, input) {
                Ok(records) => self.current = records,
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

/// The one document of a file that is a page or a text.
struct Page {
    format: Format,
    source: Option<(Source, Bytes)>,
    limit: usize,
}

impl Page {
    fn next(&mut self) -> Option<Result<RawDoc, DocError>> {
        let (source, mut bytes) = self.source.take()?;
        let size = bytes.peek(self.limit.saturating_add(1)).len();
        let problem = if size > self.limit {
            Some(too_large(self.limit))
        } else {
            bytes.damage().map(ToString::to_string)
        };
        Some(match problem {
            Some(problem) => Err(failed(source.start(), Some(source.id), problem)),
            None => Ok(RawDoc {
                source: source.start(),
                id: source.id,
                url: None,
                format: self.format,
                charset: Charset::Unknown,
                captured: None,
                bytes: bytes.window().to_vec(),
            }),
        })
    }
}

/// A reader that tells how much was read.
struct Counted {
    input: Box<dyn Read + Send>,
    /// Bytes of the file that have not been read: they count when it is left, read or not.
    rest: u64,
    progress: Arc<Progress>,
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.progress.read.fetch_add(self.rest, Ordering::Relaxed);
    }
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        self.rest = self.rest.saturating_sub(read as u64);
        self.progress.read.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// Undoes the compression that the first bytes show; or that the name says, where they are damaged. A file
/// that somebody unpacked without renaming it is read as it is.
fn decompressed(mut input: Counted, path: &Path) -> io::Result<Box<dyn Read + Send>> {
    let mut head = Vec::with_capacity(1024);
    input.by_ref().take(1024).read_to_end(&mut head)?;
    let by_name = || Compression::of_name(path).filter(|_| kind::is_binary(&head));
    let compression = Compression::of(&head).or_else(by_name);
    let input = io::Cursor::new(head).chain(input);
    Ok(match compression {
        Some(compression) => Box::new(Members::new(input, compression)?),
        None => Box::new(input),
    })
}

fn failed(location: Location, id: Option<String>, message: impl ToString) -> DocError {
    DocError { location, id, stage: Stage::Read, message: message.to_string() }
}

fn too_large(limit: usize) -> String {
    format!("larger than the limit of {limit} bytes")
}
