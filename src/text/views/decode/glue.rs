//! String literals that code adds up: `"sk-" + "abc"`.

use crate::base::Span;
use crate::text::views::view::Builder;

/// White space to either side of the sign, in bytes.
const SPACE_BYTES_MAX: usize = 80;

/// Leaves out what stands between the literals of a segment.
pub(in crate::text::views) fn decode<'t>(text: &'t [u8], segment: Span, out: &mut Builder<'t>) {
    let part = &text[..segment.end];
    let mut next = segment.start;
    while let Some(found) = memchr::memchr(b'+', &part[next..]) {
        let at = next + found;
        if let Some(glue) = glue(part, next, at) {
            out.unit(glue, &[]);
            next = glue.end;
        } else {
            next = at + 1;
        }
    }
}

/// From the quote that closes one literal to the quote that opens the next.
fn glue(part: &[u8], floor: usize, at: usize) -> Option<Span> {
    let left = part[floor.max(at.saturating_sub(SPACE_BYTES_MAX))..at].trim_ascii_end();
    let before = &part[at + 1..part.len().min(at + 1 + SPACE_BYTES_MAX)];
    let right = before.trim_ascii_start();
    let left_len = part[..at].len() - at + (at - floor).min(SPACE_BYTES_MAX) - left.len();
    let is_quote = |byte: &&u8| matches!(byte, b'"' | b'\'' | b'`');
    left.last().filter(is_quote)?;
    // A literal may have a prefix: f"…", r'…'.
    let prefix = usize::from(right.first().is_some_and(u8::is_ascii_alphabetic));
    right.get(prefix).filter(is_quote)?;
    let end = at + 1 + (before.len() - right.len()) + prefix + 1;
    Some(Span::new(at - left_len - 1, end))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, check_raw};
    use super::*;

    #[test]
    fn literals_are_joined() {
        check(
            decode,
            &[
                (r#"key = "sk-" + "abc" + 'def'"#, r#"key = "sk-abcdef'"#),
                ("a = 'AK'+\n    f'IA';", "a = 'AKIA';"),
                ("\"a\" + b + \"c\"", ""),
                ("1 + 2 + x", ""),
                ("\"+\"", ""),
                ("+", ""),
            ],
        );
        check_raw(decode, r#"k = "sk-" + "abc""#, "sk-abc", r#"sk-" + "abc"#);
    }
}
