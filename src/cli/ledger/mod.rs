//! `lockgate lineage` and `lockgate audit`: questions to a ledger, and whether it is what it was.

mod audit;
mod lineage;

pub use audit::{AuditArgs, AuditCommand, PublicKeyArgs};
pub use lineage::{LineageArgs, LineageCommand, ModeArg, TowardArg};

use super::finish;
use super::key::{KEY_BYTES, parse_key};
use crate::audit::{self as ledger, Folder, Keys};
use crate::base::Fault;
use crate::base::code::{FILE_UNREADABLE, LINEAGE_KEY};
use crate::lineage::index::Index;
use clap::Args;
use std::fs;
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
    finish(lineage::run(args).map(|()| true))
}

/// Runs `lockgate audit`. Exit codes: 0 done, 1 the ledger is not what it was, 2 error.
pub(super) fn audit(args: &AuditArgs) -> ExitCode {
    finish(audit::run(args))
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
