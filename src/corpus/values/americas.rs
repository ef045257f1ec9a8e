//! Identity and tax numbers of the Americas.

use super::super::random::Random;
use super::digit::{
    base36, digits, digits_from_1, luhn, mod11, number, padded, text, until, weighted,
};
use super::made::{Birth, Made, letters};

const UPPER: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ";
/// Letters of a Medicare beneficiary identifier.
const MBI: &[u8] = b"ACDEFGHJKMNPQRTUVWXY";

/// Social security number in an area that is issued. No range of valid numbers is reserved, so this is any number.
pub(super) fn us_ssn(random: &mut Random) -> Made {
    let area = match random.between(1, 899) {
        666 => 667,
        area => area,
    };
    Made::plain(format!("{area:03}{:02}{:04}", random.between(1, 99), random.between(1, 9999)))
}

pub(super) fn us_itin(random: &mut Random) -> Made {
    let group = random.pick(&[50_u32, 58, 65, 70, 79, 88, 90, 92, 94, 99]).copied().unwrap_or(70);
    Made::plain(format!("9{:02}{group}{:04}", random.below(100), random.below(10_000)))
}

pub(super) fn us_ein(random: &mut Random) -> Made {
    let office = random.pick(&[10_u32, 12, 20, 26, 33, 36, 41, 45, 47, 52, 59, 61, 75, 82, 84, 95]);
    Made::plain(format!("{}{:07}", office.unwrap_or(&20), random.between(1_000_000, 9_999_999)))
}

pub(super) fn us_npi(random: &mut Random) -> Made {
    let mut body = digits(random, 9);
    body[0] = random.between(1, 2) as u8;
    let check = luhn(&[&[8, 0, 8, 4, 0], body.as_slice()].concat());
    body.push(check);
    Made::last(text(&body))
}

pub(super) fn us_dea(random: &mut Random) -> Made {
    let mut body = digits(random, 6);
    let sum = weighted(&body, &[1, 2, 1, 2, 1, 2]);
    body.push((sum % 10) as u8);
    let kind = letters(random, b"ABFGMPR", 1);
    Made::last(format!("{kind}{}{}", letters(random, UPPER, 1), text(&body)))
}

pub(super) fn us_mbi(random: &mut Random) -> Made {
    let mut mbi = String::new();
    for class in "CAXNAXNAANN".chars() {
        mbi.push(char::from(match class {
            'C' => random.byte(b"123456789"),
            'A' => random.byte(MBI),
            'X' => random.byte(b"0123456789ACDEFGHJKMNPQRTUVWXY"),
            _ => random.byte(b"0123456789"),
        }));
    }
    Made::plain(mbi)
}

pub(super) fn ca_sin(random: &mut Random) -> Made {
    let mut body = digits(random, 8);
    body[0] = random.between(1, 7) as u8;
    let check = luhn(&body);
    body.push(check);
    Made::last(text(&body))
}

pub(super) fn ca_bc_phn(random: &mut Random) -> Made {
    let sin = until(|| {
        let body = digits(random, 8);
        // A remainder of 0 would ask for the digit 11: such numbers are not issued either.
        let check = mod11(&body, &[2, 4, 8, 5, 10, 9, 7, 3]).filter(|&check| check > 0)?;
        Some(format!("9{}{check}", text(&body)))
    });
    Made::last(sin.unwrap_or_default())
}

/// Letters of a Mexican code: initials from the names, no vowel rules, since registries take what names give.
fn mx_initials(random: &mut Random) -> String {
    format!(
        "{}{}{}",
        letters(random, b"BCDFGHLMNPRSTV", 1),
        letters(random, b"AEIOU", 1),
        letters(random, b"BCDFGHLMNPRSTV", 2)
    )
}

pub(super) fn mx_curp(random: &mut Random) -> Made {
    const ALPHABET: &str = "0123456789ABCDEFGHIJKLMN\u{d1}OPQRSTUVWXYZ";
    const STATES: [&str; 8] = ["DF", "JC", "NL", "VZ", "PL", "GT", "OC", "YN"];
    let birth = Birth::draw(random);
    let state = random.pick(&STATES).copied().unwrap_or("DF");
    let sex = letters(random, b"HM", 1);
    let inner = letters(random, b"BCDFGHJKLMNPQRSTVXZ", 3);
    // Born before 2000: a digit; after: a letter.
    let serial =
        if birth.year < 2000 { letters(random, b"012", 1) } else { letters(random, b"AB", 1) };
    let body = format!("{}{}{sex}{state}{inner}{serial}", mx_initials(random), birth.yymmdd());
    let sum: usize = body
        .chars()
        .enumerate()
        .map(|(place, char)| {
            (18 - place) * ALPHABET.chars().position(|known| known == char).unwrap_or(0)
        })
        .sum();
    Made::last(format!("{body}{}", (10 - sum % 10) % 10))
}

pub(super) fn mx_rfc(random: &mut Random) -> Made {
    let birth = Birth::draw(random);
    let body = format!(
        "{}{}{}",
        mx_initials(random),
        birth.yymmdd(),
        letters(random, b"ABCDEFGHJK1234567", 2)
    );
    // SAT's alphabet puts Ñ and & between the letters; here only 0-9, A-N, O-Z occur, and letters past N move by one for "&".
    let value = |byte: u8| base36(byte) + u32::from(byte > b'N');
    let sum: u32 =
        (2..=13).rev().zip(body.bytes()).map(|(weight, byte)| weight * value(byte)).sum();
    let check = match 11 - sum % 11 {
        11 => '0',
        10 => 'A',
        digit => char::from_digit(digit, 10).unwrap_or('0'),
    };
    Made::plain(format!("{body}{check}"))
}

pub(super) fn ar_cuit(random: &mut Random) -> Made {
    let cuit = until(|| {
        let kind = random.pick(&[20_u64, 23, 24, 27, 30, 33]).copied()?;
        let body = [padded(kind, 2), digits_from_1(random, 8)].concat();
        Some(format!("{}{}", text(&body), mod11(&body, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2])?))
    });
    Made::last(cuit.unwrap_or_default())
}

pub(super) fn ar_dni(random: &mut Random) -> Made {
    Made::plain(random.between(10_000_000, 48_000_000).to_string())
}

/// Brazil's check digit: weights counted from the right, 10 and 11 give 0.
fn br_check(body: &[u8], cycle: u32) -> u8 {
    let weights: Vec<u32> = (0..body.len() as u32).map(|place| 2 + place % cycle).collect();
    let reversed: Vec<u8> = body.iter().rev().copied().collect();
    mod11(&reversed, &weights).unwrap_or(0)
}

fn br_two_checks(mut body: Vec<u8>, cycle: u32) -> Made {
    for _ in 0..2 {
        let check = br_check(&body, cycle);
        body.push(check);
    }
    Made::last(text(&body))
}

pub(super) fn br_cpf(random: &mut Random) -> Made {
    br_two_checks(digits(random, 9), 10)
}

pub(super) fn br_cnpj(random: &mut Random) -> Made {
    let body = [digits_from_1(random, 8), padded(u64::from(random.between(1, 30)), 4)].concat();
    br_two_checks(body, 8)
}

pub(super) fn br_rg(random: &mut Random) -> Made {
    let body = digits_from_1(random, 8);
    let check = match 11 - weighted(&body, &[2, 3, 4, 5, 6, 7, 8, 9]) % 11 {
        11 => '0',
        10 => 'X',
        digit => char::from_digit(digit, 10).unwrap_or('0'),
    };
    Made::last(format!("{}{check}", text(&body)))
}

pub(super) fn cl_rut(random: &mut Random) -> Made {
    let body = padded(u64::from(random.between(5_000_000, 26_000_000)), 8);
    let check = match 11 - weighted(&body, &[3, 2, 7, 6, 5, 4, 3, 2]) % 11 {
        11 => '0',
        10 => 'K',
        digit => char::from_digit(digit, 10).unwrap_or('0'),
    };
    Made::last(format!("{}{check}", text(&body)))
}

pub(super) fn co_nit(random: &mut Random) -> Made {
    let mut body = digits(random, 9);
    body[0] = random.between(8, 9) as u8;
    let rest = weighted(&body, &[41, 37, 29, 23, 19, 17, 13, 7, 3]) % 11;
    let check = if rest < 2 { rest } else { 11 - rest };
    Made::last(format!("{}{check}", text(&body)))
}

pub(super) fn co_cc(random: &mut Random) -> Made {
    Made::plain(random.between(1_000_000_000, 1_199_999_999).to_string())
}

pub(super) fn ec_ci(random: &mut Random) -> Made {
    let mut body = padded(u64::from(random.between(1, 24)), 2);
    body.push(random.below(6) as u8);
    body.extend(digits(random, 6));
    let check = luhn(&body);
    body.push(check);
    Made::last(text(&body))
}

pub(super) fn pe_ruc(random: &mut Random) -> Made {
    let kind = random.pick(&[10_u64, 15, 17, 20]).copied().unwrap_or(20);
    let body = [padded(kind, 2), digits(random, 8)].concat();
    let check = (11 - weighted(&body, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 10;
    Made::last(format!("{}{check}", text(&body)))
}

pub(super) fn uy_ci(random: &mut Random) -> Made {
    let mut body = digits(random, 7);
    body[0] = random.between(1, 6) as u8;
    let check = (10 - weighted(&body, &[2, 9, 8, 7, 6, 3, 4]) % 10) % 10;
    Made::last(format!("{}{check}", text(&body)))
}

pub(super) fn uy_rut(random: &mut Random) -> Made {
    let rut = until(|| {
        let office = padded(u64::from(random.between(1, 21)), 2);
        let body = [office, digits_from_1(random, 6), vec![0, 0, 1]].concat();
        Some(format!("{}{}", text(&body), mod11(&body, &[4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2])?))
    });
    Made::last(rut.unwrap_or_default())
}

pub(super) fn ve_rif(random: &mut Random) -> Made {
    let (letter, value) = random
        .pick(&[('V', 1), ('E', 2), ('J', 3), ('P', 4), ('G', 5)])
        .copied()
        .unwrap_or(('V', 1));
    let body = padded(u64::from(random.between(3_000_000, 31_000_000)), 8);
    let sum = 4 * value + weighted(&body, &[3, 2, 7, 6, 5, 4, 3, 2]);
    let check = match 11 - sum % 11 {
        10 | 11 => 0,
        digit => digit,
    };
    Made::last(format!("{letter}{}{check}", text(&body)))
}

pub(super) fn do_cedula(random: &mut Random) -> Made {
    let mut body = digits(random, 10);
    body[0] = 0;
    if number(&body) == 0 {
        body[9] = 1;
    }
    let check = luhn(&body);
    body.push(check);
    Made::last(text(&body))
}

/// A Californian driver's licence: a letter and seven digits.
pub(super) fn us_driving_licence(random: &mut Random) -> Made {
    Made::plain(format!(
        "{}{:07}",
        letters(random, b"ABCDEFNSY", 1),
        random.between(1_000_000, 9_999_999)
    ))
}
