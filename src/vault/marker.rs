//! Markers: tokens that say what they stand for.
//!
//! `[EMAIL_1~k7q2m9x4]` is the first address of a session; what stands behind `~` is a keyed check, so that nobody invents one.
//! `[EMAIL~…]` has no number and carries the value itself, encrypted.

use crate::base::base32;

/// Longest marker, in bytes: what is held back of a stream that may be within one.
pub(super) const MARKER_BYTES_MAX: usize = 512;
/// Longest name, in bytes, with its number.
const NAME_BYTES_MAX: usize = 32;
/// Longest name of a kind of values, in bytes.
const KIND_BYTES_MAX: usize = 20;
/// Bytes of a check: one guess in a million million is right.
const CHECK_BYTES: usize = 5;

/// What a text begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading<'t> {
    /// Something that has the form of a marker.
    Marker(Marker<'t>),
    /// More of the text may make it one.
    Open,
    /// Something else.
    Other,
}

/// The parts of a marker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Marker<'t> {
    pub(super) whole: &'t str,
    /// What stands in front of `~`.
    pub(super) name: &'t str,
    /// What stands behind it.
    pub(super) letters: &'t str,
}

/// Reads a marker at the start of a text.
pub(super) fn read(text: &[u8]) -> Reading<'_> {
    let text = text.get(..MARKER_BYTES_MAX).unwrap_or(text);
    // A text that ends here may go on, unless it has come to the greatest length.
    let end = || if text.len() < MARKER_BYTES_MAX { Reading::Open } else { Reading::Other };
    if text.first() != Some(&b'[') {
        return Reading::Other;
    }
    let is_name = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_';
    let name = text[1..].iter().take_while(|byte| is_name(byte)).count();
    if name > NAME_BYTES_MAX {
        return Reading::Other;
    }
    match text.get(1 + name) {
        None => return end(),
        Some(b'~') if name > 0 => {}
        Some(_) => return Reading::Other,
    }
    let from = name + 2;
    let letters = text[from..].iter().take_while(|byte| base32::is_letter(**byte)).count();
    match text.get(from + letters) {
        None => end(),
        Some(b']') if letters > 0 => match std::str::from_utf8(&text[..=from + letters]) {
            Ok(whole) => Reading::Marker(Marker {
                whole,
                name: &whole[1..=name],
                letters: &whole[from..from + letters],
            }),
            Err(_) => Reading::Other,
        },
        Some(_) => Reading::Other,
    }
}

/// Where a marker begins that a text ends within; the end of the text if it ends within none.
pub fn open_from(text: &[u8]) -> usize {
    let from = text.len().saturating_sub(MARKER_BYTES_MAX);
    let open = memchr::memrchr(b'[', &text[from..]).map(|open| from + open);
    open.filter(|open| read(&text[*open..]) == Reading::Open).unwrap_or(text.len())
}

/// What values of a label are called in markers: `pii.email` are `EMAIL`.
pub(super) fn kind(label: &str) -> String {
    let last = label.rsplit('.').next().unwrap_or_default();
    let plain =
        |byte: u8| if byte.is_ascii_alphanumeric() { byte.to_ascii_uppercase() } else { b'_' };
    let name: String =
        last.bytes().take(KIND_BYTES_MAX).map(|byte| char::from(plain(byte))).collect();
    if name.is_empty() { "VALUE".to_owned() } else { name }
}

/// A marker with a check, which are the first bytes of a keyed hash of the name.
pub(super) fn numbered(name: &str, mac: &[u8; 32]) -> String {
    carrying(name, &mac[..CHECK_BYTES])
}

/// A marker with bytes.
pub(super) fn carrying(name: &str, bytes: &[u8]) -> String {
    let mut marker = format!("[{name}~");
    base32::encode(bytes, &mut marker);
    marker.push(']');
    marker
}

/// Bytes that fit into a marker.
pub(super) const fn carried_bytes_max() -> usize {
    (MARKER_BYTES_MAX - NAME_BYTES_MAX - "[~]".len()) * 5 / 8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_are_read() {
        let check = |text: &str, expect: Result<(&str, &str), bool>| {
            let read = match read(text.as_bytes()) {
                Reading::Marker(Marker { whole, name, letters }) => {
                    assert!(text.starts_with(whole) && whole.ends_with(']'));
                    Ok((name, letters))
                }
                Reading::Open => Err(true),
                Reading::Other => Err(false),
            };
            assert_eq!(read, expect, "{text}");
        };
        check("[EMAIL_1~k7q2m9x4] said", Ok(("EMAIL_1", "k7q2m9x4")));
        check("[A~0]", Ok(("A", "0")));
        for text in ["[", "[E", "[EMAIL_1~", "[EMAIL_1~k7"] {
            check(text, Err(true));
        }
        for text in
            ["", "x", "[a", "[~k]", "[E~]", "[E k]", "[E~k ]", "[E~u]", "[E~K]", "[E]", "[[E~k]"]
        {
            check(text, Err(false));
        }
        check(
            &format!("[{}~k]", "A".repeat(NAME_BYTES_MAX)),
            Ok((&"A".repeat(NAME_BYTES_MAX), "k")),
        );
        check(&format!("[{}", "A".repeat(NAME_BYTES_MAX + 1)), Err(false));
        check(&format!("[A~{}", "k".repeat(MARKER_BYTES_MAX - 4)), Err(true));
        check(&format!("[A~{}", "k".repeat(MARKER_BYTES_MAX)), Err(false));
    }

    #[test]
    fn open_markers_are_seen_from_their_start() {
        let check =
            |text: &str, expect: usize| assert_eq!(open_from(text.as_bytes()), expect, "{text}");
        check("", 0);
        check("to [EMAIL_1~k7", 3);
        check("to [EMAIL_1~k7q2m9x4]", 21);
        check("[a [", 3);
        check("[a x", 4);
        check(&format!("{}[E", "x".repeat(2 * MARKER_BYTES_MAX)), 2 * MARKER_BYTES_MAX);
    }

    #[test]
    fn what_is_written_is_read() {
        for label in ["pii.email", "pii.us.ssn", "x.Very-long-é-name-of-a-label", ""] {
            let name = format!("{}_{}", kind(label), u32::MAX);
            let longest = carrying(&name, &vec![0xa5; carried_bytes_max()]);
            for marker in [numbered(&name, &[7; 32]), longest] {
                assert!(
                    matches!(read(marker.as_bytes()), Reading::Marker(read) if read.whole == marker),
                    "{marker}"
                );
            }
        }
        assert_eq!(kind("pii.email"), "EMAIL");
        assert_eq!(kind("health.insurance-id"), "INSURANCE_ID");
    }
}
