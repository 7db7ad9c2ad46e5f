//! What the inputs are, before they are read for their documents.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::kind::{self, Kind};
use super::members::{Compression, Members};
use super::walk::Sources;
use crate::document::Format;

/// What one input is: a file, or a folder with all in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Survey {
    /// The input as the user named it.
    pub path: String,
    /// Number of files.
    pub files: u64,
    /// Their size in bytes, as they are on the disk.
    pub bytes: u64,
    /// How many files there are of each kind.
    pub kinds: BTreeMap<String, u64>,
    /// SHA-256 of all files' names in the folder and contents, in hexadecimal digits.
    pub sha256: String,
}

impl Survey {
    /// Reads an input once, from end to end. A file that cannot be read is counted as `unreadable`: that is
    /// for the run to report, as a failed document.
    #[must_use]
    pub fn new(path: &Path) -> Self {
        let mut survey = Self {
            path: path.to_string_lossy().into_owned(),
            files: 0,
            bytes: 0,
            kinds: BTreeMap::new(),
            sha256: String::new(),
        };
        let mut hash = Sha256::new();
        for source in Sources::new(&[path.to_owned()]) {
            let read = match source {
                Ok(source) => {
                    survey.add(&source.path, &source.id, &mut hash).map_err(|error| error.to_string())
                }
                Err(error) => Err(error.to_string()),
            };
            if let Err(problem) = read {
                hash.update(problem);
                *survey.kinds.entry("unreadable".to_owned()).or_default() += 1;
            }
        }
        survey.sha256 = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        survey
    }

    fn add(&mut self, path: &Path, id: &str, hash: &mut Sha256) -> io::Result<()> {
        let kind = kind_of(path)?;
        hash.update((id.len() as u64).to_le_bytes());
        hash.update(id);
        let mut file = File::open(path)?;
        let mut buffer = vec![0; 1 << 18];
        let mut size = 0;
        loop {
            match file.read(&mut buffer)? {
                0 => break,
                read => {
                    hash.update(&buffer[..read]);
                    size += read as u64;
                }
            }
        }
        hash.update(size.to_le_bytes());
        *self.kinds.entry(kind).or_default() += 1;
        self.files += 1;
        self.bytes += size;
        Ok(())
    }
}

/// The kind and the compression of a file, as `warc.gz`.
fn kind_of(path: &Path) -> io::Result<String> {
    let mut head = Vec::new();
    File::open(path)?.take(1024).read_to_end(&mut head)?;
    let compression = Compression::of(&head);
    if let Some(compression) = compression {
        head.clear();
        // What is damaged is for the reader to report.
        let plain = Members::new(File::open(path)?, compression, 1)?;
        let _ = plain.take(kind::HEAD as u64).read_to_end(&mut head);
    }
    let kind = match kind::of(&head, path) {
        Some(Kind::Page(Format::Html)) => "html",
        Some(Kind::Page(Format::Text)) => "text",
        Some(Kind::Json) => "json",
        Some(Kind::Warc) => "warc",
        Some(Kind::Parquet) => "parquet",
        Some(Kind::Tar) => "tar",
        Some(Kind::Zip) => "zip",
        None => "unknown",
    };
    let suffix = match compression {
        Some(Compression::Gzip) => ".gz",
        Some(Compression::Zstd) => ".zst",
        None => "",
    };
    Ok(format!("{kind}{suffix}"))
}
