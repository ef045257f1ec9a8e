//! The random choices of a text.

use lockgate::base::random::SplitMix64;

/// A stream of random choices.
#[derive(Debug)]
pub(crate) struct Random(SplitMix64);

impl Random {
    /// The same seed gives the same sequence, for ever.
    pub(crate) fn new(seed: u64) -> Self {
        Self(SplitMix64::new(seed))
    }

    /// A number below `bound`, which is not 0.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0.below(bound)
    }

    /// One of the characters.
    pub(crate) fn pick(&mut self, of: &[u8]) -> char {
        char::from(of[self.below(of.len())])
    }

    /// `0..len` in random order.
    pub(crate) fn shuffled(&mut self, len: usize) -> Vec<usize> {
        let mut order: Vec<_> = (0..len).collect();
        self.0.shuffle(&mut order);
        order
    }
}
