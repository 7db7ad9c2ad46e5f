//! Tests on pages that rule files carry: what they hold, and how they are read. They are run by [`crate::proof`],
//! since a page takes more than the rules.

use std::sync::Arc;

use super::diagnostic::{Code, Diagnostic};
use super::format::TEST;
use super::host;
use super::parse::names;
use super::reader::{Reader, Text, Value};
use super::schema::{RuleFile, Test};
use super::set::RuleSet;
use super::source::Place;

/// The page of a test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TestPage {
    /// It stands in the rule file. The body may have any number of words.
    Inline(String),
    /// A file, by its path relative to the folder of rules (`fixtures/...`).
    Fixture(String),
}

/// What a test expects of an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// The headline.
    Title(String),
    /// All names of authors, in this order.
    Byline(Vec<String>),
    /// The day of publication.
    Date(jiff::civil::Date),
    /// The whole body, a paragraph a line.
    Body(String),
    /// How the body begins.
    First(String),
    /// How the body ends.
    Last(String),
    /// A text that stands in the body.
    Contains(String),
    /// A text that does not stand in the body.
    Absent(String),
    /// The least and the most words of the body.
    Words(usize, usize),
}

/// A test on a page.
#[derive(Debug, Clone)]
pub struct PageTest {
    /// The page.
    pub page: TestPage,
    /// The page's address.
    pub url: Option<String>,
    /// The day of capture, which chooses between dated layouts.
    pub captured: Option<jiff::civil::Date>,
    /// What is expected, each with the byte of the file at which it stands.
    pub(crate) expected: Vec<(Expected, usize)>,
    /// The byte at which `page` or `html` stands.
    pub(crate) page_at: usize,
    url_at: usize,
}

/// The tests on pages of one rule file, with the rules as the file has them.
#[derive(Debug)]
pub struct PageTests {
    file: Arc<RuleFile>,
    number: usize,
}

impl PageTests {
    /// The tests in the order of the file, each with its number among all of the file's tests, from 0.
    pub fn iter(&self) -> impl Iterator<Item = (usize, &PageTest)> {
        let tests = self.file.tests.iter().enumerate();
        tests.filter_map(|(number, test)| Some((number, test.page.as_ref()?)))
    }

    /// The file as the user would name it.
    #[must_use]
    pub fn file(&self) -> &Arc<str> {
        &self.file.source.name
    }

    /// A failed test, with the byte of the file at which that shows.
    pub(crate) fn failure(&self, at: usize, message: &str, hint: Option<String>) -> Diagnostic {
        self.file.source.diagnostic(at, Code::T01, format!("test failed: {message}"), hint)
    }

    /// The rules for the file's tests: they are those of this file whatever the page's address. `inline` pages may
    /// be as short as they like.
    #[must_use]
    pub fn rules(&self, all: &RuleSet, inline: bool) -> RuleSet {
        let overlaid = self.file.overlay.as_ref().and_then(|overlay| all.site_of_id(&overlay.name));
        let generic = self.file.source.place == Place::Generic;
        all.pinned((!generic).then(|| overlaid.unwrap_or(self.number)), inline)
    }

    /// What is wrong with the address of a test: another file applies to it.
    pub(crate) fn foreign_address(&self, all: &RuleSet, test: &PageTest) -> Option<Diagnostic> {
        if !matches!(self.file.source.place, Place::Site | Place::Local) {
            return None;
        }
        let (host, path) = host::of_url(test.url.as_deref()?)?;
        let message = match all.best_claim(&host, &path) {
            Some(claimed) if claimed.file == self.number => return None,
            Some(claimed) => {
                let other = &all.files[claimed.file].source;
                if self.file.overlay.as_ref().is_some_and(|overlay| *overlay.name == *other.id) {
                    return None;
                }
                format!("{} applies to this address", other.name)
            }
            None => "no file claims this address".to_owned(),
        };
        Some(self.failure(test.url_at, &message, Some("see `copydesk rules which URL`".to_owned())))
    }
}

impl RuleSet {
    /// The files that do not ride in the binary and have tests on pages.
    #[must_use]
    pub fn page_tests(&self) -> Vec<PageTests> {
        let files = self.files.iter().enumerate().filter(|(_, file)| !file.source.shipped);
        let files = files.filter(|(_, file)| file.tests.iter().any(|test| test.page.is_some()));
        files.map(|(number, file)| PageTests { file: file.clone(), number }).collect()
    }
}

/// Reads a `[[test]]`.
pub(super) fn read(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<Test> {
    let table = reader.table(value)?;
    let mut test = Test { drops: vec![], keeps: vec![], page: None };
    let mut on_page = PageTest {
        page: TestPage::Inline(String::new()),
        url: None,
        captured: None,
        expected: vec![],
        page_at: 0,
        url_at: 0,
    };
    let mut page = None;
    for entry in reader.known(table, &TEST) {
        let at = entry.value.span().start;
        match entry.key {
            "drops" => test.drops = names(reader, entry.value, "lines"),
            "keeps" => test.keeps = names(reader, entry.value, "lines"),
            "html" | "page" if page.is_some() => {
                let hint = Some("a test has one page: two make two tests".to_owned());
                reader.report(entry.at, Code::E02, "`html` and `page` in one test".to_owned(), hint);
            }
            "html" | "page" => {
                on_page.page_at = at;
                page = Some(match reader.string(entry.value, "a string") {
                    Some(text) if entry.key == "html" => TestPage::Inline(text),
                    text => TestPage::Fixture(fixture(reader, at, text.unwrap_or_default())),
                });
            }
            "url" => {
                on_page.url_at = at;
                on_page.url = reader.string(entry.value, "the page's address");
            }
            "captured" => on_page.captured = reader.date(entry.value),
            "about" => drop(reader.string(entry.value, "a string")),
            _ => on_page.expected.extend(expected(reader, entry.key, entry.value)),
        }
    }
    let expects = !on_page.expected.is_empty();
    let complaint = if page.is_some() && !expects {
        Some("the test expects nothing of its page")
    } else if expects && page.is_none() {
        Some("the test has no page")
    } else if page.is_none() && test.drops.is_empty() && test.keeps.is_empty() {
        Some("the test tests nothing")
    } else {
        None
    };
    if let Some(complaint) = complaint {
        let hint = "lines in drops and keeps; or html or page with what is expected of it".to_owned();
        reader.report(value.span().start, Code::E02, complaint.to_owned(), Some(hint));
    }
    test.page = page.map(|page| PageTest { page, ..on_page });
    Some(test)
}

/// What a key of a test expects.
fn expected(reader: &mut Reader<'_>, key: &str, value: &Value<'_>) -> Vec<(Expected, usize)> {
    let at = value.span().start;
    let text = |reader: &mut Reader<'_>, of: fn(String) -> Expected| {
        reader.string(value, "a string").map(of).into_iter().map(|expected| (expected, at)).collect()
    };
    let each = |reader: &mut Reader<'_>, of: fn(String) -> Expected| {
        let texts = reader.texts(value, "strings").into_iter();
        texts.map(|text: Text<'_>| (of(text.text.to_owned()), text.at(0))).collect()
    };
    match key {
        "title" => text(reader, Expected::Title),
        "body" => text(reader, Expected::Body),
        "first" => text(reader, Expected::First),
        "last" => text(reader, Expected::Last),
        "contains" => each(reader, Expected::Contains),
        "absent" => each(reader, Expected::Absent),
        "byline" => {
            let names = reader.texts(value, "names").into_iter().map(|text| text.text.to_owned()).collect();
            vec![(Expected::Byline(names), at)]
        }
        "date" => reader.date(value).into_iter().map(|date| (Expected::Date(date), at)).collect(),
        "words" => {
            let bounds = reader.list(value, "two numbers");
            let bounds: Vec<i64> =
                bounds.iter().filter_map(|value| reader.integer(value, 0, 1_000_000)).collect();
            let [least, most] = bounds[..] else { return bad_words(reader, at) };
            if least > most {
                return bad_words(reader, at);
            }
            vec![(Expected::Words(least as usize, most as usize), at)]
        }
        _ => vec![],
    }
}

fn bad_words(reader: &mut Reader<'_>, at: usize) -> Vec<(Expected, usize)> {
    let message = "expected the least and the most words, such as [380, 460]".to_owned();
    reader.report(at, Code::E02, message, None);
    // So that the test is not told to expect nothing, too.
    vec![(Expected::Words(0, usize::MAX), at)]
}

fn fixture(reader: &mut Reader<'_>, at: usize, path: String) -> String {
    let inside = path.split('/').all(|part| !part.is_empty() && part != "..");
    if !path.starts_with("fixtures/") || !inside {
        let hint = Some("fixtures/<id>/<name>.html or .html.gz, beside sites/".to_owned());
        reader.report(at, Code::E02, format!("`{path}` is not under fixtures/"), hint);
    }
    path
}
