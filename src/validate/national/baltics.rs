//! Estonia, Latvia, Lithuania.

use super::date::is_date;
use super::digits::{digits, is_repeated, weighted};

/// Estonian personal code: century and sex, birth date, serial, two passes modulo 11.
pub(in crate::validate) fn ee_ik(value: &[u8]) -> bool {
    digits::<11>(value).is_some_and(|digits| has_birth_date(&digits) && two_pass(&digits))
}

/// Lithuanian personal code: the Estonian scheme; a leading 9 marks codes without a birth date.
pub(in crate::validate) fn lt_asmens(value: &[u8]) -> bool {
    digits::<11>(value).is_some_and(|digits| {
        (digits[0] == 9 || has_birth_date(&digits)) && two_pass(&digits) && !is_repeated(&digits)
    })
}

fn has_birth_date(digits: &[u8; 11]) -> bool {
    let pair = |place: usize| u32::from(digits[place] * 10 + digits[place + 1]);
    (1..=8).contains(&digits[0])
        && is_date(1800 + u32::from(digits[0] - 1) / 2 * 100 + pair(1), pair(3), pair(5))
}

/// Weights 1-9, 1; when the remainder is 10, weights 3-9, 1-3.
fn two_pass(digits: &[u8; 11]) -> bool {
    let mut check = weighted(digits, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11;
    if check == 10 {
        check = weighted(digits, &[3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11 % 10;
    }
    check == u32::from(digits[10])
}

/// Latvian personal code: birth date and check digit; codes from 2017 on start with 32 to 39 and have neither.
pub(in crate::validate) fn lv_pk(value: &[u8]) -> bool {
    let Some(digits) = digits::<11>(value) else { return false };
    if digits[0] == 3 && digits[1] >= 2 {
        return !is_repeated(&digits);
    }
    let pair = |place: usize| u32::from(digits[place] * 10 + digits[place + 1]);
    let check = (1 + weighted(&digits, &[10, 5, 8, 4, 2, 1, 6, 3, 7, 9])) % 11 % 10;
    digits[6] <= 2
        && is_date(1800 + u32::from(digits[6]) * 100 + pair(4), pair(2), pair(0))
        && check == u32::from(digits[10])
}
