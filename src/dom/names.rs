//! Names: of tags while a page is read, of attributes and unknown elements in the tree.

use html5ever::LocalName;
use rustc_hash::FxHashMap;

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
    ids: FxHashMap<Box<str>, NameId>,
}

impl Default for Names {
    fn default() -> Self {
        let mut names = Self { list: Vec::new(), ids: FxHashMap::default() };
        names.intern("class");
        names.intern("id");
        names
    }
}

impl Names {
    /// The id of a name, given out anew if it has none yet.
    pub(super) fn intern(&mut self, name: &str) -> NameId {
        if let Some(&id) = self.ids.get(name) {
            return id;
        }
        let id = self.list.len() as NameId;
        self.list.push(name.into());
        self.ids.insert(name.into(), id);
        id
    }

    /// The id of a name as it is written in the source.
    pub(super) fn intern_raw(&mut self, raw: &str) -> NameId {
        if let Some(&id) = self.ids.get(raw) {
            return id;
        }
        let id = self.intern(&normalised(raw));
        // Other spellings of the name lead to it too.
        self.ids.insert(raw.into(), id);
        id
    }

    /// The name with this id.
    pub(super) fn get(&self, id: NameId) -> &str {
        &self.list[id as usize]
    }
}

/// A name of the source as the tree has it: in lower case, without U+0000.
pub(super) fn normalised(raw: &str) -> String {
    raw.to_ascii_lowercase().replace('\0', "\u{FFFD}")
}

/// How tags of a name are fed to the tree builder.
#[derive(Debug, Clone)]
pub(super) struct TagName {
    pub(super) local: LocalName,
    pub(super) kind: TagKind,
}

/// What there is to a tag besides its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TagKind {
    /// Opens an element.
    Ordinary,
    /// Opens a formatting element (but `<a>`): the tree builder compares the attributes of these.
    Formatting,
    /// Opens nothing that stays open while tags follow: a void element, or one that holds only text.
    Shallow,
}

impl TagKind {
    fn of(name: &str) -> Self {
        match name {
            "b" | "big" | "code" | "em" | "font" | "i" | "nobr" | "s" | "small" | "strike" | "strong"
            | "tt" | "u" => Self::Formatting,
            "area" | "base" | "basefont" | "bgsound" | "br" | "col" | "embed" | "frame" | "hr" | "image"
            | "img" | "input" | "keygen" | "link" | "meta" | "param" | "source" | "track" | "wbr"
            | "iframe" | "noembed" | "noframes" | "plaintext" | "script" | "style" | "textarea" | "title"
            | "xmp" => Self::Shallow,
            _ => Self::Ordinary,
        }
    }
}

/// Tag names by their spelling in the source. Kept from page to page by a worker, as making a [`LocalName`] of a name
/// that html5ever does not know takes a lock that all workers share.
#[derive(Debug, Default)]
pub(super) struct TagNames {
    by_spelling: FxHashMap<Box<str>, TagName>,
}

impl TagNames {
    /// Names kept from page to page; a page of made-up names does not fill memory for ever.
    const KEPT: usize = 4096;

    /// To be called before a page.
    pub(super) fn trim(&mut self) {
        if self.by_spelling.len() > Self::KEPT {
            self.by_spelling.clear();
        }
    }

    /// The name spelt this way.
    pub(super) fn get(&mut self, raw: &str) -> TagName {
        if let Some(known) = self.by_spelling.get(raw) {
            return known.clone();
        }
        let name = normalised(raw);
        let new = TagName { local: LocalName::from(&*name), kind: TagKind::of(&name) };
        self.by_spelling.insert(raw.into(), new.clone());
        new
    }
}
