//! Brazil.

use super::digits::{alnum, digits, is_repeated, weighted};

/// Taxpayer number of a person: two check digits modulo 11.
pub(in crate::validate) fn cpf(value: &[u8]) -> bool {
    digits::<11>(value).is_some_and(|digits| {
        let first = weighted(&digits, &[10, 9, 8, 7, 6, 5, 4, 3, 2]);
        let second = weighted(&digits, &[11, 10, 9, 8, 7, 6, 5, 4, 3, 2]);
        check(first) == u32::from(digits[9])
            && check(second) == u32::from(digits[10])
            && !is_repeated(&digits)
    })
}

/// Company number, digits or the alphanumeric form of 2026: characters count as their code less 48.
pub(in crate::validate) fn cnpj(value: &[u8]) -> bool {
    let Some(cnpj) = alnum::<14>(value) else { return false };
    let mut symbols = cnpj;
    for symbol in &mut symbols {
        *symbol -= b'0';
    }
    let first = weighted(&symbols, &[5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]);
    let second = weighted(&symbols, &[6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]);
    cnpj[12..].iter().all(u8::is_ascii_digit)
        && !is_repeated(&cnpj[..12])
        && check(first) == u32::from(symbols[12])
        && check(second) == u32::from(symbols[13])
}

/// Eleven less the remainder; remainders 0 and 1 give 0.
const fn check(sum: u32) -> u32 {
    let rest = sum % 11;
    if rest < 2 { 0 } else { 11 - rest }
}
