//! Patterns that begin alike, tried together: numbers, which are anchored by their first digit, and tokens.
//!
//! National ids, cards, phones and accounts look alike: a few digits, perhaps a separator, more digits. So do keys: a long row of letters
//! and digits. Trying each pattern at each number and each token would cost time proportional to the number of rules. Instead one
//! [`PositionFilter`] refutes nearly all of them at once, and of the rest those are dropped that demand a keyword which is not there.

use super::anchor::TOKEN_LEN_BYTES_MIN;
use super::byteset::{DIGITS, WORD};
use super::classes::TokenRun;
use super::positions::{Groups, Pattern, PositionFilter, can_start};

/// Which patterns are tried together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShapeKind {
    /// Those anchored by their first digit.
    Digits,
    /// Those that begin with the long token that is their anchor.
    Tokens,
    /// Those that have such a token somewhere inside.
    Inside,
}

/// Number of kinds.
pub const SHAPE_KINDS: usize = 3;

/// Says which groups of a kind have a word near that one of their patterns demands. Saying yes too often costs time only.
pub trait Context {
    /// Groups with a word in `start..end`, or in the name of a field that lies there.
    fn near(&mut self, kind: ShapeKind, start: usize, end: usize) -> Groups;
}

impl<F: FnMut(ShapeKind, usize, usize) -> Groups> Context for F {
    fn near(&mut self, kind: ShapeKind, start: usize, end: usize) -> Groups {
        self(kind, start, end)
    }
}

/// How far from the anchor the word of a pattern stands that demands one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Near {
    /// Most bytes between the word and the anchor behind it.
    pub before: usize,
    /// Most bytes between the first byte of the anchor and the end of the word.
    pub after: usize,
}

/// Windows up to this wide are looked at together, in bytes on each side.
const NEAR_BYTES_MAX: usize = 160;

impl Near {
    /// Whether the window is so wide that it would say little of the patterns with narrower ones.
    pub(super) fn is_far(self) -> bool {
        self.before.max(self.after) > NEAR_BYTES_MAX
    }
}

/// A number that a pattern begins with.
#[derive(Debug)]
pub(super) struct Number<'p> {
    pub(super) pattern: Pattern<'p>,
    /// Most bytes in front of the first digit.
    pub(super) lead_max: usize,
}

/// The patterns that are anchored by their first digit.
#[derive(Debug)]
pub(super) struct Numbers {
    filter: PositionFilter,
    /// Per number of bytes in front of the first digit: the patterns that may begin so.
    leads: Vec<Groups>,
    /// Per distance from the first digit, one less, and byte: the numbers of bytes in front of it that go with this byte there, as bits.
    before: Vec<[u16; 256]>,
    near: Windows,
}

impl Numbers {
    pub(super) fn new(numbers: &[Number<'_>]) -> Self {
        let patterns: Vec<_> = numbers.iter().map(|number| number.pattern).collect();
        let filter = PositionFilter::new(&patterns);
        let lead_max = numbers.iter().map(|number| number.lead_max).max().unwrap_or(0);
        let leads: Vec<_> = (0..=lead_max).map(|len| filter.first_digit_at(len)).collect();
        let others = DIGITS.complement();
        let before = |distance: usize| {
            let mut row = [0; 256];
            for (len, groups) in leads.iter().enumerate().skip(distance) {
                let set = filter.possible(*groups, len - distance).intersection(others);
                set.iter().for_each(|byte| row[usize::from(byte)] |= 1 << len);
            }
            row
        };
        Self {
            before: (1..=lead_max).map(before).collect(),
            leads,
            near: Windows::new(&patterns),
            filter,
        }
    }

    pub(super) fn filter(&self) -> &PositionFilter {
        &self.filter
    }

    /// Calls `report(pattern, start)` for every pattern that may match with its first digit at `digit`, where `len` digits stand in a row.
    #[inline]
    pub(super) fn at(
        &self,
        text: &[u8],
        (digit, len): (usize, usize),
        context: &mut impl Context,
        mut report: impl FnMut(u32, usize),
    ) {
        let mut near = NearCache::new(&self.near, ShapeKind::Digits, digit, digit);
        let mut try_at = |start: usize, groups: Groups| {
            if can_start(text, start) {
                let left = self.filter.at(text, start, groups);
                let left = near.narrow(&self.filter, left, context);
                self.filter.patterns(left, text, start).for_each(|pattern| report(pattern, start));
            }
        };
        let possible = self.filter.at_digits(text, digit, len) & self.leads[0];
        if possible != 0 {
            try_at(digit, possible);
        }
        let mut lens = u16::MAX;
        for ((row, start), len) in self.before.iter().zip((0..digit).rev()).zip(1..) {
            lens &= row[usize::from(text[start])];
            if lens == 0 {
                return;
            }
            if lens >> len & 1 == 1 {
                try_at(start, self.leads[len]);
            }
        }
    }
}

/// The patterns that begin with a token.
#[derive(Debug)]
pub(super) struct Tokens {
    filter: PositionFilter,
    near: Windows,
}

impl Tokens {
    pub(super) fn new(patterns: &[Pattern<'_>]) -> Self {
        Self { filter: PositionFilter::new(patterns), near: Windows::new(patterns) }
    }

    pub(super) fn filter(&self) -> &PositionFilter {
        &self.filter
    }

    /// Calls `report(pattern, start)` for every pattern that may match in a run of token bytes.
    #[inline]
    pub(super) fn at(
        &self,
        text: &[u8],
        run: &TokenRun,
        context: &mut impl Context,
        mut report: impl FnMut(u32, usize),
    ) {
        let wanted = if run.has_digit { Groups::MAX } else { self.filter.without_digit() };
        let (start, end) = (run.start as usize, run.end as usize);
        let mut near = NearCache::new(&self.near, ShapeKind::Tokens, start, end);
        for start in starts(text, run) {
            let left = self.filter.at(text, start, wanted);
            let left = near.narrow(&self.filter, left, context);
            self.filter.patterns(left, text, start).for_each(|pattern| report(pattern, start));
        }
    }
}

/// Widest windows in which patterns demand a word: of those that want it near, and of all.
#[derive(Clone, Copy, Debug)]
struct Windows {
    near: Near,
    far: Near,
}

impl Windows {
    fn new(patterns: &[Pattern<'_>]) -> Self {
        let widest = |far: bool| {
            let all = patterns.iter().filter_map(|pattern| pattern.near);
            all.filter(|near| near.is_far() == far).fold(Near::default(), |widest, near| Near {
                before: widest.before.max(near.before),
                after: widest.after.max(near.after),
            })
        };
        Self { near: widest(false), far: widest(true) }
    }
}

/// What the context says of one anchor, asked for when it is first needed.
struct NearCache<'w> {
    windows: &'w Windows,
    kind: ShapeKind,
    start: usize,
    end: usize,
    near: Option<Groups>,
    far: Option<Groups>,
}

impl<'w> NearCache<'w> {
    fn new(windows: &'w Windows, kind: ShapeKind, start: usize, end: usize) -> Self {
        Self { windows, kind, start, end, near: None, far: None }
    }

    /// Drops the groups whose word is not there.
    #[inline]
    fn narrow(
        &mut self,
        filter: &PositionFilter,
        mut left: Groups,
        context: &mut impl Context,
    ) -> Groups {
        let (kind, start, end) = (self.kind, self.start, self.end);
        let mut ask = |window: Near| {
            context.near(kind, start.saturating_sub(window.before), end + window.after)
        };
        if left & filter.near() != 0 {
            let there = *self.near.get_or_insert_with(|| ask(self.windows.near));
            left &= there | !filter.near();
        }
        if left & filter.far() != 0 {
            let there = *self.far.get_or_insert_with(|| ask(self.windows.far));
            left &= there | !filter.far();
        }
        left
    }
}

/// Places in a token run at which a pattern can start and still have a long enough token in front of it.
fn starts<'t>(text: &'t [u8], run: &TokenRun) -> impl Iterator<Item = usize> + use<'t> {
    let first = run.start as usize;
    let mut in_word = first.checked_sub(1).is_some_and(|before| WORD.contains(text[before]));
    let bytes = &text[first..=run.end as usize - TOKEN_LEN_BYTES_MIN];
    (first..).zip(bytes).filter_map(move |(at, byte)| {
        let behind_word = std::mem::replace(&mut in_word, WORD.contains(*byte));
        (!in_word || !behind_word).then_some(at)
    })
}
