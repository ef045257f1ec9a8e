//! Percent-encoding: `%41`, `%C3%A9`, and the `%u0041` of old browsers.

use super::{hex_number, put};
use crate::base::Span;
use crate::text::views::view::Builder;

/// Decodes every percent sequence of a segment; of one that is encoded twice, the outer layer.
pub(in crate::text::views) fn decode<'t>(text: &'t [u8], segment: Span, out: &mut Builder<'t>) {
    let part = &text[..segment.end];
    let mut next = segment.start;
    while let Some(found) = memchr::memchr(b'%', &part[next..]) {
        let at = next + found;
        next = at + 1;
        if let Some(byte) = part.get(at + 1..at + 3).and_then(hex_number) {
            next = at + 3;
            out.unit(Span::new(at, next), &[byte as u8]);
        } else if matches!(part.get(at + 1), Some(b'u' | b'U'))
            && let Some(code) = part.get(at + 2..at + 6).and_then(hex_number)
            && let Some(char) = char::from_u32(code)
        {
            next = at + 6;
            put(out, Span::new(at, next), char);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, check_raw};
    use super::*;

    #[test]
    fn percent_sequences_decode() {
        check(
            decode,
            &[
                ("a%41%6b%49b", "aAkIb"),
                ("%u0041%U00e9", "Aé"),
                ("%2541", "%41"),
                ("100% %4 %zz %uD800 %", ""),
                ("jane%40example.com", "jane@example.com"),
            ],
        );
        check_raw(decode, "to=jane%40x.org&b", "jane@x.org", "jane%40x.org");
    }
}
