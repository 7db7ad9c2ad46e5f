//! Reads a rule file: its top level. The tables with patterns are in [`super::sections`].

use std::sync::Arc;

use toml::de::DeTable;

use super::diagnostic::{Code, Diagnostic};
use super::element::{self, Interned};
use super::format::{GUARD, LAYOUT, LAYOUT_SECTIONS, MATCH, PROTECT, SET, TOP, Table};
use super::host::{BadClaim, Claim};
use super::page_test;
use super::reader::{Entry, Reader, Value};
use super::schema::{Condition, Layout, Named, Protect, RuleFile, Sections};
use super::sections::SectionReader;
use super::source::{Place, Source};

/// The format this version reads.
const FORMAT: i64 = 1;

/// Reads a file; `warn` also looks for what is legal but unwise.
pub(super) fn read(source: &Arc<Source>, interned: &mut Interned, warn: bool) -> (RuleFile, Vec<Diagnostic>) {
    let mut reader = Reader::new(source, warn);
    let table = reader.parse();
    let broken = !reader.diagnostics.is_empty();
    let table = table.get_ref();
    let mut file = RuleFile {
        source: source.clone(),
        hosts: vec![],
        extends: None,
        fingerprint: None,
        overlay: None,
        constants: vec![],
        max_removed: None,
        protect: Protect::default(),
        except: vec![],
        base: Sections::default(),
        layouts: vec![],
        tests: vec![],
    };
    // What a file of a newer format means is not known, so nothing else is said about it.
    if check_format(&mut reader, table, broken) {
        let entries = reader.entries(table);
        for entry in &entries {
            read_entry(&mut reader, interned, table, entry, &mut file);
        }
        if !broken {
            check_whole(&mut reader, table, &file);
        }
    }
    (file, reader.diagnostics)
}

fn check_format(reader: &mut Reader<'_>, table: &DeTable<'_>, broken: bool) -> bool {
    let Some(value) = table.get("format") else {
        if !broken {
            let hint = Some(format!("begin the file with format = {FORMAT}"));
            reader.report(0, Code::E02, "`format` is missing".to_owned(), hint);
        }
        return true;
    };
    match reader.integer(value, 1, i64::from(u32::MAX)) {
        Some(newer) if newer > FORMAT => {
            let message = format!("format {newer} needs a newer copydesk; this one reads format {FORMAT}");
            reader.report(value.span().start, Code::E02, message, None);
            false
        }
        _ => true,
    }
}

/// What a file must have as a whole.
fn check_whole(reader: &mut Reader<'_>, table: &DeTable<'_>, file: &RuleFile) {
    let has = |key| table.contains_key(key);
    let mut missing = |message: &str, hint: &str| {
        reader.report(0, Code::E02, message.to_owned(), Some(hint.to_owned()));
    };
    match file.source.place {
        Place::Site if !has("hosts") => {
            missing("a site's file names its hosts", "such as hosts = [\"a.com\", \"*.a.com\"]");
        }
        Place::Local if !has("hosts") && !has("overlay") => {
            missing(
                "a local file names its hosts, or the file it lies over",
                "hosts = [...] or overlay = \"id\"",
            );
        }
        Place::Local if has("hosts") && has("overlay") => {
            missing("`overlay` has the hosts of the file it lies over", "leave out hosts, or overlay");
        }
        _ => {}
    }
    if reader.warn && file.tests.is_empty() {
        let hint = "[[test]] with drops = [...] and keeps = [...] needs no page".to_owned();
        reader.report(0, Code::W40, "the file has no test".to_owned(), Some(hint));
    }
}

fn read_entry(
    reader: &mut Reader<'_>,
    interned: &mut Interned,
    table: &DeTable<'_>,
    entry: &Entry<'_, '_>,
    file: &mut RuleFile,
) {
    let place = file.source.place;
    let Some((_, places)) = TOP.iter().find(|(key, _)| key.name == entry.key) else {
        let known: Vec<&str> =
            TOP.iter().filter(|(_, at)| at.contains(&place)).map(|(key, _)| key.name).collect();
        return reader.unknown_among(entry, "at the top level", &known);
    };
    if !places.contains(&place) {
        let message = format!("`{}` has no meaning in {place}", entry.key);
        let others: Vec<String> = places.iter().map(ToString::to_string).collect();
        return reader.report(entry.at, Code::E01, message, Some(format!("it has in {}", others.join(", "))));
    }
    let value = entry.value;
    let id = file.source.id.clone();
    let lang = table.get("lang").and_then(|lang| lang.get_ref().as_str());
    match entry.key {
        "format" => {}
        "about" | "lang" => drop(reader.string(value, "a string")),
        "platform" => drop(reader.boolean(value)),
        "hosts" => {
            let platform = table.get("platform").and_then(|platform| platform.get_ref().as_bool());
            file.hosts = hosts(reader, value, platform.unwrap_or(false));
        }
        "extends" => file.extends = Some(names(reader, value, "families")),
        "except" => file.except = names(reader, value, "addresses"),
        "overlay" => {
            let name = reader.text(value, "the name of a file");
            file.overlay = name.map(|text| Named { at: text.at(0), name: text.text.to_owned() });
        }
        "match" => {
            if let Some(table) = reader.table(value) {
                let condition = condition(reader, interned, table, &MATCH);
                if condition.is_empty() {
                    let hint = Some("{ has = 'a CSS selector' } or { path = 'a regex' }".to_owned());
                    reader.report(value.span().start, Code::E02, "`match` asks nothing".to_owned(), hint);
                }
                file.fingerprint = Some(condition);
            }
        }
        "set" => file.constants = constants(reader, value),
        "guard" => {
            if let Some(table) = reader.table(value) {
                for entry in reader.known(table, &GUARD) {
                    if entry.key == "max_removed" {
                        file.max_removed = reader.share(entry.value);
                    }
                }
            }
        }
        "protect" => file.protect = protect(reader, interned, value),
        "layout" => file.layouts = layouts(reader, interned, &id, value),
        "test" => {
            let tests = reader.list(value, "tables");
            file.tests = tests.iter().filter_map(|value| page_test::read(reader, value)).collect();
        }
        _ => SectionReader { reader, interned, prefix: &id, lang }.read(entry, &mut file.base),
    }
}

pub(super) fn names(reader: &mut Reader<'_>, value: &Value<'_>, of: &str) -> Vec<Named> {
    let texts = reader.texts(value, of);
    texts.into_iter().map(|text| Named { at: text.at(0), name: text.text.to_owned() }).collect()
}

fn hosts(reader: &mut Reader<'_>, value: &Value<'_>, platform: bool) -> Vec<(Claim, usize)> {
    let mut claims: Vec<(Claim, usize)> = vec![];
    for text in reader.texts(value, "hosts") {
        let at = text.at(0);
        let (code, message, hint) = match Claim::parse(text.text, platform) {
            Ok(claim) if claims.iter().any(|(other, _)| *other == claim) => {
                (Code::E31, format!("`{claim}` stands here twice"), "it covers www. too".to_owned())
            }
            Ok(claim) => {
                claims.push((claim, at));
                continue;
            }
            Err(BadClaim::NotAHost(hint)) => {
                (Code::E02, format!("`{}` is no host", text.text), hint.to_owned())
            }
            Err(BadClaim::PublicSuffix(suffix)) => {
                let message = format!("`{}` would cover every site under .{suffix}", text.text);
                (Code::E30, message, "name the site's own domain".to_owned())
            }
            Err(BadClaim::Platform(suffix)) => {
                let message = format!("`{}` would cover every site hosted at {suffix}", text.text);
                (Code::E30, message, "if that is meant, say platform = true; or make it a family".to_owned())
            }
        };
        reader.report(at, code, message, Some(hint));
    }
    if claims.is_empty() && reader.diagnostics.is_empty() {
        reader.report(value.span().start, Code::E02, "no hosts".to_owned(), None);
    }
    claims
}

fn constants(reader: &mut Reader<'_>, value: &Value<'_>) -> Vec<(String, String)> {
    let Some(table) = reader.table(value) else { return vec![] };
    let mut constants = vec![];
    for entry in reader.known(table, &SET) {
        if let Some(text) = reader.string(entry.value, "a string") {
            constants.push((entry.key.to_owned(), text));
        }
    }
    constants
}

fn protect(reader: &mut Reader<'_>, interned: &mut Interned, value: &Value<'_>) -> Protect {
    let mut protect = Protect::default();
    let Some(table) = reader.table(value) else { return protect };
    for entry in reader.known(table, &PROTECT) {
        match entry.key {
            "css" => {
                for text in reader.texts(entry.value, "selectors") {
                    protect.elements.extend(element::read_css(reader, interned, &text, text.text));
                }
            }
            "lines" => {
                let values = reader.list(entry.value, "regexes");
                let regexes =
                    values.iter().filter_map(|value| element::read_regex(reader, value, true).map(Arc::new));
                protect.lines = regexes.collect();
            }
            _ => {}
        }
    }
    protect
}

/// Reads the conditions among a table's keys, of which unknown ones are reported.
fn condition(
    reader: &mut Reader<'_>,
    interned: &mut Interned,
    table: &DeTable<'_>,
    format: &Table,
) -> Condition {
    let mut condition = Condition::default();
    for entry in reader.known(table, format) {
        match entry.key {
            "has" => {
                if let Some(text) = reader.text(entry.value, "a CSS selector as a string") {
                    condition.has = element::read_css(reader, interned, &text, text.text);
                }
            }
            "path" => condition.path = element::read_regex(reader, entry.value, false),
            "from" => condition.from = reader.date(entry.value),
            "until" => condition.until = reader.date(entry.value),
            _ => {}
        }
    }
    condition
}

fn layouts(reader: &mut Reader<'_>, interned: &mut Interned, id: &str, value: &Value<'_>) -> Vec<Layout> {
    let mut layouts: Vec<Layout> = vec![];
    for value in reader.list(value, "tables, as [[layout]]") {
        let Some(table) = reader.table(value) else { continue };
        let condition = condition(reader, interned, table, &LAYOUT);
        let name = table.get("name").and_then(|name| reader.text(name, "a name as a string"));
        let Some(name) = name.filter(|name| !name.text.is_empty() && !name.text.contains('/')) else {
            let hint = Some("the output tells which layout was taken: name = \"2026\"".to_owned());
            reader.report(value.span().start, Code::E02, "a layout needs a name".to_owned(), hint);
            continue;
        };
        if layouts.iter().any(|other| other.name == name.text) {
            reader.report(name.at(0), Code::E31, format!("a second layout `{}`", name.text), None);
        }
        if let (Some(from), Some(until)) = (condition.from, condition.until)
            && from > until
        {
            reader.report(value.span().start, Code::E02, "`from` is after `until`".to_owned(), None);
        }
        if reader.warn && layouts.last().is_some_and(|before| before.condition.is_empty()) {
            let message = format!("layout `{}` is never reached: the one before asks nothing", name.text);
            reader.report(name.at(0), Code::W41, message, None);
        }
        let prefix = format!("{id}/layout.{}", name.text);
        let mut sections = Sections::default();
        for entry in reader.entries(table) {
            if LAYOUT_SECTIONS.contains(&entry.key) {
                SectionReader { reader, interned, prefix: &prefix, lang: None }.read(&entry, &mut sections);
            }
        }
        layouts.push(Layout { name: name.text.to_owned(), condition, sections });
    }
    layouts
}
