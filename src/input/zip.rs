//! Members of a zip file, in the order of its directory.
//!
//! The directory stands at the end, so the file must be whole and able to seek. Files whose members share
//! bytes are refused: nobody packs pages so, and it is how a small file is made to hold a huge one often.

use std::sync::Arc;

use zip::ZipArchive;

use super::archive::{Member, Whole, read_member};
use super::failed;
use crate::document::Location;
use crate::error::DocError;

/// The members of one file.
pub(super) struct ZipMembers {
    archive: ZipArchive<Whole>,
    path: Arc<str>,
    limit: usize,
    next: usize,
}

impl ZipMembers {
    /// Reads the directory.
    ///
    /// # Errors
    /// There is none, it is broken, or members overlap.
    pub(super) fn new(whole: Whole, path: Arc<str>, limit: usize) -> Result<Self, String> {
        let mut archive = ZipArchive::new(whole).map_err(|error| format!("zip: {error}"))?;
        if archive.has_overlapping_entries().map_err(|error| format!("zip: {error}"))? {
            return Err("zip: members share bytes, which only zip bombs do".to_owned());
        }
        Ok(Self { archive, path, limit, next: 0 })
    }

    pub(super) fn next(&mut self) -> Option<Result<Member, DocError>> {
        while self.next < self.archive.len() {
            let index = self.next;
            self.next += 1;
            let location = |offset| Location { path: self.path.clone(), record: index as u64 + 1, offset };
            let name = match self.archive.name_for_index(index) {
                Some(Ok(name)) => name.into_owned(),
                _ => String::new(),
            };
            let (offset, content) = match self.archive.by_index(index) {
                Ok(file) if !file.is_file() => continue,
                Ok(mut file) => {
                    let size = file.size();
                    (
                        file.header_start(),
                        read_member(&mut file, size, self.limit).map_err(|error| error.to_string()),
                    )
                }
                Err(error) => (0, Err(error.to_string())),
            };
            return Some(match content {
                Ok(content) => Ok(Member { name, content }),
                Err(error) => Err(failed(location(offset), Some(name), format!("zip: {error}"))),
            });
        }
        None
    }
}
