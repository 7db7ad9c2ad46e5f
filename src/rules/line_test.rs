//! Runs the tests on lines that rule files carry; those on pages need the cleaner ([`crate::proof`]).

use super::diagnostic::{Code, Diagnostic};
use super::lines::{FoldedLine, Line};
use super::schema::{Named, RuleFile};
use super::set::RuleSet;

/// What came of the tests.
#[derive(Debug, Default, Clone)]
pub struct TestReport {
    /// Tests that were run.
    pub run: usize,
    /// Tests on a page: they need the cleaner and are not run here.
    pub on_pages: usize,
    /// A diagnostic for each line that a test is wrong about, sorted by place.
    pub failures: Vec<Diagnostic>,
}

impl RuleSet {
    /// Runs the `drops` and `keeps` of all files. Only a file's own line patterns count, those of its
    /// layouts with them, and neither where a line stands nor its language is asked.
    #[must_use]
    pub fn run_tests(&self) -> TestReport {
        self.run_tests_of(|_| true)
    }

    pub(super) fn run_tests_of(&self, wanted: impl Fn(&RuleFile) -> bool) -> TestReport {
        let mut report = TestReport::default();
        for file in self.files.iter().filter(|file| wanted(file)) {
            for test in &file.tests {
                report.on_pages += usize::from(test.page.is_some());
                report.run += usize::from(!test.drops.is_empty() || !test.keeps.is_empty());
                let kept = test.drops.iter().filter(|line| dropped_by(file, line).is_none());
                report.failures.extend(kept.map(|line| {
                    let hint = hint(file, line);
                    failure(file, line, "test failed: this line is kept".to_owned(), hint)
                }));
                for line in &test.keeps {
                    if let Some((pattern, at)) = dropped_by(file, line) {
                        let message = format!("test failed: this line is dropped by line {at}, {pattern}");
                        report.failures.push(failure(file, line, message, None));
                    }
                }
            }
        }
        report.failures.sort();
        report
    }
}

fn failure(file: &RuleFile, line: &Named, message: String, hint: Option<String>) -> Diagnostic {
    file.source.diagnostic(line.at, Code::T01, message, hint)
}

fn hint(file: &RuleFile, line: &Named) -> Option<String> {
    let protected = file.protect.lines.iter().any(|regex| regex.is_match(&super::fold::fold(&line.name)));
    if protected {
        return Some("`protect` keeps it".to_owned());
    }
    let long = line.name.chars().count() as u32;
    let limit = file.sections().map(|sections| sections.lines.engine().longest()).max()?;
    (limit > 0 && long > limit)
        .then(|| format!("it has {long} characters; no pattern looks at more than {limit}"))
}

/// The file's own pattern that drops the line, and where it stands.
fn dropped_by(file: &RuleFile, line: &Named) -> Option<(String, u32)> {
    let at = Line { text: &line.name, from_head: 0, from_tail: 0, lang: None };
    let longest = file.sections().map(|sections| sections.lines.engine().longest()).max()?;
    let folded = FoldedLine::new(&at, longest)?;
    let pattern = file.sections().find_map(|sections| sections.lines.engine().find(&folded, |_| true))?;
    let protected = file.protect.lines.iter().any(|regex| regex.is_match(folded.text()));
    (!protected).then(|| (pattern.address.path.to_string(), pattern.address.line))
}
