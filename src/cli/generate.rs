//! Texts made from the command line's own description: completions and manual pages.

use super::{Color, EXIT_DONE, EXIT_ERROR, command, console, output};
use clap::Args;
use clap_complete::Shell;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Arguments of `lockgate completions`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  lockgate completions bash > ~/.local/share/bash-completion/completions/lockgate
  lockgate completions zsh > ~/.zfunc/_lockgate")]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub shell: Shell,
}

/// Arguments of `lockgate man`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  lockgate man | man -l -
  lockgate man --out ~/.local/share/man/man1")]
pub struct ManArgs {
    /// Write one page per command into this folder instead
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

pub(super) fn completions(args: &CompletionsArgs) -> ExitCode {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command(), "lockgate", &mut script);
    finish(io::stdout().lock().write_all(&script))
}

pub(super) fn man(args: &ManArgs) -> ExitCode {
    match &args.out {
        Some(folder) => finish(write_pages(folder)),
        None => finish(write_page()),
    }
}

fn write_page() -> io::Result<()> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command()).render(&mut page)?;
    io::stdout().lock().write_all(&page)
}

fn write_pages(folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    clap_mangen::generate_to(command(), folder)
}

fn finish(written: io::Result<()>) -> ExitCode {
    match output::open(written) {
        Ok(_) => ExitCode::from(EXIT_DONE),
        Err(fault) => {
            console::error(Color::Auto, &fault);
            ExitCode::from(EXIT_ERROR)
        }
    }
}
