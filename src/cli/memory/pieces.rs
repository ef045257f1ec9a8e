//! All pieces of a snapshot, inspected side by side.

use super::baseline::Known;
use super::held::Held;
use crate::base::code::PACK_UNKNOWN;
use crate::base::{Edit, Fault, Verdict};
use crate::engine::{ContentHash, ContentHasher, Engine, InspectOptions, PACK_DEFAULT};
use crate::payload::memory::Snapshot;
use crate::policy;
use rayon::iter::{IntoParallelIterator, ParallelIterator};

/// How snapshots are inspected.
pub(super) struct Inspector<'e> {
    pub(super) engine: &'e Engine,
    pub(super) options: &'e InspectOptions,
    pub(super) hasher: ContentHasher,
    pub(super) known: Known,
}

/// What is known of a piece.
#[derive(Debug)]
pub(super) struct Piece {
    pub(super) hash: ContentHash,
    pub(super) held: Option<Box<Held>>,
    /// It was not inspected again.
    pub(super) reused: bool,
}

impl Inspector<'_> {
    /// Inspects what the baseline does not know. Runs on the pool of threads that it is called in.
    pub(super) fn pieces(&self, snapshot: &Snapshot<'_>) -> Result<Vec<Piece>, Fault> {
        (0..snapshot.pieces()).into_par_iter().map(|piece| self.piece(snapshot, piece)).collect()
    }

    fn piece(&self, snapshot: &Snapshot<'_>, piece: usize) -> Result<Piece, Fault> {
        let hash = self.hasher.hash(snapshot, piece);
        if let Some(held) = self.known.of(hash)
            && held.is_none_or(|held| held.fits(snapshot.bytes(piece).len()))
        {
            return Ok(Piece { hash, held: held.cloned().map(Box::new), reused: true });
        }
        let verdict = self.engine.inspect_piece(snapshot, piece, self.options)?;
        let held = Held::of(&verdict, self.engine.rules());
        Ok(Piece { hash, held, reused: false })
    }

    /// What becomes of each piece of a snapshot.
    pub(super) fn redacted(&self, snapshot: &Snapshot<'_>) -> Result<Redacted, Fault> {
        let verdicts: Vec<Verdict> = (0..snapshot.pieces())
            .into_par_iter()
            .map(|piece| self.engine.inspect_piece(snapshot, piece, self.options))
            .collect::<Result<_, Fault>>()?;
        let rules = self.engine.rules();
        let pack = rules.pack(self.options.pack.as_deref().unwrap_or(PACK_DEFAULT));
        let pack = pack.ok_or(PACK_UNKNOWN)?;
        let mut redacted = Redacted::default();
        for (piece, verdict) in verdicts.into_iter().enumerate() {
            let placed = verdict.findings.iter().zip(&verdict.places);
            let left = placed
                .filter(|(finding, place)| place.fixed.is_some() && policy::redacts(finding, pack));
            redacted.left += left.count();
            redacted.bytes_total += verdict.coverage.bytes_total;
            redacted.bytes_scanned += verdict.coverage.bytes_scanned;
            if !verdict.edits.is_empty() {
                redacted.edits.push((piece, verdict.edits));
            }
        }
        Ok(redacted)
    }
}

/// What becomes of a snapshot.
#[derive(Debug, Default)]
pub(super) struct Redacted {
    /// The edits of the pieces that have some, in offsets of the piece.
    pub(super) edits: Vec<(usize, Vec<Edit>)>,
    /// Findings that ask for an edit and lie where there can be none.
    pub(super) left: usize,
    pub(super) bytes_total: usize,
    pub(super) bytes_scanned: usize,
}

impl Redacted {
    /// Whether every byte was looked at.
    pub(super) fn is_complete(&self) -> bool {
        self.bytes_scanned >= self.bytes_total
    }

    /// The edits in offsets of the snapshot, ascending.
    pub(super) fn in_snapshot(&self, snapshot: &Snapshot<'_>) -> Vec<Edit> {
        let mut edits = Vec::new();
        for (piece, of_piece) in &self.edits {
            edits.extend(of_piece.iter().map(|edit| Edit {
                span: snapshot.to_raw(*piece, edit.span),
                replacement: edit.replacement.clone(),
            }));
        }
        edits.sort_by_key(|edit| edit.span);
        edits
    }
}
