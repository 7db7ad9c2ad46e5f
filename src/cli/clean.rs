//! `copydesk clean`: documents in, articles out.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use clap::{Args, ValueEnum};
use copydesk::input::Record;
use copydesk::output::{ArticleFormat, FileNames, OutFile, Rendered, Rendering, Report, Skipped, Tally};
use copydesk::{output, pipeline};

use super::progress::Progress;
use super::{Exit, Failure, InputArgs, RuleArgs, pool};

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct CleanArgs {
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    rules: RuleArgs,
    /// Number of threads; the output does not depend on it [default: one a core]
    #[arg(long, value_name = "N", help_heading = "Run")]
    threads: Option<usize>,
    /// Exit with 1 if more documents failed than this number, or than this share such as 2%
    #[arg(long, value_name = "N|P%", default_value = "0", value_parser = FailureLimit::parse, help_heading = "Run")]
    max_failed: FailureLimit,
    /// Neither progress nor summary; errors and warnings only
    #[arg(short, long, help_heading = "Run")]
    quiet: bool,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
struct OutputArgs {
    /// A file (compressed if it ends in .gz or .zst), `-` for standard output, or a folder (it exists
    /// or ends in /): articles.jsonl, or a file an article for the other formats, with removed.jsonl,
    /// rejects.jsonl and report.json beside them
    #[arg(short, long, value_name = "OUT", default_value = "-")]
    out: PathBuf,
    /// How articles are written
    #[arg(long, value_enum, default_value_t = FormatName::Jsonl)]
    format: FormatName,
    /// List each article's blocks with their roles (JSON lines only)
    #[arg(long)]
    blocks: bool,
    /// Write each removed block with its kind and reason, as JSON lines
    #[arg(long, value_name = "FILE")]
    removed: Option<PathBuf>,
    /// Write each document that gave no article, dropped or failed, with the reason, as JSON lines
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    /// Write the summary as JSON
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  copydesk clean samples/ -o out/
  copydesk clean dump.warc.gz -o clean.jsonl.zst --removed removed.jsonl --max-failed 1%
  zcat pages.jsonl.gz | copydesk clean - --html-field page > clean.jsonl
  copydesk clean page.html --format markdown";

#[derive(Debug, Clone, Copy, ValueEnum)]
enum FormatName {
    /// A JSON object a line, with all metadata
    Jsonl,
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
    let documents = args.input.open()?;
    let cleaner = args.rules.cleaner()?;
    let pool = pool(args.threads)?;
    let mut outputs = Outputs::open(&args.output, args.input.paths())?;

    let rendering = Rendering {
        format: args.output.format.into(),
        blocks: args.output.blocks,
        removed: outputs.removed.is_some(),
    };
    let read = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&read);
    let reading = documents.progress();
    let mut progress = Progress::new(Arc::clone(&reading), args.quiet);
    let mut tally = Tally::default();
    pipeline::run(
        &pool,
        documents.records().inspect(move |_| _ = counter.fetch_add(1, Ordering::Relaxed)),
        Record::size,
        |record| {
            let document = record.read();
            let bytes = document.as_ref().map_or(0, |raw| raw.bytes.len());
            let rendered = document.and_then(|raw| {
                let cleaned = pipeline::clean_guarded(&cleaner, &raw)?;
                Ok(output::render(&raw, &cleaned, rendering))
            });
            match rendered {
                Ok(rendered) => (rendered, None),
                Err(error) => (output::render_failed(&error, bytes), Some(error)),
            }
        },
        |(rendered, error)| {
            match error {
                // With a file of rejects the log need not say it again.
                Some(error) if outputs.rejects.is_some() => tracing::debug!("{error}"),
                Some(error) => tracing::warn!("{error}"),
                None => {}
            }
            outputs.write(&rendered)?;
            tally.add(rendered.tally);
            progress.document();
            Ok::<(), Failure>(())
        },
    )?;
    progress.finish();

    let skipped = Skipped { files: reading.skipped_files(), records: reading.skipped_records() };
    let read = read.load(Ordering::Relaxed);
    let report = Report::new(read, skipped, tally, pool.current_num_threads(), started.elapsed());
    let places = outputs.to_string();
    outputs.finish(&report)?;
    if !args.quiet {
        let _ = writeln!(io::stderr(), "{report}\n{places}"); // nobody to tell it to is no failure
    }
    Ok(if args.max_failed.exceeded(&report) { Exit::Found } else { Exit::Done })
}

impl From<FormatName> for ArticleFormat {
    fn from(name: FormatName) -> Self {
        match name {
            FormatName::Jsonl => Self::Jsonl,
            FormatName::Markdown => Self::Markdown,
            FormatName::Text => Self::Text,
        }
    }
}

/// Everything a run writes.
struct Outputs {
    articles: Articles,
    removed: Option<Named>,
    rejects: Option<Named>,
    report: Option<Named>,
}

#[expect(clippy::large_enum_variant, reason = "there is one of it")]
enum Articles {
    /// All in one file, `apart` between any two.
    Together { file: Named, apart: &'static [u8], first: bool },
    /// A file an article.
    Apart { folder: PathBuf, extension: &'static str, names: FileNames },
}

/// A file and what the user calls it.
struct Named {
    path: PathBuf,
    file: OutFile,
}

impl Outputs {
    fn open(args: &OutputArgs, inputs: &[PathBuf]) -> Result<Self, Failure> {
        let folder = (args.out.is_dir() || args.out.as_os_str().as_encoded_bytes().ends_with(b"/"))
            .then_some(args.out.as_path());
        if let Some(folder) = folder {
            std::fs::create_dir_all(folder).map_err(Failure::write(folder))?;
        }
        let or_in_folder = |given: &Option<PathBuf>, name: &str| {
            given.clone().or_else(|| folder.map(|folder| folder.join(name)))
        };
        let removed = or_in_folder(&args.removed, "removed.jsonl");
        let rejects = or_in_folder(&args.rejects, "rejects.jsonl");
        let report = or_in_folder(&args.report, "report.json");
        let (together, extension) = match (args.format, folder) {
            (FormatName::Jsonl, Some(folder)) => (Some(folder.join("articles.jsonl")), ""),
            (FormatName::Markdown, Some(_)) => (None, "md"),
            (FormatName::Text, Some(_)) => (None, "txt"),
            (_, None) => (Some(args.out.clone()), ""),
        };
        let files: Vec<&PathBuf> = [&together, &removed, &rejects, &report].into_iter().flatten().collect();
        check_places(folder, &files, inputs)?;

        let articles = match (together, folder) {
            (None, Some(folder)) => {
                Articles::Apart { folder: folder.to_owned(), extension, names: FileNames::default() }
            }
            (together, _) => Articles::Together {
                file: Named::create(together.unwrap_or_else(|| "-".into()))?,
                apart: if matches!(args.format, FormatName::Jsonl) { b"" } else { b"\n" },
                first: true,
            },
        };
        Ok(Self {
            articles,
            removed: removed.map(Named::create).transpose()?,
            rejects: rejects.map(Named::create).transpose()?,
            report: report.map(Named::create).transpose()?,
        })
    }

    fn write(&mut self, rendered: &Rendered) -> Result<(), Failure> {
        if let Some(article) = &rendered.article {
            match &mut self.articles {
                Articles::Together { file, apart, first } => {
                    if !std::mem::take(first) {
                        file.write(apart)?;
                    }
                    file.write(article)?;
                }
                Articles::Apart { folder, extension, names } => {
                    let name = format!("{}.{extension}", names.name(&rendered.id));
                    let mut file = Named::create(folder.join(name))?;
                    file.write(article)?;
                    file.finish()?;
                }
            }
        }
        if let Some(removed) = &mut self.removed {
            removed.write(&rendered.removed)?;
        }
        if let (Some(rejects), Some(reject)) = (&mut self.rejects, &rendered.reject) {
            rejects.write(reject)?;
        }
        Ok(())
    }

    fn finish(self, report: &Report) -> Result<(), Failure> {
        let json = serde_json::to_string_pretty(report).expect("numbers and strings into memory never fail");
        if let Some(mut file) = self.report {
            file.write(json.as_bytes())?;
            file.write(b"\n")?;
            file.finish()?;
        }
        if let Articles::Together { file, .. } = self.articles {
            file.finish()?;
        }
        [self.removed, self.rejects].into_iter().flatten().try_for_each(Named::finish)
    }
}

/// Where everything is, for the end of the summary.
impl std::fmt::Display for Outputs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.articles {
            Articles::Together { file, .. } => write!(f, "articles: {}", shown(&file.path))?,
            Articles::Apart { folder, .. } => write!(f, "articles: {}", folder.display())?,
        }
        for (what, file) in [("removed", &self.removed), ("rejects", &self.rejects), ("report", &self.report)]
        {
            if let Some(file) = file {
                write!(f, ", {what}: {}", shown(&file.path))?;
            }
        }
        Ok(())
    }
}

fn is_stdout(path: &Path) -> bool {
    path == Path::new("-")
}

fn shown(path: &Path) -> std::borrow::Cow<'_, str> {
    if is_stdout(path) { "standard output".into() } else { path.to_string_lossy() }
}

/// Nothing may be written twice, nor where it would be read again.
fn check_places(folder: Option<&Path>, files: &[&PathBuf], inputs: &[PathBuf]) -> Result<(), Failure> {
    for (index, file) in files.iter().enumerate() {
        if files[..index].contains(file) {
            return Err(Failure::Usage(format!("{} is named for two outputs", shown(file))));
        }
    }
    let places = files.iter().filter(|file| !is_stdout(file)).map(|file| file.parent().unwrap_or(file));
    for place in places.chain(folder) {
        let place = if place.as_os_str().is_empty() { Path::new(".") } else { place };
        let Ok(place) = place.canonicalize() else { continue };
        for input in inputs.iter().filter(|input| input.is_dir()) {
            if input.canonicalize().is_ok_and(|input| place.starts_with(&input)) {
                return Err(Failure::Usage(format!(
                    "output would be written into the input folder {}, where the next run would read it; \
                     name a place outside",
                    input.display()
                )));
            }
        }
    }
    Ok(())
}

impl Named {
    fn create(path: PathBuf) -> Result<Self, Failure> {
        let file = if is_stdout(&path) {
            OutFile::stdout()
        } else {
            OutFile::create(&path).map_err(Failure::write(&path))?
        };
        Ok(Self { path, file })
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.file.write_all(bytes).map_err(Failure::write(&self.path))
    }

    fn finish(self) -> Result<(), Failure> {
        self.file.finish().map_err(Failure::write(&self.path))
    }
}
