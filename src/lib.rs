//! copydesk turns scraped news into clean copy, and says why it removed each line.
//!
//! It reads HTML pages, or text that somebody already flattened out of pages, and gives the article's body,
//! its metadata, and a label with a reason for **every** block of the document.
//!
//! # The path of a document
//!
//! ```text
//! input -> RawDoc -> decode -> Document -> Dom -> blocks -> labels -> Cleaned -> output
//!                              (text: Document -> blocks)
//! ```
//!
//! 1. [`input`] finds documents in files, folders, JSON lines and web archives; each is a
//!    [`RawDoc`](document::RawDoc) with its place.
//! 2. [`decode`] makes characters of bytes, and with them a [`Document`](document::Document). Who has pages in memory as
//!    text begins here.
//! 3. [`dom`] parses a page into a frozen tree.
//! 4. [`rules`] chooses the rule files that apply to the page's address.
//! 5. [`metadata`] reads title, authors, dates and the like, each with its source.
//! 6. [`blocks`] makes paragraphs, headings, list items, captions, lines; [`reading`] holds all that is known now.
//! 7. [`labels`] decides: site rules, then generic rules, then the structure model; one [`Label`](label::Label) and one
//!    [`Reason`](label::Reason) for each block.
//! 8. [`Cleaner`] walks this path and puts a [`Cleaned`] together; [`pipeline`] does so for millions of documents in
//!    parallel and in order, and [`output`] writes them.
//!
//! # Cleaning a page
//!
//! ```
//! use std::sync::Arc;
//! use copydesk::Cleaner;
//! use copydesk::document::Document;
//! use copydesk::rules::RuleSet;
//!
//! // A rule for one site, as it would lie in a folder of the user's.
//! let folder = std::env::temp_dir().join(format!("copydesk-doc-{}", std::process::id()));
//! std::fs::create_dir_all(folder.join("sites"))?;
//! std::fs::write(folder.join("sites/halden-echo.toml"), r#"
//!     format = 1
//!     hosts  = ["halden-echo.example"]
//!     [lines]
//!     newsletter = ['^Get the Echo by post\b']
//! "#)?;
//! let cleaner = Cleaner::new(Arc::new(RuleSet::load(Some(&folder), true)?));
//!
//! let page = "<html><body><nav><a href=/>Home</a></nav><article><h1>Ferry returns to Halden</h1>
//!     <p>The ferry between Halden and the islands sails again from Monday, the harbour office said. \
//!        It had been laid up for eleven weeks with a broken shaft.</p>
//!     <p>Get the Echo by post every morning.</p>
//!     <p>Tickets bought before the break are valid until the end of the year, and commuters get their \
//!        money back for the weeks without a boat.</p></article></body></html>";
//! let url = Some("https://halden-echo.example/ferry");
//!
//! let cleaned = cleaner.clean_document(&Document { url, ..Document::page(page) });
//! assert!(cleaned.text().starts_with("The ferry between Halden"));
//! assert!(!cleaned.text().contains("by post"));
//! let dropped = cleaned.blocks.iter().find(|block| block.text.starts_with("Get the Echo")).unwrap();
//! assert!(dropped.reason.to_string().ends_with("sites/halden-echo.toml:5"));
//! # std::fs::remove_dir_all(&folder)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The rule file format is described in `docs/rules.md`, the reasons behind the whole in `docs/architecture.md`, its
//! measured quality in `docs/quality.md`, its speed in `docs/performance.md`.

pub mod article;
mod ascii;
pub mod block;
pub mod blocks;
pub mod cleaner;
pub mod decode;
pub mod document;
pub mod dom;
pub mod duplicates;
pub mod error;
pub mod eval;
pub mod filter;
pub mod import;
pub mod input;
pub mod label;
pub mod labels;
pub mod metadata;
pub mod output;
pub mod pipeline;
pub mod proof;
pub mod propose;
pub mod reading;
mod recent;
pub mod rules;
pub mod timing;
pub mod train;
pub mod words;

pub use cleaner::{Cleaned, Cleaner};
