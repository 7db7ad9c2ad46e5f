//! What is known of a document before its blocks are labelled.

use std::borrow::Cow;
use std::sync::Arc;

use crate::article::{Flag, Metadata, Source, Sourced};
use crate::blocks::tokens::Lexicon;
use crate::blocks::{Drafts, from_dom, from_text};
use crate::document::{Document, Format};
use crate::dom::{Dom, Limits, NodeId};
use crate::label::Address;
use crate::metadata::head::{self, Head};
use crate::metadata::jsonld::{self, JsonLd};
use crate::metadata::{self, bylines, dates, lang};
use crate::rules::{Chain, Line, LineHit, MetaField, RuleSet, StripHit};
use crate::timing::{Clock, Step};

/// Characters of a line that shows a text's language.
const SENTENCE_CHARS: u32 = 80;

/// A document with all the evidence about it: nothing is decided yet.
#[derive(Debug)]
pub struct Reading<'a> {
    /// The page's tree; none for a text.
    pub dom: Option<Dom<'a>>,
    /// The rules that apply.
    pub chain: Arc<Chain>,
    /// What the page says of itself.
    pub metadata: Metadata,
    /// The rules that gave metadata.
    pub ruled: Vec<(MetaField, Arc<Address>)>,
    /// The page's JSON-LD.
    pub jsonld: JsonLd,
    /// The blocks.
    pub drafts: Drafts,
    /// What a line rule says of each block by its text, wherever it stands. Blocks in elements of [`Self::strips`] are
    /// not looked at: see [`Self::hit`].
    pub hits: Vec<Option<LineHit>>,
    /// Elements that strip rules name.
    pub strips: Vec<StripHit>,
    /// Blocks that a line or strip rule calls boilerplate.
    pub by_rule: Vec<bool>,
    /// A first guess at a text's headline; a page's is in the metadata.
    pub headline: String,
    /// The publisher's name as a text's address has it: the label under the public suffix.
    pub brand: String,
    /// The words by which a text's address names the article.
    pub slug: Vec<u32>,
    /// What was noticed on the way.
    pub flags: Vec<Flag>,
}

/// What is known of the document beside its blocks.
#[derive(Debug, Default)]
pub struct Context<'a> {
    /// The page's tree; none for a text.
    pub dom: Option<&'a Dom<'a>>,
    /// The headline, from the metadata.
    pub title: &'a str,
    /// The page's own summary.
    pub description: &'a str,
    /// JSON-LD `articleBody`, empty if there is none.
    pub article_body: &'a str,
    /// Blocks that a generic rule calls boilerplate.
    pub by_rule: &'a [bool],
    /// What a line rule says of each block.
    pub hits: &'a [Option<LineHit>],
    /// The publisher's name as the address has it, of a text.
    pub brand: &'a str,
}

impl<'a> Reading<'a> {
    /// Reads a document.
    pub fn new(document: &Document<'a>, rules: &RuleSet, lexicon: &Lexicon, clock: &mut impl Clock) -> Self {
        let mut reading = match document.format {
            Format::Html => Self::page(document, rules, lexicon, clock),
            Format::Text => Self::text(document, rules, clock),
        };
        if reading.drafts.truncated || reading.dom.as_ref().is_some_and(Dom::truncated) {
            reading.flags.push(Flag::Truncated);
        }
        reading
    }

    fn page(document: &Document<'a>, rules: &RuleSet, lexicon: &Lexicon, clock: &mut impl Clock) -> Self {
        let &Document { text: html, url, captured, .. } = document;
        let dom = Dom::parse(rules.rewrite(html, url), &Limits::default());
        clock.done(Step::Parse);
        let address = url.or_else(|| metadata::own_address(&dom));
        let chain = rules.chain(address, Some(&dom), captured);
        clock.done(Step::Rules);
        let jsonld = jsonld::read(&dom);
        let (by_rules, ruled) = ruled_metadata(&chain, &dom);
        let metadata = metadata::collect(&dom, &jsonld, by_rules, address);
        clock.done(Step::Metadata);
        let strips = chain.strip(&dom);
        clock.done(Step::Rules);
        let apart: Vec<NodeId> = strips.iter().map(|hit| hit.node).collect();
        let drafts = from_dom(&dom, lexicon, address, &apart);
        clock.done(Step::Blocks);
        let mut by_rule = vec![false; drafts.list.len()];
        for hit in &strips {
            by_rule[drafts.within(hit.node, dom.end(hit.node))].fill(true);
        }
        let lang = metadata.lang.as_ref().map(|lang| lang.value.as_str());
        let hits = line_hits(&chain, &drafts, lang, &by_rule);
        for (by_rule, hit) in by_rule.iter_mut().zip(&hits) {
            *by_rule |= hit.is_some();
        }
        clock.done(Step::Rules);
        Self {
            dom: Some(dom),
            chain,
            metadata,
            ruled,
            jsonld,
            drafts,
            hits,
            strips,
            by_rule,
            headline: String::new(),
            brand: String::new(),
            slug: vec![],
            flags: vec![],
        }
    }

    fn text(document: &Document<'_>, rules: &RuleSet, clock: &mut impl Clock) -> Self {
        let &Document { text, url, captured, .. } = document;
        let chain = rules.chain(url, None, captured);
        let drafts = from_text(text);
        clock.done(Step::Blocks);
        let set = chain.constants().iter().find(|(name, _)| name == "lang");
        let lang = set.map(|(_, lang)| Sourced { value: lang.clone(), source: Source::Rule });
        // Menus stand above the first long line, and say little.
        let first = drafts.list.iter().find(|draft| draft.chars >= SENTENCE_CHARS);
        let prose = &drafts.text[first.map_or(0, |draft| draft.start as usize)..];
        let lang = lang.or_else(|| lang::of(std::iter::empty(), prose));
        let none = vec![false; drafts.list.len()];
        let hits = line_hits(&chain, &drafts, lang.as_ref().map(|lang| lang.value.as_str()), &none);
        let by_rule = hits.iter().map(Option::is_some).collect();
        let slug = url.map_or_else(Vec::new, head::slug);
        let guess = head::guess(&drafts, &hits, &slug);
        let headline = guess.map_or_else(String::new, |row| drafts.text(row).to_owned());
        clock.done(Step::Rules);
        let metadata = Metadata { lang, ..Metadata::default() };
        Self {
            dom: None,
            chain,
            metadata,
            ruled: vec![],
            jsonld: JsonLd::default(),
            drafts,
            hits,
            strips: vec![],
            by_rule,
            headline,
            brand: url.map_or_else(String::new, brand),
            slug,
            flags: vec![],
        }
    }

    /// The headline as far as it is known.
    #[must_use]
    pub fn title(&self) -> &str {
        self.metadata.title.as_ref().map_or(&self.headline, |title| &title.value)
    }

    /// The language as far as it is known.
    #[must_use]
    pub fn lang(&self) -> Option<&str> {
        self.metadata.lang.as_ref().map(|lang| lang.value.as_str())
    }

    /// What a line rule says of a block by its text, wherever it stands, be it in an element to be stripped or not.
    #[must_use]
    pub fn hit(&self, row: usize) -> Option<Cow<'_, LineHit>> {
        match &self.hits[row] {
            Some(hit) => Some(Cow::Borrowed(hit)),
            None if self.by_rule[row] => {
                line_hit(&self.chain, &self.drafts, row, self.lang()).map(Cow::Owned)
            }
            None => None,
        }
    }

    /// What the model is told beside the blocks.
    #[must_use]
    pub fn context(&self) -> Context<'_> {
        Context {
            dom: self.dom.as_ref(),
            title: self.title(),
            description: self.metadata.description.as_ref().map_or("", |text| &text.value),
            article_body: self.jsonld.article_body.as_deref().unwrap_or_default(),
            by_rule: &self.by_rule,
            hits: &self.hits,
            brand: &self.brand,
        }
    }

    /// The head of a text, once it is known which of its blocks may be main content.
    #[must_use]
    pub fn head(&self, is_likely: &dyn Fn(usize) -> bool) -> Head {
        head::read(&self.drafts, &self.hits, &self.slug, is_likely, self.lang())
    }
}

/// The label of an address's host that stands under the public suffix, without hyphens.
fn brand(address: &str) -> String {
    let host = address.split_once("://").map_or(address, |(_, rest)| rest);
    let host = host.split(['/', ':', '?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    let domain = psl::domain_str(&host).unwrap_or_default();
    domain.split('.').next().unwrap_or_default().replace('-', "")
}

/// What line rules say of the texts of blocks that are not passed over.
fn line_hits(chain: &Chain, drafts: &Drafts, lang: Option<&str>, over: &[bool]) -> Vec<Option<LineHit>> {
    let mut hits: Vec<Option<LineHit>> = Vec::with_capacity(over.len());
    for row in 0..over.len() {
        let first = drafts.first(row);
        hits.push(if over[row] {
            None
        } else if first < row && !over[first] {
            hits[first].clone()
        } else {
            line_hit(chain, drafts, row, lang)
        });
    }
    hits
}

/// What a line rule says of a block's text, as if it stood at the head and at the tail.
fn line_hit(chain: &Chain, drafts: &Drafts, row: usize, lang: Option<&str>) -> Option<LineHit> {
    chain.line(&Line { text: drafts.text(row), from_head: 0, from_tail: 0, lang })
}

/// The metadata that the rules of the site give, and the patterns that gave it.
fn ruled_metadata(chain: &Chain, dom: &Dom<'_>) -> (Metadata, Vec<(MetaField, Arc<Address>)>) {
    fn ruled<T>(value: T) -> Sourced<T> {
        Sourced { value, source: Source::Rule }
    }
    if !chain.has_site() {
        return Default::default();
    }
    let mut by = vec![];
    let mut values = |field| {
        let (values, rule) = chain.meta(dom, field)?;
        by.push((field, rule));
        Some(values)
    };
    let mut first = |field| values(field).and_then(|values| values.into_iter().next()).map(ruled);
    let constant = |wanted: &str| {
        chain.constants().iter().find(|(name, _)| name == wanted).map(|(_, value)| ruled(value.clone()))
    };
    let lang = constant("lang").or_else(|| first(MetaField::Lang));
    let title = first(MetaField::Title);
    let date = first(MetaField::Date).and_then(|text| {
        let stamp = dates::parse(&text.value, lang.as_ref().map(|lang| lang.value.as_str()))?;
        Some(ruled(stamp.to_string()))
    });
    let section = constant("section").or_else(|| first(MetaField::Section));
    let description = first(MetaField::Summary);
    let authors = values(MetaField::Byline)
        .map(|values| values.iter().flat_map(|value| bylines::of_field(value)).collect::<Vec<_>>())
        .filter(|names| !names.is_empty())
        .map(ruled);
    // A date that cannot be read and a byline without a name found nothing.
    by.retain(|(field, _)| match field {
        MetaField::Date => date.is_some(),
        MetaField::Byline => authors.is_some(),
        _ => true,
    });
    let (site, agency) = (constant("publisher"), constant("agency"));
    (Metadata { title, authors, date, site, section, description, agency, lang, ..Metadata::default() }, by)
}
