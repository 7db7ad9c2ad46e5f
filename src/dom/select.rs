//! CSS selectors over the tree.
//!
//! The language is that of `scraper`: its parser and its `SelectorImpl` read the selector, so rules speak the CSS its
//! users know (`:is`, `:where`, `:not`, `:has`, `:nth-*`, attribute operators with the `i` and `s` flags), and the
//! crate `selectors` matches it against our own tree.

use scraper::selector::Simple;
use selectors::Element;
use selectors::context::{
    MatchingContext, MatchingForInvalidation, MatchingMode, NeedsSelectorFlags, QuirksMode, SelectorCaches,
};
use selectors::matching::matches_selector;
use selectors::parser::{self, Component, SelectorList};

use super::element::ElementRef;
use super::names::NameId;
use super::{Dom, NodeId, Tag, select_error};

pub use super::select_error::SelectorError;
pub use super::set::SelectorSet;

/// A compiled CSS selector, or several with commas between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selector {
    pub(super) list: SelectorList<Simple>,
    /// For each of the list.
    gates: Vec<Gate>,
}

/// What the last part of a selector asks of an element that is quickly seen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Gate {
    tag: Option<Tag>,
    attribute: Option<Box<str>>,
}

impl Selector {
    /// Reads a selector.
    ///
    /// # Errors
    /// The text is no selector, or uses something that a saved page cannot answer, such as `:hover`.
    pub fn parse(css: &str) -> Result<Self, SelectorError> {
        let list = select_error::parse(css)?;
        let gates = list.slice().iter().map(Gate::new).collect();
        Ok(Self { list, gates })
    }

    /// Whether the element `n` matches; no other node does.
    #[must_use]
    pub fn matches(&self, dom: &Dom<'_>, n: NodeId) -> bool {
        if !dom.tag(n).is_element() {
            return false;
        }
        let mut caches = SelectorCaches::default();
        let mut context = context(&mut caches);
        let element = ElementRef { dom, node: n };
        self.list.slice().iter().any(|selector| matches_selector(selector, 0, None, &element, &mut context))
    }

    /// All matching elements below `scope`, in document order. `:scope` is `scope`, or the root element for the
    /// document.
    #[must_use]
    pub fn find_all(&self, dom: &Dom<'_>, scope: NodeId) -> Vec<NodeId> {
        let mut caches = SelectorCaches::default();
        let mut context = context(&mut caches);
        context.scope_element = (scope != 0).then(|| ElementRef { dom, node: scope }.opaque());
        let open: Vec<_> = self.gates.iter().map(|gate| gate.open(dom)).collect();
        let alternatives = || self.list.slice().iter().zip(&open);
        let found = (scope + 1..dom.end(scope)).filter(|&node| {
            let element = ElementRef { dom, node };
            dom.tag(node).is_element()
                && alternatives().any(|(selector, open)| {
                    open.as_ref().is_some_and(|open| open.lets_in(dom, node))
                        && matches_selector(selector, 0, None, &element, &mut context)
                })
        });
        found.collect()
    }
}

impl Gate {
    fn new(selector: &parser::Selector<Simple>) -> Self {
        let mut gate = Self::default();
        for component in selector.iter() {
            match component {
                Component::LocalName(name) => gate.tag = Tag::from_name(&name.lower_name.0),
                Component::ID(_) => gate.attribute = Some("id".into()),
                Component::Class(_) => gate.attribute = Some("class".into()),
                Component::AttributeInNoNamespaceExists { local_name_lower, .. } => {
                    gate.attribute = Some((*local_name_lower.0).into());
                }
                Component::AttributeInNoNamespace { local_name, .. } => {
                    gate.attribute = Some((*local_name.0).into());
                }
                _ => {}
            }
        }
        gate
    }

    /// The gate of one page; none if no element of the page gets in.
    fn open(&self, dom: &Dom<'_>) -> Option<OpenGate> {
        let attribute = match &self.attribute {
            Some(name) => Some(dom.names.find(name)?),
            None => None,
        };
        Some(OpenGate { tag: self.tag, attribute })
    }
}

struct OpenGate {
    tag: Option<Tag>,
    attribute: Option<NameId>,
}

impl OpenGate {
    fn lets_in(&self, dom: &Dom<'_>, node: NodeId) -> bool {
        // An element of MathML may have a name that HTML has too.
        self.tag.is_none_or(|tag| dom.tag(node) == tag || dom.tag(node) == Tag::Other)
            && self.attribute.is_none_or(|name| dom.attr_slice(node).iter().any(|attr| attr.name == name))
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
