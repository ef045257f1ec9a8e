//! What went wrong with one document, and where.

use crate::base::Code;
use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where a document was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Standard input.
    Stdin,
    /// A file.
    File(PathBuf),
}

impl Origin {
    /// The path, or `-` for standard input. Bytes of a name that are not UTF-8 appear as U+FFFD.
    pub fn name(&self) -> Cow<'_, str> {
        match self {
            Self::Stdin => Cow::Borrowed("-"),
            Self::File(path) => path.to_string_lossy(),
        }
    }

    /// The path, if it is a file.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Stdin => None,
            Self::File(path) => Some(path),
        }
    }
}

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// As expected, worth counting: a link that is not followed.
    Note,
    /// Worth telling: a binary file.
    Warning,
    /// Something that was asked for could not be done.
    Error,
}

/// A document, or a part of one, that was not inspected as asked. Never holds input text.
#[derive(Clone, Debug)]
pub struct Problem {
    /// How bad it is.
    pub severity: Severity,
    /// What it is.
    pub code: Code,
    /// Where.
    pub origin: Arc<Origin>,
    /// Line of a JSONL file, from 1.
    pub line: Option<u64>,
    /// How much, or the operating system's reason. Empty if the code says it all.
    pub detail: String,
}
