//! Edges: from what a content may come.
//!
//! An edge is *observed* if the same value stands in both contents, and *reachable* if the one could have influenced the other: the caller
//! says so, or both belong to one flow. Only the second kind survives a paraphrase, only the first one shows that a value went there. They
//! are never mixed, and each keeps its evidence. A value has at most one source: a named parent that holds it, or else the newest content
//! of the flow that does, or else the first one of the tenant.

use super::{Index, Number};
use crate::lineage::event::Inspection;
use crate::lineage::ids::ArtifactId;
use crate::lineage::token::ValueToken;
use serde::Serialize;
use std::sync::Arc;

/// What an edge says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// The same value stands in both.
    Observed,
    /// The one could have influenced the other.
    Reachable,
}

/// Why there is an edge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Evidence {
    /// A value stands in both.
    Value {
        /// What it means.
        label: Arc<str>,
        /// Whether such values link: 1 to 3.
        tier: u8,
        /// The value.
        token: ValueToken,
        /// Contents that had held it before.
        seen: u64,
    },
    /// The caller named the source as a parent.
    Parent,
    /// Both belong to one session, and this is the newest content before.
    Session,
    /// Both belong to one trace, and this is the newest content before.
    Trace,
}

/// An edge between two artifacts.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Edge {
    /// Where the content may come from.
    pub from: ArtifactId,
    /// The content.
    pub to: ArtifactId,
    /// What the edge says.
    pub mode: Mode,
    /// How likely that is, 0 to 1: a summary of the evidence, not a measurement.
    pub confidence: f32,
    /// Why.
    pub evidence: Vec<Evidence>,
}

/// Where an entry may come from.
#[derive(Clone, Debug)]
pub(super) struct Source {
    pub(super) entry: Number,
    pub(super) mode: Mode,
    pub(super) evidence: Vec<Evidence>,
}

/// How far back the newest content of the flow with a value is looked for, in contents with that value.
const SAME_FLOW_DEPTH_MAX: usize = 256;
/// Contents with a value from which on one more says less: a value that is everywhere shows nothing.
const COMMON_FROM: f32 = 8.0;
/// Confidence of one value of a tier that links alone, and of others under the conditions that let them link.
const TIER_3: f32 = 0.98;
const TIER_2: f32 = 0.95;
const TIER_1_TOGETHER: f32 = 0.90;
const TIER_1_SAME_FLOW: f32 = 0.60;
/// Callers are not authenticated here: what they name is a claim.
const PARENT: f32 = 0.30;
const TRACE: f32 = 0.30;
const SESSION: f32 = 0.15;

impl Source {
    /// Independent reasons add up: one minus the product of what each leaves open.
    pub(super) fn confidence(&self) -> f32 {
        let weak = |evidence: &&Evidence| matches!(evidence, Evidence::Value { tier: 1, .. });
        let together = self.evidence.iter().filter(weak).count() > 1;
        let open = self.evidence.iter().map(|evidence| {
            1.0 - match evidence {
                Evidence::Value { tier, seen, .. } => {
                    let alone = match (tier, together) {
                        (3.., _) => TIER_3,
                        (2, _) => TIER_2,
                        // Two values share what together they are worth.
                        (_, true) => 1.0 - (1.0 - TIER_1_TOGETHER).sqrt(),
                        (_, false) => TIER_1_SAME_FLOW,
                    };
                    alone * (COMMON_FROM / (*seen).max(1) as f32).min(1.0)
                }
                Evidence::Parent => PARENT,
                Evidence::Trace => TRACE,
                Evidence::Session => SESSION,
            }
        });
        1.0 - open.product::<f32>()
    }
}

impl Index {
    /// The sources of an inspection that is not in the index yet.
    pub(super) fn sources_of(&self, inspection: &Inspection) -> Vec<Source> {
        let mut sources = Vec::new();
        let parents: Vec<Number> = inspection
            .parents
            .iter()
            .filter_map(|parent| self.find(&inspection.tenant, *parent))
            .collect();
        self.observed(inspection, &parents, &mut sources);
        for parent in parents {
            note(&mut sources, parent, Mode::Reachable, Evidence::Parent);
        }
        if let Some(before) = self.flows.get(&inspection.flow).and_then(|flow| flow.last()) {
            let evidence =
                if inspection.session.is_some() { Evidence::Session } else { Evidence::Trace };
            note(&mut sources, *before, Mode::Reachable, evidence);
        }
        sources.sort_by_key(|source| (std::cmp::Reverse(source.entry), source.mode));
        sources
    }

    fn observed(&self, inspection: &Inspection, parents: &[Number], sources: &mut Vec<Source>) {
        // Values that link only together with others of the same origin.
        let mut weak: Vec<(Number, Evidence)> = Vec::new();
        for found in inspection.findings.iter().filter(|found| found.tier > 0) {
            for token in &found.tokens {
                let Some(entries) = self.tokens.get(token) else { continue };
                let (label, tier, token) = (Arc::clone(&found.label), found.tier, *token);
                let seen = entries.len() as u64;
                let evidence = Evidence::Value { label, tier, token, seen };
                let named = parents.iter().find(|parent| entries.binary_search(parent).is_ok());
                let near = || self.newest_of_flow(entries, inspection);
                match (named.copied().or_else(near), entries.first()) {
                    (Some(source), _) => note(sources, source, Mode::Observed, evidence),
                    (None, Some(first)) if tier > 1 => {
                        note(sources, *first, Mode::Observed, evidence);
                    }
                    (None, Some(first)) => weak.push((*first, evidence)),
                    (None, None) => {}
                }
            }
        }
        weak.sort_by_key(|(source, _)| *source);
        for group in weak.chunk_by(|(a, _), (b, _)| a == b).filter(|group| group.len() > 1) {
            for (source, evidence) in group {
                note(sources, *source, Mode::Observed, evidence.clone());
            }
        }
    }

    fn newest_of_flow(&self, entries: &[Number], inspection: &Inspection) -> Option<Number> {
        let newest = entries.iter().rev().take(SAME_FLOW_DEPTH_MAX);
        newest.copied().find(|entry| self.entry(*entry).inspection.flow == inspection.flow)
    }

    pub(super) fn edge(&self, to: Number, source: &Source) -> Edge {
        Edge {
            from: self.entry(source.entry).inspection.artifact,
            to: self.entry(to).inspection.artifact,
            mode: source.mode,
            confidence: source.confidence(),
            evidence: source.evidence.clone(),
        }
    }
}

/// Adds a reason to the source that it is about.
fn note(sources: &mut Vec<Source>, entry: Number, mode: Mode, evidence: Evidence) {
    match sources.iter_mut().find(|source| (source.entry, source.mode) == (entry, mode)) {
        Some(source) if source.evidence.contains(&evidence) => {}
        Some(source) => source.evidence.push(evidence),
        None => sources.push(Source { entry, mode, evidence: vec![evidence] }),
    }
}
