//! One pattern for lines of text: a regex, and the conditions on the line.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use regex::{Regex, RegexBuilder};
use regex_syntax::ast::parse::ParserBuilder;
use regex_syntax::ast::{Ast, ClassPerlKind, Flag, GroupKind, RepetitionKind, RepetitionRange};
use regex_syntax::hir::translate::TranslatorBuilder;
use regex_syntax::hir::{Hir, Look};

use super::fold::fold_pattern;
use super::sound::is_surely_sound;
use crate::label::{Address, Kind};

/// Characters of the longest line a pattern looks at unless it says otherwise; 92 % of the boilerplate
/// lines of 437 news pages are shorter.
pub(super) const MAX_CHARS: u32 = 240;

/// Bytes of the longest pattern: some 300 alternatives.
pub(super) const MAX_PATTERN: usize = 4 << 10;

/// Bytes of the largest compiled regex.
pub(super) const MAX_COMPILED: usize = 4 << 20;

/// Bytes of a regex's cache of states, which each thread holds. Lines are short and few regexes see one, so
/// that a small cache costs no time; a thousand large ones cost more memory than everything else together.
const DFA_CACHE: usize = 64 << 10;

/// Nesting of groups in a pattern.
const MAX_NESTING: u32 = 32;

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
    /// A regex that is known to be sound, as those of the shipped rules, which were checked when they were tested.
    pub(super) fn unchecked(text: &str) -> Self {
        Self { text: text.into(), compiled: OnceLock::new() }
    }

    /// Checks a regex; compiles it only where it could be too large.
    pub(super) fn new(text: &str) -> Result<Self, BadRegex> {
        if is_surely_sound(text) { Ok(Self::unchecked(text)) } else { Self::parsed(text) }
    }

    /// The same for every regex: takes it apart.
    pub(super) fn parsed(text: &str) -> Result<Self, BadRegex> {
        let ast = ParserBuilder::new().nest_limit(MAX_NESTING).build().parse(text).map_err(|error| {
            BadRegex { message: error.kind().to_string(), offset: error.span().start.offset }
        })?;
        let lazy = Self { text: text.into(), compiled: OnceLock::new() };
        // What the syntax does not show: names of Unicode classes, and flags that leave UTF-8.
        if text.contains("\\p") || text.contains("\\P") || text.contains("-u") {
            TranslatorBuilder::new().build().translate(text, &ast).map_err(|error| BadRegex {
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

    /// The pattern as it is matched, folded where that applies.
    pub(super) fn text(&self) -> &str {
        &self.text
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

    #[cfg(test)]
    pub(super) fn is_compiled(&self) -> bool {
        self.compiled.get().is_some()
    }

    /// Whether it matches somewhere in `text`.
    pub(super) fn is_match(&self, text: &str) -> bool {
        self.get().is_some_and(|regex| regex.is_match(text))
    }

    /// The regex as if it told upper case from lower: keys make up for that, and reading it is many
    /// times cheaper than with the classes that case folding makes of every letter. Where case counts for the regex
    /// too, there is a capture with the index [`CASE_COUNTS`].
    pub(super) fn hir(&self) -> Option<Hir> {
        let mut ast = ParserBuilder::new().nest_limit(MAX_NESTING).build().parse(&self.text).ok()?;
        if self.text.contains(CASE_GROUP) {
            mark_case(&mut ast);
        }
        TranslatorBuilder::new().build().translate(&self.text, &ast).ok()
    }

    /// Whether the regex has flags other than those of groups in which case counts, or names of groups.
    pub(super) fn has_flags(&self) -> bool {
        self.text.match_indices("(?").any(|(at, _)| {
            let (before, group) = self.text.split_at(at);
            let is_escaped = before.bytes().rev().take_while(|&byte| byte == b'\\').count() % 2 == 1;
            !is_escaped && !group.starts_with("(?:") && !group.starts_with(CASE_GROUP)
        })
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

/// Compiled sizes in bytes, from above: what `regex` 1.13 needs for a thousand of each in a row. Of a class with
/// characters of all scripts:
pub(super) const LARGE_CLASS: usize = 54 << 10;

/// Of a class in brackets that has no such class in it.
pub(super) const BRACKETS: usize = 2 << 10;

/// Of the wildcard, and of all that is smaller.
pub(super) const OTHER_PART: usize = 1 << 10;

/// How a group begins in which case counts.
const CASE_GROUP: &str = "(?-i:";

/// The index of the captures that [`LazyRegex::hir`] makes of such groups.
pub(super) const CASE_COUNTS: u32 = u32::MAX;

/// Makes captures of the groups in which case counts (and that have no other flag), as groups leave no trace else. Nesting is bounded by the parser.
fn mark_case(ast: &mut Ast) {
    match ast {
        Ast::Group(group) => {
            mark_case(&mut group.ast);
            if let GroupKind::NonCapturing(flags) = &group.kind
                && flags.flag_state(Flag::CaseInsensitive) == Some(false)
                && flags.items.len() == 2
            {
                group.kind = GroupKind::CaptureIndex(CASE_COUNTS);
            }
        }
        Ast::Repetition(repetition) => mark_case(&mut repetition.ast),
        Ast::Concat(concat) => concat.asts.iter_mut().for_each(mark_case),
        Ast::Alternation(alternation) => alternation.asts.iter_mut().for_each(mark_case),
        _ => {}
    }
}

/// A guess at the compiled size in bytes, from above.
fn size(ast: &Ast, text: &str) -> usize {
    let all = |asts: &[Ast]| asts.iter().map(|ast| size(ast, text)).fold(0, usize::saturating_add);
    match ast {
        Ast::Literal(_) => 128,
        Ast::ClassPerl(class) if class.kind == ClassPerlKind::Space => OTHER_PART,
        Ast::ClassPerl(class) if class.kind == ClassPerlKind::Digit => 6 << 10,
        Ast::ClassPerl(_) | Ast::ClassUnicode(_) => LARGE_CLASS,
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
            if large { LARGE_CLASS } else { BRACKETS }
        }
        _ => OTHER_PART,
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

#[cfg(test)]
mod tests {
    use super::*;

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
    fn knows_flags() {
        let has_flags = |pattern: &str| LazyRegex::for_folded(pattern).unwrap().has_flags();
        assert!(["(?i)a", "a(?m:^b)", "(?-u:a)", r"\\(?s:a)", "(?P<n>a)"].into_iter().all(has_flags));
        assert!(!["(?:a)", "(?-i:a)", r"\(?a\)?", r"\\\(?s:a", "(a)"].into_iter().any(has_flags));
    }

    #[test]
    fn knows_anchors() {
        let anchored = |pattern: &str| LazyRegex::for_folded(pattern).unwrap().is_anchored();
        assert!(anchored("^a") && anchored("b$") && anchored("^(a|b)") && anchored("(^a|^b)"));
        assert!(!anchored("a") && !anchored("(^a|b)"));
    }
}
