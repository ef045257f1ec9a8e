//! Australia and New Zealand.

use super::digits::{alnum, digits, digits_up_to, is_repeated, number, values, weighted};

/// Australian tax file number: eight or nine digits modulo 11.
pub(in crate::validate) fn au_tfn(value: &[u8]) -> bool {
    let Some(digits) = digits_up_to::<9>(value) else { return false };
    let sum = weighted(&digits, &[1, 4, 3, 7, 5, 8, 6, 9, 10]);
    matches!(digits.len(), 8 | 9) && sum.is_multiple_of(11) && !is_repeated(&digits)
}

/// Australian Medicare card: starts with 2 to 6, weights 1, 3, 7, 9; card issue and person behind.
pub(in crate::validate) fn au_medicare(value: &[u8]) -> bool {
    let Some(digits) = digits_up_to::<11>(value) else { return false };
    matches!(digits.len(), 10 | 11)
        && matches!(digits[0], 2..=6)
        && weighted(&digits, &[1, 3, 7, 9, 1, 3, 7, 9]) % 10 == u32::from(digits[8])
        && digits[9] != 0
}

/// Australian business number: first digit less one, modulo 89.
pub(in crate::validate) fn au_abn(value: &[u8]) -> bool {
    let Some(mut digits) = digits::<11>(value) else { return false };
    let Some(first) = digits[0].checked_sub(1) else { return false };
    digits[0] = first;
    weighted(&digits, &[10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]).is_multiple_of(89)
}

/// Australian company number: weights 8 to 1 modulo 10.
pub(in crate::validate) fn au_acn(value: &[u8]) -> bool {
    digits::<9>(value).is_some_and(|digits| {
        weighted(&digits, &[8, 7, 6, 5, 4, 3, 2, 1, 1]).is_multiple_of(10) && !is_repeated(&digits)
    })
}

/// New Zealand revenue number: eight or nine digits in the issued range, two passes modulo 11.
pub(in crate::validate) fn nz_ird(value: &[u8]) -> bool {
    let Some(digits) = digits_up_to::<9>(value) else { return false };
    if !matches!(digits.len(), 8 | 9)
        || !(10_000_000..=200_000_000).contains(&number(&digits))
        || is_repeated(&digits)
    {
        return false;
    }
    // Eight-digit numbers are read with a zero in front.
    let body = if digits.len() == 9 { &digits[..8] } else { &digits[..7] };
    let skip = 8 - body.len();
    let check = |weights: [u32; 8]| (11 - weighted(body, &weights[skip..]) % 11) % 11;
    let mut expected = check([3, 2, 7, 6, 5, 4, 3, 2]);
    if expected == 10 {
        expected = check([7, 4, 3, 2, 5, 2, 7, 6]);
    }
    digits.last().is_some_and(|&last| u32::from(last) == expected)
}

/// New Zealand health index: old form modulo 11, new form (letter last) modulo 23; letters without I and O.
pub(in crate::validate) fn nz_nhi(value: &[u8]) -> bool {
    const LETTERS: &[u8; 24] = b"ABCDEFGHJKLMNPQRSTUVWXYZ";
    let Some(nhi) = alnum::<7>(value) else { return false };
    let letter =
        |byte: u8| LETTERS.iter().position(|&known| known == byte).map(|index| index as u32 + 1);
    let (Some(a), Some(b), Some(c)) = (letter(nhi[0]), letter(nhi[1]), letter(nhi[2])) else {
        return false;
    };
    let sum = a * 7 + b * 6 + c * 5;
    if let Some(d) = values::<4>(&nhi[3..]) {
        let rest = (sum + weighted(&d, &[4, 3, 2])) % 11;
        return rest != 0 && (11 - rest) % 10 == u32::from(d[3]);
    }
    let (Some(d), Some(e), Some(last)) = (values::<2>(&nhi[3..5]), letter(nhi[5]), letter(nhi[6]))
    else {
        return false;
    };
    last == 23 - (sum + weighted(&d, &[4, 3]) + e * 2) % 23
}
