//! Where an address ends.

use crate::base::Span;
use memchr::{memchr, memchr3};

/// Longest scheme, with what may be between its letters, in bytes.
const SCHEME_BYTES_MAX: usize = 2 * "javascript".len();

/// What ends an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// `>`.
    Angle,
    /// The parenthesis that closes what is open, or white space.
    Paren,
    /// White space.
    Space,
    /// This quote; the address may have white space in it.
    Quote(u8),
    /// White space, `>` or a quote.
    Value,
    /// What ends an address in prose, or this quote.
    Word(Option<u8>),
}

/// The address that begins at a place.
pub(super) fn cut(text: &[u8], start: usize, end: End) -> Span {
    let rest = &text[start..];
    let len = match end {
        End::Angle => match memchr3(b'>', b'<', b'\n', rest) {
            Some(len) if rest[len] == b'>' => len,
            _ => word(rest, None),
        },
        End::Quote(quote) => memchr(quote, rest).unwrap_or_else(|| word(rest, None)),
        End::Space => until(rest, |_| false),
        End::Value => until(rest, |byte| matches!(byte, b'>' | b'"' | b'\'' | b'`')),
        End::Paren => paren(rest),
        End::Word(quote) => word(rest, quote),
    };
    let blank = rest[..len].iter().rev().take_while(|byte| byte.is_ascii_whitespace()).count();
    Span::new(start, start + len - blank)
}

fn until(rest: &[u8], ends: impl Fn(u8) -> bool) -> usize {
    // The tabs and line ends of a scheme that is written in pieces belong to it.
    let head = &rest[..rest.len().min(SCHEME_BYTES_MAX)];
    let in_scheme =
        |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'\t' | b'\r' | b'\n');
    let from = memchr(b':', head).filter(|colon| head[..*colon].iter().all(in_scheme)).unwrap_or(0);
    let stops = |byte: &u8| *byte <= b' ' || *byte == 0x7f || ends(*byte);
    rest[from..].iter().position(stops).map_or(rest.len(), |len| from + len)
}

fn paren(rest: &[u8]) -> usize {
    let mut open = 0_usize;
    let mut escaped = false;
    let len = until(rest, |_| false);
    for (at, byte) in rest[..len].iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'(' => open += 1,
            b')' if open == 0 => return at,
            b')' => open -= 1,
            _ => {}
        }
    }
    len
}

/// An address in prose: punctuation at its end is that of the sentence, a parenthesis that it has not opened too.
fn word(rest: &[u8], quote: Option<u8>) -> usize {
    let mut len =
        until(rest, |byte| matches!(byte, b'<' | b'>' | b'"' | b'`') || Some(byte) == quote);
    let opened = rest[..len].iter().filter(|byte| **byte == b'(').count();
    let mut closed = rest[..len].iter().filter(|byte| **byte == b')').count();
    while let Some(last) = rest[..len].last() {
        match last {
            b')' if closed > opened => closed -= 1,
            b'?' | b'!' | b'.' | b',' | b':' | b';' | b'*' | b'_' | b'~' | b'\'' | b']' | b'}' => {}
            b'\\' => {}
            _ => break,
        }
        len -= 1;
    }
    len
}
