//! What an event holds beside its texts.

use super::texts::Context;
use super::{Handling, OnBlock};
use crate::base::code::STREAM_BLOCKED;
use crate::base::{Action, Direction, Edit, Fault, Verdict};
use crate::engine::{Classify, Content, InspectOptions, Inspection};
use crate::payload::json::Document;
use crate::payload::stream::{Event, Frame, Shape, Use};
use std::hash::{BuildHasher, Hasher, RandomState};

/// Events whose rest is remembered: those of one stream differ in little but their text.
const KNOWN_MAX: usize = 8;

/// What was inspected lately and had nothing in it, by its hash.
#[derive(Debug, Default)]
pub(super) struct Known {
    state: RandomState,
    clean: [u64; KNOWN_MAX],
    next: usize,
}

impl Known {
    /// A hash of everything in the frame that is no text of a channel, nor an id or a count.
    pub(super) fn hash(&self, frame: &Frame<'_>, payload: &[u8], read: Option<Read<'_>>) -> u64 {
        let mut hasher = self.state.build_hasher();
        let mut at = 0;
        for piece in read.iter().flat_map(|read| &read.event.pieces) {
            let span = read.map_or(piece.span, |read| read.document.to_raw(piece.span));
            hasher.write(&payload[at..span.start]);
            hasher.write_u8(0);
            at = span.end;
        }
        hasher.write(&payload[at..]);
        for aside in frame.aside() {
            hasher.write_u8(1);
            hasher.write(aside);
        }
        // Zero stands for nothing.
        hasher.finish().max(1)
    }

    pub(super) fn is_clean(&self, hash: u64) -> bool {
        self.clean.contains(&hash)
    }

    pub(super) fn note(&mut self, hash: u64) {
        self.clean[self.next] = hash;
        self.next = (self.next + 1) % KNOWN_MAX;
    }
}

/// An event that was read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Read<'e> {
    pub(super) event: &'e Event,
    pub(super) document: &'e Document,
}

/// Copies a payload without what is inspected elsewhere, or not at all. Everything else keeps its place.
pub(super) fn blank(payload: &[u8], read: Read<'_>, out: &mut Vec<u8>) {
    out.clear();
    out.extend_from_slice(payload);
    for piece in &read.event.pieces {
        let span = read.document.to_raw(piece.span);
        let Some(bytes) = out.get_mut(span.range()) else { continue };
        if piece.what == Use::Repeat {
            // The brackets stay.
            let inside = bytes.len().saturating_sub(1);
            bytes.get_mut(1..inside).unwrap_or_default().fill(b' ');
            continue;
        }
        bytes.fill(b' ');
        if let Some(first) = bytes.first_mut().filter(|_| piece.is_number) {
            *first = b'0';
        }
    }
}

impl Context<'_> {
    /// Inspects a document or text by itself.
    ///
    /// # Errors
    /// It is to be blocked, or what was found cannot be edited.
    pub(super) fn inspect(
        &mut self,
        content: Content<'_>,
        shape: &Shape,
    ) -> Result<Verdict, Fault> {
        let text = &self.opening.options;
        let options = InspectOptions {
            pack: None,
            direction: Direction::Output,
            min_confidence: text.min_confidence,
            classify: Classify::Never,
            redaction: text.redaction.clone(),
            format: (!shape.is_any()).then_some(shape.format),
            ..InspectOptions::default()
        };
        let rules = &self.opening.rules;
        let pack = self.opening.pack();
        let inspection =
            Inspection { rules, injection: None, pack, program: None, options: &options };
        let verdict = inspection.run(content, self.workspace)?;
        self.left.action = self.left.action.max(verdict.action);
        self.left.findings.extend_from_slice(&verdict.findings);
        if verdict.reason.is_some() || ends(self.options, verdict.action) {
            return Err(STREAM_BLOCKED.into());
        }
        Ok(verdict)
    }

    /// The edits of a document or text by itself, and whether it is clean.
    ///
    /// # Errors
    /// As [`inspect`](Self::inspect).
    pub(super) fn edits(
        &mut self,
        content: Content<'_>,
        shape: &Shape,
    ) -> Result<(Vec<Edit>, bool), Fault> {
        let verdict = self.inspect(content, shape)?;
        let is_clean = verdict.findings.is_empty() && verdict.coverage.gaps.is_empty();
        Ok((verdict.edits, is_clean))
    }
}

fn ends(options: &Handling, action: Action) -> bool {
    action == Action::Block && options.on_block == OnBlock::End
}
