//! Byte offsets in the units that callers count in.

use crate::base::Span;
use std::{fmt, str::FromStr, str::Utf8Chunks};

/// What an offset counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum OffsetUnit {
    /// Bytes (Rust, Go, C).
    #[default]
    Bytes,
    /// Unicode code points (Python).
    CodePoints,
    /// UTF-16 code units (JavaScript, Java, C#).
    Utf16,
}

impl OffsetUnit {
    /// All units.
    pub const ALL: [Self; 3] = [Self::Bytes, Self::CodePoints, Self::Utf16];

    /// The name on the wire and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bytes => "bytes",
            Self::CodePoints => "code_points",
            Self::Utf16 => "utf16",
        }
    }

    /// Units in valid UTF-8.
    fn count(self, valid: &[u8]) -> usize {
        let count_of = |test: fn(u8) -> bool| valid.iter().filter(|byte| test(**byte)).count();
        match self {
            Self::Bytes => valid.len(),
            Self::CodePoints => count_of(is_first_byte),
            // Only characters of four bytes take two UTF-16 units.
            Self::Utf16 => count_of(is_first_byte) + count_of(|byte| byte >= 0xf0),
        }
    }
}

fn is_first_byte(byte: u8) -> bool {
    byte & 0xc0 != 0x80
}

impl fmt::Display for OffsetUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for OffsetUnit {
    type Err = UnknownOffsetUnit;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|unit| unit.name() == name).ok_or(UnknownOffsetUnit)
    }
}

/// The name is none of `bytes`, `code_points`, `utf16`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownOffsetUnit;

impl fmt::Display for UnknownOffsetUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an offset unit is one of bytes, code_points, utf16")
    }
}

impl std::error::Error for UnknownOffsetUnit {}

/// Converts ascending byte offsets in one pass over the text.
///
/// Invalid UTF-8 counts as [`String::from_utf8_lossy`] shows it: one replacement character for each maximal invalid sequence.
/// An offset inside a character counts as the start of the character, one behind the end as the end.
///
/// ```
/// use lockgate::text::offsets::{OffsetCursor, OffsetUnit};
/// let mut cursor = OffsetCursor::new("😀 hi".as_bytes(), OffsetUnit::Utf16);
/// assert_eq!(cursor.advance(4), 2);
/// assert_eq!(cursor.advance(7), 5);
/// ```
#[derive(Debug)]
pub struct OffsetCursor<'t> {
    unit: OffsetUnit,
    len: usize,
    chunks: Utf8Chunks<'t>,
    /// What is left of the valid part of the current chunk.
    valid: &'t str,
    /// Length of the invalid sequence behind it.
    invalid_len: usize,
    /// Offset of `valid` in bytes.
    at: usize,
    /// The same in units.
    count: usize,
}

impl<'t> OffsetCursor<'t> {
    /// A cursor at the start of a text.
    pub fn new(text: &'t [u8], unit: OffsetUnit) -> Self {
        let (len, chunks) = (text.len(), text.utf8_chunks());
        Self { unit, len, chunks, valid: "", invalid_len: 0, at: 0, count: 0 }
    }

    /// The offset in units. Offsets must not descend; one that does is taken for the one before it.
    pub fn advance(&mut self, offset: usize) -> usize {
        if self.unit == OffsetUnit::Bytes {
            return offset.min(self.len);
        }
        loop {
            let ahead = offset.saturating_sub(self.at);
            let taken = self.valid.floor_char_boundary(ahead);
            let (passed, rest) = self.valid.split_at(taken);
            self.count += self.unit.count(passed.as_bytes());
            self.valid = rest;
            self.at += taken;
            if offset < self.at + rest.len() + self.invalid_len || offset <= self.at {
                return self.count;
            }
            if self.invalid_len > 0 {
                self.at += self.invalid_len;
                self.count += 1;
                self.invalid_len = 0;
            }
            let Some(chunk) = self.chunks.next() else { return self.count };
            self.valid = chunk.valid();
            self.invalid_len = chunk.invalid().len();
        }
    }
}

/// Converts spans of a text, in any order, in one pass.
///
/// ```
/// use lockgate::base::Span;
/// use lockgate::text::offsets::{OffsetUnit, convert_spans};
/// let spans = [Span::new(0, 2), Span::new(2, 3)];
/// let converted = convert_spans("éa".as_bytes(), &spans, OffsetUnit::CodePoints);
/// assert_eq!(converted, [Span::new(0, 1), Span::new(1, 2)]);
/// ```
pub fn convert_spans(text: &[u8], spans: &[Span], unit: OffsetUnit) -> Vec<Span> {
    if unit == OffsetUnit::Bytes {
        return spans.to_vec();
    }
    let mut offsets: Vec<usize> = spans.iter().flat_map(|span| [span.start, span.end]).collect();
    offsets.sort_unstable();
    offsets.dedup();
    let mut cursor = OffsetCursor::new(text, unit);
    let counts: Vec<usize> = offsets.iter().map(|&offset| cursor.advance(offset)).collect();
    let count_at = |offset| counts[offsets.partition_point(|&known| known < offset)];
    spans.iter().map(|span| Span::new(count_at(span.start), count_at(span.end))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counts one character at a time, as a reader of the lossy text would.
    fn reference(text: &[u8], unit: OffsetUnit) -> Vec<usize> {
        let mut counts = Vec::new();
        let mut count = 0;
        for chunk in text.utf8_chunks() {
            for char in chunk.valid().chars() {
                counts.extend(std::iter::repeat_n(count, char.len_utf8()));
                count += if unit == OffsetUnit::Utf16 { char.len_utf16() } else { 1 };
            }
            counts.extend(std::iter::repeat_n(count, chunk.invalid().len()));
            count += usize::from(!chunk.invalid().is_empty());
        }
        counts.push(count);
        counts
    }

    const SAMPLES: [&[u8]; 8] = [
        b"",
        b"plain",
        "aé€😀z".as_bytes(),
        b"\xff\xfe\xfd",
        b"a\xf0\x9f\x98b\xe2\x82",
        b"\xc3\xa9\x80\xc3\xa9",
        b"\xed\xa0\x80x",
        "😀😀".as_bytes(),
    ];

    #[test]
    fn every_step_agrees_with_the_reference() {
        for unit in [OffsetUnit::CodePoints, OffsetUnit::Utf16] {
            for text in SAMPLES {
                let expect = reference(text, unit);
                for step in 1..4 {
                    let mut cursor = OffsetCursor::new(text, unit);
                    for offset in (0..=text.len()).step_by(step) {
                        assert_eq!(cursor.advance(offset), expect[offset], "{text:x?} {offset}");
                        assert_eq!(cursor.advance(offset), expect[offset], "{text:x?} again");
                    }
                    assert_eq!(cursor.advance(usize::MAX), expect[text.len()], "{text:x?}");
                }
            }
        }
    }

    #[test]
    fn the_end_is_the_length_of_the_lossy_string() {
        for text in SAMPLES {
            let lossy = String::from_utf8_lossy(text);
            let end = |unit| OffsetCursor::new(text, unit).advance(text.len());
            assert_eq!(end(OffsetUnit::Bytes), text.len());
            assert_eq!(end(OffsetUnit::CodePoints), lossy.chars().count());
            assert_eq!(end(OffsetUnit::Utf16), lossy.encode_utf16().count());
        }
    }

    #[test]
    fn overlapping_spans_convert() {
        let text = "é1😀2".as_bytes();
        let spans = [Span::new(0, 8), Span::new(2, 3), Span::new(3, 7)];
        let check = |unit, expect: [(usize, usize); 3]| {
            assert_eq!(convert_spans(text, &spans, unit), expect.map(|(a, b)| Span::new(a, b)));
        };
        check(OffsetUnit::Bytes, [(0, 8), (2, 3), (3, 7)]);
        check(OffsetUnit::CodePoints, [(0, 4), (1, 2), (2, 3)]);
        check(OffsetUnit::Utf16, [(0, 5), (1, 2), (2, 4)]);
    }

    #[test]
    fn names_round_trip() {
        for unit in OffsetUnit::ALL {
            assert_eq!(unit.name().parse(), Ok(unit));
        }
        assert_eq!("chars".parse::<OffsetUnit>(), Err(UnknownOffsetUnit));
    }
}
