//! Character references: `&amp;`, `&#8217;`, `&nbsp` and their like.

use html5ever::data::{C1_REPLACEMENTS, NAMED_ENTITIES};
use memchr::memchr;

/// A reference and what it stands for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Reference {
    /// One or two characters; the second is NUL if there is one only.
    pub(super) chars: [char; 2],
    /// Bytes of the source, the ampersand with them.
    pub(super) len: usize,
    /// Whether the semicolon is missing.
    pub(super) unclosed: bool,
}

/// The reference that `source` begins with, or nothing if its `&` is just that. In the value of an attribute,
/// `?a=1&copy=2` is no reference.
pub(super) fn read(source: &str, in_attribute: bool) -> Option<Reference> {
    match source.as_bytes().get(1)? {
        b'#' => numeric(source),
        byte if byte.is_ascii_alphanumeric() => named(source, in_attribute),
        _ => None,
    }
}

/// The numeric character reference states.
fn numeric(source: &str) -> Option<Reference> {
    let bytes = source.as_bytes();
    let (start, radix) = match bytes.get(2) {
        Some(b'x' | b'X') => (3, 16),
        _ => (2, 10),
    };
    let mut code = 0u32;
    let mut len = start;
    while let Some(digit) = bytes.get(len).and_then(|&byte| char::from(byte).to_digit(radix)) {
        code = code.saturating_mul(radix).saturating_add(digit);
        len += 1;
    }
    if len == start {
        return None;
    }
    let unclosed = bytes.get(len) != Some(&b';');
    Some(Reference { chars: [numbered(code), '\0'], len: len + usize::from(!unclosed), unclosed })
}

/// The character of a number, by the *numeric character reference end* state.
fn numbered(code: u32) -> char {
    let replaced = match code {
        0 => None,
        0x80..=0x9F => C1_REPLACEMENTS[code as usize - 0x80].or(char::from_u32(code)),
        _ => char::from_u32(code),
    };
    replaced.unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// The named character reference state.
fn named(source: &str, in_attribute: bool) -> Option<Reference> {
    let name = &source[1..];
    if let Some((common, char)) = COMMON.iter().find(|(common, _)| name.starts_with(common)) {
        return Some(Reference { chars: [*char, '\0'], len: 1 + common.len(), unclosed: false });
    }
    let letters = name.bytes().take(LONGEST_NAME).take_while(u8::is_ascii_alphanumeric).count();
    // A name with its semicolon is as long a match as there can be.
    if name.as_bytes().get(letters) == Some(&b';')
        && let Some(&(first, second)) = NAMED_ENTITIES.get(&name[..=letters])
    {
        return Some(Reference { chars: characters(first, second)?, len: 1 + letters + 1, unclosed: false });
    }
    // Else the longest name without one. The table has every beginning of a name too, as (0, 0).
    let (len, chars) = (1..=letters)
        .map_while(|len| {
            NAMED_ENTITIES.get(&name[..len]).map(|&(first, second)| (len, characters(first, second)))
        })
        .filter_map(|(len, chars)| Some((len, chars?)))
        .last()?;
    let next = name.as_bytes().get(len);
    if in_attribute && next.is_some_and(|&byte| byte == b'=' || byte.is_ascii_alphanumeric()) {
        return None;
    }
    Some(Reference { chars, len: 1 + len, unclosed: true })
}

/// The names of most references, which need not be looked up.
const COMMON: [(&str, char); 5] =
    [("amp;", '&'), ("quot;", '"'), ("nbsp;", '\u{A0}'), ("lt;", '<'), ("gt;", '>')];

/// The longest name of the table is `CounterClockwiseContourIntegral`.
const LONGEST_NAME: usize = 32;

fn characters(first: u32, second: u32) -> Option<[char; 2]> {
    (first != 0).then_some([char::from_u32(first)?, char::from_u32(second)?])
}

/// Appends the value of an attribute, its references decoded.
pub(super) fn decode(value: &str, out: &mut String) {
    let mut rest = value;
    while let Some(found) = memchr(b'&', rest.as_bytes()) {
        out.push_str(&rest[..found]);
        rest = &rest[found..];
        let len = match read(rest, true) {
            Some(Reference { chars: [first, second], len, .. }) => {
                out.push(first);
                if second != '\0' {
                    out.push(second);
                }
                len
            }
            None => {
                out.push('&');
                1
            }
        };
        rest = &rest[len..];
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(source: &str, in_attribute: bool) -> (String, usize) {
        match read(source, in_attribute) {
            Some(Reference { chars: [first, '\0'], len, .. }) => (String::from(first), len),
            Some(Reference { chars, len, .. }) => (chars.into_iter().collect(), len),
            None => (String::new(), 0),
        }
    }

    #[test]
    fn common_names_stand_for_what_the_table_says() {
        for (name, char) in COMMON {
            assert_eq!(NAMED_ENTITIES.get(name), Some(&(char.into(), 0)), "{name}");
        }
    }

    #[test]
    fn reads_references() {
        for (source, expected, len) in [
            ("&amp;b", "&", 5),
            ("&ampb", "&", 4),
            ("&notit;", "¬", 4),
            ("&notin;", "∉", 7),
            ("&NotEqualTilde;", "≂̸", 15),
            ("&CounterClockwiseContourIntegral;", "∳", 33),
            ("&Tab;", "\t", 5),
            ("&unknown;", "", 0),
            ("&", "", 0),
            ("& a", "", 0),
            ("&;", "", 0),
            ("&#65;", "A", 5),
            ("&#65x", "A", 4),
            ("&#x41;", "A", 6),
            ("&#X6a ", "j", 5),
            ("&#", "", 0),
            ("&#x;", "", 0),
            ("&#0;", "\u{FFFD}", 4),
            ("&#x80;", "€", 6),
            ("&#x81;", "\u{81}", 6),
            ("&#xD800;", "\u{FFFD}", 8),
            ("&#x110000;", "\u{FFFD}", 10),
            ("&#99999999999999999999;", "\u{FFFD}", 23),
            ("&#13;", "\r", 5),
            ("&éa", "", 0),
        ] {
            assert_eq!(text(source, false), (expected.to_owned(), len), "{source}");
        }
    }

    #[test]
    fn attributes_are_wary_of_names_without_semicolon() {
        for (source, expected, len) in [
            ("&copy=1", "", 0),
            ("&copyx", "", 0),
            ("&copy;x", "©", 6),
            ("&copy x", "©", 5),
            ("&copy", "©", 5),
        ] {
            assert_eq!(text(source, true), (expected.to_owned(), len), "{source}");
        }
        let mut value = String::new();
        decode("?a=1&amp;b=2&copy=3&lt-&", &mut value);
        assert_eq!(value, "?a=1&b=2&copy=3<-&");
    }
}
