//! What an import did, for people and programs.

use super::convert::Converted;
use super::foreign::{Note, Refused};
use super::write::{self, Written};
use super::{RulesError, write_file};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

/// What became of all files.
#[derive(Debug, Default)]
pub(super) struct Report {
    pub(super) files: Vec<FileReport>,
}

/// What became of one file.
#[derive(Debug)]
pub(super) struct FileReport {
    path: PathBuf,
    name: String,
    family: String,
    format: &'static str,
    written: Option<PathBuf>,
    notes: Vec<Note>,
    pub(super) converted: Vec<Converted>,
    /// With the id as written.
    pub(super) refused: Vec<(String, Refused)>,
}

impl FileReport {
    pub(super) fn new(
        path: &Path,
        name: &str,
        family: &str,
        format: &'static str,
        notes: Vec<Note>,
    ) -> Self {
        Self {
            path: path.to_owned(),
            name: name.to_owned(),
            family: family.to_owned(),
            format,
            written: None,
            notes,
            converted: Vec::new(),
            refused: Vec::new(),
        }
    }

    /// Writes the converted rules into a folder; nothing if there are none.
    pub(super) fn write(&mut self, folder: &Path, force: bool) -> Result<(), RulesError> {
        if self.converted.is_empty() {
            return Ok(());
        }
        let path = folder.join(format!("{}.toml", self.name));
        if path.exists() && !force {
            let error =
                io::Error::new(io::ErrorKind::AlreadyExists, "it is there; --force replaces it");
            return Err(RulesError::Write { path, error });
        }
        let rules: Vec<Written> = self.converted.iter().map(|one| one.rule.clone()).collect();
        let title = format!("Imported from {}", self.format);
        write_file(&path, &write::file(&self.family, &title, &rules))?;
        self.written = Some(path);
        Ok(())
    }

    fn text(&self, out: &mut String) {
        // Writing to a string cannot fail.
        let _ = write!(
            out,
            "{} ({}): {} of {} rules converted",
            self.path.display(),
            self.format,
            self.converted.len(),
            self.converted.len() + self.refused.len(),
        );
        let _ = match &self.written {
            Some(path) => writeln!(out, ", written to {}", path.display()),
            None => writeln!(out),
        };
        for note in &self.notes {
            let _ = writeln!(out, "  note      {}: {}", note.kind, note.detail);
        }
        for (id, refused) in &self.refused {
            let _ = write!(out, "  refused   {id}: {}", refused.reason.name());
            let _ = match refused.detail.as_str() {
                "" => writeln!(out),
                detail => writeln!(out, ": {detail}"),
            };
        }
        for one in self.converted.iter().filter(|one| !one.notes.is_empty()) {
            for note in &one.notes {
                let _ =
                    writeln!(out, "  changed   {}: {}: {}", one.foreign_id, note.kind, note.detail);
            }
        }
    }

    fn json(&self) -> Value {
        let notes = |notes: &[Note]| -> Vec<Value> {
            notes.iter().map(|note| json!({"kind": note.kind, "detail": note.detail})).collect()
        };
        let converted = self.converted.iter().map(|one| {
            json!({
                "from": one.foreign_id,
                "id": format!("{}.{}", self.family, one.rule.id),
                "label": one.rule.label,
                "notes": notes(&one.notes),
            })
        });
        let refused = self.refused.iter().map(|(id, refused)| {
            json!({"from": id, "reason": refused.reason.name(), "detail": refused.detail})
        });
        json!({
            "path": self.path.to_string_lossy(),
            "format": self.format,
            "written": self.written.as_ref().map(|path| path.to_string_lossy()),
            "notes": notes(&self.notes),
            "converted": converted.collect::<Vec<_>>(),
            "refused": refused.collect::<Vec<_>>(),
        })
    }
}

impl Report {
    pub(super) fn text(&self) -> String {
        let mut out = String::new();
        for file in &self.files {
            file.text(&mut out);
        }
        crate::cli::console::printable_lines(&out)
    }

    pub(super) fn json(&self) -> Value {
        let count = |of: &dyn Fn(&FileReport) -> usize| self.files.iter().map(of).sum::<usize>();
        json!({
            "converted": count(&|file| file.converted.len()),
            "refused": count(&|file| file.refused.len()),
            "files": self.files.iter().map(FileReport::json).collect::<Vec<_>>(),
        })
    }
}
