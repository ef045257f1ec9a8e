//! Targets of lineage: what callers send in headers, markers in texts, canonical forms, and the files of a ledger.

use lockgate::lineage::ledger::{Disk, PublicKey, Signer, for_each, prove, verify};
use lockgate::lineage::{ArtifactId, Caller, Epoch, Form, HEADER, Keyring, Marker};
use std::io;
use std::sync::LazyLock;

static RING: LazyLock<Keyring> = LazyLock::new(|| {
    let ring = Keyring::new([1; 32]);
    ring.add(Epoch(1), [2; 32]);
    ring
});

/// Headers are read or refused, ids read back as they are written, and a fault never quotes what was sent.
pub(crate) fn headers(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    for name in ["traceparent", "baggage", HEADER] {
        let mut caller = Caller::default();
        if let Err(fault) = caller.header(name, &text) {
            assert!(text.len() < 24 || !fault.detail.contains(&*text), "{fault}");
        }
        for parent in &caller.parents {
            assert_eq!(parent.to_string().parse::<ArtifactId>(), Ok(*parent));
        }
        if let Some(trace) = caller.trace {
            assert!(text.contains(&trace.to_string()));
        }
    }
    let _ = text.parse::<PublicKey>();
}

/// Markers lie in the text, in its order; forms take any bytes, and what they give is its own canonical form.
pub(crate) fn values(data: &[u8]) {
    let keys = RING.tenant(Epoch(1), "tenant").expect("the epoch was added");
    let mut end = 0;
    for marker in Marker::find_all(data) {
        assert!(marker.span.start >= end && marker.span.end <= data.len());
        end = marker.span.end;
        let _ = keys.verifies(&marker);
    }
    let (mut once, mut twice) = (Vec::new(), Vec::new());
    for form in Form::ALL {
        form.write(data, &mut once);
        if matches!(form, Form::Alnum | Form::Text | Form::Exact) {
            form.write(&once, &mut twice);
            assert_eq!(once, twice, "{form:?}");
        }
    }
}

/// One segment of any bytes, under a checkpoint of any bytes: read, verified and proven without panic.
pub(crate) fn ledger(data: &[u8]) {
    let (note, segment) = data.split_at(data.len().min(data.first().map_or(0, |n| *n as usize)));
    let disk = Files([("0000000001.seg", segment), ("checkpoint", note)]);
    let signer = Signer::new(&RING, "fuzz/ledger").expect("the name is one");
    let report = verify(&disk, signer.public()).expect("the files can be read");
    let mut records = 0;
    let _ = for_each(&disk, |_| records += 1);
    assert!(records <= report.records);
    let _ = prove(&disk, signer.public(), 0);
}

/// Files that cannot be changed.
struct Files<'a>([(&'static str, &'a [u8]); 2]);

impl Disk for Files<'_> {
    fn names(&self) -> io::Result<Vec<String>> {
        Ok(self.0.iter().map(|(name, _)| (*name).to_owned()).collect())
    }

    fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        let file = self.0.iter().find(|(own, _)| *own == name);
        file.map(|(_, bytes)| bytes.to_vec()).ok_or(io::ErrorKind::NotFound.into())
    }

    fn read_start(&self, name: &str, len: usize) -> io::Result<Vec<u8>> {
        let mut bytes = self.read(name)?;
        bytes.truncate(len);
        Ok(bytes)
    }

    fn create(&mut self, _: &str, _: &[u8]) -> io::Result<()> {
        Err(io::ErrorKind::ReadOnlyFilesystem.into())
    }

    fn append(&mut self, _: &str, _: &[u8]) -> io::Result<()> {
        Err(io::ErrorKind::ReadOnlyFilesystem.into())
    }

    fn sync(&mut self, _: &str) -> io::Result<()> {
        Err(io::ErrorKind::ReadOnlyFilesystem.into())
    }

    fn truncate(&mut self, _: &str, _: u64) -> io::Result<()> {
        Err(io::ErrorKind::ReadOnlyFilesystem.into())
    }

    fn replace(&mut self, _: &str, _: &[u8]) -> io::Result<()> {
        Err(io::ErrorKind::ReadOnlyFilesystem.into())
    }

    fn remove(&mut self, _: &str) -> io::Result<()> {
        Err(io::ErrorKind::ReadOnlyFilesystem.into())
    }
}
