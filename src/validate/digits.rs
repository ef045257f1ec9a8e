//! Shared arithmetic: significant characters without allocation, and the common check-digit schemes.

use std::ops::Deref;

/// Significant characters of a value, at most `N`, in a fixed array.
#[derive(Clone, Copy, Debug)]
pub(super) struct Symbols<const N: usize> {
    symbols: [u8; N],
    len: usize,
}

impl<const N: usize> Symbols<N> {
    const fn new() -> Self {
        Self { symbols: [0; N], len: 0 }
    }

    /// Appends one symbol; `None` when the array is full.
    fn push(&mut self, symbol: u8) -> Option<()> {
        *self.symbols.get_mut(self.len)? = symbol;
        self.len += 1;
        Some(())
    }
}

impl<const N: usize> Deref for Symbols<N> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.symbols.get(..self.len).unwrap_or_default()
    }
}

/// Characters that people put between the groups of a number.
pub(super) const fn is_separator(byte: u8) -> bool {
    matches!(byte, b' ' | b'-' | b'.' | b'/')
}

/// Between 0 and `N` digit values, separators skipped; `None` for anything else.
pub(super) fn digits_up_to<const N: usize>(value: &[u8]) -> Option<Symbols<N>> {
    let mut symbols = Symbols::new();
    for &byte in value {
        match byte {
            b'0'..=b'9' => symbols.push(byte - b'0')?,
            _ if is_separator(byte) => {}
            _ => return None,
        }
    }
    Some(symbols)
}

/// Exactly `N` digit values, separators skipped.
pub(super) fn digits<const N: usize>(value: &[u8]) -> Option<[u8; N]> {
    let symbols = digits_up_to::<N>(value)?;
    (symbols.len == N).then_some(symbols.symbols)
}

/// Between 0 and `N` upper-cased letters and digits, separators skipped; `None` for anything else.
pub(super) fn alnum_up_to<const N: usize>(value: &[u8]) -> Option<Symbols<N>> {
    let mut symbols = Symbols::new();
    for &byte in value {
        if byte.is_ascii_alphanumeric() {
            symbols.push(byte.to_ascii_uppercase())?;
        } else if !is_separator(byte) {
            return None;
        }
    }
    Some(symbols)
}

/// Exactly `N` upper-cased letters and digits, separators skipped.
pub(super) fn alnum<const N: usize>(value: &[u8]) -> Option<[u8; N]> {
    let symbols = alnum_up_to::<N>(value)?;
    (symbols.len == N).then_some(symbols.symbols)
}

/// The value without this prefix, compared without case; the whole value if it has none.
pub(super) fn without_prefix<'a>(value: &'a [u8], prefix: &[u8]) -> &'a [u8] {
    match value.split_at_checked(prefix.len()) {
        Some((head, rest)) if head.eq_ignore_ascii_case(prefix) => rest,
        _ => value,
    }
}

/// Digit values of ASCII digits; `None` if one is not a digit.
pub(super) fn values<const N: usize>(ascii: &[u8]) -> Option<[u8; N]> {
    let mut values: [u8; N] = ascii.try_into().ok()?;
    for value in &mut values {
        if !value.is_ascii_digit() {
            return None;
        }
        *value -= b'0';
    }
    Some(values)
}

/// `0`-`9` as 0-9, `A`-`Z` as 10-35; other bytes as 0.
pub(super) const fn base36(byte: u8) -> u32 {
    match byte {
        b'0'..=b'9' => (byte - b'0') as u32,
        b'A'..=b'Z' => (byte - b'A') as u32 + 10,
        _ => 0,
    }
}

/// The decimal number that these digit values spell; callers pass at most 18 of them.
pub(super) fn number(digits: &[u8]) -> u64 {
    digits.iter().fold(0, |total, &digit| total.wrapping_mul(10).wrapping_add(u64::from(digit)))
}

/// The decimal number of these digit values modulo `modulus`, for any length.
pub(super) fn remainder(digits: &[u8], modulus: u64) -> u64 {
    digits.iter().fold(0, |total, &digit| (total * 10 + u64::from(digit)) % modulus)
}

/// Sum of digit times weight, as far as the shorter of both goes.
pub(super) fn weighted(digits: &[u8], weights: &[u32]) -> u32 {
    digits.iter().zip(weights).map(|(&digit, &weight)| u32::from(digit) * weight).sum()
}

/// Whether all symbols are equal: `000…`, `111…`. Such numbers often satisfy a checksum by accident.
pub(super) fn is_repeated(symbols: &[u8]) -> bool {
    symbols.windows(2).all(|pair| matches!(pair, [left, right] if left == right))
}

/// What the Luhn scheme adds for a doubled digit.
pub(super) const fn luhn_double(digit: u8) -> u32 {
    let doubled = digit as u32 * 2;
    if doubled > 9 { doubled - 9 } else { doubled }
}

/// Luhn sum (ISO/IEC 7812-1) with every second digit from the right doubled, the check digit last.
pub(super) fn luhn_sum(digits: &[u8]) -> u32 {
    let mut sum = 0;
    for (position, &digit) in digits.iter().rev().enumerate() {
        sum += if position % 2 == 1 { luhn_double(digit) } else { u32::from(digit) };
    }
    sum
}

/// Luhn check of digit values, the check digit last.
pub(super) fn luhn(digits: &[u8]) -> bool {
    luhn_sum(digits).is_multiple_of(10)
}

/// ISO 7064 mod 97-10 of upper-case letters and digits: letters count as two digits, the remainder must be 1.
pub(super) fn mod97(alnum: impl Iterator<Item = u8>) -> bool {
    let mut total = 0;
    for byte in alnum {
        let value = base36(byte);
        total = (total * if value > 9 { 100 } else { 10 } + value) % 97;
    }
    total == 1
}

/// ISO 7064 mod 11,10 of digit values, the check digit last.
pub(super) fn mod11_10(digits: &[u8]) -> bool {
    let Some((&last, body)) = digits.split_last() else { return false };
    let mut product = 10;
    for &digit in body {
        let sum = (u32::from(digit) + product) % 10;
        product = (if sum == 0 { 10 } else { sum }) * 2 % 11;
    }
    (product + u32::from(last)) % 10 == 1
}

/// ISO 7064 mod 11-2 of digit values; the check value may be 10, written `X`.
pub(super) fn mod11_2(values: &[u8]) -> bool {
    values.iter().fold(0, |total, &value| (total * 2 + u32::from(value)) % 11) == 1
}

/// Verhoeff's dihedral scheme on digit values, the check digit last.
pub(super) fn verhoeff(digits: &[u8]) -> bool {
    let mut check = 0;
    for (position, &digit) in digits.iter().rev().enumerate() {
        check = dihedral(check, permute(digit, position % 8));
    }
    check == 0
}

/// Product in the dihedral group of the pentagon: 0-4 are rotations, 5-9 reflections.
const fn dihedral(left: u8, right: u8) -> u8 {
    match (left < 5, right < 5) {
        (true, true) => (left + right) % 5,
        (true, false) => (left + right) % 5 + 5,
        (false, true) => (left - right) % 5 + 5,
        (false, false) => (5 + left - right) % 5,
    }
}

/// Verhoeff's permutation, applied `times` times.
fn permute(digit: u8, times: usize) -> u8 {
    const STEP: [u8; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
    let mut permuted = digit;
    for _ in 0..times {
        permuted = STEP.get(usize::from(permuted)).copied().unwrap_or(0);
    }
    permuted
}

/// `11 - sum mod 11` as a check value from 1 to 11.
pub(super) const fn eleven_minus(sum: u32) -> u32 {
    11 - sum % 11
}

/// ICAO 9303 sum: weights 7, 3, 1 over base-36 values, `<` counting 0; modulo 10.
pub(super) fn icao(symbols: &[u8]) -> u32 {
    symbols
        .iter()
        .zip([7, 3, 1].into_iter().cycle())
        .map(|(&byte, weight)| base36(byte) * weight)
        .sum::<u32>()
        % 10
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_are_skipped_and_lengths_are_exact() {
        assert_eq!(digits::<4>(b"1-2.3/4"), Some([1, 2, 3, 4]));
        assert_eq!(digits::<4>(b"123"), None);
        assert_eq!(digits::<4>(b"12345"), None);
        assert_eq!(digits::<4>(b"12a4"), None);
        assert_eq!(alnum::<3>(b"a-B 1"), Some(*b"AB1"));
    }

    #[test]
    fn published_examples_satisfy_their_scheme() {
        assert!(luhn(&[7, 9, 9, 2, 7, 3, 9, 8, 7, 1, 3]));
        assert!(verhoeff(&[2, 3, 6, 3]));
        assert!(!verhoeff(&[2, 3, 6, 4]));
        assert!(mod11_10(&[0, 7, 9, 4, 5]));
        assert!(mod11_2(&[0, 7, 9, 4, 0]));
        assert!(mod97(b"3214282912345698765432161182".iter().copied()));
        assert_eq!(icao(b"520727"), 3);
    }
}
