//! A text of at most 16 bytes that needs no memory beside itself: what literals of patterns are made of. Thousands
//! are put together, compared and sorted before the first line is read.

use std::fmt;

/// Bytes of the longest text. More would seldom rule out another line, and this many are compared in one step.
pub(super) const MAX_TEXT: usize = 16;

/// The first [`MAX_TEXT`] bytes of a text, or a little less where that would cut a character.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct ShortText {
    bytes: [u8; MAX_TEXT],
    length: u8,
}

impl ShortText {
    pub(super) const EMPTY: Self = Self { bytes: [0; MAX_TEXT], length: 0 };

    /// The start of the text that these characters are.
    pub(super) fn of(chars: impl IntoIterator<Item = char>) -> Self {
        let mut text = Self::EMPTY;
        for c in chars {
            let (start, end) = (text.len(), text.len() + c.len_utf8());
            if end > MAX_TEXT {
                break;
            }
            c.encode_utf8(&mut text.bytes[start..]);
            text.length = end as u8;
        }
        text
    }

    pub(super) fn len(&self) -> usize {
        usize::from(self.length)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Its bytes and zeros.
    pub(super) fn padded(&self) -> &[u8; MAX_TEXT] {
        &self.bytes
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len()]
    }

    pub(super) fn as_str(&self) -> &str {
        // Made of whole characters only.
        std::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }

    /// Whether it may have been cut, so that nothing can be added to it.
    pub(super) fn is_full(&self) -> bool {
        self.len() + char::MAX_LEN_UTF8 > MAX_TEXT
    }

    /// The text that goes on with another one.
    pub(super) fn then(&self, tail: &Self) -> Self {
        let length = self.len() + tail.len();
        if length > MAX_TEXT {
            return Self::of(self.as_str().chars().chain(tail.as_str().chars()));
        }
        // A shift by all bits is the empty text's only.
        let value = self.value() | tail.value().checked_shr(8 * u32::from(self.length)).unwrap_or(0);
        Self { bytes: value.to_be_bytes(), length: length as u8 }
    }

    /// Whether a text stands in it from a byte on.
    pub(super) fn has_at(&self, at: usize, part: &Self) -> bool {
        // A shift by all bits leaves nothing: at the end of a text of all bytes, and of a part of none.
        let rest = self.value().checked_shl(8 * at as u32).unwrap_or(0);
        let behind = 8 * (MAX_TEXT - part.len()) as u32;
        at + part.len() <= self.len() && (rest ^ part.value()).checked_shr(behind).unwrap_or(0) == 0
    }

    /// Its bytes as a number: of two texts the number of the first in the alphabet is smaller.
    fn value(&self) -> u128 {
        u128::from_be_bytes(self.bytes)
    }
}

impl Ord for ShortText {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.value(), self.length).cmp(&(other.value(), other.length))
    }
}

impl PartialOrd for ShortText {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Debug for ShortText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cut(text: &str) -> &str {
        &text[..text.floor_char_boundary(MAX_TEXT)]
    }

    proptest! {
        #[test]
        fn does_as_texts_do(a in "[ab\0éя中]{0,20}", b in "[ab\0éя中]{0,8}") {
            let (a, b) = (cut(&a), cut(&b));
            let (short, other) = (ShortText::of(a.chars()), ShortText::of(b.chars()));
            prop_assert_eq!(short.as_str(), a);
            for at in 0..=MAX_TEXT {
                prop_assert_eq!(short.has_at(at, &other), a.as_bytes().get(at..).is_some_and(|rest| rest.starts_with(b.as_bytes())));
            }
            prop_assert_eq!(short.cmp(&other), a.cmp(b));
            let (both, joined) = (format!("{a}{b}"), short.then(&other));
            prop_assert_eq!(joined.as_str(), cut(&both));
        }
    }
}
