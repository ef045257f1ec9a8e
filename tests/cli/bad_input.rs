//! Input that cannot be scanned is named with its code, the rest is scanned, and the exit code is 2.

use crate::run::{Folder, command, pipe};
use std::io::Read;
use std::process::Stdio;

#[test]
fn bad_lines_are_named_and_the_rest_goes_on() {
    let input = "{\"id\":\"a\",\"text\":\"one\"}\n\
                 {\"id\":\"b\",\"text\":\n\
                 [1,2]\n\
                 {\"id\":\"d\"}\n\
                 {\"id\":\"e\",\"text\":5}\n\
                 {\"id\":\"f\",\"text\":\"x\",\"text\":\"y\"}\n\
                 \n\
                 {\"id\":\"h\",\"text\":\"last\"}";
    let args = ["scan", "--input", "jsonl", "--format", "jsonl", "--text-field", "text"];
    let ran = pipe(&args, input).exits(2).tells(&[
        "error[cli.jsonl.syntax]",
        "--> -:2",
        "error[cli.jsonl.not-object]",
        "--> -:3",
        "error[cli.jsonl.text-missing]",
        "--> -:4",
        "error[cli.jsonl.text-type]",
        "--> -:5",
        "error[cli.jsonl.text-duplicate]",
        "--> -:6",
        "help: ",
    ]);
    let lines = ran.lines();
    let ids: Vec<String> = lines.iter().map(|line| line["id"].to_string()).collect();
    assert_eq!(ids, ["\"a\"", "2", "3", "4", "5", "6", "\"h\""]);
    let complete: Vec<bool> =
        lines.iter().map(|line| line["coverage"]["complete"].as_bool().unwrap()).collect();
    assert_eq!(complete, [true, false, false, false, false, false, true]);
    assert_eq!(lines[1]["coverage"]["gaps"][0]["code"], "cli.jsonl.syntax");
}

#[test]
fn missing_files_are_named() {
    let folder = Folder::new();
    folder.file("here.txt", "fine");
    let ran = folder.run(&["scan", "gone.txt", "here.txt"]).exits(2);
    ran.tells(&["error[cli.file.not-found]", "--> gone.txt", "scanned 1 document"]);
}

#[test]
fn binary_files_are_a_gap_unless_asked_for() {
    let folder = Folder::new();
    folder.file("image.bin", b"ab\0cd");
    folder.file("wide.txt", b"\xFF\xFEh\0i\0");
    let ran = folder.run(&["scan", "--format", "jsonl", "."]).exits(0).tells(&[
        "warning[payload.binary]",
        "warning[payload.encoding.unsupported]",
        "incomplete: 2 documents",
    ]);
    for line in ran.lines() {
        assert_eq!(line["coverage"]["complete"], false, "{line}");
        assert_eq!(line["coverage"]["bytes_scanned"], 0, "{line}");
    }
    folder.run(&["scan", "--binary", "."]).exits(0).tells(&["scanned 2 documents"]);
}

#[test]
fn large_input_is_a_coded_gap() {
    let folder = Folder::new();
    folder.file("large.txt", "0123456789");
    let ran = folder.run(&["scan", "--max-size", "9", "--format", "jsonl", "large.txt"]).exits(2);
    let ran = ran.tells(&["error[payload.too-large]", "10 bytes", "limit is 9"]);
    assert_eq!(ran.lines()[0]["coverage"]["gaps"][0]["end"], 10);
    folder.run(&["scan", "--max-size", "10", "large.txt"]).exits(0);

    folder.file("long.jsonl", format!("{{\"text\":\"{}\"}}\n{{\"text\":\"b\"}}\n", "a".repeat(99)));
    let ran = folder.run(&["scan", "--max-size", "50", "--format", "jsonl", "long.jsonl"]);
    let ran = ran.exits(2).tells(&["error[payload.too-large]", "long.jsonl:1"]);
    assert_eq!(ran.lines().len(), 2);
    assert_eq!(ran.lines()[1]["coverage"]["complete"], true);
}

#[test]
fn empty_input_is_done() {
    pipe(&["scan"], "").exits(0).tells(&["scanned 1 document", "found 0"]);
    let ran = pipe(&["scan", "--input", "jsonl", "--format", "jsonl"], "").exits(0);
    assert_eq!(ran.stdout(), "");
    ran.tells(&["warning[cli.input.empty]"]);
    let folder = Folder::new();
    folder.run(&["scan", "."]).exits(0).tells(&["warning[cli.input.empty]"]);
}

#[test]
fn any_bytes_are_scanned() {
    pipe(&["scan", "--binary"], b"\xFF\xC3\0\xF0\x9F").exits(0).tells(&["5 bytes"]);
    let line = b"{\"text\":\"\xFF\\ud800\\u0000\"}\n";
    pipe(&["scan", "--input", "jsonl"], line).exits(0).tells(&["scanned 1 document"]);
    let deep = format!("{{\"x\":{}{},\"text\":\"t\"}}", "[".repeat(10_000), "]".repeat(10_000));
    pipe(&["scan", "--input", "jsonl"], deep).exits(0).tells(&["scanned 1 document"]);
}

#[test]
fn usage_errors_have_a_code() {
    let check = |args: &[&str], words: &[&str]| {
        let ran = pipe(args, "text").exits(2).tells(words);
        assert_eq!(ran.stdout(), "", "{args:?}");
    };
    check(&["scan", "--bogus"], &["error[cli.usage]", "--bogus"]);
    check(&["scan", "--pack", "nope"], &["error[cli.rules.pack-unknown]", "help: "]);
    check(&["scan", "--rules", "nowhere"], &["nowhere"]);
    check(&["scan", "--redact", "--format", "json"], &["error[cli.usage]"]);
    check(&["scan", "--redact", "--style", "hash"], &["error[cli.hash-key]"]);
    check(&["scan", "--redact", "--hash-key-file", "nowhere"], &["error[cli.file.unreadable]"]);
    check(&["bench", "nowhere.jsonl"], &["error["]);
    check(&["nonsense"], &["error[cli.usage]"]);
}

#[test]
fn closed_pipe_ends_quietly() {
    let folder = Folder::new();
    folder.file("many.jsonl", "{\"text\":\"hello\"}\n".repeat(200_000));
    let args = ["scan", "--format", "jsonl", "--quiet", "many.jsonl"];
    let mut child = command(folder.path(), &args)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0; 16];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::ffi::OsStr;
    use std::fs;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::{PermissionsExt, symlink};

    #[test]
    fn broken_links_are_told() {
        let folder = Folder::new();
        symlink("nowhere", folder.path().join("link")).unwrap();
        folder.run(&["scan", "link"]).exits(2).tells(&["error[cli.file.link-broken]"]);
        folder.run(&["scan", "."]).exits(0).tells(&["warning[cli.file.link-broken]"]);
    }

    #[test]
    fn links_in_folders_are_counted_and_not_followed() {
        let folder = Folder::new();
        folder.file("real.txt", "text");
        symlink("real.txt", folder.path().join("again.txt")).unwrap();
        symlink(".", folder.path().join("loop")).unwrap();
        let words = ["scanned 1 document,", "not followed: 2 links"];
        folder.run(&["scan", "."]).exits(0).tells(&words);
        folder.run(&["scan", "again.txt"]).exits(0).tells(&["scanned 1 document,"]);
    }

    #[test]
    fn names_that_are_not_utf8_are_scanned() {
        let folder = Folder::new();
        let name = OsStr::from_bytes(b"na\xFFme.txt");
        fs::write(folder.path().join(name), "text").unwrap();
        let ran = folder.run(&["scan", "--format", "json", "."]).exits(0);
        assert_eq!(ran.json()["documents"][0]["path"], "na\u{FFFD}me.txt");
        folder.run(&[OsStr::new("scan"), name]).exits(0).tells(&["scanned 1 document"]);
    }

    #[test]
    fn unreadable_files_and_folders_are_named() {
        let folder = Folder::new();
        let file = folder.file("closed.txt", "text");
        let inner = folder.file("closed/inner.txt", "text");
        let closed = inner.parent().unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o0)).unwrap();
        fs::set_permissions(closed, fs::Permissions::from_mode(0o0)).unwrap();
        // The superuser reads everything, so there is nothing to see for one.
        let readable = fs::read(&file).is_ok();
        let ran = folder.run(&["scan", "."]);
        fs::set_permissions(closed, fs::Permissions::from_mode(0o755)).unwrap();
        if readable {
            ran.exits(0).tells(&["scanned 2 documents"]);
        } else {
            ran.exits(2).tells(&["error[cli.file.unreadable]", "closed.txt", "2 errors"]);
        }
    }

    #[test]
    fn pipes_in_folders_are_not_opened() {
        let folder = Folder::new();
        let pipe = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
        assert!(made.success());
        folder.run(&["scan", "."]).exits(0).tells(&["not followed: 1 link or special file"]);
    }
}
