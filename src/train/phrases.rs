//! Learning what words of a line say: which stand in main content and which beside it.

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::blocks::from_text;
use crate::labels::phrases::{Phrases, tokens};
use crate::train::{Example, say};

/// Domains that a word or pair must occur on.
const DOMAINS: u32 = 8;
/// How many standard deviations its share of main content must be from that of all words.
const SURE: f32 = 3.0;

/// Counts of a token over domains: those it occurs on, and the sum of the shares of its lines that are main
/// content.
#[derive(Debug, Clone, Copy, Default)]
struct Count {
    domains: u32,
    content: f32,
}

/// For each token how many lines with it are main content, and how many there are.
type Counts = FxHashMap<u32, (u32, u32)>;

/// Log-odds times 16 of main content for lines with a word or pair, against all of them.
pub(super) fn learn(texts: &[&Example]) -> Phrases {
    let texts: Vec<&&Example> =
        texts.iter().filter(|text| text.html.is_none() && text.truth.body.is_some()).collect();
    let of_texts: Vec<(u64, Counts)> =
        texts.par_iter().map(|text| (text.domain_key(), count(text))).collect();
    let mut of_domains: FxHashMap<u64, Counts> = FxHashMap::default();
    for (domain, counts) in of_texts {
        let sums = of_domains.entry(domain).or_default();
        for (token, (content, all)) in counts {
            let sum = sums.entry(token).or_default();
            *sum = (sum.0 + content, sum.1 + all);
        }
    }
    let mut tokens: FxHashMap<u32, Count> = FxHashMap::default();
    let (mut all_content, mut all) = (0.0, 0.0);
    for sums in of_domains.values() {
        for (&token, &(content, lines)) in sums {
            let share = content as f32 / lines as f32;
            let count = tokens.entry(token).or_default();
            count.domains += 1;
            count.content += share;
            all_content += share;
            all += 1.0;
        }
    }
    let usual: f32 = all_content / f32::max(all, 1.0);
    Phrases::new(tokens.into_iter().filter(|(_, count)| count.domains >= DOMAINS).filter_map(
        |(token, count)| {
            let domains = count.domains as f32;
            let deviation = (domains * usual * (1.0 - usual)).sqrt();
            if (count.content - domains * usual).abs() < SURE * deviation {
                return None;
            }
            let odds = (count.content + usual) / (domains - count.content + 1.0 - usual);
            let weight = (odds.ln() - (usual / (1.0 - usual)).ln()) * 16.0;
            Some((token, weight.round().clamp(-100.0, 100.0) as i8))
        },
    ))
}

/// The counts of a text's tokens.
fn count(text: &Example) -> Counts {
    let drafts = from_text(text.text.as_deref().unwrap_or_default());
    let said = say(text, &drafts);
    let mut counts = Counts::default();
    let mut seen = FxHashSet::default();
    for (row, said) in said.iter().enumerate() {
        let Some(said) = *said else { continue };
        seen.clear();
        seen.extend(tokens(drafts.words(row)));
        for &token in &seen {
            let count = counts.entry(token).or_default();
            *count = (count.0 + u32::from(said), count.1 + 1);
        }
    }
    counts
}
