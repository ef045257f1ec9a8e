//! Literals that stand only where a word starts, found by one table look-up per word.
//!
//! Most anchors (`ghp_`, `AKIA`, `password`) and all context words begin a word. Where words start is known from the byte classes; at each
//! start the first four bytes, case ignored, are hashed into a bit map, and hardly any ordinary word passes. What it costs depends on the
//! text alone, not on how many literals there are, which no automaton over all bytes can say.

use super::byteset::ByteSet;
use super::classes::BLOCK_BYTES;
use super::literals::Literal;
use std::collections::BTreeMap;

/// Bytes of a literal that are hashed.
pub(super) const KEY_LEN_BYTES: usize = 4;
/// Bytes of a literal that are compared before anything else is.
const PREFIX_LEN_BYTES: usize = 8;
/// A map has at least this many words, 16 KiB, and stays in the nearest cache.
const MAP_WORDS_MIN: usize = 1 << 11;
/// A map has at most this many words, 128 KiB.
const MAP_WORDS_MAX: usize = 1 << 14;
/// In between it has a word for as many keys, so that few other words pass.
const KEYS_PER_MAP_WORD: usize = 4;
/// A literal one byte shorter than the key is looked up with each byte that can follow, if all these keys are so few.
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

/// Literals that are looked up by as many bytes.
#[derive(Debug)]
struct Table {
    /// Keeps the bytes of the key.
    mask: u64,
    /// A Bloom filter whose bits of a key are in one word (Putze, Sanders, Singler: Cache-, Hash- and Space-Efficient Bloom Filters, 2007).
    filter: Box<[u64]>,
    /// The literals, in lists by the bytes that they have of the key.
    lists: Vec<List>,
}

/// Literals that have as many bytes of the key.
#[derive(Debug)]
struct List {
    /// Keeps these bytes.
    mask: u64,
    /// Per hash value of them: where its entries begin and end.
    ranges: Box<[(u32, u32)]>,
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

/// A table before it is compiled.
#[derive(Default)]
struct Draft {
    keys: Vec<u64>,
    /// By the bytes that they have of the key.
    entries: BTreeMap<usize, Vec<Entry>>,
}

impl WordSet {
    /// Compiles a set; the number of a literal is its position.
    pub fn new(words: &[WordStart]) -> Self {
        let mut set = Self::default();
        let mut drafts: [Draft; KEY_LEN_BYTES] = Default::default();
        let short = words.iter().filter(|word| word.literal.bytes.len() + 1 == KEY_LEN_BYTES);
        let expand = short.map(|word| word.behind.len()).sum::<usize>() <= FOLLOWERS_MAX;
        for (literal, word) in (0..).zip(words) {
            let bytes = &word.literal.bytes;
            let start = set.bytes.len() as u32;
            set.bytes.extend_from_slice(bytes);
            let prefix = &bytes[..bytes.len().min(PREFIX_LEN_BYTES)];
            let Some(last) = bytes.len().min(KEY_LEN_BYTES).checked_sub(1) else { continue };
            let expanded = is_expanded(bytes, expand);
            let draft = &mut drafts[last + usize::from(expanded)];
            draft.keys.extend(keys(prefix, expanded.then_some(word.behind)));
            draft.entries.entry(bytes.len().min(KEY_LEN_BYTES)).or_default().push(Entry {
                prefix: fold(prefix),
                mask: mask(prefix.len()),
                literal,
                start,
                len: bytes.len() as u32,
                caseless: word.literal.caseless,
                decided: is_decided(&word.literal),
            });
        }
        let drafts = drafts.into_iter().enumerate().rev();
        let filled = drafts.filter(|(_, draft)| !draft.keys.is_empty());
        set.tables = filled.map(|(i, draft)| Table::new(mask(i + 1), draft)).collect();
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
        let mut passed = [0; BLOCK_BYTES];
        for table in &self.tables {
            for bit in table.may_hold(window, starts, &mut passed) {
                let (at, prefix) = (base + usize::from(*bit), load(window, usize::from(*bit)));
                self.look_up(table, text, at, prefix, &mut report);
            }
        }
    }

    /// The literals of a table that stand at `at`, where the text begins with `prefix`. Apart from the loop over the places, whose few
    /// variables are to stay in registers.
    #[inline(never)]
    fn look_up(
        &self,
        table: &Table,
        text: &[u8],
        at: usize,
        prefix: u64,
        report: &mut impl FnMut(usize, u32),
    ) {
        for list in &table.lists {
            for entry in list.of(prefix) {
                if entry.decided || self.stands(entry, text, at) {
                    report(at, entry.literal);
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
        let filters = self.tables.iter().map(|table| size_of_val(&*table.filter));
        let lists = self.tables.iter().flat_map(|table| &table.lists);
        let lists = lists.map(|list| size_of_val(&*list.ranges) + size_of_val(&*list.entries));
        filters.sum::<usize>() + lists.sum::<usize>() + self.bytes.len()
    }
}

impl Table {
    fn new(mask: u64, draft: Draft) -> Self {
        let Draft { mut keys, entries } = draft;
        keys.sort_unstable();
        keys.dedup();
        let words = (keys.len() / KEYS_PER_MAP_WORD).next_power_of_two();
        let words = words.clamp(MAP_WORDS_MIN, MAP_WORDS_MAX);
        let mut filter = vec![0; words].into_boxed_slice();
        for hash in keys.into_iter().map(hash) {
            filter[slot(hash, words)] |= bits_of(hash);
        }
        let lists = entries.into_iter().map(|(len, entries)| List::new(len, entries)).collect();
        Self { mask, filter, lists }
    }

    /// Those of the places at which some literal may stand. There is no branch on the answer of the map: which words pass cannot be
    /// predicted. Nor is there a shift by a variable number of bits, which costs as much as all the rest on many processors.
    #[inline]
    fn may_hold<'p>(
        &self,
        window: &[u8; WINDOW_BYTES],
        mut starts: u64,
        passed: &'p mut [u8; BLOCK_BYTES],
    ) -> &'p [u8] {
        let mut count = 0;
        while starts != 0 {
            let at = starts.trailing_zeros() as usize;
            let hash = hash(load(window, at) & self.mask);
            let bits = bits_of(hash);
            passed[count % BLOCK_BYTES] = at as u8;
            count += usize::from(self.filter[slot(hash, self.filter.len())] & bits == bits);
            starts &= starts - 1;
        }
        &passed[..count.min(BLOCK_BYTES)]
    }
}

impl List {
    fn new(len: usize, mut entries: Vec<Entry>) -> Self {
        let mask = mask(len);
        let slots = entries.len().next_power_of_two();
        let slot_of = |entry: &Entry| slot(hash(entry.prefix & mask), slots);
        entries.sort_by_key(slot_of);
        let mut ranges = vec![(0, 0); slots].into_boxed_slice();
        for (i, entry) in (0..).zip(&entries) {
            let range = &mut ranges[slot_of(entry)];
            *range = if range.1 == 0 { (i, i + 1) } else { (range.0, i + 1) };
        }
        Self { mask, ranges, entries: entries.into() }
    }

    /// The entries whose prefix stands in the text.
    #[inline]
    fn of(&self, prefix: u64) -> impl Iterator<Item = &Entry> {
        let (start, end) = self.ranges[slot(hash(prefix & self.mask), self.ranges.len())];
        let entries = &self.entries[start as usize..end as usize];
        entries.iter().filter(move |entry| (entry.prefix ^ prefix) & entry.mask == 0)
    }
}

/// Whether a literal is looked up by one byte more than it has, with each byte that can follow: one byte too short for a key, if these
/// are not too many, or a single byte, so that it needs no table of its own.
const fn is_expanded(bytes: &[u8], expand: bool) -> bool {
    bytes.len() == 1 || bytes.len() + 1 == KEY_LEN_BYTES && expand
}

/// What a literal is looked up by.
fn keys(prefix: &[u8], behind: Option<ByteSet>) -> Vec<u64> {
    let key = |bytes: &[u8]| fold(&bytes[..bytes.len().min(KEY_LEN_BYTES)]);
    match behind {
        Some(behind) => behind.iter().map(|byte| key(&[prefix, &[byte]].concat())).collect(),
        None => vec![key(prefix)],
    }
}

/// Whether the folded prefix is the whole literal, and letters only: of other bytes folding makes several alike.
fn is_decided(literal: &Literal) -> bool {
    literal.caseless
        && literal.bytes.len() <= PREFIX_LEN_BYTES
        && literal.bytes.iter().all(u8::is_ascii_lowercase)
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
const fn hash(key: u64) -> u64 {
    key.wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// Which of as many slots, a power of two, a hash value belongs to.
#[inline]
const fn slot(hash: u64, slots: usize) -> usize {
    (hash >> 40) as usize & (slots - 1)
}

/// The bits of a hash value in its word of the map. They depend on other bits than its [`slot`].
#[inline]
const fn bits_of(hash: u64) -> u64 {
    PAIRS[(hash >> 56) as usize]
}

/// Pairs of bits, all different.
const PAIRS: [u64; 256] = {
    let mut pairs = [0; 256];
    let mut i = 0;
    while i < pairs.len() {
        let (first, distance) = (i % 64, 5 + 9 * (i / 64));
        pairs[i] = 1 << first | 1 << ((first + distance) % 64);
        i += 1;
    }
    pairs
};

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
