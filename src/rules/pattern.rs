//! One pattern of one rule, compiled.

use crate::base::limits;
use crate::matcher::anchor::{Anchor, TOKEN_LEN_BYTES_MIN};
use crate::matcher::byteset::{ByteSet, TOKEN};
use crate::matcher::hir;
use crate::matcher::verify::Verifier;
use crate::syntax::RegionSpec;
use crate::syntax::codes::{self, DiagnosticCode};
use regex_syntax::hir::{Hir, HirKind};

/// A compiled pattern.
#[derive(Debug)]
pub(crate) struct Pattern {
    /// Position of the rule.
    pub(crate) rule: u32,
    pub(crate) anchor: Anchor,
    pub(crate) len_max: usize,
    /// Most bytes between the start of a match and the value in it.
    pub(crate) value_offset_max: usize,
    pub(crate) verifier: Verifier,
    pub(crate) region: Option<Box<Region>>,
    /// The value lies in the run of token bytes that anchors the pattern, so that a digit in the one is a digit in the other.
    pub(crate) value_in_token: bool,
}

/// What follows a begin marker.
#[derive(Debug)]
pub(crate) struct Region {
    /// The end marker.
    pub(crate) end: Verifier,
    /// Longest region, in bytes.
    pub(crate) len_max: usize,
    /// What an unterminated region consists of.
    pub(crate) body: Option<ByteSet>,
}

/// Why a pattern cannot be used.
#[derive(Debug)]
pub(crate) struct PatternError {
    pub(crate) code: &'static DiagnosticCode,
    pub(crate) title: String,
    /// Place in the pattern, in bytes.
    pub(crate) offset: Option<usize>,
}

impl PatternError {
    fn new(code: &'static DiagnosticCode, title: impl Into<String>) -> Self {
        Self { code, title: title.into(), offset: None }
    }
}

impl Pattern {
    /// Compiles a pattern as written. `slow_ok` permits one without an anchor.
    pub(crate) fn new(rule: u32, text: &str, slow_ok: bool) -> Result<Self, PatternError> {
        let hir = parse(text)?;
        let len_max = bounds(&hir, limits::PATTERN_LEN_BYTES_MAX)?;
        if hir.properties().explicit_captures_len() > 1 {
            return Err(PatternError::new(
                &codes::PATTERN_GROUPS,
                "the pattern has more than one capture group",
            ));
        }
        let anchor = Anchor::of(&hir);
        if matches!(anchor, Anchor::Every) && !slow_ok {
            return Err(PatternError::new(
                &codes::PATTERN_NO_ANCHOR,
                "the pattern has no anchor: nothing cheap to look for is in every match",
            ));
        }
        let verifier = Verifier::new(text, &hir, len_max, limits::PATTERN_NFA_BYTES_MAX)
            .map_err(|_| too_large())?;
        let value_in_token = value_in_token(&hir);
        Ok(Self {
            rule,
            anchor,
            value_offset_max: hir::group_offset_max(&hir).unwrap_or(len_max),
            len_max,
            verifier,
            region: None,
            value_in_token,
        })
    }

    /// Makes this pattern the begin marker of a region.
    pub(crate) fn with_region(mut self, spec: &RegionSpec) -> Result<Self, RegionError> {
        let text = spec.end.get_ref();
        let end = parse(text).map_err(RegionError::End)?;
        let end_max = bounds(&end, limits::PATTERN_LEN_BYTES_MAX).map_err(RegionError::End)?;
        let end = Verifier::new(text, &end, end_max, limits::PATTERN_NFA_BYTES_MAX)
            .map_err(|_| RegionError::End(too_large()))?;
        let body = match &spec.body {
            None => None,
            Some(class) => Some(body_set(class.get_ref()).map_err(RegionError::Body)?),
        };
        // What is reported is the region: its digits may stand anywhere behind the marker.
        self.value_in_token = false;
        self.region = Some(Box::new(Region { end, len_max: *spec.max.get_ref(), body }));
        Ok(self)
    }
}

/// Which field of a region is wrong.
#[derive(Debug)]
pub(crate) enum RegionError {
    End(PatternError),
    Body(PatternError),
}

fn parse(text: &str) -> Result<Hir, PatternError> {
    hir::parse(text).map_err(|error| {
        let (title, offset) = match &*error {
            regex_syntax::Error::Parse(error) => {
                (error.kind().to_string(), Some(error.span().start.offset))
            }
            regex_syntax::Error::Translate(error) => {
                (error.kind().to_string(), Some(error.span().start.offset))
            }
            other => (other.to_string(), None),
        };
        PatternError {
            code: &codes::PATTERN_SYNTAX,
            title: format!("the regular expression is not valid: {title}"),
            offset,
        }
    })
}

fn bounds(hir: &Hir, len_bytes_max: usize) -> Result<usize, PatternError> {
    let (min, max) = hir::lengths(hir);
    let Some(max) = max else {
        return Err(PatternError::new(
            &codes::PATTERN_UNBOUNDED,
            "the pattern has no longest match",
        ));
    };
    if min == 0 {
        return Err(PatternError::new(&codes::PATTERN_EMPTY, "the pattern matches the empty text"));
    }
    if max > len_bytes_max {
        return Err(PatternError::new(
            &codes::PATTERN_TOO_LONG,
            format!("the longest match is {max} bytes, the limit is {len_bytes_max}"),
        ));
    }
    Ok(max)
}

/// True if the value is a row of token bytes and nothing else in the pattern is long enough to be its anchor.
fn value_in_token(pattern: &Hir) -> bool {
    let value = hir::group(pattern).unwrap_or(pattern);
    let others = hir::lengths(pattern).0 - hir::lengths(value).0.min(hir::lengths(pattern).0);
    hir::alphabet(value).is_subset(TOKEN) && others < TOKEN_LEN_BYTES_MIN
}

fn too_large() -> PatternError {
    PatternError::new(
        &codes::PATTERN_TOO_LARGE,
        format!("the compiled pattern is larger than {} bytes", limits::PATTERN_NFA_BYTES_MAX),
    )
}

fn body_set(class: &str) -> Result<ByteSet, PatternError> {
    let hir = parse(class)?;
    match hir.kind() {
        HirKind::Class(class) => Ok(hir::class_set(class)),
        HirKind::Literal(literal) if literal.0.len() == 1 => Ok(ByteSet::of(&literal.0)),
        _ => Err(PatternError::new(
            &codes::REGION_BODY,
            "the body of a region is one character class",
        )),
    }
}
