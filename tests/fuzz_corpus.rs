//! Every file in `fuzz/corpus/TARGET` goes through what the fuzz target does with it.

#![allow(clippy::unwrap_used, missing_docs, unreachable_pub, reason = "a test")]

mod dom_support;
mod fuzz_support;

use std::fs;
use std::panic;
use std::path::Path;
use std::time::{Duration, Instant};

#[test]
fn every_file_of_the_corpus_passes() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    for (name, target) in fuzz_support::TARGETS {
        let mut count = 0;
        for entry in fs::read_dir(corpus.join(name)).unwrap() {
            let path = entry.unwrap().path();
            println!("{}", path.display()); // shown if it panics
            let started = Instant::now();
            target(&fs::read(path).unwrap());
            // The first page loads the rules.
            assert!(started.elapsed() < Duration::from_secs(20), "it took {:?}", started.elapsed());
            count += 1;
        }
        assert!(count >= 3, "{name} has {count} files");
    }
    let folders = fs::read_dir(&corpus).unwrap().count();
    assert_eq!(folders, fuzz_support::TARGETS.len(), "a folder without a target");
}

/// Without a nightly compiler: changes files of the corpus at random, for `FUZZ_SECONDS` a target (1), of
/// `FUZZ_TARGET` alone if it is set. `cargo test --test fuzz_corpus -- --ignored --nocapture`
#[test]
#[ignore = "takes as long as it is given"]
fn changed_files_of_the_corpus_pass() {
    let seconds = std::env::var("FUZZ_SECONDS").map_or(1, |seconds| seconds.parse().unwrap());
    let only = std::env::var("FUZZ_TARGET").ok();
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let mut below = |end: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        (random % end.max(1) as u64) as usize
    };
    for (name, target) in fuzz_support::TARGETS {
        if only.as_ref().is_some_and(|only| only != name) {
            continue;
        }
        let files: Vec<Vec<u8>> = fs::read_dir(corpus.join(name))
            .unwrap()
            .map(|file| fs::read(file.unwrap().path()).unwrap())
            .collect();
        let started = Instant::now();
        let mut runs = 0;
        while started.elapsed() < Duration::from_secs(seconds) {
            let mut bytes = files[below(files.len())].clone();
            for _ in 0..=below(6) {
                let at = below(bytes.len() + 1);
                let end = at + below((bytes.len() + 1 - at).min(64));
                match below(5) {
                    0 if at < bytes.len() => bytes[at] ^= 1 << below(8),
                    1 if at < bytes.len() => bytes[at] = [0, 0xff, 0x7f, 0x80, b'<', b'"', b'\n'][below(7)],
                    2 => _ = bytes.drain(at..end),
                    3 => {
                        let piece = bytes[at..end].to_vec();
                        let to = below(bytes.len() + 1);
                        bytes.splice(to..to, piece);
                    }
                    _ => {
                        let other = &files[below(files.len())];
                        let from = below(other.len() + 1);
                        bytes.truncate(at);
                        bytes.extend_from_slice(&other[from..]);
                    }
                }
            }
            if panic::catch_unwind(|| target(&bytes)).is_err() {
                let kept = std::env::temp_dir().join(format!("{name}-{runs}.in"));
                fs::write(&kept, &bytes).unwrap();
                panic!("{name}: see {}", kept.display());
            }
            runs += 1;
        }
        println!("{name}: {runs} runs");
    }
}
