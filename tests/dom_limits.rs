//! Pages made to hurt: each ends soon, within the caps, and says so.

use std::time::{Duration, Instant};

use copydesk::dom::{Dom, Limits, Tag};

/// A page, and whether a cap has to be hit.
struct Hostile {
    name: &'static str,
    page: String,
    truncated: bool,
}

fn hostile(name: &'static str, page: String, truncated: bool) -> Hostile {
    Hostile { name, page, truncated }
}

fn pages() -> Vec<Hostile> {
    let numbered = |count: usize, part: &dyn Fn(usize) -> String| (0..count).map(part).collect::<String>();
    vec![
        hostile("nested divs", "<div>".repeat(100_000), true),
        hostile("nested divs, closed", "<div>".repeat(100_000) + "x" + &"</div>".repeat(100_000), true),
        hostile("unclosed b", "<b>".repeat(1_000_000), true),
        hostile("unclosed b with text", "<b>x".repeat(400_000), true),
        hostile("b and b closed", "<b></b>".repeat(400_000), false),
        hostile("different b", numbered(100_000, &|i| format!("<b id={i}>")), true),
        hostile("different b in paragraphs", numbered(100_000, &|i| format!("<p><b id={i}>x</p>")), true),
        hostile("misnested", "<b><i><p>x</b></i>".repeat(100_000), false),
        hostile("misnested, wide", "<b><i><u><s><em><div>x</b></i>".repeat(30_000), true),
        hostile("adopted again and again", "<b><div>".repeat(250) + &"</b><div>".repeat(100_000), true),
        hostile("adopted links", "<a><p>x".repeat(100_000), false),
        hostile("misnested nobr", "<nobr><div>".repeat(100_000), true),
        hostile("just below the cap", "<div>".repeat(500) + &"<div></div>".repeat(1_000_000), true),
        hostile("half of the cap", "<div>".repeat(250) + &"<div></div>".repeat(1_000_000), true),
        hostile(
            "b compared with many b",
            numbered(200, &|i| format!("<b id={i}>")) + &"<b id=x></b>".repeat(500_000),
            true,
        ),
        hostile(
            "b adopted under many b",
            numbered(120, &|i| format!("<b id={i}>")) + &"<p></b><b id=x>".repeat(500_000),
            true,
        ),
        hostile("i adopted under many b", "<b>".repeat(200) + &"<p><i><div></i>".repeat(300_000), true),
        hostile(
            "asked again and again what is open",
            numbered(60, &|i| format!("<b id={i}>"))
                + &"<div>".repeat(60)
                + &"<table></table><br>x".repeat(500_000),
            true,
        ),
        hostile(
            "asked at each text what is open",
            numbered(60, &|i| format!("<b id={i}>")) + &"<div>".repeat(60) + &"x</td>".repeat(1_000_000),
            true,
        ),
        hostile("nested tables", "<table><tr><td>".repeat(10_000), true),
        hostile("tables in tables", "<table>x".repeat(100_000), false),
        hostile("foster-parented text", format!("<table>{}", "x<tr><td>y</td></tr>".repeat(100_000)), false),
        hostile("foster-parented b", format!("<table>{}", "<b>x<tr>".repeat(100_000)), false),
        hostile("nested lists", "<ul><li>".repeat(100_000), true),
        hostile("nested selects", "<select><option>".repeat(100_000), false),
        hostile("nested templates", "<template>".repeat(100_000), true),
        hostile("nested svg", "<svg>".repeat(100_000), true),
        hostile("nested forms and objects", "<object><form>".repeat(100_000), true),
        hostile("nested foreign content", "<math><mi><svg><desc>".repeat(50_000), true),
        hostile("element names", numbered(500_000, &|i| format!("<x{i}>")), true),
        hostile("element names, closed", numbered(500_000, &|i| format!("</x{i}>")), true),
        hostile("attributes", format!("<p {}>x", numbered(1_000_000, &|i| format!("a{i}=b "))), true),
        hostile("the same attribute", format!("<p {}>x", "a=b ".repeat(1_000_000)), true),
        hostile(
            "attributes on every b",
            format!("<b {}>", numbered(250, &|i| format!("a{i}="))).repeat(4_000),
            true,
        ),
        hostile(
            "attributes on every clone",
            format!("<b {}>{}", numbered(250, &|i| format!("a{i}={i} ")), "<p>x</p>".repeat(100_000)),
            false,
        ),
        hostile(
            "a long attribute on every clone",
            format!("<a title='{}'>{}", "x".repeat(1_000_000), "<p>x</p>".repeat(100_000)),
            false,
        ),
        hostile("html and body again", numbered(100_000, &|i| format!("<html a{i}=b><body c{i}=d>")), true),
        hostile("names", numbered(200_000, &|i| format!("<x{i}></x{i}><br y{i}>")), true),
        hostile("text", "x".repeat(10_000_000), false),
        hostile("text of stray marks", "<".repeat(10_000_000), true),
        hostile("text of NUL", "\0".repeat(10_000_000), true),
        hostile("text of ampersands", "&".repeat(2_000_000), false),
        hostile("text of references", "&notit&amp&#x".repeat(400_000), false),
        hostile("an attribute of ampersands", format!("<p a='{}'>", "&notinvx".repeat(400_000)), false),
        hostile("text of less-than signs", "<".repeat(4_000_000), false),
        hostile("text of NUL", "\0".repeat(2_000_000), false),
        hostile("carriage returns", "\r".repeat(4_000_000), false),
        hostile("comments", "<!---->".repeat(400_000), false),
        hostile("a comment that does not end", format!("<!--{}", "-- >".repeat(1_000_000)), false),
        hostile("scripts that do not end", format!("<script>{}", "<!--<script>".repeat(300_000)), false),
        hostile("end tags", "</p>".repeat(400_000), false),
        hostile("end tags of nothing", "</x>".repeat(1_000_000), false),
        hostile("cdata", format!("<svg>{}", "<![CDATA[]]>".repeat(300_000)), false),
        hostile("bytes", "<p>x</p>".repeat(4_000_000), true),
        hostile("nodes", "<br>".repeat(2_000_000), true),
        hostile("framesets", "<frameset>".repeat(100_000), true),
    ]
}

#[test]
fn hostile_pages_end_soon() {
    let limits = Limits::default();
    let mut wrong = vec![];
    for Hostile { name, page, truncated } in pages() {
        let start = Instant::now();
        let dom = Dom::parse(&page, &limits);
        let took = start.elapsed();
        println!("{:>6} ms {:>9} nodes  {name}", took.as_millis(), dom.len());
        if took > Duration::from_secs(2) {
            wrong.push(format!("{name}: {took:?}"));
        }
        if dom.truncated() != truncated {
            wrong.push(format!("{name}: truncated is {}", dom.truncated()));
        }
        if dom.len() as usize > limits.nodes + 2 * limits.depth {
            wrong.push(format!("{name}: {} nodes", dom.len()));
        }
        let deepest = (0..dom.len()).map(|n| depth(&dom, n)).max().unwrap_or(0);
        if deepest > 4 * limits.depth {
            wrong.push(format!("{name}: {deepest} deep"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn depth(dom: &Dom<'_>, n: u32) -> usize {
    // Only where a node may be deepest: at the end of a branch, and not at all of a million.
    if !n.is_multiple_of(97) && n + 1 != dom.len() { 0 } else { dom.ancestors(n).take(1 << 12).count() }
}

#[test]
fn text_beyond_the_names_is_kept() {
    let names: String = (0..20_000).map(|i| format!("<x{i}>a</x{i}>")).collect();
    for _ in 0..2 {
        let dom = Dom::parse(format!("{names}<main><p>The quay<br>after</main>"), &Limits::default());
        assert!(dom.truncated());
        let has = |tag| (0..dom.len()).filter(|&n| dom.tag(n) == tag).count();
        assert_eq!([Tag::Main, Tag::P, Tag::Br, Tag::Other].map(has), [1, 1, 1, 1 << 14]);
        let text: String = (0..dom.len()).filter(|&n| dom.tag(n) == Tag::Text).map(|n| dom.text(n)).collect();
        assert_eq!(text, "a".repeat(20_000) + "The quayafter");
    }
}

#[test]
fn text_beyond_the_depth_is_kept() {
    let page = "<main>".to_owned()
        + &"<font>".repeat(2_000)
        + "<p>The quay</p><img src=a>"
        + &"</font>".repeat(2_000)
        + "</main><p>after";
    let dom = Dom::parse(&page, &Limits::default());
    assert!(dom.truncated());
    let texts: Vec<&str> = (0..dom.len()).filter(|&n| dom.tag(n) == Tag::Text).map(|n| dom.text(n)).collect();
    assert_eq!(texts, ["The quay", "after"]);
    assert!((0..dom.len()).any(|n| dom.tag(n) == Tag::Img));
    // What was left out was left out with its end: the last paragraph is where it belongs.
    let last = dom.parent(dom.len() - 1).expect("text has a parent");
    assert_eq!(dom.tag(last), Tag::P);
    assert_eq!(dom.parent(last).map(|above| dom.tag(above)), Some(Tag::Body));
}

#[test]
fn caps_are_kept() {
    let small = Limits { bytes: 40, nodes: 8, depth: 12, attributes: 2 };
    let parse = |page: &str| Dom::parse(page.to_owned(), &small);
    let fine = parse("<p a=1 b=2 a=3>x</p>");
    assert!(fine.truncated(), "the third is one too many, though it repeats the first");
    assert_eq!(fine.attrs(fine.len() - 2).collect::<Vec<_>>(), [("a", "1"), ("b", "2")]);
    assert!(!parse("<p a=1 b=2>x</p>").truncated());
    assert!(parse(&"é".repeat(30)).truncated());
    assert!(!parse(&"é".repeat(20)).truncated());
    assert!(parse("<p>a<p>b<p>c<p>d<p>e").truncated());
}
