//! JSON records: fields by many names, hostile lines, arrays.

use copydesk::document::Format::{self, Html, Text};
use copydesk::input::{Fields, InputOptions};

use crate::{expect, read, read_with};

#[test]
fn fields_go_by_many_names() {
    let cases: &[(&str, Option<Format>, &str, Option<&str>)] = &[
        // HTML wins over text, the better name over the worse, what is there over what is empty.
        (r#"{"id":"a","text":"T","html":"<p>H"}"#, Some(Html), "a: <p>H", None),
        (r#"{"id":"a","rawHtml":"<p>R","text":"T"}"#, Some(Html), "a: <p>R", None),
        (r#"{"id":"a","RAW_HTML":"<p>R","html":"<p>H"}"#, Some(Html), "a: <p>H", None),
        (r#"{"id":"a","html":null,"text":"T"}"#, Some(Text), "a: T", None),
        (r#"{"id":"a","html":" ","text":"T"}"#, Some(Text), "a: T", None),
        (r#"{"id":"a","html":{"x":1},"text":"T"}"#, Some(Text), "a: T", None),
        (r#"{"id":"a","html":["<p>H"],"text":"T","url":"U"}"#, Some(Text), "a: T", Some("U")),
        (r#"{"id":"a","text":"T","html":17,"content":false}"#, Some(Text), "a: T", None),
        (r#"{"id":"a","html":""}"#, Some(Html), "a: ", None),
        // What may be either is looked at.
        (r#"{"id":"a","content":"<div>C</div>","text":"T"}"#, Some(Html), "a: <div>C</div>", None),
        (r#"{"id":"a","content":"C","text":"T"}"#, Some(Text), "a: T", None),
        (r#"{"id":"a","body":"B"}"#, Some(Text), "a: B", None),
        (r#"{"id":"a","body":"<p>B"}"#, Some(Html), "a: <p>B", None),
        (r#"{"id":"a","page_content":"P"}"#, Some(Text), "a: P", None),
        // Addresses.
        (r#"{"id":"a","text":"T","link":"L","url":"U"}"#, Some(Text), "a: T", Some("U")),
        (r#"{"id":"a","text":"T","source_url":" S "}"#, Some(Text), "a: T", Some("S")),
        (r#"{"id":"a","text":"T","metadata":{"n":[1],"url":"M"}}"#, Some(Text), "a: T", Some("M")),
        (r#"{"id":"a","text":"T","meta":{"url":"M"},"uri":"U"}"#, Some(Text), "a: T", Some("U")),
        (r#"{"id":"a","text":"T","meta":"none"}"#, Some(Text), "a: T", None),
        // Ids.
        (r#"{"doc_id":-7.50,"text":"T"}"#, Some(Text), "-7.50: T", None),
        (r#"{"uuid":"u","text":"T","_id":{"$oid":"x"}}"#, Some(Text), "in.jsonl:1: T", None),
        (r#"{"uuid":"u","text":"T"}"#, Some(Text), "u: T", None),
        (r#"{"id":null,"uuid":"u","text":"T"}"#, Some(Text), "u: T", None),
        (r#"{"id":"","text":"T"}"#, Some(Text), "in.jsonl:1: T", None),
        // The last of equal keys counts; escapes in keys are undone.
        (r#"{"id":"a","text":"1","text":"2"}"#, Some(Text), "a: 2", None),
        (r#"{"id":"a","text":"1","text":null}"#, Some(Text), "a: 1", None),
        (r#"{"id":"a","text":"\ud800 T \ud83d\ude00"}"#, Some(Text), "a: \u{fffd} T 😀", None),
        (r#"{"id":"a","te\u0078t":"T\u00e4\n\"\ud83d\ude00"}"#, Some(Text), "a: Tä\n\"😀", None),
        // Failures.
        (
            r#"{"id":"a","title":"x","date":1}"#,
            None,
            "1: no field with HTML or text; the record has: id, title, date",
            None,
        ),
        (r#"{}"#, None, "1: no field with HTML or text; the record has: ", None),
        (r#"{"id":"a","text":["T"]}"#, None, "1: no field with HTML or text; the record has: id, text", None),
        (r#"{"id":"a","text":"T""#, None, "1: not JSON: EOF while parsing an object, 20 bytes", None),
        (r#"{"id":"a","text":"T"} x"#, None, "1: not JSON: trailing characters, 23 bytes", None),
        (r#"["text"]"#, None, "1: not JSON: ", None),
        (r#""text""#, None, "1: not JSON: invalid type: string \"text\", expected a JSON object", None),
        ("the ferry", None, "1: not JSON: expected ident", None),
    ];
    for (line, format, shown, url) in cases {
        let records = read("in.jsonl", line.as_bytes());
        expect(&records, &[shown]);
        if let Ok(doc) = &records[0] {
            assert_eq!((Some(doc.format), doc.url.as_deref()), (*format, *url), "{line}");
        }
    }
}

#[test]
fn a_failed_record_keeps_its_id() {
    let records = read("in.jsonl", br#"{"id": 17, "title": "x"}"#);
    assert_eq!(records[0].as_ref().unwrap_err().id.as_deref(), Some("17"));
}

#[test]
fn named_fields_replace_the_usual_ones() {
    let line = r#"{"id":"a","key":"k","html":"<p>H","url":"U","address":"A","summary":"S","layout":"<p>L"}"#;
    let name = |name: &str| Some(name.to_owned());
    for (fields, shown) in [
        (Fields { text: name("summary"), ..Fields::default() }, "a: S"),
        (Fields { html: name("layout"), ..Fields::default() }, "a: <p>L"),
        (Fields { html: name("layout"), text: name("summary"), ..Fields::default() }, "a: <p>L"),
        (Fields { id: name("key"), url: name("address"), ..Fields::default() }, "k: <p>H"),
        (Fields { text: name("Summary"), ..Fields::default() }, "1: no field with HTML or text"),
    ] {
        let url = if fields.url.is_some() { "A" } else { "U" };
        let records =
            read_with("in.jsonl", line.as_bytes(), InputOptions { fields, ..InputOptions::default() });
        expect(&records, &[shown]);
        if let Ok(doc) = &records[0] {
            assert_eq!(doc.url.as_deref(), Some(url));
        }
    }
}

#[test]
fn hostile_lines_harm_no_other() {
    let deep = format!(r#"{{"id":"deep","x":{}{},"text":"T"}}"#, "[".repeat(100_000), "]".repeat(100_000));
    let many = format!(r#"{{"id":"many",{}"text":"T"}}"#, r#""k":1,"#.repeat(100_000));
    let cases: &[(&[u8], &str)] = &[
        (b"{\"id\":\"a\",\"text\":\"lone \\ud800 \\udc00\\ud800\"}", "a: lone \u{fffd} \u{fffd}\u{fffd}"),
        (b"{\"id\":\"a\",\"text\":\"pair \\ud83d\\ude00\"}", "a: pair 😀"),
        (b"{\"id\":\"a\",\"\\ud800\":1,\"text\":\"key\"}", "a: key"),
        (b"{\"id\":\"a\",\"text\":\"nul \\u0000\"}", "a: nul \0"),
        (b"{\"id\":\"a\",\"text\":\"bad \xff\xc3\"}", "a: bad \u{fffd}\u{fffd}"),
        (b"{\"id\":\"a\",\"text\":\"raw \x00\"}", "2: not JSON: "),
        (b"\xff\xfe\x00", "2: not JSON: "),
        (b"{\"id\":\"a\",\"text\":\"unclosed", "2: not JSON: control character"),
        (b"}{", "2: not JSON: "),
        (b"null", "2: not JSON: "),
        (b"{\"id\":\"a\",\"text\":1e99999}", "2: no field with HTML or text"),
        (deep.as_bytes(), "deep: T"),
        (many.as_bytes(), "many: T"),
    ];
    let good = b"{\"id\":\"good\",\"text\":\"The ferry sailed.\"}";
    for (line, shown) in cases {
        let file = [&good[..], b"\n", line, b"\r\n", good].concat();
        expect(&read("in.jsonl", &file), &["good: The ferry sailed.", shown, "good: The ferry sailed."]);
    }
}

#[test]
fn a_line_over_the_limit_is_passed_over() {
    let options = InputOptions { limit: 1000, ..InputOptions::default() };
    let long = format!(r#"{{"id":"long","text":"{}"}}"#, "x".repeat(1_000_000));
    let just = format!(r#"{{"id":"j","text":"{}"}}"#, "x".repeat(1000 - 20));
    assert_eq!(just.len(), 1000);
    let short = r#"{"id":"s","text":"T"}"#;
    let file = [short, &long, short, &just, short, &long].join("\n");
    expect(
        &read_with("in.jsonl", file.as_bytes(), options),
        &[
            "s: T",
            "2: a line of 1000024 bytes, larger than the limit of 1000 bytes",
            "s: T",
            &format!("j: {}", "x".repeat(980)),
            "s: T",
            "6: a line of 1000023 bytes, larger than the limit of 1000 bytes",
        ],
    );
}

#[test]
fn objects_over_many_lines() {
    let one = "{\n  \"id\": \"a\",\n  \"text\": \"A {\\\"[\\\\\"\n}";
    let two = "{\"id\": \"b\", \"meta\": [{}, []], \"text\": \"B\"}";
    for (file, shown) in [
        (one.to_owned(), &["a: A {\"[\\"][..]),
        (format!("{one}\n{two}\n{one}"), &["a: A {\"[\\", "b: B", "a: A {\"[\\"]),
        (format!("[{one},{two}]"), &["a: A {\"[\\", "b: B"]),
        (format!("\u{feff} [\n{two},\n{two}\n]\n"), &["b: B", "b: B"]),
        (format!("[{two}][{two}]"), &["b: B", "b: B"]),
        ("[]".to_owned(), &[]),
        // Damage stays where it is.
        (format!("[{two},\n{{\"id\": \"x\n{two}]"), &["b: B", "2: not JSON: a string goes on", "b: B"]),
        (format!("[{two},\n17,\n{two}]"), &["b: B", "2: not JSON: ", "b: B"]),
        (format!("[{two},\n{{\"id\" 17}},\n{two}]"), &["b: B", "2: not JSON: ", "b: B"]),
        (format!("[{two},\n{{\"id\": 17"), &["b: B", "2: not JSON: the file ends inside an object"]),
        (
            format!("[{two},\n{{\"id\": {}}},\n{two}]", "1".repeat(1000)),
            &["b: B", "2: larger than the limit", "b: B"],
        ),
    ] {
        let options = InputOptions { limit: 300, ..InputOptions::default() };
        expect(&read_with("in.json", file.as_bytes(), options), shown);
    }
}

#[test]
fn a_broken_first_line_does_not_make_an_object_over_many_lines() {
    for first in ["{\"id\": \"x\", \"text\": \"unclosed", "{\"id\": 1,", "{\"id\": 1, \"meta\": {"] {
        let file = format!("{first}\n{{\"id\":\"a\",\"text\":\"A\"}}\n{{\"id\":\"b\",\"text\":\"B\"}}\n");
        expect(&read("in.jsonl", file.as_bytes()), &["1: not JSON: ", "a: A", "b: B"]);
    }
}
