//! The random choices of a corpus, which has the same bytes for the same seed in every version of every dependency.

use crate::base::random::SplitMix64;

/// A stream of random numbers.
#[derive(Clone, Debug)]
pub(super) struct Random(SplitMix64);

impl Random {
    /// Stream number `stream` of this seed. Streams of neighbouring numbers have nothing in common, so documents can be
    /// made in any order.
    pub(super) const fn new(seed: u64, stream: u64) -> Self {
        let of_seed = SplitMix64::new(seed).bits();
        let of_stream = SplitMix64::mix(stream.wrapping_mul(SplitMix64::GAMMA) ^ 0x5851_F42D);
        Self(SplitMix64::new(of_seed ^ of_stream))
    }

    /// 64 random bits.
    pub(super) const fn bits(&mut self) -> u64 {
        self.0.bits()
    }

    /// A number from 0 to `n - 1`; 0 when `n` is 0. The bias is below `n / 2^32`, which no corpus shows.
    pub(super) const fn below(&mut self, n: u32) -> u32 {
        (((self.bits() >> 32) * n as u64) >> 32) as u32
    }

    /// A number from `low` to `high`, both included.
    pub(super) const fn between(&mut self, low: u32, high: u32) -> u32 {
        low + self.below(high.saturating_sub(low) + 1)
    }

    /// True this many times in a hundred.
    pub(super) const fn percent(&mut self, share: u32) -> bool {
        self.below(100) < share
    }

    /// An index below `len`; 0 for an empty list.
    pub(super) const fn index(&mut self, len: usize) -> usize {
        // Lists hold far fewer than 2^32 entries.
        self.below(len as u32) as usize
    }

    /// One of these; `None` of nothing.
    pub(super) fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        of.get(self.index(of.len()))
    }

    /// One byte of an alphabet; `?` of an empty one.
    pub(super) fn byte(&mut self, alphabet: &[u8]) -> u8 {
        self.pick(alphabet).copied().unwrap_or(b'?')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_differ_and_numbers_stay_in_range() {
        assert_ne!(Random::new(1, 0).bits(), Random::new(1, 1).bits());
        assert_ne!(Random::new(0, 1).bits(), Random::new(1, 0).bits());
        let mut random = Random::new(7, 7);
        let mut seen = [0; 6];
        for _ in 0..6_000 {
            seen[random.below(6) as usize] += 1;
        }
        assert!(seen.iter().all(|count| (850..1_150).contains(count)), "{seen:?}");
        assert_eq!(random.below(0), 0);
        assert!((3..=5).contains(&random.between(3, 5)));
    }
}
