//! Which findings stay when several cover the same bytes.
//!
//! The order of precedence, first difference decides:
//! 1. a specific rule before a generic one,
//! 2. the higher confidence,
//! 3. the longer span,
//! 4. the higher score,
//! 5. the earlier start,
//! 6. the rule whose id sorts first.
//!
//! Findings are taken in that order. One that overlaps a finding already taken is dropped, unless it is specific, no less sure, and reaches
//! beyond every such finding: then dropping it would leave part of a value readable, so both stay and redaction merges their edits.

use crate::base::Finding;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::Range;

/// Sorts the findings by start and drops the ones that others take precedence over. `generic` tells whether a finding's rule is generic.
pub(super) fn resolve(findings: &mut Vec<Finding>, generic: impl Fn(&Finding) -> bool) {
    // Two patterns of a rule may report the same bytes with different context around them: the surer one counts.
    findings.sort_unstable_by_key(|finding| (finding.span, finding.rule, Reverse(score(finding))));
    findings.dedup_by_key(|finding| (finding.span, finding.rule));
    let (mut first, mut kept) = (0, 0);
    while first < findings.len() {
        let cluster = first..first + cluster_len(&findings[first..]);
        first = cluster.end;
        kept = match cluster.len() {
            1 => {
                findings[kept] = findings[cluster.start];
                kept + 1
            }
            _ => settle(findings, cluster, kept, &generic),
        };
    }
    findings.truncate(kept);
}

/// How many findings follow each other so that each overlaps one in front of it.
fn cluster_len(findings: &[Finding]) -> usize {
    let mut end = findings[0].span.end;
    let joined = |finding: &&Finding| {
        let overlaps = finding.span.start < end;
        end = end.max(finding.span.end);
        overlaps
    };
    1 + findings[1..].iter().take_while(joined).count()
}

/// Writes those of a cluster that stay to the place `kept`, and returns the place behind them.
fn settle(
    findings: &mut [Finding],
    cluster: Range<usize>,
    kept: usize,
    generic: &impl Fn(&Finding) -> bool,
) -> usize {
    findings[cluster.clone()].sort_unstable_by_key(|finding| {
        (
            generic(finding),
            Reverse(finding.confidence),
            Reverse(finding.span.len()),
            Reverse(score(finding)),
            finding.span.start,
            finding.rule,
        )
    });
    // Most often the first one covers all others, and there is nothing to look up.
    let best = findings[cluster.start].span;
    if findings[cluster.clone()].iter().all(|finding| best.contains(finding.span)) {
        findings[kept] = findings[cluster.start];
        return kept + 1;
    }
    let mut taken = Taken::new();
    for finding in &findings[cluster] {
        if stays(finding, &taken, generic) {
            taken.insert(finding.span.start, *finding);
        }
    }
    let end = kept + taken.len();
    findings[kept..end].iter_mut().zip(taken.into_values()).for_each(|(to, from)| *to = from);
    end
}

/// Findings that stay, by start. None of them contains another one, so that their ends ascend with their starts.
type Taken = BTreeMap<usize, Finding>;

/// In thousandths: closer scores are the same.
fn score(finding: &Finding) -> i32 {
    (finding.score * 1000.0) as i32
}

fn stays(finding: &Finding, taken: &Taken, generic: &impl Fn(&Finding) -> bool) -> bool {
    taken
        .range(..finding.span.end)
        .rev()
        .map(|(_, other)| other)
        .take_while(|other| other.span.end > finding.span.start)
        .all(|other| {
            !generic(finding)
                && finding.confidence >= other.confidence
                && !other.span.contains(finding.span)
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Confidence, Evidence, LabelIndex, RuleIndex, Span, ViewPath};

    fn finding(rule: u32, start: usize, end: usize, confidence: Confidence) -> Finding {
        Finding {
            rule: RuleIndex(rule),
            label: LabelIndex(0),
            span: Span::new(start, end),
            confidence,
            score: 0.5,
            evidence: Evidence::NONE,
            view: ViewPath::RAW,
        }
    }

    fn check(findings: &[(u32, usize, usize, Confidence)], expect: &[u32]) {
        let mut list: Vec<_> =
            findings.iter().map(|(rule, start, end, c)| finding(*rule, *start, *end, *c)).collect();
        // Rules from 100 on are generic.
        resolve(&mut list, |finding| finding.rule.0 >= 100);
        let rules: Vec<_> = list.iter().map(|finding| finding.rule.0).collect();
        assert_eq!(rules, expect, "{findings:?}");
    }

    #[test]
    fn precedence_decides_between_overlapping_findings() {
        use Confidence::{High, Low, Medium};
        check(&[(1, 0, 5, Low), (2, 5, 9, Low)], &[1, 2]);
        check(&[(1, 0, 9, Low), (2, 2, 5, High)], &[2]);
        check(&[(1, 0, 9, High), (2, 2, 5, High)], &[1]);
        check(&[(100, 0, 9, High), (2, 2, 5, Low)], &[2]);
        check(&[(2, 0, 9, Medium), (1, 0, 9, Medium)], &[1]);
        check(&[(1, 0, 9, Low), (1, 0, 9, Low)], &[1]);
    }

    #[test]
    fn equally_sure_findings_that_reach_beyond_each_other_both_stay() {
        use Confidence::{High, Medium};
        check(&[(1, 0, 6, High), (2, 4, 9, High)], &[1, 2]);
        check(&[(1, 0, 6, High), (2, 4, 9, Medium)], &[1]);
        check(&[(1, 0, 6, High), (100, 4, 9, High)], &[1]);
    }
}
