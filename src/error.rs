//! Errors of single documents. A document's error never ends the run.

use serde::{Deserialize, Serialize};

use crate::document::Location;

/// The stage of the path at which a document failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Reading the record (decompression, JSON, WARC, HTTP).
    Read,
    /// Decoding its bytes to characters.
    Decode,
    /// Anything after that: a defect of ours.
    Clean,
}

/// A document that could not be cleaned: where it stood, how far it came, and what was wrong.
#[derive(Debug, Clone, thiserror::Error, Serialize)]
#[error("{location}: {message}")]
pub struct DocError {
    /// Where the document stood in the input.
    pub location: Location,
    /// The record's id, if it got that far.
    pub id: Option<String>,
    /// The stage that failed.
    pub stage: Stage,
    /// What was wrong, for a person.
    pub message: String,
}
