//! What is encoded in a stream: the views of the text in front of what may still be going on.
//!
//! A [`Watch`] says which runs at the end of the text may be encoded and are not over. The text in front of these is looked at as a text
//! that is whole is, with the views that it calls for; a view that goes on at its end holds back what the rules may still match in *it*. So
//! the frontier is that of the text and of all its views. Where nothing is noticed, nothing is looked at.

use super::{Hold, StreamRules};
use crate::base::{Finding, Gap, Span};
use crate::scan::Scratch;
use crate::scan::views::see_ahead;
use crate::text::views::{BLOCK_BYTES, Watch};

/// Bytes in front of what has not left that views are made of, too: what they show there gives values their context.
pub(super) const CONTEXT_BYTES: usize = 6 * BLOCK_BYTES;
/// A stream in which something is encoded is looked at again once so much more is known, and a part of what is held …
const PAUSE_BYTES: usize = 8;
/// … so that what is looked at is not more than so many times what arrives.
const HELD_PART: usize = 4;

/// What is known of views. Places are offsets from the beginning of the stream, but for those of findings.
#[derive(Debug, Default)]
pub(super) struct Sight {
    pub(super) watch: Watch,
    /// Up to where the text was known when it was looked at last.
    looked: usize,
    /// What was noticed in front of this place has been looked at.
    handled: usize,
    /// A view went on at the end of what was looked at last, or something was found that has not left.
    active: bool,
    /// Findings in views, in the text that is kept.
    pub(super) found: Vec<Finding>,
    /// What could not be decoded: of each kind the first place.
    pub(super) gaps: Vec<Gap>,
    /// A run that began in front of this place was given up, and goes on.
    lost: Option<usize>,
}

/// The text that is kept of a stream.
#[derive(Clone, Copy)]
pub(super) struct Kept<'t> {
    pub(super) text: &'t [u8],
    pub(super) forgotten: usize,
    pub(super) released: usize,
}

impl Sight {
    /// The place up to which text is final as far as views are concerned, once all of it was shown to the watch.
    pub(super) fn frontier(
        &mut self,
        with: StreamRules<'_>,
        scratch: &mut Scratch,
        kept: Kept<'_>,
        ended: bool,
    ) -> usize {
        let Kept { text, forgotten, released } = kept;
        let open = self.watch.open().filter(|_| !ended && with.holds(Hold::Run));
        let local = |place: usize| place.saturating_sub(forgotten).clamp(released, text.len());
        let known = open.map_or(text.len(), |open| local(open.start));
        let hold = open.map_or(text.len(), |open| match with.holds(Hold::Alive) {
            true => local(open.hold),
            false => known,
        });
        let at_end = ended && self.watch.open().is_some();
        if !self.active && self.watch.noticed() <= self.handled && !at_end {
            return hold;
        }
        let new = (forgotten + known).saturating_sub(self.looked);
        let whole = forgotten + known >= self.watch.noticed();
        if !ended && (!whole || new < PAUSE_BYTES + (known - released) / HELD_PART) {
            return released;
        }
        hold.min(self.look(with, scratch, (kept, known), ended))
    }

    /// Looks at what is known, and returns from where on views are not final.
    fn look(
        &mut self,
        with: StreamRules<'_>,
        scratch: &mut Scratch,
        (kept, known): (Kept<'_>, usize),
        ended: bool,
    ) -> usize {
        let Kept { text, forgotten, released } = kept;
        // Blocks are those of the whole text.
        let start = released.saturating_sub(CONTEXT_BYTES) / BLOCK_BYTES * BLOCK_BYTES;
        let mut seen = scratch.take_seen();
        let from = (!ended).then_some(released - start);
        let hold = see_ahead(with, scratch, &text[start..known], from, &mut seen);
        let moved = |span: Span| Span::new(span.start + start, span.end + start);
        self.found.clear();
        self.found.extend(
            seen.findings.iter().filter(|found| found.span.end + start > released).map(|found| {
                let span = moved(found.span);
                Finding { span: Span::new(span.start.max(released), span.end), ..*found }
            }),
        );
        for gap in &seen.gaps {
            if !self.gaps.iter().any(|known| known.code == gap.code) {
                let Span { start, end } = moved(gap.span);
                let span = Span::new(start + forgotten, end + forgotten);
                self.gaps.push(Gap { span, ..*gap });
            }
        }
        scratch.put_seen(seen);
        self.looked = forgotten + known;
        self.handled = self.watch.noticed();
        self.active = hold.is_some();
        hold.filter(|_| with.holds(Hold::View)).map_or(text.len(), |hold| hold + start)
    }

    /// The start of the findings in views that share bytes with each other and reach across the frontier, or the frontier.
    pub(super) fn in_front_of_findings(&self, frontier: usize) -> usize {
        let across = self.found.iter().map(|found| found.span);
        let across = across.filter(|span| span.start < frontier && frontier < span.end);
        across.map(|span| span.start).min().unwrap_or(frontier)
    }

    /// Moves the findings in front of the frontier to `out`, and says whether there are any.
    pub(super) fn take(&mut self, frontier: usize, out: &mut Vec<Finding>) -> bool {
        let before = out.len();
        out.extend(self.found.extract_if(.., |found| found.span.start < frontier));
        self.active |= !self.found.is_empty();
        out.len() > before
    }

    /// Moves all places back, after as many bytes at the start of the text were forgotten.
    pub(super) fn rebase(&mut self, bytes: usize) {
        for found in &mut self.found {
            found.span = Span::new(found.span.start - bytes, found.span.end - bytes);
        }
    }

    /// All text up to a place has been given up. What it was part of never leaves.
    pub(super) fn give_up(&mut self, place: usize) {
        self.found.clear();
        self.lost = self.watch.open().map(|_| place);
    }

    /// Whether the text up to here goes on with a run that was given up.
    pub(super) fn is_lost(&mut self) -> bool {
        self.lost =
            self.lost.filter(|lost| self.watch.open().is_some_and(|open| open.start < *lost));
        self.lost.is_some()
    }
}
