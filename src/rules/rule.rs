//! A compiled rule set.

use super::Pack;
use crate::base::{LabelIndex, RuleIndex};
use crate::syntax::{LabelSpec, RuleSpec, Source};
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
    pub(crate) fingerprint: String,
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

    /// All packs, sorted by id.
    pub fn packs(&self) -> &[Pack] {
        &self.packs
    }

    /// The pack of this name.
    pub fn pack(&self, id: &str) -> Option<&Pack> {
        self.packs.iter().find(|pack| pack.id.as_ref() == id)
    }

    /// Hash over everything that decides what is found: rules, labels, packs, engine version. 32 hexadecimal digits.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }
}
