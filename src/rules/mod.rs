//! Rule files: what boilerplate looks like, for every page and for single sites.
//!
//! A rule file is data: TOML with CSS selectors and linear-time regexes. The shipped ones ride in the binary, a folder
//! can be laid over them. [`RuleSet::load`] reads and checks all of them; for a page [`RuleSet::chain`] gives the
//! [`Chain`] of those that apply, merged, and the chain answers what the rest of the path asks: which elements to
//! strip, which hold the body, what the metadata is, which lines are boilerplate and why. `docs/rules.md` is the
//! reference of the format.
//!
//! Invariants: nothing in a rule file is skipped in silence; a pattern can only take linear time; a [`RuleSet`]
//! does not change after it is loaded, but for what is compiled when a page first needs it.
//!
//! The format itself stands in one table, `format`. From text to chain: `source` finds the files, `reader` reads
//! TOML with places for errors, `parse`, `sections` and `element` make a `schema::RuleFile` of it, `set` links files to
//! each other and to hosts, and `chain` merges those of one page.

mod chain;
mod charset;
mod check;
mod class;
mod cut;
mod diagnostic;
mod draft;
mod element;
mod fold;
mod format;
mod host;
mod inventory;
mod json_schema;
mod jsonld;
mod line_test;
mod lines;
mod matcher;
mod needle;
mod opening;
mod page_test;
mod parse;
mod pattern;
mod program;
mod reader;
mod reload;
mod schema;
mod search;
mod sections;
mod set;
mod short;
mod sound;
mod source;
mod strip;
mod swallowed;
mod warnings;
mod xpath;

pub use chain::{BodyHit, Chain, ChainFile};
pub use check::{Checked, Claimant, Which};
pub use cut::{CutHit, CutLine};
pub use diagnostic::{Code, Diagnostic, RuleErrors};
pub use draft::{Draft, Entry, quoted, quoted_regex};
pub use host::site_of;
pub use inventory::FileInventory;
pub use json_schema::json_schema;
pub use line_test::TestReport;
pub use lines::{Line, LineHit};
pub use page_test::{Expected, PageTest, PageTests, TestPage};
pub use reload::Reloader;
pub use schema::MetaField;
pub use set::RuleSet;
pub use strip::StripHit;
pub use warnings::is_generated;
pub use xpath::xpath_mistake;
