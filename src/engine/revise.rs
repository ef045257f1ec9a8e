//! The model of prompt injection in streams: what has settled waits until the model could read what stands around a cue in it.
//!
//! The model reads windows at fixed places of a text ([`window_around`](crate::classify::injection::window_around)), so that it says the same as of the whole text.

use super::assess::{Classify, Text, assess};
use crate::base::{Finding, LabelIndex, Span};
use crate::classify::injection::{Features, WINDOW_BYTES, window_end};
use crate::scan::Settled;

/// Bytes that are kept beyond those that are needed, so that the rest is moved seldom.
const SLACK_BYTES: usize = 512;

/// What has settled of one stream, and what the model has not read of it yet.
#[derive(Debug, Default)]
pub(super) struct Revision {
    /// What has settled, without its beginning.
    text: Vec<u8>,
    /// Place of its first byte in the stream.
    at: usize,
    /// Bytes of it that have left.
    left: usize,
    /// Findings behind them.
    waiting: Vec<Finding>,
    /// The findings that left last.
    ready: Vec<Finding>,
}

impl Revision {
    /// Takes what has settled, and gives what the model has revised, and whether it detected an attack.
    pub(super) fn take(
        &mut self,
        label: LabelIndex,
        features: &mut Features,
        settled: Settled<'_>,
        ended: bool,
    ) -> (Settled<'_>, bool) {
        self.forget();
        if self.at + self.text.len() != settled.offset && !settled.text.is_empty() {
            // What was in between has been given up.
            self.text.clear();
            (self.at, self.left) = (settled.offset, 0);
        }
        let base = self.text.len();
        self.text.extend_from_slice(settled.text);
        let moved = settled.findings.iter().map(|finding| shifted(finding, base));
        self.waiting.extend(moved);
        let frontier = if ended { self.text.len() } else { self.frontier(label) };
        let count = self.waiting.partition_point(|finding| finding.span.start < frontier);
        self.ready.clear();
        self.ready.extend(self.waiting.drain(..count));
        let text = Text { bytes: &self.text, document: None };
        let scores = assess(Some(label), &text, &mut self.ready, features, Classify::Cued);
        let from = std::mem::replace(&mut self.left, frontier);
        for finding in &mut self.ready {
            finding.span = Span::new(finding.span.start - from, finding.span.end - from);
        }
        let text = &self.text[from..frontier];
        let settled = Settled { offset: self.at + from, text, findings: &self.ready };
        (settled, scores.iter().any(|score| score.detected))
    }

    /// Bytes that have settled and not left.
    pub(super) fn held(&self) -> usize {
        self.text.len() - self.left
    }

    /// The place up to which the model has read, in front of all findings that reach beyond it.
    fn frontier(&self, label: LabelIndex) -> usize {
        let waits = |finding: &&Finding| {
            let is_cue = finding.label == label && finding.view.is_raw();
            is_cue && window_end(finding.span) > self.text.len()
        };
        let first = self.waiting.iter().find(waits).map(|finding| finding.span.start);
        let mut frontier = first.unwrap_or(self.text.len());
        while let Some(finding) = self
            .waiting
            .iter()
            .find(|finding| finding.span.start < frontier && finding.span.end > frontier)
        {
            frontier = finding.span.start;
        }
        frontier
    }

    /// Forgets what has left but for a window, in steps that leave the windows where they are.
    fn forget(&mut self) {
        let gone = self.left.saturating_sub(WINDOW_BYTES) / WINDOW_BYTES * WINDOW_BYTES;
        if gone < SLACK_BYTES {
            return;
        }
        self.text.drain(..gone);
        self.at += gone;
        self.left -= gone;
        for finding in &mut self.waiting {
            finding.span = Span::new(finding.span.start - gone, finding.span.end - gone);
        }
    }
}

fn shifted(finding: &Finding, by: usize) -> Finding {
    let Span { start, end } = finding.span;
    Finding { span: Span::new(start + by, end + by), ..*finding }
}
