//! Base64: either alphabet, padded or not, in lines or not. Compressed data in it is inflated.

use super::{inflate, is_text, may_be_text, runs};
use crate::base::Span;
use crate::text::views::tokens;
use crate::text::views::view::Builder;

const RUN_BYTES_MIN: usize = tokens::RUN_BYTES_MIN;
/// A line that is followed by another one has at least this many characters.
pub(in crate::text::views) const LINE_BYTES_MIN: usize = 40;
/// White space between two lines.
pub(in crate::text::views) const GAP_BYTES_MAX: usize = 16;
/// Characters that are decoded before the rest, to see whether that is worth it.
const PROBE_BYTES: usize = 16;

const fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_')
}

/// Decodes every run of a segment that turns out to be text.
pub(in crate::text::views) fn decode<'t>(text: &'t [u8], segment: Span, out: &mut Builder<'t>) {
    let (mut done, mut lines_tried) = (segment.start, segment.start);
    for run in runs(text, segment, RUN_BYTES_MIN, is_letter) {
        if run.start < done {
            continue;
        }
        // Lines that are no text together are not put together again from the second one on.
        let blob = if run.start < lines_tried { run } else { with_lines(text, segment, run) };
        lines_tried = lines_tried.max(blob.end);
        if shows(text, blob, out) {
            done = blob.end;
            continue;
        }
        done = run.end;
        if blob != run && shows(text, run, out) {
            continue;
        }
        // The characters beyond letters and digits can be the punctuation of a path or a name.
        for piece in runs(text, run, RUN_BYTES_MIN, |byte| byte.is_ascii_alphanumeric()) {
            if piece != run {
                shows(text, piece, out);
            }
        }
    }
}

/// Whether a row of characters may be text or compressed text in base64, by its first ones.
pub(in crate::text::views) fn begins(row: &[u8; RUN_BYTES_MIN]) -> bool {
    let (probe, len) = probe(row);
    inflate::is_packed(&probe[..len]) || may_be_text(&probe[..len])
}

/// Runs that may be the lines of one blob.
#[derive(Debug, Default)]
pub(in crate::text::views) struct Lines {
    /// The last line of a blob, to which a further one may belong.
    last: Option<Span>,
}

impl Lines {
    /// Whether a run goes on with the blob of an earlier one; it may begin a blob itself.
    pub(in crate::text::views) fn add(&mut self, run: Span, begins: bool) -> bool {
        let near =
            |last: &Span| last.len() >= LINE_BYTES_MIN && run.start - last.end <= GAP_BYTES_MAX;
        let goes_on = self.last.as_ref().is_some_and(near);
        self.last = (goes_on || begins).then_some(run);
        goes_on
    }
}

/// The run with the lines that continue it.
fn with_lines(text: &[u8], segment: Span, run: Span) -> Span {
    let mut blob = run;
    let mut line = run.len();
    while line >= LINE_BYTES_MIN {
        let rest = &text[blob.end..segment.end];
        let gap = rest.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(rest.len());
        // A blank line ends the data.
        if rest[..gap].iter().filter(|byte| **byte == b'\n').count() != 1 || gap > GAP_BYTES_MAX {
            break;
        }
        let len = rest[gap..].iter().take_while(|byte| is_letter(**byte)).count();
        // The last line may be short, but no longer than the others, and is no word of a sentence.
        let word = matches!(rest.get(gap + len), Some(b' ' | b':' | b'.' | b'?' | b'!'));
        if len == 0 || len > line || word {
            break;
        }
        blob.end += gap + len;
        line = if len < line { 0 } else { len };
    }
    blob
}

/// Reports a blob if what it stands for is text.
fn shows(text: &[u8], blob: Span, out: &mut Builder<'_>) -> bool {
    let part = &text[blob.range()];
    let (probe, len) = probe(part);
    let packed = inflate::is_packed(&probe[..len]);
    if !packed && !may_be_text(&probe[..len]) {
        return false;
    }
    let bytes = decoded(part);
    let padding = text[blob.end..].iter().take(2).take_while(|byte| **byte == b'=').count();
    if packed {
        return inflate::inflate(&bytes, Span::new(blob.start, blob.end + padding), out);
    }
    if !is_text(&bytes) {
        return false;
    }
    let (mut quantum, mut at, mut end) = (Quantum::default(), 0, blob.start);
    for (i, byte) in part.iter().enumerate() {
        if quantum.add(*byte, blob.start + i) {
            let span = quantum.span();
            if end < span.start {
                out.unit(Span::new(end, span.start), &[]);
            }
            out.unit(span, &bytes[at..at + 3]);
            (at, end) = (at + 3, span.end);
            quantum = Quantum::default();
        }
    }
    if at < bytes.len() {
        let span = Span::new(quantum.start, blob.end + padding);
        if end < span.start {
            out.unit(Span::new(end, span.start), &[]);
        }
        out.unit(span, &bytes[at..]);
    }
    true
}

/// Four characters, and where they are.
#[derive(Default)]
struct Quantum {
    count: usize,
    start: usize,
    end: usize,
}

impl Quantum {
    /// True if that completes it.
    fn add(&mut self, byte: u8, at: usize) -> bool {
        if is_letter(byte) {
            if self.count == 0 {
                self.start = at;
            }
            self.end = at + 1;
            self.count += 1;
        }
        self.count == 4
    }

    const fn span(&self) -> Span {
        Span::new(self.start, self.end)
    }
}

/// The first bytes of a blob, and how many. It allocates nothing, since most long words are no blobs.
fn probe(blob: &[u8]) -> ([u8; PROBE_BYTES / 4 * 3], usize) {
    let mut bytes = [0; PROBE_BYTES / 4 * 3];
    let mut len = 0;
    let (quanta, _) = blob[..blob.len().min(PROBE_BYTES)].as_chunks::<4>();
    for quantum in quanta {
        let values = quantum.map(value);
        let [Some(a), Some(b), Some(c), Some(d)] = values else { break };
        let bits = a << 18 | b << 12 | c << 6 | d;
        bytes[len..len + 3].copy_from_slice(&bits.to_be_bytes()[1..]);
        len += 3;
    }
    (bytes, len)
}

/// The bytes of a blob, white space skipped; a last character alone stands for nothing.
pub(super) fn decoded(blob: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(blob.len() / 4 * 3 + 3);
    let (mut bits, mut count) = (0_u32, 0);
    for byte in blob {
        let Some(value) = value(*byte) else { continue };
        bits = bits << 6 | value;
        count += 1;
        if count == 4 {
            bytes.extend_from_slice(&bits.to_be_bytes()[1..]);
            (bits, count) = (0, 0);
        }
    }
    match count {
        2 => bytes.push((bits >> 4) as u8),
        3 => bytes.extend_from_slice(&((bits >> 2) as u16).to_be_bytes()),
        _ => {}
    }
    bytes
}

/// The six bits of a character of either alphabet.
pub(in crate::text::views) const fn value(byte: u8) -> Option<u32> {
    let value = match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    };
    Some(value as u32)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, check_raw, view};
    use super::*;
    use ::base64::Engine;
    use ::base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE};

    const TEXT: &str = "card 4111 1111 1111 1111 of jane.doe@example.com??>>";

    #[test]
    fn every_dress_decodes() {
        for encoded in [STANDARD.encode(TEXT), STANDARD_NO_PAD.encode(TEXT), URL_SAFE.encode(TEXT)]
        {
            check(decode, &[(&format!("a {encoded}"), &format!("a {TEXT}"))]);
            let lines: Vec<_> =
                encoded.as_bytes().chunks(44).map(String::from_utf8_lossy).collect();
            check(decode, &[(&lines.join("\r\n  "), TEXT)]);
            check(
                decode,
                &[(
                    &format!("/api/v1/{}/x", STANDARD_NO_PAD.encode("jane.doe@example.com")),
                    "/api/v1/jane.doe@example.com/x",
                )],
            );
        }
        check(
            decode,
            &[
                ("the word internationalisation is long", ""),
                ("a/path/with/many/components/in/it", ""),
                ("d2f1c0b6e6e84a5a9c1a7f1c2f0e6b7d", ""),
            ],
        );
    }

    #[test]
    fn the_covering_quanta_carry_a_value() {
        for lead in ["", "x", "xy", "xyz"] {
            let text = format!("{lead}4111111111111111 and more");
            let encoded = STANDARD.encode(&text);
            let (start, end) = (lead.len(), lead.len() + 16);
            let carrier = &encoded[start / 3 * 4..end.div_ceil(3) * 4];
            check_raw(decode, &format!("k: {encoded}"), "4111111111111111", carrier);
        }
    }

    #[test]
    fn lines_are_left_out_of_no_quantum() {
        let encoded = STANDARD.encode(TEXT);
        let text = format!("{}\n{}", &encoded[..42], &encoded[42..]);
        let shown = view(decode, text.as_bytes()).expect("decodes");
        assert_eq!(shown.to_raw(Span::new(30, 33)), Some(Span::new(40, 45)));
    }
}
