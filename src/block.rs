//! Blocks: what a document becomes, whether it was HTML or text.

use serde::Serialize;

use crate::label::{Label, Reason};

/// The form a block has in its document, before anything is decided about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// Running text.
    Paragraph,
    /// A heading of this level, 1 to 6.
    Heading(u8),
    /// An item of a list.
    ListItem,
    /// Text in a block quotation.
    Quote,
    /// A row of a table, cells apart by ` | `.
    TableRow,
    /// Preformatted text.
    Preformatted,
    /// The caption of a figure.
    Caption,
}

/// A block with its label.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// Its text, white space folded (one line, but for preformatted text).
    pub text: String,
    /// Its form in the document.
    pub form: Form,
    /// What it is.
    pub label: Label,
    /// Why it is that.
    pub reason: Reason,
}
