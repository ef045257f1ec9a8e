//! A content without its text: facts and findings, as cases and audit records have them.

use crate::base::code::POLICY_CASE;
use crate::base::{Action, Confidence, Fault, LabelIndex};
use crate::policy::{Facts, Judged, Policy, Subject, subject};
use crate::rules::{Pack, Rules};

/// Findings of one label and confidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Held {
    pub(super) label: LabelIndex,
    pub(super) confidence: Confidence,
    /// Different values of the label, once for all its confidences.
    pub(super) values: u32,
}

/// What a policy decides about.
#[derive(Clone, Debug, Default)]
pub(super) struct Situation {
    pub(super) facts: Facts,
    pub(super) findings: Vec<Held>,
    /// Something was not inspected.
    pub(super) incomplete: bool,
    /// What was found lies where nothing can be edited.
    pub(super) fixed: bool,
}

/// What was decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Decided {
    pub(super) action: Action,
    /// The rule; `pack` or `default` if it was none.
    pub(super) by: String,
    /// Code of why the action is another one than was decided.
    pub(super) changed: Option<&'static str>,
}

impl Situation {
    /// Numbers of different values, by name of the label.
    pub(super) fn named<'r>(&self, rules: &'r Rules) -> Vec<(&'r str, u32)> {
        let named = self.findings.iter().map(|held| (&*rules.label(held.label).id, held.values));
        named.collect()
    }

    fn values(&self) -> Vec<(LabelIndex, u32)> {
        self.findings.iter().map(|held| (held.label, held.values)).collect()
    }

    /// What the policy makes of one of the findings.
    pub(super) fn judge(&self, policy: &Policy, rules: &Rules, pack: &Pack, held: Held) -> Judged {
        let request = policy.request(&self.facts, &self.values());
        let found = request.finding(held.label, held.confidence);
        policy.judge_finding(found, || strictest(rules, pack, held.label, held.confidence))
    }

    /// What the policy makes of the content itself.
    pub(super) fn judge_content(&self, policy: &Policy) -> Judged {
        policy.judge_content(policy.request(&self.facts, &self.values()).content())
    }

    /// What the policy makes of all of it; the pack alone without one.
    pub(super) fn decide(&self, policy: Option<&Policy>, rules: &Rules, pack: &Pack) -> Decided {
        let floor = if self.incomplete { Action::Flag } else { Action::Allow };
        let Some(policy) = policy else {
            let actions = self
                .findings
                .iter()
                .map(|held| strictest(rules, pack, held.label, held.confidence));
            let action = actions.fold(floor, Action::max);
            return self.placed(action, "pack".to_owned(), None);
        };
        let mut best = self.judge_content(policy);
        let mut redacts = false;
        for held in &self.findings {
            let judged = self.judge(policy, rules, pack, *held);
            redacts |= matches!(judged.action, Action::Redact | Action::Tokenize);
            if judged.action > best.action || best.action == Action::Allow {
                best = judged;
            }
        }
        let (action, changed) = self.facts.feasible(best.action.max(floor), redacts);
        self.placed(action, policy.name_of(best.by).to_string(), changed.map(|code| code.id))
    }

    fn placed(&self, action: Action, by: String, changed: Option<&'static str>) -> Decided {
        let blocked = self.fixed && action >= Action::Redact;
        let action = if blocked { Action::Block } else { action };
        Decided { action, by, changed }
    }
}

/// The strictest action that a pack has for a label: findings of cases and records have labels, not rules.
fn strictest(rules: &Rules, pack: &Pack, label: LabelIndex, confidence: Confidence) -> Action {
    let settings = rules.rules().iter().zip(&pack.settings);
    let settings = settings.filter(|(rule, setting)| rule.label == label && setting.enabled);
    let actions = settings.map(|(_, setting)| setting.actions[confidence as usize]);
    actions.max().unwrap_or(Action::Flag)
}

/// The label of this name.
pub(super) fn label_of(rules: &Rules, name: &str) -> Result<LabelIndex, Fault> {
    let place = rules.labels().binary_search_by(|label| (*label.id).cmp(name)).ok();
    place
        .and_then(|place| u16::try_from(place).ok())
        .map(LabelIndex)
        .ok_or_else(|| Fault::new(POLICY_CASE, "there is no such label"))
}

/// As rules look at it.
pub(super) fn subject_of(rules: &Rules, held: Held) -> Subject<'_> {
    subject(rules, held.label, held.confidence)
}
