//! Germany.

use super::date::is_day_of_month;
use super::digits::{alnum, alnum_up_to, base36, digits, icao, mod11_10, values};

/// Tax number: ISO 7064 mod 11,10, and exactly one digit occurs two or three times among the first ten.
pub(in crate::validate) fn tax_id(value: &[u8]) -> bool {
    let Some(digits) = digits::<11>(value) else { return false };
    let mut counts = [0_u8; 10];
    for &digit in &digits[..10] {
        counts[usize::from(digit % 10)] += 1;
    }
    let repeated = counts.iter().filter(|&&count| count > 1).count();
    digits[0] != 0 && repeated == 1 && counts.iter().all(|&count| count <= 3) && mod11_10(&digits)
}

/// Identity card or passport: letters without vowels that spell words; the ICAO check digit where it is written.
pub(in crate::validate) fn id_card(value: &[u8]) -> bool {
    let Some(card) = alnum_up_to::<11>(value) else { return false };
    let Some((serial, tail)) = card.split_at_checked(9) else { return false };
    let shaped = b"CFGHJKLMNPRTVWXYZ".contains(&serial[0])
        && serial.iter().all(|byte| byte.is_ascii_digit() || b"CFGHJKLMNPRTVWXYZ".contains(byte))
        && serial.iter().filter(|byte| byte.is_ascii_digit()).count() >= 3;
    shaped
        && match tail {
            [] => true,
            [check] | [check, b'D'] => check.is_ascii_digit() && icao(serial) == base36(*check),
            _ => false,
        }
}

/// Pension insurance number: area, birth date, initial, serial, check digit over twelve digits.
pub(in crate::validate) fn rvnr(value: &[u8]) -> bool {
    let Some(rvnr) = alnum::<12>(value) else { return false };
    let letter = rvnr[8];
    let (Some(front), Some(back)) = (values::<8>(&rvnr[..8]), values::<3>(&rvnr[9..])) else {
        return false;
    };
    if !letter.is_ascii_uppercase() {
        return false;
    }
    let place = letter - b'A' + 1;
    let mut digits = [0; 12];
    digits[..8].copy_from_slice(&front);
    digits[8..].copy_from_slice(&[place / 10, place % 10, back[0], back[1]]);
    let sum: u32 = digits
        .iter()
        .zip([2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1])
        .map(|(&digit, weight)| cross_sum(digit, weight))
        .sum();
    let (day, month) = (u32::from(front[2] * 10 + front[3]), u32::from(front[4] * 10 + front[5]));
    is_day_of_month(month, day) && sum % 10 == u32::from(back[2])
}

/// Health insurance number: letter and nine digits, weights 1 and 2 with cross sums.
pub(in crate::validate) fn kvnr(value: &[u8]) -> bool {
    let Some(kvnr) = alnum::<10>(value) else { return false };
    let (true, Some(tail)) = (kvnr[0].is_ascii_uppercase(), values::<9>(&kvnr[1..])) else {
        return false;
    };
    let place = kvnr[0] - b'A' + 1;
    let mut digits = [0; 10];
    digits[..2].copy_from_slice(&[place / 10, place % 10]);
    digits[2..].copy_from_slice(&tail[..8]);
    let sum: u32 = digits
        .iter()
        .zip([1, 2].into_iter().cycle())
        .map(|(&digit, weight)| cross_sum(digit, weight))
        .sum();
    sum % 10 == u32::from(tail[8])
}

/// Cross sum of the product of a digit and a weight below ten.
fn cross_sum(digit: u8, weight: u32) -> u32 {
    let product = u32::from(digit) * weight;
    product / 10 + product % 10
}
