//! Reads the tables of a rule file that hold patterns: `meta`, `body`, `strip`, `lines`, `cut`, `replace`.

use std::sync::Arc;

use super::diagnostic::{Code, closest};
use super::element::{self, ElementRule, Interned, Use};
use super::format::{BODY, CUT, LINE_PATTERN, LINES, MARKER, META, REPLACE, SELECTOR, STRIP};
use super::pattern::{At, LinePattern, MAX_CHARS, primary_subtag};
use super::reader::{Entry, Reader, Value};
use super::schema::{Marker, MarkerPlace, MetaField, Replace, Rewrite, Sections};
use super::source::Place;
use super::warnings;
use crate::label::{Address, Kind};

/// Reads tables into [`Sections`].
pub(super) struct SectionReader<'r, 's> {
    pub(super) reader: &'r mut Reader<'s>,
    pub(super) interned: &'r mut Interned,
    /// The first part of every address: the file's id, and the layout.
    pub(super) prefix: &'r str,
    /// Language of line patterns that name none.
    pub(super) lang: Option<&'r str>,
}

impl<'r, 's> SectionReader<'r, 's> {
    /// Reads one of the tables.
    pub(super) fn read(&mut self, entry: &Entry<'_, '_>, into: &mut Sections) {
        if entry.key == "replace" {
            for value in self.reader.list(entry.value, "tables, as [[replace]]") {
                self.replace(value, into);
            }
            return;
        }
        let Some(table) = self.reader.table(entry.value) else { return };
        let format = match entry.key {
            "meta" => &META,
            "body" => &BODY,
            "strip" => &STRIP,
            "lines" => &LINES,
            _ => &CUT,
        };
        for inner in self.reader.known(table, format) {
            match (entry.key, inner.key) {
                ("meta", "inherit") => into.closed.meta = self.is_closed(inner.value),
                ("body", "inherit") => into.closed.body = self.is_closed(inner.value),
                ("strip", "inherit") => into.closed.strip = self.is_closed(inner.value),
                ("lines", "inherit") => into.closed.lines = self.is_closed(inner.value),
                ("cut", "inherit") => into.closed.cut = self.is_closed(inner.value),
                ("meta", _) => self.meta(&inner, into),
                ("body", _) => self.body(&inner, into),
                ("strip", _) => self.strip(&inner, into),
                ("lines", _) => self.lines(&inner, into),
                _ => self.cut(&inner, into),
            }
        }
    }

    fn is_closed(&mut self, value: &Value<'_>) -> bool {
        self.reader.boolean(value) == Some(false)
    }

    /// Makes addresses of the patterns of a section, from their place in the file and their text.
    fn addresses<'x>(&self, section: &'x str) -> impl Fn(usize, &str) -> Arc<Address> + use<'x, 'r, 's> {
        let (source, prefix) = (self.reader.source, self.prefix);
        move |at, pattern| {
            let mut path = String::with_capacity(prefix.len() + section.len() + pattern.len() + 2);
            for part in [prefix, "/", section, "/", pattern] {
                path.push_str(part);
            }
            Arc::new(Address {
                file: source.name.clone(),
                line: source.line(at),
                path: path.into(),
                site: source.place != Place::Generic,
            })
        }
    }

    fn element(&mut self, value: &Value<'_>, purpose: Use, section: &str) -> Option<Arc<ElementRule>> {
        let addresses = self.addresses(section);
        element::read(self.reader, self.interned, value, purpose, addresses).map(Arc::new)
    }

    fn meta(&mut self, entry: &Entry<'_, '_>, into: &mut Sections) {
        let Some((field, name)) = MetaField::ALL.into_iter().find(|(_, name)| *name == entry.key) else {
            return;
        };
        let section = ["meta/", name].concat();
        for value in self.reader.list(entry.value, "selectors") {
            let rule = self.element(value, Use::Values, &section);
            into.meta.extend(rule.map(|rule| (field, rule)));
        }
    }

    fn body(&mut self, entry: &Entry<'_, '_>, into: &mut Sections) {
        let body = &mut into.body;
        match entry.key {
            "select" => {
                for value in self.reader.list(entry.value, "selectors") {
                    body.select.extend(self.element(value, Use::Elements, "body/select"));
                }
            }
            "min_words" => {
                body.min_words = self.reader.integer(entry.value, 0, 100_000).map(|words| words as usize);
            }
            "join" => body.first_only = self.choice(entry.value, &[("all", false), ("first", true)]),
            "fallback" => body.fallback = self.choice(entry.value, &[("generic", true), ("none", false)]),
            _ => {}
        }
    }

    fn strip(&mut self, entry: &Entry<'_, '_>, into: &mut Sections) {
        let Some(kind) = self.kind(entry, "in [strip]") else { return };
        let section = ["strip/", entry.key].concat();
        for value in self.reader.list(entry.value, "selectors") {
            let rule = self.element(value, Use::Elements, &section);
            into.strip.extend(rule.map(|rule| (kind, rule)));
        }
    }

    fn lines(&mut self, entry: &Entry<'_, '_>, into: &mut Sections) {
        let Some(kind) = self.kind(entry, "in [lines]") else { return };
        let section = ["lines/", entry.key].concat();
        for value in self.reader.list(entry.value, "patterns") {
            into.lines.patterns.extend(self.line_pattern(value, kind, &section).map(Arc::new));
        }
    }

    fn line_pattern(&mut self, value: &Value<'_>, kind: Kind, section: &str) -> Option<LinePattern> {
        let (mut at, mut max_chars) = (At::Any, MAX_CHARS);
        let mut lang = self.lang.map(str::to_owned);
        let mut re = Some(value);
        if let Some(table) = value.get_ref().as_table() {
            re = None;
            for entry in self.reader.known(table, &LINE_PATTERN) {
                match entry.key {
                    "re" => re = Some(entry.value),
                    "at" => at = self.position(entry.value).unwrap_or_default(),
                    "max_chars" => {
                        let chars = self.reader.integer(entry.value, 1, 100_000);
                        max_chars = chars.map_or(MAX_CHARS, |chars| chars as u32);
                    }
                    "lang" => lang = self.reader.string(entry.value, "a language code such as \"de\""),
                    _ => {}
                }
            }
        }
        let Some(re) = re else {
            let hint = Some("{ re = '^Photo: ', max_chars = 120 }".to_owned());
            self.reader.report(value.span().start, Code::E02, "a line pattern needs `re`".to_owned(), hint);
            return None;
        };
        let regex = element::read_regex(self.reader, re, true)?;
        if self.reader.warn {
            warnings::of_line_pattern(self.reader, &regex, re.span().start);
        }
        let text = re.get_ref().as_str().unwrap_or("");
        let address = self.addresses(section)(value.span().start, text);
        let lang = lang.map(|lang| primary_subtag(&lang).to_ascii_lowercase().into());
        Some(LinePattern { kind, at, max_chars, lang, address, regex })
    }

    fn position(&mut self, value: &Value<'_>) -> Option<At> {
        self.choice(value, &[("any", At::Any), ("head", At::Head), ("tail", At::Tail)])
    }

    fn cut(&mut self, entry: &Entry<'_, '_>, into: &mut Sections) {
        match entry.key {
            "start_after" | "keep_until" => {
                let start = entry.key == "start_after";
                for value in self.reader.list(entry.value, "markers") {
                    let marker = self.marker(value, entry.key);
                    let markers = if start { &mut into.cut.start_after } else { &mut into.cut.keep_until };
                    markers.extend(marker.map(Arc::new));
                }
            }
            "max_share" => into.cut.max_share = self.reader.share(entry.value),
            _ => {}
        }
    }

    fn marker(&mut self, value: &Value<'_>, side: &str) -> Option<Marker> {
        let table = self.reader.table(value)?;
        let mut kind = Kind::Other;
        let mut line = None;
        for entry in self.reader.entries(table) {
            match entry.key {
                "kind" => {
                    let name = self.reader.text(entry.value, "a kind as a string")?;
                    kind = self.kind_of(name.text, name.at(0), "in [cut]")?;
                }
                "line" => line = Some(entry),
                // Those that pick no elements are told of where the selector is read.
                key if MARKER.has(key) || SELECTOR.has(key) => {}
                _ => self.reader.unknown(&entry, &MARKER),
            }
        }
        let section = format!("cut/{side}");
        let Some(line) = line else {
            let addresses = self.addresses(&section);
            let rule =
                element::read_table(self.reader, self.interned, value, table, Use::Elements, addresses)?;
            let address = rule.address.clone();
            return Some(Marker { kind, place: MarkerPlace::Element(Box::new(rule)), address });
        };
        if let Some(other) = self.reader.entries(table).iter().find(|entry| SELECTOR.has(entry.key)) {
            let message = format!("`{}` beside `line`", other.key);
            let hint = Some("a marker is a line or an element".to_owned());
            self.reader.report(other.at, Code::E02, message, hint);
        }
        let regex = element::read_regex(self.reader, line.value, true)?;
        let text = line.value.get_ref().as_str().unwrap_or("");
        let address = self.addresses(&section)(value.span().start, text);
        Some(Marker { kind, place: MarkerPlace::Line(regex), address })
    }

    fn replace(&mut self, value: &Value<'_>, into: &mut Sections) -> Option<()> {
        let table = self.reader.table(value)?;
        let (mut find, mut with, mut at, mut on_html, mut place) = (None, None, At::Any, None, None);
        for entry in self.reader.known(table, &REPLACE) {
            match entry.key {
                "find" => find = Some(entry.value),
                "with" => with = self.reader.string(entry.value, "a string"),
                "at" => {
                    at = self.position(entry.value).unwrap_or_default();
                    place = Some(entry.at);
                }
                "on" => {
                    let html = self.choice(entry.value, &[("line", false), ("html", true)]);
                    on_html = html.filter(|html| *html).map(|_| entry.value.span().start);
                }
                _ => {}
            }
        }
        let (Some(find), Some(with)) = (find, with) else {
            let message = "a replacement needs `find` and `with`".to_owned();
            self.reader.report(value.span().start, Code::E02, message, None);
            return None;
        };
        let text = find.get_ref().as_str().unwrap_or("");
        let address = self.addresses("replace")(value.span().start, text);
        let Some(on_html) = on_html else {
            let find = element::read_regex(self.reader, find, false)?;
            into.replace.push(Arc::new(Replace { find, with, at, address }));
            return Some(());
        };
        if let Some(place) = place {
            let hint = Some("a page has no lines before it is parsed".to_owned());
            self.reader.report(place, Code::E02, "`at` has no meaning with on = \"html\"".to_owned(), hint);
        }
        if self.prefix.contains('/') {
            let message = "a layout is chosen only when the page is parsed".to_owned();
            let hint = Some("put the replacement beside the layouts".to_owned());
            self.reader.report(on_html, Code::E02, message, hint);
        }
        let text = self.reader.text(find, "the text to find as a string")?;
        element::check_length(self.reader, &text)?;
        into.rewrites.push(Arc::new(Rewrite { find: text.text.to_owned(), with, address }));
        Some(())
    }

    fn kind(&mut self, entry: &Entry<'_, '_>, place: &str) -> Option<Kind> {
        self.kind_of(entry.key, entry.at, place)
    }

    fn kind_of(&mut self, name: &str, at: usize, place: &str) -> Option<Kind> {
        let kind = Kind::from_name(name);
        if kind.is_none() {
            let names = Kind::ALL.iter().map(|(_, name)| *name);
            let hint = closest(name, names.clone()).map_or_else(
                || format!("kinds are {}", names.collect::<Vec<_>>().join(", ")),
                |near| format!("did you mean `{near}`?"),
            );
            self.reader.report(at, Code::E01, format!("unknown kind `{name}` {place}"), Some(hint));
        }
        kind
    }

    /// One of a few words.
    fn choice<T: Copy>(&mut self, value: &Value<'_>, choices: &[(&str, T)]) -> Option<T> {
        let text = self.reader.text(value, "a word as a string")?;
        let choice = choices.iter().find(|(word, _)| *word == text.text).map(|(_, choice)| *choice);
        if choice.is_none() {
            let words: Vec<String> = choices.iter().map(|(word, _)| format!("\"{word}\"")).collect();
            let message = format!("expected {}, found \"{}\"", words.join(" or "), text.text);
            self.reader.report(text.at(0), Code::E02, message, None);
        }
        choice
    }
}
