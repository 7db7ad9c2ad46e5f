//! Every code of an error or a warning: what it is told of, at which line and column, and that the manual lists it.

use std::collections::BTreeSet;

use copydesk::rules::{Code, RuleSet};

const MANUAL: &str = include_str!("../docs/rules.md");

/// A code, the place of the mistake, and files with their texts.
type Mistake = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

/// For each code files that have one mistake, and the place of it. A file's name without a folder is that of a
/// site, and its text goes on after two lines: `format` and `hosts`. `LONG` stands for 5,000 letters.
const MISTAKES: &[Mistake] = &[
    ("E00", "a:3:9", &[("a", "about = \n")]),
    ("E01", "a:4:1", &[("a", "[strip]\nshares = ['.share']\n")]),
    ("E02", "a:4:13", &[("a", "[body]\nmin_words = -12\n")]),
    ("E03", "a:4:8", &[("a", "[lines]\nad = ['^LONG']\n")]),
    ("E05", "pages/a.toml:0:0", &[("pages/a.toml", "format = 1\n")]),
    ("E10", "a:4:18", &[("a", "[strip]\nad = ['.ok', 'div..promo']\n")]),
    ("E11", "a:4:21", &[("a", "[meta]\ntitle = [{ xpath = ')' }]\n")]),
    ("E20", "a:4:12", &[("a", "[lines]\nad = ['^ad (now']\n")]),
    ("E30", "sites/b.toml:2:24", &[("sites/b.toml", "format = 1\nhosts = ['b.example', '*.co.uk']\n")]),
    ("E31", "sites/b.toml:2:11", &[("a", ""), ("sites/b.toml", "format = 1\nhosts = ['a.example']\n")]),
    ("E32", "families/g.toml:2:13", &[("families/g.toml", "format = 1\nextends = ['g']\n")]),
    ("E33", "a:3:13", &[("a", "extends = ['nobody']\n")]),
    ("T01", "a:6:22", &[("a", "[lines]\nad = ['^Buy ']\n[[test]]\ndrops = ['Buy now', 'By now']\n")]),
    ("W11", "a:4:11", &[("a", "[strip]\nad = ['div[class=\"a b\"]']\n")]),
    ("W12", "a:4:10", &[("a", "[strip]\nad = ['p .css-1x2y3z']\n")]),
    ("W13", "a:4:12", &[("a", "[strip]\nad = ['p > storybody']\n")]),
    ("W14", "a:4:10", &[("a", "[strip]\nad = ['p [class*=ad]']\n")]),
    ("W15", "a:4:8", &[("a", "[strip]\nad = ['body > div > p']\n")]),
    ("W21", "a:4:14", &[("a", "[lines]\nad = ['^ok', 'newsletter']\n")]),
    ("W22", "a:4:7", &[("a", "[lines]\nad = ['^\\d+$']\n")]),
    (
        "W23",
        "a:4:8",
        &[
            ("a", "[lines]\nad = ['^Advertisement']\n"),
            ("generic/g.toml", "format = 1\n[lines]\nad = ['^Advert']\n"),
        ],
    ),
    ("W40", "sites/b.toml:1:1", &[("sites/b.toml", "format = 1\nhosts = ['b.example']\n")]),
    ("W41", "a:6:9", &[("a", "[[layout]]\nname = 'a'\n[[layout]]\nname = 'b'\nhas = 'p'\n")]),
];

/// What is said of the files, each as `file:line:column code`; of tests that are missing only if that is asked.
fn told(files: &[(&str, &str)], missing_tests: bool) -> Vec<String> {
    let whole = |(name, text): &(&str, &str)| match name.contains('/') {
        true => ((*name).to_owned(), (*text).to_owned()),
        false => (format!("sites/{name}.toml"), format!("format = 1\nhosts = ['a.example']\n{text}")),
    };
    let long = "x".repeat(5_000);
    let files: Vec<(String, String)> =
        files.iter().map(whole).map(|(name, text)| (name, text.replace("LONG", &long))).collect();
    let checked = RuleSet::check_texts(files.iter().map(|(name, text)| (name.as_str(), text.as_str())));
    let told = checked.diagnostics.iter().filter(|found| missing_tests || found.code != Code::W40);
    told.map(|found| format!("{}:{}:{} {}", found.file, found.line, found.column, found.code)).collect()
}

#[test]
fn every_code_is_told_with_its_place() {
    let mut wrong = String::new();
    for (code, place, files) in MISTAKES {
        let place =
            place.strip_prefix("a:").map_or((*place).to_owned(), |place| format!("sites/a.toml:{place}"));
        let expected = [format!("{place} {code}")];
        let found = told(files, *code == "W40");
        if found != expected {
            wrong += &format!("expected {expected:?}, found {found:?}\n");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn the_code_the_manual_and_this_table_have_the_same_codes() {
    let known: BTreeSet<String> = Code::ALL.iter().map(ToString::to_string).collect();
    let shown: BTreeSet<String> = MISTAKES.iter().map(|(code, ..)| (*code).to_owned()).collect();
    assert_eq!(known, shown, "of the code, and of the table above");
    let section =
        MANUAL.split("\n## ").find(|section| section.starts_with("Errors and warnings")).unwrap_or("");
    let rows = section.lines().filter_map(|line| line.strip_prefix("| ")?.split(" |").next());
    let is_code = |name: &&str| name.len() == 3 && name[1..].bytes().all(|byte| byte.is_ascii_digit());
    let listed: BTreeSet<String> =
        rows.flat_map(|row| row.split(", ")).filter(is_code).map(str::to_owned).collect();
    assert_eq!(known, listed, "of the code, and of docs/rules.md");
}
