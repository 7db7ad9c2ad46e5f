//! Selectors of rule files: CSS with the modifiers that news pages need.

use std::sync::Arc;

use rustc_hash::FxHashMap;
use toml::de::DeTable;

use super::diagnostic::Code;
use super::fold::{fold, fold_pattern};
use super::format::{ELEMENT_SELECTOR, SELECTOR};
use super::jsonld;
use super::pattern::{LazyRegex, MAX_PATTERN};
use super::reader::{Entry, Reader, Text, Value};
use super::warnings;
use super::xpath::XPath;
use crate::dom::select::{Selector, SelectorError};
use crate::dom::{Dom, NodeId, Tag};
use crate::label::Address;

/// Matches of one pattern on one page; a page with more is no article.
const MAX_MATCHES: usize = 10_000;

/// The keys of which a selector has one: what it starts from.
const STARTS: &[&str] = &["css", "xpath", "meta", "jsonld", "value"];

/// Selectors by their text: many files share the same ones.
pub(super) type Interned = FxHashMap<String, Result<Selector, SelectorError>>;

/// What a selector is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// It picks elements.
    Elements,
    /// It picks values: texts, attributes, constants.
    Values,
}

/// Where a rule starts from.
#[derive(Debug)]
enum Base {
    Css(Selector),
    /// Name or property of a `<meta>`.
    Meta(String),
    /// Dotted path in the page's JSON-LD.
    JsonLd(Vec<String>),
    Value(String),
    XPath(Box<XPath>),
}

/// What is done to what a rule starts from.
#[derive(Debug, Default)]
struct Modifiers {
    text: Option<LazyRegex>,
    own_text: Option<LazyRegex>,
    up: Option<Selector>,
    nth: Option<i64>,
    attr: Option<String>,
    before: Option<String>,
    after: Option<String>,
    re: Option<LazyRegex>,
}

/// A compiled selector with its modifiers.
#[derive(Debug)]
pub(super) struct ElementRule {
    base: Base,
    /// Apart, since most rules have none, and thousands of files have many rules.
    modifiers: Option<Box<Modifiers>>,
    pub(super) address: Arc<Address>,
}

impl ElementRule {
    /// The CSS the rule starts from, if it starts from any.
    pub(super) fn css(&self) -> Option<&Selector> {
        match &self.base {
            Base::Css(selector) => Some(selector),
            _ => None,
        }
    }

    /// The elements it picks, in document order.
    pub(super) fn elements(&self, dom: &Dom<'_>) -> Vec<NodeId> {
        match &self.base {
            Base::Css(selector) => self.narrow(dom, selector.find_all(dom, 0)),
            Base::XPath(xpath) => self.narrow(dom, xpath.find(dom).0),
            _ => vec![],
        }
    }

    /// What the modifiers leave of the elements that the selector matched.
    pub(super) fn narrow(&self, dom: &Dom<'_>, mut nodes: Vec<NodeId>) -> Vec<NodeId> {
        nodes.truncate(MAX_MATCHES);
        let Some(modifiers) = &self.modifiers else { return nodes };
        if let Some(regex) = &modifiers.text {
            nodes.retain(|&n| regex.is_match(&fold(&text_of(dom, n))));
        }
        if let Some(regex) = &modifiers.own_text {
            nodes.retain(|&n| regex.is_match(&fold(&own_text_of(dom, n))));
        }
        if let Some(up) = &modifiers.up {
            let nearest =
                |n| std::iter::once(n).chain(dom.ancestors(n)).find(|&above| up.matches(dom, above));
            nodes = nodes.into_iter().filter_map(nearest).collect();
            nodes.sort_unstable();
            nodes.dedup();
        }
        self.pick(nodes)
    }

    fn pick<T>(&self, mut all: Vec<T>) -> Vec<T> {
        let Some(nth) = self.modifiers.as_ref().and_then(|modifiers| modifiers.nth) else { return all };
        let index =
            if nth > 0 { usize::try_from(nth - 1).ok() } else { all.len().checked_add_signed(nth as isize) };
        match index {
            Some(index) if index < all.len() => vec![all.swap_remove(index)],
            _ => vec![],
        }
    }

    /// The values it finds, in document order, without empty and repeated ones.
    pub(super) fn values(&self, dom: &Dom<'_>) -> Vec<String> {
        let found: Vec<String> = match &self.base {
            Base::Css(selector) => {
                let nodes = self.narrow(dom, selector.find_all(dom, 0));
                nodes.into_iter().filter_map(|n| self.value_of(dom, n)).collect()
            }
            Base::Meta(name) => self.pick(meta_contents(dom, name)),
            Base::JsonLd(path) => self.pick(jsonld::values(dom, path)),
            Base::Value(value) => vec![value.clone()],
            Base::XPath(xpath) => {
                let (nodes, values) = xpath.find(dom);
                if nodes.is_empty() {
                    self.pick(values)
                } else {
                    self.narrow(dom, nodes).into_iter().filter_map(|n| self.value_of(dom, n)).collect()
                }
            }
        };
        let mut values = vec![];
        for value in found.iter().filter_map(|value| self.trim(value)) {
            if !value.is_empty() && !values.contains(&value) {
                values.push(value);
            }
        }
        values
    }

    fn value_of(&self, dom: &Dom<'_>, n: NodeId) -> Option<String> {
        match self.modifiers.as_ref().and_then(|modifiers| modifiers.attr.as_ref()) {
            Some(attr) => dom.attr(n, attr).map(str::to_owned),
            None => Some(text_of(dom, n)),
        }
    }

    fn trim(&self, value: &str) -> Option<String> {
        let mut value = value.trim();
        let Some(modifiers) = &self.modifiers else { return Some(one_line(value)) };
        if let Some(after) = &modifiers.after
            && let Some((_, rest)) = value.split_once(after.as_str())
        {
            value = rest;
        }
        if let Some(before) = &modifiers.before
            && let Some((rest, _)) = value.split_once(before.as_str())
        {
            value = rest;
        }
        let value = match &modifiers.re {
            Some(regex) => {
                let groups = regex.get()?.captures(value)?;
                groups.get(1).or_else(|| groups.get(0))?.as_str()
            }
            None => value,
        };
        Some(one_line(value))
    }
}

fn meta_contents(dom: &Dom<'_>, name: &str) -> Vec<String> {
    let named = |n| {
        ["name", "property"]
            .iter()
            .any(|key| dom.attr(n, key).is_some_and(|value| value.trim().eq_ignore_ascii_case(name)))
    };
    let metas = (0..dom.len()).filter(|&n| dom.tag(n) == Tag::Meta && named(n));
    metas.filter_map(|n| dom.attr(n, "content")).map(str::to_owned).take(MAX_MATCHES).collect()
}

/// Runs of white space as one space, none at the ends.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text of an element, on one line. Elements that begin a line of their own part words.
pub(super) fn text_of(dom: &Dom<'_>, n: NodeId) -> String {
    let mut text = String::new();
    for inner in n..dom.end(n) {
        match dom.tag(inner) {
            Tag::Text => text.push_str(dom.text(inner)),
            Tag::Script | Tag::Style | Tag::Document => {}
            tag if is_block(tag) => text.push(' '),
            _ => {}
        }
    }
    one_line(&text)
}

fn own_text_of(dom: &Dom<'_>, n: NodeId) -> String {
    one_line(&dom.children(n).map(|child| dom.text(child)).collect::<Vec<_>>().join(" "))
}

fn is_block(tag: Tag) -> bool {
    matches!(
        tag,
        Tag::Br
            | Tag::P
            | Tag::Div
            | Tag::Li
            | Tag::Ul
            | Tag::Ol
            | Tag::Td
            | Tag::Th
            | Tag::Tr
            | Tag::Dd
            | Tag::Dt
            | Tag::Section
            | Tag::Article
            | Tag::Header
            | Tag::Footer
            | Tag::Figure
            | Tag::Figcaption
            | Tag::H1
            | Tag::H2
            | Tag::H3
            | Tag::H4
            | Tag::H5
            | Tag::H6
    )
}

/// Reads a selector: a string (CSS with an optional `@attr`), or a table with modifiers. `address`
/// makes the address from the place and the pattern's own text.
pub(super) fn read(
    reader: &mut Reader<'_>,
    interned: &mut Interned,
    value: &Value<'_>,
    purpose: Use,
    address: impl FnOnce(usize, &str) -> Arc<Address>,
) -> Option<ElementRule> {
    if let Some(table) = value.get_ref().as_table() {
        reader.known(table, &SELECTOR);
        return read_table(reader, interned, value, table, purpose, address);
    }
    let text = reader.text(value, "a selector: CSS as a string, or a table")?;
    let (css, attr) = split_attr(text.text);
    let selector = read_css(reader, interned, &text, css)?;
    let address = address(value.span().start, text.text);
    if attr.is_some() && purpose == Use::Elements {
        let hint = "elements are picked here, not values; a test for an attribute is `[name]`".to_owned();
        reader.report(text.at(css.len()), Code::E02, "`@attr` has no meaning here".to_owned(), Some(hint));
    }
    let modifiers =
        attr.map(|attr| Box::new(Modifiers { attr: Some(attr.to_owned()), ..Modifiers::default() }));
    Some(ElementRule { base: Base::Css(selector), modifiers, address })
}

/// Reads a selector in table form; keys that no selector has are left to the caller.
pub(super) fn read_table(
    reader: &mut Reader<'_>,
    interned: &mut Interned,
    value: &Value<'_>,
    table: &DeTable<'_>,
    purpose: Use,
    address: impl FnOnce(usize, &str) -> Arc<Address>,
) -> Option<ElementRule> {
    let entries = reader.entries(table);
    let bases: Vec<&Entry<'_, '_>> = entries.iter().filter(|entry| STARTS.contains(&entry.key)).collect();
    let [base] = bases.as_slice() else {
        let message = match bases.get(1) {
            Some(second) => format!("`{}` and `{}` in one selector", bases[0].key, second.key),
            None => "the selector has nothing to start from".to_owned(),
        };
        let hint = "one of css, meta, jsonld, value, xpath".to_owned();
        reader.report(bases.get(1).map_or(value.span().start, |e| e.at), Code::E02, message, Some(hint));
        return None;
    };
    let text = reader.text(base.value, "a string")?;
    let mut attr = None;
    let start = match base.key {
        "css" => {
            let (css, split) = split_attr(text.text);
            attr = split.map(|attr| (attr.to_owned(), text.at(css.len())));
            Base::Css(read_css(reader, interned, &text, css)?)
        }
        "meta" => Base::Meta(text.text.trim().to_owned()),
        "jsonld" => {
            let path: Vec<String> = text.text.split('.').map(str::to_owned).collect();
            if path.iter().any(String::is_empty) {
                let hint = "such as author.name".to_owned();
                reader.report(text.at(0), Code::E02, "not a dotted path".to_owned(), Some(hint));
            }
            Base::JsonLd(path)
        }
        "xpath" => {
            check_length(reader, &text)?;
            if reader.warn {
                warnings::of_xpath(reader, &text);
            }
            match XPath::parse(text.text) {
                Ok(xpath) => Base::XPath(Box::new(xpath)),
                Err(error) => {
                    let message = format!("invalid XPath: {}", error.message);
                    reader.report(text.at(error.offset), Code::E11, message, error.hint);
                    return None;
                }
            }
        }
        _ => Base::Value(text.text.to_owned()),
    };
    let on_elements = matches!(start, Base::Css(_) | Base::XPath(_));
    if purpose == Use::Elements && !on_elements {
        let message = format!("`{}` gives values, but elements are picked here", base.key);
        reader.report(base.at, Code::E02, message, Some("use css".to_owned()));
        return None;
    }
    let address = address(value.span().start, text.text);
    let is_modified = attr.is_some() || entries.len() > 1;
    let mut modifiers = Modifiers::default();
    if let Some((attr, at)) = attr {
        if purpose == Use::Elements {
            reader.report(at, Code::E02, "`@attr` has no meaning here".to_owned(), None);
        }
        modifiers.attr = Some(attr);
    }
    for entry in &entries {
        let needs_elements = matches!(entry.key, "text" | "own_text" | "up" | "attr");
        let needs_values = SELECTOR.has(entry.key) && !ELEMENT_SELECTOR.has(entry.key);
        if (needs_elements && !on_elements) || (needs_values && purpose == Use::Elements) {
            let message = format!("`{}` has no meaning here", entry.key);
            let hint =
                if needs_elements && !on_elements { "it needs css" } else { "elements are picked here" };
            reader.report(entry.at, Code::E02, message, Some(hint.to_owned()));
            continue;
        }
        match entry.key {
            "text" => modifiers.text = read_regex(reader, entry.value, true),
            "own_text" => modifiers.own_text = read_regex(reader, entry.value, true),
            "re" => modifiers.re = read_regex(reader, entry.value, false),
            "up" => {
                if let Some(text) = reader.text(entry.value, "a CSS selector") {
                    modifiers.up = read_css(reader, interned, &text, text.text);
                }
            }
            "nth" => match reader.integer(entry.value, -(MAX_MATCHES as i64), MAX_MATCHES as i64) {
                Some(0) => {
                    let message = "there is no element 0".to_owned();
                    let hint = Some("1 is the first, -1 the last".to_owned());
                    reader.report(entry.value.span().start, Code::E02, message, hint);
                }
                nth => modifiers.nth = nth,
            },
            "attr" => modifiers.attr = reader.string(entry.value, "the name of an attribute"),
            "before" => {
                modifiers.before = reader.string(entry.value, "a string").filter(|text| !text.is_empty())
            }
            "after" => {
                modifiers.after = reader.string(entry.value, "a string").filter(|text| !text.is_empty())
            }
            _ => {}
        }
    }
    let modifiers = is_modified.then(|| Box::new(modifiers));
    Some(ElementRule { base: start, modifiers, address })
}

/// Reads a regex; `folded` when it is matched against folded text.
pub(super) fn read_regex(reader: &mut Reader<'_>, value: &Value<'_>, folded: bool) -> Option<LazyRegex> {
    let text = reader.text(value, "a regular expression as a string")?;
    check_length(reader, &text)?;
    if reader.source.shipped && !reader.warn {
        let text = if folded { fold_pattern(text.text) } else { text.text.into() };
        return Some(LazyRegex::unchecked(&text));
    }
    let regex = if folded { LazyRegex::for_folded(text.text) } else { LazyRegex::new(text.text) };
    match regex {
        Ok(regex) => {
            // A check makes sure of what is only estimated before a run.
            if reader.warn && !reader.source.shipped && regex.get().is_none() {
                let message = "the regular expression does not compile".to_owned();
                reader.report(text.at(0), Code::E20, message, None);
            }
            Some(regex)
        }
        Err(error) => {
            let message = format!("not a regular expression: {}", error.message);
            reader.report(text.at(error.offset), Code::E20, message, None);
            None
        }
    }
}

pub(super) fn check_length(reader: &mut Reader<'_>, text: &Text<'_>) -> Option<()> {
    if text.text.len() > MAX_PATTERN {
        let message = format!("{} bytes; a pattern has at most {MAX_PATTERN}", text.text.len());
        reader.report(text.at(0), Code::E03, message, Some("split it into several".to_owned()));
        return None;
    }
    if text.text.trim().is_empty() {
        reader.report(text.at(0), Code::E02, "an empty pattern".to_owned(), None);
        return None;
    }
    Some(())
}

/// Reads the CSS that `text` begins with.
pub(super) fn read_css(
    reader: &mut Reader<'_>,
    interned: &mut Interned,
    text: &Text<'_>,
    css: &str,
) -> Option<Selector> {
    check_length(reader, text)?;
    if reader.warn {
        warnings::of_selector(reader, text, css);
    }
    let parsed = match interned.get(css) {
        Some(parsed) => parsed,
        None => interned.entry(css.to_owned()).or_insert_with(|| Selector::parse(css)),
    };
    match parsed {
        Ok(selector) => Some(selector.clone()),
        Err(error) => {
            let message = format!("invalid CSS selector `{css}`: {}", error.message);
            let hint = css_hint(css, error.offset);
            reader.report(text.at(error.offset), Code::E10, message, hint);
            None
        }
    }
}

fn css_hint(css: &str, offset: usize) -> Option<String> {
    let rest = css.get(offset..).unwrap_or("");
    let hint = if css.trim_start().starts_with('/') || css.contains("::") && css.contains('/') {
        "this looks like XPath; selectors are CSS here"
    } else if css.contains(":contains(") || css.contains(":has-text(") || css.contains(":matches(") {
        "text conditions go into a table: { css = \"p\", text = 'x' }"
    } else if css.contains(":first") || css.contains(":last") || css.contains(":eq(") {
        "the first or last match of all is { css = \"p\", nth = 1 } or nth = -1"
    } else if rest.starts_with("::") {
        "an attribute is taken with @name, text without anything"
    } else {
        return None;
    };
    Some(hint.to_owned())
}

/// Parts `css@attr`; an `@` inside brackets, parentheses or quotes stays CSS.
fn split_attr(text: &str) -> (&str, Option<&str>) {
    if !text.contains('@') {
        return (text, None);
    }
    let (mut depth, mut quote, mut escaped) = (0_u32, None, false);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            _ if escaped => escaped = false,
            (_, '\\') => escaped = true,
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '[' | '(') => depth += 1,
            (None, ']' | ')') => depth = depth.saturating_sub(1),
            (None, '@') if depth == 0 => return (text[..at].trim_end(), Some(text[at + 1..].trim())),
            _ => {}
        }
    }
    (text, None)
}
