//! The arithmetic of evaluation: rates with intervals, F-scores, paired tests. Knows nothing of findings.

use crate::base::random::SplitMix64;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The normal quantile of a two-sided interval of 95 %.
const Z_95: f64 = 1.959_963_984_540_054;
/// Resamples of a bootstrap.
const RESAMPLES: usize = 1000;
/// Start of the random numbers of every bootstrap, so that the same input gives the same interval.
const SEED: u64 = 0x5EED_0F1E_57A7_1571;
/// Expected count from which a Poisson number is drawn from the normal distribution.
const POISSON_NORMAL_MIN: f64 = 30.0;

/// A share with its interval of 95 %.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rate {
    /// 0 to 1.
    pub value: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
}

impl Rate {
    /// The share `hits / count` with its Wilson score interval; nothing if `count` is 0.
    ///
    /// ```
    /// use lockgate::eval::Rate;
    /// let rate = Rate::wilson(81, 263).unwrap();
    /// assert!((rate.low - 0.2553).abs() < 5e-5 && (rate.high - 0.3662).abs() < 5e-5);
    /// ```
    pub fn wilson(hits: u64, count: u64) -> Option<Self> {
        if count == 0 {
            return None;
        }
        let n = count as f64;
        let p = hits as f64 / n;
        let z2 = Z_95 * Z_95;
        let center = p + z2 / (2.0 * n);
        let half = Z_95 * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
        let scale = 1.0 + z2 / n;
        let low = ((center - half) / scale).max(0.0);
        let high = ((center + half) / scale).min(1.0);
        Some(Self { value: p, low: if hits == 0 { 0.0 } else { low }, high })
    }
}

/// What a precision and a recall are made of. The two have numerators of their own, since one passage may be found by several findings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Counts {
    /// Expected spans.
    pub spans: u64,
    /// Expected spans that were found: true positives.
    pub found: u64,
    /// Findings that were judged.
    pub findings: u64,
    /// Findings that are right. The others are false positives.
    pub right: u64,
}

impl Counts {
    /// Adds the counts of something else.
    pub fn add(&mut self, other: Self) {
        self.spans += other.spans;
        self.found += other.found;
        self.findings += other.findings;
        self.right += other.right;
    }

    /// Expected spans that were not found.
    pub fn missed(self) -> u64 {
        self.spans - self.found
    }

    /// Findings that are wrong: false positives.
    pub fn wrong(self) -> u64 {
        self.findings - self.right
    }

    /// Share of the judged findings that are right.
    pub fn precision(self) -> Option<f64> {
        ratio(self.right as f64, self.findings as f64)
    }

    /// Share of the expected spans that were found.
    pub fn recall(self) -> Option<f64> {
        ratio(self.found as f64, self.spans as f64)
    }

    /// The F-score that weighs recall `beta` times as much as precision. With nothing found it is 0; with nothing expected there is none.
    pub fn f(self, beta: f64) -> Option<f64> {
        let [spans, found, findings, right] =
            [self.spans, self.found, self.findings, self.right].map(|count| count as f64);
        f_of([spans, found, findings, right], beta)
    }

    fn is_zero(self) -> bool {
        self == Self::default()
    }

    fn row(self) -> [f64; 4] {
        [self.spans, self.found, self.findings, self.right].map(|count| count as f64)
    }
}

fn ratio(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then(|| part / whole)
}

fn f_of([spans, found, findings, right]: [f64; 4], beta: f64) -> Option<f64> {
    let recall = ratio(found, spans)?;
    let precision = ratio(right, findings).unwrap_or(0.0);
    let weight = beta * beta;
    let below = weight * precision + recall;
    Some(if below > 0.0 { (1.0 + weight) * precision * recall / below } else { 0.0 })
}

/// Two times the documents' counts, resampled together.
#[derive(Clone, Debug, Default)]
pub(super) struct Bootstrap {
    /// Documents by what they count, with how many there are: equal documents are drawn together.
    groups: BTreeMap<(Counts, Counts), u64>,
}

impl Bootstrap {
    /// Adds a document. One that counts nothing changes no score.
    pub(super) fn add(&mut self, counts: Counts) {
        self.add_pair(counts, Counts::default());
    }

    /// Adds a document as two rule sets see it.
    pub(super) fn add_pair(&mut self, a: Counts, b: Counts) {
        if !(a.is_zero() && b.is_zero()) {
            *self.groups.entry((a, b)).or_default() += 1;
        }
    }

    /// Adds the documents of another one.
    pub(super) fn join(&mut self, other: Self) {
        for (counts, documents) in other.groups {
            *self.groups.entry(counts).or_default() += documents;
        }
    }

    /// The intervals of 95 % of F1 and F2, by the percentiles of resampled documents.
    pub(super) fn f1_and_f2(&self) -> Option<[(f64, f64); 2]> {
        let sums: Vec<[f64; 4]> = self.resample().map(|(a, _)| a).collect();
        let of = |beta| percentiles(sums.iter().filter_map(|sum| f_of(*sum, beta)).collect());
        Some([of(1.0)?, of(2.0)?])
    }

    /// The interval of 95 % of the F-score of the second minus that of the first.
    pub(super) fn f_difference(&self, beta: f64) -> Option<(f64, f64)> {
        let difference = |(a, b)| Some(f_of(b, beta)? - f_of(a, beta)?);
        percentiles(self.resample().filter_map(difference).collect())
    }

    /// The sums of each resample. A document comes in as often as a Poisson number of mean 1 says, which is a multinomial draw without its
    /// fixed size.
    fn resample(&self) -> impl Iterator<Item = ([f64; 4], [f64; 4])> {
        let mut random = Random(SplitMix64::new(SEED));
        (0..RESAMPLES).map(move |_| {
            let (mut a, mut b) = ([0.0; 4], [0.0; 4]);
            for ((counts_a, counts_b), documents) in &self.groups {
                let weight = random.poisson(*documents as f64);
                for i in 0..4 {
                    a[i] += weight * counts_a.row()[i];
                    b[i] += weight * counts_b.row()[i];
                }
            }
            (a, b)
        })
    }
}

fn percentiles(mut values: Vec<f64>) -> Option<(f64, f64)> {
    if values.len() < RESAMPLES / 2 {
        return None;
    }
    values.sort_unstable_by(f64::total_cmp);
    let at = |share: f64| values[((values.len() - 1) as f64 * share).round() as usize];
    Some((at(0.025), at(0.975)))
}

/// The draws of a bootstrap.
struct Random(SplitMix64);

impl Random {
    /// Above 0, up to 1.
    fn uniform(&mut self) -> f64 {
        ((self.0.bits() >> 11) + 1) as f64 / (1_u64 << 53) as f64
    }

    fn poisson(&mut self, mean: f64) -> f64 {
        if mean >= POISSON_NORMAL_MIN {
            let radius = (-2.0 * self.uniform().ln()).sqrt();
            let normal = radius * (std::f64::consts::TAU * self.uniform()).cos();
            return (mean + mean.sqrt() * normal).round().max(0.0);
        }
        let stop = (-mean).exp();
        let mut product = self.uniform();
        let mut count = 0.0;
        while product > stop {
            product *= self.uniform();
            count += 1.0;
        }
        count
    }
}

/// The exact two-sided test of McNemar: how likely a split at least as uneven as `only_a` to `only_b` is if both sides are equally good.
pub(super) fn mcnemar(only_a: u64, only_b: u64) -> f64 {
    let n = (only_a + only_b) as f64;
    let least = only_a.min(only_b);
    if only_a == only_b {
        return 1.0;
    }
    // The logarithm of the likelihood of the split, then the smaller ones relative to it: no factor under- or overflows.
    let ln_choose: f64 = (0..least).map(|i| ((n - i as f64) / (i as f64 + 1.0)).ln()).sum();
    let mut term = 1.0;
    let mut sum = 1.0;
    for k in (1..=least).rev() {
        term *= k as f64 / (n - k as f64 + 1.0);
        sum += term;
        if term < 1e-18 {
            break;
        }
    }
    (2.0 * sum * (ln_choose + n * 0.5_f64.ln()).exp()).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn near(got: f64, expect: f64, within: f64) {
        assert!((got - expect).abs() <= within, "{got} is not {expect}");
    }

    /// Newcombe, Two-sided confidence intervals for the single proportion, Statistics in Medicine 17 (1998), table I, method 3.
    #[test]
    fn wilson_intervals_are_those_of_newcombe() {
        for (hits, count, low, high) in [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ] {
            let rate = Rate::wilson(hits, count).unwrap();
            near(rate.low, low, 5.1e-5);
            near(rate.high, high, 5.1e-5);
        }
        assert_eq!(Rate::wilson(0, 0), None);
        near(Rate::wilson(5, 5).unwrap().high, 1.0, 1e-12);
    }

    #[test]
    fn f_scores_follow_their_definition() {
        // Precision 0.5, recall 0.8: F1 = 2 * 0.4 / 1.3, F2 = 5 * 0.4 / (4 * 0.5 + 0.8).
        let counts = Counts { spans: 10, found: 8, findings: 16, right: 8 };
        near(counts.f(1.0).unwrap(), 0.8 / 1.3, 1e-12);
        near(counts.f(2.0).unwrap(), 2.0 / 2.8, 1e-12);
        let nothing = Counts { spans: 3, ..Counts::default() };
        assert_eq!((nothing.f(1.0), nothing.precision()), (Some(0.0), None));
        let clean = Counts { findings: 2, ..Counts::default() };
        assert_eq!((clean.f(1.0), clean.recall(), clean.precision()), (None, None, Some(0.0)));
    }

    #[test]
    fn mcnemar_is_the_exact_binomial_test() {
        // 2 * (1 + 10) / 2^10, and 2 * (1 + 5 + 10) / 2^5 is capped at 1.
        near(mcnemar(1, 9), 22.0 / 1024.0, 1e-12);
        near(mcnemar(9, 1), 22.0 / 1024.0, 1e-12);
        near(mcnemar(0, 6), 2.0 / 64.0, 1e-12);
        near(mcnemar(2, 3), 1.0, 1e-12);
        near(mcnemar(0, 0), 1.0, 1e-12);
        // Far beyond what 2^-n can hold, against the normal distribution: z = 199 / sqrt(4000) with continuity, p = 0.00165.
        near(mcnemar(1900, 2100), 0.00165, 2e-5);
        assert!(mcnemar(0, 100_000) < 1e-300);
    }

    #[test]
    fn bootstrap_holds_the_score_and_is_repeatable() {
        let mut bootstrap = Bootstrap::default();
        for i in 0..400 {
            let found = u64::from(i % 5 != 0);
            bootstrap.add(Counts { spans: 1, found, findings: found, right: found });
        }
        // Recall 0.8 of 400: a standard error of 0.02, precision 1; F1 = 2r / (1 + r) has a slope of 2 / 1.8^2 there.
        let (low, high) = bootstrap.f1_and_f2().unwrap()[0];
        let f = 1.6 / 1.8;
        let error = 1.96 * 0.02 * 2.0 / (1.8 * 1.8);
        near(low, f - error, 0.004);
        near(high, f + error, 0.004);
        assert_eq!(bootstrap.f1_and_f2().unwrap()[0], (low, high));
        assert_eq!(Bootstrap::default().f1_and_f2(), None);
    }

    #[test]
    fn paired_bootstrap_of_equal_sides_is_zero() {
        let mut bootstrap = Bootstrap::default();
        for found in [0, 1, 1] {
            let counts = Counts { spans: 1, found, findings: found, right: found };
            bootstrap.add_pair(counts, counts);
        }
        assert_eq!(bootstrap.f_difference(1.0), Some((0.0, 0.0)));
    }

    #[test]
    fn poisson_numbers_have_their_mean_and_variance() {
        for mean in [1.0, 7.0, 100.0] {
            let mut random = Random(SplitMix64::new(1));
            let draws: Vec<f64> = (0..20_000).map(|_| random.poisson(mean)).collect();
            let average = draws.iter().sum::<f64>() / 20_000.0;
            let variance = draws.iter().map(|x| (x - average).powi(2)).sum::<f64>() / 20_000.0;
            near(average, mean, 0.03 * mean.max(1.0));
            near(variance, mean, 0.05 * mean.max(1.0));
        }
    }
}
