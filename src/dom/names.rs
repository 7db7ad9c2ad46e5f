//! Names of attributes and of elements HTML does not know, each kept once a page.

use rustc_hash::FxHashMap;

/// Index of a name in [`Names`].
pub(super) type NameId = u32;

/// `class`, in every page.
pub(super) const CLASS: NameId = 0;
/// `id`, in every page.
pub(super) const ID: NameId = 1;

/// The names of one page.
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

    /// The name with this id.
    pub(super) fn get(&self, id: NameId) -> &str {
        &self.list[id as usize]
    }
}
