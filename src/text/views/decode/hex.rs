//! Hexadecimal digits, in a row or as a list, and lists of decimal character codes.

use super::{hex_number, is_text, may_be_text, runs};
use crate::base::Span;
use crate::text::views::tokens;
use crate::text::views::view::Builder;

/// Shorter runs are numbers.
const RUN_BYTES_MIN: usize = tokens::RUN_BYTES_MIN;
/// Shorter lists are lists of something else.
pub(in crate::text::views) const ITEMS_MIN: usize = 6;
/// Bytes between the items of a list.
pub(in crate::text::views) const GAP_BYTES_MAX: usize = 3;

/// Decodes every run and list of a segment that turns out to be text.
pub(in crate::text::views) fn decode<'t>(text: &'t [u8], segment: Span, out: &mut Builder<'t>) {
    let mut at = segment.start;
    let part = &text[..segment.end];
    let (mut list, mut done) = (Vec::new(), segment.start);
    while let Some(run) =
        runs(text, Span::new(at, segment.end), 2, |byte| byte.is_ascii_hexdigit()).next()
    {
        at = run.end;
        if run.len() >= RUN_BYTES_MIN {
            row(text, run, out);
            done = at;
            continue;
        }
        let before = run.start.checked_sub(1).map(|at| part[at]);
        if before.is_some_and(|byte| byte.is_ascii_alphanumeric() && byte != b'x') {
            continue;
        }
        let prefixed = run.start >= done + 2 && part[..run.start].ends_with(b"0x");
        let start = if prefixed { run.start - 2 } else { run.start };
        for number in readings(&part[start..]) {
            // Numbers are many, and lists of them few: only these need memory.
            let mut first = [0; ITEMS_MIN];
            let read = items(part, start, number).zip(&mut first).map(|((_, byte), to)| *to = byte);
            if read.count() < ITEMS_MIN || !may_be_text(&first) {
                continue;
            }
            list.clear();
            list.extend(items(part, start, number));
            // What was read as a list is not read again from its second item on.
            at = list.last().map_or(at, |(span, _)| at.max(span.end));
            if is_text(&list.iter().map(|item| item.1).collect::<Vec<_>>()) {
                for (span, byte) in &list {
                    out.unit(*span, &[*byte]);
                }
                done = at;
                break;
            }
        }
    }
}

/// Whether a row of digits may be text, by its first ones.
pub(in crate::text::views) fn begins(row: &[u8; RUN_BYTES_MIN]) -> bool {
    let mut bytes = [0; RUN_BYTES_MIN / 2];
    for (pair, byte) in row.chunks_exact(2).zip(&mut bytes) {
        let Some(value) = hex_number(pair) else { return false };
        *byte = value as u8;
    }
    may_be_text(&bytes)
}

fn row(text: &[u8], run: Span, out: &mut Builder<'_>) {
    if !text[run.range()].first_chunk().is_some_and(begins) {
        return;
    }
    let bytes: Option<Vec<u8>> = text[run.range()]
        .chunks_exact(2)
        .map(|pair| hex_number(pair).map(|byte| byte as u8))
        .collect();
    if let Some(bytes) = bytes.filter(|bytes| run.len().is_multiple_of(2) && is_text(bytes)) {
        for (i, byte) in bytes.into_iter().enumerate() {
            let start = run.start + 2 * i;
            out.unit(Span::new(start, start + 2), &[byte]);
        }
    }
}

/// The items of a list that begins at a place. Each one covers what separates it from the one before, so that none of it stays between
/// the bytes.
fn items(part: &[u8], start: usize, number: ReadItem) -> impl Iterator<Item = (Span, u8)> {
    let mut at = start;
    std::iter::from_fn(move || {
        let gap = part[at..].iter().take(GAP_BYTES_MAX).take_while(|byte| is_gap(**byte)).count();
        if gap == 0 && at != start {
            return None;
        }
        let (byte, len) = number(&part[at + gap..])?;
        let span = Span::new(at, at + gap + len);
        if part.get(span.end).is_some_and(u8::is_ascii_alphanumeric) {
            return None;
        }
        at = span.end;
        Some((span, byte))
    })
}

/// Reads the byte at the start, and how long it is.
type ReadItem = fn(&[u8]) -> Option<(u8, usize)>;

/// The ways to read an item, the likelier one first: character codes with commas between them are decimal, unless they say otherwise.
fn readings(rest: &[u8]) -> [ReadItem; 2] {
    let code = decimal(rest).is_some_and(|(_, len)| rest.get(len) == Some(&b','));
    if code { [decimal, hexadecimal] } else { [hexadecimal, decimal] }
}

pub(in crate::text::views) const fn is_gap(byte: u8) -> bool {
    matches!(byte, b' ' | b',' | b':' | b';' | b'-' | b'\t' | b'\n' | b'\r')
}

fn hexadecimal(rest: &[u8]) -> Option<(u8, usize)> {
    let prefix = if rest.starts_with(b"0x") || rest.starts_with(b"0X") { 2 } else { 0 };
    let byte = hex_number(rest.get(prefix..prefix + 2)?)?;
    Some((byte as u8, prefix + 2))
}

/// Whether a word may be an item of a list of text, by each reading.
pub(in crate::text::views) fn may_be_item(word: &[u8]) -> [bool; 2] {
    let readings: [ReadItem; 2] = [hexadecimal, decimal];
    if !(2..=4).contains(&word.len()) {
        return [false; 2];
    }
    readings.map(|number| {
        number(word).is_some_and(|(byte, len)| len == word.len() && may_be_text(&[byte]))
    })
}

fn decimal(rest: &[u8]) -> Option<(u8, usize)> {
    let len = rest.iter().take(3).take_while(|byte| byte.is_ascii_digit()).count();
    let number =
        rest[..len].iter().fold(0_u32, |number, byte| number * 10 + u32::from(byte - b'0'));
    (len >= 2).then(|| u8::try_from(number).ok()).flatten().map(|byte| (byte, len))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, check_raw};
    use super::*;

    #[test]
    fn rows_and_lists_decode() {
        check(
            decode,
            &[
                ("x 6a616e652e646f65406578616d706c65", "x jane.doe@example"),
                ("[0x41, 0x4b, 0x49, 0x41, 0x31, 0x32]", "[AKIA12]"),
                ("41:4B:49:41:31:32", "AKIA12"),
                ("41 4b 49 41 31 32.", "AKIA12."),
                ("fromCharCode(65,75,73,65,49,50)", "fromCharCode(AKIA12)"),
                ("3f786ba1c2d4e5f60718293a4b5c6d7e", ""),
                ("10, 20, 30, 40, 50, 60", ""),
                ("2024-01-02 10:11:12", ""),
            ],
        );
        check_raw(decode, "k: 616a616e6540782e6f726721", "jane@x.org", "6a616e6540782e6f7267");
        check_raw(decode, "[0x41, 0x4b, 0x49, 0x41, 0x31, 0x32]", "AKIA", "0x41, 0x4b, 0x49, 0x41");
    }
}
