//! `lockgate policy`: check, explain, test and simulate policies.

mod cases;
mod explain;
mod facts;
mod simulate;
mod situation;

use super::load::reason;
use super::output::{print_json, print_with};
use super::{FolderArgs, RuleSetArgs, console, finish};
use crate::audit::now_ms;
use crate::base::Fault;
use crate::base::code::{FILE_UNREADABLE, POLICY_FILE};
use crate::policy::{Policy, lint_grants};
use crate::rules::Rules;
use crate::syntax::{Diagnostics, Severity, Source, parse_policy};
use crate::vault::{SECRET_BYTES, Scope, Vault, VaultLimits};
use clap::{Args, Subcommand, ValueEnum};
pub use facts::FactArgs;
use serde_json::{Value, json};
pub use simulate::SimulateArgs;
use std::fs;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

/// What names files of cases in the folder of a policy, which does not read them.
const CASES_SUFFIX: &str = ".cases.toml";

const EXAMPLES: &str = "\
Examples:
  lockgate policy check policy.toml
  lockgate policy explain policy.toml --tool mail.send --trust public --finding pii.email
  lockgate policy test policy.toml policy.cases.toml
  lockgate audit export --ledger ledger | lockgate policy simulate policy.toml -

Exit codes: 0 done, 1 the policy is wrong, a case failed, or a verdict changed and --fail-on-change, 2 error.";

/// Arguments of `lockgate policy`.
#[derive(Clone, Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct PolicyArgs {
    /// What is done.
    #[command(subcommand)]
    pub command: PolicyCommand,
}

/// The commands.
#[derive(Clone, Debug, Subcommand)]
pub enum PolicyCommand {
    /// Say everything that is wrong with a policy, or could be better
    Check {
        #[command(flatten)]
        #[allow(missing_docs, reason = "a doc comment here would replace the help of the command")]
        policy: PolicyPath,
        #[command(flatten)]
        #[allow(missing_docs, reason = "a doc comment here would replace the help of the command")]
        rules: FolderArgs,
        /// Output format
        #[arg(long, value_enum, default_value_t)]
        format: PolicyFormat,
        /// Fail on warnings as well
        #[arg(long)]
        deny_warnings: bool,
    },
    /// Show which rules match, and of the others which condition does not hold
    Explain {
        #[command(flatten)]
        #[allow(missing_docs, reason = "a doc comment here would replace the help of the command")]
        policy: PolicyPath,
        #[command(flatten)]
        #[allow(missing_docs, reason = "a doc comment here would replace the help of the command")]
        rules: RuleSetArgs,
        #[command(flatten)]
        #[allow(missing_docs, reason = "a doc comment here would replace the help of the command")]
        facts: Box<FactArgs>,
        /// A finding: its label, its confidence if it is not high, and how many different values if not one; may be repeated
        #[arg(long, value_name = "LABEL[:CONFIDENCE[:VALUES]]")]
        finding: Vec<String>,
        /// Output format
        #[arg(long, value_enum, default_value_t)]
        format: PolicyFormat,
    },
    /// Run cases and compare what the policy decides with what they expect
    Test {
        #[command(flatten)]
        #[allow(missing_docs, reason = "a doc comment here would replace the help of the command")]
        policy: PolicyPath,
        /// Files of cases
        #[arg(value_name = "CASES", required = true)]
        cases: Vec<PathBuf>,
        #[command(flatten)]
        #[allow(missing_docs, reason = "a doc comment here would replace the help of the command")]
        rules: RuleSetArgs,
        /// Output format
        #[arg(long, value_enum, default_value_t)]
        format: PolicyFormat,
    },
    /// Replay an audit log or a corpus, and show which verdicts the policy changes
    Simulate(Box<SimulateArgs>),
}

/// Which policy.
#[derive(Clone, Debug, Args)]
pub struct PolicyPath {
    /// The policy: a file, or a folder whose .toml files are read in the order of their names
    #[arg(value_name = "POLICY")]
    pub policy: PathBuf,
}

/// How results are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum PolicyFormat {
    /// For people.
    #[default]
    Text,
    /// JSON.
    Json,
}

pub(super) fn run(args: &PolicyArgs) -> ExitCode {
    let done = match &args.command {
        PolicyCommand::Check { policy, rules, format, deny_warnings } => {
            check(&policy.policy, rules, *format, *deny_warnings)
        }
        PolicyCommand::Explain { policy, rules, facts, finding, format } => {
            explain::run(&policy.policy, rules, facts, finding, *format)
        }
        PolicyCommand::Test { policy, cases, rules, format } => {
            cases::run(&policy.policy, cases, rules, *format)
        }
        PolicyCommand::Simulate(args) => simulate::run(args),
    };
    finish(done)
}

/// Reads and compiles a policy; what is wrong with it goes to standard error.
///
/// # Errors
/// It cannot be read, or it is wrong.
pub(super) fn load(path: &Path, rules: &Rules) -> Result<Policy, Fault> {
    let (policy, _) = Policy::compile(&sources(path)?, rules).map_err(|found| {
        console::say(&format!("{}\n", found.render(false).trim_end()));
        let errors = found.count(Severity::Error);
        Fault::new(POLICY_FILE, format!("{}: {errors} errors", path.display()))
    })?;
    Ok(policy)
}

/// The files of a policy, in order.
/// A session of its own for one text that is tried out, which ends with it.
fn scratch_scope() -> Arc<Scope> {
    let limits = VaultLimits { sessions: 1, values: 1 << 16, bytes: 1 << 26, idle_ms: 1 };
    Arc::new(Arc::new(Vault::new([0; SECRET_BYTES], limits)).scope("", None, "", 0))
}

fn sources(path: &Path) -> Result<Vec<Source>, Fault> {
    let unreadable = |path: &Path, error: &io::Error| {
        Fault::new(FILE_UNREADABLE, format!("{}: {}", path.display(), reason(error)))
    };
    let mut files = Vec::new();
    if path.is_dir() {
        for entry in fs::read_dir(path).map_err(|error| unreadable(path, &error))? {
            let file = entry.map_err(|error| unreadable(path, &error))?.path();
            let name = file.file_name().map(|name| name.to_string_lossy().into_owned());
            let name = name.unwrap_or_default();
            if name.ends_with(".toml") && !name.ends_with(CASES_SUFFIX) && !name.starts_with('.') {
                files.push(file);
            }
        }
        files.sort();
        if files.is_empty() {
            let detail = format!("{}: there is no .toml file", path.display());
            return Err(Fault::new(POLICY_FILE, detail));
        }
    } else {
        files.push(path.to_owned());
    }
    let read = |file: &PathBuf| {
        let text = fs::read_to_string(file).map_err(|error| unreadable(file, &error))?;
        Ok(Source::new(file.display().to_string(), text))
    };
    files.iter().map(read).collect()
}

fn check(
    path: &Path,
    rules: &FolderArgs,
    format: PolicyFormat,
    deny_warnings: bool,
) -> Result<bool, Fault> {
    let rules = RuleSetArgs { pack: None, folders: rules.clone() }.compile()?;
    let sources = sources(path)?;
    let (policy, mut found) = match Policy::compile(&sources, &rules) {
        Ok((policy, found)) => (Some(policy), found),
        Err(found) => (None, found),
    };
    for source in &sources {
        if let Ok(file) = parse_policy(source) {
            found.0.extend(lint_grants(source, &file, now_ms()));
        }
    }
    found.sort();
    let (errors, warnings) = (found.count(Severity::Error), found.count(Severity::Warning));
    match format {
        PolicyFormat::Json => print_json(&checked(policy.as_ref(), &found, &sources))?,
        PolicyFormat::Text => print_with(|out| {
            write!(out, "{}", found.render(io::stdout().is_terminal()))?;
            let rules = policy.as_ref().map_or(0, Policy::rule_count);
            let files = sources.len();
            writeln!(out, "rules {rules}, files {files}, errors {errors}, warnings {warnings}")
        })?,
    }
    Ok(errors == 0 && (warnings == 0 || !deny_warnings))
}

fn checked(policy: Option<&Policy>, found: &Diagnostics, sources: &[Source]) -> Value {
    json!({
        "policy": policy.map(|policy| &**policy.id()),
        "fingerprint": policy.map(|policy| &**policy.fingerprint()),
        "rules": policy.map(Policy::rule_count),
        "files": sources.len(),
        "errors": found.count(Severity::Error),
        "warnings": found.count(Severity::Warning),
        "notes": found.count(Severity::Note),
        "diagnostics": found.to_json(),
    })
}
