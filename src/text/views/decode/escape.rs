//! Backslash escapes as JSON, JavaScript, Python, C, Perl and CSS write them.

use super::{hex_number, hex_value, put};
use crate::base::Span;
use crate::text::views::view::Builder;

/// Decodes every escape of a segment; of a doubled backslash, the outer layer.
pub(in crate::text::views) fn decode<'t>(text: &'t [u8], segment: Span, out: &mut Builder<'t>) {
    let part = &text[..segment.end];
    let mut next = segment.start;
    while let Some(found) = memchr::memchr(b'\\', &part[next..]) {
        let at = next + found;
        next = at + 1;
        if let Some((shown, len)) = escape(&part[at + 1..]) {
            next = at + 1 + len;
            let span = Span::new(at, next);
            match shown {
                Shown::Char(char) => put(out, span, char),
                Shown::Byte(byte) => out.unit(span, &[byte]),
                Shown::Nothing => out.unit(span, &[]),
            }
        }
    }
}

/// The length of the escape that stands behind a backslash.
pub(in crate::text::views) fn escape_len(rest: &[u8]) -> Option<usize> {
    escape(rest).map(|(_, len)| len)
}

enum Shown {
    Char(char),
    /// `\xc3\xa9` is UTF-8 in most languages.
    Byte(u8),
    Nothing,
}

/// What stands behind a backslash, and how long it is.
fn escape(rest: &[u8]) -> Option<(Shown, usize)> {
    let simple = |byte| Some((Shown::Byte(byte), 1));
    match *rest.first()? {
        b'u' if rest.get(1) == Some(&b'{') => braced(rest),
        b'u' => utf16(rest),
        b'U' => char_of(rest.get(1..9)?).map(|char| (Shown::Char(char), 9)),
        b'x' if rest.get(1) == Some(&b'{') => braced(rest),
        b'x' => Some((Shown::Byte(hex_number(rest.get(1..3)?)? as u8), 3)),
        b'n' | b'v' | b'f' => simple(b'\n'),
        b'r' => simple(b'\r'),
        b't' => simple(b'\t'),
        byte @ (b'"' | b'\'' | b'/' | b'\\' | b'`') => simple(byte),
        b'\n' => Some((Shown::Nothing, 1)),
        b'\r' if rest.get(1) == Some(&b'\n') => Some((Shown::Nothing, 2)),
        _ => css(rest, 6).or_else(|| octal(rest)).or_else(|| css(rest, 2)),
    }
}

fn char_of(digits: &[u8]) -> Option<char> {
    char::from_u32(hex_number(digits)?)
}

/// `u{41}`, `x{41}`.
fn braced(rest: &[u8]) -> Option<(Shown, usize)> {
    let end = rest.iter().take(11).position(|byte| *byte == b'}')?;
    Some((Shown::Char(char_of(rest.get(2..end)?)?), end + 1))
}

/// `u0041`, or two that are a pair of surrogates.
fn utf16(rest: &[u8]) -> Option<(Shown, usize)> {
    let unit = hex_number(rest.get(1..5)?)?;
    if let Some(char) = char::from_u32(unit) {
        return Some((Shown::Char(char), 5));
    }
    let low = rest.get(5..11).filter(|low| low.starts_with(b"\\u"))?;
    let low = hex_number(&low[2..])?;
    let pair = [unit as u16, low as u16];
    let char = char::decode_utf16(pair).next()?.ok()?;
    Some((Shown::Char(char), 11))
}

/// `101`: three octal digits.
fn octal(rest: &[u8]) -> Option<(Shown, usize)> {
    let digits = rest.get(..3)?;
    let number = digits.iter().try_fold(0_u32, |number, byte| {
        matches!(byte, b'0'..=b'7').then(|| number * 8 + u32::from(byte - b'0'))
    })?;
    Some((Shown::Byte(u8::try_from(number).ok()?), 3))
}

/// `41 `: as CSS has it, `len_min` to six hexadecimal digits of a printable character and perhaps a space.
fn css(rest: &[u8], len_min: usize) -> Option<(Shown, usize)> {
    let len = rest.iter().take(6).take_while(|byte| hex_value(**byte).is_some()).count();
    let char = (len >= len_min).then(|| char_of(&rest[..len])).flatten()?;
    let space = usize::from(matches!(rest.get(len), Some(b' ' | b'\t' | b'\n')));
    (!char.is_control()).then_some((Shown::Char(char), len + space))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, check_raw};
    use super::*;

    #[test]
    fn escapes_decode() {
        check(
            decode,
            &[
                (r"\u0041\u006b\u00e9 \ud83d\ude00", "Aké 😀"),
                (r"\u{41}\U0000006b\x41\x{6b}\101\x{1F600}", "AkAkA😀"),
                (r"\41 \4b \49 A \000041\00004b", "AKIA AK"),
                (r#"{\"key\":\"a\/b\"}"#, r#"{"key":"a/b"}"#),
                (r"line\nnext\tcell", "line\nnext\tcell"),
                ("sk-\\\nabc", "sk-abc"),
                (r"\\u0041", r"\u0041"),
                (r"\ud800 \q \u00 \x4 \9 \u{110000} \", ""),
            ],
        );
        check_raw(decode, r"k=\u0041KIA\u0041!", "AKIAA", r"\u0041KIA\u0041");
    }
}
