//! What the model is told about each block, as bytes.
//!
//! Counts go in as logarithms, shares as 0 to 255. Texts have the same columns as pages, of which
//! those that only a page can fill stay 0, and after them their own ([`super::lines`]).

use std::sync::LazyLock;

use rustc_hash::{FxBuildHasher, FxHashMap};

use crate::block::Form;
use crate::blocks::{Drafts, Within};
use crate::dom::{Dom, NodeId, Tag};
use crate::labels::appeal;
use crate::labels::counts::TextCounts;
use crate::labels::matrix::Matrix;
use crate::reading::Context;
use crate::words::{self, Shingles};

macro_rules! columns {
    ($($name:ident),+ $(,)?) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        #[derive(Debug, Clone, Copy)]
        enum Column { $($name),+ }
        /// Names of the columns that are no flag of [`Within`], in order.
        pub const NAMES: &[&str] = &[$(stringify!($name)),+];
    };
}

columns! {
    form, chars, words, link_share, bold_share, word_length, sentences, ending, commas, capitals, shouting,
    digits, marks, opening, gap,
    depth, token_nearest, token_lowest, token_highest, token_sum, has_hint,
    index_share, chars_before_share, blocks, page_chars, page_prose, page_links,
    chars_1_back, chars_2_back, chars_1_on, chars_2_on, links_1_back, links_2_back, links_1_on, links_2_on,
    form_1_back, form_1_on, ending_1_back, ending_1_on, prose_3_back, prose_3_on, prose_9_back, prose_9_on,
    links_4_around, same_form_run,
    own_prose, own_links, own_blocks, up1_prose, up1_links, up1_blocks, up2_prose, up2_links, up2_blocks,
    up4_prose, up4_links,
    in_best, best_prose, best_links, best_distance, after_best,
    alike, alike_chars, alike_links,
    title_overlap, title_place, is_title, description_overlap, body_known, body_share,
    repeats, repeated_before, by_rule, rules_around,
    italic_share, anchor_share, foreign_share, owner_tag, appeals, address, credits, address_over_page,
}

/// Columns of the first model.
pub const COLUMNS: usize = NAMES.len() + Within::COUNT;

/// Blocks of at least this many characters, mostly outside links, count as prose.
const PROSE_CHARS: u32 = 80;

/// A count as a byte: 16 times its binary logarithm.
pub(super) fn log(count: u32) -> u8 {
    static TABLE: LazyLock<[u8; 2048]> = LazyLock::new(|| std::array::from_fn(|count| log_of(count as u32)));
    TABLE.get(count as usize).copied().unwrap_or_else(|| log_of(count))
}

fn log_of(count: u32) -> u8 {
    ((count as f32 + 1.0).log2() * 16.0).min(255.0) as u8
}

/// A share as a byte.
pub(super) fn share(part: u32, whole: u32) -> u8 {
    if whole == 0 { 0 } else { (u64::from(part.min(whole)) * 255 / u64::from(whole)) as u8 }
}

/// Sums over the blocks before each block, so that any run of blocks is summed in one step.
struct Sums {
    chars: Vec<u32>,
    links: Vec<u32>,
    prose: Vec<u32>,
}

impl Sums {
    fn new(drafts: &Drafts) -> Self {
        let n = drafts.list.len() + 1;
        let mut sums = Self { chars: vec![0; n], links: vec![0; n], prose: vec![0; n] };
        for (i, draft) in drafts.list.iter().enumerate() {
            let prose = if draft.chars >= PROSE_CHARS && draft.link_chars * 3 < draft.chars {
                draft.chars
            } else {
                0
            };
            sums.chars[i + 1] = sums.chars[i] + draft.chars;
            sums.links[i + 1] = sums.links[i] + draft.link_chars;
            sums.prose[i + 1] = sums.prose[i] + prose;
        }
        sums
    }

    fn of(sums: &[u32], range: std::ops::Range<usize>) -> u32 {
        sums[range.end] - sums[range.start]
    }
}

/// The features of all blocks of a document: [`COLUMNS`] columns.
#[must_use]
pub fn features(drafts: &Drafts, context: &Context<'_>) -> Matrix {
    let mut matrix = Matrix::new(drafts.list.len(), COLUMNS);
    let sums = Sums::new(drafts);
    texts(&mut matrix, drafts);
    places(&mut matrix, drafts, &sums);
    neighbours(&mut matrix, drafts, &sums);
    if let Some(dom) = context.dom {
        containers(&mut matrix, drafts, &sums, dom);
        templates(&mut matrix, drafts);
    }
    agreement(&mut matrix, drafts, context);
    wording(&mut matrix, drafts);
    for row in 0..drafts.list.len() {
        let hit = |at: usize| u32::from(context.by_rule.get(at).copied().unwrap_or(false));
        matrix.set(Column::by_rule as usize, row, hit(row) as u8);
        let around = (row.saturating_sub(3)..row + 4).map(hit).sum::<u32>() - hit(row);
        matrix.set(Column::rules_around as usize, row, around as u8);
    }
    matrix
}

fn form_code(form: Form) -> u8 {
    match form {
        Form::Caption => 0,
        Form::TableRow => 1,
        Form::ListItem => 2,
        Form::Paragraph => 3,
        Form::Quote => 4,
        Form::Preformatted => 5,
        Form::Heading(level) => 12 - level.min(6),
    }
}

/// Columns about a block's own text.
fn texts(matrix: &mut Matrix, drafts: &Drafts) {
    let mut counted: Vec<TextCounts> = Vec::with_capacity(drafts.list.len());
    for (row, draft) in drafts.list.iter().enumerate() {
        let first = drafts.first(row);
        let counts = if first < row { counted[first] } else { TextCounts::of(drafts.text(row)) };
        counted.push(counts);
        let words = counts.words + counts.unspaced / 2;
        // A character of these scripts tells about as much as three letters.
        let chars = draft.chars + counts.unspaced * 2;
        let row_values = [
            (Column::form, form_code(draft.form)),
            (Column::chars, log(chars)),
            (Column::words, log(words)),
            (Column::link_share, share(draft.link_chars, draft.chars)),
            (Column::bold_share, share(draft.bold_chars, draft.chars)),
            (Column::word_length, (draft.chars * 16 / words.max(1)).min(255) as u8),
            (Column::sentences, counts.sentences.min(40) as u8),
            (Column::ending, counts.ending),
            (Column::commas, counts.commas.min(40) as u8),
            (Column::capitals, share(counts.capitals, words)),
            (Column::shouting, share(counts.shouting, words)),
            (Column::digits, share(counts.digits, draft.chars)),
            (Column::marks, share(counts.marks * 4, draft.chars)),
            (Column::opening, counts.opening),
            (Column::gap, draft.gap.min(9)),
            (Column::italic_share, share(draft.italic_chars, draft.chars)),
            (Column::anchor_share, share(draft.anchor_chars, draft.chars)),
            (Column::foreign_share, share(draft.foreign_chars, draft.chars)),
        ];
        for (column, byte) in row_values {
            matrix.set(column as usize, row, byte);
        }
    }
}

/// Columns about where a block stands: in the page, and in which elements.
fn places(matrix: &mut Matrix, drafts: &Drafts, sums: &Sums) {
    let n = drafts.list.len();
    let all = sums.chars[n];
    matrix.fill(Column::blocks as usize, log(n as u32));
    matrix.fill(Column::page_chars as usize, log(sums.prose[n]));
    matrix.fill(Column::page_prose as usize, share(sums.prose[n], all));
    matrix.fill(Column::page_links as usize, share(sums.links[n], all));
    for (row, draft) in drafts.list.iter().enumerate() {
        let signed = |weight: i16| (weight / 2 + 128).clamp(0, 255) as u8;
        let row_values = [
            (Column::depth, draft.depth.min(255) as u8),
            (Column::token_nearest, signed(draft.tokens.nearest)),
            (Column::token_lowest, signed(draft.tokens.lowest)),
            (Column::token_highest, signed(draft.tokens.highest)),
            (Column::token_sum, signed(draft.tokens.sum / 2)),
            (Column::has_hint, u8::from(draft.hint.is_some())),
            (Column::index_share, share(row as u32, n as u32)),
            (Column::chars_before_share, share(sums.chars[row], all)),
        ];
        for (column, byte) in row_values {
            matrix.set(column as usize, row, byte);
        }
        for flag in 0..Within::COUNT {
            matrix.set(NAMES.len() + flag, row, (draft.within.0 >> flag & 1) as u8);
        }
    }
}

/// Columns about the blocks before and after.
fn neighbours(matrix: &mut Matrix, drafts: &Drafts, sums: &Sums) {
    let n = drafts.list.len();
    for (column, other, offset) in [
        (Column::chars_1_back, Column::chars, -1),
        (Column::chars_2_back, Column::chars, -2),
        (Column::chars_1_on, Column::chars, 1),
        (Column::chars_2_on, Column::chars, 2),
        (Column::links_1_back, Column::link_share, -1),
        (Column::links_2_back, Column::link_share, -2),
        (Column::links_1_on, Column::link_share, 1),
        (Column::links_2_on, Column::link_share, 2),
        (Column::form_1_back, Column::form, -1),
        (Column::form_1_on, Column::form, 1),
        (Column::ending_1_back, Column::ending, -1),
        (Column::ending_1_on, Column::ending, 1),
    ] {
        matrix.set_shifted(column as usize, other as usize, offset);
    }
    for row in 0..n {
        let prose = |from: usize, to: usize| log(Sums::of(&sums.prose, from.min(n)..to.min(n)));
        matrix.set(Column::prose_3_back as usize, row, prose(row.saturating_sub(3), row));
        matrix.set(Column::prose_3_on as usize, row, prose(row + 1, row + 4));
        matrix.set(Column::prose_9_back as usize, row, prose(row.saturating_sub(9), row));
        matrix.set(Column::prose_9_on as usize, row, prose(row + 1, row + 10));
        let around = row.saturating_sub(4)..(row + 5).min(n);
        let links = share(Sums::of(&sums.links, around.clone()), Sums::of(&sums.chars, around));
        matrix.set(Column::links_4_around as usize, row, links);
    }
    let mut start = 0;
    for row in 0..=n {
        if row == n || drafts.list[row].form != drafts.list[start].form {
            for at in start..row {
                matrix.set(Column::same_form_run as usize, at, log((row - start) as u32));
            }
            start = row;
        }
    }
}

/// Columns of a block's containers in the order of [`containers`]: prose, links and blocks of the owner, of the
/// elements one and two above it, and of the one four above it.
const CONTAINERS: [Column; 11] = [
    Column::own_prose,
    Column::own_links,
    Column::own_blocks,
    Column::up1_prose,
    Column::up1_links,
    Column::up1_blocks,
    Column::up2_prose,
    Column::up2_links,
    Column::up2_blocks,
    Column::up4_prose,
    Column::up4_links,
];

/// Columns about the elements that hold a block: how much prose and how many links they hold.
fn containers(matrix: &mut Matrix, drafts: &Drafts, sums: &Sums, dom: &Dom<'_>) {
    let n = drafts.list.len();
    let all = sums.prose[n];
    let best = best_container(drafts, sums, dom);
    let best_blocks = drafts.within(best, dom.end(best));
    let best_prose = share(Sums::of(&sums.prose, best_blocks.clone()), all);
    let best_links = share(Sums::of(&sums.links, best_blocks.clone()), Sums::of(&sums.chars, best_blocks));
    matrix.fill(Column::best_prose as usize, best_prose);
    matrix.fill(Column::best_links as usize, best_links);
    // Prose, links and blocks of each element that was asked for: most are asked for by many blocks.
    let mut held: Vec<Option<[u8; 3]>> = vec![None; dom.len() as usize];
    let mut held = |node: NodeId| {
        *held[node as usize].get_or_insert_with(|| {
            let blocks = drafts.within(node, dom.end(node));
            let links = share(Sums::of(&sums.links, blocks.clone()), Sums::of(&sums.chars, blocks.clone()));
            let count = log(blocks.len() as u32);
            [share(Sums::of(&sums.prose, blocks), all), links, count]
        })
    };
    // Blocks of one owner follow each other, so that its containers are looked up once.
    let mut known: Option<(NodeId, [u8; 13])> = None;
    for (row, draft) in drafts.list.iter().enumerate() {
        let bytes = match known {
            Some((owner, bytes)) if owner == draft.owner => bytes,
            _ => {
                let mut bytes = [0; 13];
                let mut node = draft.owner;
                let mut distance = 0;
                let mut inside = false;
                for level in 0..12 {
                    match level {
                        0..=2 => bytes[3 * level..3 * level + 3].copy_from_slice(&held(node)),
                        4 => bytes[9..11].copy_from_slice(&held(node)[..2]),
                        _ => {}
                    }
                    inside |= node == best;
                    distance += u8::from(!inside);
                    let Some(parent) = dom.parent(node) else { break };
                    node = parent;
                }
                bytes[11] = u8::from(draft.owner >= best && draft.owner < dom.end(best));
                bytes[12] = distance;
                known = Some((draft.owner, bytes));
                bytes
            }
        };
        for (column, byte) in CONTAINERS.into_iter().zip(bytes) {
            matrix.set(column as usize, row, byte);
        }
        matrix.set(Column::in_best as usize, row, bytes[11]);
        matrix.set(Column::owner_tag as usize, row, tag_code(dom.tag(draft.owner)));
        matrix.set(Column::best_distance as usize, row, bytes[12]);
        matrix.set(Column::after_best as usize, row, u8::from(draft.node >= dom.end(best)));
    }
}

/// How much like running text an element's name is.
fn tag_code(tag: Tag) -> u8 {
    match tag {
        Tag::P => 5,
        Tag::Blockquote | Tag::Pre => 4,
        Tag::Li | Tag::Dt | Tag::Dd => 3,
        Tag::Td | Tag::Th | Tag::Tr => 2,
        Tag::Div | Tag::Section | Tag::Article | Tag::Main => 1,
        _ => 0,
    }
}

/// Columns about words that speak to the reader, not of the subject.
fn wording(matrix: &mut Matrix, drafts: &Drafts) {
    for (row, wording) in appeal::wordings(drafts).into_iter().enumerate() {
        matrix.set(Column::appeals as usize, row, wording.appeals);
        matrix.set(Column::address as usize, row, wording.address);
        matrix.set(Column::address_over_page as usize, row, wording.address_over_page);
        matrix.set(Column::credits as usize, row, wording.credits);
    }
}

/// The element that most prose stands in directly, as Readability chooses it: a block counts for its
/// owner's parent, and half for the grandparent.
fn best_container(drafts: &Drafts, sums: &Sums, dom: &Dom<'_>) -> NodeId {
    let mut scores: FxHashMap<NodeId, u32> = FxHashMap::default();
    for (row, draft) in drafts.list.iter().enumerate() {
        let prose = sums.prose[row + 1] - sums.prose[row];
        if prose == 0 {
            continue;
        }
        let holder = if dom.end(draft.owner) - draft.owner > 2
            && matches!(draft.form, Form::Paragraph)
            && is_mixed(drafts, row)
        {
            draft.owner
        } else {
            dom.parent(draft.owner).unwrap_or(0)
        };
        *scores.entry(holder).or_default() += prose.min(1000) * 2;
        if let Some(above) = dom.parent(holder) {
            *scores.entry(above).or_default() += prose.min(1000);
        }
    }
    let mut best = (0, 0);
    for (&node, &score) in &scores {
        let blocks = drafts.within(node, dom.end(node));
        let links = share(Sums::of(&sums.links, blocks.clone()), Sums::of(&sums.chars, blocks));
        let score = score / 256 * (255 - u32::from(links));
        if score > best.1 || score == best.1 && node < best.0 {
            best = (node, score);
        }
    }
    best.0
}

/// Whether a block's owner holds other blocks too (text apart by line breaks).
fn is_mixed(drafts: &Drafts, row: usize) -> bool {
    let owner = drafts.list[row].owner;
    row.checked_sub(1).is_some_and(|back| drafts.list[back].owner == owner)
        || drafts.list.get(row + 1).is_some_and(|next| next.owner == owner)
}

/// Columns about the blocks that the same template made.
fn templates(matrix: &mut Matrix, drafts: &Drafts) {
    let mut sums = vec![(0, 0, 0); drafts.templates()];
    for (row, draft) in drafts.list.iter().enumerate() {
        let (count, chars, links) = &mut sums[drafts.template(row)];
        *count += 1;
        *chars += draft.chars;
        *links += draft.link_chars;
    }
    let bytes =
        |&(count, chars, links): &(u32, u32, u32)| [log(count), log(chars / count), share(links, chars)];
    let bytes: Vec<[u8; 3]> = sums.iter().map(bytes).collect();
    for row in 0..drafts.list.len() {
        let [count, chars, links] = bytes[drafts.template(row)];
        matrix.set(Column::alike as usize, row, count);
        matrix.set(Column::alike_chars as usize, row, chars);
        matrix.set(Column::alike_links as usize, row, links);
    }
}

/// What a block's words have in common with what the page says of itself.
#[derive(Debug, Clone, Copy)]
struct Agreement {
    /// Hash of all words.
    identity: u64,
    title_overlap: u8,
    is_title: bool,
    /// Whether it may be the title with few words more or less.
    is_like_title: bool,
    body_share: u8,
    description_overlap: u8,
}

impl Agreement {
    fn of(block: &[u32], title: &[u32], body: &Shingles, description: &Shingles) -> Self {
        let identity = block.iter().fold(0u64, |hash, &word| {
            (hash.rotate_left(5) ^ u64::from(word)).wrapping_mul(0x517c_c1b7_2722_0a95)
        });
        let is_near = !title.is_empty() && block.len() <= title.len() * 3;
        let common =
            if is_near { block.iter().filter(|word| title.contains(word)).count() as u32 } else { 0 };
        let longer = block.len().max(title.len()) as u32;
        Self {
            identity,
            title_overlap: share(common, longer),
            is_title: is_near && block == title,
            is_like_title: is_near && common * 10 >= longer * 8,
            body_share: body.share_of(block).map_or(128, |agreed| 1 + (agreed * 254.0) as u8),
            description_overlap: description.share_of(block).map_or(0, |agreed| (agreed * 255.0) as u8),
        }
    }
}

/// Columns about agreement with the headline, the summary, JSON-LD, and about repetition.
fn agreement(matrix: &mut Matrix, drafts: &Drafts, context: &Context<'_>) {
    let n = drafts.list.len();
    let mut title = vec![];
    words::hashes(context.title, &mut title);
    let body = Shingles::new(context.article_body);
    let description = Shingles::new(context.description);
    let mut seen: FxHashMap<u64, u32> = FxHashMap::with_capacity_and_hasher(n, FxBuildHasher);
    let mut known: Vec<Agreement> = Vec::with_capacity(n);
    let mut title_row = None;
    matrix.fill(Column::body_known as usize, u8::from(!body.is_empty()));
    for row in 0..n {
        let first = drafts.first(row);
        let agreement = if first < row {
            known[first]
        } else {
            Agreement::of(drafts.words(row), &title, &body, &description)
        };
        known.push(agreement);
        let before = seen.entry(agreement.identity).or_default();
        matrix.set(Column::repeated_before as usize, row, (*before).min(9) as u8);
        *before += 1;
        matrix.set(Column::title_overlap as usize, row, agreement.title_overlap);
        matrix.set(Column::is_title as usize, row, u8::from(agreement.is_title));
        if agreement.is_like_title {
            let is_heading = matches!(drafts.list[row].form, Form::Heading(1 | 2));
            if title_row.is_none() || is_heading {
                title_row = title_row.filter(|&(_, heading)| heading).or(Some((row, is_heading)));
            }
        }
        if !body.is_empty() {
            matrix.set(Column::body_share as usize, row, agreement.body_share);
        }
        matrix.set(Column::description_overlap as usize, row, agreement.description_overlap);
    }
    for (row, Agreement { identity, .. }) in known.iter().enumerate() {
        matrix.set(Column::repeats as usize, row, seen[identity].min(9) as u8);
        if let Some((title_row, _)) = title_row {
            let place = row as i64 - title_row as i64;
            let size = log(place.unsigned_abs() as u32) / 2;
            let byte = if place < 0 { 128 - size.min(127) } else { 128 + size.min(127) };
            matrix.set(Column::title_place as usize, row, byte);
        }
    }
}
