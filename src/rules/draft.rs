//! A rule file that a tool writes.

use std::fmt;

use super::schema::MetaField;
use crate::label::Kind;

/// A site's file before it is text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Draft {
    /// Remarks at the head of the file.
    pub remarks: Vec<String>,
    /// Hosts that the file claims.
    pub hosts: Vec<String>,
    /// Selectors for the metadata.
    pub meta: Vec<(MetaField, Entry)>,
    /// Selectors for the body.
    pub body: Vec<Entry>,
    /// Whether pages without that body have none.
    pub no_fallback: bool,
    /// Selectors of what goes.
    pub strip: Vec<(Kind, Entry)>,
    /// Regexes of lines that go.
    pub lines: Vec<(Kind, Entry)>,
    /// Replacements in the page before it is parsed: what, and by what.
    pub replace: Vec<(String, String)>,
    /// Tables `[[test]]`: keys with values in TOML.
    pub tests: Vec<Vec<(&'static str, String)>>,
}

/// A value of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// In TOML.
    pub value: String,
    /// A remark beside it.
    pub remark: Option<String>,
}

impl Entry {
    /// A value without a remark.
    #[must_use]
    pub fn plain(value: String) -> Self {
        Self { value, remark: None }
    }
}

/// A text as a TOML string: as it is where it can be.
///
/// ```
/// use copydesk::rules::quoted;
/// assert_eq!(quoted("h1.title"), r#""h1.title""#);
/// assert_eq!(quoted(r#"[name="a"]"#), r#"'[name="a"]'"#);
/// assert_eq!(quoted("it's \"x\"\n"), r#""it's \"x\"\n""#);
/// ```
#[must_use]
pub fn quoted(text: &str) -> String {
    if text.contains(['"', '\\']) { quoted_regex(text) } else { escaped(text) }
}

/// A regex as a TOML string, in single quotes where they can be, so that columns in errors are exact.
#[must_use]
pub fn quoted_regex(text: &str) -> String {
    let literal = !text.contains('\'') && !text.chars().any(char::is_control);
    if literal { format!("'{text}'") } else { escaped(text) }
}

fn escaped(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => out.push_str(&format!("\\u{:04X}", c as u32)),
            c => out.push(c),
        }
    }
    out + "\""
}

impl fmt::Display for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for remark in &self.remarks {
            writeln!(f, "# {remark}")?;
        }
        let hosts: Vec<String> = self.hosts.iter().map(|host| quoted(host)).collect();
        writeln!(f, "format = 1\nhosts = [{}]", hosts.join(", "))?;
        let mut fields: Vec<MetaField> = self.meta.iter().map(|(field, _)| *field).collect();
        fields.sort_unstable();
        fields.dedup();
        if !fields.is_empty() {
            writeln!(f, "\n[meta]")?;
        }
        for field in fields {
            write_list(
                f,
                field.name(),
                self.meta.iter().filter(|(of, _)| *of == field).map(|(_, entry)| entry),
            )?;
        }
        if !self.body.is_empty() || self.no_fallback {
            writeln!(f, "\n[body]")?;
            if !self.body.is_empty() {
                write_list(f, "select", self.body.iter())?;
            }
            if self.no_fallback {
                writeln!(f, "fallback = \"none\"")?;
            }
        }
        for (section, entries) in [("strip", &self.strip), ("lines", &self.lines)] {
            let mut kinds: Vec<Kind> = entries.iter().map(|(kind, _)| *kind).collect();
            kinds.sort_unstable();
            kinds.dedup();
            if !kinds.is_empty() {
                writeln!(f, "\n[{section}]")?;
            }
            for kind in kinds {
                write_list(
                    f,
                    kind.name(),
                    entries.iter().filter(|(of, _)| *of == kind).map(|(_, entry)| entry),
                )?;
            }
        }
        for (find, with) in &self.replace {
            writeln!(f, "\n[[replace]]\nfind = {}\nwith = {}\non = \"html\"", quoted(find), quoted(with))?;
        }
        for test in &self.tests {
            writeln!(f, "\n[[test]]")?;
            test.iter().try_for_each(|(key, value)| writeln!(f, "{key} = {value}"))?;
        }
        Ok(())
    }
}

/// A list on one line if it is short and has no remarks.
fn write_list<'a>(
    f: &mut fmt::Formatter<'_>,
    key: &str,
    entries: impl Iterator<Item = &'a Entry> + Clone,
) -> fmt::Result {
    let line = entries.clone().map(|entry| entry.value.as_str()).collect::<Vec<_>>().join(", ");
    if line.chars().count() <= 80 && entries.clone().all(|entry| entry.remark.is_none()) {
        return writeln!(f, "{key} = [{line}]");
    }
    writeln!(f, "{key} = [")?;
    for Entry { value, remark } in entries {
        match remark {
            Some(remark) => writeln!(f, "    {value}, # {remark}")?,
            None => writeln!(f, "    {value},")?,
        }
    }
    writeln!(f, "]")
}
