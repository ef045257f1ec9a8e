//! `GET /v1/rules`, `/v1/rules/{id}`, `/v1/labels`, `/v1/packs`: what the rule set knows.

use super::app::App;
use super::envelope;
use super::problem::Problem;
use super::wire::{self, List};
use crate::base::{Confidence, RuleIndex, code};
use crate::rules::{Label, Pack, Quality, QualityRecord, Rule, Rules};
use crate::syntax::{ConfidenceName, Linkability, RuleSpec, Status};
use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::Uri;
use std::sync::Arc;

/// List rules.
#[utoipa::path(
    get, path = "/v1/rules", tag = "rules", params(wire::RulesQuery),
    responses(
        (status = 200, description = "The rules, sorted by id.", body = List<wire::RuleSummary>),
        (status = 422, description = "There is no such pack or parameter.", body = wire::Problem<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn rules(
    State(app): State<Arc<App>>,
    uri: Uri,
) -> Result<Json<List<wire::RuleSummary>>, Problem> {
    let query: wire::RulesQuery = envelope::query(&uri)?;
    let rules = app.engine.rules();
    let pack = match &query.pack {
        Some(id) => Some(rules.pack(id).ok_or(code::PACK_UNKNOWN)?),
        None => None,
    };
    let has_label = |rule: &Rule| match &query.label {
        Some(label) => rule.spec.labels.iter().any(|own| own.get_ref() == label),
        None => true,
    };
    let wanted =
        rules.rules().iter().enumerate().filter(|(index, rule)| {
            pack.is_none_or(|pack| enables(pack, *index)) && has_label(rule)
        });
    Ok(list(rules, wanted.map(|(_, rule)| summary(rule))))
}

/// Show one rule.
#[utoipa::path(
    get, path = "/v1/rules/{id}", tag = "rules",
    params(("id" = String, Path, description = "Full id of the rule.")),
    responses(
        (status = 200, description = "The rule.", body = wire::RuleDetail),
        (status = 404, description = "There is no such rule.", body = wire::Problem<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn rule(
    State(app): State<Arc<App>>,
    id: Result<Path<String>, PathRejection>,
) -> Result<Json<wire::RuleDetail>, Problem> {
    let rules = app.engine.rules();
    // What cannot be read is no id of a rule either.
    let Path(id) = id.map_err(|_| Problem::from(code::RULE_UNKNOWN))?;
    let index = rules.find(&id).ok_or(code::RULE_UNKNOWN)?;
    Ok(Json(detail(rules, index)))
}

/// List labels.
#[utoipa::path(
    get, path = "/v1/labels", tag = "rules",
    responses((status = 200, description = "The labels.", body = List<wire::LabelView>))
)]
pub(super) async fn labels(State(app): State<Arc<App>>) -> Json<List<wire::LabelView>> {
    let rules = app.engine.rules();
    let mut counts = vec![0; rules.labels().len()];
    for rule in rules.rules() {
        if let Some(count) = counts.get_mut(rule.label.index()) {
            *count += 1;
        }
    }
    list(rules, rules.labels().iter().zip(counts).map(|(label, rules)| label_view(label, rules)))
}

/// List packs.
#[utoipa::path(
    get, path = "/v1/packs", tag = "rules",
    responses((status = 200, description = "The packs.", body = List<wire::PackView>))
)]
pub(super) async fn packs(State(app): State<Arc<App>>) -> Json<List<wire::PackView>> {
    let rules = app.engine.rules();
    list(
        rules,
        rules.packs().iter().map(|pack| wire::PackView {
            id: pack.id.to_string(),
            title: pack.title.clone(),
            rules: pack.settings.iter().filter(|setting| setting.enabled).count(),
        }),
    )
}

fn list<T>(rules: &Rules, items: impl Iterator<Item = T>) -> Json<List<T>> {
    Json(List { fingerprint: rules.fingerprint().to_owned(), items: items.collect() })
}

fn enables(pack: &Pack, rule: usize) -> bool {
    pack.settings.get(rule).is_some_and(|setting| setting.enabled)
}

fn summary(rule: &Rule) -> wire::RuleSummary {
    wire::RuleSummary {
        id: rule.id.to_string(),
        title: rule.spec.title.clone(),
        status: match rule.spec.status {
            Status::Preview => "preview",
            Status::Stable => "stable",
            Status::Deprecated => "deprecated",
        },
        labels: owned(&rule.spec.labels),
        confidence: match rule.spec.confidence.get_ref() {
            ConfidenceName::Low => Confidence::Low.name(),
            ConfidenceName::Medium => Confidence::Medium.name(),
            ConfidenceName::High => Confidence::High.name(),
        },
    }
}

fn detail(rules: &Rules, index: RuleIndex) -> wire::RuleDetail {
    let rule = rules.rule(index);
    let spec = &rule.spec;
    let packs = rules.packs().iter().filter(|pack| enables(pack, index.index()));
    wire::RuleDetail {
        summary: summary(rule),
        family: rule.family_title.to_string(),
        since: spec.since.clone(),
        replaced_by: spec.replaced_by.clone(),
        why: spec.why.clone(),
        patterns: patterns(spec),
        validators: owned(&spec.validators),
        keywords: spec.keywords.iter().flat_map(|words| words.any.get_ref().clone()).collect(),
        keyword_required: spec.keywords.as_ref().is_some_and(|words| words.require),
        packs: packs.map(|pack| pack.id.to_string()).collect(),
        references: spec.references.clone(),
        quality: QualityRecord::builtin().of(&rule.id).map(quality),
    }
}

fn quality(quality: Quality) -> wire::RuleQuality {
    wire::RuleQuality {
        precision: quality.precision(),
        recall: quality.recall(),
        findings: quality.right + quality.wrong,
        spans: quality.spans,
    }
}

/// The expressions of a rule; for a region its two markers.
fn patterns(spec: &RuleSpec) -> Vec<String> {
    let region = spec.region.iter().flat_map(|region| [&region.begin, &region.end]);
    spec.pattern.iter().chain(&spec.patterns).chain(region).map(|p| p.get_ref().clone()).collect()
}

fn label_view(label: &Label, rules: usize) -> wire::LabelView {
    wire::LabelView {
        id: label.id.to_string(),
        title: label.spec.title.clone(),
        sensitivity: *label.spec.sensitivity.get_ref(),
        linkability: match label.spec.linkability {
            Linkability::L0 => "L0",
            Linkability::L1 => "L1",
            Linkability::L2 => "L2",
            Linkability::L3 => "L3",
        },
        regulations: label.spec.regulations.clone(),
        rules,
    }
}

fn owned(texts: &[toml::Spanned<String>]) -> Vec<String> {
    texts.iter().map(|text| text.get_ref().clone()).collect()
}
