//! Large dumps: shards, resuming, faults, filters, duplicates.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::{TempDir, tempdir};

use crate::{copydesk, json_line, json_lines, paragraphs, values};

/// Pages with broken lines, empty texts and repeated pages among them.
fn dump(pages: usize) -> String {
    let mut lines = String::new();
    for number in 1..=pages {
        match number % 10 {
            4 => lines.push_str("no JSON at all\n"),
            7 => lines.push_str("{\"id\": \"empty\", \"text\": \"  \"}\n"),
            9 => lines.push_str(&json_line(number - 5).replace("\"post-", "\"again-")),
            _ => lines.push_str(&json_line(number)),
        }
    }
    lines
}

/// A folder with a dump in it.
fn folder(dump: &str) -> (TempDir, PathBuf) {
    let folder = tempdir().unwrap();
    let input = folder.path().join("dump.jsonl");
    fs::write(&input, dump).unwrap();
    (folder, input)
}

/// The arguments of a run in shards.
fn sharded(input: &Path, out: &Path, more: &[&str]) -> Vec<String> {
    let mut args = vec!["clean".to_owned(), "-q".into(), "--max-failed".into(), "100%".into()];
    args.extend(["--shard-size", "4kB", "--compress", "zst"].map(str::to_owned));
    if !more.contains(&"--dedup") {
        args.extend(["--dedup", "drop"].map(str::to_owned));
    }
    args.extend([input, Path::new("-o"), &out.join("")].map(|path| path.to_string_lossy().into_owned()));
    args.extend(more.iter().map(|arg| (*arg).to_owned()));
    args
}

/// All files of a folder but the report, which has times in it, and the lock.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    let files =
        entries.map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap()));
    files.filter(|(name, _)| !["report.json", ".copydesk.lock"].contains(&name.as_str())).collect()
}

fn report(out: &Path) -> Value {
    let mut report: Value = serde_json::from_slice(&fs::read(out.join("report.json")).unwrap()).unwrap();
    report["run"] = Value::Null;
    report
}

/// Checks the sum, and gives the number of documents that were read.
fn accounted(out: &Path) -> u64 {
    let report = report(out);
    let of = |what: &str| report["documents"][what].as_u64().unwrap();
    assert_eq!(of("read"), of("kept") + of("dropped") + of("review") + of("failed"), "{report}");
    of("read")
}

#[test]
fn shards_do_not_depend_on_threads_and_hold_what_one_file_holds() {
    let (folder, input) = folder(&dump(120));
    let outputs = ["1", "2", "16"].map(|threads| {
        let out = folder.path().join(threads);
        copydesk().args(sharded(&input, &out, &["--threads", threads])).assert().success();
        (files(&out), report(&out))
    });
    assert!(outputs[0] == outputs[1] && outputs[0] == outputs[2]);
    let whole = folder.path().join("whole");
    copydesk()
        .args(["clean", "-q", "--max-failed", "100%", "--dedup", "drop"])
        .arg(&input)
        .arg("-o")
        .arg(whole.join(""))
        .assert()
        .success();
    assert_eq!(report(&whole), outputs[0].1);
    for part in ["articles", "removed", "rejects"] {
        let shards: Vec<_> =
            outputs[0].0.iter().filter(|(name, _)| name.starts_with(part)).map(|(_, bytes)| bytes).collect();
        assert!(shards.len() > 5);
        let joined: Vec<u8> =
            shards.iter().flat_map(|shard| zstd::decode_all(shard.as_slice()).unwrap()).collect();
        assert!(joined == fs::read(whole.join(format!("{part}.jsonl"))).unwrap(), "{part}");
    }
}

/// Pseudo-random numbers (xorshift), the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

#[test]
#[cfg(unix)]
fn a_run_that_is_killed_at_any_moment_goes_on_to_the_same_bytes() {
    killed_and_resumed(&[]);
}

#[test]
#[cfg(unix)]
fn a_run_into_parquet_that_is_killed_at_any_moment_goes_on_to_the_same_bytes() {
    killed_and_resumed(&["--format", "parquet"]);
}

/// `COPYDESK_KILLS=200` for a thorough run.
#[cfg(unix)]
fn killed_and_resumed(more: &[&str]) {
    let kills: u32 = std::env::var("COPYDESK_KILLS").map_or(8, |kills| kills.parse().unwrap());
    let (folder, input) = folder(&dump(150));
    let unbroken = folder.path().join("unbroken");
    let begun = Instant::now();
    copydesk().args(sharded(&input, &unbroken, more)).assert().success();
    let time = u64::try_from(begun.elapsed().as_micros()).unwrap();
    let wanted = (files(&unbroken), report(&unbroken));
    assert_eq!(accounted(&unbroken), 150);

    let (mut random, mut killed, mut in_the_middle, mut round) = (Random(0x00c0_ffee), 0, 0, 0);
    while killed < kills {
        let out = folder.path().join(format!("broken-{round}"));
        round += 1;
        // At most three kills on the way to a whole output.
        for _ in 0..3 {
            let mut run = Command::new(assert_cmd::cargo::cargo_bin!("copydesk"))
                .args(sharded(&input, &out, more))
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            sleep(Duration::from_micros(random.below(time)));
            run.kill().unwrap();
            if run.wait().unwrap().code().is_none() {
                killed += 1;
                let done = fs::read(out.join("manifest.json")).ok();
                let done = done.map(|json| serde_json::from_slice::<Value>(&json).unwrap());
                in_the_middle += u32::from(done.is_some_and(|done| done["shards"] != json!([])));
            }
        }
        copydesk().args(sharded(&input, &out, more)).assert().success();
        assert!((files(&out), report(&out)) == wanted, "round {round} after {killed} kills");
        fs::remove_dir_all(&out).unwrap();
    }
    eprintln!("{killed} kills, {in_the_middle} with shards done, {round} outputs");
}

#[test]
fn a_change_is_noticed_and_said() {
    let (folder, input) = folder(&dump(30));
    let out = folder.path().join("out");
    copydesk().args(sharded(&input, &out, &[])).assert().success();
    let before = files(&out);
    let refused = |args: Vec<String>, said: &str| {
        let run = copydesk().args(args).assert().code(2);
        let told = String::from_utf8_lossy(&run.get_output().stderr).into_owned();
        assert!(told.contains(said) && told.contains("--restart"), "{told}");
        assert!(files(&out) == before);
    };
    refused(sharded(&input, &out, &["--lang", "en"]), "option languages was [], is [\"en\"]");
    refused(sharded(&input, &out, &["--no-site-rules", "--blocks"]), "option blocks was false, is true");
    refused(sharded(&input, &out, &["--format", "parquet"]), "option format was \"jsonl\", is \"parquet\"");
    let rules = folder.path().join("rules");
    fs::create_dir_all(rules.join("sites")).unwrap();
    let rule = "format = 1\nhosts = ['elsterwick-post.example']\nlines = { read-more = ['^Fishermen'] }\n";
    fs::write(rules.join("sites/post.toml"), rule).unwrap();
    refused(sharded(&input, &out, &["--rules", rules.to_str().unwrap()]), "the rules are others");
    fs::write(&input, dump(31)).unwrap();
    refused(sharded(&input, &out, &[]), "dump.jsonl has changed");
    let plain = ["clean", input.to_str().unwrap(), "-o", out.to_str().unwrap()];
    copydesk().args(plain).assert().code(2);
    copydesk().args(sharded(&input, &out, &["--restart"])).assert().success();
    assert_eq!(accounted(&out), 31);
    fs::write(&input, dump(3)).unwrap();
    copydesk().args(sharded(&input, &out, &["--restart"])).assert().success();
    assert_eq!(files(&out).len(), 3 + 1);
    fs::remove_file(out.join("rejects-00001.jsonl.zst")).unwrap();
    let run = copydesk().args(sharded(&input, &out, &[])).assert().code(2);
    assert!(String::from_utf8_lossy(&run.get_output().stderr).contains("is gone"));
}

#[test]
fn a_dry_run_tells_and_does_nothing() {
    let (folder, input) = folder(&dump(30));
    let out = folder.path().join("out");
    let told = |args: Vec<String>| {
        let run = copydesk().args(args).arg("--dry-run").assert().success();
        String::from_utf8_lossy(&run.get_output().stdout).into_owned()
    };
    let before = told(sharded(&input, &out, &[]));
    assert!(
        before.contains("files 1") && before.contains("json 1") && before.contains("shards 0"),
        "{before}"
    );
    assert!(!out.exists());
    copydesk().args(sharded(&input, &out, &[])).assert().success();
    let after = told(sharded(&input, &out, &[]));
    assert!(after.contains("documents 30: complete"), "{after}");
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_an_error_and_never_a_short_file() {
    let (_folder, input) = folder(&dump(30));
    for output in ["-o", "--removed", "--rejects", "--report"] {
        let run = copydesk().args(["clean", "-q"]).arg(&input).args([output, "/dev/full"]).assert().code(2);
        let said = String::from_utf8_lossy(&run.get_output().stderr).into_owned();
        assert!(said.contains("cannot write /dev/full: No space left"), "{said}");
    }
    let run = copydesk()
        .args(["clean", "-q", "-o", "/dev/full", "--format", "parquet"])
        .arg(&input)
        .assert()
        .code(2);
    let said = String::from_utf8_lossy(&run.get_output().stderr).into_owned();
    assert!(said.contains("cannot write /dev/full: No space left"), "{said}");
}

#[test]
#[cfg(target_os = "linux")]
fn a_run_that_ran_out_of_space_goes_on_when_there_is_some() {
    // So many shards that the manifest grows by more than a block of the limit.
    let (folder, input) = folder(&dump(150));
    let [wanted, out] = ["wanted", "out"].map(|name| folder.path().join(name));
    copydesk().args(sharded(&input, &wanted, &[])).assert().success();
    // No file may be as large as the manifest becomes. An ignored signal makes an error of it.
    let blocks = (fs::metadata(wanted.join("manifest.json")).unwrap().len() - 1) / 512;
    let run = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f \"$0\"; exec \"$@\"", &blocks.to_string()])
        .arg(assert_cmd::cargo::cargo_bin!("copydesk"))
        .args(sharded(&input, &out, &[]))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&run.stderr);
    assert_eq!(run.status.code(), Some(2), "{said}");
    assert!(said.contains("cannot write"), "{said}");
    let manifest: Value = serde_json::from_slice(&fs::read(out.join("manifest.json")).unwrap()).unwrap();
    assert!(manifest["complete"] == false && manifest["shards"] != json!([]), "{manifest}");
    copydesk().args(sharded(&input, &out, &[])).assert().success();
    assert!((files(&out), report(&out)) == (files(&wanted), report(&wanted)));
}

#[test]
fn what_cannot_be_read_is_a_failed_document_and_the_rest_goes_on() {
    let (folder, input) = folder("");
    // A break in the middle of the second of three members.
    let members = [1..10, 10..20, 20..30].map(|numbers| {
        let lines: String = numbers.map(json_line).collect();
        zstd::encode_all(lines.as_bytes(), 3).unwrap()
    });
    let mut broken = members.concat();
    let middle = members[0].len() + members[1].len() / 2;
    broken[middle..middle + 8].fill(0xff);
    fs::write(&input, broken).unwrap();
    for (dedup, last_stands_in) in [("off", &["articles"][..]), ("drop", &["articles", "rejects"])] {
        let out = folder.path().join(dedup);
        copydesk().args(sharded(&input, &out, &["--dedup", dedup])).assert().success();
        assert!(accounted(&out) >= 19);
        assert!(report(&out)["failed"]["read"].as_u64() >= Some(1), "{}", report(&out));
        // The last member was found behind the break. Its pages differ in few words, so that some are dropped.
        let told = files(&out)
            .into_iter()
            .filter(|(name, _)| last_stands_in.iter().any(|start| name.starts_with(start)));
        let told: Vec<u8> = told.flat_map(|(_, bytes)| zstd::decode_all(bytes.as_slice()).unwrap()).collect();
        let told = values(std::str::from_utf8(&told).unwrap());
        let last = told.iter().filter(|record| record["id"] == "post-29").count();
        assert_eq!(last, 1, "{dedup}: {}", report(&out));
    }
}

#[test]
#[cfg(unix)]
fn a_file_that_is_gone_when_it_is_opened_is_a_failed_document() {
    let folder = tempdir().unwrap();
    let pages = folder.path().join("pages");
    fs::create_dir(&pages).unwrap();
    for number in 1..=3 {
        fs::write(pages.join(format!("{number}.jsonl")), json_line(number)).unwrap();
    }
    // What a listing names and opening does not find.
    std::os::unix::fs::symlink("nowhere", pages.join("2a.jsonl")).unwrap();
    let out = folder.path().join("out");
    copydesk().args(["clean", "-q"]).arg(&pages).arg("-o").arg(out.join("")).assert().code(1);
    let shards = folder.path().join("shards");
    copydesk().args(sharded(&pages, &shards, &["--dedup", "off"])).assert().success();
    for out in [out, shards] {
        assert_eq!(accounted(&out), 4);
        assert_eq!(report(&out)["failed"], json!({"read": 1}));
    }
}

#[test]
#[cfg(unix)]
fn a_file_that_vanishes_during_the_run_is_a_failed_document() {
    let (folder, input) = folder(&json_line(1));
    let pipe = folder.path().join("first");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let out = folder.path().join("out");
    let mut run = Command::new(assert_cmd::cargo::cargo_bin!("copydesk"))
        .args(["clean", "-q", "-o"])
        .args([&out.join(""), &pipe, &input])
        .spawn()
        .unwrap();
    // Opening waits for the reader, which has looked at all inputs by then.
    let mut writer = fs::OpenOptions::new().write(true).open(&pipe).unwrap();
    fs::remove_file(&input).unwrap();
    writer.write_all(json_line(2).as_bytes()).unwrap();
    drop(writer);
    assert_eq!(run.wait().unwrap().code(), Some(1));
    assert_eq!(accounted(&out), 2);
    let rejects = json_lines(&out.join("rejects.jsonl"));
    let said = rejects[0]["message"].as_str().unwrap();
    assert!(said.starts_with("cannot open: No such file"), "{said}");
}

#[test]
#[cfg(unix)]
fn two_runs_do_not_share_a_folder_and_a_killed_one_keeps_nobody_out() {
    let (folder, input) = folder(&json_line(1));
    let out = folder.path().join("out");
    let mut first = Command::new(assert_cmd::cargo::cargo_bin!("copydesk"))
        .args(["clean", "-q", "-", "-o"])
        .arg(out.join(""))
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    // It waits for its input, its files open.
    while !out.join("report.json.tmp").exists() && first.try_wait().unwrap().is_none() {
        sleep(Duration::from_millis(5));
    }
    let second = || copydesk().args(["clean", "-q"]).arg(&input).arg("-o").arg(&out).assert();
    let refused = second().code(2);
    let said = String::from_utf8_lossy(&refused.get_output().stderr).into_owned();
    assert!(said.contains("another run is writing into"), "{said}");
    copydesk().args(sharded(&input, &out, &[])).assert().code(2);
    first.kill().unwrap();
    first.wait().unwrap();
    second().success();
}

#[test]
fn filters_drop_by_reason() {
    let text = |id: &str, more: Value| {
        let mut record =
            json!({"id": id, "url": format!("https://www.{id}.example/1"), "html": crate::page(3)});
        record.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        record.to_string() + "\n"
    };
    let dated = crate::page(5).replace(
        "<title>",
        "<meta property=\"article:published_time\" content=\"2026-10-06T23:30:00-05:00\"><title>",
    );
    let german = "Der Hafenvorstand hat am Dienstag beschlossen, den Liegeplatz im Winter zu schließen, weil Taucher \
        Risse in den Pfählen gefunden haben, die das nördliche Ende tragen. Die Arbeiten dauern bis April, sagte die \
        Ingenieurin, die die Pfähle seit der Flut vor zwei Jahren beobachtet.";
    let german = json!({"html": null, "text": german});
    let lines =
        [text("north", json!({})), text("south", json!({"html": dated})), text("west", german)].concat();
    let (folder, input) = folder(&lines);
    for (case, (filter, reason, kept)) in [
        (&["--host", "north.example,www.west.example"][..], "host", &["north", "west"][..]),
        (&["--not-host", "north.example"], "host", &["south", "west"]),
        (&["--lang", "en,fr"], "language", &["north", "south"]),
        (&["--min-words", "1000"], "few-words", &[]),
        (&["--since", "2026-10-06", "--until", "2026-10-06"], "date", &["south"]),
        (&["--since", "2026-10-07"], "date", &[]),
        (&["--until", "2026-10-05"], "date", &[]),
    ]
    .into_iter()
    .enumerate()
    {
        let out = folder.path().join(case.to_string());
        copydesk()
            .args(["clean", "-q"])
            .arg(&input)
            .arg("-o")
            .arg(out.join(""))
            .args(filter)
            .assert()
            .success();
        accounted(&out);
        let ids: Vec<_> =
            json_lines(&out.join("articles.jsonl")).iter().map(|line| line["id"].clone()).collect();
        assert_eq!(ids, kept, "{filter:?}");
        let mut dropped = json!({});
        dropped[reason] = (3 - kept.len()).into();
        assert_eq!(report(&out)["dropped"], dropped, "{filter:?}");
        assert!(json_lines(&out.join("rejects.jsonl")).iter().all(|reject| reject["reason"] == reason));
    }
}

#[test]
fn duplicates_are_marked_with_the_first_or_dropped() {
    let again = |id: &str, from: &str, to: &str| {
        json!({"id": id, "html": crate::page(1).replace(from, to)}).to_string() + "\n"
    };
    let lines = [
        json_line(1),
        again("exact", "<nav>", "<nav><p>Today</p>"),
        again("near", "Repairs will", "The repairs will"),
        json!({"id": "other", "text": paragraphs(9).join("\n\n").replace("berth", "quay").replace(' ', " and ")})
            .to_string(),
    ];
    let (folder, input) = folder(&lines.concat());
    let run = |dedup: &str| {
        let out = folder.path().join(dedup);
        let mut command = copydesk();
        command
            .args(["clean", "-q", "--dedup", dedup])
            .arg(&input)
            .arg("-o")
            .arg(out.join(""))
            .assert()
            .success();
        accounted(&out);
        (json_lines(&out.join("articles.jsonl")), json_lines(&out.join("rejects.jsonl")))
    };
    let of = |lines: &[Value]| -> Vec<_> { lines.iter().map(|line| line["duplicate_of"].clone()).collect() };
    let (marked, none) = run("mark");
    assert_eq!(of(&marked), [Value::Null, json!("post-1"), json!("post-1"), Value::Null]);
    assert!(none.is_empty());
    let (kept, dropped) = run("drop");
    assert_eq!((kept.len(), of(&dropped)), (2, vec![json!("post-1"), json!("post-1")]));
    assert!(dropped.iter().all(|reject| reject["verdict"] == "dropped" && reject["reason"] == "duplicate"));
    assert_eq!(of(&run("off").0), vec![Value::Null; 4]);
}

#[test]
fn what_shards_need_is_said() {
    let (folder, input) = folder(&dump(2));
    let out = folder.path().join("out/");
    for args in [
        vec!["--shard-size", "1MB"],
        vec!["--shard-size", "1MB", "-o", out.to_str().unwrap(), "--format", "text"],
        vec!["--shard-size", "0", "-o", out.to_str().unwrap()],
        vec!["--shard-size", "1XB", "-o", out.to_str().unwrap()],
        vec!["--restart", "-o", out.to_str().unwrap()],
        vec!["--compress", "gz"],
    ] {
        copydesk().arg("clean").arg(&input).args(&args).assert().code(2);
    }
    copydesk().args(["clean", "-", "--shard-size", "1MB", "-o"]).arg(&out).write_stdin("").assert().code(2);
}

#[test]
fn diff_tells_what_changed_worst_first() {
    let (folder, input) = folder(&(1..=4).map(json_line).collect::<String>());
    let [before, after] = ["before", "after"].map(|name| folder.path().join(name));
    copydesk().args(["clean", "-q"]).arg(&input).arg("-o").arg(before.join("")).assert().success();
    copydesk()
        .args(["clean", "-q", "--shard-size", "3kB", "--compress", "gz"])
        .arg(&input)
        .arg("-o")
        .arg(after.join(""))
        .assert()
        .success();
    let diff = |before: &Path, after: &Path, code: i32| -> Value {
        let run = copydesk().args(["diff", "--json"]).arg(before).arg(after).assert().code(code);
        serde_json::from_slice(&run.get_output().stdout).unwrap()
    };
    assert_eq!(diff(&before, &after, 0)["same"], 4);

    // With a second file in which the same ids stand at the same records; as lines and as a table.
    let second = folder.path().join("second.jsonl");
    fs::write(&second, (1..=3).map(json_line).collect::<String>()).unwrap();
    let [lines, table] = ["lines.jsonl", "table/"].map(|name| folder.path().join(name));
    for (out, format) in [(&lines, "jsonl"), (&table, "parquet")] {
        let mut clean = copydesk();
        clean
            .args(["clean", "-q", "--blocks", "--format", format])
            .args([&input, &second])
            .arg("-o")
            .arg(out);
        clean.assert().success();
    }
    assert_eq!(diff(&lines, &table, 0)["same"], 7);
    let unique = folder.path().join("unique.jsonl");
    fs::write(
        &unique,
        fs::read_to_string(&lines)
            .unwrap()
            .lines()
            .skip(4)
            .fold(String::new(), |all, line| all + line + "\n"),
    )
    .unwrap();
    let found = diff(&table, &unique, 1);
    assert_eq!((&found["same"], &found["only_before"]), (&json!(3), &json!(4)), "{found}");

    // One is gone, one has lost a word and a field, one is new.
    let mut lines = json_lines(&before.join("articles.jsonl"));
    lines.remove(0);
    lines[1]["text"] = lines[1]["text"].as_str().unwrap().replace("Tuesday ", "").into();
    lines[1]["title"] = Value::Null;
    lines.push(json!({"id": "new", "source": {"path": "dump.jsonl", "record": 9}, "text": "A quay"}));
    let changed = folder.path().join("changed.jsonl");
    fs::write(&changed, lines.iter().map(|line| line.to_string() + "\n").collect::<String>()).unwrap();
    let found = diff(&after, &changed, 1);
    for (what, count) in
        [("before", 4), ("after", 4), ("same", 2), ("changed", 1), ("only_before", 1), ("only_after", 1)]
    {
        assert_eq!(found[what], count, "{what}: {found}");
    }
    assert_eq!(found["fields"], json!({"text": 1, "title": 1}));
    let worst = found["worst"].as_array().unwrap();
    let ids: Vec<_> = worst.iter().map(|change| change["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["post-1", "new", "post-3"]);
    assert_eq!((&worst[2]["words_lost"], &worst[2]["words_gained"]), (&json!(1), &json!(0)));
    let text = copydesk().arg("diff").arg(&after).arg(&changed).assert().code(1);
    let text = String::from_utf8_lossy(&text.get_output().stdout).into_owned();
    assert!(text.contains("same 2, changed 1, only before 1, only after 1"), "{text}");

    lines.reverse();
    fs::write(&changed, lines.iter().map(|line| line.to_string() + "\n").collect::<String>()).unwrap();
    copydesk().arg("diff").arg(&before).arg(&changed).assert().code(2);
}
