//! Romania, Bulgaria, Greece, Croatia, Slovenia and the other states that use the Yugoslav number.

use super::date::is_date;
use super::digits::{digits, is_repeated, luhn, mod11_10, number, weighted, without_prefix};

/// Romanian personal code: sex and century, birth date, county, weights 279146358279.
pub(in crate::validate) fn ro_cnp(value: &[u8]) -> bool {
    let Some(digits) = digits::<13>(value) else { return false };
    let pair = |place: usize| u32::from(digits[place] * 10 + digits[place + 1]);
    let century = match digits[0] {
        1 | 2 => 1900,
        3 | 4 => 1800,
        5 | 6 => 2000,
        // Residents and foreigners do not say their century; 2000 admits every leap day.
        7..=9 => 2000,
        _ => return false,
    };
    let check = weighted(&digits, &[2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
    is_date(century + pair(1), pair(3), pair(5))
        && matches!(pair(7), 1..=48 | 51 | 52 | 70 | 80..=83)
        && (if check == 10 { 1 } else { check }) == u32::from(digits[12])
}

/// Bulgarian personal number: date with the century in the month, weights modulo 11.
pub(in crate::validate) fn bg_egn(value: &[u8]) -> bool {
    let Some(digits) = digits::<10>(value) else { return false };
    let pair = |place: usize| u32::from(digits[place] * 10 + digits[place + 1]);
    let (century, month) = match pair(2) {
        month @ 1..=12 => (1900, month),
        month @ 21..=32 => (1800, month - 20),
        month @ 41..=52 => (2000, month - 40),
        _ => return false,
    };
    is_date(century + pair(0), month, pair(4))
        && weighted(&digits, &[2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 % 10 == u32::from(digits[9])
}

/// Greek social security number: birth date and Luhn.
pub(in crate::validate) fn gr_amka(value: &[u8]) -> bool {
    digits::<11>(value).is_some_and(|digits| {
        let pair = |place: usize| u32::from(digits[place] * 10 + digits[place + 1]);
        is_date(2000 + pair(4), pair(2), pair(0)) && luhn(&digits)
    })
}

/// Greek tax number: powers of two modulo 11.
pub(in crate::validate) fn gr_afm(value: &[u8]) -> bool {
    digits::<9>(without_prefix(without_prefix(value, b"EL"), b"GR")).is_some_and(|digits| {
        weighted(&digits, &[256, 128, 64, 32, 16, 8, 4, 2]) % 11 % 10 == u32::from(digits[8])
            && !is_repeated(&digits)
    })
}

/// Croatian personal number: ISO 7064 mod 11,10.
pub(in crate::validate) fn hr_oib(value: &[u8]) -> bool {
    digits::<11>(without_prefix(value, b"HR"))
        .is_some_and(|digits| mod11_10(&digits) && !is_repeated(&digits))
}

/// Slovenian personal number, the same in all successor states of Yugoslavia: date, region, weights 7 to 2.
pub(in crate::validate) fn si_emso(value: &[u8]) -> bool {
    let Some(digits) = digits::<13>(value) else { return false };
    let pair = |place: usize| u32::from(digits[place] * 10 + digits[place + 1]);
    let year = number(&digits[4..7]) as u32;
    let year = if year >= 800 { 1000 + year } else { 2000 + year };
    let sum = weighted(&digits, &[7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]);
    is_date(year, pair(2), pair(0)) && (11 - sum % 11) % 11 % 10 == u32::from(digits[12])
}
