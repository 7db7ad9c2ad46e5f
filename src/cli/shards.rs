//! Large output: shards, and a manifest of those that are done, so that a broken run can go on.
//!
//! A shard is what came of consecutive documents: its articles, its removed blocks, its rejects. Where it
//! ends depends on the documents only. When it is on the disk the manifest is replaced, and only then is
//! it done: whatever else a broken run left is written again.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use copydesk::document::Location;
use copydesk::input::Documents;
use copydesk::output::{Identity, Manifest, Rendered, Shard, Tally};

use super::Failure;
use super::clean::FormatName;
use super::outputs::{Files, Places};

/// What a shard has a file for. Articles may be Parquet, the others are JSON lines.
const PARTS: [&str; 3] = ["articles", "removed", "rejects"];

/// The shards of a run.
pub(super) struct Shards {
    folder: PathBuf,
    format: FormatName,
    compression: &'static str,
    /// Bytes at which a file ends, before compression.
    size: u64,
    manifest: Manifest,
    current: Option<Current>,
}

/// The shard that is being written.
struct Current {
    files: Files,
    /// Bytes in each of its files.
    bytes: [u64; 3],
    shard: Shard,
    last: Location,
}

/// What is done already.
pub(super) struct Resumed {
    /// Documents of the input.
    pub(super) documents: u64,
    /// Counts over them.
    pub(super) counts: Tally,
}

impl Shards {
    /// Finds out what is done, and whether it is of the same run. A dry run changes nothing.
    pub(super) fn open(
        places: &Places,
        size: u64,
        identity: Identity,
        restart: bool,
        dry_run: bool,
    ) -> Result<Self, Failure> {
        let folder = places.shard_folder()?;
        let found = Manifest::read(folder).map_err(Failure::read(&folder.join(Manifest::NAME)))?;
        // Shards that no manifest names may be somebody's.
        if let (None, false, Some(file)) = (&found, restart, shard_files(folder)?.iter().min()) {
            return Err(Failure::Usage(format!(
                "{} is of a run without a manifest; name another folder, or --restart to delete it",
                file.display()
            )));
        }
        let manifest = match found.filter(|_| !restart) {
            Some(manifest) => {
                let changes = manifest.identity.changes(&identity);
                if !changes.is_empty() {
                    return Err(Failure::Usage(format!(
                        "{} holds another run: {}; --restart begins anew",
                        folder.display(),
                        changes.join(", ")
                    )));
                }
                manifest
            }
            None => Manifest::new(identity),
        };
        let Places { format, compression, .. } = *places;
        let shards = Self { folder: folder.to_owned(), format, compression, size, manifest, current: None };
        let done: Vec<_> =
            shards.manifest.shards.iter().flat_map(|shard| shards.names(shard.number)).collect();
        if let Some(gone) = done.iter().find(|file| !file.is_file()) {
            return Err(Failure::Usage(format!("{} is gone; --restart begins anew", gone.display())));
        }
        if !dry_run {
            shards.write_manifest()?;
            // What a broken run left, or the one before a restart.
            let done: HashSet<_> = done.into_iter().collect();
            for file in shard_files(folder)?.iter().filter(|file| !done.contains(*file)) {
                fs::remove_file(file).map_err(Failure::write(file))?;
            }
        }
        Ok(shards)
    }

    /// The folder they are in.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The articles' files of the shards that are done.
    pub(super) fn articles(&self) -> Vec<PathBuf> {
        self.manifest.shards.iter().map(|shard| self.name(PARTS[0], shard.number)).collect()
    }

    /// Reads on to the first document that is not done.
    pub(super) fn skip_done(&self, documents: &mut Documents) -> Result<Resumed, Failure> {
        let done = self.manifest.documents;
        let mut last = None;
        for _ in 0..done {
            last = documents.next();
        }
        let last = last.map(|document| match document {
            Ok(raw) => raw.source,
            Err(error) => error.location,
        });
        if last != self.manifest.last {
            return Err(Failure::Usage(
                "the input does not read as it did before; --restart begins anew".to_owned(),
            ));
        }
        Ok(Resumed { documents: done, counts: self.manifest.counts.clone() })
    }

    /// Writes a document; `tally` counts it and all before it.
    pub(super) fn write(&mut self, rendered: &Rendered, tally: &Tally) -> Result<(), Failure> {
        let mut current = match self.current.take() {
            Some(current) => current,
            None => {
                let number = self.manifest.shards.len() as u64 + 1;
                Current {
                    files: Files::of_shard(self.names(number), self.format)?,
                    bytes: [0; 3],
                    shard: Shard { number, documents: 0, articles: 0 },
                    last: rendered.source.clone(),
                }
            }
        };
        current.files.write(rendered)?;
        current.shard.documents += 1;
        current.shard.articles += u64::from(rendered.article.is_some());
        current.last = rendered.source.clone();
        let length = |part: &Option<Vec<u8>>| part.as_ref().map_or(0, Vec::len);
        let lengths = [length(&rendered.article), rendered.removed.len(), length(&rendered.reject)];
        for (bytes, length) in current.bytes.iter_mut().zip(lengths) {
            *bytes += length as u64;
        }
        if current.bytes.iter().any(|&bytes| bytes >= self.size) {
            self.end(current, tally)
        } else {
            self.current = Some(current);
            Ok(())
        }
    }

    /// Puts a shard on the disk and then into the manifest.
    fn end(&mut self, current: Current, tally: &Tally) -> Result<(), Failure> {
        current.files.finish_synced()?;
        self.manifest.documents += current.shard.documents;
        self.manifest.last = Some(current.last);
        self.manifest.shards.push(current.shard);
        self.manifest.counts = tally.clone();
        self.write_manifest()
    }

    /// Ends the last shard and the run.
    pub(super) fn finish(mut self, tally: &Tally) -> Result<(), Failure> {
        self.manifest.complete = true;
        match self.current.take() {
            Some(current) => self.end(current, tally),
            None => self.write_manifest(),
        }
    }

    fn write_manifest(&self) -> Result<(), Failure> {
        self.manifest.write(&self.folder).map_err(Failure::write(&self.folder.join(Manifest::NAME)))
    }

    fn names(&self, number: u64) -> [PathBuf; 3] {
        PARTS.map(|part| self.name(part, number))
    }

    fn name(&self, part: &str, number: u64) -> PathBuf {
        let is_table = part == PARTS[0] && self.format == FormatName::Parquet;
        let extension = if is_table { "parquet".to_owned() } else { format!("jsonl{}", self.compression) };
        self.folder.join(format!("{part}-{number:05}.{extension}"))
    }

    /// What a dry run tells.
    pub(super) fn plan(&self) -> String {
        let mut plan = String::new();
        for input in &self.manifest.identity.inputs {
            let kinds: Vec<_> = input.kinds.iter().map(|(kind, files)| format!("{kind} {files}")).collect();
            let _ = writeln!(
                plan,
                "input   {}: files {}, bytes {}, kinds: {}",
                input.path,
                input.files,
                input.bytes,
                kinds.join(", ")
            );
        }
        let Manifest { shards, documents, complete, .. } = &self.manifest;
        let rest = if *complete { "complete" } else { "to go on from there" };
        let _ = writeln!(
            plan,
            "output  {}: shards {}, documents {documents}: {rest}",
            self.folder.display(),
            shards.len()
        );
        plan
    }
}

/// The files of shards in a folder, finished or not.
fn shard_files(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        // Before a dry run.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(Failure::read(folder)(error)),
    };
    Ok(entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| is_shard(path)).collect())
}

fn is_shard(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    PARTS.iter().any(|part| {
        let rest = name.strip_prefix(part).and_then(|rest| rest.strip_prefix('-'));
        rest.and_then(|rest| rest.split_once('.')).is_some_and(|(number, extension)| {
            number.len() >= 5
                && number.bytes().all(|byte| byte.is_ascii_digit())
                && ["jsonl", "parquet"].iter().any(|format| extension.starts_with(format))
        })
    })
}
