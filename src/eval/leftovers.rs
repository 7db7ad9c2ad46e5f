//! What an article has too much, line by line, and what it lacks, paragraph by paragraph.
//!
//! Words tell how much is wrong, not what a reader meets: one wrong caption is few words. So lines are counted:
//!
//! - a *leftover line* is a line of the output most of whose shingles are not in the true body; one of fewer than four
//!   words, if its words do not follow each other there;
//! - a *lost paragraph* is a line of the true body of eight words or more, most of whose shingles are not in the output;
//! - a *lost page* is one whose output has fewer than three in ten of the words of a true body of 100 words or more.
//!
//! Words are compared as [`crate::words`] has them. Nothing but the two texts counts, so that the output of any tool
//! is measured by the same rule. Text that the output repeats is no leftover, since it is in the truth.

use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::label::Kind;
use crate::metadata::lang;
use crate::rules::{Chain, Line, RuleErrors, RuleSet};
use crate::words::{self, Shingles};

/// Words of a line of the truth from which it is a paragraph, and not a heading or an item of a list.
const PARAGRAPH: usize = 8;

/// Words of a true body from which a page can be lost; of a shorter one too little says so.
const PAGE: usize = 100;

/// What the shipped line rules call a line, wherever it stands. A user's own rules have no say, so that the figures of
/// two runs can be compared.
#[derive(Debug, Clone)]
pub struct Kinds(Arc<Chain>);

impl Kinds {
    /// The kinds of the shipped generic rules.
    ///
    /// # Errors
    /// The shipped rules have errors, which a test rules out.
    pub fn shipped() -> Result<Self, RuleErrors> {
        Ok(Self(RuleSet::load(None, false)?.chain(None, None, None)))
    }

    fn of(&self, line: &str, lang: Option<&str>) -> Kind {
        // Tools write an item of a list with its bullet; the rules are written for lines without.
        let text = line.trim_start_matches(|c: char| c.is_whitespace() || "-*•".contains(c)).trim_end();
        let line = Line { text, from_head: 0, from_tail: 0, lang };
        self.0.line(&line).map_or(Kind::Other, |hit| hit.kind)
    }
}

/// Counts of leftover lines and lost paragraphs, over one page or many.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Leftovers {
    /// Pages that were measured.
    pages: u32,
    /// Leftover lines by kind.
    lines: BTreeMap<Kind, u32>,
    /// Pages with a leftover line.
    pages_with: u32,
    /// Paragraphs of the truth that are not in the output.
    lost: u32,
    /// Pages of which nothing or next to nothing was found.
    lost_pages: u32,
}

impl Leftovers {
    /// Measures one page.
    #[must_use]
    pub fn of(body: &str, text: &str, kinds: &Kinds) -> Self {
        let lang = lang::of(std::iter::empty(), body).map(|lang| lang.value);
        let truth = Reference::new(body);
        let mut lines = BTreeMap::new();
        for line in text.lines().filter(|line| truth.lacks(&words_of(line))) {
            *lines.entry(kinds.of(line, lang.as_deref())).or_default() += 1;
        }
        let output = Reference::new(text);
        let paragraphs = body.lines().map(words_of).filter(|words| words.len() >= PARAGRAPH);
        let lost = paragraphs.filter(|words| output.lacks(words)).count() as u32;
        let lost_pages = u32::from(
            truth.words.len() >= PAGE && shared(&truth.words, &output.words) * 10 < truth.words.len() * 3,
        );
        Self { pages: 1, pages_with: u32::from(!lines.is_empty()), lines, lost, lost_pages }
    }

    /// Adds the counts of other pages.
    pub fn add(&mut self, other: &Self) {
        self.pages += other.pages;
        self.pages_with += other.pages_with;
        self.lost += other.lost;
        self.lost_pages += other.lost_pages;
        for (kind, count) in &other.lines {
            *self.lines.entry(*kind).or_default() += count;
        }
    }

    /// Leftover lines, pages with one, lost paragraphs and lost pages, each per 100 pages, by name; nothing if no page
    /// was measured.
    #[must_use]
    pub fn rates(&self) -> Vec<(&'static str, f64)> {
        if self.pages == 0 {
            return vec![];
        }
        vec![
            ("leftover_lines", self.per_100(self.lines.values().sum())),
            ("leftover_pages", self.per_100(self.pages_with)),
            ("lost_paragraphs", self.per_100(self.lost)),
            ("lost_pages", self.per_100(self.lost_pages)),
        ]
    }

    /// Leftover lines per 100 pages by kind, the most frequent first.
    #[must_use]
    pub fn by_kind(&self) -> Vec<(Kind, f64)> {
        let mut kinds: Vec<_> = self.lines.iter().map(|(&kind, &count)| (kind, count)).collect();
        kinds.sort_by_key(|&(kind, count)| (std::cmp::Reverse(count), kind));
        kinds.into_iter().map(|(kind, count)| (kind, self.per_100(count))).collect()
    }

    fn per_100(&self, count: u32) -> f64 {
        f64::from(count) * 100.0 / f64::from(self.pages)
    }
}

/// A text that lines are looked for in.
struct Reference {
    words: Vec<u32>,
    shingles: Shingles,
}

impl Reference {
    fn new(text: &str) -> Self {
        Self { words: words_of(text), shingles: Shingles::new(text) }
    }

    /// Whether most of a line is not in the text. A line without a word is never missed.
    fn lacks(&self, line: &[u32]) -> bool {
        match self.shingles.share_of(line) {
            Some(share) => share < 0.5,
            None => !line.is_empty() && !self.words.windows(line.len()).any(|run| run == line),
        }
    }
}

/// How many of the words of `truth` are in `found`, each as often as it is there.
fn shared(truth: &[u32], found: &[u32]) -> usize {
    let mut left: FxHashMap<u32, usize> = FxHashMap::default();
    found.iter().for_each(|&word| *left.entry(word).or_default() += 1);
    let is_left = |word: &&u32| {
        left.get_mut(word).and_then(|count| count.checked_sub(1).map(|rest| *count = rest)).is_some()
    };
    truth.iter().filter(is_left).count()
}

fn words_of(text: &str) -> Vec<u32> {
    let mut out = vec![];
    words::hashes(text, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = "The ferry to Halden sails again from Monday, the office said.\n\nTimetable\n\n\
        Tickets from before the break stay valid until the end of the year.";

    fn page(text: &str) -> Leftovers {
        Leftovers::of(BODY, text, &Kinds::shipped().unwrap())
    }

    fn rates(leftovers: &Leftovers) -> Vec<f64> {
        leftovers.rates().into_iter().map(|(_, rate)| rate).collect()
    }

    #[test]
    fn the_truth_itself_leaves_and_loses_nothing() {
        assert_eq!(rates(&page(BODY)), [0.0; 4]);
        // Nor does it in other lines and marks: a list's bullet, a paragraph in two parts.
        let other = format!("- {}", BODY.replace("again from", "again\nfrom").replace('.', " …"));
        assert_eq!(rates(&page(&other)), [0.0; 4]);
    }

    #[test]
    fn leftovers_have_the_kind_of_the_line_rules() {
        let found =
            page(&format!("{BODY}\nSubscribe to our newsletter\nTide\nFog closed the harbour at noon"));
        assert_eq!(found.by_kind(), [(Kind::Other, 200.0), (Kind::Newsletter, 100.0)]);
        assert_eq!(rates(&found), [300.0, 100.0, 0.0, 0.0]);
    }

    #[test]
    fn headings_are_no_paragraphs() {
        assert_eq!(rates(&page("")), [0.0, 0.0, 200.0, 0.0]);
    }

    #[test]
    fn a_line_counts_by_most_of_its_shingles() {
        let (half, less) = ("The ferry to Halden sails east", "The ferry to Halden turned east");
        // Two shingles of three are in the truth, and one of three.
        assert_eq!(rates(&page(half))[0], 0.0);
        assert_eq!(rates(&page(less))[0], 100.0);
    }

    #[test]
    fn a_page_is_lost_by_its_words() {
        let body = |words: usize| (0..words).map(|n| format!("w{n}")).collect::<Vec<_>>().join(" ");
        for (truth, found, lost) in [(100, 29, 100.0), (100, 30, 0.0), (99, 0, 0.0), (100, 0, 100.0)] {
            let page = Leftovers::of(&body(truth), &body(found), &Kinds::shipped().unwrap());
            assert_eq!(rates(&page)[3], lost, "{found} of {truth}");
        }
        // One word ten times over is one word of the truth.
        assert_eq!(shared(&[1, 2, 2, 3], &[2, 2, 2, 4]), 2);
    }

    #[test]
    fn rates_are_means_over_all_pages() {
        let mut all = Leftovers::default();
        assert!(all.rates().is_empty());
        [BODY, "Tide", "Tide\nFog"].iter().for_each(|text| all.add(&page(text)));
        assert_eq!(rates(&all), [100.0, 200.0 / 3.0, 400.0 / 3.0, 0.0]);
    }
}
