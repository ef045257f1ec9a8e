//! Many patterns that begin alike, in one automaton.
//!
//! National ids, cards, phones and accounts look alike: a few digits, perhaps a separator, more digits. So do keys: a long row of letters
//! and digits. Trying each pattern at each number and each token would cost time proportional to the number of rules. Here all of them
//! become one lazily built automaton, which tells in a single walk from a place which patterns may match there. Those few are then
//! verified exactly. Numbers are widened first, until only the *kinds* of bytes count (digit, letter, separator).

use super::byteset::{ByteSet, WORD};
use regex_automata::hybrid::{LazyStateID, dfa};
use regex_automata::nfa::thompson;
use regex_automata::{Anchored, Input, MatchKind};
use regex_syntax::hir::Hir;

/// Memory that one scratch may spend on the states of one set, in bytes. When it is full the states are thrown away and built anew.
const CACHE_BYTES_MAX: usize = 4 << 20;

/// One pattern of a set. None of its matches starts inside a word (see [`super::hir::starts_at_boundary`]).
#[derive(Debug)]
pub(super) struct Shape {
    /// Number of the pattern in the whole set.
    pub(super) pattern: u32,
    /// Most bytes in front of the anchor.
    pub(super) lead_max: usize,
    /// What those bytes can be.
    pub(super) lead: ByteSet,
    /// The pattern, or a wider one.
    pub(super) hir: Hir,
}

/// The automaton of many patterns.
#[derive(Debug)]
pub(super) struct ShapeSet {
    automaton: Option<dfa::DFA>,
    /// Per pattern of the automaton: its number in the whole set.
    patterns: Vec<u32>,
    lead_max: usize,
    lead: ByteSet,
}

/// Working memory of a [`ShapeSet`].
#[derive(Debug)]
pub(super) struct ShapeScratch {
    cache: Option<dfa::Cache>,
    /// One bit per pattern: already reported for this start.
    seen: Vec<u64>,
}

impl ShapeSet {
    pub(super) fn new(shapes: &[Shape]) -> Result<Self, String> {
        let hirs: Vec<_> = shapes.iter().map(|shape| &shape.hir).collect();
        Ok(Self {
            automaton: if hirs.is_empty() { None } else { Some(compile(&hirs)?) },
            patterns: shapes.iter().map(|shape| shape.pattern).collect(),
            lead_max: shapes.iter().map(|shape| shape.lead_max).max().unwrap_or(0),
            lead: shapes.iter().fold(ByteSet::EMPTY, |set, shape| set.union(shape.lead)),
        })
    }

    pub(super) fn scratch(&self) -> ShapeScratch {
        ShapeScratch {
            cache: self.automaton.as_ref().map(dfa::DFA::create_cache),
            seen: vec![0; self.patterns.len().div_ceil(64)],
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// Calls `report(pattern, start)` for every pattern that may match with its anchor at `anchor`.
    #[inline]
    pub(super) fn at(
        &self,
        scratch: &mut ShapeScratch,
        text: &[u8],
        anchor: usize,
        mut report: impl FnMut(u32, usize),
    ) {
        let mut start = anchor;
        loop {
            if can_start(text, start) {
                self.from(scratch, text, start, &mut report);
            }
            if start == 0 || anchor - start == self.lead_max || !self.lead.contains(text[start - 1])
            {
                return;
            }
            start -= 1;
        }
    }

    /// Walks the automaton from `start` until no pattern is alive.
    fn from(
        &self,
        scratch: &mut ShapeScratch,
        text: &[u8],
        start: usize,
        report: &mut impl FnMut(u32, usize),
    ) {
        let ShapeScratch { cache, seen } = scratch;
        let (Some(automaton), Some(cache)) = (&self.automaton, cache) else { return };
        let input = Input::new(text).range(start..).anchored(Anchored::Yes);
        let Ok(mut state) = automaton.start_state_forward(cache, &input) else { return };
        seen.fill(0);
        let mut found = |cache: &dfa::Cache, state: LazyStateID| {
            for i in 0..automaton.match_len(cache, state) {
                let id = automaton.match_pattern(cache, state, i).as_usize();
                let bit = 1 << (id & 63);
                if seen[id >> 6] & bit == 0 {
                    seen[id >> 6] |= bit;
                    report(self.patterns[id], start);
                }
            }
        };
        // Matches are reported one byte late: the state after a byte says what matched before it.
        for byte in &text[start..] {
            let Ok(next) = automaton.next_state(cache, state, *byte) else { return };
            state = next;
            if state.is_tagged() {
                if state.is_match() {
                    found(cache, state);
                } else if state.is_dead() || state.is_quit() {
                    return;
                }
            }
        }
        let Ok(end) = automaton.next_eoi_state(cache, state) else { return };
        if end.is_match() {
            found(cache, end);
        }
    }
}

/// Where a word starts, or at a byte that is none of a word.
#[inline]
pub(super) fn can_start(text: &[u8], start: usize) -> bool {
    !WORD.contains(text[start]) || start == 0 || !WORD.contains(text[start - 1])
}

fn compile(patterns: &[&Hir]) -> Result<dfa::DFA, String> {
    let config = thompson::Config::new().utf8(false).which_captures(thompson::WhichCaptures::None);
    let nfa = thompson::Compiler::new()
        .configure(config)
        .build_many_from_hir(patterns)
        .expect("each pattern compiled on its own within its limit");
    dfa::Builder::new()
        .configure(
            dfa::Config::new()
                .match_kind(MatchKind::All)
                .cache_capacity(CACHE_BYTES_MAX)
                .skip_cache_capacity_check(true),
        )
        .build_from_nfa(nfa)
        .map_err(|error| error.to_string())
}
