//! The files of a snapshot, read so that nobody's half-written state is taken for one.

use crate::base::code::{
    BINARY, FILE_LINK, FILE_NOT_FOUND, FILE_SPECIAL, FILE_UNREADABLE, INPUT_TOO_LARGE,
    MEMORY_BINARY, MEMORY_CHANGED,
};
use crate::base::{Code, Fault};
use crate::text::boundary;
use ignore::WalkBuilder;
use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

/// How often a file is read that changes meanwhile.
const READS_MAX: usize = 4;
/// Time between two of these, in milliseconds.
const READ_AGAIN_AFTER_MS: u64 = 100;
/// How a SQLite file begins.
const SQLITE_MAGIC: &[u8] = b"SQLite format 3\0";
/// What the names of files end with that SQLite keeps beside its own, and reads itself.
const SQLITE_COMPANIONS: [&str; 3] = ["-wal", "-shm", "-journal"];

/// What a file holds.
#[derive(Debug)]
pub(super) enum Content {
    /// JSON, lines of it, or text.
    Bytes(Vec<u8>),
    /// A database.
    Sqlite,
}

/// The files below a path in the order of their names, and what could not be walked. A path to a file is that file.
pub(super) fn files(root: &Path) -> Vec<Result<PathBuf, (PathBuf, Fault)>> {
    if !root.is_dir() {
        return vec![Ok(root.to_owned())];
    }
    // What agents remember lies in hidden folders, and is ignored by version control.
    let walk = WalkBuilder::new(root).standard_filters(false).sort_by_file_path(Path::cmp).build();
    let entry = |entry: Result<ignore::DirEntry, ignore::Error>| match entry {
        Ok(entry) => {
            let kind = entry.file_type()?;
            let path = entry.into_path();
            if kind.is_dir() || is_companion(&path) {
                None
            } else if kind.is_file() {
                Some(Ok(path))
            } else {
                let code = if kind.is_symlink() { FILE_LINK } else { FILE_SPECIAL };
                Some(Err((path, code.into())))
            }
        }
        Err(error) => {
            let detail = error.io_error().map(ToString::to_string).unwrap_or_default();
            Some(Err((root.to_owned(), Fault::new(FILE_UNREADABLE, detail))))
        }
    };
    walk.filter_map(entry).collect()
}

fn is_companion(path: &Path) -> bool {
    let name = path.to_string_lossy();
    SQLITE_COMPANIONS
        .iter()
        .any(|end| name.strip_suffix(end).is_some_and(|database| Path::new(database).is_file()))
}

/// Reads a file whole. One that changes meanwhile is read again, some times.
///
/// # Errors
/// It cannot be read, is too large, is binary, or does not stop changing.
pub(super) fn read(path: &Path, bytes_max: u64) -> Result<Content, Fault> {
    for attempt in 0..READS_MAX {
        if attempt > 0 {
            sleep(Duration::from_millis(READ_AGAIN_AFTER_MS));
        }
        if let Some(content) = read_once(path, bytes_max, || {})? {
            return Ok(content);
        }
    }
    Err(MEMORY_CHANGED.into())
}

/// Reads a file; none if it changed between the start and the end. `during` is called in between.
fn read_once(path: &Path, bytes_max: u64, during: impl Fn()) -> Result<Option<Content>, Fault> {
    let metadata = |code: Code| move |error: io::Error| Fault::new(code, error.to_string());
    let before = fs::metadata(path).map_err(|error| {
        let missing = error.kind() == ErrorKind::NotFound;
        metadata(if missing { FILE_NOT_FOUND } else { FILE_UNREADABLE })(error)
    })?;
    if before.len() > bytes_max {
        let detail = format!("{} bytes, the limit is {bytes_max}", before.len());
        return Err(Fault::new(INPUT_TOO_LARGE, detail));
    }
    let unreadable = |error: io::Error| Fault::new(FILE_UNREADABLE, error.to_string());
    let file = File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::with_capacity(usize::try_from(before.len()).unwrap_or(0));
    let mut reader = file.take(bytes_max.saturating_add(1));
    let head = (&mut reader).take(SQLITE_MAGIC.len() as u64).read_to_end(&mut bytes);
    head.map_err(unreadable)?;
    if bytes == SQLITE_MAGIC {
        return Ok(Some(Content::Sqlite));
    }
    during();
    reader.read_to_end(&mut bytes).map_err(unreadable)?;
    let after = fs::metadata(path).map_err(unreadable)?;
    if !is_same(&before, &after) || before.is_file() && bytes.len() as u64 != after.len() {
        return Ok(None);
    }
    if boundary::not_text(&bytes) == Some(BINARY) {
        return Err(MEMORY_BINARY.into());
    }
    Ok(Some(Content::Bytes(bytes)))
}

fn is_same(before: &Metadata, after: &Metadata) -> bool {
    before.len() == after.len() && before.modified().ok() == after.modified().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;
    use std::fs::OpenOptions;
    use std::io::Write;

    #[test]
    fn a_file_that_grows_while_it_is_read_is_not_taken() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("log.jsonl");
        fs::write(&path, "{\"a\":1}\n{\"a\":2}\n").expect("written");
        let grow = || {
            let mut file = OpenOptions::new().append(true).open(&path).expect("open");
            file.write_all(b"{\"a\":").expect("written");
        };
        assert!(matches!(read_once(&path, 1000, grow), Ok(None)));
        let calls = Cell::new(0);
        let count = || calls.set(calls.get() + 1);
        assert!(matches!(read_once(&path, 1000, count), Ok(Some(Content::Bytes(_)))));
        assert_eq!(calls.get(), 1);
    }

    #[test]
    fn files_that_cannot_be_read_have_a_code() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            fs::write(&path, bytes).expect("written");
            path
        };
        let code = |path: &Path, max| read(path, max).err().map(|fault| fault.code.id);
        assert_eq!(code(&file("a", b"text"), 4), None);
        assert_eq!(code(&file("b", b"text"), 3), Some(INPUT_TOO_LARGE.id));
        assert_eq!(code(&file("c", b"a\0b"), 10), Some(MEMORY_BINARY.id));
        assert_eq!(code(&folder.path().join("none"), 10), Some(FILE_NOT_FOUND.id));
        let database = file("d", b"SQLite format 3\0....");
        assert!(matches!(read(&database, 100), Ok(Content::Sqlite)));
        file("d-wal", b"");
        file("alone-wal", b"");
        let found: Vec<_> = files(folder.path()).into_iter().flatten().collect();
        let names = found.iter().filter_map(|path| path.file_name()?.to_str());
        assert_eq!(names.collect::<Vec<_>>(), ["a", "alone-wal", "b", "c", "d"]);
    }
}
