//! Findings in text that nobody labelled: how many, and of which rules.

use super::report::{Unlabelled, UnlabelledRow};
use super::score::{per_1000, per_mib};
use crate::base::{Finding, LabelIndex, RuleIndex};
use crate::rules::Rules;
use std::collections::BTreeMap;

/// Counts over texts without labels.
#[derive(Clone, Debug, Default)]
pub struct UnlabelledTally {
    documents: u64,
    documents_hit: u64,
    bytes: u64,
    rules: BTreeMap<(RuleIndex, LabelIndex), [u64; 3]>,
}

impl UnlabelledTally {
    /// Adds a document.
    pub fn add<'f>(&mut self, bytes: u64, findings: impl Iterator<Item = &'f Finding>) {
        self.documents += 1;
        self.bytes += bytes;
        let mut hit = false;
        for finding in findings {
            hit = true;
            let levels = self.rules.entry((finding.rule, finding.label)).or_default();
            levels[finding.confidence as usize] += 1;
        }
        self.documents_hit += u64::from(hit);
    }

    /// Adds the counts of another one.
    pub fn join(&mut self, other: Self) {
        self.documents += other.documents;
        self.documents_hit += other.documents_hit;
        self.bytes += other.bytes;
        for (rule, levels) in other.rules {
            let own = self.rules.entry(rule).or_default();
            for (own, other) in own.iter_mut().zip(levels) {
                *own += other;
            }
        }
    }

    /// The figures.
    pub fn report(&self, rules: &Rules) -> Unlabelled {
        let mut rows: Vec<UnlabelledRow> = self
            .rules
            .iter()
            .map(|((rule, label), levels)| UnlabelledRow {
                rule: rules.rule(*rule).id.to_string(),
                label: rules.label(*label).id.to_string(),
                findings: *levels,
                findings_per_mib: per_mib(levels.iter().sum(), self.bytes),
            })
            .collect();
        rows.sort_by_key(|row| std::cmp::Reverse(row.findings.iter().sum::<u64>()));
        let findings = self.rules.values().flatten().sum();
        Unlabelled {
            documents: self.documents,
            documents_hit: self.documents_hit,
            hit_per_1000: per_1000(self.documents_hit, self.documents),
            bytes: self.bytes,
            findings,
            findings_per_mib: per_mib(findings, self.bytes),
            rules: rows,
        }
    }
}
