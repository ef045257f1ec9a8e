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
    starts: Starts,
}

/// Where a match with its anchor at some place can start, for all patterns at once.
#[derive(Debug)]
struct Starts {
    /// Per distance in front of the anchor and byte there: the patterns that can begin with it.
    begin: Vec<[Uses; NEIGHBOURS]>,
    /// Per byte: the patterns that can have it in front of the anchor.
    inside: Box<[Uses; NEIGHBOURS]>,
    /// The patterns that may start further away than is looked.
    far: Uses,
}

/// Bytes in front of the anchor in which a start is looked for.
const DISTANCE_MAX: usize = 8;

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

    fn is_far(&self) -> bool {
        self.reach.max > DISTANCE_MAX
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
        Self { before, behind, starts: Starts::new(&uses), uses }
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
            for place in self.possible(self.starts.of(text, at, possible)) {
                if active[place.pattern as usize]
                    && place.guard.admits(text, at)
                    && (!place.is_far() || place.may_begin(text, at))
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
        let tables = self.starts.begin.len() + 3;
        size_of_val(&*self.uses) + tables * size_of_val(&*self.before)
    }
}

impl Starts {
    fn new(uses: &[ByteUse]) -> Self {
        let begins = |distance: usize| {
            let set = move |place: &ByteUse| {
                let near = (place.reach.min..=place.reach.max).contains(&distance);
                Some(if near { place.start.first() } else { ByteSet::EMPTY })
            };
            *neighbours(uses.iter().map(set))
        };
        let far = (0..).zip(uses).filter(|(_, place)| place.is_far());
        Self {
            begin: (0..=DISTANCE_MAX).map(begins).collect(),
            inside: neighbours(uses.iter().map(|place| Some(place.reach.alphabet))),
            far: far.fold(0, |far, (i, _)| far | 1 << (i % Uses::BITS)),
        }
    }

    /// Those of the patterns that may match with their anchor at `at`.
    #[inline]
    fn of(&self, text: &[u8], at: usize, possible: Uses) -> Uses {
        let (mut found, mut open) = (possible & self.far, possible);
        for (distance, begin) in self.begin.iter().enumerate() {
            let Some(place) = at.checked_sub(distance).filter(|place| *place > 0) else {
                // At its start a text may begin with something else than inside.
                return found | open;
            };
            let byte = neighbour(text, Some(place));
            found |= open & begin[byte];
            if distance > 0 {
                open &= self.inside[byte];
            }
            if open & !found == 0 {
                break;
            }
        }
        found
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
