//! What is seen of a document from above: the names of its members.

use crate::payload::json::{Document, Leaf, LeafKind};

/// The members of a document, or of the elements of the array that it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Top<'d> {
    pub(super) document: &'d Document,
    pub(super) text: &'d [u8],
}

/// What a member begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Begin {
    Text,
    Texts,
    Numbers,
    Objects,
    Other,
}

impl<'d> Top<'d> {
    /// Whether the document is an array, of whose elements the members are.
    pub(crate) fn is_array(&self) -> bool {
        self.text.trim_ascii_start().first() == Some(&b'[')
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.member(name).is_some()
    }

    pub(crate) fn has_any(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.has(name))
    }

    /// The value of a member, if it is a string.
    pub(crate) fn value(&self, name: &str) -> Option<&'d [u8]> {
        let key = self.member(name)?;
        let leaf = self.leaf(key + 1)?;
        let is_value = leaf.kind == LeafKind::String && leaf.key == Some(key);
        is_value.then(|| self.slice(leaf))
    }

    pub(crate) fn is(&self, name: &str, value: &str) -> bool {
        self.value(name) == Some(value.as_bytes())
    }

    /// What the value of a member is, going by its first leaf.
    pub(crate) fn begin(&self, name: &str) -> Begin {
        let begin = || {
            let key = self.member(name)?;
            let leaf = self.leaf(key + 1)?;
            let between = self.text.get(self.leaf(key)?.span.end..leaf.span.start)?;
            Some(match leaf.kind {
                LeafKind::Key if between.contains(&b'{') => Begin::Objects,
                LeafKind::String if between.contains(&b'[') => Begin::Texts,
                LeafKind::String => Begin::Text,
                LeafKind::Number => Begin::Numbers,
                _ => Begin::Other,
            })
        };
        begin().unwrap_or(Begin::Other)
    }

    /// Whether any key of the whole document has this name. Looks at all of them.
    pub(crate) fn has_anywhere(&self, name: &str) -> bool {
        self.leaves(LeafKind::Key).any(|key| self.slice(key) == name.as_bytes())
    }

    /// Whether any key of the whole document begins so.
    pub(crate) fn has_prefix(&self, prefix: &str) -> bool {
        self.leaves(LeafKind::Key).any(|key| self.slice(key).starts_with(prefix.as_bytes()))
    }

    /// Whether any string of the whole document begins so.
    pub(crate) fn has_value_prefix(&self, prefix: &str) -> bool {
        self.leaves(LeafKind::String).any(|leaf| self.slice(leaf).starts_with(prefix.as_bytes()))
    }

    /// Whether any object of the whole document has one of these as its `type`.
    pub(crate) fn has_type(&self, types: &[&str]) -> bool {
        self.leaves(LeafKind::String).any(|leaf| {
            let name = leaf.key.and_then(|key| self.leaf(key));
            name.is_some_and(|name| self.slice(name) == b"type")
                && types.iter().any(|name| self.slice(leaf) == name.as_bytes())
        })
    }

    fn member(&self, name: &str) -> Option<u32> {
        let is = |index: &&u32| {
            self.leaf(**index).is_some_and(|leaf| self.slice(leaf) == name.as_bytes())
        };
        self.document.members().iter().find(is).copied()
    }

    fn leaves(&self, kind: LeafKind) -> impl Iterator<Item = &'d Leaf> {
        self.document.leaves().iter().filter(move |leaf| leaf.kind == kind)
    }

    fn leaf(&self, index: u32) -> Option<&'d Leaf> {
        self.document.leaves().get(index as usize)
    }

    fn slice(&self, leaf: &Leaf) -> &'d [u8] {
        self.text.get(leaf.span.range()).unwrap_or_default()
    }
}
