//! The layers of docs/architecture.md: a module uses only what lies to its right.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::path::{Path, PathBuf};

/// Modules from the outermost in; those of one row may use each other.
const LAYERS: &[&[&str]] = &[
    &["train", "import", "propose"],
    &["pipeline"],
    &["eval", "output", "filter", "proof"],
    &["cleaner"],
    &["labels"],
    &["reading"],
    &["metadata", "blocks"],
    &["rules"],
    &["dom"],
    &["input", "decode"],
    &["timing"],
    &["duplicates"],
    &["words"],
    &["article", "block", "document", "error", "label"],
    &["ascii", "recent"],
];

fn layer(module: &str) -> usize {
    LAYERS
        .iter()
        .position(|layer| layer.contains(&module))
        .unwrap_or_else(|| panic!("module `{module}` has no layer: name it here and in docs/architecture.md"))
}

fn sources(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|end| end == "rs") {
            out.push(path);
        }
    }
}

#[test]
fn modules_use_only_what_lies_below_them() {
    let mut files = vec![];
    sources(Path::new("src"), &mut files);
    let mut seen = 0;
    for file in files {
        let place = file.strip_prefix("src").unwrap();
        let module = place.components().next().unwrap().as_os_str().to_string_lossy().replace(".rs", "");
        if ["main", "lib", "cli"].contains(&module.as_str()) {
            continue;
        }
        let source = fs::read_to_string(&file).unwrap();
        // Documentation and tests may name anything.
        let source = source.split("#[cfg(test)]\nmod tests").next().unwrap();
        for line in source.lines().filter(|line| !line.trim_start().starts_with("//")) {
            for used in line.split("crate::").skip(1) {
                let used: String = used.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                if used == module || !used.starts_with(char::is_lowercase) {
                    continue;
                }
                seen += 1;
                assert!(
                    layer(&module) <= layer(&used),
                    "{}: `{module}` may not use `{used}`: {line}",
                    file.display()
                );
            }
        }
    }
    assert!(seen > 50, "found only {seen} uses: does this test still read the sources?");
}
