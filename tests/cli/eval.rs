//! `copydesk eval`: figures that can be worked out by hand.

use std::fs;
use std::io::Write;
use std::path::Path;

use crate::{copydesk, json_lines, page, paragraphs, values};
use serde_json::{Value, json};
use tempfile::tempdir;

/// What the command finds in the page of this number.
fn found_text(folder: &Path, number: usize) -> String {
    let (file, predictions) = (folder.join("one.jsonl"), folder.join("one-found.jsonl"));
    fs::write(&file, json!({"id": 1, "html": page(number), "truth": {}}).to_string()).unwrap();
    copydesk().arg("eval").arg(&file).arg("--predictions").arg(&predictions).assert().success();
    let found = &json_lines(&predictions)[0];
    assert_eq!(found["id"], "1");
    let text = found["text"].as_str().unwrap().to_owned();
    assert!(text.contains(&paragraphs(number)[0]), "{text}");
    text
}

/// Three pages: one that agrees with its truth, one whose truth holds the text twice, and one of another
/// kind whose truth shares no word with it.
fn set(folder: &Path) -> std::path::PathBuf {
    let (first, second) = (found_text(folder, 1), found_text(folder, 2));
    let rows = [
        json!({"id": "same", "kind": "page", "html": page(1), "truth": {"body": first}}),
        json!({"id": "twice", "kind": "page", "html": page(2), "truth": {"body": format!("{second}\n{second}")}}),
        json!({"id": "other", "kind": "extract", "url": "https://a.example/", "html": page(3), "truth": {"body": "qqq"}}),
    ];
    let path = folder.join("set.jsonl.gz");
    let mut gzip =
        flate2::write::GzEncoder::new(fs::File::create(&path).unwrap(), flate2::Compression::fast());
    rows.iter().for_each(|row| writeln!(gzip, "{row}").unwrap());
    gzip.finish().unwrap();
    path
}

fn eval(path: &Path, args: &[&str]) -> Vec<Value> {
    let run = copydesk().args(["eval", "--json"]).args(args).arg(path).assert().success();
    values(&String::from_utf8_lossy(&run.get_output().stdout))
}

#[test]
fn measures_of_all_pages_and_of_each_kind() {
    let folder = tempdir().unwrap();
    let path = set(folder.path());
    let told = eval(&path, &[]);
    let figures: Vec<_> = told
        .iter()
        .map(|row| {
            (
                row["kind"].as_str(),
                row["pages"].as_u64().unwrap(),
                row["measures"]["word_f1"].as_f64().unwrap(),
            )
        })
        .collect();
    // 1, 2/3 (every found word is right, half of the true ones are there) and 0.
    assert_eq!(figures, [(None, 3, 0.5556), (Some("extract"), 1, 0.0), (Some("page"), 2, 0.8333)]);
    assert_eq!(told[0]["measures"]["exact"], 0.3333);
    let told = eval(&path, &["--kind", "page"]);
    assert_eq!(told[0]["pages"], 2);
}

#[test]
fn given_predictions_are_scored_by_the_same_measures() {
    let folder = tempdir().unwrap();
    let path = set(folder.path());
    let given = folder.path().join("given.jsonl");
    let truth = found_text(folder.path(), 2);
    let rows = [
        json!({"id": "same", "text": "Tide\nSubscribe to our newsletter"}),
        json!({"id": "twice", "text": format!("{truth}\n{truth}"), "title": null, "authors": [], "words": 9}),
    ];
    fs::write(&given, rows.map(|row| format!("{row}\n")).concat()).unwrap();
    let told = eval(&path, &["--score", given.to_str().unwrap()]);
    let kinds: Vec<_> =
        told.iter().map(|row| (row["found"].as_u64().unwrap(), &row["measures"]["exact"])).collect();
    // The page without a prediction is an empty one.
    assert_eq!(kinds, [(2, &json!(0.3333)), (0, &json!(0.0)), (2, &json!(0.5))]);
    let rates = &told[2]["per_100_pages"];
    assert_eq!(rates["leftover_lines"], 100.0);
    assert_eq!(rates["leftover_pages"], 50.0);
    assert_eq!(rates["leftover_kinds"], json!({"newsletter": 50.0, "other": 50.0}));
    assert_eq!(rates["lost_paragraphs"], 50.0 * paragraphs(1).len() as f64);

    let run = copydesk().arg("eval").args([&path, &path]).arg("--score").arg(&given).assert().code(2);
    assert!(String::from_utf8_lossy(&run.get_output().stderr).contains("one FILE"));
    fs::write(&given, "{\"id\": 1}\n{\"id\": \"1\"}\n").unwrap();
    let run = copydesk().arg("eval").arg(&path).arg("--score").arg(&given).assert().code(2);
    assert!(String::from_utf8_lossy(&run.get_output().stderr).contains("given.jsonl:2: a second prediction"));
}

#[test]
fn the_worst_pages_are_listed_worst_first() {
    let folder = tempdir().unwrap();
    let run = copydesk().args(["eval", "--worst", "2"]).arg(set(folder.path())).assert().success();
    let told = String::from_utf8_lossy(&run.get_output().stdout).into_owned();
    let worst: Vec<_> = told.lines().rev().take(2).collect();
    assert_eq!(worst, ["0.667 twice ", "0.000 other https://a.example/"]);
}

#[test]
fn a_measure_below_its_floor_is_found() {
    let folder = tempdir().unwrap();
    let path = set(folder.path());
    let floors = folder.path().join("floors.toml");
    let floor = |digest: &str, kind: &str, least: &str| {
        let kind = if kind.is_empty() { String::new() } else { format!("kind = \"{kind}\"\n") };
        format!("[[floor]]\nfile = \"set.jsonl.gz\"\nsha256 = \"{digest}\"\n{kind}at_least = {{ {least} }}\n")
    };
    let check = |text: String| {
        fs::write(&floors, text).unwrap();
        let run = copydesk().arg("eval").arg(&path).arg("--floors").arg(&floors).assert();
        let output = run.get_output().clone();
        (output.status.code().unwrap(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (code, said) = check(floor("none", "", "word_f1 = 0.1"));
    assert_eq!(code, 1, "{said}");
    let digest = said.split("SHA-256 ").nth(1).unwrap().split(',').next().unwrap().to_owned();
    for (text, code, part) in [
        (floor(&digest, "", "word_f1 = 0.5556"), 0, "ok     set.jsonl.gz: word_f1 0.5556"),
        (
            floor(&digest, "page", "word_f1 = 0.8333, exact = 0.5"),
            0,
            "ok     set.jsonl.gz page: exact 0.5000",
        ),
        (floor(&digest, "page", "word_f1 = 0.8334"), 1, "word_f1 0.8333 is below its floor 0.8334"),
        (floor(&digest, "flat", "word_f1 = 0.1"), 1, "FAILED set.jsonl.gz flat: no such pages"),
        (floor(&digest, "", "word_f2 = 0.1"), 2, "word_f2"),
        ("[[floor]]\nfiles = 1".to_owned(), 2, "floors.toml"),
    ] {
        let (found, said) = check(text);
        assert_eq!(found, code, "{said}");
        assert!(said.contains(part), "{said}");
    }
}

#[test]
fn what_true_bodies_lose_is_listed_with_the_reason() {
    let folder = tempdir().unwrap();
    let (path, removed) = (folder.path().join("set.jsonl"), folder.path().join("removed.jsonl"));
    let clean = paragraphs(1).join("\n");
    let rows = [
        json!({"id": 1, "html": page(2), "truth": {"body": clean}}),
        json!({"id": 2, "html": page(2), "truth": {"body": format!("{clean}\nRead more: The tides of the bay")}}),
        json!({"id": 3, "html": page(2), "truth": {}}),
    ];
    fs::write(&path, rows.map(|row| format!("{row}\n")).concat()).unwrap();
    let told = eval(&path, &["--true-bodies", "--removed", removed.to_str().unwrap()]);
    assert_eq!((&told[0]["pages"], &told[0]["measures"]["exact"]), (&json!(2), &json!(0.5)));
    let removed = json_lines(&removed);
    assert_eq!(removed.len(), 1, "{removed:?}");
    assert_eq!((&removed[0]["id"], &removed[0]["kind"]), (&json!("2"), &json!("read-more")));
    assert!(removed[0]["reason"].as_str().unwrap().contains("read-more.toml:"), "{removed:?}");
}

#[test]
fn a_broken_line_is_named() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("set.jsonl");
    for (line, part) in [
        ("{\"id\": 1, \"html\":", "set.jsonl:2: "),
        ("{\"id\": 1, \"truth\": {}}", "set.jsonl:2: neither `html` nor `text`"),
    ] {
        fs::write(&path, format!("{{\"id\": 0, \"text\": \"x\", \"truth\": {{}}}}\n{line}\n")).unwrap();
        let run = copydesk().arg("eval").arg(&path).assert().code(2);
        let said = String::from_utf8_lossy(&run.get_output().stderr).into_owned();
        assert!(said.contains(part), "{said}");
    }
}
