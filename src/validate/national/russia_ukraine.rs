//! Russia and Ukraine.

use super::digits::{digits, digits_up_to, is_repeated, number, remainder, weighted};

/// Russian tax number: ten digits for companies, twelve with two check digits for persons.
pub(in crate::validate) fn ru_inn(value: &[u8]) -> bool {
    const COMPANY: [u32; 9] = [2, 4, 10, 3, 5, 9, 4, 6, 8];
    const FIRST: [u32; 10] = [7, 2, 4, 10, 3, 5, 9, 4, 6, 8];
    const SECOND: [u32; 11] = [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8];
    let Some(digits) = digits_up_to::<12>(value) else { return false };
    let check = |weights: &[u32]| weighted(&digits, weights) % 11 % 10;
    !is_repeated(&digits)
        && match digits.len() {
            10 => check(&COMPANY) == u32::from(digits[9]),
            12 => check(&FIRST) == u32::from(digits[10]) && check(&SECOND) == u32::from(digits[11]),
            _ => false,
        }
}

/// Russian pension number: weights 9 to 1 modulo 101; numbers up to 001-001-998 carry no check.
pub(in crate::validate) fn ru_snils(value: &[u8]) -> bool {
    digits::<11>(value).is_some_and(|digits| {
        let sum = weighted(&digits, &[9, 8, 7, 6, 5, 4, 3, 2, 1]) % 101 % 100;
        number(&digits[..9]) > 1_001_998
            && u64::from(sum) == number(&digits[9..])
            && !is_repeated(&digits)
    })
}

/// Russian registration number: thirteen digits modulo 11, fifteen modulo 13.
pub(in crate::validate) fn ru_ogrn(value: &[u8]) -> bool {
    let Some(digits) = digits_up_to::<15>(value) else { return false };
    let Some((&last, body)) = digits.split_last() else { return false };
    digits[0] != 0
        && match digits.len() {
            13 => remainder(body, 11) % 10 == u64::from(last),
            15 => remainder(body, 13) % 10 == u64::from(last),
            _ => false,
        }
}

/// Ukrainian taxpayer number: weights -1, 5, 7, 9, 4, 6, 10, 5, 7 modulo 11.
pub(in crate::validate) fn ua_rntrc(value: &[u8]) -> bool {
    // A weight of -1 is 10 modulo 11.
    digits::<10>(value).is_some_and(|digits| {
        weighted(&digits, &[10, 5, 7, 9, 4, 6, 10, 5, 7]) % 11 % 10 == u32::from(digits[9])
            && !is_repeated(&digits)
    })
}
