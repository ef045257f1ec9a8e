//! Lines and columns of byte offsets, counted on from line to line of a file that is read in portions.

/// A place in a text that knows its line and column, both from 1; columns count code points.
#[derive(Clone)]
pub(super) struct Place<'t> {
    text: &'t [u8],
    at: usize,
    pub(super) line: u64,
    pub(super) column: usize,
}

impl<'t> Place<'t> {
    /// The start of a text whose first line has this number.
    pub(super) fn new(text: &'t [u8], line: u64) -> Self {
        Self { text, at: 0, line, column: 1 }
    }

    /// Moves forward to a byte. A byte behind the place is left alone.
    pub(super) fn advance(&mut self, byte: usize) {
        let byte = byte.clamp(self.at, self.text.len());
        let passed = &self.text[self.at..byte];
        if let Some(newline) = memchr::memrchr(b'\n', passed) {
            self.line += memchr::memchr_iter(b'\n', passed).count() as u64;
            self.column = 1 + characters(&passed[newline + 1..]);
        } else {
            self.column += characters(passed);
        }
        self.at = byte;
    }
}

/// Number of characters. Bytes that are not UTF-8 count like the character they look like the start of.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_have_lines_and_columns() {
        let mut place = Place::new("é\nab\n\nc".as_bytes(), 1);
        let mut check = |byte, expect| {
            place.advance(byte);
            assert_eq!((place.line, place.column), expect, "{byte}");
        };
        check(0, (1, 1));
        check(2, (1, 2));
        check(3, (2, 1));
        check(5, (2, 3));
        check(7, (4, 1));
        check(8, (4, 2));
        check(99, (4, 2));
    }
}
