//! What is known of a content beside what was found in it: who sends it, with which tool, where it goes.
//!
//! Facts come from the caller, or from whoever authenticated it. A fact that is not there fulfils no condition.

use crate::base::Direction;

/// The facts of one content.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Which way it travels.
    pub direction: Direction,
    /// SPIFFE id of the workload.
    pub actor: Option<String>,
    /// Whose data it is.
    pub tenant: Option<String>,
    /// Name of the agent, as it calls itself.
    pub agent: Option<String>,
    /// Version of the agent.
    pub agent_version: Option<String>,
    /// Groups that the actor is in.
    pub groups: Vec<String>,
    /// The tool that is called, or whose result it is.
    pub tool: Option<String>,
    /// Where it goes.
    pub destination: Destination,
    /// Claims about the execution environment: name and value.
    pub attestation: Vec<(String, String)>,
    /// Where it comes from: `user`, `memory`, `tool:crm.get_customer`.
    pub origins: Vec<String>,
    /// Who may read it.
    pub readers: Vec<String>,
    /// `trusted`, `untrusted`; `unknown` if nobody said.
    pub integrity: Option<String>,
    /// Milliseconds since 1970, UTC.
    pub now_ms: u64,
    /// What the caller can do with a verdict.
    pub can: Abilities,
}

/// Where a content goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Destination {
    /// The model.
    pub model: Option<String>,
    /// Who runs it.
    pub provider: Option<String>,
    /// Where it runs.
    pub region: Option<String>,
    /// Its domain, in lower case and ASCII.
    pub domain: Option<String>,
    /// `internal`, `partner`, `public`; `unknown` if nobody said.
    pub trust: Option<String>,
}

impl Destination {
    /// True if nothing is known of it.
    pub fn is_unknown(&self) -> bool {
        let Self { model, provider, region, domain, trust } = self;
        [model, provider, region, domain, trust].into_iter().all(Option::is_none)
    }
}

/// What a caller can do with a verdict. One that cannot do what is demanded must block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Abilities {
    /// Rewrite the content.
    pub redact: bool,
    /// Ask somebody before it goes on.
    pub step_up: bool,
    /// Have values replaced by tokens, since there is a session that they belong to. Nobody claims this: who has a vault knows it.
    pub tokenize: bool,
}

impl Default for Abilities {
    fn default() -> Self {
        Self { redact: true, step_up: true, tokenize: false }
    }
}

/// A kind of fact that a condition is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// Which way the content travels.
    Direction,
    /// SPIFFE id of the workload.
    Actor,
    /// Tenant.
    Tenant,
    /// Name of the agent.
    Agent,
    /// Version of the agent.
    AgentVersion,
    /// A group of the actor.
    Group,
    /// The tool.
    Tool,
    /// The model.
    Model,
    /// The provider.
    Provider,
    /// The region.
    Region,
    /// The domain.
    Domain,
    /// How far the destination is trusted.
    Trust,
    /// A claim of this name.
    Attestation(Box<str>),
    /// Where the content comes from.
    Origin,
    /// Who may read it.
    Readers,
    /// Whether somebody else may have written it.
    Integrity,
    /// Whether a tool is used: one is named, or the content is a tool call.
    ToolUse,
    /// Whether the content goes to a destination: one is named, or it is a prompt.
    Travel,
}

/// What the fields [`Field::ToolUse`] and [`Field::Travel`] are where they hold.
pub(super) const YES: &str = "yes";
/// Trust and integrity of which nobody said anything.
const UNKNOWN: &str = "unknown";

impl Field {
    /// The name in policy files and explanations.
    pub fn name(&self) -> String {
        let name = match self {
            Self::Direction => "direction",
            Self::Actor => "actor",
            Self::Tenant => "tenant",
            Self::Agent => "agent",
            Self::AgentVersion => "agent-version",
            Self::Group => "group",
            Self::Tool => "tool",
            Self::Model => "destination.model",
            Self::Provider => "destination.provider",
            Self::Region => "destination.region",
            Self::Domain => "destination.domain",
            Self::Trust => "destination.trust",
            Self::Attestation(claim) => return format!("attestation.{claim}"),
            Self::Origin => "lineage.origin",
            Self::Readers => "lineage.readers",
            Self::Integrity => "lineage.integrity",
            Self::ToolUse => "use of a tool",
            Self::Travel => "a destination",
        };
        name.to_owned()
    }

    /// True if a caller evades a condition by not giving the fact. Trust and integrity have a value for that.
    pub(super) const fn can_be_missing(&self) -> bool {
        !matches!(
            self,
            Self::Direction | Self::Trust | Self::Integrity | Self::ToolUse | Self::Travel
        )
    }
}

impl Facts {
    /// Hands on the values of a kind of fact; none if it is not known.
    pub(super) fn each<'f>(&'f self, field: &Field, mut visit: impl FnMut(&'f str)) {
        let destination = &self.destination;
        let one = match field {
            Field::Direction => Some(self.direction.name()),
            Field::Actor => self.actor.as_deref(),
            Field::Tenant => self.tenant.as_deref(),
            Field::Agent => self.agent.as_deref(),
            Field::AgentVersion => self.agent_version.as_deref(),
            Field::Tool => self.tool.as_deref(),
            Field::Model => destination.model.as_deref(),
            Field::Provider => destination.provider.as_deref(),
            Field::Region => destination.region.as_deref(),
            Field::Domain => destination.domain.as_deref(),
            Field::Trust => Some(destination.trust.as_deref().unwrap_or(UNKNOWN)),
            Field::Integrity => Some(self.integrity.as_deref().unwrap_or(UNKNOWN)),
            Field::ToolUse => {
                (self.tool.is_some() || self.direction == Direction::ToolCall).then_some(YES)
            }
            Field::Travel => {
                (!destination.is_unknown() || self.direction == Direction::Input).then_some(YES)
            }
            Field::Group => return self.groups.iter().for_each(|value| visit(value)),
            Field::Origin => return self.origins.iter().for_each(|value| visit(value)),
            Field::Readers => return self.readers.iter().for_each(|value| visit(value)),
            Field::Attestation(claim) => {
                let claims = self.attestation.iter().filter(|(name, _)| **name == **claim);
                return claims.for_each(|(_, value)| visit(value));
            }
        };
        one.into_iter().for_each(visit);
    }
}
