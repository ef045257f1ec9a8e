//! The masks of a block with AVX2: two halves of 32 bytes.

use super::{
    BLOCK_BYTES, Events, HIGH, LETTER, LOW, Letters, Masks, ROWS, TOKEN, WORD, Wanted, Work, drive,
};
use std::arch::x86_64::{
    __m256i, _mm256_and_si256, _mm256_cmpeq_epi8, _mm256_loadu_si256, _mm256_movemask_epi8,
    _mm256_set1_epi8, _mm256_setr_epi8, _mm256_setzero_si256, _mm256_shuffle_epi8,
    _mm256_slli_epi16, _mm256_srli_epi16,
};

#[target_feature(enable = "avx2,bmi1")]
pub(super) fn scan(text: &[u8], events: &mut Events) {
    drive(text, events, |block| masks(block));
}

#[target_feature(enable = "avx2,bmi1,bmi2")]
pub(super) fn vectorised(work: impl Work) {
    work.run();
}

#[target_feature(enable = "avx2,bmi1")]
pub(super) fn letters(block: &[u8; BLOCK_BYTES], wanted: &Wanted) -> Letters {
    let (first, second) = halves(block);
    let letter = !join(none_of::<LETTER>(classes(first)), none_of::<LETTER>(classes(second)));
    let of = |half| looked_up(half, &wanted.0, &ROWS);
    let wanted = !join(none_of::<0xff>(of(first)), none_of::<0xff>(of(second)));
    // Bit 5 of a letter tells its case.
    let lower = join(bit::<2>(first), bit::<2>(second));
    let wide = join(bit::<0>(first), bit::<0>(second));
    Letters { letter, upper: letter & !lower, wide, wanted }
}

#[inline]
#[target_feature(enable = "avx2")]
fn halves(block: &[u8; BLOCK_BYTES]) -> (__m256i, __m256i) {
    let (first, second) = block.split_at(BLOCK_BYTES / 2);
    // SAFETY: each half is 32 bytes long; the load needs no alignment.
    let first = unsafe { _mm256_loadu_si256(first.as_ptr().cast()) };
    // SAFETY: as above.
    let second = unsafe { _mm256_loadu_si256(second.as_ptr().cast()) };
    (first, second)
}

#[inline]
#[target_feature(enable = "avx2,bmi1")]
fn masks(block: &[u8; BLOCK_BYTES]) -> Masks {
    let (first, second) = halves(block);
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
    looked_up(bytes, &LOW, &HIGH)
}

/// What the tables say of the low and of the high four bits of each byte, combined by AND.
#[inline]
#[target_feature(enable = "avx2")]
fn looked_up(bytes: __m256i, by_low: &[u8; 16], by_high: &[u8; 16]) -> __m256i {
    let nibble = _mm256_set1_epi8(0xf);
    let high = _mm256_and_si256(_mm256_srli_epi16::<4>(bytes), nibble);
    // The shuffle yields zero for indices with the top bit set, so bytes beyond ASCII have no class.
    let by_low = _mm256_shuffle_epi8(table(by_low), bytes);
    let by_high = _mm256_shuffle_epi8(table(by_high), high);
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

/// One bit per byte: the one that a shift by `SHIFT` brings to the top.
#[inline]
#[target_feature(enable = "avx2")]
fn bit<const SHIFT: i32>(bytes: __m256i) -> u32 {
    _mm256_movemask_epi8(_mm256_slli_epi16::<SHIFT>(bytes)) as u32
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
