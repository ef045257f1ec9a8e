//! `rules list`.

use super::{Format, RulesError};
use crate::base::{RuleIndex, is_under};
use crate::cli::load::{self, RuleSources};
use crate::rules::{Rule, Rules};
use clap::Args;
use serde_json::{Value, json};
use std::{io::Write, process::ExitCode};

/// Arguments of `rules list`.
#[derive(Args, Clone, Debug)]
pub struct ListArgs {
    /// Only the rules that this pack turns on
    #[arg(long, value_name = "NAME")]
    pub pack: Option<String>,
    /// Only rules with this label, or with labels below it (`pii` or `pii.*` takes `pii.email`)
    #[arg(long, value_name = "LABEL")]
    pub label: Option<String>,
    /// Output format
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

pub(super) fn run(
    args: &ListArgs,
    dirs: &RuleSources,
    out: &mut dyn Write,
) -> Result<ExitCode, RulesError> {
    let (rules, _) = load::rules(dirs)?;
    let chosen = choose(args, &rules)?;
    match args.format {
        Format::Json => {
            let list: Vec<Value> = chosen.into_iter().map(row_json).collect();
            serde_json::to_writer_pretty(&mut *out, &list).map_err(std::io::Error::from)?;
            writeln!(out)?;
        }
        Format::Text => table(&chosen, out)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn choose<'r>(args: &ListArgs, rules: &'r Rules) -> Result<Vec<&'r Rule>, RulesError> {
    let pack = match &args.pack {
        Some(name) => Some(rules.pack(name).ok_or_else(|| {
            RulesError::unknown("pack", name, rules.packs().iter().map(|pack| &*pack.id))
        })?),
        None => None,
    };
    let label = args.label.as_deref().map(|label| label.strip_suffix(".*").unwrap_or(label));
    if let Some(label) = label
        && !rules.labels().iter().any(|known| is_under(&known.id, label))
    {
        let known = rules.labels().iter().map(|known| &*known.id);
        return Err(RulesError::unknown("label", label, known));
    }
    let enabled = |index: usize| {
        pack.is_none_or(|pack| pack.settings.get(index).is_some_and(|setting| setting.enabled))
    };
    let labelled = |rule: &Rule| {
        label.is_none_or(|label| rule.spec.labels.iter().any(|own| is_under(own.get_ref(), label)))
    };
    let all = rules.rules().iter().enumerate();
    Ok(all
        .filter(|(index, rule)| enabled(*index) && labelled(rule))
        .map(|(_, rule)| rule)
        .collect())
}

fn columns(rule: &Rule) -> [String; 5] {
    let spec = &rule.spec;
    [
        rule.id.to_string(),
        spec.confidence.get_ref().name().to_owned(),
        spec.labels.first().map(|label| label.get_ref().clone()).unwrap_or_default(),
        spec.status.name().to_owned(),
        spec.title.clone(),
    ]
}

fn row_json(rule: &Rule) -> Value {
    let labels: Vec<&str> = rule.spec.labels.iter().map(|label| label.get_ref().as_str()).collect();
    json!({
        "id": &*rule.id,
        "title": rule.spec.title,
        "family": &*rule.family_title,
        "confidence": rule.spec.confidence.get_ref().name(),
        "labels": labels,
        "status": rule.spec.status.name(),
        "since": rule.spec.since,
    })
}

fn table(rules: &[&Rule], out: &mut dyn Write) -> std::io::Result<()> {
    let rows: Vec<[String; 5]> = rules.iter().map(|rule| columns(rule)).collect();
    let mut width = [0; 4];
    for row in &rows {
        for (width, cell) in width.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    for row in &rows {
        for (cell, width) in row.iter().zip(width) {
            write!(out, "{cell:width$}  ")?;
        }
        writeln!(out, "{}", row[4])?;
    }
    Ok(())
}

/// The rule with a full id, or the error that suggests the nearest one.
pub(super) fn find(rules: &Rules, id: &str) -> Result<RuleIndex, RulesError> {
    rules
        .find(id)
        .ok_or_else(|| RulesError::unknown("rule", id, rules.rules().iter().map(|rule| &*rule.id)))
}
