//! Arguments of `lockgate tune`.

use crate::cli::args::{CorporaArgs, RunArgs};
use crate::cli::rules::Format;
use crate::cli::{FolderArgs, PackArgs};
use crate::eval::tune::{Aim, TuneOptions};
use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

const HELP: &str = "\
Corpora are those of `lockgate eval`. What is reported is measured on texts that the proposal was not fitted to:
first by cross-validation, rule by rule, then as a whole on a part that is only used for that. docs/TUNING.md.

Examples:
  lockgate tune corpora/                                  what could be better
  lockgate tune corpora/ --rules mine --patch tune.patch  changes of your rule files as a unified diff
  lockgate tune corpora/ --rules mine --point redact --apply
  lockgate tune suggest-negatives src/ --show-text -o review.toml

Exit codes: 0 done, 2 error.";

/// Arguments of `lockgate tune`.
#[derive(Debug, Args)]
#[command(
    after_help = HELP,
    args_conflicts_with_subcommands = true,
    mut_arg("jobs", |arg| arg.help("Threads that read; 0 is one per core")),
    mut_arg("no_progress", no_steps)
)]
pub struct TuneArgs {
    /// Another way to learn from texts.
    #[command(subcommand)]
    pub command: Option<TuneCommand>,
    /// JSONL files, folders of them, or `-` for standard input
    #[arg(value_name = "CORPUS")]
    pub corpora: Vec<PathBuf>,
    #[command(flatten)]
    #[allow(missing_docs, reason = "a doc comment here would replace the help of the command")]
    pub texts: CorporaArgs,

    #[command(flatten)]
    #[allow(missing_docs, reason = "a doc comment here would replace the help of the command")]
    pub folders: FolderArgs,
    #[command(flatten)]
    #[allow(missing_docs, reason = "a doc comment here would replace the help of the command")]
    pub pack: PackArgs,
    /// Tune this rule, family or domain only
    #[arg(long, value_name = "ID", help_heading = "Rules")]
    pub rule: Vec<String>,

    /// What the findings are for: to alert (precision) or to redact (recall); the patch is for this one
    #[arg(long, value_enum, default_value_t, value_name = "AIM", help_heading = "Fit")]
    pub point: PointArg,
    /// Parts for cross-validation; one more is kept for the last measurement
    #[arg(long, value_name = "K", default_value_t = 5, value_parser = clap::value_parser!(u32).range(2..=20), help_heading = "Fit")]
    pub folds: u32,
    /// Another seed divides the texts in another way
    #[arg(long, value_name = "N", default_value_t = 1, help_heading = "Fit")]
    pub seed: u64,
    /// Leave rules with fewer judged findings alone
    #[arg(long, value_name = "N", default_value_t = 30, help_heading = "Fit")]
    pub min_findings: u64,

    /// Write the proposed changes into this file as a unified diff; `-` is standard output, instead of the report
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub patch: Option<PathBuf>,
    /// Change the rule files
    #[arg(long, help_heading = "Output")]
    pub apply: bool,
    /// Format of the report
    #[arg(long, value_enum, default_value_t, help_heading = "Output")]
    pub format: Format,

    #[command(flatten)]
    #[allow(missing_docs, reason = "a doc comment here would replace the help of the command")]
    pub run: RunArgs,
    /// Print no summary
    #[arg(long, short)]
    pub quiet: bool,
}

/// Other ways to learn from texts.
#[derive(Debug, Subcommand)]
pub enum TuneCommand {
    /// Turn false findings in clean text into counter-examples for review
    SuggestNegatives(Box<NegativesArgs>),
}

/// Arguments of `lockgate tune suggest-negatives`.
#[derive(Debug, Args)]
#[command(mut_arg("no_progress", no_steps))]
pub struct NegativesArgs {
    /// Text in which nothing should be found: files, folders, JSONL; `-` for standard input
    #[arg(value_name = "CLEAN", required = true)]
    pub clean: Vec<PathBuf>,
    #[command(flatten)]
    #[allow(missing_docs, reason = "a doc comment here would replace the help of the command")]
    pub folders: FolderArgs,
    #[command(flatten)]
    #[allow(missing_docs, reason = "a doc comment here would replace the help of the command")]
    pub pack: PackArgs,
    /// This rule, family or domain only
    #[arg(long, value_name = "ID", help_heading = "Rules")]
    pub rule: Vec<String>,
    /// Most suggestions for one rule
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub per_rule: usize,
    /// Largest document, in bytes; larger ones are skipped
    #[arg(long, value_name = "BYTES", default_value_t = 64 << 20, value_parser = clap::value_parser!(u64).range(1..=1 << 30))]
    pub max_size: u64,
    /// Write the suggestions into this file as `[[rule.no_match]]` tables; needs --show-text, since they hold the values
    #[arg(long, short, value_name = "FILE", help_heading = "Output", requires = "show_text")]
    pub output: Option<PathBuf>,
    /// Show values, not only their shape
    #[arg(long, help_heading = "Output")]
    pub show_text: bool,
    /// Format of the report
    #[arg(long, value_enum, default_value_t, help_heading = "Output")]
    pub format: Format,
    #[command(flatten)]
    #[allow(missing_docs, reason = "a doc comment here would replace the help of the command")]
    pub run: RunArgs,
}

/// What shows are steps, not only a bar.
fn no_steps(arg: clap::Arg) -> clap::Arg {
    arg.help("Show no progress")
}

/// What the findings are for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum PointArg {
    /// A wrong finding costs more than a missed one
    #[default]
    Alert,
    /// A missed value costs more than a wrong finding
    Redact,
}

impl PointArg {
    pub(super) fn aim(self) -> Aim {
        match self {
            Self::Alert => Aim::Alert,
            Self::Redact => Aim::Redact,
        }
    }
}

impl TuneArgs {
    pub(super) fn options(&self) -> TuneOptions {
        TuneOptions {
            folds: self.folds,
            seed: self.seed,
            findings_min: self.min_findings,
            pack: self.pack.pack.clone(),
            only: self.rule.clone(),
        }
    }
}
