//! Ordinary content, past html5ever's tree builder.
//!
//! Most tags of a page ask little of the tree builder: in the "in body" insertion mode, with no formatting element to
//! be made anew, they open an element below the current one, close one that was opened just before, or add text; in the
//! head they are metadata, scripts and styles; in `<svg>` they do not matter ([`super::drawing`]). That much is done here,
//! straight into the tree. Whatever asks for more is html5ever's: before it gets such a token, it is handed the end tags
//! of its own elements that were closed here, and the start tags of all that were opened here and still are
//! ([`Shortcut::hand_over`]), so that it stands where it would stand had it read everything.
//!
//! Every function that takes a tag gives up, with nothing changed, where it would have to look at elements that
//! html5ever opened further up than its current node, or where a formatting element would be closed by anything but its
//! own end tag. What it knows of html5ever's elements it asks for when the next start tag comes along
//! ([`Shortcut::begin`]).

use std::cell::RefCell;

use html5ever::interface::Tracer;
use html5ever::tree_builder::TreeBuilder;
use html5ever::{LocalName, local_name};

use super::NodeId;
use super::build::{Handle, ListId, Sink, Space, Tree, current};
use super::drawing::Drawing;
use super::kind::Kind;
use super::names::TagName;
use super::tokenizer::AttributeSpan;

/// What the open elements, up to one, mean for a tag to come.
#[derive(Debug, Clone, Copy, Default)]
struct Scope {
    /// Whether a `<p>` is in button scope.
    paragraph: bool,
    /// Whether a `<li>`, or a `<dt>` or `<dd>`, would be closed by another one.
    list_item: bool,
    definition: bool,
    /// Whether a `<button>` is in scope.
    button: bool,
}

impl Scope {
    /// The scope below an element, which is not [`Kind::Peculiar`].
    fn below(mut self, kind: Kind) -> Self {
        if kind.is_special() && !matches!(kind, Kind::Division | Kind::Paragraph) {
            self.list_item = kind == Kind::ListItem;
            self.definition = kind == Kind::Definition;
        }
        match kind {
            Kind::Paragraph => self.paragraph = true,
            Kind::Button => (self.paragraph, self.button) = (false, true),
            _ => {}
        }
        self
    }

    /// The scope below an element that is [`Kind::Peculiar`], unless that is not known.
    fn below_peculiar(self, name: &LocalName) -> Option<Self> {
        match *name {
            local_name!("applet")
            | local_name!("caption")
            | local_name!("html")
            | local_name!("marquee")
            | local_name!("object")
            | local_name!("table")
            | local_name!("td")
            | local_name!("th") => Some(Self::default()),
            local_name!("colgroup")
            | local_name!("listing")
            | local_name!("pre")
            | local_name!("tbody")
            | local_name!("tfoot")
            | local_name!("thead")
            | local_name!("tr") => Some(Self { list_item: false, definition: false, ..self }),
            _ => None,
        }
    }
}

/// What is known of the elements that html5ever has open.
struct Base {
    /// The current node.
    current: BaseElement,
    /// Those around it, outermost first.
    above: Vec<BaseElement>,
    /// Names of elements that were closed past it, innermost first.
    closed: Vec<LocalName>,
    /// How many are open, or are formatting elements it remembers, at most.
    count: usize,
}

/// An element that html5ever has open.
struct BaseElement {
    node: NodeId,
    name: LocalName,
    kind: Kind,
    /// The scope below it.
    scope: Scope,
}

impl Base {
    /// Closes the current node, if that is all that its end tag does.
    fn end_tag(&mut self, tag: &TagName) -> bool {
        let closes_alone = match tag.kind {
            Kind::Division
            | Kind::Block
            | Kind::Paragraph
            | Kind::Heading
            | Kind::ListItem
            | Kind::Definition
            | Kind::Button
            | Kind::Plain => self.current.name == tag.local,
            _ => false,
        };
        match self.above.pop_if(|above| closes_alone && above.kind.has_ordinary_content()) {
            Some(above) => {
                self.current = above;
                self.closed.push(tag.local.clone());
                true
            }
            None => false,
        }
    }
}

/// An element that was opened past the tree builder.
pub(super) struct Open {
    pub(super) node: NodeId,
    pub(super) name: LocalName,
    pub(super) attributes: ListId,
    pub(super) kind: Kind,
    /// The scope below it.
    scope: Scope,
}

/// What html5ever has not heard of yet, in its order.
#[derive(Default)]
pub(super) struct Arrears {
    /// Names of its own elements that are closed.
    pub(super) closed: Vec<LocalName>,
    /// Elements that are open, outermost first.
    pub(super) open: Vec<Open>,
    /// An `<svg>` below the last of them.
    pub(super) drawing: Option<Drawing>,
}

/// The way past the tree builder.
pub(super) struct Shortcut {
    /// Nothing if html5ever has read a token since.
    base: Option<Base>,
    open: Vec<Open>,
    /// An `<svg>` below the last of them.
    drawing: Option<Drawing>,
    /// Places in `open` of the formatting elements. They are all open, so that none is to be made anew.
    formatting: Vec<usize>,
    /// Names of the formatting elements that html5ever remembers.
    remembered: Vec<LocalName>,
    /// Open and remembered elements that it works with at most.
    max: usize,
    /// Tokens for which it is not asked again what is open, since that led to nothing: then asking costs little a token.
    wait: usize,
    /// Which of the two the page has, once that is certain: a flag that html5ever does not show.
    root: Option<Root>,
}

/// What a page's content stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Root {
    /// `<body>`; no `<frameset>` can take its place any more.
    Body,
    /// `<frameset>`, perhaps: all is html5ever's.
    Frameset,
}

/// Handles that html5ever seldom has more of.
const USUAL: usize = 64;

impl Shortcut {
    /// For a page with at most so many open elements.
    pub(super) fn new(depth: usize) -> Self {
        let (open, formatting, remembered) = (Vec::new(), Vec::new(), Vec::new());
        // Half of them: where the cap is near, html5ever's elements are counted, and with them all must be.
        Self { base: None, open, drawing: None, formatting, remembered, max: depth / 2, wait: 0, root: None }
    }

    /// Takes note of what the page has, unless that is certain.
    pub(super) fn settle(&mut self, root: Root) {
        self.root.get_or_insert(root);
    }

    /// Whether it is certain what the page has.
    pub(super) fn is_settled(&self) -> bool {
        self.root.is_some()
    }

    /// Looks at where html5ever stands, if it read a token since the last time and the next is text or the start tag
    /// of such an element. Gives the number of elements looked at.
    #[inline]
    pub(super) fn begin(&mut self, kind: Kind, builder: &TreeBuilder<Handle, Sink>) -> usize {
        if self.base.is_some() || kind == Kind::Peculiar || self.root == Some(Root::Frameset) {
            return 0;
        }
        if self.wait > 0 {
            self.wait -= 1;
            return 0;
        }
        match current(builder) {
            Some((node, Kind::Head)) => self.look(node, builder),
            Some((node, kind)) if self.root.is_some() && kind.has_ordinary_content() => {
                self.look(node, builder)
            }
            _ => 0,
        }
    }

    fn look(&mut self, current: NodeId, builder: &TreeBuilder<Handle, Sink>) -> usize {
        struct Handles(RefCell<Vec<Handle>>);
        impl Tracer for Handles {
            type Handle = Handle;
            fn trace_handle(&self, handle: &Handle) {
                self.0.borrow_mut().push(handle.clone());
            }
        }
        // The document, the open elements, the formatting elements, `<head>`, a form.
        let handles = Handles(RefCell::new(Vec::with_capacity(USUAL)));
        builder.trace_handles(&handles);
        let handles = handles.0.into_inner();
        self.base = self.base(current, &handles);
        if self.base.is_none() {
            self.wait = handles.len();
        }
        handles.len()
    }

    fn base(&mut self, current: NodeId, handles: &[Handle]) -> Option<Base> {
        if handles.len() > self.max {
            return None;
        }
        let end = handles.iter().position(|handle| handle.node == current)?;
        let (open, rest) = (&handles[1..=end], &handles[end + 1..]);
        let mut scope = Scope::default();
        let mut above = Vec::with_capacity(open.len());
        for handle in open {
            scope = match handle.kind {
                _ if handle.space != Space::Html => return None,
                Kind::Peculiar => scope.below_peculiar(&handle.name)?,
                kind => scope.below(kind),
            };
            let (node, name, kind) = (handle.node, handle.name.clone(), handle.kind);
            above.push(BaseElement { node, name, kind, scope });
        }
        self.remembered.clear();
        let mut last = None;
        for handle in rest {
            match handle.kind {
                Kind::Anchor | Kind::Formatting => {
                    self.remembered.push(handle.name.clone());
                    last = Some(handle.node);
                }
                Kind::Form | Kind::Head => {}
                _ => return None,
            }
        }
        // Where the last one is open, html5ever makes none anew.
        if last.is_some_and(|last| open.iter().all(|open| open.node != last)) {
            return None;
        }
        Some(Base { current: above.pop()?, above, closed: vec![], count: handles.len() })
    }

    /// The current node, unless only html5ever knows.
    #[inline]
    pub(super) fn current(&self) -> Option<NodeId> {
        let base = self.base.as_ref()?;
        Some(self.open.last().map_or(base.current.node, |open| open.node))
    }

    /// The element that text goes into, unless only html5ever knows: into the head goes white space alone.
    #[inline]
    pub(super) fn takes_text(&self, is_space: impl FnOnce() -> bool) -> Option<NodeId> {
        let current = self.current()?;
        let is_head =
            self.open.is_empty() && self.base.as_ref().is_some_and(|base| base.current.kind == Kind::Head);
        (!is_head || is_space()).then_some(current)
    }

    /// Whether what comes is inside of an `<svg>`, so that its text does not matter.
    #[inline]
    pub(super) fn is_drawing(&self) -> bool {
        self.drawing.is_some()
    }

    /// What was closed and opened, for html5ever to do so too. From here on it reads.
    pub(super) fn hand_over(&mut self) -> Arrears {
        let Some(base) = self.base.take() else { return Arrears::default() };
        self.formatting.clear();
        Arrears { closed: base.closed, open: std::mem::take(&mut self.open), drawing: self.drawing.take() }
    }

    /// Opens an element.
    #[inline]
    pub(super) fn start_tag(
        &mut self,
        tag: &TagName,
        attributes: &[AttributeSpan],
        self_closing: bool,
        tree: &mut Tree,
    ) -> bool {
        let all = self.open.len();
        if let (Some(drawing), Some(base)) = (&mut self.drawing, &self.base) {
            let count = base.count + 2 * all + drawing.inside.len();
            return count < self.max && drawing.start_tag(tag, self_closing);
        }
        let Some(len) = self.remaining(tag, all) else { return false };
        // Handed over, the tag may close nothing: what kept another element from being closed is perhaps no more.
        if len < all && self.remaining(tag, len) != Some(len) || !self.close(len) {
            return false;
        }
        let Some(current) = self.current() else { return false };
        let (kind, scope) = (tag.kind, self.scope(len).below(tag.kind));
        let attributes = tree.attributes.add(attributes);
        let node = tree.add_element(current, tag, attributes);
        match kind {
            Kind::Void | Kind::Rule | Kind::Metadata => return true,
            Kind::Svg => {
                self.drawing = (!self_closing).then(|| Drawing { node, inside: vec![] });
                return true;
            }
            Kind::Anchor | Kind::Formatting => self.formatting.push(self.open.len()),
            _ => {}
        }
        self.open.push(Open { node, name: tag.local.clone(), attributes, kind, scope });
        true
    }

    /// How many of the first `all` elements stay open when a start tag comes along.
    #[inline]
    fn remaining(&self, tag: &TagName, all: usize) -> Option<usize> {
        let base = self.base.as_ref()?;
        // A formatting element is remembered, too.
        if base.count + 2 * all >= self.max {
            return None;
        }
        match tag.kind {
            Kind::Metadata | Kind::Script | Kind::Raw => Some(all),
            _ if base.current.kind == Kind::Head => None,
            Kind::Division | Kind::Block | Kind::Paragraph | Kind::Rule => self.without_paragraph(all),
            Kind::Heading => {
                let len = self.without_paragraph(all)?;
                let current = if len == 0 { base.current.kind } else { self.open[len - 1].kind };
                match current {
                    Kind::Heading => len.checked_sub(1),
                    _ => Some(len),
                }
            }
            Kind::ListItem if self.scope(all).list_item => {
                self.without_paragraph(self.last(Kind::ListItem, all)?)
            }
            Kind::Definition if self.scope(all).definition => {
                self.without_paragraph(self.last(Kind::Definition, all)?)
            }
            Kind::ListItem | Kind::Definition => self.without_paragraph(all),
            Kind::Button => (!self.scope(all).button).then_some(all),
            Kind::Anchor => (self.formatting_count(&tag.local) == 0).then_some(all),
            // Of four that are the same, the first would be forgotten.
            Kind::Formatting => (self.formatting_count(&tag.local) < 3).then_some(all),
            Kind::Noscript | Kind::Plain | Kind::Void | Kind::Frame | Kind::Svg => Some(all),
            Kind::Head | Kind::Body | Kind::Form | Kind::Peculiar => None,
        }
    }

    /// Closes an element, or leaves out an end tag that closes none.
    #[inline]
    pub(super) fn end_tag(&mut self, tag: &TagName) -> bool {
        if let Some(drawing) = &mut self.drawing {
            let is_open = drawing.end_tag(tag);
            if is_open == Some(false) {
                self.drawing = None;
            }
            return is_open.is_some();
        }
        let all = self.open.len();
        if all == 0 && self.base.as_mut().is_some_and(|base| base.end_tag(tag)) {
            return true;
        }
        let len = match tag.kind {
            Kind::Division | Kind::Block | Kind::Button | Kind::Definition => self.last_named(&tag.local),
            Kind::Paragraph if !self.scope(all).paragraph => None,
            Kind::Paragraph | Kind::Heading => self.last(tag.kind, all),
            Kind::ListItem => {
                let stops = |open: &Open| {
                    matches!(open.name, local_name!("li") | local_name!("ol") | local_name!("ul"))
                };
                match self.open.iter().rposition(stops) {
                    Some(at) if self.open[at].kind != Kind::ListItem => return true,
                    found => found,
                }
            }
            Kind::Anchor | Kind::Formatting => self.last_formatting(&tag.local),
            // It opens one.
            Kind::Void if tag.local == local_name!("br") => None,
            Kind::Noscript
            | Kind::Plain
            | Kind::Void
            | Kind::Rule
            | Kind::Metadata
            | Kind::Script
            | Kind::Raw
            | Kind::Frame => {
                let stops = |open: &Open| open.name == tag.local || open.kind.is_special();
                match self.open.iter().rposition(stops) {
                    Some(at) if self.open[at].name != tag.local => return true,
                    found => found,
                }
            }
            Kind::Head | Kind::Body | Kind::Form | Kind::Svg | Kind::Peculiar => None,
        };
        len.is_some_and(|len| self.close(len))
    }

    /// The place of the formatting element that an end tag closes, if all that is to be done is to close it.
    fn last_formatting(&mut self, name: &LocalName) -> Option<usize> {
        let &at = self.formatting.last()?;
        let (element, above) = (&self.open[at], &self.open[at + 1..]);
        if element.name != *name || above.iter().any(|open| open.kind.is_special()) {
            return None;
        }
        self.formatting.pop();
        Some(at)
    }

    /// Leaves so many elements open, if no formatting element is among the others.
    #[inline]
    fn close(&mut self, len: usize) -> bool {
        if self.formatting.last().is_some_and(|&at| at >= len) {
            return false;
        }
        self.open.truncate(len);
        true
    }

    /// How many stay open of the first `len` when a paragraph in button scope is closed.
    #[inline]
    fn without_paragraph(&self, len: usize) -> Option<usize> {
        if !self.scope(len).paragraph {
            return Some(len);
        }
        self.last(Kind::Paragraph, len)
    }

    /// The place of the last of such elements among the first `len`.
    fn last(&self, kind: Kind, len: usize) -> Option<usize> {
        self.open[..len].iter().rposition(|open| open.kind == kind)
    }

    fn last_named(&self, name: &LocalName) -> Option<usize> {
        self.open.iter().rposition(|open| open.name == *name)
    }

    /// The scope below the first `len` elements.
    #[inline]
    fn scope(&self, len: usize) -> Scope {
        match len.checked_sub(1) {
            Some(last) => self.open[last].scope,
            None => self.base.as_ref().map_or(Scope::default(), |base| base.current.scope),
        }
    }

    /// How many formatting elements of this name are remembered.
    fn formatting_count(&self, name: &LocalName) -> usize {
        let open = self.formatting.iter().filter(|&&at| self.open[at].name == *name).count();
        open + self.remembered.iter().filter(|other| *other == name).count()
    }
}
