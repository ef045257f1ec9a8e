//! What the ledger records. No event holds matched text: a finding is a label, a count and tokens.

use super::caller::{Caller, Trace};
use super::ids::{ArtifactId, FlowId};
use super::keys::{Epoch, TenantKeys};
use super::token::ValueToken;
use crate::base::limits::LINEAGE_TOKENS_MAX;
use crate::base::{Direction, LabelIndex, Verdict};
use crate::rules::Rules;
use crate::syntax::Linkability;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::sync::Arc;

/// One record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// A content was inspected.
    Inspection(Box<Inspection>),
    /// The ledger was opened for writing.
    Opened {
        /// Version of the program.
        version: Cow<'static, str>,
        /// Bytes of a record that was not written to its end, and was cut off.
        torn_bytes: u64,
    },
    /// Events that could not be recorded, as their senders were told.
    Refused {
        /// How many.
        events: u64,
    },
    /// The keys of an epoch were destroyed.
    Shredded {
        /// Which.
        epoch: u32,
    },
    /// Segments were removed because they were older than they are kept.
    Retired {
        /// Number of the first record that is still there.
        first_seq: u64,
    },
}

/// One inspection: who, which way, what was found, what was decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inspection {
    /// The content. Its time is in the id.
    pub artifact: ArtifactId,
    /// What it belongs to.
    pub flow: FlowId,
    /// Whose data it is.
    pub tenant: Arc<str>,
    /// Epoch of the tokens.
    pub epoch: u32,
    /// SPIFFE id of the workload, as claimed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// Name of the agent, as claimed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// The session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// The trace and the span in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<Trace>,
    /// What the content was made from, as claimed or as its markers say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parents: Vec<ArtifactId>,
    /// Which way it travelled.
    pub direction: Cow<'static, str>,
    /// What it was understood as.
    pub format: Cow<'static, str>,
    /// Size in bytes.
    pub bytes: u64,
    /// What was decided.
    pub action: Cow<'static, str>,
    /// Code of why the action is stronger than what the findings ask for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Cow<'static, str>>,
    /// Pack that was used.
    pub pack: Cow<'static, str>,
    /// Fingerprint of the rule set.
    pub rules: Cow<'static, str>,
    /// What was found, by label.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Found>,
    /// Tokens that were left out because there were too many.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub tokens_dropped: u64,
    /// Bytes that every rule saw.
    pub bytes_scanned: u64,
    /// Codes of what was not inspected, each once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<Cow<'static, str>>,
    /// What decided beside the pack, and by which facts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<RecordedPolicy>,
    /// Microseconds that the inspection took.
    pub took_us: u64,
}

/// The part of a policy in a decision.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedPolicy {
    /// Fingerprint of the policy.
    pub fingerprint: Arc<str>,
    /// The rule that decided; `pack` or `default` if it was none, nothing if there was nothing to decide.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<Arc<str>>,
    /// The facts that the event does not hold elsewhere.
    #[serde(flatten)]
    pub facts: RecordedFacts,
}

/// Facts that policies decide by, as claimed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RecordedFacts {
    /// Version of the agent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_version: Option<String>,
    /// Groups of the actor.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    /// The tool.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool: Option<String>,
    /// The model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// The region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The domain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    /// How far the destination is trusted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trust: Option<String>,
    /// Claims about the execution environment.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attestation: Vec<(String, String)>,
    /// Where the content comes from.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub origins: Vec<String>,
    /// Who may read it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub readers: Vec<String>,
    /// Whether somebody else may have written it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub integrity: Option<String>,
    /// What the caller cannot do: `redact`, `step_up`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cannot: Vec<Cow<'static, str>>,
}

/// The findings of one label.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// What they mean.
    pub label: Arc<str>,
    /// Whether their values link: 0 to 3.
    pub tier: u8,
    /// How many.
    pub count: u64,
    /// How many of them of each confidence, the lowest first; kept where a policy decides, so that another one can be tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub levels: Option<[u64; 3]>,
    /// Their distinct values, in the order of their first place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tokens: Vec<ValueToken>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde wants it so")]
const fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// The tier of a label as a number.
pub const fn tier(linkability: Linkability) -> u8 {
    match linkability {
        Linkability::L0 => 0,
        Linkability::L1 => 1,
        Linkability::L2 => 2,
        Linkability::L3 => 3,
    }
}

/// What an inspection needs to know for its lineage. The core reads no clock and no chance: id and keys come from the caller.
#[derive(Clone, Debug)]
pub struct Context {
    /// Whose data it is.
    pub tenant: Arc<str>,
    /// Keys of the tenant, of the epoch that it is.
    pub keys: Arc<TenantKeys>,
    /// The id of the content.
    pub artifact: ArtifactId,
    /// What it belongs to; [`Caller::flow`] says.
    pub flow: FlowId,
    /// What the caller said.
    pub caller: Caller,
}

impl Context {
    /// The context of a new content.
    pub fn new(
        tenant: Arc<str>,
        keys: Arc<TenantKeys>,
        artifact: ArtifactId,
        caller: Caller,
    ) -> Self {
        let flow = caller.flow(&tenant, artifact);
        Self { tenant, keys, artifact, flow, caller }
    }

    /// The epoch of its tokens.
    pub fn epoch(&self) -> Epoch {
        self.keys.epoch()
    }
}

/// What else there is to say about an inspection.
#[derive(Clone, Copy, Debug)]
pub struct Circumstances<'a> {
    /// Which way the content travelled.
    pub direction: Direction,
    /// Pack that was used.
    pub pack: &'a str,
    /// Microseconds that it took.
    pub took_us: u64,
    /// The facts that a policy decided by, if there is one.
    pub facts: Option<&'a RecordedFacts>,
}

impl Inspection {
    /// The record of a verdict. Its values must have been tokenised with this context.
    pub fn new(
        context: &Context,
        verdict: &Verdict,
        rules: &Rules,
        circumstances: Circumstances<'_>,
    ) -> Self {
        let caller = &context.caller;
        let (findings, tokens_dropped) = found(verdict, rules);
        let mut gaps: Vec<Cow<'static, str>> = Vec::new();
        for gap in &verdict.coverage.gaps {
            if !gaps.iter().any(|known| known == gap.code.id) {
                gaps.push(Cow::Borrowed(gap.code.id));
            }
        }
        Self {
            artifact: context.artifact,
            flow: context.flow,
            tenant: Arc::clone(&context.tenant),
            epoch: context.epoch().0,
            actor: caller.actor.clone(),
            agent: caller.agent.clone(),
            session: caller.session.clone(),
            trace: caller.trace,
            parents: caller.parents.clone(),
            direction: Cow::Borrowed(circumstances.direction.name()),
            format: Cow::Borrowed(verdict.format.name()),
            bytes: verdict.coverage.bytes_total as u64,
            action: Cow::Borrowed(verdict.action.name()),
            reason: verdict.reason.map(|code| Cow::Borrowed(code.id)),
            pack: Cow::Owned(circumstances.pack.to_owned()),
            rules: Cow::Owned(rules.fingerprint().to_owned()),
            findings,
            tokens_dropped,
            bytes_scanned: verdict.coverage.bytes_scanned as u64,
            gaps,
            policy: verdict.ruled.as_ref().map(|ruled| RecordedPolicy {
                fingerprint: Arc::clone(&ruled.fingerprint),
                rule: ruled.decisions.first().map(|decision| Arc::clone(&decision.by)),
                facts: circumstances.facts.cloned().unwrap_or_default(),
            }),
            took_us: circumstances.took_us,
        }
    }
}

/// Findings by label, with their distinct tokens, and how many of these did not fit.
fn found(verdict: &Verdict, rules: &Rules) -> (Vec<Found>, u64) {
    let mut values: Vec<(LabelIndex, ValueToken)> = Vec::new();
    let mut counts: Vec<(LabelIndex, u64, [u64; 3])> = Vec::new();
    let tags = verdict.lineage.as_ref().map(|lineage| lineage.values.iter()).into_iter().flatten();
    let tags = tags.copied().chain(std::iter::repeat(None));
    for (finding, tag) in verdict.findings.iter().zip(tags) {
        let known = counts.iter().position(|(label, ..)| *label == finding.label);
        let at = known.unwrap_or_else(|| {
            counts.push((finding.label, 0, [0; 3]));
            counts.len() - 1
        });
        let (_, count, levels) = &mut counts[at];
        *count += 1;
        levels[finding.confidence as usize] += 1;
        if let Some(tag) = tag {
            values.push((finding.label, ValueToken(tag.token)));
        }
    }
    let dropped = distinct(&mut values);
    let of = |(label, count, levels): (LabelIndex, u64, [u64; 3])| {
        let known = rules.label(label);
        let tokens = values.iter().filter(|(of, _)| *of == label).map(|(_, token)| *token);
        Found {
            label: Arc::clone(&known.id),
            tier: tier(known.spec.linkability),
            count,
            levels: verdict.ruled.is_some().then_some(levels),
            tokens: tokens.collect(),
        }
    };
    (counts.into_iter().map(of).collect(), dropped)
}

/// Leaves each value once, in the order of their first place, and not more than fit; says how many did not.
fn distinct(values: &mut Vec<(LabelIndex, ValueToken)>) -> u64 {
    let mut order: Vec<_> = values.iter().copied().enumerate().collect();
    order.sort_unstable_by_key(|(at, (label, token))| (*token, label.0, *at));
    order.dedup_by_key(|(_, value)| *value);
    order.sort_unstable_by_key(|(at, _)| *at);
    let dropped = order.len().saturating_sub(LINEAGE_TOKENS_MAX);
    order.truncate(LINEAGE_TOKENS_MAX);
    *values = order.into_iter().map(|(_, value)| value).collect();
    dropped as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_recorded_once_in_their_order() {
        let value = |label: u16, byte: u8| (LabelIndex(label), ValueToken([byte; 16]));
        let mut values = vec![value(1, 9), value(1, 3), value(2, 9), value(1, 9), value(1, 3)];
        assert_eq!(distinct(&mut values), 0);
        assert_eq!(values, [value(1, 9), value(1, 3), value(2, 9)]);
        let mut many: Vec<_> = (0..LINEAGE_TOKENS_MAX as u128 + 5)
            .map(|i| (LabelIndex(1), ValueToken(i.to_be_bytes())))
            .collect();
        assert_eq!(distinct(&mut many), 5);
        assert_eq!(many.len(), LINEAGE_TOKENS_MAX);
    }

    #[test]
    fn events_read_back() {
        let events = [
            Event::Opened { version: "1".into(), torn_bytes: 3 },
            Event::Refused { events: 7 },
            Event::Shredded { epoch: 9 },
            Event::Retired { first_seq: 11 },
        ];
        for event in events {
            let json = serde_json::to_vec(&event).unwrap();
            assert_eq!(serde_json::from_slice::<Event>(&json).unwrap(), event);
        }
    }
}
