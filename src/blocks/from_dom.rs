//! The blocks of a page: one walk over its tree, in document order, without recursion.

use crate::ascii::plain;
use crate::block::Form;
use crate::blocks::frame::{Frame, Page, Target};
use crate::blocks::tokens::Lexicon;
use crate::blocks::{Draft, Drafts, MAX_BLOCKS};
use crate::dom::{Dom, NodeId, Tag};

/// The block that is being written.
#[derive(Debug, Clone, Copy)]
struct Open {
    start: usize,
    node: NodeId,
    frame: Frame,
    chars: u32,
    link_chars: u32,
    bold_chars: u32,
    italic_chars: u32,
    anchor_chars: u32,
    foreign_chars: u32,
    cells: u32,
}

/// Makes the blocks of a page. Text of scripts, styles, menus of choice and embedded documents is no
/// block; everything else that a browser could show is. `address` tells the page's own links from others.
///
/// The elements `apart`, in document order, share no block with what is around them: where one stands inside a
/// line, its text is a block after the line's.
#[must_use]
pub fn from_dom(dom: &Dom<'_>, lexicon: &Lexicon, address: Option<&str>, apart: &[NodeId]) -> Drafts {
    let page = Page::new(dom, lexicon, address);
    let mut walk = Walk::default();
    walk.drafts.list.reserve(dom.len() as usize / NODES_A_BLOCK);
    walk.drafts.text.reserve(dom.bytes() / BYTES_A_BYTE);
    let read = walk.read(&page, Frame::outermost(dom), 1, apart);
    walk.drafts.truncated = read < dom.len();
    walk.drafts.indexed(dom.len())
}

/// Nodes of a page for each of its blocks, and bytes for each byte of their text, as most pages have them.
const NODES_A_BLOCK: usize = 8;
const BYTES_A_BYTE: usize = 10;

/// Elements whose text no reader sees as text.
fn is_skipped(tag: Tag) -> bool {
    matches!(
        tag,
        Tag::Head
            | Tag::Script
            | Tag::Style
            | Tag::Template
            | Tag::Svg
            | Tag::Iframe
            | Tag::Object
            | Tag::Select
            | Tag::Textarea
            | Tag::Datalist
            | Tag::Audio
            | Tag::Video
            | Tag::Canvas
            | Tag::Map
    )
}

#[derive(Debug, Default)]
struct Walk {
    drafts: Drafts,
    /// Blocks out of the open one, which come after it.
    beside: Drafts,
    open: Option<Open>,
    breaks: u32,
    space: bool,
    new_cell: bool,
}

impl Walk {
    /// Reads the nodes from `node` to the end of `outermost` and ends the last block. Returns where it stopped, which
    /// is sooner if there are too many blocks.
    fn read(&mut self, page: &Page<'_>, outermost: Frame, mut node: NodeId, mut apart: &[NodeId]) -> NodeId {
        let (dom, end) = (page.dom, outermost.end);
        let mut stack: Vec<Frame> = Vec::with_capacity(64);
        stack.push(outermost);
        while node < end && self.drafts.list.len() + self.beside.list.len() < MAX_BLOCKS {
            while stack.len() > 1 && stack.last().is_some_and(|frame| frame.end <= node) {
                if stack.pop().is_some_and(|frame| frame.block) {
                    self.flush();
                }
            }
            let Some(&outer) = stack.last() else { break };
            let tag = dom.tag(node);
            match tag {
                Tag::Text => self.text(dom.text(node), node, outer),
                Tag::Br => self.line_break(outer.form),
                Tag::Hr => self.flush(),
                _ if is_skipped(tag) => {
                    node = dom.end(node);
                    continue;
                }
                _ => {
                    let mut frame = page.enter(node, tag, outer);
                    while apart.first().is_some_and(|&next| next < node) {
                        apart = &apart[1..];
                    }
                    if apart.first() == Some(&node) {
                        if page.is_inline(node) {
                            self.set_apart(page, frame, node);
                            node = dom.end(node);
                            continue;
                        }
                        frame.block = true;
                    }
                    if frame.block {
                        self.flush();
                    } else if matches!(tag, Tag::Td | Tag::Th) {
                        self.cell();
                    }
                    stack.push(frame);
                }
            }
            node += 1;
        }
        self.flush();
        node
    }

    /// Reads an element inside a line into blocks of its own.
    fn set_apart(&mut self, page: &Page<'_>, frame: Frame, node: NodeId) {
        let dom = page.dom;
        let mut inner = Self::default();
        inner.read(page, frame, node + 1, &[]);
        // What stood before it and after it does not grow together, unless it did.
        let texts =
            || (node..dom.end(node)).filter(|&inner| dom.tag(inner) == Tag::Text).map(|text| dom.text(text));
        self.space |= texts().next().is_some_and(|text| text.starts_with(char::is_whitespace))
            || texts().next_back().is_some_and(|text| text.ends_with(char::is_whitespace));
        match self.open {
            Some(_) => self.beside.append(inner.drafts),
            None => self.drafts.append(inner.drafts),
        }
    }

    fn text(&mut self, text: &str, node: NodeId, frame: Frame) {
        if text.bytes().all(|byte| byte.is_ascii_whitespace()) && frame.form != Form::Preformatted {
            self.space = true;
            return;
        }
        if self.breaks > 0 {
            if self.breaks > 1 || self.ends_sentence() {
                self.flush();
            }
            self.space = true;
            self.breaks = 0;
        }
        let start = self.drafts.text.len();
        let open = self.open.get_or_insert(Open {
            start,
            node,
            frame,
            chars: 0,
            link_chars: 0,
            bold_chars: 0,
            italic_chars: 0,
            anchor_chars: 0,
            foreign_chars: 0,
            cells: 1,
        });
        let out = &mut self.drafts.text;
        if self.new_cell && out.len() > open.start {
            out.push_str(" | ");
            open.cells += 1;
            self.space = false;
        }
        self.new_cell = false;
        let chars = if frame.form == Form::Preformatted {
            out.push_str(text);
            text.chars().filter(|c| !c.is_whitespace()).count() as u32
        } else {
            append_folded(out, text, &mut self.space, open.start)
        };
        open.chars += chars;
        let if_so = |is: bool| if is { chars } else { 0 };
        open.link_chars += if_so(frame.link.is_some());
        open.anchor_chars += if_so(frame.link == Some(Target::Anchor));
        open.foreign_chars += if_so(frame.link == Some(Target::Foreign));
        open.bold_chars += if_so(frame.bold);
        open.italic_chars += if_so(frame.italic);
    }

    fn line_break(&mut self, form: Form) {
        if form == Form::Preformatted && self.open.is_some() {
            self.drafts.text.push('\n');
        } else {
            self.breaks += 1;
        }
    }

    /// Begins a table cell: the row goes on unless something broke it.
    fn cell(&mut self) {
        self.new_cell = self.open.is_some();
        self.space = true;
    }

    fn ends_sentence(&self) -> bool {
        self.drafts
            .text
            .trim_end_matches(['"', '\'', '”', '’', '»', ')', ' '])
            .ends_with(['.', '!', '?', ':', '…', '。'])
    }

    fn flush(&mut self) {
        self.breaks = 0;
        self.space = false;
        self.new_cell = false;
        let Some(open) = self.open.take() else { return };
        self.close(open);
        self.drafts.append(std::mem::take(&mut self.beside));
    }

    fn close(&mut self, open: Open) {
        let text = &mut self.drafts.text;
        text.truncate(open.start + text[open.start..].trim_end().len());
        if open.chars == 0 {
            text.truncate(open.start);
            return;
        }
        let frame = open.frame;
        let form = match frame.form {
            Form::TableRow if open.cells == 1 => Form::Paragraph,
            form => form,
        };
        self.drafts.list.push(Draft {
            start: open.start as u32,
            end: self.drafts.text.len() as u32,
            form,
            chars: open.chars,
            link_chars: open.link_chars,
            bold_chars: open.bold_chars,
            italic_chars: open.italic_chars,
            anchor_chars: open.anchor_chars,
            foreign_chars: open.foreign_chars,
            within: frame.within,
            tokens: frame.tokens,
            hint: frame.hint,
            node: open.node,
            owner: frame.owner,
            depth: frame.depth,
            signature: frame.signature,
            gap: 1,
        });
    }
}

/// Appends text with runs of white space as one space and without soft hyphens and zero-width marks;
/// returns the number of characters that are no white space. `space` carries a pending one over.
pub(crate) fn append_folded(out: &mut String, text: &str, space: &mut bool, block_start: usize) -> u32 {
    let bytes = text.as_bytes();
    let is_mark = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
    let mut chars = 0;
    let (mut run, mut at) = (0, 0); // what is copied as it is
    while let Some(&byte) = bytes.get(at) {
        let (width, white, dropped) = match byte {
            b'!'..=b'~' => {
                let (length, spaces) = plain(&bytes[at..]);
                if length > 0 {
                    end_space(out, space, block_start);
                    chars += length as u32 - spaces;
                    at += length;
                    continue;
                }
                (1, false, false)
            }
            // Nearly all spaces stand alone between two words.
            b' ' if at > run && is_mark(bytes.get(at + 1)) => {
                at += 1;
                continue;
            }
            b' ' | b'\t' | b'\n' | b'\r' | b'\x0c' => (1, true, false),
            0..=0x7f => (1, false, true),
            _ => {
                let c = text[at..].chars().next().unwrap_or_default();
                let dropped = matches!(c, '\u{ad}' | '\u{200b}' | '\u{2060}' | '\u{feff}');
                (c.len_utf8(), c.is_whitespace(), dropped)
            }
        };
        if white || dropped {
            if at > run {
                out.push_str(&text[run..at]);
            }
            run = at + width;
            *space |= white;
        } else {
            end_space(out, space, block_start);
            chars += 1;
        }
        at += width;
    }
    out.push_str(&text[run..]);
    chars
}

/// Appends a pending space unless the block begins here.
#[inline(always)]
fn end_space(out: &mut String, space: &mut bool, block_start: usize) {
    if *space {
        if out.len() > block_start {
            out.push(' ');
        }
        *space = false;
    }
}
