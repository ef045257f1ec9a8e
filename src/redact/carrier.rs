//! Replacements that are readable where the value was: in the encoding that carried it.

use crate::base::{ViewKind, ViewPath};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// A replacement in the outermost encoding of a whole base, so that what stands behind it decodes as before: an edit of such a carrier
/// covers whole groups of characters, and a replacement is filled up with spaces to whole groups. Other carriers show it as it is.
pub(super) fn encoded(mut replacement: String, view: ViewPath, carrier: &[u8]) -> String {
    let base =
        |kind: &ViewKind| matches!(kind, ViewKind::Base64 | ViewKind::Base32 | ViewKind::Hex);
    let Some(kind) = view.steps().find(base) else { return replacement };
    let group = match kind {
        ViewKind::Base64 => 3,
        ViewKind::Base32 => 5,
        _ => 1,
    };
    while !replacement.len().is_multiple_of(group) {
        replacement.push(' ');
    }
    let bytes = replacement.as_bytes();
    match kind {
        ViewKind::Base64 if carrier.iter().any(|byte| matches!(byte, b'-' | b'_')) => {
            URL_SAFE_NO_PAD.encode(bytes)
        }
        ViewKind::Base64 => STANDARD_NO_PAD.encode(bytes),
        ViewKind::Base32 => in_case_of(base32(bytes), carrier),
        // The items of a list have signs between them, which are left out with them.
        _ if !carrier.iter().all(u8::is_ascii_hexdigit) => replacement,
        _ => in_case_of(bytes.iter().map(|byte| format!("{byte:02X}")).collect(), carrier),
    }
}

fn base32(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let (groups, _) = bytes.as_chunks::<5>();
    let chars = groups.iter().flat_map(|[a, b, c, d, e]| {
        let bits = u64::from_be_bytes([0, 0, 0, *a, *b, *c, *d, *e]);
        (0..8).rev().map(move |place| char::from(ALPHABET[(bits >> (5 * place) & 31) as usize]))
    });
    chars.collect()
}

/// The code in lower case if the carrier has lower-case letters.
fn in_case_of(code: String, carrier: &[u8]) -> String {
    if carrier.iter().any(u8::is_ascii_lowercase) { code.to_ascii_lowercase() } else { code }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kinds: &[ViewKind], carrier: &str, expect: &str) {
        let view = kinds.iter().fold(ViewPath::RAW, |view, kind| view.then(*kind));
        assert_eq!(encoded("[pii.x]".to_owned(), view, carrier.as_bytes()), expect, "{carrier}");
    }

    #[test]
    fn replacements_are_whole_groups() {
        use ViewKind::{Base32, Base64, Escape, Hex};
        check(&[], "a@b.example", "[pii.x]");
        check(&[Escape], "a\\u0040b", "[pii.x]");
        check(&[Base64], "YUBiLmV4YW1wbGUg", "W3BpaS54XSAg");
        check(&[Escape, Base64, Base64], "YUBiLmV4YW1wbGU-", "W3BpaS54XSAg");
        check(&[Base32], "MFAGELTFPBQW24DMMUQCAIBA", "LNYGS2JOPBOSAIBA");
        check(&[Base32], "mfagelt", "lnygs2jopbosaiba");
        check(&[Hex], "6140", "5B7069692E785D");
        check(&[Hex], "6a40", "5b7069692e785d");
        check(&[Hex], "0x61, 0x40", "[pii.x]");
    }
}
