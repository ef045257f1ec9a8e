//! Patterns that are anchored by one byte.

use super::anchor::{Guard, Reach};
use super::byteset::ByteSet;
use super::candidates::{Candidate, candidate, narrowed};
use super::offset_sets::StartCheck;
use regex_syntax::hir::Hir;

/// One pattern of them.
#[derive(Debug)]
pub(super) struct ByteUse {
    pattern: u32,
    reach: Reach,
    guard: Guard,
    start: StartCheck,
}

/// Some of the patterns, a bit each; further ones share the bits.
type Uses = u32;

/// What can stand beside the byte: a byte, or no byte.
const NEIGHBOURS: usize = 257;

/// All patterns with the same byte.
#[derive(Debug)]
pub(super) struct ByteAnchors {
    uses: Vec<ByteUse>,
    /// Per byte in front of the anchor: the patterns that may stand there. A byte such as `:` stands everywhere, and these two look-ups
    /// are most of what it costs.
    before: Box<[Uses; NEIGHBOURS]>,
    /// The same for the byte behind it.
    behind: Box<[Uses; NEIGHBOURS]>,
}

impl ByteUse {
    pub(super) fn new(pattern: u32, hir: &Hir, reach: Reach, guard: Guard) -> Self {
        Self { pattern, reach, guard, start: StartCheck::of(hir) }
    }

    /// Whether a byte stands in front of the anchor at `at` that a match can begin with.
    #[inline]
    fn may_begin(&self, text: &[u8], at: usize) -> bool {
        let Some(first) = at.checked_sub(self.reach.max).filter(|first| *first > 0) else {
            return true;
        };
        let set = self.start.first();
        text[first..=at - self.reach.min].iter().any(|byte| set.contains(*byte))
    }

    /// The bytes that can stand in front of the anchor; none if it may be no byte at all.
    fn before(&self) -> Option<ByteSet> {
        let reachable = (self.reach.min > 0).then_some(self.reach.alphabet);
        self.guard.known(-1).or(reachable)
    }
}

impl ByteAnchors {
    pub(super) fn new(uses: Vec<ByteUse>) -> Self {
        let before = neighbours(uses.iter().map(ByteUse::before));
        let behind = neighbours(uses.iter().map(|place| place.guard.known(1)));
        Self { uses, before, behind }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.uses.is_empty()
    }

    /// Appends the candidates of the patterns whose byte stands at one of the places.
    pub(super) fn at(
        &self,
        places: &[u32],
        text: &[u8],
        active: &[bool],
        out: &mut Vec<Candidate>,
    ) {
        if self.is_empty() {
            return;
        }
        for at in places {
            let at = *at as usize;
            let possible = self.before[neighbour(text, at.checked_sub(1))]
                & self.behind[neighbour(text, Some(at + 1))];
            if possible == 0 {
                continue;
            }
            for place in self.possible(possible) {
                if active[place.pattern as usize]
                    && place.guard.admits(text, at)
                    && place.may_begin(text, at)
                {
                    let found = candidate(place.pattern, &place.reach, text, at, at);
                    out.extend(found.and_then(|found| narrowed(found, &place.start, text)));
                }
            }
        }
    }

    /// The patterns whose bits are set.
    #[inline]
    fn possible(&self, mut bits: Uses) -> impl Iterator<Item = &ByteUse> {
        let bits = std::iter::from_fn(move || {
            let bit = bits.trailing_zeros() as usize;
            bits &= bits.checked_sub(1)?;
            Some(bit)
        });
        bits.flat_map(|bit| self.uses.iter().skip(bit).step_by(Uses::BITS as usize))
    }

    /// Heap memory in bytes.
    pub(super) fn memory_usage(&self) -> usize {
        size_of_val(&*self.uses) + size_of_val(&*self.before) + size_of_val(&*self.behind)
    }
}

/// Per neighbour the patterns that admit it, given the bytes that each admits, if it needs one.
fn neighbours(sets: impl Iterator<Item = Option<ByteSet>>) -> Box<[Uses; NEIGHBOURS]> {
    let mut table = Box::new([0; NEIGHBOURS]);
    for (i, set) in (0..).zip(sets) {
        for (neighbour, uses) in table.iter_mut().enumerate() {
            let byte = u8::try_from(neighbour).ok();
            let admits = set.is_none_or(|set| byte.is_some_and(|byte| set.contains(byte)));
            *uses |= Uses::from(admits) << (i % Uses::BITS);
        }
    }
    table
}

/// The place of a neighbour in the tables.
#[inline]
fn neighbour(text: &[u8], at: Option<usize>) -> usize {
    at.and_then(|at| text.get(at)).map_or(NEIGHBOURS - 1, |byte| usize::from(*byte))
}
