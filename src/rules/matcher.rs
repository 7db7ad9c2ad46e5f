//! Tells whether a line matches a pattern: a small program that is run over the line's key, and over its text where
//! case counts, trying one way after the other.
//!
//! Nearly all lines that hold a pattern's literal are still none of its own, and differ from it a few bytes further on.
//! An automaton that is made deterministic tells that no faster, and its states, made on the way for each thread,
//! fill the caches; a program takes some hundred bytes, is made with the pattern and shared by all threads. Trying
//! can take long for a few lines; there the program gives up, and the regex is asked.
//!
//! A program tells what may come first on each of its ways, so that it seldom takes one in vain (the *first* sets of
//! predictive parsers: Lewis and Stearns, Syntax-Directed Transduction, J. ACM 15, 1968).

use rustc_hash::FxHashSet;
use smallvec::SmallVec;

use super::charset::CharSet;
use super::class::CharClass;
use super::fold::Folded;

/// Steps that a program takes over a line before it gives up.
const MAX_TRIED: usize = 20_000;

/// Steps after which a program notes where it has been. Nearly all lines are told sooner, but in tests.
const PATIENCE: usize = if cfg!(test) { 8 } else { 400 };

/// Bytes of characters of a class that count as one more step.
const BYTES_A_STEP: usize = 16;

/// What a step asks of the line, and where it goes on if that holds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    pub(super) ask: Ask,
    pub(super) next: u16,
    /// The characters with which a match can go on after the step.
    pub(super) after: CharSet,
}

/// What a step asks of the line.
#[derive(Debug, Clone, Copy)]
pub(super) enum Ask {
    /// Nothing: the line matches.
    Nothing,
    /// Bytes from one to another of the program's texts.
    Text { from: u16, to: u16, case_counts: bool },
    /// Characters of a class, so many at least and at most. With some the match may go on, where it `gives_back`.
    Chars { class: u16, least: u32, most: u32, gives_back: bool, case_counts: bool },
    /// One of the program's ways, from one to another, instead of the next step.
    Ways(u16, u16),
    /// The line's start.
    Start,
    /// The line's end.
    End,
    /// That a word begins or ends here, or that none does.
    Boundary(bool),
}

/// A way through the program.
#[derive(Debug, Clone, Copy)]
pub(super) struct Way {
    /// The characters with which it can go on.
    pub(super) first: CharSet,
    /// Those with which the ways after it can go on.
    pub(super) later: CharSet,
    pub(super) step: u16,
}

/// A pattern's program; see the module. `super::program` makes them.
#[derive(Debug)]
pub(super) struct Matcher {
    pub(super) steps: Box<[Step]>,
    pub(super) ways: Box<[Way]>,
    pub(super) texts: Box<[u8]>,
    pub(super) classes: Box<[CharClass]>,
    /// Where it begins.
    pub(super) start: Way,
    /// Whether every match begins where the line does.
    pub(super) is_anchored: bool,
    /// Whether the regex matches every line that the program matches. It matches no other.
    pub(super) is_exact: bool,
}

/// What is known of a line while a program is run over it.
#[derive(Debug, Default)]
struct Trial {
    /// Steps taken.
    tried: usize,
    left: SmallVec<[Left; 16]>,
    /// Steps and bytes of the line: once the program has been there in vain, it need not go there again (as memory keeps
    /// backtracking linear in Ford, Packrat Parsing, ICFP 2002). Empty while patience lasts.
    been: FxHashSet<(u16, usize)>,
}

impl Trial {
    /// Notes that so many steps more are taken; `None` if they are too many.
    fn count(&mut self, steps: usize) -> Option<()> {
        self.tried += steps;
        (self.tried <= MAX_TRIED).then_some(())
    }
}

/// Where other ways are left, to be tried when one has failed.
#[derive(Debug, Clone, Copy)]
struct Left {
    step: u16,
    at: usize,
    /// The way to try next, or the byte before which no characters of the class can be given back.
    rest: usize,
}

impl Matcher {
    /// Whether the regex matches a line; `None` if only the regex can tell.
    pub(super) fn is_match(&self, line: &Folded<'_>) -> Option<bool> {
        let key = line.key();
        let mut trial = Trial::default();
        let last = if self.is_anchored { 0 } else { key.len() };
        for at in 0..=last {
            let may_begin = self.start.first.meets(CharSet::at(key, at)) && is_boundary(key, at);
            if may_begin && self.run(line, at, &mut trial)? {
                return self.is_exact.then_some(true);
            }
        }
        Some(false)
    }

    /// Whether a match begins at a byte; `None` if that takes too long.
    fn run(&self, line: &Folded<'_>, mut at: usize, trial: &mut Trial) -> Option<bool> {
        let key = line.key();
        let read = |case_counts| if case_counts { Some(line.aligned_text()?.as_bytes()) } else { Some(key) };
        let mut number = self.start.step;
        let mut rest = None;
        loop {
            trial.count(1)?;
            let step = &self.steps[usize::from(number)];
            let next = match step.ask {
                _ if trial.tried > PATIENCE && rest.is_none() && !trial.been.insert((number, at)) => None,
                Ask::Nothing => return Some(true),
                Ask::Text { from, to, case_counts } => {
                    let text = &self.texts[usize::from(from)..usize::from(to)];
                    let is_here = read(case_counts)?[at..].starts_with(text);
                    at += text.len();
                    is_here.then_some(step.next)
                }
                Ask::Chars { class, least, most, gives_back, case_counts } => {
                    let span = match rest.take() {
                        None => self.classes[usize::from(class)].span(read(case_counts)?, at, least, most),
                        Some(low) => Some((low, before(key, at))),
                    };
                    if let Some((_, end)) = span {
                        trial.count(end.saturating_sub(at) / BYTES_A_STEP)?;
                    }
                    span.and_then(|(low, mut end)| {
                        while !step.after.meets(CharSet::at(key, end)) {
                            if end <= low || !gives_back {
                                return None;
                            }
                            end = before(key, end);
                        }
                        if gives_back && end > low {
                            trial.left.push(Left { step: number, at: end, rest: low });
                        }
                        at = end;
                        Some(step.next)
                    })
                }
                Ask::Ways(from, to) => {
                    let from = rest.take().unwrap_or(usize::from(from));
                    let to = usize::from(to);
                    let here = CharSet::at(key, at);
                    let found = self.ways[from..to].iter().position(|way| way.first.meets(here));
                    found.map(|found| {
                        let way = &self.ways[from + found];
                        if way.later.meets(here) {
                            trial.left.push(Left { step: number, at, rest: from + found + 1 });
                        }
                        way.step
                    })
                }
                Ask::Start => (at == 0).then_some(step.next),
                Ask::End => (at == key.len()).then_some(step.next),
                Ask::Boundary(wanted) => {
                    let was_word = at > 0 && CharClass::is_word_at(key, before(key, at));
                    let is_one = was_word != CharClass::is_word_at(key, at);
                    (is_one == wanted).then_some(step.next)
                }
            };
            number = match next {
                Some(next) => next,
                None => match trial.left.pop() {
                    Some(other) => {
                        at = other.at;
                        rest = Some(other.rest);
                        other.step
                    }
                    None => return Some(false),
                },
            };
        }
    }
}

fn is_boundary(key: &[u8], at: usize) -> bool {
    key.get(at).is_none_or(|byte| byte & 0xc0 != 0x80)
}

/// The byte where the character before another begins.
fn before(key: &[u8], at: usize) -> usize {
    let mut at = at.saturating_sub(1);
    while !is_boundary(key, at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::class::Classes;
    use crate::rules::pattern::LazyRegex;

    fn matcher(pattern: &str) -> Option<Matcher> {
        let regex = LazyRegex::for_folded(pattern).unwrap();
        Matcher::new(&regex.hir().unwrap(), regex.has_flags(), &mut Classes::default())
    }

    fn tell(pattern: &str, line: &str) -> Option<bool> {
        matcher(pattern).unwrap().is_match(&Folded::new(line))
    }

    #[test]
    fn tells_what_matches() {
        for (pattern, line, expected) in [
            ("^read more: ", "READ MORE: ferries", true),
            ("^read more: ", "Do read more: ferries", false),
            (r"^\d+ comments?$", "17 comments", true),
            (r"^\d+ comments?$", "17 comments more", false),
            (r"^\d+ comments?$", "๑๗ comments", true),
            (r"\bships?\b", "warships", false),
            (r"\bships?\b", "The \u{17f}hips sailed", true),
            (r"\bships?\b", "éships", false),
            (r"\bships?\b", "«ships»", true),
            (r"\Bships?\b", "warships", true),
            (r"^.{3,400}\(photo\)$", "ab (photo)", true),
            (r"^.{3,400}\(photo\)$", "(photo) ab", false),
            ("^.{3,400} photo$", "a photo", false),
            ("^(?:a|ab)(?:c|bcd)$", "abcd", true),
            ("^(?:a|ab)(?:c|bcd)$", "abc", true),
            ("^(?:a|ab)(?:c|bcd)$", "abcbcd", false),
            ("^(?:share |tweet |pin )+now$", "Tweet share pin now", true),
            ("^(?:share |tweet |pin )+now$", "now", false),
            ("^(?:share |tweet |pin ){2,3}now$", "share now", false),
            ("^(?:share |tweet |pin ){2,3}now$", "share pin pin now", true),
            ("^(?:share |tweet |pin ){2,3}now$", "share pin pin pin now", false),
            ("^(?:share ?){2,}$", "share", false),
            ("^(?:share ?){2,}$", "share shareshare", true),
            (r"^[[:punct:] «»]*(?:teilen|share)[[:punct:] …]*$", "» Teilen …", true),
            (r"^[[:punct:] «»]*(?:teilen|share)[[:punct:] …]*$", "» Teilen, …?x", false),
            (r"\w+@\w+\.de", "an é.redaktion@zeitung.de", true),
            (r"\w+@\w+\.de", "an @zeitung.de", false),
            (".*é$", "CAFÉ", true),
            ("[ks]ub", "\u{212a}ub", true),
            ("^[äöü]$", "Ä", true),
            ("^(?:ähnlich|like) this$", "Like this", true),
            (r"^[^()|]+\($", "ab(", true),
            (r"^[^()|]+\($", "a|b(", false),
            (r"^\S+ \W$", "Straße »", true),
            (r"^\S+ \W$", "Straße ß", false),
            ("a{0,2}$", "b", true),
            ("^$", "b", false),
        ] {
            assert_eq!(tell(pattern, line), Some(expected), "{pattern} {line}");
        }
    }

    #[test]
    fn reads_the_text_where_case_counts() {
        for (pattern, line, expected) in [
            (r"^(?-i:[A-Z])\w+ \|$", "Anémone |", Some(true)),
            (r"^(?-i:[A-Z])\w+ \|$", "anna |", Some(false)),
            ("^(?-i:Photo|FOTO) by", "FOTO BY", Some(true)),
            ("^(?-i:Photo|FOTO) by", "foto by", Some(false)),
            (r"^by (?-i:\p{Lu}\S+ ?){2}$", "BY Édith Marsh", Some(true)),
            (r"^by (?-i:\p{Lu}\S+ ?){2}$", "by Édith marsh", Some(false)),
            (r"^(?:a|(?-i:b(?:c|D))){3}$", "AbcbD", Some(true)),
            (r"^(?:a|(?-i:b(?:c|D))){3}$", "AbcBD", Some(false)),
            // The Kelvin sign, longer than its key.
            ("^k(?-i:É)", "\u{212a}É", None),
            ("^ka(?-i:É)", "\u{212a}É", Some(false)),
        ] {
            assert_eq!(tell(pattern, line), expected, "{pattern} {line}");
        }
    }

    #[test]
    fn leaves_to_the_regex_what_it_cannot_tell() {
        for (pattern, line, expected) in [
            (r"^\S+ [^a-z]$", "a B", None), // no letter at all is in the class, as case does not count
            (r"^\S+ [^a-z]$", "ab", Some(false)),
            ("^[^é]$", "É", None),
            (r"^[^\p{L}]$", "1", Some(true)),
            (r"^[^\p{L}]$", "É", Some(false)),
            ("^(?-u:a)", "a", None),
        ] {
            assert_eq!(tell(pattern, line), expected, "{pattern} {line}");
        }
    }

    #[test]
    fn goes_nowhere_twice() {
        let lines = ["a".repeat(40), format!("{}b", "a".repeat(40)), format!("{}b", "a".repeat(200))];
        assert_eq!(lines.map(|line| tell("^(?:a|aa|aaa)+$", &line)), [Some(true), Some(false), Some(false)]);
        assert_eq!(tell("^(?:(?:a|aa)+,?)+!$", &"aaaa,".repeat(40)), Some(false));
        assert_eq!(tell("^(?:(?:a|aa)+,?)+!$", &("aaaa,".repeat(40) + "!")), Some(true));
    }

    #[test]
    fn gives_up_where_there_is_too_much_to_try() {
        assert_eq!(tell("x[a-z]*y", &"x".repeat(2000)), None);
        assert_eq!(tell("x[a-z]*y", &"x".repeat(200)), Some(false));
    }

    #[test]
    fn has_no_program_for_what_goes_round_for_ever() {
        for pattern in ["^(?:a?)+$", "(?m)^a", r"(?-u:\b)a", "^(?:abc){3000,4000}$"] {
            assert!(matcher(pattern).is_none(), "{pattern}");
        }
    }
}
