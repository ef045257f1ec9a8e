//! Pages that name files: the files are there.

use crate::tree::{root, text_files};
use crate::{Complaint, expect_none};

/// Beginnings that make a word in backticks a path of this tree.
const ROOTS: [&str; 11] = [
    "src/",
    "tests/",
    "benches/",
    "bench-peers/",
    "docs/",
    "patterns/",
    "classifiers/",
    "scripts/",
    ".ci/",
    ".cargo/",
    ".config/",
];

/// Paths in backticks, without those that stand for many (`patterns/<domain>/…`, `src/*.rs`).
fn named_paths(page: &str) -> impl Iterator<Item = &str> {
    page.split('`').skip(1).step_by(2).filter(|word| {
        let open = word.contains(|c: char| "<>*{}… ".contains(c));
        !open && ROOTS.iter().any(|root| word.starts_with(root))
    })
}

/// Targets of `[text](target)` that lead to files beside the page.
fn linked_paths(page: &str) -> impl Iterator<Item = &str> {
    page.split("](").skip(1).filter_map(|rest| {
        let target = rest.split([')', '#']).next()?;
        (!target.is_empty() && !target.contains("://")).then_some(target)
    })
}

/// A page without its blocks of code.
fn prose(page: &str) -> String {
    page.split("```").step_by(2).collect()
}

#[test]
fn pages_name_files_that_exist() {
    let mut complaints: Vec<Complaint> = Vec::new();
    let mut count = 0;
    for page in text_files().iter().filter(|file| file.path.ends_with(".md")) {
        let text = prose(&page.text);
        let folder = root().join(&page.path).parent().expect("a file has a folder").to_owned();
        let named = named_paths(&text).map(|path| (path, root().join(path)));
        let linked = linked_paths(&text).map(|path| (path, folder.join(path)));
        for (path, place) in named.chain(linked) {
            count += 1;
            if !place.exists() {
                complaints.push(format!("{}: there is no {path}", page.path));
            }
        }
    }
    assert!(count > 20, "only {count} paths: this test does not see them");
    expect_none(&complaints, "Write the file, or correct the page.");
}

#[test]
fn paths_in_pages_are_seen() {
    let page =
        "See `src/lib.rs`, `patterns/<x>.toml` and [it](docs/A.md#b), not `a/b` or [c](https://d).";
    assert_eq!(named_paths(page).collect::<Vec<_>>(), ["src/lib.rs"]);
    assert_eq!(linked_paths(page).collect::<Vec<_>>(), ["docs/A.md"]);
    assert_eq!(prose("a```b```c"), "ac");
}
