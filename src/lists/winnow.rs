//! Winnowing: the few hashes of a text by which copies of its passages are recognised.
//!
//! A text is reduced to its letters and digits, folded; each row of [`GRAM_CHARS`] of them, a gram, is hashed, and of every
//! [`WINDOW_GRAMS`] grams in a row the one with the least hash is kept. Two texts that share [`PASSAGE_CHARS_MIN`] letters and digits in a
//! row share a kept gram, whatever stands around them; about two grams of nine are kept. This is the robust winnowing of Schleimer,
//! Wilkerson and Aiken (2003).

use super::words;
use std::fmt;

/// Letters and digits of one gram.
pub const GRAM_CHARS: usize = 16;
/// Grams of which one is kept.
pub const WINDOW_GRAMS: usize = 8;
/// A passage of so many letters and digits is recognised for sure.
pub const PASSAGE_CHARS_MIN: usize = GRAM_CHARS + WINDOW_GRAMS - 1;

/// A gram that was kept.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Gram {
    /// Hash of its letters and digits.
    pub hash: u64,
    /// Offset of its first byte.
    pub start: usize,
    /// Offset one past its last byte.
    pub end: usize,
}

impl fmt::Debug for Gram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x} at {}..{}", self.hash, self.start, self.end)
    }
}

/// Calls `keep` with the grams that are kept, in ascending order. Takes no memory and time linear in the text.
///
/// ```
/// use lockgate::lists::winnow::winnow;
/// let kept = |text: &str| {
///     let mut hashes = Vec::new();
///     winnow(text.as_bytes(), |gram| hashes.push(gram.hash));
///     hashes
/// };
/// let shared = "The quick brown fox jumps over the lazy dog";
/// let (a, b) = (kept(&format!("First: {shared}")), kept(&format!("{}? So it was.", shared.to_uppercase())));
/// assert!(a.iter().any(|hash| b.contains(hash)));
/// ```
pub fn winnow(text: &[u8], mut keep: impl FnMut(Gram)) {
    let mut chars = Ring::<(u64, usize), GRAM_CHARS>::default();
    let mut grams = Ring::<Gram, WINDOW_GRAMS>::default();
    let mut rolling = 0_u64;
    let (mut kept, mut kept_number) = (Gram::default(), 0);
    let mut at = 0;
    while let Some((char, start, end)) = words::next_char(text, at) {
        at = end;
        let value = value(char);
        let (out, _) = chars.push((value, start));
        // The value that leaves has been rotated once per step since it came.
        rolling = rolling.rotate_left(1) ^ out.rotate_left(GRAM_CHARS as u32) ^ value;
        if chars.count < GRAM_CHARS {
            continue;
        }
        let gram = Gram { hash: finish(rolling), start: chars.oldest().1, end };
        grams.push(gram);
        if grams.count < WINDOW_GRAMS {
            continue;
        }
        if grams.count > WINDOW_GRAMS && grams.count - kept_number < WINDOW_GRAMS {
            // The last one kept is still in the window: only a smaller hash takes its place.
            if gram.hash >= kept.hash {
                continue;
            }
            (kept, kept_number) = (gram, grams.count);
        } else {
            (kept, kept_number) = grams.least();
        }
        keep(kept);
    }
    if (1..WINDOW_GRAMS).contains(&grams.count) {
        keep(grams.least().0);
    }
}

/// The hash of one letter or digit.
#[inline]
fn value(char: char) -> u64 {
    let mixed = (u64::from(u32::from(char)) + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed ^ mixed >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9) ^ mixed >> 32
}

/// Spreads a rolling hash, whose order would follow that of the last letters.
#[inline]
fn finish(rolling: u64) -> u64 {
    let mixed = (rolling ^ rolling >> 32).wrapping_mul(0xd6e8_feb8_6659_fd93);
    (mixed ^ mixed >> 32).wrapping_mul(0xd6e8_feb8_6659_fd93) ^ mixed >> 31
}

/// The last `LEN` of a row of things.
struct Ring<T, const LEN: usize> {
    items: [T; LEN],
    /// Things that have come.
    count: usize,
}

impl<T: Copy + Default, const LEN: usize> Default for Ring<T, LEN> {
    fn default() -> Self {
        Self { items: [T::default(); LEN], count: 0 }
    }
}

impl<T: Copy, const LEN: usize> Ring<T, LEN> {
    /// Takes a thing in and gives the one back that leaves.
    #[inline]
    fn push(&mut self, item: T) -> T {
        let out = std::mem::replace(&mut self.items[self.count % LEN], item);
        self.count += 1;
        out
    }

    #[inline]
    fn oldest(&self) -> T {
        self.items[self.count % LEN]
    }
}

impl<const LEN: usize> Ring<Gram, LEN> {
    /// The gram with the least hash, of equal ones the last, and its number from 1.
    fn least(&self) -> (Gram, usize) {
        let first = self.count.saturating_sub(LEN);
        let numbered = (first..self.count).rev().map(|i| (self.items[i % LEN], i + 1));
        numbered.min_by_key(|(gram, _)| gram.hash).unwrap_or_default()
    }
}

/// The reference: by the definition, gram by gram and window by window.
pub fn naive(text: &[u8]) -> Vec<Gram> {
    let mut chars = Vec::new();
    for (start, _, folded) in words::naive(text) {
        let mut at = start;
        for char in folded.chars() {
            let (_, from, to) = words::next_char(text, at).expect("the words were found there");
            chars.push((char, from, to));
            at = to;
        }
    }
    let gram = |row: &[(char, usize, usize)]| {
        let rolling = row
            .iter()
            .rev()
            .enumerate()
            .fold(0, |all, (age, (char, _, _))| all ^ value(*char).rotate_left(age as u32));
        Gram { hash: finish(rolling), start: row[0].1, end: row[GRAM_CHARS - 1].2 }
    };
    let grams: Vec<Gram> = chars.windows(GRAM_CHARS).map(gram).collect();
    let mut kept: Vec<Gram> = Vec::new();
    for window in grams.windows(WINDOW_GRAMS.min(grams.len()).max(1)) {
        let least = window.iter().map(|gram| gram.hash).min().unwrap_or_default();
        let known = kept.last().is_some_and(|last| last.hash == least && window.contains(last));
        if !known {
            kept.extend(window.iter().rev().find(|gram| gram.hash == least));
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn kept(text: &[u8]) -> Vec<Gram> {
        let mut grams = Vec::new();
        winnow(text, |gram| grams.push(gram));
        grams
    }

    #[test]
    fn short_texts_have_few_grams() {
        for (len, expect) in [(0, 0), (15, 0), (16, 1), (22, 1), (23, 1)] {
            let text: String = ('a'..='z').take(len).collect();
            assert_eq!(kept(text.as_bytes()).len(), expect, "{len}");
        }
        assert_eq!(kept(b"----  ....").len(), 0);
    }

    #[test]
    fn two_grams_of_nine_are_kept() {
        let text: String =
            (0..20_000_u64).map(|i| format!("{:x}", value(char::from(i as u8)) ^ i)).collect();
        let share = kept(text.as_bytes()).len() as f64 / text.len() as f64;
        assert!((0.2..0.25).contains(&share), "{share}");
    }

    #[test]
    fn a_gram_covers_its_bytes() {
        let text = "«Ä-b-c-d-e-f-g-h-i-j-k-l-m-n-o-P», said nobody";
        let first = kept(text.as_bytes())[0];
        let covered = &text[first.start..first.end];
        assert_eq!(covered.chars().filter(|char| char.is_alphanumeric()).count(), GRAM_CHARS);
    }

    proptest! {
        #[test]
        fn winnowing_agrees_with_the_reference(text in "([a-cA-C]{1,30}|[ .é日]{1,3}|a{20,40}){0,20}") {
            prop_assert_eq!(kept(text.as_bytes()), naive(text.as_bytes()));
        }

        #[test]
        fn shared_passages_share_a_gram(
            shared in "[a-z ]{40,60}", a in "[a-z ]{0,50}", b in "[A-Z ]{0,50}",
        ) {
            prop_assume!(shared.chars().filter(|char| *char != ' ').count() >= PASSAGE_CHARS_MIN);
            let one = kept(format!("{a}{shared}{b}").as_bytes());
            let other = kept(format!("{b}{}{a}", shared.to_uppercase()).as_bytes());
            prop_assert!(one.iter().any(|gram| other.iter().any(|same| same.hash == gram.hash)));
        }
    }
}
