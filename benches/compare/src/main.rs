//! Runs one Rust extractor over pages, once, and tells what it took: `copydesk-compare TOOL PAGES PREDICTIONS`.
//!
//! The protocol, which `peers.py` has too: the pages are read into memory and a few are extracted to warm up; then one
//! pass over all of them is measured, the predictions are written, and the figures printed as a JSON object.

mod tools;
mod usage;

use std::error::Error;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};

use mimalloc::MiMalloc;
use serde::{Deserialize, Serialize};

/// As in the command line tool: all Rust extractors have it.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Pages extracted before the clock starts, so that what is compiled or loaded once does not count.
const WARM_UP: usize = 5;

/// A page as it is given to every tool.
#[derive(Deserialize)]
struct Page {
    id: serde_json::Value,
    #[serde(default)]
    url: Option<String>,
    html: String,
}

/// What a tool finds on a page; the field names are those of `copydesk eval --score`.
#[derive(Default, Serialize)]
struct Found {
    text: String,
    title: Option<String>,
    authors: Vec<String>,
    date: Option<String>,
}

#[derive(Serialize)]
struct Predicted<'a> {
    id: &'a serde_json::Value,
    #[serde(flatten)]
    found: &'a Found,
}

/// Figures of the measured pass.
#[derive(Serialize)]
struct Figures<'a> {
    /// Processor time, user and system, in seconds.
    cpu: f64,
    /// Of the page that took longest.
    slowest: f64,
    slowest_id: &'a serde_json::Value,
    /// Most memory of the process beyond what it held with the pages read and the tool made, in bytes.
    memory: Option<u64>,
    /// Pages on which the tool reported an error; they count as empty.
    failed: usize,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let (Some(tool), Some(pages), Some(predictions), None) =
        (args.next(), args.next(), args.next(), args.next())
    else {
        return Err("usage: copydesk-compare TOOL PAGES PREDICTIONS".into());
    };
    let extract = tools::named(&tool)?;
    let pages = read(&pages)?;
    let before = usage::begin();
    for page in pages.iter().take(WARM_UP) {
        let _ = extract(page); // only the time matters here
    }

    let started = usage::cpu();
    let (mut last, mut slowest, mut failed) = (started, (0.0, 0), 0);
    let mut found = Vec::with_capacity(pages.len());
    for (row, page) in pages.iter().enumerate() {
        found.push(extract(page).unwrap_or_else(|_| {
            failed += 1;
            Found::default()
        }));
        let now = usage::cpu();
        if now - last > slowest.0 {
            slowest = (now - last, row);
        }
        last = now;
    }
    let memory = usage::grown(before);

    let mut out = BufWriter::new(File::create(predictions)?);
    for (page, found) in pages.iter().zip(&found) {
        serde_json::to_writer(&mut out, &Predicted { id: &page.id, found })?;
        out.write_all(b"\n")?;
    }
    out.flush()?;
    let slowest_id = pages.get(slowest.1).map_or(&serde_json::Value::Null, |page| &page.id);
    let figures = Figures { cpu: last - started, slowest: slowest.0, slowest_id, memory, failed };
    println!("{}", serde_json::to_string(&figures)?);
    Ok(())
}

/// The pages, a line at a time: what reading took would else be given back to the system while the clock runs.
fn read(path: &str) -> Result<Vec<Page>, Box<dyn Error>> {
    let mut pages = vec![];
    let mut file = BufReader::new(File::open(path)?);
    let mut line = String::new();
    while file.read_line(&mut line)? > 0 {
        pages.push(serde_json::from_str(&line)?);
        line.clear();
    }
    Ok(pages)
}
