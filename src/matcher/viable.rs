//! What may still match: all patterns as one automaton that is fed a text as it arrives.
//!
//! An [`Attempt`] is a place at which a match may start, and the state of the automaton after all bytes that follow. While it is alive,
//! some pattern may still match from there, or match longer; once it is dead, everything that starts there is decided by the bytes that
//! are known. Each attempt has few states, since it starts at one place; they are made when first needed and shared by all texts.

use regex_automata::hybrid::LazyStateID;
use regex_automata::hybrid::dfa::{Cache, Config, DFA};
use regex_automata::nfa::thompson::{self, WhichCaptures};
use regex_automata::{Anchored, Input, MatchKind};
use regex_syntax::hir::Hir;
use std::sync::atomic::{AtomicU64, Ordering};

/// States that are kept, in bytes. When it is full the states are thrown away and made anew.
const CACHE_BYTES_MAX: usize = 16 << 20;

/// Patterns, as one automaton.
#[derive(Debug)]
pub struct Viable {
    dfa: DFA,
}

/// Working memory of a [`Viable`].
#[derive(Debug)]
pub struct ViableCache {
    cache: Cache,
    /// Different for every cache of the process: states of one mean nothing to another.
    serial: u64,
}

/// A place at which a match may start.
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    /// The place.
    pub start: usize,
    /// Whether a pattern matched from here.
    pub matched: bool,
    /// Whether more bytes may change what matches from here.
    pub alive: bool,
    state: LazyStateID,
    /// The cache that the state is of, and how often it had been cleared.
    known: (u64, usize),
}

impl ViableCache {
    fn known(&self) -> (u64, usize) {
        (self.serial, self.cache.clear_count())
    }
}

impl Viable {
    /// Compiles the patterns; the number of a pattern is its position.
    ///
    /// # Errors
    /// The automaton cannot be built, in words.
    pub fn new(patterns: &[Hir]) -> Result<Self, String> {
        let config = thompson::Config::new().utf8(false).which_captures(WhichCaptures::None);
        let nfa = thompson::Compiler::new()
            .configure(config)
            .build_many_from_hir(patterns)
            .map_err(|error| error.to_string())?;
        let config = Config::new()
            .match_kind(MatchKind::All)
            .cache_capacity(CACHE_BYTES_MAX)
            .skip_cache_capacity_check(true);
        let dfa = DFA::builder().configure(config).build_from_nfa(nfa);
        Ok(Self { dfa: dfa.map_err(|error| error.to_string())? })
    }

    /// Working memory for this automaton.
    pub fn cache(&self) -> ViableCache {
        static SERIAL: AtomicU64 = AtomicU64::new(0);
        let serial = SERIAL.fetch_add(1, Ordering::Relaxed);
        ViableCache { cache: self.dfa.create_cache(), serial }
    }

    /// An attempt at `start`, which has seen the text up to its end.
    #[inline]
    pub fn attempt(&self, cache: &mut ViableCache, text: &[u8], start: usize) -> Attempt {
        let mut attempt = Attempt {
            start,
            matched: false,
            alive: true,
            state: LazyStateID::default(),
            known: (u64::MAX, 0),
        };
        self.advance(cache, text, start, &mut attempt);
        attempt
    }

    /// Shows an attempt that has seen the bytes in front of `from` the rest of the text.
    #[inline]
    pub fn advance(
        &self,
        cache: &mut ViableCache,
        text: &[u8],
        from: usize,
        attempt: &mut Attempt,
    ) {
        let known = attempt.known == cache.known();
        let first = if known { from } else { attempt.start };
        let state = if known { Some(attempt.state) } else { self.start(cache, text, first) };
        // What the automaton cannot tell stays alive, and is held back until the stream ends.
        let Some(mut state) = state else { return };
        for byte in &text[first..] {
            let Ok(next) = self.dfa.next_state(&mut cache.cache, state, *byte) else { return };
            state = next;
            if state.is_tagged() {
                attempt.matched |= state.is_match();
                if state.is_dead() {
                    attempt.alive = false;
                    return;
                }
            }
        }
        attempt.state = state;
        attempt.known = cache.known();
    }

    /// Ends an attempt: no byte follows the text.
    pub fn end(&self, cache: &mut ViableCache, text: &[u8], attempt: &mut Attempt) {
        if attempt.alive {
            self.advance(cache, text, text.len(), attempt);
            let end = self.dfa.next_eoi_state(&mut cache.cache, attempt.state);
            attempt.matched |= end.is_ok_and(|state| state.is_match());
            attempt.alive = false;
        }
    }

    /// Adds the patterns that match from the start of a dead attempt; `ended` if the text does.
    pub fn matches(
        &self,
        cache: &mut ViableCache,
        text: &[u8],
        start: usize,
        ended: bool,
        out: &mut Vec<u32>,
    ) {
        out.clear();
        let Some(mut state) = self.start(cache, text, start) else { return };
        let mut report = |cache: &Cache, state: LazyStateID| {
            if state.is_match() {
                let count = self.dfa.match_len(cache, state);
                out.extend((0..count).map(|i| self.dfa.match_pattern(cache, state, i).as_u32()));
            }
        };
        for byte in &text[start..] {
            let Ok(next) = self.dfa.next_state(&mut cache.cache, state, *byte) else { return };
            state = next;
            report(&cache.cache, state);
            if state.is_dead() {
                break;
            }
        }
        if ended && let Ok(end) = self.dfa.next_eoi_state(&mut cache.cache, state) {
            report(&cache.cache, end);
        }
        out.sort_unstable();
        out.dedup();
    }

    fn start(&self, cache: &mut ViableCache, text: &[u8], start: usize) -> Option<LazyStateID> {
        let input = Input::new(text).range(start..).anchored(Anchored::Yes);
        self.dfa.start_state_forward(&mut cache.cache, &input).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matcher::hir;

    /// What becomes of an attempt at the start of `text`: whether it is alive, and what matched.
    fn check(text: &str, alive: bool, matches: &[u32]) {
        let hirs: Vec<_> = [r"\bab{2,3}\b", "[a-c]{2}x", "b$"]
            .iter()
            .map(|pattern| hir::parse(pattern).expect("test pattern parses"))
            .collect();
        let viable = Viable::new(&hirs).expect("test patterns compile");
        let text = text.as_bytes();
        for cut in 0..=text.len() {
            let mut cache = viable.cache();
            let mut attempt = viable.attempt(&mut cache, &text[..cut], 0);
            // Another thread goes on with the stream.
            let mut other = viable.cache();
            if attempt.alive {
                viable.advance(&mut other, text, cut, &mut attempt);
            }
            assert_eq!(attempt.alive, alive, "{text:?} cut at {cut}");
            viable.end(&mut other, text, &mut attempt);
            assert_eq!(attempt.matched, !matches.is_empty(), "{text:?} cut at {cut}");
            let mut found = Vec::new();
            viable.matches(&mut cache, text, 0, true, &mut found);
            assert_eq!(found, matches, "{text:?}");
        }
    }

    #[test]
    fn an_attempt_lives_as_long_as_something_may_match() {
        check("", true, &[]);
        check("ab", true, &[]);
        check("abb", true, &[0]);
        check("abbb", true, &[0]);
        check("abbbb", false, &[]);
        check("abx", true, &[1]);
        // That a match has ended shows one byte later.
        check("abxy", true, &[1]);
        check("abxyz", false, &[1]);
        check("b", true, &[2]);
        check("z", false, &[]);
    }
}
