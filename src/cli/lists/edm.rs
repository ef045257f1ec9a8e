//! `lockgate edm build`.

use super::{CHUNK_BYTES, ShowListArgs, open, progress, secret, unreadable, write};
use crate::base::Fault;
use crate::base::code::{LIST_COLUMN, LIST_PARQUET, LIST_TABLE};
use crate::lists::{ExactDataBuilder, Secret};
use clap::{Args, Subcommand};
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

/// Rows between two steps of the progress bar.
const PROGRESS_ROWS: u64 = 10_000;

/// Arguments of `lockgate edm`.
#[derive(Clone, Debug, Args)]
pub struct EdmArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: EdmCommand,
}

/// What to do with tables of exact data.
#[derive(Clone, Debug, Subcommand)]
pub enum EdmCommand {
    /// Build a table of exact data from CSV
    Build(EdmBuildArgs),
    /// Say what is in a table of exact data
    Show(ShowListArgs),
}

/// Arguments of `lockgate edm build`.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
The first line names the columns. A primary value names one row (a customer number, an e-mail address); supporting
values of the same row must stand near it before a rule reports it: `exact-data = { file = \"customers.edm\" }`, see
docs/LISTS.md. Values are compared by their letters and digits alone, in any case.

The file holds keyed hashes and no value. Without a key file whoever has the file can try values: nine digits are
tried in minutes. With one, the file alone is worth nothing; scans need the same key (--list-key-file).

Examples:
  lockgate edm build customers.csv --primary ssn --supporting last_name,born -o customers.edm
  head -c 32 /dev/urandom > edm.key
  lockgate edm build customers.csv --primary ssn,email --supporting last_name --key-file edm.key -o customers.edm
  lockgate edm show customers.edm --key-file edm.key")]
pub struct EdmBuildArgs {
    /// Table with a header line
    #[arg(value_name = "TABLE.csv")]
    pub table: PathBuf,
    /// Columns whose values name a row
    #[arg(long, value_name = "COLUMN", value_delimiter = ',', required = true)]
    pub primary: Vec<String>,
    /// Columns whose values must stand near
    #[arg(long, value_name = "COLUMN", value_delimiter = ',')]
    pub supporting: Vec<String>,
    /// Where to write the table
    #[arg(short, long, value_name = "FILE.edm")]
    pub out: PathBuf,
    /// Secret key: 32 bytes, or 64 hexadecimal digits
    #[arg(long, value_name = "FILE")]
    pub key_file: Option<PathBuf>,
    /// What separates the fields: one character, or `tab`
    #[arg(long, value_name = "CHAR", default_value = ",", value_parser = delimiter)]
    pub delimiter: u8,
    /// Show no progress
    #[arg(long)]
    pub no_progress: bool,
}

fn delimiter(text: &str) -> Result<u8, &'static str> {
    match text.as_bytes() {
        b"tab" => Ok(b'\t'),
        [byte] if byte.is_ascii() && !byte.is_ascii_alphanumeric() => Ok(*byte),
        _ => Err("write one character that is no letter or digit, or tab"),
    }
}

pub(super) fn build(args: &EdmBuildArgs) -> Result<(), Fault> {
    let path = args.table.as_path();
    let secret = args.key_file.as_deref().map(secret).transpose()?;
    let salt = salt(path, secret.as_ref())?;
    let file = open(path)?;
    let bar = progress(args.no_progress, file.metadata().map_or(0, |data| data.len()));
    let buffered = BufReader::with_capacity(CHUNK_BYTES, file);
    let mut reader = csv::ReaderBuilder::new().delimiter(args.delimiter).from_reader(buffered);
    let names = || args.primary.iter().chain(&args.supporting).map(|name| name.trim());
    let header = reader.headers().map_err(|error| table_fault(path, &error))?;
    let places = names().map(|name| {
        let place = header.iter().position(|column| column.trim() == name);
        place.ok_or_else(|| Fault::new(LIST_COLUMN, name))
    });
    let places: Vec<usize> = places.collect::<Result<_, _>>()?;
    let names: Vec<&str> = names().collect();
    let (primary, supporting) = names.split_at(args.primary.len());
    let mut builder = ExactDataBuilder::new(salt, secret.as_ref(), primary, supporting)?;
    let mut record = csv::StringRecord::new();
    let mut rows = 0_u64;
    while reader.read_record(&mut record).map_err(|error| table_fault(path, &error))? {
        builder.add(places.iter().map(|place| record.get(*place).unwrap_or_default()))?;
        rows += 1;
        if rows.is_multiple_of(PROGRESS_ROWS) {
            bar.set_position(reader.position().byte());
        }
    }
    bar.finish_and_clear();
    write(&args.out, &builder.build()?, secret.as_slice())
}

/// Says where the table is wrong. The message of the reader names places and lengths, never a field.
fn table_fault(path: &Path, error: &csv::Error) -> Fault {
    Fault::new(LIST_TABLE, format!("{}: {error}", path.display()))
}

/// A number that another table does not have, and that is the same when the same table is built again: a hash of it.
fn salt(path: &Path, secret: Option<&Secret>) -> Result<[u8; 32], Fault> {
    const PARQUET_MAGIC: &[u8] = b"PAR1";
    let mut file = open(path)?;
    let mut head = Vec::new();
    let read = file.by_ref().take(PARQUET_MAGIC.len() as u64).read_to_end(&mut head);
    read.map_err(|error| unreadable(path, &error))?;
    if head == PARQUET_MAGIC || path.extension().is_some_and(|name| name == "parquet") {
        return Err(LIST_PARQUET.into());
    }
    let mut hasher = match secret {
        Some(Secret(key)) => blake3::Hasher::new_keyed(key),
        None => blake3::Hasher::new(),
    };
    hasher.update(&head);
    hasher.update_reader(file).map_err(|error| unreadable(path, &error))?;
    Ok(*hasher.finalize().as_bytes())
}
