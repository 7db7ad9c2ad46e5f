//! The language of an article: what the page declares, checked against what the text shows.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;
use whatlang::Lang;

use crate::article::{Source, Sourced};
use crate::words::is_alphabetic;

/// Bytes of text that the statistics look at.
const SAMPLE: usize = 600;

/// Fewer bytes tell nothing.
const FEWEST: usize = 60;

/// ISO 639-1 code of the language of a text, declared as the given tags (the most trusted first).
///
/// The first tag that names a language counts, unless the text is clearly written in another: pages
/// made with a template keep its `lang="en"`.
#[must_use]
pub fn of<'t>(declared: impl Iterator<Item = (&'t str, Source)>, text: &str) -> Option<Sourced<String>> {
    let sample = &text[..text.floor_char_boundary(SAMPLE.min(text.len()))];
    let mut declared = declared.filter_map(|(tag, source)| Some(Sourced { value: code(tag)?, source }));
    let first = declared.next();
    let counted = || {
        if sample.len() < FEWEST {
            return None;
        }
        let info = whatlang::detect(sample).filter(whatlang::Info::is_reliable)?;
        let value = two_letters(info.lang())?.to_owned();
        Some(Sourced { value, source: Source::Statistics })
    };
    let common = Common::of(sample);
    match first {
        Some(first) if common.shows(&first.value) => Some(first),
        Some(first) => {
            let other = counted().filter(|counted| !alike(&counted.value, &first.value));
            Some(other.unwrap_or(first))
        }
        None if sample.len() >= FEWEST
            && let Some(lang) = common.clearest() =>
        {
            Some(Sourced { value: lang.to_owned(), source: Source::Statistics })
        }
        None => counted(),
    }
}

/// Different common words that tell a language.
const TELLING: u32 = 5;

/// How many of the commonest words of each language stand in a text. Spares most pages the statistics, which cost more
/// than all the rest of the metadata.
struct Common {
    words: u32,
    /// Of each of [`WORDS`]: how often its words come, and which do.
    hits: [(u32, u32); WORDS.len()],
}

impl Common {
    fn of(text: &str) -> Self {
        let mut common = Self { words: 0, hits: [(0, 0); WORDS.len()] };
        for word in text.split(|c| !is_alphabetic(c)).filter(|word| !word.is_empty()) {
            common.words += 1;
            for &(lang, number) in COMMON.get(word).into_iter().flatten() {
                common.hits[lang].0 += 1;
                common.hits[lang].1 |= 1 << number;
            }
        }
        common
    }

    /// Whether a language's words come as often as they do in that language.
    fn shows(&self, lang: &str) -> bool {
        WORDS.iter().zip(self.hits).any(|((known, _), hits)| *known == lang && self.are_usual(hits))
    }

    /// The language whose words come as often as in no other, if many different ones do.
    fn clearest(&self) -> Option<&'static str> {
        let (lang, hits) = self.hits.into_iter().enumerate().max_by_key(|(_, (count, _))| *count)?;
        let others = self.hits.iter().enumerate().filter(|(other, _)| *other != lang);
        let second = others.map(|(_, (count, _))| *count).max().unwrap_or(0);
        let is_clear = self.are_usual(hits) && hits.1.count_ones() >= TELLING && hits.0 >= 2 * second;
        is_clear.then_some(WORDS[lang].0)
    }

    fn are_usual(&self, (count, _): (u32, u32)) -> bool {
        self.words >= 10 && count * 8 >= self.words
    }
}

/// Common words of some languages that the others named here lack, or have far more rarely; 32 of each at most.
const WORDS: &[(&str, &str)] = &[
    (
        "en",
        "the of and to that is was with for his her which have this from are by you your what their about can more they",
    ),
    (
        "de",
        "der die das und ist nicht den mit sich auf dem ein eine von zu im auch werden für bei hat aus nach wie",
    ),
    ("fr", "le la les des et est une dans du que qui pour sur pas au par ce"),
    ("es", "el la los las del y que es una por con para se su como"),
    ("it", "il la di che è e per una del della nel con sono gli non dei"),
    ("pt", "o os da do das dos que e em um uma não para com na no"),
    ("nl", "de het een van en is dat niet op te voor met zijn aan er"),
    ("pl", "w i na się z nie do jest że o to jak po przez"),
    ("ru", "в и на не что с по как из за это от для"),
    ("uk", "в і на не що з та як до за це від для у"),
    ("tr", "ve bir bu da de için ile olarak olan çok daha gibi"),
    ("sv", "och att det som är på en för inte av med har till den"),
    ("no", "og det som er på en for ikke av med har til den i"),
    ("da", "og det som er på en for ikke af med har til den i at"),
];

/// The languages that have each of the common words, by their places in [`WORDS`], and the word's number there.
static COMMON: LazyLock<FxHashMap<&str, Vec<(usize, u32)>>> = LazyLock::new(|| {
    let mut common: FxHashMap<&str, Vec<(usize, u32)>> = FxHashMap::default();
    for (lang, (_, words)) in WORDS.iter().enumerate() {
        for (number, word) in (0..).zip(words.split(' ')) {
            common.entry(word).or_default().push((lang, number));
        }
    }
    common
});

/// The ISO 639-1 code in a language tag such as `de-DE`, `en_US`, `pt-BR`, `deu`.
fn code(tag: &str) -> Option<String> {
    let primary = tag.trim().split(['-', '_', ',', ' ', ';']).next()?.to_ascii_lowercase();
    match primary.len() {
        2 if primary.bytes().all(|byte| byte.is_ascii_lowercase()) => Some(match primary.as_str() {
            // Norwegian has two written forms and one code; the others are withdrawn codes.
            "nb" | "nn" => "no".to_owned(),
            "iw" => "he".to_owned(),
            "in" => "id".to_owned(),
            _ => primary,
        }),
        3 => Lang::from_code(&primary).and_then(two_letters).map(str::to_owned),
        _ => None,
    }
}

/// Languages so close that short texts do not tell them apart.
fn alike(one: &str, other: &str) -> bool {
    const GROUPS: &[&[&str]] = &[
        &["no", "da", "sv"],
        &["hr", "sr", "bs", "sl", "mk", "bg"],
        &["id", "ms", "jv"],
        &["cs", "sk"],
        &["ru", "uk", "be"],
        &["es", "pt", "gl", "ca"],
        &["nl", "af"],
        &["hi", "mr", "ne"],
        &["ur", "fa", "ar"],
    ];
    one == other || GROUPS.iter().any(|group| group.contains(&one) && group.contains(&other))
}

fn two_letters(lang: Lang) -> Option<&'static str> {
    Some(match lang {
        Lang::Eng => "en",
        Lang::Deu => "de",
        Lang::Fra => "fr",
        Lang::Spa => "es",
        Lang::Ita => "it",
        Lang::Por => "pt",
        Lang::Nld => "nl",
        Lang::Pol => "pl",
        Lang::Rus => "ru",
        Lang::Tur => "tr",
        Lang::Swe => "sv",
        Lang::Dan => "da",
        Lang::Nob => "no",
        Lang::Fin => "fi",
        Lang::Ces => "cs",
        Lang::Slk => "sk",
        Lang::Ukr => "uk",
        Lang::Bel => "be",
        Lang::Bul => "bg",
        Lang::Mkd => "mk",
        Lang::Srp => "sr",
        Lang::Hrv => "hr",
        Lang::Slv => "sl",
        Lang::Hun => "hu",
        Lang::Ron => "ro",
        Lang::Ell => "el",
        Lang::Cat => "ca",
        Lang::Lit => "lt",
        Lang::Lav => "lv",
        Lang::Est => "et",
        Lang::Afr => "af",
        Lang::Lat => "la",
        Lang::Ara => "ar",
        Lang::Pes => "fa",
        Lang::Urd => "ur",
        Lang::Heb => "he",
        Lang::Yid => "yi",
        Lang::Hin => "hi",
        Lang::Mar => "mr",
        Lang::Nep => "ne",
        Lang::Ben => "bn",
        Lang::Guj => "gu",
        Lang::Pan => "pa",
        Lang::Tam => "ta",
        Lang::Tel => "te",
        Lang::Kan => "kn",
        Lang::Mal => "ml",
        Lang::Ori => "or",
        Lang::Sin => "si",
        Lang::Tha => "th",
        Lang::Khm => "km",
        Lang::Mya => "my",
        Lang::Vie => "vi",
        Lang::Ind => "id",
        Lang::Jav => "jv",
        Lang::Tgl => "tl",
        Lang::Cmn => "zh",
        Lang::Jpn => "ja",
        Lang::Kor => "ko",
        Lang::Kat => "ka",
        Lang::Hye => "hy",
        Lang::Aze => "az",
        Lang::Uzb => "uz",
        Lang::Tuk => "tk",
        Lang::Amh => "am",
        Lang::Zul => "zu",
        Lang::Sna => "sn",
        Lang::Aka => "ak",
        Lang::Epo => "eo",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lang(declared: &[&str], text: &str) -> Option<String> {
        of(declared.iter().map(|tag| (*tag, Source::Meta)), text).map(|found| found.value)
    }

    #[test]
    fn tags_become_codes() {
        for (tag, expected) in [
            ("de-DE", Some("de")),
            ("en_US", Some("en")),
            ("PT-br", Some("pt")),
            ("nb-NO", Some("no")),
            ("deu", Some("de")),
            ("zh-Hans-CN", Some("zh")),
            ("x-default", None),
            ("Deutsch", None),
            ("", None),
        ] {
            assert_eq!(code(tag).as_deref(), expected, "{tag}");
        }
    }

    #[test]
    fn text_decides_against_a_template() {
        let german = "Die Fähre fährt nach dem Sturm wieder, sagte der Hafenmeister am Montag. Die Anleger sind \
                      geräumt, doch die Bewohner der Insel müssen weiter auf frisches Gemüse warten.";
        assert_eq!(lang(&["en"], german).as_deref(), Some("de"));
        assert_eq!(lang(&[], german).as_deref(), Some("de"));
        assert_eq!(lang(&["de-AT"], german).as_deref(), Some("de"));
        assert_eq!(lang(&["de"], "Kurz.").as_deref(), Some("de"));
        assert_eq!(lang(&[], "Kurz."), None);
        let english = "The ferry sails again, said the master of the harbour on Monday, but that is for those who have \
                       booked and paid in time.";
        assert_eq!(lang(&[], english).as_deref(), Some("en"));
        for other in [
            "Die hawe was by sonop oop en die veerboot is weer op see, maar dit was by die brug nog te gevaarlik vir ons.",
            "De haven was maandag open en de veerboot is weer op zee, maar het was bij de brug nog te gevaarlijk voor ons.",
        ] {
            assert_ne!(lang(&[], other).as_deref(), Some("en"), "{other}");
        }
        assert_eq!(lang(&["nonsense", "fr"], "").as_deref(), Some("fr"));
    }

    #[test]
    fn common_words_tell_a_language_that_no_other_is_like() {
        for (text, clearest) in [
            (
                "Die Fähre ist nach dem Sturm wieder auf dem See, und der Hafen hat von der Stadt eine Zusage.",
                Some("de"),
            ),
            (
                "The ferry is back and the harbour of the town has more of that than they have by now.",
                Some("en"),
            ),
            ("La barca del puerto no sale en un día como el que era.", None), // Portuguese and Italian have these too
            ("og det er ikke til at se på en båt som har vært her med den for av på", None), // Danish or Norwegian
            ("Kurz und gut", None),
        ] {
            assert_eq!(Common::of(text).clearest(), clearest, "{text}");
        }
        assert!(WORDS.iter().all(|(_, words)| words.split(' ').count() <= 32));
    }
}
