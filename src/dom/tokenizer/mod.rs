//! An HTML tokenizer that copies nothing: its tokens are spans of the source.
//!
//! It follows <https://html.spec.whatwg.org/multipage/parsing.html#tokenization>. As it sees the whole page at once,
//! most of the states of the specification are places in the functions here that bear their names, and what lies
//! between two characters that matter is jumped over with `memchr`; only the states that outlast a token are kept
//! ([`Text`]). Like html5ever it has no use for the wording of parse errors, and the contents of comments are not kept
//! because the tree has no comments.
//!
//! The source must be preprocessed (see [`super::input`]).

mod doctype;
mod raw_text;
mod reference;

use memchr::{memchr, memchr2, memchr3, memmem};

use super::input::Source;
use crate::ascii::name_ends;

pub(super) use doctype::doctype;

/// A part of the source, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: u32,
    pub(super) end: u32,
}

impl Span {
    #[inline]
    fn new(start: usize, end: usize) -> Self {
        Self { start: start as u32, end: end as u32 }
    }

    /// What it spans.
    #[inline]
    pub(super) fn of(self, source: &str) -> &str {
        &source[self.start as usize..self.end as usize]
    }
}

/// An attribute as it is written: name not in lower case yet, value not decoded.
#[derive(Debug, Clone, Copy)]
pub(super) struct AttributeSpan {
    pub(super) name: Span,
    pub(super) value: Span,
    /// Whether there is an ampersand in the value, so that it may have to be decoded.
    pub(super) ampersand: bool,
}

impl AttributeSpan {
    /// Appends its value, decoded. `has_null` tells whether the source has a U+0000.
    #[inline]
    pub(super) fn decode(&self, source: &str, has_null: bool, out: &mut String) {
        let value = self.value.of(source);
        if has_null {
            reference::decode(&value.replace('\0', "\u{FFFD}"), out);
        } else if self.ampersand {
            reference::decode(value, out);
        } else {
            out.push_str(value);
        }
    }
}

/// What the tokenizer found.
#[derive(Debug)]
pub(super) enum Token {
    /// Characters as they are in the source.
    Text(Span),
    /// The characters a reference stands for; the second is NUL if there is one only.
    Reference {
        chars: [char; 2],
        /// Whether a semicolon was missing.
        unclosed: bool,
    },
    /// U+0000 where the tree builder decides what it becomes.
    Null,
    /// U+FFFD in place of a U+0000.
    Replacement,
    /// A start tag; its attributes are in [`Tokenizer::attributes`].
    StartTag { name: Span, self_closing: bool },
    /// An end tag; nobody asks for the attributes it may have.
    EndTag { name: Span },
    /// A comment of whatever kind.
    Comment,
    /// What stands between `<!doctype` and its `>`; the flag says that the `>` is missing.
    Doctype(Span, bool),
    /// Something that is left out without a trace: `</>`.
    Nothing,
    /// The end of the page, for ever.
    End,
}

/// Which state text is read in, where it is not the data state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Text {
    /// RCDATA: references are decoded, tags other than the own end tag are text.
    Rcdata,
    /// RAWTEXT, or script data outside of the tokenizer's own business: no references.
    Rawtext,
    /// Script data, with its escaped and double escaped states.
    ScriptData,
    /// Everything to the end of the page is text.
    Plaintext,
    /// A CDATA section in foreign content.
    CdataSection,
}

/// The tokenizer.
pub(super) struct Tokenizer<'s> {
    source: &'s str,
    bytes: &'s [u8],
    at: usize,
    /// The kind of text that reaches to `text_end`; after it, all goes on at `text_after` in the data state.
    text: Text,
    text_end: usize,
    text_after: usize,
    has_null: bool,
    /// Attributes of the last start tag, duplicates with them.
    pub(super) attributes: Vec<AttributeSpan>,
    max_attributes: usize,
    /// Whether attributes were left out because there were more than the maximum.
    pub(super) truncated: bool,
}

/// What ends a tag name, and (but for `=`) an attribute name.
const NAME_END: [bool; 256] = byte_set(b"\t\n\x0C />");
const ATTRIBUTE_NAME_END: [bool; 256] = byte_set(b"\t\n\x0C />=");
const UNQUOTED_VALUE_END: [bool; 256] = byte_set(b"\t\n\x0C >");

const fn byte_set(bytes: &[u8]) -> [bool; 256] {
    let mut set = [false; 256];
    let mut i = 0;
    while i < bytes.len() {
        set[bytes[i] as usize] = true;
        i += 1;
    }
    set
}

pub(super) const fn is_space(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\x0C' | b' ')
}

impl<'s> Tokenizer<'s> {
    /// A tokenizer that keeps so many attributes of a tag.
    pub(super) fn new(source: &'s Source<'_>, max_attributes: usize) -> Self {
        Self {
            source: &source.text,
            bytes: source.text.as_bytes(),
            at: 0,
            text: Text::Rawtext,
            text_end: 0,
            text_after: 0,
            has_null: source.has_null,
            attributes: Vec::with_capacity(16),
            max_attributes,
            truncated: false,
        }
    }

    /// The next token. `in_foreign` tells whether the adjusted current node is outside of the HTML namespace; it is
    /// asked where a CDATA section may begin.
    #[inline]
    pub(super) fn next(&mut self, in_foreign: impl FnOnce() -> bool) -> Token {
        if self.at < self.text_end {
            return self.text();
        }
        // The data state.
        match self.bytes.get(self.at) {
            None => Token::End,
            Some(b'<') => self.tag_open(in_foreign),
            Some(b'&') => self.character_reference(self.bytes.len()),
            Some(0) => {
                self.at += 1;
                Token::Null
            }
            Some(_) => self.data(self.at),
        }
    }

    /// Switches to another kind of text, as the tree builder asks after a start tag of this name.
    pub(super) fn switch_to(&mut self, text: Text, name: Span) {
        let name = name.of(self.source).as_bytes();
        self.text = text;
        self.text_end = match text {
            Text::Rcdata | Text::Rawtext => raw_text::end(self.bytes, self.at, name),
            Text::ScriptData => raw_text::script_data_end(self.bytes, self.at),
            Text::Plaintext => self.bytes.len(),
            Text::CdataSection => {
                memmem::find(&self.bytes[self.at..], b"]]>").map_or(self.bytes.len(), |found| self.at + found)
            }
        };
        self.text_after = match text {
            Text::CdataSection => (self.text_end + b"]]>".len()).min(self.bytes.len()),
            _ => self.text_end,
        };
        if self.at == self.text_end {
            self.at = self.text_after;
        }
    }

    /// Text in another state than the data state.
    fn text(&mut self) -> Token {
        let rest = &self.bytes[self.at..self.text_end];
        let stop = match self.text {
            Text::Rcdata => memchr2(b'&', 0, rest),
            _ if self.has_null => memchr(0, rest),
            _ => None,
        };
        let token = match stop {
            Some(0) if rest[0] == b'&' => self.character_reference(self.text_end),
            Some(0) => {
                self.at += 1;
                if self.text == Text::CdataSection { Token::Null } else { Token::Replacement }
            }
            _ => {
                let start = self.at;
                self.at += stop.unwrap_or(rest.len());
                Token::Text(Span::new(start, self.at))
            }
        };
        if self.at == self.text_end {
            self.at = self.text_after;
        }
        token
    }

    /// Text in the data state; what stands at `self.at` is part of it, whatever it is.
    fn data(&mut self, start: usize) -> Token {
        let from = self.at + 1;
        let rest = self.bytes.get(from..).unwrap_or_default();
        self.at = memchr3(b'<', b'&', 0, rest).map_or(self.bytes.len(), |found| from + found);
        Token::Text(Span::new(start, self.at))
    }

    fn character_reference(&mut self, end: usize) -> Token {
        match reference::read(&self.source[self.at..end], false) {
            Some(found) => {
                self.at += found.len;
                Token::Reference { chars: found.chars, unclosed: found.unclosed }
            }
            None => {
                self.at += 1;
                Token::Text(Span::new(self.at - 1, self.at))
            }
        }
    }

    fn tag_open(&mut self, in_foreign: impl FnOnce() -> bool) -> Token {
        match self.bytes.get(self.at + 1) {
            Some(letter) if letter.is_ascii_alphabetic() => self.start_tag(),
            Some(b'/') => self.end_tag_open(),
            Some(b'!') => self.markup_declaration_open(in_foreign),
            Some(b'?') => self.bogus_comment(),
            _ => self.data(self.at),
        }
    }

    fn end_tag_open(&mut self) -> Token {
        match self.bytes.get(self.at + 2) {
            Some(letter) if letter.is_ascii_alphabetic() => self.end_tag(),
            Some(b'>') => {
                self.at += 3;
                Token::Nothing
            }
            Some(_) => self.bogus_comment(),
            None => {
                let start = self.at;
                self.at = self.bytes.len();
                Token::Text(Span::new(start, self.at))
            }
        }
    }

    fn start_tag(&mut self) -> Token {
        let name = self.tag_name(self.at + 1);
        self.attributes.clear();
        match self.before_attribute_name(true) {
            Some(self_closing) => Token::StartTag { name, self_closing },
            None => self.end(),
        }
    }

    fn end_tag(&mut self) -> Token {
        let name = self.tag_name(self.at + 2);
        match self.before_attribute_name(false) {
            Some(_) => Token::EndTag { name },
            None => self.end(),
        }
    }

    /// The tag name state, from its first letter on.
    fn tag_name(&mut self, start: usize) -> Span {
        self.at = start + 1;
        self.skip_name(&NAME_END);
        Span::new(start, self.at)
    }

    /// The attributes of a tag to behind its `>`: the states from *before attribute name* to *self-closing start
    /// tag*. Whether the tag closes itself; nothing if the page ends first.
    #[inline]
    fn before_attribute_name(&mut self, keep: bool) -> Option<bool> {
        loop {
            match self.peek()? {
                b'>' => {
                    self.at += 1;
                    return Some(false);
                }
                b'/' => {
                    // The self-closing start tag state.
                    self.at += 1;
                    if self.peek()? == b'>' {
                        self.at += 1;
                        return Some(true);
                    }
                }
                byte if is_space(byte) => self.at += 1,
                _ => self.attribute_name(keep)?,
            }
        }
    }

    /// One attribute, from the first character of its name (which may be `=`) to the end of its value.
    fn attribute_name(&mut self, keep: bool) -> Option<()> {
        let start = self.at;
        self.at += 1;
        self.skip_name(&ATTRIBUTE_NAME_END);
        let name = Span::new(start, self.at);
        self.skip_space();
        let (value, ampersand) = if self.peek()? == b'=' {
            self.at += 1;
            self.skip_space();
            self.attribute_value()?
        } else {
            (Span::new(self.at, self.at), false)
        };
        if keep {
            if self.attributes.len() < self.max_attributes {
                self.attributes.push(AttributeSpan { name, value, ampersand });
            } else {
                self.truncated = true;
            }
        }
        Some(())
    }

    /// The attribute value states, of all three ways of quoting: the value, and whether it has an ampersand.
    fn attribute_value(&mut self) -> Option<(Span, bool)> {
        match self.peek()? {
            quote @ (b'"' | b'\'') => {
                let start = self.at + 1;
                let rest = &self.bytes[start..];
                let mut len = memchr2(quote, b'&', rest)?;
                let ampersand = rest[len] == b'&';
                if ampersand {
                    len += memchr(quote, &rest[len..])?;
                }
                self.at = start + len + 1;
                Some((Span::new(start, start + len), ampersand))
            }
            _ => {
                let start = self.at;
                self.skip_until(&UNQUOTED_VALUE_END);
                self.peek()?;
                let value = &self.bytes[start..self.at];
                Some((Span::new(start, self.at), value.contains(&b'&')))
            }
        }
    }

    fn markup_declaration_open(&mut self, in_foreign: impl FnOnce() -> bool) -> Token {
        const DOCTYPE: &[u8] = b"doctype";
        const CDATA: &[u8] = b"[CDATA[";
        let start = self.at + b"<!".len();
        let rest = &self.bytes[start..];
        if rest.starts_with(b"--") {
            self.comment(start + b"--".len())
        } else if rest.get(..DOCTYPE.len()).is_some_and(|word| word.eq_ignore_ascii_case(DOCTYPE)) {
            let start = start + DOCTYPE.len();
            let end = self.find_close(start);
            self.at = (end + 1).min(self.bytes.len());
            Token::Doctype(Span::new(start, end), end == self.bytes.len())
        } else if rest.starts_with(CDATA) && in_foreign() {
            self.at = start + CDATA.len();
            self.switch_to(Text::CdataSection, Span::new(start, start));
            Token::Nothing
        } else {
            self.bogus_comment()
        }
    }

    /// The comment states, from behind `<!--` on.
    fn comment(&mut self, start: usize) -> Token {
        let rest = &self.bytes[start..];
        if rest.starts_with(b">") {
            self.at = start + 1;
            return Token::Comment;
        }
        if rest.starts_with(b"->") {
            self.at = start + 2;
            return Token::Comment;
        }
        // A comment ends with `-->` or `--!>`, whatever else is in it; the dashes of its start do not count.
        self.at = start;
        loop {
            self.at = self.find_close(self.at);
            let text = &self.bytes[start..self.at];
            let closed = text.ends_with(b"--") || text.ends_with(b"--!");
            self.at = (self.at + 1).min(self.bytes.len());
            if closed || self.at == self.bytes.len() {
                return Token::Comment;
            }
        }
    }

    fn bogus_comment(&mut self) -> Token {
        // What `<!`, `<?` or `</` begins with does not end it: `>` there was seen to by the caller, or counts.
        let end = self.find_close(self.at + 2);
        self.at = (end + 1).min(self.bytes.len());
        Token::Comment
    }

    /// The page ends inside of a tag: the tag is left out.
    fn end(&mut self) -> Token {
        self.at = self.bytes.len();
        Token::End
    }

    /// Where the next `>` is, or the end of the page.
    #[inline]
    fn find_close(&self, from: usize) -> usize {
        let rest = self.bytes.get(from..).unwrap_or_default();
        memchr(b'>', rest).map_or(self.bytes.len(), |found| from + found)
    }

    #[inline]
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    #[inline]
    fn skip_space(&mut self) {
        while self.peek().is_some_and(is_space) {
            self.at += 1;
        }
    }

    /// To the end of a name, of which `set` has all that may be its end. Most names fit into sixteen bytes.
    #[inline]
    fn skip_name(&mut self, set: &[bool; 256]) {
        if let Some(chunk) = self.bytes.get(self.at..).and_then(<[u8]>::first_chunk) {
            self.at += name_ends(chunk).trailing_zeros() as usize;
        }
        self.skip_until(set);
    }

    #[inline]
    fn skip_until(&mut self, set: &[bool; 256]) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        self.at += rest.iter().position(|&byte| set[usize::from(byte)]).unwrap_or(rest.len());
    }
}
