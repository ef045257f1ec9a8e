//! Spain and Portugal.

use super::digits::{
    alnum, alnum_up_to, base36, digits, is_repeated, luhn_double, number, values, weighted,
    without_prefix,
};

const ES_LETTERS: &[u8; 23] = b"TRWAGMYFPDXBNJZSQVHLCKE";

/// Spanish identity number: eight digits and the letter of the number modulo 23.
pub(in crate::validate) fn es_dni(value: &[u8]) -> bool {
    alnum::<9>(value).is_some_and(|dni| es_letter(&dni[..8], dni[8]))
}

/// Spanish foreigner number: X, Y or Z, seven digits and the letter.
pub(in crate::validate) fn es_nie(value: &[u8]) -> bool {
    let Some(mut nie) = alnum::<9>(value) else { return false };
    if !matches!(nie[0], b'X'..=b'Z') {
        return false;
    }
    nie[0] -= b'X' - b'0';
    es_letter(&nie[..8], nie[8])
}

fn es_letter(digits: &[u8], letter: u8) -> bool {
    values::<8>(digits).is_some_and(|digits| {
        ES_LETTERS[(number(&digits) % 23) as usize] == letter && !is_repeated(&digits)
    })
}

/// Spanish company number: type letter, seven digits, control digit or letter as the type demands.
pub(in crate::validate) fn es_cif(value: &[u8]) -> bool {
    let Some(cif) = alnum::<9>(value) else { return false };
    let Some(digits) = values::<7>(&cif[1..8]) else { return false };
    let sum: u32 = digits
        .iter()
        .enumerate()
        .map(
            |(position, &digit)| {
                if position % 2 == 0 { luhn_double(digit) } else { u32::from(digit) }
            },
        )
        .sum();
    let control = (10 - sum % 10) % 10;
    let letter = cif[8] == b"JABCDEFGHI"[control as usize];
    let digit = cif[8].is_ascii_digit() && base36(cif[8]) == control;
    match cif[0] {
        b'P' | b'Q' | b'S' | b'N' | b'W' | b'R' => letter,
        b'A' | b'B' | b'E' | b'H' => digit,
        b'C' | b'D' | b'F' | b'G' | b'J' | b'U' | b'V' => letter || digit,
        _ => false,
    }
}

/// Spanish social security number: province and serial modulo 97.
pub(in crate::validate) fn es_nuss(value: &[u8]) -> bool {
    let Some(digits) = digits::<12>(value) else { return false };
    let (province, serial) = (number(&digits[..2]), number(&digits[2..10]));
    // Serials below ten million are joined to the province without their leading zero.
    let joined = province * if serial < 10_000_000 { 10_000_000 } else { 100_000_000 } + serial;
    matches!(province, 1..=53 | 66) && serial != 0 && joined % 97 == number(&digits[10..])
}

/// Portuguese tax number: weights 9 to 2 modulo 11.
pub(in crate::validate) fn pt_nif(value: &[u8]) -> bool {
    digits::<9>(without_prefix(value, b"PT")).is_some_and(|digits| {
        let check = (11 - weighted(&digits, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 11 % 10;
        digits[0] != 0 && digits[0] != 4 && check == u32::from(digits[8]) && !is_repeated(&digits)
    })
}

/// Portuguese citizen card: nine digits, two letters or digits, Luhn over base-36 values.
pub(in crate::validate) fn pt_cc(value: &[u8]) -> bool {
    let Some(card) = alnum_up_to::<12>(value) else { return false };
    if card.len() != 12 || !card[..9].iter().all(u8::is_ascii_digit) || !card[11].is_ascii_digit() {
        return false;
    }
    let mut sum = 0;
    for (position, &byte) in card.iter().enumerate() {
        let value = base36(byte) << ((position + 1) % 2);
        sum += if position % 2 == 0 && value > 9 { value - 9 } else { value };
    }
    sum.is_multiple_of(10)
}

/// Any Spanish tax number: citizen, foreigner, company, or the rare personal forms K, L and M.
pub(super) fn es_nif(value: &[u8]) -> bool {
    let personal = |value: &[u8]| {
        alnum::<9>(value).is_some_and(|mut nif| {
            let special = matches!(nif[0], b'K' | b'L' | b'M');
            nif[0] = b'0';
            special && es_letter(&nif[..8], nif[8])
        })
    };
    es_dni(value) || es_nie(value) || es_cif(value) || personal(value)
}

/// Portuguese social security number: eleven digits, prime weights.
pub(in crate::validate) fn pt_niss(value: &[u8]) -> bool {
    digits::<11>(value).is_some_and(|digits| {
        let sum = weighted(&digits[..10], &[29, 23, 19, 17, 13, 11, 7, 5, 3, 2]);
        matches!(digits[0], 1 | 2) && 9 - sum % 10 == u32::from(digits[10])
    })
}
