//! Where a text is worth decoding.

use super::kinds::Kinds;
use super::view::{Builder, View};
use super::{DECODERS, base64, signals, tokens};
use crate::base::{Span, ViewKind};

/// Bytes that a mark is about, and of which [`Noted`] has a mask.
pub const BLOCK_BYTES: usize = 64;
/// Bytes to either side of what was noticed that a decoder sees: what it reads may have begun before, and end later.
const MARGIN_BYTES: usize = 2 * BLOCK_BYTES;
/// White space is looked for this far beyond, in bytes, so that no word is cut.
const SNAP_BYTES: usize = 1024;

/// What another pass over the text has noted about it.
#[derive(Clone, Debug)]
pub struct Noted<'n, T> {
    /// Per block of [`BLOCK_BYTES`], a last empty one included: the bytes that start a word, lowest bit first.
    pub words: &'n [u64],
    /// As many masks of digits.
    pub digits: &'n [u64],
    /// The places of `@`.
    pub ats: &'n [u32],
    /// Ascending runs of sixteen or more letters, digits and signs of base64 in either alphabet.
    pub tokens: T,
}

/// The parts of a text that may be encoded, each with the views that may be worth making of it. Reusable.
///
/// A decoder reads only the zones of its kind, so that a long identifier at one place costs nothing at all others.
#[derive(Debug, Default)]
pub struct Zones {
    marks: Marks,
    /// Of one kind, kept for their memory.
    around: Vec<Span>,
    zones: Vec<Span>,
}

/// Places with the views that they call for; places that touch and call for the same are one.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Marks {
    marks: Vec<(Span, Kinds)>,
    kinds: Kinds,
}

impl Marks {
    pub(super) fn add(&mut self, span: Span, kinds: Kinds) {
        if kinds.is_empty() {
            return;
        }
        self.kinds |= kinds;
        match self.marks.last_mut() {
            Some((last, same))
                if *same == kinds && (last.start..=last.end).contains(&span.start) =>
            {
                last.end = last.end.max(span.end);
            }
            _ => self.marks.push((span, kinds)),
        }
    }

    #[cfg(test)]
    pub(super) fn kinds(&self) -> Kinds {
        self.kinds
    }

    fn clear(&mut self) {
        self.marks.clear();
        self.kinds = Kinds::NONE;
    }
}

impl Zones {
    /// Looks at a text. What was known of another one is forgotten.
    pub fn read(&mut self, text: &[u8], noted: Noted<'_, impl Iterator<Item = Span>>) {
        self.marks.clear();
        signals::bytes(text, &mut self.marks);
        signals::numbers(noted.words, noted.digits, &mut self.marks);
        let mut lines = base64::Lines::default();
        for run in noted.tokens {
            let kinds = tokens::of_run(text, run);
            let goes_on = lines.add(run, kinds.has(ViewKind::Base64));
            self.marks.add(run, kinds.or(Kinds::when(ViewKind::Base64, goes_on)));
        }
        for at in noted.ats {
            let (token, kinds) = tokens::of_at(text, *at as usize);
            self.marks.add(token, kinds);
        }
    }

    /// The views that may be worth making.
    pub fn kinds(&self) -> Kinds {
        self.marks.kinds
    }

    /// Makes a view of the text that was [`read`](Self::read), in the memory of another one, and says whether anything was decoded; what
    /// could have been, but was too large, is in [`View::gaps`] in either case. Segments ascend and do not overlap; nothing is decoded
    /// across their borders, or outside of them.
    pub fn view(
        &mut self,
        kind: ViewKind,
        text: &[u8],
        segments: &[Span],
        view: &mut View,
    ) -> bool {
        self.find(kind, text, segments);
        let mut out = Builder::new(text, std::mem::take(view));
        let decode = DECODERS[kind as usize].1;
        for zone in &self.zones {
            decode(text, *zone, &mut out);
        }
        *view = out.finish(kind);
        !view.is_empty()
    }

    /// Finds the zones of a kind: its marks with what is around them, each within one segment.
    fn find(&mut self, kind: ViewKind, text: &[u8], segments: &[Span]) {
        let Self { marks, around, zones } = self;
        let of_kind = marks.marks.iter().filter(|(_, kinds)| kinds.has(kind));
        around.clear();
        around.extend(of_kind.map(|(span, _)| {
            let end = text.len().min(span.end + MARGIN_BYTES);
            Span::new(span.start.saturating_sub(MARGIN_BYTES).min(end), end)
        }));
        // Marks of different passes.
        if !around.is_sorted() {
            around.sort_unstable();
        }
        zones.clear();
        for span in around.iter() {
            let first = segments.partition_point(|segment| segment.end <= span.start);
            for segment in segments[first..].iter().take_while(|segment| segment.start < span.end) {
                add(text, *segment, *span, zones);
            }
        }
    }
}

/// Adds the part of a span that lies in a segment, and is no zone yet, up to white space.
fn add(text: &[u8], segment: Span, span: Span, zones: &mut Vec<Span>) {
    let done = zones.last().map_or(0, |last| last.end);
    let floor = segment.start.max(done);
    let (start, end) = (span.start.max(floor), span.end.min(segment.end));
    if start >= end {
        return;
    }
    let before = &text[floor.max(start.saturating_sub(SNAP_BYTES))..start];
    let space = before.iter().rposition(u8::is_ascii_whitespace);
    let start = space.map_or(start - before.len(), |at| start - before.len() + at + 1);
    let behind = &text[end..segment.end.min(end + SNAP_BYTES)];
    let space = behind.iter().position(u8::is_ascii_whitespace);
    let end = end + space.unwrap_or(behind.len());
    match zones.last_mut() {
        Some(last) if last.end == start && start > segment.start => last.end = end,
        _ => zones.push(Span::new(start, end)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The zones around marks of one kind.
    fn check(
        text: &str,
        marks: &[(usize, usize)],
        segments: &[(usize, usize)],
        expect: &[(usize, usize)],
    ) {
        let span = |(start, end): &(usize, usize)| Span::new(*start, *end);
        let mut zones = Zones::default();
        marks.iter().for_each(|mark| zones.marks.add(span(mark), Kinds::one(ViewKind::Hex)));
        let segments: Vec<_> = segments.iter().map(span).collect();
        zones.find(ViewKind::Hex, text.as_bytes(), &segments);
        assert_eq!(zones.zones, expect.iter().map(span).collect::<Vec<_>>());
        zones.find(ViewKind::Fold, text.as_bytes(), &segments);
        assert_eq!(zones.zones, []);
    }

    #[test]
    fn zones_are_what_is_around_marks() {
        let text = "12 456 890 ".repeat(1000);
        let all = [(0, 11000)];
        check(&text, &[(5000, 5064)], &all, &[(4869, 5194)]);
        check(&text, &[(5000, 5064), (5100, 5128)], &all, &[(4869, 5257)]);
        check(&text, &[(5000, 5064), (10, 20), (5100, 5128)], &all, &[(0, 149), (4869, 5257)]);
        check(
            &text,
            &[(5000, 5064)],
            &[(0, 4999), (5000, 5001), (5010, 5010), (5020, 9000)],
            &[(4869, 4999), (5000, 5001), (5020, 5194)],
        );
        check(&"x".repeat(9000), &[(4000, 4064)], &[(0, 9000)], &[(2848, 5216)]);
    }

    #[test]
    fn marks_that_touch_are_one() {
        let mut marks = Marks::default();
        for (start, kind) in
            [(0, ViewKind::Hex), (64, ViewKind::Hex), (128, ViewKind::Fold), (256, ViewKind::Fold)]
        {
            marks.add(Span::new(start, start + 64), Kinds::one(kind));
        }
        let spans: Vec<_> = marks.marks.iter().map(|(span, _)| span.range()).collect();
        assert_eq!(spans, [0..128, 128..192, 256..320]);
    }
}
