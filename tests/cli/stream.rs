//! `lockgate stream` writes what `lockgate scan --redact` writes, and as soon as it may.

use crate::run::{Folder, command, pipe};
use std::io::{Read, Write};
use std::process::Stdio;

#[test]
fn the_same_bytes_as_a_redacted_file() {
    let folder = Folder::new();
    let mail = ["jane.doe@", "example.com"].concat();
    let card = ["4111 1111 ", "1111 1111"].concat();
    let text = format!("é {mail}, card {card} {mail}\r\n").repeat(900);
    folder.file("a.txt", &text);
    let styles: [&[&str]; 4] = [
        &[],
        &["--style", "numbered"],
        &["--style", "mask", "--keep-last", "4"],
        &["--pack", "pci"],
    ];
    for style in styles {
        let whole =
            [&["scan", "--redact", "a.txt", "--quiet", "--classify", "never"], style].concat();
        let stream = [&["stream"], style].concat();
        let expect = folder.run(&whole).exits(0).stdout();
        assert!(pipe(&stream, &text).exits(0).stdout() == expect, "{style:?}");
        assert!(expect != text);
    }
}

#[test]
fn text_leaves_before_the_input_ends() {
    let folder = Folder::new();
    let mut child = command(folder.path(), &["stream"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut stdin, mut stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let mut said = |bytes: &[u8], expect: &str| {
        stdin.write_all(bytes).unwrap();
        let mut answer = vec![0; expect.len()];
        stdout.read_exact(&mut answer).unwrap();
        assert_eq!(String::from_utf8(answer).unwrap(), expect);
    };
    // What stands in front of an address belongs to its pattern.
    said(b"write to jane.", "write to");
    // Words behind an address may still say more of it: for so many bytes it waits.
    let behind =
        " or come by, the door is open, and there is tea for all who like tea in the afternoon ";
    said(["doe@", "example.com", behind].concat().as_bytes(), " [pii.email] or come");
    drop(stdin);
    let mut rest = String::new();
    stdout.read_to_string(&mut rest).unwrap();
    assert!(rest.ends_with("in the afternoon "), "{rest}");
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_reader_that_leaves_is_no_error() {
    let folder = Folder::new();
    let mut child = command(folder.path(), &["stream"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut stdin = child.stdin.take().unwrap();
    // Until the program has noticed and is gone.
    while stdin.write_all(&b"some clean text\n".repeat(4096)).is_ok() {}
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr), (Some(0), Vec::new()));
}

#[test]
fn what_is_wrong_is_said() {
    pipe(&["stream", "--style", "hash"], "a").exits(2).tells(&["error[cli.hash-key]"]);
    pipe(&["stream", "--pack", "nope"], "a").exits(2).tells(&["error[cli.rules.pack-unknown]"]);
    let ran = pipe(&["stream"], b"\xff\xfeh\0").exits(2);
    assert_eq!(ran.tells(&["error[payload.encoding.unsupported]"]).stdout(), "");
    let mail = ["jane.doe@", "example.com"].concat();
    pipe(&["stream", "--fail-on", "medium"], &mail).exits(1);
    pipe(&["stream", "--fail-on", "medium"], "clean").exits(0);
    let key = ["-----BEGIN RSA PRIVATE", " KEY-----\nabc"].concat();
    pipe(&["stream", "--hold-max", "8", "--overflow", "block"], &key)
        .exits(2)
        .tells(&["error[request.stream.hold]"]);
}
