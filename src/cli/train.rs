//! `copydesk train`: the structure model from pages with a truth.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use copydesk::Cleaner;
use copydesk::eval::Prediction;
use copydesk::rules::RuleSet;
use copydesk::train::{Example, Plan, train};
use rayon::prelude::*;

use super::{Exit, Failure};

#[derive(Debug, Args)]
pub(crate) struct TrainArgs {
    /// Pages and texts with a truth: JSON lines, plain or gzip
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Where to write the model
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Cross-validate: train on all folds but one by registrable domain, predict that one
    #[arg(long, value_name = "N")]
    folds: Option<usize>,
    /// With --folds: only predict the first M folds
    #[arg(long, value_name = "M")]
    first_folds: Option<usize>,
    /// With --folds: predict these too, without learning from them
    #[arg(long, value_name = "FILE")]
    unlearned: Vec<PathBuf>,
    /// With --folds: write the predictions to this folder, one file a set
    #[arg(long, value_name = "DIR")]
    predictions: Option<PathBuf>,
    /// Trees of each forest for pages; those for texts have half as many again
    #[arg(long, value_name = "N", default_value_t = 100)]
    trees: usize,
    /// Forests that look one after the other
    #[arg(long, value_name = "N", default_value_t = 2)]
    layers: usize,
    /// Seed of the folds
    #[arg(long, value_name = "N", default_value_t = 17)]
    seed: u64,
}

pub(crate) fn run(args: &TrainArgs) -> Result<Exit, Failure> {
    let mut sets: Vec<(String, Vec<(String, Example)>)> = vec![];
    for path in args.files.iter().chain(&args.unlearned) {
        let file = File::open(path).map_err(Failure::read(path))?;
        let reader: Box<dyn BufRead> = if path.extension().is_some_and(|end| end == "gz") {
            Box::new(BufReader::new(flate2::read::MultiGzDecoder::new(file)))
        } else {
            Box::new(BufReader::new(file))
        };
        let mut rows = vec![];
        for line in reader.lines() {
            let line = line.map_err(Failure::read(path))?;
            let row: serde_json::Value = serde_json::from_str(&line).unwrap_or_default();
            let id = row["id"].as_str().unwrap_or_default().to_owned();
            if let Ok(example) = serde_json::from_value(row) {
                rows.push((id, example));
            }
        }
        sets.push((
            path.file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .split('.')
                .next()
                .unwrap_or_default()
                .to_owned(),
            rows,
        ));
    }
    let rules = Arc::new(RuleSet::load(None, false)?);
    let plan = Plan { trees: args.trees, layers: args.layers, folds: 3, seed: args.seed };
    if let (Some(folds), Some(folder)) = (args.folds, &args.predictions) {
        fs::create_dir_all(folder).map_err(Failure::write(folder))?;
        let mut files: Vec<File> = vec![];
        for (name, _) in &sets {
            let path = folder.join(format!("{name}.pred.jsonl"));
            files.push(File::create(&path).map_err(Failure::write(&path))?);
        }
        for fold in 0..args.first_folds.unwrap_or(folds) {
            let started = std::time::Instant::now();
            let part: Vec<&Example> = sets[..args.files.len()]
                .iter()
                .flat_map(|(_, rows)| rows)
                .map(|(_, example)| example)
                .filter(|example| example.fold(folds, args.seed) != fold)
                .collect();
            let model = Arc::new(train(&part, &rules, plan));
            let cleaner = Cleaner::with_model(rules.clone(), model);
            for ((name, rows), file) in sets.iter().zip(&mut files) {
                let found: Vec<String> = rows
                    .par_iter()
                    .filter(|(_, example)| example.fold(folds, args.seed) == fold)
                    .map(|(id, example)| {
                        let found = Prediction::of(cleaner.clean_document(&example.document()));
                        serde_json::json!({
                            "id": id, "text": found.text, "title": found.title,
                            "authors": found.authors, "date": found.date,
                        })
                        .to_string()
                    })
                    .collect();
                eprintln!("fold {fold}: {name} {} of {}", found.len(), rows.len());
                for line in found {
                    writeln!(file, "{line}").map_err(Failure::write(folder))?;
                }
            }
            eprintln!("fold {fold}: {:?}", started.elapsed());
        }
    }
    if let Some(output) = &args.output {
        let all: Vec<&Example> =
            sets[..args.files.len()].iter().flat_map(|(_, rows)| rows).map(|(_, example)| example).collect();
        fs::write(output, train(&all, &rules, plan).write()).map_err(Failure::write(output))?;
    }
    Ok(Exit::Done)
}
