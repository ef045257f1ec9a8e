//! Literal anchors: from the places where literals stand to candidates.

use super::anchor::rate;
use super::anchor::{Guard, Reach};
use super::byteset::{ByteSet, WORD};
use super::candidates::{Candidate, candidate};
use super::classes::BLOCK_BYTES;
use super::literals::{Backend, Hit, Literal, LiteralScratch, LiteralSet};
use super::words::{KEY_LEN_BYTES, WordSet, WordStart};
use std::collections::{BTreeMap, BTreeSet};

/// A word inside a literal that is shorter is not looked up: too many words begin like it.
const WORD_LEN_BYTES_MIN: usize = KEY_LEN_BYTES - 1;

/// One pattern's use of a literal.
#[derive(Debug)]
pub(super) struct LiteralUse {
    pub(super) pattern: u32,
    /// A word starts where the literal does, or the pattern does not match.
    pub(super) word_start: bool,
    pub(super) reach: Reach,
    pub(super) guard: Guard,
}

/// The literals of all patterns.
///
/// Those that start a word, or in which one starts, are looked for where words start; the others everywhere.
#[derive(Debug)]
pub(super) struct LiteralAnchors {
    anywhere: LiteralSet,
    words: WordSet,
    /// Number of the first literal of `words`; those of `anywhere` are in front of it.
    first_word: u32,
    /// Per literal of `words`: how many of its bytes are in front of the word.
    skipped: Vec<u8>,
    literals: Vec<Literal>,
    /// Number of the first literal that opens the gate: the last ones of `anywhere`.
    first_gate: u32,
    /// Per literal: where its uses begin. One more at the end.
    first_use: Vec<u32>,
    uses: Vec<LiteralUse>,
}

impl LiteralAnchors {
    /// The uses of each literal, and the literals that open the gate.
    pub(super) fn new(
        mut wanted: BTreeMap<Literal, Vec<LiteralUse>>,
        gate: BTreeSet<Literal>,
        backend: Backend,
    ) -> Result<Self, String> {
        let gate: Vec<_> = gate
            .into_iter()
            .map(|literal| {
                let uses = wanted.remove(&literal).unwrap_or_default();
                (literal, uses)
            })
            .collect();
        let (mut anywhere, mut words, mut word_starts, mut skipped) =
            (vec![], vec![], vec![], vec![]);
        for (literal, uses) in wanted {
            let Some(skip) = word_in(&literal, &uses) else {
                anywhere.push((literal, uses));
                continue;
            };
            let part = Literal { bytes: literal.bytes[skip..].to_vec(), ..literal };
            word_starts.push(WordStart { behind: behind(&literal, &uses), literal: part });
            skipped.push(skip as u8);
            words.push((literal, uses));
        }
        let first_gate = anywhere.len() as u32;
        anywhere.extend(gate);
        let first_word = anywhere.len() as u32;
        let (mut literals, mut first_use, mut uses) = (vec![], vec![], vec![]);
        for (literal, places) in anywhere.into_iter().chain(words) {
            literals.push(literal);
            first_use.push(uses.len() as u32);
            uses.extend(places);
        }
        first_use.push(uses.len() as u32);
        Ok(Self {
            anywhere: LiteralSet::new(&literals[..first_word as usize], backend)?,
            words: WordSet::new(&word_starts),
            first_word,
            skipped,
            first_gate,
            literals,
            first_use,
            uses,
        })
    }

    pub(super) fn scratch(&self) -> Result<LiteralScratch, String> {
        self.anywhere.scratch()
    }

    /// Whether it matters where words start.
    pub(super) fn needs_words(&self) -> bool {
        !self.words.is_empty()
    }

    /// Appends the candidates whose literals may stand anywhere; true if one of them opens the gate.
    #[inline]
    pub(super) fn anywhere(
        &self,
        scratch: &mut LiteralScratch,
        hits: &mut Vec<Hit>,
        text: &[u8],
        active: &[bool],
        out: &mut Vec<Candidate>,
    ) -> bool {
        hits.clear();
        self.anywhere.scan(scratch, text, hits);
        let mut open = false;
        for hit in hits {
            open |= hit.literal >= self.first_gate;
            let len = self.literals[hit.literal as usize].bytes.len();
            self.found(hit.literal, hit.end as usize - len, text, active, out);
        }
        open
    }

    /// Appends the candidates whose literals start a word; `starts` says per block where words start.
    #[inline(always)]
    pub(super) fn at_words(
        &self,
        starts: &[u64],
        text: &[u8],
        active: &[bool],
        out: &mut Vec<Candidate>,
    ) {
        for (block, starts) in starts.iter().enumerate() {
            self.words.scan(text, block * BLOCK_BYTES, *starts, |at, word| {
                let literal = self.first_word + word;
                let skipped = usize::from(self.skipped[word as usize]);
                if skipped == 0 || self.is_behind(literal, skipped, text, at) {
                    self.found(literal, at - skipped, text, active, out);
                }
            });
        }
    }

    /// Whether the first `len` bytes of a literal stand in front of `at`.
    #[inline]
    fn is_behind(&self, literal: u32, len: usize, text: &[u8], at: usize) -> bool {
        let literal = &self.literals[literal as usize];
        let front = at.checked_sub(len).map(|start| &text[start..at]);
        front.is_some_and(|front| {
            let wanted = &literal.bytes[..len];
            front == wanted || literal.caseless && front.eq_ignore_ascii_case(wanted)
        })
    }

    fn found(
        &self,
        literal: u32,
        at: usize,
        text: &[u8],
        active: &[bool],
        out: &mut Vec<Candidate>,
    ) {
        let uses = self.first_use[literal as usize]..self.first_use[literal as usize + 1];
        for place in &self.uses[uses.start as usize..uses.end as usize] {
            if active[place.pattern as usize] && place.guard.admits(text, at) {
                out.extend(candidate(place.pattern, &place.reach, text, at, at));
            }
        }
    }

    /// The literals that are looked for.
    pub(super) fn literals(&self) -> &[Literal] {
        &self.literals
    }

    /// Heap memory in bytes, roughly.
    pub(super) fn memory_usage(&self) -> usize {
        self.anywhere.memory_usage()
            + self.words.memory_usage()
            + self.uses.len() * size_of::<LiteralUse>()
    }
}

/// Where in a literal a word starts whenever it is of use; the rarest of such words that are long enough to be looked up.
fn word_in(literal: &Literal, uses: &[LiteralUse]) -> Option<usize> {
    if uses.iter().all(|place| place.word_start) {
        return Some(0);
    }
    let starts =
        literal.bytes.windows(2).map(|pair| !WORD.contains(pair[0]) && WORD.contains(pair[1]));
    let starts = (1..).zip(starts).filter(|(_, starts)| *starts).map(|(at, _)| at);
    let long_enough = starts.filter(|at| literal.bytes.len() - at >= WORD_LEN_BYTES_MIN);
    // Short words are frequent: what is looked up had better be the beginning of a long one.
    let cost = |at: usize| {
        let word = &literal.bytes[at..];
        let key = &word[..word.len().min(KEY_LEN_BYTES)];
        let is_short = !key.iter().all(|byte| WORD.contains(*byte));
        (is_short, rate::expected(key, literal.caseless))
    };
    long_enough.min_by(|a, b| {
        let (a, b) = (cost(*a), cost(*b));
        a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))
    })
}

/// The bytes that stand behind a literal where any pattern matches.
fn behind(literal: &Literal, uses: &[LiteralUse]) -> ByteSet {
    let len = literal.bytes.len() as i16;
    uses.iter().fold(ByteSet::EMPTY, |set, place| {
        set.union(place.guard.known(len).unwrap_or(ByteSet::FULL))
    })
}
