//! UTF-16 of ASCII in either byte order, which is also ASCII with a NUL between the characters.

use crate::base::Span;
use crate::text::views::view::Builder;

/// Shorter sequences are chance.
const CHARS_MIN: usize = 4;

/// Decodes every sequence of a segment.
pub(in crate::text::views) fn decode<'t>(text: &'t [u8], segment: Span, out: &mut Builder<'t>) {
    let part = &text[..segment.end];
    let mut next = segment.start;
    while let Some(found) = memchr::memchr(0, &part[next..]) {
        let nul = next + found;
        // Little endian: the character stands in front of its NUL.
        let start = if nul > next && is_plain(part[nul - 1]) { nul - 1 } else { nul };
        let high = nul - start;
        let (pairs, _) = part[start..].as_chunks::<2>();
        let is_char = |pair: &&[u8; 2]| pair[high] == 0 && is_plain(pair[1 - high]);
        let count = pairs.iter().take_while(is_char).count();
        if count >= CHARS_MIN {
            for (i, pair) in pairs[..count].iter().enumerate() {
                let at = start + 2 * i;
                out.unit(Span::new(at, at + 2), &[pair[1 - high]]);
            }
        }
        next = (start + 2 * count).max(nul + 1);
    }
}

const fn is_plain(byte: u8) -> bool {
    byte.is_ascii_graphic() || matches!(byte, b' ' | 0x07..=0x0d | 0x1b)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, check_raw};
    use super::*;

    #[test]
    fn either_order_decodes() {
        check(
            decode,
            &[
                ("A\0K\0I\0A\0", "AKIA"),
                ("\0A\0K\0I\0A", "AKIA"),
                ("x: \0A\0K\0I\0A", "x: AKIA"),
                ("A\0K\0\0\0\0", ""),
                ("\0", ""),
            ],
        );
        check_raw(decode, "A\0K\0I\0A\0", "KI", "K\0I\0");
    }
}
