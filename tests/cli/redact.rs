//! `--redact` writes the same bytes where there is nothing to redact, and never a copy of something that was not inspected.

use crate::run::{Folder, pipe};
use std::fs;

#[test]
fn clean_input_is_kept_byte_for_byte() {
    let folder = Folder::new();
    let texts: [&[u8]; 5] =
        [b"", b"clean", b"a\r\nb\n\n", b"\xEF\xBB\xBFbom", "é\u{2028}\x0b".as_bytes()];
    for text in texts {
        folder.file("a.txt", text);
        assert_eq!(folder.run(&["scan", "--redact", "a.txt"]).exits(0).0.stdout, text);
        assert_eq!(pipe(&["scan", "--redact"], text).exits(0).0.stdout, text);
    }
    let lines = "\u{FEFF}{ \"text\" : \"\\u00e9\\/\" ,\"n\":1.0}\r\n\n  \n{\"text\":\"\"}";
    let ran = pipe(&["scan", "--redact", "--input", "jsonl"], lines).exits(0);
    assert_eq!(ran.stdout(), lines);
}

#[test]
fn large_clean_input_is_kept() {
    let lines: String =
        (0..300_000).map(|n| format!("{{\"id\":{n},\"text\":\"é {n}\"}}\n")).collect();
    let ran = pipe(&["scan", "--redact", "--input", "jsonl", "--threads", "3"], &lines).exits(0);
    assert!(ran.stdout() == lines);
}

#[test]
fn several_files_need_a_folder() {
    let folder = Folder::new();
    folder.file("in/a.txt", "a");
    folder.file("in/deep/b.jsonl", "{\"text\":\"b\"}\n");
    folder.file("in/empty.jsonl", "");
    let ran =
        folder.run(&["scan", "--redact", "in"]).exits(2).tells(&["error[cli.output.several]"]);
    assert_eq!(ran.stdout(), "");
    for _ in 0..2 {
        folder.run(&["scan", "--redact", "--out", "in/clean", "in"]).exits(0);
    }
    let read = |name: &str| fs::read_to_string(folder.path().join("in/clean").join(name));
    assert_eq!(read("in/a.txt").unwrap(), "a");
    assert_eq!(read("in/deep/b.jsonl").unwrap(), "{\"text\":\"b\"}\n");
    assert_eq!(read("in/empty.jsonl").unwrap(), "");
    assert!(!folder.path().join("in/clean/in/clean").exists());
}

#[test]
fn what_is_read_is_not_replaced() {
    let folder = Folder::new();
    let input = folder.file("a.txt", "a");
    let ran = folder.run(&["scan", "--redact", "--out", ".", "a.txt"]).exits(2);
    ran.tells(&["error[cli.output.overwrite]"]);
    assert_eq!(fs::read_to_string(input).unwrap(), "a");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn what_was_not_inspected_is_withheld() {
    let folder = Folder::new();
    folder.file("a.bin", b"a\0b");
    assert_eq!(folder.run(&["scan", "--redact", "a.bin"]).0.stdout, b"");
    folder.run(&["scan", "--redact", "--out", "clean", "a.bin"]);
    assert!(!folder.path().join("clean/a.bin").exists());
    let lines = "{\"text\":\"a\"}\n{broken\n{\"text\":\"b\"}\n";
    let ran = pipe(&["scan", "--redact", "--input", "jsonl"], lines).exits(2);
    assert_eq!(ran.stdout(), "{\"text\":\"a\"}\n{\"text\":\"b\"}\n");
}
