//! `copydesk clean`: what comes out, where it goes, and that nothing is lost.

use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::{copydesk, json_line, json_lines, page, paragraphs, values};
use serde_json::Value;
use tempfile::tempdir;

/// A dump of pages with an empty text and broken lines among them: 20 kept, 1 dropped, 2 failed.
fn dump() -> String {
    let mut lines: Vec<String> = (1..=20).map(json_line).collect();
    lines.insert(3, "{\"id\": \"cut\", \"html\": \"<p>The\n".to_owned());
    lines.insert(9, "{\"id\": \"empty\", \"text\": \"  \"}\n".to_owned());
    lines.insert(15, "no JSON at all\n".to_owned());
    lines.concat()
}

fn documents(report: &Path) -> Value {
    serde_json::from_str::<Value>(&fs::read_to_string(report).unwrap()).unwrap()["documents"].clone()
}

#[test]
fn every_record_is_accounted_for() {
    let folder = tempdir().unwrap();
    let [input, out] = ["dump.jsonl", "out/"].map(|name| folder.path().join(name));
    fs::write(&input, dump()).unwrap();
    let run = copydesk().arg("clean").arg(&input).arg("-o").arg(&out).assert().code(1);
    let said = String::from_utf8_lossy(&run.get_output().stderr).into_owned();
    assert!(said.contains("read 23 = kept 20 + dropped 1 + review 0 + failed 2"), "{said}");
    assert!(run.get_output().stdout.is_empty());

    let report = documents(&out.join("report.json"));
    assert_eq!(report, serde_json::json!({"read": 23, "kept": 20, "dropped": 1, "review": 0, "failed": 2}));
    assert_eq!(json_lines(&out.join("articles.jsonl")).len(), 20);

    let rejects = json_lines(&out.join("rejects.jsonl"));
    let told = |index: usize, field: &str| rejects[index][field].as_str().unwrap_or_default().to_owned();
    assert_eq!(rejects.len(), 3);
    assert_eq!((told(0, "verdict"), told(0, "reason")), ("failed".to_owned(), "read".to_owned()));
    assert_eq!(rejects[0]["source"]["record"], 4);
    assert_eq!((told(1, "verdict"), told(1, "id")), ("dropped".to_owned(), "empty".to_owned()));
    assert_eq!(rejects[2]["source"]["record"], 16);
    assert!(!told(2, "message").is_empty());
}

#[test]
fn too_many_failures_are_what_the_user_says() {
    let folder = tempdir().unwrap();
    let input = folder.path().join("dump.jsonl");
    fs::write(&input, dump()).unwrap();
    // 2 of 23 fail: 8.7 %.
    for (limit, code) in
        [("0", 1), ("1", 1), ("2", 0), ("8%", 1), ("9%", 0), ("x", 2), ("101%", 2), ("-1", 2)]
    {
        let limit = format!("--max-failed={limit}");
        copydesk().args(["clean", "-q", &limit]).arg(&input).assert().code(code);
    }
}

#[test]
fn the_number_of_threads_does_not_show() {
    let folder = tempdir().unwrap();
    let input = folder.path().join("dump.jsonl");
    // More documents than a batch holds.
    fs::write(&input, (0..600).map(json_line).collect::<String>() + &dump()).unwrap();
    let outputs = ["1", "2", "8"].map(|threads| {
        let out = folder.path().join(threads);
        let run = copydesk()
            .args(["clean", "-q", "--blocks", "--threads", threads])
            .arg(&input)
            .arg("-o")
            .arg(out.join(""))
            .assert();
        run.code(1);
        ["articles.jsonl", "removed.jsonl", "rejects.jsonl"].map(|name| fs::read(out.join(name)).unwrap())
    });
    assert!(outputs[0].iter().all(|file| !file.is_empty()));
    assert!(outputs[0] == outputs[1] && outputs[0] == outputs[2]);
}

#[test]
fn an_article_has_its_fields_in_order() {
    let output = copydesk().args(["clean", "-", "--blocks"]).write_stdin(json_line(7)).output().unwrap();
    let line = String::from_utf8(output.stdout).unwrap();
    let wanted = [
        "id",
        "source",
        "url",
        "title",
        "authors",
        "date",
        "date_modified",
        "site",
        "lang",
        "section",
        "tags",
        "agency",
        "description",
        "image",
        "text",
        "blocks",
        "how",
        "rules",
        "flags",
        "words",
        "review",
        "sources",
    ];
    let places: Vec<_> = wanted.iter().map(|field| line.find(&format!("\"{field}\":"))).collect();
    assert!(places.iter().all(Option::is_some), "{line}");
    assert!(places.is_sorted(), "{line}");
    let article = &values(&line)[0];
    assert_eq!(article.as_object().unwrap().len(), wanted.len());
    assert_eq!(article["id"], "post-7");
    assert_eq!(article["source"]["record"], 1);
    assert_eq!(article["authors"], serde_json::json!([]));
    for paragraph in paragraphs(7) {
        assert!(article["text"].as_str().unwrap().lines().any(|line| line == paragraph), "{line}");
    }
    let words: usize = article["words"].as_u64().unwrap().try_into().unwrap();
    assert_eq!(words, article["text"].as_str().unwrap().split_whitespace().count());
}

#[test]
fn removed_blocks_and_kept_blocks_are_all_blocks() {
    let folder = tempdir().unwrap();
    let [input, out, removed] =
        ["dump.jsonl", "out.jsonl", "gone.jsonl"].map(|name| folder.path().join(name));
    fs::write(&input, json_line(1) + &json_line(2)).unwrap();
    copydesk()
        .args(["clean", "--blocks"])
        .arg(&input)
        .arg("-o")
        .arg(&out)
        .arg("--removed")
        .arg(&removed)
        .assert()
        .success();
    let removed = json_lines(&removed);
    assert!(
        removed.iter().any(|block| block["text"].as_str().unwrap().contains("Ten harbours")),
        "{removed:?}"
    );
    for block in &removed {
        let fields: Vec<_> = block.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(fields.len(), 6, "{fields:?}");
        assert!(copydesk::label::Kind::from_name(block["kind"].as_str().unwrap()).is_some());
        assert!(!block["reason"].as_str().unwrap().is_empty());
        assert!(block["source"]["path"].as_str().unwrap().ends_with("dump.jsonl"));
    }
    for (article, explained) in json_lines(&out).iter().zip(explain(&input)) {
        let of = |block: &&Value| block["id"] == article["id"];
        for (index, block) in explained["blocks"].as_array().unwrap().iter().enumerate() {
            let gone = removed.iter().filter(of).find(|gone| gone["block"] == index);
            assert_eq!(gone.is_some(), block["kept"] == false, "{block}");
            assert!(gone.is_none_or(|gone| gone["text"] == block["text"] && gone["kind"] == block["kind"]));
        }
        let kept =
            explained["blocks"].as_array().unwrap().iter().filter(|block| block["kept"] == true).count();
        assert_eq!(article["blocks"].as_array().unwrap().len(), kept);
    }
}

fn explain(input: &Path) -> Vec<Value> {
    let output = copydesk().args(["explain", "--json"]).arg(input).output().unwrap();
    values(&String::from_utf8(output.stdout).unwrap())
}

#[test]
fn a_folder_gets_a_file_an_article_in_markdown_and_text() {
    let folder = tempdir().unwrap();
    let input = folder.path().join("pages");
    fs::create_dir(&input).unwrap();
    for number in 1..=2 {
        fs::write(input.join(format!("berth {number}.html")), page(number)).unwrap();
    }
    for (format, extension) in [("markdown", "md"), ("text", "txt")] {
        let out = folder.path().join(format).join("");
        copydesk().args(["clean", "--format", format]).arg(&input).arg("-o").arg(&out).assert().success();
        let mut names: Vec<_> = fs::read_dir(&out)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name != ".copydesk.lock")
            .collect();
        names.sort();
        assert_eq!(names.len(), 5, "{names:?}");
        let articles: Vec<_> = names.iter().filter(|name| name.ends_with(extension)).collect();
        for (article, number) in articles.iter().zip(1..) {
            assert!(article.contains(&format!("berth-{number}")), "{article}");
            let text = fs::read_to_string(out.join(article)).unwrap();
            assert!(text.contains(&paragraphs(number)[0]), "{text}");
            assert_eq!(text.starts_with("---\n"), format == "markdown", "{text}");
        }
        for name in ["rejects.jsonl", "removed.jsonl", "report.json"] {
            assert!(names.iter().any(|found| found == name), "{names:?}");
        }
    }
}

#[test]
fn compressed_output_holds_the_same() {
    let folder = tempdir().unwrap();
    let input = folder.path().join("dump.jsonl");
    fs::write(&input, dump()).unwrap();
    let [plain, gzip, zst] = ["a.jsonl", "a.jsonl.gz", "a.jsonl.zst"].map(|name| {
        let out = folder.path().join(name);
        copydesk().args(["clean", "-q", "--max-failed=2"]).arg(&input).arg("-o").arg(&out).assert().success();
        fs::read(out).unwrap()
    });
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(&gzip[..]).read_to_end(&mut unpacked).unwrap();
    assert!(gzip.len() < plain.len() && unpacked == plain);
    assert!(zst.len() < plain.len() && zstd::decode_all(&zst[..]).unwrap() == plain);
}

#[test]
fn what_cannot_run_says_why_and_leaves_nothing_behind() {
    let folder = tempdir().unwrap();
    let input = folder.path().join("in");
    fs::create_dir(&input).unwrap();
    fs::write(input.join("page.html"), page(1)).unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let page = at("in/page.html");
    for (args, said) in [
        (
            vec!["clean", &at("none.html"), &at("neither.html"), "-o", &at("out.jsonl")],
            vec!["none.html", "neither.html"],
        ),
        (vec!["clean", &page, "-o", &at("no/folder/out.jsonl")], vec!["cannot write", "no/folder/out.jsonl"]),
        (vec!["clean", &at("in"), "-o", &at("in/out.jsonl")], vec!["input folder", "in"]),
        (
            vec!["clean", &page, "-o", &at("x.jsonl"), "--removed", &at("x.jsonl")],
            vec!["x.jsonl", "two outputs"],
        ),
        (vec!["clean", &page, "--removed", "-"], vec!["standard output", "two outputs"]),
        (vec!["clean"], vec!["<INPUT>"]),
        (vec!["clean", &page, "--threads", "many"], vec!["--threads"]),
        (vec!["clean", &page, "--htmlfield", "x"], vec!["--html-field"]),
    ] {
        let run = copydesk().args(&args).assert().code(2);
        let stderr = String::from_utf8_lossy(&run.get_output().stderr).into_owned();
        assert!(said.iter().all(|part| stderr.contains(part)), "{args:?}: {stderr}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "{args:?}");
    }
}

#[test]
#[cfg(unix)]
fn a_full_disk_is_no_success() {
    if !Path::new("/dev/full").exists() {
        return; // not Linux
    }
    let run = copydesk().args(["clean", "-", "-o", "/dev/full"]).write_stdin(json_line(1)).assert().code(2);
    assert!(String::from_utf8_lossy(&run.get_output().stderr).contains("cannot write /dev/full"));
}

#[test]
fn a_reader_that_has_enough_is_no_failure() {
    let mut run = Command::new(assert_cmd::cargo::cargo_bin!("copydesk"))
        .args(["clean", "-", "-q"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(run.stdout.take());
    // The input stays open: the command must stop because of its output.
    let mut stdin = run.stdin.take().unwrap();
    for number in 0..4000 {
        if stdin.write_all(json_line(number).as_bytes()).is_err() {
            break; // it has gone
        }
    }
    let mut said = String::new();
    run.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(run.wait().unwrap().code(), Some(0), "{said}");
    assert_eq!(said, "");
    drop(stdin);
}

#[test]
fn broken_files_lose_nothing_but_themselves() {
    let folder = tempdir().unwrap();
    let input = folder.path().join("in");
    fs::create_dir(&input).unwrap();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    // Lines that do not compress away, so that the cut leaves whole ones.
    for number in 0..200 {
        let noise: String =
            (0..80).map(|index| format!("{:x} ", (number * 7919 + index * 104_729) % 65_521)).collect();
        let line = serde_json::json!({"id": format!("gz-{number}"), "text": format!("{}\n\n{noise}", paragraphs(number).join("\n\n"))});
        writeln!(gzip, "{line}").unwrap();
    }
    let whole = gzip.finish().unwrap();
    fs::write(input.join("a-cut.jsonl.gz"), &whole[..whole.len() / 2]).unwrap();
    let bytes = [page(1).as_bytes(), b"<p>Not \xff\xfe text \x80 in any \xc3 encoding</p>"].concat();
    fs::write(input.join("b-bytes.html"), bytes).unwrap();
    fs::write(input.join("c-sound.html"), page(2)).unwrap();
    let out = folder.path().join("out/");
    copydesk().arg("clean").arg(&input).arg("-o").arg(&out).assert().code(1);
    let articles = json_lines(&out.join("articles.jsonl"));
    let ids: Vec<_> = articles.iter().map(|article| article["id"].as_str().unwrap()).collect();
    assert!(ids.contains(&"gz-0") && ids.contains(&"gz-1"), "{ids:?}");
    assert!(ids.iter().any(|id| id.contains("c-sound")), "{ids:?}");
    let rejects = json_lines(&out.join("rejects.jsonl"));
    let cut = |reject: &&Value| reject["source"]["path"].as_str().unwrap().contains("a-cut");
    assert!(rejects.iter().any(|reject| cut(&reject) && reject["verdict"] == "failed"), "{rejects:?}");
    let of = |name: &str| {
        let source = |value: &&Value| value["source"]["path"].as_str().unwrap().contains(name);
        articles.iter().filter(source).count() + rejects.iter().filter(source).count()
    };
    assert_eq!(of("b-bytes"), 1);
    assert_eq!(of("c-sound"), 1);
}

#[test]
fn fields_can_be_named() {
    let line = serde_json::json!({"key": "k1", "where": "https://a.example/1", "raw": page(3)}).to_string();
    let output = copydesk()
        .args(["clean", "-", "-q", "--html-field", "raw", "--url-field", "where", "--id-field", "key"])
        .write_stdin(line)
        .output()
        .unwrap();
    let article = &values(&String::from_utf8(output.stdout).unwrap())[0];
    assert_eq!((&article["id"], &article["url"]), (&"k1".into(), &"https://a.example/1".into()));
}

#[test]
fn quiet_is_quiet_and_the_log_tells_of_failures() {
    let sound = copydesk().args(["clean", "-", "-q"]).write_stdin(json_line(1)).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&sound.stderr), "");
    let broken = copydesk().args(["clean", "-", "-q"]).write_stdin("{\"id\": 1,\n").output().unwrap();
    let said = String::from_utf8_lossy(&broken.stderr).into_owned();
    assert!(said.contains("WARN") && said.contains("-:1"), "{said}");
    let broken = copydesk()
        .args(["clean", "-", "-q", "--log-format", "json"])
        .write_stdin("{\"id\": 1,\n")
        .output()
        .unwrap();
    let said = values(&String::from_utf8_lossy(&broken.stderr));
    assert_eq!(said[0]["level"], "WARN");
}
