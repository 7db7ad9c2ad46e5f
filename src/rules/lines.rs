//! Line patterns at work: one search for the literals of all patterns picks the few whose regex runs.

use std::cell::OnceCell;
use std::sync::Arc;

use smallvec::SmallVec;

use super::charset::CharSet;
use super::class::Classes;
use super::fold::Folded;
use super::matcher::Matcher;
use super::needle::{Needle, most_letters};
use super::pattern::{At, HEAD, LinePattern, MAX_CHARS, TAIL, primary_subtag};
use super::search::{InsideSearch, StartSearch};
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
    /// Whether the pattern looks at lines wherever they stand. If it does, a line that hit it as the first and last
    /// of its text hits it everywhere.
    pub anywhere: bool,
}

/// A line as patterns see it; made once, then shown to the engines of all files.
#[derive(Debug)]
pub(super) struct FoldedLine<'a> {
    folded: Folded<'a>,
    /// Its characters, once a pattern is measured by them.
    chars: OnceCell<CharSet>,
    last: CharSet,
    head: bool,
    tail: bool,
    lang: u64,
}

impl<'a> FoldedLine<'a> {
    /// Folds a line; `None` if it is empty or longer than `longest` characters.
    pub(super) fn new(line: &Line<'a>, longest: u32) -> Option<Self> {
        // A character has at most four bytes, so most long lines are told without being read.
        if line.text.len() / 4 > longest as usize {
            return None;
        }
        let folded = Folded::new(line.text);
        (folded.chars() > 0 && folded.chars() <= longest as usize).then(|| Self {
            last: CharSet::last_of_key(folded.key()),
            folded,
            chars: OnceCell::new(),
            head: line.from_head < HEAD,
            tail: line.from_tail < TAIL,
            lang: line.lang.map_or(ANY_LANG, lang_number),
        })
    }

    /// The line's text, folded.
    pub(super) fn text(&self) -> &str {
        self.folded.text()
    }

    fn suits(&self, gate: &Gate) -> bool {
        let stands = match gate.at {
            At::Any => true,
            At::Head => self.head,
            At::Tail => self.tail,
        };
        stands
            && (gate.lang == ANY_LANG || self.lang == ANY_LANG || gate.lang == self.lang)
            && self.folded.chars() <= gate.max_chars
            && self.folded.letters() <= gate.max_letters
            && gate.last.meets(self.last)
            && self.chars.get_or_init(|| CharSet::of_key(self.folded.key())).has(gate.needed)
    }
}

/// What a line must be for a pattern to match it, apart from its text: most candidates are told by this alone.
#[derive(Debug)]
struct Gate {
    at: At,
    lang: u64,
    max_chars: usize,
    max_letters: usize,
    needed: CharSet,
    last: CharSet,
}

/// The language of a line or of a pattern that is not known or does not matter.
const ANY_LANG: u64 = 0;

/// A language tag's primary subtag, of which there is none longer than eight letters, as a number.
fn lang_number(tag: &str) -> u64 {
    primary_subtag(tag).bytes().fold(0, |number, byte| number << 8 | u64::from(byte.to_ascii_lowercase()))
}

/// Patterns with the searches for their literals.
#[derive(Debug, Default)]
pub(super) struct LineEngine {
    patterns: Vec<Arc<LinePattern>>,
    gates: Vec<Gate>,
    /// What tells most lines without the regex.
    matchers: Vec<Option<Matcher>>,
    /// For lines of up to [`MAX_CHARS`] characters.
    all: Searches,
    /// For longer lines, that is for half of the text, which few patterns look at.
    long: Searches,
    longest: u32,
}

/// Numbers of patterns: seldom more than fit in place.
pub(super) type Candidates = SmallVec<[u32; 32]>;

/// What finds the patterns, by their numbers, that may match a line.
#[derive(Debug, Default)]
struct Searches {
    start: StartSearch,
    inside: InsideSearch,
    /// Patterns without a literal.
    always: Vec<u32>,
}

impl Searches {
    fn new<'a>(needles: impl Iterator<Item = (u32, &'a Needle)>) -> Self {
        let (mut start, mut inside, mut always) = (vec![], vec![], vec![]);
        for (index, needle) in needles {
            match needle {
                Needle::Start(openings) => start.extend(openings.iter().map(|&opening| (opening, index))),
                Needle::Inside(openings) => inside.extend(openings.iter().map(|&opening| (opening, index))),
                Needle::Unknown => always.push(index),
            }
        }
        Self { start: StartSearch::new(start), inside: InsideSearch::new(inside), always }
    }

    /// The patterns in their order.
    fn candidates(&self, line: &Folded<'_>) -> Candidates {
        let mut candidates = Candidates::new();
        candidates.extend_from_slice(&self.always);
        self.start.find(line.key_from_first_letter(), &mut candidates);
        self.inside.find(line.key(), line.padded_key(), &mut candidates);
        candidates.sort_unstable();
        candidates.dedup();
        candidates
    }
}

impl LineEngine {
    pub(super) fn new(patterns: Vec<Arc<LinePattern>>) -> Self {
        let (mut needles, mut gates, mut matchers) = (vec![], vec![], vec![]);
        let mut classes = Classes::default();
        for pattern in &patterns {
            let hir = pattern.regex.hir();
            let has_flags = pattern.regex.has_flags();
            matchers.push(hir.as_ref().and_then(|hir| Matcher::new(hir, has_flags, &mut classes)));
            needles.push(hir.as_ref().map_or(Needle::Unknown, Needle::of));
            gates.push(Gate {
                at: pattern.at,
                lang: pattern.lang.as_deref().map_or(ANY_LANG, lang_number),
                max_chars: pattern.max_chars as usize,
                max_letters: hir.as_ref().and_then(most_letters).unwrap_or(usize::MAX),
                needed: hir.as_ref().map_or(CharSet::NONE, CharSet::needed_by),
                last: hir.as_ref().map_or(CharSet::ALL, CharSet::last_of),
            });
        }
        let numbered = || (0..).zip(&needles);
        let is_long = |&(index, _): &(u32, &Needle)| patterns[index as usize].max_chars > MAX_CHARS;
        Self {
            longest: patterns.iter().map(|pattern| pattern.max_chars).max().unwrap_or(0),
            all: Searches::new(numbered()),
            long: Searches::new(numbered().filter(is_long)),
            gates,
            matchers,
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
        let is_long = line.folded.chars() > MAX_CHARS as usize;
        let searches = if is_long { &self.long } else { &self.all };
        let candidates = searches.candidates(&line.folded);
        let found = candidates.iter().map(|&index| index as usize).find(|&index| {
            line.suits(&self.gates[index])
                && allowed(&self.patterns[index])
                && self.is_match(index, &line.folded)
        });
        found.map(|index| &self.patterns[index])
    }

    /// Whether a pattern, by its number, matches a line.
    fn is_match(&self, index: usize, line: &Folded<'_>) -> bool {
        let by_program = self.matchers[index].as_ref().and_then(|matcher| matcher.is_match(line));
        by_program.unwrap_or_else(|| self.patterns[index].regex.is_match(line.text()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::rules::pattern::LazyRegex;

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
                regex: LazyRegex::for_folded(text).unwrap(),
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
                r"(?-i:\p{Lu}\w*)",
                "(?-i:[A-ZÉ]|more|и)",
                r"[^\p{L}]",
                r"\s?",
                r"\B",
                r"\S",
                "[^s]",
                r"[^\d ]",
                ".{2,14}",
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
                patterns.iter().map(String::as_str).filter(|pattern| LazyRegex::for_folded(pattern).is_ok()).collect();
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
