//! Japan and South Korea.

use super::date::is_date;
use super::digits::{digits, is_repeated, number, weighted};

/// Japanese individual number: twelve digits modulo 11.
pub(in crate::validate) fn jp_my_number(value: &[u8]) -> bool {
    digits::<12>(value).is_some_and(|digits| {
        let rest = weighted(&digits, &[6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
        let check = if rest <= 1 { 0 } else { 11 - rest };
        check == u32::from(digits[11]) && !is_repeated(&digits)
    })
}

/// Japanese corporate number: check digit first, weights 1 and 2 modulo 9.
pub(in crate::validate) fn jp_corporate(value: &[u8]) -> bool {
    digits::<13>(value).is_some_and(|digits| {
        let sum = weighted(&digits[1..], &[2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]);
        9 - sum % 9 == u32::from(digits[0]) && !is_repeated(&digits[1..])
    })
}

/// South Korean resident number: birth date, sex and century, weights modulo 11.
pub(in crate::validate) fn kr_rrn(value: &[u8]) -> bool {
    /// Numbers issued since October 2020 end in random digits.
    const RANDOM_SINCE: u32 = 202_010;
    let Some(digits) = digits::<13>(value) else { return false };
    let pair = |place: usize| u32::from(digits[place] * 10 + digits[place + 1]);
    let century = match digits[6] {
        1 | 2 | 5 | 6 => 1900,
        3 | 4 | 7 | 8 => 2000,
        _ => 1800,
    };
    let (year, month) = (century + pair(0), pair(2));
    let check = (11 - weighted(&digits, &[2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11) % 10;
    is_date(year, month, pair(4))
        && (check == u32::from(digits[12])
            || (2020..=2026).contains(&year) && year * 100 + month >= RANDOM_SINCE)
}

/// South Korean business number: weights 1, 3, 7, the ninth digit also by its carry.
pub(in crate::validate) fn kr_brn(value: &[u8]) -> bool {
    digits::<10>(value).is_some_and(|digits| {
        let sum = weighted(&digits, &[1, 3, 7, 1, 3, 7, 1, 3, 5, 1]) + u32::from(digits[8]) / 2;
        number(&digits[..3]) >= 101 && number(&digits[3..5]) != 0 && sum.is_multiple_of(10)
    })
}
