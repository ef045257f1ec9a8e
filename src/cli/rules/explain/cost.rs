//! What a rule costs on this machine: the same texts scanned with the rule alone and with no rule at all.

use crate::base::{Input, RuleIndex};
use crate::rules::{Pack, Rules};
use crate::scan::{Scanner, Scratch};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Harmless prose.
const PROSE: &str = include_str!("../../../../benches/texts/prose.txt");
/// Size of a text that is timed, in bytes, roughly: far beyond what a start costs, small enough for the cache.
const TEXT_LEN_BYTES: usize = 256 << 10;
/// Fewest rounds over a text; the fastest counts, as everything else on the machine only adds.
const ROUNDS_MIN: usize = 5;
/// Most rounds over a text.
const ROUNDS_MAX: usize = 200;
/// Time for the rounds over one text.
const BUDGET: Duration = Duration::from_millis(250);

/// What was measured.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cost {
    /// A scan of clean text with this rule alone.
    pub(super) with_ns_per_kib: f64,
    /// A scan of clean text with no rule on.
    pub(super) without_ns_per_kib: f64,
    /// Places in clean text where the automaton of the rule runs.
    pub(super) candidates_per_kib: f64,
    /// What a finding costs in the rule's own examples; none if there are no findings.
    pub(super) finding_us: Option<f64>,
}

impl Cost {
    /// What the rule adds. Less than nothing where noise is louder than the rule.
    pub(super) fn rule_ns_per_kib(&self) -> f64 {
        self.with_ns_per_kib - self.without_ns_per_kib
    }

    pub(super) fn measure(rules: &Rules, index: RuleIndex) -> Self {
        let packs = [rules.only(index), rules.nothing()];
        let prose = repeated(PROSE);
        let kib = prose.len() as f64 / 1024.0;
        let [with, without] = fastest(rules, &packs, prose.as_bytes());
        let candidates = rules.count_candidates(&packs[0], prose.as_bytes()).unwrap_or_default();
        Self {
            with_ns_per_kib: with.as_secs_f64() * 1e9 / kib,
            without_ns_per_kib: without.as_secs_f64() * 1e9 / kib,
            candidates_per_kib: candidates as f64 / kib,
            finding_us: finding_us(rules, index, &packs),
        }
    }
}

fn finding_us(rules: &Rules, index: RuleIndex, packs: &[Pack; 2]) -> Option<f64> {
    let examples: String = rules
        .rule(index)
        .spec
        .matches
        .iter()
        .map(|example| example.text.joined() + "\n\n")
        .collect();
    if examples.trim().is_empty() {
        return None;
    }
    let text = repeated(&examples);
    let mut scratch = Scratch::new(rules);
    let findings =
        Scanner::new(rules, &packs[0]).scan(&mut scratch, &Input::new(text.as_bytes())).len();
    let [with, without] = fastest(rules, packs, text.as_bytes());
    (findings > 0).then(|| with.saturating_sub(without).as_secs_f64() * 1e6 / findings as f64)
}

fn repeated(text: &str) -> String {
    text.repeat(TEXT_LEN_BYTES.div_ceil(text.len()))
}

/// The fastest scan of a text with each pack, taken in turns so that both see the same machine.
fn fastest(rules: &Rules, packs: &[Pack; 2], text: &[u8]) -> [Duration; 2] {
    let mut scratch = Scratch::new(rules);
    let mut best = [Duration::MAX; 2];
    let begin = Instant::now();
    for round in 0..ROUNDS_MAX {
        if round >= ROUNDS_MIN && begin.elapsed() > BUDGET {
            break;
        }
        for (pack, best) in packs.iter().zip(&mut best) {
            let start = Instant::now();
            black_box(Scanner::new(rules, pack).scan(&mut scratch, &Input::new(black_box(text))));
            *best = (*best).min(start.elapsed());
        }
    }
    best
}
