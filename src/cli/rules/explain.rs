//! `rules explain`: how a rule is looked for, and what that costs.

mod cost;
mod words;

use super::{Format, RulesError, describe, list};
use crate::base::RuleIndex;
use crate::cli::load::{self, RuleSources};
use crate::matcher::anchor::Anchor;
use crate::rules::checks::KEYWORD_SCORE;
use crate::rules::{Explanation, PatternExplanation, Rules, WindowExplanation};
use clap::Args;
use cost::Cost;
use serde_json::{Value, json};
use std::{
    io::{self, Write},
    process::ExitCode,
};

/// Words of a list that are shown; `rules show` has them all.
const WORDS_SHOWN_MAX: usize = 8;

/// Arguments of `rules explain`.
#[derive(Args, Clone, Debug)]
pub struct ExplainArgs {
    /// Full id of the rule
    #[arg(value_name = "ID")]
    pub id: String,
    /// Output format
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

pub(super) fn run(
    args: &ExplainArgs,
    dirs: &RuleSources,
    out: &mut dyn Write,
) -> Result<ExitCode, RulesError> {
    let (rules, _) = load::rules(dirs)?;
    let index = list::find(&rules, &args.id)?;
    let explained = rules.explain(index);
    let cost = Cost::measure(&rules, index);
    match args.format {
        Format::Text => text(&rules, index, &explained, &cost, out)?,
        Format::Json => {
            let value = to_json(&rules, index, &explained, &cost);
            serde_json::to_writer_pretty(&mut *out, &value).map_err(io::Error::from)?;
            writeln!(out)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn text(
    rules: &Rules,
    index: RuleIndex,
    explained: &Explanation,
    cost: &Cost,
    out: &mut dyn Write,
) -> io::Result<()> {
    let rule = rules.rule(index);
    writeln!(out, "{}\n{} ({})", rule.id, rule.spec.title, rule.family_title)?;
    let count = explained.patterns.len();
    for (i, pattern) in explained.patterns.iter().enumerate() {
        writeln!(out)?;
        if count > 1 {
            field(out, &format!("pattern {}/{count}", i + 1), &words::one_line(&pattern.text))?;
        }
        pattern_text(pattern, out)?;
    }
    if let Some(lookup) = &explained.lookup {
        writeln!(out)?;
        let kib = lookup.memory_bytes.div_ceil(1024);
        field(
            out,
            "looked up",
            &format!("{} {}, {kib} KiB of memory", lookup.entries, lookup.kind),
        )?;
    }
    writeln!(out)?;
    let conditions = describe::conditions_short(&rule.spec, WORDS_SHOWN_MAX);
    for (i, condition) in conditions.iter().enumerate() {
        field(out, if i == 0 { "then" } else { "" }, condition)?;
    }
    let level = crate::base::Confidence::of_score(explained.score);
    let support = match &explained.keywords {
        Some(words) if !words.required => format!(", {KEYWORD_SCORE} more with a supporting word"),
        _ => String::new(),
    };
    field(out, "score", &format!("{} ({level}){support}", explained.score))?;
    writeln!(out)?;
    cost_text(rules, cost, out)
}

fn pattern_text(pattern: &PatternExplanation, out: &mut dyn Write) -> io::Result<()> {
    field(out, "anchor", &words::anchor(&pattern.anchor))?;
    field(out, "match starts", &words::start(&pattern.anchor, &pattern.reach))?;
    if pattern.guard_positions > 0 {
        let guard = match pattern.guard_positions {
            1 => "1 byte beside the anchor is checked first".to_owned(),
            count => format!("{count} bytes around the anchor are checked first"),
        };
        field(out, "guard", &guard)?;
    }
    let (before, after) = (pattern.before_max, pattern.after_max);
    field(
        out,
        "window",
        &format!("{} before the anchor, {after} from it on", describe::counted(before, "byte")),
    )?;
    let of = if pattern.region.is_some() { " (begin marker)" } else { "" };
    let (min, max) = (pattern.len_min, pattern.len_max);
    let length =
        if min == max { format!("{max} bytes{of}") } else { format!("{min} to {max} bytes{of}") };
    field(out, "length", &length)?;
    if let Some(region) = &pattern.region {
        let end = if region.open_ended {
            "reported without its end marker too"
        } else {
            "not reported without its end marker"
        };
        field(out, "region", &format!("at most {} bytes, {end}", region.len_max))?;
    }
    field(out, "automaton", pattern.engine)
}

fn cost_text(rules: &Rules, cost: &Cost, out: &mut dyn Write) -> io::Result<()> {
    let build = if cfg!(debug_assertions) { "debug build: far slower" } else { "release build" };
    let matcher = rules.matcher_name();
    writeln!(out, "cost, measured on this machine just now ({matcher} matcher, {build})")?;
    field(
        out,
        "clean text",
        &format!(
            "{} on top of {:.0} ns per KiB without this rule",
            words::added(cost.rule_ns_per_kib(), cost.without_ns_per_kib),
            cost.without_ns_per_kib
        ),
    )?;
    field(out, "", &format!("{:.2} candidates per KiB", cost.candidates_per_kib))?;
    let finding = match cost.finding_us {
        Some(us) => format!("{us:.2} µs each in its own examples, repeated"),
        None => "not measured, the rule has no examples".to_owned(),
    };
    field(out, "finding", &finding)
}

fn field(out: &mut dyn Write, name: &str, value: &str) -> io::Result<()> {
    writeln!(out, "{name:<14}{value}")
}

fn to_json(rules: &Rules, index: RuleIndex, explained: &Explanation, cost: &Cost) -> Value {
    let spec = &rules.rule(index).spec;
    let validators: Vec<&str> =
        spec.validators.iter().map(|name| name.get_ref().as_str()).collect();
    let companions: Vec<Value> = explained
        .companions
        .iter()
        .map(|(rule, within)| json!({ "rule": &**rule, "within": within }))
        .collect();
    json!({
        "id": &*explained.id,
        "patterns": explained.patterns.iter().map(pattern_json).collect::<Vec<_>>(),
        "lookup": explained.lookup.map(|lookup| {
            json!({ "kind": lookup.kind, "entries": lookup.entries, "memory_bytes": lookup.memory_bytes })
        }),
        "keywords": explained.keywords.as_ref().map(window_json),
        "exclude": explained.exclude.as_ref().map(window_json),
        "validators": validators,
        "companions": companions,
        "conditions": describe::conditions(spec),
        "score": (f64::from(explained.score) * 100.0).round() / 100.0,
        "generic": explained.generic,
        "measured": {
            "matcher": rules.matcher_name(),
            "debug_build": cfg!(debug_assertions),
            "ns_per_kib": cost.rule_ns_per_kib(),
            "ns_per_kib_without": cost.without_ns_per_kib,
            "candidates_per_kib": cost.candidates_per_kib,
            "us_per_finding": cost.finding_us,
        },
    })
}

fn pattern_json(pattern: &PatternExplanation) -> Value {
    json!({
        "pattern": pattern.text,
        "anchor": anchor_json(&pattern.anchor),
        "start": {
            "min": pattern.reach.min,
            "max": pattern.reach.max,
            "bytes": words::bytes(pattern.reach.alphabet),
        },
        "guard_positions": pattern.guard_positions,
        "window": { "before": pattern.before_max, "after": pattern.after_max },
        "length": { "min": pattern.len_min, "max": pattern.len_max },
        "region": pattern.region.map(|region| {
            json!({ "max": region.len_max, "open_ended": region.open_ended })
        }),
        "automaton": pattern.engine,
    })
}

fn anchor_json(anchor: &Anchor) -> Value {
    let kind = anchor.kind();
    match anchor {
        Anchor::Literals { literals, caseless, .. } => {
            let literals: Vec<_> =
                literals.iter().map(|text| String::from_utf8_lossy(text)).collect();
            json!({ "kind": kind, "literals": literals, "caseless": caseless })
        }
        Anchor::Digits { lead_max, .. } => json!({ "kind": kind, "lead_max": lead_max }),
        Anchor::Token { len_min, .. } => json!({ "kind": kind, "len_min": len_min }),
        Anchor::Byte { byte, .. } => json!({ "kind": kind, "byte": char::from(*byte).to_string() }),
        Anchor::Every => json!({ "kind": kind }),
    }
}

fn window_json(window: &WindowExplanation) -> Value {
    json!({ "before": window.before, "after": window.after, "required": window.required })
}
