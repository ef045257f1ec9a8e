//! Trains the model of prompt injection, or measures it on corpora that it was not trained on.
//!
//! `cargo run --release --example train_injection -- CORPUS.jsonl... > classifiers/models/injection/model.bin`
//! `cargo run --release --example train_injection -- --leave-one-out CORPUS.jsonl...`
//!
//! The templates of `classifiers/models/injection/phrases.txt` are one more corpus. Corpora are as for `lockgate eval`: `text`, `label`, `spans`; gzip or not. The same files give the same bytes.

#[path = "train_injection/corpus.rs"]
mod corpus;
#[path = "train_injection/fit.rs"]
mod fit;
#[path = "train_injection/measure.rs"]
mod measure;

#[path = "train_injection/phrases.rs"]
mod phrases;

use std::io::{self, Write};
use std::path::PathBuf;

fn main() -> io::Result<()> {
    let (flags, files): (Vec<String>, Vec<String>) =
        std::env::args().skip(1).partition(|argument| argument.starts_with("--"));
    let files: Vec<PathBuf> = files.into_iter().map(PathBuf::from).collect();
    let mut corpora = Vec::new();
    for file in &files {
        corpora.extend(corpus::read(file)?);
    }
    let templates = phrases::corpus(1);
    if flags.iter().any(|flag| flag == "--leave-one-out") {
        measure::leave_one_out(&corpora, &templates);
        return Ok(());
    }
    let all: Vec<&corpus::Corpus> = corpora.iter().chain([&templates]).collect();
    let model = fit::fit(&all, &|_| true);
    io::stdout().lock().write_all(&model[..])
}
