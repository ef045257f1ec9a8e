//! A policy and a pack at work on one content.

use super::condition::Subject;
use super::facts::Facts;
use super::index::{Match, Request};
use super::lint::is_edit;
use super::{Combine, Policy, action_of};
use crate::base::code::{POLICY_CANNOT_ASK, POLICY_CANNOT_REDACT, POLICY_TOKENS};
use crate::base::{Action, Code, Confidence, Decision, Finding, LabelIndex, Ruled, Verdict};
use crate::rules::{Pack, Rules};
use crate::syntax::{RedactSpec, StyleName, TokenName};
use std::cell::Cell;
use std::sync::Arc;

/// A policy, and the facts of the content that it decides about.
#[derive(Clone, Debug)]
pub struct Enforced {
    /// The policy.
    pub policy: Arc<Policy>,
    /// The facts.
    pub facts: Facts,
}

/// Who decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The rule at this place of the policy.
    Rule(usize),
    /// The pack.
    Pack,
    /// No rule matched.
    Default,
}

/// What was decided, and by whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Judged {
    /// What.
    pub action: Action,
    /// By whom.
    pub by: By,
}

impl Policy {
    /// What happens to a finding: what the deciding rule says, what the pack says where it has a say, or the default.
    pub fn judge_finding(&self, found: Option<Match>, pack: impl FnOnce() -> Action) -> Judged {
        let of_pack = |action| Judged { action, by: By::Pack };
        let Some(found) = found else {
            return match self.finding {
                Some(action) => Judged { action, by: By::Default },
                None => of_pack(pack()),
            };
        };
        let judged = Judged { action: found.action, by: By::Rule(found.rule) };
        if self.combine == Combine::MostRestrictive && self.finding.is_none() {
            let action = pack();
            if action > judged.action {
                return of_pack(action);
            }
        }
        judged
    }

    /// What happens to the content itself.
    pub fn judge_content(&self, found: Option<Match>) -> Judged {
        match found {
            Some(found) => Judged { action: found.action, by: By::Rule(found.rule) },
            None => Judged { action: self.content, by: By::Default },
        }
    }

    /// The name of who decided, in verdicts and records.
    pub fn name_of(&self, by: By) -> Arc<str> {
        match by {
            By::Rule(place) => Arc::clone(&self.rules[place].id),
            By::Pack => "pack".into(),
            By::Default => "default".into(),
        }
    }

    fn decision(&self, Judged { action, by }: Judged) -> Decision {
        let rule = match by {
            By::Rule(place) => self.rules.get(place),
            By::Pack | By::Default => None,
        };
        Decision {
            by: self.name_of(by),
            action,
            reason: rule.map(|rule| Arc::clone(&rule.reason)),
            obligations: rule.map(|rule| rule.obligations.clone()).unwrap_or_default(),
            findings: 0,
            content: false,
        }
    }
}

impl Facts {
    /// The action that a caller can carry out, and why it is not the one that was decided. What cannot be redacted is blocked, and so is what
    /// nobody can be asked about; what belongs to no session is redacted rather than replaced by tokens.
    pub fn feasible(&self, decided: Action, redacts: bool) -> (Action, Option<Code>) {
        let blocked = |why| (Action::Block, Some(why));
        match decided {
            Action::Block => (Action::Block, None),
            _ if redacts && !self.can.redact => blocked(POLICY_CANNOT_REDACT),
            Action::StepUp if !self.can.step_up => blocked(POLICY_CANNOT_ASK),
            Action::Tokenize if !self.can.tokenize => (Action::Redact, Some(POLICY_TOKENS)),
            _ => (decided, None),
        }
    }
}

/// What pack and policy make of one content.
#[derive(Debug)]
pub struct Ruling<'a> {
    pack: &'a Pack,
    asked: Option<(&'a Enforced, Request<'a>)>,
    /// Why a value that was to have a token has none.
    denied: Cell<Option<Code>>,
}

impl<'a> Ruling<'a> {
    /// Of the pack alone, or of a policy with the numbers of different values by label.
    pub fn new(
        pack: &'a Pack,
        enforced: Option<&'a Enforced>,
        values: &[(LabelIndex, u32)],
    ) -> Self {
        let asked =
            enforced.map(|enforced| (enforced, enforced.policy.request(&enforced.facts, values)));
        Self { pack, asked, denied: Cell::new(None) }
    }

    /// What happens to a finding.
    pub fn judge(&self, finding: &Finding) -> Judged {
        let pack = || action_of(finding, self.pack);
        match &self.asked {
            None => Judged { action: pack(), by: By::Pack },
            Some((Enforced { policy, .. }, request)) => {
                policy.judge_finding(request.finding(finding.label, finding.confidence), pack)
            }
        }
    }

    /// True if the finding is to be edited out.
    pub fn redacts(&self, finding: &Finding) -> bool {
        self.judge(finding).action >= Action::Redact
    }

    /// The style that the policy wants for a finding.
    pub fn style(&self, finding: &Finding) -> Option<RedactSpec> {
        let (Enforced { policy, .. }, _) = self.asked.as_ref()?;
        let judged = self.judge(finding);
        let By::Rule(place) = judged.by else { return None };
        let numbered = RedactSpec { style: StyleName::Numbered, keep_first: 0, keep_last: 0 };
        policy.rules[place].style.or((judged.action == Action::Tokenize).then_some(numbered))
    }

    /// The form of the token that the policy wants for a finding, if there can be one.
    pub fn token(&self, finding: &Finding) -> Option<TokenName> {
        let (Enforced { policy, facts }, _) = self.asked.as_ref()?;
        match self.judge(finding) {
            Judged { action: Action::Tokenize, by: By::Rule(place) } if facts.can.tokenize => {
                Some(policy.rules[place].token)
            }
            _ => None,
        }
    }

    /// Notes that a value has no token though it was to have one.
    pub fn deny_token(&self, why: Code) {
        self.denied.set(Some(why));
    }

    /// Puts action, reason and decisions into a verdict. `floor` is the weakest action that it may have.
    pub fn decide(&self, verdict: &mut Verdict, floor: Action) {
        let Some((Enforced { policy, facts }, request)) = &self.asked else {
            let decided = super::decide(&verdict.findings, self.pack, &verdict.coverage);
            verdict.action = decided.max(floor);
            return;
        };
        let floor = super::floor(&verdict.coverage).max(floor);
        let mut decided: Vec<(Judged, Decision)> = Vec::new();
        let mut note = |judged: Judged, findings: u32| {
            let known = decided.iter().position(|(known, _)| *known == judged);
            let at = known.unwrap_or_else(|| {
                decided.push((judged, policy.decision(judged)));
                decided.len() - 1
            });
            let decision = &mut decided[at].1;
            decision.findings += findings;
            decision.content |= findings == 0;
        };
        let content = policy.judge_content(request.content());
        if content.action > Action::Allow || matches!(content.by, By::Rule(_)) {
            note(content, 0);
        }
        for finding in &verdict.findings {
            note(self.judge(finding), 1);
        }
        decided.sort_by_key(|(judged, _)| std::cmp::Reverse(judged.action));
        let strongest = decided.first().map_or(Action::Allow, |(judged, _)| judged.action);
        let redacts = decided
            .iter()
            .any(|(judged, decision)| is_edit(judged.action) && decision.findings > 0);
        let tokens = decided.iter().any(|(judged, _)| judged.action == Action::Tokenize);
        let (mut action, mut changed) = facts.feasible(strongest.max(floor), redacts);
        if tokens && action != Action::Block {
            let denied = self.denied.get().or((!facts.can.tokenize).then_some(POLICY_TOKENS));
            changed = changed.or(denied);
            // Not everything can be turned back.
            if denied.is_some() && action == Action::Tokenize {
                action = Action::Redact;
            }
        }
        verdict.action = action;
        if action == Action::Block && verdict.reason.is_none() {
            verdict.reason = changed;
        }
        verdict.ruled = Some(Ruled {
            policy: Arc::clone(&policy.id),
            fingerprint: Arc::clone(&policy.fingerprint),
            decisions: decided.into_iter().map(|(_, decision)| decision).collect(),
            changed,
        });
    }
}

/// A finding of a label, as rules look at it.
pub fn subject(rules: &Rules, label: LabelIndex, confidence: Confidence) -> Subject<'_> {
    let label = rules.label(label);
    Subject { label: &label.id, sensitivity: *label.spec.sensitivity.get_ref(), confidence }
}
