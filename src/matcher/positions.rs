//! For each offset from the start of a match, the bytes that can stand there: cheap proof that a pattern does not match at a place.
//!
//! All patterns of a set are refuted together. Each has a bit; a table says for an offset and a byte which of them are still possible, and
//! the AND over the offsets leaves those that may match. Unlike the steps of an automaton the look-ups do not wait for each other, and at
//! most places nothing is left after four of them. It is the idea of shift-and matching (Baeza-Yates and Gonnet, "A New Approach to Text
//! Searching", 1992), at given places instead of all.

use super::anchor::LEAD_LEN_BYTES_MAX;
use super::byteset::{ByteSet, DIGITS, LETTERS, WORD};
use super::hir;
use super::shapes::Near;
use regex_syntax::hir::{Hir, HirKind, Repetition};
use std::collections::{BTreeMap, BTreeSet};

/// Offsets that are looked at, in bytes. One bit each in a word.
const OFFSETS_MAX: usize = 48;
/// Classes of bytes. If patterns tell more of them apart, the last class stands for all further ones.
const CLASSES_MAX: usize = 128;
/// Rows of digits that are told apart by their length.
const DIGITS_MAX: usize = 16;
/// Offsets after which it is checked whether anything is left.
const STRIDE: usize = 4;

/// Groups of patterns, a bit each.
pub type Groups = u128;

/// A pattern to refute.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pattern<'p> {
    /// Number of the pattern in the whole set.
    pub(super) number: u32,
    pub(super) hir: &'p Hir,
    /// Most bytes in front of the first digit, of a pattern whose anchor that is.
    pub(super) lead_max: usize,
    /// No match is wanted that has no keyword so near; none if it needs none.
    pub(super) near: Option<Near>,
    /// No match without a digit is wanted.
    pub(super) needs_digit: bool,
}

/// Refutes one pattern.
#[derive(Debug)]
pub(super) struct StartCheck {
    /// No match starts inside a word.
    boundary: bool,
    sets: Box<[ByteSet]>,
}

impl StartCheck {
    pub(super) fn of(pattern: &Hir) -> Self {
        let boundary = hir::starts_at_boundary(pattern);
        Self { boundary, sets: offset_sets(pattern).into() }
    }

    /// Whether a match may start here.
    #[inline]
    pub(super) fn admits(&self, text: &[u8], start: usize) -> bool {
        if self.boundary && !can_start(text, start) {
            return false;
        }
        let rest = text.get(start..).unwrap_or_default();
        let (here, behind) = self.sets.split_at(rest.len().min(self.sets.len()));
        here.iter().zip(rest).all(|(set, byte)| set.contains(*byte))
            && behind.iter().all(|set| set.contains(0))
    }
}

/// Where a word starts, or at a byte that is none of a word.
#[inline]
pub(super) fn can_start(text: &[u8], start: usize) -> bool {
    let in_word = |at: usize| text.get(at).is_some_and(|byte| WORD.contains(*byte));
    !in_word(start) || start == 0 || !in_word(start - 1)
}

/// Refutes the patterns of one set.
#[derive(Debug)]
pub(super) struct PositionFilter {
    /// Bytes that no pattern tells apart have the same class.
    class_of: Box<[u8; 256]>,
    /// Groups whose patterns need a keyword.
    near: Groups,
    /// Groups whose patterns may match without a digit.
    without_digit: Groups,
    /// Per offset and class: the groups of patterns that are possible.
    possible: Vec<[Groups; CLASSES_MAX]>,
    /// Per stride of offsets: the groups of which more is known behind it.
    open: Vec<Groups>,
    groups: Vec<Group>,
    /// Per number of digits in a row, up to [`DIGITS_MAX`], and class of the byte behind them: the groups that may match there with the
    /// first of these digits as their first.
    digits: Vec<[Groups; CLASSES_MAX]>,
    /// Per distance to the first digit, one less, and class: the groups that may match with a byte of this class there.
    before: Vec<[Groups; CLASSES_MAX]>,
}

impl PositionFilter {
    pub(super) fn new(patterns: &[Pattern<'_>]) -> Self {
        let groups = grouped(patterns);
        let sets: Vec<_> = groups.iter().map(|group| &group.sets[..]).collect();
        let (class_of, members) = classes(&sets);
        let longest = sets.iter().map(|sets| sets.len()).max().unwrap_or(0);
        let bits = |is: &dyn Fn(&Group) -> bool| {
            (0..).zip(&groups).fold(0, |bits, (i, group)| bits | Groups::from(is(group)) << i)
        };
        let possible_at = |offset: usize| {
            let mut row = [0; CLASSES_MAX];
            for (bits_of_class, members) in row.iter_mut().zip(&members) {
                let allows = |group: &Group| !group.set(offset).is_disjoint(*members);
                *bits_of_class = bits(&allows);
            }
            row
        };
        let possible: Vec<_> = (0..longest.next_multiple_of(STRIDE)).map(possible_at).collect();
        let digits = (0..=DIGITS_MAX).map(|len| after_digits(&groups, &members, len)).collect();
        Self {
            near: bits(&|group| group.near.is_some()),
            without_digit: bits(&|group| !group.needs_digit),
            class_of,
            open: (1..=possible.len() / STRIDE)
                .map(|stride| bits(&|group| group.sets.len() > stride * STRIDE))
                .collect(),
            possible,
            digits,
            before: (1..=LEAD_LEN_BYTES_MAX)
                .map(|distance| before_digit(&groups, &members, distance))
                .collect(),
            groups,
        }
    }

    /// Whether there is no pattern.
    pub(super) fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// Drops those of the groups that need a keyword which is not there. `ask` gets the widest window of these groups and says which of
    /// all groups have a keyword in it.
    #[inline]
    pub(super) fn with_context(&self, groups: Groups, ask: impl FnOnce(Near) -> Groups) -> Groups {
        let needing = groups & self.near;
        if needing == 0 {
            return groups;
        }
        let windows = bits_of(needing).filter_map(|group| self.groups[group].near);
        let window = windows.fold(Near::default(), Near::widest);
        groups & (ask(window) | !self.near)
    }

    /// The groups whose patterns may match without a digit.
    pub(super) fn without_digit(&self) -> Groups {
        self.without_digit
    }

    /// The patterns of some groups that may match at `start`.
    pub(super) fn patterns(
        &self,
        groups: Groups,
        text: &[u8],
        start: usize,
    ) -> impl Iterator<Item = u32> {
        bits_of(groups).flat_map(move |group| self.groups[group].at(text, start))
    }

    /// The group of each pattern that needs a keyword.
    pub(super) fn with_keyword(&self) -> impl Iterator<Item = (u32, Groups)> {
        let near = (0..).zip(&self.groups).filter(|(_, group)| group.near.is_some());
        near.flat_map(|(bit, group)| group.patterns.iter().map(move |pattern| (*pattern, 1 << bit)))
    }

    /// The groups that have matches whose first digit stands at this offset.
    pub(super) fn first_digit_at(&self, offset: usize) -> Groups {
        let groups =
            (0..).zip(&self.groups).filter(|(_, group)| group.may_have_first_digit_at(offset));
        groups.fold(0, |groups, (bit, _)| groups | 1 << bit)
    }

    /// The groups that may match with this byte so far in front of their first digit.
    #[inline]
    pub(super) fn before_digit(&self, distance: usize, byte: u8) -> Groups {
        let class = usize::from(self.class_of[usize::from(byte)]) % CLASSES_MAX;
        self.before.get(distance - 1).map_or(0, |row| row[class])
    }

    /// The groups that may match with their first digit at `digit`, where `len` digits stand in a row. A look-up that spares most numbers
    /// the others.
    #[inline]
    pub(super) fn at_digits(&self, text: &[u8], digit: usize, len: usize) -> Groups {
        let len = len.min(DIGITS_MAX);
        let behind = text.get(digit + len).copied().unwrap_or(0);
        self.digits[len][usize::from(self.class_of[usize::from(behind)]) % CLASSES_MAX]
    }

    /// Those of the groups of patterns that may match at `start`.
    #[inline]
    pub(super) fn at(&self, text: &[u8], start: usize, groups: Groups) -> Groups {
        let mut padded = [0; OFFSETS_MAX];
        let window = match text.get(start..start + OFFSETS_MAX).map(TryInto::try_into) {
            Some(Ok(window)) => window,
            _ => {
                // Behind the end of the text stands no byte of a word, which zeros are not either.
                let rest = &text[start.min(text.len())..];
                padded[..rest.len()].copy_from_slice(rest);
                &padded
            }
        };
        let mut left = groups;
        let (rows, _) = self.possible.as_chunks::<STRIDE>();
        let (bytes, _) = window.as_chunks::<STRIDE>();
        for ((rows, bytes), open) in rows.iter().zip(bytes).zip(&self.open) {
            for (row, byte) in rows.iter().zip(bytes) {
                left &= row[usize::from(self.class_of[usize::from(*byte)]) % CLASSES_MAX];
            }
            if left & open == 0 {
                break;
            }
        }
        left
    }
}

/// The numbers of the groups.
fn bits_of(mut groups: Groups) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let group = groups.trailing_zeros();
        groups &= groups.checked_sub(1)?;
        Some(group as usize)
    })
}

/// Per class of the byte behind `len` digits: the groups that may match there with the first of these digits as their first.
fn after_digits(groups: &[Group], members: &[ByteSet], len: usize) -> [Groups; CLASSES_MAX] {
    let mut row = [0; CLASSES_MAX];
    for (bit, group) in groups.iter().enumerate() {
        let fits = |lead: &usize| {
            group.may_have_first_digit_at(*lead)
                && (0..len).all(|at| !group.set(lead + at).is_disjoint(DIGITS))
        };
        for lead in (0..=LEAD_LEN_BYTES_MAX).filter(fits) {
            for (groups, members) in row.iter_mut().zip(members) {
                *groups |= Groups::from(!group.set(lead + len).is_disjoint(*members)) << bit;
            }
        }
    }
    row
}

/// Per class of a byte: the groups that may match with it so far in front of their first digit.
fn before_digit(groups: &[Group], members: &[ByteSet], distance: usize) -> [Groups; CLASSES_MAX] {
    let mut row = [0; CLASSES_MAX];
    let others = DIGITS.complement();
    for (bit, group) in groups.iter().enumerate() {
        let leads = (distance..=LEAD_LEN_BYTES_MAX).filter(|at| group.may_have_first_digit_at(*at));
        let set = leads.fold(ByteSet::EMPTY, |set, lead| set.union(group.set(lead - distance)));
        for (groups, members) in row.iter_mut().zip(members) {
            let fits = !set.intersection(others).is_disjoint(*members);
            *groups |= Groups::from(fits) << bit;
        }
    }
    row
}

/// Patterns that are refuted together, because the same bytes can stand at each offset.
#[derive(Debug)]
struct Group {
    sets: Vec<ByteSet>,
    /// Most bytes in front of the first digit.
    lead_max: usize,
    /// Some if all patterns need a keyword: how near.
    near: Option<Near>,
    needs_digit: bool,
    patterns: Vec<u32>,
    /// If the group was made of several: what tells their patterns apart.
    checks: Vec<StartCheck>,
}

impl Group {
    /// The bytes that can stand at an offset.
    fn set(&self, offset: usize) -> ByteSet {
        self.sets.get(offset).copied().unwrap_or(ByteSet::FULL)
    }

    /// Whether the first digit of a match can stand at an offset.
    fn may_have_first_digit_at(&self, offset: usize) -> bool {
        let others = DIGITS.complement();
        offset <= self.lead_max
            && (0..offset).all(|at| !self.set(at).is_disjoint(others))
            && !self.set(offset).is_disjoint(DIGITS)
    }

    /// The patterns that may match at `start`.
    fn at(&self, text: &[u8], start: usize) -> impl Iterator<Item = u32> {
        let admitted =
            move |i: &usize| self.checks.get(*i).is_none_or(|check| check.admits(text, start));
        (0..self.patterns.len()).filter(admitted).map(|i| self.patterns[i])
    }

    /// Makes one group of two.
    fn merge(&mut self, other: Self) {
        self.keep_checks();
        let mut other = other;
        other.keep_checks();
        let len = self.sets.len().min(other.sets.len());
        self.sets = (0..len).map(|at| self.set(at).union(other.set(at))).collect();
        self.near = self.near.zip(other.near).map(|(near, other)| near.widest(other));
        self.needs_digit &= other.needs_digit;
        self.lead_max = self.lead_max.max(other.lead_max);
        self.patterns.append(&mut other.patterns);
        self.checks.append(&mut other.checks);
    }

    /// How many more places pass if the two are one group; very many if the keyword of one would no longer count.
    fn cost_of_merging(&self, other: &Self) -> f64 {
        if self.near.is_some() != other.near.is_some() || self.needs_digit != other.needs_digit {
            return f64::MAX;
        }
        let passes = |set: &dyn Fn(usize) -> ByteSet| -> f64 {
            (0..OFFSETS_MAX).map(|at| share(set(at))).product()
        };
        passes(&|at| self.set(at).union(other.set(at)))
            - passes(&|at| self.set(at)).max(passes(&|at| other.set(at)))
    }

    /// A check for each pattern.
    fn keep_checks(&mut self) {
        let check = || StartCheck { boundary: false, sets: self.sets.clone().into() };
        let missing = self.patterns.len() - self.checks.len();
        let checks: Vec<_> = std::iter::repeat_with(check).take(missing).collect();
        self.checks.extend(checks);
    }
}

/// Groups of patterns with the same sets; if these are more than there are bits, those that are most alike share one.
fn grouped(patterns: &[Pattern<'_>]) -> Vec<Group> {
    let mut alike: BTreeMap<(bool, bool, Vec<ByteSet>), Group> = BTreeMap::new();
    for pattern in patterns {
        let sets = offset_sets(pattern.hir);
        let group = alike
            .entry((pattern.near.is_some(), pattern.needs_digit, sets.clone()))
            .or_insert_with(|| Group {
                sets,
                lead_max: 0,
                near: pattern.near,
                needs_digit: pattern.needs_digit,
                patterns: Vec::new(),
                checks: Vec::new(),
            });
        group.near = group.near.zip(pattern.near).map(|(near, other)| near.widest(other));
        group.lead_max = group.lead_max.max(pattern.lead_max);
        group.patterns.push(pattern.number);
    }
    let mut groups: Vec<_> = alike.into_values().collect();
    groups.sort_by_cached_key(|group| {
        let kinds: Vec<_> = group.sets.iter().map(kinds).collect();
        (group.near.is_some(), group.needs_digit, kinds)
    });
    let mut costs: Vec<_> =
        groups.windows(2).map(|pair| pair[0].cost_of_merging(&pair[1])).collect();
    while groups.len() > Groups::BITS as usize {
        let cheapest = (0..costs.len()).min_by(|a, b| costs[*a].total_cmp(&costs[*b]));
        let Some(at) = cheapest else { break };
        let other = groups.remove(at + 1);
        groups[at].merge(other);
        costs.remove(at);
        for pair in at.saturating_sub(1)..(at + 1).min(costs.len()) {
            costs[pair] = groups[pair].cost_of_merging(&groups[pair + 1]);
        }
    }
    groups
}

/// Share of the bytes at and behind digits that are in a set, roughly: half of them digits, a third letters.
fn share(set: ByteSet) -> f64 {
    let part = |kind: ByteSet| set.intersection(kind).len() as f64 / kind.len() as f64;
    let others = DIGITS.union(LETTERS).complement();
    0.5 * part(DIGITS) + 0.35 * part(LETTERS) + 0.15 * part(others)
}

/// Whether digits, letters and other bytes are in a set: patterns that begin alike are alike in this.
fn kinds(set: &ByteSet) -> [bool; 3] {
    let others = DIGITS.union(LETTERS).complement();
    [DIGITS, LETTERS, others].map(|kind| !set.is_disjoint(kind))
}

/// A class for each byte, so that bytes of one class are in the same sets, and the bytes of each class.
fn classes(groups: &[&[ByteSet]]) -> (Box<[u8; 256]>, Vec<ByteSet>) {
    let distinct: BTreeSet<ByteSet> = groups.iter().copied().flatten().copied().collect();
    let mut class_of = Box::new([0; 256]);
    let mut members: Vec<ByteSet> = Vec::new();
    let mut known: BTreeMap<Vec<bool>, usize> = BTreeMap::new();
    for byte in 0..=u8::MAX {
        let signature = distinct.iter().map(|set| set.contains(byte)).collect();
        let next = known.len().min(CLASSES_MAX - 1);
        let class = *known.entry(signature).or_insert(next);
        class_of[usize::from(byte)] = class as u8;
        members.resize(members.len().max(class + 1), ByteSet::EMPTY);
        members[class] = members[class].union(ByteSet::one(byte));
    }
    (class_of, members)
}

/// Per offset from the start of a match: the bytes that can stand there, as far as that is known. Zero stands for the end of the text.
fn offset_sets(pattern: &Hir) -> Vec<ByteSet> {
    let mut sets = vec![ByteSet::EMPTY; OFFSETS_MAX];
    let ends = walk(pattern, 1, &mut sets);
    if ends != 0 {
        let first_end = ends.trailing_zeros() as usize;
        sets[first_end] = sets[first_end].union(hir::follows(pattern));
        sets.truncate(first_end + 1);
    }
    while sets.last() == Some(&ByteSet::FULL) {
        sets.pop();
    }
    sets
}

/// Enters into `sets` what can stand where a part is, which begins at one of the offsets whose bits are set in `at`; returns where it ends.
/// Offsets beyond the last one fall off.
fn walk(part: &Hir, at: u64, sets: &mut [ByteSet]) -> u64 {
    match part.kind() {
        HirKind::Empty | HirKind::Look(_) => at,
        HirKind::Literal(literal) => {
            literal.0.iter().fold(at, |at, byte| step(ByteSet::one(*byte), at, sets))
        }
        HirKind::Class(class) => {
            let (shortest, longest) = hir::lengths(part);
            let set = hir::class_set(class);
            // A character beyond ASCII has several bytes.
            let mut ends = 0;
            let mut here = at;
            for len in 1..=longest.unwrap_or(1) {
                here = step(set, here, sets);
                ends |= if len >= shortest { here } else { 0 };
            }
            ends
        }
        HirKind::Capture(capture) => walk(&capture.sub, at, sets),
        HirKind::Concat(subs) => subs.iter().fold(at, |at, sub| walk(sub, at, sets)),
        HirKind::Alternation(subs) => subs.iter().fold(0, |ends, sub| ends | walk(sub, at, sets)),
        HirKind::Repetition(repetition) => walk_repetition(repetition, at, sets),
    }
}

fn walk_repetition(repetition: &Repetition, at: u64, sets: &mut [ByteSet]) -> u64 {
    let (mut ends, mut here) = (0, at);
    let mut count = 0;
    loop {
        if count >= repetition.min {
            // Nothing new follows from where it was before.
            if here & !ends == 0 {
                return ends;
            }
            ends |= here;
        }
        if here == 0 || repetition.max == Some(count) {
            return ends;
        }
        here = walk(&repetition.sub, here, sets);
        count += 1;
    }
}

/// One byte of `set` at each of the offsets.
fn step(set: ByteSet, at: u64, sets: &mut [ByteSet]) -> u64 {
    let mut rest = at;
    while rest != 0 {
        let offset = rest.trailing_zeros() as usize;
        rest &= rest - 1;
        sets[offset] = sets[offset].union(set);
    }
    (at << 1) & (u64::MAX >> (64 - OFFSETS_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use regex_automata::meta::Regex;
    use regex_automata::util::syntax;
    use regex_automata::{Anchored, Input};

    const PATTERNS: [&str; 12] = [
        r"\b\d{3}-\d{2}-\d{4}\b",
        r"\b[2-9]\d{2}[ .-]?\d{3}[ .-]?\d{4}\b",
        r"(?:\+1[ -]?)?\(\d{3}\) ?\d{3}-\d{4}\b",
        r"\b[A-Z]{2}\d{2}(?: [A-Z0-9]{4}){2,7}\b",
        r"(?:^|[^.\w])(4\d{6}|5[1-5]\d{5})",
        r"\b[a-f0-9]{8}\b",
        r"\b(?:\d{1,3}\.){3}\d{1,3}\b",
        r"\b\d{4}(?:é|-)\d{2}\b",
        r"\b[A-Za-z0-9]{4,}={0,2}(?:\s|$)",
        r"\b(?:ab|cde)\d+x?\b",
        r"\$\d(?:\.\d\d)?",
        r"\b\d{3}\B",
    ];

    fn hirs() -> Vec<Hir> {
        PATTERNS.iter().map(|pattern| hir::parse(pattern).expect("test pattern parses")).collect()
    }

    fn pattern(number: u32, hir: &Hir) -> Pattern<'_> {
        Pattern { number, hir, lead_max: LEAD_LEN_BYTES_MAX, near: None, needs_digit: false }
    }

    fn regex(pattern: &str) -> Regex {
        Regex::builder()
            .syntax(syntax::Config::new().unicode(false).utf8(false))
            .configure(Regex::config().utf8_empty(false))
            .build(pattern)
            .expect("test pattern compiles")
    }

    /// Whatever matches must be admitted, and what is admitted should seldom not match.
    fn check(text: &[u8]) -> (usize, usize) {
        let hirs = hirs();
        let all: Vec<_> = (0..).zip(&hirs).map(|(number, hir)| pattern(number, hir)).collect();
        let filter = PositionFilter::new(&all);
        let (mut admitted, mut matched) = (0, 0);
        for (number, text_of_pattern) in (0..).zip(PATTERNS) {
            let regex = regex(text_of_pattern);
            let check = StartCheck::of(&hirs[number as usize]);
            for start in 0..text.len() {
                let input = Input::new(text).range(start..).anchored(Anchored::Yes);
                let matches = regex.is_match(input);
                let groups = filter.at(text, start, Groups::MAX);
                let by_filter =
                    filter.patterns(groups, text, start).any(|pattern| pattern == number);
                assert!(by_filter || !matches, "filter, {text_of_pattern} at {start}");
                let by_check = check.admits(text, start);
                assert!(by_check || !matches, "check, {text_of_pattern} at {start}");
                admitted += usize::from(by_check);
                matched += usize::from(matches);
            }
        }
        (admitted, matched)
    }

    #[test]
    fn most_of_what_is_admitted_matches() {
        let text = b"123-45-6789 (212) 555-0123 GB12 ABCD 1234 4111111 deadbeef 10.0.0.1 2024-11 abcd== ab12x $1.25 id=7";
        let (admitted, matched) = check(text);
        assert!(matched >= 12 && admitted <= matched * 2, "{admitted} admitted, {matched} match");
    }

    #[test]
    fn numbers_are_refuted_by_their_length_and_what_stands_around_them() {
        let hir = hir::parse(r"\b[A-Z]{2}\d{6}\b").expect("test pattern parses");
        let filter = PositionFilter::new(&[Pattern { lead_max: 2, ..pattern(0, &hir) }]);
        let text = b"AB123456,";
        assert_eq!(filter.at_digits(text, 2, 6), 1);
        assert_eq!(filter.at_digits(b"AB12345,", 2, 5), 0, "one digit less");
        assert_eq!(filter.at_digits(b"AB123456x", 2, 6), 0, "a letter behind it");
        assert_eq!(filter.first_digit_at(2), 1);
        assert_eq!(filter.first_digit_at(1), 0);
        assert_eq!(filter.before_digit(1, b'B'), 1);
        assert_eq!(filter.before_digit(2, b'A'), 1);
        assert_eq!(filter.before_digit(3, b'A'), 0);
        assert_eq!(filter.before_digit(1, b'-'), 0);
    }

    #[test]
    fn more_groups_than_bits_share_them_and_are_still_told_apart() {
        let hirs: Vec<_> = (1..=200)
            .map(|len| hir::parse(&format!(r"\b{}[0-9]{{{len}}}\b", len % 7)).expect("parses"))
            .collect();
        let all: Vec<_> = (0..).zip(&hirs).map(|(number, hir)| pattern(number, hir)).collect();
        let filter = PositionFilter::new(&all);
        for (number, len) in (0..40_u32).zip(1..) {
            let text = format!("{}{}", len % 7, "8".repeat(len));
            let groups = filter.at(text.as_bytes(), 0, Groups::MAX);
            let found: Vec<_> = filter.patterns(groups, text.as_bytes(), 0).collect();
            assert_eq!(found, [number], "{len} digits");
        }
    }

    #[test]
    fn a_keyword_is_asked_for_in_the_widest_window_of_those_left() {
        let hirs = hirs();
        let near = |before| Some(Near { before, after: 0 });
        let all = [
            Pattern { near: near(10), ..pattern(0, &hirs[0]) },
            Pattern { near: near(30), ..pattern(1, &hirs[1]) },
            pattern(2, &hirs[5]),
        ];
        let filter = PositionFilter::new(&all);
        let with: Groups = filter.with_keyword().fold(0, |all, (_, group)| all | group);
        let mut asked = None;
        let left = filter.with_context(Groups::MAX >> 125, |near| {
            asked = Some(near.before);
            0
        });
        assert_eq!((asked, left & with), (Some(30), 0));
        assert_ne!(left, 0, "the one without a keyword stays");
        let untouched = filter.with_context(left, |_| panic!("nothing needs a keyword"));
        assert_eq!(untouched, left);
    }

    proptest! {
        #[test]
        fn nothing_that_matches_is_refuted(
            parts in prop::collection::vec(
                "[0-9]{1,7}|[A-Za-z]{1,5}|[ .,()$+=-]|é|123-45-6789|2125550123|\\x00", 0..14),
        ) {
            check(parts.concat().as_bytes());
        }
    }
}
