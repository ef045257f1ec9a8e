//! Arguments of `lockgate scan`.

use crate::base::{Confidence, Format as PayloadFormat};
use crate::batch::InputKind;
use crate::cli::RuleSetArgs;
use crate::cli::args::{ConfidenceArgs, ConsoleArgs, LinkArgs, RedactionArgs};
use crate::engine::Classify;
use crate::text::offsets;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

const EXAMPLES: &str = "\
Folders are walked with respect for .gitignore; symbolic links in them are not followed.
Findings never show the matched text: its characters are masked in every format.

Examples:
  lockgate scan .                                       a folder
  git diff | lockgate scan --fail-on high               standard input, as a gate
  lockgate scan --redact prompt.txt > clean.txt         one redacted copy
  lockgate scan --redact --out clean logs               redacted copies of a folder
  lockgate scan --format jsonl prompts.jsonl            one result per line of input
  lockgate scan --format sarif src > lockgate.sarif     for code scanning services

Exit codes: 0 done, 1 findings at or above --fail-on, 2 error (something could not be scanned).";

/// Arguments of `lockgate scan`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
#[command(mut_arg("style", |arg| arg.requires("redact")))]
#[command(mut_arg("hash_key_file", |arg| arg.requires("redact")))]
pub struct ScanArgs {
    /// Files and folders; `-` is standard input, which is also read if there is no path and it is not a terminal
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// What the input is; auto goes by extension: .jsonl and .ndjson, .json, otherwise text
    #[arg(long, value_enum, default_value_t, value_name = "KIND", help_heading = "Input")]
    pub input: InputName,
    /// Member of a JSONL object that holds the text; if none is named, `text`, and lines without one are inspected whole
    #[arg(long, value_name = "NAME", help_heading = "Input")]
    pub text_field: Option<String>,
    /// Member of a JSONL object that names it
    #[arg(long, value_name = "NAME", default_value = "id", help_heading = "Input")]
    pub id_field: String,
    /// What JSON documents are, which says what their fields mean; recognised if it is not said
    #[arg(long, value_name = "NAME", value_parser = payload(), help_heading = "Input")]
    pub payload: Option<PayloadFormat>,
    /// Walk into hidden files and folders
    #[arg(long, help_heading = "Input")]
    pub hidden: bool,
    /// Pay no attention to .gitignore and .ignore files
    #[arg(long, help_heading = "Input")]
    pub no_ignore: bool,
    /// Scan binary files byte by byte instead of reporting them as not covered
    #[arg(long, help_heading = "Input")]
    pub binary: bool,
    /// Largest file or JSONL line to scan, in bytes
    #[arg(long, value_name = "BYTES", default_value_t = 1 << 30, value_parser = clap::value_parser!(u64).range(1..=1 << 30), help_heading = "Input")]
    pub max_size: u64,

    #[command(flatten)]
    #[allow(missing_docs, reason = "a doc comment here would replace the help of the command")]
    pub rule_set: RuleSetArgs,
    #[command(flatten)]
    #[allow(missing_docs, reason = "a doc comment here would replace the help of the command")]
    pub confidence: ConfidenceArgs,
    #[command(flatten)]
    #[allow(missing_docs, reason = "a doc comment here would replace the help of the command")]
    pub links: LinkArgs,
    /// When the model of prompt injection reads a document
    #[arg(long, value_enum, default_value_t, value_name = "WHEN")]
    pub classify: ClassifyArg,

    /// What to print
    #[arg(long, value_enum, default_value_t, help_heading = "Output")]
    pub format: Format,
    /// Exit with 1 if there is a finding of this confidence or above
    #[arg(long, value_enum, default_value_t, value_name = "LEVEL", help_heading = "Output")]
    pub fail_on: FailOn,
    /// Unit of the offsets in json and jsonl
    #[arg(long, value_enum, default_value_t, value_name = "UNIT", help_heading = "Output")]
    pub offsets: OffsetUnit,

    /// Write the redacted text instead of findings
    #[arg(long, conflicts_with = "format", help_heading = "Redaction")]
    pub redact: bool,
    /// Folder for the redacted copies
    #[arg(long, value_name = "DIR", requires = "redact", help_heading = "Redaction")]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    #[allow(missing_docs, reason = "a doc comment here would replace the help of the command")]
    pub redaction: RedactionArgs,
    /// Write what replaces a value in base64, base32 or hexadecimal in the same encoding, so that the rest of it decodes as before
    #[arg(long, requires = "redact", help_heading = "Redaction")]
    pub reencode: bool,

    /// Threads; 0 is one per core
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = threads())]
    pub threads: u16,
    #[command(flatten)]
    #[allow(missing_docs, reason = "a doc comment here would replace the help of the command")]
    pub console: ConsoleArgs,
    /// Print no summary
    #[arg(long, short)]
    pub quiet: bool,
}

fn payload() -> impl clap::builder::TypedValueParser<Value = PayloadFormat> {
    use clap::builder::{PossibleValuesParser, TypedValueParser};
    let names = PayloadFormat::ALL.iter().filter(|format| **format != PayloadFormat::Text);
    PossibleValuesParser::new(names.map(|format| format.name())).try_map(|name| {
        // The parser in front lets only names through that there are.
        PayloadFormat::named(&name).ok_or("no such format")
    })
}

fn threads() -> clap::builder::RangedI64ValueParser<u16> {
    clap::value_parser!(u16).range(0..=1024)
}

/// When the model of prompt injection reads a document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ClassifyArg {
    /// Never
    Never,
    /// Where a rule found a cue
    #[default]
    Cued,
    /// Everywhere
    Always,
}

impl From<ClassifyArg> for Classify {
    fn from(when: ClassifyArg) -> Self {
        match when {
            ClassifyArg::Never => Self::Never,
            ClassifyArg::Cued => Self::Cued,
            ClassifyArg::Always => Self::Always,
        }
    }
}

/// Kind of input on the command line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum InputName {
    /// By extension
    #[default]
    Auto,
    /// Each file is one text
    Text,
    /// One JSON object a line, with a text member
    Jsonl,
    /// Each file is one JSON document
    Json,
}

impl InputName {
    pub(super) fn kind(self) -> InputKind {
        match self {
            Self::Auto => InputKind::Auto,
            Self::Text => InputKind::Text,
            Self::Jsonl => InputKind::Jsonl,
            Self::Json => InputKind::Json,
        }
    }
}

/// Output format.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Each finding in its line, masked, with a marker below
    #[default]
    Text,
    /// One JSON document
    Json,
    /// One JSON object per document, also for clean ones
    Jsonl,
    /// SARIF 2.1.0
    Sarif,
}

/// Confidence from which findings fail the command.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// Findings never fail the command
    #[default]
    None,
    /// Any finding
    Low,
    /// Medium or high
    Medium,
    /// High
    High,
}

impl FailOn {
    pub(in crate::cli) fn confidence(self) -> Option<Confidence> {
        match self {
            Self::None => None,
            Self::Low => Some(Confidence::Low),
            Self::Medium => Some(Confidence::Medium),
            Self::High => Some(Confidence::High),
        }
    }
}

/// Unit of offsets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum OffsetUnit {
    /// Bytes
    #[default]
    Bytes,
    /// Unicode code points, as Python counts
    CodePoints,
    /// UTF-16 code units, as JavaScript and Java count
    Utf16,
}

impl From<OffsetUnit> for offsets::OffsetUnit {
    fn from(unit: OffsetUnit) -> Self {
        match unit {
            OffsetUnit::Bytes => Self::Bytes,
            OffsetUnit::CodePoints => Self::CodePoints,
            OffsetUnit::Utf16 => Self::Utf16,
        }
    }
}
