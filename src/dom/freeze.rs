//! The finished tree, laid out anew in document order, without what no reader asks for.

use super::build::{Content, Draft, EMPTY, ListId, Space, Tree};
use super::input::Source;
use super::tokenizer::Span;
use super::{Attr, DECODED, Dom, Limits, NONE, Node, NodeId, Tag};

/// Lays out a tree that was built from `source`.
pub(super) fn freeze<'a>(tree: &Tree, source: Source<'a>, limits: &Limits) -> Dom<'a> {
    let (mut nodes, mut attrs, decoded, mut names) = super::spare::take();
    names.begin_page();
    nodes.reserve(tree.drafts.len());
    attrs.reserve(tree.attributes.len() * 2);
    let mut freezer = Freezer {
        tree,
        has_null: source.has_null,
        max_attributes: limits.attributes,
        lists: vec![None; tree.attributes.len()],
        dom: Dom { nodes, attrs, source: source.text, decoded, names, truncated: false },
    };
    freezer.lay_out();
    freezer.dom
}

struct Freezer<'t, 'a> {
    tree: &'t Tree,
    /// Whether the source has a U+0000.
    has_null: bool,
    max_attributes: usize,
    /// Where each list of attributes lies in `dom.attrs`, once it does: elements that the tree builder made again
    /// from the same tag share theirs.
    lists: Vec<Option<(u32, u32)>>,
    dom: Dom<'a>,
}

impl Freezer<'_, '_> {
    fn lay_out(&mut self) {
        // The draft to look at next, and the frozen nodes it comes below and after.
        let mut next = 0;
        let (mut parent, mut prev) = (NONE, NONE);
        while next != NONE {
            let draft = &self.tree.drafts[next as usize];
            let (node, open) = self.keep(next, draft, parent, prev);
            if open && draft.first != NONE {
                (parent, prev) = (node, NONE);
                next = draft.first;
                continue;
            }
            if node != NONE {
                prev = node;
            }
            // On to what follows, here or further up.
            while self.tree.drafts[next as usize].next == NONE && parent != NONE {
                next = self.tree.drafts[next as usize].parent;
                let end = self.dom.nodes.len() as NodeId;
                let above = &mut self.dom.nodes[parent as usize];
                above.end = end;
                prev = parent;
                parent = above.parent;
            }
            next = self.tree.drafts[next as usize].next;
        }
    }

    /// Adds a draft to the frozen tree, if it is to be in it: its number there, and whether its children may be in it.
    fn keep(&mut self, n: NodeId, draft: &Draft, parent: NodeId, prev: NodeId) -> (NodeId, bool) {
        let id = self.dom.nodes.len() as NodeId;
        let mut node = Node {
            tag: Tag::Document,
            space: Space::Html,
            parent,
            prev,
            end: id + 1,
            name: 0,
            start: 0,
            len: 0,
        };
        match draft.content {
            Content::Document => {}
            Content::Element { name, tag, space, attributes } => {
                node.tag = tag;
                node.space = space;
                if tag == Tag::Other {
                    node.name = self.dom.names.intern(&self.tree.names[name as usize]);
                }
                (node.start, node.len) = self.attributes(n, tag, attributes);
            }
            Content::Text(_) | Content::Source(_) => {
                let kind = || self.dom.attr(parent, "type");
                if is_silent(self.dom.tag(parent), || kind().is_some_and(is_linked_data)) {
                    return (NONE, false);
                }
                // A comment that was between two texts is no longer.
                if prev != NONE && self.dom.tag(prev) == Tag::Text {
                    self.lengthen(prev, draft.content);
                    return (NONE, false);
                }
                node.tag = Tag::Text;
                (node.start, node.len) = match draft.content {
                    Content::Source(span) => (span.start, span.end - span.start),
                    text => self.decoded(text),
                };
            }
            Content::Ignored => return (NONE, false),
        }
        self.dom.nodes.push(node);
        (id, !matches!(node.tag, Tag::Svg | Tag::Template))
    }

    /// Adds text to what was decoded; where it lies.
    fn decoded(&mut self, text: Content) -> (u32, u32) {
        let Dom { decoded, source, .. } = &mut self.dom;
        let start = decoded.len() as u32;
        match text {
            Content::Text(text) => decoded.push_str(&self.tree.texts[text as usize]),
            Content::Source(span) => decoded.push_str(span.of(source)),
            _ => {}
        }
        (DECODED + start, decoded.len() as u32 - start)
    }

    /// Adds text to a node, the last that has text, which is then no longer as it is in the source.
    fn lengthen(&mut self, node: NodeId, text: Content) {
        let Node { mut start, len, .. } = *self.dom.node(node);
        if start < DECODED {
            (start, _) = self.decoded(Content::Source(Span { start, end: start + len }));
        }
        debug_assert_eq!((start - DECODED + len) as usize, self.dom.decoded.len());
        let (_, more) = self.decoded(text);
        let node = &mut self.dom.nodes[node as usize];
        (node.start, node.len) = (start, len + more);
    }

    /// Where the attributes of an element lie.
    fn attributes(&mut self, n: NodeId, tag: Tag, list: ListId) -> (u32, u32) {
        if matches!(tag, Tag::Html | Tag::Body) && self.tree.added.iter().any(|&(node, _)| node == n) {
            let start = self.dom.attrs.len();
            let added = self.tree.added.iter().filter(|&&(node, _)| node == n).map(|&(_, list)| list);
            for list in std::iter::once(list).chain(added) {
                self.decode(start, list);
            }
            return (start as u32, (self.dom.attrs.len() - start) as u32);
        }
        if list == EMPTY {
            return (0, 0);
        }
        if let Some(place) = self.lists[list as usize] {
            return place;
        }
        let start = self.dom.attrs.len();
        self.decode(start, list);
        let place = (start as u32, (self.dom.attrs.len() - start) as u32);
        self.lists[list as usize] = Some(place);
        place
    }

    /// Appends a list of attributes to those from `start` on. The first of a name wins.
    fn decode(&mut self, start: usize, list: ListId) {
        for attribute in self.tree.attributes.get(list) {
            let name = self.dom.names.intern_raw(attribute.name, &self.dom.source);
            let attrs = &mut self.dom.attrs;
            if attrs[start..].iter().any(|old| old.name == name) {
                continue;
            }
            if attrs.len() - start == self.max_attributes {
                self.dom.truncated = true;
                return;
            }
            let Span { start: value, end } = attribute.value;
            let (value, len) = if attribute.ampersand || self.has_null {
                let Dom { decoded, source, .. } = &mut self.dom;
                let before = decoded.len() as u32;
                attribute.decode(source, self.has_null, decoded);
                (DECODED + before, decoded.len() as u32 - before)
            } else {
                (value, end - value)
            };
            self.dom.attrs.push(Attr { name, start: value, len });
        }
    }
}

/// Whether text below an element is not kept, a `<script>` that may hold linked data apart.
pub(super) fn is_silent(tag: Tag, has_linked_data: impl FnOnce() -> bool) -> bool {
    match tag {
        Tag::Style | Tag::Iframe | Tag::Noembed | Tag::Noframes => true,
        Tag::Script => !has_linked_data(),
        _ => false,
    }
}

/// Whether a `<script>` of this type holds linked data.
pub(super) fn is_linked_data(kind: &str) -> bool {
    kind.trim_ascii().eq_ignore_ascii_case("application/ld+json")
}
