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

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "aarch64")]
mod neon;

use super::anchor::TOKEN_LEN_BYTES_MIN;

/// Bytes that are classified at a time.
pub const BLOCK_BYTES: usize = 64;

const DIGIT: u8 = 1;
const WORD: u8 = 0b0000_1111;
const LETTER: u8 = 0b0000_0110;
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
    /// Per block of [`BLOCK_BYTES`]: the bytes that start a word (row of letters, digits and underscores), lowest bit first.
    pub words: Vec<u64>,
    /// Per block: the digits.
    pub digit_masks: Vec<u64>,
    /// The first digit of each word that has one.
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
    /// How many digits stand in a row from `at` on; exact up to 64.
    #[inline]
    pub fn digits_from(&self, at: usize) -> u32 {
        let (block, bit) = (at / BLOCK_BYTES, at % BLOCK_BYTES);
        let mask = |block: usize| self.digit_masks.get(block).copied().unwrap_or(0);
        // Two shifts, because one by all 64 bits is none.
        (mask(block) >> bit | mask(block + 1) << 1 << (63 - bit)).trailing_ones()
    }

    fn clear(&mut self) {
        self.words.clear();
        self.digit_masks.clear();
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

/// What can be compiled for the vector instructions of a machine. `run` must be `#[inline(always)]`; a closure, which cannot be marked, may end up
/// beside the function that has the instructions.
pub(super) trait Work {
    /// Does it.
    fn run(self);
}

/// Does `work` with the vector instructions of this machine: one register holds what otherwise takes four.
#[inline]
pub(super) fn vectorised(work: impl Work) {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2")
    {
        // SAFETY: the CPU has the features that the function needs.
        return unsafe { avx2::vectorised(work) };
    }
    work.run();
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

fn masks_scalar(block: &[u8; BLOCK_BYTES]) -> Masks {
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

/// A set of ASCII bytes that blocks are searched for: per value of the low four bits, a bit for each value of the upper ones.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted([u8; 16]);

impl Wanted {
    /// The ASCII bytes among these.
    pub fn new(bytes: impl Iterator<Item = u8>) -> Self {
        let mut low = [0; 16];
        for byte in bytes.filter(u8::is_ascii) {
            low[usize::from(byte & 0xf)] |= 1 << (byte >> 4);
        }
        Self(low)
    }
}

/// By the high four bits of a byte: its bit in [`Wanted`].
const ROWS: [u8; 16] = [1, 2, 4, 8, 16, 32, 64, 128, 0, 0, 0, 0, 0, 0, 0, 0];

/// The letters of a block, one bit per byte, lowest bit first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Letters {
    /// ASCII letters.
    pub letter: u64,
    /// Upper-case ASCII letters.
    pub upper: u64,
    /// Bytes beyond ASCII.
    pub wide: u64,
    /// The bytes that were wanted.
    pub wanted: u64,
}

/// The letters and the wanted bytes among up to [`BLOCK_BYTES`] bytes.
#[inline]
pub fn letters(bytes: &[u8], wanted: &Wanted) -> Letters {
    match bytes.try_into() {
        Ok(block) => letters_of(block, wanted),
        Err(_) => {
            let mut block = [0; BLOCK_BYTES];
            let len = bytes.len().min(BLOCK_BYTES);
            block[..len].copy_from_slice(&bytes[..len]);
            let letters = letters_of(&block, wanted);
            let there = u64::MAX.checked_shr(64 - len as u32).unwrap_or(0);
            Letters { wanted: letters.wanted & there, ..letters }
        }
    }
}

#[inline]
fn letters_of(block: &[u8; BLOCK_BYTES], wanted: &Wanted) -> Letters {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("bmi1") {
        // SAFETY: the CPU has the features that the function needs.
        return unsafe { avx2::letters(block, wanted) };
    }
    #[cfg(target_arch = "aarch64")]
    // SAFETY: NEON is part of every aarch64 target that has the standard library.
    return unsafe { neon::letters(block, wanted) };
    #[cfg(not(target_arch = "aarch64"))]
    letters_scalar(block, wanted)
}

#[cfg(any(test, not(target_arch = "aarch64")))]
fn letters_scalar(block: &[u8; BLOCK_BYTES], wanted: &Wanted) -> Letters {
    let mut letters = Letters::default();
    for (i, byte) in block.iter().enumerate() {
        letters.letter |= u64::from(byte.is_ascii_alphabetic()) << i;
        letters.upper |= u64::from(byte.is_ascii_uppercase()) << i;
        letters.wide |= u64::from(!byte.is_ascii()) << i;
        let row = wanted.0[usize::from(byte & 0xf)] & ROWS[usize::from(byte >> 4)];
        letters.wanted |= u64::from(row != 0) << i;
    }
    letters
}

/// What is carried from block to block.
struct Carry {
    /// Whether the last byte so far belongs to a word.
    word: bool,
    /// Whether that word has no digit so far.
    no_digit: bool,
    /// Start of the token run that reaches the end of what was read; that end if there is none.
    run_start: u32,
    /// Whether that run has a digit.
    run_has_digit: bool,
}

#[inline(always)]
fn drive(text: &[u8], events: &mut Events, masks: impl Fn(&[u8; BLOCK_BYTES]) -> Masks) {
    events.clear();
    let mut carry = Carry { word: false, no_digit: false, run_start: 0, run_has_digit: false };
    let (blocks, rest) = text.as_chunks::<BLOCK_BYTES>();
    let mut base = 0;
    for block in blocks {
        step(base, masks(block), &mut carry, events);
        base += BLOCK_BYTES as u32;
    }
    // A last block of zeros ends every run.
    let mut last = [0; BLOCK_BYTES];
    last[..rest.len()].copy_from_slice(rest);
    step(base, masks(&last), &mut carry, events);
}

#[inline(always)]
fn step(base: u32, masks: Masks, carry: &mut Carry, events: &mut Events) {
    let starts = masks.word & !(masks.word << 1 | u64::from(carry.word));
    events.words.push(starts);
    events.digit_masks.push(masks.digit);
    first_digits(base, masks, starts, carry, &mut events.digits);
    if masks.at != 0 {
        push_bits(masks.at, base, &mut events.ats);
    }
    if masks.colon != 0 {
        push_bits(masks.colon, base, &mut events.colons);
    }
    let carried = base - carry.run_start;
    if starts_of_long_runs(masks.token) != 0
        || carried + masks.token.trailing_ones() >= TOKEN_LEN_BYTES_MIN as u32
    {
        token_runs(base, masks, carry, events);
    }
    let out = masks.token.leading_ones();
    if out < BLOCK_BYTES as u32 {
        carry.run_start = base + BLOCK_BYTES as u32 - out;
        carry.run_has_digit = masks.digit & high_bits(out) != 0;
    } else {
        carry.run_has_digit |= masks.digit != 0;
    }
}

/// Finds the first digit of each word: the byte behind the row of non-digits that the word starts with. Adding the starts to the rows
/// carries each of them to the end of its row.
#[inline(always)]
fn first_digits(base: u32, masks: Masks, starts: u64, carry: &mut Carry, digits: &mut Vec<u32>) {
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

/// Reports the long runs that end in the block. Seldom called.
#[cold]
fn token_runs(base: u32, masks: Masks, carry: &Carry, events: &mut Events) {
    let mut inside = masks.token & !high_bits(masks.token.leading_ones());
    let mut report = |start: u32, end: u32, has_digit: bool| {
        if (end - start) as usize >= TOKEN_LEN_BYTES_MIN {
            events.tokens.push(TokenRun { start, end, has_digit });
        }
    };
    let head = masks.token.trailing_ones();
    if carry.run_start < base && head < BLOCK_BYTES as u32 {
        let has_digit = carry.run_has_digit || masks.digit & low_bits(head) != 0;
        report(carry.run_start, base + head, has_digit);
        inside &= !low_bits(head);
    }
    let mut long = starts_of_long_runs(inside);
    while long != 0 {
        let start = long.trailing_zeros();
        let len = (inside >> start).trailing_ones();
        let run = low_bits(len) << start;
        report(base + start, base + start + len, masks.digit & run != 0);
        long &= !run;
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matcher::byteset;
    use proptest::prelude::*;

    /// Events by going through the bytes one by one.
    fn naive(text: &[u8]) -> Events {
        let mut events = Events::default();
        // The last block is there even if it is empty.
        let blocks = text.len() / BLOCK_BYTES + 1;
        for (at, byte) in text.iter().enumerate() {
            if at % BLOCK_BYTES == 0 {
                events.words.push(0);
                events.digit_masks.push(0);
            }
            events.digit_masks[at / BLOCK_BYTES] |=
                u64::from(byte.is_ascii_digit()) << (at % BLOCK_BYTES);
            let before = at.checked_sub(1).map(|before| text[before]);
            if byteset::WORD.contains(*byte)
                && !before.is_some_and(|before| byteset::WORD.contains(before))
            {
                events.words[at / BLOCK_BYTES] |= 1 << (at % BLOCK_BYTES);
            }
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
        events.words.resize(blocks, 0);
        events.digit_masks.resize(blocks, 0);
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

    #[test]
    fn rows_of_digits_are_measured_over_the_end_of_a_block() {
        let mut events = Events::default();
        for (before, digits) in [(0, 0), (0, 3), (60, 3), (60, 4), (60, 5), (63, 64), (1, 63)] {
            let mut text = vec![b' '; before];
            text.extend(std::iter::repeat_n(b'7', digits));
            text.push(b'x');
            scan(&text, &mut events);
            assert_eq!(events.digits_from(before), digits as u32, "{before} {digits}");
        }
    }

    fn check(text: &[u8]) {
        const WANTED: &[u8] = b"\0 1@_~\x7f";
        let wanted = Wanted::new(WANTED.iter().copied());
        for part in text.chunks(BLOCK_BYTES) {
            let found = letters(part, &wanted);
            let there = (0..).zip(part).filter(|(_, byte)| WANTED.contains(byte));
            let expect = there.fold(0, |bits, (i, _)| bits | 1 << i);
            assert_eq!(found.wanted, expect, "{} on {part:?}", implementation());
            let mut block = [0; BLOCK_BYTES];
            block[..part.len()].copy_from_slice(part);
            let twin = Letters { wanted: expect, ..letters_scalar(&block, &wanted) };
            assert_eq!(found, twin, "{} on {part:?}", implementation());
        }
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
