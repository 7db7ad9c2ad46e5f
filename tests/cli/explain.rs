//! `copydesk explain`: every block with its label and reason.

use std::fs;

use crate::{copydesk, json_line, page, paragraphs, values};
use tempfile::tempdir;

fn explained(args: &[&str], input: &str) -> String {
    let run = copydesk().arg("explain").args(args).arg("-").write_stdin(input).assert().success();
    String::from_utf8(run.get_output().stdout.clone()).unwrap()
}

#[test]
fn every_block_is_told_in_order() {
    let told = explained(&["--url", "https://elsterwick-post.example/4"], &page(4));
    assert!(told.contains("verdict       kept"), "{told}");
    assert!(told.contains("https://elsterwick-post.example/4"), "{told}");
    assert!(!told.contains('\u{1b}'), "no colour without a terminal: {told}");
    let mut rest = told.as_str();
    for paragraph in paragraphs(4) {
        let at = rest.find(&paragraph).unwrap_or_else(|| panic!("{paragraph:?} in {told}"));
        let line = &rest[rest[..at].rfind('\n').unwrap()..at];
        assert!(line.contains(" + paragraph"), "{line}");
        rest = &rest[at..];
    }
    let removed = told.lines().find(|line| line.contains("Ten harbours")).unwrap();
    assert!(removed.contains(" - "), "{removed}");
}

#[test]
fn json_has_the_verdict_and_the_blocks() {
    let told = values(&explained(&["--json"], &(json_line(1) + &json_line(2))));
    assert_eq!(told.len(), 2);
    assert_eq!((&told[1]["id"], &told[1]["verdict"]), (&"post-2".into(), &"kept".into()));
    for block in told[0]["blocks"].as_array().unwrap() {
        let (label, other) = if block["kept"] == true { ("role", "kind") } else { ("kind", "role") };
        assert!(block[label].is_string() && block.get(other).is_none(), "{block}");
        assert!(
            block["reason"].is_string() && block["form"].is_string() && block["text"].is_string(),
            "{block}"
        );
    }
}

#[test]
fn a_page_cannot_control_the_terminal() {
    let text = format!("{}\u{1b}[2J\u{7}", paragraphs(1).join("\n\n"));
    let told = explained(&[], &serde_json::json!({"id": "\u{1b}]0;x", "text": text}).to_string());
    assert!(told.chars().all(|c| c == '\n' || !c.is_control()), "{told:?}");
}

#[test]
fn what_cannot_be_explained() {
    let folder = tempdir().unwrap();
    let none = folder.path().join("none.html");
    let run = copydesk().arg("explain").arg(&none).assert().code(2);
    assert!(String::from_utf8_lossy(&run.get_output().stderr).contains("none.html"));
    let broken = folder.path().join("broken.jsonl");
    fs::write(&broken, format!("{{\"id\": 1,\n{}", json_line(2))).unwrap();
    let run = copydesk().arg("explain").arg(&broken).assert().code(1);
    assert!(String::from_utf8_lossy(&run.get_output().stderr).contains("broken.jsonl:1"));
    assert!(String::from_utf8_lossy(&run.get_output().stdout).contains(&paragraphs(2)[0]));
}

#[test]
fn a_page_shows_what_stays_and_what_goes() {
    let folder = tempdir().unwrap();
    let (input, out) = (folder.path().join("in.html"), folder.path().join("out.html"));
    fs::write(&input, page(5).replace("Ten harbours", "<b>&lt;script&gt;</b>")).unwrap();
    let mut explain = copydesk();
    explain.arg("explain").arg(&input).arg("--html").arg(&out).assert().success().stdout("");
    let html = fs::read_to_string(&out).unwrap();
    for paragraph in paragraphs(5) {
        let kept = format!("<div class=\"text\">{}</div>", paragraph);
        assert!(html.contains(&kept), "{paragraph}: {html}");
    }
    assert!(html.contains("<del>Read more: &lt;script&gt; to see</del>"), "{html}");
    assert!(!html.contains("<script"), "no script, neither ours nor the page's");
    assert!(!html.contains(" src=") && !html.contains("url("), "it loads nothing");
    // Every block can be reached by keys.
    assert_eq!(html.matches("class=\"block").count(), html.matches("tabindex=\"0\"").count());
    // An input is never overwritten.
    copydesk().arg("explain").arg(&input).arg("--html").arg(&input).assert().code(2);
}
