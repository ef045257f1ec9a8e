//! Anchors of one byte, and what stands beside it.

use super::{ANCHOR_BYTES, Anchor, Guard, Reach, guard, reach};
use crate::matcher::byteset::ByteSet;
use crate::matcher::hir;
use regex_syntax::hir::{Hir, HirKind};

/// The byte that every match has soonest.
pub(super) fn anchor(pattern: &Hir, parts: &[&Hir]) -> Option<Anchor> {
    let (byte, place) = ANCHOR_BYTES
        .into_iter()
        .filter_map(|byte| Some((byte, place(pattern, byte)?)))
        .min_by_key(|(_, place)| place.reach.max)?;
    let at = parts.iter().position(|part| starts_with(part, byte));
    let mut guard = match at {
        Some(at) if reach(&parts[..at]) == Some(place.reach) => {
            guard(&parts[..at], &parts[at..], 1)
        }
        _ => Guard::default(),
    };
    for (offset, side) in [(1, place.behind), (-1, place.before)] {
        if !side.open && guard.0.iter().all(|(known, _)| *known != offset) {
            guard.0.push((offset, side.bytes));
        }
    }
    Some(Anchor::Byte { byte, reach: place.reach, guard })
}

fn starts_with(part: &Hir, byte: u8) -> bool {
    matches!(part.kind(), HirKind::Literal(literal) if literal.0.first() == Some(&byte))
}

/// Where the anchor stands in a part of the pattern.
#[derive(Clone, Copy, Debug)]
struct Place {
    reach: Reach,
    before: Side,
    behind: Side,
}

/// What can stand beside the anchor.
#[derive(Clone, Copy, Debug)]
struct Side {
    bytes: ByteSet,
    /// Nothing of this part may stand there.
    open: bool,
}

impl Side {
    const EDGE: Self = Self { bytes: ByteSet::EMPTY, open: true };

    fn union(self, other: Self) -> Self {
        Self { bytes: self.bytes.union(other.bytes), open: self.open || other.open }
    }

    /// What can stand there if these parts follow, seen from the anchor; `edge` gives the bytes at their near ends.
    fn then<'h>(self, parts: impl Iterator<Item = &'h Hir>, edge: fn(&Hir) -> ByteSet) -> Self {
        let mut side = self;
        for part in parts {
            if !side.open {
                break;
            }
            side = Self { bytes: side.bytes.union(edge(part)), open: hir::lengths(part).0 == 0 };
        }
        side
    }
}

impl Place {
    const fn alone() -> Self {
        let reach = Reach { min: 0, max: 0, alphabet: ByteSet::EMPTY };
        Self { reach, before: Side::EDGE, behind: Side::EDGE }
    }

    /// The place in one or the other part.
    fn union(self, other: Self) -> Self {
        Self {
            reach: Reach {
                min: self.reach.min.min(other.reach.min),
                max: self.reach.max.max(other.reach.max),
                alphabet: self.reach.alphabet.union(other.reach.alphabet),
            },
            before: self.before.union(other.before),
            behind: self.behind.union(other.behind),
        }
    }
}

/// Where the first `byte` stands that every match must have.
fn place(pattern: &Hir, byte: u8) -> Option<Place> {
    match pattern.kind() {
        HirKind::Empty | HirKind::Look(_) => None,
        HirKind::Literal(literal) => in_literal(&literal.0, byte),
        HirKind::Class(class) => (hir::class_set(class) == ByteSet::one(byte)).then(Place::alone),
        HirKind::Repetition(repetition) if repetition.min >= 1 => {
            let mut place = place(&repetition.sub, byte)?;
            if repetition.max != Some(1) {
                let again = place.behind.then(std::iter::once(&*repetition.sub), hir::first_bytes);
                let last = repetition.min == 1 && place.behind.open;
                place.behind = Side { bytes: again.bytes, open: again.open || last };
            }
            Some(place)
        }
        HirKind::Repetition(_) => None,
        HirKind::Capture(capture) => place(&capture.sub, byte),
        HirKind::Concat(subs) => (0..subs.len()).find_map(|i| {
            let inside = place(&subs[i], byte)?;
            let front = reach(&subs[..i].iter().collect::<Vec<_>>())?;
            Some(Place {
                reach: Reach {
                    min: front.min + inside.reach.min,
                    max: front.max + inside.reach.max,
                    alphabet: front.alphabet.union(inside.reach.alphabet),
                },
                before: inside.before.then(subs[..i].iter().rev(), hir::last_bytes),
                behind: inside.behind.then(subs[i + 1..].iter(), hir::first_bytes),
            })
        }),
        HirKind::Alternation(subs) => {
            let mut all = subs.iter().map(|sub| place(sub, byte));
            let first = all.next()??;
            all.try_fold(first, |place, sub| Some(place.union(sub?)))
        }
    }
}

fn in_literal(literal: &[u8], byte: u8) -> Option<Place> {
    let at = literal.iter().position(|b| *b == byte)?;
    let side = |beside: Option<&u8>| {
        beside.map_or(Side::EDGE, |byte| Side { bytes: ByteSet::one(*byte), open: false })
    };
    Some(Place {
        reach: Reach { min: at, max: at, alphabet: ByteSet::of(&literal[..at]) },
        before: side(at.checked_sub(1).map(|before| &literal[before])),
        behind: side(literal.get(at + 1)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matcher::byteset::DIGITS;

    fn sides(pattern: &str) -> (Side, Side) {
        let pattern = hir::parse(pattern).expect("test pattern parses");
        let place = place(&pattern, b':').expect("every match has a colon");
        (place.before, place.behind)
    }

    #[test]
    fn what_stands_beside_the_byte_is_known() {
        let colon = ByteSet::one(b':');
        for (pattern, before, behind) in [
            (r"[0-9]{1,4}:[0-9]", Some(DIGITS), Some(DIGITS)),
            (r"(?:[0-9]{1,4}:){1,6}(?::[0-9]){1,6}", Some(DIGITS), Some(DIGITS.union(colon))),
            (r"(?:[0-9]{0,4}:){2}", None, Some(DIGITS.union(colon))),
            (r"(?:[0-9]:)+", Some(DIGITS), None),
            (r"x?:\s?[0-9]", None, Some(DIGITS.union(ByteSet::of(b" \t\n\x0b\x0c\r")))),
            (r"(?:a:b|c:d)", Some(ByteSet::of(b"ac")), Some(ByteSet::of(b"bd"))),
        ] {
            let (found_before, found_behind) = sides(pattern);
            for (side, expect) in [(found_before, before), (found_behind, behind)] {
                assert_eq!((!side.open).then_some(side.bytes), expect, "{pattern}");
            }
        }
    }
}
