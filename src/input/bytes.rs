//! A window on a stream of bytes: look ahead as far as a record needs, then move on.
//!
//! A stream may break (a damaged gzip member) and go on behind the damage. The window never reaches over
//! such a break: it ends there, [`Bytes::damage`] says why, and [`Bytes::resume`] opens what follows.

use std::io::{self, Read};

use memchr::memchr;

use super::members::Damage;

/// Bytes asked of the input at once.
const CHUNK: usize = 128 * 1024;

/// A window larger than this is given back once its record is done.
const LARGE: usize = 1024 * 1024;

/// A stream of bytes with a place in it.
pub(super) struct Bytes {
    input: Box<dyn Read + Send>,
    /// The window is `buffer[start..end]`; all of `buffer` is initialised.
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// Offset of the window's first byte in the stream.
    offset: u64,
    damage: Option<Damage>,
    ended: bool,
}

/// What stands at the current place, up to the end of the line.
pub(super) enum Line {
    /// So many bytes with the line feed, if there is one; 0 at the end of the stream and at a break.
    Found(usize),
    /// The line is longer than asked for.
    TooLong,
}

impl Bytes {
    /// A window on this stream.
    pub(super) fn new(input: Box<dyn Read + Send>) -> Self {
        Self { input, buffer: Vec::new(), start: 0, end: 0, offset: 0, damage: None, ended: false }
    }

    /// Offset of the current place. Bytes lost at a break do not count.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// The bytes read ahead and not yet consumed.
    pub(super) fn window(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    /// The window, with at least `wanted` bytes in it unless the stream ends or breaks before.
    pub(super) fn peek(&mut self, wanted: usize) -> &[u8] {
        while self.end - self.start < wanted && self.fill() {}
        self.window()
    }

    /// Reads more into the window; false at the end of the stream and at a break.
    pub(super) fn fill(&mut self) -> bool {
        if self.ended || self.damage.is_some() {
            return false;
        }
        if self.buffer.len() - self.end < CHUNK {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
            // Doubling keeps the copies of a long record linear.
            let room = (self.end + CHUNK).max(if self.end > CHUNK { 2 * self.end } else { 2 * CHUNK });
            if self.buffer.len() < self.end + CHUNK {
                self.buffer.resize(room, 0);
            }
        }
        loop {
            match self.input.read(&mut self.buffer[self.end..]) {
                Ok(0) => {
                    self.ended = true;
                    return false;
                }
                Ok(read) => {
                    self.end += read;
                    return true;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    let damage = Damage::from(error);
                    // A disk that fails would fail again, and again.
                    self.ended = damage.since().is_none();
                    self.damage = Some(damage);
                    return false;
                }
            }
        }
    }

    /// Moves on by `count` bytes of the window.
    pub(super) fn consume(&mut self, count: usize) {
        let count = count.min(self.end - self.start);
        self.start += count;
        self.offset += count as u64;
        if self.buffer.len() > LARGE && self.end - self.start <= CHUNK {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
            self.buffer.truncate(2 * CHUNK);
            self.buffer.shrink_to_fit();
        }
    }

    /// Looks for the end of the line within `limit` bytes.
    pub(super) fn line(&mut self, limit: usize) -> Line {
        let mut searched = 0;
        loop {
            let window = self.window();
            if let Some(at) = memchr(b'\n', &window[searched..]) {
                let length = searched + at + 1;
                return if length - 1 > limit { Line::TooLong } else { Line::Found(length) };
            }
            searched = window.len();
            if searched > limit {
                return Line::TooLong;
            }
            if !self.fill() {
                return Line::Found(searched);
            }
        }
    }

    /// Moves behind the end of the line without keeping it; says how many bytes that were.
    pub(super) fn skip_line(&mut self) -> u64 {
        let from = self.offset;
        loop {
            let (count, found) = match memchr(b'\n', self.window()) {
                Some(at) => (at + 1, true),
                None => (self.end - self.start, false),
            };
            self.consume(count);
            if found || !self.fill() {
                return self.offset - from;
            }
        }
    }

    /// Why the window ends where it does, if the stream breaks there.
    pub(super) fn damage(&self) -> Option<&Damage> {
        self.damage.as_ref()
    }

    /// Once the window is empty: goes on behind the break and says what had broken.
    pub(super) fn resume(&mut self) -> Option<Damage> {
        self.damage.take()
    }
}

impl Read for Bytes {
    /// An error is a break; the next call goes on behind it.
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.start == self.end && !self.fill() {
            return self
                .resume()
                .map_or(Ok(0), |damage| Err(io::Error::new(io::ErrorKind::InvalidData, damage)));
        }
        let count = out.len().min(self.end - self.start);
        out[..count].copy_from_slice(&self.window()[..count]);
        self.consume(count);
        Ok(count)
    }
}
