//! France.

use super::digits::{alnum, digits, is_repeated, luhn, number, values};

/// Social security number: sex, year, month, department (Corsica 2A, 2B), 97 minus the number modulo 97.
pub(in crate::validate) fn nir(value: &[u8]) -> bool {
    let Some(mut nir) = alnum::<15>(value) else { return false };
    // Corsica's letters count as departments 19 and 18.
    match &nir[5..7] {
        b"2A" => nir[5..7].copy_from_slice(b"19"),
        b"2B" => nir[5..7].copy_from_slice(b"18"),
        _ => {}
    }
    let Some(digits) = values::<15>(&nir) else { return false };
    let month = digits[3] * 10 + digits[4];
    matches!(digits[0], 1..=4 | 7 | 8)
        && matches!(month, 1..=12 | 20..=42 | 50..=99)
        && digits[5..7] != [0, 0]
        && 97 - number(&digits[..13]) % 97 == number(&digits[13..])
}

/// Tax number: the last three digits are the first ten modulo 511.
pub(in crate::validate) fn nif(value: &[u8]) -> bool {
    digits::<13>(value).is_some_and(|digits| {
        digits[0] <= 3
            && number(&digits[..10]) % 511 == number(&digits[10..])
            && !is_repeated(&digits)
    })
}

/// Company number: nine digits, Luhn.
pub(in crate::validate) fn siren(value: &[u8]) -> bool {
    digits::<9>(value).is_some_and(|digits| luhn(&digits) && !is_repeated(&digits))
}

/// Establishment number: company number and five digits, Luhn; the post office uses a plain digit sum.
pub(in crate::validate) fn siret(value: &[u8]) -> bool {
    const POST_OFFICE: [u8; 9] = [3, 5, 6, 0, 0, 0, 0, 0, 0];
    let Some(digits) = digits::<14>(value) else { return false };
    let sum: u32 = digits.iter().map(|&digit| u32::from(digit)).sum();
    let post_office = digits.starts_with(&POST_OFFICE) && sum.is_multiple_of(5);
    luhn(&digits[..9]) && !is_repeated(&digits[..9]) && (luhn(&digits) || post_office)
}
