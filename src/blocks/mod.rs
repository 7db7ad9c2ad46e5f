//! A document as a sequence of blocks with what is known of each, before anything is decided.
//!
//! Invariant: nothing here decides what is content. A block that is missing from the output was
//! labelled so in [`crate::labels`]; a text that no block holds was never visible, or lies beyond the caps
//! ([`Drafts::truncated`]).

mod frame;
mod from_dom;
mod from_text;
mod inline;
mod markdown;
pub mod tokens;
mod wrap;

use std::ops::Range;

use rustc_hash::{FxBuildHasher, FxHashMap};

use crate::block::Form;
use crate::dom::NodeId;
use crate::label::Kind;
use crate::words;

pub(crate) use from_dom::append_folded;
pub use from_dom::from_dom;
pub use from_text::from_text;

/// Blocks of one document at most: labelling takes some microseconds for each, and no article has so many.
pub const MAX_BLOCKS: usize = 1 << 17;

/// Bytes of the longest text that is looked for among those before.
const REPEATED: usize = 240;

/// Where a block stands in its page: the elements around it that say something about it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Within(pub u32);

impl Within {
    /// Inside `nav`, or an element with that role.
    pub const NAV: Self = Self(1);
    /// Inside `footer`.
    pub const FOOTER: Self = Self(1 << 1);
    /// Inside `header`.
    pub const HEADER: Self = Self(1 << 2);
    /// Inside `aside`.
    pub const ASIDE: Self = Self(1 << 3);
    /// Inside `article`.
    pub const ARTICLE: Self = Self(1 << 4);
    /// Inside `main`.
    pub const MAIN: Self = Self(1 << 5);
    /// Inside `figure`.
    pub const FIGURE: Self = Self(1 << 6);
    /// Inside `form`.
    pub const FORM: Self = Self(1 << 7);
    /// Inside `button`, `label`, `select`, `textarea`.
    pub const CONTROL: Self = Self(1 << 8);
    /// Inside a list.
    pub const LIST: Self = Self(1 << 9);
    /// Inside a table.
    pub const TABLE: Self = Self(1 << 10);
    /// Inside a block quotation.
    pub const QUOTE: Self = Self(1 << 11);
    /// Inside an element that is not shown.
    pub const HIDDEN: Self = Self(1 << 12);
    /// Inside an element that calls itself the article's body (`itemprop=articleBody`).
    pub const ARTICLE_BODY: Self = Self(1 << 13);
    /// Inside `noscript`.
    pub const NOSCRIPT: Self = Self(1 << 14);
    /// Inside `address`, `time` or an element with `rel=author`.
    pub const CREDIT: Self = Self(1 << 15);
    /// Inside an `article` that lies in another one.
    pub const NESTED_ARTICLE: Self = Self(1 << 16);
    /// Inside a dialog, `details` or an element with the role of one.
    pub const DIALOG: Self = Self(1 << 17);
    /// The number of flags.
    pub const COUNT: usize = 18;

    /// Whether all flags of `other` are set.
    #[must_use]
    pub fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Both sets of flags.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// A block and what the walk over its document found out about it.
#[derive(Debug, Clone)]
pub struct Draft {
    /// First byte of its text in [`Drafts::text`].
    pub start: u32,
    /// End of its text in [`Drafts::text`].
    pub end: u32,
    /// Its form.
    pub form: Form,
    /// Letters, digits and marks; not white space.
    pub chars: u32,
    /// Of these, inside links.
    pub link_chars: u32,
    /// Of these, inside bold text.
    pub bold_chars: u32,
    /// Of these, inside italic text.
    pub italic_chars: u32,
    /// Of these, inside links to a place on the page itself.
    pub anchor_chars: u32,
    /// Of these, inside links to other hosts.
    pub foreign_chars: u32,
    /// The elements around it.
    pub within: Within,
    /// What its elements' class and id tokens say.
    pub tokens: tokens::Evidence,
    /// The kind that the nearest telling class or id names.
    pub hint: Option<Kind>,
    /// The first text node (HTML) or line (text, from 0).
    pub node: NodeId,
    /// The nearest block-level element around it (HTML), else 0.
    pub owner: NodeId,
    /// Depth of the owner.
    pub depth: u16,
    /// Hash of the owner's tag and class path: blocks made by one template share it.
    pub signature: u32,
    /// Blank lines before it (text), or 1.
    pub gap: u8,
}

/// All blocks of a document over one text buffer.
#[derive(Debug, Clone, Default)]
pub struct Drafts {
    /// The blocks' texts, one after the other.
    pub text: String,
    /// The blocks in document order.
    pub list: Vec<Draft>,
    /// Whether the caps left a part of the document out.
    pub truncated: bool,
    /// The hashes of all blocks' words, one block's after the other's.
    words: Vec<u32>,
    /// For each block, where its words are.
    word_ranges: Vec<Range<u32>>,
    /// For each block, the first one with the same text.
    first: Vec<u32>,
    /// For each block, the number of its template.
    template: Vec<u32>,
    templates: u32,
    /// For each node, how many blocks begin before it.
    before_node: Vec<u32>,
}

impl Drafts {
    /// Adds blocks at the end.
    fn append(&mut self, others: Self) {
        let shift = self.text.len() as u32;
        self.text.push_str(&others.text);
        self.list.extend(others.list.into_iter().map(|draft| Draft {
            start: draft.start + shift,
            end: draft.end + shift,
            ..draft
        }));
    }

    /// The last step of making them; `nodes` is the number of nodes or lines.
    fn indexed(mut self, nodes: NodeId) -> Self {
        self.words.reserve(self.text.len() / 6);
        self.word_ranges.reserve(self.list.len());
        self.first.reserve(self.list.len());
        let mut known = FxHashMap::with_capacity_and_hasher(self.list.len(), FxBuildHasher);
        for (row, draft) in (0..).zip(&self.list) {
            let text = &self.text[draft.start as usize..draft.end as usize];
            let first = if text.len() <= REPEATED { *known.entry(text).or_insert(row) } else { row };
            self.first.push(first);
            self.word_ranges.push(if first < row {
                self.word_ranges[first as usize].clone()
            } else {
                let start = self.words.len() as u32;
                words::hashes(text, &mut self.words);
                start..self.words.len() as u32
            });
        }
        let mut templates = FxHashMap::with_capacity_and_hasher(self.list.len() / 2, FxBuildHasher);
        self.template.extend(self.list.iter().map(|draft| {
            let next = templates.len() as u32;
            *templates.entry(draft.signature).or_insert(next)
        }));
        self.templates = templates.len() as u32;
        self.before_node.reserve(nodes as usize + 1);
        for (row, draft) in (0..).zip(&self.list) {
            self.before_node.resize(draft.node as usize + 1, row);
        }
        self.before_node.resize(nodes as usize + 1, self.list.len() as u32);
        self
    }

    /// Hashes of the words of the block at this index (see [`words::hashes`]).
    #[must_use]
    pub fn words(&self, index: usize) -> &[u32] {
        &self.words[self.word_range(index)]
    }

    /// Hashes of all words, once for blocks with the same text.
    #[must_use]
    pub fn all_words(&self) -> &[u32] {
        &self.words
    }

    /// Where the words of the block at this index are among [`Self::all_words`].
    #[must_use]
    pub fn word_range(&self, index: usize) -> Range<usize> {
        let range = &self.word_ranges[index];
        range.start as usize..range.end as usize
    }

    /// The first block with the same text as the block at this index, itself if there is none before. Three of ten blocks
    /// of a page have such a one: menus stand in it twice, teasers end in "Read more".
    #[must_use]
    pub fn first(&self, index: usize) -> usize {
        self.first[index] as usize
    }

    /// The number of the template that made the block at this index: of the blocks with its [`Draft::signature`].
    #[must_use]
    pub fn template(&self, index: usize) -> usize {
        self.template[index] as usize
    }

    /// How many templates there are.
    #[must_use]
    pub fn templates(&self) -> usize {
        self.templates as usize
    }

    /// Text of the block at this index.
    #[must_use]
    pub fn text(&self, index: usize) -> &str {
        let draft = &self.list[index];
        &self.text[draft.start as usize..draft.end as usize]
    }

    /// Indices of the blocks whose text lies in the nodes `first..end`.
    #[must_use]
    pub fn within(&self, first: NodeId, end: NodeId) -> Range<usize> {
        self.before_node[first as usize] as usize..self.before_node[end as usize] as usize
    }
}
