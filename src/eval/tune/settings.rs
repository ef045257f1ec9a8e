//! What can be tuned of a rule, and which findings a choice of it lets pass.

use super::evidence::Evidence;
use crate::base::Confidence;
use crate::rules::Rule;
use crate::syntax::{ConfidenceName, ShapeSpec, Side};
use serde::Serialize;

/// What a supporting keyword adds to a score, as in a scan.
const KEYWORD_SCORE: f32 = 0.25;
/// Distance within which excluding words are proposed, in bytes: what a rule has if it says nothing.
pub(super) const EXCLUDE_BYTES: usize = 32;

/// Where keywords are looked for and what they do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct KeywordSettings {
    /// Distance in bytes.
    pub within: usize,
    /// Where.
    #[serde(serialize_with = "side_name")]
    pub side: Side,
    /// Whether one is required.
    pub require: bool,
}

fn side_name<S: serde::Serializer>(side: &Side, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(side.name())
}

/// The tunable part of a rule.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Settings {
    pub(super) confidence: ConfidenceName,
    pub(super) keywords: Option<KeywordSettings>,
    pub(super) shape: Shape,
    /// The rule's own excluding words count within this distance; nothing if it has none.
    pub(super) exclude: Option<(usize, Side)>,
    /// Words to exclude besides.
    pub(super) added: Vec<String>,
}

/// Lower bounds of what a value looks like, by [`Bound`].
pub(super) type Shape = [f32; 7];

/// A lower bound of what a value looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bound {
    Digits,
    Letters,
    Upper,
    Lower,
    Unique,
    Entropy,
    Randomness,
}

impl Bound {
    pub(super) const ALL: [Self; 7] = [
        Self::Digits,
        Self::Letters,
        Self::Upper,
        Self::Lower,
        Self::Unique,
        Self::Entropy,
        Self::Randomness,
    ];

    /// The field of `[rule.shape]`.
    pub(super) const fn field(self) -> &'static str {
        match self {
            Self::Digits => "min-digits",
            Self::Letters => "min-letters",
            Self::Upper => "min-upper",
            Self::Lower => "min-lower",
            Self::Unique => "min-unique",
            Self::Entropy => "entropy",
            Self::Randomness => "randomness",
        }
    }

    /// Whether it is a count, and not a measure.
    pub(super) const fn is_count(self) -> bool {
        !matches!(self, Self::Entropy | Self::Randomness)
    }
}

impl Settings {
    /// What a rule says now.
    pub(super) fn of(rule: &Rule) -> Self {
        let spec = &rule.spec;
        let ShapeSpec {
            min_digits,
            min_letters,
            min_upper,
            min_lower,
            min_unique,
            entropy,
            randomness,
        } = spec.shape.unwrap_or_default();
        let counts = [min_digits, min_letters, min_upper, min_lower, min_unique];
        let mut shape = [0.0; 7];
        for (bound, count) in shape.iter_mut().zip(counts) {
            *bound = count as f32;
        }
        shape[Bound::Entropy as usize] = entropy;
        shape[Bound::Randomness as usize] = randomness;
        Self {
            confidence: *spec.confidence.get_ref(),
            keywords: spec.keywords.as_ref().map(|words| KeywordSettings {
                within: *words.within.get_ref(),
                side: words.side,
                require: words.require,
            }),
            shape,
            exclude: spec.exclude.as_ref().map(|words| (*words.within.get_ref(), words.side)),
            added: Vec::new(),
        }
    }

    /// Whether a finding with this evidence is one under these settings.
    pub(super) fn passes(&self, evidence: &Evidence) -> bool {
        let shaped = evidence.shape.iter().zip(&self.shape).all(|(value, least)| value >= least);
        shaped
            && self.keywords.is_none_or(|words| !words.require || near(evidence.keyword, words))
            && !self.exclude.is_some_and(|(within, side)| {
                near(evidence.excluded, KeywordSettings { within, side, require: true })
            })
            && !self.added.iter().any(|word| evidence.words.contains(word))
    }

    /// The confidence of such a finding.
    pub(super) fn level(&self, evidence: &Evidence) -> Confidence {
        let base = match self.confidence {
            ConfidenceName::Low => 0.3,
            ConfidenceName::Medium => 0.6,
            ConfidenceName::High => 0.9,
        };
        let supported =
            self.keywords.is_some_and(|words| !words.require && near(evidence.keyword, words));
        Confidence::of_score(base + if supported { KEYWORD_SCORE } else { 0.0 })
    }
}

/// Whether a word stands within reach. `distance` is that of the nearest one before and after.
fn near(distance: [Option<u16>; 2], words: KeywordSettings) -> bool {
    let [before, after] = distance;
    let within = |distance: Option<u16>| distance.is_some_and(|d| usize::from(d) <= words.within);
    match words.side {
        Side::Before => within(before),
        Side::After => within(after),
        Side::Both => within(before) || within(after),
    }
}
