//! Our trees are html5ever's, of tag soup and of spliced pages too.

mod dom_pages;
mod dom_support;

use dom_pages::PAGES;
use dom_support::difference;
use proptest::prelude::*;
use proptest::sample::{Index, select};

const NAMES: &[&str] = &[
    "a",
    "b",
    "i",
    "font",
    "nobr",
    "code",
    "p",
    "div",
    "span",
    "h1",
    "h2",
    "ul",
    "li",
    "dl",
    "dt",
    "dd",
    "table",
    "caption",
    "colgroup",
    "col",
    "tbody",
    "thead",
    "tr",
    "td",
    "th",
    "select",
    "option",
    "optgroup",
    "form",
    "input",
    "button",
    "textarea",
    "title",
    "style",
    "script",
    "noscript",
    "iframe",
    "template",
    "svg",
    "math",
    "mi",
    "mtext",
    "annotation-xml",
    "foreignObject",
    "desc",
    "path",
    "html",
    "head",
    "body",
    "frameset",
    "frame",
    "noframes",
    "br",
    "img",
    "image",
    "hr",
    "pre",
    "ruby",
    "rt",
    "rp",
    "object",
    "marquee",
    "main",
    "article",
    "x-y",
    "plaintext",
    "xmp",
];

const ATTRIBUTES: &[&str] = &[
    "class=a",
    "class='a b'",
    "id=\"c\"",
    "CLASS=d",
    "href='?a&amp;b&copy=c'",
    "type=hidden",
    "color=red",
    "encoding=text/html",
    "a",
    "a=",
    "=b",
    "c'd",
    "xlink:href=e",
    "type=application/ld+json",
    "x=\0",
    "y='>'",
    "/",
    "f=\"\n\"",
];

const PIECES: &[&str] = &[
    "tide",
    " ",
    "\n",
    "\r\n",
    "\0",
    "&amp;",
    "&amp",
    "&notit;",
    "&#10;",
    "&#x41",
    "&",
    "<",
    ">",
    "</",
    "</>",
    "<!",
    "<!--",
    "-->",
    "--!>",
    "<!-- x -->",
    "<![CDATA[",
    "]]>",
    "<!doctype html>",
    "<!doctype x>",
    "<?pi?>",
    "'",
    "\"",
    "=",
    "-",
    "--",
    "<!--<script>",
    "</script>",
    "é漢\u{FEFF}",
    "\t\x0C",
];

/// Elements that open and close past the tree builder as long as nothing else comes between.
const ORDINARY: &[&str] = &[
    "div", "address", "section", "p", "p", "h2", "h3", "ul", "li", "li", "dl", "dd", "dt", "button", "a",
    "a", "b", "i", "font", "span", "span", "x-y", "noscript", "br", "img", "hr", "script", "style",
];

const FORMATTING: &[&str] = &[
    "<b>",
    "<b>",
    "</b>",
    "<b class=a>",
    "<font color=a>",
    "<font color=a>",
    "<font size=1 color=a>",
    "</font>",
    "<a>",
    "</a>",
    "<i>",
    "</i>",
    "<p>",
    "</p>",
    "<div>",
    "</div>",
    "<span>",
    "</span>",
    "<li>",
    "<td>",
    "<table>",
    "</table>",
    "<button>",
    "</button>",
    "<br>",
    "x",
    " ",
];

/// Nine names in ten are ordinary.
fn mostly_ordinary() -> impl Strategy<Value = &'static str> + Clone {
    prop_oneof![9 => select(ORDINARY), 1 => select(NAMES)]
}

/// A part of tag soup.
fn part(names: impl Strategy<Value = &'static str> + Clone) -> impl Strategy<Value = String> {
    let attributes = prop::collection::vec(select(ATTRIBUTES), 0..4);
    let start = (names.clone(), attributes, select(&[">", ">", ">", " >", "/>", ""][..]))
        .prop_map(|(name, attributes, end)| format!("<{name} {}{end}", attributes.join(" ")));
    prop_oneof![
        4 => start,
        3 => names.prop_map(|name| format!("</{name}>")),
        3 => select(PIECES).prop_map(str::to_owned),
        1 => "\\PC{0,3}",
    ]
}

/// SVG, and what may end it or lead to HTML inside of it.
const SVG: &[&str] = &[
    "<svg>",
    "<svg class=a>",
    "<SVG>",
    "<svg/>",
    "</svg>",
    "</svg>",
    "<g>",
    "</g>",
    "<path d=a />",
    "<path>",
    "</path>",
    "<linearGradient>",
    "</lineargradient>",
    "<title>",
    "</title>",
    "<desc>",
    "</desc>",
    "<style>",
    "</style>",
    "<script>",
    "</script>",
    "<foreignObject>",
    "</foreignObject>",
    "<a href=b>",
    "</a>",
    "<image>",
    "<math>",
    "</math>",
    "<mi>",
    "<font>",
    "<font color=a>",
    "<b>",
    "</b>",
    "<p>",
    "</p>",
    "<div>",
    "</div>",
    "</br>",
    "<table>",
    "<td>",
    "</table>",
    "<li>",
    "<body>",
    "</body>",
    "<frameset>",
    "tide",
    " ",
    "&amp;",
    "&lt",
    "\0",
    "<!-- -->",
    "<![CDATA[<g>]]>",
    "<![CDATA[\0",
    "<!doctype html>",
    "</>",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 6000, max_shrink_iters: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn tag_soup(parts in prop::collection::vec(part(select(NAMES)), 0..40)) {
        let page = parts.concat();
        prop_assert_eq!(difference(&page), None, "{:?}", page);
    }

    #[test]
    fn ordinary_soup(
        start in select(&["<body>", "x", "<html>"][..]),
        parts in prop::collection::vec(part(mostly_ordinary()), 0..60),
    ) {
        let page = format!("{start}{}", parts.concat());
        prop_assert_eq!(difference(&page), None, "{:?}", page);
    }

    /// Few formatting elements with few attributes, so that many of them are the same.
    #[test]
    fn formatting_soup(parts in prop::collection::vec(select(FORMATTING), 0..50)) {
        let page = format!("<body>{}", parts.concat());
        prop_assert_eq!(difference(&page), None, "{:?}", page);
    }

    #[test]
    fn svg_soup(parts in prop::collection::vec(select(SVG), 0..50)) {
        let page = format!("<body>{}", parts.concat());
        prop_assert_eq!(difference(&page), None, "{:?}", page);
    }

    /// Parts of pages, put together anew.
    #[test]
    fn spliced_pages(cuts in prop::collection::vec((select(&PAGES[..]), any::<Index>(), 0..400_usize), 1..8)) {
        let page: String = cuts.iter().map(|(page, start, len)| {
            let start = page.floor_char_boundary(start.index(page.len()));
            &page[start..page.floor_char_boundary(start + len)]
        }).collect();
        prop_assert_eq!(difference(&page), None, "{:?}", page);
    }
}
