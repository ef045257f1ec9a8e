//! A set of 64-bit hashes: sorted, with an index of where each high part begins, behind a filter that rules most others out.

use crate::base::Fault;
use crate::base::code::LIST_CONTENT;

/// Entries per bucket of the index, on average.
const BUCKET_ENTRIES: usize = 8;
/// Most entries of one bucket. Hashes never come near it; a file that was made to be slow does.
const BUCKET_ENTRIES_MAX: u32 = 256;
/// Bits of the filter per entry: 1 % of other hashes pass.
const FILTER_BITS_PER_ENTRY: usize = 16;
/// Smallest filter, in words of 64 bits: it still fits the first-level cache.
const FILTER_WORDS_MIN: usize = 512;

/// Rules out hashes that are not in a set: one read of memory, no false negative.
#[derive(Clone, Debug)]
pub struct Filter {
    words: Box<[u64]>,
}

impl Filter {
    /// An empty filter for so many entries.
    pub fn new(entries: usize) -> Self {
        let words = (entries * FILTER_BITS_PER_ENTRY).div_ceil(64).max(FILTER_WORDS_MIN);
        Self { words: vec![0; words].into() }
    }

    /// Adds a hash.
    pub fn insert(&mut self, hash: u64) {
        let at = self.place(hash);
        self.words[at] |= bits(hash);
    }

    /// False if the hash was not added.
    #[inline]
    pub fn may_contain(&self, hash: u64) -> bool {
        let bits = bits(hash);
        self.words[self.place(hash)] & bits == bits
    }

    #[inline]
    fn place(&self, hash: u64) -> usize {
        ((u128::from(hash) * self.words.len() as u128) >> 64) as usize
    }

    /// Heap memory in bytes.
    pub fn memory_usage(&self) -> usize {
        self.words.len() * 8
    }
}

/// Three bits of 64. The lowest bits of a hash may be flags and are left alone.
#[inline]
fn bits(hash: u64) -> u64 {
    1 << (hash >> 4 & 63) | 1 << (hash >> 10 & 63) | 1 << (hash >> 16 & 63)
}

/// Sorted hashes whose lowest `FLAG_BITS` bits say something about the entry.
#[derive(Debug)]
pub(super) struct Table<const FLAG_BITS: u32> {
    entries: Box<[u64]>,
    /// Per high part of a hash, where its entries begin; one more for the end.
    index: Box<[u32]>,
    /// By how much a hash is shifted to its high part.
    shift: u32,
    filter: Filter,
}

impl<const FLAG_BITS: u32> Table<FLAG_BITS> {
    /// A table of entries that ascend without the same hash twice.
    ///
    /// # Errors
    /// They do not, or there are more than 2³² of them: `list.content`.
    pub(super) fn new(entries: Box<[u64]>) -> Result<Self, Fault> {
        let ascend = entries.windows(2).all(|pair| pair[0] >> FLAG_BITS < pair[1] >> FLAG_BITS);
        if !ascend || u32::try_from(entries.len()).is_err() {
            return Err(Fault::new(LIST_CONTENT, "the hashes are not in order"));
        }
        let buckets = (entries.len() / BUCKET_ENTRIES).max(2).next_power_of_two();
        let shift = 64 - buckets.trailing_zeros();
        let mut index = vec![0_u32; buckets + 1];
        let mut filter = Filter::new(entries.len());
        for entry in &entries {
            index[(entry >> shift) as usize + 1] += 1;
            filter.insert(*entry);
        }
        if index.iter().any(|count| *count > BUCKET_ENTRIES_MAX) {
            return Err(Fault::new(LIST_CONTENT, "the hashes are not spread as hashes are"));
        }
        for bucket in 1..index.len() {
            index[bucket] += index[bucket - 1];
        }
        Ok(Self { entries, index: index.into(), shift, filter })
    }

    /// Number of entries.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The entries, ascending.
    pub(super) fn entries(&self) -> &[u64] {
        &self.entries
    }

    /// The place of the entry whose hash is that of `hash`, flags aside.
    #[inline]
    pub(super) fn find(&self, hash: u64) -> Option<usize> {
        if !self.filter.may_contain(hash) {
            return None;
        }
        let bucket = (hash >> self.shift) as usize;
        let (first, end) = (self.index[bucket] as usize, self.index[bucket + 1] as usize);
        let place =
            self.entries[first..end].iter().position(|entry| same::<FLAG_BITS>(*entry, hash));
        place.map(|place| first + place)
    }

    /// The reference: looks at every entry.
    pub(super) fn find_naively(&self, hash: u64) -> Option<usize> {
        self.entries.iter().position(|entry| same::<FLAG_BITS>(*entry, hash))
    }

    /// The flags of an entry.
    #[inline]
    pub(super) fn flags(&self, place: usize) -> u64 {
        self.entries[place] & ((1 << FLAG_BITS) - 1)
    }

    /// Heap memory in bytes.
    pub(super) fn memory_usage(&self) -> usize {
        self.entries.len() * 8 + self.index.len() * 4 + self.filter.memory_usage()
    }
}

#[inline]
fn same<const FLAG_BITS: u32>(a: u64, b: u64) -> bool {
    a >> FLAG_BITS == b >> FLAG_BITS
}

/// Sorts entries and joins those of the same hash, flags included.
pub(super) fn sort_and_join<const FLAG_BITS: u32>(entries: &mut Vec<u64>) {
    entries.sort_unstable();
    entries.dedup_by(|later, earlier| {
        let joined = same::<FLAG_BITS>(*later, *earlier);
        if joined {
            *earlier |= *later;
        }
        joined
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lists::hash;

    fn hashes(count: u64) -> Vec<u64> {
        (0..count).map(|i| hash::bytes(&i.to_le_bytes())).collect()
    }

    #[test]
    fn what_is_in_is_found_and_nothing_else() {
        for count in [0, 1, 2, 3, 100, 20_000] {
            let all = hashes(count + 1000);
            let (inside, outside) = all.split_at(count as usize);
            let mut entries: Vec<u64> = inside.iter().map(|hash| hash & !3 | 1).collect();
            sort_and_join::<2>(&mut entries);
            let table = Table::<2>::new(entries.into()).expect("in order");
            for hash in inside {
                let place = table.find(*hash).expect("inside");
                assert_eq!((table.find_naively(*hash), table.flags(place)), (Some(place), 1));
            }
            assert!(outside.iter().all(|hash| table.find(*hash).is_none()));
            let passed = outside.iter().filter(|hash| table.filter.may_contain(**hash)).count();
            assert!(passed <= 40, "{passed} of 1000 pass the filter of {count}");
        }
    }

    #[test]
    fn memory_is_at_most_eleven_bytes_an_entry() {
        let mut entries = hashes(100_000);
        sort_and_join::<0>(&mut entries);
        let table = Table::<0>::new(entries.into()).expect("in order");
        let bytes = table.memory_usage() as f64 / 100_000.0;
        assert!((10.0..=11.0).contains(&bytes), "{bytes}");
    }

    #[test]
    fn a_table_that_would_be_slow_is_refused() {
        let wrong = Table::<0>::new((0..1000).collect()).expect_err("all in one bucket");
        assert_eq!(wrong.code, LIST_CONTENT);
    }

    #[test]
    fn disorder_is_refused() {
        for entries in [[8, 4], [4, 5], [4, 4]] {
            let wrong = Table::<2>::new(entries.into()).expect_err("disorder");
            assert_eq!(wrong.code, LIST_CONTENT, "{entries:?}");
        }
    }
}
