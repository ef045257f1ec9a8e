//! The compiled form of a policy: for every value that a condition names, the set of rules that it satisfies, as bits.
//!
//! Rules and exceptions are rows. A request starts with all rows; each kind of fact leaves those that do not ask for it and those that it
//! satisfies. What is left is narrowed once more for each finding. So the cost is one look-up per kind of fact and a few words of bits,
//! however many rules there are.

mod build;

use super::facts::{Facts, Field};
use super::time::Window;
use crate::base::limits::POLICY_RULES_MAX;
use crate::base::{Action, Confidence, LabelIndex};

const WORD_BITS: usize = 64;
/// Words of all rows: rules, then exceptions, each from the start of a word.
const WORDS_MAX: usize = 2 * POLICY_RULES_MAX / WORD_BITS;
/// No prefix of a prefix.
const NONE: u32 = u32::MAX;

/// A set of rows in [`Sets`].
#[derive(Clone, Copy, Debug)]
struct Set(u32);

/// Sets of rows, one after the other.
#[derive(Debug, Default)]
struct Sets {
    words: usize,
    bits: Vec<u64>,
}

impl Sets {
    fn add(&mut self) -> Set {
        let set = Set(u32::try_from(self.bits.len()).expect("a policy has few sets"));
        self.bits.resize(self.bits.len() + self.words, 0);
        set
    }

    fn insert(&mut self, set: Set, row: usize) {
        self.bits[set.0 as usize + row / WORD_BITS] |= 1 << (row % WORD_BITS);
    }

    fn join(&mut self, set: Set, other: Set) {
        for word in 0..self.words {
            self.bits[set.0 as usize + word] |= self.bits[other.0 as usize + word];
        }
    }

    #[inline]
    fn get(&self, set: Set) -> &[u64] {
        &self.bits[set.0 as usize..][..self.words]
    }
}

/// Rows that are still in question.
#[derive(Clone, Copy, Debug)]
struct Rows([u64; WORDS_MAX]);

impl Rows {
    #[inline]
    fn join(&mut self, set: &[u64]) {
        self.0.iter_mut().zip(set).for_each(|(row, set)| *row |= set);
    }

    #[inline]
    fn keep(&mut self, set: &[u64]) {
        self.0.iter_mut().zip(set).for_each(|(row, set)| *row &= set);
    }
}

/// One kind of fact.
#[derive(Debug)]
struct Column {
    field: Field,
    /// Rows that do not ask for it.
    free: Set,
    /// Values, sorted.
    exact: Vec<(Box<str>, Set)>,
    /// Prefixes, sorted; the rows of each hold those of the shorter ones. Then the longest shorter one.
    prefixes: Vec<(Box<str>, Set, u32)>,
}

impl Column {
    /// Leaves the rows that the fact satisfies or that do not ask for it.
    #[inline]
    fn narrow(&self, sets: &Sets, facts: &Facts, rows: &mut Rows) {
        let free = sets.get(self.free);
        let mut hits = Rows([0; WORDS_MAX]);
        facts.each(&self.field, |value| {
            self.satisfied(value, |set| hits.join(sets.get(set)));
        });
        hits.join(free);
        rows.keep(&hits.0[..free.len()]);
    }

    /// Calls `hit` with the sets of rows that a value satisfies.
    #[inline]
    fn satisfied(&self, value: &str, mut hit: impl FnMut(Set)) {
        if self.field == Field::Domain {
            self.domains(value, hit);
            return;
        }
        if let Some(set) = self.exactly(value) {
            hit(set);
        }
        if let Some(set) = self.prefix(value) {
            hit(set);
        }
    }

    fn exactly(&self, value: &str) -> Option<Set> {
        let at = self.exact.binary_search_by(|(text, _)| (**text).cmp(value)).ok()?;
        Some(self.exact[at].1)
    }

    /// The rows of the longest prefix of a value. It is the greatest one up to the value, or a prefix of that one.
    fn prefix(&self, value: &str) -> Option<Set> {
        let after = self.prefixes.partition_point(|(text, ..)| **text <= *value);
        let mut at = after.checked_sub(1)?;
        loop {
            let (text, set, shorter) = &self.prefixes[at];
            if value.starts_with(&**text) {
                return Some(*set);
            }
            if *shorter == NONE {
                return None;
            }
            at = *shorter as usize;
        }
    }

    /// The rows of a domain and of those that it lies under.
    fn domains(&self, name: &str, mut hit: impl FnMut(Set)) {
        let mut name = Some(name);
        while let Some(domain) = name {
            if let Some(set) = self.exactly(domain) {
                hit(set);
            }
            name = domain.split_once('.').map(|(_, parent)| parent);
        }
    }
}

/// A number of values that rows ask for.
#[derive(Debug)]
struct Counted {
    /// By label: whether its values count.
    labels: Box<[bool]>,
    unique: u32,
    rows: Set,
}

/// The compiled form.
#[derive(Debug, Default)]
pub(super) struct Index {
    sets: Sets,
    /// Words of the rules; those of the exceptions follow.
    rule_words: usize,
    all: Option<Set>,
    columns: Vec<Column>,
    /// Rows without a time, and the times.
    timeless: Option<Set>,
    times: Vec<(Window, Set)>,
    /// Rows without a number of values, and the numbers.
    uncounted: Option<Set>,
    counts: Vec<Counted>,
    /// By label: the rows whose conditions on labels and sensitivity it satisfies.
    labels: Vec<Set>,
    /// By confidence: the rows that act, and those that only note.
    act: Vec<Set>,
    alert: Vec<Set>,
    /// Rows that are about the content itself.
    whole: Option<Set>,
    /// Place of the rule of each row, in the policy.
    order: Vec<u16>,
    /// Action of the rule of each row.
    actions: Vec<Action>,
    /// Row of the rule of each exception.
    owners: Vec<u16>,
    first_match: bool,
}

impl Index {
    /// True if the numbers of different values matter.
    pub(super) fn counts(&self) -> bool {
        !self.counts.is_empty()
    }
}

/// A policy, narrowed to the facts of one content.
#[derive(Clone, Debug)]
pub struct Request<'p> {
    index: &'p Index,
    rows: Rows,
}

/// The rule that decides about a finding or a content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match {
    /// Its place in the policy.
    pub rule: usize,
    /// Its action; [`Action::Flag`] if it only notes.
    pub action: Action,
    /// Whether it would do more if the finding were surer.
    pub noted: bool,
}

impl<'p> Request<'p> {
    /// The rules that these facts leave. `values` are numbers of different values by label; a label may come more than once.
    pub(super) fn new(index: &'p Index, facts: &Facts, values: &[(LabelIndex, u32)]) -> Self {
        let sets = &index.sets;
        let mut rows = Rows([0; WORDS_MAX]);
        if let Some(all) = index.all {
            rows.join(sets.get(all));
        }
        for column in &index.columns {
            column.narrow(sets, facts, &mut rows);
        }
        if let Some(timeless) = index.timeless.filter(|_| !index.times.is_empty()) {
            let mut hits = Rows([0; WORDS_MAX]);
            hits.join(sets.get(timeless));
            for (_, set) in index.times.iter().filter(|(window, _)| window.holds(facts.now_ms)) {
                hits.join(sets.get(*set));
            }
            rows.keep(&hits.0);
        }
        if let Some(uncounted) = index.uncounted.filter(|_| !index.counts.is_empty()) {
            let mut hits = Rows([0; WORDS_MAX]);
            hits.join(sets.get(uncounted));
            for count in &index.counts {
                let of = |label: LabelIndex| count.labels.get(label.index()) == Some(&true);
                let counted = values.iter().filter(|(label, _)| of(*label));
                let sum = counted.fold(0_u32, |sum, (_, values)| sum.saturating_add(*values));
                if sum >= count.unique {
                    hits.join(sets.get(count.rows));
                }
            }
            rows.keep(&hits.0);
        }
        Self { index, rows }
    }

    /// The rule that decides about findings of a label at a confidence.
    #[inline]
    pub fn finding(&self, label: LabelIndex, confidence: Confidence) -> Option<Match> {
        let index = self.index;
        let label = index.sets.get(*index.labels.get(label.index())?);
        let act = index.sets.get(*index.act.get(confidence as usize)?);
        let alert = index.sets.get(*index.alert.get(confidence as usize)?);
        let mut acting = [0; WORDS_MAX / 2];
        let mut noting = [0; WORDS_MAX / 2];
        let words = self.rows.0.iter().zip(label).zip(act).zip(alert).enumerate();
        for (word, (((row, label), act), alert)) in words {
            if word < index.rule_words {
                acting[word] = row & label & act;
                noting[word] = row & label & alert;
            } else {
                self.except(word, row & label & act, |place, keep| {
                    acting[place] &= keep;
                    noting[place] &= keep;
                });
            }
        }
        self.decide(&acting, &noting)
    }

    /// The rule that decides about the content itself.
    pub fn content(&self) -> Option<Match> {
        let index = self.index;
        let whole = index.sets.get(index.whole?);
        let mut acting = [0; WORDS_MAX / 2];
        for (word, (row, whole)) in self.rows.0.iter().zip(whole).enumerate() {
            if word < index.rule_words {
                acting[word] = row & whole;
            } else {
                self.except(word, row & whole, |place, keep| acting[place] &= keep);
            }
        }
        self.decide(&acting, &[0; WORDS_MAX / 2])
    }

    /// Hands on a mask for the word of each rule that one of these exceptions is of.
    #[inline]
    fn except(&self, word: usize, mut bits: u64, mut drop: impl FnMut(usize, u64)) {
        while bits != 0 {
            let at = (word - self.index.rule_words) * WORD_BITS + bits.trailing_zeros() as usize;
            let row = usize::from(self.index.owners[at]);
            drop(row / WORD_BITS, !(1 << (row % WORD_BITS)));
            bits &= bits - 1;
        }
    }

    #[inline]
    fn decide(&self, acting: &[u64], noting: &[u64]) -> Option<Match> {
        let act = first(&acting[..self.index.rule_words]);
        let note = first(&noting[..self.index.rule_words]);
        let of = |row: usize, noted: bool| {
            let rule = usize::from(self.index.order[row]);
            let action = if noted { Action::Flag } else { self.index.actions[row] };
            Match { rule, action, noted }
        };
        match (act, note) {
            (Some(act), Some(note)) if self.index.first_match && note < act => Some(of(note, true)),
            (Some(act), Some(note)) if !self.index.first_match => {
                let act = of(act, false);
                Some(if act.action < Action::Flag { of(note, true) } else { act })
            }
            (Some(act), _) => Some(of(act, false)),
            (None, Some(note)) => Some(of(note, true)),
            (None, None) => None,
        }
    }
}

/// The first row of a set.
#[inline]
fn first(words: &[u64]) -> Option<usize> {
    let word = words.iter().position(|word| *word != 0)?;
    Some(word * WORD_BITS + words[word].trailing_zeros() as usize)
}
