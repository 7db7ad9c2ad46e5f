//! An HTTP response as a web archive keeps it: head, chunked transfer, content encodings.
//!
//! Archives differ in what they undo before they store: Common Crawl keeps bodies decoded and lets the
//! encodings stand in the head. So a body that does not look as its head says is taken as it is.

use std::io::{self, Read};

use memchr::memchr;

use super::kind::is_binary;

/// A response with its body still encoded.
#[derive(Debug)]
pub(super) struct Response<'a> {
    pub(super) status: u16,
    pub(super) content_type: ContentType,
    chunked: bool,
    /// Encodings in the order in which the server applied them.
    encodings: Vec<Encoding>,
    body: &'a [u8],
}

/// A `Content-Type` header in two parts, both in lower case.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct ContentType {
    /// Such as `text/html`; empty if there is none.
    pub(super) mime: String,
    pub(super) charset: Option<String>,
}

impl ContentType {
    pub(super) fn parse(value: &[u8]) -> Self {
        let value = String::from_utf8_lossy(value).to_ascii_lowercase();
        let (mime, parameters) = value.split_once(';').unwrap_or((&value, ""));
        let charset = parameters.split(';').find_map(|parameter| {
            let (name, value) = parameter.split_once('=')?;
            let value = value.trim().trim_matches(['"', '\'']).trim();
            (name.trim() == "charset" && !value.is_empty()).then(|| value.to_owned())
        });
        // Some servers repeat the header; the first one counts.
        let mime = mime.split(',').next().unwrap_or_default().trim().to_owned();
        Self { mime, charset }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Gzip,
    Deflate,
    Brotli,
    Zstd,
}

impl Encoding {
    fn parse(name: &str) -> Option<Self> {
        match name.trim().to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => Some(Self::Gzip),
            "deflate" => Some(Self::Deflate),
            "br" => Some(Self::Brotli),
            "zstd" => Some(Self::Zstd),
            _ => None,
        }
    }

    /// A reader that undoes the encoding.
    fn decoder<'a>(self, body: &'a [u8]) -> io::Result<Box<dyn Read + 'a>> {
        Ok(match self {
            Self::Gzip => Box::new(flate2::read::GzDecoder::new(body)),
            // The standard says zlib, many servers send bare deflate.
            Self::Deflate => match body {
                [first, second, ..]
                    if first & 0x0f == 8 && u16::from_be_bytes([*first, *second]).is_multiple_of(31) =>
                {
                    Box::new(flate2::read::ZlibDecoder::new(body))
                }
                _ => Box::new(flate2::read::DeflateDecoder::new(body)),
            },
            Self::Brotli => Box::new(brotli_decompressor::Decompressor::new(body, 16 * 1024)),
            Self::Zstd => Box::new(zstd::stream::read::Decoder::new(body)?),
        })
    }
}

impl<'a> Response<'a> {
    /// Splits a response into head and body.
    ///
    /// # Errors
    /// It begins with no status line, or its head has no end.
    pub(super) fn parse(block: &'a [u8]) -> Result<Self, &'static str> {
        let (head, body) = split_head(block).ok_or("the HTTP head has no end")?;
        let mut lines = head.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
        let status = lines.next().and_then(status).ok_or("no HTTP status line")?;
        let mut response = Self {
            status,
            content_type: ContentType::default(),
            chunked: false,
            encodings: Vec::new(),
            body,
        };
        for (name, value) in lines.filter_map(header) {
            let list = || String::from_utf8_lossy(value).into_owned();
            if name.eq_ignore_ascii_case(b"content-type") && response.content_type.mime.is_empty() {
                response.content_type = ContentType::parse(value);
            } else if name.eq_ignore_ascii_case(b"content-encoding") {
                response.encodings.extend(list().split(',').filter_map(Encoding::parse));
            } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
                for coding in list().split(',') {
                    response.chunked |= coding.trim().eq_ignore_ascii_case("chunked");
                    response.encodings.extend(Encoding::parse(coding));
                }
            }
        }
        Ok(response)
    }

    /// The body as the page's author wrote it.
    ///
    /// # Errors
    /// It is damaged, or larger than `limit` bytes.
    pub(super) fn body(&self, limit: usize) -> Result<Vec<u8>, String> {
        let mut body = match self.chunked.then(|| unchunk(self.body)).flatten() {
            Some(body) => body?,
            None => self.body.to_vec(),
        };
        // More than two are nobody's intention, and each may multiply the size by a thousand.
        for encoding in self.encodings.iter().rev().take(2) {
            let mut decoded = Vec::new();
            let read = encoding
                .decoder(&body)
                .and_then(|decoder| decoder.take(limit as u64 + 1).read_to_end(&mut decoded));
            match read {
                Ok(_) if decoded.len() > limit => return Err(super::too_large(limit)),
                Ok(_) => body = decoded,
                Err(_) if !is_binary(&body) => {}
                Err(error) => return Err(format!("damaged {encoding:?} content: {error}")),
            }
        }
        Ok(body)
    }
}

/// Head and body around the first blank line.
fn split_head(block: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut at = 0;
    loop {
        let line = at + memchr(b'\n', &block[at..])?;
        if at > 0 && block[at..line].trim_ascii().is_empty() {
            return Some((&block[..at], &block[line + 1..]));
        }
        at = line + 1;
    }
}

/// `HTTP/1.1 200 OK`
fn status(line: &[u8]) -> Option<u16> {
    let rest = line.strip_prefix(b"HTTP/")?;
    let code = rest.split(|byte| *byte == b' ').skip(1).find(|part| !part.is_empty())?;
    std::str::from_utf8(code).ok()?.parse().ok()
}

/// A header line in name and value.
pub(super) fn header(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = memchr(b':', line)?;
    Some((line[..colon].trim_ascii(), line[colon + 1..].trim_ascii()))
}

/// Joins the chunks of a body (RFC 9112, section 7.1). `None`: it is not chunked, whatever its head says.
/// A body that ends between two chunks counts as whole.
fn unchunk(body: &[u8]) -> Option<Result<Vec<u8>, String>> {
    let mut joined = Vec::with_capacity(body.len());
    let mut rest = body;
    while !rest.is_empty() {
        let (size, data) = match chunk_size(rest) {
            Some(found) => found,
            None if joined.is_empty() => return None,
            None => return Some(Err(format!("the chunked body breaks after {} bytes", joined.len()))),
        };
        if size == 0 {
            break;
        }
        if size > data.len() {
            return Some(Err(format!("the chunked body ends inside a chunk, after {} bytes", joined.len())));
        }
        joined.extend_from_slice(&data[..size]);
        rest = &data[size..];
        rest = rest.strip_prefix(b"\r").unwrap_or(rest);
        rest = match rest {
            [b'\n', rest @ ..] => rest,
            [] => rest,
            // The first "chunk" is none.
            _ if joined.len() == size => return None,
            _ => return Some(Err(format!("the chunked body breaks after {} bytes", joined.len()))),
        };
    }
    Some(Ok(joined))
}

/// Size of the chunk that begins here, and what follows its line.
fn chunk_size(rest: &[u8]) -> Option<(usize, &[u8])> {
    let end = memchr(b'\n', &rest[..rest.len().min(1024)])?;
    let line = rest[..end].split(|byte| *byte == b';').next()?.trim_ascii();
    let size = usize::from_str_radix(std::str::from_utf8(line).ok()?, 16).ok()?;
    Some((size, &rest[end + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    const PAGE: &[u8] =
        b"<html><body><p>The ferry sailed at noon.</p><p>The ferry came back.</p></body></html>";

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn response(headers: &str, body: &[u8]) -> Vec<u8> {
        [format!("HTTP/1.1 200 OK\r\n{headers}\r\n").as_bytes(), body].concat()
    }

    fn body_of(headers: &str, body: &[u8]) -> Result<Vec<u8>, String> {
        Response::parse(&response(headers, body)).unwrap().body(1000)
    }

    #[test]
    fn encodings_are_undone() {
        let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        zlib.write_all(PAGE).unwrap();
        let mut raw = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
        raw.write_all(PAGE).unwrap();
        let zstd = zstd::encode_all(PAGE, 3).unwrap();
        let (first, second) = PAGE.split_at(17);
        let chunked = [b"11 ; a=b\r\n", first, b"\r\n", b"44\r\n", second, b"\r\n0\r\n\r\n"].concat();
        for (headers, body) in [
            ("", PAGE.to_vec()),
            ("Content-Encoding: gzip\r\n", gzip(PAGE)),
            ("content-encoding: X-GZIP\n", gzip(PAGE)),
            ("Content-Encoding: deflate\r\n", zlib.finish().unwrap()),
            ("Content-Encoding: deflate\r\n", raw.finish().unwrap()),
            ("Content-Encoding: zstd\r\n", zstd.clone()),
            ("Content-Encoding: gzip, zstd\r\n", zstd::encode_all(&gzip(PAGE)[..], 3).unwrap()),
            ("Content-Encoding: identity\r\n", PAGE.to_vec()),
            ("Transfer-Encoding: chunked\r\n", chunked),
            ("Transfer-Encoding: gzip, chunked\r\n", gzip(PAGE)),
            // Decoded by the archive, the head left as it was.
            ("Transfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n", PAGE.to_vec()),
            ("Content-Encoding: br\r\n", PAGE.to_vec()),
            ("Content-Encoding: deflate\r\n", PAGE.to_vec()),
            ("Content-Encoding: zstd\r\n", PAGE.to_vec()),
        ] {
            assert_eq!(body_of(headers, &body).as_deref(), Ok(PAGE), "{headers}");
        }
    }

    #[test]
    fn brotli_is_undone() {
        // "The ferry sailed." as one uncompressed meta-block (RFC 7932, section 9.2).
        let text = b"The ferry sailed.";
        let mut body = vec![0x00, 0x01, 0x10];
        body.extend(text);
        body.push(0x03);
        let read = body_of("Content-Encoding: br\r\n", &body);
        assert_eq!(read.as_deref(), Ok(&text[..]));
    }

    #[test]
    fn damage_is_reported() {
        let whole = gzip(&PAGE.repeat(3));
        let bomb = gzip(&vec![b' '; 100_000]);
        for (headers, body, says) in [
            ("Content-Encoding: gzip\r\n", &whole[..whole.len() / 2], "damaged Gzip content"),
            ("Content-Encoding: gzip\r\n", &bomb[..], "larger than the limit of 1000 bytes"),
            (
                "Transfer-Encoding: chunked\r\n",
                &b"5\r\nferry\r\nFF\r\nsailed"[..],
                "inside a chunk, after 5 bytes",
            ),
            ("Transfer-Encoding: chunked\r\n", &b"5\r\nferry\r\nsailed"[..], "breaks after 5 bytes"),
        ] {
            let error = body_of(headers, body).unwrap_err();
            assert!(error.contains(says), "{error}");
        }
    }

    #[test]
    fn heads_are_read() {
        let parse = |text: &str| Response::parse(text.as_bytes()).map(|response| response.status);
        assert_eq!(parse("HTTP/1.1 200 OK\r\n\r\n"), Ok(200));
        assert_eq!(parse("HTTP/2 404\n\nNo."), Ok(404));
        assert_eq!(parse("HTTP/1.0  301 Moved\r\nnonsense\r\n: x\r\n\r\n"), Ok(301));
        assert_eq!(parse("HTTP/1.1 200 OK\r\nServer: x"), Err("the HTTP head has no end"));
        assert_eq!(parse("<html>\r\n\r\n"), Err("no HTTP status line"));
        assert_eq!(parse(""), Err("the HTTP head has no end"));
    }

    #[test]
    fn content_types_are_read() {
        for (value, mime, charset) in [
            ("text/html", "text/html", None),
            ("Text/HTML; Charset=\"ISO-8859-1\"", "text/html", Some("iso-8859-1")),
            ("text/html;a=b; charset = utf-8 ;c", "text/html", Some("utf-8")),
            ("text/html, text/html; charset=", "text/html", None),
            ("", "", None),
        ] {
            let expected = ContentType { mime: mime.into(), charset: charset.map(Into::into) };
            assert_eq!(ContentType::parse(value.as_bytes()), expected, "{value}");
        }
    }
}
