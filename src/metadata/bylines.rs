//! Names of people out of bylines: "By JANE DOE and John Roe, Political Editor, The Harbour Post".
//!
//! A byline is cut into segments at commas, bars, dashes and the word for "and"; each segment is a
//! person, a role, an outlet, a place or a date by its words alone. Where a segment is none of them
//! the line is prose: "By Monday Downing Street had changed its mind." names nobody.

use std::sync::LazyLock;

use super::dates;
use super::words::{Starts, Words, begins, fold, starts, words};

/// Bytes of a text that may be a byline; twelve names fit.
const LONGEST: usize = 300;

/// Bytes of a line that is nothing but a byline.
const LONGEST_LINE: usize = 160;

/// The people a byline names, in its order, without roles, outlets, addresses, dates.
///
/// Names keep their case unless they are all capitals.
///
/// ```
/// use copydesk::metadata::bylines;
/// let names = bylines::names("By JANE DOE and John Roe, Political Editor, The Harbour Post");
/// assert_eq!(names, ["Jane Doe", "John Roe"]);
/// ```
#[must_use]
pub fn names(text: &str) -> Vec<String> {
    read(text).names
}

/// The author in the text of an element that the page marks as its author: like [`names`], but a single
/// word or a name in small letters is a name as well, and where no person is named a desk is an author.
/// Second, whether it looks like a person's name.
pub(super) fn names_of_author(text: &str) -> (Vec<String>, bool) {
    let found = read_as(text, true).names;
    if !found.is_empty() {
        let full = found.iter().any(|name| name.contains(' ') || name.chars().any(is_unspaced));
        return (found, full);
    }
    let short = text.len() <= 60
        && text.split_whitespace().count() <= 4
        && !text.contains(|c: char| c.is_ascii_digit());
    let only_role = text
        .split_whitespace()
        .all(|word| is_role_word(word) || is_never_name(word) || is_filler_word(&fold(word)));
    if short && !only_role && !text.split_whitespace().skip(1).any(is_never_name) {
        return (of_field(text), false);
    }
    (Vec::new(), false)
}

/// Whether a text is one person's name and nothing else: two to four capitalised words.
pub(super) fn is_name(text: &str) -> bool {
    let words = text.split_whitespace().count();
    (2..=4).contains(&words)
        && !text.contains([':', ','])
        && !text.chars().all(|c| c.is_uppercase() || !c.is_alphabetic())
        && matches!(person(text, false), Person::Named(name) if name.len() == text.len())
}

/// Whether a whole line is a byline: it opens with a word such as "By" and holds nothing but names,
/// roles, outlets, places and dates, or it is a name with a role ("Jane Doe, Staff Writer").
#[must_use]
pub fn is_byline(line: &str) -> bool {
    let line = line.trim();
    if line.len() > LONGEST_LINE || line.len() < 5 || line.ends_with(['!', '?', '…']) {
        return false;
    }
    // Without an opening a byline is a name and a role with a mark between.
    if opening(line).0 == Opening::None && !line.contains([',', '|', '(', '/', '•', '·', '–', '—', '-', ':'])
    {
        return false;
    }
    let found = read(line);
    if found.names.is_empty() || !found.whole {
        return false;
    }
    let full = found.names[0].contains(' ') || found.names[0].chars().any(is_unspaced);
    match found.opening {
        Opening::None => full && found.roles > 0,
        Opening::Word => full,
        Opening::Label => true,
    }
}

/// The names in a field that holds authors and nothing else (`author` of JSON-LD, `<meta
/// name="author">`). Desks and agencies stay, since the publisher names them as authors; addresses,
/// "By" and what follows a name do not.
#[must_use]
pub fn of_field(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let text = clip(text, LONGEST * 2);
    let (_, text) = opening(text.trim());
    for list in text.split([';', '|', '\n', '•', '·']) {
        let parts: Vec<&str> = list.split([',', '،', '、', '，']).flat_map(persons).map(str::trim).collect();
        for part in parts {
            let part = without_brackets(part);
            let (_, part) = opening(part.trim_matches(|c: char| !c.is_alphanumeric() && c != '.'));
            let part = trailing_role(part);
            if part.is_empty() || is_address(part) || !part.chars().any(char::is_alphabetic) {
                continue;
            }
            let words = part.split_whitespace().count();
            // "Jane Doe, MS, RD" and "Jane Doe, Senior Editor" are one person.
            if !names.is_empty() && (is_role(part) || is_degree(part)) || words > 8 {
                continue;
            }
            push(&mut names, part);
        }
    }
    names
}

/// How a line opens.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Opening {
    /// As any line does.
    None,
    /// With a preposition that opens bylines, and sentences as well.
    Word,
    /// With what opens only bylines: "Written by", "Autor:".
    Label,
}

#[derive(Debug)]
struct Byline {
    names: Vec<String>,
    opening: Opening,
    roles: usize,
    /// Whether every segment was understood.
    whole: bool,
}

fn read(text: &str) -> Byline {
    read_as(text, false)
}

fn read_as(text: &str, announced: bool) -> Byline {
    let text = clip(text.trim(), LONGEST);
    let whole_text = text.len() == text.trim().len();
    let (opening, rest) = opening(text);
    let opening = if announced { Opening::Label } else { opening };
    let mut byline = Byline { names: Vec::new(), opening, roles: 0, whole: whole_text };
    let mut from = 0;
    // Dates would be cut at their commas: they end a stretch of text themselves.
    let dates: Vec<_> = dates::scan(rest, None).map(|found| found.at).collect();
    for end in dates.iter().map(|at| at.start).chain([rest.len()]) {
        if from <= end {
            for segment in segments(&rest[from..end]) {
                byline.take(segment);
            }
        }
        from = dates.iter().find(|at| at.start == end).map_or(rest.len(), |at| at.end);
    }
    byline
}

impl Byline {
    fn take(&mut self, segment: &str) {
        let segment = segment.trim_matches(|c: char| !c.is_alphanumeric() && c != '.');
        if segment.is_empty() || is_filler(segment) {
            return;
        }
        if is_address(segment) {
            return;
        }
        let first = self.names.is_empty();
        // "by" again: "Text by Jane Doe, photos by John Roe".
        let opened = first && self.opening != Opening::None;
        let (again, segment) = if opened { (Opening::None, segment) } else { opening(segment) };
        if first && again != Opening::None {
            self.opening = again;
        }
        match person(segment, opened || again != Opening::None) {
            Person::Named(name) => push(&mut self.names, name),
            Person::NamedWithRole(name) => {
                self.roles += 1;
                push(&mut self.names, name);
            }
            Person::Other if first => self.whole = false,
            Person::Other => {}
            Person::Role => self.roles += 1,
            Person::Prose => self.whole = false,
        }
    }
}

enum Person<'t> {
    Named(&'t str),
    NamedWithRole(&'t str),
    /// A role or desk.
    Role,
    /// An outlet or a place.
    Other,
    /// Words that no byline has.
    Prose,
}

/// What one segment is. `announced`: an opening stands before it, so a single word may be a name.
fn person(segment: &str, announced: bool) -> Person<'_> {
    if segment.chars().all(|c| is_unspaced(c) || c.is_whitespace()) {
        let letters = segment.chars().filter(|c| !c.is_whitespace()).count();
        return if (2..=8).contains(&letters) && !is_role(segment) {
            Person::Named(segment)
        } else {
            Person::Role
        };
    }
    let mut words: Vec<&str> = segment.split_whitespace().collect();
    // "Jane Doe in Lagos", "Jane Doe for The Harbour Post": what follows names a place or an outlet.
    if let Some(cut) = words.iter().position(|word| is_follower(word)).filter(|&cut| cut > 0) {
        words.truncate(cut);
    }
    while words.len() > 1 && words.last().is_some_and(|word| is_filler_word(word) || is_address(word)) {
        words.pop();
    }
    let last = words[words.len() - 1];
    let segment = &segment[..offset_in(segment, last) + last.len()];
    if is_outlet(segment) {
        return Person::Other;
    }
    let roles = |words: &[&str]| words.iter().any(|word| is_role_word(word));
    // Leading role or title words: "Chief Reporter Jane Doe", "unserem Korrespondenten Max Muster".
    let lead = words.iter().take_while(|word| is_role_word(word) || is_possessive(word)).count();
    let named = &words[lead..];
    let mut count = 0;
    let mut capitals = 0;
    for word in named {
        if is_name_word(word) && !is_role_word(word) {
            capitals += 1;
        } else if !(is_particle(word) && (capitals > 0 || named.len() > 1)) {
            break;
        }
        count += 1;
    }
    while count > 0 && is_particle(named[count - 1]) && !is_name_word(named[count - 1]) {
        count -= 1;
    }
    let rest = &named[count..];
    if capitals == 0 {
        return if roles(&words) || words.iter().all(|word| is_possessive(word)) {
            Person::Role
        } else {
            Person::Prose
        };
    }
    // "Jane Doe 59 Comments", "Jane Doe 4 min read".
    let counted = rest.first().is_some_and(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    let follows = rest.is_empty() || counted || roles(rest);
    if !follows || capitals > 5 {
        return if roles(&words) && capitals <= 5 && words.len() <= 8 { Person::Role } else { Person::Prose };
    }
    if named[..count].iter().any(|word| is_never_name(word)) {
        return if announced { Person::Prose } else { Person::Other };
    }
    if capitals < 2 && !announced {
        return if roles(rest) { Person::Role } else { Person::Other };
    }
    // "New York Correspondent" is a role all the same.
    if lead == 0
        && roles(rest)
        && !rest.first().is_some_and(|word| is_follower(word))
        && rest.len() == 1
        && capitals < 2
    {
        return Person::Role;
    }
    let start = offset_in(segment, named[0]);
    let last = named[count - 1];
    let name = &segment[start..offset_in(segment, last) + last.len()];
    if roles(rest) || lead > 0 { Person::NamedWithRole(name) } else { Person::Named(name) }
}

/// Bytes from the start of `text` to its part `part`.
fn offset_in(text: &str, part: &str) -> usize {
    (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize)
}

fn clip(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most.min(text.len()))]
}

/// Cuts a byline at the marks and words that stand between people.
fn segments(text: &str) -> impl Iterator<Item = &str> {
    text.split([
        ',', ';', '|', '/', '•', '·', '–', '—', '(', ')', '[', ']', '\n', '\t', '،', '、', '，', ':', '⋅',
        '<', '>',
    ])
    .flat_map(|part| part.split(" - "))
    .flat_map(persons)
}

/// Cuts at the word for "and".
fn persons(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut from = 0;
    for word in text.split_whitespace() {
        let and = matches!(
            word,
            "&" | "+"
                | "y"
                | "e"
                | "i"
                | "и"
                | "і"
                | "та"
                | "a"
                | "og"
                | "och"
                | "ve"
                | "en"
                | "et"
                | "und"
                | "and"
                | "ja"
                | "ed"
                | "és"
        ) || matches!(word, "AND" | "UND" | "ET" | "Y" | "И" | "VE" | "And" | "with");
        let at = offset_in(text, word);
        if and && at > 0 && at + word.len() < text.len() {
            parts.push(&text[from..at]);
            from = at + word.len();
        }
    }
    parts.push(&text[from..]);
    parts
}

/// Takes the opening off a line.
fn opening(text: &str) -> (Opening, &str) {
    let text = text.trim_start_matches(|c: char| !c.is_alphanumeric());
    let words: Vec<&str> = text.split_whitespace().take(7).collect();
    let mut genre = false;
    for (index, word) in words.iter().enumerate() {
        // "Autor:Jana", "作者：王小明": the colon ends the label.
        let (head, label) = match word.find([':', '：']) {
            Some(colon) => (&word[..colon], true),
            None => (word.trim_end_matches(['.', ',']), false),
        };
        let bare = fold(head);
        let after =
            text[offset_in(text, word) + head.len()..].trim_start_matches(|c: char| !c.is_alphanumeric());
        if after.is_empty() {
            break;
        }
        if LABELS.contains(&bare.as_str()) && (label || index > 0 || LONE_LABELS.contains(&bare.as_str())) {
            // "Author: Jane Doe", "Text und Fotos: Jana Beispiel", "Autor Jan Beispiel".
            let rest = opening(after);
            return (Opening::Label, if rest.0 == Opening::None { after } else { rest.1 });
        }
        if PREPOSITIONS.contains(&bare.as_str()) && (index == 0 || genre) {
            // "Di María" opens with a capital and goes on: no telling, so the word counts as an opening.
            let kind = if index > 0 || label { Opening::Label } else { Opening::Word };
            return (kind, after);
        }
        let announces = begins(&bare, &GENRES) || is_filler_word(&bare) || dates::month(&bare).is_some();
        let announces = announces || bare.starts_with(|c: char| c.is_ascii_digit());
        genre |= announces;
        if !announces && !ARTICLES.contains(&bare.as_str()) && !LABELS.contains(&bare.as_str()) && index > 2 {
            break;
        }
    }
    (Opening::None, text)
}

/// A part without what stands in brackets.
fn without_brackets(part: &str) -> &str {
    match part.find(['(', '<', '[']) {
        Some(at) if at > 0 => part[..at].trim(),
        _ => part.trim(),
    }
}

/// A field's name without a role after a dash: "Jane Doe - Staff Writer".
fn trailing_role(part: &str) -> &str {
    match part.split_once(" - ").or_else(|| part.split_once(" – ")) {
        Some((name, role)) if !name.trim().is_empty() && (is_role(role) || is_address(role)) => name.trim(),
        _ => part,
    }
}

fn push(names: &mut Vec<String>, name: &str) {
    let name = spell(name);
    if names.len() < 40 && !names.iter().any(|known| fold(known) == fold(&name)) {
        names.push(name);
    }
}

/// A name as it is spelt: one space between words, and small letters if it is all capitals
/// (unless it is short enough to be an agency's).
fn spell(name: &str) -> String {
    let name = name.trim_end_matches(['.', ',', ':']).split_whitespace().collect::<Vec<_>>().join(" ");
    let capitals = name.chars().filter(|c| c.is_uppercase()).count();
    let shouted = !name.chars().any(char::is_lowercase) && capitals > 3 && name.contains(' ');
    let name = if name.ends_with(" Jr") || name.ends_with(" Sr") { format!("{name}.") } else { name };
    if !shouted {
        return name;
    }
    let mut spelt = String::with_capacity(name.len());
    for word in name.split(' ') {
        if !spelt.is_empty() {
            spelt.push(' ');
        }
        let initials = word.contains('.') || word.chars().count() == 1;
        let mut start = true;
        for c in word.chars() {
            if start || initials {
                spelt.push(c);
            } else {
                spelt.extend(c.to_lowercase());
            }
            start = !c.is_alphanumeric();
        }
    }
    spelt
}

/// Scripts that write no space between words, where a run of letters may be a whole name.
fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}')
}

/// An address of a page or of a mailbox.
fn is_address(text: &str) -> bool {
    let word = text.trim();
    !word.contains(' ')
        && (word.contains("://") || word.contains('@') || word.contains('/') || word.starts_with("www."))
}

/// A capitalised word, an initial, or a word of a script without capitals.
fn is_name_word(word: &str) -> bool {
    let mut letters = word.chars().filter(|c| !matches!(c, '"' | '“' | '”' | '„' | '\'' | '’' | '‘'));
    let Some(first) = letters.next() else { return false };
    let rest_is_name =
        letters.all(|c| c.is_alphabetic() || matches!(c, '-' | '.' | '‐' | '‑' | '\u{300}'..='\u{36f}'));
    rest_is_name && first.is_alphabetic() && !first.is_lowercase()
        // "d'Arc", "al-Masri", "deGrasse"
        || rest_is_name && word.chars().any(char::is_uppercase) && word.chars().next().is_some_and(char::is_lowercase)
}

fn is_particle(word: &str) -> bool {
    static WORDS: LazyLock<Words> = LazyLock::new(|| {
        words(
            "von van de der den del della dello di da dos das do du des la le el al bin ibn ben ter ten zu zur \
        vom af av dal d' ’t 't het of e bint abu y i op",
        )
    });
    WORDS.contains(&word) && word != "of" && word != "e" && word != "y" && word != "i"
}

/// Words after a name that begin a place or an outlet: "Jane Doe in Lagos", "Jana Beispiel für die Hafenpost".
fn is_follower(word: &str) -> bool {
    static WORDS: LazyLock<Words> = LazyLock::new(|| {
        words(
            "in for from at of aus für à pour en para em per a dla w для из в i voor uit près desde zur im bei \
        avec con com with mit is är på fra från on via behalf",
        )
    });
    WORDS.contains(&word)
}

/// Capitalised words that begin sentences or name days, never people.
fn is_never_name(word: &str) -> bool {
    static WORDS: LazyLock<Words> = LazyLock::new(|| {
        words(
            "monday tuesday wednesday thursday friday saturday sunday montag dienstag mittwoch donnerstag freitag \
        samstag sonntag lundi mardi mercredi jeudi vendredi samedi dimanche the it this that these he she we \
        you they i how why what when where who your our my its his her not all more than then now today \
        yesterday tomorrow year week day read share subscribe follow view comments comment photo photos \
        image images video copyright rights home about contact click here sign log email print newsletter \
        facebook twitter whatsapp linkedin instagram telegram youtube google profile posts articles bio \
        website january february october november december by published human written posted updated room categories category \
        tags share latest breaking top best new latest related popular trending terms privacy policy cookie learn \
        get start watch listen download skip menu search die das ein eine weitere alle",
        )
    });
    let word = fold(word.trim_end_matches(['.', ',', ':']));
    WORDS.contains(&word.as_str())
}

fn is_possessive(word: &str) -> bool {
    static WORDS: LazyLock<Words> = LazyLock::new(|| {
        words(
            "our unserem unserer unser unsere notre nos nuestro nuestra nostro nostra nosso nossa dem der des onze the",
        )
    });
    WORDS.contains(&fold(word.trim_end_matches('.')).as_str())
}

/// Whether a segment names a role or a desk: "Political Editor", "Redaktion Wirtschaft".
fn is_role(segment: &str) -> bool {
    segment.split_whitespace().any(is_role_word)
}

fn is_role_word(word: &str) -> bool {
    let word = fold(word.trim_matches(|c: char| !c.is_alphanumeric()));
    ROLES.contains(&word.as_str()) || begins(&word, &ROLE_STARTS)
}

/// Academic and professional degrees after a name.
fn is_degree(segment: &str) -> bool {
    let segment = segment.trim_end_matches('.');
    let letters = segment.chars().filter(|c| c.is_alphabetic()).count();
    matches!(segment, "PhD" | "Ph.D" | "Jr" | "Sr" | "Esq" | "MSc" | "BSc" | "MEd" | "PharmD" | "PsyD")
        || (1..=6).contains(&letters)
            && !segment.contains(' ')
            && segment.chars().all(|c| c.is_uppercase() || matches!(c, '.' | '-'))
}

/// Whether a segment names an outlet or an agency by its words.
fn is_outlet(segment: &str) -> bool {
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
fn is_filler(segment: &str) -> bool {
    segment.split_whitespace().all(|word| {
        let word = fold(word.trim_matches(|c: char| !c.is_alphanumeric()));
        word.chars().all(|c| c.is_ascii_digit()) || is_filler_word(&word)
    })
}

fn is_filler_word(word: &str) -> bool {
    static WORDS: LazyLock<Words> = LazyLock::new(|| {
        words(
            "on at last min mins minute minutes read first am le el il em o uhr stand posted written reported \
        words ist et est pm gmt utc bst cet date monday tuesday wednesday thursday friday saturday sunday \
        mon tue wed thu fri sat sun montag dienstag mittwoch donnerstag freitag samstag sonntag ago hours",
        )
    });
    WORDS.contains(&word)
        || ["publi", "updat", "aktualis", "veroffentl", "pubbl", "opubl", "modif", "actuali"]
            .iter()
            .any(|start| word.starts_with(start))
}

/// Words that stand before an author and nothing else, as a label.
static LABELS: LazyLock<Words> = LazyLock::new(|| {
    words(
        "author authors autor autorin autoren auteur auteurs autrice autora autores autore autori autorzy \
    автор авторы автори yazar yazan byline text texte texto testo tekst текст words written skribent \
    forfatter kirjoittaja reporter journalist redakteur redactor redaktor muhabir haber 作者 記者 记者 文 글 기자 \
    story opracowal zrodlo",
    )
});

/// Those of them that need no colon to be understood at the start of a line.
static LONE_LABELS: LazyLock<Words> =
    LazyLock::new(|| words("autor autorin autora autore автор author auteur byline"));

/// Prepositions that open bylines.
static PREPOSITIONS: LazyLock<Words> =
    LazyLock::new(|| words("by von par por di door av af przez napsal napsala od"));

/// How words begin that say what the author made: "Ein Kommentar von", "An analysis by".
static GENRES: LazyLock<Starts> = LazyLock::new(|| {
    starts(
        "kommentar analys interview bericht gastbeitrag reportage essay kolumne text comment review opinion \
    column report stor words propos recueilli entretien redig ecrit escrito scritto geschrieben verfasst \
    geschreven skrev article artikel articulo articolo artigo posted written compiled edited contribut \
    photo foto bilder video dodano podcast rezension kritik glosse leitartikel protokoll essai publi \
    created guest",
    )
});

/// Articles and small words that may stand before a genre.
static ARTICLES: LazyLock<Words> =
    LazyLock::new(|| words("ein eine an a un une una en et der die the und and &"));

/// Role words, folded.
static ROLES: LazyLock<Words> = LazyLock::new(|| {
    words(
        "former engineer marketing content certified licensed security services professional industries gardener \
    advisor coach nutritionist dietitian therapist developer scientist designer owner partner officer cto cfo cmo vp \
    svp evp principal trainer instructor teacher educator candidate representative psychologist pharmacist nurse \
    veterinarian doctor md phd rd rn dvm cpa cfp mba esq finance technology product software health medical \
    staff senior chief deputy assistant associate managing freelance special guest team desk bureau \
    newsroom agency agencies board director professor ceo founder manager lawyer intern fellow \
    researcher specialist expert head lead host anchor agenturen agentur chef envoye envoyee especial \
    inviato inviata jefe jefa freier freie admin administrator webmaster ressortleiter ressortleiterin \
    vice president attorney consultant strategist economist blogger novelist physician нштатный собкор",
    )
});

/// How role words begin, folded; the endings of languages and genders vary.
static ROLE_STARTS: LazyLock<Starts> = LazyLock::new(|| {
    starts(
        "editor reporter correspond korrespond corrispond correspons korespond writer journalis giornalis \
    jornalis zurnalis dziennikar contributor columnist kolumnist analyst producer redakt redact redatt \
    redaz redac volontar chefredak mitarbeit verslaggev photograph fotograf muhabir корреспондент \
    редактор редакци журналист обозревател periodist colabora gazeteci co-found cofound coordinat \
    sportredak reportero chronique pigiste autor author toimitt 記者 编辑 编缉 記 기자 特派",
    )
});

/// Last words of outlets' names, folded.
static OUTLET_ENDS: LazyLock<Words> = LazyLock::new(|| {
    words(
        "post times news herald tribune gazette zeitung tagblatt tageblatt kurier anzeiger nachrichten \
    observer guardian telegraph mirror chronicle journal press media network magazine magazin online \
    today tv radio dispatch courier examiner bulletin reuters inc llc ltd gmbh group digital bbc cnn \
    blog bureau university institute",
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bylines_give_names() {
        for (line, expected) in [
            (
                "By JANE DOE and John Roe, Political Editor, The Harbour Post",
                &["Jane Doe", "John Roe"] as &[_],
            ),
            ("By Jane Doe", &["Jane Doe"]),
            ("by: Jane Doe", &["Jane Doe"]),
            ("Written by Jane Doe | May 3, 2024 at 10:15 am", &["Jane Doe"]),
            ("Published 3 May 2024 by Jane Doe", &["Jane Doe"]),
            ("By Jane Doe in Lagos and John Roe in Accra", &["Jane Doe", "John Roe"]),
            ("By Jane Doe for The Harbour Post", &["Jane Doe"]),
            ("By Jane Doe, John Roe & Max O'Neil", &["Jane Doe", "John Roe", "Max O'Neil"]),
            ("By JANE O'NEIL-SMITH", &["Jane O'Neil-Smith"]),
            ("By J.K. MILLER", &["J.K. Miller"]),
            ("By Jane Doe, AFP", &["Jane Doe"]),
            ("By Jane Doe jane@harbourpost.example", &["Jane Doe"]),
            ("Von Jana Beispiel", &["Jana Beispiel"]),
            ("Von Jana Beispiel und Max von der Heide, Berlin", &["Jana Beispiel", "Max von der Heide"]),
            ("Ein Kommentar von Jana Beispiel", &["Jana Beispiel"]),
            ("Von unserem Korrespondenten Max Muster", &["Max Muster"]),
            ("Autor: Jana Beispiel", &["Jana Beispiel"]),
            ("Par Jeanne Exemple et Luc d'Arvor", &["Jeanne Exemple", "Luc d'Arvor"]),
            ("Por María Ejemplo y Juan de la Torre", &["María Ejemplo", "Juan de la Torre"]),
            ("di Maria Esempio e Luca Prova", &["Maria Esempio", "Luca Prova"]),
            ("Por Ana Exemplo e João da Costa, da Redação", &["Ana Exemplo", "João da Costa"]),
            ("Door Jan van den Berg en Piet Voorbeeld", &["Jan van den Berg", "Piet Voorbeeld"]),
            ("Autor: Anna Przykład, Jan Wzór", &["Anna Przykład", "Jan Wzór"]),
            ("Автор: Иван Примеров и Анна Образцова", &["Иван Примеров", "Анна Образцова"]),
            ("Yazan: Ayşe Örnek ve Ali Deneme", &["Ayşe Örnek", "Ali Deneme"]),
            ("Jane Doe, Staff Writer", &["Jane Doe"]),
            ("作者：王小明", &["王小明"]),
            ("By Monday Downing Street had changed its mind.", &[]),
            ("By 🎉", &[]),
            ("", &[]),
        ] {
            assert_eq!(names(line), expected, "{line}");
        }
    }

    #[test]
    fn whole_lines_that_are_bylines() {
        for line in [
            "By Jane Doe",
            "By Jane Doe and John Roe, Political Editor, The Harbour Post",
            "Jane Doe, Staff Writer",
            "Jane Doe | Political Editor",
            "Von Jana Beispiel",
            "Von Jana Beispiel, Berlin",
            "Par Jeanne Exemple",
            "Written by Jane Doe on May 3, 2024",
            "Text: Jana Beispiel",
            "Автор: Иван Примеров",
        ] {
            assert!(is_byline(line), "{line}");
        }
    }

    #[test]
    fn prose_is_no_byline() {
        for line in [
            "By Monday Downing Street had changed its mind.",
            "By Tuesday Evening",
            "By George, It Works",
            "By the time the ferry came, the pier was empty",
            "Von Montag an fährt die Fähre wieder",
            "Von der Leyen reist nach Lagos",
            "Par la route, il faut deux heures",
            "Por favor",
            "Jane Doe",
            "Jane Doe, Lagos",
            "The editor resigned",
            "Harbour Bridge, Opened in May",
            "Door het slechte weer",
            "",
            "By",
        ] {
            assert!(!is_byline(line), "{line}");
        }
    }

    #[test]
    fn fields_give_names() {
        for (field, expected) in [
            ("Jane Doe", &["Jane Doe"] as &[_]),
            ("By Jane Doe", &["Jane Doe"]),
            ("Jane Doe, John Roe", &["Jane Doe", "John Roe"]),
            ("Jane Doe and John Roe", &["Jane Doe", "John Roe"]),
            ("Jane Doe, MS, RD", &["Jane Doe"]),
            ("Jane Doe, Senior Editor", &["Jane Doe"]),
            ("https://www.facebook.com/harbourpost", &[]),
            ("jane.doe@harbourpost.example (Jane Doe)", &[]),
            ("Harbour Team", &["Harbour Team"]),
            ("dpa", &["dpa"]),
            ("jane doe", &["jane doe"]),
            ("王小明", &["王小明"]),
            ("JANE DOE", &["Jane Doe"]),
            ("", &[]),
        ] {
            assert_eq!(of_field(field), expected, "{field}");
        }
    }
}
