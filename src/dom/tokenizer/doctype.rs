//! The doctype, which decides whether a table ends a paragraph (quirks mode).

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::Doctype;

use super::is_space;

/// What stands between `<!doctype` and its `>`, by the DOCTYPE states. `unclosed` if the `>` is missing.
pub(in crate::dom) fn doctype(source: &str, unclosed: bool) -> Doctype {
    let mut reader = Reader { rest: source };
    let mut doctype = Doctype::default();
    let complete = reader.read(&mut doctype);
    doctype.force_quirks = !complete || unclosed && !reader.is_bogus();
    doctype
}

struct Reader<'s> {
    rest: &'s str,
}

impl Reader<'_> {
    /// Reads name and identifiers; whether they are complete.
    fn read(&mut self, doctype: &mut Doctype) -> bool {
        self.skip_space();
        let name = self.take_until(is_space);
        if name.is_empty() {
            return false;
        }
        doctype.name = Some(text(&name.to_ascii_lowercase()));
        self.skip_space();
        if self.rest.is_empty() {
            return true;
        }
        if self.take_word("public") {
            // After the keyword an identifier must come, with space before it or without.
            self.skip_space();
            let (public, closed) = self.identifier();
            doctype.public_id = public;
            if doctype.public_id.is_none() || !closed {
                return false;
            }
            self.skip_space();
            if self.rest.is_empty() {
                return true;
            }
        } else if self.take_word("system") {
            self.skip_space();
        } else {
            return false;
        }
        let (system, closed) = self.identifier();
        doctype.system_id = system;
        // What follows the system identifier is bogus, but forces nothing.
        doctype.system_id.is_some() && closed
    }

    /// Whether the reader stopped in the bogus doctype state: more stands there, and it does not matter.
    fn is_bogus(&self) -> bool {
        !self.rest.trim_start_matches(|c: char| c.is_ascii() && is_space(c as u8)).is_empty()
    }

    /// A quoted identifier, and whether its second quote is there.
    fn identifier(&mut self) -> (Option<StrTendril>, bool) {
        let Some(quote @ ('"' | '\'')) = self.rest.chars().next() else { return (None, false) };
        self.rest = &self.rest[1..];
        let value = self.take_until(|byte| byte == quote as u8);
        let value = text(value);
        let closed = !self.rest.is_empty();
        self.rest = self.rest.get(1..).unwrap_or_default();
        (Some(value), closed)
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = self.rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
        if found {
            self.rest = &self.rest[word.len()..];
        }
        found
    }

    fn take_until(&mut self, stop: impl Fn(u8) -> bool) -> &str {
        let len = self.rest.bytes().position(stop).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(len);
        self.rest = rest;
        taken
    }

    fn skip_space(&mut self) {
        self.take_until(|byte| !is_space(byte));
    }
}

/// A part of the doctype as the tree builder takes it.
fn text(part: &str) -> StrTendril {
    StrTendril::from(part.replace('\0', "\u{FFFD}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_doctypes() {
        for (source, name, public, system, force_quirks) in [
            (" html", Some("html"), None, None, false),
            ("HTML", Some("html"), None, None, false),
            ("", None, None, None, true),
            (" html public", Some("html"), None, None, true),
            (" html PUBLIC \"-//X//Y\"", Some("html"), Some("-//X//Y"), None, false),
            (" html PUBLIC'p''s'", Some("html"), Some("p"), Some("s"), false),
            (" html PUBLIC \"p\" 's' x", Some("html"), Some("p"), Some("s"), false),
            (" html PUBLIC \"p", Some("html"), Some("p"), None, true),
            (" html PUBLIC \"p\" s", Some("html"), Some("p"), None, true),
            (" html system 'about:legacy-compat' ", Some("html"), None, Some("about:legacy-compat"), false),
            (" html system x", Some("html"), None, None, true),
            (" html nonsense", Some("html"), None, None, true),
        ] {
            let got = doctype(source, false);
            let parts = [&got.name, &got.public_id, &got.system_id].map(|part| part.as_deref());
            assert_eq!((parts, got.force_quirks), ([name, public, system], force_quirks), "{source}");
        }
        assert!(doctype(" html", true).force_quirks);
        assert!(!doctype(" html system '' x", true).force_quirks);
    }
}
