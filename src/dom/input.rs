//! Preprocessing of the source, before the tokenizer sees it.

use std::borrow::Cow;

use memchr::{memchr, memchr_iter, memchr2};

/// A preprocessed source.
pub(super) struct Source<'a> {
    /// The page: no byte order mark, newlines normalised, no longer than the cap.
    pub(super) text: Cow<'a, str>,
    /// Whether it has a U+0000, which the tokenizer then has to look out for.
    pub(super) has_null: bool,
    /// Whether it was cut.
    pub(super) truncated: bool,
}

/// Longest source: one of U+0000 grows threefold when it is decoded, and stays in 31 bits.
const MAX_BYTES: usize = 1 << 29;

/// The byte order mark.
const MARK: char = '\u{FEFF}';

impl<'a> Source<'a> {
    /// By <https://html.spec.whatwg.org/multipage/parsing.html#preprocessing-the-input-stream>: `\r\n` and `\r` become
    /// `\n`. Only a page that has them is copied.
    pub(super) fn new(html: Cow<'a, str>, max_bytes: usize) -> Self {
        let cut = html.floor_char_boundary(max_bytes.min(MAX_BYTES));
        let truncated = cut < html.len();
        let html = match html {
            Cow::Borrowed(html) => {
                let html = &html[..cut];
                Cow::Borrowed(html.strip_prefix(MARK).unwrap_or(html))
            }
            Cow::Owned(mut html) => {
                html.truncate(cut);
                if html.starts_with(MARK) {
                    html.remove(0);
                }
                Cow::Owned(html)
            }
        };
        if memchr2(b'\r', 0, html.as_bytes()).is_none() {
            return Self { text: html, has_null: false, truncated };
        }
        let has_null = memchr(0, html.as_bytes()).is_some();
        let mut text = String::with_capacity(html.len());
        let mut start = 0;
        for end in memchr_iter(b'\r', html.as_bytes()) {
            text.push_str(&html[start..end]);
            // The line feed that follows stands for both.
            start = end + 1;
            if html.as_bytes().get(start) != Some(&b'\n') {
                text.push('\n');
            }
        }
        text.push_str(&html[start..]);
        Self { text: Cow::Owned(text), has_null, truncated }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normalises_newlines() {
        for (html, expected) in [
            ("a\r\nb\rc\n\nd", "a\nb\nc\n\nd"),
            ("\u{FEFF}a", "a"),
            ("\r\r\n\n", "\n\n\n"),
            ("\n\r", "\n\n"),
            ("a\n\r\n", "a\n\n"),
            ("", ""),
            ("a\0b", "a\0b"),
        ] {
            for html in [Cow::Borrowed(html), Cow::Owned(html.to_owned())] {
                let source = Source::new(html.clone(), usize::MAX);
                assert_eq!(&*source.text, expected, "{html:?}");
                assert_eq!(source.has_null, html.contains('\0'));
            }
        }
    }

    #[test]
    fn cuts_between_characters() {
        for html in [Cow::Borrowed("aé"), Cow::Owned("aé".to_owned())] {
            let source = Source::new(html.clone(), 2);
            assert_eq!((&*source.text, source.truncated), ("a", true));
            assert!(!Source::new(html, 3).truncated);
        }
    }
}
