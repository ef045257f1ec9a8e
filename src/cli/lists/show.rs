//! `show`: what is in a stored list.

use super::{secret, unreadable};
use crate::base::Fault;
use crate::base::code::LIST_TOO_LARGE;
use crate::base::limits::LIST_FILE_BYTES_MAX;
use crate::cli::output;
use crate::lists::{Content, List};
use clap::Args;
use serde_json::{Map, Value, json};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Arguments of the `show` commands.
#[derive(Clone, Debug, Args)]
pub struct ShowListArgs {
    /// The stored list
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Key that a table of exact data was built with
    #[arg(long, value_name = "FILE")]
    pub key_file: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

pub(super) fn show(args: &ShowListArgs) -> Result<(), Fault> {
    let path = args.file.as_path();
    let size = fs::metadata(path).map_err(|error| unreadable(path, &error))?.len();
    if size > LIST_FILE_BYTES_MAX as u64 {
        let detail = format!("{size} bytes, the limit is {LIST_FILE_BYTES_MAX}");
        return Err(Fault::new(LIST_TOO_LARGE, detail));
    }
    let bytes = fs::read(path).map_err(|error| unreadable(path, &error))?;
    let secrets: Vec<_> = args.key_file.as_deref().map(secret).transpose()?.into_iter().collect();
    print(path, bytes.len(), &List::read(&bytes, &secrets)?, args.json)
}

/// Prints what is in a list. Never a term or a value: the file does not hold any.
pub(super) fn print(path: &Path, bytes: usize, list: &List, as_json: bool) -> Result<(), Fault> {
    let counts: Vec<(&str, usize)> = match &list.content {
        Content::Dictionary(list) => vec![("terms", list.terms())],
        Content::ExactData(list) => vec![
            ("rows", list.rows()),
            ("primary columns", list.primary_columns()),
            ("supporting columns", list.supporting_columns()),
        ],
        Content::Fingerprints(list) => {
            vec![("documents", list.documents()), ("grams", list.grams())]
        }
    };
    let memory = list.memory_usage();
    let mut out = io::stdout().lock();
    let written = if as_json {
        let mut value = Map::new();
        value.insert("kind".to_owned(), list.kind().name().into());
        value.extend(counts.iter().map(|(name, count)| (name.replace(' ', "_"), json!(count))));
        value.insert("file_bytes".to_owned(), json!(bytes));
        value.insert("memory_bytes".to_owned(), json!(memory));
        value.insert("fingerprint".to_owned(), list.fingerprint.as_str().into());
        writeln!(out, "{:#}", Value::Object(value))
    } else {
        let counts: Vec<String> =
            counts.iter().map(|(name, count)| counted(*count, name)).collect();
        writeln!(
            out,
            "{}: {}, {}\nfile          {bytes} bytes\nmemory        {memory} bytes\nfingerprint   {}",
            path.display(),
            list.kind().name(),
            counts.join(", "),
            list.fingerprint
        )
    };
    output::open(written).map(drop)
}

/// A number and what it counts, which is given in the plural.
fn counted(count: usize, what: &str) -> String {
    let what = if count == 1 { what.trim_end_matches('s') } else { what };
    format!("{count} {what}")
}
