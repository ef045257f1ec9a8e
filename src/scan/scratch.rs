//! Working memory of a scan.

use super::keywords::KeywordCache;
use super::stored::StoredScratch;
use super::views::Seen;
use crate::base::Finding;
use crate::matcher::verify::VerifierCache;
use crate::matcher::viable::{Viable, ViableCache};
use crate::matcher::{Candidate, MatcherScratch};
use crate::rules::Rules;

/// Reusable memory of a scan. One per thread; after warm-up a clean scan allocates nothing.
///
/// It fits itself to the rule set that it is used with, which costs time when that changes.
#[derive(Debug, Default)]
pub struct Scratch {
    pub(super) findings: Vec<Finding>,
    fitted: Option<Fitted>,
    /// Of streams in which something is encoded.
    seen: Option<Box<Seen>>,
}

/// Memory that belongs to one rule set.
#[derive(Debug)]
pub(super) struct Fitted {
    serial: u64,
    pub(super) matcher: MatcherScratch,
    pub(super) words: KeywordCache,
    pub(super) candidates: Vec<Candidate>,
    /// Per pattern.
    pub(super) caches: Vec<PatternCache>,
    pub(super) stored: StoredScratch,
    /// States of the streams of one pack, and the pack's program.
    viable: Option<(u64, ViableCache)>,
}

/// Automaton states of one pattern.
#[derive(Debug, Default)]
pub(super) struct PatternCache {
    pub(super) begin: VerifierCache,
    pub(super) end: VerifierCache,
}

impl Scratch {
    /// Memory for scans with this rule set.
    pub fn new(rules: &Rules) -> Self {
        let mut scratch = Self::default();
        scratch.fit(rules);
        scratch
    }

    /// The findings list and the memory that belongs to `rules`.
    ///
    /// # Panics
    /// If there is no memory.
    pub(super) fn fit(&mut self, rules: &Rules) -> (&mut Vec<Finding>, &mut Fitted) {
        if self.fitted.as_ref().is_none_or(|fitted| fitted.serial != rules.serial) {
            self.fitted = Some(Fitted::new(rules).expect("memory for the matchers' working state"));
        }
        let fitted = self.fitted.as_mut().expect("filled above");
        (&mut self.findings, fitted)
    }

    /// Memory for views of a stream, to be put back.
    pub(super) fn take_seen(&mut self) -> Box<Seen> {
        self.seen.take().unwrap_or_default()
    }

    /// Keeps it for the next one.
    pub(super) fn put_seen(&mut self, seen: Box<Seen>) {
        self.seen = Some(seen);
    }

    /// The memory that streams of one program need, whose patterns are `viable`.
    ///
    /// # Panics
    /// If there is no memory.
    pub(super) fn streaming(
        &mut self,
        rules: &Rules,
        program: u64,
        viable: &Viable,
    ) -> (&mut ViableCache, &mut [PatternCache], &mut KeywordCache) {
        let (_, fitted) = self.fit(rules);
        if fitted.viable.as_ref().is_none_or(|(known, _)| *known != program) {
            fitted.viable = None;
        }
        let (_, states) = fitted.viable.get_or_insert_with(|| (program, viable.cache()));
        (states, &mut fitted.caches, &mut fitted.words)
    }
}

impl Fitted {
    fn new(rules: &Rules) -> Result<Self, String> {
        Ok(Self {
            serial: rules.serial,
            matcher: rules.matcher.scratch()?,
            words: KeywordCache::default(),
            candidates: Vec::new(),
            caches: rules.patterns.iter().map(|_| PatternCache::default()).collect(),
            stored: StoredScratch::default(),
            viable: None,
        })
    }
}
