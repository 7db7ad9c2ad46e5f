//! Folding: what a line pattern sees of a line, so that no rule depends on the kind of quote, dash or
//! space a page happens to use.

use std::borrow::Cow;
use std::cell::{Cell, OnceCell};
use std::sync::LazyLock;

use regex_syntax::hir::ClassUnicode;
use wide::u8x16;

use super::class::{class_of, has};
use crate::ascii::{CHUNK, is_within, plain, window};
use crate::words::{changes_in_lower_case, is_alphabetic};

/// What folding makes of a character.
enum FoldedChar {
    /// Nothing: invisible characters.
    Gone,
    /// White space of any kind.
    Space,
    /// Another character, or the same.
    Char(char),
}

/// Quotes and dashes become straight ones. The Turkish dotted capital and dotless small i become a
/// plain i, since a case-insensitive regex takes neither for an i.
fn fold_char(c: char) -> FoldedChar {
    match c {
        COMBINING_IOTA => FoldedChar::Gone,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => FoldedChar::Gone,
        '\u{2018}'..='\u{201b}' | '\u{2032}' | '\u{2bc}' | '`' | '\u{b4}' => FoldedChar::Char('\''),
        '\u{201c}'..='\u{201f}' | '\u{2033}' => FoldedChar::Char('"'),
        '\u{2010}'..='\u{2015}' | '\u{2212}' => FoldedChar::Char('-'),
        'ı' | 'İ' => FoldedChar::Char('i'),
        c if c.is_whitespace() => FoldedChar::Space,
        c => FoldedChar::Char(c),
    }
}

/// The combining iota, a mark that case folding takes for the letter: without it, keys tell all that case folding does.
pub(super) const COMBINING_IOTA: char = '\u{345}';

thread_local! {
    /// The memory of the last key: a page has some hundred lines, and one is folded at a time.
    static KEY: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// A line as patterns see it.
#[derive(Debug)]
pub(super) struct Folded<'a> {
    line: &'a str,
    text: OnceCell<String>,
    /// The key and zeros, so that [`CHUNK`] bytes can be read anywhere.
    key: Vec<u8>,
    key_length: usize,
    chars: usize,
    letters: usize,
    /// Whether every character of the key has as many bytes as its text's.
    is_aligned: bool,
    /// Byte of the key where its first letter or digit stands.
    first_letter: Option<usize>,
}

impl<'a> Folded<'a> {
    pub(super) fn new(line: &'a str) -> Self {
        let mut key = KEY.take();
        key.clear();
        key.reserve(line.len() + 2 * CHUNK);
        let (text, first_letter) = (OnceCell::new(), None);
        let is_aligned = true;
        let mut folded =
            Self { line, text, key, key_length: 0, chars: 0, letters: 0, is_aligned, first_letter };
        fold_into(line, &mut folded);
        folded.key_length = folded.key.len();
        folded.key.extend_from_slice(&[0; CHUNK]);
        folded
    }

    /// The line's text: runs of white space are one space, trimmed; quotes, apostrophes and dashes are straight;
    /// soft hyphens, zero-width characters and the combining iota are gone.
    pub(super) fn text(&self) -> &str {
        self.text.get_or_init(|| fold(self.line))
    }

    /// The text in lower case (see [`char_key`]), in UTF-8.
    pub(super) fn key(&self) -> &[u8] {
        &self.key[..self.key_length]
    }

    /// The line's text, if each of its characters stands at the byte where its key does: in all lines but those with the
    /// few that are longer or shorter than their small letters, such as the Kelvin sign.
    pub(super) fn aligned_text(&self) -> Option<&str> {
        self.is_aligned.then(|| self.text())
    }

    /// The key with at least [`CHUNK`] zeros behind it.
    pub(super) fn padded_key(&self) -> &[u8] {
        &self.key
    }

    /// The key from its first letter or digit on; empty if it has none.
    pub(super) fn key_from_first_letter(&self) -> &[u8] {
        self.first_letter.map_or(&[], |at| &self.key[at..self.key_length])
    }

    /// Letters of all alphabets and ASCII digits of the text.
    pub(super) fn letters(&self) -> usize {
        self.letters
    }

    /// Characters of the text.
    pub(super) fn chars(&self) -> usize {
        self.chars
    }
}

impl Drop for Folded<'_> {
    fn drop(&mut self) {
        KEY.set(std::mem::take(&mut self.key));
    }
}

/// What takes a line while it is folded.
trait Sink {
    /// A character.
    fn char(&mut self, c: char);
    /// The first bytes of a text, which are so many ASCII characters that stand for themselves, at most [`CHUNK`].
    fn ascii(&mut self, text: &str, length: usize);
}

impl Sink for String {
    fn char(&mut self, c: char) {
        self.push(c);
    }

    fn ascii(&mut self, text: &str, length: usize) {
        self.push_str(&text[..length]);
    }
}

impl Sink for Folded<'_> {
    #[inline(always)]
    fn char(&mut self, c: char) {
        self.chars += 1;
        self.letters += usize::from(is_alphabetic(c) || c.is_ascii_digit());
        if self.first_letter.is_none() && is_letter_or_digit(c) {
            self.first_letter = Some(self.key.len());
        }
        let key = char_key(c);
        self.is_aligned &= key.len_utf8() == c.len_utf8();
        self.key.extend_from_slice(key.encode_utf8(&mut [0; 4]).as_bytes());
    }

    #[inline(always)]
    fn ascii(&mut self, text: &str, length: usize) {
        let bytes = u8x16::new(window(text.as_bytes()));
        let lower = bytes | is_within(bytes, b'A', b'Z') & u8x16::splat(b'a' - b'A');
        let letters = (is_within(lower, b'a', b'z') | is_within(bytes, b'0', b'9')).to_bitmask();
        let letters = letters & ((1 << length) - 1);
        self.chars += length;
        self.letters += letters.count_ones() as usize;
        if self.first_letter.is_none() && letters != 0 {
            self.first_letter = Some(self.key.len() + letters.trailing_zeros() as usize);
        }
        let end = self.key.len() + length;
        self.key.extend_from_slice(&lower.to_array());
        self.key.truncate(end);
    }
}

/// The line's text, folded.
pub(super) fn fold(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    fold_into(line, &mut text);
    text
}

fn fold_into(line: &str, sink: &mut impl Sink) {
    let bytes = line.as_bytes();
    let (mut at, mut space, mut begun) = (0, false, false);
    while let Some(&byte) = bytes.get(at) {
        let c = match byte {
            // Nearly all bytes: they stand for themselves and need no decoding.
            b'!'..=b'_' | b'a'..=b'~' => {
                let (length, _) = plain(&bytes[at..]);
                if space && begun {
                    sink.char(' ');
                }
                (space, begun) = (false, true);
                sink.ascii(&line[at..], length);
                at += length;
                continue;
            }
            b' ' | b'\t'..=b'\r' => {
                at += 1;
                space = true;
                continue;
            }
            _ => {
                let c = line[at..].chars().next().unwrap_or_default();
                at += c.len_utf8();
                match fold_char(c) {
                    FoldedChar::Gone => continue,
                    FoldedChar::Space => {
                        space = true;
                        continue;
                    }
                    FoldedChar::Char(c) => c,
                }
            }
        };
        if space && begun {
            sink.char(' ');
        }
        (space, begun) = (false, true);
        sink.char(c);
    }
}

/// Folds the characters of a pattern as those of a line are, so that a typographic quote in a pattern
/// matches what has become of it in the line. White space other than ASCII becomes a space.
pub(super) fn fold_pattern(pattern: &str) -> Cow<'_, str> {
    if pattern.is_ascii() && !pattern.contains('`') {
        return Cow::Borrowed(pattern);
    }
    let mut folded = String::with_capacity(pattern.len());
    for c in pattern.chars() {
        match fold_char(c) {
            _ if c.is_ascii_whitespace() => folded.push(c),
            FoldedChar::Gone => {}
            FoldedChar::Space => folded.push(' '),
            // Escaped: a dash between brackets would else span a range.
            FoldedChar::Char('-') if c != '-' => folded.push_str("\\-"),
            FoldedChar::Char(c) => folded.push(c),
        }
    }
    Cow::Owned(folded)
}

/// The key of a character: the same for all characters that a case-insensitive regex takes for the same.
pub(super) fn char_key(c: char) -> char {
    match c {
        '\0'..='\x7f' => c.to_ascii_lowercase(),
        _ if !changes_in_lower_case(c) => plain_form(c),
        _ => {
            let mut lower = c.to_lowercase();
            match (lower.next(), lower.next()) {
                (Some(lower), None) => plain_form(lower),
                _ => plain_form(c),
            }
        }
    }
}

/// The characters beyond ASCII whose keys are ASCII: the long s and the Kelvin sign. Both are letters.
pub(super) const KEYS_IN_ASCII: [(char, u8); 2] = [('ſ', b's'), ('\u{212a}', b'k')];

/// The usual form of a small letter that case folding takes for another one: the long s, Greek symbols and
/// Old Cyrillic forms.
fn plain_form(c: char) -> char {
    match c {
        'ſ' => 's',
        'ẛ' => 'ṡ',
        'ﬅ' => 'ﬆ',
        'µ' => 'μ',
        'ς' => 'σ',
        'ϐ' => 'β',
        'ϵ' => 'ε',
        'ϑ' => 'θ',
        'ϰ' => 'κ',
        'ϖ' => 'π',
        'ϱ' => 'ρ',
        'ϕ' => 'φ',
        '\u{1fbe}' => 'ι',
        '\u{1fd3}' => '\u{390}',
        '\u{1fe3}' => '\u{3b0}',
        '\u{1c80}' => 'в',
        '\u{1c81}' => 'д',
        '\u{1c82}' => 'о',
        '\u{1c83}' => 'с',
        '\u{1c84}' | '\u{1c85}' => 'т',
        '\u{1c86}' => 'ъ',
        '\u{1c87}' => 'ѣ',
        '\u{1c88}' => '\u{a64b}',
        _ => c,
    }
}

/// Letters of all alphabets, and ASCII digits.
pub(super) fn letters_and_digits() -> &'static ClassUnicode {
    static CLASS: LazyLock<ClassUnicode> = LazyLock::new(|| class_of(r"[\p{L}0-9]"));
    &CLASS
}

fn is_letter_or_digit(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric();
    }
    has(letters_and_digits().ranges(), c)
}

/// The text from its first letter or digit on; empty if it has none.
pub(super) fn from_first_letter(text: &str) -> &str {
    text.find(is_letter_or_digit).map_or("", |at| &text[at..])
}

#[cfg(test)]
mod tests {
    use regex_syntax::hir::ClassUnicodeRange;

    use super::*;

    #[test]
    fn knows_the_keys_in_ascii() {
        let is_there = |c: &char| char_key(*c).is_ascii();
        let found: Vec<_> = ('\u{80}'..=char::MAX).filter(is_there).map(|c| (c, char_key(c) as u8)).collect();
        assert_eq!(found, KEYS_IN_ASCII);
    }

    #[test]
    fn folds_lines() {
        for (line, folded) in [
            ("  Read\u{a0}\u{2009}more \n", "Read more"),
            ("Don\u{2019}t \u{201e}miss\u{201c} it \u{2014} ever", "Don't \"miss\" it - ever"),
            ("News\u{ad}letter\u{200b}", "Newsletter"),
            ("\u{200b} Weiter", "Weiter"),
            ("DEVAMINI OKU, İLGİLİ, ısı", "DEVAMINI OKU, iLGiLi, isi"),
            ("« Zurück »", "« Zurück »"),
            ("", ""),
            (" \u{feff} ", ""),
        ] {
            assert_eq!(fold(line), folded, "{line:?}");
        }
    }

    #[test]
    fn folds_patterns_without_making_ranges() {
        assert_eq!(fold_pattern("^a\\s+b$"), "^a\\s+b$");
        assert_eq!(fold_pattern("[\u{2014}\u{2013}-] l\u{2019}info"), "[\\-\\--] l'info");
        assert!(regex::Regex::new(&fold_pattern("^[\u{2014}\u{2013}-] x")).unwrap().is_match("- x"));
        assert_eq!(fold_pattern("devamını"), "devamini");
    }

    #[test]
    fn keys_ignore_case() {
        for (a, b) in
            [("ПОДРОБНЕЕ", "подробнее"), ("ŁĄCZNIE", "łącznie"), ("Straße", "STRAẞE"), ("ΟΔΟΣ", "οδος")]
        {
            let key = |text: &str| text.chars().map(char_key).collect::<String>();
            assert_eq!(key(a), key(b));
        }
    }

    /// The literal search would lose lines otherwise.
    #[test]
    fn keys_are_the_same_for_all_that_case_folding_takes_for_the_same() {
        let mut wrong = vec![];
        for c in ('\u{80}'..='\u{2ffff}').filter(|&c| c != COMBINING_IOTA) {
            let mut class = ClassUnicode::new([ClassUnicodeRange::new(c, c)]);
            class.case_fold_simple();
            let others = class.ranges().iter().flat_map(|range| range.start()..=range.end());
            let others = others.filter(|&other| other != COMBINING_IOTA && char_key(other) != char_key(c));
            wrong.extend(others.map(|other| (c, other)));
        }
        assert_eq!(wrong, []);
    }

    #[test]
    fn finds_the_first_letter() {
        for (text, rest) in
            [("» 3 Fragen", "3 Fragen"), ("© äh", "äh"), ("— ", ""), ("", ""), ("_x", "x"), ("中", "中")]
        {
            assert_eq!(from_first_letter(text), rest);
        }
    }
}
