//! Context words of all rules, as one set of literals.

use crate::matcher::literals::{Backend, Hit, Literal, LiteralScratch, LiteralSet};
use std::collections::BTreeMap;

/// All keywords of all rules. A rule's own keywords are a [`KeywordGroup`].
#[derive(Debug)]
pub(crate) struct Keywords {
    literals: LiteralSet,
    lens: Vec<u32>,
    len_max: usize,
    groups: Vec<Box<[u64]>>,
}

/// Names one rule's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct KeywordGroup(u32);

/// Collects groups of words.
#[derive(Debug, Default)]
pub(crate) struct KeywordsBuilder {
    words: BTreeMap<Vec<u8>, u32>,
    groups: BTreeMap<Vec<u32>, u32>,
}

impl KeywordsBuilder {
    /// The group of these words, all their spellings included.
    pub(crate) fn group(&mut self, words: &[String]) -> KeywordGroup {
        let mut ids: Vec<u32> = Vec::new();
        for spelling in words.iter().flat_map(|word| spellings(word)) {
            let next = self.words.len() as u32;
            ids.push(*self.words.entry(spelling).or_insert(next));
        }
        ids.sort_unstable();
        ids.dedup();
        let next = self.groups.len() as u32;
        KeywordGroup(*self.groups.entry(ids).or_insert(next))
    }

    /// The words of several groups together.
    pub(crate) fn union(&mut self, groups: impl Iterator<Item = KeywordGroup>) -> KeywordGroup {
        let wanted: Vec<u32> = groups.map(|group| group.0).collect();
        let mut ids: Vec<u32> = self
            .groups
            .iter()
            .filter(|(_, group)| wanted.contains(group))
            .flat_map(|(ids, _)| ids.iter().copied())
            .collect();
        ids.sort_unstable();
        ids.dedup();
        let next = self.groups.len() as u32;
        KeywordGroup(*self.groups.entry(ids).or_insert(next))
    }

    /// Compiles what was collected.
    pub(crate) fn build(self, backend: Backend) -> Result<Keywords, String> {
        let mut words: Vec<_> = self.words.into_iter().collect();
        words.sort_unstable_by_key(|(_, id)| *id);
        let literals: Vec<_> =
            words.into_iter().map(|(bytes, _)| Literal { bytes, caseless: true }).collect();
        let mut groups = vec![Box::default(); self.groups.len()];
        for (ids, group) in self.groups {
            let mut bits = vec![0_u64; literals.len().div_ceil(64)].into_boxed_slice();
            for id in ids {
                bits[id as usize >> 6] |= 1 << (id & 63);
            }
            groups[group as usize] = bits;
        }
        Ok(Keywords {
            len_max: literals.iter().map(|literal| literal.bytes.len()).max().unwrap_or(1),
            lens: literals.iter().map(|literal| literal.bytes.len() as u32).collect(),
            literals: LiteralSet::new(&literals, backend)?,
            groups,
        })
    }
}

/// A space also stands for `_`, `-` or nothing.
fn spellings(word: &str) -> Vec<Vec<u8>> {
    let word = word.to_ascii_lowercase();
    if !word.contains(' ') {
        return vec![word.into_bytes()];
    }
    [" ", "_", "-", ""].iter().map(|joint| word.replace(' ', joint).into_bytes()).collect()
}

impl Keywords {
    pub(crate) fn scratch(&self) -> Result<LiteralScratch, String> {
        self.literals.scratch()
    }

    pub(crate) fn scan(&self, scratch: &mut LiteralScratch, text: &[u8], hits: &mut Vec<Hit>) {
        self.literals.scan(scratch, text, hits);
    }

    /// Length of a word in bytes.
    pub(crate) fn len_of(&self, literal: u32) -> u32 {
        self.lens[literal as usize]
    }

    /// Length of the longest word in bytes, 1 if there is none.
    pub(crate) fn len_max(&self) -> usize {
        self.len_max
    }

    /// Whether a word belongs to a group.
    #[inline]
    pub(crate) fn in_group(&self, group: KeywordGroup, literal: u32) -> bool {
        self.groups[group.0 as usize][literal as usize >> 6] >> (literal & 63) & 1 == 1
    }

    pub(crate) fn memory_usage(&self) -> usize {
        self.literals.memory_usage() + self.groups.iter().map(|bits| bits.len() * 8).sum::<usize>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_space_has_four_spellings_and_groups_are_shared() {
        let mut builder = KeywordsBuilder::default();
        let first = builder.group(&["Social Security".to_owned(), "ssn".to_owned()]);
        let same = builder.group(&["ssn".to_owned(), "social security".to_owned()]);
        let other = builder.group(&["ssn".to_owned()]);
        assert_eq!(first, same);
        assert_ne!(first, other);
        let keywords = builder.build(Backend::Portable).expect("words compile");
        let mut hits = Vec::new();
        let text = b"SSN socialSecurity social-security";
        keywords.scan(&mut keywords.scratch().expect("scratch"), text, &mut hits);
        assert_eq!(hits.len(), 3);
        assert!(hits.iter().all(|hit| keywords.in_group(first, hit.literal)));
        assert_eq!(hits.iter().filter(|hit| keywords.in_group(other, hit.literal)).count(), 1);
    }
}
