//! The files of this repository.

use std::{fs, path::Path, process::Command};

/// A text file with its path from the root, slashes forward.
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) text: String,
}

impl File {
    /// `path:line` of a byte offset, as editors and terminals like it.
    pub(crate) fn place(&self, offset: usize) -> String {
        let line = 1 + self.text[..offset].bytes().filter(|&byte| byte == b'\n').count();
        format!("{}:{line}", self.path)
    }
}

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust file of `folder`, sorted by path.
pub(crate) fn rust_files(folder: &str) -> Vec<File> {
    let mut paths = Vec::new();
    walk(folder, &mut paths);
    paths.retain(|path| path.ends_with(".rs"));
    assert!(!paths.is_empty(), "no Rust file in {folder}");
    read(paths)
}

/// Every file that is tracked or could be, if it is text. Without git, every file but built ones.
pub(crate) fn text_files() -> Vec<File> {
    let mut paths = tracked().unwrap_or_else(|| {
        let mut paths = Vec::new();
        walk("", &mut paths);
        paths
    });
    paths.sort();
    assert!(paths.iter().any(|path| path == "Cargo.toml"), "the tree has no Cargo.toml");
    read(paths)
}

fn tracked() -> Option<Vec<String>> {
    let output = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    let names = String::from_utf8(output.stdout).ok()?;
    let paths: Vec<_> = names.split_terminator('\0').map(str::to_owned).collect();
    (!paths.is_empty()).then_some(paths)
}

fn walk(folder: &str, paths: &mut Vec<String>) {
    const BUILT: [&str; 3] = [".git", ".cache", "target"];
    let Ok(entries) = fs::read_dir(root().join(folder)) else { return };
    for entry in entries {
        let entry = entry.expect("a folder of the tree can be read");
        let name = entry.file_name().into_string().expect("names in the tree are UTF-8");
        if BUILT.contains(&name.as_str()) {
            continue;
        }
        let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
        match entry.file_type().expect("a file of the tree has a type") {
            kind if kind.is_dir() => walk(&path, paths),
            kind if kind.is_file() => paths.push(path),
            _ => {}
        }
    }
    paths.sort();
}

/// Binary files and files that were deleted but are still tracked are left out.
fn read(paths: Vec<String>) -> Vec<File> {
    let load = |path: String| {
        let text = fs::read_to_string(root().join(&path)).ok()?;
        Some(File { path, text })
    };
    paths.into_iter().filter_map(load).collect()
}
