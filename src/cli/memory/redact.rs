//! `lockgate memory redact`: a copy without what was found.

use super::pieces::{Inspector, Redacted};
use super::source::{self, Content};
use super::sqlite;
use crate::base::Fault;
use crate::base::code::{OUTPUT_OVERWRITE, REDACT_INCOMPLETE};
use crate::cli::output::{unwritable, write_file};
use crate::payload::memory::Snapshot;
use crate::redact::apply;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// What became of a file.
#[derive(Debug, Default)]
pub(super) struct Done {
    /// Places that were edited.
    pub(super) edits: usize,
    /// Findings that the copy still holds.
    pub(super) left: usize,
    /// What was not inspected, and is in the copy as it was.
    pub(super) problems: Vec<Fault>,
}

/// Writes the copy of one file. It gets its name when it is complete.
///
/// # Errors
/// The file cannot be read or was not inspected whole, or the copy cannot be written or would replace the file.
pub(super) fn file(
    inspector: &Inspector<'_>,
    from: &Path,
    to: &Path,
    bytes_max: u64,
) -> Result<Done, Fault> {
    if same_file(from, to) {
        return Err(Fault::new(OUTPUT_OVERWRITE, to.to_string_lossy()));
    }
    let content = source::read(from, bytes_max)?;
    if let Some(folder) = to.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))?;
    }
    let mut partial = to.as_os_str().to_owned();
    partial.push(".part");
    let partial = PathBuf::from(partial);
    let written = match content {
        Content::Bytes(bytes) => bytes_into(inspector, &bytes, &partial),
        Content::Sqlite => sqlite_into(inspector, from, &partial, bytes_max),
    };
    let moved = written.and_then(|done| {
        fs::rename(&partial, to).map_err(|error| unwritable(to, &error))?;
        Ok(done)
    });
    if moved.is_err() {
        // It may hold what should not be in a copy; if it was never made there is nothing to remove.
        let _ = fs::remove_file(&partial);
    }
    moved
}

fn bytes_into(inspector: &Inspector<'_>, bytes: &[u8], to: &Path) -> Result<Done, Fault> {
    let snapshot = Snapshot::read(bytes);
    let redacted = whole(inspector.redacted(&snapshot)?)?;
    let edits = redacted.in_snapshot(&snapshot);
    write_file(to, apply(bytes, &edits))?;
    Ok(Done { edits: edits.len(), left: redacted.left, problems: Vec::new() })
}

fn sqlite_into(
    inspector: &Inspector<'_>,
    from: &Path,
    to: &Path,
    bytes_max: u64,
) -> Result<Done, Fault> {
    if let Err(error) = fs::remove_file(to)
        && error.kind() != io::ErrorKind::NotFound
    {
        return Err(unwritable(to, &error));
    }
    sqlite::copy(from, to)?;
    // The copy is read, not the file: row ids may differ between the two.
    let rows = sqlite::read(to, bytes_max)?;
    let snapshot = Snapshot::read(&rows.lines);
    let redacted = whole(inspector.redacted(&snapshot)?)?;
    let lines: Vec<_> = redacted.edits.iter().map(|(piece, _)| snapshot.bytes(*piece)).collect();
    let edits = redacted.edits.iter().zip(&lines);
    let edits = edits.filter_map(|((piece, edits), line)| {
        // The rest, which is the first piece, has no rows.
        Some((piece.checked_sub(1)?, line.as_ref(), edits.as_slice()))
    });
    sqlite::edit(to, &rows, edits)?;
    let count = redacted.edits.iter().map(|(_, edits)| edits.len()).sum();
    Ok(Done { edits: count, left: redacted.left, problems: rows.problems })
}

/// What was not inspected whole must not pass for clean.
fn whole(redacted: Redacted) -> Result<Redacted, Fault> {
    if redacted.is_complete() {
        return Ok(redacted);
    }
    let detail = format!("{} of {} bytes", redacted.bytes_scanned, redacted.bytes_total);
    Err(Fault::new(REDACT_INCOMPLETE, detail))
}

fn same_file(from: &Path, to: &Path) -> bool {
    match (from.canonicalize(), to.canonicalize()) {
        (Ok(from), Ok(to)) => from == to,
        _ => false,
    }
}
