//! Base32 of RFC 4648, in either case.

use super::{is_text, may_be_text, runs};
use crate::base::Span;
use crate::text::views::tokens;
use crate::text::views::view::Builder;

const RUN_BYTES_MIN: usize = tokens::RUN_BYTES_MIN;

/// Decodes every run of a segment that turns out to be text.
pub(in crate::text::views) fn decode<'t>(text: &'t [u8], segment: Span, out: &mut Builder<'t>) {
    for run in runs(text, segment, RUN_BYTES_MIN, |byte| byte.is_ascii_alphanumeric()) {
        let bytes = decoded(&text[run.range()]);
        let Some(bytes) = bytes.filter(|bytes| is_text(bytes)) else { continue };
        let padding = text[run.end..].iter().take(6).take_while(|byte| **byte == b'=').count();
        for (i, bytes) in bytes.chunks(5).enumerate() {
            let start = run.start + i * 8;
            let end = if bytes.len() == 5 { start + 8 } else { run.end + padding };
            out.unit(Span::new(start, end), bytes);
        }
    }
}

/// Whether a row of letters and digits may be text in base32, by its first ones.
pub(in crate::text::views) fn begins(row: &[u8; RUN_BYTES_MIN]) -> bool {
    let lower = row.iter().any(u8::is_ascii_lowercase);
    let mut bytes = [0; RUN_BYTES_MIN / 8 * 5];
    for (octet, bytes) in row.chunks_exact(8).zip(bytes.chunks_exact_mut(5)) {
        let mut bits = 0_u64;
        for byte in octet {
            let Some(value) = value(*byte, lower) else { return false };
            bits = bits << 5 | u64::from(value);
        }
        bytes.copy_from_slice(&bits.to_be_bytes()[3..]);
    }
    may_be_text(&bytes)
}

/// The five bits of a character, in one of the cases.
const fn value(byte: u8, lower: bool) -> Option<u8> {
    match byte {
        b'A'..=b'Z' if !lower => Some(byte - b'A'),
        b'a'..=b'z' if lower => Some(byte - b'a'),
        b'2'..=b'7' => Some(byte - b'2' + 26),
        _ => None,
    }
}

/// The bytes of a run; none if it mixes cases or has other characters.
fn decoded(run: &[u8]) -> Option<Vec<u8>> {
    let lower = run.iter().any(u8::is_ascii_lowercase);
    let mut bytes = Vec::with_capacity(run.len() * 5 / 8);
    let (mut bits, mut count) = (0_u32, 0);
    for byte in run {
        bits = bits << 5 | u32::from(value(*byte, lower)?);
        count += 5;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, check_raw};
    use super::*;

    #[test]
    fn runs_decode() {
        check(
            decode,
            &[
                ("NJQW4ZJOMRXWKQDFPBQW24DMMUXGG33N", "jane.doe@example.com"),
                ("x njqw4zjomrxwkqdfpbqw24dmmuxgg33nee======", "x jane.doe@example.com!"),
                ("INTERNATIONALISATION AND SUPERCALIFRAGILISTIC", ""),
            ],
        );
        check_raw(decode, "NJQW4ZJOMRXWKQDFPBQW24DMMUXGG33N", ".doe", "NJQW4ZJOMRXWKQDF");
    }
}
