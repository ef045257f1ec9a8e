//! Credentials with inner structure. Those that are only prefix, alphabet and length are lines of `entries/`.

use super::super::random::Random;
use super::digit::text;
use super::finance::bytes;
use super::made::{Made, letters};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// A random part and its CRC-32 in six digits of base 62, as GitHub describes its token formats.
fn with_crc32(random: &mut Random, prefix: &str) -> Made {
    let body = letters(random, BASE62, 30);
    let mut crc = crc32fast::hash(body.as_bytes());
    let mut tail = [b'0'; 6];
    for place in tail.iter_mut().rev() {
        *place = BASE62[(crc % 62) as usize];
        crc /= 62;
    }
    let tail: String = tail.into_iter().map(char::from).collect();
    Made::last(format!("{prefix}{body}{tail}"))
}

pub(super) fn github_token(random: &mut Random) -> Made {
    let prefix = ["ghp_", "gho_", "ghu_", "ghs_", "ghr_"][random.index(5)];
    with_crc32(random, prefix)
}

pub(super) fn npm_token(random: &mut Random) -> Made {
    with_crc32(random, "npm_")
}

/// Key identifier with an account number in its first 48 bits, as keys since 2019 have it.
pub(super) fn aws_access_key_id(random: &mut Random) -> Made {
    const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let account =
        u64::from(random.between(1_000, 999_999)) * 1_000_000 + u64::from(random.below(1_000_000));
    let first = 1 << 47 | account << 7 | u64::from(random.below(128));
    let number = u128::from(first) << 32 | u128::from(random.bits() >> 32);
    let body: String = (0..16)
        .rev()
        .map(|place| char::from(BASE32[(number >> (5 * place) & 31) as usize]))
        .collect();
    Made::plain(format!("{}{body}", if random.percent(75) { "AKIA" } else { "ASIA" }))
}

/// A signed token: the header names an algorithm, the payload has times, the signature is random.
pub(super) fn jwt(random: &mut Random) -> Made {
    let (header, signature) = match random.below(3) {
        0 => (r#"{"alg":"HS256","typ":"JWT"}"#.to_owned(), 32),
        1 => (r#"{"alg":"ES256","typ":"JWT"}"#.to_owned(), 64),
        _ => (format!(r#"{{"alg":"RS256","kid":"k{}","typ":"JWT"}}"#, random.below(1000)), 256),
    };
    let issued = 1_760_000_000 + random.below(40_000_000);
    let subject = random.between(100_000, 9_999_999);
    let payload = format!(
        r#"{{"sub":"{subject}","iss":"https://id.example.com","iat":{issued},"exp":{}}}"#,
        issued + 3600
    );
    let signature = URL_SAFE_NO_PAD.encode(bytes(random, signature));
    Made::plain(format!(
        "{}.{}.{signature}",
        URL_SAFE_NO_PAD.encode(header),
        URL_SAFE_NO_PAD.encode(payload)
    ))
}

/// Base64 in lines of 64 characters.
fn armoured(random: &mut Random, bytes_len: usize, head: &[u8]) -> String {
    let mut body = head.to_vec();
    body.extend(bytes(random, bytes_len));
    let encoded = STANDARD.encode(body);
    let mut out = String::with_capacity(encoded.len() + encoded.len() / 64 + 1);
    for (place, char) in encoded.chars().enumerate() {
        if place > 0 && place % 64 == 0 {
            out.push('\n');
        }
        out.push(char);
    }
    out
}

/// A private key in PEM: the armour and the first bytes of the structure are right, the numbers are random.
pub(super) fn pem(random: &mut Random) -> Made {
    let (kind, head, len): (_, &[u8], _) = match random.below(5) {
        0 => ("RSA PRIVATE KEY", &[0x30, 0x82, 0x04, 0xa3, 0x02, 0x01, 0x00], 600),
        1 => ("EC PRIVATE KEY", &[0x30, 0x77, 0x02, 0x01, 0x01, 0x04, 0x20], 114),
        2 => ("PRIVATE KEY", &[0x30, 0x82, 0x04, 0xbd, 0x02, 0x01, 0x00], 640),
        3 => ("OPENSSH PRIVATE KEY", b"openssh-key-v1\0", 280),
        _ => ("ENCRYPTED PRIVATE KEY", &[0x30, 0x82, 0x05, 0x2d], 500),
    };
    let body = armoured(random, len, head);
    Made::plain(format!("-----BEGIN {kind}-----\n{body}\n-----END {kind}-----"))
}

/// An armoured OpenPGP secret key.
pub(super) fn pgp(random: &mut Random) -> Made {
    let body = armoured(random, 480, &[0x95, 0x01]);
    let crc = letters(random, BASE62, 4);
    Made::plain(format!(
        "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n{body}\n={crc}\n-----END PGP PRIVATE KEY BLOCK-----"
    ))
}

/// A private key in PEM, in base64 once more, as cluster settings keep it.
pub(super) fn pem_base64(random: &mut Random) -> Made {
    Made::plain(STANDARD.encode(format!("{}\n", pem(random).text)))
}

/// A public key in PEM: nothing secret.
pub(super) fn public_pem(random: &mut Random) -> Made {
    let kind = ["PUBLIC KEY", "CERTIFICATE"][random.index(2)];
    let body = armoured(random, 290, &[0x30, 0x82, 0x01, 0x22]);
    Made::plain(format!("-----BEGIN {kind}-----\n{body}\n-----END {kind}-----"))
}

/// User and password of basic authentication, in base64.
pub(super) fn basic_auth(random: &mut Random) -> Made {
    let user = ["svc-backup", "deploy", "ci", "reporting", "integration"][random.index(5)];
    let password = letters(random, BASE62, 14);
    Made::plain(STANDARD.encode(format!("{user}:{password}")))
}

/// A password hash of PHC form, with canonical base64.
pub(super) fn argon2(random: &mut Random) -> Made {
    let encode = |bytes: Vec<u8>| STANDARD.encode(bytes).trim_end_matches('=').to_owned();
    let (salt, hash) = (encode(bytes(random, 16)), encode(bytes(random, 32)));
    Made::plain(format!("$argon2id$v=19$m=65536,t=3,p=4${salt}${hash}"))
}

/// A bot token: the bot's number in base64, a time, a signature.
pub(super) fn discord_bot(random: &mut Random) -> Made {
    let id = format!("1{}", text(&super::digit::digits(random, 18)));
    let (time, signature) =
        (URL_SAFE_NO_PAD.encode(bytes(random, 4)), URL_SAFE_NO_PAD.encode(bytes(random, 28)));
    Made::plain(format!("{}.{time}.{signature}", URL_SAFE_NO_PAD.encode(id)))
}

/// Canonical base64 of `n` bytes.
pub(in crate::corpus) fn base64_of(random: &mut Random, n: usize) -> String {
    STANDARD.encode(bytes(random, n))
}
