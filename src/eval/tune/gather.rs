//! The evidence of all findings that a loosened rule has.

use super::evidence::{Evidence, Words};
use super::report::LeftAlone;
use super::settings::{KeywordSettings, Settings};
use super::{Candidate, TuneOptions, Tuning};
use crate::base::{Fault, Input, RuleIndex};
use crate::eval::Found;
use crate::rules::{Pack, Rules};
use crate::scan::{Scanner, Scratch};
use crate::syntax::Side;
use rayon::prelude::*;

/// Findings of one rule in one text.
const FINDINGS_PER_TEXT_MAX: usize = 2000;
/// Findings of one rule.
const FINDINGS_PER_RULE_MAX: usize = 100_000;
/// A keyword window is loosened to twice its width, and at least so many bytes …
const WINDOW_BYTES_MIN: usize = 128;
/// … and at most so many, beyond which words say little.
const WINDOW_BYTES_MAX: usize = 512;
/// Without so many right findings a rule is left alone, whatever else it finds.
const RIGHT_MIN: u64 = 5;

/// A rule to tune.
#[derive(Debug)]
pub(super) struct Subject {
    /// Full id.
    pub(super) id: String,
    /// Name within the family.
    pub(super) short_id: String,
    pub(super) file: String,
    pub(super) settings: Settings,
    pub(super) keywords: Vec<String>,
    excluded: Vec<String>,
    pub(super) candidates: Vec<Candidate>,
}

/// The rules that the pack reports and that are asked for.
pub(super) fn subjects(rules: &Rules, options: &TuneOptions) -> Vec<Subject> {
    let Some(pack) = rules.pack(&options.pack) else { return Vec::new() };
    let wanted = |id: &str| {
        options.only.is_empty() || options.only.iter().any(|start| crate::base::is_under(id, start))
    };
    let enabled = rules.rules().iter().zip(&pack.settings).filter(|(_, setting)| setting.enabled);
    enabled
        .filter(|(rule, _)| wanted(&rule.id))
        .map(|(rule, _)| Subject {
            id: rule.id.to_string(),
            short_id: rule.spec.id.get_ref().clone(),
            file: rule.source.name.to_string(),
            settings: Settings::of(rule),
            keywords: words(rule.spec.keywords.as_ref().map(|words| words.any.get_ref())),
            excluded: words(rule.spec.exclude.as_ref().map(|words| words.any.get_ref())),
            candidates: Vec::new(),
        })
        .collect()
}

fn words(list: Option<&Vec<String>>) -> Vec<String> {
    list.cloned().unwrap_or_default()
}

/// The settings with everything open that tuning may change. What a rule demands stays demanded, as its anchor may depend on it.
fn loosened(settings: &Settings) -> Settings {
    let open = |words: KeywordSettings| KeywordSettings {
        within: reach(words.within),
        side: Side::Both,
        ..words
    };
    Settings {
        shape: [0.0; 7],
        keywords: settings.keywords.map(open),
        exclude: None,
        ..settings.clone()
    }
}

fn reach(within: usize) -> usize {
    within.max((within * 2).clamp(WINDOW_BYTES_MIN, WINDOW_BYTES_MAX))
}

/// A loosened rule at work.
struct Loose<'s> {
    index: RuleIndex,
    pack: Pack,
    keywords: Words,
    excluded: Words,
    subject: &'s Subject,
}

impl Tuning<'_> {
    /// Fills in the candidates of all subjects.
    pub(super) fn gather(&mut self) -> Result<(), Fault> {
        let loose: Vec<(&Subject, Settings)> =
            self.subjects.iter().map(|one| (one, loosened(&one.settings))).collect();
        let rules = self.compiled(&loose)?;
        let found = self.found(&rules);
        for (subject, found) in self.subjects.iter_mut().zip(found) {
            subject.candidates = found;
        }
        Ok(())
    }

    /// Per subject: its candidates.
    fn found(&self, rules: &Rules) -> Vec<Vec<Candidate>> {
        let loose: Vec<Option<Loose<'_>>> = self
            .subjects
            .iter()
            .map(|subject| {
                let index = rules.find(&subject.id)?;
                Some(Loose {
                    index,
                    pack: rules.only(index),
                    keywords: Words::new(&subject.keywords),
                    excluded: Words::new(&subject.excluded),
                    subject,
                })
            })
            .collect();
        let labels = self.labels(rules);
        let judge = self.texts.judges(self.study);
        let per_text: Vec<Vec<(usize, Candidate)>> = (0..self.texts.texts.len())
            .into_par_iter()
            .map_init(Scratch::default, |scratch, number| {
                let text = &self.texts.texts[number];
                let bytes = text.text.as_bytes();
                let mut all = Vec::new();
                for (place, loose) in loose.iter().enumerate() {
                    let Some(loose) = loose else { continue };
                    let scanner = Scanner::new(rules, &loose.pack);
                    let found = scanner.scan(scratch, &Input::new(bytes));
                    let found: Vec<Found> = found
                        .iter()
                        .filter(|finding| finding.rule == loose.index)
                        .take(FINDINGS_PER_TEXT_MAX)
                        .map(|finding| Found::new(finding, &labels))
                        .collect();
                    if found.is_empty() {
                        continue;
                    }
                    let reach = loose.reach();
                    let judged = judge.findings(text, &found).into_iter();
                    for (found, right) in found.iter().zip(judged) {
                        let Some(right) = right else { continue };
                        let evidence = Evidence::of(
                            bytes,
                            found.span,
                            &loose.keywords,
                            &loose.excluded,
                            reach,
                        );
                        all.push((place, Candidate { text: number as u32, right, evidence }));
                    }
                }
                all
            })
            .collect();
        let mut found: Vec<Vec<Candidate>> = self.subjects.iter().map(|_| Vec::new()).collect();
        for (place, candidate) in per_text.into_iter().flatten() {
            if found[place].len() < FINDINGS_PER_RULE_MAX {
                found[place].push(candidate);
            }
        }
        found
    }

    /// Parts the subjects with enough evidence from those without. Rules that find nothing at all are not worth a line.
    pub(super) fn enough(&mut self) -> (Vec<Subject>, Vec<LeftAlone>) {
        let mut kept = Vec::new();
        let mut left = Vec::new();
        for subject in std::mem::take(&mut self.subjects) {
            let right = subject.candidates.iter().filter(|one| one.right).count() as u64;
            let all = subject.candidates.len() as u64;
            if all >= self.options.findings_min && right >= RIGHT_MIN {
                kept.push(subject);
            } else if all > 0 {
                left.push(LeftAlone { rule: subject.id, right, wrong: all - right });
            }
        }
        (kept, left)
    }
}

impl Loose<'_> {
    fn reach(&self) -> usize {
        let keywords = self.subject.settings.keywords.map_or(0, |words| reach(words.within));
        let excluded = self.subject.settings.exclude.map_or(0, |(within, _)| within.max(256));
        keywords.max(excluded)
    }
}
