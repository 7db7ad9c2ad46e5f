//! What the open elements of a page say of a block: where it stands, its form, its link, its class names.

use std::cell::RefCell;
use std::hash::Hasher;

use rustc_hash::FxHasher;

use crate::block::Form;
use crate::blocks::Within;
use crate::blocks::tokens::{Evidence, Lexicon, Meaning};
use crate::dom::{Dom, NodeId, Tag};
use crate::label::Kind;
use crate::recent::Recent;

/// Where a link leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
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
    let bytes = address.as_bytes();
    let start = bytes.iter().position(|byte| matches!(byte, b'/' | b'?' | b'#'))?;
    let rest = address[start..].strip_prefix("//")?;
    let end = rest.bytes().position(|byte| matches!(byte, b'/' | b':' | b'?' | b'#'));
    let host = &rest[..end.unwrap_or(rest.len())];
    Some(host.strip_prefix("www.").unwrap_or(host))
}

/// What an open element hands down to its children.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    pub(super) end: NodeId,
    pub(super) owner: NodeId,
    pub(super) depth: u16,
    pub(super) signature: u32,
    pub(super) form: Form,
    pub(super) within: Within,
    pub(super) tokens: Evidence,
    pub(super) hint: Option<Kind>,
    pub(super) link: Option<Target>,
    pub(super) bold: bool,
    pub(super) italic: bool,
    pub(super) block: bool,
}

impl Frame {
    /// What is handed down to all of a page.
    pub(super) fn outermost(dom: &Dom<'_>) -> Self {
        Self {
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
        }
    }
}

/// A page and what is needed to understand its elements.
pub(super) struct Page<'a> {
    pub(super) dom: &'a Dom<'a>,
    lexicon: &'a Lexicon,
    /// What the class and id values seen last mean.
    meanings: RefCell<Recent<'a, Meaning>>,
    telling: Telling,
    host: &'a str,
}

impl<'a> Page<'a> {
    /// A page at an address.
    pub(super) fn new(dom: &'a Dom<'a>, lexicon: &'a Lexicon, address: Option<&'a str>) -> Self {
        let host = address.and_then(host_of).unwrap_or_default();
        Self { dom, lexicon, meanings: RefCell::new(Recent::new()), telling: Telling::of(dom), host }
    }

    /// Whether an element begins no line of its own, and none inside of it does.
    pub(super) fn is_inline(&self, node: NodeId) -> bool {
        (node..self.dom.end(node))
            .all(|inner| !is_block(self.dom.tag(inner)) && self.dom.tag(inner) != Tag::Hr)
    }

    /// What an element hands down that stands in one that hands down `outer`.
    pub(super) fn enter(&self, node: NodeId, tag: Tag, outer: Frame) -> Frame {
        let Self { dom, lexicon, meanings, telling, host } = self;
        let mut frame = outer;
        frame.end = dom.end(node);
        frame.block = is_block(tag);
        let Attributes { class, id, href, within } = Attributes::of(dom, node, telling);
        if frame.block {
            frame.owner = node;
            frame.depth = outer.depth.saturating_add(1);
            frame.signature = sign(outer.signature, tag, class);
            frame.form = form(tag, outer.form);
        }
        match tag {
            Tag::A => frame.link = Some(target(href, host)),
            Tag::B | Tag::Strong => frame.bold = true,
            Tag::I | Tag::Em | Tag::Cite => frame.italic = true,
            // Their tokens speak of the whole page ("has-sidebar", "single-post").
            Tag::Html | Tag::Body => return frame,
            _ => {}
        }
        frame.within = outer.within.and(surroundings(tag, outer.within)).and(within);
        if let Some(kind) = named_by_element(tag) {
            frame.hint = Some(kind);
        }
        let mut weight = 0;
        for value in [class, id] {
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

/// What an attribute tells blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    Nothing,
    Class,
    Id,
    Href,
    Hidden,
    AriaHidden,
    Style,
    Itemprop,
    Property,
    Rel,
    Role,
}

/// What the attributes of a page tell, by their names' numbers.
struct Telling(Vec<Told>);

impl Telling {
    fn of(dom: &Dom<'_>) -> Self {
        let told = |name: &str| match name {
            "class" => Told::Class,
            "id" => Told::Id,
            "href" => Told::Href,
            "hidden" => Told::Hidden,
            "aria-hidden" => Told::AriaHidden,
            "style" => Told::Style,
            "itemprop" => Told::Itemprop,
            "property" => Told::Property,
            "rel" => Told::Rel,
            "role" => Told::Role,
            _ => Told::Nothing,
        };
        Self(dom.attr_names().map(told).collect())
    }
}

/// The attributes of an element, read once.
#[derive(Default)]
struct Attributes<'d> {
    class: &'d str,
    id: &'d str,
    href: &'d str,
    /// What they say about where blocks stand.
    within: Within,
}

impl<'d> Attributes<'d> {
    fn of(dom: &'d Dom<'d>, node: NodeId, telling: &Telling) -> Self {
        let mut all = Self::default();
        for (name, value) in dom.attrs_by_number(node) {
            let more = match telling.0[name] {
                Told::Nothing => continue,
                Told::Class => {
                    all.class = value;
                    continue;
                }
                Told::Id => {
                    all.id = value;
                    continue;
                }
                Told::Href => {
                    all.href = value;
                    continue;
                }
                Told::Hidden => Within::HIDDEN,
                Told::AriaHidden if value == "true" => Within::HIDDEN,
                Told::Style if hides(value) => Within::HIDDEN,
                Told::Itemprop if value.eq_ignore_ascii_case("articleBody") => Within::ARTICLE_BODY,
                Told::Property if value.ends_with("articleBody") => Within::ARTICLE_BODY,
                Told::Rel if value == "author" => Within::CREDIT,
                Told::Role => match value {
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
            all.within = all.within.and(more);
        }
        all
    }
}

/// What an element of this tag adds to where its blocks stand.
fn surroundings(tag: Tag, outer: Within) -> Within {
    match tag {
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
    }
}

fn hides(style: &str) -> bool {
    // Most styles say nothing of that.
    if memchr::memmem::find(style.as_bytes(), b"none").is_none() {
        return false;
    }
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
