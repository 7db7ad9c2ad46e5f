//! What the README shows exists, and what the manual for large dumps says to do can be done.

use std::collections::BTreeMap;

use crate::copydesk;

const README: &str = include_str!("../../README.md");
const OPERATIONS: &str = include_str!("../../docs/operations.md");

/// The lines of all code blocks of this language, lines that end in a backslash joined.
fn code(manual: &str, language: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut inside = false;
    for line in manual.lines() {
        if let Some(fence) = line.strip_prefix("```") {
            inside = !inside && fence == language;
        } else if inside && !line.is_empty() {
            lines.push(line.to_owned());
        }
    }
    lines
}

#[test]
fn its_first_block_has_the_two_commands_that_ci_runs() {
    let first: Vec<_> = code(README, "sh").into_iter().take(2).collect();
    assert!(first[0].starts_with("cargo run --release -- clean samples"), "{first:?}");
    assert!(first[1].starts_with("cargo test"), "{first:?}");
}

#[test]
fn its_commands_have_the_verbs_and_options_it_shows() {
    let mut help = BTreeMap::new();
    let mut seen = 0;
    let lines: Vec<String> = code(README, "sh").into_iter().chain(code(README, "console")).collect();
    for line in &lines {
        let Some(at) =
            line.find("copydesk ").map(|at| at + 9).or_else(|| line.find("--release -- ").map(|at| at + 13))
        else {
            continue;
        };
        let command = line[at..].split(['|', '>', '#', ';']).next().unwrap_or_default();
        let words: Vec<&str> = command.split_whitespace().collect();
        let verbs = if words[0] == "rules" { 2 } else { 1 };
        let verb = words[..verbs].join(" ");
        let help = help.entry(verb).or_insert_with(|| {
            let run = copydesk().args(&words[..verbs]).arg("--help").assert().success();
            String::from_utf8_lossy(&run.get_output().stdout).into_owned()
        });
        for option in words.iter().filter(|word| word.starts_with('-') && word.len() > 1) {
            let name = option.split('=').next().unwrap_or_default();
            let known = help.split(|c: char| !(c.is_alphanumeric() || c == '-')).any(|word| word == name);
            assert!(known, "`{line}`: no {name}");
        }
        seen += 1;
    }
    assert!(seen >= 8, "{lines:?}");
}

/// Number, sign and label of the lines that tell of blocks; scores and widths may move.
fn blocks(told: &str) -> Vec<Vec<&str>> {
    told.lines()
        .map(|line| line.split_whitespace().take(3).collect::<Vec<_>>())
        .filter(|words| words.len() == 3 && words[0].parse::<u32>().is_ok() && ["+", "-"].contains(&words[1]))
        .collect()
}

#[test]
fn its_example_is_what_the_command_says() {
    let root = env!("CARGO_MANIFEST_DIR");
    let command = code(README, "console")
        .into_iter()
        .find_map(|line| line.strip_prefix("$ copydesk ").map(str::to_owned));
    let run = copydesk().current_dir(root).args(command.unwrap().split(' ')).assert().success();
    let told = String::from_utf8_lossy(&run.get_output().stdout).into_owned();
    let shown = code(README, "console").join("\n");
    assert_eq!(blocks(&shown), blocks(&told));
    assert_eq!(blocks(&shown).len(), 10);
}

#[test]
fn its_links_lead_to_files() {
    for link in README.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
        if !link.contains("://") && !link.starts_with('#') {
            let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(link);
            assert!(path.exists(), "{link}");
        }
    }
}

/// But those that need other programs.
#[test]
#[cfg(unix)]
fn the_commands_for_large_dumps_run_as_they_stand() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::create_dir(at("dumps")).unwrap();
    std::fs::write(at("dumps/dump.jsonl"), (1..=20).map(crate::json_line).collect::<String>()).unwrap();
    for out in ["dump.parquet", "before.jsonl.zst", "before/", "after/"] {
        copydesk().args(["clean", "-q"]).arg(at("dumps")).arg("-o").arg(at(out)).assert().success();
    }
    let own = std::path::Path::new(assert_cmd::cargo::cargo_bin!("copydesk")).parent().unwrap().to_owned();
    let path = std::env::join_paths(std::iter::once(own).chain(std::env::split_paths(env!("PATH")))).unwrap();
    let commands: Vec<_> =
        code(OPERATIONS, "sh").into_iter().filter(|line| line.starts_with("copydesk")).collect();
    assert!(commands.len() >= 8, "{commands:?}");
    for command in commands {
        let run = std::process::Command::new("sh")
            .args(["-c", &command])
            .env("PATH", &path)
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert!(run.status.success(), "{command}: {}", String::from_utf8_lossy(&run.stderr));
    }
    for made in [
        "out/manifest.json",
        "out/articles-00001.jsonl.zst",
        "articles.parquet",
        "table/articles-00001.parquet",
    ] {
        assert!(at(made).is_file(), "{made}");
    }
}
