//! The compiled form of a policy: for every value that a condition names, the set of rules that it satisfies, as bits.
//!
//! Rules and exceptions are rows. A request starts with all rows; each kind of fact leaves those that do not ask for it and those that it
//! satisfies. What is left is narrowed once more for each finding. So the cost is one look-up per kind of fact and a few words of bits,
//! however many rules there are.

use super::condition::{Conditions, Pattern, is_under_any};
use super::facts::{Facts, Field};
use super::lint::is_edit;
use super::time::Window;
use super::{Combine, Policy, Rule};
use crate::base::limits::POLICY_RULES_MAX;
use crate::base::{Action, Confidence, LabelIndex};
use crate::rules::Rules;
use std::collections::BTreeMap;

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
            if self.field == Field::Domain {
                self.domains(sets, value, &mut hits);
                return;
            }
            if let Ok(at) = self.exact.binary_search_by(|(text, _)| (**text).cmp(value)) {
                hits.join(sets.get(self.exact[at].1));
            }
            if let Some(set) = self.prefix(value) {
                hits.join(sets.get(set));
            }
        });
        for ((row, free), hit) in rows.0.iter_mut().zip(free).zip(hits.0) {
            *row &= free | hit;
        }
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
    fn domains(&self, sets: &Sets, name: &str, hits: &mut Rows) {
        let mut name = Some(name);
        while let Some(domain) = name {
            if let Ok(at) = self.exact.binary_search_by(|(text, _)| (**text).cmp(domain)) {
                hits.join(sets.get(self.exact[at].1));
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
    pub(super) fn new(policy: &Policy, rules: &Rules) -> Self {
        let mut order: Vec<usize> = (0..policy.rules.len()).collect();
        if policy.combine == Combine::MostRestrictive {
            // The first row that is left is the strongest one then.
            order.sort_by_key(|place| std::cmp::Reverse(policy.rules[*place].action));
        }
        let rule_words = order.len().div_ceil(WORD_BITS);
        let mut build =
            Build { index: Self { rule_words, ..Self::default() }, rows: Vec::new(), rules };
        for (row, place) in order.iter().enumerate() {
            let rule = &policy.rules[*place];
            build.rows.push((row, &rule.when));
            build.index.order.push(number(*place));
            build.index.actions.push(rule.action);
        }
        for (row, place) in order.iter().enumerate() {
            for exception in &policy.rules[*place].unless {
                let at = rule_words * WORD_BITS + build.index.owners.len();
                build.rows.push((at, &exception.conditions));
                build.index.owners.push(number(row));
            }
        }
        build.index.first_match = policy.combine == Combine::FirstMatch;
        build.index.sets.words = rule_words + build.index.owners.len().div_ceil(WORD_BITS);
        build.columns();
        build.moments();
        build.findings();
        build.whole(&policy.rules, &order);
        build.index
    }

    /// True if the numbers of different values matter.
    pub(super) fn counts(&self) -> bool {
        !self.counts.is_empty()
    }
}

fn number(place: usize) -> u16 {
    u16::try_from(place).expect("a policy has at most POLICY_RULES_MAX rules")
}

/// A text, and the row that names it.
type Named = (Box<str>, usize);

struct Build<'p> {
    index: Index,
    rows: Vec<(usize, &'p Conditions)>,
    rules: &'p Rules,
}

impl Build<'_> {
    fn rows_where(&mut self, mut holds: impl FnMut(&Conditions) -> bool) -> Set {
        let set = self.index.sets.add();
        for (row, conditions) in &self.rows {
            if holds(conditions) {
                self.index.sets.insert(set, *row);
            }
        }
        set
    }

    fn columns(&mut self) {
        let mut fields: BTreeMap<Field, (Vec<Named>, Vec<Named>)> = BTreeMap::new();
        for (row, conditions) in &self.rows {
            for (field, patterns) in &conditions.texts {
                let (exact, prefixes) = fields.entry(field.clone()).or_default();
                for pattern in patterns {
                    match pattern {
                        Pattern::Exact(text) | Pattern::Domain(text) => {
                            exact.push((text.clone(), *row));
                        }
                        Pattern::Prefix(text) => prefixes.push((text.clone(), *row)),
                    }
                }
            }
        }
        for (field, (exact, prefixes)) in fields {
            let free = self
                .rows_where(|conditions| conditions.texts.iter().all(|(known, _)| *known != field));
            let exact = self.grouped(exact);
            let prefixes = self.grouped(prefixes);
            let mut nested: Vec<(Box<str>, Set, u32)> = Vec::with_capacity(prefixes.len());
            for (text, set) in prefixes {
                let shorter = nested.iter().rposition(|(known, ..)| text.starts_with(&**known));
                if let Some(shorter) = shorter {
                    self.index.sets.join(set, nested[shorter].1);
                }
                let shorter = shorter.and_then(|place| u32::try_from(place).ok()).unwrap_or(NONE);
                nested.push((text, set, shorter));
            }
            self.index.columns.push(Column { field, free, exact, prefixes: nested });
        }
    }

    /// Texts in ascending order, each once, with its rows.
    fn grouped(&mut self, mut texts: Vec<Named>) -> Vec<(Box<str>, Set)> {
        texts.sort();
        let mut grouped: Vec<(Box<str>, Set)> = Vec::new();
        for (text, row) in texts {
            let set = match grouped.last() {
                Some((last, set)) if *last == text => *set,
                _ => {
                    let set = self.index.sets.add();
                    grouped.push((text, set));
                    set
                }
            };
            self.index.sets.insert(set, row);
        }
        grouped
    }

    fn moments(&mut self) {
        self.index.all = Some(self.rows_where(|_| true));
        self.index.timeless = Some(self.rows_where(|conditions| conditions.time.is_none()));
        self.index.uncounted = Some(self.rows_where(|conditions| conditions.count.is_none()));
        let rows = self.rows.clone();
        for (row, conditions) in rows {
            if let Some(window) = conditions.time {
                let times = &self.index.times;
                let known = times.iter().find(|(known, _)| *known == window).map(|(_, set)| *set);
                let set = known.unwrap_or_else(|| {
                    let set = self.index.sets.add();
                    self.index.times.push((window, set));
                    set
                });
                self.index.sets.insert(set, row);
            }
            if let Some(count) = &conditions.count {
                let labels = self.rules.labels().iter();
                let labels = labels.map(|label| is_under_any(&label.id, &count.labels)).collect();
                let rows = self.index.sets.add();
                self.index.sets.insert(rows, row);
                self.index.counts.push(Counted { labels, unique: count.unique, rows });
            }
        }
    }

    fn findings(&mut self) {
        for label in self.rules.labels() {
            let sensitivity = *label.spec.sensitivity.get_ref();
            let set = self.rows_where(|conditions| {
                let labels = conditions.labels.as_ref();
                labels.is_none_or(|labels| is_under_any(&label.id, labels))
                    && conditions.sensitivity.is_none_or(|least| sensitivity >= least)
            });
            self.index.labels.push(set);
        }
        for confidence in Confidence::ALL {
            let act = self.rows_where(|conditions| {
                conditions.points.is_none_or(|points| confidence >= points.act)
            });
            let alert = self.rows_where(|conditions| {
                conditions.points.is_some_and(|points| {
                    confidence < points.act && points.alert.is_some_and(|alert| confidence >= alert)
                })
            });
            self.index.act.push(act);
            self.index.alert.push(alert);
        }
    }

    fn whole(&mut self, rules: &[Rule], order: &[usize]) {
        let set = self.rows_where(|conditions| !conditions.of_findings());
        // What is edited has nothing to say of the content itself.
        for (row, place) in order.iter().enumerate() {
            if is_edit(rules[*place].action) {
                self.index.sets.bits[set.0 as usize + row / WORD_BITS] &= !(1 << (row % WORD_BITS));
            }
        }
        self.index.whole = Some(set);
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
