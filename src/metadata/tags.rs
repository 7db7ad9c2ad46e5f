//! One walk over the tree for what stands in `<meta>`, `<link>`, `<title>`, headings and `<time>`.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::text_of;
use super::titles::LONGEST;
use super::words::{clip, fold, squeeze};
use crate::dom::{Dom, NodeId, Tag};

/// What a `<meta>` is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Field {
    Title,
    Author,
    Published,
    /// A date that does not say of what.
    Dated,
    Modified,
    Site,
    Url,
    Description,
    Section,
    Keywords,
    Tag,
    Image,
    Lang,
}

/// Names of `<meta>` (as `name`, `property`, `itemprop` or `http-equiv`, in lower case) by field,
/// the most trusted first.
const NAMES: &[(Field, &str)] = &[
    (
        Field::Title,
        "og:title twitter:title parsely-title sailthru.title headline dc.title dcterms.title title",
    ),
    (
        Field::Author,
        "author parsely-author sailthru.author article:author og:article:author byl dc.creator \
         dcterms.creator citation_author cxenseparse:author article:author_name \
         shareaholic:article_author_name articleauthor authors creator og:author vr:author mrf:authors rbauthors \
         byline dc.contributor",
    ),
    (
        Field::Published,
        "article:published_time og:article:published_time datepublished og:published_time \
         published_time parsely-pub-date sailthru.date cxenseparse:publishtime \
         cxenseparse:recs:publishtime dc.date.issued dcterms.issued dcterms.created dc.date.created \
         dc.created originalpublicationdate publishdate publish_date publish-date publication_date \
         pubdate article.published rnews:datepublished citation_publication_date citation_online_date \
         shareaholic:article_published_time mediator_published_time vr:published_time \
         iso-8601-publish-date displaydate bt:pubdate dateposted release_date published-date \
         article_date_original pub_date og:pubdate publicationdate publication-date published_at published",
    ),
    (
        Field::Dated,
        "date dc.date dcterms.date citation_date created createdate datecreated article_date article-date",
    ),
    (
        Field::Modified,
        "article:modified_time og:article:modified_time og:modified_time datemodified og:updated_time \
         article:updated_time dcterms.modified dc.date.modified dc.modified last-modified lastmod \
         updated_time shareaholic:article_modified_time revised",
    ),
    (Field::Site, "og:site_name application-name apple-mobile-web-app-title twitter:site:name dc.publisher"),
    (Field::Url, "og:url twitter:url"),
    (Field::Description, "og:description description twitter:description dc.description dcterms.description"),
    (Field::Section, "article:section og:article:section parsely-section section cxenseparse:section"),
    (Field::Keywords, "news_keywords keywords parsely-tags sailthru.tags"),
    (Field::Tag, "article:tag og:article:tag"),
    (Field::Image, "og:image og:image:url twitter:image twitter:image:src thumbnail sailthru.image.full"),
    (Field::Lang, "content-language language dc.language dcterms.language og:locale"),
];

static FIELDS: LazyLock<FxHashMap<&str, (Field, u8)>> = LazyLock::new(|| {
    let ranked = NAMES.iter().flat_map(|(field, names)| {
        names.split_whitespace().zip(0..).map(move |(name, rank)| (name, (*field, rank)))
    });
    ranked.collect()
});

/// A heading of the page.
#[derive(Debug)]
pub(super) struct Heading {
    pub(super) node: NodeId,
    /// 1, or 2 for all below.
    pub(super) level: u8,
    /// Its text, white space folded.
    pub(super) text: String,
    /// Where in the text a child element starts or ends: the edges of a kicker or a subtitle.
    pub(super) chunks: Vec<usize>,
}

/// What the walk found.
#[derive(Debug, Default)]
pub(super) struct Tags<'d> {
    /// Contents of `<meta>`, none empty, by field and then by trust.
    metas: Vec<(Field, u8, &'d str)>,
    /// `lang` of `<html>`.
    pub(super) lang: Option<&'d str>,
    /// `<link rel="canonical">`.
    pub(super) canonical: Option<&'d str>,
    /// `<title>`.
    pub(super) title: String,
    /// The headings of the first three levels.
    pub(super) headings: Vec<Heading>,
    /// `twitter:label1` and `twitter:data1`, and so on: pairs that content systems fill with the author's name.
    labels: [(Option<&'d str>, Option<&'d str>); 2],
}

/// How labels begin, folded, that announce an author.
const AUTHOR_LABELS: &[&str] = &[
    "written",
    "author",
    "verfasst",
    "geschrieben",
    "autor",
    "escrit",
    "ecrit",
    "redig",
    "scritto",
    "geschreven",
    "napisan",
    "автор",
    "написано",
    "yazan",
    "skrev",
    "skriv",
    "kirjoit",
];

/// More of one kind than this are those of lists; menus have many.
const MOST: usize = 120;

impl<'d> Tags<'d> {
    pub(super) fn read(dom: &'d Dom<'d>) -> Self {
        let mut tags = Self::default();
        let (mut firsts, mut seconds) = (0, 0);
        for n in 1..dom.len() {
            match dom.tag(n) {
                Tag::Meta => tags.meta(dom, n),
                Tag::Html => tags.lang = dom.attr(n, "lang").or_else(|| dom.attr(n, "xml:lang")),
                Tag::Link if dom.attr(n, "rel").is_some_and(|rel| rel.eq_ignore_ascii_case("canonical")) => {
                    tags.canonical = tags.canonical.or(dom.attr(n, "href"));
                }
                Tag::Title if tags.title.is_empty() => {
                    tags.title = clip(&text_of(dom, n), LONGEST).to_owned()
                }
                Tag::H1 if firsts < MOST => {
                    firsts += 1;
                    tags.headings.push(heading(dom, n, 1));
                }
                Tag::H2 | Tag::H3 if seconds < MOST => {
                    seconds += 1;
                    tags.headings.push(heading(dom, n, 2));
                }
                _ => {}
            }
        }
        tags.metas.sort_by_key(|&(field, rank, _)| (field as u8, rank));
        tags
    }

    fn meta(&mut self, dom: &'d Dom<'d>, n: NodeId) {
        let Some(content) = dom.attr(n, "content").map(str::trim).filter(|content| !content.is_empty())
        else {
            return;
        };
        for (name, value) in dom.attrs(n) {
            if !matches!(name, "name" | "property" | "itemprop" | "http-equiv") || value.len() > 40 {
                continue;
            }
            match value {
                "twitter:label1" => self.labels[0].0 = Some(content),
                "twitter:data1" => self.labels[0].1 = Some(content),
                "twitter:label2" => self.labels[1].0 = Some(content),
                "twitter:data2" => self.labels[1].1 = Some(content),
                _ => {}
            }
            let known = FIELDS.get(value).or_else(|| FIELDS.get(value.to_ascii_lowercase().as_str()));
            if let Some(&(field, rank)) = known
                && self.metas.len() < 400
            {
                self.metas.push((field, rank, content));
                return;
            }
        }
    }

    /// The labelled author: "Written by", "Verfasst von".
    pub(super) fn labelled_author(&self) -> Option<&'d str> {
        let author = |label: &str| {
            let label = fold(label);
            AUTHOR_LABELS.iter().any(|start| label.starts_with(start))
        };
        self.labels.iter().find_map(|(label, data)| label.filter(|label| author(label)).and(*data))
    }

    /// Contents for a field by the name of the `<meta>`, the most trusted name first: one author each, for instance.
    pub(super) fn by_trust(&self, field: Field) -> impl Iterator<Item = impl Iterator<Item = &'d str>> {
        let same = |one: &(Field, u8, &str), other: &(Field, u8, &str)| one.0 == other.0 && one.1 == other.1;
        let names = self.metas.chunk_by(same).filter(move |metas| metas[0].0 == field);
        names.map(|metas| metas.iter().map(|meta| meta.2))
    }

    /// Contents for a field, the most trusted first.
    pub(super) fn all(&self, field: Field) -> impl Iterator<Item = &'d str> {
        self.metas.iter().filter(move |meta| meta.0 == field).map(|meta| meta.2)
    }
}

fn heading(dom: &Dom<'_>, node: NodeId, level: u8) -> Heading {
    let mut heading = Heading { node, level, text: String::new(), chunks: Vec::new() };
    let mut space = false;
    for n in node + 1..dom.end(node) {
        match dom.tag(n) {
            Tag::Text => {
                let raw = clip(dom.text(n), LONGEST);
                let text = squeeze(raw);
                space |= raw.starts_with(char::is_whitespace);
                if text.is_empty() {
                    continue;
                }
                if space && !heading.text.is_empty() {
                    heading.text.push(' ');
                }
                if !heading.text.is_empty() {
                    heading.chunks.push(heading.text.len());
                }
                heading.text.push_str(&text);
                space = raw.ends_with(char::is_whitespace);
            }
            Tag::Br | Tag::Div | Tag::P => space = true,
            _ => {}
        }
        // A headline is a line; what is longer is a page inside of a heading.
        if heading.text.len() > LONGEST {
            break;
        }
    }
    heading
}
