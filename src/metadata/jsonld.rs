//! What a page's `application/ld+json` scripts say of its article.
//!
//! Of all objects the one that is about this page is chosen: an article type, its address and headline
//! those of the page, not an item of a list of other articles.

use rustc_hash::FxHashMap;

use super::json::{Key, Value, mended, unwrap, values};
use super::titles::LONGEST;
use super::words::{clip, decode, fold, squeeze};
use crate::dom::{Dom, NodeId, Tag};

/// Bytes of JSON-LD read from one page; what lies beyond is left out.
const MOST_BYTES: usize = 4 << 20;

/// What JSON-LD says of the page's article. Texts have character references decoded and white space
/// folded; nothing else is done to them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JsonLd {
    /// `headline`, or `name` of the article.
    pub headline: Option<String>,
    /// Names of `author` (or `creator`), as they stand there.
    pub authors: Vec<Author>,
    /// `datePublished`.
    pub date_published: Option<String>,
    /// `dateModified`.
    pub date_modified: Option<String>,
    /// Name of the `publisher`.
    pub publisher: Option<String>,
    /// `articleSection`, the first if there are several.
    pub section: Option<String>,
    /// `keywords`, lists cut at their commas.
    pub keywords: Vec<String>,
    /// `description`.
    pub description: Option<String>,
    /// Address of the first `image`.
    pub image: Option<String>,
    /// Address of the article.
    pub url: Option<String>,
    /// `inLanguage`.
    pub in_language: Option<String>,
    /// `isAccessibleForFree`.
    pub is_accessible_for_free: Option<bool>,
    /// `articleBody`, without tags. Paragraphs are often run together, and the end may be missing.
    pub article_body: Option<String>,
    /// Every type an object of the page has (`NewsArticle`, `BreadcrumbList`, ...), each once.
    pub types: Vec<String>,
    /// Names in the `BreadcrumbList`, outermost first.
    pub breadcrumbs: Vec<String>,
}

/// One `author`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// As it stands there: may hold several people, a role or an address.
    pub name: String,
    /// Whether its type says that it is no person.
    pub organization: bool,
}

/// Reads all `application/ld+json` scripts of the page.
#[must_use]
pub fn read(dom: &Dom<'_>) -> JsonLd {
    let mut page = Page::default();
    let mut scripts = Vec::new();
    let mut bytes = 0;
    for n in 1..dom.len() {
        match dom.tag(n) {
            Tag::Script => {
                for child in dom.children(n) {
                    let text = dom.text(child);
                    bytes += text.len();
                    if !text.trim().is_empty() && bytes <= MOST_BYTES {
                        scripts.push(text);
                    }
                }
            }
            Tag::Title if page.title.is_empty() => page.title = folded(&super::text_of(dom, n)),
            Tag::Link | Tag::Meta => page.note(dom, n),
            _ => {}
        }
    }
    let (mut roots, mut broken) = (Vec::new(), Vec::new());
    for text in scripts {
        match values(unwrap(text)) {
            (values, None) => roots.extend(values),
            _ => broken.push(text),
        }
    }
    let mended: Vec<String> = broken.into_iter().map(mended).collect();
    for text in &mended {
        roots.extend(values(text).0);
    }
    Graph::new(&roots).article(&page)
}

/// What the page's head says, to tell its article from others.
#[derive(Default)]
struct Page {
    title: String,
    og_title: String,
    urls: Vec<String>,
}

impl Page {
    fn note(&mut self, dom: &Dom<'_>, n: NodeId) {
        let address = match dom.tag(n) {
            Tag::Link if dom.attr(n, "rel") == Some("canonical") => dom.attr(n, "href"),
            Tag::Link => None,
            _ => match dom.attr(n, "property") {
                Some("og:url") => dom.attr(n, "content"),
                Some("og:title") => {
                    self.og_title = folded(dom.attr(n, "content").unwrap_or_default());
                    None
                }
                _ => None,
            },
        };
        // A page has one address, written in a few places.
        if self.urls.len() < 8 {
            self.urls.extend(address.map(bare_address).filter(|address| address.contains('/')));
        }
    }
}

/// A title for comparing.
fn folded(title: &str) -> String {
    fold(&squeeze(&decode(clip(title, LONGEST)))).into()
}

/// An address without what varies between its copies: scheme, `www.`, query, fragment, final slash.
fn bare_address(url: &str) -> String {
    let url = url.trim();
    let url = url.split_once("//").map_or(url, |(_, rest)| rest);
    let url = url.strip_prefix("www.").unwrap_or(url);
    url.split(['?', '#']).next().unwrap_or(url).trim_end_matches('/').to_ascii_lowercase()
}

/// The objects of all scripts.
struct Graph<'v, 'j> {
    nodes: Vec<Node<'v, 'j>>,
    /// Objects that have a name, by their `@id`.
    by_id: FxHashMap<&'v str, usize>,
}

#[derive(Clone, Copy)]
struct Node<'v, 'j> {
    entries: &'v [(Key, Value<'j>)],
    /// An item of a list, a part or a person: not what the page is about.
    aside: bool,
}

impl<'v, 'j> Graph<'v, 'j> {
    fn new(roots: &'v [Value<'j>]) -> Self {
        let mut graph = Graph { nodes: Vec::new(), by_id: FxHashMap::default() };
        let mut waiting: Vec<(&Value<'j>, bool)> = roots.iter().rev().map(|root| (root, false)).collect();
        while let Some((value, aside)) = waiting.pop() {
            match value {
                Value::List(values) => waiting.extend(values.iter().rev().map(|value| (value, aside))),
                Value::Object(entries) => {
                    let node = Node { entries, aside };
                    if let Some(id) = node.text(Key::Id)
                        && (node.get(Key::Name).is_some() || node.get(Key::Url).is_some())
                    {
                        graph.by_id.entry(id).or_insert(graph.nodes.len());
                    }
                    graph.nodes.push(node);
                    waiting.extend(entries.iter().rev().map(|(key, value)| {
                        let about = matches!(key, Key::Graph | Key::MainEntity | Key::MainEntityOfPage);
                        (value, aside || !about)
                    }));
                }
                _ => {}
            }
        }
        graph
    }

    fn article(&self, page: &Page) -> JsonLd {
        let mut best: Option<(i32, Node<'_, '_>)> = None;
        let mut found = JsonLd::default();
        for node in &self.nodes {
            for kind in node.types() {
                if found.types.len() < 64 && !found.types.iter().any(|known| known == kind) {
                    found.types.push(kind.to_owned());
                }
            }
            if let Some(score) = node.score(page)
                && best.is_none_or(|(most, _)| most < score)
            {
                best = Some((score, *node));
            }
        }
        if let Some((_, node)) = best {
            self.fill(&mut found, node);
        }
        // The page's own object has what the article's leaves out.
        for node in self.nodes.iter().filter(|node| !node.aside) {
            if node.types().any(|kind| kind.ends_with("WebPage") || kind == "CollectionPage") {
                self.fill_from_page(&mut found, *node);
            }
            if found.breadcrumbs.is_empty() && node.types().any(|kind| kind == "BreadcrumbList") {
                found.breadcrumbs = node.breadcrumbs();
            }
        }
        if found.breadcrumbs.is_empty()
            && let Some(list) =
                self.nodes.iter().find(|node| node.types().any(|kind| kind == "BreadcrumbList"))
        {
            found.breadcrumbs = list.breadcrumbs();
        }
        found
    }

    fn fill(&self, found: &mut JsonLd, node: Node<'_, '_>) {
        found.headline = node.words(Key::Headline).or_else(|| node.words(Key::Name));
        found.authors = self.authors(node.get(Key::Author));
        if found.authors.is_empty() {
            found.authors = self.authors(node.get(Key::Creator));
        }
        found.date_published =
            [Key::Published, Key::Uploaded, Key::Created].into_iter().find_map(|key| node.words(key));
        found.date_modified = node.words(Key::Modified);
        found.publisher =
            self.authors(node.get(Key::Publisher)).into_iter().next().map(|publisher| publisher.name);
        found.section = node.words(Key::Section);
        found.keywords = node.keywords();
        found.description = node.words(Key::Description);
        found.image = self.address(node.get(Key::Image));
        found.url = node.address();
        found.in_language = node.words(Key::Language);
        found.is_accessible_for_free = node.free();
        found.article_body = node.text(Key::Body).or_else(|| node.text(Key::Text)).map(without_tags);
        found.article_body.take_if(|body| body.trim().is_empty());
    }

    fn fill_from_page(&self, found: &mut JsonLd, node: Node<'_, '_>) {
        let fill = |value: &mut Option<String>, key| {
            if value.is_none() {
                *value = node.words(key);
            }
        };
        fill(&mut found.date_published, Key::Published);
        fill(&mut found.date_modified, Key::Modified);
        fill(&mut found.description, Key::Description);
        fill(&mut found.in_language, Key::Language);
        if found.authors.is_empty() {
            found.authors = self.authors(node.get(Key::Author));
        }
        if found.is_accessible_for_free.is_none() {
            found.is_accessible_for_free = node.free();
        }
    }

    /// Names of people or organizations: a name, an object, a reference to one, or a list of these.
    fn authors(&self, value: Option<&Value<'_>>) -> Vec<Author> {
        let mut authors: Vec<Author> = Vec::new();
        let mut waiting: Vec<&Value<'_>> = value.into_iter().collect();
        while let Some(value) = waiting.pop() {
            let (name, organization) = match value {
                Value::Text(name) => (Some(name.as_ref().to_owned()), false),
                Value::List(values) => {
                    waiting.extend(values.iter().take(50).rev());
                    continue;
                }
                Value::Object(entries) => {
                    let node = Node { entries, aside: true };
                    if let Some(list) = node.get(Key::List) {
                        waiting.push(list);
                        continue;
                    }
                    // "name" may hold a list of names.
                    if let Some(names @ Value::List(_)) = node.get(Key::Name) {
                        waiting.push(names);
                        continue;
                    }
                    let known = || {
                        let index = self.by_id.get(node.text(Key::Id)?)?;
                        Some(self.nodes[*index])
                    };
                    let node = if node.get(Key::Name).is_some() { node } else { known().unwrap_or(node) };
                    let organization = node.types().any(|kind| kind.ends_with("Organization"));
                    let parts = || {
                        let (given, family) = (node.text(Key::GivenName)?, node.text(Key::FamilyName)?);
                        Some(format!("{given} {family}"))
                    };
                    let name = node.text(Key::Name).filter(|name| !name.trim().is_empty()).map(str::to_owned);
                    (name.or_else(parts), organization)
                }
                _ => continue,
            };
            let Some(name) = name.map(|name| squeeze(&decode(&name))).filter(|name| !name.is_empty()) else {
                continue;
            };
            if authors.len() < 50 && !authors.iter().any(|author| author.name == name) {
                authors.push(Author { name, organization });
            }
        }
        authors
    }

    fn address(&self, value: Option<&Value<'_>>) -> Option<String> {
        let mut waiting = value?;
        // A list of lists of objects is as deep as this ever goes.
        for _ in 0..4 {
            match waiting {
                Value::Text(url) => return Some(url.trim().to_owned()).filter(|url| !url.is_empty()),
                Value::List(values) => waiting = values.first()?,
                Value::Object(entries) => {
                    let node = Node { entries, aside: true };
                    let own = node.get(Key::Url).or_else(|| node.get(Key::ContentUrl));
                    match own {
                        Some(url) => waiting = url,
                        None => {
                            let known = self.nodes.get(*self.by_id.get(node.text(Key::Id)?)?)?;
                            waiting = known.get(Key::Url)?;
                        }
                    }
                }
                _ => return None,
            }
        }
        None
    }
}

impl<'v, 'j> Node<'v, 'j> {
    fn get(&self, key: Key) -> Option<&'v Value<'j>> {
        self.entries
            .iter()
            .find(|(known, value)| *known == key && !matches!(value, Value::Nothing))
            .map(|found| &found.1)
    }

    /// A text, or the first of a list of texts.
    fn text(&self, key: Key) -> Option<&'v str> {
        match self.get(key)? {
            Value::Text(text) => Some(text),
            Value::List(values) => values.iter().find_map(|value| match value {
                Value::Text(text) => Some(text.as_ref()),
                _ => None,
            }),
            Value::Object(entries) => entries.iter().find_map(|(key, value)| match value {
                Value::Text(text) if matches!(key, Key::Value | Key::Name) => Some(text.as_ref()),
                _ => None,
            }),
            _ => None,
        }
    }

    fn words(&self, key: Key) -> Option<String> {
        self.text(key).map(|text| squeeze(&decode(text))).filter(|text| !text.is_empty())
    }

    fn types(&self) -> impl Iterator<Item = &'v str> {
        let (one, many) = match self.get(Key::Type) {
            Some(Value::Text(kind)) => (Some(kind.as_ref()), None),
            Some(Value::List(kinds)) => (None, Some(kinds.iter())),
            _ => (None, None),
        };
        let many = many.into_iter().flatten().filter_map(|kind| match kind {
            Value::Text(kind) => Some(kind.as_ref()),
            _ => None,
        });
        one.into_iter().chain(many).map(|kind: &str| kind.rsplit(['/', ':', '#']).next().unwrap_or(kind))
    }

    fn address(&self) -> Option<String> {
        let nested = match self.get(Key::MainEntityOfPage) {
            Some(Value::Object(entries)) => Node { entries, aside: true }.text(Key::Id),
            _ => self.text(Key::MainEntityOfPage),
        };
        [self.text(Key::Url), nested, self.text(Key::Id)]
            .into_iter()
            .flatten()
            .find(|url| url.contains("//"))
            .map(|url| url.trim().to_owned())
    }

    /// How likely it is that the object is the page's article; nothing for one that cannot be.
    fn score(&self, page: &Page) -> Option<i32> {
        let mut score = self.types().map(weight).max().filter(|&weight| weight > 0)?;
        let headline = self.text(Key::Headline).or_else(|| self.text(Key::Name)).map(folded);
        let titled = headline.is_some_and(|headline| {
            headline.len() >= 8 && (page.title.contains(&headline) || page.og_title.contains(&headline))
        });
        let addressed = self.address().is_some_and(|url| {
            let url = bare_address(&url);
            page.urls.contains(&url)
        });
        score += if titled { 40 } else { 0 } + if addressed { 40 } else { 0 };
        score += if self.get(Key::Body).is_some() { 10 } else { 0 };
        score += if self.get(Key::Published).is_some() { 5 } else { 0 };
        if self.aside {
            score -= 60;
        }
        (score > 0).then_some(score)
    }

    fn keywords(&self) -> Vec<String> {
        let mut keywords = Vec::new();
        let mut take = |text: &str| {
            for part in text.split([',', ';', '|']) {
                let part = squeeze(&decode(part));
                if !part.is_empty() && keywords.len() < 100 && !keywords.contains(&part) {
                    keywords.push(part);
                }
            }
        };
        match self.get(Key::Keywords) {
            Some(Value::Text(text)) => take(text),
            Some(Value::List(values)) => {
                for value in values {
                    match value {
                        Value::Text(text) => take(text),
                        Value::Object(entries) => {
                            take(Node { entries, aside: true }.text(Key::Name).unwrap_or_default())
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
        keywords
    }

    /// `isAccessibleForFree`, of the article or else of a part that is not free.
    fn free(&self) -> Option<bool> {
        let own = |node: Node<'_, '_>| match node.get(Key::Free)? {
            Value::Bool(free) => Some(*free),
            Value::Text(text) => match fold(text.rsplit('/').next().unwrap_or(text)).as_str() {
                "true" => Some(true),
                "false" => Some(false),
                _ => None,
            },
            _ => None,
        };
        let parts = match self.get(Key::HasPart) {
            Some(Value::List(parts)) => parts.as_slice(),
            Some(part) => std::slice::from_ref(part),
            None => &[],
        };
        let part = || {
            parts.iter().find_map(|part| match part {
                Value::Object(entries) => own(Node { entries, aside: true }).filter(|free| !free),
                _ => None,
            })
        };
        own(*self).or_else(part)
    }

    fn breadcrumbs(&self) -> Vec<String> {
        let Some(Value::List(items)) = self.get(Key::ItemList) else { return Vec::new() };
        let name = |item: &Value<'_>| {
            let Value::Object(entries) = item else { return None };
            let node = Node { entries, aside: true };
            node.words(Key::Name).or_else(|| match node.get(Key::Item)? {
                Value::Object(entries) => Node { entries, aside: true }.words(Key::Name),
                _ => None,
            })
        };
        items.iter().take(20).filter_map(name).collect()
    }
}

/// How much a type speaks for an object being the page's article.
fn weight(kind: &str) -> i32 {
    match kind {
        "LiveBlogPosting" => 55,
        "SocialMediaPosting" | "DiscussionForumPosting" | "QAPage" => 20,
        "BlogPosting" | "Report" | "ReportageNewsArticle" => 50,
        kind if kind.ends_with("Article") => 50,
        "Recipe" | "HowTo" | "Review" | "ClaimReview" | "CriticReview" | "Course" => 30,
        "CreativeWork" | "VideoObject" | "PodcastEpisode" | "Book" | "Event" | "NewsMediaArticle" => 15,
        _ => 0,
    }
}

/// A text without the tags some systems leave in it; the end of a block becomes a line's end.
fn without_tags(text: &str) -> String {
    let text = decode(text);
    if !text.contains('<') {
        return text.into_owned();
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.as_ref();
    while let Some(at) = rest.find('<') {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        let tag = rest[1..].starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!'));
        match rest.find('>').filter(|_| tag) {
            Some(end) => {
                let name = rest[1..end].trim_start_matches('/');
                let block = ["p", "div", "br", "li", "h1", "h2", "h3", "h4", "ul", "ol", "blockquote"]
                    .contains(&name.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default());
                if block {
                    plain.push('\n');
                }
                rest = &rest[end + 1..];
            }
            None => {
                plain.push('<');
                rest = &rest[1..];
                // No end of a tag anywhere: nothing more to find.
                if tag {
                    break;
                }
            }
        }
    }
    plain.push_str(rest);
    plain
}
