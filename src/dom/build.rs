//! The tree under construction: what html5ever's tree builder asks of its sink.
//!
//! Nothing is left out here, so that the tree is html5ever's own whatever the markup; what a reader has no use for is
//! dropped when the tree is frozen. Attributes stay spans of the source: they go past the tree builder, or through it
//! as one attribute that is a handle for all ([`AttributeLists::handle`]). Elements and texts of ordinary content get
//! here past the tree builder altogether (see [`super::shortcut`]).

use std::borrow::Cow;
use std::cell::{Cell, RefCell};

use html5ever::interface::{ElemName, ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::TokenSink;
use html5ever::tree_builder::TreeBuilder;
use html5ever::{Attribute, LocalName, Namespace, QualName, local_name, ns};

use super::kind::Kind;
use super::names::TagName;
use super::tag::tag_of;
use super::tokenizer::{AttributeSpan, Span};
use super::{NONE, NodeId, Tag};

/// Number of a list in [`AttributeLists`].
pub(super) type ListId = u32;

/// The list of an element without attributes.
pub(super) const EMPTY: ListId = 0;

/// What a node under construction holds.
#[derive(Clone, Copy)]
pub(super) enum Content {
    Document,
    Element {
        tag: Tag,
        space: Space,
        /// Index into [`Tree::names`] if the tag is [`Tag::Other`].
        name: u32,
        attributes: ListId,
    },
    /// Index into [`Tree::texts`].
    Text(u32),
    /// Text as it is in the source.
    Source(Span),
    /// A comment, or the contents of a template.
    Ignored,
}

/// A node under construction.
pub(super) struct Draft {
    pub(super) parent: NodeId,
    pub(super) first: NodeId,
    last: NodeId,
    prev: NodeId,
    pub(super) next: NodeId,
    pub(super) content: Content,
}

/// The namespaces elements can be in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Space {
    #[default]
    Html,
    Svg,
    MathMl,
}

impl Space {
    /// The namespace as html5ever names it.
    #[inline]
    pub(super) fn namespace(self) -> &'static Namespace {
        static NAMESPACES: [Namespace; 3] = [ns!(html), ns!(svg), ns!(mathml)];
        &NAMESPACES[self as usize]
    }
}

/// The attributes of all start tags, as spans of the source.
#[derive(Default)]
pub(super) struct AttributeLists {
    spans: Vec<AttributeSpan>,
    /// Where each list ends in `spans`, from the first after [`EMPTY`] on.
    ends: Vec<u32>,
}

impl AttributeLists {
    pub(super) fn add(&mut self, attributes: &[AttributeSpan]) -> ListId {
        if attributes.is_empty() {
            return EMPTY;
        }
        self.spans.extend_from_slice(attributes);
        self.ends.push(self.spans.len() as u32);
        self.ends.len() as ListId
    }

    pub(super) fn get(&self, list: ListId) -> &[AttributeSpan] {
        let end = |list: usize| list.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        let list = list as usize;
        &self.spans[end(list.saturating_sub(1))..end(list)]
    }

    /// One more than the highest number of a list.
    pub(super) fn len(&self) -> usize {
        self.ends.len() + 1
    }

    /// The attribute that stands for a list in the tree builder: without a name, its value two characters of 15 bits,
    /// which fit into a tendril without allocation.
    pub(super) fn handle(list: ListId) -> Attribute {
        let mut value = StrTendril::new();
        for bits in [list >> 15, list & 0x7FFF] {
            value.push_char(char::from_u32(HANDLE_BASE + bits).unwrap_or_default());
        }
        Attribute { name: QualName::new(None, ns!(), local_name!("")), value }
    }

    /// The list that stands behind the attributes of an element, if they come from a tag.
    fn behind(attributes: &[Attribute]) -> Option<ListId> {
        let handle = attributes.first()?;
        Some(handle.value.chars().fold(0, |list, c| list << 15 | (u32::from(c) - HANDLE_BASE)))
    }
}

/// Above the surrogates, with room for 15 bits.
const HANDLE_BASE: u32 = 0x1_0000;

/// All nodes and attributes of a page under construction.
#[derive(Default)]
pub(super) struct Tree {
    pub(super) drafts: Vec<Draft>,
    /// Texts that are not in the source as they are.
    pub(super) texts: Vec<StrTendril>,
    /// Names that no [`Tag`] has.
    pub(super) names: Vec<LocalName>,
    pub(super) attributes: AttributeLists,
    /// Lists of later `<html>` and `<body>` tags, whose attributes are added to the element.
    pub(super) added: Vec<(NodeId, ListId)>,
    /// Attributes laid ready for the element that the tree builder is about to make of a start tag of this name. (It
    /// may make others first, but none of the same name and without attributes.)
    pub(super) ready: Option<(LocalName, ListId)>,
}

impl Tree {
    /// Nodes or attributes for which room is kept at most.
    const MAX_KEPT: usize = 1 << 16;

    pub(super) fn clear(&mut self) {
        // What a huge page took is given back.
        if self.drafts.capacity() > Self::MAX_KEPT || self.attributes.spans.capacity() > Self::MAX_KEPT {
            *self = Self::default();
        }
        self.drafts.clear();
        self.texts.clear();
        self.names.clear();
        self.attributes.spans.clear();
        self.attributes.ends.clear();
        self.added.clear();
        self.ready = None;
    }

    /// What an element holds.
    #[inline]
    fn element(&mut self, name: &LocalName, tag: Tag, space: Space, attributes: ListId) -> Content {
        let number = self.names.len() as u32;
        if tag == Tag::Other {
            self.names.push(name.clone());
        }
        Content::Element { tag, space, name: number, attributes }
    }

    /// What a text holds that is not in the source.
    fn text(&mut self, text: StrTendril) -> Content {
        self.texts.push(text);
        Content::Text(self.texts.len() as u32 - 1)
    }

    #[inline]
    pub(super) fn push(&mut self, content: Content) -> NodeId {
        let n = self.drafts.len() as NodeId;
        self.drafts.push(Draft { parent: NONE, first: NONE, last: NONE, prev: NONE, next: NONE, content });
        n
    }

    #[inline]
    fn at(&mut self, n: NodeId) -> &mut Draft {
        &mut self.drafts[n as usize]
    }

    #[inline]
    fn append(&mut self, parent: NodeId, child: NodeId) {
        let last = std::mem::replace(&mut self.at(parent).last, child);
        if last == NONE {
            self.at(parent).first = child;
        } else {
            self.at(last).next = child;
        }
        let draft = self.at(child);
        (draft.parent, draft.prev, draft.next) = (parent, last, NONE);
    }

    fn insert_before(&mut self, sibling: NodeId, child: NodeId) {
        let parent = self.at(sibling).parent;
        let prev = std::mem::replace(&mut self.at(sibling).prev, child);
        if prev == NONE {
            self.at(parent).first = child;
        } else {
            self.at(prev).next = child;
        }
        let draft = self.at(child);
        (draft.parent, draft.prev, draft.next) = (parent, prev, sibling);
    }

    fn detach(&mut self, n: NodeId) {
        let draft = self.at(n);
        let (parent, prev, next) = (draft.parent, draft.prev, draft.next);
        if parent == NONE {
            return;
        }
        (draft.parent, draft.prev, draft.next) = (NONE, NONE, NONE);
        if prev == NONE {
            self.at(parent).first = next;
        } else {
            self.at(prev).next = next;
        }
        if next == NONE {
            self.at(parent).last = prev;
        } else {
            self.at(next).prev = prev;
        }
    }

    /// Adds an element of HTML, or `<svg>`, as the last child of another, past the tree builder.
    #[inline]
    pub(super) fn add_element(&mut self, parent: NodeId, tag: &TagName, attributes: ListId) -> NodeId {
        let (element, space) = match tag.kind {
            Kind::Svg => (Tag::Svg, Space::Svg),
            _ => (tag.tag, Space::Html),
        };
        let content = self.element(&tag.local, element, space, attributes);
        let node = self.push(content);
        self.append(parent, node);
        node
    }

    /// Adds text of the source at the end of an element, past the tree builder.
    #[inline]
    pub(super) fn add_text(&mut self, parent: NodeId, span: Span, source: &str) {
        match self.text_at_end(parent, source) {
            Some(text) => text.push_slice(span.of(source)),
            None => {
                let node = self.push(Content::Source(span));
                self.append(parent, node);
            }
        }
    }

    /// Adds a character at the end of an element, past the tree builder.
    pub(super) fn add_char(&mut self, parent: NodeId, char: char, source: &str) {
        match self.text_at_end(parent, source) {
            Some(text) => text.push_char(char),
            None => {
                let content = self.text(StrTendril::from_char(char));
                let node = self.push(content);
                self.append(parent, node);
            }
        }
    }

    /// The text at the end of an element, taken out of the source so that it can grow.
    #[inline]
    fn text_at_end(&mut self, parent: NodeId, source: &str) -> Option<&mut StrTendril> {
        let last = self.at(parent).last;
        if last == NONE {
            return None;
        }
        if let Content::Source(span) = self.at(last).content {
            self.at(last).content = self.text(StrTendril::from_slice(span.of(source)));
        }
        match self.at(last).content {
            Content::Text(text) => Some(&mut self.texts[text as usize]),
            _ => None,
        }
    }

    /// The text in a node of its own, unless the node `before` is text that it can be added to.
    #[inline]
    fn text_after(&mut self, before: NodeId, text: StrTendril) -> Option<NodeId> {
        if before != NONE
            && let Content::Text(old) = self.at(before).content
        {
            self.texts[old as usize].push_tendril(&text);
            return None;
        }
        let content = self.text(text);
        Some(self.push(content))
    }
}

/// What html5ever's tree builder writes into.
pub(super) struct Sink {
    pub(super) tree: RefCell<Tree>,
    /// The element that stands in the tree already, and is the next the tree builder makes; otherwise [`NONE`].
    existing: Cell<NodeId>,
    /// What the tree builder last asked the name of.
    asked: Cell<(NodeId, Kind)>,
}

/// A node as the tree builder knows it: it asks for names far more often than for anything else.
#[derive(Clone)]
pub(super) struct Handle {
    pub(super) node: NodeId,
    pub(super) kind: Kind,
    pub(super) space: Space,
    /// `<annotation-xml>` whose encoding says that there is HTML in it.
    integration_point: bool,
    pub(super) name: LocalName,
}

impl Handle {
    /// Whether it is an element that the tree builder compares with others of its kind.
    pub(super) fn is_formatting(&self) -> bool {
        self.kind == Kind::Formatting || self.name == local_name!("nobr")
    }
}

/// The current node of a tree builder and what it is, if it is an element of HTML.
pub(super) fn current(builder: &TreeBuilder<Handle, Sink>) -> Option<(NodeId, Kind)> {
    // Asking for its namespace, the tree builder asks for its name, and for no other.
    let is_foreign = builder.adjusted_current_node_present_but_not_in_html_namespace();
    (!is_foreign).then(|| builder.sink.asked.get())
}

/// The name of an element.
#[derive(Debug, Clone, Copy)]
pub(super) struct Name<'a> {
    space: Space,
    local: &'a LocalName,
}

impl ElemName for Name<'_> {
    #[inline]
    fn ns(&self) -> &Namespace {
        self.space.namespace()
    }

    #[inline]
    fn local_name(&self) -> &LocalName {
        self.local
    }
}

impl Sink {
    /// A sink over an empty tree.
    pub(super) fn new(mut tree: Tree) -> Self {
        tree.push(Content::Document);
        let asked = Cell::new((NONE, Kind::Peculiar));
        Self { tree: RefCell::new(tree), existing: Cell::new(NONE), asked }
    }

    /// Reads the start tag of an element that stands in the tree, so that it becomes one the tree builder has open.
    pub(super) fn with_existing<T>(&self, node: NodeId, read: impl FnOnce() -> T) -> T {
        self.existing.set(node);
        let result = read();
        self.existing.set(NONE);
        result
    }

    /// The handle of a node that is no element.
    fn nameless(node: NodeId) -> Handle {
        let (kind, space, name) = (Kind::Peculiar, Space::Html, local_name!(""));
        Handle { node, kind, space, integration_point: false, name }
    }
}

impl TreeSink for Sink {
    type Handle = Handle;
    type Output = Tree;
    type ElemName<'a> = Name<'a>;

    fn finish(self) -> Tree {
        self.tree.into_inner()
    }

    fn get_document(&self) -> Handle {
        Self::nameless(0)
    }

    #[inline]
    fn elem_name<'a>(&'a self, target: &'a Handle) -> Name<'a> {
        self.asked.set((target.node, target.kind));
        Name { space: target.space, local: &target.name }
    }

    #[inline]
    fn same_node(&self, x: &Handle, y: &Handle) -> bool {
        x.node == y.node
    }

    fn create_element(&self, name: QualName, attributes: Vec<Attribute>, flags: ElementFlags) -> Handle {
        let space = match name.ns {
            ns!(svg) => Space::Svg,
            ns!(mathml) => Space::MathMl,
            _ => Space::Html,
        };
        let tag = tag_of(&name.local, space);
        let kind = if space == Space::Html { Kind::of(tag, &name.local) } else { Kind::Peculiar };
        let integration_point = flags.mathml_annotation_xml_integration_point;
        let handle = |node| Handle { node, kind, space, integration_point, name: name.local.clone() };
        let existing = self.existing.get();
        if existing != NONE {
            return handle(existing);
        }
        let tree = &mut *self.tree.borrow_mut();
        let ready = tree.ready.as_ref().filter(|(tag, _)| *tag == name.local && attributes.is_empty());
        let attributes = ready.map(|&(_, list)| list).or_else(|| AttributeLists::behind(&attributes));
        let content = tree.element(&name.local, tag, space, attributes.unwrap_or(EMPTY));
        handle(tree.push(content))
    }

    fn create_comment(&self, _: StrTendril) -> Handle {
        Self::nameless(self.tree.borrow_mut().push(Content::Ignored))
    }

    fn create_pi(&self, _: StrTendril, data: StrTendril) -> Handle {
        self.create_comment(data)
    }

    #[inline]
    fn append(&self, parent: &Handle, child: NodeOrText<Handle>) {
        let tree = &mut *self.tree.borrow_mut();
        let child = match child {
            NodeOrText::AppendNode(child) if child.node == self.existing.get() => None,
            NodeOrText::AppendNode(child) => Some(child.node),
            NodeOrText::AppendText(text) => {
                let last = tree.at(parent.node).last;
                tree.text_after(last, text)
            }
        };
        if let Some(child) = child {
            tree.append(parent.node, child);
        }
    }

    fn append_before_sibling(&self, sibling: &Handle, child: NodeOrText<Handle>) {
        let tree = &mut *self.tree.borrow_mut();
        let child = match child {
            NodeOrText::AppendNode(child) => {
                tree.detach(child.node);
                Some(child.node)
            }
            NodeOrText::AppendText(text) => {
                let prev = tree.at(sibling.node).prev;
                tree.text_after(prev, text)
            }
        };
        if let Some(child) = child {
            tree.insert_before(sibling.node, child);
        }
    }

    fn append_based_on_parent_node(&self, element: &Handle, above: &Handle, child: NodeOrText<Handle>) {
        let has_parent = self.tree.borrow_mut().at(element.node).parent != NONE;
        if has_parent { self.append_before_sibling(element, child) } else { self.append(above, child) }
    }

    fn remove_from_parent(&self, target: &Handle) {
        self.tree.borrow_mut().detach(target.node);
    }

    fn reparent_children(&self, node: &Handle, parent: &Handle) {
        let tree = &mut *self.tree.borrow_mut();
        let mut child = tree.at(node.node).first;
        while child != NONE {
            let next = tree.at(child).next;
            tree.detach(child);
            tree.append(parent.node, child);
            child = next;
        }
    }

    /// The contents are a node of their own, the only child of the template.
    fn get_template_contents(&self, target: &Handle) -> Handle {
        let tree = &mut *self.tree.borrow_mut();
        let mut contents = tree.at(target.node).first;
        if contents == NONE {
            contents = tree.push(Content::Ignored);
            tree.append(target.node, contents);
        }
        Self::nameless(contents)
    }

    fn add_attrs_if_missing(&self, target: &Handle, attributes: Vec<Attribute>) {
        if let Some(list) = AttributeLists::behind(&attributes) {
            self.tree.borrow_mut().added.push((target.node, list));
        }
    }

    fn is_mathml_annotation_xml_integration_point(&self, handle: &Handle) -> bool {
        handle.integration_point
    }

    // The frozen tree has neither errors nor a doctype, and nobody asks for its mode.

    fn parse_error(&self, _: Cow<'static, str>) {}
    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}
    fn set_quirks_mode(&self, _: QuirksMode) {}
}
