//! ASCII several bytes at a time: nearly all bytes of a page's text are small letters with single spaces between words.
//!
//! Bytes are told apart in parallel, sixteen in a vector.

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

/// Which bytes may end a name of HTML: white space and all below it, `/`, `=` and `>`; a bit for each, the first the lowest,
/// and one behind the last.
#[inline(always)]
pub(crate) fn name_ends(chunk: &[u8; CHUNK]) -> u32 {
    let bytes = u8x16::new(*chunk);
    let is = |byte: u8| bytes.simd_eq(u8x16::splat(byte));
    let ends = is_within(bytes, 0, b' ') | is(b'/') | is(b'=') | is(b'>');
    ends.to_bitmask() | 1 << CHUNK
}

/// Which bytes are letters, and which are spaces: a bit for each, the first the lowest.
#[inline(always)]
pub(crate) fn letters_and_spaces(chunk: &[u8; CHUNK]) -> (u32, u32) {
    let bytes = u8x16::new(*chunk);
    (letters(bytes).to_bitmask(), bytes.simd_eq(u8x16::splat(b' ')).to_bitmask())
}

/// All bits of each of the bytes that are letters.
#[inline(always)]
fn letters(bytes: u8x16) -> u8x16 {
    // The bit that makes a capital small.
    is_within(bytes | u8x16::splat(0x20), b'a', b'z')
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

/// Which bytes are letters or digits, and which are none of ASCII: a bit for each, the first the lowest.
#[inline(always)]
pub(crate) fn alphanumerics(chunk: &[u8; CHUNK]) -> (u32, u32) {
    let bytes = u8x16::new(*chunk);
    let found = letters(bytes) | is_within(bytes, b'0', b'9');
    (found.to_bitmask(), bytes.to_bitmask())
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
            for at in 0..CHUNK {
                let mut chunk = *b"aZ09xYz5{`[@/:- ";
                chunk[at] = byte;
                let bits = |is_one: fn(&u8) -> bool| {
                    (0..CHUNK).filter(|&at| is_one(&chunk[at])).map(|at| 1 << at).sum()
                };
                let expected = (bits(u8::is_ascii_alphanumeric), bits(|byte| !byte.is_ascii()));
                assert_eq!(alphanumerics(&chunk), expected, "{chunk:?}");
                let ends = bits(|&byte| byte <= b' ' || matches!(byte, b'/' | b'=' | b'>'));
                assert_eq!(name_ends(&chunk), ends | 1 << CHUNK, "{chunk:?}");
            }
        }
    }
}
