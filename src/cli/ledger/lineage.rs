//! `lockgate lineage`: where did a value go, what happened in a session, what did an agent see, what comes from what, and why.

use super::{LedgerArgs, TenantArgs};
use crate::base::Fault;
use crate::base::calendar::rfc3339;
use crate::base::code::{INPUT_MISSING, LINEAGE_ID, LINEAGE_UNKNOWN};
use crate::cli::output::{print_json, print_with};
use crate::lineage::index::{Edge, Evidence, Mode, Sighting, Step, Toward};
use crate::lineage::{ArtifactId, ValueToken};
use crate::text::terminal::printable_char;
use clap::{Args, Subcommand, ValueEnum};
use std::io::{self, Read as _, Write};
use std::path::PathBuf;

/// Longest value that is read from standard input, in bytes.
const VALUE_BYTES_MAX: u64 = 64 << 10;

/// Arguments of `lockgate lineage`.
#[derive(Clone, Debug, Args)]
pub struct LineageArgs {
    /// What is asked.
    #[command(subcommand)]
    pub command: LineageCommand,
}

/// The questions.
#[derive(Clone, Debug, Subcommand)]
pub enum LineageCommand {
    /// Where did a value go? Reads the value from standard input, or takes a token from a record
    Trace {
        /// Which ledger.
        #[command(flatten)]
        ledger: LedgerArgs,
        /// Whose records.
        #[command(flatten)]
        tenant: TenantArgs,
        /// File with the root secret: lineage.key-file of the settings
        #[arg(long, value_name = "FILE", required_unless_present = "token")]
        key_file: Option<PathBuf>,
        /// Token of the value, 32 hexadecimal digits
        #[arg(long, value_name = "TOKEN")]
        token: Option<String>,
    },
    /// What does a content come from, or what came from it?
    Closure {
        /// Which ledger.
        #[command(flatten)]
        ledger: LedgerArgs,
        /// Whose records.
        #[command(flatten)]
        tenant: TenantArgs,
        /// Id of the content
        #[arg(value_name = "ARTIFACT")]
        artifact: String,
        /// To what it comes from, or to what came from it
        #[arg(long, value_enum, default_value_t = TowardArg::Sources)]
        toward: TowardArg,
        /// Only where the same value stands in both, or also where the one could have influenced the other
        #[arg(long, value_enum, default_value_t = ModeArg::Reachable)]
        mode: ModeArg,
        /// Longest way, in edges
        #[arg(long, value_name = "N", default_value_t = 100)]
        depth: u32,
    },
    /// What happened in a session, step by step?
    Session {
        /// Which ledger.
        #[command(flatten)]
        ledger: LedgerArgs,
        /// Whose records.
        #[command(flatten)]
        tenant: TenantArgs,
        /// Name of the session
        #[arg(value_name = "SESSION")]
        session: String,
    },
    /// What did a workload see?
    Actor {
        /// Which ledger.
        #[command(flatten)]
        ledger: LedgerArgs,
        /// Whose records.
        #[command(flatten)]
        tenant: TenantArgs,
        /// SPIFFE id of the workload
        #[arg(value_name = "ACTOR")]
        actor: String,
    },
    /// Why may one content come from another?
    Why {
        /// Which ledger.
        #[command(flatten)]
        ledger: LedgerArgs,
        /// Whose records.
        #[command(flatten)]
        tenant: TenantArgs,
        /// Id of the content that it may come from
        #[arg(value_name = "FROM")]
        from: String,
        /// Id of the content
        #[arg(value_name = "TO")]
        to: String,
    },
}

/// Which way a closure goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TowardArg {
    /// To what the content may come from.
    Sources,
    /// To what may come from the content.
    Targets,
}

/// What counts as an edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ModeArg {
    /// The same value stands in both.
    Observed,
    /// The one could have influenced the other.
    Reachable,
}

impl From<TowardArg> for Toward {
    fn from(arg: TowardArg) -> Self {
        match arg {
            TowardArg::Sources => Self::Sources,
            TowardArg::Targets => Self::Targets,
        }
    }
}

impl From<ModeArg> for Mode {
    fn from(arg: ModeArg) -> Self {
        match arg {
            ModeArg::Observed => Self::Observed,
            ModeArg::Reachable => Self::Reachable,
        }
    }
}

pub(super) fn run(args: &LineageArgs) -> Result<(), Fault> {
    match &args.command {
        LineageCommand::Trace { ledger, tenant, key_file, token } => {
            let tokens = match (token, key_file) {
                (Some(token), _) => vec![parse::<ValueToken>(token)?],
                (None, Some(path)) => ledger.keys(path)?.tokens(&tenant.tenant, &value()?),
                (None, None) => return Err(INPUT_MISSING.into()),
            };
            trace(ledger, tenant, &tokens)
        }
        LineageCommand::Closure { ledger, tenant, artifact, toward, mode, depth } => {
            let artifact = parse(artifact)?;
            let index = ledger.index()?;
            let (toward, mode) = ((*toward).into(), (*mode).into());
            let closure = index.closure(&tenant.tenant, artifact, toward, mode, *depth);
            let closure = closure.ok_or(LINEAGE_UNKNOWN)?;
            if tenant.json {
                print_json(&closure)
            } else {
                print_with(|out| edges(out, &closure.edges))
            }
        }
        LineageCommand::Session { ledger, tenant, session } => {
            let index = ledger.index()?;
            let (steps, more) = index.session(&tenant.tenant, session);
            if steps.is_empty() {
                return Err(LINEAGE_UNKNOWN.into());
            }
            if tenant.json {
                return print_json(&steps);
            }
            print_with(|out| {
                steps.iter().try_for_each(|line| step(out, line))?;
                cut(out, more)
            })
        }
        LineageCommand::Actor { ledger, tenant, actor } => {
            print_json(&ledger.index()?.exposure(&tenant.tenant, actor, 0, u64::MAX))
        }
        LineageCommand::Why { ledger, tenant, from, to } => {
            let (from, to): (ArtifactId, ArtifactId) = (parse(from)?, parse(to)?);
            let found = ledger.index()?.why(&tenant.tenant, from, to).ok_or(LINEAGE_UNKNOWN)?;
            if tenant.json { print_json(&found) } else { print_with(|out| edges(out, &found)) }
        }
    }
}

fn trace(ledger: &LedgerArgs, tenant: &TenantArgs, tokens: &[ValueToken]) -> Result<(), Fault> {
    let index = ledger.index()?;
    let mut more = false;
    let mut sightings: Vec<Sighting<'_>> = Vec::new();
    for token in tokens {
        let (seen, cut) = index.trail(&tenant.tenant, *token);
        sightings.extend(seen);
        more |= cut;
    }
    if sightings.is_empty() {
        return Err(LINEAGE_UNKNOWN.into());
    }
    sightings.sort_by_key(|sighting| sighting.step.seq);
    if tenant.json {
        return print_json(&sightings);
    }
    print_with(|out| {
        sightings.iter().try_for_each(|sighting| step(out, &sighting.step))?;
        cut(out, more)
    })
}

/// The value, without the line end that an editor or `echo` adds.
fn value() -> Result<Vec<u8>, Fault> {
    let mut value = Vec::new();
    let read = io::stdin().lock().take(VALUE_BYTES_MAX).read_to_end(&mut value);
    read.map_err(|error| Fault::new(INPUT_MISSING, error.kind().to_string()))?;
    let value = value.trim_ascii().to_vec();
    if value.is_empty() { Err(INPUT_MISSING.into()) } else { Ok(value) }
}

fn parse<T: std::str::FromStr>(text: &str) -> Result<T, Fault> {
    text.parse().map_err(|_| Fault::from(LINEAGE_ID))
}

fn cut(out: &mut dyn Write, more: bool) -> io::Result<()> {
    if more { writeln!(out, "There is more than is shown.") } else { Ok(()) }
}

/// Names come from callers: nothing of them may control the terminal.
fn plain(text: &str) -> String {
    text.chars().map(printable_char).collect()
}

/// One line: when, what, who, and what was found.
fn step(out: &mut dyn Write, step: &Step<'_>) -> io::Result<()> {
    let inspection = step.inspection;
    let found: Vec<_> = inspection
        .findings
        .iter()
        .map(|found| format!("{}\u{d7}{}", plain(&found.label), found.count))
        .collect();
    let who = inspection.agent.as_deref().or(inspection.actor.as_deref()).unwrap_or("-");
    writeln!(
        out,
        "{:>8}  {}  {:<11}  {:<8}  {}  {}  {}",
        step.seq,
        rfc3339(step.time_ms / 1000),
        plain(&inspection.direction),
        plain(&inspection.action),
        inspection.artifact,
        plain(who),
        if found.is_empty() { "-".to_owned() } else { found.join(" ") },
    )
}

fn edges(out: &mut dyn Write, edges: &[Edge]) -> io::Result<()> {
    if edges.is_empty() {
        return writeln!(out, "There is no edge.");
    }
    for edge in edges {
        let mode = match edge.mode {
            Mode::Observed => "observed",
            Mode::Reachable => "reachable",
        };
        writeln!(out, "{} -> {}  {mode} {:.2}", edge.from, edge.to, edge.confidence)?;
        for evidence in &edge.evidence {
            match evidence {
                Evidence::Value { label, tier, token, seen } => {
                    let label = plain(label);
                    writeln!(
                        out,
                        "    value {token} of {label} (L{tier}), in {seen} contents before"
                    )?;
                }
                Evidence::Parent => writeln!(out, "    named as a parent by the caller")?,
                Evidence::Session => {
                    writeln!(out, "    the content before it in the same session")?
                }
                Evidence::Trace => writeln!(out, "    the content before it in the same trace")?,
            }
        }
    }
    Ok(())
}
