//! A study: corpora, how their labels are read and how findings are counted; and what one document comes to in it.

use super::excerpt::{Masking, excerpt};
use super::label::{LabelId, LabelMatch, Labels};
use super::mapping::{CorpusMap, DocumentTarget, Mapping, MappingFile, SpanTarget};
use super::matching::{
    Criterion, Found, Hits, Matched, MatchedFinding, MatchedSpan, match_document,
};
use super::truth::Truth;
use crate::base::code::EVAL_MAPPING;
use crate::base::{Fault, Span};

/// How a study counts.
#[derive(Clone, Debug)]
pub struct StudyOptions {
    /// When a label counts for another one.
    pub label_match: LabelMatch,
    /// When a place counts for another one, in tables that show one way of counting.
    pub criterion: Criterion,
    /// Only these labels and those below them count. Empty for all.
    pub only: Vec<String>,
    /// Whether excerpts show values.
    pub masking: Masking,
    /// Which excerpts are made.
    pub excerpts: Excerpts,
}

/// Which excerpts are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Excerpts {
    /// Some of wrong findings and missed spans, for examples.
    Some,
    /// All, so that every change can be shown.
    All,
}

impl Default for StudyOptions {
    fn default() -> Self {
        Self {
            label_match: LabelMatch::default(),
            criterion: Criterion::default(),
            only: Vec::new(),
            masking: Masking::Shapes,
            excerpts: Excerpts::Some,
        }
    }
}

/// Corpora with all that is needed to judge findings in them. Shared by threads.
#[derive(Debug)]
pub struct Study {
    pub(super) options: StudyOptions,
    pub(super) labels: Labels,
    passages: Vec<bool>,
    /// Per label: whether it counts.
    pub(super) wanted: Vec<bool>,
    pub(super) corpora: Vec<Corpus>,
}

#[derive(Debug)]
pub(super) struct Corpus {
    pub(super) name: String,
    pub(super) map: CorpusMap,
}

/// One document of a corpus.
#[derive(Clone, Copy, Debug)]
pub struct Document<'a> {
    /// Number of the corpus.
    pub corpus: usize,
    /// The line as it stands in the corpus.
    pub line: &'a [u8],
    /// Its number, from 1.
    pub number: u64,
    /// Its id as JSON.
    pub id: Option<&'a str>,
    /// The decoded text.
    pub text: &'a [u8],
}

/// A document and what was made of it.
#[derive(Debug)]
pub struct Examined {
    pub(super) id: Option<Box<str>>,
    pub(super) line: u64,
    pub(super) bytes: u64,
    pub(super) label: String,
    pub(super) target: DocumentTarget,
    pub(super) has_spans: bool,
    pub(super) look_alikes: u64,
    pub(super) look_alikes_hit: u64,
    pub(super) overlapping: u64,
    pub(super) repeated: u64,
    pub(super) unmapped: Vec<(String, SpanTarget)>,
    pub(super) findings: Vec<Judged<MatchedFinding>>,
    pub(super) spans: Vec<Judged<MatchedSpan>>,
    /// Hash of the line.
    pub(super) hash: [u8; 32],
}

/// A finding or span with the line around it, if that may be of use.
#[derive(Debug)]
pub(super) struct Judged<T> {
    pub(super) matched: T,
    pub(super) excerpt: Option<Box<str>>,
}

impl Study {
    /// A study of the corpora with these names, over the labels of one or two rule sets.
    ///
    /// # Errors
    /// A mapping or [`StudyOptions::only`] names a label that does not exist.
    pub fn new<'l>(
        options: StudyOptions,
        labels: impl Iterator<Item = &'l str>,
        mappings: Vec<MappingFile>,
        corpora: Vec<String>,
    ) -> Result<Self, Fault> {
        let labels = Labels::new(labels, options.label_match);
        let mapping = Mapping::new(mappings, &labels)?;
        if let Some(name) = options.only.iter().find(|name| labels.find(name).is_none()) {
            return Err(Fault::new(EVAL_MAPPING, format!("there is no label `{name}`")));
        }
        let wanted = |id: LabelId| {
            let only = &options.only;
            only.is_empty() || only.iter().any(|name| crate::base::is_under(labels.name(id), name))
        };
        let corpora = corpora
            .into_iter()
            .map(|name| Corpus { map: mapping.corpus(&name, &labels), name })
            .collect();
        Ok(Self {
            passages: mapping.passages(&labels),
            wanted: labels.ids().map(wanted).collect(),
            corpora,
            options,
            labels,
        })
    }

    /// The labels of the study.
    pub fn labels(&self) -> &Labels {
        &self.labels
    }

    /// Judges the findings (by start) in one document.
    ///
    /// # Errors
    /// The labels of the document cannot be used; it is left out.
    pub fn examine(&self, document: &Document<'_>, found: &[Found]) -> Result<Examined, Fault> {
        let truth = self.truth(document)?;
        let matched = match_document(found, &truth, &self.labels, &self.passages)?;
        let text = std::str::from_utf8(document.text).unwrap_or_default();
        let (findings, spans, look_alikes_hit) = self.with_excerpts(text, matched);
        Ok(Examined {
            id: document.id.map(|id| {
                serde_json::from_str::<String>(id).unwrap_or_else(|_| id.to_owned()).into()
            }),
            line: document.number,
            bytes: document.text.len() as u64,
            label: truth.label,
            target: truth.target,
            has_spans: truth.has_spans,
            look_alikes: truth.look_alikes.len() as u64,
            look_alikes_hit,
            overlapping: truth.overlapping,
            repeated: truth.repeated,
            unmapped: truth.unmapped,
            findings,
            spans,
            hash: *blake3::hash(document.line).as_bytes(),
        })
    }

    /// What is true of a document.
    pub(super) fn truth(&self, document: &Document<'_>) -> Result<Truth, Fault> {
        let map = &self.corpora[document.corpus].map;
        let mut truth = Truth::parse(document.line, document.text, map, &self.labels)?;
        self.leave_out_unwanted(&mut truth);
        Ok(truth)
    }

    /// Per label: whether its spans mark passages.
    pub(super) fn passages(&self) -> &[bool] {
        &self.passages
    }

    fn leave_out_unwanted(&self, truth: &mut Truth) {
        if self.options.only.is_empty() {
            return;
        }
        let wanted = |label: LabelId| self.wanted[label.index()];
        let unwanted = truth.expected.iter().filter(|e| !wanted(e.label)).map(|e| e.span);
        truth.ignored.extend(unwanted);
        truth.ignored.sort_unstable();
        truth.expected.retain(|expected| wanted(expected.label));
    }

    fn with_excerpts(
        &self,
        text: &str,
        matched: Matched,
    ) -> (Vec<Judged<MatchedFinding>>, Vec<Judged<MatchedSpan>>, u64) {
        let mut secret: Vec<Span> = matched.findings.iter().map(|f| f.found.span).collect();
        secret.extend(matched.spans.iter().map(|span| span.span));
        secret.sort_unstable();
        let secret = join(&secret);
        let all = self.options.excerpts == Excerpts::All;
        let cut = |span: Span, hits: Hits| {
            if !all && hits.has(self.options.criterion) {
                return None;
            }
            // Only what can be seen in the excerpt, which is short, needs a look.
            let first = secret.partition_point(|other| other.end + 256 < span.start);
            let last = secret.partition_point(|other| other.start < span.end + 256);
            Some(excerpt(text, span, &secret[first..last], self.options.masking))
        };
        let findings = matched.findings.into_iter().map(|matched| {
            let excerpt = cut(matched.found.span, matched.hits);
            Judged { matched, excerpt }
        });
        let spans = matched.spans.into_iter().map(|matched| {
            let excerpt = cut(matched.span, matched.hits);
            Judged { matched, excerpt }
        });
        (findings.collect(), spans.collect(), matched.look_alikes_hit)
    }
}

/// Spans by start, joined where they overlap.
fn join(spans: &[Span]) -> Vec<Span> {
    let mut joined: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match joined.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => joined.push(*span),
        }
    }
    joined
}
