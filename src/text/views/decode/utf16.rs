//! UTF-16 in either byte order, which is also ASCII with a NUL between the characters.
//!
//! Behind a byte order mark all of it is read. Without one a zero byte tells where it is: there the scripts of which no character needs
//! a byte that text has by chance are read, which are those up to Arabic.

use super::put;
use crate::base::Span;
use crate::text::views::view::Builder;

/// Shorter sequences are chance.
const CHARS_MIN: usize = 4;
/// High byte of the last script that is read without a mark.
const HIGH_MAX: u8 = 6;
/// So many units in a row that are two characters of ASCII each are ASCII.
const ASCII_UNITS_MIN: usize = 8;

/// Which byte of a unit is the high one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    LowFirst,
    HighFirst,
}

impl Order {
    const fn unit(self, pair: [u8; 2]) -> u16 {
        match self {
            Self::LowFirst => u16::from_le_bytes(pair),
            Self::HighFirst => u16::from_be_bytes(pair),
        }
    }
}

/// Decodes every sequence of a segment.
pub(in crate::text::views) fn decode<'t>(text: &'t [u8], segment: Span, out: &mut Builder<'t>) {
    let part = &text[..segment.end];
    let mut next = segment.start;
    while let Some(found) = memchr::memchr2(0, 0xff, &part[next..]) {
        let at = next + found;
        let start = if part[at] == 0 {
            next = sequence(part, next, at, out);
            continue;
        } else if at > next && part[at - 1] == 0xfe {
            at - 1
        } else {
            at
        };
        next = match order(&part[start..]) {
            Some(order) => marked(part, start, order, out),
            None => at + 1,
        };
    }
}

/// The order that a byte order mark tells.
fn order(bytes: &[u8]) -> Option<Order> {
    match bytes {
        [0xff, 0xfe, ..] => Some(Order::LowFirst),
        [0xfe, 0xff, ..] => Some(Order::HighFirst),
        _ => None,
    }
}

/// Reads what follows a mark, and returns where it ends. The mark itself is not shown.
fn marked(part: &[u8], start: usize, order: Order, out: &mut Builder<'_>) -> usize {
    let mut at = start + 2;
    let len = chars(&part[at..], order).map(|(_, len)| len).sum::<usize>();
    if len < 2 * CHARS_MIN {
        return at;
    }
    out.unit(Span::new(start, at), &[]);
    for (char, len) in chars(&part[at..at + len], order) {
        put(out, Span::new(at, at + len), char);
        at += len;
    }
    at
}

/// The characters of UTF-16 with their lengths, up to what is none: broken pairs, control characters, ASCII.
fn chars(bytes: &[u8], order: Order) -> impl Iterator<Item = (char, usize)> {
    let (pairs, _) = bytes.as_chunks::<2>();
    let is_ascii = |pair: &[u8; 2]| pair.iter().all(|byte| is_plain(*byte));
    let mut ascii_until = 0;
    let mut at = 0;
    std::iter::from_fn(move || {
        if at >= ascii_until {
            let ascii = pairs[at..].iter().take(ASCII_UNITS_MIN).take_while(|pair| is_ascii(pair));
            let ascii = ascii.count();
            if ascii == ASCII_UNITS_MIN {
                return None;
            }
            // These are looked at once.
            ascii_until = at + ascii + 1;
        }
        let units = pairs.get(at..)?.iter().take(2).map(|pair| order.unit(*pair));
        let char = char::decode_utf16(units).next()?.ok()?;
        let plain = !char.is_control() || matches!(u32::from(char), 0x07..=0x0d | 0x1b);
        at += char.len_utf16();
        plain.then_some((char, 2 * char.len_utf16()))
    })
}

/// Reads a sequence with a zero byte at `nul`, and returns where it ends.
fn sequence(part: &[u8], floor: usize, nul: usize, out: &mut Builder<'_>) -> usize {
    // The character stands in front of its NUL if the low byte is the first; the order that reads more is the right one.
    let low_first = (nul > floor && is_plain(part[nul - 1]))
        .then(|| Sequence::around(part, floor, nul - 1, Order::LowFirst));
    let high_first = Sequence::around(part, floor, nul, Order::HighFirst);
    let best = low_first.filter(|other| other.count >= high_first.count).unwrap_or(high_first);
    if best.count < CHARS_MIN {
        return nul + 1;
    }
    for start in (best.start..).step_by(2).take(best.count) {
        let char = unit_at(part, start, best.order).and_then(|unit| char::from_u32(unit.into()));
        put(out, Span::new(start, start + 2), char.unwrap_or(char::REPLACEMENT_CHARACTER));
    }
    (best.start + 2 * best.count).max(nul + 1)
}

/// Units in a row that are characters.
struct Sequence {
    start: usize,
    count: usize,
    order: Order,
}

impl Sequence {
    fn around(part: &[u8], floor: usize, at: usize, order: Order) -> Self {
        let is_char = |at: usize| unit_at(part, at, order).is_some_and(is_read);
        let mut start = at;
        while start >= floor + 2 && is_char(start - 2) {
            start -= 2;
        }
        let count = (start..).step_by(2).take_while(|at| is_char(*at)).count();
        Self { start, count, order }
    }
}

fn unit_at(part: &[u8], at: usize, order: Order) -> Option<u16> {
    Some(order.unit(*part.get(at..)?.first_chunk()?))
}

/// Whether a unit is a character that is read without a mark.
fn is_read(unit: u16) -> bool {
    match unit.to_be_bytes() {
        [0, low] => is_plain(low) || low >= 0xa0,
        [high, _] => high <= HIGH_MAX,
    }
}

const fn is_plain(byte: u8) -> bool {
    byte.is_ascii_graphic() || matches!(byte, b' ' | 0x07..=0x0d | 0x1b)
}

/// Whether bytes, which may be cut, are UTF-16 that [`decode`] reads.
pub(super) fn is_wide(bytes: &[u8]) -> bool {
    let whole = bytes.len() & !1;
    if let Some(order) = order(bytes) {
        let read: usize = chars(&bytes[2..whole], order).map(|(_, len)| len).sum();
        // The last unit may be half of a pair.
        return read >= 2 * CHARS_MIN && read + 4 >= whole;
    }
    let (pairs, _) = bytes.as_chunks::<2>();
    let all = |order: Order| pairs.iter().all(|pair| is_read(order.unit(*pair)));
    pairs.len() >= CHARS_MIN && (all(Order::LowFirst) || all(Order::HighFirst))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, check_raw, view};
    use super::*;

    #[test]
    fn either_order_decodes() {
        check(
            decode,
            &[
                ("A\0K\0I\0A\0", "AKIA"),
                ("\0A\0K\0I\0A", "AKIA"),
                ("x: \0A\0K\0I\0A", "x: AKIA"),
                ("A\0K\0\0\0\0", ""),
                ("\0", ""),
            ],
        );
        let wide = |text: &str, swap: bool| -> Vec<u8> {
            let bytes = |unit: u16| if swap { unit.to_be_bytes() } else { unit.to_le_bytes() };
            text.encode_utf16().flat_map(bytes).collect()
        };
        let shown = |bytes: &[u8]| view(decode, bytes).map(|view| view.bytes);
        for swap in [false, true] {
            for text in ["Schl\u{fc}ssel: AKIA", "почта: a@b.com", "κλειδί 12345"] {
                assert_eq!(shown(&wide(text, swap)).as_deref(), Some(text.as_bytes()), "{swap}");
                assert!(is_wide(&wide(text, swap)), "{text}");
            }
            for text in ["密码是 hunter2，请保密", "emoji \u{1f600} and more", "\u{4e2d}\u{6587}"]
            {
                let marked = wide(&["\u{feff}", text].concat(), swap);
                let long = text.chars().count() >= CHARS_MIN;
                let expect = long.then_some(text.as_bytes());
                assert_eq!(shown(&marked).as_deref(), expect, "{swap} {text}");
                assert_eq!(is_wide(&marked), long, "{text}");
                let cut = [marked, b"\n\nand then plain text again".to_vec()].concat();
                let shown = shown(&cut).unwrap_or_default();
                assert_eq!(shown.ends_with(b"plain text again"), long, "{text}");
            }
        }
        assert!(!is_wide(b"plain text"));
        check_raw(decode, "A\0K\0I\0A\0", "KI", "K\0I\0");
    }
}
