//! Base32 of RFC 4648, in either case.

use super::{is_text, runs};
use crate::base::Span;
use crate::text::views::view::Builder;

/// Shorter runs are words.
const RUN_BYTES_MIN: usize = 16;

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

/// The bytes of a run; none if it mixes cases or has other characters.
fn decoded(run: &[u8]) -> Option<Vec<u8>> {
    let lower = run.iter().any(u8::is_ascii_lowercase);
    let mut bytes = Vec::with_capacity(run.len() * 5 / 8);
    let (mut bits, mut count) = (0_u32, 0);
    for byte in run {
        let value = match byte {
            b'A'..=b'Z' if !lower => byte - b'A',
            b'a'..=b'z' if lower => byte - b'a',
            b'2'..=b'7' => byte - b'2' + 26,
            _ => return None,
        };
        bits = bits << 5 | u32::from(value);
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
