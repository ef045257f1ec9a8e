//! How good a model is on a corpus that it was not trained on.

use crate::corpus::{Corpus, Document, Truth};
use crate::fit::fit;
use lockgate::base::{Confidence, Input};
use lockgate::classify::injection::{Author, Features, Model, revise, window_around};
use lockgate::rules::{Compiler, Rules};
use lockgate::scan::{Scanner, Scratch};
use std::collections::HashSet;

/// Answers about one document.
struct Answer {
    truth: Truth,
    /// The model alone, over the whole text.
    model: f32,
    /// The best score of a rule's finding, before and after the model was asked.
    rules: f32,
    both: f32,
}

/// Leaves out each corpus in turn, learns from the others, and prints what the model says about the one left out.
pub(crate) fn leave_one_out(corpora: &[Corpus]) {
    let (rules, _) = Compiler::with_builtin().build().expect("the built-in rules are valid");
    let mut all = Vec::new();
    println!(
        "| left out | documents | n | rules | model ≥ {:.2} | rules and model | any |",
        Author::Anyone.attack_min()
    );
    println!("|---|---|---|---|---|---|---|");
    for corpus in corpora {
        let others: Vec<&Corpus> = corpora.iter().filter(|c| c.name != corpus.name).collect();
        // Texts that are in several corpora would be measured on what was learnt.
        let known: HashSet<String> = corpus.documents.iter().map(|d| essence(&d.text)).collect();
        let model = fit(&others, &|document| !known.contains(&essence(&document.text)));
        let answers = answers(&rules, Model::new(&model), &corpus.documents);
        table(&corpus.name, &answers);
        all.extend(answers);
    }
    table("all", &all);
    for share in [0.02, 0.01, 0.005, 0.002] {
        operating_point(&all, share);
    }
}

/// Letters and digits in lower case.
fn essence(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn answers(rules: &Rules, model: Model<'_>, documents: &[Document]) -> Vec<Answer> {
    let pack = rules.pack("default").expect("the default pack is built in");
    let scanner = Scanner::new(rules, pack);
    let mut scratch = Scratch::new(rules);
    let mut features = Features::default();
    let mut answer = |document: &Document| {
        let text = document.text.as_bytes();
        let author = match document.truth {
            Truth::SystemPrompt => Author::Owner,
            _ => Author::Anyone,
        };
        let (mut before, mut both) = (0.0_f32, 0.0_f32);
        for finding in scanner.scan(&mut scratch, &Input::new(text)) {
            if rules.label(finding.label).id.starts_with("ai.injection") {
                let window = window_around(text, finding.span);
                let attack = model.window(&mut features, &text[window.range()]);
                before = before.max(finding.score);
                both = both.max(revise(finding.score, attack, author).unwrap_or(0.0));
            }
        }
        let model = model.text(&mut features, text);
        if std::env::var_os("SHOW").is_some() {
            let wrong = (document.truth == Truth::Attack) != (both >= 0.5);
            if wrong && document.truth != Truth::Ordinary {
                let shown: String = document.text.chars().take(300).collect();
                eprintln!("{:?} {model:.2} {before:.2} {both:.2} {shown:?}", document.truth);
            }
        }
        Answer { truth: document.truth, model, rules: before, both }
    };
    documents.iter().map(&mut answer).collect()
}

fn table(name: &str, answers: &[Answer]) {
    let rows = [
        (Truth::Attack, "attacks with a cue"),
        (Truth::Ordinary, "attacks in ordinary words"),
        (Truth::Benign, "benign"),
        (Truth::SystemPrompt, "system prompts"),
    ];
    for (truth, words) in rows {
        let of: Vec<&Answer> = answers.iter().filter(|answer| answer.truth == truth).collect();
        if of.is_empty() {
            continue;
        }
        let share = |hit: &dyn Fn(&Answer) -> bool| {
            let hits = of.iter().filter(|answer| hit(answer)).count();
            interval(hits, of.len())
        };
        let likely = |score: f32| Confidence::of_score(score) >= Confidence::Medium;
        println!(
            "| {name} | {words} | {} | {} | {} | {} | {} |",
            of.len(),
            share(&|answer| likely(answer.rules)),
            share(&|answer| answer.model >= Author::Anyone.attack_min()),
            share(&|answer| likely(answer.both)),
            share(&|answer| answer.both > 0.0),
        );
    }
}

/// A share with its Wilson interval of 95 %.
fn interval(hits: usize, total: usize) -> String {
    let (n, z) = (total as f64, 1.96_f64);
    let p = hits as f64 / n;
    let middle = p + z * z / (2.0 * n);
    let half = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + z * z / n;
    format!("{p:.3} [{:.3}, {:.3}]", (middle - half) / scale, (middle + half) / scale)
}

/// What the model alone finds where it alarms for at most this share of benign documents.
fn operating_point(answers: &[Answer], share: f64) {
    let scores = |truth: Truth| {
        let of = answers.iter().filter(move |answer| answer.truth == truth);
        of.map(|answer| answer.model).collect::<Vec<f32>>()
    };
    for negatives in [Truth::Benign, Truth::SystemPrompt] {
        let mut benign = scores(negatives);
        benign.sort_unstable_by(|a, b| b.total_cmp(a));
        let Some(&threshold) = benign.get((benign.len() as f64 * share) as usize) else { continue };
        let attacks = scores(Truth::Attack);
        let found = attacks.iter().filter(|score| **score > threshold).count();
        println!(
            "model alone, {share} of {negatives:?}: above {threshold:.3}, recall {}",
            interval(found, attacks.len())
        );
    }
}
