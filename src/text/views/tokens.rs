//! What a long token may be: the first characters of it tell, and most are nothing.

use super::decode::{base32, base64, hex, reversed};
use super::kinds::Kinds;
use crate::base::{Span, ViewKind};

/// Shorter runs are words.
pub(super) const RUN_BYTES_MIN: usize = 16;

/// Classes of bytes, whose rows within a run are looked at by themselves.
const BASE64: u8 = 1;
const ALNUM: u8 = 2;
const HEX: u8 = 4;

const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let is = byte as u8;
        classes[byte] = if base64::value(is).is_some() { BASE64 } else { 0 }
            | if is.is_ascii_alphanumeric() { ALNUM } else { 0 }
            | if is.is_ascii_hexdigit() { HEX } else { 0 };
        byte += 1;
    }
    classes
};

/// The views that a run of token characters calls for.
pub(super) fn of_run(text: &[u8], run: Span) -> Kinds {
    let mut kinds = Kinds::NONE;
    // Per class, where the row of bytes of it began that ends here.
    let (mut base64, mut alnum, mut hex) = (run.start, run.start, run.start);
    for (at, byte) in text.iter().enumerate().take(run.end).skip(run.start) {
        let class = CLASSES[usize::from(*byte)];
        let row = |start: &mut usize, of: u8| {
            if class & of == 0 {
                *start = at + 1;
            }
            at + 1 - *start == RUN_BYTES_MIN
        };
        let (letters, plain, digits) =
            (row(&mut base64, BASE64), row(&mut alnum, ALNUM), row(&mut hex, HEX));
        if letters || plain || digits {
            let start: &[u8; RUN_BYTES_MIN] = text[..=at].last_chunk().expect("that many bytes");
            kinds |= Kinds::when(ViewKind::Base64, (letters || plain) && base64::begins(start))
                .or(Kinds::when(ViewKind::Base32, plain && base32::begins(start)))
                .or(Kinds::when(ViewKind::Hex, digits && hex::begins(start)));
        }
    }
    let mut start = run.start;
    for part in text[run.range()].split(|byte| *byte == b'=') {
        if part.len() >= reversed::RUN_BYTES_MIN {
            kinds |= turned(text, Span::new(start, start + part.len()));
        }
        start += part.len() + 1;
    }
    kinds
}

/// Whether a token begins as a secret does in rot13, or ends as one does backwards. A short part of it may stand in front of a point.
fn turned(text: &[u8], run: Span) -> Kinds {
    let in_token = |byte: &&u8| reversed::in_token(**byte);
    let before = text[..run.start].iter().rev().take(PART_BYTES_MAX).take_while(in_token).count();
    let behind = text[run.end..].iter().take(PART_BYTES_MAX).take_while(in_token).count();
    let start = &text[run.start - before..];
    let end = &text[..run.end + behind];
    let backwards = reversed::begins(end.iter().rev().copied());
    let rot13 = reversed::begins(start.iter().map(|byte| reversed::rot13(*byte)));
    Kinds::when(ViewKind::Reversed, backwards).or(Kinds::when(ViewKind::Rot13, rot13))
}

/// Bytes of a part of a token that is no run of its own.
const PART_BYTES_MAX: usize = 8;

/// Longest half of a mail address.
const MAIL_HALF_BYTES_MAX: usize = 64;

/// The token around an `@`, if it is the first one in it, and the views that it calls for as a mail address.
pub(super) fn of_at(text: &[u8], at: usize) -> (Span, Kinds) {
    let in_half = |byte: &&u8| reversed::in_token(**byte) && **byte != b'@';
    let left = text[..at].iter().rev().take(MAIL_HALF_BYTES_MAX).take_while(in_half).count();
    let right = text[at + 1..].iter().take(MAIL_HALF_BYTES_MAX).take_while(in_half).count();
    let token = Span::new(at - left, at + 1 + right);
    let bytes = &text[token.range()];
    let backwards = reversed::ends(bytes.iter().copied());
    let rot13 = reversed::ends(bytes.iter().rev().map(|byte| reversed::rot13(*byte)));
    (token, Kinds::when(ViewKind::Reversed, backwards).or(Kinds::when(ViewKind::Rot13, rot13)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ViewKind::{Base32, Base64, Hex, Reversed, Rot13};

    fn check(token: &str, expect: &[ViewKind]) {
        for (before, after) in [("", ""), ("see ", ", or"), ("\"", "\"")] {
            let text = [before, token, after].concat();
            let run = Span::new(before.len(), before.len() + token.len());
            let mut kinds = of_run(text.as_bytes(), run);
            for (at, _) in text.match_indices('@') {
                kinds |= of_at(text.as_bytes(), at).1;
            }
            assert_eq!(kinds.iter().collect::<Vec<_>>(), expect, "{text}");
        }
    }

    #[test]
    fn identifiers_are_dismissed() {
        for token in [
            "550e8400-e29b-41d4-a716-446655440000",
            "d2f1c0b6e6e84a5a9c1a7f1c2f0e6b7d51234567",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "chatcmpl-9xQz5fTtV0aBcDeFgHiJkLmNoPqRsTu",
            "call_Zx8mQp2LrT6vWy0AbCdEfGhI",
            "/usr/share/doc/packages/readme",
            "/v1/chat/completions",
            "a_rather_long_identifier_of_some_code",
            "ThisIsAClassNameWithManyWords",
            "internationalization",
            "20260301T120000Z-20260302T120000Z",
            "================================",
            "--------------------------------",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "jane.doe@mail.example.com",
            "4539148803436467",
        ] {
            check(token, &[]);
        }
    }

    #[test]
    fn encodings_are_noticed() {
        check("amFuZS5kb2VAZXhhbXBsZS5jb20", &[Base64]);
        check("key=amFuZS5kb2VAZXhhbXBsZS5jb20=", &[Base64]);
        check("/api/amFuZS5kb2VAZXhhbXBsZS5jb20/x", &[Base64]);
        check("NJQW4ZJOMRXWKQDFPBQW24DMMUXGG33N", &[Base32]);
        check("6a616e652e646f65406578616d706c65", &[Hex]);
        check("0x6a616e652e646f65406578616d706c65", &[Hex]);
        check("ELPMAXE7NNDOFSOIAIKA", &[Reversed]);
        check("moc.elpmaxe@eod.enaj", &[Reversed]);
        check("NXVNVBFSBQAA7RKNZCYR", &[Rot13]);
        check("wnar.qbr@rknzcyr.pbz", &[Rot13]);
        check("AWS_KEY=NXVNVBFSBQAA7RKNZCYR", &[Rot13]);
        check("key=ELPMAXE7NNDOFSOIAIKA=", &[Reversed]);
    }
}
