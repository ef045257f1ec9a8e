//! `lockgate bench`: latency per document over the user's own traffic, in this process, on one thread.

use super::console::Color;
use super::{EXIT_DONE, EXIT_ERROR, RuleSetArgs, allocations, console, output, ruleset};
use crate::base::code::{BENCH_EMPTY, FILE_UNREADABLE};
use crate::base::{Fault, Input};
use crate::batch::{Record, TextField};
use crate::scan::{Scanner, Scratch};
use clap::Args;
use serde::Serialize;
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// Samples that are kept, 4 bytes each. A run ends early rather than keep more.
const SAMPLES_MAX: usize = 50_000_000;
/// Pairs of clock readings from which the clock's own cost is taken.
const CLOCK_PAIRS: usize = 10_001;

/// Arguments of `lockgate bench`.
#[derive(Debug, Args)]
#[command(after_help = "\
Every document is scanned once to warm up, then in whole passes over the file until the time is over.
Percentiles are taken over all samples of all timed passes; the median cost of reading the clock is
subtracted from each sample. The file is held in memory.

Examples:
  lockgate bench prompts.jsonl
  lockgate bench prompts.jsonl --pack secrets --json --seconds 10")]
pub struct BenchArgs {
    /// JSONL file with the documents
    #[arg(value_name = "FILE.jsonl")]
    pub file: PathBuf,
    #[command(flatten)]
    #[allow(missing_docs, reason = "a doc comment here would replace the help of the command")]
    pub rule_set: RuleSetArgs,
    /// Member of each line that holds the text
    #[arg(long, value_name = "NAME", default_value = "text")]
    pub text_field: String,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
    /// Time to measure for, in seconds; at least one pass is always made
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u64).range(0..=3600))]
    pub seconds: u64,
}

#[derive(Debug, Serialize)]
struct Report {
    documents: usize,
    bytes: usize,
    findings: usize,
    rules: usize,
    latency_us: Latency,
    mib_per_s: f64,
    /// Null in a program that does not count allocations.
    allocations_per_document: Option<f64>,
    passes: usize,
    clock_overhead_ns: u64,
}

#[derive(Debug, Serialize)]
struct Latency {
    p50: f64,
    p90: f64,
    p99: f64,
    max: f64,
}

pub(super) fn run(args: &BenchArgs) -> ExitCode {
    let printed = measure(args).and_then(|report| print(&report, args.json));
    match printed {
        Ok(()) => ExitCode::from(EXIT_DONE),
        Err(fault) => {
            console::error(Color::Auto, &fault);
            ExitCode::from(EXIT_ERROR)
        }
    }
}

fn measure(args: &BenchArgs) -> Result<Report, Fault> {
    let rules = args.rule_set.compile()?;
    let pack = args.rule_set.pack.as_deref().unwrap_or("default");
    let pack = ruleset::pack(&rules, pack)?;
    let texts = load(&args.file, &args.text_field)?;
    let scanner = Scanner::new(&rules, pack);
    let mut scratch = Scratch::default();

    let mut findings = 0;
    for text in &texts {
        findings += scanner.scan(&mut scratch, &Input::new(text)).len();
    }
    let clock = clock_overhead();
    let time = Duration::from_secs(args.seconds);
    let mut samples: Vec<u32> = Vec::with_capacity(SAMPLES_MAX.min(texts.len().max(1 << 20)));
    let mut passes = 0;
    let mut allocated = 0;
    let begin = Instant::now();
    while passes == 0 || (begin.elapsed() < time && samples.len() + texts.len() <= SAMPLES_MAX) {
        // Before the pass, so that the samples' own growth is not taken for the scanner's.
        samples.reserve(texts.len());
        let before = allocations();
        for text in &texts {
            let start = Instant::now();
            black_box(scanner.scan(&mut scratch, &Input::new(black_box(text))));
            let taken = start.elapsed().saturating_sub(clock);
            samples.push(u32::try_from(taken.as_nanos()).unwrap_or(u32::MAX));
        }
        allocated += allocations().zip(before).map_or(0, |(after, before)| after - before);
        passes += 1;
    }
    let bytes = texts.iter().map(Vec::len).sum::<usize>();
    let nanoseconds = samples.iter().map(|sample| u64::from(*sample)).sum::<u64>();
    let count = samples.len();
    samples.sort_unstable();
    Ok(Report {
        documents: texts.len(),
        bytes,
        findings,
        rules: pack.settings.iter().filter(|setting| setting.enabled).count(),
        latency_us: Latency {
            p50: percentile_us(&samples, 50),
            p90: percentile_us(&samples, 90),
            p99: percentile_us(&samples, 99),
            max: percentile_us(&samples, 100),
        },
        mib_per_s: mib_per_s(bytes * passes, nanoseconds),
        allocations_per_document: allocations().map(|_| allocated as f64 / count as f64),
        passes,
        clock_overhead_ns: u64::try_from(clock.as_nanos()).unwrap_or(u64::MAX),
    })
}

fn load(path: &Path, text_field: &str) -> Result<Vec<Vec<u8>>, Fault> {
    let file = fs::read(path).map_err(|error| {
        Fault::new(FILE_UNREADABLE, format!("{}: {error}", path.to_string_lossy()))
    })?;
    let fields = TextField { text: text_field.to_owned(), ..TextField::default() };
    let mut texts = Vec::new();
    for (line, number) in file.split(|byte| *byte == b'\n').zip(1..) {
        if line.trim_ascii().is_empty() {
            continue;
        }
        let record = Record::parse(line, &fields).map_err(|fault| {
            Fault::new(fault.code, format!("line {number} {}", fault.detail).trim_end())
        })?;
        texts.push(record.text.into_owned());
    }
    if texts.is_empty() { Err(BENCH_EMPTY.into()) } else { Ok(texts) }
}

/// Median time between two readings of the clock with nothing in between.
fn clock_overhead() -> Duration {
    let mut pairs: Vec<Duration> = (0..CLOCK_PAIRS)
        .map(|_| {
            let start = Instant::now();
            start.elapsed()
        })
        .collect();
    pairs.sort_unstable();
    pairs[CLOCK_PAIRS / 2]
}

/// The smallest sample that at least `percent` of all samples do not exceed (nearest rank).
fn percentile_us(sorted_ns: &[u32], percent: usize) -> f64 {
    let rank = (sorted_ns.len() * percent).div_ceil(100).max(1);
    sorted_ns.get(rank - 1).map_or(0.0, |ns| f64::from(*ns) / 1000.0)
}

fn mib_per_s(bytes: usize, nanoseconds: u64) -> f64 {
    let seconds = nanoseconds.max(1) as f64 / 1e9;
    (bytes as f64 / f64::from(1 << 20) / seconds * 10.0).round() / 10.0
}

fn print(report: &Report, json: bool) -> Result<(), Fault> {
    output::print(&if json { output::json_line(report)? } else { table(report) })
}

fn table(report: &Report) -> String {
    let Latency { p50, p90, p99, max } = report.latency_us;
    let allocations = match report.allocations_per_document {
        Some(count) => format!("{count:.2}"),
        None => "not counted".to_owned(),
    };
    format!(
        "documents    {} ({} bytes, {} passes)\n\
         findings     {}\n\
         rules        {}\n\
         latency      p50 {p50:.2} us, p90 {p90:.2} us, p99 {p99:.2} us, max {max:.2} us\n\
         throughput   {:.1} MiB/s on one thread\n\
         allocations  {allocations} per document\n",
        report.documents,
        report.bytes,
        report.passes,
        report.findings,
        report.rules,
        report.mib_per_s,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_nearest_rank() {
        let samples: Vec<u32> = (1..=10).map(|n| n * 1000).collect();
        let check = |percent, expect: f64| {
            assert!((percentile_us(&samples, percent) - expect).abs() < 1e-9, "{percent}");
        };
        check(50, 5.0);
        check(90, 9.0);
        check(99, 10.0);
        check(100, 10.0);
        assert!(percentile_us(&[], 50).abs() < 1e-9);
    }

    #[test]
    fn throughput_of_one_mebibyte_per_millisecond() {
        assert!((mib_per_s(1 << 20, 1_000_000) - 1000.0).abs() < 0.1);
    }
}
