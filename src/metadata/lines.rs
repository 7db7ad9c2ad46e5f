//! Lines of a page as a reader sees them.

use std::borrow::Cow;

use super::words::squeeze;
use crate::dom::{Dom, NodeId, Tag};

/// A line as long as this is prose, in bytes.
pub(super) const LONGEST_LINE: usize = 200;

/// A line as a reader sees it.
pub(super) fn visible(line: &str) -> Cow<'_, str> {
    if line.is_ascii() { Cow::Borrowed(line) } else { Cow::Owned(squeeze(line)) }
}

/// The text of an element as a reader sees it.
pub(super) fn text_of(dom: &Dom<'_>, n: NodeId) -> String {
    let mut text = String::new();
    for inner in n..dom.end(n) {
        // "By<a>Jane Doe</a><span>Staff Writer</span>": style sheets keep these apart.
        match dom.tag(inner) {
            Tag::Text => {}
            tag if is_inline(tag) => text.push(' '),
            _ => text.push_str(" | "),
        }
        text.push_str(dom.text(inner));
        if text.len() > 2 * LONGEST_LINE {
            break;
        }
    }
    squeeze(text.trim_matches(|c: char| c.is_whitespace() || c == '|'))
}

/// Whether nothing in such an element is read.
pub(super) fn is_skipped(tag: Tag) -> bool {
    matches!(tag, Tag::Script | Tag::Style | Tag::Noscript | Tag::Select | Tag::Head | Tag::Nav)
}

/// Whether what stands in such an element stands in the line around it.
pub(super) fn is_inline(tag: Tag) -> bool {
    matches!(
        tag,
        Tag::A
            | Tag::Abbr
            | Tag::B
            | Tag::Bdi
            | Tag::Bdo
            | Tag::Cite
            | Tag::Code
            | Tag::Data
            | Tag::Em
            | Tag::Font
            | Tag::I
            | Tag::Ins
            | Tag::Mark
            | Tag::Q
            | Tag::S
            | Tag::Small
            | Tag::Span
            | Tag::Strong
            | Tag::Sub
            | Tag::Sup
            | Tag::Time
            | Tag::U
            | Tag::Img
            | Tag::Svg
            | Tag::Picture
            | Tag::Label
            | Tag::Meta
            | Tag::Other
    )
}
