//! What a part of an address says once it is decoded.

use crate::base::{Span, ViewKind};
use crate::text::views::view;
use std::borrow::Cow;

/// Layers of encoding that are taken off.
const LAYERS_MAX: usize = 3;
/// Shorter runs of letters and digits are words.
const RUN_BYTES_MIN: usize = 16;
/// Longest number that an ordinary address has, in digits.
const NUMBER_BYTES_MAX: usize = 32;

/// Percent-encoding taken off, however often it was put on.
pub(super) fn percent_decoded(bytes: &[u8]) -> Cow<'_, [u8]> {
    let mut decoded = Cow::Borrowed(bytes);
    for _ in 0..LAYERS_MAX {
        match once(&decoded) {
            Some(next) => decoded = Cow::Owned(next),
            None => break,
        }
    }
    decoded
}

fn once(bytes: &[u8]) -> Option<Vec<u8>> {
    memchr::memchr(b'%', bytes)?;
    let digit = |at: usize| bytes.get(at).and_then(|byte| (*byte as char).to_digit(16));
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        match (bytes[at], digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                at += 3;
            }
            (byte, ..) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    (out.len() < bytes.len()).then_some(out)
}

/// Text that bytes hold in base64, base32 or hexadecimal, layer by layer. Only what turns out to be text is one.
pub(super) fn readings(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut found: Vec<Vec<u8>> = Vec::new();
    let mut layer = vec![Cow::Borrowed(bytes)];
    for _ in 0..LAYERS_MAX {
        let mut next = Vec::new();
        for text in &layer {
            if !has_run(text) {
                continue;
            }
            let whole = [Span::new(0, text.len())];
            let kinds = [ViewKind::Base64, ViewKind::Base32, ViewKind::Hex];
            let kinds = kinds.into_iter().filter(|kind| *kind != ViewKind::Hex || !is_number(text));
            let views = kinds.filter_map(|kind| view(kind, text, &whole).ok());
            next.extend(views.map(|view| percent_decoded(&view.bytes).into_owned()));
        }
        found.extend(next.iter().cloned());
        if next.is_empty() {
            break;
        }
        layer = next.into_iter().map(Cow::Owned).collect();
    }
    found
}

/// Numbers can often be read as hexadecimal digits of something that looks like text; of longer ones that is no accident.
fn is_number(text: &[u8]) -> bool {
    text.len() < NUMBER_BYTES_MAX && !text.iter().any(|byte| matches!(byte | 0x20, b'a'..=b'f'))
}

fn has_run(text: &[u8]) -> bool {
    let mut run = 0;
    text.iter().any(|byte| {
        let is_letter = byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_');
        run = if is_letter { run + 1 } else { 0 };
        run >= RUN_BYTES_MIN
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_encoding_is_taken_off_layer_by_layer() {
        for (bytes, expect) in [("a%20b", "a b"), ("%2520", " "), ("100%", "100%"), ("%zz", "%zz")]
        {
            assert_eq!(*percent_decoded(bytes.as_bytes()), *expect.as_bytes(), "{bytes}");
        }
    }

    #[test]
    fn text_in_base64_base32_and_hexadecimal_is_read() {
        for bytes in [
            "dGhlIHBsYW4gaXMgdG8gc2VsbA",
            "74686520706c616e20697320746f2073656c6c",
            "ORUGKIDQNRQW4IDJOMQHI3ZAONSWY3A",
            "ZEdobElIQnNZVzRnYVhNZ2RHOGdjMlZzYkE",
        ] {
            let found = readings(bytes.as_bytes());
            assert!(found.iter().any(|text| text == b"the plan is to sell"), "{bytes} {found:?}");
        }
        for bytes in [
            "how-to-read-links-in-documents",
            "d41d8cd98f00b204e9800998ecf8427e",
            "20240131123456789012",
            "short",
        ] {
            assert_eq!(readings(bytes.as_bytes()), Vec::<Vec<u8>>::new(), "{bytes}");
        }
    }
}
