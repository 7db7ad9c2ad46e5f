//! A page as a frozen tree in document order.
//!
//! Nodes lie in pre-order, so that the subtree of `n` is the range `n..dom.end(n)` and a walk is a loop over numbers.
//! The tree is the one html5ever builds with scripting off (so `<noscript>` holds elements), without what no reader
//! of an article asks for:
//!
//! - comments, processing instructions and the doctype;
//! - the contents of `<template>` (the element itself is there, and empty: its contents are not part of the document
//!   in HTML either, and no selector matches them);
//! - what is inside `<svg>`;
//! - the text of `<style>`, `<iframe>`, `<noembed>`, `<noframes>` and of `<script>`, but for `application/ld+json`.
//!
//! Invariant: a [`Dom`] does not change after it is made, and nothing here recurses over the depth of a page.

use std::borrow::Cow;
use std::mem::take;

mod build;
mod depth;
mod drawing;
mod element;
mod freeze;
mod input;
mod kind;
mod names;
mod parse;
pub mod select;
mod select_error;
mod set;
mod shortcut;
mod spare;
mod tag;
mod tokenizer;

pub use tag::Tag;

use build::Space;
use names::{CLASS, ID, NameId, Names};

/// Index of a node in document order; the subtree of `n` is `n..dom.end(n)`, the document itself is 0.
pub type NodeId = u32;

/// No node.
const NONE: NodeId = NodeId::MAX;

/// Caps on one page. What lies beyond is left out, and [`Dom::truncated`] says so.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of HTML.
    pub bytes: usize,
    /// Nodes of the tree.
    pub nodes: usize,
    /// Depth of open elements.
    pub depth: usize,
    /// Attributes of one tag.
    pub attributes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 16 << 20, nodes: 1 << 20, depth: 512, attributes: 256 }
    }
}

/// A node of the frozen tree.
#[derive(Debug, Clone, Copy)]
struct Node {
    tag: Tag,
    space: Space,
    parent: NodeId,
    prev: NodeId,
    end: NodeId,
    /// Name of an element whose tag is [`Tag::Other`].
    name: NameId,
    /// Text: where it starts (see [`Dom::slice`]). Element: its first attribute.
    start: u32,
    /// Text: its length in bytes. Element: how many attributes it has.
    len: u32,
}

/// An attribute: its name and where its value lies (see [`Dom::slice`]).
#[derive(Debug, Clone, Copy)]
struct Attr {
    name: NameId,
    start: u32,
    len: u32,
}

/// A parsed page. Most of its text is that of the page's source, of which it is a view.
#[derive(Debug)]
pub struct Dom<'a> {
    nodes: Vec<Node>,
    attrs: Vec<Attr>,
    /// The page, preprocessed.
    source: Cow<'a, str>,
    /// Text and attribute values that are not in the source as they are.
    decoded: String,
    names: Names,
    truncated: bool,
}

/// Where text begins that is in [`Dom::decoded`]: beyond all sources (see [`input`]).
const DECODED: u32 = 1 << 31;

impl Drop for Dom<'_> {
    fn drop(&mut self) {
        let (nodes, attrs) = (take(&mut self.nodes), take(&mut self.attrs));
        spare::keep((nodes, attrs, take(&mut self.decoded), take(&mut self.names)));
    }
}

impl<'a> Dom<'a> {
    /// Parses a page as html5ever would, scripting off.
    #[must_use]
    pub fn parse(html: impl Into<Cow<'a, str>>, limits: &Limits) -> Self {
        parse::parse(html.into(), limits)
    }

    /// Whether a cap was hit, so that something is missing.
    #[must_use]
    pub fn truncated(&self) -> bool {
        self.truncated
    }

    /// Bytes of the page.
    pub(crate) fn bytes(&self) -> usize {
        self.source.len()
    }

    /// Number of nodes, the document with them.
    #[must_use]
    #[allow(clippy::len_without_is_empty, reason = "a page always has its document node")]
    pub fn len(&self) -> u32 {
        self.nodes.len() as u32
    }

    /// What the node is.
    #[must_use]
    pub fn tag(&self, n: NodeId) -> Tag {
        self.node(n).tag
    }

    /// The element's local name, also of one HTML does not know; empty for text and the document.
    #[must_use]
    pub fn name(&self, n: NodeId) -> &str {
        let node = self.node(n);
        match node.tag {
            Tag::Other => self.names.get(node.name),
            tag => tag.name(),
        }
    }

    /// The node above; none above the document.
    #[must_use]
    pub fn parent(&self, n: NodeId) -> Option<NodeId> {
        some(self.node(n).parent)
    }

    /// One past the last node of the subtree of `n`.
    #[must_use]
    pub fn end(&self, n: NodeId) -> NodeId {
        self.node(n).end
    }

    /// The first child.
    #[must_use]
    pub fn first_child(&self, n: NodeId) -> Option<NodeId> {
        (n + 1 < self.end(n)).then_some(n + 1)
    }

    /// The node after this one below the same parent.
    #[must_use]
    pub fn next_sibling(&self, n: NodeId) -> Option<NodeId> {
        let node = self.node(n);
        (node.parent != NONE && node.end < self.end(node.parent)).then_some(node.end)
    }

    /// The node before this one below the same parent.
    #[must_use]
    pub fn prev_sibling(&self, n: NodeId) -> Option<NodeId> {
        some(self.node(n).prev)
    }

    /// The children in document order.
    pub fn children(&self, n: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(self.first_child(n), |&child| self.next_sibling(child))
    }

    /// The parent, its parent and so on, up to the document.
    pub fn ancestors(&self, n: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(self.parent(n), |&above| self.parent(above))
    }

    /// A text node's characters, references decoded; empty for any other node.
    #[must_use]
    pub fn text(&self, n: NodeId) -> &str {
        let node = self.node(n);
        if node.tag == Tag::Text { self.slice(node.start, node.len) } else { "" }
    }

    /// The value of an attribute, references decoded. `name` in lower case, as HTML has it.
    #[must_use]
    pub fn attr(&self, n: NodeId, name: &str) -> Option<&str> {
        match name {
            "class" => self.attr_by_id(n, CLASS),
            "id" => self.id(n),
            _ => self.attrs(n).find(|&(other, _)| other == name).map(|(_, value)| value),
        }
    }

    /// Names and values of all attributes in the order of the source.
    pub fn attrs(&self, n: NodeId) -> impl Iterator<Item = (&str, &str)> {
        self.attr_slice(n).iter().map(|attr| (self.names.get(attr.name), self.slice(attr.start, attr.len)))
    }

    /// The names that attributes of this page may have, in the order of their numbers.
    pub fn attr_names(&self) -> impl Iterator<Item = &str> {
        self.names.iter()
    }

    /// The numbers of names (see [`Dom::attr_names`]) and the values of all attributes in the order of the source.
    pub fn attrs_by_number(&self, n: NodeId) -> impl Iterator<Item = (usize, &str)> {
        self.attr_slice(n).iter().map(|attr| (attr.name as usize, self.slice(attr.start, attr.len)))
    }

    /// The value of the `id` attribute.
    #[must_use]
    pub fn id(&self, n: NodeId) -> Option<&str> {
        self.attr_by_id(n, ID)
    }

    /// The tokens of the `class` attribute.
    pub fn class_tokens(&self, n: NodeId) -> impl Iterator<Item = &str> {
        self.attr_by_id(n, CLASS).unwrap_or("").split_ascii_whitespace()
    }

    /// Whether an element is one of SVG or MathML.
    #[must_use]
    pub fn is_foreign(&self, n: NodeId) -> bool {
        self.node(n).space != Space::Html
    }

    fn attr_by_id(&self, n: NodeId, name: NameId) -> Option<&str> {
        let attr = self.attr_slice(n).iter().find(|attr| attr.name == name)?;
        Some(self.slice(attr.start, attr.len))
    }

    fn attr_slice(&self, n: NodeId) -> &[Attr] {
        let node = self.node(n);
        if node.tag.is_element() { &self.attrs[node.start as usize..][..node.len as usize] } else { &[] }
    }

    /// A text by where it lies: in the source, or from [`DECODED`] on in what was decoded.
    #[inline]
    fn slice(&self, start: u32, len: u32) -> &str {
        let (text, start) =
            if start < DECODED { (&*self.source, start) } else { (&*self.decoded, start - DECODED) };
        &text[start as usize..][..len as usize]
    }

    fn node(&self, n: NodeId) -> &Node {
        &self.nodes[n as usize]
    }
}

/// The node, if it is one.
fn some(n: NodeId) -> Option<NodeId> {
    (n != NONE).then_some(n)
}
