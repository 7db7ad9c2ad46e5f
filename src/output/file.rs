//! Files that are whole or not there: written under another name and renamed at the end.

use std::fs::{self, File};
use std::hash::Hasher;
use std::io::{self, BufWriter, Stdout, Write};
use std::path::{Path, PathBuf};

use rustc_hash::{FxHashMap, FxHasher};

use super::compress::{Blocks, Compression};

/// A file that is being written, compressed if its name ends in `.gz` or `.zst`.
///
/// Until [`OutFile::finish`] it is called `NAME.tmp`; dropped before that, it leaves nothing behind.
/// Devices and pipes are written directly.
pub struct OutFile {
    writer: Encoder,
    /// The name it is written under and the name it gets; `None` if it is written directly.
    rename: Option<(PathBuf, PathBuf)>,
}

enum Encoder {
    Stdout(BufWriter<Stdout>),
    Plain(BufWriter<File>),
    Compressed(Blocks<File>),
    Finished,
}

impl OutFile {
    /// Opens a file for writing.
    ///
    /// # Errors
    /// The file cannot be created.
    pub fn create(path: &Path) -> io::Result<Self> {
        // What a link points to is replaced, not the link.
        let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let direct = fs::metadata(&target).is_ok_and(|found| !found.is_file());
        let mut written = target.clone().into_os_string();
        if !direct {
            written.push(".tmp");
        }
        let written = PathBuf::from(written);
        let file = File::create(&written)?;
        let writer = match Compression::of_name(path) {
            Some(compression) => Encoder::Compressed(Blocks::new(file, compression)),
            None => Encoder::Plain(BufWriter::with_capacity(1 << 16, file)),
        };
        Ok(Self { writer, rename: (!direct).then_some((written, target)) })
    }

    /// Standard output.
    #[must_use]
    pub fn stdout() -> Self {
        Self { writer: Encoder::Stdout(BufWriter::with_capacity(1 << 16, io::stdout())), rename: None }
    }

    /// Writes what is left and gives the file its name.
    ///
    /// # Errors
    /// The rest cannot be written, or the file not be renamed.
    pub fn finish(mut self) -> io::Result<()> {
        self.close()?;
        self.rename()
    }

    /// As [`Self::finish`], and waits until the file is on the disk, so that it outlives a power cut. The
    /// new name is on the disk when the folder is: see [`sync_folder`].
    ///
    /// # Errors
    /// As [`Self::finish`].
    pub fn finish_synced(mut self) -> io::Result<()> {
        if let Some(file) = self.close()? {
            file.sync_all()?;
        }
        self.rename()
    }

    fn close(&mut self) -> io::Result<Option<File>> {
        Ok(match std::mem::replace(&mut self.writer, Encoder::Finished) {
            Encoder::Stdout(mut out) => {
                out.flush()?;
                None
            }
            Encoder::Plain(out) => Some(out.into_inner().map_err(io::IntoInnerError::into_error)?),
            Encoder::Compressed(out) => Some(out.finish()?),
            Encoder::Finished => None,
        })
    }

    fn rename(&mut self) -> io::Result<()> {
        if let Some((written, target)) = &self.rename {
            fs::rename(written, target)?;
            self.rename = None;
        }
        Ok(())
    }
}

/// Waits until the names in a folder are on the disk. Where folders cannot be opened there is nothing to
/// wait for.
///
/// # Errors
/// The disk does not take them.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

impl Write for OutFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.writer {
            Encoder::Stdout(out) => out.write(bytes),
            Encoder::Plain(out) => out.write(bytes),
            Encoder::Compressed(out) => out.write(bytes),
            Encoder::Finished => Ok(bytes.len()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.writer {
            Encoder::Stdout(out) => out.flush(),
            Encoder::Plain(out) => out.flush(),
            Encoder::Compressed(out) => out.flush(),
            Encoder::Finished => Ok(()),
        }
    }
}

impl Drop for OutFile {
    fn drop(&mut self) {
        if let Some((written, _)) = &self.rename {
            let _ = fs::remove_file(written); // nothing more can be done about it here
        }
    }
}

/// Longest name made of an id, in bytes.
const NAME_BYTES: usize = 100;

/// Makes file names of document ids: safe on every file system, and each only once.
#[derive(Debug, Default)]
pub struct FileNames {
    /// How often a name was asked for, by its hash: at dump size the names themselves are too many.
    seen: FxHashMap<u64, u32>,
}

impl FileNames {
    /// The name for this id, without extension. Letters, digits, `.`, `_` and `-` of ASCII stay, the
    /// rest becomes `-`; a name that was given before gets a number.
    pub fn name(&mut self, id: &str) -> String {
        let mut name = String::new();
        for c in id.chars() {
            let c = if c.is_ascii_alphanumeric() || matches!(c, '.' | '_') { c } else { '-' };
            let repeats = matches!(c, '-' | '.') && name.ends_with(['-', '.']);
            if name.len() < NAME_BYTES && !repeats && !(name.is_empty() && matches!(c, '-' | '.')) {
                name.push(c);
            }
        }
        name.truncate(name.trim_end_matches(['-', '.']).len());
        if name.is_empty() {
            name.push_str("article");
        }
        let mut number = self.seen.get(&key(&name)).copied().unwrap_or_default();
        loop {
            number += 1;
            let free = if number == 1 { name.clone() } else { format!("{name}-{number}") };
            // Another document's id may look like a numbered name.
            if number == 1 || !self.seen.contains_key(&key(&free)) {
                self.seen.insert(key(&free), 1);
                self.seen.insert(key(&name), number);
                return free;
            }
        }
    }
}

/// Hash of a name in lower case: some file systems do not tell the cases apart.
fn key(name: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(name.to_ascii_lowercase().as_bytes());
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_safe_and_unique() {
        let mut names = FileNames::default();
        let long = "x".repeat(300);
        for (id, name) in [
            ("a/17.html", "a-17.html"),
            ("../../etc/passwd", "etc-passwd"),
            ("https://news.example/a?b=1", "https-news.example-a-b-1"),
            ("日本", "article"),
            ("", "article-2"),
            ("a/17.html", "a-17.html-2"),
            ("A/17.HTML", "A-17.HTML-3"),
            ("b-2", "b-2"),
            ("b", "b"),
            ("b", "b-3"),
            (&long, &"x".repeat(100)),
        ] {
            assert_eq!(names.name(id), name, "{id}");
        }
    }

    #[test]
    fn a_file_has_its_name_only_when_it_is_finished() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.jsonl");
        let mut file = OutFile::create(&path).unwrap();
        file.write_all(b"half").unwrap();
        drop(file);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        let mut file = OutFile::create(&path).unwrap();
        file.write_all(b"whole").unwrap();
        assert!(!path.exists());
        file.finish().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"whole");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
