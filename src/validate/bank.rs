//! Bank accounts, bank codes and securities.

use super::country;
use super::digits::{
    alnum, alnum_up_to, base36, digits, is_repeated, luhn, luhn_double, mod97, values, weighted,
    without_prefix,
};

/// Account part of an IBAN after country and check digits: runs of `n` digits, `a` letters, `c` either.
const IBAN: &[(&[u8; 2], &str)] = &[
    (b"AD", "n8 c12"),
    (b"AE", "n19"),
    (b"AL", "n8 c16"),
    (b"AT", "n16"),
    (b"AZ", "a4 c20"),
    (b"BA", "n16"),
    (b"BE", "n12"),
    (b"BG", "a4 n6 c8"),
    (b"BH", "a4 c14"),
    (b"BI", "n23"),
    (b"BR", "n23 a1 c1"),
    (b"BY", "c4 n4 c16"),
    (b"CH", "n5 c12"),
    (b"CR", "n18"),
    (b"CY", "n8 c16"),
    (b"CZ", "n20"),
    (b"DE", "n18"),
    (b"DJ", "n23"),
    (b"DK", "n14"),
    (b"DO", "c4 n20"),
    (b"EE", "n16"),
    (b"EG", "n25"),
    (b"ES", "n20"),
    (b"FI", "n14"),
    (b"FK", "a2 n12"),
    (b"FO", "n14"),
    (b"FR", "n10 c11 n2"),
    (b"GB", "a4 n14"),
    (b"GE", "a2 n16"),
    (b"GI", "a4 c15"),
    (b"GL", "n14"),
    (b"GR", "n7 c16"),
    (b"GT", "c24"),
    (b"HN", "a4 n20"),
    (b"HR", "n17"),
    (b"HU", "n24"),
    (b"IE", "a4 n14"),
    (b"IL", "n19"),
    (b"IQ", "a4 n15"),
    (b"IS", "n22"),
    (b"IT", "a1 n10 c12"),
    (b"JO", "a4 n4 c18"),
    (b"KW", "a4 c22"),
    (b"KZ", "n3 c13"),
    (b"LB", "n4 c20"),
    (b"LC", "a4 c24"),
    (b"LI", "n5 c12"),
    (b"LT", "n16"),
    (b"LU", "n3 c13"),
    (b"LV", "a4 c13"),
    (b"LY", "n21"),
    (b"MC", "n10 c11 n2"),
    (b"MD", "c20"),
    (b"ME", "n18"),
    (b"MK", "n3 c10 n2"),
    (b"MN", "n16"),
    (b"MR", "n23"),
    (b"MT", "a4 n5 c18"),
    (b"MU", "a4 n19 a3"),
    (b"NI", "a4 n20"),
    (b"NL", "a4 n10"),
    (b"NO", "n11"),
    (b"OM", "n3 c16"),
    (b"PK", "a4 c16"),
    (b"PL", "n24"),
    (b"PS", "a4 c21"),
    (b"PT", "n21"),
    (b"QA", "a4 c21"),
    (b"RO", "a4 c16"),
    (b"RS", "n18"),
    (b"RU", "n14 c15"),
    (b"SA", "n2 c18"),
    (b"SC", "a4 n20 a3"),
    (b"SD", "n14"),
    (b"SE", "n20"),
    (b"SI", "n15"),
    (b"SK", "n20"),
    (b"SM", "a1 n10 c12"),
    (b"SO", "n19"),
    (b"ST", "n21"),
    (b"SV", "a4 n20"),
    (b"TL", "n19"),
    (b"TN", "n20"),
    (b"TR", "n6 c16"),
    (b"UA", "n6 c19"),
    (b"VA", "n18"),
    (b"VG", "a4 n16"),
    (b"XK", "n16"),
    (b"YE", "a4 n4 c18"),
];

/// International bank account number: country, account structure, ISO 7064 mod 97-10.
pub(super) fn iban(value: &[u8]) -> bool {
    let Some(iban) = alnum_up_to::<34>(without_prefix(value, b"IBAN ")) else { return false };
    let Some((head, account)) = iban.split_at_checked(4) else { return false };
    let Ok(entry) = IBAN.binary_search_by(|(code, _)| code.as_slice().cmp(&head[..2])) else {
        return false;
    };
    let structure = IBAN.get(entry).map_or("", |(_, structure)| structure);
    // Check digits 00, 01 and 99 satisfy the remainder but are never computed.
    head[2..].iter().all(u8::is_ascii_digit)
        && !matches!(&head[2..], b"00" | b"01" | b"99")
        && matches_structure(account, structure)
        && mod97(account.iter().chain(head).copied())
}

/// Whether the account is made of these runs, exactly.
fn matches_structure(account: &[u8], structure: &str) -> bool {
    let mut rest = account;
    for run in structure.split(' ') {
        let (kind, len) = run.split_at(1);
        let Some((field, after)) =
            len.parse().ok().and_then(|len: usize| rest.split_at_checked(len))
        else {
            return false;
        };
        let fits = match kind {
            "n" => field.iter().all(u8::is_ascii_digit),
            "a" => field.iter().all(u8::is_ascii_uppercase),
            _ => true,
        };
        if !fits {
            return false;
        }
        rest = after;
    }
    rest.is_empty()
}

/// American routing number: weights 3, 7, 1 and an assigned prefix.
pub(super) fn aba(value: &[u8]) -> bool {
    let Some(digits) = digits::<9>(value) else { return false };
    let prefix = digits[0] * 10 + digits[1];
    matches!(prefix, 0..=12 | 21..=32 | 61..=72 | 80)
        && !is_repeated(&digits)
        && weighted(&digits, &[3, 7, 1, 3, 7, 1, 3, 7, 1]).is_multiple_of(10)
}

/// Bank identifier code: four letters, an ISO 3166 country, location, optional branch; upper case only,
/// since any lower-case word of eight letters would look like one.
pub(super) fn bic(value: &[u8]) -> bool {
    let Some(bic) = alnum_up_to::<11>(value) else { return false };
    matches!(bic.len(), 8 | 11)
        && !value.iter().any(u8::is_ascii_lowercase)
        && bic[..4].iter().all(u8::is_ascii_uppercase)
        && country::is_country(&bic[4..6])
        && bic[6] != b'0'
        && bic[7] != b'O'
}

/// International securities identification number: country or `X?` prefix, Luhn over letters as numbers.
pub(super) fn isin(value: &[u8]) -> bool {
    let Some(isin) = alnum::<12>(value) else { return false };
    let (country, last) = (&isin[..2], isin[11]);
    let placed = country::is_country(country)
        || matches!(country, b"XS" | b"XA" | b"XB" | b"XC" | b"XD" | b"XF" | b"EU");
    if !placed || !last.is_ascii_digit() {
        return false;
    }
    let mut sum = 0;
    let mut doubled = false;
    for &byte in isin.iter().rev() {
        let mut value = base36(byte) as u8;
        let digits = if value > 9 { 2 } else { 1 };
        for _ in 0..digits {
            sum += if doubled { luhn_double(value % 10) } else { u32::from(value % 10) };
            doubled = !doubled;
            value /= 10;
        }
    }
    sum.is_multiple_of(10)
}

/// Legal entity identifier: 20 letters and digits, ISO 7064 mod 97-10.
pub(super) fn lei(value: &[u8]) -> bool {
    alnum::<20>(value).is_some_and(|lei| {
        lei[18..].iter().all(u8::is_ascii_digit)
            && !is_repeated(&lei[..18])
            && mod97(lei.into_iter())
    })
}

/// North American security number: nine characters, double-add-double.
pub(super) fn cusip(value: &[u8]) -> bool {
    let mut cusip = [0; 9];
    let mut len = 0;
    for &byte in value {
        let (true, Some(slot)) =
            (byte.is_ascii_alphanumeric() || b"*@#".contains(&byte), cusip.get_mut(len))
        else {
            if matches!(byte, b' ' | b'-') {
                continue;
            }
            return false;
        };
        *slot = byte.to_ascii_uppercase();
        len += 1;
    }
    if len != 9 || !cusip[8].is_ascii_digit() || is_repeated(&cusip) {
        return false;
    }
    let mut sum = 0;
    for (position, &byte) in cusip[..8].iter().enumerate() {
        let value = match byte {
            b'*' => 36,
            b'@' => 37,
            b'#' => 38,
            _ => base36(byte),
        } << (position % 2);
        sum += value / 10 + value % 10;
    }
    (10 - sum % 10) % 10 == base36(cusip[8])
}

/// London security number: seven characters without vowels, weights 1, 3, 1, 7, 3, 9, 1.
pub(super) fn sedol(value: &[u8]) -> bool {
    let Some(sedol) = alnum::<7>(value) else { return false };
    // Numbers issued before 2004 are digits only; later ones start with a letter.
    let old_or_new = sedol[0].is_ascii_uppercase() || sedol.iter().all(u8::is_ascii_digit);
    old_or_new
        && sedol[6].is_ascii_digit()
        && !sedol.iter().any(|byte| b"AEIOU".contains(byte))
        && !is_repeated(&sedol)
        && sedol
            .iter()
            .zip([1, 3, 1, 7, 3, 9, 1])
            .map(|(&byte, weight)| base36(byte) * weight)
            .sum::<u32>()
            % 10
            == 0
}

/// Mexican account number: 18 digits, weights 3, 7, 1 with each product modulo 10.
pub(super) fn clabe(value: &[u8]) -> bool {
    digits::<18>(value).is_some_and(|digits| {
        let sum = weighted(&digits[..17], &[3, 7, 1, 3, 7, 1, 3, 7, 1, 3, 7, 1, 3, 7, 1, 3, 7]);
        (10 - sum % 10) % 10 == u32::from(digits[17])
            && digits[..3] != [0, 0, 0]
            && !is_repeated(&digits)
    })
}

/// Argentine account number: bank block and account block, each with its own check digit.
pub(super) fn cbu(value: &[u8]) -> bool {
    const BANK: [u32; 7] = [7, 1, 3, 9, 7, 1, 3];
    const ACCOUNT: [u32; 13] = [3, 9, 7, 1, 3, 9, 7, 1, 3, 9, 7, 1, 3];
    digits::<22>(value).is_some_and(|digits| {
        let bank = (10 - weighted(&digits[..7], &BANK) % 10) % 10;
        let account = (10 - weighted(&digits[8..21], &ACCOUNT) % 10) % 10;
        bank == u32::from(digits[7]) && account == u32::from(digits[21]) && !is_repeated(&digits)
    })
}

/// Canadian business number and other nine-digit Luhn numbers of companies.
pub(super) fn ca_bn(value: &[u8]) -> bool {
    alnum_up_to::<15>(value).is_some_and(|number| {
        let program = number.len() == 15
            && matches!(&number[9..11], b"RC" | b"RM" | b"RP" | b"RT" | b"RR" | b"RZ")
            && number[11..].iter().all(u8::is_ascii_digit);
        (number.len() == 9 || program)
            && values::<9>(&number[..9])
                .is_some_and(|digits| luhn(&digits) && !is_repeated(&digits))
    })
}
