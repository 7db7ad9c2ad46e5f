//! Runs the tests on pages that rule files carry: each page is cleaned as any other, and the article compared with what
//! the test expects.

mod bless;

use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;

use crate::article::Flag;
use crate::cleaner::{Cleaned, Cleaner};
use crate::document::RawDoc;
use crate::input::{self, InputOptions};
use crate::labels::Model;
use crate::rules::{Checked, Diagnostic, Expected, PageTest, PageTests, RuleSet, TestPage};

pub use bless::{BlessError, bless};

/// Runs the tests on pages of files that were checked, and adds what fails. Tests of files with errors are left out,
/// since they would tell the same twice. Fixtures are looked for in `folder`.
pub fn run_page_tests(checked: &mut Checked, folder: Option<&Path>) {
    let rules = checked.rules().clone();
    let sound: Vec<PageTests> =
        rules.page_tests().into_iter().filter(|tests| !checked.has_errors_in(tests.file())).collect();
    if sound.is_empty() {
        return;
    }
    let model = Arc::new(Model::shipped());
    let found: Vec<Vec<Diagnostic>> =
        sound.par_iter().map(|tests| run(tests, &rules, &model, folder)).collect();
    let run = sound.iter().map(|tests| tests.iter().count()).sum();
    checked.add_page_tests(run, found.into_iter().flatten());
}

/// Runs the tests of one file.
fn run(tests: &PageTests, all: &RuleSet, model: &Arc<Model>, folder: Option<&Path>) -> Vec<Diagnostic> {
    let cleaner = |inline| Cleaner::with_model(Arc::new(tests.rules(all, inline)), model.clone());
    let (mut on_inline, mut on_fixtures) = (None, None);
    let mut failures = vec![];
    for (_, test) in tests.iter() {
        failures.extend(tests.foreign_address(all, test));
        let inline = matches!(test.page, TestPage::Inline(_));
        let cleaner =
            if inline { &mut on_inline } else { &mut on_fixtures }.get_or_insert_with(|| cleaner(inline));
        let cleaned = document(test, folder)
            .and_then(|document| cleaner.clean(&document).map_err(|error| error.to_string()));
        match cleaned {
            Ok(cleaned) => {
                let wrong = test.expected.iter().filter_map(|(expected, at)| {
                    Some(tests.failure(*at, &difference(expected, &cleaned)?, hint(&cleaned)))
                });
                failures.extend(wrong);
            }
            Err(message) => failures.push(tests.failure(test.page_at, &message, None)),
        }
    }
    failures
}

/// The page of a test as a document.
fn document(test: &PageTest, folder: Option<&Path>) -> Result<RawDoc, String> {
    let mut document = match &test.page {
        TestPage::Inline(html) => RawDoc::page(html),
        TestPage::Fixture(path) => {
            let path = folder.ok_or("there is no folder to look for the page in")?.join(path);
            let mut documents = input::open(&[path], InputOptions::default());
            documents.next().ok_or("the page is empty")?.map_err(|error| format!("cannot read {error}"))?
        }
    };
    document.url = test.url.clone().or(document.url);
    document.captured = test.captured.or(document.captured);
    Ok(document)
}

/// How the article differs from what is expected; `None` when it does not.
fn difference(expected: &Expected, cleaned: &Cleaned) -> Option<String> {
    let text = cleaned.text();
    let metadata = &cleaned.metadata;
    let (holds, message) = match expected {
        Expected::Title(title) => {
            let found = metadata.title.as_ref().map(|found| found.value.as_str());
            (found == Some(title), told("title", found))
        }
        Expected::Byline(names) => {
            let found = metadata.authors.as_ref().map_or(&[][..], |found| &found.value);
            (found == names, told("byline", (!found.is_empty()).then(|| found.join("`, `")).as_deref()))
        }
        Expected::Date(date) => {
            let found = metadata.date.as_ref().map(|found| found.value.as_str());
            (found.and_then(|found| found.get(..10)) == Some(&date.to_string()), told("date", found))
        }
        Expected::Body(body) => (text == *body, told("body", Some(&text.replace('\n', "\\n")))),
        Expected::First(start) => (text.starts_with(start), told("first line", text.lines().next())),
        Expected::Last(end) => (text.ends_with(end), told("last line", text.lines().last())),
        Expected::Contains(part) => (text.contains(part), "this is not in the body".to_owned()),
        Expected::Absent(part) => {
            let line = text.lines().find(|line| line.contains(part)).unwrap_or_default();
            (!text.contains(part), format!("this is in the body: `{}`", shortened(line)))
        }
        Expected::Words(least, most) => {
            let found = text.split_whitespace().count();
            ((*least..=*most).contains(&found), format!("the body has {found} words"))
        }
    };
    (!holds).then_some(message)
}

fn told(what: &str, found: Option<&str>) -> String {
    match found {
        Some(found) if !found.is_empty() => format!("the {what} is `{}`", shortened(found)),
        _ => format!("there is no {what}"),
    }
}

/// Characters of a text that a message shows.
const SHOWN: usize = 200;

fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// What the rules met on the page that may be the cause.
fn hint(cleaned: &Cleaned) -> Option<String> {
    if cleaned.flags.contains(&Flag::RuleMissed) {
        return Some("no entry of [body] select found enough on this page".to_owned());
    }
    let refused = cleaned.flags.contains(&Flag::RuleRefused);
    refused.then(|| "a guard refused a strip or cut that takes too much of this page".to_owned())
}
