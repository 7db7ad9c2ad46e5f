//! Finds page, text, address and id in a JSON object or a row whose fields may go by many names.

use std::borrow::Cow;
use std::fmt;

use parquet::record::{Field, Row};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::kind::looks_like_html;
use crate::document::Format;

/// Names of fields that hold something else than their usual names say. `None`: the usual names.
///
/// Naming the field of the page or of the text turns the search for both off: only the named ones are read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields {
    /// Field with the page's HTML.
    pub html: Option<String>,
    /// Field with the flattened text.
    pub text: Option<String>,
    /// Field with the page's address.
    pub url: Option<String>,
    /// Field with the record's id.
    pub id: Option<String>,
}

// Usual names, the best first, in lower case and without `_` and `-`: `raw_html`, `rawHtml` and `RawHTML`
// are one name. They are those of public crawls and corpora, and of scrapers' documentation.

const HTML: &[&str] = &[
    "html",
    "rawhtml",
    "htmlcontent",
    "contenthtml",
    "pagehtml",
    "htmlbody",
    "bodyhtml",
    "htmlraw",
    "sourcehtml",
];
/// Fields that hold HTML here and text there.
const EITHER: &[&str] =
    &["content", "body", "pagecontent", "rawcontent", "articlebody", "article", "document", "page", "raw"];
const TEXT: &[&str] = &[
    "text",
    "rawtext",
    "fulltext",
    "articletext",
    "plaintext",
    "maintext",
    "bodytext",
    "textcontent",
    "contenttext",
    "cleantext",
    "story",
];
const URL: &[&str] = &[
    "url",
    "pageurl",
    "sourceurl",
    "articleurl",
    "originalurl",
    "finalurl",
    "canonicalurl",
    "canonical",
    "link",
    "uri",
    "targeturi",
    "warctargeturi",
    "permalink",
    "href",
];
const ID: &[&str] = &[
    "id",
    "docid",
    "documentid",
    "recordid",
    "articleid",
    "pageid",
    "uuid",
    "guid",
    "warcrecordid",
    "identifier",
];
/// Objects that may hold the address when the record itself does not.
const NESTED: &[&str] = &["metadata", "meta"];

/// Field names that an error message lists at most.
const LISTED: usize = 20;

/// What a record holds.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) id: Option<String>,
    pub(super) url: Option<String>,
    /// Format and bytes in UTF-8, or why there are none.
    pub(super) content: Result<(Format, Vec<u8>), String>,
}

impl Fields {
    /// Reads one record.
    ///
    /// # Errors
    /// The record is no JSON object.
    pub(super) fn read(&self, json: &str) -> Result<Found, serde_json::Error> {
        let read = |values| {
            let mut deserializer = serde_json::Deserializer::from_str(json);
            let slots = deserializer.deserialize_map(Collect { fields: self, values })?;
            deserializer.end()?;
            Ok(self.found(slots))
        };
        // A page is most of its record, and would be walked twice if its end were looked for before it is read. That it
        // is no string, or that there is an error, shows only on the way. Read so, serde_json lets bare control
        // characters pass, which no string may hold.
        let is_bare = json.trim_ascii_end().bytes().fold(false, |any, byte| any | (byte < b' '));
        if is_bare { read(Values::Raw) } else { read(Values::StringsAtOnce).or_else(|_| read(Values::Raw)) }
    }

    /// Reads one row of a table.
    pub(super) fn of_row(&self, row: Row) -> Found {
        self.found(self.collect(row.into_columns()))
    }

    /// Whether a field of this name is ever looked into.
    pub(super) fn uses(&self, name: &str) -> bool {
        self.slot(name).is_some()
    }

    fn found(&self, mut slots: Slots<'_>) -> Found {
        let nested = std::mem::take(&mut slots.nested).content;
        let url = std::mem::take(&mut slots.url).text().or_else(|| self.url_in(nested?));
        Found { id: std::mem::take(&mut slots.id).text(), url, content: slots.content() }
    }

    /// The address in an object inside of a record; it may be JSON in a string.
    fn url_in(&self, nested: Content<'_>) -> Option<String> {
        let text;
        let json = match nested {
            Content::Group(columns) => return self.collect(columns).url.text(),
            Content::Json(raw) if !raw.get().starts_with('"') => raw.get(),
            string => {
                text = String::from_utf8(string.string()?).ok()?;
                &text
            }
        };
        let mut inner = serde_json::Deserializer::from_str(json);
        inner.deserialize_map(Collect { fields: self, values: Values::AddressOnly }).ok()?.url.text()
    }

    /// Sorts the columns of a row into slots.
    fn collect(&self, columns: Vec<(String, Field)>) -> Slots<'static> {
        let mut slots = Slots::default();
        for (name, value) in columns {
            let slot = self.slot(&name);
            slots.note(&name);
            if let (Some((slot, rank)), Some(content)) = (slot, Content::of_field(value)) {
                slots.slot(slot).offer(rank, content);
            }
        }
        slots
    }

    /// Which slot takes the field of this name, and how good the name is (0 the best).
    fn slot(&self, key: &str) -> Option<(Slot, usize)> {
        let named = |name: &Option<String>| name.as_deref() == Some(key);
        if named(&self.html) {
            return Some((Slot::Html, 0));
        }
        if named(&self.text) {
            return Some((Slot::Text, 0));
        }
        if named(&self.url) {
            return Some((Slot::Url, 0));
        }
        if named(&self.id) {
            return Some((Slot::Id, 0));
        }
        let folded = fold(key)?;
        let search = self.html.is_none() && self.text.is_none();
        [
            (Slot::Html, HTML, search),
            (Slot::Either, EITHER, search),
            (Slot::Text, TEXT, search),
            (Slot::Url, URL, self.url.is_none()),
            (Slot::Id, ID, self.id.is_none()),
            (Slot::Nested, NESTED, self.url.is_none()),
        ]
        .into_iter()
        .filter(|(_, _, usual)| *usual)
        .find_map(|(slot, names, _)| Some((slot, names.iter().position(|name| *name == folded)?)))
    }
}

/// A key in lower case without `_` and `-`; `None` for one that is too long for any usual name.
fn fold(key: &str) -> Option<String> {
    (key.len() <= 24).then(|| {
        key.chars().filter(|char| !matches!(char, '_' | '-')).map(|char| char.to_ascii_lowercase()).collect()
    })
}

#[derive(Debug, Clone, Copy)]
enum Slot {
    Html,
    Either,
    Text,
    Url,
    Id,
    Nested,
}

/// A field's value, and how good the field's name is.
#[derive(Debug, Default)]
struct Value<'j> {
    rank: usize,
    content: Option<Content<'j>>,
}

/// What a field holds.
#[derive(Debug)]
enum Content<'j> {
    /// JSON that is not yet read, but for `null`.
    Json(&'j RawValue),
    /// Text or other bytes.
    Bytes(Vec<u8>),
    Number(String),
    Group(Vec<(String, Field)>),
}

impl Value<'_> {
    fn text(self) -> Option<String> {
        self.content?.text()
    }

    fn string(self) -> Option<Vec<u8>> {
        self.content?.string()
    }
}

impl<'j> Value<'j> {
    /// Takes a value if its name is better, or as good: of fields of one name the last one counts.
    fn offer(&mut self, rank: usize, content: Content<'j>) {
        if self.content.is_none() || rank <= self.rank {
            *self = Self { rank, content: Some(content) };
        }
    }
}

impl Content<'_> {
    /// The value of a column; `None` for nulls and what holds neither text, numbers nor fields.
    fn of_field(field: Field) -> Option<Self> {
        Some(match field {
            Field::Str(text) => Self::Bytes(text.into_bytes()),
            Field::Bytes(bytes) => Self::Bytes(bytes.data().to_vec()),
            Field::Byte(_)
            | Field::Short(_)
            | Field::Int(_)
            | Field::Long(_)
            | Field::UByte(_)
            | Field::UShort(_)
            | Field::UInt(_)
            | Field::ULong(_) => Self::Number(field.to_string()),
            Field::Group(row) => Self::Group(row.into_columns()),
            Field::MapInternal(map) => {
                let name = |field: &Field| match field {
                    Field::Str(name) => Some(name.clone()),
                    _ => None,
                };
                let entries = map.entries().iter();
                Self::Group(entries.filter_map(|(key, value)| Some((name(key)?, value.clone()))).collect())
            }
            _ => return None,
        })
    }

    /// The bytes of a string; those of JSON are UTF-8.
    fn string(self) -> Option<Vec<u8>> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            Self::Json(raw) if raw.get().starts_with('"') => {
                Text.deserialize(&mut serde_json::Deserializer::from_str(raw.get())).ok()
            }
            Self::Json(_) | Self::Number(_) | Self::Group(_) => None,
        }
    }

    /// A string, or a number as it is written; blank ones are none.
    fn text(self) -> Option<String> {
        let text = match self {
            Self::Number(number) => number,
            Self::Json(raw) if matches!(raw.get().as_bytes().first()?, b'0'..=b'9' | b'-') => {
                raw.get().to_owned()
            }
            other => String::from_utf8(other.string()?).ok()?,
        };
        let text = text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }
}

#[derive(Debug, Default)]
struct Slots<'j> {
    html: Value<'j>,
    either: Value<'j>,
    text: Value<'j>,
    url: Value<'j>,
    id: Value<'j>,
    nested: Value<'j>,
    /// Names of the first fields, for the message when none is of use.
    names: Vec<String>,
}

impl<'j> Slots<'j> {
    fn slot(&mut self, slot: Slot) -> &mut Value<'j> {
        match slot {
            Slot::Html => &mut self.html,
            Slot::Either => &mut self.either,
            Slot::Text => &mut self.text,
            Slot::Url => &mut self.url,
            Slot::Id => &mut self.id,
            Slot::Nested => &mut self.nested,
        }
    }

    /// Keeps a field's name for the message.
    fn note(&mut self, name: &str) {
        if self.names.len() <= LISTED {
            self.names.push(name.chars().take(40).collect());
        }
    }

    /// HTML wins over text; an empty field counts only if there is no other.
    fn content(self) -> Result<(Format, Vec<u8>), String> {
        let mut empty = None;
        let mut filled = |format, string: Option<Vec<u8>>| {
            let string = string?;
            if string.trim_ascii().is_empty() {
                empty.get_or_insert((format, string));
                return None;
            }
            Some((format, string))
        };
        if let Some(html) = filled(Format::Html, self.html.string()) {
            return Ok(html);
        }
        let either = match filled(Format::Text, self.either.string()) {
            Some((_, html)) if looks_like_html(&html) => return Ok((Format::Html, html)),
            other => other,
        };
        filled(Format::Text, self.text.string()).or(either).or(empty).ok_or_else(|| {
            let more = if self.names.len() > LISTED { ", ..." } else { "" };
            let names = &self.names[..self.names.len().min(LISTED)];
            format!("no field with HTML or text; the record has: {}{more}", names.join(", "))
        })
    }
}

/// Sorts the fields of an object into slots.
#[derive(Clone, Copy)]
struct Collect<'f> {
    fields: &'f Fields,
    values: Values,
}

/// How values are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Values {
    /// What may be page or text is taken for a string and read, the others as [`Self::Raw`].
    StringsAtOnce,
    /// Only their ends are looked for.
    Raw,
    /// The same, of the address alone: the object stands in another one.
    AddressOnly,
}

impl<'j> Visitor<'j> for Collect<'_> {
    type Value = Slots<'j>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'j>>(self, mut map: A) -> Result<Slots<'j>, A::Error> {
        let mut slots = Slots::default();
        while let Some(key) = map.next_key_seed(Key)? {
            let slot = self.fields.slot(&key);
            slots.note(&key);
            match slot {
                Some((slot @ (Slot::Html | Slot::Either | Slot::Text), rank))
                    if self.values == Values::StringsAtOnce =>
                {
                    let text = map.next_value_seed(Text)?;
                    slots.slot(slot).offer(rank, Content::Bytes(text));
                }
                Some((slot, rank)) if self.values != Values::AddressOnly || matches!(slot, Slot::Url) => {
                    let raw: &'j RawValue = map.next_value()?;
                    if raw.get() != "null" {
                        slots.slot(slot).offer(rank, Content::Json(raw));
                    }
                }
                Some(_) | None => _ = map.next_value::<IgnoredAny>()?,
            }
        }
        Ok(slots)
    }
}

/// Reads a key, whatever its escapes.
struct Key;

impl<'j> DeserializeSeed<'j> for Key {
    type Value = Cow<'j, str>;

    fn deserialize<D: Deserializer<'j>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        let bytes = deserializer.deserialize_bytes(Bytes)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned().into())
    }
}

/// Reads a string, as UTF-8.
struct Text;

impl<'j> DeserializeSeed<'j> for Text {
    type Value = Vec<u8>;

    fn deserialize<D: Deserializer<'j>>(self, deserializer: D) -> Result<Vec<u8>, D::Error> {
        let mut bytes = deserializer.deserialize_bytes(Bytes)?;
        replace_surrogates(&mut bytes);
        Ok(bytes)
    }
}

/// Takes a string as bytes: as such serde_json lets lone surrogates pass.
struct Bytes;

impl Visitor<'_> for Bytes {
    type Value = Vec<u8>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
        Ok(bytes.to_vec())
    }

    fn visit_byte_buf<E>(self, bytes: Vec<u8>) -> Result<Vec<u8>, E> {
        Ok(bytes)
    }
}

/// Turns lone surrogates (`\ud800`), which no UTF-8 can hold, into U+FFFD, which is as long.
fn replace_surrogates(bytes: &mut [u8]) {
    if std::str::from_utf8(bytes).is_ok() {
        return;
    }
    let mut at = 0;
    while let Some(found) = memchr::memchr(0xed, &bytes[at..]) {
        at += found;
        if let [0xed, 0xa0..=0xbf, _, ..] = bytes[at..] {
            bytes[at..at + 3].copy_from_slice("\u{fffd}".as_bytes());
        }
        at += 1;
    }
}
