//! `lockgate policy explain`.

use super::situation::{Decided, Held, Situation, label_of, subject_of};
use super::{FactArgs, PolicyFormat, load};
use crate::base::code::CLI_USAGE;
use crate::base::{Action, Confidence, Fault};
use crate::cli::RuleSetArgs;
use crate::cli::output::{print_json, print_with};
use crate::cli::ruleset::pack;
use crate::engine::PACK_DEFAULT;
use crate::policy::{Explained, Judged, Outcome, Policy};
use crate::rules::{Pack, Rules};
use serde_json::{Value, json};
use std::io::{self, Write};
use std::path::Path;

pub(super) fn run(
    path: &Path,
    ruleset: &RuleSetArgs,
    facts: &FactArgs,
    findings: &[String],
    format: PolicyFormat,
) -> Result<bool, Fault> {
    let rules = ruleset.compile()?;
    let policy = load(path, &rules)?;
    let pack = pack(&rules, ruleset.pack.as_deref().unwrap_or(PACK_DEFAULT))?;
    let findings = findings.iter().map(|text| finding(&rules, text)).collect::<Result<_, _>>()?;
    let situation = Situation { facts: facts.facts()?, findings, ..Situation::default() };
    let explanation = Explanation::new(&policy, &rules, pack, &situation);
    match format {
        PolicyFormat::Text => print_with(|out| explanation.write(out))?,
        PolicyFormat::Json => print_json(&explanation.to_json())?,
    }
    Ok(true)
}

/// `LABEL[:CONFIDENCE[:VALUES]]`.
fn finding(rules: &Rules, text: &str) -> Result<Held, Fault> {
    let wrong = || Fault::new(CLI_USAGE, "--finding takes LABEL[:CONFIDENCE[:VALUES]]");
    let mut parts = text.split(':');
    let label = label_of(rules, parts.next().unwrap_or_default())?;
    let confidence = parts.next().map_or(Ok(Confidence::High), str::parse).map_err(|_| wrong())?;
    let values = parts.next().map_or(Ok(1), str::parse).map_err(|_| wrong())?;
    if parts.next().is_some() {
        return Err(wrong());
    }
    Ok(Held { label, confidence, values })
}

/// Why a situation is decided as it is.
pub(super) struct Explanation<'a> {
    decided: Decided,
    /// The content itself, then each finding.
    subjects: Vec<About<'a>>,
}

struct About<'a> {
    /// Nothing for the content itself.
    label: Option<(&'a str, Confidence)>,
    judged: Judged,
    by: String,
    rules: Vec<Explained>,
}

impl<'a> Explanation<'a> {
    pub(super) fn new(
        policy: &Policy,
        rules: &'a Rules,
        pack: &Pack,
        situation: &Situation,
    ) -> Self {
        let values = situation.named(rules);
        let about = |held: Option<Held>| {
            let subject = held.map(|held| subject_of(rules, held));
            let judged = match held {
                None => situation.judge_content(policy),
                Some(held) => situation.judge(policy, rules, pack, held),
            };
            About {
                label: subject.map(|subject| (subject.label, subject.confidence)),
                judged,
                by: policy.name_of(judged.by).to_string(),
                rules: policy.explain(&situation.facts, &values, subject),
            }
        };
        let findings = situation.findings.iter().map(|held| about(Some(*held)));
        let subjects = std::iter::once(about(None)).chain(findings).collect();
        Self { decided: situation.decide(Some(policy), rules, pack), subjects }
    }

    pub(super) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let Decided { action, by, changed } = &self.decided;
        let changed = changed.map(|code| format!(" [{code}]")).unwrap_or_default();
        writeln!(out, "verdict: {action}, decided by {by}{changed}")?;
        for About { label, judged, by, rules } in &self.subjects {
            match label {
                None => writeln!(out, "\nthe content itself: {}, decided by {by}", judged.action)?,
                Some((label, confidence)) => writeln!(
                    out,
                    "\n{label}, {confidence} confidence: {}, decided by {by}",
                    judged.action
                )?,
            }
            let width = rules.iter().map(|rule| rule.rule.len()).max().unwrap_or(0);
            for Explained { rule, action, outcome, reason } in rules {
                let mark = if is_match(outcome) { '*' } else { ' ' };
                let action = action.name();
                write!(out, "  {mark} {rule:width$}  {action:8}  {}", outcome.describe())?;
                match is_match(outcome) {
                    true => writeln!(out, ": {reason}")?,
                    false => writeln!(out)?,
                }
            }
        }
        Ok(())
    }

    fn to_json(&self) -> Value {
        let Decided { action, by, changed } = &self.decided;
        let subjects = self.subjects.iter().map(|about| {
            let rules = about.rules.iter().map(|rule| {
                json!({
                    "rule": &*rule.rule,
                    "action": rule.action.name(),
                    "matches": is_match(&rule.outcome),
                    "outcome": rule.outcome.describe(),
                    "reason": &*rule.reason,
                })
            });
            json!({
                "label": about.label.map(|(label, _)| label),
                "confidence": about.label.map(|(_, confidence)| confidence.name()),
                "action": about.judged.action.name(),
                "rule": about.by,
                "rules": rules.collect::<Vec<_>>(),
            })
        });
        json!({
            "action": Action::name(*action),
            "rule": by,
            "changed": changed,
            "subjects": subjects.collect::<Vec<_>>(),
        })
    }
}

const fn is_match(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Acts | Outcome::Notes)
}
