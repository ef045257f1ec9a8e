//! The writer, its policies, the keys and the folder.

use super::*;
use crate::lineage::ledger::{CHECKPOINT, Disk, for_each, verify};
use crate::lineage::{ArtifactId, FlowId, FlowSource, Form};
use std::fs;
use std::io;
use std::sync::Mutex;
use std::time::Duration;

const ROOT: [u8; KEY_BYTES] = [7; KEY_BYTES];

fn inspection(artifact: ArtifactId) -> Inspection {
    Inspection {
        artifact,
        flow: FlowId::new("default", FlowSource::Session("s")),
        tenant: "default".into(),
        epoch: 1,
        actor: None,
        agent: None,
        session: Some("s".to_owned()),
        trace: None,
        parents: Vec::new(),
        direction: "input".into(),
        format: "text".into(),
        bytes: 1,
        action: "allow".into(),
        reason: None,
        pack: "default".into(),
        rules: "x".into(),
        findings: Vec::new(),
        tokens_dropped: 0,
        bytes_scanned: 1,
        gaps: Vec::new(),
        policy: None,
        took_us: 1,
    }
}

fn options(folder: &Path) -> AuditOptions {
    AuditOptions { durable: true, ..AuditOptions::new(folder, ROOT) }
}

fn record(audit: &Audit) -> Result<ArtifactId, Fault> {
    let context = audit.context(Caller::default())?;
    audit.record(inspection(context.artifact)).map(|()| context.artifact)
}

fn report(folder: &Path, public: &PublicKey) -> crate::lineage::ledger::Report {
    verify(&Folder::new(folder), public).unwrap()
}

#[test]
fn what_was_recorded_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let options = AuditOptions { durable: false, ..options(folder.path()) };
    let audit = Audit::open(&options).unwrap();
    let public = audit.public().clone();
    let artifacts: Vec<_> = (0..1000).map(|_| record(&audit).unwrap()).collect();
    assert_eq!(Audit::open(&options).unwrap_err().code, crate::base::code::LEDGER_LOCKED);
    audit.flush().unwrap();
    let counts = audit.counts();
    assert_eq!((counts.recorded, counts.refused, counts.failures), (1001, 0, 0));
    assert!(counts.batches < 1001, "{counts:?}");
    drop(audit);
    let clean = report(folder.path(), &public);
    assert!(clean.problems.is_empty() && clean.signed == 1001, "{clean:?}");
    let audit = Audit::open(&options).unwrap();
    let index = audit.index().read().unwrap();
    assert_eq!(index.len(), 1000);
    assert!(artifacts.iter().all(|artifact| index.artifact("default", *artifact).is_some()));
    assert_eq!(index.session("default", "s").0[0].inspection.artifact, artifacts[0]);
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read_the_files() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("ledger");
    let audit = Audit::open(&options(&inner)).unwrap();
    record(&audit).unwrap();
    audit.flush().unwrap();
    let mut seen = 0;
    for folder in [inner.clone(), inner.join(KEYS_FOLDER)] {
        assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o077, 0);
        for entry in fs::read_dir(&folder).unwrap().map(Result::unwrap) {
            assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o077, 0, "{entry:?}");
            seen += 1;
        }
    }
    assert!(seen >= 5, "{seen} files");
}

#[test]
fn keys_stay_the_same_until_they_are_destroyed() {
    let folder = tempfile::tempdir().unwrap();
    let token = |keys: &Keys| keys.tokens("acme", b"4111 1111 1111 1111");
    let keys = keys(folder.path(), ROOT).unwrap().with_epochs(30, 0);
    assert!(token(&keys).is_empty());
    let epoch = keys.ring_at(0).unwrap();
    keys.ring_at(40 * 86_400_000).unwrap();
    let before = token(&keys);
    assert_eq!(before.len(), 2 * Form::ALL.len());
    let again = super::keys(folder.path(), ROOT).unwrap();
    assert_eq!(token(&again), before);
    let other = super::keys(folder.path(), [8; KEY_BYTES]).unwrap();
    assert!(token(&other).iter().all(|token| !before.contains(token)));
    keys.shred(epoch).unwrap();
    assert!(keys.shred(epoch).is_err());
    assert_eq!(token(&keys), before[Form::ALL.len()..]);
    let after = super::keys(folder.path(), ROOT).unwrap();
    assert_eq!(token(&after), before[Form::ALL.len()..]);
    fs::write(folder.path().join(KEYS_FOLDER).join("epoch-9.salt"), b"short").unwrap();
    let fault = super::keys(folder.path(), ROOT).unwrap_err();
    assert_eq!(fault.code, crate::base::code::LINEAGE_EPOCH);
}

#[test]
fn keys_expire_once_all_of_their_epoch_is_too_old() {
    const DAY: u64 = 86_400_000;
    let folder = tempfile::tempdir().unwrap();
    let keys = keys(folder.path(), ROOT).unwrap().with_epochs(10, 20);
    for day in [0, 10, 20, 30] {
        keys.ring_at(day * DAY).unwrap();
    }
    let check = |day: u64, expect: &[u32]| {
        let expired: Vec<_> = keys.expired(day * DAY).iter().map(|epoch| epoch.0).collect();
        assert_eq!(expired, expect, "{day}");
    };
    check(29, &[]);
    check(30, &[0]);
    check(45, &[0, 1]);
    let forever = keys.with_epochs(10, 0);
    assert!(forever.expired(1000 * DAY).is_empty());
}

#[test]
fn the_ledger_tells_that_keys_were_destroyed() {
    let folder = tempfile::tempdir().unwrap();
    let audit = Audit::open(&options(folder.path())).unwrap();
    let value = b"jane@example.com";
    assert!(!audit.tokens("default", value).is_empty());
    let epoch = audit.keys.ring().epochs()[0];
    audit.shred(epoch).unwrap();
    assert!(audit.tokens("default", value).is_empty());
    drop(audit);
    let mut told = false;
    for_each(&Folder::new(folder.path()), |record| {
        let event: Event = serde_json::from_slice(record.payload).unwrap();
        told |= event == Event::Shredded { epoch: epoch.0 };
    })
    .unwrap();
    assert!(told);
}

/// A folder whose disk is full when it is told to be.
#[derive(Debug)]
struct Fragile {
    folder: Folder,
    full: Arc<Mutex<bool>>,
}

impl Fragile {
    fn check(&self) -> io::Result<()> {
        if *self.full.lock().unwrap() { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }
}

impl Disk for Fragile {
    fn names(&self) -> io::Result<Vec<String>> {
        self.folder.names()
    }
    fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        self.folder.read(name)
    }
    fn read_start(&self, name: &str, len: usize) -> io::Result<Vec<u8>> {
        self.folder.read_start(name, len)
    }
    fn create(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.check()?;
        self.folder.create(name, bytes)
    }
    fn append(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        // Half of it fits.
        if self.check().is_err() {
            self.folder.append(name, &bytes[..bytes.len() / 2])?;
        }
        self.check()?;
        self.folder.append(name, bytes)
    }
    fn sync(&mut self, name: &str) -> io::Result<()> {
        self.check()?;
        self.folder.sync(name)
    }
    fn truncate(&mut self, name: &str, len: u64) -> io::Result<()> {
        self.folder.truncate(name, len)
    }
    fn replace(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.check()?;
        self.folder.replace(name, bytes)
    }
    fn remove(&mut self, name: &str) -> io::Result<()> {
        self.folder.remove(name)
    }
}

/// A writer on a disk that can be filled, and everything to look at it.
struct Trial {
    writer: Option<Writer>,
    full: Arc<Mutex<bool>>,
    folder: tempfile::TempDir,
    public: PublicKey,
    mint: Mint,
}

fn trial(on_full: OnFull, queue_events: usize) -> Trial {
    let folder = tempfile::tempdir().unwrap();
    let options = AuditOptions { on_full, queue_events, ..options(folder.path()) };
    let keys = keys(folder.path(), ROOT).unwrap();
    let signer = Signer::new(keys.ring(), ORIGIN_DEFAULT).unwrap();
    let public = signer.public().clone();
    let full = Arc::<Mutex<bool>>::default();
    let disk = Fragile { folder: Folder::locked(folder.path()).unwrap(), full: Arc::clone(&full) };
    let (ledger, torn) = Ledger::open(disk, signer, [1; 32], options.ledger).unwrap();
    let index = Arc::new(RwLock::new(Index::new(100)));
    let writer = Writer::start(ledger, torn, &options, index, Arc::new(keys)).unwrap();
    Trial { writer: Some(writer), full, folder, public, mint: Mint::new([3; 32]) }
}

impl Trial {
    fn event(&self) -> Event {
        Event::Inspection(Box::new(inspection(self.mint.artifact(1))))
    }

    fn writer(&self) -> &Writer {
        self.writer.as_ref().unwrap()
    }

    fn set_full(&self, full: bool) {
        *self.full.lock().unwrap() = full;
    }

    /// Inspections in the ledger, and those of which it says that they were refused.
    fn told(&self) -> (u64, u64) {
        let (mut recorded, mut refused) = (0, 0);
        for_each(&Folder::new(self.folder.path()), |record| {
            match serde_json::from_slice(record.payload).unwrap() {
                Event::Inspection(_) => recorded += 1,
                Event::Refused { events } => refused += events,
                _ => {}
            }
        })
        .unwrap();
        (recorded, refused)
    }
}

#[test]
fn on_a_full_disk_events_are_refused_and_the_ledger_says_so_later() {
    let mut trial = trial(OnFull::Refuse, 100);
    trial.writer().record_durably(trial.event()).unwrap();
    trial.set_full(true);
    let refused = (0..5).filter(|_| trial.writer().record_durably(trial.event()).is_err());
    assert_eq!(refused.count(), 5);
    assert_eq!(trial.writer().counts().refused, 5);
    trial.set_full(false);
    trial.writer().flush().unwrap();
    trial.writer().record_durably(trial.event()).unwrap();
    drop(trial.writer.take());
    assert_eq!(trial.told(), (2, 5));
    assert!(report(trial.folder.path(), &trial.public).problems.is_empty());
}

/// Nobody has to hand in anything for the writer to notice that the disk has room again.
#[test]
fn the_writer_looks_after_a_broken_disk_itself() {
    let trial = trial(OnFull::Refuse, 100);
    trial.set_full(true);
    trial.writer().record_durably(trial.event()).unwrap_err();
    trial.set_full(false);
    while trial.told() != (0, 1) {
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn who_waits_loses_nothing_when_the_disk_has_room_again() {
    let mut trial = trial(OnFull::Wait, 1000);
    trial.set_full(true);
    for _ in 0..200 {
        trial.writer().record(trial.event()).unwrap();
    }
    while trial.writer().counts().failures == 0 {
        std::thread::sleep(Duration::from_millis(5));
    }
    trial.set_full(false);
    trial.writer().flush().unwrap();
    assert_eq!(trial.writer().counts().refused, 0);
    drop(trial.writer.take());
    assert_eq!(trial.told(), (200, 0));
    assert!(report(trial.folder.path(), &trial.public).problems.is_empty());
}

#[test]
fn a_full_queue_refuses_with_its_own_code() {
    let trial = trial(OnFull::Wait, 3);
    trial.set_full(true);
    assert!(!trial.writer().may_wait());
    let fault = (0..10).find_map(|_| trial.writer().record(trial.event()).err()).unwrap();
    assert_eq!(fault.code, crate::base::code::LEDGER_FULL);
    assert!(trial.writer().may_wait());
    assert_eq!(trial.writer().counts().refused, 1);
    trial.set_full(false);
    trial.writer().flush().unwrap();
    assert!(trial.writer().counts().recorded >= 4);
    assert!(!trial.writer().may_wait());
}

#[test]
fn a_damaged_ledger_is_not_written_to() {
    let folder = tempfile::tempdir().unwrap();
    let audit = Audit::open(&options(folder.path())).unwrap();
    record(&audit).unwrap();
    drop(audit);
    let segment = folder.path().join("0000000001.seg");
    let mut bytes = fs::read(&segment).unwrap();
    let last = bytes.len() - 3;
    bytes[last] ^= 1;
    fs::write(&segment, &bytes).unwrap();
    let fault = Audit::open(&options(folder.path())).unwrap_err();
    assert_eq!(fault.code, LEDGER_DAMAGED);
    assert_eq!(fs::read(&segment).unwrap(), bytes);
    assert!(folder.path().join(CHECKPOINT).exists());
}
