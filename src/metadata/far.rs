//! Dates away from the headline, where nothing near it has one: at the foot of the article, or above a long menu.
//!
//! Half of a page is read for that, of which only lines with a digit can matter; so these are sought first, and nothing
//! is asked of other lines.

use rustc_hash::FxHashMap;

use super::lines::{LONGEST_LINE, is_inline, is_skipped, visible};
use super::marks::Reader;
use super::visible::{LONGEST_LABEL, Look};
use crate::blocks::append_folded;
use crate::dom::{Dom, NodeId, Tag};

/// A line: the texts between two edges of blocks.
#[derive(Debug, Clone, Copy)]
struct Line {
    /// Its first text.
    first: NodeId,
    /// The node after its last.
    end: NodeId,
    has_digit: bool,
}

impl Line {
    /// Its text, or a beginning of it that is too long for what is looked for.
    fn text(self, dom: &Dom<'_>) -> String {
        let mut text = String::new();
        let mut n = self.first;
        while n < self.end && text.len() < LONGEST_LINE {
            match dom.tag(n) {
                Tag::Text => {
                    append_folded(&mut text, dom.text(n), &mut true, 0);
                }
                tag if is_skipped(tag) => {
                    n = dom.end(n);
                    continue;
                }
                _ => {}
            }
            n += 1;
        }
        text
    }
}

/// Which elements stand beside the article, or in one that does.
struct Asides<'d> {
    dom: &'d Dom<'d>,
    reader: Reader<'d>,
    known: FxHashMap<NodeId, bool>,
    /// Elements before it are not asked.
    from: NodeId,
}

impl Asides<'_> {
    /// Whether a text stands in one.
    fn hold(&mut self, look: &Look<'_>, text: NodeId) -> bool {
        let mut unknown = vec![];
        let mut node = self.dom.parent(text);
        let mut is_aside = false;
        while let Some(n) = node.filter(|&n| n >= self.from) {
            if let Some(&known) = self.known.get(&n) {
                is_aside = known;
                break;
            }
            unknown.push(n);
            node = self.dom.parent(n);
        }
        for n in unknown.into_iter().rev() {
            is_aside |= self.reader.is_aside(n) && look.can_be_aside(n);
            self.known.insert(n, is_aside);
        }
        is_aside
    }
}

impl Look<'_> {
    /// Reads the dates of lines in a range of nodes.
    pub(super) fn read_far(&mut self, from: NodeId, to: NodeId) {
        let dom = self.dom;
        let mut asides = Asides { dom, reader: Reader::new(dom), known: FxHashMap::default(), from };
        // Those after the last that was read for its dates.
        let mut lines: Vec<Line> = vec![];
        let mut line: Option<Line> = None;
        // Ends of open blocks.
        let mut blocks: Vec<NodeId> = vec![];
        let mut n = from;
        while n < to {
            let closes = blocks.last().is_some_and(|&end| end <= n);
            while blocks.last().is_some_and(|&end| end <= n) {
                blocks.pop();
            }
            let tag = dom.tag(n);
            let is_text = tag == Tag::Text;
            let opens = !is_text && !is_skipped(tag) && !is_inline(tag);
            if closes || opens {
                self.end_line(&mut line, &mut lines, &mut asides);
            }
            if is_text {
                let has_digit = dom.text(n).bytes().any(|byte| byte.is_ascii_digit());
                let line = line.get_or_insert(Line { first: n, end: n, has_digit: false });
                line.end = n + 1;
                line.has_digit |= has_digit;
            } else if opens {
                blocks.push(dom.end(n));
            }
            n = if is_skipped(tag) { dom.end(n) } else { n + 1 };
        }
        self.end_line(&mut line, &mut lines, &mut asides);
    }

    /// Reads a line for its dates if it has a digit, and the one before it, which may say what they are.
    fn end_line(&mut self, line: &mut Option<Line>, lines: &mut Vec<Line>, asides: &mut Asides<'_>) {
        let Some(line) = line.take() else { return };
        if !line.has_digit {
            lines.push(line);
            return;
        }
        let dom = self.dom;
        let mut read = |look: &Self, line: Line| {
            let text = line.text(dom);
            let is_one = !text.is_empty() && text.len() < LONGEST_LINE && !asides.hold(look, line.first);
            is_one.then_some(text)
        };
        let Some(text) = read(self, line) else { return };
        if let Some(before) = lines.drain(..).rev().find_map(|line| read(self, line)) {
            let before = visible(&before);
            self.label.clear();
            if before.len() <= LONGEST_LABEL {
                self.label.push_str(&before);
            }
        }
        self.dates_in(&visible(&text), 0);
    }
}
