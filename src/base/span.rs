//! Half-open byte ranges.

use std::ops::Range;

/// A half-open range of bytes, `start..end`, in the text that was handed in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset one past the last byte.
    pub end: usize,
}

impl Span {
    /// The span `start..end`.
    ///
    /// ```
    /// use lockgate::base::Span;
    /// assert_eq!(Span::new(2, 6).len(), 4);
    /// ```
    #[inline]
    pub const fn new(start: usize, end: usize) -> Self {
        debug_assert!(start <= end);
        Self { start, end }
    }

    /// Length in bytes.
    #[inline]
    pub const fn len(self) -> usize {
        self.end - self.start
    }

    /// True if the span holds no byte.
    #[inline]
    pub const fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// The same span as a range, to slice with.
    #[inline]
    pub const fn range(self) -> Range<usize> {
        self.start..self.end
    }

    /// True if every byte of `other` is in this span.
    #[inline]
    pub const fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// True if the two spans share a byte.
    #[inline]
    pub const fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Bytes between the two spans; 0 if they touch or overlap.
    #[inline]
    pub const fn distance(self, other: Self) -> usize {
        let (behind, ahead) =
            (other.start.saturating_sub(self.end), self.start.saturating_sub(other.end));
        if behind > ahead { behind } else { ahead }
    }
}
