//! Identity and tax numbers of northern, central and eastern Europe.

use super::super::random::Random;
use super::digit::{digits, digits_from_1, luhn, mod11_10, number, padded, text, until, weighted};
use super::made::{Birth, Made, letters, values};

pub(super) fn se_personnummer(random: &mut Random) -> Made {
    let birth = Birth::draw(random);
    let mut short = values(&birth.yymmdd());
    short.extend(digits(random, 3));
    let check = luhn(&short);
    Made::last(format!("{}{}{check}", birth.year / 100, text(&short)))
}

pub(super) fn se_personnummer_short(random: &mut Random) -> Made {
    Made::last(se_personnummer(random).text.split_off(2))
}

pub(super) fn se_orgnr(random: &mut Random) -> Made {
    let mut body = digits(random, 9);
    body[0] = 5;
    body[2] = random.between(2, 9) as u8;
    let check = luhn(&body);
    body.push(check);
    Made::last(text(&body))
}

pub(super) fn no_fodselsnummer(random: &mut Random) -> Made {
    let fnr = until(|| {
        let birth = Birth::draw(random);
        let serial =
            if birth.year < 2000 { random.between(100, 499) } else { random.between(500, 999) };
        let mut body = values(&format!("{}{serial:03}", birth.ddmmyy()));
        for weights in [&[3, 7, 6, 1, 8, 9, 4, 5, 2][..], &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]] {
            let check = (11 - weighted(&body, weights) % 11) % 11;
            body.push(u8::try_from(check).ok().filter(|&digit| digit < 10)?);
        }
        Some(text(&body))
    });
    Made::last(fnr.unwrap_or_default())
}

/// Since 2007 numbers without a valid modulo 11 digit are issued, so none is computed.
pub(super) fn dk_cpr(random: &mut Random) -> Made {
    let birth = Birth::draw(random);
    let century = if birth.year < 2000 { random.between(0, 3) } else { 4 };
    Made::plain(format!("{}{century}{:03}", birth.ddmmyy(), random.between(1, 999)))
}

pub(super) fn fi_hetu(random: &mut Random) -> Made {
    const CHECK: &[u8; 31] = b"0123456789ABCDEFHJKLMNPRSTUVWXY";
    let birth = Birth::draw(random);
    let sign = if birth.year < 2000 { random.byte(b"-----YX") } else { random.byte(b"AAAAAB") };
    let serial = random.between(2, 899);
    let rest = (number(&values(&birth.ddmmyy())) * 1000 + u64::from(serial)) % 31;
    let made = format!(
        "{}{}{serial:03}{}",
        birth.ddmmyy(),
        char::from(sign),
        char::from(CHECK[rest as usize])
    );
    Made::last(made)
}

pub(super) fn is_kennitala(random: &mut Random) -> Made {
    let kt = until(|| {
        let birth = Birth::draw(random);
        let body = values(&format!("{}{:02}", birth.ddmmyy(), random.between(20, 99)));
        let check = (11 - weighted(&body, &[3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11;
        let century = if birth.year < 2000 { 9 } else { 0 };
        (check < 10).then(|| format!("{}{check}{century}", text(&body)))
    });
    Made::at(kt.unwrap_or_default(), 8)
}

pub(super) fn pl_pesel(random: &mut Random) -> Made {
    let birth = Birth::draw(random);
    let month = birth.month + if birth.year >= 2000 { 20 } else { 0 };
    let mut body = values(&format!("{:02}{month:02}{:02}", birth.short_year(), birth.day));
    body.extend(digits(random, 4));
    let check = (10 - weighted(&body, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10) % 10;
    Made::last(format!("{}{check}", text(&body)))
}

pub(super) fn pl_nip(random: &mut Random) -> Made {
    let nip = until(|| {
        let office = u64::from(random.between(101, 998));
        let body = [padded(office, 3), digits(random, 6)].concat();
        let check = weighted(&body, &[6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11;
        // No office has a zero in its number.
        (check < 10 && !body[..3].contains(&0)).then(|| format!("{}{check}", text(&body)))
    });
    Made::last(nip.unwrap_or_default())
}

pub(super) fn pl_regon(random: &mut Random) -> Made {
    let body = [padded(u64::from(random.between(1, 48) * 2 + 1), 2), digits(random, 6)].concat();
    let check = weighted(&body, &[8, 9, 2, 3, 4, 5, 6, 7]) % 11 % 10;
    Made::last(format!("{}{check}", text(&body)))
}

pub(super) fn pl_id_card(random: &mut Random) -> Made {
    let series = format!(
        "{}{}",
        letters(random, b"ABCD", 1),
        letters(random, b"ABCDEFGHIJKLMNPRSTUVWXYZ", 2)
    );
    let serial = digits(random, 5);
    let head: u32 = series
        .bytes()
        .zip([7, 3, 1])
        .map(|(byte, weight)| u32::from(byte - b'A' + 10) * weight)
        .sum();
    let check = (head + weighted(&serial, &[7, 3, 1, 7, 3])) % 10;
    Made::at(format!("{series}{check}{}", text(&serial)), 3)
}

pub(super) fn cz_rc(random: &mut Random) -> Made {
    let rc = until(|| {
        // Ten digits since 1954.
        let birth = Birth { year: random.between(1954, 2004), ..Birth::draw(random) };
        let month = birth.month + if random.percent(50) { 50 } else { 0 };
        let body =
            format!("{:02}{month:02}{:02}{:03}", birth.short_year(), birth.day, random.below(1000));
        let rest = number(&values(&body)) % 11;
        (rest < 10).then(|| format!("{body}{rest}"))
    });
    Made::last(rc.unwrap_or_default())
}

pub(super) fn hu_taj(random: &mut Random) -> Made {
    let body = digits_from_1(random, 8);
    let check = weighted(&body, &[3, 7, 3, 7, 3, 7, 3, 7]) % 10;
    Made::last(format!("{}{check}", text(&body)))
}

pub(super) fn hu_tax(random: &mut Random) -> Made {
    let tax = until(|| {
        let days = u64::from(random.between(27_000, 50_000));
        let body = [vec![8], padded(days, 5), digits(random, 3)].concat();
        let check = weighted(&body, &[1, 2, 3, 4, 5, 6, 7, 8, 9]) % 11;
        (check < 10).then(|| format!("{}{check}", text(&body)))
    });
    Made::last(tax.unwrap_or_default())
}

pub(super) fn ro_cnp(random: &mut Random) -> Made {
    let birth = Birth::draw(random);
    let sex = random.between(1, 2) + if birth.year >= 2000 { 4 } else { 0 };
    let body =
        format!("{sex}{}{:02}{:03}", birth.yymmdd(), random.between(1, 46), random.between(1, 999));
    let sum = weighted(&values(&body), &[2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
    Made::last(format!("{body}{}", if sum == 10 { 1 } else { sum }))
}

pub(super) fn bg_egn(random: &mut Random) -> Made {
    let birth = Birth::draw(random);
    let month = birth.month + if birth.year >= 2000 { 40 } else { 0 };
    let body =
        format!("{:02}{month:02}{:02}{:03}", birth.short_year(), birth.day, random.below(1000));
    let check = weighted(&values(&body), &[2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 % 10;
    Made::last(format!("{body}{check}"))
}

pub(super) fn gr_amka(random: &mut Random) -> Made {
    let mut body = values(&Birth::draw(random).ddmmyy());
    body.extend(digits(random, 4));
    let check = luhn(&body);
    body.push(check);
    Made::last(text(&body))
}

pub(super) fn gr_afm(random: &mut Random) -> Made {
    let mut body = digits(random, 8);
    body[0] = random.pick(&[0, 1, 9]).copied().unwrap_or(0);
    body[1] = random.between(1, 9) as u8;
    let check = weighted(&body, &[256, 128, 64, 32, 16, 8, 4, 2]) % 11 % 10;
    Made::last(format!("{}{check}", text(&body)))
}

pub(super) fn hr_oib(random: &mut Random) -> Made {
    let mut body = digits_from_1(random, 10);
    let check = mod11_10(&body);
    body.push(check);
    Made::last(text(&body))
}

pub(super) fn si_emso(random: &mut Random) -> Made {
    let emso = until(|| {
        let birth = Birth::draw(random);
        let body = values(&format!(
            "{:02}{:02}{:03}50{:03}",
            birth.day,
            birth.month,
            birth.year % 1000,
            random.below(1000)
        ));
        let check = (11 - weighted(&body, &[7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11;
        (check < 10).then(|| format!("{}{check}", text(&body)))
    });
    Made::last(emso.unwrap_or_default())
}

/// The code that Estonia and Lithuania share: two passes modulo 11.
pub(super) fn baltic(random: &mut Random) -> Made {
    let birth = Birth::draw(random);
    let sex = random.between(3, 4) + if birth.year >= 2000 { 2 } else { 0 };
    let body = values(&format!("{sex}{}{:03}", birth.yymmdd(), random.between(1, 999)));
    let check = match weighted(&body, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11 {
        10 => weighted(&body, &[3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11 % 10,
        check => check,
    };
    Made::last(format!("{}{check}", text(&body)))
}

pub(super) fn lv_pk(random: &mut Random) -> Made {
    let birth = Birth::draw(random);
    let century = if birth.year < 2000 { 1 } else { 2 };
    let body = format!("{}{century}{:03}", birth.ddmmyy(), random.between(1, 999));
    let check = (1 + weighted(&values(&body), &[10, 5, 8, 4, 2, 1, 6, 3, 7, 9])) % 11 % 10;
    Made::last(format!("{body}{check}"))
}

pub(super) fn tr_tckn(random: &mut Random) -> Made {
    let mut body = digits_from_1(random, 9);
    let odd: u32 = body.iter().step_by(2).map(|&digit| u32::from(digit)).sum();
    let even: u32 = body.iter().skip(1).step_by(2).map(|&digit| u32::from(digit)).sum();
    body.push(((odd * 7 + 100 - even) % 10) as u8);
    let sum: u32 = body.iter().map(|&digit| u32::from(digit)).sum();
    body.push((sum % 10) as u8);
    Made::last(text(&body))
}

pub(super) fn ru_inn(random: &mut Random) -> Made {
    let mut body = [padded(u64::from(random.between(1, 79)), 2), digits(random, 8)].concat();
    for weights in [&[7, 2, 4, 10, 3, 5, 9, 4, 6, 8][..], &[3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]] {
        body.push((weighted(&body, weights) % 11 % 10) as u8);
    }
    Made::last(text(&body))
}

pub(super) fn ru_snils(random: &mut Random) -> Made {
    let body = digits_from_1(random, 9);
    let check = weighted(&body, &[9, 8, 7, 6, 5, 4, 3, 2, 1]) % 101 % 100;
    Made::last(format!("{}{check:02}", text(&body)))
}

pub(super) fn ua_rntrc(random: &mut Random) -> Made {
    let body = [padded(u64::from(random.between(20_000, 38_000)), 5), digits(random, 4)].concat();
    // The first weight is -1, which is 10 modulo 11.
    let check = weighted(&body, &[10, 5, 7, 9, 4, 6, 10, 5, 7]) % 11 % 10;
    Made::last(format!("{}{check}", text(&body)))
}
