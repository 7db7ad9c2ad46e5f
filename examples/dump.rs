//! Writes a dump of any size to measure with: invented pages, made of those in `samples/`.
//!
//! ```sh
//! cargo run --release --example dump -- /tmp/dump.parquet --megabytes 5000
//! ```
//!
//! The name says what it becomes: `.jsonl.zst`, `.warc.gz` (a member for each record) or `.parquet`. The same
//! seed gives the same pages in each. It is written as a stream, but for one row group of Parquet.

use std::error::Error;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Parser;
use flate2::Compression;
use flate2::write::GzEncoder;
use parquet::basic;
use parquet::data_type::{ByteArray, ByteArrayType};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use serde_json::json;

/// Writes a dump of invented pages.
#[derive(Debug, Parser)]
struct Args {
    /// The file: .jsonl.zst, .warc.gz or .parquet
    file: PathBuf,
    /// Bytes of the pages, before compression, in millions
    #[arg(long, default_value_t = 1000)]
    megabytes: u64,
    /// Another number, other pages
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

#[allow(dead_code, reason = "a test includes this file")]
fn main() -> Result<(), Box<dyn Error>> {
    let args = Args::parse();
    let records = write(&args.file, args.megabytes * 1_000_000, args.seed)?;
    println!("{records} pages in {}", args.file.display());
    Ok(())
}

/// Writes pages of so many bytes, and tells how many they are.
pub(crate) fn write(path: &Path, bytes: u64, seed: u64) -> Result<u64, Box<dyn Error>> {
    let mut dump = Dump::create(path)?;
    let mut pages = Pages::new(seed)?;
    let (mut records, mut written) = (0, 0);
    while written < bytes {
        let html = pages.page();
        written += html.len() as u64;
        records += 1;
        let id = format!("page-{records}");
        let url = format!("https://www.elsterwick-post.example/{}/{id}", records % 12 + 1);
        dump.write(&id, &url, html)?;
    }
    dump.finish()?;
    Ok(records)
}

/// Makes pages out of samples: with other words, and with more script or, one in a hundred, more text.
struct Pages {
    random: u64,
    samples: Vec<String>,
    words: Vec<String>,
}

impl Pages {
    fn new(seed: u64) -> Result<Self, Box<dyn Error>> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/pages");
        let mut paths = fs::read_dir(folder)?
            .map(|entry| Ok(entry?.path().join("page.html")))
            .collect::<std::io::Result<Vec<_>>>()?;
        paths.sort();
        // Pages in other encodings would not be the same bytes in JSON.
        let read = |path: PathBuf| -> std::io::Result<Option<String>> {
            Ok(String::from_utf8(fs::read(path)?).ok())
        };
        let samples: Vec<String> =
            paths.into_iter().filter_map(|path| read(path).transpose()).collect::<Result<_, _>>()?;
        let words = samples
            .iter()
            .flat_map(|page| page.split_whitespace())
            .filter(|word| is_plain(word))
            .map(str::to_owned);
        Ok(Self { random: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1, words: words.collect(), samples })
    }

    /// A pseudo-random number below a limit (xorshift).
    fn below(&mut self, limit: usize) -> usize {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random % limit as u64) as usize
    }

    fn word(&mut self) -> String {
        let index = self.below(self.words.len());
        self.words[index].clone()
    }

    fn page(&mut self) -> String {
        let index = self.below(self.samples.len());
        let sample = std::mem::take(&mut self.samples[index]);
        let (body, end) = sample.split_at(sample.rfind("</body>").unwrap_or(sample.len()));
        let mut page = self.reworded(body);
        if self.below(100) == 0 {
            for _ in 0..self.below(2000) {
                let words: Vec<String> = (0..60).map(|_| self.word()).collect();
                page += &format!("<p>{}.</p>\n", words.join(" "));
            }
        }
        page += "<script>";
        for number in 0..self.below(3000) {
            page += &format!("dataLayer.push({{{:?}:{number}}});", self.word());
        }
        page += "</script>";
        page += end;
        self.samples[index] = sample;
        page
    }

    /// The page with one in four of its plain words replaced, outside of markup, script and style.
    fn reworded(&mut self, page: &str) -> String {
        let mut out = String::with_capacity(page.len());
        let mut opaque = false;
        for (number, part) in page.split('<').enumerate() {
            let (tag, text) = part.split_at(part.find('>').unwrap_or(part.len()));
            let name = tag.to_ascii_lowercase();
            let opens = name.starts_with("script") || name.starts_with("style");
            opaque = opens || (opaque && !name.starts_with('/'));
            out += if number == 0 { "" } else { "<" };
            out += tag;
            for piece in text.split_inclusive([' ', '\n']) {
                let word = piece.trim_end();
                if !opaque && is_plain(word) && self.below(4) == 0 {
                    out += &self.word();
                    out += &piece[word.len()..];
                } else {
                    out += piece;
                }
            }
        }
        out
    }
}

/// Whether a word can stand for another one.
fn is_plain(word: &str) -> bool {
    word.len() > 4 && word.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// A file of records.
enum Dump {
    Lines(zstd::Encoder<'static, BufWriter<File>>),
    Warc(BufWriter<File>),
    Table { writer: SerializedFileWriter<BufWriter<File>>, columns: [Vec<ByteArray>; 3] },
}

/// Rows of a row group.
const GROUP: usize = 1000;

impl Dump {
    fn create(path: &Path) -> Result<Self, Box<dyn Error>> {
        let name = path.to_string_lossy();
        let file = BufWriter::new(File::create(path)?);
        Ok(if name.ends_with(".jsonl.zst") {
            Self::Lines(zstd::Encoder::new(file, 3)?)
        } else if name.ends_with(".warc.gz") {
            Self::Warc(file)
        } else if name.ends_with(".parquet") {
            let schema = "message pages {
                required binary id (STRING); required binary url (STRING); required binary html (STRING);
            }";
            let compression = basic::Compression::ZSTD(basic::ZstdLevel::default());
            let properties = WriterProperties::builder().set_compression(compression).build();
            let schema = Arc::new(parse_message_type(schema)?);
            let writer = SerializedFileWriter::new(file, schema, Arc::new(properties))?;
            Self::Table { writer, columns: Default::default() }
        } else {
            return Err(format!("{name} ends in neither .jsonl.zst nor .warc.gz nor .parquet").into());
        })
    }

    fn write(&mut self, id: &str, url: &str, html: String) -> Result<(), Box<dyn Error>> {
        match self {
            Self::Lines(lines) => writeln!(lines, "{}", json!({"id": id, "url": url, "html": html}))?,
            Self::Warc(file) => {
                let http = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}");
                let mut member = GzEncoder::new(file, Compression::fast());
                write!(
                    member,
                    "WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <{id}>\r\nWARC-Target-URI: {url}\r\n\
                     WARC-Date: 2026-10-06T12:00:00Z\r\nContent-Type: application/http; msgtype=response\r\n\
                     Content-Length: {}\r\n\r\n{http}\r\n\r\n",
                    http.len()
                )?;
                member.finish()?;
            }
            Self::Table { writer, columns } => {
                for (column, value) in columns.iter_mut().zip([id.to_owned(), url.to_owned(), html]) {
                    column.push(value.into_bytes().into());
                }
                if columns[0].len() == GROUP {
                    write_group(writer, columns)?;
                }
            }
        }
        Ok(())
    }

    fn finish(self) -> Result<(), Box<dyn Error>> {
        match self {
            Self::Lines(lines) => lines.finish()?.flush()?,
            Self::Warc(mut file) => file.flush()?,
            Self::Table { mut writer, mut columns } => {
                write_group(&mut writer, &mut columns)?;
                writer.into_inner()?.flush()?;
            }
        }
        Ok(())
    }
}

fn write_group(
    writer: &mut SerializedFileWriter<BufWriter<File>>,
    columns: &mut [Vec<ByteArray>; 3],
) -> Result<(), Box<dyn Error>> {
    let mut group = writer.next_row_group()?;
    for values in columns {
        if let Some(mut column) = group.next_column()? {
            column.typed::<ByteArrayType>().write_batch(values, None, None)?;
            column.close()?;
        }
        values.clear();
    }
    group.close()?;
    Ok(())
}
