//! The elements of HTML as a one-byte enum, so that a walk over the tree compares bytes and not names.

use std::sync::LazyLock;

use html5ever::LocalName;
use rustc_hash::FxHashMap;

use super::build::Space;

/// Declares [`Tag`] with the name each element has in HTML.
macro_rules! tags {
    ($($tag:ident $name:literal,)+) => {
        /// What a node is: the document, text, or which element of HTML.
        ///
        /// Only elements in the HTML namespace have a tag of their own; of the others, the roots `svg` and `math`
        /// have one, and the rest (like names HTML does not know) is [`Tag::Other`], told apart by [`Dom::name`].
        ///
        /// [`Dom::name`]: super::Dom::name
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Tag {
            /// The document, node 0.
            Document,
            /// A run of characters.
            Text,
            $(#[doc = concat!("`<", $name, ">`")] $tag,)+
            /// `<svg>`; what is inside of it is left out of the tree.
            Svg,
            /// `<math>`.
            Math,
            /// Any other element.
            Other,
        }

        /// Every element of HTML that has a tag, with its name.
        const HTML_TAGS: &[(Tag, &str)] = &[$((Tag::$tag, $name),)+];

        impl Tag {
            /// The element's name in HTML; empty for [`Tag::Document`], [`Tag::Text`] and [`Tag::Other`].
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    Self::Document | Self::Text | Self::Other => "",
                    $(Self::$tag => $name,)+
                    Self::Svg => "svg",
                    Self::Math => "math",
                }
            }
        }
    };
}

tags! {
    A "a",
    Abbr "abbr",
    Acronym "acronym",
    Address "address",
    Applet "applet",
    Area "area",
    Article "article",
    Aside "aside",
    Audio "audio",
    B "b",
    Base "base",
    Basefont "basefont",
    Bdi "bdi",
    Bdo "bdo",
    Bgsound "bgsound",
    Big "big",
    Blink "blink",
    Blockquote "blockquote",
    Body "body",
    Br "br",
    Button "button",
    Canvas "canvas",
    Caption "caption",
    Center "center",
    Cite "cite",
    Code "code",
    Col "col",
    Colgroup "colgroup",
    Data "data",
    Datalist "datalist",
    Dd "dd",
    Del "del",
    Details "details",
    Dfn "dfn",
    Dialog "dialog",
    Dir "dir",
    Div "div",
    Dl "dl",
    Dt "dt",
    Em "em",
    Embed "embed",
    Fieldset "fieldset",
    Figcaption "figcaption",
    Figure "figure",
    Font "font",
    Footer "footer",
    Form "form",
    Frame "frame",
    Frameset "frameset",
    H1 "h1",
    H2 "h2",
    H3 "h3",
    H4 "h4",
    H5 "h5",
    H6 "h6",
    Head "head",
    Header "header",
    Hgroup "hgroup",
    Hr "hr",
    Html "html",
    I "i",
    Iframe "iframe",
    Img "img",
    Input "input",
    Ins "ins",
    Kbd "kbd",
    Keygen "keygen",
    Label "label",
    Legend "legend",
    Li "li",
    Link "link",
    Listing "listing",
    Main "main",
    Map "map",
    Mark "mark",
    Marquee "marquee",
    Menu "menu",
    Meta "meta",
    Meter "meter",
    Nav "nav",
    Nobr "nobr",
    Noembed "noembed",
    Noframes "noframes",
    Noscript "noscript",
    Object "object",
    Ol "ol",
    Optgroup "optgroup",
    Option "option",
    Output "output",
    P "p",
    Param "param",
    Picture "picture",
    Plaintext "plaintext",
    Pre "pre",
    Progress "progress",
    Q "q",
    Rb "rb",
    Rp "rp",
    Rt "rt",
    Rtc "rtc",
    Ruby "ruby",
    S "s",
    Samp "samp",
    Script "script",
    Search "search",
    Section "section",
    Select "select",
    Slot "slot",
    Small "small",
    Source "source",
    Span "span",
    Strike "strike",
    Strong "strong",
    Style "style",
    Sub "sub",
    Summary "summary",
    Sup "sup",
    Table "table",
    Tbody "tbody",
    Td "td",
    Template "template",
    Textarea "textarea",
    Tfoot "tfoot",
    Th "th",
    Thead "thead",
    Time "time",
    Title "title",
    Tr "tr",
    Track "track",
    Tt "tt",
    U "u",
    Ul "ul",
    Var "var",
    Video "video",
    Wbr "wbr",
    Xmp "xmp",
}

impl Tag {
    /// The element of HTML (or root of SVG or MathML) with this name in lower case.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let known = HTML_TAGS.iter().chain(&[(Self::Svg, "svg"), (Self::Math, "math")]);
        known.into_iter().find(|(_, known)| *known == name).map(|(tag, _)| *tag)
    }

    /// Whether the node is an element.
    #[must_use]
    pub const fn is_element(self) -> bool {
        !matches!(self, Self::Document | Self::Text)
    }
}

/// What an element of this name is.
pub(super) fn tag_of(name: &LocalName, space: Space) -> Tag {
    static TAGS: LazyLock<FxHashMap<LocalName, Tag>> =
        LazyLock::new(|| HTML_TAGS.iter().map(|&(tag, name)| (LocalName::from(name), tag)).collect());
    match space {
        Space::Html => TAGS.get(name).copied().unwrap_or(Tag::Other),
        Space::Svg if **name == *"svg" => Tag::Svg,
        Space::MathMl if **name == *"math" => Tag::Math,
        Space::Svg | Space::MathMl => Tag::Other,
    }
}
