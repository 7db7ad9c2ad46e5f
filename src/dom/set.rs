//! Many selectors in one walk over the tree.
//!
//! A selector can match only elements that have what its rightmost compound asks for: an id, a class, a name, an
//! attribute. Selectors lie in buckets by the rarest of these, so that an element is shown to the few selectors
//! whose bucket it falls into. Browsers find style rules the same way.

use rustc_hash::FxHashMap;
use scraper::selector::Simple;
use selectors::context::SelectorCaches;
use selectors::matching::matches_selector;
use selectors::parser::{Component, Selector as Alternative};

use super::element::ElementRef;
use super::select::{Selector, context};
use super::{Dom, NodeId};

/// Selectors compiled together.
#[derive(Debug, Clone, Default)]
pub struct SelectorSet {
    /// The alternatives of all selectors (what stands between commas), each with its selector's number.
    alternatives: Vec<(Alternative<Simple>, usize)>,
    ids: Bucket,
    classes: Bucket,
    names: Bucket,
    attributes: Bucket,
    any: Vec<u32>,
}

/// Alternatives by a word that elements must have.
#[derive(Debug, Clone, Default)]
struct Bucket {
    words: FxHashMap<Box<str>, Vec<u32>>,
    /// A bit for the length and first byte of each word: most lookups end here.
    shapes: [u64; 32],
}

impl Bucket {
    fn add(&mut self, word: &str, alternative: u32) {
        let (cell, bit) = shape(word);
        self.shapes[cell] |= bit;
        self.words.entry(word.into()).or_default().push(alternative);
    }

    fn get(&self, word: &str) -> &[u32] {
        let (cell, bit) = shape(word);
        if self.shapes[cell] & bit == 0 {
            return &[];
        }
        self.words.get(word).map_or(&[], Vec::as_slice)
    }
}

/// Place of a word's shape in [`Bucket::shapes`]: lengths apart from each other, in each a bit for first bytes.
fn shape(word: &str) -> (usize, u64) {
    let first = word.as_bytes().first().copied().unwrap_or_default();
    (word.len() % 32, 1 << (first % 64))
}

impl SelectorSet {
    /// A set of these selectors; their places in the vector are their numbers.
    #[must_use]
    pub fn new(selectors: Vec<Selector>) -> Self {
        let mut set = Self::default();
        for (number, selector) in selectors.iter().enumerate() {
            for alternative in selector.list.slice() {
                let place = set.alternatives.len() as u32;
                set.alternatives.push((alternative.clone(), number));
                set.file(alternative, place);
            }
        }
        set
    }

    /// Puts an alternative into the bucket of the rarest thing that its rightmost compound asks for.
    fn file(&mut self, alternative: &Alternative<Simple>, place: u32) {
        let (mut id, mut class, mut name, mut attribute) = (None, None, None, None);
        // From the right, up to the first combinator.
        for component in alternative.iter() {
            match component {
                Component::ID(word) => id = Some(&word.0),
                Component::Class(word) => class = Some(&word.0),
                Component::LocalName(word) => name = Some(&word.lower_name.0),
                Component::AttributeInNoNamespaceExists { local_name, .. }
                | Component::AttributeInNoNamespace { local_name, .. } => attribute = Some(&local_name.0),
                _ => {}
            }
        }
        let (bucket, word) = match (id, class, attribute, name) {
            (Some(word), ..) => (&mut self.ids, word),
            (_, Some(word), ..) => (&mut self.classes, word),
            (_, _, Some(word), _) => (&mut self.attributes, word),
            (_, _, _, Some(word)) => (&mut self.names, word),
            _ => return self.any.push(place),
        };
        bucket.add(word, place);
    }

    /// Calls `hit` with each element and the number of each selector that matches it, in document order.
    pub fn find_all(&self, dom: &Dom, mut hit: impl FnMut(NodeId, usize)) {
        let mut caches = SelectorCaches::default();
        let mut context = context(&mut caches);
        let mut found: Vec<usize> = vec![];
        for node in 1..dom.len() {
            if !dom.tag(node).is_element() {
                continue;
            }
            let element = ElementRef { dom, node };
            let mut show = |places: &[u32]| {
                for &place in places {
                    let (alternative, number) = &self.alternatives[place as usize];
                    if matches_selector(alternative, 0, None, &element, &mut context) {
                        found.push(*number);
                    }
                }
            };
            show(&self.any);
            show(self.names.get(dom.name(node)));
            for (name, value) in dom.attrs(node) {
                match name {
                    "id" => show(self.ids.get(value)),
                    "class" => value.split_ascii_whitespace().for_each(|class| show(self.classes.get(class))),
                    _ => {}
                }
                show(self.attributes.get(name));
            }
            if !found.is_empty() {
                found.sort_unstable();
                found.dedup();
                found.drain(..).for_each(|number| hit(node, number));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dom::Limits;

    #[test]
    fn finds_what_the_selectors_find_one_by_one() {
        let dom = Dom::parse(
            "<main id=a class='x y'><p class=y data-k=v>One<p title>Two</p><svg class=x></svg>\
             <custom-tag id='share-1' class='Y'><a href='/x'>three</a></custom-tag></main>",
            &Limits::default(),
        );
        let texts = [
            "#a",
            ".y",
            "p",
            "*",
            "[data-k=v]",
            "[id^='share-']",
            "main > p",
            "p:not(.y)",
            "svg.x, a[href]",
            ":is(p, a)",
            "custom-tag a",
            "main:has(> p)",
            "P",
            ".Y",
            "p.y, .x.y, [title]",
            ":root",
        ];
        let selectors: Vec<Selector> = texts.iter().map(|css| Selector::parse(css).unwrap()).collect();
        let mut together = vec![];
        SelectorSet::new(selectors.clone()).find_all(&dom, |node, number| together.push((number, node)));
        together.sort_unstable();
        let mut apart = vec![];
        for (number, selector) in selectors.iter().enumerate() {
            apart.extend(selector.find_all(&dom, 0).into_iter().map(|node| (number, node)));
        }
        assert_eq!(together, apart);
        assert!(together.len() > 20);
    }
}
