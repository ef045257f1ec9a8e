//! Rules that look things up in a list instead of matching a pattern.

use super::Rule;
use crate::base::RuleIndex;
use crate::lists::exact_data::Support;
use crate::lists::fingerprint::Threshold;
use crate::lists::{
    Content, Dictionary, DictionaryBuilder, ExactData, Filter, Fingerprints, List, ListKind,
};
use crate::syntax::codes::{self, DiagnosticCode};
use crate::syntax::{RuleSpec, Source, list_path};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// What a rule looks up, and where.
#[derive(Clone, Debug)]
pub(crate) enum Lookup {
    /// Terms.
    Terms(Arc<Dictionary>),
    /// Rows of a table.
    Rows(Arc<ExactData>, Support),
    /// Passages of documents.
    Passages(Arc<Fingerprints>, Threshold),
}

/// One rule with its list.
#[derive(Debug)]
pub(crate) struct StoredRule {
    pub(crate) rule: RuleIndex,
    pub(crate) lookup: Lookup,
}

/// All rules with lists.
#[derive(Debug)]
pub(crate) struct StoredRules {
    pub(crate) rules: Vec<StoredRule>,
    /// The words that some term of some list begins with, and few others.
    pub(crate) first_words: Filter,
}

/// The rules with lists that a pack needs, by their number among them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct StoredActive {
    /// Those that look up terms.
    pub(crate) terms: Vec<usize>,
    /// The others.
    pub(crate) others: Vec<usize>,
}

/// Why a rule cannot look anything up.
#[derive(Debug)]
pub(super) struct LookupError {
    pub(super) code: &'static DiagnosticCode,
    pub(super) title: String,
    pub(super) place: Range<usize>,
}

impl Lookup {
    /// What the rule says, if it has a list at all.
    pub(super) fn of(
        spec: &RuleSpec,
        source: &Source,
        lists: &BTreeMap<String, List>,
    ) -> Result<Option<Self>, Vec<LookupError>> {
        if !spec.words.is_empty() {
            return terms(spec).map(Some);
        }
        let Some(file) = spec.list_file() else { return Ok(None) };
        let wrong = |title: String| {
            vec![LookupError { code: &codes::LIST_UNUSABLE, title, place: file.span() }]
        };
        // A path that leads elsewhere has been reported.
        let Some(path) = list_path(source, file.get_ref()) else { return Ok(None) };
        let Some(list) = lists.get(&path) else {
            return Err(wrong("the list is not there".to_owned()));
        };
        let kind = |wanted: ListKind| {
            wrong(format!("this is a list of {}, not of {}", list.kind().name(), wanted.name()))
        };
        match (&spec.exact_data, &spec.fingerprint, &list.content) {
            (None, None, Content::Dictionary(list)) => Ok(Some(Self::Terms(list.clone()))),
            (None, None, _) => Err(kind(ListKind::Dictionary)),
            (Some(exact), _, Content::ExactData(list)) => {
                let support = Support {
                    values: *exact.supporting.get_ref(),
                    within: *exact.within.get_ref(),
                };
                let columns = list.supporting_columns();
                if support.values > columns {
                    let wanted = support.values;
                    let title =
                        format!("{wanted} supporting values are wanted, the table has {columns}");
                    return Err(wrong(title));
                }
                Ok(Some(Self::Rows(list.clone(), support)))
            }
            (Some(_), _, _) => Err(kind(ListKind::ExactData)),
            (None, Some(spec), Content::Fingerprints(list)) => {
                let threshold = Threshold {
                    containment: *spec.containment.get_ref(),
                    passage_bytes: spec.passage.as_ref().map(|bytes| *bytes.get_ref()),
                };
                Ok(Some(Self::Passages(list.clone(), threshold)))
            }
            (None, Some(_), _) => Err(kind(ListKind::Fingerprints)),
        }
    }

    /// Heap memory in bytes.
    pub(super) fn memory_usage(&self) -> usize {
        match self {
            Self::Terms(list) => list.memory_usage(),
            Self::Rows(list, _) => list.memory_usage(),
            Self::Passages(list, _) => list.memory_usage(),
        }
    }
}

fn terms(spec: &RuleSpec) -> Result<Lookup, Vec<LookupError>> {
    let mut builder = DictionaryBuilder::default();
    let mut wrong = Vec::new();
    for term in &spec.words {
        if let Err(error) = builder.add(term.get_ref()) {
            let title = format!("the term cannot be looked for: {error}");
            wrong.push(LookupError { code: &codes::WORD_UNUSABLE, title, place: term.span() });
        }
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    builder.compile().map(|list| Lookup::Terms(Arc::new(list))).map_err(|fault| {
        let place = spec.words.first().map_or(0..0, toml::Spanned::span);
        vec![LookupError { code: &codes::WORD_UNUSABLE, title: fault.to_string(), place }]
    })
}

impl StoredRules {
    pub(super) fn new(rules: Vec<StoredRule>) -> Self {
        let lists = || {
            rules.iter().filter_map(|rule| match &rule.lookup {
                Lookup::Terms(list) => Some(list),
                _ => None,
            })
        };
        // A single list has its own filter.
        let several = lists().count() > 1;
        let hashes = || lists().filter(|_| several).flat_map(|list| list.hashes());
        let mut first_words = Filter::new(hashes().count());
        hashes().for_each(|hash| first_words.insert(*hash));
        Self { rules, first_words }
    }

    /// Those of the rules for which `needed` holds.
    pub(super) fn active(&self, needed: impl Fn(usize) -> bool) -> StoredActive {
        let mut active = StoredActive::default();
        for (i, stored) in self.rules.iter().enumerate() {
            if needed(stored.rule.index()) {
                match stored.lookup {
                    Lookup::Terms(_) => active.terms.push(i),
                    _ => active.others.push(i),
                }
            }
        }
        active
    }

    /// What a rule looks up.
    pub(super) fn of(&self, rule: &Rule) -> Option<&Lookup> {
        rule.stored.and_then(|number| self.rules.get(number)).map(|stored| &stored.lookup)
    }

    /// Heap memory in bytes.
    pub(super) fn memory_usage(&self) -> usize {
        let lists: usize = self.rules.iter().map(|stored| stored.lookup.memory_usage()).sum();
        lists + self.first_words.memory_usage()
    }
}

impl StoredActive {
    /// True if no rule looks anything up.
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.terms.is_empty() && self.others.is_empty()
    }
}
