//! `lockgate corpus generate`.

use super::super::console::Color;
use super::super::{EXIT_DONE, EXIT_ERROR, console};
use crate::base::Fault;
use crate::cli::output::{self, unwritable};
use crate::corpus::{Generator, Kind, Settings};
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use indicatif::{ProgressBar, ProgressStyle};
use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Documents where neither `--size` nor `--bytes` is given.
const SIZE_DEFAULT: u64 = 1000;
/// Bytes that are collected before they are written.
const CHUNK_BYTES: usize = 1 << 18;

/// Arguments of `lockgate corpus generate`.
#[derive(Debug, Args)]
#[command(after_help = "\
Each line of the output is one document: id, text, spans (what a scanner should find), neg_spans (look-alikes that it
should not), label and kind. Offsets count bytes of UTF-8 and are half-open. Documents are the same on every machine
for the same seed, settings and version, and document n does not depend on the size. See docs/CORPUS.md.

Examples:
  lockgate corpus generate --seed 1 --size 1000 -o corpus.jsonl
  lockgate corpus generate --kinds config,code --labels credential | head
  lockgate corpus generate --bytes 50M --no-progress | lockgate scan --input jsonl --quiet -")]
pub struct GenerateArgs {
    /// Another seed gives other documents
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// Number of documents; 1000 unless --bytes is given
    #[arg(long, value_name = "M")]
    pub size: Option<u64>,
    /// Stop at this many bytes of output; k, M and G stand for powers of 1024
    #[arg(long, value_name = "BYTES", value_parser = bytes)]
    pub bytes: Option<u64>,
    /// Kinds of document; all unless given
    #[arg(long, value_name = "KIND", value_delimiter = ',', value_parser = kinds())]
    pub kinds: Vec<Kind>,
    /// Plant only values whose label begins like this; names and addresses in templates remain
    #[arg(long, value_name = "PREFIX", value_delimiter = ',', num_args = 1..)]
    pub labels: Vec<String>,
    /// Where to write; - is standard output
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    pub out: PathBuf,
    /// Show no progress
    #[arg(long)]
    pub no_progress: bool,
}

fn kinds() -> impl TypedValueParser<Value = Kind> {
    PossibleValuesParser::new(Kind::ALL.map(Kind::name))
        .try_map(|name| Kind::from_name(&name).ok_or("there is no such kind"))
}

/// A number of bytes with an optional `k`, `M` or `G`.
fn bytes(text: &str) -> Result<u64, &'static str> {
    let (digits, shift) = match text.as_bytes().last() {
        Some(b'k' | b'K') => (&text[..text.len() - 1], 10),
        Some(b'm' | b'M') => (&text[..text.len() - 1], 20),
        Some(b'g' | b'G') => (&text[..text.len() - 1], 30),
        _ => (text, 0),
    };
    let number: u64 = digits.parse().map_err(|_| "write a number such as 65536 or 50M")?;
    number.checked_mul(1 << shift).ok_or("the number is too large")
}

pub(super) fn run(args: &GenerateArgs) -> ExitCode {
    match generate(args) {
        Ok(()) => ExitCode::from(EXIT_DONE),
        Err(fault) => {
            console::error(Color::Auto, &fault);
            ExitCode::from(EXIT_ERROR)
        }
    }
}

fn generate(args: &GenerateArgs) -> Result<(), Fault> {
    let settings =
        Settings { seed: args.seed, kinds: args.kinds.clone(), labels: args.labels.clone() };
    let generator = Generator::new(&settings)
        .map_err(|error| Fault::new(crate::base::code::CLI_USAGE, error.to_string()))?;
    let mut out = open(&args.out).map_err(|error| unwritable(&args.out, &error))?;
    output::open(write(args, &generator, &mut *out)).map(drop)
}

fn open(path: &Path) -> io::Result<Box<dyn Write>> {
    if path == Path::new("-") {
        return Ok(Box::new(io::stdout().lock()));
    }
    Ok(Box::new(File::create(path)?))
}

fn write(args: &GenerateArgs, generator: &Generator, out: &mut dyn Write) -> io::Result<()> {
    let bytes_max = args.bytes.unwrap_or(u64::MAX);
    let size = args.size.unwrap_or(if args.bytes.is_some() { u64::MAX } else { SIZE_DEFAULT });
    let progress = progress(args, size);
    let mut chunk = String::with_capacity(CHUNK_BYTES + CHUNK_BYTES / 4);
    let mut written = 0;
    for index in 0..size {
        let before = chunk.len();
        generator.document(index).write_json(&mut chunk);
        chunk.push('\n');
        // A document is written whole or not at all.
        if written + chunk.len() as u64 > bytes_max {
            chunk.truncate(before);
            break;
        }
        if chunk.len() >= CHUNK_BYTES {
            out.write_all(chunk.as_bytes())?;
            written += chunk.len() as u64;
            chunk.clear();
            progress.set_position(if args.bytes.is_some() { written } else { index });
        }
    }
    out.write_all(chunk.as_bytes())?;
    progress.finish_and_clear();
    out.flush()
}

/// A bar where somebody sees it and the documents do not go to the same terminal.
fn progress(args: &GenerateArgs, size: u64) -> ProgressBar {
    let to_terminal = args.out == Path::new("-") && io::stdout().is_terminal();
    if args.no_progress || to_terminal || !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let (total, template) = match args.bytes {
        Some(bytes) => (bytes, "{bar:32.cyan/blue} {bytes}/{total_bytes} {binary_bytes_per_sec}"),
        None => (size, "{bar:32.cyan/blue} {pos}/{len} documents {per_sec}"),
    };
    let bar = ProgressBar::new(total);
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_in_bytes() {
        assert_eq!(bytes("65536"), Ok(65536));
        assert_eq!(bytes("50M"), Ok(50 << 20));
        assert_eq!(bytes("2k"), Ok(2048));
        assert!(bytes("").is_err());
        assert!(bytes("M").is_err());
        assert!(bytes("99999999999G").is_err());
    }

    #[test]
    fn stops_at_whole_documents() {
        let args = |bytes, size| GenerateArgs {
            seed: 1,
            size,
            bytes,
            kinds: Vec::new(),
            labels: Vec::new(),
            out: PathBuf::from("-"),
            no_progress: true,
        };
        let generator =
            Generator::new(&Settings { seed: 1, ..Settings::default() }).expect("it is known");
        let run = |args: &GenerateArgs| {
            let mut out = Vec::new();
            write(args, &generator, &mut out).expect("to memory");
            String::from_utf8(out).expect("text")
        };
        let some = run(&args(Some(10_000), None));
        assert!(some.len() <= 10_000 && some.len() > 5_000 && some.ends_with("}\n"));
        let ten = run(&args(None, Some(10)));
        assert_eq!(ten.lines().count(), 10);
        assert!(some.starts_with(&ten[..some.len().min(ten.len())]) || ten.starts_with(&some));
        assert_eq!(run(&args(Some(10_000_000), Some(3))).lines().count(), 3);
    }
}
