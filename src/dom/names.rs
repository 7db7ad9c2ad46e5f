//! Names: of tags while a page is read, of attributes and unknown elements in the tree.

use std::cell::Cell;

use html5ever::LocalName;
use rustc_hash::FxHashMap;

use super::build::Space;
use super::kind::Kind;
use super::tag::{Tag, tag_of};

/// Index of a name in [`Names`].
pub(super) type NameId = u32;

/// `class`, in every page.
pub(super) const CLASS: NameId = 0;
/// `id`, in every page.
pub(super) const ID: NameId = 1;

/// The names of one page's attributes, and of its elements that HTML does not know.
#[derive(Debug)]
pub(super) struct Names {
    list: Vec<Box<str>>,
    ids: BySpelling<NameId>,
}

impl Default for Names {
    fn default() -> Self {
        let mut names = Self { list: Vec::new(), ids: BySpelling::default() };
        names.intern("class");
        names.intern("id");
        names
    }
}

impl Names {
    /// The id of a name, given out anew if it has none yet.
    pub(super) fn intern(&mut self, name: &str) -> NameId {
        if let Some(at) = self.ids.find(name) {
            return self.ids.values[at];
        }
        let id = self.list.len() as NameId;
        self.list.push(name.into());
        self.ids.insert(name, id);
        id
    }

    /// The id of a name as it is written in the source.
    #[inline]
    pub(super) fn intern_raw(&mut self, raw: &str) -> NameId {
        if let Some(at) = self.ids.find(raw) {
            return self.ids.values[at];
        }
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

    /// All names, by their ids.
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        self.list.iter().map(|name| &**name)
    }

    /// The name with this id.
    pub(super) fn get(&self, id: NameId) -> &str {
        &self.list[id as usize]
    }
}

/// Short names whose places are remembered.
const RECENT: usize = 64;

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
        Self { values, short, long, recent: [(u64::MAX, 0); RECENT] }
    }
}

impl<T> BySpelling<T> {
    fn get(&self, name: &str) -> Option<&T> {
        let at = match short_key(name) {
            Some(key) => self.short.get(&key),
            None => self.long.get(name),
        };
        at.map(|&at| &self.values[at as usize])
    }

    /// The place in `values`, which is remembered.
    #[inline]
    fn find(&mut self, name: &str) -> Option<usize> {
        let Some(key) = short_key(name) else { return Some(*self.long.get(name)? as usize) };
        // The highest bits of a multiplicative hash (Knuth).
        let recent = &mut self.recent
            [(key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (u64::BITS - RECENT.ilog2())) as usize];
        if recent.0 != key {
            *recent = (key, *self.short.get(&key)?);
        }
        Some(recent.1 as usize)
    }

    /// Adds a name that is not in it; gives the place in `values`.
    fn insert(&mut self, name: &str, value: T) -> usize {
        let at = self.values.len();
        self.values.push(value);
        match short_key(name) {
            Some(key) => self.short.insert(key, at as u32),
            None => self.long.insert(name.into(), at as u32),
        };
        at
    }
}

/// A name of up to seven bytes as a number, its length in the eighth.
#[inline]
fn short_key(name: &str) -> Option<u64> {
    let bytes = name.as_bytes();
    (bytes.len() < 8).then(|| bytes.iter().fold(bytes.len() as u64, |key, &byte| key << 8 | u64::from(byte)))
}

/// A name of the source as the tree has it: in lower case, without U+0000.
pub(super) fn normalised(raw: &str) -> String {
    let lower = raw.to_ascii_lowercase();
    if lower.contains('\0') { lower.replace('\0', "\u{FFFD}") } else { lower }
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
        // These are roots of SVG and MathML.
        let kind = if matches!(name, "svg" | "math") { Kind::Peculiar } else { Kind::of(tag, &local) };
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

    /// The name spelt this way; `None` for one that HTML does not know on a page that has too many of them.
    #[inline]
    pub(super) fn get(&mut self, raw: &str) -> Option<&TagName> {
        if self.unknown == Self::MAX_UNKNOWN && !self.is_free(raw) {
            return None;
        }
        let at = match self.by_spelling.find(raw) {
            Some(at) => at,
            None => {
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

    #[test]
    fn a_name_keeps_its_id_whatever_came_after_it() {
        let mut names = Names::default();
        let spelt: Vec<String> =
            (0..3 * RECENT).map(|n| format!("a{n}")).chain(["data-long-name".to_owned()]).collect();
        let ids: Vec<NameId> = spelt.iter().map(|name| names.intern_raw(name)).collect();
        for (name, id) in spelt.iter().zip(ids) {
            assert_eq!((names.get(id), names.find(name)), (name.as_str(), Some(id)));
            assert_eq!(names.intern_raw(name), id);
            assert_eq!(names.intern_raw(&name.to_ascii_uppercase()), id);
        }
        assert_eq!((names.intern_raw("CLASS"), names.intern_raw("id"), names.find("")), (CLASS, ID, None));
    }
}
