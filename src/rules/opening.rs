//! What the matches of a part of a regex begin with, as far as it is one of a few texts.

use regex_syntax::hir::{Class, Hir, HirKind, Look};

use super::charset::CharSet;
use super::fold::char_key;
use super::short::ShortText;

/// Openings that stand for one pattern; more are no help.
pub(super) const MAX_OPENINGS: usize = 1024;

/// Openings that are made by putting parts of a pattern together.
const MAX_CROSS: usize = 256;

/// Characters of a class that is taken apart into texts.
const MAX_CLASS: usize = 16;

/// A text (as keys have it, see [`super::fold::Folded::key`]) with which a match begins, and what may follow it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Opening {
    pub(super) text: ShortText,
    /// The characters that may follow the text, be it in the match or behind it.
    pub(super) next: CharSet,
    /// Whether the text begins with a letter of ASCII, and none comes before it.
    pub(super) begins_word: bool,
    /// Whether the match is the text, unless that was cut (see [`ShortText`]).
    is_whole: bool,
}

impl Opening {
    /// A text that the whole match is.
    pub(super) fn whole(text: ShortText) -> Self {
        Self { text, next: CharSet::ALL, begins_word: false, is_whole: true }
    }

    /// A match of which only its first character is known.
    fn any(next: CharSet) -> Self {
        Self { text: ShortText::EMPTY, next, begins_word: false, is_whole: false }
    }

    /// Whether what follows the match follows the text.
    fn is_open(&self) -> bool {
        self.is_whole && !self.text.is_full()
    }

    /// The characters with which this goes on after another text.
    fn first(&self) -> CharSet {
        if self.text.is_empty() { self.next } else { CharSet::at(self.text.as_bytes(), 0) }
    }

    /// This match, which has to be open, and then another one, if that may follow.
    fn then(&self, tail: &Self) -> Option<Self> {
        let first = self.next.intersection(tail.first());
        if first.is_empty() {
            return None;
        }
        let text = self.text.then(&tail.text);
        let next = match tail.text.is_empty() {
            _ if text.is_full() => CharSet::ALL, // it may have been cut
            true => first,
            false => tail.next,
        };
        Some(Self { text, next, begins_word: false, is_whole: tail.is_whole })
    }

    /// Whether there is a mark at a byte of the text, or the first letter after one: a place that is found without knowing
    /// the text. A space is none.
    pub(super) fn is_at_mark(&self, at: usize) -> bool {
        let text = self.text.as_bytes();
        let is_after_letter = match at.checked_sub(1) {
            None => !self.begins_word,
            Some(before) => text[before].is_ascii_alphabetic(),
        };
        text.get(at).is_some_and(|&byte| byte != b' ' && !(byte.is_ascii_alphabetic() && is_after_letter))
    }

    /// The text from its first byte on that is no space.
    pub(super) fn without_space(self) -> Self {
        if self.text.as_bytes().first() != Some(&b' ') {
            return self;
        }
        let text = self.text.as_str().trim_start_matches(' ');
        if text.is_empty() {
            return self;
        }
        let begins_word = text.starts_with(|c: char| c.is_ascii_alphabetic());
        Self { text: ShortText::of(text.chars()), begins_word, ..self }
    }

    /// Whether each text that holds `other` holds this one where it stands in `other` from byte `at` on.
    pub(super) fn is_implied_by(&self, other: &Self, at: usize) -> bool {
        let follows_mark = match at.checked_sub(1) {
            None => other.begins_word,
            Some(before) => !other.text.as_bytes()[before].is_ascii_alphabetic(),
        };
        if !other.text.has_at(at, &self.text) || self.begins_word && !follows_mark {
            return false;
        }
        let end = at + self.text.len();
        let is_inside = end < other.text.len();
        self.next.has(if is_inside { CharSet::at(other.text.as_bytes(), end) } else { other.next })
    }
}

/// What may follow a part of a pattern.
#[derive(Debug, Clone, Copy)]
pub(super) struct After {
    /// The characters that may come next.
    next: CharSet,
    /// Whether a word has to begin or end there.
    at_boundary: bool,
}

impl After {
    /// Anything.
    pub(super) const UNKNOWN: Self = Self { next: CharSet::ALL, at_boundary: false };

    /// What may follow where these parts follow, and then what may follow them.
    pub(super) fn of(parts: &[Part<'_>], then: Self) -> Self {
        let mut after = Self { next: CharSet::NONE, at_boundary: false };
        let mut is_here = true;
        for part in parts {
            if matches!(part.hir.kind(), HirKind::Look(Look::WordUnicode)) {
                after.at_boundary |= is_here;
                continue;
            }
            let is_passed = |opening: &&Opening| opening.is_open() && opening.text.is_empty();
            for opening in part.openings.iter().filter(|opening| !is_passed(opening)) {
                after.next = after.next.union(opening.first());
                is_here = false;
            }
            if let Some(passed) = part.openings.iter().find(is_passed) {
                if passed.next == CharSet::END {
                    after.next = after.next.union(CharSet::END);
                    return after;
                }
                continue;
            }
            return after;
        }
        Self {
            next: after.next.union(then.next),
            at_boundary: after.at_boundary || is_here && then.at_boundary,
        }
    }

    /// Tells openings that are whole matches what follows them.
    pub(super) fn close(self, openings: &mut [Opening]) {
        if self.at_boundary {
            end_words(openings);
        }
        for opening in openings.iter_mut().filter(|opening| opening.is_open()) {
            opening.next = opening.next.intersection(self.next);
            opening.is_whole = false;
        }
    }
}

/// Whether every match is told to its end.
pub(super) fn are_whole(openings: &[Opening]) -> bool {
    openings.iter().all(|opening| opening.is_whole)
}

/// Every match of `hir` begins with one of these.
pub(super) fn openings(hir: &Hir) -> Vec<Opening> {
    let unknown = || vec![Opening::any(CharSet::ALL)];
    let nothing = Opening::whole(ShortText::EMPTY);
    match hir.kind() {
        HirKind::Look(Look::End) => vec![Opening { next: CharSet::END, ..nothing }],
        HirKind::Empty | HirKind::Look(_) => vec![nothing],
        HirKind::Literal(literal) => match std::str::from_utf8(&literal.0) {
            Ok(text) => vec![Opening::whole(ShortText::of(text.chars().map(char_key)))],
            Err(_) => unknown(),
        },
        HirKind::Class(Class::Unicode(class)) => {
            let size: usize = class.ranges().iter().map(|range| range.len()).sum();
            if size > MAX_CLASS {
                return vec![Opening::any(CharSet::of_class(class))];
            }
            let chars = class.ranges().iter().flat_map(|range| range.start()..=range.end());
            distinct(chars.map(|c| Opening::whole(ShortText::of([char_key(c)]))).collect())
        }
        HirKind::Class(Class::Bytes(_)) => unknown(),
        HirKind::Capture(capture) => openings(&capture.sub),
        HirKind::Repetition(repetition) => {
            let mut inner = openings(&repetition.sub);
            if repetition.max != Some(1) {
                for opening in inner.iter_mut().filter(|opening| opening.is_whole) {
                    *opening = Opening { is_whole: false, next: CharSet::ALL, ..*opening };
                }
            }
            if repetition.min == 0 {
                inner.push(nothing);
            }
            distinct(inner)
        }
        HirKind::Concat(parts) => {
            let parts: Vec<_> = parts.iter().map(Part::of).collect();
            openings_of_all(&parts).0
        }
        HirKind::Alternation(parts) => {
            let all = distinct(parts.iter().flat_map(openings).collect());
            if all.len() > MAX_OPENINGS { unknown() } else { all }
        }
    }
}

/// A part of a pattern.
pub(super) struct Part<'h> {
    pub(super) hir: &'h Hir,
    pub(super) openings: Vec<Opening>,
}

impl<'h> Part<'h> {
    pub(super) fn of(hir: &'h Hir) -> Self {
        Self { hir, openings: openings(hir) }
    }
}

/// What the matches of parts that follow each other begin with, and how many of the parts they were made of.
pub(super) fn openings_of_all(parts: &[Part<'_>]) -> (Vec<Opening>, usize) {
    let mut all = vec![Opening::whole(ShortText::EMPTY)];
    for (at, part) in parts.iter().enumerate() {
        if !all.iter().any(Opening::is_open) {
            return (all, at);
        }
        if matches!(part.hir.kind(), HirKind::Look(Look::WordUnicode)) {
            end_words(&mut all);
        }
        match cross(&all, &part.openings) {
            Some(longer) => all = longer,
            None => {
                let first = part.openings.iter().map(Opening::first).fold(CharSet::NONE, CharSet::union);
                for opening in all.iter_mut().filter(|opening| opening.is_open()) {
                    opening.is_whole = false;
                    opening.next = opening.next.intersection(first);
                }
                return (all, at);
            }
        }
    }
    (all, parts.len())
}

/// A word boundary stands here: no word goes on.
fn end_words(openings: &mut [Opening]) {
    for opening in openings.iter_mut().filter(|opening| opening.is_open()) {
        let last = opening.text.as_bytes().last();
        if last.is_some_and(|&last| last.is_ascii_alphanumeric() || last == b'_') {
            opening.next = opening.next.intersection(CharSet::NO_WORD);
        }
    }
}

/// Each head with each tail; one that is not open stands for all its tails.
fn cross(heads: &[Opening], tails: &[Opening]) -> Option<Vec<Opening>> {
    let open = heads.iter().filter(|head| head.is_open()).count();
    let size = heads.len() - open + open * tails.len();
    if size > MAX_CROSS.max(tails.len()) {
        return None;
    }
    let mut all = Vec::with_capacity(size);
    for head in heads {
        if head.is_open() {
            all.extend(tails.iter().filter_map(|tail| head.then(tail)));
        } else {
            all.push(*head);
        }
    }
    // One tail leaves heads that differ different, and in their order.
    Some(if tails.len() > 1 { distinct(all) } else { all })
}

/// The openings in order, each text once, or twice if it is the whole of some matches only.
fn distinct(mut openings: Vec<Opening>) -> Vec<Opening> {
    openings.sort_unstable_by_key(|opening| (opening.text, opening.is_whole));
    openings.dedup_by(|later, kept| {
        let is_told = kept.text == later.text
            && (kept.is_whole == later.is_whole || kept.next == CharSet::ALL && !kept.is_whole);
        if is_told {
            kept.next = kept.next.union(later.next);
        }
        is_told
    });
    openings
}
