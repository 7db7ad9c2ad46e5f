//! Names of people out of bylines: "By JANE DOE and John Roe, Political Editor, The Harbour Post".
//!
//! A byline is cut into segments at commas, bars, dashes and the word for "and"; each segment is a
//! person, a role, an outlet, a place or a date by its words alone. Where a segment is none of them
//! the line is prose: "By Monday Downing Street had changed its mind." names nobody.

use super::dates;
use super::lexicon::{
    ARTICLES, GENRES, LABELS, LONE_LABELS, PREPOSITIONS, is_address, is_degree, is_domain, is_filler,
    is_filler_word, is_follower, is_name_word, is_never_name, is_outlet, is_particle, is_possessive, is_role,
    is_role_word, is_title_word, is_unspaced,
};
use super::words::{begins, clip, fold};

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

/// Whether a line is the opening of a byline whose name stands in the next: "By", "Written by:".
pub(super) fn is_opening(line: &str) -> bool {
    let words =
        || line.split_whitespace().map(|word| fold(word.trim_matches(|c: char| !c.is_alphanumeric())));
    line.len() <= 30
        && words().any(|word| PREPOSITIONS.contains(word.as_str()) || LABELS.contains(word.as_str()))
        && words().all(|word| {
            let opens = PREPOSITIONS.contains(word.as_str()) || LABELS.contains(word.as_str());
            opens || begins(&word, &GENRES) || is_filler_word(&word) || ARTICLES.contains(word.as_str())
        })
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
    byline(line).is_some()
}

/// The names of a line that is a byline, and whether it opens as one.
pub(super) fn byline(line: &str) -> Option<(Vec<String>, bool)> {
    let line = line.trim();
    if line.len() > LONGEST_LINE || line.len() < 5 || line.ends_with(['!', '?', '…']) {
        return None;
    }
    // Without an opening a byline is a name and a role with a mark between. Most lines end here.
    if opening(line).0 == Opening::None {
        let marked = line.contains([',', '|', '(', '/', '•', '·', '–', '—', '-', ':']);
        let mut words = line.split_whitespace().take(2);
        if !marked || !words.all(|word| word.starts_with(|c: char| !c.is_lowercase())) || !is_role(line) {
            return None;
        }
    }
    let found = read(line);
    if found.names.is_empty() || !found.whole {
        return None;
    }
    let full = found.names[0].contains(' ') || found.names[0].chars().any(is_unspaced);
    let certain = match found.opening {
        Opening::None => full && found.roles > 0,
        Opening::Word => full,
        Opening::Label => true,
    };
    certain.then_some((found.names, found.opening != Opening::None))
}

/// The names in a field that holds authors and nothing else (`author` of JSON-LD, `<meta
/// name="author">`). Desks and agencies stay, since the publisher names them as authors; addresses,
/// "By" and what follows a name do not.
#[must_use]
pub fn of_field(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let text = clip(text, LONGEST * 2);
    let (_, text) = opening(text.trim());
    if let Some(name) = family_name_first(text) {
        return vec![name];
    }
    for list in text.split([';', '|', '\n', '•', '·']) {
        let parts: Vec<&str> = list.split([',', '،', '、', '，']).flat_map(persons).map(str::trim).collect();
        // "harbourpost.example, Hamburg, Germany" is where a site is at home.
        if parts.len() > 1 && is_domain(parts[0]) {
            continue;
        }
        for part in parts {
            let part = without_brackets(part);
            let (_, part) = opening(part.trim_matches(|c: char| !c.is_alphanumeric() && c != '.'));
            let part = trailing_role(part);
            let placeholder = !part.contains(' ') && part.matches('.').count() > 1 || part.contains(": ");
            if part.is_empty() || placeholder || is_address(part) || !part.chars().any(char::is_alphabetic) {
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

/// "Doe, Jane" as "Jane Doe", which catalogues write.
fn family_name_first(text: &str) -> Option<String> {
    let (family, given) = text.split_once(',')?;
    let (family, given) = (family.trim(), given.trim());
    let one_word = !family.contains(' ') && is_name_word(family) && !is_degree(given);
    let mut words = given.split(' ');
    let short =
        words.next().is_some_and(is_name_word) && words.all(|word| word.len() <= 2 && is_name_word(word));
    (one_word && short && !is_role(given) && !super::agency::is_agency(family))
        .then(|| spell(&format!("{given} {family}")))
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
    /// Whether the last name is all capitals.
    shouted: bool,
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
    let mut byline = Byline { names: Vec::new(), opening, roles: 0, shouted: false, whole: whole_text };
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
            // "David Beispiel, MDR SÜD": names of one byline are written in one way.
            Person::Named(name) if !first && is_shouted(name) && !self.shouted => {}
            Person::Named(name) => {
                self.shouted = is_shouted(name);
                push(&mut self.names, name);
            }
            Person::NamedWithRole(name) => {
                self.roles += usize::from(is_role(segment));
                push(&mut self.names, name);
            }
            Person::Other if first => self.whole = false,
            Person::Other => {}
            Person::Role => self.roles += usize::from(is_role(segment)),
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
    let roles = |words: &[&str]| words.iter().any(|word| is_title_word(word));
    // Leading role or title words: "Chief Reporter Jane Doe", "unserem Korrespondenten Max Muster".
    let lead = words.iter().take_while(|word| is_title_word(word) || is_possessive(word)).count();
    let named = &words[lead..];
    let mut count = 0;
    let mut capitals = 0;
    for word in named {
        if is_name_word(word) && !is_title_word(word) {
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
    let mut genre = false;
    for (index, word) in text.split_whitespace().take(7).enumerate() {
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
        if !announces && !ARTICLES.contains(&bare.as_str()) && !LABELS.contains(&bare.as_str()) {
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
        // "王小明 記者", "홍길동 기자": no name of these scripts ends with the word for a reporter.
        _ => match part.rsplit_once(' ') {
            Some((name, role)) if role.chars().all(is_unspaced) && is_role(role) && !name.is_empty() => name,
            _ => part,
        },
    }
}

fn push(names: &mut Vec<String>, name: &str) {
    let name = spell(name);
    if names.len() < 40 && !names.iter().any(|known| fold(known) == fold(&name)) {
        names.push(name);
    }
}

/// Whether a name of several words is all capitals.
fn is_shouted(name: &str) -> bool {
    let capitals = name.chars().filter(|c| c.is_uppercase()).count();
    !name.chars().any(char::is_lowercase) && capitals > 3 && name.contains(' ')
}

/// A name as it is spelt: one space between words, and small letters if it is all capitals
/// (unless it is short enough to be an agency's).
fn spell(name: &str) -> String {
    let name = name.trim_end_matches(['.', ',', ':']).split_whitespace().collect::<Vec<_>>().join(" ");
    let shouted = is_shouted(&name);
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
