//! The masks of a block with NEON: four quarters of 16 bytes.

use super::{
    AT, BLOCK_BYTES, COLON, DIGIT, Events, HIGH, LETTER, LOW, Letters, Masks, ROWS, TOKEN, WORD,
    Wanted, drive,
};
use std::arch::aarch64::{
    uint8x16_t, vandq_u8, vdupq_n_u8, vgetq_lane_u64, vld1q_u8, vpaddq_u8, vqtbl1q_u8,
    vreinterpretq_u64_u8, vshrq_n_u8, vtstq_u8,
};

// A function with the feature may call others with it; the closure inherits it.
#[target_feature(enable = "neon")]
pub(super) fn scan(text: &[u8], events: &mut Events) {
    drive(text, events, |block| masks(block));
}

#[target_feature(enable = "neon")]
pub(super) fn letters(block: &[u8; BLOCK_BYTES], wanted: &Wanted) -> Letters {
    let bytes = quarters(block);
    let letter = gather(classes_of(bytes, &LOW, &HIGH), LETTER);
    Letters {
        letter,
        // Bit 5 of a letter tells its case.
        upper: letter & !gather(bytes, 1 << 5),
        wide: gather(bytes, 1 << 7),
        wanted: gather(classes_of(bytes, &wanted.0, &ROWS), 0xff),
    }
}

#[inline]
#[target_feature(enable = "neon")]
fn quarters(block: &[u8; BLOCK_BYTES]) -> [uint8x16_t; 4] {
    let (quarters, _) = block.as_chunks::<16>();
    [0, 1, 2, 3].map(|i: usize| {
        // SAFETY: a quarter is 16 bytes long.
        unsafe { vld1q_u8(quarters[i].as_ptr()) }
    })
}

#[inline]
#[target_feature(enable = "neon")]
fn classes_of(bytes: [uint8x16_t; 4], low: &[u8; 16], high: &[u8; 16]) -> [uint8x16_t; 4] {
    // SAFETY: the tables are 16 bytes long.
    let low = unsafe { vld1q_u8(low.as_ptr()) };
    // SAFETY: as above.
    let high = unsafe { vld1q_u8(high.as_ptr()) };
    bytes.map(|bytes| classes(bytes, low, high))
}

#[inline]
#[target_feature(enable = "neon")]
fn masks(block: &[u8; BLOCK_BYTES]) -> Masks {
    let classes = classes_of(quarters(block), &LOW, &HIGH);
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

/// One bit per byte of four vectors: whether one of the bits of `class` is set.
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
