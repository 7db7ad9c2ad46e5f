//! What a later forest is told: the one before's opinion of a block and of the blocks around it.

use crate::block::Form;
use crate::blocks::{Draft, Drafts};
use crate::dom::Dom;
use crate::labels::features;
use crate::labels::lines;
use crate::labels::matrix::Matrix;
use crate::labels::model::probability;

/// Names of the added columns, in order.
pub const OPINIONS: &[&str] = &[
    "own",
    "back_1",
    "back_2",
    "back_3",
    "on_1",
    "on_2",
    "on_3",
    "blocks_3",
    "blocks_8",
    "around_2",
    "around_6",
    "owner",
    "up1",
    "up2",
    "alike",
    "highest",
    "kept_before",
    "kept_chars",
    "kept_chars_back",
    "kept_chars_on",
    "last_kept_back",
    "next_kept_on",
    "kept_share",
    "kept_after",
    "kept_blocks",
    "section",
    "section_heading",
];

/// Columns of the first forest, after which those of [`OPINIONS`] stand.
#[must_use]
pub const fn first_columns(is_page: bool) -> usize {
    if is_page { features::COLUMNS } else { lines::COLUMNS }
}

/// Probability from which a block counts as kept for its neighbours' distance to it.
const LIKELY: f32 = 0.6;

/// Stands for the opinion of a heading where there is none.
const NO_HEADING: u8 = 128;

/// Sets the columns of opinions, which are added if they are not there, from a forest's scores.
pub fn set_opinions(matrix: &mut Matrix, drafts: &Drafts, scores: &[i32], dom: Option<&Dom<'_>>) {
    let n = drafts.list.len();
    let opinion: Vec<f32> = scores.iter().map(|&score| probability(score)).collect();
    let seen: Vec<u8> = opinion.iter().map(|&opinion| byte(opinion)).collect();
    let first = first_columns(dom.is_some());
    matrix.widen(first + OPINIONS.len());
    // Sums over the blocks before each, so that the mean of any run is one step.
    let mut weights = vec![0f32; n + 1];
    let mut kept = vec![0f32; n + 1];
    for row in 0..n {
        let chars = drafts.list[row].chars as f32;
        weights[row + 1] = weights[row] + chars;
        kept[row + 1] = kept[row] + chars * opinion[row];
    }
    let mean = |from: usize, to: usize| {
        let (from, to) = (from.min(n), to.min(n));
        let weight = weights[to] - weights[from];
        if weight > 0.0 { byte((kept[to] - kept[from]) / weight) } else { 0 }
    };
    let mut sum = vec![0f32; n + 1];
    for row in 0..n {
        sum[row + 1] = sum[row] + opinion[row];
    }
    let blocks = |from: usize, to: usize| byte((sum[to.min(n)] - sum[from]) / (to.min(n) - from) as f32);
    let mut alike = vec![(0f32, 0f32); drafts.templates()];
    for (row, draft) in drafts.list.iter().enumerate() {
        let (sum, weight) = &mut alike[drafts.template(row)];
        *sum += opinion[row] * draft.chars as f32;
        *weight += draft.chars as f32;
    }
    // Of each block's section, which goes from one heading to the next: the mean, and its heading's.
    let mut sections = vec![(0, 0); n];
    let mut start = 0;
    for section in drafts.list.chunk_by(|_, next| !is_heading(next)) {
        let end = start + section.len();
        let (text, heading) =
            if is_heading(&section[0]) { (start + 1, byte(opinion[start])) } else { (start, NO_HEADING) };
        sections[start..end].fill((mean(text, end), heading));
        start = end;
    }
    let highest = byte(opinion.iter().copied().fold(0.0, f32::max));
    let all = kept[n];
    let chars_kept = log(all);
    let (last_back, next_on) = distances(&opinion);
    let mut known: Option<(u32, [u8; 3])> = None;
    for (row, draft) in drafts.list.iter().enumerate() {
        let near = |offset: isize| {
            row.checked_add_signed(offset).and_then(|at| seen.get(at)).map_or(0, |&seen| seen)
        };
        let holders = match (dom, known) {
            (None, _) => [0; 3],
            (Some(_), Some((owner, bytes))) if owner == draft.owner => bytes,
            (Some(dom), _) => {
                let mut node = draft.owner;
                let bytes = std::array::from_fn(|_| {
                    let blocks = drafts.within(node, dom.end(node));
                    node = dom.parent(node).unwrap_or(0);
                    mean(blocks.start, blocks.end)
                });
                known = Some((draft.owner, bytes));
                bytes
            }
        };
        let (sum, weight) = alike[drafts.template(row)];
        let values = [
            near(0),
            near(-1),
            near(-2),
            near(-3),
            near(1),
            near(2),
            near(3),
            blocks(row.saturating_sub(3), row + 4),
            blocks(row.saturating_sub(8), row + 9),
            mean(row.saturating_sub(2), row + 3),
            mean(row.saturating_sub(6), row + 7),
            holders[0],
            holders[1],
            holders[2],
            if dom.is_some() { byte(sum / weight) } else { 0 },
            highest,
            byte(kept[row] / all.max(1.0)),
            chars_kept,
            log(kept[row] - kept[row.saturating_sub(5)]),
            log(kept[(row + 6).min(n)] - kept[row + 1]),
            last_back[row],
            next_on[row],
            byte(all / weights[n].max(1.0)),
            mean(row + 1, n),
            blocks(0, n),
            sections[row].0,
            sections[row].1,
        ];
        for (offset, value) in values.into_iter().enumerate() {
            matrix.set(first + offset, row, value);
        }
    }
}

/// For each block, how many blocks it is to the last likely one before it and to the next after it; 255
/// where there is none.
fn distances(opinion: &[f32]) -> (Vec<u8>, Vec<u8>) {
    let n = opinion.len();
    let (mut back, mut on) = (vec![255u8; n], vec![255u8; n]);
    let mut last: Option<usize> = None;
    for row in 0..n {
        back[row] = last.map_or(255, |last| (row - last).min(254) as u8);
        last = if opinion[row] > LIKELY { Some(row) } else { last };
    }
    let mut next: Option<usize> = None;
    for row in (0..n).rev() {
        on[row] = next.map_or(255, |next| (next - row).min(254) as u8);
        next = if opinion[row] > LIKELY { Some(row) } else { next };
    }
    (back, on)
}

fn is_heading(draft: &Draft) -> bool {
    matches!(draft.form, Form::Heading(_))
}

fn byte(share: f32) -> u8 {
    (share * 255.0) as u8
}

fn log(chars: f32) -> u8 {
    ((chars + 1.0).log2() * 16.0).clamp(0.0, 255.0) as u8
}
