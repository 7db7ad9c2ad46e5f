//! A hundred faulty rule files: each is told of at the right line, and none makes the checker panic.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use copydesk::rules::RuleSet;

/// A sound file; each line can be spoiled by itself.
const SOUND: &str = r##"format  = 1
about   = "Fjord Courier"
hosts   = ["fjordcourier.example", "*.fjordcourier.example"]
extends = ["press"]
set     = { lang = "en" }
except  = ["press/strip/ad/aside"]
guard   = { max_removed = 0.7 }
protect = { css = ["article > h2"], lines = ['^Read more than'] }
[meta]
title   = [{ meta = "og:title", before = " | " }, "h1.hed"]
byline  = [{ css = ".by", re = '^By (.+)' }]
[body]
select    = ["main .copy"]
min_words = 30
join      = "all"
fallback  = "none"
[strip]
share   = [".tools"]
related = [{ css = "p", text = '^See also', up = "div", nth = 1 }]
[lines]
player  = ['^Watch: ']
caption = [{ re = '^Photo: ', at = "tail", max_chars = 120 }]
[cut]
keep_until = [{ line = '^You may also like', kind = "related" }]
max_share  = 0.4
[[replace]]
find = '\(Courier\) '
with = ""
on   = "line"
[[layout]]
name  = "2025"
until = 2025-06-30
[layout.body]
select = ["#story"]
[[test]]
drops = ["Watch: the ferry"]
html  = '<main><div class=copy><p>Fish.</div></main>'
body  = "Fish."
"##;

const FAMILY: &str = "format = 1\n[strip]\nad = [\"aside\"]\n[[test]]\nhtml = '<p>a'\nwords = [0, 9]\n";

/// What is told of the file: the first line of each error or warning.
fn told(text: &str) -> Vec<u32> {
    let checked = RuleSet::check_texts([("families/press.toml", FAMILY), ("sites/a.toml", text)]);
    let own = checked.diagnostics.iter().filter(|found| *found.file == *"sites/a.toml");
    own.map(|found| found.line).collect()
}

/// The sound file with one thing spoiled, each with the line that is to be told of.
fn mutants() -> Vec<(String, u32)> {
    let lines: Vec<&str> = SOUND.lines().collect();
    let mut mutants = vec![];
    let mut spoil = |number: usize, line: String| {
        let mut spoilt: Vec<String> = lines.iter().map(|&line| line.to_owned()).collect();
        spoilt[number] = line;
        mutants.push((spoilt.join("\n"), number as u32 + 1));
    };
    for (number, line) in lines.iter().enumerate() {
        let Some((key, value)) = line.split_once('=').filter(|_| !line.starts_with('[')) else {
            spoil(number, line.replacen('[', "[x", 1));
            continue;
        };
        // A typing error in the key; a number that no key takes; a date; a value that ends too soon.
        spoil(number, format!("{}x ={value}", key.trim_end()));
        if key.trim() != "format" {
            spoil(number, format!("{key}= -1"));
        }
        spoil(number, format!("{key}= 2026-01-01T00:00:00Z"));
        spoil(number, format!("{key}="));
    }
    for (from, to) in [
        ("article > h2", "article > "),
        ("'^Read more than'", "'^Read (more'"),
        ("og:title\", before", "og:title\", befor"),
        ("h1.hed", "h1..hed"),
        ("'^By (.+)'", "'^By (?=.+)'"),
        ("main .copy", "main:contains(1)"),
        ("\"all\"", "\"any\""),
        ("\"none\"", "\"nothing\""),
        ("share   =", "shar ="),
        ("'^See also'", "'^See [also'"),
        ("up = \"div\"", "up = \"..\""),
        ("nth = 1", "nth = 0"),
        ("'^Watch: '", "'^Watch**{'"),
        ("'^Watch: '", "''"),
        ("'^Watch: '", "'Watch'"),
        ("'^Watch: '", "'^\\d+$'"),
        ("at = \"tail\"", "at = \"foot\""),
        ("max_chars = 120", "max_chars = 0"),
        ("kind = \"related\"", "kind = \"relation\""),
        ("max_share  = 0.4", "max_share = 4"),
        ("'\\(Courier\\) '", "'\\(Courier) '"),
        ("on   = \"line\"", "on = \"page\""),
        ("2025-06-30", "\"2025-06-30\""),
        ("\"#story\"", "\"#\""),
        ("[\"press\"]", "[\"presss\"]"),
        ("press/strip/ad/aside", "press/strip/ad/asid"),
        ("\"*.fjordcourier.example\"", "\"*.co.uk\""),
        ("\"*.fjordcourier.example\"", "\"www.fjordcourier.example\""),
        ("max_removed = 0.7", "max_remove = 0.7"),
        ("lang = \"en\"", "language = \"en\""),
        (".tools", "[class=tools]"),
        (".tools", ".css-1a2b3c"),
        (".tools", "toolbar"),
        (".tools", "[class*=too]"),
        ("format  = 1", "format  = 2"),
        ("Watch: the ferry", "Watched the ferry"),
    ] {
        let at = SOUND.find(from).unwrap_or_else(|| panic!("{from}"));
        let line = SOUND[..at].matches('\n').count() as u32 + 1;
        mutants.push((SOUND.replacen(from, to, 1), line));
    }
    mutants
}

#[test]
fn a_hundred_mutants_are_told_of_at_the_right_line() {
    assert_eq!(told(SOUND), [0; 0], "the file is sound");
    let mutants = mutants();
    assert!(mutants.len() >= 100, "only {}", mutants.len());
    let mut wrong = String::new();
    for (text, line) in mutants {
        let told = told(&text);
        if !told.contains(&line) {
            let spoilt = text.lines().nth(line as usize - 1).unwrap_or_default();
            wrong.push_str(&format!("line {line}, told {told:?}: {spoilt}\n"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn circles_are_told_of_in_each_file() {
    let family = |extends: &str| format!("format = 1\nextends = [\"{extends}\"]\n");
    let (a, b) = (family("b"), family("a"));
    let checked = RuleSet::check_texts([("families/a.toml", &*a), ("families/b.toml", &*b)]);
    let circles = checked.diagnostics.iter().filter(|found| found.code.to_string() == "E32");
    assert_eq!(circles.map(|found| found.line).collect::<Vec<_>>(), [2, 2]);
}
