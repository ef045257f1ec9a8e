//! A compiled rule set.

use super::Pack;
use super::checks::Checks;
use super::keywords::Keywords;
use super::pattern::Pattern;
use super::stored::StoredRules;
use crate::base::{Action, Confidence, LabelIndex, RuleIndex};
use crate::matcher::literals::Literal;
use crate::matcher::{Backend, Matcher};
use crate::syntax::{LabelSpec, LinkName, RuleSpec, Source};
use std::ops::Range;
use std::sync::Arc;

/// One compiled rule.
#[derive(Debug)]
pub struct Rule {
    /// Full id: `secrets.aws.access-key-id`.
    pub id: Arc<str>,
    /// Label of its findings.
    pub label: LabelIndex,
    /// The rule as written.
    pub spec: RuleSpec,
    /// Title of the family.
    pub family_title: Arc<str>,
    /// The file it came from.
    pub source: Source,
    /// Its patterns, by number in the whole set.
    pub(crate) patterns: Range<usize>,
    /// Its number among the rules with lists.
    pub(crate) stored: Option<usize>,
}

/// One label.
#[derive(Debug)]
pub struct Label {
    /// Dotted name: `pii.email`.
    pub id: Arc<str>,
    /// The label as written.
    pub spec: LabelSpec,
}

/// An immutable, compiled rule set. Share it as `Arc<Rules>`.
#[derive(Debug)]
pub struct Rules {
    pub(crate) rules: Vec<Rule>,
    pub(crate) labels: Vec<Label>,
    pub(crate) packs: Vec<Pack>,
    pub(crate) patterns: Vec<Pattern>,
    /// Per rule.
    pub(crate) checks: Vec<Checks>,
    pub(crate) matcher: Matcher,
    pub(crate) keywords: Keywords,
    pub(crate) stored: StoredRules,
    /// The rules that the inspector of links speaks for.
    pub(crate) links: Vec<(LinkName, RuleIndex)>,
    pub(crate) backend: Backend,
    pub(crate) fingerprint: String,
    /// Different for every rule set of this process, so that scratch memory knows whom it belongs to.
    pub(crate) serial: u64,
}

impl Rules {
    /// All rules, by [`RuleIndex`], sorted by id.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The rule at an index of this rule set.
    pub fn rule(&self, index: RuleIndex) -> &Rule {
        &self.rules[index.index()]
    }

    /// The rule with this full id.
    pub fn find(&self, id: &str) -> Option<RuleIndex> {
        let position = self.rules.binary_search_by(|rule| rule.id.as_ref().cmp(id)).ok()?;
        u32::try_from(position).ok().map(RuleIndex)
    }

    /// All labels, by [`LabelIndex`].
    pub fn labels(&self) -> &[Label] {
        &self.labels
    }

    /// The label at an index of this rule set.
    pub fn label(&self, index: LabelIndex) -> &Label {
        &self.labels[index.index()]
    }

    /// The rules about links, with what each of them looks for.
    pub fn link_rules(&self) -> &[(LinkName, RuleIndex)] {
        &self.links
    }

    /// All packs, sorted by id.
    pub fn packs(&self) -> &[Pack] {
        &self.packs
    }

    /// The pack of this name.
    pub fn pack(&self, id: &str) -> Option<&Pack> {
        self.packs.iter().find(|pack| pack.id.as_ref() == id)
    }

    /// A pack in which every rule is on and every finding is flagged, whatever its status.
    pub fn everything(&self) -> Pack {
        let setting = super::RuleSetting {
            enabled: true,
            min_confidence: Confidence::Low,
            actions: [Action::Flag; 3],
        };
        Pack {
            id: "everything".into(),
            title: "Every rule, flagged".to_owned(),
            settings: vec![setting; self.rules.len()],
            active: vec![true; self.patterns.len()],
            stored: self.stored.active(|_| true),
        }
    }

    /// A pack in which one rule is on, with the companions it needs.
    pub fn only(&self, index: RuleIndex) -> Pack {
        let mut pack = self.everything();
        for (i, setting) in pack.settings.iter_mut().enumerate() {
            setting.enabled = i == index.index();
        }
        pack.activate(&self.rules, &self.checks, self.patterns.len(), &self.stored);
        pack
    }

    /// Hash over everything that decides what is found: rules, labels, packs, engine version. 32 hexadecimal digits.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// Name of the matcher that finds the literal anchors: `hyperscan` or `portable`.
    pub fn matcher_name(&self) -> &'static str {
        self.backend.name()
    }

    /// Number of compiled patterns.
    pub fn pattern_count(&self) -> usize {
        self.patterns.len()
    }

    /// The patterns of a rule as written; for a region its begin marker.
    pub fn patterns_of(&self, index: RuleIndex) -> impl Iterator<Item = &str> {
        let range = self.rule(index).patterns.clone();
        self.patterns[range].iter().map(|pattern| pattern.verifier.text())
    }

    /// The literals that are looked for.
    pub fn anchor_literals(&self) -> &[Literal] {
        self.matcher.anchors()
    }

    /// Heap memory of the compiled patterns and matchers in bytes, roughly.
    pub fn memory_usage(&self) -> usize {
        let verifiers: usize =
            self.patterns.iter().map(|pattern| pattern.verifier.memory_usage()).sum();
        verifiers
            + self.matcher.memory_usage()
            + self.keywords.memory_usage()
            + self.stored.memory_usage()
    }
}
