//! Arguments of `lockgate eval`.

use super::progress::Progress;
use crate::cli::args::{ConfidenceArgs, CorporaArgs, RunArgs};
use crate::cli::{FolderArgs, ListKeyArgs, PackArgs, RuleSetArgs};
use crate::engine::InspectOptions;
use crate::eval::{Criterion, Excerpts, LabelMatch, Masking, StudyOptions};
use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

const EXAMPLES: &str = "\
A corpus is JSONL, gzip or not: id, text, spans [{start, end, label}], neg_spans, label; offsets are bytes of
the text in UTF-8. Labels of other projects are mapped to ours; what is mapped to nothing counts for nothing.
Values show their shape only (letters x, digits 0) unless --show-text is given. docs/EVAL.md explains the figures.

Examples:
  lockgate eval corpus.jsonl                              figures of the built-in rules
  lockgate eval corpora/ --format html -o report.html     a report of a folder of corpora
  lockgate eval c.jsonl --save before.json                keep every finding
  lockgate eval c.jsonl --rules mine --baseline before.json   see what a change changes
  lockgate eval c.jsonl --fail-under precision=0.9,label:pii.email.recall=0.95
  lockgate eval --unlabelled src                          findings per MiB of harmless text
  lockgate eval diff builtin mine c.jsonl                 two rule sets, side by side

Exit codes: 0 done, 1 a figure is below --fail-under, 2 error (or something was skipped, with --strict).";

/// Arguments of `lockgate eval`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, args_conflicts_with_subcommands = true)]
pub struct EvalArgs {
    /// Another way to evaluate.
    #[command(subcommand)]
    pub command: Option<EvalCommand>,
    /// JSONL files, folders of them, or `-` for standard input
    #[arg(value_name = "CORPUS")]
    pub corpora: Vec<PathBuf>,
    /// Text without labels, in which findings are counted per MiB: files, folders, JSONL
    #[arg(long, value_name = "PATH", help_heading = "Corpora")]
    pub unlabelled: Vec<PathBuf>,
    #[command(flatten)]
    #[allow(missing_docs, reason = "a doc comment here would replace the help of the command")]
    pub folders: FolderArgs,
    #[command(flatten)]
    #[allow(missing_docs, reason = "a doc comment here would replace the help of the command")]
    pub common: CommonArgs,
    /// Keep the report with every span and finding, for --baseline
    #[arg(long, value_name = "FILE", help_heading = "Comparison")]
    pub save: Option<PathBuf>,
    /// Show what is different from a report that was kept with --save
    #[arg(long, value_name = "FILE", help_heading = "Comparison")]
    pub baseline: Option<PathBuf>,
    /// Write what each rule did as the record that ships with the rules
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub record: Option<PathBuf>,
    /// Exit with 1 if a figure is below: precision=0.9,label:pii.email.recall=0.95
    #[arg(long, value_name = "BOUNDS", help_heading = "Comparison")]
    pub fail_under: Option<String>,
    /// Measure what each rule costs on a sample of the texts; html reports always do
    #[arg(long, help_heading = "Output")]
    pub cost: bool,
}

/// Other ways to evaluate.
#[derive(Debug, Subcommand)]
pub enum EvalCommand {
    /// Compare two rule sets on the same texts, finding by finding
    Diff(Box<DiffArgs>),
}

/// Arguments of `lockgate eval diff`.
#[derive(Debug, Args)]
pub struct DiffArgs {
    /// The first rule set: a folder that is added to the built-in rules, or `builtin` for those alone
    #[arg(value_name = "RULES_A")]
    pub a: PathBuf,
    /// The second rule set
    #[arg(value_name = "RULES_B")]
    pub b: PathBuf,
    /// JSONL files, folders of them, or `-` for standard input
    #[arg(value_name = "CORPUS", required = true)]
    pub corpora: Vec<PathBuf>,
    #[command(flatten)]
    #[allow(missing_docs, reason = "a doc comment here would replace the help of the command")]
    pub keys: ListKeyArgs,
    #[command(flatten)]
    #[allow(missing_docs, reason = "a doc comment here would replace the help of the command")]
    pub common: CommonArgs,
}

/// What every way to evaluate takes.
#[derive(Clone, Debug, Args)]
pub struct CommonArgs {
    #[command(flatten)]
    #[allow(missing_docs, reason = "a doc comment here would replace the help of the command")]
    pub corpora: CorporaArgs,
    /// Exit with 2 if a document had to be skipped
    #[arg(long, help_heading = "Corpora")]
    pub strict: bool,

    #[command(flatten)]
    #[allow(missing_docs, reason = "a doc comment here would replace the help of the command")]
    pub pack: PackArgs,
    #[command(flatten)]
    #[allow(missing_docs, reason = "a doc comment here would replace the help of the command")]
    pub confidence: ConfidenceArgs,

    /// When the place of a finding counts for that of a span
    #[arg(
        long = "match",
        value_enum,
        default_value_t,
        value_name = "HOW",
        help_heading = "Counting"
    )]
    pub criterion: MatchArg,
    /// When the label of a finding counts for that of a span
    #[arg(long, value_enum, default_value_t, value_name = "HOW", help_heading = "Counting")]
    pub label_match: LabelMatchArg,
    /// Count this label and those below it only
    #[arg(long, value_name = "LABEL", help_heading = "Counting")]
    pub label: Vec<String>,

    /// What to print
    #[arg(long, value_enum, default_value_t, help_heading = "Output")]
    pub format: EvalFormat,
    /// Write the report into this file
    #[arg(long, short, value_name = "FILE", help_heading = "Output")]
    pub output: Option<PathBuf>,
    /// Show values in examples and changes, not only their shape
    #[arg(long, help_heading = "Output")]
    pub show_text: bool,

    #[command(flatten)]
    #[allow(missing_docs, reason = "a doc comment here would replace the help of the command")]
    pub run: RunArgs,
    /// Print no summary
    #[arg(long, short)]
    pub quiet: bool,
}

impl CommonArgs {
    pub(super) fn rule_set(&self, folders: FolderArgs) -> RuleSetArgs {
        RuleSetArgs { pack: Some(self.pack.pack.clone()), folders }
    }

    pub(super) fn inspect(&self) -> InspectOptions {
        InspectOptions { min_confidence: self.confidence.min_confidence, ..self.pack.inspect() }
    }

    pub(super) fn study(&self, excerpts: Excerpts) -> StudyOptions {
        StudyOptions {
            label_match: self.label_match.label_match(),
            criterion: self.criterion.criterion(),
            only: self.label.clone(),
            masking: if self.show_text { Masking::Shown } else { Masking::Shapes },
            excerpts,
        }
    }

    pub(super) fn progress(&self) -> Progress {
        if self.quiet { Progress::hidden() } else { Progress::new(&self.run.console) }
    }
}

/// When a place counts for another one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum MatchArg {
    /// The same bytes
    Exact,
    /// At least half of the bytes that either has are common
    #[default]
    Overlap,
    /// One common byte
    Touched,
}

impl MatchArg {
    pub(super) fn criterion(self) -> Criterion {
        match self {
            Self::Exact => Criterion::Exact,
            Self::Overlap => Criterion::Overlap,
            Self::Touched => Criterion::Touched,
        }
    }
}

/// When a label counts for another one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum LabelMatchArg {
    /// The same label
    Same,
    /// The same, or one is above the other
    #[default]
    Related,
    /// The same first segment
    Domain,
    /// Any
    Any,
}

impl LabelMatchArg {
    pub(super) fn label_match(self) -> LabelMatch {
        match self {
            Self::Same => LabelMatch::Same,
            Self::Related => LabelMatch::Related,
            Self::Domain => LabelMatch::Domain,
            Self::Any => LabelMatch::Any,
        }
    }
}

/// Format of the report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum EvalFormat {
    /// Tables for a terminal
    #[default]
    Text,
    /// One JSON document
    Json,
    /// Markdown
    Md,
    /// One HTML file that needs nothing else
    Html,
}
