//! From the records of corpora to a report.

mod detection;
mod figures;
mod records;
mod rows;

use super::label::{LabelId, lineage};
use super::mapping::SpanTarget;
use super::matching::{Criterion, MatchedFinding, MatchedSpan};
use super::report::{CorpusRow, Counting, REPORT_FORMAT, Report, RuleSet, SkippedRow, UnmappedRow};
use super::study::Study;
use super::tally::{DocumentRecord, Of, Outcome, Scope, Tally};
pub(super) use detection::per_1000;
pub(super) use figures::per_mib;
use figures::{LabelSums, TotalSums};
pub use records::records;
use rows::{Confusion, Curves, Examples, RuleSums, causes};
use std::sync::Arc;

/// A rule as a study names it.
#[derive(Clone, Debug)]
pub struct RuleName {
    /// Its id.
    pub id: Arc<str>,
    /// Its label.
    pub label: LabelId,
}

/// A rule set as a study names it.
#[derive(Clone, Debug)]
pub struct Side {
    /// What decides its findings.
    pub rule_set: RuleSet,
    /// Its rules, in the order of [`Found::rule`](super::Found::rule).
    pub rules: Vec<RuleName>,
    /// Findings below this were dropped.
    pub min_confidence: Option<String>,
}

/// One document with its records.
struct View<'a> {
    study: &'a Study,
    scope: &'a Scope,
    corpus: &'a str,
    document: &'a DocumentRecord,
    findings: &'a [Of<MatchedFinding>],
    spans: &'a [Of<MatchedSpan>],
}

impl<'a> View<'a> {
    /// The expected spans that count.
    fn spans(&self) -> impl Iterator<Item = &'a Of<MatchedSpan>> + use<'a> {
        let scope = self.scope;
        let counts = scope.judges(self.document);
        self.spans.iter().filter(move |span| counts && scope.within[span.matched.label.index()])
    }

    fn outcome(&self, finding: &MatchedFinding, criterion: Criterion) -> Outcome {
        self.scope.outcome(self.study, self.document, finding, criterion)
    }

    fn judged(&self, criterion: Criterion) -> impl Iterator<Item = (&'a Of<MatchedFinding>, bool)> {
        self.findings.iter().filter_map(move |finding| {
            match self.outcome(&finding.matched, criterion) {
                Outcome::Right => Some((finding, true)),
                Outcome::Wrong => Some((finding, false)),
                Outcome::Unjudged => None,
            }
        })
    }
}

/// Calls `visit` for every document of a corpus, in order.
fn for_documents<'a>(
    study: &'a Study,
    corpus: usize,
    tally: &'a Tally,
    scope: &'a Scope,
    mut visit: impl FnMut(&View<'a>),
) {
    let (mut findings, mut spans) = (tally.findings.as_slice(), tally.spans.as_slice());
    for (document, number) in tally.documents.iter().zip(0_u32..) {
        let count = findings.partition_point(|finding| finding.document <= number);
        let (own_findings, rest) = findings.split_at(count);
        findings = rest;
        let count = spans.partition_point(|span| span.document <= number);
        let (own_spans, rest) = spans.split_at(count);
        spans = rest;
        visit(&View {
            study,
            scope,
            corpus: &study.corpora[corpus].name,
            document,
            findings: own_findings,
            spans: own_spans,
        });
    }
}

/// The report over the tallies of all corpora of a study.
pub fn report(study: &Study, side: &Side, tallies: &[Tally]) -> Report {
    let lineages = Lineages::new(study);
    let mut total = TotalSums::default();
    let mut labels = LabelSums::new(study);
    let mut rules = RuleSums::new(study, side);
    let mut confusion = Confusion::default();
    let mut curves = Curves::new(study);
    let mut examples = Examples::new(study, side);
    let mut corpora = Vec::new();
    let mut all_causes = super::report::Causes::default();
    let scopes: Vec<Scope> =
        tallies.iter().enumerate().map(|(i, tally)| tally.scope(study, i)).collect();
    for (i, (tally, scope)) in tallies.iter().zip(&scopes).enumerate() {
        let mut corpus_total = TotalSums::default();
        let mut corpus_labels = LabelSums::new(study);
        for_documents(study, i, tally, scope, |view| {
            corpus_total.add(view);
            corpus_labels.add(view, &lineages);
            rules.add(view);
            confusion.add(view);
            curves.add(view, &lineages);
            examples.add(view);
            causes(view, &mut all_causes);
        });
        corpus_total.add_tally(tally);
        corpora.push(CorpusRow {
            name: study.corpora[i].name.clone(),
            kind: scope.kind.name().to_owned(),
            blake3: tally.hash(),
            scope: scope.labels.iter().map(|l| study.labels.name(*l).to_string()).collect(),
            total: corpus_total.total(study),
            labels: corpus_labels.rows(study),
            duplicate_ids: tally.duplicate_ids,
            overlapping_spans: tally.overlapping,
            repeated_spans: tally.repeated,
        });
        total.join(corpus_total);
        labels.join(corpus_labels);
    }
    let labels = labels.rows(study);
    let (wrong_examples, missed_examples) = examples.chosen();
    Report {
        format: REPORT_FORMAT,
        lockgate: env!("CARGO_PKG_VERSION").to_owned(),
        rule_set: side.rule_set.clone(),
        counting: Counting {
            criterion: study.options.criterion,
            label_match: study.options.label_match.name().to_owned(),
            min_confidence: side.min_confidence.clone(),
            only: study.options.only.clone(),
        },
        total: total.total(study),
        levels: curves.levels(),
        curves: curves.chosen(study, &labels),
        labels,
        rules: rules.rows(),
        detection: detection::rows(study, tallies, &scopes),
        document_labels: detection::document_labels(study, tallies, &scopes),
        confusion: confusion.cells(study),
        causes: all_causes,
        wrong_examples,
        missed_examples,
        unmapped: unmapped(study, tallies),
        skipped: skipped(study, tallies),
        corpora,
        ..Report::default()
    }
}

/// Per label: itself and everything above it.
struct Lineages(Vec<Vec<LabelId>>);

impl Lineages {
    fn new(study: &Study) -> Self {
        let of = |id| {
            lineage(study.labels.name(id)).filter_map(|name| study.labels.find(name)).collect()
        };
        Self(study.labels.ids().map(of).collect())
    }

    fn of(&self, label: LabelId) -> &[LabelId] {
        &self.0[label.index()]
    }
}

fn unmapped(study: &Study, tallies: &[Tally]) -> Vec<UnmappedRow> {
    let rows = tallies.iter().zip(&study.corpora).flat_map(|(tally, corpus)| {
        tally.unmapped.iter().map(|(label, (target, spans))| UnmappedRow {
            corpus: corpus.name.clone(),
            label: label.clone(),
            spans: *spans,
            ignored: *target == SpanTarget::Ignored,
        })
    });
    let mut rows: Vec<UnmappedRow> = rows.collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.spans));
    rows
}

fn skipped(study: &Study, tallies: &[Tally]) -> Vec<SkippedRow> {
    let rows = tallies.iter().zip(&study.corpora).flat_map(|(tally, corpus)| {
        tally.skipped.iter().map(|(code, documents)| SkippedRow {
            corpus: corpus.name.clone(),
            code: (*code).to_owned(),
            documents: *documents,
        })
    });
    rows.collect()
}
