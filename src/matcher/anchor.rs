//! Anchors: the cheap thing that every match of a pattern must contain, derived from the pattern and proven by its syntax tree.
//!
//! A matcher looks for anchors only. Where one stands, the pattern is verified from the few places at which a match that contains the
//! anchor can start. See `docs/decisions/0002-anchors-not-one-regex-database.md` for why.

use super::byteset::{ByteSet, DIGITS, LETTERS, TOKEN, WORD};
use super::hir::{self, Positions};
use regex_syntax::hir::literal::{ExtractKind, Extractor};
use regex_syntax::hir::{Hir, HirKind};

/// Shortest literal worth looking for, in bytes.
const LITERAL_LEN_BYTES_MIN: usize = 3;
/// Shortest literal that beats an anchor by digits, in bytes: short ones slow the scan for all the others.
const LITERAL_LEN_BYTES_GOOD: usize = 4;
/// Bytes that may stand in front of the first digit: with more of them, any literal beats it.
const LEAD_ALPHABET_MAX: usize = 200;
/// Longest part of a literal that is looked for, in bytes; more would not be rarer.
const LITERAL_LEN_BYTES_MAX: usize = 16;
/// Literals of one pattern.
const LITERALS_PER_PATTERN_MAX: usize = 64;
/// Positions behind an anchor that are checked before the pattern is tried.
const GUARD_POSITIONS_MAX: usize = 24;
/// Non-digits that may stand in front of the first digit of a digit-anchored pattern, in bytes.
pub const LEAD_LEN_BYTES_MAX: usize = 12;
/// Shortest run that anchors a token pattern, in bytes.
pub const TOKEN_LEN_BYTES_MIN: usize = 16;
/// Bytes that can be an anchor on their own.
pub const ANCHOR_BYTES: [u8; 2] = [b'@', b':'];

/// What a further literal costs, in expected hits per byte: it makes the database larger and slower to compile.
const LITERAL_COST: f64 = 1e-7;
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
        /// Whether a word starts wherever one of them is of use.
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
    /// The bytes that can stand this many bytes from the start of the anchor.
    pub fn at(&self, offset: usize) -> ByteSet {
        let known = self.0.iter().find(|(at, _)| usize::try_from(*at) == Ok(offset));
        known.map_or(ByteSet::FULL, |(_, set)| *set)
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
        let literals = best_literals(&parts);
        let digits = digits(pattern);
        if let Some((rate, anchor)) = &literals
            && *rate <= LITERAL_RATE_GOOD
            && (anchor.literal_len_min() >= LITERAL_LEN_BYTES_GOOD
                || digits.as_ref().is_none_or(Self::has_wide_lead))
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
            _ => byte(pattern, &parts).unwrap_or(Self::Every),
        }
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

/// The literals with the fewest expected hits, over all positions in the pattern and both ways to treat case.
fn best_literals(parts: &[&Hir]) -> Option<(f64, Anchor)> {
    let mut best: Option<(f64, Anchor)> = None;
    for at in 0..parts.len() {
        let Some(reach) = reach(&parts[..at]) else { break };
        for caseless in [false, true] {
            let Some((rate, literals)) = literals_at(&parts[at..], caseless) else { continue };
            if best.as_ref().is_none_or(|(least, _)| rate < *least) {
                let shortest = literals.iter().map(Vec::len).min().unwrap_or(0);
                let known = if caseless { 0 } else { shortest };
                let guard = guard(&parts[..at], &parts[at..], known);
                let word_start = starts_word(&parts[..at], &parts[at..], &literals);
                let anchor = Anchor::Literals { literals, caseless, word_start, reach, guard };
                best = Some((rate, anchor));
            }
        }
    }
    best
}

/// Whether a word starts where one of the literals begins that `rest` begins with.
fn starts_word(before: &[&Hir], rest: &[&Hir], literals: &[Vec<u8>]) -> bool {
    let concat = |parts: &[&Hir]| Hir::concat(parts.iter().map(|part| (*part).clone()).collect());
    literals.iter().all(|literal| WORD.contains(literal[0]))
        && (hir::ends_at_boundary(before) || hir::starts_at_boundary(&concat(rest)))
}

/// What every match of `rest` begins with, cut to the length at which the literals are both few and rare, and their cost.
fn literals_at(rest: &[&Hir], caseless: bool) -> Option<(f64, Vec<Vec<u8>>)> {
    let rest = Hir::concat(rest.iter().map(|part| (*part).clone()).collect());
    let rest = if caseless { hir::fold_case(&rest) } else { rest };
    let mut extractor = Extractor::new();
    extractor
        .kind(ExtractKind::Prefix)
        .limit_class(10)
        .limit_repeat(8)
        .limit_literal_len(LITERAL_LEN_BYTES_MAX)
        .limit_total(LITERALS_PER_PATTERN_MAX);
    let found = extractor.extract(&rest);
    let found = found.literals()?;
    (LITERAL_LEN_BYTES_MIN..=LITERAL_LEN_BYTES_MAX)
        .filter_map(|len| {
            let cut = found.iter().map(|literal| {
                let bytes = &literal.as_bytes()[..literal.len().min(len)];
                if caseless { bytes.to_ascii_lowercase() } else { bytes.to_vec() }
            });
            let literals = without_redundant(cut.collect())?;
            let hits: f64 = literals.iter().map(|literal| expected_rate(literal, caseless)).sum();
            Some((hits + LITERAL_COST * literals.len() as f64, literals))
        })
        .min_by(|(a, _), (b, _)| a.total_cmp(b))
}

/// Drops literals that begin with another one, which is found where they are; none if what is left is no use as an anchor.
fn without_redundant(mut literals: Vec<Vec<u8>>) -> Option<Vec<Vec<u8>>> {
    literals.sort();
    literals.dedup_by(|longer, shorter| longer.starts_with(shorter));
    let usable = !literals.is_empty()
        && literals.len() <= LITERALS_PER_PATTERN_MAX
        && literals.iter().all(|literal| literal.len() >= LITERAL_LEN_BYTES_MIN);
    usable.then_some(literals)
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

/// A byte that every match contains, nearest to its start.
fn byte(pattern: &Hir, parts: &[&Hir]) -> Option<Anchor> {
    let (byte, reach) = ANCHOR_BYTES
        .into_iter()
        .filter_map(|byte| Some((byte, byte_reach(pattern, byte)?)))
        .min_by_key(|(_, reach)| reach.max)?;
    let at = parts.iter().position(|part| starts_with_byte(part, byte));
    let guard = match at {
        Some(at) if self::reach(&parts[..at]) == Some(reach) => {
            guard(&parts[..at], &parts[at..], 1)
        }
        _ => Guard::default(),
    };
    Some(Anchor::Byte { byte, reach, guard })
}

fn starts_with_byte(part: &Hir, byte: u8) -> bool {
    matches!(part.kind(), HirKind::Literal(literal) if literal.0.first() == Some(&byte))
}

/// How far the first `byte` that every match must have is from the start.
fn byte_reach(pattern: &Hir, byte: u8) -> Option<Reach> {
    match pattern.kind() {
        HirKind::Empty | HirKind::Look(_) => None,
        HirKind::Literal(literal) => {
            let at = literal.0.iter().position(|b| *b == byte)?;
            Some(Reach { min: at, max: at, alphabet: ByteSet::of(&literal.0[..at]) })
        }
        HirKind::Class(class) => (hir::class_set(class) == ByteSet::one(byte)).then_some(Reach {
            min: 0,
            max: 0,
            alphabet: ByteSet::EMPTY,
        }),
        HirKind::Repetition(repetition) if repetition.min >= 1 => byte_reach(&repetition.sub, byte),
        HirKind::Repetition(_) => None,
        HirKind::Capture(capture) => byte_reach(&capture.sub, byte),
        HirKind::Concat(subs) => {
            let subs: Vec<_> = subs.iter().collect();
            (0..subs.len()).find_map(|i| {
                let inside = byte_reach(subs[i], byte)?;
                let before = reach(&subs[..i])?;
                Some(Reach {
                    min: before.min + inside.min,
                    max: before.max + inside.max,
                    alphabet: before.alphabet.union(inside.alphabet),
                })
            })
        }
        HirKind::Alternation(subs) => {
            let mut all = subs.iter().map(|sub| byte_reach(sub, byte));
            let first = all.next()??;
            all.try_fold(first, |sum, sub| {
                let sub = sub?;
                Some(Reach {
                    min: sum.min.min(sub.min),
                    max: sum.max.max(sub.max),
                    alphabet: sum.alphabet.union(sub.alphabet),
                })
            })
        }
    }
}

/// Expected hits of a literal per byte of mixed prose, code and logs. Letters are taken as independent, which is wrong for words, so
/// everyday words have a floor.
fn expected_rate(literal: &[u8], caseless: bool) -> f64 {
    let independent: f64 = literal
        .iter()
        .map(|byte| {
            let own = byte_rate(*byte);
            if caseless && byte.is_ascii_alphabetic() {
                own + byte_rate(byte.to_ascii_uppercase())
            } else {
                own
            }
        })
        .product();
    let folded = literal.to_ascii_lowercase();
    let is_everyday = EVERYDAY.iter().any(|word| word.as_bytes().starts_with(&folded));
    let everyday = if is_everyday { 2e-4 } else { 0.0 };
    independent.max(everyday).max(words_rate(literal))
}

/// Written language repeats itself: a further letter of a phrase carries about one bit, not the four and more of independent ones.
fn words_rate(literal: &[u8]) -> f64 {
    let wordlike = |byte: &u8| byte.is_ascii_lowercase() || *byte == b' ';
    if literal.iter().all(wordlike) { 2_f64.powf(-6.0 - literal.len() as f64) } else { 0.0 }
}

/// Words that are far more frequent than their letters.
const EVERYDAY: [&str; 34] = [
    "account",
    "address",
    "api",
    "api_key",
    "apikey",
    "auth",
    "bank",
    "bearer",
    "card",
    "client",
    "code",
    "date",
    "email",
    "http://",
    "https://",
    "ident",
    "key",
    "login",
    "name",
    "number",
    "pass",
    "password",
    "phone",
    "private",
    "pwd",
    "secret",
    "session",
    "token",
    "user",
    "username",
    "www.",
    "insurance",
    "://",
    "tax",
];

/// Share of a byte in mixed prose, code and logs, roughly.
fn byte_rate(byte: u8) -> f64 {
    const LOWER: [f64; 26] = [
        0.065, 0.012, 0.022, 0.034, 0.10, 0.018, 0.016, 0.049, 0.056, 0.002, 0.008, 0.032, 0.020,
        0.056, 0.060, 0.015, 0.001, 0.048, 0.051, 0.073, 0.022, 0.008, 0.019, 0.002, 0.016, 0.001,
    ];
    match byte {
        b'a'..=b'z' => LOWER[usize::from(byte - b'a')] * 0.9,
        b'A'..=b'Z' => LOWER[usize::from(byte - b'A')] * 0.06 + 0.0005,
        b'0'..=b'9' => 0.008,
        b' ' => 0.15,
        b'\n' | b'"' | b'.' | b',' | b'_' | b'-' | b':' | b'/' | b'=' => 0.012,
        b'(' | b')' | b'\'' | b'{' | b'}' | b';' | b'<' | b'>' | b'[' | b']' => 0.006,
        0x80.. => 0.0005,
        _ => 0.001,
    }
}

const _: () = assert!(LETTERS.len() == 52, "byte_rate covers every letter");

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
