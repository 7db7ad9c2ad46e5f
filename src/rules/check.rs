//! Checking a folder of rule files, and telling which file a page would get.

use std::collections::HashSet;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use serde::Serialize;

use super::diagnostic::{Code, Diagnostic};
use super::host;
use super::set::RuleSet;
use super::source::{self, Place, Source};

/// What was found in a folder of rule files.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Checked {
    /// Errors, failed tests and warnings, sorted by place.
    pub diagnostics: Vec<Diagnostic>,
    /// Files of the folder.
    pub files: usize,
    /// Patterns in them.
    pub patterns: usize,
    /// Tests that were run.
    pub tests: usize,
    /// Tests on pages that were not run.
    pub tests_on_pages: usize,
    /// How many of the diagnostics are errors or failed tests.
    pub errors: usize,
    /// How many only warn.
    pub warnings: usize,
    #[serde(skip)]
    rules: Arc<RuleSet>,
}

impl fmt::Display for Checked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for diagnostic in &self.diagnostics {
            writeln!(f, "{diagnostic}")?;
        }
        let Self { files, patterns, tests, tests_on_pages, errors, warnings, .. } = self;
        write!(f, "{files} files, {patterns} patterns, {tests} tests run")?;
        if *tests_on_pages > 0 {
            write!(f, " ({tests_on_pages} tests on pages not run)")?;
        }
        write!(f, ": {errors} errors, {warnings} warnings")
    }
}

impl Checked {
    /// The rules, as far as they could be read.
    pub(crate) fn rules(&self) -> &Arc<RuleSet> {
        &self.rules
    }

    /// Whether a file has errors (a failed test is none).
    pub(crate) fn has_errors_in(&self, file: &str) -> bool {
        let faulty = |found: &Diagnostic| !found.code.is_warning() && found.code != Code::T01;
        self.diagnostics.iter().any(|found| *found.file == *file && faulty(found))
    }

    /// Adds what came of tests on pages.
    pub(crate) fn add_page_tests(&mut self, run: usize, failures: impl Iterator<Item = Diagnostic>) {
        let before = self.diagnostics.len();
        self.diagnostics.extend(failures);
        self.errors += self.diagnostics.len() - before;
        self.diagnostics.sort();
        self.tests_on_pages -= run;
        self.tests += run;
    }
}

impl RuleSet {
    /// Checks the files of a folder as they would be loaded, over the shipped ones, and runs their tests on lines;
    /// those on pages are for [`crate::proof`].
    #[must_use]
    pub fn check_folder(folder: &Path) -> Checked {
        let mut diagnostics = vec![];
        let sources = source::collect(Some(folder), &mut diagnostics);
        Self::check(&sources, diagnostics)
    }

    /// Checks texts in memory as [`RuleSet::from_texts`] would load them, and runs their tests on lines.
    pub fn check_texts<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Checked {
        let mut diagnostics = vec![];
        let sources = source::from_texts(files, &mut diagnostics);
        Self::check(&sources, diagnostics)
    }

    fn check(sources: &[Arc<Source>], mut diagnostics: Vec<Diagnostic>) -> Checked {
        let (rules, found) = Self::of_sources(sources, true);
        diagnostics.extend(found);
        let report = rules.run_tests_of(|file| !file.source.shipped);
        diagnostics.extend(report.failures);
        let shipped: HashSet<&Arc<str>> =
            sources.iter().filter(|source| source.shipped).map(|source| &source.name).collect();
        // Shipped files are only told of when the folder made errors of them.
        diagnostics.retain(|found| !found.code.is_warning() || !shipped.contains(&found.file));
        diagnostics.sort();
        let rules = Arc::new(rules);
        let own = || rules.files.iter().filter(|file| !file.source.shipped);
        let warnings = diagnostics.iter().filter(|diagnostic| diagnostic.code.is_warning()).count();
        Checked {
            files: own().count(),
            patterns: own().map(|file| file.paths().len()).sum(),
            tests: report.run,
            tests_on_pages: report.on_pages,
            errors: diagnostics.len() - warnings,
            warnings,
            diagnostics,
            rules: rules.clone(),
        }
    }

    /// Which files apply to a page, and which claim its host but do not.
    #[must_use]
    pub fn which(&self, url: &str) -> Which {
        let mut which = Which { url: url.to_owned(), ..Which::default() };
        let Some((host, path)) = host::of_url(url) else { return which };
        let best = self.best_claim(&host, &path);
        for claimed in self.claims(&host, &path) {
            let file = &self.files[claimed.file];
            let at = file.hosts.iter().find(|(claim, _)| *claim == claimed.claim).map_or(0, |(_, at)| *at);
            let claimant = Claimant {
                file: file.source.name.to_string(),
                line: file.source.position(at).0,
                claim: claimed.claim.to_string(),
                why: String::new(),
            };
            match best {
                Some(best) if std::ptr::eq(best, claimed) => which.chosen = Some(claimant),
                Some(best) => {
                    let why = if best.file == claimed.file {
                        "the same file".to_owned()
                    } else if best.claim == claimed.claim {
                        "local/ wins over sites/".to_owned()
                    } else {
                        best.claim.beats(&claimed.claim).to_owned()
                    };
                    which.passed_over.push(Claimant { why, ..claimant });
                }
                None => {}
            }
        }
        which.passed_over.retain(|claimant| claimant.why != "the same file");
        which.host = Some(host);
        let site = best.map(|best| best.file);
        let names = |numbers: &[usize]| -> Vec<String> {
            numbers.iter().map(|&number| self.files[number].source.name.to_string()).collect()
        };
        which.overlays = names(site.map_or(&[], |site| self.overlays(site)));
        let overlays = site.map_or(&[][..], |site| self.overlays(site)).iter().rev().copied();
        match overlays.chain(site).find_map(|number| self.lineage(number)) {
            Some(lineage) => which.families = names(lineage),
            None => which.families_by_fingerprint = names(self.fingerprinted()),
        }
        which.layouts = site.map_or_else(Vec::new, |site| {
            self.files[site].layouts.iter().map(|layout| layout.name.clone()).collect()
        });
        let generic = self.files.iter().filter(|file| file.source.place == Place::Generic);
        which.generic = generic.count();
        which
    }
}

/// A file's claim on a page.
#[derive(Debug, Clone, Serialize)]
pub struct Claimant {
    /// The file.
    pub file: String,
    /// The line of the claim.
    pub line: u32,
    /// The entry of `hosts`.
    pub claim: String,
    /// Why it was passed over; empty for the file that was chosen.
    pub why: String,
}

/// The files that apply to a page, as `copydesk rules which` shows them.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Which {
    /// The URL that was asked about.
    pub url: String,
    /// Its host, as files claim it; none when the URL has none.
    pub host: Option<String>,
    /// The site's file.
    pub chosen: Option<Claimant>,
    /// Files that claim the page too.
    pub passed_over: Vec<Claimant>,
    /// Files that lie over the site's, weakest first.
    pub overlays: Vec<String>,
    /// Families that the file names, strongest first.
    pub families: Vec<String>,
    /// Families that apply if the page has their fingerprint.
    pub families_by_fingerprint: Vec<String>,
    /// Layouts of the site's file; the page and its date choose.
    pub layouts: Vec<String>,
    /// Number of generic files, which apply to every page.
    pub generic: usize,
}

impl fmt::Display for Which {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.host {
            Some(host) => writeln!(f, "host: {host}")?,
            None => writeln!(f, "host: none in `{}`", self.url)?,
        }
        match &self.chosen {
            Some(Claimant { file, line, claim, .. }) => writeln!(f, "site: {file}:{line} (claims {claim})")?,
            None => writeln!(f, "site: no file claims it")?,
        }
        for Claimant { file, line, claim, why } in &self.passed_over {
            writeln!(f, "not:  {file}:{line} (claims {claim}): {why}")?;
        }
        let lists = [
            ("laid over it", &self.overlays),
            ("families", &self.families),
            ("families, if the page has their fingerprint", &self.families_by_fingerprint),
            ("layouts, chosen by the page", &self.layouts),
        ];
        for (title, list) in lists.into_iter().filter(|(_, list)| !list.is_empty()) {
            writeln!(f, "{title}: {}", list.join(", "))?;
        }
        write!(f, "generic files: {}", self.generic)
    }
}
