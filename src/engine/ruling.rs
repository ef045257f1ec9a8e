//! What the policy needs to know of the findings of a content, and how it wants them redacted.

use super::Inspection;
use crate::base::code::POLICY_TOKENS;
use crate::base::{Edit, Finding, LabelIndex, ValueTag};
use crate::policy::Ruling;
use crate::redact::{Naming, Redaction, Style, Surface, plan};
use crate::rules::Rules;
use crate::vault::Scope;
use std::collections::HashSet;
use std::sync::Arc;

impl<'a> Inspection<'a> {
    /// What pack and policy make of the findings in `text`, each with its tag, if it has one.
    pub(super) fn ruling<'f>(
        &self,
        text: &[u8],
        findings: impl Iterator<Item = (&'f Finding, Option<ValueTag>)>,
    ) -> Ruling<'a> {
        let enforced = self.options.policy.as_deref();
        let counts = enforced.is_some_and(|enforced| enforced.policy.counts_values());
        let values = if counts { different(text, findings) } else { Vec::new() };
        Ruling::new(self.pack, enforced, &values)
    }

    /// The edits for these findings in the styles of the policy.
    pub(super) fn styled(
        &self,
        view: &[u8],
        findings: &[Finding],
        surface: Surface<'_>,
        ruling: &Ruling<'_>,
    ) -> Vec<Edit> {
        let asked = &self.options.redaction;
        let tokens = self.options.tokens.as_deref();
        let naming = Styles { rules: self.rules, ruling, asked: asked.style, tokens };
        // The policy decides before the caller, and the rule after both.
        let redaction = Redaction { style: None, ..asked.clone() };
        plan(view, findings, &naming, &redaction, surface)
    }
}

/// Different values by label. Values are the same if their tokens are, or without tokens their bytes.
fn different<'f>(
    text: &[u8],
    findings: impl Iterator<Item = (&'f Finding, Option<ValueTag>)>,
) -> Vec<(LabelIndex, u32)> {
    let mut seen: HashSet<(LabelIndex, [u8; 16])> = HashSet::new();
    let mut values: Vec<(LabelIndex, u32)> = Vec::new();
    for (finding, tag) in findings {
        let value = tag.map_or_else(
            || {
                let bytes = text.get(finding.span.range()).unwrap_or_default();
                let mut hash = [0; 16];
                hash.copy_from_slice(&blake3::hash(bytes).as_bytes()[..16]);
                hash
            },
            |tag| tag.token,
        );
        if !seen.insert((finding.label, value)) {
            continue;
        }
        match values.iter_mut().find(|(label, _)| *label == finding.label) {
            Some((_, count)) => *count = count.saturating_add(1),
            None => values.push((finding.label, 1)),
        }
    }
    values
}

/// How findings are redacted where a policy may say so.
struct Styles<'a> {
    rules: &'a Rules,
    ruling: &'a Ruling<'a>,
    /// The style that the caller asks for.
    asked: Option<Style>,
    /// Where tokens belong.
    tokens: Option<&'a Scope>,
}

impl Naming for Styles<'_> {
    fn label(&self, finding: &Finding) -> &str {
        Naming::label(self.rules, finding)
    }

    fn hint(&self, finding: &Finding) -> Option<Style> {
        let ruled = self.ruling.style(finding).map(Style::from);
        ruled.or(self.asked).or_else(|| self.rules.hint(finding))
    }

    fn token(&self, finding: &Finding, value: &[u8]) -> Option<Arc<str>> {
        let form = self.ruling.token(finding)?;
        let made = match self.tokens {
            Some(scope) => scope.token(form, self.label(finding), value),
            None => Err(POLICY_TOKENS),
        };
        made.map_err(|why| self.ruling.deny_token(why)).ok()
    }
}
