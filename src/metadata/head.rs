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
use rustc_hash::FxHashMap;

/// Lines before the first prose that the head is made of, at most, where nothing else tells. Menus stand above.
const HEAD_LINES: usize = 12;
/// Lines before the first prose that are looked at for a headline which is repeated or named by the address.
const FAR_LINES: usize = 400;
/// Lines of a notice that may stand above the headline and looks like prose.
const NOTICE_LINES: usize = 4;
/// Rows under a headline in which its byline and date stand.
const CREDIT_LINES: usize = 25;
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

/// Reads the head of a text. `hits` tells which lines a rule calls boilerplate, `slug` are the words by which
/// the address names the article, `is_likely` tells which blocks may be main content.
#[must_use]
pub fn read(
    drafts: &Drafts,
    hits: &[Option<LineHit>],
    slug: &[u32],
    is_likely: &dyn Fn(usize) -> bool,
    lang: Option<&str>,
) -> Head {
    let mut head = Head::default();
    let lines = Lines { drafts, hits, slug };
    let Some(prose) = (0..drafts.list.len()).find(|&row| is_likely(row) && lines.is_prose(row)) else {
        return head;
    };
    head.agency = (0..drafts.list.len())
        .filter(|&row| is_likely(row) || hits[row].is_some())
        .filter(|&row| agency::may_be_in(drafts.words(row)))
        .find_map(|row| agency::credited(drafts.text(row)));
    head.title = lines.title(prose, prose);
    let Some(title) = head.title else { return head };
    lines.above(title.saturating_sub(HEAD_LINES), title, &mut head);
    lines.below(title, prose, lang, &mut head);
    lines.topics(title, prose, &mut head);
    head
}

/// A first guess at a text's headline, while nothing is known of what may be main content: the first prose may
/// be a notice above it.
#[must_use]
pub fn guess(drafts: &Drafts, hits: &[Option<LineHit>], slug: &[u32]) -> Option<usize> {
    let lines = Lines { drafts, hits, slug };
    let prose = (0..drafts.list.len()).find(|&row| lines.is_prose(row))?;
    lines.title(prose, (prose + NOTICE_LINES).min(drafts.list.len()))
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
    slug: &'a [u32],
}

/// The words of an address's last part that has three or more: most publishers make it of the headline.
#[must_use]
pub fn slug(address: &str) -> Vec<u32> {
    let path = address.split_once("://").map_or(address, |(_, rest)| rest);
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let parts = path.split('/').skip(1).map(|part| {
        let mut hashes = vec![];
        for word in part.split(['-', '_', '.', ',']).filter(|word| word.contains(char::is_alphabetic)) {
            words::hashes(word, &mut hashes);
        }
        hashes
    });
    parts.filter(|words| words.len() >= 3).last().unwrap_or_default()
}

impl Lines<'_> {
    fn words(&self, row: usize) -> &[u32] {
        self.drafts.words(row)
    }

    fn is_prose(&self, row: usize) -> bool {
        let text = self.drafts.text(row).trim_end_matches(['"', '\'', '”', '’', '»', ')', ' ']);
        let unspaced = text.chars().filter(|&c| words::is_unspaced(c)).count() as u32;
        self.hits[row].is_none()
            && self.drafts.list[row].chars + unspaced * 2 >= PROSE_CHARS
            && text.ends_with(['.', '!', '?', '…', ':', '。', '।', '۔'])
    }

    /// Whether a line that no rule knows ends as a sentence of eight words or more.
    fn is_sentence(&self, row: usize) -> bool {
        self.hits[row].is_none()
            && self.drafts.text(row).ends_with(['.', '!', '?', '…'])
            && self.drafts.text(row).split_whitespace().nth(7).is_some()
    }

    /// The line before `end` that is most like a headline. Far above the prose, only one that stands there twice
    /// or that the address names; after its first line, only the latter.
    fn title(&self, prose: usize, end: usize) -> Option<usize> {
        let first = prose.saturating_sub(FAR_LINES);
        let all: Vec<(usize, &[u32])> = (first..end).map(|row| (row, self.words(row))).collect();
        let mut ends: FxHashMap<&[u32], usize> = FxHashMap::default();
        for (row, words) in all.iter().filter(|(row, words)| *row < prose && words.len() <= 60) {
            let parts = (4..=words.len()).flat_map(|size| [&words[..size], &words[words.len() - size..]]);
            // What begins and ends a line counts once for it.
            for part in parts.take(2 * TITLE_WORDS.end()) {
                let last = ends.entry(part).or_insert(*row);
                *last = if *last == *row { *row } else { usize::MAX };
            }
        }
        let mut best: Option<(i32, usize)> = None;
        for (row, words) in &all {
            if !self.may_be_title(*row, words) {
                continue;
            }
            let is_heading = matches!(self.drafts.list[*row].form, Form::Heading(_));
            // A breadcrumb or a page's title element ends or begins with the headline.
            let is_repeated = ends.get(*words) == Some(&usize::MAX);
            let named = self.slug.iter().filter(|word| words.contains(word)).count() * 10
                / self.slug.len().max(words.len()).max(1);
            let distance = prose.saturating_sub(*row);
            if named < 5 && (*row >= prose || distance > HEAD_LINES && !is_repeated) {
                continue;
            }
            let merit = i32::from(is_heading) * 2
                + i32::from(is_repeated) * 3
                + i32::from(words.len() >= 5) * 2
                + i32::from(*row == 0)
                + named as i32
                - distance.max(4).ilog2() as i32;
            if best.is_none_or(|(most, _)| merit > most) {
                best = Some((merit, *row));
            }
        }
        let (_, best) = best?;
        // Of the same headline, the one next to the prose.
        let words = self.words(best);
        all.iter().rev().find(|(row, other)| *other == words && *row < end).map(|(row, _)| *row)
    }

    fn may_be_title(&self, row: usize, words: &[u32]) -> bool {
        let text = self.drafts.text(row);
        self.hits[row].is_none()
            && TITLE_WORDS.contains(&words.len())
            && matches!(self.drafts.list[row].form, Form::Paragraph | Form::Heading(_))
            && (!text.ends_with(['.', ':', ',', ';', '|']) || text.ends_with("..."))
            && !text.contains(['>', '›', '|', '@', '©'])
            && !bylines::is_byline(text)
            && !(text.len() < 60 && dates::parse(text, None).is_some())
    }

    /// The lines above the headline: a breadcrumb or the section's name.
    fn above(&self, first: usize, title: usize, head: &mut Head) {
        let title_words = self.words(title);
        let is_plain = |row: &usize| self.hits[*row].is_none() && !self.is_prose(*row);
        let run: Vec<usize> = (first..title).rev().take_while(is_plain).collect();
        for &row in &run {
            let text = self.drafts.text(row);
            if self.words(row).ends_with(title_words) {
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
        let mut sentences: Vec<usize> =
            (title + 1..prose.max(title + 1)).filter(|&row| self.is_prose(row)).collect();
        // One next to the headline may be short.
        if title + 1 < prose && sentences.first() != Some(&(title + 1)) && self.is_sentence(title + 1) {
            sentences.insert(0, title + 1);
        }
        if sentences.len() <= STANDFIRST_LINES {
            head.standfirst = sentences;
        }
        let end = prose.max(title + 1).min(title + CREDIT_LINES);
        for row in title + 1..end {
            let text = self.drafts.text(row);
            let is_dateline = |row: usize| {
                self.hits.get(row).and_then(Option::as_ref).is_some_and(|hit| hit.kind == Kind::Dateline)
            };
            if bylines::is_byline(text) {
                head.authors.extend(bylines::names(text));
                head.labels.push((row, Kind::Byline));
            } else if row > title + 1 && bylines::is_opening(self.drafts.text(row - 1)) && self.is_name(row)
                || row == title + 1 && is_dateline(row + 1) && self.is_name(row)
            {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blocks::from_text;

    const PROSE: &str = "The harbour board of Elsterwick voted on Tuesday to close the northern pier for the winter, \
                         and nine boats have to move.";

    #[test]
    fn heads_are_read_by_shape() {
        for (name, text, url, title, authors, date) in [
            (
                "a headline, a byline and a date",
                "Northern pier closes for the winter\nBy Ida Marsh\n6 October 2026",
                "",
                Some("Northern pier closes for the winter"),
                vec!["Ida Marsh"],
                Some("2026-10-06"),
            ),
            (
                "the address names one far from the prose",
                "Elsterwick Post brings you the news of the whole coast\nNorthern pier closes for the winter\n\
                 Share\nby\nIda Marsh\nNorth\nSouth\nEast\nWest\nSport\nTides\nFerries\nWeather\nBoats\nMarkets\nLetters",
                "https://post.example/town/northern-pier-closes-winter",
                Some("Northern pier closes for the winter"),
                vec!["Ida Marsh"],
                None,
            ),
            (
                "a title element repeats it",
                "Northern pier closes for the winter - Elsterwick Post\nTown\nNorthern pier closes for the winter",
                "",
                Some("Northern pier closes for the winter"),
                vec![],
                None,
            ),
            ("nothing stands there", "Home\nTown", "", None, vec![], None),
        ] {
            let drafts = from_text(&format!("{text}\n{PROSE}\n{PROSE}"));
            let hits = vec![None; drafts.list.len()];
            let head = read(&drafts, &hits, &slug(url), &|_| true, Some("en"));
            assert_eq!(head.title.map(|row| drafts.text(row)), title, "{name}");
            assert_eq!(head.authors, authors, "{name}");
            assert_eq!(head.date.as_deref(), date, "{name}");
        }
    }

    #[test]
    fn slugs_are_the_last_part_of_three_words() {
        let words = |text: &str| {
            let mut out = vec![];
            words::hashes(text, &mut out);
            out
        };
        assert_eq!(
            slug("https://a.example/town/pier-closes-again-17.html?x=1"),
            words("pier closes again html")
        );
        assert_eq!(slug("https://a.example/2026/10/06/"), words(""));
        assert_eq!(slug("a-file-name.txt"), words(""));
    }
}
