//! The headline without the site's name.
//!
//! What a reader sees as the headline is a heading; which one, and where it ends, is told by the
//! page's other titles (`og:title`, `<title>`, JSON-LD). A separator alone is no reason to cut:
//! "Rain - the week ahead" stays whole, "Rain | The Harbour Post" is cut because the page says what
//! its site is called.

use compact_str::CompactString;

use super::tags::Heading;
use super::words::{fold, squeeze};
use crate::words::is_alphanumeric;

/// Takes the site's name off a title, at the end or the start, by agreement with names the site goes
/// by: `og:site_name`, publisher, labels of the host.
///
/// ```
/// use copydesk::metadata::titles::strip_site;
/// assert_eq!(strip_site("Ferry runs again | Harbour Post", &["The Harbour Post"]), "Ferry runs again");
/// assert_eq!(strip_site("Rain - the week ahead", &["The Harbour Post"]), "Rain - the week ahead");
/// ```
#[must_use]
pub fn strip_site<'t>(title: &'t str, sites: &[&str]) -> &'t str {
    Sites::new(sites.iter().copied()).strip(title)
}

/// The names of a site, ready to be compared.
#[derive(Debug, Default)]
pub(super) struct Sites {
    names: Vec<Name>,
}

#[derive(Debug)]
struct Name {
    compact: String,
    initials: String,
}

impl Sites {
    pub(super) fn new<'s>(names: impl Iterator<Item = &'s str>) -> Self {
        let mut sites = Self::default();
        for name in names {
            let compact = compact(name);
            if compact.len() >= 2 && !sites.names.iter().any(|known| known.compact == compact) {
                sites.names.push(Name { compact, initials: initials(name).collect() });
            }
        }
        sites
    }

    /// Whether a part of a title is one of the site's names, or as good as.
    pub(super) fn agree(&self, part: &str) -> bool {
        let own = compact(part);
        !own.is_empty() && self.names.iter().any(|name| name.agrees(part, &own))
    }

    pub(super) fn strip<'t>(&self, title: &'t str) -> &'t str {
        let mut title = title.trim();
        let mut cut_mark = None;
        for _ in 0..3 {
            let cuts = cuts(title);
            // The first cut whose tail is the site's name takes "Section | Site" along if that is one name.
            let tail = cuts.iter().find(|cut| {
                let (head, tail) = (&title[..cut.start], &title[cut.end..]);
                compact(head).len() >= 3 && self.agree(tail) && (cut.mark != ':' || self.names_exactly(tail))
            });
            if let Some(cut) = tail {
                cut_mark = Some(cut.mark);
                title = title[..cut.start].trim_end();
                continue;
            }
            // Behind the site's name and the same mark, a short part is the section.
            let section = cuts.last().filter(|cut| {
                cut_mark == Some(cut.mark)
                    && matches!(cut.mark, '|' | '»' | '·' | '•')
                    && title[cut.end..].split_whitespace().count() <= 3
                    && title[..cut.start].split_whitespace().count() >= 4
            });
            if let Some(cut) = section {
                title = title[..cut.start].trim_end();
                continue;
            }
            let Some(cut) = cuts.first() else { break };
            let (head, tail) = (&title[..cut.start], &title[cut.end..]);
            if compact(tail).len() < 3 || !self.agree(head) || cut.mark == ':' && !self.names_exactly(head) {
                break;
            }
            title = tail.trim_start();
        }
        title
    }

    fn names_exactly(&self, part: &str) -> bool {
        let part = compact(part);
        self.names.iter().any(|name| name.compact == part)
    }
}

impl Name {
    fn agrees(&self, part: &str, own: &str) -> bool {
        let site = self.compact.as_str();
        if own == site {
            return true;
        }
        let (short, long) = if own.len() < site.len() { (own, site) } else { (site, own) };
        // "Harbour Post" of "The Harbour Post", "Metro News" of "Metro": at least half of the letters agree.
        let edge = long.starts_with(short) || long.ends_with(short);
        if short.len() >= 3 && edge && short.len() * 2 >= long.len() {
            return true;
        }
        if short.len() >= 5 && short.len() * 5 >= long.len() * 2 && long.contains(short) {
            return true;
        }
        // "THP" of "The Harbour Post", and the other way about.
        let shouted = !part.chars().any(char::is_lowercase) && part.chars().count() <= 6;
        shouted && own.len() >= 2 && own == self.initials
            || site.len() >= 3 && initials(part).eq(site.chars())
    }
}

/// Lower case, letters and digits only, without marks.
pub(super) fn compact(text: &str) -> String {
    let folded = fold(text);
    let mut compact = String::with_capacity(folded.len());
    compact.extend(folded.chars().filter(|&c| is_alphanumeric(c)));
    compact
}

/// The first letters of the words, in lower case.
fn initials(name: &str) -> impl Iterator<Item = char> {
    let words = name.split(|c| !is_alphanumeric(c)).filter_map(|word| word.chars().next());
    words.flat_map(char::to_lowercase)
}

/// A place where a title may be cut.
struct Cut {
    start: usize,
    end: usize,
    mark: char,
}

/// A longer text, in bytes, is no title, and is not cut.
pub(super) const LONGEST: usize = 1000;

/// Places of separators: bars and the like anywhere, dashes and slashes between spaces, a colon before one.
fn cuts(title: &str) -> Vec<Cut> {
    let mut cuts: Vec<Cut> = Vec::new();
    if title.len() > LONGEST {
        return cuts;
    }
    let mut before = ' ';
    for (at, c) in title.char_indices() {
        let after = title[at + c.len_utf8()..].chars().next().unwrap_or(' ');
        let cut = match c {
            '|' | '｜' | 'ㅣ' | '•' | '»' | '«' | '·' | '›' => {
                // A middle dot inside a name, quotation marks of French around a word.
                matches!(c, '|' | '｜' | 'ㅣ') || before.is_whitespace() && after.is_whitespace()
            }
            '-' | '–' | '—' | '―' | '~' | '/' | '‒' => {
                before.is_whitespace() && after.is_whitespace()
            }
            ':' => after.is_whitespace() || after == ':',
            _ => false,
        };
        if cut {
            let start = title[..at].trim_end().len();
            let rest = &title[at + c.len_utf8()..];
            let end = title.len()
                - rest.trim_start_matches(|c: char| c.is_whitespace() || c == ':' || c == '/').len();
            cuts.push(Cut { start, end: end.max(start), mark: c });
        }
        before = c;
    }
    cuts
}

/// What the page calls its article, in its different places.
#[derive(Debug, Default)]
pub(super) struct Declared {
    /// From `<meta>`, the most trusted first.
    pub(super) metas: Vec<String>,
    /// `headline` of JSON-LD.
    pub(super) headline: Option<String>,
    /// `<title>`.
    pub(super) title: Option<String>,
    /// JSON-LD says that it is a news article.
    pub(super) news: bool,
}

/// Where a chosen title stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// The heading of this number.
    Heading(usize),
    /// A `<meta>` or `<title>`.
    Meta,
    /// JSON-LD.
    JsonLd,
}

/// Share of words (of both together) from which on a heading and a declared title are about the same
/// article. Swept over 0 to 1 on the development sets: flat between 0.15 and 0.25; above, reworded
/// headlines are lost, below, headings of the site win.
const SAME_ARTICLE: f32 = 0.2;

/// The headline: the heading that agrees with what the page declares, else what it declares.
///
/// Order: a heading that agrees; of a news article whose JSON-LD and `og:title` are one, these; then
/// `og:title` and its like, JSON-LD, `<title>`, the first heading. A kicker in the heading ("Harbour: Ferry
/// runs again") is left out where the page declares the headline without it.
pub(super) fn choose(headings: &[Heading], declared: &Declared, sites: &Sites) -> Option<(String, Place)> {
    let strip = |title: &String| squeeze(sites.strip(title));
    let metas: Vec<String> = declared.metas.iter().map(strip).filter(|title| !title.is_empty()).collect();
    let headline = declared.headline.as_ref().map(strip).filter(|title| !title.is_empty());
    let title = declared.title.as_ref().map(strip).filter(|title| !title.is_empty());
    let all: Vec<&String> = metas.iter().chain(&headline).chain(&title).collect();
    let compacts: Vec<String> = all.iter().map(|title| compact(title)).collect();
    let bags: Vec<Vec<CompactString>> = all.iter().map(|title| words(title)).collect();

    let mut best: Option<(f32, usize, String)> = None;
    let first_level = headings.iter().any(|heading| heading.level == 1 && !heading.text.is_empty());
    for (index, heading) in
        headings.iter().enumerate().filter(|(_, heading)| !first_level || heading.level == 1)
    {
        let Some((score, text)) = agreement(heading, &all, &compacts, &bags, sites) else {
            continue;
        };
        if best.as_ref().is_none_or(|(most, ..)| *most < score) {
            best = Some((score, index, text));
        }
    }
    if let Some((score, index, text)) = best.filter(|(score, ..)| *score >= SAME_ARTICLE) {
        let both = headline
            .as_ref()
            .zip(metas.first())
            .filter(|(headline, meta)| compact(headline) == compact(meta));
        if let Some((_, meta)) = both.filter(|_| declared.news && score < 2.5) {
            return Some((meta.clone(), Place::Meta));
        }
        return Some((text, Place::Heading(index)));
    }
    if let Some(meta) = metas.first() {
        return Some((shortest(meta, &all, &compacts), Place::Meta));
    }
    if let Some(headline) = headline {
        return Some((headline, Place::JsonLd));
    }
    if let Some(title) = &title {
        return Some((shortest(title, &all, &compacts), Place::Meta));
    }
    let first = headings.iter().position(|heading| heading.level == 1 && !heading.text.is_empty())?;
    Some((headings[first].text.clone(), Place::Heading(first)))
}

/// The heading that holds a title: one that is equal, else one that has it behind a kicker or before a subtitle.
pub(super) fn heading_of<'h>(headings: &'h [Heading], title: &str) -> Option<&'h Heading> {
    let title = compact(title);
    let compacts: Vec<String> = headings.iter().map(|heading| compact(&heading.text)).collect();
    let around = |text: &String| title.len() >= 12 && (text.ends_with(&title) || text.starts_with(&title));
    let at = compacts.iter().position(|text| *text == title).or_else(|| compacts.iter().position(around))?;
    headings.get(at)
}

/// How well a heading agrees with the declared titles (3 for equal, 2 for one within the other, else
/// the share of words), and the title it gives.
fn agreement(
    heading: &Heading,
    declared: &[&String],
    compacts: &[String],
    bags: &[Vec<CompactString>],
    sites: &Sites,
) -> Option<(f32, String)> {
    let text = heading.text.as_str();
    let own = compact(text);
    let few = text.split_whitespace().count() < 4;
    if own.len() < 2 || few && sites.agree(text) {
        return None;
    }
    if let Some(same) = compacts.iter().position(|title| *title == own) {
        // The og:title leaves out the kicker that its other titles may have.
        let kicked = compacts
            .first()
            .is_some_and(|meta| meta.len() >= 8 && own.len() > meta.len() && own.ends_with(meta));
        if kicked && heading.starts_part(&compacts[0]) {
            return Some((3.0, declared[0].clone()));
        }
        // The mark between kicker and headline is often there for machines only.
        let spelt = !heading.chunks.is_empty() && !text.contains(':') && declared[same].contains(':');
        return Some((3.0, if spelt { declared[same].clone() } else { text.to_owned() }));
    }
    // A part of the heading, cut where one of its elements or a separator stands.
    for (title, compacted) in declared.iter().zip(compacts).filter(|(_, compacted)| compacted.len() >= 8) {
        if own.ends_with(compacted.as_str()) && heading.starts_part(compacted) {
            return Some((2.5, (*title).clone()));
        }
        if own.starts_with(compacted.as_str()) && heading.ends_part(compacted) {
            return Some((2.5, (*title).clone()));
        }
    }
    // Behind kickers that differ, the same headline.
    if heading.level == 1
        && let Some(part) = heading.shared_part(declared)
    {
        return Some((2.5, part.to_owned()));
    }
    let stripped = sites.strip(text).to_owned();
    let within = compacts.iter().any(|title| {
        own.len() >= 12 && (title.starts_with(&own) || title.ends_with(&own))
            || title.len() >= 12 && own.starts_with(title.as_str())
    });
    if within {
        return Some((2.0, stripped));
    }
    if heading.level > 1 {
        return None;
    }
    let words = words(text);
    let shared = bags.iter().map(|title| overlap(&words, title)).fold(0.0, f32::max);
    Some((shared, stripped))
}

fn words(text: &str) -> Vec<CompactString> {
    let mut words: Vec<CompactString> =
        text.split(|c| !is_alphanumeric(c)).filter(|word| !word.is_empty()).map(fold).collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// Words of both over words of either.
fn overlap(one: &[CompactString], other: &[CompactString]) -> f32 {
    let shared = other.iter().filter(|word| one.binary_search(word).is_ok()).count();
    let all = one.len() + other.len() - shared;
    if all == 0 { 0.0 } else { shared as f32 / all as f32 }
}

/// The title, cut where another declared one ends and a separator follows.
fn shortest(title: &str, declared: &[&String], compacts: &[String]) -> String {
    // "Ferry runs again-Sea": no cut without the other title, since names have such dashes.
    let ends = |rest: &str| rest.starts_with(['-', '–', '—', '|', '｜', 'ㅣ', '_']);
    let shorter = declared
        .iter()
        .find(|other| other.chars().count() >= 10 && title.strip_prefix(other.as_str()).is_some_and(ends));
    if let Some(shorter) = shorter {
        return (*shorter).clone();
    }
    for cut in cuts(title).iter().filter(|cut| cut.mark != ':') {
        let head = compact(&title[..cut.start]);
        if head.len() >= 10 && compacts.contains(&head) {
            return title[..cut.start].to_owned();
        }
    }
    title.to_owned()
}

impl Heading {
    /// Whether a part of the heading that starts like this stands at its end: after a child element or
    /// a separator.
    fn starts_part(&self, compacted: &str) -> bool {
        let parts = self.chunks.iter().map(|&at| &self.text[at..]);
        parts
            .chain(cuts(&self.text).iter().map(|cut| &self.text[cut.end..]))
            .any(|part| compact(part) == compacted)
    }

    /// The end of the heading behind a kicker, where a declared title has it behind another kicker.
    fn shared_part(&self, declared: &[&String]) -> Option<&str> {
        let parts = self.chunks.iter().map(|&at| (compact(&self.text[..at]), &self.text[at..]));
        let mut parts =
            parts.map(|(kicker, part)| (kicker, part.trim_start_matches(|c| " -–—:|".contains(c))));
        let behind_another = |kicker: &str, part: &str| {
            let part = compact(part);
            part.len() >= 20
                && declared.iter().any(|title| {
                    let ends = cuts(title).iter().any(|cut| compact(&title[cut.end..]) == part);
                    ends && !compact(title).contains(kicker)
                })
        };
        parts.find(|(kicker, part)| behind_another(kicker, part)).map(|found| found.1)
    }

    fn ends_part(&self, compacted: &str) -> bool {
        let bars = cuts(&self.text);
        let bars = bars.iter().filter(|cut| !matches!(cut.mark, ':' | '-' | '–' | '—'));
        let parts = self.chunks.iter().map(|&at| &self.text[..at]);
        parts.chain(bars.map(|cut| &self.text[..cut.start])).any(|part| compact(part) == compacted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SITES: &[&str] = &["The Harbour Post", "harbourpost.example"];

    #[test]
    fn site_names_go() {
        for (title, expected) in [
            ("Ferry runs again | The Harbour Post", "Ferry runs again"),
            ("Ferry runs again - Harbour Post", "Ferry runs again"),
            ("Ferry runs again – HARBOUR POST", "Ferry runs again"),
            ("Ferry runs again this week | World News | The Harbour Post", "Ferry runs again this week"),
            ("Ferry runs again this week | Sea | The Harbour Post", "Ferry runs again this week"),
            ("The Harbour Post: Ferry runs again", "Ferry runs again"),
            ("The Harbour Post » Ferry runs again", "Ferry runs again"),
            ("Ferry runs again | THP", "Ferry runs again"),
            ("Ferry runs again", "Ferry runs again"),
            ("Rain - the week ahead", "Rain - the week ahead"),
            ("Interview: the harbour master", "Interview: the harbour master"),
            ("The Harbour Post", "The Harbour Post"),
            ("| The Harbour Post", "| The Harbour Post"),
            ("", ""),
            ("渡轮恢复运行｜Harbour Post", "渡轮恢复运行"),
        ] {
            assert_eq!(strip_site(title, SITES), expected, "{title}");
        }
    }

    fn heading(level: u8, text: &str) -> Heading {
        Heading { node: 1, level, text: text.to_owned(), chunks: vec![] }
    }

    fn chosen(headings: &[Heading], og: &str, title: &str) -> Option<String> {
        let declared = Declared {
            metas: (!og.is_empty()).then(|| og.to_owned()).into_iter().collect(),
            title: Some(title.to_owned()),
            ..Declared::default()
        };
        choose(headings, &declared, &Sites::new(SITES.iter().copied())).map(|found| found.0)
    }

    #[test]
    fn the_heading_that_agrees_wins() {
        let headings = [
            heading(1, "The Harbour Post"),
            heading(1, "Ferry runs again after storm"),
            heading(1, "Most read"),
        ];
        assert_eq!(
            chosen(&headings, "Ferry runs again", "Ferry runs again | The Harbour Post").as_deref(),
            Some("Ferry runs again after storm")
        );
    }

    #[test]
    fn headings_about_something_else_lose() {
        let headings = [heading(1, "Subscribe to our newsletter")];
        assert_eq!(chosen(&headings, "Ferry runs again", "").as_deref(), Some("Ferry runs again"));
        assert_eq!(
            chosen(&headings, "", "Ferry runs again | Harbour Post").as_deref(),
            Some("Ferry runs again")
        );
    }

    #[test]
    fn kickers_go_where_the_page_says_so() {
        let headings = [heading(1, "Harbour: Ferry runs again")];
        assert_eq!(chosen(&headings, "Ferry runs again", "").as_deref(), Some("Ferry runs again"));
        let glued = Heading { chunks: vec![7], ..heading(1, "HarbourFerry runs again") };
        assert_eq!(chosen(&[glued], "Ferry runs again", "").as_deref(), Some("Ferry runs again"));
        let whole = [heading(1, "The ferry runs again")];
        assert_eq!(chosen(&whole, "Ferry runs again", "").as_deref(), Some("The ferry runs again"));
    }

    #[test]
    fn nothing_declared_and_no_heading() {
        assert_eq!(choose(&[], &Declared::default(), &Sites::default()), None);
        let only = [heading(1, "Ferry runs again")];
        assert_eq!(
            choose(&only, &Declared::default(), &Sites::default()).map(|found| found.0).as_deref(),
            Some("Ferry runs again")
        );
    }
}
