//! Stable codes of everything that can go wrong at an edge, and the error that carries one.
//!
//! One constant per code. `docs/codes.md` is generated from [`all`]. Codes are permanent: a meaning that changes gets a new code.

use std::fmt;

mod catalog;
pub use catalog::*;

/// A stable code with what it means. Compare codes by [`id`](Self::id).
#[derive(Clone, Copy, Debug)]
pub struct Code {
    /// The permanent name, such as `payload.json.truncated`.
    pub id: &'static str,
    /// HTTP status that carries this code; 0 if it never travels over HTTP.
    pub status: u16,
    /// What is wrong, in a few words.
    pub title: &'static str,
    /// What to do about it.
    pub help: &'static str,
}

impl PartialEq for Code {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Code {}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id)
    }
}

/// An error at an edge: a code, and where or how much. Never holds input text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What went wrong.
    pub code: Code,
    /// Where and how much, in words (`at byte 17`, `limit 1024, got 2048`). Empty if the code says it all.
    pub detail: String,
}

impl Fault {
    /// An error with a detail. The detail must not quote the input.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into() }
    }
}

impl From<Code> for Fault {
    fn from(code: Code) -> Self {
        Self { code, detail: String::new() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code.title)?;
        if !self.detail.is_empty() {
            write!(f, ": {}", self.detail)?;
        }
        write!(f, " [{}]", self.code.id)
    }
}

impl std::error::Error for Fault {}
