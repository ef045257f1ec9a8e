//! The inside of JSON strings: skipping plain bytes and decoding escapes.

/// Bytes that are looked at together: wide enough for the compiler to use SIMD registers.
const BLOCK_BYTES: usize = 32;
const WORD_BYTES: usize = 8;
/// Words that are tried before blocks: keys and short values end here.
const WORDS_FIRST: usize = 2;

const ONES: u64 = u64::from_le_bytes([1; WORD_BYTES]);
const HIGHS: u64 = u64::from_le_bytes([0x80; WORD_BYTES]);

/// Writes text as the inside of a JSON string.
pub fn escape(text: &[u8], out: &mut Vec<u8>) {
    for &byte in text {
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            0..0x20 => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
            _ => out.push(byte),
        }
    }
}

/// The same for text.
pub fn escaped(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    escape(text.as_bytes(), &mut out);
    String::from_utf8(out).expect("escapes are ASCII and the rest is as it was")
}

/// Why an escape sequence is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BadEscape {
    /// The text ends inside it.
    Truncated,
    /// Not an escape sequence of JSON.
    Syntax,
}

/// A decoded escape sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Decoded {
    /// What it stands for.
    pub(super) char: char,
    /// Length of the sequence in bytes: 2, 6 or 12.
    pub(super) raw_len: u8,
    /// True if it was a surrogate without its other half.
    pub(super) lone_surrogate: bool,
}

/// Length of the prefix without quotes, backslashes and control characters.
#[inline]
pub(super) fn plain_len(bytes: &[u8]) -> usize {
    let mut at = 0;
    for _ in 0..WORDS_FIRST {
        let Some(word) = bytes[at..].first_chunk() else { break };
        match special_in_word(*word) {
            Some(offset) => return at + offset,
            None => at += WORD_BYTES,
        }
    }
    while let Some(block) = bytes[at..].first_chunk::<BLOCK_BYTES>() {
        if has_special(block) {
            break;
        }
        at += BLOCK_BYTES;
    }
    while let Some(word) = bytes[at..].first_chunk() {
        match special_in_word(*word) {
            Some(offset) => return at + offset,
            None => at += WORD_BYTES,
        }
    }
    at + bytes[at..].iter().take_while(|byte| !is_special(**byte)).count()
}

/// Whether any byte of a block is special. Bytes, not truth values, are joined: only those the compiler keeps in SIMD registers, which makes
/// plain text five times as fast.
#[inline]
fn has_special(block: &[u8; BLOCK_BYTES]) -> bool {
    let special =
        |byte: u8| u8::from(byte == b'"') | u8::from(byte == b'\\') | u8::from(byte < 0x20);
    block.iter().fold(0, |any, &byte| any | special(byte)) != 0
}

#[inline]
fn is_special(byte: u8) -> bool {
    byte == b'"' || byte == b'\\' || byte < 0x20
}

/// Offset of the first special byte of a word.
///
/// Each of the three tests sets the high bit of every byte that passes. A borrow can set further ones, but only above a byte
/// that passes, so the lowest is right.
#[inline]
fn special_in_word(word: [u8; WORD_BYTES]) -> Option<usize> {
    let word = u64::from_le_bytes(word);
    let quote = word ^ (ONES * u64::from(b'"'));
    let backslash = word ^ (ONES * u64::from(b'\\'));
    let hits = (quote.wrapping_sub(ONES) & !quote)
        | (backslash.wrapping_sub(ONES) & !backslash)
        | (word.wrapping_sub(ONES * 0x20) & !word);
    let hits = hits & HIGHS;
    (hits != 0).then(|| hits.trailing_zeros() as usize / 8)
}

/// Decodes the escape sequence at the start of `bytes`, which is a backslash.
pub(super) fn decode_escape(bytes: &[u8]) -> Result<Decoded, BadEscape> {
    let char = match bytes.get(1) {
        None => return Err(BadEscape::Truncated),
        Some(b'"') => '"',
        Some(b'\\') => '\\',
        Some(b'/') => '/',
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => return decode_unicode(bytes),
        Some(_) => return Err(BadEscape::Syntax),
    };
    Ok(Decoded { char, raw_len: 2, lone_surrogate: false })
}

/// Decodes `\uXXXX`, or two of them that form a surrogate pair.
fn decode_unicode(bytes: &[u8]) -> Result<Decoded, BadEscape> {
    let unit = hex4(&bytes[2..])?;
    if let Some(char) = char::from_u32(unit) {
        return Ok(Decoded { char, raw_len: 6, lone_surrogate: false });
    }
    // A pair needs a low surrogate right behind a high one. If what follows is broken, it is reported when its turn comes.
    let low = match bytes.get(6..8) {
        Some(br"\u") if unit < 0xdc00 => hex4(&bytes[8..]).ok(),
        _ => None,
    };
    match low.filter(|low| (0xdc00..0xe000).contains(low)) {
        Some(low) => {
            let scalar = 0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
            let char = char::from_u32(scalar).unwrap_or(char::REPLACEMENT_CHARACTER);
            Ok(Decoded { char, raw_len: 12, lone_surrogate: false })
        }
        None => Ok(Decoded { char: char::REPLACEMENT_CHARACTER, raw_len: 6, lone_surrogate: true }),
    }
}

/// The value of the four hexadecimal digits at the start of `bytes`.
fn hex4(bytes: &[u8]) -> Result<u32, BadEscape> {
    let mut value = 0;
    for index in 0..4 {
        let byte = *bytes.get(index).ok_or(BadEscape::Truncated)?;
        let digit = char::from(byte).to_digit(16).ok_or(BadEscape::Syntax)?;
        value = value << 4 | digit;
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_len_stops_at_each_special_byte_at_each_offset() {
        for special in (0..=u8::MAX).filter(|&byte| is_special(byte)) {
            for offset in 0..100 {
                for filler in [b'a', b' ', b'!', b'#', b'[', b']', 0x7f, 0x80, 0xa2, 0xff] {
                    let mut bytes = vec![filler; 140];
                    bytes[offset] = special;
                    assert_eq!(plain_len(&bytes), offset, "{special} in {filler}");
                    bytes[offset + 1..].fill(special);
                    assert_eq!(plain_len(&bytes), offset, "{special} behind {filler}");
                }
            }
        }
    }

    #[test]
    fn plain_len_is_the_whole_length_without_special_bytes() {
        let plain: Vec<u8> = (0..=u8::MAX).filter(|&byte| !is_special(byte)).collect();
        for start in 0..plain.len() {
            assert_eq!(plain_len(&plain[start..]), plain.len() - start);
        }
    }

    #[test]
    fn escapes_decode() {
        let check = |escape: &str, char, raw_len, lone_surrogate| {
            let expect = Ok(Decoded { char, raw_len, lone_surrogate });
            assert_eq!(decode_escape(escape.as_bytes()), expect, "{escape}");
        };
        check(r#"\"x"#, '"', 2, false);
        check(r"\\", '\\', 2, false);
        check(r"\/", '/', 2, false);
        check(r"\b", '\u{8}', 2, false);
        check(r"\f", '\u{c}', 2, false);
        check(r"\n", '\n', 2, false);
        check(r"\r", '\r', 2, false);
        check(r"\t", '\t', 2, false);
        check(r"\u0000", '\0', 6, false);
        check(r"\u00e9e9", 'é', 6, false);
        check(r"\uFfFd", '\u{fffd}', 6, false);
        check(r"\ud83d\ude00", '😀', 12, false);
        check(r"\uDBFF\uDFFF", '\u{10ffff}', 12, false);
        check(r"\ud83d", '\u{fffd}', 6, true);
        check(r"\ud83dx", '\u{fffd}', 6, true);
        check(r"\ud83d\n", '\u{fffd}', 6, true);
        check(r"\ud83d\ud83d\ude00", '\u{fffd}', 6, true);
        check(r"\ud83d\u0041", '\u{fffd}', 6, true);
        check(r"\ud83d\u00", '\u{fffd}', 6, true);
        check(r"\ude00\ud83d", '\u{fffd}', 6, true);
    }

    #[test]
    fn broken_escapes_are_told_apart_from_cut_ones() {
        let check = |escape: &str, expect| {
            assert_eq!(decode_escape(escape.as_bytes()), Err(expect), "{escape}");
        };
        check(r"\", BadEscape::Truncated);
        check(r"\u", BadEscape::Truncated);
        check(r"\u00e", BadEscape::Truncated);
        check(r"\x", BadEscape::Syntax);
        check(r"\U0041", BadEscape::Syntax);
        check(r#"\u00""#, BadEscape::Syntax);
        check(r"\u+041", BadEscape::Syntax);
        check("\\\n", BadEscape::Syntax);
    }
}
