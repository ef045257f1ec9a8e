//! What can go wrong in the `rules` commands.

use crate::cli::load::LoadError;
use std::{fmt, io, path::PathBuf};

/// A `rules` command could not do its work.
#[derive(Debug)]
#[non_exhaustive]
pub enum RulesError {
    /// Rule files could not be read or compiled.
    Load(LoadError),
    /// A rule, label or pack that does not exist.
    Unknown {
        /// `rule`, `label` or `pack`.
        what: &'static str,
        /// The name that was given.
        name: String,
        /// The nearest name there is.
        near: Option<String>,
    },
    /// A rule file of another scanner could not be read.
    Import {
        /// The file.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// The name of a new rule is malformed.
    Name(String),
    /// A file could not be written.
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// Standard output could not be written.
    Output(io::Error),
}

impl RulesError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Load(_) => "rules.load",
            Self::Unknown { .. } => "rules.unknown",
            Self::Import { .. } => "rules.import",
            Self::Name(_) => "rules.name",
            Self::Write { .. } => "rules.write",
            Self::Output(_) => "rules.output",
        }
    }

    /// True if whoever read the output has gone away, which is no reason to complain.
    pub fn is_closed_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }

    /// `there is no … of this name`, with the nearest of `names`.
    pub(super) fn unknown<'n>(
        what: &'static str,
        name: &str,
        names: impl IntoIterator<Item = &'n str>,
    ) -> Self {
        let near = crate::syntax::nearest(name, names).map(str::to_owned);
        Self::Unknown { what, name: name.to_owned(), near }
    }
}

impl fmt::Display for RulesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Load(error) => return error.fmt(f),
            Self::Unknown { what, name, near } => {
                write!(f, "there is no {what} `{name}`")?;
                if let Some(near) = near {
                    write!(f, ", did you mean `{near}`?")?;
                }
            }
            Self::Name(name) => write!(
                f,
                "`{name}` is not a full rule id: write domain.family.rule in lower-case letters, digits and hyphens"
            )?,
            Self::Import { path, why } => write!(f, "cannot import {}: {why}", path.display())?,
            Self::Write { path, error } => write!(f, "cannot write {}: {error}", path.display())?,
            Self::Output(error) => write!(f, "cannot write the output: {error}")?,
        }
        write!(f, " [{}]", self.code())
    }
}

impl std::error::Error for RulesError {}

impl From<LoadError> for RulesError {
    fn from(error: LoadError) -> Self {
        Self::Load(error)
    }
}

impl From<io::Error> for RulesError {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}
