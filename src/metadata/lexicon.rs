//! Words by what they are in a byline: roles, particles of names, outlets, prepositions, in the languages known.
//!
//! Languages share one list each, folded ([`fold`]): a byline is too short to tell its language, and no
//! word of one list means something else in a byline of another language.

use std::sync::LazyLock;

use super::words::{Starts, Words, begins, fold, starts, words};

/// Scripts that write no space between words, where a run of letters may be a whole name.
pub(super) fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}')
}

/// An address of a page or of a mailbox.
pub(super) fn is_address(text: &str) -> bool {
    let word = text.trim();
    !word.contains(' ')
        && (word.contains("://") || word.contains('@') || word.contains('/') || word.starts_with("www."))
}

/// The name of a host: "harbourpost.example".
pub(super) fn is_domain(text: &str) -> bool {
    let (Some(first), Some((_, last))) = (text.chars().next(), text.rsplit_once('.')) else { return false };
    first.is_alphanumeric()
        && last.len() >= 2
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-'))
}

/// A capitalised word, an initial, or a word of a script without capitals.
pub(super) fn is_name_word(word: &str) -> bool {
    let mut letters = word.chars().filter(|c| !matches!(c, '"' | '“' | '”' | '„' | '\'' | '’' | '‘'));
    let Some(first) = letters.next() else { return false };
    let rest_is_name =
        letters.all(|c| c.is_alphabetic() || matches!(c, '-' | '.' | '‐' | '‑' | '\u{300}'..='\u{36f}'));
    rest_is_name && first.is_alphabetic() && !first.is_lowercase()
        // "d'Arc", "al-Masri", "deGrasse"
        || rest_is_name && word.chars().any(char::is_uppercase) && word.chars().next().is_some_and(char::is_lowercase)
}

pub(super) fn is_particle(word: &str) -> bool {
    static WORDS: LazyLock<Words> = LazyLock::new(|| {
        words(
            "von van de der den del della dello di da dos das do du des la le el al bin ibn ben ter \
             ten zu zur vom af av dal d' ’t 't het bint abu op",
        )
    });
    WORDS.contains(&word)
}

/// Words after a name that begin a place or an outlet: "Jane Doe in Lagos", "Jana Beispiel für die Hafenpost".
pub(super) fn is_follower(word: &str) -> bool {
    static WORDS: LazyLock<Words> = LazyLock::new(|| {
        words(
            "in for from at of aus für à pour en para em per a dla w для из в i voor uit près desde \
             zur im bei avec con com with mit is är på fra från on via behalf",
        )
    });
    WORDS.contains(&word) || matches!(word, "In" | "On" | "At" | "For" | "Under")
}

/// Capitalised words that begin sentences or name days, never people.
pub(super) fn is_never_name(word: &str) -> bool {
    static WORDS: LazyLock<Words> = LazyLock::new(|| {
        words(
            "monday tuesday wednesday thursday friday saturday sunday montag dienstag mittwoch \
             donnerstag freitag samstag sonntag lundi mardi mercredi jeudi vendredi samedi dimanche \
             the it this that these he she we you they i how why what when where who your our my its \
             his her not all more than then now today yesterday tomorrow year week day read share \
             subscribe follow view comments comment photo photos image images video copyright rights \
             home about contact click here sign log email print newsletter facebook twitter whatsapp \
             linkedin instagram telegram youtube google profile posts articles bio website january \
             february october november december by published human written posted updated room \
             categories category tags latest breaking top best new related popular trending terms \
             privacy policy cookie learn get start watch listen download skip menu search die das ein \
             eine weitere alle",
        )
    });
    let word = fold(word.trim_end_matches(['.', ',', ':']));
    WORDS.contains(&word.as_str())
}

pub(super) fn is_possessive(word: &str) -> bool {
    static WORDS: LazyLock<Words> = LazyLock::new(|| {
        words(
            "our unserem unserer unser unsere notre nos nuestro nuestra nostro nostra nosso nossa dem der des onze the",
        )
    });
    WORDS.contains(&fold(word.trim_end_matches('.')).as_str())
}

/// A role of a newsroom or the word of a trade.
pub(super) fn is_title_word(word: &str) -> bool {
    is_role_word(word) || TRADES.contains(fold(word.trim_matches(|c: char| !c.is_alphanumeric())).as_str())
}

/// Whether a segment names a role or a desk: "Political Editor", "Redaktion Wirtschaft".
pub(super) fn is_role(segment: &str) -> bool {
    segment.split_whitespace().any(is_role_word)
}

pub(super) fn is_role_word(word: &str) -> bool {
    let word = fold(word.trim_matches(|c: char| !c.is_alphanumeric()));
    ROLES.contains(&word.as_str()) || begins(&word, &ROLE_STARTS)
}

/// Academic and professional degrees after a name.
pub(super) fn is_degree(segment: &str) -> bool {
    let segment = segment.trim_end_matches('.');
    let letters = segment.chars().filter(|c| c.is_alphabetic()).count();
    matches!(segment, "PhD" | "Ph.D" | "Jr" | "Sr" | "Esq" | "MSc" | "BSc" | "MEd" | "PharmD" | "PsyD")
        || (1..=6).contains(&letters)
            && !segment.contains(' ')
            && segment.chars().all(|c| c.is_uppercase() || matches!(c, '.' | '-'))
}

/// Whether a segment names an outlet or an agency by its words.
pub(super) fn is_outlet(segment: &str) -> bool {
    let mut words = segment.split_whitespace();
    let first = words.next().unwrap_or_default();
    let last = fold(words.next_back().unwrap_or(first).trim_matches(|c: char| !c.is_alphanumeric()));
    first == "The"
        || super::agency::is_agency(segment)
        || OUTLET_ENDS.contains(&last.as_str())
        || CITIES.contains(&fold(segment).as_str())
        || segment.contains('.')
            && !segment.contains(' ')
            && segment.chars().all(|c| c.is_lowercase() || !c.is_alphabetic())
}

/// Labels of dates and readings that stand in a byline's row: "Updated", "5 min read", "Published on".
pub(super) fn is_filler(segment: &str) -> bool {
    segment.split_whitespace().all(|word| {
        let word = fold(word.trim_matches(|c: char| !c.is_alphanumeric()));
        word.chars().all(|c| c.is_ascii_digit()) || is_filler_word(&word)
    })
}

pub(super) fn is_filler_word(word: &str) -> bool {
    static WORDS: LazyLock<Words> = LazyLock::new(|| {
        words(
            "on at last min mins minute minutes read first am le el il em o uhr stand posted written \
             reported words ist et est pm gmt utc bst cet date monday tuesday wednesday thursday \
             friday saturday sunday mon tue wed thu fri sat sun montag dienstag mittwoch donnerstag \
             freitag samstag sonntag ago hours",
        )
    });
    WORDS.contains(&word)
        || ["publi", "updat", "aktualis", "veroffentl", "pubbl", "opubl", "modif", "actuali"]
            .iter()
            .any(|start| word.starts_with(start))
}

/// Words that stand before an author and nothing else, as a label.
pub(super) static LABELS: LazyLock<Words> = LazyLock::new(|| {
    words(
        "author authors autor autorin autoren auteur auteurs autrice autora autores autore autori \
         autorzy автор авторы автори yazar yazan byline text texte texto testo tekst текст words \
         written skribent forfatter kirjoittaja reporter journalist redakteur redactor redaktor \
         muhabir haber 作者 記者 记者 文 글 기자 story opracowal zrodlo",
    )
});

/// Those of them that need no colon to be understood at the start of a line.
pub(super) static LONE_LABELS: LazyLock<Words> =
    LazyLock::new(|| words("autor autorin autora autore автор author auteur byline"));

/// Prepositions that open bylines.
pub(super) static PREPOSITIONS: LazyLock<Words> =
    LazyLock::new(|| words("by von par por di door av af przez napsal napsala od"));

/// How words begin that say what the author made: "Ein Kommentar von", "An analysis by".
pub(super) static GENRES: LazyLock<Starts> = LazyLock::new(|| {
    starts(
        "kommentar analys interview bericht gastbeitrag reportage essay kolumne text comment review \
         opinion column report stor words propos recueilli entretien redig ecrit escrito scritto \
         geschrieben verfasst geschreven skrev article artikel articulo articolo artigo posted \
         written compiled edited contribut dodano podcast rezension kritik glosse leitartikel \
         protokoll essai publi created guest",
    )
});

/// Articles, "and", and pictures, which may stand in an opening and open nothing themselves.
pub(super) static ARTICLES: LazyLock<Words> = LazyLock::new(|| {
    words(
        "ein eine an a un une una en et der die the und and & photo photos foto fotos bilder pictures images",
    )
});

/// Role words, folded.
static ROLES: LazyLock<Words> = LazyLock::new(|| {
    words(
        "staff senior chief deputy assistant associate managing freelance special guest team desk \
         bureau newsroom agency agencies board director professor ceo founder manager lawyer intern \
         fellow researcher specialist expert head lead host anchor agenturen agentur chef envoye \
         envoyee especial inviato inviata jefe jefa freier freie admin administrator webmaster \
         ressortleiter ressortleiterin vice president attorney consultant strategist economist \
         blogger novelist physician собкор",
    )
});

/// Words of trades and departments. They stand behind names as roles do, but a line with one of them is no byline
/// for that.
static TRADES: LazyLock<Words> = LazyLock::new(|| {
    words(
        "former engineer marketing content certified licensed security services professional \
         industries gardener advisor coach nutritionist dietitian therapist developer scientist \
         designer owner partner officer cto cfo cmo principal trainer instructor teacher educator \
         candidate representative psychologist pharmacist nurse veterinarian doctor finance \
         technology product software health medical",
    )
});

/// How role words begin, folded; the endings of languages and genders vary.
static ROLE_STARTS: LazyLock<Starts> = LazyLock::new(|| {
    starts(
        "editor reporter correspond korrespond corrispond correspons korespond writer journalis \
         giornalis jornalis zurnalis dziennikar contributor columnist kolumnist analyst producer \
         redakt redact redatt redaz redac volontar chefredak mitarbeit verslaggev photograph fotograf \
         muhabir корреспондент редактор редакци журналист обозревател periodist colabora gazeteci \
         co-found cofound coordinat sportredak reportero chronique pigiste autor author toimitt 記者 编辑 \
         编缉 記 기자 特派",
    )
});

/// Last words of outlets' names, folded.
static OUTLET_ENDS: LazyLock<Words> = LazyLock::new(|| {
    words(
        "post times news herald tribune gazette zeitung tagblatt tageblatt kurier anzeiger \
         nachrichten observer guardian telegraph mirror chronicle journal press media network \
         magazine magazin online today tv radio dispatch courier examiner bulletin reuters inc llc \
         ltd gmbh group digital bbc cnn blog bureau university institute",
    )
});

/// Places of two words that follow a name behind a comma, folded.
const CITIES: &[&str] = &[
    "new york",
    "los angeles",
    "san francisco",
    "hong kong",
    "tel aviv",
    "den haag",
    "buenos aires",
    "cape town",
    "new delhi",
    "kuala lumpur",
    "sao paulo",
    "mexico city",
    "abu dhabi",
    "las vegas",
    "san diego",
    "st petersburg",
    "washington dc",
    "rio de janeiro",
    "nowy jork",
    "nova york",
    "nueva york",
    "addis ababa",
    "south africa",
    "new zealand",
    "united states",
    "united kingdom",
    "north korea",
    "south korea",
    "saudi arabia",
    "sri lanka",
];
