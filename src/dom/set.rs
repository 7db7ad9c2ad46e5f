//! Many selectors in one walk over the tree.

use selectors::context::SelectorCaches;
use selectors::matching::matches_selector;

use super::element::ElementRef;
use super::select::{Selector, context};
use super::{Dom, NodeId};

/// Selectors compiled together.
#[derive(Debug, Clone, Default)]
pub struct SelectorSet {
    selectors: Vec<Selector>,
}

impl SelectorSet {
    /// A set of these selectors; their places in the vector are their numbers.
    #[must_use]
    pub fn new(selectors: Vec<Selector>) -> Self {
        Self { selectors }
    }

    /// Calls `hit` with each element and the number of each selector that matches it, in document order.
    pub fn find_all(&self, dom: &Dom, mut hit: impl FnMut(NodeId, usize)) {
        let mut caches = SelectorCaches::default();
        let mut context = context(&mut caches);
        for node in 1..dom.len() {
            if !dom.tag(node).is_element() {
                continue;
            }
            let element = ElementRef { dom, node };
            for (number, selector) in self.selectors.iter().enumerate() {
                let mut alternatives = selector.list.slice().iter();
                if alternatives.any(|selector| matches_selector(selector, 0, None, &element, &mut context)) {
                    hit(node, number);
                }
            }
        }
    }
}
