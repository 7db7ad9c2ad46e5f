//! Rewriting what tests on fixtures expect, after somebody has looked at the articles and found them right.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use toml_edit::{Array, DocumentMut, Value};

use super::{difference, document};
use crate::cleaner::{Cleaned, Cleaner};
use crate::labels::Model;
use crate::rules::{Checked, Expected, TestPage};

/// Characters of a `first` or `last` that is written.
const SHOWN: usize = 60;

/// A rule file that could not be rewritten.
#[derive(Debug, thiserror::Error)]
#[error("{}: {source}", path.display())]
pub struct BlessError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong.
    pub source: io::Error,
}

/// Makes the tests on fixtures of a checked folder expect what comes out now, and gives the number of expectations
/// that were rewritten in place. Comments and the rest of the file stay as they are. `contains` and `absent` are not
/// rewritten: they say what somebody wants, not what comes out. Pages inside rule files are not either.
///
/// # Errors
/// A file that cannot be read or written; those before it are rewritten.
pub fn bless(checked: &Checked, folder: &Path) -> Result<usize, BlessError> {
    let rules = checked.rules();
    let model = Arc::new(Model::shipped());
    let mut rewritten = 0;
    for tests in rules.page_tests().iter().filter(|tests| !checked.has_errors_in(tests.file())) {
        let path = Path::new(&**tests.file());
        let failed = |source| BlessError { path: path.to_owned(), source };
        let cleaner = Cleaner::with_model(Arc::new(tests.rules(rules, false)), model.clone());
        let text = fs::read_to_string(path).map_err(failed)?;
        let mut edited: DocumentMut =
            text.parse().map_err(|error| failed(io::Error::new(io::ErrorKind::InvalidData, error)))?;
        let before = rewritten;
        for (number, test) in tests.iter().filter(|(_, test)| matches!(test.page, TestPage::Fixture(_))) {
            // A page that cannot be read was told of as a failed test.
            let Some(cleaned) = document(test, Some(folder)).ok().and_then(|page| cleaner.clean(&page).ok())
            else {
                continue;
            };
            for (expected, _) in &test.expected {
                let new = difference(expected, &cleaned).and_then(|_| actual(expected, &cleaned));
                let old = edited.get_mut("test").and_then(|tests| tests.get_mut(number));
                let old =
                    old.zip(new).and_then(|(test, new)| Some((test.get_mut(new.0)?.as_value_mut()?, new.1)));
                if let Some((old, mut new)) = old {
                    *new.decor_mut() = old.decor().clone();
                    *old = new;
                    rewritten += 1;
                }
            }
        }
        if rewritten > before {
            fs::write(path, edited.to_string()).map_err(failed)?;
        }
    }
    Ok(rewritten)
}

/// The key of an expectation and the value that would fulfil it; none where there is no such value.
fn actual(expected: &Expected, cleaned: &Cleaned) -> Option<(&'static str, Value)> {
    let text = cleaned.text();
    let metadata = &cleaned.metadata;
    Some(match expected {
        Expected::Title(_) => ("title", metadata.title.as_ref()?.value.as_str().into()),
        Expected::Byline(_) => {
            let names = metadata.authors.iter().flat_map(|authors| &authors.value).map(String::as_str);
            ("byline", Value::Array(names.collect::<Array>()))
        }
        Expected::Date(_) => {
            let day: toml_edit::Datetime = metadata.date.as_ref()?.value.get(..10)?.parse().ok()?;
            ("date", day.into())
        }
        Expected::Body(_) => ("body", text.into()),
        Expected::First(_) => {
            let line = text.lines().next()?;
            let end = line.char_indices().nth(SHOWN).map_or(line.len(), |(end, _)| end);
            ("first", line[..end].trim_end().into())
        }
        Expected::Last(_) => {
            let line = text.lines().last()?;
            let start = line.char_indices().rev().nth(SHOWN - 1).map_or(0, |(start, _)| start);
            ("last", line[start..].trim_start().into())
        }
        Expected::Words(..) => {
            let words = text.split_whitespace().count() as i64;
            ("words", Value::Array([words, words].into_iter().collect::<Array>()))
        }
        Expected::Contains(_) | Expected::Absent(_) => return None,
    })
}
