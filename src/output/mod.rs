//! What is written: articles as JSON lines, Markdown or text; removed blocks and rejected documents as
//! JSON lines; the report of a run.
//!
//! Every document that was read ends in exactly one place: an article (kept, or with a `review` reason)
//! or a reject (dropped or failed). [`render`] makes the bytes, on the worker's thread; [`OutFile`]
//! writes them.

mod compress;
mod file;
mod manifest;
mod markdown;
mod page;
mod record;
mod report;
mod table;
mod usage;

pub use file::{FileNames, OutFile, sync_folder};
pub use manifest::{Identity, Manifest, Shard};
pub use page::{Escaped, PAGE_END, explained_document, page_start};
pub use report::{Report, Skipped, Tally};
pub use table::{Table, read_table};
pub use usage::{Asked, FileUse, PatternUse};

use serde::Serialize;

use crate::article::{DropReason, Verdict};
use crate::cleaner::Cleaned;
use crate::document::{Location, RawDoc};
use crate::error::DocError;
use crate::label::Label;

/// How articles are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArticleFormat {
    /// A JSON object a line, with all metadata.
    Jsonl,
    /// Markdown with the metadata as YAML front matter.
    Markdown,
    /// The title, an empty line, and a paragraph a line.
    Text,
}

/// What to make of each document.
#[derive(Debug, Clone, Copy)]
pub struct Rendering {
    /// How articles are written.
    pub format: ArticleFormat,
    /// Whether JSON articles list their blocks.
    pub blocks: bool,
    /// Whether removed blocks are written.
    pub removed: bool,
}

/// A document, ready to be written.
#[derive(Debug)]
pub struct Rendered {
    /// The document's id.
    pub id: String,
    /// Where the document stood.
    pub source: Location,
    /// Its address, if the input tells it.
    pub url: Option<String>,
    /// The article; `None` for a rejected document.
    pub article: Option<Vec<u8>>,
    /// A JSON line for each removed block.
    pub removed: Vec<u8>,
    /// The JSON line of a rejected document.
    pub reject: Option<Vec<u8>>,
    /// What to count.
    pub tally: Tally,
}

impl Rendered {
    /// Notes in an article of JSON that it repeats the document of this id.
    pub fn mark_duplicate(&mut self, original: &str) {
        let Some(article) = &mut self.article else { return };
        let id = serde_json::to_string(original).expect("a string into memory never fails");
        if article.ends_with(b"}\n") {
            article.truncate(article.len() - 2);
            article.extend_from_slice(format!(",\"duplicate_of\":{id}}}\n").as_bytes());
        }
    }

    /// Drops the article, since it repeats the document of this id.
    pub fn drop_duplicate(&mut self, original: &str) {
        if self.article.take().is_some() {
            self.reject = Some(record::Reject::duplicate(self, original).line());
            self.tally.drop(DropReason::Duplicate);
        }
    }
}

/// Makes what is written of a document that was cleaned.
#[must_use]
pub fn render(raw: &RawDoc, cleaned: &Cleaned, rendering: Rendering) -> Rendered {
    let mut removed = Vec::new();
    if rendering.removed {
        for (index, block) in cleaned.blocks.iter().enumerate() {
            if let Label::Dropped(kind) = block.label {
                record::Removed::new(raw, index, kind, block).write(&mut removed);
            }
        }
    }
    let (article, reject) = match cleaned.verdict {
        Verdict::Dropped(reason) => (None, Some(record::Reject::dropped(raw, reason).line())),
        Verdict::Kept | Verdict::Review(_) => {
            let article = match rendering.format {
                ArticleFormat::Jsonl => record::Article::new(raw, cleaned, rendering.blocks).line(),
                ArticleFormat::Markdown => markdown::article(raw, cleaned).into_bytes(),
                ArticleFormat::Text => text(cleaned).into_bytes(),
            };
            (Some(article), None)
        }
    };
    Rendered {
        id: raw.id.clone(),
        source: raw.source.clone(),
        url: raw.url.clone(),
        article,
        removed,
        reject,
        tally: Tally::of(raw, cleaned),
    }
}

/// Makes what is written of a document that failed; `bytes` is its size if it could be read.
#[must_use]
pub fn render_failed(error: &DocError, bytes: usize) -> Rendered {
    Rendered {
        id: error.id.clone().unwrap_or_default(),
        source: error.location.clone(),
        url: None,
        article: None,
        removed: Vec::new(),
        reject: Some(record::Reject::failed(error).line()),
        tally: Tally::of_failed(error, bytes),
    }
}

/// A JSON line with all that is known of a cleaned document: its article, verdict and every block.
#[must_use]
pub fn explanation(raw: &RawDoc, cleaned: &Cleaned) -> String {
    record::Explained::new(raw, cleaned).line()
}

/// The name that a value without fields has in the output.
#[must_use]
pub fn name_of(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => name,
        other => format!("{other:?}"),
    }
}

/// The verdict on a document as people read it: `kept`, or what became of it with the reason.
#[must_use]
pub fn verdict_of(cleaned: &Cleaned) -> String {
    match cleaned.verdict {
        Verdict::Kept => "kept".to_owned(),
        Verdict::Review(reason) => format!("review: {}", name_of(&reason)),
        Verdict::Dropped(reason) => format!("dropped: {}", name_of(&reason)),
    }
}

fn text(cleaned: &Cleaned) -> String {
    let title = cleaned.metadata.title.as_ref().map(|title| format!("{}\n\n", title.value));
    format!("{}{}\n", title.unwrap_or_default(), cleaned.text())
}
