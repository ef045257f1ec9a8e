//! What each rule costs on a sample of the texts.
//!
//! The sample is scanned with one rule on at a time. What such a scan takes beyond the median of all rules is the rule's own: verifying,
//! validating and judging its candidates. The passes that find the candidates of all rules are shared and not in it.

use super::report::CostRow;
use crate::base::{Input, RuleIndex};
use crate::rules::{Pack, Rules};
use crate::scan::{Scanner, Scratch};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Largest sample in bytes.
pub const SAMPLE_BYTES_MAX: usize = 256 << 10;
/// Scans of the sample per rule, of which the fastest counts.
const ROUNDS: usize = 7;

/// Texts to measure on, taken from the beginning of each corpus in turn.
#[derive(Debug, Default)]
pub struct Sample {
    texts: Vec<Vec<u8>>,
    bytes: usize,
}

impl Sample {
    /// Takes a text if there is room for it.
    pub fn offer(&mut self, text: &[u8], bytes_max: usize) {
        if self.bytes + text.len() <= bytes_max.min(SAMPLE_BYTES_MAX) {
            self.bytes += text.len();
            self.texts.push(text.to_vec());
        }
    }

    /// Adds the texts of another sample as far as there is room.
    pub fn join(&mut self, other: Self) {
        for text in other.texts {
            self.offer(&text, SAMPLE_BYTES_MAX);
        }
    }

    /// Measures every rule that `pack` turns on. The most expensive ones come first.
    pub fn measure(&self, rules: &Rules, pack: &Pack) -> Vec<CostRow> {
        let on =
            (0_u32..).map(RuleIndex).zip(&pack.settings).filter(|(_, setting)| setting.enabled);
        let mut alone: Vec<Alone> = on
            .map(|(rule, _)| Alone { rule, pack: rules.only(rule), time: Duration::MAX })
            .collect();
        let mut scratch = Scratch::new(rules);
        // Round by round, so that a slow moment of the machine meets many rules and not all passes of one.
        for _ in 0..ROUNDS {
            for alone in &mut alone {
                let scanner = Scanner::new(rules, &alone.pack);
                alone.time = alone.time.min(self.time(&scanner, &mut scratch));
            }
        }
        self.rows(rules, &alone)
    }

    fn time(&self, scanner: &Scanner<'_>, scratch: &mut Scratch) -> Duration {
        let begin = Instant::now();
        for text in &self.texts {
            black_box(scanner.scan(scratch, &Input::new(black_box(text))));
        }
        begin.elapsed()
    }

    fn rows(&self, rules: &Rules, alone: &[Alone]) -> Vec<CostRow> {
        let mut times: Vec<Duration> = alone.iter().map(|alone| alone.time).collect();
        times.sort_unstable();
        // Most rules have next to no candidates, so what the median one takes is what all share.
        let shared = times.get(times.len() / 2).copied().unwrap_or_default();
        let own = |alone: &Alone| alone.time.saturating_sub(shared).as_nanos() as f64;
        let sum: f64 = alone.iter().map(own).sum();
        let kib = (self.bytes as f64 / 1024.0).max(f64::MIN_POSITIVE);
        let row = |alone: &Alone| CostRow {
            rule: rules.rule(alone.rule).id.to_string(),
            ns_per_kib: own(alone) / kib,
            share: if sum > 0.0 { own(alone) / sum } else { 0.0 },
        };
        let mut rows: Vec<CostRow> = alone.iter().map(row).collect();
        rows.sort_by(|a, b| b.share.total_cmp(&a.share));
        rows
    }
}

/// A rule that is on alone.
struct Alone {
    rule: RuleIndex,
    pack: Pack,
    /// The fastest scan of the sample.
    time: Duration,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Compiler;

    #[test]
    fn shares_sum_to_one_and_the_sample_is_bounded() {
        let (rules, _) = Compiler::with_builtin().build().unwrap();
        let mut sample = Sample::default();
        sample.offer(&vec![b'x'; SAMPLE_BYTES_MAX + 1], usize::MAX);
        assert_eq!(sample.bytes, 0);
        sample.offer(b"mail a@example.com, b@example.com", usize::MAX);
        let rows = sample.measure(&rules, rules.pack("pci").unwrap());
        assert_eq!(rows.len(), rules.pack("pci").unwrap().rules_enabled());
        let sum: f64 = rows.iter().map(|row| row.share).sum();
        assert!((sum - 1.0).abs() < 1e-9 || sum == 0.0, "{sum}");
    }
}
