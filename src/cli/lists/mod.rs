//! `lockgate dictionary`, `edm` and `fingerprint`: build stored lists, and say what is in them.

mod dictionary;
mod edm;
mod fingerprint;
mod show;

pub use dictionary::{DictionaryArgs, DictionaryBuildArgs, DictionaryCommand};
pub use edm::{EdmArgs, EdmBuildArgs, EdmCommand};
pub use fingerprint::{FingerprintArgs, FingerprintBuildArgs, FingerprintCommand};
pub use show::ShowListArgs;

use super::console::{self, Color};
use super::key::parse_key;
use super::output::replace_file;
use super::{EXIT_DONE, EXIT_ERROR};
use crate::base::Fault;
use crate::base::code::{FILE_UNREADABLE, LIST_KEY};
use crate::lists::{List, Secret};
use indicatif::{ProgressBar, ProgressStyle};
use std::fs::{self, File};
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

/// Bytes that are read at a time.
const CHUNK_BYTES: usize = 1 << 20;

pub(super) fn dictionary(args: &DictionaryArgs) -> ExitCode {
    finish(match &args.command {
        DictionaryCommand::Build(args) => dictionary::build(args),
        DictionaryCommand::Show(args) => show::show(args),
    })
}

pub(super) fn edm(args: &EdmArgs) -> ExitCode {
    finish(match &args.command {
        EdmCommand::Build(args) => edm::build(args),
        EdmCommand::Show(args) => show::show(args),
    })
}

pub(super) fn fingerprint(args: &FingerprintArgs) -> ExitCode {
    finish(match &args.command {
        FingerprintCommand::Build(args) => fingerprint::build(args),
        FingerprintCommand::Show(args) => show::show(args),
    })
}

fn finish(done: Result<(), Fault>) -> ExitCode {
    match done {
        Ok(()) => ExitCode::from(EXIT_DONE),
        Err(fault) => {
            console::error(Color::Auto, &fault);
            ExitCode::from(EXIT_ERROR)
        }
    }
}

fn unreadable(path: &Path, error: &io::Error) -> Fault {
    Fault::new(FILE_UNREADABLE, format!("{}: {error}", path.display()))
}

fn open(path: &Path) -> Result<File, Fault> {
    File::open(path).map_err(|error| unreadable(path, &error))
}

fn secret(path: &Path) -> Result<Secret, Fault> {
    let bytes = fs::read(path).map_err(|error| unreadable(path, &error))?;
    let wrong = || Fault::new(LIST_KEY, "a key has 32 bytes, or 64 hexadecimal digits");
    parse_key(&bytes).map(Secret).ok_or_else(wrong)
}

/// Writes a list beside its place first, so that whoever reads it meanwhile has the old one or the new one.
fn write(path: &Path, file: &[u8], secrets: &[Secret]) -> Result<(), Fault> {
    // What was built is read back before it replaces anything.
    let list = List::read(file, secrets)?;
    replace_file(path, |out| out.write_all(file))?;
    show::print(path, file.len(), &list, false)
}

/// How far the reading of a file of this size is.
fn progress(hidden: bool, bytes: u64) -> ProgressBar {
    const TEMPLATE: &str = "{bar:40} {bytes} of {total_bytes}, {eta} left";
    if hidden || !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(bytes);
    if let Ok(style) = ProgressStyle::with_template(TEMPLATE) {
        bar.set_style(style);
    }
    bar
}
