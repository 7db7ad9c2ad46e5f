//! What the words of a line say about it: log-odds of main content, learned over domains.
//!
//! Menus, prompts and footers use the same few words everywhere ("subscribe", "all rights"), and so does the
//! prose around them. A text has no class names that would tell them apart; its words do. Only hashes of words
//! and of pairs of words are kept, and only of those that stand on many domains.

use std::fmt::Write as _;

use crate::words::{self, Lookup};

/// Words at the start of a line that are looked up.
const FIRST: usize = 40;
/// Words at the end of a longer line that are looked up.
const LAST: usize = 10;

/// Learned weights of words and pairs of words.
#[derive(Debug, Clone, Default)]
pub struct Phrases {
    weights: Lookup<i8>,
}

/// What the words of one line say together, in log-odds times 16.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tone {
    /// The sum over words and pairs.
    pub sum: i32,
    /// Sum per word that was looked up.
    pub mean: i32,
    /// The lowest weight.
    pub lowest: i32,
    /// The highest weight.
    pub highest: i32,
    /// The weights of the first word and pair, the one of larger size.
    pub first: i32,
}

impl Phrases {
    /// Phrases with these weights: a token's hash and log-odds times 16.
    #[must_use]
    pub fn new(weights: impl Iterator<Item = (u32, i8)>) -> Self {
        Self { weights: Lookup::new(weights.collect()) }
    }

    /// The weight of a word or pair, 0 if none is known.
    #[must_use]
    pub fn weight(&self, token: u32) -> i8 {
        self.weights.get(token).copied().unwrap_or_default()
    }

    /// What a line's words say: their hashes are given, and of each place the [weight](Self::weight) of its word.
    #[must_use]
    pub fn tone(&self, words: &[u32], weight_at: impl Fn(usize) -> i8) -> Tone {
        let mut tone = Tone::default();
        let mut looked_up = 0;
        for place in places(words.len()) {
            let pair = pair_at(words, place).map(|pair| self.weight(pair));
            for weight in std::iter::once(weight_at(place)).chain(pair).map(i32::from) {
                looked_up += 1;
                tone.sum += weight;
                tone.lowest = tone.lowest.min(weight);
                tone.highest = tone.highest.max(weight);
                if place == 0 && weight.abs() > tone.first.abs() {
                    tone.first = weight;
                }
            }
        }
        tone.mean = tone.sum * 4 / (looked_up / 2).max(1);
        tone
    }

    /// Reads a line that [`Phrases::write`] wrote.
    ///
    /// # Errors
    /// Shows the line that is wrong.
    pub fn read<'a>(lines: impl Iterator<Item = &'a str>) -> Result<Self, String> {
        let read = |line: &str| {
            let (hash, weight) = line.split_once(' ')?;
            Some((u32::from_str_radix(hash, 16).ok()?, weight.parse().ok()?))
        };
        let weights: Result<_, _> =
            lines.map(|line| read(line).ok_or_else(|| format!("not a phrase: {line:.60}"))).collect();
        Ok(Self { weights: Lookup::new(weights?) })
    }

    /// The weights as text, one a line, by hash.
    pub fn write(&self, out: &mut String) {
        let mut sorted: Vec<_> = self.weights.values().iter().collect();
        sorted.sort();
        for (hash, weight) in sorted {
            let _ = writeln!(out, "{hash:x} {weight}");
        }
    }
}

/// The tokens of a line that count: each word at its start and end, and each with the word after it.
pub fn tokens(words: &[u32]) -> impl Iterator<Item = u32> + '_ {
    places(words.len()).flat_map(|place| std::iter::once(words[place]).chain(pair_at(words, place)))
}

/// The places of a line of so many words that are looked up.
fn places(words: usize) -> impl Iterator<Item = usize> {
    let last = if words > FIRST + LAST { words - LAST } else { FIRST.min(words) };
    (0..FIRST.min(words)).chain(last..words)
}

/// The word at a place with the one after it.
fn pair_at(words: &[u32], place: usize) -> Option<u32> {
    words.get(place + 1).map(|&next| words::pair(words[place], next))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<u32> {
        let mut out = vec![];
        words::hashes(text, &mut out);
        out
    }

    #[test]
    fn words_and_pairs_add_up() {
        let line = words("Read the harbour letter");
        let weights = [(line[0], -10), (words::pair(line[0], line[1]), -30), (line[2], 20)];
        let phrases = Phrases::new(weights.into_iter());
        let tone = phrases.tone(&line, |place| phrases.weight(line[place]));
        assert_eq!((tone.sum, tone.lowest, tone.highest, tone.first), (-20, -30, 20, -30));
        assert_eq!(Phrases::default().tone(&line, |_| 0), Tone::default());
    }

    #[test]
    fn long_lines_are_looked_up_at_their_ends() {
        let many: Vec<u32> = (1..=90).collect();
        let looked_up: Vec<u32> = tokens(&many).filter(|token| *token <= 90).collect();
        let ends: Vec<u32> = (1..=40).chain(81..=90).collect();
        assert_eq!(looked_up, ends);
    }

    #[test]
    fn what_is_written_is_read_again() {
        let phrases = Phrases::new([(7, -5), (0xffff_0000, 9)].into_iter());
        let mut out = String::new();
        phrases.write(&mut out);
        assert_eq!(Phrases::read(out.lines()).unwrap().weights.values(), phrases.weights.values());
        assert!(Phrases::read(["zz 1"].into_iter()).is_err());
    }
}
