//! Rules about single files: length, unsafe code, notes to self, names of machines.

use crate::rust::{Views, views, words};
use crate::tree::{File, rust_files, text_files};
use crate::{Complaint, expect_none};

/// A file that is longer holds more than one idea.
const LINES_MAX: usize = 800;

/// Where unsafe code may stand; a name that ends in `/` is a folder.
const UNSAFE_FILES: [&str; 5] = [
    "src/matcher/hyperscan.rs",
    "src/matcher/classes/",
    "src/text/views/signals/",
    "src/cli/counting_alloc.rs",
    "src/server/heap.rs",
];

/// Lines between a `SAFETY:` comment and the `unsafe` it speaks for, attributes and a `let` included.
const SAFETY_LINES_MAX: usize = 6;

fn check_length(file: &File) -> Option<Complaint> {
    let lines = file.text.lines().count();
    (lines > LINES_MAX).then(|| format!("{}: {lines} lines, limit {LINES_MAX}", file.path))
}

fn check_unsafe(file: &File) -> Vec<Complaint> {
    let Views { code, comments } = views(&file.text);
    let allowed = UNSAFE_FILES
        .iter()
        .any(|name| file.path == *name || (name.ends_with('/') && file.path.starts_with(name)));
    let comments: Vec<_> = comments.lines().collect();
    let mut complaints = Vec::new();
    for at in words(&code, "unsafe") {
        let place = file.place(at);
        if !allowed {
            complaints.push(format!("{place}: unsafe code outside its files"));
        }
        let line = code[..at].matches('\n').count();
        let near = &comments[line.saturating_sub(SAFETY_LINES_MAX)..=line];
        // `unsafe fn` in an interface says what callers owe in its documentation, as rustdoc has it.
        let said = near.iter().any(|text| text.contains("SAFETY:") || text.contains("# Safety"));
        let declares = code[at..].starts_with("unsafe extern") || is_type(&code[at..]);
        if !said && !declares {
            complaints.push(format!("{place}: unsafe code without a SAFETY comment"));
        }
    }
    complaints
}

/// `unsafe fn(…)` as a type has no name after `fn`: nothing is done there.
fn is_type(code: &str) -> bool {
    let rest = code.strip_prefix("unsafe").unwrap_or(code).trim_start();
    rest.strip_prefix("fn").is_some_and(|rest| rest.trim_start().starts_with('('))
}

/// Marks of unfinished work. Written in two halves so that this file does not complain about itself.
const NOTES: [&str; 3] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];

fn check_notes(file: &File) -> Vec<Complaint> {
    let rust = file.path.ends_with(".rs");
    let text = if rust { views(&file.text).comments } else { file.text.clone() };
    let mut complaints = Vec::new();
    for note in NOTES {
        for at in words(&text, note) {
            // Outside of Rust the words are data too (a placeholder in an example): a colon makes a note.
            let after = &text[at + note.len()..];
            let marks = if rust { [":", "(", " ", "\n"].as_slice() } else { &[":", "("] };
            if marks.iter().any(|mark| after.starts_with(mark)) {
                complaints.push(format!("{}: a note to self: {note}", file.place(at)));
            }
        }
    }
    complaints
}

fn check_ignored(file: &File) -> Vec<Complaint> {
    let code = views(&file.text).code;
    let hits = code.match_indices("#[ignore");
    hits.map(|(at, _)| format!("{}: an ignored test proves nothing", file.place(at))).collect()
}

/// Folders of one machine, and hosts of package registries: neither means anything elsewhere.
const MACHINE: [&str; 10] = [
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
    concat!("/tm", "p/"),
    concat!("static.crates", ".io"),
    concat!("index.crates", ".io"),
    concat!("pypi", ".org"),
    concat!("pythonhosted", ".org"),
    concat!("registry.npmjs", ".org"),
    concat!("deb.debian", ".org"),
    concat!("proxy.golang", ".org"),
];

/// Examples in rules and test data hold whatever traffic holds.
const DATA: [&str; 4] = ["patterns/", "classifiers/", "tests/", "benches/texts/"];

fn check_machine(file: &File) -> Vec<Complaint> {
    let data = DATA.iter().any(|folder| file.path.starts_with(folder));
    if file.path.ends_with(".lock") || data {
        return Vec::new();
    }
    let hits = MACHINE.iter().flat_map(|name| file.text.match_indices(name));
    hits.map(|(at, name)| format!("{}: names a machine: {name}", file.place(at))).collect()
}

#[test]
fn files_are_short() {
    let complaints: Vec<_> = rust_files("src").iter().filter_map(check_length).collect();
    expect_none(&complaints, "Split it by idea.");
}

#[test]
fn unsafe_code_stays_in_its_files_and_says_why() {
    let complaints: Vec<_> = rust_files("src").iter().flat_map(check_unsafe).collect();
    expect_none(&complaints, "See docs/STYLE.md, Unsafe.");
}

#[test]
fn nothing_is_left_for_later() {
    let files = text_files();
    let rust = files.iter().filter(|file| file.path.ends_with(".rs")).flat_map(check_ignored);
    let complaints: Vec<_> = files.iter().flat_map(check_notes).chain(rust).collect();
    expect_none(&complaints, "Do it now, or open an issue.");
}

#[test]
fn no_file_names_a_machine() {
    let complaints: Vec<_> = text_files().iter().flat_map(check_machine).collect();
    expect_none(&complaints, "Use a path relative to the root, or tempfile.");
}

fn file(path: &str, text: &str) -> File {
    File { path: path.to_owned(), text: text.to_owned() }
}

#[test]
fn planted_unsafe_code_is_caught() {
    #[track_caller]
    fn check(path: &str, text: &str, expect: usize) {
        assert_eq!(check_unsafe(&file(path, text)).len(), expect, "{path}: {text}");
    }
    let bare = "fn f() { unsafe { g() } }";
    let said = "// SAFETY: g has no preconditions.\nfn f() { unsafe { g() } }";
    check("src/scan/mod.rs", said, 1);
    check("src/scan/mod.rs", bare, 2);
    check("src/matcher/hyperscan.rs", bare, 1);
    check("src/matcher/hyperscan.rs", said, 0);
    check("src/matcher/classes/avx2.rs", said, 0);
    check("src/matcher/hyperscan.rs", "type F = unsafe fn(u32);", 0);
    check("src/scan/mod.rs", "// unsafe\nconst X: &str = \"unsafe\";", 0);
}

#[test]
fn planted_notes_are_caught() {
    let note = NOTES[0];
    assert_eq!(check_notes(&file("src/a.rs", &format!("// {note} later"))).len(), 1);
    assert_eq!(check_notes(&file("src/a.rs", &format!("let x = \"{note} later\";"))).len(), 0);
    assert_eq!(check_notes(&file("a.toml", &format!("text = \"{note}\""))).len(), 0);
    assert_eq!(check_notes(&file("a.md", &format!("{note}: write"))).len(), 1);
    assert_eq!(check_ignored(&file("src/a.rs", "#[ignore = \"slow\"]\nfn f() {}")).len(), 1);
    assert_eq!(check_machine(&file("a.md", MACHINE[0])).len(), 1);
    assert!(check_length(&file("src/a.rs", &"\n".repeat(LINES_MAX + 1))).is_some());
}
