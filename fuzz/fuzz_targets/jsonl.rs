//! JSON lines of any bytes: no panic, an end, and one record for each line that is not blank.
#![no_main]

use std::io::Cursor;

use copydesk::decode::decode;
use copydesk::input::{InputOptions, from_reader};
use libfuzzer_sys::fuzz_target;

const LIMIT: usize = 64 * 1024;

fuzz_target!(|bytes: &[u8]| {
    // A sound first line settles that the file has lines and is not compressed.
    let file = [b"{\"text\":\"first\"}\n", bytes].concat();
    let lines = file.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()).count();
    let options = InputOptions { limit: LIMIT, ..InputOptions::default() };
    let mut count = 0;
    for record in from_reader("fuzz.jsonl", Cursor::new(file), options) {
        count += 1;
        if let Ok(doc) = record {
            assert!(doc.bytes.len() <= 3 * LIMIT);
            assert!(decode(&doc).text.len() <= 3 * doc.bytes.len());
        }
    }
    assert_eq!(count, lines);
});
