//! All rules that apply to one page, merged: generic < families < site < layout < overlay.

use std::sync::Arc;

use super::cut::{Cut, CutHit, CutLine};
use super::element::ElementRule;
use super::lines::{FoldedLine, Line, LineEngine, LineHit};
use super::pattern::{At, HEAD, LazyRegex, TAIL};
use super::schema::{Lines, MetaField, Replace, RuleFile, Sections};
use super::strip::{StripHit, StripSet};
use crate::dom::select::Selector;
use crate::dom::{Dom, NodeId};
use crate::label::Address;

/// Words that a body needs unless the rules say otherwise: fewer are a teaser or a caption.
const MIN_WORDS: usize = 25;

/// Share of the generic body's words that rules may remove unless they say otherwise.
const MAX_REMOVED: f32 = 0.6;

/// Share of the words that one cut may take unless the rules say otherwise.
const MAX_SHARE: f32 = 0.5;

/// What the rules say of the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BodyHit {
    /// These elements hold it: outermost only, in document order.
    Found {
        /// The elements.
        nodes: Vec<NodeId>,
        /// The selector that found them.
        rule: Arc<Address>,
    },
    /// There are selectors, but none found enough words.
    Missed {
        /// Whether the generic extractor is to look for it.
        fallback_generic: bool,
    },
    /// No rule names the body.
    Unset,
}

/// A file of a site or a family as it applies to a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainFile {
    /// The file as the user would name it.
    pub name: Arc<str>,
    /// The layout that the page has.
    pub layout: Option<Arc<str>>,
    /// Whether the file has selectors for the body.
    pub names_body: bool,
    /// The fields that it has selectors for.
    pub fields: Vec<MetaField>,
}

/// The rules of generic files, which all chains share.
#[derive(Debug, Default, Clone)]
pub(super) struct Generic {
    pub(super) name: String,
    pub(super) lines: Lines,
    pub(super) strip: Arc<StripSet>,
}

/// A file of a chain, with the layout that the page has.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) file: Arc<RuleFile>,
    pub(super) layout: Option<usize>,
}

impl Part {
    fn name(&self) -> String {
        let source = &self.file.source;
        let hash = short_hash([source.text.as_bytes()]);
        match self.layout.and_then(|layout| self.file.layouts.get(layout)) {
            Some(layout) => format!("{}/{}@{hash}", source.id, layout.name),
            None => format!("{}@{hash}", source.id),
        }
    }

    fn summary(&self) -> ChainFile {
        let layout = self.layout.and_then(|layout| self.file.layouts.get(layout));
        let mut fields: Vec<MetaField> =
            self.sections().flat_map(|sections| &sections.meta).map(|(field, _)| *field).collect();
        fields.sort_unstable();
        fields.dedup();
        ChainFile {
            name: self.file.source.name.clone(),
            layout: layout.map(|layout| layout.name.as_str().into()),
            names_body: self.sections().any(|sections| !sections.body.select.is_empty()),
            fields,
        }
    }

    /// The layout's tables and then the file's own.
    fn sections(&self) -> impl Iterator<Item = &Sections> {
        let layout = self.layout.and_then(|layout| self.file.layouts.get(layout));
        layout.map(|layout| &layout.sections).into_iter().chain([&self.file.base])
    }
}

/// Eight hexadecimal digits of the 64-bit FNV-1a hash, the same on every machine.
pub(super) fn short_hash<'a>(texts: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for text in texts {
        for &byte in text.iter().chain(&[0xff]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
        }
    }
    format!("{:08x}", (hash >> 32) as u32 ^ hash as u32)
}

/// Line patterns of one layer, and which of them a stronger file switched off.
#[derive(Debug)]
struct LineLayer {
    engine: Arc<LineEngine>,
    off: Vec<String>,
}

/// All rules that apply to one page.
#[derive(Debug)]
pub struct Chain {
    names: Vec<String>,
    files: Vec<ChainFile>,
    constants: Vec<(String, String)>,
    max_removed: f32,
    protected: Vec<Selector>,
    protected_lines: Vec<Arc<LazyRegex>>,
    meta: Vec<(MetaField, Arc<ElementRule>)>,
    select: Vec<Arc<ElementRule>>,
    min_words: usize,
    first_only: bool,
    fallback: bool,
    /// Strongest first, as all lists here.
    strip: Vec<Arc<StripSet>>,
    strip_off: Vec<String>,
    lines: Vec<LineLayer>,
    longest: u32,
    cut: Cut,
    replace: Vec<Arc<Replace>>,
}

/// Whether an `except` entry names this pattern.
pub(super) fn names_pattern(except: &str, path: &str) -> bool {
    path.strip_prefix(except).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn is_off(off: &[String], address: &Address) -> bool {
    off.iter().any(|except| names_pattern(except, &address.path))
}

impl Chain {
    /// Merges files, strongest first, over the generic rules.
    pub(super) fn new(generic: &Generic, parts: &[Part]) -> Self {
        let mut names: Vec<String> = parts.iter().map(Part::name).collect();
        names.push(generic.name.clone());
        names.reverse();
        let scalar =
            |of: &dyn Fn(&Sections) -> Option<usize>| parts.iter().flat_map(Part::sections).find_map(of);
        let flag =
            |of: &dyn Fn(&Sections) -> Option<bool>| parts.iter().flat_map(Part::sections).find_map(of);
        let max_share = parts.iter().flat_map(Part::sections).find_map(|sections| sections.cut.max_share);
        let mut chain = Self {
            names,
            files: parts.iter().map(Part::summary).collect(),
            constants: vec![],
            max_removed: parts.iter().find_map(|part| part.file.max_removed).unwrap_or(MAX_REMOVED),
            protected: vec![],
            protected_lines: vec![],
            meta: vec![],
            select: vec![],
            min_words: scalar(&|sections| sections.body.min_words).unwrap_or(MIN_WORDS),
            first_only: flag(&|sections| sections.body.first_only).unwrap_or(false),
            fallback: flag(&|sections| sections.body.fallback).unwrap_or(true),
            strip: vec![],
            strip_off: vec![],
            lines: vec![],
            longest: 0,
            cut: Cut { max_share: max_share.unwrap_or(MAX_SHARE), ..Cut::default() },
            replace: vec![],
        };
        chain.join(generic, parts);
        chain.longest = chain.lines.iter().map(|layer| layer.engine.longest()).max().unwrap_or(0);
        chain
    }

    /// The same with a body of any length.
    pub(super) fn of_any_length(self) -> Self {
        Self { min_words: 0, ..self }
    }

    fn join(&mut self, generic: &Generic, parts: &[Part]) {
        let mut off: Vec<String> = vec![];
        let mut closed = super::schema::Closed::default();
        let mut strip = vec![];
        for part in parts {
            let file = &part.file;
            self.protected.extend(file.protect.elements.iter().cloned());
            self.protected_lines.extend(file.protect.lines.iter().cloned());
            for (name, value) in &file.constants {
                if !self.constants.iter().any(|(known, _)| known == name) {
                    self.constants.push((name.clone(), value.clone()));
                }
            }
            let kept = |address: &Address| !is_off(&off, address);
            // Of one file, a layout's fields and body take the place of those below it.
            let mut fields: Vec<MetaField> = vec![];
            let mut selected = false;
            for sections in part.sections() {
                let mut more = closed;
                if !closed.meta {
                    let new = sections
                        .meta
                        .iter()
                        .filter(|(field, rule)| !fields.contains(field) && kept(&rule.address));
                    self.meta.extend(new.cloned());
                    more.meta = sections.closed.meta;
                    fields.extend(sections.meta.iter().map(|(field, _)| *field));
                }
                if !closed.body && !selected {
                    self.select
                        .extend(sections.body.select.iter().filter(|rule| kept(&rule.address)).cloned());
                    more.body = sections.closed.body;
                    selected = !sections.body.select.is_empty();
                }
                if !closed.strip {
                    strip.extend(sections.strip.iter().filter(|(_, rule)| kept(&rule.address)).cloned());
                    more.strip = sections.closed.strip;
                }
                if !closed.lines {
                    let engine = sections.lines.engine().clone();
                    self.lines.push(LineLayer { engine, off: off.clone() });
                    more.lines = sections.closed.lines;
                }
                if !closed.cut {
                    let kept = |marker: &&Arc<super::schema::Marker>| kept(&marker.address);
                    self.cut.start_after.extend(sections.cut.start_after.iter().filter(kept).cloned());
                    self.cut.keep_until.extend(sections.cut.keep_until.iter().filter(kept).cloned());
                    more.cut = sections.closed.cut;
                }
                self.replace.extend(sections.replace.iter().filter(|rule| kept(&rule.address)).cloned());
                closed = more;
            }
            off.extend(file.except.iter().map(|except| except.name.clone()));
        }
        self.strip.push(Arc::new(StripSet::new(strip)));
        if !closed.strip {
            self.strip.push(generic.strip.clone());
        }
        if !closed.lines {
            self.lines.push(LineLayer { engine: generic.lines.engine().clone(), off: off.clone() });
        }
        self.strip_off = off;
    }

    /// Names of the rule sets, weakest first: `generic@a1b2c3d4`, `id@…`, `id/layout@…`; after the `@` a
    /// hash of what they say.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.names.clone()
    }

    /// The files of sites and families that apply, strongest first.
    #[must_use]
    pub fn files(&self) -> &[ChainFile] {
        &self.files
    }

    /// Whether rules of a site or a family apply.
    #[must_use]
    pub fn has_site(&self) -> bool {
        !self.files.is_empty()
    }

    /// Whether a pattern is one of the selectors for the body.
    #[must_use]
    pub fn names_body(&self, rule: &Address) -> bool {
        self.select.iter().any(|select| *select.address == *rule)
    }

    /// Constants that the rules set for the site: `agency`, `lang`, `publisher`, `section`.
    #[must_use]
    pub fn constants(&self) -> &[(String, String)] {
        &self.constants
    }

    /// Share of the generic body's words that the rules may remove before that is refused.
    #[must_use]
    pub fn max_removed(&self) -> f32 {
        self.max_removed
    }

    /// The elements to remove, in document order, each with the strongest rule that names it. Elements
    /// inside other removed ones are listed too; `<html>`, `<body>` and what is protected never are.
    #[must_use]
    pub fn strip(&self, dom: &Dom<'_>) -> Vec<StripHit> {
        let mut hits: Vec<StripHit> = vec![];
        for set in &self.strip {
            hits.extend(set.find(dom).into_iter().filter(|hit| !is_off(&self.strip_off, &hit.rule)));
        }
        // Stable: of the hits on one element the strongest file's stays.
        hits.sort_by_key(|hit| hit.node);
        hits.dedup_by_key(|hit| hit.node);
        let protected: Vec<NodeId> = self.protected.iter().flat_map(|css| css.find_all(dom, 0)).collect();
        hits.retain(|hit| {
            let apart = |&n: &NodeId| dom.end(n) <= hit.node || dom.end(hit.node) <= n;
            protected.iter().all(apart)
        });
        hits
    }

    /// The body by the rules; `words` counts the words of an element.
    #[must_use]
    pub fn body(&self, dom: &Dom<'_>, words: &dyn Fn(NodeId) -> usize) -> BodyHit {
        for rule in &self.select {
            let mut nodes: Vec<NodeId> = vec![];
            for node in rule.elements(dom) {
                if nodes.last().is_none_or(|&last| dom.end(last) <= node) {
                    nodes.push(node);
                }
            }
            if self.first_only {
                nodes.truncate(1);
            }
            if !nodes.is_empty() && nodes.iter().map(|&n| words(n)).sum::<usize>() >= self.min_words {
                return BodyHit::Found { nodes, rule: rule.address.clone() };
            }
        }
        if self.select.is_empty() {
            BodyHit::Unset
        } else {
            BodyHit::Missed { fallback_generic: self.fallback }
        }
    }

    /// The values of the first rule for the field that gives any, in document order; of a field with one
    /// value the first counts.
    #[must_use]
    pub fn meta(&self, dom: &Dom<'_>, field: MetaField) -> Option<(Vec<String>, Arc<Address>)> {
        self.meta.iter().filter(|(named, _)| *named == field).find_map(|(_, rule)| {
            let values = rule.values(dom);
            (!values.is_empty()).then(|| (values, rule.address.clone()))
        })
    }

    /// Why the line is to be dropped, by the strongest file with a pattern that matches it.
    #[must_use]
    pub fn line(&self, line: &Line<'_>) -> Option<LineHit> {
        let folded = FoldedLine::new(line, self.longest)?;
        let pattern = self.lines.iter().find_map(|layer| {
            let allowed = |address: &Address| !is_off(&layer.off, address);
            layer.engine.find(&folded, |pattern| allowed(&pattern.address))
        })?;
        let protected = self.protected_lines.iter().any(|regex| regex.is_match(folded.text()));
        let anywhere = pattern.at == At::Any;
        (!protected).then(|| LineHit { kind: pattern.kind, rule: pattern.address.clone(), anywhere })
    }

    /// What the markers cut off the head and the tail of the finished lines.
    #[must_use]
    pub fn cut(&self, lines: &[CutLine<'_>], dom: Option<&Dom<'_>>) -> Vec<CutHit> {
        self.cut.find(lines, dom)
    }

    /// The line with its replacements made, and the rules that made them; `None` if there are none.
    #[must_use]
    pub fn replace(&self, line: &Line<'_>) -> Option<(String, Vec<Arc<Address>>)> {
        let mut made: Option<(String, Vec<Arc<Address>>)> = None;
        for rule in &self.replace {
            let stands = match rule.at {
                At::Any => true,
                At::Head => line.from_head < HEAD,
                At::Tail => line.from_tail < TAIL,
            };
            let text = made.as_ref().map_or(line.text, |(text, _)| text.as_str());
            let Some(regex) = rule.find.get().filter(|regex| stands && regex.is_match(text)) else {
                continue;
            };
            let text = regex.replace_all(text, rule.with.as_str()).into_owned();
            let mut rules = made.map_or_else(Vec::new, |(_, rules)| rules);
            rules.push(rule.address.clone());
            made = Some((text, rules));
        }
        made
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::RuleSet;

    #[test]
    fn only_the_files_of_a_pages_host_are_compiled() {
        let file = |n: usize| {
            let path = format!("sites/paper{n}.toml");
            (
                path,
                format!("format = 1\nhosts = [\"paper{n}.example\"]\n[lines]\nad = ['^Paper\\w+ {n}\\b']\n"),
            )
        };
        let files: Vec<_> = (0..50).map(file).collect();
        let files = files.iter().map(|(path, text)| (path.as_str(), text.as_str()));
        let rules = RuleSet::from_texts(files).unwrap();
        let compiled = || -> Vec<&str> {
            let files = rules.files.iter().filter(|file| file.base.lines.is_compiled());
            files.map(|file| &*file.source.id).collect()
        };
        assert!(compiled().is_empty());
        let chain = rules.chain(Some("https://paper7.example/news/1"), None, None);
        let line = Line { text: "Papers 7", from_head: 0, from_tail: 0, lang: None };
        assert!(chain.line(&line).is_some());
        assert_eq!(compiled(), ["paper7"]);
    }
}
