//! When to use colour.

use crate::cli::Color;
use clap::Args;

/// When to use colour.
#[derive(Clone, Debug, Args)]
pub struct ColorArgs {
    /// When to use colour
    #[arg(long, value_enum, default_value_t, value_name = "WHEN")]
    pub color: Color,
}
