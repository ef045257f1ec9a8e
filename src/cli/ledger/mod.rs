//! `lockgate lineage` and `lockgate audit`: questions to a ledger, and whether it is what it was.

mod audit;
mod lineage;

pub use audit::{AuditArgs, AuditCommand, PublicKeyArgs};
pub use lineage::{LineageArgs, LineageCommand, ModeArg, TowardArg};

use super::key::{KEY_BYTES, parse_key};
use super::{EXIT_DONE, EXIT_ERROR, EXIT_FINDINGS, console};
use crate::audit::{self as ledger, Folder, Keys};
use crate::base::Fault;
use crate::base::code::{FILE_UNREADABLE, LINEAGE_KEY, OUTPUT_WRITE};
use crate::lineage::index::Index;
use clap::Args;
use serde::Serialize;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Which ledger.
#[derive(Clone, Debug, Args)]
pub struct LedgerArgs {
    /// Folder of the ledger: lineage.directory of the settings
    #[arg(long, value_name = "DIR")]
    pub ledger: PathBuf,
}

/// Whose records.
#[derive(Clone, Debug, Args)]
pub struct TenantArgs {
    /// Tenant whose records are looked at
    #[arg(long, value_name = "NAME", default_value = "default")]
    pub tenant: String,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Runs `lockgate lineage`. Exit codes: 0 answered, 2 error.
pub(super) fn lineage(args: &LineageArgs) -> ExitCode {
    finish(lineage::run(args).map(|()| EXIT_DONE))
}

/// Runs `lockgate audit`. Exit codes: 0 done, 1 the ledger is not what it was, 2 error.
pub(super) fn audit(args: &AuditArgs) -> ExitCode {
    finish(audit::run(args).map(|right| if right { EXIT_DONE } else { EXIT_FINDINGS }))
}

fn finish(result: Result<u8, Fault>) -> ExitCode {
    match result {
        Ok(code) => ExitCode::from(code),
        Err(fault) => {
            console::say(&format!("error: {fault}\n"));
            ExitCode::from(EXIT_ERROR)
        }
    }
}

impl LedgerArgs {
    fn folder(&self) -> Folder {
        Folder::new(&self.ledger)
    }

    /// Everything that the ledger holds, ready for questions.
    fn index(&self) -> Result<Index, Fault> {
        ledger::read(&self.folder(), crate::base::limits::LINEAGE_INDEX_EVENTS_MAX)
    }

    fn keys(&self, key_file: &Path) -> Result<Keys, Fault> {
        ledger::keys(&self.ledger, root_secret(key_file)?)
    }
}

/// The root secret of a file.
pub(super) fn root_secret(path: &Path) -> Result<[u8; KEY_BYTES], Fault> {
    let bytes = fs::read(path).map_err(|error| {
        Fault::new(LINEAGE_KEY, format!("{}: {}", path.display(), error.kind()))
    })?;
    parse_key(&bytes).ok_or_else(|| Fault::new(LINEAGE_KEY, path.display().to_string()))
}

fn read_text(path: &Path) -> Result<String, Fault> {
    fs::read_to_string(path).map_err(|error| {
        Fault::new(FILE_UNREADABLE, format!("{}: {}", path.display(), error.kind()))
    })
}

/// Prints with `write`. A closed pipe is the reader's decision.
fn print(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Fault> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    match write(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Fault::new(OUTPUT_WRITE, error.to_string()))
        }
        _ => Ok(()),
    }
}

fn print_json(value: &impl Serialize) -> Result<(), Fault> {
    print(|out| {
        serde_json::to_writer_pretty(&mut *out, value)?;
        writeln!(out)
    })
}

/// A time as people write it (RFC 3339, to the second): `2026-11-23T09:30:00Z`.
fn time(time_ms: u64) -> String {
    let (days, second) = (time_ms / 86_400_000, time_ms / 1000 % 86_400);
    // Days since 1 March of the year 0, in eras of 400 years (Hinnant, "chrono-compatible low-level date algorithms").
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_the_calendar() {
        let check = |time_ms: u64, expect: &str| assert_eq!(time(time_ms), expect);
        check(0, "1970-01-01T00:00:00Z");
        check(951_782_400_000, "2000-02-29T00:00:00Z");
        check(1_709_251_199_999, "2024-02-29T23:59:59Z");
        check(4_102_444_800_000, "2100-01-01T00:00:00Z");
        check(4_107_542_400_000, "2100-03-01T00:00:00Z");
    }
}
