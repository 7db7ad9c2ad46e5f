//! What is wrong with a rule file: where, what, and what to do about it.

use std::fmt;
use std::sync::Arc;

use serde::{Serialize, Serializer};

/// Makes [`Code`], and the list of all codes.
macro_rules! codes {
    ($($(#[$meaning:meta])* $name:ident,)+) => {
        /// The class of a mistake; its name is shown to the user and explained in `docs/rules.md`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        pub enum Code {
            $($(#[$meaning])* $name,)+
        }

        impl Code {
            /// All codes, warnings last.
            pub const ALL: &[Self] = &[$(Self::$name,)+];
        }
    };
}

codes! {
    /// The file is no TOML.
    E00,
    /// Unknown key or kind.
    E01,
    /// A value of the wrong type, or outside its range; a required key is missing.
    E02,
    /// A limit is exceeded (size of a file or pattern).
    E03,
    /// The file cannot be read, or does not stand where rule files stand.
    E05,
    /// Not a CSS selector.
    E10,
    /// Not an XPath expression.
    E11,
    /// Not a regular expression.
    E20,
    /// A wildcard over a public suffix.
    E30,
    /// A host, or an id, claimed twice.
    E31,
    /// `extends` goes in a circle or too deep.
    E32,
    /// A name or address that names nothing.
    E33,
    /// A test of the file fails.
    T01,
    /// `[class="a"]` compares the whole attribute.
    W11,
    /// A class name that a build tool made.
    W12,
    /// An element that HTML does not have.
    W13,
    /// A substring test of four letters or fewer.
    W14,
    /// A path from the root of the page.
    W15,
    /// A line pattern that is anchored at neither end.
    W21,
    /// A line pattern without a literal to look for.
    W22,
    /// A line pattern that an inherited one swallows.
    W23,
    /// A file without a test.
    W40,
    /// A layout that is never reached.
    W41,
}

impl Code {
    /// Whether it only warns.
    #[must_use]
    pub fn is_warning(self) -> bool {
        self >= Self::W11
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// One error or warning with its place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Diagnostic {
    /// The file as the user would name it.
    pub file: Arc<str>,
    /// Line, from 1; 0 when the whole file is meant.
    pub line: u32,
    /// Column in characters, from 1; 0 when the whole file is meant.
    pub column: u32,
    /// Class of the mistake.
    pub code: Code,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// The line itself.
    pub source: String,
}

impl Diagnostic {
    /// A diagnostic on a file as a whole.
    pub(super) fn on_file(file: Arc<str>, code: Code, message: String, hint: Option<String>) -> Self {
        Self { file, line: 0, column: 0, code, message, hint, source: String::new() }
    }
}

/// Characters of a long source line that are shown around the mistake.
const SHOWN: usize = 100;

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, column, code, message, hint, source } = self;
        let severity = if code.is_warning() { "warning" } else { "error" };
        if *line == 0 {
            write!(f, "{file}: {severity}[{code}]: {message}")?;
            return hint.as_ref().map_or(Ok(()), |hint| write!(f, "\n      | {hint}"));
        }
        writeln!(f, "{file}:{line}:{column}: {severity}[{code}]: {message}")?;
        let before = *column as usize - 1;
        let skipped = if source.chars().count() > SHOWN { before.saturating_sub(SHOWN / 2) } else { 0 };
        let shown: String = source.chars().skip(skipped).take(SHOWN).collect();
        // Tabs stay tabs, so that the caret stands under its character.
        let padding: String =
            shown.chars().take(before - skipped).map(|c| if c == '\t' { c } else { ' ' }).collect();
        writeln!(f, "{line:>5} | {shown}")?;
        write!(f, "      | {padding}^")?;
        hint.as_ref().map_or(Ok(()), |hint| write!(f, " {hint}"))
    }
}

/// Everything wrong with the rule files, sorted by place.
#[derive(Debug, Clone, thiserror::Error)]
pub struct RuleErrors(Vec<Diagnostic>);

impl RuleErrors {
    pub(super) fn new(mut diagnostics: Vec<Diagnostic>) -> Self {
        diagnostics.sort();
        Self(diagnostics)
    }

    /// The errors, sorted by place.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.0
    }
}

impl fmt::Display for RuleErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, diagnostic) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            diagnostic.fmt(f)?;
        }
        Ok(())
    }
}

impl Serialize for RuleErrors {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

/// The known name that `typed` most likely stands for.
pub(super) fn closest<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let reach = (typed.chars().count() / 3).max(2);
    known
        .into_iter()
        .map(|name| (strsim::osa_distance(typed, name), name))
        .filter(|(distance, name)| *distance <= reach && *distance < name.len())
        .min()
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diagnostic(column: u32, source: &str, hint: Option<&str>) -> Diagnostic {
        Diagnostic {
            file: "sites/a.toml".into(),
            line: 3,
            column,
            code: Code::E01,
            message: "unknown key `extend` at the top level".into(),
            hint: hint.map(Into::into),
            source: source.into(),
        }
    }

    #[test]
    fn shows_place_line_caret_and_hint() {
        assert_eq!(
            diagnostic(1, "extend = [\"pressrunner\"]", Some("did you mean `extends`?")).to_string(),
            "sites/a.toml:3:1: error[E01]: unknown key `extend` at the top level\n    \
             3 | extend = [\"pressrunner\"]\n      | ^ did you mean `extends`?"
        );
    }

    #[test]
    fn clips_long_lines_around_the_caret() {
        let source = format!("{}X{}", "-".repeat(500), "-".repeat(500));
        let shown = diagnostic(501, &source, None).to_string();
        let lines: Vec<&str> = shown.lines().collect();
        assert_eq!(lines[1].find('X'), lines[2].find('^'));
        assert!(lines[1].len() < 120);
    }

    #[test]
    fn knows_near_names_only() {
        let known = ["extends", "hosts", "lines"];
        assert_eq!(closest("extend", known), Some("extends"));
        assert_eq!(closest("hsots", known), Some("hosts"));
        assert_eq!(closest("lnies", known), Some("lines"));
        assert_eq!(closest("guard", known), None);
        assert_eq!(closest("zz", ["ad"]), None);
    }

    #[test]
    fn warnings_are_told_from_errors() {
        assert!(!Code::T01.is_warning());
        assert!(!Code::E33.is_warning());
        assert!(Code::W11.is_warning());
        assert!(Code::W40.is_warning());
    }
}
