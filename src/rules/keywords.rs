//! Context words of all rules, as one set of literals.

use crate::matcher::byteset::ByteSet;
use crate::matcher::classes::Wanted;
use crate::matcher::literals::Literal;
use crate::matcher::words::{WordSet, WordStart};
use crate::matcher::{Groups, SHAPE_KINDS, ShapeKind};
use std::collections::{BTreeMap, HashMap};

/// Longest of the words that are looked for only where the text has a short word.
pub(crate) const SHORT_LEN_BYTES_MAX: usize = 3;

/// All keywords of all rules. A rule's own keywords are a [`KeywordGroup`].
#[derive(Debug)]
pub(crate) struct Keywords {
    /// Words of up to [`SHORT_LEN_BYTES_MAX`] bytes, and the others; each with its number at its place in the set.
    short: (WordSet, Vec<u32>),
    long: (WordSet, Vec<u32>),
    lens: Vec<u32>,
    /// Some word begins with a byte beyond ASCII.
    first_wide: bool,
    /// The ASCII bytes other than letters that words begin with.
    first_others: Wanted,
    groups: Vec<Box<[u64]>>,
    /// Per word: the place in `shapes` of the patterns that may need it.
    shape_of: Vec<u32>,
    /// The first are those of a word that none needs.
    shapes: Vec<ShapeGroups>,
}

/// Groups of patterns, by [`ShapeKind`].
pub(crate) type ShapeGroups = [Groups; SHAPE_KINDS];

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

    /// Compiles what was collected.
    pub(crate) fn build(self) -> Keywords {
        let mut words: Vec<_> = self.words.into_iter().collect();
        words.sort_unstable_by_key(|(_, id)| *id);
        let words: Vec<_> = words
            .into_iter()
            .map(|(bytes, _)| WordStart {
                literal: Literal { bytes, caseless: true },
                behind: ByteSet::FULL,
            })
            .collect();
        let mut groups = vec![Box::default(); self.groups.len()];
        for (ids, group) in self.groups {
            let mut bits = vec![0_u64; words.len().div_ceil(64)].into_boxed_slice();
            for id in ids {
                bits[id as usize >> 6] |= 1 << (id & 63);
            }
            groups[group as usize] = bits;
        }
        let mut first: Vec<u8> =
            words.iter().filter_map(|word| word.literal.bytes.first().copied()).collect();
        first.sort_unstable();
        first.dedup();
        let set = |is: &dyn Fn(usize) -> bool| {
            let chosen = (0..).zip(&words).filter(|(_, word)| is(word.literal.bytes.len()));
            let (numbers, words): (Vec<u32>, Vec<_>) =
                chosen.map(|(number, word)| (number, word.clone())).unzip();
            (WordSet::new(&words), numbers)
        };
        Keywords {
            lens: words.iter().map(|word| word.literal.bytes.len() as u32).collect(),
            first_wide: first.iter().any(|byte| !byte.is_ascii()),
            first_others: Wanted::new(first.into_iter().filter(|byte| !byte.is_ascii_alphabetic())),
            shape_of: vec![0; words.len()],
            shapes: vec![ShapeGroups::default()],
            short: set(&|len| len <= SHORT_LEN_BYTES_MAX),
            long: set(&|len| len > SHORT_LEN_BYTES_MAX),
            groups,
        }
    }
}

/// A space also stands for `_`, `-` or nothing.
pub(crate) fn spellings(word: &str) -> Vec<Vec<u8>> {
    let word = word.to_ascii_lowercase();
    if !word.contains(' ') {
        return vec![word.into_bytes()];
    }
    [" ", "_", "-", ""].iter().map(|joint| word.replace(' ', joint).into_bytes()).collect()
}

impl Keywords {
    /// Calls `report(start, word)` for every word that stands at one of the places `base + i` for which bit `i` of `starts` is set; short
    /// words at those of `short_starts` only.
    #[inline]
    pub(crate) fn scan(
        &self,
        text: &[u8],
        base: usize,
        starts: u64,
        short_starts: u64,
        mut report: impl FnMut(usize, u32),
    ) {
        for ((set, numbers), starts) in [(&self.long, starts), (&self.short, short_starts)] {
            set.scan(text, base, starts, |at, word| report(at, numbers[word as usize]));
        }
    }

    /// Whether some word begins with a byte beyond ASCII.
    pub(crate) fn first_wide(&self) -> bool {
        self.first_wide
    }

    /// The ASCII bytes other than letters that words begin with.
    pub(crate) fn first_others(&self) -> &Wanted {
        &self.first_others
    }

    /// Notes which groups of patterns demand a word of which group of words. Words that the same patterns demand share an entry.
    pub(crate) fn enable(
        &mut self,
        demands: impl Iterator<Item = (KeywordGroup, ShapeKind, Groups)>,
    ) {
        let mut shapes = vec![ShapeGroups::default(); self.lens.len()];
        for (group, kind, groups) in demands {
            let words = &self.groups[group.0 as usize];
            for (word, shapes) in shapes.iter_mut().enumerate() {
                if words[word >> 6] >> (word & 63) & 1 == 1 {
                    shapes[kind as usize] |= groups;
                }
            }
        }
        let mut known = HashMap::from([(ShapeGroups::default(), 0)]);
        self.shapes.truncate(1);
        for (word, shapes) in shapes.into_iter().enumerate() {
            self.shape_of[word] = *known.entry(shapes).or_insert_with(|| {
                self.shapes.push(shapes);
                self.shapes.len() as u32 - 1
            });
        }
    }

    /// The patterns that may need a word, if there are any.
    #[inline]
    pub(crate) fn shapes(&self, word: u32) -> Option<&ShapeGroups> {
        let place = self.shape_of[word as usize] as usize;
        (place > 0).then(|| &self.shapes[place])
    }

    /// Length of a word in bytes.
    pub(crate) fn len_of(&self, literal: u32) -> u32 {
        self.lens[literal as usize]
    }

    /// Whether a word belongs to a group.
    #[inline]
    pub(crate) fn in_group(&self, group: KeywordGroup, literal: u32) -> bool {
        self.groups[group.0 as usize][literal as usize >> 6] >> (literal & 63) & 1 == 1
    }

    pub(crate) fn memory_usage(&self) -> usize {
        self.long.0.memory_usage()
            + self.short.0.memory_usage()
            + self.groups.iter().map(|bits| bits.len() * 8).sum::<usize>()
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
        let keywords = builder.build();
        let mut hits = Vec::new();
        let text = b"SSN socialSecurity social-security";
        keywords.scan(text, 0, u64::MAX, u64::MAX, |_, word| hits.push(word));
        assert_eq!(hits.len(), 3);
        assert!(hits.iter().all(|word| keywords.in_group(first, *word)));
        assert_eq!(hits.iter().filter(|word| keywords.in_group(other, **word)).count(), 1);
    }
}
