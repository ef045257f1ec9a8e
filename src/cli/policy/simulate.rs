//! `lockgate policy simulate`: what a policy would have decided.

use super::situation::{Decided, Held, Situation};
use super::{FactArgs, PolicyFormat, load, scratch_scope};
use crate::base::code::{FILE_UNREADABLE, POLICY_RECORD};
use crate::base::{Action, Confidence, Direction, Fault, LabelIndex};
use crate::cli::RuleSetArgs;
use crate::cli::load::reason;
use crate::cli::output::{print_json, print_with};
use crate::cli::ruleset::pack;
use crate::engine::{Content, Engine, InspectOptions, PACK_DEFAULT};
use crate::lineage::{Event, Inspection, RecordedPolicy};
use crate::policy::{Abilities, Destination, Enforced, Facts, Policy};
use crate::rules::Rules;
use clap::Args;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Longest line, in bytes.
const LINE_BYTES_MAX: u64 = 64 << 20;
/// Changed verdicts that are shown one by one, if nothing else is said.
const EXAMPLES_DEFAULT: usize = 10;

/// Arguments of `lockgate policy simulate`.
#[derive(Clone, Debug, Args)]
pub struct SimulateArgs {
    /// The policy to try: a file, or a folder
    #[arg(value_name = "POLICY")]
    pub policy: PathBuf,
    /// What `lockgate audit export` printed, or texts, one JSON object a line; - for standard input
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// Compare with this policy; without it with what was recorded, and for texts with the pack alone
    #[arg(long, value_name = "POLICY")]
    pub against: Option<PathBuf>,
    /// Member of the lines that holds a text
    #[arg(long, value_name = "NAME", default_value = "text")]
    pub text_field: String,
    /// Changed verdicts to show one by one
    #[arg(long, value_name = "NUMBER", default_value_t = EXAMPLES_DEFAULT)]
    pub examples: usize,
    /// Fail if a verdict changes
    #[arg(long)]
    pub fail_on_change: bool,
    /// Output format
    #[arg(long, value_enum, default_value_t)]
    pub format: PolicyFormat,
    #[command(flatten)]
    #[allow(missing_docs, reason = "a doc comment here would replace the help of the command")]
    pub rules: RuleSetArgs,
    #[command(flatten)]
    #[allow(missing_docs, reason = "a doc comment here would replace the help of the command")]
    pub facts: FactArgs,
}

pub(super) fn run(args: &SimulateArgs) -> Result<bool, Fault> {
    let rules = Arc::new(args.rules.compile()?);
    let against = args.against.as_ref().map(|path| load(path, &rules)).transpose()?.map(Arc::new);
    let mut replay = Replay {
        policy: Arc::new(load(&args.policy, &rules)?),
        against,
        engine: Engine::new(Arc::clone(&rules)),
        rules,
        pack: args.rules.pack.as_deref().unwrap_or(PACK_DEFAULT),
        facts: args.facts.facts()?,
        text_field: &args.text_field,
        examples_max: args.examples,
        report: Report::default(),
    };
    for file in &args.files {
        replay.file(file)?;
    }
    match args.format {
        PolicyFormat::Text => print_with(|out| replay.report.write(out))?,
        PolicyFormat::Json => print_json(&replay.report.to_json())?,
    }
    Ok(!args.fail_on_change || replay.report.changed() == 0)
}

/// A line of an exported ledger.
#[derive(Deserialize)]
struct Record {
    time_ms: u64,
    event: Event,
}

struct Replay<'a> {
    policy: Arc<Policy>,
    against: Option<Arc<Policy>>,
    engine: Engine,
    rules: Arc<Rules>,
    pack: &'a str,
    /// Facts of texts; records have their own.
    facts: Facts,
    text_field: &'a str,
    examples_max: usize,
    report: Report,
}

impl Replay<'_> {
    fn file(&mut self, path: &Path) -> Result<(), Fault> {
        let unreadable = |error: io::Error| {
            Fault::new(FILE_UNREADABLE, format!("{}: {}", path.display(), reason(&error)))
        };
        let mut reader: Box<dyn BufRead> = if path.as_os_str() == "-" {
            Box::new(io::stdin().lock())
        } else {
            Box::new(BufReader::new(File::open(path).map_err(unreadable)?))
        };
        let mut line = Vec::new();
        for number in 1_u64.. {
            line.clear();
            let read = (&mut reader).take(LINE_BYTES_MAX).read_until(b'\n', &mut line);
            let read = read.map_err(unreadable)?;
            if read == 0 {
                break;
            }
            let place = format!("{}:{number}", path.display());
            if read as u64 == LINE_BYTES_MAX {
                return Err(Fault::new(POLICY_RECORD, format!("{place}: the line is too long")));
            }
            if !line.trim_ascii().is_empty() {
                self.line(&line, &place)?;
            }
        }
        Ok(())
    }

    fn line(&mut self, line: &[u8], place: &str) -> Result<(), Fault> {
        let wrong = |what: &str| Fault::new(POLICY_RECORD, format!("{place}: {what}"));
        let value: Value = serde_json::from_slice(line).map_err(|_| wrong("it is not JSON"))?;
        if let Some(text) = value.get(self.text_field).and_then(Value::as_str) {
            return self.text(text, place);
        }
        let record: Record =
            serde_json::from_value(value).map_err(|_| wrong("it is neither record nor text"))?;
        match record.event {
            Event::Inspection(event) => self.event(&event, record.time_ms, place),
            _ => Ok(()),
        }
    }

    /// A text, inspected with the one and with the other.
    fn text(&mut self, text: &str, place: &str) -> Result<(), Fault> {
        let before = self.inspected(text, self.against.clone())?;
        let after = self.inspected(text, Some(Arc::clone(&self.policy)))?;
        self.note(place.to_owned(), before, after);
        Ok(())
    }

    fn inspected(&self, text: &str, policy: Option<Arc<Policy>>) -> Result<Decided, Fault> {
        let enforced = |policy| Arc::new(Enforced { policy, facts: self.facts.clone() });
        let options = InspectOptions {
            pack: Some(self.pack.to_owned()),
            direction: self.facts.direction,
            tokens: self.facts.can.tokenize.then(scratch_scope),
            policy: policy.map(enforced),
            ..InspectOptions::default()
        };
        let verdict = self.engine.inspect(Content::Text(text.as_bytes()), &options)?;
        let ruled = verdict.ruled.as_ref();
        let first = ruled.and_then(|ruled| ruled.decisions.first());
        let none = if ruled.is_some() { "default" } else { "pack" };
        Ok(Decided {
            action: verdict.action,
            by: first.map_or_else(|| none.to_owned(), |decision| decision.by.to_string()),
            changed: None,
        })
    }

    /// A recorded inspection, decided anew.
    fn event(&mut self, event: &Inspection, time_ms: u64, place: &str) -> Result<(), Fault> {
        let situation = self.situation(event, time_ms);
        // A pack of another rule set may be gone.
        let known = self.rules.pack(&event.pack).is_some();
        let pack = pack(&self.rules, if known { &event.pack } else { self.pack })?;
        let before = match &self.against {
            Some(policy) => situation.decide(Some(policy), &self.rules, pack),
            None => Decided {
                action: action_named(&event.action),
                by: event
                    .policy
                    .as_ref()
                    .and_then(|policy| Some(policy.rule.as_ref()?.to_string()))
                    .unwrap_or_else(|| "pack".to_owned()),
                changed: None,
            },
        };
        let after = situation.decide(Some(&self.policy), &self.rules, pack);
        self.note(format!("{place} {}", event.artifact), before, after);
        Ok(())
    }

    /// What the record keeps of the content.
    fn situation(&mut self, event: &Inspection, time_ms: u64) -> Situation {
        let mut findings = Vec::new();
        for found in &event.findings {
            let place = self.rules.labels().binary_search_by(|label| label.id.cmp(&found.label));
            let Some(label) = place.ok().and_then(|place| u16::try_from(place).ok()) else {
                self.report.labels_unknown += 1;
                continue;
            };
            if found.levels.is_none() {
                self.report.levels_assumed += 1;
            }
            let levels = found.levels.unwrap_or([0, 0, found.count]);
            let values =
                if found.tokens.is_empty() { found.count } else { found.tokens.len() as u64 };
            let mut values = u32::try_from(values).unwrap_or(u32::MAX);
            for (confidence, count) in Confidence::ALL.into_iter().zip(levels) {
                if count > 0 {
                    let label = LabelIndex(label);
                    // They belong to the label, and count once.
                    let values = std::mem::take(&mut values);
                    findings.push(Held { label, confidence, values });
                }
            }
        }
        let reason = event.reason.as_deref().unwrap_or_default();
        Situation {
            facts: facts(event, time_ms),
            findings,
            incomplete: !event.gaps.is_empty(),
            fixed: reason.starts_with("payload.edit."),
        }
    }

    fn note(&mut self, place: String, before: Decided, after: Decided) {
        let report = &mut self.report;
        report.records += 1;
        if before.action == after.action {
            return;
        }
        let key = (before.action, after.action, before.by.clone(), after.by.clone());
        *report.changes.entry(key).or_default() += 1;
        if report.examples.len() < self.examples_max {
            report.examples.push((place, before, after));
        }
    }
}

/// The facts of a record.
fn facts(event: &Inspection, now_ms: u64) -> Facts {
    let RecordedPolicy { facts, .. } = event.policy.clone().unwrap_or_default();
    let can = |what: &str| !facts.cannot.iter().any(|cannot| cannot == what);
    Facts {
        direction: event.direction.parse().unwrap_or(Direction::Input),
        actor: event.actor.clone(),
        tenant: Some(event.tenant.to_string()),
        agent: event.agent.clone(),
        can: Abilities {
            redact: can("redact"),
            step_up: can("step_up"),
            tokenize: can("tokenize"),
        },
        agent_version: facts.agent_version,
        groups: facts.groups,
        tool: facts.tool,
        destination: Destination {
            model: facts.model,
            provider: facts.provider,
            region: facts.region,
            domain: facts.domain,
            trust: facts.trust,
        },
        attestation: facts.attestation,
        origins: facts.origins,
        readers: facts.readers,
        integrity: facts.integrity,
        now_ms,
    }
}

fn action_named(name: &str) -> Action {
    Action::ALL.into_iter().find(|action| action.name() == name).unwrap_or_default()
}

/// What changed.
#[derive(Default)]
struct Report {
    records: u64,
    /// Before, after, who decided before and after.
    changes: BTreeMap<(Action, Action, String, String), u64>,
    /// Place, before, after.
    examples: Vec<(String, Decided, Decided)>,
    /// Findings of records that keep no confidence.
    levels_assumed: u64,
    /// Findings of labels that these rules do not have.
    labels_unknown: u64,
}

impl Report {
    fn changed(&self) -> u64 {
        self.changes.values().sum()
    }

    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let changed = self.changed();
        let stricter = self.changes.iter().filter(|((before, after, ..), _)| after > before);
        let stricter: u64 = stricter.map(|(_, count)| count).sum();
        let weaker = changed - stricter;
        writeln!(
            out,
            "{} verdicts: {changed} change, {stricter} become stricter, {weaker} weaker",
            self.records
        )?;
        for ((before, after, by_before, by_after), count) in &self.changes {
            writeln!(out, "{count:8}  {before} by {by_before} -> {after} by {by_after}")?;
        }
        if !self.examples.is_empty() {
            writeln!(out, "examples")?;
        }
        for (place, before, after) in &self.examples {
            writeln!(out, "  {place}: {} -> {} by {}", before.action, after.action, after.by)?;
        }
        if self.levels_assumed > 0 {
            let count = self.levels_assumed;
            writeln!(out, "note: {count} findings keep no confidence, and count as high")?;
        }
        if self.labels_unknown > 0 {
            let count = self.labels_unknown;
            writeln!(out, "note: {count} findings have labels that these rules do not know")?;
        }
        Ok(())
    }

    fn to_json(&self) -> Value {
        let changes = self.changes.iter().map(|((before, after, by_before, by_after), count)| {
            json!({
                "before": before.name(), "after": after.name(),
                "rule_before": by_before, "rule_after": by_after, "count": count,
            })
        });
        let examples = self.examples.iter().map(|(place, before, after)| {
            json!({
                "place": place, "before": before.action.name(), "after": after.action.name(),
                "rule_before": before.by, "rule_after": after.by,
            })
        });
        json!({
            "verdicts": self.records,
            "changed": self.changed(),
            "changes": changes.collect::<Vec<_>>(),
            "examples": examples.collect::<Vec<_>>(),
            "levels_assumed": self.levels_assumed,
            "labels_unknown": self.labels_unknown,
        })
    }
}
