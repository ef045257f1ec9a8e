//! Literal anchors: from the places where literals stand to candidates.

use super::anchor::{Guard, Reach};
use super::byteset::ByteSet;
use super::candidates::{Candidate, candidate};
use super::classes::BLOCK_BYTES;
use super::literals::{Backend, Hit, Literal, LiteralScratch, LiteralSet};
use super::words::{WordSet, WordStart};
use std::collections::{BTreeMap, BTreeSet};

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
/// Those that every pattern wants at the start of a word only are looked for there; the others everywhere.
#[derive(Debug)]
pub(super) struct LiteralAnchors {
    anywhere: LiteralSet,
    words: WordSet,
    /// Number of the first literal of `words`; those of `anywhere` are in front of it.
    first_word: u32,
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
        let (words, mut anywhere): (Vec<_>, Vec<_>) =
            wanted.into_iter().partition(|(_, uses)| uses.iter().all(|place| place.word_start));
        let first_gate = anywhere.len() as u32;
        anywhere.extend(gate);
        let first_word = anywhere.len() as u32;
        let word_starts: Vec<_> = words
            .iter()
            .map(|(literal, uses)| WordStart {
                literal: literal.clone(),
                behind: behind(literal, uses),
            })
            .collect();
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
    #[inline]
    pub(super) fn at_words(
        &self,
        starts: &[u64],
        text: &[u8],
        active: &[bool],
        out: &mut Vec<Candidate>,
    ) {
        for (block, starts) in starts.iter().enumerate() {
            self.words.scan(text, block * BLOCK_BYTES, *starts, |at, word| {
                self.found(self.first_word + word, at, text, active, out);
            });
        }
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

/// The bytes that stand behind a literal where any pattern matches.
fn behind(literal: &Literal, uses: &[LiteralUse]) -> ByteSet {
    let len = literal.bytes.len() as i16;
    uses.iter().fold(ByteSet::EMPTY, |set, place| {
        set.union(place.guard.known(len).unwrap_or(ByteSet::FULL))
    })
}
