//! Tests on pages that rule files carry.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::path::Path;

use copydesk::proof::run_page_tests;
use copydesk::rules::{Checked, RuleSet};

fn check(files: &[(&str, &str)]) -> Checked {
    let mut checked = RuleSet::check_texts(files.iter().copied());
    run_page_tests(&mut checked, None);
    checked
}

/// Errors, each as `line:column code: message`.
fn errors(checked: &Checked) -> Vec<String> {
    let errors = checked.diagnostics.iter().filter(|found| !found.code.is_warning());
    errors.map(|found| format!("{}:{} {}: {}", found.line, found.column, found.code, found.message)).collect()
}

const SITE: &str = r#"format = 1
hosts  = ["harbourpost.example"]
[meta]
title  = ["h1"]
byline = [{ css = ".by", after = "By " }]
date   = ["time@datetime"]
[body]
select = [".copy"]
[lines]
read-more = ['^Read more: ']
"#;

const PAGE: &str = r#"
[[test]]
html = '''<h1>Ferry sails</h1><p class=by>By Ida Marsh</p><time datetime=2026-03-04></time>
<div class=copy><p>The ferry sails.<p>Read more: Ferry strike<p>It is late.</div><p>Footer.'''
"#;

#[test]
fn what_holds_passes() {
    let expected = r#"
title    = "Ferry sails"
byline   = ["Ida Marsh"]
date     = 2026-03-04
body     = "The ferry sails.\nIt is late."
first    = "The ferry"
last     = "late."
contains = ["sails", "late"]
absent   = ["Read more", "Footer"]
words    = [6, 6]
"#;
    let checked = check(&[("sites/a.toml", &format!("{SITE}{PAGE}{expected}"))]);
    assert_eq!(errors(&checked), [""; 0]);
    assert_eq!((checked.tests, checked.tests_on_pages, checked.warnings), (1, 0, 0));
}

#[test]
fn each_thing_expected_can_fail() {
    for (expected, message) in [
        ("title = \"Ferry sail\"", "9 T01: test failed: the title is `Ferry sails`"),
        ("byline = [\"Ida\"]", "10 T01: test failed: the byline is `Ida Marsh`"),
        ("byline = []", "10 T01: test failed: the byline is `Ida Marsh`"),
        ("date = 2026-03-05", "8 T01: test failed: the date is `2026-03-04`"),
        ("body = \"The ferry sails.\"", "8 T01: test failed: the body is `The ferry sails.\\nIt is late.`"),
        ("first = \"Ferry\"", "9 T01: test failed: the first line is `The ferry sails.`"),
        ("last = \"sails.\"", "8 T01: test failed: the last line is `It is late.`"),
        ("contains = [\"late\", \"early\"]", "22 T01: test failed: this is not in the body"),
        ("absent = [\"is late\"]", "12 T01: test failed: this is in the body: `It is late.`"),
        ("words = [7, 9]", "9 T01: test failed: the body has 6 words"),
    ] {
        let checked = check(&[("sites/a.toml", &format!("{SITE}{PAGE}{expected}"))]);
        assert_eq!(errors(&checked), [format!("15:{message}")], "{expected}");
    }
}

#[test]
fn the_file_of_the_test_applies_whatever_the_address() {
    let test = "[[test]]\nhtml = '<div class=copy><p>Fish.</div>'\nbody = \"Fish.\"\n";
    let body = "[body]\nselect = [\".copy\"]\n";
    let site = format!("format = 1\nhosts = [\"a.example/live/\", \"*.a.example\"]\n{body}{test}");
    let family = format!("format = 1\n{body}{test}");
    let overlay = format!("format = 1\noverlay = \"b\"\n{test}");
    let below = format!("format = 1\nhosts = [\"b.example\"]\n{body}");
    let checked = check(&[
        ("sites/a.toml", &site),
        ("families/f.toml", &family),
        ("local/o.toml", &overlay),
        ("sites/b.toml", &below),
        (
            "generic/g.toml",
            "format = 1\n[lines]\nad = ['^Advert']\n[[test]]\nhtml = '<p>Advert here<p>Fish.'\nabsent = [\"Advert\"]\n",
        ),
    ]);
    assert_eq!(errors(&checked), [""; 0]);
    assert_eq!(checked.tests, 4);
}

#[test]
fn an_address_of_another_file_is_told() {
    let test = |url: &str| format!("{SITE}{PAGE}url = \"{url}\"\nwords = [6, 6]\n");
    let of = |url: &str| errors(&check(&[("sites/a.toml", &test(url))]));
    assert_eq!(of("https://www.harbourpost.example/17"), [""; 0]);
    assert_eq!(of("https://other.example/17"), ["15:7 T01: test failed: no file claims this address"]);
}

#[test]
fn the_day_of_capture_chooses_the_layout() {
    let file = "format = 1\nhosts = [\"a.example\"]\n[[layout]]\nname = \"old\"\nuntil = 2025-06-30\nbody = { select = [\".old\"] }\n\
        [body]\nselect = [\".new\"]\n";
    let page = "html = '<p class=old>Old.<p class=new>New.'\n";
    let checked = check(&[(
        "sites/a.toml",
        &format!(
            "{file}[[test]]\n{page}captured = 2025-01-01\nbody = \"Old.\"\n[[test]]\n{page}body = \"New.\"\n"
        ),
    )]);
    assert_eq!(errors(&checked), [""; 0]);
}

#[test]
fn a_page_that_is_not_there_is_told() {
    let of = |page: &str| {
        errors(&check(&[("sites/a.toml", &format!("{SITE}[[test]]\npage = \"{page}\"\nwords = [1, 2]\n"))]))
    };
    assert_eq!(of("../a.html"), ["12:8 E02: `../a.html` is not under fixtures/"]);
    assert_eq!(of("fixtures/a.html"), ["12:8 T01: test failed: there is no folder to look for the page in"]);
}

#[test]
fn texts_are_replaced_in_the_page_before_it_is_parsed() {
    let replace =
        |find: &str, with: &str| format!("[[replace]]\nfind = '{find}'\nwith = '{with}'\non = \"html\"\n");
    let family = format!("format = 1\n{}", replace("<bad-p>", "<p>"));
    let site = format!(
        "format = 1\nhosts = [\"a.example\"]\nextends = [\"f\"]\n{}[body]\nselect = [\".copy\"]\n\
         [[test]]\nhtml = '<div class=kopy><bad-p>Fish.<bad-p>Chips.</div>'\nbody = \"Fish.\\nChips.\"\n",
        replace("class=kopy", "class=copy")
    );
    assert_eq!(errors(&check(&[("families/f.toml", &family), ("sites/a.toml", &site)])), [""; 0]);
    let off = site.replace("extends", "except = [\"f/replace/<bad-p>\"]\nextends");
    let checked = check(&[("families/f.toml", &family), ("sites/a.toml", &off)]);
    assert_eq!(errors(&checked), ["13:8 T01: test failed: the body is `Fish.Chips.`"]);
}

#[test]
fn failed_tests_on_fixtures_are_blessed_in_place() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name);
    for name in ["sites", "fixtures/a"] {
        std::fs::create_dir_all(path(name)).unwrap();
    }
    let words = "It sailed for weeks. ".repeat(10);
    let page = format!(
        "<h1>Ferry sails</h1><p class=by>By Ida Marsh</p><time datetime=2026-03-04></time>\
        <div class=copy><p>The ferry sails. {words}</p><p>{words}It is late.</p></div>"
    );
    std::fs::write(path("fixtures/a/1.html"), page).unwrap();
    let test = |title: &str, byline: &str, date: &str, first: &str, words: &str| {
        format!(
            "{SITE}\n[[test]] # lines\ndrops = [\"Read more: a\"]\n\n[[test]]\npage   = \"fixtures/a/1.html\"\ntitle  = {title}  # the headline\n\
             byline = {byline}\ndate   = {date}\nfirst  = {first}\nlast   = \"late.\"\nwords  = {words} # about\nabsent = [\"Read more\"]\n"
        )
    };
    let wrong = test("\"Ferry\"", "[\"Ida\"]", "2020-01-01", "\"A ferry\"", "[1, 2]");
    std::fs::write(path("sites/a.toml"), wrong).unwrap();
    let check = || {
        let mut checked = RuleSet::check_folder(folder.path());
        run_page_tests(&mut checked, Some(folder.path()));
        checked
    };
    let checked = check();
    assert_eq!(checked.errors, 5, "{checked}");
    assert_eq!(copydesk::proof::bless(&checked, folder.path()).unwrap(), 5);
    let first = "\"The ferry sails. It sailed for weeks. It sailed for weeks. I\"";
    let right = test("\"Ferry sails\"", "[\"Ida Marsh\"]", "2026-03-04", first, "[86, 86]");
    assert_eq!(std::fs::read_to_string(path("sites/a.toml")).unwrap(), right);
    let checked = check();
    assert_eq!(checked.errors, 0, "{checked}");
    assert_eq!(copydesk::proof::bless(&checked, folder.path()).unwrap(), 0);
}

#[test]
fn the_examples_of_the_format_work_as_written() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rules_format");
    let mut checked = RuleSet::check_folder(&folder);
    run_page_tests(&mut checked, Some(&folder));
    if cfg!(feature = "xpath") {
        assert_eq!((checked.errors, checked.tests), (0, 4), "{checked}");
    } else {
        // One start of a selector needs the feature, and with it that file's page waits.
        let found = errors(&checked);
        assert!(
            matches!(&found[..], [one] if one.contains("E11: invalid XPath: this copydesk is built without XPath")),
            "{checked}"
        );
        assert_eq!(checked.tests, 3);
    }
}

#[test]
#[cfg(feature = "xpath")]
fn xpath_finds_elements_and_values() {
    let site = "format = 1\nhosts = [\"a.example\"]\n\
        [meta]\ntitle = [{ xpath = \"//h1/text()\" }]\nbyline = [{ xpath = \"//meta[@name='by']/@content\" }]\n\
        [body]\nselect = [{ xpath = \"//div[@id='story']/p[1]/..\" }]\n\
        [strip]\nad = [{ xpath = \"//p[contains(@class, 'promo')]\" }]\n\
        [[test]]\nhtml = '<meta name=by content=\"Ida Marsh\"><h1>Ferry <b>sails</b></h1><div id=story><p>Fish.<p class=\"x promo\">Buy.<p>Chips.</div><p>No.'\n\
        title = \"Ferry\"\nbyline = [\"Ida Marsh\"]\nbody = \"Fish.\\nChips.\"\n";
    assert_eq!(errors(&check(&[("sites/a.toml", site)])), [""; 0]);
}

#[test]
fn a_strip_inside_a_paragraph_takes_its_words_and_no_more() {
    for (paragraph, body) in [
        ("<b class=label>Exclusive:</b> The ferry sails.", "The ferry sails."),
        ("The ferry <b class=label>(Share)</b> sails.", "The ferry sails."),
        ("The ferry sails. <a class=label href=/>More</a>", "The ferry sails."),
        // A line pattern sees the line without it.
        ("<b class=label>Now</b> Read more: Ferry strike", ""),
    ] {
        let body = format!("{body}\nFish is late.").trim_start().replace('\n', "\\n");
        let test = format!(
            "[strip]\nother = ['.label']\n[[test]]\nhtml = '''<div class=copy><p>{paragraph}<p>Fish is late.</div>'''\n\
             body = \"{body}\"\n"
        );
        let checked = check(&[("sites/a.toml", &format!("{SITE}{test}"))]);
        assert_eq!(errors(&checked), [""; 0], "{paragraph}");
    }
}
