//! Measures scanning against other designs over the same rules, on the same texts, in the same run.
//!
//! `cargo bench --bench scan -- [--smoke] [--json] [--record] [--filter NAME] [--seconds N]`
//!
//! Counts come first: a design that finds something else is not measured. `--smoke` stops there.

#[path = "../texts/mod.rs"]
mod texts;

mod design;
mod goal;
#[cfg(feature = "hyperscan")]
mod hyperscan_all;
mod letters;
mod measure;
#[cfg(feature = "hyperscan")]
mod pcre;
mod report;
mod scale;
mod workload;

use design::{Design, Inspect, LiteralFloor, Ours, RegexLoop, RegexSet};
use lockgate::rules::{Compiler, MatcherKind, Rules};
use report::Row;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};
use workload::{Model, Workload};

#[derive(Debug)]
struct Options {
    smoke: bool,
    json: bool,
    record: bool,
    filter: String,
    budget: Duration,
}

fn options() -> Result<Options, String> {
    let mut options = Options {
        smoke: false,
        json: false,
        record: false,
        filter: String::new(),
        budget: Duration::from_secs(3),
    };
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--smoke" => options.smoke = true,
            "--json" => options.json = true,
            "--record" => options.record = true,
            "--filter" => options.filter = args.next().ok_or("--filter wants a name")?,
            "--seconds" => {
                let seconds = args.next().and_then(|text| text.parse().ok());
                options.budget = Duration::from_secs(seconds.ok_or("--seconds wants a number")?);
            }
            // Cargo says that this is a benchmark.
            "--bench" => {}
            other => return Err(format!("what is {other}?")),
        }
    }
    Ok(options)
}

fn compile(kind: MatcherKind) -> Rules {
    match Compiler::with_builtin().matcher(kind).build() {
        Ok((rules, _)) => rules,
        Err(problems) => panic!("the built-in rules do not compile: {:?}", problems.0.first()),
    }
}

fn main() -> ExitCode {
    let options = match options() {
        Ok(options) => options,
        Err(problem) => {
            eprintln!("scan: {problem}");
            return ExitCode::from(2);
        }
    };
    let workloads = workload::load(&options.filter);
    let fastest = Arc::new(compile(MatcherKind::Fastest));
    let portable = Arc::new(compile(MatcherKind::Portable));
    let mut ours = Ours::new("lockgate", Arc::clone(&fastest));
    let mut plain = Ours::new("lockgate, portable", portable);
    let mut inspect = Inspect::new(Arc::clone(&fastest));

    let wrong: usize = workloads
        .iter()
        .map(|workload| verify(workload, &mut ours, &mut plain, &mut inspect))
        .sum();
    if wrong > 0 {
        println!("scan: {wrong} of {} workloads are wrong", workloads.len());
        return ExitCode::FAILURE;
    }
    println!("scan: counts of {} workloads are right", workloads.len());
    let quadruple = scale::rules4x(&fastest);
    if !options.smoke {
        compare(
            &options,
            &workloads,
            [&fastest, &Arc::new(quadruple)],
            [&mut ours, &mut plain, &mut inspect],
        );
    }
    ExitCode::SUCCESS
}

/// 1 if a workload's count is not what its file says, 0 if it is.
fn verify(workload: &Workload, ours: &mut Ours, plain: &mut Ours, inspect: &mut Inspect) -> usize {
    let documents = workload.documents();
    let count = |design: &mut dyn Design| -> usize {
        documents.iter().map(|document| design.count(document)).sum()
    };
    let counts = match workload.model {
        Model::Scan => [count(ours), count(plain)],
        Model::Inspect => [count(inspect); 2],
        Model::Compile => [0; 2],
    };
    if counts == [workload.findings; 2] {
        return 0;
    }
    println!("{}: found {counts:?}, expected {}", workload.name, workload.findings);
    let described = documents.iter().flat_map(|document| ours.describe(document));
    described.take(12).for_each(|finding| println!("  {finding}"));
    1
}

fn compare(
    options: &Options,
    workloads: &[Workload],
    [rules, rules4x]: [&Arc<Rules>; 2],
    [ours, plain, inspect]: [&mut dyn Design; 3],
) {
    let patterns = design::patterns(rules);
    let mut quadruple = Ours::new("lockgate, 4× the rules", Arc::clone(rules4x));
    let mut floor = LiteralFloor::new(rules);
    let mut one_by_one = RegexLoop::new(&patterns);
    let mut set = RegexSet::new(&patterns);
    #[cfg(feature = "hyperscan")]
    let mut database = hyperscan_all::HyperscanAll::new(&patterns);

    let (mut rows, mut goals) = (Vec::new(), Vec::new());
    for workload in workloads {
        if workload.model == Model::Compile {
            goals.extend(compile_times(workload, &patterns));
            continue;
        }
        let documents = workload.documents();
        let mut designs: Vec<&mut dyn Design> = match workload.model {
            Model::Inspect => vec![&mut *inspect],
            _ => {
                vec![&mut *ours, &mut floor, &mut *plain, &mut quadruple, &mut one_by_one, &mut set]
            }
        };
        #[cfg(feature = "hyperscan")]
        if workload.model == Model::Scan {
            designs.push(&mut database);
        }
        let new = rows_of(workload, &documents, &mut designs, options.budget);
        let met = goal::check(workload, &new);
        if !options.json {
            println!("\n{} — {}", workload.name, workload.analysis.trim().replace('\n', " "));
            report::print_table(&new);
            met.iter().for_each(goal::print);
        }
        goals.extend(met.iter().map(goal::json));
        rows.extend(new);
    }
    if options.json {
        report::print_json(&rows, &goals);
    }
    if options.record {
        report::record(&rows);
    }
}

fn rows_of<'w>(
    workload: &'w Workload,
    documents: &[Vec<u8>],
    designs: &mut [&mut dyn Design],
    budget: Duration,
) -> Vec<Row<'w>> {
    let timings = measure::measure(designs, documents, budget);
    let first = timings[0].p50;
    let bytes = documents.iter().map(Vec::len).sum::<usize>() as f64 / documents.len() as f64;
    let row = |(design, timing): (&mut &mut dyn Design, measure::Timing)| Row {
        workload,
        design: design.name(),
        patterns: design.patterns(),
        bytes,
        documents: documents.len(),
        findings: documents.iter().map(|document| design.count(document)).sum(),
        ratio: timing.p50 / first,
        timing,
    };
    designs.iter_mut().zip(timings).map(row).collect()
}

/// Times the compilation of ours and, once, of the one database.
fn compile_times(workload: &Workload, patterns: &[String]) -> Option<serde_json::Value> {
    let sample = |_| {
        let began = Instant::now();
        std::hint::black_box(compile(MatcherKind::Fastest));
        began.elapsed().as_secs_f64() * 1e9
    };
    let ours = measure::timing((0..9).map(sample).collect()).p50 / 1e6;
    println!("\n{} — {}", workload.name, workload.analysis.trim().replace('\n', " "));
    println!("  lockgate                {ours:>9.1} ms");
    #[cfg(feature = "hyperscan")]
    {
        let began = Instant::now();
        drop(hyperscan_all::HyperscanAll::new(patterns));
        let one = began.elapsed().as_secs_f64() * 1e3;
        println!("  one hyperscan database  {one:>9.1} ms  {:>6.1}×", one / ours);
    }
    let _ = patterns;
    let met = goal::at_most(workload, "ms_max", workload.goal.ms_max?, ours);
    goal::print(&met);
    Some(goal::json(&met))
}
