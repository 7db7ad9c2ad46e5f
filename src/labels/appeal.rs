//! Words that speak to the reader, or of the page and its makers, rather than of a subject.
//!
//! Rules name lines that are boilerplate for certain. These words only make one likelier: a last paragraph full of "you"
//! and "subscribe" under an article that has none of them.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use crate::blocks::Drafts;
use crate::labels::features::share;
use crate::words::{self, Lookup};

/// What a block's wording says, as bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wording {
    /// Share of words that call upon the reader to do something on the page, times four.
    pub(super) appeals: u8,
    /// Share of words that mean the reader or the page's makers, times four.
    pub(super) address: u8,
    /// [`Wording::address`] against that of all blocks together; 128 if they are equal.
    pub(super) address_over_page: u8,
    /// Share of words about makers, sources and rights, times four.
    pub(super) credits: u8,
}

/// The wording of each block.
pub(super) fn wordings(drafts: &Drafts) -> Vec<Wording> {
    let groups = &*GROUP_OF;
    let mut all = [0; GROUPS.len() + 1];
    let counts: Vec<_> = (0..drafts.list.len())
        .map(|row| {
            let words = drafts.words(row);
            let mut counts = [0u32; GROUPS.len() + 1];
            words.iter().filter_map(|&word| groups.get(word)).for_each(|&group| counts[group] += 1);
            counts[GROUPS.len()] = words.len() as u32;
            all.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
            counts
        })
        .collect();
    let [_, usual, _] = shares(all);
    counts
        .into_iter()
        .map(|counts| {
            let [appeals, address, credits] = shares(counts);
            Wording { appeals, address, address_over_page: 128 + address / 2 - usual / 2, credits }
        })
        .collect()
}

/// The shares of the groups, given how often each occurs and the number of all words.
fn shares([appeals, address, credits, words]: [u32; GROUPS.len() + 1]) -> [u8; GROUPS.len()] {
    [appeals, address, credits].map(|count| share(count * 4, words))
}

/// The group of each word, by its hash (see [`words::hashes`]).
static GROUP_OF: LazyLock<Lookup<usize>> = LazyLock::new(|| {
    let mut all: FxHashMap<u32, usize> = FxHashMap::default();
    let mut hashes = vec![];
    for (group, list) in GROUPS.into_iter().enumerate() {
        hashes.clear();
        words::hashes(list, &mut hashes);
        all.extend(hashes.iter().map(|&word| (word, group)));
    }
    Lookup::new(all)
});

/// Appeals, address, credits, in languages of many news sites. No word that is frequent in another meaning, or in
/// another language ("us", "les").
const GROUPS: [&str; 3] = [
    "subscribe subscriber subscribers subscription newsletter newsletters signup sign click tap download app login \
     register account email mail inbox contact call visit website join follow share comment comments donate related \
     read watch learn explore discover browse schedule consultation free offer quote buy shop advertisement sponsored \
     affiliate commission podcast whatsapp telegram facebook twitter instagram linkedin youtube cookies cookie browser \
     javascript \
     abonnieren abonnement anmelden registrieren konto klicken lesen folgen teilen kommentar kommentare kostenlos \
     herunterladen anzeige datenschutz \
     abonner abonnez inscrivez inscription cliquez compte lire suivez partager commentaires gratuit publicité \
     suscríbete suscribirse boletín regístrate cuenta leer síguenos compartir comentarios gratis publicidad \
     iscriviti abbonati leggi seguici condividi commenti pubblicità \
     assine inscreva leia siga compartilhe comentários publicidade \
     abonneer aanmelden lees volg deel reacties advertentie annonse læs tilaa lue",
    "you your yours yourself we our my me please thank thanks \
     sie ihnen ihr ihre ihren ihrem dein deine dir dich du wir uns unser unsere unserem unseren bitte \
     vous votre vos nous notre nos \
     usted su sus tú tu nosotros nuestro nuestra nuestros nuestras \
     voi vostro vostra noi nostro nostra nostri \
     você seu sua nós nosso nossa je jouw uw wij ons onze",
    "author authors editor editors writer writes reporter correspondent journalist journalism professor founder \
     director degree university published originally republished copyright reserved rights disclaimer terms privacy \
     policy conditions sources source references licence license edited editing reporting written contributed \
     photo photos photograph image images getty reuters afp credit courtesy illustration updated reviewed \
     autor autorin redaktion redakteur redakteurin quelle quellen foto fotos bild rechte vorbehalten sendung \
     auteur rédaction journaliste droits réservés redacción periodista derechos reservados fuente \
     redazione giornalista fonte riservata redacteur bron redaksjonen kilde",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blocks::from_text;

    #[test]
    fn appeals_stand_out_from_their_page() {
        let page = "The ferry lay on the sandbank until the tide came back in the evening.\n\n\
            We bring you our letter: subscribe now!\n\n© Harbour Post, all rights reserved";
        let [story, letter, rights] = wordings(&from_text(page))[..] else { panic!("three blocks") };
        assert_eq!((story.appeals, story.address, story.credits), (0, 0, 0));
        assert!(letter.appeals > 100 && letter.address_over_page > 150 && letter.credits == 0, "{letter:?}");
        assert!(rights.credits > 200 && rights.appeals == 0, "{rights:?}");
        assert!(story.address_over_page < 128);
    }

    #[test]
    fn a_word_is_in_one_group() {
        let mut all = vec![];
        GROUPS.iter().for_each(|list| words::hashes(list, &mut all));
        assert_eq!(all.len(), GROUP_OF.values().len());
    }
}
