//! Tokens that are digits where the value has digits: FF1 of NIST SP 800-38G. Spaces and hyphens stay.

use super::keys::SessionKey;
use fpe::ff1::FlexibleNumeralString;

/// Fewest digits: below a million values all of them can be tried, and the standard forbids it.
const DIGITS_MIN: usize = 6;
/// Most digits, above those of any number that people use.
const DIGITS_MAX: usize = 40;

/// The token of a number; none if the value is no number, or too short. Other attempts give other tokens.
pub(super) fn token(key: &SessionKey, label: &str, value: &str, attempt: u8) -> Option<String> {
    let separates = |byte: u8| matches!(byte, b' ' | b'-' | b'.' | b'/' | b'(' | b')' | b'+');
    if !value.bytes().all(|byte| byte.is_ascii_digit() || separates(byte)) {
        return None;
    }
    let digits = value.bytes().filter(u8::is_ascii_digit);
    let digits: Vec<u16> = digits.map(|byte| u16::from(byte - b'0')).collect();
    if !(DIGITS_MIN..=DIGITS_MAX).contains(&digits.len()) {
        return None;
    }
    let tweak = [&[attempt], label.as_bytes()].concat();
    let sealed = key.digits().encrypt(&tweak, &FlexibleNumeralString::from(digits)).ok()?;
    let mut sealed = Vec::<u16>::from(sealed).into_iter();
    let shown = value.chars().map(|char| match char {
        '0'..='9' => sealed.next().and_then(|digit| char::from_digit(digit.into(), 10)),
        _ => Some(char),
    });
    shown.collect()
}

#[cfg(test)]
mod tests {
    use super::super::keys::Secret;
    use super::*;

    #[test]
    fn digits_change_and_nothing_else() {
        let key = Secret::new([3; 32]).session(["t", "", "s"]);
        for value in ["123456", "+1 (212) 555-0123", "4111 1111 1111 1111"] {
            let token = |attempt| token(&key, "finance.card", value, attempt).unwrap();
            let shape = |text: &str| text.replace(|char: char| char.is_ascii_digit(), "0");
            assert_eq!(shape(&token(0)), shape(value));
            assert!(token(0) != value && token(0) != token(1) && token(0) == token(0));
        }
        for value in ["12345", "12 34 5", "12345a", "", "jane@x.y", &"1".repeat(41)] {
            assert_eq!(token(&key, "x", value, 0), None, "{value}");
        }
    }

    /// Different numbers have different tokens: it is a permutation.
    #[test]
    fn numbers_do_not_collide() {
        let key = Secret::new([3; 32]).session(["t", "", "s"]);
        let tokens = (0..2000).map(|number| token(&key, "x", &format!("{number:06}"), 0).unwrap());
        let tokens: std::collections::HashSet<_> = tokens.collect();
        assert_eq!(tokens.len(), 2000);
    }
}
