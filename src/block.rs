//! Blocks: what a document becomes, whether it was HTML or text.

use std::fmt;
use std::ops::{Deref, Range};
use std::sync::Arc;

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
    pub text: Text,
    /// Its form in the document.
    pub form: Form,
    /// What it is.
    pub label: Label,
    /// Why it is that.
    pub reason: Reason,
}

/// A part of a text that is shared: the blocks of a document are parts of one, so that none needs memory of its own.
///
/// ```
/// use copydesk::block::Text;
///
/// let text = Text::from("The ferry is back.".to_owned());
/// assert!(text.starts_with("The ferry") && text.len() == 18);
/// ```
#[derive(Clone)]
pub struct Text {
    whole: Arc<String>,
    start: u32,
    end: u32,
}

impl Text {
    /// These bytes of a text of less than 4 GiB, which must begin and end with characters.
    pub(crate) fn of(whole: &Arc<String>, bytes: Range<u32>) -> Self {
        Self { whole: Arc::clone(whole), start: bytes.start, end: bytes.end }
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        let end = text.len() as u32;
        Self { whole: Arc::new(text), start: 0, end }
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.whole[self.start as usize..self.end as usize]
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
