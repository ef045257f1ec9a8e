//! Credentials that carry their own check, or a structure that can be decoded.

use std::borrow::Cow;

use base64::Engine as _;
use base64::alphabet::{STANDARD as STANDARD_ALPHABET, URL_SAFE as URL_ALPHABET};
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use serde::Deserialize;

const CONFIG: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&STANDARD_ALPHABET, CONFIG);
const URL: GeneralPurpose = GeneralPurpose::new(&URL_ALPHABET, CONFIG);

/// Longest encoded token header or user name with password that is decoded, in bytes.
const ENCODED_BYTES_MAX: usize = 1024;

/// The part of a token header that every token must have.
#[derive(Deserialize)]
struct Header<'a> {
    #[serde(borrow)]
    alg: Cow<'a, str>,
}

/// JSON web token: three parts (five when encrypted) of base64url, the first a JSON object with `alg`.
pub(super) fn jwt(value: &[u8]) -> bool {
    let mut parts = value.split(|&byte| byte == b'.');
    let Some(header) = parts.next() else { return false };
    let Some(payload) = parts.next() else { return false };
    let rest = parts.try_fold(0, |count, part| {
        part.iter().all(|&byte| is_base64url(byte)).then_some(count + 1)
    });
    let mut buffer = [0; ENCODED_BYTES_MAX];
    let Some(json) = decode(&URL, header, &mut buffer) else { return false };
    let encrypted = rest == Some(3);
    (encrypted || rest == Some(1) && payload.len() >= 2)
        && payload.iter().all(|&byte| is_base64url(byte))
        && serde_json::from_slice::<Header<'_>>(json).is_ok_and(|header| !header.alg.is_empty())
}

/// Credentials of basic authentication: base64 of a printable user name, a colon and a password.
pub(super) fn basic_auth(value: &[u8]) -> bool {
    let encoded = super::digits::without_prefix(value, b"Basic ").trim_ascii();
    let mut buffer = [0; ENCODED_BYTES_MAX];
    let Some(text) = decode(&STANDARD, encoded, &mut buffer) else { return false };
    let Some(colon) = memchr::memchr(b':', text) else { return false };
    colon > 0
        && colon + 1 < text.len()
        && str::from_utf8(text).is_ok_and(|text| !text.chars().any(char::is_control))
}

fn decode<'a>(
    engine: &GeneralPurpose,
    encoded: &[u8],
    buffer: &'a mut [u8; ENCODED_BYTES_MAX],
) -> Option<&'a [u8]> {
    if encoded.len() > ENCODED_BYTES_MAX {
        return None;
    }
    let len = engine.decode_slice(encoded, buffer.as_mut_slice()).ok()?;
    buffer.get(..len)
}

const fn is_base64url(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}

/// GitHub token: kind prefix, 30 characters, and their CRC-32 in six base-62 digits.
pub(super) fn github_crc32(value: &[u8]) -> bool {
    let Some((b"ghp_" | b"gho_" | b"ghu_" | b"ghs_" | b"ghr_", body)) = value.split_at_checked(4)
    else {
        return false;
    };
    crc32_base62(body)
}

/// npm token: `npm_` and the same scheme.
pub(super) fn npm_crc32(value: &[u8]) -> bool {
    value.strip_prefix(b"npm_").is_some_and(crc32_base62)
}

fn crc32_base62(body: &[u8]) -> bool {
    let (36, Some((secret, check))) = (body.len(), body.split_at_checked(30)) else { return false };
    if !secret.iter().all(u8::is_ascii_alphanumeric) {
        return false;
    }
    let mut rest = crc32fast::hash(secret);
    check.iter().rev().all(|&byte| {
        let digit = match (rest % 62) as u8 {
            digit @ 0..=9 => b'0' + digit,
            digit @ 10..=35 => b'A' + digit - 10,
            digit => b'a' + digit - 36,
        };
        rest /= 62;
        digit == byte
    })
}

/// AWS access key identifier: kind prefix, base32, and an account number of at most twelve digits inside.
pub(super) fn aws_access_key_id(value: &[u8]) -> bool {
    const KINDS: [&[u8; 4]; 11] = [
        b"AKIA", b"ASIA", b"ABIA", b"ACCA", b"AGPA", b"AIDA", b"AIPA", b"ANPA", b"ANVA", b"AROA",
        b"APKA",
    ];
    const ACCOUNT_MAX: u64 = 999_999_999_999;
    let (20, Some((kind, body))) = (value.len(), value.split_at_checked(4)) else { return false };
    let mut bits = 0_u64;
    for (place, &byte) in body.iter().enumerate() {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'2'..=b'7' => byte - b'2' + 26,
            _ => return false,
        };
        // The first 48 bits hold the account: ten symbols are enough.
        if place < 10 {
            bits = bits << 5 | u64::from(digit);
        }
    }
    let account = (bits >> 2 & 0x7fff_ffff_ff80) >> 7;
    KINDS.iter().any(|known| known.as_slice() == kind)
        && account <= ACCOUNT_MAX
        && !super::digits::is_repeated(body)
}

/// Base64 of either alphabet with whole final bytes; padding, when there, must be right.
pub(super) fn base64(value: &[u8]) -> bool {
    let body = value.strip_suffix(b"==").or_else(|| value.strip_suffix(b"=")).unwrap_or(value);
    let padded = value.len() > body.len();
    let standard =
        body.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'));
    let url = body.iter().all(|&byte| is_base64url(byte));
    let Some(&last) = body.last() else { return false };
    // The unused low bits of the last symbol are zero in a canonical encoding.
    let unused = match body.len() % 4 {
        0 => 0,
        2 => 15,
        3 => 3,
        _ => return false,
    };
    (standard || url)
        && (!padded || value.len().is_multiple_of(4))
        && symbol_value(last) & unused == 0
}

const fn symbol_value(byte: u8) -> u8 {
    match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        _ => 63,
    }
}

/// Azure storage account key: base64 of 64 bytes.
pub(super) fn azure_storage_key(value: &[u8]) -> bool {
    value.len() == 88
        && value.ends_with(b"==")
        && value[..86]
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'))
        && symbol_value(value[85]) & 15 == 0
        && !super::digits::is_repeated(&value[..86])
}
