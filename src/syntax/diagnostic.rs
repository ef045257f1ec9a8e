//! What is wrong with a file a person wrote: a code, a place, a suggestion.

use super::Source;
use std::ops::Range;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Works, but could be better.
    Warning,
    /// The file cannot be used.
    Error,
}

/// One problem in one file.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// Stable code: `R001` and on.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, one line, no full stop.
    pub title: String,
    /// The file.
    pub source: Source,
    /// Where in the file, in bytes.
    pub span: Option<Range<usize>>,
    /// What the marked place is (`this pattern`).
    pub label: String,
    /// What to do.
    pub help: Option<String>,
    /// Full id of the rule, if it is about one.
    pub rule: Option<String>,
}

/// All problems found, in the order of files and places.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics(pub Vec<Diagnostic>);

impl Diagnostics {
    /// True if one of them is an error.
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }
}
