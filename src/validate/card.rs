//! Payment cards and the plain Luhn check.

use super::digits::{digits_up_to, luhn as luhn_digits, number};

/// A longest number that the plain Luhn check reads, in digits.
const LUHN_DIGITS_MAX: usize = 32;

/// Issuer prefixes: first and last six-digit prefix, shortest and longest number in digits.
const NETWORKS: &[(u32, u32, usize, usize)] = &[
    (180_000, 180_099, 15, 15), // JCB
    (213_100, 213_199, 15, 15), // JCB
    (220_000, 220_499, 16, 19), // Mir
    (222_100, 272_099, 16, 16), // Mastercard
    (300_000, 305_999, 14, 19), // Diners Club
    (309_500, 309_599, 14, 19), // Diners Club
    (340_000, 349_999, 15, 15), // American Express
    (352_800, 358_999, 16, 19), // JCB
    (360_000, 369_999, 14, 19), // Diners Club
    (370_000, 379_999, 15, 15), // American Express
    (380_000, 399_999, 14, 19), // Diners Club
    (400_000, 499_999, 13, 13), // Visa, first generation
    (400_000, 499_999, 16, 16), // Visa
    (400_000, 499_999, 19, 19), // Visa
    (500_000, 509_999, 12, 19), // Maestro, Elo, RuPay
    (510_000, 559_999, 16, 16), // Mastercard
    (560_000, 599_999, 12, 19), // Maestro
    (600_000, 699_999, 12, 19), // Maestro, Discover, RuPay, UnionPay, Elo
    (810_000, 829_999, 16, 19), // UnionPay, RuPay
    (979_200, 979_299, 16, 16), // Troy
];

/// Luhn check of 2 to 32 digits, not all zero.
pub(super) fn luhn(value: &[u8]) -> bool {
    digits_up_to::<LUHN_DIGITS_MAX>(value).is_some_and(|digits| {
        digits.len() > 1 && digits.iter().any(|&digit| digit != 0) && luhn_digits(&digits)
    })
}

/// Luhn, an issuer prefix with one of its lengths, and a body that is not all zeros.
pub(super) fn card(value: &[u8]) -> bool {
    let Some(digits) = digits_up_to::<19>(value) else { return false };
    let Some(prefix) = digits.get(..6) else { return false };
    let prefix = number(prefix) as u32;
    let issued = NETWORKS.iter().any(|&(first, last, min, max)| {
        (first..=last).contains(&prefix) && (min..=max).contains(&digits.len())
    });
    // 4111 1111 1111 1111 is what everybody tests with and has to be found; only a body of zeros is filler.
    let body = digits.get(1..digits.len() - 1).unwrap_or_default();
    issued && luhn_digits(&digits) && body.iter().any(|&digit| digit != 0)
}
