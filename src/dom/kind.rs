//! Elements by what the tree builder does for them in ordinary content.

use html5ever::LocalName;

use super::Tag;

/// What the "in body" insertion mode does for the start and end tags of an element.
///
/// Which name belongs where is from html5ever's tree builder and the specification,
/// <https://html.spec.whatwg.org/multipage/parsing.html#parsing-main-inbody>.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Closes a paragraph, and does not keep a `<li>` from closing one further up.
    Division,
    /// Any other that closes a paragraph.
    Block,
    Paragraph,
    Heading,
    ListItem,
    /// `<dt>` or `<dd>`.
    Definition,
    Button,
    Anchor,
    /// Any other formatting element, but `<nobr>`.
    Formatting,
    Noscript,
    /// What HTML has no rule for, names it does not know among them.
    Plain,
    /// No sooner open than closed.
    Void,
    /// As [`Kind::Void`], but closes a paragraph.
    Rule,
    /// As [`Kind::Void`], but the same in the head.
    Metadata,
    /// `<script>`.
    Script,
    /// Its text is RAWTEXT; the same in the head.
    Raw,
    /// `<iframe>`; its text is RAWTEXT too.
    Frame,
    Head,
    Body,
    Form,
    /// `<svg>`.
    Svg,
    /// Has rules of its own, or changes the insertion mode.
    Peculiar,
}

impl Kind {
    /// The kind of an element of HTML.
    pub(super) fn of(tag: Tag, name: &LocalName) -> Self {
        match tag {
            Tag::Address | Tag::Div => Self::Division,
            Tag::Article
            | Tag::Aside
            | Tag::Blockquote
            | Tag::Center
            | Tag::Details
            | Tag::Dir
            | Tag::Dl
            | Tag::Fieldset
            | Tag::Figcaption
            | Tag::Figure
            | Tag::Footer
            | Tag::Header
            | Tag::Hgroup
            | Tag::Main
            | Tag::Menu
            | Tag::Nav
            | Tag::Ol
            | Tag::Section
            | Tag::Summary
            | Tag::Ul => Self::Block,
            Tag::P => Self::Paragraph,
            Tag::H1 | Tag::H2 | Tag::H3 | Tag::H4 | Tag::H5 | Tag::H6 => Self::Heading,
            Tag::Li => Self::ListItem,
            Tag::Dd | Tag::Dt => Self::Definition,
            Tag::Button => Self::Button,
            Tag::A => Self::Anchor,
            Tag::B
            | Tag::Big
            | Tag::Code
            | Tag::Em
            | Tag::Font
            | Tag::I
            | Tag::S
            | Tag::Small
            | Tag::Strike
            | Tag::Strong
            | Tag::Tt
            | Tag::U => Self::Formatting,
            Tag::Noscript => Self::Noscript,
            Tag::Area
            | Tag::Br
            | Tag::Embed
            | Tag::Img
            | Tag::Input
            | Tag::Keygen
            | Tag::Param
            | Tag::Source
            | Tag::Track
            | Tag::Wbr => Self::Void,
            Tag::Hr => Self::Rule,
            Tag::Base | Tag::Basefont | Tag::Bgsound | Tag::Link | Tag::Meta => Self::Metadata,
            Tag::Script => Self::Script,
            Tag::Noframes | Tag::Style => Self::Raw,
            Tag::Iframe => Self::Frame,
            Tag::Head => Self::Head,
            Tag::Body => Self::Body,
            Tag::Form => Self::Form,
            Tag::Abbr
            | Tag::Acronym
            | Tag::Audio
            | Tag::Bdi
            | Tag::Bdo
            | Tag::Blink
            | Tag::Canvas
            | Tag::Cite
            | Tag::Data
            | Tag::Datalist
            | Tag::Del
            | Tag::Dfn
            | Tag::Ins
            | Tag::Kbd
            | Tag::Label
            | Tag::Legend
            | Tag::Map
            | Tag::Mark
            | Tag::Meter
            | Tag::Output
            | Tag::Picture
            | Tag::Progress
            | Tag::Q
            | Tag::Ruby
            | Tag::Samp
            | Tag::Slot
            | Tag::Span
            | Tag::Sub
            | Tag::Sup
            | Tag::Time
            | Tag::Var
            | Tag::Video => Self::Plain,
            Tag::Other if !matches!(&**name, "image" | "isindex") => Self::Plain,
            _ => Self::Peculiar,
        }
    }

    /// Whether text and elements below it are ordinary content, whatever the insertion mode that led there. (Below
    /// `<noscript>` it may be that of the head.)
    pub(super) fn has_ordinary_content(self) -> bool {
        match self {
            Self::Division
            | Self::Block
            | Self::Paragraph
            | Self::Heading
            | Self::ListItem
            | Self::Definition
            | Self::Button
            | Self::Anchor
            | Self::Formatting
            | Self::Plain
            | Self::Body
            | Self::Form => true,
            Self::Noscript
            | Self::Void
            | Self::Rule
            | Self::Metadata
            | Self::Script
            | Self::Raw
            | Self::Frame
            | Self::Head
            | Self::Svg
            | Self::Peculiar => false,
        }
    }

    /// Whether the specification has it among its "special" elements.
    pub(super) fn is_special(self) -> bool {
        !matches!(self, Self::Anchor | Self::Formatting | Self::Plain | Self::Svg)
    }
}
