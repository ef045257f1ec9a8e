//! From a match to a finding, or to nothing: allow list, shape, validators, context, score.

use super::keywords::KeywordCache;
use crate::base::{Confidence, Evidence, Finding, Span, ViewPath};
use crate::classify;
use crate::matcher::verify::Match;
use crate::matcher::{Context, Groups, ShapeKind};
use crate::payload::json::Leaf;
use crate::rules::Rules;
use crate::rules::checks::{CLASSIFIED_SCORE_MIN, Checks, KEYWORD_SCORE, SCORE_MAX, Window};
use crate::rules::keywords::{KeywordGroup, Keywords, ShapeGroups};
use crate::rules::pattern::Pattern;
use crate::syntax::ShapeSpec;

/// What is known about the text around a match.
#[derive(Clone, Copy, Debug)]
pub(super) struct Surroundings<'t> {
    pub(super) text: &'t [u8],
    /// Name of the field that holds the whole text.
    pub(super) key: Option<&'t [u8]>,
    /// Leaves of the document that the text is a view of, in order; empty for plain text.
    pub(super) leaves: &'t [Leaf],
}

impl Surroundings<'_> {
    /// The name of the JSON member that holds the value at `at`.
    fn key_span(&self, at: usize) -> Option<Span> {
        let after = self.leaves.partition_point(|leaf| leaf.span.end <= at);
        let leaf = self.leaves.get(after).filter(|leaf| leaf.span.start <= at)?;
        Some(self.leaves.get(leaf.key? as usize)?.span)
    }

    /// The names of the JSON members whose values share a byte with `start..end`.
    fn key_spans(&self, start: usize, end: usize) -> impl Iterator<Item = Span> {
        let first = self.leaves.partition_point(|leaf| leaf.span.end <= start);
        let near = self.leaves[first..].iter().take_while(move |leaf| leaf.span.start < end);
        let mut last = None;
        // The elements of an array have one name.
        let named =
            near.filter_map(move |leaf| leaf.key.filter(|key| last.replace(*key) != Some(*key)));
        named.filter_map(|key| Some(self.leaves.get(key as usize)?.span))
    }
}

/// Judges a match of the rule that `checks` belong to.
pub(super) fn judge(
    rules: &Rules,
    checks: &Checks,
    around: &Surroundings<'_>,
    words: &mut KeywordCache,
    found: Match,
    region: bool,
) -> Option<Finding> {
    let value = &around.text[found.value_start..found.value_end];
    let mut keyword = |window| support(rules, window, around, words, found);
    // What is known about the words around is looked up, which is less work than to validate.
    let demanded = match checks.keywords.as_ref().filter(|_| checks.keywords_required) {
        Some(window) => Some(keyword(window)?),
        None => None,
    };
    let of_value = value_evidence(checks, value)?;
    let mut evidence = if region { of_value.with(Evidence::REGION) } else { of_value };
    let mut score = checks.score;
    if let Some(demanded) = demanded {
        evidence = evidence.with(demanded);
    } else if let Some(keyword) = checks.keywords.as_ref().and_then(keyword) {
        evidence = evidence.with(keyword);
        score = (score + KEYWORD_SCORE).min(SCORE_MAX);
    }
    if let Some(window) = &checks.exclude
        && support(rules, window, around, words, found).is_some()
    {
        return None;
    }
    if checks.classified {
        score = classified(around, found)?;
    }
    Some(Finding {
        rule: checks.rule,
        label: checks.label,
        span: Span::new(found.value_start, found.value_end),
        confidence: Confidence::of_score(score),
        score,
        evidence,
        view: ViewPath::RAW,
    })
}

/// What the value of a match says for itself; nothing if it cannot be a finding whatever stands around it.
fn value_evidence(checks: &Checks, value: &[u8]) -> Option<Evidence> {
    if value.is_empty() || is_allowed(checks, value) {
        return None;
    }
    let mut evidence = Evidence::NONE;
    if let Some(shape) = &checks.shape {
        if !has_shape(shape, value) {
            return None;
        }
        evidence = evidence.with(Evidence::SHAPE);
    }
    if !checks.validators.is_empty() {
        if !checks.validators.iter().all(|check| check(value)) {
            return None;
        }
        evidence = evidence.with(Evidence::VALIDATED);
    }
    Some(evidence)
}

/// Bytes behind a context word that say whether it ends there.
const WORD_END_BYTES: usize = 2;

/// How many bytes behind a match must be known before it can be judged, if it has no name.
pub(super) fn context_behind(
    rules: &Rules,
    checks: &Checks,
    around: &Surroundings<'_>,
    words: &mut KeywordCache,
    found: Match,
) -> usize {
    let behind = |window: &Option<Window>| {
        window.as_ref().filter(|window| window.after).map_or(0, |window| window.within)
    };
    let (keywords, exclude) = (behind(&checks.keywords), behind(&checks.exclude));
    let value = &around.text[found.value_start..found.value_end];
    if keywords.max(exclude) == 0 || value_evidence(checks, value).is_none() {
        return 0;
    }
    // A word in front is found first, and then none is looked for behind.
    let mut in_front = |window: &Option<Window>| {
        window.as_ref().filter(|window| window.before).is_some_and(|window| {
            let start = found.start.saturating_sub(window.within);
            let span = Span { start, end: found.value_start };
            words.any_in(&rules.keywords, around.text, window.group, span)
        })
    };
    if exclude > 0 && in_front(&checks.exclude) {
        return 0;
    }
    match if keywords > exclude && in_front(&checks.keywords) {
        exclude
    } else {
        keywords.max(exclude)
    } {
        0 => 0,
        within => within + WORD_END_BYTES,
    }
}

/// The probability that the value of a match is a secret, if that is worth reporting.
fn classified(around: &Surroundings<'_>, found: Match) -> Option<f32> {
    let start = found.value_start;
    // The view of a document has the names of its members where they were: in front of the values.
    let name = around.key.filter(|_| start == 0);
    let left = &around.text[start.saturating_sub(classify::LEFT_BYTES_MAX)..start];
    let value = &around.text[start..found.value_end];
    let score = classify::secret(&classify::Valued { value, left, name }).min(SCORE_MAX);
    (score >= CLASSIFIED_SCORE_MIN).then_some(score)
}

/// Widest stretch of text that is searched for a keyword before a match is verified, in bytes. Beyond it verification is cheaper.
const CONTEXT_FIRST_BYTES_MAX: usize = 384;

/// Places at which a match may start.
#[derive(Clone, Copy, Debug)]
pub(super) struct Starts {
    pub(super) first: usize,
    pub(super) last: usize,
}

/// The places at which a match may start and have the keyword that the rule demands, judged without knowing the match; none if there is no
/// keyword anywhere near.
pub(super) fn with_context(
    rules: &Rules,
    checks: &Checks,
    pattern: &Pattern,
    around: &Surroundings<'_>,
    words: &mut KeywordCache,
    starts: Starts,
) -> Option<Starts> {
    let Starts { first, last } = starts;
    let Some(window) = checks.keywords.as_ref().filter(|_| checks.keywords_required) else {
        return Some(starts);
    };
    // A marker may be longer than the region is allowed to be: then it is the region.
    let region_max = pattern.region.as_ref().map_or(0, |region| region.len_max);
    let longest = region_max.max(pattern.len_max);
    let behind = if window.after { longest + window.within } else { pattern.value_offset_max };
    let span = Span { start: first.saturating_sub(window.within), end: last + behind };
    // What is reported can start anywhere in the match, and its name may be further away than the window is wide.
    if span.len() > CONTEXT_FIRST_BYTES_MAX + (last - first)
        || named_field(rules, window.group, around, words)
        || around
            .key_spans(first, last + longest)
            .any(|key| words.any_in(&rules.keywords, around.text, window.group, key))
    {
        return Some(starts);
    }
    let word = words.last_in(&rules.keywords, around.text, window.group, span)?;
    let last = if window.after { last } else { last.min(word.start + window.within) };
    (first <= last).then_some(Starts { first, last })
}

/// Says what words are near, to the matcher.
pub(super) struct NearWords<'a, 't> {
    pub(super) keywords: &'a Keywords,
    pub(super) around: Surroundings<'t>,
    pub(super) words: &'a mut KeywordCache,
    /// Of the words in the name of the field that holds the text, once they were asked for.
    pub(super) named: Option<ShapeGroups>,
}

impl Context for NearWords<'_, '_> {
    fn near(&mut self, kind: ShapeKind, start: usize, end: usize) -> Groups {
        let Self { keywords, around, words, named } = self;
        let mut groups = words.shapes_in(keywords, around.text, kind, Span { start, end });
        for key in around.key_spans(start, end) {
            groups |= words.shapes_in(keywords, around.text, kind, key);
        }
        if let Some(key) = around.key {
            let of_key = || KeywordCache::shapes_in_key(keywords, key);
            groups |= named.get_or_insert_with(of_key)[kind as usize];
        }
        groups
    }

    fn is_named(&self) -> bool {
        self.around.key.is_some()
    }
}

/// Whether a word of the window's group is near: beside the match, or the name of the field.
fn support(
    rules: &Rules,
    window: &Window,
    around: &Surroundings<'_>,
    words: &mut KeywordCache,
    found: Match,
) -> Option<Evidence> {
    let group = window.group;
    if window.before {
        let span =
            Span { start: found.start.saturating_sub(window.within), end: found.value_start };
        if words.any_in(&rules.keywords, around.text, group, span) {
            return Some(Evidence::KEYWORD);
        }
    }
    if window.after {
        let span = Span { start: found.value_end, end: found.end + window.within };
        if words.any_in(&rules.keywords, around.text, group, span) {
            return Some(Evidence::KEYWORD);
        }
    }
    in_key(rules, group, around, words, found.value_start)
}

fn in_key(
    rules: &Rules,
    group: KeywordGroup,
    around: &Surroundings<'_>,
    words: &mut KeywordCache,
    at: usize,
) -> Option<Evidence> {
    if named_field(rules, group, around, words) {
        return Some(Evidence::KEY);
    }
    let span = around.key_span(at)?;
    words.any_in(&rules.keywords, around.text, group, span).then_some(Evidence::KEY)
}

/// Whether the field that holds the whole text is named by a word of the group.
fn named_field(
    rules: &Rules,
    group: KeywordGroup,
    around: &Surroundings<'_>,
    words: &mut KeywordCache,
) -> bool {
    around.key.is_some_and(|key| words.any_in_key(&rules.keywords, key, group))
}

fn is_allowed(checks: &Checks, value: &[u8]) -> bool {
    checks.allow.iter().any(|allowed| allowed.eq_ignore_ascii_case(value))
}

fn has_shape(shape: &ShapeSpec, value: &[u8]) -> bool {
    let count = |is: fn(&u8) -> bool| value.iter().filter(|byte| is(byte)).count();
    count(u8::is_ascii_digit) >= shape.min_digits
        && count(u8::is_ascii_alphabetic) >= shape.min_letters
        && count(u8::is_ascii_uppercase) >= shape.min_upper
        && count(u8::is_ascii_lowercase) >= shape.min_lower
        && (shape.min_unique == 0 || unique(value) >= shape.min_unique)
        && (shape.entropy == 0.0 || classify::shannon(value) >= shape.entropy)
        && (shape.randomness == 0.0 || classify::randomness(value) >= shape.randomness)
}

fn unique(value: &[u8]) -> usize {
    let mut seen = [0_u64; 4];
    for byte in value {
        seen[usize::from(byte >> 6)] |= 1 << (byte & 63);
    }
    seen.iter().map(|bits| bits.count_ones() as usize).sum()
}
