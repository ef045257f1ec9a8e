//! What the model looks at: which words, word pairs, four-letter pieces and sequences of kinds of words a window holds.

use super::lexicon::{self, HASH_START, Kind};

/// Buckets that features are hashed into. A power of two.
pub const BUCKETS: usize = 1 << 16;

/// Words that a pair of kinds may be apart.
const KIND_DISTANCE_WORDS_MAX: u32 = 8;

/// Kinds that are remembered.
const KINDS_KEPT: usize = 4;

/// Marks that are words of their own: they part a quoted attack from a written one, a question from an order.
const MARKS: &[u8] = b"?!\"<>[]{}|#*:`";

/// The buckets that are set by a window, each once. It is reused: making it clears nothing but what was set.
#[derive(Clone, Debug)]
pub struct Features {
    seen: Box<[u64]>,
    buckets: Vec<u32>,
}

impl Default for Features {
    fn default() -> Self {
        Self { seen: vec![0; BUCKETS / 64].into(), buckets: Vec::with_capacity(4096) }
    }
}

impl Features {
    /// The buckets of a window of text, ascending in the order of their first place.
    pub fn of(&mut self, window: &[u8]) -> &[u32] {
        for &bucket in &self.buckets {
            self.seen[bucket as usize / 64] = 0;
        }
        self.buckets.clear();
        Reader::default().read(window, self);
        &self.buckets
    }

    #[inline]
    fn set(&mut self, hash: u64) {
        // The high bits of a product depend on all bits of its factors.
        let bucket = (hash.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 48) as usize % BUCKETS;
        let (word, bit) = (bucket / 64, 1 << (bucket % 64));
        if self.seen[word] & bit == 0 {
            self.seen[word] |= bit;
            self.buckets.push(bucket as u32);
        }
    }
}

/// Salts that keep the sorts of features apart.
mod salt {
    pub(super) const WORD: u64 = 0x51;
    pub(super) const PAIR: u64 = 0x9d_3f1b;
    pub(super) const SKIP: u64 = 0x77_a6c5_19d3;
    pub(super) const PIECE: u64 = 0x1b87_3593 << 32;
    pub(super) const KIND: u64 = 0xe654_6b64 << 24;
    pub(super) const CAPITALS: u64 = 0xcc9e_2d51 << 20;
}

/// State of one pass over a window.
#[derive(Default)]
struct Reader {
    last: u64,
    before_last: u64,
    word: u32,
    kinds: [(Kind, u32); KINDS_KEPT],
}

impl Reader {
    fn read(mut self, window: &[u8], out: &mut Features) {
        let mut hash = HASH_START;
        let mut len = 0_u32;
        let mut capitals = 0_u32;
        let mut piece = 0_u32;
        for &byte in window {
            let folded = fold(byte);
            if folded != 0 {
                hash = lexicon::hash_next(hash, folded);
                len += 1;
                capitals += u32::from(byte.is_ascii_uppercase());
                piece = piece << 8 | u32::from(folded);
                if len >= 3 {
                    out.set(salt::PIECE ^ u64::from(piece));
                }
                continue;
            }
            if len > 0 {
                piece <<= 8;
                out.set(salt::PIECE ^ u64::from(piece));
                self.word(hash, len, capitals, out);
                (hash, len, capitals) = (HASH_START, 0, 0);
            }
            if MARKS.contains(&byte) {
                self.word(lexicon::hash_next(HASH_START, byte), 1, 0, out);
            }
        }
        if len > 0 {
            self.word(hash, len, capitals, out);
        }
    }

    fn word(&mut self, hash: u64, len: u32, capitals: u32, out: &mut Features) {
        out.set(hash ^ salt::WORD);
        out.set(hash.rotate_left(17) ^ self.last ^ salt::PAIR);
        out.set(hash.rotate_left(31) ^ self.before_last ^ salt::SKIP);
        if len >= 4 && capitals == len {
            out.set(salt::CAPITALS);
        }
        let kind = lexicon::kind(hash);
        if kind != 0 {
            self.kind(kind, out);
        }
        self.before_last = self.last;
        self.last = hash;
        self.word += 1;
    }

    /// The kind alone, behind each of the last ones, and behind the last two.
    fn kind(&mut self, kind: Kind, out: &mut Features) {
        let own = salt::KIND ^ u64::from(kind);
        out.set(own);
        let word = self.word;
        let near = |(other, at): (Kind, u32)| other != 0 && word - at <= KIND_DISTANCE_WORDS_MAX;
        for &earlier in self.kinds.iter().filter(|earlier| near(**earlier)) {
            out.set(own ^ u64::from(earlier.0) << 8);
        }
        let [last, before, ..] = self.kinds;
        if near(last) && near(before) {
            out.set(own ^ u64::from(last.0) << 8 ^ u64::from(before.0) << 16);
        }
        self.kinds.rotate_right(1);
        self.kinds[0] = (kind, word);
    }
}

/// A letter in lower case, `0` for a digit, any byte of a character beyond ASCII as it is, 0 for what parts words.
#[inline]
fn fold(byte: u8) -> u8 {
    match byte {
        b'a'..=b'z' | 0x80..=0xff | b'\'' => byte,
        b'A'..=b'Z' => byte | 0x20,
        b'0'..=b'9' => b'0',
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<u32> {
        Features::default().of(text.as_bytes()).to_vec()
    }

    #[test]
    fn case_and_digits_do_not_matter_but_order_does() {
        assert_eq!(of("Ignore rule 17."), of("ignore Rule 42."));
        assert_ne!(of("ignore the rule"), of("rule the ignore"));
    }

    #[test]
    fn a_reused_set_is_a_new_one() {
        let mut features = Features::default();
        features.of(b"something else altogether, with more words");
        assert_eq!(features.of(b"ignore this"), of("ignore this"));
    }

    #[test]
    fn any_bytes_will_do() {
        let all: Vec<u8> = (0..=255).cycle().take(2000).collect();
        assert!(!Features::default().of(&all).is_empty());
        assert!(of("").is_empty());
    }
}
