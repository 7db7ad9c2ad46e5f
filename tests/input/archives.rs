//! Tar and zip: members as files of a folder, broken ones, bombs.

use std::io::{Cursor, Write};

use copydesk::input::{InputOptions, from_reader};

use crate::{expect, gzip, read, read_with, zstd};

fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, *bytes).unwrap();
    }
    builder.into_inner().unwrap()
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn members() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("b/page.html", b"<p>Page".to_vec()),
        ("a.txt", b"Text".to_vec()),
        ("photo.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec()),
        ("lines.jsonl.gz", gzip(b"{\"id\":1,\"text\":\"one\"}\nno JSON\n{\"id\":2,\"text\":\"two\"}\n")),
        ("empty", Vec::new()),
        ("last.html.zst", zstd(b"<p>Last")),
    ]
}

#[test]
fn members_are_read_as_files_of_a_folder() {
    let members = members();
    let members: Vec<_> = members.iter().map(|(name, bytes)| (*name, bytes.as_slice())).collect();
    let expected =
        ["b/page.html: <p>Page", "a.txt: Text", "1: one", "2: not JSON", "2: two", "last.html.zst: <p>Last"];
    for file in [tar(&members), zip(&members)] {
        for file in [gzip(&file), zstd(&file), file] {
            // The name says nothing.
            expect(&read("pages", &file), &expected);
            let documents = from_reader("pages", Cursor::new(file), InputOptions::default());
            let progress = documents.progress();
            let places: Vec<_> = documents
                .map(|record| record.map_or_else(|error| error.location, |doc| doc.source).to_string())
                .collect();
            assert_eq!(places[0], "pages/b/page.html:1 (byte 0)");
            assert_eq!(places[3], "pages/lines.jsonl.gz:2 (byte 22)");
            assert_eq!(progress.skipped_files(), 2);
        }
    }
}

#[test]
fn long_names_are_read() {
    let name = format!("{}/page.html", "a-long-name".repeat(30));
    for file in [tar(&[(&name, b"<p>A")]), zip(&[(&name, b"<p>A")])] {
        expect(&read("in", &file), &[&format!("{name}: <p>A")]);
    }
}

#[test]
fn a_broken_head_of_tar_costs_one_error_and_one_member() {
    let mut file = tar(&[("a.txt", b"A"), ("b.txt", b"B"), ("c.txt", b"C")]);
    file[1024 + 5] ^= 1;
    expect(&read("in.tar", &file), &["a.txt: A", "2: tar: ", "c.txt: C"]);
}

#[test]
fn a_tar_cut_short_gives_what_is_whole() {
    let long = [b'x'; 5000];
    let file = tar(&[("a.txt", b"A"), ("b.txt", &long)]);
    for (end, expected) in
        [(3000, &["a.txt: A", "2: tar: "][..]), (1024, &["a.txt: A"]), (1200, &["a.txt: A", "2: tar: "])]
    {
        expect(&read("in.tar", &file[..end]), expected);
        let packed = gzip(&file);
        assert!(read("in.tar.gz", &packed[..packed.len() / 2]).iter().any(Result::is_err));
    }
}

#[test]
fn a_broken_member_of_zip_costs_itself() {
    let mut file = zip(&[("a.txt", b"A"), ("b.txt", b"BBBBBBBBBBBBBBBBBBBBBBBBBB"), ("c.txt", b"C")]);
    let at = file.windows(5).position(|window| window == b"b.txt").unwrap() + 5;
    file[at] ^= 0xff;
    expect(&read("in.zip", &file), &["a.txt: A", "2: zip: ", "c.txt: C"]);
    let whole = zip(&[("a.txt", b"A")]);
    expect(&read("in.zip", &whole[..whole.len() - 30]), &["1: zip: "]);
}

#[test]
fn what_is_too_large_fails_alone_and_is_not_held() {
    let large = vec![b'x'; 300_000];
    let options = InputOptions { limit: 100_000, ..InputOptions::default() };
    let members =
        [("a.txt", &b"A"[..]), ("large.txt", &large), ("large.bin", &[1; 200_000]), ("c.txt", b"C")];
    let expected = ["a.txt: A", "1: larger than the limit of 100000 bytes", "c.txt: C"];
    expect(&read_with("in", &zip(&members), options.clone()), &expected);
    expect(&read_with("in", &gzip(&tar(&members)), options.clone()), &expected);
    // A zip that is no plain file is held whole.
    let noise: Vec<u8> = (0..200_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let stored = zip(&[("noise.txt", &noise)]);
    let small = InputOptions { limit: 1000, ..InputOptions::default() };
    expect(
        &read_with("in.zip", &stored, small),
        &["1: larger than the limit of 1000 bytes, and no plain file"],
    );
}

#[test]
fn an_archive_in_an_archive_is_an_error() {
    let inner = tar(&[("a.txt", b"A")]);
    expect(
        &read("in", &zip(&[("inner.tar", &inner), ("b.txt", b"B")])),
        &["1: an archive inside of another one", "b.txt: B"],
    );
}

#[test]
fn members_that_share_bytes_are_refused() {
    // Two entries of the directory for one member.
    let file = zip(&[("a.txt", b"A")]);
    let directory = file.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    let end = file.windows(4).position(|window| window == b"PK\x05\x06").unwrap();
    let entry = file[directory..end].to_vec();
    let mut second = entry.clone();
    let name = second.windows(5).position(|window| window == b"a.txt").unwrap();
    second[name] = b'b';
    let mut bomb = [&file[..directory], &entry, &second, &file[end..]].concat();
    let end = end + entry.len();
    bomb[end + 8] = 2;
    bomb[end + 10] = 2;
    let size = (2 * entry.len()) as u32;
    bomb[end + 12..end + 16].copy_from_slice(&size.to_le_bytes());
    expect(&read("in.zip", &bomb), &["1: zip: members share bytes"]);
}
