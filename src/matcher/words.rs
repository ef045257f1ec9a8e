//! Literals that stand only where a word starts, found by one table look-up per word.
//!
//! Most anchors (`ghp_`, `AKIA`, `password`) and all context words begin a word. Where words start is known from the byte classes; at each
//! start the first four bytes, case ignored, are hashed into a bit map, and hardly any ordinary word passes. What it costs depends on the
//! text alone, not on how many literals there are, which no automaton over all bytes can say.

use super::byteset::ByteSet;
use super::classes::BLOCK_BYTES;
use super::literals::Literal;

/// Bytes of a literal that are hashed.
const KEY_LEN_BYTES: usize = 4;
/// Bytes of a literal that are compared before anything else is.
const PREFIX_LEN_BYTES: usize = 8;
/// Hash values are at least this many bits, so that a map of them is 16 KiB and stays in the nearest cache.
const HASH_BITS_MIN: u32 = 17;
/// Hash values are at most this many bits, a map of 128 KiB.
const HASH_BITS_MAX: u32 = 20;
/// In between there are as many as give each entry this many hash values, so that few other words pass.
const HASHES_PER_ENTRY: usize = 16;
/// A literal one byte shorter than the key is entered once for each byte that can follow, if all these entries are so few.
const FOLLOWERS_MAX: usize = 32_768;
/// Makes every letter lower-case; what else falls together is told apart by the comparison.
const FOLD: u64 = 0x2020_2020_2020_2020;
/// What is seen of the text in one go: a block and the prefix of a literal that starts in its last byte.
const WINDOW_BYTES: usize = BLOCK_BYTES + PREFIX_LEN_BYTES;

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
    /// Bits of a key's product that are no part of its hash value.
    shift: u32,
    /// One bit per hash value: some key has it.
    filter: Box<[u64]>,
    /// Per word of the map: where its entries begin. One more at the end.
    heads: Box<[u32]>,
    entries: Box<[Entry]>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    /// The first bytes, folded.
    prefix: u64,
    /// Keeps as many bytes as the prefix has.
    mask: u64,
    literal: u32,
    start: u32,
    len: u32,
    caseless: bool,
    /// Where the prefix stands the literal does.
    decided: bool,
}

impl WordSet {
    /// Compiles a set; the number of a literal is its position.
    pub fn new(words: &[WordStart]) -> Self {
        let mut set = Self::default();
        let mut by_len: [Vec<Entry>; KEY_LEN_BYTES] = Default::default();
        let short = words.iter().filter(|word| word.literal.bytes.len() + 1 == KEY_LEN_BYTES);
        let expand = short.map(|word| word.behind.len()).sum::<usize>() <= FOLLOWERS_MAX;
        for (literal, word) in (0..).zip(words) {
            let start = set.bytes.len() as u32;
            set.bytes.extend_from_slice(&word.literal.bytes);
            for prefix in prefixes(word, expand) {
                let entry = Entry {
                    prefix: fold(&prefix),
                    mask: mask(prefix.len()),
                    literal,
                    start,
                    len: word.literal.bytes.len() as u32,
                    caseless: word.literal.caseless,
                    decided: is_decided(&word.literal, &prefix),
                };
                if let Some(last) = prefix.len().min(KEY_LEN_BYTES).checked_sub(1) {
                    by_len[last].push(entry);
                }
            }
        }
        let tables = by_len.into_iter().enumerate().rev();
        let filled = tables.filter(|(_, entries)| !entries.is_empty());
        set.tables = filled.map(|(i, entries)| Table::new(mask(i + 1) as u32, entries)).collect();
        set
    }

    /// Whether there is nothing to find.
    pub fn is_empty(&self) -> bool {
        self.tables.is_empty()
    }

    /// Calls `report(at, literal)` for every literal that stands at one of the places `base + i` for which bit `i` of `starts` is set, in
    /// no particular order.
    #[inline]
    pub fn scan(&self, text: &[u8], base: usize, starts: u64, mut report: impl FnMut(usize, u32)) {
        let mut padded = [0; WINDOW_BYTES];
        let window = match text.get(base..base + WINDOW_BYTES).map(TryInto::try_into) {
            Some(Ok(window)) => window,
            _ => {
                let rest = &text[base.min(text.len())..];
                let len = rest.len().min(WINDOW_BYTES);
                padded[..len].copy_from_slice(&rest[..len]);
                &padded
            }
        };
        for table in &self.tables {
            let mut passed = table.may_hold(window, starts);
            while passed != 0 {
                let bit = passed.trailing_zeros() as usize;
                passed &= passed - 1;
                let prefix = load(window, bit);
                for entry in table.entries_of(prefix) {
                    if entry.decided || self.stands(entry, text, base + bit) {
                        report(base + bit, entry.literal);
                    }
                }
            }
        }
    }

    /// Whether a literal whose prefix stands at `at` stands there.
    #[inline]
    fn stands(&self, entry: &Entry, text: &[u8], at: usize) -> bool {
        let literal = &self.bytes[entry.start as usize..][..entry.len as usize];
        text.get(at..at + literal.len()).is_some_and(|part| {
            part == literal || entry.caseless && part.eq_ignore_ascii_case(literal)
        })
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
        entries.sort_by_key(|entry| (entry.prefix, entry.literal));
        // Followers that differ by case have one prefix.
        entries.dedup_by_key(|entry| (entry.prefix, entry.literal));
        let wanted = (entries.len() * HASHES_PER_ENTRY).next_power_of_two().ilog2();
        let bits = wanted.clamp(HASH_BITS_MIN, HASH_BITS_MAX);
        let shift = u32::BITS - bits;
        entries.sort_by_key(|entry| hash(entry.prefix as u32 & mask, shift));
        let words = 1 << (bits - u64::BITS.ilog2());
        let mut filter = vec![0; words].into_boxed_slice();
        let mut heads = vec![0; words + 1].into_boxed_slice();
        for entry in &entries {
            let hash = hash(entry.prefix as u32 & mask, shift);
            filter[hash >> 6] |= 1 << (hash & 63);
            heads[(hash >> 6) + 1] += 1;
        }
        for i in 1..heads.len() {
            heads[i] += heads[i - 1];
        }
        Self { mask, shift, filter, heads, entries: entries.into() }
    }

    /// Those of the places at which some literal may stand. There is no branch on the answer of the map: which words pass cannot be
    /// predicted.
    #[inline]
    fn may_hold(&self, window: &[u8; WINDOW_BYTES], mut starts: u64) -> u64 {
        let mut passed = 0;
        while starts != 0 {
            let bit = starts.trailing_zeros() as usize;
            let hash = hash(load(window, bit) as u32 & self.mask, self.shift);
            let pass = self.filter[hash >> 6] >> (hash & 63) & 1;
            passed |= pass << bit;
            starts &= starts - 1;
        }
        passed
    }

    /// The entries whose prefix stands in the text.
    #[inline]
    fn entries_of(&self, prefix: u64) -> impl Iterator<Item = &Entry> {
        let head = hash(prefix as u32 & self.mask, self.shift) >> 6;
        let range = self.heads[head] as usize..self.heads[head + 1] as usize;
        self.entries[range].iter().filter(move |entry| (entry.prefix ^ prefix) & entry.mask == 0)
    }
}

/// The prefixes under which a literal is entered: its own, or if that is one byte too short for a key, with each byte that can follow.
/// Single bytes, too, are entered with what follows, so that they need no table of their own.
fn prefixes(word: &WordStart, expand: bool) -> Vec<Vec<u8>> {
    let bytes = &word.literal.bytes;
    let own = bytes[..bytes.len().min(PREFIX_LEN_BYTES)].to_vec();
    let expanded = bytes.len() == 1 || bytes.len() + 1 == KEY_LEN_BYTES && expand;
    if !expanded {
        return vec![own];
    }
    word.behind.iter().map(|byte| [&own[..], &[byte]].concat()).collect()
}

/// Whether the folded prefix is the whole literal, and letters only: of other bytes folding makes several alike.
fn is_decided(literal: &Literal, prefix: &[u8]) -> bool {
    literal.caseless && literal.bytes == prefix && prefix.iter().all(u8::is_ascii_lowercase)
}

/// Keeps the first bytes of a little-endian number.
const fn mask(len: usize) -> u64 {
    if len >= PREFIX_LEN_BYTES { u64::MAX } else { (1 << (8 * len)) - 1 }
}

/// Up to [`PREFIX_LEN_BYTES`] bytes as a folded number.
fn fold(bytes: &[u8]) -> u64 {
    let mut prefix = [0; PREFIX_LEN_BYTES];
    prefix[..bytes.len()].copy_from_slice(bytes);
    (u64::from_le_bytes(prefix) | FOLD) & mask(bytes.len())
}

/// The folded bytes at a place of the block.
#[inline]
fn load(window: &[u8; WINDOW_BYTES], at: usize) -> u64 {
    let mut bytes = [0; PREFIX_LEN_BYTES];
    bytes.copy_from_slice(&window[at..at + PREFIX_LEN_BYTES]);
    u64::from_le_bytes(bytes) | FOLD
}

/// Multiplicative hashing (Knuth, The Art of Computer Programming, volume 3, section 6.4): the upper bits of a product with the golden
/// ratio.
#[inline]
const fn hash(key: u32, shift: u32) -> usize {
    (key.wrapping_mul(0x9e37_79b1) >> shift) as usize
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
        assert_eq!(hits(std::slice::from_ref(&short), b"sk-a sk-Z sk-"), [(0, 0), (5, 0)]);
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
