//! L5: from findings to what should happen. A pack says it per rule and confidence; this says it per document, and per link ([`links`]).

pub mod links;

use crate::base::{Action, Confidence, Coverage, Finding};
use crate::rules::Pack;

/// What the pack says of one finding. A finding of a rule that the pack does not know is at least noted.
pub fn action_of(finding: &Finding, pack: &Pack) -> Action {
    let level = match finding.confidence {
        Confidence::Low => 0,
        Confidence::Medium => 1,
        Confidence::High => 2,
    };
    pack.settings.get(finding.rule.index()).map_or(Action::Flag, |setting| setting.actions[level])
}

/// The strongest action of all findings. If something was not inspected, it is [`Action::Flag`] at least: a scan that was not complete
/// never looks clean.
pub fn decide(findings: &[Finding], pack: &Pack, coverage: &Coverage) -> Action {
    let floor = if coverage.is_complete() { Action::Allow } else { Action::Flag };
    findings.iter().map(|finding| action_of(finding, pack)).fold(floor, Action::max)
}

/// True if the finding is to be edited out: its action is [`Action::Redact`] or stronger, since whoever overrules a stronger one
/// still needs the edits.
pub fn redacts(finding: &Finding, pack: &Pack) -> bool {
    action_of(finding, pack) >= Action::Redact
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::code::BINARY;
    use crate::base::{Evidence, Gap, LabelIndex, RuleIndex, Span, ViewPath};
    use crate::rules::RuleSetting;

    fn pack() -> Pack {
        let setting =
            |actions| RuleSetting { enabled: true, min_confidence: Confidence::Low, actions };
        Pack {
            id: "test".into(),
            title: "test".into(),
            settings: vec![
                setting([Action::Allow, Action::Flag, Action::Redact]),
                setting([Action::Flag, Action::Redact, Action::Block]),
            ],
            active: Vec::new(),
            stored: Default::default(),
        }
    }

    fn finding(rule: u32, confidence: Confidence) -> Finding {
        Finding {
            rule: RuleIndex(rule),
            label: LabelIndex(0),
            span: Span::new(0, 1),
            confidence,
            score: 0.5,
            evidence: Evidence::NONE,
            view: ViewPath::RAW,
        }
    }

    fn check(findings: &[(u32, Confidence)], complete: bool, expect: Action) {
        let findings: Vec<_> = findings.iter().map(|&(rule, level)| finding(rule, level)).collect();
        let mut coverage = Coverage::complete(10);
        if !complete {
            coverage.gaps.push(Gap { code: BINARY, span: Span::new(5, 10), media: None });
        }
        assert_eq!(decide(&findings, &pack(), &coverage), expect);
    }

    #[test]
    fn the_strongest_action_wins() {
        use Confidence::{High, Low, Medium};
        check(&[], true, Action::Allow);
        check(&[(0, Low)], true, Action::Allow);
        check(&[(0, Low), (0, Medium)], true, Action::Flag);
        check(&[(0, High), (1, Low)], true, Action::Redact);
        check(&[(1, High), (0, Low)], true, Action::Block);
    }

    #[test]
    fn a_rule_that_the_pack_does_not_know_is_noted() {
        check(&[(7, Confidence::High)], true, Action::Flag);
    }

    #[test]
    fn a_gap_never_looks_clean() {
        check(&[], false, Action::Flag);
        check(&[(0, Confidence::Low)], false, Action::Flag);
        check(&[(0, Confidence::High)], false, Action::Redact);
    }

    #[test]
    fn findings_are_edited_from_redact_on() {
        let redacts = |rule, level| redacts(&finding(rule, level), &pack());
        assert!(!redacts(0, Confidence::Medium));
        assert!(redacts(0, Confidence::High));
        assert!(!redacts(1, Confidence::Low));
        assert!(redacts(1, Confidence::High));
    }
}
