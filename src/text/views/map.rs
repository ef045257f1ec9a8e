//! From offsets of a view back to offsets of its source.

use crate::base::Span;

/// Maps offsets of a view to the text that it was made from.
///
/// A view is a row of *units*: so many bytes of the view stand for so many bytes of the source, all or nothing. A copied byte is a unit of
/// 1 for 1, `%41` one of 1 for 3, four characters of base64 one of 3 for 4. Equal units in a row are one run, so that a copied
/// megabyte costs 16 bytes.
#[derive(Clone, Debug, Default)]
pub struct Map {
    runs: Vec<Run>,
    view_len: usize,
    /// Where the source of the last run ends.
    raw_end: usize,
}

/// Equal units in a row. Offsets are below 2^32: inputs and views are bounded far below.
#[derive(Clone, Copy, Debug)]
struct Run {
    view: u32,
    raw: u32,
    view_step: u32,
    /// Negative if the units run from the end of the source to its start.
    raw_step: i32,
}

impl Run {
    /// Where unit `k` of a run of `count` units is in the source.
    fn unit(self, k: usize, count: usize) -> Span {
        let step = self.raw_step.unsigned_abs() as usize;
        let place = if self.raw_step < 0 { count - 1 - k } else { k };
        let start = self.raw as usize + place * step;
        Span::new(start, start + step)
    }
}

impl Map {
    /// Forgets all units.
    pub(super) fn clear(&mut self) {
        self.runs.clear();
        (self.view_len, self.raw_end) = (0, 0);
    }

    /// Adds a unit: `view_len` bytes that stand for all of `raw`. Nothing is recorded for what is not shown.
    pub(super) fn unit(&mut self, view_len: usize, raw: Span) {
        self.units(view_len, raw.len(), 1, raw.start);
    }

    /// Adds bytes that stand for themselves.
    pub(super) fn copy(&mut self, raw: Span) {
        self.units(1, 1, raw.len(), raw.start);
    }

    /// Adds bytes that stand for themselves, last first.
    pub(super) fn reversed(&mut self, raw: Span) {
        if !raw.is_empty() {
            self.run(1, -1, raw.start);
            self.view_len += raw.len();
            self.raw_end = raw.end;
        }
    }

    /// Adds bytes that stand for nothing.
    pub(super) fn filler(&mut self, view_len: usize) {
        self.run(view_len, 0, self.raw_end);
        self.view_len += view_len;
    }

    fn units(&mut self, view_step: usize, raw_step: usize, count: usize, raw: usize) {
        if view_step == 0 || count == 0 {
            return;
        }
        let same = self.runs.last().is_some_and(|last| {
            last.view_step as usize == view_step
                && usize::try_from(last.raw_step) == Ok(raw_step)
                && raw_step > 0
                && self.raw_end == raw
        });
        if !same {
            self.run(view_step, i32::try_from(raw_step).unwrap_or(i32::MAX), raw);
        }
        self.view_len += view_step * count;
        self.raw_end = raw + raw_step * count;
    }

    fn run(&mut self, view_step: usize, raw_step: i32, raw: usize) {
        let narrow = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        self.runs.push(Run {
            view: narrow(self.view_len),
            raw: narrow(raw),
            view_step: narrow(view_step),
            raw_step,
        });
    }

    /// Length of the view in bytes.
    pub fn view_len(&self) -> usize {
        self.view_len
    }

    /// The bytes of the source that carry a span of the view: every unit that the span touches, whole, from the first to the last.
    /// What lies between them without being shown is covered too.
    pub fn to_raw(&self, span: Span) -> Span {
        let first = self.runs.partition_point(|run| run.view as usize <= span.start);
        let first = first.saturating_sub(1);
        let mut cover: Option<Span> = None;
        for (i, run) in self.runs.iter().enumerate().skip(first) {
            let (start, end) = (run.view as usize, self.view_end(i));
            if start >= span.end.max(span.start + 1) {
                break;
            }
            if run.raw_step == 0 || end <= span.start {
                continue;
            }
            let step = run.view_step as usize;
            let count = (end - start) / step;
            let low = (span.start.max(start) - start) / step;
            let high = (span.end.min(end).max(span.start + 1) - 1 - start) / step;
            for k in [low, high.max(low)] {
                let unit = run.unit(k.min(count - 1), count);
                cover = Some(cover.map_or(unit, |cover| {
                    Span::new(cover.start.min(unit.start), cover.end.max(unit.end))
                }));
            }
        }
        let cover = cover.unwrap_or(Span::new(self.raw_end, self.raw_end));
        if span.is_empty() { Span::new(cover.start, cover.start) } else { cover }
    }

    /// The first offset of the view that shows something at or behind `raw`. Sources ascend with their runs.
    pub fn to_view(&self, raw: usize) -> usize {
        let after = self.runs.partition_point(|run| run.raw as usize <= raw);
        let Some(i) = after.checked_sub(1) else { return 0 };
        let run = self.runs[i];
        let end = self.view_end(i);
        if run.raw_step <= 0 {
            let inside = run.raw_step < 0 && raw == run.raw as usize;
            return if inside { run.view as usize } else { end };
        }
        let steps = (raw - run.raw as usize).div_ceil(run.raw_step.unsigned_abs() as usize);
        (run.view as usize + steps * run.view_step as usize).min(end)
    }

    fn view_end(&self, run: usize) -> usize {
        self.runs.get(run + 1).map_or(self.view_len, |next| next.view as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(map: &Map, span: (usize, usize), expect: (usize, usize)) {
        let raw = map.to_raw(Span::new(span.0, span.1));
        assert_eq!((raw.start, raw.end), expect, "{span:?}");
    }

    #[test]
    fn units_map_whole() {
        let mut map = Map::default();
        map.copy(Span::new(0, 4));
        for start in [4, 8, 12] {
            map.unit(3, Span::new(start, start + 4));
        }
        map.unit(1, Span::new(16, 18));
        map.copy(Span::new(20, 25));
        assert_eq!((map.view_len(), map.runs.len()), (4 + 9 + 1 + 5, 4));
        check(&map, (0, 4), (0, 4));
        check(&map, (1, 2), (1, 2));
        check(&map, (3, 5), (3, 8));
        check(&map, (5, 8), (4, 12));
        check(&map, (6, 8), (4, 12));
        check(&map, (7, 10), (8, 12));
        check(&map, (13, 14), (16, 18));
        check(&map, (13, 15), (16, 21));
        check(&map, (15, 15), (21, 21));
    }

    #[test]
    fn reversed_bytes_map_one_by_one() {
        let mut map = Map::default();
        map.copy(Span::new(0, 2));
        map.reversed(Span::new(2, 10));
        check(&map, (2, 3), (9, 10));
        check(&map, (2, 10), (2, 10));
        check(&map, (4, 6), (6, 8));
    }

    #[test]
    fn borders_map_forward() {
        let mut map = Map::default();
        map.copy(Span::new(5, 8));
        map.unit(1, Span::new(8, 11));
        map.copy(Span::new(12, 14));
        for (raw, expect) in
            [(0, 0), (5, 0), (7, 2), (8, 3), (9, 4), (11, 4), (12, 4), (13, 5), (99, 6)]
        {
            assert_eq!(map.to_view(raw), expect, "{raw}");
        }
    }
}
