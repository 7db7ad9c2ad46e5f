//! One pattern for lines of text: a regex, the conditions on the line, and the literals by which it is
//! found among hundreds of others.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use regex::{Regex, RegexBuilder};
use regex_syntax::ast::parse::ParserBuilder;
use regex_syntax::ast::{Ast, ClassPerlKind, RepetitionKind, RepetitionRange};
use regex_syntax::hir::translate::TranslatorBuilder;
use regex_syntax::hir::{Class, Hir, HirKind, Look};

use super::fold::{fold_pattern, key};
use crate::label::{Address, Kind};

/// Characters of the longest line a pattern looks at unless it says otherwise; 92 % of the boilerplate
/// lines of 437 news pages are shorter.
pub(super) const MAX_CHARS: u32 = 240;

/// Bytes of the longest pattern: some 300 alternatives.
pub(super) const MAX_PATTERN: usize = 4 << 10;

/// Bytes of the largest compiled regex.
const MAX_COMPILED: usize = 4 << 20;

/// Nesting of groups in a pattern.
const MAX_NESTING: u32 = 32;

/// Literals that stand for one pattern; more are no help.
const MAX_LITERALS: usize = 512;

/// Characters of a class that is taken apart into literals.
const MAX_CLASS: usize = 16;

/// What a literal must weigh to be looked for anywhere in a line (see [`weight`]); more is better, but any
/// search beats running the regex on every line.
const MIN_WEIGHT: usize = 2;

/// Where a line has to stand for a pattern to look at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum At {
    /// Anywhere.
    #[default]
    Any,
    /// Among the first [`HEAD`] lines.
    Head,
    /// Among the last [`TAIL`] lines.
    Tail,
}

/// Lines that count as the head of a text.
pub(super) const HEAD: usize = 5;

/// Lines that count as its tail.
pub(super) const TAIL: usize = 8;

/// A regex that is checked when the rules are read and compiled when a line first needs it.
#[derive(Debug)]
pub(super) struct LazyRegex {
    text: Box<str>,
    compiled: OnceLock<Option<Regex>>,
}

/// Why a text is no regex, and the byte of it where that shows.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BadRegex {
    pub(super) message: String,
    pub(super) offset: usize,
}

impl LazyRegex {
    /// Checks a regex; compiles it only where it could be too large.
    pub(super) fn new(text: &str) -> Result<Self, BadRegex> {
        let ast = ParserBuilder::new().nest_limit(MAX_NESTING).build().parse(text).map_err(|error| {
            BadRegex { message: error.kind().to_string(), offset: error.span().start.offset }
        })?;
        let lazy = Self { text: text.into(), compiled: OnceLock::new() };
        // What the syntax does not show: names of Unicode classes, flags that leave UTF-8, and size.
        let unsure = ["\\p", "\\P", "-u", "[[:"].iter().any(|part| text.contains(part));
        if unsure || size(&ast) > MAX_COMPILED {
            match lazy.compile() {
                Ok(regex) => drop(lazy.compiled.set(Some(regex))),
                Err(message) => return Err(BadRegex { message, offset: 0 }),
            }
        }
        Ok(lazy)
    }

    fn compile(&self) -> Result<Regex, String> {
        RegexBuilder::new(&self.text).case_insensitive(true).size_limit(MAX_COMPILED).build().map_err(
            |error| match error {
                regex::Error::CompiledTooBig(_) => "the pattern is too large when compiled".to_owned(),
                error => {
                    error.to_string().lines().last().unwrap_or("").trim_start_matches("error: ").to_owned()
                }
            },
        )
    }

    /// The regex; `None` (and a line in the log, once) if it turns out not to compile after all.
    pub(super) fn get(&self) -> Option<&Regex> {
        let compile = || {
            let regex = self.compile();
            if let Err(error) = &regex {
                tracing::error!(pattern = &*self.text, error, "rule pattern never matches");
            }
            regex.ok()
        };
        self.compiled.get_or_init(compile).as_ref()
    }

    /// Whether it matches somewhere in `text`.
    pub(super) fn is_match(&self, text: &str) -> bool {
        self.get().is_some_and(|regex| regex.is_match(text))
    }
}

/// A guess at the compiled size in bytes, from above: the constants are what `regex` 1.13 needs for a
/// thousand of each in a row.
fn size(ast: &Ast) -> usize {
    let all = |asts: &[Ast]| asts.iter().map(size).fold(0, usize::saturating_add);
    match ast {
        Ast::Literal(_) => 128,
        Ast::ClassPerl(class) if class.kind == ClassPerlKind::Space => 1 << 10,
        Ast::ClassPerl(class) if class.kind == ClassPerlKind::Digit => 6 << 10,
        Ast::ClassPerl(_) | Ast::ClassUnicode(_) => 54 << 10,
        Ast::Repetition(repetition) => {
            let times = match &repetition.op.kind {
                RepetitionKind::Range(RepetitionRange::Bounded(_, n)) => *n,
                RepetitionKind::Range(RepetitionRange::Exactly(n) | RepetitionRange::AtLeast(n)) => *n,
                _ => 1,
            };
            size(&repetition.ast).saturating_mul(times.max(1) as usize)
        }
        Ast::Group(group) => size(&group.ast),
        Ast::Concat(concat) => all(&concat.asts),
        Ast::Alternation(alternation) => all(&alternation.asts),
        Ast::ClassBracketed(_) => 2 << 10,
        _ => 1 << 10,
    }
}

/// A pattern for lines: when it matches, the whole line is dropped.
#[derive(Debug)]
pub(super) struct LinePattern {
    pub(super) kind: Kind,
    pub(super) at: At,
    pub(super) max_chars: u32,
    /// Primary language subtag, lower case.
    pub(super) lang: Option<Box<str>>,
    pub(super) address: Arc<Address>,
    pub(super) regex: LazyRegex,
}

/// Checks the regex of a line pattern and folds it as lines are folded.
pub(super) fn line_regex(text: &str) -> Result<LazyRegex, BadRegex> {
    match fold_pattern(text) {
        Cow::Borrowed(text) => LazyRegex::new(text),
        // Errors are told of the text that the user wrote.
        Cow::Owned(folded) => LazyRegex::new(text)
            .and_then(|_| LazyRegex::new(&folded).map_err(|error| BadRegex { offset: 0, ..error })),
    }
}

/// The primary subtag of a language tag, for comparing: `en` of `en-GB`.
pub(super) fn primary_subtag(lang: &str) -> &str {
    lang.split(['-', '_']).next().unwrap_or(lang)
}

/// What every line that a regex matches holds.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Needle {
    /// The line's key starts with one of these.
    Start(BTreeSet<String>),
    /// The line's key holds one of these somewhere.
    Inside(BTreeSet<String>),
    /// Nothing that could be looked for.
    Unknown,
}

impl LazyRegex {
    fn hir(&self) -> Option<Hir> {
        let ast = ParserBuilder::new().nest_limit(MAX_NESTING).build().parse(&self.text).ok()?;
        TranslatorBuilder::new().case_insensitive(true).build().translate(&self.text, &ast).ok()
    }

    /// The literals to look for, as keys (see [`super::fold::key`]).
    pub(super) fn needle(&self) -> Needle {
        let Some(hir) = self.hir() else { return Needle::Unknown };
        let runs = runs(&hir);
        if let Some(first) = runs.first().filter(|run| run.at_start && !run.texts.contains("")) {
            return Needle::Start(first.texts.clone());
        }
        match best(runs) {
            Some(texts) if lightest(&texts) >= MIN_WEIGHT => Needle::Inside(texts),
            _ => Needle::Unknown,
        }
    }

    /// Whether the pattern is tied to the line's start or end.
    pub(super) fn is_anchored(&self) -> bool {
        self.hir().is_none_or(|hir| {
            let properties = hir.properties();
            properties.look_set_prefix().contains(Look::Start)
                || properties.look_set_suffix().contains(Look::End)
        })
    }
}

/// A stretch of a regex that matches few texts: every match of the regex holds one of them.
struct Run {
    at_start: bool,
    texts: BTreeSet<String>,
}

/// How rare a text is, roughly: letters and digits count one, spaces and the marks that most lines hold
/// nothing, anything else two.
fn weight(text: &str) -> usize {
    text.chars()
        .map(|c| match c {
            ' ' | '.' | ',' | ':' | ';' | '-' | '\'' | '"' => 0,
            _ if c.is_ascii_alphanumeric() => 1,
            _ => 2,
        })
        .sum()
}

fn lightest(texts: &BTreeSet<String>) -> usize {
    texts.iter().map(|text| weight(text)).min().unwrap_or(0)
}

/// The texts that are rarest.
fn best(runs: Vec<Run>) -> Option<BTreeSet<String>> {
    runs.into_iter().map(|run| run.texts).max_by_key(|texts| (lightest(texts), usize::MAX - texts.len()))
}

/// The stretches of a regex, from left to right; between them stands what matches too much.
fn runs(hir: &Hir) -> Vec<Run> {
    let mut parts = vec![];
    flatten(hir, &mut parts);
    let anchored = matches!(parts.first().map(|part| part.kind()), Some(HirKind::Look(Look::Start)));
    let nothing = || Run { at_start: false, texts: BTreeSet::from([String::new()]) };
    let mut runs = vec![];
    let mut run = Run { at_start: anchored, ..nothing() };
    for part in parts {
        match exact(part) {
            Some(texts) => match cross(&run.texts, &texts) {
                Some(longer) => run.texts = longer,
                None => runs.push(std::mem::replace(&mut run, Run { at_start: false, texts })),
            },
            None => {
                runs.push(std::mem::replace(&mut run, nothing()));
                runs.extend(required(part).map(|texts| Run { at_start: false, texts }));
            }
        }
    }
    runs.push(run);
    runs
}

fn flatten<'a>(hir: &'a Hir, parts: &mut Vec<&'a Hir>) {
    match hir.kind() {
        HirKind::Capture(capture) => flatten(&capture.sub, parts),
        HirKind::Concat(concat) => concat.iter().for_each(|part| flatten(part, parts)),
        _ => parts.push(hir),
    }
}

/// Texts of which every match of `hir` holds one.
fn required(hir: &Hir) -> Option<BTreeSet<String>> {
    match hir.kind() {
        HirKind::Repetition(repetition) if repetition.min > 0 => required(&repetition.sub),
        HirKind::Repetition(_) | HirKind::Class(_) => None,
        HirKind::Alternation(parts) => {
            let mut all = BTreeSet::new();
            for part in parts {
                all.append(&mut required(part)?);
            }
            (all.len() <= MAX_LITERALS).then_some(all)
        }
        _ => best(runs(hir)),
    }
}

/// All texts that `hir` matches, as keys, if they are few.
fn exact(hir: &Hir) -> Option<BTreeSet<String>> {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Some(BTreeSet::from([String::new()])),
        HirKind::Literal(literal) => Some(BTreeSet::from([key(std::str::from_utf8(&literal.0).ok()?)])),
        HirKind::Class(Class::Unicode(class)) => {
            let ranges = class.ranges();
            let size: usize = ranges.iter().map(|range| range.len()).sum();
            let chars = ranges.iter().flat_map(|range| range.start()..=range.end());
            (size <= MAX_CLASS).then(|| chars.map(|c| key(c.encode_utf8(&mut [0; 4]))).collect())
        }
        HirKind::Class(Class::Bytes(_)) => None,
        HirKind::Capture(capture) => exact(&capture.sub),
        HirKind::Repetition(repetition) => {
            let mut texts = if repetition.max == Some(1) { exact(&repetition.sub)? } else { return None };
            texts.insert(String::new());
            Some(texts)
        }
        HirKind::Concat(parts) => {
            let mut texts = BTreeSet::from([String::new()]);
            for part in parts {
                texts = cross(&texts, &exact(part)?)?;
            }
            Some(texts)
        }
        HirKind::Alternation(parts) => {
            let mut texts = BTreeSet::new();
            for part in parts {
                texts.append(&mut exact(part)?);
            }
            (texts.len() <= MAX_LITERALS).then_some(texts)
        }
    }
}

fn cross(heads: &BTreeSet<String>, tails: &BTreeSet<String>) -> Option<BTreeSet<String>> {
    if heads.len() * tails.len() > MAX_LITERALS {
        return None;
    }
    let pairs = heads.iter().flat_map(|head| tails.iter().map(move |tail| format!("{head}{tail}")));
    Some(pairs.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needle(pattern: &str) -> String {
        let show = |texts: BTreeSet<String>| texts.into_iter().collect::<Vec<_>>().join("|");
        match line_regex(pattern).unwrap().needle() {
            Needle::Start(texts) => format!("^{}", show(texts)),
            Needle::Inside(texts) => show(texts),
            Needle::Unknown => "?".into(),
        }
    }

    #[test]
    fn finds_the_literals_a_line_must_hold() {
        for (pattern, expected) in [
            ("^Read more: ", "^read more: "),
            ("^(Weiterlesen|Mehr dazu lesen Sie)\\b", "^mehr dazu lesen sie|weiterlesen"),
            ("^Sign up (for|to) .{0,40}\\b(newsletter|briefing)\\b", "^sign up for |sign up to "),
            ("^.{0,40}\\bnewsletters?\\b", "newsletter|newsletters"),
            ("^\\d+ comments$", " comments"),
            ("^\\W*Подробнее", "подробнее"),
            ("devamını oku", "devamini oku"),
            ("^(Foto|Bild): \\w+", "^bild: |foto: "),
            ("^(?:foo.*|b.*)$", "?"),
            ("(?:foo.*|bar.*)", "bar|foo"),
            ("^ad$", "^ad"),
            ("ad", "ad"),
            ("^\\W*(?:©|\\(c\\)) \\d{4}", "(c) |© "),
            ("^[\\w.]+@[\\w.]+$", "@"),
            ("x", "?"),
            ("^\\d+$", "?"),
            ("^(x.*)?$", "?"),
            ("(?:share this )+now", "share this "),
            ("[ck]lick", "click|klick"),
            ("a*", "?"),
        ] {
            assert_eq!(needle(pattern), expected, "{pattern}");
        }
    }

    #[test]
    fn tells_the_byte_of_a_mistake() {
        let offset = |pattern: &str| line_regex(pattern).map(|_| ()).map_err(|error| error.offset);
        assert_eq!(offset("^(foo"), Err(1));
        assert_eq!(offset("ß[a"), Err(2));
        assert_eq!(offset("a**{"), Err(3));
        assert_eq!(offset("\\p{Klingon}"), Err(0));
        assert_eq!(offset("(\\w{100}){100}"), Err(0));
        assert_eq!(offset("(?i)ok"), Ok(()));
        assert_eq!(offset(&format!("{}a{}", "(".repeat(500), ")".repeat(500))), Err(32));
    }

    #[test]
    fn knows_anchors() {
        let anchored = |pattern: &str| line_regex(pattern).unwrap().is_anchored();
        assert!(anchored("^a") && anchored("b$") && anchored("^(a|b)") && anchored("(^a|^b)"));
        assert!(!anchored("a") && !anchored("(^a|b)"));
    }
}
