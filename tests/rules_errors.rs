//! What the checker says of faulty rule files: code, place and hint; and that no file makes it panic.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::path::Path;

use copydesk::rules::{Checked, RuleSet};
use proptest::prelude::*;
use tempfile::TempDir;

/// A folder with these rule files.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap_or(Path::new(""))).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn check(files: &[(&str, &str)]) -> Checked {
    RuleSet::check_texts(files.iter().copied())
}

/// What is said of one file, each as `line:column code`; the missing test (W40) left out.
fn places(name: &str, text: &str) -> Vec<String> {
    let found = check(&[(name, text)]).diagnostics.into_iter();
    let found = found.filter(|found| found.code.to_string() != "W40");
    found.map(|found| format!("{}:{} {}", found.line, found.column, found.code)).collect()
}

/// What is said of a site's file with these lines after its head of two lines.
fn of_site(lines: &str) -> Vec<String> {
    places("sites/a.toml", &format!("format = 1\nhosts = [\"a.example\"]\n{lines}"))
}

#[test]
fn every_error_has_its_place() {
    let mut wrong = String::new();
    for (lines, expected) in [
        // E00: no TOML. The rest of the file is checked all the same.
        ("set = { lang = }\n", &["3:16 E00"][..]),
        ("set = {}\nset = {}\n", &["4:1 E00"]),
        // E01: unknown keys and kinds.
        ("extend = [\"x\"]\n", &["3:1 E01"]),
        ("match = { has = 'p' }\n", &["3:1 E01"]),
        ("set = { langg = \"de\" }\n", &["3:9 E01"]),
        ("guard = { max_remove = 0.5 }\n", &["3:11 E01"]),
        ("protect = { line = [] }\n", &["3:13 E01"]),
        ("[meta]\ntitel = []\n", &["4:1 E01"]),
        ("[body]\nselects = []\n", &["4:1 E01"]),
        ("[strip]\nadd = [\"p\"]\n", &["4:1 E01"]),
        ("[lines]\nnews-letter = ['^a']\n", &["4:1 E01"]),
        ("[lines]\nad = [{ re = '^a', where = \"head\" }]\n", &["4:20 E01"]),
        ("[cut]\nkeep_untill = []\n", &["4:1 E01"]),
        ("[cut]\nkeep_until = [{ line = '^a', kind = \"relatd\" }]\n", &["4:38 E01"]),
        ("[strip]\nad = [{ css = \"p\", contains = \"x\" }]\n", &["4:20 E01"]),
        ("[[replace]]\nfind = 'a'\nwith = 'b'\nin = \"line\"\n", &["6:1 E01"]),
        ("[[layout]]\nname = \"a\"\nstrips = {}\n", &["5:1 E01"]),
        ("[[test]]\ndrop = [\"a\"]\n", &["3:1 E02", "4:1 E01"]),
        // E02: types, ranges, and what is missing.
        ("hosts = 1\n", &["3:1 E00"]),
        ("extends = \"family\"\n", &["3:11 E02"]),
        ("set = { lang = 1 }\n", &["3:16 E02"]),
        ("guard = { max_removed = 1.5 }\n", &["3:25 E02"]),
        ("[body]\nselect = \"p\"\n", &["4:10 E02"]),
        ("[body]\nmin_words = -1\n", &["4:13 E02"]),
        ("[body]\njoin = \"some\"\n", &["4:9 E02"]),
        ("[body]\nselect = [{ meta = \"a\" }]\n", &["4:13 E02"]),
        ("[body]\nselect = [\"p@id\"]\n", &["4:13 E02"]),
        ("[meta]\ntitle = [{ css = \"p\", meta = \"a\" }]\n", &["4:23 E02"]),
        ("[meta]\ntitle = [{ text = 'a' }]\n", &["4:10 E02"]),
        ("[meta]\ntitle = [{ css = \"p\", nth = 0 }]\n", &["4:29 E02"]),
        ("[meta]\ntitle = [{ meta = \"a\", up = \"p\" }]\n", &["4:24 E02"]),
        ("[meta]\ntitle = [{ jsonld = \"a..b\" }]\n", &["4:22 E02"]),
        ("[lines]\nad = [{ at = \"head\" }]\n", &["4:7 E02"]),
        ("[lines]\nad = [{ re = '^a', at = \"top\" }]\n", &["4:26 E02"]),
        ("[lines]\nad = [{ re = '^a', max_chars = 0 }]\n", &["4:32 E02"]),
        ("[lines]\nad = ['']\n", &["4:8 E02"]),
        ("[cut]\nkeep_until = ['^a']\n", &["4:15 E02"]),
        ("[cut]\nkeep_until = [{ line = '^a', css = \"p\" }]\n", &["4:30 E02"]),
        ("[[replace]]\nfind = 'a'\n", &["3:1 E02"]),
        ("[[layout]]\nhas = 'p'\n", &["3:1 E02"]),
        ("[[layout]]\nname = \"a\"\nfrom = \"2026-01-01\"\n", &["5:8 E02"]),
        ("[[layout]]\nname = \"a\"\nfrom = 2026-02-01\nuntil = 2026-01-01\n", &["3:1 E02"]),
        ("[[test]]\nhtml = \"<p>\"\n", &["3:1 E02"]),
        ("[[test]]\ntitle = \"a\"\n", &["3:1 E02"]),
        ("[[test]]\npage = \"fixtures/a.html\"\nwords = [4, 2]\n", &["5:9 E02"]),
        ("[[replace]]\nfind = 'a'\nwith = 'b'\non = \"html\"\nat = \"head\"\n", &["7:1 E02"]),
        (
            "[[layout]]\nname = \"a\"\n[[layout.replace]]\nfind = 'a'\nwith = 'b'\non = \"html\"\n",
            &["8:6 E02"],
        ),
        ("[[test]]\npage = \"fixtures/a.html\"\nhtml = \"<p>\"\nfirst = \"a\"\n", &["5:1 E02"]),
        ("[[test]]\npage = \"a.html\"\nfirst = \"a\"\n", &["4:8 E02"]),
        ("[[test]]\nhtml = \"<p>\"\ndate = \"2026-01-01\"\nfirst = \"a\"\n", &["5:8 E02"]),
        // E10: CSS, at the byte where it goes wrong.
        ("[strip]\nad = [\"p.x\", \"..y\"]\n", &["4:15 E10"]),
        ("[strip]\nad = [{ css = \"p\", up = \">\" }]\n", &["4:26 E10"]),
        ("[strip]\nad = [':contains(\"x\")']\n", &["4:8 E10"]),
        ("protect = { css = [\"[\"] }\n", &["3:21 E10"]),
        ("[[layout]]\nname = \"a\"\nhas = '#'\n", &["5:8 E10"]),
        // E20: regexes, at the byte where they go wrong.
        ("[lines]\nad = ['^ok', '^(a']\n", &["4:16 E20"]),
        ("[lines]\nad = [\"^a\\\\d[\"]\n", &["4:8 E20"]),
        ("[lines]\nad = ['^\u{201e}küche[']\n", &["4:15 E20"]),
        ("[lines]\nad = ['^\\p{Klingon}']\n", &["4:9 E20"]),
        ("[strip]\nad = [{ css = \"p\", text = 'x**(' }]\n", &["4:31 E20"]),
        ("[meta]\ndate = [{ css = \"p\", re = '(?=a)' }]\n", &["4:28 E20"]),
        // E31 within a file, E33 and E32.
        ("[[layout]]\nname = \"a\"\n[[layout]]\nname = \"a\"\n", &["6:9 E31", "6:9 W41"]),
        ("extends = [\"nobody\"]\n", &["3:13 E33"]),
        ("except = [\"generic/share/lines\"]\n", &["3:12 E33"]),
        ("except = [\"nobody/strip/ad\"]\n", &["3:12 E33"]),
    ] {
        let found = of_site(lines);
        if found != expected {
            wrong.push_str(&format!("{lines}expected {expected:?}, found {found:?}\n\n"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn an_xpath_is_checked_or_needs_its_feature() {
    for (xpath, with_feature) in [
        ("//h1[@class='a']", &[][..]),
        ("//h1[", &["4:26 E11"]),
        ("//p[contain(., 'x')]", &["4:25 E11"]),
        ("//p[. = 'contain(']", &[]),
        (&format!("{}1{}", "(".repeat(900), ")".repeat(900)), &["4:37 E11"]),
        (&"-".repeat(900), &["4:37 E11"]),
    ] {
        let found = of_site(&format!("[meta]\ntitle = [{{ xpath = \"{xpath}\" }}]\n"));
        let expected = if cfg!(feature = "xpath") { with_feature } else { &["4:21 E11"] };
        assert_eq!(found, expected, "{xpath}");
    }
}

#[test]
fn a_pattern_that_an_inherited_one_swallows_is_warned_of() {
    let found = |generic: &str, family: &str, site: &str| {
        let generic = format!("format = 1\n[lines]\nad = [{generic}]\n");
        let family = format!("format = 1\n[lines]\nad = [{family}]\n");
        let site = format!("format = 1\nhosts = [\"a.example\"]\nextends = [\"f\"]\n{site}\n");
        let files = [("generic/g.toml", &*generic), ("families/f.toml", &*family), ("sites/a.toml", &*site)];
        let found = check(&files).diagnostics.into_iter();
        let found = found.filter(|found| found.code.to_string() != "W40");
        found
            .map(|found| format!("{}:{}:{} {}", found.file, found.line, found.column, found.code))
            .collect::<Vec<_>>()
    };
    let swallowed = ["sites/a.toml:5:15 W23"];
    for (generic, own, expected) in [
        ("'^Advert\\b'", "'^Advert\\b'", &swallowed[..]),
        ("'^Advert'", "'^ADVERTISEMENT: \\w+'", &swallowed),
        ("'^Advert'", "'^Advertisement', max_chars = 241", &[]),
        ("'^Advert'", "'^Adverse'", &[]),
        ("{ re = '^Advert', at = \"head\" }", "'^Advert'", &[]),
        ("{ re = '^Advert', at = \"head\" }", "'^Advertise', at = \"head\"", &swallowed),
        ("{ re = '^Advert', lang = \"en\" }", "'^Advertise'", &[]),
        ("'^Ad.ert'", "'^Ad.ertise'", &[]),
        ("'^Advert$'", "'^Advertise'", &[]),
    ] {
        let site = format!("[lines]\nad = [{{ re = {own} }}]");
        assert_eq!(found(generic, "", &site), expected, "{generic} {own}");
        assert_eq!(found("", generic, &site), expected, "{generic} {own}");
    }
    let own = "[lines]\nad = [{ re = '^Advert' }]";
    assert_eq!(found("'^Advert'", "", &format!("except = [\"generic/g/lines/ad\"]\n{own}")), [""; 0]);
    assert_eq!(found("'^Advert'", "", &format!("{own}\ninherit = false")), [""; 0]);
}

#[test]
fn the_head_of_a_file_is_checked() {
    for (name, text, expected) in [
        ("sites/a.toml", "hosts = [\"a.example\"]\n", &["1:1 E02"][..]),
        ("sites/a.toml", "format = 2\nnew_key = 1\n", &["1:10 E02"]),
        ("sites/a.toml", "format = \"1\"\nhosts = [\"a.example\"]\n", &["1:10 E02"]),
        ("sites/a.toml", "format = 1\n", &["1:1 E02"]),
        ("sites/a.toml", "format = 1\nhosts = []\n", &["2:9 E02"]),
        ("sites/a.toml", "format = 1\nhosts = [\"https://a.example\"]\n", &["2:11 E02"]),
        ("sites/a.toml", "format = 1\nhosts = [\"a.example\", \"*.co.uk\"]\n", &["2:24 E30"]),
        ("sites/a.toml", "format = 1\nhosts = [\"*.blogspot.com\"]\n", &["2:11 E30"]),
        ("sites/a.toml", "format = 1\nplatform = true\nhosts = [\"*.blogspot.com\"]\n", &[]),
        ("sites/a.toml", "format = 1\nhosts = [\"a.example\", \"www.a.example\"]\n", &["2:24 E31"]),
        ("families/f.toml", "format = 1\nhosts = [\"a.example\"]\n", &["2:1 E01"]),
        ("families/f.toml", "format = 1\nmatch = {}\n", &["2:9 E02"]),
        ("generic/xx.toml", "format = 1\n[body]\nselect = []\n", &["2:2 E01"]),
        ("local/a.toml", "format = 1\n", &["1:1 E02"]),
        ("local/a.toml", "format = 1\noverlay = \"nobody\"\n", &["2:12 E33"]),
        ("sites/a.toml", "format = 1\nhosts = [\"a.example\"]\noverlay = \"b\"\n", &["3:1 E01"]),
    ] {
        assert_eq!(places(name, text), expected, "{name}: {text}");
    }
}

#[test]
fn misplaced_unreadable_and_large_files_are_told() {
    let large = format!("format = 1\nhosts = [\"a.example\"]\nabout = \"{}\"\n", "x".repeat(257 << 10));
    for (name, text, code) in [
        ("a.toml", "format = 1\n", "E05"),
        ("pages/a.toml", "format = 1\n", "E05"),
        ("sites/de/a.toml", "format = 1\n", "E05"),
        ("sites/a.toml", large.as_str(), "E03"),
    ] {
        let checked = RuleSet::check_folder(folder(&[(name, text)]).path());
        assert_eq!(checked.errors, 1, "{checked}");
        assert_eq!(
            (checked.diagnostics[0].line, checked.diagnostics[0].code.to_string()),
            (0, code.to_owned())
        );
    }
    let checked = RuleSet::check_folder(folder(&[("fixtures/a/a.toml", "x"), ("sites/a.html", "x")]).path());
    assert_eq!((checked.errors, checked.files), (0, 0), "{checked}");
    let folder = folder(&[("sites/a.toml", "")]);
    fs::write(folder.path().join("sites/a.toml"), b"format = 1\nabout = \"\xff\"\n").unwrap();
    let checked = RuleSet::check_folder(folder.path());
    let shown = "sites/a.toml:2:10: error[E00]: not UTF-8: byte 20";
    assert!(checked.to_string().contains(shown), "{checked}");
    let checked = RuleSet::check_folder(Path::new("/nowhere/rules"));
    assert!(checked.to_string().contains("/nowhere/rules: error[E05]"), "{checked}");
    let long = format!("[lines]\nad = ['^{}']\n", "x".repeat(5000));
    assert_eq!(of_site(&long), ["4:8 E03"]);
    let large = "[lines]\nad = ['^(?:\\w{100}){10}']\n";
    assert_eq!(of_site(large), ["4:8 E20"]);
}

#[test]
fn errors_show_the_line_and_a_hint() {
    let shown = |text: &str| check(&[("sites/a.toml", text)]).to_string();
    let head = "format = 1\nhosts = [\"a.example\"]\n";
    for (lines, expected) in [
        (
            "extend = [\"x\"]\n",
            "error[E01]: unknown key `extend` at the top level\n    3 | extend = [\"x\"]\n      | ^ did you mean `extends`?",
        ),
        ("[strip]\nshares = [\"p\"]\n", "did you mean `share`?"),
        ("[strip]\nqqqqqq = [\"p\"]\n", "kinds are about-publisher, advert"),
        (
            "[strip]\nad = ['p:contains(\"x\")']\n",
            "text conditions go into a table: { css = \"p\", text = 'x' }",
        ),
        ("[strip]\nad = ['//div']\n", "this looks like XPath"),
        ("extends = [\"nobody\"]\n", "there is no family `nobody`"),
    ] {
        let shown = shown(&format!("{head}{lines}"));
        assert!(shown.contains(expected), "{shown}");
    }
    let shown = shown("format = 3\n");
    assert!(shown.contains("format 3 needs a newer copydesk; this one reads format 1"), "{shown}");
}

#[test]
fn files_are_checked_against_each_other() {
    let site = |host: &str, more: &str| format!("format = 1\nhosts = [\"b.example\", \"{host}\"]\n{more}");
    let (one, two) = (site("a.example", ""), site("c.example", "").replace("\"b.", "\"www.b."));
    let checked = check(&[("sites/one.toml", &one), ("sites/two.toml", &two)]);
    let claimed: Vec<String> = checked
        .diagnostics
        .iter()
        .filter(|found| !found.code.is_warning())
        .map(ToString::to_string)
        .collect();
    assert_eq!(claimed.len(), 1, "{checked}");
    assert!(claimed[0].contains("sites/two.toml:2:11: error[E31]: `b.example` is claimed by "), "{checked}");
    assert!(claimed[0].contains("sites/one.toml:2:11 too"), "{checked}");
    // Between local/ and sites/ there is no quarrel.
    assert_eq!(check(&[("sites/one.toml", &one), ("local/two.toml", &two)]).errors, 0);

    let family = |extends: &str| format!("format = 1\nextends = [\"{extends}\"]\n");
    let files = [
        ("families/a.toml", family("b")),
        ("families/b.toml", family("c")),
        ("families/c.toml", family("a")),
    ];
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let checked = check(&files);
    assert_eq!(checked.errors, 3, "{checked}");
    assert!(
        checked.to_string().contains("error[E32]: `extends` goes in a circle: a > b > c > a"),
        "{checked}"
    );

    let names = ["a", "b", "c", "d", "e", "f"];
    let chain: Vec<(String, String)> = names
        .windows(2)
        .map(|pair| (format!("families/{}.toml", pair[0]), family(pair[1])))
        .chain([("families/f.toml".to_owned(), "format = 1\n".to_owned())])
        .collect();
    let files: Vec<(&str, &str)> = chain.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let checked = check(&files);
    assert_eq!(checked.errors, 1, "{checked}");
    assert!(checked.to_string().contains("goes deeper than 4: a > b > c > d > e > f"), "{checked}");
}

#[test]
fn tests_of_rule_files_are_run() {
    let text = "format = 1\nhosts = [\"a.example\"]\nprotect = { lines = ['^read more than'] }\n\
        [lines]\nread-more = ['^read more\\b', { re = '^mehr', at = \"tail\", lang = \"de\" }]\n\
        [[test]]\ndrops = [\"Read more: ferries\", \"Read less\", \"Mehr dazu\"]\nkeeps = [\"Read  MORE news\", \"Read more than that\"]\n\
        [[test]]\nhtml = \"<p>a\"\nbody = \"a\"\n";
    let checked = check(&[("sites/a.toml", text)]);
    let found: Vec<String> = checked
        .diagnostics
        .iter()
        .map(|found| format!("{}:{} {}: {}", found.line, found.column, found.code, found.message))
        .collect();
    assert_eq!(
        found,
        [
            "7:33 T01: test failed: this line is kept",
            "8:11 T01: test failed: this line is dropped by line 5, a/lines/read-more/^read more\\b",
        ]
    );
    assert_eq!((checked.files, checked.patterns, checked.tests, checked.tests_on_pages), (1, 2, 1, 1));
}

#[test]
fn unwise_rules_are_warned_of() {
    for (lines, expected) in [
        ("[strip]\nad = ['div[class=\"a b\"]']\n", &["4:11 W11"][..]),
        ("[strip]\nad = ['.css-1x2y3z', '.sc-bdVaJa']\n", &["4:8 W12"]),
        ("[strip]\nad = ['.title__a8Fk2', '.block__element', '.col-md-6']\n", &["4:8 W12"]),
        (
            "[strip]\nad = ['storybody > p', 'x-player', 'svg', 'tr:nth-child(odd) b', 'p[data-x=foo]']\n",
            &["4:8 W13"],
        ),
        ("[strip]\nad = ['[class*=ad]', '[class*=advert]', '[class~=ad]']\n", &["4:8 W14"]),
        ("[strip]\nad = ['body > p', 'body .a > div > p', ' HTML > body > p']\n", &["4:42 W15"]),
        ("[lines]\nad = ['newsletter', '^newsletter', 'newsletter$']\n", &["4:7 W21"]),
        ("[lines]\nad = ['^\\d+$']\n", &["4:7 W22"]),
        ("[[layout]]\nname = \"a\"\n[[layout]]\nname = \"b\"\nhas = 'p'\n", &["6:9 W41"]),
    ] {
        assert_eq!(of_site(lines), expected, "{lines}");
    }
    let checked = check(&[("sites/a.toml", "format = 1\nhosts = [\"a.example\"]\n")]);
    assert_eq!((checked.errors, checked.warnings), (0, 1));
    assert_eq!(checked.diagnostics[0].code.to_string(), "W40");
}

/// A file that uses every part of the format.
const WHOLE: &str = r#"format  = 1
about   = "The Fjord Courier, and its island edition"
hosts   = ["fjordcourier.example", "*.fjordcourier.example", "courier.*", "fjordcourier.example/live/"]
extends = ["presswright"]
set     = { lang = "en", publisher = "The Fjord Courier" }
except  = ["presswright/strip/ad/aside"]
guard   = { max_removed = 0.7 }
protect = { css = ["article > h2"], lines = ['^Read more than'] }

[meta]
title  = [{ meta = "og:title", before = " | " }, "h1.hed"]
byline = [{ jsonld = "author.name" }, { css = ".by", re = '^By (.+?)(?:,|$)' }, { value = "Desk" }]
date   = ["time@datetime", { css = "p.stamp", after = "Published ", nth = -1 }]

[body]
select    = ["main .copy", { css = "p", own_text = 'fjord', up = "article" }]
min_words = 30
join      = "all"
fallback  = "none"

[strip]
share   = [".tools"]
related = [{ css = "p > strong", text = '^See also', up = "p" }]

[lines]
read-more = ['^Read more\b', { re = '^More from \w+', at = "tail", max_chars = 80, lang = "en" }]

[cut]
start_after = [{ css = "header", kind = "navigation" }]
keep_until  = [{ line = '^Most read', kind = "related" }]
max_share   = 0.4

[[replace]]
find = '\s*\(Courier\)'
with = ""
on   = "line"

[[layout]]
name = "2026"
has  = 'main[data-v="3"]'
path = '^/news/'
from = 2026-01-01
[layout.body]
select = ["main > section"]
[layout.lines]
inherit = false

[[test]]
drops = ["Read more: ferries"]
keeps = ["Read more than you write."]
"#;

const FAMILY: &str = "format = 1\nmatch = { has = 'meta' }\n[strip]\nad = [\"aside\"]\n";

#[test]
fn the_whole_format_is_taken() {
    let checked = check(&[("sites/courier.toml", WHOLE), ("families/presswright.toml", FAMILY)]);
    let errors: Vec<_> = checked.diagnostics.iter().filter(|found| found.code.to_string() != "W40").collect();
    assert!(errors.is_empty(), "{checked}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    /// Whatever happens to a file, the checker says something of a place in it, or takes it.
    #[test]
    fn mutated_files_never_panic(
        cuts in prop::collection::vec((0..WHOLE.len(), 0..12_usize, "[\\[\\]{}'\"=,.@*()a-z\n ]{0,4}"), 1..6)
    ) {
        let mut text = WHOLE.to_owned();
        for (at, length, insert) in cuts {
            let at = at.min(text.len());
            let end = (at + length).min(text.len());
            if text.is_char_boundary(at) && text.is_char_boundary(end) {
                text.replace_range(at..end, &insert);
            }
        }
        let files = [("sites/courier.toml", text.as_str()), ("families/presswright.toml", FAMILY)];
        let checked = check(&files);
        let last = text.lines().count() as u32 + 1;
        for found in &checked.diagnostics {
            prop_assert!((1..=last).contains(&found.line) && found.column >= 1, "{found}");
        }
        let loads = RuleSet::from_texts(files).is_ok();
        let errors = checked.diagnostics.iter().any(|found| !found.code.is_warning() && found.code.to_string() != "T01");
        prop_assert_eq!(loads, !errors, "{}", checked);
    }
}

#[test]
fn the_rule_in_the_manual_is_right() {
    let manual = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/rules.md")).unwrap();
    let rule = manual.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let checked = check(&[("sites/nordsee-bote.toml", rule)]);
    assert_eq!((checked.errors, checked.warnings, checked.tests), (0, 0, 1), "{checked}");
}
