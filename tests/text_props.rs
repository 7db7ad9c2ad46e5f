//! Properties of cleaned texts over generated ones: a clean text comes out unchanged but for white space, and
//! cleaning what was cleaned changes nothing.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use copydesk::Cleaner;
use copydesk::document::RawDoc;
use copydesk::rules::RuleSet;
use rayon::prelude::*;

/// Texts that each property is tried on.
const CASES: u64 = 10_000;

/// Invented sentences: beginnings, middles and ends that go together.
struct Language {
    who: &'static [&'static str],
    says: &'static [&'static str],
    what: &'static [&'static str],
    after: &'static [&'static str],
    titles: &'static [&'static str],
    headings: &'static [&'static str],
    items: &'static [&'static str],
    boilerplate: &'static [&'static str],
}

const LANGUAGES: &[Language] = &[
    Language {
        who: &[
            "The harbour board of Elsterwick",
            "A spokeswoman for the county",
            "Ida Marsh, who runs the ferry",
            "Three of the four engineers",
            "The people of the lower town",
            "Tom Berriman",
            "She",
            "Nobody at the works",
        ],
        says: &[
            "said on Tuesday that",
            "had not expected that",
            "made it known in a letter of two pages that",
            "is now certain that",
            "told the council that",
            "still doubts whether",
        ],
        what: &[
            "the bridge would stay closed until the end of March",
            "the winter had cost more than 40,000 crowns",
            "nine boats would move to the northern pier",
            "the old lock could be repaired by hand",
            "the tide of 3 October came higher than any before it",
            "the money for the new crane was gone",
        ],
        after: &[
            "",
            " for the second time this year",
            ", although the surveyors had warned of it in spring",
            ", and that a new vote would be held within a month",
            " before the first frost",
            ", as it did when the mill burned down in 1911",
        ],
        titles: &[
            "Harbour board closes the northern pier for the winter",
            "Why the old lock at Elsterwick still leaks",
            "Ferry to the islands sails again after eleven weeks",
        ],
        headings: &["What the surveyors found", "A bridge without a road", "The next tide"],
        items: &[
            "two pumps from the works at Halden;",
            "a crane, built in 1958;",
            "the keeper's house with its garden.",
        ],
        boilerplate: &[
            "Read more: The flood that nobody measured",
            "Sign up for our morning newsletter",
            "Advertisement",
            "Continue reading",
            "Share this article",
            "© 2026 Elsterwick Post. All rights reserved.",
            "Follow us on Facebook",
            "Accept all cookies",
        ],
    },
    Language {
        who: &[
            "Der Hafenrat von Elsterwiek",
            "Eine Sprecherin des Landkreises",
            "Ida Marsch, die die Fähre betreibt",
            "Drei der vier Ingenieure",
            "Die Leute aus der Unterstadt",
            "Niemand im Werk",
        ],
        says: &[
            "sagte am Dienstag,",
            "teilte in einem Brief von zwei Seiten mit,",
            "hatte nicht erwartet,",
            "erklärte im Rat,",
        ],
        what: &[
            "dass die Brücke bis Ende März gesperrt bleibt",
            "dass der Winter mehr als 40.000 Kronen gekostet hat",
            "dass neun Boote an die Nordmole verlegt werden",
            "dass die alte Schleuse von Hand repariert werden kann",
        ],
        after: &[
            "",
            ", zum zweiten Mal in diesem Jahr",
            ", obwohl die Gutachter im Frühjahr davor gewarnt hatten",
            ", und zwar vor dem ersten Frost",
        ],
        titles: &["Hafenrat sperrt die Nordmole für den Winter", "Warum die alte Schleuse noch immer leckt"],
        headings: &["Was die Gutachter fanden", "Eine Brücke ohne Straße"],
        items: &[
            "zwei Pumpen aus dem Werk in Halden;",
            "ein Kran von 1958;",
            "das Haus des Wärters mit Garten.",
        ],
        boilerplate: &[
            "Lesen Sie auch: Die Flut, die niemand maß",
            "Anzeige",
            "Newsletter abonnieren",
            "Artikel teilen",
            "Alle Rechte vorbehalten.",
        ],
    },
    Language {
        who: &[
            "Le conseil du port de Vernoise",
            "Une porte-parole du département",
            "Ida Marche, qui dirige le bac",
            "Les habitants de la ville basse",
        ],
        says: &[
            "a déclaré mardi que",
            "n'avait pas prévu que",
            "a fait savoir dans une lettre de deux pages que",
        ],
        what: &[
            "le pont resterait fermé jusqu'à la fin du mois de mars",
            "l'hiver avait coûté plus de 40 000 couronnes",
            "neuf bateaux seraient déplacés vers la jetée du nord",
        ],
        after: &[
            "",
            ", pour la deuxième fois cette année",
            ", alors que les experts avaient donné l'alerte au printemps",
        ],
        titles: &["Le conseil du port ferme la jetée du nord pour l'hiver"],
        headings: &["Ce que les experts ont trouvé", "Un pont sans route"],
        items: &[
            "deux pompes de l'usine de Halden ;",
            "une grue de 1958 ;",
            "la maison du gardien et son jardin.",
        ],
        boilerplate: &[
            "Lire aussi : La crue que personne n'a mesurée",
            "Publicité",
            "Partager cet article",
            "Tous droits réservés.",
        ],
    },
];

/// A small generator of pseudo-random numbers (SplitMix64), so that a case is its number.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ mixed >> 31) % end as u64) as usize
    }

    fn of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len())]
    }
}

fn sentence(random: &mut Random, language: &Language) -> String {
    let says = [language.who, language.says, language.what].map(|part| random.of(part)).join(" ");
    format!("{says}{}.", random.of(language.after))
}

fn paragraph(random: &mut Random, language: &Language) -> String {
    let count = 2 + random.below(4);
    (0..count).map(|_| sentence(random, language)).collect::<Vec<_>>().join(" ")
}

/// An article's lines: often a title, paragraphs, sometimes a sub-heading or a list between them.
fn article(random: &mut Random) -> (Vec<String>, &'static Language) {
    let language = &LANGUAGES[random.below(LANGUAGES.len())];
    let mut lines = vec![];
    if random.below(3) > 0 {
        lines.push(random.of(language.titles).to_owned());
    }
    let paragraphs = 3 + random.below(10);
    for number in 0..paragraphs {
        let mut next = paragraph(random, language);
        while lines.contains(&next) {
            next = paragraph(random, language);
        }
        lines.push(next);
        // Neither stands at the end, where a reader would not expect them either.
        if number > 0 && number + 2 < paragraphs {
            match random.below(12) {
                0 if !lines.iter().any(|line| line == language.headings[0]) => {
                    lines.push(language.headings[0].to_owned());
                }
                1 if !lines.iter().any(|line| line.contains(language.items[0])) => {
                    lines.extend(language.items.iter().map(|item| format!("- {item}")));
                }
                _ => {}
            }
        }
    }
    (lines, language)
}

fn cleaner() -> Cleaner {
    Cleaner::new(Arc::new(RuleSet::load(None, true).unwrap()))
}

/// What comes out of a text: the title, an empty line, and the body.
fn cleaned(cleaner: &Cleaner, text: &str) -> String {
    let cleaned = cleaner.clean(&RawDoc::text(text)).unwrap();
    let title = cleaned.metadata.title.as_ref().map(|title| format!("{}\n\n", title.value));
    title.unwrap_or_default() + &cleaned.text()
}

/// The first cases that are not as they should be.
fn failures(case: impl Fn(u64) -> Option<String> + Send + Sync) -> Vec<String> {
    let mut all: Vec<String> = (0..CASES).into_par_iter().filter_map(case).collect();
    println!("{} of {CASES} fail", all.len());
    all.truncate(3);
    all
}

#[test]
fn a_clean_text_is_changed_in_white_space_only() {
    let cleaner = cleaner();
    let failures = failures(|case| {
        let mut random = Random(case);
        let (lines, _) = article(&mut random);
        let text = lines.join(random.of(&["\n", "\n\n", "\n \n\n", "\r\n"]));
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let out = cleaned(&cleaner, &text);
        (words(&out) != words(&text)).then(|| format!("case {case}:\n{text}\n--- became ---\n{out}"))
    });
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn cleaning_twice_changes_nothing() {
    let cleaner = cleaner();
    let (added, left) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let failures = failures(|case| {
        let mut random = Random(case ^ 0x5eed);
        let (mut lines, language) = article(&mut random);
        for _ in 0..random.below(6) {
            let at = random.below(lines.len() + 1);
            lines.insert(at, random.of(language.boilerplate).to_owned());
        }
        let text = lines.join(random.of(&["\n", "\n\n"]));
        let once = cleaned(&cleaner, &text);
        let is_boilerplate = |line: &&str| language.boilerplate.contains(line);
        added.fetch_add(text.lines().filter(is_boilerplate).count(), Ordering::Relaxed);
        left.fetch_add(once.lines().filter(is_boilerplate).count(), Ordering::Relaxed);
        let twice = cleaned(&cleaner, &once);
        (once != twice).then(|| format!("case {case}:\n{text}\n--- once ---\n{once}\n--- twice ---\n{twice}"))
    });
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
    let (added, left) = (added.into_inner(), left.into_inner());
    assert!(added > 10_000 && left * 50 < added, "{left} of {added} lines of boilerplate are left");
}
