//! Hashes of words. Fast and without a key: they keep a file small, not secret.

const SEED: u64 = 0x6c6f_636b_6761_7465;
const CHUNK: u64 = 0x9e37_79b9_7f4a_7c15;
const LENGTH: u64 = 0xd6e8_feb8_6659_fd93;
const GAP: u64 = 0xa076_1d64_78bd_642f;
/// The bit that tells lower-case from upper-case ASCII letters, and that every ASCII digit has.
const LOWER: u64 = 0x2020_2020_2020_2020;

/// Both halves of the product.
#[inline]
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    (product as u64) ^ ((product >> 64) as u64)
}

/// The hash of the bytes of a folded word.
pub fn bytes(word: &[u8]) -> u64 {
    let state = word.chunks(8).fold(SEED, |state, chunk| {
        let mut padded = [0; 8];
        padded[..chunk.len()].copy_from_slice(chunk);
        fold(state ^ u64::from_le_bytes(padded), CHUNK)
    });
    fold(state ^ word.len() as u64, LENGTH)
}

/// The hash of the folded word `text[start..end]`, which consists of ASCII letters and digits: as [`bytes()`] of the same in lower case.
///
/// # Panics
/// If the range is empty or not in the text.
#[inline]
pub fn ascii(text: &[u8], start: usize, end: usize) -> u64 {
    let len = end - start;
    // Nearly every word has up to eight bytes, and eight more behind its start.
    match text.get(start..start + 8) {
        Some(chunk) if len <= 8 => {
            let chunk = u64::from_le_bytes(chunk.try_into().expect("eight bytes"));
            let lower = (chunk | LOWER) & (u64::MAX >> (64 - 8 * len));
            fold(fold(SEED ^ lower, CHUNK) ^ len as u64, LENGTH)
        }
        _ => ascii_slowly(&text[start..end]),
    }
}

fn ascii_slowly(word: &[u8]) -> u64 {
    let state = word.chunks(8).fold(SEED, |state, chunk| {
        let mut padded = [0; 8];
        padded[..chunk.len()].copy_from_slice(chunk);
        let mask = u64::MAX >> (64 - 8 * chunk.len());
        fold(state ^ ((u64::from_le_bytes(padded) | LOWER) & mask), CHUNK)
    });
    fold(state ^ word.len() as u64, LENGTH)
}

/// The hash of a row of words that was `before`, then `gap` (what stands between the words), then the word `next`.
#[inline]
pub fn join(before: u64, gap: u64, next: u64) -> u64 {
    fold(fold(before.rotate_left(23) ^ gap, GAP) ^ next, CHUNK)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn ascii_words_hash_like_their_folded_bytes() {
        let text = b"xAbcDEFghIJklMNop0123456789QRstUVwxYZ9";
        for start in 0..text.len() {
            for end in start + 1..=text.len() {
                let lower = text[start..end].to_ascii_lowercase();
                assert_eq!(ascii(text, start, end), bytes(&lower), "{start}..{end}");
            }
        }
    }

    #[test]
    fn every_byte_the_length_and_the_order_count() {
        let mut seen = HashSet::new();
        for len in 0..20 {
            for at in 0..=len {
                let mut word = vec![b'a'; len];
                if at < len {
                    word[at] = b'b';
                }
                assert!(seen.insert(bytes(&word)), "{len} {at}");
            }
        }
        assert!(seen.insert(bytes(b"a\0")) && seen.insert(bytes(b"a\0\0")));
        let (a, b) = (bytes(b"one"), bytes(b"two"));
        assert_ne!(join(a, 0, b), join(b, 0, a));
        assert_ne!(join(a, 0, b), join(a, 1, b));
    }
}
