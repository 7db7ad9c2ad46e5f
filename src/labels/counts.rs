//! What is counted in a block's text, sixteen bytes at a time: each kind of character is a bit for each byte.

use wide::u8x16;

use crate::ascii::{CHUNK, is_within, window};
use crate::words;

/// Counts of a block's text, whatever elements it stands in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
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
        let (mut rest, mut before) = (text, Before::default());
        while !rest.is_empty() {
            let mut found = Found::of(&window(rest.as_bytes()));
            let length = counts.beyond_ascii(rest, &mut found);
            before = counts.add(&found, length, before);
            rest = &rest[length as usize..];
        }
        counts.sentences += before.end;
        counts.shouting += before.shouting;
        counts
    }

    /// Adds the characters beyond ASCII to what is found and counted. Gives the number of bytes that are whole
    /// characters, at most [`CHUNK`].
    #[inline(always)]
    fn beyond_ascii(&mut self, rest: &str, found: &mut Found) -> u32 {
        let length = rest.len().min(CHUNK) as u32;
        while found.other != 0 {
            let at = found.other.trailing_zeros();
            let Some(c) = rest[at as usize..].chars().next() else { break };
            let end = at + c.len_utf8() as u32;
            if end > length {
                return at;
            }
            let bits = (1 << end) - (1 << at);
            found.other &= !bits;
            match kind_beyond_ascii(c) {
                Kind::Comma => self.commas += 1,
                Kind::Mark => self.marks += 1,
                Kind::FullStop => self.sentences += 1,
                Kind::Unspaced => self.unspaced += 1,
                Kind::Upper => found.upper |= bits,
                Kind::Other => {}
            }
        }
        length
    }

    /// Counts what is found in the next so many bytes.
    #[inline(always)]
    fn add(&mut self, found: &Found, length: u32, before: Before) -> Before {
        let all = (1 << length) - 1;
        let (space, upper) = (found.space & all, found.upper & all);
        let word = all & !space;
        let starts = word & !(word << 1 | before.word);
        self.words += starts.count_ones();
        self.capitals += (starts & upper).count_ones();
        let ends = found.end & all;
        let sentences = space & (ends << 1 | before.end);
        // The sum carries a capital that begins a word through all capitals after it, to where they end.
        let shouted = ((starts & upper | before.shouting) + upper) & !upper;
        if (sentences | shouted) != 0 {
            self.sentences += sentences.count_ones();
            self.shouting += (shouted & space).count_ones();
        }
        if found.rare & all != 0 {
            self.digits += (found.digit & all).count_ones();
            self.commas += (found.comma & all).count_ones();
            self.marks += (found.mark & all).count_ones();
        }
        Before {
            word: word >> (length - 1) & 1,
            end: ends >> (length - 1) & 1,
            shouting: shouted >> length & 1,
        }
    }
}

/// What the last byte was, each 0 or 1.
#[derive(Debug, Clone, Copy, Default)]
struct Before {
    /// In a word.
    word: u32,
    /// A mark that ends a sentence before a space.
    end: u32,
    /// In a word of nothing but capitals so far.
    shouting: u32,
}

/// Which of [`CHUNK`] bytes are of a kind: a bit for each, the lowest for the first.
#[derive(Debug, Clone, Copy)]
struct Found {
    space: u32,
    upper: u32,
    /// Ends a sentence before a space.
    end: u32,
    digit: u32,
    comma: u32,
    mark: u32,
    /// A digit, a comma or a mark.
    rare: u32,
    /// Beyond ASCII.
    other: u32,
}

impl Found {
    #[inline(always)]
    fn of(bytes: &[u8; CHUNK]) -> Self {
        let bytes = u8x16::new(*bytes);
        let is = |byte: u8| bytes.simd_eq(u8x16::splat(byte));
        let digit = is_within(bytes, b'0', b'9');
        let comma = is(b',');
        let mark = is(b'|') | is(b'>') | is(b'@') | is(b'#') | is(b'/');
        Self {
            space: is(b' ').to_bitmask(),
            upper: is_within(bytes, b'A', b'Z').to_bitmask(),
            end: (is(b'.') | is(b'!') | is(b'?')).to_bitmask(),
            digit: digit.to_bitmask(),
            comma: comma.to_bitmask(),
            mark: mark.to_bitmask(),
            rare: (digit | comma | mark).to_bitmask(),
            other: bytes.to_bitmask(),
        }
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

/// What is counted of a character beyond ASCII.
enum Kind {
    Comma,
    Mark,
    /// Ends a sentence anywhere.
    FullStop,
    /// Of a script without spaces.
    Unspaced,
    Upper,
    Other,
}

fn kind_beyond_ascii(c: char) -> Kind {
    match c {
        '،' | '、' | '，' => Kind::Comma,
        '©' | '»' | '«' | '›' | '•' | '·' | '→' => Kind::Mark,
        '。' | '！' | '？' => Kind::FullStop,
        c if words::is_unspaced(c) => Kind::Unspaced,
        c if c.is_uppercase() => Kind::Upper,
        _ => Kind::Other,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

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

    /// The same, counted word by word.
    fn word_by_word(text: &str) -> TextCounts {
        let mut counts =
            TextCounts { opening: opening_code(text), ending: ending_code(text), ..TextCounts::default() };
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            let is_upper = |c: char| match c {
                c if c.is_ascii() => c.is_ascii_uppercase(),
                c => matches!(kind_beyond_ascii(c), Kind::Upper),
            };
            counts.words += 1;
            counts.capitals += u32::from(word.starts_with(is_upper));
            counts.shouting += u32::from(word.chars().all(is_upper));
            counts.sentences += u32::from(word.ends_with(['.', '!', '?']));
            for c in word.chars() {
                match c {
                    '0'..='9' => counts.digits += 1,
                    ',' => counts.commas += 1,
                    '|' | '>' | '@' | '#' | '/' => counts.marks += 1,
                    c if c.is_ascii() => {}
                    c => match kind_beyond_ascii(c) {
                        Kind::Comma => counts.commas += 1,
                        Kind::Mark => counts.marks += 1,
                        Kind::FullStop => counts.sentences += 1,
                        Kind::Unspaced => counts.unspaced += 1,
                        Kind::Upper | Kind::Other => {}
                    },
                }
            }
        }
        counts
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]
        #[test]
        fn sixteen_bytes_at_a_time_count_as_word_by_word(text in "([A-Z]{1,20}|[ÄÉЖ]|[a-zß]|[ .!?,0-9|/@#>]|[。、、港©→😀]){0,60}") {
            prop_assert_eq!(TextCounts::of(&text), word_by_word(&text));
        }
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
