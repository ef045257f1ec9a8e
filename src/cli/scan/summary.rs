//! What is counted, and the lines about it on standard error.

use crate::base::{Confidence, LabelIndex, Verdict};
use crate::batch::{Document, Problem, Severity};
use crate::cli::console::Palette;
use crate::rules::Rules;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

/// Counts of one part of a run, or of all of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    documents: u64,
    /// Text that was handed to the engine.
    bytes: u64,
    /// Input that was dealt with, whether inspected or not.
    bytes_read: u64,
    incomplete: u64,
    errors: u64,
    warnings: u64,
    notes: u64,
    /// Findings by label and confidence.
    findings: BTreeMap<LabelIndex, [u64; 3]>,
}

impl Tally {
    pub(super) fn inspected(&mut self, document: &Document<'_>, verdict: &Verdict) {
        self.documents += 1;
        self.bytes += document.text.len() as u64;
        self.bytes_read += document.record.map_or(document.text, |record| record.raw).len() as u64;
        self.incomplete += u64::from(!verdict.coverage.is_complete());
        for finding in &verdict.findings {
            self.findings.entry(finding.label).or_default()[finding.confidence as usize] += 1;
        }
    }

    pub(super) fn lost(&mut self, problem: &Problem, bytes: u64) {
        self.problem(problem);
        self.bytes_read += bytes;
        self.incomplete += u64::from(problem.severity > Severity::Note);
    }

    pub(super) fn problem(&mut self, problem: &Problem) {
        match problem.severity {
            Severity::Note => self.notes += 1,
            Severity::Warning => self.warnings += 1,
            Severity::Error => self.errors += 1,
        }
    }

    /// Problems that are worth a message.
    pub(super) fn messages(&self) -> u64 {
        self.errors + self.warnings
    }
}

/// Counts of a whole run.
#[derive(Debug, Default)]
pub(super) struct Summary {
    all: Tally,
}

impl Summary {
    pub(super) fn add(&mut self, part: &Tally) {
        let all = &mut self.all;
        all.documents += part.documents;
        all.bytes += part.bytes;
        all.bytes_read += part.bytes_read;
        all.incomplete += part.incomplete;
        all.errors += part.errors;
        all.warnings += part.warnings;
        all.notes += part.notes;
        for (label, counts) in &part.findings {
            let sums = all.findings.entry(*label).or_default();
            for (sum, count) in sums.iter_mut().zip(counts) {
                *sum += count;
            }
        }
    }

    /// True if nothing was there to inspect.
    pub(super) fn is_empty(&self) -> bool {
        self.all.documents == 0 && self.all.incomplete == 0
    }

    pub(super) fn bytes_read(&self) -> u64 {
        self.all.bytes_read
    }

    pub(super) fn documents(&self) -> u64 {
        self.all.documents
    }

    pub(super) fn errors(&self) -> u64 {
        self.all.errors
    }

    pub(super) fn messages(&self) -> u64 {
        self.all.messages()
    }

    /// Number of findings.
    pub(super) fn findings(&self) -> u64 {
        self.all.findings.values().flatten().sum()
    }

    pub(super) fn has_findings(&self, least: Confidence) -> bool {
        self.all.findings.values().any(|counts| counts[least as usize..].iter().any(|n| *n > 0))
    }

    pub(super) fn render(&self, palette: &Palette, rules: &Rules, elapsed: Duration) -> String {
        let Palette { bold, yellow, reset, .. } = palette;
        let all = &self.all;
        let seconds = elapsed.as_secs_f64().max(1e-6);
        let mebibytes = all.bytes as f64 / f64::from(1 << 20);
        let mut out = format!(
            "{bold}scanned {}{reset}, {} bytes in {seconds:.2} s ({:.1} MiB/s)\n",
            plural(all.documents, "document"),
            all.bytes,
            mebibytes / seconds,
        );
        let mut labels: Vec<(u64, &str)> = all
            .findings
            .iter()
            .map(|(label, counts)| (counts.iter().sum(), &*rules.label(*label).id))
            .collect();
        labels.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
        let _ = write!(out, "{bold}found {}{reset}", self.findings());
        for (place, (count, label)) in labels.iter().enumerate() {
            let _ = write!(out, "{} {label} {count}", if place == 0 { ":" } else { "," });
        }
        out.push('\n');
        if all.incomplete > 0 {
            let _ = writeln!(
                out,
                "{yellow}incomplete{reset}: {} not or not wholly inspected ({}, {})",
                plural(all.incomplete, "document"),
                plural(all.errors, "error"),
                plural(all.warnings, "warning"),
            );
        }
        if all.notes > 0 {
            let _ = writeln!(out, "not followed: {}", plural(all.notes, "link or special file"));
        }
        out
    }
}

fn plural(count: u64, noun: &str) -> String {
    match (count, noun) {
        (1, _) => format!("1 {noun}"),
        (_, "link or special file") => format!("{count} links or special files"),
        _ => format!("{count} {noun}s"),
    }
}
