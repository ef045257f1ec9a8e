//! China, Hong Kong, Taiwan.

use super::date::is_date;
use super::digits::{alnum, base36, is_repeated, mod11_2, number, values};

/// Resident identity: region, birth date, serial, ISO 7064 mod 11-2.
pub(in crate::validate) fn ric(value: &[u8]) -> bool {
    let Some(ric) = alnum::<18>(value) else { return false };
    let Some(body) = values::<17>(&ric[..17]) else { return false };
    let mut symbols = [0; 18];
    symbols[..17].copy_from_slice(&body);
    symbols[17] = match ric[17] {
        b'X' => 10,
        digit @ b'0'..=b'9' => digit - b'0',
        _ => return false,
    };
    let year = number(&body[6..10]) as u32;
    matches!(body[0] * 10 + body[1], 11..=15 | 21..=23 | 31..=37 | 41..=46 | 50..=54 | 61..=65 | 71 | 81..=83 | 91)
        && (1850..=2099).contains(&year)
        && is_date(year, u32::from(body[10] * 10 + body[11]), u32::from(body[12] * 10 + body[13]))
        && mod11_2(&symbols)
}

/// Unified social credit code: base 31 without I, O, Z, S, V; powers of three modulo 31.
pub(in crate::validate) fn uscc(value: &[u8]) -> bool {
    const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    let Some(code) = alnum::<18>(value) else { return false };
    let mut sum = 0;
    let mut weight = 1;
    for &byte in &code[..17] {
        let Some(index) = ALPHABET.iter().position(|&symbol| symbol == byte) else { return false };
        sum += index * weight;
        weight = weight * 3 % 31;
    }
    b"123456789ANYEG".contains(&code[0])
        && code[2..8].iter().all(u8::is_ascii_digit)
        && ALPHABET[(31 - sum % 31) % 31] == code[17]
}

/// Hong Kong identity card: one or two letters, six digits, check character, often in brackets.
pub(in crate::validate) fn hk_id(value: &[u8]) -> bool {
    let mut card = [0; 9];
    let mut len = 0;
    for &byte in value.iter().filter(|byte| !matches!(byte, b'(' | b')' | b' ' | b'-')) {
        let (true, Some(slot)) = (byte.is_ascii_alphanumeric(), card.get_mut(len)) else {
            return false;
        };
        *slot = byte.to_ascii_uppercase();
        len += 1;
    }
    // A single letter counts as if a blank of value 36 stood before it.
    let (mut sum, body) = match len {
        8 => (36 * 9, &card[..8]),
        9 => (base36(card[0]) * 9, &card[1..9]),
        _ => return false,
    };
    sum += body[..7]
        .iter()
        .zip((2..=8).rev())
        .map(|(&byte, weight)| base36(byte) * weight)
        .sum::<u32>();
    let check = (11 - sum % 11) % 11;
    card[..len - 7].iter().all(u8::is_ascii_uppercase)
        && body[1..7].iter().all(u8::is_ascii_digit)
        && matches!(body[7], b'0'..=b'9' | b'A')
        && check == base36(body[7])
}

/// Taiwanese identity card or resident certificate: letter as two digits, weights 1, 9, 8 … 1, 1.
pub(in crate::validate) fn tw_id(value: &[u8]) -> bool {
    // The letters in the order of their codes 10 to 35.
    const LETTERS: &[u8; 26] = b"ABCDEFGHJKLMNPQRSTUVXYWZIO";
    let Some(card) = alnum::<10>(value) else { return false };
    let Some(code) =
        LETTERS.iter().position(|&letter| letter == card[0]).map(|index| index as u32 + 10)
    else {
        return false;
    };
    let Some(digits) = values::<9>(&card[1..]) else { return false };
    let weights = [8, 7, 6, 5, 4, 3, 2, 1, 1];
    let sum: u32 =
        digits.iter().zip(weights).map(|(&digit, weight)| u32::from(digit) * weight).sum();
    matches!(digits[0], 1 | 2 | 8 | 9)
        && !is_repeated(&digits)
        && (code / 10 + code % 10 * 9 + sum).is_multiple_of(10)
}
