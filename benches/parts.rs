//! What the whole command costs beside the sum of its parts, each measured alone: decompressing the input, decoding its
//! records, cleaning them in memory, making and writing the articles.
//!
//!     cargo bench --bench parts
//!
//! Processor time of whole processes (user and system, as Linux tells), on one thread. A round is the command and then
//! its parts, one after the other in a new process, so that each side makes the rules ready once;
//! the input is several copies of the pages, so that this is little. The ratio is the median of those of the rounds.
//!
//! The parts are what they cost at best: gzip and zstd are decompressed as a stream by their libraries, JSON lines are
//! decoded by serde into the three fields that they have. There is no such library for WARC; its records are cut
//! by ours, out of memory.

#![allow(missing_docs, clippy::unwrap_used)]

mod pages;

use std::fs::{self, File};
use std::hint::black_box;
use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use copydesk::Cleaner;
use copydesk::document::RawDoc;
use copydesk::input::{InputOptions, from_reader};
use copydesk::output::{ArticleFormat, OutFile, Rendering, render};
use copydesk::rules::RuleSet;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use serde::Deserialize;

// As the command does.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ROUNDS: usize = 5;

/// The input is so many copies of the pages that it has this many bytes of them.
const BYTES: usize = 700_000_000;

const PARTS: [&str; 4] = ["decompress", "decode", "clean", "write"];

/// The word that has this program measure the parts of the file that follows it.
const PART_MODE: &str = "--parts-of";

/// A line of the input.
#[derive(Deserialize)]
#[expect(dead_code, reason = "decoding them is what is measured")]
struct Line {
    id: String,
    url: String,
    html: String,
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    if let Some(at) = args.iter().position(|arg| arg == PART_MODE) {
        let seconds = measure_parts(Path::new(&args[at + 1]), args[at + 2].parse().unwrap());
        println!("{}", seconds.map(|seconds| seconds.to_string()).join(" "));
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let pages = pages::pages();
    let bytes: usize = pages.iter().map(String::len).sum();
    let copies = BYTES.div_ceil(bytes);
    println!("{} pages, {:.1} MB, {copies} times; {ROUNDS} rounds", pages.len(), bytes as f64 / 1e6);
    println!("| input | {} | sum | whole command | whole / sum (range) |", PARTS.join(" | "));
    println!("| --- | {}--- | --- | --- |", "--- | ".repeat(PARTS.len()));
    for file in write_inputs(folder.path(), &pages) {
        let rounds: Vec<(f64, [f64; 4])> =
            (0..ROUNDS).map(|_| (whole(&file, copies), parts_in_a_child(&file, copies))).collect();
        let sum = |parts: &[f64; 4]| parts.iter().sum::<f64>();
        let mut line = format!("| {} |", file.file_name().unwrap().to_str().unwrap());
        for part in 0..PARTS.len() {
            line += &format!(" {:.2} s |", sorted(&rounds, |(_, parts)| parts[part])[ROUNDS / 2]);
        }
        let ratios = sorted(&rounds, |(whole, parts)| whole / sum(parts));
        println!(
            "{line} {:.2} s | {:.2} s | {:.3} ({:.3}-{:.3}) |",
            sorted(&rounds, |(_, parts)| sum(parts))[ROUNDS / 2],
            sorted(&rounds, |(whole, _)| *whole)[ROUNDS / 2],
            ratios[ROUNDS / 2],
            ratios[0],
            ratios[ROUNDS - 1]
        );
    }
}

fn sorted<T>(rounds: &[T], figure: impl Fn(&T) -> f64) -> Vec<f64> {
    let mut figures: Vec<f64> = rounds.iter().map(figure).collect();
    figures.sort_by(f64::total_cmp);
    figures
}

/// The same pages as JSON lines in one gzip member or zstd frame, and as a web archive with a member for each record.
fn write_inputs(folder: &Path, pages: &[String]) -> [PathBuf; 3] {
    let files = ["pages.jsonl.gz", "pages.jsonl.zst", "pages.warc.gz"].map(|name| folder.join(name));
    let mut gzip = GzEncoder::new(File::create(&files[0]).unwrap(), flate2::Compression::default());
    let mut zstd = zstd::Encoder::new(File::create(&files[1]).unwrap(), 3).unwrap();
    let mut archive = File::create(&files[2]).unwrap();
    for (number, page) in pages.iter().enumerate() {
        let url = format!("https://elster.example/{number}");
        let line =
            serde_json::json!({ "id": format!("p{number}"), "url": url, "html": page }).to_string() + "\n";
        gzip.write_all(line.as_bytes()).unwrap();
        zstd.write_all(line.as_bytes()).unwrap();
        let http = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n";
        let length = http.len() + page.len();
        let mut member = GzEncoder::new(&mut archive, flate2::Compression::default());
        write!(
            member,
            "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{number}>\r\nWARC-Target-URI: {url}\r\n\
             Content-Type: application/http\r\nContent-Length: {length}\r\n\r\n{http}{page}\r\n\r\n"
        )
        .unwrap();
        member.finish().unwrap();
    }
    gzip.finish().unwrap();
    zstd.finish().unwrap();
    files
}

/// Processor time of the command over so many copies of a file.
fn whole(file: &Path, copies: usize) -> f64 {
    let before = cpu_seconds(CHILDREN);
    let status = Command::new(env!("CARGO_BIN_EXE_copydesk"))
        .args(["clean", "--quiet", "--threads", "1", "-o"])
        .arg(file.with_file_name("whole.jsonl"))
        .args(std::iter::repeat_n(file, copies))
        .status();
    assert!(status.unwrap().success());
    cpu_seconds(CHILDREN) - before
}

fn parts_in_a_child(file: &Path, copies: usize) -> [f64; 4] {
    let child = Command::new(std::env::current_exe().unwrap())
        .arg(PART_MODE)
        .args([file.as_os_str(), copies.to_string().as_ref()])
        .output()
        .unwrap();
    assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stderr));
    let seconds: Vec<f64> = String::from_utf8(child.stdout)
        .unwrap()
        .split_whitespace()
        .map(|part| part.parse().unwrap())
        .collect();
    seconds.try_into().unwrap()
}

/// Processor time of each part for so many copies of a file.
fn measure_parts(file: &Path, copies: usize) -> [f64; 4] {
    let decompress = timed(copies, || {
        let mut plain = decompressed(file);
        let mut room = vec![0; 128 * 1024];
        while plain.read(&mut room).unwrap() > 0 {}
    });

    let mut plain = Vec::new();
    decompressed(file).read_to_end(&mut plain).unwrap();
    let plain: Arc<[u8]> = plain.into();
    let documents = || from_reader("pages", Cursor::new(Arc::clone(&plain)), InputOptions::default());
    let decode = timed(copies, || {
        if plain.starts_with(b"WARC/") {
            documents().for_each(|document| drop(black_box(document)));
        } else {
            let lines = plain.split_inclusive(|&byte| byte == b'\n');
            lines.for_each(|line| drop(black_box(serde_json::from_slice::<Line>(line).unwrap())));
        }
    });

    let documents: Vec<RawDoc> = documents().map(Result::unwrap).collect();
    let mut cleaner = None;
    let clean = timed(copies, || {
        let cleaner =
            cleaner.get_or_insert_with(|| Cleaner::new(Arc::new(RuleSet::load(None, true).unwrap())));
        documents.iter().for_each(|document| drop(black_box(cleaner.clean(document))));
    });

    let cleaner = cleaner.unwrap();
    let cleaned: Vec<_> = documents.iter().map(|document| cleaner.clean(document).unwrap()).collect();
    let rendering = Rendering { format: ArticleFormat::Jsonl, blocks: false, removed: false };
    let written = file.with_file_name("parts.jsonl");
    let mut out = Some(OutFile::create(&written).unwrap());
    let mut left = copies;
    let write = timed(copies, || {
        for (document, cleaned) in documents.iter().zip(&cleaned) {
            if let Some(article) = render(document, cleaned, rendering).article {
                out.as_mut().unwrap().write_all(&article).unwrap();
            }
        }
        left -= 1;
        if left == 0 {
            out.take().unwrap().finish().unwrap();
        }
    });
    fs::remove_file(written).unwrap();
    [decompress, decode, clean, write]
}

fn decompressed(file: &Path) -> Box<dyn Read + Send> {
    let input = File::open(file).unwrap();
    if file.extension().is_some_and(|extension| extension == "zst") {
        Box::new(zstd::Decoder::new(input).unwrap())
    } else {
        Box::new(MultiGzDecoder::new(input))
    }
}

fn timed(times: usize, mut part: impl FnMut()) -> f64 {
    let before = cpu_seconds(SELF);
    (0..times).for_each(|_| part());
    cpu_seconds(SELF) - before
}

// Fields of `/proc/self/stat` behind the name: user time; the system time is the next one.
const SELF: usize = 11;
const CHILDREN: usize = 13;

/// Processor time so far, of this process or of its children that have ended; ticks of Linux are 1/100 s.
fn cpu_seconds(field: usize) -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_ascii_whitespace().collect();
    fields[field..field + 2].iter().map(|ticks| ticks.parse::<f64>().unwrap()).sum::<f64>() / 100.0
}
