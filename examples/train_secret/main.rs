//! Trains the model that tells secrets from look-alikes.
//!
//! `cargo run --release --example train_secret -- [--leave-out NAME] CORPUS.jsonl... > model.bin`
//!
//! The corpora are labelled as for `lockgate eval`, one document a line, not compressed. Candidates are what the rules with
//! `classifier = "secret"` match when the model is not asked: one on a labelled span is a secret, one beside is none, and one in a document
//! that is labelled `secret` and has no spans is left out, as nobody said where the secret is. Every corpus has the same
//! weight, by the square root of its size; so have 20,000 made assignments of a seeded generator. The trees are grown without randomness: the same files give the same bytes.
//! `--leave-out` trains without a corpus and tells how well the model does on it.

mod made;

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;

use lockgate::base::Input;
use lockgate::classify::{
    DEPTH, LEFT_BYTES_MAX, SECRET_FEATURES, TREE_BYTES, UNIT, Valued, secret_features,
};
use lockgate::rules::{Compiler, Pack, Rules};
use lockgate::scan::{Scanner, Scratch};
use lockgate::syntax::Source;
use serde_json::Value;

/// Families whose rules ask the model.
const ASKING: [&str; 12] = [
    "secrets.connection-string.key-value",
    "secrets.generic.hex",
    "secrets.generic.mixed",
    "secrets.generic.lower",
    "secrets.generic.base64",
    "secrets.generic.uuid",
    "secrets.generic.assigned",
    "secrets.password.quoted",
    "secrets.password.unquoted",
    "secrets.password.words",
    "secrets.password.prose",
    "secrets.connection-string.kubernetes",
];
const MADE: usize = 20_000;
/// Made assignments count so much more than those of a corpus.
const MADE_WEIGHT: f64 = 4.0;
const SEED: u64 = 1;
const TREES: usize = 160;
const RATE: f64 = 0.3;
/// Weight of candidates, both kinds together, that a leaf must have beside what it learns from.
const SHRINK: f64 = 4.0;
const LEAVES: usize = 1 << DEPTH;

type Features = [u8; SECRET_FEATURES];

struct Row {
    features: Features,
    secret: bool,
    corpus: usize,
    weight: f64,
    sum: f64,
}

fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (mut left_out, mut corpora) = (None, Vec::new());
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--leave-out" => left_out = arguments.next(),
            _ => corpora.push(argument),
        }
    }
    let rules = rules_without_model()?;
    let mut rows = Vec::new();
    for (number, path) in corpora.iter().enumerate() {
        let first = rows.len();
        read(Path::new(path), number, &rules, &mut rows)?;
        let secrets = rows[first..].iter().filter(|row| row.secret).count();
        eprintln!("{path}: {} candidates, {secrets} secrets", rows.len() - first);
    }
    let first = rows.len();
    corpora.push("made".to_owned());
    make(corpora.len() - 1, &rules, &mut rows);
    eprintln!("made: {} candidates", rows.len() - first);
    let is_out =
        |row: &Row| left_out.as_deref().is_some_and(|out| corpora[row.corpus].contains(out));
    let (test, mut train): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(is_out);
    weigh(&mut train, corpora.len());
    let model = grow(&mut train);
    report("trained on", &train, &model);
    report("left out", &test, &model);
    let mut out = io::stdout().lock();
    model.iter().try_for_each(|tree| out.write_all(tree))
}

/// The built-in rules that ask the model, without the question.
fn rules_without_model() -> io::Result<Rules> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("patterns/secrets");
    let mut files: Vec<_> = std::fs::read_dir(folder)?
        .collect::<Result<Vec<_>, _>>()?
        .iter()
        .map(|e| e.path())
        .collect();
    files.sort();
    let mut compiler = Compiler::with_builtin();
    for path in files {
        let text = std::fs::read_to_string(&path)?;
        let text = text.replace("\nclassifier = \"secret\"", "");
        compiler.add_rules(Source::new(path.display().to_string(), text));
    }
    compiler
        .build()
        .map(|(rules, _)| rules)
        .map_err(|_| io::Error::other("the rules do not compile"))
}

/// A pack of the rules that ask the model.
fn asked(rules: &Rules) -> Pack {
    let mut pack = rules.everything();
    for (rule, setting) in rules.rules().iter().zip(&mut pack.settings) {
        setting.enabled = ASKING.iter().any(|family| rule.id.starts_with(family));
    }
    pack
}

/// Adds the candidates of one corpus.
fn read(path: &Path, corpus: usize, rules: &Rules, rows: &mut Vec<Row>) -> io::Result<()> {
    let pack = asked(rules);
    let scanner = Scanner::new(rules, &pack);
    let mut scratch = Scratch::new(rules);
    for line in BufReader::new(File::open(path)?).lines() {
        let document: Value = serde_json::from_str(&line?)?;
        let text = document["text"].as_str().unwrap_or_default();
        for finding in scanner.scan(&mut scratch, &Input::new(text)) {
            let span = (finding.span.start, finding.span.end);
            let Some(secret) = is_secret(&document, span) else { continue };
            rows.push(row(text, finding.span.range(), secret, corpus));
        }
    }
    Ok(())
}

/// Adds the candidates of made assignments: what the rules find of their values.
fn make(corpus: usize, rules: &Rules, rows: &mut Vec<Row>) {
    let pack = asked(rules);
    let scanner = Scanner::new(rules, &pack);
    let mut scratch = Scratch::new(rules);
    let mut random = made::Random::new(SEED);
    for _ in 0..MADE {
        let made = random.made();
        for finding in scanner.scan(&mut scratch, &Input::new(&made.text)) {
            let span = finding.span;
            if span.start < made.end && made.start < span.end {
                let whole = span.len() * 2 >= made.end - made.start;
                rows.push(row(&made.text, span.range(), made.secret && whole, corpus));
            }
        }
    }
}

fn row(text: &str, span: std::ops::Range<usize>, secret: bool, corpus: usize) -> Row {
    let (left, value) = (&text.as_bytes()[..span.start], &text.as_bytes()[span]);
    let left = &left[left.len().saturating_sub(LEFT_BYTES_MAX)..];
    let features = secret_features(&Valued { value, left, name: None });
    Row { features, secret, corpus, weight: 1.0, sum: 0.0 }
}

/// Whether a labelled span holds the candidate; `None` if nobody said.
fn is_secret(document: &Value, candidate: (usize, usize)) -> Option<bool> {
    let spans = |member: &str| document[member].as_array().map_or(&[][..], Vec::as_slice);
    let shared = |span: &Value| {
        let bounds = |name: &str| span[name].as_u64().unwrap_or(0) as usize;
        bounds("end").min(candidate.1).saturating_sub(bounds("start").max(candidate.0))
    };
    let half = candidate.1.saturating_sub(candidate.0).div_ceil(2);
    let credential = |span: &&Value| {
        const OTHERS: [&str; 6] = ["pii.", "finance.", "network.", "health.", "corporate.", "ai."];
        let label = span["label"].as_str().unwrap_or_default();
        !OTHERS.iter().any(|other| label.starts_with(other))
    };
    let all = spans("spans");
    if all.iter().filter(credential).any(|span| shared(span) >= half) {
        return Some(true);
    }
    if all.iter().any(|span| shared(span) > 0) {
        return None;
    }
    // A document with spans says nothing of the rest, unless it names look-alikes as well.
    let clean = document["label"].as_str().is_none_or(|label| label != "secret");
    let complete = all.is_empty() && clean || !all.is_empty() && document["neg_spans"].is_array();
    complete.then_some(false)
}

/// Gives every corpus a weight of its own, so that a large one does not drown the others.
fn weigh(rows: &mut [Row], corpora: usize) {
    let mut counts = vec![0.0_f64; corpora];
    rows.iter().for_each(|row| counts[row.corpus] += 1.0);
    for row in rows {
        row.weight = counts[row.corpus].powf(-0.5);
        if row.corpus + 1 == corpora {
            row.weight *= MADE_WEIGHT;
        }
    }
}

/// Grows the trees, each on what those before it leave unexplained.
fn grow(rows: &mut [Row]) -> Vec<[u8; TREE_BYTES]> {
    let smallest = rows.iter().map(|row| row.weight).fold(f64::MAX, f64::min);
    rows.iter_mut().for_each(|row| row.weight /= smallest);
    (0..TREES).map(|_| tree(rows)).collect()
}

/// First and second derivative of the loss, summed.
#[derive(Clone, Copy, Default)]
struct Slope {
    first: f64,
    second: f64,
}

impl Slope {
    fn of(row: &Row) -> Self {
        let probability = 1.0 / (1.0 + (-row.sum).exp());
        Self {
            first: row.weight * (f64::from(u8::from(row.secret)) - probability),
            second: row.weight * probability * (1.0 - probability),
        }
    }

    fn add(&mut self, other: Self) {
        self.first += other.first;
        self.second += other.second;
    }

    fn gain(self) -> f64 {
        self.first * self.first / (self.second + SHRINK)
    }
}

/// One tree: at every depth the question that explains most over all leaves so far.
fn tree(rows: &mut [Row]) -> [u8; TREE_BYTES] {
    let slopes: Vec<Slope> = rows.iter().map(Slope::of).collect();
    let mut places = vec![0_usize; rows.len()];
    let mut bytes = [0; TREE_BYTES];
    for depth in 0..DEPTH {
        let (feature, least) = question(rows, &slopes, &places, 1 << depth);
        bytes[2 * depth] = feature as u8;
        bytes[2 * depth + 1] = least;
        for (place, row) in places.iter_mut().zip(rows.iter()) {
            *place = *place << 1 | usize::from(row.features[feature] > least);
        }
    }
    let mut leaves = [Slope::default(); LEAVES];
    places.iter().zip(&slopes).for_each(|(&place, &slope)| leaves[place].add(slope));
    let values = leaves
        .map(|leaf| (RATE * leaf.first / (leaf.second + SHRINK) * f64::from(UNIT)).round() as i16);
    for (place, value) in values.iter().enumerate() {
        bytes[2 * DEPTH + 2 * place..][..2].copy_from_slice(&value.to_le_bytes());
    }
    for (place, row) in places.iter().zip(rows) {
        row.sum += f64::from(values[*place]) / f64::from(UNIT);
    }
    bytes
}

/// The feature and the value to exceed that explain most.
fn question(rows: &[Row], slopes: &[Slope], places: &[usize], leaves: usize) -> (usize, u8) {
    let mut best = (f64::MIN, 0, 0);
    for feature in 0..SECRET_FEATURES {
        let mut sums = vec![[Slope::default(); 256]; leaves];
        for ((row, &slope), &place) in rows.iter().zip(slopes).zip(places) {
            sums[place][usize::from(row.features[feature])].add(slope);
        }
        let mut gains = [0.0; 256];
        for sums in &sums {
            let mut all = Slope::default();
            sums.iter().for_each(|&slope| all.add(slope));
            let mut low = Slope::default();
            for (gain, &slope) in gains.iter_mut().zip(sums) {
                low.add(slope);
                let high = Slope { first: all.first - low.first, second: all.second - low.second };
                *gain += low.gain() + high.gain();
            }
        }
        for (least, &gain) in gains.iter().enumerate() {
            if gain > best.0 + 1e-9 {
                best = (gain, feature, least as u8);
            }
        }
    }
    (best.1, best.2)
}

/// What the model says of the candidates, by corpus together.
fn report(what: &str, rows: &[Row], model: &[[u8; TREE_BYTES]]) {
    let score = |row: &Row| {
        let leaf = |tree: &[u8; TREE_BYTES]| {
            let place = (0..DEPTH).fold(0, |place, depth| {
                let value = row.features[usize::from(tree[2 * depth])];
                place << 1 | usize::from(value > tree[2 * depth + 1])
            });
            let at = 2 * DEPTH + 2 * place;
            f32::from(i16::from_le_bytes([tree[at], tree[at + 1]]))
        };
        model.iter().map(leaf).sum::<f32>() / UNIT
    };
    for least in [0.2_f32, 0.5, 0.8] {
        let said = |row: &&Row| score(row) >= (least / (1.0 - least)).ln();
        let right = rows.iter().filter(|row| row.secret).filter(said).count();
        let wrong = rows.iter().filter(|row| !row.secret).filter(said).count();
        let secrets = rows.iter().filter(|row| row.secret).count();
        let precision = right as f64 / (right + wrong).max(1) as f64;
        let recall = right as f64 / secrets.max(1) as f64;
        let others = rows.len() - secrets;
        eprintln!(
            "{what}, from {least}: precision {precision:.3}, recall {recall:.3} of {secrets}, \
             {wrong} of {others} others"
        );
    }
}
