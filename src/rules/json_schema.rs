//! A JSON schema of rule files, for editors that complete and check TOML by one.

use serde_json::{Map, Value, json};

use super::format::{Key, TOP, Table, Takes};
use crate::label::Kind;

/// The JSON schema (draft 7) of a rule file of any folder. It is made of the table of keys that the reader uses;
/// `rules check` checks more: regexes, selectors, names, and which keys a folder's files may have.
#[must_use]
pub fn json_schema() -> Value {
    let mut definitions = Map::new();
    let mut properties = Map::new();
    for (key, places) in TOP {
        let places: Vec<String> = places.iter().map(ToString::to_string).collect();
        let about = match places.len() {
            4 => key.about.to_owned(),
            _ => format!("{} (in {})", key.about, places.join(", ")),
        };
        properties.insert(key.name.to_owned(), property(key, &about, &mut definitions));
    }
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "copydesk rule file",
        "type": "object",
        "properties": properties,
        "required": ["format"],
        "additionalProperties": false,
        "definitions": definitions,
    })
}

fn property(key: &Key, about: &str, definitions: &mut Map<String, Value>) -> Value {
    let takes = value(&key.takes, definitions);
    match takes {
        // Nothing beside `$ref` counts in draft 7.
        Value::Object(takes) if takes.contains_key("$ref") => {
            json!({ "description": about, "allOf": [takes] })
        }
        mut takes => {
            takes["description"] = about.into();
            takes
        }
    }
}

fn value(takes: &Takes, definitions: &mut Map<String, Value>) -> Value {
    match takes {
        Takes::Text => json!({ "type": "string" }),
        Takes::Kind => json!({ "enum": kinds().collect::<Vec<_>>() }),
        Takes::Word(words) => json!({ "enum": words }),
        Takes::Boolean => json!({ "type": "boolean" }),
        Takes::Integer(min, max) => json!({ "type": "integer", "minimum": min, "maximum": max }),
        Takes::Share => json!({ "type": "number", "minimum": 0, "maximum": 1 }),
        // Editors hand TOML's dates over as strings.
        Takes::Date => json!({ "type": "string", "format": "date" }),
        Takes::List(of) => json!({ "type": "array", "items": value(of, definitions) }),
        Takes::Table(table) => reference(table, definitions),
        Takes::TextOr(table) => {
            json!({ "anyOf": [{ "type": "string" }, reference(table, definitions)] })
        }
    }
}

fn reference(table: &Table, definitions: &mut Map<String, Value>) -> Value {
    if !definitions.contains_key(table.name) {
        let mut properties = Map::new();
        for key in table.keys {
            properties.insert(key.name.to_owned(), property(key, key.about, definitions));
        }
        if let Some(takes) = &table.kinds {
            for kind in kinds() {
                properties.insert(kind.to_owned(), value(takes, definitions));
            }
        }
        let mut definition = json!({
            "type": "object",
            "properties": properties,
            "additionalProperties": false,
        });
        if !table.required.is_empty() {
            definition["required"] = table.required.into();
        }
        definitions.insert(table.name.to_owned(), definition);
    }
    json!({ "$ref": format!("#/definitions/{}", table.name) })
}

/// All names of kinds, the short ones too.
fn kinds() -> impl Iterator<Item = &'static str> {
    Kind::ALL.iter().chain(Kind::SHORT).map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use boon::{Compiler, SchemaIndex, Schemas};

    use super::super::format::{LAYOUT, MARKER, SELECTOR};
    use super::super::set::RuleSet;
    use super::super::source::Place;
    use super::*;

    fn compiled() -> (Schemas, SchemaIndex) {
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        compiler.add_resource("rules.json", json_schema()).expect("no other resource has the name");
        let index = compiler.compile("rules.json", &mut schemas).expect("the schema is one");
        (schemas, index)
    }

    /// The TOML as editors hand it to a schema: dates are strings.
    fn as_json(toml: toml::Value) -> Value {
        match toml {
            toml::Value::String(text) => text.into(),
            toml::Value::Integer(number) => number.into(),
            toml::Value::Float(number) => number.into(),
            toml::Value::Boolean(boolean) => boolean.into(),
            toml::Value::Datetime(date) => date.to_string().into(),
            toml::Value::Array(values) => values.into_iter().map(as_json).collect(),
            toml::Value::Table(table) => {
                table.into_iter().map(|(key, value)| (key, as_json(value))).collect()
            }
        }
    }

    fn parsed(text: &str) -> Value {
        as_json(toml::Value::Table(text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))))
    }

    /// A value for a key, written into a file at this place.
    struct Slot {
        /// Tables and keys down to here.
        path: String,
        folder: &'static str,
        before: String,
        after: String,
        takes: Takes,
    }

    impl Slot {
        fn inside(&self, step: &str, before: &str, after: &str, takes: Takes) -> Self {
            Self {
                path: format!("{}{step}", self.path),
                folder: self.folder,
                before: format!("{}{before}", self.before),
                after: format!("{after}{}", self.after),
                takes,
            }
        }

        /// The slots of all keys inside, this one first.
        fn all(self, into: &mut Vec<Self>) {
            let inner: Vec<Self> = match self.takes {
                Takes::List(of) => vec![self.inside("[]", "[", "]", *of)],
                Takes::Table(table) | Takes::TextOr(table) => {
                    let keys = table.keys.iter().map(|key| (key.name, key.takes));
                    let keys = keys.chain(table.kinds.map(|takes| ("ad", takes)));
                    let inside = |(name, takes): (&str, Takes)| {
                        let before = format!("{{ {}{name} = ", companions(table, name));
                        self.inside(&format!(".{name}"), &before, " }", takes)
                    };
                    keys.map(inside).collect()
                }
                _ => vec![],
            };
            into.push(self);
            for slot in inner {
                slot.all(into);
            }
        }

        /// The file with this value, and whether the reader says of the value, or of an item of it, that it is wrong.
        fn with(&self, value: &str) -> (String, bool) {
            let text = format!("{}{value}{}\n", self.before, self.after);
            let file = format!("{}/a.toml", self.folder);
            let checked = RuleSet::check_texts([(file.as_str(), text.as_str())]);
            // Of a replacement in the page itself layouts are told that it comes before them.
            let is_told =
                |message: &str| message.starts_with("expected") || message.contains("needs a newer");
            let column = self.before.lines().last().unwrap_or("").chars().count() as u32 + 1;
            let wrong = checked.diagnostics.iter().any(|found| {
                *found.file == *file
                    && is_told(&found.message)
                    && (column..column + 2).contains(&found.column)
            });
            (text, wrong)
        }
    }

    /// What else must stand in a table for the reader to come to a key.
    fn companions(table: &Table, key: &str) -> &'static str {
        let starts = ["css", "xpath", "meta", "jsonld", "value", "line"].contains(&key);
        match table.name {
            "selector" | "element-selector" | "marker" if !starts => "css = 'p', ",
            "line-pattern" if key != "re" => "re = '^x', ",
            "replace" if key == "find" => "with = 'x', ",
            "replace" if key == "with" => "find = 'x', ",
            "replace" => "find = 'x', with = 'x', ",
            "layout" if key != "name" => "name = 'x', ",
            _ => "",
        }
    }

    fn slots() -> Vec<Slot> {
        let mut slots = vec![];
        for (key, places) in TOP {
            let folder = match places[0] {
                Place::Generic => "generic",
                Place::Family => "families",
                Place::Site => "sites",
                Place::Local => "local",
            };
            let format = if key.name == "format" { "" } else { "format = 1\n" };
            let before = format!("{format}{} = ", key.name);
            Slot { path: key.name.to_owned(), folder, before, after: String::new(), takes: key.takes }
                .all(&mut slots);
        }
        slots
    }

    /// Values that the place does not take, and values at its bounds that it does.
    fn values(takes: &Takes) -> (Vec<String>, Vec<String>) {
        let strings = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
        match takes {
            Takes::Text | Takes::TextOr(_) => (strings(&["7", "true"]), vec![]),
            Takes::Kind => (strings(&["7"]), strings(&["'ad'", "'tag-list'"])),
            Takes::Word(words) => {
                (strings(&["7", "'other'"]), words.iter().map(|word| format!("'{word}'")).collect())
            }
            Takes::Boolean => (strings(&["7", "'true'"]), strings(&["true", "false"])),
            Takes::Integer(min, max) => (
                vec!["'7'".to_owned(), (min - 1).to_string(), (max + 1).to_string()],
                vec![min.to_string(), max.to_string()],
            ),
            Takes::Share => (strings(&["'7'", "1.5", "-0.5"]), strings(&["0.0", "1"])),
            Takes::Date => (strings(&["7", "true"]), strings(&["2026-02-14"])),
            Takes::List(_) => (strings(&["7", "'x'"]), vec![]),
            Takes::Table(_) => (strings(&["7", "'x'"]), vec![]),
        }
    }

    #[test]
    fn reader_and_schema_take_the_same_values_for_every_key() {
        let (schemas, index) = compiled();
        let slots = slots();
        assert!(slots.len() > 250, "{}", slots.len());
        for slot in slots {
            let (wrong, right) = values(&slot.takes);
            for value in wrong {
                let (text, refused) = slot.with(&value);
                assert!(refused, "the reader does not look at {}: {text}", slot.path);
                assert!(schemas.validate(&parsed(&text), index).is_err(), "{}: {text}", slot.path);
            }
            for value in right {
                let (text, refused) = slot.with(&value);
                assert!(!refused, "{}: {text}", slot.path);
                if let Err(error) = schemas.validate(&parsed(&text), index) {
                    panic!("{}: {text}: {error:#}", slot.path);
                }
            }
        }
    }

    #[test]
    fn shipped_files_are_valid_and_with_an_unknown_key_they_are_not() {
        let (schemas, index) = compiled();
        let mut seen = 0;
        let files = walkdir::WalkDir::new(concat!(env!("CARGO_MANIFEST_DIR"), "/rules")).into_iter();
        let files = files.map(|file| file.expect("the folder can be read").into_path());
        for path in files.filter(|path| path.extension().is_some_and(|end| end == "toml")) {
            let name = path.display();
            let mut file = parsed(&std::fs::read_to_string(&path).expect("the file can be read"));
            if let Err(error) = schemas.validate(&file, index) {
                panic!("{name}: {error:#}");
            }
            for table in ["body", "strip", "lines"] {
                if let Some(inner) = file.get(table).cloned() {
                    file[table]["sahre"] = json!(["x"]);
                    assert!(schemas.validate(&file, index).is_err(), "{name}: {table}");
                    file[table] = inner;
                }
            }
            file["extend"] = json!(["x"]);
            assert!(schemas.validate(&file, index).is_err(), "{name}");
            seen += 1;
        }
        assert!(seen > 100, "{seen}");
    }

    #[test]
    fn the_manual_names_every_key() {
        let manual = include_str!("../../docs/rules.md");
        let code = manual.split('`').skip(1).step_by(2);
        let words: BTreeSet<&str> =
            code.flat_map(|code| code.split(|c: char| !c.is_alphanumeric() && c != '_')).collect();
        let named = |name: &str| words.contains(name);
        let mut tables: Vec<&Table> = vec![&SELECTOR, &MARKER, &LAYOUT];
        for (key, _) in TOP {
            assert!(named(key.name), "{}", key.name);
            let mut takes = key.takes;
            while let Takes::List(of) = takes {
                takes = *of;
            }
            if let Takes::Table(table) = takes {
                tables.push(table);
            }
        }
        for table in tables {
            for key in table.keys {
                assert!(named(key.name), "{} of {}", key.name, table.name);
            }
        }
    }
}
