//! Canada.

use super::digits::{digits, eleven_minus, is_repeated, luhn, weighted};

/// Social insurance number: Luhn, not from 0 or 8.
pub(in crate::validate) fn sin(value: &[u8]) -> bool {
    digits::<9>(value)
        .is_some_and(|digits| !matches!(digits[0], 0 | 8) && luhn(&digits) && !is_repeated(&digits))
}

/// British Columbia personal health number: starts with 9, modulo 11.
pub(in crate::validate) fn bc_phn(value: &[u8]) -> bool {
    digits::<10>(value).is_some_and(|digits| {
        let sum = weighted(&digits[1..], &[2, 4, 8, 5, 10, 9, 7, 3]);
        digits[0] == 9 && eleven_minus(sum) == u32::from(digits[9])
    })
}
