//! Decompression that survives damage: gzip members or zstd frames in a row, read as one stream.
//!
//! After a damaged member the reader reports one error and goes on with the next member. To find it even where the damage led the decoder astray, it keeps the compressed bytes of the current
//! member, up to [`KEPT`] of them, and searches from the member's second byte.

use std::collections::VecDeque;
use std::fmt;
use std::io::{self, Read};
use std::path::Path;

use flate2::{Decompress, FlushDecompress, Status};
use memchr::memmem;
use zstd::stream::raw::Operation;

use super::ahead::{self, Member};

/// Compressed bytes read at once, and decoded at once.
const CHUNK: usize = 64 * 1024;

/// Bytes that come out of a decoder at once.
const ROOM: usize = 128 * 1024;

/// Compressed bytes of the current member that are kept for the search after a damage.
const KEPT: usize = 1024 * 1024;

/// How many times the bytes read so far searches may go back over, in all: a file made of headers cannot
/// have us decode the same bytes without end. Where every member is damaged, it is once.
const REWINDS: u64 = 4;

/// Bytes of a member's header that are looked at to tell it from chance.
const HEADER: usize = 10;

const CUT_SHORT: &str = "the file ends inside a member";

/// A place at which a stream of bytes breaks.
#[derive(Debug, Clone)]
pub(super) struct Damage {
    message: String,
    /// See [`Self::since`].
    since: Option<u64>,
}

impl Damage {
    /// Offset in the decompressed stream at which the damaged member begins: what stands between there and the
    /// break came out of it. `None` if the input cannot be read on.
    pub(super) fn since(&self) -> Option<u64> {
        self.since
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Damage {}

impl From<io::Error> for Damage {
    fn from(error: io::Error) -> Self {
        match error.downcast::<Self>() {
            Ok(damage) => damage,
            Err(error) => Self { message: format!("cannot read on: {error}"), since: None },
        }
    }
}

/// A compression that can be told from a file's first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compression {
    Gzip,
    Zstd,
}

impl Compression {
    /// The compression whose member or frame begins here.
    pub(super) fn of(head: &[u8]) -> Option<Self> {
        [Self::Gzip, Self::Zstd].into_iter().find(|compression| compression.begins(head))
    }

    /// The compression that a file's name says it has.
    pub(super) fn of_name(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()? {
            "gz" | "gzip" => Some(Self::Gzip),
            "zst" | "zstd" => Some(Self::Zstd),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        }
    }

    /// Whether a member or frame (a skippable one too) begins here. Reserved gzip flags must be 0.
    pub(super) fn begins(self, head: &[u8]) -> bool {
        match (self, head) {
            (Self::Gzip, [0x1f, 0x8b, 8, flags, ..]) => flags & 0xe0 == 0,
            (Self::Zstd, [0x28, 0xb5, 0x2f, 0xfd, ..]) => true,
            (Self::Zstd, [first, 0x2a, 0x4d, 0x18, ..]) => first & 0xf0 == 0x50,
            _ => false,
        }
    }

    /// Like [`Self::begins`], but strict enough for a search: of random bytes one place in 2^36 (gzip) or
    /// 2^32 (zstd) passes. In gzip that are the flags for compression level and operating system.
    pub(super) fn surely_begins(self, head: &[u8]) -> bool {
        self.begins(head)
            && match self {
                Self::Gzip => matches!(head.get(8..HEADER), Some([0 | 2 | 4, 0..=13 | 255])),
                Self::Zstd => true,
            }
    }

    /// The bytes to search for after a damage.
    pub(super) fn magic(self) -> &'static [u8] {
        match self {
            Self::Gzip => &[0x1f, 0x8b, 8],
            Self::Zstd => &[0x28, 0xb5, 0x2f, 0xfd],
        }
    }
}

pub(super) enum Decoder {
    Gzip(Decompress),
    Zstd(zstd::stream::raw::Decoder<'static>),
}

/// What one step of a decoder did.
pub(super) struct Step {
    pub(super) read: usize,
    pub(super) written: usize,
    /// Whether the member has ended, and its checksum holds; or what is wrong behind the bytes written.
    pub(super) ended: Result<bool, String>,
}

impl Decoder {
    pub(super) fn new(compression: Compression) -> io::Result<Self> {
        Ok(match compression {
            Compression::Gzip => Self::Gzip(Decompress::new_gzip(15)),
            Compression::Zstd => Self::Zstd(zstd::stream::raw::Decoder::new()?),
        })
    }

    /// For the next member.
    pub(super) fn reset(&mut self) -> io::Result<()> {
        match self {
            Self::Gzip(gzip) => gzip.reset(true),
            Self::Zstd(zstd) => zstd.reinit()?,
        }
        Ok(())
    }

    pub(super) fn step(&mut self, input: &[u8], output: &mut [u8]) -> Step {
        match self {
            Self::Gzip(gzip) => {
                let (read, written) = (gzip.total_in(), gzip.total_out());
                let status = gzip.decompress(input, output, FlushDecompress::None);
                Step {
                    read: (gzip.total_in() - read) as usize,
                    written: (gzip.total_out() - written) as usize,
                    ended: match status {
                        Ok(status) => Ok(status == Status::StreamEnd),
                        Err(_) => Err("damaged data".to_owned()),
                    },
                }
            }
            Self::Zstd(zstd) => match zstd.run_on_buffers(input, output) {
                Ok(status) => Step {
                    read: status.bytes_read,
                    written: status.bytes_written,
                    ended: Ok(status.remaining == 0),
                },
                Err(error) => Step { read: 0, written: 0, ended: Err(error.to_string()) },
            },
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// The last member has ended, another may begin.
    Between,
    Inside,
    /// In a member that was decoded ahead.
    Ahead,
    /// Something is damaged; the next member is to be found.
    Lost,
    Done,
}

/// The decompressed stream of all members of a file.
pub(super) struct Members<R> {
    input: R,
    compression: Compression,
    decoder: Decoder,
    state: State,
    /// Compressed bytes; `buffer[next..]` have not been decoded yet.
    buffer: Vec<u8>,
    next: usize,
    /// Where in `buffer` the search begins if the current member turns out to be damaged.
    search: usize,
    /// Offset of `buffer[0]` in the file.
    base: u64,
    /// Decompressed bytes given out so far, and how many of them before the current member.
    written: u64,
    since: u64,
    /// Compressed bytes that searches have gone back over.
    rewound: u64,
    /// What is wrong behind the bytes given out last.
    failure: Option<String>,
    input_ended: bool,
    /// What broke reading the input, once all that came before it is decoded.
    broken: Option<io::Error>,
    /// How many threads decode members ahead; 1 is none.
    threads: usize,
    /// Members that were decoded ahead, from `next` on; of the first one, bytes that were given out already.
    ahead: VecDeque<Member>,
    given: usize,
    /// Offset in the file before which decoding ahead is not tried again, because it was in vain.
    not_before: u64,
}

impl<R: Read> Members<R> {
    /// Decompresses `input`, which begins with a member of this compression.
    pub(super) fn new(input: R, compression: Compression, threads: usize) -> io::Result<Self> {
        Ok(Self {
            input,
            compression,
            decoder: Decoder::new(compression)?,
            state: State::Between,
            buffer: Vec::new(),
            next: 0,
            search: 0,
            base: 0,
            written: 0,
            since: 0,
            rewound: 0,
            failure: None,
            input_ended: false,
            broken: None,
            threads,
            ahead: VecDeque::new(),
            given: 0,
            not_before: 0,
        })
    }

    /// Reads compressed bytes until `wanted` of them wait to be decoded or the file ends.
    fn fill(&mut self, wanted: usize) -> io::Result<()> {
        self.fill_ahead(wanted);
        if self.buffer.len() - self.next >= wanted {
            return Ok(());
        }
        self.broken.take().map_or(Ok(()), |error| {
            self.state = State::Done;
            Err(error)
        })
    }

    /// The same; that the input is broken is kept for later.
    fn fill_ahead(&mut self, wanted: usize) {
        while self.buffer.len() - self.next < wanted && !self.input_ended && self.broken.is_none() {
            let keep = match self.state {
                State::Inside => self.search.max(self.next.saturating_sub(KEPT)),
                State::Between | State::Ahead | State::Lost | State::Done => self.next,
            };
            if keep >= KEPT {
                self.buffer.drain(..keep);
                self.base += keep as u64;
                self.next -= keep;
                self.search = self.search.saturating_sub(keep);
            }
            let filled = self.buffer.len();
            self.buffer.resize(filled + CHUNK, 0);
            let read = loop {
                match self.input.read(&mut self.buffer[filled..]) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    result => break result,
                }
            };
            self.buffer.truncate(filled + read.as_ref().map_or(0, |read| *read));
            match read {
                Ok(0) => self.input_ended = true,
                Ok(_) => {}
                Err(error) => self.broken = Some(error),
            }
        }
    }

    /// Decodes members from `next` on, unless that would likely be in vain again.
    fn decode_ahead(&mut self) {
        let here = self.base + self.next as u64;
        if self.threads < 2 || here < self.not_before {
            return;
        }
        self.fill_ahead(ahead::WINDOW);
        let window = &self.buffer[self.next..];
        let window = &window[..window.len().min(ahead::WINDOW)];
        self.ahead = ahead::decode(window, self.compression, self.threads);
        if self.ahead.len() < 2 {
            self.not_before = here + window.len() as u64;
        }
    }

    /// Begins the member at `next`.
    fn begin(&mut self) -> io::Result<()> {
        self.decoder.reset()?;
        self.search = self.next + 1;
        self.since = self.written;
        self.state = State::Inside;
        Ok(())
    }

    /// Gives the current member up.
    fn lose(&mut self, what: &str) -> io::Error {
        let message = format!(
            "{}: {what} at byte {} of the compressed file",
            self.compression.name(),
            self.base + self.next as u64
        );
        let back_to = self.search.max(self.next.saturating_sub(KEPT));
        let back = self.next.saturating_sub(back_to) as u64;
        if self.rewound + back <= REWINDS * (self.base + self.next as u64) {
            self.rewound += back;
            self.next = back_to.min(self.buffer.len());
        } else {
            self.next = self.next.max(self.search).min(self.buffer.len());
        }
        self.state = State::Lost;
        io::Error::new(io::ErrorKind::InvalidData, Damage { message, since: Some(self.since) })
    }

    /// Between two members: begins the next one, or ends.
    fn between(&mut self) -> io::Result<()> {
        loop {
            self.fill(4)?;
            // Tapes and some writers pad with zeros.
            let zeros = self.buffer[self.next..].iter().take_while(|byte| **byte == 0).count();
            if self.compression == Compression::Zstd || zeros == 0 {
                break;
            }
            self.next += zeros;
        }
        self.search = self.next + 1;
        self.since = self.written;
        let head = &self.buffer[self.next..];
        if head.is_empty() {
            self.state = State::Done;
            Ok(())
        } else if self.compression.begins(head) {
            if self.ahead.is_empty() {
                self.decode_ahead();
            }
            if self.ahead.is_empty() {
                return self.begin();
            }
            self.state = State::Ahead;
            self.given = 0;
            Ok(())
        } else if head.len() < 4 {
            Err(self.lose(CUT_SHORT))
        } else {
            Err(self.lose("bytes that belong to no member"))
        }
    }

    /// After a damage: looks for the next member, and begins it.
    fn find(&mut self) -> io::Result<()> {
        let magic = self.compression.magic();
        loop {
            if let Some(at) = memmem::find(&self.buffer[self.next..], magic) {
                self.next += at;
                self.fill(HEADER)?;
                if self.compression.surely_begins(&self.buffer[self.next..]) {
                    return self.begin();
                }
                self.next += 1;
                continue;
            }
            self.next = self.buffer.len().saturating_sub(magic.len() - 1).max(self.next);
            if self.input_ended {
                self.state = State::Done;
                return Ok(());
            }
            self.fill(magic.len())?;
        }
    }
}

impl<R: Read> Read for Members<R> {
    /// An error is one damaged member; the next call goes on behind it.
    fn read(&mut self, output: &mut [u8]) -> io::Result<usize> {
        if output.is_empty() {
            return Ok(0);
        }
        loop {
            match self.state {
                State::Done => return Ok(0),
                State::Between => self.between()?,
                State::Lost => self.find()?,
                State::Ahead => match self.ahead.front() {
                    Some(member) if self.given < member.bytes.len() => {
                        let rest = &member.bytes[self.given..];
                        let count = rest.len().min(output.len());
                        output[..count].copy_from_slice(&rest[..count]);
                        self.given += count;
                        self.written += count as u64;
                        return Ok(count);
                    }
                    _ => {
                        self.next += self.ahead.pop_front().map_or(0, |member| member.length);
                        self.state = State::Between;
                    }
                },
                State::Inside => {
                    if let Some(what) = self.failure.take() {
                        return Err(self.lose(&what));
                    }
                    // In pieces whose ends are the same however the bytes came: how much of a damaged member
                    // a decoder gives out may depend on what it gets at once.
                    let piece = CHUNK - (self.base + self.next as u64) as usize % CHUNK;
                    self.fill_ahead(piece);
                    self.fill(1)?;
                    let end = self.buffer.len().min(self.next + piece);
                    let room = output.len().min(ROOM);
                    let step = self.decoder.step(&self.buffer[self.next..end], &mut output[..room]);
                    self.next += step.read;
                    self.written += step.written as u64;
                    match step.ended {
                        Ok(true) => self.state = State::Between,
                        Ok(false) if step.read > 0 || step.written > 0 => {}
                        Ok(false) => self.failure = Some(CUT_SHORT.to_owned()),
                        Err(what) => self.failure = Some(what),
                    }
                    if step.written > 0 {
                        return Ok(step.written);
                    }
                }
            }
        }
    }
}
