//! A quick look at a regex: for most it tells that they are sound, without taking them apart. Thousands of rule files
//! are read before a run begins, and parsing their regexes took a quarter of that time.

use super::pattern::{BRACKETS, LARGE_CLASS, MAX_COMPILED, OTHER_PART};

/// Groups in each other; each is up to four levels for the parser, which allows 32.
const MAX_DEPTH: usize = 6;

/// Whether the regex is sound and small for certain. `false` says nothing: only letters, the usual classes and
/// anchors, groups, alternatives and repetitions are known here.
pub(super) fn is_surely_sound(regex: &str) -> bool {
    let bytes = regex.as_bytes();
    let (mut at, mut depth, mut size) = (0, 0, 0_usize);
    // The size of what a repetition would repeat; that of a group is not kept, and taken for the largest.
    let mut part = None;
    while let Some(&byte) = bytes.get(at) {
        let rest = &bytes[at + 1..];
        at += 1;
        part = match byte {
            b'(' if rest.starts_with(b"?") && !rest.starts_with(b"?:") => return false,
            b'(' if depth == MAX_DEPTH => return false,
            b'(' => {
                depth += 1;
                at += if rest.starts_with(b"?:") { 2 } else { 0 };
                None
            }
            b')' if depth == 0 => return false,
            b')' => {
                depth -= 1;
                Some(MAX_COMPILED)
            }
            b'|' | b'^' | b'$' => None,
            b'*' | b'+' | b'?' if part.is_some() => {
                at += usize::from(rest.starts_with(b"?"));
                None
            }
            b'{' => {
                let (Some(part), Some((times, length))) = (part, count(rest)) else { return false };
                size = size.saturating_add(part * times);
                at += length;
                None
            }
            b'[' => {
                let Some(length) = brackets(rest) else { return false };
                at += length;
                Some(BRACKETS)
            }
            b'\\' => {
                at += 1;
                match rest.first() {
                    Some(b'd' | b's' | b'w' | b'D' | b'S' | b'W') => Some(LARGE_CLASS),
                    Some(b'b') => None,
                    Some(&escaped) if regex_syntax::is_meta_character(escaped.into()) => Some(OTHER_PART),
                    _ => return false,
                }
            }
            b'*' | b'+' | b'?' | b'}' | b']' => return false,
            _ => Some(OTHER_PART),
        };
        size = size.saturating_add(part.filter(|part| *part < MAX_COMPILED).unwrap_or(0));
    }
    depth == 0 && size < MAX_COMPILED
}

/// The most times that `{n}`, `{n,}` or `{m,n}` says, and its length without the first brace.
fn count(text: &[u8]) -> Option<(usize, usize)> {
    let inside = text.split(|&byte| byte == b'}').next().filter(|inside| inside.len() < text.len())?;
    let number = |digits: &[u8]| {
        let digits = std::str::from_utf8(digits).ok()?;
        digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse::<usize>().ok())?
    };
    let mut numbers = inside.splitn(2, |&byte| byte == b',');
    let least = number(numbers.next()?)?;
    let most = match numbers.next() {
        None | Some(b"") => least,
        Some(digits) => number(digits)?,
    };
    (least <= most && most < 1_000).then_some((most, inside.len() + 1))
}

/// The length of a class of characters that stand for themselves and of ranges of letters and digits, without the
/// first bracket.
fn brackets(text: &[u8]) -> Option<usize> {
    let start = usize::from(text.starts_with(b"^"));
    let mut at = start;
    loop {
        match text.get(at..)? {
            [b']', ..] if at > start => return Some(at + 1),
            [from, b'-', to, ..]
                if from.is_ascii_alphanumeric() && to.is_ascii_alphanumeric() && from <= to =>
            {
                at += 3;
            }
            [b'[' | b']' | b'\\' | b'^' | b'-' | b'&' | b'~', ..] | [] => return None,
            _ => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::rules::pattern::LazyRegex;

    #[test]
    fn knows_the_usual_patterns() {
        for sound in [
            r"^Read more in Paper 17\b",
            r"^Sign up (?:for|to) .{0,40}\b(?:newsletter|briefing)\b",
            r"^© \d{4} Paper",
            r"^(Foto|Grafik): ",
            r"^Unser(e)? (Redakteurin|Autor(in)?) \w+$",
            r"^[A-Z][^.,]*[!?]+?$",
        ] {
            assert!(is_surely_sound(sound), "{sound}");
        }
        for unknown in ["a(", "a)", "*", "(?i)a", "[a", "a{2", "a{3,2}", "[z-a]", r"\p{L}", r"a\", "(ab){2}"]
        {
            assert!(!is_surely_sound(unknown), "{unknown}");
        }
        assert!(!is_surely_sound(&r"\w{100}".repeat(20)), "too large");
    }

    fn pattern() -> impl Strategy<Value = String> {
        let pieces = [
            "a", "é", "9", " ", "-", "&", "~", "#", "(", "(", "(?:", ")", ")", "|", "^", "$", "*", "+", "?",
            "{2}", "{0,3}", "{4,}", "{3,1}", "{", "}", "[", "]", "[ab]", "[^a-z]", "[b-a]", r"\w", r"\d",
            r"\b", r"\b{", r"\.", r"\-", r"\q", r"\",
        ];
        prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..16).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn what_it_lets_through_compiles(pattern in pattern()) {
            if is_surely_sound(&pattern) {
                let parsed = LazyRegex::parsed(&pattern);
                prop_assert!(parsed.is_ok(), "{}: {:?}", pattern, parsed.err());
                prop_assert!(parsed.is_ok_and(|regex| regex.get().is_some()), "{}", pattern);
            }
        }
    }
}
