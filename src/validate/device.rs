//! Numbers of things: phones, SIM cards, vehicles, travel documents, trade items.

use super::digits::{
    alnum, alnum_up_to, base36, digits, digits_up_to, icao, is_repeated, luhn, values, weighted,
};

/// International mobile equipment identity: 15 digits, Luhn.
pub(super) fn imei(value: &[u8]) -> bool {
    digits::<15>(value)
        .is_some_and(|digits| luhn(&digits) && !is_repeated(&digits) && digits[..2] != [0, 0])
}

/// SIM card number: 19 or 20 digits from 89, Luhn.
pub(super) fn iccid(value: &[u8]) -> bool {
    digits_up_to::<20>(value)
        .is_some_and(|digits| digits.len() >= 19 && digits.starts_with(&[8, 9]) && luhn(&digits))
}

/// Vehicle identification number with the North American check digit in position 9.
pub(super) fn vin(value: &[u8]) -> bool {
    const WEIGHTS: [u32; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
    let Some(vin) = alnum::<17>(value) else { return false };
    if is_repeated(&vin) || vin.iter().any(|byte| matches!(byte, b'I' | b'O' | b'Q')) {
        return false;
    }
    let sum: u32 = vin.iter().zip(WEIGHTS).map(|(&byte, weight)| vin_value(byte) * weight).sum();
    let check = if sum % 11 == 10 { b'X' } else { b'0' + (sum % 11) as u8 };
    vin[8] == check
}

const fn vin_value(byte: u8) -> u32 {
    match byte {
        b'0'..=b'9' => (byte - b'0') as u32,
        b'A'..=b'H' => (byte - b'A') as u32 + 1,
        b'J'..=b'R' => (byte - b'J') as u32 + 1,
        b'S'..=b'Z' => (byte - b'S') as u32 + 2,
        _ => 0,
    }
}

/// Machine readable zone of a passport or identity card: the data line alone or all lines together.
pub(super) fn mrz(value: &[u8]) -> bool {
    let mut zone = [0; 90];
    let mut len = 0;
    for &byte in value.iter().filter(|byte| !byte.is_ascii_whitespace()) {
        let (true, Some(slot)) =
            (byte == b'<' || byte.is_ascii_uppercase() || byte.is_ascii_digit(), zone.get_mut(len))
        else {
            return false;
        };
        *slot = byte;
        len += 1;
    }
    match len {
        44 => mrz_data_line(&zone[..44], 42),
        88 => zone[0] == b'P' && mrz_data_line(&zone[44..88], 42),
        36 => mrz_data_line(&zone[..36], 35),
        72 => {
            matches!(zone[0], b'A' | b'C' | b'I' | b'P' | b'V') && mrz_data_line(&zone[36..72], 35)
        }
        90 => mrz_card(&zone),
        _ => false,
    }
}

/// Data line of the passport sizes: document, birth and expiry check digits; personal number when there is one.
fn mrz_data_line(line: &[u8], end: usize) -> bool {
    let personal = end != 42 || line.get(28..42).is_some_and(|field| mrz_check(field, line[42]));
    mrz_check(&line[..9], line[9])
        && mrz_check(&line[13..19], line[19])
        && mrz_check(&line[21..27], line[27])
        && personal
}

/// Three lines of 30: document check in the first, birth and expiry in the second.
fn mrz_card(zone: &[u8; 90]) -> bool {
    matches!(zone[0], b'A' | b'C' | b'I')
        && mrz_check(&zone[5..14], zone[14])
        && mrz_check(&zone[30..36], zone[36])
        && mrz_check(&zone[38..44], zone[44])
}

/// An empty optional field may carry `<` for its check digit.
fn mrz_check(field: &[u8], check: u8) -> bool {
    (check.is_ascii_digit() || check == b'<') && icao(field) == base36(check)
}

/// ISBN-10 or ISBN-13.
pub(super) fn isbn(value: &[u8]) -> bool {
    let Some(isbn) = alnum_up_to::<13>(value) else { return false };
    match isbn.len() {
        10 => {
            let last = if isbn[9] == b'X' { 10 } else { u32::from(isbn[9].wrapping_sub(b'0')) };
            last <= 10
                && values::<9>(&isbn[..9]).is_some_and(|body| {
                    (weighted(&body, &[10, 9, 8, 7, 6, 5, 4, 3, 2]) + last).is_multiple_of(11)
                        && !is_repeated(&isbn)
                })
        }
        13 => (isbn.starts_with(b"978") || isbn.starts_with(b"979")) && ean(&isbn),
        _ => false,
    }
}

/// GS1 trade item number: 8, 12, 13 or 14 digits, weights 3 and 1 from the right.
pub(super) fn ean(value: &[u8]) -> bool {
    digits_up_to::<14>(value).is_some_and(|digits| {
        matches!(digits.len(), 8 | 12 | 13 | 14) && !is_repeated(&digits) && ean_digits(&digits)
    })
}

/// GS1 check of digit values, the check digit last.
pub(super) fn ean_digits(digits: &[u8]) -> bool {
    digits
        .iter()
        .rev()
        .zip([1, 3].into_iter().cycle())
        .map(|(&digit, weight)| u32::from(digit) * weight)
        .sum::<u32>()
        % 10
        == 0
}
