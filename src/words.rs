//! Words and shingles as hashes: how texts are compared throughout.

use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use crate::ascii::{CHUNK, alphanumerics, window};

/// Words of a shingle.
const SHINGLE: usize = 4;

/// Appends the hash of each word of `text`, in order: runs of letters and digits, in lower case; in
/// scripts without spaces each character counts as a word. The model knows words by their hashes, so that another
/// hash needs another model.
pub fn hashes(text: &str, out: &mut Vec<u32>) {
    let bytes = text.as_bytes();
    let mut word = Word::default();
    let mut at = 0;
    loop {
        if word.length == 0 {
            at = short_words(bytes, at, out);
        }
        let Some(&byte) = bytes.get(at) else { break };
        if byte.is_ascii() {
            at += 1;
            match LOWER[usize::from(byte)] {
                0 => word.end(out),
                lower => word.push(lower),
            }
            continue;
        }
        let c = text[at..].chars().next().unwrap_or_default();
        at += c.len_utf8();
        if is_unspaced(c) {
            word.end(out);
            word.push_char(c);
            word.end(out);
        } else if is_alphanumeric(c) {
            if changes_in_lower_case(c) {
                c.to_lowercase().for_each(|lower| word.push_char(lower));
            } else {
                word.push_char(c);
            }
        } else if !matches!(c, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}') {
            word.end(out);
        }
    }
    word.end(out);
}

/// Appends the hashes of the words from byte `at` on as long as they are short and of ASCII alone; gives where the first
/// other one may begin.
fn short_words(bytes: &[u8], mut at: usize, out: &mut Vec<u32>) -> usize {
    while at < bytes.len() {
        let chunk = window(&bytes[at..]);
        let (mut letters, other) = alphanumerics(&chunk);
        let seen = (other.trailing_zeros() as usize).min(CHUNK);
        // Room to read eight bytes anywhere.
        let mut padded = [0; CHUNK + 8];
        padded[..CHUNK].copy_from_slice(&chunk);
        let eight = |start: usize| {
            let bytes = padded.get(start..).and_then(<[u8]>::first_chunk).copied().unwrap_or_default();
            u64::from_be_bytes(bytes) | 0x2020_2020_2020_2020
        };
        at = loop {
            let start = letters.trailing_zeros() as usize;
            if start >= seen {
                match seen {
                    CHUNK => break at + CHUNK,
                    seen => return at + seen,
                }
            }
            let end = start + (!letters >> start).trailing_zeros() as usize;
            if end >= seen {
                // It may go on.
                if start == 0 || seen < CHUNK {
                    return at + start;
                }
                break at + start;
            }
            let mut word = Word::default();
            let mut length = end - start;
            if length < 8 {
                word.bytes = eight(start) >> (64 - 8 * length);
            } else {
                word.bytes = eight(start);
                word.mix();
                length -= 8;
                word.bytes = eight(start + 8).checked_shr(64 - 8 * length as u32).unwrap_or(0);
            }
            word.mix();
            out.push(word.number());
            letters &= !0 << end;
        };
    }
    bytes.len()
}

/// ASCII letters and digits in lower case; 0 for every other byte.
pub(crate) const LOWER: [u8; 256] = {
    let mut lower = [0; 256];
    let mut byte = 0u8;
    while byte < 0x80 {
        if byte.is_ascii_alphanumeric() {
            lower[byte as usize] = byte.to_ascii_lowercase();
        }
        byte += 1;
    }
    lower
};

/// Words between white space that hold a letter or a number. Scripts without spaces between words
/// (Chinese, Japanese, Thai) count low.
#[must_use]
pub fn count(text: &str) -> usize {
    text.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).count()
}

/// A word's hash in the making: eight bytes are mixed in at once.
#[derive(Default)]
struct Word {
    hash: u64,
    bytes: u64,
    length: u32,
}

impl Word {
    #[inline(always)]
    fn push(&mut self, byte: u8) {
        self.bytes = self.bytes << 8 | u64::from(byte);
        self.length += 1;
        if self.length.is_multiple_of(8) {
            self.mix();
        }
    }

    fn push_char(&mut self, c: char) {
        c.encode_utf8(&mut [0; 4]).bytes().for_each(|byte| self.push(byte));
    }

    fn mix(&mut self) {
        self.hash = (self.hash.rotate_left(5) ^ self.bytes).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.bytes = 0;
    }

    /// Appends the word, if there is one, and begins the next.
    #[inline(always)]
    fn end(&mut self, out: &mut Vec<u32>) {
        if self.length > 0 {
            self.mix();
            out.push(self.number());
            *self = Self::default();
        }
    }

    /// The hash once all is mixed in.
    fn number(&self) -> u32 {
        (self.hash >> 32) as u32
    }
}

/// Whether a text ends as a sentence does, quotes and brackets after it aside.
#[must_use]
pub fn ends_as_sentence(text: &str) -> bool {
    let text = text.trim_end_matches(['"', '\'', '”', '’', '»', ')', '」', ' ']);
    text.ends_with(['.', '!', '?', '…', ':', '。', '！', '？', '।', '۔', '؟'])
}

/// Whether a character belongs to a script that is written without spaces between words.
#[must_use]
pub fn is_unspaced(c: char) -> bool {
    matches!(u32::from(c), 0x0e00..=0x0eff | 0x1000..=0x109f | 0x1780..=0x17ff | 0x3040..=0x30ff | 0x3400..=0x4dbf
        | 0x4e00..=0x9fff | 0xf900..=0xfaff | 0x2_0000..=0x2_fa1f)
}

/// Characters whose kinds are in tables: those of all alphabets in use, and the marks of their texts.
const TABLED: usize = 0x3000;

/// Most of the letters of China, Japan and Korea, which have no case. The standard library searches for them long.
fn is_east_asian_letter(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}')
}

/// A kind of characters, by a table: the standard library searches for what is beyond ASCII.
struct CharKind {
    is_one: fn(char) -> bool,
    /// A bit for each of the first characters.
    bits: OnceLock<[u64; TABLED / 64]>,
}

impl CharKind {
    const fn new(is_one: fn(char) -> bool) -> Self {
        Self { is_one, bits: OnceLock::new() }
    }

    #[inline]
    fn has(&self, c: char) -> bool {
        let bits = self.bits.get_or_init(|| {
            let is_one = |c: usize| char::from_u32(c as u32).is_some_and(self.is_one);
            std::array::from_fn(|at| (0..64).map(|bit| u64::from(is_one(at * 64 + bit)) << bit).sum())
        });
        bits.get(c as usize / 64).map_or_else(|| (self.is_one)(c), |bits| bits >> (c as u32 % 64) & 1 == 1)
    }
}

/// [`char::is_alphanumeric`], by a table.
pub(crate) fn is_alphanumeric(c: char) -> bool {
    static KIND: CharKind = CharKind::new(char::is_alphanumeric);
    is_east_asian_letter(c) || KIND.has(c)
}

/// [`char::is_alphabetic`], by a table.
pub(crate) fn is_alphabetic(c: char) -> bool {
    static KIND: CharKind = CharKind::new(char::is_alphabetic);
    is_east_asian_letter(c) || KIND.has(c)
}

/// Whether [`char::to_lowercase`] gives something else than the character, by a table.
pub(crate) fn changes_in_lower_case(c: char) -> bool {
    static KIND: CharKind = CharKind::new(|c| !c.to_lowercase().eq([c]));
    !is_east_asian_letter(c) && KIND.has(c)
}

fn mix(hash: u32, value: u32) -> u32 {
    (hash.rotate_left(5) ^ value).wrapping_mul(0x9e37_79b9) | 1
}

/// Bits for hashes, by their lowest bits: most hashes that are looked for are in no set, and need no search in it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    bits: Vec<u64>,
}

impl Filter {
    /// Bits for each hash, so that few others meet one that is set.
    const SPARSE: usize = 32;

    /// The filter of `count` hashes.
    pub(crate) fn new(hashes: impl Iterator<Item = u32>, count: usize) -> Self {
        let mut filter = Self { bits: vec![0; (count * Self::SPARSE / 64).next_power_of_two()] };
        for hash in hashes {
            let (at, bit) = filter.place(hash);
            filter.bits[at] |= bit;
        }
        filter
    }

    fn place(&self, hash: u32) -> (usize, u64) {
        // Their number is a power of two, or none.
        ((hash as usize / 64) & self.bits.len().wrapping_sub(1), 1 << (hash % 64))
    }

    /// Whether a hash may be among them.
    #[inline(always)]
    pub(crate) fn may_have(&self, hash: u32) -> bool {
        let (at, bit) = self.place(hash);
        self.bits.get(at).is_some_and(|bits| bits & bit != 0)
    }
}

/// What is known of some words or shingles, by their hashes.
#[derive(Debug, Clone)]
pub(crate) struct Lookup<T> {
    values: FxHashMap<u32, T>,
    filter: Filter,
}

impl<T> Lookup<T> {
    pub(crate) fn new(values: FxHashMap<u32, T>) -> Self {
        Self { filter: Filter::new(values.keys().copied(), values.len()), values }
    }

    #[inline(always)]
    pub(crate) fn get(&self, hash: u32) -> Option<&T> {
        if self.filter.may_have(hash) { self.values.get(&hash) } else { None }
    }

    pub(crate) fn values(&self) -> &FxHashMap<u32, T> {
        &self.values
    }
}

impl<T> Default for Lookup<T> {
    fn default() -> Self {
        Self::new(FxHashMap::default())
    }
}

/// The shingles of a text: hashes of every four words that follow each other.
#[derive(Debug, Clone, Default)]
pub struct Shingles(Lookup<()>);

impl Shingles {
    /// The shingles of a text.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let mut words = vec![];
        hashes(text, &mut words);
        Self(Lookup::new(shingles(&words).map(|shingle| (shingle, ())).collect()))
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.values().is_empty()
    }

    /// The share, 0 to 1, of the shingles of `words` that are in the set; `None` for texts too short to
    /// have one.
    #[must_use]
    pub fn share_of(&self, words: &[u32]) -> Option<f32> {
        let all = (words.len() + 1).checked_sub(SHINGLE).filter(|&all| all > 0)?;
        if self.is_empty() {
            return Some(0.0);
        }
        let found = shingles(words).filter(|&shingle| self.0.get(shingle).is_some()).count();
        Some(found as f32 / all as f32)
    }
}

/// The hash of two words that follow each other.
#[must_use]
pub fn pair(first: u32, second: u32) -> u32 {
    combine(&[first, second])
}

/// The hash of each four words that follow each other.
pub fn shingles(words: &[u32]) -> impl Iterator<Item = u32> {
    words.windows(SHINGLE).map(combine)
}

fn combine(words: &[u32]) -> u32 {
    words.iter().fold(0, |hash, &word| mix(hash, word))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(text: &str) -> Vec<u32> {
        let mut out = vec![];
        hashes(text, &mut out);
        out
    }

    #[test]
    fn counts_what_stands_between_spaces_and_has_a_letter_or_digit() {
        for (text, count) in [
            ("", 0),
            ("The harbour  was\u{a0}closed\n", 4),
            ("– don't, 24/7 … »é« ½", 4),
            ("港は閉鎖 中", 2),
            ("a\u{200b}b\u{2003}c\u{b}d", 3),
        ] {
            assert_eq!(super::count(text), count, "{text}");
        }
    }

    #[test]
    fn tables_are_right() {
        for c in '\0'..='\u{10000}' {
            assert_ne!(changes_in_lower_case(c), c.to_lowercase().eq([c]), "{c:?}");
            assert_eq!(
                (is_alphanumeric(c), is_alphabetic(c)),
                (c.is_alphanumeric(), c.is_alphabetic()),
                "{c:?}"
            );
        }
    }

    #[test]
    fn case_marks_and_soft_hyphens_do_not_count() {
        assert_eq!(words("The Har\u{ad}bour, closed!"), words("the harbour closed"));
        assert_eq!(words("ÉTÉ"), words("été"));
        assert_eq!(words("港は閉鎖").len(), 4);
        assert_ne!(words("ab c"), words("a bc"));
    }

    proptest! {
        /// Sixteen bytes at a time or one: a soft hyphen, which counts for nothing, leads to the latter.
        #[test]
        fn words_are_the_same_however_they_are_read(text in "[a-zA-Z0-9 .{`@\\[/é港]{0,60}") {
            let slow: String = text.chars().flat_map(|c| [c, '\u{ad}']).collect();
            prop_assert_eq!(words(&text), words(&slow));
        }
    }

    #[test]
    fn shares_count_shingles() {
        let set = Shingles::new("the harbour was closed on Monday");
        assert_eq!(set.share_of(&words("The harbour was closed")), Some(1.0));
        assert_eq!(set.share_of(&words("harbour closed")), None);
        assert_eq!(set.share_of(&words("the harbour was closed again")), Some(0.5));
    }
}
