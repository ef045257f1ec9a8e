//! What objects say of themselves: their `role`, their `type`, whether they are signed.

use crate::payload::json::{Document, LeafKind, Token, Walk};

/// What an object says of itself. For the values: indices of leaves.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Object {
    pub(super) role: Option<u32>,
    pub(super) type_: Option<u32>,
    pub(super) key: Option<u32>,
    /// It has a `signature` that is not empty.
    pub(super) signed: bool,
    /// It has a `thoughtSignature` that is not empty.
    pub(super) thought_signed: bool,
    /// It has `"thought": true`.
    pub(super) thought: bool,
}

/// Asks all objects, in the order in which they open. Arrays count, too, and say nothing.
pub(super) fn survey(document: &Document, text: &[u8]) -> Vec<Object> {
    let leaves = document.leaves();
    let name = |index: u32| {
        let leaf = leaves.get(index as usize)?;
        text.get(leaf.span.range())
    };
    let mut objects = Vec::new();
    let mut walk = Walk::new(document, text);
    // The key that was read last: its value is what comes next.
    let mut key = None;
    while let Some(token) = walk.advance() {
        let object = walk.path().last().and_then(|open| objects.get_mut(open.id as usize));
        match token {
            Token::Open => {
                objects.push(Object::default());
                key = None;
            }
            Token::Close(_) => key = None,
            Token::Literal(first) => {
                if let (Some(object), Some(b"thought"), b't') = (object, key.and_then(name), first)
                {
                    object.thought = true;
                }
                key = None;
            }
            Token::Leaf(index) => {
                let Some(leaf) = leaves.get(index as usize) else { continue };
                if leaf.kind == LeafKind::Key {
                    key = Some(index);
                    continue;
                }
                if let (Some(object), Some(name)) = (object, key.take().and_then(name)) {
                    object.note(name, index, leaf.span.is_empty());
                }
            }
        }
    }
    objects
}

impl Object {
    fn note(&mut self, name: &[u8], value: u32, is_empty: bool) {
        match name {
            b"role" => self.role = Some(value),
            b"type" => self.type_ = Some(value),
            b"key" => self.key = Some(value),
            b"signature" => self.signed |= !is_empty,
            b"thoughtSignature" | b"thought_signature" => self.thought_signed |= !is_empty,
            _ => {}
        }
    }
}
