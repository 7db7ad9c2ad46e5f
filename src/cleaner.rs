//! The path of one document, from its bytes to a labelled article.

use std::sync::Arc;

use crate::article::{DropReason, Flag, How, Metadata, Verdict};
use crate::block::Block;
use crate::blocks::{Drafts, from_dom, from_text};
use crate::document::{Format, RawDoc};
use crate::dom::{Dom, Limits, Tag};
use crate::error::DocError;
use crate::label::{Kind, Label, Reason, Role};
use crate::labels::features::Context;
use crate::labels::model::probability;
use crate::labels::{Model, choose};
use crate::rules::RuleSet;
use crate::timing::{Clock, NoClock, Step};

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
    model: Arc<Model>,
}

impl Cleaner {
    /// A cleaner with these rules and the shipped model.
    #[must_use]
    pub fn new(rules: Arc<RuleSet>) -> Self {
        Self::with_model(rules, Arc::new(Model::shipped()))
    }

    /// A cleaner with these rules and this model.
    #[must_use]
    pub fn with_model(rules: Arc<RuleSet>, model: Arc<Model>) -> Self {
        Self { rules, model }
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
        self.clean_timed(raw, &mut NoClock)
    }

    /// Cleans one document and tells `clock` when each step is done.
    ///
    /// # Errors
    /// As [`Cleaner::clean`].
    pub fn clean_timed(&self, raw: &RawDoc, clock: &mut impl Clock) -> Result<Cleaned, DocError> {
        let text = String::from_utf8_lossy(&raw.bytes);
        clock.done(Step::Decode);
        let (dom, drafts) = match raw.format {
            Format::Html => {
                let dom = Dom::parse(&text, &Limits::default());
                clock.done(Step::Parse);
                let drafts = from_dom(&dom, &self.model.lexicon);
                (Some(dom), drafts)
            }
            Format::Text => (None, from_text(&text)),
        };
        clock.done(Step::Blocks);
        let scores = with_context(dom.as_ref(), &drafts, |context| self.model.scores(&drafts, context));
        let sizes: Vec<u32> = drafts.list.iter().map(|draft| draft.chars + 12).collect();
        let threshold = choose::threshold(&scores, &sizes);
        let blocks: Vec<Block> = (0..drafts.list.len())
            .map(|index| Block {
                text: drafts.text(index).to_owned(),
                form: drafts.list[index].form,
                label: if scores[index] >= threshold {
                    Label::Kept(Role::Paragraph)
                } else {
                    Label::Dropped(Kind::Other)
                },
                reason: Reason::Model(probability(scores[index])),
            })
            .collect();
        clock.done(Step::Label);
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

/// provisional
pub fn with_context<T>(dom: Option<&Dom>, drafts: &Drafts, then: impl FnOnce(&Context<'_>) -> T) -> T {
    let mut title = String::new();
    let mut description = "";
    if let Some(dom) = dom {
        for node in 0..dom.len() {
            match dom.tag(node) {
                Tag::Title if title.is_empty() => {
                    for child in dom.children(node) {
                        title.push_str(dom.text(child));
                    }
                }
                Tag::Meta => {
                    let content = dom.attr(node, "content").unwrap_or_default();
                    if dom.attr(node, "property") == Some("og:title") {
                        title = content.to_owned();
                    }
                    if dom.attr(node, "name") == Some("description") {
                        description = content;
                    }
                }
                Tag::Body => break,
                _ => {}
            }
        }
    } else if !drafts.list.is_empty() {
        title = drafts.text(0).to_owned();
    }
    then(&Context { dom, title: &title, description, article_body: "", by_rule: &[] })
}
