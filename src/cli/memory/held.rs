//! What a piece of a snapshot holds, as it is reported and as a baseline keeps it. Never a byte of what was found.

use crate::base::place::{VIEW_RAW, view_of};
use crate::base::{Kind, Role, Verdict};
use crate::rules::Rules;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// What was found in a piece, and what of it was not looked at. Offsets and pointers are those of the piece.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Held {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) findings: Vec<Found>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) gaps: Vec<Unseen>,
    /// False if not every byte was looked at.
    pub(super) scanned: bool,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Found {
    pub(super) rule: String,
    pub(super) label: String,
    pub(super) confidence: String,
    pub(super) score: f32,
    /// JSON pointer of the value; none in text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) pointer: Option<String>,
    pub(super) start: usize,
    pub(super) end: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) role: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) kind: Option<String>,
    /// How the text came about in which it was found, unless it stands there so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) view: Option<String>,
    /// Why it cannot be edited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) fixed: Option<String>,
}

/// A part that was not inspected, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Unseen {
    pub(super) code: String,
    pub(super) start: usize,
    pub(super) end: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) media: Option<String>,
}

impl Held {
    /// What a verdict says; none if it has nothing to say.
    pub(super) fn of(verdict: &Verdict, rules: &Rules) -> Option<Box<Self>> {
        if verdict.findings.is_empty() && verdict.coverage.is_complete() {
            return None;
        }
        let mut places = verdict.places.iter();
        let found = |finding: &crate::base::Finding| {
            let place = places.next();
            Found {
                rule: rules.rule(finding.rule).id.to_string(),
                label: rules.label(finding.label).id.to_string(),
                confidence: finding.confidence.name().to_owned(),
                score: finding.score,
                pointer: place.and_then(|place| place.pointer.clone()),
                start: finding.span.start,
                end: finding.span.end,
                role: place.and_then(|place| place.role).map(Role::name).map(str::to_owned),
                kind: place.and_then(|place| place.kind).map(Kind::name).map(str::to_owned),
                view: Some(view_of(place, finding))
                    .filter(|view| view != VIEW_RAW)
                    .map(Cow::into_owned),
                fixed: place.and_then(|place| place.fixed).map(|code| code.id.to_owned()),
            }
        };
        let coverage = &verdict.coverage;
        let gaps = coverage.gaps.iter().map(|gap| Unseen {
            code: gap.code.id.to_owned(),
            start: gap.span.start,
            end: gap.span.end,
            media: gap.media.map(str::to_owned),
        });
        Some(Box::new(Self {
            findings: verdict.findings.iter().map(found).collect(),
            gaps: gaps.collect(),
            scanned: coverage.bytes_scanned >= coverage.bytes_total,
        }))
    }

    /// Whether all offsets lie within a piece of this length. One that was read from a file may say anything.
    pub(super) fn fits(&self, len: usize) -> bool {
        let fits = |start: usize, end: usize| start <= end && end <= len;
        self.findings.iter().all(|found| fits(found.start, found.end))
            && self.gaps.iter().all(|gap| fits(gap.start, gap.end))
    }
}
