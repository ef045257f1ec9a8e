//! United States.

use super::digits::{alnum, digits, is_repeated, luhn_sum, number, values};

/// Social security number: area, group and serial in use, not one that was published as a sample.
pub(in crate::validate) fn ssn(value: &[u8]) -> bool {
    const VOID: [u64; 3] = [78_051_120, 219_099_999, 457_555_462];
    let Some(digits) = digits::<9>(value) else { return false };
    let (area, group, serial) = (number(&digits[..3]), number(&digits[3..5]), number(&digits[5..]));
    (1..900).contains(&area)
        && area != 666
        && group != 0
        && serial != 0
        && !is_repeated(&digits)
        && !VOID.contains(&number(&digits))
}

/// Individual taxpayer number: starts with 9, group from the ranges in use.
pub(in crate::validate) fn itin(value: &[u8]) -> bool {
    digits::<9>(value).is_some_and(|digits| {
        digits[0] == 9
            && matches!(digits[3] * 10 + digits[4], 50..=65 | 70..=88 | 90..=92 | 94..=99)
    })
}

/// Employer number: prefix of a campus that issues them.
pub(in crate::validate) fn ein(value: &[u8]) -> bool {
    digits::<9>(value).is_some_and(|digits| {
        let prefix = digits[0] * 10 + digits[1];
        let issued =
            matches!(prefix, 1..=6 | 10..=16 | 20..=27 | 30..=48 | 50..=68 | 71..=77 | 80..=88 | 90..=95 | 98 | 99);
        issued && !is_repeated(&digits)
    })
}

/// National provider identifier: Luhn behind the issuer prefix 80840.
pub(in crate::validate) fn npi(value: &[u8]) -> bool {
    // The prefix 80840 adds 24 to the Luhn sum of any ten digits.
    digits::<10>(value).is_some_and(|digits| {
        matches!(digits[0], 1 | 2) && (luhn_sum(&digits) + 24).is_multiple_of(10)
    })
}

/// Drug enforcement registration: registrant type, letter or 9, six digits and a check digit.
pub(in crate::validate) fn dea(value: &[u8]) -> bool {
    let Some(dea) = alnum::<9>(value) else { return false };
    let (head, tail) = dea.split_at(2);
    let Some(d) = values::<7>(tail) else { return false };
    let sum = d[0] + d[2] + d[4] + (d[1] + d[3] + d[5]) * 2;
    b"ABCDEFGHJKLMPRSTUX".contains(&head[0])
        && (head[1].is_ascii_uppercase() || head[1] == b'9')
        && !is_repeated(&d)
        && sum % 10 == d[6]
}

/// Medicare beneficiary identifier: eleven positions, each with its class; no S, L, O, I, B, Z.
pub(in crate::validate) fn mbi(value: &[u8]) -> bool {
    const CLASSES: &[u8; 11] = b"CAXNAXNAANN";
    let Some(mbi) = alnum::<11>(value) else { return false };
    mbi.iter().zip(CLASSES).all(|(&byte, class)| {
        let letter = byte.is_ascii_uppercase() && !b"SLOIBZ".contains(&byte);
        match class {
            b'C' => matches!(byte, b'1'..=b'9'),
            b'A' => letter,
            b'N' => byte.is_ascii_digit(),
            _ => letter || byte.is_ascii_digit(),
        }
    })
}

/// Passport: nine digits, or a letter and eight digits. Shape only.
pub(in crate::validate) fn passport(value: &[u8]) -> bool {
    let Some(number) = alnum::<9>(value) else { return false };
    let (first, rest) = number.split_at(1);
    rest.iter().all(u8::is_ascii_digit)
        && !is_repeated(rest)
        && (first[0].is_ascii_digit() || b"ACDEXYZ".contains(&first[0]))
}
