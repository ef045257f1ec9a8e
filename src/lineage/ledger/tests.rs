//! The ledger against crashes, damage, forgery and full disks. The disk is memory: every byte can be touched.

use super::*;
use crate::lineage::keys::Keyring;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

const DAY: u64 = DAY_MS;

/// Files in memory, with room for so many bytes.
#[derive(Clone, Debug)]
struct Memory {
    files: Arc<Mutex<BTreeMap<String, Vec<u8>>>>,
    room: Arc<Mutex<usize>>,
    sync_fails: Arc<Mutex<bool>>,
}

impl Default for Memory {
    fn default() -> Self {
        let room = Arc::new(Mutex::new(usize::MAX));
        Self { files: Arc::default(), room, sync_fails: Arc::default() }
    }
}

impl Memory {
    fn with(&self, change: impl FnOnce(&mut BTreeMap<String, Vec<u8>>)) {
        change(&mut self.files.lock().unwrap());
    }

    fn copy(&self) -> Self {
        let files = self.files.lock().unwrap().clone();
        Self { files: Arc::new(Mutex::new(files)), ..Self::default() }
    }

    fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let mut room = self.room.lock().unwrap();
        let fits = bytes.len().min(*room);
        *room -= fits;
        self.with(|files| {
            files.entry(name.to_owned()).or_default().extend_from_slice(&bytes[..fits]);
        });
        if fits < bytes.len() { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }
}

impl Disk for Memory {
    fn names(&self) -> io::Result<Vec<String>> {
        Ok(self.files.lock().unwrap().keys().cloned().collect())
    }

    fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        self.files.lock().unwrap().get(name).cloned().ok_or(io::ErrorKind::NotFound.into())
    }

    fn read_start(&self, name: &str, len: usize) -> io::Result<Vec<u8>> {
        let mut bytes = self.read(name)?;
        bytes.truncate(len);
        Ok(bytes)
    }

    fn create(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        if self.files.lock().unwrap().contains_key(name) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        self.write(name, bytes)
    }

    fn append(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.write(name, bytes)
    }

    fn sync(&mut self, _name: &str) -> io::Result<()> {
        if *self.sync_fails.lock().unwrap() { Err(io::Error::other("broken")) } else { Ok(()) }
    }

    fn truncate(&mut self, name: &str, len: u64) -> io::Result<()> {
        self.with(|files| files.get_mut(name).unwrap().truncate(len as usize));
        Ok(())
    }

    fn replace(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        if *self.room.lock().unwrap() < bytes.len() {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.with(|files| drop(files.insert(name.to_owned(), bytes.to_vec())));
        Ok(())
    }

    fn remove(&mut self, name: &str) -> io::Result<()> {
        self.with(|files| drop(files.remove(name)));
        Ok(())
    }
}

fn signer() -> Signer {
    Signer::new(&Keyring::new([7; 32]), "test/ledger").unwrap()
}

fn open(disk: &Memory, options: LedgerOptions) -> Result<(Ledger<Memory>, u64), Fault> {
    Ledger::open(disk.clone(), signer(), [1; 32], options)
}

fn payloads(range: std::ops::Range<u64>) -> Vec<Vec<u8>> {
    range.map(|i| format!("{{\"n\":{i}}}").into_bytes()).collect()
}

fn numbers(disk: &Memory) -> Vec<u64> {
    let mut seen = Vec::new();
    for_each(disk, |record| {
        assert_eq!(record.payload, format!("{{\"n\":{}}}", record.seq).as_bytes());
        seen.push(record.seq);
    })
    .unwrap();
    seen
}

/// Records are read from the segment on that holds the first of those that are wanted.
#[test]
fn the_end_is_read_without_what_is_older() {
    let disk = filled();
    let all = numbers(&disk);
    for count in [0, 1, 7, 30, 60, 1000] {
        let mut seen = Vec::new();
        for_each_of_last(&disk, count, |record| seen.push(record.seq)).unwrap();
        assert!(all.ends_with(&seen) && seen.len() as u64 >= count.min(60), "{count}: {seen:?}");
        assert_eq!(seen.len() == all.len(), count >= 60 || seen.first() == all.first(), "{count}");
    }
    let mut few = 0;
    for_each_of_last(&disk, 1, |_| few += 1).unwrap();
    assert!(few < all.len());
}

const SMALL: LedgerOptions = LedgerOptions { segment_bytes: 1000, checkpoint_records: 8 };

/// Sixty records in batches of three, over several segments and two days.
fn filled() -> Memory {
    let disk = Memory::default();
    let (mut ledger, torn) = open(&disk, SMALL).unwrap();
    assert_eq!(torn, 0);
    for batch in 0..20 {
        let first = ledger.append(batch / 10 * DAY + batch, &payloads(batch * 3..batch * 3 + 3));
        assert_eq!(first, Ok(batch * 3));
        if ledger.checkpoint_is_due() {
            ledger.checkpoint().unwrap();
        }
    }
    ledger.checkpoint().unwrap();
    disk
}

fn report(disk: &Memory) -> Report {
    verify(disk, signer().public()).unwrap()
}

/// The newest segment and its bytes.
fn last(disk: &Memory) -> (String, Vec<u8>) {
    let name = segment_name(*segments(disk).unwrap().last().unwrap());
    let bytes = disk.read(&name).unwrap();
    (name, bytes)
}

#[test]
fn what_is_appended_is_read_back_and_verifies() {
    let disk = filled();
    assert_eq!(numbers(&disk), (0..60).collect::<Vec<_>>());
    let report = report(&disk);
    assert!(report.problems.is_empty(), "{report:?}");
    assert!(report.segments > 4 && report.checkpoints > 4, "{report:?}");
    assert_eq!((report.records, report.size, report.signed, report.torn_bytes), (60, 60, 60, 0));
    let (mut ledger, torn) = open(&disk, SMALL).unwrap();
    assert_eq!((ledger.size(), torn), (60, 0));
    assert_eq!(ledger.append(2 * DAY, &payloads(60..61)), Ok(60));
    assert_eq!(numbers(&disk).len(), 61);
    assert!(self::report(&disk).problems.is_empty());
}

#[test]
fn days_and_sizes_begin_segments() {
    let segments_of = |steps: &[(u64, u64)], segment_bytes| {
        let disk = Memory::default();
        let (mut ledger, _) = open(&disk, LedgerOptions { segment_bytes, ..SMALL }).unwrap();
        for (now, count) in steps {
            let size = ledger.size();
            ledger.append(*now, &payloads(size..size + count)).unwrap();
        }
        segments(&disk).unwrap().len()
    };
    assert_eq!(segments_of(&[(0, 1), (DAY - 1, 1)], 1 << 20), 1);
    assert_eq!(segments_of(&[(0, 1), (DAY, 1)], 1 << 20), 2);
    assert_eq!(segments_of(&[(0, 5), (1, 1), (2, 1)], 1), 3);
}

/// A crash leaves any number of bytes of the last batch.
#[test]
fn a_torn_tail_is_cut_off_whatever_its_length() {
    let disk = Memory::default();
    let (mut ledger, _) = open(&disk, LedgerOptions::default()).unwrap();
    ledger.append(1, &payloads(0..3)).unwrap();
    let (name, before) = last(&disk);
    ledger.append(2, &payloads(3..6)).unwrap();
    let (_, after) = last(&disk);
    for len in before.len()..after.len() {
        let torn = disk.copy();
        torn.with(|files| drop(files.insert(name.clone(), after[..len].to_vec())));
        let whole = report(&torn);
        assert!(whole.problems.is_empty(), "{len}: {whole:?}");
        let (mut ledger, cut) = open(&torn, LedgerOptions::default()).unwrap();
        let size = ledger.size();
        assert!((3..6).contains(&size) && whole.size == size && whole.torn_bytes == cut, "{len}");
        assert_eq!(ledger.append(3, &payloads(size..size + 2)), Ok(size));
        assert_eq!(numbers(&torn), (0..size + 2).collect::<Vec<_>>());
        assert!(report(&torn).problems.is_empty());
    }
}

/// After a loss of power pages of the last batch may be missing before others that are there.
#[test]
fn holes_in_the_last_batch_are_no_damage() {
    let disk = Memory::default();
    let (mut ledger, _) = open(&disk, LedgerOptions::default()).unwrap();
    ledger.append(1, &payloads(0..3)).unwrap();
    let (name, before) = last(&disk);
    ledger.append(2, &payloads(3..9)).unwrap();
    disk.with(|files| files.get_mut(&name).unwrap()[before.len()..before.len() + 40].fill(0));
    let (ledger, torn) = open(&disk, LedgerOptions::default()).unwrap();
    assert!(ledger.size() == 3 && torn > 0);
}

#[test]
fn a_torn_header_is_an_empty_segment() {
    let disk = Memory::default();
    let (mut ledger, _) = open(&disk, SMALL).unwrap();
    ledger.append(1, &payloads(0..3)).unwrap();
    ledger.append(DAY, &payloads(3..4)).unwrap();
    let (name, bytes) = last(&disk);
    let (_, header) = Header::decode(&bytes).unwrap();
    for len in 0..header {
        let torn = disk.copy();
        torn.with(|files| drop(files.insert(name.clone(), bytes[..len].to_vec())));
        assert!(report(&torn).torn_bytes == len as u64 && numbers(&torn).len() == 3);
        // The newest checkpoint was made before the segment, so nothing that is known is missing.
        let (mut ledger, cut) = open(&torn, SMALL).unwrap();
        assert_eq!((ledger.size(), cut), (3, len as u64));
        ledger.append(DAY, &payloads(3..5)).unwrap();
        assert_eq!(numbers(&torn).len(), 5);
        assert!(report(&torn).problems.is_empty());
    }
}

#[test]
fn every_flipped_bit_is_found_and_located() {
    let disk = filled();
    let all = segments(&disk).unwrap();
    for number in &all {
        let name = segment_name(*number);
        let len = disk.read(&name).unwrap().len();
        for at in 0..len {
            let bit = 1 << (at % 8);
            disk.with(|files| files.get_mut(&name).unwrap()[at] ^= bit);
            let report = report(&disk);
            let found = report.problems.iter().any(|problem| match problem {
                Problem::Segment { number: place, offset, .. } => {
                    let near = (at as u64).saturating_sub(*offset) < 1000;
                    place == number && near
                }
                // At the very end damage looks like a batch that was not written; the checkpoint knows better.
                Problem::Short { signed: 60, here } => number == all.last().unwrap() && *here < 60,
                _ => false,
            });
            assert!(found, "segment {number}, byte {at}: {report:?}");
            if number == all.last().unwrap() {
                let before = disk.read(&name).unwrap();
                assert!(open(&disk, SMALL).is_err(), "byte {at} of the last segment");
                assert_eq!(disk.read(&name).unwrap(), before, "evidence was removed");
            }
            disk.with(|files| files.get_mut(&name).unwrap()[at] ^= bit);
        }
    }
    assert!(report(&disk).problems.is_empty());
}

/// Somebody with access to the disk, but without the key, writes another history: sums and links are right.
#[test]
fn a_history_that_was_written_anew_does_not_match_the_checkpoint() {
    let forged = Memory::default();
    let (mut ledger, _) = open(&forged, SMALL).unwrap();
    for batch in 0..20 {
        let mut events = payloads(batch * 3..batch * 3 + 3);
        if batch == 7 {
            events[0] = b"{}".to_vec();
        }
        ledger.append(batch / 10 * DAY + batch, &events).unwrap();
    }
    let real = filled();
    let note = real.read(CHECKPOINT).unwrap();
    forged.with(|files| {
        files.retain(|name, _| name.ends_with(SEGMENT_SUFFIX));
        files.insert(CHECKPOINT.to_owned(), note);
    });
    assert_eq!(report(&forged).problems, [Problem::Root { size: 60 }]);
    assert_eq!(open(&forged, SMALL).unwrap_err().code, LEDGER_DAMAGED);
}

#[test]
fn missing_segments_records_and_notes_are_noticed() {
    let disk = filled();
    let without = |names: &[String]| {
        let disk = disk.copy();
        disk.with(|files| files.retain(|name, _| !names.contains(name)));
        report(&disk).problems
    };
    assert!(without(&[]).is_empty());
    let middle = without(&[segment_name(3)]);
    assert!(
        matches!(middle[..], [Problem::Segment { number: 4, offset: 0, flaw: Flaw::Gap, .. }]),
        "{middle:?}"
    );
    let (name, _) = last(&disk);
    assert!(matches!(without(&[name])[..], [Problem::Short { signed: 60, .. }]));
    let other = disk.copy();
    other.with(|files| files.get_mut(CHECKPOINT).unwrap()[30] ^= 1);
    assert_eq!(report(&other).problems, [Problem::Note { name: CHECKPOINT.to_owned() }]);
    let stranger = Signer::new(&Keyring::new([8; 32]), "test/ledger").unwrap();
    assert!(!verify(&disk, stranger.public()).unwrap().problems.is_empty());
}

#[test]
fn a_full_disk_refuses_the_batch_and_nothing_else() {
    for room in 0..900 {
        let disk = Memory::default();
        let (mut ledger, _) = open(&disk, LedgerOptions::default()).unwrap();
        ledger.append(1, &payloads(0..2)).unwrap();
        *disk.room.lock().unwrap() = room;
        let result = ledger.append(2, &payloads(2..8));
        if let Err(fault) = &result {
            assert_eq!(fault.code, LEDGER_WRITE);
            assert_eq!(ledger.size(), 2);
            *disk.room.lock().unwrap() = usize::MAX;
            assert_eq!(ledger.append(3, &payloads(2..4)), Ok(2), "{room}");
        }
        let size = ledger.size();
        assert_eq!(numbers(&disk), (0..size).collect::<Vec<_>>(), "{room}");
        assert!(report(&disk).problems.is_empty());
    }
}

#[test]
fn a_full_disk_at_the_start_of_a_segment_leaves_nothing_behind() {
    for room in 0..400 {
        let disk = Memory::default();
        *disk.room.lock().unwrap() = room;
        let (mut ledger, _) = open(&disk, LedgerOptions::default()).unwrap();
        if ledger.append(1, &payloads(0..2)).is_err() {
            *disk.room.lock().unwrap() = usize::MAX;
            assert_eq!(ledger.append(1, &payloads(0..2)), Ok(0), "{room}");
        }
        assert_eq!(numbers(&disk), [0, 1]);
    }
}

#[test]
fn what_was_not_synced_was_not_recorded() {
    let disk = Memory::default();
    let (mut ledger, _) = open(&disk, LedgerOptions::default()).unwrap();
    ledger.append(1, &payloads(0..2)).unwrap();
    *disk.sync_fails.lock().unwrap() = true;
    assert!(ledger.append(2, &[b"lost".to_vec()]).is_err());
    *disk.sync_fails.lock().unwrap() = false;
    assert_eq!(ledger.append(3, &payloads(2..3)), Ok(2));
    assert_eq!(numbers(&disk), [0, 1, 2]);
}

#[test]
fn events_and_batches_have_limits() {
    let disk = Memory::default();
    let (mut ledger, _) = open(&disk, LedgerOptions::default()).unwrap();
    let check = |result: Result<u64, Fault>| assert_eq!(result.unwrap_err().code, LEDGER_EVENT);
    check(ledger.append(1, &[vec![b'x'; LEDGER_EVENT_BYTES_MAX + 1]]));
    check(ledger.append(1, &vec![Vec::new(); LEDGER_BATCH_EVENTS_MAX + 1]));
    assert_eq!(ledger.append(1, &[]), Ok(0));
    assert_eq!(ledger.append(1, &[vec![b'x'; LEDGER_EVENT_BYTES_MAX], Vec::new()]), Ok(0));
    assert_eq!(open(&disk, LedgerOptions::default()).unwrap().0.size(), 2);
}

#[test]
fn every_record_can_be_proven_also_after_older_ones_are_gone() {
    let disk = filled();
    let public = signer().public().clone();
    for seq in 0..60 {
        let proof = prove(&disk, &public, seq).unwrap();
        assert_eq!(proof.verify(&public).map(|signed| signed.size), Ok(60));
        assert_eq!(proof.event, format!("{{\"n\":{seq}}}"));
        let changed = |change: &dyn Fn(&mut Proof)| {
            let mut proof = proof.clone();
            change(&mut proof);
            assert!(proof.verify(&public).is_err(), "{proof:?}");
        };
        changed(&|proof| proof.seq ^= 1);
        changed(&|proof| proof.time_ms += 1);
        changed(&|proof| proof.event.push(' '));
        changed(&|proof| proof.salt.replace_range(..1, "_"));
        changed(&|proof| drop(proof.path.pop()));
        changed(&|proof| proof.checkpoint.push('x'));
    }
    assert!(prove(&disk, &public, 60).is_err());
    let (mut ledger, _) = open(&disk, SMALL).unwrap();
    let first = ledger.retire(DAY).unwrap();
    assert!(first > 20, "{first}");
    let report = report(&disk);
    assert!(report.problems.is_empty(), "{report:?}");
    assert_eq!((report.first_seq, report.size, report.records), (first, 60, 60 - first));
    for seq in 0..60 {
        assert_eq!(prove(&disk, &public, seq).is_ok(), seq >= first, "{seq}");
    }
}

#[test]
fn retirement_keeps_what_is_young_and_the_last_segment() {
    let disk = filled();
    let (mut ledger, _) = open(&disk, SMALL).unwrap();
    assert_eq!(ledger.retire(0), Ok(0));
    assert_eq!(numbers(&disk).len(), 60);
    let first = ledger.retire(u64::MAX).unwrap();
    assert_eq!(numbers(&disk), (first..60).collect::<Vec<_>>());
    assert_eq!(segments(&disk).unwrap().len(), 1);
    assert_eq!(ledger.append(9 * DAY, &payloads(60..62)), Ok(60));
    let (again, _) = open(&disk, SMALL).unwrap();
    assert_eq!(again.size(), 62);
}

#[test]
fn hostile_files_are_refused_without_panic() {
    let disk = Memory::default();
    for bytes in
        [vec![0xff; 5000], b"LGseg001".to_vec(), [b"LGseg001".as_slice(), &[0xff; 4000]].concat()]
    {
        disk.with(|files| drop(files.insert(segment_name(1), bytes)));
        let _ = report(&disk);
        let _ = open(&disk, SMALL);
        let _ = prove(&disk, signer().public(), 0);
    }
    disk.with(|files| drop(files.insert("x.seg".to_owned(), vec![1])));
    disk.with(|files| drop(files.insert("1.seg".to_owned(), vec![1])));
    assert_eq!(segments(&disk).unwrap().len(), usize::from(disk.read(&segment_name(1)).is_ok()));
}
