//! `copydesk diff`: what changed between two runs over the same input, worst first.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::fs::File;
use std::hash::{Hash, Hasher};
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use clap::Args;
use copydesk::{input, output, words};
use rustc_hash::{FxHashMap, FxHashSet, FxHasher};
use serde::Serialize;
use serde_json::{Map, Value};

use super::{Exit, Failure, print};

#[derive(Debug, Args)]
#[command(after_help = "\
Exit status: 0 if the articles are the same, 1 if not, 2 if the runs cannot be compared.

Example:
  copydesk diff before/ after/ --worst 50")]
pub(crate) struct DiffArgs {
    /// The run before: a file of articles as JSON lines (plain, .gz or .zst) or Parquet, or an output folder
    #[arg(value_name = "RUN_A")]
    before: PathBuf,
    /// The run after
    #[arg(value_name = "RUN_B")]
    after: PathBuf,
    /// How many articles to show
    #[arg(long, value_name = "N", default_value_t = 20)]
    worst: usize,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What changed.
#[derive(Debug, Default, Serialize)]
struct Difference {
    before: u64,
    after: u64,
    same: u64,
    changed: u64,
    only_before: u64,
    only_after: u64,
    /// Words of both runs' texts together, and how many of them are in one only.
    words: u64,
    words_lost: u64,
    words_gained: u64,
    /// In how many articles a field is another.
    fields: BTreeMap<String, u64>,
    /// Articles with most words changed first.
    worst: Vec<Change>,
}

/// What changed in an article. Ordered by how much; equal ones by their place in the runs.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct Change {
    /// Thousandths of the words of both texts that are in one only.
    changed_permille: u64,
    words_lost: u64,
    words_gained: u64,
    #[serde(skip)]
    place: Reverse<u64>,
    id: String,
    /// Which run has it, if only one has.
    only: Option<&'static str>,
    fields: Vec<String>,
}

/// An article and what it is known by.
struct Article {
    key: u64,
    id: String,
    fields: Map<String, Value>,
}

pub(crate) fn run(args: &DiffArgs) -> Result<Exit, Failure> {
    let keys = |run: &Path| -> Result<FxHashSet<u64>, Failure> {
        articles(run)?.map(|article| Ok(article?.key)).collect()
    };
    // First the keys, eight bytes an article; then both runs side by side, an article at a time.
    let (before_keys, after_keys) = (keys(&args.before)?, keys(&args.after)?);
    let mut found = Difference::default();
    let mut worst = BinaryHeap::new();
    let mut keep = |change: Change| {
        worst.push(Reverse(change));
        if worst.len() > args.worst {
            worst.pop();
        }
    };
    let mut after = articles(&args.after)?;
    let mut place = 0;
    for before in articles(&args.before)? {
        let before = before?;
        found.before += 1;
        place += 1;
        if !after_keys.contains(&before.key) {
            keep(found.count(Some(&before), None, place));
            continue;
        }
        loop {
            let Some(next) = after.next().transpose()? else {
                return Err(Failure::Usage(format!(
                    "the runs have their articles in another order: {} comes too late in {}",
                    before.id,
                    args.before.display()
                )));
            };
            found.after += 1;
            if next.key == before.key {
                if next.fields == before.fields {
                    found.same += 1;
                    found.words += 2 * words::count(text(&next)) as u64;
                } else {
                    keep(found.count(Some(&before), Some(&next), place));
                }
                break;
            }
            if !before_keys.contains(&next.key) {
                keep(found.count(None, Some(&next), place));
            }
        }
    }
    for next in after {
        found.after += 1;
        place += 1;
        keep(found.count(None, Some(&next?), place));
    }
    found.worst = worst.into_sorted_vec().into_iter().map(|Reverse(change)| change).collect();
    if args.json {
        let json = serde_json::to_string_pretty(&found).expect("numbers and strings into memory never fail");
        print(&(json + "\n"))?;
    } else {
        print(&found.to_string())?;
    }
    let differs = found.changed + found.only_before + found.only_after > 0;
    Ok(if differs { Exit::Found } else { Exit::Done })
}

impl Difference {
    fn count(&mut self, before: Option<&Article>, after: Option<&Article>, place: u64) -> Change {
        let (lost, gained, all) = compare(before.map_or("", text), after.map_or("", text));
        self.words += all;
        self.words_lost += lost;
        self.words_gained += gained;
        let (only, fields) = match (before, after) {
            (Some(before), Some(after)) => {
                self.changed += 1;
                (None, changed(&before.fields, &after.fields))
            }
            (Some(_), None) => {
                self.only_before += 1;
                (Some("before"), vec![])
            }
            _ => {
                self.only_after += 1;
                (Some("after"), vec![])
            }
        };
        for field in &fields {
            *self.fields.entry(field.clone()).or_default() += 1;
        }
        Change {
            changed_permille: (lost + gained) * 1000 / all.max(1),
            words_lost: lost,
            words_gained: gained,
            place: Reverse(place),
            id: before.or(after).map(|article| article.id.clone()).unwrap_or_default(),
            only,
            fields,
        }
    }
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { before, after, same, changed, only_before, only_after, .. } = self;
        writeln!(f, "articles: before {before}, after {after}")?;
        writeln!(f, "same {same}, changed {changed}, only before {only_before}, only after {only_after}")?;
        let share = (self.words_lost + self.words_gained) as f64 * 100.0 / self.words.max(1) as f64;
        writeln!(f, "words: lost {}, gained {}, {share:.2} % of both", self.words_lost, self.words_gained)?;
        if !self.fields.is_empty() {
            let fields: Vec<_> =
                self.fields.iter().map(|(field, count)| format!("{field} {count}")).collect();
            writeln!(f, "fields: {}", fields.join(", "))?;
        }
        if !self.worst.is_empty() {
            writeln!(f, "worst first, words changed, lost and gained:")?;
        }
        for change in &self.worst {
            let what = match change.only {
                Some(run) => format!("only {run}"),
                None => change.fields.join(", "),
            };
            let share = change.changed_permille as f64 / 10.0;
            let Change { words_lost, words_gained, id, .. } = change;
            writeln!(f, "{share:>6.1} %  -{words_lost:<5} +{words_gained:<5}  {id}  {what}")?;
        }
        Ok(())
    }
}

fn text(article: &Article) -> &str {
    article.fields.get("text").and_then(Value::as_str).unwrap_or_default()
}

/// Words only in the first text, only in the second, and in both together; each as often as it stands there.
fn compare(before: &str, after: &str) -> (u64, u64, u64) {
    let mut counts: FxHashMap<u32, i64> = FxHashMap::default();
    let mut all = 0;
    for (text, sign) in [(before, 1), (after, -1)] {
        let mut hashes = Vec::new();
        words::hashes(text, &mut hashes);
        all += hashes.len() as u64;
        hashes.into_iter().for_each(|word| *counts.entry(word).or_default() += sign);
    }
    let sum = |sign: i64| counts.values().map(|count| (count * sign).max(0).unsigned_abs()).sum();
    (sum(1), sum(-1), all)
}

/// Names of the fields that are not the same.
fn changed(before: &Map<String, Value>, after: &Map<String, Value>) -> Vec<String> {
    let added = after.keys().filter(|name| !before.contains_key(*name));
    before.keys().chain(added).filter(|name| before.get(*name) != after.get(*name)).cloned().collect()
}

/// The articles of a run, in its order.
fn articles(run: &Path) -> Result<impl Iterator<Item = Result<Article, Failure>>, Failure> {
    let files = if run.is_dir() { article_files(run)? } else { vec![run.to_owned()] };
    Ok(files.into_iter().flat_map(|path| {
        let objects = objects(&path).unwrap_or_else(|error| Box::new(std::iter::once(Err(error))));
        objects.zip(1..).map(move |(object, line)| {
            let object = object.map_err(|error| match error.kind() {
                io::ErrorKind::InvalidData => {
                    Failure::Line { path: path.clone(), line, message: error.to_string() }
                }
                _ => Failure::read(&path)(error),
            })?;
            Article::new(object).ok_or_else(|| {
                let message = "no article: it has no `id`".to_owned();
                Failure::Line { path: path.clone(), line, message }
            })
        })
    }))
}

type Objects = Box<dyn Iterator<Item = io::Result<Map<String, Value>>>>;

/// What a file holds, a line or a row each.
fn objects(path: &Path) -> io::Result<Objects> {
    if path.extension().is_some_and(|extension| extension == "parquet") {
        return Ok(Box::new(output::read_table(File::open(path)?)?));
    }
    let lines = BufReader::new(input::plain(path)?).lines();
    let bad = |error| io::Error::new(io::ErrorKind::InvalidData, error);
    Ok(Box::new(lines.map(move |line| serde_json::from_str(&line?).map_err(bad))))
}

impl Article {
    fn new(mut fields: Map<String, Value>) -> Option<Self> {
        let Some(Value::String(id)) = fields.remove("id") else { return None };
        // Ids may repeat in an input, and numbers of records in its files. Folders may be others now.
        let source = fields.remove("source").unwrap_or_default();
        let file = source["path"].as_str().map(|path| path.rsplit(['/', '\\']).next());
        let mut hasher = FxHasher::default();
        (&id, file, source["record"].as_u64()).hash(&mut hasher);
        // Rows come without them.
        fields.retain(|_, value| !value.is_null());
        Some(Self { key: hasher.finish(), id, fields })
    }
}

/// The files of articles in an output folder: one, or shards.
fn article_files(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let entries = std::fs::read_dir(folder).map_err(Failure::read(folder))?;
    let mut files: Vec<_> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let is_kind = |kind| {
                name.starts_with(&format!("articles{kind}"))
                    || (name.starts_with("articles-") && name.contains(kind))
            };
            [".jsonl", ".parquet"].into_iter().any(is_kind) && !name.ends_with(".tmp")
        })
        .collect();
    // Shard 100000 comes after shard 99999.
    files.sort_by_key(|path| (path.as_os_str().len(), path.clone()));
    if files.is_empty() {
        return Err(Failure::Usage(format!(
            "{} holds no articles as JSON lines or Parquet",
            folder.display()
        )));
    }
    Ok(files)
}
