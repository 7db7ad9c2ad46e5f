//! What a block is, and why it was kept or dropped.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What a kept block is in its article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// The headline; it becomes the article's `title` and is not repeated in the text.
    Title,
    /// The summary under the headline.
    Standfirst,
    /// A heading inside the body.
    Heading,
    /// A paragraph of running text.
    Paragraph,
    /// An item of a list.
    ListItem,
    /// A block quotation.
    Quote,
    /// A row of a table, cells apart by ` | `.
    TableRow,
    /// Preformatted text; its line breaks count.
    Preformatted,
}

/// What a dropped block is. The names are those of the rule files and of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Advertisements and their labels.
    Advert,
    /// A notice to install or open an app.
    AppPromo,
    /// "(with inputs from ...)": the agency goes to the metadata.
    AgencyCredit,
    /// Lines on the publisher itself.
    AboutPublisher,
    /// A box or line on the author.
    AuthorBio,
    /// Home > World > Europe.
    Breadcrumb,
    /// The author's line; the names go to the metadata.
    Byline,
    /// A caption of a picture or video.
    Caption,
    /// Readers' comments, their forms and counters.
    Comments,
    /// "Continue reading".
    ContinueReading,
    /// Cookie and consent notices.
    CookieNotice,
    /// Copyright footers.
    Copyright,
    /// The line of publication date or place; the dates go to the metadata.
    Dateline,
    /// Text that stands in the document already.
    Duplicate,
    /// Terms, disclaimers, imprints.
    Legal,
    /// Menus and other navigation.
    Navigation,
    /// Newsletter prompts.
    Newsletter,
    /// Boilerplate without a name of its own.
    Other,
    /// Subscription and login prompts.
    PaywallPrompt,
    /// A photographer's or agency's credit.
    PhotoCredit,
    /// Labels and controls of audio and video players.
    Player,
    /// "Read more: ...".
    ReadMore,
    /// Links to and teasers of other articles.
    Related,
    /// A section's name above or below the article; it goes to the metadata.
    SectionLabel,
    /// Share and follow prompts.
    Share,
    /// Lists of tags.
    TagList,
}

impl Kind {
    /// All kinds with their names, sorted by name.
    pub const ALL: &[(Self, &'static str)] = &[
        (Self::AboutPublisher, "about-publisher"),
        (Self::Advert, "advert"),
        (Self::AgencyCredit, "agency-credit"),
        (Self::AppPromo, "app-promo"),
        (Self::AuthorBio, "author-bio"),
        (Self::Breadcrumb, "breadcrumb"),
        (Self::Byline, "byline"),
        (Self::Caption, "caption"),
        (Self::Comments, "comments"),
        (Self::ContinueReading, "continue-reading"),
        (Self::CookieNotice, "cookie-notice"),
        (Self::Copyright, "copyright"),
        (Self::Dateline, "dateline"),
        (Self::Duplicate, "duplicate"),
        (Self::Legal, "legal"),
        (Self::Navigation, "navigation"),
        (Self::Newsletter, "newsletter"),
        (Self::Other, "other"),
        (Self::PaywallPrompt, "paywall-prompt"),
        (Self::PhotoCredit, "photo-credit"),
        (Self::Player, "player"),
        (Self::ReadMore, "read-more"),
        (Self::Related, "related"),
        (Self::SectionLabel, "section-label"),
        (Self::Share, "share"),
        (Self::TagList, "tag-list"),
    ];

    /// Short names that rule files may use too.
    pub const SHORT: &[(Self, &'static str)] =
        &[(Self::Advert, "ad"), (Self::PaywallPrompt, "paywall"), (Self::Other, "boilerplate")];

    /// The kind's name as it stands in rule files and output.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("other", |(_, name)| name)
    }

    /// The kind of that name, also of the short ones.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let mut all = Self::ALL.iter().chain(Self::SHORT);
        all.find(|(_, known)| *known == name).map(|(kind, _)| *kind)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::from_name(&name).ok_or_else(|| serde::de::Error::custom(format!("no kind: {name}")))
    }
}

/// A block's one label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Label {
    /// The block belongs to the article.
    Kept(Role),
    /// The block is boilerplate.
    Dropped(Kind),
}

impl Label {
    /// Whether the block stays.
    #[must_use]
    pub fn is_kept(self) -> bool {
        matches!(self, Self::Kept(_))
    }

    /// Whether the block is part of the article's text; the headline is a field of its own.
    #[must_use]
    pub fn is_body(self) -> bool {
        matches!(self, Self::Kept(role) if role != Role::Title)
    }
}

/// The place of one pattern in the rule files.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Address {
    /// Rule file as the user would name it, such as `rules/sites/example.com.toml`.
    pub file: Arc<str>,
    /// Line of the pattern, from 1.
    pub line: u32,
    /// `id/section/kind/pattern`, as `except` in a rule file names it.
    pub path: Arc<str>,
    /// Whether a site's (or a family's) file holds the pattern; a generic one otherwise.
    pub site: bool,
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// Why a block got its label.
#[derive(Debug, Clone, PartialEq)]
pub enum Reason {
    /// A pattern of a rule file.
    Rule(Arc<Address>),
    /// The structure model's probability (0 to 1) that the block is main content.
    Model(f32),
    /// The text agrees with the page's JSON-LD `articleBody`.
    JsonLd,
    /// The same text stands at the block of this index.
    Repeats(usize),
    /// The element or line that holds it never holds main content (`nav`, `footer`, a hidden box), or
    /// became metadata; the word says which.
    Structure(&'static str),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rule(address) => write!(f, "{address}"),
            Self::Model(score) => write!(f, "model {score:.2}"),
            Self::JsonLd => f.write_str("json-ld"),
            Self::Repeats(block) => write!(f, "repeats block {block}"),
            Self::Structure(what) => write!(f, "structure {what}"),
        }
    }
}

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
