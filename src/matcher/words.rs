//! Literals that stand only where a word starts, found by one table look-up per word.
//!
//! Most anchors (`ghp_`, `AKIA`, `password`) and all context words begin a word. Where words start is known from the byte classes; at each
//! start the first four bytes, case ignored, are hashed into a bit map, and hardly any ordinary word passes. What it costs depends on the
//! text alone, not on how many literals there are, which no automaton over all bytes can say.

use super::byteset::ByteSet;
use super::literals::Literal;

/// Bytes of a literal that are hashed.
const KEY_LEN_BYTES: usize = 4;
/// Bits of the map per key: how rarely a word that begins no literal passes.
const FILTER_BITS_PER_KEY: usize = 24;
/// Smallest and largest map, as powers of two of bits. The largest is 64 KiB.
const FILTER_LOG2: std::ops::RangeInclusive<u32> = 10..=19;
/// A literal shorter than the key is entered once for each byte that can follow, if these are so few.
const FOLLOWERS_MAX: usize = 80;
/// Makes every byte of a key lower-case; what else falls together is told apart by the comparison.
const FOLD: u32 = 0x2020_2020;

/// A literal, and what is known of the byte behind it.
#[derive(Clone, Debug)]
pub struct WordStart {
    /// The literal. An empty one is never found.
    pub literal: Literal,
    /// The bytes that can follow where a hit is of use; every byte if nothing is known.
    pub behind: ByteSet,
}

/// A compiled set of such literals.
#[derive(Debug, Default)]
pub struct WordSet {
    /// One for each length of key that is needed, longest first.
    tables: Vec<Table>,
    /// The literals, one behind the other.
    bytes: Vec<u8>,
}

/// Literals whose keys are of one length.
#[derive(Debug)]
struct Table {
    /// Keeps the bytes of the key.
    mask: u32,
    /// Hash values are this many bits.
    log2: u32,
    /// One bit per hash value: some key has it.
    filter: Box<[u64]>,
    /// Per group of hash values: where its entries begin. One more at the end.
    heads: Box<[u32]>,
    entries: Box<[Entry]>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    key: u32,
    literal: u32,
    start: u32,
    len: u32,
    caseless: bool,
}

impl WordSet {
    /// Compiles a set; the number of a literal is its position.
    pub fn new(words: &[WordStart]) -> Self {
        let mut set = Self::default();
        let mut by_len: [Vec<Entry>; KEY_LEN_BYTES] = Default::default();
        for (literal, word) in (0..).zip(words) {
            let bytes = &word.literal.bytes;
            if bytes.is_empty() {
                continue;
            }
            let entry = Entry {
                key: 0,
                literal,
                start: set.bytes.len() as u32,
                len: bytes.len() as u32,
                caseless: word.literal.caseless,
            };
            set.bytes.extend_from_slice(bytes);
            for key in keys(bytes, word.behind) {
                let group = &mut by_len[key.len().min(KEY_LEN_BYTES) - 1];
                group.push(Entry { key: load(&key, 0) & mask(key.len()), ..entry });
            }
        }
        let tables = by_len.into_iter().enumerate().rev();
        let filled = tables.filter(|(_, entries)| !entries.is_empty());
        set.tables = filled.map(|(i, entries)| Table::new(mask(i + 1), entries)).collect();
        set
    }

    /// Whether there is nothing to find.
    pub fn is_empty(&self) -> bool {
        self.tables.is_empty()
    }

    /// Calls `report(at, literal)` for every literal that stands at one of the places `base + i` for which bit `i` of `starts` is set, in
    /// ascending order of place.
    #[inline]
    pub fn scan(&self, text: &[u8], base: usize, starts: u64, mut report: impl FnMut(usize, u32)) {
        // The map is asked for all places first, without a branch on its answer: which words pass cannot be predicted.
        let mut passed = [0_u8; 64];
        let mut count = 0;
        let mut rest = starts;
        while rest != 0 {
            let bit = rest.trailing_zeros();
            rest &= rest - 1;
            let key = load(text, base + bit as usize);
            let pass = self.tables.iter().fold(false, |pass, table| pass | table.may_hold(key));
            passed[count & 63] = bit as u8;
            count += usize::from(pass);
        }
        for bit in &passed[..count] {
            self.at(text, base + usize::from(*bit), &mut report);
        }
    }

    fn at(&self, text: &[u8], at: usize, report: &mut impl FnMut(usize, u32)) {
        let key = load(text, at);
        for table in &self.tables {
            for entry in table.entries_of(key) {
                let literal = &self.bytes[entry.start as usize..][..entry.len as usize];
                let Some(part) = text.get(at..at + literal.len()) else { continue };
                let same = part == literal || entry.caseless && part.eq_ignore_ascii_case(literal);
                if same {
                    report(at, entry.literal);
                }
            }
        }
    }

    /// Heap memory in bytes.
    pub fn memory_usage(&self) -> usize {
        let tables = self.tables.iter().map(|table| {
            size_of_val(&*table.filter) + size_of_val(&*table.heads) + size_of_val(&*table.entries)
        });
        tables.sum::<usize>() + self.bytes.len()
    }
}

impl Table {
    fn new(mask: u32, mut entries: Vec<Entry>) -> Self {
        entries.sort_by_key(|entry| (entry.key, entry.literal));
        // Followers that differ by case have one key.
        entries.dedup_by_key(|entry| (entry.key, entry.literal));
        let wanted = (entries.len() * FILTER_BITS_PER_KEY).next_power_of_two().trailing_zeros();
        let log2 = wanted.clamp(*FILTER_LOG2.start(), *FILTER_LOG2.end());
        let mut filter = vec![0_u64; 1 << (log2 - 6)].into_boxed_slice();
        // A head per word of the map.
        let mut heads = vec![0_u32; filter.len() + 1].into_boxed_slice();
        entries.sort_by_key(|entry| hash(entry.key, log2));
        for entry in &entries {
            let hash = hash(entry.key, log2);
            filter[hash >> 6] |= 1 << (hash & 63);
            heads[(hash >> 6) + 1] += 1;
        }
        for i in 1..heads.len() {
            heads[i] += heads[i - 1];
        }
        Self { mask, log2, filter, heads, entries: entries.into() }
    }

    #[inline]
    fn may_hold(&self, key: u32) -> bool {
        let hash = hash(key & self.mask, self.log2);
        self.filter[hash >> 6] >> (hash & 63) & 1 == 1
    }

    fn entries_of(&self, key: u32) -> impl Iterator<Item = &Entry> {
        let key = key & self.mask;
        let head = hash(key, self.log2) >> 6;
        let range = self.heads[head] as usize..self.heads[head + 1] as usize;
        self.entries[range].iter().filter(move |entry| entry.key == key)
    }
}

/// The keys under which a literal is entered: its first bytes, and if it is too short, each byte that can follow.
fn keys(bytes: &[u8], behind: ByteSet) -> Vec<Vec<u8>> {
    let first = bytes[..bytes.len().min(KEY_LEN_BYTES)].to_vec();
    if bytes.len() != KEY_LEN_BYTES - 1 || behind.len() > FOLLOWERS_MAX {
        return vec![first];
    }
    behind.iter().map(|byte| [&first[..], &[byte]].concat()).collect()
}

const fn mask(key_len: usize) -> u32 {
    if key_len >= KEY_LEN_BYTES { u32::MAX } else { (1 << (8 * key_len)) - 1 }
}

/// The folded bytes from `at` on; behind the end of the text stand zeros.
#[inline]
fn load(text: &[u8], at: usize) -> u32 {
    let bytes = match text.get(at..at + KEY_LEN_BYTES) {
        Some(bytes) => [bytes[0], bytes[1], bytes[2], bytes[3]],
        None => std::array::from_fn(|i| text.get(at + i).copied().unwrap_or(0)),
    };
    u32::from_le_bytes(bytes) | FOLD
}

/// Multiplicative hashing (Knuth, The Art of Computer Programming, volume 3, section 6.4): the upper bits of a product with the golden
/// ratio.
#[inline]
const fn hash(key: u32, log2: u32) -> usize {
    (key.wrapping_mul(0x9e37_79b1) >> (32 - log2)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn word(text: &str, caseless: bool) -> WordStart {
        let literal = Literal { bytes: text.as_bytes().to_vec(), caseless };
        WordStart { literal, behind: ByteSet::FULL }
    }

    /// Hits at every place of the text.
    fn hits(words: &[WordStart], text: &[u8]) -> Vec<(usize, u32)> {
        let set = WordSet::new(words);
        let mut found = Vec::new();
        for base in (0..text.len()).step_by(64) {
            let starts = u64::MAX >> (64 - (text.len() - base).min(64));
            set.scan(text, base, starts, |at, literal| found.push((at, literal)));
        }
        found.sort_unstable();
        found
    }

    fn naive(words: &[WordStart], text: &[u8]) -> Vec<(usize, u32)> {
        let mut found = Vec::new();
        for at in 0..text.len() {
            for (id, word) in (0..).zip(words) {
                let literal = &word.literal;
                let part = text.get(at..at + literal.bytes.len());
                let same = part.is_some_and(|part| {
                    part == literal.bytes
                        || literal.caseless && part.eq_ignore_ascii_case(&literal.bytes)
                });
                if same {
                    found.push((at, id));
                }
            }
        }
        found
    }

    #[test]
    fn short_nested_and_equal_literals_are_all_reported() {
        let words = ["a", "ab", "abc", "abcd", "abcde", "abc", "\u{e9}", "ab@", "ab`"];
        let mut words: Vec<_> = words.iter().map(|text| word(text, true)).collect();
        words.push(word("aBc", false));
        let text = "abcde ABCD aBc ab@ AB` \u{e9} a".as_bytes();
        assert_eq!(hits(&words, text), naive(&words, text));
        assert_eq!(hits(&[], text), []);
    }

    #[test]
    fn only_the_places_that_are_asked_for_are_looked_at() {
        let set = WordSet::new(&[word("abcd", false)]);
        let mut found = Vec::new();
        set.scan(b"abcdabcd", 0, 1 << 4, |at, _| found.push(at));
        assert_eq!(found, [4]);
    }

    #[test]
    fn a_short_literal_with_few_followers_is_found_in_front_of_them_once() {
        let mut short = word("sk-", false);
        short.behind = ByteSet::range(b'a', b'z').union(ByteSet::range(b'A', b'Z'));
        assert_eq!(hits(&[short.clone()], b"sk-a sk-Z sk-"), [(0, 0), (5, 0)]);
    }

    proptest! {
        #[test]
        fn what_stands_at_a_place_is_found(
            words in prop::collection::vec(("[abB@]{1,6}", any::<bool>()), 1..12),
            text in "[abAB@]{1,150}",
        ) {
            // A caseless literal is written in lower case.
            let words: Vec<_> = words
                .iter()
                .map(|(text, caseless)| {
                    let text = if *caseless { text.to_ascii_lowercase() } else { text.clone() };
                    word(&text, *caseless)
                })
                .collect();
            let mut expect = naive(&words, text.as_bytes());
            expect.sort_unstable();
            prop_assert_eq!(hits(&words, text.as_bytes()), expect);
        }
    }
}
