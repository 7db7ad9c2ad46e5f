//! Site configs of FiveFilters' Full-Text RSS as rule files.
//!
//! A config is a text file, named after its host (`example.com.txt`, or `.example.com.txt` for every host below), with
//! a directive a line: `body: //div[@id='story']`. The format is described in FiveFilters' documentation of
//! Full-Text RSS ("Site patterns"); what a directive means is taken from there, no code or config is.
//!
//! Selectors are XPath there. `translate` makes CSS with modifiers of them where that says the same; what it cannot
//! say stays XPath, marked as such. What a rule file has no word for is told, line by line: nothing is lost in silence.

mod translate;
mod xpath;

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use serde::Serialize;

use crate::label::Kind;
use crate::rules::{Code, Draft, Entry, MetaField, RuleSet, quoted, xpath_mistake};

/// What `strip_id_or_class` compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Matching {
    /// A class, or the id, as a whole, as most configs mean it.
    Token,
    /// Any part of the attributes, as Full-Text RSS does.
    Substring,
}

/// A rule file that was made of site configs.
#[derive(Debug, Clone, Serialize)]
pub struct Imported {
    /// The file's id.
    pub id: String,
    /// The configs that it was made of.
    pub configs: Vec<String>,
    /// The file's text.
    #[serde(skip)]
    pub text: String,
}

/// A line of a config that did not become a rule, or not wholly.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Note {
    /// The config.
    pub config: String,
    /// The line, from 1; 0 for the whole file.
    pub line: usize,
    /// What became of it.
    pub fate: Fate,
    /// The directive.
    pub directive: String,
    /// Why.
    pub why: String,
}

/// What became of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    /// Nothing of it is in the rule file.
    NotImported,
    /// It stands there as XPath.
    XPath,
    /// It stands there as a remark.
    Remark,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { config, line, fate, directive, why } = self;
        let fate = match fate {
            Fate::NotImported => "not imported",
            Fate::XPath => "stays XPath",
            Fate::Remark => "kept as a remark",
        };
        write!(f, "{config}:{line}: {directive}: {fate}: {why}")
    }
}

/// What came of a folder of site configs.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Outcome {
    /// The rule files, by id.
    pub files: Vec<Imported>,
    /// What did not become rules, by place.
    pub notes: Vec<Note>,
    /// Directives that became rules wholly.
    pub imported: usize,
}

/// Makes rule files of site configs, each with its file name. Configs that say the same become one file.
#[must_use]
pub fn ftr<'a>(configs: impl IntoIterator<Item = (&'a str, &'a str)>, matching: Matching) -> Outcome {
    let mut outcome = Outcome::default();
    // By what they say without their hosts and remarks, in the order of the first.
    let mut merged: Vec<(Draft, Vec<String>)> = vec![];
    let mut known: HashMap<String, usize> = HashMap::new();
    for (name, text) in configs {
        let Some(host) = host_of(name) else {
            outcome.reject(name, "its name is no host with .txt".to_owned());
            continue;
        };
        let mut config =
            Config { name, draft: Draft::default(), outcome: &mut outcome, matching, find: None };
        config.read(text);
        let mut draft = config.draft;
        let remarks = std::mem::take(&mut draft.remarks);
        if draft == Draft::default() {
            outcome.reject(name, "nothing in it becomes a rule".to_owned());
            continue;
        }
        let at = *known.entry(draft.to_string()).or_insert(merged.len());
        if at == merged.len() {
            merged.push((draft, vec![]));
        }
        let (draft, configs) = &mut merged[at];
        draft.hosts.push(host);
        draft.remarks.extend(remarks);
        configs.push(name.to_owned());
    }
    let mut ids: BTreeMap<String, usize> = BTreeMap::new();
    for (mut draft, configs) in merged {
        draft.remarks.insert(0, format!("imported from {}", configs.join(", ")));
        let base = draft.hosts[0].replace("*.", "all.").replace(['/', '*'], "-");
        let times = ids.entry(base.clone()).or_default();
        *times += 1;
        let id = if *times == 1 { base } else { format!("{base}-{times}") };
        let text = draft.to_string();
        let file = Imported { id, configs, text };
        outcome.check(&file);
        outcome.files.push(file);
    }
    outcome.files.sort_by(|a, b| a.id.cmp(&b.id));
    outcome.notes.sort();
    outcome
}

/// The host that a config's name claims.
fn host_of(name: &str) -> Option<String> {
    let host = name.strip_suffix(".txt")?.trim();
    let below = host.strip_prefix('.');
    let host = below.unwrap_or(host);
    let is_host = host.contains('.') && !host.contains(['/', ' ', ':', '*']) && !host.starts_with('.');
    is_host.then(|| if below.is_some() { format!("*.{host}") } else { host.to_owned() })
}

impl Outcome {
    /// Notes what is wrong with a config as a whole.
    fn reject(&mut self, config: &str, why: String) {
        let (config, directive) = (config.to_owned(), "file".to_owned());
        self.notes.push(Note { config, line: 0, fate: Fate::NotImported, directive, why });
    }

    /// What is wrong with a file as a rule file: a host that may not be claimed, a text beyond the limits.
    fn check(&mut self, file: &Imported) {
        let path = format!("sites/{}.toml", file.id);
        let found = RuleSet::check_texts([(path.as_str(), file.text.as_str())]);
        for error in found.diagnostics {
            let not_built_in = error.code == Code::E11 && cfg!(not(feature = "xpath"));
            if !error.code.is_warning() && !not_built_in {
                let config = file.configs.join(", ");
                let why = format!("line {} of {path}: {}", error.line, error.message);
                self.notes.push(Note {
                    config,
                    line: 0,
                    fate: Fate::NotImported,
                    directive: "file".to_owned(),
                    why,
                });
            }
        }
    }
}

/// Why a directive of fetching is left out.
const FETCHES: &str = "it is about fetching pages, and copydesk fetches none";

/// Why a switch of the old program is left out.
const SWITCHES: &str = "it sets another program's extractor";

/// Why a change of the page is left out.
const RESHAPES: &str = "rule files take away; they do not rebuild a page";

/// A config while it is read.
struct Config<'a> {
    name: &'a str,
    draft: Draft,
    outcome: &'a mut Outcome,
    matching: Matching,
    /// `find_string`, with its line, until `replace_string` comes.
    find: Option<(usize, String)>,
}

impl Config<'_> {
    fn read(&mut self, text: &str) {
        for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
            let line = line.trim();
            let number = index + 1;
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let Some((directive, argument, value)) = parts(line) else {
                self.note(number, Fate::NotImported, line, "no directive");
                continue;
            };
            self.directive(number, directive, argument, value);
        }
        if let Some((line, _)) = self.find.take() {
            self.note(line, Fate::NotImported, "find_string", "no replace_string follows");
        }
    }

    fn note(&mut self, line: usize, fate: Fate, directive: &str, why: &str) {
        let config = self.name.to_owned();
        self.outcome.notes.push(Note {
            config,
            line,
            fate,
            directive: directive.to_owned(),
            why: why.to_owned(),
        });
    }

    fn directive(&mut self, line: usize, directive: &str, argument: Option<&str>, value: &str) {
        if value.is_empty() && directive != "replace_string" {
            return self.note(line, Fate::NotImported, directive, "it says nothing");
        }
        match directive {
            "title" => self.meta(line, directive, MetaField::Title, value),
            "author" => self.meta(line, directive, MetaField::Byline, value),
            "date" => self.meta(line, directive, MetaField::Date, value),
            "body" => {
                // Of several bodies the first that is there counts; the sides of a union are one body.
                let entries = self.elements(line, directive, value, translate::Picked::joined);
                self.draft.body.extend(entries);
            }
            "strip" => {
                let entries = self.elements(line, directive, value, |picked| picked);
                self.draft.strip.extend(entries.into_iter().map(|entry| (Kind::Other, entry)));
            }
            "strip_id_or_class" => self.strip_token(value.trim_matches(['"', '\''])),
            "strip_image_src" => {
                let value = value.trim_matches(['"', '\'']).replace('\\', "\\\\").replace('"', "\\\"");
                self.strip_css(&format!("img[src*=\"{value}\"]"));
            }
            "find_string" => {
                if let Some((before, _)) = self.find.replace((line, value.to_owned())) {
                    self.note(before, Fate::NotImported, directive, "no replace_string follows");
                }
            }
            "replace_string" => {
                let find = argument.map(str::to_owned).or_else(|| self.find.take().map(|(_, find)| find));
                match find {
                    Some(find) => {
                        self.draft.replace.push((find, value.to_owned()));
                        self.outcome.imported += 1;
                    }
                    None => self.note(line, Fate::NotImported, directive, "no find_string before it"),
                }
            }
            "autodetect_on_failure" => {
                self.draft.no_fallback = value.eq_ignore_ascii_case("no");
                self.outcome.imported += 1;
            }
            "test_url" => {
                self.draft.remarks.push(format!("test page: {value}"));
                self.note(
                    line,
                    Fate::Remark,
                    directive,
                    "a test needs the page itself; `rules new` makes one of it",
                );
            }
            "test_contains" => {
                self.draft.remarks.push(format!("  which holds: {value}"));
                self.note(line, Fate::Remark, directive, "a test needs the page itself");
            }
            "strip_attr" => {
                self.note(line, Fate::NotImported, directive, "attributes are never in an article")
            }
            "native_ad_clue" => {
                self.note(line, Fate::NotImported, directive, "pages are not told to be adverts")
            }
            "single_page_link"
            | "single_page_link_in_feed"
            | "next_page_link"
            | "if_page_contains"
            | "http_header"
            | "requires_login"
            | "login"
            | "login_uri"
            | "login_username_field"
            | "login_password_field"
            | "login_extra_fields"
            | "not_logged_in_xpath"
            | "autodetect_next_page" => {
                self.note(line, Fate::NotImported, directive, FETCHES);
            }
            "tidy"
            | "prune"
            | "parser"
            | "footnotes"
            | "convert_double_br_tags"
            | "insert_detected_image"
            | "skip_json_ld"
            | "skip_id_or_class"
            | "src_lazy_load_attr"
            | "strip_comments" => {
                self.note(line, Fate::NotImported, directive, SWITCHES);
            }
            "dissolve" | "wrap_in" | "move_into" => self.note(line, Fate::NotImported, directive, RESHAPES),
            _ => self.note(line, Fate::NotImported, directive, "no such directive"),
        }
    }

    fn meta(&mut self, line: usize, directive: &str, field: MetaField, value: &str) {
        let entries = match translated(value) {
            Ok(picked) => {
                self.outcome.imported += 1;
                picked.iter().map(|one| Entry::plain(one.toml())).collect()
            }
            Err(why) => self.as_xpath(line, directive, value, &why),
        };
        self.draft.meta.extend(entries.into_iter().map(|entry| (field, entry)));
    }

    /// Selectors of elements.
    fn elements(
        &mut self,
        line: usize,
        directive: &str,
        value: &str,
        arrange: fn(Vec<translate::Picked>) -> Vec<translate::Picked>,
    ) -> Vec<Entry> {
        match translated(value) {
            Ok(picked) if picked.iter().any(translate::Picked::is_value) => {
                self.note(
                    line,
                    Fate::NotImported,
                    directive,
                    "it names an attribute or a text, not an element",
                );
                vec![]
            }
            Ok(picked) => {
                self.outcome.imported += 1;
                arrange(picked).iter().map(|one| Entry::plain(one.toml())).collect()
            }
            Err(why) => self.as_xpath(line, directive, value, &why),
        }
    }

    fn as_xpath(&mut self, line: usize, directive: &str, value: &str, why: &NotCss) -> Vec<Entry> {
        match why {
            NotCss::Broken(why) => {
                self.note(line, Fate::NotImported, directive, &format!("no XPath: {why}"));
                vec![]
            }
            NotCss::Untold(why) => {
                if let Some(mistake) = xpath_mistake(value) {
                    self.note(line, Fate::NotImported, directive, &format!("no XPath: {mistake}"));
                    return vec![];
                }
                self.note(line, Fate::XPath, directive, &format!("CSS cannot say it: {why}"));
                let value = format!("{{ xpath = {} }}", quoted(value));
                vec![Entry { value, remark: Some("imported, XPath".to_owned()) }]
            }
        }
    }

    fn strip_token(&mut self, token: &str) {
        let is_name = !token.is_empty()
            && token.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
            && !token.starts_with(|c: char| c.is_ascii_digit() || c == '-');
        let value = token.replace('\\', "\\\\").replace('"', "\\\"");
        if self.matching == Matching::Substring || token.contains(' ') {
            self.strip_css(&format!("[class*=\"{value}\"], [id*=\"{value}\"]"));
        } else if is_name {
            self.strip_css(&format!(".{token}, #{token}"));
        } else {
            self.strip_css(&format!("[class~=\"{value}\"], [id=\"{value}\"]"));
        }
    }

    fn strip_css(&mut self, css: &str) {
        self.outcome.imported += 1;
        self.draft.strip.push((Kind::Other, Entry::plain(quoted(css))));
    }
}

/// Directive, argument in brackets and value of a line.
fn parts(line: &str) -> Option<(&str, Option<&str>, &str)> {
    let end = line.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-'))?;
    let (directive, rest) = line.split_at(end);
    let rest = rest.trim_start();
    if let Some(inside) = rest.strip_prefix('(') {
        // What is replaced may hold brackets: the last that a colon follows ends it.
        let close = inside.rfind("):")?;
        return Some((directive, Some(&inside[..close]), inside[close + 2..].trim()));
    }
    let value = rest.strip_prefix(':')?;
    (!directive.is_empty()).then(|| (directive, None, value.trim()))
}

enum NotCss {
    /// It is no XPath.
    Broken(String),
    /// CSS has no words for it.
    Untold(&'static str),
}

fn translated(value: &str) -> Result<Vec<translate::Picked>, NotCss> {
    let expr = xpath::parse(value).map_err(NotCss::Broken)?;
    translate::selectors(&expr).map_err(NotCss::Untold)
}

/// An XPath expression as the entries that it becomes in a list of a rule file; the error says why CSS cannot say it.
///
/// # Errors
/// The text is no XPath, or says something that CSS and the modifiers do not.
pub fn selectors_of_xpath(xpath: &str) -> Result<Vec<String>, String> {
    match translated(xpath) {
        Ok(picked) => Ok(picked.iter().map(translate::Picked::toml).collect()),
        Err(NotCss::Broken(why)) => Err(format!("no XPath: {why}")),
        Err(NotCss::Untold(why)) => Err(format!("CSS cannot say it: {why}")),
    }
}
