//! Which record of a snapshot holds what.

use super::baseline::digits;
use super::held::{Found, Unseen};
use super::pieces::Piece;
use crate::base::Span;
use crate::payload::memory::{Hidden, Snapshot};
use serde::Serialize;
use std::collections::BTreeMap;

/// A record that holds something, or was not inspected whole.
#[derive(Debug, Serialize)]
pub(super) struct Record {
    /// JSON pointer of the record; empty for the rest of a document, and in lines.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) record: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) line: Option<usize>,
    /// What it is: `message`.
    pub(super) what: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) since: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) role: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) source: Option<String>,
    pub(super) hash: String,
    pub(super) labels: BTreeMap<String, usize>,
    pub(super) findings: Vec<Found>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) gaps: Vec<Unseen>,
}

/// A snapshot.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    pub(super) path: String,
    /// What it was understood as.
    pub(super) shape: String,
    pub(super) bytes: u64,
    pub(super) counts: Counts,
    /// Those that hold something.
    pub(super) records: Vec<Record>,
}

/// Counts of a snapshot, or of all.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Counts {
    /// Records, and the rest of each file.
    pub(super) records: usize,
    pub(super) records_with_findings: usize,
    /// Records that had not changed since the baseline.
    pub(super) records_reused: usize,
    /// Records of which something was not inspected.
    pub(super) records_incomplete: usize,
    pub(super) findings: usize,
    pub(super) labels: BTreeMap<String, usize>,
}

impl Counts {
    pub(super) fn add(&mut self, other: &Self) {
        self.records += other.records;
        self.records_with_findings += other.records_with_findings;
        self.records_reused += other.records_reused;
        self.records_incomplete += other.records_incomplete;
        self.findings += other.findings;
        for (label, count) in &other.labels {
            *self.labels.entry(label.clone()).or_default() += count;
        }
    }
}

/// The report about a snapshot. Facts about a record are left out where something was found in them.
pub(super) fn report(path: &str, snapshot: &Snapshot<'_>, pieces: &[Piece], bytes: u64) -> Report {
    let found = hidden(snapshot, pieces);
    let mut counts = Counts { records: pieces.len(), ..Counts::default() };
    let mut records = Vec::new();
    for (index, piece) in pieces.iter().enumerate() {
        counts.records_reused += usize::from(piece.reused);
        let Some(held) = &piece.held else { continue };
        let record = record(snapshot, index, piece, &found);
        counts.records_with_findings += usize::from(!held.findings.is_empty());
        counts.records_incomplete += usize::from(!held.gaps.is_empty() || !held.scanned);
        counts.findings += held.findings.len();
        for (label, count) in &record.labels {
            *counts.labels.entry(label.clone()).or_default() += count;
        }
        records.push(record);
    }
    Report { path: path.to_owned(), shape: snapshot.shape().to_owned(), bytes, counts, records }
}

/// What was found anywhere in the snapshot.
fn hidden(snapshot: &Snapshot<'_>, pieces: &[Piece]) -> Hidden {
    let mut spans: Vec<Span> = Vec::new();
    for (index, piece) in pieces.iter().enumerate() {
        let found = piece.held.iter().flat_map(|held| &held.findings);
        spans.extend(found.map(|found| snapshot.to_raw(index, Span::new(found.start, found.end))));
    }
    Hidden::new(spans)
}

fn record(snapshot: &Snapshot<'_>, index: usize, piece: &Piece, hidden: &Hidden) -> Record {
    let facts = snapshot.facts(index, hidden);
    let pointer = snapshot.pointer(index, hidden);
    let moved = |start, end| snapshot.to_raw(index, Span::new(start, end));
    let mut findings: Vec<Found> =
        piece.held.iter().flat_map(|held| held.findings.iter().cloned()).collect();
    let mut labels = BTreeMap::new();
    for found in &mut findings {
        let span = moved(found.start, found.end);
        (found.start, found.end) = (span.start, span.end);
        found.pointer = found.pointer.take().map(|inner| format!("{pointer}{inner}"));
        *labels.entry(found.label.clone()).or_default() += 1;
    }
    let mut gaps: Vec<Unseen> =
        piece.held.iter().flat_map(|held| held.gaps.iter().cloned()).collect();
    for gap in &mut gaps {
        let span = moved(gap.start, gap.end);
        (gap.start, gap.end) = (span.start, span.end);
    }
    Record {
        record: pointer,
        line: snapshot.line(index),
        what: snapshot.what(index),
        id: facts.id,
        since: facts.since,
        role: facts.role,
        source: facts.source,
        hash: digits(piece.hash),
        labels,
        findings,
        gaps,
    }
}
