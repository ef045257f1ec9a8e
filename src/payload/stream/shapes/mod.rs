//! What the events of each API mean, and how to write one of them.
//!
//! A shape names the strings that continue a text, those that say a text once more, and what is not looked into. Every other string is
//! inspected by itself, whatever it is called, so that what a table does not know is not hidden.

mod anthropic;
mod bedrock;
mod gemini;
mod ollama;
mod openai_chat;
mod openai_responses;

use super::event::{Channel, End, Part, View};
use super::{Between, Framing, message};
use crate::base::{Fault, Format};
use crate::payload::json::{Document, LeafKind};

/// The events of one API.
#[derive(Debug)]
pub struct Shape {
    /// The format of its requests and answers.
    pub format: Format,
    /// How its events are told apart, unless the stream says something else.
    pub framing: Framing,
    pub(super) deltas: &'static [Delta],
    /// Strings that continue a text each, whatever they are called, unless something else is said of them.
    pub(super) increments: &'static [&'static str],
    /// The type of an event tells texts apart.
    pub(super) by_type: bool,
    /// Types whose pieces are encoded media.
    pub(super) opaque_types: &'static [&'static str],
    /// Strings that say a text as a whole.
    pub(super) wholes: &'static [&'static str],
    /// Arrays and objects that repeat pieces token by token.
    pub(super) repeats: &'static [&'static str],
    /// What stands for them when the text was edited.
    pub repeated: &'static str,
    pub(super) signatures: &'static [&'static str],
    /// Strings that are not looked into: ids, names of the API, padding.
    pub(super) fixed: &'static [&'static str],
    /// Numbers in so many brackets or fewer are times and counts.
    pub(super) counts_depth: usize,
    pub(super) ends: fn(&View<'_>, &mut Vec<End>),
    /// Members of an event that one of our own takes over from it.
    pub(super) envelope: &'static [&'static str],
    pub(super) flush: Flush,
    pub(super) error: fn(&Problem<'_>) -> (&'static str, String),
}

/// Writes the payload of an event with a piece of text, and tells its name.
pub(super) type Flush = fn(&Text<'_>) -> (Option<String>, String);

/// A string that continues a text.
#[derive(Debug)]
pub(super) struct Delta {
    pub(super) path: &'static str,
    pub(super) part: Part,
    pub(super) when: When,
    /// The delta at this index continues the same text.
    like: Option<usize>,
}

/// What else must hold.
#[derive(Clone, Copy, Debug)]
pub(super) enum When {
    Always,
    /// The object that holds it has `"thought": true`.
    Thought,
    /// The type of the event ends so.
    Type(&'static str),
}

impl Delta {
    const fn new(path: &'static str, part: Part) -> Self {
        Self { path, part, when: When::Always, like: None }
    }

    const fn when(self, when: When) -> Self {
        Self { when, ..self }
    }

    const fn like(self, index: usize) -> Self {
        Self { like: Some(index), ..self }
    }
}

/// A piece of text for an event of our own.
#[derive(Debug)]
pub(super) struct Text<'t> {
    channel: Channel,
    /// Members taken over from an event of the channel, each followed by a comma.
    envelope: &'t str,
    /// Name of the member that carries it, as the inside of a JSON string, if no table knows it.
    member: &'t str,
    /// The text as the inside of a JSON string.
    text: &'t str,
    /// The number of the event, where events have numbers.
    sequence: u64,
}

/// Why a stream ends.
#[derive(Debug)]
pub(super) struct Problem<'f> {
    code: &'f str,
    /// Without quotes and backslashes.
    message: String,
    sequence: u64,
}

/// All shapes, the most frequent first.
static SHAPES: [&Shape; 6] = [
    &openai_chat::SHAPE,
    &openai_responses::SHAPE,
    &anthropic::SHAPE,
    &gemini::SHAPE,
    &bedrock::SHAPE,
    &ollama::SHAPE,
];

/// Events of nobody's format: each is inspected by itself.
pub static ANY: Shape = Shape {
    format: Format::Json,
    framing: Framing::Sse,
    deltas: &[],
    increments: &[],
    by_type: false,
    opaque_types: &[],
    wholes: &[],
    repeats: &[],
    repeated: "null",
    signatures: &[],
    fixed: &[],
    counts_depth: 0,
    ends: |_, _| {},
    envelope: &[],
    flush: |text| (None, text.text.to_owned()),
    error: |problem| {
        let Problem { code, message, .. } = problem;
        let payload = format!(r#"{{"error":{{"code":"{code}","message":"{message}"}}}}"#);
        ("error", payload)
    },
};

/// The shape of events of which nothing else is known: one framing is that of one API only.
pub fn usual(framing: Framing) -> &'static Shape {
    match framing {
        Framing::Messages => &bedrock::SHAPE,
        Framing::Sse | Framing::Lines | Framing::Values => &ANY,
    }
}

impl Shape {
    /// The shape of a format, if its answers come as streams.
    pub fn of(format: Format) -> Option<&'static Self> {
        // The older API has the same events but for the name of one member.
        let format = match format {
            Format::OpenaiCompletions => Format::OpenaiChat,
            other => other,
        };
        SHAPES.into_iter().find(|shape| shape.format == format)
    }

    /// Whether it is nobody's.
    pub fn is_any(&self) -> bool {
        self.format == Format::Json
    }

    /// What tells texts of the delta at this index from others.
    pub(super) fn field_of(&self, index: usize) -> u64 {
        self.deltas[index].like.unwrap_or(index) as u64
    }

    /// Members that an event with text of our own takes over from the event of this document.
    pub fn envelope(&self, document: &Document, text: &[u8], raw: &[u8], out: &mut Vec<u8>) {
        out.clear();
        let view = View { document, text, name: None, scopes: &[] };
        for name in self.envelope {
            let Some(leaf) = view.member(name) else { continue };
            let value = &raw[document.to_raw(leaf.span).range()];
            let quote: &[u8] = if leaf.kind == LeafKind::Number { b"" } else { b"\"" };
            for part in [b"\"", name.as_bytes(), b"\":", quote, value, quote, b","] {
                out.extend_from_slice(part);
            }
        }
    }

    /// Whether text of this part is signed, so that nobody can change it.
    pub fn signs(&self, part: Part) -> bool {
        part == Part::Reasoning && !self.signatures.is_empty()
    }

    /// Writes an event that carries a text in a member, both as the inside of a JSON string. The name counts only where no table knows the
    /// member.
    pub fn write_text(
        &self,
        (framing, place): (Framing, Between),
        channel: Channel,
        [envelope, member, text]: [&[u8]; 3],
        sequence: u64,
        out: &mut Vec<u8>,
    ) {
        let [envelope, member, text] = [envelope, member, text].map(String::from_utf8_lossy);
        if channel == Channel::PLAIN {
            return framing.write(None, text.as_bytes(), place, out);
        }
        if channel == Channel::STRINGS {
            return framing.write(None, format!("\"{text}\"").as_bytes(), place, out);
        }
        let text = Text { channel, envelope: &envelope, member: &member, text: &text, sequence };
        let (name, payload) = (self.flush)(&text);
        framing.write(name.as_deref(), payload.as_bytes(), place, out);
    }

    /// Writes the event with which this API says that a stream failed.
    pub fn write_error(
        &self,
        framing: Framing,
        place: Between,
        fault: &Fault,
        sequence: u64,
        out: &mut Vec<u8>,
    ) {
        let plain = |char: char| char != '"' && char != '\\' && !char.is_control();
        let message: String = format!("Lockgate: {fault}").chars().filter(|c| plain(*c)).collect();
        let (name, payload) = (self.error)(&Problem { code: fault.code.id, message, sequence });
        match framing {
            Framing::Messages => message::write_exception(name, payload.as_bytes(), out),
            _ => {
                let name = (!name.is_empty()).then_some(name);
                framing.write(name, payload.as_bytes(), place, out);
            }
        }
    }
}
