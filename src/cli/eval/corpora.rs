//! From paths to the corpora behind them.

use crate::base::Fault;
use crate::base::code::{FILE_NOT_FOUND, FILE_UNREADABLE};
use crate::batch::{Origin, Root};
use std::collections::{HashMap, HashSet};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

/// Folders below a given one. Deeper ones are a loop or a mistake.
const FOLDER_DEPTH_MAX: usize = 32;
/// Endings of files that a folder is searched for.
const ENDINGS: [&str; 4] = [".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz"];

/// The corpora of a run, in order.
#[derive(Debug, Default)]
pub(in crate::cli) struct Corpora {
    pub(in crate::cli) roots: Vec<Root>,
    pub(in crate::cli) names: Vec<String>,
    numbers: HashMap<Option<PathBuf>, usize>,
    taken: HashSet<String>,
}

impl Corpora {
    /// Files as they are, folders as the JSONL files in them, by name.
    pub(in crate::cli) fn find(paths: &[PathBuf]) -> Result<Self, Fault> {
        let mut corpora = Self::default();
        for path in paths {
            if path == OsStr::new("-") {
                corpora.push(None);
            } else if path.is_dir() {
                corpora.folder(path, FOLDER_DEPTH_MAX)?;
            } else if path.exists() {
                corpora.push(Some(path.clone()));
            } else {
                return Err(Fault::new(FILE_NOT_FOUND, path.to_string_lossy()));
            }
        }
        Ok(corpora)
    }

    /// The number of the corpus that is read from here.
    pub(in crate::cli) fn number(&self, origin: &Origin) -> Option<usize> {
        self.numbers.get(&origin.path().map(Path::to_owned)).copied()
    }

    /// True if this file is one of the corpora.
    pub(in crate::cli) fn holds(&self, path: &Path) -> bool {
        let Ok(path) = path.canonicalize() else { return false };
        let corpora = self.numbers.keys().flatten();
        corpora.filter_map(|corpus| corpus.canonicalize().ok()).any(|corpus| corpus == path)
    }

    fn folder(&mut self, folder: &Path, depth: usize) -> Result<(), Fault> {
        let fault = |error: std::io::Error| {
            Fault::new(FILE_UNREADABLE, format!("{}: {error}", folder.to_string_lossy()))
        };
        let entries: Result<Vec<_>, _> = fs::read_dir(folder).map_err(fault)?.collect();
        let mut entries = entries.map_err(fault)?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let name = entry.file_name().to_string_lossy().into_owned();
            let Ok(kind) = entry.file_type() else { continue };
            if name.starts_with('.') {
                continue;
            }
            if kind.is_dir() && depth > 0 {
                self.folder(&entry.path(), depth - 1)?;
            } else if kind.is_file() && ENDINGS.iter().any(|ending| name.ends_with(ending)) {
                self.push(Some(entry.path()));
            }
        }
        Ok(())
    }

    fn push(&mut self, path: Option<PathBuf>) {
        if self.numbers.contains_key(&path) {
            return;
        }
        let mut name = path.as_deref().map_or_else(|| "stdin".to_owned(), name_of);
        if self.taken.contains(&name) {
            name = path.as_deref().map_or(name, |path| path.to_string_lossy().into_owned());
        }
        self.taken.insert(name.clone());
        self.names.push(name);
        self.numbers.insert(path.clone(), self.roots.len());
        self.roots.push(path.map_or(Root::Stdin, Root::Path));
    }
}

/// The file's name without the endings of its form.
fn name_of(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    let plain = [".jsonl", ".ndjson", ".json"].iter().find_map(|ending| name.strip_suffix(ending));
    plain.unwrap_or(name).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corpora_are_named_after_their_files() {
        for (path, expect) in [
            ("a/x.jsonl.gz", "x"),
            ("x.ndjson", "x"),
            ("x.json", "x"),
            ("x.y.jsonl", "x.y"),
            ("x", "x"),
        ] {
            assert_eq!(name_of(Path::new(path)), expect);
        }
    }

    #[test]
    fn folders_give_their_corpora_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::create_dir(path("sub")).unwrap();
        for name in ["b.jsonl", "a.jsonl.gz", "notes.md", ".hidden.jsonl", "sub/b.jsonl"] {
            fs::write(path(name), "").unwrap();
        }
        let corpora = Corpora::find(&[path("b.jsonl"), folder.path().to_owned()]).unwrap();
        let expect = ["b", "a", &path("sub/b.jsonl").to_string_lossy()].map(str::to_owned);
        assert_eq!(corpora.names, expect);
        assert_eq!(corpora.number(&Origin::File(path("a.jsonl.gz"))), Some(1));
        assert!(corpora.holds(&path("sub/../b.jsonl")) && !corpora.holds(&path("notes.md")));
        assert!(Corpora::find(&[path("none")]).is_err());
    }
}
