//! Questions: where did a value go, what did an agent see, what happened in a session, what does a content come from, and why.

use super::{Edge, Index, Mode, Number};
use crate::base::limits::LINEAGE_ANSWER_MAX;
use crate::lineage::event::Inspection;
use crate::lineage::ids::{ArtifactId, FlowId, FlowSource};
use crate::lineage::token::ValueToken;
use serde::Serialize;
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

/// One step of what happened: an inspection, and its number in the ledger.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Step<'i> {
    /// Number of the record.
    pub seq: u64,
    /// When the artifact was made, in milliseconds since 1970.
    pub time_ms: u64,
    /// The record.
    #[serde(flatten)]
    pub inspection: &'i Inspection,
}

/// A content in which a value stood.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Sighting<'i> {
    /// As what it was found.
    pub label: &'i str,
    /// Where.
    #[serde(flatten)]
    pub step: Step<'i>,
}

/// What an agent saw.
#[derive(Clone, Debug, Serialize)]
pub struct Exposure {
    /// Contents that it sent or received.
    pub artifacts: u64,
    /// Sessions and traces among these.
    pub flows: u64,
    /// What was found in them, by label.
    pub labels: Vec<LabelExposure>,
}

/// Values of one label that an agent saw.
#[derive(Clone, Debug, Serialize)]
pub struct LabelExposure {
    /// What they mean.
    pub label: Arc<str>,
    /// Findings.
    pub findings: u64,
    /// Distinct values, as far as they have tokens.
    pub values: u64,
    /// When one was seen first, in milliseconds since 1970.
    pub first_ms: u64,
    /// When one was seen last.
    pub last_ms: u64,
}

/// Which way a closure goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Toward {
    /// To what the content may come from.
    Sources,
    /// To what may come from the content.
    Targets,
}

/// What a content hangs together with.
#[derive(Clone, Debug, Serialize)]
pub struct Closure {
    /// The contents, in the order of their distance.
    pub artifacts: Vec<Reached>,
    /// The edges between them.
    pub edges: Vec<Edge>,
    /// True if there is more than fits into an answer.
    pub cut: bool,
}

/// A content of a closure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Reached {
    /// The content.
    pub artifact: ArtifactId,
    /// Edges from the one that was asked about.
    pub distance: u32,
}

impl Index {
    /// Where a value was seen, in the order of the records; and whether there is more.
    pub fn trail(&self, tenant: &str, token: ValueToken) -> (Vec<Sighting<'_>>, bool) {
        let entries = self.tokens.get(&token).map(Vec::as_slice).unwrap_or_default();
        let sightings = entries.iter().filter_map(|number| {
            let step = self.step(tenant, *number)?;
            let holds = |found: &&crate::lineage::Found| found.tokens.contains(&token);
            let label = &*step.inspection.findings.iter().find(holds)?.label;
            Some(Sighting { label, step })
        });
        bounded(sightings)
    }

    /// What happened in a session, in the order of the records; and whether there is more.
    pub fn session(&self, tenant: &str, session: &str) -> (Vec<Step<'_>>, bool) {
        self.flow(tenant, FlowId::new(tenant, FlowSource::Session(session)))
    }

    /// What happened in a flow, in the order of the records; and whether there is more.
    pub fn flow(&self, tenant: &str, flow: FlowId) -> (Vec<Step<'_>>, bool) {
        let entries = self.flows.get(&flow).map(Vec::as_slice).unwrap_or_default();
        bounded(entries.iter().filter_map(|number| self.step(tenant, *number)))
    }

    /// The record of a content.
    pub fn artifact(&self, tenant: &str, artifact: ArtifactId) -> Option<Step<'_>> {
        self.step(tenant, self.find(tenant, artifact)?)
    }

    /// What an agent saw between two times, both included.
    pub fn exposure(&self, tenant: &str, actor: &str, from_ms: u64, to_ms: u64) -> Exposure {
        let entries = self.actors.get(actor).map(Vec::as_slice).unwrap_or_default();
        let mut exposure = Exposure { artifacts: 0, flows: 0, labels: Vec::new() };
        let mut flows = HashSet::new();
        let mut labels: HashMap<&Arc<str>, (LabelExposure, HashSet<ValueToken>)> = HashMap::new();
        for step in entries.iter().filter_map(|number| self.step(tenant, *number)) {
            if !(from_ms..=to_ms).contains(&step.time_ms) {
                continue;
            }
            exposure.artifacts += 1;
            flows.insert(step.inspection.flow);
            for found in &step.inspection.findings {
                let new = || {
                    let label = Arc::clone(&found.label);
                    let (first_ms, last_ms) = (step.time_ms, step.time_ms);
                    let none = LabelExposure { label, findings: 0, values: 0, first_ms, last_ms };
                    (none, HashSet::new())
                };
                let (label, values) = labels.entry(&found.label).or_insert_with(new);
                label.findings += found.count;
                label.first_ms = label.first_ms.min(step.time_ms);
                label.last_ms = label.last_ms.max(step.time_ms);
                values.extend(&found.tokens);
            }
        }
        exposure.flows = flows.len() as u64;
        exposure.labels = labels
            .into_values()
            .map(|(label, values)| LabelExposure { values: values.len() as u64, ..label })
            .collect();
        exposure.labels.sort_by(|a, b| a.label.cmp(&b.label));
        exposure
    }

    /// What a content hangs together with: over observed edges alone, or over reachable ones too.
    pub fn closure(
        &self,
        tenant: &str,
        artifact: ArtifactId,
        toward: Toward,
        mode: Mode,
        depth_max: u32,
    ) -> Option<Closure> {
        let start = self.find(tenant, artifact)?;
        let mut closure = Closure { artifacts: Vec::new(), edges: Vec::new(), cut: false };
        let mut seen = HashSet::from([start]);
        let mut waiting = VecDeque::from([(start, 0)]);
        while let Some((number, distance)) = waiting.pop_front() {
            let artifact = self.entry(number).inspection.artifact;
            closure.artifacts.push(Reached { artifact, distance });
            if distance == depth_max {
                continue;
            }
            for (other, edge) in self.neighbours(number, toward, mode) {
                if closure.edges.len() >= LINEAGE_ANSWER_MAX {
                    closure.cut = true;
                    break;
                }
                closure.edges.push(edge);
                if seen.len() >= LINEAGE_ANSWER_MAX {
                    closure.cut = true;
                } else if seen.insert(other) {
                    waiting.push_back((other, distance + 1));
                }
            }
        }
        // An edge to a content that is not in the answer would dangle.
        let inside: HashSet<_> = closure.artifacts.iter().map(|reached| reached.artifact).collect();
        closure.edges.retain(|edge| inside.contains(&edge.from) && inside.contains(&edge.to));
        Some(closure)
    }

    /// Why one content may come from another: the edges of a shortest way between them, over observed edges if there is such a way. Empty
    /// if there is none.
    pub fn why(&self, tenant: &str, from: ArtifactId, to: ArtifactId) -> Option<Vec<Edge>> {
        let (from, to) = (self.find(tenant, from)?, self.find(tenant, to)?);
        let way = |mode| self.way(from, to, mode);
        Some(way(Mode::Observed).or_else(|| way(Mode::Reachable)).unwrap_or_default())
    }

    /// Searches from the target back, since sources are few.
    fn way(&self, from: Number, to: Number, mode: Mode) -> Option<Vec<Edge>> {
        /// Contents that are looked at.
        const VISITED_MAX: usize = 100_000;
        let mut next: HashMap<Number, (Number, Edge)> = HashMap::new();
        let mut waiting = VecDeque::from([to]);
        while let Some(number) = waiting.pop_front() {
            if number == from {
                let mut way = Vec::new();
                let mut at = from;
                while at != to {
                    let (after, edge) = next.remove(&at)?;
                    way.push(edge);
                    at = after;
                }
                return Some(way);
            }
            for (other, edge) in self.neighbours(number, Toward::Sources, mode) {
                // Sources are older than what comes from them.
                if other >= from && other != to && next.len() < VISITED_MAX {
                    next.entry(other).or_insert_with(|| {
                        waiting.push_back(other);
                        (number, edge)
                    });
                }
            }
        }
        None
    }

    fn neighbours(
        &self,
        number: Number,
        toward: Toward,
        mode: Mode,
    ) -> impl Iterator<Item = (Number, Edge)> + '_ {
        let entry = self.entry(number);
        let (sources, targets): (&[_], &[_]) = match toward {
            Toward::Sources => (&entry.sources, &[]),
            Toward::Targets => (&[], &entry.targets),
        };
        let backward = sources.iter().map(move |source| (source.entry, number, source));
        let forward = targets.iter().flat_map(move |target| {
            let sources = self.entry(*target).sources.iter();
            let of_this = sources.filter(move |source| source.entry == number);
            of_this.map(move |source| (*target, *target, source))
        });
        let wanted = backward.chain(forward).filter(move |(_, _, source)| source.mode <= mode);
        wanted.map(move |(other, to, source)| (other, self.edge(to, source)))
    }

    fn step(&self, tenant: &str, number: Number) -> Option<Step<'_>> {
        let entry = self.entry(number);
        let inspection = &entry.inspection;
        let time_ms = inspection.artifact.time_ms();
        (*inspection.tenant == *tenant).then_some(Step { seq: entry.seq, time_ms, inspection })
    }
}

/// As much as fits into an answer, and whether there is more.
fn bounded<T>(mut items: impl Iterator<Item = T>) -> (Vec<T>, bool) {
    let answer = items.by_ref().take(LINEAGE_ANSWER_MAX).collect();
    (answer, items.next().is_some())
}
