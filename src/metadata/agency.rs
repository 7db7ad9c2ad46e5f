//! News agencies named in a credit: "(with inputs from Reuters)", "Quelle: dpa", "LAGOS (AP) -".
//!
//! An agency counts only inside a credit's pattern. "Reuters has learned" and "the AP exam" are no
//! credits, so a bare mention never is one.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use compact_str::CompactString;
use rustc_hash::FxHashMap;

use super::words::fold;
use crate::words::{self, Lookup};

/// Bytes of a line that can be a credit; a dateline needs only the start of a paragraph.
const LONGEST: usize = 240;

/// Names of at most so many bytes are also words or parts of names, and count only in their own case.
const SHORT: usize = 4;

/// The agency that a line credits, by its usual name.
///
/// ```
/// use copydesk::metadata::agency;
/// assert_eq!(agency::credited("(With inputs from Reuters)"), Some("Reuters"));
/// assert_eq!(agency::credited("LAGOS (AP) — The port reopened."), Some("AP"));
/// assert_eq!(agency::credited("Reuters opened an office in Lagos."), None);
/// ```
#[must_use]
pub fn credited(line: &str) -> Option<&'static str> {
    let line = line.trim();
    let head = &line[..line.floor_char_boundary(LONGEST.min(line.len()))];
    // Of a paragraph only a dateline with the agency in brackets counts.
    if line.len() > LONGEST && !head.contains('(') || !mentions(head) {
        return None;
    }
    dateline(head).or_else(|| if line.len() <= LONGEST { credit(head) } else { None })
}

/// Whether an agency's name may stand in a text of these words (see [`words::hashes`]): in most it does not.
pub(crate) fn may_be_in(words: &[u32]) -> bool {
    static FIRST_WORDS: LazyLock<Lookup<()>> = LazyLock::new(|| {
        let first_word = |name: &str| {
            let mut all = vec![];
            words::hashes(name, &mut all);
            all.first().copied()
        };
        let words = AGENCIES.iter().filter_map(|(name, _)| first_word(name));
        Lookup::new(words.map(|word| (word, ())).collect())
    });
    words.iter().any(|&word| FIRST_WORDS.get(word).is_some())
}

/// Whether any agency's name stands in the text as a word of its own: most lines are told by this alone.
fn mentions(text: &str) -> bool {
    static NAMES: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
        let names = AGENCIES.iter().map(|(name, _)| name);
        AhoCorasick::builder().ascii_case_insensitive(true).build(names).ok()
    });
    let Some(names) = NAMES.as_ref() else { return true };
    names.find_overlapping_iter(text).any(|found| {
        let (name, _) = AGENCIES[found.pattern().as_usize()];
        let is_word = !text[..found.start()].ends_with(char::is_alphanumeric)
            && !text[found.end()..].starts_with(char::is_alphanumeric);
        is_word && (name.len() > SHORT || &text[found.range()] == name)
    })
}

/// Whether a text is the name of an agency and nothing else.
pub(super) fn is_agency(text: &str) -> bool {
    named(text).is_some()
}

/// The agency of that name, by its usual name. Short names count only in their own case.
#[must_use]
pub fn named(text: &str) -> Option<&'static str> {
    let text = text.trim_matches(|c: char| !c.is_alphanumeric());
    if text.len() > 40 {
        return None;
    }
    let text = text.strip_prefix("The ").or_else(|| text.strip_prefix("the ")).unwrap_or(text);
    static KNOWN: LazyLock<FxHashMap<CompactString, (&str, &str)>> =
        LazyLock::new(|| AGENCIES.iter().map(|&(name, usual)| (fold(name), (name, usual))).collect());
    let (name, usual) = KNOWN.get(&fold(text))?;
    (name.len() > SHORT || AGENCIES.iter().any(|(exact, _)| *exact == text)).then_some(*usual)
}

/// "LAGOS (AP) - ...", "Berlin (dpa/lno) – ...", "PARIS, May 3 (Reuters) - ...".
fn dateline(line: &str) -> Option<&'static str> {
    let (place, rest) = line.split_once('(')?;
    let (name, rest) = rest.split_once(')')?;
    let dashed = rest.trim_start().starts_with(['-', '–', '—', '―', ':']);
    let place_like = place.len() <= 60
        && place.chars().next().is_some_and(char::is_uppercase)
        && !place.contains(['"', ';', '?', '!']);
    if !dashed || !place_like { None } else { list(name) }
}

/// A short line that is a credit as a whole, or a bracketed credit at the end of a line.
fn credit(line: &str) -> Option<&'static str> {
    let line = line
        .trim_matches(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '[' | ']' | '.' | '*' | '"'));
    let folded = fold(line);
    for phrase in PHRASES {
        let Some(at) = folded.find(phrase) else { continue };
        let starts = at == 0 || folded[..at].ends_with([' ', '(', '\u{a0}']);
        // What comes before is a few words ("This story was compiled with inputs from"), not a sentence.
        if !starts || folded[..at].split_whitespace().count() > 8 {
            continue;
        }
        // Folding keeps the order of words, so the agency is sought in the line by counting words.
        let skipped = folded[..at + phrase.len()].split_whitespace().count();
        let rest = after_words(line, skipped);
        if rest.split_whitespace().count() <= 8
            && let Some(name) = list(rest)
        {
            return Some(name);
        }
    }
    // "dpa/lno", "AFP", "Reuters/AP": the line is the credit.
    if line.split_whitespace().count() <= 3 { whole_list(line) } else { None }
}

fn after_words(line: &str, count: usize) -> &str {
    line.split_whitespace()
        .nth(count)
        .map_or("", |word| &line[(word.as_ptr() as usize).saturating_sub(line.as_ptr() as usize)..])
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', '/', ';', '&', '(', ')', '|'])
        .flat_map(|part| part.split(" and "))
        .flat_map(|part| part.split(" und "))
        .flat_map(|part| part.split(" et "))
        .map(str::trim)
        .filter(|part| !part.is_empty())
}

/// The first agency of a list of sources.
fn list(text: &str) -> Option<&'static str> {
    parts(text).find_map(|part| {
        let part = part.trim_end_matches(" agency").trim_end_matches(" news").trim_end_matches(" agencies");
        named(part)
    })
}

/// The first agency of a list that has only agencies and their services ("lno", "dpa-AFX").
fn whole_list(text: &str) -> Option<&'static str> {
    let service = |part: &str| part.len() <= 4 && part.chars().all(char::is_alphanumeric);
    parts(text)
        .all(|part| named(part).is_some() || service(part))
        .then(|| parts(text).next().and_then(named))
        .flatten()
}

/// What stands before the agency in a credit, folded, with the space after it where one is needed.
const PHRASES: &[&str] = &[
    "inputs from ",
    "input from ",
    "source:",
    "sources:",
    "referring to ",
    "agency inputs from ",
    "reporting by ",
    "with reporting from ",
    "with files from ",
    "material from ",
    "information from ",
    "contributed by ",
    "courtesy of ",
    "via ",
    "credit:",
    "quelle:",
    "quellen:",
    "mit material von ",
    "material der ",
    "mit informationen von ",
    "avec ",
    "source :",
    "fuente:",
    "fuentes:",
    "con informacion de ",
    "fonte:",
    "com informacoes da ",
    "com informacoes de ",
    "bron:",
    "zrodlo:",
    "za: ",
    "источник:",
    "по материалам ",
    "kaynak:",
    "kilde:",
    "kalla:",
    "zdroj:",
    "with agencies: ",
    "(c) ",
    "© ",
    "reported by ",
    "according to ",
];

/// Names of agencies as they are credited, and the name that the metadata gives.
const AGENCIES: &[(&str, &str)] = &[
    ("Reuters", "Reuters"),
    ("REUTERS", "Reuters"),
    ("Thomson Reuters", "Reuters"),
    ("AP", "AP"),
    ("Associated Press", "AP"),
    ("AFP", "AFP"),
    ("Agence France-Presse", "AFP"),
    ("dpa", "dpa"),
    ("DPA", "dpa"),
    ("dpa-AFX", "dpa"),
    ("Deutsche Presse-Agentur", "dpa"),
    ("APA", "APA"),
    ("SDA", "Keystone-SDA"),
    ("sda", "Keystone-SDA"),
    ("Keystone-SDA", "Keystone-SDA"),
    ("EFE", "EFE"),
    ("Europa Press", "Europa Press"),
    ("ANSA", "ANSA"),
    ("Ansa", "ANSA"),
    ("LUSA", "Lusa"),
    ("Lusa", "Lusa"),
    ("Agência Brasil", "Agência Brasil"),
    ("ANP", "ANP"),
    ("Belga", "Belga"),
    ("BELGA", "Belga"),
    ("PAP", "PAP"),
    ("ČTK", "ČTK"),
    ("TASS", "TASS"),
    ("ТАСС", "TASS"),
    ("RIA Novosti", "RIA Novosti"),
    ("РИА Новости", "RIA Novosti"),
    ("Interfax", "Interfax"),
    ("Интерфакс", "Interfax"),
    ("Ukrinform", "Ukrinform"),
    ("Укрінформ", "Ukrinform"),
    ("Anadolu Agency", "Anadolu"),
    ("Anadolu Ajansı", "Anadolu"),
    ("AA", "Anadolu"),
    ("DHA", "DHA"),
    ("İHA", "İHA"),
    ("PTI", "PTI"),
    ("Press Trust of India", "PTI"),
    ("ANI", "ANI"),
    ("IANS", "IANS"),
    ("UNI", "UNI"),
    ("Xinhua", "Xinhua"),
    ("新华社", "Xinhua"),
    ("Kyodo", "Kyodo"),
    ("Kyodo News", "Kyodo"),
    ("共同通信", "Kyodo"),
    ("Jiji", "Jiji"),
    ("Jiji Press", "Jiji"),
    ("Yonhap", "Yonhap"),
    ("연합뉴스", "Yonhap"),
    ("AAP", "AAP"),
    ("PA", "PA"),
    ("PA Media", "PA"),
    ("Press Association", "PA"),
    ("Canadian Press", "Canadian Press"),
    ("CP", "Canadian Press"),
    ("UPI", "UPI"),
    ("Bloomberg", "Bloomberg"),
    ("TT", "TT"),
    ("NTB", "NTB"),
    ("Ritzau", "Ritzau"),
    ("STT", "STT"),
    ("MTI", "MTI"),
    ("NAN", "NAN"),
    ("News Agency of Nigeria", "NAN"),
    ("Antara", "Antara"),
    ("WAM", "WAM"),
    ("KNA", "KNA"),
    ("epd", "epd"),
    ("SID", "SID"),
    ("kna", "KNA"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credits_name_an_agency() {
        for (line, expected) in [
            ("(with inputs from Reuters)", "Reuters"),
            ("(With inputs from agencies, PTI)", "PTI"),
            ("Source: AFP", "AFP"),
            ("Quelle: ntv.example, dpa", "dpa"),
            ("dpa/lno", "dpa"),
            ("Reuters/AP", "Reuters"),
            ("MOSCOW (AP) - The ice broke early.", "AP"),
            ("Kiel (dpa/lno) – Das Eis bricht früh.", "dpa"),
            ("OSLO, May 3 (Reuters) - The ice broke early.", "Reuters"),
            ("This was announced by the port, referring to Reuters.", "Reuters"),
            ("Źródło: PAP", "PAP"),
            ("Источник: ТАСС", "TASS"),
        ] {
            assert_eq!(credited(line), Some(expected), "{line}");
            let mut words = vec![];
            words::hashes(line, &mut words);
            assert!(may_be_in(&words), "{line}");
        }
    }

    #[test]
    fn mentions_are_no_credits() {
        for line in [
            "Reuters opened an office in Lagos.",
            "She passed the AP exam in May",
            "The minister told AFP that the bridge is safe.",
            "A reporter (AP) was there.",
            "Source: the harbour master",
            "",
            "(",
        ] {
            assert!(credited(line).is_none(), "{line}");
        }
    }
}
