//! `lockgate eval`.

mod args;
pub(in crate::cli) mod corpora;
pub(in crate::cli) mod measure;
pub(in crate::cli) mod progress;

pub use args::{CommonArgs, DiffArgs, EvalArgs, EvalCommand, EvalFormat, LabelMatchArg, MatchArg};

use super::output::{json, print, write_file};
use super::{EXIT_DONE, EXIT_ERROR, EXIT_FINDINGS, FolderArgs, console};
use crate::base::Fault;
use crate::base::code::{EVAL_NOTHING, FILE_UNREADABLE, OUTPUT_OVERWRITE};

use crate::eval::render::{self, DiffReport};
use crate::eval::{self, Excerpts, Gate, Report, Shortfall};
use corpora::Corpora;
use measure::{Measured, Named, measure, measure_unlabelled};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// On the command line: the rules that ship with the program, alone.
const BUILTIN: &str = "builtin";

pub(super) fn run(args: &EvalArgs) -> ExitCode {
    let (done, color) = match &args.command {
        Some(EvalCommand::Diff(args)) => (diff(args), args.common.run.console.color),
        None => (evaluate(args), args.common.run.console.color),
    };
    match done {
        Ok(code) => ExitCode::from(code),
        Err(fault) => {
            console::error(color, &fault);
            ExitCode::from(EXIT_ERROR)
        }
    }
}

fn evaluate(args: &EvalArgs) -> Result<u8, Fault> {
    let common = &args.common;
    if args.corpora.is_empty() && args.unlabelled.is_empty() {
        return Err(EVAL_NOTHING.into());
    }
    let gate = args.fail_under.as_deref().map(Gate::parse).transpose()?;
    let baseline = args.baseline.as_deref().map(read_baseline).transpose()?;
    let corpora = Corpora::find(&args.corpora)?;
    if corpora.roots.is_empty() && args.unlabelled.is_empty() {
        return Err(EVAL_NOTHING.into());
    }
    for path in common.output.iter().chain(&args.save).chain(&args.record) {
        spare(path, &corpora)?;
    }
    let rules = Arc::new(common.rule_set(args.folders.clone()).compile()?);
    let named = [Named { name: name_of(&args.folders.rules), rules: Arc::clone(&rules) }];
    let wants_records = args.save.is_some() || baseline.is_some();
    let excerpts = if wants_records { Excerpts::All } else { Excerpts::Some };
    let begin = Instant::now();
    let measured = measure(common, &corpora, &named, excerpts)?;
    let Measured { study, sides, tallies, .. } = &measured;
    let mut report = eval::report(study, &sides[0], &tallies[0]);
    let mut errors = measured.errors;
    if !args.unlabelled.is_empty() {
        let (tally, lost) = measure_unlabelled(common, &args.unlabelled, &rules)?;
        errors += lost;
        report.unlabelled = Some(tally.report(&rules));
    }
    let took = begin.elapsed();
    if args.cost || common.format == EvalFormat::Html {
        let pack = rules.pack(&common.pack.pack).expect("the rule set was compiled for this pack");
        report.cost = Some(measured.sample.measure(&rules, pack));
    }
    if wants_records {
        report.records = eval::records(study, &sides[0], &tallies[0]);
    }
    if let Some(baseline) = &baseline {
        report.changes = Some(eval::compare(&baseline.records, &report.records));
    }
    if let Some(path) = &args.save {
        write_file(path, &json(&report)?)?;
    }
    report.records.clear();
    if let Some(path) = &args.record {
        write_file(path, render::quality_csv(&report))?;
    }
    let rendered = match common.format {
        EvalFormat::Text => render::text(&report),
        EvalFormat::Json => json(&report)?,
        EvalFormat::Md => render::markdown(&report),
        EvalFormat::Html => render::html(&report),
    };
    write_out(common.output.as_deref(), &rendered)?;
    let short = gate.map(|gate| gate.check(&report)).unwrap_or_default();
    summarize(common, &measured, took, &short);
    Ok(exit_code(common, &measured, errors, &report, &short))
}

fn diff(args: &DiffArgs) -> Result<u8, Fault> {
    let common = &args.common;
    let corpora = Corpora::find(&args.corpora)?;
    if corpora.roots.is_empty() {
        return Err(EVAL_NOTHING.into());
    }
    if let Some(path) = &common.output {
        spare(path, &corpora)?;
    }
    let named = [named(args, &args.a)?, named(args, &args.b)?];
    let begin = Instant::now();
    let measured = measure(common, &corpora, &named, Excerpts::All)?;
    let Measured { study, sides, tallies, .. } = &measured;
    let report = |i: usize| eval::report(study, &sides[i], &tallies[i]);
    let records = |i: usize| eval::records(study, &sides[i], &tallies[i]);
    let changes = eval::compare(&records(0), &records(1));
    let diff = DiffReport { a: report(0), b: report(1), changes };
    let rendered = match common.format {
        EvalFormat::Text => render::diff_text(&diff),
        EvalFormat::Json => json(&diff)?,
        EvalFormat::Md => render::diff_markdown(&diff),
        EvalFormat::Html => render::diff_html(&diff),
    };
    write_out(common.output.as_deref(), &rendered)?;
    summarize(common, &measured, begin.elapsed(), &[]);
    Ok(exit_code(common, &measured, measured.errors, &diff.b, &[]))
}

fn named(args: &DiffArgs, path: &Path) -> Result<Named, Fault> {
    let rules = if path == Path::new(BUILTIN) { Vec::new() } else { vec![path.to_owned()] };
    let name = name_of(&rules);
    let folders = FolderArgs { rules, keys: args.keys.clone() };
    Ok(Named { name, rules: Arc::new(args.common.rule_set(folders).compile()?) })
}

fn name_of(rules: &[PathBuf]) -> String {
    if rules.is_empty() {
        return BUILTIN.to_owned();
    }
    let names: Vec<_> = rules.iter().map(|path| path.to_string_lossy()).collect();
    names.join(", ")
}

fn read_baseline(path: &Path) -> Result<Report, Fault> {
    let named =
        |code, detail: String| Fault::new(code, format!("{}: {detail}", path.to_string_lossy()));
    let bytes = fs::read(path).map_err(|error| named(FILE_UNREADABLE, error.to_string()))?;
    eval::read_baseline(&bytes).map_err(|fault| named(fault.code, fault.detail))
}

/// Refuses to write over a corpus.
fn spare(path: &Path, corpora: &Corpora) -> Result<(), Fault> {
    if corpora.holds(path) {
        return Err(Fault::new(OUTPUT_OVERWRITE, path.to_string_lossy()));
    }
    Ok(())
}

fn write_out(path: Option<&Path>, text: &str) -> Result<(), Fault> {
    match path {
        Some(path) => write_file(path, text),
        None => print(text),
    }
}

fn summarize(common: &CommonArgs, measured: &Measured, took: Duration, short: &[Shortfall]) {
    for shortfall in short {
        console::say(&format!("below the gate: {shortfall}\n"));
    }
    if common.quiet {
        return;
    }
    let mib = measured.bytes as f64 / f64::from(1 << 20);
    let seconds = took.as_secs_f64().max(1e-9);
    console::say(&format!(
        "evaluated {} documents, {mib:.1} MiB in {seconds:.2} s, {:.1} MiB/s; skipped {}\n",
        measured.documents,
        mib / seconds,
        measured.skipped
    ));
}

fn exit_code(
    common: &CommonArgs,
    measured: &Measured,
    errors: u64,
    report: &Report,
    short: &[Shortfall],
) -> u8 {
    let nothing = measured.documents == 0 && report.unlabelled.is_none();
    if errors > 0 || nothing || (common.strict && measured.skipped > 0) {
        EXIT_ERROR
    } else if short.is_empty() {
        EXIT_DONE
    } else {
        EXIT_FINDINGS
    }
}
