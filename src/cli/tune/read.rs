//! The texts of corpora, kept with what is true of them.

use super::args::TuneArgs;
use crate::base::Fault;
use crate::base::code::EVAL_EMPTY;
use crate::batch::{self, InputKind, Outcome, Problem, Severity, Visitor};
use crate::cli::eval::corpora::Corpora;
use crate::cli::eval::measure::{Messages, Named, config, study};
use crate::cli::eval::progress::Progress;
use crate::engine::Engine;
use crate::eval::tune::Texts;
use crate::eval::{Document, Study, StudyOptions};
use crate::rules::Rules;
use std::ops::ControlFlow;
use std::sync::Arc;

/// A document of a corpus.
struct Line {
    corpus: usize,
    number: u64,
    id: Option<String>,
    raw: Vec<u8>,
    text: Vec<u8>,
    origin: Arc<batch::Origin>,
}

#[derive(Default)]
struct Part {
    lines: Vec<Line>,
    problems: Vec<Problem>,
}

struct Reader<'a> {
    corpora: &'a Corpora,
}

impl Visitor for Reader<'_> {
    type Output = Part;

    fn visit(&self, outcome: Outcome<'_>, part: &mut Part) {
        match outcome {
            Outcome::Inspected { document, .. } => {
                let Some(corpus) = self.corpora.number(document.origin) else { return };
                let Some(record) = document.record else { return };
                part.lines.push(Line {
                    corpus,
                    number: record.line,
                    id: record.id.as_deref().map(str::to_owned),
                    raw: record.raw.to_vec(),
                    text: document.text.to_vec(),
                    origin: Arc::clone(document.origin),
                });
            }
            Outcome::Lost { problem, .. } => part.problems.push(problem),
            Outcome::Blank { .. } => {}
        }
    }
}

/// Reads the corpora.
pub(super) fn texts(
    args: &TuneArgs,
    corpora: &Corpora,
    rules: Rules,
) -> Result<(Study, Texts, Arc<Rules>), Fault> {
    let rules = Arc::new(rules);
    let named = [Named { name: String::new(), rules: Arc::clone(&rules) }];
    let study = study(&args.texts, StudyOptions::default(), corpora, &named)?;
    let config = config(
        corpora.roots.clone(),
        InputKind::Jsonl,
        args.texts.max_size,
        &args.run,
        args.pack.inspect(),
    );
    let engine = Engine::new(Arc::clone(&rules));
    let console = &args.run.console;
    let progress = if args.quiet { Progress::hidden() } else { Progress::new(console) };
    let mut messages = Messages::new(console.color);
    let mut texts = Texts::new(&study);
    let parts = args.options().parts();
    batch::run(&engine, &config, &Reader { corpora }, |part: Part| {
        for line in part.lines {
            let document = Document {
                corpus: line.corpus,
                line: &line.raw,
                number: line.number,
                id: line.id.as_deref(),
                text: &line.text,
            };
            if let Err(fault) = texts.add(&study, &document, parts, args.seed) {
                messages.tell(
                    &progress,
                    &Problem {
                        severity: Severity::Warning,
                        code: fault.code,
                        origin: line.origin,
                        line: Some(line.number),
                        detail: fault.detail,
                    },
                );
            }
        }
        for problem in part.problems {
            messages.tell(&progress, &problem);
        }
        progress.advance(texts.len() as u64, texts.bytes());
        ControlFlow::Continue(())
    })?;
    progress.finish();
    if texts.is_empty() {
        return Err(EVAL_EMPTY.into());
    }
    Ok((study, texts, rules))
}
