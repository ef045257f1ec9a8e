//! Patterns that begin alike, tried together: numbers, which are anchored by their first digit, and tokens.
//!
//! National ids, cards, phones and accounts look alike: a few digits, perhaps a separator, more digits. So do keys: a long row of letters
//! and digits. Trying each pattern at each number and each token would cost time proportional to the number of rules. Instead one
//! [`PositionFilter`] refutes nearly all of them at once, and of the rest those are dropped that demand a keyword which is not there.

use super::anchor::TOKEN_LEN_BYTES_MIN;
use super::byteset::WORD;
use super::classes::TokenRun;
use super::groups::Groups;
use super::positions::{Pattern, PositionFilter};

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

    /// Whether there may be words in the name of the field that holds the whole text.
    fn is_named(&self) -> bool {
        false
    }
}

impl<F: FnMut(ShapeKind, usize, usize) -> Groups> Context for F {
    fn near(&mut self, kind: ShapeKind, start: usize, end: usize) -> Groups {
        self(kind, start, end)
    }
}

/// How far from the anchor the word of a pattern stands that demands one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Near {
    /// Most bytes between the word and the anchor behind it.
    pub before: usize,
    /// Most bytes between the first byte of a number, or the last one of a token, and the end of the word.
    pub after: usize,
}

impl Near {
    /// A window that holds both.
    pub(super) fn widest(self, other: Self) -> Self {
        Self { before: self.before.max(other.before), after: self.after.max(other.after) }
    }
}

/// The patterns that begin with a token.
#[derive(Debug)]
pub(super) struct Tokens {
    filter: PositionFilter,
}

impl Tokens {
    pub(super) fn new(patterns: &[Pattern<'_>]) -> Self {
        Self { filter: PositionFilter::new(patterns) }
    }

    pub(super) fn filter(&self) -> &PositionFilter {
        &self.filter
    }

    /// Calls `report(pattern, start)` for every pattern that may match in a run of token bytes; `open` if a far keyword is in the text.
    #[inline]
    pub(super) fn at(
        &self,
        text: &[u8],
        run: &TokenRun,
        (context, open): (&mut impl Context, bool),
        mut report: impl FnMut(u32, usize),
    ) {
        let wanted = if run.has_digit { Groups::ALL } else { self.filter.without_digit() };
        let wanted = if open { wanted } else { wanted & !self.filter.gated() };
        let (start, end) = (run.start as usize, run.end as usize);
        // A run may be as long as the text: it is asked about once, and again only for a wider window.
        let mut asked: Option<(Near, Groups)> = None;
        for at in starts(text, run) {
            let left = self.filter.at(text, at, wanted);
            let left = self.filter.with_context(left, |near| {
                let window = asked.map_or(near, |(window, _)| window.widest(near));
                match asked {
                    Some((known, groups)) if known == window => groups,
                    _ => {
                        let first = start.saturating_sub(window.before);
                        let groups = context.near(ShapeKind::Tokens, first, end + window.after);
                        asked = Some((window, groups));
                        groups
                    }
                }
            });
            self.filter.patterns(left, text, at, |pattern| report(pattern, at));
        }
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
