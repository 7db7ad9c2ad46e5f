//! What is counted in a block's text.

use crate::ascii::small_letters;
use crate::words;

/// Counts of a block's text, whatever elements it stands in.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct TextCounts {
    /// Words between spaces.
    pub(super) words: u32,
    /// Words that begin with a capital.
    pub(super) capitals: u32,
    /// Words of nothing but capitals.
    pub(super) shouting: u32,
    pub(super) digits: u32,
    /// Marks that stand in menus and credits rather than in prose.
    pub(super) marks: u32,
    pub(super) commas: u32,
    pub(super) sentences: u32,
    /// Characters of scripts without spaces between words.
    pub(super) unspaced: u32,
    /// What it begins with: 3 for a quote or a dash, 2 for a capital, 1 for a small letter.
    pub(super) opening: u8,
    /// How it ends (see [`ending_code`]).
    pub(super) ending: u8,
}

impl TextCounts {
    pub(super) fn of(text: &str) -> Self {
        let mut counts = Self { opening: opening_code(text), ending: ending_code(text), ..Self::default() };
        let (mut at_start, mut before, mut small) = (true, 0, false);
        let counted = |kind: u8, bit: u8| u32::from(kind & bit != 0);
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            let kind = match ASCII.get(usize::from(byte)) {
                Some(_) if byte == b' ' => {
                    at += 1;
                    counts.shouting += u32::from(!at_start && !small);
                    counts.sentences += counted(before, END);
                    (at_start, before) = (true, 0);
                    continue;
                }
                Some(&kind) => {
                    at += 1;
                    kind
                }
                None => {
                    let c = text[at..].chars().next().unwrap_or_default();
                    at += c.len_utf8();
                    kind_beyond_ascii(c)
                }
            };
            if kind == 0 && !at_start {
                // Nearly all: the small letters of a word.
                (small, before) = (true, 0);
                at += small_letters(&bytes[at..]);
                continue;
            }
            if at_start {
                counts.words += 1;
                counts.capitals += counted(kind, UPPER);
                (at_start, small) = (false, false);
            }
            small |= kind & UPPER == 0;
            counts.digits += counted(kind, DIGIT);
            counts.commas += counted(kind, COMMA);
            counts.marks += counted(kind, MARK);
            counts.sentences += counted(kind, FULL_STOP);
            counts.unspaced += counted(kind, UNSPACED);
            before = kind;
        }
        counts.sentences += counted(before, END);
        counts.shouting += u32::from(!at_start && !small);
        counts
    }
}

fn opening_code(text: &str) -> u8 {
    text.chars().next().map_or(0, |c| match c {
        '"' | '“' | '„' | '«' | '‘' | '\'' | '「' | '-' | '–' | '—' => 3,
        c if c.is_uppercase() => 2,
        c if c.is_alphabetic() => 1,
        _ => 0,
    })
}

/// How a block ends: 0 in a word, up to 4 as a sentence does.
fn ending_code(text: &str) -> u8 {
    let quoted = text.trim_end_matches(['"', '\'', '”', '’', '»', ')', '」']);
    match quoted.chars().next_back() {
        Some('.' | '!' | '?' | '。' | '！' | '？' | '।' | '۔' | '؟') => 4,
        Some('…') => 3,
        Some(':' | '：') => 2,
        Some(',' | ';' | '-' | '–' | '—') => 1,
        _ if quoted.len() < text.len() => 1,
        _ => 0,
    }
}

/// What the features count of an ASCII character, as bits.
const ASCII: [u8; 128] = {
    let mut kinds = [0; 128];
    let mut byte = 0u8;
    while byte < 128 {
        kinds[byte as usize] = match byte {
            b'A'..=b'Z' => UPPER,
            b'0'..=b'9' => DIGIT,
            b',' => COMMA,
            b'|' | b'>' | b'@' | b'#' | b'/' => MARK,
            b'.' | b'!' | b'?' => END,
            _ => 0,
        };
        byte += 1;
    }
    kinds
};
const UPPER: u8 = 1;
const DIGIT: u8 = 1 << 1;
const COMMA: u8 = 1 << 2;
const MARK: u8 = 1 << 3;
/// Ends a sentence before a space.
const END: u8 = 1 << 4;
/// Ends a sentence anywhere.
const FULL_STOP: u8 = 1 << 5;
/// Of a script without spaces.
const UNSPACED: u8 = 1 << 6;

/// The same of any other character.
fn kind_beyond_ascii(c: char) -> u8 {
    match c {
        '،' | '、' | '，' => COMMA,
        '©' | '»' | '«' | '›' | '•' | '·' | '→' => MARK,
        '。' | '！' | '？' => FULL_STOP,
        c if words::is_unspaced(c) => UNSPACED,
        c if c.is_uppercase() => UPPER,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_words_and_marks() {
        let counts = |text| {
            let c = TextCounts::of(text);
            [c.words, c.capitals, c.shouting, c.digits, c.marks, c.commas, c.sentences, c.unspaced]
        };
        assert_eq!(counts(""), [0; 8]);
        assert_eq!(counts("The NATO summit, of 2026."), [5, 2, 1, 4, 0, 1, 1, 0]);
        assert_eq!(counts("Home | News > U.S. | X"), [7, 4, 1, 0, 3, 0, 1, 0]);
        assert_eq!(counts("Österreichs Wähler! Wirklich? Ja"), [4, 4, 0, 0, 0, 0, 2, 0]);
        assert_eq!(counts("港は閉鎖。"), [1, 0, 0, 0, 0, 0, 1, 4]);
    }

    #[test]
    fn tells_how_a_text_begins_and_ends() {
        let codes = |text| (TextCounts::of(text).opening, TextCounts::of(text).ending);
        assert_eq!(codes("“The harbour,” she said."), (3, 4));
        assert_eq!(codes("Read more"), (2, 0));
        assert_eq!(codes("and so on…"), (1, 3));
        assert_eq!(codes("2026:"), (0, 2));
    }
}
