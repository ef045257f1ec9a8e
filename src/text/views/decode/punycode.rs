//! Labels of international domain names: `xn--…`.

use crate::base::Span;
use crate::text::views::view::Builder;

const PREFIX: &[u8] = b"xn--";
/// Longest label of a domain name, in bytes.
const LABEL_BYTES_MAX: usize = 63;

/// Decodes every label of a segment.
pub(in crate::text::views) fn decode<'t>(text: &'t [u8], segment: Span, out: &mut Builder<'t>) {
    let part = &text[..segment.end];
    let mut next = segment.start;
    while let Some(found) = memchr::memmem::find(&part[next..], PREFIX) {
        let at = next + found;
        let rest = &part[at + PREFIX.len()..];
        let is_label = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-';
        let len = rest.iter().take(LABEL_BYTES_MAX).take_while(|byte| is_label(byte)).count();
        next = at + PREFIX.len() + len;
        if let Some(label) = label(&rest[..len]) {
            out.unit(Span::new(at, next), label.as_bytes());
        }
    }
}

/// The label that RFC 3492 makes of what stands behind the prefix.
fn label(bytes: &[u8]) -> Option<String> {
    let split = bytes.iter().rposition(|byte| *byte == b'-');
    let (basic, extended) = split.map_or((&[][..], bytes), |at| (&bytes[..at], &bytes[at + 1..]));
    let mut label: Vec<char> = basic.iter().map(|byte| char::from(*byte)).collect();
    let (mut code, mut place, mut bias) = (128_u32, 0_u32, 72_u32);
    let mut digits = extended.iter();
    while !digits.as_slice().is_empty() {
        let (start, mut weight, mut limit) = (place, 1_u32, 36);
        loop {
            let digit = match digits.next()? {
                byte @ b'0'..=b'9' => u32::from(byte - b'0') + 26,
                byte => u32::from((byte | 0x20).wrapping_sub(b'a')),
            };
            place = place.checked_add(digit.checked_mul(weight)?)?;
            let least = limit_of(limit, bias);
            if digit < least {
                break;
            }
            weight = weight.checked_mul(36 - least)?;
            limit += 36;
        }
        let count = u32::try_from(label.len()).ok()? + 1;
        bias = adapted(place - start, count, start == 0);
        code = code.checked_add(place / count)?;
        place %= count;
        label.insert(place as usize, char::from_u32(code)?);
        place += 1;
    }
    (!extended.is_empty()).then(|| label.into_iter().collect())
}

const fn limit_of(limit: u32, bias: u32) -> u32 {
    if limit <= bias {
        1
    } else if limit >= bias + 26 {
        26
    } else {
        limit - bias
    }
}

fn adapted(delta: u32, count: u32, first: bool) -> u32 {
    let mut delta = if first { delta / 700 } else { delta / 2 };
    delta += delta / count;
    let mut bias = 0;
    while delta > 455 {
        delta /= 35;
        bias += 36;
    }
    bias + 36 * delta / (delta + 38)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, check_raw};
    use super::*;

    #[test]
    fn labels_decode() {
        check(
            decode,
            &[
                ("https://xn--bcher-kva.example", "https://bücher.example"),
                ("xn--80ak6aa92e.com", "аррӏе.com"),
                ("xn--maana-pta", "mañana"),
                ("xn--", ""),
                ("xn--99999999999999", ""),
            ],
        );
        check_raw(decode, "a@xn--bcher-kva.example", "bücher", "xn--bcher-kva");
    }
}
