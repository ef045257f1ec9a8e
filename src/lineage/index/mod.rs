//! The index: answers to questions about lineage, in memory, made from the events of the ledger in their order.
//!
//! It holds nothing that the ledger does not: it can be thrown away and made again.

mod edges;
mod query;

#[cfg(test)]
mod tests;

pub use edges::{Edge, Evidence, Mode};
pub use query::{Closure, Exposure, LabelExposure, Reached, Sighting, Step, Toward};

use super::event::{Event, Inspection};
use super::ids::{ArtifactId, FlowId};
use super::token::ValueToken;
use std::collections::HashMap;

/// Number of an entry. The index holds fewer than 2^32.
type Number = u32;

/// What is known of all inspections that are recorded.
#[derive(Debug)]
pub struct Index {
    entries: Vec<Entry>,
    artifacts: HashMap<ArtifactId, Number>,
    /// In ascending order.
    tokens: HashMap<ValueToken, Vec<Number>>,
    flows: HashMap<FlowId, Vec<Number>>,
    actors: HashMap<String, Vec<Number>>,
    events_max: usize,
    forgotten: u64,
}

/// One inspection and its edges.
#[derive(Debug)]
struct Entry {
    seq: u64,
    inspection: Inspection,
    /// Where it may come from, the newest source first.
    sources: Vec<edges::Source>,
    /// What may come from it, in ascending order.
    targets: Vec<Number>,
}

impl Index {
    /// An empty index for at most `events_max` inspections, at least two. Of more, the oldest half is forgotten.
    pub fn new(events_max: usize) -> Self {
        Self {
            entries: Vec::new(),
            artifacts: HashMap::new(),
            tokens: HashMap::new(),
            flows: HashMap::new(),
            actors: HashMap::new(),
            events_max: events_max.clamp(2, Number::MAX as usize),
            forgotten: 0,
        }
    }

    /// Number of inspections.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// True if nothing was recorded.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Inspections that were forgotten because there were too many. They are still in the ledger.
    pub const fn forgotten(&self) -> u64 {
        self.forgotten
    }

    /// Takes the next event of the ledger. An artifact that is known already is not taken again.
    pub fn insert(&mut self, seq: u64, event: Event) {
        let Event::Inspection(inspection) = event else { return };
        if self.entries.len() >= self.events_max {
            self.forget();
        }
        self.add(seq, *inspection);
    }

    fn add(&mut self, seq: u64, inspection: Inspection) {
        if self.artifacts.contains_key(&inspection.artifact) {
            return;
        }
        let number = self.entries.len() as Number;
        let sources = self.sources_of(&inspection);
        for source in &sources {
            let targets = &mut self.entries[source.entry as usize].targets;
            if targets.last() != Some(&number) {
                targets.push(number);
            }
        }
        self.artifacts.insert(inspection.artifact, number);
        self.flows.entry(inspection.flow).or_default().push(number);
        if let Some(actor) = &inspection.actor {
            match self.actors.get_mut(actor) {
                Some(entries) => entries.push(number),
                None => drop(self.actors.insert(actor.clone(), vec![number])),
            }
        }
        for token in inspection.findings.iter().flat_map(|found| &found.tokens) {
            let entries = self.tokens.entry(*token).or_default();
            if entries.last() != Some(&number) {
                entries.push(number);
            }
        }
        self.entries.push(Entry { seq, inspection, sources, targets: Vec::new() });
    }

    /// Forgets the older half. What is left is linked anew, so that no edge leads to what is gone.
    fn forget(&mut self) {
        let mut entries = std::mem::take(&mut self.entries);
        let kept = entries.split_off(entries.len() / 2);
        let forgotten = self.forgotten + entries.len() as u64;
        *self = Self { forgotten, ..Self::new(self.events_max) };
        kept.into_iter().for_each(|entry| self.add(entry.seq, entry.inspection));
    }

    fn entry(&self, number: Number) -> &Entry {
        &self.entries[number as usize]
    }

    /// The entry of an artifact of this tenant.
    fn find(&self, tenant: &str, artifact: ArtifactId) -> Option<Number> {
        let number = *self.artifacts.get(&artifact)?;
        (*self.entry(number).inspection.tenant == *tenant).then_some(number)
    }
}
