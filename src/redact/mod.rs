//! L5: findings to edits, edits to bytes.

use crate::base::Edit;

/// A style of redaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `[pii.email]`.
    Placeholder,
    /// `[pii.email#1]`: the same value gets the same number within one document.
    Numbered,
    /// `****1111`: all but the first and last few characters.
    Mask {
        /// Characters at the start that stay readable.
        keep_first: usize,
        /// Characters at the end that stay readable.
        keep_last: usize,
    },
    /// `[pii.email:…]` with the first 20 hexadecimal digits of a keyed hash.
    Hash,
    /// Nothing.
    Remove,
}

/// How to redact.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Redaction {
    /// Style for every finding; `None` lets each rule's own hint decide, and a placeholder where a rule has none.
    pub style: Option<Style>,
    /// Key of [`Style::Hash`]. Without a key a placeholder is used, since an unkeyed hash of a card number can be reversed.
    pub hash_key: Option<[u8; 32]>,
}

/// Applies edits, which must be in ascending order and not overlap.
pub fn apply(original: &[u8], edits: &[Edit]) -> Vec<u8> {
    let mut out = Vec::with_capacity(original.len());
    let mut at = 0;
    for edit in edits {
        out.extend_from_slice(&original[at..edit.span.start]);
        out.extend_from_slice(edit.replacement.as_bytes());
        at = edit.span.end;
    }
    out.extend_from_slice(&original[at..]);
    out
}
