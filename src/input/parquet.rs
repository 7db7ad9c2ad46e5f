//! Rows of a Parquet file, row group by row group, only the columns that are of use.
//!
//! Columns are found by the names that fields of JSON records have. Values are decoded before their size is
//! known. A row group that cannot be read loses the rest of its own rows and no others.

use std::io::{self, Read};
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;

use ::bytes::Bytes;
use parquet::errors::ParquetError;
use parquet::file::reader::{ChunkReader, FileReader, Length, SerializedFileReader};
use parquet::record::Row;
use parquet::record::reader::{ReaderIter, TreeBuilder};
use parquet::schema::types::{SchemaDescriptor, Type};

use super::archive::Whole;
use super::fields::{Fields, Found};
use super::thrift::{self, PageHeader};
use super::{failed, too_large};
use crate::document::{Charset, Location, RawDoc};
use crate::error::DocError;

/// Values of a column that are decoded at once: few, because pages are large values.
const BATCH: usize = 16;

/// The rows of one file.
pub(super) struct ParquetRecords {
    file: Box<dyn FileReader>,
    /// The columns of use.
    columns: Arc<SchemaDescriptor>,
    path: Arc<str>,
    fields: Arc<Fields>,
    limit: usize,
    /// Number of the row group after the one at hand.
    group: usize,
    rows: Option<ReaderIter>,
    /// Number of the row, from 1, and the first one after the row group at hand.
    record: u64,
    group_end: u64,
    /// Offset of the row group at hand.
    offset: u64,
}

impl ParquetRecords {
    /// Reads the file's metadata.
    ///
    /// # Errors
    /// It is broken, or no column has HTML or text.
    pub(super) fn new(
        whole: Whole,
        path: Arc<str>,
        fields: Arc<Fields>,
        limit: usize,
    ) -> Result<Self, String> {
        let (file, columns) = guarded(|| {
            let file: Box<dyn FileReader> = match whole {
                Whole::File(file) => Box::new(SerializedFileReader::new(Checked::new(file)?)?),
                Whole::Memory(bytes) => {
                    Box::new(SerializedFileReader::new(Checked::new(bytes.into_inner())?)?)
                }
            };
            let schema = file.metadata().file_metadata().schema();
            let used = schema.get_fields().iter().filter(|column| fields.uses(column.name())).cloned();
            let columns = Type::group_type_builder(schema.name()).with_fields(used.collect()).build()?;
            Ok((file, columns))
        })?;
        if columns.get_fields().is_empty() {
            let schema = file.metadata().file_metadata().schema();
            let names: Vec<_> = schema.get_fields().iter().take(20).map(|column| column.name()).collect();
            return Err(format!("no column with HTML or text; the file has: {}", names.join(", ")));
        }
        let columns = Arc::new(SchemaDescriptor::new(Arc::new(columns)));
        let (record, group_end) = (1, 1);
        Ok(Self { file, columns, path, fields, limit, group: 0, rows: None, record, group_end, offset: 0 })
    }

    pub(super) fn next(&mut self) -> Option<Result<RawDoc, DocError>> {
        loop {
            let row = match self.rows.as_mut() {
                Some(rows) => match guarded(|| rows.next().transpose()) {
                    Ok(Some(row)) => Ok(row),
                    Ok(None) => {
                        self.rows = None;
                        self.record = self.group_end;
                        continue;
                    }
                    Err(error) => Err(error),
                },
                None => match self.begin_group()? {
                    Ok(()) => continue,
                    Err(error) => Err(error),
                },
            };
            let location = Location { path: self.path.clone(), record: self.record, offset: self.offset };
            return Some(match row {
                Ok(row) => {
                    self.record += 1;
                    self.document(row, location)
                }
                Err(error) => {
                    let lost = self.group_end.saturating_sub(self.record);
                    self.rows = None;
                    self.record = self.group_end;
                    let group = self.group; // counted from 1
                    Err(failed(location, None, format!("row group {group}: {lost} rows are lost: {error}")))
                }
            });
        }
    }

    /// Opens the next row group; `None` if there is none.
    fn begin_group(&mut self) -> Option<Result<(), String>> {
        let metadata = self.file.metadata();
        if self.group >= metadata.num_row_groups() {
            return None;
        }
        let group = metadata.row_group(self.group);
        let count = u64::try_from(group.num_rows()).unwrap_or_default();
        self.offset = group.file_offset().and_then(|offset| offset.try_into().ok()).unwrap_or_default();
        self.group_end = self.record.saturating_add(count);
        let index = self.group;
        self.group += 1;
        Some(
            guarded(|| {
                let group = self.file.get_row_group(index)?;
                TreeBuilder::new().with_batch_size(BATCH).as_iter(self.columns.clone(), &*group)
            })
            .map(|rows| self.rows = Some(rows)),
        )
    }

    fn document(&self, row: Row, location: Location) -> Result<RawDoc, DocError> {
        let Found { id, url, content } = self.fields.of_row(row);
        let (format, bytes) = match content {
            Ok((_, bytes)) if bytes.len() > self.limit => {
                return Err(failed(location, id, too_large(self.limit)));
            }
            Ok(content) => content,
            Err(message) => return Err(failed(location, id, message)),
        };
        // Columns of bytes hold pages in any encoding.
        let charset = if str::from_utf8(&bytes).is_ok() { Charset::Utf8 } else { Charset::Unknown };
        Ok(RawDoc {
            id: id.unwrap_or_else(|| format!("{}:{}", location.path, location.record)),
            url,
            source: location,
            format,
            charset,
            captured: None,
            bytes,
        })
    }
}

/// Bytes of a page at most, once decompressed: writers begin a new one after some megabytes.
const MAX_PAGE: i64 = 1 << 29;

/// Values of a dictionary at most: writers do without one where it would have more than some megabytes.
const MAX_DICTIONARY: i64 = 1 << 22;

/// Bytes at the end of a file that say how long its metadata is: a number, and four letters.
const FOOTER: u64 = 8;

/// A file that is looked at before the library believes it.
struct Checked<R>(R);

impl<R: ChunkReader> Checked<R> {
    /// A file whose metadata the library can read.
    fn new(file: R) -> Result<Self, ParquetError> {
        let end = file.len().checked_sub(FOOTER).ok_or(ParquetError::EOF("no footer".into()))?;
        let mut length = [0; 4];
        file.get_read(end)?.read_exact(&mut length)?;
        let length = u64::from(u32::from_le_bytes(length));
        let start = end.checked_sub(length).ok_or(ParquetError::EOF("no metadata".into()))?;
        header(file.get_read(start)?.take(length))?;
        Ok(Self(file))
    }

    fn check_page(&self, start: u64) -> Result<(), ParquetError> {
        let header = header(self.0.get_read(start)?)?;
        if header.bytes > MAX_PAGE {
            return Err(ParquetError::General(format!("a page of {} bytes", header.bytes)));
        }
        // Every value takes a byte or more.
        if header.dictionary > MAX_DICTIONARY.min(header.bytes) {
            return Err(ParquetError::General(format!("a dictionary of {} values", header.dictionary)));
        }
        Ok(())
    }
}

fn header(input: impl Read) -> Result<PageHeader, ParquetError> {
    thrift::page_header(input).map_err(|error| ParquetError::General(error.to_string()))
}

impl<R: Length> Length for Checked<R> {
    fn len(&self) -> u64 {
        self.0.len()
    }
}

impl<R: ChunkReader> ChunkReader for Checked<R> {
    type T = Ending<R::T>;

    /// What the library reads so are headers of pages, and the last bytes of the file.
    fn get_read(&self, start: u64) -> Result<Self::T, ParquetError> {
        if start.saturating_add(FOOTER) < self.len() {
            self.check_page(start)?;
        }
        self.0.get_read(start).map(Ending)
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        self.0.get_bytes(start, length)
    }
}

/// A reader for which reading on at the end is an error. The library passes over as many values as a broken file
/// claims to have, and two thousand million of them take minutes where there are none.
struct Ending<R>(R);

impl<R: Read> Read for Ending<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.read(buffer)? {
            0 if !buffer.is_empty() => Err(io::ErrorKind::UnexpectedEof.into()),
            read => Ok(read),
        }
    }
}

/// The library panics on some broken files: that is an error of the file.
fn guarded<T>(work: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, String> {
    match panic::catch_unwind(AssertUnwindSafe(work)) {
        Ok(result) => result.map_err(|error| error.to_string()),
        Err(_) => Err("broken data".to_owned()),
    }
}
