//! L8: arguments, commands and output formats.
//!
//! Exit codes of every command: 0 done, 1 findings at or above `--fail-on` or figures below `--fail-under`, 2 error.

pub mod args;
mod bench;
mod console;
mod corpus;
mod counting_alloc;
pub mod eval;
mod generate;
mod key;
mod ledger;
mod lists;
pub mod load;
mod memory;
mod output;
mod policy;
#[cfg(feature = "server")]
mod proxy;
pub mod rules;
mod ruleset;
mod scan;
#[cfg(feature = "server")]
pub mod serve;
mod stream;
mod tune;

pub use bench::BenchArgs;
pub use console::Color;
pub use corpus::{CorpusArgs, CorpusCommand, GenerateArgs};
pub use counting_alloc::{CountingAllocator, allocations};
pub use generate::{CompletionsArgs, ManArgs};
pub use ledger::{
    AuditArgs, AuditCommand, LedgerArgs, LineageArgs, LineageCommand, ModeArg, PublicKeyArgs,
    TenantArgs, TowardArg,
};
pub use lists::{
    DictionaryArgs, DictionaryBuildArgs, DictionaryCommand, EdmArgs, EdmBuildArgs, EdmCommand,
    FingerprintArgs, FingerprintBuildArgs, FingerprintCommand, ShowListArgs,
};
pub use memory::{
    MemoryArgs, MemoryCommand, MemoryCommonArgs, MemoryFormat, MemoryInspectArgs, MemoryRedactArgs,
};
pub use policy::{FactArgs, PolicyArgs, PolicyCommand, PolicyFormat, PolicyPath, SimulateArgs};
pub use ruleset::{FolderArgs, ListKeyArgs, PackArgs, RuleSetArgs};
pub use scan::{FailOn, Format, InputName, OffsetUnit, ScanArgs};
pub use stream::{OverflowArg, StreamArgs};
pub use tune::{NegativesArgs, PointArg, TuneArgs, TuneCommand};

use crate::base::Fault;
use crate::base::code::CLI_USAGE;
use clap::error::ErrorKind;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

/// Everything was done.
pub const EXIT_DONE: u8 = 0;
/// There were findings at or above `--fail-on`, or figures below `--fail-under`.
pub const EXIT_FINDINGS: u8 = 1;
/// Something that was asked for could not be done.
pub const EXIT_ERROR: u8 = 2;

const EXAMPLES: &str = "\
Examples:
  lockgate scan .                                find sensitive data in a folder
  git diff | lockgate scan --fail-on high        stop a commit that would leak
  lockgate scan --redact prompt.txt              print the text without it
  some-command | lockgate stream                 the same while it arrives
  lockgate bench prompts.jsonl                   latency per document on your own traffic

Exit codes: 0 done, 1 findings at or above --fail-on, 2 error.";

const VERSION: &str = if cfg!(feature = "hyperscan") {
    concat!(env!("CARGO_PKG_VERSION"), " (hyperscan)")
} else {
    concat!(env!("CARGO_PKG_VERSION"), " (portable)")
};

/// Finds and redacts sensitive data in prompts, logs and files.
#[derive(Debug, Parser)]
#[command(name = "lockgate", version = VERSION, after_help = EXAMPLES)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Scan files, folders or standard input; report or redact what is found
    Scan(Box<ScanArgs>),
    /// Inspect and redact what agents remember: snapshots, transcripts, exports
    Memory(Box<MemoryArgs>),
    /// Redact standard input to standard output while it arrives
    Stream(Box<StreamArgs>),
    /// Check, list, show, explain, start and document rules
    Rules(rules::RulesArgs),
    /// Measure the latency per document over a JSONL file
    Bench(BenchArgs),
    /// Measure precision and recall on labelled texts
    Eval(Box<eval::EvalArgs>),
    /// Fit thresholds, windows and confidence of rules to labelled texts, and propose changes
    Tune(Box<TuneArgs>),
    /// Make labelled texts to measure rules with
    Corpus(CorpusArgs),
    /// Build and show dictionaries: terms that rules look for
    Dictionary(DictionaryArgs),
    /// Build and show tables of exact data: rows that rules look for
    Edm(EdmArgs),
    /// Build and show fingerprints: documents whose passages rules look for
    Fingerprint(FingerprintArgs),
    /// Ask a ledger where values come from and where they go
    Lineage(LineageArgs),
    /// Verify a ledger, prove and export its records, destroy its keys
    Audit(AuditArgs),
    /// Check, explain, test and simulate policies: who may send what where
    Policy(Box<PolicyArgs>),
    /// Run the HTTP service
    #[cfg(feature = "server")]
    Serve(serve::ServeArgs),
    /// Stand in front of a model's API: inspect and redact what goes there and what comes back
    #[cfg(feature = "server")]
    Proxy(proxy::ProxyArgs),
    /// Print a completion script for a shell
    Completions(CompletionsArgs),
    /// Print the manual page, or write the pages of all commands
    Man(ManArgs),
}

/// Runs the command line of this process and returns its exit code.
pub fn main() -> ExitCode {
    let parsed = command().try_get_matches().and_then(|matches| Cli::from_arg_matches(&matches));
    match parsed {
        Ok(cli) => run(&cli),
        Err(error) => usage(&error),
    }
}

/// The command line as clap sees it: for completions, manual pages and reference documentation.
pub fn command() -> clap::Command {
    Cli::command()
}

fn run(cli: &Cli) -> ExitCode {
    match &cli.command {
        Command::Scan(args) => scan::run(args),
        Command::Memory(args) => memory::run(args),
        Command::Stream(args) => stream::run(args),
        Command::Rules(args) => rules_command(args),
        Command::Bench(args) => bench::run(args),
        Command::Eval(args) => eval::run(args),
        Command::Tune(args) => tune::run(args),
        Command::Corpus(args) => corpus::run(args),
        Command::Dictionary(args) => lists::dictionary(args),
        Command::Edm(args) => lists::edm(args),
        Command::Fingerprint(args) => lists::fingerprint(args),
        Command::Lineage(args) => ledger::lineage(args),
        Command::Audit(args) => ledger::audit(args),
        Command::Policy(args) => policy::run(args),
        #[cfg(feature = "server")]
        Command::Serve(args) => serve::run(args),
        #[cfg(feature = "server")]
        Command::Proxy(args) => proxy::run(args),
        Command::Completions(args) => generate::completions(args),
        Command::Man(args) => generate::man(args),
    }
}

/// The exit code of a command that is done, `right` or not.
fn finish(right: Result<bool, Fault>) -> ExitCode {
    match right {
        Ok(true) => ExitCode::from(EXIT_DONE),
        Ok(false) => ExitCode::from(EXIT_FINDINGS),
        Err(fault) => {
            console::say(&format!("error: {fault}\n"));
            ExitCode::from(EXIT_ERROR)
        }
    }
}

fn rules_command(args: &rules::RulesArgs) -> ExitCode {
    let mut out = BufWriter::new(io::stdout().lock());
    match rules::run(args, &mut out).and_then(|code| {
        out.flush().map_err(rules::RulesError::Output)?;
        Ok(code)
    }) {
        Ok(code) => code,
        // A closed pipe is the reader's decision.
        Err(rules::RulesError::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
            ExitCode::from(EXIT_DONE)
        }
        Err(error) => {
            console::say(&format!("error: {error}\n"));
            ExitCode::from(EXIT_ERROR)
        }
    }
}

/// Help and version go to standard output; a usage error gets its code like every other error.
fn usage(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        // A closed pipe is the reader's decision.
        let _ = error.print();
        return ExitCode::from(EXIT_DONE);
    }
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        let _ = error.print();
        return ExitCode::from(EXIT_ERROR);
    }
    let text = error.render().to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    console::say(&format!("error[{}]: {text}", CLI_USAGE.id));
    ExitCode::from(EXIT_ERROR)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_consistent() {
        command().debug_assert();
    }
}
