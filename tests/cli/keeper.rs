//! The rule keeper's tools: what rules find on a page, what a run says of them, what a change of them changes.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::{TempDir, tempdir};

use crate::{copydesk, page, paragraphs};

const SITE: &str = r##"format = 1
hosts = ["elsterwick-post.example"]

[meta]
title = ["h1"]
date = ["time.never@datetime"]

[body]
select = ["article"]
min_words = 5

[strip]
related = ["footer"]
share = [".never"]

[lines]
related = ['^fishermen who land their catch at berth 7 ']
newsletter = ['^never in this town$']

[[layout]]
name = "never"
has = "main.never"
[layout.body]
select = ["main.never"]
"##;

const URL: &str = "https://www.elsterwick-post.example/7";

/// A folder of rules with one site file of this text.
fn rules(site: &str) -> TempDir {
    let folder = tempdir().unwrap();
    fs::create_dir(folder.path().join("sites")).unwrap();
    fs::write(folder.path().join("sites/elsterwick-post.toml"), site).unwrap();
    folder
}

fn stdout(args: &[&str], rules: &[(&str, &Path)], input: &str) -> String {
    let mut command = copydesk();
    command.args(args);
    for (option, folder) in rules {
        command.arg(option).arg(folder);
    }
    let run = command.write_stdin(input).assert().success();
    String::from_utf8(run.get_output().stdout.clone()).unwrap()
}

/// The line with this in it.
fn line<'a>(told: &'a str, part: &str) -> &'a str {
    told.lines().find(|line| line.contains(part)).unwrap_or_else(|| panic!("no {part:?} in {told}"))
}

#[test]
fn every_hit_on_a_page_is_told_with_its_address() {
    let folder = rules(SITE);
    let args = ["rules", "explain", URL, "--page", "-"];
    let told = stdout(&args, &[("--rules", folder.path())], &page(7));
    assert!(line(&told, "site:").contains("elsterwick-post.toml:2 (claims elsterwick-post.example)"));
    assert!(line(&told, "body found by:").ends_with("site-rule"));
    assert!(line(&told, "missed:").ends_with("date"));
    for (address, count, sample) in [
        ("elsterwick-post/meta/title/h1", "1x, 0 blocks", "Berth 7 closes for the winter"),
        ("elsterwick-post/body/select/article", "1x, ", "The harbour board"),
        ("elsterwick-post/strip/related/footer", "1x, 1 block", "Read more: Ten harbours"),
        ("elsterwick-post/lines/related/^fishermen", "1x, 1 block", "Fishermen who land"),
    ] {
        let line = line(&told, address);
        assert!(line.contains(count) && line.contains(sample), "{line}");
    }
    assert!(!told.contains(".never") && !told.contains("^never"), "{told}");

    let json = stdout(&[&args[..], &["--format", "json"]].concat(), &[("--rules", folder.path())], &page(7));
    let told: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(told["fields_missed"], serde_json::json!(["date"]));
    assert!(
        told["hits"]
            .as_array()
            .unwrap()
            .iter()
            .any(|hit| hit["address"] == "elsterwick-post/body/select/article")
    );

    // The same page elsewhere.
    let other = ["rules", "explain", "https://other.example/7", "--page", "-"];
    assert!(stdout(&other, &[("--rules", folder.path())], &page(7)).contains("site: no file claims it"));
    // Two documents are no page.
    let two = (crate::json_line(1) + &crate::json_line(2)).into_bytes();
    copydesk().args(args).write_stdin(two).assert().code(2);
}

/// The report of a run over this many pages of the site, every fourth of them without an article.
fn report(folder: &Path, pages: usize) -> String {
    let lines: String = (0..pages)
        .map(|number| {
            let html = if number % 4 == 0 { page(number).replace("article>", "div>") } else { page(number) };
            serde_json::json!({"url": URL, "html": html}).to_string() + "\n"
        })
        .collect();
    let report = folder.join("report.json");
    let mut clean = copydesk();
    clean.args(["clean", "-", "-q", "--rules"]).arg(folder).arg("--report").arg(&report);
    clean.write_stdin(lines).assert().success();
    report.to_str().unwrap().to_owned()
}

#[test]
fn a_run_tells_which_rules_rot() {
    let folder = rules(SITE);
    let other = "format = 1\nhosts = [\"other-post.example\"]\n";
    fs::write(folder.path().join("sites/other-post.toml"), other).unwrap();
    let run = report(folder.path(), 200);
    let told = stdout(&["rules", "stats", &run], &[("--rules", folder.path())], "");
    assert!(line(&told, "elsterwick-post.toml: 200 pages").ends_with("200 pages"));
    assert!(line(&told, "body").ends_with("found on 150 of 200  <- missed too often"), "{told}");
    assert!(line(&told, "title").ends_with("found on 200 of 200"), "{told}");
    assert!(line(&told, "date").ends_with("found on 0 of 200  <- missed too often"), "{told}");
    assert!(line(&told, "layout ").contains("never  <- never chosen"), "{told}");
    let silent = line(&told, "lines/newsletter/^never");
    assert!(silent.contains("no hit") && silent.ends_with("(asked on 200)  <- dead"), "{silent}");
    assert!(line(&told, "strip/share/.never").contains("no hit"));
    assert!(!told.contains("main.never"), "a layout that no page has is told once: {told}");
    assert!(!told.contains("strip/related/footer") && !told.contains("^fishermen"), "{told}");
    assert!(line(&told, "never applied: ").ends_with("other-post.toml"), "{told}");
    let shipped = line(&told, "never applied of the shipped files: ").rsplit(' ').next().unwrap();
    assert!(shipped.parse::<usize>().unwrap() > 100, "{told}");

    let json = stdout(&["rules", "stats", &run, "--format", "json"], &[("--rules", folder.path())], "");
    let told: Value = serde_json::from_str(&json).unwrap();
    let file = &told["files"][0];
    assert_eq!(file["body"], serde_json::json!({"found": 150, "missed": 50}));
    assert_eq!(file["body_rots"], true);
    assert_eq!(told["unknown"], 0);
    let shipped = told["shipped_never_applied"].as_array().unwrap();
    assert!(shipped.contains(&"rules/sites/kanalblatt.toml".into()), "{told}");

    // With other rules than those of the run, that is said.
    let told = stdout(&["rules", "stats", &run], &[], "");
    assert!(told.contains("give the --rules of the run"), "{told}");

    let broken = folder.path().join("broken.json");
    fs::write(&broken, "{}\n").unwrap();
    copydesk().args(["rules", "stats"]).arg(&broken).assert().code(2);
}

#[test]
fn a_guard_that_fires_is_told() {
    let folder =
        rules("format = 1\nhosts = [\"elsterwick-post.example\"]\n[strip]\nrelated = [\"article\"]\n");
    let run = report(folder.path(), 3);
    let told = stdout(&["rules", "stats", &run], &[("--rules", folder.path())], "");
    assert!(line(&told, "guards").contains("refused 2"), "{told}");
}

#[test]
fn the_impact_of_a_change_is_told_worst_first() {
    let old = rules(
        "format = 1\nhosts = [\"elsterwick-post.example\"]\n[lines]\nrelated = ['^repairs will take']\n",
    );
    let new = rules(
        "format = 1\nhosts = [\"elsterwick-post.example\"]\n[meta]\ntitle = [{ value = \"New\" }]\n[lines]\n\
         related = ['^fishermen who land their catch at berth [7-9] ', '^the harbour board .* berth 8 ']\n",
    );
    let line_of =
        |number: usize, url: &str| serde_json::json!({"url": url, "html": page(number)}).to_string() + "\n";
    let input = line_of(7, URL) + &line_of(7, "https://other.example/7") + &line_of(8, URL);
    let folders = [("--old", old.path()), ("--new", new.path())];
    let told = stdout(&["rules", "impact", "-"], &folders, &input);
    assert!(told.starts_with("2 of 3 documents change: 3 lines go and 2 come back"), "{told}");
    let (eighth, seventh) = (told.find("-:3 ").unwrap(), told.find("-:1 ").unwrap());
    assert!(eighth < seventh, "worst first: {told}");
    assert!(line(&told, "  - related").contains("elsterwick-post.toml:"), "{told}");
    assert!(line(&told, "  + was related").contains(&paragraphs(8)[1]), "{told}");
    assert!(line(&told, "  title:").ends_with("Berth 8 closes for the winter -> New"), "{told}");

    let one = stdout(&["rules", "impact", "-", "--worst", "1"], &folders, &input);
    assert!(one.contains("1 more documents change") && !one.contains("-:1 "), "{one}");
    let json = stdout(&["rules", "impact", "-", "--format", "json"], &folders, &input);
    let told: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(
        (&told["changed"], &told["lines_lost"], &told["lines_won"]),
        (&2.into(), &3.into(), &2.into())
    );
    assert_eq!(told["worst"][0]["lines"][0]["change"], "lost");

    let file = new.path().join("impact.html");
    stdout(&["rules", "impact", "-"], &[folders[0], folders[1], ("--html", &file)], &input);
    let html = fs::read_to_string(&file).unwrap();
    assert!(
        html.contains(&format!("<del>{}</del>", paragraphs(8)[2])) && html.ends_with("</html>\n"),
        "{html}"
    );
    // Against the shipped rules alone; and nothing changes where nothing differs.
    let same = [("--old", old.path()), ("--new", old.path())];
    assert!(stdout(&["rules", "impact", "-"], &same, &input).starts_with("0 of 3 documents change"));
    assert!(stdout(&["rules", "impact", "-"], &folders[1..], &input).starts_with("2 of 3 documents change"));
}

/// A page of a site that has boxes and lines of its own in every article.
fn templated(number: usize) -> String {
    let text = paragraphs(number);
    format!(
        "<!DOCTYPE html><html lang=\"en\"><head><title>Berth {number} closes | Post</title>\
         <meta property=\"article:published_time\" content=\"2026-10-0{number}T07:40:00+02:00\"></head>\
         <body><nav class=\"top\"><a href=\"/\">Home</a> <a href=\"/town\">Town</a></nav>\
         <div class=\"css-1x2y3z4\"><div class=\"story-text\"><h1>Berth {number} closes for the winter</h1>\
         <p class=\"byline\">By Ida Marsh</p><p>{}</p>\
         <div class=\"promo-box\"><p>Sign up for our morning newsletter</p><p><a href=\"/x\">Ten harbours to see</a></p></div>\
         <p>{}</p><p>Tides are given in local time.</p><p>{}</p></div></div>\
         <footer><p>© 2026 Elsterwick Post</p></footer></body></html>",
        text[0], text[1], text[2]
    )
}

#[test]
fn a_file_for_a_site_is_proposed_and_works() {
    let folder = tempdir().unwrap();
    let pages: Vec<_> = (1..4)
        .map(|number| {
            let path = folder.path().join(format!("{number}.html"));
            fs::write(&path, templated(number)).unwrap();
            path
        })
        .collect();
    let rules = folder.path().join("rules");
    let new = |options: &[&str]| {
        let mut command = copydesk();
        command.args(["rules", "new", "https://www.elsterwick-post.example/town/1", "--page"]).args(&pages);
        command.args(options).assert()
    };
    let shown = String::from_utf8(new(&[]).success().get_output().stdout.clone()).unwrap();
    for part in [
        "hosts = [\"elsterwick-post.example\"]",
        "title = [\"h1\"]",
        "byline = [\".byline\"]",
        "date = [{ meta = \"article:published_time\" }]",
        "select = [\".story-text\"]",
        "newsletter = [\".promo-box\"]",
        "'^Tides are given in local time\\.$'",
        "drops = [\"Tides are given in local time.\"]",
        "3 pages, body found on 3",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert!(!shown.contains("css-1x2y3z4"), "{shown}");

    // Written, checked, used; and never written twice.
    let to = ["--rules", rules.to_str().unwrap()];
    new(&to).success();
    let file = rules.join("sites/elsterwick-post.toml");
    assert_eq!(fs::read_to_string(&file).unwrap(), shown);
    let check = copydesk().args(["rules", "check", "--format", "json"]).arg(&rules).assert().success();
    let checked: Value = serde_json::from_slice(&check.get_output().stdout).unwrap();
    assert_eq!((&checked["tests"], &checked["errors"]), (&1.into(), &0.into()), "{checked}");
    let explain = ["rules", "explain", URL, "--page", pages[0].to_str().unwrap()];
    let told = stdout(&explain, &[("--rules", &rules)], "");
    assert!(line(&told, "body found by").ends_with("site-rule") && !told.contains("missed"), "{told}");
    fs::write(&file, "format = 1\nhosts = [\"elsterwick-post.example\"]\n").unwrap();
    new(&to).code(2);
    assert!(fs::read_to_string(&file).unwrap().starts_with("format"));

    // One page says nothing of what repeats.
    let mut one = copydesk();
    one.args(["rules", "new", URL, "--page"]).arg(&pages[0]);
    let run = one.assert().success();
    let shown = String::from_utf8(run.get_output().stdout.clone()).unwrap();
    assert!(!shown.contains("[strip]") && !shown.contains("[lines]") && shown.contains("keeps ="), "{shown}");
    copydesk().args(["rules", "new", "https://com/", "--page"]).arg(&pages[0]).assert().code(2);
}

#[test]
fn configs_are_imported_beside_what_is_there() {
    let folder = tempdir().unwrap();
    let (configs, out) = (folder.path().join("ftr"), folder.path().join("rules"));
    fs::create_dir(&configs).unwrap();
    fs::write(configs.join("a.example.txt"), "body: //div[@id='x']\nnext_page_link: //a\n").unwrap();
    let import = || copydesk().args(["rules", "import-ftr"]).arg(&configs).arg("-o").arg(&out).assert();
    let told = String::from_utf8(import().success().get_output().stdout.clone()).unwrap();
    assert!(line(&told, "a.example.txt:2").contains("next_page_link: not imported"), "{told}");
    assert!(told.ends_with("directives: 1 imported, 0 as XPath, 0 as remarks, 1 not imported\n"), "{told}");
    let file = out.join("sites/a.example.toml");
    assert!(fs::read_to_string(&file).unwrap().contains("select = [\"div#x\"]"));
    copydesk().args(["rules", "check"]).arg(&out).assert().success();
    fs::write(&file, "mine").unwrap();
    import().code(1);
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
}
