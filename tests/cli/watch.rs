//! `--watch`: rules that are read again while a command runs.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use tempfile::tempdir;

use crate::{page, paragraphs};

/// How long is waited for what must come.
const PATIENCE: Duration = Duration::from_secs(30);

/// A command that runs until it is dropped, with its lines.
struct Running {
    child: Child,
    out: Receiver<String>,
    err: Receiver<String>,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn lines(from: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, lines) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            let _ = sender.send(line);
        }
    });
    lines
}

fn run(args: &[&str], rules: &Path) -> Running {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("copydesk"));
    command.args(args).arg("--rules").arg(rules).env("RUST_LOG", "copydesk=info");
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (out, err) = (lines(child.stdout.take().unwrap()), lines(child.stderr.take().unwrap()));
    Running { child, out, err }
}

/// Waits for a line with this in it.
fn wait_for(lines: &Receiver<String>, part: &str) -> String {
    let started = Instant::now();
    while started.elapsed() < PATIENCE {
        match lines.recv_timeout(Duration::from_millis(100)) {
            Ok(line) if line.contains(part) => return line,
            _ => {}
        }
    }
    panic!("no line with {part:?}");
}

fn write_rule(rules: &Path, line: &str) {
    fs::create_dir_all(rules.join("sites")).unwrap();
    let text = format!("format = 1\nhosts = [\"a.example\"]\n[lines]\nrelated = ['{line}']\n");
    fs::write(rules.join("sites/a.toml"), text).unwrap();
}

#[test]
fn explain_follows_the_rules_and_a_broken_file_keeps_its_last_good_version() {
    let folder = tempdir().unwrap();
    let (rules, file) = (folder.path().join("rules"), folder.path().join("page.html"));
    fs::write(&file, page(3)).unwrap();
    write_rule(&rules, "^never$");
    let file_name = file.to_str().unwrap();
    let running = run(&["explain", file_name, "--url", "https://a.example/3", "--watch"], &rules);
    let last = &paragraphs(3)[2];
    assert!(wait_for(&running.out, last).contains(" + paragraph"));
    write_rule(&rules, "^fishermen who");
    assert!(wait_for(&running.out, last).contains(" - related"));
    write_rule(&rules, "^(fishermen who");
    assert!(wait_for(&running.err, "keeps its last good version").contains("a.toml"));
    assert!(wait_for(&running.out, last).contains(" - related"));
    // The document may change too.
    fs::write(&file, page(4)).unwrap();
    assert!(wait_for(&running.out, &paragraphs(4)[2]).contains(" - related"));
}

#[test]
fn clean_takes_the_rules_as_they_are_when_a_document_comes() {
    let folder = tempdir().unwrap();
    let (rules, removed) = (folder.path().join("rules"), folder.path().join("removed.jsonl"));
    write_rule(&rules, "^never$");
    let mut running = run(&["clean", "-", "--watch", "-q", "--removed", removed.to_str().unwrap()], &rules);
    // Nothing says that the folder is being watched now, so it is changed until that is seen.
    let started = Instant::now();
    loop {
        assert!(started.elapsed() < PATIENCE, "the rules were never read again");
        write_rule(&rules, "^fishermen who");
        if running.err.recv_timeout(Duration::from_secs(2)).is_ok_and(|line| line.contains("read again")) {
            break;
        }
    }
    let line = serde_json::json!({"url": "https://a.example/3", "html": page(3)}).to_string();
    let mut stdin = running.child.stdin.take().unwrap();
    stdin.write_all(line.as_bytes()).unwrap();
    drop(stdin);
    assert!(running.child.wait().unwrap().success());
    assert!(fs::read_to_string(&removed).unwrap().contains("sites/a.toml:4"));
}
