//! Facts from the command line.

use crate::audit::now_ms;
use crate::base::code::CLI_USAGE;
use crate::base::{Direction, Fault};
use crate::policy::{Abilities, Destination, Facts, moment_ms};
use clap::Args;

/// What is known of a content beside what was found in it.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Facts")]
pub struct FactArgs {
    /// Which way it travels: input, output, memory, tool_call or tool_result
    #[arg(long, value_name = "NAME", default_value = "input")]
    pub direction: Direction,
    /// SPIFFE id of the workload
    #[arg(long, value_name = "ID")]
    pub actor: Option<String>,
    /// Tenant
    #[arg(long, value_name = "NAME")]
    pub tenant: Option<String>,
    /// Name of the agent
    #[arg(long, value_name = "NAME")]
    pub agent: Option<String>,
    /// Version of the agent
    #[arg(long, value_name = "VERSION")]
    pub agent_version: Option<String>,
    /// A group of the actor; may be repeated
    #[arg(long, value_name = "NAME")]
    pub group: Vec<String>,
    /// The tool
    #[arg(long, value_name = "NAME")]
    pub tool: Option<String>,
    /// The model that it goes to
    #[arg(long, value_name = "NAME")]
    pub model: Option<String>,
    /// Who runs it
    #[arg(long, value_name = "NAME")]
    pub provider: Option<String>,
    /// Where it runs
    #[arg(long, value_name = "NAME")]
    pub region: Option<String>,
    /// Its domain
    #[arg(long, value_name = "NAME")]
    pub domain: Option<String>,
    /// How far it is trusted
    #[arg(long, value_name = "NAME", value_parser = ["internal", "partner", "public", "unknown"])]
    pub trust: Option<String>,
    /// A claim about the execution environment; may be repeated
    #[arg(long, value_name = "NAME=VALUE")]
    pub attestation: Vec<String>,
    /// Where the content comes from; may be repeated
    #[arg(long, value_name = "NAME")]
    pub origin: Vec<String>,
    /// Who may read it; may be repeated
    #[arg(long, value_name = "NAME")]
    pub reader: Vec<String>,
    /// Whether somebody else may have written it
    #[arg(long, value_name = "NAME", value_parser = ["trusted", "untrusted", "unknown"])]
    pub integrity: Option<String>,
    /// What the caller cannot do; may be repeated
    #[arg(long, value_name = "NAME", value_parser = ["redact", "step_up"])]
    pub cannot: Vec<String>,
    /// It belongs to a session, in which values can have tokens
    #[arg(long)]
    pub in_session: bool,
    /// When, such as 2026-11-23T18:00:00Z; now if it is not said
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
}

impl FactArgs {
    /// The facts.
    ///
    /// # Errors
    /// A claim has no value, or the time is none.
    pub(super) fn facts(&self) -> Result<Facts, Fault> {
        let claims = self.attestation.iter().map(|claim| {
            let (name, value) = claim.split_once('=')?;
            Some((name.to_owned(), value.to_owned()))
        });
        let attestation = claims.collect::<Option<_>>();
        let at = self.at.as_ref().map(|text| {
            text.parse().ok().and_then(|moment| moment_ms(&moment)).ok_or_else(|| {
                Fault::new(CLI_USAGE, "--at takes a time such as 2026-11-23T18:00:00Z")
            })
        });
        let can = |what: &str| !self.cannot.iter().any(|cannot| cannot == what);
        Ok(Facts {
            direction: self.direction,
            actor: self.actor.clone(),
            tenant: self.tenant.clone(),
            agent: self.agent.clone(),
            agent_version: self.agent_version.clone(),
            groups: self.group.clone(),
            tool: self.tool.clone(),
            destination: Destination {
                model: self.model.clone(),
                provider: self.provider.clone(),
                region: self.region.clone(),
                domain: self.domain.as_ref().map(|name| name.to_ascii_lowercase()),
                trust: self.trust.clone(),
            },
            attestation: attestation
                .ok_or_else(|| Fault::new(CLI_USAGE, "--attestation takes NAME=VALUE"))?,
            origins: self.origin.clone(),
            readers: self.reader.clone(),
            integrity: self.integrity.clone(),
            now_ms: at.transpose()?.unwrap_or_else(now_ms),
            can: Abilities {
                redact: can("redact"),
                step_up: can("step_up"),
                tokenize: self.in_session,
            },
        })
    }
}
