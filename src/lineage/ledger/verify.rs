//! Reading a ledger: record by record, verifying everything, proving one record.

use super::merkle::{Hash, Leaves, Tree, includes, leaf};
use super::segment::{Flaw, Header, Reader, Record, SALT_BYTES, leaf_data};
use super::{
    CHECKPOINT, CHECKPOINT_SUFFIX, Checkpoint, Disk, PublicKey, damaged, read_fault, segment_name,
    segments,
};
use crate::base::Fault;
use crate::base::code::{LEDGER_CHECKPOINT, LEDGER_DAMAGED, LEDGER_RECORD};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

/// Something that is wrong with a ledger, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// In a segment. Nothing behind the place is read.
    Segment {
        /// Number of the segment.
        number: u64,
        /// Where, in bytes from its start.
        offset: u64,
        /// Number of the record that should stand there.
        seq: u64,
        /// What.
        flaw: Flaw,
    },
    /// A checkpoint cannot be read, or its signature is wrong.
    Note {
        /// Name of its file.
        name: String,
    },
    /// The records are not those that were signed.
    Root {
        /// How many records were.
        size: u64,
    },
    /// More records were signed than there are.
    Short {
        /// How many were signed.
        signed: u64,
        /// How many there are.
        here: u64,
    },
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Segments that were read.
    pub segments: u64,
    /// Records that are whole.
    pub records: u64,
    /// Number of the first one that is there.
    pub first_seq: u64,
    /// Number of the one that would come next.
    pub size: u64,
    /// Checkpoints whose signature and root are right.
    pub checkpoints: u64,
    /// Records under the newest of them.
    pub signed: u64,
    /// Bytes of a batch that was not written to its end. No mistake: nobody was told that it was recorded.
    pub torn_bytes: u64,
    /// What is wrong, in the order of the records.
    pub problems: Vec<Problem>,
}

/// Hands every whole record to `each`, in order, and stops at the first flaw that is not a torn end.
///
/// # Errors
/// The disk cannot be read, or the ledger is damaged.
pub fn for_each(disk: &impl Disk, each: impl FnMut(Record<'_>)) -> Result<(), Fault> {
    each_of(disk, &segments(disk)?, each)
}

/// Hands the records of the newest segments to `each`, in order: so many that at least the last `count` records are among them, if there
/// are as many. Older segments are not read.
///
/// # Errors
/// As [`for_each`].
pub fn for_each_of_last(
    disk: &impl Disk,
    count: u64,
    each: impl FnMut(Record<'_>),
) -> Result<(), Fault> {
    let numbers = segments(disk)?;
    let (mut first, mut newest) = (numbers.len(), None);
    while first > 0 {
        first -= 1;
        // A header that cannot be read is told of when its segment is.
        let Ok(header) = super::header(disk, numbers[first]) else { continue };
        let here = header.tree.size();
        if newest.get_or_insert(here).saturating_sub(here) >= count {
            break;
        }
    }
    each_of(disk, &numbers[first..], each)
}

fn each_of(
    disk: &impl Disk,
    numbers: &[u64],
    mut each: impl FnMut(Record<'_>),
) -> Result<(), Fault> {
    for number in numbers {
        let bytes = disk.read(&segment_name(*number)).map_err(read_fault)?;
        let last = Some(number) == numbers.last();
        let Some((_, mut reader)) = Reader::new(&bytes) else {
            if last && bytes.len() <= Header::bytes_max() {
                return Ok(());
            }
            return Err(Fault::new(LEDGER_DAMAGED, format!("the header of segment {number}")));
        };
        while let Some(record) = reader.next() {
            match record {
                Ok(record) => each(record),
                Err(Flaw::Torn) if last => return Ok(()),
                Err(flaw) => return Err(damaged(flaw, *number, &reader)),
            }
        }
    }
    Ok(())
}

/// Reads all segments and checks every sum, number, link, root and signature.
///
/// # Errors
/// The disk cannot be read. What is wrong with the ledger stands in the report.
pub fn verify(disk: &impl Disk, public: &PublicKey) -> Result<Report, Fault> {
    let mut report = Report::default();
    let mut roots = notes(disk, public, &mut report)?;
    let numbers = segments(disk)?;
    let mut before: Option<(Hash, Tree, u64)> = None;
    for number in &numbers {
        let bytes = disk.read(&segment_name(*number)).map_err(read_fault)?;
        let last = Some(number) == numbers.last();
        let here = before.as_ref().map_or(0, |(_, tree, _)| tree.size());
        let problem = |offset: usize, seq, flaw| Problem::Segment {
            number: *number,
            offset: offset as u64,
            seq,
            flaw,
        };
        let Some((header, mut reader)) = Reader::new(&bytes) else {
            if last && bytes.len() <= Header::bytes_max() {
                report.torn_bytes += bytes.len() as u64;
            } else {
                report.problems.push(problem(0, here, Flaw::Header));
            }
            continue;
        };
        report.segments += 1;
        match &before {
            None => report.first_seq = header.tree.size(),
            Some((chain, tree, previous)) => {
                let follows = (*chain, tree, previous + 1) == (header.chain, &header.tree, *number);
                if header.number != *number || !follows {
                    report.problems.push(problem(0, here, Flaw::Gap));
                }
            }
        }
        check_root(&mut roots, &reader.tree, &mut report);
        while let Some(record) = reader.next() {
            match record {
                Ok(_) => {
                    report.records += 1;
                    check_root(&mut roots, &reader.tree, &mut report);
                }
                Err(Flaw::Torn) if last => {
                    report.torn_bytes += (bytes.len() - reader.position()) as u64;
                    break;
                }
                Err(flaw) => {
                    report.problems.push(problem(reader.position(), reader.tree.size(), flaw));
                    break;
                }
            }
        }
        before = Some((reader.chain, reader.tree, *number));
    }
    report.size = before.map_or(0, |(_, tree, _)| tree.size());
    let short = roots.iter().filter(|checkpoint| checkpoint.size > report.size);
    if let Some(signed) = short.map(|checkpoint| checkpoint.size).max() {
        report.problems.push(Problem::Short { signed, here: report.size });
    }
    Ok(report)
}

/// The checkpoints on the disk, in descending order of their size.
fn notes(
    disk: &impl Disk,
    public: &PublicKey,
    report: &mut Report,
) -> Result<Vec<Checkpoint>, Fault> {
    let mut notes = Vec::new();
    let is_note = |name: &String| name == CHECKPOINT || name.ends_with(CHECKPOINT_SUFFIX);
    for name in disk.names().map_err(read_fault)?.into_iter().filter(is_note) {
        let note = disk.read(&name).map_err(read_fault)?;
        match public.open(&String::from_utf8_lossy(&note)) {
            Ok(checkpoint) => notes.push(checkpoint),
            Err(_) => report.problems.push(Problem::Note { name }),
        }
    }
    notes.sort_by_key(|checkpoint| std::cmp::Reverse(checkpoint.size));
    Ok(notes)
}

/// Compares the tree with the checkpoints of its size; those of smaller ones cannot be compared any more.
fn check_root(roots: &mut Vec<Checkpoint>, tree: &Tree, report: &mut Report) {
    while let Some(next) = roots.pop_if(|checkpoint| checkpoint.size <= tree.size()) {
        if next.size < tree.size() {
            continue;
        }
        if next.root == tree.root() {
            report.checkpoints += 1;
            report.signed = next.size;
        } else {
            report.problems.push(Problem::Root { size: next.size });
        }
    }
}

/// That a record is in the ledger, for somebody who has only the public key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// Number of the record.
    pub seq: u64,
    /// When it was written, in milliseconds since 1970.
    pub time_ms: u64,
    /// The salt, in base64.
    pub salt: String,
    /// The event, as it was written.
    pub event: String,
    /// Hashes from the leaf to the root, in base64.
    pub path: Vec<String>,
    /// The signed note.
    pub checkpoint: String,
}

/// The proof of a record under the newest checkpoint.
///
/// # Errors
/// The record is not there, or no checkpoint covers it, or the ledger is damaged.
pub fn prove(disk: &impl Disk, public: &PublicKey, seq: u64) -> Result<Proof, Fault> {
    let note = disk.read(CHECKPOINT).map_err(read_fault)?;
    let checkpoint = String::from_utf8_lossy(&note).into_owned();
    let signed = public.open(&checkpoint)?;
    if seq >= signed.size {
        let detail = format!("the checkpoint covers {} records", signed.size);
        return Err(Fault::new(LEDGER_RECORD, detail));
    }
    let mut leaves: Option<Leaves> = None;
    let mut found = None;
    for number in segments(disk)? {
        let bytes = disk.read(&segment_name(number)).map_err(read_fault)?;
        let Some((header, mut reader)) = Reader::new(&bytes) else { break };
        let first = header.tree.size();
        // Segments in front of the record's are known by the peaks in its header.
        if found.is_none() && first <= seq {
            leaves = Some(Leaves { base: header.tree, hashes: Vec::new() });
        }
        let Some(leaves) = &mut leaves else { break };
        while let Some(record) = reader.next() {
            let Ok(record) = record else { break };
            leaves.hashes.push(record.leaf);
            if record.seq == seq {
                found =
                    Some((record.time_ms, STANDARD.encode(record.salt), record.payload.to_vec()));
            }
        }
        if reader.tree.size() >= signed.size {
            break;
        }
    }
    let (Some(leaves), Some((time_ms, salt, event))) = (leaves, found) else {
        return Err(Fault::new(LEDGER_RECORD, "it was retired or is damaged"));
    };
    let path = leaves
        .path(seq, signed.size)
        .ok_or_else(|| Fault::new(LEDGER_DAMAGED, "records behind it are missing"))?;
    let path = path.iter().map(|hash| STANDARD.encode(hash)).collect();
    let event = String::from_utf8(event).map_err(|_| Fault::from(LEDGER_DAMAGED))?;
    let proof = Proof { seq, time_ms, salt, event, path, checkpoint };
    // A ledger whose records are not those that were signed proves nothing.
    proof.verify(public).map(|_| proof)
}

impl Proof {
    /// Checks the proof; says which checkpoint it stands on.
    ///
    /// # Errors
    /// The signature is wrong, or the path does not lead from this event to the root.
    pub fn verify(&self, public: &PublicKey) -> Result<Checkpoint, Fault> {
        let wrong = |what: &str| Fault::new(LEDGER_CHECKPOINT, what);
        let signed = public.open(&self.checkpoint)?;
        let salt = STANDARD.decode(&self.salt).ok().filter(|salt| salt.len() == SALT_BYTES);
        let salt = salt.ok_or_else(|| wrong("the salt is damaged"))?;
        let hash = |text: &String| STANDARD.decode(text).ok()?.try_into().ok();
        let path: Option<Vec<Hash>> = self.path.iter().map(hash).collect();
        let path = path.ok_or_else(|| wrong("the path is damaged"))?;
        let data = leaf_data(self.seq, self.time_ms, &salt, self.event.as_bytes());
        if includes(leaf(&[&data]), self.seq, signed.size, &path, signed.root) {
            Ok(signed)
        } else {
            Err(wrong("the path does not lead to the root that was signed"))
        }
    }
}
