//! Selectors of elements to remove, found together in one walk over the page.

use std::sync::Arc;

use super::element::ElementRule;
use crate::dom::select::SelectorSet;
use crate::dom::{Dom, NodeId, Tag};
use crate::label::{Address, Kind};

/// An element that the rules remove.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StripHit {
    /// The element; what is inside goes with it.
    pub node: NodeId,
    /// What it is.
    pub kind: Kind,
    /// The selector.
    pub rule: Arc<Address>,
}

/// Selectors of elements to remove.
#[derive(Debug, Default)]
pub(super) struct StripSet {
    rules: Vec<(Kind, Arc<ElementRule>)>,
    selectors: SelectorSet,
    /// Rules that start from something else.
    others: Vec<(Kind, Arc<ElementRule>)>,
}

impl StripSet {
    pub(super) fn new(rules: Vec<(Kind, Arc<ElementRule>)>) -> Self {
        let (rules, others): (Vec<_>, Vec<_>) = rules.into_iter().partition(|(_, rule)| rule.css().is_some());
        let (rules, selectors): (Vec<_>, Vec<_>) = rules
            .into_iter()
            .filter_map(|(kind, rule)| rule.css().cloned().map(|css| ((kind, rule), css)))
            .unzip();
        Self { rules, selectors: SelectorSet::new(selectors), others }
    }

    /// All elements that the rules remove, one rule after the other.
    pub(super) fn find(&self, dom: &Dom<'_>) -> Vec<StripHit> {
        let mut matched: Vec<(usize, NodeId)> = vec![];
        if !self.rules.is_empty() {
            self.selectors.find_all(dom, |node, rule| matched.push((rule, node)));
        }
        matched.sort_unstable();
        let mut hits = vec![];
        for group in matched.chunk_by(|a, b| a.0 == b.0) {
            let (kind, rule) = &self.rules[group[0].0];
            let nodes = rule.narrow(dom, group.iter().map(|(_, node)| *node).collect());
            hits.extend(nodes.into_iter().map(|node| StripHit {
                node,
                kind: *kind,
                rule: rule.address.clone(),
            }));
        }
        for (kind, rule) in &self.others {
            let nodes = rule.elements(dom).into_iter();
            hits.extend(nodes.map(|node| StripHit { node, kind: *kind, rule: rule.address.clone() }));
        }
        hits.retain(|hit| !matches!(dom.tag(hit.node), Tag::Html | Tag::Body));
        hits
    }
}
