//! Anchors that are literals: which ones every match contains, and which of these are rarest.

use super::{Anchor, Guard, Reach, guard, rate, reach};
use crate::matcher::byteset::ByteSet;
use crate::matcher::hir;
use regex_syntax::hir::literal::{ExtractKind, Extractor};
use regex_syntax::hir::{Hir, HirKind};

/// Shortest literal worth looking for, in bytes.
const LEN_BYTES_MIN: usize = 3;
/// Longest part of a literal that is looked for, in bytes; more would not be rarer.
const LEN_BYTES_MAX: usize = 16;
/// Literals of one pattern.
const PER_PATTERN_MAX: usize = 64;
/// What a further literal costs, in expected hits per byte: it makes the database larger and slower to compile.
const COST: f64 = 1e-7;

/// The literals with the fewest expected hits, over all positions in the pattern and both ways to treat case.
pub(super) fn best(parts: &[&Hir]) -> Option<(f64, Anchor)> {
    let folded: Vec<_> = parts.iter().map(|part| hir::fold_case(part)).collect();
    let folded: Vec<_> = folded.iter().collect();
    let mut best: Option<(f64, Anchor)> = None;
    for at in 0..parts.len() {
        let Some(reach) = reach(&parts[..at]) else { break };
        for (caseless, rest) in [(false, &parts[at..]), (true, &folded[at..])] {
            let Some((rate, literals)) = beginnings(rest, caseless) else { continue };
            if best.as_ref().is_none_or(|(least, _)| rate < *least) {
                best = Some((rate, anchor(literals, caseless, reach, parts.split_at(at))));
            }
        }
    }
    best
}

fn anchor(
    literals: Vec<Vec<u8>>,
    caseless: bool,
    reach: Reach,
    (before, rest): (&[&Hir], &[&Hir]),
) -> Anchor {
    let shortest = literals.iter().map(Vec::len).min().unwrap_or(0);
    let known = if caseless { 0 } else { shortest };
    let word_start = starts_word(before, rest);
    let guard: Guard = guard(before, rest, known);
    Anchor::Literals { literals, caseless, word_start, reach, guard }
}

/// Whether a word starts where `rest` begins, if that is with a byte of words.
fn starts_word(before: &[&Hir], rest: &[&Hir]) -> bool {
    hir::ends_at_boundary(before) || hir::starts_at_boundary(&concat(rest))
}

fn concat(parts: &[&Hir]) -> Hir {
    Hir::concat(parts.iter().map(|part| (*part).clone()).collect())
}

/// What every match of `rest` begins with, cut to the length at which the literals are both few and rare, and their cost.
fn beginnings(rest: &[&Hir], caseless: bool) -> Option<(f64, Vec<Vec<u8>>)> {
    let mut extractor = Extractor::new();
    extractor
        .kind(ExtractKind::Prefix)
        .limit_class(10)
        .limit_repeat(8)
        .limit_literal_len(LEN_BYTES_MAX)
        .limit_total(PER_PATTERN_MAX);
    let found = extractor.extract(&concat(beginning(rest)?));
    let fold = |bytes: &[u8]| if caseless { bytes.to_ascii_lowercase() } else { bytes.to_vec() };
    let mut found: Vec<_> =
        found.literals()?.iter().map(|literal| fold(literal.as_bytes())).collect();
    found.sort_unstable();
    let longest = found.iter().map(Vec::len).max()?.min(LEN_BYTES_MAX);
    let (rate, literals) = (LEN_BYTES_MIN..=longest)
        .filter_map(|len| {
            let literals = cut(&found, len)?;
            let hits: f64 = literals.iter().map(|literal| rate::expected(literal, caseless)).sum();
            Some((hits + COST * literals.len() as f64, literals))
        })
        .min_by(|(a, _), (b, _)| a.total_cmp(b))?;
    Some((rate, literals.into_iter().map(<[u8]>::to_vec).collect()))
}

/// As many of a pattern's parts as the literals can be taken from; none if it can begin with more bytes than there may be literals.
fn beginning<'a, 'h>(parts: &'a [&'h Hir]) -> Option<&'a [&'h Hir]> {
    let first = parts.iter().find(|part| !matches!(part.kind(), HirKind::Look(_)))?;
    // The two cases of a letter are one literal.
    let upper = ByteSet::range(b'A', b'Z');
    if hir::first_bytes(first).intersection(upper.complement()).len() > PER_PATTERN_MAX {
        return None;
    }
    let mut len = 0;
    let enough = parts.iter().position(|part| {
        len += hir::lengths(part).0;
        len >= LEN_BYTES_MAX
    });
    Some(enough.map_or(parts, |last| &parts[..=last]))
}

/// Sorted literals, cut to a length. Drops those that begin with another one, which is found where they are; none if what is left is no
/// use as an anchor.
fn cut(sorted: &[Vec<u8>], len: usize) -> Option<Vec<&[u8]>> {
    let mut literals: Vec<_> =
        sorted.iter().map(|literal| &literal[..literal.len().min(len)]).collect();
    literals.dedup_by(|longer, shorter| longer.starts_with(shorter));
    let usable = !literals.is_empty()
        && literals.len() <= PER_PATTERN_MAX
        && literals.iter().all(|literal| literal.len() >= LEN_BYTES_MIN);
    usable.then_some(literals)
}
