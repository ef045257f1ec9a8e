//! What works in a policy but is hardly meant.

use super::compile::Written;
use super::read::Reader;
use super::{Combine, Policy, Rule};
use crate::base::Action;
use crate::base::limits::POLICY_GRANT_DAYS_MAX;
use crate::syntax::codes::{self, DiagnosticCode};
use crate::syntax::{Diagnostic, GrantSpec, PolicyFile, Source};

const DAY_MS: u64 = 86_400_000;

/// Lints the rules of a policy; rules that contradict each other are errors.
pub(super) fn rules(policy: &Policy, written: &[Written], found: &mut Vec<Diagnostic>) {
    let mut report = |at: &Written, code: &DiagnosticCode, rule: &Rule, title: String| {
        let problem =
            Diagnostic::new(code, &at.source, title).at(at.at.clone(), "this rule").rule(&*rule.id);
        found.push(problem.help(code.fix));
    };
    let all = || policy.rules.iter().zip(written);
    for (place, (rule, at)) in all().enumerate().filter(|(_, (_, at))| at.own) {
        let earlier = all().take(place).map(|(earlier, _)| earlier);
        if let Some(other) = earlier.clone().find(|other| contradicts(other, rule)) {
            let title = format!("`{}` and `{}` contradict each other", other.id, rule.id);
            report(at, &codes::POLICY_CONTRADICTION, rule, title);
        } else if let Some(other) = hiding(policy, place, rule) {
            let title = format!("`{}` never decides because of `{}`", rule.id, other.id);
            report(at, &codes::POLICY_UNREACHABLE, rule, title);
        }
        let voted = policy.combine == Combine::MostRestrictive;
        if voted && rule.action == Action::Allow && policy.finding.is_none() {
            let title = format!("`{}` allows what others may still forbid", rule.id);
            report(at, &codes::POLICY_NO_EFFECT, rule, title);
        }
        let missing = rule.when.texts.iter().find(|(field, _)| field.can_be_missing());
        if let Some((field, _)) = missing.filter(|_| rule.action >= Action::Redact) {
            let title = format!("`{}` does not match without {}", rule.id, field.name());
            report(at, &codes::POLICY_DODGE, rule, title);
        }
    }
}

fn contradicts(one: &Rule, other: &Rule) -> bool {
    one.when == other.when && one.unless == other.unless && one.action != other.action
}

/// The rule that decides wherever this one could.
fn hiding<'p>(policy: &'p Policy, place: usize, rule: &Rule) -> Option<&'p Rule> {
    let mut others = policy.rules.iter().enumerate();
    let found = others.find(|(other_place, other)| {
        let decides = match policy.combine {
            Combine::FirstMatch => *other_place < place,
            Combine::MostRestrictive => {
                other.action > rule.action || other.action == rule.action && *other_place < place
            }
        };
        *other_place != place && decides && hides(other, rule)
    });
    found.map(|(_, other)| other)
}

fn hides(other: &Rule, rule: &Rule) -> bool {
    let exempts_less = other.unless.iter().all(|exception| rule.unless.contains(exception));
    // What is edited decides about findings only, and leaves the content itself to others.
    let whole = rule.when.of_findings() || is_edit(rule.action) || !is_edit(other.action);
    exempts_less && whole && other.when.covers(&rule.when)
}

/// True for actions that change findings and say nothing of the content itself.
pub(super) const fn is_edit(action: Action) -> bool {
    matches!(action, Action::Redact | Action::Tokenize)
}

/// A grant for longer than a moment.
pub(super) fn grant_length(reader: &mut Reader<'_>, spec: &GrantSpec, from: u64, until: u64) {
    let days = until.saturating_sub(from) / DAY_MS;
    if days > POLICY_GRANT_DAYS_MAX {
        let title = format!("a grant for {days} days");
        reader.report(&codes::POLICY_GRANT_LONG, title, spec.until.span(), "the end");
    }
}

/// Grants of a file that are over at a moment.
pub fn lint_grants(source: &Source, file: &PolicyFile, now_ms: u64) -> Vec<Diagnostic> {
    let over = file.grants.iter().filter(|grant| {
        super::moment_ms(grant.until.get_ref()).is_some_and(|until| until <= now_ms)
    });
    over.map(|grant| {
        let title = format!("the grant `{}` is over", grant.id.get_ref());
        Diagnostic::new(&codes::POLICY_GRANT_OVER, source, title)
            .at(grant.until.span(), "the end")
            .rule(grant.id.get_ref())
            .help(codes::POLICY_GRANT_OVER.fix)
    })
    .collect()
}
