//! Alphabets of invisible characters, in which text is smuggled: tags, variation selectors, and bits of two characters.

use super::{is_narrow, is_text};
use crate::base::Span;
use crate::text::views::fold;
use crate::text::views::view::Builder;

/// Selectors in a row that are data; one alone picks the form of the character in front of it.
const SELECTORS_MIN: usize = 4;
/// Bits in a row that are data.
const BITS_MIN: usize = 32;

/// Shows tag characters as the ASCII that they stand for.
pub(in crate::text::views) fn decode_tags<'t>(
    text: &'t [u8],
    segment: Span,
    out: &mut Builder<'t>,
) {
    for (at, char, len) in chars_from(text, segment, 0xf3) {
        if let 0xe0020..=0xe007e = u32::from(char) {
            out.unit(Span::new(at, at + len), &[(u32::from(char) & 0x7f) as u8]);
        }
    }
}

/// Shows runs of variation selectors as bytes: the first sixteen are 0 to 15, the supplement is 16 to 255.
pub(in crate::text::views) fn decode_selectors<'t>(
    text: &'t [u8],
    segment: Span,
    out: &mut Builder<'t>,
) {
    let value = |char| match u32::from(char) {
        code @ 0xfe00..=0xfe0f => Some((code - 0xfe00) as u8),
        code @ 0xe0100..=0xe01ef => Some((code - 0xe0100 + 16) as u8),
        _ => None,
    };
    let mut run: Vec<(Span, u8)> = Vec::new();
    let selectors = || {
        let mut all: Vec<_> =
            chars_from(text, segment, 0xef).chain(chars_from(text, segment, 0xf3)).collect();
        all.sort_unstable();
        all.into_iter().filter_map(|(at, char, len)| Some((Span::new(at, at + len), value(char)?)))
    };
    let mut flush = |run: &mut Vec<(Span, u8)>| {
        let bytes: Vec<u8> = run.iter().map(|(_, byte)| *byte).collect();
        if run.len() >= SELECTORS_MIN && is_text(&bytes) {
            run.iter().for_each(|(span, byte)| out.unit(*span, &[*byte]));
        }
        run.clear();
    };
    for (span, byte) in selectors() {
        if run.last().is_some_and(|(last, _)| last.end != span.start) {
            flush(&mut run);
        }
        run.push((span, byte));
    }
    flush(&mut run);
}

/// Shows runs of exactly two different invisible characters as bits, the highest first, in the polarity that makes text of them.
pub(in crate::text::views) fn decode_bits<'t>(
    text: &'t [u8],
    segment: Span,
    out: &mut Builder<'t>,
) {
    let mut run: Vec<(Span, char)> = Vec::new();
    let is_bit = |char| matches!(u32::from(char), 0x200b..=0x200f | 0x2060..=0x2064);
    for (at, char, len) in chars_from(text, segment, 0xe2).filter(|(_, char, _)| is_bit(*char)) {
        if run.last().is_some_and(|(last, _)| last.end != at) {
            bits(&run, out);
            run.clear();
        }
        run.push((Span::new(at, at + len), char));
    }
    bits(&run, out);
}

fn bits(run: &[(Span, char)], out: &mut Builder<'_>) {
    let [(_, first), ..] = run else { return };
    let Some((_, second)) = run.iter().find(|(_, char)| char != first) else { return };
    if run.len() < BITS_MIN || run.iter().any(|(_, char)| char != first && char != second) {
        return;
    }
    let (octets, _) = run.as_chunks::<8>();
    for one in [first, second] {
        let byte = |octet: &[(Span, char); 8]| {
            octet.iter().fold(0_u8, |byte, (_, char)| byte << 1 | u8::from(char == one))
        };
        let bytes: Vec<u8> = octets.iter().map(byte).collect();
        // Bits of UTF-8 the other way round look like UTF-16.
        if is_narrow(&bytes) {
            for (octet, byte) in octets.iter().zip(bytes) {
                out.unit(Span::new(octet[0].0.start, octet[7].0.end), &[byte]);
            }
            return;
        }
    }
}

/// The characters of a segment whose encoding begins with a byte, with their places and lengths.
fn chars_from(text: &[u8], segment: Span, lead: u8) -> impl Iterator<Item = (usize, char, usize)> {
    let part = &text[segment.range()];
    memchr::memchr_iter(lead, part).filter_map(move |at| {
        let (char, len) = fold::decode(&part[at..])?;
        Some((segment.start + at, char, len))
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use super::*;

    const SECRET: &str = "jane@example.com";

    #[test]
    fn tags_decode() {
        let hidden: String = SECRET
            .bytes()
            .map(|byte| char::from_u32(0xe0000 + u32::from(byte)).expect("a tag"))
            .collect();
        check(
            decode_tags,
            &[(&format!("hi {hidden}!"), &format!("hi {SECRET}!")), ("plain é", "")],
        );
    }

    #[test]
    fn selectors_decode() {
        let selector = |byte: u8| match u32::from(byte) {
            low @ 0..16 => char::from_u32(0xfe00 + low),
            high => char::from_u32(0xe0100 + high - 16),
        };
        let hidden: String = SECRET.bytes().filter_map(selector).collect();
        check(
            decode_selectors,
            &[(&format!("😀{hidden}!"), &format!("😀{SECRET}!")), ("❤\u{fe0f}❤\u{fe0f}", "")],
        );
    }

    #[test]
    fn bits_decode_in_either_polarity() {
        for pair in [['\u{200b}', '\u{200c}'], ['\u{2064}', '\u{2062}']] {
            let bit = |byte: u8, place: u32| pair[usize::from(byte >> place & 1)];
            let hidden: String = SECRET
                .bytes()
                .flat_map(|byte| (0..8).rev().map(move |place| bit(byte, place)))
                .collect();
            check(decode_bits, &[(&format!("hi {hidden}!"), &format!("hi {SECRET}!"))]);
        }
        check(decode_bits, &[("می\u{200c}خواهم", ""), (&"\u{200b}".repeat(64), "")]);
    }
}
