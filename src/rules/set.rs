//! All rules of a run: the files, the index by host, and the chains made of them.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::{Arc, RwLock};

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::chain::{Chain, Generic, Part, names_pattern, short_hash};
use super::diagnostic::{Code, Diagnostic, RuleErrors, closest};
use super::element::Interned;
use super::host::{self, Claimed, HostIndex};
use super::parse;
use super::schema::{Condition, Lines, Named, RuleFile};
use super::source::{self, Place, Source};
use super::strip::StripSet;
use super::swallowed;
use crate::dom::Dom;
use crate::dom::select::SelectorSet;

/// Files that may extend each other, one after the other.
const MAX_DEPTH: usize = 4;

/// Replacements of one text in one page.
const MAX_REWRITES: usize = 10_000;

/// A file that applies to a page, and the layout that the page has.
type Chosen = (usize, Option<usize>);

/// All rules of a run, compiled. Shared by all workers.
#[derive(Debug, Default)]
pub struct RuleSet {
    pub(super) files: Vec<Arc<RuleFile>>,
    generic: Arc<Generic>,
    hosts: HostIndex,
    /// For each file its families, strongest first; `None` when fingerprints decide.
    lineages: Vec<Option<Vec<usize>>>,
    /// Files that lie over another, by its number.
    overlays: HashMap<usize, Vec<usize>>,
    /// Families with a fingerprint, and the selectors of those that have one.
    fingerprinted: Vec<usize>,
    probes: SelectorSet,
    probe_owners: Vec<usize>,
    /// For a test: the file whose rules apply, whatever the address.
    pinned: Option<usize>,
    /// Whether any file replaces texts in pages before they are parsed.
    rewrites: bool,
    /// For a test: a body may have any number of words.
    any_length: bool,
    chains: RwLock<HashMap<Vec<Chosen>, Arc<Chain>>>,
}

const _: fn() = || {
    fn shared<T: Send + Sync>() {}
    shared::<RuleSet>();
    shared::<Chain>();
};

impl RuleSet {
    /// The shipped rules, with those of `folder` laid over them file by file: a file of the same relative
    /// path replaces, others add. Without the rules of single sites and families when `sites` is false.
    ///
    /// # Errors
    /// All errors of all files.
    pub fn load(folder: Option<&Path>, sites: bool) -> Result<Self, RuleErrors> {
        let mut diagnostics = vec![];
        let mut sources = source::collect(folder, &mut diagnostics);
        sources.retain(|source| sites || source.place == Place::Generic);
        let (rules, found) = Self::of_sources(&sources, false);
        diagnostics.extend(found);
        if diagnostics.is_empty() { Ok(rules) } else { Err(RuleErrors::new(diagnostics)) }
    }

    /// Rules out of texts in memory, each with the path it would have (`sites/a.toml`), and nothing else.
    ///
    /// # Errors
    /// All errors of all texts.
    ///
    /// ```
    /// use copydesk::rules::{Line, RuleSet};
    ///
    /// let site = r#"
    /// format = 1
    /// hosts = ["fjordcourier.example"]
    /// [lines]
    /// read-more = ['^Read more: ']
    /// "#;
    /// let rules = RuleSet::from_texts([("sites/fjordcourier.toml", site)])?;
    /// let chain = rules.chain(Some("https://www.fjordcourier.example/17"), None, None);
    /// let line = Line { text: "Read more: ferry strike", from_head: 9, from_tail: 0, lang: None };
    /// let hit = chain.line(&line).expect("the pattern matches");
    /// assert_eq!(hit.rule.to_string(), "sites/fjordcourier.toml:5");
    /// # Ok::<(), copydesk::rules::RuleErrors>(())
    /// ```
    pub fn from_texts<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, RuleErrors> {
        let mut diagnostics = vec![];
        let sources = source::from_texts(files, &mut diagnostics);
        let (rules, found) = Self::of_sources(&sources, false);
        diagnostics.extend(found);
        if diagnostics.is_empty() { Ok(rules) } else { Err(RuleErrors::new(diagnostics)) }
    }

    /// SHA-256 of all files' names and texts, in hexadecimal digits.
    #[must_use]
    pub fn digest(&self) -> String {
        let mut hash = Sha256::new();
        for file in &self.files {
            for part in [file.source.id.as_bytes(), file.source.text.as_bytes()] {
                hash.update((part.len() as u64).to_le_bytes());
                hash.update(part);
            }
        }
        hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Compiles files, and tells what is wrong with them.
    pub(super) fn of_sources(sources: &[Arc<Source>], warn: bool) -> (Self, Vec<Diagnostic>) {
        let mut interned = Interned::default();
        let read: Vec<_> = if warn {
            // A check compiles every pattern, which takes a hundred times as long as reading them.
            sources.par_iter().map(|source| parse::read(source, &mut Interned::default(), true)).collect()
        } else {
            sources.iter().map(|source| parse::read(source, &mut interned, false)).collect()
        };
        let mut diagnostics = vec![];
        let mut files = vec![];
        for (file, found) in read {
            diagnostics.extend(found);
            files.push(Arc::new(file));
        }
        let (generic, files): (Vec<_>, Vec<_>) =
            files.into_iter().partition(|file| file.source.place == Place::Generic);
        let mut rules = Self { generic: Arc::new(merge_generic(&generic)), files, ..Self::default() };
        rules.index_hosts(&mut diagnostics);
        rules.link_overlays(&mut diagnostics);
        rules.link_families(&mut diagnostics);
        rules.check_exceptions(&generic, &mut diagnostics);
        if warn {
            swallowed::warn(&rules, &generic, &mut diagnostics);
        }
        rules.files.extend(generic);
        rules.rewrites = rules.files.iter().any(|file| !file.base.rewrites.is_empty());
        (rules, diagnostics)
    }

    fn index_hosts(&mut self, diagnostics: &mut Vec<Diagnostic>) {
        for (number, file) in self.files.iter().enumerate() {
            for (claim, _) in &file.hosts {
                self.hosts.insert(claim.clone(), number);
            }
        }
        for (claim, claimants) in self.hosts.claimed_by_several() {
            for place in [Place::Site, Place::Local] {
                let same = claimants.iter().map(|&number| &self.files[number]);
                let mut same: Vec<_> = same.filter(|file| file.source.place == place).collect();
                // Of a shipped file and the user's, the user's is told of it.
                same.sort_by_key(|file| !file.source.shipped);
                let at = |file: &RuleFile| {
                    file.hosts.iter().find(|(other, _)| other == claim).map_or(0, |(_, at)| *at)
                };
                for second in same.iter().skip(1) {
                    let first = &same[0].source;
                    let (line, column, _) = first.position(at(same[0]));
                    let message = format!("`{claim}` is claimed by {}:{line}:{column} too", first.name);
                    let hint = if place == Place::Site {
                        "a file in local/ wins over one in sites/; a file of the same name replaces it"
                    } else {
                        "one site's rules stand in one file"
                    };
                    let hint = Some(hint.to_owned());
                    diagnostics.push(second.source.diagnostic(at(second), Code::E31, message, hint));
                }
            }
        }
    }

    fn link_overlays(&mut self, diagnostics: &mut Vec<Diagnostic>) {
        for (number, file) in self.files.iter().enumerate() {
            let Some(overlay) = &file.overlay else { continue };
            match self.site_of_id(&overlay.name) {
                Some(target) => self.overlays.entry(target).or_default().push(number),
                None => diagnostics.push(self.names_nothing(&file.source, overlay, "site", Place::Site)),
            }
        }
    }

    fn names_nothing(&self, source: &Source, named: &Named, what: &str, place: Place) -> Diagnostic {
        let ids = self.files.iter().filter(|file| file.source.place == place).map(|file| &*file.source.id);
        let hint = closest(&named.name, ids).map(|near| format!("did you mean `{near}`?"));
        let message = format!("there is no {what} `{}`", named.name);
        source.diagnostic(named.at, Code::E33, message, hint)
    }

    fn link_families(&mut self, diagnostics: &mut Vec<Diagnostic>) {
        let families: HashMap<&str, usize> = (0..)
            .zip(&self.files)
            .filter(|(_, file)| file.source.place == Place::Family)
            .map(|(number, file)| (&*file.source.id, number))
            .collect();
        let mut lineages = vec![];
        for (number, file) in self.files.iter().enumerate() {
            let mut named = vec![];
            for name in file.extends.iter().flatten() {
                match families.get(name.name.as_str()) {
                    Some(&family) => named.push((name, family)),
                    None => diagnostics.push(self.names_nothing(&file.source, name, "family", Place::Family)),
                }
            }
            let mut lineage = vec![];
            for (name, family) in named.into_iter().rev() {
                let mut path = vec![number];
                if let Err(problem) = self.climb(&families, family, &mut path, &mut lineage) {
                    diagnostics.push(file.source.diagnostic(name.at, Code::E32, problem, None));
                }
            }
            lineages.push(file.extends.is_some().then_some(lineage));
        }
        self.lineages = lineages;
        let mut probes = vec![];
        for (number, file) in self.files.iter().enumerate() {
            let Some(condition) = &file.fingerprint else { continue };
            self.fingerprinted.push(number);
            if let Some(has) = &condition.has {
                probes.push(has.clone());
                self.probe_owners.push(number);
            }
        }
        self.probes = SelectorSet::new(probes);
    }

    /// Adds a family and those it extends to a lineage, stronger ones first. `path` has the files that led
    /// here.
    fn climb(
        &self,
        families: &HashMap<&str, usize>,
        family: usize,
        path: &mut Vec<usize>,
        lineage: &mut Vec<usize>,
    ) -> Result<(), String> {
        path.push(family);
        let show = || {
            let ids = path.iter().map(|&number| &*self.files[number].source.id);
            ids.collect::<Vec<_>>().join(" > ")
        };
        if path[..path.len() - 1].contains(&family) {
            return Err(format!("`extends` goes in a circle: {}", show()));
        }
        if path.len() > MAX_DEPTH + 1 {
            return Err(format!("`extends` goes deeper than {MAX_DEPTH}: {}", show()));
        }
        if !lineage.contains(&family) {
            lineage.push(family);
            for name in self.files[family].extends.iter().flatten().rev() {
                if let Some(&above) = families.get(name.name.as_str()) {
                    self.climb(families, above, path, lineage)?;
                }
            }
        }
        path.pop();
        Ok(())
    }

    /// Every `except` must name a pattern of a generic file, a family, or the file it lies over.
    fn check_exceptions(&self, generic: &[Arc<RuleFile>], diagnostics: &mut Vec<Diagnostic>) {
        for file in self.files.iter().filter(|file| !file.except.is_empty()) {
            let overlaid = file.overlay.as_ref().map(|overlay| overlay.name.as_str());
            let inherited = |other: &&Arc<RuleFile>| match other.source.place {
                Place::Generic | Place::Family => true,
                Place::Site => overlaid == Some(&*other.source.id),
                Place::Local => false,
            };
            for except in &file.except {
                let others = generic.iter().chain(&self.files).filter(inherited);
                let others = others.filter(|other| except.name.starts_with(&*other.source.id));
                let paths: Vec<Arc<str>> = others.flat_map(|other| other.paths()).collect();
                let depth = 3 + usize::from(except.name.starts_with("generic/"));
                let whole = except.name.split('/').count() >= depth;
                if whole && paths.iter().any(|path| names_pattern(&except.name, path)) {
                    continue;
                }
                let near = closest(&except.name, paths.iter().map(|path| &**path));
                let hint = match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "an address is id/section/kind or id/section/kind/pattern".to_owned(),
                };
                let message = format!("`{}` names no inherited pattern", except.name);
                diagnostics.push(file.source.diagnostic(except.at, Code::E33, message, Some(hint)));
            }
        }
    }

    /// The rules that apply to a page, merged. The same chain is given to all pages with the same files
    /// and layouts. Without a `dom` no condition on the page holds; without a date the newest layout is
    /// taken.
    #[must_use]
    pub fn chain(
        &self,
        url: Option<&str>,
        dom: Option<&Dom<'_>>,
        captured: Option<jiff::civil::Date>,
    ) -> Arc<Chain> {
        let place = url.and_then(host::of_url);
        let path = place.as_ref().map_or("", |(_, path)| path);
        let page = Page { path, dom, date: captured.unwrap_or(jiff::civil::Date::MAX) };
        let claimed = || place.as_ref().and_then(|(host, path)| self.best_claim(host, path));
        let site = self.pinned.or_else(|| claimed().map(|claimed| claimed.file));
        let key: Vec<Chosen> = self
            .files_for(site, &page)
            .into_iter()
            .map(|number| {
                let mut layouts = self.files[number].layouts.iter();
                (number, layouts.position(|layout| page.fulfils(&layout.condition)))
            })
            .collect();
        if let Some(chain) = self.chains.read().ok().and_then(|chains| chains.get(&key).cloned()) {
            return chain;
        }
        let part = |&(number, layout): &Chosen| Part { file: self.files[number].clone(), layout };
        let chain = Chain::new(&self.generic, &key.iter().map(part).collect::<Vec<_>>());
        let chain = Arc::new(if self.any_length { chain.of_any_length() } else { chain });
        match self.chains.write() {
            Ok(mut chains) => chains.entry(key).or_insert(chain).clone(),
            Err(_) => chain,
        }
    }

    /// The page with the replacements `on = "html"` made: those of the site's file, of what lies over it, and of the
    /// families it names. Which families and layouts a page has by itself shows only when it is parsed.
    #[must_use]
    pub fn rewrite<'h>(&self, html: &'h str, url: Option<&str>) -> Cow<'h, str> {
        let mut html = Cow::Borrowed(html);
        if !self.rewrites {
            return html;
        }
        let place = url.and_then(host::of_url);
        let claimed = || place.as_ref().and_then(|(host, path)| self.best_claim(host, path));
        let Some(site) = self.pinned.or_else(|| claimed().map(|claimed| claimed.file)) else { return html };
        let overlays = self.overlays(site).iter().rev().copied();
        let own: Vec<usize> = overlays.chain([site]).collect();
        let families = own.iter().find_map(|&number| self.lineage(number)).unwrap_or_default();
        let mut off: Vec<&str> = vec![];
        for &number in own.iter().chain(families.iter().filter(|family| !own.contains(family))) {
            let file = &self.files[number];
            for rule in &file.base.rewrites {
                let excepted = off.iter().any(|except| names_pattern(except, &rule.address.path));
                if !excepted && html.contains(&rule.find) {
                    html = html.replacen(&rule.find, &rule.with, MAX_REWRITES).into();
                }
            }
            off.extend(file.except.iter().map(|except| except.name.as_str()));
        }
        html
    }

    /// The same rules for a test: `file` applies whatever the address, and a body may have `any_length`.
    pub(super) fn pinned(&self, file: Option<usize>, any_length: bool) -> Self {
        Self {
            files: self.files.clone(),
            generic: self.generic.clone(),
            lineages: self.lineages.clone(),
            overlays: self.overlays.clone(),
            fingerprinted: self.fingerprinted.clone(),
            probes: self.probes.clone(),
            probe_owners: self.probe_owners.clone(),
            pinned: file,
            rewrites: self.rewrites,
            any_length,
            ..Self::default()
        }
    }

    /// The site's file of this id.
    pub(super) fn site_of_id(&self, id: &str) -> Option<usize> {
        self.files.iter().position(|file| file.source.place == Place::Site && *file.source.id == *id)
    }

    /// The files that apply to a page, strongest first.
    fn files_for(&self, site: Option<usize>, page: &Page<'_>) -> Vec<usize> {
        let mut files = vec![];
        if let Some(site) = site {
            files.extend(self.overlays.get(&site).into_iter().flatten().rev());
            files.push(site);
        }
        let families = match files.iter().find_map(|&number| self.lineages[number].as_ref()) {
            Some(lineage) => lineage.clone(),
            None => self.families_by_fingerprint(page),
        };
        for family in families {
            if !files.contains(&family) {
                files.push(family);
            }
        }
        files
    }

    /// Families whose fingerprint the page has, and those they extend, strongest first.
    fn families_by_fingerprint(&self, page: &Page<'_>) -> Vec<usize> {
        if self.fingerprinted.is_empty() {
            return vec![];
        }
        let mut probed = BTreeSet::new();
        if let Some(dom) = page.dom {
            self.probes.find_all(dom, |_, probe| {
                probed.insert(self.probe_owners[probe]);
            });
        }
        let mut families = vec![];
        for &family in self.fingerprinted.iter().rev() {
            let Some(condition) = &self.files[family].fingerprint else { continue };
            let path_fits = condition.path.as_ref().is_none_or(|regex| regex.is_match(page.path));
            if path_fits && (condition.has.is_none() || probed.contains(&family)) {
                families.push(family);
                families.extend(self.lineages[family].iter().flatten());
            }
        }
        families
    }

    /// The strongest claim on a page.
    pub(super) fn best_claim(&self, host: &str, path: &str) -> Option<&Claimed> {
        let strength = |claimed: &&Claimed| (claimed.claim.rank(), self.files[claimed.file].source.place);
        self.hosts.find(host, path).into_iter().max_by_key(strength)
    }

    /// All claims on a page.
    pub(super) fn claims(&self, host: &str, path: &str) -> Vec<&Claimed> {
        self.hosts.find(host, path)
    }

    /// Families by name that a file extends, strongest first; `None` when fingerprints decide.
    pub(super) fn lineage(&self, file: usize) -> Option<&[usize]> {
        self.lineages.get(file)?.as_deref()
    }

    /// Families with a fingerprint.
    pub(super) fn fingerprinted(&self) -> &[usize] {
        &self.fingerprinted
    }

    /// Files that lie over another.
    pub(super) fn overlays(&self, file: usize) -> &[usize] {
        self.overlays.get(&file).map_or(&[], Vec::as_slice)
    }
}

/// What conditions look at.
struct Page<'a> {
    path: &'a str,
    dom: Option<&'a Dom<'a>>,
    date: jiff::civil::Date,
}

impl Page<'_> {
    fn fulfils(&self, condition: &Condition) -> bool {
        condition.from.is_none_or(|from| from <= self.date)
            && condition.until.is_none_or(|until| self.date <= until)
            && condition.path.as_ref().is_none_or(|regex| regex.is_match(self.path))
            && condition
                .has
                .as_ref()
                .is_none_or(|has| self.dom.is_some_and(|dom| !has.find_all(dom, 0).is_empty()))
    }
}

fn merge_generic(files: &[Arc<RuleFile>]) -> Generic {
    let texts = files.iter().flat_map(|file| [file.source.id.as_bytes(), file.source.text.as_bytes()]);
    let patterns = files.iter().flat_map(|file| file.base.lines.patterns.iter().cloned());
    let strip = files.iter().flat_map(|file| file.base.strip.iter().cloned());
    Generic {
        name: format!("generic@{}", short_hash(texts)),
        lines: Lines::new(patterns.collect()),
        strip: Arc::new(StripSet::new(strip.collect())),
    }
}
