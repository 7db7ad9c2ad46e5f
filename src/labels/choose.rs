//! From probabilities to a choice: which blocks to keep.

use crate::labels::model::probability;

/// The score above which a block is kept: the one that makes the expected F1 of the page's words highest.
///
/// A fixed threshold keeps nothing of a page that the model is unsure of. The best expected F1 is reached by
/// keeping all blocks above some score (Lewis 1995), which is low on unsure pages; `weights` are the blocks'
/// sizes.
#[must_use]
pub fn threshold(scores: &[i32], weights: &[u32]) -> i32 {
    let row = |(&score, &weight)| (score, f64::from(weight), f64::from(probability(score)));
    let rows: Vec<(i32, f64, f64)> =
        scores.iter().zip(weights).filter(|(_, weight)| **weight > 0).map(row).collect();
    let expected: f64 = rows.iter().map(|(_, weight, probability)| weight * probability).sum();
    // A block raises an F1 that is less than twice its probability. Each round starts from the F1 of the last
    // (Dinkelbach 1967); there are seldom more than five.
    let mut best = 0.0;
    loop {
        let (mut kept, mut right, mut least) = (0.0, 0.0, i32::MAX);
        for &(score, weight, probability) in &rows {
            if 2.0 * probability > best {
                kept += weight;
                right += weight * probability;
                least = least.min(score);
            }
        }
        let f1 = 2.0 * right / (kept + expected);
        if f1 > best {
            best = f1;
        } else {
            return least;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sure_pages_are_cut_in_the_middle_and_unsure_ones_below() {
        assert_eq!(threshold(&[5000, 4000, -4000, -5000], &[100, 100, 100, 100]), 4000);
        assert_eq!(threshold(&[-1000, -1200, -6000], &[100, 100, 100]), -1200);
        assert_eq!(threshold(&[], &[]), i32::MAX);
        assert_eq!(threshold(&[2000, 9000], &[100, 0]), 2000);
    }

    proptest! {
        #[test]
        fn no_other_threshold_is_better(blocks in prop::collection::vec((-9000..9000, 1u32..2000), 1..60)) {
            let (scores, weights): (Vec<i32>, Vec<u32>) = blocks.into_iter().unzip();
            let f1 = |threshold: i32| {
                let (mut sizes, mut right) = (0.0, 0.0);
                for (&score, &weight) in scores.iter().zip(&weights) {
                    let (weight, chance) = (f64::from(weight), f64::from(probability(score)));
                    let kept = if score >= threshold { weight } else { 0.0 };
                    sizes += kept + weight * chance;
                    right += kept * chance;
                }
                2.0 * right / sizes
            };
            let found = f1(threshold(&scores, &weights));
            prop_assert!(scores.iter().all(|&score| f1(score) <= found + 1e-9));
        }
    }
}
