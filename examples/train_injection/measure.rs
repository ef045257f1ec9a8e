//! How good a model is on a corpus that it was not trained on.

use crate::corpus::{Corpus, Document, Truth};
use crate::fit::fit;
use lockgate::base::{Confidence, Input};
use lockgate::classify::injection::{
    Author, Features, Model, UNCUED_ATTACK_MIN, revise, window_around,
};
use lockgate::rules::{Compiler, Rules};
use lockgate::scan::{Scanner, Scratch};
use std::collections::HashSet;

/// Answers about one document.
struct Answer {
    truth: Truth,
    /// The model alone, over the whole text.
    model: f32,
    /// The score of each finding of a rule, and what the model says of the window around it.
    cues: Vec<(f32, f32)>,
}

impl Answer {
    fn author(&self) -> Author {
        if self.truth == Truth::SystemPrompt { Author::Owner } else { Author::Anyone }
    }

    fn rules(&self) -> f32 {
        self.cues.iter().map(|(score, _)| *score).fold(0.0, f32::max)
    }

    fn both(&self) -> f32 {
        let revised =
            self.cues.iter().filter_map(|(score, attack)| revise(*score, *attack, self.author()));
        revised.fold(0.0, f32::max)
    }

    /// Whether a finding is left with other thresholds.
    fn at(&self, attack_min: f32, talk_max: f32) -> bool {
        self.cues
            .iter()
            .any(|&(score, attack)| attack >= attack_min || (score >= 0.5 && attack >= talk_max))
    }
}

/// The answers about one corpus.
struct Measured<'c> {
    name: &'c str,
    answers: Vec<Answer>,
}

/// Leaves out each corpus in turn, learns from the others, and prints what rules and model say about the one left out. The templates are
/// never what is measured: they were written for the model.
pub(crate) fn leave_one_out(corpora: &[Corpus], templates: &Corpus) {
    let (rules, _) = Compiler::with_builtin().build().expect("the built-in rules are valid");
    println!("| left out | documents | n | rules | model alone | rules and model | any finding |");
    println!("|---|---|---|---|---|---|---|");
    let measured: Vec<Measured<'_>> = corpora
        .iter()
        .map(|corpus| {
            let others = corpora.iter().filter(|other| other.name != corpus.name);
            let others: Vec<&Corpus> = others.chain([templates]).collect();
            // Texts that are in several corpora would be measured on what was learnt.
            let known: HashSet<String> =
                corpus.documents.iter().map(|document| essence(&document.text)).collect();
            let model = fit(&others, &|document| !known.contains(&essence(&document.text)));
            let answers = answers(&rules, Model::new(&model), &corpus.documents);
            table(&corpus.name, &answers.iter().collect::<Vec<_>>());
            Measured { name: &corpus.name, answers }
        })
        .collect();
    table("all", &measured.iter().flat_map(|corpus| &corpus.answers).collect::<Vec<_>>());
    thresholds(&measured);
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
        let mut cues = Vec::new();
        for finding in scanner.scan(&mut scratch, &Input::new(text)) {
            if &*rules.label(finding.label).id == "ai.injection" {
                let window = window_around(text, finding.span);
                cues.push((finding.score, model.window(&mut features, &text[window.range()])));
            }
        }
        Answer { truth: document.truth, model: model.text(&mut features, text), cues }
    };
    documents.iter().map(&mut answer).collect()
}

fn table(name: &str, answers: &[&Answer]) {
    let rows = [
        (Truth::Attack, "attacks with a cue"),
        (Truth::Ordinary, "attacks in ordinary words"),
        (Truth::Benign, "benign"),
        (Truth::SystemPrompt, "system prompts"),
    ];
    for (truth, words) in rows {
        let of: Vec<&&Answer> = answers.iter().filter(|answer| answer.truth == truth).collect();
        if of.is_empty() {
            continue;
        }
        let share = |hit: &dyn Fn(&Answer) -> bool| {
            interval(of.iter().filter(|answer| hit(answer)).count(), of.len())
        };
        let likely = |score: f32| Confidence::of_score(score) >= Confidence::Medium;
        println!(
            "| {name} | {words} | {} | {} | {} | {} | {} |",
            of.len(),
            share(&|answer| likely(answer.rules())),
            share(&|answer| answer.model >= UNCUED_ATTACK_MIN),
            share(&|answer| likely(answer.both())),
            share(&|answer| answer.both() > 0.0),
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
    format!("{p:.3} [{:.3}, {:.3}]", ((middle - half) / scale).max(0.0), (middle + half) / scale)
}

/// What other thresholds would give, as means over the corpora left out, so that a large one counts no more than a small one.
fn thresholds(measured: &[Measured<'_>]) {
    const DOCUMENTS_MIN: usize = 20;
    println!(
        "\n| attack from | talk below | recall, mean of corpora | false alarms, all | of system prompts |"
    );
    println!("|---|---|---|---|---|");
    for attack_min in [0.4_f32, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95] {
        for talk_max in [0.0_f32, 0.01, 0.05] {
            let share = |answers: &[&Answer]| {
                let hits = answers.iter().filter(|answer| answer.at(attack_min, talk_max)).count();
                hits as f64 / answers.len().max(1) as f64
            };
            let of = |corpus: &Measured<'_>, truth| -> Vec<usize> {
                let answers = corpus.answers.iter().enumerate();
                answers.filter(|(_, answer)| answer.truth == truth).map(|(i, _)| i).collect()
            };
            let recalls: Vec<f64> = measured
                .iter()
                .filter(|corpus| corpus.name != "bipia")
                .filter_map(|corpus| {
                    let attacks: Vec<&Answer> =
                        of(corpus, Truth::Attack).iter().map(|&i| &corpus.answers[i]).collect();
                    (attacks.len() >= DOCUMENTS_MIN).then(|| share(&attacks))
                })
                .collect();
            let pooled = |truth| -> f64 {
                let all: Vec<&Answer> = measured
                    .iter()
                    .flat_map(|corpus| of(corpus, truth).into_iter().map(|i| &corpus.answers[i]))
                    .collect();
                share(&all)
            };
            println!(
                "| {attack_min} | {talk_max} | {:.3} | {:.4} | {:.4} |",
                recalls.iter().sum::<f64>() / recalls.len().max(1) as f64,
                pooled(Truth::Benign),
                pooled(Truth::SystemPrompt),
            );
        }
    }
}
