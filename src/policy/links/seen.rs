//! Values that must not leave in a link, however they are written there.

use super::address::{Address, Part};
use super::readings::{percent_decoded, readings};
use crate::base::Span;
use aho_corasick::AhoCorasick;

/// Shortest value that is looked for, in letters and digits.
pub const SEEN_VALUE_BYTES_MIN: usize = 6;
/// Values that are looked for.
pub const SEEN_VALUES_MAX: usize = 4096;
/// Bytes of one value that are looked for.
const VALUE_BYTES_MAX: usize = 256;

/// Values that are looked for in links: as they are, reversed and in rot13, in any case, whatever stands between their letters and digits;
/// and all that in text which the link holds in percent-encoding, base64, base32 or hexadecimal, in one part or cut into several.
#[derive(Debug, Default)]
pub struct Values(Option<AhoCorasick>);

impl Values {
    /// Takes these values. Ones that are too short are left out, and of more than 4096 the rest.
    pub fn new<'v>(values: impl IntoIterator<Item = &'v [u8]>) -> Self {
        let mut wanted: Vec<Vec<u8>> = values
            .into_iter()
            .map(|value| letters(&value[..value.len().min(VALUE_BYTES_MAX)]))
            .filter(|value| value.len() >= SEEN_VALUE_BYTES_MIN)
            .take(SEEN_VALUES_MAX)
            .collect();
        wanted.sort_unstable();
        wanted.dedup();
        let reversed = |value: &Vec<u8>| value.iter().rev().copied().collect();
        let moved = |value: &Vec<u8>| value.iter().map(rot13).collect();
        let others: Vec<Vec<u8>> =
            wanted.iter().map(reversed).chain(wanted.iter().map(moved)).collect();
        wanted.extend(others);
        if wanted.is_empty() {
            return Self::default();
        }
        // It cannot fail with so few and so short values; if it did, none would be looked for.
        Self(AhoCorasick::new(wanted).ok())
    }

    /// The parts of an address that hold one of the values.
    pub(super) fn in_address(&self, address: &Address, raw: &[u8]) -> Option<Span> {
        self.0.as_ref()?;
        let holds = |part: &&Part| self.are_in(&raw[part.span.range()]);
        let single = address.parts.iter().filter(holds).map(|part| part.span);
        let found = single.reduce(super::join);
        found.or_else(|| {
            // Cut into pieces.
            let bytes = address.parts.iter().flat_map(|part| &raw[part.span.range()]);
            let joined: Vec<u8> = bytes.copied().collect();
            let whole = address.parts.iter().map(|part| part.span).reduce(super::join)?;
            self.are_in(&joined).then_some(whole)
        })
    }

    fn are_in(&self, bytes: &[u8]) -> bool {
        let Some(values) = &self.0 else { return false };
        let decoded = percent_decoded(bytes);
        let is_in = |text: &[u8]| values.is_match(&letters(text));
        if decoded.len() < SEEN_VALUE_BYTES_MIN {
            return false;
        }
        if is_in(&decoded) {
            return true;
        }
        // What is encoded can be moved or turned around as a whole as well.
        let turned: Vec<u8> = decoded.iter().rev().copied().collect();
        let moved: Vec<u8> = decoded.iter().map(rot13).collect();
        [&*decoded, &turned, &moved]
            .iter()
            .any(|bytes| readings(bytes).iter().any(|text| is_in(text)))
    }
}

/// Letters and digits alone, in lower case.
fn letters(bytes: &[u8]) -> Vec<u8> {
    let is_kept = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte >= 0x80;
    bytes.iter().filter(is_kept).map(u8::to_ascii_lowercase).collect()
}

fn rot13(byte: &u8) -> u8 {
    match byte {
        b'a'..=b'z' => (byte - b'a' + 13) % 26 + b'a',
        b'A'..=b'Z' => (byte - b'A' + 13) % 26 + b'A',
        _ => *byte,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::links::Form;

    fn check(raw: &str, expect: Option<&str>) {
        let values = Values::new([&b"Jane.Doe@contoso.com"[..], b"blue-heron-42"]);
        let address = Address::read(raw.as_bytes(), Form::Bare).expect(raw);
        let found = values.in_address(&address, raw.as_bytes()).map(|span| &raw[span.range()]);
        assert_eq!(found, expect, "{raw}");
    }

    #[test]
    fn values_are_found_however_they_are_written() {
        check("https://a.org/?q=jane.doe%40contoso.com", Some("jane.doe%40contoso.com"));
        check("https://a.org/blue/heron/42", Some("blue/heron/42"));
        check("https://a.org/?q=BLUE+HERON+42", Some("BLUE+HERON+42"));
        check("https://a.org/?q=24-noreh-eulb", Some("24-noreh-eulb"));
        check("https://a.org/?q=oyhrureba42", Some("oyhrureba42"));
        check("https://a.org/?q=Ymx1ZS1oZXJvbi00Mg", Some("Ymx1ZS1oZXJvbi00Mg"));
        check("https://a.org/#626c75652d6865726f6e2d3432", Some("626c75652d6865726f6e2d3432"));
        check("https://blueheron42.a.org/", Some("blueheron42"));
        check("https://a.org/?a=Ymx1ZS1o&b=ZXJvbi00Mg", Some("Ymx1ZS1o&b=ZXJvbi00Mg"));
        check("https://a.org/?q=gM00ibvJXZo1SZ1xmY", Some("gM00ibvJXZo1SZ1xmY"));
    }

    #[test]
    fn other_links_have_none() {
        check("https://a.org/jane/doe?q=contoso", None);
        check("https://contoso.com/blue", None);
        assert!(Values::new([&b"ab-cd"[..]]).0.is_none(), "too short");
    }
}
