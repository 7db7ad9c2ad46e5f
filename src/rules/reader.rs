//! Reading TOML so that every mistake is told with its place.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::diagnostic::{Code, Diagnostic, closest};
use super::format::Table;
use super::source::Source;

/// A TOML value with its place in the file.
pub(super) type Value<'a> = Spanned<DeValue<'a>>;

/// A string of a rule file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Text<'v> {
    pub(super) text: &'v str,
    /// Byte of the file at which the content begins.
    start: usize,
    /// Whether the content stands in the file as it is, without escapes.
    verbatim: bool,
}

impl Text<'_> {
    /// The byte of the file at which this byte of the content stands (the start, if there are escapes).
    pub(super) fn at(&self, byte: usize) -> usize {
        if self.verbatim { self.start + byte } else { self.start }
    }
}

/// An entry of a table.
pub(super) struct Entry<'v, 'a> {
    pub(super) key: &'v str,
    /// Byte of the file at which the key stands.
    pub(super) at: usize,
    pub(super) value: &'v Value<'a>,
}

/// Reads one file and gathers what is wrong with it.
pub(super) struct Reader<'s> {
    pub(super) source: &'s Source,
    /// Whether to look for what is legal but unwise.
    pub(super) warn: bool,
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl<'s> Reader<'s> {
    pub(super) fn new(source: &'s Source, warn: bool) -> Self {
        Self { source, warn, diagnostics: vec![] }
    }

    /// The file as a table; what is no TOML is reported and left out.
    pub(super) fn parse(&mut self) -> Spanned<DeTable<'s>> {
        let (table, errors) = DeTable::parse_recoverable(&self.source.text);
        let mut told = None;
        for error in errors {
            let at = error.span().map_or(0, |span| span.start);
            // The parser may complain twice of one place; the first complaint is the better one.
            if told.replace(at) == Some(at) {
                continue;
            }
            self.report(at, Code::E00, error.message().lines().collect::<Vec<_>>().join(", "), None);
        }
        table
    }

    pub(super) fn report(&mut self, at: usize, code: Code, message: String, hint: Option<String>) {
        self.diagnostics.push(self.source.diagnostic(at, code, message, hint));
    }

    /// The entries of a table in the order of the file.
    pub(super) fn entries<'v, 'a>(&self, table: &'v DeTable<'a>) -> Vec<Entry<'v, 'a>> {
        let entry = |(key, value): (&'v Spanned<_>, &'v Value<'a>)| {
            let name: &'v std::borrow::Cow<'a, str> = key.get_ref();
            Entry { key: name.as_ref(), at: key.span().start, value }
        };
        let mut entries: Vec<Entry<'v, 'a>> = table.iter().map(entry).collect();
        entries.sort_by_key(|entry| entry.at);
        entries
    }

    /// The entries whose keys the table has; the others are reported.
    pub(super) fn known<'v, 'a>(&mut self, table: &'v DeTable<'a>, format: &Table) -> Vec<Entry<'v, 'a>> {
        let mut entries = self.entries(table);
        entries.retain(|entry| {
            // A kind of boilerplate is not unknown here: whether there is one of that name is asked where it is read.
            let known = format.has(entry.key) || format.kinds.is_some();
            if !known {
                self.unknown(entry, format);
            }
            known
        });
        entries
    }

    /// Reports a key that the table does not have.
    pub(super) fn unknown(&mut self, entry: &Entry<'_, '_>, format: &Table) {
        self.unknown_among(entry, format.place, &format.names());
    }

    /// Reports a key that nobody knows.
    pub(super) fn unknown_among(&mut self, entry: &Entry<'_, '_>, place: &str, known: &[&str]) {
        let hint = match closest(entry.key, known.iter().copied()) {
            Some(name) => format!("did you mean `{name}`?"),
            None => format!("known are {}", known.join(", ")),
        };
        self.report(entry.at, Code::E01, format!("unknown key `{}` {place}", entry.key), Some(hint));
    }

    /// Reports a value of the wrong type.
    pub(super) fn wrong(&mut self, value: &Value<'_>, expected: &str) {
        let found = match value.get_ref() {
            DeValue::String(_) => "a string",
            DeValue::Integer(_) => "an integer",
            DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        self.report(value.span().start, Code::E02, format!("expected {expected}, found {found}"), None);
    }

    pub(super) fn table<'v, 'a>(&mut self, value: &'v Value<'a>) -> Option<&'v DeTable<'a>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.wrong(value, "a table");
        }
        table
    }

    /// The values of a list; a single value is an error, since it reads like one that replaces others.
    pub(super) fn list<'v, 'a>(&mut self, value: &'v Value<'a>, of: &str) -> &'v [Value<'a>] {
        match value.get_ref() {
            DeValue::Array(array) => array.as_ref(),
            _ => {
                self.wrong(value, &format!("a list of {of} in [ ]"));
                &[]
            }
        }
    }

    pub(super) fn text<'v>(&mut self, value: &'v Value<'_>, expected: &str) -> Option<Text<'v>> {
        let DeValue::String(text) = value.get_ref() else {
            self.wrong(value, expected);
            return None;
        };
        let raw = self.source.text.get(value.span()).unwrap_or("");
        let quotes = if raw.starts_with("'''") || raw.starts_with("\"\"\"") { 3 } else { 1 };
        let body = raw.get(quotes..).unwrap_or("");
        // A newline right after three quotes is no content.
        let content = match body.strip_prefix('\r').unwrap_or(body).strip_prefix('\n') {
            Some(content) if quotes == 3 => content,
            _ => body,
        };
        let newline = body.len() - content.len();
        let verbatim = content.starts_with(text.as_ref());
        Some(Text { text, start: value.span().start + quotes + newline, verbatim })
    }

    pub(super) fn string(&mut self, value: &Value<'_>, expected: &str) -> Option<String> {
        self.text(value, expected).map(|text| text.text.to_owned())
    }

    pub(super) fn texts<'v>(&mut self, value: &'v Value<'_>, of: &str) -> Vec<Text<'v>> {
        let one = format!("one of the {of} as a string");
        self.list(value, of).iter().filter_map(|value| self.text(value, &one)).collect()
    }

    pub(super) fn boolean(&mut self, value: &Value<'_>) -> Option<bool> {
        let boolean = value.get_ref().as_bool();
        if boolean.is_none() {
            self.wrong(value, "true or false");
        }
        boolean
    }

    /// An integer from `min` to `max`.
    pub(super) fn integer(&mut self, value: &Value<'_>, min: i64, max: i64) -> Option<i64> {
        let DeValue::Integer(integer) = value.get_ref() else {
            self.wrong(value, "an integer");
            return None;
        };
        let digits = integer.as_str().trim_start_matches('+');
        let number = i64::from_str_radix(digits, integer.radix()).ok();
        let number = number.filter(|number| (min..=max).contains(number));
        if number.is_none() {
            self.report(value.span().start, Code::E02, format!("expected {min} to {max}"), None);
        }
        number
    }

    /// A share from 0 to 1.
    pub(super) fn share(&mut self, value: &Value<'_>) -> Option<f32> {
        let number = match value.get_ref() {
            DeValue::Float(float) => float.as_str().parse().ok(),
            DeValue::Integer(integer) => integer.as_str().parse().ok(),
            _ => None,
        };
        let share = number.filter(|number| (0.0..=1.0).contains(number));
        if share.is_none() {
            self.report(value.span().start, Code::E02, "expected a share from 0 to 1".to_owned(), None);
        }
        share
    }

    pub(super) fn date(&mut self, value: &Value<'_>) -> Option<jiff::civil::Date> {
        let date = match value.get_ref() {
            DeValue::Datetime(toml::value::Datetime { date: Some(date), time: None, .. }) => {
                jiff::civil::Date::new(date.year as i16, date.month as i8, date.day as i8).ok()
            }
            _ => None,
        };
        if date.is_none() {
            self.wrong(value, "a date without quotes, such as 2026-02-14");
        }
        date
    }
}
