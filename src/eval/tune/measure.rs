//! Full scans: what rules find together, overlaps resolved, and whether it is right.

use super::Tuning;
use crate::base::{Fault, Input};
use crate::eval::{Counts, Found, LabelId};
use crate::rules::Rules;
use crate::scan::{Scanner, Scratch};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Counts of a scan.
#[derive(Clone, Debug, Default)]
pub(super) struct Measured {
    /// All rules together.
    pub(super) total: Counts,
    /// Per id of a rule: right and wrong findings.
    rules: BTreeMap<String, [u64; 2]>,
}

impl Measured {
    /// Right and wrong findings of a rule.
    pub(super) fn of(&self, rule: &str) -> [u64; 2] {
        self.rules.get(rule).copied().unwrap_or_default()
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.total.add(other.total);
        for (rule, counts) in &other.rules {
            let own = self.rules.entry(rule.clone()).or_default();
            own[0] += counts[0];
            own[1] += counts[1];
        }
    }
}

impl Tuning<'_> {
    /// Labels of the study by labels of the rule set.
    pub(super) fn labels(&self, rules: &Rules) -> Vec<LabelId> {
        let id = |label: &crate::rules::Label| {
            self.study.labels().find(&label.id).expect("a study has the labels of its rule set")
        };
        rules.labels().iter().map(id).collect()
    }

    /// Scans the texts of some parts.
    pub(super) fn measure(
        &self,
        rules: &Rules,
        part: impl Fn(u32) -> bool + Sync,
    ) -> Result<Measured, Fault> {
        let scanner = Scanner::new(rules, self.pack(rules)?);
        let labels = self.labels(rules);
        let judge = self.texts.judges(self.study);
        let count = |scratch: &mut Scratch, text: &super::corpus::Text| {
            let found = scanner.scan(scratch, &Input::new(text.text.as_bytes()));
            let found: Vec<Found> =
                found.iter().map(|finding| Found::new(finding, &labels)).collect();
            let mut measured = Measured::default();
            (measured.total.spans, measured.total.found) = judge.spans(text, &found);
            for (found, right) in found.iter().zip(judge.findings(text, &found)) {
                let Some(right) = right else { continue };
                measured.total.findings += 1;
                measured.total.right += u64::from(right);
                let id = &rules.rules()[found.rule as usize].id;
                let counts = measured.rules.entry(id.to_string()).or_default();
                counts[usize::from(!right)] += 1;
            }
            measured
        };
        let sum = self
            .texts
            .texts
            .par_iter()
            .filter(|text| part(text.fold))
            .map_init(Scratch::default, count)
            .reduce(Measured::default, |mut a, b| {
                a.add(&b);
                a
            });
        Ok(sum)
    }
}
