//! From probabilities to a choice: which blocks to keep.

use crate::labels::model::probability;

/// The score above which a block is kept: the one that makes the expected F1 of the page's words highest.
///
/// A fixed threshold keeps nothing of a page that the model is unsure of. The best expected F1 is reached by
/// keeping all blocks above some score (Lewis 1995), which is low on unsure pages; `weights` are the blocks'
/// sizes.
#[must_use]
pub fn threshold(scores: &[i32], weights: &[u32]) -> i32 {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_unstable_by_key(|&row| (std::cmp::Reverse(scores[row]), row));
    let expected: f64 =
        scores.iter().zip(weights).map(|(&s, &w)| f64::from(probability(s)) * f64::from(w)).sum();
    let (mut kept, mut right) = (0.0, 0.0);
    let mut best = (0.0, i32::MAX);
    for row in order {
        let weight = f64::from(weights[row]);
        kept += weight;
        right += weight * f64::from(probability(scores[row]));
        let f1 = 2.0 * right / (kept + expected);
        if f1 > best.0 {
            best = (f1, scores[row]);
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sure_pages_are_cut_in_the_middle_and_unsure_ones_below() {
        assert_eq!(threshold(&[5000, 4000, -4000, -5000], &[100, 100, 100, 100]), 4000);
        assert_eq!(threshold(&[-1000, -1200, -6000], &[100, 100, 100]), -1200);
        assert_eq!(threshold(&[], &[]), i32::MAX);
    }
}
