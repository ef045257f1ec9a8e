//! Cards, accounts, securities and wallets.

use super::super::random::Random;
use super::digit::{digits, digits_from_1, luhn, mod97, number, padded, text, weighted};
use super::made::{Made, letters, values};
use sha2::{Digest as _, Sha256};
use sha3::Keccak256;

const UPPER: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// Beginnings of the card numbers that payment services publish for tests, and the length of the whole number.
const TEST_CARDS: [(&str, usize); 16] = [
    ("411111", 16),
    ("424242", 16),
    ("400000", 16),
    ("401288", 16),
    ("400005", 16),
    ("555555", 16),
    ("510510", 16),
    ("520082", 16),
    ("222300", 16),
    ("545454", 16),
    ("378282", 15),
    ("371449", 15),
    ("601111", 16),
    ("601100", 16),
    ("353011", 16),
    ("356600", 16),
];

fn card_of(random: &mut Random, length: Option<usize>) -> Made {
    let fits = |of: &(&str, usize)| length.is_none_or(|length| of.1 == length);
    let cards: Vec<_> = TEST_CARDS.into_iter().filter(fits).collect();
    let (prefix, length) = random.pick(&cards).copied().unwrap_or(("424242", 16));
    let mut body = values(prefix);
    body.extend(digits(random, length - prefix.len() - 1));
    let check = luhn(&body);
    body.push(check);
    Made::last(text(&body))
}

/// A card number of sixteen digits: a published test prefix, a random rest.
pub(super) fn card(random: &mut Random) -> Made {
    card_of(random, Some(16))
}

/// A card number of fifteen digits.
pub(super) fn card_15(random: &mut Random) -> Made {
    card_of(random, Some(15))
}

/// The first track of a magnetic stripe.
pub(super) fn track_1(random: &mut Random) -> Made {
    let card = card(random).text;
    let name = ["DOE/JANE", "MUSTER/MAX", "TESTER/TINA A"][random.index(3)];
    let (year, month) = (random.between(27, 33), random.between(1, 12));
    Made::plain(format!("%B{card}^{name}^{year}{month:02}101{:010}?", random.between(1, 999_999)))
}

/// The second track of a magnetic stripe.
pub(super) fn track_2(random: &mut Random) -> Made {
    let card = card(random).text;
    let (year, month) = (random.between(27, 33), random.between(1, 12));
    Made::plain(format!(";{card}={year}{month:02}101{:010}?", random.between(1, 999_999)))
}

/// The Spanish digits between branch and account.
fn es_control(body: &[u8]) -> u8 {
    match 11 - weighted(body, &[1, 2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 {
        11 => 0,
        10 => 1,
        digit => digit as u8,
    }
}

fn es_bban(random: &mut Random) -> String {
    let (bank, account) = (digits_from_1(random, 8), digits(random, 10));
    let head = es_control(&[&[0, 0], bank.as_slice()].concat());
    let tail = es_control(&account);
    format!("{}{head}{tail}{}", text(&bank), text(&account))
}

fn fr_bban(random: &mut Random) -> String {
    let (bank, branch, account) = (digits_from_1(random, 5), digits(random, 5), digits(random, 11));
    let sum = 89 * number(&bank) + 15 * number(&branch) + 3 * number(&account);
    format!("{}{}{}{:02}", text(&bank), text(&branch), text(&account), 97 - sum % 97)
}

fn it_bban(random: &mut Random) -> String {
    const ODD: [u32; 10] = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21];
    let body = [vec![0], digits_from_1(random, 4), vec![0], digits(random, 16)].concat();
    let sum: u32 = body
        .iter()
        .enumerate()
        .map(
            |(place, &digit)| {
                if place % 2 == 0 { ODD[usize::from(digit)] } else { u32::from(digit) }
            },
        )
        .sum();
    format!("{}{}", char::from(b'A' + (sum % 26) as u8), text(&body))
}

fn pt_bban(random: &mut Random) -> String {
    let body = [vec![0, 0], digits_from_1(random, 17)].concat();
    let rest =
        body.iter().chain(&[0, 0]).fold(0, |rest, &digit| (rest * 10 + u32::from(digit)) % 97);
    format!("{}{:02}", text(&body), 98 - rest)
}

fn be_bban(random: &mut Random) -> String {
    let body = digits_from_1(random, 10);
    let rest = number(&body) % 97;
    format!("{}{:02}", text(&body), if rest == 0 { 97 } else { rest })
}

/// International account number, with the national check digits where a country has them.
pub(super) fn iban(random: &mut Random) -> Made {
    let (country, bban) = match random.below(12) {
        0 | 1 => ("DE", text(&digits_from_1(random, 18))),
        2 => ("GB", format!("{}{}", letters(random, UPPER, 4), text(&digits(random, 14)))),
        3 => ("FR", fr_bban(random)),
        4 => ("ES", es_bban(random)),
        5 => ("IT", it_bban(random)),
        6 => ("PT", pt_bban(random)),
        7 => ("NL", format!("{}{}", letters(random, UPPER, 4), text(&digits(random, 10)))),
        8 => ("BE", be_bban(random)),
        9 => ("AT", text(&digits_from_1(random, 16))),
        10 => ("CH", text(&digits(random, 17))),
        _ => ("PL", text(&digits_from_1(random, 24))),
    };
    let check = mod97(&format!("{bban}{country}"));
    Made::at(format!("{country}{check:02}{bban}"), 3)
}

pub(super) fn bic(random: &mut Random) -> Made {
    let country = ["DE", "FR", "GB", "ES", "IT", "NL", "PL", "US", "CH"][random.index(9)];
    let bank = letters(random, UPPER, 4);
    let branch = ["", "XXX", "500"][random.index(3)];
    Made::plain(format!("{bank}{country}{}{branch}", ["FF", "2L", "MM", "33"][random.index(4)]))
}

/// American routing number: a Federal Reserve prefix and weights 3, 7, 1.
pub(super) fn aba(random: &mut Random) -> Made {
    let office = [1_u64, 2, 5, 7, 9, 10, 11, 12, 21, 26, 31, 32][random.index(12)];
    let body = [padded(office, 2), digits_from_1(random, 6)].concat();
    let sum = weighted(&body, &[3, 7, 1, 3, 7, 1, 3, 7]);
    Made::last(format!("{}{}", text(&body), (10 - sum % 10) % 10))
}

pub(super) fn clabe(random: &mut Random) -> Made {
    let bank = ["002", "012", "014", "021", "044", "072"][random.index(6)];
    let body = [values(bank), digits_from_1(random, 14)].concat();
    let sum: u32 = body
        .iter()
        .zip([3, 7, 1].iter().cycle())
        .map(|(&digit, &weight)| u32::from(digit) * weight % 10)
        .sum();
    Made::last(format!("{}{}", text(&body), (10 - sum % 10) % 10))
}

/// Argentine account number: two blocks with a check digit each.
pub(super) fn cbu(random: &mut Random) -> Made {
    let block = |body: Vec<u8>, weights: &[u32]| {
        let check = (10 - weighted(&body, weights) % 10) % 10;
        format!("{}{check}", text(&body))
    };
    let bank = block(digits_from_1(random, 7), &[7, 1, 3, 9, 7, 1, 3]);
    let account = block(digits_from_1(random, 13), &[3, 9, 7, 1, 3, 9, 7, 1, 3, 9, 7, 1, 3]);
    Made::last(format!("{bank}{account}"))
}

/// Letters as two digits, then Luhn.
pub(super) fn isin(random: &mut Random) -> Made {
    let country = ["US", "DE", "FR", "GB", "CH", "NL"][random.index(6)];
    let body = format!("{country}{}", letters(random, b"0123456789", 9));
    let expanded: Vec<u8> = body
        .bytes()
        .flat_map(|byte| match byte {
            b'A'..=b'Z' => vec![(byte - b'A' + 10) / 10, (byte - b'A' + 10) % 10],
            _ => vec![byte - b'0'],
        })
        .collect();
    Made::last(format!("{body}{}", luhn(&expanded)))
}

pub(super) fn lei(random: &mut Random) -> Made {
    let issuer = ["5299", "2138", "5493", "9695"][random.index(4)];
    let body =
        format!("{issuer}00{}", letters(random, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 12));
    Made::last(format!("{body}{:02}", mod97(&body)))
}

pub(super) fn cusip(random: &mut Random) -> Made {
    let body = format!(
        "{}{}{}",
        text(&digits_from_1(random, 5)),
        letters(random, b"ABCDEFGH0123456789", 1),
        ["10", "20", "AB"][random.index(3)]
    );
    let sum: u32 = body
        .bytes()
        .enumerate()
        .map(|(place, byte)| {
            let value = super::digit::base36(byte) * if place % 2 == 1 { 2 } else { 1 };
            value / 10 + value % 10
        })
        .sum();
    Made::last(format!("{body}{}", (10 - sum % 10) % 10))
}

const BASE58: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// `n` random bytes.
pub(super) fn bytes(random: &mut Random, n: usize) -> Vec<u8> {
    (0..n).map(|_| random.below(256) as u8).collect()
}

/// Version and payload with four bytes of double SHA-256, in base 58.
fn base58check(payload: &[u8]) -> String {
    let checksum = Sha256::digest(Sha256::digest(payload));
    let mut number: Vec<u8> = [payload, &checksum[..4]].concat();
    let zeros = number.iter().take_while(|&&byte| byte == 0).count();
    let mut out = Vec::new();
    while number.iter().any(|&byte| byte != 0) {
        let mut rest = 0_u32;
        for byte in &mut number {
            rest = rest * 256 + u32::from(*byte);
            *byte = (rest / 58) as u8;
            rest %= 58;
        }
        out.push(BASE58[rest as usize]);
    }
    out.extend(std::iter::repeat_n(b'1', zeros));
    out.iter().rev().map(|&byte| char::from(byte)).collect()
}

/// Bitcoin address of the two older kinds.
pub(super) fn bitcoin(random: &mut Random) -> Made {
    let version = if random.percent(50) { 0 } else { 5 };
    let payload = [vec![version], bytes(random, 20)].concat();
    Made::last(base58check(&payload))
}

/// Bitcoin address in bech32 (BIP-173): a witness program of 20 bytes.
pub(super) fn bitcoin_segwit(random: &mut Random) -> Made {
    const ALPHABET: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    const GENERATORS: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    let data: Vec<u8> = std::iter::once(0).chain((0..32).map(|_| random.below(32) as u8)).collect();
    // The human-readable part "bc", expanded: high bits, zero, low bits.
    let expanded = [3, 3, 0, 2, 3].into_iter().chain(data.iter().copied()).chain([0; 6]);
    let state = expanded.fold(1_u32, |state, value| {
        let top = state >> 25;
        let shifted = (state & 0x01ff_ffff) << 5 ^ u32::from(value);
        (0..5)
            .filter(|bit| top >> bit & 1 == 1)
            .fold(shifted, |state, bit| state ^ GENERATORS[bit as usize])
    }) ^ 1;
    let checksum = (0..6).map(|place| (state >> (5 * (5 - place)) & 31) as u8);
    let body: String = data
        .iter()
        .copied()
        .chain(checksum)
        .map(|value| char::from(ALPHABET[usize::from(value)]))
        .collect();
    Made::plain(format!("bc1{body}"))
}

/// Ethereum address, its letters in the case that EIP-55 demands.
pub(super) fn ethereum(random: &mut Random) -> Made {
    let lower = letters(random, b"0123456789abcdef", 40);
    let hash = Keccak256::digest(lower.as_bytes());
    let body: String = lower
        .chars()
        .enumerate()
        .map(|(place, char)| {
            let byte = hash[place / 2];
            let nibble = if place % 2 == 0 { byte >> 4 } else { byte & 15 };
            if nibble > 7 { char.to_ascii_uppercase() } else { char }
        })
        .collect();
    Made::plain(format!("0x{body}"))
}
