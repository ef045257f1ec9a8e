//! Argentina, Chile, Colombia, Ecuador, Peru, Uruguay, Venezuela, Dominican Republic.

use super::digits::{
    alnum, alnum_up_to, base36, digits, digits_up_to, eleven_minus, is_repeated, luhn, number,
    values, weighted, without_prefix,
};

/// Argentine tax number: holder type, weights 5432765432 modulo 11.
pub(in crate::validate) fn ar_cuit(value: &[u8]) -> bool {
    digits::<11>(value).is_some_and(|digits| {
        let check = match eleven_minus(weighted(&digits, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2])) {
            11 => 0,
            10 => 9,
            check => check,
        };
        matches!(digits[0] * 10 + digits[1], 20 | 23..=27 | 30 | 33 | 34 | 50 | 51 | 55)
            && check == u32::from(digits[10])
    })
}

/// Chilean tax and identity number: weights 2 to 7 from the right, check may be K.
pub(in crate::validate) fn cl_rut(value: &[u8]) -> bool {
    let Some(rut) = alnum_up_to::<9>(without_prefix(value, b"CL")) else { return false };
    let Some((&last, body)) = rut.split_last() else { return false };
    if !matches!(rut.len(), 8 | 9) || !body.iter().all(u8::is_ascii_digit) || is_repeated(body) {
        return false;
    }
    let weights = [2, 3, 4, 5, 6, 7, 2, 3];
    let sum: u32 =
        body.iter().rev().zip(weights).map(|(&byte, weight)| base36(byte) * weight).sum();
    last == b"0K987654321"[(sum % 11) as usize]
}

/// Colombian tax number: prime weights from the right modulo 11.
pub(in crate::validate) fn co_nit(value: &[u8]) -> bool {
    const WEIGHTS: [u32; 15] = [3, 7, 13, 17, 19, 23, 29, 37, 41, 43, 47, 53, 59, 67, 71];
    let Some(digits) = digits_up_to::<16>(value) else { return false };
    let Some((&last, body)) = digits.split_last() else { return false };
    let sum: u32 =
        body.iter().rev().zip(WEIGHTS).map(|(&digit, weight)| u32::from(digit) * weight).sum();
    digits.len() >= 8
        && !is_repeated(body)
        && last == [0, 1, 9, 8, 7, 6, 5, 4, 3, 2, 1][(sum % 11) as usize]
}

/// Ecuadorian identity card: province, person type below 6, Luhn.
pub(in crate::validate) fn ec_ci(value: &[u8]) -> bool {
    digits::<10>(value).is_some_and(|digits| {
        matches!(digits[0] * 10 + digits[1], 1..=24 | 30 | 50)
            && digits[2] <= 6
            && luhn(&digits)
            && !is_repeated(&digits)
    })
}

/// Peruvian taxpayer number: holder type, weights 5432765432 modulo 11.
pub(in crate::validate) fn pe_ruc(value: &[u8]) -> bool {
    digits::<11>(value).is_some_and(|digits| {
        matches!(digits[0] * 10 + digits[1], 10 | 15..=17 | 20)
            && eleven_minus(weighted(&digits, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2])) % 10
                == u32::from(digits[10])
    })
}

/// Uruguayan taxpayer number: department, serial, 001, modulo 11.
pub(in crate::validate) fn uy_rut(value: &[u8]) -> bool {
    digits::<12>(without_prefix(value, b"UY")).is_some_and(|digits| {
        matches!(digits[0] * 10 + digits[1], 1..=22)
            && number(&digits[2..8]) != 0
            && digits[8..11] == [0, 0, 1]
            && weighted(&digits, &[4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11)
    })
}

/// Uruguayan identity card: seven or eight digits, weights 2987634 modulo 10.
pub(in crate::validate) fn uy_ci(value: &[u8]) -> bool {
    let Some(digits) = digits_up_to::<8>(value) else { return false };
    let weights: &[u32] = match digits.len() {
        7 => &[9, 8, 7, 6, 3, 4, 1],
        8 => &[2, 9, 8, 7, 6, 3, 4, 1],
        _ => return false,
    };
    weighted(&digits, weights).is_multiple_of(10) && !is_repeated(&digits)
}

/// Venezuelan fiscal number: holder letter, eight digits, modulo 11.
pub(in crate::validate) fn ve_rif(value: &[u8]) -> bool {
    let Some(rif) = alnum::<10>(value) else { return false };
    let Some(digits) = values::<9>(&rif[1..]) else { return false };
    let holder = match rif[0] {
        b'V' => 4,
        b'E' => 8,
        b'J' => 12,
        b'P' => 16,
        b'G' => 20,
        _ => return false,
    };
    let sum = holder + weighted(&digits, &[3, 2, 7, 6, 5, 4, 3, 2]);
    [0, 0, 9, 8, 7, 6, 5, 4, 3, 2, 1][(sum % 11) as usize] == digits[8] && !is_repeated(&digits)
}

/// Dominican identity card: eleven digits, Luhn.
pub(in crate::validate) fn do_cedula(value: &[u8]) -> bool {
    digits::<11>(value).is_some_and(|digits| luhn(&digits) && !is_repeated(&digits))
}
