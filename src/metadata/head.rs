//! The head of a flattened text: which of its first lines are headline, section, byline and date.
//!
//! A page's markup tells these apart; in a text only shape and place do. The head is what stands before the
//! first paragraph of prose. Where the lines there say nothing clear, nothing is found.

use crate::article::{Metadata, Source, Sourced};
use crate::block::Form;
use crate::blocks::Drafts;
use crate::label::Kind;
use crate::metadata::{agency, bylines, dates};
use crate::rules::LineHit;
use crate::words;

/// Lines before the first prose that the head is made of, at most. Menus stand above it.
const HEAD_LINES: usize = 12;
/// Characters (no white space) from which a line that ends as a sentence is prose.
const PROSE_CHARS: u32 = 80;
/// Words of a headline.
const TITLE_WORDS: std::ops::RangeInclusive<usize> = 3..=30;
/// Paragraphs of a standfirst, at most.
const STANDFIRST_LINES: usize = 2;
/// Words of a section's name.
const SECTION_WORDS: usize = 3;

/// What the head of a text holds, by block.
#[derive(Debug, Default)]
pub struct Head {
    /// The headline's block.
    pub title: Option<usize>,
    /// The section's name.
    pub section: Option<String>,
    /// The authors.
    pub authors: Vec<String>,
    /// The date of publication.
    pub date: Option<String>,
    /// The news agency that a line credits.
    pub agency: Option<&'static str>,
    /// Blocks that are metadata and no body.
    pub labels: Vec<(usize, Kind)>,
    /// The summary between headline and body, which a model takes for a teaser if the text has it twice.
    pub standfirst: Vec<usize>,
}

/// Reads the head of a text. `hits` tells which lines a rule calls boilerplate, `is_likely` which blocks may
/// be main content.
#[must_use]
pub fn read(
    drafts: &Drafts,
    hits: &[Option<LineHit>],
    is_likely: &dyn Fn(usize) -> bool,
    lang: Option<&str>,
) -> Head {
    let mut head = Head::default();
    let lines = Lines { drafts, hits };
    let Some(prose) = (0..drafts.list.len()).find(|&row| is_likely(row) && lines.is_prose(row)) else {
        return head;
    };
    head.agency = (0..drafts.list.len())
        .filter(|&row| is_likely(row) || hits[row].is_some())
        .find_map(|row| agency::credited(drafts.text(row)));
    let first = prose.saturating_sub(HEAD_LINES);
    head.title = lines.title(first..prose);
    let Some(title) = head.title else { return head };
    lines.above(first, title, &mut head);
    lines.below(title, prose, lang, &mut head);
    lines.topics(title, prose, &mut head);
    head
}

impl Head {
    /// The metadata that the head gives.
    #[must_use]
    pub fn metadata(&self, drafts: &Drafts) -> Metadata {
        fn visible<T>(value: T) -> Sourced<T> {
            Sourced { value, source: Source::Visible }
        }
        Metadata {
            title: self.title.map(|row| visible(drafts.text(row).trim_start_matches(['#', ' ']).to_owned())),
            authors: (!self.authors.is_empty()).then(|| visible(self.authors.clone())),
            date: self.date.clone().map(visible),
            section: self.section.clone().map(visible),
            agency: self.agency.map(|name| visible(name.to_owned())),
            ..Metadata::default()
        }
    }
}

struct Lines<'a> {
    drafts: &'a Drafts,
    hits: &'a [Option<LineHit>],
}

impl Lines<'_> {
    fn words(&self, row: usize) -> Vec<u32> {
        let mut out = vec![];
        words::hashes(self.drafts.text(row), &mut out);
        out
    }

    fn is_prose(&self, row: usize) -> bool {
        let text = self.drafts.text(row).trim_end_matches(['"', '\'', '”', '’', '»', ')', ' ']);
        let unspaced = text.chars().filter(|&c| words::is_unspaced(c)).count() as u32;
        self.hits[row].is_none()
            && self.drafts.list[row].chars + unspaced * 2 >= PROSE_CHARS
            && text.ends_with(['.', '!', '?', '…', ':', '。', '।', '۔'])
    }

    /// The line of the head that is most like a headline.
    fn title(&self, head: std::ops::Range<usize>) -> Option<usize> {
        let all: Vec<(usize, Vec<u32>)> = head.clone().map(|row| (row, self.words(row))).collect();
        let mut best: Option<(u32, usize)> = None;
        for (row, words) in &all {
            let text = self.drafts.text(*row);
            let form = self.drafts.list[*row].form;
            if self.hits[*row].is_some()
                || !TITLE_WORDS.contains(&words.len())
                || !matches!(form, Form::Paragraph | Form::Heading(_))
                || text.ends_with(['.', ':', ',', ';', '|']) && !text.ends_with("...")
                || text.contains(['>', '›', '|', '@', '©'])
                || bylines::is_byline(text)
                || text.len() < 60 && dates::parse(text, None).is_some()
            {
                continue;
            }
            // A breadcrumb or a page's title element ends or begins with the headline.
            let repeated = all.iter().any(|(other, longer)| {
                other != row && words.len() >= 4 && (longer.ends_with(words) || longer.starts_with(words))
            });
            let merit = u32::from(matches!(form, Form::Heading(_))) * 2
                + u32::from(repeated) * 3
                + u32::from(words.len() >= 5) * 2
                + u32::from(*row == 0);
            if best.is_none_or(|(most, _)| merit > most) {
                best = Some((merit, *row));
            }
        }
        best.map(|(_, row)| row)
    }

    /// The lines above the headline: a breadcrumb or the section's name.
    fn above(&self, first: usize, title: usize, head: &mut Head) {
        let title_words = self.words(title);
        let is_plain = |row: &usize| self.hits[*row].is_none() && !self.is_prose(*row);
        let run: Vec<usize> = (first..title).rev().take_while(is_plain).collect();
        for &row in &run {
            let text = self.drafts.text(row);
            if self.words(row).ends_with(&title_words) {
                let crumbs: Vec<&str> = text.split_whitespace().collect();
                let of_title = self.drafts.text(title).split_whitespace().count();
                let own = crumbs.get(1..crumbs.len().saturating_sub(of_title)).unwrap_or_default();
                if !own.is_empty() && own.len() <= SECTION_WORDS {
                    head.section = Some(own.join(" "));
                }
                head.labels.push((row, Kind::Breadcrumb));
            }
        }
        // More than two short lines in a row are a menu.
        let short = |row: usize| {
            let words = self.drafts.text(row).split_whitespace().count();
            words <= SECTION_WORDS && self.drafts.list[row].form == Form::Paragraph
        };
        if head.section.is_none()
            && let Some(&row) = run.first()
            && run.iter().take_while(|row| short(**row)).count() <= 2
            && short(row)
        {
            let text = self.drafts.text(row);
            if text.starts_with(char::is_uppercase)
                && text.chars().all(|c| c.is_alphabetic() || " &-".contains(c))
            {
                head.section = Some(text.to_owned());
                head.labels.push((row, Kind::SectionLabel));
            }
        }
    }

    /// The lines between the headline and the first prose: byline and date.
    fn below(&self, title: usize, prose: usize, lang: Option<&str>, head: &mut Head) {
        let sentences: Vec<usize> = (title + 1..prose).filter(|&row| self.is_prose(row)).collect();
        if sentences.len() <= STANDFIRST_LINES {
            head.standfirst = sentences;
        }
        for row in title + 1..prose {
            let text = self.drafts.text(row);
            let is_dateline = |row: usize| {
                self.hits.get(row).and_then(Option::as_ref).is_some_and(|hit| hit.kind == Kind::Dateline)
            };
            if bylines::is_byline(text) {
                head.authors.extend(bylines::names(text));
                head.labels.push((row, Kind::Byline));
            } else if row == title + 1 && is_dateline(row + 1) && self.is_name(row) {
                head.authors.push(text.to_owned());
                head.labels.push((row, Kind::Byline));
            } else if text.len() < 120
                && (is_dateline(row) || is_dateline(row.wrapping_sub(1)) || self.words(row).len() <= 8)
                && let Some(stamp) = dates::parse(text, lang)
            {
                head.date.get_or_insert_with(|| stamp.to_string());
                head.labels.push((row, Kind::Dateline));
            }
        }
    }

    /// Whether a line can be a name: up to four capitalised words.
    fn is_name(&self, row: usize) -> bool {
        let text = self.drafts.text(row);
        self.hits[row].as_ref().is_none_or(|hit| hit.kind == Kind::Byline)
            && text.split_whitespace().count() <= 4
            && text.split_whitespace().all(|word| word.starts_with(char::is_uppercase))
            && !text.ends_with(['.', '!', '?', ':'])
    }

    /// Topic labels about the first paragraph: one or two words, all of them in the headline. A sub-heading
    /// there would say something new.
    fn topics(&self, title: usize, prose: usize, head: &mut Head) {
        let title_words = self.words(title);
        let second = (prose + 1..self.drafts.list.len()).find(|&row| self.is_prose(row)).unwrap_or(prose);
        for row in title + 1..second {
            let words = self.words(row);
            if (1..=2).contains(&words.len()) && words.iter().all(|word| title_words.contains(word)) {
                head.labels.push((row, Kind::TagList));
            }
        }
    }
}
