//! The class of a character, in two look-ups.

use super::table::RANGES;
use std::sync::LazyLock;

/// What to do with a character: 1 to 127 is the ASCII it stands for, with [`CONFUSABLE`] if only in a mixed token.
pub(super) type Class = u8;

/// It stays as it is.
pub(super) const KEEP: Class = 0;
/// It is not shown.
pub(super) const INVISIBLE: Class = 0x80;
/// It is a mark on the character in front of it.
pub(super) const MARK: Class = 0x81;
/// Flag of a letter that looks like an ASCII letter.
pub(super) const CONFUSABLE: Class = 0x80;

const PAGE: usize = 256;

/// The table, unpacked once: 45 KiB, since most pages are the empty one.
pub(super) struct Classes {
    pages: [u8; 0x11_0000 / PAGE],
    classes: Vec<[Class; PAGE]>,
    /// Per page of classes: the letters among the characters, one bit each.
    letters: Vec<[u64; PAGE / 64]>,
}

impl Classes {
    pub(super) fn of(&self, char: char) -> Class {
        let code = char as usize;
        self.classes[usize::from(self.pages[code / PAGE])][code % PAGE]
    }

    /// The class of the character of up to three bytes that begins a text; [`KEEP`] if there is none, and of longer ones what
    /// [`of`](Self::of) says. Broken characters are kept, too.
    #[inline]
    pub(super) fn at(&self, text: &[u8]) -> Class {
        let is_inner = |byte: u8| byte & 0xc0 == 0x80;
        let (page, place) = match *text {
            [first @ 0xc2..=0xdf, second, ..] if is_inner(second) => {
                (usize::from(first & 0x1f) >> 2, first << 6 | second & 0x3f)
            }
            [first @ 0xe0..=0xef, second, third, ..] if is_inner(second) && is_inner(third) => {
                let page = usize::from(first & 0xf) << 4 | usize::from(second & 0x3f) >> 2;
                // Two bytes would have done, or it is half of a pair.
                if page < 8 || matches!(page, 0xd8..=0xdf) {
                    return KEEP;
                }
                (page, second << 6 | third & 0x3f)
            }
            [0xf0..=0xff, ..] => {
                return super::decode(text).map_or(KEEP, |(char, _)| self.of(char));
            }
            _ => return KEEP,
        };
        self.classes[usize::from(self.pages[page])][usize::from(place)]
    }

    /// Whether a character is a letter, if one near it has a class: ideographs are none.
    pub(super) fn is_known_letter(&self, char: char) -> bool {
        let (page, place) = (char as usize / PAGE, char as usize % PAGE);
        let page = usize::from(self.pages[page]);
        page != 0 && self.letters[page][place / 64] >> (place % 64) & 1 == 1
    }
}

pub(super) fn classes() -> &'static Classes {
    static CLASSES: LazyLock<Classes> = LazyLock::new(unpack);
    &CLASSES
}

fn unpack() -> Classes {
    let mut unpacked =
        Classes { pages: [0; 0x11_0000 / PAGE], classes: vec![[KEEP; PAGE]], letters: Vec::new() };
    // Private tags fill a plane: its pages are one and the same.
    let mut invisible = None;
    for &(first, last, class, step) in RANGES {
        for code in first..=last {
            let (page, place) = (code as usize / PAGE, code as usize % PAGE);
            let whole = place == 0 && last - code >= 255 && class == INVISIBLE;
            if unpacked.pages[page] == 0 {
                let index = unpacked.classes.len() as u8;
                unpacked.pages[page] = match invisible {
                    Some(known) if whole => known,
                    _ => {
                        unpacked.classes.push([KEEP; PAGE]);
                        index
                    }
                };
                if whole {
                    invisible = Some(unpacked.pages[page]);
                }
            }
            let class = class + step * ((code - first) as u8);
            unpacked.classes[usize::from(unpacked.pages[page])][place] = class;
        }
    }
    unpacked.letters = vec![[0; PAGE / 64]; unpacked.classes.len()];
    for (page, index) in unpacked.pages.iter().enumerate().filter(|(_, index)| **index != 0) {
        let letters = &mut unpacked.letters[usize::from(*index)];
        for place in 0..PAGE {
            let char = char::from_u32((page * PAGE + place) as u32);
            let letter = char.is_some_and(char::is_alphabetic);
            letters[place / 64] |= u64::from(letter) << (place % 64);
        }
    }
    unpacked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_range_is_unpacked_and_nothing_else() {
        let classes = classes();
        let mut ranges = RANGES.iter().peekable();
        for char in '\0'..=char::MAX {
            let code = u32::from(char);
            while ranges.next_if(|range| range.1 < code).is_some() {}
            let expect = ranges.peek().filter(|range| range.0 <= code);
            let expect = expect.map_or(KEEP, |range| range.2 + range.3 * (code - range.0) as u8);
            assert_eq!(classes.of(char), expect, "{code:x}");
            if !char.is_ascii() {
                assert_eq!(
                    classes.at(char.encode_utf8(&mut [0; 4]).as_bytes()),
                    expect,
                    "{code:x}"
                );
            }
            let known = classes.pages[code as usize / PAGE] != 0;
            assert_eq!(classes.is_known_letter(char), known && char.is_alphabetic(), "{code:x}");
        }
        assert!(classes.classes.len() < 256);
        for broken in [
            &b"\xe0\x81\x81"[..],
            b"\xed\xa0\x80",
            b"\xef\xbc",
            b"\xc2",
            b"\xcc ",
            b"\x80",
            b"a",
            b"",
        ] {
            assert_eq!(classes.at(broken), KEEP, "{broken:x?}");
        }
    }
}
