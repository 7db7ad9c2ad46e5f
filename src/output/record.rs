//! The JSON lines. The order of the fields is part of the output and stays.

use serde::{Serialize, Serializer};

use super::Rendered;
use crate::article::{DropReason, Flag, How, Metadata, ReviewReason, Source, Sourced, Verdict};
use crate::block::{Block, Form};
use crate::cleaner::Cleaned;
use crate::document::{Location, RawDoc};
use crate::error::{DocError, Stage};
use crate::label::{Kind, Label, Reason, Role};
use crate::words;

/// An article. What is not known is `null`, a list `[]`.
#[derive(Serialize)]
pub(super) struct Article<'a> {
    id: &'a str,
    source: &'a Location,
    url: Option<&'a str>,
    title: Option<&'a str>,
    authors: &'a [String],
    date: Option<&'a str>,
    date_modified: Option<&'a str>,
    site: Option<&'a str>,
    lang: Option<&'a str>,
    section: Option<&'a str>,
    tags: &'a [String],
    agency: Option<&'a str>,
    description: Option<&'a str>,
    image: Option<&'a str>,
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    blocks: Option<Vec<KeptBlock<'a>>>,
    how: How,
    rules: &'a [String],
    flags: &'a [Flag],
    words: usize,
    review: Option<ReviewReason>,
    /// All lines of a text to review.
    #[serde(skip_serializing_if = "Option::is_none")]
    original: Option<String>,
    sources: Sources<'a>,
}

/// A cleaned document with every block, kept and removed.
#[derive(Serialize)]
pub(super) struct Explained<'a> {
    #[serde(flatten)]
    verdict: Verdict,
    #[serde(flatten)]
    article: Article<'a>,
    blocks: Vec<ExplainedBlock<'a>>,
}

#[derive(Serialize)]
struct ExplainedBlock<'a> {
    kept: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<Role>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<Kind>,
    reason: &'a Reason,
    #[serde(flatten)]
    form: FormName,
    text: &'a str,
}

/// A block's form as it stands in the output.
#[derive(Serialize)]
struct FormName {
    form: &'static str,
    /// Level of a heading.
    #[serde(skip_serializing_if = "Option::is_none")]
    level: Option<u8>,
}

/// A block of an article.
#[derive(Serialize)]
struct KeptBlock<'a> {
    role: Role,
    #[serde(flatten)]
    form: FormName,
    text: &'a str,
}

/// Where each metadata value was found; values that are not known are left out.
struct Sources<'a>(&'a Metadata);

/// A removed block.
#[derive(Serialize)]
pub(super) struct Removed<'a> {
    id: &'a str,
    source: &'a Location,
    /// Index among all blocks of the document, from 0.
    block: usize,
    kind: Kind,
    reason: &'a Reason,
    text: &'a str,
}

/// A document that gave no article.
#[derive(Serialize)]
pub(super) struct Reject<'a> {
    id: Option<&'a str>,
    source: &'a Location,
    url: Option<&'a str>,
    #[serde(flatten)]
    verdict: RejectVerdict,
    /// What was wrong with a failed document.
    message: Option<&'a str>,
    /// Id of the document that a duplicate repeats.
    #[serde(skip_serializing_if = "Option::is_none")]
    duplicate_of: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case", tag = "verdict", content = "reason")]
enum RejectVerdict {
    Dropped(DropReason),
    Failed(Stage),
}

impl<'a> Article<'a> {
    pub(super) fn new(raw: &'a RawDoc, cleaned: &'a Cleaned, blocks: bool) -> Self {
        let metadata = &cleaned.metadata;
        let text = cleaned.text();
        Self {
            id: &raw.id,
            source: &raw.source,
            url: value(&metadata.url).or(raw.url.as_deref()),
            title: value(&metadata.title),
            authors: list(&metadata.authors),
            date: value(&metadata.date),
            date_modified: value(&metadata.date_modified),
            site: value(&metadata.site),
            lang: value(&metadata.lang),
            section: value(&metadata.section),
            tags: list(&metadata.tags),
            agency: value(&metadata.agency),
            description: value(&metadata.description),
            image: value(&metadata.image),
            words: words::count(&text),
            text,
            blocks: blocks.then(|| cleaned.blocks.iter().filter_map(KeptBlock::new).collect()),
            how: cleaned.how,
            rules: &cleaned.rules,
            flags: &cleaned.flags,
            review: match cleaned.verdict {
                Verdict::Review(reason) => Some(reason),
                Verdict::Kept | Verdict::Dropped(_) => None,
            },
            original: (cleaned.how == How::Text && matches!(cleaned.verdict, Verdict::Review(_)))
                .then(|| cleaned.original()),
            sources: Sources(metadata),
        }
    }

    pub(super) fn line(&self) -> Vec<u8> {
        line(self)
    }
}

impl<'a> KeptBlock<'a> {
    fn new(block: &'a Block) -> Option<Self> {
        let Label::Kept(role) = block.label else { return None };
        Some(Self { role, form: block.form.into(), text: &block.text })
    }
}

impl From<Form> for FormName {
    fn from(form: Form) -> Self {
        let (form, level) = match form {
            Form::Paragraph => ("paragraph", None),
            Form::Heading(level) => ("heading", Some(level)),
            Form::ListItem => ("list-item", None),
            Form::Quote => ("quote", None),
            Form::TableRow => ("table-row", None),
            Form::Preformatted => ("preformatted", None),
            Form::Caption => ("caption", None),
        };
        Self { form, level }
    }
}

impl<'a> Explained<'a> {
    pub(super) fn new(raw: &'a RawDoc, cleaned: &'a Cleaned) -> Self {
        let blocks = cleaned.blocks.iter().map(|block| ExplainedBlock {
            kept: block.label.is_kept(),
            role: if let Label::Kept(role) = block.label { Some(role) } else { None },
            kind: if let Label::Dropped(kind) = block.label { Some(kind) } else { None },
            reason: &block.reason,
            form: block.form.into(),
            text: &block.text,
        });
        Self {
            verdict: cleaned.verdict,
            article: Article::new(raw, cleaned, false),
            blocks: blocks.collect(),
        }
    }

    pub(super) fn line(&self) -> String {
        String::from_utf8_lossy(&line(self)).into_owned()
    }
}

impl Serialize for Sources<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        fn of<T>(sourced: &Option<Sourced<T>>) -> Option<Source> {
            sourced.as_ref().map(|sourced| sourced.source)
        }
        let Metadata {
            title,
            authors,
            date,
            date_modified,
            site,
            url,
            lang,
            description,
            section,
            tags,
            image,
            agency,
            paywalled: _,
        } = self.0;
        let fields = [
            ("url", of(url)),
            ("title", of(title)),
            ("authors", of(authors)),
            ("date", of(date)),
            ("date_modified", of(date_modified)),
            ("site", of(site)),
            ("lang", of(lang)),
            ("section", of(section)),
            ("tags", of(tags)),
            ("agency", of(agency)),
            ("description", of(description)),
            ("image", of(image)),
        ];
        serializer.collect_map(fields.into_iter().filter_map(|(name, source)| Some((name, source?))))
    }
}

impl<'a> Removed<'a> {
    pub(super) fn new(raw: &'a RawDoc, index: usize, kind: Kind, block: &'a Block) -> Self {
        Self {
            id: &raw.id,
            source: &raw.source,
            block: index,
            kind,
            reason: &block.reason,
            text: &block.text,
        }
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        out.append(&mut line(self));
    }
}

impl<'a> Reject<'a> {
    pub(super) fn dropped(raw: &'a RawDoc, reason: DropReason) -> Self {
        Self {
            id: Some(&raw.id),
            source: &raw.source,
            url: raw.url.as_deref(),
            verdict: RejectVerdict::Dropped(reason),
            message: None,
            duplicate_of: None,
        }
    }

    pub(super) fn duplicate(rendered: &'a Rendered, original: &'a str) -> Self {
        Self {
            id: Some(&rendered.id),
            source: &rendered.source,
            url: rendered.url.as_deref(),
            verdict: RejectVerdict::Dropped(DropReason::Duplicate),
            message: None,
            duplicate_of: Some(original),
        }
    }

    pub(super) fn failed(error: &'a DocError) -> Self {
        Self {
            id: error.id.as_deref(),
            source: &error.location,
            url: None,
            verdict: RejectVerdict::Failed(error.stage),
            message: Some(&error.message),
            duplicate_of: None,
        }
    }

    pub(super) fn line(&self) -> Vec<u8> {
        line(self)
    }
}

fn line(record: &impl Serialize) -> Vec<u8> {
    let mut line = serde_json::to_vec(record).expect("strings and numbers into memory never fail");
    line.push(b'\n');
    line
}

fn value(sourced: &Option<Sourced<String>>) -> Option<&str> {
    sourced.as_ref().map(|sourced| sourced.value.as_str())
}

fn list(sourced: &Option<Sourced<Vec<String>>>) -> &[String] {
    sourced.as_ref().map_or(&[], |sourced| &sourced.value)
}
