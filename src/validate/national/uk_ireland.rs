//! United Kingdom and Ireland.

use super::date::is_day_of_month;
use super::digits::{
    alnum, alnum_up_to, digits, digits_up_to, eleven_minus, is_repeated, number, values, weighted,
    without_prefix,
};

/// National insurance number: allowed prefix letters, six digits, suffix A to D.
pub(in crate::validate) fn nino(value: &[u8]) -> bool {
    let Some(nino) = alnum::<9>(value) else { return false };
    let prefix = &nino[..2];
    prefix.iter().all(|byte| byte.is_ascii_uppercase() && !b"DFIQUV".contains(byte))
        && prefix[1] != b'O'
        && !matches!(prefix, b"BG" | b"GB" | b"KN" | b"NK" | b"NT" | b"TN" | b"ZZ")
        && nino[2..8].iter().all(u8::is_ascii_digit)
        && matches!(nino[8], b'A'..=b'D')
}

/// Health service number: weights 10 to 2 modulo 11.
pub(in crate::validate) fn nhs(value: &[u8]) -> bool {
    digits::<10>(value).is_some_and(|digits| {
        weighted(&digits, &[10, 9, 8, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11)
            && !is_repeated(&digits)
    })
}

/// Unique taxpayer reference: check digit first.
pub(in crate::validate) fn utr(value: &[u8]) -> bool {
    const CHECK: &[u8; 11] = &[2, 1, 9, 8, 7, 6, 5, 4, 3, 2, 1];
    digits::<10>(value.strip_suffix(b"K").unwrap_or(value)).is_some_and(|digits| {
        let sum = weighted(&digits[1..], &[6, 7, 8, 9, 10, 5, 4, 3, 2]) % 11;
        CHECK[sum as usize] == digits[0] && !is_repeated(&digits)
    })
}

/// Driver number: surname, birth date in the order decade, month, day, year, initials, tail.
pub(in crate::validate) fn driving_licence(value: &[u8]) -> bool {
    let Some(licence) = alnum::<16>(value) else { return false };
    let surname = &licence[..5];
    let letters = surname.iter().take_while(|byte| byte.is_ascii_uppercase()).count();
    let Some(birth) = values::<6>(&licence[5..11]) else { return false };
    // The month of women is fifty higher; months and days follow the decade digit.
    let month = (birth[1] * 10 + birth[2]) % 50;
    let initials = &licence[11..13];
    letters > 0
        && surname[letters..].iter().all(|&byte| byte == b'9')
        && (1..=12).contains(&month)
        && is_day_of_month(u32::from(month), u32::from(birth[3] * 10 + birth[4]))
        && birth[1] / 5 < 2
        && initials.iter().all(|&byte| byte.is_ascii_uppercase() || byte == b'9')
        && licence[13].is_ascii_digit()
}

/// Value added tax number: nine or twelve digits modulo 97, or a government department or health authority.
pub(in crate::validate) fn vat(value: &[u8]) -> bool {
    let value = without_prefix(without_prefix(value, b"GB"), b"XI");
    let Some(vat) = alnum_up_to::<12>(value) else { return false };
    if let [b'G' | b'H', b'D' | b'A', rest @ ..] = &*vat {
        return values::<3>(rest).is_some_and(|unit| match vat.first() {
            Some(b'G') => vat.get(1) == Some(&b'D') && number(&unit) < 500,
            _ => vat.get(1) == Some(&b'A') && number(&unit) >= 500,
        });
    }
    let Some(digits) = digits_up_to::<12>(value) else { return false };
    if !matches!(digits.len(), 9 | 12) || is_repeated(&digits) {
        return false;
    }
    // Two generations of numbers: the newer one is offset by 55.
    let sum = weighted(&digits, &[8, 7, 6, 5, 4, 3, 2, 10, 1]) % 97;
    if number(&digits[..3]) >= 100 { matches!(sum, 0 | 42 | 55) } else { sum == 0 }
}

/// Irish personal public service number: weights 8 to 2, a second letter counts nine times, modulo 23.
pub(in crate::validate) fn ie_pps(value: &[u8]) -> bool {
    let Some(pps) = alnum_up_to::<9>(value) else { return false };
    let Some((digits, letters)) = pps.split_at_checked(7) else { return false };
    let Some(digits) = values::<7>(digits) else { return false };
    let (check, second) = match letters {
        [check] => (*check, 0),
        [check, b'W' | b'T' | b'X'] => (*check, 0),
        [check, second @ b'A'..=b'I'] => (*check, u32::from(second - b'A') + 1),
        _ => return false,
    };
    ie_check(&digits, second) == check && !is_repeated(&digits)
}

/// Check letter of seven digits and the value of the letter behind it.
pub(super) fn ie_check(digits: &[u8; 7], second: u32) -> u8 {
    b"WABCDEFGHIJKLMNOPQRSTUV"
        [((weighted(digits, &[8, 7, 6, 5, 4, 3, 2]) + second * 9) % 23) as usize]
}

/// Scottish community health index: a birth date in front of the health service check.
pub(in crate::validate) fn chi(value: &[u8]) -> bool {
    digits::<10>(value).is_some_and(|digits| {
        let sum = weighted(&digits[..9], &[10, 9, 8, 7, 6, 5, 4, 3, 2]);
        is_day_of_month(
            u32::from(digits[2] * 10 + digits[3]),
            u32::from(digits[0] * 10 + digits[1]),
        ) && eleven_minus(sum) % 11 == u32::from(digits[9])
    })
}
