//! What `html2text` and its like leave of a page's markup: links, images, emphasis, heading and list marks.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

use crate::block::Form;
use crate::blocks::from_text::TextLine;

/// Links, headings and bold runs from which a text is taken for Markdown; one of them must be a link.
const MARKS: usize = 3;
/// Longest target of a link, in bytes.
const TARGET: usize = 2000;

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a constant")
}

static STRONG: LazyLock<Regex> = LazyLock::new(|| regex(r"(?:\*\*|__)(\S(?:.*?\S)?)(?:\*\*|__)"));
static EMPHASIS: LazyLock<Regex> =
    LazyLock::new(|| regex(r#"(^|[\s("'«“])[*_](\w(?:[^*_]*?\S)?)[*_]($|[\s.,;:!?)"'»”])"#));

/// Whether a text is Markdown: it has links and other marks, or a table.
pub(super) fn is_markdown(lines: &[TextLine<'_>]) -> bool {
    let (mut links, mut others) = (0, 0);
    for (at, line) in lines.iter().enumerate() {
        if line.form == Form::TableRow && is_rule(line.text) && at > 0 && lines[at - 1].form == Form::TableRow
        {
            return true;
        }
        // Most lines have neither byte.
        let is_marked = memchr::memchr2(b']', b'*', line.text.as_bytes()).is_some();
        let has = |marks: &str| is_marked && line.text.contains(marks);
        links += usize::from(has("]("));
        others += usize::from(matches!(line.form, Form::Heading(_)) || has("**"));
        if links > 0 && links + others >= MARKS {
            return true;
        }
    }
    false
}

/// Whether a line is that below the head of a table: `| --- | :---: |`.
fn is_rule(line: &str) -> bool {
    let is_cell = |cell: &str| !cell.is_empty() && cell.bytes().all(|byte| matches!(byte, b'-' | b':'));
    line.contains("---") && line.trim_matches('|').split('|').all(|cell| is_cell(cell.trim()))
}

/// A row of a table as those of pages are written: bars between its cells only.
fn row(line: &str) -> Cow<'_, str> {
    let inside = line.trim_matches('|').trim();
    if inside.contains("\\|") {
        return Cow::Borrowed(inside);
    }
    let cells = inside.split('|').map(str::trim).filter(|cell| !cell.is_empty());
    Cow::Owned(cells.collect::<Vec<_>>().join(" | "))
}

/// A line without its marks, and the characters in its links.
pub(super) fn plain(line: &str, form: Form) -> (Cow<'_, str>, u32) {
    if line.chars().all(|c| matches!(c, '*' | '-' | '_' | '=' | ' ' | '|' | ':')) {
        return (Cow::Borrowed(""), 0);
    }
    let line = match form {
        Form::Heading(_) => Cow::Borrowed(line.trim_start_matches('#').trim_end_matches('#').trim()),
        Form::Quote => Cow::Borrowed(line.trim_start_matches(['>', ' '])),
        Form::ListItem if line.starts_with(['*', '-', '+']) => Cow::Borrowed(line[1..].trim_start()),
        Form::TableRow => row(line),
        _ => Cow::Borrowed(line),
    };
    if !line.contains(['[', '*', '_', '\\']) {
        return (line, 0);
    }
    let (text, link_chars) = without_links(&line);
    let text = STRONG.replace_all(&text, "$1");
    let text = EMPHASIS.replace_all(&text, "$1$2$3");
    (Cow::Owned(text.into_owned()), link_chars)
}

/// Links as their texts, images as nothing.
fn without_links(line: &str) -> (String, u32) {
    let mut out = String::with_capacity(line.len());
    let mut open: Vec<(usize, bool)> = vec![];
    let mut link_chars = 0;
    let mut rest = line;
    while let Some(at) = rest.find(['[', ']', '\\']) {
        out.push_str(&rest[..at]);
        let mark = rest.as_bytes()[at];
        rest = &rest[at + 1..];
        match mark {
            b'[' => {
                let is_image = out.ends_with('!');
                open.push((out.len() - usize::from(is_image), is_image));
                out.push('[');
            }
            b'\\' if rest.starts_with(|c: char| c.is_ascii_punctuation()) => {}
            b'\\' => out.push('\\'),
            _ => match (target_end(rest), open.pop()) {
                (Some(end), Some((start, true))) => {
                    out.truncate(start);
                    rest = &rest[end..];
                }
                (Some(end), Some((start, false))) => {
                    out.remove(start);
                    link_chars += out[start..].chars().filter(|c| !c.is_whitespace()).count() as u32;
                    rest = &rest[end..];
                }
                _ => out.push(']'),
            },
        }
    }
    out.push_str(rest);
    (out, link_chars)
}

/// Where the target in parentheses at the start of a text ends.
fn target_end(text: &str) -> Option<usize> {
    let mut depth = 0;
    for (at, byte) in text.bytes().enumerate().take(TARGET) {
        match byte {
            b'(' => depth += 1,
            b')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return (at > 0).then_some(at + 1);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_go_and_words_stay() {
        for (line, form, text, link_chars) in [
            ("a [boat](/b) and **two** _more_", Form::Paragraph, "a boat and two more", 4),
            ("## Where [it](x) lay ##", Form::Heading(2), "Where it lay", 2),
            ("* [Home](/)", Form::ListItem, "Home", 4),
            ("[ ![logo](/l.png) ](/)", Form::Paragraph, "  ", 0),
            ("> He said [sic] no.", Form::Quote, "He said [sic] no.", 0),
            ("snake_case_name and 2 * 3 * 4", Form::Paragraph, "snake_case_name and 2 * 3 * 4", 0),
            (
                "2023\\. A year [of (many) things](/w_(x)).",
                Form::Paragraph,
                "2023. A year of (many) things.",
                14,
            ),
            ("an end [without", Form::Paragraph, "an end [without", 0),
            ("* * *", Form::ListItem, "", 0),
            ("| Route | **Now** |  | [April](/a) |", Form::TableRow, "Route | Now | April", 5),
            (r"| one \| two | three", Form::TableRow, "one | two | three", 0),
            ("|:---|---:|", Form::TableRow, "", 0),
        ] {
            assert_eq!(plain(line, form), (Cow::Borrowed(text), link_chars), "{line}");
        }
    }

    #[test]
    fn tables_are_known_by_the_line_below_their_head() {
        for (line, is_one) in [
            ("| --- | ---: |", true),
            ("|:---:|---|", true),
            ("| -- | -- |", false),
            ("|---| a |", false),
            ("| a | b |", false),
            ("|", false),
        ] {
            assert_eq!(is_rule(line), is_one, "{line}");
        }
    }
}
