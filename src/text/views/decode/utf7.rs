//! UTF-7: `+AGEAYg-`.

use super::base64::value;
use super::is_text;
use crate::base::Span;
use crate::text::views::view::Builder;

/// Longest shifted sequence that is read, in bytes.
const SHIFT_BYTES_MAX: usize = 4096;

/// Decodes every shifted sequence of a segment that is text of the Latin blocks. It is one unit: its characters share bytes.
pub(in crate::text::views) fn decode<'t>(text: &'t [u8], segment: Span, out: &mut Builder<'t>) {
    let part = &text[..segment.end];
    let mut next = segment.start;
    while let Some(found) = memchr::memchr(b'+', &part[next..]) {
        let at = next + found;
        let rest = &part[at + 1..part.len().min(at + SHIFT_BYTES_MAX)];
        let len = rest
            .iter()
            .position(|byte| *byte == b'-' || value(*byte).is_none())
            .unwrap_or(rest.len());
        next = at + 1 + len;
        if let Some(shown) = shown(&rest[..len]) {
            next += usize::from(rest.get(len) == Some(&b'-'));
            out.unit(Span::new(at, next), shown.as_bytes());
        }
    }
}

/// Whether a sequence that begins like this may be text.
pub(in crate::text::views) fn begins(sequence: &[u8]) -> bool {
    read(sequence).is_some()
}

/// The text of a sequence that is whole.
fn shown(sequence: &[u8]) -> Option<String> {
    read(sequence).filter(|(text, whole)| *whole && is_text(text.as_bytes())).map(|(text, _)| text)
}

/// What a sequence says, and whether it is whole: UTF-16 whose units all begin with a zero byte, which no word of a plain text has by chance.
fn read(sequence: &[u8]) -> Option<(String, bool)> {
    let (mut bits, mut count, mut text) = (0_u32, 0, String::new());
    for byte in sequence {
        bits = bits << 6 | value(*byte)?;
        count += 6;
        if count >= 16 {
            count -= 16;
            let unit = u8::try_from(bits >> count).ok()?;
            text.push(char::from(unit));
            bits &= (1 << count) - 1;
        }
    }
    Some((text, bits == 0 && count < 6))
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
                ("jane+AEA-x.org", "jane@x.org"),
                ("+AEEASwBJAEE- +ADw-b+AD4", "AKIA <b>"),
                ("1+1 C++ +AAA- +ABC +Word a+b", ""),
            ],
        );
        check_raw(decode, "jane+AEA-x.org", "e@x", "e+AEA-x");
    }
}
