//! A node as the `selectors` crate wants to see it.

use std::fmt;

use html5ever::Namespace;
use scraper::selector::{CssLocalName, CssString, NonTSPseudoClass, PseudoElement, Simple};
use selectors::attr::{AttrSelectorOperation, CaseSensitivity, NamespaceConstraint};
use selectors::bloom::BloomFilter;
use selectors::matching::{ElementSelectorFlags, MatchingContext};
use selectors::{Element, OpaqueElement};

use super::{Dom, NodeId, Tag};

/// An element of the tree.
#[derive(Clone, Copy)]
pub(super) struct ElementRef<'a> {
    pub(super) dom: &'a Dom<'a>,
    pub(super) node: NodeId,
}

impl fmt::Debug for ElementRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.dom.name(self.node), self.node)
    }
}

impl ElementRef<'_> {
    fn if_element(self, node: NodeId) -> Option<Self> {
        self.dom.tag(node).is_element().then_some(Self { node, ..self })
    }
}

impl Element for ElementRef<'_> {
    type Impl = Simple;

    fn opaque(&self) -> OpaqueElement {
        OpaqueElement::new(self.dom.node(self.node))
    }

    fn parent_element(&self) -> Option<Self> {
        self.if_element(self.dom.parent(self.node)?)
    }

    fn prev_sibling_element(&self) -> Option<Self> {
        std::iter::successors(self.dom.prev_sibling(self.node), |&n| self.dom.prev_sibling(n))
            .find_map(|n| self.if_element(n))
    }

    fn next_sibling_element(&self) -> Option<Self> {
        std::iter::successors(self.dom.next_sibling(self.node), |&n| self.dom.next_sibling(n))
            .find_map(|n| self.if_element(n))
    }

    fn first_element_child(&self) -> Option<Self> {
        self.dom.children(self.node).find_map(|n| self.if_element(n))
    }

    /// True of all elements, so that names in selectors are compared in lower case: the tree has no others.
    fn is_html_element_in_html_document(&self) -> bool {
        true
    }

    fn has_local_name(&self, name: &CssLocalName) -> bool {
        *self.dom.name(self.node) == *name.0
    }

    fn has_namespace(&self, namespace: &Namespace) -> bool {
        *self.dom.node(self.node).space.namespace() == *namespace
    }

    fn is_same_type(&self, other: &Self) -> bool {
        self.dom.name(self.node) == other.dom.name(other.node)
            && self.dom.node(self.node).space == other.dom.node(other.node).space
    }

    fn attr_matches(
        &self,
        _: &NamespaceConstraint<&Namespace>,
        name: &CssLocalName,
        operation: &AttrSelectorOperation<&CssString>,
    ) -> bool {
        self.dom.attr(self.node, &name.0).is_some_and(|value| operation.eval_str(value))
    }

    fn has_id(&self, id: &CssLocalName, case: CaseSensitivity) -> bool {
        self.dom.attr(self.node, "id").is_some_and(|value| case.eq(value.as_bytes(), id.0.as_bytes()))
    }

    fn has_class(&self, class: &CssLocalName, case: CaseSensitivity) -> bool {
        self.dom.class_tokens(self.node).any(|token| case.eq(token.as_bytes(), class.0.as_bytes()))
    }

    fn is_empty(&self) -> bool {
        !self.dom.children(self.node).any(|n| self.dom.tag(n) != Tag::Text || !self.dom.text(n).is_empty())
    }

    fn is_root(&self) -> bool {
        self.dom.parent(self.node) == Some(0)
    }

    // What a saved page has none of: links' states, shadow trees, parts and pseudo-elements.

    fn is_link(&self) -> bool {
        false
    }
    fn is_html_slot_element(&self) -> bool {
        false
    }
    fn is_pseudo_element(&self) -> bool {
        false
    }
    fn parent_node_is_shadow_root(&self) -> bool {
        false
    }
    fn containing_shadow_host(&self) -> Option<Self> {
        None
    }
    fn match_non_ts_pseudo_class(
        &self,
        class: &NonTSPseudoClass,
        _: &mut MatchingContext<'_, Simple>,
    ) -> bool {
        match *class {}
    }
    fn match_pseudo_element(&self, element: &PseudoElement, _: &mut MatchingContext<'_, Simple>) -> bool {
        match *element {}
    }
    fn has_custom_state(&self, _: &CssLocalName) -> bool {
        false
    }
    fn imported_part(&self, _: &CssLocalName) -> Option<CssLocalName> {
        None
    }
    fn is_part(&self, _: &CssLocalName) -> bool {
        false
    }
    fn apply_selector_flags(&self, _: ElementSelectorFlags) {}
    fn add_element_unique_hashes(&self, _: &mut BloomFilter) -> bool {
        false
    }
}
