//! What a person sees on a terminal while a command runs.

use crate::cli::Color;
use clap::Args;
use std::io::{self, IsTerminal};

/// What a person sees on a terminal while a command runs.
#[derive(Clone, Debug, Args)]
pub struct ConsoleArgs {
    /// Show no progress bar
    #[arg(long)]
    pub no_progress: bool,
    /// When to use colour
    #[arg(long, value_enum, default_value_t, value_name = "WHEN")]
    pub color: Color,
}

impl ConsoleArgs {
    /// True if a progress bar is wanted and somebody would see it.
    pub(in crate::cli) fn shows_progress(&self) -> bool {
        !self.no_progress && io::stderr().is_terminal()
    }
}
