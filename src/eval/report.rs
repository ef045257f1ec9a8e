//! The result of an evaluation as data: what `--format json` prints and `--save` keeps.

use super::matching::Criterion;
use super::statistics::{Counts, Rate};
use serde::{Deserialize, Serialize};

/// Version of the form below. A file of another version is no baseline.
pub const REPORT_FORMAT: u32 = 1;

/// Everything that an evaluation found out.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Report {
    /// [`REPORT_FORMAT`].
    pub format: u32,
    /// Version of the program.
    pub lockgate: String,
    /// The rules that were evaluated.
    pub rule_set: RuleSet,
    /// How was counted.
    pub counting: Counting,
    /// Figures over all corpora.
    pub total: Total,
    /// Figures at the three levels of confidence: what would be left if findings below were dropped.
    pub levels: Vec<LevelRow>,
    /// Each corpus.
    pub corpora: Vec<CorpusRow>,
    /// Each label with what lies below it, over all corpora.
    pub labels: Vec<LabelRow>,
    /// Each rule that found something.
    pub rules: Vec<RuleRow>,
    /// Documents that hold something of a label against clean ones, per corpus and over all (`corpus` is absent).
    pub detection: Vec<DetectionRow>,
    /// Documents of each label as written, with how many have a finding.
    pub document_labels: Vec<DocumentLabelRow>,
    /// Expected label against found label. An absent side means nothing was expected or found there.
    pub confusion: Vec<ConfusionCell>,
    /// Why findings are wrong and spans are missed.
    pub causes: Causes,
    /// Precision and recall over the score.
    pub curves: Vec<Curve>,
    /// Wrong findings, the surest first.
    pub wrong_examples: Vec<Example>,
    /// Missed spans.
    pub missed_examples: Vec<Example>,
    /// Text without labels.
    pub unlabelled: Option<Unlabelled>,
    /// Labels of the corpora that count for nothing.
    pub unmapped: Vec<UnmappedRow>,
    /// Documents that were left out, by code.
    pub skipped: Vec<SkippedRow>,
    /// What each rule costs, if it was measured.
    pub cost: Option<Vec<CostRow>>,
    /// What is different from a baseline.
    pub changes: Option<Changes>,
    /// Every span and finding, in a file written with `--save`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub records: Vec<CorpusRecords>,
}

/// A rule set by what decides its findings.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct RuleSet {
    /// Where it came from: `builtin`, or the folders that were added.
    pub name: String,
    /// Fingerprint.
    pub fingerprint: String,
    /// Pack.
    pub pack: String,
    /// Rules that are on.
    pub rules: u64,
}

/// How was counted.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Counting {
    /// The way of counting of all tables that show one.
    pub criterion: Criterion,
    /// When a label counts for another one.
    pub label_match: String,
    /// Findings below this were dropped.
    pub min_confidence: Option<String>,
    /// Only these labels count; empty for all.
    pub only: Vec<String>,
}

/// Counts with what follows from them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// The counts.
    #[serde(flatten)]
    pub counts: Counts,
    /// Expected spans that were not found.
    pub missed: u64,
    /// Findings that are wrong.
    pub wrong: u64,
    /// Right findings of all judged ones, with the Wilson interval.
    pub precision: Option<Rate>,
    /// Found spans of all expected ones, with the Wilson interval.
    pub recall: Option<Rate>,
    /// F1, with the interval of a bootstrap over documents.
    pub f1: Option<Rate>,
    /// F2, with the interval of a bootstrap over documents.
    pub f2: Option<Rate>,
}

/// Figures of one or all corpora.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Total {
    /// Documents.
    pub documents: u64,
    /// Bytes of their texts.
    pub bytes: u64,
    /// Figures by [`Counting::criterion`].
    pub figures: Figures,
    /// Figures by each way of counting.
    pub criteria: Vec<CriterionRow>,
    /// Spans that lie in findings with every byte, whatever the labels.
    pub covered: Option<Rate>,
    /// Annotated look-alikes.
    pub look_alikes: u64,
    /// Annotated look-alikes that a finding touches.
    pub look_alikes_hit: u64,
    /// Documents in which nothing should be found.
    pub clean_documents: u64,
    /// Those of them in which something was found.
    pub clean_documents_hit: u64,
    /// Findings of any kind.
    pub findings: u64,
    /// Findings that the corpora cannot judge.
    pub unjudged: u64,
    /// Those of them whose label is not what the corpus is about.
    pub out_of_scope: u64,
    /// Findings of any kind per MiB of text.
    pub findings_per_mib: f64,
}

/// Figures by one way of counting.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct CriterionRow {
    /// The way of counting.
    pub criterion: Criterion,
    /// The figures.
    pub figures: Figures,
}

/// Figures at one level of confidence.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LevelRow {
    /// `low`, `medium` or `high`.
    pub level: String,
    /// Least score.
    pub score_min: f32,
    /// The figures, without F-scores.
    pub figures: Figures,
    /// F1, without an interval.
    pub f1: Option<f64>,
    /// F2, without an interval.
    pub f2: Option<f64>,
}

/// One corpus.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct CorpusRow {
    /// Its name: that of the file.
    pub name: String,
    /// What it can tell: `spans`, `documents`, `clean` or `unlabelled`.
    pub kind: String,
    /// Hash over the documents that count.
    pub blake3: String,
    /// The labels it is about; empty for all.
    pub scope: Vec<String>,
    /// Figures.
    pub total: Total,
    /// Its labels.
    pub labels: Vec<LabelRow>,
    /// Documents whose id was there before.
    pub duplicate_ids: u64,
    /// Expected spans that overlap another one.
    pub overlapping_spans: u64,
    /// Spans that repeat another one, and count once.
    pub repeated_spans: u64,
}

/// One label with what lies below it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LabelRow {
    /// The label.
    pub label: String,
    /// Figures.
    pub figures: Figures,
    /// Spans that lie in findings with every byte.
    pub covered: u64,
}

/// One rule.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RuleRow {
    /// Its id.
    pub rule: String,
    /// Its label.
    pub label: String,
    /// Right findings.
    pub right: u64,
    /// Wrong findings.
    pub wrong: u64,
    /// Findings that the corpora cannot judge.
    pub unjudged: u64,
    /// Right findings of all judged ones.
    pub precision: Option<Rate>,
    /// Expected spans whose label its own counts for.
    pub spans: u64,
    /// Those of them that no rule found.
    pub missed: u64,
    /// Those of them that it found itself, as a share.
    pub recall: Option<Rate>,
    /// F1 of the two.
    pub f1: Option<f64>,
    /// F2 of the two.
    pub f2: Option<f64>,
}

/// Documents as a whole.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DetectionRow {
    /// The corpus; absent for all together.
    pub corpus: Option<String>,
    /// The label.
    pub label: String,
    /// Documents that hold it are the spans, documents with a finding of it are the findings.
    pub figures: Figures,
    /// Documents that are clean of it.
    pub negatives: u64,
    /// Clean documents with a finding of it.
    pub false_alarm_rate: Option<Rate>,
    /// Over the score.
    pub curve: Vec<CurvePoint>,
}

/// Documents of one label as written.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DocumentLabelRow {
    /// The corpus.
    pub corpus: String,
    /// The label as written; empty if there is none.
    pub label: String,
    /// Documents.
    pub documents: u64,
    /// Documents with a finding that the corpus is about.
    pub hit: u64,
    /// The same per 1,000 documents.
    pub hit_per_1000: f64,
}

/// How often a label was found where another one was expected.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ConfusionCell {
    /// Label of the span.
    pub expected: Option<String>,
    /// Label of the finding.
    pub found: Option<String>,
    /// How often.
    pub count: u64,
}

/// Why findings are wrong and spans are missed, by the first reason that holds.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Causes {
    /// Wrong: the finding touches an annotated look-alike.
    pub wrong_look_alike: u64,
    /// Wrong: it touches a span of its label, but begins or ends elsewhere.
    pub wrong_boundary: u64,
    /// Wrong: it touches a span of another label.
    pub wrong_label: u64,
    /// Wrong: there is nothing.
    pub wrong_nothing: u64,
    /// Missed: a finding of its label touches the span, but begins or ends elsewhere.
    pub missed_boundary: u64,
    /// Missed: a finding of another label touches it.
    pub missed_label: u64,
    /// Missed: nothing was found.
    pub missed_nothing: u64,
}

/// Precision and recall over the score.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Curve {
    /// The label; absent for all.
    pub label: Option<String>,
    /// From the highest score down.
    pub points: Vec<CurvePoint>,
    /// Area under the curve, as the sum of precision times gain in recall.
    pub average_precision: Option<f64>,
}

/// What is left of findings below a score.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CurvePoint {
    /// Least score.
    pub score: f32,
    /// Precision.
    pub precision: f64,
    /// Recall.
    pub recall: f64,
}

/// A wrong finding or a missed span.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Example {
    /// The corpus.
    pub corpus: String,
    /// Id of the document, or `#` and its line.
    pub document: String,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// Label of the finding or span.
    pub label: String,
    /// Rule of the finding.
    pub rule: Option<String>,
    /// Score of the finding.
    pub score: Option<f32>,
    /// `look-alike`, `boundary`, `label` or `nothing`.
    pub cause: String,
    /// The line, with values as shapes unless they were asked for.
    pub excerpt: String,
}

/// Text without labels: nothing is right or wrong there, but much found in harmless text is a bad sign.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Unlabelled {
    /// Documents.
    pub documents: u64,
    /// Documents with a finding.
    pub documents_hit: u64,
    /// The same per 1,000 documents.
    pub hit_per_1000: f64,
    /// Bytes.
    pub bytes: u64,
    /// Findings.
    pub findings: u64,
    /// Findings per MiB.
    pub findings_per_mib: f64,
    /// By label and rule.
    pub rules: Vec<UnlabelledRow>,
}

/// Findings of one rule in text without labels.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct UnlabelledRow {
    /// The rule.
    pub rule: String,
    /// Its label.
    pub label: String,
    /// Findings: low, medium, high.
    pub findings: [u64; 3],
    /// Findings per MiB.
    pub findings_per_mib: f64,
}

/// A label that counts for nothing.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct UnmappedRow {
    /// The corpus.
    pub corpus: String,
    /// The label as written.
    pub label: String,
    /// Spans.
    pub spans: u64,
    /// A mapping says so; otherwise no mapping knows it.
    pub ignored: bool,
}

/// Documents that were left out.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SkippedRow {
    /// The corpus.
    pub corpus: String,
    /// Why.
    pub code: String,
    /// How many.
    pub documents: u64,
}

/// What a rule costs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CostRow {
    /// The rule.
    pub rule: String,
    /// Nanoseconds per KiB that a scan of the sample with this rule alone takes beyond the median of all rules.
    pub ns_per_kib: f64,
    /// The same as a share of the sum over all rules.
    pub share: f64,
}

/// What is different between two evaluations, in documents that both have.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Changes {
    /// Spans found now and not before.
    pub gained: u64,
    /// Spans found before and not now.
    pub lost: u64,
    /// Wrong findings that are new.
    pub new_wrong: u64,
    /// Wrong findings that are gone.
    pub gone_wrong: u64,
    /// Documents with wrong findings only now, and only before.
    pub documents_wrong: [u64; 2],
    /// How likely `gained` and `lost` are so uneven by chance (McNemar, exact, two-sided).
    pub p_found: f64,
    /// The same of `documents_wrong`.
    pub p_wrong: f64,
    /// F1 now minus F1 before, with the interval of a paired bootstrap over documents.
    pub f1_difference: Option<Rate>,
    /// Documents that only one of the two has, which are left out.
    pub documents_apart: u64,
    /// Corpora that are not the same, by name.
    pub corpora_changed: Vec<String>,
    /// Every change.
    pub list: Vec<Change>,
}

/// What happened to one span or finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    /// A span is missed that was found.
    Lost,
    /// A wrong finding is new.
    NewWrong,
    /// A span is found that was missed.
    Gained,
    /// A wrong finding is gone.
    GoneWrong,
}

/// One change.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Change {
    /// What happened.
    pub kind: ChangeKind,
    /// The corpus.
    pub corpus: String,
    /// The document.
    pub document: String,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// Label of the span or finding.
    pub label: String,
    /// The rule that finds or found it.
    pub rule: Option<String>,
    /// The line, with values as shapes unless they were asked for.
    pub excerpt: String,
}

/// The records of one corpus.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct CorpusRecords {
    /// The corpus.
    pub name: String,
    /// Hash over its documents.
    pub blake3: String,
    /// Its documents.
    pub documents: Vec<String>,
    /// Its expected spans.
    pub spans: Vec<Record>,
    /// Its findings that are wrong.
    pub wrong: Vec<Record>,
    /// Right findings per document, where that is not the number of spans found (passages).
    pub right: Vec<(u32, u64)>,
}

/// An expected span, or a wrong finding.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Record {
    /// Number of the document in [`CorpusRecords::documents`].
    pub document: u32,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// Label of the span or finding.
    pub label: String,
    /// The rule that found it; absent for a missed span.
    pub rule: Option<String>,
    /// Score of the finding.
    pub score: Option<f32>,
    /// The line, with values as shapes unless they were asked for.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub excerpt: String,
}
