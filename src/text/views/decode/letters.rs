//! Letters that stand apart: `A-K-I-A-…`.
//!
//! What is joined may never have been one word, so that a finding here counts only if a validator agrees.

use crate::base::Span;
use crate::text::views::view::Builder;

/// Letters in a row, with the same sign between each two, that are a word.
pub(in crate::text::views) const LETTERS_MIN: usize = 8;

pub(in crate::text::views) const fn is_sign(byte: u8) -> bool {
    matches!(
        byte,
        b' ' | b'-' | b'_' | b'.' | b',' | b'|' | b'*' | b'/' | b'+' | b':' | b';' | b'\n'
    )
}

/// Joins the letters of every spaced word of a segment. Other signs than the one that spaces it stand for themselves: `a @ b`.
pub(in crate::text::views) fn decode<'t>(text: &'t [u8], segment: Span, out: &mut Builder<'t>) {
    let part = &text[..segment.end];
    let mut at = segment.start;
    while let Some(found) =
        part[at..].windows(2).position(|pair| is_sign(pair[1]) && pair[0].is_ascii_graphic())
    {
        let start = at + found;
        let sign = part[start + 1];
        let is_letter = |place: usize| {
            part.get(place).is_some_and(|byte| byte.is_ascii_graphic() && *byte != sign)
        };
        let alone = start == segment.start
            || part[start - 1].is_ascii_whitespace()
            || !part[start - 1].is_ascii_alphanumeric();
        let pairs = part[start + 1..].chunks(2).enumerate();
        let more =
            pairs.take_while(|(i, pair)| pair[0] == sign && is_letter(start + 2 * i + 2)).count();
        // The last letter must not begin a longer word.
        let tail = part.get(start + 2 * more + 1).is_some_and(u8::is_ascii_alphanumeric);
        let count = more + usize::from(!tail);
        if alone && count >= LETTERS_MIN {
            for i in 1..count {
                out.unit(Span::new(start + 2 * i - 1, start + 2 * i), &[]);
            }
        }
        // The last letter may begin another row.
        at = start + (2 * more).max(1);
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, check_raw};
    use super::*;

    #[test]
    fn letters_are_joined() {
        check(
            decode,
            &[
                ("my A-K-I-A-1-2-3-4-5 key", "my AKIA12345 key"),
                ("j a n e @ x . o r g", "jane@x.org"),
                ("A K I A 1 2 3 4 5 key", "AKIA12345 key"),
                ("a b c", ""),
                ("x", ""),
            ],
        );
        check_raw(decode, "k A-K-I-A-1-2-3-4 x", "AKIA1234", "A-K-I-A-1-2-3-4");
    }
}
