//! What a pack needs to scan streams, compiled once.

use crate::base::code::{RULES_INVALID, STREAM_LISTS};
use crate::base::{Fault, Finding};
use crate::classify;
use crate::matcher::viable::Viable;
use crate::rules::checks::Checks;
use crate::rules::{Pack, Rules};
use std::sync::atomic::{AtomicU64, Ordering};

/// The patterns of one pack as one automaton, and how far apart the things stand that its rules look at. Share it between streams.
#[derive(Debug)]
pub struct StreamProgram {
    /// Different for every program of this process.
    pub(super) serial: u64,
    /// Of the rule set it belongs to.
    pub(super) rules: u64,
    pub(super) viable: Viable,
    /// Per pattern of the automaton.
    pub(super) uses: Vec<Use>,
    /// Bytes in front of a match that its rule looks at.
    pub(super) left_bytes: usize,
    /// Per rule: whether another one needs it nearby.
    pub(super) companion: Vec<bool>,
    /// Widest distance to a companion, in bytes.
    pub(super) companion_bytes: usize,
    #[cfg(test)]
    pub(super) ignored: Option<Hold>,
}

/// Why text is held back. The tests show that each reason is needed: without it something leaves too early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::scan) enum Hold {
    /// Something may match from there.
    Attempt,
    /// A rule looks at what follows a match.
    Context,
    /// A region has begun.
    Region,
    /// A finding needs another one nearby.
    Companion,
    /// A finding may be outranked, or be joined with the next one.
    Overlap,
    /// A character is not complete.
    Character,
    /// What is encoded may not be whole.
    Run,
    /// A value may go on in what is encoded behind it.
    Alive,
    /// Something may match in a view.
    View,
    /// What is encoded twice may not be whole in the first view.
    Inner,
    /// A finding in a view may be outranked.
    ViewOverlap,
}

/// What a pattern of the automaton is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Use {
    /// Number of the pattern in the rule set.
    pub(super) pattern: u32,
    pub(super) part: Part,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// The pattern itself, or the begin marker of its region.
    Match,
    /// The end marker of its region.
    RegionEnd,
}

impl StreamProgram {
    /// Compiles what `pack`, which belongs to `rules`, needs.
    ///
    /// # Errors
    /// The pack has rules with lists: a passage of a document can be as long as the stream. Or the automaton cannot be built.
    pub fn new(rules: &Rules, pack: &Pack) -> Result<Self, Fault> {
        static SERIAL: AtomicU64 = AtomicU64::new(0);
        if !pack.stored.is_empty() {
            return Err(STREAM_LISTS.into());
        }
        let (mut uses, mut hirs) = (Vec::new(), Vec::new());
        let active = rules.patterns.iter().zip(&pack.active).enumerate();
        for (number, (pattern, _)) in active.filter(|(_, (_, active))| **active) {
            uses.push(Use { pattern: number as u32, part: Part::Match });
            hirs.push(pattern.verifier.pattern());
            if let Some(region) = &pattern.region {
                uses.push(Use { pattern: number as u32, part: Part::RegionEnd });
                hirs.push(region.end.pattern());
            }
        }
        let viable = Viable::new(&hirs).map_err(|error| Fault::new(RULES_INVALID, error))?;
        let mut rules_active: Vec<_> =
            uses.iter().map(|used| rules.patterns[used.pattern as usize].rule).collect();
        rules_active.dedup();
        let checks = || rules_active.iter().map(|rule| &rules.checks[*rule as usize]);
        let companions = || checks().flat_map(|checks| &checks.companions);
        let mut companion = vec![false; rules.rules.len()];
        companions().for_each(|needed| companion[needed.rule.index()] = true);
        Ok(Self {
            serial: SERIAL.fetch_add(1, Ordering::Relaxed),
            rules: rules.serial,
            viable,
            uses,
            left_bytes: checks().map(left_bytes).max().unwrap_or(0) + 1,
            companion,
            companion_bytes: companions().map(|needed| needed.within).max().unwrap_or(0),
            #[cfg(test)]
            ignored: None,
        })
    }

    /// Whether this reason counts: always, but in tests of the tests.
    #[cfg(not(test))]
    pub(super) const fn holds(&self, _reason: Hold) -> bool {
        true
    }

    #[cfg(test)]
    pub(super) fn holds(&self, reason: Hold) -> bool {
        self.ignored != Some(reason)
    }

    /// Whether findings of the rule of this finding are needed by others.
    pub(super) fn is_companion(&self, finding: &Finding) -> bool {
        self.companion[finding.rule.index()]
    }
}

/// Bytes in front of a match that a rule looks at; one more says whether a word begins there.
fn left_bytes(checks: &Checks) -> usize {
    let windows = [&checks.keywords, &checks.exclude].into_iter().flatten();
    let words = windows.filter(|window| window.before).map(|window| window.within).max();
    let name = if checks.classified { classify::LEFT_BYTES_MAX } else { 0 };
    // Characters are cut nowhere: the longest has four bytes.
    words.unwrap_or(0).max(name).max(3)
}
