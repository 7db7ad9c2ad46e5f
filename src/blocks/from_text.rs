//! The blocks of a text that somebody already flattened out of a page.
//!
//! A line is a block, unless it goes on in the next one: where the text is wrapped ([`super::wrap`]), and where
//! inline elements stand on lines of their own, as `get_text` leaves them ([`super::inline`]).

use std::borrow::Cow;

use crate::block::Form;
use crate::blocks::from_dom::append_folded;
use crate::blocks::tokens::Evidence;
use crate::blocks::{Draft, Drafts, MAX_BLOCKS, Within, inline, markdown, wrap};
use crate::dom::{Limits, NodeId};

/// A line that holds something, and what stands around it.
#[derive(Debug, Clone, Copy)]
pub(super) struct TextLine<'a> {
    /// The line without white space at its ends.
    pub(super) text: &'a str,
    /// Its number in the text, from 0.
    pub(super) number: u32,
    /// Empty lines before it, at most 255.
    pub(super) gap: u8,
    /// White space before it, in characters.
    pub(super) indent: u16,
    /// Width in characters, with the indent.
    pub(super) width: u32,
    /// Whether white space follows it.
    pub(super) open_end: bool,
    /// Its form by its own marks.
    pub(super) form: Form,
}

/// How a line follows the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Join {
    /// It begins a block.
    No,
    /// It goes on after a space.
    Space,
    /// It goes on without a space.
    Tight,
    /// It goes on with the second part of a word that was divided by a hyphen.
    Hyphen,
}

/// Makes the blocks of a text, of which as many bytes are read as of a page.
#[must_use]
pub fn from_text(text: &str) -> Drafts {
    let whole = text;
    let text = &whole[..whole.floor_char_boundary(Limits::default().bytes)];
    let (lines, all) = lines(text);
    let mut joins = wrap::joins(&lines, text);
    inline::join(&lines, &mut joins);
    let marks = markdown::is_markdown(&lines);
    let mut drafts = Drafts { truncated: !all || text.len() < whole.len(), ..Drafts::default() };
    drafts.text.reserve(text.len());
    for (line, join) in lines.iter().zip(joins) {
        push(&mut drafts, line, join, marks);
    }
    let lines = drafts.list.last().map_or(0, |draft| draft.node + 1);
    drafts.indexed(lines)
}

/// The lines that hold something, and whether these are all.
fn lines(text: &str) -> (Vec<TextLine<'_>>, bool) {
    let mut lines = vec![];
    let mut gap = 0u8;
    for (number, line) in split(text).enumerate() {
        let from_start = line.trim_start();
        let trimmed = from_start.trim_end();
        if trimmed.is_empty() {
            gap = gap.saturating_add(1);
            continue;
        }
        if lines.len() == MAX_BLOCKS {
            return (lines, false);
        }
        let indent = line[..line.len() - from_start.len()].chars().count();
        lines.push(TextLine {
            text: trimmed,
            number: number as u32,
            gap,
            indent: indent.min(usize::from(u16::MAX)) as u16,
            width: (indent + trimmed.chars().count()) as u32,
            open_end: trimmed.len() < from_start.len(),
            form: form(trimmed),
        });
        gap = 0;
    }
    (lines, true)
}

/// What stands between line ends of all kinds; a line feed after a carriage return ends an empty line.
fn split(text: &str) -> impl Iterator<Item = &str> {
    let bytes = text.as_bytes();
    // The line and paragraph separators have the byte 0xe2 first, as dashes and quotes do.
    let mut ends = memchr::memchr3_iter(b'\n', b'\r', 0xe2, bytes)
        .filter_map(|at| match bytes[at..] {
            [0xe2, 0x80, 0xa8 | 0xa9, ..] => Some((at, 3)),
            [0xe2, ..] => None,
            _ => Some((at, 1)),
        })
        .chain([(text.len(), 0)]);
    let mut start = 0;
    std::iter::from_fn(move || {
        let (end, width) = ends.next()?;
        let line = &text[start..end];
        start = end + width;
        Some(line)
    })
}

fn push(drafts: &mut Drafts, line: &TextLine<'_>, join: Join, marks: bool) {
    let previous = if join == Join::No { None } else { drafts.list.pop() };
    let start = previous.as_ref().map_or(drafts.text.len(), |draft| draft.start as usize);
    if join == Join::Hyphen {
        drafts.text.pop();
    }
    let (text, link_chars) =
        if marks { markdown::plain(line.text, line.form) } else { (Cow::Borrowed(line.text), 0) };
    let mut space = previous.is_some() && join == Join::Space;
    let chars = append_folded(&mut drafts.text, &text, &mut space, start);
    if chars == 0 && previous.is_none() {
        drafts.text.truncate(start);
        return;
    }
    let mut draft = previous.unwrap_or(Draft {
        start: start as u32,
        end: 0,
        form: line.form,
        chars: 0,
        link_chars: 0,
        bold_chars: 0,
        italic_chars: 0,
        anchor_chars: 0,
        foreign_chars: 0,
        within: Within::default(),
        tokens: Evidence::default(),
        hint: None,
        node: line.number as NodeId,
        owner: 0,
        depth: line.indent,
        signature: 0,
        gap: line.gap,
    });
    draft.end = drafts.text.len() as u32;
    draft.chars += chars;
    draft.link_chars += link_chars;
    drafts.list.push(draft);
}

/// The form of a line by its own marks.
fn form(line: &str) -> Form {
    let mut chars = line.chars();
    match (chars.next(), chars.next()) {
        (Some('-' | '*' | '•' | '+' | '·' | '◦' | '▪' | '–'), Some(' ')) => Form::ListItem,
        (Some('#'), Some('#' | ' ')) => {
            let level = line.bytes().take_while(|&byte| byte == b'#').count();
            if line.as_bytes().get(level) == Some(&b' ') {
                Form::Heading(level.min(6) as u8)
            } else {
                Form::Paragraph
            }
        }
        (Some('>'), Some(' ')) => Form::Quote,
        (Some('|'), Some(_)) => Form::TableRow,
        (Some(first), _) if first.is_ascii_digit() => {
            let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
            if line.len() - rest.len() <= 2 && (rest.starts_with(". ") || rest.starts_with(") ")) {
                Form::ListItem
            } else {
                Form::Paragraph
            }
        }
        _ => Form::Paragraph,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        let drafts = from_text(text);
        (0..drafts.list.len()).map(|index| drafts.text(index).to_owned()).collect()
    }

    #[test]
    fn lines_become_blocks() {
        let long = "word ".repeat(40);
        for (name, text, wanted) in [
            (
                "a line is a block",
                "One.\n\n  Two\u{a0} words \n- item\r\n",
                vec!["One.", "Two words", "- item"],
            ),
            (
                "lines end in several ways",
                "One\rTwo – “a”\u{2028}Three’s\u{2029}\u{2026}Four",
                vec!["One", "Two – “a”", "Three’s", "…Four"],
            ),
            (
                "wrapped lines are joined where the next word did not fit",
                "The harbour of Halden was closed on Monday after a barge\n\
                 lost its load of gravel in the northern entrance, said\n\
                 the port's captain.\n\
                 A second barge had to wait outside for most of the day,\n\
                 which cost its owner a fortune in fees and fines.\n",
                vec![
                    "The harbour of Halden was closed on Monday after a barge lost its load of gravel in the northern \
                     entrance, said the port's captain.",
                    "A second barge had to wait outside for most of the day, which cost its owner a fortune in fees \
                     and fines.",
                ],
            ),
            (
                "an indent begins a paragraph, a hyphen divides a word",
                "   The harbour of Halden was closed on Monday because a barge\n\
                 had lost its load of gravel in the northern entrance; the har-\n\
                 bour master and the port's captain said it was a well-known\n\
                 spot for such things. It took them nine days to clear the well-\n\
                 known spot and the entrance with the help of two tugs from it\n\
                 \x20\x20\x20A second barge had to wait outside for most of the week.\n",
                vec![
                    "The harbour of Halden was closed on Monday because a barge had lost its load of gravel in the \
                     northern entrance; the harbour master and the port's captain said it was a well-known spot for \
                     such things. It took them nine days to clear the well-known spot and the entrance with the help \
                     of two tugs from it",
                    "A second barge had to wait outside for most of the week.",
                ],
            ),
            (
                "long lines are never joined",
                &format!("{long}\n{long}\nshort"),
                vec![long.trim(), long.trim(), "short"],
            ),
            (
                "links on lines of their own are joined",
                "Menu\nThe last boat to \nHalden\n left on Monday with eleven people, said \nIda Marsh\n, the harbour \
                 master. She counted them \ntwice\n.\nTags:\nboats\n,\nHalden\nContact\n",
                vec![
                    "Menu",
                    "The last boat to Halden left on Monday with eleven people, said Ida Marsh, the harbour master. She \
                     counted them twice.",
                    "Tags:",
                    "boats, Halden",
                    "Contact",
                ],
            ),
            (
                "a text that is not torn stays as it is",
                "The last boat left\nwith eleven people.\n, said nobody\n",
                vec!["The last boat left", "with eleven people.", ", said nobody"],
            ),
            (
                "Markdown loses its marks",
                "* [Home](/)\n* [Town](/town)\n\n## The boat\n\n![a boat](b.jpg)\n\nThe **last** [boat](/b) left.\n\n* * *\n",
                vec!["Home", "Town", "The boat", "The last boat left."],
            ),
            (
                "a table of Markdown loses its bars",
                "Fares\n\n| Route | Now |\n| --- | ---: |\n| Halden | 4.20 |\n\nFares are in crowns.\n",
                vec!["Fares", "Route | Now", "Halden | 4.20", "Fares are in crowns."],
            ),
            (
                "bars alone are no table",
                "| Halden | Norsand |\n| Contact |\n",
                vec!["| Halden | Norsand |", "| Contact |"],
            ),
        ] {
            assert_eq!(texts(text), wanted, "{name}");
        }
    }
}
