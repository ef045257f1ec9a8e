//! Sets of bytes.

/// A set of bytes as a 256-bit map.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ByteSet([u64; 4]);

impl ByteSet {
    /// No byte.
    pub const EMPTY: Self = Self([0; 4]);
    /// Every byte.
    pub const FULL: Self = Self([u64::MAX; 4]);

    /// The bytes `first..=last`.
    pub const fn range(first: u8, last: u8) -> Self {
        let mut set = Self::EMPTY;
        let mut byte = first as usize;
        while byte <= last as usize {
            set.0[byte >> 6] |= 1 << (byte & 63);
            byte += 1;
        }
        set
    }

    /// One byte.
    pub const fn one(byte: u8) -> Self {
        Self::range(byte, byte)
    }

    /// The bytes of a string.
    pub const fn of(bytes: &[u8]) -> Self {
        let mut set = Self::EMPTY;
        let mut i = 0;
        while i < bytes.len() {
            set = set.union(Self::one(bytes[i]));
            i += 1;
        }
        set
    }

    /// Bytes in either set.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        let (a, b) = (self.0, other.0);
        Self([a[0] | b[0], a[1] | b[1], a[2] | b[2], a[3] | b[3]])
    }

    /// Bytes in both sets.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        let (a, b) = (self.0, other.0);
        Self([a[0] & b[0], a[1] & b[1], a[2] & b[2], a[3] & b[3]])
    }

    /// Bytes that are not in the set.
    #[must_use]
    pub const fn complement(self) -> Self {
        Self([!self.0[0], !self.0[1], !self.0[2], !self.0[3]])
    }

    /// True if the byte is in the set.
    #[inline]
    pub const fn contains(&self, byte: u8) -> bool {
        self.0[(byte >> 6) as usize] >> (byte & 63) & 1 == 1
    }

    /// True if every byte of this set is in `other`.
    pub const fn is_subset(self, other: Self) -> bool {
        let both = self.intersection(other);
        both.0[0] == self.0[0]
            && both.0[1] == self.0[1]
            && both.0[2] == self.0[2]
            && both.0[3] == self.0[3]
    }

    /// True if no byte is in both sets.
    pub const fn is_disjoint(self, other: Self) -> bool {
        let both = self.intersection(other).0;
        both[0] | both[1] | both[2] | both[3] == 0
    }

    /// Number of bytes in the set.
    pub const fn len(self) -> usize {
        (self.0[0].count_ones()
            + self.0[1].count_ones()
            + self.0[2].count_ones()
            + self.0[3].count_ones()) as usize
    }

    /// True if the set holds no byte.
    pub const fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The bytes, ascending.
    pub fn iter(self) -> impl Iterator<Item = u8> {
        (0..=u8::MAX).filter(move |byte| self.contains(*byte))
    }
}

/// ASCII digits.
pub const DIGITS: ByteSet = ByteSet::range(b'0', b'9');
/// ASCII letters.
pub const LETTERS: ByteSet = ByteSet::range(b'A', b'Z').union(ByteSet::range(b'a', b'z'));
/// What `\w` means in a pattern: ASCII letters, digits and the underscore.
pub const WORD: ByteSet = DIGITS.union(LETTERS).union(ByteSet::one(b'_'));
/// Bytes of keys, hashes and identifiers: letters, digits and `_ + / = -`.
pub const TOKEN: ByteSet = WORD.union(ByteSet::of(b"+/=-"));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn set_algebra_agrees_with_membership() {
        let vowels = ByteSet::of(b"aeiou");
        for byte in 0..=u8::MAX {
            assert_eq!(vowels.contains(byte), b"aeiou".contains(&byte));
            assert_eq!(
                DIGITS.union(vowels).contains(byte),
                byte.is_ascii_digit() || b"aeiou".contains(&byte)
            );
            assert_eq!(WORD.contains(byte), byte.is_ascii_alphanumeric() || byte == b'_');
        }
        assert!(DIGITS.is_subset(WORD) && DIGITS.is_disjoint(LETTERS));
        assert_eq!(WORD.len(), 63);
        assert_eq!(WORD.complement().len(), 193);
        assert!(WORD.complement().is_disjoint(WORD));
        assert_eq!(vowels.iter().collect::<Vec<_>>(), b"aeiou");
        assert_eq!(ByteSet::FULL.len(), 256);
    }
}
