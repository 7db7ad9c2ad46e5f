//! Classes of characters.

use std::sync::{Arc, LazyLock};

use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, Hir, HirKind};

use super::fold::COMBINING_IOTA;

/// Characters beyond ASCII that a class may have and be taken for one that names what is in it, not what is not.
const SMALL: usize = 16;

/// The characters of a class.
#[derive(Debug, Clone)]
pub(super) struct CharClass {
    /// A bit for each character of ASCII.
    ascii: [u64; 2],
    beyond: Beyond,
}

/// Those beyond ASCII.
#[derive(Debug, Clone)]
enum Beyond {
    None,
    All,
    In(Arc<[ClassUnicodeRange]>),
}

/// All characters that change with case, but for [`COMBINING_IOTA`], which no key has.
static CASED: LazyLock<ClassUnicode> =
    LazyLock::new(|| without_iota(class_of(r"\p{Changes_When_Casemapped}")));

/// A class without [`COMBINING_IOTA`].
fn without_iota(mut class: ClassUnicode) -> ClassUnicode {
    class.difference(&ClassUnicode::new([ClassUnicodeRange::new(COMBINING_IOTA, COMBINING_IOTA)]));
    class
}

impl CharClass {
    /// A class as it is.
    pub(super) fn new(class: &ClassUnicode) -> Self {
        let mut ascii = [0; 2];
        for range in class.ranges().iter().take_while(|range| range.start().is_ascii()) {
            for c in range.start()..=range.end().min('\x7f') {
                ascii[c as usize >> 6] |= 1 << (c as u32 & 63);
            }
        }
        let ranges = || class.ranges().iter().filter(|range| range.end() > '\x7f');
        let beyond = match ranges().next() {
            None => Beyond::None,
            Some(first) if first.start() <= '\u{80}' && first.end() == char::MAX => Beyond::All,
            Some(_) => Beyond::In(ranges().copied().collect()),
        };
        Self { ascii, beyond }
    }

    /// What keys may have where a line has a character of a class, which is given as if case counted; and whether, as it
    /// does not, a line that has one of them has one of the class for certain.
    fn of_keys(class: &ClassUnicode) -> (Self, bool) {
        let count = |class: &ClassUnicode| class.ranges().iter().map(|range| range.len()).sum::<usize>();
        let class = without_iota(class.clone());
        let (mut inside, mut outside) = (class.clone(), CASED.clone());
        inside.intersect(&CASED);
        outside.difference(&class);
        let mut keys = class.clone();
        if count(&inside) <= count(&outside) {
            inside.case_fold_simple();
            keys.union(&inside);
        } else {
            let mut others = outside.clone();
            others.case_fold_simple();
            if others != outside {
                keys.union(&outside);
            }
        }
        let keys = without_iota(keys);
        // Those that name what is not in them would leave out what is like it.
        let is_exact = keys == class || beyond_ascii(&class) <= SMALL;
        (Self::new(&keys), is_exact)
    }

    /// Takes characters of the class from a byte on: where the least number of them ends, and the greatest that are
    /// there; `None` if there are fewer than the least.
    #[inline]
    pub(super) fn span(&self, key: &[u8], mut at: usize, least: u32, most: u32) -> Option<(usize, usize)> {
        let (mut count, mut low) = (0, at);
        while count < most
            && let Some(&byte) = key.get(at)
        {
            let length = if byte < 0x80 {
                let is_in = self.ascii[usize::from(byte >> 6)] >> (byte & 63) & 1 == 1;
                usize::from(is_in)
            } else {
                self.beyond(key, at)
            };
            if length == 0 {
                break;
            }
            at += length;
            count += 1;
            if count == least {
                low = at;
            }
        }
        (count >= least).then_some((low, at))
    }

    /// The length of the character beyond ASCII at a byte, if it is in the class, else 0.
    fn beyond(&self, key: &[u8], at: usize) -> usize {
        let c = char_at(key, at);
        let is_in = match &self.beyond {
            Beyond::None => false,
            Beyond::All => true,
            Beyond::In(ranges) => has(ranges, c),
        };
        if is_in { c.len_utf8() } else { 0 }
    }

    /// Whether a letter, digit or other character of words stands at a byte.
    pub(super) fn is_word_at(key: &[u8], at: usize) -> bool {
        match key.get(at) {
            None => false,
            Some(&byte) if byte < 0x80 => byte.is_ascii_alphanumeric() || byte == b'_',
            Some(_) => regex_syntax::is_word_character(char_at(key, at)),
        }
    }
}

/// The classes of some patterns, each made once: most are the same few.
#[derive(Debug, Default)]
pub(super) struct Classes {
    of_keys: Vec<(ClassUnicode, (CharClass, bool))>,
    of_texts: Vec<(ClassUnicode, CharClass)>,
}

impl Classes {
    /// See [`CharClass::of_keys`].
    pub(super) fn of_keys(&mut self, class: &ClassUnicode) -> (CharClass, bool) {
        known(&mut self.of_keys, class, CharClass::of_keys)
    }

    /// See [`CharClass::new`].
    pub(super) fn of_texts(&mut self, class: &ClassUnicode) -> CharClass {
        known(&mut self.of_texts, class, CharClass::new)
    }
}

/// What has been made of a class, or is made now.
fn known<T: Clone>(
    made: &mut Vec<(ClassUnicode, T)>,
    class: &ClassUnicode,
    make: impl Fn(&ClassUnicode) -> T,
) -> T {
    if let Some((_, known)) = made.iter().find(|(known, _)| known == class) {
        return known.clone();
    }
    let new = make(class);
    made.push((class.clone(), new.clone()));
    new
}

/// How many characters beyond ASCII are in a class.
fn beyond_ascii(class: &ClassUnicode) -> usize {
    let ranges = class.ranges().iter().filter(|range| range.end() > '\x7f');
    ranges.map(|range| range.end() as usize - (range.start() as usize).max(0x80) + 1).sum()
}

/// The class that a regex is; all characters if it is none.
pub(super) fn class_of(regex: &str) -> ClassUnicode {
    match regex_syntax::parse(regex).map(Hir::into_kind) {
        Ok(HirKind::Class(Class::Unicode(class))) => class,
        _ => ClassUnicode::new([ClassUnicodeRange::new('\0', char::MAX)]),
    }
}

/// Whether a character is in one of the ranges, which are in their order.
pub(super) fn has(ranges: &[ClassUnicodeRange], wanted: char) -> bool {
    let at = ranges.partition_point(|range| range.end() < wanted);
    ranges.get(at).is_some_and(|range| range.start() <= wanted)
}

/// The character beyond ASCII that begins at a byte of a text in UTF-8.
fn char_at(text: &[u8], at: usize) -> char {
    let length = match text[at] {
        0xf0.. => 4,
        0xe0.. => 3,
        _ => 2,
    };
    let c = text.get(at..at + length).and_then(|bytes| std::str::from_utf8(bytes).ok()?.chars().next());
    c.unwrap_or(char::REPLACEMENT_CHARACTER)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::fold::char_key;

    fn class(ranges: &[(char, char)]) -> ClassUnicode {
        ClassUnicode::new(ranges.iter().map(|&(start, end)| ClassUnicodeRange::new(start, end)))
    }

    #[test]
    fn other_characters_do_not_change_with_case() {
        let mut others = class(&[('\0', char::MAX)]);
        others.difference(&CASED);
        let others = without_iota(others);
        let mut folded = others.clone();
        folded.case_fold_simple();
        assert_eq!(folded, others);
    }

    #[test]
    fn keys_of_characters_are_like_them() {
        for &range in CASED.ranges() {
            for c in range.start()..=range.end() {
                let mut like = class(&[(c, c)]);
                like.case_fold_simple();
                assert!(has(like.ranges(), char_key(c)), "{c}");
            }
        }
    }

    #[test]
    fn a_class_has_the_keys_of_its_characters() {
        let (cased, end) = (('\u{c0}', '\u{2000}'), ('\u{3000}', char::MAX));
        for (ranges, is_exact) in [
            (&[('a', 'z'), ('é', 'é')][..], true),
            (&[('A', 'Z')], true),
            (&[('0', '9'), ('\u{660}', '\u{669}'), ('\u{6f0}', '\u{6f9}')], true),
            (&[('\0', 'r'), ('t', char::MAX)], false), // has the long s and S
            (&[('\0', '/'), (':', char::MAX)], true),
            (&[('\0', 'z'), end], false),
            (&[cased], false),
        ] {
            let class = class(ranges);
            let (keys, exact) = CharClass::of_keys(&class);
            assert_eq!(exact, is_exact, "{ranges:?}");
            let chars = class.ranges().iter().flat_map(|range| range.start()..=range.end().min('\u{3100}'));
            for c in chars.filter(|&c| c != COMBINING_IOTA) {
                let key = char_key(c).to_string();
                assert_eq!(keys.span(key.as_bytes(), 0, 1, 9), Some((key.len(), key.len())), "{c}");
            }
        }
    }

    #[test]
    fn counts_characters() {
        let letters = CharClass::new(&class(&[('a', 'z'), ('é', 'é')]));
        for (text, least, most, expected) in [
            ("abé1", 1, 9, Some((1, 4))),
            ("abé1", 3, 9, Some((4, 4))),
            ("abé1", 4, 9, None),
            ("abé1", 0, 2, Some((0, 2))),
            ("ab", 0, u32::MAX, Some((0, 2))),
            ("1", 0, 9, Some((0, 0))),
            ("中", 1, 1, None),
            ("", 0, 1, Some((0, 0))),
        ] {
            assert_eq!(letters.span(text.as_bytes(), 0, least, most), expected, "{text} {least} {most}");
        }
    }
}
