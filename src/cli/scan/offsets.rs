//! Byte offsets in other units, and as lines and columns. Every walk is amortised: ascending questions cost one pass over the text.

use super::args::OffsetUnit;

/// Converts byte offsets to a unit.
pub(super) struct Offsets<'t> {
    text: &'t [u8],
    unit: OffsetUnit,
    at: usize,
    units: usize,
}

impl<'t> Offsets<'t> {
    pub(super) fn new(text: &'t [u8], unit: OffsetUnit) -> Self {
        Self { text, unit, at: 0, units: 0 }
    }

    /// The offset of the byte at `byte`, in units from the start of the text.
    pub(super) fn convert(&mut self, byte: usize) -> usize {
        if self.unit == OffsetUnit::Bytes {
            return byte;
        }
        let byte = byte.min(self.text.len());
        if byte >= self.at {
            self.units += count(&self.text[self.at..byte], self.unit);
        } else {
            self.units -= count(&self.text[byte..self.at], self.unit);
        }
        self.at = byte;
        self.units
    }
}

/// Length of UTF-8 in a unit. Bytes that are not UTF-8 count like the character they look like the start of.
fn count(bytes: &[u8], unit: OffsetUnit) -> usize {
    let starts = || bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count();
    match unit {
        OffsetUnit::Bytes => bytes.len(),
        OffsetUnit::CodePoints => starts(),
        // Characters of four bytes are those that UTF-16 needs two units for.
        OffsetUnit::Utf16 => starts() + bytes.iter().filter(|byte| **byte >= 0xF0).count(),
    }
}

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
            self.column = 1 + count(&passed[newline + 1..], OffsetUnit::CodePoints);
        } else {
            self.column += count(passed, OffsetUnit::CodePoints);
        }
        self.at = byte;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_units() {
        let text = "aé€😀z".as_bytes();
        let check = |unit, byte, expect| {
            assert_eq!(Offsets::new(text, unit).convert(byte), expect, "{unit:?} {byte}");
        };
        check(OffsetUnit::Bytes, 10, 10);
        check(OffsetUnit::CodePoints, 10, 4);
        check(OffsetUnit::Utf16, 10, 5);
        check(OffsetUnit::CodePoints, 11, 5);
        check(OffsetUnit::Utf16, 11, 6);
    }

    #[test]
    fn walks_back_as_well() {
        let mut offsets = Offsets::new("ééé".as_bytes(), OffsetUnit::CodePoints);
        assert_eq!([4, 2, 6, 0].map(|byte| offsets.convert(byte)), [2, 1, 3, 0]);
    }

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
