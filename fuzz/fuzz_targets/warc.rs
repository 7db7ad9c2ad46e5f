//! A web archive of any bytes: no panic, an end, and no more records than there are bytes.
#![no_main]

use std::io::Cursor;

use copydesk::decode::decode;
use copydesk::input::{InputOptions, from_reader};
use libfuzzer_sys::fuzz_target;

const LIMIT: usize = 64 * 1024;

fuzz_target!(|bytes: &[u8]| {
    let options = InputOptions { limit: LIMIT, ..InputOptions::default() };
    let mut count = 0;
    for record in from_reader("fuzz.warc", Cursor::new(bytes.to_vec()), options) {
        count += 1;
        if let Ok(doc) = record {
            assert!(doc.bytes.len() <= LIMIT);
            // No byte becomes more than one character of three bytes.
            assert!(decode(&doc).text.len() <= 3 * doc.bytes.len());
        }
    }
    assert!(count <= bytes.len() * 1032);
});
