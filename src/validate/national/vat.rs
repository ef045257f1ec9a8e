//! Value added tax numbers of the European Union, by country prefix.

use super::balkans::{bg_egn, gr_afm, hr_oib};
use super::central_europe::{cz_rc, pl_nip};
use super::digits::{
    alnum_up_to, base36, digits, digits_up_to, eleven_minus, is_repeated, luhn, luhn_double,
    mod11_10, mod97, number, remainder, values, weighted,
};
use super::iberia::{es_nif, pt_nif};
use super::low_countries::nl_bsn;
use super::nordics::{fi_ytunnus, se_orgnr};
use super::{france, italy, uk_ireland};

/// A country prefix and a number that the country's own check accepts.
pub(in crate::validate) fn eu(value: &[u8]) -> bool {
    let Some((country, body)) = value.split_at_checked(2) else { return false };
    let country = [country[0].to_ascii_uppercase(), country[1].to_ascii_uppercase()];
    match &country {
        b"AT" => at(body),
        b"BE" => be(body),
        b"BG" => bg(body),
        b"CY" => cy(body),
        b"CZ" => cz(body),
        b"DE" => digits::<9>(body).is_some_and(|digits| digits[0] != 0 && mod11_10(&digits)),
        b"DK" => sum_is_zero::<8>(body, &[2, 7, 6, 5, 4, 3, 2, 1], 11),
        b"EE" => sum_is_zero::<9>(body, &[3, 7, 1, 3, 7, 1, 3, 7, 1], 10),
        b"EL" | b"GR" => gr_afm(body),
        b"ES" => es_nif(body),
        b"FI" => fi_ytunnus(body),
        b"FR" => fr(body),
        b"HR" => hr_oib(body),
        b"HU" => sum_is_zero::<8>(body, &[9, 7, 3, 1, 9, 7, 3, 1], 10),
        b"IE" => ie(body),
        b"IT" => italy::vat(body),
        b"LT" => lt(body),
        b"LU" => digits::<8>(body)
            .is_some_and(|digits| number(&digits[..6]) % 89 == number(&digits[6..])),
        b"LV" => lv(body),
        b"MT" => sum_is_zero::<8>(body, &[3, 4, 6, 7, 8, 9, 10, 1], 37),
        b"NL" => nl(body),
        b"PL" => pl_nip(body),
        b"PT" => pt_nif(body),
        b"RO" => ro(body),
        b"SE" => se(body),
        b"SI" => si(body),
        b"SK" => sk(body),
        b"XI" => uk_ireland::vat(body),
        _ => false,
    }
}

fn sum_is_zero<const N: usize>(body: &[u8], weights: &[u32; N], modulus: u32) -> bool {
    digits::<N>(body).is_some_and(|digits| {
        digits[0] != 0
            && weighted(&digits, weights).is_multiple_of(modulus)
            && !is_repeated(&digits)
    })
}

fn at(body: &[u8]) -> bool {
    let Some(vat) = alnum_up_to::<9>(body) else { return false };
    let [b'U', number @ ..] = &*vat else { return false };
    values::<8>(number).is_some_and(|digits| {
        let sum: u32 = digits[..7]
            .iter()
            .enumerate()
            .map(
                |(place, &digit)| {
                    if place % 2 == 1 { luhn_double(digit) } else { u32::from(digit) }
                },
            )
            .sum();
        (sum + 4 + u32::from(digits[7])).is_multiple_of(10)
    })
}

fn be(body: &[u8]) -> bool {
    digits_up_to::<10>(body).is_some_and(|digits| match digits.len() {
        9 => 97 - number(&digits[..7]) % 97 == number(&digits[7..]),
        10 => {
            digits[0] <= 1
                && 97 - number(&digits[..8]) % 97 == number(&digits[8..])
                && !is_repeated(&digits)
        }
        _ => false,
    })
}

fn bg(body: &[u8]) -> bool {
    let Some(digits) = digits_up_to::<10>(body) else { return false };
    match digits.len() {
        9 => {
            let mut check = weighted(&digits, &[1, 2, 3, 4, 5, 6, 7, 8]) % 11;
            if check == 10 {
                check = weighted(&digits, &[3, 4, 5, 6, 7, 8, 9, 10]) % 11 % 10;
            }
            check == u32::from(digits[8]) && !is_repeated(&digits)
        }
        10 => {
            let foreign = weighted(&digits, &[21, 19, 17, 13, 11, 9, 7, 3, 1]) % 10;
            let other = eleven_minus(weighted(&digits, &[4, 3, 2, 7, 6, 5, 4, 3, 2])) % 11;
            let last = u32::from(digits[9]);
            bg_egn(body) || foreign == last || other == last
        }
        _ => false,
    }
}

fn cy(body: &[u8]) -> bool {
    let Some(vat) = alnum_up_to::<9>(body) else { return false };
    let [number @ .., last] = &*vat else { return false };
    values::<8>(number).is_some_and(|digits| {
        let sum: u32 = digits
            .iter()
            .enumerate()
            .map(
                |(place, &digit)| {
                    if place % 2 == 0 { italy::ODD[usize::from(digit)] } else { u32::from(digit) }
                },
            )
            .sum();
        digits[..2] != [1, 2] && u32::from(*last) == u32::from(b'A') + sum % 26
    })
}

fn cz(body: &[u8]) -> bool {
    let Some(digits) = digits_up_to::<10>(body) else { return false };
    let last = digits.last().copied().map_or(10, u32::from);
    match digits.len() {
        8 => digits[0] != 9 && eleven_minus(weighted(&digits, &[8, 7, 6, 5, 4, 3, 2])) % 10 == last,
        9 if digits[0] == 6 => {
            let rest = weighted(&digits[1..8], &[8, 7, 6, 5, 4, 3, 2]) % 11;
            (18 - (21 - rest) % 11) % 10 == last || cz_rc(body)
        }
        9 | 10 => cz_rc(body),
        _ => false,
    }
}

/// Two characters that depend on the company number; old keys are digits modulo 97.
fn fr(body: &[u8]) -> bool {
    let Some(vat) = alnum_up_to::<11>(body) else { return false };
    let Some((key, siren)) = vat.split_at_checked(2) else { return false };
    let Some(digits) = values::<9>(siren) else { return false };
    if !france::siren(siren) && !digits.starts_with(&[0, 0, 0]) {
        return false;
    }
    if let Some(key) = values::<2>(key) {
        return (number(&digits) * 100 + 12) % 97 == number(&key);
    }
    // New keys count in an alphabet without I and O.
    let place =
        |byte: u8| b"0123456789ABCDEFGHJKLMNPQRSTUVWXYZ".iter().position(|&symbol| symbol == byte);
    let (Some(first), Some(second)) = (place(key[0]), place(key[1])) else { return false };
    let index = if key[0].is_ascii_digit() {
        (first * 24 + second).checked_sub(10)
    } else {
        (first * 34 + second).checked_sub(100)
    };
    index.is_some_and(|index| (number(&digits) + 1 + index as u64 / 11) % 11 == index as u64 % 11)
}

fn ie(body: &[u8]) -> bool {
    let Some(vat) = alnum_up_to::<9>(body) else { return false };
    if vat.len() < 8 {
        return false;
    }
    // The oldest form has a letter or sign in second place: its digits are 0, then the third to seventh, then the first.
    if !vat[1].is_ascii_digit() {
        let moved = [b'0', vat[2], vat[3], vat[4], vat[5], vat[6], vat[0]];
        return vat.len() == 8
            && values::<7>(&moved)
                .is_some_and(|digits| uk_ireland::ie_check(&digits, 0) == vat[7]);
    }
    uk_ireland::ie_pps(body)
}

fn lt(body: &[u8]) -> bool {
    let Some(digits) = digits_up_to::<12>(body) else { return false };
    let Some((&last, number)) = digits.split_last() else { return false };
    if !matches!(digits.len(), 9 | 12) || digits[digits.len() - 2] != 1 {
        return false;
    }
    let sum = |start: u32| {
        number
            .iter()
            .zip(start..)
            .map(|(&digit, weight)| u32::from(digit) * ((weight - 1) % 9 + 1))
            .sum::<u32>()
            % 11
    };
    let check = if sum(1) == 10 { sum(3) % 10 } else { sum(1) };
    check == u32::from(last)
}

fn lv(body: &[u8]) -> bool {
    digits::<11>(body).is_some_and(|digits| {
        if digits[0] > 3 {
            weighted(&digits, &[9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1]) % 11 == 3
        } else {
            super::baltics::lv_pk(body)
        }
    })
}

fn nl(body: &[u8]) -> bool {
    let Some(vat) = alnum_up_to::<12>(body) else { return false };
    if vat.len() != 12
        || vat[9] != b'B'
        || !vat[10..].iter().all(u8::is_ascii_digit)
        || vat.ends_with(b"00")
    {
        return false;
    }
    vat[..9].iter().all(u8::is_ascii_digit)
        && (nl_bsn(&vat[..9]) || mod97(b"NL".iter().chain(&*vat).copied()))
}

fn ro(body: &[u8]) -> bool {
    let Some(digits) = digits_up_to::<10>(body) else { return false };
    let Some((&last, number)) = digits.split_last() else { return false };
    let sum: u32 = number
        .iter()
        .rev()
        .zip([2, 3, 5, 7, 1, 2, 3, 5, 7])
        .map(|(&digit, weight)| u32::from(digit) * weight)
        .sum();
    number.len() > 1 && number[0] != 0 && sum * 10 % 11 % 10 == u32::from(last)
}

fn se(body: &[u8]) -> bool {
    alnum_up_to::<12>(body).is_some_and(|vat| {
        vat.len() == 12
            && vat.ends_with(b"01")
            && values::<10>(&vat[..10]).is_some_and(|digits| luhn(&digits) && base36(vat[0]) != 0)
            && (se_orgnr(&vat[..10]) || vat[2] < b'2')
    })
}

fn si(body: &[u8]) -> bool {
    digits::<8>(body).is_some_and(|digits| {
        let check = eleven_minus(weighted(&digits, &[8, 7, 6, 5, 4, 3, 2]));
        digits[0] != 0 && check != 11 && check % 10 == u32::from(digits[7])
    })
}

fn sk(body: &[u8]) -> bool {
    digits::<10>(body).is_some_and(|digits| {
        digits[0] != 0 && matches!(digits[2], 2..=4 | 7..=9) && remainder(&digits, 11) == 0
    })
}
