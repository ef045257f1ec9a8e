//! Trains the randomness model.
//!
//! `cargo run --release --example train_randomness -- TEXT_FOLDER... > model.bin`
//!
//! The folders hold clean source code and documentation; every identifier, word and path in them counts as written.
//! Drawn tokens come from a seeded generator, so the same folders give the same model: pair counts of one half of the
//! written tokens make the table, logistic regression on the other half and the drawn tokens makes the weights.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use lockgate::base::random::SplitMix64;
use lockgate::classify::{EDGE, FEATURES, SYMBOL, SYMBOLS, features};

const TOKENS_MAX: usize = 400_000;
const STEPS: usize = 4000;
/// One filler such as `xxxxxxxx` or `abcabcabc` for so many written tokens.
const FILLER_EVERY: usize = 40;

fn main() -> io::Result<()> {
    let folders: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let mut written = BTreeSet::new();
    for folder in &folders {
        read_folder(folder, &mut written)?;
    }
    let mut written: Vec<Vec<u8>> = written.into_iter().collect();
    let mut random = SplitMix64::new(1);
    random.shuffle(&mut written);
    written.truncate(TOKENS_MAX);
    let (counted, fitted) = written.split_at(written.len() / 2);
    let drawn: Vec<Vec<u8>> = fitted.iter().map(|_| token(&mut random)).collect();
    let fillers = (0..fitted.len() / FILLER_EVERY).map(|_| filler(&mut random));
    let fitted: Vec<Vec<u8>> = fitted.iter().cloned().chain(fillers).collect();
    eprintln!("{} written tokens", written.len());
    let table = table(counted);
    let weights = fit(&table, &fitted, &drawn);
    eprintln!("weights {weights:?}");
    let mut out = io::stdout().lock();
    for weight in weights {
        out.write_all(&weight.to_le_bytes())?;
    }
    out.write_all(&table)
}

/// Collects the tokens of all text files below a folder.
fn read_folder(folder: &Path, tokens: &mut BTreeSet<Vec<u8>>) -> io::Result<()> {
    const EXTENSIONS: [&str; 8] = ["rs", "md", "py", "toml", "c", "h", "js", "txt"];
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            read_folder(&path, tokens)?;
        } else if path
            .extension()
            .and_then(|name| name.to_str())
            .is_some_and(|name| EXTENSIONS.contains(&name))
        {
            collect(&fs::read(&path)?, tokens);
        }
    }
    Ok(())
}

/// Identifiers, dotted names, paths and short phrases; tokens with many digits are left out, they may be hashes.
fn collect(text: &[u8], tokens: &mut BTreeSet<Vec<u8>>) {
    let inside = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-./:".contains(byte);
    for token in text.split(|byte| !inside(byte)) {
        let token = token.trim_ascii_end();
        let digits = token.iter().filter(|byte| byte.is_ascii_digit()).count();
        if (6..=48).contains(&token.len()) && digits * 3 <= token.len() {
            tokens.insert(token.to_vec());
        }
    }
}

/// Surprise of each pair in eighths of a bit, smoothed, capped by a byte.
fn table(written: &[Vec<u8>]) -> Vec<u8> {
    let mut counts = vec![0.3_f64; SYMBOLS * SYMBOLS];
    for token in written {
        let mut left = EDGE;
        for right in token.iter().map(|byte| SYMBOL[usize::from(*byte)]).chain([EDGE]) {
            counts[usize::from(left) * SYMBOLS + usize::from(right)] += 1.0;
            left = right;
        }
    }
    let mut table = Vec::with_capacity(counts.len());
    for row in counts.chunks(SYMBOLS) {
        let total: f64 = row.iter().sum();
        table.extend(
            row.iter().map(|count| (-(count / total).log2() * 8.0).round().clamp(0.0, 255.0) as u8),
        );
    }
    table
}

/// Logistic regression by full gradient descent with a little weight decay.
fn fit(table: &[u8], written: &[Vec<u8>], drawn: &[Vec<u8>]) -> [f32; FEATURES] {
    let rows: Vec<([f32; FEATURES], f64)> = written
        .iter()
        .map(|token| (features(table, token), 0.0))
        .chain(drawn.iter().map(|token| (features(table, token), 1.0)))
        .step_by(2)
        .collect();
    let mut weights = [0.0_f64; FEATURES];
    for _ in 0..STEPS {
        let mut gradient = [0.0_f64; FEATURES];
        for (row, target) in &rows {
            let sum: f64 = row
                .iter()
                .zip(&weights)
                .map(|(&feature, weight)| f64::from(feature) * weight)
                .sum();
            let error = 1.0 / (1.0 + (-sum).exp()) - target;
            for (slot, &feature) in gradient.iter_mut().zip(row) {
                *slot += error * f64::from(feature);
            }
        }
        for (weight, slope) in weights.iter_mut().zip(gradient) {
            *weight -= 1.0 * (slope / rows.len() as f64 + 1e-5 * *weight);
        }
    }
    weights.map(|weight| weight as f32)
}

/// One to three symbols, repeated: what people type to fill a field.
fn filler(random: &mut SplitMix64) -> Vec<u8> {
    let unit: Vec<u8> = token(random).into_iter().take(1 + random.below(3)).collect();
    let len = 8 + random.below(41);
    unit.into_iter().cycle().take(len).collect()
}

/// A token of 8 to 48 symbols over one of the alphabets that keys and passwords use.
fn token(random: &mut SplitMix64) -> Vec<u8> {
    const ALPHABETS: [&[u8]; 8] = [
        b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
        b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
        b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_",
        b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/",
        b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!@#$%^&*",
        b"0123456789abcdef",
        b"abcdefghijklmnopqrstuvwxyz0123456789",
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
    ];
    let alphabet = ALPHABETS[random.below(ALPHABETS.len())];
    let len = 8 + random.below(41).min(random.below(41));
    (0..len).map(|_| alphabet[random.below(alphabet.len())]).collect()
}
