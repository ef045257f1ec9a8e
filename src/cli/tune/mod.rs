//! `lockgate tune`.

mod args;
mod negatives;
mod patch;
mod read;
mod report;

pub use args::{NegativesArgs, PointArg, TuneArgs, TuneCommand};

use super::eval::corpora::Corpora;
use super::load::{Files, LoadError};
use super::output::{print, write_file};
use super::rules::Format;
use super::ruleset::pack;
use super::{EXIT_DONE, EXIT_ERROR, console};
use crate::base::Fault;
use crate::base::code::{EVAL_NOTHING, OUTPUT_OVERWRITE, RULES_INVALID};
use crate::eval::tune::{Changed, tune};
use crate::rules::Rules;
use crate::syntax::{Severity, Source};
use indicatif::ProgressBar;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

const TICK: Duration = Duration::from_millis(120);

pub(super) fn run(args: &TuneArgs) -> ExitCode {
    let (done, color) = match &args.command {
        Some(TuneCommand::SuggestNegatives(args)) => {
            (negatives::suggest(args), args.run.console.color)
        }
        None => (propose(args), args.run.console.color),
    };
    match done {
        Ok(()) => ExitCode::from(EXIT_DONE),
        Err(fault) => {
            console::error(color, &fault);
            ExitCode::from(EXIT_ERROR)
        }
    }
}

fn propose(args: &TuneArgs) -> Result<(), Fault> {
    let corpora = Corpora::find(&args.corpora)?;
    if corpora.roots.is_empty() {
        return Err(EVAL_NOTHING.into());
    }
    if let Some(patch) = args.patch.as_deref().filter(|patch| corpora.holds(patch)) {
        return Err(Fault::new(OUTPUT_OVERWRITE, patch.to_string_lossy()));
    }
    let files = Files::read(args.folders.sources()).map_err(invalid)?;
    let (rules, _warnings) = files.compiler().build().map_err(|found| invalid(LoadError(found)))?;
    pack(&rules, &args.pack.pack)?;
    let (study, texts, rules) = read::texts(args, &corpora, rules)?;
    let steps = steps(args);
    let compile = |changed: &[Changed]| compiled(&files, changed);
    let tell = |step: &str| steps.set_message(step.to_owned());
    let tuned = tune(&study, &texts, &rules, &args.options(), &compile, &tell);
    steps.finish_and_clear();
    let tuned = tuned?;
    let changed = &tuned.point(args.point.aim()).changed;
    let diff = patch::diff(&rules, changed);
    if args.apply {
        patch::apply(&files, &rules, changed)?;
    }
    match args.patch.as_deref() {
        Some(path) if path == Path::new("-") => return print(&diff),
        Some(path) => write_file(path, &diff)?,
        None => {}
    }
    match args.format {
        Format::Json => print(&report::json(&tuned, args.point.aim(), &diff)?),
        Format::Text => print(&report::text(&tuned, args.point.aim())),
    }
}

fn invalid(LoadError(found): LoadError) -> Fault {
    console::say(&format!("{}\n", found.render(false).trim_end()));
    Fault::new(RULES_INVALID, format!("{} errors", found.count(Severity::Error)))
}

/// The rule set with some files changed: a file of the user is replaced, a built-in one gets the changed rules over it.
fn compiled(files: &Files, changed: &[Changed]) -> Option<Rules> {
    let mut files = files.clone();
    for change in changed {
        match files.rules.iter_mut().find(|source| source.name == change.name) {
            Some(source) => *source = Source::new(change.name.clone(), change.text.as_str()),
            None => files.rules.push(Source::new(change.name.clone(), change.only.as_str())),
        }
    }
    files.compiler().build().ok().map(|(rules, _)| rules)
}

fn steps(args: &TuneArgs) -> ProgressBar {
    if args.quiet || !args.run.console.shows_progress() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new_spinner();
    bar.enable_steady_tick(TICK);
    bar
}
