//! The pages that commands write, seen by a browser. Without Chromium on the machine these tests say that they were
//! skipped.

use std::fs::{self, File};
use std::io::BufReader;
use std::iter;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::tempdir;

use crate::{copydesk, page, paragraphs};

fn chromium() -> Option<PathBuf> {
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let path = std::env::var_os("PATH")?;
    let found = std::env::split_paths(&path)
        .flat_map(|folder| names.map(|name| folder.join(name)))
        .find(|p| p.is_file());
    if found.is_none() {
        eprintln!("skipped: there is no Chromium on this machine");
    }
    found
}

/// Runs the browser on a page and gives what it prints.
fn browse(browser: &Path, page: &Path, dark: bool, size: (u32, u32), action: &str) -> String {
    let profile = tempdir().unwrap();
    let out = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args([
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--hide-scrollbars",
        ])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!("--window-size={},{}", size.0, size.1))
        .arg(format!("--blink-settings=preferredColorScheme={}", u8::from(!dark)))
        .arg(action)
        .arg(format!("file://{}", page.display()))
        .output()
        .unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap()
}

/// What a page says of itself when a script asks it: the page itself has none and allows none.
fn measured(browser: &Path, page: &Path, dark: bool, size: (u32, u32)) -> Value {
    let source = fs::read_to_string(page).unwrap();
    let policy = source.lines().find(|line| line.contains("Content-Security-Policy")).unwrap();
    let script = "<script>
        const block = document.querySelector('.gone'), why = block?.querySelector('.why');
        const before = why && getComputedStyle(why).visibility;
        block?.focus();
        document.title = JSON.stringify({
            width: innerWidth, scroll: document.documentElement.scrollWidth,
            paper: getComputedStyle(document.body).backgroundColor, ink: getComputedStyle(document.body).color,
            before, after: why && getComputedStyle(why).visibility, focus: document.hasFocus(),
            struck: block && getComputedStyle(block.querySelector('del')).textDecorationLine,
        });</script>";
    let copy = page.with_extension("measured.html");
    fs::write(&copy, source.replace(policy, "") + script).unwrap();
    let seen = browse(browser, &copy, dark, size, "--dump-dom");
    let title = seen.split_once("<title>").unwrap().1.split_once("</title>").unwrap().0;
    serde_json::from_str(title).unwrap_or_else(|error| panic!("{error}: {title}"))
}

/// A screenshot's first pixel, and the share of pixels that differ from it.
fn shot(browser: &Path, page: &Path, dark: bool, size: (u32, u32)) -> ([u8; 3], f64) {
    let file = page.with_extension(if dark { "dark.png" } else { "light.png" });
    browse(browser, page, dark, size, &format!("--screenshot={}", file.display()));
    let mut decoder = png::Decoder::new(BufReader::new(File::open(&file).unwrap()));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    let samples = info.color_type.samples();
    let pixels: Vec<&[u8]> = pixels[..info.buffer_size()].chunks(samples).collect();
    let inked = pixels.iter().filter(|pixel| **pixel != pixels[0]).count();
    ([pixels[0][0], pixels[0][1], pixels[0][2]], inked as f64 / pixels.len() as f64)
}

/// A page is shown, fits narrow and wide windows, and is dark where the reader wants it dark.
fn looks_well(browser: &Path, page: &Path) {
    for size in [(500, 800), (1200, 900)] {
        let seen = measured(browser, page, false, size);
        assert!(seen["scroll"].as_u64() <= seen["width"].as_u64(), "wider than the window: {seen}");
    }
    let (light, light_ink) = shot(browser, page, false, (900, 1000));
    let (dark, dark_ink) = shot(browser, page, true, (900, 1000));
    assert!(light.iter().all(|&part| part > 200), "light: {light:?}");
    assert!(dark.iter().all(|&part| part < 60), "dark: {dark:?}");
    assert!(light_ink > 0.01 && dark_ink > 0.01, "blank: {light_ink} {dark_ink}");
}

#[test]
fn an_explained_page_in_a_browser() {
    let Some(browser) = chromium() else { return };
    let folder = tempdir().unwrap();
    let (input, out) = (folder.path().join("in.html"), folder.path().join("out.html"));
    // A word that no line can hold.
    let long = page(3).replace("Ten harbours", &"Harbour".repeat(60));
    fs::write(&input, long).unwrap();
    copydesk().arg("explain").arg(&input).arg("--html").arg(&out).assert().success();
    looks_well(&browser, &out);
    // A browser without a window does not always have the focus yet when a page asks for it.
    let mut looks = iter::repeat_with(|| measured(&browser, &out, true, (800, 600))).take(20);
    let seen = looks.find(|seen| seen["focus"] == true).expect("the page had the focus");
    assert_eq!((&seen["before"], &seen["after"]), (&"hidden".into(), &"visible".into()), "{seen}");
    assert_eq!(seen["struck"], "line-through");
    assert_ne!(seen["paper"], measured(&browser, &out, false, (800, 600))["paper"]);
}

#[test]
fn an_impact_page_in_a_browser() {
    let Some(browser) = chromium() else { return };
    let folder = tempdir().unwrap();
    let sites = folder.path().join("new/sites");
    fs::create_dir_all(&sites).unwrap();
    let start: String = paragraphs(3)[2].chars().take(20).collect();
    let rule = format!("format = 1\nhosts = [\"a.example\"]\n[lines]\nrelated = ['^{start}']\n");
    fs::write(sites.join("a.toml"), rule).unwrap();
    let line = serde_json::json!({"url": "https://a.example/3", "html": page(3)}).to_string();
    let out = folder.path().join("impact.html");
    let mut impact = copydesk();
    impact.args(["rules", "impact", "-", "--new"]).arg(folder.path().join("new")).arg("--html").arg(&out);
    impact.write_stdin(line).assert().success();
    looks_well(&browser, &out);
}
