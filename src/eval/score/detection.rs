//! Documents as a whole: does one hold something of a label, and was it told.

use super::figures::Sums;
use super::for_documents;
use crate::eval::label::LabelId;
use crate::eval::mapping::DocumentTarget;
use crate::eval::report::{CurvePoint, DetectionRow, DocumentLabelRow};
use crate::eval::statistics::{Counts, Rate};
use crate::eval::study::Study;
use crate::eval::tally::{Scope, Tally};
use std::collections::{BTreeMap, BTreeSet};

/// Documents of one label, in one or all corpora.
#[derive(Default)]
struct Detection {
    sums: Sums,
    positives: u64,
    negatives: u64,
    false_alarms: u64,
    /// Best score of each document that has one, and whether it is a positive.
    scores: Vec<(f32, bool)>,
}

impl Detection {
    fn add(&mut self, positive: bool, score: Option<f32>) {
        let hit = u64::from(score.is_some());
        let spans = u64::from(positive);
        self.sums.add(Counts { spans, found: spans * hit, findings: hit, right: spans * hit });
        self.positives += spans;
        self.negatives += 1 - spans;
        self.false_alarms += (1 - spans) * hit;
        self.scores.extend(score.map(|score| (score, positive)));
    }

    fn row(mut self, corpus: Option<String>, label: String) -> DetectionRow {
        self.scores.sort_by(|a, b| b.0.total_cmp(&a.0));
        DetectionRow {
            corpus,
            label,
            figures: self.sums.figures(),
            negatives: self.negatives,
            false_alarm_rate: Rate::wilson(self.false_alarms, self.negatives),
            curve: self.curve(),
        }
    }

    fn curve(&self) -> Vec<CurvePoint> {
        let mut points = Vec::new();
        let mut right = 0_u64;
        if self.positives == 0 {
            return points;
        }
        for (i, (score, positive)) in self.scores.iter().enumerate() {
            right += u64::from(*positive);
            if self.scores.get(i + 1).is_none_or(|(next, _)| next < score) {
                let precision = right as f64 / (i + 1) as f64;
                let recall = right as f64 / self.positives as f64;
                points.push(CurvePoint { score: *score, precision, recall });
            }
        }
        points
    }
}

/// A row per label and corpus, after one per label over all corpora.
pub(super) fn rows(study: &Study, tallies: &[Tally], scopes: &[Scope]) -> Vec<DetectionRow> {
    let labels: BTreeSet<LabelId> = tallies
        .iter()
        .flat_map(|tally| &tally.documents)
        .filter_map(|document| match document.target {
            DocumentTarget::Label(label) if study.wanted[label.index()] => Some(label),
            _ => None,
        })
        .collect();
    let mut rows = Vec::new();
    for label in labels {
        let name = study.labels.name(label).to_string();
        let mut all = Detection::default();
        let mut of_corpora = Vec::new();
        for (i, (tally, scope)) in tallies.iter().zip(scopes).enumerate() {
            let mut here = Detection::default();
            for_documents(study, i, tally, scope, |view| {
                let positive = match view.document.target {
                    DocumentTarget::Label(target) => target == label,
                    DocumentTarget::Clean => false,
                    DocumentTarget::Unknown => return,
                };
                let other = view.document.target != DocumentTarget::Clean && !positive;
                if other || !scope.within[label.index()] {
                    return;
                }
                let findings = view.findings.iter().map(|finding| &finding.matched.found);
                let score = findings
                    .filter(|found| study.labels.matches(found.label, label))
                    .map(|found| found.score)
                    .max_by(f32::total_cmp);
                here.add(positive, score);
                all.add(positive, score);
            });
            if here.positives + here.negatives > 0 {
                of_corpora.push(here.row(Some(study.corpora[i].name.clone()), name.clone()));
            }
        }
        rows.push(all.row(None, name));
        rows.extend(of_corpora);
    }
    rows
}

/// Documents of each label as written, with how many have a finding that the corpus is about.
pub(super) fn document_labels(
    study: &Study,
    tallies: &[Tally],
    scopes: &[Scope],
) -> Vec<DocumentLabelRow> {
    let mut rows = Vec::new();
    for (i, (tally, scope)) in tallies.iter().zip(scopes).enumerate() {
        let mut counts: BTreeMap<u16, (u64, u64)> = BTreeMap::new();
        for_documents(study, i, tally, scope, |view| {
            let hit = view.findings.iter().any(|f| scope.within[f.matched.found.label.index()]);
            let (documents, hits) = counts.entry(view.document.label).or_default();
            *documents += 1;
            *hits += u64::from(hit);
        });
        rows.extend(counts.into_iter().map(|(label, (documents, hit))| DocumentLabelRow {
            corpus: study.corpora[i].name.clone(),
            label: tally.labels[usize::from(label)].clone(),
            documents,
            hit,
            hit_per_1000: per_1000(hit, documents),
        }));
    }
    rows
}

/// A share per 1,000.
pub(in crate::eval) fn per_1000(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 * 1000.0 / whole as f64 }
}
