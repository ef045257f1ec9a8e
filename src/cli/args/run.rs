//! How a command that reads corpora runs.

use super::ConsoleArgs;
use clap::Args;

/// How a command that reads corpora runs.
#[derive(Clone, Debug, Args)]
pub struct RunArgs {
    /// Threads; 0 is one per core
    #[arg(long, short, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u16).range(0..=1024))]
    pub jobs: u16,
    #[command(flatten)]
    #[allow(missing_docs, reason = "a doc comment here would replace the help of the command")]
    pub console: ConsoleArgs,
}
