//! The path of one document, from its bytes to a labelled article.

use std::sync::Arc;

use crate::article::{DropReason, Flag, How, Metadata, Verdict};
use crate::block::{Block, Form};
use crate::document::RawDoc;
use crate::error::DocError;
use crate::label::{Label, Reason, Role};
use crate::rules::RuleSet;

/// A document after cleaning: every block with its label, the metadata and the verdict.
#[derive(Debug, Clone)]
pub struct Cleaned {
    /// What became of the document.
    pub verdict: Verdict,
    /// Title, authors, dates and the like.
    pub metadata: Metadata,
    /// All blocks in document order, kept and dropped.
    pub blocks: Vec<Block>,
    /// Which way the body was found.
    pub how: How,
    /// Rule sets that applied, as `id@hash`.
    pub rules: Vec<String>,
    /// What a user may want to filter by.
    pub flags: Vec<Flag>,
}

impl Cleaned {
    /// The article's text: one paragraph a line, without the title.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        for block in &self.blocks {
            if matches!(block.label, Label::Kept(role) if role != Role::Title) {
                if !text.is_empty() {
                    text.push('\n');
                }
                text.push_str(&block.text);
            }
        }
        text
    }
}

/// Cleans documents. Compiled once, then shared by all workers.
#[derive(Debug, Clone)]
pub struct Cleaner {
    rules: Arc<RuleSet>,
}

impl Cleaner {
    /// A cleaner with these rules.
    #[must_use]
    pub fn new(rules: Arc<RuleSet>) -> Self {
        Self { rules }
    }

    /// The rules it uses.
    #[must_use]
    pub fn rules(&self) -> &RuleSet {
        &self.rules
    }

    /// Cleans one document.
    ///
    /// # Errors
    /// The document cannot be read as what it claims to be; the error names its place and the stage.
    pub fn clean(&self, raw: &RawDoc) -> Result<Cleaned, DocError> {
        let text = String::from_utf8_lossy(&raw.bytes);
        let blocks: Vec<Block> = text
            .lines()
            .filter(|line| !line.trim().is_empty())
            .map(|line| Block {
                text: line.trim().to_owned(),
                form: Form::Paragraph,
                label: Label::Kept(Role::Paragraph),
                reason: Reason::Model(1.0),
            })
            .collect();
        let verdict = if blocks.is_empty() { Verdict::Dropped(DropReason::Empty) } else { Verdict::Kept };
        Ok(Cleaned {
            verdict,
            metadata: Metadata::default(),
            blocks,
            how: How::Text,
            rules: vec![],
            flags: vec![],
        })
    }
}
