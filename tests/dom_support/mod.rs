//! html5ever's own tree of a page, written down line by line as ours is, so that the two can be compared.
//!
//! The tree comes from html5ever's own tokenizer and tree builder into a sink that is as plain as can be. What
//! `copydesk::dom` says it leaves out is left out here as well, by rules that look at the finished tree only.

use std::borrow::Cow;
use std::cell::RefCell;

use copydesk::dom::{Dom, Limits, NodeId, Tag};
use html5ever::TokenizerResult;
use html5ever::buffer_queue::BufferQueue;
use html5ever::interface::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{Tokenizer, TokenizerOpts};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts};
use html5ever::{Attribute, QualName, local_name, ns};

/// A node of html5ever's tree.
struct Node {
    parent: Option<usize>,
    children: Vec<usize>,
    data: Data,
}

enum Data {
    Other,
    Element { name: QualName, attrs: Vec<Attribute>, html_inside: bool },
    Text(String),
}

/// html5ever's tree.
pub(crate) struct Reference {
    nodes: RefCell<Vec<Node>>,
    nobody: QualName,
}

impl Reference {
    /// Parses a page with html5ever alone, scripting off.
    pub(crate) fn parse(html: &str) -> Self {
        let nobody = QualName::new(None, ns!(), local_name!(""));
        let sink = Self { nodes: RefCell::default(), nobody };
        sink.push(Data::Other);
        let opts = TreeBuilderOpts { scripting_enabled: false, ..TreeBuilderOpts::default() };
        // html5ever takes a byte order mark away after every script, too: a mistake we do not share.
        let opts = (TokenizerOpts { discard_bom: false, ..TokenizerOpts::default() }, opts);
        let tokenizer = Tokenizer::new(TreeBuilder::new(sink, opts.1), opts.0);
        let queue = BufferQueue::default();
        queue.push_back(StrTendril::from_slice(html.strip_prefix('\u{FEFF}').unwrap_or(html)));
        while !matches!(tokenizer.feed(&queue), TokenizerResult::Done) {}
        tokenizer.end();
        tokenizer.sink.sink
    }

    fn push(&self, data: Data) -> usize {
        let mut nodes = self.nodes.borrow_mut();
        nodes.push(Node { parent: None, children: vec![], data });
        nodes.len() - 1
    }

    fn insert(&self, parent: usize, before: Option<usize>, child: NodeOrText<Handle>) {
        let child = match child {
            NodeOrText::AppendNode(child) => {
                self.detach(child.0);
                child.0
            }
            NodeOrText::AppendText(text) => {
                let mut nodes = self.nodes.borrow_mut();
                let at = place(&nodes, parent, before);
                let prev = at.checked_sub(1).map(|at| nodes[parent].children[at]);
                if let Some(Data::Text(old)) = prev.map(|prev| &mut nodes[prev].data) {
                    old.push_str(&text);
                    return;
                }
                drop(nodes);
                self.push(Data::Text(text.to_string()))
            }
        };
        let mut nodes = self.nodes.borrow_mut();
        let at = place(&nodes, parent, before);
        nodes[parent].children.insert(at, child);
        nodes[child].parent = Some(parent);
    }

    fn detach(&self, node: usize) {
        let mut nodes = self.nodes.borrow_mut();
        if let Some(parent) = nodes[node].parent.take() {
            nodes[parent].children.retain(|&child| child != node);
        }
    }

    fn parent(&self, node: usize) -> Option<usize> {
        self.nodes.borrow()[node].parent
    }

    /// The tree, a line for each start, text and end.
    pub(crate) fn lines(&self) -> Vec<String> {
        let nodes = self.nodes.borrow();
        let mut lines = Lines::default();
        // Nodes to visit, and elements to close.
        let mut stack = vec![(0, false)];
        while let Some((n, close)) = stack.pop() {
            if close {
                lines.end();
                continue;
            }
            match &nodes[n].data {
                Data::Other if n != 0 => continue,
                Data::Other => {}
                Data::Text(text) => {
                    let parent = nodes[n].parent.map(|parent| &nodes[parent].data);
                    if !parent.is_some_and(is_silent) {
                        lines.text(text);
                    }
                }
                Data::Element { name, attrs, .. } => {
                    let space = if name.ns == ns!(html) { "" } else { "foreign " };
                    let attrs = attrs.iter().map(|attr| {
                        let prefix = attr.name.prefix.as_ref().filter(|prefix| !prefix.is_empty());
                        let prefix = prefix.map(|prefix| format!("{prefix}:")).unwrap_or_default();
                        (format!("{prefix}{}", attr.name.local).to_ascii_lowercase(), attr.value.to_string())
                    });
                    lines.start(&format!("{space}{}", name.local), attrs.collect());
                    stack.push((n, true));
                    if *name.local == *"svg" && name.ns == ns!(svg)
                        || *name.local == *"template" && name.ns == ns!(html)
                    {
                        continue;
                    }
                }
            }
            stack.extend(nodes[n].children.iter().rev().map(|&child| (child, false)));
        }
        lines.0
    }
}

fn place(nodes: &[Node], parent: usize, before: Option<usize>) -> usize {
    let children = &nodes[parent].children;
    // Most often it is the last child or near to it.
    before.and_then(|before| children.iter().rposition(|&child| child == before)).unwrap_or(children.len())
}

fn is_silent(parent: &Data) -> bool {
    let Data::Element { name, attrs, .. } = parent else { return false };
    if name.ns != ns!(html) {
        return false;
    }
    match &*name.local {
        "style" | "iframe" | "noembed" | "noframes" => true,
        "script" => {
            let kind = attrs.iter().find(|attr| *attr.name.local == *"type");
            !kind.is_some_and(|kind| kind.value.trim_ascii().eq_ignore_ascii_case("application/ld+json"))
        }
        _ => false,
    }
}

#[derive(Clone)]
pub(crate) struct Handle(usize, QualName);

impl TreeSink for Reference {
    type Handle = Handle;
    type Output = Self;
    type ElemName<'a> = &'a QualName;

    fn finish(self) -> Self {
        self
    }
    fn get_document(&self) -> Handle {
        Handle(0, self.nobody.clone())
    }
    fn elem_name<'a>(&'a self, target: &'a Handle) -> &'a QualName {
        &target.1
    }
    fn same_node(&self, x: &Handle, y: &Handle) -> bool {
        x.0 == y.0
    }
    fn create_element(&self, name: QualName, attrs: Vec<Attribute>, flags: ElementFlags) -> Handle {
        let html_inside = flags.mathml_annotation_xml_integration_point;
        Handle(self.push(Data::Element { name: name.clone(), attrs, html_inside }), name)
    }
    fn create_comment(&self, _: StrTendril) -> Handle {
        Handle(self.push(Data::Other), self.nobody.clone())
    }
    fn create_pi(&self, _: StrTendril, data: StrTendril) -> Handle {
        self.create_comment(data)
    }
    fn append(&self, parent: &Handle, child: NodeOrText<Handle>) {
        self.insert(parent.0, None, child);
    }
    fn append_before_sibling(&self, sibling: &Handle, child: NodeOrText<Handle>) {
        let parent = self.parent(sibling.0).expect("the tree builder promises a parent");
        self.insert(parent, Some(sibling.0), child);
    }
    fn append_based_on_parent_node(&self, element: &Handle, above: &Handle, child: NodeOrText<Handle>) {
        match self.parent(element.0) {
            Some(parent) => self.insert(parent, Some(element.0), child),
            None => self.insert(above.0, None, child),
        }
    }
    fn remove_from_parent(&self, target: &Handle) {
        self.detach(target.0);
    }
    fn reparent_children(&self, node: &Handle, parent: &Handle) {
        let children = std::mem::take(&mut self.nodes.borrow_mut()[node.0].children);
        for child in children {
            self.nodes.borrow_mut()[child].parent = Some(parent.0);
            self.nodes.borrow_mut()[parent.0].children.push(child);
        }
    }
    fn get_template_contents(&self, target: &Handle) -> Handle {
        target.clone()
    }
    fn add_attrs_if_missing(&self, target: &Handle, new: Vec<Attribute>) {
        if let Data::Element { attrs, .. } = &mut self.nodes.borrow_mut()[target.0].data {
            for attr in new {
                if !attrs.iter().any(|old| old.name == attr.name) {
                    attrs.push(attr);
                }
            }
        }
    }
    fn is_mathml_annotation_xml_integration_point(&self, handle: &Handle) -> bool {
        matches!(self.nodes.borrow()[handle.0].data, Data::Element { html_inside: true, .. })
    }
    fn parse_error(&self, _: Cow<'static, str>) {}
    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}
    fn set_quirks_mode(&self, _: QuirksMode) {}
}

/// A tree written down.
#[derive(Default)]
struct Lines(Vec<String>);

impl Lines {
    fn start(&mut self, name: &str, mut attrs: Vec<(String, String)>) {
        attrs.sort();
        let attrs: String = attrs.iter().map(|(name, value)| format!(" {name}={value:?}")).collect();
        self.0.push(format!("<{name}{attrs}>"));
    }

    fn end(&mut self) {
        self.0.push("</>".to_owned());
    }

    /// Texts with nothing left between them are one text.
    fn text(&mut self, text: &str) {
        match self.0.last_mut() {
            Some(last) if last.starts_with('"') => last.push_str(text),
            _ => self.0.push(format!("\"{text}")),
        }
    }
}

/// Our tree, written down as [`Reference::lines`] does it.
pub(crate) fn lines(dom: &Dom<'_>) -> Vec<String> {
    let mut lines = Lines::default();
    let mut open: Vec<NodeId> = vec![];
    for n in 1..dom.len() {
        while open.last().is_some_and(|&above| dom.end(above) <= n) {
            open.pop();
            lines.end();
        }
        assert_eq!(dom.parent(n), Some(open.last().copied().unwrap_or(0)), "parent of node {n}");
        if dom.tag(n) == Tag::Text {
            assert!(dom.prev_sibling(n).is_none_or(|prev| dom.tag(prev) != Tag::Text), "two texts in a row");
            lines.text(dom.text(n));
        } else {
            let space = if dom.is_foreign(n) { "foreign " } else { "" };
            let attrs = dom.attrs(n).map(|(name, value)| (name.to_owned(), value.to_owned()));
            lines.start(&format!("{space}{}", dom.name(n)), attrs.collect());
            open.push(n);
        }
    }
    open.iter().for_each(|_| lines.end());
    lines.0
}

/// Parses a page both ways and says where the trees part, if they do.
pub(crate) fn difference(html: &str) -> Option<String> {
    let limits = Limits { bytes: usize::MAX, nodes: usize::MAX, depth: usize::MAX, attributes: usize::MAX };
    let ours = lines(&Dom::parse(html, &limits));
    let theirs = Reference::parse(html).lines();
    let at = (0..ours.len().max(theirs.len())).find(|&at| ours.get(at) != theirs.get(at))?;
    let around = |lines: &[String]| {
        let from = at.saturating_sub(3).min(lines.len());
        lines[from..(at + 2).min(lines.len())].join("\n    ")
    };
    Some(format!("line {at}\n  ours:\n    {}\n  html5ever's:\n    {}", around(&ours), around(&theirs)))
}
