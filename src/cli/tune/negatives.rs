//! `lockgate tune suggest-negatives`: false findings in clean text, as counter-examples for review.

use super::args::NegativesArgs;
use super::{invalid, pack, print, write_file};
use crate::base::code::OUTPUT_OVERWRITE;
use crate::base::{Fault, Input, RuleIndex, Span};
use crate::batch::{self, InputKind, Outcome, Problem, Root, Visitor};
use crate::cli::eval::measure::{Messages, config};
use crate::cli::eval::progress::Progress;
use crate::cli::load;
use crate::cli::output;
use crate::cli::rules::Format;
use crate::engine::Engine;
use crate::eval::{Masking, excerpt, is_under};
use crate::rules::Rules;
use crate::scan::{Scanner, Scratch};
use serde_json::json;
use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

/// Bytes before a value that an example holds: the first of these with which the rule finds it.
const BEFORE_BYTES: [usize; 3] = [32, 96, 512];
/// Bytes after a value.
const AFTER_BYTES: usize = 16;
/// Longest value that makes a readable example, in bytes.
const VALUE_BYTES_MAX: usize = 512;
/// Findings of one rule that are looked at, as a multiple of the suggestions that are asked for.
const LOOKED_AT_FACTOR: usize = 50;

/// A text in which a rule finds something.
struct Suggestion {
    text: String,
    span: Span,
    /// What it looks like on a terminal.
    shown: String,
    origin: String,
}

/// What is known of one rule.
#[derive(Default)]
struct Mined {
    findings: u64,
    /// Findings in larger texts of which the rule finds nothing alone.
    far: u64,
    looked_at: usize,
    suggestions: Vec<Suggestion>,
    seen: HashSet<String>,
}

/// A finding with the text around it.
struct Around {
    rule: RuleIndex,
    text: String,
    span: Span,
}

#[derive(Default)]
struct Part {
    found: Vec<(Arc<batch::Origin>, Around)>,
    problems: Vec<Problem>,
    documents: u64,
    bytes: u64,
}

struct Miner;

impl Visitor for Miner {
    type Output = Part;

    fn visit(&self, outcome: Outcome<'_>, part: &mut Part) {
        match outcome {
            Outcome::Inspected { document, verdict, .. } => {
                part.documents += 1;
                part.bytes += document.text.len() as u64;
                // What is no UTF-8 is no example in a text file.
                let Ok(text) = std::str::from_utf8(document.text) else { return };
                let found = verdict.findings.iter().filter_map(|finding| {
                    let around = around(text, finding.rule, finding.span)?;
                    Some((Arc::clone(document.origin), around))
                });
                part.found.extend(found);
            }
            Outcome::Lost { problem, .. } => part.problems.push(problem),
            Outcome::Blank { .. } => {}
        }
    }
}

fn around(text: &str, rule: RuleIndex, span: Span) -> Option<Around> {
    if span.len() > VALUE_BYTES_MAX || text.get(span.range()).is_none() {
        return None;
    }
    let widest = BEFORE_BYTES[BEFORE_BYTES.len() - 1];
    let start = text.ceil_char_boundary(span.start.saturating_sub(widest));
    let end = text.floor_char_boundary((span.end + AFTER_BYTES).min(text.len()));
    let span = Span::new(span.start - start, span.end - start);
    Some(Around { rule, text: text.get(start..end)?.to_owned(), span })
}

pub(super) fn suggest(args: &NegativesArgs) -> Result<(), Fault> {
    if let Some(path) = args.output.as_deref().filter(|path| args.clean.iter().any(|c| c == path)) {
        return Err(Fault::new(OUTPUT_OVERWRITE, path.to_string_lossy()));
    }
    let (rules, _warnings) = load::rules(args.folders.sources()).map_err(invalid)?;
    pack(&rules, &args.pack.pack)?;
    let roots = args.clean.iter().map(|path| match path {
        path if path == Path::new("-") => Root::Stdin,
        path => Root::Path(path.clone()),
    });
    let config =
        config(roots.collect(), InputKind::Auto, args.max_size, &args.run, args.pack.inspect());
    let engine = Engine::new(Arc::new(rules));
    let rules = Arc::clone(engine.rules());
    let progress = Progress::new(&args.run.console);
    let mut messages = Messages::new(args.run.console.color);
    let (mut documents, mut bytes) = (0, 0);
    let mut mined: BTreeMap<RuleIndex, Mined> = BTreeMap::new();
    let mut scratch = Scratch::default();
    let wanted = |id: &str| args.rule.is_empty() || args.rule.iter().any(|name| is_under(id, name));
    batch::run(&engine, &config, &Miner, |part: Part| {
        documents += part.documents;
        bytes += part.bytes;
        for (origin, around) in part.found {
            if wanted(&rules.rule(around.rule).id) {
                let mined = mined.entry(around.rule).or_default();
                mined.add(args, &rules, &mut scratch, &around, &origin.name());
            }
        }
        for problem in part.problems {
            messages.tell(&progress, &problem);
        }
        progress.advance(documents, bytes);
        ControlFlow::Continue(())
    })?;
    progress.finish();
    if let Some(path) = &args.output {
        write_file(path, review(&rules, &mined))?;
    }
    match args.format {
        Format::Text => print(&text(&rules, &mined, documents)),
        Format::Json => print(&json(&rules, &mined, documents)?),
    }
}

impl Mined {
    fn add(
        &mut self,
        args: &NegativesArgs,
        rules: &Rules,
        scratch: &mut Scratch,
        around: &Around,
        origin: &str,
    ) {
        self.findings += 1;
        self.looked_at += 1;
        let enough = self.suggestions.len() >= args.per_rule
            || self.looked_at > args.per_rule.saturating_mul(LOOKED_AT_FACTOR);
        if enough {
            return;
        }
        let Some((text, span)) = example(rules, scratch, around) else {
            self.far += 1;
            return;
        };
        // Values of one shape in the same words say the same.
        let shape = excerpt(&text, span, &[span], Masking::Shapes);
        if !self.seen.insert(shape.to_string()) {
            return;
        }
        let masking = if args.show_text { Masking::Shown } else { Masking::Shapes };
        let secret = secret(rules, scratch, &text, span);
        let shown = excerpt(&text, span, &secret, masking).into();
        self.suggestions.push(Suggestion { text, span, shown, origin: origin.to_owned() });
    }
}

/// The shortest stretch around a finding in which the rule finds something by itself.
fn example(rules: &Rules, scratch: &mut Scratch, around: &Around) -> Option<(String, Span)> {
    let pack = rules.only(around.rule);
    BEFORE_BYTES.iter().find_map(|before| {
        let start = around.text.ceil_char_boundary(around.span.start.saturating_sub(*before));
        let text = around.text.get(start..)?;
        let span = Span::new(around.span.start - start, around.span.end - start);
        let found = Scanner::new(rules, &pack).scan(scratch, &Input::new(text));
        let own = found.iter().any(|one| one.rule == around.rule && one.span.overlaps(span));
        own.then(|| (text.to_owned(), span))
    })
}

/// Everything that any rule finds in an example: a neighbour may be real.
fn secret(rules: &Rules, scratch: &mut Scratch, text: &str, span: Span) -> Vec<Span> {
    let pack = rules.everything();
    let found = Scanner::new(rules, &pack).scan(scratch, &Input::new(text));
    let mut spans: Vec<Span> = found.iter().map(|one| one.span).chain([span]).collect();
    spans.sort_unstable();
    let mut joined: Vec<Span> = Vec::new();
    for span in spans {
        match joined.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => joined.push(span),
        }
    }
    joined
}

// Writing to a string cannot fail, here and below.
fn text(rules: &Rules, mined: &BTreeMap<RuleIndex, Mined>, documents: u64) -> String {
    let findings: u64 = mined.values().map(|one| one.findings).sum();
    let mut out = format!(
        "{findings} findings of {} rules in {documents} documents that should have none\n",
        mined.len()
    );
    for (rule, one) in mined {
        let rule = rules.rule(*rule);
        let _ = writeln!(out, "\n{} ({}): {} findings", rule.id, rule.source.name, one.findings);
        for suggestion in &one.suggestions {
            let _ = writeln!(out, "  {}", suggestion.shown);
        }
        if one.far > 0 {
            let _ = writeln!(out, "  {} depend on words too far away for an example", one.far);
        }
    }
    out
}

fn json(
    rules: &Rules,
    mined: &BTreeMap<RuleIndex, Mined>,
    documents: u64,
) -> Result<String, Fault> {
    let rows = mined.iter().map(|(rule, one)| {
        let rule = rules.rule(*rule);
        let suggestions = one.suggestions.iter();
        let suggestions: Vec<_> =
            suggestions.map(|one| json!({ "text": one.shown, "origin": one.origin })).collect();
        json!({
            "rule": &*rule.id,
            "file": &*rule.source.name,
            "findings": one.findings,
            "too_far": one.far,
            "suggestions": suggestions,
        })
    });
    output::json(&json!({ "documents": documents, "rules": rows.collect::<Vec<_>>() }))
}

/// Counter-examples to copy into rule files, values in parts.
fn review(rules: &Rules, mined: &BTreeMap<RuleIndex, Mined>) -> String {
    let mut out = "# Findings in text in which nothing should be found. Look at each: a value that is real is no counter-example,\n\
                   # and belongs in no file. Say in `why` what makes the text different from a match, then correct the rule.\n"
        .to_owned();
    for (rule, one) in mined.iter().filter(|(_, one)| !one.suggestions.is_empty()) {
        let rule = rules.rule(*rule);
        let _ = writeln!(out, "\n# {} in {}: {} findings", rule.id, rule.source.name, one.findings);
        for Suggestion { text, span, .. } in &one.suggestions {
            let cut = text.floor_char_boundary(span.start + span.len() / 2);
            let quoted = |part: &str| toml::Value::String(part.to_owned()).to_string();
            let _ = writeln!(
                out,
                "[[rule.no_match]]\ntext = [{}, {}]\nwhy = \"found in clean text\"\n",
                quoted(&text[..cut]),
                quoted(&text[cut..])
            );
        }
    }
    out
}
