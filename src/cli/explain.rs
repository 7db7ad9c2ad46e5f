//! `copydesk explain`: every block of a document with its label and the reason for it.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use console::{Style, Term, truncate_str};
use copydesk::article::{Source, Sourced};
use copydesk::cleaner::{Cleaned, Cleaner};
use copydesk::document::RawDoc;
use copydesk::label::{Label, Role};
use copydesk::output::{self, PAGE_END, explained_document, name_of, page_start, verdict_of};
use copydesk::{input, pipeline};

use super::watch::Watch;
use super::{Exit, Failure, Named, RuleArgs, print, printable};

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ExplainArgs {
    /// A page, a text, or a file of several (all are explained), `-` for standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The page's address, for the rules of its site
    #[arg(long)]
    url: Option<String>,
    /// Print a JSON object a document
    #[arg(long)]
    json: bool,
    /// Write a page for a browser to this file: what stays plain, what goes struck, reasons on hover
    #[arg(long, value_name = "FILE", conflicts_with = "json")]
    html: Option<PathBuf>,
    /// Explain again whenever the file or the rules change; a broken rule file keeps its last good version
    #[arg(long, requires = "rules")]
    watch: bool,
    #[command(flatten)]
    rules: RuleArgs,
}

const EXAMPLES: &str = "\
Each block on a line: + for kept or - for removed, its role or kind, the reason, its text.

Examples:
  copydesk explain page.html --url https://news.example/a/17
  copydesk explain page.html --html page-explained.html
  copydesk explain text.txt --json | jq '.blocks[] | select(.kind == \"related\")'";

/// Widest column of reasons; a longer reason pushes its text to the right.
const REASON_COLUMN: usize = 44;

pub(crate) fn run(args: &ExplainArgs) -> Result<Exit, Failure> {
    input::check(std::slice::from_ref(&args.file)).map_err(Failure::Inputs)?;
    if let Some(page) = &args.html
        && page.canonicalize().is_ok_and(|page| args.file.canonicalize().is_ok_and(|file| file == page))
    {
        return Err(Failure::Usage(format!("{} would be overwritten; name another file", page.display())));
    }
    if !args.watch {
        return explain(args, &args.rules.cleaner()?);
    }
    if args.file == Path::new("-") {
        return Err(Failure::Usage("--watch needs a file that can be read again".to_owned()));
    }
    let (mut watch, mut cleaner) = Watch::start(&args.rules, Some(&args.file))?;
    loop {
        let exit = explain(args, &cleaner)?;
        let Some(next) = watch.next(&cleaner) else { return Ok(exit) };
        cleaner = next;
    }
}

/// Explains the file's documents.
fn explain(args: &ExplainArgs, cleaner: &Cleaner) -> Result<Exit, Failure> {
    let inputs = std::slice::from_ref(&args.file);
    let mut page = args.html.as_deref().map(Named::create).transpose()?;
    if let Some(page) = &mut page {
        page.write(page_start(&format!("copydesk explain {}", args.file.display())).as_bytes())?;
    }
    let mut exit = Exit::Done;
    for document in input::open(inputs, input::InputOptions::default()) {
        let cleaned = document.and_then(|mut raw| {
            if args.url.is_some() {
                raw.url.clone_from(&args.url);
            }
            Ok((pipeline::clean_guarded(cleaner, &raw)?, raw))
        });
        match cleaned {
            Ok((cleaned, raw)) if args.json => print(&output::explanation(&raw, &cleaned))?,
            Ok((cleaned, raw)) => match &mut page {
                Some(page) => page.write(explained_document(&raw, &cleaned).as_bytes())?,
                None => print(&explanation(&raw, &cleaned))?,
            },
            Err(error) => {
                eprintln!("copydesk: {error}");
                exit = Exit::Found;
            }
        }
    }
    if let Some(mut page) = page {
        page.write(PAGE_END.as_bytes())?;
        page.finish()?;
    }
    Ok(exit)
}

/// The explanation for a person; coloured and cut to the width of the terminal if there is one.
fn explanation(raw: &RawDoc, cleaned: &Cleaned) -> String {
    let mut out = String::new();
    let mut field = |name: &str, value: &str, source: Option<Source>| {
        let _ = write!(out, "{name:13} {}", printable(value)); // writing to a string never fails
        if let Some(source) = source {
            let _ = write!(out, "{}", Style::new().dim().apply_to(format_args!("  ({})", name_of(&source))));
        }
        out.push('\n');
    };
    field("document", &raw.source.to_string(), None);
    if let Some(url) = &raw.url {
        field("url", url, None);
    }
    field("verdict", &verdict_of(cleaned), None);
    field("found by", &name_of(&cleaned.how), None);
    field("rules", &cleaned.rules.join(" "), None);
    if cleaned.hits.is_page && raw.url.is_none() && cleaned.metadata.url.is_none() {
        field("", "(no rules of a site: the page names no address of its own; give it with --url)", None);
    }
    if !cleaned.flags.is_empty() {
        field("flags", &cleaned.flags.iter().map(name_of).collect::<Vec<_>>().join(" "), None);
    }
    for (name, Sourced { value, source }) in cleaned.metadata.texts() {
        field(name, value, Some(*source));
    }
    for (name, Sourced { value, source }) in cleaned.metadata.lists() {
        field(name, &value.join("; "), Some(*source));
    }
    out.push('\n');
    write_blocks(&mut out, cleaned);
    out
}

fn write_blocks(out: &mut String, cleaned: &Cleaned) {
    let terminal = Term::stdout().size_checked().map(|(_, columns)| usize::from(columns));
    let reasons: Vec<String> = cleaned.blocks.iter().map(|block| block.reason.to_string()).collect();
    let widest = reasons.iter().map(String::len).max().unwrap_or(0).min(REASON_COLUMN);
    for (index, (block, reason)) in cleaned.blocks.iter().zip(&reasons).enumerate() {
        let (sign, name, style) = match block.label {
            Label::Kept(Role::Title) => ('+', name_of(&Role::Title), Style::new().green().bold()),
            Label::Kept(role) => ('+', name_of(&role), Style::new().green()),
            Label::Dropped(kind) => ('-', kind.to_string(), Style::new().red()),
        };
        let text = printable(&block.text);
        let text = if block.label.is_kept() { text } else { Style::new().dim().apply_to(text).to_string() };
        let line = format!(
            "{index:>4} {}  {}  {text}",
            style.apply_to(format_args!("{sign} {name:15}")),
            Style::new().dim().apply_to(format_args!("{reason:widest$}")),
        );
        match terminal {
            Some(columns) => out.push_str(&truncate_str(&line, columns, "…")),
            None => out.push_str(&line),
        }
        out.push('\n');
    }
}
