//! What the guides show is what happens: their commands print what stands below them, their rule files pass every check.
//!
//! In a block of kind `console`, `$ cat FILE` is followed by the content of a file and `$ lockgate …` by what it prints to standard output.
//! The rule file of the page is there as `acme.toml`.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const GUIDES: [&str; 5] =
    ["README.md", "docs/RULES.md", "docs/EVAL.md", "docs/TUNING.md", "docs/LISTS.md"];

/// Guides that show commands, and no rule files.
const MORE_GUIDES: [&str; 4] =
    ["docs/MEMORY.md", "docs/EXFILTRATION.md", "docs/POLICY.md", "docs/TOKENS.md"];

fn guide(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

/// The rule files of a page.
fn rule_files(page: &str) -> impl Iterator<Item = &str> {
    blocks(page, "toml").into_iter().filter(|block| block.starts_with("family"))
}

/// The blocks of code of one kind.
fn blocks<'p>(page: &'p str, kind: &str) -> Vec<&'p str> {
    let begin = format!("```{kind}\n");
    page.split(begin.as_str()).skip(1).map(|rest| rest.split("```").next().unwrap()).collect()
}

fn lockgate(folder: &Path, line: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_lockgate"))
        .args(line.split_whitespace())
        .current_dir(folder)
        .output()
        .unwrap()
}

#[test]
fn commands_print_what_the_guides_show() {
    let mut count = 0;
    for name in GUIDES.into_iter().chain(MORE_GUIDES) {
        let folder = tempfile::tempdir().unwrap();
        let page = guide(name);
        for file in rule_files(&page) {
            fs::write(folder.path().join("acme.toml"), file).unwrap();
        }
        for step in blocks(&page, "console").iter().flat_map(|block| block.split("$ ").skip(1)) {
            let (line, expect) = step.split_once('\n').unwrap();
            if let Some(file) = line.strip_prefix("cat ") {
                let path = folder.path().join(file);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, expect).unwrap();
                continue;
            }
            let line = line.strip_prefix("lockgate ").expect("a command of ours");
            let ran = lockgate(folder.path(), line);
            let told = String::from_utf8_lossy(&ran.stderr);
            assert_eq!(String::from_utf8_lossy(&ran.stdout), expect, "{name}: {line}\n{told}");
            count += 1;
        }
    }
    assert!(count >= 5, "only {count} commands: this test does not see them");
}

#[test]
fn rule_files_in_the_guides_pass_every_check() {
    for name in GUIDES {
        let page = guide(name);
        let files: Vec<_> = rule_files(&page).collect();
        assert!(!files.is_empty(), "{name} shows no rule file");
        for text in files {
            let folder = tempfile::tempdir().unwrap();
            fs::write(folder.path().join("rules.toml"), text).unwrap();
            let ran = lockgate(folder.path(), "rules check --deny-warnings rules.toml");
            let told = String::from_utf8_lossy(&ran.stdout);
            assert!(ran.status.success(), "{name}:\n{told}");
        }
    }
}
