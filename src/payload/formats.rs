//! What a document is, and what its fields mean.
//!
//! Every string is scanned whatever it is called, so a table that does not know a field hides nothing. The tables say whose words a string
//! holds and what for, and what must not be edited. One small file a format; [`template`] shows how a new one begins.

mod a2a;
mod anthropic_messages;
mod bedrock_converse;
mod gemini;
mod locate;
mod mcp;
mod ollama;
mod openai_chat;
mod openai_completions;
mod openai_embeddings;
mod openai_responses;
mod otel_genai;
pub(in crate::payload) mod path;
mod repeats;
mod survey;
pub mod template;
mod top;

use crate::base::{Format, Kind, Role};
pub use locate::Locator;
pub use repeats::repeats;
pub(crate) use top::Top;

use super::json::Document;

/// One format: how it is recognised, and what its fields mean.
#[derive(Debug)]
pub(crate) struct Shape {
    pub(crate) format: Format,
    /// Whether a document is of this format, going by the names of its members.
    pub(crate) recognise: fn(&Top<'_>) -> bool,
    pub(crate) groups: &'static [Group],
    /// Paths of members that repeat the text of what stands beside or below them, piece by piece. When that is edited, they become `null`.
    pub(crate) repeats: &'static [&'static str],
}

/// Fields that stand in several places alike.
#[derive(Debug)]
pub(crate) struct Group {
    /// Where they stand; empty for the document itself. See [`path`] for how paths are written.
    pub(crate) at: &'static [&'static str],
    pub(crate) fields: &'static [Field],
}

/// What strings at a path are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    pub(crate) path: &'static str,
    pub(crate) kind: Kind,
    /// Whose words they are, where the object that the path marks does not say it.
    pub(crate) role: Option<Role>,
    pub(crate) when: When,
    pub(crate) editable: bool,
}

/// What else must hold for a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    Always,
    /// An object around it has this `type`.
    Type(&'static str),
    /// The object that holds it has `"thought": true`.
    Thought,
    /// An object around it has this `key`, as the attributes of a span have.
    Named(&'static str),
}

impl Field {
    const fn new(path: &'static str, kind: Kind) -> Self {
        Self { path, kind, role: None, when: When::Always, editable: true }
    }

    pub(crate) const fn text(path: &'static str) -> Self {
        Self::new(path, Kind::Text)
    }

    pub(crate) const fn reasoning(path: &'static str) -> Self {
        Self::new(path, Kind::Reasoning).by(Role::Assistant)
    }

    pub(crate) const fn refusal(path: &'static str) -> Self {
        Self::new(path, Kind::Refusal).by(Role::Assistant)
    }

    pub(crate) const fn arguments(path: &'static str) -> Self {
        Self::new(path, Kind::ToolArguments).by(Role::Assistant)
    }

    /// What a tool answered, in whosever message it travels.
    pub(crate) const fn result(path: &'static str) -> Self {
        Self::new(path, Kind::ToolResult).by(Role::Tool)
    }

    pub(crate) const fn metadata(path: &'static str) -> Self {
        Self::new(path, Kind::Metadata)
    }

    /// A name or an id that works as it is or not at all.
    pub(crate) const fn fixed(path: &'static str) -> Self {
        Self { editable: false, ..Self::new(path, Kind::Metadata) }
    }

    /// Encoded bytes.
    pub(crate) const fn opaque(path: &'static str) -> Self {
        Self { editable: false, ..Self::new(path, Kind::Opaque) }
    }

    pub(crate) const fn by(self, role: Role) -> Self {
        Self { role: Some(role), ..self }
    }

    pub(crate) const fn when(self, when: When) -> Self {
        Self { when, ..self }
    }
}

/// All formats, in the order in which they are tried: those that are told by one name first.
static SHAPES: [&Shape; 12] = [
    &a2a::SHAPE,
    &mcp::REQUEST,
    &mcp::RESULT,
    &otel_genai::SHAPE,
    &gemini::SHAPE,
    &bedrock_converse::SHAPE,
    &anthropic_messages::SHAPE,
    &ollama::SHAPE,
    &openai_embeddings::SHAPE,
    &openai_responses::SHAPE,
    &openai_completions::SHAPE,
    &openai_chat::SHAPE,
];

/// A document of nobody's format.
static ANY: Shape = Shape { format: Format::Json, recognise: |_| true, groups: &[], repeats: &[] };

/// The format of a document whose view is `text`.
///
/// ```
/// use lockgate::base::{Format, limits::JSON_DEPTH_MAX};
/// use lockgate::payload::{formats, json::Document};
/// let raw = br#"{"model":"m","messages":[{"role":"user","content":"hi"}]}"#;
/// let mut document = Document::default();
/// document.parse(raw, JSON_DEPTH_MAX)?;
/// assert_eq!(formats::recognise(&document, raw), Format::OpenaiChat);
/// # Ok::<(), lockgate::base::Fault>(())
/// ```
pub fn recognise(document: &Document, text: &[u8]) -> Format {
    if document.members().is_empty() {
        return Format::Json;
    }
    let top = Top { document, text };
    let found = SHAPES.iter().find(|shape| (shape.recognise)(&top));
    found.map_or(Format::Json, |shape| shape.format)
}

fn shape(format: Format) -> &'static Shape {
    SHAPES.into_iter().find(|shape| shape.format == format).unwrap_or(&ANY)
}
