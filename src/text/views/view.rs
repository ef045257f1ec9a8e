//! A view and how it is put together.

use super::map::Map;
use crate::base::limits::{VIEW_BYTES_MIN, VIEW_BYTES_RATIO_MAX, VIEW_CONTEXT_BYTES_MAX};
use crate::base::{Gap, Span, ViewKind};

/// Another way to read a text: windows of it, in which what a decoder understood is decoded and the rest is as it was.
///
/// The windows reach [`VIEW_CONTEXT_BYTES_MAX`] to either side of what was decoded, and to the next white space if that is near, so that
/// words around a value still count and a rare `%20` in a megabyte costs next to nothing.
#[derive(Clone, Debug)]
pub struct View {
    /// What the view shows.
    pub kind: ViewKind,
    /// The windows, with a separator between them.
    pub bytes: Vec<u8>,
    /// Where they come from.
    pub map: Map,
    /// What was not decoded, in the source.
    pub gaps: Vec<Gap>,
    windows: Vec<Window>,
}

/// Stands between two windows. A match across it means nothing.
pub(super) const SEPARATOR: &[u8] = b"\n\x1e\n";

/// Beyond these bytes to either side of what was decoded a view says nothing that the text does not say: no rule looks so far, and the words
/// around a value may be cut there.
const REACH_BYTES: usize = VIEW_CONTEXT_BYTES_MAX / 2;

/// White space is looked for this far beyond the end of a window, in bytes.
const SNAP_BYTES: usize = 1024;

#[derive(Clone, Copy, Debug)]
struct Window {
    raw: Span,
    view: Span,
    /// From the start of the first unit to the end of the last one.
    units: Span,
    /// The window begins, ends where the source goes on without white space.
    cut: [bool; 2],
}

/// A window that has no end yet.
#[derive(Clone, Copy, Debug)]
struct Open {
    raw: usize,
    view: usize,
    cut: bool,
    /// Where the first unit starts.
    first: usize,
}

/// A part of a view that comes from one segment of its source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Index of the segment in the source.
    pub segment: usize,
    /// Where it is in the view.
    pub span: Span,
}

impl View {
    /// Whether nothing was decoded.
    pub fn is_empty(&self) -> bool {
        self.windows.is_empty()
    }

    /// The source of a span of the view; `None` if the span reaches over a separator or touches the cut end of a window, where the value
    /// may be only part of one, or if it is so far from all that was decoded that the source says the same.
    pub fn to_raw(&self, span: Span) -> Option<Span> {
        let after = self.windows.partition_point(|window| window.view.start <= span.start);
        let window = after.checked_sub(1).map(|index| self.windows[index])?;
        let cut = window.cut[0] && span.start == window.view.start
            || window.cut[1] && span.end == window.view.end;
        let raw = (window.view.contains(span) && !cut).then(|| self.map.to_raw(span))?;
        let units = window.units;
        let near = raw.end + REACH_BYTES >= units.start && raw.start <= units.end + REACH_BYTES;
        near.then_some(raw)
    }

    /// Where the windows are in the view.
    pub fn windows(&self) -> impl Iterator<Item = Span> {
        self.windows.iter().map(|window| window.view)
    }

    /// The last window, if what follows the `raw_len` bytes of the source goes on with it, and something behind `from` may be near what was
    /// decoded.
    pub fn open_window(&self, raw_len: usize, from: usize) -> Option<Span> {
        let last = self.windows.last().filter(|window| window.raw.end == raw_len)?;
        (from <= last.units.end + REACH_BYTES).then_some(last.view)
    }

    /// Adds where the ascending segments of the source are in the view.
    pub fn parts(&self, segments: &[Span], parts: &mut Vec<Part>) {
        for window in &self.windows {
            let first = segments.partition_point(|segment| segment.end <= window.raw.start);
            let inside = segments.iter().enumerate().skip(first);
            for (segment, span) in inside.take_while(|(_, span)| span.start < window.raw.end) {
                let start = self.map.to_view(span.start).max(window.view.start);
                let end = self.map.to_view(span.end).min(window.view.end);
                if start < end {
                    parts.push(Part { segment, span: Span::new(start, end) });
                }
            }
        }
    }
}

impl Default for View {
    /// A view that shows nothing.
    fn default() -> Self {
        Self {
            kind: ViewKind::Fold,
            bytes: Vec::new(),
            map: Map::default(),
            gaps: Vec::new(),
            windows: Vec::new(),
        }
    }
}

/// Puts a view together from what a decoder reports, in ascending order.
#[derive(Debug)]
pub struct Builder<'t> {
    text: &'t [u8],
    view: View,
    open: Option<Open>,
    /// Up to where the source has been dealt with.
    cursor: usize,
    /// Bytes that compressed data has inflated to.
    charged: usize,
}

impl<'t> Builder<'t> {
    /// A view of a text in which nothing has been decoded yet, in the memory of another view.
    pub fn new(text: &'t [u8], mut memory: View) -> Self {
        memory.bytes.clear();
        memory.map.clear();
        memory.gaps.clear();
        memory.windows.clear();
        Self { text, view: memory, open: None, cursor: 0, charged: 0 }
    }

    /// Reports that all of `raw` together stands for `bytes`. Nothing stands for what is left out.
    pub fn unit(&mut self, raw: Span, bytes: &[u8]) {
        if self.reach(raw) {
            self.view.bytes.extend_from_slice(bytes);
            self.view.map.unit(bytes.len(), raw);
        }
    }

    /// Reports that `raw` is to be read from its end.
    pub fn reversed(&mut self, raw: Span) {
        if self.reach(raw) {
            self.view.bytes.extend(self.text[raw.range()].iter().rev());
            self.view.map.reversed(raw);
        }
    }

    /// All of the source.
    pub(super) fn source(&self) -> Span {
        Span::new(0, self.text.len())
    }

    /// Bytes that all compressed data together may inflate to: as many as all views of the text may have.
    pub(super) fn room_at_first(&self) -> usize {
        VIEW_BYTES_MIN.max(self.text.len().saturating_mul(VIEW_BYTES_RATIO_MAX))
    }

    /// Those of them that are left.
    pub(super) fn room(&self) -> usize {
        self.room_at_first().saturating_sub(self.charged)
    }

    /// Takes bytes from the room.
    pub(super) fn charge(&mut self, bytes: usize) {
        self.charged = self.charged.saturating_add(bytes);
    }

    /// Reports what was not decoded, and why.
    pub fn gap(&mut self, gap: Gap) {
        self.view.gaps.push(gap);
    }

    /// The view, and what was not decoded; it is empty if nothing was.
    pub fn finish(mut self, kind: ViewKind) -> View {
        self.close();
        self.view.kind = kind;
        self.view
    }

    /// Copies what lies in front of `raw`, or starts a new window there. False if `raw` has been dealt with, which no decoder should do.
    fn reach(&mut self, raw: Span) -> bool {
        debug_assert!(raw.start >= self.cursor, "units ascend");
        debug_assert!(raw.start <= raw.end && raw.end <= self.text.len());
        if raw.start < self.cursor || raw.end > self.text.len() {
            return false;
        }
        if self.open.is_some()
            && raw.start - self.cursor <= 2 * (VIEW_CONTEXT_BYTES_MAX + SNAP_BYTES)
        {
            self.copy_to(raw.start);
        } else {
            self.close();
            self.start(raw.start);
        }
        self.cursor = raw.end;
        true
    }

    fn start(&mut self, at: usize) {
        if !self.view.windows.is_empty() {
            self.view.bytes.extend_from_slice(SEPARATOR);
            self.view.map.filler(SEPARATOR.len());
        }
        let floor = self.cursor.max(at.saturating_sub(VIEW_CONTEXT_BYTES_MAX + SNAP_BYTES));
        let soft = at.saturating_sub(VIEW_CONTEXT_BYTES_MAX).max(floor);
        let space = self.text[floor..soft].iter().rposition(u8::is_ascii_whitespace);
        let start = space.map_or(floor, |place| floor + place + 1);
        let view = self.view.bytes.len();
        self.open = Some(Open { raw: start, view, cut: space.is_none() && start > 0, first: at });
        self.cursor = start;
        self.copy_to(at);
    }

    fn close(&mut self) {
        let Some(Open { raw: start, view, cut, first }) = self.open.take() else { return };
        let units = Span::new(first, self.cursor);
        let soft = self.text.len().min(self.cursor + VIEW_CONTEXT_BYTES_MAX);
        let ceiling = self.text.len().min(soft + SNAP_BYTES);
        let space = self.text[soft..ceiling].iter().position(u8::is_ascii_whitespace);
        let end = space.map_or(ceiling, |place| soft + place);
        self.copy_to(end);
        self.view.windows.push(Window {
            raw: Span::new(start, end),
            view: Span::new(view, self.view.bytes.len()),
            units,
            cut: [cut, space.is_none() && end < self.text.len()],
        });
    }

    fn copy_to(&mut self, end: usize) {
        let span = Span::new(self.cursor, end);
        self.view.bytes.extend_from_slice(&self.text[span.range()]);
        self.view.map.copy(span);
        self.cursor = end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each `#` of the text stands for `XY`.
    fn view(text: &str) -> View {
        let mut builder = Builder::new(text.as_bytes(), View::default());
        for (at, _) in text.match_indices('#') {
            builder.unit(Span::new(at, at + 1), b"XY");
        }
        builder.finish(ViewKind::Fold)
    }

    #[test]
    fn what_is_near_is_shown() {
        let view = view("a # b # c");
        assert_eq!(view.bytes, b"a XY b XY c");
        assert_eq!(view.to_raw(Span::new(2, 4)), Some(Span::new(2, 3)));
        assert_eq!(view.to_raw(Span::new(0, 11)), Some(Span::new(0, 9)));
    }

    #[test]
    fn windows_lie_apart() {
        let text = ["#", &" word".repeat(1000), " # ", &"x".repeat(5000), "#"].concat();
        let view = view(&text);
        let windows: Vec<_> = view.windows().collect();
        assert_eq!(windows.len(), 3);
        assert!(view.bytes.len() < 5 * (VIEW_CONTEXT_BYTES_MAX + SNAP_BYTES));
        assert_eq!(view.to_raw(Span::new(0, windows[1].start + 1)), None, "across a separator");
        assert_eq!(view.to_raw(Span::new(3, 7)), Some(Span::new(2, 6)));
        let far = Span::new(2 * REACH_BYTES, 2 * REACH_BYTES + 4);
        assert_eq!(view.to_raw(far), None, "too far from what was decoded");
        let last = windows[2];
        assert_eq!(view.to_raw(last), None, "the window begins inside of a token");
        let end = text.len();
        assert_eq!(view.to_raw(Span::new(last.end - 2, last.end)), Some(Span::new(end - 1, end)));
    }

    #[test]
    fn segments_stay_apart() {
        let view = view("key:a#:number:12#");
        let segments = [Span::new(0, 3), Span::new(4, 6), Span::new(7, 13), Span::new(14, 17)];
        let mut parts = Vec::new();
        view.parts(&segments, &mut parts);
        let shown: Vec<_> = parts.iter().map(|part| &view.bytes[part.span.range()]).collect();
        assert_eq!(shown, [&b"key"[..], b"aXY", b"number", b"12XY"]);
    }

    #[test]
    fn nothing_decoded_is_no_view() {
        assert!(Builder::new(b"text", View::default()).finish(ViewKind::Fold).is_empty());
    }
}
