//! Finds the files that the named inputs mean, in a stable order.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::vec;

use walkdir::WalkDir;

use super::{InputError, failed};
use crate::document::Location;
use crate::error::DocError;

/// A file to be read.
pub(super) struct Source {
    /// Path to open, and to take a hint from; `-` for standard input.
    pub(super) path: PathBuf,
    /// The path as the user would write it.
    pub(super) name: Arc<str>,
    /// Id for a file that is one page: its path from the input that the user named.
    pub(super) id: String,
    /// The user named the file itself and not a folder around it.
    pub(super) named: bool,
}

impl Source {
    /// A file or stream that the user named.
    pub(super) fn named(path: PathBuf) -> Self {
        let name = path.to_string_lossy();
        Self { id: name.clone().into_owned(), name: name.into(), path, named: true }
    }

    fn inside(folder: &Path, path: PathBuf) -> Self {
        let parts: Vec<_> =
            path.strip_prefix(folder).unwrap_or(&path).iter().map(|part| part.to_string_lossy()).collect();
        Self { id: parts.join("/"), name: path.to_string_lossy().into(), path, named: false }
    }

    /// A file out of an archive.
    pub(super) fn member(archive: &str, name: String) -> Self {
        let path = PathBuf::from(&name);
        Self { name: format!("{archive}/{name}").into(), path, id: name, named: false }
    }

    /// Opens it for reading.
    pub(super) fn open(&self) -> io::Result<Opened> {
        if is_stdin(&self.path) {
            return Ok(Opened::Stream(Box::new(io::stdin())));
        }
        let file = File::open(&self.path)?;
        Ok(if file.metadata()?.is_file() { Opened::File(file) } else { Opened::Stream(Box::new(file)) })
    }

    /// Its size in bytes; 0 for a stream.
    pub(super) fn size(&self) -> u64 {
        self.path.metadata().ok().filter(std::fs::Metadata::is_file).map_or(0, |file| file.len())
    }

    /// Where its first record stands.
    pub(super) fn start(&self) -> Location {
        Location { path: self.name.clone(), record: 1, offset: 0 }
    }
}

/// What is read from.
pub(super) enum Opened {
    /// It can be read in any order.
    File(File),
    Stream(Box<dyn Read + Send>),
}

/// All files of the named inputs: inputs in the order given, what is in a folder sorted by name.
pub(super) struct Sources {
    inputs: vec::IntoIter<PathBuf>,
    folder: Option<(PathBuf, walkdir::IntoIter)>,
}

impl Sources {
    pub(super) fn new(inputs: &[PathBuf]) -> Self {
        Self { inputs: Vec::from(inputs).into_iter(), folder: None }
    }
}

impl Iterator for Sources {
    type Item = Result<Source, DocError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some((folder, walk)) = &mut self.folder {
                match walk.next() {
                    // Pipes and devices are left alone: opening one could wait for ever.
                    Some(Ok(entry)) if !entry.file_type().is_file() => {}
                    Some(Ok(entry)) => return Some(Ok(Source::inside(folder, entry.into_path()))),
                    Some(Err(error)) => {
                        let path = error.path().unwrap_or(folder).to_path_buf();
                        let source = Source::inside(folder, path);
                        return Some(Err(failed(source.start(), Some(source.id), cause(error))));
                    }
                    None => self.folder = None,
                }
                continue;
            }
            let path = self.inputs.next()?;
            if !is_stdin(&path) && path.is_dir() {
                let walk = walk(&path).into_iter();
                self.folder = Some((path, walk));
            } else {
                return Some(Ok(Source::named(path)));
            }
        }
    }
}

fn walk(folder: &Path) -> WalkDir {
    WalkDir::new(folder).follow_links(true).sort_by_file_name()
}

/// What walkdir says without the path, which the location names.
fn cause(error: walkdir::Error) -> String {
    if let Some(ancestor) = error.loop_ancestor() {
        return format!("the link leads back to {}", ancestor.display());
    }
    match error.into_io_error() {
        Some(error) => format!("cannot open: {error}"),
        None => "cannot open".to_owned(),
    }
}

fn is_stdin(path: &Path) -> bool {
    path == Path::new("-")
}

/// Checks that each input is there and can be read. Standard input, pipes and devices are taken on trust,
/// since looking into them would take something out.
///
/// # Errors
/// All inputs that cannot be read.
pub fn check(inputs: &[PathBuf]) -> Result<(), Vec<InputError>> {
    let errors: Vec<_> = inputs
        .iter()
        .filter(|path| !is_stdin(path))
        .filter_map(|path| readable(path).err().map(|source| InputError { path: path.clone(), source }))
        .collect();
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

fn readable(path: &Path) -> io::Result<()> {
    let found = path.metadata()?;
    if found.is_dir() {
        path.read_dir()?;
    } else if found.is_file() {
        File::open(path)?;
    }
    Ok(())
}

/// Size of all files in bytes, if all inputs have a size.
pub(super) fn total_size(inputs: &[PathBuf]) -> Option<u64> {
    let mut total = 0;
    for path in inputs {
        if is_stdin(path) {
            return None;
        }
        match path.metadata() {
            Ok(found) if found.is_file() => total += found.len(),
            Ok(found) if !found.is_dir() => return None,
            _ => {
                let entries = walk(path).into_iter().flatten().filter_map(|entry| entry.metadata().ok());
                total += entries.filter(std::fs::Metadata::is_file).map(|file| file.len()).sum::<u64>();
            }
        }
    }
    Some(total)
}
