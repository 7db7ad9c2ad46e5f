//! Many selectors in one walk over the tree.
//!
//! Most selectors cannot match most elements, and two cheap questions show it. Does the element have the id, class,
//! attribute or name that the last part of the selector asks for? Selectors are looked up by it, so the others are
//! never touched. Is there an open element with the id, class or name that each part before it asks for? The walk
//! keeps count of those. Only what is left is matched in earnest. (Browsers do the same, with a Bloom filter for the
//! second question: <https://hacks.mozilla.org/2017/08/inside-a-super-fast-css-engine-quantum-css-aka-stylo/>.)

use rustc_hash::FxHashMap;
use scraper::selector::Simple;
use selectors::context::{MatchingContext, SelectorCaches};
use selectors::matching::matches_selector;
use selectors::parser::{self, Combinator, Component};

use super::element::ElementRef;
use super::names::{CLASS, ID};
use super::select::{Selector, context};
use super::{Attr, Dom, NONE, NodeId, Tag};

/// One of the alternatives of a selector.
#[derive(Debug, Clone)]
struct Entry {
    selector: parser::Selector<Simple>,
    /// Number of the selector in the set.
    number: usize,
    /// What its parts ask of elements above.
    above: Box<[Slot]>,
    /// Whether it is a name and nothing else, so that who looks it up has matched it.
    is_name: bool,
}

/// A place where the walk counts the open elements that have some id, class or name.
type Slot = usize;

/// Who has an interest in an id, a class, an attribute or a name.
#[derive(Debug, Clone, Default)]
struct Interest {
    /// Entries that ask for it in their last part.
    entries: Vec<usize>,
    /// Where elements with it are counted while they are open.
    slot: Option<Slot>,
}

/// Selectors compiled together.
#[derive(Debug, Clone, Default)]
pub struct SelectorSet {
    entries: Vec<Entry>,
    selectors: usize,
    slots: usize,
    ids: FxHashMap<Box<str>, Interest>,
    classes: FxHashMap<Box<str>, Interest>,
    class_shapes: Shapes,
    attributes: FxHashMap<Box<str>, Interest>,
    names: FxHashMap<Box<str>, Interest>,
    /// The names of HTML again, by their tags.
    tags: Vec<Interest>,
    /// Entries that ask for nothing in particular.
    any: Vec<usize>,
}

/// Lengths and outer bytes of names, as bits: most classes of a page are told by them not to be in a set.
#[derive(Debug, Clone, Default)]
struct Shapes([u64; 32]);

impl Shapes {
    fn bit(name: &str) -> usize {
        let [first, last] =
            [name.bytes().next(), name.bytes().last()].map(|byte| usize::from(byte.unwrap_or(0)));
        (first * 31 + last * 7 + name.len() * 127) % (32 * 64)
    }

    fn note(&mut self, name: &str) {
        let bit = Self::bit(name);
        self.0[bit / 64] |= 1 << (bit % 64);
    }

    fn may_have(&self, name: &str) -> bool {
        let bit = Self::bit(name);
        self.0[bit / 64] >> (bit % 64) & 1 == 1
    }
}

/// What a part of a selector asks for that can be looked up.
enum Key<'a> {
    Id(&'a str),
    Class(&'a str),
    Attribute(&'a str),
    Name(&'a str),
}

impl SelectorSet {
    /// A set of these selectors; their places in the vector are their numbers.
    #[must_use]
    pub fn new(selectors: Vec<Selector>) -> Self {
        let mut set = Self { selectors: selectors.len(), ..Self::default() };
        for (number, selector) in selectors.iter().enumerate() {
            for alternative in selector.list.slice() {
                set.add(number, alternative);
            }
        }
        set.tags.resize_with(Tag::Other as usize + 1, Interest::default);
        for (name, interest) in &set.names {
            if let Some(tag) = Tag::from_name(name) {
                set.tags[tag as usize] = interest.clone();
            }
        }
        set
    }

    fn add(&mut self, number: usize, selector: &parser::Selector<Simple>) {
        let mut parts = selector.iter();
        let key = best_key(&mut parts);
        let is_name = matches!(key, Some(Key::Name(_))) && selector.len() == 1;
        let entry = self.entries.len();
        match key {
            Some(key) => self.interest(key).entries.push(entry),
            None => self.any.push(entry),
        }
        let mut above = vec![];
        while let Some(combinator) = parts.next_sequence() {
            let key = best_key(&mut parts);
            if matches!(combinator, Combinator::Child | Combinator::Descendant)
                && let Some(key @ (Key::Id(_) | Key::Class(_) | Key::Name(_))) = key
            {
                let next = self.slots;
                let slot = *self.interest(key).slot.get_or_insert(next);
                self.slots = self.slots.max(slot + 1);
                above.push(slot);
            }
        }
        self.entries.push(Entry { selector: selector.clone(), number, above: above.into(), is_name });
    }

    fn interest(&mut self, key: Key<'_>) -> &mut Interest {
        let (map, text) = match key {
            Key::Id(text) => (&mut self.ids, text),
            Key::Class(text) => {
                self.class_shapes.note(text);
                (&mut self.classes, text)
            }
            Key::Attribute(text) => (&mut self.attributes, text),
            Key::Name(text) => (&mut self.names, text),
        };
        map.entry(text.into()).or_default()
    }

    /// Calls `hit` with each element and the number of each selector that matches it, elements in document order.
    pub fn find_all(&self, dom: &Dom<'_>, mut hit: impl FnMut(NodeId, usize)) {
        let mut caches = SelectorCaches::default();
        let mut walk = Walk {
            set: self,
            dom,
            context: context(&mut caches),
            attributes: dom.names.iter().map(|name| self.attributes.get(name)).collect(),
            open: vec![0; self.slots],
            counted: vec![],
            last_hit: vec![NONE; self.selectors],
        };
        for node in 1..dom.len() {
            if dom.tag(node).is_element() {
                walk.visit(node, &mut hit);
            }
        }
    }
}

/// What a part asks for, if it can be looked up; what fewer elements have comes first. The iterator is at the end of
/// the part after it.
fn best_key<'a>(part: &mut parser::SelectorIter<'a, Simple>) -> Option<Key<'a>> {
    let rank = |key: &Key<'_>| match key {
        Key::Id(_) => 0,
        Key::Class(_) => 1,
        // Nearly every element has one of these, but few have a given name.
        Key::Attribute("class" | "id" | "href" | "src" | "style") => 4,
        Key::Attribute(_) => 2,
        Key::Name(_) => 3,
    };
    part.filter_map(|component| match component {
        Component::ID(id) => Some(Key::Id(&id.0)),
        Component::Class(class) => Some(Key::Class(&class.0)),
        Component::LocalName(name) => Some(Key::Name(&name.lower_name.0)),
        Component::AttributeInNoNamespaceExists { local_name_lower, .. } => {
            Some(Key::Attribute(&local_name_lower.0))
        }
        Component::AttributeInNoNamespace { local_name, .. } => Some(Key::Attribute(&local_name.0)),
        Component::AttributeOther(other) => Some(Key::Attribute(&other.local_name_lower.0)),
        _ => None,
    })
    .min_by_key(rank)
}

/// A walk over one tree.
struct Walk<'a> {
    set: &'a SelectorSet,
    dom: &'a Dom<'a>,
    context: MatchingContext<'a, Simple>,
    /// The attributes of interest, by their ids in this tree.
    attributes: Vec<Option<&'a Interest>>,
    /// How many open elements there are for each slot.
    open: Vec<u32>,
    /// Slots of open elements, innermost last, with the end of the element.
    counted: Vec<(NodeId, Slot)>,
    /// The last element that each selector matched, since several of its alternatives may.
    last_hit: Vec<NodeId>,
}

impl<'a> Walk<'a> {
    fn visit(&mut self, node: NodeId, hit: &mut impl FnMut(NodeId, usize)) {
        while let Some(&(end, slot)) = self.counted.last()
            && end <= node
        {
            self.counted.pop();
            self.open[slot] -= 1;
        }
        let (set, dom) = (self.set, self.dom);
        // Slots are counted only when the element has been matched itself: it is not above itself.
        let first = self.counted.len();
        match dom.tag(node) {
            Tag::Other => self.look_up(node, set.names.get(dom.name(node)), hit),
            tag => self.look_up(node, set.tags.get(tag as usize), hit),
        }
        for &Attr { name, start, len } in dom.attr_slice(node) {
            self.look_up(node, self.attributes[name as usize], hit);
            if name == ID && !set.ids.is_empty() {
                self.look_up(node, set.ids.get(dom.slice(start, len)), hit);
            }
            if name == CLASS && !set.classes.is_empty() {
                for class in dom.slice(start, len).split_ascii_whitespace() {
                    if set.class_shapes.may_have(class) {
                        self.look_up(node, set.classes.get(class), hit);
                    }
                }
            }
        }
        for &entry in &set.any {
            self.try_entry(node, entry, hit);
        }
        for &(_, slot) in &self.counted[first..] {
            self.open[slot] += 1;
        }
    }

    fn look_up(&mut self, node: NodeId, interest: Option<&'a Interest>, hit: &mut impl FnMut(NodeId, usize)) {
        let Some(interest) = interest else { return };
        for &entry in &interest.entries {
            self.try_entry(node, entry, hit);
        }
        if let Some(slot) = interest.slot {
            self.counted.push((self.dom.end(node), slot));
        }
    }

    fn try_entry(&mut self, node: NodeId, entry: usize, hit: &mut impl FnMut(NodeId, usize)) {
        let entry = &self.set.entries[entry];
        if self.last_hit[entry.number] == node || entry.above.iter().any(|&slot| self.open[slot] == 0) {
            return;
        }
        let element = ElementRef { dom: self.dom, node };
        if entry.is_name || matches_selector(&entry.selector, 0, None, &element, &mut self.context) {
            self.last_hit[entry.number] = node;
            hit(node, entry.number);
        }
    }
}
