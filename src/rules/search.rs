//! Searches for the literals of many patterns at once. What they find may match, what they do not find cannot.
//!
//! Both look up a few bytes of a line in a table of the literals that have these bytes, and compare those. On
//! lines of news that takes a fraction of the time of Aho-Corasick automata, whose thousands of states do not fit
//! into the cache.

use std::ops::Range;

use super::charset::{CharSet, Kinds};
use super::lines::Candidates;
use super::needle::rarity;
use super::opening::Opening;
use super::short::{MAX_TEXT, ShortText};
use crate::ascii::{self, CHUNK};

/// A literal and the pattern it stands for.
#[derive(Debug)]
struct Literal {
    text: ShortText,
    /// What may follow it.
    next: Kinds,
    /// Where its gram stands in it.
    gram: Range<u8>,
    owner: u32,
}

impl Literal {
    fn new(Opening { text, next, .. }: Opening, gram: Range<usize>, owner: u32) -> Self {
        Self { text, next: Kinds::of(next), gram: gram.start as u8..gram.end as u8, owner }
    }

    /// Whether a text starts with it, whose first bytes are the window.
    #[inline(always)]
    fn starts(&self, text: &[u8], window: u128) -> bool {
        (window ^ u128::from_le_bytes(*self.text.padded())) & FIRST[self.text.len()] == 0
            && self.next.has(text.get(self.text.len()))
    }
}

/// Ones at so many first bytes.
const FIRST: [u128; MAX_TEXT + 1] = {
    let mut first = [0; MAX_TEXT + 1];
    let mut length = 1;
    while length <= MAX_TEXT {
        first[length] = first[length - 1] << 8 | 0xff;
        length += 1;
    }
    first
};

/// The first bytes of a text as a number, and zeros if it is shorter.
#[inline(always)]
fn window(text: &[u8]) -> u128 {
    u128::from_le_bytes(ascii::window(text))
}

/// Bits of a filter for each of its literals, so that few grams of other texts meet one that is set.
const BITS_A_LITERAL: usize = 16;

/// Bits of a filter at most: they stay in the nearest cache.
const MAX_BITS: usize = 1 << 17;

/// Literals by gram: a few of their bytes, as a number.
#[derive(Debug, Default)]
struct Table {
    /// A bit for each hash of a gram.
    filter: Vec<u64>,
    slots: Vec<Slot>,
    literals: Vec<Literal>,
    /// What brings a hash to the number of its bit, and that to the number of its slot.
    shifts: (u32, u32),
}

/// What is known of the literals of a slot without looking at them: most grams that are found are found in other words.
#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    literals: (u32, u32),
    /// The bytes that stand before and after their grams.
    before: Kinds,
    after: Kinds,
}

impl Table {
    /// Literals with their grams.
    fn new(mut literals: Vec<(u64, Literal)>) -> Self {
        let bits = (literals.len() * BITS_A_LITERAL).next_power_of_two().clamp(64, MAX_BITS);
        let slots = literals.len().next_power_of_two().clamp(2, bits);
        let shifts = (u64::BITS - bits.ilog2(), bits.ilog2() - slots.ilog2());
        let mut table = Self {
            filter: vec![0; bits / 64],
            slots: vec![Slot::default(); slots],
            literals: vec![],
            shifts,
        };
        literals.sort_by_key(|(gram, _)| table.bit(*gram)); // stable: literals of one gram stay in their order
        for (at, (gram, literal)) in (0..).zip(&literals) {
            let bit = table.bit(*gram);
            table.filter[bit / 64] |= 1 << (bit % 64);
            let slot = &mut table.slots[bit >> shifts.1];
            slot.literals = (if slot.literals.1 == 0 { at } else { slot.literals.0 }, at + 1);
            let text = literal.text.as_bytes();
            let (start, end) = (usize::from(literal.gram.start), usize::from(literal.gram.end));
            let before = start.checked_sub(1).map_or(CharSet::ALL, |before| CharSet::at(text, before));
            slot.before.add(Kinds::of(before));
            slot.after.add(if end < text.len() { Kinds::of(CharSet::at(text, end)) } else { literal.next });
        }
        table.literals = literals.into_iter().map(|(_, literal)| literal).collect();
        table
    }

    /// Multiplicative hashing (Knuth): the higher bits are the better ones.
    #[inline(always)]
    fn bit(&self, gram: u64) -> usize {
        (gram.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> self.shifts.0) as usize
    }

    /// The slot of the literals that have this gram; there may be none, and others may be in it.
    #[inline(always)]
    fn slot(&self, gram: u64) -> Option<&Slot> {
        let bit = self.bit(gram);
        let bits = self.filter.get(bit / 64)?;
        (bits >> (bit % 64) & 1 == 1).then(|| &self.slots[bit >> self.shifts.1])
    }

    #[inline(always)]
    fn literals(&self, slot: &Slot) -> &[Literal] {
        &self.literals[slot.literals.0 as usize..slot.literals.1 as usize]
    }
}

/// Bytes of the longest gram of literals at the start of a text.
const START_GRAM: usize = 8;

/// Looks for literals at the start of a text.
#[derive(Debug, Default)]
pub(super) struct StartSearch {
    table: Table,
    /// Bytes of the longest gram.
    longest: usize,
}

impl StartSearch {
    /// Literals and the pattern each stands for.
    pub(super) fn new(literals: Vec<(Opening, u32)>) -> Self {
        let length = |opening: &Opening| opening.text.len().min(START_GRAM);
        let longest = literals.iter().map(|(opening, _)| length(opening)).max().unwrap_or(0);
        let literal = |(opening, owner): (Opening, u32)| {
            let length = length(&opening);
            let gram = start(u128::from_le_bytes(*opening.text.padded()), length);
            (gram, Literal::new(opening, 0..length, owner))
        };
        Self { table: Table::new(literals.into_iter().map(literal).collect()), longest }
    }

    /// Appends the patterns of all literals that the text starts with.
    pub(super) fn find(&self, text: &[u8], found: &mut Candidates) {
        let window = window(text);
        for length in 1..=text.len().min(self.longest) {
            let Some(slot) = self.table.slot(start(window, length)) else { continue };
            if !slot.after.has(text.get(length)) {
                continue;
            }
            let literals = self.table.literals(slot).iter();
            let literals = literals.filter(|literal| usize::from(literal.gram.end) == length);
            found
                .extend(literals.filter(|literal| literal.starts(text, window)).map(|literal| literal.owner));
        }
    }
}

/// The first bytes of a window as a number that no others have, since no text holds the byte 255.
#[inline(always)]
fn start(window: u128, length: usize) -> u64 {
    (window & FIRST[length] | !FIRST[length]) as u64
}

/// Looks for literals anywhere in a text.
///
/// Most literals hold a place before which no letter stands, as words begin with one: these are looked for at such
/// places only, about every fifth.
#[derive(Debug, Default)]
pub(super) struct InsideSearch {
    at_marks: Grams,
    anywhere: Grams,
}

/// Literals that may be found from a place of a text on.
///
/// For each literal its rarest four bytes, its gram, are in a table, where the four bytes of the text are looked up; only
/// what is found is compared (as Wu and Manber 1994 do with blocks of a pattern).
#[derive(Debug, Default)]
struct Grams {
    /// Literals of four bytes and more.
    table: Table,
    /// Shorter literals: few, since a needle is made of better ones where there are any.
    short: StartSearch,
    /// The pairs of bytes that shorter literals may begin with.
    short_pairs: Pairs,
    /// Those that any literal or gram may begin with.
    pairs: Pairs,
}

/// A set of pairs of bytes: a bit for each.
#[derive(Debug)]
struct Pairs(Box<[u64; 1 << 10]>);

impl Pairs {
    /// Adds those that a text begins with which begins with a literal.
    fn add(&mut self, literal: &[u8]) {
        let Some(&first) = literal.first() else { return };
        let second = literal.get(1).map_or(0..=u8::MAX, |&second| second..=second);
        for pair in second.map(|second| usize::from(u16::from_le_bytes([first, second]))) {
            self.0[pair / 64] |= 1 << (pair % 64);
        }
    }

    #[inline(always)]
    fn has(&self, pair: u16) -> bool {
        self.0[usize::from(pair) / 64] >> (pair % 64) & 1 == 1
    }
}

impl Default for Pairs {
    fn default() -> Self {
        Self(Box::new([0; 1 << 10]))
    }
}

/// Bytes of the grams of literals anywhere in a text.
const INSIDE_GRAM: usize = 4;

impl InsideSearch {
    /// Literals and the pattern each stands for.
    pub(super) fn new(literals: Vec<(Opening, u32)>) -> Self {
        let (at_marks, anywhere): (Vec<_>, Vec<_>) =
            literals.into_iter().partition(|(opening, _)| is_at_marks(opening));
        Self {
            at_marks: Grams::new(at_marks, Opening::is_at_mark),
            anywhere: Grams::new(anywhere, |_, _| true),
        }
    }

    /// Appends the patterns of all literals that the text holds, some more than once. `padded` is the text with zeros
    /// behind it, so that [`CHUNK`] bytes can be read anywhere.
    pub(super) fn find(&self, text: &[u8], padded: &[u8], found: &mut Candidates) {
        let mut after_letter = 0;
        for at in (0..text.len()).step_by(CHUNK) {
            let (letters, spaces) = ascii::letters_and_spaces(&ascii::window(&padded[at..]));
            let mut places = !(letters & (letters << 1 | after_letter) | spaces) & 0xffff;
            after_letter = letters >> (CHUNK - 1);
            if text.len() - at < CHUNK {
                places &= (1 << (text.len() - at)) - 1;
            }
            while places != 0 {
                self.at_marks.find(text, padded, at + places.trailing_zeros() as usize, found);
                places &= places - 1;
            }
        }
        if self.anywhere.is_empty() {
            return;
        }
        for at in 0..text.len() {
            if self.anywhere.pairs.has(pair(padded, at)) {
                self.anywhere.find(text, padded, at, found);
            }
        }
    }
}

/// Where the gram of a literal stands: the rarest of those that begin at places of this kind, or all of a shorter literal.
fn gram(opening: &Opening, is_place: impl Fn(&Opening, usize) -> bool) -> Option<Range<usize>> {
    let text = opening.text.as_bytes();
    let length = text.len().min(INSIDE_GRAM);
    let starts = (0..=text.len() - length).filter(|&at| is_place(opening, at));
    let start = starts.max_by_key(|&at| gram_rarity(&text[at..at + length]))?;
    Some(start..start + length)
}

/// Beginnings of the commonest English words, those of function words and of those that any text of the web has, in the
/// order of their bytes.
const COMMON: &[&[u8]] = &[
    b"abou", b"afte", b"all ", b"also", b"and ", b"are ", b"beca", b"been", b"befo", b"best", b"but ",
    b"can ", b"come", b"comm", b"comp", b"cons", b"cont", b"coul", b"does", b"each", b"even", b"ever",
    b"find", b"firs", b"for ", b"from", b"full", b"get ", b"good", b"had ", b"has ", b"have", b"help",
    b"her ", b"here", b"high", b"his ", b"home", b"how ", b"info", b"inte", b"into", b"its ", b"just",
    b"know", b"last", b"life", b"like", b"long", b"look", b"made", b"make", b"many", b"more", b"most",
    b"much", b"need", b"new ", b"news", b"not ", b"only", b"othe", b"our ", b"over", b"part", b"peop",
    b"plac", b"prov", b"said", b"same", b"shou", b"some", b"such", b"take", b"than", b"that", b"the ",
    b"thei", b"them", b"then", b"ther", b"thes", b"they", b"this", b"thro", b"time", b"unde", b"very",
    b"want", b"was ", b"well", b"were", b"what", b"when", b"wher", b"whic", b"who ", b"will", b"with",
    b"work", b"worl", b"woul", b"year", b"you ", b"your",
];

/// How rare a gram is: as its bytes are, but for those that common words begin with.
fn gram_rarity(gram: &[u8]) -> u32 {
    let rarity = rarity(gram);
    if COMMON.binary_search(&gram).is_ok() { rarity / 2 } else { rarity }
}

/// Whether a literal has a gram that [`InsideSearch`] need not look for everywhere.
pub(super) fn is_at_marks(opening: &Opening) -> bool {
    let last = opening.text.len().saturating_sub(INSIDE_GRAM);
    (0..=last).any(|at| opening.is_at_mark(at))
}

impl Grams {
    /// Literals whose grams begin at such places.
    fn new(literals: Vec<(Opening, u32)>, is_place: impl Fn(&Opening, usize) -> bool) -> Self {
        let (mut short_pairs, mut pairs) = (Pairs::default(), Pairs::default());
        let (mut long, mut short) = (vec![], vec![]);
        for (opening, owner) in literals {
            let text = opening.text.as_bytes();
            let gram = gram(&opening, &is_place).unwrap_or_default();
            pairs.add(&text[gram.start..]);
            match text[gram.clone()].first_chunk() {
                Some(bytes) => long.push((number(bytes), Literal::new(opening, gram, owner))),
                None => {
                    short_pairs.add(text);
                    short.push((opening, owner));
                }
            }
        }
        Self { table: Table::new(long), short: StartSearch::new(short), short_pairs, pairs }
    }

    fn is_empty(&self) -> bool {
        self.table.literals.is_empty() && self.short.table.literals.is_empty()
    }

    /// Appends the patterns of all literals that the text holds with their grams at a place.
    #[inline(always)]
    fn find(&self, text: &[u8], padded: &[u8], at: usize, found: &mut Candidates) {
        if let Some(gram) = padded[at..].first_chunk()
            && let Some(slot) = self.table.slot(number(gram))
            && slot.before.has(text[..at].last())
            && slot.after.has(text.get(at + INSIDE_GRAM))
        {
            for literal in self.table.literals(slot) {
                if let Some(start) = at.checked_sub(usize::from(literal.gram.start))
                    && literal.starts(&text[start..], window(&padded[start..]))
                {
                    found.push(literal.owner);
                }
            }
        }
        if self.short_pairs.has(pair(padded, at)) {
            self.short.find(&text[at..], found);
        }
    }
}

/// Two bytes of a padded text.
#[inline(always)]
fn pair(padded: &[u8], at: usize) -> u16 {
    u16::from_le_bytes(padded[at..].first_chunk().copied().unwrap_or_default())
}

/// Four bytes as a number.
#[inline(always)]
fn number(gram: &[u8; INSIDE_GRAM]) -> u64 {
    u64::from(u32::from_le_bytes(*gram))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbered(literals: &[&str]) -> Vec<(Opening, u32)> {
        literals.iter().map(|literal| Opening::whole(ShortText::of(literal.chars()))).zip(0..).collect()
    }

    fn look(search: &InsideSearch, text: &str, found: &mut Candidates) {
        search.find(text.as_bytes(), &[text.as_bytes(), &[0; CHUNK]].concat(), found);
    }

    fn inside(literals: &[&str], text: &str) -> Vec<u32> {
        let mut found = Candidates::new();
        look(&InsideSearch::new(numbered(literals)), text, &mut found);
        found.sort_unstable();
        found.dedup();
        found.into_vec()
    }

    fn at_start(literals: &[&str], text: &str) -> Vec<u32> {
        let mut found = Candidates::new();
        StartSearch::new(numbered(literals)).find(text.as_bytes(), &mut found);
        found.sort_unstable();
        found.into_vec()
    }

    #[test]
    fn common_beginnings_are_in_order() {
        assert!(COMMON.is_sorted());
        assert!(gram_rarity(b"your") < gram_rarity(b"inbo"));
    }

    #[test]
    fn finds_every_literal_that_a_text_starts_with() {
        let literals = ["newsletter", "news", "ne", "newsletters of a", "©", "x", "letter"];
        for (text, expected) in [
            ("newsletter", &[0, 1, 2][..]),
            ("newsletters of all", &[0, 1, 2, 3]),
            ("news", &[1, 2]),
            ("ne", &[2]),
            ("n", &[]),
            ("x", &[5]),
            ("© 2026", &[4]),
            ("a letter", &[]),
            ("", &[]),
        ] {
            assert_eq!(at_start(&literals, text), expected, "{text}");
        }
        assert_eq!(at_start(&[], "text"), [] as [u32; 0]);
    }

    #[test]
    fn literals_that_begin_words_are_found_after_marks() {
        let literal = |text: &str| {
            let mut opening = Opening::whole(ShortText::of(text.chars()));
            opening.begins_word = true;
            opening
        };
        let literals = ["newsletter", "ap", "(c) x", "é"].map(literal).into_iter().zip(0..).collect();
        let search = InsideSearch::new(literals);
        for (text, expected) in [
            ("our newsletter, a p", &[0][..]),
            ("newsletter", &[0]),
            ("ournewsletter, map", &[]),
            ("énewsletter/ap 1ap", &[0, 1, 1, 3]),
            ("aaaaaaaaaaaaaaa newsletter", &[0]),
            ("aaaaaaaaaaaaaaaanewsletter", &[]),
            ("aaaaaaaaaaaaaa, newsletter", &[0]),
            ("a(c) x", &[2]),
            ("aé", &[3]),
        ] {
            let mut found = Candidates::new();
            look(&search, text, &mut found);
            found.sort_unstable();
            assert_eq!(&found[..], expected, "{text}");
        }
    }

    #[test]
    fn finds_every_literal_that_a_text_holds() {
        let literals = ["newsletter", "news", "letter", "©", "ap", "подробне", "(c)", "ter", "p"];
        for (text, expected) in [
            ("our newsletter", &[0, 1, 2, 7][..]),
            ("news", &[1]),
            ("© ap", &[3, 4, 8]),
            ("p", &[8]),
            ("map (c)", &[4, 6, 8]),
            ("подробнее", &[5]),
            ("(c)", &[6]),
            ("te", &[]),
            ("", &[]),
        ] {
            assert_eq!(inside(&literals, text), expected, "{text}");
        }
        assert_eq!(inside(&[], "text"), [] as [u32; 0]);
        assert_eq!(inside(&["a"], "text a"), [0]);
    }
}
