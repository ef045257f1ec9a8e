//! The messages of a content, and where in it the parts of a split value are.

use super::{Following, Look, Message, Turns};
use crate::base::limits::TURN_STRINGS_MAX;
use crate::base::{Confidence, Finding, Format, Kind, Place, Span, Split};
use crate::engine::Inspection;
use crate::engine::document::hidden;
use crate::payload::formats::Locator;
use crate::payload::json::{Document, LeafKind};
use crate::scan::{Scratch, StreamProgram};
use std::hash::{DefaultHasher, Hash, Hasher};

impl Inspection<'_> {
    /// What a text that is a message of a session has split with earlier ones.
    pub(in crate::engine) fn text_splits(
        &self,
        scratch: &mut Scratch,
        text: &[u8],
        findings: &[Finding],
    ) -> Vec<Split> {
        let (Some(program), Turns::Session(_)) = (self.program, &self.options.turns) else {
            return Vec::new();
        };
        let found = hidden(findings.iter().map(|finding| finding.span));
        let mut following = self.following(program);
        let channel = self.channel(None);
        following.message(scratch, Message { channel, text, at: 0, data_of: None, found: &found });
        following.finish()
    }

    /// What the messages of a conversation have split with each other. `found` are the spans of the findings in the view, both ends ascending.
    pub(in crate::engine) fn document_splits(
        &self,
        scratch: &mut Scratch,
        document: &Document,
        view: &[u8],
        format: Format,
        found: &[Span],
    ) -> Vec<Split> {
        let Some(program) = self.program else { return Vec::new() };
        let mut following = self.following(program);
        let mut locator = Locator::new(format, document, view, found);
        let strings = || document.leaves().iter().filter(|leaf| leaf.kind == LeafKind::String);
        for leaf in strings().skip(strings().count().saturating_sub(TURN_STRINGS_MAX)) {
            let place = locator.place(leaf.span);
            if let Some(text) = view.get(leaf.span.range())
                && is_message(&place)
            {
                let channel = self.channel(Some(&place));
                let (at, data_of) = (leaf.span.start, data_of(&place));
                following.message(scratch, Message { channel, text, at, data_of, found });
            }
        }
        let mut splits = following.finish();
        if !splits.is_empty() {
            place(&mut splits, document, view, format, found);
        }
        splits
    }

    fn following<'a>(&'a self, program: &'a StreamProgram) -> Following<'a> {
        let min_confidence = self.options.min_confidence.unwrap_or(Confidence::Low);
        let look = Look { rules: self.rules, pack: self.pack, program, min_confidence };
        Following::begin(&self.options.turns, look)
    }

    /// Which texts follow each other: those of one direction, role, kind and place, whatever their positions in lists.
    fn channel(&self, place: Option<&Place>) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.options.direction.name().hash(&mut hasher);
        if let Some(Place { role, kind, pointer, .. }) = place {
            (role, kind).hash(&mut hasher);
            let steps = pointer.as_deref().unwrap_or_default().split('/');
            for step in steps.filter(|step| !step.bytes().all(|byte| byte.is_ascii_digit())) {
                step.hash(&mut hasher);
            }
        }
        hasher.finish()
    }
}

/// Whether a text is something that somebody says, asks a tool for or hears from one.
fn is_message(place: &Place) -> bool {
    let said = [Kind::Text, Kind::Reasoning, Kind::ToolArguments, Kind::ToolResult];
    place.role.is_some() && place.kind.is_some_and(|kind| said.contains(&kind))
}

/// The message that a text is data of: what a tool is asked or answers, or what stands in a document in a string. All up to the first
/// position in a list is the same for the data of one message.
fn data_of(place: &Place) -> Option<u64> {
    let pointer = place.pointer.as_deref()?;
    let tool = matches!(place.kind, Some(Kind::ToolArguments | Kind::ToolResult));
    let is_number = |step: &str| !step.is_empty() && step.bytes().all(|byte| byte.is_ascii_digit());
    (tool || pointer.contains('#')).then(|| {
        let mut hasher = DefaultHasher::new();
        for step in pointer.split('/') {
            step.hash(&mut hasher);
            if is_number(step) {
                break;
            }
        }
        hasher.finish()
    })
}

/// Says where the parts are: their pointers, and their spans in the document as it was sent.
fn place(splits: &mut [Split], document: &Document, view: &[u8], format: Format, found: &[Span]) {
    let parts = splits.iter_mut().flat_map(|split| &mut split.parts);
    let mut parts: Vec<_> = parts.filter(|part| part.span.is_some()).collect();
    parts.sort_by_key(|part| part.span.map(|span| span.start));
    let mut locator = Locator::new(format, document, view, found);
    for part in parts {
        if let Some(span) = part.span {
            part.pointer = locator.place(span).pointer;
            part.span = Some(document.to_raw(span));
        }
    }
}
