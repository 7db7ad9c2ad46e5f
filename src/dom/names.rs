//! Names: of tags while a page is read, of attributes and unknown elements in the tree.

use std::borrow::Cow;
use std::cell::Cell;

use html5ever::LocalName;
use rustc_hash::FxHashMap;

use super::build::Space;
use super::kind::Kind;
use super::tag::{Tag, tag_of};
use super::tokenizer::Span;

/// Index of a name in [`Names`].
pub(super) type NameId = u32;

/// `class`, in every page.
pub(super) const CLASS: NameId = 0;
/// `id`, in every page.
pub(super) const ID: NameId = 1;

/// The names of one page's attributes, and of its elements that HTML does not know.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// One after the other.
    text: String,
    /// Where each begins in `text`, and where the last one ends.
    bounds: Vec<u32>,
    ids: BySpelling<NameId>,
}

impl Names {
    /// Begins a page, with the names that every page has, in the memory of the last one.
    pub(super) fn begin_page(&mut self) {
        self.text.clear();
        self.bounds.clear();
        self.bounds.push(0);
        self.ids.clear();
        self.intern("class");
        self.intern("id");
    }

    /// The id of a name, given out anew if it has none yet.
    pub(super) fn intern(&mut self, name: &str) -> NameId {
        if let Some(at) = self.ids.find(name) {
            return self.ids.values[at];
        }
        let id = self.len() as NameId;
        self.text.push_str(name);
        self.bounds.push(self.text.len() as u32);
        self.ids.insert(name, id);
        id
    }

    /// The id of a name as it is written in the source.
    #[inline]
    pub(super) fn intern_raw(&mut self, span: Span, source: &str) -> NameId {
        if let Some(at) = self.ids.find_in(span, source) {
            return self.ids.values[at];
        }
        let raw = span.of(source);
        let name = normalised(raw);
        let id = self.intern(&name);
        if name != raw {
            // Other spellings of the name lead to it too.
            self.ids.insert(raw, id);
        }
        id
    }

    /// The id of a name, if the page has it.
    pub(super) fn find(&self, name: &str) -> Option<NameId> {
        self.ids.get(name).copied()
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.bounds.len().saturating_sub(1)
    }

    /// All names, by their ids.
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len() as NameId).map(|id| self.get(id))
    }

    /// The name with this id.
    pub(super) fn get(&self, id: NameId) -> &str {
        &self.text[self.bounds[id as usize] as usize..self.bounds[id as usize + 1] as usize]
    }
}

/// Short names whose places are remembered.
const RECENT: usize = 64;

/// No short name has this key.
const NOTHING: (u64, u32) = (u64::MAX, 0);

/// A map from strings most of which are so short that they fit into a number.
#[derive(Debug)]
struct BySpelling<T> {
    values: Vec<T>,
    /// Places in `values`.
    short: FxHashMap<u64, u32>,
    long: FxHashMap<Box<str>, u32>,
    /// Short names that were found last, with their places, by a hash: tags and attributes are few on most pages.
    recent: [(u64, u32); RECENT],
}

impl<T> Default for BySpelling<T> {
    fn default() -> Self {
        let (values, short, long) = (Vec::new(), FxHashMap::default(), FxHashMap::default());
        Self { values, short, long, recent: [NOTHING; RECENT] }
    }
}

impl<T> BySpelling<T> {
    fn get(&self, name: &str) -> Option<&T> {
        let at = match short_key(name.as_bytes()) {
            Some(key) => self.short.get(&key),
            None => self.long.get(name),
        };
        at.map(|&at| &self.values[at as usize])
    }

    /// The place in `values`.
    fn find(&mut self, name: &str) -> Option<usize> {
        match short_key(name.as_bytes()) {
            Some(key) => self.find_short(key),
            None => Some(*self.long.get(name)? as usize),
        }
    }

    /// The place in `values` of a name that stands in a source.
    #[inline]
    fn find_in(&mut self, span: Span, source: &str) -> Option<usize> {
        let (start, length) = (span.start as usize, (span.end - span.start) as usize);
        match source.as_bytes().get(start..).and_then(<[u8]>::first_chunk) {
            Some(bytes) if length < SHORT => self.find_short(key_of(*bytes, length)),
            _ => self.find(span.of(source)),
        }
    }

    /// The place in `values`, which is remembered.
    #[inline]
    fn find_short(&mut self, key: u64) -> Option<usize> {
        // The highest bits of a multiplicative hash (Knuth).
        let recent = &mut self.recent
            [(key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (u64::BITS - RECENT.ilog2())) as usize];
        if recent.0 != key {
            *recent = (key, *self.short.get(&key)?);
        }
        Some(recent.1 as usize)
    }

    fn clear(&mut self) {
        self.values.clear();
        self.short.clear();
        self.long.clear();
        self.recent.fill(NOTHING);
    }

    /// Adds a name that is not in it; gives the place in `values`.
    fn insert(&mut self, name: &str, value: T) -> usize {
        let at = self.values.len();
        self.values.push(value);
        match short_key(name.as_bytes()) {
            Some(key) => self.short.insert(key, at as u32),
            None => self.long.insert(name.into(), at as u32),
        };
        at
    }
}

/// Bytes from which on a name is not short: a number has eight, and one of them is the length.
const SHORT: usize = 8;

/// A short name as a number.
fn short_key(name: &[u8]) -> Option<u64> {
    (name.len() < SHORT).then(|| {
        let mut bytes = [0; SHORT];
        bytes[..name.len()].copy_from_slice(name);
        key_of(bytes, name.len())
    })
}

/// The short name that so many of these bytes are, as a number.
#[inline]
fn key_of(bytes: [u8; SHORT], length: usize) -> u64 {
    u64::from_le_bytes(bytes) & ((1 << (8 * length)) - 1) | (length as u64) << 56
}

/// A name of the source as the tree has it: in lower case, without U+0000.
pub(super) fn normalised(raw: &str) -> Cow<'_, str> {
    if !raw.bytes().any(|byte| byte.is_ascii_uppercase() || byte == 0) {
        return Cow::Borrowed(raw);
    }
    Cow::Owned(raw.to_ascii_lowercase().replace('\0', "\u{FFFD}"))
}

/// How tags of a name are fed to the tree builder.
#[derive(Debug, Clone)]
pub(super) struct TagName {
    pub(super) local: LocalName,
    /// What its elements are in the HTML namespace.
    pub(super) tag: Tag,
    pub(super) kind: Kind,
    /// Whether no other element can be inside: a void element, or one that holds only text.
    pub(super) is_leaf: bool,
    pub(super) attributes: Carriage,
}

/// How the attributes of a tag get to its element, past the tree builder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Carriage {
    /// Laid ready for the one element that is made of the tag.
    Aside,
    /// As a handle, because the tree builder may make the element later, again or under another name.
    Handle,
    /// As a handle that is the same for the same attributes, because the tree builder compares them: formatting
    /// elements. (It never has two `<a>` to compare.)
    CommonHandle,
}

impl TagName {
    fn new(name: &str) -> Self {
        let attributes = match name {
            "b" | "big" | "code" | "em" | "font" | "i" | "nobr" | "s" | "small" | "strike" | "strong"
            | "tt" | "u" => Carriage::CommonHandle,
            "a" | "annotation-xml" | "body" | "html" | "image" | "input" => Carriage::Handle,
            _ => Carriage::Aside,
        };
        let is_leaf = matches!(
            name,
            "area"
                | "base"
                | "basefont"
                | "bgsound"
                | "br"
                | "col"
                | "embed"
                | "frame"
                | "hr"
                | "image"
                | "img"
                | "input"
                | "keygen"
                | "link"
                | "meta"
                | "param"
                | "source"
                | "track"
                | "wbr"
                | "iframe"
                | "noembed"
                | "noframes"
                | "plaintext"
                | "script"
                | "style"
                | "textarea"
                | "title"
                | "xmp"
        );
        let local = LocalName::from(name);
        let tag = tag_of(&local, Space::Html);
        let kind = match name {
            "svg" => Kind::Svg,
            "math" => Kind::Peculiar,
            _ => Kind::of(tag, &local),
        };
        Self { local, tag, kind, is_leaf, attributes }
    }
}

/// A tag name as it is spelt.
#[derive(Debug)]
struct Spelling {
    name: TagName,
    /// The last page that had it, if HTML does not know it.
    page: Option<Cell<u64>>,
}

/// Tag names by their spelling in the source. Kept from page to page by a worker, as making a [`LocalName`] of a name
/// that html5ever does not know takes a lock that all workers share.
#[derive(Debug, Default)]
pub(super) struct TagNames {
    by_spelling: BySpelling<Spelling>,
    /// Number of the page at hand.
    page: u64,
    /// Spellings that it has so far of names that HTML does not know.
    unknown: usize,
}

impl TagNames {
    /// Names kept from page to page; a page of made-up names does not fill memory for ever.
    const KEPT: usize = 4096;

    /// Unknown names of one page. html5ever keeps them in lists that become the longer the more there are, so that a
    /// million of them took four seconds.
    const MAX_UNKNOWN: usize = 1 << 14;

    /// To be called before a page.
    pub(super) fn begin_page(&mut self) {
        self.page += 1;
        self.unknown = 0;
        if self.by_spelling.values.len() > Self::KEPT {
            self.by_spelling = BySpelling::default();
        }
    }

    /// The name spelt as it stands in the source; `None` for one that HTML does not know on a page that has too many of them.
    #[inline]
    pub(super) fn get(&mut self, span: Span, source: &str) -> Option<&TagName> {
        if self.unknown == Self::MAX_UNKNOWN && !self.is_free(span.of(source)) {
            return None;
        }
        let at = match self.by_spelling.find_in(span, source) {
            Some(at) => at,
            None => {
                let raw = span.of(source);
                let name = normalised(raw);
                let page = Tag::from_name(&name).is_none().then(Cell::default);
                self.by_spelling.insert(raw, Spelling { name: TagName::new(&name), page })
            }
        };
        let spelling = &self.by_spelling.values[at];
        if let Some(page) = &spelling.page {
            self.unknown += usize::from(page.replace(self.page) != self.page);
        }
        Some(&spelling.name)
    }

    /// Whether a name adds none to the unknown ones of the page.
    fn is_free(&self, raw: &str) -> bool {
        match self.by_spelling.get(raw) {
            Some(spelling) => spelling.page.as_ref().is_none_or(|page| page.get() == self.page),
            None => Tag::from_name(&normalised(raw)).is_some(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn intern(names: &mut Names, raw: &str) -> NameId {
        // With something behind it, and with nothing.
        let span = Span { start: 1, end: 1 + raw.len() as u32 };
        let ids = ["", "=\"1\" class"].map(|rest| names.intern_raw(span, &format!("<{raw}{rest}")));
        assert_eq!(ids[0], ids[1]);
        ids[0]
    }

    #[test]
    fn a_name_keeps_its_id_whatever_came_after_it() {
        let mut names = Names::default();
        names.begin_page();
        let spelt: Vec<String> =
            (0..3 * RECENT).map(|n| format!("a{n}")).chain(["data-long-name".to_owned()]).collect();
        let ids: Vec<NameId> = spelt.iter().map(|name| intern(&mut names, name)).collect();
        for (name, id) in spelt.iter().zip(ids) {
            assert_eq!((names.get(id), names.find(name)), (name.as_str(), Some(id)));
            assert_eq!(intern(&mut names, name), id);
            assert_eq!(intern(&mut names, &name.to_ascii_uppercase()), id);
        }
        assert_eq!(
            (intern(&mut names, "CLASS"), intern(&mut names, "id"), names.find("")),
            (CLASS, ID, None)
        );
        for _ in 0..2 {
            names.begin_page();
            assert_eq!(names.iter().collect::<Vec<_>>(), ["class", "id"]);
            assert_eq!(
                (names.find("a1"), names.find("data-long-name"), intern(&mut names, "ID")),
                (None, None, ID)
            );
            (0..3 * RECENT).for_each(|n| assert!(intern(&mut names, &format!("b{n}")) > ID));
        }
    }
}
