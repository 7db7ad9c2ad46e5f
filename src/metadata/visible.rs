//! Authors and dates that only a reader sees: lines and elements around the headline.
//!
//! Used where the page's structured data is silent. Class names are compared by their parts
//! ("entry-author", "PublishDate"), never by substrings; an element inside an author's biography, a
//! comment or a list of related articles says nothing about this article.

use super::bylines;
use super::dates::{self, Role, Stamp};
use super::titles::Sites;
use super::words::squeeze;
use crate::dom::{Dom, NodeId, Tag};

/// Nodes before the headline that are looked at: breadcrumbs, section and date lines stand there.
const BEFORE: NodeId = 150;

/// Nodes after the headline that are looked at.
const AFTER: NodeId = 600;

/// Steps of ten nodes from the headline within which a bare name beside a date is the author's.
const NEAR: i32 = 8;

/// Scores of what is found at the headline; each ten nodes of distance take one off. Set by hand in the order of
/// trust; on the development sets a change of one by five moves no figure by more than 0.007.
const MARKED_AUTHOR: i32 = 40;
const MARKED_DATE: i32 = 30;
const BYLINE: i32 = 25;
/// A marked author that looks like no person's name.
const MARKED_DESK: i32 = 22;
/// A bare name beside a date.
const BESIDE_DATE: i32 = 15;
/// A date in a line; twice as many more if it stands alone and is labelled, which makes it a marked one's equal.
const LINE_DATE: i32 = 10;

/// Score from which on a byline's people outrank the organization that structured data names.
const SURE: i32 = 20;

/// Score of what is found away from the headline: below all that is near.
const FAR: i32 = -10_000;

/// A line longer than this is prose, in bytes.
const LONGEST_LINE: usize = 200;

/// What the surroundings of the headline show.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// Names in the best byline.
    pub(super) authors: Vec<String>,
    /// Whether a person is named there, not the site or a desk.
    pub(super) people: bool,
    /// Date of publication, or the only date.
    pub(super) published: Option<Stamp>,
    /// Date of the last change.
    pub(super) modified: Option<Stamp>,
}

/// What the class, id and microdata of an element say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Marks {
    author: bool,
    date: bool,
    modified: bool,
    /// Biographies, comments, teasers.
    aside: bool,
}

/// The best value so far.
#[derive(Debug)]
struct Best<T> {
    /// Its score; that of one nobody asked for is never reached.
    score: i32,
    value: Option<T>,
}

impl<T> Best<T> {
    fn new(wanted: bool) -> Self {
        Self { score: if wanted { i32::MIN } else { i32::MAX }, value: None }
    }

    fn offer(&mut self, score: i32, value: T) {
        if self.open_to(score) {
            *self = Self { score, value: Some(value) };
        }
    }

    /// Whether a value of this score would be taken.
    fn open_to(&self, score: i32) -> bool {
        score > self.score
    }
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) authors: bool,
    pub(super) dates: bool,
}

/// Reads the surroundings of the headline; of the whole page's start if there is none.
pub(super) fn read(
    dom: &Dom,
    headline: Option<NodeId>,
    sites: &Sites,
    lang: Option<&str>,
    wanted: Wanted,
) -> Seen {
    let (from, anchor, to) = match headline {
        Some(n) => (n.saturating_sub(BEFORE).max(1), n, dom.end(n) + AFTER),
        None => (1, 1, 2 * AFTER),
    };
    let mut look = Look {
        dom,
        lang,
        sites,
        anchor,
        headline_end: headline.map_or(1, |n| dom.end(n)),
        authors: Best::new(wanted.authors),
        published: Best::new(wanted.dates),
        modified: Best::new(wanted.dates),
        before: Before::Other,
        wide: None,
    };
    look.walk(from, to.min(dom.len()));
    if wanted.dates && look.published.value.is_none() && look.modified.value.is_none() {
        // A date at the foot of the article, or above a long menu: only where the words before it say what
        // it is, or no other date stands alone in a line. Those of teasers are many.
        look.wide = Some(Vec::new());
        look.walk(to.min(dom.len()), dom.len());
        look.walk(1, from);
        if let Some([only]) = look.wide.as_deref() {
            look.published.offer(FAR, *only);
        }
    }
    let people = look.authors.value.as_ref().is_some_and(|names| {
        look.authors.score >= SURE
            && names.iter().any(|name| name.contains(char::is_whitespace))
            && !names.iter().all(|name| sites.agree(name))
    });
    let authors = look.authors.value.unwrap_or_default();
    let modified = look.modified.value;
    let published = look.published.value.or(modified);
    Seen { authors, people, published, modified }
}

struct Look<'d> {
    dom: &'d Dom,
    lang: Option<&'d str>,
    sites: &'d Sites,
    anchor: NodeId,
    headline_end: NodeId,
    authors: Best<Vec<String>>,
    published: Best<Stamp>,
    modified: Best<Stamp>,
    before: Before,
    /// Away from the headline: the different dates that stand alone in a line.
    wide: Option<Vec<Stamp>>,
}

/// What the line before was.
#[derive(Debug)]
enum Before {
    /// "Written by:", and nothing else.
    Opening,
    Name(String),
    Date,
    Other,
}

impl Look<'_> {
    /// How far a node is from the headline, in steps of ten nodes; before it counts double.
    fn distance(&self, n: NodeId) -> i32 {
        let nodes = if n < self.anchor { 2 * (self.anchor - n) } else { n.saturating_sub(self.headline_end) };
        i32::try_from(nodes / 10).unwrap_or(i32::MAX)
    }

    fn walk(&mut self, from: NodeId, to: NodeId) {
        let dom = self.dom;
        let mut line = String::new();
        let mut line_start = from;
        // Ends of open blocks, and of open elements with marks.
        let mut blocks: Vec<NodeId> = Vec::new();
        let mut marked: Vec<(NodeId, Marks)> = Vec::new();
        let mut n = from;
        while n < to {
            while blocks.last().is_some_and(|&end| end <= n) {
                blocks.pop();
                self.line(&mut line, line_start, &marked);
            }
            while marked.last().is_some_and(|&(end, _)| end <= n) {
                marked.pop();
            }
            if n > self.headline_end && self.settled(self.distance(n)) {
                break;
            }
            match dom.tag(n) {
                Tag::Text => {
                    if line.is_empty() {
                        line_start = n;
                    }
                    if line.len() <= LONGEST_LINE {
                        line.push_str(dom.text(n));
                        line.push(' ');
                    }
                }
                Tag::Script | Tag::Style | Tag::Noscript | Tag::Select | Tag::Head | Tag::Nav => {
                    n = dom.end(n);
                    continue;
                }
                tag => {
                    if !is_inline(tag) {
                        self.line(&mut line, line_start, &marked);
                        blocks.push(dom.end(n));
                    }
                    let mut marks = marks(dom, n);
                    // What holds the headline is no aside, whatever it is called.
                    marks.aside &= !(n <= self.anchor && self.anchor < dom.end(n));
                    if marks != Marks::default() {
                        let aside = marks.aside || marked.iter().any(|(_, marks)| marks.aside);
                        self.element(n, marks, aside);
                        marked.push((dom.end(n), marks));
                    } else if tag == Tag::Time {
                        let aside = marked.iter().any(|(_, marks)| marks.aside);
                        self.element(n, Marks { date: true, ..marks }, aside);
                    }
                }
            }
            n += 1;
        }
        self.line(&mut line, line_start, &marked);
    }

    /// Whether nothing this far from the headline can be better than what is found.
    fn settled(&self, distance: i32) -> bool {
        let modified = distance < MARKED_DATE && self.modified.open_to(MARKED_DATE - distance);
        let date = self.published.open_to(MARKED_DATE - distance) || modified;
        self.wide.is_none() && !date && !self.authors.open_to(MARKED_AUTHOR - distance)
    }

    /// An element with marks of its own.
    fn element(&mut self, n: NodeId, marks: Marks, aside: bool) {
        let dom = self.dom;
        if aside || dom.end(n) - n > 60 || self.wide.is_some() {
            return;
        }
        let distance = self.distance(n);
        if marks.author && self.authors.open_to(MARKED_AUTHOR - distance) {
            let text = text_of(dom, n);
            if text.len() <= LONGEST_LINE {
                let (names, full) = bylines::names_of_author(&text);
                self.author(names, if full { MARKED_AUTHOR } else { MARKED_DESK } - distance);
            }
        }
        if marks.date || marks.modified {
            let names: &[&str] = if dom.tag(n) == Tag::Abbr { &["title"] } else { &["datetime", "content"] };
            let attribute = names.iter().find_map(|name| dom.attr(n, name));
            let text = || text_of(dom, n);
            let stamp = attribute.and_then(|text| dates::parse(text, self.lang));
            if let Some(stamp) = stamp {
                self.date(
                    stamp,
                    if marks.modified { Role::Modified } else { Role::Published },
                    30 - distance,
                );
                return;
            }
            let text = text();
            if text.len() <= LONGEST_LINE {
                for found in dates::scan(&text, self.lang) {
                    let role = if marks.modified { Role::Modified } else { found.role };
                    self.date(found.stamp, role, MARKED_DATE - distance);
                }
            }
        }
    }

    /// A line of text, as a reader sees it.
    fn line(&mut self, line: &mut String, start: NodeId, marked: &[(NodeId, Marks)]) {
        if line.len() <= LONGEST_LINE && line.len() >= 2 && !marked.iter().any(|(_, marks)| marks.aside) {
            let text = squeeze(line);
            let distance = self.distance(start);
            if self.wide.is_none()
                && self.authors.open_to(BYLINE - distance)
                && let Some((names, opened)) = bylines::byline(&text)
                && (opened || distance <= NEAR)
            {
                self.author(names, BYLINE - distance);
            }
            if matches!(self.before, Before::Opening) && bylines::is_name(&text) {
                self.author(vec![text.clone()], BYLINE - distance);
            }
            if bylines::is_opening(&text) {
                self.before = Before::Opening;
                line.clear();
                return;
            }
            let digits = text.bytes().any(|byte| byte.is_ascii_digit());
            let open = self.wide.is_some()
                || self.published.open_to(MARKED_DATE - distance)
                || self.modified.open_to(MARKED_DATE - distance);
            let dates: Vec<_> =
                if open && digits { dates::scan(&text, self.lang).collect() } else { Vec::new() };
            for found in &dates {
                let alone = if found.at.len() * 2 >= text.len() { LINE_DATE } else { 0 };
                if let Some(days) = &mut self.wide {
                    if found.labelled {
                        self.date(found.stamp, found.role, FAR + 1);
                    } else if alone > 0
                        && days.len() < 2
                        && !days.iter().any(|known| known.day == found.stamp.day)
                    {
                        days.push(found.stamp);
                    }
                    continue;
                }
                let labelled = if found.labelled { LINE_DATE } else { 0 };
                self.date(found.stamp, found.role, LINE_DATE + alone + labelled - distance);
            }
            if distance > NEAR {
                self.before = Before::Other;
            } else {
                self.name_by_a_date(&text, dates.first().map(|found| found.at.clone()), distance);
            }
        }
        line.clear();
    }

    /// A name right before or after a date, in the same line or the next, is the author's.
    fn name_by_a_date(&mut self, text: &str, date: Option<std::ops::Range<usize>>, distance: i32) {
        let around = |part: &str| part.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
        let before = match date {
            Some(at) => {
                let parts = [around(&text[..at.start]), around(&text[at.end..])];
                if let Some(name) = parts.iter().find(|part| bylines::is_name(part)) {
                    self.author(vec![name.clone()], BESIDE_DATE - distance);
                } else if let Before::Name(name) = &self.before {
                    self.author(vec![name.clone()], BESIDE_DATE - 3 - distance);
                }
                Before::Date
            }
            None if bylines::is_name(text) => {
                if matches!(self.before, Before::Date) {
                    self.author(vec![text.to_owned()], BESIDE_DATE - 3 - distance);
                }
                Before::Name(text.to_owned())
            }
            None => Before::Other,
        };
        self.before = before;
    }

    fn author(&mut self, names: Vec<String>, score: i32) {
        if !names.is_empty() {
            // The site itself is an author where there is no other.
            let site = names.iter().all(|name| self.sites.agree(name));
            self.authors.offer(if site { score - 100 } else { score }, names);
        }
    }

    fn date(&mut self, stamp: Stamp, role: Role, score: i32) {
        match role {
            Role::Published => self.published.offer(score, stamp),
            Role::Modified => self.modified.offer(score, stamp),
        }
    }
}

fn text_of(dom: &Dom, n: NodeId) -> String {
    let mut text = String::new();
    for inner in n..dom.end(n) {
        // "By<a>Jane Doe</a><span>Staff Writer</span>": style sheets keep these apart.
        match dom.tag(inner) {
            Tag::Text => {}
            tag if is_inline(tag) => text.push(' '),
            _ => text.push_str(" | "),
        }
        text.push_str(dom.text(inner));
        if text.len() > 2 * LONGEST_LINE {
            break;
        }
    }
    squeeze(text.trim_matches(|c: char| c.is_whitespace() || c == '|'))
}

fn is_inline(tag: Tag) -> bool {
    matches!(
        tag,
        Tag::A
            | Tag::Abbr
            | Tag::B
            | Tag::Bdi
            | Tag::Bdo
            | Tag::Cite
            | Tag::Code
            | Tag::Data
            | Tag::Em
            | Tag::Font
            | Tag::I
            | Tag::Ins
            | Tag::Mark
            | Tag::Q
            | Tag::S
            | Tag::Small
            | Tag::Span
            | Tag::Strong
            | Tag::Sub
            | Tag::Sup
            | Tag::Time
            | Tag::U
            | Tag::Img
            | Tag::Svg
            | Tag::Picture
            | Tag::Label
            | Tag::Meta
            | Tag::Other
    )
}

/// Marks of an element by `itemprop`, `rel`, and the parts of its class and id.
fn marks(dom: &Dom, n: NodeId) -> Marks {
    let mut marks = Marks::default();
    for (name, value) in dom.attrs(n) {
        match name {
            "itemprop" => match value {
                "author" | "creator" => marks.author = true,
                "datePublished" | "dateCreated" => marks.date = true,
                "dateModified" => marks.modified = true,
                _ => {}
            },
            "href" if dom.tag(n) == Tag::A && is_profile(value) => marks.author = true,
            "rel" if value.split_ascii_whitespace().any(|token| token == "author") => marks.author = true,
            "class" | "id" if value.len() <= 400 => {
                value.split_ascii_whitespace().for_each(|token| marks.note(token))
            }
            _ => {}
        }
    }
    marks
}

/// Whether an address is that of an author's page: one of its path's segments says so, and another follows.
fn is_profile(href: &str) -> bool {
    let path =
        href.split_once("//").map_or(href, |(_, rest)| rest).split(['?', '#']).next().unwrap_or_default();
    let mut segments = path.split('/').skip(1);
    let named = segments.by_ref().take(5).any(|segment| {
        matches!(
            segment,
            "author"
                | "authors"
                | "autor"
                | "autoren"
                | "autores"
                | "autore"
                | "autori"
                | "auteur"
                | "auteurs"
                | "contributor"
                | "contributors"
                | "journalist"
                | "journalists"
                | "writer"
                | "writers"
                | "autorzy"
                | "redakteur"
                | "redakteure"
                | "reporter"
                | "reporters"
                | "yazar"
                | "yazarlar"
                | "skribent"
        )
    });
    named && segments.next().is_some_and(|segment| !segment.is_empty())
}

impl Marks {
    /// Notes the parts of a class token, cut at marks and before capitals.
    fn note(&mut self, token: &str) {
        let (mut author, mut date, mut modified, mut aside) = (false, false, false, false);
        for part in token.split(|c: char| !c.is_ascii_alphabetic()) {
            let mut start = 0;
            let bytes = part.as_bytes();
            for at in 1..=bytes.len() {
                let edge =
                    at == bytes.len() || bytes[at].is_ascii_uppercase() && bytes[at - 1].is_ascii_lowercase();
                if edge {
                    match kind(&part[start..at]) {
                        Some(Part::Author) => author = true,
                        Some(Part::Date) => date = true,
                        Some(Part::Modified) => modified = true,
                        Some(Part::Aside) => aside = true,
                        None => {}
                    }
                    start = at;
                }
            }
        }
        self.author |= author && !aside;
        self.date |= date && !aside && !modified;
        self.modified |= modified && !aside;
        self.aside |= aside;
    }
}

enum Part {
    Author,
    Date,
    Modified,
    Aside,
}

fn kind(part: &str) -> Option<Part> {
    if !(3..=12).contains(&part.len()) {
        return None;
    }
    let mut lower = [0u8; 12];
    for (to, from) in lower.iter_mut().zip(part.bytes()) {
        *to = from.to_ascii_lowercase();
    }
    Some(match &lower[..part.len()] {
        b"author" | b"authors" | b"byline" | b"bylines" | b"autor" | b"autoren" | b"auteur" | b"auteurs"
        | b"autore" | b"writer" | b"contributor" | b"redakteur" | b"autorin" => Part::Author,
        b"date" | b"datum" | b"dateline" | b"published" | b"publish" | b"pubdate" | b"posted"
        | b"timestamp" | b"datetime" | b"publication" | b"fecha" | b"data" | b"time" => Part::Date,
        b"modified" | b"updated" | b"update" | b"lastmod" => Part::Modified,
        b"bio" | b"biography" | b"avatar" | b"related" | b"comment" | b"comments" | b"sidebar"
        | b"recommended" | b"trending" | b"popular" | b"latest" | b"nav" | b"menu" | b"reply" => Part::Aside,
        _ => return None,
    })
}
