//! L5: from findings to what should happen. A pack says it per rule and confidence; a [`Policy`] says it by who sends what where; this says
//! it per document, and per link ([`links`]).

pub mod links;

mod compile;
mod condition;
mod explain;
mod facts;
mod index;
mod lint;
mod read;
mod ruling;
#[cfg(test)]
mod tests;
mod time;

use crate::base::{Action, Confidence, Coverage, Finding, LabelIndex, Sinks};
use crate::rules::Pack;
use crate::syntax::{RedactSpec, TokenName};
use condition::Conditions;
pub use condition::{Failed, Subject};
pub use explain::{Explained, Outcome};
pub use facts::{Abilities, Destination, Facts, Field};
use index::Index;
pub use index::{Match, Request};
pub use lint::lint_grants;
pub use ruling::{By, Enforced, Judged, Ruling, subject};
use std::sync::Arc;
pub use time::moment_ms;

/// Who may send what where: a compiled, immutable policy. Share it as `Arc<Policy>`.
///
/// ```
/// use lockgate::base::{Action, Confidence};
/// use lockgate::policy::{Facts, Policy};
/// use lockgate::rules::Compiler;
/// use lockgate::syntax::Source;
///
/// let (rules, _) = Compiler::with_builtin().build().expect("the built-in rules are valid");
/// let text = r#"
///     policy = { id = "egress", title = "What may leave" }
///     [[rule]]
///     id = "cards-stay-here"
///     when = { label = ["finance.card"] }
///     unless = [{ destination = { trust = ["internal"] } }]
///     action = "block"
///     reason = "Card numbers stay within the company"
/// "#;
/// let (policy, _) = Policy::compile(&[Source::new("egress.toml", text)], &rules).expect("valid");
/// let facts = Facts::default();
/// let card = rules.labels().iter().position(|label| *label.id == *"finance.card").expect("known");
/// let label = lockgate::base::LabelIndex(card as u16);
/// let found = policy.request(&facts, &[]).finding(label, Confidence::High).expect("it matches");
/// assert_eq!(found.action, Action::Block);
/// assert_eq!(policy.rule_id(found.rule), "cards-stay-here");
/// ```
#[derive(Debug)]
pub struct Policy {
    id: Arc<str>,
    title: String,
    version: Option<String>,
    combine: Combine,
    /// What happens to findings that no rule matches; the pack says it if this does not.
    finding: Option<Action>,
    /// What happens to contents that no rule matches.
    content: Action,
    rules: Vec<Rule>,
    /// Where values of tokens may be put back, and under which conditions.
    restores: Vec<(Conditions, Sinks)>,
    fingerprint: Arc<str>,
    index: Index,
}

/// How rules decide that match together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Combine {
    /// The strongest action.
    MostRestrictive,
    /// The first rule.
    FirstMatch,
}

/// One rule, as written or as it follows from an agent.
#[derive(Debug)]
struct Rule {
    id: Arc<str>,
    action: Action,
    reason: Arc<str>,
    obligations: Vec<Arc<str>>,
    style: Option<RedactSpec>,
    token: TokenName,
    when: Conditions,
    unless: Vec<Exception>,
}

/// Where a rule does not match.
#[derive(Debug, PartialEq, Eq)]
struct Exception {
    conditions: Conditions,
    /// The grant that makes it.
    grant: Option<Arc<str>>,
}

impl Policy {
    /// Whether it wants values replaced by tokens anywhere.
    pub fn tokenizes(&self) -> bool {
        self.rules.iter().any(|rule| rule.action == Action::Tokenize)
    }

    /// Where values of tokens may be put back: into words, unless permissions say otherwise; then where one of them says so.
    pub fn restores(&self, facts: &Facts) -> Sinks {
        if self.restores.is_empty() {
            return Sinks::TEXT;
        }
        let met = self.restores.iter().filter(|(when, _)| when.check(facts, &[], None).is_ok());
        met.fold(Sinks::NONE, |all, (_, sinks)| all.or(*sinks))
    }

    /// Its name.
    pub fn id(&self) -> &Arc<str> {
        &self.id
    }

    /// What it is for.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Its author's version.
    pub fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// Names its files' texts: two policies of the same fingerprint decide alike.
    pub fn fingerprint(&self) -> &Arc<str> {
        &self.fingerprint
    }

    /// How its rules decide together.
    pub fn combine(&self) -> Combine {
        self.combine
    }

    /// Number of its rules, those that follow from agents included.
    pub fn rule_count(&self) -> usize {
        self.rules.len()
    }

    /// The id of a rule, by its place. Rules that follow from agents have a slash in theirs.
    pub fn rule_id(&self, place: usize) -> &str {
        &self.rules[place].id
    }

    /// What happens to a finding that no rule matches; `None` if the pack says it.
    pub fn finding_default(&self) -> Option<Action> {
        self.finding
    }

    /// What happens to a content that no rule matches.
    pub fn content_default(&self) -> Action {
        self.content
    }

    /// True if a rule looks at numbers of different values, so that [`request`](Self::request) must be told of them.
    pub fn counts_values(&self) -> bool {
        self.index.counts()
    }

    /// The policy for one content. `values` are the numbers of different values that it holds, by label.
    pub fn request(&self, facts: &Facts, values: &[(LabelIndex, u32)]) -> Request<'_> {
        Request::new(&self.index, facts, values)
    }
}

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
    let floor = floor(coverage);
    findings.iter().map(|finding| action_of(finding, pack)).fold(floor, Action::max)
}

/// The weakest action of what was inspected as far as this says.
fn floor(coverage: &Coverage) -> Action {
    if coverage.is_complete() { Action::Allow } else { Action::Flag }
}

/// True if the finding is to be edited out: its action is [`Action::Redact`] or stronger, since whoever overrules a stronger one
/// still needs the edits.
pub fn redacts(finding: &Finding, pack: &Pack) -> bool {
    action_of(finding, pack) >= Action::Redact
}

#[cfg(test)]
mod pack_tests {
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
