//! Quoted-printable.

use super::hex_number;
use crate::base::Span;
use crate::text::views::view::Builder;

/// Digits of base64 from which on one `=` behind them, that makes groups of four of them, is padding.
const PADDED_DIGITS_MIN: usize = 15;
/// Longest line of quoted-printable, in bytes: as much of a line is looked at.
const LINE_BYTES_MAX: usize = 76;

/// Decodes every sequence of a segment, and joins the lines that it breaks.
pub(in crate::text::views) fn decode<'t>(text: &'t [u8], segment: Span, out: &mut Builder<'t>) {
    let all = is_encoded(text, segment);
    for (span, byte) in sequences(text, segment).filter(|(_, byte)| all || byte.is_none()) {
        out.unit(span, byte.as_slice());
    }
}

/// Whether two sequences stand in one word: a word with a single `=20` is a parameter.
fn is_encoded(text: &[u8], segment: Span) -> bool {
    let mut last: Option<usize> = None;
    sequences(text, segment).filter(|(_, byte)| byte.is_some()).any(|(span, _)| {
        let between = last.replace(span.end).map(|end| &text[end..span.start]);
        between.is_some_and(|bytes| {
            !bytes.iter().any(|byte| byte.is_ascii_whitespace() || b"&;,?|".contains(byte))
        })
    })
}

/// Whether an `=` at the end of a line is the padding of base64, and what is on the next line something new.
fn is_padding(left: &[u8], next: &[u8]) -> bool {
    let is_digit = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    let digits = left.iter().rev().take(LINE_BYTES_MAX).take_while(is_digit).count();
    let padded = digits >= PADDED_DIGITS_MIN && (digits + 1).is_multiple_of(4);
    left.ends_with(b"=") || padded && begins_anew(next)
}

/// Whether a line begins with a name that gets a value, with a word and a space, or with no word at all.
fn begins_anew(line: &[u8]) -> bool {
    let is_token = |byte: &&u8| byte.is_ascii_alphanumeric() || b"_.-+/".contains(byte);
    let len = line.iter().take(LINE_BYTES_MAX).take_while(is_token).count();
    match line.get(len) {
        Some(b'=' | b':') => !matches!(line.get(len + 1), Some(b'\r' | b'\n') | None),
        Some(b' ') => line[..len].iter().all(u8::is_ascii_alphabetic),
        _ => len == 0,
    }
}

/// The sequences with the bytes that they stand for; none for the end of a line.
fn sequences(text: &[u8], segment: Span) -> impl Iterator<Item = (Span, Option<u8>)> {
    let mut next = segment.start;
    let part = &text[..segment.end];
    let is_break = move |at: usize, next: usize| {
        at > segment.start && !is_padding(&part[segment.start..at], &part[next..])
    };
    std::iter::from_fn(move || {
        loop {
            let at = next + memchr::memchr(b'=', &part[next..])?;
            next = at + 1;
            let rest = &part[next..];
            let (byte, len) = match rest {
                // A line goes on behind the break; the padding of base64 ends there.
                [b'\n', b' '..=255, ..] if is_break(at, next + 1) => (None, 1),
                [b'\r', b'\n', b' '..=255, ..] if is_break(at, next + 2) => (None, 2),
                [a, b, ..] => match hex_number(&[*a, *b]) {
                    Some(byte @ (0 | 0x07..=0x0d | 0x1b | 0x20..=0x7e | 0x80..)) => {
                        (Some(byte as u8), 2)
                    }
                    _ => continue,
                },
                _ => continue,
            };
            next += len;
            return Some((Span::new(at, next), byte));
        }
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, check_raw};
    use super::*;

    #[test]
    fn sequences_decode() {
        check(
            decode,
            &[
                ("=41=4BIA caf=C3=A9", "AKIA café"),
                ("4111=\r\n1111=\n2222", "411111112222"),
                ("a=20", ""),
                ("GET /a?b=20 status=41 took=31", ""),
                ("key=q83vEjRWeJCrze8=\nCMD [\"x\"]", ""),
                ("key=q83vEjRWeJCrze8=\nPORT=80", ""),
                ("key=q83vEjRWeJCrze8=\nab12=\ncd", "key=q83vEjRWeJCrze8ab12cd"),
                ("key=ab12=\ncd", "key=ab12cd"),
                ("a=1&b=2&c=zz&d=", ""),
                ("x=01=02=0", ""),
                ("QUJD==\n\nmore=\n\n", ""),
            ],
        );
        check_raw(decode, "=41=4B= jane=40x=2Eorg!", "jane@x.org", "jane=40x=2Eorg");
    }
}
