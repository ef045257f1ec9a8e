//! Verifying one pattern at the few places where an anchor says that it may match.

use super::hir;
use super::value::ValueEnds;
use regex_automata::dfa::onepass;
use regex_automata::hybrid::dfa;
use regex_automata::nfa::thompson::{self, NFA, WhichCaptures, backtrack};
use regex_automata::util::primitives::NonMaxUsize;
use regex_automata::{Anchored, Input, MatchKind};
use regex_syntax::hir::Hir;
use std::sync::OnceLock;

/// Largest one-pass automaton of one pattern, in bytes; bigger patterns use the lazy one.
const ONEPASS_BYTES_MAX: usize = 64 << 10;
/// States of one pattern that one scratch keeps, in bytes. When it is full the states are thrown away and built anew.
const CACHE_BYTES_MAX: usize = 1 << 20;
/// Up to this many starting places are tried one by one; for more the pattern is searched for.
const STARTS_TRIED_MAX: usize = 12;

/// A match of one pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// First byte of what is reported: of group 1 if it took part, else of the match.
    pub value_start: usize,
    /// One past the last byte of what is reported.
    pub value_end: usize,
}

/// One pattern, ready to be verified.
#[derive(Debug)]
pub struct Verifier {
    /// As written: its tree is several times as large, and seldom needed again.
    text: Box<str>,
    onepass: Option<Box<onepass::DFA>>,
    /// The lazy automata, built when they are first needed: a one-pass pattern with few starting places never needs them, and building
    /// them for all would be a third of the time it takes to compile a rule set.
    forward: OnceLock<Option<Box<dfa::DFA>>>,
    reverse: OnceLock<Option<Box<dfa::DFA>>>,
    value: Value,
    len_max: usize,
}

/// How the value of a match is found.
#[derive(Debug)]
enum Value {
    /// It is the match.
    Whole,
    Between(ValueEnds),
    Captured(Box<backtrack::BoundedBacktracker>),
    /// By the one-pass automaton, on its way.
    OnePass,
}

/// Working memory of a [`Verifier`], filled when it is first needed. Most patterns of a set never need theirs, so that an empty one is to be small.
#[derive(Debug, Default)]
pub struct VerifierCache {
    onepass: Option<Box<onepass::Cache>>,
    forward: Option<Box<dfa::Cache>>,
    reverse: Option<Box<dfa::Cache>>,
    group: Option<Box<backtrack::Cache>>,
}

impl Verifier {
    /// Compiles a pattern, given as written and parsed, whose longest match is `len_max` bytes.
    ///
    /// # Errors
    /// The automaton would be larger than `nfa_bytes_max`.
    pub fn new(
        text: &str,
        pattern: &Hir,
        len_max: usize,
        nfa_bytes_max: usize,
    ) -> Result<Self, String> {
        let has_group = pattern.properties().explicit_captures_len() > 0;
        let between = ValueEnds::of(pattern);
        let captured = has_group && between.is_none();
        let captures = if captured { WhichCaptures::All } else { WhichCaptures::Implicit };
        let nfa = compile(pattern, false, captures, Some(nfa_bytes_max))?;
        let onepass = onepass::Builder::new()
            .configure(onepass::Config::new().size_limit(Some(ONEPASS_BYTES_MAX)))
            .build_from_nfa(nfa.clone())
            .ok()
            .map(Box::new);
        let forward = match onepass {
            Some(_) => OnceLock::new(),
            None => OnceLock::from(Some(Box::new(forward(pattern)?))),
        };
        let value = match between {
            Some(ends) => Value::Between(ends),
            None if !captured => Value::Whole,
            None if onepass.is_some() => Value::OnePass,
            None => Value::Captured(Box::new(backtracker(nfa, len_max)?)),
        };
        Ok(Self { text: text.into(), onepass, forward, reverse: OnceLock::new(), value, len_max })
    }

    /// The leftmost match that starts in `first..=last`, which must lie in the text.
    #[inline]
    pub fn find(
        &self,
        cache: &mut VerifierCache,
        text: &[u8],
        first: usize,
        last: usize,
    ) -> Option<Match> {
        if last - first >= STARTS_TRIED_MAX
            && let (Some(forward), Some(reverse)) = (self.forward(), self.reverse())
        {
            return self.search(cache, (forward, reverse), text, first, last);
        }
        (first..=last).find_map(|start| self.match_at(cache, text, start))
    }

    fn forward(&self) -> Option<&dfa::DFA> {
        self.forward.get_or_init(|| forward(&self.pattern()).ok().map(Box::new)).as_deref()
    }

    fn reverse(&self) -> Option<&dfa::DFA> {
        let build = || {
            let nfa = compile(&self.pattern(), true, WhichCaptures::None, None)?;
            lazy(nfa, MatchKind::All)
        };
        self.reverse.get_or_init(|| build().ok().map(Box::new)).as_deref()
    }

    /// Whether a match starts exactly at `start`, which is less work than to say what its value is.
    #[inline]
    pub fn matches_at(&self, cache: &mut VerifierCache, text: &[u8], start: usize) -> bool {
        let span = start..text.len().min(start + self.len_max);
        let input = Input::new(text).range(span).anchored(Anchored::Yes).earliest(true);
        if let Some(onepass) = &self.onepass {
            let cache = cache.onepass.get_or_insert_with(|| Box::new(onepass.create_cache()));
            return onepass.try_search_slots(cache, &input, &mut []).is_ok_and(|end| end.is_some());
        }
        let Some(forward) = self.forward() else { return false };
        let states = cache.forward.get_or_insert_with(|| Box::new(forward.create_cache()));
        forward.try_search_fwd(states, &input).is_ok_and(|end| end.is_some())
    }

    /// The match that starts exactly at `start`.
    #[inline]
    pub fn match_at(&self, cache: &mut VerifierCache, text: &[u8], start: usize) -> Option<Match> {
        let span = start..text.len().min(start + self.len_max);
        let input = Input::new(text).range(span).anchored(Anchored::Yes);
        if let Some(onepass) = &self.onepass {
            let states = cache.onepass.get_or_insert_with(|| Box::new(onepass.create_cache()));
            let mut slots = [None; 4];
            let wanted = if matches!(self.value, Value::OnePass) { 4 } else { 2 };
            onepass.try_search_slots(states, &input, &mut slots[..wanted]).ok()??;
            let found = from_slots(slots)?;
            return Some(match self.value {
                Value::OnePass => found,
                _ => self.with_value(cache, text, found.start, found.end),
            });
        }
        let forward = self.forward()?;
        let states = cache.forward.get_or_insert_with(|| Box::new(forward.create_cache()));
        let end = forward.try_search_fwd(states, &input).ok()??.offset();
        Some(self.with_value(cache, text, start, end))
    }

    /// A forward search for the end and a backward one for the start: linear in the length of the range.
    fn search(
        &self,
        cache: &mut VerifierCache,
        (forward, reverse): (&dfa::DFA, &dfa::DFA),
        text: &[u8],
        first: usize,
        last: usize,
    ) -> Option<Match> {
        let span = first..text.len().min(last.saturating_add(self.len_max));
        let input = Input::new(text).range(span);
        let states = cache.forward.get_or_insert_with(|| Box::new(forward.create_cache()));
        let end = forward.try_search_fwd(states, &input).ok()??.offset();
        let input = Input::new(text).range(first..end).anchored(Anchored::Yes);
        let states = cache.reverse.get_or_insert_with(|| Box::new(reverse.create_cache()));
        let start = reverse.try_search_rev(states, &input).ok()??.offset();
        (start <= last).then(|| self.with_value(cache, text, start, end))
    }

    /// Finds group 1 inside a match.
    fn with_value(
        &self,
        cache: &mut VerifierCache,
        text: &[u8],
        start: usize,
        end: usize,
    ) -> Match {
        let whole = Match { start, end, value_start: start, value_end: end };
        let input = Input::new(text).range(start..end).anchored(Anchored::Yes);
        let mut slots = [None; 4];
        // Too long a match for the backtracker is reported whole, which redacts more, not less.
        let _ = match (&self.value, &self.onepass) {
            (Value::Whole, _) => return whole,
            (Value::Between(ends), _) => {
                let (value_start, value_end) = ends.within(text, start, end);
                return Match { value_start, value_end, ..whole };
            }
            (Value::Captured(group), _) => {
                let cache = cache.group.get_or_insert_with(|| Box::new(group.create_cache()));
                group.try_search_slots(cache, &input, &mut slots)
            }
            (Value::OnePass, Some(onepass)) => {
                let cache = cache.onepass.get_or_insert_with(|| Box::new(onepass.create_cache()));
                onepass.try_search_slots(cache, &input, &mut slots)
            }
            (Value::OnePass, None) => return whole,
        };
        from_slots(slots).filter(|found| found.end == end).unwrap_or(whole)
    }

    /// The pattern as written.
    pub const fn text(&self) -> &str {
        &self.text
    }

    /// The pattern, parsed anew.
    pub fn pattern(&self) -> Hir {
        hir::parse(&self.text).expect("it was parsed before it was compiled")
    }

    /// Heap memory in bytes, without caches.
    pub fn memory_usage(&self) -> usize {
        let lazy = [&self.forward, &self.reverse];
        self.onepass.as_deref().map_or(0, onepass::DFA::memory_usage)
            + lazy
                .iter()
                .filter_map(|dfa| dfa.get()?.as_deref())
                .map(dfa::DFA::memory_usage)
                .sum::<usize>()
    }

    /// Which automaton decides at a fixed place.
    pub const fn engine(&self) -> &'static str {
        if self.onepass.is_some() { "one-pass DFA" } else { "lazy DFA" }
    }
}

fn from_slots(slots: [Option<NonMaxUsize>; 4]) -> Option<Match> {
    let [Some(start), Some(end), value_start, value_end] = slots else { return None };
    let (start, end) = (start.get(), end.get());
    Some(match (value_start, value_end) {
        (Some(value_start), Some(value_end)) => {
            Match { start, end, value_start: value_start.get(), value_end: value_end.get() }
        }
        _ => Match { start, end, value_start: start, value_end: end },
    })
}

fn forward(pattern: &Hir) -> Result<dfa::DFA, String> {
    // Without captures the automaton is no larger than the one that was checked against the limit.
    lazy(compile(pattern, false, WhichCaptures::None, None)?, MatchKind::LeftmostFirst)
}

fn compile(
    pattern: &Hir,
    reverse: bool,
    captures: WhichCaptures,
    nfa_bytes_max: Option<usize>,
) -> Result<NFA, String> {
    let config = thompson::Config::new()
        .utf8(false)
        .reverse(reverse)
        .which_captures(captures)
        .nfa_size_limit(nfa_bytes_max);
    thompson::Compiler::new()
        .configure(config)
        .build_from_hir(pattern)
        .map_err(|error| error.to_string())
}

fn lazy(nfa: NFA, kind: MatchKind) -> Result<dfa::DFA, String> {
    let config = dfa::Config::new()
        .match_kind(kind)
        .cache_capacity(CACHE_BYTES_MAX)
        .skip_cache_capacity_check(true);
    dfa::Builder::new().configure(config).build_from_nfa(nfa).map_err(|error| error.to_string())
}

fn backtracker(nfa: NFA, len_max: usize) -> Result<backtrack::BoundedBacktracker, String> {
    // One bit per state and place, so that every match of the greatest length fits.
    let visited = nfa.states().len() * (len_max + 1) / 8 + 64;
    backtrack::Builder::new()
        .configure(backtrack::Config::new().visited_capacity(visited))
        .build_from_nfa(nfa)
        .map_err(|error| error.to_string())
}

/// The longest match of a pattern, if it is bounded.
pub fn len_max(pattern: &Hir) -> Option<usize> {
    hir::lengths(pattern).1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, text: &str, first: usize, last: usize, expect: Option<&str>) {
        let hir = hir::parse(pattern).expect("test pattern parses");
        let len_max = len_max(&hir).expect("test pattern is bounded");
        let verifier =
            Verifier::new(pattern, &hir, len_max, 1 << 20).expect("test pattern compiles");
        let found = verifier.find(&mut VerifierCache::default(), text.as_bytes(), first, last);
        let value = found.map(|found| &text[found.value_start..found.value_end]);
        assert_eq!(value, expect, "{pattern} on {text}");
    }

    #[test]
    fn the_context_around_the_window_counts() {
        check(r"\b[0-9]{3}\b", "a123", 1, 1, None);
        check(r"\b[0-9]{3}\b", "-123", 1, 1, Some("123"));
        check(r"\b[0-9]{3}\b", "-1234", 1, 1, None);
    }

    #[test]
    fn group_one_is_the_value_in_every_engine() {
        check(r"key=([a-z]{4})\b", "my key=abcd", 3, 3, Some("abcd"));
        check(r"(?:k|ke|key){1,3}=([a-z]{1,4})[a-z]?", "my key=abcd", 3, 3, Some("abcd"));
        let long = format!("{}key=abcd", " ".repeat(40));
        check(r"key=([a-z]{4})\b", &long, 0, 40, Some("abcd"));
        check(r"(?:k|ke|key){1,3}=([a-z]{1,4})[a-z]?", &long, 0, 40, Some("abcd"));
    }

    #[test]
    fn matches_that_start_behind_the_range_are_left_to_their_own_anchor() {
        let text = format!("{}abc", " ".repeat(30));
        check("abc", &text, 0, 20, None);
        check("abc", &text, 0, 30, Some("abc"));
    }

    #[test]
    fn the_leftmost_start_wins() {
        let text = format!("{}aaaab", " ".repeat(20));
        check("a{1,9}b", &text, 0, 24, Some("aaaab"));
    }
}
