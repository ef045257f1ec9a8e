//! L4: from text to findings.
//!
//! Candidates of all patterns are found in two passes ([`matcher`](crate::matcher)). Pattern by pattern, in ascending order of start, each
//! is verified; a match is judged (allow list, shape, validators, context) and becomes a finding; the search goes on behind a finding, or
//! one byte behind the start of a match that was rejected. That is the same as iterating each regex over the whole text, which
//! [`NaiveScanner`] does. Rules with lists look theirs up. Then companions are demanded and overlaps resolved.

mod judge;
mod keywords;
mod naive;
mod overlap;
mod region;
mod scratch;
mod stored;
mod stream;
mod views;

pub use naive::NaiveScanner;
pub use scratch::Scratch;
pub use stream::{Settled, StreamProgram, StreamRules, StreamScanner};
pub use views::{Leaves, Seen, inspect};

use crate::base::{Evidence, Finding, Input, RuleIndex};
use crate::matcher::Candidate;
use crate::matcher::anchor::Anchor;
use crate::matcher::verify::Match;
use crate::payload::json::Leaf;
use crate::rules::pattern::Pattern;
use crate::rules::{Pack, Rules};
use judge::{NearWords, Starts, Surroundings, judge, with_context};
use keywords::KeywordCache;
use scratch::{Fitted, PatternCache};
use stored::Stored;

/// Scans texts with one rule set and one pack.
///
/// ```
/// use lockgate::base::Input;
/// use lockgate::rules::Compiler;
/// use lockgate::scan::{Scanner, Scratch};
///
/// let (rules, _) = Compiler::with_builtin().build().expect("the built-in rules are valid");
/// let pack = rules.pack("default").expect("the default pack is built in");
/// let mut scratch = Scratch::new(&rules);
/// let findings = Scanner::new(&rules, pack).scan(&mut scratch, &Input::new("mail jane.doe@example.com"));
/// assert_eq!(findings[0].span.range(), 5..25);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Scanner<'r> {
    rules: &'r Rules,
    pack: &'r Pack,
}

impl<'r> Scanner<'r> {
    /// A scanner for the rules that `pack` enables. The pack must belong to `rules`.
    pub fn new(rules: &'r Rules, pack: &'r Pack) -> Self {
        assert_eq!(pack.active.len(), rules.patterns.len(), "the pack belongs to the rules");
        Self { rules, pack }
    }

    /// Findings in one text, in ascending order of start.
    ///
    /// # Panics
    /// If the text is larger than [`INPUT_BYTES_MAX`](crate::base::limits::INPUT_BYTES_MAX).
    pub fn scan<'s>(&self, scratch: &'s mut Scratch, input: &Input<'_>) -> &'s [Finding] {
        self.scan_document(scratch, input, &[])
    }

    /// Findings in the view of a document, whose leaves give values the context of their keys.
    ///
    /// # Panics
    /// As [`scan`](Self::scan).
    pub fn scan_document<'s>(
        &self,
        scratch: &'s mut Scratch,
        input: &Input<'_>,
        leaves: &[Leaf],
    ) -> &'s [Finding] {
        assert!(
            input.text.len() <= crate::base::limits::INPUT_BYTES_MAX,
            "the caller checks the size"
        );
        let around = Surroundings { text: input.text, key: input.key, leaves };
        let (findings, fitted) = scratch.fit(self.rules);
        findings.clear();
        let Fitted { matcher, words, candidates, caches, stored, .. } = fitted;
        candidates.clear();
        words.clear();
        let mut near = NearWords { keywords: &self.rules.keywords, around, words, named: None };
        let active = &self.pack.active;
        self.rules.matcher.candidates(matcher, input.text, active, &mut near, candidates);
        let lookups = &self.pack.stored;
        if candidates.is_empty() && lookups.is_empty() {
            return findings;
        }
        candidates.sort_unstable();
        for group in candidates.chunk_by(|a, b| a.pattern == b.pattern) {
            let pattern = group[0].pattern as usize;
            Patterned { rules: self.rules, number: pattern, around, words }.verify(
                &mut caches[pattern],
                group,
                findings,
            );
        }
        if !lookups.is_empty() {
            Stored { rules: self.rules, active: lookups, around, words }.scan(stored, findings);
        }
        self.finish(findings);
        findings
    }

    /// Demands companions, drops what the pack does not report, resolves overlaps.
    fn finish(&self, findings: &mut Vec<Finding>) {
        self.demand_companions(findings);
        findings.retain(|finding| {
            let setting = &self.pack.settings[finding.rule.index()];
            setting.enabled && finding.confidence >= setting.min_confidence
        });
        overlap::resolve(findings, |finding| self.rules.checks[finding.rule.index()].generic);
    }

    fn demand_companions(&self, findings: &mut Vec<Finding>) {
        let companions = |finding: &Finding| &self.rules.checks[finding.rule.index()].companions;
        if findings.iter().all(|finding| companions(finding).is_empty()) {
            return;
        }
        findings.sort_unstable_by_key(|finding| (finding.rule, finding.span));
        let all = findings.clone();
        let reach = longest_reach(&all);
        findings.retain_mut(|finding| {
            let needed = companions(finding);
            let near = |companion: &crate::rules::checks::Companion| {
                // The first finding of that rule that does not end too early: those behind it start later.
                let first = reach.partition_point(|(rule, end)| {
                    (*rule, end + companion.within) < (companion.rule, finding.span.start)
                });
                all.get(first).is_some_and(|other| {
                    other.rule == companion.rule
                        && other.span.distance(finding.span) <= companion.within
                })
            };
            let complete = needed.iter().all(near);
            if complete && !needed.is_empty() {
                finding.evidence = finding.evidence.with(Evidence::COMPANION);
            }
            complete
        });
    }
}

/// Per finding, sorted by rule and span: its rule, and the greatest end of it and of those of its rule that start earlier.
fn longest_reach(findings: &[Finding]) -> Vec<(RuleIndex, usize)> {
    let mut reach: (RuleIndex, usize) = (RuleIndex(0), 0);
    let of = |finding: &Finding| {
        let end = if finding.rule == reach.0 { reach.1 } else { 0 };
        reach = (finding.rule, end.max(finding.span.end));
        reach
    };
    findings.iter().map(of).collect()
}

/// One pattern at work on one text.
struct Patterned<'a, 't> {
    rules: &'a Rules,
    number: usize,
    around: Surroundings<'t>,
    words: &'a mut KeywordCache,
}

impl Patterned<'_, '_> {
    fn pattern(&self) -> &Pattern {
        &self.rules.patterns[self.number]
    }

    /// Verifies the candidates of the pattern, which are sorted by their first place.
    fn verify(
        mut self,
        cache: &mut PatternCache,
        group: &[Candidate],
        findings: &mut Vec<Finding>,
    ) {
        // Places in front of this one have been tried, or lie in a finding.
        let mut next = 0;
        for (i, candidate) in group.iter().enumerate() {
            let first = next.max(candidate.first as usize);
            let last = candidate.last as usize;
            if first > last {
                continue;
            }
            let Some(starts) = self.in_context(Starts { first, last }) else { continue };
            let (mut first, last) = (starts.first, starts.last);
            while first <= last {
                let rules = self.rules;
                let verifier = &rules.patterns[self.number].verifier;
                let Some(found) = verifier.find(&mut cache.begin, self.around.text, first, last)
                else {
                    next = last + 1;
                    break;
                };
                let found = self.extend(cache, found, &group[i..]);
                next = self.judge(found, findings);
                first = next;
            }
        }
    }

    /// Of the places, those with the keyword near that the rule demands.
    ///
    /// Tokens are many and long, and share what is learnt about the words around them: these are looked for first. Other anchors are rare,
    /// or the pattern decides sooner: they are verified at once.
    fn in_context(&mut self, starts: Starts) -> Option<Starts> {
        match self.pattern().anchor {
            Anchor::Token { .. } => self.with_context(starts),
            _ => Some(starts),
        }
    }

    fn with_context(&mut self, starts: Starts) -> Option<Starts> {
        let rules = self.rules;
        let pattern = &rules.patterns[self.number];
        let checks = &rules.checks[pattern.rule as usize];
        with_context(rules, checks, pattern, &self.around, self.words, starts)
    }

    /// Makes a region of a begin marker; `Err` holds the marker of a region without an end.
    fn extend(
        &self,
        cache: &mut PatternCache,
        found: Match,
        rest: &[Candidate],
    ) -> Result<Match, Match> {
        let Some(region) = &self.pattern().region else { return Ok(found) };
        let verifier = &self.pattern().verifier;
        let text = self.around.text;
        let next = rest.iter().find_map(|candidate| {
            let first = found.end.max(candidate.first as usize);
            let last = candidate.last as usize;
            (first <= last).then(|| verifier.find(&mut cache.begin, text, first, last)).flatten()
        });
        region::extend(region, &mut cache.end, text, found, next.map(|next| next.start))
            .ok_or(found)
    }

    /// Judges a match, keeps the finding, and says where the search goes on.
    fn judge(&mut self, found: Result<Match, Match>, findings: &mut Vec<Finding>) -> usize {
        let rules = self.rules;
        let checks = &rules.checks[self.pattern().rule as usize];
        let region = self.pattern().region.is_some();
        let found = match found {
            Ok(found) => found,
            Err(marker) => return marker.start + 1,
        };
        match judge(rules, checks, &self.around, self.words, found, region) {
            Some(finding) => {
                findings.push(finding);
                found.end
            }
            None => found.start + 1,
        }
    }
}
