//! A line of text around a span, in which values show their shape only.

use crate::base::Span;
use crate::text::terminal::printable_char;
use std::fmt::Write as _;

/// Bytes before the span.
const BEFORE_BYTES: usize = 48;
/// Bytes after the span.
const AFTER_BYTES: usize = 32;
/// Bytes of the span itself.
const SPAN_BYTES: usize = 96;
/// Punctuation of a value that stays: it separates groups.
const SEPARATORS: &str = " -_.:/@+=";

/// Whether an excerpt shows values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Masking {
    /// Letters become `x`, digits `0`, other characters `*`.
    Shapes,
    /// Values are shown.
    Shown,
}

/// Cuts the span with what stands around it out of a text. `secret` are all spans whose text is not to be shown, by start.
pub fn excerpt(text: &str, span: Span, secret: &[Span], masking: Masking) -> Box<str> {
    let start = text.floor_char_boundary(span.start.saturating_sub(BEFORE_BYTES));
    // A finding is any bytes; what shows begins and ends with whole characters.
    let from = text.floor_char_boundary(span.start);
    let shown_end = text.ceil_char_boundary(span.end.min(span.start + SPAN_BYTES));
    let end = text.ceil_char_boundary((span.end + AFTER_BYTES).min(text.len())).max(shown_end);
    let mut out = String::with_capacity(BEFORE_BYTES + SPAN_BYTES + AFTER_BYTES);
    if start > 0 {
        out.push('…');
    }
    let mut push = |from: usize, to: usize| {
        for (at, char) in text[from..to].char_indices() {
            let (first, last) = (from + at, from + at + char.len_utf8());
            let hide = masking == Masking::Shapes
                && secret.iter().any(|secret| secret.start < last && first < secret.end);
            out.push(if hide { shape(char) } else { printable_char(char) });
        }
    };
    push(start, from);
    push(from, shown_end);
    if shown_end < span.end {
        let _ = write!(out, "…[{} bytes]", span.len());
    } else {
        push(shown_end, end);
    }
    if end < text.len() {
        out.push('…');
    }
    out.into_boxed_str()
}

fn shape(char: char) -> char {
    match char {
        _ if char.is_numeric() => '0',
        _ if char.is_uppercase() => 'X',
        _ if char.is_alphabetic() => 'x',
        '\n' | '\r' | '\t' => ' ',
        _ if SEPARATORS.contains(char) => char,
        _ => '*',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, value: &str, masking: Masking, expect: &str) {
        let start = text.find(value).unwrap();
        let span = Span::new(start, start + value.len());
        assert_eq!(&*excerpt(text, span, &[span], masking), expect);
    }

    #[test]
    fn values_show_their_shape() {
        check("card 4111-11 ok", "4111-11", Masking::Shapes, "card 0000-00 ok");
        check("pw: Tr0ub&é\tx", "Tr0ub&é", Masking::Shapes, "pw: Xx0xx*x x");
        check("pw: Tr0ub\u{1b}[2J", "Tr0ub", Masking::Shown, "pw: Tr0ub\u{FFFD}[2J");
        check("x", "x", Masking::Shapes, "x");
    }

    #[test]
    fn other_secrets_nearby_are_masked_too() {
        let secret = [Span::new(0, 3), Span::new(4, 7)];
        assert_eq!(&*excerpt("abc 123 d", secret[0], &secret, Masking::Shapes), "xxx 000 d");
    }

    #[test]
    fn long_lines_and_values_are_cut_between_characters() {
        let text = format!("{}KEY{}", "é".repeat(100), "é".repeat(100));
        let expect = format!("…{}XXX{}…", "é".repeat(24), "é".repeat(16));
        check(&text, "KEY", Masking::Shapes, &expect);
        let long = "k".repeat(500);
        check(&long, &long, Masking::Shapes, &format!("{}…[500 bytes]", "x".repeat(96)));
    }

    #[test]
    fn any_span_is_fine() {
        let text = "aéb日c\u{1F600}";
        for start in 0..text.len() {
            for end in start..=text.len() {
                let span = Span::new(start, end);
                assert!(excerpt(text, span, &[span], Masking::Shapes).len() > 3);
            }
        }
    }
}
