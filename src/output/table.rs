//! Articles as a table: Parquet with the fields of the JSON lines as columns.
//!
//! Rows are made of JSON lines, so that there is one account of what an article is; which column a value
//! goes to is read off the schema. A row group is held in memory until it is full, and then written.

use std::fs::File;
use std::io;
use std::sync::Arc;

use parquet::basic::{Compression, Repetition, Type as Physical, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::serialized_reader::SerializedFileReader;
use parquet::file::writer::SerializedFileWriter;
use parquet::record::{Field, Row};
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::{ColumnDescriptor, ColumnPath, Type};
use serde_json::{Map, Value};

use super::OutFile;

/// Bytes of JSON lines after which a row group is full. A group is encoded while it is held, so that
/// writing takes about twice as much memory.
const GROUP_BYTES: usize = 16 << 20;

/// All fields that an article can have. Those that a run does not ask for are null.
const SCHEMA: &str = "message article {
    required binary id (STRING);
    required group source { required binary path (STRING); required int64 record; required int64 offset; }
    optional binary url (STRING);
    optional binary title (STRING);
    required group authors (LIST) { repeated group list { required binary element (STRING); } }
    optional binary date (STRING);
    optional binary date_modified (STRING);
    optional binary site (STRING);
    optional binary lang (STRING);
    optional binary section (STRING);
    required group tags (LIST) { repeated group list { required binary element (STRING); } }
    optional binary agency (STRING);
    optional binary description (STRING);
    optional binary image (STRING);
    required binary text (STRING);
    optional group blocks (LIST) { repeated group list { required group element {
        required binary role (STRING); required binary form (STRING); optional int64 level;
        required binary text (STRING);
    } } }
    required binary how (STRING);
    required group rules (LIST) { repeated group list { required binary element (STRING); } }
    required group flags (LIST) { repeated group list { required binary element (STRING); } }
    required int64 words;
    optional binary review (STRING);
    optional binary original (STRING);
    required group sources {
        optional binary url (STRING);
        optional binary title (STRING);
        optional binary authors (STRING);
        optional binary date (STRING);
        optional binary date_modified (STRING);
        optional binary site (STRING);
        optional binary lang (STRING);
        optional binary section (STRING);
        optional binary tags (STRING);
        optional binary agency (STRING);
        optional binary description (STRING);
        optional binary image (STRING);
    }
    optional binary duplicate_of (STRING);
}";

/// Columns whose values hardly repeat, so that a dictionary of them is no use.
const WITHOUT_DICTIONARY: [&[&str]; 4] =
    [&["id"], &["text"], &["original"], &["blocks", "list", "element", "text"]];

/// A Parquet file that is being written.
pub struct Table {
    writer: SerializedFileWriter<OutFile>,
    schema: Arc<Type>,
    /// The leaves of the schema, in its order, with the rows that are not written yet.
    columns: Vec<Column>,
    /// Bytes of JSON in them.
    bytes: usize,
}

struct Column {
    definitions: Vec<i16>,
    repetitions: Vec<i16>,
    max_definition: i16,
    max_repetition: i16,
    values: Values,
}

enum Values {
    Strings(Vec<ByteArray>),
    Numbers(Vec<i64>),
}

/// How deep in optional and repeated fields a value stands, and at which of them a new entry begins.
#[derive(Clone, Copy, Default)]
struct Levels {
    definition: i16,
    repetition: i16,
    /// Repeated fields around.
    depth: i16,
}

impl Table {
    /// Begins a table in a file.
    ///
    /// # Errors
    /// The file cannot be written.
    ///
    /// # Panics
    /// Never: the schema is a constant.
    pub fn new(file: OutFile) -> io::Result<Self> {
        let schema = Arc::new(parse_message_type(SCHEMA).expect("a constant"));
        let mut properties = WriterProperties::builder()
            .set_created_by(concat!("copydesk ", env!("CARGO_PKG_VERSION")).to_owned())
            .set_compression(Compression::ZSTD(ZstdLevel::try_new(3).map_err(io_error)?));
        for path in WITHOUT_DICTIONARY {
            let path = ColumnPath::new(path.iter().map(|&part| part.to_owned()).collect());
            properties = properties.set_column_dictionary_enabled(path, false);
        }
        let writer = SerializedFileWriter::new(file, Arc::clone(&schema), Arc::new(properties.build()))
            .map_err(io_error)?;
        let columns = writer.schema_descr().columns().iter().map(|column| Column::new(column)).collect();
        Ok(Self { writer, schema, columns, bytes: 0 })
    }

    /// Adds an article, which is an object of JSON with the fields of the schema.
    ///
    /// # Errors
    /// It is something else, or the file cannot be written.
    pub fn write(&mut self, article: &[u8]) -> io::Result<()> {
        let object = serde_json::from_slice(article)?;
        shred_fields(&self.schema, object, Levels::default(), &mut self.columns)?;
        self.bytes += article.len();
        if self.bytes >= GROUP_BYTES { self.write_group() } else { Ok(()) }
    }

    /// Writes what is left and the end of the table, and gives the file back.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn finish(mut self) -> io::Result<OutFile> {
        if self.bytes > 0 {
            self.write_group()?;
        }
        self.writer.into_inner().map_err(io_error)
    }

    fn write_group(&mut self) -> io::Result<()> {
        let mut group = self.writer.next_row_group().map_err(io_error)?;
        for column in &mut self.columns {
            if let Some(mut writer) = group.next_column().map_err(io_error)? {
                let definitions = (column.max_definition > 0).then_some(&*column.definitions);
                let repetitions = (column.max_repetition > 0).then_some(&*column.repetitions);
                let written = match &column.values {
                    Values::Strings(values) => {
                        writer.typed::<ByteArrayType>().write_batch(values, definitions, repetitions)
                    }
                    Values::Numbers(values) => {
                        writer.typed::<Int64Type>().write_batch(values, definitions, repetitions)
                    }
                };
                written.and_then(|_| writer.close()).map_err(io_error)?;
            }
            column.clear();
        }
        group.close().map_err(io_error)?;
        self.bytes = 0;
        Ok(())
    }
}

impl Column {
    fn new(column: &ColumnDescriptor) -> Self {
        Self {
            definitions: Vec::new(),
            repetitions: Vec::new(),
            max_definition: column.max_def_level(),
            max_repetition: column.max_rep_level(),
            values: match column.physical_type() {
                Physical::INT64 => Values::Numbers(Vec::new()),
                _ => Values::Strings(Vec::new()),
            },
        }
    }

    fn clear(&mut self) {
        self.definitions.clear();
        self.repetitions.clear();
        match &mut self.values {
            Values::Strings(values) => values.clear(),
            Values::Numbers(values) => values.clear(),
        }
    }

    fn note(&mut self, levels: Levels) {
        self.definitions.push(levels.definition);
        self.repetitions.push(levels.repetition);
    }
}

/// Spreads a value over the columns of its field, which are the first of these, and tells how many they are.
/// Recurses as deep as the schema.
fn shred(
    field: &Type,
    value: Option<Value>,
    mut levels: Levels,
    columns: &mut [Column],
) -> io::Result<usize> {
    let Some(value) = value.filter(|value| !value.is_null()) else {
        return if field.is_optional() {
            Ok(shred_nothing(field, levels, columns))
        } else {
            Err(misfit(field))
        };
    };
    levels.definition += i16::from(field.is_optional());
    match (value, element(field)) {
        (Value::Array(items), Some(_)) if items.is_empty() => Ok(shred_nothing(field, levels, columns)),
        (Value::Array(items), Some(element)) => {
            let Levels { definition, depth, .. } = levels;
            let mut item_levels = Levels { definition: definition + 1, depth: depth + 1, ..levels };
            let mut used = 0;
            for item in items {
                used = shred(element, Some(item), item_levels, columns)?;
                item_levels.repetition = depth + 1;
            }
            Ok(used)
        }
        (Value::Object(object), None) if field.is_group() => shred_fields(field, object, levels, columns),
        (value, None) => {
            match (value, &mut columns[0].values) {
                (Value::String(string), Values::Strings(values)) => values.push(string.into_bytes().into()),
                (Value::Number(number), Values::Numbers(values)) => {
                    values.push(number.as_i64().ok_or_else(|| misfit(field))?);
                }
                _ => return Err(misfit(field)),
            }
            columns[0].note(levels);
            Ok(1)
        }
        _ => Err(misfit(field)),
    }
}

/// The same for all fields of an object.
fn shred_fields(
    group: &Type,
    mut object: Map<String, Value>,
    levels: Levels,
    columns: &mut [Column],
) -> io::Result<usize> {
    let mut used = 0;
    for field in group.get_fields() {
        used += shred(field, object.remove(field.name()), levels, &mut columns[used..])?;
    }
    if object.is_empty() { Ok(used) } else { Err(misfit(group)) }
}

/// Notes in all columns of a field that there is no value, from these levels on.
fn shred_nothing(field: &Type, levels: Levels, columns: &mut [Column]) -> usize {
    if field.is_primitive() {
        columns[0].note(levels);
        return 1;
    }
    field.get_fields().iter().fold(0, |used, field| used + shred_nothing(field, levels, &mut columns[used..]))
}

/// What a list holds; `None` if the field is no list.
fn element(field: &Type) -> Option<&Type> {
    let [list] = field.is_group().then(|| field.get_fields())? else { return None };
    (list.get_basic_info().repetition() == Repetition::REPEATED).then(|| &*list.get_fields()[0])
}

/// The articles in a table, as the objects of JSON that it was made of, without nulls.
///
/// # Errors
/// The file is no table. A row that cannot be read is an error in its place.
pub fn read_table(file: File) -> io::Result<impl Iterator<Item = io::Result<Map<String, Value>>>> {
    let rows = SerializedFileReader::new(file).map_err(io_error)?.into_iter();
    Ok(rows.map(|row| Ok(object(row.map_err(io_error)?))))
}

fn object(row: Row) -> Map<String, Value> {
    let values = row.into_columns().into_iter().map(|(name, field)| (name, json(field)));
    values.filter(|(_, value)| !value.is_null()).collect()
}

/// A value in JSON; types that no column of ours has become text.
fn json(field: Field) -> Value {
    match field {
        Field::Null => Value::Null,
        Field::Str(text) => text.into(),
        Field::Long(number) => number.into(),
        Field::Group(row) => object(row).into(),
        Field::ListInternal(list) => list.elements().iter().cloned().map(json).collect(),
        other => other.to_string().into(),
    }
}

fn misfit(field: &Type) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("no article: `{}` does not fit", field.name()))
}

fn io_error(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(cause) => match cause.downcast() {
            Ok(cause) => *cause,
            Err(cause) => io::Error::other(cause),
        },
        error => io::Error::other(error),
    }
}
