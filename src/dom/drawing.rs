//! The inside of `<svg>`, past html5ever's tree builder.
//!
//! Nothing of it is in the frozen tree, so that all there is to know is where it ends. Elements of SVG are opened and
//! closed in turn; what leads out of SVG otherwise, or to HTML inside of it, is html5ever's.

use html5ever::{LocalName, local_name};

use super::NodeId;
use super::kind::Kind;
use super::names::TagName;
use super::tag::Tag;

/// An `<svg>` that is open.
pub(super) struct Drawing {
    pub(super) node: NodeId,
    /// Names of the elements that are open in it, outermost first.
    pub(super) inside: Vec<LocalName>,
}

impl Drawing {
    /// Opens an element; whether that is all that the tag does.
    pub(super) fn start_tag(&mut self, tag: &TagName, self_closing: bool) -> bool {
        // Names that HTML has lead out of SVG, or mean something else there, but for these.
        let is_foreign = match tag.tag {
            Tag::Title | Tag::Style => true,
            Tag::Other => *tag.local != *"foreignobject",
            _ => false,
        };
        if !is_foreign || self.is_html() {
            return false;
        }
        if !self_closing {
            self.inside.push(tag.local.clone());
        }
        true
    }

    /// Closes the element opened last, or `<svg>` itself: whether it is still open. Nothing if the tag is of another one.
    pub(super) fn end_tag(&mut self, tag: &TagName) -> Option<bool> {
        match self.inside.last() {
            Some(last) if *last == tag.local => {
                self.inside.pop();
                Some(true)
            }
            None if tag.kind == Kind::Svg => Some(false),
            _ => None,
        }
    }

    /// Whether a start tag would be one of HTML.
    fn is_html(&self) -> bool {
        self.inside.last().is_some_and(|name| matches!(*name, local_name!("title") | local_name!("desc")))
    }
}
