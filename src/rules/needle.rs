//! The literals by which a pattern is found among hundreds of others: what every line that it matches holds.

use regex_syntax::hir::{Class, Hir, HirKind, Look};

use super::fold::{char_key, from_first_letter, letters_and_digits};
use super::short::ShortText;

/// Literals that stand for one pattern; more are no help.
const MAX_LITERALS: usize = 1024;

/// Literals that are made by putting parts of a pattern together.
const MAX_CROSS: usize = 512;

/// Characters of a class that is taken apart into literals.
const MAX_CLASS: usize = 16;

/// Characters of a class that is looked through for letters; one with more is taken to have some.
const MAX_MARKS: usize = 256;

/// How much rarer (see [`rarity`]) a literal must be to be looked for anywhere in a line rather than another one at
/// its start.
const START_RARITY: u32 = 16 * BIT;

/// How rare a literal must be to be looked for anywhere in a line; more is better, but any search beats running
/// the regex on every line.
const MIN_RARITY: u32 = 6 * BIT;

/// Texts of keys (see [`super::fold::Folded::key`]).
pub(super) type Texts = Vec<ShortText>;

/// What every line that a regex matches holds.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Needle {
    /// At its first letter or digit the line's key goes on with one of these.
    Start(Texts),
    /// The line's key holds one of these somewhere.
    Inside(Texts),
    /// Nothing that could be looked for.
    Unknown,
}

impl Needle {
    /// What to look for in lines that a regex (which tells upper case from lower) may match.
    pub(super) fn of(hir: &Hir) -> Self {
        let mut parts = vec![];
        flatten(hir, &mut parts);
        let inside = best(exact_runs(&parts));
        if matches!(parts.first().map(|part| part.kind()), Some(HirKind::Look(Look::Start))) {
            let skipped = parts.iter().take_while(|part| is_skipped(part)).count();
            let texts = prefix_of_all(parts[skipped..].iter().copied()).texts;
            let from_letter = |text: &ShortText| ShortText::of(from_first_letter(text.as_str()).chars());
            let texts = distinct(texts.iter().map(from_letter).collect());
            let rarer = inside
                .as_deref()
                .is_some_and(|inside| rarity_of_any(inside) >= rarity_of_any(&texts) + START_RARITY);
            if !texts.iter().any(ShortText::is_empty) && !rarer {
                return Self::Start(without_longer(texts, ShortText::starts_with));
            }
        }
        match inside {
            Some(texts) if rarity_of_any(&texts) >= MIN_RARITY => {
                Self::Inside(without_longer(texts, ShortText::contains))
            }
            _ => Self::Unknown,
        }
    }
}

/// The texts without those that another one of them is found in.
fn without_longer(mut texts: Texts, is_found: impl Fn(&ShortText, &ShortText) -> bool) -> Texts {
    texts.sort_by_key(ShortText::len);
    let mut kept: Texts = vec![];
    for text in texts {
        if !kept.iter().any(|shorter| is_found(&text, shorter)) {
            kept.push(text);
        }
    }
    distinct(kept)
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
fn rarity_of_any(texts: &[ShortText]) -> u32 {
    let share: f64 =
        texts.iter().map(|text| (f64::from(rarity(text.as_bytes())) / -f64::from(BIT)).exp2()).sum();
    (share.log2() * -f64::from(BIT)).max(0.0) as u32
}

/// The texts that are rarest.
fn best(runs: Vec<Texts>) -> Option<Texts> {
    runs.into_iter().max_by_key(|texts| (rarity_of_any(texts), usize::MAX - texts.len()))
}

fn distinct(mut texts: Texts) -> Texts {
    texts.sort_unstable();
    texts.dedup();
    texts
}

/// No text: what is sure of a part of which nothing is known.
fn nothing() -> Texts {
    vec![ShortText::EMPTY]
}

fn flatten<'a>(hir: &'a Hir, parts: &mut Vec<&'a Hir>) {
    match hir.kind() {
        HirKind::Capture(capture) => flatten(&capture.sub, parts),
        HirKind::Concat(concat) => concat.iter().for_each(|part| flatten(part, parts)),
        _ => parts.push(hir),
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

/// Texts with which every match of a part of a regex starts.
struct Prefix {
    texts: Texts,
    /// Whether nothing can follow them within the part, unless they are cut (see [`ShortText`]).
    exact: bool,
}

impl Prefix {
    fn unknown() -> Self {
        Self { texts: nothing(), exact: false }
    }
}

fn prefix(hir: &Hir) -> Prefix {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Prefix { texts: nothing(), exact: true },
        HirKind::Literal(literal) => match std::str::from_utf8(&literal.0) {
            Ok(text) => Prefix { texts: vec![ShortText::of(text.chars().map(char_key))], exact: true },
            Err(_) => Prefix::unknown(),
        },
        HirKind::Class(Class::Unicode(class)) => {
            let size: usize = class.ranges().iter().map(|range| range.len()).sum();
            if size > MAX_CLASS {
                return Prefix::unknown();
            }
            let chars = class.ranges().iter().flat_map(|range| range.start()..=range.end());
            let texts = distinct(chars.map(|c| ShortText::of([char_key(c)])).collect());
            Prefix { texts, exact: true }
        }
        HirKind::Class(Class::Bytes(_)) => Prefix::unknown(),
        HirKind::Capture(capture) => prefix(&capture.sub),
        HirKind::Repetition(repetition) => {
            let once = repetition.max == Some(1);
            let mut inner = prefix(&repetition.sub);
            match repetition.min {
                0 if once && inner.exact => inner.texts.push(ShortText::EMPTY),
                0 => return Prefix::unknown(),
                _ => inner.exact &= once,
            }
            inner
        }
        HirKind::Concat(parts) => prefix_of_all(parts),
        HirKind::Alternation(parts) => {
            let mut all = Prefix { texts: vec![], exact: true };
            for part in parts {
                let Prefix { mut texts, exact } = prefix(part);
                all.texts.append(&mut texts);
                all.exact &= exact;
            }
            all.texts = distinct(all.texts);
            if all.texts.len() > MAX_LITERALS { Prefix::unknown() } else { all }
        }
    }
}

/// The prefix of parts that follow each other.
fn prefix_of_all<'a>(parts: impl IntoIterator<Item = &'a Hir>) -> Prefix {
    let mut all = Prefix { texts: nothing(), exact: true };
    for part in parts {
        let next = prefix(part);
        match cross(&all.texts, &next.texts) {
            Some(texts) => all = Prefix { texts, exact: next.exact },
            None => all.exact = false,
        }
        if !all.exact {
            break;
        }
    }
    all
}

/// The stretches that match few texts, from left to right: every match holds one of each.
fn exact_runs(parts: &[&Hir]) -> Vec<Texts> {
    let mut runs = vec![];
    let mut run = nothing();
    for part in parts {
        let Prefix { texts, exact } = prefix(part);
        match cross(&run, &texts) {
            Some(longer) => run = longer,
            None => runs.push(std::mem::replace(&mut run, texts)),
        }
        if !exact {
            runs.push(std::mem::replace(&mut run, nothing()));
            runs.extend(required(part));
        }
    }
    runs.push(run);
    runs
}

/// Texts of which every match of `hir` holds one.
fn required(hir: &Hir) -> Option<Texts> {
    match hir.kind() {
        HirKind::Repetition(repetition) if repetition.min > 0 => required(&repetition.sub),
        HirKind::Repetition(_) | HirKind::Class(_) => None,
        HirKind::Alternation(parts) => {
            let mut all = vec![];
            for part in parts {
                all.append(&mut required(part)?);
            }
            let all = distinct(all);
            (all.len() <= MAX_LITERALS).then_some(all)
        }
        _ => {
            let mut parts = vec![];
            flatten(hir, &mut parts);
            best(exact_runs(&parts))
        }
    }
}

/// Each head with each tail; a full head stands for all its tails.
fn cross(heads: &[ShortText], tails: &[ShortText]) -> Option<Texts> {
    let open = heads.iter().filter(|head| !head.is_full()).count();
    let size = heads.len() - open + open * tails.len();
    if size > MAX_CROSS {
        return None;
    }
    let mut texts = Vec::with_capacity(size);
    for head in heads {
        if head.is_full() {
            texts.push(*head);
        } else {
            texts.extend(tails.iter().map(|tail| head.then(tail)));
        }
    }
    Some(distinct(texts))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::pattern::LazyRegex;

    fn needle(pattern: &str) -> String {
        let show = |texts: Texts| texts.iter().map(ShortText::as_str).collect::<Vec<_>>().join("|");
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
            ("^.{0,40}\\bnewsletters?\\b", "newsletter"),
            ("^\\d+ comments$", " comments"),
            ("^\\W*Подробнее", "^подробне"),
            ("^- ?[^\\p{L}\\p{N}]*\"?(foo|bar.*) x", "^bar|foo"),
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
        ] {
            assert_eq!(needle(pattern), expected, "{pattern}");
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
