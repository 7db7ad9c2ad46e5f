//! Members decoded ahead, several at once.
//!
//! Only decoding a member tells where it ends. But where the next one may begin its first bytes tell, so the
//! pieces between such places are decoded at the same time. A piece counts if it is one sound member from its
//! first byte to its last: then decoding one after the other would have come to the same. All else, damage
//! above all, is left to that.

use std::collections::VecDeque;
use std::thread;

use memchr::memmem;

use super::members::{Compression, Decoder};

/// Compressed bytes that are looked at together.
pub(super) const WINDOW: usize = 1 << 20;

/// Bytes that a member may hold to be decoded ahead, and how many members are: the memory is bounded however
/// well they are compressed.
const LARGEST: usize = 1 << 20;
const MOST: usize = 64;

/// A member that was decoded ahead.
pub(super) struct Member {
    /// How many its compressed bytes are.
    pub(super) length: usize,
    /// What came out of it.
    pub(super) bytes: Vec<u8>,
}

/// How many threads decode: one of them feeds about four that clean.
pub(super) fn threads() -> usize {
    thread::available_parallelism().map_or(1, |cores| cores.get() / 4).clamp(1, 8)
}

/// Decodes the members that a window begins with, as far as they are sound.
pub(super) fn decode(window: &[u8], compression: Compression, threads: usize) -> VecDeque<Member> {
    let begins: Vec<usize> = memmem::find_iter(window, compression.magic())
        .filter(|&at| at == 0 || compression.surely_begins(&window[at..]))
        .take(MOST + 1)
        .collect();
    // The last one may go on beyond the window.
    let pieces: Vec<&[u8]> = begins.windows(2).map(|ends| &window[ends[0]..ends[1]]).collect();
    let mut decoded: Vec<Option<Vec<u8>>> = vec![None; pieces.len()];
    let share = pieces.len().div_ceil(threads).max(1);
    thread::scope(|scope| {
        for (pieces, decoded) in pieces.chunks(share).zip(decoded.chunks_mut(share)) {
            scope.spawn(move || {
                let Ok(mut decoder) = Decoder::new(compression) else { return };
                let mut room = vec![0; LARGEST + 1];
                for (piece, decoded) in pieces.iter().zip(decoded) {
                    *decoded = whole(piece, &mut decoder, &mut room);
                }
            });
        }
    });
    let sound = pieces.iter().zip(decoded).map_while(|(piece, bytes)| Some((piece, bytes?)));
    sound.map(|(piece, bytes)| Member { length: piece.len(), bytes }).collect()
}

/// What a piece holds, if it is one sound member and not too large.
fn whole(piece: &[u8], decoder: &mut Decoder, room: &mut [u8]) -> Option<Vec<u8>> {
    decoder.reset().ok()?;
    let (mut read, mut written) = (0, 0);
    loop {
        let step = decoder.step(&piece[read..], &mut room[written..]);
        read += step.read;
        written += step.written;
        match step.ended {
            Ok(true) => {
                return (read == piece.len() && written <= LARGEST).then(|| room[..written].to_vec());
            }
            Ok(false) if step.read + step.written > 0 && written < room.len() => {}
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use super::*;
    use crate::input::members::Members;

    fn member(compression: Compression, text: &[u8]) -> Vec<u8> {
        match compression {
            Compression::Gzip => {
                let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
                encoder.write_all(text).unwrap();
                encoder.finish().unwrap()
            }
            Compression::Zstd => zstd::encode_all(text, 1).unwrap(),
        }
    }

    /// All that comes out of a file, with the messages of what is damaged in their places.
    fn read(file: &[u8], compression: Compression, threads: usize) -> Vec<u8> {
        let mut members = Members::new(file, compression, threads).unwrap();
        let mut all = Vec::new();
        while let Err(damage) = members.read_to_end(&mut all) {
            all.extend_from_slice(format!("[{damage}]").as_bytes());
        }
        all
    }

    /// Bytes that look random.
    fn noise(seed: u64, length: usize) -> Vec<u8> {
        let mut random = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let mut next = || {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            random as u8
        };
        (0..length).map(|_| next()).collect()
    }

    #[test]
    fn neither_sound_nor_damaged_files_show_how_many_threads_there_were() {
        for compression in [Compression::Gzip, Compression::Zstd] {
            let mut members: Vec<Vec<u8>> =
                (0..200).map(|n| member(compression, &noise(n, 40 * n as usize))).collect();
            // A member in which others seem to begin, and an empty and a large one.
            members[20] = member(compression, &members[3..9].concat());
            members[30] = member(compression, b"");
            members[40] = member(compression, &vec![b'a'; 3 * LARGEST]);
            members[41] = member(compression, &vec![b'b'; LARGEST]);
            let sound = members.concat();
            let text = read(&sound, compression, 1);
            assert!(text == read(&sound, compression, 3), "{compression:?}");
            assert!(decode(&sound, compression, 3).len() >= 20);
            for seed in 1..40 {
                let mut damaged = sound.clone();
                for place in noise(seed, 12).chunks(4) {
                    let at = place.iter().fold(0, |at, &byte| at << 8 | usize::from(byte)) % damaged.len();
                    match place[3] % 4 {
                        0 => damaged[at] ^= 1 << (place[0] % 8),
                        1 => damaged.truncate(at),
                        2 => _ = damaged.drain(at..(at + 30).min(sound.len()).min(damaged.len())),
                        _ => damaged.splice(at..at, members[3].clone()).for_each(drop),
                    }
                    if damaged.is_empty() {
                        break;
                    }
                }
                if compression.begins(&damaged) {
                    let found = read(&damaged, compression, 3);
                    assert!(read(&damaged, compression, 1) == found, "{compression:?} {seed}");
                }
            }
        }
    }

    #[test]
    fn what_is_decoded_ahead_has_bounds() {
        for compression in [Compression::Gzip, Compression::Zstd] {
            let bomb = member(compression, &vec![0; LARGEST + 1]);
            assert!(decode(&[&bomb[..], &bomb].concat(), compression, 2).is_empty());
            let many = member(compression, b"a").repeat(1000);
            let found = decode(&many, compression, 2);
            assert_eq!(found.len(), MOST);
            assert!(found.iter().all(|member| member.bytes == b"a" && member.length == many.len() / 1000));
        }
    }
}
