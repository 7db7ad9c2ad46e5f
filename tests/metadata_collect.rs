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
