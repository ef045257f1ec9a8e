//! The reference: every regex iterated over the whole text, without anchors and windows. Tests compare with it.

use super::judge::Surroundings;
use super::keywords::KeywordCache;
use super::scratch::PatternCache;
use super::stored::Stored;
use super::{Patterned, Scanner, region};
use crate::base::{Finding, Input};
use crate::matcher::reference::Reference;
use crate::payload::json::Leaf;
use crate::rules::{Pack, Rules};

/// Finds what [`Scanner`] finds, slowly.
#[derive(Debug)]
pub struct NaiveScanner<'r> {
    scanner: Scanner<'r>,
    /// Per pattern of the rule set; none for those that the pack does not need.
    regexes: Vec<Option<Reference>>,
}

impl<'r> NaiveScanner<'r> {
    /// Compiles the regex of every pattern that `pack` needs.
    ///
    /// # Panics
    /// If a pattern does not compile, which the compiler has checked.
    pub fn new(rules: &'r Rules, pack: &'r Pack) -> Self {
        let regex = |(pattern, active): (&crate::rules::pattern::Pattern, &bool)| {
            active.then(|| {
                Reference::new(pattern.verifier.text()).expect("the compiler accepted the pattern")
            })
        };
        Self {
            scanner: Scanner::new(rules, pack),
            regexes: rules.patterns.iter().zip(&pack.active).map(regex).collect(),
        }
    }

    /// Findings in one text, in ascending order of start.
    ///
    /// # Panics
    /// If there is no memory.
    pub fn scan(&self, input: &Input<'_>) -> Vec<Finding> {
        self.scan_document(input, &[])
    }

    /// Findings in the view of a document, whose leaves give values the context of their keys.
    ///
    /// # Panics
    /// If there is no memory.
    pub fn scan_document(&self, input: &Input<'_>, leaves: &[Leaf]) -> Vec<Finding> {
        let rules = self.scanner.rules;
        let around = Surroundings { text: input.text, key: input.key, leaves };
        let mut words = KeywordCache::default();
        let mut findings = Vec::new();
        for (number, regex) in self.regexes.iter().enumerate() {
            if let Some(regex) = regex {
                Patterned { rules, number, around, words: &mut words }
                    .iterate(regex, &mut findings);
            }
        }
        let active = &self.scanner.pack.stored;
        Stored { rules, active, around, words: &mut words }.scan_naively(&mut findings);
        self.scanner.finish(&mut findings);
        findings
    }
}

impl Patterned<'_, '_> {
    /// Iterates the regex over the whole text.
    fn iterate(mut self, regex: &Reference, findings: &mut Vec<Finding>) {
        let text = self.around.text;
        let mut cache = PatternCache::default();
        let mut next = 0;
        while next <= text.len() {
            let Some(found) = regex.find_from(text, next) else { return };
            let found = match &self.pattern().region {
                None => Ok(found),
                Some(region) => {
                    let begin = regex.find_from(text, found.end).map(|next| next.start);
                    region::extend(region, &mut cache.end, text, found, begin).ok_or(found)
                }
            };
            next = self.judge(found, findings);
        }
    }
}
