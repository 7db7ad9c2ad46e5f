//! Turns a document's bytes into characters.
//!
//! In this order: byte order mark; zeros at every other byte (UTF-16 without a mark); bytes that are valid
//! UTF-8, whatever a header says, since pages that declare something else and are UTF-8 are common and
//! text of another encoding is never valid UTF-8 by chance over a whole page; the `charset` of HTTP; that
//! of the page's `<meta>` or XML declaration; a guess from the bytes and the address's top-level domain.
//! A page that declares UTF-8, or nothing, and has a few broken bytes among many sound ones is UTF-8.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE};
use memchr::{memchr, memmem};

use crate::document::{Charset, Format, RawDoc};

/// First bytes in which a page's own declaration is looked for. The standard says 1,024; pages with long
/// comments or scripts before it need more.
const DECLARATION: usize = 4096;

/// Bytes given to the detector, from the first that is not ASCII.
const SAMPLE: usize = 128 * 1024;

/// Sound multi-byte sequences for each broken byte above which a page is UTF-8 with broken bytes.
const MOSTLY: usize = 10;

/// A document's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded<'a> {
    /// The text; borrowed if the bytes were valid UTF-8.
    pub text: Cow<'a, str>,
    /// Name of the encoding it was in, as the WHATWG's Encoding Standard writes it.
    pub encoding: &'static str,
    /// Something was no text in that encoding and is U+FFFD now.
    pub replaced: bool,
}

/// Decodes a document. Never fails: what cannot be decoded is replaced.
#[must_use]
pub fn decode(raw: &RawDoc) -> Decoded<'_> {
    let bytes = raw.bytes.as_slice();
    if raw.charset == Charset::Utf8 {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let mut decoded = with(UTF_8, bytes);
        // The reader has replaced what was broken in the JSON.
        decoded.replaced |= memmem::find(bytes, "\u{fffd}".as_bytes()).is_some();
        return decoded;
    }
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return with(encoding, &bytes[mark..]);
    }
    if let Some(encoding) = utf16(bytes) {
        return with(encoding, bytes);
    }
    let declared = || {
        let http = match &raw.charset {
            Charset::Http(label) => Encoding::for_label(label.as_bytes()),
            Charset::Utf8 | Charset::Unknown => None,
        };
        http.or_else(|| if raw.format == Format::Html { declaration(bytes) } else { None })
    };
    if let Ok(text) = std::str::from_utf8(bytes) {
        // ISO-2022-JP writes Japanese in ASCII with escape sequences.
        if memchr(0x1b, bytes).is_some() && declared() == Some(ISO_2022_JP) {
            return with(ISO_2022_JP, bytes);
        }
        return Decoded { text: Cow::Borrowed(text), encoding: UTF_8.name(), replaced: false };
    }
    if is_mostly_utf8(bytes) {
        return with(UTF_8, bytes);
    }
    match declared() {
        Some(encoding) if encoding != UTF_8 => with(encoding, bytes),
        _ => with(guess(bytes, raw.url.as_deref()), bytes),
    }
}

fn with<'a>(encoding: &'static Encoding, bytes: &'a [u8]) -> Decoded<'a> {
    let (text, replaced) = encoding.decode_without_bom_handling(bytes);
    Decoded { text, encoding: encoding.name(), replaced }
}

/// The flavour of UTF-16 if at least nine tenths of the characters at the start have a zero in the same
/// half: Latin text in it, and in nothing else.
pub(crate) fn utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(1024)];
    let pairs = head.len() / 2;
    if pairs < 4 || memchr(0, head).is_none() {
        return None;
    }
    let zeros = |half: usize| head.chunks_exact(2).filter(|pair| pair[half] == 0).count();
    let (first, second) = (zeros(0), zeros(1));
    if second * 10 >= pairs * 9 && first * 10 < pairs {
        Some(UTF_16LE)
    } else if first * 10 >= pairs * 9 && second * 10 < pairs {
        Some(UTF_16BE)
    } else {
        None
    }
}

fn is_mostly_utf8(bytes: &[u8]) -> bool {
    let (mut sound, mut broken) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        // Every character but ASCII has one byte that leads.
        sound += chunk.valid().bytes().filter(|byte| *byte >= 0xc0).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    sound >= broken.saturating_mul(MOSTLY)
}

fn guess(bytes: &[u8], url: Option<&str>) -> &'static Encoding {
    let start = bytes.iter().position(|byte| !byte.is_ascii()).unwrap_or(0);
    let sample = &bytes[start..bytes.len().min(start + SAMPLE)];
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(sample, true);
    let domain = url.and_then(top_level_domain);
    detector.guess(domain.as_deref().map(str::as_bytes), Utf8Detection::Deny)
}

/// The last label of an address's host, in lower case.
fn top_level_domain(url: &str) -> Option<String> {
    let url = url::Url::parse(url).ok()?;
    let label = url.domain()?.trim_end_matches('.').rsplit('.').next()?;
    Some(label.to_owned())
}

/// What a page says about itself: `<meta charset>`, `<meta http-equiv=content-type>` or an XML
/// declaration near its start. After the prescan of the HTML standard, section 13.2.3.2.
fn declaration(bytes: &[u8]) -> Option<&'static Encoding> {
    let mut rest = &bytes[..bytes.len().min(DECLARATION)];
    if rest.trim_ascii_start().starts_with(b"<?xml") {
        let end = memmem::find(rest, b"?>").unwrap_or(rest.len());
        if let Some(encoding) = attribute(&rest[..end], b"encoding").and_then(label) {
            return Some(encoding);
        }
    }
    while let Some(at) = memchr(b'<', rest) {
        rest = &rest[at..];
        if rest.starts_with(b"<!--") {
            rest = &rest[memmem::find(&rest[2..], b"-->").map_or(rest.len(), |end| end + 5)..];
        } else if rest.len() > 5
            && rest[1..5].eq_ignore_ascii_case(b"meta")
            && !rest[5].is_ascii_alphanumeric()
        {
            let tag = &rest[5..5 + memchr(b'>', &rest[5..]).unwrap_or(rest.len() - 5)];
            let content = || {
                let is_type = attribute(tag, b"http-equiv")?.eq_ignore_ascii_case(b"content-type");
                is_type.then(|| attribute(attribute(tag, b"content")?, b"charset"))?
            };
            if let Some(encoding) =
                attribute(tag, b"charset").and_then(label).or_else(|| content().and_then(label))
            {
                return Some(encoding);
            }
            rest = &rest[5..];
        } else {
            rest = &rest[1..];
        }
    }
    None
}

/// The encoding of a label inside a page. A page whose ASCII could be read is not UTF-16, whatever it says.
fn label(name: &[u8]) -> Option<&'static Encoding> {
    let encoding = Encoding::for_label(name)?;
    Some(if encoding == UTF_16LE || encoding == UTF_16BE { UTF_8 } else { encoding })
}

/// The value of `name=value` in a tag, or in the `content` of one.
fn attribute<'a>(tag: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let mut at = 0;
    while at + name.len() < tag.len() {
        let (start, end) = (at, at + name.len());
        at += 1;
        let alone = start == 0
            || tag[start - 1].is_ascii_whitespace()
            || matches!(tag[start - 1], b';' | b'"' | b'\'' | b'/');
        if !alone || !tag[start..end].eq_ignore_ascii_case(name) {
            continue;
        }
        let Some(value) = tag[end..].trim_ascii_start().strip_prefix(b"=") else { continue };
        let value = value.trim_ascii_start();
        return Some(match value {
            [quote @ (b'"' | b'\''), quoted @ ..] => {
                &quoted[..memchr(*quote, quoted).unwrap_or(quoted.len())]
            }
            _ => {
                let length = value
                    .iter()
                    .take_while(|byte| {
                        !byte.is_ascii_whitespace() && !matches!(byte, b';' | b'"' | b'\'' | b'>')
                    })
                    .count();
                &value[..length]
            }
        });
    }
    None
}
