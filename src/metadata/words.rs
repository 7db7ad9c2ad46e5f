//! Words of many languages compared without case and marks.

use std::borrow::Cow;

use compact_str::CompactString;
use rustc_hash::FxHashSet;

/// Lower case, and without the marks that scrapes and writers drop: `Août` and `aout` are one.
pub(super) fn fold(word: &str) -> CompactString {
    if word.is_ascii() {
        let mut folded = CompactString::new(word);
        folded.make_ascii_lowercase();
        return folded;
    }
    let mut folded = CompactString::with_capacity(word.len());
    for c in word.chars() {
        if c.is_ascii() {
            folded.push(c.to_ascii_lowercase());
        } else {
            c.to_lowercase().for_each(|c| folded.extend(unmarked(c)));
        }
    }
    folded
}

/// A small letter without its marks; nothing for a mark on its own.
fn unmarked(c: char) -> Option<char> {
    Some(match c {
        'á' | 'à' | 'â' | 'ä' | 'ã' | 'å' | 'ą' | 'ă' => 'a',
        'é' | 'è' | 'ê' | 'ë' | 'ě' | 'ę' | 'ė' => 'e',
        'í' | 'ì' | 'î' | 'ï' | 'ı' => 'i',
        'ó' | 'ò' | 'ô' | 'ö' | 'õ' | 'ő' | 'ø' => 'o',
        'ú' | 'ù' | 'û' | 'ü' | 'ů' | 'ű' => 'u',
        'ç' | 'ć' | 'č' => 'c',
        'ñ' | 'ń' | 'ň' => 'n',
        'ş' | 'ș' | 'š' | 'ś' => 's',
        'ž' | 'ź' | 'ż' => 'z',
        'ý' => 'y',
        'ř' => 'r',
        'ł' => 'l',
        'ğ' => 'g',
        'ď' => 'd',
        'ť' | 'ţ' | 'ț' => 't',
        '\u{300}'..='\u{36f}' => return None,
        other => other,
    })
}

/// A set of words.
pub(super) type Words = FxHashSet<&'static str>;

/// Beginnings of words.
pub(super) struct Starts {
    /// In the order of their bytes.
    list: Vec<&'static str>,
    /// How many begin with each byte or a smaller one: the first byte tells most of them apart.
    counts: [usize; 256],
}

/// The words of a list, apart by spaces.
pub(super) fn words(list: &'static str) -> Words {
    list.split_whitespace().collect()
}

/// The beginnings in a list, apart by spaces.
pub(super) fn starts(list: &'static str) -> Starts {
    let mut list: Vec<_> = list.split_whitespace().collect();
    list.sort_unstable();
    let counts =
        std::array::from_fn(|first| list.partition_point(|start| usize::from(start.as_bytes()[0]) <= first));
    Starts { list, counts }
}

/// Whether the word has one of these beginnings.
pub(super) fn begins(word: &str, starts: &Starts) -> bool {
    let Some(&first) = word.as_bytes().first() else { return false };
    let first = usize::from(first);
    let from = first.checked_sub(1).map_or(0, |before| starts.counts[before]);
    starts.list[from..starts.counts[first]].iter().any(|start| word.starts_with(start))
}

/// White space folded: one space between words, none at the ends; soft hyphens and invisible marks gone.
pub(super) fn squeeze(text: &str) -> String {
    let invisible =
        |c| matches!(c, '\u{ad}' | '\u{200b}' | '\u{2060}' | '\u{200e}' | '\u{200f}' | '\u{feff}');
    if is_squeezed(text.as_bytes()) {
        return text.to_owned();
    }
    if text.is_ascii() {
        return joined(text, text.split_ascii_whitespace());
    }
    if text.contains(invisible) {
        return squeeze(&text.replace(invisible, ""));
    }
    joined(text, text.split_whitespace())
}

/// Whether a text is ASCII with nothing to squeeze.
fn is_squeezed(text: &[u8]) -> bool {
    let mut before = b' ';
    let is_plain = text.iter().all(|&byte| {
        let follows = if byte == b' ' { before != b' ' } else { byte.is_ascii_graphic() };
        before = byte;
        follows
    });
    is_plain && (before != b' ' || text.is_empty())
}

/// The words of a text with a space between them.
fn joined<'t>(text: &str, words: impl Iterator<Item = &'t str>) -> String {
    let mut joined = String::with_capacity(text.len());
    for word in words {
        if !joined.is_empty() {
            joined.push(' ');
        }
        joined.push_str(word);
    }
    joined
}

/// Decodes character references, which systems put into attributes and JSON once too often.
pub(super) fn decode(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        decoded.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.bytes().take(12).position(|byte| byte == b';');
        match end.and_then(|end| reference(&rest[1..end])) {
            Some(c) => {
                decoded.push(c);
                rest = &rest[end.unwrap_or(0) + 1..];
            }
            None => {
                decoded.push('&');
                rest = &rest[1..];
            }
        }
    }
    decoded.push_str(rest);
    Cow::Owned(decoded)
}

/// The character of a reference without `&` and `;`. Of the named ones those that news texts use.
fn reference(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => number.parse(),
        };
        return code.ok().and_then(char::from_u32).filter(|c| !c.is_control() || c.is_whitespace());
    }
    Some(match name {
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        "lt" => '<',
        "gt" => '>',
        "nbsp" => '\u{a0}',
        "shy" => '\u{ad}',
        "ndash" => '–',
        "mdash" => '—',
        "hellip" => '…',
        "lsquo" => '‘',
        "rsquo" => '’',
        "sbquo" => '‚',
        "ldquo" => '“',
        "rdquo" => '”',
        "bdquo" => '„',
        "laquo" => '«',
        "raquo" => '»',
        "auml" => 'ä',
        "ouml" => 'ö',
        "uuml" => 'ü',
        "Auml" => 'Ä',
        "Ouml" => 'Ö',
        "Uuml" => 'Ü',
        "szlig" => 'ß',
        "eacute" => 'é',
        "egrave" => 'è',
        "ecirc" => 'ê',
        "agrave" => 'à',
        "aacute" => 'á',
        "acirc" => 'â',
        "atilde" => 'ã',
        "iacute" => 'í',
        "oacute" => 'ó',
        "ocirc" => 'ô',
        "otilde" => 'õ',
        "uacute" => 'ú',
        "ntilde" => 'ñ',
        "ccedil" => 'ç',
        "aring" => 'å',
        "oslash" => 'ø',
        "aelig" => 'æ',
        "euro" => '€',
        _ => return None,
    })
}

/// The text, or its first `most` bytes (fewer where that would cut a character).
pub(super) fn clip(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}
