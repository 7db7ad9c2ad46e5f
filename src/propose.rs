//! A first rule file for a site, out of a few of its pages.
//!
//! What the generic extractor finds on the pages is taken for the truth, and the selectors are those that find the
//! same: short and meaningful ones first, none with names that a build tool made. What repeats on several pages inside
//! the body is stripped. It is a start for a person to read, not the end.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::article::{Metadata, Source};
use crate::blocks::{Drafts, from_dom};
use crate::cleaner::{Cleaned, Cleaner};
use crate::decode::decode;
use crate::document::RawDoc;
use crate::dom::select::Selector;
use crate::dom::{Dom, Limits, NodeId, Tag};
use crate::error::DocError;
use crate::label::{Kind, Label, Reason};
use crate::labels::Model;
use crate::pipeline::clean_guarded;
use crate::rules::{Draft, Entry, MetaField, RuleSet, is_generated, quoted, quoted_regex};

/// Share of the body's words that a selector for it must hold on every page.
const MIN_RECALL: f64 = 0.9;

/// Steps in which selectors for the body are compared: of those in one step the more meaningful one is taken.
const SCORE_STEPS: f64 = 25.0;

/// Characters of the longest line that becomes a pattern or stands in the test.
const LONGEST_LINE: usize = 100;

/// Pages on which an element or a line must stand to be called the site's.
const REPEATED: usize = 2;

/// A page with what the generic extractor made of it.
struct Page {
    raw: RawDoc,
    dom: Dom<'static>,
    drafts: Drafts,
    cleaned: Cleaned,
}

impl Page {
    fn new(raw: RawDoc, cleaner: &Cleaner, model: &Model) -> Result<Self, DocError> {
        let cleaned = clean_guarded(cleaner, &raw)?;
        let dom = Dom::parse(decode(&raw).text.into_owned(), &Limits::default());
        let drafts = from_dom(&dom, &model.lexicon, raw.url.as_deref(), &[]);
        Ok(Self { raw, dom, drafts, cleaned })
    }

    fn label(&self, row: usize) -> Label {
        self.cleaned.blocks[row].label
    }

    fn words(&self, row: usize) -> usize {
        self.drafts.words(row).len()
    }

    fn rows(&self) -> std::ops::Range<usize> {
        0..self.cleaned.blocks.len().min(self.drafts.list.len())
    }

    /// The blocks inside the elements that a selector picks, outermost ones only.
    fn inside(&self, selector: &Selector) -> Vec<usize> {
        let mut end = 0;
        let mut rows = vec![];
        for node in selector.find_all(&self.dom, 0) {
            if node >= end {
                end = self.dom.end(node);
                rows.extend(self.drafts.within(node, end));
            }
        }
        rows
    }
}

/// A rule file for the site of these pages, and what it is worth: a line for people.
///
/// # Errors
/// A page that cannot be read.
pub fn site_file(rules: &Arc<RuleSet>, host: &str, pages: Vec<RawDoc>) -> Result<(Draft, String), DocError> {
    let model = Arc::new(Model::shipped());
    let cleaner = Cleaner::with_model(Arc::clone(rules), Arc::clone(&model));
    let pages =
        pages.into_iter().map(|raw| Page::new(raw, &cleaner, &model)).collect::<Result<Vec<_>, _>>()?;
    let mut draft = Draft { hosts: vec![host.to_owned()], ..Draft::default() };
    let body = body_selector(&pages);
    draft.meta = metadata(&pages, host, &model);
    draft.body.extend(body.iter().map(|css| Entry::plain(quoted(css))));
    let selector = body.as_deref().and_then(|css| Selector::parse(css).ok());
    if let Some(selector) = &selector {
        draft.strip = repeated_elements(&pages, selector);
        draft.lines = repeated_lines(&pages, selector, &draft.strip);
    }
    draft.tests.push(test(&pages, &draft));
    let worth = worth(&pages, &draft, &model);
    Ok((draft, worth))
}

/// Names of an element that may find it, and its like on other pages; the more telling first.
fn names(dom: &Dom<'_>, node: NodeId) -> Vec<String> {
    let is_name = |name: &str| {
        let mut chars = name.chars();
        let digits = name.chars().filter(char::is_ascii_digit).count();
        chars.next().is_some_and(|c| c.is_ascii_alphabetic())
            && chars.all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
            && (2..=40).contains(&name.len())
            && digits < 3
            && !is_generated(&format!(".{name}"))
    };
    let mut names = vec![];
    for attr in ["itemprop", "rel", "role"] {
        names.extend(
            dom.attr(node, attr).filter(|value| is_name(value)).map(|value| format!("[{attr}={value}]")),
        );
    }
    let tag = dom.name(node);
    if matches!(
        dom.tag(node),
        Tag::Article | Tag::Main | Tag::H1 | Tag::Address | Tag::Time | Tag::Aside | Tag::Footer
    ) {
        names.push(tag.to_owned());
    }
    names.extend(dom.id(node).filter(|id| is_name(id)).map(|id| format!("#{id}")));
    let classes: Vec<&str> = dom.class_tokens(node).filter(|class| is_name(class)).collect();
    names.extend(classes.iter().map(|class| format!(".{class}")));
    names.extend(classes.iter().map(|class| format!("{tag}.{class}")));
    names
}

/// The selector whose elements hold what the generic extractor keeps, and least else.
fn body_selector(pages: &[Page]) -> Option<String> {
    let mut candidates: Vec<String> = vec![];
    for page in pages {
        let kept = page.rows().filter(|&row| page.label(row).is_body());
        let around: BTreeSet<NodeId> =
            kept.flat_map(|row| page.dom.ancestors(page.drafts.list[row].node)).collect();
        // The innermost come last in document order, and are looked at first.
        for &node in around
            .iter()
            .rev()
            .filter(|&&node| !matches!(page.dom.tag(node), Tag::Document | Tag::Html | Tag::Body))
        {
            for name in names(&page.dom, node) {
                if !candidates.contains(&name) {
                    candidates.push(name);
                }
            }
        }
    }
    let rated = candidates.into_iter().filter_map(|css| {
        let selector = Selector::parse(&css).ok()?;
        let score = pages
            .iter()
            .map(|page| agreement(page, &selector))
            .try_fold(0.0, |sum, score| Some(sum + score?))?;
        let telling = css.starts_with("[itemprop=articleBody]");
        let step = (score / pages.len() as f64 * SCORE_STEPS).round() as i64;
        Some(((step, telling, css.starts_with(['#', '.', '[']), std::cmp::Reverse(css.len())), css))
    });
    rated.max_by(|a, b| a.0.cmp(&b.0)).map(|(_, css)| css)
}

/// F1 of a selector's words against those that the generic extractor keeps; none if it holds too few.
fn agreement(page: &Page, selector: &Selector) -> Option<f64> {
    let sum = |rows: &mut dyn Iterator<Item = usize>| rows.map(|row| page.words(row)).sum::<usize>() as f64;
    let inside = page.inside(selector);
    let kept = sum(&mut page.rows().filter(|&row| page.label(row).is_body()));
    let found = sum(&mut inside.iter().copied().filter(|&row| page.label(row).is_body()));
    let all = sum(&mut inside.iter().copied());
    (kept > 0.0 && found >= MIN_RECALL * kept).then(|| 2.0 * found / (kept + all))
}

/// Selectors that give the metadata that was found without them.
fn metadata(pages: &[Page], host: &str, model: &Arc<Model>) -> Vec<(MetaField, Entry)> {
    let mut chosen = vec![];
    for field in [MetaField::Title, MetaField::Byline, MetaField::Date] {
        let candidates = candidates(pages, field);
        let mut best: Option<(usize, String)> = None;
        for candidate in candidates {
            let draft = Draft {
                hosts: vec![host.to_owned()],
                meta: vec![(field, Entry::plain(candidate.clone()))],
                ..Draft::default()
            };
            let Some(found) = cleaned_with(pages, &draft, model) else { continue };
            let mut agree = 0;
            let differs = pages.iter().zip(&found).any(|(page, found)| {
                let (generic, ruled) = (value(&page.cleaned.metadata, field), value(&found.metadata, field));
                let by_rule = ruled.as_ref().is_some_and(|(_, source)| *source == Source::Rule);
                let same = generic.map(|(value, _)| value) == ruled.map(|(value, _)| value);
                agree += usize::from(by_rule && same);
                by_rule && !same
            });
            if !differs && agree > best.as_ref().map_or(0, |(most, _)| *most) {
                best = Some((agree, candidate));
            }
        }
        chosen.extend(best.map(|(_, candidate)| (field, Entry::plain(candidate))));
    }
    chosen
}

/// What pages come to with this file over none; none if the file cannot be used.
fn cleaned_with(pages: &[Page], draft: &Draft, model: &Arc<Model>) -> Option<Vec<Cleaned>> {
    let text = draft.to_string();
    let rules = Arc::new(RuleSet::from_texts([("sites/proposed.toml", text.as_str())]).ok()?);
    let cleaner = Cleaner::with_model(rules, Arc::clone(model));
    pages.iter().map(|page| clean_guarded(&cleaner, &page.raw).ok()).collect()
}

fn value(metadata: &Metadata, field: MetaField) -> Option<(String, Source)> {
    match field {
        MetaField::Title => metadata.title.as_ref().map(|title| (title.value.clone(), title.source)),
        MetaField::Byline => metadata.authors.as_ref().map(|list| (list.value.join("; "), list.source)),
        _ => metadata.date.as_ref().map(|date| (date.value.clone(), date.source)),
    }
}

/// Selectors in TOML that may give a field, in the order of trust.
fn candidates(pages: &[Page], field: MetaField) -> Vec<String> {
    let mut candidates: Vec<String> = match field {
        MetaField::Title => &["\"h1\"", "{ jsonld = \"headline\" }", "{ meta = \"og:title\" }"][..],
        MetaField::Byline => &["{ jsonld = \"author.name\" }", "{ meta = \"author\" }"],
        _ => {
            &["{ jsonld = \"datePublished\" }", "{ meta = \"article:published_time\" }", "\"time@datetime\""]
        }
    }
    .iter()
    .map(|text| (*text).to_owned())
    .collect();
    for page in pages {
        let Some((wanted, _)) = value(&page.cleaned.metadata, field) else { continue };
        for row in page.rows() {
            let text = page.drafts.text(row);
            let fits = match field {
                MetaField::Title => text == wanted,
                MetaField::Byline => {
                    text.chars().count() < LONGEST_LINE && wanted.split("; ").any(|name| text.contains(name))
                }
                _ => matches!(page.label(row), Label::Dropped(Kind::Dateline | Kind::Byline)),
            };
            if !fits {
                continue;
            }
            for node in page.dom.ancestors(page.drafts.list[row].node).take(3) {
                candidates.extend(names(&page.dom, node).into_iter().map(|name| quoted(&name)));
            }
        }
    }
    let mut seen = BTreeSet::new();
    candidates.retain(|candidate| seen.insert(candidate.clone()));
    candidates.truncate(24);
    candidates
}

/// Elements inside the body that hold nothing but what goes, on several pages, and never what stays.
fn repeated_elements(pages: &[Page], body: &Selector) -> Vec<(Kind, Entry)> {
    // For each name the kinds of what it holds.
    let mut named: BTreeMap<String, Vec<Kind>> = BTreeMap::new();
    for page in pages {
        let bodies = body.find_all(&page.dom, 0);
        for row in page.inside(body) {
            let Label::Dropped(kind) = page.label(row) else { continue };
            let above = page.dom.ancestors(page.drafts.list[row].node);
            let within = above.take_while(|node| !bodies.contains(node));
            let only_gone = |&node: &NodeId| {
                page.drafts.within(node, page.dom.end(node)).all(|row| !page.label(row).is_kept())
            };
            // The outermost says most.
            if let Some(node) = within.take_while(only_gone).last() {
                for name in names(&page.dom, node) {
                    named.entry(name).or_default().push(kind);
                }
            }
        }
    }
    let mut chosen: Vec<(Kind, Entry)> = vec![];
    let mut taken: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); pages.len()];
    let mut ordered: Vec<_> = named.into_iter().collect();
    ordered.sort_by_key(|(name, kinds)| (std::cmp::Reverse(kinds.len()), name.len()));
    for (name, kinds) in ordered {
        let Ok(selector) = Selector::parse(&name) else { continue };
        let rows: Vec<Vec<usize>> = pages.iter().map(|page| page.inside(&selector)).collect();
        let on = rows.iter().filter(|rows| !rows.is_empty()).count();
        let is_safe =
            pages.iter().zip(&rows).all(|(page, rows)| rows.iter().all(|&row| !page.label(row).is_kept()));
        let is_new = rows.iter().zip(&taken).any(|(rows, taken)| rows.iter().any(|row| !taken.contains(row)));
        if on >= REPEATED && is_safe && is_new {
            chosen.push((most_frequent(&kinds), Entry::plain(quoted(&name))));
            taken.iter_mut().zip(rows).for_each(|(taken, rows)| taken.extend(rows));
        }
    }
    chosen
}

fn most_frequent(kinds: &[Kind]) -> Kind {
    let mut counts: BTreeMap<Kind, usize> = BTreeMap::new();
    kinds.iter().for_each(|&kind| *counts.entry(kind).or_default() += 1);
    counts.into_iter().max_by_key(|&(_, count)| count).map_or(Kind::Other, |(kind, _)| kind)
}

/// Short lines inside the body that stand on several pages, word by word, and that no generic rule drops.
fn repeated_lines(pages: &[Page], body: &Selector, strip: &[(Kind, Entry)]) -> Vec<(Kind, Entry)> {
    let css = |entry: &Entry| Selector::parse(entry.value.trim_matches(['"', '\''])).ok();
    let strip: Vec<Selector> = strip.iter().filter_map(|(_, entry)| css(entry)).collect();
    let mut lines: BTreeMap<&str, (BTreeSet<usize>, Kind)> = BTreeMap::new();
    for (number, page) in pages.iter().enumerate() {
        let gone: BTreeSet<usize> = strip.iter().flat_map(|selector| page.inside(selector)).collect();
        for row in page.inside(body).into_iter().filter(|row| !gone.contains(row)) {
            let text = page.drafts.text(row);
            let block = &page.cleaned.blocks[row];
            let kind = match block.label {
                Label::Dropped(kind) => kind,
                Label::Kept(_) => Kind::Other,
            };
            let known = matches!((&block.label, &block.reason), (Label::Dropped(_), Reason::Rule(_)));
            if !known && text.chars().count() <= LONGEST_LINE && page.words(row) > 0 {
                lines.entry(text).or_insert_with(|| (BTreeSet::new(), kind)).0.insert(number);
            }
        }
    }
    let repeated = lines.into_iter().filter(|(_, (on, _))| on.len() >= REPEATED);
    repeated
        .map(|(text, (_, kind))| {
            // White space is one space where the pattern looks, and hyphens mean nothing outside of brackets.
            let pattern = format!("^{}$", regex::escape(text).replace("\\-", "-"));
            (kind, Entry::plain(quoted_regex(&pattern)))
        })
        .collect()
}

/// Lines that the file drops, and one that it keeps.
fn test(pages: &[Page], draft: &Draft) -> Vec<(&'static str, String)> {
    let text = draft.to_string();
    let file = [("sites/proposed.toml", text.as_str())];
    let mut kept: Option<&str> = None;
    let mut dropped: Vec<&str> = vec![];
    if let Ok(rules) = RuleSet::from_texts(file) {
        for page in pages {
            let chain = rules.chain(Some(&draft.hosts[0]), Some(&page.dom), None);
            for row in page.rows() {
                let text = page.drafts.text(row);
                let line = crate::rules::Line { text, from_head: 0, from_tail: 0, lang: None };
                match chain.line(&line) {
                    Some(_) if !dropped.contains(&text) => dropped.push(text),
                    None if page.label(row).is_body() && page.words(row) > 5 => kept = kept.or(Some(text)),
                    _ => {}
                }
            }
        }
    }
    let list = |lines: &[&str]| {
        format!("[{}]", lines.iter().map(|line| quoted(line)).collect::<Vec<_>>().join(", "))
    };
    let mut test = vec![];
    if !dropped.is_empty() {
        test.push(("drops", list(&dropped)));
    }
    test.extend(kept.map(|line| ("keeps", list(&[line]))));
    test
}

/// What the file gives on its own pages.
fn worth(pages: &[Page], draft: &Draft, model: &Arc<Model>) -> String {
    let Some(found) = cleaned_with(pages, draft, model) else { return "the file cannot be used".to_owned() };
    let count = |cleaned: &Cleaned| cleaned.text().split_whitespace().count();
    let (mut same, mut gone, mut more) = (0, 0, 0);
    for (page, found) in pages.iter().zip(&found) {
        let before: BTreeMap<usize, bool> =
            (0..).zip(page.cleaned.blocks.iter().map(|b| b.label.is_body())).collect();
        for (row, block) in found.blocks.iter().enumerate() {
            let words = block.text.split_whitespace().count();
            match (before.get(&row).copied().unwrap_or(false), block.label.is_body()) {
                (true, true) => same += words,
                (true, false) => gone += words,
                (false, true) => more += words,
                (false, false) => {}
            }
        }
    }
    let missed = found.iter().filter(|cleaned| cleaned.how != crate::article::How::SiteRule).count();
    let all: usize = pages.iter().map(|page| count(&page.cleaned)).sum();
    format!(
        "{} pages, body found on {}; of the generic body's {all} words {same} stay and {gone} go, {more} come to them",
        pages.len(),
        pages.len() - missed
    )
}
