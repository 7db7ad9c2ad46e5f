//! Hard-wrapped texts: lines that ended where the next word did not fit.

use crate::block::Form;
use crate::blocks::from_text::{Join, TextLine};

/// Longest line, in characters, of a text that is taken to be wrapped by hand or by a terminal.
const WIDEST: u32 = 100;
/// Narrowest wrap; shorter lines are verse, tables or menus.
const NARROWEST: u32 = 50;
/// How far the wrap may lie before the widest line, which may be a head line or a rule.
const SLACK: u32 = 5;
/// A word divided at a line's end has parts of this many letters or more.
const PART: usize = 2;

/// How each line follows the one before it, as far as wraps tell.
pub(super) fn joins(lines: &[TextLine<'_>], text: &str) -> Vec<Join> {
    let mut joins = vec![Join::No; lines.len()];
    let Some(width) = width(lines) else { return joins };
    for (row, pair) in lines.windows(2).enumerate() {
        let [last, next] = pair else { continue };
        let first_word = next.text.split_whitespace().next().map_or(0, |word| word.chars().count() as u32);
        let did_not_fit = last.width + 1 + first_word > width - SLACK;
        if next.gap == 0
            && did_not_fit
            && next.form == Form::Paragraph
            && !matches!(last.form, Form::TableRow)
            && (next.indent <= last.indent || last.form == Form::ListItem)
        {
            joins[row + 1] = joint(last.text, next.text, text);
        }
    }
    joins
}

/// How a wrapped line goes on: a word may be divided at a hyphen, which is the word's own if the text has it
/// elsewhere.
fn joint(last: &str, next: &str, text: &str) -> Join {
    let Some(before) = last.strip_suffix('-') else { return Join::Space };
    let letters = |c: &char| c.is_alphabetic();
    let head_len: usize = before.chars().rev().take_while(letters).map(char::len_utf8).sum();
    let head = &before[before.len() - head_len..];
    let tail_len: usize = next.chars().take_while(letters).map(char::len_utf8).sum();
    let tail = &next[..tail_len];
    let is_part = |part: &str| part.chars().nth(PART - 1).is_some();
    if !is_part(head) || !is_part(tail) || !tail.chars().all(char::is_lowercase) {
        Join::Space
    } else if text.contains(&format!("{head}-{tail}")) {
        Join::Tight
    } else {
        Join::Hyphen
    }
}

/// The width in characters at which a text is hard-wrapped, if it is: no line is longer, and most of the
/// text stands in lines that are nearly as long.
fn width(lines: &[TextLine<'_>]) -> Option<u32> {
    let widest = lines.iter().map(|line| line.width).max()?;
    if !(NARROWEST..=WIDEST).contains(&widest) {
        return None;
    }
    let (mut full, mut all) = (0, 0);
    for line in lines {
        let width = line.width - u32::from(line.indent);
        all += width;
        full += if width * 5 >= widest * 4 { width } else { 0 };
    }
    (full * 10 >= all * 6).then_some(widest)
}
