//! Tokens that are written backwards, or with rot13: only where the result begins as a known kind of value does.

use super::runs;
use crate::base::Span;
use crate::text::views::view::Builder;

/// Shorter tokens are no secrets.
pub(in crate::text::views) const RUN_BYTES_MIN: usize = 12;

/// How well-known secrets begin.
const STARTS: [&[u8]; 22] = [
    b"AKIA",
    b"ASIA",
    b"ghp_",
    b"gho_",
    b"ghu_",
    b"ghs_",
    b"ghr_",
    b"github_pat_",
    b"glpat-",
    b"xoxb-",
    b"xoxp-",
    b"xapp-",
    b"sk-",
    b"sk_live_",
    b"rk_live_",
    b"AIza",
    b"eyJ",
    b"SG.",
    b"npm_",
    b"hf_",
    b"pypi-",
    b"dop_v1_",
];
/// How most mail addresses end.
const ENDS: [&[u8]; 5] = [b".com", b".org", b".net", b".de", b".example"];

/// Whether a byte can be in a token.
pub(in crate::text::views) const fn in_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'@' | b'+' | b'/')
}

/// Turns every token of a segment that is something when it is read from its end.
pub(in crate::text::views) fn decode<'t>(text: &'t [u8], segment: Span, out: &mut Builder<'t>) {
    for run in runs(text, segment, RUN_BYTES_MIN, in_token) {
        if is_something(text[run.range()].iter().rev().copied()) {
            out.reversed(run);
        }
    }
}

/// Moves the letters of every token of a segment that is something then.
pub(in crate::text::views) fn decode_rot13<'t>(
    text: &'t [u8],
    segment: Span,
    out: &mut Builder<'t>,
) {
    for run in runs(text, segment, RUN_BYTES_MIN, in_token) {
        let token = &text[run.range()];
        if is_something(token.iter().map(|byte| rot13(*byte))) {
            for (i, byte) in token.iter().enumerate() {
                out.unit(Span::new(run.start + i, run.start + i + 1), &[rot13(*byte)]);
            }
        }
    }
}

/// A letter moved by 13 places, another byte as it is.
pub(in crate::text::views) const fn rot13(byte: u8) -> u8 {
    match byte {
        b'a'..=b'm' | b'A'..=b'M' => byte + 13,
        b'n'..=b'z' | b'N'..=b'Z' => byte - 13,
        _ => byte,
    }
}

fn is_something(token: impl DoubleEndedIterator<Item = u8> + Clone) -> bool {
    begins(token.clone()) || token.clone().any(|byte| byte == b'@') && ends(token.rev())
}

/// Whether a token begins as a well-known secret does.
pub(in crate::text::views) fn begins(token: impl Iterator<Item = u8> + Clone) -> bool {
    let Some(first) = token.clone().next() else { return false };
    let begins = |start: &&[u8]| token.clone().take(start.len()).eq(start.iter().copied());
    STARTS.iter().filter(|start| start[0] == first).any(begins)
}

/// Whether a token, read from its end, ends as most mail addresses do.
pub(in crate::text::views) fn ends(token: impl Iterator<Item = u8> + Clone) -> bool {
    let ends = |end: &&[u8]| token.clone().take(end.len()).eq(end.iter().rev().copied());
    ENDS.iter().any(ends)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, check_raw};
    use super::*;

    #[test]
    fn known_kinds_are_turned() {
        check(
            decode,
            &[
                ("key ELPMAXE7NNDOFSOIAIKA.", ""),
                ("key ELPMAXE7NNDOFSOIAIKA", "key AKIAIOSFODNN7EXAMPLE"),
                ("moc.elpmaxe@enaj", "jane@example.com"),
                ("an ordinary internationalisation", ""),
            ],
        );
        check(
            decode_rot13,
            &[
                ("key NXVNVBFSBQAA7RKNZCYR", "key AKIAIOSFODNN7EXAMPLE"),
                ("wnar@rknzcyr.pbz", "jane@example.com"),
                ("jane@example.com", ""),
            ],
        );
        check_raw(decode, "x moc.elpmaxe@enaj", "jane@", "@enaj");
    }
}
