//! What loaded rules do to a page: which files apply, and what each table answers.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::borrow::Cow;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use copydesk::dom::{Dom, Limits, NodeId, Tag};
use copydesk::label::Kind;
use copydesk::rules::{BodyHit, Chain, CutLine, Line, MetaField, RuleSet};
use jiff::civil::{Date, date};
use tempfile::TempDir;

/// Rules out of these files, each without its first line.
fn load(files: &[(&str, &str)]) -> RuleSet {
    let files: Vec<(&str, String)> =
        files.iter().map(|(name, text)| (*name, format!("format = 1\n{text}"))).collect();
    let files = files.iter().map(|(name, text)| (*name, text.as_str()));
    RuleSet::from_texts(files).unwrap_or_else(|errors| panic!("{errors}"))
}

fn page(html: impl Into<Cow<'static, str>>) -> Dom<'static> {
    Dom::parse(html.into(), &Limits::default())
}

/// The names of a chain without the hashes, and without the generic rules.
fn names(chain: &Chain) -> Vec<String> {
    let names = chain.names().into_iter().skip(1);
    names.map(|name| name.split('@').next().unwrap_or("").to_owned()).collect()
}

fn at(rules: &RuleSet, url: &str) -> Vec<String> {
    names(&rules.chain(Some(url), None, None))
}

/// The chain of one site's file on a page of that site.
fn site(text: &str, html: &'static str) -> (Arc<Chain>, Dom<'static>) {
    let rules = load(&[("sites/a.toml", &format!("hosts = [\"a.example\"]\n{text}"))]);
    let dom = page(html);
    (rules.chain(Some("https://a.example/x"), Some(&dom), None), dom)
}

fn words(dom: &Dom<'_>) -> impl Fn(NodeId) -> usize {
    move |n| (n..dom.end(n)).map(|n| dom.text(n).split_whitespace().count()).sum()
}

/// The `id`s of the elements that hold the body.
fn body(chain: &Chain, dom: &Dom<'_>) -> Vec<String> {
    match chain.body(dom, &words(dom)) {
        BodyHit::Found { nodes, .. } => {
            nodes.iter().map(|&n| dom.attr(n, "id").unwrap_or("?").to_owned()).collect()
        }
        other => vec![format!("{other:?}")],
    }
}

fn kind_of(chain: &Chain, text: &str) -> Option<Kind> {
    chain.line(&Line { text, from_head: 0, from_tail: 0, lang: None }).map(|hit| hit.kind)
}

#[test]
fn the_strongest_claim_decides() {
    let host = |claim: &str| format!("hosts = [\"{claim}\"]\n");
    let rules = load(&[
        ("sites/exact.toml", &host("fjord.example")),
        ("sites/below.toml", &host("*.fjord.example")),
        ("sites/live.toml", &host("fjord.example/live/")),
        ("sites/any.toml", &host("fjord.*")),
        ("sites/lost.toml", &host("sound.example")),
        ("local/mine.toml", &host("sound.example")),
    ]);
    assert_eq!(at(&rules, "https://www.fjord.example/news"), ["exact"]);
    assert_eq!(at(&rules, "https://fjord.example/live/1"), ["live"]);
    assert_eq!(at(&rules, "https://m.fjord.example/live/1"), ["below"]);
    assert_eq!(at(&rules, "https://fjord.co.uk/"), ["any"]);
    assert_eq!(at(&rules, "https://sound.example/"), ["mine"]);
    assert_eq!(at(&rules, "https://other.example/"), [""; 0]);
    assert!(!rules.chain(Some("https://other.example/"), None, None).has_site());
    assert!(!rules.chain(None, None, None).has_site());
    assert!(rules.chain(Some("https://sound.example/"), None, None).has_site());

    let which = rules.which("https://fjord.example/live/1").to_string();
    assert!(which.contains("sites/live.toml:2 (claims fjord.example/live/)"), "{which}");
    assert!(which.contains("sites/exact.toml:2 (claims fjord.example): a longer path wins"), "{which}");
    assert!(which.contains("sites/any.toml:2 (claims fjord.*): a longer path wins"), "{which}");
    let which = rules.which("https://sound.example/").to_string();
    assert!(which.contains("local/ wins over sites/"), "{which}");
    assert!(rules.which("https://").to_string().contains("host: none"));
}

#[test]
fn the_same_chain_serves_all_pages_of_a_site() {
    let rules = load(&[("sites/a.toml", "hosts = [\"*.a.example\"]\n")]);
    let one = rules.chain(Some("https://x.a.example/1"), None, None);
    assert!(Arc::ptr_eq(&one, &rules.chain(Some("https://y.a.example/2"), None, None)));
    assert!(!Arc::ptr_eq(&one, &rules.chain(Some("https://other.example/"), None, None)));
}

#[test]
fn families_apply_by_name_or_by_fingerprint() {
    let rules = load(&[
        ("families/base.toml", "[strip]\nad = [\".base-ad\"]\n"),
        ("families/press.toml", "extends = [\"base\"]\nmatch = { has = 'meta[content^=\"Press\"]' }\n"),
        ("families/blog.toml", "match = { path = '^/blog/' }\n"),
        ("sites/named.toml", "hosts = [\"named.example\"]\nextends = [\"blog\", \"press\"]\n"),
        ("sites/none.toml", "hosts = [\"none.example\"]\nextends = []\n"),
        ("sites/open.toml", "hosts = [\"open.example\"]\n"),
    ]);
    let press = page("<meta name=generator content='PressWright 4'><p>x");
    let on = |url: &str, dom: Option<&Dom<'_>>| names(&rules.chain(Some(url), dom, None));
    assert_eq!(on("https://named.example/", None), ["blog", "base", "press", "named"]);
    assert_eq!(on("https://none.example/blog/", Some(&press)), ["none"]);
    assert_eq!(on("https://open.example/", Some(&press)), ["base", "press", "open"]);
    assert_eq!(on("https://open.example/", Some(&page("<p>x"))), ["open"]);
    assert_eq!(on("https://nobody.example/", Some(&press)), ["base", "press"]);
    assert_eq!(on("https://nobody.example/blog/1", None), ["blog"]);
    assert!(rules.which("https://named.example/").to_string().contains("press.toml"));
}

#[test]
fn stronger_files_come_first_and_can_stop_inheritance() {
    let family = "set = { lang = \"en\", publisher = \"Family\" }\nguard = { max_removed = 0.2 }\n\
        [meta]\ntitle = [\"h2\"]\nsection = [{ value = \"News\" }]\n[body]\nselect = [\"#old\"]\nmin_words = 2\n\
        [strip]\nad = [\".ad\", \"aside\"]\n[lines]\nad = ['^sponsored', '^paid']\n";
    let html = "<h1>One</h1><h2>Two</h2><div id=old>some old words</div><div id=new>word</div>\
        <p class=ad id=ad>x</p><aside id=aside>y</aside>";
    let dom = page(html);
    let chain = |site: &str| {
        let rules = load(&[
            ("families/f.toml", family),
            ("sites/a.toml", &format!("hosts = [\"a.example\"]\nextends = [\"f\"]\n{site}")),
        ]);
        rules.chain(Some("https://a.example/"), Some(&dom), None)
    };
    let title = |chain: &Chain| chain.meta(&dom, MetaField::Title).map(|(values, _)| values);
    let stripped =
        |chain: &Chain| chain.strip(&dom).iter().filter_map(|hit| dom.attr(hit.node, "id")).count();

    let inherits = chain(
        "set = { publisher = \"Site\" }\n[meta]\ntitle = [\"h9\", \"h1\"]\n[body]\nselect = [\"#new\"]\n",
    );
    assert_eq!(title(&inherits), Some(vec!["One".to_owned()]));
    assert_eq!(
        inherits.meta(&dom, MetaField::Section).map(|(values, _)| values),
        Some(vec!["News".to_owned()])
    );
    // The site's own body has too few words, the family's has enough.
    assert_eq!(body(&inherits, &dom), ["old"]);
    assert_eq!(
        inherits.constants(),
        [("publisher".to_owned(), "Site".to_owned()), ("lang".to_owned(), "en".to_owned())]
    );
    assert!((inherits.max_removed() - 0.2).abs() < 1e-6);
    assert_eq!(stripped(&inherits), 2);
    assert_eq!(kind_of(&inherits, "Sponsored by a bank"), Some(Kind::Advert));

    let closed = chain(
        "[meta]\ninherit = false\n[body]\ninherit = false\n[strip]\ninherit = false\n[lines]\ninherit = false\n",
    );
    assert_eq!(title(&closed), None);
    assert_eq!(body(&closed, &dom), ["Unset"]);
    assert_eq!(stripped(&closed), 0);
    assert_eq!(kind_of(&closed, "Sponsored by a bank"), None);

    let except = chain("except = [\"f/strip/ad/aside\", \"f/lines/ad\"]\n");
    assert_eq!(stripped(&except), 1);
    assert_eq!(kind_of(&except, "Sponsored by a bank"), None);
}

#[test]
fn exceptions_reach_the_generic_rules() {
    let rules = load(&[
        (
            "generic/fjord.toml",
            "[strip]\nad = [\".promo\"]\n[lines]\nad = ['^fjord offer']\nshare = ['^fjord share']\n",
        ),
        (
            "sites/a.toml",
            "hosts = [\"a.example\"]\nexcept = [\"generic/fjord/strip/ad/.promo\", \"generic/fjord/lines/ad\"]\n",
        ),
    ]);
    let dom = page("<p class=promo>x");
    for (url, stripped, kind) in
        [("https://b.example", 1, Some(Kind::Advert)), ("https://a.example/", 0, None)]
    {
        let chain = rules.chain(Some(url), Some(&dom), None);
        assert_eq!(chain.strip(&dom).len(), stripped);
        assert_eq!(kind_of(&chain, "Fjord offer of the day"), kind);
        assert_eq!(kind_of(&chain, "Fjord share"), Some(Kind::Share));
    }
}

#[test]
fn overlays_lie_over_a_site() {
    let rules = load(&[
        ("sites/a.toml", "hosts = [\"a.example\"]\n[meta]\ntitle = [\"h1\"]\n[strip]\nad = [\"#one\"]\n"),
        ("local/mine.toml", "overlay = \"a\"\nexcept = [\"a/strip/ad/#one\"]\n[strip]\nshare = [\"#two\"]\n"),
    ]);
    let dom = page("<h1>Head</h1><p id=one>x<p id=two>y");
    let chain = rules.chain(Some("https://a.example/"), Some(&dom), None);
    assert_eq!(names(&chain), ["a", "mine"]);
    assert!(chain.meta(&dom, MetaField::Title).is_some());
    let kinds: Vec<Kind> = chain.strip(&dom).iter().map(|hit| hit.kind).collect();
    assert_eq!(kinds, [Kind::Share]);
}

#[test]
fn layouts_are_chosen_by_probe_path_and_date() {
    let rules = load(&[(
        "sites/a.toml",
        "hosts = [\"a.example\"]\n[meta]\ntitle = [\"h1\"]\n[body]\nselect = [\"#base\"]\nmin_words = 0\n\
         [strip]\nad = [\"#ad\"]\n\
         [[layout]]\nname = \"probe\"\nhas = 'main[data-v=\"3\"]'\n[layout.body]\nselect = [\"#new\"]\n[layout.meta]\ntitle = [\"h2\"]\n\
         [[layout]]\nname = \"old\"\nuntil = 2026-02-14\npath = '^/(news|sport)/'\n[layout.body]\nselect = [\"#old\"]\n[layout.strip]\nshare = [\"#share\"]\n",
    )]);
    let html = |main: &str| {
        page(format!(
            "<main {main}><h1>One</h1><h2>Two</h2><p id=base>x<p id=new>x<p id=old>x<p id=ad>x<p id=share>x"
        ))
    };
    let (probe, plain) = (html("data-v=3"), html(""));
    let look = |path: &str, dom: &Dom<'_>, date: Option<Date>| {
        let chain = rules.chain(Some(&format!("https://a.example{path}")), Some(dom), date);
        let title = chain.meta(dom, MetaField::Title).map(|(values, _)| values.join("|")).unwrap_or_default();
        (names(&chain).join(" "), body(&chain, dom).join(" "), title, chain.strip(dom).len())
    };
    let expect = |name: &str, body: &str, title: &str, strips| {
        (name.to_owned(), body.to_owned(), title.to_owned(), strips)
    };
    let (before, last, after) = (date(2025, 1, 1), date(2026, 2, 14), date(2026, 2, 15));
    assert_eq!(look("/news/1", &probe, Some(before)), expect("a/probe", "new", "Two", 1));
    assert_eq!(look("/news/1", &plain, Some(before)), expect("a/old", "old", "One", 2));
    assert_eq!(look("/news/1", &plain, Some(last)), expect("a/old", "old", "One", 2));
    assert_eq!(look("/news/1", &plain, Some(after)), expect("a", "base", "One", 1));
    assert_eq!(look("/news/1", &plain, None), expect("a", "base", "One", 1));
    assert_eq!(look("/about", &plain, Some(before)), expect("a", "base", "One", 1));
}

#[test]
fn selectors_have_modifiers() {
    let html = r#"<html lang=en><head><meta property="og:title" content="Ferry sails | Fjord | Courier">
        <meta name="Author" content=" "><meta name=author content="K. Ohm">
        <script type="application/ld+json">{"author": [{"name": "A. Berg"}, {"name": "B. Dahl"}]}</script></head><body>
        <h1>Ferry <b>sails</b><br>again</h1><p class=by>By Anna Berg, Halden</p><p class=by>By Nils Dahl</p>
        <time datetime="2026-03-04">4 March</time><a href="mail@x" title="an @ sign">x</a>
        <p class=stamp>Updated 3 May</p><p class=stamp>Published 2 May at noon</p></body></html>"#;
    let dom = page(html);
    for (selector, expected) in [
        ("\"h1\"", &["Ferry sails again"][..]),
        ("\"h1 b, .by\"", &["sails", "By Anna Berg, Halden", "By Nils Dahl"]),
        ("\"time@datetime\"", &["2026-03-04"]),
        ("'a[href=\"mail@x\"]@title'", &["an @ sign"]),
        ("\"a@nothing\"", &[]),
        ("{ css = \"time\", attr = \"datetime\" }", &["2026-03-04"]),
        ("{ meta = \"og:title\" }", &["Ferry sails | Fjord | Courier"]),
        ("{ meta = \"OG:Title\", before = \" | \" }", &["Ferry sails"]),
        ("{ meta = \"author\" }", &["K. Ohm"]),
        ("{ jsonld = \"author.name\" }", &["A. Berg", "B. Dahl"]),
        ("{ jsonld = \"author.name\", nth = -1 }", &["B. Dahl"]),
        ("{ value = \"Desk\" }", &["Desk"]),
        ("{ css = \".by\", re = '^By (.+?)(?:,|$)' }", &["Anna Berg", "Nils Dahl"]),
        ("{ css = \".by\", re = 'dahl|ohm' }", &["Dahl"]),
        ("{ css = \".by\", after = \"By \", before = \",\" }", &["Anna Berg", "Nils Dahl"]),
        ("{ css = \".by\", nth = 1 }", &["By Anna Berg, Halden"]),
        ("{ css = \".by\", nth = 3 }", &[]),
        ("{ css = \".by\", nth = -3 }", &[]),
        ("{ css = \".stamp\", text = '^published', after = \"Published \" }", &["2 May at noon"]),
        ("{ css = \"b\", up = \"h1\" }", &["Ferry sails again"]),
        ("{ css = \"b\", up = \"b\" }", &["sails"]),
        ("{ css = \"h1\", own_text = 'sails' }", &[]),
        ("{ css = \"h1\", own_text = '^ferry again$' }", &["Ferry sails again"]),
    ] {
        let rules =
            load(&[("sites/a.toml", &format!("hosts = [\"a.example\"]\n[meta]\ntitle = [{selector}]\n"))]);
        let chain = rules.chain(Some("https://a.example/"), Some(&dom), None);
        let found = chain.meta(&dom, MetaField::Title).map(|(values, _)| values).unwrap_or_default();
        assert_eq!(found, expected, "{selector}");
    }
}

#[test]
fn the_first_field_with_a_value_wins() {
    let (chain, dom) = site(
        "[meta]\nbyline = [\".none\", \".empty\", \".by\", { value = \"Desk\" }]\n",
        "<p class=empty> </p><p class=by>Anna</p><p class=by>Nils</p><p class=by>Anna</p>",
    );
    let (values, rule) = chain.meta(&dom, MetaField::Byline).unwrap();
    assert_eq!(values, ["Anna", "Nils"]);
    assert_eq!((rule.line, &*rule.path, rule.site), (4, "a/meta/byline/.by", true));
    assert!(chain.meta(&dom, MetaField::Date).is_none());
}

#[test]
fn bodies_are_outermost_elements_with_enough_words() {
    let html = "<div class=x id=1>one two<div class=x id=2>three</div></div><p class=x id=3>four</p><p class=y id=4>five";
    for (rules, expected) in [
        ("select = [\".x\"]\nmin_words = 4", &["1", "3"][..]),
        ("select = [\".x\"]\nmin_words = 3\njoin = \"first\"", &["1"]),
        ("select = [\".x\", \".y\"]\nmin_words = 5", &["Missed { fallback_generic: true }"]),
        (
            "select = [\".x\", '[id=\"1\"], .y']\nmin_words = 5\nfallback = \"none\"",
            &["Missed { fallback_generic: false }"],
        ),
        ("select = [\".none\", \".y\"]\nmin_words = 1", &["4"]),
        ("select = [\".x\"]", &["Missed { fallback_generic: true }"]),
        ("min_words = 3", &["Unset"]),
    ] {
        let (chain, dom) = site(&format!("[body]\n{rules}\n"), html);
        assert_eq!(body(&chain, &dom), expected, "{rules}");
    }
}

#[test]
fn strips_name_each_element_once_and_spare_what_is_protected() {
    let html = "<html class=ad><body class=ad><div class='ad share' id=1><p class=ad id=2>x</p></div>\
        <section class=ad id=3><h2 class=keep>y</h2></section><p class=keep><b class=ad id=4>z</b></p>\
        <div id=5><h3>See also</h3><p>q</p></div></body></html>";
    let (chain, dom) = site(
        "protect = { css = [\".keep\"] }\n[strip]\nad = [\".ad\"]\nshare = [\".share\"]\n\
         related = [{ css = \"h3\", text = '^see also', up = \"div\" }]\n",
        html,
    );
    let hits: Vec<_> = chain
        .strip(&dom)
        .iter()
        .map(|hit| (dom.attr(hit.node, "id").unwrap_or("?").to_owned(), hit.kind, hit.rule.line))
        .collect();
    assert_eq!(
        hits,
        [("1".into(), Kind::Advert, 5), ("2".into(), Kind::Advert, 5), ("5".into(), Kind::Related, 7)]
    );
    assert!(chain.strip(&dom).iter().all(|hit| dom.tag(hit.node) != Tag::Body));
}

#[test]
fn lines_are_asked_where_they_stand() {
    let (chain, _) = site(
        "protect = { lines = ['^read more than'] }\n[lines]\nread-more = ['^read more\\b']\nad = [{ re = '^head', at = \"head\" }, \
         { re = '^tail', at = \"tail\" }, { re = '^short', max_chars = 10 }, { re = '^fjordisch', lang = \"de\" }]\n",
        "",
    );
    let line = |text: &str, from_head, from_tail, lang| {
        chain.line(&Line { text, from_head, from_tail, lang }).map(|hit| hit.rule.line)
    };
    for (text, head, tail, lang, expected) in [
        ("Read more: ferries", 20, 20, None, Some(5)),
        ("READ \u{a0} MORE", 20, 20, None, Some(5)),
        ("Read more than you write", 20, 20, None, None),
        ("Please read more", 20, 20, None, None),
        ("Head of it", 4, 20, None, Some(6)),
        ("Head of it", 5, 20, None, None),
        ("Tail of it", 20, 7, None, Some(6)),
        ("Tail of it", 20, 8, None, None),
        ("Short line", 20, 20, None, Some(6)),
        ("Shorter line", 20, 20, None, None),
        ("Fjordisch", 20, 20, None, Some(6)),
        ("Fjordisch", 20, 20, Some("de-AT"), Some(6)),
        ("Fjordisch", 20, 20, Some("en"), None),
    ] {
        assert_eq!(line(text, head, tail, lang), expected, "{text} {head} {tail} {lang:?}");
    }
    assert_eq!(line(&format!("Read more {}", "x".repeat(300)), 20, 20, None), None);
}

#[test]
fn cuts_have_a_limit() {
    let text = ["Menu", "One two three four", "five six seven", "Most read", "eight"];
    let cut = |rules: &str, dom: Option<&Dom<'_>>, nodes: &[NodeId]| {
        let rules = load(&[("sites/a.toml", &format!("hosts = [\"a.example\"]\n[cut]\n{rules}\n"))]);
        let chain = rules.chain(Some("https://a.example/"), dom, None);
        let line = |(index, text)| CutLine { text, node: nodes.get(index).copied() };
        let lines: Vec<CutLine<'_>> = text.into_iter().enumerate().map(line).collect();
        let hits = chain.cut(&lines, dom);
        hits.into_iter().map(|hit| (hit.lines, hit.kind, hit.refused)).collect::<Vec<_>>()
    };
    assert_eq!(
        cut(
            "start_after = [{ line = '^menu', kind = \"navigation\" }]\nkeep_until = [{ line = '^most read', kind = \"related\" }]",
            None,
            &[]
        ),
        [(0..1, Kind::Navigation, false), (3..5, Kind::Related, false)]
    );
    assert_eq!(cut("keep_until = [{ line = '^one' }]", None, &[]), [(1..5, Kind::Other, true)]);
    assert_eq!(
        cut("keep_until = [{ line = '^one' }]\nmax_share = 1", None, &[]),
        [(1..5, Kind::Other, false)]
    );
    assert_eq!(
        cut("keep_until = [{ line = '^five' }, { line = '^most' }]\nmax_share = 0.6", None, &[]),
        [(2..5, Kind::Other, false)]
    );
    assert_eq!(cut("keep_until = [{ line = '^nothing' }]", None, &[]), []);
    assert_eq!(cut("keep_until = [{ css = \"footer\" }]", None, &[]), []);

    let dom =
        page("<nav>Menu</nav><p>One two three four<p>five six seven<footer><p>Most read<p>eight</footer>");
    let nodes: Vec<NodeId> = (0..dom.len()).filter(|&n| dom.tag(n) == Tag::Text).collect();
    assert_eq!(nodes.len(), 5);
    assert_eq!(
        cut(
            "start_after = [{ css = \"nav\", kind = \"navigation\" }]\nkeep_until = [{ css = \"footer\", kind = \"related\" }]",
            Some(&dom),
            &nodes
        ),
        [(0..1, Kind::Navigation, false), (3..5, Kind::Related, false)]
    );
    assert_eq!(cut("start_after = [{ css = \"footer\" }]", Some(&dom), &nodes), [(0..5, Kind::Other, true)]);
}

#[test]
fn replacements_are_made_in_order() {
    let (chain, _) = site(
        "[[replace]]\nfind = '\\s*\\(Courier\\)\\s+[\u{2014}-]\\s+'\nwith = \": \"\nat = \"head\"\n\
         [[replace]]\nfind = '(\\w+) & (\\w+)'\nwith = \"$1 and $2\"\n",
        "",
    );
    let replace = |text: &str, from_head| {
        let line = Line { text, from_head, from_tail: 0, lang: None };
        chain.replace(&line).map(|(text, rules)| (text, rules.len()))
    };
    assert_eq!(
        replace("HALDEN (Courier) \u{2014} Fish & chips.", 0),
        Some(("HALDEN: Fish and chips.".into(), 2))
    );
    assert_eq!(replace("HALDEN (Courier) \u{2014} Fish.", 5), None);
    assert_eq!(replace("Nothing.", 0), None);
}

#[test]
fn names_change_with_the_content() {
    let hash = |text: &str| {
        load(&[("sites/a.toml", &format!("hosts = [\"a.example\"]\n{text}"))])
            .chain(Some("https://a.example/"), None, None)
            .names()
    };
    let (one, two) = (hash("about = \"x\"\n"), hash("about = \"y\"\n"));
    assert_eq!(one.len(), 2);
    assert_eq!(one, hash("about = \"x\"\n"));
    assert_eq!(one[0], two[0]);
    assert_ne!(one[1], two[1]);
    assert!(one[0].starts_with("generic@") && one[1].starts_with("a@"), "{one:?}");
}

#[test]
fn files_of_the_same_path_replace_and_sites_can_be_left_out() {
    let folder = TempDir::new().unwrap();
    fs::create_dir_all(folder.path().join("generic")).unwrap();
    fs::create_dir_all(folder.path().join("sites")).unwrap();
    fs::write(folder.path().join("generic/share.toml"), "format = 1\n[lines]\nshare = ['^fjord share$']\n")
        .unwrap();
    fs::write(folder.path().join("sites/a.toml"), "format = 1\nhosts = [\"a.example\"]\n").unwrap();
    let with = RuleSet::load(Some(folder.path()), true).unwrap();
    let without = RuleSet::load(Some(folder.path()), false).unwrap();
    let url = Some("https://a.example/");
    assert!(with.chain(url, None, None).has_site());
    assert!(!without.chain(url, None, None).has_site());
    for rules in [&with, &without] {
        let chain = rules.chain(url, None, None);
        assert_eq!(kind_of(&chain, "Fjord share"), Some(Kind::Share));
        assert_eq!(kind_of(&chain, "Share on Facebook"), None, "the shipped share.toml is replaced");
        assert!(kind_of(&chain, "Accept all cookies").is_some(), "other shipped files stay");
    }
}

#[test]
fn shipped_rules_load_and_pass_their_tests() {
    let rules = RuleSet::load(None, true).unwrap_or_else(|errors| panic!("{errors}"));
    let report = rules.run_tests();
    let failures: Vec<String> = report.failures.iter().map(ToString::to_string).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(report.run > 0);
    // Loading trusts the shipped patterns; here they are read as a user's would be.
    let checked = RuleSet::check_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("rules"));
    assert_eq!(checked.errors, 0, "{checked}");
}
