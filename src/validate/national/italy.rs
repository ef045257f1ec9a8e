//! Italy.

use super::date::is_day_of_month;
use super::digits::{alnum, base36, digits, luhn, number, without_prefix};

/// Values of letters and digits in odd places; in even places they are their own index.
pub(super) const ODD: [u32; 26] =
    [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];

/// Fiscal code of a person: names, birth date, municipality, control letter; digits may be replaced by letters
/// where two people would share a code.
pub(in crate::validate) fn codice_fiscale(value: &[u8]) -> bool {
    let Some(code) = alnum::<16>(value) else { return false };
    let letters = |range: &[u8]| range.iter().all(u8::is_ascii_uppercase);
    let mut digits = [0; 16];
    for place in [6, 7, 9, 10, 12, 13, 14] {
        let Some(digit) = omocodia(code[place]) else { return false };
        digits[place] = digit;
    }
    let Some(month) = b"ABCDEHLMPRST".iter().position(|&letter| letter == code[8]) else {
        return false;
    };
    let day = digits[9] * 10 + digits[10];
    let day = if day > 40 { day - 40 } else { day };
    let mut sum = 0;
    for (place, &byte) in code[..15].iter().enumerate() {
        let index = if byte.is_ascii_digit() { base36(byte) } else { base36(byte) - 10 };
        sum += if place % 2 == 0 { ODD[index as usize] } else { index };
    }
    letters(&code[..6])
        && code[11].is_ascii_uppercase()
        && is_day_of_month(month as u32 + 1, u32::from(day))
        && u32::from(code[15]) == u32::from(b'A') + sum % 26
}

/// The digit that stands here, also when written as its substitute letter.
fn omocodia(byte: u8) -> Option<u8> {
    if byte.is_ascii_digit() {
        return Some(byte - b'0');
    }
    b"LMNPQRSTUV".iter().position(|&letter| letter == byte).map(|digit| digit as u8)
}

/// Company and value added tax number: eleven digits with a provincial office, Luhn.
pub(in crate::validate) fn vat(value: &[u8]) -> bool {
    digits::<11>(without_prefix(value, b"IT")).is_some_and(|digits| {
        number(&digits[..7]) != 0
            && matches!(number(&digits[7..10]), 1..=100 | 120 | 121 | 888 | 999)
            && luhn(&digits)
    })
}
