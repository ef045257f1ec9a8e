//! What tuning came to.

use super::settings::{Bound, Settings};
use super::{Aim, Changed};
use crate::eval::Counts;
use serde::Serialize;

/// The outcome of a run.
#[derive(Clone, Debug, Serialize)]
pub struct Tuned {
    /// Texts.
    pub documents: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Judged findings of the loosened rules.
    pub candidates: u64,
    /// Parts for cross-validation.
    pub folds: u32,
    /// What the texts were divided by.
    pub seed: u64,
    /// For alerts.
    pub alert: Point,
    /// For redaction.
    pub redact: Point,
    /// Rules with too little evidence.
    pub left_alone: Vec<LeftAlone>,
}

impl Tuned {
    /// The operating point of an aim.
    pub fn point(&self, aim: Aim) -> &Point {
        match aim {
            Aim::Alert => &self.alert,
            Aim::Redact => &self.redact,
        }
    }
}

/// What is proposed for one aim.
#[derive(Clone, Debug, Serialize)]
pub struct Point {
    /// The aim.
    pub aim: Aim,
    /// A row for every rule whose best settings are others than its own.
    pub proposals: Vec<Proposal>,
    /// All rules as they are, on the part that neither fitting nor choosing has seen.
    pub before: Figures,
    /// All rules with what is proposed, on the same part.
    pub after: Figures,
    /// The files with what is proposed.
    #[serde(skip)]
    pub changed: Vec<Changed>,
}

/// What would be changed of one rule.
#[derive(Clone, Debug, Serialize)]
pub struct Proposal {
    /// Full id of the rule.
    pub rule: String,
    /// Its file.
    pub file: String,
    /// The changes.
    pub changes: Vec<Change>,
    /// The rule as it is, on held-out texts.
    pub before: Figures,
    /// The rule with the settings that each fold's other texts gave, on held-out texts.
    pub after: Figures,
    /// The lowest confidence from which acting on its findings serves the aim best.
    pub act_from: String,
    /// In how many folds the fit changed the rule.
    pub folds_changed: u32,
    /// Why the change is not in the patch; nothing if it is.
    pub refused: Option<String>,
}

/// One field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Its name: `shape.entropy`.
    pub field: String,
    /// Its value as it is.
    pub from: String,
    /// Its value as proposed.
    pub to: String,
}

/// Counts and what follows from them. The recall of a rule is of the right findings that any of the settings that were tried gives.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Figures {
    /// Right findings.
    pub right: u64,
    /// Wrong findings.
    pub wrong: u64,
    /// Right ones of all.
    pub precision: Option<f64>,
    /// Found ones of what could be found.
    pub recall: Option<f64>,
    /// F0.5 for alerts, F2 for redaction.
    pub f: Option<f64>,
}

impl Figures {
    /// Right and wrong findings as counts.
    pub(super) fn counts(&self) -> Counts {
        let (right, wrong) = (self.right, self.wrong);
        Counts { spans: right, found: right, findings: right + wrong, right }
    }

    pub(super) fn of(counts: Counts, aim: Aim) -> Self {
        Self {
            right: counts.right,
            wrong: counts.wrong(),
            precision: counts.precision(),
            recall: counts.recall(),
            f: counts.f(aim.beta()),
        }
    }
}

/// A rule with too little evidence to tune it.
#[derive(Clone, Debug, Serialize)]
pub struct LeftAlone {
    /// Full id of the rule.
    pub rule: String,
    /// Right findings of the loosened rule.
    pub right: u64,
    /// Wrong ones.
    pub wrong: u64,
}

/// What is different between two settings.
pub(super) fn changes(from: &Settings, to: &Settings) -> Vec<Change> {
    let mut all = Vec::new();
    let mut note = |field: &str, from: String, to: String| {
        if from != to {
            all.push(Change { field: field.to_owned(), from, to });
        }
    };
    note("confidence", from.confidence.name().to_owned(), to.confidence.name().to_owned());
    if let (Some(from), Some(to)) = (from.keywords, to.keywords) {
        note("keywords.within", from.within.to_string(), to.within.to_string());
        note("keywords.side", from.side.name().to_owned(), to.side.name().to_owned());
        note("keywords.require", from.require.to_string(), to.require.to_string());
    }
    for bound in Bound::ALL {
        let value = |settings: &Settings| settings.shape[bound as usize].to_string();
        note(&format!("shape.{}", bound.field()), value(from), value(to));
    }
    let within = |settings: &Settings| settings.exclude.map_or(0, |(within, _)| within).to_string();
    note("exclude.within", within(from), within(to));
    if !to.added.is_empty() {
        note("exclude.any", String::new(), format!("+ {}", to.added.join(", ")));
    }
    all
}
