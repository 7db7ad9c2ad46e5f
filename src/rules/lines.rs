//! Line patterns at work: one search for the literals of all patterns picks the few whose regex runs.

use std::sync::Arc;

use aho_corasick::automaton::OverlappingState;
use aho_corasick::{AhoCorasick, Anchored, Input, StartKind};

use super::fold::{Folded, from_first_letter};
use super::pattern::{At, HEAD, LinePattern, Needle, TAIL, primary_subtag};
use crate::label::{Address, Kind};

/// A finished line of text and where it stands.
#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    /// The line.
    pub text: &'a str,
    /// Lines before it.
    pub from_head: usize,
    /// Lines after it.
    pub from_tail: usize,
    /// Language of the document (`en`, `en-GB`), if known. Patterns for another language are left out.
    pub lang: Option<&'a str>,
}

/// Why a line is to be dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineHit {
    /// What the line is.
    pub kind: Kind,
    /// The pattern.
    pub rule: Arc<Address>,
}

/// A line as patterns see it; made once, then shown to the engines of all files.
#[derive(Debug)]
pub(super) struct FoldedLine<'a> {
    folded: Folded,
    head: bool,
    tail: bool,
    lang: Option<&'a str>,
}

impl<'a> FoldedLine<'a> {
    /// Folds a line; `None` if it is empty or longer than `longest` characters.
    pub(super) fn new(line: &Line<'a>, longest: u32) -> Option<Self> {
        // A character has at most four bytes, so most long lines are told without being read.
        if line.text.len() / 4 > longest as usize {
            return None;
        }
        let folded = Folded::new(line.text);
        (folded.chars > 0 && folded.chars <= longest as usize).then(|| Self {
            folded,
            head: line.from_head < HEAD,
            tail: line.from_tail < TAIL,
            lang: line.lang.map(primary_subtag),
        })
    }

    /// The line's text, folded.
    pub(super) fn text(&self) -> &str {
        &self.folded.text
    }

    fn suits(&self, pattern: &LinePattern) -> bool {
        let stands = match pattern.at {
            At::Any => true,
            At::Head => self.head,
            At::Tail => self.tail,
        };
        let speaks = match (&pattern.lang, self.lang) {
            (Some(wanted), Some(lang)) => wanted.eq_ignore_ascii_case(lang),
            _ => true,
        };
        stands && speaks && self.folded.chars <= pattern.max_chars as usize
    }
}

/// Patterns with the search for their literals.
#[derive(Debug, Default)]
pub(super) struct LineEngine {
    patterns: Vec<Arc<LinePattern>>,
    start: Option<Search>,
    inside: Option<Search>,
    /// Patterns without a literal.
    always: Vec<u32>,
    longest: u32,
}

/// A search for literals and, for each, the patterns it stands for.
#[derive(Debug)]
struct Search {
    automaton: AhoCorasick,
    owners: Vec<u32>,
}

impl Search {
    fn new(literals: Vec<(String, u32)>, start: StartKind) -> Option<Self> {
        if literals.is_empty() {
            return None;
        }
        let (texts, owners): (Vec<_>, Vec<_>) = literals.into_iter().unzip();
        // Fails only beyond two thousand million states, far over the limits on files.
        let automaton = AhoCorasick::builder().start_kind(start).build(texts).ok()?;
        Some(Self { automaton, owners })
    }

    fn find(&self, input: &Input<'_>, found: &mut Vec<u32>) {
        let mut state = OverlappingState::start();
        // An error would mean an automaton of another kind than `new` builds.
        while self.automaton.try_find_overlapping(input.clone(), &mut state).is_ok()
            && let Some(literal) = state.get_match()
        {
            found.push(self.owners[literal.pattern().as_usize()]);
        }
    }
}

impl LineEngine {
    pub(super) fn new(patterns: Vec<Arc<LinePattern>>) -> Self {
        let (mut start, mut inside, mut always) = (vec![], vec![], vec![]);
        for (index, pattern) in (0..).zip(&patterns) {
            match pattern.regex.needle() {
                Needle::Start(texts) => start.extend(texts.into_iter().map(|text| (text, index))),
                Needle::Inside(texts) => inside.extend(texts.into_iter().map(|text| (text, index))),
                Needle::Unknown => always.push(index),
            }
        }
        Self {
            longest: patterns.iter().map(|pattern| pattern.max_chars).max().unwrap_or(0),
            start: Search::new(start, StartKind::Anchored),
            inside: Search::new(inside, StartKind::Unanchored),
            always,
            patterns,
        }
    }

    /// Characters of the longest line that any pattern looks at.
    pub(super) fn longest(&self) -> u32 {
        self.longest
    }

    /// The first pattern, in the order of the files, that matches the line.
    pub(super) fn find(
        &self,
        line: &FoldedLine<'_>,
        allowed: impl Fn(&LinePattern) -> bool,
    ) -> Option<&Arc<LinePattern>> {
        let mut candidates = self.always.clone();
        if let Some(search) = &self.start {
            let key = from_first_letter(&line.folded.key);
            search.find(&Input::new(key).anchored(Anchored::Yes), &mut candidates);
        }
        if let Some(search) = &self.inside {
            search.find(&Input::new(&line.folded.key), &mut candidates);
        }
        candidates.sort_unstable();
        candidates.dedup();
        candidates
            .iter()
            .map(|&index| &self.patterns[index as usize])
            .find(|pattern| line.suits(pattern) && allowed(pattern) && pattern.regex.is_match(line.text()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::rules::pattern::{MAX_CHARS, line_regex};

    fn engine(patterns: &[&str]) -> LineEngine {
        let pattern = |(number, text): (usize, &&str)| {
            let address =
                Address { file: "f".into(), line: 1 + number as u32, path: (*text).into(), site: false };
            Arc::new(LinePattern {
                kind: Kind::Other,
                at: At::Any,
                max_chars: MAX_CHARS,
                lang: None,
                address: Arc::new(address),
                regex: line_regex(text).unwrap(),
            })
        };
        LineEngine::new(patterns.iter().enumerate().map(pattern).collect())
    }

    fn found(engine: &LineEngine, text: &str) -> Option<u32> {
        let line = FoldedLine::new(&Line { text, from_head: 0, from_tail: 0, lang: None }, engine.longest())?;
        engine.find(&line, |_| true).map(|pattern| pattern.address.line)
    }

    #[test]
    fn finds_the_first_pattern_that_matches() {
        let engine = engine(&[
            "^share on (facebook|x)\\W*$",
            "\\bnewsletter\\b",
            "^\\d+$",
            "^share",
            "^(?:teilen|drucken)$",
        ]);
        for (line, expected) in [
            ("Share on Facebook", Some(1)),
            ("SHARE ON X!", Some(1)),
            ("Share this", Some(4)),
            ("Our newsletter", Some(2)),
            ("17", Some(3)),
            ("Drucken", Some(5)),
            ("Don't share this", None),
            ("", None),
        ] {
            assert_eq!(found(&engine, line), expected, "{line}");
        }
    }

    /// Pieces of patterns and of lines, so that random ones meet.
    const PIECES: &[&str] = &[
        "share",
        "Share",
        "more",
        "ПОДРОБНЕЕ",
        "подробнее",
        "straße",
        "STRASSE",
        "ı",
        "İ",
        "I",
        "i",
        "s",
        "ſ",
        "k",
        "K",
        "ς",
        "Σ",
        " ",
        "  ",
        "\u{a0}",
        "-",
        "\u{2013}",
        "\u{201c}",
        "'",
        "1",
        "2026",
        ".",
        "»",
        "#",
        "é",
        "É",
        "\u{ad}",
    ];

    fn piece() -> impl Strategy<Value = String> {
        prop::sample::select(PIECES).prop_map(str::to_owned)
    }

    fn pattern() -> impl Strategy<Value = String> {
        let leaf = prop_oneof![
            piece().prop_map(|piece| regex::escape(&piece)),
            prop::sample::select(vec![
                "^",
                "$",
                r"\b",
                r"\W*",
                r"\d+",
                r"\w",
                ".",
                ".{0,3}",
                "[^\\p{L}]*",
                "[ks]",
                "[\u{2014}-]",
                r"\p{Lu}",
                "(?-i:S)",
                r"\s?",
            ])
            .prop_map(str::to_owned),
        ];
        leaf.prop_recursive(3, 12, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| parts.concat()),
                prop::collection::vec(inner.clone(), 1..4)
                    .prop_map(|parts| format!("(?:{})", parts.join("|"))),
                (inner, prop::sample::select(vec!["?", "*", "+", "{2}", "{0,2}"]))
                    .prop_map(|(part, times)| format!("(?:{part}){times}")),
            ]
        })
    }

    proptest! {
        /// The literal search changes nothing but the time it takes.
        #[test]
        fn the_engine_finds_what_every_regex_alone_finds(
            starts in prop::collection::vec(("[\\^]?", pattern(), "[$]?"), 1..12),
            lines in prop::collection::vec(prop::collection::vec(piece(), 0..6), 1..12),
        ) {
            let patterns: Vec<String> = starts.into_iter().map(|(start, body, end)| format!("{start}{body}{end}")).collect();
            let patterns: Vec<&str> =
                patterns.iter().map(String::as_str).filter(|pattern| line_regex(pattern).is_ok()).collect();
            let engine = engine(&patterns);
            for line in lines {
                let line = line.concat();
                let folded = crate::rules::fold::fold(&line);
                let alone = patterns.iter().position(|pattern| {
                    let pattern = crate::rules::fold::fold_pattern(pattern);
                    let regex = regex::RegexBuilder::new(&pattern).case_insensitive(true).build();
                    !folded.is_empty() && regex.is_ok_and(|regex| regex.is_match(&folded))
                });
                prop_assert_eq!(found(&engine, &line), alone.map(|index| index as u32 + 1), "{:?} {:?}", line, patterns);
            }
        }
    }
}
