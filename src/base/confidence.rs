//! How sure the engine is of a finding.

use std::{fmt, str::FromStr};

/// Three levels, ordered. The score behind a level is between 0 and 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// Worth counting, rarely worth acting on. Score below [`MEDIUM_SCORE_MIN`].
    Low,
    /// Likely. Score from [`MEDIUM_SCORE_MIN`].
    Medium,
    /// Structure, checksum or context leave little doubt. Score from [`HIGH_SCORE_MIN`].
    High,
}

/// The score at which a finding becomes [`Confidence::Medium`].
pub const MEDIUM_SCORE_MIN: f32 = 0.5;
/// The score at which a finding becomes [`Confidence::High`].
pub const HIGH_SCORE_MIN: f32 = 0.8;

impl Confidence {
    /// All levels, lowest first.
    pub const ALL: [Self; 3] = [Self::Low, Self::Medium, Self::High];

    /// The level of a score.
    ///
    /// ```
    /// use lockgate::base::Confidence;
    /// assert_eq!(Confidence::of_score(0.6), Confidence::Medium);
    /// ```
    #[inline]
    pub fn of_score(score: f32) -> Self {
        if score >= HIGH_SCORE_MIN {
            Self::High
        } else if score >= MEDIUM_SCORE_MIN {
            Self::Medium
        } else {
            Self::Low
        }
    }

    /// The name used in rule files, on the wire and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

impl fmt::Display for Confidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Confidence {
    type Err = UnknownConfidence;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|level| level.name() == name).ok_or(UnknownConfidence)
    }
}

/// The name is none of `low`, `medium`, `high`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownConfidence;

impl fmt::Display for UnknownConfidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a confidence is one of low, medium, high")
    }
}

impl std::error::Error for UnknownConfidence {}
