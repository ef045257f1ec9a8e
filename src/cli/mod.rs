//! L8: arguments, configuration files, commands and output formats.

pub mod load;
pub mod rules;
#[cfg(feature = "server")]
pub mod serve;

use std::process::ExitCode;

/// Runs the command line of this process and returns its exit code.
pub fn main() -> ExitCode {
    ExitCode::SUCCESS
}
