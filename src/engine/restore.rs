//! Putting the values of a session back into a whole content, behind its inspection: what is put back is not inspected again, and what was
//! redacted stays so.

use super::{Content, Engine};
use crate::base::{Edit, Fault, Format, Kind, Place, Sinks, Span, Verdict, limits};
use crate::payload::formats;
use crate::payload::json::{Broken, Document, LeafKind, escaped};
use crate::redact::apply;
use crate::vault::Session;

/// A content with its edits and with values in place of tokens.
#[derive(Clone, PartialEq, Eq)]
pub struct Restored {
    /// The content. It holds values: unlike a verdict it must not be kept or logged.
    pub bytes: Vec<u8>,
    /// Tokens that were turned back.
    pub tokens: usize,
}

impl std::fmt::Debug for Restored {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "[{} bytes, {} tokens]", self.bytes.len(), self.tokens)
    }
}

impl Engine {
    /// Carries out the edits of a verdict about `content`, and puts the values of a session where its tokens are. In a document, words are those
    /// of the answer; values go neither into what the model thinks, nor into what is signed, an id or a key.
    ///
    /// # Errors
    /// The content is a document and too deep, which its inspection has said already.
    pub fn restored(
        &self,
        content: Content<'_>,
        verdict: &Verdict,
        session: &Session,
        sinks: Sinks,
    ) -> Result<Restored, Fault> {
        let found = match content {
            Content::Text(text) => session.restorer(sinks).whole(text),
            Content::Json(raw) => in_document(raw, verdict.format, session, sinks)?,
        };
        let mut edits = verdict.edits.clone();
        let known = edits.len();
        for (span, replacement) in found {
            // Redacted bytes stay redacted, whatever they look like.
            let at = verdict.edits.partition_point(|edit| edit.span.end <= span.start);
            if verdict.edits.get(at).is_none_or(|edit| edit.span.start >= span.end) {
                edits.push(Edit { span, replacement });
            }
        }
        let tokens = edits.len() - known;
        edits.sort_by_key(|edit| edit.span);
        Ok(Restored { bytes: apply(content.bytes(), &edits), tokens })
    }
}

/// Where values belong in the strings of a document.
fn in_document(
    raw: &[u8],
    format: Format,
    session: &Session,
    sinks: Sinks,
) -> Result<Vec<(Span, String)>, Fault> {
    let mut document = Document::default();
    document.read(raw, limits::JSON_DEPTH_MAX, Broken::Scan)?;
    let view = document.text(raw);
    let mut locator = formats::Locator::new(format, &document, view, &[]);
    let mut found = Vec::new();
    for leaf in document.leaves() {
        let text = &view[leaf.span.range()];
        if leaf.kind != LeafKind::String || !session.may_be_in(text) {
            continue;
        }
        let sinks = permitted(&locator.place(leaf.span), sinks);
        let level = document.level_at(leaf.span.start);
        for (span, value) in session.restorer(sinks).whole(text) {
            let span = Span::new(leaf.span.start + span.start, leaf.span.start + span.end);
            // Once for the string, and once more for each string that the document stands in.
            let written = (0..=level).fold(value, |value, _| escaped(&value));
            found.push((document.to_raw(span), written));
        }
    }
    Ok(found)
}

/// Where in a string of a document values may be put back.
fn permitted(place: &Place, sinks: Sinks) -> Sinks {
    match place.kind {
        _ if place.fixed.is_some() => Sinks::NONE,
        None | Some(Kind::Text | Kind::Refusal) => sinks,
        Some(Kind::ToolArguments) => sinks.of_arguments(),
        Some(Kind::Reasoning | Kind::ToolResult | Kind::Metadata | Kind::Opaque) => Sinks::NONE,
    }
}
