//! Inspecting snapshots of what agents remember, piece by piece.

use super::{Classify, Content, Engine, InspectOptions, PACK_DEFAULT};
use crate::base::code::EDIT_FIXED;
use crate::base::{Action, Edit, Fault, Span, Verdict, limits};
use crate::payload::json::{Broken, Document, Leaf, LeafKind};
use crate::payload::memory::{Snapshot, is_kept};
use crate::policy::links::Others;

/// What keys of content hashes are derived for.
const KEY_CONTEXT: &str = "lockgate 2026 hashes of records in memory snapshots";

/// Names what was inspected and by which rules: two pieces of the same name have the same verdict. It cannot be read, but whoever holds it can
/// find out whether a text that they guess is the one it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentHash(pub [u8; 16]);

/// Makes [`ContentHash`]es for one rule set and one way of inspecting.
#[derive(Clone, Debug)]
pub struct ContentHasher {
    key: [u8; 32],
}

impl ContentHasher {
    /// The hash of a piece.
    pub fn hash(&self, snapshot: &Snapshot<'_>, piece: usize) -> ContentHash {
        let mut hasher = blake3::Hasher::new_keyed(&self.key);
        hasher.update(&[u8::from(snapshot.is_json())]);
        hasher.update(&snapshot.bytes(piece));
        let mut hash = [0; 16];
        hash.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
        ContentHash(hash)
    }

    /// Names the rule set and the options that decide about findings. Hashes that were made with another name say nothing.
    pub fn name(&self) -> String {
        blake3::hash(&self.key).to_hex()[..32].to_owned()
    }
}

impl Engine {
    /// What makes the names of the pieces that are inspected with these options.
    pub fn content_hasher(&self, options: &InspectOptions) -> ContentHasher {
        let mut hasher = blake3::Hasher::new_derive_key(KEY_CONTEXT);
        let confidence = options.min_confidence.map_or("", |confidence| confidence.name());
        let classify = match options.classify {
            Classify::Never => "never",
            Classify::Cued => "cued",
            Classify::Always => "always",
        };
        let pack = options.pack.as_deref().unwrap_or(PACK_DEFAULT);
        let depth = options.json_depth_max.to_string();
        let direction = options.direction.name();
        let mut part = |part: &str| {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        };
        let parts = [self.rules.fingerprint(), pack, confidence, classify, &depth, direction];
        parts.into_iter().for_each(&mut part);
        let links = &options.links;
        part(if links.others == Others::Deny { "deny" } else { "inspect" });
        for list in [&links.allow, &links.deny] {
            part(&list.names().count().to_string());
            list.names().for_each(&mut part);
        }
        options.seen.iter().for_each(|value| part(value));
        if let Some(enforced) = &options.policy {
            part(enforced.policy.fingerprint());
            part(&format!("{:?}", enforced.facts));
        }
        ContentHasher { key: *hasher.finalize().as_bytes() }
    }

    /// Inspects one piece of a snapshot. Spans and pointers are those of the piece. Nothing is refused for its form, and ids, times and names of
    /// members are not edited: what is found there is fixed, and the copy would still hold it.
    ///
    /// # Errors
    /// The piece is larger than [`limits::INPUT_BYTES_MAX`], or the pack is unknown.
    pub fn inspect_piece(
        &self,
        snapshot: &Snapshot<'_>,
        piece: usize,
        options: &InspectOptions,
    ) -> Result<Verdict, Fault> {
        let bytes = snapshot.bytes(piece);
        if !snapshot.is_json() {
            return self.inspect(Content::Text(&bytes), options);
        }
        let options = InspectOptions { broken: Broken::Scan, ..options.clone() };
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Ok(Verdict::default());
        }
        let mut verdict = self.inspect(Content::Json(&bytes), &options)?;
        if !verdict.findings.is_empty() {
            keep(&bytes, options.json_depth_max.min(limits::JSON_DEPTH_MAX), &mut verdict);
        }
        Ok(verdict)
    }
}

/// Drops the edits of what the framework needs as it is.
fn keep(raw: &[u8], depth_max: usize, verdict: &mut Verdict) {
    let mut document = Document::default();
    // It was read before; if it could not be now, nothing would be kept, and nothing left in either.
    let _ = document.read(raw, depth_max, Broken::Scan);
    let view = document.text(raw);
    let leaves = document.leaves();
    let name = |key: Option<u32>| view.get(leaves.get(key? as usize)?.span.range());
    let is_kept = |leaf: &Leaf| {
        leaf.kind == LeafKind::Key
            || leaf.kind != LeafKind::Raw
                && document.level_at(leaf.span.start) == 0
                && name(leaf.key)
                    .and_then(|name| std::str::from_utf8(name).ok())
                    .is_some_and(is_kept)
    };
    let kept = leaves.iter().filter(|leaf| is_kept(leaf));
    let kept: Vec<Span> = kept.map(|leaf| document.to_raw(leaf.span)).collect();
    let hits = |span: Span| {
        let first = kept.partition_point(|kept| kept.end <= span.start);
        kept.get(first).is_some_and(|kept| kept.start < span.end)
    };
    // What becomes `null` as a whole holds names, and is no name.
    let within = |edit: &Edit| {
        let first = kept.partition_point(|kept| kept.end <= edit.span.start);
        kept.get(first).is_some_and(|kept| kept.contains(edit.span))
    };
    verdict.edits.retain(|edit| !within(edit));
    for (finding, place) in verdict.findings.iter().zip(&mut verdict.places) {
        if place.fixed.is_none() && hits(finding.span) {
            place.fixed = Some(EDIT_FIXED);
        }
    }
    if verdict.action == Action::Redact && verdict.edits.is_empty() {
        verdict.action = Action::Block;
        verdict.reason = Some(EDIT_FIXED);
    }
}
