//! From a finding to its place: the pointer, whose words they are, what for, and whether they may be edited.

use super::path::on_path;
use super::survey::{Object, survey};
use super::{Field, Shape, When, shape};
use crate::base::code::{EDIT_FIXED, EDIT_NOWHERE, EDIT_OPAQUE, EDIT_SIGNED};
use crate::base::place::VIEW_RAW;
use crate::base::{Code, Format, Kind, Place, Role, Span};
use crate::payload::json::{Document, LeafKind, Open, Step, Token, Walk, render};

/// Names that no known format lets anybody change: ids, types, models. Data of the caller may have members of the same name.
const FIXED_NAMES: [&str; 14] = [
    "id",
    "type",
    "role",
    "object",
    "model",
    "jsonrpc",
    "method",
    "status",
    "finish_reason",
    "stop_reason",
    "finishReason",
    "stopReason",
    "mimeType",
    "media_type",
];
/// What the names of ids end with.
const FIXED_ENDS: [&str; 3] = ["_id", "Id", "_fingerprint"];
/// Names of values that only their maker can read, in any document.
const OPAQUE_NAMES: [&str; 4] =
    ["encrypted_content", "thoughtSignature", "thought_signature", "obfuscation"];

/// Finds the places of ascending spans in one walk.
#[derive(Debug)]
pub struct Locator<'d> {
    shape: &'static Shape,
    objects: Vec<Object>,
    walk: Walk<'d>,
    /// Spans of the view whose bytes must not be shown, ascending.
    hidden: &'d [Span],
    leaf: Option<u32>,
    /// The leaf that was located last: one that holds something often holds more.
    known: Option<(u32, Place)>,
}

impl<'d> Locator<'d> {
    /// A walk over a document whose view is `text`. `hidden` are the spans of all findings in the view; both ends ascend.
    pub fn new(format: Format, document: &'d Document, text: &'d [u8], hidden: &'d [Span]) -> Self {
        Self {
            shape: shape(format),
            objects: survey(document, text),
            walk: Walk::new(document, text),
            hidden,
            leaf: None,
            known: None,
        }
    }

    /// The place of a span of the view: that of the first leaf that shares a byte with it. It is fixed if any of these leaves is. Starts must
    /// not descend.
    pub fn place(&mut self, span: Span) -> Place {
        let leaves = self.walk.document.leaves();
        let mut place: Option<Place> = None;
        loop {
            if let Some(index) = self.leaf {
                let leaf = leaves[index as usize].span;
                if span.start < leaf.end && leaf.start < span.end {
                    let here = match self.known.take() {
                        Some((known, here)) if known == index => here,
                        _ => self.locate(index),
                    };
                    let first = place.get_or_insert_with(|| here.clone());
                    first.fixed = first.fixed.or(here.fixed);
                    self.known = Some((index, here));
                }
                let next = leaves.get(index as usize + 1);
                if next.is_none_or(|next| next.span.start >= span.end) && span.start < leaf.end {
                    break;
                }
            }
            match self.walk.advance() {
                Some(Token::Leaf(index)) => self.leaf = Some(index),
                Some(_) => {}
                None => break,
            }
        }
        place.unwrap_or(Place {
            pointer: None,
            role: None,
            kind: None,
            view: VIEW_RAW,
            fixed: Some(EDIT_NOWHERE),
        })
    }

    /// The place of the leaf to which the walk has come.
    fn locate(&self, leaf: u32) -> Place {
        let pointer = render(&self.walk, leaf, self.hidden);
        let place = Place { pointer, role: None, kind: None, view: VIEW_RAW, fixed: None };
        if self.walk.document.leaves()[leaf as usize].kind == LeafKind::Raw {
            return place;
        }
        if self.walk.document.media().binary_search(&leaf).is_ok() {
            let role = self.field().and_then(|(field, marked)| self.role(field, marked));
            return Place { role, kind: Some(Kind::Opaque), fixed: Some(EDIT_OPAQUE), ..place };
        }
        let field = self.field();
        let role = match field {
            Some((field, marked)) => self.role(field, marked),
            None => self.innermost_role(),
        };
        let kind = field.map(|(field, _)| match (field.kind, role) {
            (Kind::Text, Some(Role::Tool)) => Kind::ToolResult,
            (kind, _) => kind,
        });
        let (kind, fixed) = self.fixed(field.map(|(field, _)| field), kind);
        Place { role, kind, fixed, ..place }
    }

    /// The first field of the format whose path leads here.
    fn field(&self) -> Option<(&'static Field, Option<usize>)> {
        self.shape.groups.iter().find_map(|group| {
            group.at.iter().find_map(|base| {
                group.fields.iter().find_map(|field| {
                    let found = on_path(&self.walk, base, field.path)?;
                    self.holds(field.when).then_some((field, found.marked))
                })
            })
        })
    }

    fn holds(&self, when: When) -> bool {
        match when {
            When::Always => true,
            When::Type(name) => {
                self.outside().any(|object| self.value(object.type_) == Some(name.as_bytes()))
            }
            When::Named(name) => {
                self.outside().any(|object| self.value(object.key) == Some(name.as_bytes()))
            }
            When::Thought => self.outside().last().is_some_and(|object| object.thought),
        }
    }

    fn role(&self, field: &Field, marked: Option<usize>) -> Option<Role> {
        // What a tool said is a tool's, and what is asked of one a model's, whoever brings it.
        if matches!(field.kind, Kind::ToolResult | Kind::ToolArguments) {
            return field.role;
        }
        let said = match marked.and_then(|index| self.walk.path().get(index)) {
            Some(open) => self.object(open).and_then(|object| self.role_of(object)),
            None => self.innermost_role(),
        };
        said.or(field.role)
    }

    fn innermost_role(&self) -> Option<Role> {
        let said = self.outside().filter_map(|object| self.role_of(object));
        said.last()
    }

    fn role_of(&self, object: &Object) -> Option<Role> {
        Some(match self.value(object.role)? {
            b"system" => Role::System,
            b"developer" => Role::Developer,
            b"user" | b"human" | b"ROLE_USER" => Role::User,
            b"assistant" | b"model" | b"agent" | b"ai" | b"ROLE_AGENT" => Role::Assistant,
            b"tool" | b"function" => Role::Tool,
            _ => return None,
        })
    }

    /// What the leaf is, and why it cannot be edited.
    fn fixed(&self, field: Option<&Field>, kind: Option<Kind>) -> (Option<Kind>, Option<Code>) {
        let in_inner = self.walk.path().iter().any(|open| open.step == Step::Inner);
        let name = if in_inner { None } else { self.name() };
        let is_known = self.shape.format != Format::Json;
        let is_opaque =
            |name: &str| OPAQUE_NAMES.contains(&name) || is_known && name == "signature";
        if field.is_none() && name.is_some_and(is_opaque) {
            return (Some(Kind::Opaque), Some(EDIT_OPAQUE));
        }
        if self.is_signed(field) {
            return (kind, Some(EDIT_SIGNED));
        }
        match field {
            Some(field) if field.editable => (kind, None),
            Some(field) if field.kind == Kind::Opaque => (kind, Some(EDIT_OPAQUE)),
            Some(_) => (kind, Some(EDIT_FIXED)),
            None if is_known && name.is_some_and(is_fixed_name) => {
                (Some(Kind::Metadata), Some(EDIT_FIXED))
            }
            None => (kind, None),
        }
    }

    /// Whether a signature covers what is here. Arguments and results of tools may have a `signature` that is none.
    fn is_signed(&self, field: Option<&Field>) -> bool {
        let reasoning = field.is_some_and(|field| field.kind == Kind::Reasoning);
        self.outside().any(|object| {
            let thinking = || self.value(object.type_) == Some(b"thinking");
            object.thought_signed || object.signed && (reasoning || thinking())
        })
    }

    /// The objects around, without those of documents in strings, from the outermost on.
    fn outside(&self) -> impl Iterator<Item = &Object> {
        let path = self.walk.path().iter();
        path.take_while(|open| open.step != Step::Inner).filter_map(|open| self.object(open))
    }

    fn object(&self, open: &Open) -> Option<&Object> {
        self.objects.get(open.id as usize)
    }

    fn value(&self, leaf: Option<u32>) -> Option<&[u8]> {
        let leaf = self.walk.document.leaves().get(leaf? as usize)?;
        self.walk.text.get(leaf.span.range())
    }

    /// The name of the member that holds the leaf.
    fn name(&self) -> Option<&str> {
        let key = self.walk.path().iter().rev().find_map(|open| match open.step {
            Step::Member(key) => Some(key),
            _ => None,
        })?;
        std::str::from_utf8(self.value(key)?).ok()
    }
}

fn is_fixed_name(name: &str) -> bool {
    FIXED_NAMES.contains(&name) || FIXED_ENDS.iter().any(|end| name.ends_with(end))
}
