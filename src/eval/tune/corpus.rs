//! The texts that rules are tuned on, with what is true of them and the fold that each belongs to.

use crate::base::Fault;
use crate::eval::matching::{Found, Matched, match_document};
use crate::eval::study::{Document, Study};
use crate::eval::tally::{Outcome, Scope, Tally};
use crate::eval::truth::Truth;

/// One text.
#[derive(Debug)]
pub(super) struct Text {
    corpus: u32,
    /// Number within its corpus.
    number: u32,
    pub(super) fold: u32,
    pub(super) text: Box<str>,
    truth: Truth,
}

/// Texts to tune on.
#[derive(Debug, Default)]
pub struct Texts {
    pub(super) texts: Vec<Text>,
    tallies: Vec<Tally>,
    bytes: u64,
}

impl Texts {
    /// No texts yet, of the corpora of a study.
    pub fn new(study: &Study) -> Self {
        let tallies = study.corpora.iter().map(|_| Tally::default()).collect();
        Self { tallies, ..Self::default() }
    }

    /// Adds a document. Equal texts go to the same fold, so that none is fitted on and measured with.
    ///
    /// # Errors
    /// The labels of the document cannot be used; it is left out.
    pub fn add(
        &mut self,
        study: &Study,
        document: &Document<'_>,
        folds: u32,
        seed: u64,
    ) -> Result<(), Fault> {
        let examined = study.examine(document, &[])?;
        let truth = study.truth(document)?;
        let tally = &mut self.tallies[document.corpus];
        let number = tally.documents();
        tally.add(study, examined);
        self.bytes += document.text.len() as u64;
        self.texts.push(Text {
            corpus: u32::try_from(document.corpus).unwrap_or(u32::MAX),
            number: u32::try_from(number).unwrap_or(u32::MAX),
            fold: fold(document.text, folds, seed),
            text: String::from_utf8_lossy(document.text).into(),
            truth,
        });
        Ok(())
    }

    /// Number of texts.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// Their bytes.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    pub(super) fn judges<'a>(&'a self, study: &'a Study) -> Judge<'a> {
        let scopes =
            self.tallies.iter().enumerate().map(|(i, tally)| tally.scope(study, i)).collect();
        Judge { study, texts: self, scopes }
    }
}

fn fold(text: &[u8], folds: u32, seed: u64) -> u32 {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&seed.to_le_bytes());
    hasher.update(text);
    let hash = hasher.finalize();
    let number = hash.as_bytes()[..4].iter().fold(0_u32, |n, byte| n << 8 | u32::from(*byte));
    number % folds.max(1)
}

/// Says which findings are right.
pub(super) struct Judge<'a> {
    pub(super) study: &'a Study,
    texts: &'a Texts,
    scopes: Vec<Scope>,
}

impl Judge<'_> {
    /// Whether each finding of a text is right; nothing for one that nobody can judge.
    pub(super) fn findings(&self, text: &Text, found: &[Found]) -> Vec<Option<bool>> {
        let Some(matched) = self.matched(text, found) else { return vec![None; found.len()] };
        let criterion = self.study.options.criterion;
        let scope = &self.scopes[text.corpus as usize];
        let document = &self.texts.tallies[text.corpus as usize].documents[text.number as usize];
        let outcomes = matched.findings.iter().map(|finding| {
            match scope.outcome(self.study, document, finding, criterion) {
                Outcome::Right => Some(true),
                Outcome::Wrong => Some(false),
                Outcome::Unjudged => None,
            }
        });
        outcomes.collect()
    }

    /// Expected spans that count, and those of them that are found.
    pub(super) fn spans(&self, text: &Text, found: &[Found]) -> (u64, u64) {
        let scope = &self.scopes[text.corpus as usize];
        let document = &self.texts.tallies[text.corpus as usize].documents[text.number as usize];
        if !scope.judges(document) {
            return (0, 0);
        }
        let Some(matched) = self.matched(text, found) else { return (0, 0) };
        let counted = matched.spans.iter().filter(|span| scope.within[span.label.index()]);
        let criterion = self.study.options.criterion;
        counted
            .fold((0, 0), |(all, hit), span| (all + 1, hit + u64::from(span.hits.has(criterion))))
    }

    fn matched(&self, text: &Text, found: &[Found]) -> Option<Matched> {
        match_document(found, &text.truth, &self.study.labels, self.study.passages()).ok()
    }
}
