//! The texts of a stream of events, and what becomes of each event.

use super::channel::{Piece, Text};
use super::rest::{Known, Read, blank};
use super::{Handling, Left};
use crate::base::code::{JSON_DEPTH, STREAM_CHANNELS};
use crate::base::limits::{JSON_DEPTH_MAX, STREAM_CHANNELS_MAX};
use crate::base::{Fault, Span};
use crate::engine::stream::Opening;
use crate::engine::{Content, Workspace};
use crate::payload::formats;
use crate::payload::json::{Document, escape};
use crate::payload::stream::{Between, Channel, Event, Frame, Framing, Part, Shape, Use, shapes};
use crate::redact;
use std::sync::Arc;

/// What a stream says when it is over, in several APIs.
const DONE: &[u8] = b"[DONE]";

/// Memory for one event after the other.
#[derive(Debug, Default)]
pub(in crate::engine) struct FrameScratch {
    document: Document,
    event: Event,
    edits: Vec<(Span, Vec<u8>)>,
    blank: Vec<u8>,
    payload: Vec<u8>,
}

/// What goes on around an event.
#[derive(Debug)]
pub(super) struct Context<'c> {
    pub(super) opening: &'c Arc<Opening>,
    pub(super) options: &'c Handling,
    pub(super) left: &'c mut Left,
    pub(super) workspace: &'c mut Workspace,
}

#[derive(Debug)]
pub(super) struct Texts {
    framing: Framing,
    shape: &'static Shape,
    open: Vec<Text>,
    known: Known,
    /// The number that an event would have that came now, where events have numbers.
    sequence: u64,
    /// Events of our own among those that left.
    added: u64,
    /// An event has left.
    begun: bool,
    /// A text has come in pieces, so that what says it as a whole is known already.
    in_pieces: bool,
}

impl Texts {
    pub(super) fn new(framing: Framing, shape: Option<&'static Shape>) -> Self {
        Self {
            framing,
            shape: shape.unwrap_or_else(|| shapes::usual(framing)),
            open: Vec::new(),
            known: Known::default(),
            sequence: 0,
            added: 0,
            begun: false,
            in_pieces: false,
        }
    }

    /// Bytes of texts that have arrived and not left.
    pub(super) fn held(&self) -> usize {
        self.open.iter().map(Text::held).sum()
    }

    /// Takes a frame that is whole.
    pub(super) fn frame(
        &mut self,
        context: &mut Context<'_>,
        scratch: &mut FrameScratch,
        frame: &Frame<'_>,
    ) -> Result<(), Fault> {
        match frame.payload {
            None => self.gap(context, frame),
            Some(payload) => {
                self.event(context, scratch, frame, payload)?;
                self.begun = true;
                Ok(())
            }
        }
    }

    /// Takes what stands at the end of a stream and is not whole. Half an event is nothing that a client understands, and nobody knows
    /// what the other half would have said.
    pub(super) fn rest(
        &mut self,
        context: &mut Context<'_>,
        scratch: &mut FrameScratch,
        frame: &Frame<'_>,
    ) -> Result<(), Fault> {
        let Some(payload) = frame.payload else { return Ok(()) };
        let is_document = scratch.document.parse_outer(payload, JSON_DEPTH_MAX).is_ok();
        if is_document || payload == DONE || self.framing == Framing::Lines {
            return self.frame(context, scratch, frame);
        }
        if payload.trim_ascii().is_empty() {
            context.left.bytes.extend_from_slice(frame.raw);
        }
        Ok(())
    }

    /// Lets go what is held, at the end of the stream.
    pub(super) fn finish(&mut self, context: &mut Context<'_>) -> Result<(), Fault> {
        self.flush(context, |_| true, Between::Behind)
    }

    /// Writes the event that says why the stream ends.
    pub(super) fn write_error(&self, fault: &Fault, out: &mut Vec<u8>) {
        let place = if self.begun { Between::Last } else { Between::Only };
        self.shape.write_error(self.framing, place, fault, self.sequence + self.added, out);
    }

    /// What stands between events.
    fn gap(&mut self, context: &mut Context<'_>, frame: &Frame<'_>) -> Result<(), Fault> {
        if self.framing == Framing::Values && frame.raw.contains(&b']') {
            self.flush(context, |_| true, Between::Behind)?;
        }
        if frame.aside().next().is_some() {
            let hash = self.known.hash(frame, &[], None);
            if !self.known.is_clean(hash) && !self.is_clean(context, frame)? {
                // A comment has no other place to be redacted in.
                return Ok(());
            }
            self.known.note(hash);
        }
        context.left.bytes.extend_from_slice(frame.raw);
        Ok(())
    }

    /// Whether nothing of what stands beside the payload is to be redacted.
    fn is_clean(&self, context: &mut Context<'_>, frame: &Frame<'_>) -> Result<bool, Fault> {
        for aside in frame.aside() {
            let (edits, _) = context.edits(Content::Text(aside), self.shape)?;
            if !edits.is_empty() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn event(
        &mut self,
        context: &mut Context<'_>,
        scratch: &mut FrameScratch,
        frame: &Frame<'_>,
        payload: &[u8],
    ) -> Result<(), Fault> {
        scratch.edits.clear();
        if payload.trim_ascii() == DONE {
            self.flush(context, |_| true, Between::Before)?;
            context.left.bytes.extend_from_slice(frame.raw);
            return Ok(());
        }
        match scratch.document.parse_outer(payload, JSON_DEPTH_MAX) {
            Ok(()) => {}
            Err(fault) if fault.code == JSON_DEPTH => return Err(fault),
            Err(_) => return self.plain(context, scratch, frame, payload),
        }
        match payload.trim_ascii().first() {
            Some(b'{' | b'[') => self.document(context, scratch, frame, payload),
            Some(b'"') => self.string(context, scratch, frame, payload),
            _ => self.plain(context, scratch, frame, payload),
        }
    }

    /// An event that is no document: a piece of text in server-sent events, a text by itself elsewhere.
    fn plain(
        &mut self,
        context: &mut Context<'_>,
        scratch: &mut FrameScratch,
        frame: &Frame<'_>,
        payload: &[u8],
    ) -> Result<(), Fault> {
        let mut new = Vec::new();
        if self.framing == Framing::Sse {
            let index = self.text(context, Channel::PLAIN)?;
            self.open[index].push_text(context, self.shape, payload, &mut new)?;
        } else {
            let (edits, _) = context.edits(Content::Text(payload), self.shape)?;
            new = redact::apply(payload, &edits);
        }
        if new != payload {
            scratch.edits.push((Span::new(0, payload.len()), new));
        }
        self.write(context, scratch, frame, payload)
    }

    /// An event that is a string: a piece of text.
    fn string(
        &mut self,
        context: &mut Context<'_>,
        scratch: &mut FrameScratch,
        frame: &Frame<'_>,
        payload: &[u8],
    ) -> Result<(), Fault> {
        let FrameScratch { document, edits, .. } = scratch;
        let view = document.text(payload);
        let Some(leaf) = document.leaves().first() else { return Ok(()) };
        let piece = Piece { document, view, raw: payload, span: leaf.span };
        self.delta(context, Channel::STRINGS, piece, false, edits)?;
        self.write(context, scratch, frame, payload)
    }

    fn document(
        &mut self,
        context: &mut Context<'_>,
        scratch: &mut FrameScratch,
        frame: &Frame<'_>,
        payload: &[u8],
    ) -> Result<(), Fault> {
        let FrameScratch { document, event, edits, blank: blanked, .. } = scratch;
        let view = document.text(payload);
        if self.shape.is_any()
            && let Some(shape) = Shape::of(formats::recognise(document, view))
        {
            self.shape = shape;
        }
        event.read(self.shape, document, view, frame.name);
        self.texts(context, event, document, payload, edits)?;
        let is_over = |channel: &Channel| event.ends.iter().any(|end| end.is_of(channel));
        if let Some(number) = event.sequence.and_then(|span| number(&view[span.range()])) {
            self.sequence = number;
        }
        if !event.ends.is_empty() {
            self.flush(context, is_over, Between::Before)?;
        }
        if let Some(span) = event.sequence.filter(|_| self.added > 0) {
            let number = (self.sequence + self.added).to_string();
            edits.push((document.to_raw(span), number.into_bytes()));
        }
        if event.sequence.is_some() {
            self.sequence += 1;
        }
        let read = Read { event, document };
        let hash = self.known.hash(frame, payload, Some(read));
        if !self.known.is_clean(hash) {
            blank(payload, read, blanked);
            let (found, is_clean) = context.edits(Content::Json(blanked), self.shape)?;
            edits.extend(found.into_iter().map(|edit| (edit.span, edit.replacement.into_bytes())));
            if !self.is_clean(context, frame)? {
                edits.sort_by_key(|(span, _)| span.start);
                splice(payload, edits, &mut scratch.payload);
                frame.write_bare(&scratch.payload, &mut context.left.bytes);
                return Ok(());
            }
            if is_clean {
                self.known.note(hash);
            }
        }
        self.write(context, scratch, frame, payload)
    }

    /// Takes the pieces of texts that an event brings.
    fn texts(
        &mut self,
        context: &mut Context<'_>,
        event: &Event,
        document: &Document,
        raw: &[u8],
        edits: &mut Vec<(Span, Vec<u8>)>,
    ) -> Result<(), Fault> {
        let view = document.text(raw);
        for (index, piece) in event.pieces.iter().enumerate() {
            let here = Piece { document, view, raw, span: piece.span };
            match piece.what {
                Use::Delta(channel) => {
                    let is_same = |later: &crate::payload::stream::Piece| later.what == piece.what;
                    let ends = event.ends.iter().any(|end| end.is_of(&channel))
                        && !event.pieces[index + 1..].iter().any(is_same);
                    self.in_pieces = true;
                    self.delta(context, channel, here, ends, edits)?;
                }
                Use::Whole(part) => self.whole(context, part, here, edits)?,
                Use::Signature(_) | Use::Repeat | Use::Fixed => {}
            }
        }
        let is_edited = !edits.is_empty();
        for piece in &event.pieces {
            let replacement = match piece.what {
                Use::Repeat if is_edited => self.shape.repeated,
                Use::Signature(of) if self.is_edited(of) => "",
                _ => continue,
            };
            edits.push((document.to_raw(piece.span), replacement.into()));
        }
        Ok(())
    }

    /// Takes a piece of a text.
    fn delta(
        &mut self,
        context: &mut Context<'_>,
        channel: Channel,
        piece: Piece<'_>,
        ends: bool,
        edits: &mut Vec<(Span, Vec<u8>)>,
    ) -> Result<(), Fault> {
        let index = self.text(context, channel)?;
        let text = &mut self.open[index];
        let mut new = Vec::new();
        text.push(context, self.shape, piece, &mut new)?;
        if ends {
            text.finish(context, self.shape, &mut new)?;
        } else if text.held() > 0 && text.envelope.is_empty() {
            self.shape.envelope(piece.document, piece.view, piece.raw, &mut text.envelope);
        }
        if channel.is_member() && text.member.is_empty() {
            text.member.extend_from_slice(piece.name());
        }
        if new != piece.text() {
            let mut escaped = Vec::with_capacity(new.len());
            escape(&new, &mut escaped);
            edits.push((piece.document.to_raw(piece.span), escaped));
        }
        Ok(())
    }

    /// A text as a whole becomes what it became in pieces.
    fn whole(
        &mut self,
        context: &mut Context<'_>,
        part: Part,
        piece: Piece<'_>,
        edits: &mut Vec<(Span, Vec<u8>)>,
    ) -> Result<(), Fault> {
        if piece.text().is_empty() {
            return Ok(());
        }
        let (mut text, mut new) = (Text::new(Channel::whole(part), context.opening), Vec::new());
        let known = context.left.findings.len();
        text.push(context, self.shape, piece, &mut new)?;
        text.finish(context, self.shape, &mut new)?;
        if self.in_pieces {
            context.left.findings.truncate(known);
        }
        if new != piece.text() {
            let mut escaped = Vec::with_capacity(new.len());
            escape(&new, &mut escaped);
            edits.push((piece.document.to_raw(piece.span), escaped));
        }
        Ok(())
    }

    /// Whether reasoning of this choice or block is not what it was when it was signed.
    fn is_edited(&self, of: Channel) -> bool {
        self.open.iter().any(|text| {
            self.shape.signs(text.channel.part)
                && text.channel.output == of.output
                && text.channel.block == of.block
                && text.is_edited()
        })
    }

    /// The text of a channel, by its index.
    fn text(&mut self, context: &Context<'_>, channel: Channel) -> Result<usize, Fault> {
        if let Some(index) = self.open.iter().position(|text| text.channel == channel) {
            return Ok(index);
        }
        if self.open.len() >= STREAM_CHANNELS_MAX {
            let detail = format!("the limit is {STREAM_CHANNELS_MAX}");
            return Err(Fault::new(STREAM_CHANNELS, detail));
        }
        self.open.push(Text::new(channel, context.opening));
        Ok(self.open.len() - 1)
    }

    /// Lets go what is held of texts that are over, in events of our own.
    fn flush(
        &mut self,
        context: &mut Context<'_>,
        is_over: impl Fn(&Channel) -> bool,
        place: Between,
    ) -> Result<(), Fault> {
        let mut escaped = Vec::new();
        for text in self.open.iter_mut().filter(|text| is_over(&text.channel) && !text.finished) {
            let mut new = Vec::new();
            text.finish(context, self.shape, &mut new)?;
            if new.is_empty() {
                continue;
            }
            escaped.clear();
            if text.channel == Channel::PLAIN {
                escaped.append(&mut new);
            } else {
                escape(&new, &mut escaped);
            }
            let sequence = self.sequence + self.added;
            let pieces = [&text.envelope[..], &text.member[..], &escaped[..]];
            let out = &mut context.left.bytes;
            let around = (self.framing, place);
            self.shape.write_text(around, text.channel, pieces, sequence, out);
            self.added += 1;
        }
        self.open.retain(|text| !is_over(&text.channel));
        Ok(())
    }

    /// Writes a frame with its edits.
    fn write(
        &self,
        context: &mut Context<'_>,
        scratch: &mut FrameScratch,
        frame: &Frame<'_>,
        payload: &[u8],
    ) -> Result<(), Fault> {
        let FrameScratch { edits, payload: new, .. } = scratch;
        let out = &mut context.left.bytes;
        if edits.is_empty() {
            out.extend_from_slice(frame.raw);
        } else {
            edits.sort_by_key(|(span, _)| span.start);
            splice(payload, edits, new);
            frame.rewrite(new, out);
        }
        Ok(())
    }
}

fn number(text: &[u8]) -> Option<u64> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

/// Carries out edits, which ascend.
fn splice(payload: &[u8], edits: &[(Span, Vec<u8>)], out: &mut Vec<u8>) {
    out.clear();
    let mut at = 0;
    for (span, replacement) in edits {
        // What was blanked holds nothing that a finding of the rest could be about.
        if span.start < at {
            continue;
        }
        out.extend_from_slice(&payload[at..span.start]);
        out.extend_from_slice(replacement);
        at = span.end;
    }
    out.extend_from_slice(&payload[at..]);
}
