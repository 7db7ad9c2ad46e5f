//! The pages of the manual that show commands and their output: each is run as a reader would, and compared.
//!
//! `COPYDESK_BLESS=1 cargo test --test cli tutorial` writes what comes out now into the page.

use std::fs;
use std::path::Path;

use tempfile::tempdir;

use crate::copydesk;

/// A block of code in a page.
struct Block<'a> {
    /// What stands behind its fence.
    info: &'a str,
    text: &'a str,
}

/// The page parted at its blocks of code: the text before each, and the text after the last.
fn parts(page: &str) -> (Vec<(&str, Block<'_>)>, &str) {
    let (mut parts, mut rest) = (vec![], page);
    while let Some((before, fenced)) = rest.split_once("```") {
        let (info, fenced) = fenced.split_once('\n').unwrap();
        let (text, after) = fenced.split_once("```").unwrap();
        parts.push((before, Block { info, text }));
        rest = after;
    }
    (parts, rest)
}

/// What a command of the page says, on both outputs.
fn said(command: &str, folder: &Path) -> String {
    let words = command.strip_prefix("copydesk ").unwrap_or_else(|| panic!("{command}: not ours"));
    let run = copydesk().current_dir(folder).args(words.split(' ')).output().unwrap();
    String::from_utf8([run.stdout, run.stderr].concat()).unwrap()
}

/// The output without what moves when the model is trained again or a generic rule changes: scores and hashes.
fn steady(output: &str) -> String {
    let scores = regex::Regex::new(r"(model )\d\.\d\d|(@)[0-9a-f]{8}").unwrap();
    scores.replace_all(output, "$1$2*").into_owned()
}

#[test]
fn the_tutorial_says_what_the_commands_say() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let folder = tempdir().unwrap();
    fs::create_dir(folder.path().join("pages")).unwrap();
    for page in fs::read_dir(root.join("tutorial/pages")).unwrap() {
        let page = page.unwrap();
        fs::copy(page.path(), folder.path().join("pages").join(page.file_name())).unwrap();
    }
    let page = fs::read_to_string(root.join("tutorial.md")).unwrap();
    let (parts, end) = parts(&page);
    let (mut blessed, mut commands) = (String::new(), 0);
    for (before, Block { info, text }) in parts {
        let (language, file) = info.split_once(' ').unwrap_or((info, ""));
        let file = folder.path().join(file);
        let mut text = text.to_owned();
        match language {
            "toml" => fs::write(file, &text).unwrap(),
            "append" => fs::write(&file, fs::read_to_string(&file).unwrap() + &text).unwrap(),
            "edit" => {
                let (from, to) = text.trim().split_once(" => ").unwrap();
                let old = fs::read_to_string(&file).unwrap();
                assert!(old.contains(from), "{from}");
                fs::write(&file, old.replace(from, to)).unwrap();
            }
            "console" => {
                let (command, shown) = text.split_once('\n').unwrap();
                let command = command.strip_prefix("$ ").unwrap();
                let said = said(command, folder.path());
                if std::env::var_os("COPYDESK_BLESS").is_none() {
                    assert_eq!(steady(shown), steady(&said), "$ {command}");
                }
                text = format!("$ {command}\n{said}");
                commands += 1;
            }
            other => panic!("a block of {other}"),
        }
        blessed += &format!("{before}```{info}\n{text}```");
    }
    assert!(commands >= 8, "{commands}");
    if std::env::var_os("COPYDESK_BLESS").is_some() {
        fs::write(root.join("tutorial.md"), blessed + end).unwrap();
    }
}
