//! Which blocks of a page are in its truth.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::blocks::Drafts;
use crate::words::{self, Shingles};

/// What the truth says of a block; `None` where it says nothing.
pub type Said = Option<bool>;

/// Blocks of fewer words have no shingles and are compared as whole lines.
const SHORT: usize = 4;

/// Aligns blocks with the truth's body: a block is in it if most of its shingles are, a short one if it is a
/// line of it or stands in it between blocks that are. Of a text that the page has more often than the truth,
/// those are taken that stand among other main content.
#[must_use]
pub fn align(drafts: &Drafts, body: &str) -> Vec<Said> {
    let n = drafts.list.len();
    let shingles = Shingles::new(body);
    let mut body_words = vec![];
    words::hashes(body, &mut body_words);
    let mut lines: FxHashMap<Vec<u32>, u32> = FxHashMap::default();
    for line in body.lines() {
        let mut words = vec![];
        words::hashes(line, &mut words);
        *lines.entry(words).or_default() += 1;
    }
    let runs: FxHashSet<&[u32]> = (1..SHORT).flat_map(|length| body_words.windows(length)).collect();
    let blocks: Vec<&[u32]> = (0..n).map(|row| drafts.words(row)).collect();
    let mut said: Vec<Said> = Vec::with_capacity(n);
    let mut unsure = vec![];
    for (row, &words) in blocks.iter().enumerate() {
        said.push(match shingles.share_of(words) {
            _ if words.is_empty() => None,
            Some(share) => Some(share >= 0.5),
            None if lines.contains_key(words) => Some(true),
            None => {
                if runs.contains(words) {
                    unsure.push(row);
                }
                Some(false)
            }
        });
    }
    for row in unsure {
        let long = |at: &usize| blocks[*at].len() >= SHORT;
        let back = (0..row).rev().find(long).is_some_and(|at| said[at] == Some(true));
        let on = (row + 1..n).find(long).is_some_and(|at| said[at] == Some(true));
        said[row] = if back && on { Some(true) } else { None };
    }
    settle_repeats(&mut said, &blocks, &body_words);
    said
}

fn settle_repeats(said: &mut [Said], blocks: &[&[u32]], body: &[u32]) {
    let mut groups: FxHashMap<&[u32], Vec<usize>> = FxHashMap::default();
    for (row, &words) in blocks.iter().enumerate() {
        if said[row] == Some(true) {
            groups.entry(words).or_default().push(row);
        }
    }
    let original = said.to_vec();
    for (words, rows) in groups {
        if rows.len() < 2 {
            continue;
        }
        let in_body = body.windows(words.len()).filter(|run| *run == words).count().max(1);
        if rows.len() <= in_body {
            continue;
        }
        let company = |row: usize| {
            let around = row.saturating_sub(4)..(row + 5).min(original.len());
            around.filter(|&at| original[at] == Some(true)).map(|at| blocks[at].len()).sum::<usize>()
        };
        let mut order = rows;
        order.sort_by_key(|&row| (std::cmp::Reverse(company(row)), row));
        for &row in &order[in_body..] {
            said[row] = Some(false);
        }
    }
}

/// What must-have and must-not-have snippets say of the blocks; most stay unsaid.
#[must_use]
pub fn by_snippets(drafts: &Drafts, with: &[String], without: &[String]) -> Vec<Said> {
    let split = |snippets: &[String]| -> Vec<Vec<u32>> {
        snippets
            .iter()
            .map(|snippet| {
                let mut words = vec![];
                words::hashes(snippet, &mut words);
                words
            })
            .filter(|words| !words.is_empty())
            .collect()
    };
    let (with, without) = (split(with), split(without));
    (0..drafts.list.len())
        .map(|row| {
            let words = drafts.words(row);
            let holds = |snippets: &[Vec<u32>]| {
                snippets.iter().any(|snippet| words.windows(snippet.len()).any(|run| run == snippet))
            };
            match (holds(&with), holds(&without)) {
                (true, false) => Some(true),
                (false, true) => Some(false),
                _ => None,
            }
        })
        .collect()
}
