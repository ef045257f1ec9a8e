//! The corpus that ships with the program: what it plants, that it stays the same, and what our own rules make of it.
//!
//! `cargo test --test corpus -- --nocapture` prints shares of planted values found and of look-alikes hit, by label.
#![cfg(feature = "cli")]

use lockgate::base::Span;
use lockgate::corpus::{Document, Generator, Kind, Settings};
use lockgate::engine::{Content, Engine, InspectOptions};
use lockgate::rules::Compiler;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::Arc;

/// BLAKE3 of the lines of `lockgate corpus generate --seed 1 --size 200`. Another value means other corpora for everybody: say so in
/// CHANGELOG.md and print it with `UPDATE=1 cargo test --test corpus`.
const GOLDEN: &str = "d0e8ea9ac34c768305eb42e019ac7eb09f1120365cd0e1c6ef6eb48aa723cb34";

fn engine() -> Engine {
    let (rules, _) = Compiler::with_builtin().build().expect("the built-in rules are valid");
    Engine::new(Arc::new(rules))
}

fn documents(seed: u64, count: u64) -> Vec<Document> {
    let settings = Settings { seed, ..Settings::default() };
    let generator = Generator::new(&settings).expect("every label is known");
    (0..count).map(|index| generator.document(index)).collect()
}

/// Spans and labels of what the engine finds.
fn found(engine: &Engine, document: &Document) -> Vec<(Span, String, String)> {
    let options = InspectOptions { pack: Some("strict".to_owned()), ..InspectOptions::default() };
    let bytes = document.text.as_bytes();
    let is_json = serde_json::from_slice::<serde_json::Map<_, _>>(bytes).is_ok();
    let content = if is_json { Content::Json(bytes) } else { Content::Text(bytes) };
    let verdict = engine.inspect(content, &options).expect("a corpus can be inspected");
    let rules = engine.rules();
    let named = verdict.findings.iter().map(|finding| {
        let rule = rules.rule(finding.rule).id.to_string();
        (finding.span, rules.label(finding.label).id.to_string(), rule)
    });
    named.collect()
}

const fn overlaps(span: Span, start: usize, end: usize) -> bool {
    span.start < end && start < span.end
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let mut lines = String::new();
    for document in documents(1, 200) {
        document.write_json(&mut lines);
        lines.push('\n');
    }
    let hash = blake3::hash(lines.as_bytes()).to_hex().to_string();
    if std::env::var_os("UPDATE").is_some() {
        println!("const GOLDEN: &str = {hash:?};");
        return;
    }
    assert_eq!(hash, GOLDEN, "the corpus has changed: see GOLDEN");
}

#[test]
fn every_label_that_rules_report_is_planted() {
    let engine = engine();
    let settings = Settings::default();
    let round = Generator::new(&settings).expect("no labels, none unknown").round();
    let documents = documents(11, round);
    let planted: BTreeSet<&str> =
        documents.iter().flat_map(|document| &document.spans).map(|span| span.label).collect();
    let rules = engine.rules();
    let reported = rules.rules().iter().map(|rule| rule.label);
    let reported: BTreeSet<String> =
        reported.map(|label| rules.label(label).id.to_string()).collect();
    let missing: Vec<_> =
        reported.iter().filter(|label| !planted.contains(label.as_str())).collect();
    assert!(missing.is_empty(), "rules report what the corpus never plants: {missing:?}");
    let known: BTreeSet<String> = rules.labels().iter().map(|label| label.id.to_string()).collect();
    let unknown: Vec<_> = planted.iter().filter(|label| !known.contains(**label)).collect();
    assert!(unknown.is_empty(), "the corpus plants what classifiers/ does not name: {unknown:?}");
}

#[test]
fn every_kind_has_values_near_misses_and_clean_texts() {
    let mut counts: BTreeMap<Kind, [usize; 3]> = BTreeMap::new();
    for document in documents(12, 3_000) {
        let count = counts.entry(document.kind).or_default();
        count[0] += usize::from(!document.spans.is_empty());
        count[1] += usize::from(!document.near.is_empty());
        count[2] += usize::from(document.label == "clean");
    }
    assert_eq!(counts.len(), Kind::ALL.len());
    for (kind, count) in counts {
        assert!(count.iter().all(|&count| count > 0), "{}: {count:?}", kind.name());
    }
}

fn lockgate(arguments: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lockgate"));
    command.args(["corpus", "generate"]).args(arguments.split_whitespace());
    command
}

#[test]
fn a_file_holds_what_the_pipe_does() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("corpus.jsonl");
    let piped = lockgate("--seed 1 --size 200").output().expect("it runs");
    assert_eq!(blake3::hash(&piped.stdout).to_hex().as_str(), GOLDEN);
    let to_file = lockgate("--seed 1 --size 200 -o").arg(&path).output().expect("it runs");
    assert!(to_file.status.success() && to_file.stdout.is_empty());
    assert_eq!(std::fs::read(path).expect("written"), piped.stdout);
}

#[test]
fn a_closed_pipe_is_no_error() {
    let mut child = lockgate("--size 100000").stdout(Stdio::piped()).spawn().expect("it runs");
    let mut first = String::new();
    let mut reader = BufReader::new(child.stdout.take().expect("piped"));
    reader.read_line(&mut first).expect("a line");
    drop(reader);
    assert!(first.starts_with("{\"id\":\"lockgate-1-0\""));
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
}

#[test]
fn mistakes_are_usage_errors() {
    #[track_caller]
    fn check(arguments: &str, expect: &str) {
        let ran = lockgate(arguments).output().expect("it runs");
        let told = String::from_utf8_lossy(&ran.stderr);
        assert_eq!(ran.status.code(), Some(2), "{arguments}: {told}");
        assert!(told.contains(expect), "{arguments}: {told}");
    }
    check("--labels pii.atlantis", "cli.usage");
    check("--kinds poem", "cli.usage");
    check("--bytes many", "cli.usage");
    check("--size 1 -o /", "cli.output.write");
}

/// Found and planted, by some name.
#[derive(Default)]
struct Shares(BTreeMap<String, [usize; 2]>);

impl Shares {
    fn count(&mut self, name: &str, hit: bool) {
        let count = self.0.entry(name.to_owned()).or_default();
        count[0] += usize::from(hit);
        count[1] += 1;
    }

    fn print(&self, title: &str) {
        println!("\n{title}");
        for (name, [hit, all]) in &self.0 {
            println!("{:>6.1} %  {hit:>5} of {all:<5}  {name}", 100.0 * *hit as f64 / *all as f64);
        }
    }

    fn share(&self, of: impl Fn(&str) -> bool) -> f64 {
        let sum = self.0.iter().filter(|(name, _)| of(name));
        let (hit, all) = sum.fold((0, 0), |sum, (_, count)| (sum.0 + count[0], sum.1 + count[1]));
        hit as f64 / all.max(1) as f64
    }
}

/// Labels whose values have a check digit or a fixed structure.
fn is_structured(label: &str) -> bool {
    matches!(label, "finance.card" | "finance.iban" | "pii.email" | "network.ip" | "pii.us.ssn")
        || (label.starts_with("pii.")
            && label.matches('.').count() == 2
            && label != "pii.person.name")
}

/// Information first; the floors are generous and only catch a rule that is broken.
#[test]
fn our_rules_find_what_is_planted() {
    let engine = engine();
    let (mut values, mut near) = (Shares::default(), Shares::default());
    let (mut by_kind, mut extra) = (Shares::default(), Shares::default());
    let show = std::env::var("CORPUS_SHOW").unwrap_or_default();
    for document in documents(21, 12_000) {
        let findings = found(&engine, &document);
        for span in &document.spans {
            let hit = findings.iter().any(|(found, label, _)| {
                label == span.label && overlaps(*found, span.start, span.end)
            });
            values.count(span.label, hit);
            by_kind.count(document.kind.name(), hit);
            if !hit && (show == span.label || show == "misses") {
                let near =
                    findings.iter().filter(|(found, ..)| overlaps(*found, span.start, span.end));
                let rules: Vec<_> = near.map(|(_, _, rule)| rule.as_str()).collect();
                let value = &document.text[span.start..span.end];
                println!("MISS\t{}\t{value:?}\t{rules:?}\t{:?}", span.label, document.text);
            }
        }
        for miss in &document.near {
            // A finding of another label is counted too: nothing there is a value.
            let hit = findings.iter().find(|(found, ..)| overlaps(*found, miss.start, miss.end));
            near.count(&format!("{} {}", miss.why, miss.label), hit.is_some());
            if let Some((_, _, rule)) = hit
                && show == "hits"
            {
                let value = &document.text[miss.start..miss.end];
                println!("HIT	{} {}	{value:?}	{rule}	{:?}", miss.why, miss.label, document.text);
            }
        }
        for (found, _, rule) in &findings {
            let planned = document.spans.iter().map(|span| (span.start, span.end));
            let mut planned =
                planned.chain(document.near.iter().map(|near| (near.start, near.end)));
            let extra_hit = !planned.any(|(start, end)| overlaps(*found, start, end));
            extra.count(rule, extra_hit);
            if extra_hit && show == "extra" {
                println!("EXTRA\t{rule}\t{:?}\t{:?}", &document.text[found.range()], document.text);
            }
        }
    }
    values.print("planted values found, by label");
    by_kind.print("planted values found, by kind");
    near.print("look-alikes hit, by reason and label");
    extra.0.retain(|_, count| count[0] > 0);
    extra.print("findings where nothing is planted, by rule");
    println!(
        "\nstructured {:.3}, credentials {:.3}",
        values.share(is_structured),
        values.share(|label| label.starts_with("credential"))
    );
    assert!(values.share(is_structured) >= 0.9, "structured personal data");
    assert!(values.share(|label| label.starts_with("credential")) >= 0.8, "credentials");
}
