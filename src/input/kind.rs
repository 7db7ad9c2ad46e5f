//! What a file or a field holds, told by its first bytes; a file's name only decides what they leave open.

use std::path::Path;

use memchr::{memchr, memchr_iter};

use crate::document::Format;

/// First bytes that are looked at.
pub(super) const HEAD: usize = 4 * 1024;

/// How the records of a file are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The file is one page or text.
    Page(Format),
    /// JSON objects: one a line, in an array, or one after another.
    Json,
    /// A web archive.
    Warc,
    /// A table with a page or a text a row.
    Parquet,
    /// Files one after another.
    Tar,
    /// Files with a directory behind them.
    Zip,
}

/// Elements that begin or divide blocks: two of them near its start make a string HTML.
const BLOCK_TAGS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "br",
    "center",
    "div",
    "dl",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hr",
    "html",
    "img",
    "li",
    "link",
    "main",
    "meta",
    "nav",
    "ol",
    "p",
    "pre",
    "script",
    "section",
    "style",
    "table",
    "td",
    "title",
    "tr",
    "ul",
];

/// Elements inside lines: they count only where a string begins with one.
const INLINE_TAGS: &[&str] = &["a", "b", "em", "font", "i", "span", "strong", "u"];

/// Says how to read a file that begins with `head` and whose name is `path`. `None`: it is nothing we know,
/// and only a user who names it can want it read.
pub(super) fn of(head: &[u8], path: &Path) -> Option<Kind> {
    match head {
        [b'P', b'A', b'R', b'1', ..] => return Some(Kind::Parquet),
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => return Some(Kind::Zip),
        _ if head.get(257..262) == Some(b"ustar") => return Some(Kind::Tar),
        _ => {}
    }
    let text = trim(head);
    if is_warc(text) {
        return Some(Kind::Warc);
    }
    if begins_with_object(text) {
        return Some(Kind::Json);
    }
    match of_name(path) {
        Some(Kind::Page(Format::Text)) if is_page(text) => Some(Kind::Page(Format::Html)),
        None if is_page(text) => Some(Kind::Page(Format::Html)),
        by_name => by_name,
    }
}

/// What a file's name says, under its compression.
fn of_name(path: &Path) -> Option<Kind> {
    let name = path.file_name()?.to_string_lossy().to_ascii_lowercase();
    let name =
        [".gz", ".gzip", ".zst", ".zstd"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(&name);
    match name.rsplit_once('.')?.1 {
        "html" | "htm" | "xhtml" => Some(Kind::Page(Format::Html)),
        "txt" => Some(Kind::Page(Format::Text)),
        "jsonl" | "ndjson" | "json" => Some(Kind::Json),
        "warc" | "wet" => Some(Kind::Warc),
        "parquet" => Some(Kind::Parquet),
        "tar" | "tgz" => Some(Kind::Tar),
        "zip" => Some(Kind::Zip),
        _ => None,
    }
}

fn is_warc(text: &[u8]) -> bool {
    matches!(text, [b'W', b'A', b'R', b'C', b'/', b'0'..=b'9', ..])
}

/// `{"`, `{}` or the like, also as the first element of an array.
fn begins_with_object(text: &[u8]) -> bool {
    let text = match text {
        [b'[', rest @ ..] => rest.trim_ascii_start(),
        _ => text,
    };
    match text {
        [b'{', rest @ ..] => matches!(rest.trim_ascii_start().first(), None | Some(b'"' | b'}')),
        _ => false,
    }
}

/// Whether this is beyond doubt the beginning of a whole page.
fn is_page(text: &[u8]) -> bool {
    let begins = |what: &str| starts_with(text, what);
    begins("<!doctype html")
        || begins("<html")
        || begins("<head>")
        || begins("<body")
        || ((begins("<!--") || begins("<?xml") || begins("<!doctype"))
            && memchr_iter(b'<', text).any(|at| starts_with(&text[at..], "<html")))
}

/// Whether a string of which nothing else is known is HTML (a page or a part of one) and not text.
///
/// It is if it begins with a tag of HTML, or holds two block-level tags in its first [`HEAD`] bytes. A text
/// that mentions a `<p>` stays a text.
pub(super) fn looks_like_html(text: &[u8]) -> bool {
    let text = trim(text);
    let head = &text[..text.len().min(HEAD)];
    if is_page(head) || starts_with(head, "<!--") {
        return true;
    }
    if head.first() == Some(&b'<') && (is_tag(head, BLOCK_TAGS) || is_tag(head, INLINE_TAGS)) {
        return true;
    }
    memchr_iter(b'<', head).filter(|at| is_tag(&head[*at..], BLOCK_TAGS)).nth(1).is_some()
}

/// Whether a start or end tag of one of these elements begins here and ends within sight.
fn is_tag(text: &[u8], names: &[&str]) -> bool {
    let Some(rest) = text.strip_prefix(b"<") else { return false };
    let rest = rest.strip_prefix(b"/").unwrap_or(rest);
    let length = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
    let (name, rest) = rest.split_at(length);
    names.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(name))
        && matches!(rest.first(), Some(b'>' | b'/' | b' ' | b'\t' | b'\n' | b'\r'))
        && memchr(b'>', rest).is_some()
}

/// Whether the first bytes are no text in any encoding: the "binary data bytes" of the WHATWG's MIME
/// sniffing standard, section 7.2, but for UTF-16, whose zeros [`crate::decode`] understands.
pub(super) fn is_binary(head: &[u8]) -> bool {
    let head = &head[..head.len().min(1024)];
    if head.starts_with(&[0xff, 0xfe])
        || head.starts_with(&[0xfe, 0xff])
        || crate::decode::utf16(head).is_some()
    {
        return false;
    }
    head.iter().any(|byte| matches!(byte, 0x00..=0x08 | 0x0b | 0x0e..=0x1a | 0x1c..=0x1f))
}

/// Without a UTF-8 byte order mark and leading white space.
fn trim(head: &[u8]) -> &[u8] {
    head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start()
}

fn starts_with(text: &[u8], what: &str) -> bool {
    text.get(..what.len()).is_some_and(|start| start.eq_ignore_ascii_case(what.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HTML: Option<Kind> = Some(Kind::Page(Format::Html));
    const TEXT: Option<Kind> = Some(Kind::Page(Format::Text));

    #[test]
    fn content_decides_and_the_name_fills_in() {
        for (head, name, kind) in [
            ("WARC/1.0\r\n", "pages.txt", Some(Kind::Warc)),
            ("\r\nWARC/1.1\r\n", "-", Some(Kind::Warc)),
            ("rubbish", "crawl.warc.gz", Some(Kind::Warc)),
            ("WARCRAFT/ Zone", "story.txt", TEXT),
            ("{\"id\": 1}", "a.txt", Some(Kind::Json)),
            ("\u{feff} {\n \"id\": 1}", "-", Some(Kind::Json)),
            ("[ {\"id\": 1}]", "-", Some(Kind::Json)),
            ("no json", "a.ndjson.zst", Some(Kind::Json)),
            ("[Update] The ferry sailed.", "a.txt", TEXT),
            ("{sic} The ferry sailed.", "a.txt", TEXT),
            ("<!DOCTYPE html><p>", "a.txt", HTML),
            ("  <HTML lang=en>", "article", HTML),
            ("<?xml version='1.0'?>\n<!DOCTYPE x><html>", "article", HTML),
            ("<!-- saved --><html>", "article.php", HTML),
            ("<?xml version='1.0'?><rss>", "feed", None),
            ("The ferry sailed.", "a.HTM", HTML),
            ("Use <p> and <div> there.", "a.txt", TEXT),
            ("The ferry sailed.", "README.md", None),
            ("", "empty.jsonl", Some(Kind::Json)),
            ("", "empty", None),
        ] {
            assert_eq!(of(head.as_bytes(), Path::new(name)), kind, "{head:?} in {name}");
        }
    }

    #[test]
    fn html_is_told_from_text() {
        for (text, html) in [
            ("<p>The ferry sailed.</p>", true),
            (" \n<div class=\"story\">The ferry sailed.", true),
            ("<b>PORT ELSTER</b> The ferry sailed.", true),
            ("<!-- story --> The ferry sailed.", true),
            ("The ferry sailed.<br>It came back.<BR/>It sank.", true),
            ("The ferry sailed.</p>\n<p>It came back.", true),
            ("The ferry sailed.", false),
            ("Use the <p> tag, the teacher said.", false),
            ("<Sven> hello\n<Ana> hello", false),
            ("a < b and p <p", false),
            ("<pirates> and <divers>", false),
            ("", false),
        ] {
            assert_eq!(looks_like_html(text.as_bytes()), html, "{text:?}");
        }
    }

    #[test]
    fn binary_is_told_from_text() {
        for (head, binary) in [
            (&b"The ferry sailed.\r\n\t\x0c"[..], false),
            (b"F\xe4hre", false),
            (b"\xff\xfeF\0", false),
            (b"T\0h\0e\0 \0f\0e\0r\0r\0y\0", false),
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", true),
            (b"PK\x03\x04", true),
            (b"", false),
        ] {
            assert_eq!(is_binary(head), binary, "{head:?}");
        }
    }
}
