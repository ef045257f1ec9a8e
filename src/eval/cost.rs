//! What each rule costs on a sample of the texts.
//!
//! The sample is scanned with one rule on at a time. What such a scan takes beyond the cheapest one is the rule's own: verifying, validating
//! and judging its candidates. The passes that find the candidates of all rules are shared and not in it.

use super::report::CostRow;
use crate::base::{Input, RuleIndex};
use crate::rules::{Pack, Rules};
use crate::scan::{Scanner, Scratch};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Largest sample in bytes.
pub const SAMPLE_BYTES_MAX: usize = 256 << 10;
/// Scans of the sample per rule, of which the fastest counts.
const PASSES: usize = 5;

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
        let mut scratch = Scratch::new(rules);
        let on =
            (0_u32..).map(RuleIndex).zip(&pack.settings).filter(|(_, setting)| setting.enabled);
        let times: Vec<(RuleIndex, Duration)> =
            on.map(|(rule, _)| (rule, self.time(rules, rule, &mut scratch))).collect();
        let least = times.iter().map(|(_, time)| *time).min().unwrap_or_default();
        let sum: Duration = times.iter().map(|(_, time)| *time - least).sum();
        let kib = (self.bytes as f64 / 1024.0).max(f64::MIN_POSITIVE);
        let mut rows: Vec<CostRow> = times
            .into_iter()
            .map(|(rule, time)| {
                let own = (time - least).as_nanos() as f64;
                CostRow {
                    rule: rules.rule(rule).id.to_string(),
                    ns_per_kib: own / kib,
                    share: if sum.is_zero() { 0.0 } else { own / sum.as_nanos() as f64 },
                }
            })
            .collect();
        rows.sort_by(|a, b| b.share.total_cmp(&a.share));
        rows
    }

    fn time(&self, rules: &Rules, rule: RuleIndex, scratch: &mut Scratch) -> Duration {
        let pack = rules.only(rule);
        let scanner = Scanner::new(rules, &pack);
        let pass = || {
            let begin = Instant::now();
            for text in &self.texts {
                black_box(scanner.scan(scratch, &Input::new(black_box(text))));
            }
            begin.elapsed()
        };
        std::iter::repeat_with(pass).take(PASSES).min().unwrap_or_default()
    }
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
