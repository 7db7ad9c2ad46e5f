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
    let mut wrong = vec![];
    for (css, offset, message) in [
        ("", 0, "a selector is missing here"),
        ("p,", 2, "a selector is missing here"),
        ("p >", 3, "nothing follows the combinator"),
        ("p, , a", 3, "an element is missing before `,`"),
        ("> p", 0, "an element is missing before `>`"),
        ("p > > a", 4, "an element is missing before `>`"),
        ("a, p:hover", 4, "a saved page knows no `:hover`"),
        ("p::before b", 1, "a saved page knows no `::before`"),
        ("p .9a", 2, "a class name must follow the dot, and begin with no digit: `.9a`"),
        ("é [class=]", 3, "something is missing after `[class=]`"),
        ("div[9]", 3, "an attribute is written [name] or [name=\"value\"], not `[9]`"),
        ("div[a b]", 3, "an attribute is written [name] or [name=\"value\"], not `[a b]`"),
        ("div[a=9]", 3, "the value of an attribute must be a name or stand in quotes: `[a=9]`"),
        ("p { }", 2, "not understood here: `{ }`"),
        ("svg|a", 3, "namespaces are not known here: `|`"),
        ("//div", 0, "not understood here: `/`"),
        ("p:is(.a, .b:hover)", 11, "a saved page knows no `:hover`"),
        ("p:not(.a:hover)", 1, "a saved page knows no `:not(.a:hover)`"),
        ("p:nth-child(x)", 1, "not understood here: `:nth-child(x)`"),
        ("p:has()", 1, "not understood here: `:has()`"),
    ] {
        match Selector::parse(css) {
            Ok(_) => panic!("{css:?} is no selector"),
            Err(error) if (error.offset, &*error.message) != (offset, message) => wrong.push((css, error)),
            Err(_) => {}
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
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
