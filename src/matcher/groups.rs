//! Sets of groups of patterns.

use std::ops::{BitAnd, BitAndAssign, BitOr, BitOrAssign, Not};

/// Words of a set. Two vector registers hold it, so that a set costs no more than one word more would.
const WORDS: usize = 4;

/// Groups of patterns, a bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(align(32))]
pub struct Groups([u64; WORDS]);

impl Groups {
    /// No group.
    pub const NONE: Self = Self([0; WORDS]);
    /// Every group.
    pub const ALL: Self = Self([u64::MAX; WORDS]);
    /// Number of groups that can be told apart.
    pub const MAX: usize = WORDS * u64::BITS as usize;

    /// One group, if `holds`; its number is below [`MAX`](Self::MAX).
    pub fn one_if(holds: bool, group: usize) -> Self {
        let mut groups = Self::NONE;
        groups.0[group / 64] = u64::from(holds) << (group % 64);
        groups
    }

    /// Whether there is none.
    #[inline]
    pub fn is_empty(self) -> bool {
        self.0.iter().fold(0, |all, word| all | word) == 0
    }

    /// How many there are.
    #[inline]
    pub fn len(self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// The numbers of the groups, in ascending order.
    #[inline]
    pub fn iter(mut self) -> impl Iterator<Item = usize> {
        let mut at = 0;
        std::iter::from_fn(move || {
            while let Some(word) = self.0.get_mut(at) {
                let bit = word.trailing_zeros() as usize;
                if let Some(rest) = word.checked_sub(1) {
                    *word &= rest;
                    return Some(at * 64 + bit);
                }
                at += 1;
            }
            None
        })
    }

    #[inline]
    fn zip(self, other: Self, join: impl Fn(u64, u64) -> u64) -> Self {
        let mut words = self.0;
        words.iter_mut().zip(other.0).for_each(|(word, other)| *word = join(*word, other));
        Self(words)
    }
}

impl BitAnd for Groups {
    type Output = Self;

    #[inline]
    fn bitand(self, other: Self) -> Self {
        self.zip(other, |word, other| word & other)
    }
}

impl BitOr for Groups {
    type Output = Self;

    #[inline]
    fn bitor(self, other: Self) -> Self {
        self.zip(other, |word, other| word | other)
    }
}

impl BitAndAssign for Groups {
    #[inline]
    fn bitand_assign(&mut self, other: Self) {
        *self = *self & other;
    }
}

impl BitOrAssign for Groups {
    #[inline]
    fn bitor_assign(&mut self, other: Self) {
        *self = *self | other;
    }
}

impl Not for Groups {
    type Output = Self;

    #[inline]
    fn not(self) -> Self {
        Self(self.0.map(|word| !word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_kept_apart_over_all_words() {
        let some = [0, 63, 64, 200, Groups::MAX - 1];
        let set = some.iter().fold(Groups::NONE, |set, group| set | Groups::one_if(true, *group));
        assert!(set.iter().eq(some));
        assert_eq!(set.len(), some.len());
        assert!((set & !set).is_empty() && !set.is_empty());
        assert_eq!(set | !set, Groups::ALL);
        assert_eq!(Groups::one_if(false, 70), Groups::NONE);
    }
}
