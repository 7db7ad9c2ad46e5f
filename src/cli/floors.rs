//! Floors under the measures of `copydesk eval`: quality falls only on purpose.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::Failure;

/// The floors of a file such as `tests/floors.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FloorFile {
    floor: Vec<Floor>,
}

/// The floors under the measures of one file, or of its pages of one kind.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Floor {
    /// Name of the file with truth, without folders.
    file: String,
    /// Its SHA-256: figures over other pages cannot be compared.
    sha256: String,
    kind: Option<String>,
    at_least: toml::Table,
}

/// Floors to check, and what was found so far.
pub(crate) struct Floors {
    path: PathBuf,
    floors: Vec<Floor>,
    checked: Vec<bool>,
    failed: bool,
}

impl Floors {
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let text = fs::read_to_string(path).map_err(Failure::read(path))?;
        let FloorFile { floor: floors } =
            toml::from_str(&text).map_err(|error| Failure::Usage(format!("{}: {error}", path.display())))?;
        Ok(Self { path: path.to_owned(), checked: vec![false; floors.len()], floors, failed: false })
    }

    /// Compares the measures of a file's pages of this kind (`None`: of all its pages) with the floors
    /// under them. The answer has a line for each measure.
    pub(crate) fn check(
        &mut self,
        file: &Path,
        kind: Option<&str>,
        measures: &[(&'static str, f64)],
    ) -> Result<String, Failure> {
        let mut said = String::new();
        for (floor, checked) in self.floors.iter().zip(&mut self.checked) {
            if file.file_name().is_none_or(|name| name != floor.file.as_str())
                || floor.kind.as_deref() != kind
            {
                continue;
            }
            *checked = true;
            let name = format!("{}{}", floor.file, kind.map(|kind| format!(" {kind}")).unwrap_or_default());
            let digest = sha256(file).map_err(Failure::read(file))?;
            if digest != floor.sha256 {
                said += &format!(
                    "FAILED {name}: its pages changed: SHA-256 {digest}, the floors are for {}\n",
                    floor.sha256
                );
                self.failed = true;
                continue;
            }
            for (measure, least) in &floor.at_least {
                let least = least.as_float().or_else(|| least.as_integer().map(|least| least as f64));
                let found = measures.iter().find(|(name, _)| name == measure).map(|(_, value)| *value);
                let (Some(least), Some(found)) = (least, found) else {
                    return Err(Failure::Usage(format!(
                        "{}: the floor {measure} of {name} is no number, or the file has no such measure",
                        self.path.display()
                    )));
                };
                // As printed: a figure that reads as the floor is not below it.
                let found = (found * 1e4).round() / 1e4;
                if found >= least {
                    said += &format!("ok     {name}: {measure} {found:.4}, floor {least:.4}\n");
                } else {
                    said += &format!("FAILED {name}: {measure} {found:.4} is below its floor {least:.4}\n");
                    self.failed = true;
                }
            }
        }
        Ok(said)
    }

    /// Whether all held; a floor that nothing was compared with did not. The answer has a line for each
    /// of those.
    pub(crate) fn finish(self) -> (bool, String) {
        let unchecked = self.floors.iter().zip(&self.checked).filter(|(_, checked)| !**checked);
        let said: String = unchecked
            .map(|(floor, _)| {
                let kind = floor.kind.as_ref().map(|kind| format!(" {kind}")).unwrap_or_default();
                format!("FAILED {}{kind}: no such pages among the files given\n", floor.file)
            })
            .collect();
        (!self.failed && said.is_empty(), said)
    }
}

fn sha256(file: &Path) -> io::Result<String> {
    let mut file = BufReader::with_capacity(1 << 16, File::open(file)?);
    let mut hasher = Sha256::new();
    loop {
        let bytes = file.fill_buf()?;
        if bytes.is_empty() {
            return Ok(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect());
        }
        hasher.update(bytes);
        let read = bytes.len();
        file.consume(read);
    }
}
