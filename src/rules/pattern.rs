//! One pattern for lines of text: a regex, the conditions on the line, and the literals by which it is
//! found among hundreds of others.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use regex::{Regex, RegexBuilder};
use regex_automata::meta;
use regex_syntax::ast::parse::ParserBuilder;
use regex_syntax::ast::{Ast, ClassPerlKind, RepetitionKind, RepetitionRange};
use regex_syntax::hir::translate::TranslatorBuilder;
use regex_syntax::hir::{Class, Dot, Hir, HirKind, Look};

use super::fold::{fold_pattern, from_first_letter, key, letters_and_digits};
use crate::label::{Address, Kind};

/// Characters of the longest line a pattern looks at unless it says otherwise; 92 % of the boilerplate
/// lines of 437 news pages are shorter.
pub(super) const MAX_CHARS: u32 = 240;

/// Bytes of the longest pattern: some 300 alternatives.
pub(super) const MAX_PATTERN: usize = 4 << 10;

/// Bytes of the largest compiled regex.
const MAX_COMPILED: usize = 4 << 20;

/// Bytes of a regex's cache of states, which each thread holds. Lines are short and few regexes see one, so
/// that a small cache costs no time; a thousand large ones cost more memory than everything else together.
const DFA_CACHE: usize = 512 << 10;

/// Nesting of groups in a pattern.
const MAX_NESTING: u32 = 32;

/// Literals that stand for one pattern; more are no help.
const MAX_LITERALS: usize = 512;

/// Literals that are made by putting parts of a pattern together.
const MAX_CROSS: usize = 128;

/// Bytes of a literal. More would seldom rule out another line, but make the search large.
const MAX_TEXT: usize = 16;

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
    /// Matches whatever the regex matches, and more: see [`loosen`].
    loose: OnceLock<Option<meta::Regex>>,
}

/// Why a text is no regex, and the byte of it where that shows.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BadRegex {
    pub(super) message: String,
    pub(super) offset: usize,
}

impl LazyRegex {
    /// A regex that was checked before, when the shipped rules were tested.
    pub(super) fn unchecked(text: &str) -> Self {
        Self { text: text.into(), compiled: OnceLock::new(), loose: OnceLock::new() }
    }

    /// Checks a regex; compiles it only where it could be too large.
    pub(super) fn new(text: &str) -> Result<Self, BadRegex> {
        let ast = ParserBuilder::new().nest_limit(MAX_NESTING).build().parse(text).map_err(|error| {
            BadRegex { message: error.kind().to_string(), offset: error.span().start.offset }
        })?;
        let lazy = Self { text: text.into(), compiled: OnceLock::new(), loose: OnceLock::new() };
        // What the syntax does not show: names of Unicode classes, and flags that leave UTF-8.
        if text.contains("\\p") || text.contains("\\P") || text.contains("-u") {
            translate(text, &ast).map_err(|error| BadRegex {
                message: error.kind().to_string(),
                offset: error.span().start.offset,
            })?;
        }
        if size(&ast, text) > MAX_COMPILED {
            match lazy.compile() {
                Ok(regex) => drop(lazy.compiled.set(Some(regex))),
                Err(message) => return Err(BadRegex { message, offset: 0 }),
            }
        }
        Ok(lazy)
    }

    /// Checks a regex for folded text, and folds it as the text is folded.
    pub(super) fn for_folded(text: &str) -> Result<Self, BadRegex> {
        match fold_pattern(text) {
            Cow::Borrowed(text) => Self::new(text),
            // Errors are told of the text that the user wrote.
            Cow::Owned(folded) => Self::new(&folded).map_err(|error| match Self::new(text) {
                Ok(_) => BadRegex { offset: 0, ..error },
                Err(original) => original,
            }),
        }
    }

    fn compile(&self) -> Result<Regex, String> {
        RegexBuilder::new(&self.text)
            .case_insensitive(true)
            .size_limit(MAX_COMPILED)
            .dfa_size_limit(DFA_CACHE)
            .build()
            .map_err(|error| match error {
                regex::Error::CompiledTooBig(_) => "the pattern is too large when compiled".to_owned(),
                error => {
                    error.to_string().lines().last().unwrap_or("").trim_start_matches("error: ").to_owned()
                }
            })
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
        let loose = self.loose.get_or_init(|| {
            let ast = ParserBuilder::new().nest_limit(MAX_NESTING).build().parse(&self.text).ok()?;
            let hir =
                TranslatorBuilder::new().case_insensitive(true).build().translate(&self.text, &ast).ok()?;
            let limits =
                meta::Config::new().nfa_size_limit(Some(MAX_COMPILED)).hybrid_cache_capacity(DFA_CACHE);
            meta::Builder::new().configure(limits).build_from_hir(&loosen(&hir)).ok()
        });
        loose.as_ref().is_none_or(|loose| loose.is_match(text))
            && self.get().is_some_and(|regex| regex.is_match(text))
    }
}

/// Repetitions of up to this many are kept as they are.
const SHORT_REPETITION: u32 = 12;
/// Classes of more ranges than this (the letters of all alphabets) become any character.
const LARGE_CLASS: usize = 100;

/// A regex that matches whatever `hir` matches, and more, and is small: long counted repetitions have no upper
/// bound, and large classes are any character. Nearly all lines that a literal lets through fail it already, so
/// that the regex itself, which can be a hundred times larger, is rarely compiled and run.
fn loosen(hir: &Hir) -> Hir {
    match hir.kind() {
        HirKind::Capture(capture) => loosen(&capture.sub),
        HirKind::Concat(parts) => Hir::concat(parts.iter().map(loosen).collect()),
        HirKind::Alternation(parts) => Hir::alternation(parts.iter().map(loosen).collect()),
        HirKind::Repetition(repetition) => {
            let mut loose = repetition.clone();
            if repetition.max.is_some_and(|max| max > SHORT_REPETITION) {
                loose.min = repetition.min.min(1);
                loose.max = None;
            }
            loose.sub = Box::new(loosen(&repetition.sub));
            Hir::repetition(loose)
        }
        HirKind::Class(Class::Unicode(class)) if class.ranges().len() > LARGE_CLASS => Hir::dot(Dot::AnyChar),
        _ => hir.clone(),
    }
}

/// A guess at the compiled size in bytes, from above: the constants are what `regex` 1.13 needs for a
/// thousand of each in a row.
fn size(ast: &Ast, text: &str) -> usize {
    let all = |asts: &[Ast]| asts.iter().map(|ast| size(ast, text)).fold(0, usize::saturating_add);
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
            size(&repetition.ast, text).saturating_mul(times.max(1) as usize)
        }
        Ast::Group(group) => size(&group.ast, text),
        Ast::Concat(concat) => all(&concat.asts),
        Ast::Alternation(alternation) => all(&alternation.asts),
        Ast::ClassBracketed(class) => {
            let inside = text.get(class.span.start.offset..class.span.end.offset).unwrap_or("");
            let large = ["\\w", "\\W", "\\p", "\\P", "[:"].iter().any(|part| inside.contains(part));
            if large { 54 << 10 } else { 2 << 10 }
        }
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

/// The primary subtag of a language tag, for comparing: `en` of `en-GB`.
pub(super) fn primary_subtag(lang: &str) -> &str {
    lang.split(['-', '_']).next().unwrap_or(lang)
}

/// Short texts, as keys (see [`super::fold::key`]).
pub(super) type Texts = Vec<String>;

/// What every line that a regex matches holds.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Needle {
    /// At its first letter or digit the line's key goes on with one of these.
    Start(Texts),
    /// The line's key holds one of these somewhere.
    Inside(Texts),
    /// Nothing that could be looked for.
    Unknown,
}

impl LazyRegex {
    /// The regex as if it told upper case from lower: keys make up for that, and reading it is many
    /// times cheaper than with the classes that case folding makes of every letter.
    fn hir(&self) -> Option<Hir> {
        let ast = ParserBuilder::new().nest_limit(MAX_NESTING).build().parse(&self.text).ok()?;
        translate(&self.text, &ast).ok()
    }

    /// The literals to look for.
    pub(super) fn needle(&self) -> Needle {
        let Some(hir) = self.hir() else { return Needle::Unknown };
        let mut parts = vec![];
        flatten(&hir, &mut parts);
        if matches!(parts.first().map(|part| part.kind()), Some(HirKind::Look(Look::Start))) {
            let skipped = parts.iter().take_while(|part| is_skipped(part)).count();
            let texts = prefix_of_all(parts[skipped..].iter().copied()).texts;
            let texts = distinct(texts.iter().map(|text| from_first_letter(text).to_owned()).collect());
            if texts.iter().all(|text| !text.is_empty()) {
                return Needle::Start(texts);
            }
        }
        match best(exact_runs(&parts)) {
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

fn translate(text: &str, ast: &Ast) -> Result<Hir, regex_syntax::hir::Error> {
    TranslatorBuilder::new().build().translate(text, ast)
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

fn lightest(texts: &[String]) -> usize {
    texts.iter().map(|text| weight(text)).min().unwrap_or(0)
}

/// The texts that are rarest.
fn best(runs: Vec<Texts>) -> Option<Texts> {
    runs.into_iter().max_by_key(|texts| (lightest(texts), usize::MAX - texts.len()))
}

fn distinct(mut texts: Texts) -> Texts {
    texts.sort_unstable();
    texts.dedup();
    texts
}

/// No text: what is sure of a part of which nothing is known.
fn nothing() -> Texts {
    vec![String::new()]
}

fn flatten<'a>(hir: &'a Hir, parts: &mut Vec<&'a Hir>) {
    match hir.kind() {
        HirKind::Capture(capture) => flatten(&capture.sub, parts),
        HirKind::Concat(concat) => concat.iter().for_each(|part| flatten(part, parts)),
        _ => parts.push(hir),
    }
}

/// Whether all that `hir` can match lies before a line's first letter or digit.
fn is_skipped(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => true,
        HirKind::Literal(literal) => {
            std::str::from_utf8(&literal.0).is_ok_and(|text| from_first_letter(text).is_empty())
        }
        HirKind::Class(Class::Unicode(class)) => {
            let mut letters = letters_and_digits().clone();
            letters.intersect(class);
            letters.ranges().is_empty()
        }
        HirKind::Class(Class::Bytes(_)) => false,
        HirKind::Repetition(repetition) => is_skipped(&repetition.sub),
        HirKind::Capture(capture) => is_skipped(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().all(is_skipped),
    }
}

/// Texts with which every match of a part of a regex starts.
struct Prefix {
    texts: Texts,
    /// Whether nothing can follow them within the part, unless they are cut at [`MAX_TEXT`].
    exact: bool,
}

impl Prefix {
    fn unknown() -> Self {
        Self { texts: nothing(), exact: false }
    }
}

fn prefix(hir: &Hir) -> Prefix {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Prefix { texts: nothing(), exact: true },
        HirKind::Literal(literal) => match std::str::from_utf8(&literal.0) {
            Ok(text) => Prefix { texts: vec![cut(key(text))], exact: true },
            Err(_) => Prefix::unknown(),
        },
        HirKind::Class(Class::Unicode(class)) => {
            let size: usize = class.ranges().iter().map(|range| range.len()).sum();
            if size > MAX_CLASS {
                return Prefix::unknown();
            }
            let chars = class.ranges().iter().flat_map(|range| range.start()..=range.end());
            let texts = distinct(chars.map(|c| key(c.encode_utf8(&mut [0; 4]))).collect());
            Prefix { texts, exact: true }
        }
        HirKind::Class(Class::Bytes(_)) => Prefix::unknown(),
        HirKind::Capture(capture) => prefix(&capture.sub),
        HirKind::Repetition(repetition) => {
            let once = repetition.max == Some(1);
            let mut inner = prefix(&repetition.sub);
            match repetition.min {
                0 if once && inner.exact => inner.texts.push(String::new()),
                0 => return Prefix::unknown(),
                _ => inner.exact &= once,
            }
            inner
        }
        HirKind::Concat(parts) => prefix_of_all(parts),
        HirKind::Alternation(parts) => {
            let mut all = Prefix { texts: vec![], exact: true };
            for part in parts {
                let Prefix { mut texts, exact } = prefix(part);
                all.texts.append(&mut texts);
                all.exact &= exact;
            }
            all.texts = distinct(all.texts);
            if all.texts.len() > MAX_LITERALS { Prefix::unknown() } else { all }
        }
    }
}

/// The prefix of parts that follow each other.
fn prefix_of_all<'a>(parts: impl IntoIterator<Item = &'a Hir>) -> Prefix {
    let mut all = Prefix { texts: nothing(), exact: true };
    for part in parts {
        let next = prefix(part);
        match cross(&all.texts, &next.texts) {
            Some(texts) => all = Prefix { texts, exact: next.exact },
            None => all.exact = false,
        }
        if !all.exact {
            break;
        }
    }
    all
}

/// The stretches that match few texts, from left to right: every match holds one of each.
fn exact_runs(parts: &[&Hir]) -> Vec<Texts> {
    let mut runs = vec![];
    let mut run = nothing();
    for part in parts {
        let Prefix { texts, exact } = prefix(part);
        if exact {
            match cross(&run, &texts) {
                Some(longer) => run = longer,
                None => runs.push(std::mem::replace(&mut run, texts)),
            }
        } else {
            runs.push(std::mem::replace(&mut run, nothing()));
            runs.extend(required(part));
        }
    }
    runs.push(run);
    runs
}

/// Texts of which every match of `hir` holds one.
fn required(hir: &Hir) -> Option<Texts> {
    match hir.kind() {
        HirKind::Repetition(repetition) if repetition.min > 0 => required(&repetition.sub),
        HirKind::Repetition(_) | HirKind::Class(_) => None,
        HirKind::Alternation(parts) => {
            let mut all = vec![];
            for part in parts {
                all.append(&mut required(part)?);
            }
            let all = distinct(all);
            (all.len() <= MAX_LITERALS).then_some(all)
        }
        _ => {
            let mut parts = vec![];
            flatten(hir, &mut parts);
            best(exact_runs(&parts))
        }
    }
}

/// Whether a text may have been cut, so that nothing can be added to it.
fn is_full(text: &str) -> bool {
    text.len() + char::MAX_LEN_UTF8 > MAX_TEXT
}

/// Each head with each tail; a full head stands for all its tails.
fn cross(heads: &[String], tails: &[String]) -> Option<Texts> {
    let open = heads.iter().filter(|head| !is_full(head)).count();
    if heads.len() + open * (tails.len() - 1) > MAX_CROSS {
        return None;
    }
    let mut texts = vec![];
    for head in heads {
        if is_full(head) {
            texts.push(head.clone());
        } else {
            texts.extend(tails.iter().map(|tail| cut(format!("{head}{tail}"))));
        }
    }
    Some(distinct(texts))
}

/// The start of a text, [`MAX_TEXT`] bytes or a little less.
fn cut(mut text: String) -> String {
    if text.len() > MAX_TEXT {
        text.truncate(text.floor_char_boundary(MAX_TEXT));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needle(pattern: &str) -> String {
        let show = |texts: Texts| texts.join("|");
        match LazyRegex::for_folded(pattern).unwrap().needle() {
            Needle::Start(texts) => format!("^{}", show(texts)),
            Needle::Inside(texts) => show(texts),
            Needle::Unknown => "?".into(),
        }
    }

    #[test]
    fn finds_the_literals_a_line_must_hold() {
        for (pattern, expected) in [
            ("^Read more: ", "^read more: "),
            ("^(Weiterlesen|Mehr dazu lesen Sie)\\b", "^mehr dazu lesen |weiterlesen"),
            ("^Sign up (for|to) .{0,40}\\b(newsletter|briefing)\\b", "^sign up for |sign up to "),
            ("^.{0,40}\\bnewsletters?\\b", "newsletter|newsletters"),
            ("^\\d+ comments$", " comments"),
            ("^\\W*Подробнее", "^подробне"),
            ("^- ?[^\\p{L}\\p{N}]*\"?(foo|bar.*) x", "^bar|foo"),
            ("^[\\W_]*(?:\\d+ )?foo", "foo"),
            ("devamını oku", "devamini oku"),
            ("^(Foto|Bild): \\w+", "^bild: |foto: "),
            ("^(?:foo.*|b.*)$", "^b|foo"),
            ("(?:foo.*|b.*)$", "?"),
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
        let offset = |pattern: &str| LazyRegex::for_folded(pattern).map(|_| ()).map_err(|error| error.offset);
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
        let anchored = |pattern: &str| LazyRegex::for_folded(pattern).unwrap().is_anchored();
        assert!(anchored("^a") && anchored("b$") && anchored("^(a|b)") && anchored("(^a|^b)"));
        assert!(!anchored("a") && !anchored("(^a|b)"));
    }
}
