//! Where text ends in which tags are not read: RCDATA, RAWTEXT and script data.

use memchr::{memchr, memchr2};

use super::NAME_END;

/// Where `</name` stands that ends RCDATA or RAWTEXT, or the end of the page: the *less-than sign*, *end tag open* and
/// *end tag name* states of both.
pub(super) fn end(bytes: &[u8], from: usize, name: &[u8]) -> usize {
    let mut at = from;
    while let Some(found) = memchr(b'<', &bytes[at..]) {
        at += found;
        if bytes[at + 1..].starts_with(b"/") && is_tag_name(&bytes[at + 2..], name) {
            return at;
        }
        at += 1;
    }
    bytes.len()
}

/// Whether a tag name ends right after `name`, which may be written in either case.
fn is_tag_name(bytes: &[u8], name: &[u8]) -> bool {
    bytes.len() > name.len()
        && bytes[..name.len()].eq_ignore_ascii_case(name)
        && NAME_END[usize::from(bytes[name.len()])]
}

/// The states of script data. In an HTML comment inside of a script (`Escaped`), `<script` begins a part that its
/// `</script` does not end the element in (`DoubleEscaped`).
#[derive(PartialEq)]
enum ScriptData {
    Plain,
    Escaped,
    DoubleEscaped,
}

/// Where the `</script` stands that ends script data, or the end of the page.
pub(super) fn script_data_end(bytes: &[u8], from: usize) -> usize {
    const SCRIPT: &[u8] = b"script";
    let mut state = ScriptData::Plain;
    let mut at = from;
    loop {
        let found = match state {
            ScriptData::Plain => memchr(b'<', &bytes[at..]),
            ScriptData::Escaped | ScriptData::DoubleEscaped => memchr2(b'<', b'-', &bytes[at..]),
        };
        let Some(found) = found else { return bytes.len() };
        at += found;
        let rest = &bytes[at..];
        if rest[0] == b'-' {
            // The dash and dash dash states: two dashes or more, then `>`.
            let dashes = rest.iter().take_while(|&&byte| byte == b'-').count();
            at += dashes;
            if dashes >= 2 && bytes.get(at) == Some(&b'>') {
                state = ScriptData::Plain;
            }
        } else if rest[1..].starts_with(b"/") && is_tag_name(&rest[2..], SCRIPT) {
            if state != ScriptData::DoubleEscaped {
                return at;
            }
            state = ScriptData::Escaped;
            at += b"</script".len();
        } else if state == ScriptData::Plain && rest.starts_with(b"<!--") {
            // To the dashes, which may be the first two of `-->`.
            state = ScriptData::Escaped;
            at += b"<!".len();
        } else if state == ScriptData::Escaped && is_tag_name(&rest[1..], SCRIPT) {
            state = ScriptData::DoubleEscaped;
            at += b"<script".len();
        } else {
            at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The part before the end, for text that begins in `name`.
    fn inside<'a>(text: &'a str, name: &str) -> &'a str {
        let end = match name {
            "script" => script_data_end(text.as_bytes(), 0),
            _ => end(text.as_bytes(), 0, name.as_bytes()),
        };
        &text[..end]
    }

    #[test]
    fn ends_at_its_own_end_tag() {
        for (text, name, expected) in [
            ("tide</title>", "title", "tide"),
            ("tide</TITLE\t>", "title", "tide"),
            ("a</b></title/>", "title", "a</b>"),
            ("a</titles></title >", "title", "a</titles>"),
            ("a</title", "title", "a</title"),
            ("a</", "title", "a</"),
            ("a<", "title", "a<"),
            ("</style>", "style", ""),
            ("a<!-- </style> -->", "style", "a<!-- "),
        ] {
            assert_eq!(inside(text, name), expected, "{text}");
        }
    }

    #[test]
    fn script_data_knows_its_escapes() {
        for (text, expected) in [
            ("1 < 2</script>", "1 < 2"),
            ("<!-- </script>", "<!-- "),
            ("<!-- <script> </script> --></script>", "<!-- <script> </script> -->"),
            ("<!-- <script> </script> </script>", "<!-- <script> </script> "),
            ("<!-- <script> --> </script>", "<!-- <script> --> "),
            ("<!-- <scripts> </script> --></script>", "<!-- <scripts> "),
            ("<!-- <script/ </script/ </script>", "<!-- <script/ </script/ "),
            ("<!--><script></script>", "<!--><script>"),
            ("<!---><script></script>", "<!---><script>"),
            ("<!-<script></script>", "<!-<script>"),
            ("<!-- <script> --</script>x</script>", "<!-- <script> --</script>x"),
            ("<!-- <script> ---></script>", "<!-- <script> --->"),
            ("<!-- <script", "<!-- <script"),
        ] {
            assert_eq!(inside(text, "script"), expected, "{text}");
        }
    }
}
