//! The file of a stored list: a header, a checksum, and what the kind of list needs.
//!
//! | bytes | |
//! |---|---|
//! | 8 | `LGLIST` 0x1a 0x0a |
//! | 4 | version of the format, 1 |
//! | 4 | kind of list |
//! | 8 | bytes that follow the checksum |
//! | 32 | BLAKE3 over the header so far and everything that follows |
//!
//! Numbers are little-endian. The checksum finds damage; it does not say who made the file, so that everything is checked that a look-up
//! relies on.

use super::{Dictionary, ExactData, Fingerprints, Secret};
use crate::base::code::{LIST_CHECKSUM, LIST_FORMAT, LIST_KIND, LIST_LENGTH, LIST_VERSION};
use crate::base::{Fault, limits};
use std::sync::Arc;

const MAGIC: &[u8; 8] = b"LGLIST\x1a\n";
const VERSION: u32 = 1;
/// Magic, version, kind, length.
const HEAD_BYTES: usize = 24;
const CHECKSUM_BYTES: usize = 32;

/// What a list holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListKind {
    /// Terms.
    Dictionary,
    /// Rows of a table.
    ExactData,
    /// Passages of documents.
    Fingerprints,
}

impl ListKind {
    const ALL: [Self; 3] = [Self::Dictionary, Self::ExactData, Self::Fingerprints];

    /// The name in messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Dictionary => "dictionary",
            Self::ExactData => "exact data",
            Self::Fingerprints => "fingerprints",
        }
    }

    const fn number(self) -> u32 {
        match self {
            Self::Dictionary => 1,
            Self::ExactData => 2,
            Self::Fingerprints => 3,
        }
    }
}

/// A stored list, ready for look-ups. Cheap to clone.
#[derive(Clone, Debug)]
pub struct List {
    /// The checksum of the file, 32 hexadecimal digits: two lists with the same one find the same.
    pub fingerprint: String,
    /// What it holds.
    pub content: Content,
}

/// The content of a list.
#[derive(Clone, Debug)]
pub enum Content {
    /// Terms.
    Dictionary(Arc<Dictionary>),
    /// Rows of a table.
    ExactData(Arc<ExactData>),
    /// Passages of documents.
    Fingerprints(Arc<Fingerprints>),
}

impl List {
    /// Reads a list; one of exact data with whichever of the secrets fits.
    ///
    /// # Errors
    /// It is no list (`list.format`), of a later format (`list.version`), cut or padded (`list.length`), damaged (`list.checksum`), needs a
    /// secret that is not there (`list.key`), or its content does not hold together (`list.content`).
    pub fn read(bytes: &[u8], secrets: &[Secret]) -> Result<Self, Fault> {
        let (kind, checksum, payload) = open(bytes)?;
        let content = match kind {
            ListKind::Dictionary => Content::Dictionary(Arc::new(Dictionary::read(payload)?)),
            ListKind::ExactData => Content::ExactData(Arc::new(ExactData::read(payload, secrets)?)),
            ListKind::Fingerprints => Content::Fingerprints(Arc::new(Fingerprints::read(payload)?)),
        };
        Ok(Self { fingerprint: checksum.to_hex()[..32].to_owned(), content })
    }

    /// What the list holds.
    pub fn kind(&self) -> ListKind {
        match &self.content {
            Content::Dictionary(_) => ListKind::Dictionary,
            Content::ExactData(_) => ListKind::ExactData,
            Content::Fingerprints(_) => ListKind::Fingerprints,
        }
    }

    /// Heap memory in bytes.
    pub fn memory_usage(&self) -> usize {
        match &self.content {
            Content::Dictionary(dictionary) => dictionary.memory_usage(),
            Content::ExactData(table) => table.memory_usage(),
            Content::Fingerprints(documents) => documents.memory_usage(),
        }
    }
}

/// The file of a list with this payload.
pub(super) fn seal(kind: ListKind, payload: &[u8]) -> Vec<u8> {
    let mut file = Vec::with_capacity(HEAD_BYTES + CHECKSUM_BYTES + payload.len());
    file.extend_from_slice(MAGIC);
    file.extend_from_slice(&VERSION.to_le_bytes());
    file.extend_from_slice(&kind.number().to_le_bytes());
    file.extend_from_slice(&(payload.len() as u64).to_le_bytes());
    let checksum = checksum(&file, payload);
    file.extend_from_slice(checksum.as_bytes());
    file.extend_from_slice(payload);
    file
}

fn checksum(head: &[u8], payload: &[u8]) -> blake3::Hash {
    blake3::Hasher::new().update(head).update(payload).finalize()
}

/// Kind, checksum and payload of a file.
fn open(bytes: &[u8]) -> Result<(ListKind, blake3::Hash, &[u8]), Fault> {
    if !bytes.starts_with(MAGIC) {
        return Err(LIST_FORMAT.into());
    }
    let mut reader = Reader::new(&bytes[MAGIC.len()..]);
    let version = reader.number_u32()?;
    if version != VERSION {
        return Err(Fault::new(
            LIST_VERSION,
            format!("version {version}, this one reads {VERSION}"),
        ));
    }
    let kind = reader.number_u32()?;
    let kind = ListKind::ALL.into_iter().find(|known| known.number() == kind);
    let kind =
        kind.ok_or_else(|| Fault::new(LIST_KIND, "a kind that this version does not know"))?;
    let said = reader.number_u64()?;
    let written = reader.take(CHECKSUM_BYTES)?;
    let payload = reader.rest();
    if said != payload.len() as u64 || bytes.len() > limits::LIST_FILE_BYTES_MAX {
        let detail = format!("{said} bytes announced, {} there", payload.len());
        return Err(Fault::new(LIST_LENGTH, detail));
    }
    let computed = checksum(&bytes[..HEAD_BYTES], payload);
    if computed.as_bytes() != written {
        return Err(LIST_CHECKSUM.into());
    }
    Ok((kind, computed, payload))
}

/// Appends a count and as many numbers.
pub(super) fn put_u32s(payload: &mut Vec<u8>, numbers: &[u32]) {
    payload.extend_from_slice(&(numbers.len() as u64).to_le_bytes());
    numbers.iter().for_each(|number| payload.extend_from_slice(&number.to_le_bytes()));
}

/// Reads numbers one after the other, never beyond the end.
#[derive(Debug)]
pub(super) struct Reader<'b> {
    bytes: &'b [u8],
}

impl<'b> Reader<'b> {
    pub(super) fn new(bytes: &'b [u8]) -> Self {
        Self { bytes }
    }

    /// The next `count` bytes.
    pub(super) fn take(&mut self, count: usize) -> Result<&'b [u8], Fault> {
        let (taken, rest) = self.bytes.split_at_checked(count).ok_or(LIST_LENGTH)?;
        self.bytes = rest;
        Ok(taken)
    }

    fn array<const LEN: usize>(&mut self) -> Result<[u8; LEN], Fault> {
        Ok(self.take(LEN)?.try_into().expect("as many bytes as were asked for"))
    }

    pub(super) fn number_u32(&mut self) -> Result<u32, Fault> {
        self.array().map(u32::from_le_bytes)
    }

    pub(super) fn number_u64(&mut self) -> Result<u64, Fault> {
        self.array().map(u64::from_le_bytes)
    }

    /// A count of things that take `bytes_each`: no more than the rest of the file can hold, so that nothing is reserved for a lie.
    pub(super) fn count(&mut self, bytes_each: usize) -> Result<usize, Fault> {
        let count = self.number_u64()?;
        let count =
            usize::try_from(count).ok().filter(|count| *count <= self.bytes.len() / bytes_each);
        count.ok_or_else(|| LIST_LENGTH.into())
    }

    pub(super) fn numbers_u64(&mut self, count: usize) -> Result<Box<[u64]>, Fault> {
        let bytes = self.take(count.checked_mul(8).ok_or(LIST_LENGTH)?)?;
        let number = |chunk: &[u8]| u64::from_le_bytes(chunk.try_into().expect("eight bytes"));
        Ok(bytes.chunks_exact(8).map(number).collect())
    }

    pub(super) fn numbers_u32(&mut self, count: usize) -> Result<Box<[u32]>, Fault> {
        let bytes = self.take(count.checked_mul(4).ok_or(LIST_LENGTH)?)?;
        let number = |chunk: &[u8]| u32::from_le_bytes(chunk.try_into().expect("four bytes"));
        Ok(bytes.chunks_exact(4).map(number).collect())
    }

    fn rest(self) -> &'b [u8] {
        self.bytes
    }

    /// Says that there must be nothing more.
    pub(super) fn finish(self) -> Result<(), Fault> {
        if self.bytes.is_empty() { Ok(()) } else { Err(LIST_LENGTH.into()) }
    }
}
