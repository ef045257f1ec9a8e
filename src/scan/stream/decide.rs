//! From places at which patterns match to findings, pattern by pattern and in ascending order of start, as in a scan of the whole text.
//!
//! A match whose rule looks at bytes that have not arrived, and the begin of a region whose end has not, keep their pattern waiting: what
//! the pattern matches behind it is queued, since the search goes on behind a finding, or one byte behind the start of what is none.

use super::program::{Hold, Part, StreamProgram, Use};
use crate::base::Finding;
use crate::matcher::verify::Match;
use crate::rules::Rules;
use crate::scan::judge::{Surroundings, context_behind, judge};
use crate::scan::keywords::KeywordCache;
use crate::scan::region;
use crate::scan::scratch::PatternCache;

/// How far the search of one pattern has come.
#[derive(Debug)]
pub(super) struct Progress {
    pub(super) pattern: u32,
    /// Places in front of this one have been tried, or lie in a finding.
    next: usize,
    waiting: Option<Waiting>,
    /// Where else the pattern matches, behind what is waited for.
    queue: Vec<Event>,
}

/// Something of a pattern matches from a place.
#[derive(Clone, Copy, Debug)]
struct Event {
    start: usize,
    part: Part,
}

#[derive(Debug)]
enum Waiting {
    /// For the text up to a place, which the rule looks at.
    Context { found: Match, until: usize },
    /// For the end of the region that begins here.
    Region {
        begin: Match,
        /// Where the first end marker ends.
        end: Option<usize>,
        /// Where the next begin marker starts.
        next: Option<usize>,
    },
}

impl Progress {
    /// The earliest place at which the pattern may still have a finding, if it waits for something.
    pub(super) fn waits_at(&self) -> Option<usize> {
        self.waiting.as_ref().map(|waiting| match waiting {
            Waiting::Context { found, .. } => found.start,
            Waiting::Region { begin, .. } => begin.start,
        })
    }

    /// Whether there is nothing to remember once all places in front of `decided` are tried.
    fn is_over(&self, decided: usize) -> bool {
        self.waiting.is_none() && self.next <= decided
    }

    /// Moves all places back, after as many bytes at the start of the text were forgotten.
    pub(super) fn rebase(&mut self, bytes: usize) {
        self.next = self.next.saturating_sub(bytes);
        self.queue.iter_mut().for_each(|event| event.start -= bytes);
        let back = |found: &mut Match| {
            found.start -= bytes;
            found.end -= bytes;
            found.value_start -= bytes;
            found.value_end -= bytes;
        };
        match &mut self.waiting {
            None => {}
            Some(Waiting::Context { found, until }) => {
                back(found);
                *until -= bytes;
            }
            Some(Waiting::Region { begin, end, next }) => {
                back(begin);
                end.iter_mut().chain(next).for_each(|place| *place -= bytes);
            }
        }
    }
}

/// The patterns at work on what is known of a stream.
pub(super) struct Decide<'a, 't> {
    pub(super) rules: &'a Rules,
    pub(super) program: &'a StreamProgram,
    pub(super) text: &'t [u8],
    /// All places in front of this one are decided: whatever starts there, no further byte changes it.
    pub(super) decided: usize,
    /// Whether the stream has ended.
    pub(super) ended: bool,
    pub(super) caches: &'a mut [PatternCache],
    pub(super) words: &'a mut KeywordCache,
    pub(super) findings: &'a mut Vec<Finding>,
}

impl Decide<'_, '_> {
    /// Takes note of what matches from a place.
    pub(super) fn matched(&mut self, all: &mut Vec<Progress>, used: Use, start: usize) {
        let event = Event { start, part: used.part };
        match all.iter_mut().find(|progress| progress.pattern == used.pattern) {
            Some(progress) => self.take(progress, event),
            None => {
                let mut progress =
                    Progress { pattern: used.pattern, next: 0, waiting: None, queue: Vec::new() };
                self.take(&mut progress, event);
                if !progress.is_over(start) {
                    all.push(progress);
                }
            }
        }
    }

    /// Goes on with every pattern for which what it waited for is there.
    pub(super) fn resume(&mut self, all: &mut Vec<Progress>) {
        for progress in &mut *all {
            while progress.waiting.is_some() && self.resume_one(progress) {}
        }
        all.retain(|progress| !progress.is_over(self.decided));
    }

    /// False if the pattern still waits for the same.
    fn resume_one(&mut self, progress: &mut Progress) -> bool {
        let Some(waiting) = &progress.waiting else { return false };
        match *waiting {
            Waiting::Context { found, until } => {
                if until > self.text.len() && !self.ended {
                    return false;
                }
                progress.waiting = None;
                self.judge(progress, found);
            }
            Waiting::Region { begin, end, next } => {
                let rules = self.rules;
                let pattern = &rules.patterns[progress.pattern as usize];
                let Some(region) = &pattern.region else { return false };
                let limit = begin.start + region.len_max;
                let known = next.is_some()
                    || limit <= self.decided
                    || end.is_some_and(|end| end <= self.decided);
                if !known && !self.ended && self.program.holds(Hold::Region) {
                    return false;
                }
                progress.waiting = None;
                let cache = &mut self.caches[progress.pattern as usize].end;
                match region::extend(region, cache, self.text, begin, next) {
                    Some(found) => self.conclude(progress, found),
                    None => progress.next = begin.start + 1,
                }
            }
        }
        let queue = std::mem::take(&mut progress.queue);
        queue.into_iter().for_each(|event| self.take(progress, event));
        true
    }

    /// One match, which starts behind all that the pattern was shown before.
    fn take(&mut self, progress: &mut Progress, event: Event) {
        let rules = self.rules;
        let pattern = &rules.patterns[progress.pattern as usize];
        let cache = &mut self.caches[progress.pattern as usize];
        match &mut progress.waiting {
            None if event.part == Part::RegionEnd || event.start < progress.next => {}
            None => {
                let found = pattern.verifier.match_at(&mut cache.begin, self.text, event.start);
                let Some(found) = found else { return };
                if pattern.region.is_some() {
                    progress.waiting =
                        Some(Waiting::Region { begin: found, end: None, next: None });
                } else {
                    self.conclude(progress, found);
                }
            }
            Some(waiting) => {
                progress.queue.push(event);
                if let Waiting::Region { begin, end, next } = waiting
                    && event.start >= begin.end
                    && next.is_none()
                {
                    match (event.part, &pattern.region) {
                        (Part::RegionEnd, Some(region)) if end.is_none() => {
                            let found = region.end.match_at(&mut cache.end, self.text, event.start);
                            *end = found.map(|found| found.end);
                        }
                        (Part::RegionEnd, _) => {}
                        (Part::Match, _) => *next = Some(event.start),
                    }
                }
            }
        }
    }

    /// Judges a match as soon as all that its rule looks at is known.
    fn conclude(&mut self, progress: &mut Progress, found: Match) {
        let checks =
            &self.rules.checks[self.rules.patterns[progress.pattern as usize].rule as usize];
        let around = Surroundings { text: self.text, key: None, leaves: &[] };
        let behind = context_behind(self.rules, checks, &around, self.words, found);
        let until = found.end + behind;
        if until > self.text.len() && !self.ended && self.program.holds(Hold::Context) {
            progress.waiting = Some(Waiting::Context { found, until });
        } else {
            self.judge(progress, found);
        }
    }

    fn judge(&mut self, progress: &mut Progress, found: Match) {
        let pattern = &self.rules.patterns[progress.pattern as usize];
        let checks = &self.rules.checks[pattern.rule as usize];
        let around = Surroundings { text: self.text, key: None, leaves: &[] };
        let region = pattern.region.is_some();
        progress.next = match judge(self.rules, checks, &around, self.words, found, region) {
            Some(finding) => {
                self.findings.push(finding);
                found.end
            }
            None => found.start + 1,
        };
    }
}
