//! `copydesk eval`: the measures of [`copydesk::eval`] over files of pages with a truth.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use copydesk::Cleaner;
use copydesk::document::{Charset, Format, Location, RawDoc};
use copydesk::eval::{PageScore, Prediction, Totals, Truth};
use copydesk::pipeline;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::floors::Floors;
use super::{Exit, Failure, RuleArgs, pool, print};

#[derive(Debug, Args)]
#[command(
    after_help = "A line of FILE: {\"id\", \"url\", \"html\" or \"text\", \"kind\"?, \"truth\": {\"body\"?, \
    \"paragraphs\"?, \"with_\"?, \"without\"?, \"title\"?, \"authors\"?, \"date\"?}}"
)]
pub(crate) struct EvalArgs {
    /// Pages with a truth: JSON lines, plain or gzip
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Only the pages whose `kind` is this
    #[arg(long)]
    kind: Option<String>,
    /// List the N pages of each file that are farthest from their truth
    #[arg(long, value_name = "N", default_value_t = 0)]
    worst: usize,
    /// Write what was found on each page, a JSON line a page
    #[arg(long, value_name = "FILE")]
    predictions: Option<PathBuf>,
    /// Exit with 1 if a measure is below its floor in this TOML file, or a file in it was not measured
    #[arg(long, value_name = "TOML")]
    floors: Option<PathBuf>,
    /// Print a JSON line a file (and kind) instead of text
    #[arg(long)]
    json: bool,
    /// Number of threads [default: one a core]
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    #[command(flatten)]
    rules: RuleArgs,
}

/// A line of a file with truth.
#[derive(Deserialize)]
struct Row {
    id: Value,
    url: Option<String>,
    html: Option<String>,
    text: Option<String>,
    kind: Option<String>,
    truth: Truth,
}

/// A line of the predictions.
#[derive(Serialize)]
struct Predicted<'a> {
    id: &'a str,
    #[serde(flatten)]
    found: &'a Prediction,
}

/// A page that was cleaned and measured.
struct Page {
    id: String,
    url: Option<String>,
    kind: Option<String>,
    /// `None` if the document failed.
    found: Option<Prediction>,
    score: PageScore,
}

/// What is told of a file: all its pages, and the pages of each kind if the lines have kinds.
#[derive(Default)]
struct FileResult {
    groups: BTreeMap<Option<String>, Group>,
    /// Quality, id and address.
    pages: Vec<(f64, String, String)>,
}

#[derive(Default)]
struct Group {
    pages: u32,
    found: u32,
    totals: Totals,
}

pub(crate) fn run(args: &EvalArgs) -> Result<Exit, Failure> {
    let cleaner = args.rules.cleaner()?;
    let pool = pool(args.threads)?;
    let mut predictions = match &args.predictions {
        Some(path) => Some((path, BufWriter::new(File::create(path).map_err(Failure::write(path))?))),
        None => None,
    };
    let mut floors = args.floors.as_deref().map(Floors::read).transpose()?;
    for path in &args.files {
        let mut result = FileResult::default();
        pipeline::run(
            &pool,
            Lines::open(path)?,
            |line| line.as_ref().map_or(0, |line| line.bytes.len()),
            |line| measure(&cleaner, path, &line?, args.kind.as_deref()),
            |page: Result<Option<Page>, Failure>| -> Result<(), Failure> {
                let Some(page) = page? else { return Ok(()) };
                if let (Some((path, out)), Some(found)) = (&mut predictions, &page.found) {
                    let written = serde_json::to_writer(&mut *out, &Predicted { id: &page.id, found });
                    written
                        .map_err(io::Error::from)
                        .and_then(|()| writeln!(out))
                        .map_err(Failure::write(path))?;
                }
                result.add(page);
                Ok(())
            },
        )?;
        print(&result.told(path, args))?;
        if let Some(floors) = &mut floors {
            for (kind, group) in &result.groups {
                eprint!("{}", floors.check(path, kind.as_deref(), &group.totals.measures())?);
            }
        }
    }
    if let Some((path, mut out)) = predictions {
        out.flush().map_err(Failure::write(path))?;
    }
    let Some(floors) = floors else { return Ok(Exit::Done) };
    let (all_hold, told) = floors.finish();
    eprint!("{told}");
    Ok(if all_hold { Exit::Done } else { Exit::Found })
}

/// Cleans a line's page and measures it; `None` for a page of another kind than is asked for.
fn measure(cleaner: &Cleaner, path: &Path, line: &Line, kind: Option<&str>) -> Result<Option<Page>, Failure> {
    let fail = |message: String| Failure::Line { path: path.to_owned(), line: line.number, message };
    let row: Row = serde_json::from_slice(&line.bytes).map_err(|error| fail(error.to_string()))?;
    if kind.is_some() && row.kind.as_deref() != kind {
        return Ok(None);
    }
    let (format, text) = match (row.html, row.text) {
        (Some(html), _) => (Format::Html, html),
        (None, Some(text)) => (Format::Text, text),
        (None, None) => return Err(fail("neither `html` nor `text`".to_owned())),
    };
    let id = row.id.as_str().map_or_else(|| row.id.to_string(), str::to_owned);
    let raw = RawDoc {
        id: id.clone(),
        url: row.url.clone(),
        source: Location { path: path.to_string_lossy().into(), record: line.number, offset: line.offset },
        format,
        charset: Charset::Utf8,
        captured: None,
        bytes: text.into_bytes(),
    };
    let found = match pipeline::clean_guarded(cleaner, &raw) {
        Ok(cleaned) => Some(Prediction::of(cleaned)),
        Err(error) => {
            tracing::warn!("{error}");
            None
        }
    };
    let score = PageScore::of(&row.truth, found.as_ref().unwrap_or(&Prediction::default()));
    Ok(Some(Page { id, url: row.url, kind: row.kind, found, score }))
}

impl FileResult {
    fn add(&mut self, page: Page) {
        if let Some(quality) = page.score.quality() {
            self.pages.push((quality, page.id, page.url.unwrap_or_default()));
        }
        let kind = page.kind.map(Some);
        for group in std::iter::once(None).chain(kind) {
            let group = self.groups.entry(group).or_default();
            group.pages += 1;
            group.found += u32::from(page.found.is_some());
            group.totals.add(&page.score);
        }
    }

    fn told(&mut self, path: &Path, args: &EvalArgs) -> String {
        let mut told = String::new();
        for (kind, group) in &self.groups {
            let measures = group.totals.measures();
            if args.json {
                let measures: serde_json::Map<_, _> = measures
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), json!((value * 1e4).round() / 1e4)))
                    .collect();
                let row = json!({"file": path, "kind": kind, "pages": group.pages, "found": group.found, "measures": measures});
                told += &format!("{row}\n");
            } else {
                let kind = kind.as_ref().map(|kind| format!(" kind={kind}")).unwrap_or_default();
                let measures: Vec<_> =
                    measures.iter().map(|(name, value)| format!("{name}={value:.4}")).collect();
                told += &format!(
                    "{}{kind}: pages={}  {}  found={}\n",
                    path.display(),
                    group.pages,
                    measures.join("  "),
                    group.found
                );
            }
        }
        self.pages.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.cmp(&b.1)));
        for (quality, id, url) in self.pages.iter().take(args.worst) {
            told += &format!("{quality:.3} {id} {url}\n");
        }
        told
    }
}

/// A line of a file.
struct Line {
    /// From 1.
    number: u64,
    /// Of its first byte in the decompressed file.
    offset: u64,
    bytes: Vec<u8>,
}

/// The lines of a file, decompressed if it is gzip.
struct Lines {
    path: Arc<Path>,
    reader: Box<dyn BufRead + Send>,
    number: u64,
    offset: u64,
}

impl Lines {
    fn open(path: &Path) -> Result<Self, Failure> {
        let fail = || Failure::read(path);
        let mut file = BufReader::new(File::open(path).map_err(fail())?);
        let gzip = file.fill_buf().map_err(fail())?.starts_with(&[0x1f, 0x8b]);
        let reader: Box<dyn BufRead + Send> = if gzip {
            Box::new(BufReader::with_capacity(1 << 16, flate2::bufread::MultiGzDecoder::new(file)))
        } else {
            Box::new(file)
        };
        Ok(Self { path: path.into(), reader, number: 0, offset: 0 })
    }
}

impl Iterator for Lines {
    type Item = Result<Line, Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut bytes = Vec::new();
        match self.reader.read_until(b'\n', &mut bytes) {
            Ok(0) => None,
            Ok(read) => {
                let offset = self.offset;
                self.number += 1;
                self.offset += read as u64;
                Some(Ok(Line { number: self.number, offset, bytes }))
            }
            Err(cause) => Some(Err(Failure::read(&self.path)(cause))),
        }
    }
}
