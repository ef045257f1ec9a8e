//! Sweden, Norway, Denmark, Finland, Iceland.

use super::date::is_date;
use super::digits::{digits, digits_up_to, is_repeated, luhn, number, values, weighted};

/// Two digits as a number.
fn pair(tens: u8, ones: u8) -> u32 {
    u32::from(tens) * 10 + u32::from(ones)
}

/// Swedish personal number of ten or twelve digits: birth date (day + 60 for coordination numbers), Luhn.
pub(in crate::validate) fn se_personnummer(value: &[u8]) -> bool {
    // A plus sign marks people over a hundred.
    let plus = value.len().checked_sub(5).filter(|&place| value.get(place) == Some(&b'+'));
    let all = match plus {
        Some(place) => {
            let (Some(head), Some(tail)) =
                (digits_up_to::<8>(&value[..place]), digits::<4>(&value[place + 1..]))
            else {
                return false;
            };
            let mut joined = [0; 12];
            let Some(slots) = joined.get_mut(..head.len()) else { return false };
            slots.copy_from_slice(&head);
            let end = head.len() + 4;
            joined[head.len()..end].copy_from_slice(&tail);
            return se_person_digits(&joined[..end]);
        }
        None => digits_up_to::<12>(value),
    };
    all.is_some_and(|digits| se_person_digits(&digits))
}

fn se_person_digits(digits: &[u8]) -> bool {
    let (century, short) = match digits.len() {
        10 => (2000, digits),
        12 => (pair(digits[0], digits[1]) * 100, &digits[2..]),
        _ => return false,
    };
    let day = pair(short[4], short[5]);
    let day = if day > 60 { day - 60 } else { day };
    (1800..=2000).contains(&century)
        && is_date(century + pair(short[0], short[1]), pair(short[2], short[3]), day)
        && luhn(short)
}

/// Swedish organisation number: third digit at least 2, Luhn.
pub(in crate::validate) fn se_orgnr(value: &[u8]) -> bool {
    digits::<10>(value).is_some_and(|digits| {
        digits[0] != 0 && digits[2] >= 2 && luhn(&digits) && !is_repeated(&digits)
    })
}

/// Norwegian birth number: date (day + 40 or month + 40 for temporary numbers), two check digits modulo 11.
pub(in crate::validate) fn no_fodselsnummer(value: &[u8]) -> bool {
    let Some(digits) = digits::<11>(value) else { return false };
    let first = weighted(&digits, &[3, 7, 6, 1, 8, 9, 4, 5, 2, 1]);
    let second = weighted(&digits, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]);
    let (day, month) = (pair(digits[0], digits[1]), pair(digits[2], digits[3]));
    let day = if day > 40 { day - 40 } else { day };
    let month = match month {
        81..=92 => month - 80,
        41..=52 => month - 40,
        _ => month,
    };
    let year = pair(digits[4], digits[5]);
    let century = match number(&digits[6..9]) {
        0..=499 => 1900,
        500..=749 if year >= 54 => 1800,
        900..=999 if year >= 40 => 1900,
        500..=999 if year < 40 => 2000,
        _ => return false,
    };
    is_date(century + year, month, day) && first.is_multiple_of(11) && second.is_multiple_of(11)
}

/// Norwegian organisation number: starts with 8 or 9, weights 3, 2, 7, 6, 5, 4, 3, 2 modulo 11.
pub(in crate::validate) fn no_orgnr(value: &[u8]) -> bool {
    digits::<9>(value).is_some_and(|digits| {
        matches!(digits[0], 8 | 9)
            && weighted(&digits, &[3, 2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11)
    })
}

/// Danish personal number: the date only, since the modulo 11 check is not issued strictly any more.
pub(in crate::validate) fn dk_cpr(value: &[u8]) -> bool {
    let Some(digits) = digits::<10>(value) else { return false };
    let day = pair(digits[0], digits[1]);
    let day = if day > 60 { day - 60 } else { day };
    let short = pair(digits[4], digits[5]);
    let century = match digits[6] {
        0..=3 => 1900,
        4 | 9 if short < 37 => 2000,
        4 | 9 => 1900,
        _ if short < 58 => 2000,
        _ => 1800,
    };
    is_date(century + short, pair(digits[2], digits[3]), day) && digits[6..] != [0; 4]
}

/// Finnish personal code: date, century sign, serial, check character modulo 31.
pub(in crate::validate) fn fi_hetu(value: &[u8]) -> bool {
    const CHECK: &[u8; 31] = b"0123456789ABCDEFHJKLMNPRSTUVWXY";
    let Some((date, [sign, serial @ .., last])) = value.split_at_checked(6) else { return false };
    let (Some(date), Some(serial)) = (values::<6>(date), values::<3>(serial)) else { return false };
    let century = match sign.to_ascii_uppercase() {
        b'+' => 1800,
        b'-' | b'U'..=b'Y' => 1900,
        b'A'..=b'F' => 2000,
        _ => return false,
    };
    let body = number(&date) * 1000 + number(&serial);
    is_date(century + pair(date[4], date[5]), pair(date[2], date[3]), pair(date[0], date[1]))
        && number(&serial) >= 2
        && CHECK[(body % 31) as usize] == last.to_ascii_uppercase()
}

/// Finnish company number: weights 7, 9, 10, 5, 8, 4, 2 modulo 11.
pub(in crate::validate) fn fi_ytunnus(value: &[u8]) -> bool {
    digits::<8>(value).is_some_and(|digits| {
        weighted(&digits, &[7, 9, 10, 5, 8, 4, 2, 1]).is_multiple_of(11) && !is_repeated(&digits)
    })
}

/// Icelandic number of a person or organisation (day + 40): weights 3, 2, 7, 6, 5, 4, 3, 2, century digit last.
pub(in crate::validate) fn is_kennitala(value: &[u8]) -> bool {
    let Some(digits) = digits::<10>(value) else { return false };
    let day = pair(digits[0], digits[1]);
    let day = if day > 40 { day - 40 } else { day };
    let sum = weighted(&digits, &[3, 2, 7, 6, 5, 4, 3, 2, 1]);
    let century = match digits[9] {
        0 => 2000,
        8 => 1800,
        9 => 1900,
        _ => return false,
    };
    let month = pair(digits[2], digits[3]);
    is_date(century + pair(digits[4], digits[5]), month, day) && sum.is_multiple_of(11)
}
