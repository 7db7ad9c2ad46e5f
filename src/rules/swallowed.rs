//! Line patterns that can never be needed: an inherited one takes every line that they match.

use std::collections::HashMap;
use std::sync::Arc;

use regex_syntax::hir::{HirKind, Look};

use super::chain::names_pattern;
use super::diagnostic::{Code, Diagnostic};
use super::pattern::{At, LinePattern};
use super::schema::RuleFile;
use super::set::RuleSet;

/// Line patterns by what they need of a line: their own text, and, where that is no more than `^` and letters, the
/// letters.
#[derive(Default)]
struct Inherited<'r> {
    same: HashMap<&'r str, Vec<&'r LinePattern>>,
    starts: HashMap<String, Vec<&'r LinePattern>>,
    longest: usize,
}

impl<'r> Inherited<'r> {
    fn add(&mut self, file: &'r RuleFile) {
        for pattern in &file.base.lines.patterns {
            let text = pattern.regex.text();
            self.same.entry(text).or_default().push(pattern);
            if let Some(start) = text.strip_prefix('^').filter(|start| is_plain(start)) {
                let start = start.to_lowercase();
                self.longest = self.longest.max(start.len());
                self.starts.entry(start).or_default().push(pattern);
            }
        }
    }

    /// A pattern that takes every line that this one takes, wherever it stands and in every language.
    fn swallows(&self, own: &LinePattern, allowed: &dyn Fn(&LinePattern) -> bool) -> Option<&'r LinePattern> {
        let start = start_of(own).map(|start| start.to_lowercase());
        let begins = |end| Some(self.starts.get(start.as_deref()?.get(..end)?)?.as_slice());
        let by_start = (1..=self.longest).filter_map(begins).flatten();
        let same = self.same.get(own.regex.text()).into_iter().flatten();
        same.chain(by_start).copied().find(|other| {
            (other.at == At::Any || other.at == own.at)
                && other.max_chars >= own.max_chars
                && (other.lang.is_none() || other.lang == own.lang)
                && allowed(other)
        })
    }
}

/// Whether a regex is nothing but the text that it matches.
fn is_plain(regex: &str) -> bool {
    !regex.is_empty() && regex_syntax::escape(regex) == regex
}

/// The text that every line begins with which the pattern matches.
fn start_of(pattern: &LinePattern) -> Option<String> {
    let hir = pattern.regex.hir()?;
    let HirKind::Concat(parts) = hir.kind() else { return None };
    let [anchor, literal, ..] = parts.as_slice() else { return None };
    match (anchor.kind(), literal.kind()) {
        (HirKind::Look(Look::Start), HirKind::Literal(literal)) => String::from_utf8(literal.0.to_vec()).ok(),
        _ => None,
    }
}

/// Warns of the patterns of families, sites and local files that an inherited one swallows.
pub(super) fn warn(rules: &RuleSet, generic: &[Arc<RuleFile>], diagnostics: &mut Vec<Diagnostic>) {
    let mut everywhere = Inherited::default();
    generic.iter().for_each(|file| everywhere.add(file));
    for (number, file) in rules.files.iter().enumerate() {
        if file.source.shipped || file.base.lines.patterns.is_empty() || file.base.closed.lines {
            continue;
        }
        let overlaid = file.overlay.as_ref().and_then(|overlay| rules.site_of_id(&overlay.name));
        let above: Vec<&RuleFile> = overlaid
            .into_iter()
            .chain(rules.lineage(number).unwrap_or_default().iter().copied())
            .map(|number| &*rules.files[number])
            .collect();
        let mut near = Inherited::default();
        above.iter().for_each(|file| near.add(file));
        let excepts = || above.iter().copied().chain([&**file]).flat_map(|file| &file.except);
        let allowed =
            |other: &LinePattern| !excepts().any(|except| names_pattern(&except.name, &other.address.path));
        // What stands between closes off the generic files.
        let open = above.iter().all(|file| !file.base.closed.lines);
        for own in &file.base.lines.patterns {
            let generic = || everywhere.swallows(own, &allowed).filter(|_| open);
            if let Some(other) = near.swallows(own, &allowed).or_else(generic) {
                let message = format!("{} takes these lines already: {}", other.address, other.address.path);
                let hint = Some("leave this one out, unless its kind matters".to_owned());
                diagnostics.push(file.source.diagnostic(place_of(file, own), Code::W23, message, hint));
            }
        }
    }
}

/// The byte at which the pattern's text stands, or its line begins.
fn place_of(file: &RuleFile, pattern: &LinePattern) -> usize {
    let line = file.source.line_start(pattern.address.line);
    let text = pattern.address.path.rsplit_once("/lines/").and_then(|(_, rest)| rest.split_once('/'));
    let found = text.and_then(|(_, text)| file.source.text[line..].lines().next()?.find(text));
    line + found.unwrap_or(0)
}
