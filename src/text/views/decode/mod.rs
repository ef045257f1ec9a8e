//! Decoders. Each one is a file with one [`Decode`], and one line in the registry of the parent.
//!
//! A new one: a variant in `base::view` with a sentence; a file here with a unit struct; its line in the registry; its encoder in
//! `tests/evasion/techniques.rs`; and in `watch`, for streams, the run in which it may have something to read. A decoder
//!
//! * reads a zone from left to right in linear time, and looks at nothing outside of it;
//! * reports each unit that it understood with exactly the bytes that carry it, so that redaction can be exact;
//! * reports nothing if the result is not text ([`is_text`]): a token that merely happens to be decodable is none of its business.

pub(super) mod base32;
pub(super) mod base64;
pub(super) mod digits;
pub(super) mod entity;
pub(super) mod escape;
pub(super) mod glue;
pub(super) mod hex;
mod inflate;
pub(super) mod invisible;
pub(super) mod letters;
pub(super) mod mime;
pub(super) mod percent;
pub(super) mod punycode;
pub(super) mod quoted;
pub(super) mod reversed;
pub(super) mod utf16;
pub(super) mod utf7;
pub(super) mod words;

use super::view::Builder;
use crate::base::Span;

/// Reads one part of a text in one way.
pub(super) type Decode = for<'t> fn(&'t [u8], Span, &mut Builder<'t>);

/// True if bytes are text: UTF-8 without control characters other than those of lines and terminals, or UTF-16.
pub(super) fn is_text(bytes: &[u8]) -> bool {
    if bytes.is_empty() {
        return false;
    }
    if is_narrow(bytes) || utf16::is_wide(bytes) {
        return true;
    }
    // In part UTF-16 of ASCII: a zero byte stands alone between characters.
    let apart = bytes.windows(2).all(|pair| pair != [0, 0]);
    apart
        && bytes.len() > 6
        && bytes.contains(&0)
        && bytes.iter().all(|byte| *byte == 0 || is_plain(byte))
}

/// True if bytes are text in UTF-8.
fn is_narrow(bytes: &[u8]) -> bool {
    bytes.iter().all(is_plain) && std::str::from_utf8(bytes).is_ok()
}

/// No control character other than those of lines and terminals.
fn is_plain(byte: &u8) -> bool {
    !byte.is_ascii_control() || matches!(byte, 0x07..=0x0d | 0x1b)
}

/// Whether bytes look like the start of a text, which may end inside of a character.
fn may_be_text(start: &[u8]) -> bool {
    utf16::is_wide(start)
        || start.iter().all(|byte| matches!(byte, 0 | 0x07..=0x0d | 0x1b | 0x20..))
            && start.windows(2).all(|pair| pair != [0, 0])
            && std::str::from_utf8(start).map_or_else(|error| error.error_len().is_none(), |_| true)
}

/// Maximal runs of bytes of a class in a segment, at least `min` long.
fn runs(
    text: &[u8],
    segment: Span,
    min: usize,
    class: impl Fn(u8) -> bool,
) -> impl Iterator<Item = Span> {
    let mut at = segment.start;
    std::iter::from_fn(move || {
        while at < segment.end {
            let start = at + text[at..segment.end].iter().position(|byte| class(*byte))?;
            let rest = &text[start..segment.end];
            let len = rest.iter().position(|byte| !class(*byte)).unwrap_or(rest.len());
            at = start + len;
            if len >= min {
                return Some(Span::new(start, at));
            }
        }
        None
    })
}

/// The value of a hexadecimal digit.
const fn hex_value(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

/// The value of hexadecimal digits, eight at most; none if there is another byte among them.
fn hex_number(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() || digits.len() > 8 {
        return None;
    }
    digits.iter().try_fold(0, |number, byte| Some(number << 4 | u32::from(hex_value(*byte)?)))
}

/// Reports a character.
fn put(out: &mut Builder<'_>, raw: Span, char: char) {
    out.unit(raw, char.encode_utf8(&mut [0; 4]).as_bytes());
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::base::ViewKind;
    use crate::text::views::View;

    /// What a decoder makes of a text; `None` if it understands nothing.
    pub(in crate::text::views) fn view(decode: Decode, text: &[u8]) -> Option<View> {
        let mut out = Builder::new(text, View::default());
        decode(text, Span::new(0, text.len()), &mut out);
        Some(out.finish(ViewKind::Fold)).filter(|view| !view.is_empty())
    }

    #[test]
    fn noise_is_no_text() {
        for noise in [&[0x9e; 20][..], b"\x9f\x90\xc1\xe2caf\xe9 and", b"", b"ab\x01cdefgh"] {
            assert!(!is_text(noise), "{noise:x?}");
        }
        for text in ["caf\u{e9}\n", "a\0b\0c\0d\0", "plain: \0A\0K\0I\0A"] {
            assert!(is_text(text.as_bytes()), "{text:?}");
        }
    }

    /// Compares what a decoder makes of texts. `""` for nothing.
    #[track_caller]
    pub(in crate::text::views) fn check(decode: Decode, cases: &[(&str, &str)]) {
        for (text, expect) in cases {
            let view = view(decode, text.as_bytes());
            let shown = view.as_ref().map(|view| String::from_utf8_lossy(&view.bytes));
            assert_eq!(shown.as_deref().unwrap_or_default(), *expect, "{text}");
        }
    }

    /// Checks which bytes of `text` carry `value`.
    #[track_caller]
    pub(in crate::text::views) fn check_raw(
        decode: Decode,
        text: &str,
        value: &str,
        carrier: &str,
    ) {
        let view = view(decode, text.as_bytes()).expect("something is decoded");
        let shown = String::from_utf8_lossy(&view.bytes).into_owned();
        let start = shown.find(value).unwrap_or_else(|| panic!("{value} in {shown}"));
        let raw = view.to_raw(Span::new(start, start + value.len())).expect("in one window");
        assert_eq!(&text[raw.range()], carrier, "{text}");
    }

    #[test]
    fn text_is_told_from_data() {
        for text in [
            &b"abc"[..],
            "h\u{e9}".as_bytes(),
            b"a\0b\0c\0d\0",
            b"\0a\0b\0c\0d",
            b"a\tb\n",
            b"x: a\0b\0c\0",
        ] {
            assert!(is_text(text), "{text:?}");
        }
        for data in [&b""[..], b"a\x01", b"\xff\xfe", b"a\0", b"\0\0\0\0\0\0\0\0"] {
            assert!(!is_text(data), "{data:?}");
        }
    }
}
