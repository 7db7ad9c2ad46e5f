//! Folders and files on disk: order, what is passed over, what cannot be read.

use std::fs;
use std::path::{Path, PathBuf};

use copydesk::input::{InputOptions, check, open};

use crate::gzip;

fn write(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    write(at, "b.txt", "B");
    write(at, "a/z.html", "<p>Z");
    write(at, "a/lines.jsonl.gz", gzip(b"{\"id\":1,\"text\":\"one\"}\n{\"id\":2,\"text\":\"two\"}\n"));
    write(at, "a.htm", "<p>A");
    write(at, "c/d/e.xhtml", "<p>E");
    write(at, "c/page", "<!doctype html><p>Page");
    write(at, "c/photo.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    write(at, "c/README.md", "# Read me");
    write(at, "c/pack.cpio.gz", gzip(b"page.html\0\0\0\0cpio"));
    write(at, "empty", "");
    folder
}

fn ids(inputs: &[PathBuf]) -> Vec<String> {
    let id = |doc: Result<copydesk::document::RawDoc, copydesk::error::DocError>| doc.unwrap().id;
    open(inputs, InputOptions::default()).map(id).collect()
}

#[test]
fn folders_are_read_in_the_order_of_their_names() {
    let folder = folder();
    let root = folder.path().to_path_buf();
    let all = ["1", "2", "a/z.html", "a.htm", "b.txt", "c/d/e.xhtml", "c/page"];
    let mut documents = open(std::slice::from_ref(&root), InputOptions::default());
    let progress = documents.progress();
    let found: Vec<_> = documents.by_ref().map(|doc| doc.unwrap()).collect();
    assert_eq!(found.iter().map(|doc| doc.id.as_str()).collect::<Vec<_>>(), all);
    assert_eq!(&*found[2].source.path, root.join("a/z.html").to_str().unwrap());
    assert_eq!(progress.skipped_files(), 4);
    assert_eq!(Some(progress.bytes_read()), progress.bytes_total());

    let file = root.join("b.txt");
    assert_eq!(
        ids(&[file.clone(), root.join("c"), file.clone()]),
        [file.to_str().unwrap(), "d/e.xhtml", "page", file.to_str().unwrap()]
    );
}

#[test]
fn a_named_file_is_read_whatever_its_name() {
    let folder = folder();
    let path = folder.path().join("c/README.md");
    let doc = open(&[path], InputOptions::default()).next().unwrap().unwrap();
    assert_eq!(doc.bytes, b"# Read me");
}

#[test]
fn inputs_that_are_not_there_are_all_named() {
    let folder = folder();
    let missing = [folder.path().join("no.html"), folder.path().to_path_buf(), folder.path().join("x/y")];
    let errors = check(&missing).unwrap_err();
    let shown: Vec<_> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(errors.len(), 2, "{shown:?}");
    assert!(shown[0].contains("no.html: No such file"), "{shown:?}");
    assert!(check(&[folder.path().to_path_buf(), folder.path().join("b.txt"), "-".into()]).is_ok());
    // Without the check each is one failed document.
    let results: Vec<_> = open(&missing[..1], InputOptions::default()).collect();
    assert_eq!(results.len(), 1);
    assert!(results[0].as_ref().unwrap_err().message.contains("cannot open: No such file"));
}

#[cfg(unix)]
#[test]
fn a_link_to_nowhere_or_back_is_one_failed_document() {
    use std::os::unix::fs::symlink;
    let folder = folder();
    let root = folder.path();
    symlink(root.join("gone.html"), root.join("a/link.html")).unwrap();
    symlink(root, root.join("c/back")).unwrap();
    symlink(root.join("b.txt"), root.join("c/linked.txt")).unwrap();
    let results: Vec<_> = open(&[root.to_path_buf()], InputOptions::default()).collect();
    let errors: Vec<_> = results.iter().filter_map(|result| result.as_ref().err()).collect();
    assert_eq!(results.len() - errors.len(), 8);
    assert_eq!(errors.len(), 2, "{errors:?}");
    assert!(errors[0].message.contains("No such file"), "{}", errors[0]);
    assert_eq!(errors[0].id.as_deref(), Some("a/link.html"));
    assert!(errors[1].message.contains("leads back"), "{}", errors[1]);
}

#[test]
fn a_page_over_the_limit_fails_alone() {
    let folder = folder();
    write(folder.path(), "b.txt", "B".repeat(101));
    let options = InputOptions { limit: 100, ..InputOptions::default() };
    let results: Vec<_> = open(&[folder.path().to_path_buf()], options).collect();
    let errors: Vec<_> = results.iter().filter_map(|result| result.as_ref().err()).collect();
    assert_eq!(results.len(), 7);
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0].id.as_deref(), Some("b.txt"));
    assert!(errors[0].message.contains("larger than the limit of 100 bytes"));
}
