//! The characters of a line as a set of 64 bits: a line that lacks one that every match of a pattern has needs no
//! closer look.

use regex_syntax::hir::{Class, ClassUnicode, Hir, HirKind, Look};

use super::fold::{KEYS_IN_ASCII, char_key};

/// A set of the characters of a key (see [`super::fold::Folded::key`]): one bit for each letter, one for all digits, one
/// for each other printable character of ASCII, one for all control characters. A character beyond ASCII has the bits of all that are no letters, and
/// one of its own: a pattern often takes it for a mark or a digit (`[|•·]`, `\d`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CharSet(u64);

impl CharSet {
    /// No character: what a pattern needs of which nothing is known.
    pub(super) const NONE: Self = Self(0);

    /// All characters, and [`Self::END`]: what may be where nothing is known.
    pub(super) const ALL: Self = Self(u64::MAX);

    /// What follows where a key ends.
    pub(super) const END: Self = Self(1 << 61);

    /// What can follow a letter, digit or underscore of ASCII where a word ends.
    pub(super) const NO_WORD: Self = Self(!(Self::LETTERS | Self::DIGIT | Self::of_ascii(b'_')));

    /// The bit that only characters beyond ASCII have.
    const BEYOND: u64 = 1 << 60;
    /// The bit of all control characters.
    const CONTROL: u64 = 1 << 62;
    const LETTERS: u64 = (1 << 26) - 1;
    const DIGIT: u64 = 1 << 26;

    const OF_BYTE: [u64; 256] = {
        let mut bits = [!Self::LETTERS; 256];
        let mut byte = 0;
        while byte < 0x80 {
            bits[byte as usize] = Self::of_ascii(byte);
            byte += 1;
        }
        bits
    };

    const fn of_ascii(byte: u8) -> u64 {
        match byte {
            b'a'..=b'z' => 1 << (byte - b'a'),
            b'A'..=b'Z' => 1 << (byte - b'A'),
            b'0'..=b'9' => Self::DIGIT,
            b' '..=b'/' => 1 << (27 + byte - b' '),
            b':'..=b'@' => 1 << (43 + byte - b':'),
            b'['..=b'`' => 1 << (50 + byte - b'['),
            b'{'..=b'~' => 1 << (56 + byte - b'{'),
            _ => Self::CONTROL,
        }
    }

    /// Whether letters of ASCII are among them.
    pub(super) fn has_letters(self) -> bool {
        self.0 & Self::LETTERS != 0
    }

    /// The characters of a line.
    pub(super) fn of_key(key: &[u8]) -> Self {
        Self(key.iter().fold(0, |bits, &byte| bits | Self::OF_BYTE[usize::from(byte)]))
    }

    /// What the key of every line has that a regex (which tells upper case from lower) matches.
    pub(super) fn needed_by(hir: &Hir) -> Self {
        Self(needed(hir))
    }

    /// The last character of a line: all of them if it is none of those that have a bit of their own.
    pub(super) fn last_of_key(key: &[u8]) -> Self {
        match key.last().map(|&last| Self::OF_BYTE[usize::from(last)]) {
            Some(bit) if bit.is_power_of_two() => Self(bit),
            _ => Self::ALL,
        }
    }

    /// The characters with which a line may end that a regex (which tells upper case from lower) matches.
    pub(super) fn last_of(hir: &Hir) -> Self {
        if !hir.properties().look_set_suffix().contains(Look::End) {
            return Self::ALL;
        }
        match last(hir) {
            (bits, false) => Self(bits),
            (_, true) => Self::ALL,
        }
    }

    /// The characters of a class.
    pub(super) fn of_class(class: &ClassUnicode) -> Self {
        let beyond = if is_ascii(class) { 0 } else { Self::BEYOND };
        Self(keys_of_class(class).fold(beyond, |all, bits| all | bits))
    }

    /// The character that stands in a key at a byte, or [`Self::END`]: to be compared with what may stand there.
    #[inline]
    pub(super) fn at(key: &[u8], at: usize) -> Self {
        match key.get(at) {
            None => Self::END,
            Some(0x80..) => Self(Self::BEYOND),
            Some(&byte) => Self(Self::OF_BYTE[usize::from(byte)]),
        }
    }

    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(super) fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether one of them is in both.
    #[inline]
    pub(super) fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether all of `needed` is in it.
    pub(super) fn has(self, needed: Self) -> bool {
        self.0 & needed.0 == needed.0
    }

    fn of_char(c: char) -> u64 {
        Self::OF_BYTE[usize::from(char_key(c).encode_utf8(&mut [0; 4]).as_bytes()[0])]
    }
}

/// What a byte of a key may be, in 32 bits: as in a [`CharSet`], but that all marks other than the space are one.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Kinds(u32);

impl Kinds {
    /// Small letters, digits and the space have the bits that they have in a [`CharSet`].
    const OWN: u64 = (1 << 28) - 1;
    const MARK: u8 = 28;
    const BEYOND: u8 = 29;
    const END: u8 = 30;

    /// The number of each byte's bit.
    const OF_BYTE: [u8; 256] = {
        let mut kinds = [Self::BEYOND; 256];
        let mut byte = 0;
        while byte < 0x80 {
            let bit = CharSet::of_ascii(byte);
            kinds[byte as usize] = if bit & Self::OWN == 0 { Self::MARK } else { bit.trailing_zeros() as u8 };
            byte += 1;
        }
        kinds
    };

    pub(super) fn of(chars: CharSet) -> Self {
        let bit = |chars: u64, kind: u8| u32::from(chars != 0) << kind;
        let beyond = chars.0 & CharSet::BEYOND;
        let end = chars.0 & CharSet::END.0;
        let marks = chars.0 & !(Self::OWN | CharSet::BEYOND | CharSet::END.0);
        Self(
            (chars.0 & Self::OWN) as u32
                | bit(marks, Self::MARK)
                | bit(beyond, Self::BEYOND)
                | bit(end, Self::END),
        )
    }

    pub(super) fn add(&mut self, other: Self) {
        self.0 |= other.0;
    }

    /// Whether a byte is in it, or the end.
    #[inline(always)]
    pub(super) fn has(self, byte: Option<&u8>) -> bool {
        let kind = byte.map_or(Self::END, |&byte| Self::OF_BYTE[usize::from(byte)]);
        self.0 >> kind & 1 == 1
    }
}

fn needed(hir: &Hir) -> u64 {
    match hir.kind() {
        HirKind::Literal(literal) => {
            let text = std::str::from_utf8(&literal.0).unwrap_or_default();
            text.chars().fold(0, |bits, c| bits | CharSet::of_char(c))
        }
        HirKind::Class(Class::Unicode(class)) => needed_by_class(class),
        HirKind::Empty | HirKind::Look(_) | HirKind::Class(Class::Bytes(_)) => 0,
        HirKind::Repetition(repetition) if repetition.min == 0 => 0,
        HirKind::Repetition(repetition) => needed(&repetition.sub),
        HirKind::Capture(capture) => needed(&capture.sub),
        HirKind::Concat(parts) => parts.iter().fold(0, |bits, part| bits | needed(part)),
        HirKind::Alternation(parts) => parts.iter().fold(u64::MAX, |bits, part| bits & needed(part)),
    }
}

fn needed_by_class(class: &ClassUnicode) -> u64 {
    let common = keys_of_class(class).fold(u64::MAX, |common, bits| common & bits);
    if is_ascii(class) { common } else { common & !CharSet::LETTERS }
}

fn is_ascii(class: &ClassUnicode) -> bool {
    class.ranges().last().is_none_or(|range| range.end() <= '\x7f')
}

/// The characters with which a match may end, and whether it may be empty.
fn last(hir: &Hir) -> (u64, bool) {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => (0, true),
        HirKind::Literal(literal) => {
            match std::str::from_utf8(&literal.0).ok().and_then(|t| t.chars().last()) {
                Some(c) => (CharSet::of_char(c), false),
                None => (u64::MAX, true),
            }
        }
        HirKind::Class(Class::Unicode(class)) => (CharSet::of_class(class).0, false),
        HirKind::Class(Class::Bytes(_)) => (u64::MAX, false),
        HirKind::Repetition(repetition) => {
            let (bits, may_be_empty) = last(&repetition.sub);
            (bits, may_be_empty || repetition.min == 0)
        }
        HirKind::Capture(capture) => last(&capture.sub),
        HirKind::Concat(parts) => {
            let mut all = 0;
            for part in parts.iter().rev() {
                let (bits, may_be_empty) = last(part);
                all |= bits;
                if !may_be_empty {
                    return (all, false);
                }
            }
            (all, true)
        }
        HirKind::Alternation(parts) => parts
            .iter()
            .map(last)
            .fold((0, false), |(all, any), (bits, may_be_empty)| (all | bits, any || may_be_empty)),
    }
}

/// The bits of the characters of a class whose keys are ASCII.
fn keys_of_class(class: &ClassUnicode) -> impl Iterator<Item = u64> {
    let ranges = class.ranges();
    let ascii = ranges.iter().flat_map(|range| range.start()..=range.end().min('\x7f'));
    let is_in = |c: char| ranges.iter().any(|range| (range.start()..=range.end()).contains(&c));
    let folded = KEYS_IN_ASCII.into_iter().map(|(c, _)| c).filter(move |&c| is_in(c));
    ascii.chain(folded).map(CharSet::of_char)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::fold::Folded;
    use crate::rules::pattern::LazyRegex;

    #[test]
    fn tells_lines_that_lack_a_character() {
        for (pattern, line, may) in [
            ("^photo: .+$", "Photo: ferry", true),
            ("^photo: .+$", "Photo of a ferry", false), // no colon
            ("(?:photo|foto)s?", "OFT", true),
            ("(?:photo|foto)s?", "oh", false),        // no t
            (r"\d+ comments?", "no comments", false), // no digit
            (r"\d+ comments?", "17 comments", true),
            (r"\d+ comments?", "१७ comments", true),
            ("[|•·] updated", "x updated", false),
            ("[|•·] updated", "x | updated", true),
            ("[|•·] updated", "x • updated", true),
            ("[eé]t", "t", true),
            ("été", "ete", false),
            ("été", "ÉTÉ", true),
            ("[ks]t", "\u{212a}t", true),
            ("K", "k", true),
            ("[ſ]", "S", true),
            ("(?-i:A)b?", "a", true),
            (r"^\W*$", "", true),
            ("a{0}", "", true),
        ] {
            let needed = CharSet::needed_by(&LazyRegex::for_folded(pattern).unwrap().hir().unwrap());
            assert_eq!(CharSet::of_key(Folded::new(line).key()).has(needed), may, "{pattern} {line}");
        }
    }

    #[test]
    fn kinds_tell_letters_from_marks() {
        for (chars, has, has_not) in [
            ("ab", "ab", "c1 -é"),
            ("1", "0", "a -é"),
            (" ", " ", "a1-é"),
            ("-", "-.\u{7}\u{7f}", "a1 é"),
            ("é", "éя", "a1 -"),
        ] {
            let mut kinds = Kinds::default();
            for at in 0..chars.len() {
                kinds.add(Kinds::of(CharSet::at(chars.as_bytes(), at)));
            }
            assert!(has.bytes().all(|byte| kinds.has(Some(&byte))), "{chars}");
            assert!(
                !has_not.chars().any(|c| kinds.has(c.encode_utf8(&mut [0; 4]).as_bytes().first())),
                "{chars}"
            );
            assert!(!kinds.has(None));
        }
        let all = Kinds::of(CharSet::ALL);
        assert!((0..=u8::MAX).all(|byte| all.has(Some(&byte))) && all.has(None));
    }

    #[test]
    fn tells_lines_that_end_otherwise() {
        for (pattern, line, may) in [
            ("^(?:about us|contact)[[:punct:] »]*$", "Contact", true),
            ("^(?:about us|contact)[[:punct:] »]*$", "Contact ›››", true),
            ("^(?:about us|contact)[[:punct:] »]*$", "Contact?", true),
            ("^(?:about us|contact)[[:punct:] »]*$", "Contact Ada Marsh", false),
            ("^(?:about us|contact)", "Contact Ada Marsh", true),
            ("^by .*$", "By Ada Marsh", true),
            ("^(?:by|von)? ?$", "marsh", true),
            (r"^\d+ comments?$", "17 commenti", false),
            (r"^\d+ comments?$", "17 comment\u{17f}", true),
            (r"^page \d+$", "Page 1", true),
            (r"^page \d+$", "Page १", true),
            ("^[^a-z]+$", "ABC", true),
            ("^(?:weiter|plus d'été)$", "plus d'été", true),
        ] {
            let hir = LazyRegex::for_folded(pattern).unwrap().hir().unwrap();
            let last = CharSet::last_of_key(Folded::new(line).key());
            assert_eq!(CharSet::last_of(&hir).meets(last), may, "{pattern} {line}");
        }
    }
}
