//! The pass with AVX2: four vectors of 32 bytes at a time.

use super::{BLOCK_BYTES, Leads, Marks, Masks, RARE, STEP_BYTES, drive, drive_numbers, words};
use std::arch::x86_64::{
    __m128i, __m256i, _mm_loadu_si128, _mm256_add_epi8, _mm256_and_si256, _mm256_bsrli_epi128,
    _mm256_cmpeq_epi8, _mm256_cmpeq_epi64, _mm256_loadu_si256, _mm256_movemask_epi8,
    _mm256_or_si256, _mm256_set_m128i, _mm256_set1_epi8, _mm256_setr_epi8, _mm256_setr_epi32,
    _mm256_setzero_si256, _mm256_shuffle_epi8, _mm256_srli_epi16, _mm256_unpacklo_epi64,
};

#[target_feature(enable = "avx2,popcnt")]
pub(super) fn bytes(text: &[u8], marks: &mut Marks) {
    drive(text, marks, |step| is_quiet(step), (|block| masks(block), |block| leads(block)));
}

#[target_feature(enable = "avx2,popcnt")]
pub(super) fn numbers(words: &[u64], digits: &[u64], marks: &mut Marks) {
    drive_numbers(words, digits, marks);
}

#[inline]
#[target_feature(enable = "avx2")]
fn is_quiet(step: &[u8; STEP_BYTES]) -> bool {
    let (vectors, _) = step.as_chunks::<32>();
    let (a, b) = (load(&vectors[0]), load(&vectors[1]));
    let (c, d) = (load(&vectors[2]), load(&vectors[3]));
    // The top bit of each byte is set where there is something.
    let some = or(or(or(a, rare(a)), or(b, rare(b))), or(or(c, rare(c)), or(d, rare(d))));
    let (lanes, _) = step.as_chunks::<16>();
    let (first, second) = (other(&lanes[1], &lanes[3]), other(&lanes[5], &lanes[7]));
    // A lane without a byte of another kind is zero in all of its eight bytes.
    let lanes = _mm256_cmpeq_epi64(_mm256_unpacklo_epi64(first, second), _mm256_setzero_si256());
    _mm256_movemask_epi8(or(some, lanes)) == 0
}

const _: () = assert!(words::SAMPLES[0] == 16 && words::SAMPLES[1] == 48 && BLOCK_BYTES == 64);
const _: () = assert!(words::SAMPLE_BYTES == 12);

/// Of two samples, where they have bytes that number words do not have, folded into the low eight bytes of each lane.
#[inline]
#[target_feature(enable = "avx2")]
fn other(low: &[u8; 16], high: &[u8; 16]) -> __m256i {
    let bytes = _mm256_set_m128i(load_half(high), load_half(low));
    let nibble = _mm256_and_si256(_mm256_srli_epi16::<4>(bytes), _mm256_set1_epi8(0xf));
    // The shuffle yields zero for indices with the top bit set, so bytes beyond ASCII are of another kind.
    let by_low = _mm256_shuffle_epi8(table(&words::LOW), bytes);
    let by_high = _mm256_shuffle_epi8(table(&words::HIGH), nibble);
    let plain = _mm256_and_si256(by_low, by_high);
    let other = _mm256_cmpeq_epi8(plain, _mm256_setzero_si256());
    // A sample is shorter than its lane.
    let other = _mm256_and_si256(other, _mm256_setr_epi32(-1, -1, -1, 0, -1, -1, -1, 0));
    or(other, _mm256_bsrli_epi128::<8>(other))
}

#[inline]
#[target_feature(enable = "avx2")]
fn masks(block: &[u8; BLOCK_BYTES]) -> Masks {
    let (vectors, _) = block.as_chunks::<32>();
    let (a, b) = (load(&vectors[0]), load(&vectors[1]));
    Masks { wide: join(a, b), rare: join(rare(a), rare(b)) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn leads(block: &[u8; BLOCK_BYTES]) -> Leads {
    let (vectors, _) = block.as_chunks::<32>();
    let (a, b) = (load(&vectors[0]), load(&vectors[1]));
    let equal = |byte: u8| {
        let byte = _mm256_set1_epi8(byte as i8);
        join(_mm256_cmpeq_epi8(a, byte), _mm256_cmpeq_epi8(b, byte))
    };
    // The upper two bits are set, the first of them in both.
    let first = |bytes| _mm256_and_si256(bytes, _mm256_add_epi8(bytes, bytes));
    Leads {
        first: join(first(a), first(b)),
        format: equal(0xe2),
        selector: equal(0xef),
        tag: equal(0xf3),
        order: equal(0xff),
    }
}

#[inline]
#[target_feature(enable = "avx2")]
fn rare(bytes: __m256i) -> __m256i {
    _mm256_cmpeq_epi8(_mm256_shuffle_epi8(table(&RARE), bytes), bytes)
}

#[inline]
#[target_feature(enable = "avx2")]
fn or(a: __m256i, b: __m256i) -> __m256i {
    _mm256_or_si256(a, b)
}

/// The top bits of 64 bytes.
#[inline]
#[target_feature(enable = "avx2")]
fn join(low: __m256i, high: __m256i) -> u64 {
    let bits = |bytes| u64::from(_mm256_movemask_epi8(bytes) as u32);
    bits(low) | bits(high) << 32
}

#[inline]
#[target_feature(enable = "avx2")]
fn load(bytes: &[u8; 32]) -> __m256i {
    // SAFETY: the array is 32 bytes long; the load needs no alignment.
    unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn load_half(bytes: &[u8; 16]) -> __m128i {
    // SAFETY: the array is 16 bytes long; the load needs no alignment.
    unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) }
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
