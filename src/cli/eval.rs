//! `copydesk eval`: the measures of [`copydesk::eval`] over files of pages with a truth.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use copydesk::block::Block;
use copydesk::document::{Charset, Format, Location, RawDoc};
use copydesk::eval::leftovers::{Kinds, Leftovers};
use copydesk::eval::{PageScore, Prediction, Totals, Truth};
use copydesk::label::{Kind, Label, Reason};
use copydesk::pipeline;
use copydesk::{Cleaned, Cleaner};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::floors::Floors;
use super::{Exit, Failure, RuleArgs, pool, print};

#[derive(Debug, Args)]
#[command(
    after_help = "A line of FILE: {\"id\", \"url\", \"html\" or \"text\", \"kind\"?, \"truth\": {\"body\"?, \
    \"paragraphs\"?, \"with_\"?, \"without\"?, \"title\"?, \"authors\"?, \"date\"?}}\n\
    A line of --predictions and --score: {\"id\", \"text\", \"title\", \"authors\": [..], \"date\"}"
)]
pub(crate) struct EvalArgs {
    /// Pages with a truth: JSON lines, plain or gzip
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Only the pages whose `kind` is this
    #[arg(long)]
    kind: Option<String>,
    /// Clean the body of each truth, as a text, in place of the page, and measure headline and text together
    #[arg(long, conflicts_with = "score")]
    true_bodies: bool,
    /// List the N pages of each file that are farthest from their truth
    #[arg(long, value_name = "N", default_value_t = 0)]
    worst: usize,
    /// Write what was found on each page, a JSON line a page
    #[arg(long, value_name = "FILE")]
    predictions: Option<PathBuf>,
    /// Write each block that went, with its page's id, kind and reason, as JSON lines
    #[arg(long, value_name = "FILE", conflicts_with = "score")]
    removed: Option<PathBuf>,
    /// Measure these predictions, of any tool, instead of cleaning the pages of the one FILE
    #[arg(long, value_name = "FILE", conflicts_with = "predictions")]
    score: Option<PathBuf>,
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

/// A line of the removed blocks.
#[derive(Serialize)]
struct Removed<'a> {
    id: &'a str,
    kind: Kind,
    reason: &'a Reason,
    text: &'a str,
}

/// Where the predictions come from.
enum Predictor {
    /// The pages are cleaned.
    Cleaner(Cleaner),
    /// They are given, by id.
    Given(HashMap<String, Prediction>),
}

/// A page that was measured.
struct Page {
    id: String,
    url: Option<String>,
    kind: Option<String>,
    /// `None` if the document failed, or is not among the given predictions.
    found: Option<Prediction>,
    score: PageScore,
    /// `None` without a true body.
    leftovers: Option<Leftovers>,
    /// Blocks that went.
    removed: Vec<Block>,
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
    leftovers: Leftovers,
}

pub(crate) fn run(args: &EvalArgs) -> Result<Exit, Failure> {
    let predictor = match &args.score {
        Some(_) if args.files.len() > 1 => {
            return Err(Failure::Usage("--score takes one FILE: ids are unique only in a file".to_owned()));
        }
        Some(path) => Predictor::Given(given(path)?),
        None => Predictor::Cleaner(args.rules.cleaner()?),
    };
    let kinds = Kinds::shipped()?;
    let pool = pool(args.threads)?;
    let mut predictions = args.predictions.as_deref().map(Rows::create).transpose()?;
    let mut removed = args.removed.as_deref().map(Rows::create).transpose()?;
    let mut floors = args.floors.as_deref().map(Floors::read).transpose()?;
    for path in &args.files {
        let mut result = FileResult::default();
        pipeline::run(
            &pool,
            Lines::open(path)?,
            |line| line.as_ref().map_or(0, |line| line.bytes.len()),
            |line| measure(&predictor, &kinds, path, &line?, args),
            |page: Result<Option<Page>, Failure>| -> Result<(), Failure> {
                let Some(page) = page? else { return Ok(()) };
                let id = page.id.as_str();
                if let (Some(rows), Some(found)) = (&mut predictions, &page.found) {
                    rows.write(&Predicted { id, found })?;
                }
                if let Some(rows) = &mut removed {
                    for Block { text, label, reason, .. } in &page.removed {
                        if let Label::Dropped(kind) = *label {
                            rows.write(&Removed { id, kind, reason, text })?;
                        }
                    }
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
    predictions.map(Rows::finish).transpose()?;
    removed.map(Rows::finish).transpose()?;
    let Some(floors) = floors else { return Ok(Exit::Done) };
    let (all_hold, told) = floors.finish();
    eprint!("{told}");
    Ok(if all_hold { Exit::Done } else { Exit::Found })
}

/// A file of JSON lines that is being written.
struct Rows<'a> {
    path: &'a Path,
    out: BufWriter<File>,
}

impl<'a> Rows<'a> {
    fn create(path: &'a Path) -> Result<Self, Failure> {
        Ok(Self { path, out: BufWriter::new(File::create(path).map_err(Failure::write(path))?) })
    }

    fn write(&mut self, row: &impl Serialize) -> Result<(), Failure> {
        let written = serde_json::to_writer(&mut self.out, row).map_err(io::Error::from);
        written.and_then(|()| writeln!(self.out)).map_err(Failure::write(self.path))
    }

    fn finish(mut self) -> Result<(), Failure> {
        self.out.flush().map_err(Failure::write(self.path))
    }
}

/// The predictions of a file, by id.
fn given(path: &Path) -> Result<HashMap<String, Prediction>, Failure> {
    #[derive(Deserialize)]
    struct Given {
        id: Value,
        #[serde(flatten)]
        found: Prediction,
    }
    let mut all = HashMap::new();
    for line in Lines::open(path)? {
        let line = line?;
        let given: Given = line.parse(path)?;
        if all.insert(id(&given.id), given.found).is_some() {
            return Err(line.failure(path, format!("a second prediction for {}", given.id)));
        }
    }
    Ok(all)
}

/// An id as it is compared and written: numbers as their digits.
fn id(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

impl Predictor {
    /// What is found on a line's page and the blocks that went from it, `None` if the document fails or has no
    /// prediction.
    fn predict(
        &self,
        path: &Path,
        line: &Line,
        id: &str,
        row: &mut Row,
    ) -> Result<Option<(Prediction, Vec<Block>)>, Failure> {
        let cleaner = match self {
            Self::Given(all) => return Ok(all.get(id).cloned().map(|found| (found, vec![]))),
            Self::Cleaner(cleaner) => cleaner,
        };
        let (format, text) = match (row.html.take(), row.text.take()) {
            (Some(html), _) => (Format::Html, html),
            (None, Some(text)) => (Format::Text, text),
            (None, None) => return Err(line.failure(path, "neither `html` nor `text`".to_owned())),
        };
        let raw = RawDoc {
            id: id.to_owned(),
            url: row.url.clone(),
            source: Location {
                path: path.to_string_lossy().into(),
                record: line.number,
                offset: line.offset,
            },
            format,
            charset: Charset::Utf8,
            captured: None,
            bytes: text.into_bytes(),
        };
        let cleaned = pipeline::clean_guarded(cleaner, &raw);
        let found = |mut cleaned: Cleaned| {
            let removed = |block: &mut Block| matches!(block.label, Label::Dropped(_));
            let removed = cleaned.blocks.extract_if(.., removed).collect();
            (Prediction::of(cleaned), removed)
        };
        Ok(cleaned.map(found).inspect_err(|error| tracing::warn!("{error}")).ok())
    }
}

/// Measures a line's page; `None` for one that is not asked for: of another kind, or without a true body.
fn measure(
    predictor: &Predictor,
    kinds: &Kinds,
    path: &Path,
    line: &Line,
    args: &EvalArgs,
) -> Result<Option<Page>, Failure> {
    let mut row: Row = line.parse(path)?;
    if args.kind.is_some() && row.kind != args.kind {
        return Ok(None);
    }
    if args.true_bodies {
        let Some(body) = row.truth.body.clone().filter(|body| !body.is_empty()) else { return Ok(None) };
        row.truth = Truth { body: row.truth.body, ..Truth::default() };
        (row.html, row.text) = (None, Some(body));
    }
    let id = id(&row.id);
    let (mut found, removed) = predictor.predict(path, line, &id, &mut row)?.unzip();
    if let Some(found) = found.as_mut().filter(|_| args.true_bodies) {
        // A headline that was taken out of the text is not lost.
        found.text = found.title.iter().chain([&found.text]).cloned().collect::<Vec<_>>().join("\n");
    }
    let empty = Prediction::default();
    let measured = found.as_ref().unwrap_or(&empty);
    let score = PageScore::of(&row.truth, measured);
    let leftovers = row.truth.body.as_deref().map(|body| Leftovers::of(body, &measured.text, kinds));
    Ok(Some(Page {
        id,
        url: row.url,
        kind: row.kind,
        score,
        leftovers,
        found,
        removed: removed.unwrap_or_default(),
    }))
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
            page.leftovers.iter().for_each(|page| group.leftovers.add(page));
        }
    }

    fn told(&mut self, path: &Path, args: &EvalArgs) -> String {
        let mut told = String::new();
        for (kind, group) in &self.groups {
            let measures = group.totals.measures();
            let (rates, by_kind) = (group.leftovers.rates(), group.leftovers.by_kind());
            if args.json {
                let mut row = json!({"file": path, "kind": kind, "pages": group.pages, "found": group.found});
                row["measures"] = object(measures, 1e4);
                if !rates.is_empty() {
                    row["per_100_pages"] = object(rates, 1e2);
                    row["per_100_pages"]["leftover_kinds"] = object(by_kind, 1e2);
                }
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
                if !rates.is_empty() {
                    told += &format!("  per 100 pages: {}\n", per_100(&rates, &by_kind));
                }
            }
        }
        self.pages.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.cmp(&b.1)));
        for (quality, id, url) in self.pages.iter().take(args.worst) {
            told += &format!("{quality:.3} {id} {url}\n");
        }
        told
    }
}

/// Figures by name, rounded to `1 / scale`.
fn object(figures: Vec<(impl ToString, f64)>, scale: f64) -> Value {
    let rounded = |value: f64| json!((value * scale).round() / scale);
    figures.into_iter().map(|(name, value)| (name.to_string(), rounded(value))).collect()
}

fn per_100(rates: &[(&str, f64)], by_kind: &[(Kind, f64)]) -> String {
    let rates: Vec<_> = rates.iter().map(|(name, rate)| format!("{name}={rate:.1}")).collect();
    let kinds: Vec<_> = by_kind.iter().map(|(kind, rate)| format!("{kind} {rate:.1}")).collect();
    format!("{}  ({})", rates.join("  "), kinds.join(", "))
}

/// A line of a file.
struct Line {
    /// From 1.
    number: u64,
    /// Of its first byte in the decompressed file.
    offset: u64,
    bytes: Vec<u8>,
}

impl Line {
    fn parse<T: DeserializeOwned>(&self, path: &Path) -> Result<T, Failure> {
        serde_json::from_slice(&self.bytes).map_err(|error| self.failure(path, error.to_string()))
    }

    fn failure(&self, path: &Path, message: String) -> Failure {
        Failure::Line { path: path.to_owned(), line: self.number, message }
    }
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
