//! CSS selectors over the tree.
//!
//! The language is that of `scraper`: its parser and its `SelectorImpl` read the selector, so rules speak the CSS its
//! users know (`:is`, `:where`, `:not`, `:has`, `:nth-*`, attribute operators with the `i` and `s` flags), and the
//! crate `selectors` matches it against our own tree.

use cssparser::{BasicParseErrorKind, ParseErrorKind};
use scraper::selector::{Parser, Simple};
use selectors::Element;
use selectors::context::{
    MatchingContext, MatchingForInvalidation, MatchingMode, NeedsSelectorFlags, QuirksMode, SelectorCaches,
};
use selectors::matching::matches_selector;
use selectors::parser::{ParseRelative, SelectorList, SelectorParseErrorKind};
use thiserror::Error;

use super::element::ElementRef;
use super::{Dom, NodeId};

pub use super::set::SelectorSet;

/// A selector that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct SelectorError {
    /// What is wrong, in words for the author of a rule.
    pub message: String,
    /// Where, in bytes from the start of the selector.
    pub offset: usize,
}

/// A compiled CSS selector, or several with commas between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selector {
    pub(super) list: SelectorList<Simple>,
}

impl Selector {
    /// Reads a selector.
    ///
    /// # Errors
    /// The text is no selector, or uses something that a saved page cannot answer, such as `:hover`.
    pub fn parse(css: &str) -> Result<Self, SelectorError> {
        let mut input = cssparser::Parser::new(css);
        match SelectorList::parse(&Parser, &mut input, ParseRelative::No) {
            Ok(list) => Ok(Self { list }),
            Err(error) => {
                let offset = error_offset(css);
                Err(SelectorError { message: describe(&error.kind, &css[offset..]), offset })
            }
        }
    }

    /// Whether the element `n` matches; no other node does.
    #[must_use]
    pub fn matches(&self, dom: &Dom, n: NodeId) -> bool {
        self.matches_within(dom, n, 0, &mut SelectorCaches::default())
    }

    /// All matching elements below `scope`, in document order. `:scope` is `scope`, or the root element for the
    /// document.
    #[must_use]
    pub fn find_all(&self, dom: &Dom, scope: NodeId) -> Vec<NodeId> {
        let mut caches = SelectorCaches::default();
        (scope + 1..dom.end(scope)).filter(|&n| self.matches_within(dom, n, scope, &mut caches)).collect()
    }

    fn matches_within(&self, dom: &Dom, node: NodeId, scope: NodeId, caches: &mut SelectorCaches) -> bool {
        if !dom.tag(node).is_element() {
            return false;
        }
        let mut context = context(caches);
        context.scope_element = (scope != 0).then(|| ElementRef { dom, node: scope }.opaque());
        let element = ElementRef { dom, node };
        self.list.slice().iter().any(|selector| matches_selector(selector, 0, None, &element, &mut context))
    }
}

/// What the crate `selectors` wants to know when it matches.
pub(super) fn context(caches: &mut SelectorCaches) -> MatchingContext<'_, Simple> {
    MatchingContext::new(
        MatchingMode::Normal,
        None,
        caches,
        QuirksMode::NoQuirks,
        NeedsSelectorFlags::No,
        MatchingForInvalidation::No,
    )
}

/// Where the token begins at which reading stopped: the errors of the CSS parser do not say it.
fn error_offset(css: &str) -> usize {
    let mut input = cssparser::Parser::new(css);
    let offset = |input: &cssparser::Parser<'_>| css.len() - input.slice_from(input.position()).len();
    // One alternative after the other, so that the parser stands where the first error was.
    let stop = loop {
        if selectors::parser::Selector::parse(&Parser, &mut input).is_err() || input.expect_comma().is_err() {
            break offset(&input);
        }
    };
    let mut tokens = cssparser::Parser::new(css);
    let mut start = 0;
    loop {
        let before = offset(&tokens);
        let blank = match tokens.next_including_whitespace_and_comments() {
            Ok(token) => matches!(token, cssparser::Token::WhiteSpace(_) | cssparser::Token::Comment(_)),
            Err(_) => return start,
        };
        if before >= stop {
            return start;
        }
        if !blank {
            start = before;
        }
    }
}

/// The error in words; `rest` is the selector from the place of the error on.
fn describe(kind: &ParseErrorKind<SelectorParseErrorKind>, rest: &str) -> String {
    use SelectorParseErrorKind as Kind;
    let word: String = rest.chars().take_while(|c| !c.is_whitespace()).take(24).collect();
    match kind {
        ParseErrorKind::Basic(BasicParseErrorKind::EndOfInput) => "the selector ends too early".to_owned(),
        ParseErrorKind::Custom(Kind::EmptySelector) => {
            "a selector is missing here (a comma too many, or an empty one)".to_owned()
        }
        ParseErrorKind::Custom(Kind::DanglingCombinator) => {
            "a combinator has nothing after it: name what is to be found there".to_owned()
        }
        ParseErrorKind::Custom(Kind::UnsupportedPseudoClassOrElement) => {
            format!("`{word}` is not a pseudo-class that works on a saved page")
        }
        ParseErrorKind::Custom(Kind::ClassNeedsIdent) => {
            "a class name must follow the dot, and may not begin with a digit".to_owned()
        }
        _ => format!("`{word}` is not understood here"),
    }
}
