//! The blocks of a text that somebody already flattened out of a page.

use crate::block::Form;
use crate::blocks::from_dom::append_folded;
use crate::blocks::tokens::Evidence;
use crate::blocks::{Draft, Drafts, Within};
use crate::dom::NodeId;

/// Longest line, in characters, of a text that is taken to be wrapped by hand or by a terminal.
const WIDEST_WRAP: usize = 100;
/// Narrowest wrap; shorter lines are verse, tables or menus.
const NARROWEST_WRAP: usize = 50;

/// Makes the blocks of a text: a block a line, or a block a paragraph where the text is hard-wrapped.
#[must_use]
pub fn from_text(text: &str) -> Drafts {
    let wrap = wrap_width(text);
    let mut drafts = Drafts::default();
    let mut gap = 0u8;
    let mut last_width = 0;
    for (number, line) in text.split(['\n', '\r', '\u{2028}', '\u{2029}']).enumerate() {
        let trimmed = line.trim();
        if trimmed.is_empty() {
            gap = gap.saturating_add(1);
            continue;
        }
        let width = line.trim_end().chars().count();
        let joins = gap == 0
            && wrap.is_some_and(|wrap| {
                let first_word = trimmed.split_whitespace().next().map_or(0, |word| word.chars().count());
                // The next word did not fit: that is why the line ended.
                last_width + 1 + first_word > wrap && form(trimmed) == Form::Paragraph
            });
        last_width = width;
        push(&mut drafts, trimmed, number as NodeId, gap, joins);
        gap = 0;
    }
    drafts.with_words()
}

fn push(drafts: &mut Drafts, line: &str, number: NodeId, gap: u8, joins: bool) {
    let previous = if joins { drafts.list.pop() } else { None };
    let start = previous.as_ref().map_or(drafts.text.len(), |draft| draft.start as usize);
    let mut space = previous.is_some();
    let chars = append_folded(&mut drafts.text, line, &mut space, start);
    if chars == 0 && previous.is_none() {
        drafts.text.truncate(start);
        return;
    }
    let mut draft = previous.unwrap_or(Draft {
        start: start as u32,
        end: 0,
        form: form(line),
        chars: 0,
        link_chars: 0,
        bold_chars: 0,
        italic_chars: 0,
        anchor_chars: 0,
        foreign_chars: 0,
        within: Within::default(),
        tokens: Evidence::default(),
        hint: None,
        node: number,
        owner: 0,
        depth: 0,
        signature: 0,
        gap,
    });
    draft.end = drafts.text.len() as u32;
    draft.chars += chars;
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

/// The width in characters at which a text is hard-wrapped, if it is: no line is longer, and most of the
/// text stands in lines that are nearly as long.
fn wrap_width(text: &str) -> Option<usize> {
    let mut widest = 0;
    for line in text.lines() {
        let width = line.trim_end().chars().count();
        if width > WIDEST_WRAP {
            return None;
        }
        widest = widest.max(width);
    }
    if widest < NARROWEST_WRAP {
        return None;
    }
    let (mut full, mut all) = (0, 0);
    for line in text.lines() {
        let width = line.trim().chars().count();
        all += width;
        if width * 5 >= widest * 4 {
            full += width;
        }
    }
    (full * 10 >= all * 6).then_some(widest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        let drafts = from_text(text);
        (0..drafts.list.len()).map(|index| drafts.text(index).to_owned()).collect()
    }

    #[test]
    fn a_line_is_a_block() {
        assert_eq!(texts("One.\n\n  Two\u{a0} words \n- item\r\n"), ["One.", "Two words", "- item"]);
    }

    #[test]
    fn hard_wrapped_lines_are_joined_at_the_wrap_only() {
        let text = "The harbour of Halden was closed on Monday after a barge\n\
                    lost its load of gravel in the northern entrance, said\n\
                    the port's captain.\n\
                    A second barge had to wait outside for most of the day,\n\
                    which cost its owner a fortune in fees and fines.\n";
        assert_eq!(texts(text).len(), 2);
        assert!(texts(text)[0].ends_with("port's captain."));
    }

    #[test]
    fn long_lines_are_never_joined() {
        let long = "word ".repeat(40);
        assert_eq!(texts(&format!("{long}\n{long}\nshort")).len(), 3);
    }
}
