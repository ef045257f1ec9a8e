//! What is read, and how.

use super::TextField;
use crate::base::limits::INPUT_BYTES_MAX;
use crate::engine::InspectOptions;
use std::path::PathBuf;

/// Where documents come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Root {
    /// Standard input.
    Stdin,
    /// A file, or a folder that is walked.
    Path(PathBuf),
}

/// How the bytes of a file become documents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InputKind {
    /// By extension: `.jsonl` and `.ndjson` as [`Jsonl`](Self::Jsonl), `.json` as [`Json`](Self::Json), everything else as [`Text`](Self::Text).
    /// A `.json` file that is not valid JSON is inspected as far as it is, and the rest as text.
    #[default]
    Auto,
    /// The file is one text.
    Text,
    /// One JSON object a line; one member of it is the text, or it is a document: see [`TextField::or_document`].
    Jsonl,
    /// The file is one JSON document; its strings are inspected unescaped.
    Json,
}

/// Settings of one run.
#[derive(Clone, Debug)]
pub struct Config {
    /// What to read, in this order.
    pub roots: Vec<Root>,
    /// How files become documents.
    pub input: InputKind,
    /// Which members of a JSONL object are the text and its id.
    pub fields: TextField,
    /// Walk into hidden files and folders as well.
    pub hidden: bool,
    /// Pay no attention to `.gitignore` and `.ignore` files.
    pub no_ignore: bool,
    /// Inspect binary files byte by byte instead of reporting them as not covered.
    pub binary: bool,
    /// Largest document that is inspected, in bytes; larger ones are reported as not covered.
    pub document_bytes_max: u64,
    /// Threads that inspect; 0 means one per core.
    pub threads: usize,
    /// Decompress JSONL that begins like gzip.
    pub gunzip: bool,
    /// A folder that is left out of every walk: the one that results are written to.
    pub exclude: Option<PathBuf>,
    /// How each document is inspected.
    pub inspect: InspectOptions,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            roots: Vec::new(),
            input: InputKind::Auto,
            fields: TextField::default(),
            hidden: false,
            no_ignore: false,
            binary: false,
            document_bytes_max: INPUT_BYTES_MAX as u64,
            threads: 0,
            gunzip: false,
            exclude: None,
            inspect: InspectOptions::default(),
        }
    }
}
