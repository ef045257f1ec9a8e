//! Which findings are final, and how much of the text: companions, precedence among those that overlap, whole characters.

use super::program::{Hold, StreamProgram};
use crate::base::{Evidence, Finding, Span};
use crate::rules::{Pack, Rules};
use crate::scan::overlap;
use crate::text::boundary::{char_ceil, char_floor};

/// Findings that were made and have not left yet.
#[derive(Debug, Default)]
pub(super) struct Pending {
    /// New ones, then those whose companions may still come.
    pub(super) waiting: Vec<Finding>,
    /// Those that are reported unless others outrank them.
    complete: Vec<Finding>,
    /// Those that others may need nearby.
    companions: Vec<Finding>,
    /// Text in front of this place was given up: what is found in it is of no use.
    given_up: usize,
}

/// How far everything is known.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known<'t> {
    pub(super) text: &'t [u8],
    /// All findings that start in front of this place have been made.
    pub(super) seen: usize,
    pub(super) ended: bool,
}

impl Pending {
    /// The place up to which text and findings are final.
    pub(super) fn frontier(
        &mut self,
        rules: &Rules,
        pack: &Pack,
        program: &StreamProgram,
        known: Known<'_>,
    ) -> usize {
        self.demand_companions(rules, pack, program, known);
        let waiting = self.waiting.iter().map(|finding| finding.span.start).min();
        let Known { text, mut seen, ended } = known;
        if !ended && program.holds(Hold::Character) {
            seen = seen.min(whole_characters(text));
        }
        let frontier = waiting.map_or(seen, |start| start.min(seen));
        if program.holds(Hold::Overlap) {
            self.in_front_of_overlaps(text, frontier)
        } else {
            frontier
        }
    }

    /// Forgets what was found in front of this place, where all text was given up.
    pub(super) fn give_up(&mut self, place: usize) {
        self.waiting.clear();
        self.complete.clear();
        self.given_up = place;
    }

    /// Moves the findings that start in front of the frontier to `out`, without those that others outrank.
    pub(super) fn take(&mut self, rules: &Rules, frontier: usize, out: &mut Vec<Finding>) {
        out.clear();
        let count = self.complete.partition_point(|finding| finding.span.start < frontier);
        if count > 0 {
            out.extend(self.complete.drain(..count));
            overlap::resolve(out, |finding| rules.checks[finding.rule.index()].generic);
        }
    }

    /// Moves all places back, after as many bytes at the start of the text were forgotten.
    pub(super) fn rebase(&mut self, bytes: usize) {
        let all = [&mut self.waiting, &mut self.complete, &mut self.companions];
        for finding in all.into_iter().flatten() {
            finding.span.start -= bytes;
            finding.span.end -= bytes;
        }
        self.given_up = self.given_up.saturating_sub(bytes);
    }

    /// The earliest place that findings which have not left are about.
    pub(super) fn first_needed(&self) -> Option<usize> {
        let all = [&self.waiting, &self.complete, &self.companions];
        all.into_iter().flatten().map(|finding| finding.span.start).min()
    }

    fn demand_companions(
        &mut self,
        rules: &Rules,
        pack: &Pack,
        program: &StreamProgram,
        known: Known<'_>,
    ) {
        if self.waiting.is_empty() && self.companions.is_empty() {
            return;
        }
        let Self { waiting, complete, companions, given_up } = self;
        // Findings that wait are shown again: one is enough.
        for finding in waiting.iter().filter(|finding| program.is_companion(finding)) {
            let same = |other: &Finding| other.rule == finding.rule && other.span == finding.span;
            if !companions.iter().any(same) {
                companions.push(*finding);
            }
        }
        waiting.retain_mut(|finding| {
            let needed = &rules.checks[finding.rule.index()].companions;
            let near = |within: usize, rule| {
                companions.iter().any(|other: &Finding| {
                    other.rule == rule && other.span.distance(finding.span) <= within
                })
            };
            if !needed.iter().all(|companion| near(companion.within, companion.rule)) {
                let within = needed.iter().map(|companion| companion.within).max().unwrap_or(0);
                return !known.ended
                    && known.seen <= finding.span.end + within
                    && program.holds(Hold::Companion);
            }
            if !needed.is_empty() {
                finding.evidence = finding.evidence.with(Evidence::COMPANION);
            }
            let setting = &pack.settings[finding.rule.index()];
            finding.span.start = finding.span.start.max(*given_up);
            if setting.enabled
                && finding.confidence >= setting.min_confidence
                && finding.span.start < finding.span.end
            {
                let at = complete.partition_point(|other| other.span.start <= finding.span.start);
                complete.insert(at, *finding);
            }
            false
        });
        let first = waiting.iter().map(|finding| finding.span.start).min().unwrap_or(known.seen);
        let first = first.min(known.seen);
        companions.retain(|finding| finding.span.end + program.companion_bytes >= first);
    }

    /// The frontier, or the start of the findings that share bytes with each other and reach across it.
    pub(super) fn in_front_of_overlaps(&self, text: &[u8], frontier: usize) -> usize {
        let mut cluster = Span::new(0, 0);
        for finding in &self.complete {
            let start = char_floor(text, finding.span.start);
            let end = char_ceil(text, finding.span.end);
            if start < cluster.end {
                cluster.end = cluster.end.max(end);
                continue;
            }
            if cluster.end > frontier || start >= frontier {
                break;
            }
            cluster = Span::new(start, end);
        }
        let across = cluster.start < frontier && frontier < cluster.end;
        char_floor(text, if across { cluster.start } else { frontier })
    }
}

/// The length of the text without a character at its end that is not complete.
fn whole_characters(text: &[u8]) -> usize {
    let len = text.len();
    let last = (len.saturating_sub(3)..len).rev().find(|at| text[*at] & 0xc0 != 0x80);
    let Some(last) = last else { return len };
    let whole = match text[last] {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => 1,
    };
    if len - last < whole { last } else { len }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_that_is_not_complete_is_not_counted() {
        let check = |text: &[u8], expect: usize| assert_eq!(whole_characters(text), expect);
        check(b"", 0);
        check(b"ab", 2);
        check(b"a\xc3", 1);
        check("aé".as_bytes(), 3);
        check(b"a\xf0\x9f\x98", 1);
        check("😀".as_bytes(), 4);
        check(b"\x80\x80\x80\x80", 4);
        check(b"a\xff", 2);
    }
}
