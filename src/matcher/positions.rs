//! For each offset from the start of a match, the bytes that can stand there: cheap proof that a pattern does not match at a place.
//!
//! All patterns of a set are refuted together. Each has a bit; a table says for an offset and a byte which of them are still possible, and
//! the AND over the offsets leaves those that may match. Unlike the steps of an automaton the look-ups do not wait for each other, and at
//! most places nothing is left after four of them. It is the idea of shift-and matching (Baeza-Yates and Gonnet, "A New Approach to Text
//! Searching", 1992), at given places instead of all.

use super::byteset::{ByteSet, DIGITS, LETTERS};
use super::groups::Groups;
use super::offset_sets::{OFFSETS_MAX, Place, StartCheck, offset_sets};
use super::shapes::Near;
use regex_syntax::hir::Hir;
use std::collections::{BTreeMap, BTreeSet};

/// Classes of bytes. If patterns tell more of them apart, the last class stands for all further ones.
const CLASSES_MAX: usize = 128;
/// Offsets after which it is checked whether anything is left.
const STRIDE: usize = 4;

/// Groups per class of bytes.
pub(super) type Row = [Groups; CLASSES_MAX];

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
    /// No match is wanted in a text whose gate is closed.
    pub(super) gated: bool,
    /// No match without a digit is wanted.
    pub(super) needs_digit: bool,
}

/// Refutes the patterns of one set.
#[derive(Debug)]
pub(super) struct PositionFilter {
    /// Bytes that no pattern tells apart have the same class.
    class_of: Box<[u8; 256]>,
    /// Per class: its bytes.
    members: Vec<ByteSet>,
    /// Groups whose patterns need a keyword.
    near: Groups,
    /// Groups whose patterns may match without a digit.
    without_digit: Groups,
    /// Groups whose patterns need the gate open.
    gated: Groups,
    /// Groups whose matches start at the start of the text.
    text_start: Groups,
    /// Per offset and class: the groups of patterns that are possible.
    possible: Vec<Row>,
    /// Per stride of offsets: the groups of which more is known behind it.
    open: Vec<Groups>,
    groups: Vec<Group>,
}

impl PositionFilter {
    pub(super) fn new(patterns: &[Pattern<'_>]) -> Self {
        let groups = grouped(patterns);
        let sets: Vec<_> = groups.iter().map(|group| &group.sets[..]).collect();
        let (class_of, members) = classes(&sets);
        let longest = sets.iter().map(|sets| sets.len()).max().unwrap_or(0);
        let strides = longest.div_ceil(STRIDE);
        let mut filter = Self {
            near: bits(&groups, |group| group.near.is_some()),
            without_digit: bits(&groups, |group| !group.kind.needs_digit),
            gated: bits(&groups, |group| group.kind.gated),
            text_start: bits(&groups, |group| group.kind.place == Place::TextStart),
            class_of,
            members,
            open: (1..=strides)
                .map(|stride| bits(&groups, |group| group.sets.len() > stride * STRIDE))
                .collect(),
            possible: Vec::new(),
            groups,
        };
        filter.possible =
            (0..strides * STRIDE).map(|offset| filter.row(|group| group.set(offset))).collect();
        filter
    }

    /// Whether there is no pattern.
    pub(super) fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// The groups whose patterns need a keyword.
    #[inline]
    pub(super) fn needing_keyword(&self) -> Groups {
        self.near
    }

    /// Drops those of the groups that need a keyword which is not there. `ask` gets the widest window of these groups and says which of
    /// all groups have a keyword in it.
    #[inline]
    pub(super) fn with_context(&self, groups: Groups, ask: impl FnOnce(Near) -> Groups) -> Groups {
        let needing = groups & self.near;
        if needing.is_empty() {
            return groups;
        }
        let windows = needing.iter().filter_map(|group| self.groups[group].near);
        let window = windows.fold(Near::default(), Near::widest);
        groups & (ask(window) | !self.near)
    }

    /// The groups whose matches can start at a place.
    #[inline]
    pub(super) fn starting_at(&self, start: usize) -> Groups {
        if start == 0 { Groups::ALL } else { !self.text_start }
    }

    /// The groups whose patterns need the gate open.
    pub(super) fn gated(&self) -> Groups {
        self.gated
    }

    /// The groups whose patterns may match without a digit.
    pub(super) fn without_digit(&self) -> Groups {
        self.without_digit
    }

    /// Calls `report` with each pattern of some groups that may match at `start`.
    #[inline]
    pub(super) fn patterns(
        &self,
        groups: Groups,
        text: &[u8],
        start: usize,
        mut report: impl FnMut(u32),
    ) {
        for group in groups.iter() {
            self.groups[group].at(text, start).for_each(&mut report);
        }
    }

    /// The group of each pattern that needs a keyword.
    pub(super) fn with_keyword(&self) -> impl Iterator<Item = (u32, Groups)> {
        let near = self.groups.iter().enumerate().filter(|(_, group)| group.near.is_some());
        near.flat_map(|(bit, group)| {
            let bit = Groups::one_if(true, bit);
            group.patterns.iter().map(move |pattern| (*pattern, bit))
        })
    }

    /// For each class of bytes, the groups whose set has a byte of it.
    pub(super) fn row(&self, set: impl Fn(&Group) -> ByteSet) -> Row {
        let mut row = [Groups::NONE; CLASSES_MAX];
        for (bit, group) in self.groups.iter().enumerate() {
            let set = set(group);
            for (groups, members) in row.iter_mut().zip(&self.members) {
                *groups |= Groups::one_if(!set.is_disjoint(*members), bit);
            }
        }
        row
    }

    /// What a row says of a byte.
    #[inline]
    pub(super) fn of_byte(&self, row: &Row, byte: u8) -> Groups {
        row[usize::from(self.class_of[usize::from(byte)]) % CLASSES_MAX]
    }

    /// Heap memory in bytes.
    pub(super) fn memory_usage(&self) -> usize {
        let groups = self.groups.iter().map(|group| {
            size_of_val(&*group.sets)
                + group.checks.iter().map(|check| check.memory_usage()).sum::<usize>()
        });
        size_of_val(&*self.class_of) + size_of_val(&*self.possible) + groups.sum::<usize>()
    }

    /// Those of the groups of patterns that may match at `start`.
    #[inline(always)]
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
        let mut left = groups & self.starting_at(start);
        let (rows, _) = self.possible.as_chunks::<STRIDE>();
        let (bytes, _) = window.as_chunks::<STRIDE>();
        for ((rows, bytes), open) in rows.iter().zip(bytes).zip(&self.open) {
            for (row, byte) in rows.iter().zip(bytes) {
                left &= row[usize::from(self.class_of[usize::from(*byte)]) % CLASSES_MAX];
            }
            if (left & *open).is_empty() {
                break;
            }
        }
        left
    }
}

/// The groups for which it is true, a bit each.
fn bits(groups: &[Group], is: impl Fn(&Group) -> bool) -> Groups {
    let mark = |(i, group)| Groups::one_if(is(group), i);
    groups.iter().enumerate().map(mark).fold(Groups::NONE, |all, group| all | group)
}

/// What the patterns of a group have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Kind {
    /// Where its matches start. A pattern of which the start of the text has more to say than other places is in a group of each kind.
    pub(super) place: Place,
    /// They need a keyword.
    near: bool,
    gated: bool,
    needs_digit: bool,
}

/// Patterns that are refuted together, because the same bytes can stand at each offset.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) kind: Kind,
    sets: Vec<ByteSet>,
    /// Most bytes in front of the first digit.
    lead_max: usize,
    /// Some if the patterns need a keyword: how near.
    near: Option<Near>,
    pub(super) patterns: Vec<u32>,
    /// If the group was made of several: what tells their patterns apart.
    checks: Vec<StartCheck>,
}

impl Group {
    /// The bytes that can stand at an offset.
    pub(super) fn set(&self, offset: usize) -> ByteSet {
        self.sets.get(offset).copied().unwrap_or(ByteSet::FULL)
    }

    /// Offsets at which the first digit of a match can stand, up to one.
    pub(super) fn leads(&self, max: usize) -> impl Iterator<Item = usize> {
        let others = DIGITS.complement();
        let free = (0..=max.min(self.lead_max))
            .take_while(move |at| *at == 0 || !self.set(at - 1).is_disjoint(others));
        free.filter(|at| !self.set(*at).is_disjoint(DIGITS))
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
        self.lead_max = self.lead_max.max(other.lead_max);
        self.patterns.append(&mut other.patterns);
        self.checks.append(&mut other.checks);
    }

    /// How many more places pass if the two are one group; very many if the keyword of one would no longer count.
    fn cost_of_merging(&self, other: &Self) -> f64 {
        if self.kind != other.kind {
            return f64::MAX;
        }
        if self.kind.place == Place::TextStart {
            return 0.0;
        }
        let passes = |set: &dyn Fn(usize) -> ByteSet| -> f64 {
            (0..OFFSETS_MAX).map(|at| share(set(at))).product()
        };
        passes(&|at| self.set(at).union(other.set(at)))
            - passes(&|at| self.set(at)).max(passes(&|at| other.set(at)))
    }

    /// A check for each pattern.
    fn keep_checks(&mut self) {
        let check = || StartCheck::new(&self.sets);
        let missing = self.patterns.len() - self.checks.len();
        let checks: Vec<_> = std::iter::repeat_with(check).take(missing).collect();
        self.checks.extend(checks);
    }
}

/// Groups of patterns with the same sets; if these are more than there are bits, those that are most alike share one.
fn grouped(patterns: &[Pattern<'_>]) -> Vec<Group> {
    let mut alike: BTreeMap<(Kind, Vec<ByteSet>), Group> = BTreeMap::new();
    for pattern in patterns {
        let inside = offset_sets(pattern.hir, Place::Inside, &[]);
        let text_start = offset_sets(pattern.hir, Place::TextStart, &[]);
        let differs = (text_start != inside).then_some((Place::TextStart, text_start));
        for (place, sets) in [(Place::Inside, inside)].into_iter().chain(differs) {
            if sets.first().is_some_and(|set| set.is_empty()) {
                continue;
            }
            let kind = Kind {
                place,
                near: pattern.near.is_some(),
                gated: pattern.gated,
                needs_digit: pattern.needs_digit,
            };
            let group = alike.entry((kind, sets.clone())).or_insert_with(|| Group {
                kind,
                sets,
                lead_max: 0,
                near: pattern.near,
                patterns: Vec::new(),
                checks: Vec::new(),
            });
            group.near = group.near.zip(pattern.near).map(|(near, other)| near.widest(other));
            group.lead_max = group.lead_max.max(pattern.lead_max);
            group.patterns.push(pattern.number);
        }
    }
    let mut groups: Vec<_> = alike.into_values().collect();
    groups.sort_by_cached_key(|group| {
        let kinds: Vec<_> = group.sets.iter().map(kinds).collect();
        (group.kind, kinds)
    });
    let mut costs: Vec<_> =
        groups.windows(2).map(|pair| pair[0].cost_of_merging(&pair[1])).collect();
    while groups.len() > Groups::MAX {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matcher::hir;
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
        Pattern { number, hir, lead_max: 12, near: None, gated: false, needs_digit: false }
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
                let groups = filter.at(text, start, Groups::ALL);
                let mut by_filter = false;
                filter.patterns(groups, text, start, |pattern| by_filter |= pattern == number);
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
    fn more_groups_than_bits_share_them_and_are_still_told_apart() {
        let hirs: Vec<_> = (1..=200)
            .map(|len| hir::parse(&format!(r"\b{}[0-9]{{{len}}}\b", len % 7)).expect("parses"))
            .collect();
        let all: Vec<_> = (0..).zip(&hirs).map(|(number, hir)| pattern(number, hir)).collect();
        let filter = PositionFilter::new(&all);
        for (number, len) in (0..40_u32).zip(1..) {
            let text = format!("{}{}", len % 7, "8".repeat(len));
            let groups = filter.at(text.as_bytes(), 0, Groups::ALL);
            let mut found = Vec::new();
            filter.patterns(groups, text.as_bytes(), 0, |pattern| found.push(pattern));
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
        let with: Groups = filter.with_keyword().fold(Groups::NONE, |all, (_, group)| all | group);
        let mut asked = None;
        let all = (0..3).fold(Groups::NONE, |all, group| all | Groups::one_if(true, group));
        let left = filter.with_context(all, |near| {
            asked = Some(near.before);
            Groups::NONE
        });
        assert_eq!((asked, left & with), (Some(30), Groups::NONE));
        assert!(!left.is_empty(), "the one without a keyword stays");
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
