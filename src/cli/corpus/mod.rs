//! `lockgate corpus`: labelled texts.

mod generate;

pub use generate::GenerateArgs;

use clap::{Args, Subcommand};
use std::process::ExitCode;

/// Arguments of `lockgate corpus`.
#[derive(Debug, Args)]
pub struct CorpusArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: CorpusCommand,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum CorpusCommand {
    /// Make texts with planted values and look-alikes, the same for the same seed
    Generate(GenerateArgs),
}

pub(super) fn run(args: &CorpusArgs) -> ExitCode {
    match &args.command {
        CorpusCommand::Generate(args) => generate::run(args),
    }
}
