//! JSON-LD as publishers write it. All outlets and articles are invented.

use copydesk::dom::{Dom, Limits};
use copydesk::metadata::jsonld::{self, JsonLd};

fn read(head: &str, scripts: &[&str]) -> JsonLd {
    let scripts: String =
        scripts.iter().map(|json| format!("<script type=\"application/ld+json\">{json}</script>")).collect();
    jsonld::read(&Dom::parse(
        format!("<html><head>{head}{scripts}</head><body></body></html>"),
        &Limits::default(),
    ))
}

fn names(found: &JsonLd) -> Vec<&str> {
    found.authors.iter().map(|author| author.name.as_str()).collect()
}

#[test]
fn an_article_and_all_its_fields() {
    let found = read(
        "",
        &[
            r#"{"@context":"https://schema.org","@type":"NewsArticle","headline":"Ferry &amp; crew back","url":"https://news.example/a",
            "author":[{"@type":"Person","name":"Jane Doe"},{"@type":"Organization","name":"Harbour Desk"}],
            "datePublished":"2024-05-03T10:15:00+02:00","dateModified":"2024-05-04","publisher":{"name":"The Harbour Post"},
            "articleSection":["Sea","Local"],"keywords":"ferry, harbour","description":"Back  at last.","inLanguage":"en",
            "image":[{"@type":"ImageObject","url":"https://news.example/a.jpg"}],"isAccessibleForFree":"False",
            "articleBody":"<p>The ferry is back.</p><p>So is the crew.</p>"}"#,
        ],
    );
    assert_eq!(found.headline.as_deref(), Some("Ferry & crew back"));
    assert_eq!(names(&found), ["Jane Doe", "Harbour Desk"]);
    assert!(!found.authors[0].organization && found.authors[1].organization);
    assert_eq!(found.date_published.as_deref(), Some("2024-05-03T10:15:00+02:00"));
    assert_eq!(found.date_modified.as_deref(), Some("2024-05-04"));
    assert_eq!(found.publisher.as_deref(), Some("The Harbour Post"));
    assert_eq!(found.section.as_deref(), Some("Sea"));
    assert_eq!(found.keywords, ["ferry", "harbour"]);
    assert_eq!(found.description.as_deref(), Some("Back at last."));
    assert_eq!(found.in_language.as_deref(), Some("en"));
    assert_eq!(found.image.as_deref(), Some("https://news.example/a.jpg"));
    assert_eq!(found.url.as_deref(), Some("https://news.example/a"));
    assert_eq!(found.is_accessible_for_free, Some(false));
    let body = found.article_body.unwrap_or_default();
    assert_eq!(body.split_whitespace().collect::<Vec<_>>().join(" "), "The ferry is back. So is the crew.");
    assert!(!body.contains('<'));
}

#[test]
fn a_graph_with_references() {
    let found = read(
        "",
        &[r##"{"@graph":[
            {"@type":"WebPage","@id":"https://news.example/a","datePublished":"2024-05-03","inLanguage":"de-DE"},
            {"@type":"Article","headline":"Ferry back","author":{"@id":"#jane"},"publisher":{"@id":"#post"}},
            {"@type":"Person","@id":"#jane","name":"Jane Doe"},
            {"@type":"Organization","@id":"#post","name":"The Harbour Post"},
            {"@type":"BreadcrumbList","itemListElement":[
                {"@type":"ListItem","position":1,"name":"Home"},{"@type":"ListItem","position":2,"item":{"@id":"/sea","name":"Sea"}}]}]}"##],
    );
    assert_eq!(names(&found), ["Jane Doe"]);
    assert_eq!(found.publisher.as_deref(), Some("The Harbour Post"));
    assert_eq!(found.date_published.as_deref(), Some("2024-05-03"));
    assert_eq!(found.in_language.as_deref(), Some("de-DE"));
    assert_eq!(found.breadcrumbs, ["Home", "Sea"]);
    assert_eq!(found.types, ["WebPage", "Article", "Person", "Organization", "BreadcrumbList", "ListItem"]);
}

#[test]
fn the_article_of_the_page_wins() {
    let other = r#"{"@type":"NewsArticle","headline":"Storm over the bay","url":"https://news.example/b","articleBody":"Wind."}"#;
    let own =
        r#"{"@type":"NewsArticle","headline":"Ferry back in port","url":"https://www.news.example/a/?x=1"}"#;
    let list = format!(r#"{{"@type":"ItemList","itemListElement":[{other},{other}]}}"#);
    for scripts in [vec![other, own], vec![own, other], vec![&list, own], vec![own, &list]] {
        let found = read("<link rel=canonical href=https://news.example/a>", &scripts);
        assert_eq!(found.headline.as_deref(), Some("Ferry back in port"), "{scripts:?}");
    }
    let by_title = read("<title>Ferry back in port | Post</title>", &[other, own]);
    assert_eq!(by_title.headline.as_deref(), Some("Ferry back in port"));
    assert_eq!(read("", &[&list]).headline, None);
}

#[test]
fn broken_scripts_are_mended() {
    for (json, expected) in [
        ("{\"@type\":\"Article\",\"headline\":\"Ferry\nback\",}", "Ferry back"),
        ("{\"@type\":\"Article\",\"headline\":\"Ferry\tback\",\"keywords\":[\"a\",],}", "Ferry back"),
        ("<!-- {\"@type\":\"Article\",\"headline\":\"Ferry back\"} -->", "Ferry back"),
        ("//<![CDATA[\n{\"@type\":\"Article\",\"headline\":\"Ferry back\"}\n//]]>", "Ferry back"),
        ("/*<![CDATA[*/{\"@type\":\"Article\",\"headline\":\"Ferry back\"}/*]]>*/", "Ferry back"),
        (
            "{\"@type\":\"WebSite\",\"name\":\"P\"}{\"@type\":\"Article\",\"headline\":\"Ferry back\"}",
            "Ferry back",
        ),
        ("{\"@type\":\"WebSite\"},\n{\"@type\":\"Article\",\"headline\":\"Ferry back\"};", "Ferry back"),
        ("{\"@type\":\"Article\",\"headline\":\"It\\'s back\"}", "It's back"),
        ("{\"@type\":\"Article\",\"headline\":\"Ferry back\",\"articleBody\":\"The ferry", "Ferry back"),
        ("{\"@type\":\"Article\",\"headline\":\"Ferry back\",\"author\":{\"name\":", "Ferry back"),
        (
            "{\"@type\":\"Article\",\"headline\":\"Ferry back\",\"description\":\"a \"great\" day\",\"x\":1}",
            "Ferry back",
        ),
        ("{&quot;@type&quot;:&quot;Article&quot;,&quot;headline&quot;:&quot;Ferry back&quot;}", "Ferry back"),
        ("{\"@type\":\"Article\",/* c */\"headline\":\"Ferry back\"}", "Ferry back"),
        ("{\"@type\":\"Article\",\"headline\":\"Ferry back\"}}", "Ferry back"),
    ] {
        assert_eq!(read("", &[json]).headline.as_deref(), Some(expected), "{json}");
    }
}

#[test]
fn what_is_no_json_gives_nothing() {
    for json in [
        "",
        "null",
        "[]",
        "{",
        "}",
        "\"",
        "{\"",
        "[[[[",
        "undefined",
        "{\"@type\":",
        "\\",
        "{]}",
        "[{]",
        "\u{1}",
    ] {
        let found = read("", &[json]);
        assert_eq!(found.headline, None, "{json}");
    }
}

#[test]
fn free_access_by_parts() {
    let free = |json: &str| read("", &[json]).is_accessible_for_free;
    assert_eq!(free(r#"{"@type":"Article","isAccessibleForFree":true}"#), Some(true));
    assert_eq!(free(r#"{"@type":"Article","isAccessibleForFree":"http://schema.org/False"}"#), Some(false));
    assert_eq!(
        free(r#"{"@type":"Article","hasPart":{"@type":"WebPageElement","isAccessibleForFree":false}}"#),
        Some(false)
    );
    assert_eq!(free(r#"{"@type":"Article"}"#), None);
}

#[test]
fn deep_and_long_scripts_end_soon() {
    let started = std::time::Instant::now();
    let deep = "[".repeat(200_000);
    let deep_objects = "{\"author\":".repeat(100_000);
    let long = format!(
        "{{\"@type\":\"Article\",\"headline\":\"Ferry\",\"articleBody\":\"{}\",,}}",
        "word ".repeat(200_000)
    );
    let many = format!("[{}]", vec![r#"{"@type":"NewsArticle","headline":"Other news"}"#; 20_000].join(","));
    for json in [&deep, &deep_objects, &long, &many] {
        let _ = read("", &[json]);
    }
    assert!(started.elapsed().as_secs() < 10, "{:?}", started.elapsed());
}
