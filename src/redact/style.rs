//! How a value is shown once it is gone.

use crate::syntax::{RedactSpec, StyleName};

/// A style of redaction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Style {
    /// `[pii.email]`.
    #[default]
    Placeholder,
    /// `[pii.email#1]`: the same value gets the same number within one document.
    Numbered,
    /// `****1111`: all but the first and last few characters. Never shows more than half of the characters; control characters, quotes,
    /// backslashes and anything beyond ASCII are never shown.
    Mask {
        /// Characters at the start that stay readable.
        keep_first: usize,
        /// Characters at the end that stay readable. They go before those at the start if both are more than half.
        keep_last: usize,
    },
    /// `[pii.email:…]` with the first 20 hexadecimal digits of a keyed hash.
    Hash,
    /// Nothing.
    Remove,
}

impl From<RedactSpec> for Style {
    fn from(spec: RedactSpec) -> Self {
        match spec.style {
            StyleName::Placeholder => Self::Placeholder,
            StyleName::Numbered => Self::Numbered,
            StyleName::Mask => {
                Self::Mask { keep_first: spec.keep_first, keep_last: spec.keep_last }
            }
            StyleName::Hash => Self::Hash,
            StyleName::Remove => Self::Remove,
        }
    }
}

/// How to redact.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Redaction {
    /// Style for every finding; `None` lets each rule's own hint decide, and a placeholder where a rule has none.
    pub style: Option<Style>,
    /// Key of [`Style::Hash`]. Without a key a placeholder is used, since an unkeyed hash of a card number can be reversed.
    pub hash_key: Option<[u8; 32]>,
    /// Write what replaces a value in base64, base32 or hexadecimal in the same encoding, so that the rest of it decodes as before.
    pub reencode: bool,
}

impl std::fmt::Debug for Redaction {
    /// Tells whether there is a key, not which.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Redaction")
            .field("style", &self.style)
            .field("hash_key", &self.hash_key.map(|_| "set"))
            .field("reencode", &self.reencode)
            .finish()
    }
}

/// Hexadecimal digits of a hash that are shown: 80 bits, so that two values of one tenant hardly ever share one.
const HASH_DIGITS: usize = 20;
const MASK: char = '*';

/// `[label]`.
pub(super) fn placeholder(label: &str) -> String {
    format!("[{}]", Printable(label))
}

/// `[label#number]`.
pub(super) fn numbered(label: &str, number: usize) -> String {
    format!("[{}#{number}]", Printable(label))
}

/// `[label:hash]`. The label is hashed too: the same digits under two labels must not look alike.
pub(super) fn hashed(label: &str, value: &[u8], key: &[u8; 32]) -> String {
    let mut hasher = blake3::Hasher::new_keyed(key);
    hasher.update(label.as_bytes()).update(&[0]).update(value);
    let digits = hasher.finalize().to_hex();
    format!("[{}:{}]", Printable(label), &digits[..HASH_DIGITS])
}

/// The value with one `*` for each character that does not stay. Invalid UTF-8 counts as one character for each maximal sequence.
pub(super) fn masked(value: &[u8], keep_first: usize, keep_last: usize) -> String {
    let text = String::from_utf8_lossy(value);
    let count = text.chars().count();
    let budget = count / 2;
    let last = keep_last.min(budget);
    let first = keep_first.min(budget - last);
    let mask_unless_kept = |(index, char)| {
        let kept = index < first || index >= count - last;
        if kept && stays_in_quotes(char) { char } else { MASK }
    };
    text.chars().enumerate().map(mask_unless_kept).collect()
}

/// True for characters that need no escape in a JSON string, nor in any usual encoding of text.
fn stays_in_quotes(char: char) -> bool {
    matches!(char, ' '..='~') && !matches!(char, '"' | '\\')
}

/// A label as it may stand in a replacement: labels come from files that anyone may write.
struct Printable<'a>(&'a str);

impl std::fmt::Display for Printable<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.chars().try_for_each(|char| {
            let char = if stays_in_quotes(char) { char } else { '_' };
            std::fmt::Write::write_char(f, char)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_keep_what_they_may() {
        let check = |value: &str, first, last, expect: &str| {
            assert_eq!(masked(value.as_bytes(), first, last), expect, "{value} {first} {last}");
        };
        check("4111111111111111", 0, 4, "************1111");
        check("4111223333334444", 4, 4, "4111********4444");
        check("41112233333344445555", 6, 4, "411122**********5555");
        check("12345678", 0, 0, "********");
        check("12345678", 4, 0, "1234****");
        check("12345678", 9, 9, "****5678");
        check("12345678", 9, 1, "123****8");
        check("123", 0, 4, "**3");
        check("1", 1, 1, "*");
        check("", 1, 1, "");
        check("añbcdef é", 2, 2, "a****** *");
        check("\"a\\bcdefg\n", 3, 3, "*a*****fg*");
        check("😀😀ab", 1, 2, "**ab");
    }

    #[test]
    fn masks_count_invalid_bytes_as_one_character() {
        assert_eq!(masked(b"\xffabcdef\xe2\x82", 2, 2), "*a****f*");
    }

    #[test]
    fn hashes_depend_on_label_value_and_key() {
        let hash = hashed("pii.email", b"a@b.example", &[1; 32]);
        assert_eq!(hash.len(), "[pii.email:]".len() + HASH_DIGITS);
        assert_eq!(hash, hashed("pii.email", b"a@b.example", &[1; 32]));
        assert_ne!(hash, hashed("pii.email", b"a@b.example", &[2; 32]));
        assert_ne!(hash, hashed("pii.email", b"b@b.example", &[1; 32]));
        let digits = |text: String| text.split(':').next_back().map(str::to_owned);
        assert_ne!(digits(hash), digits(hashed("pii.phone", b"a@b.example", &[1; 32])));
        // The zero byte keeps the end of a label apart from the start of a value.
        assert_ne!(digits(hashed("ab", b"c", &[1; 32])), digits(hashed("a", b"bc", &[1; 32])));
    }

    #[test]
    fn labels_cannot_break_out_of_a_string() {
        assert_eq!(placeholder("pii.email"), "[pii.email]");
        assert_eq!(numbered("pii.\"\\\n\u{e9}", 7), "[pii.____#7]");
    }

    #[test]
    fn debug_does_not_show_the_key() {
        let redaction = Redaction { hash_key: Some([0x5a; 32]), ..Redaction::default() };
        let shown = format!("{redaction:?}");
        assert!(shown.contains("set") && !shown.contains("90") && !shown.contains("5a"), "{shown}");
    }
}
