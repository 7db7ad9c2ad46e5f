//! ASCII several bytes at a time: nearly all bytes of a page's text are small letters with single spaces between words.
//!
//! Bytes are told apart in parallel within one integer, each by its own highest bit (Lamport 1975, "Multiple byte
//! processing with full-word instructions").

/// Bytes that are looked at in one step where text is copied.
pub(crate) const CHUNK: usize = 16;

/// The number of spaces among characters that are printable ASCII, with no two spaces in a row and none at the end;
/// `None` for others.
#[inline(always)]
pub(crate) fn spaces_of_plain(chunk: &[u8; CHUNK]) -> Option<u32> {
    let is_odd = |byte: &u8| u8::from(byte.wrapping_sub(b' ') >= 0x7f - b' ');
    let odd = chunk.iter().map(is_odd).fold(0, |all, one| all | one);
    let spaces: [u8; CHUNK] = chunk.map(|byte| u8::from(byte == b' '));
    let double = (1..CHUNK).map(|at| spaces[at] & spaces[at - 1]).fold(0, |all, one| all | one);
    (odd | double | spaces[CHUNK - 1] == 0).then(|| u32::from(spaces.iter().sum::<u8>()))
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

/// How many small letters the next eight bytes begin with; 0 if there are no eight.
#[inline(always)]
pub(crate) fn small_letters(text: &[u8]) -> usize {
    let Some(bytes) = text.first_chunk() else { return 0 };
    let bytes = u64::from_le_bytes(*bytes);
    let small = within(bytes & !HIGH, b'a', b'z') & !bytes;
    ((small ^ HIGH).trailing_zeros() / 8) as usize
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
        for (text, spaces) in [
            ("the harbour was ", None),
            ("the harbour, was", Some(2)),
            ("the  harbour was", None),
            (" the harbour is!", Some(3)),
            ("the harbour\twas.", None),
            ("the harb\u{f6}ur wa!", None),
            ("the harbour was\x7f", None),
        ] {
            assert_eq!(spaces_of_plain(text.as_bytes().first_chunk().unwrap()), spaces, "{text:?}");
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

                let mut text = *b"zabcdefz";
                text[at] = byte;
                let expected = text.iter().take_while(|byte| byte.is_ascii_lowercase()).count();
                assert_eq!(small_letters(&text), expected, "{text:?}");
            }
        }
        assert_eq!((small_letters(b"abc"), alphanumerics(b"abc")), (0, None));
    }
}
