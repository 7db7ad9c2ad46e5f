//! What comes out: an article with its metadata, and the verdict on the document.

use serde::{Deserialize, Serialize};

/// Where a metadata value was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// A site rule.
    Rule,
    /// Structured data in a `application/ld+json` script.
    JsonLd,
    /// A `<meta>`, `<link>` or `<title>` element, or an attribute such as `lang`.
    Meta,
    /// Text a reader sees.
    Visible,
    /// The page's address.
    Url,
    /// Counted from the text (language).
    Statistics,
}

/// A value and where it was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sourced<T> {
    /// The value.
    pub value: T,
    /// Where it was found.
    pub source: Source,
}

/// What is known of an article besides its body.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metadata {
    /// Headline without the site's name.
    pub title: Option<Sourced<String>>,
    /// Names of the authors, one entry a person (or desk), without "By" or roles.
    pub authors: Option<Sourced<Vec<String>>>,
    /// Date and time of publication, ISO 8601, with the zone where the page gives one.
    pub date: Option<Sourced<String>>,
    /// Date and time of the last change, ISO 8601.
    pub date_modified: Option<Sourced<String>>,
    /// Name of the site.
    pub site: Option<Sourced<String>>,
    /// Canonical URL.
    pub url: Option<Sourced<String>>,
    /// ISO 639-1 code of the language.
    pub lang: Option<Sourced<String>>,
    /// The page's own summary.
    pub description: Option<Sourced<String>>,
    /// Section of the site.
    pub section: Option<Sourced<String>>,
    /// Tags or keywords.
    pub tags: Option<Sourced<Vec<String>>>,
    /// URL of the lead picture.
    pub image: Option<Sourced<String>>,
    /// News agency that the article or a part of it comes from.
    pub agency: Option<Sourced<String>>,
    /// Whether the publisher says that the whole text is not free (`isAccessibleForFree: false`).
    pub paywalled: bool,
}

impl Metadata {
    /// The values that are known and are one text, by the names that people see.
    pub fn texts(&self) -> impl Iterator<Item = (&'static str, &Sourced<String>)> {
        let fields = [
            ("title", &self.title),
            ("date", &self.date),
            ("modified", &self.date_modified),
            ("site", &self.site),
            ("canonical", &self.url),
            ("lang", &self.lang),
            ("section", &self.section),
            ("agency", &self.agency),
            ("description", &self.description),
            ("image", &self.image),
        ];
        fields.into_iter().filter_map(|(name, value)| Some((name, value.as_ref()?)))
    }

    /// The values that are known and are lists, by the names that people see.
    pub fn lists(&self) -> impl Iterator<Item = (&'static str, &Sourced<Vec<String>>)> {
        let fields = [("authors", &self.authors), ("tags", &self.tags)];
        fields.into_iter().filter_map(|(name, value)| Some((name, value.as_ref()?)))
    }
}

/// Something a user may want to filter by; never a reason to drop a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Flag {
    /// The publisher says that the text is not free.
    Paywalled,
    /// The caps on one document (bytes, nodes, depth, attributes, names, blocks) left a part of it out.
    Truncated,
    /// Bytes that are no text in the page's encoding were replaced.
    BadEncoding,
    /// A site rule's body selector matched nothing (or too little).
    RuleMissed,
    /// A guard refused a rule's cut or strip that would have removed too much.
    RuleRefused,
}

/// Which way the body was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// A site rule named the body.
    SiteRule,
    /// The structure model labelled the page's blocks.
    Model,
    /// The model labelled the lines of a flattened text.
    Text,
}

/// Why a document gave no article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DropReason {
    /// The document has no text at all.
    Empty,
    /// No block was kept.
    NoBody,
    /// The filter asks for other hosts.
    Host,
    /// The filter asks for other languages.
    Language,
    /// The filter asks for more words.
    FewWords,
    /// The filter asks for other days of publication, or the day is not known.
    Date,
    /// The text repeats an earlier document's.
    Duplicate,
}

/// Why a person should look at an article before it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReviewReason {
    /// The rules removed an unusually large share of what the model would keep, or of a text hardly anything
    /// is left.
    MuchRemoved,
}

/// What became of a document that could be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case", tag = "verdict", content = "reason")]
pub enum Verdict {
    /// An article came out.
    Kept,
    /// An article came out, but something about it looks wrong.
    Review(ReviewReason),
    /// There is no article in it.
    Dropped(DropReason),
}
