//! The blocks of a page: one walk over its tree, in document order, without recursion.

use std::cell::RefCell;
use std::hash::Hasher;

use rustc_hash::FxHasher;

use crate::ascii::{CHUNK, spaces_of_plain};
use crate::block::Form;
use crate::blocks::tokens::{Evidence, Lexicon, Meaning};
use crate::blocks::{Draft, Drafts, MAX_BLOCKS, Within};
use crate::dom::{AttrName, Dom, NodeId, Tag};
use crate::label::Kind;
use crate::recent::Recent;

/// Where a link leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Target {
    /// To a place on the page.
    Anchor,
    /// To the page's own site.
    Own,
    /// To another host.
    Foreign,
}

/// Where a link on a page of `host` leads.
fn target(href: &str, host: &str) -> Target {
    let href = href.trim_start();
    if href.starts_with('#') {
        return Target::Anchor;
    }
    match host_of(href) {
        Some(other) if other != host => Target::Foreign,
        _ => Target::Own,
    }
}

/// The host of an address, without `www.`.
fn host_of(address: &str) -> Option<&str> {
    // A relative address may hold another one further on.
    let (_, rest) = address.split_once("//").filter(|(scheme, _)| !scheme.contains(['/', '?', '#']))?;
    let host = rest.split(['/', ':', '?', '#']).next().unwrap_or_default();
    Some(host.strip_prefix("www.").unwrap_or(host))
}

/// What an open element hands down to its children.
#[derive(Debug, Clone, Copy)]
struct Frame {
    end: NodeId,
    owner: NodeId,
    depth: u16,
    signature: u32,
    form: Form,
    within: Within,
    tokens: Evidence,
    hint: Option<Kind>,
    link: Option<Target>,
    bold: bool,
    italic: bool,
    block: bool,
}

/// The block that is being written.
#[derive(Debug, Clone, Copy)]
struct Open {
    start: usize,
    node: NodeId,
    frame: Frame,
    chars: u32,
    link_chars: u32,
    bold_chars: u32,
    italic_chars: u32,
    anchor_chars: u32,
    foreign_chars: u32,
    cells: u32,
}

/// Makes the blocks of a page. Text of scripts, styles, menus of choice and embedded documents is no
/// block; everything else that a browser could show is. `address` tells the page's own links from others.
///
/// The elements `apart`, in document order, share no block with what is around them: where one stands inside a
/// line, its text is a block after the line's.
#[must_use]
pub fn from_dom(dom: &Dom, lexicon: &Lexicon, address: Option<&str>, apart: &[NodeId]) -> Drafts {
    let host = address.and_then(host_of).unwrap_or_default();
    let meanings = RefCell::new(Recent::new());
    let page = Page { dom, lexicon, meanings, telling: Telling::of(dom), host };
    let mut walk = Walk::default();
    let outermost = Frame {
        end: dom.len(),
        owner: 0,
        depth: 0,
        signature: 0,
        form: Form::Paragraph,
        within: Within::default(),
        tokens: Evidence::default(),
        hint: None,
        link: None,
        bold: false,
        italic: false,
        block: true,
    };
    let read = walk.read(&page, outermost, 1, apart);
    walk.drafts.truncated = read < dom.len();
    walk.drafts.indexed(dom.len())
}

/// A page and what is needed to understand its elements.
struct Page<'a> {
    dom: &'a Dom,
    lexicon: &'a Lexicon,
    /// What the class and id values seen last mean.
    meanings: RefCell<Recent<'a, Meaning>>,
    telling: Telling,
    host: &'a str,
}

impl Page<'_> {
    /// Whether an element begins no line of its own, and none inside of it does.
    fn is_inline(&self, node: NodeId) -> bool {
        (node..self.dom.end(node))
            .all(|inner| !is_block(self.dom.tag(inner)) && self.dom.tag(inner) != Tag::Hr)
    }
}

/// Elements whose text no reader sees as text.
fn is_skipped(tag: Tag) -> bool {
    matches!(
        tag,
        Tag::Head
            | Tag::Script
            | Tag::Style
            | Tag::Template
            | Tag::Svg
            | Tag::Iframe
            | Tag::Object
            | Tag::Select
            | Tag::Textarea
            | Tag::Datalist
            | Tag::Audio
            | Tag::Video
            | Tag::Canvas
            | Tag::Map
    )
}

/// Elements that begin a line of their own.
fn is_block(tag: Tag) -> bool {
    matches!(
        tag,
        Tag::P
            | Tag::Div
            | Tag::Section
            | Tag::Article
            | Tag::Main
            | Tag::Aside
            | Tag::Nav
            | Tag::Header
            | Tag::Footer
            | Tag::H1
            | Tag::H2
            | Tag::H3
            | Tag::H4
            | Tag::H5
            | Tag::H6
            | Tag::Hgroup
            | Tag::Ul
            | Tag::Ol
            | Tag::Li
            | Tag::Menu
            | Tag::Dl
            | Tag::Dt
            | Tag::Dd
            | Tag::Blockquote
            | Tag::Pre
            | Tag::Table
            | Tag::Thead
            | Tag::Tbody
            | Tag::Tfoot
            | Tag::Tr
            | Tag::Caption
            | Tag::Figure
            | Tag::Figcaption
            | Tag::Form
            | Tag::Fieldset
            | Tag::Legend
            | Tag::Address
            | Tag::Details
            | Tag::Summary
            | Tag::Dialog
            | Tag::Body
            | Tag::Html
            | Tag::Center
            | Tag::Noscript
            | Tag::Button
            | Tag::Option
            | Tag::Search
    )
}

fn enter(page: &Page<'_>, node: NodeId, tag: Tag, outer: Frame) -> Frame {
    let Page { dom, lexicon, meanings, telling, host } = page;
    let mut frame = outer;
    frame.end = dom.end(node);
    frame.block = is_block(tag);
    let class = dom.attr(node, "class").unwrap_or_default();
    if frame.block {
        frame.owner = node;
        frame.depth = outer.depth.saturating_add(1);
        frame.signature = sign(outer.signature, tag, class);
        frame.form = form(tag, outer.form);
    }
    match tag {
        Tag::A => frame.link = Some(target(dom.attr(node, "href").unwrap_or_default(), host)),
        Tag::B | Tag::Strong => frame.bold = true,
        Tag::I | Tag::Em | Tag::Cite => frame.italic = true,
        // Their tokens speak of the whole page ("has-sidebar", "single-post").
        Tag::Html | Tag::Body => return frame,
        _ => {}
    }
    frame.within = outer.within.and(surroundings(dom, node, tag, outer.within, telling));
    if let Some(kind) = named_by_element(tag) {
        frame.hint = Some(kind);
    }
    let mut weight = 0;
    for value in [class, dom.attr(node, "id").unwrap_or_default()] {
        if !value.is_empty() {
            let meaning = meanings.borrow_mut().get(value, |value| lexicon.read(value));
            frame.hint = meaning.kind.or(frame.hint);
            if meaning.weight.abs() > i16::abs(weight) {
                weight = meaning.weight;
            }
        }
    }
    if weight != 0 {
        let tokens = &mut frame.tokens;
        tokens.nearest = weight;
        tokens.lowest = tokens.lowest.min(weight);
        tokens.highest = tokens.highest.max(weight);
        tokens.sum = tokens.sum.saturating_add(weight);
    }
    frame
}

/// The form of a block in this element, inside one of the form `outer`.
fn form(tag: Tag, outer: Form) -> Form {
    match tag {
        Tag::H1 => Form::Heading(1),
        Tag::H2 => Form::Heading(2),
        Tag::H3 => Form::Heading(3),
        Tag::H4 => Form::Heading(4),
        Tag::H5 => Form::Heading(5),
        Tag::H6 => Form::Heading(6),
        Tag::Li | Tag::Dt | Tag::Dd => Form::ListItem,
        Tag::Blockquote => Form::Quote,
        Tag::Pre => Form::Preformatted,
        Tag::Tr => Form::TableRow,
        Tag::Figcaption | Tag::Caption => Form::Caption,
        Tag::Table | Tag::Ul | Tag::Ol | Tag::Dl | Tag::Article | Tag::Section | Tag::Main => Form::Paragraph,
        _ if outer == Form::TableRow => Form::Paragraph,
        _ => outer,
    }
}

/// Attributes that say something about where a block stands.
const TELLING: [&str; 7] = ["hidden", "aria-hidden", "style", "itemprop", "property", "rel", "role"];

/// The names of [`TELLING`] in a page.
struct Telling([Option<AttrName>; TELLING.len()]);

impl Telling {
    fn of(dom: &Dom) -> Self {
        Self(TELLING.map(|name| dom.attr_name(name)))
    }
}

/// What this element adds to where its blocks stand.
fn surroundings(dom: &Dom, node: NodeId, tag: Tag, outer: Within, telling: &Telling) -> Within {
    let mut within = match tag {
        Tag::Nav | Tag::Menu => Within::NAV,
        Tag::Footer => Within::FOOTER,
        Tag::Header => Within::HEADER,
        Tag::Aside => Within::ASIDE,
        Tag::Article if outer.has(Within::ARTICLE) => Within::NESTED_ARTICLE,
        Tag::Article => Within::ARTICLE,
        Tag::Main => Within::MAIN,
        Tag::Figure => Within::FIGURE,
        Tag::Form => Within::FORM,
        Tag::Button | Tag::Label | Tag::Option => Within::CONTROL,
        Tag::Ul | Tag::Ol | Tag::Dl => Within::LIST,
        Tag::Table => Within::TABLE,
        Tag::Blockquote => Within::QUOTE,
        Tag::Noscript => Within::NOSCRIPT,
        Tag::Address | Tag::Time => Within::CREDIT,
        Tag::Dialog | Tag::Details => Within::DIALOG,
        _ => Within::default(),
    };
    for (name, value) in dom.attrs_by_name(node) {
        let Some(name) = telling.0.iter().position(|telling| *telling == Some(name)) else { continue };
        let more = match TELLING[name] {
            "hidden" => Within::HIDDEN,
            "aria-hidden" if value == "true" => Within::HIDDEN,
            "style" if hides(value) => Within::HIDDEN,
            "itemprop" if value.eq_ignore_ascii_case("articleBody") => Within::ARTICLE_BODY,
            "property" if value.ends_with("articleBody") => Within::ARTICLE_BODY,
            "rel" if value == "author" => Within::CREDIT,
            "role" => match value {
                "navigation" | "menu" | "menubar" | "search" => Within::NAV,
                "contentinfo" => Within::FOOTER,
                "banner" => Within::HEADER,
                "complementary" => Within::ASIDE,
                "main" => Within::MAIN,
                "dialog" | "alertdialog" | "alert" => Within::DIALOG,
                _ => continue,
            },
            _ => continue,
        };
        within = within.and(more);
    }
    within
}

fn hides(style: &str) -> bool {
    let mut declarations = style.split(';').filter_map(|declaration| declaration.split_once(':'));
    declarations.any(|(property, value)| {
        property.trim().eq_ignore_ascii_case("display") && value.trim_start().starts_with("none")
    })
}

fn named_by_element(tag: Tag) -> Option<Kind> {
    Some(match tag {
        Tag::Nav | Tag::Menu | Tag::Footer | Tag::Button => Kind::Navigation,
        Tag::Aside => Kind::Related,
        Tag::Figcaption => Kind::Caption,
        Tag::Time => Kind::Dateline,
        Tag::Address => Kind::Byline,
        _ => return None,
    })
}

/// Signature of an element: its tag and class, its parent's and its grandparent's.
fn sign(outer: u32, tag: Tag, class: &str) -> u32 {
    let mut hasher = FxHasher::default();
    hasher.write_u8(tag as u8);
    hasher.write(class.as_bytes());
    let own = (hasher.finish() >> 32) as u32;
    // Ten bits of each: what lies further up than the grandparent is shifted out.
    (outer << 11) ^ (own ^ (own >> 16)) & 0x7ff
}

#[derive(Debug, Default)]
struct Walk {
    drafts: Drafts,
    /// Blocks out of the open one, which come after it.
    beside: Drafts,
    open: Option<Open>,
    breaks: u32,
    space: bool,
    new_cell: bool,
}

impl Walk {
    /// Reads the nodes from `node` to the end of `outermost` and ends the last block. Returns where it stopped, which
    /// is sooner if there are too many blocks.
    fn read(&mut self, page: &Page<'_>, outermost: Frame, mut node: NodeId, mut apart: &[NodeId]) -> NodeId {
        let (dom, end) = (page.dom, outermost.end);
        let mut stack: Vec<Frame> = Vec::with_capacity(64);
        stack.push(outermost);
        while node < end && self.drafts.list.len() + self.beside.list.len() < MAX_BLOCKS {
            while stack.len() > 1 && stack.last().is_some_and(|frame| frame.end <= node) {
                if stack.pop().is_some_and(|frame| frame.block) {
                    self.flush();
                }
            }
            let Some(&outer) = stack.last() else { break };
            let tag = dom.tag(node);
            match tag {
                Tag::Text => self.text(dom.text(node), node, outer),
                Tag::Br => self.line_break(outer.form),
                Tag::Hr => self.flush(),
                _ if is_skipped(tag) => {
                    node = dom.end(node);
                    continue;
                }
                _ => {
                    let mut frame = enter(page, node, tag, outer);
                    while apart.first().is_some_and(|&next| next < node) {
                        apart = &apart[1..];
                    }
                    if apart.first() == Some(&node) {
                        if page.is_inline(node) {
                            self.set_apart(page, frame, node);
                            node = dom.end(node);
                            continue;
                        }
                        frame.block = true;
                    }
                    if frame.block {
                        self.flush();
                    } else if matches!(tag, Tag::Td | Tag::Th) {
                        self.cell();
                    }
                    stack.push(frame);
                }
            }
            node += 1;
        }
        self.flush();
        node
    }

    /// Reads an element inside a line into blocks of its own.
    fn set_apart(&mut self, page: &Page<'_>, frame: Frame, node: NodeId) {
        let dom = page.dom;
        let mut inner = Self::default();
        inner.read(page, frame, node + 1, &[]);
        // What stood before it and after it does not grow together, unless it did.
        let texts =
            || (node..dom.end(node)).filter(|&inner| dom.tag(inner) == Tag::Text).map(|text| dom.text(text));
        self.space |= texts().next().is_some_and(|text| text.starts_with(char::is_whitespace))
            || texts().next_back().is_some_and(|text| text.ends_with(char::is_whitespace));
        match self.open {
            Some(_) => self.beside.append(inner.drafts),
            None => self.drafts.append(inner.drafts),
        }
    }

    fn text(&mut self, text: &str, node: NodeId, frame: Frame) {
        if text.bytes().all(|byte| byte.is_ascii_whitespace()) && frame.form != Form::Preformatted {
            self.space = true;
            return;
        }
        if self.breaks > 0 {
            if self.breaks > 1 || self.ends_sentence() {
                self.flush();
            }
            self.space = true;
            self.breaks = 0;
        }
        let start = self.drafts.text.len();
        let open = self.open.get_or_insert(Open {
            start,
            node,
            frame,
            chars: 0,
            link_chars: 0,
            bold_chars: 0,
            italic_chars: 0,
            anchor_chars: 0,
            foreign_chars: 0,
            cells: 1,
        });
        let out = &mut self.drafts.text;
        if self.new_cell && out.len() > open.start {
            out.push_str(" | ");
            open.cells += 1;
            self.space = false;
        }
        self.new_cell = false;
        let chars = if frame.form == Form::Preformatted {
            out.push_str(text);
            text.chars().filter(|c| !c.is_whitespace()).count() as u32
        } else {
            append_folded(out, text, &mut self.space, open.start)
        };
        open.chars += chars;
        let if_so = |is: bool| if is { chars } else { 0 };
        open.link_chars += if_so(frame.link.is_some());
        open.anchor_chars += if_so(frame.link == Some(Target::Anchor));
        open.foreign_chars += if_so(frame.link == Some(Target::Foreign));
        open.bold_chars += if_so(frame.bold);
        open.italic_chars += if_so(frame.italic);
    }

    fn line_break(&mut self, form: Form) {
        if form == Form::Preformatted && self.open.is_some() {
            self.drafts.text.push('\n');
        } else {
            self.breaks += 1;
        }
    }

    /// Begins a table cell: the row goes on unless something broke it.
    fn cell(&mut self) {
        self.new_cell = self.open.is_some();
        self.space = true;
    }

    fn ends_sentence(&self) -> bool {
        self.drafts
            .text
            .trim_end_matches(['"', '\'', '”', '’', '»', ')', ' '])
            .ends_with(['.', '!', '?', ':', '…', '。'])
    }

    fn flush(&mut self) {
        self.breaks = 0;
        self.space = false;
        self.new_cell = false;
        let Some(open) = self.open.take() else { return };
        self.close(open);
        self.drafts.append(std::mem::take(&mut self.beside));
    }

    fn close(&mut self, open: Open) {
        let text = &mut self.drafts.text;
        text.truncate(open.start + text[open.start..].trim_end().len());
        if open.chars == 0 {
            text.truncate(open.start);
            return;
        }
        let frame = open.frame;
        let form = match frame.form {
            Form::TableRow if open.cells == 1 => Form::Paragraph,
            form => form,
        };
        self.drafts.list.push(Draft {
            start: open.start as u32,
            end: self.drafts.text.len() as u32,
            form,
            chars: open.chars,
            link_chars: open.link_chars,
            bold_chars: open.bold_chars,
            italic_chars: open.italic_chars,
            anchor_chars: open.anchor_chars,
            foreign_chars: open.foreign_chars,
            within: frame.within,
            tokens: frame.tokens,
            hint: frame.hint,
            node: open.node,
            owner: frame.owner,
            depth: frame.depth,
            signature: frame.signature,
            gap: 1,
        });
    }
}

/// Appends text with runs of white space as one space and without soft hyphens and zero-width marks;
/// returns the number of characters that are no white space. `space` carries a pending one over.
pub(super) fn append_folded(out: &mut String, text: &str, space: &mut bool, block_start: usize) -> u32 {
    let bytes = text.as_bytes();
    let is_mark = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
    let mut chars = 0;
    let (mut run, mut at) = (0, 0); // what is copied as it is
    while let Some(&byte) = bytes.get(at) {
        let (width, white, dropped) = match byte {
            b'!'..=b'~' => {
                if let Some(spaces) = bytes[at..].first_chunk().and_then(spaces_of_plain) {
                    end_space(out, space, block_start);
                    chars += CHUNK as u32 - spaces;
                    at += CHUNK;
                    continue;
                }
                (1, false, false)
            }
            // Nearly all spaces stand alone between two words.
            b' ' if at > run && is_mark(bytes.get(at + 1)) => {
                at += 1;
                continue;
            }
            b' ' | b'\t' | b'\n' | b'\r' | b'\x0c' => (1, true, false),
            0..=0x7f => (1, false, true),
            _ => {
                let c = text[at..].chars().next().unwrap_or_default();
                let dropped = matches!(c, '\u{ad}' | '\u{200b}' | '\u{2060}' | '\u{feff}');
                (c.len_utf8(), c.is_whitespace(), dropped)
            }
        };
        if white || dropped {
            out.push_str(&text[run..at]);
            run = at + width;
            *space |= white;
        } else {
            end_space(out, space, block_start);
            chars += 1;
        }
        at += width;
    }
    out.push_str(&text[run..]);
    chars
}

/// Appends a pending space unless the block begins here.
#[inline(always)]
fn end_space(out: &mut String, space: &mut bool, block_start: usize) {
    if *space {
        if out.len() > block_start {
            out.push(' ');
        }
        *space = false;
    }
}
