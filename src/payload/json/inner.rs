//! Documents within strings: tool arguments, tool results and whatever else is JSON twice.
//!
//! The string has been decoded and read as a document of its own. Here its leaves take the place of the string, and its escapes are joined
//! with those that it was written in, so that one step leads from the view to the original, however many levels lie between.

use super::{Document, Escape, LeafKind};
use crate::base::Span;

/// A document that stands in a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inner {
    /// The inside of the string, in the view.
    pub span: Span,
    /// How many strings it stands in, from 1.
    pub level: u8,
    /// Index of the document that holds the string, if that is an inner one, too.
    pub(super) outer: Option<u32>,
}

/// Whether a string may be a document: it begins and ends with brackets that belong together.
pub(super) fn is_enclosed(text: &[u8]) -> bool {
    let text = text.trim_ascii();
    matches!((text.first(), text.last()), (Some(b'{'), Some(b'}')) | (Some(b'['), Some(b']')))
}

/// Puts the leaves of `inner` in the place of the string at `span` of the view, whose first escape is the one at `escapes`. Returns the bytes
/// by which the view became shorter.
pub(super) fn splice(
    doc: &mut Document,
    inner: &mut Document,
    span: Span,
    escapes: usize,
    key: Option<u32>,
) -> usize {
    let shrunk = if inner.escapes.is_empty() { 0 } else { replace(doc, inner, span, escapes) };
    let shift = |inside: Span| Span::new(span.start + inside.start, span.start + inside.end);
    // There are fewer leaves than bytes, and of those fewer than 2^32.
    let (leaf, index) = (doc.leaves.len() as u32, doc.inners.len() as u32);

    doc.inners.push(Inner {
        span: Span::new(span.start, span.end - shrunk),
        level: 1,
        outer: None,
    });
    doc.inners.extend(inner.inners.iter().map(|deeper| Inner {
        span: shift(deeper.span),
        level: deeper.level + 1,
        outer: Some(deeper.outer.map_or(index, |outer| index + 1 + outer)),
    }));
    doc.media.extend(inner.media.iter().map(|media| leaf + media));
    doc.lone_surrogates += inner.lone_surrogates;
    doc.leaves.extend(inner.leaves.iter().map(|inside| {
        let mut outside = *inside;
        outside.span = shift(inside.span);
        outside.key = match inside.key {
            Some(key) => Some(leaf + key),
            // Elements without a name of their own have that of the string.
            None if inside.kind != LeafKind::Key => key,
            None => None,
        };
        outside
    }));
    shrunk
}

/// Replaces the string by the view of its document, and its escapes by what leads from there to the original.
fn replace(doc: &mut Document, inner: &mut Document, span: Span, escapes: usize) -> usize {
    doc.view.truncate(span.start);
    doc.view.extend_from_slice(&inner.view);
    let old = &mut inner.spare;
    old.clear();
    old.extend(doc.escapes.drain(escapes..));
    // The string begins with plain bytes or with its first escape: both say how far view and original are apart there.
    let first = old.first().map_or(0, |escape| escape.raw_start - escape.view_start);
    let mut joined = Joined { old, next: 0, ahead: first, shrunk: 0 };
    for escape in &inner.escapes {
        let (start, len) = (span.start + escape.raw_start, usize::from(escape.raw_len));
        joined.pass(start, |escape| doc.escapes.push(escape));
        let raw_start = start + joined.ahead;
        joined.pass(start + len, |_| {});
        let raw_len = start + len + joined.ahead - raw_start;
        doc.escapes.push(Escape {
            raw_start,
            view_start: span.start + escape.view_start,
            // An escape is twelve bytes long at most, each of which is written with six at most, three times over.
            raw_len: raw_len as u16,
            view_len: escape.view_len,
        });
        joined.shrunk += len - usize::from(escape.view_len);
    }
    joined.pass(usize::MAX, |escape| doc.escapes.push(escape));
    joined.shrunk
}

/// A walk over the escapes of a string.
struct Joined<'e> {
    old: &'e [Escape],
    next: usize,
    /// Bytes by which the original is ahead of the string's text here.
    ahead: usize,
    /// Bytes by which the new view is behind the string's text here.
    shrunk: usize,
}

impl Joined<'_> {
    /// Goes on to the escapes that begin at `to` or later.
    fn pass(&mut self, to: usize, mut keep: impl FnMut(Escape)) {
        while let Some(&escape) = self.old.get(self.next)
            && escape.view_start < to
        {
            self.ahead = escape.raw_end() - escape.view_end();
            self.next += 1;
            keep(Escape { view_start: escape.view_start - self.shrunk, ..escape });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_tell_what_may_be_a_document() {
        let check = |text: &str, expect| assert_eq!(is_enclosed(text.as_bytes()), expect, "{text}");
        check("{\"a\":1}", true);
        check(" [1]\n", true);
        check("[1}", false);
        check("{a} b", false);
        check("{", false);
        check("", false);
    }
}
