//! Encoded words of mail headers: `=?utf-8?B?…?=`, `=?iso-8859-1?Q?…?=`.

use super::{base64, hex_number, is_text};
use crate::base::Span;
use crate::text::views::view::Builder;

/// Longest name of a character set.
const CHARSET_BYTES_MAX: usize = 40;
/// An encoded word has 75 characters at most; some writers do not care.
const WORD_BYTES_MAX: usize = 4096;

/// Decodes every encoded word of a segment. Its frame is not shown, nor the space between two of them.
pub(in crate::text::views) fn decode<'t>(text: &'t [u8], segment: Span, out: &mut Builder<'t>) {
    let part = &text[..segment.end];
    let mut next = segment.start;
    let mut last_end = usize::MAX;
    while let Some(found) = memchr::memmem::find(&part[next..], b"=?") {
        let at = next + found;
        next = at + 2;
        let Some(word) = word(part, at) else { continue };
        let Some(units) = word.units(part) else { continue };
        let gap = part.get(last_end..at).filter(|gap| gap.iter().all(u8::is_ascii_whitespace));
        let start = gap.map_or(at, |_| last_end);
        out.unit(Span::new(start, word.body.start), &[]);
        for (span, bytes) in units {
            out.unit(span, &bytes);
        }
        next = word.body.end + 2;
        out.unit(Span::new(word.body.end, next), &[]);
        last_end = next;
    }
}

struct Word {
    base64: bool,
    body: Span,
}

fn word(part: &[u8], at: usize) -> Option<Word> {
    let rest = &part[at + 2..part.len().min(at + WORD_BYTES_MAX)];
    let charset = rest.iter().take(CHARSET_BYTES_MAX).position(|byte| *byte == b'?')?;
    let base64 = match rest.get(charset + 1)? | 0x20 {
        b'b' => true,
        b'q' => false,
        _ => return None,
    };
    let body = rest.get(charset + 2..)?.strip_prefix(b"?")?;
    let len = body.iter().position(|byte| *byte == b'?')?;
    (body.get(len + 1) == Some(&b'=')).then(|| {
        let start = at + 2 + charset + 3;
        Word { base64, body: Span::new(start, start + len) }
    })
}

impl Word {
    /// What the word stands for, with the bytes that carry each part of it.
    fn units(&self, part: &[u8]) -> Option<Vec<(Span, Vec<u8>)>> {
        let body = &part[self.body.range()];
        let place = |start, len| Span::new(self.body.start + start, self.body.start + start + len);
        let mut units = Vec::new();
        if self.base64 {
            for (i, quantum) in body.chunks(4).enumerate() {
                units.push((place(4 * i, quantum.len()), base64::decoded(quantum)));
            }
        } else {
            let mut at = 0;
            while at < body.len() {
                let escaped =
                    body.get(at + 1..at + 3).filter(|_| body[at] == b'=').and_then(hex_number);
                let (byte, len) = match (escaped, body[at]) {
                    (Some(byte), _) => (byte as u8, 3),
                    (None, b'_') => (b' ', 1),
                    (None, byte) => (byte, 1),
                };
                units.push((place(at, len), vec![byte]));
                at += len;
            }
        }
        let all: Vec<u8> = units.iter().flat_map(|(_, bytes)| bytes.iter().copied()).collect();
        is_text(&all).then_some(units)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, check_raw};
    use super::*;

    #[test]
    fn words_decode() {
        check(
            decode,
            &[
                ("Subject: =?utf-8?B?amFuZUB4Lm9yZw==?=", "Subject: jane@x.org"),
                (
                    "=?UTF-8?q?jane=40x=2Eorg_now?= =?utf-8?Q?_and_then?= x",
                    "jane@x.org now and then x",
                ),
                ("a=?b a=?x?y?z?= =?utf-8?B?AAAA?= =?utf-8?B?amFu", ""),
            ],
        );
        check_raw(decode, "=?utf-8?B?amFuZUB4Lm9yZw==?=", "@x", "ZUB4");
        check_raw(decode, "=?utf-8?Q?jane=40x=2Eorg?=", "jane@x.org", "jane=40x=2Eorg");
    }
}
