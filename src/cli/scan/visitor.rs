//! What is made of each document, on the thread that inspected it.

use super::plan::{Mode, Plan};
use super::summary::Tally;
use super::{json, redact, sarif, text};
use crate::base::{Finding, Gap, Span, Verdict};
use crate::batch::{Document, Origin, Outcome, Problem, Severity, Visitor};
use crate::rules::Rules;
use std::sync::Arc;

/// Gaps of one document that are told one by one.
const GAPS_TOLD_MAX: usize = 8;

/// The output of one task, and what to count and to tell about it.
#[derive(Debug, Default)]
pub(super) struct Part {
    /// The file that a redacted copy in `bytes` is of.
    pub(super) copy_of: Option<Arc<Origin>>,
    /// What to write. In formats that separate their items, each item begins with its separator.
    pub(super) bytes: Vec<u8>,
    pub(super) problems: Vec<Problem>,
    pub(super) tally: Tally,
}

pub(super) struct ScanVisitor<'r> {
    pub(super) rules: &'r Rules,
    pub(super) plan: &'r Plan,
}

impl Visitor for ScanVisitor<'_> {
    type Output = Part;

    fn visit(&self, outcome: Outcome<'_>, part: &mut Part) {
        match outcome {
            Outcome::Inspected { document, verdict } => self.inspected(document, verdict, part),
            Outcome::Lost { problem, bytes } => {
                part.tally.lost(&problem, bytes);
                if problem.severity > Severity::Note {
                    match self.plan.mode {
                        Mode::Json => json::lost(self.plan, &problem, bytes, &mut part.bytes),
                        Mode::Jsonl => json::lost(self.plan, &problem, bytes, &mut part.bytes),
                        _ => {}
                    }
                }
                part.problems.push(problem);
            }
            Outcome::Blank { origin, raw } => {
                if self.plan.mode.is_redact() {
                    part.copy_of = Some(Arc::clone(origin));
                    part.bytes.extend_from_slice(raw);
                }
            }
        }
    }
}

impl ScanVisitor<'_> {
    fn inspected(&self, document: &Document<'_>, verdict: &Verdict, part: &mut Part) {
        part.tally.inspected(document, verdict);
        for gap in verdict.coverage.gaps.iter().take(GAPS_TOLD_MAX) {
            self.tell(gap_problem(document, gap), part);
        }
        let Self { rules, plan } = self;
        match plan.mode {
            Mode::Text => text::write(plan, rules, document, verdict, &mut part.bytes),
            Mode::Json | Mode::Jsonl => {
                json::write(plan, rules, document, verdict, &mut part.bytes);
            }
            Mode::Sarif => sarif::write(rules, document, verdict, &mut part.bytes),
            Mode::Redact | Mode::RedactInto(_) => match redact::refuse(document, verdict) {
                Some(problem) => self.tell(problem, part),
                None => {
                    part.copy_of = Some(Arc::clone(document.origin));
                    redact::write(document, verdict, &mut part.bytes);
                }
            },
        }
    }

    fn tell(&self, problem: Problem, part: &mut Part) {
        part.tally.problem(&problem);
        part.problems.push(problem);
    }
}

fn gap_problem(document: &Document<'_>, gap: &Gap) -> Problem {
    Problem {
        severity: Severity::Warning,
        code: gap.code,
        origin: Arc::clone(document.origin),
        line: document.record.map(|record| record.line),
        detail: match gap.media {
            Some(media) => format!("{media} at bytes {}..{}", gap.span.start, gap.span.end),
            None => format!("bytes {}..{}", gap.span.start, gap.span.end),
        },
    }
}

/// A document as the bytes of its file, for formats that point into files: the text itself, or the JSONL line it is written in.
pub(super) struct InFile<'d> {
    pub(super) text: &'d [u8],
    /// Of the findings, in their order.
    pub(super) spans: Vec<Span>,
    /// Number of the first line.
    pub(super) line: u64,
    /// Offset of the first byte.
    pub(super) offset: u64,
}

impl<'d> InFile<'d> {
    pub(super) fn new(document: &Document<'d>, findings: &[Finding]) -> Self {
        let spans: Vec<Span> = findings.iter().map(|finding| finding.span).collect();
        match document.record {
            None => Self { text: document.text, spans, line: 1, offset: 0 },
            Some(record) => Self {
                text: record.raw,
                spans: record.raw_spans(&spans),
                line: record.line,
                offset: record.offset,
            },
        }
    }
}
