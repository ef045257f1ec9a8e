//! What is kept of a corpus: a small record per document, span and finding, no text but masked excerpts.

use super::label::{LabelId, LabelMatch};
use super::mapping::{DocumentTarget, SpanTarget};
use super::matching::{Criterion, MatchedFinding, MatchedSpan};
use super::study::{Examined, Excerpts, Judged, Study};
use crate::base::Code;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Document labels of a corpus that are told apart; those beyond share a line.
const DOCUMENT_LABELS_MAX: usize = 100;
/// Unmapped labels of a corpus that are named.
const UNMAPPED_MAX: usize = 1000;
/// Excerpts that are kept per rule of wrong findings, and per label of missed spans.
const EXCERPTS_PER_NAME_MAX: u32 = 20;
/// Stands for the document labels beyond [`DOCUMENT_LABELS_MAX`].
const OTHER_LABELS: &str = "(others)";

#[derive(Debug)]
pub(super) struct DocumentRecord {
    /// The id, or `#` and the line.
    pub(super) key: Box<str>,
    pub(super) label: u16,
    pub(super) target: DocumentTarget,
    pub(super) has_spans: bool,
    pub(super) has_expected: bool,
}

/// A finding or span of a document.
#[derive(Debug)]
pub(super) struct Of<T> {
    pub(super) document: u32,
    pub(super) matched: T,
    pub(super) excerpt: Option<Box<str>>,
}

/// The records of one corpus under one rule set.
#[derive(Debug, Default)]
pub struct Tally {
    pub(super) documents: Vec<DocumentRecord>,
    pub(super) findings: Vec<Of<MatchedFinding>>,
    pub(super) spans: Vec<Of<MatchedSpan>>,
    pub(super) labels: Vec<String>,
    pub(super) bytes: u64,
    pub(super) look_alikes: u64,
    pub(super) look_alikes_hit: u64,
    pub(super) overlapping: u64,
    pub(super) repeated: u64,
    pub(super) duplicate_ids: u64,
    /// Spans by label that is in no mapping or is to be ignored.
    pub(super) unmapped: BTreeMap<String, (SpanTarget, u64)>,
    /// Documents that were left out, by code.
    pub(super) skipped: BTreeMap<&'static str, u64>,
    label_numbers: HashMap<String, u16>,
    ids: HashSet<[u8; 16]>,
    hasher: blake3::Hasher,
    excerpts_kept: HashMap<(bool, u32), u32>,
}

impl Tally {
    /// Notes a document that cannot be used.
    pub fn skip(&mut self, code: Code) {
        *self.skipped.entry(code.id).or_default() += 1;
    }

    /// Documents that came up again under an id that was there before.
    pub fn duplicate_ids(&self) -> u64 {
        self.duplicate_ids
    }

    /// Number of documents.
    pub fn documents(&self) -> u64 {
        self.documents.len() as u64
    }

    /// Adds a document. The order of documents is that of the corpus.
    pub fn add(&mut self, study: &Study, examined: Examined) {
        let document = u32::try_from(self.documents.len()).unwrap_or(u32::MAX);
        self.hasher.update(&examined.hash);
        self.bytes += examined.bytes;
        self.look_alikes += examined.look_alikes;
        self.look_alikes_hit += examined.look_alikes_hit;
        self.overlapping += examined.overlapping;
        self.repeated += examined.repeated;
        for (label, target) in examined.unmapped {
            if self.unmapped.len() < UNMAPPED_MAX || self.unmapped.contains_key(&label) {
                self.unmapped.entry(label).or_insert((target, 0)).1 += 1;
            }
        }
        let key = self.key(examined.id, examined.line);
        let label = self.label(examined.label);
        self.documents.push(DocumentRecord {
            key,
            label,
            target: examined.target,
            has_spans: examined.has_spans,
            has_expected: !examined.spans.is_empty(),
        });
        let (criterion, excerpts) = (study.options.criterion, study.options.excerpts);
        for Judged { matched, excerpt } in examined.findings {
            let wrong = !matched.hits.has(criterion);
            let keep = self.keep(excerpts, wrong, (true, matched.found.rule));
            self.findings.push(Of { document, matched, excerpt: excerpt.filter(|_| keep) });
        }
        for Judged { matched, excerpt } in examined.spans {
            let missed = !matched.hits.has(criterion);
            let keep = self.keep(excerpts, missed, (false, u32::from(matched.label.0)));
            self.spans.push(Of { document, matched, excerpt: excerpt.filter(|_| keep) });
        }
    }

    fn keep(&mut self, excerpts: Excerpts, bad: bool, name: (bool, u32)) -> bool {
        if excerpts == Excerpts::All {
            return true;
        }
        if !bad {
            return false;
        }
        let kept = self.excerpts_kept.entry(name).or_default();
        *kept += 1;
        *kept <= EXCERPTS_PER_NAME_MAX
    }

    fn key(&mut self, id: Option<Box<str>>, line: u64) -> Box<str> {
        let Some(id) = id else { return format!("#{line}").into() };
        let mut short = [0; 16];
        short.copy_from_slice(&blake3::hash(id.as_bytes()).as_bytes()[..16]);
        if self.ids.insert(short) {
            return id;
        }
        self.duplicate_ids += 1;
        format!("{id}#{line}").into()
    }

    fn label(&mut self, label: String) -> u16 {
        if let Some(number) = self.label_numbers.get(&label) {
            return *number;
        }
        let label =
            if self.labels.len() >= DOCUMENT_LABELS_MAX { OTHER_LABELS.to_owned() } else { label };
        if let Some(number) = self.label_numbers.get(&label) {
            return *number;
        }
        let number = u16::try_from(self.labels.len()).unwrap_or(u16::MAX);
        self.label_numbers.insert(label.clone(), number);
        self.labels.push(label);
        number
    }

    /// Hash over all lines that count, in hexadecimal.
    pub(super) fn hash(&self) -> String {
        self.hasher.finalize().to_hex()[..32].to_owned()
    }

    /// What is judged in this corpus.
    pub(super) fn scope(&self, study: &Study, corpus: usize) -> Scope {
        let has_expected = !self.spans.is_empty();
        let has_positive =
            self.documents.iter().any(|d| matches!(d.target, DocumentTarget::Label(_)));
        let has_clean = self.documents.iter().any(|d| d.target == DocumentTarget::Clean);
        let kind = match (has_expected, has_positive, has_clean) {
            (true, _, _) => Kind::Spans,
            (false, true, _) => Kind::Documents,
            (false, false, true) => Kind::Clean,
            (false, false, false) => Kind::Unlabelled,
        };
        let used = self.spans.iter().map(|span| span.matched.label);
        let targets = self.documents.iter().filter_map(|document| match document.target {
            DocumentTarget::Label(label) => Some(label),
            _ => None,
        });
        let labels = match &study.corpora[corpus].map.scope {
            Some(scope) => scope.clone(),
            None => super::mapping::domains(&study.labels, used.chain(targets)),
        };
        // Where any label counts for any other, none is out of scope.
        let any = study.options.label_match == LabelMatch::Any;
        let mut within = if any || labels.is_empty() {
            vec![true; study.labels.len()]
        } else {
            study.labels.within(&labels)
        };
        for (within, wanted) in within.iter_mut().zip(&study.wanted) {
            *within &= wanted;
        }
        Scope { kind, labels, within }
    }
}

/// What a corpus can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Its values are marked.
    Spans,
    /// Its documents are marked, their values are not.
    Documents,
    /// Every document that is marked is clean.
    Clean,
    /// Nothing is known.
    Unlabelled,
}

impl Kind {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Spans => "spans",
            Self::Documents => "documents",
            Self::Clean => "clean",
            Self::Unlabelled => "unlabelled",
        }
    }
}

/// What is judged in a corpus.
#[derive(Debug)]
pub(super) struct Scope {
    pub(super) kind: Kind,
    /// The labels it is about; empty for all.
    pub(super) labels: Vec<LabelId>,
    /// Per label.
    pub(super) within: Vec<bool>,
}

/// What is said of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Right,
    Wrong,
    /// The corpus does not tell.
    Unjudged,
}

impl Scope {
    /// True if the truth about values in this document is known.
    pub(super) fn judges(&self, document: &DocumentRecord) -> bool {
        match self.kind {
            Kind::Documents | Kind::Unlabelled => false,
            Kind::Clean => document.target == DocumentTarget::Clean,
            Kind::Spans => document.has_spans || document.target != DocumentTarget::Unknown,
        }
    }

    /// True if nothing should be found in the document.
    pub(super) fn is_clean(&self, document: &DocumentRecord) -> bool {
        self.judges(document)
            && !document.has_expected
            && !matches!(document.target, DocumentTarget::Label(_))
    }

    pub(super) fn outcome(
        &self,
        study: &Study,
        document: &DocumentRecord,
        finding: &MatchedFinding,
        criterion: Criterion,
    ) -> Outcome {
        if !self.within[finding.found.label.index()] || !self.judges(document) {
            return Outcome::Unjudged;
        }
        if finding.hits.has(criterion) {
            return Outcome::Right;
        }
        // The document holds such a value, but nobody marked where.
        let vague = match document.target {
            DocumentTarget::Label(label) => {
                !document.has_expected && study.labels.matches(label, finding.found.label)
            }
            _ => false,
        };
        if finding.on_ignored || vague { Outcome::Unjudged } else { Outcome::Wrong }
    }
}
