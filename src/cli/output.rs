//! What commands write: on standard output, where a closed pipe is the reader's decision and no error, and into files.

use crate::base::Fault;
use crate::base::code::OUTPUT_WRITE;
use serde::Serialize;
use std::fs::{self, File};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::Path;

/// Prints a text as it is.
pub(super) fn print(text: &str) -> Result<(), Fault> {
    open(io::stdout().lock().write_all(text.as_bytes())).map(drop)
}

/// Prints with `write`.
pub(super) fn print_with(
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Fault> {
    let mut out = BufWriter::new(io::stdout().lock());
    open(write(&mut out).and_then(|()| out.flush())).map(drop)
}

/// Prints a value in indented JSON.
pub(super) fn print_json(value: &impl Serialize) -> Result<(), Fault> {
    print(&json(value)?)
}

/// Whether the reader is still there after something was written to standard output.
pub(super) fn open(written: io::Result<()>) -> Result<bool, Fault> {
    match written {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(Fault::new(OUTPUT_WRITE, error.to_string())),
    }
}

/// A value in indented JSON, with the end of its last line.
pub(super) fn json(value: &impl Serialize) -> Result<String, Fault> {
    ended(serde_json::to_string_pretty(value))
}

/// A value in one line of JSON.
pub(super) fn json_line(value: &impl Serialize) -> Result<String, Fault> {
    ended(serde_json::to_string(value))
}

fn ended(text: serde_json::Result<String>) -> Result<String, Fault> {
    let text = text.map_err(|error| Fault::new(OUTPUT_WRITE, error.to_string()))?;
    Ok(text + "\n")
}

/// Writes a file.
pub(super) fn write_file(path: &Path, bytes: impl AsRef<[u8]>) -> Result<(), Fault> {
    fs::write(path, bytes).map_err(|error| unwritable(path, &error))
}

/// Writes a file beside its place first, so that whoever reads it meanwhile has the old one or the new one.
pub(super) fn replace_file(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
) -> Result<(), Fault> {
    let mut partial = path.as_os_str().to_owned();
    partial.push(".part");
    let replaced = File::create(&partial).map(BufWriter::new).and_then(|mut file| {
        write(&mut file)?;
        file.flush()?;
        fs::rename(&partial, path)
    });
    replaced.map_err(|error| unwritable(path, &error))
}

/// What is wrong if a file cannot be written.
pub(super) fn unwritable(path: &Path, error: &io::Error) -> Fault {
    Fault::new(OUTPUT_WRITE, format!("{}: {error}", path.to_string_lossy()))
}
