//! The metadata of whole pages, with sources. All outlets and articles are invented.

use copydesk::article::{Metadata, Source, Sourced};
use copydesk::dom::{Dom, Limits};
use copydesk::metadata::{collect, jsonld};

fn page(html: &str) -> Metadata {
    given(html, Metadata::default())
}

fn given(html: &str, known: Metadata) -> Metadata {
    let dom = Dom::parse(html, &Limits::default());
    collect(&dom, &jsonld::read(&dom), known, Some("https://www.harbourpost.example/sea/ferry-back"))
}

fn parts<T: Clone>(value: &Option<Sourced<T>>) -> Option<(T, Source)> {
    value.as_ref().map(|found| (found.value.clone(), found.source))
}

fn text(value: &str, source: Source) -> Option<(String, Source)> {
    Some((value.to_owned(), source))
}

const BODY: &str = "<p>The ferry that left the harbour on Monday came back with all of its crew, the company said in the evening.</p>";

#[test]
fn a_page_that_declares_everything() {
    let found = page(&format!(
        r#"<html lang="en-GB"><head><title>Ferry back | The Harbour Post</title>
        <meta property="og:title" content="Ferry back - The Harbour Post"><meta property="og:site_name" content="The Harbour Post">
        <meta name="author" content="By Jane Doe"><meta property="article:published_time" content="2024-05-03T10:15:00+01:00">
        <meta property="article:modified_time" content="2024-05-04T08:00:00Z"><meta property="article:section" content="Sea">
        <meta property="article:tag" content="Ferries"><meta property="article:tag" content="Harbour">
        <meta name="description" content="It is   back."><meta property="og:image" content="https://harbourpost.example/a.jpg">
        <link rel="canonical" href="https://harbourpost.example/sea/ferry-back"></head>
        <body><h1>The Harbour Post</h1><h1>Ferry back</h1>{BODY}</body></html>"#
    ));
    assert_eq!(parts(&found.title), text("Ferry back", Source::Visible));
    assert_eq!(parts(&found.authors), Some((vec!["Jane Doe".to_owned()], Source::Meta)));
    assert_eq!(parts(&found.date), text("2024-05-03T10:15:00+01:00", Source::Meta));
    assert_eq!(parts(&found.date_modified), text("2024-05-04T08:00:00Z", Source::Meta));
    assert_eq!(parts(&found.site), text("The Harbour Post", Source::Meta));
    assert_eq!(parts(&found.url), text("https://harbourpost.example/sea/ferry-back", Source::Meta));
    assert_eq!(parts(&found.lang), text("en", Source::Meta));
    assert_eq!(parts(&found.section), text("Sea", Source::Meta));
    assert_eq!(parts(&found.description), text("It is back.", Source::Meta));
    assert_eq!(parts(&found.image), text("https://harbourpost.example/a.jpg", Source::Meta));
    assert_eq!(found.tags.map(|tags| tags.value), Some(vec!["Ferries".to_owned(), "Harbour".to_owned()]));
    assert!(!found.paywalled);
}

#[test]
fn a_page_with_nothing_but_text() {
    let found = page(&format!(
        r#"<body><nav><a href="/author/other">Max Other</a> 1 January 2020</nav><div class="widget"><h1>Ferry back</h1>
        <div class="meta">By <b>Jane Doe</b> and John Roe</div><div>Published 3 May 2024, 10:15</div><div>Updated: 4 May 2024</div>{BODY}
        <div class="related"><span class="author">Max Other</span> 9 May 2024</div></div></body>"#
    ));
    assert_eq!(parts(&found.title), text("Ferry back", Source::Visible));
    assert_eq!(
        parts(&found.authors),
        Some((vec!["Jane Doe".to_owned(), "John Roe".to_owned()], Source::Visible))
    );
    assert_eq!(parts(&found.date), text("2024-05-03T10:15:00", Source::Visible));
    assert_eq!(parts(&found.date_modified), text("2024-05-04", Source::Visible));
    assert_eq!(parts(&found.lang), text("en", Source::Statistics));
    assert_eq!(parts(&found.url), text("https://www.harbourpost.example/sea/ferry-back", Source::Url));
}

#[test]
fn authors_that_only_a_reader_sees() {
    for (markup, expected) in [
        (r#"<span class="entry-author">Jane Doe</span>"#, "Jane Doe"),
        (r#"<span class="AuthorName">jane doe</span>"#, "jane doe"),
        (r#"<a rel="author" href="/x">Jane Doe</a>"#, "Jane Doe"),
        (r#"<span itemprop="author"><span itemprop="name">Jane Doe</span></span>"#, "Jane Doe"),
        (r#"<p>Von <a href="/autoren/jana-beispiel">Jana Beispiel</a></p>"#, "Jana Beispiel"),
        (r#"<div>Written by:</div><div>Jane Doe</div>"#, "Jane Doe"),
        (r#"<p>Jane Doe · 3 May 2024</p>"#, "Jane Doe"),
        (r#"<div>Jane Doe</div><div>3 May 2024</div>"#, "Jane Doe"),
    ] {
        let found = page(&format!("<body><h1>Ferry back</h1>{markup}{BODY}</body>"));
        assert_eq!(parts(&found.authors), Some((vec![expected.to_owned()], Source::Visible)), "{markup}");
    }
}

#[test]
fn no_author_out_of_prose_and_asides() {
    for markup in [
        r#"<div class="author-bio">Max Other writes about ships.</div>"#,
        r#"<div class="comments"><span class="author">Max Other</span></div>"#,
        "<p>By Monday Downing Street had changed its mind.</p>",
        "<p>Photo: Max Other</p>",
    ] {
        let found = page(&format!("<body><h1>Ferry back</h1>{markup}{BODY}</body>"));
        assert_eq!(found.authors, None, "{markup}");
    }
}

#[test]
fn people_before_the_site_as_author() {
    let found = page(&format!(
        r#"<head><meta property="og:site_name" content="The Harbour Post"><script type="application/ld+json">
        {{"@type":"NewsArticle","author":{{"@type":"Organization","name":"The Harbour Post"}}}}</script></head>
        <body><h1>Ferry back</h1><p class="byline">By Jane Doe</p>{BODY}</body>"#
    ));
    assert_eq!(parts(&found.authors), Some((vec!["Jane Doe".to_owned()], Source::Visible)));
    let alone = page(
        r#"<script type="application/ld+json">{"@type":"NewsArticle","author":{"name":"The Harbour Post"},"publisher":{"name":"The Harbour Post"}}</script>"#,
    );
    assert_eq!(parts(&alone.authors), Some((vec!["The Harbour Post".to_owned()], Source::JsonLd)));
}

#[test]
fn dates_by_trust() {
    let json = r#"<script type="application/ld+json">{"@type":"Article","datePublished":"2024-05-03T12:15:00+02:00"}</script>"#;
    let meta = r#"<meta property="article:published_time" content="2024-05-03T10:15:00Z">"#;
    let date =
        |head: &str| parts(&page(&format!("<head>{head}</head><body><h1>Ferry back</h1>{BODY}</body>")).date);
    assert_eq!(date(json), text("2024-05-03T12:15:00+02:00", Source::JsonLd));
    assert_eq!(date(meta), text("2024-05-03T10:15:00Z", Source::Meta));
    // One moment: the page's own zone tells more.
    assert_eq!(date(&format!("{meta}{json}")), text("2024-05-03T12:15:00+02:00", Source::JsonLd));
    let earlier = r#"<meta property="article:published_time" content="2024-05-01T10:15:00Z">"#;
    assert_eq!(date(&format!("{earlier}{json}")), text("2024-05-01T10:15:00Z", Source::Meta));
    assert_eq!(date("<meta name=date content='vor 3 Stunden'>"), None);
}

#[test]
fn order_of_day_and_month_by_region() {
    let date = |lang: &str| {
        parts(&page(&format!("<html lang={lang}><body><h1>Ferry back</h1><p>03/05/2024</p>{BODY}")).date)
    };
    assert_eq!(date("en-US"), text("2024-03-05", Source::Visible));
    assert_eq!(date("en-GB"), text("2024-05-03", Source::Visible));
}

#[test]
fn the_address_gives_the_day_when_nothing_else_does() {
    let dom = Dom::parse("<h1>Ferry back</h1>", &Limits::default());
    let found = collect(
        &dom,
        &jsonld::read(&dom),
        Metadata::default(),
        Some("https://harbourpost.example/2024/05/03/ferry"),
    );
    assert_eq!(parts(&found.date), text("2024-05-03", Source::Url));
}

#[test]
fn what_a_rule_gave_stays() {
    let known = Metadata {
        title: Some(Sourced { value: "Ruled".to_owned(), source: Source::Rule }),
        date: Some(Sourced { value: "2000-01-01".to_owned(), source: Source::Rule }),
        ..Metadata::default()
    };
    let found = given("<title>Ferry back</title><h1>Ferry back</h1><p>By Jane Doe, 3 May 2024</p>", known);
    assert_eq!(parts(&found.title), text("Ruled", Source::Rule));
    assert_eq!(parts(&found.date), text("2000-01-01", Source::Rule));
    assert_eq!(parts(&found.authors), Some((vec!["Jane Doe".to_owned()], Source::Visible)));
}

#[test]
fn a_paywall_is_a_flag() {
    let html =
        r#"<script type="application/ld+json">{"@type":"NewsArticle","isAccessibleForFree":false}</script>"#;
    assert!(page(html).paywalled);
}

#[test]
fn empty_and_hostile_pages() {
    assert_eq!(page("").title, None);
    let started = std::time::Instant::now();
    for html in [
        "<h1>".repeat(20_000),
        "<meta name=author content='Jane Doe'>".repeat(20_000),
        "<p class=author>By ".repeat(20_000),
        format!("<h1>{}</h1>", "Ferry – ".repeat(100_000)),
        format!("<title>{}</title><h1>Ferry</h1>", "Ferry | ".repeat(100_000)),
        format!("<h1>Ferry</h1>{}", "<time>3 May 2024</time>".repeat(50_000)),
        format!("<h1>Ferry</h1><p class=byline>{}", "Von ".repeat(100_000)),
    ] {
        let _ = page(&html);
    }
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}

/// Declared dates, what stands at the headline, and what comes out.
#[test]
fn the_date_that_a_reader_sees() {
    let published = |date: &str| format!(r#"<meta property="article:published_time" content="{date}">"#);
    let both = |date: &str, modified: &str| {
        format!(r#"{}<meta property="article:modified_time" content="{modified}">"#, published(date))
    };
    let early = "2024-05-03T10:15:00Z";
    for (head, shown, expected, source) in [
        // Another day corrects the declared one, unless words say that it is of a change.
        (published(early), "<p>12 April 2024</p>", "2024-04-12", Source::Visible),
        (published(early), r#"<time datetime="2024-04-12">April</time>"#, "2024-04-12", Source::Visible),
        (published(early), "<p>Updated 12 June 2024</p>", early, Source::Meta),
        (published(early), "<p>Last updated:</p><p>12 June 2024</p>", early, Source::Meta),
        (published(early), "<p>Updated <time>12 June 2024</time></p>", early, Source::Meta),
        (published(early), r#"<p class="date-modified">12 June 2024</p>"#, early, Source::Meta),
        (both(early, "2024-06-12T08:00:00Z"), "<p>12 June 2024</p>", early, Source::Meta),
        // The declared day stands there as well, be it with the month first.
        (published(early), "<p>12 April 2024</p><p>3 May 2024</p>", early, Source::Meta),
        (published("2024-09-10T10:15:00Z"), "<p>09.10.2024</p>", "2024-09-10T10:15:00Z", Source::Meta),
        // The day of the visit is after all that is declared.
        (both(early, "2024-05-04T08:00:00Z"), "<p>12 June 2024</p>", early, Source::Meta),
        // One moment: the clock of the page gives the zone; a day alone contradicts nothing.
        (
            published("2024-05-03T22:15:10Z"),
            "<p>4 May 2024, 0:15</p>",
            "2024-05-04T00:15:00+02:00",
            Source::Visible,
        ),
        (published("2024-05-03T22:15:10Z"), "<p>4 May 2024</p>", "2024-05-03T22:15:10Z", Source::Meta),
        // A date in prose says nothing of the article.
        (published(early), "<p>The pier was built on 12 April 2024 by the town.</p>", early, Source::Meta),
        // Nothing declared.
        (String::new(), "<p>3 May 2024. Updated: 5 May 2024</p>", "2024-05-03", Source::Visible),
        (String::new(), r#"<p class="sidebar__main"><span>3 May 2024</span></p>"#, "", Source::Visible),
        (
            String::new(),
            "<p><span>3</span>\n <span>May</span>\n <span>2024</span></p>",
            "2024-05-03",
            Source::Visible,
        ),
        // Names that do not say of what come last.
        (r#"<meta name="date" content="2024-05-04">"#.to_owned(), "", "2024-05-04", Source::Meta),
        (
            r#"<meta name="date" content="2024-05-04"><script type="application/ld+json">
            {"@type":"NewsArticle","datePublished":"2024-05-03T19:30:00+02:00"}</script>"#
                .to_owned(),
            "",
            "2024-05-03T19:30:00+02:00",
            Source::JsonLd,
        ),
    ] {
        let found = page(&format!("<head>{head}</head><body><h1>Ferry back</h1>{shown}{BODY}</body>"));
        let expected = if expected.is_empty() { None } else { text(expected, source) };
        assert_eq!(parts(&found.date), expected, "{head} {shown}");
    }
}

/// Templates indent with more white space than a line of text is long.
#[test]
fn white_space_is_no_text() {
    let indent = "\n".to_owned() + &" ".repeat(300);
    let found = page(&format!(
        "<body><h1>Ferry back</h1><div>{indent}<span>Jane Doe</span>{indent}·{indent}<span>3 May 2024</span></div>{BODY}</body>"
    ));
    assert_eq!(parts(&found.date), text("2024-05-03", Source::Visible));
    assert_eq!(parts(&found.authors), Some((vec!["Jane Doe".to_owned()], Source::Visible)));
}

#[test]
fn a_less_trusted_name_with_a_person() {
    let found = page(&format!(
        r#"<head><meta property="og:site_name" content="The Harbour Post">
        <meta name="author" content="The Harbour Post"><meta property="article:author" content="https://social.example/post">
        <meta name="cXenseParse:author" content="Jane Doe"></head><body><h1>Ferry back</h1>{BODY}</body>"#
    ));
    assert_eq!(parts(&found.authors), Some((vec!["Jane Doe".to_owned()], Source::Meta)));
}

#[test]
fn titles_of_pages() {
    for (head, body, expected) in [
        // Kickers that differ, in an element of its own.
        (
            r#"<meta property="og:title" content="Storm at sea: Ferry comes back with its crew">"#,
            "<h1><span>Harbour</span><span> – </span><span>Ferry comes back with its crew</span></h1>",
            "Ferry comes back with its crew",
        ),
        (
            r#"<meta property="og:title" content="Ferry back: its crew tells what happened">"#,
            "<h1>Ferry back: its crew tells what happened</h1>",
            "Ferry back: its crew tells what happened",
        ),
        // Another title ends where the section begins.
        (
            r#"<meta property="og:title" content="Ferry comes back-Sea"><meta name="headline" content="Ferry comes back">"#,
            "",
            "Ferry comes back",
        ),
        (r#"<meta property="og:title" content="Ferry comes back-to-back">"#, "", "Ferry comes back-to-back"),
    ] {
        let found = page(&format!("<head>{head}</head><body>{body}{BODY}</body>"));
        assert_eq!(found.title.map(|title| title.value).as_deref(), Some(expected), "{head}");
    }
}
