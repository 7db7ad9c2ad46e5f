//! Authors and dates that only a reader sees: lines and elements around the headline.
//!
//! Used where the page's structured data is silent, and to check its date. An element inside an author's
//! biography, a comment or a list of related articles says nothing about this article.

use std::ops::Range;

use jiff::civil::Date;

use super::bylines;
use super::dates::{self, Role, Stamp};
use super::lines::{LONGEST_LINE, is_inline, is_skipped, text_of, visible};
use super::marks::{Marks, Reader};
use super::titles::Sites;
use crate::blocks::append_folded;
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

/// What a date in an attribute is worth beside the same in words, which may leave day and month in doubt.
const EXACT: i32 = 2;

/// Score from which on a date is the one that a reader takes for the article's: alone in its line or marked, and
/// near the headline.
const SHOWN: i32 = 2 * LINE_DATE - NEAR;

/// Steps from the headline within which such a date is looked for; twelve and twenty give the same figures.
const SHOWN_WITHIN: i32 = 12;

/// Longest label of a date that stands in a line of its own, in bytes: "Zuletzt aktualisiert am:".
pub(super) const LONGEST_LABEL: usize = 40;

/// Score from which on a byline's people outrank the organization that structured data names.
const SURE: i32 = 20;

/// Score of what is found away from the headline: below all that is near.
const FAR: i32 = -10_000;

/// What the surroundings of the headline show.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// Names in the best byline.
    pub(super) authors: Vec<String>,
    /// Whether a person is named there, not the site or a desk.
    pub(super) people: bool,
    /// Date of publication, or the only date.
    pub(super) published: Option<Stamp>,
    /// Whether `published` stands at the headline, where a reader takes it for the article's, nothing there says
    /// that it is the date of a change, and the declared day does not stand there as well.
    pub(super) shown: bool,
    /// Date of the last change.
    pub(super) modified: Option<Stamp>,
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
    /// The day of publication that structured data gives. Without one, a date far from the headline, or that of a
    /// change, is better than none.
    pub(super) declared: Option<Date>,
}

/// Reads the surroundings of the headline; of the whole page's start if there is none.
pub(super) fn read(
    dom: &Dom<'_>,
    headline: Option<NodeId>,
    sites: &Sites,
    lang: Option<&str>,
    wanted: Wanted,
) -> Seen {
    let (before, after) = if wanted.authors || wanted.declared.is_none() {
        (BEFORE, AFTER)
    } else {
        (BEFORE.min(5 * SHOWN_WITHIN as NodeId), 10 * SHOWN_WITHIN as NodeId)
    };
    let (from, anchor, to) = match headline {
        Some(n) => (n.saturating_sub(before).max(1), n, dom.end(n) + after),
        None => (1, 1, 2 * after),
    };
    let mut look = Look {
        dom,
        lang,
        sites,
        anchor,
        headline_end: headline.map_or(1, |n| dom.end(n)),
        authors: Best::new(wanted.authors),
        published: Best::new(wanted.dates),
        modified: Best::new(wanted.dates && wanted.declared.is_none()),
        before: Before::Other,
        label: String::new(),
        changed: None,
        declared: wanted.declared,
        confirmed: false,
        far_days: None,
    };
    look.walk(from, to.min(dom.len()));
    if wanted.dates
        && wanted.declared.is_none()
        && look.published.value.is_none()
        && look.modified.value.is_none()
    {
        // A date at the foot of the article, or above a long menu: only where the words before it say what
        // it is, or no other date stands alone in a line. Those of teasers are many.
        look.far_days = Some(Vec::new());
        look.read_far(to.min(dom.len()), dom.len());
        look.read_far(1, from);
        if let Some([only]) = look.far_days.as_deref() {
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
    let shown = look.published.value.is_some() && look.published.score >= SHOWN && !look.confirmed;
    let published = look.published.value.or(modified.filter(|_| wanted.declared.is_none()));
    Seen { authors, people, published, shown, modified }
}

pub(super) struct Look<'d> {
    pub(super) dom: &'d Dom<'d>,
    lang: Option<&'d str>,
    sites: &'d Sites,
    anchor: NodeId,
    headline_end: NodeId,
    authors: Best<Vec<String>>,
    published: Best<Stamp>,
    modified: Best<Stamp>,
    before: Before,
    /// The line before if it is short and has no date: it may say what the next date is of.
    pub(super) label: String,
    /// The day of a change that the last such element gave; its line gives it again, without the mark.
    changed: Option<Date>,
    declared: Option<Date>,
    /// Whether the declared day was seen.
    confirmed: bool,
    /// Away from the headline: the different dates that stand alone in a line.
    far_days: Option<Vec<Stamp>>,
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
        let mut reader = Reader::new(dom);
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
                    if line.len() < LONGEST_LINE {
                        append_folded(&mut line, dom.text(n), &mut true, 0);
                    }
                }
                tag if is_skipped(tag) => {
                    n = dom.end(n);
                    continue;
                }
                tag => {
                    if !is_inline(tag) {
                        self.line(&mut line, line_start, &marked);
                        blocks.push(dom.end(n));
                    }
                    let mut marks = reader.marks(n);
                    marks.aside &= self.can_be_aside(n);
                    if marks != Marks::default() {
                        let aside = marks.aside || marked.iter().any(|(_, marks)| marks.aside);
                        self.element(n, marks, aside, &line);
                        marked.push((dom.end(n), marks));
                    } else if tag == Tag::Time {
                        let aside = marked.iter().any(|(_, marks)| marks.aside);
                        self.element(n, Marks { date: true, ..marks }, aside, &line);
                    }
                }
            }
            n += 1;
        }
        self.line(&mut line, line_start, &marked);
    }

    /// Whether an element can stand beside the article. What holds the headline cannot, whatever it is called; nor
    /// ("sidebar__main") can what holds much of a page.
    pub(super) fn can_be_aside(&self, n: NodeId) -> bool {
        let size = self.dom.end(n) - n;
        !(n <= self.anchor && self.anchor < n + size) && (size < AFTER / 2 || size * 4 < self.dom.len())
    }

    /// Whether nothing this far from the headline can be better than what is found.
    fn settled(&self, distance: i32) -> bool {
        let modified = distance < MARKED_DATE && self.modified.open_to(MARKED_DATE - distance);
        let far = self.declared.is_some() && distance > SHOWN_WITHIN;
        let date = !far && self.published.open_to(MARKED_DATE + EXACT - distance) || modified;
        !date && !self.authors.open_to(MARKED_AUTHOR - distance)
    }

    /// An element with marks of its own, and what its line holds before it.
    fn element(&mut self, n: NodeId, marks: Marks, aside: bool, before: &str) {
        let dom = self.dom;
        if aside || dom.end(n) - n > 60 {
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
            let stamp = attribute.and_then(|text| dates::parse(text, self.lang));
            // "entry-date published updated" is both until the page is changed.
            let marked = if marks.modified && !marks.date { Some(Role::Modified) } else { None };
            let told = || dates::role_of(if before.is_empty() { &self.label } else { before });
            let role = marked.or_else(told);
            if let Some(stamp) = stamp {
                let inside = || dates::scan(&text_of(dom, n), self.lang).next().map(|found| found.role);
                let role = role.or_else(inside).unwrap_or(Role::Published);
                self.date(stamp, role, MARKED_DATE + EXACT - distance);
                return;
            }
            let text = text_of(dom, n);
            if text.len() <= LONGEST_LINE {
                for found in dates::scan(&text, self.lang) {
                    let role = if found.labelled {
                        marked.unwrap_or(found.role)
                    } else {
                        role.unwrap_or(found.role)
                    };
                    self.date(found.stamp, role, MARKED_DATE - distance);
                }
            }
        }
    }

    /// A line of text, as a reader sees it.
    fn line(&mut self, line: &mut String, start: NodeId, marked: &[(NodeId, Marks)]) {
        if !line.is_empty() && line.len() < LONGEST_LINE && !marked.iter().any(|(_, marks)| marks.aside) {
            let distance = self.distance(start);
            let names = self.authors.open_to(BYLINE - distance);
            let dates = names && distance <= NEAR
                || self.published.open_to(MARKED_DATE - distance)
                || self.modified.open_to(MARKED_DATE - distance);
            if names || dates {
                let text = visible(line);
                let opening = names && self.byline(&text, distance);
                let date = if dates && !opening { self.dates_in(&text, distance) } else { None };
                if names && !opening {
                    self.name_by_a_date(&text, date, distance);
                }
            }
        }
        line.clear();
    }

    /// Takes the names of a line that is a byline; whether it is only the opening of one.
    fn byline(&mut self, text: &str, distance: i32) -> bool {
        if let Some((names, opened)) = bylines::byline(text)
            && (opened || distance <= NEAR)
        {
            self.author(names, BYLINE - distance);
        }
        if matches!(self.before, Before::Opening) && bylines::is_name(text) {
            self.author(vec![text.to_owned()], BYLINE - distance);
        }
        let opening = bylines::is_opening(text);
        if opening {
            self.before = Before::Opening;
        }
        opening
    }

    /// Takes the dates of a line, and says where the first stands.
    pub(super) fn dates_in(&mut self, text: &str, distance: i32) -> Option<Range<usize>> {
        let digits = text.bytes().any(|byte| byte.is_ascii_digit());
        let mut dates: Vec<_> = if digits { dates::scan(text, self.lang).collect() } else { Vec::new() };
        let label = if dates.iter().all(|found| found.labelled) { None } else { dates::role_of(&self.label) };
        self.label.clear();
        if dates.is_empty() && text.len() <= LONGEST_LABEL {
            self.label.push_str(text);
        }
        // "3 May 2024. Updated: 5 May 2024": what is not the change is the publication.
        if let [first, .., last] = dates.as_mut_slice() {
            first.labelled |= last.labelled && last.role == Role::Modified;
        }
        for found in &mut dates {
            if !found.labelled && self.changed == Some(found.stamp.day) {
                continue;
            }
            if let Some(role) = label.filter(|_| !found.labelled) {
                (found.role, found.labelled) = (role, true);
            }
            let alone = if found.at.len() * 2 >= text.len() { LINE_DATE } else { 0 };
            if let Some(days) = &mut self.far_days {
                if found.labelled {
                    self.date(found.stamp, found.role, FAR + 1 + alone);
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
        dates.into_iter().next().map(|found| found.at)
    }

    /// A name right before or after a date, in the same line or the next, is the author's.
    fn name_by_a_date(&mut self, text: &str, date: Option<Range<usize>>, distance: i32) {
        if distance > NEAR {
            self.before = Before::Other;
            return;
        }
        let around = |part: &str| part.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
        let opened = |part: &String| bylines::byline(part).filter(|(_, opened)| *opened);
        let before = match date {
            Some(at) => {
                let parts = [around(&text[..at.start]), around(&text[at.end..])];
                if let Some((names, _)) = parts.iter().find_map(opened) {
                    self.author(names, BYLINE - distance);
                } else if let Some(name) = parts.iter().find(|part| bylines::is_name(part)) {
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
        // "09.10.2024" of a page that says the tenth of September elsewhere means that.
        let swapped = Date::new(stamp.day.year(), stamp.day.day(), stamp.day.month()).ok();
        self.confirmed |= role == Role::Published
            && score >= SHOWN
            && self.declared.is_some_and(|day| day == stamp.day || Some(day) == swapped);
        if role == Role::Modified {
            self.changed = Some(stamp.day);
        }
        match role {
            Role::Published => self.published.offer(score, stamp),
            Role::Modified => self.modified.offer(score, stamp),
        }
    }
}
