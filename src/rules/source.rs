//! The rule files of a run: those that ride in the binary, with a folder laid over them.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io::{self, Read as _};
use std::path::Path;
use std::sync::Arc;

use walkdir::WalkDir;

use super::diagnostic::{Code, Diagnostic};

/// The files under `rules/` at build time, by path relative to it.
const SHIPPED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/shipped_rules.rs"));

/// Bytes of the largest rule file that is read.
const MAX_FILE: u64 = 256 << 10;

/// What a file is for; its folder says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Place {
    /// `generic/`: every page and text.
    Generic,
    /// `families/`: pages of one CMS or publishing group.
    Family,
    /// `sites/`: pages of one site.
    Site,
    /// `local/`: the user's own sites.
    Local,
}

impl Place {
    fn of_folder(folder: &str) -> Option<Self> {
        match folder {
            "generic" => Some(Self::Generic),
            "families" => Some(Self::Family),
            "sites" => Some(Self::Site),
            "local" => Some(Self::Local),
            _ => None,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Generic => "a generic file",
            Self::Family => "a family",
            Self::Site => "a site's file",
            Self::Local => "a local file",
        })
    }
}

/// A rule file as text.
#[derive(Debug)]
pub(super) struct Source {
    /// Path as the user would name it.
    pub(super) name: Arc<str>,
    /// What the file is for.
    pub(super) place: Place,
    /// `generic/<stem>` for generic files, else the stem.
    pub(super) id: Arc<str>,
    /// Whether the file came out of the binary.
    pub(super) shipped: bool,
    /// Its content.
    pub(super) text: Cow<'static, str>,
    /// Offset of each line's first byte.
    lines: Vec<usize>,
}

impl Source {
    /// A file of this relative path (`sites/a.toml`), or `None` when no rule file stands there.
    pub(super) fn new(name: &str, path: &str, text: Cow<'static, str>, shipped: bool) -> Option<Self> {
        let (folder, file) = path.split_once('/')?;
        let stem = file.strip_suffix(".toml").filter(|stem| !stem.is_empty() && !stem.contains('/'))?;
        let place = Place::of_folder(folder)?;
        let id = if place == Place::Generic { format!("generic/{stem}").into() } else { stem.into() };
        let lines = std::iter::once(0).chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1));
        let lines = lines.collect();
        Some(Self { name: name.into(), place, id, shipped, text, lines })
    }

    /// Line and column (in characters) of a byte offset, both from 1, and the line's text.
    pub(super) fn position(&self, offset: usize) -> (u32, u32, &str) {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.line(offset);
        let start = self.line_start(line);
        let column = 1 + self.text[start..offset].chars().count();
        let text = self.text[start..].lines().next().unwrap_or("");
        (line, column as u32, text)
    }

    /// The line, from 1, of a byte offset.
    pub(super) fn line(&self, offset: usize) -> u32 {
        self.lines.partition_point(|&start| start <= offset) as u32
    }

    /// The byte at which a line (from 1) begins.
    pub(super) fn line_start(&self, line: u32) -> usize {
        self.lines.get(line as usize - 1).copied().unwrap_or(0)
    }

    /// A diagnostic at a byte offset of this file.
    pub(super) fn diagnostic(
        &self,
        offset: usize,
        code: Code,
        message: String,
        hint: Option<String>,
    ) -> Diagnostic {
        let (line, column, source) = self.position(offset);
        Diagnostic { file: self.name.clone(), line, column, code, message, hint, source: source.to_owned() }
    }
}

/// Rule files out of texts, each with the path it would have.
pub(super) fn from_texts<'a>(
    files: impl IntoIterator<Item = (&'a str, &'a str)>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Arc<Source>> {
    let mut sources = vec![];
    for (path, text) in files {
        match Source::new(path, path, text.to_owned().into(), false) {
            Some(source) => sources.push(Arc::new(source)),
            None => diagnostics.push(misplaced(path.into())),
        }
    }
    sources
}

/// All rule files, sorted by relative path: the shipped ones, each replaced by the file of the same
/// relative path in `folder`, and those that only `folder` has.
pub(super) fn collect(folder: Option<&Path>, diagnostics: &mut Vec<Diagnostic>) -> Vec<Arc<Source>> {
    let mut sources: BTreeMap<String, Arc<Source>> = BTreeMap::new();
    for (path, text) in SHIPPED {
        if let Some(source) = Source::new(&format!("rules/{path}"), path, Cow::Borrowed(*text), true) {
            sources.insert((*path).to_owned(), Arc::new(source));
        }
    }
    if let Some(folder) = folder {
        for (path, source) in read_folder(folder, diagnostics) {
            sources.insert(path, Arc::new(source));
        }
    }
    sources.into_values().collect()
}

fn read_folder(folder: &Path, diagnostics: &mut Vec<Diagnostic>) -> Vec<(String, Source)> {
    let mut found = vec![];
    let mut buffer = vec![];
    let walk = WalkDir::new(folder).follow_links(true).into_iter();
    // Pages for tests stand beside the rules.
    for entry in walk.filter_entry(|entry| entry.depth() != 1 || entry.file_name() != "fixtures") {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let path = error.path().unwrap_or(folder).display().to_string();
                let message = error.into_io_error().map_or("cannot be read".to_owned(), |io| io.to_string());
                diagnostics.push(Diagnostic::on_file(path.into(), Code::E05, message, None));
                continue;
            }
        };
        let path = entry.path();
        let name: Arc<str> = path.display().to_string().into();
        if entry.depth() == 0 && !path.is_dir() {
            let hint =
                Some("rules are read from a folder with generic/, families/, sites/ or local/ in it".into());
            diagnostics.push(Diagnostic::on_file(name, Code::E05, "not a folder".into(), hint));
            break;
        }
        if !entry.file_type().is_file() || path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let parts = path.strip_prefix(folder).unwrap_or(path).iter().map(|part| part.to_string_lossy());
        let relative = parts.collect::<Vec<_>>().join("/");
        match read_file(path, &mut buffer) {
            Ok(text) => match Source::new(&name, &relative, Cow::Owned(text), false) {
                Some(source) => found.push((relative, source)),
                None => diagnostics.push(misplaced(name)),
            },
            Err(diagnostic) => diagnostics.push(Diagnostic { file: name, ..diagnostic }),
        }
    }
    found
}

/// A diagnostic on a file that stands where no rule file stands.
fn misplaced(name: Arc<str>) -> Diagnostic {
    let hint = "rule files stand in generic/, families/, sites/ or local/".to_owned();
    Diagnostic::on_file(name, Code::E05, "no rule file stands here".to_owned(), Some(hint))
}

/// Reads a file; `bytes` is a buffer that is used again.
fn read_file(path: &Path, bytes: &mut Vec<u8>) -> Result<String, Diagnostic> {
    let whole = |code, message| Diagnostic::on_file("".into(), code, message, None);
    let unreadable = |error: io::Error| whole(Code::E05, error.to_string());
    bytes.clear();
    let file = fs::File::open(path).map_err(unreadable)?;
    file.take(MAX_FILE + 1).read_to_end(bytes).map_err(unreadable)?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(whole(Code::E03, format!("more than {MAX_FILE} bytes, the most that a rule file has")));
    }
    std::str::from_utf8(bytes).map(str::to_owned).map_err(|error| {
        let (good, bad) = bytes.split_at(error.valid_up_to());
        let before = String::from_utf8_lossy(good);
        let line = before.rsplit('\n').next().unwrap_or("");
        Diagnostic {
            line: 1 + before.matches('\n').count() as u32,
            column: 1 + line.chars().count() as u32,
            source: format!("{line}{}", String::from_utf8_lossy(bad).lines().next().unwrap_or("")),
            ..whole(Code::E00, format!("not UTF-8: byte {} is no part of a character", good.len()))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &'static str) -> Source {
        Source::new("sites/a.toml", "sites/a.toml", text.into(), false).unwrap()
    }

    #[test]
    fn places_count_characters() {
        let source = source("a = 1\nköln = 2\r\n");
        assert_eq!(source.position(0), (1, 1, "a = 1"));
        assert_eq!(source.position(6), (2, 1, "köln = 2"));
        assert_eq!(source.position(12), (2, 6, "köln = 2"));
        assert_eq!(source.position(9), (2, 3, "köln = 2"));
        assert_eq!(source.position(999), (3, 1, ""));
    }

    #[test]
    fn a_file_is_what_its_folder_says() {
        let of = |path: &str| {
            Source::new(path, path, "".into(), false).map(|source| (source.place, source.id.to_string()))
        };
        assert_eq!(of("generic/en.toml"), Some((Place::Generic, "generic/en".into())));
        assert_eq!(of("sites/a.example.toml"), Some((Place::Site, "a.example".into())));
        assert_eq!(of("local/a.toml"), Some((Place::Local, "a".into())));
        assert_eq!(of("fixtures/a.toml"), None);
        assert_eq!(of("a.toml"), None);
        assert_eq!(of("sites/.toml"), None);
    }
}
