//! What a match must pass to become a finding, per rule, compiled.

use super::keywords::KeywordGroup;
use crate::base::{LabelIndex, RuleIndex};
use crate::syntax::ShapeSpec;

/// The checks of one rule.
#[derive(Debug)]
pub(crate) struct Checks {
    pub(crate) rule: RuleIndex,
    pub(crate) label: LabelIndex,
    /// Score of a finding without supporting context.
    pub(crate) score: f32,
    pub(crate) validators: Vec<fn(&[u8]) -> bool>,
    pub(crate) shape: Option<ShapeSpec>,
    /// The model of secrets decides the score.
    pub(crate) classified: bool,
    /// Values that are never reported, lower-case, sorted.
    pub(crate) allow: Vec<Box<[u8]>>,
    pub(crate) keywords: Option<Window>,
    /// Without a keyword there is no finding.
    pub(crate) keywords_required: bool,
    pub(crate) exclude: Option<Window>,
    pub(crate) companions: Vec<Companion>,
    /// Gives way to any specific rule.
    pub(crate) generic: bool,
}

/// Words near a match.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    pub(crate) group: KeywordGroup,
    pub(crate) within: usize,
    pub(crate) before: bool,
    pub(crate) after: bool,
}

/// A finding that must stand near.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Companion {
    pub(crate) rule: RuleIndex,
    pub(crate) within: usize,
}

/// What a supporting keyword adds to the score: one level of confidence.
pub(crate) const KEYWORD_SCORE: f32 = 0.25;
/// A value that a model finds less likely is not reported.
pub(crate) const CLASSIFIED_SCORE_MIN: f32 = 0.2;
/// No evidence makes a finding surer than this.
pub(crate) const SCORE_MAX: f32 = 0.99;
