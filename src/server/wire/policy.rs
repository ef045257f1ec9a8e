//! What a policy decided, as it stands in verdicts.

use crate::base::Ruled;
use serde::Serialize;
use utoipa::ToSchema;

/// What the policy decided.
#[derive(Debug, Serialize, ToSchema)]
pub struct Policy {
    /// Name of the policy.
    pub id: String,
    /// Fingerprint of the policy.
    pub fingerprint: String,
    /// The rule that decided; `pack` if the pack did, `default` if no rule matched. Left out if there was nothing to decide.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What the caller must do in addition, of all decisions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub obligations: Vec<String>,
    /// Code of why the action is not the one that was decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed: Option<&'static str>,
    /// All decisions, the strongest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub decisions: Vec<Decision>,
}

/// One decision of a policy.
#[derive(Debug, Serialize, ToSchema)]
pub struct Decision {
    /// The rule; `pack` or `default` if it was none.
    pub rule: String,
    /// What was decided.
    pub action: &'static str,
    /// About how many findings.
    pub findings: u32,
    /// Whether about the content itself.
    pub content: bool,
}

impl From<Ruled> for Policy {
    fn from(ruled: Ruled) -> Self {
        let mut obligations: Vec<String> = Vec::new();
        for text in ruled.decisions.iter().flat_map(|decision| &decision.obligations) {
            if !obligations.iter().any(|known| **known == **text) {
                obligations.push(text.to_string());
            }
        }
        let first = ruled.decisions.first();
        Self {
            id: ruled.policy.to_string(),
            fingerprint: ruled.fingerprint.to_string(),
            rule: first.map(|decision| decision.by.to_string()),
            reason: first.and_then(|decision| Some(decision.reason.as_ref()?.to_string())),
            obligations,
            changed: ruled.changed.map(|code| code.id),
            decisions: ruled
                .decisions
                .iter()
                .map(|decision| Decision {
                    rule: decision.by.to_string(),
                    action: decision.action.name(),
                    findings: decision.findings,
                    content: decision.content,
                })
                .collect(),
        }
    }
}
