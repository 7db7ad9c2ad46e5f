//! A look at the Thrift structs of a Parquet file before the library reads them.
//!
//! The library believes what they claim: it goes through a list of two thousand million booleans of which there is
//! no byte, and makes room for a dictionary of as many values. Both were found by fuzzing.

use std::io::{self, Read};

/// Structs and lists within each other; those of a Parquet file are not a dozen.
const MAX_DEPTH: usize = 48;

/// What of a page is told by its header.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct PageHeader {
    /// Bytes, once decompressed.
    pub(super) bytes: i64,
    /// Values of a page that is a dictionary.
    pub(super) dictionary: i64,
}

/// Where a struct goes on.
enum Open {
    /// After the field of this number.
    Struct { field: i64 },
    /// With so many more values of these kinds in turn: the one kind of a list, the two of a map.
    Values { kinds: [u8; 2], left: u64 },
}

/// Reads the header of a page, or any other struct.
///
/// # Errors
/// It ends too early, or is none that the library can read.
pub(super) fn page_header(mut input: impl Read) -> io::Result<PageHeader> {
    let mut header = PageHeader::default();
    let mut open = vec![Open::Struct { field: 0 }];
    while let Some(innermost) = open.last_mut() {
        let kind = match innermost {
            Open::Struct { field } => match byte(&mut input)? {
                0 => {
                    open.pop();
                    continue;
                }
                start => {
                    *field = match start >> 4 {
                        0 => zigzag(number(&mut input)?),
                        step => field.wrapping_add(i64::from(step)),
                    };
                    start & 15
                }
            },
            Open::Values { left: 0, .. } => {
                open.pop();
                continue;
            }
            Open::Values { kinds, left } => {
                *left -= 1;
                kinds[(*left % 2) as usize]
            }
        };
        match kind {
            1 | 2 => {} // a boolean is told by the field's kind
            3 => skip(&mut input, 1)?,
            4..=6 => {
                let value = zigzag(number(&mut input)?);
                match open[..] {
                    [Open::Struct { field: 2 }] => header.bytes = value,
                    [Open::Struct { field: 7 }, Open::Struct { field: 1 }] => header.dictionary = value,
                    _ => {}
                }
            }
            7 => skip(&mut input, 8)?,
            8 => {
                let length = number(&mut input)?;
                skip(&mut input, length)?;
            }
            9 | 10 => {
                let start = byte(&mut input)?;
                let size = match start >> 4 {
                    15 => number(&mut input)?,
                    size => u64::from(size),
                };
                open.push(values([start & 15; 2], size)?);
            }
            11 => {
                let pairs = number(&mut input)?;
                if pairs > 0 {
                    let kinds = byte(&mut input)?;
                    open.push(values([kinds & 15, kinds >> 4], pairs.saturating_mul(2))?);
                }
            }
            12 => open.push(Open::Struct { field: 0 }),
            13 => skip(&mut input, 16)?,
            _ => return Err(broken("a value of no known kind")),
        }
        if open.len() > MAX_DEPTH {
            return Err(broken("structs too deep in each other"));
        }
    }
    Ok(header)
}

/// The values of a list or map. Metadata and headers of pages have none of booleans, for which the library takes no byte.
fn values(kinds: [u8; 2], left: u64) -> io::Result<Open> {
    if left > 0 && kinds.iter().any(|kind| matches!(kind, 1 | 2)) {
        return Err(broken("a list of booleans"));
    }
    Ok(Open::Values { kinds, left })
}

fn broken(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

fn byte(input: &mut impl Read) -> io::Result<u8> {
    let mut byte = [0];
    input.read_exact(&mut byte)?;
    Ok(byte[0])
}

/// A number in groups of seven bits, the last ones first.
fn number(input: &mut impl Read) -> io::Result<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let byte = byte(input)?;
        number |= u64::from(byte & 127) << shift;
        if byte < 128 {
            return Ok(number);
        }
    }
    Err(broken("a number of more than 64 bits"))
}

fn zigzag(number: u64) -> i64 {
    (number >> 1) as i64 ^ -((number & 1) as i64)
}

fn skip(input: &mut impl Read, bytes: u64) -> io::Result<()> {
    match io::copy(&mut input.take(bytes), &mut io::sink())? {
        skipped if skipped == bytes => Ok(()),
        _ => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<(i64, i64), String> {
        let header = page_header(bytes).map_err(|error| error.to_string())?;
        Ok((header.bytes, header.dictionary))
    }

    #[test]
    fn reads_headers() {
        // Of a dictionary page: kind 2, 20 bytes, 12 compressed, 3 values, plain.
        let header = b"\x15\x04\x15\x28\x15\x18\x4c\x15\x06\x15\x00\x00\x00";
        assert_eq!(read(header), Ok((20, 3)));
        // The same with its fields' numbers written out, and further fields: a double, a text, a list of texts, a
        // map, a struct in a struct, a byte, a boolean and a UUID.
        let more = [
            &b"\x05\x04\x28\x05\x0e\x07"[..],
            b"\x17........\x18\x03abc\x19\x28\x01a\x01b\x1b\x01\x58\x02\x02ab",
            b"\x1c\x1c\x11\x00\x00\x13.\x12\x1d................\x00",
        ];
        assert_eq!(read(&more.concat()), Ok((20, 0)));
        assert_eq!(read(b"\0"), Ok((0, 0)));
    }

    #[test]
    fn rejects_what_lies() {
        let size = b"\xff\xff\xff\xff\x07"; // 2^31 - 1
        for (name, bytes) in [
            ("a list of booleans", [&b"\x19\xf1"[..], size].concat()),
            ("a set of booleans", [&b"\x1a\xf2"[..], size].concat()),
            ("a map with booleans", [&b"\x1b"[..], size, b"\x15"].concat()),
            ("a list of lists of booleans", [&b"\x19\x19\xf1"[..], size].concat()),
            ("a list that ends early", [&b"\x19\xf5"[..], size, b"\x02"].concat()),
            ("a text that ends early", [&b"\x18"[..], size, b"text"].concat()),
            ("no end", b"\x15\x04".to_vec()),
            ("nothing", vec![]),
            ("no kind", b"\x1e\0".to_vec()),
            ("a long number", [&b"\x15"[..], &[0xff; 11], b"\0"].concat()),
            ("structs in structs", vec![0x1c; 100]),
        ] {
            assert!(read(&bytes).is_err(), "{name}");
        }
    }
}
