//! `copydesk rules explain`: which rules a page gets, and everything that they find on it.

use std::fmt;
use std::path::PathBuf;

use clap::Args;
use copydesk::cleaner::Cleaned;
use copydesk::label::{Address, Label, Reason};
use copydesk::output::name_of;
use copydesk::rules::{MetaField, Which};
use copydesk::{article, pipeline};
use serde::Serialize;

use super::{Form, in_form};
use crate::cli::{Exit, Failure, RuleArgs, print, printable};

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ExplainArgs {
    /// The page's address
    url: String,
    /// The page, or the text made of it; `-` for standard input
    #[arg(long, value_name = "FILE")]
    page: PathBuf,
    #[arg(long, value_enum, default_value_t = Form::Text)]
    format: Form,
    #[command(flatten)]
    rules: RuleArgs,
}

const EXAMPLES: &str = "\
What `rules which` says of the address; then the files and layouts that the page got, and every hit:
its place, its address, how often it hit, how many blocks went, and the value or the first text.

Example:
  copydesk rules explain https://news.example/a/17 --page page.html --rules rules/";

/// Characters of a value or a text that are shown.
const SHOWN: usize = 60;

/// The hits of one pattern.
#[derive(Debug, Serialize)]
struct Hit {
    /// `file:line`.
    rule: String,
    /// The pattern's address.
    address: String,
    hits: usize,
    /// Blocks that went because of it; of the body's selector, blocks that stayed.
    blocks: usize,
    /// The value it gave, or the first text.
    sample: String,
    #[serde(skip)]
    place: Address,
}

/// A file that applied, with the page's layout.
#[derive(Debug, Serialize)]
struct Applied {
    file: String,
    layout: Option<String>,
}

#[derive(Debug, Serialize)]
struct Explained {
    #[serde(flatten)]
    which: Which,
    how: String,
    /// Sites' and families' files that applied, strongest first.
    applied: Vec<Applied>,
    hits: Vec<Hit>,
    /// Patterns that were not let remove so much.
    refused: Vec<String>,
    /// Whether no selector for the body found enough.
    body_missed: bool,
    /// Fields that have selectors, of which none gave a value.
    fields_missed: Vec<&'static str>,
}

pub(super) fn run(args: &ExplainArgs) -> Result<Exit, Failure> {
    let cleaner = args.rules.cleaner()?;
    let mut raw = super::one_document(&args.page)?;
    raw.url = Some(args.url.clone());
    let cleaned = match pipeline::clean_guarded(&cleaner, &raw) {
        Ok(cleaned) => cleaned,
        Err(error) => {
            eprintln!("copydesk: {error}");
            return Ok(Exit::Found);
        }
    };
    let explained = Explained::new(cleaner.rules().which(&args.url), &cleaned);
    print(&in_form(&explained, args.format))?;
    Ok(Exit::Done)
}

impl Explained {
    fn new(which: Which, cleaned: &Cleaned) -> Self {
        let mut hits: Vec<Hit> = vec![];
        let mut of = |rule: &Address| -> usize {
            let known = hits.iter().position(|hit| hit.place == *rule);
            known.unwrap_or_else(|| {
                let address = rule.path.to_string();
                let place = rule.clone();
                hits.push(Hit {
                    rule: rule.to_string(),
                    address,
                    hits: 0,
                    blocks: 0,
                    sample: String::new(),
                    place,
                });
                hits.len() - 1
            })
        };
        let found: Vec<usize> = cleaned.hits.found.iter().map(|rule| of(rule)).collect();
        let meta: Vec<_> = cleaned.hits.meta.iter().map(|(field, rule)| (of(rule), *field)).collect();
        let blocks: Vec<_> = cleaned
            .blocks
            .iter()
            .filter_map(|block| match &block.reason {
                Reason::Rule(rule) => Some((of(rule), block)),
                _ => None,
            })
            .collect();
        found.iter().chain(meta.iter().map(|(hit, _)| hit)).for_each(|&hit| hits[hit].hits += 1);
        for (hit, block) in blocks {
            let hit = &mut hits[hit];
            let is_body = cleaned.hits.chain.names_body(&hit.place);
            if is_body == matches!(block.label, Label::Kept(_)) {
                hit.blocks += 1;
                if hit.sample.is_empty() {
                    hit.sample = block.text.to_string();
                }
            }
        }
        for (hit, field) in meta {
            hits[hit].sample = value(&cleaned.metadata, field);
        }
        hits.sort_by(|a, b| (b.place.site, &a.place).cmp(&(a.place.site, &b.place)));
        let files = cleaned.hits.chain.files();
        let mut asked: Vec<MetaField> = files.iter().flat_map(|file| &file.fields).copied().collect();
        asked.sort_unstable();
        asked.dedup();
        asked.retain(|field| {
            cleaned.hits.is_page && cleaned.hits.meta.iter().all(|(given, _)| given != field)
        });
        Self {
            which,
            how: name_of(&cleaned.how),
            applied: files
                .iter()
                .map(|file| Applied {
                    file: file.name.to_string(),
                    layout: file.layout.as_deref().map(str::to_owned),
                })
                .collect(),
            hits,
            refused: cleaned.hits.refused.iter().map(|rule| format!("{rule}  {}", rule.path)).collect(),
            body_missed: cleaned.flags.contains(&article::Flag::RuleMissed),
            fields_missed: asked.into_iter().map(MetaField::name).collect(),
        }
    }
}

/// What became of a field.
fn value(metadata: &article::Metadata, field: MetaField) -> String {
    let value = match field {
        MetaField::Byline => {
            return metadata.authors.as_ref().map_or_else(String::new, |list| list.value.join("; "));
        }
        MetaField::Title => &metadata.title,
        MetaField::Date => &metadata.date,
        MetaField::Lang => &metadata.lang,
        MetaField::Section => &metadata.section,
        MetaField::Summary => &metadata.description,
    };
    value.as_ref().map_or_else(String::new, |value| value.value.clone())
}

impl fmt::Display for Explained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\nbody found by: {}", self.which, self.how)?;
        for Applied { file, layout } in &self.applied {
            match layout {
                Some(layout) => writeln!(f, "applied: {file}, layout {layout}")?,
                None => writeln!(f, "applied: {file}")?,
            }
        }
        if self.body_missed {
            writeln!(f, "missed: body")?;
        }
        if !self.fields_missed.is_empty() {
            writeln!(f, "missed: {}", self.fields_missed.join(", "))?;
        }
        for refused in &self.refused {
            writeln!(f, "refused: {refused}")?;
        }
        write!(f, "hits: {}", self.hits.len())?;
        let rows: Vec<_> = self.hits.iter().map(|hit| (&hit.rule, shortened(&hit.address))).collect();
        let widest = |text: &dyn Fn(usize) -> usize| (0..rows.len()).map(text).max().unwrap_or(0);
        let (rule_width, address_width) =
            (widest(&|row| rows[row].0.chars().count()), widest(&|row| rows[row].1.chars().count()));
        for (hit, (rule, address)) in self.hits.iter().zip(&rows) {
            let count =
                format!("{}x, {} block{}", hit.hits, hit.blocks, if hit.blocks == 1 { "" } else { "s" });
            let sample = shortened(&hit.sample);
            write!(f, "\n  {rule:rule_width$}  {address:address_width$}  {count:14}  {sample}")?;
        }
        Ok(())
    }
}

/// The start of a text, on one line that does nothing to a terminal.
fn shortened(text: &str) -> String {
    let mut short: String = printable(text).chars().take(SHOWN).collect();
    if text.chars().count() > SHOWN {
        short.pop();
        short.push('…');
    }
    short
}
