//! Folding: what a line pattern sees of a line, so that no rule depends on the kind of quote, dash or
//! space a page happens to use.

use std::borrow::Cow;

/// What folding makes of a character.
enum Folded {
    /// Nothing: invisible characters.
    Gone,
    /// White space of any kind.
    Space,
    /// Another character, or the same.
    Char(char),
}

/// Quotes and dashes become straight ones. The Turkish dotted capital and dotless small i become a
/// plain i, since a case-insensitive regex takes neither for an i.
fn fold_char(c: char) -> Folded {
    match c {
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => Folded::Gone,
        '\u{2018}'..='\u{201b}' | '\u{2032}' | '\u{2bc}' | '`' | '\u{b4}' => Folded::Char('\''),
        '\u{201c}'..='\u{201f}' | '\u{2033}' => Folded::Char('"'),
        '\u{2010}'..='\u{2015}' | '\u{2212}' => Folded::Char('-'),
        'ı' | 'İ' => Folded::Char('i'),
        c if c.is_whitespace() => Folded::Space,
        c => Folded::Char(c),
    }
}

/// Folds a line: runs of white space to one space, trimmed; quotes, apostrophes and dashes to straight
/// ones; soft hyphens and zero-width characters away.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut space = false;
    for c in text.chars() {
        match fold_char(c) {
            Folded::Gone => {}
            Folded::Space => space = true,
            Folded::Char(c) => {
                if space && !folded.is_empty() {
                    folded.push(' ');
                }
                space = false;
                folded.push(c);
            }
        }
    }
    folded
}

/// Folds the characters of a pattern as those of a line are, so that a typographic quote in a pattern
/// matches what has become of it in the line. White space other than ASCII becomes a space.
pub(super) fn fold_pattern(pattern: &str) -> Cow<'_, str> {
    if pattern.bytes().all(|byte| byte.is_ascii() && byte != b'`') {
        return Cow::Borrowed(pattern);
    }
    let mut folded = String::with_capacity(pattern.len());
    for c in pattern.chars() {
        match fold_char(c) {
            _ if c.is_ascii_whitespace() => folded.push(c),
            Folded::Gone => {}
            Folded::Space => folded.push(' '),
            // Escaped: a dash between brackets would else span a range.
            Folded::Char('-') if c != '-' => folded.push_str("\\-"),
            Folded::Char(c) => folded.push(c),
        }
    }
    Cow::Owned(folded)
}

/// The key of a character: the same for characters that a case-insensitive regex takes for the same,
/// as far as the alphabets of news go. The literal search runs on keys.
fn char_key(c: char) -> char {
    match c {
        '\0'..='\x7f' => c.to_ascii_lowercase(),
        'ſ' => 's',
        'ς' => 'σ',
        // Rounded and tall forms of Old Cyrillic, which case folding takes for the plain letters.
        '\u{1c80}' => 'в',
        '\u{1c81}' => 'д',
        '\u{1c82}' => 'о',
        '\u{1c83}' => 'с',
        '\u{1c84}' | '\u{1c85}' => 'т',
        '\u{1c86}' => 'ъ',
        _ => {
            let mut lower = c.to_lowercase();
            match (lower.next(), lower.next()) {
                (Some(lower), None) => lower,
                _ => c,
            }
        }
    }
}

/// The key of a folded line or of a part of a pattern.
pub(super) fn key(folded: &str) -> String {
    folded.chars().map(char_key).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

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
            assert_eq!(key(a), key(b));
        }
    }
}
