//! From paths on the command line to a compiled rule set.

use super::key::parse_key;
use crate::base::limits::LIST_FILE_BYTES_MAX;
use crate::base::limits::RULE_FILE_BYTES_MAX;
use crate::lists::{List, Secret};
use crate::rules::{Compiler, Rules};
use crate::syntax::codes::{self, DiagnosticCode};
use crate::syntax::{Diagnostic, Diagnostics, Source, list_path, read_rules};
use std::{
    collections::BTreeMap,
    fmt, fs,
    path::{Path, PathBuf},
};

/// Folders below a given one. Deeper ones are a loop or a mistake.
const FOLDER_DEPTH_MAX: usize = 32;
/// Files of one load.
const FILES_MAX: usize = 20_000;

/// Rule files could not be read or compiled.
#[derive(Debug)]
pub struct LoadError(pub Diagnostics);

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.render(false).trim_end())
    }
}

impl std::error::Error for LoadError {}

/// Where rules are read from, and the keys of the lists beside them.
#[derive(Clone, Debug, Default)]
pub struct RuleSources {
    /// Files, or folders that are searched for `*.toml`.
    pub paths: Vec<PathBuf>,
    /// Key files of stored lists.
    pub keys: Vec<PathBuf>,
}

impl From<&[PathBuf]> for RuleSources {
    fn from(paths: &[PathBuf]) -> Self {
        Self { paths: paths.to_vec(), keys: Vec::new() }
    }
}

impl From<&Vec<PathBuf>> for RuleSources {
    fn from(paths: &Vec<PathBuf>) -> Self {
        paths.as_slice().into()
    }
}

impl From<&Self> for RuleSources {
    fn from(sources: &Self) -> Self {
        sources.clone()
    }
}

/// The built-in rules, labels and packs together with those of `sources` and the lists that they name.
/// What has the id of a built-in one replaces it. The second part holds warnings.
///
/// # Errors
/// Everything that is wrong with any of the files: unreadable, not UTF-8, not a valid rule file.
pub fn rules(sources: impl Into<RuleSources>) -> Result<(Rules, Diagnostics), LoadError> {
    Files::read(sources)?.compiler().build().map_err(LoadError)
}

/// Files by what they hold.
#[derive(Clone, Debug, Default)]
pub struct Files {
    /// Rule files.
    pub rules: Vec<Source>,
    /// Label files.
    pub labels: Vec<Source>,
    /// Packs.
    pub packs: Vec<Source>,
    /// Stored lists, by path.
    pub lists: BTreeMap<String, List>,
}

impl Files {
    /// Reads files and folders, folders in the order of names.
    ///
    /// # Errors
    /// Every path that cannot be read (`R090`), is not UTF-8 (`R091`) or too large (`R002`), folders without a rule file (`R092`), and
    /// lists and keys that cannot be used (`R110`).
    pub fn read(sources: impl Into<RuleSources>) -> Result<Self, LoadError> {
        let sources = sources.into();
        let mut reader = Reader::default();
        for path in &sources.paths {
            if path.is_dir() {
                let before = reader.count + reader.problems.len();
                reader.folder(path, FOLDER_DEPTH_MAX);
                if reader.count + reader.problems.len() == before {
                    reader.problem(
                        &codes::NO_RULE_FILES,
                        path,
                        "there is no `.toml` file in the folder",
                    );
                }
            } else {
                reader.file(path);
            }
        }
        let secrets = reader.secrets(&sources.keys);
        reader.lists(&secrets);
        if reader.problems.is_empty() {
            Ok(reader.files)
        } else {
            Err(LoadError(Diagnostics(reader.problems)))
        }
    }

    /// A compiler with the built-in rules and these files.
    pub fn compiler(&self) -> Compiler {
        let mut compiler = Compiler::with_builtin();
        for source in &self.labels {
            compiler.add_labels(source.clone());
        }
        for source in &self.rules {
            compiler.add_rules(source.clone());
        }
        for source in &self.packs {
            compiler.add_pack(source.clone());
        }
        for (path, list) in &self.lists {
            compiler.add_list(path.as_str(), list.clone());
        }
        compiler
    }
}

#[derive(Default)]
struct Reader {
    files: Files,
    count: usize,
    problems: Vec<Diagnostic>,
}

impl Reader {
    fn problem(&mut self, code: &DiagnosticCode, path: &Path, title: impl Into<String>) {
        let source = Source::new(path.to_string_lossy(), "");
        self.problems.push(Diagnostic::new(code, &source, title).help(code.fix));
    }

    fn folder(&mut self, folder: &Path, depth: usize) {
        if depth == 0 {
            self.problem(&codes::UNREADABLE, folder, "the folders are nested too deeply");
            return;
        }
        let entries: Result<Vec<_>, _> = fs::read_dir(folder).and_then(Iterator::collect);
        let mut entries = match entries {
            Ok(entries) => entries,
            Err(error) => return self.problem(&codes::UNREADABLE, folder, reason(&error)),
        };
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let path = entry.path();
            let name = entry.file_name();
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if name.as_encoded_bytes().starts_with(b".") {
                continue;
            }
            // `models` holds weights and their cards, which are no rule files.
            if is_folder && name != "models" {
                self.folder(&path, depth - 1);
            } else if !is_folder && path.extension().is_some_and(|extension| extension == "toml") {
                self.file(&path);
            }
        }
    }

    fn file(&mut self, path: &Path) {
        self.count += 1;
        if self.count > FILES_MAX {
            if self.count == FILES_MAX + 1 {
                let title = format!("more than {FILES_MAX} files");
                self.problem(&codes::UNREADABLE, path, title);
            }
            return;
        }
        // A pipe or device may never end.
        match fs::metadata(path) {
            Ok(data) if !data.is_file() => {
                return self.problem(&codes::UNREADABLE, path, "not a file or folder");
            }
            Ok(data) if data.len() > RULE_FILE_BYTES_MAX as u64 => {
                let title = format!(
                    "the file has {} bytes, the limit is {RULE_FILE_BYTES_MAX}",
                    data.len()
                );
                return self.problem(&codes::FILE_TOO_LARGE, path, title);
            }
            Ok(_) => {}
            Err(error) => return self.problem(&codes::UNREADABLE, path, reason(&error)),
        }
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) => return self.problem(&codes::UNREADABLE, path, reason(&error)),
        };
        match String::from_utf8(bytes) {
            Ok(text) => self.sort_in(path, text),
            Err(error) => {
                let at = error.utf8_error().valid_up_to();
                self.problem(&codes::NOT_UTF8, path, format!("not UTF-8 at byte {at}"));
            }
        }
    }

    /// The keys of lists.
    fn secrets(&mut self, paths: &[PathBuf]) -> Vec<Secret> {
        let mut secrets = Vec::new();
        for path in paths {
            match fs::read(path) {
                Ok(bytes) => match parse_key(&bytes) {
                    Some(key) => secrets.push(Secret(key)),
                    None => self.problem(
                        &codes::LIST_UNUSABLE,
                        path,
                        "a key has 32 bytes, or 64 hexadecimal digits",
                    ),
                },
                Err(error) => self.problem(&codes::UNREADABLE, path, reason(&error)),
            }
        }
        secrets
    }

    /// The lists that the rule files name.
    fn lists(&mut self, secrets: &[Secret]) {
        for source in &self.files.rules {
            let (Some(file), _) = read_rules(source) else { continue };
            for rule in &file.rules {
                let Some(name) = rule.list_file() else { continue };
                // A path that leads elsewhere is not read; the compiler reports it.
                let Some(path) = list_path(source, name.get_ref()) else { continue };
                if self.files.lists.contains_key(&path) {
                    continue;
                }
                match read_list(Path::new(&path), secrets) {
                    Ok(list) => _ = self.files.lists.insert(path, list),
                    Err(title) => self.problems.push(
                        Diagnostic::new(&codes::LIST_UNUSABLE, source, title)
                            .at(name.span(), "this list")
                            .help(codes::LIST_UNUSABLE.fix),
                    ),
                }
            }
        }
    }

    fn sort_in(&mut self, path: &Path, text: String) {
        let kind = kind(path, &text);
        let source = Source::new(path.to_string_lossy(), text);
        match kind {
            Kind::Rules => self.files.rules.push(source),
            Kind::Labels => self.files.labels.push(source),
            Kind::Pack => self.files.packs.push(source),
        }
    }
}

fn read_list(path: &Path, secrets: &[Secret]) -> Result<List, String> {
    let data = fs::metadata(path).map_err(|error| reason(&error))?;
    if !data.is_file() || data.len() > LIST_FILE_BYTES_MAX as u64 {
        return Err(format!("not a file of at most {LIST_FILE_BYTES_MAX} bytes"));
    }
    let bytes = fs::read(path).map_err(|error| reason(&error))?;
    List::read(&bytes, secrets).map_err(|fault| fault.to_string())
}

/// The system's words without the path, which the diagnostic shows anyway.
pub(super) fn reason(error: &std::io::Error) -> String {
    let text = error.to_string().to_lowercase();
    text.split(" (os error").next().unwrap_or_default().to_owned()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Rules,
    Labels,
    Pack,
}

/// What a file holds: by its content if that is clear, by its place otherwise.
fn kind(path: &Path, text: &str) -> Kind {
    let (document, _) = toml::de::DeTable::parse_recoverable(text);
    let has = |key: &str| document.get_ref().contains_key(key);
    if has("family") || has("rule") {
        return Kind::Rules;
    }
    if has("label") {
        return Kind::Labels;
    }
    if has("include") || has("on") {
        return Kind::Pack;
    }
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    let folder = path.parent().and_then(Path::file_name);
    if name.starts_with("labels") {
        Kind::Labels
    } else if folder.is_some_and(|folder| folder == "packs") {
        Kind::Pack
    } else {
        Kind::Rules
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_told_apart() {
        for (path, text, expect) in [
            ("a.toml", "family = 'a.b'", Kind::Rules),
            ("labels.toml", "family = 'a.b'", Kind::Rules),
            ("a.toml", "[[label]]\nid = 'x'", Kind::Labels),
            ("a.toml", "id = 'x'\ninclude = []", Kind::Pack),
            ("labels-eu.toml", "", Kind::Labels),
            ("packs/x.toml", "id = ", Kind::Pack),
            ("x.toml", "= = =", Kind::Rules),
        ] {
            assert_eq!(kind(Path::new(path), text), expect, "{path} {text}");
        }
    }

    fn codes_of(paths: &[PathBuf]) -> Vec<&'static str> {
        match Files::read(paths) {
            Ok(_) => Vec::new(),
            Err(LoadError(found)) => found.0.iter().map(|diagnostic| diagnostic.code).collect(),
        }
    }

    #[test]
    fn every_bad_path_is_reported() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        assert_eq!(codes_of(&[folder.path().to_owned()]), ["R092"]);
        fs::create_dir_all(path("deep/packs")).expect("created");
        fs::create_dir_all(path("models/x")).expect("created");
        fs::write(path("models/x/model.toml"), b"\xff").expect("written");
        fs::write(path(".hidden.toml"), b"\xff").expect("written");
        fs::write(path("a.toml"), "family = 'a.b'").expect("written");
        fs::write(path("deep/packs/p.toml"), "").expect("written");
        fs::write(path("deep/note.txt"), b"\xff").expect("written");
        let files = Files::read(&vec![folder.path().to_owned()]).expect("all is fine");
        assert_eq!((files.rules.len(), files.labels.len(), files.packs.len()), (1, 0, 1));

        fs::write(path("b.toml"), b"family = '\xff'").expect("written");
        fs::write(path("c.toml"), vec![b'#'; RULE_FILE_BYTES_MAX + 1]).expect("written");
        assert_eq!(
            codes_of(&[folder.path().to_owned(), path("none.toml")]),
            ["R091", "R002", "R090"]
        );
    }
}
