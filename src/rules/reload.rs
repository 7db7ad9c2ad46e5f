//! Rules that are read again while a run goes on.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use super::diagnostic::{Diagnostic, RuleErrors};
use super::set::RuleSet;
use super::source::{self, Place, Source};

/// Reads a folder of rules again and again. A file with an error keeps its last good version.
#[derive(Debug)]
pub struct Reloader {
    folder: PathBuf,
    sites: bool,
    /// The files of the last good set, by name.
    last: BTreeMap<Arc<str>, Arc<Source>>,
}

impl Reloader {
    /// Loads as [`RuleSet::load`] does.
    ///
    /// # Errors
    /// All errors of all files.
    pub fn start(folder: PathBuf, sites: bool) -> Result<(Self, RuleSet), RuleErrors> {
        let mut reloader = Self { folder, sites, last: BTreeMap::new() };
        let (files, mut diagnostics) = reloader.read();
        let sources: Vec<_> = files.values().cloned().collect();
        let (rules, found) = RuleSet::of_sources(&sources, false);
        diagnostics.extend(found);
        if !diagnostics.is_empty() {
            return Err(RuleErrors::new(diagnostics));
        }
        reloader.last = files;
        Ok((reloader, rules))
    }

    /// Loads again, and tells what is wrong with files that keep their last good version, or are left out if they have
    /// none.
    pub fn reload(&mut self) -> (RuleSet, Vec<Diagnostic>) {
        let (mut files, mut diagnostics) = self.read();
        let mut broken: BTreeSet<Arc<str>> =
            diagnostics.iter().map(|error| Arc::clone(&error.file)).collect();
        loop {
            for name in &broken {
                match self.last.get(name) {
                    Some(good) => _ = files.insert(Arc::clone(name), Arc::clone(good)),
                    None => _ = files.remove(name),
                }
            }
            let sources: Vec<_> = files.values().cloned().collect();
            let (rules, found) = RuleSet::of_sources(&sources, false);
            let before = broken.len();
            broken.extend(found.iter().map(|error| Arc::clone(&error.file)));
            let is_sound = found.is_empty();
            diagnostics.extend(found);
            if is_sound {
                self.last = files;
                return (rules, diagnostics);
            }
            if broken.len() == before {
                // Good files may not go together with new ones; all of the last set do.
                let sources: Vec<_> = self.last.values().cloned().collect();
                return (RuleSet::of_sources(&sources, false).0, diagnostics);
            }
        }
    }

    fn read(&self) -> (BTreeMap<Arc<str>, Arc<Source>>, Vec<Diagnostic>) {
        let mut diagnostics = vec![];
        let mut sources = source::collect(Some(&self.folder), &mut diagnostics);
        sources.retain(|source| self.sites || source.place == Place::Generic);
        (sources.into_iter().map(|source| (Arc::clone(&source.name), source)).collect(), diagnostics)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_broken_file_keeps_its_last_good_version() {
        let folder = tempfile::tempdir().unwrap();
        let sites = folder.path().join("sites");
        fs::create_dir(&sites).unwrap();
        let file = |name: &str, line: &str| {
            let host = name.replace(".toml", ".example");
            let text = format!("format = 1\nhosts = [\"{host}\"]\n[lines]\nrelated = ['{line}']\n");
            fs::write(sites.join(name), text).unwrap();
        };
        let drops = |rules: &RuleSet, host: &str, text: &str| {
            let line = crate::rules::Line { text, from_head: 9, from_tail: 9, lang: None };
            rules.chain(Some(host), None, None).line(&line).is_some()
        };
        file("a.toml", "^one$");
        file("b.toml", "^one$");
        let (mut reloader, rules) = Reloader::start(folder.path().to_owned(), true).unwrap();
        assert!(drops(&rules, "a.example", "one") && !drops(&rules, "a.example", "two"));

        file("a.toml", "^(two$");
        file("b.toml", "^two$");
        file("c.toml", "^(two$");
        let (rules, told) = reloader.reload();
        let named: BTreeSet<_> = told.iter().map(|error| error.file.rsplit('/').next().unwrap()).collect();
        assert_eq!(named, BTreeSet::from(["a.toml", "c.toml"]));
        assert!(drops(&rules, "a.example", "one") && !drops(&rules, "a.example", "two"));
        assert!(drops(&rules, "b.example", "two") && !drops(&rules, "b.example", "one"));

        file("a.toml", "^two$");
        fs::remove_file(sites.join("c.toml")).unwrap();
        fs::remove_file(sites.join("b.toml")).unwrap();
        let (rules, told) = reloader.reload();
        assert!(told.is_empty() && drops(&rules, "a.example", "two") && !drops(&rules, "b.example", "two"));
    }

    #[test]
    fn files_that_do_not_go_together_leave_all_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let sites = folder.path().join("sites");
        fs::create_dir(&sites).unwrap();
        let write = |name: &str, host: &str| {
            fs::write(sites.join(name), format!("format = 1\nhosts = [\"{host}\"]\n")).unwrap();
        };
        write("a.toml", "a.example");
        write("b.toml", "b.example");
        let (mut reloader, _) = Reloader::start(folder.path().to_owned(), true).unwrap();
        // Each takes the other's host, and one of them is broken besides.
        write("a.toml", "b.example");
        write("b.toml", "nothing of the kind");
        let (rules, told) = reloader.reload();
        assert!(!told.is_empty());
        let file = |host: &str| {
            rules.which(host).chosen.map(|chosen| chosen.file.rsplit('/').next().unwrap().to_owned())
        };
        assert_eq!((file("a.example"), file("b.example")), (Some("a.toml".into()), Some("b.toml".into())));
    }
}
