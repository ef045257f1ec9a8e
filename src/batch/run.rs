//! Work to results: in parallel, in order, in bounded memory.

use super::feed::{Feed, Work};
use super::lines::{Line, Lines};
use super::read::{self, Unread};
use super::{Config, InputKind, Origin, Problem, Record, Severity};
use crate::base::code::{BINARY, ENCODING_UNSUPPORTED, THREADS};
use crate::base::{Code, Fault, Verdict};
use crate::engine::{Content, Engine, InspectOptions};
use crate::payload::json::Broken;
use rayon::ThreadPoolBuilder;
use rayon::prelude::*;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::{panic, thread};

/// Portions that wait between reader and workers. One is enough for them to overlap.
const PORTIONS_WAITING: usize = 1;
/// Lines that one task inspects, so that short lines do not drown in bookkeeping.
const LINES_PER_TASK: usize = 64;

/// One inspected document.
#[derive(Debug)]
pub struct Document<'a> {
    /// Where it was read from.
    pub origin: &'a Arc<Origin>,
    /// What was inspected: the whole file, or the decoded text of a JSONL line.
    pub text: &'a [u8],
    /// The JSONL line it stands in.
    pub record: Option<&'a Record<'a>>,
}

/// What became of one document.
#[derive(Debug)]
pub enum Outcome<'a> {
    /// It was inspected.
    Inspected {
        /// The document.
        document: &'a Document<'a>,
        /// The answer. Its offsets are those of [`Document::text`].
        verdict: &'a Verdict,
    },
    /// It was not inspected.
    Lost {
        /// Why.
        problem: Problem,
        /// Its size in bytes, as far as known.
        bytes: u64,
    },
    /// Bytes of a JSONL file that are no document: empty lines.
    Blank {
        /// The file.
        origin: &'a Arc<Origin>,
        /// The bytes.
        raw: &'a [u8],
    },
}

/// Turns outcomes into results, on many threads at once.
pub trait Visitor: Sync {
    /// The result of one task: a file, or some lines of one file.
    type Output: Default + Send;

    /// Adds one outcome to the result of its task.
    fn visit(&self, outcome: Outcome<'_>, output: &mut Self::Output);
}

/// Inspects everything that `config` names. `emit` gets the results on the calling thread, in the order of the input, and can end the run.
///
/// # Errors
/// The threads cannot be started.
pub fn run<V: Visitor>(
    engine: &Engine,
    config: &Config,
    visitor: &V,
    mut emit: impl FnMut(V::Output) -> ControlFlow<()>,
) -> Result<(), Fault> {
    let no_threads = |reason: String| Fault::new(THREADS, reason);
    let pool = ThreadPoolBuilder::new()
        .num_threads(config.threads)
        .thread_name(|index| format!("lockgate-{index}"))
        .build()
        .map_err(|error| no_threads(error.to_string()))?;
    let (sender, portions) = sync_channel(PORTIONS_WAITING);
    let feed = Feed::new(config.clone(), sender);
    // Not a scoped thread: after an early end it may still wait for standard input, and must not be waited for.
    let reader = thread::Builder::new()
        .name("lockgate-read".to_owned())
        .spawn(move || feed.run())
        .map_err(|error| no_threads(error.to_string()))?;
    let worker = Worker { engine, config, visitor };
    for portion in portions {
        let outputs: Vec<Vec<V::Output>> =
            pool.install(|| portion.par_iter().map(|work| worker.work(work)).collect());
        for output in outputs.into_iter().flatten() {
            if emit(output).is_break() {
                return Ok(());
            }
        }
    }
    // A reader that died half-way must not look like the end of the input.
    reader.join().or_else(|payload| panic::resume_unwind(payload))
}

struct Worker<'r, V> {
    engine: &'r Engine,
    config: &'r Config,
    visitor: &'r V,
}

impl<V: Visitor> Worker<'_, V> {
    fn work(&self, work: &Work) -> Vec<V::Output> {
        match work {
            Work::Lines { origin, lines } => self.lines(origin, lines),
            Work::File { origin, kind } => {
                let mut output = V::Output::default();
                self.file(origin, *kind, &mut output);
                vec![output]
            }
            Work::Lost { problem, bytes } => {
                let mut output = V::Output::default();
                let outcome = Outcome::Lost { problem: problem.clone(), bytes: *bytes };
                self.visitor.visit(outcome, &mut output);
                vec![output]
            }
        }
    }

    fn file(&self, origin: &Arc<Origin>, kind: InputKind, output: &mut V::Output) {
        let text = match read::read(origin, self.config.document_bytes_max) {
            Ok(text) => text,
            Err(unread) => return self.unread(origin, None, unread, output),
        };
        if let (false, Some(code)) = (self.config.binary, read::not_text(&text)) {
            let unread = Unread { code, detail: String::new(), bytes: text.len() as u64 };
            return self.unread(origin, None, unread, output);
        }
        let document = Document { origin, text: &text, record: None };
        match kind {
            InputKind::Json => self.inspect(&document, Content::Json(&text), output),
            // A file that is only called `.json` is still worth a look.
            InputKind::Auto => {
                let options =
                    InspectOptions { broken: Broken::Scan, ..self.config.inspect.clone() };
                self.inspect_with(&options, &document, Content::Json(&text), output);
            }
            InputKind::Text | InputKind::Jsonl => {
                self.inspect(&document, Content::Text(&text), output);
            }
        }
    }

    fn lines(&self, origin: &Arc<Origin>, lines: &Lines) -> Vec<V::Output> {
        if lines.lines.is_empty() {
            let mut output = V::Output::default();
            self.visitor.visit(Outcome::Blank { origin, raw: b"" }, &mut output);
            return vec![output];
        }
        let task = |group: &[Line]| {
            let mut output = V::Output::default();
            for line in group {
                self.line(origin, line, &lines.bytes[line.range.clone()], &mut output);
            }
            output
        };
        lines.lines.par_chunks(LINES_PER_TASK).map(task).collect()
    }

    fn line(&self, origin: &Arc<Origin>, line: &Line, raw: &[u8], output: &mut V::Output) {
        if let Some(bytes) = line.dropped {
            let unread = Unread::too_large(bytes, self.config.document_bytes_max);
            return self.unread(origin, Some(line.number), unread, output);
        }
        if raw.trim_ascii().is_empty() {
            return self.visitor.visit(Outcome::Blank { origin, raw }, output);
        }
        let mut record = match Record::parse(raw, &self.config.fields) {
            Ok(record) => record,
            Err(fault) => {
                let bytes = raw.len() as u64;
                let unread = Unread { code: fault.code, detail: fault.detail, bytes };
                return self.unread(origin, Some(line.number), unread, output);
            }
        };
        record.line = line.number;
        record.offset = line.offset;
        let document = Document { origin, text: &record.text, record: Some(&record) };
        let content = match record.is_document {
            true => Content::Json(document.text),
            false => Content::Text(document.text),
        };
        self.inspect(&document, content, output);
    }

    fn inspect(&self, document: &Document<'_>, content: Content<'_>, output: &mut V::Output) {
        self.inspect_with(&self.config.inspect, document, content, output);
    }

    fn inspect_with(
        &self,
        options: &InspectOptions,
        document: &Document<'_>,
        content: Content<'_>,
        output: &mut V::Output,
    ) {
        match self.engine.inspect(content, options) {
            Ok(verdict) => {
                self.visitor.visit(Outcome::Inspected { document, verdict: &verdict }, output);
            }
            Err(fault) => self.fault(document, fault, output),
        }
    }

    fn fault(&self, document: &Document<'_>, fault: Fault, output: &mut V::Output) {
        let bytes = document.text.len() as u64;
        let unread = Unread { code: fault.code, detail: fault.detail, bytes };
        self.unread(document.origin, document.record.map(|record| record.line), unread, output);
    }

    fn unread(
        &self,
        origin: &Arc<Origin>,
        line: Option<u64>,
        unread: Unread,
        output: &mut V::Output,
    ) {
        // That a folder holds pictures is no failure; that a text could not be read is one.
        let expected = [BINARY, ENCODING_UNSUPPORTED].contains(&unread.code);
        let severity = if expected { Severity::Warning } else { Severity::Error };

        let problem = self.problem(origin, line, severity, unread.code, unread.detail);
        self.visitor.visit(Outcome::Lost { problem, bytes: unread.bytes }, output);
    }

    fn problem(
        &self,
        origin: &Arc<Origin>,
        line: Option<u64>,
        severity: Severity,
        code: Code,
        detail: String,
    ) -> Problem {
        Problem { severity, code, origin: Arc::clone(origin), line, detail }
    }
}
