//! Where results go: standard output, or one file per file read.

use super::plan::{Mode, Plan};
use super::visitor::Part;
use super::{json, sarif};
use crate::base::Fault;
use crate::base::code::OUTPUT_OVERWRITE;
use crate::batch::{Origin, Problem, Root};
use crate::cli::output::{self, unwritable};
use crate::rules::Rules;
use std::collections::HashSet;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufWriter, IsTerminal, Stdout, Write};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// Bytes that are collected before they are written.
const BUFFER_BYTES: usize = 64 * 1024;
/// Problems that a SARIF log lists; the exit code and standard error tell of the rest.
const NOTIFICATIONS_MAX: usize = 1000;

/// The output of a run.
pub(super) struct Output {
    mode: Mode,
    stdout: BufWriter<Stdout>,
    is_terminal: bool,
    /// The reader of standard output is gone.
    closed: bool,
    /// An item was written, so that the next one needs its separator.
    begun: bool,
    folder: Option<Folder>,
    problems: Vec<Problem>,
}

impl Output {
    pub(super) fn new(plan: &Plan, rules: &Rules) -> Result<Self, Fault> {
        let folder = match &plan.mode {
            Mode::RedactInto(path) => Some(Folder::new(path, &plan.batch.roots)),
            _ => None,
        };
        let mut output = Self {
            mode: plan.mode.clone(),
            stdout: BufWriter::with_capacity(BUFFER_BYTES, io::stdout()),
            is_terminal: io::stdout().is_terminal(),
            closed: false,
            begun: false,
            folder,
            problems: Vec::new(),
        };
        match output.mode {
            Mode::Json => output.put(&json::begin(plan, rules))?,
            Mode::Sarif => output.put(&sarif::begin(rules))?,
            _ => {}
        }
        Ok(output)
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed
    }

    pub(super) fn write(&mut self, part: Part) -> Result<(), Fault> {
        if let (Some(folder), Some(origin)) = (&mut self.folder, &part.copy_of) {
            return folder.write(origin, &part.bytes);
        }
        let separated = matches!(self.mode, Mode::Json | Mode::Sarif);
        let first = separated && !self.begun && !part.bytes.is_empty();
        self.begun |= first;
        self.put(&part.bytes[usize::from(first)..])?;
        if self.mode == Mode::Sarif {
            let room = NOTIFICATIONS_MAX.saturating_sub(self.problems.len());
            self.problems.extend(part.problems.into_iter().take(room));
        }
        if self.is_terminal {
            let flushed = self.stdout.flush();
            return self.check(flushed);
        }
        Ok(())
    }

    pub(super) fn finish(&mut self) -> Result<(), Fault> {
        match self.mode {
            Mode::Json => self.put(json::END)?,
            Mode::Sarif => {
                let end = sarif::end(&self.problems);
                self.put(&end)?;
            }
            _ => {}
        }
        if let Some(folder) = &mut self.folder {
            folder.finish()?;
        }
        let flushed = self.stdout.flush();
        self.check(flushed)
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        if self.closed || bytes.is_empty() {
            return Ok(());
        }
        let written = self.stdout.write_all(bytes);
        self.check(written)
    }

    /// A closed pipe is the reader's decision, everything else an error.
    fn check(&mut self, written: io::Result<()>) -> Result<(), Fault> {
        self.closed = !output::open(written)?;
        Ok(())
    }
}

/// A folder of redacted copies. A copy gets its name when it is complete.
struct Folder {
    path: PathBuf,
    /// Files that must not be replaced: those that are read.
    inputs: HashSet<PathBuf>,
    written: HashSet<PathBuf>,
    current: Option<Copy>,
}

struct Copy {
    of: Arc<Origin>,
    file: BufWriter<File>,
    unfinished: PathBuf,
    target: PathBuf,
}

impl Folder {
    fn new(path: &Path, roots: &[Root]) -> Self {
        let canonical = |root: &Root| match root {
            Root::Stdin => None,
            Root::Path(path) => path.canonicalize().ok(),
        };
        Self {
            path: path.to_owned(),
            inputs: roots.iter().filter_map(canonical).collect(),
            written: HashSet::new(),
            current: None,
        }
    }

    fn write(&mut self, origin: &Arc<Origin>, bytes: &[u8]) -> Result<(), Fault> {
        if self.current.as_ref().is_none_or(|copy| !Arc::ptr_eq(&copy.of, origin)) {
            self.finish()?;
            self.current = Some(self.open(origin)?);
        }
        let Some(copy) = &mut self.current else { return Ok(()) };
        copy.file.write_all(bytes).map_err(|error| unwritable(&copy.unfinished, &error))
    }

    fn open(&mut self, origin: &Arc<Origin>) -> Result<Copy, Fault> {
        let target = self.path.join(relative(origin));
        let read = |existing: PathBuf| {
            let itself = origin.path().and_then(|path| path.canonicalize().ok());
            self.inputs.contains(&existing) || itself == Some(existing)
        };
        if !self.written.insert(target.clone()) || target.canonicalize().is_ok_and(read) {
            return Err(Fault::new(OUTPUT_OVERWRITE, target.to_string_lossy()));
        }
        if let Some(parent) = target.parent() {
            fs::create_dir_all(parent).map_err(|error| unwritable(parent, &error))?;
        }
        let mut unfinished = OsString::from(&target);
        unfinished.push(".lockgate-part");
        let unfinished = PathBuf::from(unfinished);
        let file = File::create(&unfinished).map_err(|error| unwritable(&unfinished, &error))?;
        Ok(Copy { of: Arc::clone(origin), file: BufWriter::new(file), unfinished, target })
    }

    fn finish(&mut self) -> Result<(), Fault> {
        let Some(mut copy) = self.current.take() else { return Ok(()) };
        copy.file
            .flush()
            .and_then(|()| fs::rename(&copy.unfinished, &copy.target))
            .map_err(|error| unwritable(&copy.target, &error))
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        // Gone already if the copy was finished; a half copy must not stay.
        let _ = fs::remove_file(&self.unfinished);
    }
}

/// The path below the output folder: as given, without roots and parents.
fn relative(origin: &Origin) -> PathBuf {
    let Some(path) = origin.path() else { return PathBuf::from("stdin") };
    path.components().filter(|part| matches!(part, Component::Normal(_))).collect()
}
