//! Borders of characters, and the border between text and everything else.

use crate::base::code::{BINARY, ENCODING_UNSUPPORTED};
use crate::base::{Code, Span};

/// Bytes at the start of an input that decide whether it is text.
pub const SNIFF_BYTES_MAX: usize = 8192;

const UTF16_LE_MARK: &[u8] = b"\xff\xfe";
const UTF16_BE_MARK: &[u8] = b"\xfe\xff";
const UTF32_BE_MARK: &[u8] = b"\0\0\xfe\xff";

/// Why an input that starts with `head` cannot be scanned as text: [`ENCODING_UNSUPPORTED`] for a byte order mark of UTF-16 or
/// UTF-32, [`BINARY`] for a NUL in the first [`SNIFF_BYTES_MAX`] bytes.
///
/// ```
/// use lockgate::{base::code::BINARY, text::boundary::not_text};
/// assert_eq!(not_text(b"hello"), None);
/// assert_eq!(not_text(b"\x7fELF\x02\x01\x01\0"), Some(BINARY));
/// ```
pub fn not_text(head: &[u8]) -> Option<Code> {
    // The mark of UTF-32 LE begins with that of UTF-16 LE.
    if [UTF16_LE_MARK, UTF16_BE_MARK, UTF32_BE_MARK].iter().any(|mark| head.starts_with(mark)) {
        return Some(ENCODING_UNSUPPORTED);
    }
    is_binary(head).then_some(BINARY)
}

/// True if more bytes may make one of the marks of these that [`not_text`] knows.
pub fn may_be_mark(head: &[u8]) -> bool {
    let marks = [UTF16_LE_MARK, UTF16_BE_MARK, UTF32_BE_MARK];
    marks.iter().any(|mark| head.len() < mark.len() && mark.starts_with(head))
}

/// True if there is a NUL in the first [`SNIFF_BYTES_MAX`] bytes.
pub fn is_binary(head: &[u8]) -> bool {
    memchr::memchr(0, &head[..head.len().min(SNIFF_BYTES_MAX)]).is_some()
}

/// The start of the character that holds the byte at `offset`; `offset` itself at a border, in invalid UTF-8 and behind the end.
///
/// ```
/// use lockgate::text::boundary::{char_ceil, char_floor};
/// let text = "1€".as_bytes();
/// assert_eq!((char_floor(text, 2), char_ceil(text, 2)), (1, 4));
/// ```
pub fn char_floor(text: &[u8], offset: usize) -> usize {
    char_across(text, offset).map_or(offset, |char| char.start)
}

/// The end of the character that has `offset` inside it; `offset` itself at a border, in invalid UTF-8 and behind the end.
pub fn char_ceil(text: &[u8], offset: usize) -> usize {
    char_across(text, offset).map_or(offset, |char| char.end)
}

/// The valid character that begins before `offset` and ends behind it.
fn char_across(text: &[u8], offset: usize) -> Option<Span> {
    let is_continuation = |byte: u8| byte & 0xc0 == 0x80;
    if !is_continuation(*text.get(offset)?) {
        return None;
    }
    let start = (offset.saturating_sub(3)..offset).rev().find(|&at| !is_continuation(text[at]))?;
    let len = match text[start] {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return None,
    };
    let end = start + len;
    let valid = str::from_utf8(text.get(start..end)?).is_ok();
    (valid && offset < end).then(|| Span::new(start, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn borders_of_valid_text_are_those_of_str() {
        let text = "aé€😀\u{7ff}\u{fffd}z";
        for offset in 0..=text.len() + 3 {
            let floor = (0..=offset).rev().find(|&at| text.is_char_boundary(at));
            let ceil = (offset..text.len()).find(|&at| text.is_char_boundary(at));
            let inside = offset < text.len();
            let expect = (
                floor.filter(|_| inside).unwrap_or(offset),
                ceil.unwrap_or(offset.max(text.len())),
            );
            let found = (char_floor(text.as_bytes(), offset), char_ceil(text.as_bytes(), offset));
            assert_eq!(found, expect, "at {offset}");
        }
    }

    #[test]
    fn invalid_bytes_are_left_alone() {
        let samples: [&[u8]; 7] = [
            b"\x80\x80\x80\x80",
            b"\xc0\x80",
            b"\xe2\x82x",
            b"\xe2\x82",
            b"\xed\xa0\x80",
            b"\xf0\x9f\x98\xff",
            b"\xc3\xa9\xa9",
        ];
        for text in samples {
            for offset in 2..=text.len() {
                assert_eq!(char_floor(text, offset), offset, "{text:x?} at {offset}");
                assert_eq!(char_ceil(text, offset), offset, "{text:x?} at {offset}");
            }
        }
    }

    #[test]
    fn what_is_not_text() {
        let check = |head: &[u8], expect| assert_eq!(not_text(head), expect, "{head:x?}");
        check(b"", None);
        check(b"\xef\xbb\xbfhello", None);
        check(b"caf\xe9", None);
        check(b"a\0b", Some(BINARY));
        check(b"\xff\xfeh\0i\0", Some(ENCODING_UNSUPPORTED));
        check(b"\xfe\xff\0h", Some(ENCODING_UNSUPPORTED));
        check(b"\xff\xfe\0\0h\0\0\0", Some(ENCODING_UNSUPPORTED));
        check(b"\0\0\xfe\xff", Some(ENCODING_UNSUPPORTED));
        let mut long = vec![b'x'; SNIFF_BYTES_MAX];
        long.push(0);
        check(&long, None);
        check(&long[1..], Some(BINARY));
    }
}
