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

/// Bytes given to the detector; it needs a few hundred that are not ASCII.
const SAMPLE: usize = 16 * 1024;

/// ASCII neighbours of other bytes in the sample, on either side; no character is longer.
const CONTEXT: usize = 8;

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
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    // The sample may end inside a character: it is not the last there is.
    detector.feed(&sample(bytes), false);
    let domain = url.and_then(top_level_domain);
    detector.guess(domain.as_deref().map(str::as_bytes), Utf8Detection::Deny)
}

/// What tells encodings apart: bytes that are not ASCII, each with a few neighbours. The markup between
/// them would only cost time, some 20 decoders' worth.
fn sample(bytes: &[u8]) -> Vec<u8> {
    let mut sample = Vec::new();
    let mut ascii = CONTEXT;
    for (at, byte) in bytes.iter().enumerate() {
        if byte.is_ascii() {
            ascii += 1;
            if ascii > CONTEXT {
                continue;
            }
        } else {
            let before = ascii.saturating_sub(CONTEXT).min(CONTEXT).min(at);
            sample.extend_from_slice(&bytes[at - before..at]);
            ascii = 0;
        }
        sample.push(*byte);
        if sample.len() >= SAMPLE {
            break;
        }
    }
    sample
}

/// The last label of a web address's host, in lower case. In other schemes a host may be any characters.
fn top_level_domain(url: &str) -> Option<String> {
    let url = url::Url::parse(url).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let label = url.domain()?.trim_end_matches('.').rsplit('.').next()?;
    Some(label.to_owned())
}

/// What a page says about itself: `<meta charset>`, `<meta http-equiv=content-type>` or an XML
/// declaration near its start. After the prescan of the HTML standard, section 13.2.3.2.
fn declaration(bytes: &[u8]) -> Option<&'static Encoding> {
    let mut rest = &bytes[..bytes.len().min(DECLARATION)];
    let start = rest.trim_ascii_start();
    if start.starts_with(b"<?xml") {
        let end = memmem::find(start, b"?>").unwrap_or(start.len());
        let encoding = attributes(&start[5..end]).find(|(name, _)| *name == b"encoding");
        if let Some(encoding) = encoding.and_then(|(_, name)| label(name)) {
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
            rest = &rest[5..];
            let tag = &rest[..memchr(b'>', rest).unwrap_or(rest.len())];
            if let Some(encoding) = meta(tag) {
                return Some(encoding);
            }
        } else {
            rest = &rest[1..];
        }
    }
    None
}

/// The encoding in the attributes of a `<meta>`.
fn meta(tag: &[u8]) -> Option<&'static Encoding> {
    let value = |wanted: &[u8]| {
        attributes(tag).find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value)
    };
    if let Some(name) = value(b"charset") {
        return label(name);
    }
    let is_type = value(b"http-equiv")?.eq_ignore_ascii_case(b"content-type");
    let content = value(b"content").filter(|_| is_type)?.to_ascii_lowercase();
    let (_, name) = attributes(content.get(memmem::find(&content, b"charset")?..)?).next()?;
    label(name.split(|byte| *byte == b';').next()?)
}

/// The encoding of a label inside a page. A page whose ASCII could be read is not UTF-16, whatever it says.
fn label(name: &[u8]) -> Option<&'static Encoding> {
    let encoding = Encoding::for_label(name)?;
    Some(if encoding == UTF_16LE || encoding == UTF_16BE { UTF_8 } else { encoding })
}

/// Names and values of `name=value` in a tag.
fn attributes(tag: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut rest = tag;
    std::iter::from_fn(move || {
        let between = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'=');
        let start = rest.iter().position(|byte| !between(byte))?;
        rest = &rest[start..];
        let (name, behind) = rest.split_at(rest.iter().position(between).unwrap_or(rest.len()));
        let behind = behind.trim_ascii_start();
        let Some(value) = behind.strip_prefix(b"=").map(<[u8]>::trim_ascii_start) else {
            rest = behind;
            return Some((name, &[][..]));
        };
        let (value, behind) = match value {
            [quote @ (b'"' | b'\''), quoted @ ..] => {
                quoted.split_at(memchr(*quote, quoted).unwrap_or(quoted.len()))
            }
            _ => value.split_at(value.iter().position(u8::is_ascii_whitespace).unwrap_or(value.len())),
        };
        // The end quote goes with the value.
        rest = behind.get(1..).unwrap_or_default();
        Some((name, value))
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use encoding_rs::{
        BIG5, EUC_KR, GBK, ISO_8859_2, KOI8_R, SHIFT_JIS, WINDOWS_1251, WINDOWS_1252, WINDOWS_1254,
    };

    use super::*;
    use crate::document::Location;

    const GERMAN: &str = "Die Fähre legte um zwölf Uhr in Süderhafen an, größer als je zuvor.";
    const RUSSIAN: &str = "Паром отошёл в полдень и вернулся вечером, сообщила газета.";
    const POLISH: &str = "Łódź wypłynęła w południe i wróciła wieczorem, ogłosił dziennik.";
    const JAPANESE: &str = "フェリーは正午に出港し、夕方に戻った。新聞が伝えた。";
    const CHINESE: &str = "渡轮中午启航，傍晚返回，当地报纸报道说，乘客很多。";
    const KOREAN: &str = "여객선은 정오에 출항해 저녁에 돌아왔다고 신문이 전했다.";

    fn raw(bytes: &[u8], charset: Charset, url: Option<&str>) -> RawDoc {
        RawDoc {
            id: String::new(),
            url: url.map(str::to_owned),
            source: Location { path: Arc::from("in"), record: 1, offset: 0 },
            format: Format::Html,
            charset,
            captured: None,
            bytes: bytes.to_vec(),
        }
    }

    fn http(label: &str) -> Charset {
        Charset::Http(label.to_owned())
    }

    fn encode(text: &str, encoding: &'static Encoding) -> Vec<u8> {
        let (bytes, used, lost) = encoding.encode(text);
        assert!(!lost && used == encoding, "{} cannot hold {text}", encoding.name());
        bytes.into_owned()
    }

    #[track_caller]
    fn check(bytes: &[u8], charset: Charset, text: &str, encoding: &'static Encoding) {
        let raw = raw(bytes, charset, None);
        let decoded = decode(&raw);
        assert_eq!((&*decoded.text, decoded.encoding, decoded.replaced), (text, encoding.name(), false));
    }

    #[test]
    fn utf8_is_borrowed() {
        for charset in [Charset::Unknown, Charset::Utf8, http("utf-8"), http("iso-8859-1"), http("nonsense")]
        {
            let raw = raw(GERMAN.as_bytes(), charset, None);
            assert!(matches!(decode(&raw).text, Cow::Borrowed(GERMAN)));
        }
        // The mark is no part of the text.
        let marked = ["\u{feff}", GERMAN].concat();
        check(marked.as_bytes(), Charset::Unknown, GERMAN, UTF_8);
        check(marked.as_bytes(), Charset::Utf8, GERMAN, UTF_8);
        check(b"", http("gbk"), "", UTF_8);
    }

    #[test]
    fn what_http_says_counts() {
        for (text, encoding) in [
            (GERMAN, WINDOWS_1252),
            (POLISH, ISO_8859_2),
            (RUSSIAN, KOI8_R),
            (JAPANESE, SHIFT_JIS),
            (JAPANESE, ISO_2022_JP),
            (CHINESE, GBK),
            (KOREAN, EUC_KR),
            ("渡輪", BIG5),
        ] {
            check(&encode(text, encoding), http(encoding.name()), text, encoding);
        }
        // HTTP wins over the page, as in browsers.
        let page = format!("<meta charset=koi8-r>{RUSSIAN}");
        check(&encode(&page, WINDOWS_1251), http("CP1251"), &page, WINDOWS_1251);
    }

    #[test]
    fn what_the_page_says_counts() {
        let late = format!("<!-- {} -->", "x".repeat(3000));
        for declaration in [
            "<meta charset=windows-1251>",
            "<META CHARSET = 'windows-1251' />",
            "<meta name=x><meta\ncharset=\"cp1251\">",
            "<meta http-equiv=\"Content-Type\" content=\"text/html; charset=windows-1251\">",
            "<meta content='text/html;charset=windows-1251;x=y' http-equiv=content-type>",
            "<?xml version=\"1.0\" encoding=\"windows-1251\"?><html>",
            "<!-- <meta charset=koi8-r> --><meta charset=windows-1251>",
            "<meta charset=nonsense><meta charset=windows-1251>",
            "<meta name=description content=\"charset=koi8-r\"><meta charset=windows-1251>",
            &format!("{late}<meta charset=windows-1251>"),
        ] {
            let page = format!("{declaration}<p>{RUSSIAN}");
            check(&encode(&page, WINDOWS_1251), Charset::Unknown, &page, WINDOWS_1251);
        }
    }

    #[test]
    fn utf8_wins_over_what_is_declared() {
        let page = format!("<meta charset=iso-8859-1><p>{GERMAN}");
        check(page.as_bytes(), http("windows-1252"), &page, UTF_8);
        let broken = [page.repeat(3).as_bytes(), b"\xff"].concat();
        let raw = raw(&broken, http("windows-1252"), None);
        let decoded = decode(&raw);
        assert_eq!((decoded.encoding, decoded.replaced), ("UTF-8", true));
        assert_eq!(decoded.text, page.repeat(3) + "\u{fffd}");
    }

    #[test]
    fn a_page_that_claims_utf8_falsely_is_guessed() {
        let page = format!("<meta charset=utf-8><p>{}", GERMAN.repeat(3));
        check(&encode(&page, WINDOWS_1252), http("utf-8"), &page, WINDOWS_1252);
        let page = format!("<meta charset=utf-16le><p>{}", RUSSIAN.repeat(3));
        check(&encode(&page, WINDOWS_1251), Charset::Unknown, &page, WINDOWS_1251);
    }

    #[test]
    fn without_a_word_the_bytes_and_the_domain_tell() {
        for (text, encoding, url) in [
            (GERMAN, WINDOWS_1252, "https://elster.de/1"),
            (RUSSIAN, WINDOWS_1251, "https://www.elster.ru:8080/1"),
            (POLISH, ISO_8859_2, "https://elster.pl"),
            (JAPANESE, SHIFT_JIS, "https://elster.jp/"),
            (CHINESE, GBK, "https://elster.cn/"),
            (KOREAN, EUC_KR, "https://elster.kr/"),
            (
                "Vapur öğle saatlerinde açıldı ve akşam geri döndü, diye yazdı gazete.",
                WINDOWS_1254,
                "https://elster.com.tr/",
            ),
        ] {
            let bytes = encode(text, encoding);
            let raw = raw(&bytes, Charset::Unknown, Some(url));
            assert_eq!(decode(&raw).text, text, "{}", encoding.name());
        }
        for (url, domain) in [
            ("https://A.Example.DE./x", Some("de")),
            ("https://elster.example.РФ/", Some("xn--p1ai")),
            ("http://192.0.2.1/", None),
            ("no url", None),
            ("htpps://Elster.EXAMPLE/", None),
            ("htpps://elster.\u{f}\u{e4}/", None),
        ] {
            assert_eq!(top_level_domain(url).as_deref(), domain, "{url}");
            // The detector panics if it is given anything else.
            guess("f\u{e4}hre".as_bytes(), Some(url));
        }
    }

    #[test]
    fn few_words_in_much_markup_are_enough() {
        let markup = "<div class=\"story box\"><a href=\"/ferry/news\">".repeat(20);
        for (text, encoding) in
            [(RUSSIAN, WINDOWS_1251), (JAPANESE, SHIFT_JIS), (CHINESE, GBK), (KOREAN, EUC_KR)]
        {
            let sparse: String =
                text.split_inclusive([' ', '，', '、']).map(|word| markup.clone() + word).collect();
            for page in [sparse, text.repeat(2000)] {
                let bytes = encode(&page, encoding);
                assert!(sample(&bytes).len() < bytes.len());
                let raw = raw(&bytes, Charset::Unknown, None);
                let decoded = decode(&raw);
                assert!(decoded.text == page, "{} taken for {}", encoding.name(), decoded.encoding);
            }
        }
    }

    #[test]
    fn utf16_is_told_by_its_mark_or_its_zeros() {
        let units: Vec<u16> = GERMAN.encode_utf16().collect();
        let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
        check(&[b"\xff\xfe", &little[..]].concat(), http("utf-8"), GERMAN, UTF_16LE);
        check(&[b"\xfe\xff", &big[..]].concat(), Charset::Unknown, GERMAN, UTF_16BE);
        check(&little, Charset::Unknown, GERMAN, UTF_16LE);
        check(&big, Charset::Unknown, GERMAN, UTF_16BE);
        // Zeros alone are no UTF-16.
        check(&[0; 64], Charset::Unknown, &"\0".repeat(64), UTF_8);
        check(b"a\0bcdefgh", Charset::Unknown, "a\0bcdefgh", UTF_8);
    }

    #[test]
    fn replacements_are_told() {
        for (bytes, charset, replaced) in [
            (&b"The ferry \xff sailed."[..], Charset::Utf8, true),
            ("The ferry \u{fffd} sailed.".as_bytes(), Charset::Utf8, true),
            ("The ferry \u{fffd} sailed.".as_bytes(), Charset::Unknown, false),
            (b"The ferry \x82", http("shift_jis"), true),
            (b"The ferry", Charset::Unknown, false),
        ] {
            assert_eq!(decode(&raw(bytes, charset, None)).replaced, replaced, "{bytes:?}");
        }
    }
}
