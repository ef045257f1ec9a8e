//! Rules, causes, confusion, curves and examples.

use super::figures::plain;
use super::{Lineages, Side, View};
use crate::base::Confidence;
use crate::base::confidence::{HIGH_SCORE_MIN, MEDIUM_SCORE_MIN};
use crate::eval::label::LabelId;
use crate::eval::matching::{Criterion, MatchedFinding, MatchedSpan};
use crate::eval::report::{
    Causes, ConfusionCell, Curve, CurvePoint, Example, LabelRow, LevelRow, RuleRow,
};
use crate::eval::statistics::{Counts, Rate};
use crate::eval::study::Study;
use crate::eval::tally::Outcome;
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

/// Labels with a curve of their own.
const CURVES_MAX: usize = 12;
/// Points of a curve.
const POINTS_MAX: usize = 200;
/// Examples of each kind.
const EXAMPLES_MAX: usize = 60;
/// Examples of one rule or label.
const EXAMPLES_PER_NAME_MAX: usize = 4;

/// Each rule.
pub(super) struct RuleSums<'s> {
    study: &'s Study,
    side: &'s Side,
    /// Right, wrong, unjudged, spans found.
    rules: Vec<[u64; 4]>,
    /// Per label: spans, missed spans.
    spans: Vec<[u64; 2]>,
}

impl<'s> RuleSums<'s> {
    pub(super) fn new(study: &'s Study, side: &'s Side) -> Self {
        let rules = vec![[0; 4]; side.rules.len()];
        Self { study, side, rules, spans: vec![[0; 2]; study.labels.len()] }
    }

    pub(super) fn add(&mut self, view: &View<'_>) {
        let criterion = self.study.options.criterion;
        for finding in view.findings {
            let rule = &mut self.rules[finding.matched.found.rule as usize];
            match view.outcome(&finding.matched, criterion) {
                Outcome::Right => rule[0] += 1,
                Outcome::Wrong => rule[1] += 1,
                Outcome::Unjudged => rule[2] += 1,
            }
        }
        for span in view.spans() {
            let found = span.matched.hits.has(criterion);
            let [spans, missed] = &mut self.spans[span.matched.label.index()];
            *spans += 1;
            *missed += u64::from(!found);
            if found {
                self.rules[span.matched.rules[criterion as usize] as usize][3] += 1;
            }
        }
    }

    pub(super) fn rows(&self) -> Vec<RuleRow> {
        let mut rows: Vec<RuleRow> = self
            .rules
            .iter()
            .zip(&self.side.rules)
            .filter(|(counts, _)| counts.iter().any(|count| *count > 0))
            .map(|(counts, rule)| {
                let [right, wrong, unjudged, found] = *counts;
                let (spans, missed) = self.spans_of(rule.label);
                let counts = Counts { spans, found, findings: right + wrong, right };
                RuleRow {
                    rule: rule.id.to_string(),
                    label: self.study.labels.name(rule.label).to_string(),
                    right,
                    wrong,
                    unjudged,
                    precision: Rate::wilson(right, right + wrong),
                    spans,
                    missed,
                    recall: Rate::wilson(found, spans),
                    f1: counts.f(1.0),
                    f2: counts.f(2.0),
                }
            })
            .collect();
        rows.sort_by_key(|row| (Reverse(row.wrong), Reverse(row.right), row.rule.clone()));
        rows
    }

    fn spans_of(&self, label: LabelId) -> (u64, u64) {
        let labels = &self.study.labels;
        let of =
            labels.ids().filter(|id| labels.matches(*id, label)).map(|id| self.spans[id.index()]);
        of.fold((0, 0), |(spans, missed), of| (spans + of[0], missed + of[1]))
    }
}

/// The first reason that holds.
fn cause_of_wrong(finding: &MatchedFinding) -> &'static str {
    if finding.on_look_alike {
        "look-alike"
    } else if finding.hits.has(Criterion::Touched) {
        "boundary"
    } else if finding.on_other {
        "label"
    } else {
        "nothing"
    }
}

fn cause_of_missed(span: &MatchedSpan) -> &'static str {
    if span.hits.has(Criterion::Touched) {
        "boundary"
    } else if span.touched_by_other {
        "label"
    } else {
        "nothing"
    }
}

/// Counts why a document's findings are wrong and its spans missed.
pub(super) fn causes(view: &View<'_>, causes: &mut Causes) {
    let criterion = view.study.options.criterion;
    for (finding, _) in view.judged(criterion).filter(|(_, right)| !right) {
        match cause_of_wrong(&finding.matched) {
            "look-alike" => causes.wrong_look_alike += 1,
            "boundary" => causes.wrong_boundary += 1,
            "label" => causes.wrong_label += 1,
            _ => causes.wrong_nothing += 1,
        }
    }
    for span in view.spans().filter(|span| !span.matched.hits.has(criterion)) {
        match cause_of_missed(&span.matched) {
            "boundary" => causes.missed_boundary += 1,
            "label" => causes.missed_label += 1,
            _ => causes.missed_nothing += 1,
        }
    }
}

/// Expected against found labels.
#[derive(Default)]
pub(super) struct Confusion(BTreeMap<(Option<LabelId>, Option<LabelId>), u64>);

impl Confusion {
    pub(super) fn add(&mut self, view: &View<'_>) {
        for span in view.spans() {
            *self.0.entry((Some(span.matched.label), span.matched.found)).or_default() += 1;
        }
        for (finding, right) in view.judged(view.study.options.criterion) {
            if !right && finding.matched.expected.is_none() {
                *self.0.entry((None, Some(finding.matched.found.label))).or_default() += 1;
            }
        }
    }

    pub(super) fn cells(&self, study: &Study) -> Vec<ConfusionCell> {
        let name = |label: Option<LabelId>| label.map(|id| study.labels.name(id).to_string());
        let cell = |((expected, found), count): (&(Option<LabelId>, Option<LabelId>), &u64)| {
            ConfusionCell { expected: name(*expected), found: name(*found), count: *count }
        };
        let mut cells: Vec<ConfusionCell> = self.0.iter().map(cell).collect();
        cells.sort_by_key(|cell| Reverse(cell.count));
        cells
    }
}

/// Scores of findings and of found spans.
#[derive(Clone, Default)]
struct Scores {
    spans: u64,
    found: Vec<f32>,
    findings: Vec<(f32, bool)>,
}

impl Scores {
    fn counts(&self, score_min: f32) -> Counts {
        let kept = self.findings.iter().filter(|(score, _)| *score >= score_min);
        Counts {
            spans: self.spans,
            found: self.found.iter().filter(|score| **score >= score_min).count() as u64,
            findings: kept.clone().count() as u64,
            right: kept.filter(|(_, right)| *right).count() as u64,
        }
    }

    fn points(&mut self) -> Vec<CurvePoint> {
        if self.spans == 0 || self.findings.is_empty() {
            return Vec::new();
        }
        self.findings.sort_by(|a, b| b.0.total_cmp(&a.0));
        self.found.sort_by(|a, b| b.total_cmp(a));
        let mut points: Vec<CurvePoint> = Vec::new();
        let (mut right, mut found) = (0_u64, 0);
        for (i, (score, is_right)) in self.findings.iter().enumerate() {
            right += u64::from(*is_right);
            if self.findings.get(i + 1).is_some_and(|(next, _)| next == score) {
                continue;
            }
            while self.found.get(found).is_some_and(|other| other >= score) {
                found += 1;
            }
            points.push(CurvePoint {
                score: *score,
                precision: right as f64 / (i + 1) as f64,
                recall: found as f64 / self.spans as f64,
            });
        }
        thin(points)
    }
}

/// At most [`POINTS_MAX`] points, evenly, the last one included.
fn thin(points: Vec<CurvePoint>) -> Vec<CurvePoint> {
    let step = points.len().div_ceil(POINTS_MAX).max(1);
    let last = points.len().saturating_sub(1);
    let kept = points.into_iter().enumerate().filter(|(i, _)| i % step == 0 || *i == last);
    kept.map(|(_, point)| point).collect()
}

/// Precision times gain in recall, summed.
fn average_precision(points: &[CurvePoint]) -> Option<f64> {
    let mut recall = 0.0;
    let area = points.iter().map(|point| {
        let gain = point.recall - recall;
        recall = point.recall;
        gain * point.precision
    });
    (!points.is_empty()).then(|| area.sum())
}

/// Scores over all, and per label with what lies below it.
pub(super) struct Curves {
    all: Scores,
    labels: Vec<Scores>,
}

impl Curves {
    pub(super) fn new(study: &Study) -> Self {
        Self { all: Scores::default(), labels: vec![Scores::default(); study.labels.len()] }
    }

    pub(super) fn add(&mut self, view: &View<'_>, lineages: &Lineages) {
        let criterion = view.study.options.criterion;
        for span in view.spans() {
            let score = span.matched.scores[criterion as usize];
            let found = span.matched.hits.has(criterion).then_some(score);
            self.all.spans += 1;
            self.all.found.extend(found);
            for label in lineages.of(span.matched.label) {
                self.labels[label.index()].spans += 1;
                self.labels[label.index()].found.extend(found);
            }
        }
        for (finding, right) in view.judged(criterion) {
            let score = finding.matched.found.score;
            self.all.findings.push((score, right));
            for label in lineages.of(finding.matched.found.label) {
                self.labels[label.index()].findings.push((score, right));
            }
        }
    }

    pub(super) fn levels(&self) -> Vec<LevelRow> {
        let rows = Confidence::ALL.into_iter().zip([0.0, MEDIUM_SCORE_MIN, HIGH_SCORE_MIN]);
        rows.map(|(level, score_min)| {
            let counts = self.all.counts(score_min);
            LevelRow {
                level: level.name().to_owned(),
                score_min,
                figures: plain(counts),
                f1: counts.f(1.0),
                f2: counts.f(2.0),
            }
        })
        .collect()
    }

    /// The curve over all, and those of the labels with the most spans.
    pub(super) fn chosen(mut self, study: &Study, rows: &[LabelRow]) -> Vec<Curve> {
        let mut by_spans: Vec<&LabelRow> =
            rows.iter().filter(|row| row.figures.counts.found > 0).collect();
        by_spans.sort_by_key(|row| Reverse(row.figures.counts.spans));
        let points = self.all.points();
        let mut curves =
            vec![Curve { label: None, average_precision: average_precision(&points), points }];
        for row in by_spans.into_iter().take(CURVES_MAX) {
            let Some(label) = study.labels.find(&row.label) else { continue };
            let points = self.labels[label.index()].points();
            let average_precision = average_precision(&points);
            curves.push(Curve { label: Some(row.label.clone()), points, average_precision });
        }
        curves
    }
}

/// Candidates for the worst examples.
pub(super) struct Examples<'s> {
    study: &'s Study,
    side: &'s Side,
    wrong: Vec<Example>,
    missed: Vec<Example>,
}

impl<'s> Examples<'s> {
    pub(super) fn new(study: &'s Study, side: &'s Side) -> Self {
        Self { study, side, wrong: Vec::new(), missed: Vec::new() }
    }

    pub(super) fn add(&mut self, view: &View<'_>) {
        let criterion = self.study.options.criterion;
        for (finding, _) in view.judged(criterion).filter(|(_, right)| !right) {
            let Some(excerpt) = &finding.excerpt else { continue };
            let found = finding.matched.found;
            self.wrong.push(Example {
                corpus: view.corpus.to_owned(),
                document: view.document.key.to_string(),
                start: found.span.start,
                end: found.span.end,
                label: self.study.labels.name(found.label).to_string(),
                rule: Some(self.side.rules[found.rule as usize].id.to_string()),
                score: Some(found.score),
                cause: cause_of_wrong(&finding.matched).to_owned(),
                excerpt: excerpt.to_string(),
            });
        }
        for span in view.spans().filter(|span| !span.matched.hits.has(criterion)) {
            let Some(excerpt) = &span.excerpt else { continue };
            self.missed.push(Example {
                corpus: view.corpus.to_owned(),
                document: view.document.key.to_string(),
                start: span.matched.span.start,
                end: span.matched.span.end,
                label: self.study.labels.name(span.matched.label).to_string(),
                rule: None,
                score: None,
                cause: cause_of_missed(&span.matched).to_owned(),
                excerpt: excerpt.to_string(),
            });
        }
    }

    /// The surest wrong findings and some missed spans, a few of each rule and label.
    pub(super) fn chosen(self) -> (Vec<Example>, Vec<Example>) {
        let (mut wrong, missed) = (self.wrong, self.missed);
        let score = |example: &Example| example.score.unwrap_or_default();
        wrong.sort_by(|a, b| score(b).total_cmp(&score(a)));
        (few(wrong, |e| e.rule.clone().unwrap_or_default()), few(missed, |e| e.label.clone()))
    }
}

/// A few of each name: first one of each, then the second ones.
fn few(examples: Vec<Example>, name: impl Fn(&Example) -> String) -> Vec<Example> {
    let mut taken: HashMap<String, usize> = HashMap::new();
    let numbered = examples.into_iter().map(|example| {
        let count = taken.entry(name(&example)).or_default();
        *count += 1;
        (*count, example)
    });
    let mut few: Vec<(usize, Example)> =
        numbered.filter(|(number, _)| *number <= EXAMPLES_PER_NAME_MAX).collect();
    few.sort_by_key(|(number, _)| *number);
    few.into_iter().map(|(_, example)| example).take(EXAMPLES_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn curves_go_from_sure_to_unsure() {
        let mut scores = Scores {
            spans: 4,
            found: vec![0.5, 0.9, 0.7],
            findings: vec![(0.7, true), (0.9, true), (0.7, false), (0.5, true)],
        };
        let points = scores.points();
        let got: Vec<_> = points.iter().map(|p| (p.score, p.precision, p.recall)).collect();
        assert_eq!(got, [(0.9, 1.0, 0.25), (0.7, 2.0 / 3.0, 0.5), (0.5, 0.75, 0.75)]);
        // 0.25 * 1 + 0.25 * 2/3 + 0.25 * 0.75.
        let area = average_precision(&points).unwrap();
        assert!((area - 0.604_166_666).abs() < 1e-6, "{area}");
        assert_eq!(average_precision(&[]), None);
        assert!(Scores::default().points().is_empty());
    }

    #[test]
    fn long_curves_keep_their_end() {
        let point = |i: usize| CurvePoint { score: 0.0, precision: 0.0, recall: i as f64 };
        let points = thin((0..1001).map(point).collect());
        assert!(points.len() <= POINTS_MAX + 1);
        assert!((points[points.len() - 1].recall - 1000.0).abs() < 1e-9);
    }
}
