//! Compression on all threads: gzip members or zstd frames of a fixed size, one after the other.
//!
//! Both formats allow several members or frames in a row, and every decoder reads them as one stream. A
//! block is a megabyte before compression whatever the number of threads, so the file is the same too.

use std::io::{self, Write};
use std::path::Path;

use flate2::write::GzEncoder;
use rayon::prelude::*;

/// Bytes of a block before compression.
const BLOCK: usize = 1 << 20;

/// How a file is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compression {
    Gzip,
    Zstd,
}

impl Compression {
    /// The compression that a file's name asks for.
    pub(super) fn of_name(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()? {
            "gz" => Some(Self::Gzip),
            "zst" => Some(Self::Zstd),
            _ => None,
        }
    }

    fn block(self, bytes: &[u8]) -> io::Result<Vec<u8>> {
        match self {
            Self::Gzip => {
                let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::default());
                encoder.write_all(bytes)?;
                encoder.finish()
            }
            Self::Zstd => zstd::bulk::compress(bytes, zstd::DEFAULT_COMPRESSION_LEVEL),
        }
    }
}

/// Writes blocks that the threads of the pool compress. Holds a block for each of them.
pub(super) struct Blocks<W: Write> {
    out: W,
    compression: Compression,
    /// Blocks to be compressed; all but the last are full.
    waiting: Vec<Vec<u8>>,
    written: bool,
}

impl<W: Write> Blocks<W> {
    pub(super) fn new(out: W, compression: Compression) -> Self {
        Self { out, compression, waiting: Vec::new(), written: false }
    }

    /// Compresses and writes what is left; a file without content gets one empty block.
    pub(super) fn finish(mut self) -> io::Result<W> {
        if self.waiting.is_empty() && !self.written {
            self.waiting.push(Vec::new());
        }
        self.compress()?;
        Ok(self.out)
    }

    fn compress(&mut self) -> io::Result<()> {
        let blocks: Vec<_> = self.waiting.par_drain(..).map(|block| self.compression.block(&block)).collect();
        self.written = true;
        blocks.into_iter().try_for_each(|block| self.out.write_all(&block?))
    }
}

impl<W: Write> Write for Blocks<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.waiting.last().is_none_or(|block| block.len() == BLOCK) {
            if self.waiting.len() >= rayon::current_num_threads() {
                self.compress()?;
            }
            self.waiting.push(Vec::with_capacity(BLOCK));
        }
        let Some(block) = self.waiting.last_mut() else { return Ok(0) };
        let taken = bytes.len().min(BLOCK - block.len());
        block.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    /// What does not fill a block yet stays: where a block ends may not depend on when somebody flushes.
    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    /// Bytes that do not repeat soon.
    fn text(length: usize) -> Vec<u8> {
        (0..length as u64).map(|n| (n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 60) as u8 + b'a').collect()
    }

    fn compressed(text: &[u8], compression: Compression, threads: usize, piece: usize) -> Vec<u8> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let mut blocks = Blocks::new(Vec::new(), compression);
            for piece in text.chunks(piece) {
                blocks.write_all(piece).unwrap();
                blocks.flush().unwrap();
            }
            blocks.finish().unwrap()
        })
    }

    #[test]
    fn neither_threads_nor_the_size_of_writes_show() {
        for compression in [Compression::Gzip, Compression::Zstd] {
            for length in [0, 1, BLOCK, 3 * BLOCK + 7] {
                let text = text(length);
                let one = compressed(&text, compression, 1, BLOCK);
                assert_eq!(one, compressed(&text, compression, 5, 100_003));
                let mut back = Vec::new();
                match compression {
                    Compression::Gzip => {
                        flate2::read::MultiGzDecoder::new(one.as_slice()).read_to_end(&mut back)
                    }
                    Compression::Zstd => zstd::Decoder::new(one.as_slice()).unwrap().read_to_end(&mut back),
                }
                .unwrap();
                assert!(back == text && !one.is_empty());
            }
        }
    }

    /// Takes so many bytes and then has no space.
    struct Full(usize);

    impl Write for Full {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let taken = bytes.len().min(self.0);
            self.0 -= taken;
            if taken == 0 { Err(io::ErrorKind::StorageFull.into()) } else { Ok(taken) }
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_full_disk_is_an_error_wherever_it_fills_up() {
        let text = text(2 * BLOCK);
        let whole = compressed(&text, Compression::Zstd, 2, BLOCK).len();
        for space in [0, 1, whole / 2, whole - 1, whole] {
            let mut blocks = Blocks::new(Full(space), Compression::Zstd);
            let result = blocks.write_all(&text).and_then(|()| blocks.finish().map(drop));
            assert_eq!(result.err().map(|e| e.kind()), (space < whole).then_some(io::ErrorKind::StorageFull));
        }
    }
}
