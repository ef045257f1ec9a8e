//! `lockgate fingerprint build`.

use super::{ShowListArgs, progress, unreadable, write};
use crate::base::Fault;
use crate::base::code::{FILE_UNREADABLE, LIST_UTF8};
use crate::base::limits::INPUT_BYTES_MAX;
use crate::lists::FingerprintBuilder;
use crate::text::boundary;
use clap::{Args, Subcommand};
use std::fs;
use std::path::{Path, PathBuf};

/// Arguments of `lockgate fingerprint`.
#[derive(Clone, Debug, Args)]
pub struct FingerprintArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: FingerprintCommand,
}

/// What to do with fingerprints.
#[derive(Clone, Debug, Subcommand)]
pub enum FingerprintCommand {
    /// Build fingerprints of documents
    Build(FingerprintBuildArgs),
    /// Say what is in a file of fingerprints
    Show(ShowListArgs),
}

/// Arguments of `lockgate fingerprint build`.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Documents are plain text in UTF-8; convert others first. What stands in more than ten of them is taken for boilerplate
and left out, and so is what --ignore names. A rule looks for copied passages with
`fingerprint = { file = \"contracts.fpr\", containment = 0.5 }`, see docs/LISTS.md. The file holds hashes and no text.

Examples:
  lockgate fingerprint build contract-a.txt contract-b.txt -o contracts.fpr
  lockgate fingerprint build filled-forms/*.txt --ignore empty-form.txt -o forms.fpr
  lockgate fingerprint show contracts.fpr")]
pub struct FingerprintBuildArgs {
    /// The documents
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// Leave out what this text holds, such as an empty form; may be repeated
    #[arg(long, value_name = "FILE")]
    pub ignore: Vec<PathBuf>,
    /// Where to write the fingerprints
    #[arg(short, long, value_name = "FILE.fpr")]
    pub out: PathBuf,
    /// Show no progress
    #[arg(long)]
    pub no_progress: bool,
}

pub(super) fn build(args: &FingerprintBuildArgs) -> Result<(), Fault> {
    let size = |path: &PathBuf| fs::metadata(path).map_or(0, |data| data.len());
    let bar = progress(args.no_progress, args.files.iter().map(size).sum());
    let mut builder = FingerprintBuilder::default();
    for path in &args.files {
        let text = read(path)?;
        builder.add(&path.to_string_lossy(), &text)?;
        bar.inc(text.len() as u64);
    }
    for path in &args.ignore {
        builder.ignore(&read(path)?);
    }
    bar.finish_and_clear();
    write(&args.out, &builder.build()?, &[])
}

fn read(path: &Path) -> Result<Vec<u8>, Fault> {
    let data = fs::metadata(path).map_err(|error| unreadable(path, &error))?;
    if !data.is_file() || data.len() > INPUT_BYTES_MAX as u64 {
        let detail = format!("{}: not a file of at most {INPUT_BYTES_MAX} bytes", path.display());
        return Err(Fault::new(FILE_UNREADABLE, detail));
    }
    let text = fs::read(path).map_err(|error| unreadable(path, &error))?;
    if let Some(code) = boundary::not_text(&text) {
        return Err(Fault::new(code, path.to_string_lossy()));
    }
    if str::from_utf8(&text).is_err() {
        return Err(Fault::new(LIST_UTF8, path.to_string_lossy()));
    }
    Ok(text)
}
