//! html5ever's tree builder into a mutable tree, and that tree frozen into document order.

use std::borrow::Cow;
use std::cell::RefCell;

use html5ever::interface::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::{StrTendril, TendrilSink};
use html5ever::tree_builder::TreeBuilderOpts;
use html5ever::{Attribute, LocalName, ParseOpts, QualName, ns};
use rustc_hash::FxHashMap;

use super::names::Names;
use super::tag::HTML_TAGS;
use super::{Attr, Dom, Limits, NONE, Node, NodeId, Tag};

/// What a node under construction holds.
enum Content {
    Document,
    Element(Tag, QualName, Vec<Attribute>),
    Text(StrTendril),
    /// Comments, processing instructions and the contents of templates.
    Ignored,
}

/// A node under construction.
struct Draft {
    parent: NodeId,
    first: NodeId,
    last: NodeId,
    prev: NodeId,
    next: NodeId,
    content: Content,
}

#[derive(Default)]
struct Tree {
    drafts: Vec<Draft>,
}

impl Tree {
    fn push(&mut self, content: Content) -> NodeId {
        let n = self.drafts.len() as NodeId;
        self.drafts.push(Draft { parent: NONE, first: NONE, last: NONE, prev: NONE, next: NONE, content });
        n
    }

    fn at(&mut self, n: NodeId) -> &mut Draft {
        &mut self.drafts[n as usize]
    }

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

    /// Adds to the text node `n`, if it is one.
    fn extend_text(&mut self, n: NodeId, text: &StrTendril) -> bool {
        if n == NONE {
            return false;
        }
        match &mut self.at(n).content {
            Content::Text(old) => {
                old.push_tendril(text);
                true
            }
            _ => false,
        }
    }
}

struct Sink {
    tree: RefCell<Tree>,
    names: elem::Names,
}

/// Names of elements: the tree builder asks for them by reference.
mod elem {
    use super::*;

    #[derive(Default)]
    pub(super) struct Names {
        tags: FxHashMap<LocalName, Tag>,
    }

    impl Names {
        pub(super) fn new() -> Self {
            Self { tags: HTML_TAGS.iter().map(|&(tag, name)| (LocalName::from(name), tag)).collect() }
        }

        pub(super) fn tag(&self, name: &QualName) -> Tag {
            match name.ns {
                ns!(html) => self.tags.get(&name.local).copied().unwrap_or(Tag::Other),
                ns!(svg) if &*name.local == "svg" => Tag::Svg,
                ns!(mathml) if &*name.local == "math" => Tag::Math,
                _ => Tag::Other,
            }
        }
    }
}

#[derive(Clone)]
struct Handle(NodeId, std::rc::Rc<QualName>);

impl TreeSink for Sink {
    type Handle = Handle;
    type Output = Tree;
    type ElemName<'a> = &'a QualName;

    fn finish(self) -> Tree {
        self.tree.into_inner()
    }
    fn parse_error(&self, _: Cow<'static, str>) {}
    fn get_document(&self) -> Handle {
        Handle(0, std::rc::Rc::new(QualName::new(None, ns!(), LocalName::from(""))))
    }
    fn elem_name<'a>(&'a self, target: &'a Handle) -> &'a QualName {
        &target.1
    }
    fn create_element(&self, name: QualName, attrs: Vec<Attribute>, _: ElementFlags) -> Handle {
        let rc = std::rc::Rc::new(name.clone());
        let tag = self.names.tag(&name);
        Handle(self.tree.borrow_mut().push(Content::Element(tag, name, attrs)), rc)
    }
    fn create_comment(&self, _: StrTendril) -> Handle {
        Handle(self.tree.borrow_mut().push(Content::Ignored), self.get_document().1)
    }
    fn create_pi(&self, _: StrTendril, _: StrTendril) -> Handle {
        self.create_comment(StrTendril::new())
    }
    fn append(&self, parent: &Handle, child: NodeOrText<Handle>) {
        let tree = &mut *self.tree.borrow_mut();
        match child {
            NodeOrText::AppendNode(node) => tree.append(parent.0, node.0),
            NodeOrText::AppendText(text) => {
                let last = tree.at(parent.0).last;
                if !tree.extend_text(last, &text) {
                    let node = tree.push(Content::Text(text));
                    tree.append(parent.0, node);
                }
            }
        }
    }
    fn append_based_on_parent_node(&self, element: &Handle, above: &Handle, child: NodeOrText<Handle>) {
        let orphan = self.tree.borrow_mut().at(element.0).parent == NONE;
        if orphan { self.append(above, child) } else { self.append_before_sibling(element, child) }
    }
    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}
    fn get_template_contents(&self, target: &Handle) -> Handle {
        let tree = &mut *self.tree.borrow_mut();
        let found = match tree.at(target.0).content {
            Content::Element(..) => tree.at(target.0).last,
            _ => NONE,
        };
        let contents = if found == NONE {
            let contents = tree.push(Content::Ignored);
            tree.append(target.0, contents);
            contents
        } else {
            found
        };
        Handle(contents, target.1.clone())
    }
    fn same_node(&self, x: &Handle, y: &Handle) -> bool {
        x.0 == y.0
    }
    fn set_quirks_mode(&self, _: QuirksMode) {}
    fn append_before_sibling(&self, sibling: &Handle, child: NodeOrText<Handle>) {
        let tree = &mut *self.tree.borrow_mut();
        match child {
            NodeOrText::AppendNode(node) => {
                tree.detach(node.0);
                tree.insert_before(sibling.0, node.0);
            }
            NodeOrText::AppendText(text) => {
                let prev = tree.at(sibling.0).prev;
                if !tree.extend_text(prev, &text) {
                    let node = tree.push(Content::Text(text));
                    tree.insert_before(sibling.0, node);
                }
            }
        }
    }
    fn add_attrs_if_missing(&self, target: &Handle, new: Vec<Attribute>) {
        if let Content::Element(_, _, attrs) = &mut self.tree.borrow_mut().at(target.0).content {
            for attr in new {
                if !attrs.iter().any(|old| old.name == attr.name) {
                    attrs.push(attr);
                }
            }
        }
    }
    fn remove_from_parent(&self, target: &Handle) {
        self.tree.borrow_mut().detach(target.0);
    }
    fn reparent_children(&self, node: &Handle, parent: &Handle) {
        let tree = &mut *self.tree.borrow_mut();
        let mut child = tree.at(node.0).first;
        while child != NONE {
            let next = tree.at(child).next;
            tree.detach(child);
            tree.append(parent.0, child);
            child = next;
        }
    }
}

pub(super) fn parse(html: &str, limits: &Limits) -> Dom {
    let cut = html.floor_char_boundary(limits.bytes);
    let mut tree = Tree::default();
    tree.push(Content::Document);
    let sink = Sink { tree: RefCell::new(tree), names: elem::Names::new() };
    let opts = ParseOpts {
        tree_builder: TreeBuilderOpts { scripting_enabled: false, ..TreeBuilderOpts::default() },
        ..ParseOpts::default()
    };
    let tree = html5ever::parse_document(sink, opts).one(&html[..cut]);
    freeze(&tree, cut < html.len(), limits)
}

fn freeze(tree: &Tree, truncated: bool, limits: &Limits) -> Dom {
    let mut dom =
        Dom { nodes: vec![], attrs: vec![], text: String::new(), names: Names::default(), truncated };
    // Draft to visit next, and the frozen node it hangs from.
    let mut draft = 0;
    let mut parent = NONE;
    let mut prev = NONE;
    loop {
        let now = &tree.drafts[draft as usize];
        let id = dom.nodes.len() as NodeId;
        let mut inside = false;
        let mut node =
            Node { tag: Tag::Document, foreign: false, parent, prev, end: id + 1, name: 0, start: 0, len: 0 };
        let keep = id < limits.nodes.max(1) as NodeId
            && match &now.content {
                Content::Document => {
                    inside = true;
                    true
                }
                Content::Text(text) => {
                    node.tag = Tag::Text;
                    (node.start, node.len) = put(&mut dom.text, text);
                    let silent = parent != NONE && drops_text(&dom, parent);
                    !silent
                }
                Content::Element(tag, name, attrs) => {
                    node.tag = *tag;
                    if *tag == Tag::Other {
                        node.foreign = name.ns == ns!(mathml);
                        node.name = dom.names.intern(&name.local);
                    }
                    node.start = dom.attrs.len() as u32;
                    for attr in attrs.iter().take(limits.attributes) {
                        let full = match &attr.name.prefix {
                            Some(prefix) => dom.names.intern(&format!("{prefix}:{}", attr.name.local)),
                            None => dom.names.intern(&attr.name.local),
                        };
                        let (start, len) = put(&mut dom.text, &attr.value);
                        dom.attrs.push(Attr { name: full, start, len });
                        node.len += 1;
                    }
                    inside = !matches!(tag, Tag::Svg | Tag::Template);
                    true
                }
                Content::Ignored => false,
            };
        if keep {
            dom.nodes.push(node);
            prev = id;
        }
        if keep && inside && now.first != NONE {
            (parent, prev) = (id, NONE);
            draft = now.first;
            continue;
        }
        // On to the next sibling, here or further up.
        let mut at = draft;
        loop {
            let next = tree.drafts[at as usize].next;
            if next != NONE {
                draft = next;
                break;
            }
            if parent == NONE || tree.drafts[at as usize].parent == NONE {
                let end = dom.nodes.len() as NodeId;
                dom.nodes[0].end = end;
                return dom;
            }
            at = tree.drafts[at as usize].parent;
            let end = dom.nodes.len() as NodeId;
            let up = &mut dom.nodes[parent as usize];
            up.end = end;
            prev = parent;
            parent = up.parent;
        }
    }
}

fn put(text: &mut String, new: &str) -> (u32, u32) {
    let start = text.len() as u32;
    text.push_str(new);
    (start, new.len() as u32)
}

/// Whether text below this element is not kept.
fn drops_text(dom: &Dom, n: NodeId) -> bool {
    match dom.tag(n) {
        Tag::Style | Tag::Iframe | Tag::Noembed | Tag::Noframes => true,
        Tag::Script => !dom
            .attr(n, "type")
            .is_some_and(|kind| kind.trim_ascii().eq_ignore_ascii_case("application/ld+json")),
        _ => false,
    }
}
