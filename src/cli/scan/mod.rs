//! `lockgate scan`.

mod args;
mod excerpt;
mod json;
mod output;
mod place;
mod plan;
mod progress;
mod redact;
mod sarif;
mod summary;
mod text;
mod visitor;

pub use args::{FailOn, Format, InputName, OffsetUnit, ScanArgs};

use super::console::{self, Palette};
use super::{EXIT_DONE, EXIT_ERROR, EXIT_FINDINGS};
use crate::base::Fault;
use crate::base::code::INPUT_EMPTY;
use crate::batch::{self, Severity};
use crate::engine::Engine;
use output::Output;
use plan::Plan;
use progress::Progress;
use std::ops::ControlFlow;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;
use summary::Summary;
use visitor::{Part, ScanVisitor};

/// Messages that are printed one by one; the summary counts all of them.
const MESSAGES_MAX: u64 = 200;

pub(super) fn run(args: &ScanArgs) -> ExitCode {
    match scan(args) {
        Ok(code) => ExitCode::from(code),
        Err(fault) => {
            console::error(args.console.color, &fault);
            ExitCode::from(EXIT_ERROR)
        }
    }
}

fn scan(args: &ScanArgs) -> Result<u8, Fault> {
    let plan = Plan::new(args)?;
    let rules = Arc::new(args.rule_set.compile()?);
    let engine = Engine::new(Arc::clone(&rules));
    let visitor = ScanVisitor { rules: &rules, plan: &plan };
    let mut output = Output::new(&plan, &rules)?;
    let mut summary = Summary::default();
    let progress = Progress::new(args);
    let palette = Palette::stderr(args.console.color);
    let mut failed = None;
    let begin = Instant::now();

    batch::run(&engine, &plan.batch, &visitor, |part: Part| {
        summary.add(&part.tally);
        let messages = messages(&palette, &part, &summary);
        progress.advance(&summary, || {
            console::say(&messages);
            failed = output.write(part).err();
        });
        // With --fail-on the exit code is still wanted when nobody reads the output any more.
        let done = output.is_closed() && args.fail_on == FailOn::None;
        if done || failed.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    progress.finish();
    if let Some(fault) = failed {
        return Err(fault);
    }
    output.finish()?;
    if summary.is_empty() && !output.is_closed() {
        let warning = console::render(&palette, Severity::Warning, INPUT_EMPTY, "", None);
        console::say(&warning);
    }
    if !args.quiet {
        console::say(&summary.render(&palette, &rules, begin.elapsed()));
    }
    Ok(exit_code(&summary, args.fail_on))
}

/// The messages of one part, as long as there are not too many already.
fn messages(palette: &Palette, part: &Part, summary: &Summary) -> String {
    let before = summary.messages() - part.tally.messages();
    let room = usize::try_from(MESSAGES_MAX.saturating_sub(before)).unwrap_or(usize::MAX);
    let told = part.problems.iter().filter(|problem| problem.severity > Severity::Note);
    let mut text: String =
        told.take(room).map(|problem| console::render_problem(palette, problem)).collect();
    if before <= MESSAGES_MAX && summary.messages() > MESSAGES_MAX {
        text.push_str("more messages follow; they are counted at the end\n");
    }
    text
}

fn exit_code(summary: &Summary, fail_on: FailOn) -> u8 {
    if summary.errors() > 0 {
        EXIT_ERROR
    } else if fail_on.confidence().is_some_and(|least| summary.has_findings(least)) {
        EXIT_FINDINGS
    } else {
        EXIT_DONE
    }
}
