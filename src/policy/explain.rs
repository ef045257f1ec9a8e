//! Why a verdict came out: every rule, with whether it matches or which of its conditions does not hold.
//!
//! This is the plain evaluation: rule after rule, condition after condition. The fast one gives the same, which tests show.

use super::condition::{Failed, Met, Subject};
use super::facts::Facts;
use super::index::Match;
use super::lint::is_edit;
use super::{Combine, Policy, Rule};
use crate::base::Action;
use std::sync::Arc;

/// What one rule makes of a finding, or of the content itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explained {
    /// The rule.
    pub rule: Arc<str>,
    /// What it demands.
    pub action: Action,
    /// Why.
    pub reason: Arc<str>,
    /// Whether it does here.
    pub outcome: Outcome,
}

/// Whether a rule matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It matches.
    Acts,
    /// It matches, but only notes: the finding is not sure enough for more.
    Notes,
    /// A condition does not hold.
    Failed(Failed),
    /// It would match, were it not for its exception of this number, from 1.
    Excepted(usize),
    /// It would match, were it not for this grant.
    Granted(Arc<str>),
    /// It redacts, and there is nothing to redact in the content itself.
    NothingToEdit,
}

impl Outcome {
    /// What to say of it.
    pub fn describe(&self) -> String {
        match self {
            Self::Acts => "matches".to_owned(),
            Self::Notes => "matches, and only notes: the finding is less sure".to_owned(),
            Self::Failed(failed) => failed.describe(),
            Self::Excepted(number) => format!("its exception {number} holds"),
            Self::Granted(grant) => format!("the grant {grant} lifts it"),
            Self::NothingToEdit => "it redacts findings only".to_owned(),
        }
    }
}

impl Policy {
    /// What each rule makes of a finding, or of the content itself, in the order of the policy. `values` are numbers of different values by
    /// label.
    pub fn explain(
        &self,
        facts: &Facts,
        values: &[(&str, u32)],
        subject: Option<Subject<'_>>,
    ) -> Vec<Explained> {
        let explained = self.rules.iter().map(|rule| Explained {
            rule: Arc::clone(&rule.id),
            action: rule.action,
            reason: Arc::clone(&rule.reason),
            outcome: rule.outcome(facts, values, subject),
        });
        explained.collect()
    }

    /// The rule that decides, given what each of them makes of it.
    pub fn deciding(&self, explained: &[Explained]) -> Option<Match> {
        let matches =
            explained.iter().enumerate().filter_map(|(rule, explained)| match explained.outcome {
                Outcome::Acts => Some(Match { rule, action: explained.action, noted: false }),
                Outcome::Notes => Some(Match { rule, action: Action::Flag, noted: true }),
                _ => None,
            });
        match self.combine {
            Combine::FirstMatch => matches.into_iter().next(),
            // Of equals the first, of a note and an action that is one the action.
            Combine::MostRestrictive => matches.fold(None, |best: Option<Match>, next| {
                let better = best.is_none_or(|best| {
                    let key = |found: Match| (found.action, !found.noted);
                    let stronger = key(next) > key(best);
                    // Rules that only note keep the order of what they would do.
                    stronger
                        || next.noted
                            && best.noted
                            && self.rules[next.rule].action > self.rules[best.rule].action
                });
                if better { Some(next) } else { best }
            }),
        }
    }
}

impl Rule {
    fn outcome(
        &self,
        facts: &Facts,
        values: &[(&str, u32)],
        subject: Option<Subject<'_>>,
    ) -> Outcome {
        let met = match self.when.check(facts, values, subject) {
            Ok(met) => met,
            Err(failed) => return Outcome::Failed(failed),
        };
        let holds = |exception: &super::Exception| {
            exception.conditions.check(facts, values, subject) == Ok(Met::Act)
        };
        if let Some(number) = self.unless.iter().position(holds) {
            return match &self.unless[number].grant {
                Some(grant) => Outcome::Granted(Arc::clone(grant)),
                None => Outcome::Excepted(number + 1),
            };
        }
        match met {
            _ if subject.is_none() && is_edit(self.action) => Outcome::NothingToEdit,
            Met::Act => Outcome::Acts,
            Met::Alert => Outcome::Notes,
        }
    }
}
