//! Parquet: columns by name, row groups, what is broken.

use std::sync::Arc;

use copydesk::input::{Fields, InputOptions, from_reader};
use parquet::basic::{BrotliLevel, Compression, GzipLevel, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

use crate::{expect, gzip, read, read_with};

/// An id and an optional page.
type Row<'a> = (i64, Option<&'a [u8]>);

/// A file of these row groups.
fn table(compression: Compression, groups: &[&[Row<'_>]]) -> Vec<u8> {
    let schema = "message pages {
        required int64 doc_id;
        optional binary raw_html;
        optional group metadata { optional binary source_url (UTF8); }
        required binary unused (UTF8);
    }";
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let properties = Arc::new(WriterProperties::builder().set_compression(compression).build());
    let mut out = Vec::new();
    let mut writer = SerializedFileWriter::new(&mut out, schema, properties).unwrap();
    for rows in groups {
        let mut group = writer.next_row_group().unwrap();
        let ids: Vec<i64> = rows.iter().map(|row| row.0).collect();
        let mut column = group.next_column().unwrap().unwrap();
        column.typed::<Int64Type>().write_batch(&ids, None, None).unwrap();
        column.close().unwrap();
        let levels: Vec<i16> = rows.iter().map(|row| i16::from(row.1.is_some())).collect();
        let pages: Vec<ByteArray> = rows.iter().filter_map(|row| Some(row.1?.to_vec().into())).collect();
        let mut column = group.next_column().unwrap().unwrap();
        column.typed::<ByteArrayType>().write_batch(&pages, Some(&levels), None).unwrap();
        column.close().unwrap();
        let urls: Vec<ByteArray> =
            ids.iter().map(|id| format!("https://elster.example/{id}").into_bytes().into()).collect();
        let mut column = group.next_column().unwrap().unwrap();
        column.typed::<ByteArrayType>().write_batch(&urls, Some(&vec![2; urls.len()]), None).unwrap();
        column.close().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        column.typed::<ByteArrayType>().write_batch(&urls, None, None).unwrap();
        column.close().unwrap();
        group.close().unwrap();
    }
    writer.close().unwrap();
    out
}

const ROWS: &[&[Row<'_>]] = &[
    &[(1, Some(b"<p>One")), (2, None), (3, Some("<p>Drei Fähren".as_bytes()))],
    &[(4, Some(b"<p>Vier F\xe4hren")), (5, Some(b"Five"))],
];

fn expected() -> Vec<&'static str> {
    vec![
        "1: <p>One",
        "2: no field with HTML or text",
        "3: <p>Drei Fähren",
        "4: <p>Vier F\u{fffd}hren",
        "5: Five",
    ]
}

#[test]
fn rows_are_read_with_any_compression() {
    for compression in [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::GZIP(GzipLevel::default()),
        Compression::ZSTD(ZstdLevel::default()),
        Compression::LZ4_RAW,
        Compression::BROTLI(BrotliLevel::default()),
    ] {
        let file = table(compression, ROWS);
        let records = read("pages", &file);
        expect(&records, &expected());
        let third = records[2].as_ref().unwrap();
        assert_eq!(third.url.as_deref(), Some("https://elster.example/3"));
        assert_eq!(third.source.record, 3);
        expect(&read("pages.gz", &gzip(&file)), &expected());
    }
}

#[test]
fn a_file_on_disk_is_read_in_place() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("pages.parquet"), table(Compression::SNAPPY, ROWS)).unwrap();
    // The limit is for a record, not for the file.
    let options = InputOptions { limit: 30, ..InputOptions::default() };
    let records: Vec<_> = copydesk::input::open(&[folder.path().to_path_buf()], options).collect();
    expect(&records, &expected());
}

#[test]
fn a_broken_row_group_loses_its_own_rows() {
    let mut file = table(Compression::UNCOMPRESSED, ROWS);
    let at = file.windows(6).position(|window| window == b"<p>One").unwrap();
    // Lengths and heads of the pages of the first group.
    file[4..at].fill(0xff);
    expect(
        &read("in.parquet", &file),
        &["1: row group 1: 3 rows are lost: ", "4: <p>Vier F\u{fffd}hren", "5: Five"],
    );
}

#[test]
fn a_broken_file_is_one_error() {
    let file = table(Compression::SNAPPY, ROWS);
    for broken in [&file[..file.len() - 9], &file[..20], b"PAR1", b"PAR1\xff\xff\xff\xffPAR1"] {
        let records = read("in.parquet", broken);
        assert!(matches!(&records[..], [Err(_)]), "{records:?}");
    }
}

#[test]
fn claims_of_what_is_not_there_are_told_at_once() {
    // A list of two thousand million booleans in a field that nobody knows.
    let metadata = b"\xf9\xf1\xff\xff\xff\xff\x07\0";
    let lying = [b"PAR1", &metadata[..], &[metadata.len() as u8, 0, 0, 0], b"PAR1"].concat();
    expect(&read("in.parquet", &lying), &["1: Parquet error: a list of booleans"]);
    // A dictionary of 63 values in the bytes of two.
    let mut file = table(Compression::UNCOMPRESSED, ROWS);
    let page = file.windows(6).position(|window| window == b"<p>One").unwrap();
    let values = file[..page].windows(2).rposition(|window| window == b"\x4c\x15").unwrap() + 2;
    file[values] = 63 << 1;
    expect(
        &read("in.parquet", &file),
        &[
            "1: row group 1: 3 rows are lost: Parquet error: a dictionary of 63 values",
            "4: <p>Vier F\u{fffd}hren",
            "5: Five",
        ],
    );
}

#[test]
fn any_damaged_byte_leaves_no_panic_and_an_end() {
    let file = table(Compression::SNAPPY, ROWS);
    for at in 0..file.len() {
        for flip in [0x01, 0x80, 0xff] {
            let mut broken = file.clone();
            broken[at] ^= flip;
            let documents = from_reader("in.parquet", std::io::Cursor::new(broken), InputOptions::default());
            assert!(documents.take(1000).count() < 1000, "byte {at}");
        }
    }
}

#[test]
fn columns_can_be_named() {
    let fields = Fields { text: Some("unused".to_owned()), ..Fields::default() };
    let options = InputOptions { fields, ..InputOptions::default() };
    let file = table(Compression::SNAPPY, &ROWS[1..]);
    expect(
        &read_with("in.parquet", &file, options),
        &["4: https://elster.example/4", "5: https://elster.example/5"],
    );
    let fields =
        Fields { text: Some("missing".to_owned()), url: Some("u".into()), id: Some("i".into()), html: None };
    let options = InputOptions { fields, ..InputOptions::default() };
    expect(
        &read_with("in.parquet", &file, options),
        &["1: no column with HTML or text; the file has: doc_id, raw_html"],
    );
}

#[test]
fn rows_and_lines_of_the_same_records_are_the_same_documents() {
    let rows: Vec<(i64, String)> =
        (0..500).map(|n| (n, format!("<p>Story {n} of the harbour.</p>"))).collect();
    let lines: String = rows
        .iter()
        .map(|(id, page)| {
            format!("{{\"doc_id\":{id},\"raw_html\":\"{page}\",\"metadata\":{{\"source_url\":\"https://elster.example/{id}\"}}}}\n")
        })
        .collect();
    let rows: Vec<_> = rows.iter().map(|(id, page)| (*id, Some(page.as_bytes()))).collect();
    let file = table(Compression::ZSTD(ZstdLevel::default()), &[&rows[..123], &[], &rows[123..]]);
    let (rows, lines) = (read("in", &file), read("in", lines.as_bytes()));
    assert_eq!((rows.len(), lines.len()), (500, 500));
    for (row, line) in rows.into_iter().zip(lines) {
        let (row, mut line) = (row.unwrap(), line.unwrap());
        line.source.offset = row.source.offset;
        assert_eq!(format!("{row:?}"), format!("{line:?}"));
    }
}
