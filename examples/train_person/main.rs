//! Trains the model of names of persons.
//!
//! `cargo run --release --example train_person -- [--leave-out NAME] CORPUS.jsonl... > classifiers/models/person/model.bin`
//!
//! The corpora are labelled as for `lockgate eval`, one document a line, gzip or not. Candidates are what the patterns of the rule match where
//! a name may begin: one that is a labelled name, up to titles, is a name; every other one in a document with labels is none. Every corpus
//! weighs as much as the square root of its size. Nothing is random: the same files give the same bytes. `--leave-out` trains without the
//! corpora of that name and tells how well the model does on them.

#[path = "../boost/mod.rs"]
mod boost;
mod made;

use flate2::read::MultiGzDecoder;
use lockgate::classify::person::{FEATURES, Named, features, may_begin};
use lockgate::rules::Compiler;
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input, meta::Regex};
use serde_json::Value;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};

type Row = boost::Row<FEATURES>;

const TREES: usize = 96;
const SEED: u64 = 1;
/// Made texts.
const MADE: usize = 6_000;
/// They count so much more than those of a corpus.
const MADE_WEIGHT: f64 = 3.0;
/// The rule whose patterns are candidates.
const RULE: &str = "pii.person.name";
/// Labels of names in the corpora.
const LABELS: [&str; 4] = ["PERSON", "pii.person.name", "PER", "NAME"];

fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (mut left_out, mut corpora) = (None, Vec::new());
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--leave-out" => left_out = arguments.next(),
            _ => corpora.push(argument),
        }
    }
    let patterns = patterns()?;
    let mut rows = Vec::new();
    for (number, path) in corpora.iter().enumerate() {
        let first = rows.len();
        read(path, number, &patterns, &mut rows)?;
        let names = rows[first..].iter().filter(|row| row.wanted).count();
        eprintln!("{path}: {} candidates, {names} names", rows.len() - first);
    }
    let first = rows.len();
    let mut maker = made::Maker::new(SEED);
    for _ in 0..MADE {
        let made = maker.text();
        let names: Vec<_> = made.names.iter().map(|name| (name.start, name.end)).collect();
        candidates(made.text.as_bytes(), &names, corpora.len(), &patterns, &mut rows);
    }
    corpora.push("made".to_owned());
    eprintln!("made: {} candidates", rows.len() - first);
    let is_out =
        |row: &Row| left_out.as_deref().is_some_and(|out| corpora[row.corpus].contains(out));
    let (test, mut train): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(is_out);
    let mut counts = vec![0.0_f64; corpora.len()];
    train.iter().for_each(|row| counts[row.corpus] += 1.0);
    for row in &mut train {
        let made = if row.corpus + 1 == corpora.len() { MADE_WEIGHT } else { 1.0 };
        row.weight = made * counts[row.corpus].powf(-0.5);
    }
    let model = boost::grow(&mut train, TREES);
    boost::report("trained on", &train, &model);
    boost::report("left out", &test, &model);
    let mut out = io::stdout().lock();
    model.iter().try_for_each(|tree| out.write_all(tree))
}

fn patterns() -> io::Result<Vec<Regex>> {
    let (rules, _) = Compiler::with_builtin()
        .build()
        .map_err(|_| io::Error::other("the rules do not compile"))?;
    let rule = rules.find(RULE).ok_or_else(|| io::Error::other("the rule is gone"))?;
    rules
        .patterns_of(rule)
        .map(|pattern| {
            let mut builder = Regex::builder();
            let bytes = syntax::Config::new().unicode(false).utf8(false);
            let config = Regex::config().utf8_empty(false);
            builder.syntax(bytes).configure(config).build(pattern).map_err(io::Error::other)
        })
        .collect()
}

/// Adds the candidates of one corpus.
fn read(path: &str, corpus: usize, patterns: &[Regex], rows: &mut Vec<Row>) -> io::Result<()> {
    let file = File::open(path)?;
    let reader: Box<dyn Read> =
        if path.ends_with(".gz") { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) };
    for line in BufReader::new(reader).lines() {
        let document: Value = serde_json::from_str(&line?)?;
        let Some(spans) = document["spans"].as_array() else { continue };
        let text = document["text"].as_str().unwrap_or_default().as_bytes();
        let bounds = |span: &Value| {
            let bound = |name: &str| span[name].as_u64().unwrap_or(0) as usize;
            (bound("start"), bound("end"))
        };
        let is_name =
            |span: &&Value| span["label"].as_str().is_some_and(|label| LABELS.contains(&label));
        let names: Vec<_> = spans.iter().filter(is_name).map(bounds).collect();
        candidates(text, &names, corpus, patterns, rows);
    }
    Ok(())
}

/// Adds the candidates of one text, in which these are the names.
fn candidates(
    text: &[u8],
    names: &[(usize, usize)],
    corpus: usize,
    patterns: &[Regex],
    rows: &mut Vec<Row>,
) {
    for at in (0..text.len()).filter(|at| may_begin(text, *at, false)) {
        for pattern in patterns {
            let input = Input::new(text).range(at..).anchored(Anchored::Yes);
            let Some(found) = pattern.find(input) else { continue };
            let (start, end) = (found.start(), found.end());
            rows.push(Row {
                features: features(&Named { text, start, end, field: None }),
                wanted: names.contains(&(start, end)),
                corpus,
                weight: 1.0,
                sum: 0.0,
            });
        }
    }
}
