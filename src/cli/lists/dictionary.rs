//! `lockgate dictionary build`.

use super::{CHUNK_BYTES, ShowListArgs, open, progress, unreadable, write};
use crate::base::Fault;
use crate::base::code::{LIST_TERMS, LIST_TOO_LARGE, LIST_UTF8};
use crate::base::limits::{DICTIONARY_TERMS_MAX, TERM_BYTES_MAX};
use crate::cli::console;
use crate::lists::DictionaryBuilder;
use clap::{Args, Subcommand};
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;

/// Lines whose terms cannot be used that are named.
const LINES_NAMED_MAX: usize = 5;
/// Bytes of progress that are told at a time.
const PROGRESS_BYTES: u64 = 1 << 20;

/// Arguments of `lockgate dictionary`.
#[derive(Clone, Debug, Args)]
pub struct DictionaryArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: DictionaryCommand,
}

/// What to do with dictionaries.
#[derive(Clone, Debug, Subcommand)]
pub enum DictionaryCommand {
    /// Build a dictionary from a list of terms
    Build(DictionaryBuildArgs),
    /// Say what is in a dictionary
    Show(ShowListArgs),
}

/// Arguments of `lockgate dictionary build`.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
One term of one or more words a line, in UTF-8; empty lines do not count. Case does not matter; spaces, hyphens and
underscores between words are the same. A rule looks for the terms with `dictionary = \"projects.dict\"`, see
docs/LISTS.md. The file holds hashes and no terms, but whoever has it can try whether a term is in it.

Examples:
  lockgate dictionary build projects.txt -o projects.dict
  lockgate dictionary build --skip names.txt -o names.dict
  lockgate dictionary show projects.dict")]
pub struct DictionaryBuildArgs {
    /// Terms, one a line
    #[arg(value_name = "WORDS.txt")]
    pub words: PathBuf,
    /// Where to write the dictionary
    #[arg(short, long, value_name = "FILE.dict")]
    pub out: PathBuf,
    /// Leave out terms that cannot be looked for
    #[arg(long)]
    pub skip: bool,
    /// Show no progress
    #[arg(long)]
    pub no_progress: bool,
}

pub(super) fn build(args: &DictionaryBuildArgs) -> Result<(), Fault> {
    let path = args.words.as_path();
    let file = open(path)?;
    let bytes = file.metadata().map_or(0, |data| data.len());
    let bar = progress(args.no_progress, bytes);
    let mut reader = BufReader::with_capacity(CHUNK_BYTES, file);
    let mut terms = Terms::default();
    let (mut line, mut told) = (Vec::new(), 0);
    loop {
        line.clear();
        // A line that is too long is read on as the next: both are refused.
        let limit = 4 * TERM_BYTES_MAX as u64;
        let read = reader.by_ref().take(limit).read_until(b'\n', &mut line);
        let read = read.map_err(|error| unreadable(path, &error))?;
        if read == 0 {
            break;
        }
        terms.line(&line)?;
        told += read as u64;
        if told >= PROGRESS_BYTES {
            bar.inc(std::mem::take(&mut told));
        }
    }
    bar.finish_and_clear();
    terms.refuse(args.skip)?;
    write(&args.out, &terms.builder.build()?, &[])
}

/// Terms as they come, and those that cannot be used.
#[derive(Default)]
struct Terms {
    builder: DictionaryBuilder,
    lines: usize,
    bad: Vec<String>,
    bad_count: usize,
}

impl Terms {
    fn line(&mut self, line: &[u8]) -> Result<(), Fault> {
        const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
        self.lines += 1;
        if self.lines > 2 * DICTIONARY_TERMS_MAX {
            let detail = format!("the limit is {DICTIONARY_TERMS_MAX} terms");
            return Err(Fault::new(LIST_TOO_LARGE, detail));
        }
        let line = match self.lines {
            1 => line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line),
            _ => line,
        };
        let Ok(term) = str::from_utf8(line) else {
            return Err(Fault::new(LIST_UTF8, format!("line {}", self.lines)));
        };
        if !term.trim().is_empty()
            && let Err(why) = self.builder.add(term)
        {
            self.bad_count += 1;
            if self.bad.len() < LINES_NAMED_MAX {
                self.bad.push(format!("line {}: {why}", self.lines));
            }
        }
        Ok(())
    }

    fn refuse(&self, skip: bool) -> Result<(), Fault> {
        if self.bad_count == 0 {
            return Ok(());
        }
        let more = self.bad_count - self.bad.len();
        let more = if more > 0 { format!("; and {more} more") } else { String::new() };
        let detail = format!("{}{more}", self.bad.join("; "));
        if skip {
            console::say(&format!(
                "left out {} of {} lines: {detail}\n",
                self.bad_count, self.lines
            ));
            return Ok(());
        }
        Err(Fault::new(LIST_TERMS, detail))
    }
}
