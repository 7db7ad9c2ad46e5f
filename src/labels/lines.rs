//! What the model is told about the lines of a text, beside what it is told of any block.
//!
//! A page says by its elements where things are. In a text only the lines themselves do: their words, the rules
//! that know them, the prose before and after, and how often the rest of the text comes back to their words.

use std::sync::LazyLock;

use memchr::memmem::Finder;
use rustc_hash::{FxBuildHasher, FxHashMap};

use crate::blocks::Drafts;
use crate::labels::features::{self as first, COLUMNS as FIRST_COLUMNS};
use crate::labels::matrix::Matrix;
use crate::labels::phrases::{Phrases, Tone};
use crate::reading::Context;
use crate::words;

macro_rules! columns {
    ($($name:ident),+ $(,)?) => {
        #[allow(non_camel_case_types)]
        #[derive(Debug, Clone, Copy)]
        enum Column { $($name),+ }
        /// Names of the columns that only texts have, in order.
        pub const NAMES: &[&str] = &[$(stringify!($name)),+];
    };
}

columns! {
    tone_sum, tone_mean, tone_lowest, tone_highest, tone_first, tone_back, tone_on, tone_cue, cue_distance,
    tone_page, tone_near, tone_before, tone_after, tone_next_5,
    hit_kind, last_hit_kind, since_hit, until_hit, hits_before, hits_after, hits_share,
    since_prose, until_prose, prose_before, prose_after, short_run, prose_lines, prose_size, size_to_prose,
    gaps, blanks, blanks_on, indent, indent_back, indent_on, marker, goes_on, brand, address, same_start, same_start_near, known_words, new_words,
}

/// Columns of the first model of texts.
pub const COLUMNS: usize = FIRST_COLUMNS + NAMES.len();

/// Characters from which a line that ends as a sentence counts as prose.
const PROSE_CHARS: u32 = 80;
/// Words of a line that may be the heading of what follows it.
const CUE_WORDS: usize = 6;

/// What addresses of pages hold.
static ADDRESS: LazyLock<[Finder<'static>; 2]> = LazyLock::new(|| [Finder::new("://"), Finder::new("www.")]);

/// Adds the columns of a text.
pub fn features(matrix: &mut Matrix, drafts: &Drafts, context: &Context<'_>, phrases: &Phrases) {
    matrix.widen(COLUMNS);
    let is_prose: Vec<bool> = (0..drafts.list.len())
        .map(|row| drafts.list[row].chars >= PROSE_CHARS && words::ends_as_sentence(drafts.text(row)))
        .collect();
    let vocabulary = Vocabulary::new(drafts);
    tones(matrix, drafts, phrases, &vocabulary, &is_prose);
    hits(matrix, context);
    prose(matrix, drafts, &is_prose);
    shape(matrix, drafts, context);
    company(matrix, drafts, &vocabulary);
}

/// The words of a text, each numbered where it first stands: most come again.
struct Vocabulary {
    /// The number of each word of [`Drafts::all_words`].
    numbers: Vec<u32>,
    /// The hash of each number.
    words: Vec<u32>,
}

impl Vocabulary {
    fn new(drafts: &Drafts) -> Self {
        let all = drafts.all_words();
        // About every third word is a new one.
        let mut known: FxHashMap<u32, u32> =
            FxHashMap::with_capacity_and_hasher(all.len() / 3, FxBuildHasher);
        let mut words = Vec::with_capacity(all.len() / 3);
        let number = |&word: &u32| {
            *known.entry(word).or_insert_with(|| {
                words.push(word);
                words.len() as u32 - 1
            })
        };
        let numbers = all.iter().map(number).collect();
        Self { numbers, words }
    }

    /// The numbers of a block's words.
    fn of(&self, drafts: &Drafts, row: usize) -> &[u32] {
        &self.numbers[drafts.word_range(row)]
    }
}

fn set(matrix: &mut Matrix, column: Column, row: usize, byte: u8) {
    matrix.set(FIRST_COLUMNS + column as usize, row, byte);
}

fn log(count: usize) -> u8 {
    first::log(u32::try_from(count).unwrap_or(u32::MAX))
}

fn share(part: usize, whole: usize) -> u8 {
    (part * 255).checked_div(whole).unwrap_or(0).min(255) as u8
}

fn signed(value: i32) -> u8 {
    (value + 128).clamp(0, 255) as u8
}

/// What the lines' words say, and those of the lines around and of the heading above.
fn tones(
    matrix: &mut Matrix,
    drafts: &Drafts,
    phrases: &Phrases,
    vocabulary: &Vocabulary,
    is_prose: &[bool],
) {
    let n = is_prose.len();
    let weights: Vec<i8> = vocabulary.words.iter().map(|&word| phrases.weight(word)).collect();
    let mut tones: Vec<Tone> = Vec::with_capacity(n);
    for row in 0..n {
        let numbers = vocabulary.of(drafts, row);
        tones.push(match tones.get(drafts.first(row)) {
            Some(same) => *same,
            None => phrases.tone(drafts.words(row), |place| weights[numbers[place] as usize]),
        });
    }
    let near = |row: Option<usize>| row.and_then(|row| tones.get(row)).map_or(128, |tone| signed(tone.mean));
    let mut sums = vec![0i32; n + 1];
    for (row, tone) in tones.iter().enumerate() {
        sums[row + 1] = sums[row] + tone.mean.clamp(-128, 127);
    }
    let mean = |from: usize, to: usize| {
        let (from, to) = (from.min(n), to.min(n));
        signed((sums[to] - sums[from]) / (to - from).max(1) as i32)
    };
    let mut cue: Option<usize> = None;
    for (row, tone) in tones.iter().enumerate() {
        let values = [
            (Column::tone_sum, signed(tone.sum / 2)),
            (Column::tone_mean, signed(tone.mean)),
            (Column::tone_lowest, signed(tone.lowest)),
            (Column::tone_highest, signed(tone.highest)),
            (Column::tone_first, signed(tone.first)),
            (Column::tone_back, near(row.checked_sub(1))),
            (Column::tone_on, near(Some(row + 1))),
            (Column::tone_cue, near(cue)),
            (Column::cue_distance, cue.map_or(255, |cue| log(row - cue))),
            (Column::tone_page, mean(0, n)),
            (Column::tone_near, mean(row.saturating_sub(3), row + 4)),
            (Column::tone_before, mean(0, row)),
            (Column::tone_after, mean(row + 1, n)),
            (Column::tone_next_5, mean(row + 1, row + 6)),
        ];
        for (column, byte) in values {
            set(matrix, column, row, byte);
        }
        let words = drafts.words(row).len();
        if (1..=CUE_WORDS).contains(&words) && !is_prose[row] && tone.mean.abs() >= 16 {
            cue = Some(row);
        }
    }
}

/// What rules say of the lines, before and after.
fn hits(matrix: &mut Matrix, context: &Context<'_>) {
    let n = context.hits.len();
    let all = context.hits.iter().flatten().count();
    let (mut last, mut before) = (None, 0);
    for (row, hit) in context.hits.iter().enumerate() {
        let kind = hit.as_ref().map_or(0, |hit| hit.kind as u8 + 1);
        let after = all - before - usize::from(hit.is_some());
        let values = [
            (Column::hit_kind, kind),
            (Column::last_hit_kind, last.map_or(0, |(_, kind)| kind)),
            (Column::since_hit, last.map_or(255, |(at, _)| log(row - at))),
            (Column::hits_before, log(before)),
            (Column::hits_after, log(after)),
            (Column::hits_share, share(all, n)),
        ];
        for (column, byte) in values {
            set(matrix, column, row, byte);
        }
        if hit.is_some() {
            last = Some((row, kind));
            before += 1;
        }
    }
    let mut next = None;
    for row in (0..n).rev() {
        set(matrix, Column::until_hit, row, next.map_or(255, |next: usize| log(next - row)));
        next = if context.hits[row].is_some() { Some(row) } else { next };
    }
}

/// Where the prose is, seen from each line.
fn prose(matrix: &mut Matrix, drafts: &Drafts, is_prose: &[bool]) {
    let n = is_prose.len();
    let count = is_prose.iter().filter(|prose| **prose).count();
    let chars: u32 =
        drafts.list.iter().zip(is_prose).filter(|(_, prose)| **prose).map(|(draft, _)| draft.chars).sum();
    let mean = (chars as usize).checked_div(count).unwrap_or(0);
    let (mut last, mut before) = (None, 0);
    let mut run_start = 0;
    for (row, &prose) in is_prose.iter().enumerate() {
        let size = drafts.list[row].chars as usize;
        let values = [
            (Column::since_prose, last.map_or(255, |last: usize| log(row - last))),
            (Column::prose_before, log(before)),
            (Column::prose_after, log(count - before - usize::from(prose))),
            (Column::prose_lines, share(count, n)),
            (Column::prose_size, log(mean)),
            (Column::size_to_prose, (size * 64 / mean.max(1)).min(255) as u8),
        ];
        for (column, byte) in values {
            set(matrix, column, row, byte);
        }
        if prose {
            last = Some(row);
            before += 1;
        }
        if prose || row + 1 == n {
            let end = if prose { row } else { n };
            for at in run_start..end {
                set(matrix, Column::short_run, at, log(end - run_start));
            }
            run_start = row + 1;
        }
    }
    let mut next = None;
    for row in (0..n).rev() {
        set(matrix, Column::until_prose, row, next.map_or(255, |next: usize| log(next - row)));
        next = if is_prose[row] { Some(row) } else { next };
    }
}

/// Blank lines, sentences that go on over a line's end, the publisher's name, addresses.
fn shape(matrix: &mut Matrix, drafts: &Drafts, context: &Context<'_>) {
    let n = drafts.list.len();
    let gaps = share(drafts.list.iter().filter(|draft| draft.gap > 0).count(), n);
    // The indent that most of the text has: some flatteners indent a line by its depth in the page.
    let mut indents: FxHashMap<u16, u64> = FxHashMap::default();
    for draft in &drafts.list {
        *indents.entry(draft.depth).or_default() += u64::from(draft.chars) * u64::from(draft.chars.min(400));
    }
    let usual =
        indents.iter().max_by_key(|(indent, size)| (**size, **indent)).map_or(0, |(indent, _)| *indent);
    let indent = |row: Option<usize>, than: u16| {
        let draft = row.and_then(|row| drafts.list.get(row));
        draft.map_or(128, |draft| signed(i32::from(draft.depth) - i32::from(than)))
    };
    let brand = Brand::new(context.brand);
    for row in 0..n {
        let text = drafts.text(row);
        let starts_low = text.starts_with(|c: char| c.is_lowercase() || ",.;:)".contains(c));
        let open = row.checked_sub(1).is_some_and(|before| !words::ends_as_sentence(drafts.text(before)));
        let goes_on = u8::from(starts_low) + 2 * u8::from(open);
        let address = text.contains('@') || ADDRESS.iter().any(|mark| mark.find(text.as_bytes()).is_some());
        let values = [
            (Column::gaps, gaps),
            (Column::blanks, log(usize::from(drafts.list[row].gap))),
            (Column::blanks_on, drafts.list.get(row + 1).map_or(255, |next| log(usize::from(next.gap)))),
            (Column::indent, indent(Some(row), usual)),
            (Column::indent_back, indent(row.checked_sub(1), drafts.list[row].depth)),
            (Column::indent_on, indent(Some(row + 1), drafts.list[row].depth)),
            (Column::marker, marker(text)),
            (Column::goes_on, goes_on),
            (Column::brand, u8::from(brand.is_in(text))),
            (Column::address, u8::from(address)),
        ];
        for (column, byte) in values {
            set(matrix, column, row, byte);
        }
    }
}

/// The publisher's name, as the letters and digits of its host.
struct Brand<'a>(Option<Finder<'a>>);

impl<'a> Brand<'a> {
    /// Letters from which a name says something.
    const SHORTEST: usize = 4;
    /// Bytes from which a line is more than a name and what goes with it.
    const LONG_LINE: usize = 1000;

    fn new(name: &'a str) -> Self {
        Self((name.len() >= Self::SHORTEST).then(|| Finder::new(name)))
    }

    /// Whether a line has its letters and digits in a row, whatever stands between them.
    fn is_in(&self, line: &str) -> bool {
        let Some(name) = self.0.as_ref().filter(|_| line.len() < Self::LONG_LINE) else { return false };
        let mut squeezed = [0; Self::LONG_LINE];
        let mut length = 0;
        for byte in line.bytes() {
            // Every byte is put down, and what is no letter overwritten by the next: no branch to foretell.
            squeezed[length] = words::LOWER[usize::from(byte)];
            length += usize::from(squeezed[length] != 0);
        }
        name.find(&squeezed[..length]).is_some()
    }
}

/// The mark that a line begins with.
fn marker(text: &str) -> u8 {
    match text.bytes().next().unwrap_or(b' ') {
        b'+' => 1,
        b'*' => 2,
        b'|' | b'>' | b'/' => 3,
        b'-' => 4,
        byte if byte.is_ascii_digit() => 5,
        byte if byte.is_ascii_alphabetic() => 6,
        _ => 7,
    }
}

/// How the line's words fit to the rest of the text: lines that start alike, words that other lines have too.
fn company(matrix: &mut Matrix, drafts: &Drafts, vocabulary: &Vocabulary) {
    let n = drafts.list.len();
    let start = |row: usize| match *drafts.words(row) {
        [first, second, ..] => Some(words::pair(first, second)),
        _ => None,
    };
    let mut starts: FxHashMap<u32, (u32, usize)> = FxHashMap::default();
    // Of each word, how many lines have it, and the last of them.
    let mut lines = vec![(0u32, usize::MAX); vocabulary.words.len()];
    for row in 0..n {
        if let Some(start) = start(row) {
            starts.entry(start).or_default().0 += 1;
        }
        for &number in vocabulary.of(drafts, row) {
            let (count, last) = &mut lines[number as usize];
            *count += u32::from(*last != row);
            *last = row;
        }
    }
    for row in 0..n {
        if let Some(start) = start(row) {
            let (count, last) = starts.entry(start).or_default();
            set(matrix, Column::same_start, row, (*count).min(20) as u8);
            set(matrix, Column::same_start_near, row, if *last == 0 { 255 } else { log(row + 1 - *last) });
            *last = row + 1;
        }
        let numbers = vocabulary.of(drafts, row);
        let shared = numbers.iter().filter(|&&number| lines[number as usize].0 > 1).count();
        set(matrix, Column::known_words, row, share(shared, numbers.len()));
        set(matrix, Column::new_words, row, log(numbers.len() - shared));
    }
}
