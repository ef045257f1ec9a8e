//! Edits to bytes.

use crate::base::Edit;

/// Applies edits, which must be in ascending order, not overlap, and lie within the original.
///
/// # Panics
/// If they do not.
///
/// ```
/// use lockgate::base::{Edit, Span};
/// let edit = Edit { span: Span::new(3, 14), replacement: "[pii.email]".into() };
/// assert_eq!(lockgate::redact::apply(b"to a@b.example.", &[edit]), b"to [pii.email].");
/// ```
pub fn apply(original: &[u8], edits: &[Edit]) -> Vec<u8> {
    debug_assert!(edits.is_sorted_by(|before, after| before.span.end <= after.span.start));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Span;

    fn edit(start: usize, end: usize, replacement: &str) -> Edit {
        Edit { span: Span::new(start, end), replacement: replacement.into() }
    }

    #[test]
    fn edits_replace_their_bytes_and_nothing_else() {
        let check = |edits: &[Edit], expect: &str| {
            assert_eq!(apply(b"0123456789", edits), expect.as_bytes());
        };
        check(&[], "0123456789");
        check(&[edit(0, 10, "")], "");
        check(&[edit(0, 1, "ab"), edit(1, 2, ""), edit(9, 10, "z")], "ab2345678z");
        check(&[edit(4, 4, "+")], "0123+456789");
    }
}
