//! Austria, Switzerland, Poland, Czechia and Slovakia, Hungary.

use super::super::device::ean_digits;
use super::date::is_date;
use super::digits::{
    alnum, base36, digits, digits_up_to, is_repeated, remainder, weighted, without_prefix,
};

/// Austrian social security number: check digit in fourth place, birth date behind it.
pub(in crate::validate) fn at_svnr(value: &[u8]) -> bool {
    digits::<10>(value).is_some_and(|digits| {
        let sum = weighted(&digits, &[3, 7, 9, 0, 5, 8, 4, 2, 1, 6]) % 11;
        let (day, month) = (digits[4] * 10 + digits[5], digits[6] * 10 + digits[7]);
        // Months 13 to 15 are used when the serials of a birthday run out.
        digits[0] != 0
            && sum == u32::from(digits[3])
            && (1..=31).contains(&day)
            && (1..=15).contains(&month)
    })
}

/// Swiss social security number: 756 and the GS1 check digit.
pub(in crate::validate) fn ch_ahv(value: &[u8]) -> bool {
    digits::<13>(value).is_some_and(|digits| digits.starts_with(&[7, 5, 6]) && ean_digits(&digits))
}

/// Swiss company number, with or without a tax suffix.
pub(in crate::validate) fn ch_uid(value: &[u8]) -> bool {
    let body = without_prefix(value, b"CHE");
    let end = body.iter().rposition(u8::is_ascii_digit).map_or(0, |last| last + 1);
    let (body, suffix) = body.split_at(end);
    let suffix = suffix.trim_ascii();
    let suffixed = [&b""[..], b"MWST", b"TVA", b"IVA", b"TPV", b"HR", b"RC"]
        .iter()
        .any(|known| suffix.eq_ignore_ascii_case(known));
    suffixed
        && value.len() > body.len()
        && digits::<9>(body).is_some_and(|digits| {
            let check = (11 - weighted(&digits, &[5, 4, 3, 2, 7, 6, 5, 4]) % 11) % 11;
            check == u32::from(digits[8]) && !is_repeated(&digits)
        })
}

/// Polish personal number: birth date with the century in the month, weights 1, 3, 7, 9.
pub(in crate::validate) fn pl_pesel(value: &[u8]) -> bool {
    let Some(digits) = digits::<11>(value) else { return false };
    let month = u32::from(digits[2] * 10 + digits[3]);
    let century = [1900, 2000, 2100, 2200, 1800][(month / 20 % 5) as usize];
    let year = century + u32::from(digits[0] * 10 + digits[1]);
    is_date(year, month % 20, u32::from(digits[4] * 10 + digits[5]))
        && weighted(&digits, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]).is_multiple_of(10)
}

/// Polish tax number: weights 6, 5, 7, 2, 3, 4, 5, 6, 7 modulo 11.
pub(in crate::validate) fn pl_nip(value: &[u8]) -> bool {
    digits::<10>(without_prefix(value, b"PL")).is_some_and(|digits| {
        weighted(&digits, &[6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 == u32::from(digits[9])
            && !is_repeated(&digits)
    })
}

/// Polish company number: nine or fourteen digits, modulo 11.
pub(in crate::validate) fn pl_regon(value: &[u8]) -> bool {
    let Some(digits) = digits_up_to::<14>(value) else { return false };
    let short = |digits: &[u8]| {
        weighted(digits, &[8, 9, 2, 3, 4, 5, 6, 7]) % 11 % 10
            == digits.get(8).copied().map_or(10, u32::from)
    };
    let long = |digits: &[u8]| {
        weighted(digits, &[2, 4, 8, 5, 0, 9, 7, 3, 6, 1, 2, 4, 8]) % 11 % 10
            == digits.get(13).copied().map_or(10, u32::from)
    };
    !is_repeated(&digits)
        && match digits.len() {
            9 => short(&digits),
            14 => short(&digits) && long(&digits),
            _ => false,
        }
}

/// Polish identity card: three letters, check digit, five digits, weights 7, 3, 1.
pub(in crate::validate) fn pl_id_card(value: &[u8]) -> bool {
    let Some(card) = alnum::<9>(value) else { return false };
    let sum: u32 = card
        .iter()
        .zip([7, 3, 1, 0, 7, 3, 1, 7, 3])
        .map(|(&byte, weight)| base36(byte) * weight)
        .sum();
    card[..3].iter().all(u8::is_ascii_uppercase)
        && card[3..].iter().all(u8::is_ascii_digit)
        && sum % 10 == base36(card[3])
}

/// Czech and Slovak birth number: date with a raised month for women, ten digits divisible by 11.
pub(in crate::validate) fn cz_rc(value: &[u8]) -> bool {
    let Some(digits) = digits_up_to::<10>(value) else { return false };
    let Some(head) = digits.get(..9).filter(|_| !is_repeated(&digits)) else { return false };
    let (year, day) = (u32::from(head[0] * 10 + head[1]), u32::from(head[4] * 10 + head[5]));
    // Women add 50; since 2004 another 20 when the serials of a day run out.
    let month = u32::from(head[2] * 10 + head[3]) % 50;
    let month = if month > 20 { month - 20 } else { month };
    match digits.get(9) {
        None => year < 54 && is_date(1900 + year, month, day) && digits[6..9] != [0, 0, 0],
        Some(&last) => {
            let year = if year >= 54 { 1900 + year } else { 2000 + year };
            let rest = remainder(head, 11);
            is_date(year, month, day) && rest % 10 == u64::from(last) && (rest < 10 || year < 1986)
        }
    }
}

/// Hungarian social security number: weights 3 and 7.
pub(in crate::validate) fn hu_taj(value: &[u8]) -> bool {
    digits::<9>(value).is_some_and(|digits| {
        weighted(&digits, &[3, 7, 3, 7, 3, 7, 3, 7]) % 10 == u32::from(digits[8])
            && !is_repeated(&digits)
    })
}

/// Hungarian tax number of a person: starts with 8, weights 1 to 9 modulo 11.
pub(in crate::validate) fn hu_tax(value: &[u8]) -> bool {
    digits::<10>(value).is_some_and(|digits| {
        digits[0] == 8
            && weighted(&digits, &[1, 2, 3, 4, 5, 6, 7, 8, 9]) % 11 == u32::from(digits[9])
    })
}
