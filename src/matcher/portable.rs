//! Literals by Aho-Corasick, on every platform.

use super::literals::{Hit, Literal};
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use std::collections::BTreeMap;

/// Literals up to this many get a DFA, which is fastest; beyond it the memory of one is out of proportion.
const DFA_LITERALS_MAX: usize = 4096;

/// A compiled set of literals.
///
/// The automaton ignores case. Literals that differ by case only share a pattern, and those that care about case are compared after a hit.
#[derive(Debug)]
pub(super) struct Automaton {
    automaton: AhoCorasick,
    /// Per pattern of the automaton: which literals it stands for.
    meanings: Vec<Vec<Meaning>>,
}

#[derive(Debug)]
struct Meaning {
    literal: u32,
    /// The bytes to compare with, for a literal that cares about case.
    exact: Option<Box<[u8]>>,
}

impl Automaton {
    pub(super) fn new(literals: &[Literal]) -> Result<Self, String> {
        let mut patterns: BTreeMap<Vec<u8>, Vec<Meaning>> = BTreeMap::new();
        for (id, literal) in literals.iter().enumerate() {
            let exact = (!literal.caseless).then(|| literal.bytes.clone().into_boxed_slice());
            let meaning = Meaning { literal: id as u32, exact };
            patterns.entry(literal.bytes.to_ascii_lowercase()).or_default().push(meaning);
        }
        let kind = if patterns.len() <= DFA_LITERALS_MAX {
            AhoCorasickKind::DFA
        } else {
            AhoCorasickKind::ContiguousNFA
        };
        let automaton = AhoCorasick::builder()
            .kind(Some(kind))
            .match_kind(MatchKind::Standard)
            .ascii_case_insensitive(true)
            .build(patterns.keys())
            .map_err(|error| error.to_string())?;
        Ok(Self { automaton, meanings: patterns.into_values().collect() })
    }

    #[inline]
    pub(super) fn scan(&self, text: &[u8], hits: &mut Vec<Hit>) {
        for found in self.automaton.find_overlapping_iter(text) {
            for meaning in &self.meanings[found.pattern().as_usize()] {
                let same =
                    meaning.exact.as_ref().is_none_or(|exact| text[found.range()] == **exact);
                if same {
                    hits.push(Hit { end: found.end() as u32, literal: meaning.literal });
                }
            }
        }
    }

    pub(super) fn memory_usage(&self) -> usize {
        self.automaton.memory_usage()
    }
}
