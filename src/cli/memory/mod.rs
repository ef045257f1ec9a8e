//! `lockgate memory`: what agents remember.

mod args;
mod baseline;
mod held;
mod pieces;
mod redact;
mod render;
mod report;
mod source;
mod sqlite;

pub use args::{
    MemoryArgs, MemoryCommand, MemoryCommonArgs, MemoryFormat, MemoryInspectArgs, MemoryRedactArgs,
};

use super::console::{self, Palette};
use super::{EXIT_DONE, EXIT_ERROR, EXIT_FINDINGS, output};
use crate::base::code::{
    FILE_LINK, FILE_NOT_FOUND, FILE_SPECIAL, INPUT_EMPTY, MEMORY_BASELINE_OTHER, MEMORY_BINARY,
    MEMORY_LEFT, OUTPUT_OVERWRITE, THREADS,
};
use crate::base::{Confidence, Direction, Fault};
use crate::batch::Severity;
use crate::engine::{ContentHash, Engine, InspectOptions};
use crate::payload::memory::Snapshot;
use crate::redact::Redaction;
use baseline::{Known, Loaded};
use held::Held;
use pieces::{Inspector, Piece};
use rayon::ThreadPool;
use render::Output;
use report::{Counts, Report, report};
use source::Content;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

pub(super) fn run(args: &MemoryArgs) -> ExitCode {
    let (color, done) = match &args.command {
        MemoryCommand::Inspect(args) => (args.common.color, inspect(args)),
        MemoryCommand::Redact(args) => (args.common.color, redact(args)),
    };
    done.map_or_else(
        |fault| {
            console::error(color, &fault);
            ExitCode::from(EXIT_ERROR)
        },
        ExitCode::from,
    )
}

/// What both commands work with.
struct Setup {
    engine: Engine,
    options: InspectOptions,
    threads: ThreadPool,
    palette: Palette,
}

impl Setup {
    fn new(args: &MemoryCommonArgs, redaction: Redaction) -> Result<Self, Fault> {
        let options = InspectOptions {
            pack: args.rule_set.pack.clone(),
            direction: Direction::Memory,
            min_confidence: args.confidence.min_confidence,
            redaction,
            ..InspectOptions::default()
        };
        let threads = rayon::ThreadPoolBuilder::new().num_threads(usize::from(args.threads));
        Ok(Self {
            engine: Engine::new(Arc::new(args.rule_set.compile()?)),
            options,
            threads: threads.build().map_err(|error| Fault::new(THREADS, error.to_string()))?,
            palette: Palette::stderr(args.color),
        })
    }

    fn inspector(&self, known: Known) -> Inspector<'_> {
        let hasher = self.engine.content_hasher(&self.options);
        Inspector { engine: &self.engine, options: &self.options, hasher, known }
    }

    fn say(&self, severity: Severity, fault: &Fault, place: Option<&Path>) {
        let place = place.map(Path::to_string_lossy);
        let text =
            console::render(&self.palette, severity, fault.code, &fault.detail, place.as_deref());
        console::say(&text);
    }
}

/// What a walk over files came to.
#[derive(Default)]
struct Walked {
    files: usize,
    errors: usize,
}

impl Walked {
    /// Does something with each file below the roots, and tells what could not be done.
    fn each(
        &mut self,
        setup: &Setup,
        roots: &[PathBuf],
        mut one: impl FnMut(&Path) -> Result<(), Fault>,
    ) {
        for file in roots.iter().flat_map(|root| source::files(root)) {
            let (path, fault) = match file {
                Ok(path) => {
                    self.files += 1;
                    match one(&path) {
                        Ok(()) => continue,
                        Err(fault) => (path, fault),
                    }
                }
                Err((path, fault)) => (path, fault),
            };
            // That a folder holds pictures is no failure; that a snapshot could not be read is one.
            let severity = if [FILE_LINK, FILE_SPECIAL].contains(&fault.code) {
                Severity::Note
            } else if fault.code == MEMORY_BINARY {
                Severity::Warning
            } else {
                Severity::Error
            };
            self.errors += usize::from(severity == Severity::Error);
            setup.say(severity, &fault, Some(&path));
        }
        if self.files == 0 && self.errors == 0 {
            setup.say(Severity::Warning, &INPUT_EMPTY.into(), None);
        }
    }
}

fn inspect(args: &MemoryInspectArgs) -> Result<u8, Fault> {
    let setup = Setup::new(&args.common, Redaction::default())?;
    let name = setup.engine.content_hasher(&setup.options).name();
    let known = match &args.baseline {
        Some(path) => known(args, path, &name, &setup)?,
        None => Known::default(),
    };
    let inspector = setup.inspector(known);
    let stdout = BufWriter::new(io::stdout().lock());
    let mut output = Output::new(args.format, Palette::stdout(args.common.color), stdout);
    let mut written = output.begin(setup.engine.rules().fingerprint());
    let mut total = Counts::default();
    let mut seen: Vec<(ContentHash, Option<Box<Held>>)> = Vec::new();
    let mut worst = None;
    let mut walked = Walked::default();
    walked.each(&setup, &args.paths, |path| {
        let (report, pieces) = setup.threads.install(|| one(&setup, &inspector, path, args))?;
        total.add(&report.counts);
        worst = worst.max(confidence(&report));
        if args.save.is_some() {
            seen.extend(pieces.into_iter().map(|piece| (piece.hash, piece.held)));
        }
        if written.is_ok() {
            written = output.write(&report);
        }
        Ok(())
    });
    output::open(written.and_then(|()| output.finish(&total)))?;
    if let Some(path) = &args.save {
        seen.sort_by_key(|(hash, _)| *hash);
        seen.dedup_by_key(|(hash, _)| *hash);
        baseline::save(path, &name, seen.iter().map(|(hash, held)| (*hash, held.as_deref())))?;
    }
    if !args.common.quiet {
        console::say(&summary(&walked, &total));
    }
    let fails = args.fail_on.confidence().is_some_and(|least| worst >= Some(least));
    Ok(match (walked.errors, fails) {
        (1.., _) => EXIT_ERROR,
        (0, true) => EXIT_FINDINGS,
        (0, false) => EXIT_DONE,
    })
}

/// The baseline, if it is there and of use.
fn known(args: &MemoryInspectArgs, path: &Path, name: &str, setup: &Setup) -> Result<Known, Fault> {
    match Known::load(path, name)? {
        Loaded::Known(known) => Ok(known),
        Loaded::Other => {
            setup.say(Severity::Warning, &MEMORY_BASELINE_OTHER.into(), Some(path));
            Ok(Known::default())
        }
        Loaded::Absent if args.save.is_some() => Ok(Known::default()),
        Loaded::Absent => Err(Fault::new(FILE_NOT_FOUND, path.to_string_lossy())),
    }
}

/// Inspects one file.
fn one(
    setup: &Setup,
    inspector: &Inspector<'_>,
    path: &Path,
    args: &MemoryInspectArgs,
) -> Result<(Report, Vec<Piece>), Fault> {
    let name = path.to_string_lossy();
    let reported = |bytes: &[u8]| {
        let snapshot = Snapshot::read(bytes);
        let pieces = inspector.pieces(&snapshot)?;
        Ok((report(&name, &snapshot, &pieces, bytes.len() as u64), pieces))
    };
    match source::read(path, args.common.max_size)? {
        Content::Bytes(bytes) => reported(&bytes),
        Content::Sqlite => {
            let rows = sqlite::read(path, args.common.max_size)?;
            for problem in &rows.problems {
                setup.say(Severity::Warning, problem, Some(path));
            }
            reported(&rows.lines)
        }
    }
}

/// The highest confidence of what a snapshot holds.
fn confidence(report: &Report) -> Option<Confidence> {
    let found = report.records.iter().flat_map(|record| &record.findings);
    found.filter_map(|found| found.confidence.parse().ok()).max()
}

fn summary(walked: &Walked, total: &Counts) -> String {
    let counted = |count: usize, one: &str, many: &str| {
        format!("{count} {}", if count == 1 { one } else { many })
    };
    let mut text = format!(
        "{} in {}, {} of {} hold something",
        counted(total.findings, "finding", "findings"),
        counted(walked.files, "file", "files"),
        total.records_with_findings,
        counted(total.records, "record", "records"),
    );
    if total.records_reused > 0 {
        text.push_str(&format!("; {} not changed since the baseline", total.records_reused));
    }
    text.push('\n');
    let mut labels: Vec<_> = total.labels.iter().collect();
    labels.sort_by_key(|(label, count)| (std::cmp::Reverse(**count), label.as_str()));
    for (label, count) in labels {
        text.push_str(&format!("{count:>8}  {label}\n"));
    }
    text
}

fn redact(args: &MemoryRedactArgs) -> Result<u8, Fault> {
    let setup = Setup::new(&args.common, args.redaction.redaction()?)?;
    let inspector = setup.inspector(Known::default());
    let is_folder = args.path.is_dir();
    if is_folder && is_within(&args.out, &args.path) {
        return Err(Fault::new(OUTPUT_OVERWRITE, args.out.to_string_lossy()));
    }
    let (mut edits, mut left) = (0, 0);
    let mut walked = Walked::default();
    walked.each(&setup, std::slice::from_ref(&args.path), |path| {
        let to = match path.strip_prefix(&args.path) {
            Ok(inner) if is_folder => args.out.join(inner),
            _ => args.out.clone(),
        };
        let bytes_max = args.common.max_size;
        let done = setup.threads.install(|| redact::file(&inspector, path, &to, bytes_max))?;
        for problem in &done.problems {
            setup.say(Severity::Warning, problem, Some(path));
        }
        if done.left > 0 {
            let detail = format!("{} findings", done.left);
            setup.say(Severity::Warning, &Fault::new(MEMORY_LEFT, detail), Some(&to));
        }
        edits += done.edits;
        left += done.left;
        Ok(())
    });
    if !args.common.quiet {
        console::say(&format!(
            "{} files, {edits} places edited, {left} findings left\n",
            walked.files
        ));
    }
    Ok(match (walked.errors, left) {
        (1.., _) => EXIT_ERROR,
        (0, 1..) => EXIT_FINDINGS,
        (0, 0) => EXIT_DONE,
    })
}

/// Whether copies would lie in the folder that they are made of.
fn is_within(out: &Path, folder: &Path) -> bool {
    let Ok(folder) = folder.canonicalize() else { return false };
    out.ancestors()
        .map(|part| if part.as_os_str().is_empty() { Path::new(".") } else { part })
        .find_map(|part| part.canonicalize().ok())
        .is_some_and(|out| out.starts_with(folder))
}
