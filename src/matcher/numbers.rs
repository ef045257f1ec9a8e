//! Patterns that are anchored by their first digit.

use super::anchor::LEAD_LEN_BYTES_MAX;
use super::byteset::{ByteSet, DIGITS};
use super::groups::Groups;
use super::offset_sets::{can_start, offset_sets};
use super::positions::{Group, Pattern, PositionFilter, Row};
use super::shapes::{Context, ShapeKind};

/// Rows of digits that are told apart by their length.
const DIGITS_MAX: usize = 16;
/// If fewer groups are left that need a keyword, verifying their patterns is cheaper than looking for the words.
const ASKED_GROUPS_MIN: usize = 3;

/// All of them.
///
/// Three look-ups spare most numbers the filter: how many digits there are and what stands behind them, what stands in front of them, and
/// whether that is how a pattern begins.
#[derive(Debug)]
pub(super) struct Numbers {
    filter: PositionFilter,
    /// Per number of digits in a row, by the byte behind them: the groups that may match there with the first of these as their first.
    digits: Vec<Row>,
    /// Per distance in front of the first digit, from 1 on, by the byte there: the groups that may match with it.
    before: Vec<Row>,
    /// Per such distance, from 0 on, by the byte there: the groups that may begin with it.
    begin: Vec<Row>,
}

impl Numbers {
    pub(super) fn new(patterns: &[Pattern<'_>]) -> Self {
        let filter = PositionFilter::new(patterns);
        let lead_max = patterns.iter().map(|pattern| pattern.lead_max).max().unwrap_or(0);
        Self {
            digits: (0..=DIGITS_MAX)
                .map(|len| filter.row(|group| behind_digits(group, patterns, len)))
                .collect(),
            before: (1..=lead_max).map(|at| before_digit(&filter, lead_max, at)).collect(),
            begin: (0..=lead_max).map(|lead| beginning(&filter, lead)).collect(),
            filter,
        }
    }

    pub(super) fn filter(&self) -> &PositionFilter {
        &self.filter
    }

    /// Calls `report(pattern, start)` for every pattern that may match with its first digit at `digit`, where `len` digits stand in a row.
    #[inline(always)]
    pub(super) fn at(
        &self,
        text: &[u8],
        (digit, len): (usize, usize),
        context: &mut impl Context,
        mut report: impl FnMut(u32, usize),
    ) {
        let mut possible = self.behind(text, digit, len);
        for (lead, begin) in self.begin.iter().enumerate() {
            if possible.is_empty() {
                return;
            }
            let start = digit - lead;
            let begun = possible & self.filter.of_byte(begin, text[start]);
            if !begun.is_empty() && can_start(text, start) {
                let left = self.filter.at(text, start, begun);
                if !left.is_empty() {
                    let left = self.in_context(left, digit, context);
                    self.filter.patterns(left, text, start, |pattern| report(pattern, start));
                }
            }
            let (Some(before), Some(at)) = (self.before.get(lead), start.checked_sub(1)) else {
                return;
            };
            possible &= self.filter.of_byte(before, text[at]);
        }
    }

    /// The groups that may match with their first digit at `digit`, where `len` digits stand in a row.
    #[inline]
    fn behind(&self, text: &[u8], digit: usize, len: usize) -> Groups {
        let len = len.min(DIGITS_MAX);
        let behind = text.get(digit + len).copied().unwrap_or(0);
        self.filter.of_byte(&self.digits[len], behind)
    }

    /// Drops those of the groups that need a keyword which is not near the digit, if many do.
    #[inline]
    fn in_context(&self, groups: Groups, digit: usize, context: &mut impl Context) -> Groups {
        if (groups & self.filter.needing_keyword()).len() < ASKED_GROUPS_MIN {
            return groups;
        }
        self.filter.with_context(groups, |near| {
            let start = digit.saturating_sub(near.before);
            context.near(ShapeKind::Digits, start, digit + near.after)
        })
    }

    /// Heap memory in bytes.
    pub(super) fn memory_usage(&self) -> usize {
        let rows = [&self.digits, &self.before, &self.begin];
        self.filter.memory_usage() + rows.map(|rows| size_of_val(&**rows)).iter().sum::<usize>()
    }
}

/// What can stand behind `len` digits of which the first is the first digit of a match.
fn behind_digits(group: &Group, patterns: &[Pattern<'_>], len: usize) -> ByteSet {
    let others = DIGITS.complement();
    let mut wanted = Vec::new();
    let mut behind = ByteSet::EMPTY;
    for lead in group.leads(LEAD_LEN_BYTES_MAX) {
        if !(0..len).all(|at| !group.set(lead + at).is_disjoint(DIGITS)) {
            continue;
        }
        wanted.clear();
        wanted.resize(lead, others);
        wanted.resize(lead + len, DIGITS);
        // The longest rows are not told apart: what follows may be one more digit.
        wanted.extend((len < DIGITS_MAX).then_some(others));
        let of_group = patterns.iter().filter(|pattern| group.patterns.contains(&pattern.number));
        for pattern in of_group.filter(|pattern| pattern.lead_max >= lead) {
            let sets = offset_sets(pattern.hir, group.kind.place, &wanted);
            behind = behind.union(sets.get(lead + len).copied().unwrap_or(ByteSet::FULL));
        }
    }
    behind
}

fn before_digit(filter: &PositionFilter, lead_max: usize, distance: usize) -> Row {
    filter.row(|group| {
        let leads = group.leads(lead_max).filter(|lead| *lead >= distance);
        let set = leads.fold(ByteSet::EMPTY, |set, lead| set.union(group.set(lead - distance)));
        set.intersection(DIGITS.complement())
    })
}

fn beginning(filter: &PositionFilter, lead: usize) -> Row {
    filter.row(|group| {
        let leads = group.leads(lead).any(|known| known == lead);
        if leads { group.set(0) } else { ByteSet::EMPTY }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matcher::hir;
    use crate::matcher::shapes::ShapeKind;

    /// Where a pattern may match, and with which text as its first digit's row.
    fn starts(pattern: &str, lead_max: usize, text: &str) -> Vec<usize> {
        let hir = hir::parse(pattern).expect("test pattern parses");
        let pattern = Pattern {
            number: 0,
            hir: &hir,
            lead_max,
            near: None,
            gated: false,
            needs_digit: false,
        };
        let numbers = Numbers::new(&[pattern]);
        let text = text.as_bytes();
        let mut found = Vec::new();
        let mut context = |_: ShapeKind, _, _| Groups::NONE;
        for digit in 0..text.len() {
            let len = text[digit..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            if len > 0 && (digit == 0 || !text[digit - 1].is_ascii_digit()) {
                numbers.at(text, (digit, len), &mut context, |_, start| found.push(start));
            }
        }
        found
    }

    fn check(pattern: &str, lead_max: usize, cases: &[(&str, &[usize])]) {
        for (text, expect) in cases {
            assert_eq!(starts(pattern, lead_max, text), *expect, "{pattern} on {text}");
        }
    }

    #[test]
    fn numbers_are_refuted_by_their_length_and_what_stands_around_them() {
        check(
            r"\b[A-Z]{2}\d{6}\b",
            2,
            &[
                ("AB123456,", &[0]),
                ("AB12345,", &[]),
                ("AB123456x", &[]),
                ("B123456,", &[]),
                ("-B123456,", &[]),
                ("CAB123456,", &[]),
            ],
        );
    }

    #[test]
    fn what_may_be_left_out_in_front_is_tried_with_and_without() {
        check(
            r"(?:\bno\.? ?|\b)\d{3}\b",
            4,
            &[("no. 123", &[4, 0]), ("on. 123", &[4]), ("no 123 no123", &[3, 0, 7])],
        );
    }
}
