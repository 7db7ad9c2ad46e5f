//! What rule files hold, listed.

use std::sync::Arc;

use super::set::RuleSet;
use super::source::Place;
use crate::label::Address;

/// A rule file and what is in it.
#[derive(Debug, Clone)]
pub struct FileInventory {
    /// The file as the user would name it.
    pub name: Arc<str>,
    /// Whether it is one of the generic files, which apply to every document.
    pub generic: bool,
    /// Whether it came out of the binary.
    pub shipped: bool,
    /// Names of its layouts.
    pub layouts: Vec<Arc<str>>,
    /// Its patterns; with the layout, if one holds the pattern.
    pub patterns: Vec<(Arc<Address>, Option<Arc<str>>)>,
}

impl RuleSet {
    /// All files with all their patterns, generic files last.
    pub fn inventory(&self) -> impl Iterator<Item = FileInventory> + '_ {
        self.files.iter().map(|file| {
            let layouts: Vec<Arc<str>> =
                file.layouts.iter().map(|layout| layout.name.as_str().into()).collect();
            let base = file.base.addresses().map(|address| (Arc::clone(address), None));
            let in_layouts = file.layouts.iter().zip(&layouts).flat_map(|(layout, name)| {
                layout.sections.addresses().map(|address| (Arc::clone(address), Some(Arc::clone(name))))
            });
            FileInventory {
                name: Arc::clone(&file.source.name),
                shipped: file.source.shipped,
                generic: file.source.place == Place::Generic,
                patterns: base.chain(in_layouts).collect(),
                layouts,
            }
        })
    }
}
