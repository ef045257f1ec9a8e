//! Wallet addresses and keys.

use sha2::{Digest, Sha256};
use sha3::Keccak256;

/// Longest base58check payload with its checksum: an extended key, in bytes.
const BASE58_BYTES_MAX: usize = 82;

/// Longest bech32 text, in bytes.
const BECH32_BYTES_MAX: usize = 90;

/// Bitcoin address: base58check with version 0, 5 and their test versions, or bech32 and bech32m.
pub(super) fn btc_address(value: &[u8]) -> bool {
    let segwit = value
        .get(..3)
        .is_some_and(|head| head.eq_ignore_ascii_case(b"bc1") || head.eq_ignore_ascii_case(b"tb1"));
    if segwit {
        bech32(value)
    } else {
        base58check(value, 21, |version| matches!(version[0], 0 | 5 | 111 | 196))
    }
}

/// Litecoin or Dogecoin address in base58check, or Litecoin in bech32.
pub(super) fn ltc_doge_address(value: &[u8]) -> bool {
    if value.get(..4).is_some_and(|head| head.eq_ignore_ascii_case(b"ltc1")) {
        return bech32(value);
    }
    base58check(value, 21, |version| matches!(version[0], 48 | 50 | 30 | 22))
}

/// Bitcoin private key for import: base58check with version 128 or 239.
pub(super) fn btc_wif(value: &[u8]) -> bool {
    let version = |payload: &[u8]| matches!(payload[0], 128 | 239);
    base58check(value, 33, version)
        || base58check(value, 34, |payload| version(payload) && payload.last() == Some(&1))
}

/// Extended private key of a hierarchical wallet: `xprv`, `yprv`, `zprv`, `tprv`.
pub(super) fn xprv(value: &[u8]) -> bool {
    const VERSIONS: [[u8; 4]; 4] = [
        [0x04, 0x88, 0xad, 0xe4],
        [0x04, 0x9d, 0x78, 0x78],
        [0x04, 0xb2, 0x43, 0x0c],
        [0x04, 0x35, 0x83, 0x94],
    ];
    base58check(value, 78, |payload| VERSIONS.iter().any(|version| payload.starts_with(version)))
}

/// Ethereum address: one case throughout, or the mixed case of EIP-55.
pub(super) fn eth_address(value: &[u8]) -> bool {
    let Some(hex) = value
        .strip_prefix(b"0x")
        .or_else(|| value.strip_prefix(b"0X"))
        .filter(|hex| hex.len() == 40)
    else {
        return false;
    };
    if !hex.iter().all(u8::is_ascii_hexdigit) || hex.windows(2).all(|pair| pair[0] == pair[1]) {
        return false;
    }
    let upper = hex.iter().any(u8::is_ascii_uppercase);
    let lower = hex.iter().any(u8::is_ascii_lowercase);
    !(upper && lower) || eip55(hex)
}

/// A letter is upper case exactly where the hash of the lower-case text has a nibble of 8 or more.
fn eip55(hex: &[u8]) -> bool {
    let mut lower = [0; 40];
    lower.copy_from_slice(hex);
    lower.make_ascii_lowercase();
    let hash = Keccak256::digest(lower);
    hex.iter().enumerate().all(|(place, byte)| {
        let nibble = hash
            .get(place / 2)
            .map_or(0, |&byte| if place % 2 == 0 { byte >> 4 } else { byte & 15 });
        byte.is_ascii_digit() || byte.is_ascii_uppercase() == (nibble >= 8)
    })
}

/// Base58 text whose last four bytes are the double SHA-256 of a payload of `len` bytes that `accept` accepts.
fn base58check(value: &[u8], len: usize, accept: impl Fn(&[u8]) -> bool) -> bool {
    let mut bytes = [0; BASE58_BYTES_MAX];
    let Some(decoded) = bytes.get_mut(..len + 4) else { return false };
    if decode58(value, decoded).is_none() {
        return false;
    }
    let (payload, check) = decoded.split_at(len);
    accept(payload) && Sha256::digest(Sha256::digest(payload)).starts_with(check)
}

/// Fills `bytes` with the number that the text spells, big end first; `None` if it does not fit or is too short.
fn decode58(value: &[u8], bytes: &mut [u8]) -> Option<()> {
    // Each base58 digit carries 0.73 bytes; a longer text has no place in the buffer.
    if value.len() > bytes.len() * 3 / 2 || value.len() < bytes.len() {
        return None;
    }
    for &symbol in value {
        let mut carry = base58_digit(symbol)?;
        for byte in bytes.iter_mut().rev() {
            carry += u32::from(*byte) * 58;
            *byte = (carry & 0xff) as u8;
            carry >>= 8;
        }
        if carry != 0 {
            return None;
        }
    }
    // Leading ones stand for leading zero bytes, one for one.
    let ones = value.iter().take_while(|&&symbol| symbol == b'1').count();
    let zeros = bytes.iter().take_while(|&&byte| byte == 0).count();
    (ones == zeros).then_some(())
}

/// Digits, upper case and lower case without `0`, `O`, `I`, `l`.
const fn base58_digit(symbol: u8) -> Option<u32> {
    let digit = match symbol {
        b'1'..=b'9' => symbol - b'1',
        b'A'..=b'H' => symbol - b'A' + 9,
        b'J'..=b'N' => symbol - b'J' + 17,
        b'P'..=b'Z' => symbol - b'P' + 22,
        b'a'..=b'k' => symbol - b'a' + 33,
        b'm'..=b'z' => symbol - b'm' + 44,
        _ => return None,
    };
    Some(digit as u32)
}

/// Segregated witness address: one case, checksum constant 1 for version 0 and that of bech32m for later ones.
fn bech32(value: &[u8]) -> bool {
    const ALPHABET: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    const BECH32M: u32 = 0x2bc8_30a3;
    let mixed =
        value.iter().any(u8::is_ascii_uppercase) && value.iter().any(u8::is_ascii_lowercase);
    if value.len() > BECH32_BYTES_MAX || mixed {
        return false;
    }
    let Some(one) = memchr::memrchr(b'1', value) else { return false };
    let (prefix, data) = (&value[..one], &value[one + 1..]);
    // Version, at least two bytes of program, six of checksum.
    if data.len() < 11 {
        return false;
    }
    let lower = |byte: &u8| u32::from(byte.to_ascii_lowercase());
    let mut state = 1;
    for symbol in prefix
        .iter()
        .map(|byte| lower(byte) >> 5)
        .chain([0])
        .chain(prefix.iter().map(|byte| lower(byte) & 31))
    {
        state = bech32_step(state, symbol);
    }
    let mut version = None;
    for byte in data {
        let Some(symbol) = ALPHABET.iter().position(|&known| u32::from(known) == lower(byte))
        else {
            return false;
        };
        version.get_or_insert(symbol);
        state = bech32_step(state, symbol as u32);
    }
    match version {
        Some(0) => state == 1 && matches!(data.len(), 39 | 59),
        Some(1..=16) => state == BECH32M,
        _ => false,
    }
}

const fn bech32_step(state: u32, symbol: u32) -> u32 {
    const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    let top = state >> 25;
    let mut next = (state & 0x1ff_ffff) << 5 ^ symbol;
    let mut bit = 0;
    while bit < 5 {
        if top >> bit & 1 == 1 {
            next ^= GENERATOR[bit];
        }
        bit += 1;
    }
    next
}
