//! The structure model: boosted oblivious trees over byte features.
//!
//! Every tree asks the same question of all blocks at each of its levels, so that a page's blocks are
//! scored column by column, without branches, and the compiler makes vector code of it. Features are
//! bytes and leaves are integers: the same page gets the same score on every machine.
//!
//! Oblivious trees: Kohavi and Li 1995; boosted as in Prokhorenkova et al., CatBoost, 2018.

use std::fmt::Write as _;

use crate::labels::matrix::Matrix;

/// Levels of every tree.
pub const DEPTH: usize = 6;
/// Leaves of every tree.
pub const LEAVES: usize = 1 << DEPTH;
/// Leaf values are log-odds times this.
pub const SCALE: f32 = 1024.0;

/// One tree: at each level, does the block's byte of a feature exceed a threshold?
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tree {
    /// Column of the matrix and threshold, a pair a level.
    pub splits: [(u16, u8); DEPTH],
    /// Log-odds times [`SCALE`] by the levels' answers, the first level in the lowest bit.
    pub leaves: [i16; LEAVES],
}

/// A sum of trees.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Forest {
    /// The trees; their order does not matter for the score.
    pub trees: Vec<Tree>,
    /// Log-odds times [`SCALE`] before the first tree.
    pub base: i32,
}

impl Forest {
    /// Scores of all rows: log-odds times [`SCALE`].
    #[must_use]
    pub fn scores(&self, matrix: &Matrix) -> Vec<i32> {
        let rows = matrix.rows();
        let mut scores = vec![self.base; rows];
        let mut leaves = vec![0u8; rows];
        for tree in &self.trees {
            let columns = tree.splits.map(|(column, _)| &matrix.column(usize::from(column))[..rows]);
            for (row, leaf) in leaves.iter_mut().enumerate() {
                let answers =
                    (0..DEPTH).map(|level| u8::from(columns[level][row] > tree.splits[level].1) << level);
                *leaf = answers.fold(0, |leaf, answer| leaf | answer);
            }
            for (score, &leaf) in scores.iter_mut().zip(&leaves) {
                *score += i32::from(tree.leaves[usize::from(leaf) % LEAVES]);
            }
        }
        scores
    }

    /// Reads what [`Forest::write`] wrote.
    ///
    /// # Errors
    /// Names the line (from 1, counted in the given lines) that is wrong.
    pub fn read<'a>(lines: impl Iterator<Item = &'a str>) -> Result<Self, String> {
        let mut forest = Self::default();
        for (index, line) in lines.enumerate() {
            let wrong = || format!("line {}: not a tree: {line:.60}", index + 1);
            if let Some(base) = line.strip_prefix("base ") {
                forest.base = base.trim().parse().map_err(|_| wrong())?;
                continue;
            }
            let (splits, leaves) = line.split_once('|').ok_or_else(wrong)?;
            let mut tree = Tree { splits: [(0, 0); DEPTH], leaves: [0; LEAVES] };
            let mut words = splits.split_ascii_whitespace();
            for split in &mut tree.splits {
                let (column, threshold) =
                    words.next().and_then(|word| word.split_once('>')).ok_or_else(wrong)?;
                *split = (column.parse().map_err(|_| wrong())?, threshold.parse().map_err(|_| wrong())?);
            }
            let mut words = leaves.split_ascii_whitespace();
            for leaf in &mut tree.leaves {
                *leaf = words.next().and_then(|word| word.parse().ok()).ok_or_else(wrong)?;
            }
            forest.trees.push(tree);
        }
        Ok(forest)
    }

    /// The forest as text, a tree a line.
    pub fn write(&self, out: &mut String) {
        let _ = writeln!(out, "base {}", self.base);
        for tree in &self.trees {
            for (column, threshold) in tree.splits {
                let _ = write!(out, "{column}>{threshold} ");
            }
            out.push('|');
            for leaf in tree.leaves {
                let _ = write!(out, " {leaf}");
            }
            out.push('\n');
        }
    }

    /// The largest column that a tree asks for, plus one.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.trees
            .iter()
            .flat_map(|tree| tree.splits)
            .map(|(column, _)| usize::from(column) + 1)
            .max()
            .unwrap_or(0)
    }
}

/// Probability of a score in log-odds times [`SCALE`].
#[must_use]
pub fn probability(score: i32) -> f32 {
    1.0 / (1.0 + (-(score as f32) / SCALE).exp())
}
