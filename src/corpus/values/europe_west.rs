//! Identity and tax numbers of western and southern Europe.

use super::super::random::Random;
use super::digit::{
    base36, digits, digits_from_1, luhn, mod11, mod11_10, number, padded, text, until, verhoeff,
    weighted,
};
use super::made::{Birth, Made, letters, values};

const UPPER: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const CONSONANTS: &[u8] = b"BCDFGLMNPRSTVZ";
const ICAO_WEIGHTS: [u32; 3] = [7, 3, 1];

/// The check digit of ICAO 9303: weights 7, 3, 1, letters from 10, `<` as 0.
pub(super) fn icao(field: &str) -> u32 {
    field
        .bytes()
        .zip(ICAO_WEIGHTS.iter().cycle())
        .map(|(byte, weight)| base36(byte) * weight)
        .sum::<u32>()
        % 10
}

pub(super) fn uk_nhs(random: &mut Random) -> Made {
    let nhs = until(|| {
        let mut body = digits(random, 9);
        body[0] = if random.percent(50) { 4 } else { random.between(6, 7) as u8 };
        Some(format!("{}{}", text(&body), mod11(&body, &[10, 9, 8, 7, 6, 5, 4, 3, 2])?))
    });
    Made::last(nhs.unwrap_or_default())
}

pub(super) fn uk_nino(random: &mut Random) -> Made {
    const PREFIXES: [&str; 12] =
        ["AB", "CE", "EH", "HJ", "JK", "LM", "NA", "PW", "RS", "SX", "WK", "ZY"];
    let prefix = random.pick(&PREFIXES).copied().unwrap_or("AB");
    Made::plain(format!("{prefix}{}{}", text(&digits(random, 6)), letters(random, b"ABCD", 1)))
}

pub(super) fn uk_utr(random: &mut Random) -> Made {
    const CHECK: [u8; 11] = [2, 1, 9, 8, 7, 6, 5, 4, 3, 2, 1];
    let body = digits_from_1(random, 9);
    let rest = weighted(&body, &[6, 7, 8, 9, 10, 5, 4, 3, 2]) % 11;
    Made::at(format!("{}{}", CHECK[rest as usize], text(&body)), 0)
}

pub(super) fn uk_vat(random: &mut Random) -> Made {
    let body = digits_from_1(random, 7);
    let check = 97 - weighted(&body, &[8, 7, 6, 5, 4, 3, 2]) % 97;
    Made::at(format!("GB{}{check:02}", text(&body)), 10)
}

pub(super) fn uk_driving_licence(random: &mut Random) -> Made {
    let birth = Birth::draw(random);
    let year = birth.short_year();
    let month = birth.month + if random.percent(50) { 50 } else { 0 };
    Made::plain(format!(
        "{}{}{month:02}{:02}{}{}9{}",
        letters(random, CONSONANTS, 5),
        year / 10,
        birth.day,
        year % 10,
        letters(random, UPPER, 2),
        letters(random, b"ABCDEFGHJKLMNPRSTVWX", 2)
    ))
}

pub(super) fn ie_pps(random: &mut Random) -> Made {
    let body = digits_from_1(random, 7);
    let check = weighted(&body, &[8, 7, 6, 5, 4, 3, 2]) % 23;
    let letter = char::from(b"WABCDEFGHIJKLMNOPQRSTUV"[check as usize]);
    Made::last(format!("{}{letter}", text(&body)))
}

pub(super) fn fr_nir(random: &mut Random) -> Made {
    let birth = Birth::draw(random);
    let body = format!(
        "{}{:02}{:02}{:02}{:03}{:03}",
        random.between(1, 2),
        birth.short_year(),
        birth.month,
        random.between(21, 95),
        random.between(1, 400),
        random.between(1, 600)
    );
    let key = 97 - number(&values(&body)) % 97;
    Made::last(format!("{body}{key:02}"))
}

pub(super) fn fr_nif(random: &mut Random) -> Made {
    let mut body = digits(random, 10);
    body[0] = random.between(0, 3) as u8;
    Made::last(format!("{}{:03}", text(&body), number(&body) % 511))
}

pub(super) fn fr_siren(random: &mut Random) -> Made {
    let mut body = digits_from_1(random, 8);
    let check = luhn(&body);
    body.push(check);
    Made::last(text(&body))
}

pub(super) fn fr_siret(random: &mut Random) -> Made {
    let mut body = values(&fr_siren(random).text);
    body.extend(padded(u64::from(random.between(1, 99)), 4));
    let check = luhn(&body);
    body.push(check);
    Made::last(text(&body))
}

/// Ten digits of which exactly one occurs twice, as section 139b of the tax code demands, and the check digit.
pub(super) fn de_tax_id(random: &mut Random) -> Made {
    let mut pool: Vec<u8> = (0..10).collect();
    for place in 0..9 {
        pool.swap(place, place + random.index(10 - place));
    }
    if pool[0] == 0 {
        pool.swap(0, 1);
    }
    // The last of the ten is replaced by one of the others, away from its neighbour.
    pool[9] = pool[random.index(8)];
    let check = mod11_10(&pool);
    pool.push(check);
    Made::last(text(&pool))
}

pub(super) fn de_id_card(random: &mut Random) -> Made {
    const ALPHABET: &[u8] = b"0123456789CFGHJKLMNPRTVWXYZ";
    // The office, then a serial that the printer draws.
    let office = format!("{}{:02}", letters(random, b"LMNPRTVWXY", 1), random.between(1, 99));
    let body = format!("{office}{}", letters(random, ALPHABET, 6));
    let check = icao(&body);
    Made::last(format!("{body}{check}"))
}

/// The sum of the digit sums of digits times weights.
fn cross_sums(digits: &[u8], weights: &[u32]) -> u32 {
    digits
        .iter()
        .zip(weights)
        .map(|(&digit, &weight)| {
            let product = u32::from(digit) * weight;
            product / 10 + product % 10
        })
        .sum()
}

pub(super) fn de_rvnr(random: &mut Random) -> Made {
    let birth = Birth::draw(random);
    let office =
        random.pick(&[2_u64, 3, 8, 12, 13, 15, 17, 20, 25, 40, 52, 65]).copied().unwrap_or(12);
    let letter = random.byte(UPPER);
    let serial = padded(u64::from(random.between(0, 99)), 2);
    let head = [padded(office, 2), values(&birth.ddmmyy())].concat();
    let expanded = [head.as_slice(), &padded(u64::from(letter - b'A' + 1), 2), &serial].concat();
    let check = cross_sums(&expanded, &[2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1]) % 10;
    Made::last(format!("{}{}{}{check}", text(&head), char::from(letter), text(&serial)))
}

pub(super) fn de_kvnr(random: &mut Random) -> Made {
    let letter = random.byte(UPPER);
    let body = digits_from_1(random, 8);
    let expanded = [padded(u64::from(letter - b'A' + 1), 2), body.clone()].concat();
    let check = cross_sums(&expanded, &[1, 2, 1, 2, 1, 2, 1, 2, 1, 2]) % 10;
    Made::last(format!("{}{}{check}", char::from(letter), text(&body)))
}

fn es_letter(number: u64) -> char {
    char::from(b"TRWAGMYFPDXBNJZSQVHLCKE"[(number % 23) as usize])
}

pub(super) fn es_dni(random: &mut Random) -> Made {
    let number = u64::from(random.between(10_000_000, 79_999_999));
    Made::last(format!("{number}{}", es_letter(number)))
}

pub(super) fn es_nie(random: &mut Random) -> Made {
    let kind = random.below(3);
    let serial = random.between(100_000, 9_999_999);
    let letter = es_letter(u64::from(kind * 10_000_000 + serial));
    Made::last(format!("{}{serial:07}{letter}", ["X", "Y", "Z"][kind as usize]))
}

pub(super) fn es_cif(random: &mut Random) -> Made {
    let province = padded(u64::from(random.between(1, 52)), 2);
    let body = [province, digits(random, 5)].concat();
    let check = luhn(&body);
    Made::last(format!("{}{}{check}", letters(random, b"ABEH", 1), text(&body)))
}

pub(super) fn es_nuss(random: &mut Random) -> Made {
    let province = u64::from(random.between(1, 50));
    let serial = u64::from(random.between(10_000_000, 99_999_999));
    let check = (province * 100_000_000 + serial) % 97;
    Made::last(format!("{province:02}{serial}{check:02}"))
}

pub(super) fn it_codice_fiscale(random: &mut Random) -> Made {
    const MONTHS: &[u8] = b"ABCDEHLMPRST";
    // Values of 0-9, then A-Z, in odd places (ministerial decree of 23 December 1976).
    const ODD_DIGITS: [u32; 10] = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21];
    const ODD_LETTERS: [u32; 26] = [
        1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24,
        23,
    ];
    let birth = Birth::draw(random);
    let day = birth.day + if random.percent(50) { 40 } else { 0 };
    let month = char::from(MONTHS[birth.month as usize - 1]);
    let town = format!("{}{:03}", letters(random, b"ABCDEFGHL", 1), random.between(1, 989));
    let body =
        format!("{}{:02}{month}{day:02}{town}", letters(random, CONSONANTS, 6), birth.short_year());
    let sum: u32 = body
        .bytes()
        .enumerate()
        .map(|(place, byte)| match (place % 2 == 0, byte.is_ascii_digit()) {
            (true, true) => ODD_DIGITS[usize::from(byte - b'0')],
            (true, false) => ODD_LETTERS[usize::from(byte - b'A')],
            (false, true) => u32::from(byte - b'0'),
            (false, false) => u32::from(byte - b'A'),
        })
        .sum();
    Made::last(format!("{body}{}", char::from(b'A' + (sum % 26) as u8)))
}

pub(super) fn it_vat(random: &mut Random) -> Made {
    let mut body = [digits_from_1(random, 7), padded(u64::from(random.between(1, 99)), 3)].concat();
    let check = luhn(&body);
    body.push(check);
    Made::last(text(&body))
}

pub(super) fn pt_nif(random: &mut Random) -> Made {
    let mut body = digits(random, 8);
    body[0] = random.between(1, 3) as u8;
    let check = mod11(&body, &[9, 8, 7, 6, 5, 4, 3, 2]).unwrap_or(0);
    Made::last(format!("{}{check}", text(&body)))
}

pub(super) fn pt_cc(random: &mut Random) -> Made {
    let body = format!("{}{}", text(&digits_from_1(random, 9)), letters(random, b"ZYXWVUT", 2));
    // Every other character from the first is doubled; what exceeds 9 loses 9.
    let sum: u32 = body
        .bytes()
        .enumerate()
        .map(|(place, byte)| match (place % 2 == 0, base36(byte)) {
            (true, value) if value * 2 > 9 => value * 2 - 9,
            (true, value) => value * 2,
            (false, value) => value,
        })
        .sum();
    Made::last(format!("{body}{}", (10 - sum % 10) % 10))
}

pub(super) fn nl_bsn(random: &mut Random) -> Made {
    let bsn = until(|| {
        let body = digits_from_1(random, 8);
        let rest = weighted(&body, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11;
        (rest < 10).then(|| format!("{}{rest}", text(&body)))
    });
    Made::last(bsn.unwrap_or_default())
}

pub(super) fn be_nn(random: &mut Random) -> Made {
    let birth = Birth::draw(random);
    let body = format!("{}{:03}", birth.yymmdd(), random.between(1, 997));
    let century = if birth.year >= 2000 { 2_000_000_000 } else { 0 };
    let key = 97 - (century + number(&values(&body))) % 97;
    Made::last(format!("{body}{key:02}"))
}

pub(super) fn lu_nin(random: &mut Random) -> Made {
    let mut body = values(&Birth::draw(random).yyyymmdd());
    body.extend(digits(random, 3));
    let checks = [luhn(&body), verhoeff(&body)];
    body.extend(checks);
    Made::last(text(&body))
}

pub(super) fn at_svnr(random: &mut Random) -> Made {
    let svnr = until(|| {
        let serial = padded(u64::from(random.between(100, 999)), 3);
        let birth = Birth::draw(random).ddmmyy();
        let sum = weighted(&serial, &[3, 7, 9]) + weighted(&values(&birth), &[5, 8, 4, 2, 1, 6]);
        (sum % 11 < 10).then(|| format!("{}{}{birth}", text(&serial), sum % 11))
    });
    Made::at(svnr.unwrap_or_default(), 3)
}

/// The check digit of GS1: weights 3 and 1 from the right.
fn gs1(digits: &[u8]) -> u32 {
    let sum: u32 = digits
        .iter()
        .rev()
        .zip([3, 1].iter().cycle())
        .map(|(&digit, weight)| u32::from(digit) * weight)
        .sum();
    (10 - sum % 10) % 10
}

pub(super) fn ch_ahv(random: &mut Random) -> Made {
    let body = [vec![7, 5, 6], digits(random, 9)].concat();
    Made::last(format!("{}{}", text(&body), gs1(&body)))
}

pub(super) fn ch_uid(random: &mut Random) -> Made {
    let uid = until(|| {
        let body = digits_from_1(random, 8);
        Some(format!("CHE{}{}", text(&body), mod11(&body, &[5, 4, 3, 2, 7, 6, 5, 4])?))
    });
    Made::last(uid.unwrap_or_default())
}

/// VAT numbers of some members of the Union, each with its own check.
pub(super) fn eu_vat(random: &mut Random) -> Made {
    let (country, made) = match random.below(5) {
        0 => ("IT", it_vat(random)),
        1 => ("PT", pt_nif(random)),
        2 => ("ESA", {
            let mut cif = es_cif(random);
            cif.text.replace_range(..1, "");
            Made::last(cif.text)
        }),
        3 => ("DE", {
            let body = digits_from_1(random, 8);
            let check = mod11_10(&body);
            Made::last(format!("{}{check}", text(&body)))
        }),
        _ => ("FR", {
            let siren = fr_siren(random).text;
            let key = (12 + 3 * (number(&values(&siren)) % 97)) % 97;
            Made::last(format!("{key:02}{siren}"))
        }),
    };
    Made::last(format!("{country}{}", made.text))
}
