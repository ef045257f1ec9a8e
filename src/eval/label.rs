//! Labels as numbers, and how two of them are related.

use crate::base::is_under;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// Position of a label in its [`Labels`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LabelId(pub(super) u16);

impl LabelId {
    pub(super) fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// When the label of a finding counts for the label of a span.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LabelMatch {
    /// The same label.
    Same,
    /// The same label, or one is an ancestor of the other: `credential` and `credential.aws`.
    #[default]
    Related,
    /// The same first segment: `pii.us.ssn` and `pii.phone`.
    Domain,
    /// Any label: only the place counts.
    Any,
}

impl LabelMatch {
    /// The name on the command line and in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Related => "related",
            Self::Domain => "domain",
            Self::Any => "any",
        }
    }

    fn matches(self, a: &str, b: &str) -> bool {
        match self {
            Self::Same => a == b,
            Self::Related => is_under(a, b) || is_under(b, a),
            Self::Domain => domain(a) == domain(b),
            Self::Any => true,
        }
    }
}

/// The first segment.
pub(super) fn domain(label: &str) -> &str {
    label.split('.').next().unwrap_or(label)
}

/// The label and everything above it, from the top: `pii`, `pii.us`, `pii.us.ssn`.
pub(super) fn lineage(label: &str) -> impl Iterator<Item = &str> {
    label.match_indices('.').map(|(dot, _)| &label[..dot]).chain([label])
}

/// All labels that spans and findings of a study can have: those of the rules and everything above them.
#[derive(Clone, Debug)]
pub struct Labels {
    names: Vec<Arc<str>>,
    index: HashMap<Arc<str>, LabelId>,
    /// By first label times the number of labels plus second label.
    matches: Vec<bool>,
}

impl Labels {
    /// A table of these labels and their ancestors.
    pub fn new<'l>(labels: impl Iterator<Item = &'l str>, label_match: LabelMatch) -> Self {
        let names: BTreeSet<&str> = labels.flat_map(lineage).collect();
        let names: Vec<Arc<str>> = names.into_iter().map(Arc::from).collect();
        let index = names.iter().zip(0..).map(|(name, i)| (Arc::clone(name), LabelId(i))).collect();
        let pairs = names.iter().flat_map(|a| names.iter().map(move |b| (a, b)));
        let matches = pairs.map(|(a, b)| label_match.matches(a, b)).collect();
        Self { names, index, matches }
    }

    /// The label of this name.
    pub fn find(&self, name: &str) -> Option<LabelId> {
        self.index.get(name).copied()
    }

    /// The name of a label.
    pub fn name(&self, label: LabelId) -> &Arc<str> {
        &self.names[label.index()]
    }

    /// True if a finding of one label counts for a span of the other.
    pub fn matches(&self, a: LabelId, b: LabelId) -> bool {
        self.matches[a.index() * self.names.len() + b.index()]
    }

    /// Number of labels.
    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = LabelId> + use<> {
        (0..u16::try_from(self.names.len()).unwrap_or(u16::MAX)).map(LabelId)
    }

    /// Per label: whether it is one of `wanted`, lies below one, or above one.
    pub(super) fn within(&self, wanted: &[LabelId]) -> Vec<bool> {
        let near = |id: LabelId| {
            let name = self.name(id);
            wanted.iter().any(|other| LabelMatch::Related.matches(name, self.name(*other)))
        };
        self.ids().map(near).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_match_by_their_place_in_the_tree() {
        let check = |label_match: LabelMatch, a: &str, b: &str, expect: bool| {
            let labels = Labels::new([a, b].into_iter(), label_match);
            let id = |name| labels.find(name).unwrap();
            assert_eq!(labels.matches(id(a), id(b)), expect, "{label_match:?} {a} {b}");
            assert_eq!(labels.matches(id(b), id(a)), expect, "{label_match:?} {b} {a}");
        };
        check(LabelMatch::Same, "pii.us.ssn", "pii.us.ssn", true);
        check(LabelMatch::Same, "pii.us.ssn", "pii.us", false);
        check(LabelMatch::Related, "pii.us.ssn", "pii", true);
        check(LabelMatch::Related, "pii.us.ssn", "pii.us.ein", false);
        check(LabelMatch::Related, "pii.usage", "pii.us", false);
        check(LabelMatch::Domain, "pii.us.ssn", "pii.email", true);
        check(LabelMatch::Domain, "pii.email", "finance.card", false);
        check(LabelMatch::Any, "pii.email", "finance.card", true);
    }

    #[test]
    fn ancestors_are_labels_too() {
        let labels = Labels::new(["pii.us.ssn"].into_iter(), LabelMatch::Related);
        assert!(labels.find("pii.us").is_some() && labels.find("pii").is_some());
        assert!(labels.find("us").is_none());
        assert_eq!(lineage("a.b.c").collect::<Vec<_>>(), ["a", "a.b", "a.b.c"]);
    }
}
