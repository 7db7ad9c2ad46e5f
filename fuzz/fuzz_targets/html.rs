//! Our tree of a page is html5ever's own, and no page makes the parser panic within the default caps.
//!
//! Run it with `cargo +nightly fuzz run html`; `tests/dom_pages` is a good place to start from.

#![no_main]

#[path = "../../tests/dom_support/mod.rs"]
mod dom_support;

use copydesk::dom::{Dom, Limits};
use dom_support::difference;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|page: &str| {
    if let Some(difference) = difference(page) {
        panic!("{difference}");
    }
    let _ = Dom::parse(page, &Limits { bytes: 1 << 12, nodes: 64, depth: 16, attributes: 2 });
});
