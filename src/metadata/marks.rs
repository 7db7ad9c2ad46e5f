//! What an element's class, id, link and microdata say it holds: author, date, or something beside the article.
//!
//! Names are compared by their parts ("entry-author", "PublishDate"), never by substrings.

use crate::dom::{Dom, NodeId, Tag};
use crate::recent::Recent;

/// Names that are read, in bytes: longer ones are lists of utility classes.
const LONGEST_NAMES: usize = 400;

/// What the class, id and microdata of an element say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Marks {
    pub(super) author: bool,
    pub(super) date: bool,
    pub(super) modified: bool,
    /// Biographies, comments, teasers.
    pub(super) aside: bool,
}

/// Reads the marks of a page's elements; those of the names seen last are remembered.
pub(super) struct Reader<'d> {
    dom: &'d Dom<'d>,
    /// What the attributes tell, by the numbers of their names.
    telling: Vec<Option<Telling>>,
    recent: Recent<'d, Marks>,
}

/// What an attribute tells of its element.
#[derive(Debug, Clone, Copy)]
enum Telling {
    Property,
    Address,
    Relation,
    Names,
}

impl<'d> Reader<'d> {
    pub(super) fn new(dom: &'d Dom<'d>) -> Self {
        let telling = |name| match name {
            "itemprop" => Some(Telling::Property),
            "href" => Some(Telling::Address),
            "rel" => Some(Telling::Relation),
            "class" | "id" => Some(Telling::Names),
            _ => None,
        };
        Self { dom, telling: dom.attr_names().map(telling).collect(), recent: Recent::new() }
    }

    /// Marks of an element by `itemprop`, `rel`, and the parts of its class and id.
    pub(super) fn marks(&mut self, n: NodeId) -> Marks {
        let mut marks = Marks::default();
        for (name, value) in self.dom.attrs_by_number(n) {
            match self.telling[name] {
                None => {}
                Some(Telling::Property) => match value {
                    "author" | "creator" => marks.author = true,
                    "datePublished" | "dateCreated" => marks.date = true,
                    "dateModified" => marks.modified = true,
                    _ => {}
                },
                Some(Telling::Address) => marks.author |= self.dom.tag(n) == Tag::A && is_profile(value),
                Some(Telling::Relation) => {
                    marks.author |= value.split_ascii_whitespace().any(|token| token == "author");
                }
                Some(Telling::Names) => marks = marks.or(self.names(value)),
            }
        }
        marks
    }

    /// Whether an element stands beside the article, by its class and id.
    pub(super) fn is_aside(&mut self, n: NodeId) -> bool {
        let mut attributes = self.dom.attrs_by_number(n);
        attributes.any(|(name, value)| {
            matches!(self.telling[name], Some(Telling::Names)) && self.names(value).aside
        })
    }

    fn names(&mut self, names: &'d str) -> Marks {
        if names.is_empty() || names.len() > LONGEST_NAMES {
            return Marks::default();
        }
        self.recent.get(names, Marks::of_names)
    }
}

/// Whether an address is that of an author's page: one of its path's segments says so, and another follows.
fn is_profile(href: &str) -> bool {
    let mut segments = href.as_bytes().split(|&byte| byte == b'/');
    let named = segments.by_ref().take(8).any(|segment| {
        matches!(
            segment,
            b"author"
                | b"authors"
                | b"autor"
                | b"autoren"
                | b"autores"
                | b"autore"
                | b"autori"
                | b"auteur"
                | b"auteurs"
                | b"contributor"
                | b"contributors"
                | b"journalist"
                | b"journalists"
                | b"writer"
                | b"writers"
                | b"autorzy"
                | b"redakteur"
                | b"redakteure"
                | b"reporter"
                | b"reporters"
                | b"yazar"
                | b"yazarlar"
                | b"skribent"
        )
    });
    named && segments.next().is_some_and(|segment| !matches!(segment, [] | [b'?' | b'#', ..]))
}

impl Marks {
    /// What the names in a class or an id say.
    fn of_names(names: &str) -> Self {
        let mut marks = Self::default();
        names.split_ascii_whitespace().for_each(|name| marks.note(name));
        marks
    }

    fn or(self, other: Self) -> Self {
        Self {
            author: self.author || other.author,
            date: self.date || other.date,
            modified: self.modified || other.modified,
            aside: self.aside || other.aside,
        }
    }

    /// Notes the parts of a class token, cut at marks and before capitals.
    fn note(&mut self, token: &str) {
        let (mut author, mut date, mut modified, mut aside) = (false, false, false, false);
        let bytes = token.as_bytes();
        let mut start = 0;
        for at in 0..=bytes.len() {
            let byte = bytes.get(at).copied().unwrap_or(b' ');
            let mark = !byte.is_ascii_alphabetic();
            let edge = mark || byte.is_ascii_uppercase() && at > start && bytes[at - 1].is_ascii_lowercase();
            if edge {
                match kind(&bytes[start..at]) {
                    Some(Part::Author) => author = true,
                    Some(Part::Date) => date = true,
                    Some(Part::Modified) => modified = true,
                    Some(Part::Aside) => aside = true,
                    None => {}
                }
                start = at + usize::from(mark);
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

fn kind(part: &[u8]) -> Option<Part> {
    if !(3..=12).contains(&part.len()) {
        return None;
    }
    let mut lower = [0u8; 12];
    for (to, from) in lower.iter_mut().zip(part) {
        *to = from.to_ascii_lowercase();
    }
    Some(match &lower[..part.len()] {
        b"author" | b"authors" | b"authorname" | b"byline" | b"bylines" | b"autor" | b"autoren"
        | b"auteur" | b"auteurs" | b"autore" | b"writer" | b"contributor" | b"redakteur" | b"autorin" => {
            Part::Author
        }
        b"date" | b"datum" | b"dateline" | b"published" | b"publish" | b"pubdate" | b"posted"
        | b"timestamp" | b"datetime" | b"publication" | b"fecha" | b"data" | b"time" => Part::Date,
        b"modified" | b"updated" | b"update" | b"lastmod" => Part::Modified,
        b"bio" | b"biography" | b"avatar" | b"related" | b"comment" | b"comments" | b"sidebar"
        | b"recommended" | b"trending" | b"popular" | b"latest" | b"nav" | b"menu" | b"reply" => Part::Aside,
        _ => return None,
    })
}
