//! The literals by which a pattern is found among hundreds of others: what every line that it matches holds.

use regex_syntax::hir::{Class, Hir, HirKind, Look};

use super::charset::CharSet;
use super::fold::{char_key, from_first_letter, letters_and_digits};
use super::opening::{After, MAX_OPENINGS, Opening, Part, are_whole, openings_of_all};
use super::search::is_at_marks;
use super::short::{MAX_TEXT, ShortText};

/// Characters of a class that is looked through for letters; one with more is taken to have some.
const MAX_MARKS: usize = 256;

/// How much rarer (see [`rarity`]) a literal must be to be looked for anywhere in a line rather than another one at
/// its start.
const START_RARITY: u32 = 12 * BIT;

/// How rare a literal must be to be looked for anywhere in a line; more is better, but any search beats running
/// the regex on every line.
const MIN_RARITY: u32 = 6 * BIT;

/// What every line that a regex matches holds.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Needle {
    /// At its first letter or digit the line's key goes on with one of these.
    Start(Vec<Opening>),
    /// The line's key holds one of these somewhere.
    Inside(Vec<Opening>),
    /// Nothing that could be looked for.
    Unknown,
}

impl Needle {
    /// What to look for in lines that a regex (which tells upper case from lower) may match.
    pub(super) fn of(hir: &Hir) -> Self {
        let mut parts = vec![];
        flatten(hir, &mut parts);
        let inside = best(runs(&parts, false, After::UNKNOWN));
        if matches!(parts.first().map(|part| part.hir.kind()), Some(HirKind::Look(Look::Start))) {
            let mut openings = openings_from_first_letter(&parts);
            for opening in &mut openings {
                opening.text = ShortText::of(from_first_letter(opening.text.as_str()).chars());
            }
            let rarer = inside
                .as_deref()
                .is_some_and(|inside| worth(inside) >= rarity_of_any(&openings).saturating_add(START_RARITY));
            if !openings.iter().any(|opening| opening.text.is_empty()) && !rarer {
                return Self::Start(without_implied(openings, 1));
            }
        }
        match inside {
            Some(openings) if rarity_of_any(&openings) >= MIN_RARITY => {
                let openings = openings.into_iter().map(Opening::without_space).collect();
                Self::Inside(without_implied(openings, MAX_TEXT))
            }
            _ => Self::Unknown,
        }
    }
}

/// The openings without those that imply another one at one of their first bytes.
fn without_implied(mut openings: Vec<Opening>, places: usize) -> Vec<Opening> {
    openings.sort_unstable_by_key(|opening| (opening.text.len(), opening.text));
    openings.dedup_by(|later, kept| {
        let same = kept.text == later.text;
        if same {
            kept.next = kept.next.union(later.next);
            kept.begins_word &= later.begins_word;
        }
        same
    });
    // By their first bytes: most are told apart by these.
    let mut kept = vec![vec![]; 256];
    openings.retain(|opening| {
        let text = opening.text.as_bytes();
        let is_implied = text.iter().take(places).enumerate().any(|(at, &byte)| {
            kept[usize::from(byte)].iter().any(|shorter: &Opening| shorter.is_implied_by(opening, at))
        });
        if !is_implied && let Some(&first) = text.first() {
            kept[usize::from(first)].push(*opening);
        }
        !is_implied
    });
    openings
}

/// The most letters and ASCII digits that a line can have which a regex matches, if the regex takes the whole
/// line and bounds them.
pub(super) fn most_letters(hir: &Hir) -> Option<usize> {
    fn most(hir: &Hir) -> Option<usize> {
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => Some(0),
            HirKind::Literal(literal) => {
                let text = std::str::from_utf8(&literal.0).ok()?;
                Some(text.chars().filter(|c| c.is_alphanumeric()).count())
            }
            HirKind::Class(Class::Unicode(class)) => {
                let size: usize = class.ranges().iter().map(|range| range.len()).sum();
                let mut chars = class.ranges().iter().flat_map(|range| range.start()..=range.end());
                Some(usize::from(size > MAX_MARKS || chars.any(char::is_alphanumeric)))
            }
            HirKind::Class(Class::Bytes(_)) => None,
            HirKind::Repetition(repetition) => match (most(&repetition.sub)?, repetition.max) {
                (0, _) => Some(0),
                (once, max) => once.checked_mul(max? as usize),
            },
            HirKind::Capture(capture) => most(&capture.sub),
            HirKind::Concat(parts) => parts.iter().try_fold(0usize, |sum, part| sum.checked_add(most(part)?)),
            HirKind::Alternation(parts) => {
                parts.iter().try_fold(0, |largest, part| Some(most(part)?.max(largest)))
            }
        }
    }
    let properties = hir.properties();
    let whole = properties.look_set_prefix().contains(Look::Start)
        && properties.look_set_suffix().contains(Look::End);
    if whole { most(hir) } else { None }
}

/// One bit of information, in the unit of [`rarity`].
const BIT: u32 = 8;

/// How rare a text is in the lines of pages, roughly, in eighths of a bit: bytes are taken for independent, letters
/// to have their shares in English, and other alphabets to be seldom seen.
pub(super) fn rarity(text: &[u8]) -> u32 {
    /// Of a to z.
    const LETTERS: [u8; 26] = [
        29, 48, 41, 36, 24, 44, 45, 32, 31, 72, 56, 37, 43, 31, 30, 46, 80, 32, 32, 28, 41, 53, 43, 72, 45,
        80,
    ];
    let of_byte = |byte: u8| match byte {
        b' ' => 20,
        b'a'..=b'z' => u32::from(LETTERS[usize::from(byte - b'a')]),
        b'.' | b',' | b'-' | b'\'' | b'0'..=b'9' => 51,
        0x80.. => 53,
        _ => 67,
    };
    text.iter().map(|&byte| of_byte(byte)).sum()
}

/// How rarely a place in a line holds one of the texts, in eighths of a bit.
fn rarity_of_any(openings: &[Opening]) -> u32 {
    if openings.iter().any(|opening| opening.text.is_empty()) {
        return 0;
    }
    let rarities = openings.iter().map(|opening| rarity(opening.text.as_bytes()));
    let share: f64 = rarities.map(|rarity| (f64::from(rarity) / -f64::from(BIT)).exp2()).sum();
    (share.log2() * -f64::from(BIT)).max(0.0) as u32
}

/// What texts are worth that are looked for in all of a line: how rarely a place holds one, and half of that if one of
/// them has to be looked for at every byte.
fn worth(openings: &[Opening]) -> u32 {
    let at_marks = || openings.iter().all(|opening| is_at_marks(&opening.without_space()));
    match rarity_of_any(openings) {
        0 => 0,
        rarity if at_marks() => rarity,
        rarity => rarity / 2,
    }
}

/// The texts that are worth most.
fn best(runs: Vec<Vec<Opening>>) -> Option<Vec<Opening>> {
    runs.into_iter().max_by_key(|run| (worth(run), usize::MAX - run.len()))
}

fn flatten<'h>(hir: &'h Hir, parts: &mut Vec<Part<'h>>) {
    match hir.kind() {
        HirKind::Capture(capture) => flatten(&capture.sub, parts),
        HirKind::Concat(concat) => concat.iter().for_each(|part| flatten(part, parts)),
        _ => parts.push(Part::of(hir)),
    }
}

/// Whether all that `hir` can match lies before a line's first letter or digit.
fn is_skipped(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => true,
        HirKind::Literal(literal) => {
            std::str::from_utf8(&literal.0).is_ok_and(|text| from_first_letter(text).is_empty())
        }
        HirKind::Class(Class::Unicode(class)) => {
            let mut letters = letters_and_digits().clone();
            letters.intersect(class);
            letters.ranges().is_empty()
        }
        HirKind::Class(Class::Bytes(_)) => false,
        HirKind::Repetition(repetition) => is_skipped(&repetition.sub),
        HirKind::Capture(capture) => is_skipped(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().all(is_skipped),
    }
}

/// What matches begin with at the start of a line, or at its first letter or digit.
fn openings_from_first_letter(parts: &[Part<'_>]) -> Vec<Opening> {
    let skipped = parts.iter().take_while(|part| is_skipped(part.hir)).count();
    let parts = &parts[skipped..];
    if let [first, rest @ ..] = parts
        && let HirKind::Alternation(alternatives) = first.hir.kind()
        && alternatives.iter().any(is_skipped_first)
    {
        let after = After::of(rest, After::UNKNOWN);
        let mut all = vec![];
        for alternative in alternatives {
            let mut parts = vec![];
            flatten(alternative, &mut parts);
            let mut openings = openings_from_first_letter(&parts);
            after.close(&mut openings);
            all.append(&mut openings);
        }
        return all;
    }
    openings_of_all(parts).0
}

/// Whether a part that is not all lies before a line's first letter or digit.
fn is_skipped_first(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Capture(capture) => is_skipped_first(&capture.sub),
        HirKind::Concat(parts) => parts.first().is_some_and(is_skipped),
        _ => false,
    }
}

/// What stands at the end of what a part matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// No letter of ASCII, or a place where a word may begin.
    Mark,
    /// The same, or nothing: what is before the part.
    MarkOrNothing,
    Unknown,
}

impl End {
    fn of(hir: &Hir) -> Self {
        match hir.kind() {
            HirKind::Empty => Self::MarkOrNothing,
            HirKind::Look(Look::WordUnicode | Look::Start) => Self::Mark,
            HirKind::Look(_) => Self::MarkOrNothing,
            HirKind::Literal(literal) => {
                let last = std::str::from_utf8(&literal.0).ok().and_then(|text| text.chars().next_back());
                match last.map(char_key) {
                    Some(last) if !last.is_ascii_alphabetic() => Self::Mark,
                    _ => Self::Unknown,
                }
            }
            HirKind::Class(Class::Unicode(class)) if !CharSet::of_class(class).has_letters() => Self::Mark,
            HirKind::Class(_) => Self::Unknown,
            HirKind::Repetition(repetition) => match Self::of(&repetition.sub) {
                Self::Mark if repetition.min == 0 => Self::MarkOrNothing,
                end => end,
            },
            HirKind::Capture(capture) => Self::of(&capture.sub),
            HirKind::Concat(parts) => Self::of_all(parts.iter().map(Self::of)),
            HirKind::Alternation(parts) => {
                let mut all = Self::Mark;
                for part in parts {
                    match Self::of(part) {
                        Self::Mark => {}
                        Self::MarkOrNothing => all = Self::MarkOrNothing,
                        Self::Unknown => return Self::Unknown,
                    }
                }
                all
            }
        }
    }

    /// Of parts that follow each other, the last first.
    fn of_all(ends: impl DoubleEndedIterator<Item = Self>) -> Self {
        ends.rev().find(|&end| end != Self::MarkOrNothing).unwrap_or(Self::MarkOrNothing)
    }
}

/// Whether no letter of ASCII stands before what follows the parts. `before` says so of the first.
fn follows_mark(parts: &[Part<'_>], before: bool) -> bool {
    match End::of_all(parts.iter().map(|part| End::of(part.hir))) {
        End::Mark => true,
        End::MarkOrNothing => before,
        End::Unknown => false,
    }
}

/// What every match holds, from left to right: one of each. `before` says that no letter of ASCII stands before the
/// parts; `after` follows them.
fn runs(parts: &[Part<'_>], before: bool, after: After) -> Vec<Vec<Opening>> {
    let mut runs = vec![];
    let mut stop = 0;
    for (at, part) in parts.iter().enumerate() {
        // A run that begins within another one says less than that.
        if at == stop || !are_whole(&parts[at - 1].openings) {
            let (mut run, length) = openings_of_all(&parts[at..]);
            after.close(&mut run);
            let looks =
                parts[at..].iter().take_while(|part| matches!(part.hir.kind(), HirKind::Look(_))).count();
            if follows_mark(&parts[..at + looks], before) {
                for opening in &mut run {
                    opening.begins_word = CharSet::at(opening.text.as_bytes(), 0).has_letters();
                }
            }
            runs.push(run);
            stop = at + length;
        }
        if !are_whole(&part.openings) {
            let before = follows_mark(&parts[..at], before);
            runs.extend(required(part.hir, before, After::of(&parts[at + 1..], after)));
        }
    }
    runs
}

/// Texts of which every match of `hir` holds one. `before` and `after` are as for [`runs`].
fn required(hir: &Hir, before: bool, after: After) -> Option<Vec<Opening>> {
    match hir.kind() {
        HirKind::Repetition(repetition) if repetition.min > 0 => {
            let is_once = repetition.max == Some(1);
            required(&repetition.sub, before, if is_once { after } else { After::UNKNOWN })
        }
        HirKind::Repetition(_) | HirKind::Class(_) => None,
        HirKind::Alternation(parts) => {
            let mut all = vec![];
            for part in parts {
                all.append(&mut required(part, before, after)?);
            }
            (all.len() <= MAX_OPENINGS).then_some(all)
        }
        _ => {
            let mut parts = vec![];
            flatten(hir, &mut parts);
            best(runs(&parts, before, after))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::pattern::LazyRegex;

    fn needle(pattern: &str) -> String {
        let show = |mut openings: Vec<Opening>| {
            openings.sort_by_key(|opening| opening.text);
            openings.iter().map(|opening| opening.text.as_str()).collect::<Vec<_>>().join("|")
        };
        match Needle::of(&LazyRegex::for_folded(pattern).unwrap().hir().unwrap()) {
            Needle::Start(texts) => format!("^{}", show(texts)),
            Needle::Inside(texts) => show(texts),
            Needle::Unknown => "?".into(),
        }
    }

    #[test]
    fn finds_the_literals_a_line_must_hold() {
        for (pattern, expected) in [
            ("^Read more: ", "^read more: "),
            ("^(Weiterlesen|Mehr dazu lesen Sie)\\b", "^mehr dazu lesen |weiterlesen"),
            ("^Sign up (for|to) .{0,40}\\b(newsletter|briefing)\\b", "^sign up for |sign up to "),
            ("^.{0,40}\\bnewsletters?\\b", "newsletter|newsletters"),
            ("^\\d+ comments$", "comments"),
            ("^\\W*Подробнее", "^подробне"),
            ("^- ?[^\\p{L}\\p{N}]*\"?(foo|bar.*) x", "^bar|foo x"),
            ("^[\\W_]*(?:\\d+ )?foo", "foo"),
            ("devamını oku", "devamini oku"),
            ("^(Foto|Bild): \\w+", "^bild: |foto: "),
            ("^(?:foo.*|b.*)$", "^b|foo"),
            ("(?:foo.*|b.*)$", "?"),
            ("(?:foo.*|bar.*)", "bar|foo"),
            ("^ad$", "^ad"),
            ("ad", "ad"),
            ("^\\W*(?:©|\\(c\\)) \\d{4}", "(c) |© "),
            ("^[\\w.]+@[\\w.]+$", "@"),
            ("x", "x"),
            ("e", "?"),
            ("^\\d+$", "?"),
            ("^(x.*)?$", "?"),
            ("(?:share this )+now", "share this "),
            ("[ck]lick", "click|klick"),
            ("a*", "?"),
            ("^(?:now |here )*(?:sign|log) in", "^here |log in|now |sign in"),
            ("^(?:foo.*|bar) baz", "^bar baz|foo"),
            ("^\\W*(?:foo|bar)\\b.*\\bnewsletter|^baz", "^bar|baz|foo"),
            ("^(?:[-*] ?foo|\"?(?:\\W*bar|c)) ?x", "^bar|c|foo"),
            ("^(?:\\W*foo|\\W+).*\\bnewsletter", "newsletter"),
        ] {
            assert_eq!(needle(pattern), expected, "{pattern}");
        }
    }

    #[test]
    fn knows_what_may_follow_a_literal() {
        for (pattern, key, may) in [
            (r"^(?:pr|private)[[:punct:] »]*$", "pr", true),
            (r"^(?:pr|private)[[:punct:] »]*$", "pr.", true),
            (r"^(?:pr|private)[[:punct:] »]*$", "pr »", true),
            (r"^(?:pr|private)[[:punct:] »]*$", "pr»", true),
            (r"^(?:pr|private)[[:punct:] »]*$", "president", false),
            (r"^(?:pr|private)[[:punct:] »]*$", "privately", false),
            (r"^ce\b.*u", "ce contenu", true),
            (r"^ce\b.*u", "ces contenus", false),
            (r"^ce\b.*u", "ceé", true), // not told apart from a mark
            (r"^ce\b", "ce", true),
            (r"^ce\B", "ces", true),
            (r"^ce(?-u:\b)", "ces", true), // not looked at
            (r"^page \d+", "page १", true),
            (r"^page \d+", "page 1", true),
            (r"^page \d+", "page one", false),
            (r"^page [0-9]+", "page 1", true),
            (r"^page [0-9]+", "page x", false),
            (r"^page (?:\d+)?", "page x", true),
            (r"^page.", "page\u{7}", true),
            (r"^page[s ]?$", "pages", true),
            (r"^page[s ]?$", "paged", false),
            (r"^a[\u{17f}-\u{1000}]", "as", true), // a long s
            (r"^a[\u{17f}-\u{1000}]", "at", false),
            (r"^a(?-i:[A-Z])", "ab", true),
            (r"^(?:to )*share", "to go", true),
        ] {
            let regex = LazyRegex::for_folded(pattern).unwrap();
            let Needle::Start(openings) = Needle::of(&regex.hir().unwrap()) else { panic!("{pattern}") };
            let is_there = |opening: &Opening| {
                key.starts_with(opening.text.as_str())
                    && opening.next.meets(CharSet::at(key.as_bytes(), opening.text.len()))
            };
            assert_eq!(openings.iter().any(is_there), may, "{pattern} {key}");
        }
    }

    #[test]
    fn knows_what_may_follow_a_literal_inside() {
        for (pattern, next, may) in [
            (r"^.+(?:editor|intern \S+)\b", "editor", &[(" ", true), ("i", false), ("", true)][..]),
            (
                r"^.+(?:editor|intern \S+)s?$",
                "editor",
                &[("s", true), ("i", false), ("", true), (" ", false)],
            ),
            (r"^.+(?:editor|intern \S+)(?:s|$)", "editor", &[("s", true), ("", true), (" ", false)]),
            (r"^.+(?:editor|intern \S+)[ ]?\b", "editor", &[(" ", true), ("i", true)]),
            (r"^.+(?:(?:editor|intern \S+)\b)+", "editor", &[(" ", true), ("i", false)]),
            (r"^.+(?:editor|intern \S+)+\b", "editor", &[(" ", true), ("i", true)]),
            (r"^.+(?:(?:the editor|intern \S+)|x\d+x)\b", "the editor", &[(" ", true), ("i", false)]),
        ] {
            let Needle::Inside(openings) =
                Needle::of(&LazyRegex::for_folded(pattern).unwrap().hir().unwrap())
            else {
                panic!("{pattern}")
            };
            let opening = openings.iter().find(|opening| opening.text.as_str() == next).unwrap();
            for (follows, may) in may {
                assert_eq!(
                    opening.next.meets(CharSet::at(follows.as_bytes(), 0)),
                    *may,
                    "{pattern} {follows}"
                );
            }
        }
    }

    #[test]
    fn knows_where_a_literal_begins_a_word() {
        for (pattern, begins) in [
            (r"\bnewsletter", true),
            (r"newsletter", false),
            (r"^.+\W?newsletter", false),
            (r"^.+\Wnewsletter", true),
            (r"^.+\W-?newsletter", true),
            (r"^.+[^\p{L}]+newsletter", true),
            (r"^.+[^a]+newsletter", false),
            (r"^.+\d newsletter", true),
            (r"^\W*(?:\d+ )?newsletter", true),
            (r"^\S+(?: our ?)?newsletter", false),
            (r"^.*(?:\bnewsletter|\Wnewsletter \S+)$", true),
            (r"^.*(?:\bnewsletter|newsletter \S+)$", false),
            (r"^\S*\b(?:newsletter|x\d+ newsletter)+", true),
            ("^\\S*[ \u{212a}]\\W*newsletter", false), // it may be a k
        ] {
            let Needle::Inside(openings) =
                Needle::of(&LazyRegex::for_folded(pattern).unwrap().hir().unwrap())
            else {
                panic!("{pattern}")
            };
            let all = openings.iter().all(|opening| opening.begins_word);
            assert_eq!(all, begins, "{pattern}: {openings:?}");
        }
    }

    #[test]
    fn bounds_the_letters_of_a_line() {
        for (pattern, most) in [
            ("^read more$", Some(8)),
            ("^[[:punct:] »]*(?:more|about us)[[:punct:] …]*$", Some(7)),
            ("^(?:share |tweet ){1,3}now$", Some(18)),
            (r"^\d{1,3} comments?$", Some(11)),
            ("^read more", None),
            ("read more$", None),
            ("^read .*$", None),
            (r"^\w+$", None),
            ("^(?:a|b$)", None),
        ] {
            let regex = LazyRegex::for_folded(pattern).unwrap();
            assert_eq!(most_letters(&regex.hir().unwrap()), most, "{pattern}");
        }
    }
}
