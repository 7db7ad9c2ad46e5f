//! What was made of the texts seen last: class names repeat from element to element.

use std::hash::Hasher;

use rustc_hash::FxHasher;

/// Texts that are remembered at most; a new one takes the place of one with the same hash.
const SLOTS: usize = 512;

/// A small memory of texts and what was made of them.
pub(crate) struct Recent<'t, T> {
    slots: Vec<(&'t str, T)>,
}

impl<'t, T: Copy + Default> Recent<'t, T> {
    /// An empty memory.
    pub(crate) fn new() -> Self {
        Self { slots: vec![("", T::default()); SLOTS] }
    }

    /// What `make` makes of a text that is not empty, made now or remembered.
    pub(crate) fn get(&mut self, text: &'t str, make: impl FnOnce(&'t str) -> T) -> T {
        let mut hasher = FxHasher::default();
        hasher.write(text.as_bytes());
        let (known, made) = &mut self.slots[hasher.finish() as usize % SLOTS];
        if *known != text {
            (*known, *made) = (text, make(text));
        }
        *made
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn makes_each_text_once_as_long_as_it_is_remembered() {
        let texts: Vec<String> = (1..=SLOTS * 3).map(|length| "x".repeat(length)).collect();
        let mut recent = Recent::new();
        for text in &texts {
            assert_eq!(recent.get(text, str::len), text.len());
            assert_eq!(recent.get(text, |_| unreachable!()), text.len());
        }
        for text in &texts {
            assert_eq!(recent.get(text, str::len), text.len());
        }
    }
}
