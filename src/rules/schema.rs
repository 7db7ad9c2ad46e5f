//! What a rule file says, once read.

use std::sync::{Arc, OnceLock};

use super::element::ElementRule;
use super::host::Claim;
use super::lines::LineEngine;
use super::page_test::PageTest;
use super::pattern::{At, LazyRegex, LinePattern};
use super::source::Source;
use crate::dom::select::Selector;
use crate::label::{Address, Kind};

/// A field of the metadata that rules can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MetaField {
    /// Headline.
    Title,
    /// Names of the authors.
    Byline,
    /// Date of publication.
    Date,
    /// Language.
    Lang,
    /// Section of the site.
    Section,
    /// The page's own summary.
    Summary,
}

impl MetaField {
    /// All fields by the names that rule files use.
    pub const ALL: [(Self, &'static str); 6] = [
        (Self::Title, "title"),
        (Self::Byline, "byline"),
        (Self::Date, "date"),
        (Self::Lang, "lang"),
        (Self::Section, "section"),
        (Self::Summary, "summary"),
    ];

    /// The name that rule files use.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(field, _)| *field == self).map_or("", |(_, name)| name)
    }
}

/// A name in a rule file and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Named {
    pub(super) name: String,
    pub(super) at: usize,
}

/// A rule file.
#[derive(Debug)]
pub(super) struct RuleFile {
    pub(super) source: Arc<Source>,
    pub(super) hosts: Vec<(Claim, usize)>,
    /// Families by name; `None` when the file does not say.
    pub(super) extends: Option<Vec<Named>>,
    /// `match`: the pages that a family applies to by itself.
    pub(super) fingerprint: Option<Condition>,
    pub(super) overlay: Option<Named>,
    pub(super) constants: Vec<(String, String)>,
    pub(super) max_removed: Option<f32>,
    pub(super) protect: Protect,
    pub(super) except: Vec<Named>,
    pub(super) base: Sections,
    pub(super) layouts: Vec<Layout>,
    pub(super) tests: Vec<Test>,
}

impl RuleFile {
    /// The file's own tables and those of its layouts.
    pub(super) fn sections(&self) -> impl Iterator<Item = &Sections> {
        std::iter::once(&self.base).chain(self.layouts.iter().map(|layout| &layout.sections))
    }

    /// The addresses of all patterns.
    pub(super) fn paths(&self) -> Vec<Arc<str>> {
        self.sections().flat_map(Sections::addresses).map(|address| address.path.clone()).collect()
    }
}

/// What nothing may remove.
#[derive(Debug, Default)]
pub(super) struct Protect {
    pub(super) elements: Vec<Selector>,
    pub(super) lines: Vec<Arc<LazyRegex>>,
}

/// A condition on a page; every part that is given must hold.
#[derive(Debug, Default)]
pub(super) struct Condition {
    pub(super) has: Option<Selector>,
    pub(super) path: Option<LazyRegex>,
    pub(super) from: Option<jiff::civil::Date>,
    pub(super) until: Option<jiff::civil::Date>,
}

impl Condition {
    /// Whether nothing is asked.
    pub(super) fn is_empty(&self) -> bool {
        self.has.is_none() && self.path.is_none() && self.from.is_none() && self.until.is_none()
    }
}

/// A variant of a site's pages.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) name: String,
    pub(super) condition: Condition,
    pub(super) sections: Sections,
}

/// The tables that a file has, and each of its layouts.
#[derive(Debug, Default)]
pub(super) struct Sections {
    pub(super) meta: Vec<(MetaField, Arc<ElementRule>)>,
    pub(super) body: Body,
    pub(super) strip: Vec<(Kind, Arc<ElementRule>)>,
    pub(super) lines: Lines,
    pub(super) cut: Cut,
    pub(super) replace: Vec<Arc<Replace>>,
    pub(super) rewrites: Vec<Arc<Rewrite>>,
    /// Tables with `inherit = false`.
    pub(super) closed: Closed,
}

impl Sections {
    /// The addresses of all patterns.
    pub(super) fn addresses(&self) -> impl Iterator<Item = &Arc<Address>> {
        let elements = self.meta.iter().map(|(_, rule)| rule).chain(&self.body.select);
        let elements = elements.chain(self.strip.iter().map(|(_, rule)| rule)).map(|rule| &rule.address);
        let markers = self.cut.start_after.iter().chain(&self.cut.keep_until).map(|marker| &marker.address);
        let lines = self.lines.patterns.iter().map(|pattern| &pattern.address);
        let replace = self.replace.iter().map(|rule| &rule.address);
        let replace = replace.chain(self.rewrites.iter().map(|rule| &rule.address));
        elements.chain(lines).chain(markers).chain(replace)
    }
}

/// Which tables take nothing from weaker files.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Closed {
    pub(super) meta: bool,
    pub(super) body: bool,
    pub(super) strip: bool,
    pub(super) lines: bool,
    pub(super) cut: bool,
}

#[derive(Debug, Default)]
pub(super) struct Body {
    pub(super) select: Vec<Arc<ElementRule>>,
    pub(super) min_words: Option<usize>,
    /// Only the first of several elements counts.
    pub(super) first_only: Option<bool>,
    pub(super) fallback: Option<bool>,
}

/// Line patterns, and the engine that is made of them when a page first needs it.
#[derive(Debug, Default, Clone)]
pub(super) struct Lines {
    pub(super) patterns: Vec<Arc<LinePattern>>,
    engine: OnceLock<Arc<LineEngine>>,
}

impl Lines {
    pub(super) fn new(patterns: Vec<Arc<LinePattern>>) -> Self {
        Self { patterns, engine: OnceLock::new() }
    }

    pub(super) fn engine(&self) -> &Arc<LineEngine> {
        self.engine.get_or_init(|| Arc::new(LineEngine::new(self.patterns.clone())))
    }

    #[cfg(test)]
    pub(super) fn is_compiled(&self) -> bool {
        self.engine.get().is_some() || self.patterns.iter().any(|pattern| pattern.regex.is_compiled())
    }
}

#[derive(Debug, Default)]
pub(super) struct Cut {
    pub(super) start_after: Vec<Arc<Marker>>,
    pub(super) keep_until: Vec<Arc<Marker>>,
    pub(super) max_share: Option<f32>,
}

/// Where the article begins or ends.
#[derive(Debug)]
pub(super) struct Marker {
    pub(super) kind: Kind,
    pub(super) place: MarkerPlace,
    pub(super) address: Arc<Address>,
}

#[derive(Debug)]
pub(super) enum MarkerPlace {
    Line(LazyRegex),
    Element(Box<ElementRule>),
}

/// A part of a line that is replaced.
#[derive(Debug)]
pub(super) struct Replace {
    pub(super) find: LazyRegex,
    pub(super) with: String,
    pub(super) at: At,
    pub(super) address: Arc<Address>,
}

/// A text that is replaced in the page before it is parsed.
#[derive(Debug)]
pub(super) struct Rewrite {
    pub(super) find: String,
    pub(super) with: String,
    pub(super) address: Arc<Address>,
}

/// A proof that comes with a rule file.
#[derive(Debug)]
pub(super) struct Test {
    pub(super) drops: Vec<Named>,
    pub(super) keeps: Vec<Named>,
    /// A page and what is expected of it.
    pub(super) page: Option<PageTest>,
}
