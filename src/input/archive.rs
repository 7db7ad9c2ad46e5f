//! Files that hold files: tar and zip.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};

use super::kind;
use super::tar::TarMembers;
use super::zip::ZipMembers;
use crate::error::DocError;

/// An archive whose members are read one after another.
pub(super) enum Archive {
    Tar(TarMembers),
    Zip(ZipMembers),
}

/// A file out of an archive.
pub(super) struct Member {
    /// Its path in the archive.
    pub(super) name: String,
    /// Its bytes; the first ones only if it is larger than the limit.
    pub(super) content: Result<Vec<u8>, Vec<u8>>,
}

impl Archive {
    /// The next member; one that cannot be read is an error in its place.
    pub(super) fn next(&mut self) -> Option<Result<Member, DocError>> {
        match self {
            Self::Tar(members) => members.next(),
            Self::Zip(members) => members.next(),
        }
    }
}

/// Reads a member of which its archive says that it has `size` bytes, and no more than `limit` of them.
///
/// # Errors
/// It cannot be read, or ends before.
pub(super) fn read_member(
    member: &mut impl Read,
    size: u64,
    limit: usize,
) -> io::Result<Result<Vec<u8>, Vec<u8>>> {
    let mut bytes = Vec::new();
    if size > limit as u64 {
        member.take(kind::HEAD as u64).read_to_end(&mut bytes)?;
        return Ok(Err(bytes));
    }
    member.take(limit as u64 + 1).read_to_end(&mut bytes)?;
    if (bytes.len() as u64) < size {
        let message = format!("the member ends after {} of {size} bytes", bytes.len());
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, message));
    }
    Ok(if bytes.len() > limit { Err(bytes) } else { Ok(bytes) })
}

/// A file that can be read in any order.
pub(super) enum Whole {
    File(File),
    Memory(Cursor<bytes::Bytes>),
}

impl Read for Whole {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::File(file) => file.read(out),
            Self::Memory(bytes) => bytes.read(out),
        }
    }
}

impl Seek for Whole {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match self {
            Self::File(file) => file.seek(to),
            Self::Memory(bytes) => bytes.seek(to),
        }
    }
}
