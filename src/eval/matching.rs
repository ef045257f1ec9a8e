//! Which findings of one document count for which of its expected spans.
//!
//! Three ways of counting run at once: *exact* (the same bytes), *overlap* (at least half of the bytes that either covers are covered by
//! both) and *touched* (they share a byte). In the first two a finding counts for one span and a span for one finding, the best pairs first.
//! A span is *covered* if findings, whatever their labels, hold every byte of it: then redaction leaves nothing of it.

use super::label::{LabelId, Labels};
use super::truth::Truth;
use crate::base::code::EVAL_PAIRS_MANY;
use crate::base::{Fault, Finding, Span};
use serde::{Deserialize, Serialize};

/// Pairs of overlapping findings and spans of one document.
const PAIRS_MAX: usize = 1_000_000;
/// Share of common bytes from which a finding counts as overlapping.
const OVERLAP_MIN: f64 = 0.5;

/// A way of counting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Criterion {
    /// The same bytes.
    Exact,
    /// Intersection over union of at least one half.
    #[default]
    Overlap,
    /// One common byte.
    Touched,
}

impl Criterion {
    /// All, the strictest first.
    pub const ALL: [Self; 3] = [Self::Exact, Self::Overlap, Self::Touched];

    /// The name on the command line and in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Overlap => "overlap",
            Self::Touched => "touched",
        }
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// The ways of counting in which something is a hit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Hits(u8);

impl Hits {
    fn set(&mut self, criterion: Criterion) {
        self.0 |= criterion.bit();
    }

    pub(super) fn has(self, criterion: Criterion) -> bool {
        self.0 & criterion.bit() != 0
    }
}

/// What was found in a document, in the terms of a study.
#[derive(Clone, Copy, Debug)]
pub struct Found {
    /// Number of the rule in its rule set.
    pub rule: u32,
    /// What it means.
    pub label: LabelId,
    /// Bytes of the text.
    pub span: Span,
    /// 0 to 1.
    pub score: f32,
}

impl Found {
    /// A finding, whose label in the study is looked up in `labels`: those of its rule set, in order.
    pub fn new(finding: &Finding, labels: &[LabelId]) -> Self {
        Self {
            rule: finding.rule.0,
            label: labels[finding.label.index()],
            span: finding.span,
            score: finding.score,
        }
    }
}

/// How a finding stands to the truth of its document.
#[derive(Clone, Copy, Debug)]
pub(super) struct MatchedFinding {
    pub(super) found: Found,
    pub(super) hits: Hits,
    /// It touches a span whose label is left out of the count.
    pub(super) on_ignored: bool,
    pub(super) on_look_alike: bool,
    /// It touches an expected span of a label it does not count for.
    pub(super) on_other: bool,
    /// The label of the span that it overlaps most, by at least one half.
    pub(super) expected: Option<LabelId>,
}

/// How an expected span stands to what was found.
#[derive(Clone, Copy, Debug)]
pub(super) struct MatchedSpan {
    pub(super) span: Span,
    pub(super) label: LabelId,
    pub(super) hits: Hits,
    pub(super) covered: bool,
    /// A finding of a label that does not count for it touches it.
    pub(super) touched_by_other: bool,
    /// Score of the finding that counts for it, by [`Criterion`]; the best one where several do.
    pub(super) scores: [f32; 3],
    /// Rule of that finding, by [`Criterion`].
    pub(super) rules: [u32; 3],
    /// The label of the finding that overlaps it most, by at least one half.
    pub(super) found: Option<LabelId>,
}

/// A document, matched.
#[derive(Debug, Default)]
pub(super) struct Matched {
    pub(super) findings: Vec<MatchedFinding>,
    pub(super) spans: Vec<MatchedSpan>,
    pub(super) look_alikes_hit: u64,
}

struct Pair {
    finding: usize,
    span: usize,
    share: f64,
    matches: bool,
    same_label: bool,
}

/// Matches findings (by start) with the truth of their document.
pub(super) fn match_document(
    found: &[Found],
    truth: &Truth,
    labels: &Labels,
    passages: &[bool],
) -> Result<Matched, Fault> {
    let places: Vec<Span> = truth.expected.iter().map(|expected| expected.span).collect();
    let mut matched = Matched {
        findings: found.iter().map(|found| unmatched(*found)).collect(),
        spans: truth.expected.iter().map(|e| missed(e.span, e.label)).collect(),
        look_alikes_hit: 0,
    };
    if found.is_empty() {
        return Ok(matched);
    }
    let mut pairs = Vec::new();
    for_overlaps(found, &places, |finding, span| {
        let (f, s) = (&found[finding], &truth.expected[span]);
        pairs.push(Pair {
            finding,
            span,
            share: share(f.span, s.span),
            matches: labels.matches(f.label, s.label),
            same_label: f.label == s.label,
        });
    })?;
    pairs.sort_by(|a, b| {
        b.share.total_cmp(&a.share).then(b.same_label.cmp(&a.same_label)).then(a.span.cmp(&b.span))
    });
    for pair in &pairs {
        matched.apply(pair, passages);
    }
    for_overlaps(found, &truth.ignored, |finding, _| matched.findings[finding].on_ignored = true)?;
    let mut hit = vec![false; truth.look_alikes.len()];
    for_overlaps(found, &truth.look_alikes, |finding, look_alike| {
        matched.findings[finding].on_look_alike = true;
        hit[look_alike] = true;
    })?;
    matched.look_alikes_hit = hit.iter().filter(|hit| **hit).count() as u64;
    matched.cover(found);
    Ok(matched)
}

fn unmatched(found: Found) -> MatchedFinding {
    MatchedFinding {
        found,
        hits: Hits::default(),
        on_ignored: false,
        on_look_alike: false,
        on_other: false,
        expected: None,
    }
}

fn missed(span: Span, label: LabelId) -> MatchedSpan {
    MatchedSpan {
        span,
        label,
        hits: Hits::default(),
        covered: false,
        touched_by_other: false,
        scores: [-1.0; 3],
        rules: [0; 3],
        found: None,
    }
}

impl Matched {
    /// Takes a pair into account. Pairs come the best first.
    fn apply(&mut self, pair: &Pair, passages: &[bool]) {
        let finding = &mut self.findings[pair.finding];
        let span = &mut self.spans[pair.span];
        let passage = passages[span.label.index()];
        let overlaps = pair.share >= OVERLAP_MIN;
        if overlaps || (passage && pair.matches) {
            finding.expected = finding.expected.or(Some(span.label));
            span.found = span.found.or(Some(finding.found.label));
        }
        if !pair.matches {
            finding.on_other = true;
            span.touched_by_other = true;
            return;
        }
        for criterion in Criterion::ALL {
            let (applies, many) = match criterion {
                Criterion::Exact => (pair.share >= 1.0, false),
                Criterion::Overlap => (overlaps || passage, passage),
                Criterion::Touched => (true, true),
            };
            let free = !finding.hits.has(criterion) && !span.hits.has(criterion);
            if applies && (many || free) {
                finding.hits.set(criterion);
                span.hits.set(criterion);
                if finding.found.score > span.scores[criterion as usize] {
                    span.scores[criterion as usize] = finding.found.score;
                    span.rules[criterion as usize] = finding.found.rule;
                }
            }
        }
    }

    /// Notes which spans lie in findings with every byte.
    fn cover(&mut self, found: &[Found]) {
        let mut joined: Vec<Span> = Vec::new();
        for found in found {
            match joined.last_mut() {
                Some(last) if found.span.start <= last.end => {
                    last.end = last.end.max(found.span.end)
                }
                _ => joined.push(found.span),
            }
        }
        for span in &mut self.spans {
            let next = joined.partition_point(|joined| joined.end < span.span.end);
            span.covered = joined.get(next).is_some_and(|joined| joined.contains(span.span));
        }
    }
}

/// Intersection over union.
fn share(a: Span, b: Span) -> f64 {
    let common = a.end.min(b.end).saturating_sub(a.start.max(b.start));
    common as f64 / (a.len() + b.len() - common) as f64
}

/// Calls `pair` for every finding and place that share a byte. Both are sorted by start.
fn for_overlaps(
    found: &[Found],
    places: &[Span],
    mut pair: impl FnMut(usize, usize),
) -> Result<(), Fault> {
    let mut reach = 0;
    let reaches: Vec<usize> = places
        .iter()
        .map(|place| {
            reach = reach.max(place.end);
            reach
        })
        .collect();
    let mut looked = 0;
    for (i, found) in found.iter().enumerate() {
        let first = reaches.partition_point(|reach| *reach <= found.span.start);
        for (j, place) in places.iter().enumerate().skip(first) {
            if place.start >= found.span.end {
                break;
            }
            looked += 1;
            if place.overlaps(found.span) {
                pair(i, j);
            }
        }
        if looked > PAIRS_MAX {
            return Err(Fault::new(EVAL_PAIRS_MANY, format!("the limit is {PAIRS_MAX}")));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::LabelMatch;
    use crate::eval::mapping::DocumentTarget;
    use crate::eval::truth::Expected;

    type Place<'a> = (usize, usize, &'a str);

    fn run(found: &[Place<'_>], expected: &[Place<'_>], ignored: &[Place<'_>]) -> Matched {
        let names = ["pii.us.ssn", "pii.email", "ai.injection", "finance.card"];
        let labels = Labels::new(names.into_iter(), LabelMatch::Related);
        let id = |name: &str| labels.find(name).unwrap();
        let found: Vec<Found> = found
            .iter()
            .map(|(start, end, label)| Found {
                rule: 0,
                label: id(label),
                span: Span::new(*start, *end),
                score: 0.5,
            })
            .collect();
        let spans = |places: &[Place<'_>]| -> Vec<Span> {
            places.iter().map(|(start, end, _)| Span::new(*start, *end)).collect()
        };
        let truth = Truth {
            expected: expected
                .iter()
                .map(|(start, end, label)| Expected {
                    span: Span::new(*start, *end),
                    label: id(label),
                })
                .collect(),
            ignored: spans(ignored),
            look_alikes: spans(ignored),
            label: String::new(),
            target: DocumentTarget::Unknown,
            has_spans: true,
            unmapped: Vec::new(),
            overlapping: 0,
            repeated: 0,
        };
        let passages: Vec<bool> = labels.ids().map(|l| labels.name(l).starts_with("ai")).collect();
        match_document(&found, &truth, &labels, &passages).unwrap()
    }

    /// Hits as letters: e exact, o overlap, t touched, c covered (spans only).
    fn letters(hits: Hits, covered: bool) -> String {
        let hits = Criterion::ALL.into_iter().filter(|c| hits.has(*c)).map(|c| &c.name()[..1]);
        hits.chain(covered.then_some("c")).collect()
    }

    #[track_caller]
    fn check(found: &[Place<'_>], expected: &[Place<'_>], findings: &[&str], spans: &[&str]) {
        let matched = run(found, expected, &[]);
        let got: Vec<String> = matched.findings.iter().map(|f| letters(f.hits, false)).collect();
        assert_eq!(got, findings, "findings");
        let got: Vec<String> = matched.spans.iter().map(|s| letters(s.hits, s.covered)).collect();
        assert_eq!(got, spans, "spans");
    }

    #[test]
    fn places_decide() {
        let mail = "pii.email";
        check(&[(0, 10, mail)], &[(0, 10, mail)], &["eot"], &["eotc"]);
        // Five common bytes of ten, and of eleven.
        check(&[(0, 10, mail)], &[(0, 5, mail)], &["ot"], &["otc"]);
        check(&[(0, 11, mail)], &[(0, 5, mail)], &["t"], &["tc"]);
        check(&[(0, 5, mail)], &[(0, 10, mail)], &["ot"], &["ot"]);
        check(&[(0, 5, mail)], &[(5, 10, mail)], &[""], &[""]);
        check(&[], &[(5, 10, mail)], &[], &[""]);
        check(&[(5, 10, mail)], &[], &[""], &[]);
    }

    #[test]
    fn labels_decide() {
        check(&[(0, 10, "pii")], &[(0, 10, "pii.us.ssn")], &["eot"], &["eotc"]);
        check(&[(0, 10, "pii.us.ssn")], &[(0, 10, "pii")], &["eot"], &["eotc"]);
        check(&[(0, 10, "pii.email")], &[(0, 10, "pii.us.ssn")], &[""], &["c"]);
        let matched = run(&[(0, 10, "pii.email")], &[(0, 10, "finance.card")], &[]);
        assert!(matched.findings[0].on_other && matched.spans[0].touched_by_other);
        assert!(matched.findings[0].expected.is_some() && matched.spans[0].found.is_some());
    }

    #[test]
    fn one_finding_counts_for_one_span() {
        let mail = "pii.email";
        // The better pair goes first; touching is not rationed.
        check(&[(0, 10, mail)], &[(0, 6, mail), (0, 9, mail)], &["ot"], &["tc", "otc"]);
        check(&[(0, 5, mail), (5, 10, mail)], &[(0, 10, mail)], &["ot", "t"], &["otc"]);
        // The same label goes before a related one.
        check(&[(0, 4, mail)], &[(0, 4, "pii"), (0, 4, mail)], &["eot"], &["tc", "eotc"]);
    }

    #[test]
    fn passages_take_any_number_of_findings() {
        let ai = "ai.injection";
        check(&[(0, 4, ai), (50, 60, ai)], &[(0, 100, ai)], &["ot", "ot"], &["ot"]);
        check(&[(0, 4, ai)], &[(4, 100, ai)], &[""], &[""]);
    }

    #[test]
    fn findings_together_cover_a_span() {
        check(
            &[(0, 3, "finance.card"), (3, 6, "pii.email"), (8, 9, "pii.email")],
            &[(0, 6, "pii.us.ssn"), (5, 9, "pii.us.ssn")],
            &["", "", ""],
            &["c", ""],
        );
    }

    #[test]
    fn ignored_spans_and_look_alikes_are_noted() {
        let matched = run(&[(0, 4, "pii.email"), (4, 8, "pii.email")], &[], &[(3, 4, "pii.email")]);
        let noted: Vec<_> =
            matched.findings.iter().map(|f| (f.on_ignored, f.on_look_alike)).collect();
        assert_eq!(noted, [(true, true), (false, false)]);
        assert_eq!(matched.look_alikes_hit, 1);
    }

    #[test]
    fn nested_spans_without_end_are_refused() {
        let nested: Vec<Place<'_>> = (0..3000).map(|i| (i, 6000 - i, "pii.email")).collect();
        let found: Vec<Found> = nested
            .iter()
            .map(|(start, end, _)| Found {
                rule: 0,
                label: LabelId(0),
                span: Span::new(*start, *end),
                score: 1.0,
            })
            .collect();
        let places: Vec<Span> = found.iter().map(|found| found.span).collect();
        let fault = for_overlaps(&found, &places, |_, _| {}).unwrap_err();
        assert_eq!(fault.code, EVAL_PAIRS_MANY);
    }
}
