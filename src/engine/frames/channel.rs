//! One text of a stream of events.

use super::texts::Context;
use super::{OnBlock, Signed};
use crate::base::code::STREAM_BLOCKED;
use crate::base::{Action, Fault, Sinks, Span};
use crate::engine::stream::Opening;
use crate::engine::{Released, Stream};
use crate::payload::json::Document;
use crate::payload::stream::{Channel, Part, Shape};
use std::sync::Arc;

/// U+FFFD, which stands for half of a surrogate pair.
const REPLACEMENT: &[u8] = "\u{fffd}".as_bytes();

#[derive(Debug)]
pub(super) struct Text {
    pub(super) channel: Channel,
    pub(super) stream: Stream,
    /// Members that an event of our own takes over from those of this text.
    pub(super) envelope: Vec<u8>,
    /// Name of the member that carries it, as it is written, if nothing else tells.
    pub(super) member: Vec<u8>,
    /// Nothing of it leaves any more.
    dropped: bool,
    /// The first half of a character, whose second half the next piece begins with.
    surrogate: Option<u32>,
    pub(super) finished: bool,
}

/// A piece of a text: a string of an event.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece<'e> {
    pub(super) document: &'e Document,
    pub(super) view: &'e [u8],
    pub(super) raw: &'e [u8],
    pub(super) span: Span,
}

impl Piece<'_> {
    pub(super) fn text(&self) -> &[u8] {
        &self.view[self.span.range()]
    }

    /// The name of the member that holds it, as it is written.
    pub(super) fn name(&self) -> &[u8] {
        let leaves = self.document.leaves();
        let key = leaves.iter().find(|leaf| leaf.span == self.span).and_then(|leaf| leaf.key);
        let key = key.and_then(|key| leaves.get(key as usize));
        key.map_or(b"", |key| &self.raw[self.document.to_raw(key.span).range()])
    }

    /// The surrogate that stands at this span of the view, if it is half of a pair.
    fn surrogate(&self, start: usize) -> Option<u32> {
        let span = Span::new(start, start + REPLACEMENT.len());
        if self.view.get(span.range()) != Some(REPLACEMENT) {
            return None;
        }
        let escape = self.raw.get(self.document.to_raw(span).range())?.strip_prefix(b"\\u")?;
        let unit = u32::from_str_radix(std::str::from_utf8(escape).ok()?, 16).ok()?;
        (0xd800..0xe000).contains(&unit).then_some(unit)
    }

    fn starts_with_low(&self) -> Option<u32> {
        let fits = self.span.len() >= REPLACEMENT.len();
        self.surrogate(self.span.start).filter(|unit| fits && *unit >= 0xdc00)
    }

    fn ends_with_high(&self) -> Option<u32> {
        let start = self.span.end.checked_sub(REPLACEMENT.len())?;
        let fits = start >= self.span.start;
        self.surrogate(start).filter(|unit| fits && *unit < 0xdc00)
    }
}

impl Text {
    pub(super) fn new(channel: Channel, opening: &Arc<Opening>) -> Self {
        let stream = Stream::open(opening, sinks(channel, opening.options.restore));
        let (envelope, member) = (Vec::new(), Vec::new());
        Self { channel, stream, envelope, member, dropped: false, surrogate: None, finished: false }
    }

    /// Bytes that have arrived and not left.
    pub(super) fn held(&self) -> usize {
        self.stream.held() + if self.surrogate.is_some() { REPLACEMENT.len() } else { 0 }
    }

    /// It is not what arrived.
    pub(super) fn is_edited(&self) -> bool {
        self.stream.action() >= Action::Redact
    }

    /// Takes the next piece, and writes what may leave.
    pub(super) fn push(
        &mut self,
        context: &mut Context<'_>,
        shape: &Shape,
        piece: Piece<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), Fault> {
        let mut text = piece.text();
        if self.surrogate.is_none() && piece.document.lone_surrogates() == 0 {
            return self.push_text(context, shape, text, out);
        }
        if let Some(high) = self.surrogate.take() {
            let mut joined = char::REPLACEMENT_CHARACTER;
            if let Some(low) = piece.starts_with_low() {
                text = &text[REPLACEMENT.len()..];
                let scalar = 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00);
                joined = char::from_u32(scalar).unwrap_or(joined);
            }
            let mut buffer = [0; 4];
            let joined = joined.encode_utf8(&mut buffer).as_bytes();
            self.push_text(context, shape, joined, out)?;
        }
        if !text.is_empty() {
            self.surrogate = piece.ends_with_high();
            if self.surrogate.is_some() {
                text = &text[..text.len() - REPLACEMENT.len()];
            }
        }
        self.push_text(context, shape, text, out)
    }

    /// Takes the next bytes, and writes what may leave.
    pub(super) fn push_text(
        &mut self,
        context: &mut Context<'_>,
        shape: &Shape,
        text: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), Fault> {
        let from = out.len();
        take(context, self.stream.push(text)?, out);
        self.check(context, shape, from, out)
    }

    /// Writes the rest.
    pub(super) fn finish(
        &mut self,
        context: &mut Context<'_>,
        shape: &Shape,
        out: &mut Vec<u8>,
    ) -> Result<(), Fault> {
        self.finished = true;
        if self.surrogate.take().is_some() {
            self.push_text(context, shape, REPLACEMENT, out)?;
        }
        let from = out.len();
        take(context, self.stream.finish()?, out);
        self.check(context, shape, from, out)
    }

    /// What was found decides whether the text goes on.
    fn check(
        &mut self,
        context: &mut Context<'_>,
        shape: &Shape,
        from: usize,
        out: &mut Vec<u8>,
    ) -> Result<(), Fault> {
        let action = self.stream.action();
        context.left.action = context.left.action.max(action);
        if action == Action::Block && context.options.on_block == OnBlock::End {
            return Err(STREAM_BLOCKED.into());
        }
        if self.is_edited() && shape.signs(self.channel.part) {
            if context.options.signed == Signed::Block {
                return Err(STREAM_BLOCKED.into());
            }
            self.dropped = true;
        }
        if self.dropped {
            out.truncate(from);
        }
        Ok(())
    }
}

/// Where in this text values may be put back. What a member is that no table knows, nobody knows.
fn sinks(channel: Channel, sinks: Sinks) -> Sinks {
    match channel.part {
        _ if channel.is_member() => Sinks::NONE,
        Part::Text | Part::Refusal => sinks,
        Part::Arguments => sinks.of_arguments(),
        Part::Reasoning => Sinks::NONE,
    }
}

fn take(context: &mut Context<'_>, released: Released<'_>, out: &mut Vec<u8>) {
    out.extend_from_slice(released.bytes);
    context.left.findings.extend_from_slice(released.findings);
}
