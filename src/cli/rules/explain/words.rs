//! Anchors and sets of bytes in words.

use crate::cli::rules::describe::counted;
use crate::matcher::anchor::{Anchor, Reach};
use crate::matcher::byteset::{ByteSet, DIGITS};

/// Literals that are shown; the rest is counted.
const LITERALS_SHOWN_MAX: usize = 8;
/// Single bytes of a set that are shown; the rest is counted.
const BYTES_SHOWN_MAX: usize = 12;
/// A rule that adds less than this share of a scan is below what the clock can tell.
const MEASURABLE_SHARE: f64 = 0.01;

/// What is looked for.
pub(super) fn anchor(anchor: &Anchor) -> String {
    match anchor {
        Anchor::Literals { literals, caseless, .. } => {
            let shown: Vec<String> = literals
                .iter()
                .take(LITERALS_SHOWN_MAX)
                .map(|text| format!("\"{}\"", text.escape_ascii()))
                .collect();
            let rest = match literals.len().saturating_sub(LITERALS_SHOWN_MAX) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            let case = if *caseless { ", in any case" } else { "" };
            format!("literal {}{rest}{case}", shown.join(", "))
        }
        Anchor::Digits { .. } => "the first digit of a run of digits".to_owned(),
        Anchor::Token { len_min, .. } => {
            format!("a token: {len_min} or more letters, digits and + / = - _ in a row")
        }
        Anchor::Byte { byte, .. } => format!("the byte \"{}\"", char::from(*byte)),
        Anchor::Every => "none: the pattern is tried at every byte".to_owned(),
    }
}

/// Where a match can start, seen from the anchor.
pub(super) fn start(anchor: &Anchor, reach: &Reach) -> String {
    if matches!(anchor, Anchor::Every) {
        return "anywhere".to_owned();
    }
    let place =
        if matches!(anchor, Anchor::Token { .. }) { "inside the token" } else { "at the anchor" };
    match (reach.min, reach.max) {
        (0, 0) => place.to_owned(),
        (min, max) if min == max => {
            format!("{} before it: {}", counted(max, "byte"), bytes(reach.alphabet))
        }
        (min, max) => {
            format!("{min} to {} before it: {}", counted(max, "byte"), bytes(reach.alphabet))
        }
    }
}

/// A set of bytes: classes first, then single bytes.
pub(super) fn bytes(set: ByteSet) -> String {
    if set.is_empty() {
        return "nothing".to_owned();
    }
    if set == ByteSet::FULL {
        return "any byte".to_owned();
    }
    if set.len() > 128 {
        let complement = without(ByteSet::FULL, set);
        return format!("any byte but {}", bytes(complement));
    }
    let classes = [
        (ByteSet::range(b'A', b'Z'), "upper-case letters"),
        (ByteSet::range(b'a', b'z'), "lower-case letters"),
        (DIGITS, "digits"),
        (ByteSet::of(b"\t\n\x0b\x0c\r "), "white space"),
        (ByteSet::range(0x80, 0xff), "bytes beyond ASCII"),
    ];
    let mut names = Vec::new();
    let mut rest = set;
    for (class, name) in classes {
        if class.is_subset(rest) {
            names.push(name.to_owned());
            rest = without(rest, class);
        }
    }
    if names.starts_with(&["upper-case letters".to_owned(), "lower-case letters".to_owned()]) {
        names.splice(0..2, ["letters".to_owned()]);
    }
    let single: Vec<String> = rest.iter().take(BYTES_SHOWN_MAX).map(visible).collect();
    if !single.is_empty() {
        names.push(single.join(" "));
    }
    let more = rest.len().saturating_sub(BYTES_SHOWN_MAX);
    if more > 0 {
        names.push(format!("{more} other bytes"));
    }
    names.join(", ")
}

fn without(set: ByteSet, class: ByteSet) -> ByteSet {
    set.iter()
        .filter(|byte| !class.contains(*byte))
        .fold(ByteSet::EMPTY, |all, byte| all.union(ByteSet::one(byte)))
}

fn visible(byte: u8) -> String {
    match byte {
        b' ' => "space".to_owned(),
        _ if byte.is_ascii_graphic() => char::from(byte).to_string(),
        _ => byte.escape_ascii().to_string(),
    }
}

/// What a rule adds to a scan.
pub(super) fn added(rule_ns_per_kib: f64, without_ns_per_kib: f64) -> String {
    if rule_ns_per_kib < without_ns_per_kib * MEASURABLE_SHARE {
        "less than 1 %".to_owned()
    } else {
        format!("{rule_ns_per_kib:.1} ns per KiB")
    }
}

/// A pattern of several lines in one.
pub(super) fn one_line(pattern: &str) -> String {
    pattern.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matcher::anchor::Guard;
    use crate::matcher::byteset::{LETTERS, TOKEN};

    #[test]
    fn sets_of_bytes_are_put_in_words() {
        for (set, expect) in [
            (ByteSet::EMPTY, "nothing"),
            (ByteSet::FULL, "any byte"),
            (DIGITS, "digits"),
            (without(ByteSet::FULL, DIGITS), "any byte but digits"),
            (LETTERS, "letters"),
            (TOKEN, "letters, digits, + - / = _"),
            (ByteSet::range(b'a', b'f').union(ByteSet::one(b' ')), "space a b c d e f"),
            (ByteSet::range(b'a', b'y'), "a b c d e f g h i j k l, 13 other bytes"),
            (ByteSet::range(b'a', b'z').union(ByteSet::one(b'"')), "lower-case letters, \""),
        ] {
            assert_eq!(bytes(set), expect);
        }
    }

    #[test]
    fn long_lists_of_literals_are_cut() {
        let literals: Vec<_> = (0..10).map(|i| format!("key{i}").into_bytes()).collect();
        let reach = Reach { min: 0, max: 3, alphabet: DIGITS };
        let words = anchor(&Anchor::Literals {
            literals,
            caseless: true,
            word_start: true,
            reach,
            guard: Guard::default(),
        });
        assert!(words.starts_with("literal \"key0\", \"key1\""), "{words}");
        assert!(words.ends_with("\"key7\" and 2 more, in any case"), "{words}");
    }

    #[test]
    fn starts_are_put_in_words() {
        let reach = |min, max| Reach { min, max, alphabet: DIGITS };
        let byte = |reach| Anchor::Byte { byte: b'@', reach, guard: Guard::default() };
        for (min, max, expect) in [
            (0, 0, "at the anchor"),
            (2, 2, "2 bytes before it: digits"),
            (0, 4, "0 to 4 bytes before it: digits"),
        ] {
            let reach = reach(min, max);
            assert_eq!(start(&byte(reach), &reach), expect);
        }
        assert_eq!(start(&Anchor::Every, &reach(0, 0)), "anywhere");
    }

    #[test]
    fn what_the_clock_cannot_tell_is_not_told() {
        assert_eq!(added(-2.0, 400.0), "less than 1 %");
        assert_eq!(added(12.34, 400.0), "12.3 ns per KiB");
    }
}
