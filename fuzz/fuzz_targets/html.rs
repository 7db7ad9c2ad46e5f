//! Pages, against html5ever's own tree; see `tests/fuzz_support`. Run it with `cargo +nightly fuzz run html`.

#![no_main]

#[path = "../../tests/dom_support/mod.rs"]
mod dom_support;
#[path = "../../tests/fuzz_support/mod.rs"]
mod fuzz_support;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| fuzz_support::html(bytes));
