//! The shape of policy files and of the cases they are tried with. Every field that a diagnostic may point at is [`Spanned`].

use super::{ConfidenceName, RedactSpec};
use crate::base::{Action, Direction};
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;
use toml::value::Datetime;

/// One file of a policy.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct PolicyFile {
    /// What the policy is called and how its rules decide together. In exactly one file of a policy.
    #[serde(default)]
    #[cfg_attr(feature = "cli", schemars(with = "Option<PolicyHead>"))]
    pub policy: Option<Spanned<PolicyHead>>,
    /// Agents with what they may do at most.
    #[serde(default, rename = "agent")]
    pub agents: Vec<AgentSpec>,
    /// Exceptions for a time.
    #[serde(default, rename = "grant")]
    pub grants: Vec<GrantSpec>,
    /// The rules, in order.
    #[serde(default, rename = "rule")]
    pub rules: Vec<PolicyRuleSpec>,
    /// Where values of tokens may be put back. Without any, into the words of answers.
    #[serde(default, rename = "restore")]
    pub restores: Vec<RestoreSpec>,
}

/// Name of a policy, and what happens where no rule says anything.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct PolicyHead {
    /// Name, in verdicts and audit records.
    #[cfg_attr(feature = "cli", schemars(with = "String"))]
    pub id: Spanned<String>,
    /// What it is for, in a few words.
    pub title: String,
    /// Version of your own, for people.
    #[serde(default)]
    pub version: Option<String>,
    /// How rules decide that match together.
    #[serde(default)]
    pub combine: CombineName,
    /// What happens to a finding that no rule matches. With `pack` and `most-restrictive` the pack has its say on every finding.
    #[serde(default)]
    pub finding: FindingDefault,
    /// What happens to a content that no rule without conditions on findings matches.
    #[serde(default)]
    pub content: ContentDefault,
    /// What happens to contents of agents that no `[[agent]]` describes. Nothing if it is not said.
    #[serde(default)]
    pub unlisted_agents: Option<OutsideName>,
}

/// How rules decide that match together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub enum CombineName {
    /// The strongest action of all rules that match.
    #[default]
    MostRestrictive,
    /// The first rule that matches, in the order of the files.
    FirstMatch,
}

/// What happens to a finding that no rule matches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub enum FindingDefault {
    /// What the pack says of it.
    #[default]
    Pack,
    /// It passes.
    Allow,
    /// It passes and is noted.
    Flag,
    /// It is redacted.
    Redact,
    /// Nothing passes.
    Block,
}

/// What happens to a content that no rule matches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub enum ContentDefault {
    /// It passes.
    #[default]
    Allow,
    /// It passes and is noted.
    Flag,
    /// Somebody is asked first.
    StepUp,
    /// It does not pass.
    Block,
}

/// What happens outside of what was declared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub enum OutsideName {
    /// It is noted.
    Flag,
    /// Somebody is asked first.
    StepUp,
    /// It does not pass.
    #[default]
    Block,
}

/// An action as written in a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub enum PolicyAction {
    /// Let it pass.
    Allow,
    /// Let it pass and take note.
    Flag,
    /// Take the findings out.
    Redact,
    /// Replace the findings by tokens that can be turned back in the same session. Without a session, redact them.
    Tokenize,
    /// Ask a person, or for stronger authorisation, first.
    StepUp,
    /// Let nothing pass.
    Block,
}

impl From<PolicyAction> for Action {
    fn from(name: PolicyAction) -> Self {
        match name {
            PolicyAction::Allow => Self::Allow,
            PolicyAction::Flag => Self::Flag,
            PolicyAction::Redact => Self::Redact,
            PolicyAction::Tokenize => Self::Tokenize,
            PolicyAction::StepUp => Self::StepUp,
            PolicyAction::Block => Self::Block,
        }
    }
}

/// One rule of a policy.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct PolicyRuleSpec {
    /// Name of the rule, in verdicts and audit records.
    #[cfg_attr(feature = "cli", schemars(with = "String"))]
    pub id: Spanned<String>,
    /// What must hold: all of it. A rule without conditions on findings is about the content and each of its findings.
    #[serde(default)]
    pub when: ConditionSpec,
    /// Exceptions: the rule does not match where all of one of them holds. A fact that nobody gave makes no exception.
    #[serde(default)]
    pub unless: Vec<ConditionSpec>,
    /// What to do.
    #[cfg_attr(feature = "cli", schemars(with = "PolicyAction"))]
    pub action: Spanned<PolicyAction>,
    /// Why, for whoever is stopped by it. It stands in verdicts.
    #[cfg_attr(feature = "cli", schemars(with = "String"))]
    pub reason: Spanned<String>,
    /// What the caller must do in addition, in names that you agree on with it: `notify:privacy-office`.
    #[serde(default)]
    #[cfg_attr(feature = "cli", schemars(with = "Vec<String>"))]
    pub obligations: Vec<Spanned<String>>,
    /// How to redact, for `redact`, and for `tokenize` where there can be no token.
    #[serde(default)]
    #[cfg_attr(feature = "cli", schemars(with = "Option<RedactSpec>"))]
    pub redact: Option<Spanned<RedactSpec>>,
    /// What tokens look like, for `tokenize`; `placeholder` if it is not said.
    #[serde(default)]
    #[cfg_attr(feature = "cli", schemars(with = "Option<TokenName>"))]
    pub token: Option<Spanned<TokenName>>,
}

/// What stands for a value that can be put back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub enum TokenName {
    /// `[EMAIL_1~k7q2m9x4]`: a name, a number and a check that nobody can invent.
    #[default]
    Placeholder,
    /// A made-up value of the same kind out of a reserved range, for addresses of mail and networks, telephone numbers and cards. A
    /// placeholder for everything else.
    Surrogate,
    /// As many other digits (FF1), for numbers of six digits or more. A placeholder for everything else.
    Digits,
    /// `[EMAIL~…]` with the encrypted value itself (AES-SIV), so that the vault need not keep it. A placeholder for long values.
    Carrying,
}

impl TokenName {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Placeholder, Self::Surrogate, Self::Digits, Self::Carrying];

    /// The name in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Placeholder => "placeholder",
            Self::Surrogate => "surrogate",
            Self::Digits => "digits",
            Self::Carrying => "carrying",
        }
    }
}

/// Permission to put the values of tokens back.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct RestoreSpec {
    /// Name of the permission.
    #[cfg_attr(feature = "cli", schemars(with = "String"))]
    pub id: Spanned<String>,
    /// What must hold: all of it. Conditions on findings have no meaning here.
    #[serde(default)]
    pub when: ConditionSpec,
    /// Where values may be put back.
    pub sinks: Vec<SinkName>,
}

/// Where a value may be put back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub enum SinkName {
    /// Into ordinary words.
    Text,
    /// Into addresses: links of all kinds, and the inside of HTML tags.
    Link,
    /// Into what a model asks a tool for.
    ToolArguments,
}

/// Conditions. All that are written must hold; of a list one entry is enough.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct ConditionSpec {
    /// Which way the content travels.
    #[serde(default)]
    pub direction: Option<Vec<DirectionName>>,
    /// SPIFFE ids of workloads; `*` at the end stands for anything.
    #[serde(default)]
    #[cfg_attr(feature = "cli", schemars(with = "Option<Vec<String>>"))]
    pub actor: Option<Vec<Spanned<String>>>,
    /// Tenants; `*` at the end stands for anything, here and below.
    #[serde(default)]
    #[cfg_attr(feature = "cli", schemars(with = "Option<Vec<String>>"))]
    pub tenant: Option<Vec<Spanned<String>>>,
    /// Names of agents.
    #[serde(default)]
    #[cfg_attr(feature = "cli", schemars(with = "Option<Vec<String>>"))]
    pub agent: Option<Vec<Spanned<String>>>,
    /// Versions of agents.
    #[serde(default)]
    #[cfg_attr(feature = "cli", schemars(with = "Option<Vec<String>>"))]
    pub agent_version: Option<Vec<Spanned<String>>>,
    /// Groups that the actor is in.
    #[serde(default)]
    #[cfg_attr(feature = "cli", schemars(with = "Option<Vec<String>>"))]
    pub group: Option<Vec<Spanned<String>>>,
    /// Tools.
    #[serde(default)]
    #[cfg_attr(feature = "cli", schemars(with = "Option<Vec<String>>"))]
    pub tool: Option<Vec<Spanned<String>>>,
    /// Where the content goes.
    #[serde(default)]
    pub destination: Option<DestinationSpec>,
    /// Claims about the execution environment, as the attester of the gateway found them: each must have one of its values.
    #[serde(default)]
    #[cfg_attr(feature = "cli", schemars(with = "Option<BTreeMap<String, Vec<String>>>"))]
    pub attestation: Option<BTreeMap<String, Vec<Spanned<String>>>>,
    /// Labels of findings, each with everything below it: `pii` holds `pii.email`.
    #[serde(default)]
    #[cfg_attr(feature = "cli", schemars(with = "Option<Vec<String>>"))]
    pub label: Option<Vec<Spanned<String>>>,
    /// Least sensitivity of the label, 1 to 4.
    #[serde(default)]
    #[cfg_attr(feature = "cli", schemars(with = "Option<u8>"))]
    pub sensitivity: Option<Spanned<u8>>,
    /// From which confidence on the rule acts, and from which on it only notes.
    #[serde(default)]
    #[cfg_attr(feature = "cli", schemars(with = "Option<PointsSpec>"))]
    pub confidence: Option<Spanned<PointsSpec>>,
    /// How many different values the content holds.
    #[serde(default)]
    pub count: Option<CountSpec>,
    /// What is claimed about where the content comes from and who may read it.
    #[serde(default)]
    pub lineage: Option<LineageSpec>,
    /// When.
    #[serde(default)]
    #[cfg_attr(feature = "cli", schemars(with = "Option<TimeSpec>"))]
    pub time: Option<Spanned<TimeSpec>>,
}

/// Which way content travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub enum DirectionName {
    /// A prompt on its way to a model.
    Input,
    /// A model's answer.
    Output,
    /// Something an agent stores or recalls.
    Memory,
    /// Arguments of a tool call.
    ToolCall,
    /// What a tool returned.
    ToolResult,
}

impl From<DirectionName> for Direction {
    fn from(name: DirectionName) -> Self {
        match name {
            DirectionName::Input => Self::Input,
            DirectionName::Output => Self::Output,
            DirectionName::Memory => Self::Memory,
            DirectionName::ToolCall => Self::ToolCall,
            DirectionName::ToolResult => Self::ToolResult,
        }
    }
}

/// Where a content goes.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct DestinationSpec {
    /// Models; `*` at the end stands for anything, here and below.
    #[serde(default)]
    #[cfg_attr(feature = "cli", schemars(with = "Option<Vec<String>>"))]
    pub model: Option<Vec<Spanned<String>>>,
    /// Providers.
    #[serde(default)]
    #[cfg_attr(feature = "cli", schemars(with = "Option<Vec<String>>"))]
    pub provider: Option<Vec<Spanned<String>>>,
    /// Regions.
    #[serde(default)]
    #[cfg_attr(feature = "cli", schemars(with = "Option<Vec<String>>"))]
    pub region: Option<Vec<Spanned<String>>>,
    /// Domains, each with everything below it.
    #[serde(default)]
    #[cfg_attr(feature = "cli", schemars(with = "Option<Vec<String>>"))]
    pub domain: Option<Vec<Spanned<String>>>,
    /// How far it is trusted. Where nobody says so, it is `unknown`.
    #[serde(default)]
    pub trust: Option<Vec<TrustName>>,
}

/// How far a destination is trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub enum TrustName {
    /// It is ours.
    Internal,
    /// A contract binds it.
    Partner,
    /// Anybody's.
    Public,
    /// Nobody said.
    Unknown,
}

impl TrustName {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Internal, Self::Partner, Self::Public, Self::Unknown];

    /// The name in files and facts.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Internal => "internal",
            Self::Partner => "partner",
            Self::Public => "public",
            Self::Unknown => "unknown",
        }
    }
}

/// Operating points of a rule.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct PointsSpec {
    /// From here on the action is taken.
    pub act: ConfidenceName,
    /// From here up to `act` the finding is only noted.
    #[serde(default)]
    pub alert: Option<ConfidenceName>,
}

/// A number of different values.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct CountSpec {
    /// Labels whose values are counted, each with everything below it.
    #[cfg_attr(feature = "cli", schemars(with = "Vec<String>"))]
    pub label: Vec<Spanned<String>>,
    /// Least number of different values.
    #[cfg_attr(feature = "cli", schemars(with = "u32"))]
    pub unique: Spanned<u32>,
}

/// What is claimed about a content.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct LineageSpec {
    /// Where it comes from, one is enough: `user`, `tool:crm.get_customer`, `memory`, `web`; `*` at the end stands for anything.
    #[serde(default)]
    #[cfg_attr(feature = "cli", schemars(with = "Option<Vec<String>>"))]
    pub origin: Option<Vec<Spanned<String>>>,
    /// Who may read it, one is enough.
    #[serde(default)]
    #[cfg_attr(feature = "cli", schemars(with = "Option<Vec<String>>"))]
    pub readers: Option<Vec<Spanned<String>>>,
    /// Whether somebody else may have written it. Where nobody says so, it is `unknown`.
    #[serde(default)]
    pub integrity: Option<Vec<IntegrityName>>,
}

/// Whether somebody else may have written a content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub enum IntegrityName {
    /// Nobody else.
    Trusted,
    /// Somebody else.
    Untrusted,
    /// Nobody said.
    Unknown,
}

impl IntegrityName {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Trusted, Self::Untrusted, Self::Unknown];

    /// The name in files and facts.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Trusted => "trusted",
            Self::Untrusted => "untrusted",
            Self::Unknown => "unknown",
        }
    }
}

/// A time.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct TimeSpec {
    /// Days of the week.
    #[serde(default)]
    pub days: Option<Vec<DayName>>,
    /// From this time of the day on: `08:00`.
    #[serde(default)]
    #[cfg_attr(feature = "cli", schemars(with = "Option<String>"))]
    pub from: Option<Spanned<String>>,
    /// Up to this time of the day, which does not belong to it. Earlier than `from` means the next day.
    #[serde(default)]
    #[cfg_attr(feature = "cli", schemars(with = "Option<String>"))]
    pub to: Option<Spanned<String>>,
    /// What the times of the day are relative to: `+01:00`. UTC if it is not said; there is no summer time.
    #[serde(default)]
    #[cfg_attr(feature = "cli", schemars(with = "Option<String>"))]
    pub offset: Option<Spanned<String>>,
    /// From this moment on.
    #[serde(default)]
    #[cfg_attr(feature = "cli", schemars(with = "Option<String>"))]
    pub after: Option<Spanned<Datetime>>,
    /// Up to this moment, which does not belong to it.
    #[serde(default)]
    #[cfg_attr(feature = "cli", schemars(with = "Option<String>"))]
    pub before: Option<Spanned<Datetime>>,
}

/// A day of the week as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub enum DayName {
    /// Monday.
    Mon,
    /// Tuesday.
    Tue,
    /// Wednesday.
    Wed,
    /// Thursday.
    Thu,
    /// Friday.
    Fri,
    /// Saturday.
    Sat,
    /// Sunday.
    Sun,
}

/// One agent, and what it may do at most.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct AgentSpec {
    /// Name in this policy.
    #[cfg_attr(feature = "cli", schemars(with = "String"))]
    pub id: Spanned<String>,
    /// SPIFFE ids of its workloads.
    #[serde(default)]
    #[cfg_attr(feature = "cli", schemars(with = "Option<Vec<String>>"))]
    pub actor: Option<Vec<Spanned<String>>>,
    /// Names that it calls itself.
    #[serde(default)]
    #[cfg_attr(feature = "cli", schemars(with = "Option<Vec<String>>"))]
    pub agent: Option<Vec<Spanned<String>>>,
    /// Its versions.
    #[serde(default)]
    #[cfg_attr(feature = "cli", schemars(with = "Option<Vec<String>>"))]
    pub agent_version: Option<Vec<Spanned<String>>>,
    /// Whose agent it is.
    #[serde(default)]
    #[cfg_attr(feature = "cli", schemars(with = "Option<Vec<String>>"))]
    pub tenant: Option<Vec<Spanned<String>>>,
    /// The tools that it may call; none if the list is empty, any if there is no list.
    #[serde(default)]
    #[cfg_attr(feature = "cli", schemars(with = "Option<Vec<String>>"))]
    pub tools: Option<Vec<Spanned<String>>>,
    /// Where its contents may go; nowhere if the list is empty, anywhere if there is no list.
    #[serde(default)]
    pub destinations: Option<Vec<DestinationSpec>>,
    /// What it may handle, with which tools and destinations: nothing if the list is empty, anything if there is no list.
    #[serde(default)]
    pub envelope: Option<Vec<ConditionSpec>>,
    /// What happens outside of all that.
    #[serde(default)]
    pub outside: OutsideName,
}

/// An exception for a time.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct GrantSpec {
    /// Name in this policy.
    #[cfg_attr(feature = "cli", schemars(with = "String"))]
    pub id: Spanned<String>,
    /// The agent whose limits are lifted, by its name in this policy.
    #[serde(default)]
    #[cfg_attr(feature = "cli", schemars(with = "Option<String>"))]
    pub agent: Option<Spanned<String>>,
    /// Rules that are lifted, by their ids.
    #[serde(default)]
    #[cfg_attr(feature = "cli", schemars(with = "Vec<String>"))]
    pub lifts: Vec<Spanned<String>>,
    /// What is granted.
    #[serde(default)]
    pub when: ConditionSpec,
    /// The moment it begins.
    #[cfg_attr(feature = "cli", schemars(with = "String"))]
    pub from: Spanned<Datetime>,
    /// The moment it ends.
    #[cfg_attr(feature = "cli", schemars(with = "String"))]
    pub until: Spanned<Datetime>,
    /// Who granted it and why.
    #[cfg_attr(feature = "cli", schemars(with = "String"))]
    pub reason: Spanned<String>,
}

/// A file of cases that a policy is tried with.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct CaseFile {
    /// The cases.
    #[serde(default, rename = "case")]
    pub cases: Vec<CaseSpec>,
}

/// What happens, and what the policy is expected to make of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct CaseSpec {
    /// What the case shows, in a few words.
    #[cfg_attr(feature = "cli", schemars(with = "String"))]
    pub name: Spanned<String>,
    /// Which way the content travels; a prompt if it is not said.
    #[serde(default)]
    pub direction: Option<DirectionName>,
    /// SPIFFE id of the workload.
    #[serde(default)]
    pub actor: Option<String>,
    /// Tenant.
    #[serde(default)]
    pub tenant: Option<String>,
    /// Name of the agent.
    #[serde(default)]
    pub agent: Option<String>,
    /// Version of the agent.
    #[serde(default)]
    pub agent_version: Option<String>,
    /// Groups that the actor is in.
    #[serde(default)]
    pub groups: Vec<String>,
    /// The tool.
    #[serde(default)]
    pub tool: Option<String>,
    /// The model.
    #[serde(default)]
    pub model: Option<String>,
    /// The provider.
    #[serde(default)]
    pub provider: Option<String>,
    /// The region.
    #[serde(default)]
    pub region: Option<String>,
    /// The domain.
    #[serde(default)]
    pub domain: Option<String>,
    /// How far the destination is trusted.
    #[serde(default)]
    pub trust: Option<TrustName>,
    /// Claims about the execution environment.
    #[serde(default)]
    pub attestation: BTreeMap<String, String>,
    /// Where the content comes from.
    #[serde(default)]
    pub origin: Vec<String>,
    /// Who may read it.
    #[serde(default)]
    pub readers: Vec<String>,
    /// Whether somebody else may have written it.
    #[serde(default)]
    pub integrity: Option<IntegrityName>,
    /// What the caller can do; everything if it is not said.
    #[serde(default)]
    pub can: Option<Vec<AbilityName>>,
    /// When; at the moment of the test if it is not said.
    #[serde(default)]
    #[cfg_attr(feature = "cli", schemars(with = "Option<String>"))]
    pub at: Option<Datetime>,
    /// A text that is inspected. Either this or `findings`.
    #[serde(default)]
    pub text: Option<String>,
    /// Findings, without a text.
    #[serde(default)]
    pub findings: Vec<CaseFinding>,
    /// The action that is expected.
    pub expect: PolicyAction,
    /// The rule that is expected to decide it; `pack` and `default` name what is no rule.
    #[serde(default)]
    pub rule: Option<String>,
}

/// What a caller can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub enum AbilityName {
    /// Rewrite the content.
    Redact,
    /// Ask somebody before it goes on.
    StepUp,
    /// Have values replaced by tokens, since there is a session.
    Tokenize,
}

/// Findings of a case.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct CaseFinding {
    /// What was found.
    #[cfg_attr(feature = "cli", schemars(with = "String"))]
    pub label: Spanned<String>,
    /// How sure it is; `high` if it is not said.
    #[serde(default)]
    pub confidence: Option<ConfidenceName>,
    /// How many different values; one if it is not said.
    #[serde(default)]
    pub unique: Option<u32>,
}
