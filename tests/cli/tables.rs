//! Parquet out, and Parquet in: the same as JSON lines.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;

use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use serde_json::{Map, Value, json};
use tempfile::tempdir;

use crate::{copydesk, json_line, json_lines, values};

#[path = "../../examples/dump.rs"]
mod dump;

/// The rows of a file as JSON.
fn rows(path: &Path) -> Vec<Value> {
    let file = SerializedFileReader::new(File::open(path).unwrap()).unwrap();
    let rows = file.get_row_iter(None).unwrap();
    rows.map(|row| value(Field::Group(row.unwrap()))).collect()
}

fn value(field: Field) -> Value {
    match field {
        Field::Null => Value::Null,
        Field::Str(text) => text.into(),
        Field::Long(number) => number.into(),
        Field::Group(row) => {
            row.into_columns().into_iter().map(|(name, field)| (name, value(field))).collect()
        }
        Field::ListInternal(list) => list.elements().iter().cloned().map(value).collect(),
        other => panic!("a type that is not in the schema: {other:?}"),
    }
}

/// Without the fields that are null: JSON lines leave some of them out.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields = fields.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(fields.map(|(name, value)| (name, without_nulls(value))).collect::<Map<_, _>>())
        }
        Value::Array(items) => items.into_iter().map(without_nulls).collect(),
        other => other,
    }
}

#[test]
fn a_row_has_what_a_line_has() {
    let folder = tempdir().unwrap();
    let input = folder.path().join("in.jsonl");
    // A text of which most goes is for review, with its original; the last page is a duplicate.
    let links = "Ten harbours to see\nSubscribe to our newsletter\nShare on Facebook\n".repeat(9);
    let review = json!({"id": "links", "text": links}).to_string() + "\n";
    let lines = [json_line(1), json_line(2), review, "broken\n".to_owned(), json_line(1)].concat();
    fs::write(&input, lines).unwrap();
    for more in [&["--blocks", "--dedup", "mark"][..], &[]] {
        let run = |out: &Path, format: &[&str]| {
            let mut command = copydesk();
            command.args(["clean", "-q", "--max-failed", "1"]).arg(&input).arg("-o").arg(out);
            command.args(format).args(more).assert().success();
        };
        let [lines, by_name] = ["out.jsonl", "out.parquet"].map(|name| folder.path().join(name));
        let by_format = folder.path().join("folder/");
        run(&lines, &[]);
        run(&by_name, &[]);
        run(&by_format, &["--format", "parquet"]);
        let rows = rows(&by_name);
        let names: Vec<_> = rows[0].as_object().unwrap().keys().collect();
        assert!(names.contains(&&"blocks".to_owned()) && names.contains(&&"duplicate_of".to_owned()));
        let rows: Vec<_> = rows.into_iter().map(without_nulls).collect();
        let lines: Vec<_> = json_lines(&lines).into_iter().map(without_nulls).collect();
        assert_eq!(rows, lines);
        assert_eq!(rows.len() as u64, 4);
        let table = by_format.join("articles.parquet");
        assert!(fs::read(table).unwrap() == fs::read(by_name).unwrap());
        assert_eq!(json_lines(&by_format.join("rejects.jsonl")).len(), 1);
    }
}

#[test]
fn a_run_without_articles_is_a_table_without_rows() {
    let folder = tempdir().unwrap();
    let out = folder.path().join("out.parquet");
    copydesk().args(["clean", "-q", "-", "-o"]).arg(&out).write_stdin("").assert().success();
    assert_eq!(rows(&out), Vec::<Value>::new());
    copydesk().args(["clean", "-q"]).arg(&out).assert().success().stdout("");
}

/// What a run writes, without the places of the records: these name the file.
fn outputs(input: &Path, threads: &str) -> BTreeMap<String, String> {
    let out = tempdir().unwrap();
    copydesk()
        .args(["clean", "-q", "--dedup", "mark", "--blocks", "--threads", threads])
        .arg(input)
        .arg("-o")
        .arg(out.path())
        .assert()
        .success();
    let parts = ["articles", "removed", "rejects"].map(|part| {
        let lines = fs::read_to_string(out.path().join(format!("{part}.jsonl"))).unwrap();
        let without_place = |line: &str| {
            let (before, rest) = line.split_once("\"source\":{").unwrap();
            let (place, behind) = rest.split_once('}').unwrap();
            assert!(place.starts_with("\"path\":"), "{place}");
            format!("{before}\"source\":{{}}{behind}\n")
        };
        (part.to_owned(), lines.lines().map(without_place).collect())
    });
    parts.into_iter().collect()
}

#[test]
fn the_same_records_give_the_same_bytes_in_any_format_with_any_threads() {
    let folder = tempdir().unwrap();
    let mut wanted = None;
    for name in ["dump.jsonl.zst", "dump.parquet", "dump.warc.gz"] {
        let input = folder.path().join(name);
        assert!(dump::write(&input, 12_000_000, 7).unwrap() > 150);
        let runs = if name.ends_with("gz") { &["2"][..] } else { &["1", "2", "16", "16"] };
        for threads in runs {
            let found = outputs(&input, threads);
            let wanted = wanted.get_or_insert_with(|| found.clone());
            assert!(found == *wanted, "{name} with {threads} threads");
        }
    }
    let articles = values(&wanted.unwrap()["articles"]);
    let size = |article: &Value| article["text"].as_str().unwrap().len();
    let (shortest, longest) = (articles.iter().map(size).min(), articles.iter().map(size).max());
    assert!(longest > shortest.map(|size| 50 * size), "slow and fast pages: {shortest:?} to {longest:?}");
}
