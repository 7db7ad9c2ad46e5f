//! `copydesk clean`: documents in, articles out.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use clap::{Args, ValueEnum};
use copydesk::duplicates::{Originals, Signature};
use copydesk::filter::Filter;
use copydesk::input::{self, InputOptions, Record, Survey};
use copydesk::labels::Model;
use copydesk::output::{ArticleFormat, Identity, Rendered, Rendering, Report, Skipped, Tally};
use copydesk::{Cleaner, output, pipeline};
use jiff::civil::Date;
use serde::Serialize;
use serde_json::{Map, Value};

use super::outputs::{Outputs, Places};
use super::progress::Progress;
use super::shards::{Resumed, Shards};
use super::watch::Live;
use super::{Exit, Failure, InputArgs, RuleArgs, pool};

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct CleanArgs {
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    shards: ShardArgs,
    #[command(flatten)]
    filter: FilterArgs,
    #[command(flatten)]
    rules: RuleArgs,
    /// What becomes of texts that repeat an earlier one, word by word or nearly: an article that names it
    /// in `duplicate_of`, or a reject
    #[arg(long, value_enum, default_value_t = Dedup::Off, value_name = "WHAT", help_heading = "Filters")]
    dedup: Dedup,
    /// Number of threads; the output does not depend on it [default: one a core]
    #[arg(long, value_name = "N", help_heading = "Run")]
    threads: Option<usize>,
    /// Exit with 1 if more documents failed than this number, or than this share such as 2%
    #[arg(long, value_name = "N|P%", default_value = "0", value_parser = FailureLimit::parse, help_heading = "Run")]
    max_failed: FailureLimit,
    /// Read the rules again when their folder changes; a broken file keeps its last good version
    #[arg(long, requires = "rules", help_heading = "Run")]
    watch: bool,
    /// Neither progress nor summary; errors and warnings only
    #[arg(short, long, help_heading = "Run")]
    quiet: bool,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(super) struct OutputArgs {
    /// A file (compressed if it ends in .gz or .zst), `-` for standard output, or a folder (it exists
    /// or ends in /): articles.jsonl or articles.parquet, or a file an article for the other formats, with
    /// removed.jsonl, rejects.jsonl and report.json beside them
    #[arg(short, long, value_name = "OUT", default_value = "-")]
    pub(super) out: PathBuf,
    /// How articles are written [default: parquet if OUT ends in .parquet, else jsonl]
    #[arg(long, value_enum)]
    format: Option<FormatName>,
    /// List each article's blocks with their roles (JSON lines and Parquet)
    #[arg(long)]
    pub(super) blocks: bool,
    /// Write each removed block with its kind and reason, as JSON lines
    #[arg(long, value_name = "FILE")]
    pub(super) removed: Option<PathBuf>,
    /// Write each document that gave no article, dropped or failed, with the reason, as JSON lines
    #[arg(long, value_name = "FILE")]
    pub(super) rejects: Option<PathBuf>,
    /// Write the summary as JSON
    #[arg(long, value_name = "FILE")]
    pub(super) report: Option<PathBuf>,
}

impl OutputArgs {
    /// How articles are written: as it is said, or as the file's name says.
    pub(super) fn format(&self) -> FormatName {
        let by_name = || match self.out.extension() {
            Some(extension) if extension == "parquet" => FormatName::Parquet,
            _ => FormatName::Jsonl,
        };
        self.format.unwrap_or_else(by_name)
    }
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Large dumps (see docs/operations.md)")]
struct ShardArgs {
    /// Write files of this size (100MB, 1GiB; before compression) into the output folder, with a manifest;
    /// the same command resumes after a break
    #[arg(long, value_name = "SIZE", value_parser = parse_size, conflicts_with = "watch")]
    shard_size: Option<u64>,
    /// How the JSON lines in an output folder are compressed; Parquet always is
    #[arg(long, value_enum, value_name = "HOW")]
    compress: Option<Compress>,
    /// Begin anew where a run of shards was broken, or its rules, options or inputs are others now
    #[arg(long, requires = "shard_size")]
    restart: bool,
    /// Tell what would be read and what is done already, and clean nothing
    #[arg(long, requires = "shard_size")]
    dry_run: bool,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Filters")]
struct FilterArgs {
    /// Only articles in these languages (ISO 639-1, as en,de)
    #[arg(long, value_name = "LANGS", value_delimiter = ',')]
    lang: Vec<String>,
    /// Only articles of so many words
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    min_words: usize,
    /// Only articles published on this day (2026-10-31) or later
    #[arg(long, value_name = "DAY")]
    since: Option<Date>,
    /// Only articles published on this day or earlier
    #[arg(long, value_name = "DAY")]
    until: Option<Date>,
    /// Only articles of these hosts and those below them
    #[arg(long, value_name = "HOSTS", value_delimiter = ',')]
    host: Vec<String>,
    /// No articles of these hosts and those below them
    #[arg(long, value_name = "HOSTS", value_delimiter = ',')]
    not_host: Vec<String>,
}

impl From<&FilterArgs> for Filter {
    fn from(args: &FilterArgs) -> Self {
        Self {
            languages: args.lang.clone(),
            min_words: args.min_words,
            since: args.since,
            until: args.until,
            hosts: args.host.clone(),
            not_hosts: args.not_host.clone(),
        }
    }
}

/// What becomes of duplicates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Dedup {
    Off,
    Mark,
    Drop,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Compress {
    Gz,
    Zst,
}

impl Compress {
    fn extension(self) -> &'static str {
        match self {
            Self::Gz => ".gz",
            Self::Zst => ".zst",
        }
    }
}

/// A number of bytes: `1000`, `100MB`, `1GiB`.
fn parse_size(text: &str) -> Result<u64, String> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let factor = match unit.trim() {
        "" | "B" => Some(1),
        "kB" | "KB" => Some(1_000),
        "MB" => Some(1_000_000),
        "GB" => Some(1_000_000_000),
        "KiB" => Some(1 << 10),
        "MiB" => Some(1 << 20),
        "GiB" => Some(1 << 30),
        _ => None,
    };
    let size = number.parse::<u64>().ok().zip(factor).and_then(|(number, factor)| number.checked_mul(factor));
    size.filter(|&size| size > 0).ok_or_else(|| "not a size such as 100MB or 1GiB".to_owned())
}

const EXAMPLES: &str = "\
Examples:
  copydesk clean samples/ -o out/
  copydesk clean dump.warc.gz -o clean.jsonl.zst --removed removed.jsonl --max-failed 1%
  zcat pages.jsonl.gz | copydesk clean - --html-field page > clean.jsonl
  copydesk clean page.html --format markdown
  copydesk clean dumps/ -o out/ --shard-size 1GB --compress zst --lang en --dedup drop";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum FormatName {
    /// A JSON object a line, with all metadata
    Jsonl,
    /// A table with the same fields as columns
    Parquet,
    /// Markdown with the metadata as front matter
    Markdown,
    /// The title, an empty line, and a paragraph a line
    Text,
}

/// How many failed documents are too many.
#[derive(Debug, Clone, Copy, PartialEq)]
enum FailureLimit {
    Count(u64),
    Percent(f64),
}

impl FailureLimit {
    fn parse(text: &str) -> Result<Self, String> {
        let limit = match text.strip_suffix('%') {
            Some(percent) => {
                percent.parse().ok().filter(|percent| (0.0..=100.0).contains(percent)).map(Self::Percent)
            }
            None => text.parse().ok().map(Self::Count),
        };
        limit.ok_or_else(|| "neither a number nor a percentage such as 2%".to_owned())
    }

    fn exceeded(self, report: &Report) -> bool {
        match self {
            Self::Count(limit) => report.failed() > limit,
            Self::Percent(limit) => report.failed() as f64 > report.read() as f64 * limit / 100.0,
        }
    }
}

pub(crate) fn run(args: &CleanArgs) -> Result<Exit, Failure> {
    let started = Instant::now();
    let mut documents = args.input.open()?;
    let live = args.watch.then(|| Live::start(&args.rules)).transpose()?;
    let cleaner = if let Some(live) = &live { live.now() } else { args.rules.cleaner()? };
    let filter = Filter::from(&args.filter);
    let pool = pool(args.threads)?;
    let format = ArticleFormat::from(args.output.format());
    if args.dedup == Dedup::Mark && format != ArticleFormat::Jsonl {
        return Err(Failure::Usage("--dedup mark needs JSON lines or Parquet; use --dedup drop".to_owned()));
    }
    let extension = args.shards.compress.map_or("", Compress::extension);
    let places = Places::new(&args.output, extension, args.input.paths())?;
    let _claimed = if args.shards.dry_run { None } else { places.claim_folder()? };
    let mut originals = (args.dedup != Dedup::Off).then(Originals::default);
    let mut tally = Tally::default();
    let read = Arc::new(AtomicU64::new(0));
    let mut outputs = match args.shards.shard_size {
        None => Outputs::open(places)?,
        Some(size) => {
            let identity = identity(args, &cleaner, &filter, size)?;
            let shards = Shards::open(&places, size, identity, args.shards.restart, args.shards.dry_run)?;
            if args.shards.dry_run {
                return super::print(&shards.plan()).map(|()| Exit::Done);
            }
            let Resumed { documents: done, counts } = shards.skip_done(&mut documents)?;
            if let Some(originals) = &mut originals {
                remember(originals, shards.articles())?;
            }
            read.store(done, Ordering::Relaxed);
            tally = counts;
            Outputs::sharded(places, shards)?
        }
    };

    let rendering = Rendering { format, blocks: args.output.blocks, removed: outputs.has_removed() };
    let has_rejects = outputs.has_rejects();
    let counter = Arc::clone(&read);
    let reading = documents.progress();
    let mut progress = Progress::new(Arc::clone(&reading), args.quiet);
    // In the pool, so that its threads compress what is written too.
    pool.install(|| {
        pipeline::run(
            &pool,
            documents.records().inspect(move |_| _ = counter.fetch_add(1, Ordering::Relaxed)),
            Record::size,
            |record| {
                let document = record.read();
                let bytes = document.as_ref().map_or(0, |raw| raw.bytes.len());
                let rendered = document.and_then(|raw| {
                    let now = live.as_ref().map(Live::now);
                    let mut cleaned = pipeline::clean_guarded(now.as_ref().unwrap_or(&cleaner), &raw)?;
                    filter.apply(&raw, &mut cleaned);
                    let signature = (args.dedup != Dedup::Off).then(|| Signature::new(&cleaned.text()));
                    Ok((output::render(&raw, &cleaned, rendering), signature.flatten()))
                });
                match rendered {
                    Ok((rendered, signature)) => (rendered, signature, None),
                    Err(error) => (output::render_failed(&error, bytes), None, Some(error)),
                }
            },
            |(mut rendered, signature, error)| {
                match error {
                    // With a file of rejects the log need not say it again.
                    Some(error) if has_rejects => tracing::debug!("{error}"),
                    Some(error) => tracing::warn!("{error}"),
                    None => {}
                }
                if let (Some(originals), Some(signature)) = (&mut originals, signature) {
                    args.dedup.judge(originals, &mut rendered, &signature);
                }
                tally.add(std::mem::take(&mut rendered.tally));
                outputs.write(&rendered, &tally)?;
                progress.document();
                Ok::<(), Failure>(())
            },
        )
    })?;
    progress.finish();

    let skipped = Skipped { files: reading.skipped_files(), records: reading.skipped_records() };
    let read = read.load(Ordering::Relaxed);
    let report = Report::new(read, skipped, tally.clone(), pool.current_num_threads(), started.elapsed());
    let places = outputs.to_string();
    pool.install(|| outputs.finish(&report, &tally))?;
    if !args.quiet {
        let _ = writeln!(io::stderr(), "{report}\n{places}"); // nobody to tell it to is no failure
    }
    Ok(if args.max_failed.exceeded(&report) { Exit::Found } else { Exit::Done })
}

impl Dedup {
    fn judge(self, originals: &mut Originals, rendered: &mut Rendered, signature: &Signature) {
        if rendered.article.is_none() {
            return;
        }
        if let Some(original) = originals.repeated(&rendered.id, signature) {
            match self {
                Self::Off => {}
                Self::Mark => rendered.mark_duplicate(original),
                Self::Drop => rendered.drop_duplicate(original),
            }
        }
    }
}

/// Brings back what was known of the articles in finished shards, by the path that led to it.
fn remember(originals: &mut Originals, articles: Vec<PathBuf>) -> Result<(), Failure> {
    for article in input::open(&articles, InputOptions::default()) {
        let article = article.map_err(|error| Failure::Usage(format!("{error}; --restart begins anew")))?;
        if let Some(signature) = Signature::new(&String::from_utf8_lossy(&article.bytes)) {
            originals.repeated(&article.id, &signature);
        }
    }
    Ok(())
}

/// All that the bytes of the shards depend on.
fn identity(args: &CleanArgs, cleaner: &Cleaner, filter: &Filter, size: u64) -> Result<Identity, Failure> {
    #[derive(Serialize)]
    struct Options<'a> {
        shard_size: u64,
        format: FormatName,
        compress: &'static str,
        blocks: bool,
        dedup: Dedup,
        #[serde(flatten)]
        filter: &'a Filter,
    }
    let extension = args.shards.compress.map_or("", Compress::extension);
    let options = Options {
        shard_size: size,
        format: args.output.format(),
        compress: extension.trim_start_matches('.'),
        blocks: args.output.blocks,
        dedup: args.dedup,
        filter,
    };
    let mut options: Map<String, Value> = match serde_json::to_value(options) {
        Ok(Value::Object(options)) => options,
        other => unreachable!("options are an object: {other:?}"),
    };
    options.extend(args.input.field_names().map(|(name, value)| (name.to_owned(), value.into())));
    if args.input.paths().iter().any(|path| path.as_os_str() == "-") {
        return Err(Failure::Usage("--shard-size needs inputs that can be read again, not `-`".to_owned()));
    }
    Ok(Identity {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        rules: cleaner.rules().digest(),
        model: Model::shipped_digest(),
        options,
        inputs: args.input.paths().iter().map(|path| Survey::new(path)).collect(),
    })
}

impl From<FormatName> for ArticleFormat {
    fn from(name: FormatName) -> Self {
        match name {
            // Rows are made of them.
            FormatName::Jsonl | FormatName::Parquet => Self::Jsonl,
            FormatName::Markdown => Self::Markdown,
            FormatName::Text => Self::Text,
        }
    }
}
