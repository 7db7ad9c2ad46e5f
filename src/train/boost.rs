//! Gradient boosting of oblivious trees with logistic loss, on histograms of byte features.
//!
//! Deterministic: no sampling but by the seed, sums in a fixed order.
//! Method: Friedman 2001 (gradient boosting), Chen and Guestrin 2016 (second-order leaf values).

use rayon::prelude::*;

use crate::labels::matrix::Matrix;
use crate::labels::model::{DEPTH, Forest, LEAVES, SCALE, Tree};

/// How to boost.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// Number of trees.
    pub trees: usize,
    /// Share of each tree's leaf values that is taken.
    pub rate: f64,
    /// L2 penalty on leaf values, in units of weight.
    pub ridge: f64,
    /// A leaf's least sum of second derivatives; smaller ones get the value 0.
    pub least: f64,
    /// Of how many columns each tree may choose from one, drawn anew; 1 is all.
    pub one_in: u64,
}

/// Gradient and curvature of the loss, summed.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    gradient: f64,
    curvature: f64,
}

/// Boosts a forest that tells rows with `truth` from others, each row counted `weight` times.
#[must_use]
pub fn boost(matrix: &Matrix, truth: &[bool], weight: &[f32], settings: Settings) -> Forest {
    let rows = matrix.rows();
    let positive: f64 = (0..rows).filter(|&row| truth[row]).map(|row| f64::from(weight[row])).sum();
    let total: f64 = weight.iter().map(|&w| f64::from(w)).sum();
    let share = (positive / total.max(1e-9)).clamp(1e-4, 1.0 - 1e-4);
    let base = (share / (1.0 - share)).ln();
    let mut scores = vec![base; rows];
    let mut forest = Forest { trees: Vec::with_capacity(settings.trees), base: fixed(base) };
    let mut gradients = vec![(0f32, 0f32); rows];
    let mut leaf_of = vec![0u8; rows];
    for tree in 0..settings.trees as u64 {
        for row in 0..rows {
            let p = 1.0 / (1.0 + (-scores[row]).exp());
            let w = f64::from(weight[row]);
            gradients[row] = ((w * (f64::from(truth[row]) - p)) as f32, (w * p * (1.0 - p)) as f32);
        }
        leaf_of.fill(0);
        let mut splits = [(0u16, 0u8); DEPTH];
        for (level, split) in splits.iter_mut().enumerate() {
            *split = best_split(matrix, &gradients, &leaf_of, 1 << level, settings, tree);
            for (leaf, &byte) in leaf_of.iter_mut().zip(matrix.column(usize::from(split.0))) {
                *leaf |= u8::from(byte > split.1) << level;
            }
        }
        let mut sums = [Sum::default(); LEAVES];
        for (&leaf, &(gradient, curvature)) in leaf_of.iter().zip(&gradients) {
            let sum = &mut sums[usize::from(leaf)];
            sum.gradient += f64::from(gradient);
            sum.curvature += f64::from(curvature);
        }
        let leaves = sums.map(|sum| {
            if sum.curvature < settings.least {
                return 0;
            }
            let value = settings.rate * sum.gradient / (sum.curvature + settings.ridge);
            fixed(value).clamp(i32::from(i16::MIN), i32::from(i16::MAX)) as i16
        });
        for (score, &leaf) in scores.iter_mut().zip(&leaf_of) {
            *score += f64::from(leaves[usize::from(leaf)]) / f64::from(SCALE);
        }
        forest.trees.push(Tree { splits, leaves });
    }
    forest
}

fn fixed(log_odds: f64) -> i32 {
    (log_odds * f64::from(SCALE)).round() as i32
}

/// The column and threshold that lower the loss most when all leaves are split by it.
fn best_split(
    matrix: &Matrix,
    gradients: &[(f32, f32)],
    leaf_of: &[u8],
    leaves: usize,
    settings: Settings,
    tree: u64,
) -> (u16, u8) {
    let gains: Vec<(f64, u8)> = (0..matrix.columns())
        .into_par_iter()
        .map(|column| {
            if !draws(tree, column as u64).is_multiple_of(settings.one_in) {
                return (f64::MIN, 0);
            }
            let mut histogram = vec![[Sum::default(); 256]; leaves];
            for ((&byte, &leaf), &(gradient, curvature)) in
                matrix.column(column).iter().zip(leaf_of).zip(gradients)
            {
                let sum = &mut histogram[usize::from(leaf)][usize::from(byte)];
                sum.gradient += f64::from(gradient);
                sum.curvature += f64::from(curvature);
            }
            best_threshold(&histogram, settings)
        })
        .collect();
    let (column, &(_, threshold)) = gains
        .iter()
        .enumerate()
        .max_by(|(i, a), (j, b)| a.0.total_cmp(&b.0).then(j.cmp(i)))
        .unwrap_or((0, &(0.0, 0)));
    (column as u16, threshold)
}

/// A number that a tree draws for a column (SplitMix64).
fn draws(tree: u64, column: u64) -> u64 {
    let mut mixed = (tree << 32 | column).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ mixed >> 31
}

fn best_threshold(histogram: &[[Sum; 256]], settings: Settings) -> (f64, u8) {
    let merit = |sum: Sum| {
        if sum.curvature < settings.least {
            0.0
        } else {
            sum.gradient * sum.gradient / (sum.curvature + settings.ridge)
        }
    };
    let mut gain = [0f64; 255];
    for bins in histogram {
        let all = bins.iter().fold(Sum::default(), |a, b| Sum {
            gradient: a.gradient + b.gradient,
            curvature: a.curvature + b.curvature,
        });
        let mut low = Sum::default();
        for (threshold, gain) in gain.iter_mut().enumerate() {
            low.gradient += bins[threshold].gradient;
            low.curvature += bins[threshold].curvature;
            let high =
                Sum { gradient: all.gradient - low.gradient, curvature: all.curvature - low.curvature };
            *gain += merit(low) + merit(high);
        }
    }
    let (threshold, gain) =
        gain.iter().enumerate().max_by(|(i, a), (j, b)| a.total_cmp(b).then(j.cmp(i))).unwrap_or((0, &0.0));
    (*gain, threshold as u8)
}
