//! FiveFilters' site configs become rule files: a folder of invented ones with every directive, and forms of XPath.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::fmt::Write;
use std::fs;
use std::path::Path;

use copydesk::dom::{Dom, Limits};
use copydesk::import::{Matching, ftr, selectors_of_xpath};
use copydesk::rules::{MetaField, RuleSet};

fn configs() -> Vec<(String, String)> {
    let mut configs: Vec<_> = fs::read_dir("tests/ftr")
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .map(|path| {
            (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read_to_string(&path).unwrap())
        })
        .collect();
    configs.sort();
    configs
}

/// All that comes of the folder is as `tests/ftr/expected.toml` says; UPDATE_EXPECTED=1 writes it anew, to be read.
#[test]
fn a_folder_of_configs_gives_the_stated_result() {
    let configs = configs();
    assert!(configs.len() >= 30);
    let outcome = ftr(configs.iter().map(|(name, text)| (&**name, &**text)), Matching::Token);
    let mut told = String::new();
    for file in &outcome.files {
        write!(told, "#### sites/{}.toml\n{}\n", file.id, file.text).unwrap();
    }
    for note in &outcome.notes {
        writeln!(told, "#### {note}").unwrap();
    }
    let expected = Path::new("tests/ftr/expected.toml");
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        fs::write(expected, &told).unwrap();
    }
    assert_eq!(told, fs::read_to_string(expected).unwrap());

    // No line is lost: every directive was imported or is told.
    let is_directive = |line: &&str| !line.trim().is_empty() && !line.trim().starts_with('#');
    let directives: usize = configs
        .iter()
        .filter(|(name, _)| name != "nohost.txt")
        .map(|(_, text)| {
            text.lines().filter(is_directive).filter(|line| !line.starts_with("find_string")).count()
        })
        .sum();
    let told = outcome.notes.iter().filter(|note| note.line > 0 && note.directive != "find_string").count();
    assert_eq!(outcome.imported + told, directives);
}

#[test]
fn substrings_are_matched_where_that_is_asked_for() {
    let outcome = ftr([("a.example.txt", "body: //main\nstrip_id_or_class: share\n")], Matching::Substring);
    assert!(
        outcome.files[0].text.contains(r#"'[class*="share"], [id*="share"]'"#),
        "{}",
        outcome.files[0].text
    );
}

/// A page on which every element has an id.
const PAGE: &str = r#"<html id="html"><head id="head"><meta id="m" property="og:title" content="Berth 4 | Post"></head>
<body id="body"><main id="main" class="story wide">
<h1 id="h1">Berth 4</h1>
<p id="p1" class="by">By Ida Marsh</p>
<div id="d1" class="box"><p id="p2">One <b id="b1">bold</b> word</p><p id="p3" class="x y">Two</p><p id="p4">Three</p></div>
<div id="d2" class="box related" data-n="2"><h3 id="h3">Related</h3><ul id="u1"><li id="l1">A</li><li id="l2">B</li><li id="l3">C</li></ul></div>
<section id="s1"><h2 id="h2">Newsletter</h2><p id="p5"><strong id="st">Also:</strong> <a id="a1" href="/x" rel="nofollow">read</a></p></section>
<p id="p6">Read more: <a id="a2" href="https://b.example/y">y</a></p>
<aside id="as" class="xy"><span id="sp">Share</span></aside>
</main><footer id="ft"><p id="p7" title="t">End</p></footer></body></html>"#;

/// XPath, what becomes of it, and the ids that it picks on the page; an empty second part means it is reported.
const FORMS: &[(&str, &str, &str)] = &[
    ("//div[@id='d1']", r##""div#d1""##, "d1"),
    ("//*[@id='d1']", r##""#d1""##, "d1"),
    ("id('d1')", r##""#d1""##, "d1"),
    ("//div[@class='box']", r#"'div[class="box"]'"#, "d1"),
    ("//div[contains(@class,'box')]", r#"'div[class*="box"]'"#, "d1 d2"),
    ("//*[contains(@class, 'xy')]", r#"'[class*="xy"]'"#, "as"),
    ("//p[contains(concat(' ',normalize-space(@class),' '),' x ')]", r#""p.x""#, "p3"),
    ("//p[contains(concat(' ', @class, ' '), ' y ')]", r#""p.y""#, "p3"),
    ("//div[starts-with(@class,'box')]", r#"'div[class^="box"]'"#, "d1 d2"),
    ("//div[@data-n]", r#""div[data-n]""#, "d2"),
    ("//div[@data-n=2]", r#"'div[data-n="2"]'"#, "d2"),
    ("//div[@id='d2' and @data-n]", r##""div#d2[data-n]""##, "d2"),
    ("//*[@id='d1' or @id='d2']", r##"":is(#d1, #d2)""##, "d1 d2"),
    ("//div[@class!='box']", r#"'div[class]:not([class="box"])'"#, "d2"),
    ("//div[not(@data-n)]", r#""div:not([data-n])""#, "d1"),
    ("//div[not(contains(@class,'related'))]", r#"'div:not([class*="related"])'"#, "d1"),
    ("//main/div/p", r#""main > div > p""#, "p2 p3 p4"),
    ("//main//p[@class]", r#""main p[class]""#, "p1 p3"),
    ("/html/body/footer", r#""html:root > body > footer""#, "ft"),
    ("/main/p", "", ""),
    ("footer", "", ""),
    ("(//div//p)/..", r#"":has(> :is(div p))""#, "d1"),
    ("//main/descendant::li", r#""main li""#, "l1 l2 l3"),
    ("//div/*", r#""div > *""#, "p2 p3 p4 h3 u1"),
    ("//li[1]", r#""li:first-of-type""#, "l1"),
    ("//li[last()]", r#""li:last-of-type""#, "l3"),
    ("//li[last()-1]", r#""li:nth-last-of-type(2)""#, "l2"),
    ("//li[position()<3]", r#""li:nth-of-type(-n+2)""#, "l1 l2"),
    ("//li[position()>1]", r#""li:nth-of-type(n+2)""#, "l2 l3"),
    ("//div/*[2]", r#""div > :nth-child(2)""#, "p3 u1"),
    ("(//li)[2]", r#"{ css = "li", nth = 2 }"#, "l2"),
    ("(//p)[last()]", r#"{ css = "p", nth = -1 }"#, "p7"),
    ("(//h2 | //h3)[1]", r#"{ css = ":is(h2, h3)", nth = 1 }"#, "h3"),
    (
        "//div[contains(@class,'box')][2]",
        r#"'div[class*="box"]:is(div[class*="box"] ~ div[class*="box"]):not(div[class*="box"] ~ div[class*="box"] ~ div[class*="box"])'"#,
        "d2",
    ),
    ("//p[contains(.,'Read more')]", r#"{ css = "p", text = '(?-i:Read more)' }"#, "p6"),
    ("//p[starts-with(normalize-space(.),'Two')]", r#"{ css = "p", text = '^(?-i:Two)' }"#, "p3"),
    ("//h3[.='Related']", r#"{ css = "h3", text = '^(?-i:Related)$' }"#, "h3"),
    ("//h3[text()='Related']", r#"{ css = "h3", own_text = '^(?-i:Related)$' }"#, "h3"),
    ("//p[contains(text(),'Read')]", r#"{ css = "p", own_text = '(?-i:Read)' }"#, "p6"),
    (
        "//p[contains(.,'Read') or contains(.,'Also')]",
        r#"{ css = "p", text = '(?-i:Read)|(?-i:Also)' }"#,
        "p5 p6",
    ),
    ("//p[@class and contains(.,'Ida')]", r#"{ css = "p[class]", text = '(?-i:Ida)' }"#, "p1"),
    (
        "//h2[contains(translate(.,'ABCDEFGHIJKLMNOPQRSTUVWXYZ','abcdefghijklmnopqrstuvwxyz'),'newsletter')]",
        r#"{ css = "h2", text = 'newsletter' }"#,
        "h2",
    ),
    ("//p[strong]", r#""p:has(> strong)""#, "p5"),
    ("//div[.//li]", r#""div:has(li)""#, "d2"),
    ("//p[strong='Also:']", r#"{ css = "p > strong", text = '^(?-i:Also:)$', up = "p" }"#, "p5"),
    ("//p[a[@rel='nofollow']]", r#"'p:has(> a[rel="nofollow"])'"#, "p5"),
    ("//h3/..", r#"":has(> h3)""#, "d2"),
    ("//h3/parent::div", r#""div:has(> h3)""#, "d2"),
    ("//div/h3/..", r#""div:has(> h3)""#, "d2"),
    ("//li[.='B']/..", r#"{ css = "li", text = '^(?-i:B)$', up = ":has(> li)" }"#, "u1"),
    ("//strong[contains(.,'Also')]/ancestor::section", "", ""),
    (
        "//strong[contains(.,'Also')]/ancestor::section[1]",
        r#"{ css = "strong", text = '(?-i:Also)', up = "section" }"#,
        "s1",
    ),
    (
        "//h2[.='Newsletter']/parent::section",
        r#"{ css = "h2", text = '^(?-i:Newsletter)$', up = "section:has(> h2)" }"#,
        "s1",
    ),
    ("//li/ancestor::div", r#""div:has(li)""#, "d2"),
    ("//p[parent::footer]", r#""p:is(footer > *)""#, "p7"),
    ("//p[ancestor::div]", r#""p:is(div *)""#, "p2 p3 p4"),
    ("//p[not(ancestor::main)]", r#""p:not(:is(main *))""#, "p7"),
    ("//section/following-sibling::p", r#""section ~ p""#, "p6"),
    ("//h3/following-sibling::*[1]", r#""h3 + *""#, "u1"),
    ("//h3/following-sibling::*[1][self::ul]", r#""h3 + ul""#, "u1"),
    ("//section/preceding-sibling::div", r#""div:has(~ section)""#, "d1 d2"),
    ("//p[following-sibling::aside]", r#""p:has(~ aside)""#, "p1 p6"),
    ("//p[preceding-sibling::*[1][self::h1]]", r#""p:is(h1 + *)""#, "p1"),
    ("//nav | //footer", r#""nav" "footer""#, "ft"),
    ("//p[string-length(.) < 6]", "", ""),
    ("//div[count(p) > 2]", "", ""),
    ("//h3/following::p", "", ""),
    ("//p[", "", ""),
];

#[test]
fn forms_of_xpath_carry_over_or_are_reported() {
    assert!(FORMS.len() >= 60);
    let dom = Dom::parse(PAGE, &Limits::default());
    let mut wrong = String::new();
    for (xpath, expected, ids) in FORMS {
        let made = selectors_of_xpath(xpath).unwrap_or_default();
        let shown = made.join(" ");
        let outcome = ftr([("a.example.txt", format!("strip: {xpath}\n").as_str())], Matching::Token);
        let picked = if made.is_empty() {
            assert!(outcome.notes.iter().any(|note| note.line == 1), "{xpath} is lost: {outcome:?}");
            String::new()
        } else {
            let file = &outcome.files[0].text;
            let rules = RuleSet::from_texts([("sites/a.toml", file.as_str())])
                .unwrap_or_else(|e| panic!("{xpath}: {e}"));
            let chain = rules.chain(Some("https://a.example/"), Some(&dom), None);
            let nodes: Vec<&str> =
                chain.strip(&dom).iter().map(|hit| dom.id(hit.node).unwrap_or("?")).collect();
            nodes.join(" ")
        };
        if shown != *expected || picked != *ids {
            writeln!(wrong, "{xpath}\n   {shown}   {picked}\n   {expected}   {ids}").unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    // All that do not carry over were found to be reported above.
    let carried = FORMS.iter().filter(|(_, toml, _)| !toml.is_empty()).count();
    assert_eq!((carried, FORMS.len()), (61, 68));
}

#[test]
fn values_are_what_xpath_gives() {
    let dom = Dom::parse(PAGE, &Limits::default());
    for (xpath, toml, value) in [
        ("//meta[@property='og:title']/@content", r#"{ meta = "og:title" }"#, "Berth 4 | Post"),
        (
            "substring-before(//meta[@property='og:title']/@content, ' | ')",
            r#"{ meta = "og:title", before = " | " }"#,
            "Berth 4",
        ),
        (
            "substring-after(//p[@class='by'], 'By ')",
            r#"{ css = 'p[class="by"]', after = "By " }"#,
            "Ida Marsh",
        ),
        ("normalize-space(//h1)", r#""h1""#, "Berth 4"),
        ("string(//h1/text())", r#""h1""#, "Berth 4"),
        ("//footer/p/@title", r#""footer > p@title""#, "t"),
        ("(//a/@href)[1]", "", ""),
        (
            "//a[contains(., 'y')]/@href",
            r#"{ css = "a", text = '(?-i:y)', attr = "href" }"#,
            "https://b.example/y",
        ),
        ("'The Desk'", r#"{ value = "The Desk" }"#, "The Desk"),
        ("concat(//h1, '!')", "", ""),
        ("substring-after(substring-before(//h1, 'x'), 'y')", "", ""),
    ] {
        let made = selectors_of_xpath(xpath).unwrap_or_default();
        assert_eq!(made.join(" "), toml, "{xpath}");
        if made.is_empty() {
            continue;
        }
        let config = format!("title: {xpath}\n");
        let outcome = ftr([("a.example.txt", config.as_str())], Matching::Token);
        let rules = RuleSet::from_texts([("sites/a.toml", outcome.files[0].text.as_str())]).unwrap();
        let chain = rules.chain(Some("https://a.example/"), Some(&dom), None);
        assert_eq!(chain.meta(&dom, MetaField::Title).unwrap().0, [value], "{xpath}");
    }
}

#[test]
fn no_config_breaks_the_import() {
    // Every line of every config, cut at every place, with brackets in odd numbers.
    for (_, text) in configs() {
        for line in text.lines() {
            for (at, _) in line.char_indices() {
                for config in [&line[..at], &line[at..]] {
                    let outcome = ftr([("a.example.txt", config)], Matching::Token);
                    let unread =
                        outcome.notes.iter().any(|note| note.line == 0 && note.why.starts_with("line "));
                    assert!(!unread, "{config}: {:?}", outcome.notes);
                }
            }
        }
    }
}
