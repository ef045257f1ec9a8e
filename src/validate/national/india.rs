//! India.

use super::digits::{alnum, base36, digits, is_repeated, luhn, values, verhoeff};

/// Aadhaar: twelve digits from 2 to 9, Verhoeff, not a palindrome.
pub(in crate::validate) fn aadhaar(value: &[u8]) -> bool {
    digits::<12>(value).is_some_and(|digits| {
        digits[0] >= 2 && verhoeff(&digits) && !digits.iter().eq(digits.iter().rev())
    })
}

/// Permanent account number in upper case: holder type in fourth place. Its check letter is not published.
pub(in crate::validate) fn pan(value: &[u8]) -> bool {
    !value.iter().any(u8::is_ascii_lowercase) && alnum::<10>(value).is_some_and(|pan| is_pan(&pan))
}

fn is_pan(pan: &[u8]) -> bool {
    let Some((head, [digits @ .., last])) = pan.split_at_checked(5) else { return false };
    head.iter().all(u8::is_ascii_uppercase)
        && b"ABCFGHJKLPTE".contains(&head[3])
        && values::<4>(digits).is_some_and(|digits| digits != [0; 4])
        && last.is_ascii_uppercase()
}

/// Goods and services tax number: state, account number, Luhn over base 36.
pub(in crate::validate) fn gstin(value: &[u8]) -> bool {
    let Some(gstin) = alnum::<15>(value) else { return false };
    let Some(state) = values::<2>(&gstin[..2]) else { return false };
    let mut sum = 0;
    for (place, &byte) in gstin[..14].iter().enumerate() {
        let product = base36(byte) << (place % 2);
        sum += product / 36 + product % 36;
    }
    matches!(state[0] * 10 + state[1], 1..=38 | 96..=99)
        && is_pan(&gstin[2..12])
        && gstin[12] != b'0'
        && (36 - sum % 36) % 36 == base36(gstin[14])
}

/// Voter card: three letters and seven digits, Luhn.
pub(in crate::validate) fn epic(value: &[u8]) -> bool {
    alnum::<10>(value).is_some_and(|epic| {
        epic[..3].iter().all(u8::is_ascii_uppercase)
            && values::<7>(&epic[3..]).is_some_and(|digits| luhn(&digits) && !is_repeated(&digits))
    })
}
