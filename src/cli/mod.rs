//! The command line: one file a verb, and what they share.

mod bench;
mod clean;
mod diff;
mod eval;
mod explain;
mod floors;
mod outputs;
mod progress;
mod rules;
mod shards;
mod train;
mod watch;

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, Parser, Subcommand, ValueEnum};
use copydesk::Cleaner;
use copydesk::input::{self, InputError, InputOptions};
use copydesk::output::OutFile;
use copydesk::rules::{RuleErrors, RuleSet};

/// Turns scraped news into clean copy and says why each line went.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,

    /// How log messages look; they go to standard error, RUST_LOG sets what is logged
    #[arg(long, global = true, value_enum, default_value_t = LogFormat::Text, value_name = "FORMAT")]
    log_format: LogFormat,
}

const EXAMPLES: &str = "\
Exit status:
  0  done
  1  done, but too many documents failed (clean), a rule file has errors (rules check), a measure
     is below its floor (eval) or two runs differ (diff)
  2  could not run";

#[derive(Debug, Subcommand)]
enum Verb {
    /// Clean documents: articles out, with the reason of each line that went
    Clean(clean::CleanArgs),
    /// Tell what changed between two runs, worst first
    Diff(diff::DiffArgs),
    /// Show every block of a document, kept or removed, with the reason
    Explain(explain::ExplainArgs),
    /// Check rule files, or tell which apply to a page
    Rules(rules::RulesArgs),
    /// Measure the cleaning against pages with a reviewed truth
    Eval(eval::EvalArgs),
    /// Train the structure model on pages with a truth
    Train(train::TrainArgs),
    /// Measure how fast a dump in memory is cleaned, and where the time goes
    Bench(bench::BenchArgs),
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum LogFormat {
    Text,
    Json,
}

/// What the shell sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// All went well. A closed pipe too: `copydesk clean … | head` is no failure.
    Done = 0,
    /// The run came to its end, and what it found is bad.
    Found = 1,
    /// Usage, rules, input or output are not as they should be; nothing can be said of the documents.
    CouldNotRun = 2,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a command could not run.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("{0}")]
    Usage(String),
    #[error("{}", listed(.0))]
    Inputs(Vec<InputError>),
    #[error("{0}")]
    Rules(#[from] RuleErrors),
    #[error("cannot read {}: {cause}", path.display())]
    Read { path: PathBuf, cause: io::Error },
    #[error("cannot write {}: {cause}", path.display())]
    Write { path: PathBuf, cause: io::Error },
    #[error("{}:{line}: {message}", path.display())]
    Line { path: PathBuf, line: u64, message: String },
    #[error("cannot start the threads: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
}

fn listed(errors: &[InputError]) -> String {
    let lines: Vec<_> = errors.iter().map(|error| format!("cannot read {error}")).collect();
    lines.join("\n")
}

impl Failure {
    /// Whether all that is wrong is that nobody reads our output any more.
    fn is_closed_pipe(&self) -> bool {
        matches!(self, Self::Write { cause, .. } if cause.kind() == io::ErrorKind::BrokenPipe)
    }

    fn read(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |cause| Self::Read { path: path.to_owned(), cause }
    }

    fn write(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |cause| Self::Write { path: path.to_owned(), cause }
    }
}

#[derive(Debug, Args)]
struct InputArgs {
    /// Folders, files of HTML, text, JSON lines, WARC or Parquet, tar or zip (plain, .gz or .zst), `-`
    /// for standard input
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    #[command(flatten)]
    fields: FieldArgs,
}

#[derive(Debug, Args)]
#[command(
    next_help_heading = "Fields of JSON records and columns of Parquet, where the usual names do not fit"
)]
struct FieldArgs {
    /// Field that holds the page
    #[arg(long, value_name = "NAME")]
    html_field: Option<String>,
    /// Field that holds the text
    #[arg(long, value_name = "NAME")]
    text_field: Option<String>,
    /// Field that holds the address
    #[arg(long, value_name = "NAME")]
    url_field: Option<String>,
    /// Field that holds the id
    #[arg(long, value_name = "NAME")]
    id_field: Option<String>,
}

impl InputArgs {
    fn paths(&self) -> &[PathBuf] {
        &self.inputs
    }

    /// The names of fields that the user gave, by their option.
    fn field_names(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let FieldArgs { html_field, text_field, url_field, id_field } = &self.fields;
        let fields = [
            ("html_field", html_field),
            ("text_field", text_field),
            ("url_field", url_field),
            ("id_field", id_field),
        ];
        fields.into_iter().filter_map(|(name, value)| Some((name, value.as_deref()?)))
    }

    fn open(&self) -> Result<input::Documents, Failure> {
        input::check(&self.inputs).map_err(Failure::Inputs)?;
        let FieldArgs { html_field, text_field, url_field, id_field } = &self.fields;
        let fields = input::Fields {
            html: html_field.clone(),
            text: text_field.clone(),
            url: url_field.clone(),
            id: id_field.clone(),
        };
        Ok(input::open(&self.inputs, InputOptions { fields, ..InputOptions::default() }))
    }
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Rules")]
struct RuleArgs {
    /// Lay the rule files of this folder over the shipped ones
    #[arg(long, value_name = "DIR")]
    rules: Option<PathBuf>,
    /// Leave out the rules of single sites and families
    #[arg(long)]
    no_site_rules: bool,
}

impl RuleArgs {
    fn load(&self) -> Result<RuleSet, Failure> {
        Ok(RuleSet::load(self.rules.as_deref(), !self.no_site_rules)?)
    }

    fn cleaner(&self) -> Result<Cleaner, Failure> {
        Ok(Cleaner::new(Arc::new(self.load()?)))
    }
}

/// A file and what the user calls it.
struct Named {
    path: PathBuf,
    file: OutFile,
}

impl Named {
    fn create(path: &Path) -> Result<Self, Failure> {
        let file = if is_stdout(path) {
            OutFile::stdout()
        } else {
            OutFile::create(path).map_err(Failure::write(path))?
        };
        Ok(Self { path: path.to_owned(), file })
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.file.write_all(bytes).map_err(Failure::write(&self.path))
    }

    fn finish(self) -> Result<(), Failure> {
        self.file.finish().map_err(Failure::write(&self.path))
    }
}

fn is_stdout(path: &Path) -> bool {
    path == Path::new("-")
}

/// A pool of this many threads; `None` is one a core.
fn pool(threads: Option<usize>) -> Result<rayon::ThreadPool, Failure> {
    Ok(rayon::ThreadPoolBuilder::new().num_threads(threads.unwrap_or(0)).build()?)
}

/// Parses the arguments and runs the verb.
pub(crate) fn main() -> Exit {
    let cli = Cli::parse();
    start_log(cli.log_format);
    let result = match cli.verb {
        Verb::Clean(args) => clean::run(&args),
        Verb::Diff(args) => diff::run(&args),
        Verb::Explain(args) => explain::run(&args),
        Verb::Rules(args) => rules::run(&args),
        Verb::Eval(args) => eval::run(&args),
        Verb::Train(args) => train::run(&args),
        Verb::Bench(args) => bench::run(&args),
    };
    match result {
        Ok(exit) => exit,
        Err(failure) if failure.is_closed_pipe() => Exit::Done,
        Err(failure) => {
            eprintln!("copydesk: {failure}");
            Exit::CouldNotRun
        }
    }
}

fn start_log(format: LogFormat) {
    use tracing_subscriber::EnvFilter;
    // html5ever warns of the mistakes in pages, which are its input.
    let levels = std::env::var("RUST_LOG").unwrap_or_else(|_| "warn,html5ever=error".to_owned());
    let log = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::builder().parse_lossy(levels))
        .with_ansi(console::colors_enabled_stderr())
        .with_writer(io::stderr);
    match format {
        LogFormat::Text => log.without_time().init(),
        LogFormat::Json => log.json().init(),
    }
    // A panic in a document's cleaning is caught and becomes that document's error; its place in our
    // code goes to the log instead of standard error.
    std::panic::set_hook(Box::new(|panic| tracing::error!("{panic}")));
}

/// Prints to standard output.
fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(Failure::write(Path::new("-")))
}

/// Text on one line that does nothing to a terminal.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
