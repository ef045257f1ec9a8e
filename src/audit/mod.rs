//! L7: the ledger on a real disk: its files, its keys, its writer.
//!
//! [`Audit`] is what a service runs with; [`read`] and [`Folder`] are for looking at a ledger that somebody else may be writing.

mod folder;
mod keys;
mod writer;

#[cfg(test)]
mod tests;

pub use folder::Folder;
pub use keys::Keys;

use crate::base::Fault;
use crate::base::code::{LEDGER_DAMAGED, LINEAGE_KEY};
use crate::base::limits::LINEAGE_INDEX_EVENTS_MAX;
use crate::lineage::index::Index;
use crate::lineage::ledger::{Ledger, LedgerOptions, PublicKey, Signer, for_each_of_last};
use crate::lineage::{
    Caller, Context, Counts, Epoch, Event, Inspection, KEY_BYTES, Mint, OnFull, Service, ValueToken,
};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};
use std::time::{SystemTime, UNIX_EPOCH};
use writer::Writer;

/// Folder of the salts, below that of the ledger.
const KEYS_FOLDER: &str = "keys";
/// Name of the ledger in its checkpoints, if none is given.
pub const ORIGIN_DEFAULT: &str = "lockgate/ledger";

/// How a ledger is kept.
#[derive(Clone)]
pub struct AuditOptions {
    /// Folder of the ledger.
    pub directory: PathBuf,
    /// The root secret.
    pub root: [u8; KEY_BYTES],
    /// Name of the ledger in its checkpoints.
    pub origin: String,
    /// Tenant of callers that name none.
    pub tenant: Arc<str>,
    /// Days that share keys.
    pub epoch_days: u32,
    /// Days that segments and keys are kept; 0 keeps them for ever.
    pub retention_days: u32,
    /// Wait for the disk before an inspection is answered.
    pub durable: bool,
    /// What happens to an event for which there is no room.
    pub on_full: OnFull,
    /// Events that may wait to be written.
    pub queue_events: usize,
    /// Size and checkpoints of segments.
    pub ledger: LedgerOptions,
    /// Inspections that the index holds.
    pub index_events_max: usize,
}

impl fmt::Debug for AuditOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuditOptions").field("directory", &self.directory).finish_non_exhaustive()
    }
}

impl AuditOptions {
    /// The options for a folder and a root secret.
    pub fn new(directory: impl Into<PathBuf>, root: [u8; KEY_BYTES]) -> Self {
        Self {
            directory: directory.into(),
            root,
            origin: ORIGIN_DEFAULT.to_owned(),
            tenant: "default".into(),
            epoch_days: 30,
            retention_days: 183,
            durable: false,
            on_full: OnFull::Wait,
            queue_events: 8192,
            ledger: LedgerOptions::default(),
            index_events_max: LINEAGE_INDEX_EVENTS_MAX,
        }
    }
}

/// A ledger that is being written, with its keys and its index.
#[derive(Debug)]
pub struct Audit {
    keys: Arc<Keys>,
    mint: Mint,
    tenant: Arc<str>,
    durable: bool,
    index: Arc<RwLock<Index>>,
    writer: Writer,
    public: PublicKey,
}

impl Audit {
    /// Opens the ledger, or begins one; reads what it holds into the index.
    ///
    /// # Errors
    /// Another process writes it, it is damaged, or the disk cannot be read or written.
    pub fn open(options: &AuditOptions) -> Result<Self, Fault> {
        let now = now_ms();
        let keys = Keys::open(options.root, &options.directory.join(KEYS_FOLDER))?;
        let keys = Arc::new(keys.with_epochs(options.epoch_days, options.retention_days));
        keys.ring_at(now)?;
        let signer = Signer::new(keys.ring(), &options.origin)?;
        let public = signer.public().clone();
        let folder = Folder::locked(&options.directory)?;
        let index = Arc::new(RwLock::new(read(&folder, options.index_events_max)?));
        let (ledger, torn) = Ledger::open(folder, signer, random()?, options.ledger)?;
        let writer = Writer::start(ledger, torn, options, Arc::clone(&index), Arc::clone(&keys))?;
        let (mint, tenant) = (Mint::new(random()?), Arc::clone(&options.tenant));
        Ok(Self { keys, mint, tenant, durable: options.durable, index, writer, public })
    }

    /// What verifies the checkpoints.
    pub const fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Destroys the keys of an epoch, and records that. Its values can never be looked up or linked again.
    ///
    /// # Errors
    /// There are no such keys, they cannot be removed, or that cannot be recorded.
    pub fn shred(&self, epoch: Epoch) -> Result<(), Fault> {
        self.keys.shred(epoch)?;
        self.writer.record_durably(Event::Shredded { epoch: epoch.0 })
    }

    /// Waits until everything that was recorded before is on the disk, and signs it.
    ///
    /// # Errors
    /// The disk does not take it.
    pub fn flush(&self) -> Result<(), Fault> {
        self.writer.flush()
    }
}

impl Service for Audit {
    fn context(&self, caller: Caller) -> Result<Context, Fault> {
        let now = now_ms();
        let tenant = match &caller.tenant {
            Some(tenant) => tenant.as_str().into(),
            None => Arc::clone(&self.tenant),
        };
        let keys = self.keys.tenant_at(now, &tenant)?;
        Ok(Context::new(tenant, keys, self.mint.artifact(now), caller))
    }

    fn record(&self, inspection: Inspection) -> Result<(), Fault> {
        let event = Event::Inspection(Box::new(inspection));
        if self.durable { self.writer.record_durably(event) } else { self.writer.record(event) }
    }

    fn blocks(&self) -> bool {
        self.durable || self.writer.may_wait()
    }

    fn tenant(&self) -> &str {
        &self.tenant
    }

    fn tokens(&self, tenant: &str, value: &[u8]) -> Vec<ValueToken> {
        self.keys.tokens(tenant, value)
    }

    fn index(&self) -> &RwLock<Index> {
        &self.index
    }

    fn counts(&self) -> Counts {
        self.writer.counts()
    }
}

/// Makes the index from the end of a ledger, as far back as it can hold.
///
/// # Errors
/// The ledger cannot be read, or is damaged.
pub fn read(folder: &Folder, events_max: usize) -> Result<Index, Fault> {
    let mut index = Index::new(events_max);
    let mut broken = None;
    for_each_of_last(folder, events_max as u64, |record| {
        match serde_json::from_slice(record.payload) {
            Ok(event) => index.insert(record.seq, event),
            Err(_) => broken = broken.or(Some(record.seq)),
        }
    })?;
    match broken {
        None => Ok(index),
        Some(seq) => Err(Fault::new(LEDGER_DAMAGED, format!("record {seq} is no event"))),
    }
}

/// The keys of a ledger, for looking at it. Nothing is written.
///
/// # Errors
/// They cannot be read.
pub fn keys(directory: &Path, root: [u8; KEY_BYTES]) -> Result<Keys, Fault> {
    Keys::open(root, &directory.join(KEYS_FOLDER))
}

/// Random bytes of the operating system.
fn random() -> Result<[u8; KEY_BYTES], Fault> {
    let mut bytes = [0; KEY_BYTES];
    let no = |_| Fault::new(LINEAGE_KEY, "the operating system has no random numbers");
    getrandom::fill(&mut bytes).map_err(no)?;
    Ok(bytes)
}

/// Milliseconds since 1970.
pub fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
