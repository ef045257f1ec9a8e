//! How what was found is replaced.

use crate::base::Fault;
use crate::base::code::{FILE_UNREADABLE, HASH_KEY};
use crate::cli::key::{KEY_BYTES, parse_key};
use crate::redact::{Redaction, Style};
use clap::{Args, ValueEnum};
use std::fs;
use std::path::{Path, PathBuf};

/// How what was found is replaced.
#[derive(Clone, Debug, Default, Args)]
pub struct RedactionArgs {
    /// How to redact, whatever the rules say
    #[arg(long, value_enum, help_heading = "Redaction")]
    pub style: Option<StyleArg>,
    /// Characters that --style mask leaves readable at the start
    #[arg(
        long,
        value_name = "N",
        default_value_t = 0,
        requires = "style",
        help_heading = "Redaction"
    )]
    pub keep_first: usize,
    /// Characters that --style mask leaves readable at the end
    #[arg(
        long,
        value_name = "N",
        default_value_t = 0,
        requires = "style",
        help_heading = "Redaction"
    )]
    pub keep_last: usize,
    /// Key for --style hash: 32 bytes, or 64 hexadecimal digits
    #[arg(long, value_name = "FILE", help_heading = "Redaction")]
    pub hash_key_file: Option<PathBuf>,
}

/// Redaction style on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum StyleArg {
    /// `[pii.email]`
    Placeholder,
    /// `[pii.email#1]`, the same number for the same value within a document
    Numbered,
    /// One `*` per character, see --keep-first and --keep-last
    Mask,
    /// `[pii.email:…]` with a keyed hash, see --hash-key-file
    Hash,
    /// Nothing
    Remove,
}

impl RedactionArgs {
    /// What they ask for.
    ///
    /// # Errors
    /// Hashes are wanted without a key, or the key cannot be read.
    pub fn redaction(&self) -> Result<Redaction, Fault> {
        let hash_key = self.hash_key_file.as_deref().map(hash_key).transpose()?;
        if self.style == Some(StyleArg::Hash) && hash_key.is_none() {
            return Err(HASH_KEY.into());
        }
        let style = self.style.map(|style| self.kept(style));
        Ok(Redaction { style, hash_key, ..Redaction::default() })
    }

    fn kept(&self, style: StyleArg) -> Style {
        match style {
            StyleArg::Placeholder => Style::Placeholder,
            StyleArg::Numbered => Style::Numbered,
            StyleArg::Mask => {
                Style::Mask { keep_first: self.keep_first, keep_last: self.keep_last }
            }
            StyleArg::Hash => Style::Hash,
            StyleArg::Remove => Style::Remove,
        }
    }
}

fn hash_key(path: &Path) -> Result<[u8; KEY_BYTES], Fault> {
    let bytes = fs::read(path).map_err(|error| {
        Fault::new(FILE_UNREADABLE, format!("{}: {error}", path.to_string_lossy()))
    })?;
    parse_key(&bytes).ok_or_else(|| Fault::new(HASH_KEY, path.to_string_lossy()))
}
