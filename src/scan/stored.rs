//! Rules that look things up in lists: terms, rows of tables, passages of documents.
//!
//! What is found goes the way of every match: it is judged, and the search for terms goes on behind a finding, or at the next word if the
//! term was rejected.

use super::judge::{Surroundings, judge};
use super::keywords::KeywordCache;
use crate::base::{Confidence, Finding, Span};
use crate::lists::exact_data::{ExactScratch, RowMatch, Support};
use crate::lists::fingerprint::{PassageScratch, Threshold};
use crate::lists::{ExactData, words};
use crate::matcher::verify::Match;
use crate::rules::Rules;
use crate::rules::checks::SCORE_MAX;
use crate::rules::stored::{Lookup, StoredActive, StoredRule};

/// Reusable memory of the look-ups.
#[derive(Debug, Default)]
pub(super) struct StoredScratch {
    /// Per rule that looks up terms: where its last finding ends.
    next: Vec<usize>,
    rows: ExactScratch,
    passages: PassageScratch,
}

/// Look-ups in one text.
pub(super) struct Stored<'a, 't> {
    pub(super) rules: &'a Rules,
    pub(super) active: &'a StoredActive,
    pub(super) around: Surroundings<'t>,
    pub(super) words: &'a mut KeywordCache,
}

impl Stored<'_, '_> {
    /// Adds the findings of all rules with lists.
    pub(super) fn scan(mut self, scratch: &mut StoredScratch, findings: &mut Vec<Finding>) {
        if !self.active.terms.is_empty() {
            self.terms(&mut scratch.next, findings);
        }
        let text = self.around.text;
        for number in &self.active.others {
            let stored = &self.rules.stored.rules[*number];
            match &stored.lookup {
                Lookup::Terms(_) => {}
                Lookup::Rows(list, support) => {
                    for row in list.find(text, *support, &mut scratch.rows) {
                        self.report(stored, row.span, row_share(list, *support, row), findings);
                    }
                }
                Lookup::Passages(list, threshold) => {
                    for passage in list.find(text, *threshold, &mut scratch.passages) {
                        let share = passage_share(*threshold, passage.containment);
                        self.report(stored, passage.span, share, findings);
                    }
                }
            }
        }
    }

    fn terms(&mut self, next: &mut Vec<usize>, findings: &mut Vec<Finding>) {
        let text = self.around.text;
        let (rules, active) = (self.rules, &self.active.terms);
        next.clear();
        next.resize(active.len(), 0);
        // One look-up for all lists rules nearly every word out; a single list does so itself.
        let several = (active.len() > 1).then_some(&rules.stored.first_words);
        words::walk(text, |word| {
            if several.is_some_and(|first_words| !first_words.may_contain(word.hash)) {
                return;
            }
            for (number, next) in active.iter().zip(&mut *next) {
                let stored = &rules.stored.rules[*number];
                let Lookup::Terms(list) = &stored.lookup else { continue };
                if word.start >= *next
                    && let Some(span) = list.find_at(text, word)
                    && self.report(stored, span, 0.0, findings)
                {
                    *next = span.end;
                }
            }
        });
    }

    /// The same by the reference look-ups, which know no filter, no index and no order.
    pub(super) fn scan_naively(mut self, findings: &mut Vec<Finding>) {
        let text = self.around.text;
        for number in self.active.terms.iter().chain(&self.active.others) {
            let stored = &self.rules.stored.rules[*number];
            match &stored.lookup {
                Lookup::Terms(list) => {
                    let mut next = 0;
                    for span in list.find_naively(text) {
                        if span.start >= next && self.report(stored, span, 0.0, findings) {
                            next = span.end;
                        }
                    }
                }
                Lookup::Rows(list, support) => {
                    for row in list.find_naively(text, *support) {
                        self.report(stored, row.span, row_share(list, *support, &row), findings);
                    }
                }
                Lookup::Passages(list, threshold) => {
                    for passage in list.find_naively(text, *threshold) {
                        let share = passage_share(*threshold, passage.containment);
                        self.report(stored, passage.span, share, findings);
                    }
                }
            }
        }
    }

    /// Judges what was found. `share`, 0 to 1, is how far the evidence goes beyond what the rule demands; it takes the score as far
    /// towards certainty. True if there is a finding.
    fn report(
        &mut self,
        stored: &StoredRule,
        span: Span,
        share: f32,
        findings: &mut Vec<Finding>,
    ) -> bool {
        let Span { start, end } = span;
        let found = Match { start, end, value_start: start, value_end: end };
        let checks = &self.rules.checks[stored.rule.index()];
        let finding = judge(self.rules, checks, &self.around, self.words, found, false);
        let Some(mut finding) = finding else { return false };
        finding.score += (SCORE_MAX - finding.score).max(0.0) * share;
        finding.confidence = Confidence::of_score(finding.score);
        findings.push(finding);
        true
    }
}

fn row_share(list: &ExactData, support: Support, row: &RowMatch) -> f32 {
    let spare = list.supporting_columns().saturating_sub(support.values);
    if spare == 0 { 0.0 } else { (row.supporting - support.values) as f32 / spare as f32 }
}

fn passage_share(threshold: Threshold, containment: f32) -> f32 {
    let spare = 1.0 - threshold.containment;
    if spare <= 0.0 { 0.0 } else { ((containment - threshold.containment) / spare).clamp(0.0, 1.0) }
}
