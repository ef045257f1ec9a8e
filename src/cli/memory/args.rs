//! Arguments of `lockgate memory`.

use crate::cli::args::{ConfidenceArgs, RedactionArgs};
use crate::cli::{Color, FailOn, RuleSetArgs};
use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

const EXAMPLES: &str = "\
Letta agent files, LangGraph checkpoints (JSON and SQLite), mem0 exports, OpenAI threads, ChatGPT and Claude exports,
transcripts of Claude Code and Codex, states of AutoGen, logs of CrewAI, dumps of Qdrant, Chroma and pgvector are known;
any other JSON, JSON lines, SQLite and text is inspected all the same.

Examples:
  lockgate memory inspect agent.af                                      which record holds what, since when, from where
  lockgate memory inspect --baseline seen --save seen checkpoints.db    only what has changed
  lockgate memory redact --out clean.af agent.af                        a copy that still loads

Exit codes: 0 done, 1 findings at or above --fail-on, or findings that are left in a copy, 2 error.";

/// Arguments of `lockgate memory`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct MemoryArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: MemoryCommand,
}

/// What to do with a snapshot.
#[derive(Debug, Subcommand)]
pub enum MemoryCommand {
    /// Say which record of a snapshot holds what, since when, and from which message or tool
    Inspect(Box<MemoryInspectArgs>),
    /// Write a copy of a snapshot without what was found, which the framework still loads
    Redact(Box<MemoryRedactArgs>),
}

/// Arguments of `lockgate memory inspect`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct MemoryInspectArgs {
    /// Snapshots: files, and folders of them
    #[arg(value_name = "SNAPSHOT", required = true)]
    pub paths: Vec<PathBuf>,
    /// What to print
    #[arg(long, value_enum, default_value_t, help_heading = "Output")]
    pub format: MemoryFormat,
    /// Exit with 1 if there is a finding of this confidence or above
    #[arg(long, value_enum, default_value_t, value_name = "LEVEL", help_heading = "Output")]
    pub fail_on: FailOn,
    /// Take over what was found in records that have not changed since this file was saved; none yet is fine if it is also saved
    #[arg(long, value_name = "FILE", help_heading = "Baseline")]
    pub baseline: Option<PathBuf>,
    /// Save a hash of each record, and what was found in it, for --baseline
    #[arg(long, value_name = "FILE", help_heading = "Baseline")]
    pub save: Option<PathBuf>,
    #[command(flatten)]
    #[allow(missing_docs, reason = "a doc comment here would replace the help of the command")]
    pub common: MemoryCommonArgs,
}

/// Arguments of `lockgate memory redact`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct MemoryRedactArgs {
    /// Snapshot: a file, or a folder of them
    #[arg(value_name = "SNAPSHOT")]
    pub path: PathBuf,
    /// Where to write the copy: a file for a file, a folder for a folder
    #[arg(long, value_name = "PATH", help_heading = "Redaction")]
    pub out: PathBuf,
    #[command(flatten)]
    #[allow(missing_docs, reason = "a doc comment here would replace the help of the command")]
    pub redaction: RedactionArgs,
    #[command(flatten)]
    #[allow(missing_docs, reason = "a doc comment here would replace the help of the command")]
    pub common: MemoryCommonArgs,
}

/// What both take.
#[derive(Debug, Args)]
pub struct MemoryCommonArgs {
    #[command(flatten)]
    #[allow(missing_docs, reason = "a doc comment here would replace the help of the command")]
    pub rule_set: RuleSetArgs,
    #[command(flatten)]
    #[allow(missing_docs, reason = "a doc comment here would replace the help of the command")]
    pub confidence: ConfidenceArgs,
    /// Largest file to read, in bytes
    #[arg(long, value_name = "BYTES", default_value_t = 1 << 30, value_parser = clap::value_parser!(u64).range(1..=1 << 30))]
    pub max_size: u64,
    /// Threads; 0 is one per core
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u16).range(0..=1024))]
    pub threads: u16,
    /// When to use colour
    #[arg(long, value_enum, default_value_t, value_name = "WHEN")]
    pub color: Color,
    /// Print no summary
    #[arg(long, short)]
    pub quiet: bool,
}

/// Output format.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum MemoryFormat {
    /// The records that hold something, with what was found below each
    #[default]
    Text,
    /// One JSON document
    Json,
    /// One JSON object per record that holds something, then one of counts
    Jsonl,
}
