//! Inline elements on lines of their own: what `get_text` makes of a sentence with links in it.
//!
//! A line never begins with a comma, so where lines do, the text was torn at its links; there, and only there,
//! lines are joined that show the tear: by such a mark, by a small letter after an open end, by white space
//! where the link stood.

use crate::block::Form;
use crate::blocks::from_text::{Join, TextLine};
use crate::words::ends_as_sentence;

/// Lines that begin with a closing mark which show that a text is torn.
const TORN_LINES: usize = 2;
/// Characters of a line that can be the start of a sentence which a link interrupts.
const LONG: u32 = 40;
/// Characters of a line that can be a link in a sentence.
const LINK: u32 = 80;

/// Joins lines that were torn, in a text that is.
pub(super) fn join(lines: &[TextLine<'_>], joins: &mut [Join]) {
    let torn = lines.iter().filter(|line| line.gap == 0 && begins_with_mark(line.text)).count();
    if torn < TORN_LINES {
        return;
    }
    // Length of the block so far and how it ends.
    let mut size = 0;
    for row in 0..lines.len() {
        let line = &lines[row];
        let width = line.width - u32::from(line.indent);
        if row > 0 && line.gap == 0 && line.form == Form::Paragraph && joins[row] == Join::No {
            joins[row] = follows(lines, row, size);
        }
        size = if joins[row] == Join::No { width } else { size + width };
    }
}

/// How the line at `row` follows the one before it, at the end of a block of `size` characters.
fn follows(lines: &[TextLine<'_>], row: usize, size: u32) -> Join {
    let (last, line) = (&lines[row - 1], &lines[row]);
    if begins_with_mark(line.text) {
        return if line.indent == 0 && !last.open_end { Join::Tight } else { Join::Space };
    }
    if ends_as_sentence(last.text) || matches!(last.form, Form::Heading(_) | Form::TableRow) {
        return Join::No;
    }
    let width = line.width - u32::from(line.indent);
    let goes_on = line.text.starts_with(char::is_lowercase);
    let spaced = last.open_end || line.indent == 1;
    let next_goes_on = lines.get(row + 1).is_some_and(|next| {
        next.gap == 0 && (begins_with_mark(next.text) || next.text.starts_with(char::is_lowercase))
    });
    let joined = if goes_on {
        size >= LONG || spaced || width >= LONG
    } else {
        // A link, or what stands after one.
        let is_link = width <= LINK && (size >= LONG || last.open_end) && next_goes_on;
        is_link || last.text.ends_with(',') && width <= LINK || size >= LONG && spaced
    };
    if joined { Join::Space } else { Join::No }
}

/// Whether a line begins with a mark that no line begins with.
fn begins_with_mark(text: &str) -> bool {
    let mut chars = text.chars();
    matches!(
        chars.next(),
        Some(',' | '.' | ';' | ':' | '!' | '?' | ')' | '”' | '’' | '»' | '、' | '。' | '，')
    ) && chars.next().is_none_or(char::is_whitespace)
}
