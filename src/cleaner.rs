//! The path of one document, from its bytes to a labelled article.

use std::sync::Arc;

use crate::article::{DropReason, Flag, How, Metadata, ReviewReason, Source, Sourced, Verdict};
use crate::block::{Block, Text};
use crate::blocks::Drafts;
use crate::decode::decode;
use crate::document::{Document, RawDoc};
use crate::error::DocError;
use crate::label::{Address, Kind, Label, Role};
use crate::labels::Model;
use crate::labels::decide::{Decision, decide};
use crate::metadata::agency;
use crate::reading::Reading;
use crate::rules::{Chain, Line, MetaField, RuleSet};
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
    /// What the rules found, by pattern.
    pub hits: Hits,
}

/// What rules found in a document, by pattern.
#[derive(Debug, Clone)]
pub struct Hits {
    /// The rules that were asked.
    pub chain: Arc<Chain>,
    /// Whether there were elements to ask for; a text has none.
    pub is_page: bool,
    /// Patterns that gave metadata, with the field.
    pub meta: Vec<(MetaField, Arc<Address>)>,
    /// Patterns that found the body, an element to strip, a line to drop or change, or a place to cut, once for each
    /// find.
    pub found: Vec<Arc<Address>>,
    /// Patterns that would have removed too much, and were refused.
    pub refused: Vec<Arc<Address>>,
}

impl Cleaned {
    /// The article's text: one paragraph a line, without the title.
    #[must_use]
    pub fn text(&self) -> String {
        let body = self.blocks.iter().filter(|block| block.label.is_body());
        let mut text = String::with_capacity(body.clone().map(|block| block.text.len() + 1).sum());
        for block in body {
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(&block.text);
        }
        text
    }

    /// All of the document's text, a block a line.
    #[must_use]
    pub fn original(&self) -> String {
        self.blocks.iter().map(|block| &*block.text).collect::<Vec<_>>().join("\n")
    }
}

/// The share of a text's characters from which it is looked at before use when more of it goes. Menus and
/// footers of a whole page are seldom so long.
const MUCH_REMOVED: f32 = 0.85;

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

    /// A cleaner with other rules and the same model.
    #[must_use]
    pub fn with_rules(&self, rules: Arc<RuleSet>) -> Self {
        Self::with_model(rules, Arc::clone(&self.model))
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
        let decoded = decode(raw);
        clock.done(Step::Decode);
        let document = Document {
            format: raw.format,
            text: &decoded.text,
            url: raw.url.as_deref(),
            captured: raw.captured,
        };
        let mut cleaned = self.document(&document, clock);
        if decoded.replaced {
            cleaned.flags.push(Flag::BadEncoding);
            cleaned.flags.sort();
        }
        Ok(cleaned)
    }

    /// Cleans one document that is in memory as text.
    #[must_use]
    pub fn clean_document(&self, document: &Document<'_>) -> Cleaned {
        self.document(document, &mut NoClock)
    }

    fn document(&self, document: &Document<'_>, clock: &mut impl Clock) -> Cleaned {
        let reading = Reading::new(document, &self.rules, &self.model.lexicon, clock);
        let scores = self.model.scores(&reading.drafts, &reading.context());
        clock.done(Step::Model);
        let decision = decide(&reading, &scores);
        clock.done(Step::Label);
        let cleaned = assemble(reading, decision);
        clock.done(Step::Article);
        cleaned
    }
}

/// Puts blocks, labels and metadata together, and judges the whole.
fn assemble(reading: Reading<'_>, decision: Decision) -> Cleaned {
    let Reading { chain, drafts, mut metadata, ruled, mut flags, dom, .. } = reading;
    let Decision { labels, how, head, rule_missed, mut found, refused } = decision;
    if dom.is_none() {
        let lang = metadata.lang.take();
        metadata = Metadata { lang, ..head.metadata(&drafts) };
    }
    if metadata.agency.is_none() {
        let name = agency_of(&drafts, labels.iter().map(|&(label, _)| label));
        metadata.agency = name.map(|name| Sourced { value: name.to_owned(), source: Source::Visible });
    }
    let kept = labels.iter().filter(|(label, _)| label.is_body()).count();
    let mut from_head = 0;
    let mut blocks = Vec::with_capacity(labels.len());
    let whole = Arc::new(drafts.text);
    for (draft, (label, reason)) in drafts.list.iter().zip(labels) {
        let mut text = Text::of(&whole, draft.start..draft.end);
        if label.is_body() {
            let lang = metadata.lang.as_ref().map(|lang| lang.value.as_str());
            let line = Line { text: &text, from_head, from_tail: kept - 1 - from_head, lang };
            from_head += 1;
            if let Some((replaced, rules)) = chain.replace(&line) {
                found.extend(rules);
                text = replaced.into();
            }
        }
        blocks.push(Block { text, form: draft.form, label, reason });
    }
    flags.extend(metadata.paywalled.then_some(Flag::Paywalled));
    flags.extend(rule_missed.then_some(Flag::RuleMissed));
    flags.extend((!refused.is_empty()).then_some(Flag::RuleRefused));
    flags.sort();
    let verdict = if blocks.is_empty() {
        Verdict::Dropped(DropReason::Empty)
    } else if kept == 0 {
        Verdict::Dropped(DropReason::NoBody)
    } else if !refused.is_empty() || how == How::Text && share_removed(&blocks) > MUCH_REMOVED {
        Verdict::Review(ReviewReason::MuchRemoved)
    } else {
        Verdict::Kept
    };
    let rules = chain.names();
    let hits = Hits { chain, is_page: dom.is_some(), meta: ruled, found, refused };
    Cleaned { verdict, metadata, blocks, how, rules, flags, hits }
}

/// The share of the blocks' characters that is neither body nor headline.
fn share_removed(blocks: &[Block]) -> f32 {
    let size = |block: &Block| block.text.len() as f32;
    let removed: f32 = blocks.iter().filter(|block| !block.label.is_kept()).map(size).sum();
    removed / blocks.iter().map(size).sum::<f32>().max(1.0)
}

/// The agency that a credit in the body or next to it names, in the document's own words: a rule's replacement does not
/// hide it.
fn agency_of(drafts: &Drafts, labels: impl Iterator<Item = Label>) -> Option<&'static str> {
    let credits = |label: &Label| match label {
        Label::Kept(role) => *role != Role::Title,
        Label::Dropped(kind) => matches!(kind, Kind::AgencyCredit | Kind::Byline | Kind::Dateline),
    };
    let rows = labels.enumerate().filter(|(_, label)| credits(label)).map(|(row, _)| row);
    rows.filter(|&row| agency::may_be_in(drafts.words(row)))
        .find_map(|row| agency::credited(drafts.text(row)))
}
