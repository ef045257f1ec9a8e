//! Netherlands, Belgium, Luxembourg.

use super::date::is_date;
use super::digits::{digits, is_repeated, luhn, number, verhoeff, weighted};

/// Dutch citizen number: the eleven test with a last weight of -1.
pub(in crate::validate) fn nl_bsn(value: &[u8]) -> bool {
    // A weight of -1 is 10 modulo 11.
    digits::<9>(value).is_some_and(|digits| {
        weighted(&digits, &[9, 8, 7, 6, 5, 4, 3, 2, 10]).is_multiple_of(11) && !is_repeated(&digits)
    })
}

/// Belgian national number: birth date, serial, 97 minus the number modulo 97, a 2 in front since 2000.
pub(in crate::validate) fn be_nn(value: &[u8]) -> bool {
    let Some(digits) = digits::<11>(value) else { return false };
    let (body, check) = (number(&digits[..9]), number(&digits[9..]));
    // Numbers of people who are not registered add 20 or 40 to the month; unknown dates have zeros.
    let (month, day) = ((digits[2] * 10 + digits[3]) % 20, digits[4] * 10 + digits[5]);
    let century_open = digits[2] < 6 && month <= 12 && day <= 31;
    let old = 97 - body % 97 == check;
    let new = 97 - (2_000_000_000 + body) % 97 == check;
    century_open && number(&digits[6..9]) != 0 && (old || new) && !is_repeated(&digits)
}

/// Luxembourg personal number: birth date, serial, a Luhn digit and a Verhoeff digit.
pub(in crate::validate) fn lu_nin(value: &[u8]) -> bool {
    let Some(digits) = digits::<13>(value) else { return false };
    let mut second = [0; 12];
    second[..11].copy_from_slice(&digits[..11]);
    second[11] = digits[12];
    let date = is_date(
        number(&digits[..4]) as u32,
        u32::from(digits[4] * 10 + digits[5]),
        u32::from(digits[6] * 10 + digits[7]),
    );
    date && luhn(&digits[..12]) && verhoeff(&second)
}
