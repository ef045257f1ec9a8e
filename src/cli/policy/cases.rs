//! `lockgate policy test`.

use super::explain::Explanation;
use super::situation::{Held, Situation, label_of};
use super::{PolicyFormat, load, scratch_scope};
use crate::audit::now_ms;
use crate::base::code::{FILE_UNREADABLE, POLICY_CASE};
use crate::base::{Action, Confidence, Direction, Fault};
use crate::cli::RuleSetArgs;
use crate::cli::load::reason;
use crate::cli::output::{print_json, print_with};
use crate::cli::ruleset::pack;
use crate::engine::{Content, Engine, InspectOptions, PACK_DEFAULT};
use crate::policy::{Abilities, Destination, Enforced, Facts, Policy, moment_ms};
use crate::rules::{Rules, level_of};
use crate::syntax::{
    AbilityName, CaseSpec, IntegrityName, Severity, Source, TrustName, parse_cases,
};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(super) fn run(
    path: &Path,
    files: &[PathBuf],
    ruleset: &RuleSetArgs,
    format: PolicyFormat,
) -> Result<bool, Fault> {
    let rules = Arc::new(ruleset.compile()?);
    let policy = Arc::new(load(path, &rules)?);
    let name = ruleset.pack.as_deref().unwrap_or(PACK_DEFAULT);
    let bench = Bench { engine: Engine::new(Arc::clone(&rules)), rules, policy, pack: name };
    let mut failed = Vec::new();
    let mut count = 0;
    for file in files {
        for case in &read(file)? {
            count += 1;
            if let Some(failure) = bench.run(case)? {
                failed.push((case.name.get_ref().clone(), failure));
            }
        }
    }
    match format {
        PolicyFormat::Text => print_with(|out| {
            for (name, failure) in &failed {
                write!(out, "FAILED {name}\n  {}\n{}\n", failure.summary(), failure.explanation)?;
            }
            writeln!(out, "{count} cases: {} passed, {} failed", count - failed.len(), failed.len())
        })?,
        PolicyFormat::Json => {
            let failed: Vec<Value> = failed.iter().map(|(name, one)| one.to_json(name)).collect();
            print_json(&json!({ "cases": count, "failed": failed }))?;
        }
    }
    Ok(failed.is_empty())
}

fn read(path: &Path) -> Result<Vec<CaseSpec>, Fault> {
    let text = fs::read_to_string(path).map_err(|error| {
        Fault::new(FILE_UNREADABLE, format!("{}: {}", path.display(), reason(&error)))
    })?;
    let source = Source::new(path.display().to_string(), text);
    let file = parse_cases(&source).map_err(|found| {
        let found = crate::syntax::Diagnostics(found);
        crate::cli::console::say(&format!("{}\n", found.render(false).trim_end()));
        let errors = found.count(Severity::Error);
        Fault::new(POLICY_CASE, format!("{}: {errors} errors", path.display()))
    })?;
    Ok(file.cases)
}

/// A case that came out differently.
struct Failure {
    expect: String,
    got: String,
    explanation: String,
}

impl Failure {
    fn summary(&self) -> String {
        format!("expected {}, got {}", self.expect, self.got)
    }

    fn to_json(&self, name: &str) -> Value {
        json!({
            "name": name,
            "expect": self.expect,
            "got": self.got,
            "explanation": self.explanation,
        })
    }
}

/// What cases are run with.
struct Bench<'a> {
    engine: Engine,
    rules: Arc<Rules>,
    policy: Arc<Policy>,
    pack: &'a str,
}

impl Bench<'_> {
    fn run(&self, case: &CaseSpec) -> Result<Option<Failure>, Fault> {
        let name = case.name.get_ref();
        let wrong = |what: &str| Fault::new(POLICY_CASE, format!("{name}: {what}"));
        let facts = facts(case).ok_or_else(|| wrong("its moment is none"))?;
        let expected = Action::from(case.expect);
        let (action, by, explanation) = match &case.text {
            Some(_) if !case.findings.is_empty() => {
                return Err(wrong("it has both a text and findings"));
            }
            Some(text) => self.text(text, facts)?,
            None => {
                let held = case.findings.iter().map(|finding| {
                    let label = label_of(&self.rules, finding.label.get_ref())
                        .map_err(|_| wrong("there is no such label"))?;
                    let confidence = finding.confidence.map_or(Confidence::High, level_of);
                    Ok(Held { label, confidence, values: finding.unique.unwrap_or(1) })
                });
                let findings = held.collect::<Result<_, Fault>>()?;
                self.situation(&Situation { facts, findings, ..Situation::default() })?
            }
        };
        let same_rule = case.rule.as_ref().is_none_or(|rule| *rule == by);
        if action == expected && same_rule {
            return Ok(None);
        }
        let rule = case.rule.as_ref().map(|rule| format!(" by {rule}")).unwrap_or_default();
        let expect = format!("{expected}{rule}");
        Ok(Some(Failure { expect, got: format!("{action} by {by}"), explanation }))
    }

    fn situation(&self, situation: &Situation) -> Result<(Action, String, String), Fault> {
        let pack = pack(&self.rules, self.pack)?;
        let decided = situation.decide(Some(&self.policy), &self.rules, pack);
        let mut text = Vec::new();
        let explanation = Explanation::new(&self.policy, &self.rules, pack, situation);
        // Writing to memory does not fail.
        let _ = explanation.write(&mut text);
        Ok((decided.action, decided.by, indented(&String::from_utf8_lossy(&text))))
    }

    fn text(&self, text: &str, facts: Facts) -> Result<(Action, String, String), Fault> {
        let options = InspectOptions {
            pack: Some(self.pack.to_owned()),
            direction: facts.direction,
            tokens: facts.can.tokenize.then(scratch_scope),
            policy: Some(Arc::new(Enforced { policy: Arc::clone(&self.policy), facts })),
            ..InspectOptions::default()
        };
        let verdict = self.engine.inspect(Content::Text(text.as_bytes()), &options)?;
        let mut explanation = String::new();
        for finding in &verdict.findings {
            let label = &self.rules.label(finding.label).id;
            let _ = writeln!(explanation, "  found {label}, {} confidence", finding.confidence);
        }
        let decisions = verdict.ruled.iter().flat_map(|ruled| &ruled.decisions);
        let first = decisions.clone().next();
        let by = first.map_or("default".to_owned(), |decision| decision.by.to_string());
        for decision in decisions {
            let (by, action) = (&decision.by, decision.action);
            let _ = writeln!(explanation, "  {by} says {action} of {} findings", decision.findings);
        }
        Ok((verdict.action, by, explanation))
    }
}

fn indented(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let indent = if line.is_empty() { "" } else { "  " };
        let _ = writeln!(out, "{indent}{line}");
    }
    out
}

/// The facts of a case; `None` if its moment is none.
fn facts(case: &CaseSpec) -> Option<Facts> {
    let abilities = |list: &Vec<AbilityName>| Abilities {
        redact: list.contains(&AbilityName::Redact),
        step_up: list.contains(&AbilityName::StepUp),
        tokenize: list.contains(&AbilityName::Tokenize),
    };
    let now_ms = match &case.at {
        Some(moment) => moment_ms(moment)?,
        None => now_ms(),
    };
    Some(Facts {
        direction: case.direction.map_or(Direction::Input, Direction::from),
        actor: case.actor.clone(),
        tenant: case.tenant.clone(),
        agent: case.agent.clone(),
        agent_version: case.agent_version.clone(),
        groups: case.groups.clone(),
        tool: case.tool.clone(),
        destination: Destination {
            model: case.model.clone(),
            provider: case.provider.clone(),
            region: case.region.clone(),
            domain: case.domain.as_ref().map(|name| name.to_ascii_lowercase()),
            trust: case.trust.map(TrustName::name).map(str::to_owned),
        },
        attestation: case.attestation.clone().into_iter().collect(),
        origins: case.origin.clone(),
        readers: case.readers.clone(),
        integrity: case.integrity.map(IntegrityName::name).map(str::to_owned),
        now_ms,
        can: case.can.as_ref().map(abilities).unwrap_or_default(),
    })
}
