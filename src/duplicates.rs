//! Texts that repeat an earlier one, word by word or nearly.
//!
//! Nearly is: of the four-word shingles of both texts together, about eight in ten or more are in both
//! (Jaccard similarity), estimated by MinHash (A. Broder, "On the resemblance and containment of documents",
//! 1997) and looked up by bands of the signature (P. Indyk and R. Motwani, "Approximate nearest neighbors",
//! 1998). By the binomial distribution, not by measurement: the estimate lets pass about half of the pairs
//! with similarity 0.8, 99 in 100 at 0.9, 3 in 100 at 0.7; the bands find 98 in 100 at 0.8 and all but 1 in
//! 1000 at 0.9. The tests below hold the estimate to its similarity and measure small edits.
//!
//! A text is compared with earlier originals only: what repeats a repetition and not its original is an
//! original itself. So the answers depend on the order of the texts and on nothing else.

use rustc_hash::FxHashMap;

use crate::words;

/// Hash functions of a signature. Each leaves one byte.
const HASHES: usize = 64;

/// Bands that texts are found by, and hashes of each.
const BANDS: usize = 8;
const ROWS: usize = 4;

/// Hashes that must agree, of [`HASHES`]: about similarity 0.8.
const AGREEING: usize = 52;

/// Words of the shortest text that is compared with others but word by word: of less there are too few
/// shingles to tell one story from another.
const SHORTEST: usize = 20;

/// What is kept of a text to compare it by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// Hash of all words in their order.
    whole: u64,
    near: Option<Near>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Near {
    bytes: [u8; HASHES],
    bands: [u32; BANDS],
}

impl Signature {
    /// The signature of a text. Case, marks and white space do not count. `None` for a text without words.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let mut hashes = Vec::new();
        words::hashes(text, &mut hashes);
        if hashes.is_empty() {
            return None;
        }
        let whole = hashes.iter().fold(0, |hash, &word| scrambled(hash ^ u64::from(word)));
        let near = (hashes.len() >= SHORTEST).then(|| Near::new(&hashes));
        Some(Self { whole, near })
    }
}

impl Near {
    fn new(hashes: &[u32]) -> Self {
        let mut least = [u32::MAX; HASHES];
        for shingle in words::shingles(hashes) {
            // Two independent hashes give as many as are wanted (A. Kirsch and M. Mitzenmacher, 2006).
            let both = scrambled(u64::from(shingle));
            let (mut hash, step) = (both as u32, (both >> 32) as u32 | 1);
            for least in &mut least {
                *least = (*least).min(hash.wrapping_mul(0x9e37_79b9) ^ hash >> 15);
                hash = hash.wrapping_add(step);
            }
        }
        let bands = std::array::from_fn(|band| {
            let rows = &least[band * ROWS..(band + 1) * ROWS];
            rows.iter().fold(band as u64, |hash, &row| scrambled(hash ^ u64::from(row))) as u32
        });
        Self { bytes: least.map(|hash| scrambled(u64::from(hash)) as u8), bands }
    }

    fn repeats(&self, other: &[u8; HASHES]) -> bool {
        self.bytes.iter().zip(other).filter(|(one, two)| one == two).count() >= AGREEING
    }
}

/// The finalizer of SplitMix64 (S. Vigna): each bit of the result depends on each of the value.
fn scrambled(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ value >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ value >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ value >> 31
}

/// All originals so far. It takes some 250 bytes for each (computed, not measured), and its id.
#[derive(Debug, Default)]
pub struct Originals {
    ids: Vec<Box<str>>,
    signatures: Vec<[u8; HASHES]>,
    /// Numbers of the originals by all their words, and by the bands of their signatures; the first to
    /// claim a band has it.
    whole: FxHashMap<u64, u32>,
    bands: [FxHashMap<u32, u32>; BANDS],
}

impl Originals {
    /// The id of the earliest original that a text repeats. If there is none, it becomes one.
    ///
    /// ```
    /// use copydesk::duplicates::{Originals, Signature};
    ///
    /// let mut originals = Originals::default();
    /// let signature = |text| Signature::new(text).unwrap();
    /// assert_eq!(originals.repeated("a", &signature("The ferry sailed.")), None);
    /// assert_eq!(originals.repeated("b", &signature("The ferry  sailed!")), Some("a"));
    /// assert_eq!(originals.repeated("c", &signature("The ferry sank.")), None);
    /// ```
    pub fn repeated(&mut self, id: &str, signature: &Signature) -> Option<&str> {
        let whole = self.whole.get(&signature.whole).copied();
        let near = signature.near.as_ref().and_then(|near| {
            let found = self.bands.iter().zip(near.bands).filter_map(|(band, key)| band.get(&key).copied());
            found.filter(|&number| near.repeats(&self.signatures[number as usize])).min()
        });
        if let Some(original) = whole.into_iter().chain(near).min() {
            return Some(&self.ids[original as usize]);
        }
        let number = u32::try_from(self.ids.len()).unwrap_or(u32::MAX);
        self.ids.push(id.into());
        self.whole.insert(signature.whole, number);
        self.signatures.push(signature.near.as_ref().map_or([0; HASHES], |near| near.bytes));
        if let Some(near) = &signature.near {
            for (band, key) in self.bands.iter_mut().zip(near.bands) {
                band.entry(key).or_insert(number);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A text of invented words, a few of which are others than in the text of the same seed.
    fn text(seed: u64, words: u64, changed: &[u64]) -> String {
        let word =
            |at: u64| format!("w{} ", scrambled(seed << 32 | at | u64::from(changed.contains(&at)) << 63));
        (0..words).map(word).collect()
    }

    /// Shingles in both of all, as the estimate should be.
    fn agreement(one: &str, two: &str) -> f64 {
        let [one, two] = [one, two].map(|text| Signature::new(text).unwrap().near.unwrap());
        one.bytes.iter().zip(two.bytes).filter(|(one, two)| **one == *two).count() as f64 / HASHES as f64
    }

    #[test]
    fn the_estimate_is_the_similarity() {
        let mut errors = 0.0;
        for seed in 0..200 {
            // Ten changed words far apart spoil 40 of 397 shingles: 357 of 437 are in both.
            let changed: Vec<u64> = (1..=10).map(|n| n * 36).collect();
            errors += agreement(&text(seed, 400, &[]), &text(seed, 400, &changed)) - 357.0 / 437.0;
        }
        assert!((errors / 200.0).abs() < 0.02, "biased by {}", errors / 200.0);
    }

    #[test]
    fn small_edits_are_found_and_other_stories_are_not() {
        let (mut edited, mut other) = (0, 0);
        let mut originals = Originals::default();
        for seed in 0..500 {
            let id = seed.to_string();
            let signature = |changed: &[u64]| Signature::new(&text(seed, 300, changed)).unwrap();
            other += usize::from(originals.repeated(&id, &signature(&[])).is_some());
            edited += usize::from(originals.repeated("x", &signature(&[50, 150, 250])) == Some(id.as_str()));
            // Half of the words from another place on.
            let half: Vec<u64> = (150..300).collect();
            other += usize::from(originals.repeated("y", &signature(&half)).is_some());
        }
        assert!(edited >= 495, "{edited} of 500");
        assert_eq!(other, 0);
    }
}
