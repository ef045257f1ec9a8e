//! Which files a folder stands for.

use crate::run::Folder;

fn paths(folder: &Folder, args: &[&str]) -> Vec<String> {
    let args = [&["scan", "--format", "jsonl"], args].concat();
    let ran = folder.run(&args).exits(0);
    ran.lines().iter().map(|line| line["path"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn ignore_files_and_hidden_files_are_respected() {
    let folder = Folder::new();
    for name in ["b.txt", "a.txt", "out/x.txt", "deep/out.log", ".env", ".conf/y.txt"] {
        folder.file(name, "text");
    }
    folder.file(".gitignore", "out/\n*.log\n");
    assert_eq!(paths(&folder, &["."]), ["a.txt", "b.txt"]);
    assert_eq!(paths(&folder, &["out/x.txt", "."]), ["out/x.txt", "a.txt", "b.txt"]);
    let all = paths(&folder, &["--no-ignore", "."]);
    assert_eq!(all, ["a.txt", "b.txt", "deep/out.log", "out/x.txt"]);
    let hidden = paths(&folder, &["--hidden", "."]);
    assert_eq!(hidden, [".conf/y.txt", ".env", ".gitignore", "a.txt", "b.txt"]);
}

#[test]
fn nothing_is_scanned_twice() {
    let folder = Folder::new();
    folder.file("d/a.txt", "text");
    folder.file("d/b.txt", "text");
    assert_eq!(paths(&folder, &["d/b.txt", "d", ".", "d/../d/a.txt"]), ["d/b.txt", "d/a.txt"]);
}

#[test]
fn order_does_not_depend_on_threads() {
    let folder = Folder::new();
    for number in 0..300 {
        folder.file(&format!("{number:03}.txt"), "x".repeat(number * 7));
    }
    folder.file("900.jsonl", "{\"text\":\"hello\"}\n".repeat(1000));
    let run = |threads| {
        let args = ["scan", "--format", "jsonl", "--threads", threads, "."];
        folder.run(&args).exits(0).stdout()
    };
    let one = run("1");
    assert_eq!(one.lines().count(), 1300);
    assert_eq!(one, run("8"));
}
