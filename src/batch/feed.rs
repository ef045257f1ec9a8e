//! Roots to work: walks folders, opens files, cuts JSONL into lines.

use super::lines::{LineReader, Lines};
use super::read::{self, Unread};
use super::{Config, InputKind, Origin, Problem, Root, Severity};
use crate::base::Code;
use crate::base::code::{FILE_LINK, FILE_LINK_BROKEN, FILE_SPECIAL, FILE_UNREADABLE};
use ignore::{DirEntry, WalkBuilder};
use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs;
use std::mem;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::SyncSender;

/// Pieces of work after which a portion is handed on.
const PORTION_WORK_MAX: usize = 4096;
/// Bytes of files after which a portion is handed on.
const PORTION_BYTES: u64 = 32 << 20;

/// Something to do for a worker.
#[derive(Debug)]
pub(super) enum Work {
    /// Read and inspect a file.
    File { origin: Arc<Origin>, kind: InputKind },
    /// Inspect these lines.
    Lines { origin: Arc<Origin>, lines: Lines },
    /// Report something that cannot be inspected.
    Lost { problem: Problem, bytes: u64 },
}

/// The receiver hung up: nobody wants more.
struct Closed;

/// Produces work in portions.
pub(super) struct Feed {
    config: Config,
    portions: SyncSender<Vec<Work>>,
    portion: Vec<Work>,
    portion_bytes: u64,
    /// Files that were handed on, so that overlapping roots scan nothing twice. Kept for several roots only.
    seen: Option<HashSet<PathBuf>>,
}

impl Feed {
    pub(super) fn new(config: Config, portions: SyncSender<Vec<Work>>) -> Self {
        let seen = (config.roots.len() > 1).then(HashSet::new);
        Self { config, portions, portion: Vec::new(), portion_bytes: 0, seen }
    }

    /// Sends everything, or stops when the receiver is gone.
    pub(super) fn run(mut self) {
        for root in mem::take(&mut self.config.roots) {
            let fed = match root {
                Root::Stdin => self.file(Origin::Stdin, 0),
                Root::Path(path) => self.path(path),
            };
            if fed.is_err() {
                return;
            }
        }
        // Nobody listening at the very end is not worth a word.
        let _ = self.flush();
    }

    fn path(&mut self, path: PathBuf) -> Result<(), Closed> {
        match fs::metadata(&path) {
            Ok(metadata) if metadata.is_dir() => self.walk(&path),
            Ok(metadata) => self.file(Origin::File(path), metadata.len()),
            Err(_) if fs::symlink_metadata(&path).is_ok_and(|link| link.is_symlink()) => {
                self.lost(path, FILE_LINK_BROKEN, Severity::Error, String::new())
            }
            Err(error) => {
                let unread = Unread::io(&error);
                self.lost(path, unread.code, Severity::Error, unread.detail)
            }
        }
    }

    fn walk(&mut self, root: &Path) -> Result<(), Closed> {
        let ignore = !self.config.no_ignore;
        let exclude = self.config.exclude.clone();
        let walk = WalkBuilder::new(root)
            .standard_filters(ignore)
            .hidden(!self.config.hidden)
            .require_git(false)
            .sort_by_file_path(Path::cmp)
            .filter_entry(move |entry| !is_excluded(entry, exclude.as_deref()))
            .build();
        for entry in walk {
            match entry {
                Ok(entry) => self.entry(entry)?,
                Err(error) => {
                    let path = error_path(&error).unwrap_or(root).to_owned();
                    let detail = error.io_error().map(ToString::to_string).unwrap_or_default();
                    self.lost(path, FILE_UNREADABLE, Severity::Error, detail)?;
                }
            }
        }
        Ok(())
    }

    fn entry(&mut self, entry: DirEntry) -> Result<(), Closed> {
        let Some(kind) = entry.file_type() else { return Ok(()) };
        if kind.is_dir() {
            return Ok(());
        }
        let size = entry.metadata().map_or(0, |metadata| metadata.len());
        let path = entry.into_path();
        let path = path.strip_prefix(".").map(Path::to_owned).unwrap_or(path);
        if kind.is_file() {
            return self.file(Origin::File(path), size);
        }
        if !kind.is_symlink() {
            // Opening a pipe or a device that nobody asked for could wait for ever.
            return self.lost(path, FILE_SPECIAL, Severity::Note, String::new());
        }
        match fs::metadata(&path) {
            Ok(_) => self.lost(path, FILE_LINK, Severity::Note, String::new()),
            Err(_) => self.lost(path, FILE_LINK_BROKEN, Severity::Warning, String::new()),
        }
    }

    fn file(&mut self, origin: Origin, size: u64) -> Result<(), Closed> {
        if let (Some(seen), Some(path)) = (&mut self.seen, origin.path())
            && let Ok(path) = path.canonicalize()
            && !seen.insert(path)
        {
            return Ok(());
        }
        let kind = match self.config.input {
            InputKind::Auto => kind_of(&origin, self.config.gunzip),
            kind => kind,
        };
        let origin = Arc::new(origin);
        if kind == InputKind::Jsonl {
            return self.jsonl(&origin);
        }
        self.portion_bytes += size;
        self.push(Work::File { origin, kind })
    }

    fn jsonl(&mut self, origin: &Arc<Origin>) -> Result<(), Closed> {
        let opened =
            if self.config.gunzip { read::open_gunzip(origin) } else { read::open(origin) };
        let reader = match opened {
            Ok(reader) => reader,
            Err(error) => {
                let unread = Unread::io(&error);
                let problem = problem(origin, unread.code, Severity::Error, unread.detail);
                return self.push(Work::Lost { problem, bytes: 0 });
            }
        };
        let mut reader = LineReader::new(reader, self.config.document_bytes_max);
        // A file without lines is a file all the same: its redacted copy is empty, not absent.
        let nothing = Lines { bytes: Vec::new(), lines: Vec::new() };
        self.push(Work::Lines { origin: Arc::clone(origin), lines: nothing })?;
        loop {
            match reader.next() {
                Ok(Some(lines)) => {
                    self.push(Work::Lines { origin: Arc::clone(origin), lines })?;
                    self.flush()?;
                }
                Ok(None) => return Ok(()),
                Err(error) => {
                    let code = read::stream_fault(&error);
                    let mut problem = problem(origin, code, Severity::Error, error.to_string());
                    problem.line = Some(reader.number_next());
                    return self.push(Work::Lost { problem, bytes: 0 });
                }
            }
        }
    }

    fn lost(
        &mut self,
        path: PathBuf,
        code: Code,
        severity: Severity,
        detail: String,
    ) -> Result<(), Closed> {
        let bytes = fs::symlink_metadata(&path)
            .map_or(0, |metadata| if metadata.is_file() { metadata.len() } else { 0 });
        let problem = problem(&Arc::new(Origin::File(path)), code, severity, detail);
        self.push(Work::Lost { problem, bytes })
    }

    fn push(&mut self, work: Work) -> Result<(), Closed> {
        self.portion.push(work);
        if self.portion.len() < PORTION_WORK_MAX && self.portion_bytes < PORTION_BYTES {
            return Ok(());
        }
        self.flush()
    }

    fn flush(&mut self) -> Result<(), Closed> {
        self.portion_bytes = 0;
        let portion = mem::take(&mut self.portion);
        if portion.is_empty() {
            return Ok(());
        }
        self.portions.send(portion).map_err(|_| Closed)
    }
}

fn problem(origin: &Arc<Origin>, code: Code, severity: Severity, detail: String) -> Problem {
    Problem { severity, code, origin: Arc::clone(origin), line: None, detail }
}

/// What a file is by its name. [`InputKind::Auto`] is left for one that is only probably JSON.
fn kind_of(origin: &Origin, gunzip: bool) -> InputKind {
    let is_gzip = |path: &Path| path.extension().is_some_and(|e| e.eq_ignore_ascii_case("gz"));
    let path = origin.path().map(|path| {
        if gunzip && is_gzip(path) { path.with_extension("") } else { path.to_owned() }
    });
    let extension = path.as_deref().and_then(Path::extension).and_then(OsStr::to_str);
    match extension.map(str::to_ascii_lowercase).as_deref() {
        Some("jsonl" | "ndjson") => InputKind::Jsonl,
        Some("json") => InputKind::Auto,
        _ => InputKind::Text,
    }
}

fn is_excluded(entry: &DirEntry, exclude: Option<&Path>) -> bool {
    let is_dir = entry.file_type().is_some_and(|kind| kind.is_dir());
    match exclude {
        Some(exclude) if is_dir => entry.path().canonicalize().is_ok_and(|path| path == exclude),
        _ => false,
    }
}

fn error_path(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
            error_path(err)
        }
        _ => None,
    }
}
