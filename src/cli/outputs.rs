//! Where a run of `copydesk clean` writes, and the files it writes there.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use copydesk::output::{FileNames, Manifest, Rendered, Report, Table, Tally};

use super::clean::{FormatName, OutputArgs};
use super::shards::Shards;
use super::{Failure, Named, is_stdout};

/// The file in an output folder by which runs see each other.
const LOCK: &str = ".copydesk.lock";

/// The names of all that is written.
pub(super) struct Places {
    /// The output folder, if it is one.
    pub(super) folder: Option<PathBuf>,
    /// What is appended to the names of its files for their compression.
    pub(super) compression: &'static str,
    /// The one file of all articles; `None` for a file each.
    together: Option<PathBuf>,
    removed: Option<PathBuf>,
    rejects: Option<PathBuf>,
    report: Option<PathBuf>,
    pub(super) format: FormatName,
}

impl Places {
    /// Names them; nothing is made yet.
    pub(super) fn new(
        args: &OutputArgs,
        compression: &'static str,
        inputs: &[PathBuf],
    ) -> Result<Self, Failure> {
        let folder = (args.out.is_dir() || args.out.as_os_str().as_encoded_bytes().ends_with(b"/"))
            .then_some(args.out.as_path());
        let format = args.format();
        if folder.is_none() && !compression.is_empty() {
            return Err(Failure::Usage(
                "--compress is for an output folder; a file's name says it".to_owned(),
            ));
        }
        let or_in_folder = |given: &Option<PathBuf>, name: String| {
            given.clone().or_else(|| folder.map(|folder| folder.join(name)))
        };
        let removed = or_in_folder(&args.removed, format!("removed.jsonl{compression}"));
        let rejects = or_in_folder(&args.rejects, format!("rejects.jsonl{compression}"));
        let report = or_in_folder(&args.report, "report.json".to_owned());
        let together = match (format, folder) {
            (FormatName::Jsonl, Some(folder)) => Some(folder.join(format!("articles.jsonl{compression}"))),
            (FormatName::Parquet, Some(folder)) => Some(folder.join("articles.parquet")),
            (FormatName::Markdown | FormatName::Text, Some(_)) => None,
            (_, None) => Some(args.out.clone()),
        };
        let files: Vec<&PathBuf> = [&together, &removed, &rejects, &report].into_iter().flatten().collect();
        check_places(folder, &files, inputs)?;
        let folder = folder.map(Path::to_owned);
        Ok(Self { folder, compression, together, removed, rejects, report, format })
    }

    /// Makes the output folder, if there is to be one, and keeps other runs out of it as long as the file is
    /// open. The system closes it however a run ends, so that no lock is left behind.
    pub(super) fn claim_folder(&self) -> Result<Option<File>, Failure> {
        let Some(folder) = &self.folder else { return Ok(None) };
        fs::create_dir_all(folder).map_err(Failure::write(folder))?;
        let path = folder.join(LOCK);
        let file = File::create(&path).map_err(Failure::write(&path))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => {
                Err(Failure::Usage(format!("another run is writing into {}", folder.display())))
            }
            // A file system without locks is no reason not to run.
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => Ok(Some(file)),
            Err(TryLockError::Error(error)) => Err(Failure::write(&path)(error)),
        }
    }

    /// The folder for shards; they are for JSON lines and Parquet with the usual names.
    pub(super) fn shard_folder(&self) -> Result<&Path, Failure> {
        let usual =
            |file: &Option<PathBuf>| file.as_ref().and_then(|file| file.parent()) == self.folder.as_deref();
        match &self.folder {
            Some(folder) if self.together.is_some() && usual(&self.removed) && usual(&self.rejects) => {
                Ok(folder)
            }
            _ => Err(Failure::Usage(
                "--shard-size needs a folder as -o, JSON lines or Parquet, and --removed and --rejects left out"
                    .to_owned(),
            )),
        }
    }
}

/// Everything a run writes.
pub(super) struct Outputs {
    target: Target,
    report: Option<Named>,
}

#[expect(clippy::large_enum_variant, reason = "there is one of it")]
enum Target {
    Files(Files),
    Shards(Shards),
}

/// Files that a run writes from its first document to its last, or a shard.
pub(super) struct Files {
    articles: Articles,
    removed: Option<Named>,
    rejects: Option<Named>,
}

#[expect(clippy::large_enum_variant, reason = "there is one of it")]
enum Articles {
    /// All in one file, `apart` between any two.
    Together { file: Named, apart: &'static [u8], first: bool },
    /// A row each of one Parquet file.
    Table { path: PathBuf, table: Table },
    /// A file an article.
    Apart { folder: PathBuf, extension: &'static str, names: FileNames },
}

impl Outputs {
    /// Opens the files of a run.
    pub(super) fn open(places: Places) -> Result<Self, Failure> {
        if let Some(folder) = &places.folder
            && folder.join(Manifest::NAME).exists()
        {
            return Err(Failure::Usage(format!(
                "{} holds a run of shards; name another folder, or --shard-size to go on with it",
                folder.display()
            )));
        }
        let report = places.report.as_deref().map(Named::create).transpose()?;
        Ok(Self { target: Target::Files(Files::open(places)?), report })
    }

    /// A run that writes shards.
    pub(super) fn sharded(places: Places, shards: Shards) -> Result<Self, Failure> {
        Ok(Self {
            target: Target::Shards(shards),
            report: places.report.as_deref().map(Named::create).transpose()?,
        })
    }

    /// Whether removed blocks are written.
    pub(super) fn has_removed(&self) -> bool {
        matches!(&self.target, Target::Shards(_))
            || matches!(&self.target, Target::Files(files) if files.removed.is_some())
    }

    /// Whether rejects are written.
    pub(super) fn has_rejects(&self) -> bool {
        matches!(&self.target, Target::Shards(_))
            || matches!(&self.target, Target::Files(files) if files.rejects.is_some())
    }

    /// Writes a document; `tally` counts it and all before it.
    pub(super) fn write(&mut self, rendered: &Rendered, tally: &Tally) -> Result<(), Failure> {
        match &mut self.target {
            Target::Files(files) => files.write(rendered),
            Target::Shards(shards) => shards.write(rendered, tally),
        }
    }

    /// Writes the report and gives all files their names.
    pub(super) fn finish(self, report: &Report, tally: &Tally) -> Result<(), Failure> {
        let json = serde_json::to_string_pretty(report).expect("numbers and strings into memory never fail");
        if let Some(mut file) = self.report {
            file.write(json.as_bytes())?;
            file.write(b"\n")?;
            file.finish()?;
        }
        // Last, since a manifest that says so says that all is done.
        match self.target {
            Target::Files(files) => files.all()?.into_iter().try_for_each(Named::finish),
            Target::Shards(shards) => shards.finish(tally),
        }
    }
}

impl Files {
    fn open(places: Places) -> Result<Self, Failure> {
        let extension = if places.format == FormatName::Markdown { "md" } else { "txt" };
        let articles = match (places.together, places.folder) {
            (None, Some(folder)) => Articles::Apart { folder, extension, names: FileNames::default() },
            (together, _) => Articles::in_one(&together.unwrap_or_else(|| "-".into()), places.format)?,
        };
        Ok(Self {
            articles,
            removed: places.removed.as_deref().map(Named::create).transpose()?,
            rejects: places.rejects.as_deref().map(Named::create).transpose()?,
        })
    }

    /// Opens the files of a shard: articles, removed blocks, rejects.
    pub(super) fn of_shard(
        [articles, removed, rejects]: [PathBuf; 3],
        format: FormatName,
    ) -> Result<Self, Failure> {
        Ok(Self {
            articles: Articles::in_one(&articles, format)?,
            removed: Some(Named::create(&removed)?),
            rejects: Some(Named::create(&rejects)?),
        })
    }

    pub(super) fn write(&mut self, rendered: &Rendered) -> Result<(), Failure> {
        if let Some(article) = &rendered.article {
            match &mut self.articles {
                Articles::Together { file, apart, first } => {
                    if !std::mem::take(first) {
                        file.write(apart)?;
                    }
                    file.write(article)?;
                }
                Articles::Table { path, table } => table.write(article).map_err(Failure::write(path))?,
                Articles::Apart { folder, extension, names } => {
                    let name = format!("{}.{extension}", names.name(&rendered.id));
                    let mut file = Named::create(&folder.join(name))?;
                    file.write(article)?;
                    file.finish()?;
                }
            }
        }
        if let Some(removed) = &mut self.removed {
            removed.write(&rendered.removed)?;
        }
        if let (Some(rejects), Some(reject)) = (&mut self.rejects, &rendered.reject) {
            rejects.write(reject)?;
        }
        Ok(())
    }

    /// Gives the files their names once they are on the disk.
    pub(super) fn finish_synced(self) -> Result<(), Failure> {
        self.all()?
            .into_iter()
            .try_for_each(|named| named.file.finish_synced().map_err(Failure::write(&named.path)))
    }

    fn all(self) -> Result<Vec<Named>, Failure> {
        let articles = match self.articles {
            Articles::Together { file, .. } => Some(file),
            Articles::Table { path, table } => {
                let file = table.finish().map_err(Failure::write(&path))?;
                Some(Named { path, file })
            }
            Articles::Apart { .. } => None,
        };
        Ok([articles, self.removed, self.rejects].into_iter().flatten().collect())
    }
}

impl Articles {
    fn in_one(path: &Path, format: FormatName) -> Result<Self, Failure> {
        let Named { path, file } = Named::create(path)?;
        Ok(match format {
            FormatName::Parquet => {
                let table = Table::new(file).map_err(Failure::write(&path))?;
                Self::Table { path, table }
            }
            FormatName::Jsonl => Self::Together { file: Named { path, file }, apart: b"", first: true },
            FormatName::Markdown | FormatName::Text => {
                Self::Together { file: Named { path, file }, apart: b"\n", first: true }
            }
        })
    }
}

/// Where everything is, for the end of the summary.
impl std::fmt::Display for Outputs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (removed, rejects) = match &self.target {
            Target::Files(files) => {
                match &files.articles {
                    Articles::Together { file: Named { path, .. }, .. } | Articles::Table { path, .. } => {
                        write!(f, "articles: {}", shown(path))?;
                    }
                    Articles::Apart { folder, .. } => write!(f, "articles: {}", folder.display())?,
                }
                (&files.removed, &files.rejects)
            }
            Target::Shards(shards) => {
                write!(f, "shards: {}", shards.folder().display())?;
                (&None, &None)
            }
        };
        for (what, file) in [("removed", removed), ("rejects", rejects), ("report", &self.report)] {
            if let Some(file) = file {
                write!(f, ", {what}: {}", shown(&file.path))?;
            }
        }
        Ok(())
    }
}

fn shown(path: &Path) -> std::borrow::Cow<'_, str> {
    if is_stdout(path) { "standard output".into() } else { path.to_string_lossy() }
}

/// Nothing may be written twice, nor where it would be read again.
fn check_places(folder: Option<&Path>, files: &[&PathBuf], inputs: &[PathBuf]) -> Result<(), Failure> {
    for (index, file) in files.iter().enumerate() {
        if files[..index].contains(file) {
            return Err(Failure::Usage(format!("{} is named for two outputs", shown(file))));
        }
    }
    let places = files.iter().filter(|file| !is_stdout(file)).map(|file| file.parent().unwrap_or(file));
    for place in places.chain(folder) {
        // A folder that is not there yet will be in the nearest that is.
        let existing = place.ancestors().find_map(|place| {
            let place = if place.as_os_str().is_empty() { Path::new(".") } else { place };
            place.canonicalize().ok()
        });
        let Some(place) = existing else { continue };
        for input in inputs.iter().filter(|input| input.is_dir()) {
            if input.canonicalize().is_ok_and(|input| place.starts_with(&input)) {
                return Err(Failure::Usage(format!(
                    "output would be written into the input folder {}, where the next run would read it; \
                     name a place outside",
                    input.display()
                )));
            }
        }
    }
    Ok(())
}
