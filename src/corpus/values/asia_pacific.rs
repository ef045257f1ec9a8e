//! Identity and tax numbers of Asia, Africa and Oceania.

use super::super::random::Random;
use super::digit::{digits, digits_from_1, luhn, luhn36, padded, text, until, verhoeff, weighted};
use super::made::{Birth, Made, letters, values};

const UPPER: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ";

fn with_luhn(mut body: Vec<u8>) -> Made {
    let check = luhn(&body);
    body.push(check);
    Made::last(text(&body))
}

fn with_verhoeff(mut body: Vec<u8>) -> Made {
    let check = verhoeff(&body);
    body.push(check);
    Made::last(text(&body))
}

pub(super) fn il_id(random: &mut Random) -> Made {
    let mut body = digits(random, 8);
    body[0] = random.pick(&[0, 2, 3]).copied().unwrap_or(3);
    with_luhn(body)
}

pub(super) fn za_id(random: &mut Random) -> Made {
    let mut body = values(&Birth::draw(random).yymmdd());
    body.extend(digits(random, 4));
    body.extend([random.below(2) as u8, 8]);
    with_luhn(body)
}

pub(super) fn ng_nin(random: &mut Random) -> Made {
    with_verhoeff(digits_from_1(random, 10))
}

pub(super) fn in_aadhaar(random: &mut Random) -> Made {
    let mut body = digits(random, 11);
    body[0] = random.between(2, 9) as u8;
    with_verhoeff(body)
}

pub(super) fn in_pan(random: &mut Random) -> Made {
    let kind = letters(random, b"PPPPCHF", 1);
    Made::plain(format!(
        "{}{kind}{}{}{}",
        letters(random, UPPER, 3),
        letters(random, UPPER, 1),
        text(&digits_from_1(random, 4)),
        letters(random, UPPER, 1)
    ))
}

pub(super) fn in_gstin(random: &mut Random) -> Made {
    let state = random.pick(&[7_u32, 9, 19, 24, 27, 29, 33, 36]).copied().unwrap_or(27);
    let body = format!("{state:02}{}{}Z", in_pan(random).text, random.between(1, 9));
    let check = luhn36(&body);
    Made::last(format!("{body}{check}"))
}

pub(super) fn in_epic(random: &mut Random) -> Made {
    let body = digits(random, 6);
    let check = luhn(&body);
    Made::last(format!("{}{}{check}", letters(random, UPPER, 3), text(&body)))
}

pub(super) fn cn_ric(random: &mut Random) -> Made {
    let region = random
        .pick(&[110_101_u64, 310_104, 440_305, 330_106, 510_107, 320_102])
        .copied()
        .unwrap_or(110_101);
    let birth = Birth::draw(random);
    let body = format!("{region}{}{:03}", birth.yyyymmdd(), random.between(1, 999));
    // ISO 7064 mod 11-2.
    let rest = values(&body).iter().fold(0, |rest, &digit| (rest + u32::from(digit)) * 2 % 11);
    let check = match (12 - rest) % 11 {
        10 => 'X',
        digit => char::from_digit(digit, 10).unwrap_or('0'),
    };
    Made::last(format!("{body}{check}"))
}

pub(super) fn cn_uscc(random: &mut Random) -> Made {
    const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    let body = format!(
        "91{}{}",
        ["110108", "310115", "440300"][random.index(3)],
        letters(random, ALPHABET, 9)
    );
    let mut weight = 1;
    let mut sum = 0;
    for byte in body.bytes() {
        sum += weight * ALPHABET.iter().position(|&known| known == byte).unwrap_or(0);
        weight = weight * 3 % 31;
    }
    let check = char::from(ALPHABET[(31 - sum % 31) % 31]);
    // Letters that the scheme leaves out would be wrong for another reason, so a middle digit is the one to break.
    Made::at(format!("{body}{check}"), 7)
}

pub(super) fn hk_id(random: &mut Random) -> Made {
    let letter = random.byte(b"ABCDEGHKMPRVYZ");
    let body = digits(random, 6);
    // One letter counts as a space (36) and itself.
    let sum = 36 * 9 + u32::from(letter - b'A' + 10) * 8 + weighted(&body, &[7, 6, 5, 4, 3, 2]);
    let check = match (11 - sum % 11) % 11 {
        10 => 'A',
        digit => char::from_digit(digit, 10).unwrap_or('0'),
    };
    Made::at(format!("{}{}{check}", char::from(letter), text(&body)), 6)
}

pub(super) fn tw_id(random: &mut Random) -> Made {
    // Values of A to Z.
    const LETTERS: [u32; 26] = [
        10, 11, 12, 13, 14, 15, 16, 17, 34, 18, 19, 20, 21, 22, 35, 23, 24, 25, 26, 27, 28, 29, 32,
        30, 31, 33,
    ];
    let letter = random.index(26);
    let mut body = digits(random, 8);
    body[0] = random.between(1, 2) as u8;
    let value = LETTERS[letter];
    let sum = value / 10 + value % 10 * 9 + weighted(&body, &[8, 7, 6, 5, 4, 3, 2, 1]);
    Made::last(format!("{}{}{}", char::from(UPPER[letter]), text(&body), (10 - sum % 10) % 10))
}

pub(super) fn jp_my_number(random: &mut Random) -> Made {
    let body = digits_from_1(random, 11);
    let rest = weighted(&body, &[6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
    Made::last(format!("{}{}", text(&body), if rest <= 1 { 0 } else { 11 - rest }))
}

pub(super) fn jp_corporate(random: &mut Random) -> Made {
    let body = digits_from_1(random, 12);
    let check = 9 - weighted(&body, &[2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]) % 9;
    Made::at(format!("{check}{}", text(&body)), 0)
}

pub(super) fn kr_rrn(random: &mut Random) -> Made {
    let birth = Birth::draw(random);
    let sex = random.between(1, 2) + if birth.year >= 2000 { 2 } else { 0 };
    let mut body = values(&format!("{}{sex}", birth.yymmdd()));
    body.extend(digits(random, 5));
    let check = (11 - weighted(&body, &[2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11) % 10;
    Made::last(format!("{}{check}", text(&body)))
}

pub(super) fn kr_brn(random: &mut Random) -> Made {
    let body = [
        padded(u64::from(random.between(101, 699)), 3),
        padded(u64::from(random.between(81, 88)), 2),
        digits(random, 4),
    ]
    .concat();
    let sum = weighted(&body, &[1, 3, 7, 1, 3, 7, 1, 3, 5]) + u32::from(body[8]) * 5 / 10;
    Made::last(format!("{}{}", text(&body), (10 - sum % 10) % 10))
}

pub(super) fn sg_nric(random: &mut Random) -> Made {
    let kind = random.byte(b"STFG");
    let body = digits(random, 7);
    let offset = if matches!(kind, b'T' | b'G') { 4 } else { 0 };
    let rest = (offset + weighted(&body, &[2, 7, 6, 5, 4, 3, 2])) % 11;
    let letters: &[u8; 11] =
        if matches!(kind, b'S' | b'T') { b"JZIHGFEDCBA" } else { b"XWUTRQPNMLK" };
    Made::last(format!("{}{}{}", char::from(kind), text(&body), char::from(letters[rest as usize])))
}

pub(super) fn my_nric(random: &mut Random) -> Made {
    let birth = Birth::draw(random);
    Made::plain(format!(
        "{}{:02}{:04}",
        birth.yymmdd(),
        random.between(1, 14),
        random.between(1, 9999)
    ))
}

pub(super) fn id_nik(random: &mut Random) -> Made {
    let birth = Birth::draw(random);
    let region =
        random.pick(&["317401", "327301", "357801", "510302"]).copied().unwrap_or("317401");
    let day = birth.day + if random.percent(50) { 40 } else { 0 };
    Made::plain(format!(
        "{region}{day:02}{:02}{:02}{:04}",
        birth.month,
        birth.short_year(),
        random.between(1, 40)
    ))
}

pub(super) fn th_id(random: &mut Random) -> Made {
    let mut body = digits(random, 12);
    body[0] = random.between(1, 8) as u8;
    let sum = weighted(&body, &[13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]);
    Made::last(format!("{}{}", text(&body), (11 - sum % 11) % 10))
}

pub(super) fn ph_tin(random: &mut Random) -> Made {
    Made::plain(format!("{}000", text(&digits_from_1(random, 9))))
}

pub(super) fn vn_mst(random: &mut Random) -> Made {
    let mst = until(|| {
        let body = [padded(u64::from(random.between(1, 60)), 2), digits(random, 7)].concat();
        let check = 10 - weighted(&body, &[31, 29, 23, 19, 17, 13, 7, 5, 3]) % 11;
        (check < 10).then(|| format!("{}{check}", text(&body)))
    });
    Made::last(mst.unwrap_or_default())
}

pub(super) fn au_tfn(random: &mut Random) -> Made {
    let tfn = until(|| {
        let body = digits_from_1(random, 8);
        // The weight of the check digit is 10, which is -1 modulo 11.
        let check = weighted(&body, &[1, 4, 3, 7, 5, 8, 6, 9]) % 11;
        (check < 10).then(|| format!("{}{check}", text(&body)))
    });
    Made::last(tfn.unwrap_or_default())
}

pub(super) fn au_abn(random: &mut Random) -> Made {
    let body = digits_from_1(random, 9);
    // Two digits in front, chosen so that the sum with 10 and 1 as weights, the first less one, is a multiple of 89.
    let rest = weighted(&body, &[3, 5, 7, 9, 11, 13, 15, 17, 19]) % 89;
    let head = 89 - rest + 10;
    Made::last(format!("{head}{}", text(&body)))
}

pub(super) fn au_acn(random: &mut Random) -> Made {
    let mut body = digits(random, 8);
    body[0] = [0, 1, 6][random.index(3)];
    let check = (10 - weighted(&body, &[8, 7, 6, 5, 4, 3, 2, 1]) % 10) % 10;
    Made::last(format!("{}{check}", text(&body)))
}

pub(super) fn au_medicare(random: &mut Random) -> Made {
    let mut body = digits(random, 8);
    body[0] = random.between(2, 6) as u8;
    let check = weighted(&body, &[1, 3, 7, 9, 1, 3, 7, 9]) % 10;
    Made::at(format!("{}{check}{}", text(&body), random.between(1, 9)), 8)
}

pub(super) fn nz_ird(random: &mut Random) -> Made {
    let body = padded(u64::from(random.between(1_000_000, 14_999_999)), 8);
    let mut check = (11 - weighted(&body, &[3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11;
    if check == 10 {
        check = (11 - weighted(&body, &[7, 4, 3, 2, 5, 2, 7, 6]) % 11) % 11;
    }
    if check == 10 {
        // Neither pass gives a digit: such numbers are not issued, and the next one is.
        return nz_ird(random);
    }
    Made::last(format!("{}{check}", text(&body)))
}

pub(super) fn nz_nhi(random: &mut Random) -> Made {
    const LETTERS: &[u8; 24] = b"ABCDEFGHJKLMNPQRSTUVWXYZ";
    let nhi = until(|| {
        let places = [random.index(24), random.index(24), random.index(24)];
        let head: String = places.iter().map(|&place| char::from(LETTERS[place])).collect();
        let body = digits(random, 3);
        let letters: u32 =
            places.iter().zip([7, 6, 5]).map(|(&place, weight)| (place as u32 + 1) * weight).sum();
        match (letters + weighted(&body, &[4, 3, 2])) % 11 {
            0 => None,
            rest => Some(format!("{head}{}{}", text(&body), (11 - rest) % 10)),
        }
    });
    Made::last(nhi.unwrap_or_default())
}
