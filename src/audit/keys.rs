//! The salts of the epochs: one file each, made when an epoch begins, destroyed when it must not be linked any more.

use super::folder::{create_folder, private, sync_folder};
use super::random;
use crate::base::Fault;
use crate::base::code::{LINEAGE_EPOCH, LINEAGE_ID};
use crate::lineage::{Epoch, Form, KEY_BYTES, Keyring, TenantKeys, ValueToken};
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;

const PREFIX: &str = "epoch-";
const SUFFIX: &str = ".salt";
const DAY_MS: u64 = 86_400_000;

/// The keys of a ledger.
#[derive(Debug)]
pub struct Keys {
    ring: Keyring,
    folder: PathBuf,
    epoch_days: u32,
    retention_days: u32,
    /// Held while a salt is made, so that an epoch gets one.
    making: Mutex<()>,
}

impl Keys {
    /// Reads the salts of a folder, which need not be there.
    ///
    /// # Errors
    /// One cannot be read.
    pub(super) fn open(root: [u8; KEY_BYTES], folder: &Path) -> Result<Self, Fault> {
        let ring = Keyring::new(root);
        let entries = match fs::read_dir(folder) {
            Ok(entries) => Some(entries),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(fault(&error)),
        };
        for entry in entries.into_iter().flatten() {
            let name = entry.map_err(|error| fault(&error))?.file_name();
            let Some(epoch) = name.to_str().and_then(epoch) else { continue };
            ring.add(epoch, salt(&folder.join(name))?);
        }
        let (folder, making) = (folder.to_owned(), Mutex::default());
        Ok(Self { ring, folder, epoch_days: 30, retention_days: 0, making })
    }

    pub(super) fn with_epochs(self, epoch_days: u32, retention_days: u32) -> Self {
        Self { epoch_days: epoch_days.max(1), retention_days, ..self }
    }

    /// The keys themselves.
    pub const fn ring(&self) -> &Keyring {
        &self.ring
    }

    /// Sees to it that the epoch of a time has keys.
    pub(super) fn ring_at(&self, now_ms: u64) -> Result<Epoch, Fault> {
        let epoch = Epoch::at(now_ms, self.epoch_days);
        if !self.ring.has(epoch) {
            let _one = self.making.lock().unwrap_or_else(PoisonError::into_inner);
            if !self.ring.has(epoch) {
                self.ring.add(epoch, self.make(epoch)?);
            }
        }
        Ok(epoch)
    }

    /// The keys of a tenant at a time.
    pub(super) fn tenant_at(&self, now_ms: u64, tenant: &str) -> Result<Arc<TenantKeys>, Fault> {
        let epoch = self.ring_at(now_ms)?;
        self.ring.tenant(epoch, tenant).ok_or_else(|| LINEAGE_EPOCH.into())
    }

    /// The tokens that a value may have: of every epoch, and of every form.
    pub fn tokens(&self, tenant: &str, value: &[u8]) -> Vec<ValueToken> {
        let mut scratch = Vec::new();
        let mut tokens = Vec::new();
        for keys in self.ring.epochs().iter().filter_map(|epoch| self.ring.tenant(*epoch, tenant)) {
            tokens
                .extend(Form::ALL.iter().filter_map(|form| keys.token(*form, value, &mut scratch)));
        }
        tokens
    }

    /// Destroys the keys of an epoch: its salt is overwritten, then removed.
    ///
    /// # Errors
    /// There is no such epoch, or its file cannot be written.
    pub fn shred(&self, epoch: Epoch) -> Result<(), Fault> {
        if !self.ring.has(epoch) {
            return Err(Fault::new(LINEAGE_ID, format!("there are no keys of epoch {epoch}")));
        }
        let path = self.path(epoch);
        let overwrite = || {
            let mut file = fs::OpenOptions::new().write(true).open(&path)?;
            file.write_all(&[0; KEY_BYTES])?;
            file.sync_all()?;
            fs::remove_file(&path)?;
            sync_folder(&self.folder)
        };
        overwrite().map_err(|error| fault(&error))?;
        self.ring.shred(epoch);
        Ok(())
    }

    /// Epochs that ended longer ago than keys are kept.
    pub(super) fn expired(&self, now_ms: u64) -> Vec<Epoch> {
        if self.retention_days == 0 {
            return Vec::new();
        }
        let kept_ms = u64::from(self.retention_days) * DAY_MS;
        let oldest = Epoch::at(now_ms.saturating_sub(kept_ms), self.epoch_days);
        self.ring.epochs().into_iter().filter(|epoch| *epoch < oldest).collect()
    }

    fn path(&self, epoch: Epoch) -> PathBuf {
        self.folder.join(format!("{PREFIX}{epoch}{SUFFIX}"))
    }

    /// Makes the salt of a new epoch. Another process may have been faster: then its salt counts.
    fn make(&self, epoch: Epoch) -> Result<[u8; KEY_BYTES], Fault> {
        let made = random()?;
        let path = self.path(epoch);
        let write = || {
            create_folder(&self.folder)?;
            let new = path.with_extension("new");
            let mut file = private().create(true).truncate(true).write(true).open(&new)?;
            file.write_all(&made)?;
            file.sync_all()?;
            // Unlike renaming, this does not replace what is there.
            let linked = fs::hard_link(&new, &path);
            fs::remove_file(&new)?;
            sync_folder(&self.folder)?;
            linked
        };
        match write() {
            Ok(()) => Ok(made),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => salt(&path),
            Err(error) => Err(fault(&error)),
        }
    }
}

fn fault(error: &io::Error) -> Fault {
    Fault::new(LINEAGE_EPOCH, error.kind().to_string())
}

/// The epoch of a file.
fn epoch(name: &str) -> Option<Epoch> {
    name.strip_prefix(PREFIX)?.strip_suffix(SUFFIX)?.parse().ok().map(Epoch)
}

fn salt(path: &Path) -> Result<[u8; KEY_BYTES], Fault> {
    let bytes = fs::read(path).map_err(|error| fault(&error))?;
    let wrong = |bytes: Vec<u8>| {
        Fault::new(LINEAGE_EPOCH, format!("a salt has {} bytes, not {KEY_BYTES}", bytes.len()))
    };
    bytes.try_into().map_err(wrong)
}
