//! JSON as publishers write it, read into small trees that keep only the keys asked for; everything else is
//! skipped by the parser without being stored.
//!
//! It is written by hand and by template: control characters inside strings, trailing commas, comments,
//! several objects in a row, an end cut off. What does not parse is mended once and read up to the
//! first place that cannot be mended. Work is linear in the text's size, and depth is limited by serde_json.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{self, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::words::decode;

/// A value of JSON, with only the keys of [`Key`].
#[derive(Debug)]
pub(super) enum Value<'j> {
    Nothing,
    Bool(bool),
    Text(Cow<'j, str>),
    List(Vec<Value<'j>>),
    Object(Vec<(Key, Value<'j>)>),
}

macro_rules! keys {
    ($($key:ident $name:literal)+) => {
        /// The keys that are read.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Key { $($key,)+ Unknown }

        impl Key {
            fn of(name: &str) -> Self {
                match name { $($name => Self::$key,)+ _ => Self::Unknown }
            }
        }
    };
}

keys! {
    Graph "@graph"
    Id "@id"
    Type "@type"
    Value "@value"
    List "@list"
    Author "author"
    Body "articleBody"
    Creator "creator"
    Description "description"
    Free "isAccessibleForFree"
    HasPart "hasPart"
    Headline "headline"
    Image "image"
    Item "item"
    ItemList "itemListElement"
    Keywords "keywords"
    Language "inLanguage"
    MainEntity "mainEntity"
    MainEntityOfPage "mainEntityOfPage"
    Modified "dateModified"
    Name "name"
    Alternate "alternateName"
    FamilyName "familyName"
    GivenName "givenName"
    Published "datePublished"
    Uploaded "uploadDate"
    Created "dateCreated"
    Publisher "publisher"
    Section "articleSection"
    Text "text"
    Url "url"
    ContentUrl "contentUrl"
}

impl<'de: 'j, 'j> Deserialize<'de> for Value<'j> {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Value<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("JSON")
            }

            fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
                Ok(Value::Bool(value))
            }

            fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
                Ok(Value::Text(value.to_string().into()))
            }

            fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
                Ok(Value::Text(value.to_string().into()))
            }

            fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
                Ok(Value::Nothing)
            }

            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(Value::Nothing)
            }

            fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Self::Value, E> {
                Ok(Value::Text(Cow::Borrowed(value)))
            }

            fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
                Ok(Value::Text(Cow::Owned(value.to_owned())))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut values = Vec::new();
                while let Some(value) = list.next_element()? {
                    values.push(value);
                }
                Ok(Value::List(values))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(key) = map.next_key::<Key>()? {
                    if key == Key::Unknown {
                        map.next_value::<IgnoredAny>()?;
                    } else {
                        entries.push((key, map.next_value()?));
                    }
                }
                Ok(Value::Object(entries))
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl Visitor<'_> for Reader {
            type Value = Key;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }

            fn visit_str<E>(self, name: &str) -> Result<Key, E> {
                Ok(Key::of(name))
            }
        }
        deserializer.deserialize_str(Reader)
    }
}

/// The values of a script that stand in a row, and the offset of what cannot be read, if anything.
pub(super) fn values(text: &str) -> (Vec<Value<'_>>, Option<usize>) {
    let mut found = Vec::new();
    let mut from = 0;
    loop {
        // Between two objects a comma or a semicolon is no harm.
        from += text[from..].len()
            - text[from..].trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ';')).len();
        let mut stream = serde_json::Deserializer::from_str(&text[from..]).into_iter::<Value<'_>>();
        match stream.next() {
            None => return (found, None),
            Some(Ok(value)) => {
                found.push(value);
                from += stream.byte_offset();
            }
            Some(Err(error)) => {
                let line_start: usize = text[from..]
                    .split_inclusive('\n')
                    .take(error.line().saturating_sub(1))
                    .map(str::len)
                    .sum();
                let at = from + line_start + error.column().saturating_sub(1);
                return (found, Some(text.floor_char_boundary(at.min(text.len()))));
            }
        }
    }
}

/// The script without the comments that hide it from old browsers and from XML parsers.
pub(super) fn unwrap(text: &str) -> &str {
    let text = text.trim().trim_start_matches('\u{feff}');
    match text.find(['{', '[']) {
        // "<![CDATA[" and "//<![CDATA[" have a bracket of their own.
        Some(_) if text[..text.floor_char_boundary(40)].contains("CDATA[") => text
            .split_once("CDATA[")
            .map_or(text, |(_, rest)| rest.trim_start_matches(['*', '/', ' ', '\n', '\r', '\t'])),
        Some(start) => &text[start..],
        None => "",
    }
    .trim_end_matches(|c: char| !matches!(c, '}' | ']' | '"'))
    .trim_end_matches("]]>")
}

/// A script that does not parse, mended as far as it goes.
pub(super) fn mended(text: &str) -> String {
    let text = unwrap(text);
    let head = &text[..text.floor_char_boundary(200)];
    // All of it escaped as if it were text of the page.
    let escaped = head.contains("&quot;") && !head.contains('"');
    let mended = mend(&if escaped { decode(text) } else { Cow::Borrowed(text) });
    let Some(fault) = values(&mended).1 else { return mended };
    // What stands before the fault is worth having: the article's fields often do.
    let cut = mend(&mended[..fault]);
    let entry = if values(&cut).1.is_none() { None } else { mended[..fault].rfind(',') };
    entry.map_or(cut, |entry| mend(&mended[..entry]))
}

/// Mends what templates break: control characters and lone backslashes in strings, commas before a
/// closing bracket, comments, and an end that is missing.
fn mend(text: &str) -> String {
    let mut mended = String::with_capacity(text.len() + 16);
    let mut open = Vec::new();
    let mut in_string = false;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if in_string {
            match c {
                '"' => {
                    in_string = false;
                    mended.push(c);
                }
                '\\' => match chars.peek().copied() {
                    Some((_, next @ ('"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't'))) => {
                        chars.next();
                        mended.push(c);
                        mended.push(next);
                    }
                    Some((next, 'u'))
                        if text[next + 1..].bytes().take(4).filter(u8::is_ascii_hexdigit).count() == 4 =>
                    {
                        mended.push(c);
                    }
                    _ => {}
                },
                '\n' | '\r' => mended.push_str("\\n"),
                c if c.is_control() => mended.push(' '),
                c => mended.push(c),
            }
            continue;
        }
        match c {
            '"' => in_string = true,
            '{' | '[' => open.push(if c == '{' { '}' } else { ']' }),
            '}' | ']' => {
                drop_comma(&mut mended);
                if open.last() == Some(&c) {
                    open.pop();
                } else {
                    // A bracket too many.
                    continue;
                }
            }
            '/' if text[at..].starts_with("/*") => {
                let end = text[at..].find("*/").map_or(text.len(), |end| at + end + 1);
                while chars.next_if(|&(next, _)| next <= end).is_some() {}
                continue;
            }
            '/' if text[at..].starts_with("//") => {
                while chars.next_if(|&(_, next)| next != '\n').is_some() {}
                continue;
            }
            c if c.is_control() => {
                mended.push(' ');
                continue;
            }
            _ => {}
        }
        mended.push(c);
    }
    if in_string {
        mended.push('"');
    }
    // After a key without its value nothing can follow but null.
    if !open.is_empty() {
        drop_comma(&mut mended);
        if mended.trim_end().ends_with(':') {
            mended.push_str("null");
        } else if open.last() == Some(&'}') && in_string && ends_with_key(&mended) {
            mended.push_str(":null");
        }
    }
    mended.extend(open.iter().rev());
    mended
}

fn drop_comma(json: &mut String) {
    json.truncate(json.trim_end().len());
    while json.ends_with(',') {
        json.pop();
        json.truncate(json.trim_end().len());
    }
}

/// Whether the string that ends here is a key: what stands before it opens an object or ends an entry.
fn ends_with_key(json: &str) -> bool {
    let Some(start) = json[..json.len() - 1].rfind('"') else { return false };
    json[..start].trim_end().ends_with(['{', ','])
}
