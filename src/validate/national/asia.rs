//! Singapore, Malaysia, Indonesia, Thailand, Vietnam, Philippines.

use super::date::is_date;
use super::digits::{
    alnum, digits, digits_up_to, eleven_minus, is_repeated, number, values, weighted,
};

/// Singaporean identity number: series letter, seven digits, check letter of the series.
pub(in crate::validate) fn sg_nric(value: &[u8]) -> bool {
    let Some(nric) = alnum::<9>(value) else { return false };
    let Some(digits) = values::<7>(&nric[1..8]) else { return false };
    let sum = weighted(&digits, &[2, 7, 6, 5, 4, 3, 2]);
    let (offset, letters) = match nric[0] {
        b'S' => (0, b"JZIHGFEDCBA"),
        b'T' => (4, b"JZIHGFEDCBA"),
        b'F' => (0, b"XWUTRQPNMLK"),
        b'G' => (4, b"XWUTRQPNMLK"),
        // Since 2022; the same order written backwards: X, W, U, T, R, Q, P, N, J, L, K.
        b'M' => (3, b"XWUTRQPNJLK"),
        _ => return false,
    };
    letters[((sum + offset) % 11) as usize] == nric[8] && !is_repeated(&digits)
}

/// Malaysian identity card: birth date and place of birth.
pub(in crate::validate) fn my_nric(value: &[u8]) -> bool {
    digits::<12>(value).is_some_and(|digits| {
        let pair = |place: usize| u32::from(digits[place] * 10 + digits[place + 1]);
        is_date(2000 + pair(0), pair(2), pair(4))
            && matches!(pair(6), 1..=16 | 21..=59 | 60..=68 | 71 | 72 | 74..=79 | 82..=93 | 98 | 99)
    })
}

/// Indonesian identity number: province, regency, birth date (day + 40 for women), serial.
pub(in crate::validate) fn id_nik(value: &[u8]) -> bool {
    digits::<16>(value).is_some_and(|digits| {
        let pair = |place: usize| u32::from(digits[place] * 10 + digits[place + 1]);
        let day = pair(6);
        let day = if day > 40 { day - 40 } else { day };
        matches!(pair(0), 11..=21 | 31..=36 | 51..=53 | 61..=65 | 71..=76 | 81 | 82 | 91..=97)
            && pair(2) != 0
            && pair(4) != 0
            && is_date(2000 + pair(10), pair(8), day)
            && number(&digits[12..]) != 0
    })
}

/// Thai identity number: thirteen digits, weights 13 to 2 modulo 11.
pub(in crate::validate) fn th_id(value: &[u8]) -> bool {
    digits::<13>(value).is_some_and(|digits| {
        let sum = weighted(&digits, &[13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]);
        matches!(digits[0], 1..=8)
            && eleven_minus(sum) % 10 == u32::from(digits[12])
            && !is_repeated(&digits)
    })
}

/// Vietnamese tax number: ten digits, or thirteen with a branch.
pub(in crate::validate) fn vn_mst(value: &[u8]) -> bool {
    let Some(digits) = digits_up_to::<13>(value) else { return false };
    if !matches!(digits.len(), 10 | 13) || is_repeated(&digits) || number(&digits[2..9]) == 0 {
        return false;
    }
    let sum = weighted(&digits, &[31, 29, 23, 19, 17, 13, 7, 5, 3]);
    let branch = digits.len() == 10 || digits[10..] != [0, 0, 0];
    branch && sum % 11 + u32::from(digits[9]) == 10
}

/// Philippine tax number: nine digits with an optional branch of three or five. Shape only.
pub(in crate::validate) fn ph_tin(value: &[u8]) -> bool {
    digits_up_to::<14>(value).is_some_and(|digits| {
        matches!(digits.len(), 9 | 12 | 14)
            && number(&digits[..9]) != 0
            && !is_repeated(&digits[..9])
    })
}
