//! Damaged compression: what came before is delivered, one error says where it broke, what comes behind
//! a damaged member is found again.

use std::io::{self, Cursor, Read};

use copydesk::input::{InputOptions, from_reader};

use crate::{Records, expect, gzip, read, warc_page, zstd};

/// Text that does not compress to nothing.
fn noise(seed: u32, length: usize) -> String {
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(12345);
    let letter = |_| {
        state = state.wrapping_mul(1_103_515_245).wrapping_add(12345);
        char::from(b'a' + (state >> 16) as u8 % 26)
    };
    (0..length).map(letter).collect()
}

fn lines(count: u32) -> Vec<Vec<u8>> {
    let line = |n| format!("{{\"id\":{n},\"text\":\"{}\"}}\n", noise(n, 2000)).into_bytes();
    (0..count).map(line).collect()
}

fn pages(count: u32) -> Vec<Vec<u8>> {
    (0..count).map(|n| warc_page(&n.to_string(), &format!("<p>{}", noise(n, 2000)))).collect()
}

fn ids(records: &Records) -> Vec<String> {
    let id = |record: &Result<copydesk::document::RawDoc, _>| match record {
        Ok(doc) => doc.id.trim_start_matches("urn:uuid:").to_owned(),
        Err(_) => "failed".to_owned(),
    };
    records.iter().map(id).collect()
}

#[test]
fn a_truncated_file_gives_its_records_and_one_error() {
    for (name, records) in [("in.jsonl", lines(200)), ("in.warc", pages(200))] {
        let whole = records.concat();
        for packed in [gzip(&whole), zstd(&whole)] {
            for part in [2, 3, 10] {
                let read = read(name, &packed[..packed.len() / part]);
                let (last, before) = read.split_last().unwrap();
                let error = last.as_ref().unwrap_err();
                assert!(error.message.contains("the file ends inside a member at byte "), "{error}");
                assert_eq!(error.location.record, read.len() as u64);
                let offset: usize = records[..before.len()].iter().map(Vec::len).sum();
                assert_eq!(error.location.offset, offset as u64);
                // zstd gives its data out in blocks of 128 KiB, some 64 of these records.
                assert!(before.len() + 70 >= 200 / part, "{name}/{part}: only {} records", before.len());
                for (n, record) in before.iter().enumerate() {
                    assert!(record.as_ref().unwrap().id.ends_with(&n.to_string()));
                }
            }
        }
    }
}

#[test]
fn a_truncated_page_fails() {
    let page = format!("<!doctype html><p>{}", noise(1, 5000));
    for packed in [gzip(page.as_bytes()), zstd(page.as_bytes())] {
        let records = read("a.html", &packed[..packed.len() / 2]);
        assert_eq!(records.len(), 1);
        assert!(records[0].as_ref().unwrap_err().message.contains("the file ends inside a member"));
    }
    // So short that nothing of it can be told.
    for name in ["a.html", "-", "a.jsonl", "a.warc.gz"] {
        let records = read(name, &gzip(b"The ferry sailed.")[..5]);
        assert_eq!(records.len(), 1, "{name}");
        assert!(records[0].is_err());
    }
}

#[test]
fn a_damaged_member_costs_only_its_record() {
    for (name, records) in [("in.jsonl", lines(9)), ("in.warc", pages(9))] {
        for pack in [gzip, zstd] {
            let packed: Vec<_> = records.iter().map(|record| pack(record)).collect();
            let size = packed[4].len();
            for at in [0, 1, 2, size / 4, size / 2, size - 6, size - 1] {
                let mut members = packed.clone();
                for byte in members[4].iter_mut().skip(at).take(3) {
                    *byte ^= 0x55;
                }
                let read = read(name, &members.concat());
                let ids = ids(&read);
                let failed = ids.iter().filter(|id| *id == "failed").count();
                println!("{name} {at}: {ids:?} {:?}", read.iter().find_map(|record| record.as_ref().err()));
                let found: Vec<_> = ids.iter().filter(|id| *id != "failed").cloned().collect();
                assert_eq!(failed, 1, "{name} damaged at {at}: {ids:?}");
                // A line was given out before its member's checksum came; a WARC record waits for it.
                let kept = if name == "in.jsonl" && found.contains(&"4".to_owned()) {
                    "012345678"
                } else {
                    "01235678"
                };
                assert_eq!(found.concat(), kept, "{name} damaged at {at}");
            }
        }
    }
}

#[test]
fn two_damaged_members_in_a_row_are_two_errors() {
    let mut members: Vec<_> = pages(6).iter().map(|record| gzip(record)).collect();
    for n in [2, 3] {
        let middle = members[n].len() / 2;
        members[n][middle..middle + 8].fill(0xff);
    }
    assert_eq!(ids(&read("in.warc.gz", &members.concat())), ["0", "1", "failed", "failed", "4", "5"]);
}

#[test]
fn a_member_that_is_missing_its_end_costs_only_its_record() {
    let mut members: Vec<_> = pages(6).iter().map(|record| gzip(record)).collect();
    let half = members[2].len() / 2;
    members[2].truncate(half);
    assert_eq!(ids(&read("in.warc.gz", &members.concat())), ["0", "1", "failed", "3", "4", "5"]);
}

#[test]
fn rubbish_behind_the_last_member_is_one_error() {
    let file = [gzip(&lines(2).concat()), b"rubbish".to_vec()].concat();
    let records = read("in.jsonl.gz", &file);
    assert_eq!(ids(&records), ["0", "1", "failed"]);
    expect(&records[2..].to_vec(), &["3: gzip: bytes that belong to no member at byte "]);
}

#[test]
fn a_frame_that_asks_for_too_much_memory_is_refused() {
    // A frame header with a window of 2 GiB (RFC 8878, section 3.1.1.1.2).
    let frame = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 21 << 3, 0x01, 0, 0];
    let records = read("in.jsonl.zst", &frame);
    assert_eq!(records.len(), 1);
    let message = &records[0].as_ref().unwrap_err().message;
    assert!(message.contains("memory"), "{message}");
}

/// Gives so many bytes, and from then on only errors, as a broken disk does.
struct Broken(Cursor<Vec<u8>>);

impl Read for Broken {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self.0.read(out)? {
            0 => Err(io::Error::from_raw_os_error(5)),
            read => Ok(read),
        }
    }
}

#[test]
fn a_disk_that_fails_in_the_middle_is_one_error_behind_what_was_read() {
    let [lines, pages] = [lines(4).concat(), pages(4).concat()];
    let array = format!("[{}]", String::from_utf8_lossy(&lines).trim_end().replace('\n', ",\n")).into_bytes();
    let mut tar = tar::Builder::new(Vec::new());
    for name in ["0.jsonl", "1.jsonl"] {
        let mut header = tar::Header::new_ustar();
        header.set_size(lines.len() as u64);
        tar.append_data(&mut header, name, lines.as_slice()).unwrap();
    }
    for (name, file) in [
        ("in.jsonl", lines.clone()),
        ("in.json", array),
        ("in.warc", pages.clone()),
        ("in.tar", tar.into_inner().unwrap()),
        ("in.txt", b"The ferry sailed. ".repeat(200)),
        ("in.jsonl.zst", zstd(&lines)),
        ("in.warc.gz", gzip(&pages)),
    ] {
        for at in [0, 1, file.len() / 3, file.len() * 5 / 8, file.len() - 1] {
            let broken = Broken(Cursor::new(file[..at].to_vec()));
            let records: Records = from_reader(name, broken, InputOptions::default()).take(100).collect();
            let failed: Vec<_> = records.iter().filter_map(|record| record.as_ref().err()).collect();
            let [error] = failed[..] else { panic!("{name} at {at}: {records:?}") };
            let said = error.to_string();
            assert!(said.starts_with(name) && said.contains("os error 5"), "{said}");
            assert!(records.last().unwrap().is_err(), "{name} at {at}: {records:?}");
            if name.ends_with("jsonl") && at == file.len() - 1 {
                assert_eq!(records.len(), 4);
            }
        }
    }
}

#[test]
fn a_file_of_damaged_members_comes_to_an_end() {
    for (name, pack, cut) in [("in.jsonl.gz", gzip as fn(&[u8]) -> Vec<u8>, 10), ("in.jsonl.zst", zstd, 7)] {
        // Each member's damage is at another place from its end.
        let spoil = |(n, mut member): (usize, Vec<u8>)| {
            let at = member.len() - 1 - n;
            member[at] ^= 0x55;
            member
        };
        let members: Vec<_> = lines(60).iter().map(|line| pack(line)).collect();
        let records = read(name, &members.iter().cloned().enumerate().flat_map(spoil).collect::<Vec<u8>>());
        assert!(records.iter().filter(|record| record.is_err()).count() >= 60, "{name}: {:?}", ids(&records));
        assert!(records.len() <= 2 * 60, "{name}: {:?}", ids(&records));
        // Nothing but headers.
        let records = read(name, &members[0][..cut].repeat(100_000));
        assert!(records.len() <= 100_000, "{name}: {}", records.len());
        assert!(records.iter().all(Result::is_err), "{name}");
    }
}
