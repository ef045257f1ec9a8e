//! Quoted-printable.

use super::hex_number;
use crate::base::Span;
use crate::text::views::view::Builder;

/// Sequences from which on a text is quoted-printable: a single `=20` is a parameter.
const SEQUENCES_MIN: usize = 2;

/// Decodes every sequence of a segment, and joins the lines that it breaks.
pub(in crate::text::views) fn decode<'t>(text: &'t [u8], segment: Span, out: &mut Builder<'t>) {
    let encoded = sequences(text, segment).filter(|(_, byte)| byte.is_some());
    let all = encoded.take(SEQUENCES_MIN).count() == SEQUENCES_MIN;
    for (span, byte) in sequences(text, segment).filter(|(_, byte)| all || byte.is_none()) {
        out.unit(span, byte.as_slice());
    }
}

/// The sequences with the bytes that they stand for; none for the end of a line.
fn sequences(text: &[u8], segment: Span) -> impl Iterator<Item = (Span, Option<u8>)> {
    let mut next = segment.start;
    let part = &text[..segment.end];
    std::iter::from_fn(move || {
        loop {
            let at = next + memchr::memchr(b'=', &part[next..])?;
            next = at + 1;
            let rest = &part[next..];
            let (byte, len) = match rest {
                // A line goes on behind the break; the padding of base64 ends there.
                [b'\n', b' '..=255, ..] if at > segment.start && part[at - 1] != b'=' => (None, 1),
                [b'\r', b'\n', b' '..=255, ..] if at > segment.start && part[at - 1] != b'=' => {
                    (None, 2)
                }
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
                ("key=ab12=\ncd", "key=ab12cd"),
                ("a=1&b=2&c=zz&d=", ""),
                ("x=01=02=0", ""),
                ("QUJD==\n\nmore=\n\n", ""),
            ],
        );
        check_raw(decode, "=41=4B= jane=40x=2Eorg!", "jane@x.org", "jane=40x=2Eorg");
    }
}
