//! Anchors: the cheap thing that every match of a pattern must contain, derived from the pattern and proven by its syntax tree.
//!
//! A matcher looks for anchors only. Where one stands, the pattern is verified from the few places at which a match that contains the
//! anchor can start. See `docs/decisions/0002-anchors-not-one-regex-database.md` for why.

mod byte;
mod literals;
pub(super) mod rate;

use super::byteset::{ByteSet, DIGITS, TOKEN, WORD};
use super::hir::{self, Positions};
use regex_syntax::hir::{Hir, HirKind};

/// Shortest literal that beats an anchor by digits, in bytes: short ones slow the scan for all the others.
const LITERAL_LEN_BYTES_GOOD: usize = 4;
/// Bytes that may stand in front of the first digit: with more of them, any literal beats it.
const LEAD_ALPHABET_MAX: usize = 200;
/// With more bytes in front of the first digit, any literal that begins a word beats it.
const LEAD_LEN_BYTES_GOOD: usize = 6;
/// Positions behind an anchor that are checked before the pattern is tried.
const GUARD_POSITIONS_MAX: usize = 24;
/// Non-digits that may stand in front of the first digit of a digit-anchored pattern, in bytes.
pub const LEAD_LEN_BYTES_MAX: usize = 12;
/// Shortest run that anchors a token pattern, in bytes.
pub const TOKEN_LEN_BYTES_MIN: usize = 16;
/// Bytes that can be an anchor on their own.
pub const ANCHOR_BYTES: [u8; 2] = [b'@', b':'];

/// Expected hits per byte below which literals beat everything else.
const LITERAL_RATE_GOOD: f64 = 1e-4;
/// Expected hits per byte above which a literal is no anchor any more.
const LITERAL_RATE_MAX: f64 = 4e-2;

/// What is looked for, and where a match that contains it can start.
#[derive(Clone, Debug)]
pub enum Anchor {
    /// One of these literals.
    Literals {
        /// The literals; lower-case if `caseless`.
        literals: Vec<Vec<u8>>,
        /// Whether ASCII case is ignored.
        caseless: bool,
        /// Whether a word starts wherever one of them is of use that begins with a byte of words.
        word_start: bool,
        /// Where the match starts.
        reach: Reach,
        /// What else must stand around the literal.
        guard: Guard,
    },
    /// The first digit of the match, which is the first of its run of digits. At most `lead_max` bytes of `lead` stand between it and the
    /// start of the match.
    Digits {
        /// Most bytes in front of the first digit.
        lead_max: usize,
        /// What those bytes can be.
        lead: ByteSet,
    },
    /// At least `len_min` token bytes in a row.
    Token {
        /// Length in bytes.
        len_min: usize,
        /// Where the match starts, seen from the first of the token bytes.
        reach: Reach,
        /// Most bytes of the match behind the token bytes.
        tail_max: usize,
    },
    /// A byte.
    Byte {
        /// The byte, one of [`ANCHOR_BYTES`].
        byte: u8,
        /// Where the match starts.
        reach: Reach,
        /// What else must stand around the byte.
        guard: Guard,
    },
    /// Nothing cheap: every byte is tried.
    Every,
}

/// How far in front of its anchor a match starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach {
    /// Least number of bytes between the start of the match and the anchor.
    pub min: usize,
    /// Greatest number of bytes between the start of the match and the anchor.
    pub max: usize,
    /// What those bytes can be.
    pub alphabet: ByteSet,
}

/// Positions around an anchor and the bytes that every match has there.
#[derive(Clone, Debug, Default)]
pub struct Guard(pub Vec<(i16, ByteSet)>);

impl Guard {
    /// The bytes that can stand this many bytes from the start of the anchor, if something must stand there and is known.
    pub fn known(&self, offset: i16) -> Option<ByteSet> {
        self.0.iter().find(|(at, _)| *at == offset).map(|(_, set)| *set)
    }

    /// True if the text around the anchor at `at` can belong to a match.
    #[inline]
    pub fn admits(&self, text: &[u8], at: usize) -> bool {
        self.0.iter().all(|(offset, set)| {
            at.checked_add_signed(*offset as isize)
                .and_then(|position| text.get(position))
                .is_some_and(|byte| set.contains(*byte))
        })
    }
}

impl Anchor {
    /// The best anchor of a pattern.
    pub fn of(pattern: &Hir) -> Self {
        let parts = hir::sequence(pattern);
        let literals = literals::best(&parts);
        let digits = digits(pattern);
        if let Some((rate, anchor)) = &literals
            && (anchor.is_rare(*rate, digits.as_ref()) || anchor.is_short_cut(digits.as_ref()))
        {
            return anchor.clone();
        }
        if let Some(anchor) = digits {
            return anchor;
        }
        if let Some(anchor) = token(&parts) {
            return anchor;
        }
        match literals {
            Some((rate, anchor)) if rate <= LITERAL_RATE_MAX => anchor,
            _ => byte::anchor(pattern, &parts).unwrap_or(Self::Every),
        }
    }

    /// Whether literals of this rate beat everything else.
    fn is_rare(&self, rate: f64, digits: Option<&Self>) -> bool {
        rate <= LITERAL_RATE_GOOD
            && (self.literal_len_min() >= LITERAL_LEN_BYTES_GOOD
                || digits.is_none_or(Self::has_wide_lead))
    }

    /// Whether literals, which may be frequent, spare the long way back from a digit to where the match starts.
    fn is_short_cut(&self, digits: Option<&Self>) -> bool {
        let long = |digits: &Self| matches!(digits, Self::Digits { lead_max, .. } if *lead_max > LEAD_LEN_BYTES_GOOD);
        let words = |literals: &[Vec<u8>]| literals.iter().all(|literal| WORD.contains(literal[0]));
        matches!(self, Self::Literals { word_start: true, literals, .. } if words(literals))
            && digits.is_some_and(long)
    }

    fn has_wide_lead(&self) -> bool {
        matches!(self, Self::Digits { lead, .. } if lead.len() > LEAD_ALPHABET_MAX)
    }

    fn literal_len_min(&self) -> usize {
        match self {
            Self::Literals { literals, .. } => literals.iter().map(Vec::len).min().unwrap_or(0),
            _ => 0,
        }
    }

    /// Kind of the anchor in one word.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Literals { .. } => "literal",
            Self::Digits { .. } => "digits",
            Self::Token { .. } => "token",
            Self::Byte { .. } => "byte",
            Self::Every => "none",
        }
    }
}

/// Bytes in front of a place in the pattern.
fn reach(parts: &[&Hir]) -> Option<Reach> {
    let mut reach = Reach { min: 0, max: 0, alphabet: ByteSet::EMPTY };
    for part in parts {
        let (min, max) = hir::lengths(part);
        reach.min += min;
        reach.max += max?;
        reach.alphabet = reach.alphabet.union(hir::alphabet(part));
    }
    Some(reach)
}

/// What every match has in front of and behind an anchor; `known` bytes of the anchor need no second look.
fn guard(before: &[&Hir], rest: &[&Hir], known: usize) -> Guard {
    let mut checks = Vec::new();
    let behind = hir::positions(rest, GUARD_POSITIONS_MAX);
    for (offset, set) in behind.sets.into_iter().enumerate().skip(known) {
        checks.push((offset as i16, set));
    }
    // The far end first: where a word merely looks like the anchor, it usually ends within a few bytes.
    checks.reverse();
    if let Positions { sets, whole: true } = hir::positions(before, GUARD_POSITIONS_MAX) {
        let width = sets.len() as i16;
        checks.extend(sets.into_iter().enumerate().map(|(i, set)| (i as i16 - width, set)));
    }
    checks.retain(|(_, set)| *set != ByteSet::FULL);
    Guard(checks)
}

/// Digits: every match contains one, and what stands in front of the first one is short.
fn digits(pattern: &Hir) -> Option<Anchor> {
    if !hir::starts_at_boundary(pattern) {
        return None;
    }
    let lead = Lead::of(pattern);
    match lead {
        Lead { with: Some(run), without: None } if run.len <= LEAD_LEN_BYTES_MAX => {
            Some(Anchor::Digits { lead_max: run.len, lead: run.alphabet })
        }
        _ => None,
    }
}

/// What can stand in front of the first digit of a match, told apart by whether the match has a digit at all.
struct Lead {
    /// Matches with a digit: the bytes before the first one.
    with: Option<Run>,
    /// Matches without: all their bytes.
    without: Option<Run>,
}

#[derive(Clone, Copy)]
struct Run {
    len: usize,
    alphabet: ByteSet,
}

impl Run {
    const EMPTY: Self = Self { len: 0, alphabet: ByteSet::EMPTY };

    fn then(self, next: Self) -> Self {
        Self {
            len: self.len.saturating_add(next.len),
            alphabet: self.alphabet.union(next.alphabet),
        }
    }

    fn or(self, other: Self) -> Self {
        Self { len: self.len.max(other.len), alphabet: self.alphabet.union(other.alphabet) }
    }

    fn times(self, count: usize) -> Self {
        if count == 0 {
            return Self::EMPTY;
        }
        Self { len: self.len.saturating_mul(count), alphabet: self.alphabet }
    }
}

fn either(a: Option<Run>, b: Option<Run>) -> Option<Run> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.or(b)),
        (one, other) => one.or(other),
    }
}

impl Lead {
    fn of(pattern: &Hir) -> Self {
        match pattern.kind() {
            HirKind::Empty | HirKind::Look(_) => Self { with: None, without: Some(Run::EMPTY) },
            HirKind::Literal(literal) => Self::of_literal(&literal.0),
            HirKind::Class(class) => {
                let set = hir::class_set(class);
                let others = set.iter().filter(|byte| !DIGITS.contains(*byte)).collect::<Vec<_>>();
                // A character beyond ASCII has several bytes.
                let len = hir::lengths(pattern).1.unwrap_or(0);
                Self {
                    with: (!set.is_disjoint(DIGITS)).then_some(Run::EMPTY),
                    without: (!others.is_empty())
                        .then_some(Run { len, alphabet: ByteSet::of(&others) }),
                }
            }
            HirKind::Capture(capture) => Self::of(&capture.sub),
            HirKind::Concat(subs) => {
                subs.iter().fold(Self { with: None, without: Some(Run::EMPTY) }, |before, sub| {
                    before.then(&Self::of(sub))
                })
            }
            HirKind::Alternation(subs) => {
                subs.iter().map(Self::of).fold(Self { with: None, without: None }, |all, sub| {
                    Self {
                        with: either(all.with, sub.with),
                        without: either(all.without, sub.without),
                    }
                })
            }
            HirKind::Repetition(repetition) => {
                let sub = Self::of(&repetition.sub);
                let count = repetition.max.map_or(usize::MAX, |max| max as usize);
                let without = if repetition.min == 0 {
                    Some(sub.without.map_or(Run::EMPTY, |run| run.times(count)))
                } else {
                    sub.without.map(|run| run.times(count))
                };
                let skipped =
                    sub.without.map_or(Run::EMPTY, |run| run.times(count.saturating_sub(1)));
                Self { with: sub.with.map(|run| skipped.then(run)), without }
            }
        }
    }

    fn of_literal(bytes: &[u8]) -> Self {
        let run = |bytes: &[u8]| Run { len: bytes.len(), alphabet: ByteSet::of(bytes) };
        match bytes.iter().position(u8::is_ascii_digit) {
            Some(first) => Self { with: Some(run(&bytes[..first])), without: None },
            None => Self { with: None, without: Some(run(bytes)) },
        }
    }

    fn then(&self, next: &Self) -> Self {
        let after = match (self.without, next.with) {
            (Some(a), Some(b)) => Some(a.then(b)),
            _ => None,
        };
        let without = match (self.without, next.without) {
            (Some(a), Some(b)) => Some(a.then(b)),
            _ => None,
        };
        Self { with: either(self.with, after), without }
    }
}

/// The longest row of parts that consist of token bytes.
fn token(parts: &[&Hir]) -> Option<Anchor> {
    let mut best: Option<(usize, usize, usize)> = None;
    let mut start = 0;
    let mut len = 0;
    for (i, part) in parts.iter().enumerate() {
        if !hir::alphabet(part).is_subset(TOKEN) {
            (start, len) = (i + 1, 0);
            continue;
        }
        len += hir::lengths(part).0;
        if best.is_none_or(|(longest, ..)| len > longest) {
            best = Some((len, start, i + 1));
        }
    }
    let (len_min, start, end) = best.filter(|(len, ..)| *len >= TOKEN_LEN_BYTES_MIN)?;
    let tail_max = reach(&parts[end..])?.max;
    Some(Anchor::Token { len_min, reach: reach(&parts[..start])?, tail_max })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn anchor(pattern: &str) -> Anchor {
        Anchor::of(&hir::parse(pattern).expect("test pattern parses"))
    }

    #[test]
    fn the_rarest_proven_thing_is_chosen() {
        let check = |pattern: &str, kind: &str| {
            assert_eq!(anchor(pattern).kind(), kind, "{pattern}: {:?}", anchor(pattern));
        };
        check(r"\b(?:AKIA|ASIA)[A-Z2-7]{16}\b", "literal");
        check(r"\bghp_[A-Za-z0-9]{36}\b", "literal");
        check(r"(?i)\bpassword\s{0,4}[:=]\s{0,4}(\S{6,64})", "literal");
        check(r"\b\d{3}-\d{2}-\d{4}\b", "digits");
        check(r"\b[A-CEGHJ-PR-TW-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b", "digits");
        check(r"(?:\+1[ -]?)?\(\d{3}\) ?\d{3}-\d{4}\b", "digits");
        check(r"\b[0-9a-f]{32}\b", "token");
        check(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,64}", "byte");
        check(r"\b[a-z]{4,9}\b", "none");
    }

    #[test]
    fn literals_know_where_the_match_starts() {
        let Anchor::Literals { literals, caseless, reach, .. } =
            anchor(r"[0-9]{8,10}:AAH[A-Za-z0-9_-]{32}")
        else {
            panic!("a literal anchor was expected");
        };
        assert_eq!((literals, caseless), (vec![b":AAH".to_vec()], false));
        assert_eq!((reach.min, reach.max, reach.alphabet), (8, 10, DIGITS));
    }

    #[test]
    fn the_guard_refuses_words_that_merely_contain_the_literal() {
        let Anchor::Literals { guard, .. } = anchor(r"\bhf_[A-Za-z]{34}\b") else {
            panic!("a literal anchor was expected");
        };
        assert!(!guard.admits(b"half_life hf_short and more text that goes on and on", 10));
        assert!(guard.admits(b"hf_abcdefghijklmnopqrstuvwxyzABCDEFGH", 0));
    }

    #[test]
    fn a_character_in_front_of_the_first_digit_counts_with_all_its_bytes() {
        let Anchor::Digits { lead_max, lead } = anchor(r"(?:é|€|@)\d{9}") else {
            panic!("a digit anchor was expected");
        };
        assert_eq!(lead_max, 3);
        assert!("é€@".bytes().all(|byte| lead.contains(byte)));
    }

    #[test]
    fn a_digit_free_match_is_no_digit_anchor() {
        assert_eq!(anchor(r"\b(?:\d{3}|abc)-\b").kind(), "none");
        let Anchor::Digits { lead_max, lead } = anchor(r"\b[A-Z]{2}\d{6}\b") else {
            panic!("a digit anchor was expected");
        };
        assert_eq!((lead_max, lead), (2, ByteSet::range(b'A', b'Z')));
    }
}
