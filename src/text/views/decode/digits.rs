//! Digits that stand apart: `4 1 1 1 …`, `4111.1111 / 1111-1111`, a number that goes on in the next line.
//!
//! What is joined may never have been one number, so that a finding here counts only if a validator agrees.

use crate::base::Span;
use crate::text::views::view::Builder;

/// Fewest and most digits that are joined; the longest account numbers have 34.
pub(in crate::text::views) const DIGITS: std::ops::RangeInclusive<usize> = 9..=34;
/// Groups that are looked at together: one more than a number can have.
const GROUPS_MAX: usize = 35;
/// Bytes between two groups of digits.
pub(in crate::text::views) const GAP_BYTES_MAX: usize = 3;

pub(in crate::text::views) const fn is_gap(byte: u8) -> bool {
    matches!(
        byte,
        b' ' | b'\t' | b'\n' | b'\r' | b'-' | b'_' | b'.' | b'/' | b'|' | b',' | b':' | b'*'
    )
}

/// Joins every row of groups in a segment that could be one number.
pub(in crate::text::views) fn decode<'t>(text: &'t [u8], segment: Span, out: &mut Builder<'t>) {
    let part = &text[..segment.end];
    let mut at = segment.start;
    let mut groups = [Span::default(); GROUPS_MAX];
    while let Some(found) = part[at..].iter().position(u8::is_ascii_digit) {
        let count = row(part, at + found, &mut groups);
        at = groups[count - 1].end;
        join(part, &groups[..count], out);
    }
}

/// Joins a row, or the parts of it that have the same gap between all groups: the number of a line may stand in front of another number.
fn join(part: &[u8], groups: &[Span], out: &mut Builder<'_>) {
    if is_number(part, groups) {
        for pair in groups.windows(2) {
            out.unit(Span::new(pair[0].end, pair[1].start), &[]);
        }
        return;
    }
    let mut rest = groups;
    while let [first, second, ..] = rest {
        let gap = &part[first.end..second.start];
        let like = |pair: &&[Span]| part[pair[0].end..pair[1].start] == *gap;
        let len = rest.windows(2).take_while(like).count();
        let even = &rest[..=len];
        // A row of the same gaps is not looked at twice.
        if even.len() < groups.len() && !is_fraction(part, even) && is_number(part, even) {
            for pair in even.windows(2) {
                out.unit(Span::new(pair[0].end, pair[1].start), &[]);
            }
            rest = &rest[len + 1..];
        } else {
            rest = &rest[len..];
        }
    }
}

/// Reads the groups from a digit on, and returns how many there are: one at least.
fn row(part: &[u8], start: usize, groups: &mut [Span; GROUPS_MAX]) -> usize {
    let mut at = start;
    for (count, group) in groups.iter_mut().enumerate() {
        let len = part[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        if len == 0 {
            return count;
        }
        *group = Span::new(at, at + len);
        at += len;
        at += part[at..].iter().take(GAP_BYTES_MAX).take_while(|byte| is_gap(**byte)).count();
    }
    GROUPS_MAX
}

/// Whether a point joins the groups to a digit beside them that is not theirs: they are parts of decimal fractions.
fn is_fraction(part: &[u8], groups: &[Span]) -> bool {
    let [first, .., last] = groups else { return false };
    let before = matches!(part[..first.start], [.., b'0'..=b'9', b'.']);
    before || matches!(part[last.end..], [b'.', b'0'..=b'9', ..])
}

fn is_number(part: &[u8], groups: &[Span]) -> bool {
    let [first, .., last] = groups else { return false };
    // Two numbers are a fraction, a score or a pair; one that is cut in two is cut by something plainer.
    if let [first, last] = groups
        && !part[first.end..last.start]
            .iter()
            .all(|byte| matches!(byte, b' ' | b'-' | b'\r' | b'\n'))
    {
        return false;
    }
    let digits: usize = groups.iter().map(|group| group.len()).sum();
    if !DIGITS.contains(&digits) {
        return false;
    }
    let gaps = || groups.windows(2).map(|pair| &part[pair[0].end..pair[1].start]);
    let alike = gaps().all(|gap| gap == &part[first.end..groups[1].start] || gap.contains(&b'\n'));
    let middle = &groups[..groups.len() - 1];
    let even = middle.iter().all(|group| group.len() == first.len()) && last.len() <= first.len();
    let single = groups.iter().filter(|group| group.len() == 1).count() * 5 >= groups.len() * 4;
    let broken = gaps().filter(|gap| gap.contains(&b'\n')).count() == 1
        && gaps().all(|gap| gap.contains(&b'\n') || matches!(gap, b" " | b"-"));
    alike && single || even && (alike || first.len() > 2) || broken
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
                ("-0.040283203125,-0.0207, 0.010299683, -0.0041", ""),
                ("800000/20000", ""),
                ("40415 56666,7 12345-67890", "4041556666,7 1234567890"),
                (&"1 ".repeat(40), ""),
                ("row 7, 7 6 5 4 3 2 1 0 9, 8", "row 7, 765432109, 8"),
                ("jcb,1800511\n55858660,2027-04", "jcb,180051155858660,2027-04"),
                ("row 7, 77603\n13376, 12", "row 7, 7760313376, 12"),
                ("4111111111111111", ""),
            ],
        );
        check_raw(decode, "x 4-1-1-1-1-1-1-1-1 y", "411111111", "4-1-1-1-1-1-1-1-1");
    }
}
