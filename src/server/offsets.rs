//! Byte offsets to code points and UTF-16 units.

use super::wire::Offsets;

/// Converts byte offsets of one text, for any order of questions, with one pass over the text.
pub(super) struct Converter {
    /// Byte offsets, ascending, each with its converted offset. Empty if bytes are wanted.
    known: Vec<(usize, usize)>,
}

impl Converter {
    /// A converter for these byte offsets of a text. Offsets within a character count as its start.
    pub(super) fn new(text: &str, unit: Offsets, wanted: impl Iterator<Item = usize>) -> Self {
        if unit == Offsets::Bytes {
            return Self { known: Vec::new() };
        }
        let mut known: Vec<_> = wanted.map(|at| (at, 0)).collect();
        known.sort_unstable();
        known.dedup();
        let (mut at, mut units) = (0, 0);
        for (wanted, converted) in &mut known {
            let mut end = (*wanted).min(text.len());
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            let part = text.get(at..end).unwrap_or_default();
            units += match unit {
                Offsets::Bytes => part.len(),
                Offsets::Codepoints => part.chars().count(),
                Offsets::Utf16 => part.encode_utf16().count(),
            };
            at = end.max(at);
            *converted = units;
        }
        Self { known }
    }

    /// The converted offset.
    pub(super) fn at(&self, byte: usize) -> usize {
        match self.known.binary_search_by_key(&byte, |&(at, _)| at) {
            Ok(found) => self.known[found].1,
            Err(_) => byte,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(unit: Offsets, expect: [usize; 4]) {
        // a, é (2 bytes), 😀 (4 bytes, 2 units), z; asked for out of order.
        let asked = [8, 0, 3, 7];
        let converter = Converter::new("aé😀z", unit, asked.into_iter());
        assert_eq!(asked.map(|at| converter.at(at)), expect, "{unit:?}");
    }

    #[test]
    fn each_unit_counts_its_own_way() {
        check(Offsets::Bytes, [8, 0, 3, 7]);
        check(Offsets::Codepoints, [4, 0, 2, 3]);
        check(Offsets::Utf16, [5, 0, 2, 4]);
    }

    #[test]
    fn an_offset_within_a_character_is_its_start() {
        let converter = Converter::new("é😀", Offsets::Codepoints, [1, 4, 99].into_iter());
        assert_eq!([1, 4, 99].map(|at| converter.at(at)), [0, 1, 2]);
    }
}
