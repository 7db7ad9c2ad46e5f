//! ASCII several bytes at a time: nearly all bytes of a page's text are small letters with single spaces between words.
//!
//! Bytes are told apart in parallel: sixteen in a vector, or eight within one integer, each by its own highest bit
//! (Lamport 1975, "Multiple byte processing with full-word instructions").

use wide::u8x16;

/// Bytes that are looked at in one step where text is copied.
pub(crate) const CHUNK: usize = 16;

/// How many of the next [`CHUNK`] bytes are plain text, and how many of these are spaces: printable ASCII, but no "`",
/// with no two spaces in a row and none at the end.
#[inline(always)]
pub(crate) fn plain(text: &[u8]) -> (usize, u32) {
    let bytes = u8x16::new(window(text));
    let spaces = bytes.simd_eq(u8x16::splat(b' ')).to_bitmask();
    let printable = (bytes - u8x16::splat(b' ')).min(u8x16::splat(b'~' - b' ')) + u8x16::splat(b' ');
    let plain = bytes.simd_eq(printable) & !bytes.simd_eq(u8x16::splat(b'`'));
    let length = (!plain.to_bitmask() | spaces & spaces << 1 | 1 << CHUNK).trailing_zeros();
    let spaces = spaces & ((1 << length) - 1);
    // A space that is the last of them may be the first of several.
    let trailing = spaces >> length.saturating_sub(1) & 1;
    ((length - trailing) as usize, spaces.count_ones() - trailing)
}

/// All bits of each of the bytes from `first` to `last`.
#[inline(always)]
pub(crate) fn is_within(bytes: u8x16, first: u8, last: u8) -> u8x16 {
    let from = bytes - u8x16::splat(first);
    from.simd_eq(from.min(u8x16::splat(last - first)))
}

/// The first bytes of a text, and zeros if it is shorter.
#[inline(always)]
pub(crate) fn window(text: &[u8]) -> [u8; CHUNK] {
    if let Some(bytes) = text.first_chunk() {
        return *bytes;
    }
    // Two numbers that overlap in the middle, where they hold the same bytes.
    let bytes = if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        let (first, last) = (u64::from_le_bytes(*first), u64::from_le_bytes(*last));
        u128::from(first) | u128::from(last) << (8 * (text.len() - 8))
    } else if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        let (first, last) = (u32::from_le_bytes(*first), u32::from_le_bytes(*last));
        u128::from(first) | u128::from(last) << (8 * (text.len() - 4))
    } else {
        text.iter().rev().fold(0, |number, &byte| number << 8 | u128::from(byte))
    };
    bytes.to_le_bytes()
}

/// The highest bit of each byte.
const HIGH: u64 = every(0x80);

/// Eight times the same byte.
const fn every(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// The highest bit of each byte from `first` to `last`; none of `bytes` may have its own highest bit set.
#[inline(always)]
fn within(bytes: u64, first: u8, last: u8) -> u64 {
    let (from, after) = (bytes + every(0x80 - first), bytes + every(0x7f - last));
    from & !after & HIGH
}

/// The letters and digits that the next eight bytes begin with, in lower case as a number, the first the highest byte of
/// those that count, and how many they are; `None` if there are no eight bytes.
#[inline(always)]
pub(crate) fn alphanumerics(text: &[u8]) -> Option<(u64, u32)> {
    let bytes = u64::from_be_bytes(*text.first_chunk()?);
    let low = bytes & !HIGH;
    // The bit that makes a capital small is set in digits as it is.
    let lower = low | every(0x20);
    let found = (within(lower, b'a', b'z') | within(low, b'0', b'9')) & !bytes;
    let count = (found ^ HIGH).leading_zeros() / 8;
    Some((lower.checked_shr(u64::BITS - 8 * count).unwrap_or(0), count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_has_single_spaces() {
        for (text, expected) in [
            ("the harbour was closed", (15, 2)),
            ("the harbour, was closed", (16, 2)),
            ("the  harbour was", (3, 0)),
            (" the harbour is!", (16, 3)),
            ("  the", (0, 0)),
            ("the harbour\twas.", (11, 1)),
            ("the harb\u{f6}ur wa!", (8, 1)),
            ("the harbour was\x7f", (15, 2)),
            ("the `harbour`", (3, 0)),
            ("~the", (4, 0)),
            ("the ", (3, 0)),
            ("\0", (0, 0)),
            (" ", (0, 0)),
            ("", (0, 0)),
        ] {
            assert_eq!(plain(text.as_bytes()), expected, "{text:?}");
        }
    }

    #[test]
    fn windows_of_short_texts_end_in_zeros() {
        let text: [u8; 20] = std::array::from_fn(|at| at as u8 + 1);
        for length in 0..=text.len() {
            let mut expected = [0; CHUNK];
            expected[..length.min(CHUNK)].copy_from_slice(&text[..length.min(CHUNK)]);
            assert_eq!(window(&text[..length]), expected);
        }
    }

    #[test]
    fn every_byte_is_what_it_is_alone() {
        for byte in 0..=255u8 {
            for at in 0..8 {
                let mut text = *b"aZ09xYz5";
                text[at] = byte;
                let (number, count) = alphanumerics(&text).unwrap();
                let expected = text.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
                assert_eq!(count as usize, expected, "{text:?}");
                let lower = text[..expected]
                    .iter()
                    .fold(0, |all, byte| all << 8 | u64::from(byte.to_ascii_lowercase()));
                assert_eq!(number, lower, "{text:?}");
            }
        }
        assert_eq!(alphanumerics(b"abc"), None);
    }
}
