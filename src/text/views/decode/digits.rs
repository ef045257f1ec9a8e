//! Digits that stand apart: `4 1 1 1 …`, `4111.1111 / 1111-1111`, a number that goes on in the next line.
//!
//! What is joined may never have been one number, so that a finding here counts only if a validator agrees.

use crate::base::Span;
use crate::text::views::view::Builder;

/// Fewest and most digits that are joined; the longest account numbers have 34.
const DIGITS: std::ops::RangeInclusive<usize> = 9..=34;
/// Bytes between two groups of digits.
const GAP_BYTES_MAX: usize = 3;

const fn is_gap(byte: u8) -> bool {
    matches!(
        byte,
        b' ' | b'\t' | b'\n' | b'\r' | b'-' | b'_' | b'.' | b'/' | b'|' | b',' | b':' | b'*'
    )
}

/// Joins every row of groups in a segment that could be one number.
pub(in crate::text::views) fn decode<'t>(text: &'t [u8], segment: Span, out: &mut Builder<'t>) {
    let part = &text[..segment.end];
    let mut at = segment.start;
    let mut groups = Vec::new();
    while let Some(found) = part[at..].iter().position(u8::is_ascii_digit) {
        at = row(part, at + found, &mut groups);
        if is_number(part, &groups) {
            for pair in groups.windows(2) {
                out.unit(Span::new(pair[0].end, pair[1].start), &[]);
            }
        }
    }
}

/// Reads the groups from a digit on, and returns where they end.
fn row(part: &[u8], start: usize, groups: &mut Vec<Span>) -> usize {
    groups.clear();
    let mut at = start;
    loop {
        let len = part[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        if len == 0 {
            return groups.last().map_or(at, |last| last.end);
        }
        groups.push(Span::new(at, at + len));
        at += len;
        at += part[at..].iter().take(GAP_BYTES_MAX).take_while(|byte| is_gap(**byte)).count();
    }
}

fn is_number(part: &[u8], groups: &[Span]) -> bool {
    let [first, .., last] = groups else { return false };
    let digits: usize = groups.iter().map(|group| group.len()).sum();
    if !DIGITS.contains(&digits) {
        return false;
    }
    let middle = &groups[..groups.len() - 1];
    let single = groups.iter().filter(|group| group.len() == 1).count() * 5 >= groups.len() * 4;
    let even = middle.iter().all(|group| group.len() == first.len()) && last.len() <= first.len();
    let gaps = || groups.windows(2).map(|pair| &part[pair[0].end..pair[1].start]);
    let broken = gaps().filter(|gap| gap.contains(&b'\n')).count() == 1
        && gaps().all(|gap| gap.contains(&b'\n') || matches!(gap, b" " | b"-"));
    single || even || broken
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, check_raw};
    use super::*;

    #[test]
    fn rows_are_joined() {
        check(
            decode,
            &[
                ("no 4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1.", "no 4111111111111111."),
                ("4111.1111 / 1111|1111", "4111111111111111"),
                ("41111111\n11111111", "4111111111111111"),
                ("4111 1111\n1111 1111", "4111111111111111"),
                ("2024-01-02 10:11:12.345", ""),
                ("version 1.2.3", ""),
                (&"1 ".repeat(40), ""),
                ("4111111111111111", ""),
            ],
        );
        check_raw(decode, "x 4-1-1-1-1-1-1-1-1 y", "411111111", "4-1-1-1-1-1-1-1-1");
    }
}
