//! `copydesk rules`: errors with their places, and the file of a page. What the rules do is tested elsewhere.

use std::fs;

use serde_json::Value;
use tempfile::{TempDir, tempdir};

use crate::{copydesk, json_lines, page};

/// A folder of rules with one site file of this text.
fn rules(site: &str) -> TempDir {
    let folder = tempdir().unwrap();
    fs::create_dir(folder.path().join("sites")).unwrap();
    fs::write(folder.path().join("sites/elsterwick-post.toml"), site).unwrap();
    folder
}

const SOUND: &str = "\
format = 1
hosts = [\"elsterwick-post.example\"]

[lines]
related = ['^fishermen who land their catch at berth 7 ']
";

fn stdout_of(run: &assert_cmd::assert::Assert) -> String {
    String::from_utf8_lossy(&run.get_output().stdout).into_owned()
}

#[test]
fn sound_rules_pass_and_mistakes_are_named_by_place() {
    let folder = rules(SOUND);
    copydesk().args(["rules", "check"]).arg(folder.path()).assert().success();

    let folder = rules(&SOUND.replace("hosts", "hostz").replace("related", "relatd"));
    let run = copydesk().args(["rules", "check"]).arg(folder.path()).assert().code(1);
    let said = stdout_of(&run);
    for part in ["elsterwick-post.toml:2:1", "hosts", "elsterwick-post.toml:5:1", "related"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let run = copydesk().args(["rules", "check", "--format", "json"]).arg(folder.path()).assert().code(1);
    let told: Value = serde_json::from_str(&stdout_of(&run)).unwrap();
    let lines: Vec<_> =
        told["diagnostics"].as_array().unwrap().iter().map(|found| found["line"].clone()).collect();
    assert!(lines.contains(&2.into()) && lines.contains(&5.into()), "{told}");

    copydesk().args(["rules", "check"]).arg(folder.path().join("none")).assert().code(2);
}

#[test]
fn a_run_with_broken_rules_does_not_start() {
    let folder = rules(&SOUND.replace("hosts", "hostz"));
    let run =
        copydesk().args(["clean", "-", "--rules"]).arg(folder.path()).write_stdin(page(1)).assert().code(2);
    assert!(run.get_output().stdout.is_empty());
    assert!(String::from_utf8_lossy(&run.get_output().stderr).contains("elsterwick-post.toml:2:1"));
}

#[test]
fn the_rules_of_a_page_are_told_and_used() {
    let folder = rules(SOUND);
    let url = "https://www.elsterwick-post.example/7";
    let run = copydesk().args(["rules", "which", url, "--rules"]).arg(folder.path()).assert().success();
    assert!(stdout_of(&run).contains("elsterwick-post.toml:2"), "{}", stdout_of(&run));
    let run = copydesk()
        .args(["rules", "which", "https://other.example/", "--rules"])
        .arg(folder.path())
        .assert()
        .success();
    assert!(!stdout_of(&run).contains("elsterwick-post"), "{}", stdout_of(&run));

    // A paragraph that only this rule removes.
    let removed = folder.path().join("removed.jsonl");
    let line = serde_json::json!({"url": url, "html": page(7)}).to_string();
    let reason = |options: &[&str]| {
        let mut clean = copydesk();
        clean.args(["clean", "-", "-q", "--rules"]).arg(folder.path()).arg("--removed").arg(&removed);
        clean.args(options).write_stdin(line.clone()).assert().success();
        let is_it = |block: &Value| block["text"].as_str().unwrap().starts_with("Fishermen");
        json_lines(&removed).into_iter().find(is_it).map(|block| block["reason"].as_str().unwrap().to_owned())
    };
    let by_rule = reason(&[]).unwrap();
    assert!(by_rule.ends_with("elsterwick-post.toml:5"), "{by_rule}");
    assert_eq!(reason(&["--no-site-rules"]), None);
}

#[test]
fn the_schema_for_editors_is_printed() {
    let run = copydesk().args(["rules", "schema"]).assert().success();
    let schema: Value = serde_json::from_slice(&run.get_output().stdout).unwrap();
    assert_eq!(schema["properties"]["hosts"]["type"], "array");
    assert_eq!(schema["definitions"]["strip"]["additionalProperties"], false);
}
