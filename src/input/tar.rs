//! Members of a tar file, read one after another out of a stream.
//!
//! A head whose checksum is wrong costs the members up to the next sound head, which is looked for block by
//! block. A size that lies under a sound checksum cannot be told from a true one.

use std::io::{self, Read};
use std::sync::Arc;

use super::archive::{Member, read_member};
use super::bytes::Bytes;
use super::failed;
use crate::document::Location;
use crate::error::DocError;

const BLOCK: u64 = 512;

/// Bytes that the heads of one member may have: long names and extended headers among them.
const HEAD_LIMIT: u64 = 1 << 20;

/// The members of one file.
pub(super) struct TarMembers {
    bytes: Bytes,
    path: Arc<str>,
    limit: usize,
    record: u64,
    /// A broken head has been reported, and no sound one was found since.
    lost: bool,
}

impl TarMembers {
    pub(super) fn new(bytes: Bytes, path: Arc<str>, limit: usize) -> Self {
        Self { bytes, path, limit, record: 0, lost: false }
    }

    pub(super) fn next(&mut self) -> Option<Result<Member, DocError>> {
        loop {
            let start = self.bytes.offset();
            let location = Location { path: self.path.clone(), record: self.record + 1, offset: start };
            match self.read() {
                Ok(None) => return None,
                Ok(Some(member)) => {
                    self.record += 1;
                    self.lost = false;
                    if let Some(member) = member {
                        return Some(Ok(member));
                    }
                }
                Err(error) => {
                    let off = (self.bytes.offset() - start) % BLOCK;
                    if off > 0 {
                        let _ = self.skip(BLOCK - off); // the next read meets the same error
                    }
                    let stuck = self.bytes.offset() == start && self.bytes.peek(1).is_empty();
                    if !std::mem::replace(&mut self.lost, true) {
                        self.record += 1;
                        return Some(Err(failed(location, None, format!("tar: {error}"))));
                    }
                    if stuck && self.bytes.resume().is_none() {
                        return None;
                    }
                }
            }
        }
    }

    /// Reads the member that begins here: `None` at the end, `Some(None)` if it is no file.
    fn read(&mut self) -> io::Result<Option<Option<Member>>> {
        let start = self.bytes.offset();
        let (member, end) = {
            let bounded = (&mut self.bytes).take(self.limit as u64 + HEAD_LIMIT);
            let mut archive = tar::Archive::new(bounded);
            archive.set_ignore_zeros(true);
            let Some(entry) = archive.entries()?.next() else { return Ok(None) };
            let mut entry = entry?;
            let size = entry.size();
            let end = start.saturating_add(entry.raw_file_position()).saturating_add(size);
            let member = if entry.header().entry_type().is_file() {
                let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
                Some(Member { name, content: read_member(&mut entry, size, self.limit)? })
            } else {
                None
            };
            (member, end)
        };
        // What is left of a large member, and the padding of its last block.
        let padded = end.saturating_add((BLOCK - (end - start) % BLOCK) % BLOCK);
        self.skip(padded.saturating_sub(self.bytes.offset()))?;
        Ok(Some(member))
    }

    fn skip(&mut self, count: u64) -> io::Result<()> {
        io::copy(&mut (&mut self.bytes).take(count), &mut io::sink()).map(|_| ())
    }
}
