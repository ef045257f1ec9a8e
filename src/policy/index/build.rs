//! From the rules of a policy to sets of rows.

use super::{Column, Counted, Index, NONE, Set, WORD_BITS};
use crate::base::Confidence;
use crate::policy::condition::{Conditions, Pattern, is_under_any};
use crate::policy::facts::Field;
use crate::policy::lint::is_edit;
use crate::policy::{Combine, Policy, Rule};
use crate::rules::Rules;
use std::collections::BTreeMap;

impl Index {
    /// The compiled form of the rules of a policy.
    pub(in crate::policy) fn new(policy: &Policy, rules: &Rules) -> Self {
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
