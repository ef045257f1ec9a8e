//! `lockgate rules`: check, list, show, start, describe and document rules.

mod check;
mod describe;
mod docs;
mod error;
mod list;
mod new;
mod schema;
mod show;

pub use check::CheckArgs;
pub use docs::{DocsArgs, pages};
pub use error::RulesError;
pub use list::ListArgs;
pub use new::NewArgs;
pub use schema::{SchemaArgs, SchemaKind, schema};
pub use show::ShowArgs;

use clap::{Args, Subcommand, ValueEnum};
use std::{
    io::Write,
    path::{Path, PathBuf},
    process::ExitCode,
};

/// Arguments of `lockgate rules`.
#[derive(Args, Clone, Debug)]
pub struct RulesArgs {
    /// Folder or file with rules, labels or packs to add to the built-in ones; may be repeated
    #[arg(long = "rules", value_name = "DIR", global = true)]
    pub dirs: Vec<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: RulesCommand,
}

/// What to do with rules.
#[derive(Clone, Debug, Subcommand)]
pub enum RulesCommand {
    /// Check rule files and run their examples
    Check(CheckArgs),
    /// List rules
    List(ListArgs),
    /// Show everything about one rule
    Show(ShowArgs),
    /// Start a new rule
    New(NewArgs),
    /// Print the JSON Schema of rule files, label files or packs
    Schema(SchemaArgs),
    /// Write a page of documentation for every family of rules
    Docs(DocsArgs),
}

/// Output format of the `rules` commands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}

/// Runs one of the `rules` commands. Exit code 1 means that `check` found errors.
///
/// # Errors
/// The rules cannot be read, a name is unknown, or output cannot be written.
pub fn run(args: &RulesArgs, out: &mut dyn Write) -> Result<ExitCode, RulesError> {
    match &args.command {
        RulesCommand::Check(check) => check::run(check, &args.dirs, out),
        RulesCommand::List(list) => list::run(list, &args.dirs, out),
        RulesCommand::Show(show) => show::run(show, &args.dirs, out),
        RulesCommand::New(new) => new::run(new, &args.dirs, out),
        RulesCommand::Schema(schema) => schema::run(schema, out),
        RulesCommand::Docs(docs) => docs::run(docs, &args.dirs, out),
    }
}

/// Writes one generated file, folders included.
fn write_file(path: &Path, text: &str) -> Result<(), RulesError> {
    let failed = |error| RulesError::Write { path: path.to_owned(), error };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    std::fs::write(path, text).map_err(failed)
}
