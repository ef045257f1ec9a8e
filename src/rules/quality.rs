//! How the built-in rules did in the last recorded evaluation.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Written by `make quality`.
const RECORD: &str = include_str!("../../classifiers/quality.csv");

/// What one rule did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quality {
    /// Right findings.
    pub right: u64,
    /// Wrong findings.
    pub wrong: u64,
    /// Expected spans of its label.
    pub spans: u64,
    /// Those of them that this rule found; others may have found more.
    pub found: u64,
}

impl Quality {
    /// Right findings of all, 0 to 1; none without findings.
    pub fn precision(self) -> Option<f64> {
        share(self.right, self.right + self.wrong)
    }

    /// Expected spans of its label that it found, 0 to 1; none without spans.
    pub fn recall(self) -> Option<f64> {
        share(self.found, self.spans)
    }
}

fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// A recorded evaluation.
#[derive(Debug)]
pub struct QualityRecord {
    /// What was evaluated and how, a sentence each.
    pub about: Vec<&'static str>,
    rules: HashMap<&'static str, Quality>,
}

impl QualityRecord {
    /// The record that ships with the built-in rules.
    pub fn builtin() -> &'static Self {
        static BUILTIN: LazyLock<QualityRecord> = LazyLock::new(|| QualityRecord::read(RECORD));
        &BUILTIN
    }

    /// What the rule with this id did; none if it found nothing and nothing of its label was there.
    pub fn of(&self, rule: &str) -> Option<Quality> {
        self.rules.get(rule).copied()
    }

    /// Ids of the rules in the record.
    pub fn rules(&self) -> impl Iterator<Item = &'static str> {
        self.rules.keys().copied()
    }

    fn read(record: &'static str) -> Self {
        let about = record.lines().filter_map(|line| line.strip_prefix("# ")).collect();
        let rows = record.lines().skip_while(|line| line.starts_with('#')).skip(1);
        Self { about, rules: rows.filter_map(row).collect() }
    }
}

fn row(line: &'static str) -> Option<(&'static str, Quality)> {
    let mut cells = line.split(',');
    let id = cells.next()?;
    let mut count = || cells.next()?.parse().ok();
    Some((id, Quality { right: count()?, wrong: count()?, spans: count()?, found: count()? }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Compiler;

    #[test]
    fn a_record_is_read_line_by_line() {
        let record =
            QualityRecord::read("# one corpus\nrule,right,wrong,spans,found\na.b,3,1,5,2\n");
        assert_eq!(record.about, ["one corpus"]);
        let quality = record.of("a.b").expect("it is in the record");
        assert_eq!((quality.precision(), quality.recall()), (Some(0.75), Some(0.4)));
        let none = Quality { right: 0, wrong: 0, spans: 0, found: 0 };
        assert_eq!((none.precision(), none.recall()), (None, None));
    }

    #[test]
    fn every_line_of_the_record_is_of_a_built_in_rule() {
        let (rules, _) = Compiler::with_builtin().build().expect("the built-in rules are valid");
        let record = QualityRecord::builtin();
        assert_eq!(RECORD.lines().count(), record.about.len() + 1 + record.rules.len());
        let unknown: Vec<_> = record.rules().filter(|id| rules.find(id).is_none()).collect();
        assert!(unknown.is_empty(), "not a rule any more: {unknown:?}; run `make quality`");
        assert!(record.rules.len() * 10 > rules.rules().len() * 6, "most rules are measured");
    }
}
