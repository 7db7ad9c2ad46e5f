//! The pages that benches run on: those of the development sets wcxb and fundus where they are
//! (`../shared/data`), else made up.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use flate2::read::MultiGzDecoder;
use serde_json::Value;

pub(crate) fn pages() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let mut pages = vec![];
    for set in ["wcxb", "fundus"] {
        let Ok(file) = File::open(folder.join(format!("{set}.jsonl.gz"))) else { continue };
        for line in BufReader::new(MultiGzDecoder::new(file)).lines() {
            let record: Value = serde_json::from_str(&line.expect("UTF-8")).expect("JSON");
            pages.extend(record["html"].as_str().map(str::to_owned));
        }
    }
    if pages.is_empty() {
        pages = (0..100).map(made_up).collect();
    }
    pages
}

/// A page of some 70 kB, its bytes shared out as on news pages: much script and markup, little text.
fn made_up(number: usize) -> String {
    let mut page = format!("<!doctype html><html lang=en><head><title>Tide tables, no. {number}</title>");
    for i in 0..20 {
        page += &format!("<meta property=\"og:x{i}\" content=\"A &amp; B {i}\"><script>var a{i} = 1 < {i};");
        page += &"window.dataLayer = window.dataLayer || [];".repeat(40);
        page += "</script>";
    }
    page += "</head><body class=\"story single\"><article class=\"story__body\">";
    for i in 0..60 {
        page += &format!(
            "<p class=\"par par-{i}\" data-n=\"{i}\">The ferry left at {i}, <a href=\"/f?a={i}&amp;b=2\" "
        );
        page += "class=\"link link--inline\" title=x>late</a> as ever &ndash; and &quot;full&quot;.</p>\n";
        page += "<div class=\"share share--row\"><ul><li><a href=\"#\"><svg viewBox=\"0 0 9 9\"><path d=\"M0 0L9 9\"/>";
        page += "</svg><span>Share</span></a></li></ul></div>\n";
    }
    page + "</article></body></html>"
}
