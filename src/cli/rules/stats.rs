//! `copydesk rules stats`: which rules rot, told by what a run counted.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use copydesk::output::{Asked, FileUse, PatternUse};
use copydesk::rules::{FileInventory, RuleSet};
use serde::{Deserialize, Serialize};

use super::{Form, in_form};
use crate::cli::{Exit, Failure, RuleArgs, print};

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct StatsArgs {
    /// The report of a run (`clean --report`), or its output folder
    run: PathBuf,
    #[arg(long, value_enum, default_value_t = Form::Text)]
    format: Form,
    #[command(flatten)]
    rules: RuleArgs,
}

const EXAMPLES: &str = "\
Give the same --rules as the run had: what never hit is told by comparing them with its report.

Examples:
  copydesk clean dump.warc.gz -o out/ --rules rules/
  copydesk rules stats out/ --rules rules/";

/// Pages from which a selector that misses often is told.
const MISS_PAGES: u64 = 20;

/// Share of the pages that a selector may miss.
const MISS_SHARE: f64 = 0.2;

/// Pages from which a pattern without a hit is dead.
const DEAD_PAGES: u64 = 200;

/// What is read of a run's report.
#[derive(Debug, Deserialize)]
struct Run {
    documents: Documents,
    rules: Vec<PatternUse>,
    rule_files: BTreeMap<Arc<str>, FileUse>,
}

#[derive(Debug, Deserialize)]
struct Documents {
    read: u64,
}

/// What a run says of the rules.
#[derive(Debug, Default, Serialize)]
struct Stats {
    documents: u64,
    /// Files of sites and families that have something to tell, by name.
    files: Vec<FileStats>,
    /// Files of sites and families that applied to no document.
    never_applied: Vec<Arc<str>>,
    /// The same of those that ride in the binary, of which there are always many.
    shipped_never_applied: Vec<Arc<str>>,
    generic: Vec<GenericStats>,
    /// Patterns of the report that these rules do not have: the run had others.
    unknown: usize,
}

/// What a run says of a site's or family's file.
#[derive(Debug, Serialize)]
struct FileStats {
    file: Arc<str>,
    pages: u64,
    body: Asked,
    meta: BTreeMap<String, Asked>,
    /// Whether the body, or which fields, were missed too often.
    body_rots: bool,
    meta_rots: Vec<String>,
    /// Finds that a guard refused.
    refused: u64,
    layouts_never_chosen: Vec<Arc<str>>,
    /// Patterns that were asked but did not hit.
    never_hit: Vec<NeverHit>,
}

#[derive(Debug, Serialize)]
struct NeverHit {
    rule: String,
    path: Arc<str>,
    /// Pages on which it was asked.
    pages: u64,
    /// Whether these are enough to call it dead.
    dead: bool,
}

/// Generic files hold phrases of many languages, so that no run hits all of them: they are only counted.
#[derive(Debug, Serialize)]
struct GenericStats {
    file: Arc<str>,
    patterns: usize,
    never_hit: usize,
}

pub(super) fn run(args: &StatsArgs) -> Result<Exit, Failure> {
    let path = if args.run.is_dir() { args.run.join("report.json") } else { args.run.clone() };
    let text = std::fs::read_to_string(&path).map_err(Failure::read(&path))?;
    let run: Run = serde_json::from_str(&text).map_err(|error| {
        let line = error.line() as u64;
        Failure::Line { path: path.clone(), line, message: format!("not the report of a run: {error}") }
    })?;
    let rules = args.rules.load()?;
    print(&in_form(&Stats::new(&run, &rules), args.format))?;
    Ok(Exit::Done)
}

impl Stats {
    fn new(run: &Run, rules: &RuleSet) -> Self {
        let hits: HashMap<(&str, &str), u64> =
            run.rules.iter().map(|used| ((&*used.rule, &*used.path), used.hits)).collect();
        let mut stats = Self { documents: run.documents.read, ..Self::default() };
        let mut known = HashSet::new();
        for file in rules.inventory() {
            known.extend(
                file.patterns.iter().map(|(address, _)| (address.to_string(), Arc::clone(&address.path))),
            );
            let hit = |rule: &str, path: &str| hits.get(&(rule, path)).is_some_and(|&hits| hits > 0);
            if file.generic {
                let silent =
                    file.patterns.iter().filter(|(address, _)| !hit(&address.to_string(), &address.path));
                let (never_hit, patterns) = (silent.count(), file.patterns.len());
                stats.generic.push(GenericStats { file: file.name, patterns, never_hit });
            } else if let Some(used) = run.rule_files.get(&file.name) {
                stats.files.push(FileStats::new(&file, used, hit));
            } else {
                let never = match file.shipped {
                    true => &mut stats.shipped_never_applied,
                    false => &mut stats.never_applied,
                };
                never.push(file.name);
            }
        }
        let unknown = |used: &&PatternUse| !known.contains(&(used.rule.clone(), Arc::clone(&used.path)));
        stats.unknown = run.rules.iter().filter(unknown).count();
        stats.files.sort_by_key(|file| !file.rots()); // stable: then by place and name
        stats
    }
}

impl FileStats {
    fn new(file: &FileInventory, used: &FileUse, hit: impl Fn(&str, &str) -> bool) -> Self {
        let rots = |asked: &Asked| {
            let all = asked.found + asked.missed;
            all >= MISS_PAGES && asked.missed as f64 > MISS_SHARE * all as f64
        };
        let silent = file.patterns.iter().filter_map(|(address, layout)| {
            let rule = address.to_string();
            let pages =
                layout.as_ref().map_or(used.pages, |layout| used.layouts.get(layout).copied().unwrap_or(0));
            // A layout that no page has is told as a whole.
            (pages > 0 && !hit(&rule, &address.path)).then(|| NeverHit {
                rule,
                path: Arc::clone(&address.path),
                pages,
                dead: pages >= DEAD_PAGES,
            })
        });
        Self {
            file: Arc::clone(&file.name),
            pages: used.pages,
            body: used.body,
            body_rots: rots(&used.body),
            meta_rots: used
                .meta
                .iter()
                .filter(|(_, asked)| rots(asked))
                .map(|(field, _)| field.clone())
                .collect(),
            meta: used.meta.clone(),
            refused: used.refused,
            layouts_never_chosen: file
                .layouts
                .iter()
                .filter(|layout| !used.layouts.contains_key(*layout))
                .cloned()
                .collect(),
            never_hit: silent.collect(),
        }
    }

    /// Whether there is something for the keeper to do.
    fn rots(&self) -> bool {
        self.body_rots
            || !self.meta_rots.is_empty()
            || self.refused > 0
            || !self.layouts_never_chosen.is_empty()
            || self.never_hit.iter().any(|pattern| pattern.dead)
    }
}

impl fmt::Display for Stats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rotten = self.files.iter().filter(|file| file.rots()).count();
        writeln!(
            f,
            "{} documents; of {} files of sites and families that applied, {rotten} need a look",
            self.documents,
            self.files.len()
        )?;
        for file in &self.files {
            write!(f, "{file}")?;
        }
        if !self.never_applied.is_empty() {
            let names: Vec<&str> = self.never_applied.iter().map(|name| &**name).collect();
            writeln!(f, "never applied: {}", names.join(", "))?;
        }
        if !self.shipped_never_applied.is_empty() {
            writeln!(f, "never applied of the shipped files: {}", self.shipped_never_applied.len())?;
        }
        if self.unknown > 0 {
            writeln!(
                f,
                "patterns of the run that these rules do not have: {}; give the --rules of the run",
                self.unknown
            )?;
        }
        let sum = |count: fn(&GenericStats) -> usize| self.generic.iter().map(count).sum::<usize>();
        let (patterns, silent) = (sum(|file| file.patterns), sum(|file| file.never_hit));
        write!(f, "generic files: {} of {patterns} patterns hit", patterns - silent)
    }
}

impl fmt::Display for FileStats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, pages, body, meta, refused, .. } = self;
        writeln!(f, "{file}: {pages} pages")?;
        let asked = |f: &mut fmt::Formatter<'_>, what: &str, asked: &Asked, rots: bool| {
            let all = asked.found + asked.missed;
            let mark = if rots { "  <- missed too often" } else { "" };
            if all == 0 { Ok(()) } else { writeln!(f, "  {what:10} found on {} of {all}{mark}", asked.found) }
        };
        asked(f, "body", body, self.body_rots)?;
        for (field, counts) in meta {
            asked(f, field, counts, self.meta_rots.contains(field))?;
        }
        if *refused > 0 {
            writeln!(f, "  guards     refused {refused}  <- would have removed too much")?;
        }
        for layout in &self.layouts_never_chosen {
            writeln!(f, "  layout     {layout}  <- never chosen")?;
        }
        for NeverHit { rule, path, pages, dead } in &self.never_hit {
            let mark = if *dead { "  <- dead" } else { "" };
            writeln!(f, "  no hit     {rule}  {path}  (asked on {pages}){mark}")?;
        }
        Ok(())
    }
}
