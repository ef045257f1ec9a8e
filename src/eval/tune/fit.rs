//! The settings of one rule that serve an aim best, on the findings that are given.

use super::evidence::Evidence;
use super::settings::{Bound, KeywordSettings, Settings};
use super::{Aim, Candidate};
use crate::base::Confidence;
use crate::eval::{Counts, Rate};
use crate::syntax::{ConfidenceName, Side};
use std::collections::{BTreeMap, BTreeSet};

/// Changes of one rule.
const CHANGES_MAX: usize = 6;
/// A change gains at least this much of the aim's F-score …
const GAIN_MIN: f64 = 0.01;
/// … and moves at least so many findings: fewer are chance.
const MOVED_MIN: u64 = 4;
/// Values of a bound that are tried.
const STEPS_MAX: usize = 24;
/// Share of its right findings that a rule may lose.
const RIGHT_LOST_MAX: f64 = 0.1;
/// Distances that are tried, in bytes.
const DISTANCES: [usize; 9] = [16, 24, 32, 48, 64, 96, 128, 192, 256];
/// A word is proposed as excluding if it stands before so many wrong findings, in so many texts …
const WORD_WRONG_MIN: u64 = 5;
/// … and before at most one right finding in so many wrong ones.
const WORD_WRONG_PER_RIGHT: u64 = 20;
/// Words that are tried, the most frequent first.
const WORDS_TRIED_MAX: usize = 12;
/// Findings from which a confidence is fitted.
pub(super) const CONFIDENCE_MIN: u64 = 20;

/// Counts of a rule's findings under some settings. What could be found at all is what any settings find.
pub(super) fn counts<'c>(
    settings: &Settings,
    candidates: impl Iterator<Item = &'c Candidate>,
) -> Counts {
    let mut counts = Counts::default();
    for candidate in candidates {
        counts.spans += u64::from(candidate.right);
        if settings.passes(&candidate.evidence) {
            counts.findings += 1;
            counts.right += u64::from(candidate.right);
            counts.found += u64::from(candidate.right);
        }
    }
    counts
}

/// Fits the settings of a rule.
pub(super) fn fit(
    current: &Settings,
    keywords: &[String],
    candidates: &[&Candidate],
    aim: Aim,
) -> Settings {
    let of = |settings: &Settings| counts(settings, candidates.iter().copied());
    let now = of(current);
    let score = |counts: Counts| counts.f(aim.beta()).unwrap_or(0.0);
    let mut best = current.clone();
    let mut best_counts = of(&best);
    for _ in 0..CHANGES_MAX {
        let tried = neighbours(&best, keywords, candidates).into_iter().map(|settings| {
            let counts = of(&settings);
            (score(counts), counts, settings)
        });
        let moved = |counts: Counts| {
            counts
                .findings
                .abs_diff(best_counts.findings)
                .max(counts.right.abs_diff(best_counts.right))
        };
        let better = tried
            .filter(|(gain, counts, _)| {
                *gain >= score(best_counts) + GAIN_MIN
                    && moved(*counts) >= MOVED_MIN
                    && is_bearable(now, *counts, aim)
            })
            // The first of equals: neighbours come the mildest first.
            .fold(None, |best: Option<(f64, Counts, Settings)>, one| match &best {
                Some(other) if other.0 + 1e-9 >= one.0 => best,
                _ => Some(one),
            });
        let Some((_, counts, settings)) = better else { break };
        best = settings;
        best_counts = counts;
    }
    best.confidence = confidence(&best, candidates);
    best
}

/// Whether a rule may change so much: it keeps most of what it finds rightly, and does not become noise for the sake of a few.
pub(super) fn is_bearable(before: Counts, after: Counts, aim: Aim) -> bool {
    let kept = after.right as f64 >= before.right as f64 * (1.0 - RIGHT_LOST_MAX);
    let (was, is) = (before.precision(), after.precision().unwrap_or(1.0));
    kept && is >= aim.precision_floor().min(was.unwrap_or(1.0))
}

/// Settings with one thing changed.
fn neighbours(from: &Settings, keywords: &[String], candidates: &[&Candidate]) -> Vec<Settings> {
    let mut all = Vec::new();
    let passing: Vec<&Evidence> = {
        let open = Settings { shape: [0.0; 7], ..from.clone() };
        let pass = candidates.iter().filter(|one| open.passes(&one.evidence));
        pass.map(|one| &one.evidence).collect()
    };
    for bound in Bound::ALL {
        for least in steps(bound, from.shape[bound as usize], &passing) {
            let mut settings = from.clone();
            settings.shape[bound as usize] = least;
            all.push(settings);
        }
    }
    if let Some(words) = from.keywords {
        let keywords = keyword_settings(words).into_iter();
        all.extend(keywords.map(|keywords| Settings { keywords: Some(keywords), ..from.clone() }));
    }
    if let Some((within, side)) = from.exclude {
        let distances = DISTANCES.iter().filter(|distance| **distance != within);
        all.extend(
            distances.map(|distance| Settings { exclude: Some((*distance, side)), ..from.clone() }),
        );
    }
    for word in excluding_words(from, keywords, candidates) {
        let mut settings = from.clone();
        settings.added.push(word);
        all.push(settings);
    }
    all
}

/// Values of a bound that tell the findings apart, the mildest first. Half-way between two neighbours, so that a value that was not seen
/// falls on the likelier side.
fn steps(bound: Bound, current: f32, passing: &[&Evidence]) -> Vec<f32> {
    let mut values: Vec<f32> = passing.iter().map(|one| one.shape[bound as usize]).collect();
    values.sort_by(f32::total_cmp);
    values.dedup();
    let stride = values.len().div_ceil(STEPS_MAX).max(1);
    let between = values.windows(2).step_by(stride).map(|pair| match bound {
        _ if bound.is_count() => pair[1],
        Bound::Randomness => ((pair[0] + pair[1]) * 50.0).round() / 100.0,
        _ => ((pair[0] + pair[1]) * 5.0).round() / 10.0,
    });
    let mut steps: Vec<f32> = std::iter::once(0.0).chain(between).collect();
    steps.sort_by(f32::total_cmp);
    steps.dedup();
    steps.retain(|step| *step != current);
    steps
}

fn keyword_settings(from: KeywordSettings) -> Vec<KeywordSettings> {
    let mut all: Vec<KeywordSettings> = DISTANCES
        .iter()
        .filter(|distance| **distance != from.within)
        .map(|distance| KeywordSettings { within: *distance, ..from })
        .collect();
    let sides = [Side::Both, Side::Before, Side::After].into_iter();
    all.extend(
        sides.filter(|side| *side != from.side).map(|side| KeywordSettings { side, ..from }),
    );
    // What a rule finds without a word cannot be seen while it demands one, and the anchors depend on it.
    if !from.require {
        all.push(KeywordSettings { require: true, ..from });
    }
    all
}

/// Words that stand before wrong findings and hardly before right ones.
fn excluding_words(from: &Settings, keywords: &[String], candidates: &[&Candidate]) -> Vec<String> {
    #[derive(Default)]
    struct Seen {
        right: u64,
        wrong: u64,
        texts: BTreeSet<u32>,
    }
    let mut seen: BTreeMap<&str, Seen> = BTreeMap::new();
    for one in candidates.iter().filter(|one| from.passes(&one.evidence)) {
        for word in &one.evidence.words {
            let seen = seen.entry(word).or_default();
            seen.right += u64::from(one.right);
            seen.wrong += u64::from(!one.right);
            if !one.right && seen.texts.len() < WORD_WRONG_MIN as usize {
                seen.texts.insert(one.text);
            }
        }
    }
    let is_keyword = |word: &str| {
        keywords.iter().any(|keyword| {
            keyword.split([' ', '_', '-']).any(|part| part.eq_ignore_ascii_case(word))
        })
    };
    let mut words: Vec<(u64, &str)> = seen
        .into_iter()
        .filter(|(word, seen)| {
            seen.wrong >= WORD_WRONG_MIN
                && seen.texts.len() as u64 >= WORD_WRONG_MIN
                && seen.right * WORD_WRONG_PER_RIGHT <= seen.wrong
                && !is_keyword(word)
        })
        .map(|(word, seen)| (seen.wrong, word))
        .collect();
    words.sort_by_key(|(wrong, word)| (std::cmp::Reverse(*wrong), *word));
    words.truncate(WORDS_TRIED_MAX);
    words.into_iter().map(|(_, word)| word.to_owned()).collect()
}

/// The confidence that the share of right findings bears out: those without a supporting keyword, which have no other score. It stays as it
/// is while the evidence allows it.
fn confidence(settings: &Settings, candidates: &[&Candidate]) -> ConfidenceName {
    let bare = candidates.iter().filter(|one| {
        settings.passes(&one.evidence) && {
            let alone = Settings { confidence: ConfidenceName::Low, ..settings.clone() };
            alone.level(&one.evidence) == Confidence::Low
        }
    });
    let (right, all) =
        bare.fold((0, 0), |(right, all), one| (right + u64::from(one.right), all + 1));
    let Some(rate) = Rate::wilson(right, all).filter(|_| all >= CONFIDENCE_MIN) else {
        return settings.confidence;
    };
    match settings.confidence {
        _ if rate.low >= 0.9 => ConfidenceName::High,
        ConfidenceName::High if rate.high >= 0.8 => ConfidenceName::High,
        ConfidenceName::Medium if rate.high >= 0.5 => ConfidenceName::Medium,
        ConfidenceName::Low if rate.low >= 0.5 => ConfidenceName::Medium,
        ConfidenceName::High if rate.high >= 0.5 => ConfidenceName::Medium,
        _ => ConfidenceName::Low,
    }
}

/// The lowest confidence from which acting on a rule's findings serves the aim best.
pub(super) fn act_from(settings: &Settings, candidates: &[&Candidate], aim: Aim) -> Confidence {
    let of = |level: Confidence| {
        let mut sum = Counts::default();
        for one in candidates {
            sum.spans += u64::from(one.right);
            if settings.passes(&one.evidence) && settings.level(&one.evidence) >= level {
                sum.findings += 1;
                sum.right += u64::from(one.right);
                sum.found += u64::from(one.right);
            }
        }
        sum.f(aim.beta()).unwrap_or(0.0)
    };
    let levels = Confidence::ALL.into_iter();
    let best = levels.fold((Confidence::Low, -1.0), |best, level| {
        let score = of(level);
        if score > best.1 + 1e-9 { (level, score) } else { best }
    });
    best.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(
        text: u32,
        right: bool,
        entropy: f32,
        keyword: Option<u16>,
        word: &str,
    ) -> Candidate {
        let mut shape = [8.0; 7];
        shape[Bound::Entropy as usize] = entropy;
        shape[Bound::Randomness as usize] = 0.5;
        let words = BTreeSet::from([word.to_owned()]);
        let evidence = Evidence { shape, keyword: [keyword, None], excluded: [None; 2], words };
        Candidate { text, right, evidence }
    }

    fn settings(require: bool) -> Settings {
        Settings {
            confidence: ConfidenceName::Medium,
            keywords: Some(KeywordSettings { within: 64, side: Side::Both, require }),
            shape: [0.0; 7],
            exclude: None,
            added: Vec::new(),
        }
    }

    #[track_caller]
    fn fitted(from: &Settings, all: &[Candidate], aim: Aim) -> Settings {
        fit(from, &["key".to_owned()], &all.iter().collect::<Vec<_>>(), aim)
    }

    #[test]
    fn a_bound_that_tells_right_from_wrong_is_found() {
        let right = (0..30).map(|i| candidate(i, true, 3.6, None, "x"));
        let wrong = (0..30).map(|i| candidate(i, false, 2.0, None, "x"));
        let all: Vec<Candidate> = right.chain(wrong).collect();
        let found = fitted(&settings(false), &all, Aim::Alert);
        assert_eq!(found.shape[Bound::Entropy as usize], 2.8);
        let mut strict = settings(false);
        strict.shape[Bound::Entropy as usize] = 4.0;
        let found = fitted(&strict, &all, Aim::Redact);
        assert_eq!(found.shape[Bound::Entropy as usize], 2.8, "a bound that is too strict falls");
    }

    #[test]
    fn a_window_and_a_word_are_found() {
        let right = (0..30).map(|i| candidate(i, true, 3.0, Some(12), "x"));
        let far = (0..30).map(|i| candidate(i, false, 3.0, Some(60), "x"));
        let all: Vec<Candidate> = right.chain(far).collect();
        let found = fitted(&settings(true), &all, Aim::Alert).keywords.unwrap();
        assert!(found.within < 60 && found.within >= 12, "{found:?}");

        let right = (0..30).map(|i| candidate(i, true, 3.0, None, "token"));
        let wrong = (0..30).map(|i| candidate(i, false, 3.0, None, "commit"));
        let all: Vec<Candidate> = right.chain(wrong).collect();
        assert_eq!(fitted(&settings(false), &all, Aim::Alert).added, ["commit"]);
    }

    #[test]
    fn a_rule_does_not_become_noise_and_keeps_what_it_finds() {
        let counts =
            |right, wrong| Counts { spans: 100, found: right, findings: right + wrong, right };
        for (before, after, aim, expect) in [
            ((0, 0), (49, 2000), Aim::Alert, false),
            ((0, 0), (49, 200), Aim::Redact, true),
            ((10, 90), (10, 40), Aim::Alert, true),
            ((100, 100), (85, 0), Aim::Alert, false),
            ((100, 100), (95, 0), Aim::Alert, true),
            ((100, 0), (100, 150), Aim::Alert, false),
        ] {
            let (before, after) = (counts(before.0, before.1), counts(after.0, after.1));
            assert_eq!(is_bearable(before, after, aim), expect, "{before:?} {after:?}");
        }
    }

    #[test]
    fn little_evidence_changes_nothing() {
        let all = [candidate(0, true, 3.6, None, "x"), candidate(1, false, 2.0, None, "x")];
        assert_eq!(fitted(&settings(false), &all, Aim::Alert), settings(false));
    }

    #[test]
    fn confidence_follows_the_share_of_right_findings() {
        let all = |right: u32, wrong: u32| -> Vec<Candidate> {
            (0..right + wrong).map(|i| candidate(i, i < right, 3.0, None, "x")).collect()
        };
        for (right, wrong, expect) in [
            (60, 0, ConfidenceName::High),
            (40, 20, ConfidenceName::Medium),
            (6, 54, ConfidenceName::Low),
            (5, 5, ConfidenceName::Medium),
        ] {
            let found = confidence(&settings(false), &all(right, wrong).iter().collect::<Vec<_>>());
            assert_eq!(found, expect, "{right} {wrong}");
        }
    }

    #[test]
    fn alert_and_redact_weigh_misses_differently() {
        let near = (0..76).map(|i| candidate(i, true, 3.0, Some(10), "x"));
        let far = (0..4).map(|i| candidate(i, true, 3.0, None, "x"));
        let wrong = (0..12).map(|i| candidate(i, false, 3.0, None, "x"));
        let all: Vec<Candidate> = near.chain(far).chain(wrong).collect();
        assert!(fitted(&settings(false), &all, Aim::Alert).keywords.unwrap().require);
        assert!(!fitted(&settings(false), &all, Aim::Redact).keywords.unwrap().require);
    }
}
