//! Mexico.

use super::date::is_short_date;
use super::digits::{alnum, alnum_up_to, base36, values};

/// Federal entities in population registry codes, sorted.
const STATES: &[u8] = b"ASBCBSCCCHCLCMCSDFDGGRGTHGJCMCMNMSNENLNTOCPLQRQTSLSPSRTCTLTSVZYNZS";

/// Population registry code: names, birth date, sex, state, check digit in base 37.
pub(in crate::validate) fn curp(value: &[u8]) -> bool {
    let Some(curp) = alnum::<18>(value) else { return false };
    let sum: u32 = curp[..17]
        .iter()
        .zip((2..=18).rev())
        .map(|(&byte, weight)| curp_value(byte) * weight)
        .sum();
    let (states, _) = STATES.as_chunks::<2>();
    let state = &curp[11..13];
    curp[..4].iter().all(u8::is_ascii_uppercase)
        && values::<6>(&curp[4..10]).is_some_and(|date| is_short_date(&date))
        && matches!(curp[10], b'H' | b'M' | b'X')
        && states.iter().any(|known| known == state)
        && curp[13..16].iter().all(|byte| byte.is_ascii_uppercase() && !b"AEIOU".contains(byte))
        && curp[17].is_ascii_digit()
        && (10 - sum % 10) % 10 == base36(curp[17])
}

/// Base 37: the letter Ñ, which never reaches here as one byte, would sit behind N.
const fn curp_value(byte: u8) -> u32 {
    if byte > b'N' { base36(byte) + 1 } else { base36(byte) }
}

/// Taxpayer code of a person (13) or company (12): name, date, tail. The check digit is not reliable in real codes.
pub(in crate::validate) fn rfc(value: &[u8]) -> bool {
    let Some(rfc) = alnum_up_to::<13>(value) else { return false };
    let letters = match rfc.len() {
        12 => 3,
        13 => 4,
        _ => return false,
    };
    let (name, rest) = rfc.split_at(letters);
    name.iter().all(u8::is_ascii_uppercase)
        && values::<6>(&rest[..6]).is_some_and(|date| is_short_date(&date))
        && (rest[8].is_ascii_digit() || rest[8] == b'A')
}
