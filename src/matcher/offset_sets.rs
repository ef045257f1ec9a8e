//! For each offset from the start of a match, the bytes that can stand there, proven from the pattern.

use super::byteset::{ByteSet, WORD};
use super::hir;
use regex_syntax::hir::{Hir, HirKind, Look, Repetition};

/// Offsets that are looked at, in bytes. One bit each in a word.
pub(super) const OFFSETS_MAX: usize = 48;

/// Where a match starts. Many patterns begin with `(?:^|[^\w])`, which says much less of the start of the text than of every other place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// At the start of the text.
    TextStart,
    /// Anywhere else.
    Inside,
}

/// Per offset the bytes that can stand there in or behind a match; offsets beyond the last one say nothing. A zero stands for the end of
/// the text. Only matches count that have bytes of `wanted` at the first offsets.
pub(super) fn offset_sets(pattern: &Hir, place: Place, wanted: &[ByteSet]) -> Vec<ByteSet> {
    let mut walk = Walk { sets: vec![ByteSet::EMPTY; OFFSETS_MAX], place, wanted };
    let ends = walk.part(pattern, 1);
    walk.end(ends, hir::follows(pattern));
    let mut sets = walk.sets;
    while sets.last() == Some(&ByteSet::FULL) || sets.ends_with(&[ByteSet::one(0); 2]) {
        sets.pop();
    }
    sets
}

/// On the way through a pattern. Sets of offsets are bits of a word.
struct Walk<'w> {
    sets: Vec<ByteSet>,
    place: Place,
    wanted: &'w [ByteSet],
}

impl Walk<'_> {
    fn wanted(&self, offset: usize) -> ByteSet {
        self.wanted.get(offset).copied().unwrap_or(ByteSet::FULL)
    }

    /// Enters what can stand where a part is, which begins at one of the offsets `at`; returns where it ends. Offsets beyond the last one
    /// fall off.
    fn part(&mut self, part: &Hir, at: u64) -> u64 {
        match part.kind() {
            HirKind::Look(Look::Start) if self.place == Place::Inside => 0,
            HirKind::Look(Look::Start) => at & 1,
            HirKind::Look(Look::End) => {
                self.text_end(at);
                0
            }
            HirKind::Empty | HirKind::Look(_) => at,
            HirKind::Literal(literal) => {
                literal.0.iter().fold(at, |at, byte| self.step(ByteSet::one(*byte), at))
            }
            HirKind::Class(class) => {
                let (shortest, longest) = hir::lengths(part);
                let set = hir::class_set(class);
                // A character beyond ASCII has several bytes.
                let mut ends = 0;
                let mut here = at;
                for len in 1..=longest.unwrap_or(1) {
                    here = self.step(set, here);
                    ends |= if len >= shortest { here } else { 0 };
                }
                ends
            }
            HirKind::Capture(capture) => self.part(&capture.sub, at),
            HirKind::Concat(subs) => subs.iter().fold(at, |at, sub| self.part(sub, at)),
            HirKind::Alternation(subs) => {
                subs.iter().fold(0, |ends, sub| ends | self.part(sub, at))
            }
            HirKind::Repetition(repetition) => self.repetition(repetition, at),
        }
    }

    fn repetition(&mut self, repetition: &Repetition, at: u64) -> u64 {
        let (mut ends, mut here) = (0, at);
        let mut count = 0;
        loop {
            if count >= repetition.min {
                // Nothing new follows from where it was before.
                if here & !ends == 0 {
                    return ends;
                }
                ends |= here;
            }
            if here == 0 || repetition.max == Some(count) {
                return ends;
            }
            here = self.part(&repetition.sub, here);
            count += 1;
        }
    }

    /// One byte of `set` at each of the offsets.
    fn step(&mut self, set: ByteSet, at: u64) -> u64 {
        let mut behind = 0;
        for offset in offsets(at) {
            let set = set.intersection(self.wanted(offset));
            if !set.is_empty() {
                self.sets[offset] = self.sets[offset].union(set);
                behind |= 2 << offset;
            }
        }
        behind & (u64::MAX >> (64 - OFFSETS_MAX))
    }

    /// The text ends at one of the offsets: nothing stands there and behind it.
    fn text_end(&mut self, at: u64) {
        let nothing = ByteSet::one(0);
        let first = offsets(at).find(|offset| {
            (*offset..self.wanted.len()).all(|offset| self.wanted(offset).contains(0))
        });
        let behind = self.sets.iter_mut().skip(first.unwrap_or(OFFSETS_MAX));
        behind.for_each(|set| *set = set.union(nothing));
    }

    /// Matches end at the offsets, and `follows` is what can follow them.
    fn end(&mut self, at: u64, follows: ByteSet) {
        for offset in offsets(at) {
            let set = follows.intersection(self.wanted(offset));
            if !set.is_empty() {
                self.sets[offset] = self.sets[offset].union(set);
                for behind in offset + 1..OFFSETS_MAX {
                    self.sets[behind] = self.wanted(behind);
                }
            }
        }
    }
}

/// The offsets whose bits are set.
fn offsets(mut at: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let offset = at.trailing_zeros();
        at &= at.checked_sub(1)?;
        Some(offset as usize)
    })
}

/// Refutes one pattern.
#[derive(Clone, Debug)]
pub(super) struct StartCheck {
    /// No match starts inside a word.
    boundary: bool,
    inside: Box<[ByteSet]>,
    /// If that is something else.
    text_start: Option<Box<[ByteSet]>>,
}

impl StartCheck {
    pub(super) fn of(pattern: &Hir) -> Self {
        let inside: Box<[_]> = offset_sets(pattern, Place::Inside, &[]).into();
        let text_start: Box<[_]> = offset_sets(pattern, Place::TextStart, &[]).into();
        let text_start = (text_start != inside).then_some(text_start);
        Self { boundary: hir::starts_at_boundary(pattern), inside, text_start }
    }

    /// Of a pattern of which these sets are known, wherever it starts.
    pub(super) fn new(sets: &[ByteSet]) -> Self {
        Self { boundary: false, inside: sets.into(), text_start: None }
    }

    /// What a match begins with that does not start at the start of the text.
    #[inline]
    pub(super) fn first(&self) -> ByteSet {
        self.inside.first().copied().unwrap_or(ByteSet::FULL)
    }

    /// Whether a match may start here.
    #[inline]
    pub(super) fn admits(&self, text: &[u8], start: usize) -> bool {
        if self.boundary && !can_start(text, start) {
            return false;
        }
        let sets = match &self.text_start {
            Some(sets) if start == 0 => sets,
            _ => &self.inside,
        };
        let rest = text.get(start..).unwrap_or_default();
        let (here, behind) = sets.split_at(rest.len().min(sets.len()));
        here.iter().zip(rest).all(|(set, byte)| set.contains(*byte))
            && behind.iter().all(|set| set.contains(0))
    }

    /// Heap memory in bytes.
    pub(super) fn memory_usage(&self) -> usize {
        size_of_val(&*self.inside) + self.text_start.as_ref().map_or(0, |sets| size_of_val(&**sets))
    }
}

/// Where a word starts, or at a byte that is none of a word.
#[inline]
pub(super) fn can_start(text: &[u8], start: usize) -> bool {
    let in_word = |at: usize| text.get(at).is_some_and(|byte| WORD.contains(*byte));
    !in_word(start) || start == 0 || !in_word(start - 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matcher::byteset::DIGITS;

    fn sets(pattern: &str, place: Place, wanted: &[ByteSet]) -> Vec<ByteSet> {
        offset_sets(&hir::parse(pattern).expect("test pattern parses"), place, wanted)
    }

    #[test]
    fn the_start_of_the_text_counts_there_only() {
        let pattern = r"(?:^|[,;])\d\b";
        let separators = ByteSet::of(b",;");
        assert_eq!(sets(pattern, Place::Inside, &[])[..2], [separators, DIGITS]);
        let at_start = sets(pattern, Place::TextStart, &[]);
        assert_eq!(at_start[0], separators.union(DIGITS));
        assert!(sets(r"^\d", Place::Inside, &[])[0].is_empty());
    }

    #[test]
    fn nothing_stands_behind_the_end_of_the_text() {
        let nothing = ByteSet::one(0);
        assert_eq!(sets(r"\d$", Place::Inside, &[]), [DIGITS, nothing]);
        let either = sets(r"\d(?:,|$)", Place::Inside, &[]);
        assert_eq!(either, [DIGITS, ByteSet::one(b',').union(nothing)]);
    }

    #[test]
    fn what_is_wanted_at_the_first_offsets_leaves_fewer_ways() {
        let pattern = r"\d{1,2}[-/]\d{2}\b";
        let two = [DIGITS, DIGITS, DIGITS.complement()];
        assert_eq!(sets(pattern, Place::Inside, &two)[2], ByteSet::of(b"-/"));
        let three = [DIGITS, DIGITS, DIGITS, DIGITS.complement()];
        assert!(sets(pattern, Place::Inside, &three)[3].is_empty());
        let whole = sets(r"\d{2}\b", Place::Inside, &two);
        assert_eq!(whole[2], WORD.complement());
    }
}
