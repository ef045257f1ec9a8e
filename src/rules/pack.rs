//! Packs, resolved against a rule set.

use super::Rule;
use super::checks::Checks;
use super::stored::{StoredActive, StoredRules};
use crate::base::{Action, Confidence, RuleIndex};
use crate::syntax::{ActionName, ConfidenceName, OnSpec, PackSpec, Status};
use std::sync::Arc;

/// A named selection of rules with thresholds and actions.
#[derive(Debug)]
pub struct Pack {
    /// Name.
    pub id: Arc<str>,
    /// What it is for.
    pub title: String,
    /// Per rule, by [`RuleIndex`]: whether it is on and what to do.
    pub settings: Vec<RuleSetting>,
    /// Per pattern of the rule set: whether it is looked for, for its own sake or as a companion.
    pub(crate) active: Vec<bool>,
    /// The rules with lists that are needed, for their own sake or as a companion.
    pub(crate) stored: StoredActive,
}

/// What a pack says of one rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleSetting {
    /// Whether findings of the rule are reported.
    pub enabled: bool,
    /// Findings below this are dropped.
    pub min_confidence: Confidence,
    /// What to do, by confidence: low, medium, high.
    pub actions: [Action; 3],
}

impl Pack {
    /// Number of rules that are on.
    pub fn rules_enabled(&self) -> usize {
        self.settings.iter().filter(|setting| setting.enabled).count()
    }

    /// The same pack with other actions, made of the rule, the confidence and the action that it has.
    pub fn acting(&self, action: impl Fn(RuleIndex, Confidence, Action) -> Action) -> Self {
        let settings = (0_u32..).zip(&self.settings).map(|(rule, setting)| {
            let of =
                |level: Confidence| action(RuleIndex(rule), level, setting.actions[level as usize]);
            RuleSetting { actions: Confidence::ALL.map(of), ..*setting }
        });
        Self {
            id: Arc::clone(&self.id),
            title: self.title.clone(),
            settings: settings.collect(),
            active: self.active.clone(),
            stored: self.stored.clone(),
        }
    }

    /// Notes which patterns must be looked for: those of the rules that are on and of their companions.
    pub(crate) fn activate(
        &mut self,
        rules: &[Rule],
        checks: &[Checks],
        patterns: usize,
        stored: &StoredRules,
    ) {
        self.active = vec![false; patterns];
        let mut waiting: Vec<usize> =
            (0..rules.len()).filter(|rule| self.settings[*rule].enabled).collect();
        let mut seen = vec![false; rules.len()];
        while let Some(rule) = waiting.pop() {
            if !std::mem::replace(&mut seen[rule], true) {
                self.active[rules[rule].patterns.clone()].fill(true);
                waiting
                    .extend(checks[rule].companions.iter().map(|companion| companion.rule.index()));
            }
        }
        self.stored = stored.active(|rule| seen[rule]);
    }

    /// Resolves a pack as written. `label_of` names the label of a rule.
    pub(crate) fn resolve(
        spec: &PackSpec,
        rules: &[Rule],
        label_of: impl Fn(&Rule) -> Arc<str>,
    ) -> Self {
        let settings = rules.iter().map(|rule| setting(spec, rule, &label_of(rule))).collect();
        Self {
            id: spec.id.get_ref().as_str().into(),
            title: spec.title.clone(),
            settings,
            active: Vec::new(),
            stored: StoredActive::default(),
        }
    }
}

fn setting(spec: &PackSpec, rule: &Rule, label: &str) -> RuleSetting {
    let selects = |pattern: &str| selects(pattern, &rule.id) || selects(pattern, label);
    let in_life = match rule.spec.status {
        Status::Stable => true,
        Status::Preview => spec.preview,
        Status::Deprecated => false,
    };
    let enabled = in_life
        && spec.include.iter().any(|pattern| selects(pattern.get_ref()))
        && !spec.exclude.iter().any(|pattern| selects(pattern.get_ref()));
    let said = |level: Confidence| {
        let decides = |on: &&OnSpec| {
            self::selects(on.label.get_ref(), label) && level >= level_of(on.min_confidence)
        };
        spec.on.iter().find(decides).map(|on| on.action)
    };
    let actions = Confidence::ALL.map(|level| said(level).map_or(Action::Flag, action_of));
    let reported =
        |level: &Confidence| said(*level).is_none_or(|action| action != ActionName::Ignore);
    // What is ignored at every level is not looked for at all.
    let Some(least) = Confidence::ALL.into_iter().find(reported) else {
        return RuleSetting { enabled: false, min_confidence: Confidence::High, actions };
    };
    RuleSetting { enabled, min_confidence: least.max(level_of(spec.min_confidence)), actions }
}

/// Whether `pattern` names `id`: the same, a dotted prefix of it, or a prefix that ends in `*`.
pub(crate) fn selects(pattern: &str, id: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(prefix) => id.starts_with(prefix),
        None => {
            id.strip_prefix(pattern).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        }
    }
}

pub(crate) fn level_of(name: ConfidenceName) -> Confidence {
    match name {
        ConfidenceName::Low => Confidence::Low,
        ConfidenceName::Medium => Confidence::Medium,
        ConfidenceName::High => Confidence::High,
    }
}

fn action_of(name: ActionName) -> Action {
    match name {
        ActionName::Ignore | ActionName::Allow => Action::Allow,
        ActionName::Flag => Action::Flag,
        ActionName::Redact => Action::Redact,
        ActionName::Block => Action::Block,
    }
}

#[cfg(test)]
mod tests {
    use super::selects;

    #[test]
    fn a_pattern_selects_by_whole_segments_unless_it_ends_in_a_star() {
        for (pattern, id, expect) in [
            ("secrets", "secrets.aws.key", true),
            ("secrets.a", "secrets.aws.key", false),
            ("secrets.a*", "secrets.aws.key", true),
            ("secrets.aws.key", "secrets.aws.key", true),
            ("*", "pii.email", true),
        ] {
            assert_eq!(selects(pattern, id), expect, "{pattern} {id}");
        }
    }
}
