//! The command line as its users meet it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod browser;
mod clean;
mod dumps;
mod eval;
mod explain;
mod keeper;
mod readme;
mod rules;
mod tables;
mod tutorial;
mod watch;

use std::path::Path;

use assert_cmd::Command;
use serde_json::Value;

/// The command, without what the caller's environment would change.
fn copydesk() -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("copydesk"));
    command.env_remove("RUST_LOG").env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
    command
}

/// Paragraphs of an invented report; the number makes each report's own.
fn paragraphs(number: usize) -> Vec<String> {
    [
        "The harbour board of Elsterwick voted on Tuesday to close berth NUMBER for the winter, after divers \
         found cracks in the piles that carry its northern end.",
        "Repairs will take until April and cost the town about NUMBER thousand crowns, said the board's \
         engineer, Marta Lindqvist, who has watched the piles since the flood of two years ago.",
        "Fishermen who land their catch at berth NUMBER will move to the old coal quay, where the water is \
         shallower and the cranes are older than most of the men who work them.",
    ]
    .map(|paragraph| paragraph.replace("NUMBER", &number.to_string()))
    .to_vec()
}

/// A page with these paragraphs between a menu and a footer.
fn page(number: usize) -> String {
    let body: String = paragraphs(number).iter().map(|text| format!("<p>{text}</p>\n")).collect();
    format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Berth {number} closes</title></head>\
         <body><nav><ul><li><a href=\"/\">Home</a></li><li><a href=\"/town\">Town</a></li></ul></nav>\
         <article><h1>Berth {number} closes for the winter</h1>\n{body}</article>\
         <footer><p>Read more: <a href=\"/x\">Ten harbours to see</a></p></footer></body></html>"
    )
}

/// A JSON line with such a page.
fn json_line(number: usize) -> String {
    let url = format!("https://elsterwick-post.example/{number}");
    serde_json::json!({"id": format!("post-{number}"), "url": url, "html": page(number)}).to_string() + "\n"
}

/// The values of a file of JSON lines.
fn json_lines(path: &Path) -> Vec<Value> {
    values(&std::fs::read_to_string(path).unwrap())
}

/// The values of JSON lines.
fn values(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}
