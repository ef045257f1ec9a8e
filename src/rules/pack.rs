//! Packs, resolved against a rule set.

use crate::base::{Action, Confidence};
use std::sync::Arc;

/// A named selection of rules with thresholds and actions.
#[derive(Debug)]
pub struct Pack {
    /// Name.
    pub id: Arc<str>,
    /// What it is for.
    pub title: String,
    /// Per rule, by [`RuleIndex`](crate::base::RuleIndex): whether it is on and what to do.
    pub settings: Vec<RuleSetting>,
}

/// What a pack says of one rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleSetting {
    /// Whether the rule is looked for.
    pub enabled: bool,
    /// Findings below this are dropped.
    pub min_confidence: Confidence,
    /// What to do, by confidence: low, medium, high.
    pub actions: [Action; 3],
}
