//! What each rule did, as the record that ships with the rules.

use crate::eval::report::{Report, RuleRow};
use std::fmt::Write as _;

/// A line about each corpus and the way of counting, then `rule,right,wrong,spans,found` for each rule.
pub fn quality_csv(report: &Report) -> String {
    let mut out = String::new();
    for corpus in &report.corpora {
        let (documents, hash) = (corpus.total.documents, corpus.blake3.get(..16).unwrap_or(""));
        line(&mut out, &format!("# {}: {documents} documents, BLAKE3 {hash}", corpus.name));
    }
    let set = &report.rule_set;
    line(&mut out, &format!("# Rule set {}, pack {}", set.fingerprint, set.pack));
    let criterion = report.counting.criterion.name();
    line(&mut out, &format!("# Counted by {criterion}, labels by {}", report.counting.label_match));
    line(&mut out, "rule,right,wrong,spans,found");
    let mut rows: Vec<&RuleRow> = report.rules.iter().collect();
    rows.sort_by(|a, b| a.rule.cmp(&b.rule));
    for row in rows {
        let recall = row.recall.map_or(0.0, |recall| recall.value);
        let found = (recall * row.spans as f64).round() as u64;
        line(&mut out, &format!("{},{},{},{},{found}", row.rule, row.right, row.wrong, row.spans));
    }
    out
}

fn line(out: &mut String, text: &str) {
    let _infallible = writeln!(out, "{text}");
}
