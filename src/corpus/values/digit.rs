//! Check digits, computed forwards.
//!
//! The validators of the project only ever *check*. Everything here is written from the published description of a scheme
//! and on its own, so that a mistake on one side shows as a disagreement in the tests.

use super::super::random::Random;

/// `n` random digit values.
pub(super) fn digits(random: &mut Random, n: usize) -> Vec<u8> {
    (0..n).map(|_| random.below(10) as u8).collect()
}

/// `n` random digit values, the first of which is not 0.
pub(super) fn digits_from_1(random: &mut Random, n: usize) -> Vec<u8> {
    let mut digits = digits(random, n);
    if let Some(first) = digits.first_mut() {
        *first = random.between(1, 9) as u8;
    }
    digits
}

/// The digits of a number, padded with zeros to `width`.
pub(super) fn padded(number: u64, width: usize) -> Vec<u8> {
    format!("{number:0width$}").bytes().map(|byte| byte - b'0').collect()
}

/// Digit values as text.
pub(super) fn text(digits: &[u8]) -> String {
    digits.iter().map(|&digit| char::from(b'0' + digit % 10)).collect()
}

/// The number that the digits spell; at most 18 of them.
pub(super) fn number(digits: &[u8]) -> u64 {
    digits.iter().fold(0, |sum, &digit| sum * 10 + u64::from(digit))
}

/// The sum of digits times weights.
pub(super) fn weighted(digits: &[u8], weights: &[u32]) -> u32 {
    digits.iter().zip(weights).map(|(&digit, &weight)| u32::from(digit) * weight).sum()
}

/// The Luhn digit behind these digits.
pub(super) fn luhn(digits: &[u8]) -> u8 {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, &digit)| {
            let value = u32::from(digit) * if place % 2 == 0 { 2 } else { 1 };
            value / 10 + value % 10
        })
        .sum();
    ((10 - sum % 10) % 10) as u8
}

/// The Luhn character in base 36 behind these upper-case letters and digits.
pub(super) fn luhn36(text: &str) -> char {
    let sum: u32 = text
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, byte)| {
            let value = base36(byte) * if place % 2 == 0 { 2 } else { 1 };
            value / 36 + value % 36
        })
        .sum();
    char::from_digit((36 - sum % 36) % 36, 36).unwrap_or('0').to_ascii_uppercase()
}

/// The value of a letter or digit in base 36.
pub(super) fn base36(byte: u8) -> u32 {
    char::from(byte).to_digit(36).unwrap_or(0)
}

/// The two ISO 7064 mod 97-10 digits behind this text, letters counting as two digits.
pub(super) fn mod97(text: &str) -> u32 {
    let rest = text.bytes().chain(*b"00").fold(0_u64, |sum, byte| {
        let value = u64::from(base36(byte));
        (sum * if value > 9 { 100 } else { 10 } + value) % 97
    });
    98 - rest as u32
}

/// The ISO 7064 mod 11,10 digit behind these digits.
pub(super) fn mod11_10(digits: &[u8]) -> u8 {
    let product = digits.iter().fold(10, |product, &digit| {
        let sum = (u32::from(digit) + product) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    ((11 - product) % 10) as u8
}

/// The digit that makes weights and check sum to a multiple of 11; `None` where the scheme has no digit for it.
pub(super) fn mod11(digits: &[u8], weights: &[u32]) -> Option<u8> {
    match 11 - weighted(digits, weights) % 11 {
        11 => Some(0),
        10 => None,
        digit => Some(digit as u8),
    }
}

/// Multiplication in the dihedral group of order 10, by its definition rather than as a table.
const fn dihedral(left: u8, right: u8) -> u8 {
    match (left < 5, right < 5) {
        (true, true) => (left + right) % 5,
        (true, false) => (left + right - 5) % 5 + 5,
        (false, true) => (left - 5 + 5 - right) % 5 + 5,
        (false, false) => (left + 5 - right) % 5,
    }
}

/// The Verhoeff digit behind these digits.
pub(super) fn verhoeff(digits: &[u8]) -> u8 {
    const PERMUTATION: [u8; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
    let mut state = 0;
    for (place, &digit) in digits.iter().rev().enumerate() {
        let mut value = digit % 10;
        for _ in 0..(place + 1) % 8 {
            value = PERMUTATION[usize::from(value)];
        }
        state = dihedral(state, value);
    }
    (0..10).find(|&digit| dihedral(state, digit) == 0).unwrap_or(0)
}

/// Draws until the scheme has a check digit for what was drawn.
pub(super) fn until<T>(mut draw: impl FnMut() -> Option<T>) -> Option<T> {
    // One draw in eleven has no digit, so a hundred in a row do not happen.
    (0..100).find_map(|_| draw())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<u8> {
        text.bytes().map(|byte| byte - b'0').collect()
    }

    /// Numbers from the descriptions of the schemes.
    #[test]
    fn schemes_agree_with_published_numbers() {
        assert_eq!(luhn(&of("7992739871")), 3);
        assert_eq!(verhoeff(&of("236")), 3);
        assert_eq!(verhoeff(&of("12345")), 1);
        assert_eq!(mod11_10(&of("0794")), 5);
        assert_eq!(mod97("WEST12345698765432GB"), 82);
        assert_eq!(mod11(&of("999999999"), &[10, 9, 8, 7, 6, 5, 4, 3, 2]), Some(9));
    }
}
