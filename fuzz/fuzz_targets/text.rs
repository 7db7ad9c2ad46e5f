//! The whole path of a text and a page; see `tests/fuzz_support`. Run it with `cargo +nightly fuzz run text`.

#![no_main]

#[path = "../../tests/dom_support/mod.rs"]
mod dom_support;
#[path = "../../tests/fuzz_support/mod.rs"]
mod fuzz_support;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| fuzz_support::text(bytes));
