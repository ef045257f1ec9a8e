//! Counts of documents, corpora and labels, and the figures that follow from them.

use super::{Lineages, View};
use crate::eval::label::LabelId;
use crate::eval::matching::Criterion;
use crate::eval::report::{CriterionRow, Figures, LabelRow, Total};
use crate::eval::statistics::{Bootstrap, Counts, Rate};
use crate::eval::study::Study;
use crate::eval::tally::{Outcome, Tally};
use std::collections::BTreeMap;

const MIB: f64 = (1 << 20) as f64;

/// Findings per MiB.
pub(in crate::eval) fn per_mib(findings: u64, bytes: u64) -> f64 {
    if bytes == 0 { 0.0 } else { findings as f64 * MIB / bytes as f64 }
}

/// Counts of documents, kept so that documents can be resampled.
#[derive(Clone, Debug, Default)]
pub(super) struct Sums {
    counts: Counts,
    bootstrap: Bootstrap,
}

impl Sums {
    pub(super) fn add(&mut self, counts: Counts) {
        self.counts.add(counts);
        self.bootstrap.add(counts);
    }

    fn join(&mut self, other: Self) {
        self.counts.add(other.counts);
        self.bootstrap.join(other.bootstrap);
    }

    pub(super) fn figures(&self) -> Figures {
        let mut figures = plain(self.counts);
        if let Some([f1, f2]) = self.bootstrap.f1_and_f2() {
            let rate =
                |beta, (low, high)| self.counts.f(beta).map(|value| Rate { value, low, high });
            figures.f1 = rate(1.0, f1);
            figures.f2 = rate(2.0, f2);
        }
        figures
    }

    pub(super) fn is_empty(&self) -> bool {
        self.counts == Counts::default()
    }
}

/// Figures without F-scores.
pub(super) fn plain(counts: Counts) -> Figures {
    Figures {
        counts,
        missed: counts.missed(),
        wrong: counts.wrong(),
        precision: Rate::wilson(counts.right, counts.findings),
        recall: Rate::wilson(counts.found, counts.spans),
        f1: None,
        f2: None,
    }
}

/// What one document counts.
pub(super) fn document_counts(view: &View<'_>, criterion: Criterion) -> Counts {
    let mut counts = Counts::default();
    for span in view.spans() {
        counts.spans += 1;
        counts.found += u64::from(span.matched.hits.has(criterion));
    }
    for (_, right) in view.judged(criterion) {
        counts.findings += 1;
        counts.right += u64::from(right);
    }
    counts
}

/// One or all corpora.
#[derive(Debug, Default)]
pub(super) struct TotalSums {
    criteria: [Sums; 3],
    covered: u64,
    documents: u64,
    bytes: u64,
    look_alikes: u64,
    look_alikes_hit: u64,
    clean_documents: u64,
    clean_documents_hit: u64,
    findings: u64,
    unjudged: u64,
    out_of_scope: u64,
}

impl TotalSums {
    pub(super) fn add(&mut self, view: &View<'_>) {
        for criterion in Criterion::ALL {
            self.criteria[criterion as usize].add(document_counts(view, criterion));
        }
        self.covered += view.spans().filter(|span| span.matched.covered).count() as u64;
        let primary = view.study.options.criterion;
        self.findings += view.findings.len() as u64;
        for finding in view.findings {
            let label = finding.matched.found.label;
            self.out_of_scope += u64::from(!view.scope.within[label.index()]);
            let outcome = view.outcome(&finding.matched, primary);
            self.unjudged += u64::from(outcome == Outcome::Unjudged);
        }
        if view.scope.is_clean(view.document) {
            self.clean_documents += 1;
            let hit = view.judged(primary).any(|(_, right)| !right);
            self.clean_documents_hit += u64::from(hit);
        }
    }

    /// What is counted per corpus, not per document.
    pub(super) fn add_tally(&mut self, tally: &Tally) {
        self.documents += tally.documents();
        self.bytes += tally.bytes;
        self.look_alikes += tally.look_alikes;
        self.look_alikes_hit += tally.look_alikes_hit;
    }

    pub(super) fn join(&mut self, other: Self) {
        for (sums, others) in self.criteria.iter_mut().zip(other.criteria) {
            sums.join(others);
        }
        self.covered += other.covered;
        self.documents += other.documents;
        self.bytes += other.bytes;
        self.look_alikes += other.look_alikes;
        self.look_alikes_hit += other.look_alikes_hit;
        self.clean_documents += other.clean_documents;
        self.clean_documents_hit += other.clean_documents_hit;
        self.findings += other.findings;
        self.unjudged += other.unjudged;
        self.out_of_scope += other.out_of_scope;
    }

    pub(super) fn total(&self, study: &Study) -> Total {
        let row = |criterion: Criterion| CriterionRow {
            criterion,
            figures: self.criteria[criterion as usize].figures(),
        };
        let criteria = Criterion::ALL.map(row);
        let spans = self.criteria[0].counts.spans;
        Total {
            documents: self.documents,
            bytes: self.bytes,
            figures: criteria[study.options.criterion as usize].figures,
            criteria: criteria.to_vec(),
            covered: Rate::wilson(self.covered, spans),
            look_alikes: self.look_alikes,
            look_alikes_hit: self.look_alikes_hit,
            clean_documents: self.clean_documents,
            clean_documents_hit: self.clean_documents_hit,
            findings: self.findings,
            unjudged: self.unjudged,
            out_of_scope: self.out_of_scope,
            findings_per_mib: per_mib(self.findings, self.bytes),
        }
    }
}

/// Each label with what lies below it.
#[derive(Debug)]
pub(super) struct LabelSums(Vec<(Sums, u64)>);

impl LabelSums {
    pub(super) fn new(study: &Study) -> Self {
        Self(vec![(Sums::default(), 0); study.labels.len()])
    }

    pub(super) fn add(&mut self, view: &View<'_>, lineages: &Lineages) {
        let criterion = view.study.options.criterion;
        let mut document: BTreeMap<LabelId, Counts> = BTreeMap::new();
        for span in view.spans() {
            for label in lineages.of(span.matched.label) {
                let counts = document.entry(*label).or_default();
                counts.spans += 1;
                counts.found += u64::from(span.matched.hits.has(criterion));
                self.0[label.index()].1 += u64::from(span.matched.covered);
            }
        }
        for (finding, right) in view.judged(criterion) {
            for label in lineages.of(finding.matched.found.label) {
                let counts = document.entry(*label).or_default();
                counts.findings += 1;
                counts.right += u64::from(right);
            }
        }
        for (label, counts) in document {
            self.0[label.index()].0.add(counts);
        }
    }

    pub(super) fn join(&mut self, other: Self) {
        for ((sums, covered), (other_sums, other_covered)) in self.0.iter_mut().zip(other.0) {
            sums.join(other_sums);
            *covered += other_covered;
        }
    }

    pub(super) fn rows(&self, study: &Study) -> Vec<LabelRow> {
        let row = |(id, (sums, covered)): (LabelId, &(Sums, u64))| LabelRow {
            label: study.labels.name(id).to_string(),
            figures: sums.figures(),
            covered: *covered,
        };
        let sums = study.labels.ids().zip(&self.0);
        sums.filter(|(_, (sums, _))| !sums.is_empty()).map(row).collect()
    }
}
