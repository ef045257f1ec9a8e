//! HTML entities: decimal, hexadecimal and the named ones of ASCII, with or without the semicolon.

use super::{hex_number, put};
use crate::base::Span;
use crate::text::views::view::Builder;

/// Longest run of digits that is one number.
const DIGITS_MAX: usize = 10;

/// Named characters that can be in a value. Sorted.
const NAMES: [(&[u8], char); 36] = [
    (b"NewLine", '\n'),
    (b"Tab", '\t'),
    (b"amp", '&'),
    (b"apos", '\''),
    (b"ast", '*'),
    (b"bsol", '\\'),
    (b"colon", ':'),
    (b"comma", ','),
    (b"commat", '@'),
    (b"dash", '-'),
    (b"dollar", '$'),
    (b"equals", '='),
    (b"excl", '!'),
    (b"grave", '`'),
    (b"gt", '>'),
    (b"hyphen", '-'),
    (b"lbrace", '{'),
    (b"lbrack", '['),
    (b"lowbar", '_'),
    (b"lpar", '('),
    (b"lsqb", '['),
    (b"lt", '<'),
    (b"nbsp", '\u{a0}'),
    (b"num", '#'),
    (b"percnt", '%'),
    (b"period", '.'),
    (b"plus", '+'),
    (b"quest", '?'),
    (b"quot", '"'),
    (b"rbrace", '}'),
    (b"rbrack", ']'),
    (b"rpar", ')'),
    (b"rsqb", ']'),
    (b"semi", ';'),
    (b"shy", '\u{ad}'),
    (b"sol", '/'),
];

/// Decodes every entity of a segment.
pub(in crate::text::views) fn decode<'t>(text: &'t [u8], segment: Span, out: &mut Builder<'t>) {
    let part = &text[..segment.end];
    let mut next = segment.start;
    while let Some(found) = memchr::memchr(b'&', &part[next..]) {
        let at = next + found;
        next = at + 1;
        if let Some((char, len)) = entity(&part[next..]) {
            let semicolon = usize::from(part.get(next + len) == Some(&b';'));
            next += len + semicolon;
            put(out, Span::new(at, next), char);
        }
    }
}

/// Whether an entity stands behind an ampersand.
pub(in crate::text::views) fn is_entity(rest: &[u8]) -> bool {
    entity(rest).is_some()
}

/// What stands behind an ampersand, and its length without the semicolon.
fn entity(rest: &[u8]) -> Option<(char, usize)> {
    if rest.first() != Some(&b'#') {
        return named(rest);
    }
    let hex = matches!(rest.get(1), Some(b'x' | b'X'));
    let start = if hex { 2 } else { 1 };
    let digit = |byte: &u8| if hex { byte.is_ascii_hexdigit() } else { byte.is_ascii_digit() };
    let digits = rest.get(start..)?;
    let len = digits.iter().take(DIGITS_MAX).take_while(|byte| digit(byte)).count();
    let digits = &digits[..len];
    // Leading zeros are allowed, and hide.
    let zeros = digits.iter().take_while(|byte| **byte == b'0').count();
    let number = if hex {
        hex_number(&digits[zeros..])?
    } else {
        digits.iter().try_fold(0_u32, |number, byte| {
            number.checked_mul(10)?.checked_add(u32::from(byte - b'0'))
        })?
    };
    // Zero, which HTML does not show, can be half of a character in UTF-16.
    let char = char::from_u32(number).filter(|_| len > 0)?;
    Some((char, start + len))
}

fn named(rest: &[u8]) -> Option<(char, usize)> {
    let len = rest.iter().take(8).take_while(|byte| byte.is_ascii_alphabetic()).count();
    let index = NAMES.binary_search_by(|(name, _)| name.cmp(&&rest[..len])).ok()?;
    // Without its semicolon a name may be a parameter of a link: `&num=4`.
    (rest.get(len) == Some(&b';')).then_some((NAMES[index].1, len))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, check_raw};
    use super::*;

    #[test]
    fn entities_decode() {
        assert!(NAMES.is_sorted());
        check(
            decode,
            &[
                ("&#65;&#x6B;&#X49;&#00065;", "AkIA"),
                ("&#65&#75 &#73", "AK I"),
                ("jane&commat;example&period;com", "jane@example.com"),
                ("a &amp;#65;", "a &#65;"),
                ("a & b &copy &num=4 &#; &#x; &#1114112; &#99999999999; &", ""),
            ],
        );
        check_raw(decode, "x jane&#64;x.org y", "jane@x.org", "jane&#64;x.org");
    }
}
