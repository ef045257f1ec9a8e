//! Deterministic random numbers: SplitMix64 (Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators").
//!
//! Own code because a corpus must have the same bytes for the same seed in every version of every dependency.
//! Nothing here is fit for secrets that protect something.

/// The increment of SplitMix64: 2^64 divided by the golden ratio, made odd.
const GAMMA: u64 = 0x9E37_79B9_7F4A_7C15;

/// A stream of random numbers.
#[derive(Clone, Debug)]
pub(super) struct Random {
    state: u64,
}

const fn mix(mut value: u64) -> u64 {
    value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}

impl Random {
    /// Stream number `stream` of this seed. Streams of neighbouring numbers have nothing in common, so documents can be
    /// made in any order.
    pub(super) const fn new(seed: u64, stream: u64) -> Self {
        Self {
            state: mix(seed.wrapping_add(GAMMA)) ^ mix(stream.wrapping_mul(GAMMA) ^ 0x5851_F42D),
        }
    }

    /// 64 random bits.
    pub(super) const fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(GAMMA);
        mix(self.state)
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

    /// From the reference implementation with seed 1234567.
    #[test]
    fn is_splitmix64() {
        let mut random = Random { state: 1_234_567 };
        let first: Vec<_> = (0..3).map(|_| random.bits()).collect();
        assert_eq!(
            first,
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]
        );
    }

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
