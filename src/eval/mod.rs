//! Measures of an article against a reviewed truth.
//!
//! | measure | what it says |
//! |---|---|
//! | `word_p`, `word_r`, `word_f1` | mean over pages of the agreement of the bags of words, case folded (as the Web Content Extraction Benchmark has it) |
//! | `sh_p`, `sh_r`, `sh_f1` | shingles of 4 words: mean precision, mean recall, and the F1 of these two means (as in the article extraction benchmark of Scrapinghub) |
//! | `exact` | share of pages whose words are those of the truth, in order |
//! | `para_f1` | mean agreement of the paragraphs as whole strings |
//! | `snip_p`, `snip_r`, `snip_f1`, `snip_acc` | snippets that must and must not stand in the text, counted over all pages (as trafilatura's evaluation does) |
//! | `title`, `author`, `date` | share of the pages with a truth on which the value agrees |
//!
//! All are between 0 and 1; more is better. A page that gave no article is scored as an empty one. [`leftovers`] counts
//! what a reader would meet or miss.

pub mod leftovers;

use crate::cleaner::Cleaned;
use std::hash::Hash;
use std::sync::LazyLock;

use regex::Regex;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

/// Words in a shingle.
const SHINGLE: usize = 4;

/// A word: a run of letters, numbers and low lines (`\w` as Python has it, without combining marks).
static WORD: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"[\p{L}\p{N}_]+").expect("a constant"));

/// What a page holds in truth. What is `None` or empty is not measured on that page.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Truth {
    /// The main text.
    pub body: Option<String>,
    /// The paragraphs of the main text; one in `[` and `]` may be there or not.
    #[serde(default)]
    pub paragraphs: Option<Vec<String>>,
    /// Snippets that the text must hold.
    #[serde(default)]
    pub with_: Option<Vec<String>>,
    /// Snippets that it must not hold.
    #[serde(default)]
    pub without: Option<Vec<String>>,
    /// The headline.
    pub title: Option<String>,
    /// Names of the authors.
    #[serde(default)]
    pub authors: Option<Vec<String>>,
    /// Date of publication; its first ten characters count.
    pub date: Option<String>,
}

/// What was found on a page, by us or by another tool. What is left out is empty.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Prediction {
    /// The article's text, a paragraph a line.
    pub text: String,
    /// The headline.
    pub title: Option<String>,
    /// Names of the authors.
    pub authors: Vec<String>,
    /// Date of publication.
    pub date: Option<String>,
}

impl Prediction {
    /// What cleaning found.
    #[must_use]
    pub fn of(cleaned: Cleaned) -> Self {
        let text = cleaned.text();
        let metadata = cleaned.metadata;
        Self {
            text,
            title: metadata.title.map(|title| title.value),
            authors: metadata.authors.map(|authors| authors.value).unwrap_or_default(),
            date: metadata.date.map(|date| date.value),
        }
    }
}

/// Precision, recall and their harmonic mean.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Agreement {
    precision: f64,
    recall: f64,
    f1: f64,
}

/// Counts of snippets, over one page or many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Snippets {
    /// Wanted and there.
    there: u32,
    /// Wanted and not there.
    lost: u32,
    /// Unwanted and there.
    leaked: u32,
    /// Unwanted and not there.
    gone: u32,
}

/// The measures of one page; `None` where the truth says nothing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PageScore {
    words: Option<Agreement>,
    shingle_precision: Option<f64>,
    shingle_recall: Option<f64>,
    exact: Option<bool>,
    paragraphs: Option<f64>,
    snippets: Snippets,
    title: Option<bool>,
    author: Option<bool>,
    date: Option<bool>,
}

impl PageScore {
    /// Measures one page.
    #[must_use]
    pub fn of(truth: &Truth, found: &Prediction) -> Self {
        let mut score = Self::default();
        if let Some(body) = &truth.body {
            score.measure_body(body, &found.text);
        }
        if let Some(paragraphs) = truth.paragraphs.as_ref().filter(|all| !all.is_empty()) {
            score.paragraphs = Some(paragraph_f1(paragraphs, &found.text));
        }
        let wanted = truth.with_.as_deref().unwrap_or_default();
        let unwanted = truth.without.as_deref().unwrap_or_default();
        if !(wanted.is_empty() && unwanted.is_empty()) {
            score.snippets = Snippets::count(wanted, unwanted, &found.text);
        }
        if let Some(title) = truth.title.as_ref().filter(|title| !title.is_empty()) {
            score.title = Some(normal(found.title.as_deref().unwrap_or_default()) == normal(title));
        }
        if let Some(authors) = truth.authors.as_ref().filter(|authors| !authors.is_empty()) {
            score.author = Some(names(&found.authors) == names(authors));
        }
        if let Some(date) = truth.date.as_ref().filter(|date| !date.is_empty()) {
            score.date = Some(day(found.date.as_deref().unwrap_or_default()) == day(date));
        }
        score
    }

    fn measure_body(&mut self, body: &str, text: &str) {
        let (lower_body, lower_text) = (body.to_lowercase(), text.to_lowercase());
        self.words = Some(Agreement::of(&Bag::of(words(&lower_body)), &Bag::of(words(&lower_text))));

        let (body, text): (Vec<_>, Vec<_>) = (words(body).collect(), words(text).collect());
        let (truth, found) = (Bag::of(shingles(&body)), Bag::of(shingles(&text)));
        let shared = truth.shared(&found);
        self.shingle_precision = (found.total > 0).then(|| ratio(shared, found.total));
        self.shingle_recall = (truth.total > 0).then(|| ratio(shared, truth.total));
        self.exact = Some(body == text);
    }

    /// One figure between 0 and 1 to sort pages by, from the words or else from the snippets.
    #[must_use]
    pub fn quality(&self) -> Option<f64> {
        self.words.map(|words| words.f1).or_else(|| self.snippets.accuracy())
    }
}

/// The scores of many pages, added up.
#[derive(Debug, Clone, Default)]
pub struct Totals {
    word_p: Mean,
    word_r: Mean,
    word_f1: Mean,
    shingle_p: Mean,
    shingle_r: Mean,
    exact: Mean,
    paragraphs: Mean,
    snippets: Snippets,
    title: Mean,
    author: Mean,
    date: Mean,
}

impl Totals {
    /// Adds a page.
    pub fn add(&mut self, page: &PageScore) {
        self.word_p.add(page.words.map(|words| words.precision));
        self.word_r.add(page.words.map(|words| words.recall));
        self.word_f1.add(page.words.map(|words| words.f1));
        self.shingle_p.add(page.shingle_precision);
        self.shingle_r.add(page.shingle_recall);
        self.exact.add(page.exact.map(f64::from));
        self.paragraphs.add(page.paragraphs);
        self.snippets.add(page.snippets);
        self.title.add(page.title.map(f64::from));
        self.author.add(page.author.map(f64::from));
        self.date.add(page.date.map(f64::from));
    }

    /// The measures that the truth allows, by name, in the order of the table above.
    #[must_use]
    pub fn measures(&self) -> Vec<(&'static str, f64)> {
        let mut all = Vec::new();
        if let Some(word_f1) = self.word_f1.value() {
            let (precision, recall) =
                (self.shingle_p.value().unwrap_or_default(), self.shingle_r.value().unwrap_or_default());
            all.extend([
                ("word_p", self.word_p.value().unwrap_or_default()),
                ("word_r", self.word_r.value().unwrap_or_default()),
                ("word_f1", word_f1),
                ("sh_p", precision),
                ("sh_r", recall),
                ("sh_f1", harmonic(precision, recall)),
                ("exact", self.exact.value().unwrap_or_default()),
            ]);
        }
        all.extend(self.paragraphs.value().map(|value| ("para_f1", value)));
        if let Some(accuracy) = self.snippets.accuracy() {
            let (precision, recall) = (self.snippets.precision(), self.snippets.recall());
            all.extend([
                ("snip_p", precision),
                ("snip_r", recall),
                ("snip_f1", harmonic(precision, recall)),
                ("snip_acc", accuracy),
            ]);
        }
        all.extend(self.title.value().map(|value| ("title", value)));
        all.extend(self.author.value().map(|value| ("author", value)));
        all.extend(self.date.value().map(|value| ("date", value)));
        all
    }
}

/// A running mean.
#[derive(Debug, Clone, Copy, Default)]
struct Mean {
    sum: f64,
    count: u32,
}

impl Mean {
    fn add(&mut self, value: Option<f64>) {
        if let Some(value) = value {
            self.sum += value;
            self.count += 1;
        }
    }

    fn value(self) -> Option<f64> {
        (self.count > 0).then(|| self.sum / f64::from(self.count))
    }
}

impl Snippets {
    fn count(wanted: &[String], unwanted: &[String], text: &str) -> Self {
        let text = normal(text);
        let stand =
            |snippets: &[String]| snippets.iter().filter(|one| text.contains(&normal(one))).count() as u32;
        let (there, leaked) = (stand(wanted), stand(unwanted));
        Self { there, lost: wanted.len() as u32 - there, leaked, gone: unwanted.len() as u32 - leaked }
    }

    fn add(&mut self, other: Self) {
        self.there += other.there;
        self.lost += other.lost;
        self.leaked += other.leaked;
        self.gone += other.gone;
    }

    fn precision(self) -> f64 {
        ratio(self.there, self.there + self.leaked)
    }

    fn recall(self) -> f64 {
        ratio(self.there, self.there + self.lost)
    }

    fn accuracy(self) -> Option<f64> {
        let all = self.there + self.lost + self.leaked + self.gone;
        (all > 0).then(|| ratio(self.there + self.gone, all))
    }
}

/// How often each item stands in a text.
struct Bag<T> {
    counts: FxHashMap<T, u32>,
    total: u32,
}

impl<T: Eq + Hash> Bag<T> {
    fn of(items: impl Iterator<Item = T>) -> Self {
        let mut bag = Self { counts: FxHashMap::default(), total: 0 };
        for item in items {
            *bag.counts.entry(item).or_default() += 1;
            bag.total += 1;
        }
        bag
    }

    /// Number of items that both hold, each as often as the one that holds it less often.
    fn shared(&self, other: &Self) -> u32 {
        self.counts
            .iter()
            .map(|(item, count)| other.counts.get(item).map_or(0, |theirs| *count.min(theirs)))
            .sum()
    }
}

impl Agreement {
    fn of<T: Eq + Hash>(truth: &Bag<T>, found: &Bag<T>) -> Self {
        if truth.total == 0 && found.total == 0 {
            return Self { precision: 1.0, recall: 1.0, f1: 1.0 };
        }
        let shared = truth.shared(found);
        let (precision, recall) = (ratio(shared, found.total), ratio(shared, truth.total));
        Self { precision, recall, f1: harmonic(precision, recall) }
    }
}

/// `part / whole`, 0 of an empty whole.
fn ratio(part: u32, whole: u32) -> f64 {
    if whole == 0 { 0.0 } else { f64::from(part) / f64::from(whole) }
}

fn harmonic(a: f64, b: f64) -> f64 {
    if a + b > 0.0 { 2.0 * a * b / (a + b) } else { 0.0 }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    WORD.find_iter(text).map(|word| word.as_str())
}

/// All runs of [`SHINGLE`] words; a shorter text is one shingle, an empty one none.
fn shingles<'a, 't>(words: &'a [&'t str]) -> impl Iterator<Item = &'a [&'t str]> {
    words.windows(SHINGLE.min(words.len()).max(1))
}

/// The better of two readings: all paragraphs count, or only those that are not in `[` and `]`.
fn paragraph_f1(paragraphs: &[String], text: &str) -> f64 {
    let optional = |one: &str| one.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).map(folded);
    let all = paragraphs.iter().map(|one| optional(one).unwrap_or_else(|| folded(one)));
    let required = paragraphs.iter().filter(|one| optional(one).is_none()).map(|one| folded(one));
    let found = Bag::of(text.split('\n').map(folded).filter(|line| !line.is_empty()));
    Agreement::of(&Bag::of(all), &found).f1.max(Agreement::of(&Bag::of(required), &found).f1)
}

/// White space as Python's `\s` has it: Unicode's, and the four information separators.
fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

/// White space folded to single spaces, none at the ends.
fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split(is_space).filter(|word| !word.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// Lower case, one kind of quotes and dashes, compatibility forms and white space folded.
fn normal(text: &str) -> String {
    let plain = text.nfkc().map(|c| match c {
        '\u{2018}' | '\u{2019}' => '\'',
        '\u{201c}' | '\u{201d}' => '"',
        '\u{2013}' | '\u{2014}' => '-',
        _ => c,
    });
    folded(&plain.collect::<String>()).to_lowercase()
}

/// Names to compare: normal form, without "by", each once.
fn names(authors: &[String]) -> FxHashSet<String> {
    authors
        .iter()
        .map(|name| normal(name))
        .filter(|name| !name.is_empty())
        .map(|name| name.strip_prefix("by ").map(str::to_owned).unwrap_or(name))
        .collect()
}

/// The day of an ISO 8601 date: its first ten characters.
fn day(date: &str) -> &str {
    date.char_indices().nth(10).map_or(date, |(end, _)| &date[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(list: &[&str]) -> Vec<String> {
        list.iter().map(|&text| text.to_owned()).collect()
    }

    fn close(found: f64, wanted: f64) {
        assert!((found - wanted).abs() < 1e-9, "{found} is not {wanted}");
    }

    fn measures(pages: &[(Truth, Prediction)]) -> std::collections::BTreeMap<&'static str, f64> {
        let mut totals = Totals::default();
        for (truth, found) in pages {
            totals.add(&PageScore::of(truth, found));
        }
        totals.measures().into_iter().collect()
    }

    #[test]
    fn body_measures_by_hand() {
        let truth = Truth { body: Some("The lake rose by two metres".to_owned()), ..Truth::default() };
        let found =
            Prediction { text: "Menu\nthe lake rose by one metre".to_owned(), ..Prediction::default() };
        let found = measures(&[(truth.clone(), found), (truth, Prediction::default())]);
        // First page: 4 of 7 found words are right, 4 of 6 true words are there; `metre` is not `metres`.
        let (precision, recall) = (4.0 / 7.0, 4.0 / 6.0);
        close(found["word_p"], precision / 2.0);
        close(found["word_r"], recall / 2.0);
        close(found["word_f1"], 2.0 * precision * recall / (precision + recall) / 2.0);
        // Shingles tell `The` from `the`: of 4 found and 3 true ones none is shared. The empty page has no
        // precision, and a recall of 0.
        close(found["sh_p"], 0.0);
        close(found["sh_r"], 0.0);
        close(found["exact"], 0.0);
    }

    #[test]
    fn shingles_of_four_and_of_short_texts() {
        let page = |body: &str, text: &str| {
            let truth = Truth { body: Some(body.to_owned()), ..Truth::default() };
            measures(&[(truth, Prediction { text: text.to_owned(), ..Prediction::default() })])
        };
        let found = page("a b c d e f", "a b c d e x");
        close(found["sh_p"], 2.0 / 3.0);
        close(found["sh_r"], 2.0 / 3.0);
        let found = page("a b", "a b");
        close(found["sh_f1"], 1.0);
        close(found["exact"], 1.0);
        let found = page("", "");
        close(found["word_f1"], 1.0);
        close(page("", "x")["word_f1"], 0.0);
    }

    #[test]
    fn snippets_are_counted_over_all_pages_and_compared_in_normal_form() {
        let truth = Truth {
            with_: Some(strings(&["the “Elster” sank", "two\u{a0}crews"])),
            without: Some(strings(&["Subscribe now", "Read more"])),
            ..Truth::default()
        };
        let text = "The \"Elster\"  sank – read MORE".to_owned();
        let found = measures(&[(truth, Prediction { text, ..Prediction::default() })]);
        close(found["snip_p"], 0.5);
        close(found["snip_r"], 0.5);
        close(found["snip_f1"], 0.5);
        close(found["snip_acc"], 0.5);
        assert!(!found.contains_key("word_f1"));
    }

    #[test]
    fn paragraphs_in_brackets_may_be_there_or_not() {
        let paragraphs = strings(&["[A summary.]", "First.", "Second  one."]);
        for (text, f1) in [
            ("First.\nSecond one.", 1.0),
            ("A summary.\n\nFirst.\nSecond one.", 1.0),
            ("First.", 2.0 / 3.0),
            ("", 0.0),
        ] {
            close(paragraph_f1(&paragraphs, text), f1);
        }
    }

    #[test]
    fn metadata_agree_in_normal_form() {
        let truth = Truth {
            title: Some("Ferry’s last  trip".to_owned()),
            authors: Some(strings(&["Ana Berg", "Tom Lee"])),
            date: Some("2026-05-04 10:00".to_owned()),
            ..Truth::default()
        };
        let right = Prediction {
            title: Some("FERRY'S last trip".to_owned()),
            authors: strings(&["By tom lee", "ana berg", ""]),
            date: Some("2026-05-04T23:00:00+02:00".to_owned()),
            ..Prediction::default()
        };
        let found = measures(&[(truth.clone(), right), (truth, Prediction::default())]);
        for measure in ["title", "author", "date"] {
            close(found[measure], 0.5);
        }
    }

    #[test]
    fn words_and_space_as_python_has_them() {
        // A combining accent ends a word, a number of any script is one.
        assert_eq!(words("cafe\u{301} x_1 ½ ٣").collect::<Vec<_>>(), ["cafe", "x_1", "½", "٣"]);
        assert_eq!(folded("\u{1c}a\u{1f}\u{2003}b\u{85}"), "a b");
        assert_eq!(normal("ﬁne ‘İ’"), "fine 'i\u{307}'");
    }
}
