//! Selectors over the tree, from outside.

use copydesk::dom::select::{Selector, SelectorSet};
use copydesk::dom::{Dom, Limits, Tag};

const PAGE: &str = r#"<!doctype html><html lang=en><head><title>Ferry &amp; fog</title></head>
<body class="page story"><main id=top><p>One <b>two</b></p><p class="lead big">Three</p>
<ul><li>a<li class=Promo>b<li>c</ul><template><p class=lead>never</template></main></body></html>"#;

fn found(css: &str) -> Vec<String> {
    let dom = Dom::parse(PAGE, &Limits::default());
    let selector = Selector::parse(css).unwrap_or_else(|error| panic!("{css}: {error}"));
    let found = selector.find_all(&dom, 0);
    found.iter().map(|&n| format!("{}:{}", dom.name(n), dom.attr(n, "class").unwrap_or(""))).collect()
}

#[test]
fn finds_what_the_selector_names() {
    for (css, expected) in [
        ("p", &["p:", "p:lead big"][..]),
        ("p.lead", &["p:lead big"]),
        ("#top > p:first-child", &["p:"]),
        ("p + p", &["p:lead big"]),
        ("li:nth-child(2)", &["li:Promo"]),
        ("li:nth-last-child(1), title", &["title:", "li:"]),
        ("[class=promo i]", &["li:Promo"]),
        ("[class=promo s]", &[]),
        ("main:has(.lead)", &["main:"]),
        ("p:not(.lead)", &["p:"]),
        (":is(p, li):where(.lead, .Promo)", &["p:lead big", "li:Promo"]),
        (":root", &["html:"]),
        ("html[lang|=en]", &["html:"]),
    ] {
        assert_eq!(found(css), expected, "{css}");
    }
}

#[test]
fn a_set_finds_what_its_selectors_find() {
    let dom = Dom::parse(PAGE, &Limits::default());
    let css = ["p", ".lead", "#top", "main li", "[class]", "*", "li ~ li", "p, li"];
    let selectors: Vec<_> = css.iter().map(|css| Selector::parse(css).expect("valid")).collect();
    let mut expected: Vec<_> = (0..css.len())
        .flat_map(|k| selectors[k].find_all(&dom, 0).into_iter().map(move |n| (n, k)))
        .collect();
    expected.sort_unstable();
    let mut hits = vec![];
    SelectorSet::new(selectors).find_all(&dom, |n, k| hits.push((n, k)));
    hits.sort_unstable();
    assert_eq!(hits, expected);
}

#[test]
fn errors_have_words_and_a_place() {
    for css in ["", "p >", "p, , a", "p:hover", "p .9a", "div[class=]", "p { }"] {
        match Selector::parse(css) {
            Ok(_) => panic!("{css:?} is no selector"),
            Err(error) => assert!(error.offset <= css.len() && !error.message.is_empty(), "{css:?}"),
        }
    }
}

#[test]
fn the_tree_is_in_document_order() {
    let dom = Dom::parse(PAGE, &Limits::default());
    assert_eq!(dom.tag(0), Tag::Document);
    for n in 1..dom.len() {
        let parent = dom.parent(n).expect("only the document has none");
        assert!(parent < n && n < dom.end(n) && dom.end(n) <= dom.end(parent));
        assert!(dom.children(parent).any(|child| child == n));
        if let Some(prev) = dom.prev_sibling(n) {
            assert_eq!(dom.next_sibling(prev), Some(n));
        }
    }
    let text: String = (0..dom.len()).map(|n| dom.text(n)).collect();
    assert!(text.contains("Ferry & fog") && !text.contains("never"));
}
