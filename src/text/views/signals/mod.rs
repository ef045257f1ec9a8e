//! One cheap pass that notes where a text has bytes that begin an encoding.
//!
//! Steps of 128 bytes are summed up without branches; only one that has something is looked at byte by byte. Prose, code and JSON in
//! plain ASCII hardly ever have one. Digits, words and long tokens another pass has noted already: they are read from its masks.
//!
//! A version with AVX2 and a scalar twin note the same; which one runs is decided at run time.
#![allow(
    unsafe_code,
    reason = "vector loads and calls of functions that need a CPU feature, which is checked first"
)]

#[cfg(target_arch = "x86_64")]
mod avx2;
mod words;

use super::fold;
use super::kinds::Kinds;
use super::zones::{BLOCK_BYTES, Marks};
use crate::base::{Span, ViewKind};

/// Bytes that are summed up at a time.
const STEP_BYTES: usize = 2 * BLOCK_BYTES;

/// Bytes that may begin an encoding, by their low four bits, which are all different. The others have what no such byte is.
const RARE: [u8; 16] = {
    let mut rare = [0xf0; 16];
    let bytes = b"\0%&x+\\=";
    let mut i = 0;
    while i < bytes.len() {
        assert!(rare[bytes[i] as usize & 15] == 0xf0, "the low bits differ");
        rare[bytes[i] as usize & 15] = bytes[i];
        i += 1;
    }
    rare
};

/// Digits in two neighbouring blocks from which on they may be one number that was split.
const DIGITS_MIN: u32 = 9;
/// Numbers in a block from which on they may be a list of codes, and their digits.
const ITEMS_MIN: u32 = 4;
const ITEM_DIGITS_MIN: u32 = 6;
/// Masks that are summed up at a time.
const MASKS: usize = 8;

/// Notes what the bytes of a text begin.
#[inline]
pub(super) fn bytes(text: &[u8], marks: &mut Marks) {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("popcnt") {
        // SAFETY: the CPU has the features that the function needs.
        return unsafe { avx2::bytes(text, marks) };
    }
    bytes_scalar(text, marks);
}

/// Notes digits and letters that stand apart. The masks have a bit for each byte that starts a word, and for each digit.
#[inline]
pub(super) fn numbers(words: &[u64], digits: &[u64], marks: &mut Marks) {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("popcnt") {
        // SAFETY: the CPU has the features that the function needs.
        return unsafe { avx2::numbers(words, digits, marks) };
    }
    drive_numbers(words, digits, marks);
}

/// [`bytes()`] without vector instructions: the twin that tests compare with.
fn bytes_scalar(text: &[u8], marks: &mut Marks) {
    drive(text, marks, is_quiet_scalar, (masks_scalar, leads_scalar));
}

/// One bit per byte of a block, lowest bit first.
#[derive(Clone, Copy, Default)]
struct Masks {
    /// Beyond ASCII.
    wide: u64,
    rare: u64,
}

/// As [`Masks`], of bytes beyond ASCII.
#[derive(Clone, Copy, Default)]
struct Leads {
    /// `c0` and above: first bytes of characters.
    first: u64,
    /// `e2`, `ef` and `f3`: first bytes of characters that include the invisible alphabets.
    format: u64,
    selector: u64,
    tag: u64,
    /// `ff`, which byte order marks have.
    order: u64,
}

fn masks_scalar(block: &[u8; BLOCK_BYTES]) -> Masks {
    let mut masks = Masks::default();
    for (i, byte) in block.iter().enumerate() {
        masks.wide |= u64::from(!byte.is_ascii()) << i;
        masks.rare |= u64::from(is_rare(*byte)) << i;
    }
    masks
}

fn leads_scalar(block: &[u8; BLOCK_BYTES]) -> Leads {
    let mut leads = Leads::default();
    for (i, byte) in block.iter().enumerate() {
        leads.first |= u64::from(*byte >= 0xc0) << i;
        leads.format |= u64::from(*byte == 0xe2) << i;
        leads.selector |= u64::from(*byte == 0xef) << i;
        leads.tag |= u64::from(*byte == 0xf3) << i;
        leads.order |= u64::from(*byte == 0xff) << i;
    }
    leads
}

fn is_quiet_scalar(step: &[u8; STEP_BYTES]) -> bool {
    let mut loud = false;
    for byte in step {
        loud |= !byte.is_ascii() | is_rare(*byte);
    }
    let lanes = words::SAMPLES.iter().flat_map(|at| [*at, BLOCK_BYTES + at]);
    !loud && !lanes.into_iter().any(|at| words::is_plain(&step[at..at + words::SAMPLE_BYTES]))
}

const fn is_rare(byte: u8) -> bool {
    RARE[(byte & 15) as usize] == byte
}

#[inline(always)]
fn drive(
    text: &[u8],
    marks: &mut Marks,
    is_quiet: impl Fn(&[u8; STEP_BYTES]) -> bool,
    of_block: (impl Fn(&[u8; BLOCK_BYTES]) -> Masks, impl Fn(&[u8; BLOCK_BYTES]) -> Leads),
) {
    let (masks, leads) = (&of_block.0, &of_block.1);
    let (steps, rest) = text.as_chunks::<STEP_BYTES>();
    for (i, step) in steps.iter().enumerate() {
        if !is_quiet(step) {
            look(text, i * STEP_BYTES, step, marks, (masks, leads));
        }
    }
    if !rest.is_empty() {
        // No number word has this letter.
        let mut step = [b'a'; STEP_BYTES];
        step[..rest.len()].copy_from_slice(rest);
        if !is_quiet(&step) {
            look(text, text.len() - rest.len(), &step, marks, (masks, leads));
        }
    }
}

/// Looks at a step that has something.
#[inline(always)]
fn look(
    text: &[u8],
    start: usize,
    step: &[u8; STEP_BYTES],
    marks: &mut Marks,
    (masks, leads): (impl Fn(&[u8; BLOCK_BYTES]) -> Masks, impl Fn(&[u8; BLOCK_BYTES]) -> Leads),
) {
    let (blocks, _) = step.as_chunks::<BLOCK_BYTES>();
    for (i, block) in blocks.iter().enumerate() {
        let start = start + i * BLOCK_BYTES;
        if start >= text.len() {
            break;
        }
        let masks = masks(block);
        let mut kinds = of_ascii(text, start, masks);
        if masks.wide != 0 {
            kinds |= of_wide(text, start, leads(block));
        }
        marks.add(Span::new(start, text.len().min(start + BLOCK_BYTES)), kinds);
    }
}

fn of_ascii(text: &[u8], start: usize, masks: Masks) -> Kinds {
    let mut kinds = Kinds::when(ViewKind::Words, has_words(text, start));
    for at in bits(masks.rare) {
        kinds |= at_byte(text, start + at);
    }
    kinds
}

fn of_wide(text: &[u8], start: usize, leads: Leads) -> Kinds {
    let mut kinds = Kinds::when(ViewKind::Fold, fold::may_show(text, start, leads.first));
    if leads.tag != 0 {
        kinds |= Kinds::one(ViewKind::Tags).or(Kinds::one(ViewKind::Selectors));
    }
    // One of these characters alone is typography or picks a form of an emoji.
    let two = |at: usize, class: fn(&[u8]) -> bool| {
        let char = |at: usize| text.get(at..at + 3).is_some_and(class);
        char(at) && char(at + 3)
    };
    let selectors = bits(leads.selector).any(|at| two(start + at, is_selector));
    let formats = bits(leads.format).any(|at| two(start + at, is_format));
    let is_order = |at: usize| text[..at].last() == Some(&0xfe) || text.get(at + 1) == Some(&0xfe);
    let marked = bits(leads.order).any(|at| is_order(start + at));
    kinds
        .or(Kinds::when(ViewKind::Utf16, marked))
        .or(Kinds::when(ViewKind::Selectors, selectors))
        .or(Kinds::when(ViewKind::InvisibleBits, formats))
}

/// Whether words that stand for digits are at a place where a sample was taken.
fn has_words(text: &[u8], start: usize) -> bool {
    words::SAMPLES.iter().any(|at| {
        let sample = text.get(start + at..start + at + words::SAMPLE_BYTES);
        sample.is_some_and(words::is_plain) && words::begin(text, start + at)
    })
}

/// U+FE00 to U+FE0F.
fn is_selector(char: &[u8]) -> bool {
    matches!(char, [0xef, 0xb8, 0x80..=0x8f])
}

/// U+200B to U+200F, U+2060 to U+2064.
fn is_format(char: &[u8]) -> bool {
    matches!(char, [0xe2, 0x80, 0x8b..=0x8f] | [0xe2, 0x81, 0xa0..=0xa4])
}

/// The places of the bits of a mask.
fn bits(mut mask: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let at = (mask != 0).then(|| mask.trailing_zeros() as usize)?;
        mask &= mask - 1;
        Some(at)
    })
}

/// What a rare byte begins.
fn at_byte(text: &[u8], at: usize) -> Kinds {
    let next = |ahead: usize| text.get(at + ahead).copied().unwrap_or_default();
    let when = Kinds::when;
    match text.get(at) {
        Some(b'%') => {
            when(ViewKind::Percent, next(1).is_ascii_hexdigit() || next(1) | 0x20 == b'u')
        }
        Some(b'&') => when(ViewKind::Entity, next(1) == b'#' || next(1).is_ascii_alphabetic()),
        Some(b'\\') => when(ViewKind::Escape, !matches!(next(1), 0 | b' ')),
        Some(b'=') => {
            let hex = next(1).is_ascii_hexdigit() && next(2).is_ascii_hexdigit();
            let quoted = when(ViewKind::Quoted, hex || matches!(next(1), b'\r' | b'\n'));
            quoted.or(when(ViewKind::Mime, next(1) == b'?'))
        }
        Some(b'+') => {
            let before = text[at.saturating_sub(GLUE_BYTES_MAX)..at].trim_ascii_end().last();
            let glue = before.is_some_and(|byte| matches!(byte, b'"' | b'\'' | b'`'));
            when(ViewKind::Utf7, next(1).is_ascii_uppercase()).or(when(ViewKind::Glue, glue))
        }
        Some(b'x') => when(ViewKind::Punycode, text[at..].starts_with(b"xn--")),
        Some(0) => Kinds::one(ViewKind::Utf16),
        _ => Kinds::NONE,
    }
}

/// White space between a literal and the sign behind it.
const GLUE_BYTES_MAX: usize = 80;

#[inline(always)]
fn drive_numbers(words: &[u64], digits: &[u64], marks: &mut Marks) {
    let (word_rows, words) = words.as_chunks::<MASKS>();
    let (digit_rows, digits) = digits.as_chunks::<MASKS>();
    let mut before = 0;
    for (i, (words, digits)) in word_rows.iter().zip(digit_rows).enumerate() {
        row(i * MASKS, words, digits, &mut before, marks);
    }
    row(word_rows.len() * MASKS, words, digits, &mut before, marks);
}

/// A row of blocks; `before` are the digits of the block in front of it.
#[inline(always)]
fn row(first: usize, words: &[u64], digits: &[u64], before: &mut u32, marks: &mut Marks) {
    let count: u32 = digits.iter().map(|mask| mask.count_ones()).sum();
    let apart = words.iter().fold(0, |apart, mask| apart | single_words(*mask));
    if count + *before >= DIGITS_MIN || apart != 0 {
        for (i, (words, digits)) in words.iter().zip(digits).enumerate() {
            let start = (first + i) * BLOCK_BYTES;
            let kinds = of_masks(*words, *digits, *before);
            marks.add(Span::new(start, start + BLOCK_BYTES), kinds);
            *before = digits.count_ones();
        }
    } else {
        *before = digits.last().map_or(*before, |mask| mask.count_ones());
    }
}

fn of_masks(words: u64, digits: u64, before: u32) -> Kinds {
    let count = digits.count_ones();
    let items = (words & digits).count_ones();
    let when = Kinds::when;
    when(ViewKind::Digits, count > 0 && count + before >= DIGITS_MIN)
        .or(when(ViewKind::Hex, items >= ITEMS_MIN && count >= ITEM_DIGITS_MIN))
        .or(when(ViewKind::Letters, single_words(words) != 0))
}

/// Where four words begin with one byte between each two of them that is not theirs.
const fn single_words(starts: u64) -> u64 {
    let two = starts & starts >> 2;
    two & two >> 4
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn both(text: &[u8]) -> (Marks, Marks) {
        let (mut vectors, mut scalar) = (Marks::default(), Marks::default());
        bytes(text, &mut vectors);
        bytes_scalar(text, &mut scalar);
        (vectors, scalar)
    }

    fn check(text: &str, expect: &[ViewKind]) {
        for (before, after) in [("", ""), ("word and ", " and word")] {
            let text = [&before.repeat(30), text, &after.repeat(30)].concat();
            let (vectors, scalar) = both(text.as_bytes());
            assert_eq!(vectors.kinds().iter().collect::<Vec<_>>(), expect, "{text}");
            assert_eq!(vectors, scalar, "{text}");
        }
    }

    #[test]
    fn encodings_are_noticed_and_prose_is_not() {
        check("The quick brown fox, \"jumps\" over 3 dogs; at 10:45 (or so).", &[]);
        check("if (a == b) { return c + 1; } else { x = y; }", &[]);
        check("caf\u{e9} \u{201c}x\u{201d}", &[]);
        check("A\u{41a}IA", &[ViewKind::Fold]);
        check("a%41", &[ViewKind::Percent]);
        check("100% of all", &[]);
        check("a &#65; b", &[ViewKind::Entity]);
        check("a & b", &[]);
        check("\\x41", &[ViewKind::Escape]);
        check("a=41 ", &[ViewKind::Quoted]);
        check("x y =?utf-8?", &[ViewKind::Mime]);
        check("+AGE-", &[ViewKind::Utf7]);
        check("'a' + 'b'", &[ViewKind::Glue]);
        check("a\0b", &[ViewKind::Utf16]);
        check("see xn--bcher-kva.example", &[ViewKind::Punycode]);
        check("one of the three", &[]);
        check("call one two three four five six seven eight nine zero", &[ViewKind::Words]);
        check("\u{e0041}", &[ViewKind::Fold, ViewKind::Tags, ViewKind::Selectors]);
        check("\u{2764}\u{fe0f} 4\u{2013}1", &[ViewKind::Fold]);
        check("\u{fe01}\u{fe02}", &[ViewKind::Fold, ViewKind::Selectors]);
        check("\u{200b}\u{200c}", &[ViewKind::Fold, ViewKind::InvisibleBits]);
    }

    #[test]
    fn single_words_are_four_in_a_row() {
        for (starts, expect) in [(0b101_0101, true), (0b1_0101, false), (0b111_1111, true)] {
            assert_eq!(single_words(starts) != 0, expect, "{starts:b}");
        }
    }

    proptest! {
        #[test]
        fn vectors_and_scalar_agree(
            text in prop::collection::vec(
                prop::sample::select(b"aenx01 -%&+=\\\x00\x80\xe2\xef\xf3\xb8\x81\xff\xfe?#\"".to_vec()), 0..600),
        ) {
            let (vectors, scalar) = both(&text);
            prop_assert_eq!(vectors, scalar);
        }

        #[test]
        fn vectors_and_scalar_agree_on_words(text in "((one|two|three|four|zero|the|and)[ ,-]){0,80}") {
            let (vectors, scalar) = both(text.as_bytes());
            prop_assert_eq!(vectors, scalar);
        }
    }
}
