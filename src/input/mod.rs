//! Reads documents out of whatever they come in, one at a time.
//!
//! | input | records |
//! |---|---|
//! | folder | its files, with those of its sub-folders, sorted by name |
//! | `.html`, `.htm`, `.xhtml`, `.txt` | the page or the text |
//! | JSON lines; JSON array; JSON objects in a row | one an object, fields found by their usual names |
//! | WARC 1.0 and 1.1, WET | `response` (2xx, HTML or plain text) and `conversion` |
//! | Parquet | one a row, columns found by the names of JSON fields |
//! | tar, zip | their members, as if they were files in a folder |
//! | `-` | standard input, any of these but a folder |
//!
//! Each of them plain, gzip or zstd, also with many members or frames. Parquet and zip begin at their end:
//! compressed, inside an archive, or in a stream they are held in memory, up to the limit. The kind is found
//! by content; a name only tells HTML from text and what a damaged file was meant to be. In a folder, files
//! that are none of these are passed over and counted.
//!
//! A record that cannot be read is an `Err` in its place, and reading goes on behind it: at the next line,
//! the next `WARC/` line, the next gzip member or zstd frame that decodes, the next row group, the next
//! member. Nothing is held in memory but the record at hand, which [`InputOptions::limit`] bounds. Parquet is
//! the exception: its library decodes values before their size is checked, so that the limit refuses a large
//! value but does not bound what reading it takes.
//!
//! ```
//! use copydesk::input::{InputOptions, from_reader};
//!
//! let lines = &br#"{"id": 17, "url": "https://elster.example/17", "text": "The ferry sailed."}"#[..];
//! let doc = from_reader("pages.jsonl", lines, InputOptions::default()).next().unwrap().unwrap();
//! assert_eq!((doc.id.as_str(), doc.bytes.as_slice()), ("17", &b"The ferry sailed."[..]));
//! ```

mod ahead;
mod archive;
mod bytes;
mod fields;
mod http;
mod json;
mod kind;
mod members;
mod parquet;
mod survey;
mod tar;
mod thrift;
mod walk;
mod warc;
mod zip;

use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::document::{Charset, Format, Location, RawDoc};
use crate::error::{DocError, Stage};
use archive::{Archive, Whole};
use bytes::Bytes;
use json::JsonRecords;
use kind::Kind;
use members::{Compression, Members};
use parquet::ParquetRecords;
use tar::TarMembers;
use walk::{Opened, Source, Sources};
use warc::WarcRecords;
use zip::ZipMembers;

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
    /// An archive whose members are being read, and its name.
    archive: Option<(Arc<str>, Archive)>,
    current: Option<Records>,
    fields: Arc<Fields>,
    limit: usize,
    progress: Arc<Progress>,
}

enum Records {
    Page(Page),
    Json(JsonRecords),
    Warc(WarcRecords),
    Parquet(ParquetRecords),
}

/// What a file turned out to be.
enum Begun {
    Records(Records),
    Archive(Arc<str>, Archive),
    /// No documents are in it.
    Skipped,
}

/// Reads these inputs: files, folders, `-` for standard input. Call [`check`] before; an input that
/// cannot be read is a failed document here.
#[must_use]
pub fn open(inputs: &[PathBuf], options: InputOptions) -> Documents {
    let progress = Arc::new(Progress { total: walk::total_size(inputs), ..Progress::default() });
    let InputOptions { fields, limit } = options;
    let (sources, fields) = (Sources::new(inputs), Arc::new(fields));
    Documents { stream: None, sources, archive: None, current: None, fields, limit, progress }
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
    let input: Box<dyn Read + Send> = match Source::named(path.to_owned()).open()? {
        Opened::File(file) => Box::new(file),
        Opened::Stream(stream) => stream,
    };
    let (plain, _) = decompressed(Counted { input, rest: 0, progress: Arc::default() }, path)?;
    Ok(plain)
}
/// What files are read, for messages.
const KINDS: &str = "page, text, JSON, WARC, Parquet, tar nor zip";

impl Documents {
    /// How far reading has come.
    #[must_use]
    pub fn progress(&self) -> Arc<Progress> {
        self.progress.clone()
    }

    /// Finds out what a file is.
    fn begin(&self, source: Source, opened: io::Result<Opened>, size: u64) -> Result<Begun, DocError> {
        let fail = |message: String| failed(source.start(), Some(source.id.clone()), message);
        let cannot_open = |error: io::Error| fail(format!("cannot open: {error}"));
        let (input, file) = match opened.map_err(cannot_open)? {
            Opened::File(file) => (Box::new(file.try_clone().map_err(cannot_open)?) as Box<_>, Some(file)),
            Opened::Stream(stream) => (stream, None),
        };
        let counted = Counted { input, rest: size, progress: self.progress.clone() };
        let (plain, compressed) = decompressed(counted, &source.path).map_err(cannot_open)?;
        let mut bytes = Bytes::new(plain);
        let head = bytes.peek(kind::HEAD);
        let kind = match kind::of(head, &source.path) {
            Some(kind) => kind,
            None if !source.named => {
                self.pass_over(&source.name);
                return Ok(Begun::Skipped);
            }
            // Nothing at all has no documents in it, and a break is for the reader to report.
            None if head.is_empty() => Kind::Json,
            None if kind::is_binary(head) => {
                return Err(fail(format!("neither {KINDS}, but binary data")));
            }
            None if kind::looks_like_html(head) => Kind::Page(Format::Html),
            None => Kind::Page(Format::Text),
        };
        let limit = self.limit;
        let whole = |bytes: Bytes| whole(bytes, file.filter(|_| !compressed), limit).map_err(fail);
        let name = source.name.clone();
        Ok(match kind {
            Kind::Page(format) => {
                Begun::Records(Records::Page(Page { format, source: Some((source, bytes)), limit }))
            }
            Kind::Json => {
                Begun::Records(Records::Json(JsonRecords::new(bytes, name, self.fields.clone(), limit)))
            }
            Kind::Warc => {
                Begun::Records(Records::Warc(WarcRecords::new(bytes, name, limit, self.progress.clone())))
            }
            Kind::Parquet => {
                let records = ParquetRecords::new(whole(bytes)?, name, self.fields.clone(), limit);
                Begun::Records(Records::Parquet(records.map_err(fail)?))
            }
            Kind::Tar | Kind::Zip if self.archive.is_some() => {
                return Err(fail("an archive inside of another one".to_owned()));
            }
            Kind::Tar => Begun::Archive(name.clone(), Archive::Tar(TarMembers::new(bytes, name, limit))),
            Kind::Zip => {
                let members = ZipMembers::new(whole(bytes)?, name.clone(), limit).map_err(fail)?;
                Begun::Archive(name, Archive::Zip(members))
            }
        })
    }

    /// The records, to be read by other threads; as documents they are read as they come.
    pub fn records(mut self) -> impl Iterator<Item = Record> + Send + 'static {
        std::iter::from_fn(move || self.next_record())
    }

    fn next_record(&mut self) -> Option<Record> {
        loop {
            let record = match &mut self.current {
                Some(Records::Page(page)) => page.next().map(Record::from),
                Some(Records::Json(records)) => records.next(),
                Some(Records::Warc(records)) => records.next().map(Record::from),
                Some(Records::Parquet(records)) => records.next().map(Record::from),
                None => None,
            };
            if record.is_some() {
                return record;
            }
            if let Err(error) = self.advance()? {
                return Some(Err(error).into());
            }
        }
    }

    fn pass_over(&self, name: &str) {
        tracing::debug!(path = name, "passed over: neither {KINDS}");
        self.progress.skipped_files.fetch_add(1, Ordering::Relaxed);
    }

    /// Begins the next file, or the next member of an archive. `None` at the end of all inputs.
    fn advance(&mut self) -> Option<Result<(), DocError>> {
        self.current = None;
        let begun = match self.archive.as_mut().and_then(|(name, archive)| Some((name, archive.next()?))) {
            Some((_, Err(error))) => Err(error),
            Some((name, Ok(member))) => {
                let source = Source::member(name, member.name);
                match member.content {
                    Ok(bytes) => {
                        let bytes = Opened::Stream(Box::new(io::Cursor::new(bytes)));
                        self.begin(source, Ok(bytes), 0)
                    }
                    Err(head) if kind::of(&head, &source.path).is_none() => {
                        self.pass_over(&source.name);
                        Ok(Begun::Skipped)
                    }
                    Err(_) => Err(failed(source.start(), Some(source.id), too_large(self.limit))),
                }
            }
            None => {
                self.archive = None;
                match self.stream.take() {
                    Some((source, input)) => self.begin(source, Ok(Opened::Stream(input)), 0),
                    None => self.sources.next()?.and_then(|source| {
                        let (opened, size) = (source.open(), source.size());
                        self.begin(source, opened, size)
                    }),
                }
            }
        };
        Some(begun.map(|begun| match begun {
            Begun::Records(records) => self.current = Some(records),
            Begun::Archive(name, archive) => self.archive = Some((name, archive)),
            Begun::Skipped => {}
        }))
    }
}

impl Iterator for Documents {
    type Item = Result<RawDoc, DocError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_record().map(Record::read)
    }
}

/// A record that was cut out of its file and, if it is a line of JSON, not yet read: that is work which
/// many threads can share.
pub struct Record(Content);

enum Content {
    Read(Result<RawDoc, DocError>),
    Line { line: Vec<u8>, location: Location, fields: Arc<Fields> },
}

impl Record {
    fn line(line: Vec<u8>, location: Location, fields: Arc<Fields>) -> Self {
        Self(Content::Line { line, location, fields })
    }

    /// Bytes that it holds.
    #[must_use]
    pub fn size(&self) -> usize {
        match &self.0 {
            Content::Read(record) => record.as_ref().map_or(0, |doc| doc.bytes.len()),
            Content::Line { line, .. } => line.len(),
        }
    }

    /// The document in it.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn read(self) -> Result<RawDoc, DocError> {
        match self.0 {
            Content::Read(record) => record,
            Content::Line { line, location, fields } => json::read(&line, location, &fields),
        }
    }
}

impl From<Result<RawDoc, DocError>> for Record {
    fn from(record: Result<RawDoc, DocError>) -> Self {
        Self(Content::Read(record))
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
/// that somebody unpacked without renaming it is read as it is. Tells whether there was a compression.
fn decompressed(mut input: Counted, path: &Path) -> io::Result<(Box<dyn Read + Send>, bool)> {
    let mut head = Vec::with_capacity(1024);
    input.by_ref().take(1024).read_to_end(&mut head)?;
    let by_name = || Compression::of_name(path).filter(|_| kind::is_binary(&head));
    let compression = Compression::of(&head).or_else(by_name);
    let input = io::Cursor::new(head).chain(input);
    Ok(match compression {
        Some(compression) => (Box::new(Members::new(input, compression, ahead::threads())?), true),
        None => (Box::new(input), false),
    })
}

/// A file to be read in any order: itself, or what is in memory of it.
fn whole(mut bytes: Bytes, file: Option<File>, limit: usize) -> Result<Whole, String> {
    if let Some(mut file) = file {
        file.rewind().map_err(|error| format!("cannot read: {error}"))?;
        return Ok(Whole::File(file));
    }
    if bytes.peek(limit.saturating_add(1)).len() > limit {
        return Err(format!("{}, and no plain file of its own", too_large(limit)));
    }
    match bytes.damage() {
        Some(damage) => Err(damage.to_string()),
        None => Ok(Whole::Memory(io::Cursor::new(bytes.window().to_vec().into()))),
    }
}

fn failed(location: Location, id: Option<String>, message: impl ToString) -> DocError {
    DocError { location, id, stage: Stage::Read, message: message.to_string() }
}

fn too_large(limit: usize) -> String {
    format!("larger than the limit of {limit} bytes")
}
