//! `lockgate serve`: hands over to the HTTP service.

use super::{Color, EXIT_ERROR, console};
use crate::base::Fault;
use crate::base::code::CLI_USAGE;
use clap::Args;
use std::process::ExitCode;

/// Arguments of `lockgate serve`.
#[derive(Debug, Args)]
pub struct ServeArgs {}

pub(super) fn run(_args: &ServeArgs) -> ExitCode {
    console::error(Color::Auto, &Fault::new(CLI_USAGE, "this build has no HTTP service"));
    ExitCode::from(EXIT_ERROR)
}
