//! Selectors over the tree, from outside.

use copydesk::dom::select::{Selector, SelectorSet};
use copydesk::dom::{Dom, Limits, Tag};
use proptest::prelude::*;
use proptest::sample::select;

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

/// A start tag with what selectors ask for, an end tag or text; every element that is started has a number.
fn markup() -> impl Strategy<Value = String> {
    let name = || select(&["div", "p", "span", "ul", "li", "a", "em", "x-y", "math", "mi"][..]);
    let attributes = select(
        &[
            "",
            " class=a",
            " class='b a'",
            " class='A\tc'",
            " id=a",
            " id=B class=b",
            " title='one two'",
            " lang=en-GB",
        ][..],
    );
    let part = prop_oneof![
        4 => (name(), attributes).prop_map(|(name, attributes)| format!("<{name} n=%{attributes}>")),
        3 => name().prop_map(|name| format!("</{name}>")),
        1 => Just(" text ".to_owned()),
    ];
    prop::collection::vec(part, 0..40).prop_map(|parts| {
        let mut number = 0;
        let parts = parts.iter().map(|part| {
            number += 1;
            part.replace('%', &number.to_string())
        });
        parts.collect()
    })
}

fn compound() -> impl Strategy<Value = String> {
    let name = select(&["", "", "*", "div", "p", "LI", "a", "x-y", "mi", "body"][..]);
    let simple = select(
        &[
            ".a",
            ".b",
            ".A",
            "#a",
            "#B",
            "[title]",
            "[title~=two]",
            "[class^=b]",
            "[class$=c]",
            "[lang|=en]",
            "[id=b i]",
            "[n]",
            ":first-child",
            ":last-of-type",
            ":nth-child(2n+1)",
            ":nth-last-child(2)",
            ":only-child",
            ":empty",
            ":not(.a)",
            ":not(p, li > *)",
            ":is(p, .a, :hover)",
            ":where(div em)",
            ":has(> .a)",
            ":has(+ p, li)",
            ":root",
        ][..],
    );
    (name, prop::collection::vec(simple, 0..3))
        .prop_map(|(name, simple)| format!("{name}{}", simple.concat()))
        .prop_filter("empty", |compound| !compound.is_empty())
}

fn selector() -> impl Strategy<Value = String> {
    let complex =
        (compound(), prop::collection::vec((select(&[" ", " > ", " + ", " ~ "][..]), compound()), 0..3))
            .prop_map(|(first, rest)| {
                rest.iter().fold(first, |css, (combinator, next)| css + combinator + next)
            });
    prop::collection::vec(complex, 1..3).prop_map(|list| list.join(", "))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    /// One by one, in a set, and by scraper over its own tree.
    #[test]
    fn finds_what_scraper_finds(page in markup(), css in prop::collection::vec(selector(), 1..8)) {
        let css: Vec<_> = css.iter().map(|css| css.replace(", :hover", "")).collect();
        let dom = Dom::parse(&page, &Limits::default());
        let number = |n| dom.attr(n, "n").unwrap_or(dom.name(n)).to_owned();
        let selectors: Vec<_> = css.iter().map(|css| Selector::parse(css).expect("valid")).collect();
        let alone: Vec<Vec<_>> = selectors.iter().map(|selector| selector.find_all(&dom, 0)).collect();
        let matching: Vec<Vec<_>> =
            selectors.iter().map(|selector| (0..dom.len()).filter(|&n| selector.matches(&dom, n)).collect()).collect();
        let mut together = vec![vec![]; selectors.len()];
        SelectorSet::new(selectors).find_all(&dom, |n, selector| together[selector].push(n));
        prop_assert_eq!(&alone, &together);
        prop_assert_eq!(&alone, &matching);
        let theirs = scraper::Html::parse_document(&page);
        for (css, alone) in css.iter().zip(alone) {
            let selector = scraper::Selector::parse(css).expect("valid");
            // Theirs come in the order in which they were made, not in that of the page.
            let name = |element: scraper::ElementRef<'_>| element.attr("n").unwrap_or(element.value().name()).to_owned();
            let mut found: Vec<_> = theirs.select(&selector).map(name).collect();
            let mut ours: Vec<_> = alone.into_iter().map(number).collect();
            found.sort();
            ours.sort();
            prop_assert_eq!(ours, found, "{}", css);
        }
    }
}
