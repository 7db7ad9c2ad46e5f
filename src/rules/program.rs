//! Makes the program of a pattern out of its regex.

use regex_syntax::hir::{Class, ClassUnicode, Hir, HirKind, Look, Repetition};

use super::charset::CharSet;
use super::class::{CharClass, Classes};
use super::fold::char_key;
use super::matcher::{Ask, Matcher, Step, Way};
use super::pattern::CASE_COUNTS;

/// Steps of the longest program; a regex that needs more has none.
const MAX_STEPS: usize = 4 << 10;

/// The number of the last step: nothing is asked there.
const LAST: u16 = 0;

impl Matcher {
    /// The program of a regex as [`super::pattern::LazyRegex::hir`] gives it; `has_flags` says that parts of it have flags
    /// of their own. `None` if it has something that programs have no step for, or is too long.
    pub(super) fn new(hir: &Hir, has_flags: bool, classes: &mut Classes) -> Option<Self> {
        let is_anchored = hir.properties().look_set_prefix().contains(Look::Start);
        let mut program = Program {
            steps: vec![],
            firsts: vec![],
            ways: vec![],
            texts: vec![],
            made: vec![],
            classes,
            case_counts: false,
            is_exact: !has_flags,
        };
        program.push(Ask::Nothing, LAST, CharSet::ALL)?;
        let mut start = program.add(hir, LAST)?;
        if !is_anchored {
            start = program.without_head(start)?;
        }
        Some(Self {
            start: program.way(start),
            steps: program.steps.into(),
            ways: program.ways.into(),
            texts: program.texts.into(),
            classes: program.made.into(),
            is_anchored,
            is_exact: program.is_exact,
        })
    }
}

/// A program in the making, from its end to its start.
struct Program<'c> {
    steps: Vec<Step>,
    /// The characters with which a match goes on from each step.
    firsts: Vec<CharSet>,
    ways: Vec<Way>,
    texts: Vec<u8>,
    made: Vec<CharClass>,
    classes: &'c mut Classes,
    /// Whether case counts in the part that is added.
    case_counts: bool,
    is_exact: bool,
}

impl Program<'_> {
    fn push(&mut self, ask: Ask, next: u16, first: CharSet) -> Option<u16> {
        if self.steps.len() >= MAX_STEPS {
            return None;
        }
        let after = self.firsts.get(usize::from(next)).copied().unwrap_or(CharSet::ALL);
        self.steps.push(Step { ask, next, after });
        self.firsts.push(first);
        u16::try_from(self.steps.len() - 1).ok()
    }

    fn first(&self, step: u16) -> CharSet {
        self.firsts[usize::from(step)]
    }

    fn way(&self, step: u16) -> Way {
        Way { first: self.first(step), later: CharSet::NONE, step }
    }

    /// Adds what matches a regex and goes on at a step; returns where it begins.
    fn add(&mut self, hir: &Hir, next: u16) -> Option<u16> {
        match hir.kind() {
            HirKind::Empty => Some(next),
            HirKind::Literal(literal) => {
                let from = self.texts.len();
                let text = std::str::from_utf8(&literal.0).ok()?;
                if self.case_counts {
                    self.texts.extend(text.bytes());
                } else {
                    self.texts.extend(text.chars().map(char_key).collect::<String>().bytes());
                }
                let first = CharSet::at(&self.texts, from);
                let (from, to) = (u16::try_from(from).ok()?, u16::try_from(self.texts.len()).ok()?);
                let ask = Ask::Text { from, to, case_counts: self.case_counts };
                self.push(ask, next, first)
            }
            HirKind::Class(Class::Unicode(class)) => self.chars(class, 1, 1, next),
            HirKind::Class(Class::Bytes(_)) => None,
            HirKind::Look(look) => {
                let first = self.first(next);
                match look {
                    Look::Start => self.push(Ask::Start, next, first),
                    Look::End => self.push(Ask::End, next, CharSet::END),
                    Look::WordUnicode => self.push(Ask::Boundary(true), next, first),
                    Look::WordUnicodeNegate => self.push(Ask::Boundary(false), next, first),
                    _ => None,
                }
            }
            HirKind::Repetition(repetition) => self.repetition(repetition, next),
            HirKind::Capture(capture) => {
                let outside = self.case_counts;
                self.case_counts |= capture.index == CASE_COUNTS;
                let start = self.add(&capture.sub, next);
                self.case_counts = outside;
                start
            }
            HirKind::Concat(parts) => parts.iter().rev().try_fold(next, |next, part| self.add(part, next)),
            HirKind::Alternation(parts) => {
                let starts = parts.iter().map(|part| self.add(part, next)).collect::<Option<Vec<_>>>()?;
                let fork = self.fork()?;
                self.lead(fork, &starts)?;
                Some(fork)
            }
        }
    }

    /// So many characters of a class.
    fn chars(&mut self, class: &ClassUnicode, least: u32, most: u32, next: u16) -> Option<u16> {
        let case_counts = self.case_counts;
        let (made, is_exact) =
            if case_counts { (self.classes.of_texts(class), true) } else { self.classes.of_keys(class) };
        self.is_exact &= is_exact;
        self.made.push(made);
        let number = u16::try_from(self.made.len() - 1).ok()?;
        let (chars, after) = (CharSet::of_class(class), self.first(next));
        let first = if least == 0 { chars.union(after) } else { chars };
        let gives_back = chars.meets(after);
        self.push(Ask::Chars { class: number, least, most, gives_back, case_counts }, next, first)
    }

    fn repetition(&mut self, repetition: &Repetition, next: u16) -> Option<u16> {
        let (least, part) = (repetition.min, &*repetition.sub);
        if let HirKind::Class(Class::Unicode(class)) = part.kind() {
            return self.chars(class, least, repetition.max.unwrap_or(u32::MAX), next);
        }
        let Some(most) = repetition.max else {
            // A part that may be empty would go round for ever.
            if part.properties().minimum_len().is_none_or(|length| length == 0) {
                return None;
            }
            let fork = self.fork()?;
            let again = self.add(part, fork)?;
            self.lead(fork, &[again, next])?;
            let first = if least == 0 { fork } else { again };
            return (1..least).try_fold(first, |next, _| self.add(part, next));
        };
        let mut start = next;
        for _ in least..most {
            let part = self.add(part, start)?;
            start = self.fork()?;
            self.lead(start, &[part, next])?;
        }
        (0..least).try_fold(start, |next, _| self.add(part, next))
    }

    /// A step with several ways, which have yet to be made.
    fn fork(&mut self) -> Option<u16> {
        self.push(Ask::Ways(0, 0), LAST, CharSet::ALL)
    }

    /// Leads a fork to these steps.
    fn lead(&mut self, fork: u16, starts: &[u16]) -> Option<()> {
        let from = self.ways.len();
        let mut all = CharSet::NONE;
        for &start in starts.iter().rev() {
            let way = Way { later: all, ..self.way(start) };
            all = all.union(way.first);
            self.ways.push(way);
        }
        self.ways[from..].reverse();
        let to = u16::try_from(self.ways.len()).ok()?;
        self.steps[usize::from(fork)].ask = Ask::Ways(u16::try_from(from).ok()?, to);
        self.firsts[usize::from(fork)] = all;
        Some(())
    }

    /// The step, or one in its place that takes no more characters than it must: where a match may begin anywhere,
    /// what stands before those can be left out.
    fn without_head(&mut self, start: u16) -> Option<u16> {
        let step = self.steps[usize::from(start)];
        match step.ask {
            Ask::Chars { least: 0, .. } => self.without_head(step.next),
            Ask::Chars { class, least, case_counts, .. } => {
                let ask = Ask::Chars { class, least, most: least, gives_back: false, case_counts };
                self.push(ask, step.next, self.first(start))
            }
            _ => Some(start),
        }
    }
}
