//! Warnings: what is legal in a rule file, but has turned out unwise in others' rule sets.

use std::sync::LazyLock;

use regex::Regex;

use super::diagnostic::Code;
use super::needle::Needle;
use super::pattern::LazyRegex;
use super::reader::{Reader, Text};
use crate::dom::Tag;

/// Letters of the shortest substring test that is no trap: `ad` is in `shadow`, `nav` in `navy`.
const SAFE_SUBSTRING: usize = 5;

/// `[class="a b"]`, and the substring tests with what they look for.
static ATTRIBUTE_TEST: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"\[\s*(class|id)\s*(\*?=)\s*["']?([^"'\]]*)["']?\s*[is]?\s*\]"#).ok());

/// Two steps or more from the root of the page, in CSS.
static PATH_FROM_ROOT: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)^\s*(?:html|body)\s*>[^,]*>").ok());

/// Class names that build tools make: a prefix they are known by, or a hash after `__` or `_`.
static GENERATED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"\.((?:css|sc|jsx|emotion|svelte|jss)-[0-9A-Za-z]*[0-9][0-9A-Za-z]*|[\w-]*_{1,3}[0-9A-Za-z]*[0-9][0-9A-Za-z]{3,}|css-[a-z]{6,})\b")
        .ok()
});

/// Names of elements: what stands at the start of a compound.
static ELEMENT_NAME: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?:^|[\s>+~,(])([A-Za-z][\w-]*)").ok());

/// Whether a selector has a class name that a build tool made: the next release changes it.
#[must_use]
pub fn is_generated(css: &str) -> bool {
    !captures(&GENERATED, css).is_empty()
}

/// Warns of a selector.
pub(super) fn of_selector(reader: &mut Reader<'_>, text: &Text<'_>, css: &str) {
    for found in captures(&ATTRIBUTE_TEST, css) {
        let (whole, name, value) = (&found[0], &found[1], &found[3]);
        let at = text.at(found.get(0).map_or(0, |found| found.start()));
        if &found[2] == "=" && name == "class" {
            let message = format!("`{whole}` compares the whole attribute");
            let hint = Some(format!(
                "classes in any order: .{}",
                value.split_whitespace().collect::<Vec<_>>().join(".")
            ));
            reader.report(at, Code::W11, message, hint);
        } else if &found[2] == "*=" && value.chars().count() < SAFE_SUBSTRING {
            let message = format!("`{whole}` finds `{value}` inside other words too");
            reader.report(at, Code::W14, message, Some(format!("a whole token is [{name}~={value}]")));
        }
    }
    for found in captures(&GENERATED, css) {
        let at = text.at(found.get(0).map_or(0, |found| found.start()));
        let message =
            format!("`{}` looks like a name made by a build tool: the next release changes it", &found[0]);
        reader.report(at, Code::W12, message, None);
    }
    let bare = without_brackets(css);
    for found in captures(&PATH_FROM_ROOT, &bare) {
        path_from_root(reader, text.at(found[0].len() - found[0].trim_start().len()));
    }
    for found in captures(&ELEMENT_NAME, &bare) {
        let name = found[1].to_ascii_lowercase();
        if name.contains('-') || Tag::from_name(&name).is_some() || is_argument(&bare, found.get(1)) {
            continue;
        }
        let at = text.at(found.get(1).map_or(0, |found| found.start()));
        let message = format!("HTML has no element `{name}`");
        reader.report(at, Code::W13, message, Some(format!("a class is .{name}, an id #{name}")));
    }
}

/// Warns of an XPath.
pub(super) fn of_xpath(reader: &mut Reader<'_>, text: &Text<'_>) {
    if text.text.starts_with('/') && !text.text.starts_with("//") {
        path_from_root(reader, text.at(0));
    }
}

fn path_from_root(reader: &mut Reader<'_>, at: usize) {
    let message = "a path from the root: one more box around the article breaks it".to_owned();
    reader.report(at, Code::W15, message, Some("begin with a class or an id near the element".to_owned()));
}

fn captures<'t>(regex: &'static LazyLock<Option<Regex>>, text: &'t str) -> Vec<regex::Captures<'t>> {
    regex.as_ref().map_or_else(Vec::new, |regex| regex.captures_iter(text).collect())
}

/// Whether a name is an argument such as `odd`, and no element.
fn is_argument(css: &str, name: Option<regex::Match<'_>>) -> bool {
    name.is_some_and(|name| {
        let before = css[..name.start()].trim_end();
        ["of-type(", "-child(", ":lang(", ":dir("].iter().any(|function| before.ends_with(function))
    })
}

/// The selector with what stands in brackets and quotes blanked, so that offsets stay.
fn without_brackets(css: &str) -> String {
    let (mut depth, mut quote) = (0_u32, None);
    let blank = |c: char| " ".repeat(c.len_utf8());
    css.chars()
        .map(|c| {
            match (quote, c) {
                (Some(open), c) if c == open => quote = None,
                (Some(_), _) => {}
                (None, '"' | '\'') => quote = Some(c),
                (None, '[') => depth += 1,
                (None, ']') => depth = depth.saturating_sub(1),
                _ if depth == 0 => return c.to_string(),
                _ => {}
            }
            blank(c)
        })
        .collect()
}

/// Warns of a line pattern.
pub(super) fn of_line_pattern(reader: &mut Reader<'_>, regex: &LazyRegex, at: usize) {
    if !regex.is_anchored() {
        let hint = Some("begin it with ^, or end it with $, or bound the line by max_chars".to_owned());
        reader.report(at, Code::W21, "the pattern may match inside a sentence".to_owned(), hint);
    }
    if regex.hir().is_none_or(|hir| Needle::of(&hir) == Needle::Unknown) {
        let message = "the pattern has no literal, so that it runs on every line".to_owned();
        reader.report(at, Code::W22, message, Some("a word that every match holds is enough".to_owned()));
    }
}
