//! Whatever the bytes: no panic, no record lost, no record twice.

use copydesk::decode::decode;
use copydesk::input::InputOptions;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::{gzip, read, read_with, warc_page, zstd};

/// Pieces of every format, so that random input gets past the first check.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let known = select(vec![
        "WARC/1.0\r\n",
        "WARC-Type: response\r\n",
        "Content-Type: application/http\r\n",
        "Content-Length: 40\r\n",
        "Content-Length: 4000000000\r\n",
        "\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=gbk\r\n",
        "Transfer-Encoding: chunked\r\n",
        "Content-Encoding: br, gzip\r\n",
        "5\r\nferry\r\n0\r\n",
        "{\"text\":\"",
        "\"}",
        "\\ud800",
        "[{",
        "},",
        "\n",
        "<!doctype html>",
        "<meta charset=",
        "<meta http-equiv=content-type content=\"text/html; charset=",
        "<!--",
        "-->",
        "\u{feff}",
    ]);
    prop_oneof![
        3 => known.prop_map(|text| text.as_bytes().to_vec()),
        1 => vec(any::<u8>(), 0..40),
    ]
}

type Pack = (&'static str, fn(&[u8]) -> Vec<u8>);

/// Names of archives and the compression of each of their records.
const PACKS: &[Pack] = &[("a.warc", <[u8]>::to_vec), ("a.warc.gz", gzip), ("a.warc.zst", zstd)];

/// An id that no change of a few bytes turns into another's.
fn id(n: usize) -> String {
    n.to_string().repeat(8)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_input_panics(pieces in vec(piece(), 0..30), name in select(vec!["-", "a.html", "a.txt", "a.jsonl", "a.warc"]),
                       limit in select(vec![0_usize, 10, 1000, 1 << 20]), cut in any::<Index>()) {
        let bytes = pieces.concat();
        let mut packed = [gzip(&bytes), zstd(&bytes)];
        for packed in &mut packed {
            let at = cut.index(packed.len());
            packed[at] ^= 0x10;
        }
        for bytes in [&bytes, &packed[0], &packed[1]] {
            let options = InputOptions { limit, ..InputOptions::default() };
            for record in read_with(name, bytes, options) {
                match record {
                    Ok(doc) => {
                        prop_assert!(doc.bytes.len() <= limit);
                        prop_assert!(doc.bytes.is_empty() || !decode(&doc).encoding.is_empty());
                    }
                    Err(error) => prop_assert!(!error.message.is_empty()),
                }
            }
        }
    }

    #[test]
    fn every_line_is_one_record(lines in vec(("[ -~]{0,60}", any::<bool>()), 1..30)) {
        // A sound first line: what a file is, its beginning says.
        let mut file = "{\"id\":\"first\",\"text\":\"T\"}\n".to_owned();
        let mut good = vec!["first".to_owned()];
        let mut records = 1;
        for (n, (text, sound)) in lines.iter().enumerate() {
            if *sound {
                let text = text.replace(['\\', '"'], "");
                file += &format!("{{\"id\":\"id{n}\",\"text\":\"{text}\"}}\n");
                good.push(format!("id{n}"));
                records += 1;
            } else {
                file += &format!("{text}\n");
                records += usize::from(!text.trim().is_empty());
            }
        }
        for bytes in [file.as_bytes(), &gzip(file.as_bytes()), &zstd(file.as_bytes())] {
            let read = read("a.jsonl", bytes);
            prop_assert_eq!(read.len(), records);
            let ids: Vec<_> = read.into_iter().flatten().map(|doc| doc.id).filter(|id| !id.contains(':')).collect();
            prop_assert_eq!(&ids, &good);
        }
    }

    #[test]
    fn a_spoilt_record_costs_only_itself(count in 2..12_usize, which in any::<Index>(), spoil in vec((any::<Index>(), any::<u8>()), 1..6),
                                         pack in select(PACKS)) {
        let mut records: Vec<_> = (0..count)
            .map(|n| warc_page(&id(n), &format!("<p>{}", "The ferry sailed again. ".repeat(n * 37))))
            .map(|record| pack.1(&record))
            .collect();
        let which = which.index(count);
        for (at, byte) in &spoil {
            // The last bytes divide it from the next record, so spoiling them may spoil that one too.
            let at = at.index(records[which].len() - 4);
            records[which][at] = *byte;
        }
        let read = read(pack.0, &records.concat());
        let found: Vec<_> = read.iter().flatten().map(|doc| doc.id.trim_start_matches("urn:uuid:").to_owned()).collect();
        for n in (0..count).filter(|n| *n != which) {
            prop_assert_eq!(found.iter().filter(|found| **found == id(n)).count(), 1, "record {} of {:?}", n, found);
        }
        prop_assert!(read.len() <= count + 1, "{} records of {}", read.len(), count);
    }
}
