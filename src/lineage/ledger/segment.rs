//! Segments: their header, their records, and what can be wrong with them.
//!
//! ```text
//! segment = header record*
//! header  = "LGseg001" number first_seq created_ms chain[32] peak[32]* crc    one peak per bit that is set in first_seq
//! record  = "LGr1" len crc body                                               len and crc are those of the body
//! body    = seq time_ms durable salt[16] chain[32] payload
//! leaf    = SHA-256(0 ‖ seq ‖ time_ms ‖ SHA-256(salt ‖ payload))
//! chain   = SHA-256(chain of the record before ‖ leaf)
//! ```
//! Numbers are little-endian: `len` and `crc` (CRC-32) of 4 bytes, the others of 8. `durable` is how long the segment was when the batch of
//! the record was begun: everything in front of it was on the disk already. So a reader can tell a batch that was not written to its end,
//! which nobody was told was recorded, from damage to records that somebody was.

use super::merkle::{Hash, Tree, leaf};
use crate::base::limits::LEDGER_EVENT_BYTES_MAX;
use sha2::{Digest, Sha256};
use std::fmt;

const MAGIC: &[u8; 8] = b"LGseg001";
const RECORD_MAGIC: &[u8; 4] = b"LGr1";
const HEADER_FIXED_BYTES: usize = 8 + 3 * 8 + 32;
const FRAME_BYTES: usize = 4 + 4 + 4;
const BODY_FIXED_BYTES: usize = 3 * 8 + SALT_BYTES + 32;
const CRC_BYTES: usize = 4;
/// Bytes of the salt, which hides the payload from whoever sees only its commitment.
pub(super) const SALT_BYTES: usize = 16;

/// The start of a segment: where the ledger stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) number: u64,
    pub(super) created_ms: u64,
    pub(super) chain: Hash,
    /// The tree of all records before.
    pub(super) tree: Tree,
}

impl Header {
    /// Bytes of the longest header.
    pub(super) const fn bytes_max() -> usize {
        HEADER_FIXED_BYTES + 64 * 32 + CRC_BYTES
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        for number in [self.number, self.tree.size(), self.created_ms] {
            out.extend_from_slice(&number.to_le_bytes());
        }
        out.extend_from_slice(&self.chain);
        self.tree.peaks().iter().for_each(|peak| out.extend_from_slice(peak));
        out.extend_from_slice(&crc32fast::hash(&out).to_le_bytes());
        out
    }

    /// The header and its length; `None` if it is torn or damaged.
    pub(super) fn decode(bytes: &[u8]) -> Option<(Self, usize)> {
        let fixed = bytes.get(..HEADER_FIXED_BYTES)?;
        let first_seq = u64_at(fixed, 16)?;
        let len = HEADER_FIXED_BYTES + first_seq.count_ones() as usize * 32;
        let all = bytes.get(..len + CRC_BYTES)?;
        let (content, crc) = all.split_at(len);
        if !content.starts_with(MAGIC) || crc != crc32fast::hash(content).to_le_bytes() {
            return None;
        }
        let peaks = content[HEADER_FIXED_BYTES..].chunks_exact(32);
        let peaks = peaks.filter_map(|peak| peak.try_into().ok()).collect();
        let header = Self {
            number: u64_at(fixed, 8)?,
            created_ms: u64_at(fixed, 24)?,
            chain: fixed[32..].try_into().ok()?,
            tree: Tree::new(first_seq, peaks)?,
        };
        Some((header, all.len()))
    }
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

/// What a record commits to, beside its place: the leaf of the tree is made of it.
pub(super) fn leaf_data(seq: u64, time_ms: u64, salt: &[u8], payload: &[u8]) -> [u8; 48] {
    let commitment = Sha256::new().chain_update(salt).chain_update(payload).finalize();
    let mut data = [0; 48];
    data[..8].copy_from_slice(&seq.to_le_bytes());
    data[8..16].copy_from_slice(&time_ms.to_le_bytes());
    data[16..].copy_from_slice(&commitment);
    data
}

/// The next link of the chain.
pub(super) fn link(chain: &Hash, leaf: &Hash) -> Hash {
    Sha256::new().chain_update(chain).chain_update(leaf).finalize().into()
}

/// Where a record stands and when it was written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stamp {
    pub(super) time_ms: u64,
    /// Length of the segment when the batch was begun.
    pub(super) durable: u64,
    pub(super) salt: [u8; SALT_BYTES],
}

/// Appends a record, and moves chain and tree on.
pub(super) fn encode(
    stamp: Stamp,
    payload: &[u8],
    chain: &mut Hash,
    tree: &mut Tree,
    out: &mut Vec<u8>,
) {
    let Stamp { time_ms, durable, salt } = stamp;
    let seq = tree.size();
    let leaf = leaf(&[&leaf_data(seq, time_ms, &salt, payload)]);
    *chain = link(chain, &leaf);
    tree.push(leaf);
    let len = u32::try_from(BODY_FIXED_BYTES + payload.len()).expect("payloads have a limit");
    out.extend_from_slice(RECORD_MAGIC);
    out.extend_from_slice(&len.to_le_bytes());
    let crc_at = out.len();
    out.extend_from_slice(&[0; CRC_BYTES]);
    let body_at = out.len();
    for number in [seq, time_ms, durable] {
        out.extend_from_slice(&number.to_le_bytes());
    }
    out.extend_from_slice(&salt);
    out.extend_from_slice(chain);
    out.extend_from_slice(payload);
    let crc = crc32fast::hash(&out[body_at..]);
    out[crc_at..body_at].copy_from_slice(&crc.to_le_bytes());
}

/// One record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// Its number in the ledger, from 0.
    pub seq: u64,
    /// When it was written, in milliseconds since 1970.
    pub time_ms: u64,
    /// Hides the payload from whoever sees only the leaf.
    pub salt: &'a [u8],
    /// The event, in JSON.
    pub payload: &'a [u8],
    /// Its leaf in the tree.
    pub leaf: Hash,
    durable: u64,
    chain: Hash,
}

/// What is wrong with a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// The header is damaged.
    Header,
    /// The last batch was not written to its end. Nobody was told that it was recorded.
    Torn,
    /// A record is damaged: its bytes are not those that were written.
    Damaged,
    /// Record is missing, or stands in another place.
    Sequence,
    /// A record was replaced by one that was not written here: it breaks the chain.
    Chain,
    /// The segment does not continue the one before.
    Gap,
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Header => "the header is damaged",
            Self::Torn => "the last batch was not written to its end",
            Self::Damaged => "a record is damaged",
            Self::Sequence => "a record is missing or out of place",
            Self::Chain => "a record breaks the chain",
            Self::Gap => "the segment does not continue the one before",
        })
    }
}

/// Reads a segment record by record, as far as it is whole.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    pub(super) chain: Hash,
    pub(super) tree: Tree,
}

impl<'a> Reader<'a> {
    /// A reader behind the header.
    pub(super) fn new(bytes: &'a [u8]) -> Option<(Header, Self)> {
        let (header, at) = Header::decode(bytes)?;
        let reader = Self { bytes, at, chain: header.chain, tree: header.tree.clone() };
        Some((header, reader))
    }

    /// Bytes up to the end of the last whole record.
    pub(super) const fn position(&self) -> usize {
        self.at
    }

    /// The next record; `None` at the end. After a flaw there is nothing more.
    pub(super) fn next(&mut self) -> Option<Result<Record<'a>, Flaw>> {
        if self.at >= self.bytes.len() {
            return None;
        }
        let Some((record, end)) = frame(self.bytes, self.at) else {
            return Some(Err(self.torn_or_damaged()));
        };
        let flaw = if record.seq != self.tree.size() {
            Some(Flaw::Sequence)
        } else if record.chain != link(&self.chain, &record.leaf) {
            Some(Flaw::Chain)
        } else {
            None
        };
        if let Some(flaw) = flaw {
            return Some(Err(flaw));
        }
        self.chain = record.chain;
        self.tree.push(record.leaf);
        self.at = end;
        Some(Ok(record))
    }

    /// A later record whose batch was begun behind this place proves that what stood here was on the disk.
    fn torn_or_damaged(&self) -> Flaw {
        let rest = self.bytes.get(self.at + 1..).unwrap_or_default();
        let later = memchr::memmem::find_iter(rest, RECORD_MAGIC).filter_map(|at| {
            let (record, _) = frame(self.bytes, self.at + 1 + at)?;
            Some(record)
        });
        let proven = |record: Record<'_>| record.durable > self.at as u64;
        if later.take(RESYNC_RECORDS_MAX).any(proven) { Flaw::Damaged } else { Flaw::Torn }
    }
}

/// Records that are looked at behind a damaged one. A batch has fewer.
const RESYNC_RECORDS_MAX: usize = 2 * crate::base::limits::LEDGER_BATCH_EVENTS_MAX;

/// The record at a place, and its end.
fn frame(bytes: &[u8], at: usize) -> Option<(Record<'_>, usize)> {
    let head = bytes.get(at..at.checked_add(FRAME_BYTES)?)?;
    let len = usize::try_from(u32_at(head, 4)?).ok()?;
    let fits = (BODY_FIXED_BYTES..=BODY_FIXED_BYTES + LEDGER_EVENT_BYTES_MAX).contains(&len);
    if !head.starts_with(RECORD_MAGIC) || !fits {
        return None;
    }
    let start = at + FRAME_BYTES;
    let body = bytes.get(start..start + len)?;
    if u32_at(head, 8)? != crc32fast::hash(body) {
        return None;
    }
    let (fixed, payload) = body.split_at(BODY_FIXED_BYTES);
    let (seq, time_ms, durable) = (u64_at(fixed, 0)?, u64_at(fixed, 8)?, u64_at(fixed, 16)?);
    let (salt, chain) = fixed[24..].split_at(SALT_BYTES);
    let record = Record {
        seq,
        time_ms,
        salt,
        payload,
        leaf: leaf(&[&leaf_data(seq, time_ms, salt, payload)]),
        durable,
        chain: chain.try_into().ok()?,
    };
    Some((record, start + len))
}
