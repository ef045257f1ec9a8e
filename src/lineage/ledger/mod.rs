//! The ledger: an append-only log of events, chained by hashes, with a Merkle tree whose checkpoints are signed.
//!
//! [`Ledger`] writes it, one batch at a time: when [`append`](Ledger::append) returns, the batch is on the disk, or none of it counts.
//! [`verify()`] reads it as somebody who trusts nothing but a public key. `docs/LINEAGE.md` describes the files.

mod disk;
mod merkle;
mod note;
mod segment;
mod verify;

#[cfg(test)]
mod tests;

pub use disk::Disk;
pub use merkle::Hash;
pub use note::{Checkpoint, PublicKey, Signer};
pub use segment::{Flaw, Record};
pub use verify::{Problem, Proof, Report, for_each, for_each_of_last, prove, verify};

use super::ids::Mint;
use crate::base::Fault;
use crate::base::code::{LEDGER_DAMAGED, LEDGER_EVENT, LEDGER_READ, LEDGER_WRITE};
use crate::base::limits::{LEDGER_BATCH_EVENTS_MAX, LEDGER_EVENT_BYTES_MAX};
use merkle::Tree;
use segment::{Header, Reader, Stamp};
use std::io;

/// The file with the newest checkpoint.
pub const CHECKPOINT: &str = "checkpoint";
const SEGMENT_SUFFIX: &str = ".seg";
const CHECKPOINT_SUFFIX: &str = ".checkpoint";
const DAY_MS: u64 = 86_400_000;

/// How a ledger is written.
#[derive(Clone, Copy, Debug)]
pub struct LedgerOptions {
    /// A segment of this many bytes is closed. A day closes it as well.
    pub segment_bytes: u64,
    /// Records between two checkpoints.
    pub checkpoint_records: u64,
}

impl Default for LedgerOptions {
    fn default() -> Self {
        Self { segment_bytes: 64 << 20, checkpoint_records: 4096 }
    }
}

/// Writes a ledger. There is one writer at a time; who hands in the disk sees to that.
#[derive(Debug)]
pub struct Ledger<D> {
    disk: D,
    options: LedgerOptions,
    signer: Signer,
    mint: Mint,
    /// The segment that is written, if there is one.
    open: Option<Open>,
    next_number: u64,
    chain: Hash,
    tree: Tree,
    /// Records under the newest checkpoint.
    signed: u64,
    /// A write failed, and what it left behind was not cut off yet.
    unclean: bool,
}

/// The segment that is written.
#[derive(Clone, Copy, Debug)]
struct Open {
    number: u64,
    created_ms: u64,
    first_seq: u64,
    /// Bytes of whole batches.
    len: u64,
}

/// What a crash left of the last batch.
#[derive(Debug, Default)]
struct Cut {
    bytes: u64,
    /// Segments without a whole header.
    empty: Vec<String>,
    /// The segment with a torn end, and the length of what is whole.
    torn: Option<(String, u64)>,
}

/// Name of the file of a segment.
fn segment_name(number: u64) -> String {
    format!("{number:010}{SEGMENT_SUFFIX}")
}

/// Name of the file of the checkpoint that was made when a segment was closed.
fn checkpoint_name(number: u64) -> String {
    format!("{number:010}{CHECKPOINT_SUFFIX}")
}

/// Numbers of the segments on a disk, ascending.
fn segments(disk: &impl Disk) -> Result<Vec<u64>, Fault> {
    let names = disk.names().map_err(read_fault)?;
    let number = |name: &String| {
        let number = name.strip_suffix(SEGMENT_SUFFIX)?.parse().ok()?;
        (segment_name(number) == *name).then_some(number)
    };
    let mut numbers: Vec<u64> = names.iter().filter_map(number).collect();
    numbers.sort_unstable();
    Ok(numbers)
}

#[allow(clippy::needless_pass_by_value, reason = "it is handed to map_err")]
fn read_fault(error: io::Error) -> Fault {
    Fault::new(LEDGER_READ, error.kind().to_string())
}

#[allow(clippy::needless_pass_by_value, reason = "it is handed to map_err")]
fn write_fault(error: io::Error) -> Fault {
    Fault::new(LEDGER_WRITE, error.kind().to_string())
}

fn damaged(flaw: Flaw, number: u64, reader: &Reader<'_>) -> Fault {
    Fault::new(LEDGER_DAMAGED, format!("{flaw}: segment {number}, byte {}", reader.position()))
}

impl<D: Disk> Ledger<D> {
    /// Opens a ledger, or begins one. What a crash left of the last batch is cut off; says how many bytes that were.
    ///
    /// # Errors
    /// The disk cannot be read or written, or records are missing or damaged that somebody was told were recorded.
    pub fn open(
        disk: D,
        signer: Signer,
        mint_seed: [u8; 32],
        options: LedgerOptions,
    ) -> Result<(Self, u64), Fault> {
        let mut ledger = Self {
            disk,
            options,
            signer,
            mint: Mint::new(mint_seed),
            open: None,
            next_number: 1,
            chain: [0; 32],
            tree: Tree::default(),
            signed: 0,
            unclean: false,
        };
        let cut = ledger.recover()?;
        ledger.compare()?;
        // Only now, when nothing is missing, may anything be removed.
        for name in &cut.empty {
            ledger.disk.remove(name).map_err(write_fault)?;
        }
        if let Some((name, len)) = &cut.torn {
            ledger.disk.truncate(name, *len).map_err(write_fault)?;
        }
        Ok((ledger, cut.bytes))
    }

    /// Reads the last segment; says what is to be cut off. A segment whose header was not written to its end holds nothing.
    fn recover(&mut self) -> Result<Cut, Fault> {
        let mut cut = Cut::default();
        for (back, number) in segments(&self.disk)?.iter().rev().enumerate() {
            let name = segment_name(*number);
            let bytes = self.disk.read(&name).map_err(read_fault)?;
            let Some((header, mut reader)) = Reader::new(&bytes) else {
                // Only the newest header can be torn, and only if nothing follows it.
                if back > 0 || bytes.len() > Header::bytes_max() {
                    let detail = format!("the header of segment {number}");
                    return Err(Fault::new(LEDGER_DAMAGED, detail));
                }
                cut.bytes += bytes.len() as u64;
                cut.empty.push(name);
                continue;
            };
            while let Some(record) = reader.next() {
                match record {
                    Ok(_) => {}
                    Err(Flaw::Torn) => break,
                    Err(flaw) => return Err(damaged(flaw, *number, &reader)),
                }
            }
            let len = reader.position() as u64;
            if len < bytes.len() as u64 {
                cut.bytes += bytes.len() as u64 - len;
                cut.torn = Some((name, len));
            }
            let Header { number, created_ms, tree, .. } = header;
            self.open = Some(Open { number, created_ms, first_seq: tree.size(), len });
            self.next_number = number + 1;
            (self.chain, self.tree) = (reader.chain, reader.tree);
            break;
        }
        Ok(cut)
    }

    /// Compares what there is with the newest checkpoint.
    fn compare(&mut self) -> Result<(), Fault> {
        if !self.disk.names().map_err(read_fault)?.iter().any(|name| name == CHECKPOINT) {
            return Ok(());
        }
        let note = self.disk.read(CHECKPOINT).map_err(read_fault)?;
        let signed = self.signer.public().open(&String::from_utf8_lossy(&note))?;
        let here = self.tree.size();
        if signed.size > here || (signed.size == here && signed.root != self.tree.root()) {
            let detail = format!("{} records were signed, {here} are here or differ", signed.size);
            return Err(Fault::new(LEDGER_DAMAGED, detail));
        }
        self.signed = signed.size;
        Ok(())
    }

    /// Number of records, those of retired segments included.
    pub const fn size(&self) -> u64 {
        self.tree.size()
    }

    /// What verifies its checkpoints.
    pub const fn public(&self) -> &PublicKey {
        self.signer.public()
    }

    /// Appends a batch and makes it durable; says the number of its first record. On an error none of it was recorded, and the next call
    /// begins by cutting off what may have been written.
    ///
    /// # Errors
    /// The batch or a payload is too large, or the disk does not take it.
    pub fn append(&mut self, now_ms: u64, payloads: &[Vec<u8>]) -> Result<u64, Fault> {
        let first = self.tree.size();
        if payloads.is_empty() {
            return Ok(first);
        }
        if payloads.len() > LEDGER_BATCH_EVENTS_MAX {
            let detail =
                format!("{} events, the limit is {LEDGER_BATCH_EVENTS_MAX}", payloads.len());
            return Err(Fault::new(LEDGER_EVENT, detail));
        }
        if let Some(large) = payloads.iter().find(|payload| payload.len() > LEDGER_EVENT_BYTES_MAX)
        {
            let detail = format!("{} bytes, the limit is {LEDGER_EVENT_BYTES_MAX}", large.len());
            return Err(Fault::new(LEDGER_EVENT, detail));
        }
        self.clean()?;
        self.rotate(now_ms)?;
        let Some(open) = self.open else { return Err(LEDGER_WRITE.into()) };
        let (mut chain, mut tree) = (self.chain, self.tree.clone());
        let mut bytes = Vec::new();
        for payload in payloads {
            let stamp = Stamp { time_ms: now_ms, durable: open.len, salt: self.mint.random() };
            segment::encode(stamp, payload, &mut chain, &mut tree, &mut bytes);
        }
        let name = segment_name(open.number);
        let written = self.disk.append(&name, &bytes).and_then(|()| self.disk.sync(&name));
        if let Err(error) = written {
            self.unclean = true;
            return Err(write_fault(error));
        }
        self.open = Some(Open { len: open.len + bytes.len() as u64, ..open });
        (self.chain, self.tree) = (chain, tree);
        Ok(first)
    }

    /// Cuts off what a failed write left.
    fn clean(&mut self) -> Result<(), Fault> {
        if let (true, Some(open)) = (self.unclean, self.open) {
            self.disk.truncate(&segment_name(open.number), open.len).map_err(write_fault)?;
        }
        self.unclean = false;
        Ok(())
    }

    /// Begins a segment if there is none, or if the one there is is full or of another day.
    fn rotate(&mut self, now_ms: u64) -> Result<(), Fault> {
        if let Some(open) = self.open {
            let full = open.len >= self.options.segment_bytes;
            let other_day = open.created_ms / DAY_MS != now_ms / DAY_MS;
            let holds_records = self.tree.size() > open.first_seq;
            if !(holds_records && (full || other_day)) {
                return Ok(());
            }
            let note = self.checkpoint()?;
            self.disk
                .replace(&checkpoint_name(open.number), note.as_bytes())
                .map_err(write_fault)?;
        }
        let number = self.next_number;
        let header =
            Header { number, created_ms: now_ms, chain: self.chain, tree: self.tree.clone() };
        let bytes = header.encode();
        let name = segment_name(number);
        if let Err(error) = self.disk.create(&name, &bytes) {
            // What is left of it would stand in the way of the next attempt.
            let _ = self.disk.remove(&name);
            return Err(write_fault(error));
        }
        let (first_seq, len) = (self.tree.size(), bytes.len() as u64);
        self.open = Some(Open { number, created_ms: now_ms, first_seq, len });
        self.next_number = number + 1;
        Ok(())
    }

    /// True if records were written since the last checkpoint.
    pub const fn is_unsigned(&self) -> bool {
        self.tree.size() > self.signed
    }

    /// Number of the first record that was not retired.
    ///
    /// # Errors
    /// The disk cannot be read.
    pub fn first_seq(&self) -> Result<u64, Fault> {
        let Some(first) = segments(&self.disk)?.first().copied() else { return Ok(0) };
        Ok(header(&self.disk, first)?.tree.size())
    }

    /// True if as many records were written since the last checkpoint as the options say.
    pub const fn checkpoint_is_due(&self) -> bool {
        self.tree.size() - self.signed >= self.options.checkpoint_records
    }

    /// Signs what there is, and keeps the note in [`CHECKPOINT`]. To be called at the end, too.
    ///
    /// # Errors
    /// The disk does not take it.
    pub fn checkpoint(&mut self) -> Result<String, Fault> {
        let checkpoint = Checkpoint { size: self.tree.size(), root: self.tree.root() };
        let note = self.signer.sign(checkpoint);
        self.disk.replace(CHECKPOINT, note.as_bytes()).map_err(write_fault)?;
        self.signed = checkpoint.size;
        Ok(note)
    }

    /// Removes closed segments all of whose records are older than `before_ms`; says the number of the first record that is left. What
    /// they held stays under the checkpoints: the next segment's header has the peaks of the tree.
    ///
    /// # Errors
    /// The disk does not let them be read or removed.
    pub fn retire(&mut self, before_ms: u64) -> Result<u64, Fault> {
        let numbers = segments(&self.disk)?;
        let mut first_seq = 0;
        for (at, number) in numbers.iter().enumerate() {
            let header = header(&self.disk, *number)?;
            first_seq = header.tree.size();
            // All records of a segment were written before the next one was begun.
            let Some(next) = numbers.get(at + 1) else { break };
            if self::header(&self.disk, *next)?.created_ms >= before_ms {
                break;
            }
            let notes = self.disk.names().map_err(read_fault)?;
            let note = checkpoint_name(*number);
            if notes.contains(&note) {
                self.disk.remove(&note).map_err(write_fault)?;
            }
            self.disk.remove(&segment_name(*number)).map_err(write_fault)?;
        }
        Ok(first_seq)
    }
}

/// The header of a segment.
fn header(disk: &impl Disk, number: u64) -> Result<Header, Fault> {
    let bytes = disk.read_start(&segment_name(number), Header::bytes_max()).map_err(read_fault)?;
    let (header, _) = Header::decode(&bytes)
        .ok_or_else(|| Fault::new(LEDGER_DAMAGED, format!("the header of segment {number}")))?;
    Ok(header)
}
