//! Devices, vehicles, documents.

use super::super::random::Random;
use super::digit::{base36, digits, luhn, text};
use super::europe_west::icao;
use super::made::{Birth, Made, letters, values};

/// Numbers of allocated types. The test range of the GSMA (reporting body 00) belongs to no handset that is sold, and rules may skip it.
pub(super) fn imei(random: &mut Random) -> Made {
    let mut body = values(["353879", "356938", "868120"][random.index(3)]);
    body.extend(digits(random, 8));
    let check = luhn(&body);
    body.push(check);
    Made::last(text(&body))
}

pub(super) fn iccid(random: &mut Random) -> Made {
    let mut body = values(["894910", "894420", "893310", "890141"][random.index(4)]);
    body.extend(digits(random, 12));
    let check = luhn(&body);
    body.push(check);
    Made::last(text(&body))
}

/// Vehicle number with the North American check character in position 9.
pub(super) fn vin(random: &mut Random) -> Made {
    const ALPHABET: &[u8] = b"ABCDEFGHJKLMNPRSTUVWXYZ0123456789";
    const WEIGHTS: [u32; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
    let maker = ["1HG", "1FT", "2T1", "5YJ", "3VW", "WBA"][random.index(6)];
    let body = format!(
        "{maker}{}0{}{}",
        letters(random, ALPHABET, 5),
        letters(random, b"JKLMNPRS", 1),
        letters(random, b"ABCDEFGH", 1)
    );
    let vin = format!("{body}{}", text(&digits(random, 6)));
    let value = |byte: u8| match byte {
        b'A'..=b'I' => u32::from(byte - b'A') + 1,
        b'J'..=b'R' => u32::from(byte - b'J') + 1,
        b'S'..=b'Z' => u32::from(byte - b'S') + 2,
        _ => base36(byte),
    };
    let sum: u32 = vin.bytes().zip(WEIGHTS).map(|(byte, weight)| value(byte) * weight).sum();
    let check = match sum % 11 {
        10 => 'X',
        digit => char::from_digit(digit, 10).unwrap_or('0'),
    };
    Made::at(format!("{}{check}{}", &vin[..8], &vin[9..]), 8)
}

/// The two lines of a passport of Utopia (UTO), the state that ICAO 9303 invented for examples.
pub(super) fn mrz(random: &mut Random) -> Made {
    const NAMES: [&str; 5] = [
        "ERIKSSON<<ANNA<MARIA",
        "MUSTER<<MAX",
        "NOVAK<<JAN<PETR",
        "SILVA<<MARIANA",
        "TAN<<WEI<LING",
    ];
    let name = NAMES[random.index(5)];
    let document =
        format!("{}{}", letters(random, b"CFGHJKL", 1), letters(random, b"0123456789", 8));
    let birth = Birth::draw(random).yymmdd();
    let expiry = format!(
        "{}{:02}{:02}",
        random.between(27, 36),
        random.between(1, 12),
        random.between(1, 28)
    );
    let sex = letters(random, b"FM", 1);
    let personal = "<<<<<<<<<<<<<<";
    let (a, b, c, d) = (icao(&document), icao(&birth), icao(&expiry), icao(personal));
    let all = icao(&format!("{document}{a}{birth}{b}{expiry}{c}{personal}{d}"));
    let second = format!("{document}{a}UTO{birth}{b}{sex}{expiry}{c}{personal}{d}{all}");
    Made::plain(format!("{:<<44}\n{second}", format!("P<UTO{name}")))
}
