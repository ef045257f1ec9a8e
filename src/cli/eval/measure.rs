//! Runs one or two rule sets over corpora and keeps the tallies.

use super::args::CommonArgs;
use super::corpora::Corpora;
use super::progress::Progress;
use crate::base::code::{EVAL_DUPLICATE, EVAL_EMPTY};
use crate::base::{Code, Fault};
use crate::batch::{self, Config, InputKind, Origin, Outcome, Problem, Root, Severity, Visitor};
use crate::cli::args::{CorporaArgs, RunArgs};
use crate::cli::console::{self, Color, Palette};
use crate::engine::{Content, Engine, InspectOptions};
use crate::eval::{
    Document, Examined, Excerpts, Found, LabelId, RuleName, RuleSet, Sample, Side, Study,
    StudyOptions, Tally, UnlabelledTally,
};
use crate::rules::Rules;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

/// Messages that are printed one by one; the report counts all of them.
const MESSAGES_MAX: u64 = 50;
/// Texts of one task that a sample takes, and their bytes.
const SAMPLE_TEXTS_PER_TASK: usize = 4;
const SAMPLE_TASK_BYTES_MAX: usize = 16 << 10;

/// A rule set with its name on the command line.
pub(in crate::cli) struct Named {
    pub(in crate::cli) name: String,
    pub(in crate::cli) rules: Arc<Rules>,
}

/// What a run came to.
pub(super) struct Measured {
    pub(super) study: Study,
    /// Per rule set.
    pub(super) sides: Vec<Side>,
    /// Per rule set and corpus.
    pub(super) tallies: Vec<Vec<Tally>>,
    pub(super) sample: Sample,
    pub(super) documents: u64,
    pub(super) bytes: u64,
    pub(super) skipped: u64,
    pub(super) errors: u64,
}

/// Evaluates rule sets over corpora.
pub(super) fn measure(
    args: &CommonArgs,
    corpora: &Corpora,
    rule_sets: &[Named],
    excerpts: Excerpts,
) -> Result<Measured, Fault> {
    let study = study(&args.corpora, args.study(excerpts), corpora, rule_sets)?;
    let sides: Vec<Side> = rule_sets.iter().map(|named| side(args, &study, named)).collect();
    let engines: Vec<Engine> =
        rule_sets.iter().map(|named| Engine::new(Arc::clone(&named.rules))).collect();
    let config = config_of(args, corpora.roots.clone(), InputKind::Jsonl);
    let new_tallies = || corpora.names.iter().map(|_| Tally::default()).collect::<Vec<_>>();
    let mut run = Run {
        tallies: sides.iter().map(|_| new_tallies()).collect(),
        messages: Messages::new(args.run.console.color),
        progress: args.progress(),
        sample: Sample::default(),
        documents: 0,
        bytes: 0,
        errors: 0,
        skipped: 0,
    };
    let labels = sides.iter().zip(rule_sets).map(|(_, named)| label_ids(&study, &named.rules));
    let visitor = EvalVisitor {
        study: &study,
        corpora,
        engines: &engines,
        labels: labels.collect(),
        inspect: &config.inspect,
    };
    if !config.roots.is_empty() {
        batch::run(&engines[0], &config, &visitor, |part: Part| {
            run.add(&study, part);
            ControlFlow::Continue(())
        })?;
    }
    run.progress.finish();
    run.finish(corpora);
    let Run { tallies, sample, documents, bytes, skipped, errors, .. } = run;
    Ok(Measured { study, sides, tallies, sample, documents, bytes, skipped, errors })
}

/// Counts findings in texts without labels. The second part is what could not be read.
pub(super) fn measure_unlabelled(
    args: &CommonArgs,
    paths: &[PathBuf],
    rules: &Arc<Rules>,
) -> Result<(UnlabelledTally, u64), Fault> {
    let roots = paths.iter().map(|path| Root::Path(path.clone())).collect();
    let config = config_of(args, roots, InputKind::Auto);
    let engine = Engine::new(Arc::clone(rules));
    let progress = args.progress();
    let mut messages = Messages::new(args.run.console.color);
    let mut tally = UnlabelledTally::default();
    let (mut documents, mut bytes, mut errors) = (0, 0, 0);
    batch::run(&engine, &config, &UnlabelledVisitor, |part: UnlabelledPart| {
        documents += part.documents;
        bytes += part.bytes;
        progress.advance(documents, bytes);
        for problem in part.problems {
            errors += u64::from(problem.severity == Severity::Error);
            messages.tell(&progress, &problem);
        }
        tally.join(part.tally);
        ControlFlow::Continue(())
    })?;
    progress.finish();
    Ok((tally, errors))
}

/// How corpora and texts without labels are read.
pub(in crate::cli) fn config(
    roots: Vec<Root>,
    input: InputKind,
    document_bytes_max: u64,
    args: &RunArgs,
    inspect: InspectOptions,
) -> Config {
    Config {
        roots,
        input,
        document_bytes_max,
        threads: usize::from(args.jobs),
        gunzip: true,
        inspect,
        ..Config::default()
    }
}

fn config_of(args: &CommonArgs, roots: Vec<Root>, input: InputKind) -> Config {
    config(roots, input, args.corpora.max_size, &args.run, args.inspect())
}

pub(in crate::cli) fn study(
    args: &CorporaArgs,
    options: StudyOptions,
    corpora: &Corpora,
    rule_sets: &[Named],
) -> Result<Study, Fault> {
    let labels = rule_sets.iter().flat_map(|named| named.rules.labels());
    let labels = labels.map(|label| label.id.as_ref());
    Study::new(options, labels, args.mappings()?, corpora.names.clone())
}

fn side(args: &CommonArgs, study: &Study, named: &Named) -> Side {
    let rules = &named.rules;
    let ids = label_ids(study, rules);
    let name = |rule: &crate::rules::Rule| RuleName {
        id: Arc::clone(&rule.id),
        label: ids[rule.label.index()],
    };
    Side {
        rule_set: RuleSet {
            name: named.name.clone(),
            fingerprint: rules.fingerprint().to_owned(),
            pack: args.pack.pack.clone(),
            rules: rules.pack(&args.pack.pack).map_or(0, |pack| pack.rules_enabled() as u64),
        },
        rules: rules.rules().iter().map(name).collect(),
        min_confidence: args.confidence.min_confidence.map(|level| level.name().to_owned()),
    }
}

fn label_ids(study: &Study, rules: &Rules) -> Vec<LabelId> {
    let id = |label: &crate::rules::Label| {
        study.labels().find(&label.id).expect("a study has the labels of its rule sets")
    };
    rules.labels().iter().map(id).collect()
}

/// Some lines of one corpus.
#[derive(Default)]
struct Part {
    /// Number of the corpus, and what each rule set came to.
    documents: Vec<(usize, Vec<Examined>)>,
    skipped: Vec<(usize, Code)>,
    problems: Vec<Problem>,
    sample: Sample,
    bytes: u64,
}

struct EvalVisitor<'a> {
    study: &'a Study,
    corpora: &'a Corpora,
    engines: &'a [Engine],
    /// Per rule set: labels of the study by labels of the rule set.
    labels: Vec<Vec<LabelId>>,
    inspect: &'a InspectOptions,
}

impl EvalVisitor<'_> {
    fn examine(
        &self,
        document: &Document<'_>,
        verdict: &crate::base::Verdict,
    ) -> Result<Vec<Examined>, Fault> {
        let mut examined = Vec::with_capacity(self.engines.len());
        for (i, engine) in self.engines.iter().enumerate() {
            let other;
            let verdict = if i == 0 {
                verdict
            } else {
                other = engine.inspect(Content::Text(document.text), self.inspect)?;
                &other
            };
            let labels = &self.labels[i];
            let found: Vec<Found> =
                verdict.findings.iter().map(|finding| Found::new(finding, labels)).collect();
            examined.push(self.study.examine(document, &found)?);
        }
        Ok(examined)
    }

    fn skip(&self, corpus: usize, origin: &Arc<Origin>, line: u64, fault: Fault, part: &mut Part) {
        part.skipped.push((corpus, fault.code));
        part.problems.push(Problem {
            severity: Severity::Warning,
            code: fault.code,
            origin: Arc::clone(origin),
            line: Some(line),
            detail: fault.detail,
        });
    }
}

impl Visitor for EvalVisitor<'_> {
    type Output = Part;

    fn visit(&self, outcome: Outcome<'_>, part: &mut Part) {
        match outcome {
            Outcome::Inspected { document, verdict, .. } => {
                let Some(corpus) = self.corpora.number(document.origin) else { return };
                let Some(record) = document.record else { return };
                part.bytes += record.raw.len() as u64;
                let line = Document {
                    corpus,
                    line: record.raw,
                    number: record.line,
                    id: record.id.as_deref(),
                    text: document.text,
                };
                // The first texts of each task: what is taken from a corpus comes from all over it.
                if part.documents.len() < SAMPLE_TEXTS_PER_TASK {
                    part.sample.offer(document.text, SAMPLE_TASK_BYTES_MAX);
                }
                match self.examine(&line, verdict) {
                    Ok(examined) => part.documents.push((corpus, examined)),
                    Err(fault) => self.skip(corpus, document.origin, record.line, fault, part),
                }
            }
            Outcome::Lost { mut problem, bytes } => {
                part.bytes += bytes;
                // A line that is no document is skipped; a file that cannot be read on is an error.
                let is_file = problem.code.id.starts_with("cli.file.");
                if let (false, Some(corpus)) = (is_file, self.corpora.number(&problem.origin)) {
                    part.skipped.push((corpus, problem.code));
                    problem.severity = Severity::Warning;
                }
                part.problems.push(problem);
            }
            Outcome::Blank { raw, .. } => part.bytes += raw.len() as u64,
        }
    }
}

struct Run {
    tallies: Vec<Vec<Tally>>,
    messages: Messages,
    progress: Progress,
    sample: Sample,
    documents: u64,
    bytes: u64,
    errors: u64,
    skipped: u64,
}

impl Run {
    fn add(&mut self, study: &Study, part: Part) {
        self.documents += part.documents.len() as u64;
        self.bytes += part.bytes;
        self.sample.join(part.sample);
        for (corpus, examined) in part.documents {
            for (tallies, examined) in self.tallies.iter_mut().zip(examined) {
                tallies[corpus].add(study, examined);
            }
        }
        self.skipped += part.skipped.len() as u64;
        for (corpus, code) in part.skipped {
            for tallies in &mut self.tallies {
                tallies[corpus].skip(code);
            }
        }
        for problem in part.problems {
            self.errors += u64::from(problem.severity == Severity::Error);
            self.messages.tell(&self.progress, &problem);
        }
        self.progress.advance(self.documents, self.bytes);
    }

    /// Tells what only the whole of a corpus shows.
    fn finish(&mut self, corpora: &Corpora) {
        for (root, tally) in corpora.roots.iter().zip(&self.tallies[0]) {
            let origin = Arc::new(match root {
                Root::Stdin => Origin::Stdin,
                Root::Path(path) => Origin::File(path.clone()),
            });
            let mut tell = |code, detail: String| {
                let severity = Severity::Warning;
                let origin = Arc::clone(&origin);
                let problem = Problem { severity, code, origin, line: None, detail };
                self.messages.tell(&self.progress, &problem);
            };
            if tally.documents() == 0 {
                tell(EVAL_EMPTY, String::new());
            }
            if tally.duplicate_ids() > 0 {
                tell(EVAL_DUPLICATE, format!("{} documents", tally.duplicate_ids()));
            }
        }
    }
}

/// The first messages, as long as there are not too many.
pub(in crate::cli) struct Messages {
    palette: Palette,
    told: u64,
}

impl Messages {
    pub(in crate::cli) fn new(color: Color) -> Self {
        Self { palette: Palette::stderr(color), told: 0 }
    }

    pub(in crate::cli) fn tell(&mut self, progress: &Progress, problem: &Problem) {
        if problem.severity == Severity::Note {
            return;
        }
        self.told += 1;
        if self.told <= MESSAGES_MAX {
            progress.aside(|| console::say(&console::render_problem(&self.palette, problem)));
        } else if self.told == MESSAGES_MAX + 1 {
            progress.aside(|| console::say("more messages follow; the report counts them\n"));
        }
    }
}

#[derive(Default)]
struct UnlabelledPart {
    tally: UnlabelledTally,
    problems: Vec<Problem>,
    documents: u64,
    bytes: u64,
}

struct UnlabelledVisitor;

impl Visitor for UnlabelledVisitor {
    type Output = UnlabelledPart;

    fn visit(&self, outcome: Outcome<'_>, part: &mut UnlabelledPart) {
        match outcome {
            Outcome::Inspected { document, verdict, .. } => {
                let bytes = document.text.len() as u64;
                part.documents += 1;
                part.bytes += bytes;
                part.tally.add(bytes, verdict.findings.iter());
            }
            Outcome::Lost { problem, .. } => part.problems.push(problem),
            Outcome::Blank { .. } => {}
        }
    }
}
