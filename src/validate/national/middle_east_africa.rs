//! Turkey, Israel, South Africa, Nigeria.

use super::date::is_date;
use super::digits::{digits, digits_up_to, is_repeated, luhn, verhoeff};

/// Turkish identity number: two check digits modulo 10.
pub(in crate::validate) fn tr_tckn(value: &[u8]) -> bool {
    let Some(digits) = digits::<11>(value) else { return false };
    let sum = |places: &[usize]| places.iter().map(|&place| u32::from(digits[place])).sum::<u32>();
    let (odd, even) = (sum(&[0, 2, 4, 6, 8]), sum(&[1, 3, 5, 7]));
    // Adding 100 keeps the difference positive without changing it modulo 10.
    let first = (odd * 7 + 100 - even) % 10;
    digits[0] != 0
        && first == u32::from(digits[9])
        && (odd + even + first) % 10 == u32::from(digits[10])
}

/// Israeli identity number: eight or nine digits, Luhn.
pub(in crate::validate) fn il_id(value: &[u8]) -> bool {
    digits_up_to::<9>(value)
        .is_some_and(|digits| digits.len() >= 8 && luhn(&digits) && !is_repeated(&digits))
}

/// South African identity number: birth date, citizenship, Luhn.
pub(in crate::validate) fn za_id(value: &[u8]) -> bool {
    digits::<13>(value).is_some_and(|digits| {
        let pair = |place: usize| u32::from(digits[place] * 10 + digits[place + 1]);
        is_date(2000 + pair(0), pair(2), pair(4)) && digits[10] <= 2 && luhn(&digits)
    })
}

/// Nigerian identity number: eleven digits, Verhoeff.
pub(in crate::validate) fn ng_nin(value: &[u8]) -> bool {
    digits::<11>(value).is_some_and(|digits| verhoeff(&digits) && !is_repeated(&digits))
}
