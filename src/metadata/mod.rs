//! What a page says about its article besides the body: title, authors, dates and the like, each with
//! the place it was found.
//!
//! [`collect`] takes, for each field, the first place that gives a value, in this order:
//!
//! | field | order |
//! |---|---|
//! | all | what a site rule gave |
//! | title | the heading that agrees with `og:title`, JSON-LD or `<title>`; `og:title`; JSON-LD; `<title>` |
//! | authors | people in JSON-LD, in `<meta>`, in bylines near the headline; then what these have left: desks, the site itself |
//! | date | `<meta>`; JSON-LD; a `<meta>` that is only called "date"; `<time>` and visible dates near the headline, then elsewhere; the address. A visible date near the headline comes first where it corrects a declared one: another day, not named as that of a change nor the declared one of it, or the same moment with a zone |
//! | date modified | `<meta>`; JSON-LD; where no date of publication is declared, visible dates named as that of a change |
//! | agency | an author that is one (credits in the text are read by [`agency::credited`]) |
//! | site | `og:site_name`; JSON-LD publisher |
//! | url | `<link rel="canonical">`; `og:url`; JSON-LD |
//! | lang | `<html lang>`, unless the text shows another language; JSON-LD; `og:locale`; the text |
//! | section, description, tags, image | `<meta>`; JSON-LD (section also: breadcrumbs) |
//!
//! The parts that read single values ([`dates`], [`bylines`], [`titles`], [`agency`], [`lang`]) are pure
//! functions of text, used for flattened text and for labels as well.

pub mod agency;
pub mod bylines;
pub mod dates;
mod far;
pub mod head;
mod json;
pub mod jsonld;
pub mod lang;
mod lexicon;
mod lines;
mod marks;
mod tags;
pub mod titles;
mod visible;
mod words;

use crate::article::{Metadata, Source, Sourced};
use crate::dom::{Dom, NodeId, Tag};
use dates::Stamp;
use jsonld::JsonLd;
use tags::{Field, Tags};
use titles::{Declared, Place, Sites};
use visible::{Seen, Wanted};
use words::{clip, decode, squeeze};

/// Collects a page's metadata.
///
/// `given` is what is known already, from the site's rules; its values stay, the fields it leaves
/// empty are filled from the page. `url` is the address the page was found under.
#[must_use]
pub fn collect(dom: &Dom<'_>, jsonld: &JsonLd, given: Metadata, url: Option<&str>) -> Metadata {
    let tags = Tags::read(dom);
    let mut found = given;
    let host = url.and_then(host);

    fill(&mut found.site, || site(&tags, jsonld));
    let site_names = site_names(&tags, jsonld, host, found.site.as_ref());
    let sites = Sites::new(site_names.iter().map(String::as_str));
    let (title, headline) = title(&tags, jsonld, &sites);
    fill(&mut found.title, || title);
    fill(&mut found.url, || address(&tags, jsonld, url));
    fill(&mut found.description, || text(&tags, Field::Description, jsonld.description.as_deref()));
    fill(&mut found.section, || {
        let crumb = jsonld.breadcrumbs.iter().rev().nth(1).filter(|_| jsonld.breadcrumbs.len() > 2);
        text(&tags, Field::Section, jsonld.section.as_deref().or(crumb.map(String::as_str)))
    });
    fill(&mut found.image, || {
        text(&tags, Field::Image, jsonld.image.as_deref()).filter(|image| !image.value.starts_with("data:"))
    });
    fill(&mut found.tags, || keywords(&tags, jsonld));
    fill(&mut found.lang, || {
        let html = tags.lang.into_iter();
        let declared = html.chain(tags.all(Field::Lang)).map(|tag| (tag, Source::Meta));
        let declared = declared.chain(jsonld.in_language.as_deref().map(|tag| (tag, Source::JsonLd)));
        lang::of(declared, &sample(dom, headline))
    });
    let (people, others) = declared_authors(&tags, jsonld, &sites);
    fill(&mut found.authors, || people);

    let region = region(&tags, jsonld);
    let (published, modified) = declared_dates(&tags, jsonld, region);
    let wanted = Wanted {
        authors: found.authors.is_none(),
        dates: found.date.is_none(),
        declared: published.map(|(stamp, _)| stamp.day),
    };
    let seen = if wanted.authors || wanted.dates {
        visible::read(dom, headline, &sites, region, wanted)
    } else {
        Seen::default()
    };
    let seen_authors =
        (!seen.authors.is_empty()).then_some(Sourced { value: seen.authors, source: Source::Visible });
    if seen.people {
        fill(&mut found.authors, || seen_authors.clone());
    }
    fill(&mut found.authors, || others.or(seen_authors));
    fill(&mut found.agency, || {
        let authors = found.authors.as_ref()?;
        let agency = authors.value.iter().find_map(|name| agency::named(name))?;
        Some(Sourced { value: agency.to_owned(), source: authors.source })
    });
    let sourced = |(stamp, source): (Stamp, Source)| Sourced { value: stamp.to_string(), source };
    let visible = |stamp: Option<Stamp>| stamp.map(|stamp| (stamp, Source::Visible));
    let shown = seen.published.filter(|_| seen.shown).and_then(|stamp| corrected(stamp, published, modified));
    let in_address = || url.and_then(dates::of_url).map(|stamp| (stamp, Source::Url));
    fill(&mut found.date, || {
        visible(shown).or(published).or_else(|| visible(seen.published)).or_else(in_address).map(sourced)
    });
    fill(&mut found.date_modified, || modified.or_else(|| visible(seen.modified)).map(sourced));
    found.paywalled |= jsonld.is_accessible_for_free == Some(false);
    found
}

/// The address that the page gives itself: `<link rel="canonical">` or `og:url`, if absolute.
#[must_use]
pub fn own_address<'d>(dom: &'d Dom<'_>) -> Option<&'d str> {
    let head = (0..dom.len()).take_while(|&n| dom.tag(n) != Tag::Body);
    let mut addresses = head.filter_map(|n| match dom.tag(n) {
        Tag::Link if dom.attr(n, "rel") == Some("canonical") => dom.attr(n, "href"),
        Tag::Meta if dom.attr(n, "property") == Some("og:url") => dom.attr(n, "content"),
        _ => None,
    });
    addresses.find(|address| address.contains("://"))
}

/// The language tag that names a region, for the order of day and month; else the page's language.
fn region<'t>(tags: &Tags<'t>, jsonld: &'t JsonLd) -> Option<&'t str> {
    let all = || tags.lang.into_iter().chain(tags.all(Field::Lang)).chain(jsonld.in_language.as_deref());
    all().find(|tag| tag.contains(['-', '_'])).or_else(|| all().next())
}

fn fill<T>(field: &mut Option<T>, value: impl FnOnce() -> Option<T>) {
    if field.is_none() {
        *field = value();
    }
}

/// The host of an address, without `www.` and port.
fn host(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?.split(':').next()?;
    Some(host.strip_prefix("www.").unwrap_or(host)).filter(|host| !host.is_empty())
}

/// A text of `<meta>`, or else of JSON-LD.
fn text(tags: &Tags<'_>, field: Field, jsonld: Option<&str>) -> Option<Sourced<String>> {
    let meta = tags.all(field).map(clean).find(|text| !text.is_empty());
    let meta = meta.map(|value| Sourced { value, source: Source::Meta });
    meta.or_else(|| jsonld.map(|value| Sourced { value: value.to_owned(), source: Source::JsonLd }))
}

fn clean(text: &str) -> String {
    squeeze(&decode(text))
}

fn site(tags: &Tags<'_>, jsonld: &JsonLd) -> Option<Sourced<String>> {
    let named = |name: &String| !name.is_empty() && !name.starts_with('@') && !name.contains("://");
    let meta =
        tags.all(Field::Site).map(clean).find(named).map(|value| Sourced { value, source: Source::Meta });
    meta.or_else(|| {
        let publisher = jsonld.publisher.clone().filter(named)?;
        Some(Sourced { value: publisher, source: Source::JsonLd })
    })
}

/// All names the site goes by, for comparing.
fn site_names(
    tags: &Tags<'_>,
    jsonld: &JsonLd,
    host: Option<&str>,
    site: Option<&Sourced<String>>,
) -> Vec<String> {
    let mut names: Vec<String> = site.map(|site| site.value.clone()).into_iter().collect();
    names.extend(tags.all(Field::Site).map(clean));
    names.extend(jsonld.publisher.clone());
    let canonical = tags.canonical.or_else(|| tags.all(Field::Url).next()).and_then(self::host);
    for host in host.into_iter().chain(canonical) {
        names.push(host.to_owned());
        let labels = host.rsplit('.').skip(1).filter(|label| label.len() >= 3 && *label != "com");
        names.extend(labels.map(str::to_owned));
    }
    names
}

/// The title, and the heading that is the headline.
fn title(tags: &Tags<'_>, jsonld: &JsonLd, sites: &Sites) -> (Option<Sourced<String>>, Option<NodeId>) {
    let declared = Declared {
        metas: tags.all(Field::Title).take(8).map(|title| clean(clip(title, titles::LONGEST))).collect(),
        headline: jsonld.headline.as_deref().map(|title| clip(title, titles::LONGEST).to_owned()),
        title: Some(tags.title.clone()).filter(|title| !title.is_empty()),
        news: jsonld.types.iter().any(|kind| kind.ends_with("NewsArticle")),
    };
    let Some((title, place)) = titles::choose(&tags.headings, &declared, sites) else { return (None, None) };
    let (source, heading) = match place {
        Place::Heading(index) => (Source::Visible, tags.headings.get(index)),
        Place::Meta => (Source::Meta, None),
        Place::JsonLd => (Source::JsonLd, None),
    };
    let heading = heading.or_else(|| titles::heading_of(&tags.headings, &title));
    let first = || tags.headings.iter().find(|heading| heading.level == 1 && !heading.text.is_empty());
    (Some(Sourced { value: title, source }), heading.or_else(first).map(|heading| heading.node))
}

fn address(tags: &Tags<'_>, jsonld: &JsonLd, url: Option<&str>) -> Option<Sourced<String>> {
    let absolute = |address: &&str| address.starts_with("http://") || address.starts_with("https://");
    let canonical = tags.canonical.map(str::trim).filter(absolute);
    let meta = canonical.or_else(|| tags.all(Field::Url).find(absolute));
    let jsonld = jsonld.url.as_deref().filter(absolute);
    meta.map(|address| (address, Source::Meta))
        .or(jsonld.map(|address| (address, Source::JsonLd)))
        .or(url.map(|address| (address, Source::Url)))
        .map(|(address, source)| Sourced { value: address.to_owned(), source })
}

fn keywords(tags: &Tags<'_>, jsonld: &JsonLd) -> Option<Sourced<Vec<String>>> {
    let mut keywords: Vec<String> = Vec::new();
    let mut add = |text: String| {
        if !text.is_empty() && text.len() <= 100 && keywords.len() < 100 && !keywords.contains(&text) {
            keywords.push(text);
        }
    };
    tags.all(Field::Tag).map(clean).for_each(&mut add);
    if let Some(list) = tags.all(Field::Keywords).next() {
        list.split([',', ';', '|']).map(clean).for_each(&mut add);
    }
    if !keywords.is_empty() {
        return Some(Sourced { value: keywords, source: Source::Meta });
    }
    let value = jsonld.keywords.clone();
    (!value.is_empty()).then_some(Sourced { value, source: Source::JsonLd })
}

/// Names and where they were found.
type Authors = Option<Sourced<Vec<String>>>;

/// Authors of JSON-LD, or else of `<meta>`: people first, second what may be the site itself.
fn declared_authors(tags: &Tags<'_>, jsonld: &JsonLd, sites: &Sites) -> (Authors, Authors) {
    let mut people = [Vec::new(), Vec::new()];
    let mut others = [Vec::new(), Vec::new()];
    // Says whether a person was among them. Of the names that may be the site's, those of one place are enough.
    let mut add = |place: usize, text: &str, others_too: bool| {
        for name in bylines::of_field(text) {
            let other = sites.agree(&name);
            if other && !others_too {
                continue;
            }
            let list = if other { &mut others[place] } else { &mut people[place] };
            if list.len() < 100 && !list.contains(&name) {
                list.push(name);
            }
        }
        !people[place].is_empty()
    };
    for author in &jsonld.authors {
        add(0, &author.name, true);
    }
    for (rank, fields) in tags.by_trust(Field::Author).enumerate() {
        let mut named = false;
        fields.for_each(|field| named |= add(1, &decode(field), rank == 0));
        if named {
            break;
        }
    }
    if let Some(field) = tags.labelled_author() {
        add(1, &decode(field), true);
    }
    let first = |[jsonld, meta]: [Vec<String>; 2]| {
        let (value, source) = if jsonld.is_empty() { (meta, Source::Meta) } else { (jsonld, Source::JsonLd) };
        (!value.is_empty()).then_some(Sourced { value, source })
    };
    (first(people), first(others))
}

/// A date and where it was found.
type Dated = Option<(Stamp, Source)>;

/// Dates of publication and change in `<meta>`, or else in JSON-LD. A `<meta>` that is only called "date" comes
/// last: it may be that of the print edition, of a change or of the page's making.
fn declared_dates(tags: &Tags<'_>, jsonld: &JsonLd, lang: Option<&str>) -> (Dated, Dated) {
    let meta = |field| tags.all(field).find_map(|text| dates::parse(text, lang));
    let date = |field, jsonld: &Option<String>| {
        let meta = meta(field);
        let jsonld = jsonld.as_deref().and_then(|text| dates::parse(text, lang));
        match (meta, jsonld) {
            // The same moment: with the page's own zone rather than in UTC or without one.
            (Some(meta), Some(jsonld)) if jsonld.says_more_than(&meta) => Some((jsonld, Source::JsonLd)),
            (Some(meta), _) => Some((meta, Source::Meta)),
            (None, jsonld) => jsonld.map(|stamp| (stamp, Source::JsonLd)),
        }
    };
    let published = date(Field::Published, &jsonld.date_published);
    let published = published.or_else(|| meta(Field::Dated).map(|stamp| (stamp, Source::Meta)));
    (published, date(Field::Modified, &jsonld.date_modified))
}

/// The date that a reader sees at the headline, where it is better than the declared one: the same moment with the
/// page's zone, or another day and not that of the declared change. Templates fill in the day of an import or of a
/// first draft; what is shown was looked at. A day after all that is declared is that of the visit.
fn corrected(shown: Stamp, published: Dated, modified: Dated) -> Option<Stamp> {
    let Some((published, _)) = published else { return Some(shown) };
    if let Some(zoned) = shown.zoned_by(&published) {
        return Some(zoned);
    }
    let changed = modified.is_some_and(|(modified, _)| modified.may_fall_on(shown.day));
    let last = modified.map_or(i64::MAX, |(modified, _)| modified.order().max(published.order()) + 86_400);
    let other = !published.may_fall_on(shown.day) && !changed && shown.order() <= last;
    (other || shown.says_more_than(&published)).then_some(shown)
}

/// The first paragraphs below the headline, for the language.
fn sample(dom: &Dom<'_>, headline: Option<NodeId>) -> String {
    let mut sample = String::new();
    let mut n = headline.unwrap_or(1);
    while n < dom.len() && sample.len() < 800 {
        if dom.tag(n) == Tag::P {
            let text = text_of(dom, n);
            if text.len() >= 60 {
                sample.push_str(&text);
                sample.push(' ');
            }
            n = dom.end(n);
        } else {
            n += 1;
        }
    }
    sample
}

/// The text below an element, white space folded.
fn text_of(dom: &Dom<'_>, n: NodeId) -> String {
    let mut text = String::new();
    for inner in n..dom.end(n) {
        text.push_str(dom.text(inner));
    }
    squeeze(&text)
}
