//! Arguments of `lockgate tune`.

use crate::cli::Color;
use crate::cli::eval::{CommonArgs, EvalFormat, LabelMatchArg, MatchArg};
use crate::cli::rules::Format;
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
#[command(after_help = HELP, args_conflicts_with_subcommands = true)]
pub struct TuneArgs {
    /// Another way to learn from texts.
    #[command(subcommand)]
    pub command: Option<TuneCommand>,
    /// JSONL files, folders of them, or `-` for standard input
    #[arg(value_name = "CORPUS")]
    pub corpora: Vec<PathBuf>,
    /// Labels of the corpora and ours, in TOML; goes before the built-in mapping
    #[arg(long, value_name = "FILE", help_heading = "Corpora")]
    pub map: Vec<PathBuf>,
    /// What a document's label means: LABEL=ours, LABEL=clean or LABEL=ignore
    #[arg(long, value_name = "LABEL=OURS", help_heading = "Corpora")]
    pub document_label: Vec<String>,
    /// Largest line of a corpus, in bytes; longer ones are skipped
    #[arg(long, value_name = "BYTES", default_value_t = 64 << 20, value_parser = clap::value_parser!(u64).range(1..=1 << 30), help_heading = "Corpora")]
    pub max_size: u64,

    /// Add the rule files of this folder; a rule, label or pack replaces a built-in one with the same id
    #[arg(long, value_name = "DIR", help_heading = "Rules")]
    pub rules: Vec<PathBuf>,
    /// Use the rules and thresholds of this pack
    #[arg(long, value_name = "NAME", default_value = "default", help_heading = "Rules")]
    pub pack: String,
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

    /// Threads that read; 0 is one per core
    #[arg(long, short, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u16).range(0..=1024))]
    pub jobs: u16,
    /// Show no progress
    #[arg(long)]
    pub no_progress: bool,
    /// Print no summary
    #[arg(long, short)]
    pub quiet: bool,
    /// When to use colour
    #[arg(long, value_enum, default_value_t, value_name = "WHEN")]
    pub color: Color,
}

/// Other ways to learn from texts.
#[derive(Debug, Subcommand)]
pub enum TuneCommand {
    /// Turn false findings in clean text into counter-examples for review
    SuggestNegatives(Box<NegativesArgs>),
}

/// Arguments of `lockgate tune suggest-negatives`.
#[derive(Debug, Args)]
pub struct NegativesArgs {
    /// Text in which nothing should be found: files, folders, JSONL; `-` for standard input
    #[arg(value_name = "CLEAN", required = true)]
    pub clean: Vec<PathBuf>,
    /// Add the rule files of this folder; a rule, label or pack replaces a built-in one with the same id
    #[arg(long, value_name = "DIR", help_heading = "Rules")]
    pub rules: Vec<PathBuf>,
    /// Use the rules and thresholds of this pack
    #[arg(long, value_name = "NAME", default_value = "default", help_heading = "Rules")]
    pub pack: String,
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
    /// Threads; 0 is one per core
    #[arg(long, short, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u16).range(0..=1024))]
    pub jobs: u16,
    /// Show no progress
    #[arg(long)]
    pub no_progress: bool,
    /// When to use colour
    #[arg(long, value_enum, default_value_t, value_name = "WHEN")]
    pub color: Color,
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
            pack: self.pack.clone(),
            only: self.rule.clone(),
        }
    }

    /// What reading and judging needs, as for an evaluation.
    pub(super) fn common(&self) -> CommonArgs {
        CommonArgs {
            map: self.map.clone(),
            document_label: self.document_label.clone(),
            max_size: self.max_size,
            pack: self.pack.clone(),
            jobs: self.jobs,
            no_progress: self.no_progress,
            quiet: self.quiet,
            color: self.color,
            ..common()
        }
    }
}

impl NegativesArgs {
    /// What reading needs, as for an evaluation.
    pub(super) fn common(&self) -> CommonArgs {
        CommonArgs {
            max_size: self.max_size,
            pack: self.pack.clone(),
            show_text: self.show_text,
            jobs: self.jobs,
            no_progress: self.no_progress,
            color: self.color,
            ..common()
        }
    }
}

fn common() -> CommonArgs {
    CommonArgs {
        map: Vec::new(),
        document_label: Vec::new(),
        max_size: 0,
        strict: false,
        pack: String::new(),
        min_confidence: None,
        criterion: MatchArg::default(),
        label_match: LabelMatchArg::default(),
        label: Vec::new(),
        format: EvalFormat::default(),
        output: None,
        show_text: false,
        jobs: 0,
        no_progress: false,
        quiet: false,
        list_key_file: Vec::new(),
        color: Color::default(),
    }
}
