//! Lines and columns of byte offsets.

use super::offsets::{OffsetCursor, OffsetUnit};
use crate::base::Span;

/// A place in a text as editors show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Number of the line, from 1. Lines end with `\n`.
    pub line: usize,
    /// Number of the character in its line, from 1, in code points.
    pub column: usize,
    /// Offset in bytes at which the line starts.
    pub line_start: usize,
}

/// Finds the positions of ascending byte offsets in one pass over the text.
///
/// ```
/// use lockgate::text::lines::LineCursor;
/// let mut lines = LineCursor::new("one\ntwö 3".as_bytes());
/// let position = lines.advance(9);
/// assert_eq!((position.line, position.column), (2, 5));
/// ```
#[derive(Debug)]
pub struct LineCursor<'t> {
    text: &'t [u8],
    characters: OffsetCursor<'t>,
    /// Up to here line ends have been counted.
    at: usize,
    line: usize,
    line_start: usize,
    /// Characters before the line.
    line_start_characters: usize,
}

impl<'t> LineCursor<'t> {
    /// A cursor at the start of a text.
    pub fn new(text: &'t [u8]) -> Self {
        let characters = OffsetCursor::new(text, OffsetUnit::CodePoints);
        Self { text, characters, at: 0, line: 1, line_start: 0, line_start_characters: 0 }
    }

    /// The position of an offset. Offsets must not descend; one behind the end is taken for the end.
    pub fn advance(&mut self, offset: usize) -> Position {
        let offset = offset.clamp(self.at, self.text.len());
        let passed = &self.text[self.at..offset];
        let mut last = None;
        for newline in memchr::memchr_iter(b'\n', passed) {
            self.line += 1;
            last = Some(newline);
        }
        if let Some(newline) = last {
            self.line_start = self.at + newline + 1;
            self.line_start_characters = self.characters.advance(self.line_start);
        }
        self.at = offset;
        let column = self.characters.advance(offset) - self.line_start_characters + 1;
        Position { line: self.line, column, line_start: self.line_start }
    }
}

/// The line that holds the byte at `offset`, without its line end (`\n` or `\r\n`). A line end belongs to the line that it ends.
///
/// ```
/// use lockgate::{base::Span, text::lines::line_at};
/// assert_eq!(line_at(b"one\r\ntwo", 1), Span::new(0, 3));
/// ```
pub fn line_at(text: &[u8], offset: usize) -> Span {
    let offset = offset.min(text.len());
    let start = memchr::memrchr(b'\n', &text[..offset]).map_or(0, |newline| newline + 1);
    let end = memchr::memchr(b'\n', &text[offset..]).map_or(text.len(), |len| offset + len);
    let has_return = text[start..end].ends_with(b"\r");
    Span::new(start, end - usize::from(has_return))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &[u8] = "a\n\néb\r\n\u{1f600}c\n".as_bytes();

    #[test]
    fn positions_of_every_offset() {
        for step in 1..5 {
            let mut lines = LineCursor::new(TEXT);
            for offset in (0..=TEXT.len()).step_by(step) {
                let before = &TEXT[..offset];
                let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
                let line_start = before.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
                let mut start = offset;
                while start > line_start && TEXT.get(start).is_some_and(|b| b & 0xc0 == 0x80) {
                    start -= 1;
                }
                let column = String::from_utf8_lossy(&TEXT[line_start..start]).chars().count() + 1;
                let expect = Position { line, column, line_start };
                assert_eq!(lines.advance(offset), expect, "offset {offset}, step {step}");
            }
        }
    }

    #[test]
    fn behind_the_end_is_the_end() {
        let end = LineCursor::new(b"a\nb").advance(3);
        assert_eq!(LineCursor::new(b"a\nb").advance(99), end);
        assert_eq!(LineCursor::new(b"").advance(1), Position { line: 1, column: 1, line_start: 0 });
    }

    #[test]
    fn lines_of_offsets() {
        let check = |text: &[u8], offset, expect: &[u8]| {
            assert_eq!(&text[line_at(text, offset).range()], expect, "{text:?} {offset}");
        };
        check(TEXT, 0, b"a");
        check(TEXT, 1, b"a");
        check(TEXT, 2, b"");
        check(TEXT, 4, "éb".as_bytes());
        check(TEXT, 7, "éb".as_bytes());
        check(TEXT, TEXT.len(), b"");
        check(b"x\r", 9, b"x");
        check(b"", 0, b"");
    }
}
