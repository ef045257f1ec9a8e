//! One pass over the text that finds everything that is not a literal: the first digit of each word, long token runs, `@` and `:`.
//!
//! Every byte is put into one of eight classes by two table look-ups, one by its low and one by its high four bits, whose results are
//! combined by AND. That is the technique of "Parsing Gigabytes of JSON per Second" (Langdale, Lemire, 2019, section 3.1.2), here with
//! classes of keys and numbers. 64 bytes become five 64-bit masks; what follows works on masks and touches no byte.
//!
//! AVX2 and NEON versions and a scalar twin give the same events; which one runs is decided at run time.
#![allow(
    unsafe_code,
    reason = "vector loads and calls of functions that need a CPU feature, which is checked first"
)]

use super::anchor::TOKEN_LEN_BYTES_MIN;

const BLOCK: usize = 64;

const DIGIT: u8 = 1;
const WORD: u8 = 0b0000_1111;
const TOKEN: u8 = 0b0011_1111;
const AT: u8 = 1 << 6;
const COLON: u8 = 1 << 7;

/// By the low four bits of a byte.
const LOW: [u8; 16] = tables().0;
/// By the high four bits of a byte.
const HIGH: [u8; 16] = tables().1;

/// A class is a rectangle of high and low nibbles; each has one bit.
const fn tables() -> ([u8; 16], [u8; 16]) {
    let mut low = [0; 16];
    let mut high = [0; 16];
    let mut nibble = 0;
    while nibble < 16 {
        low[nibble] |= if nibble <= 9 { DIGIT } else { 0 };
        low[nibble] |= if nibble >= 1 { 1 << 1 } else { 0 };
        low[nibble] |= if nibble <= 10 { 1 << 2 } else { 0 };
        nibble += 1;
    }
    low[0xf] |= 1 << 3;
    low[0xb] |= 1 << 4;
    low[0xd] |= 1 << 4;
    low[0xf] |= 1 << 4;
    low[0xd] |= 1 << 5;
    low[0x0] |= AT;
    low[0xa] |= COLON;
    // `0-9`, then `A-O a-o`, then `P-Z p-z`, then `_`, then `+ - /`, then `=`, then `@`, then `:`.
    high[0x3] |= DIGIT | 1 << 5 | COLON;
    high[0x4] |= 1 << 1 | AT;
    high[0x6] |= 1 << 1;
    high[0x5] |= 1 << 2 | 1 << 3;
    high[0x7] |= 1 << 2;
    high[0x2] |= 1 << 4;
    (low, high)
}

/// What the pass found, by kind, each in ascending order.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Events {
    /// The first digit of each word (row of letters, digits and underscores) that has one.
    pub digits: Vec<u32>,
    /// Runs of at least [`TOKEN_LEN_BYTES_MIN`] token bytes.
    pub tokens: Vec<TokenRun>,
    /// Places of `@`.
    pub ats: Vec<u32>,
    /// Places of `:`.
    pub colons: Vec<u32>,
}

/// A run of token bytes that cannot be made longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenRun {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset one past the last byte.
    pub end: u32,
    /// Whether a digit is among the bytes.
    pub has_digit: bool,
}

impl Events {
    fn clear(&mut self) {
        self.digits.clear();
        self.tokens.clear();
        self.ats.clear();
        self.colons.clear();
    }
}

/// Replaces `events` by those of `text`, which must be shorter than 4 GiB.
#[inline]
pub fn scan(text: &[u8], events: &mut Events) {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("bmi1") {
        // SAFETY: the CPU has the features that the function needs.
        return unsafe { avx2::scan(text, events) };
    }
    #[cfg(target_arch = "aarch64")]
    // SAFETY: NEON is part of every aarch64 target that has the standard library.
    return unsafe { neon::scan(text, events) };
    #[cfg(not(target_arch = "aarch64"))]
    scan_scalar(text, events);
}

/// [`scan`] without vector instructions: the twin that tests compare with.
pub fn scan_scalar(text: &[u8], events: &mut Events) {
    drive(text, events, masks_scalar);
}

/// Which implementation [`scan`] uses on this machine.
pub fn implementation() -> &'static str {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("bmi1") {
        return "avx2";
    }
    if cfg!(target_arch = "aarch64") { "neon" } else { "scalar" }
}

/// One bit per byte of a block, lowest bit first.
#[derive(Clone, Copy, Default)]
struct Masks {
    digit: u64,
    word: u64,
    token: u64,
    at: u64,
    colon: u64,
}

fn masks_scalar(block: &[u8; BLOCK]) -> Masks {
    let mut masks = Masks::default();
    for (i, byte) in block.iter().enumerate() {
        let class = if byte.is_ascii() {
            LOW[usize::from(byte & 0xf)] & HIGH[usize::from(byte >> 4)]
        } else {
            0
        };
        masks.digit |= u64::from(class & DIGIT != 0) << i;
        masks.word |= u64::from(class & WORD != 0) << i;
        masks.token |= u64::from(class & TOKEN != 0) << i;
        masks.at |= u64::from(class & AT != 0) << i;
        masks.colon |= u64::from(class & COLON != 0) << i;
    }
    masks
}

/// What is carried from block to block.
struct Carry {
    /// Whether the last byte so far belongs to a word.
    word: bool,
    /// Whether that word has no digit so far.
    no_digit: bool,
    /// Start of the token run that reaches the end of what was read, and whether it has a digit.
    run: Option<(u32, bool)>,
}

#[inline(always)]
fn drive(text: &[u8], events: &mut Events, masks: impl Fn(&[u8; BLOCK]) -> Masks) {
    events.clear();
    let mut carry = Carry { word: false, no_digit: false, run: None };
    let (blocks, rest) = text.as_chunks::<BLOCK>();
    let mut base = 0;
    for block in blocks {
        step(base, masks(block), &mut carry, events);
        base += BLOCK as u32;
    }
    // A last block of zeros ends every run.
    let mut last = [0; BLOCK];
    last[..rest.len()].copy_from_slice(rest);
    step(base, masks(&last), &mut carry, events);
}

#[inline(always)]
fn step(base: u32, masks: Masks, carry: &mut Carry, events: &mut Events) {
    first_digits(base, masks, carry, &mut events.digits);
    if masks.at != 0 {
        push_bits(masks.at, base, &mut events.ats);
    }
    if masks.colon != 0 {
        push_bits(masks.colon, base, &mut events.colons);
    }
    if carry.run.is_some() || starts_of_long_runs(masks.token) != 0 || masks.token >> 63 == 1 {
        token_runs(base, masks, carry, events);
    }
}

/// Finds the first digit of each word: the byte behind the row of non-digits that the word starts with. Adding the starts to the rows
/// carries each of them to the end of its row.
#[inline(always)]
fn first_digits(base: u32, masks: Masks, carry: &mut Carry, digits: &mut Vec<u32>) {
    let starts = masks.word & !(masks.word << 1 | u64::from(carry.word));
    let starts = starts | (masks.word & u64::from(carry.word && carry.no_digit));
    let others = masks.word & !masks.digit;
    let (behind, open) = (starts & others).overflowing_add(others);
    carry.word = masks.word >> 63 == 1;
    carry.no_digit = open;
    if masks.digit != 0 {
        push_bits(masks.digit & (starts | behind & !others), base, digits);
    }
}

#[inline(always)]
fn push_bits(mut bits: u64, base: u32, out: &mut Vec<u32>) {
    while bits != 0 {
        out.push(base + bits.trailing_zeros());
        bits &= bits - 1;
    }
}

/// Bits at which at least [`TOKEN_LEN_BYTES_MIN`] ones in a row begin.
#[inline(always)]
const fn starts_of_long_runs(mask: u64) -> u64 {
    const { assert!(TOKEN_LEN_BYTES_MIN == 16) };
    let two = mask & mask >> 1;
    let four = two & two >> 2;
    let eight = four & four >> 4;
    eight & eight >> 8
}

/// Ends the run that came in, finds the long ones inside the block and notes the one that goes out.
fn token_runs(base: u32, masks: Masks, carry: &mut Carry, events: &mut Events) {
    let mut rest = masks.token;
    if let Some((start, has_digit)) = carry.run {
        let len = masks.token.trailing_ones();
        let has_digit = has_digit || masks.digit & low_bits(len) != 0;
        if len == BLOCK as u32 {
            carry.run = Some((start, has_digit));
            return;
        }
        let end = base + len;
        if (end - start) as usize >= TOKEN_LEN_BYTES_MIN {
            events.tokens.push(TokenRun { start, end, has_digit });
        }
        rest &= !low_bits(len);
    }
    let out = rest.leading_ones();
    let inside = rest & !high_bits(out);
    let mut long = starts_of_long_runs(inside);
    while long != 0 {
        let start = long.trailing_zeros();
        let len = (inside >> start).trailing_ones();
        let run = low_bits(len) << start;
        let has_digit = masks.digit & run != 0;
        events.tokens.push(TokenRun { start: base + start, end: base + start + len, has_digit });
        long &= !run;
    }
    carry.run = (out > 0).then(|| (base + BLOCK as u32 - out, masks.digit & high_bits(out) != 0));
}

/// The lowest `count` bits.
#[inline(always)]
const fn low_bits(count: u32) -> u64 {
    if count >= 64 { u64::MAX } else { (1 << count) - 1 }
}

/// The highest `count` bits.
#[inline(always)]
const fn high_bits(count: u32) -> u64 {
    if count >= 64 { u64::MAX } else { !(u64::MAX >> count) }
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use super::{BLOCK, Events, HIGH, LOW, Masks, TOKEN, WORD, drive};
    use std::arch::x86_64::{
        __m256i, _mm256_and_si256, _mm256_cmpeq_epi8, _mm256_loadu_si256, _mm256_movemask_epi8,
        _mm256_set1_epi8, _mm256_setr_epi8, _mm256_setzero_si256, _mm256_shuffle_epi8,
        _mm256_slli_epi16, _mm256_srli_epi16,
    };

    #[target_feature(enable = "avx2,bmi1")]
    pub(super) fn scan(text: &[u8], events: &mut Events) {
        drive(text, events, |block| masks(block));
    }

    #[inline]
    #[target_feature(enable = "avx2,bmi1")]
    fn masks(block: &[u8; BLOCK]) -> Masks {
        let (first, second) = block.split_at(BLOCK / 2);
        // SAFETY: each half is 32 bytes long; the load needs no alignment.
        let first = unsafe { _mm256_loadu_si256(first.as_ptr().cast()) };
        // SAFETY: as above.
        let second = unsafe { _mm256_loadu_si256(second.as_ptr().cast()) };
        let (first, second) = (classes(first), classes(second));
        Masks {
            digit: join(bit::<7>(first), bit::<7>(second)),
            word: !join(none_of::<WORD>(first), none_of::<WORD>(second)),
            token: !join(none_of::<TOKEN>(first), none_of::<TOKEN>(second)),
            at: join(bit::<1>(first), bit::<1>(second)),
            colon: join(bit::<0>(first), bit::<0>(second)),
        }
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn classes(bytes: __m256i) -> __m256i {
        let nibble = _mm256_set1_epi8(0xf);
        let high = _mm256_and_si256(_mm256_srli_epi16::<4>(bytes), nibble);
        // The shuffle yields zero for indices with the top bit set, so bytes beyond ASCII have no class.
        let by_low = _mm256_shuffle_epi8(table(&LOW), bytes);
        let by_high = _mm256_shuffle_epi8(table(&HIGH), high);
        _mm256_and_si256(by_low, by_high)
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn table(t: &[u8; 16]) -> __m256i {
        let t = t.map(|byte| byte as i8);
        _mm256_setr_epi8(
            t[0], t[1], t[2], t[3], t[4], t[5], t[6], t[7], t[8], t[9], t[10], t[11], t[12], t[13],
            t[14], t[15], t[0], t[1], t[2], t[3], t[4], t[5], t[6], t[7], t[8], t[9], t[10], t[11],
            t[12], t[13], t[14], t[15],
        )
    }

    /// One bit per byte: the class bit that a shift by `SHIFT` brings to the top.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn bit<const SHIFT: i32>(classes: __m256i) -> u32 {
        _mm256_movemask_epi8(_mm256_slli_epi16::<SHIFT>(classes)) as u32
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn none_of<const CLASSES: u8>(classes: __m256i) -> u32 {
        let some = _mm256_and_si256(classes, _mm256_set1_epi8(CLASSES as i8));
        _mm256_movemask_epi8(_mm256_cmpeq_epi8(some, _mm256_setzero_si256())) as u32
    }

    #[inline]
    const fn join(low: u32, high: u32) -> u64 {
        low as u64 | (high as u64) << 32
    }
}

#[cfg(target_arch = "aarch64")]
mod neon {
    use super::{AT, BLOCK, COLON, DIGIT, Events, HIGH, LOW, Masks, TOKEN, WORD, drive};
    use std::arch::aarch64::{
        uint8x16_t, vandq_u8, vdupq_n_u8, vgetq_lane_u64, vld1q_u8, vpaddq_u8, vqtbl1q_u8,
        vreinterpretq_u64_u8, vshrq_n_u8, vtstq_u8,
    };

    // A function with the feature may call others with it; the closure inherits it.
    #[target_feature(enable = "neon")]
    pub(super) fn scan(text: &[u8], events: &mut Events) {
        drive(text, events, |block| masks(block));
    }

    #[inline]
    #[target_feature(enable = "neon")]
    fn masks(block: &[u8; BLOCK]) -> Masks {
        // SAFETY: the tables are 16 bytes long.
        let low = unsafe { vld1q_u8(LOW.as_ptr()) };
        // SAFETY: as above.
        let high = unsafe { vld1q_u8(HIGH.as_ptr()) };
        let (quarters, _) = block.as_chunks::<16>();
        let classes = [0, 1, 2, 3].map(|i: usize| {
            // SAFETY: a quarter is 16 bytes long.
            let bytes = unsafe { vld1q_u8(quarters[i].as_ptr()) };
            classes(bytes, low, high)
        });
        let bits = |class: u8| gather(classes, class);
        Masks {
            digit: bits(DIGIT),
            word: bits(WORD),
            token: bits(TOKEN),
            at: bits(AT),
            colon: bits(COLON),
        }
    }

    #[inline]
    #[target_feature(enable = "neon")]
    fn classes(bytes: uint8x16_t, low: uint8x16_t, high: uint8x16_t) -> uint8x16_t {
        // A look-up beyond the table yields zero: the low index keeps the top bit, so bytes beyond ASCII have no class.
        let by_low = vqtbl1q_u8(low, vandq_u8(bytes, vdupq_n_u8(0x8f)));
        let by_high = vqtbl1q_u8(high, vshrq_n_u8::<4>(bytes));
        vandq_u8(by_low, by_high)
    }

    /// One bit per byte of four vectors: whether a class bit is set.
    #[inline]
    #[target_feature(enable = "neon")]
    fn gather(classes: [uint8x16_t; 4], class: u8) -> u64 {
        const WEIGHTS: [u8; 16] = [1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128];
        // SAFETY: the table is 16 bytes long.
        let weights = unsafe { vld1q_u8(WEIGHTS.as_ptr()) };
        let wanted = vdupq_n_u8(class);
        let weighted = [
            vandq_u8(vtstq_u8(classes[0], wanted), weights),
            vandq_u8(vtstq_u8(classes[1], wanted), weights),
            vandq_u8(vtstq_u8(classes[2], wanted), weights),
            vandq_u8(vtstq_u8(classes[3], wanted), weights),
        ];
        // Three rounds of pairwise addition leave eight bytes of eight bits each.
        let first = vpaddq_u8(weighted[0], weighted[1]);
        let second = vpaddq_u8(weighted[2], weighted[3]);
        let all = vpaddq_u8(first, second);
        let all = vpaddq_u8(all, all);
        vgetq_lane_u64::<0>(vreinterpretq_u64_u8(all))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matcher::byteset;
    use proptest::prelude::*;

    /// Events by going through the bytes one by one.
    fn naive(text: &[u8]) -> Events {
        let mut events = Events::default();
        for (at, byte) in text.iter().enumerate() {
            let word = text[..at].iter().rev().take_while(|byte| byteset::WORD.contains(**byte));
            if byte.is_ascii_digit() && !word.copied().any(|byte| byte.is_ascii_digit()) {
                events.digits.push(at as u32);
            }
            match byte {
                b'@' => events.ats.push(at as u32),
                b':' => events.colons.push(at as u32),
                _ => {}
            }
        }
        let mut at = 0;
        while at < text.len() {
            let run = text[at..].iter().take_while(|byte| byteset::TOKEN.contains(**byte)).count();
            if run >= TOKEN_LEN_BYTES_MIN {
                let has_digit = text[at..at + run].iter().any(u8::is_ascii_digit);
                events.tokens.push(TokenRun {
                    start: at as u32,
                    end: (at + run) as u32,
                    has_digit,
                });
            }
            at += run + 1;
        }
        events
    }

    fn check(text: &[u8]) {
        let expect = naive(text);
        let mut events = Events::default();
        scan(text, &mut events);
        assert_eq!(events, expect, "{} on {text:?}", implementation());
        scan_scalar(text, &mut events);
        assert_eq!(events, expect, "scalar on {text:?}");
    }

    #[test]
    fn every_byte_has_its_class() {
        for byte in 0..=u8::MAX {
            check(&[byte]);
            check(&[byte; 16]);
        }
    }

    #[test]
    fn runs_may_end_anywhere_in_a_block() {
        for start in [0, 1, 47, 48, 49, 62, 63, 64, 65] {
            for len in [1, 15, 16, 17, 48, 63, 64, 65, 128, 129, 200] {
                for byte in [b'a', b'7', b'='] {
                    let mut text = vec![b' '; start];
                    text.extend(std::iter::repeat_n(byte, len));
                    check(&text);
                    text.extend_from_slice(b" tail: a@b 12");
                    check(&text);
                }
            }
        }
    }

    proptest! {
        #[test]
        fn vectors_and_scalar_agree_with_a_naive_pass(
            text in prop::collection::vec(
                prop::sample::select(b"aZ09_+/=-@: .\"\x00\x80\xff".to_vec()), 0..400),
        ) {
            check(&text);
        }

        #[test]
        fn long_token_runs_are_found(text in "([A-Za-z0-9_+/=-]{10,90}[ @:]?){0,8}") {
            check(text.as_bytes());
        }
    }
}
