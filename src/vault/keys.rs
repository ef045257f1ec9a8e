//! Keys: one secret that moves on, a key for each session, and what is derived from that.
//!
//! ```text
//! K(session n)  = HMAC-SHA-256(S(n), "lockgate vault v1 session" ‖ 0 ‖ tenant ‖ 0 ‖ reader ‖ 0 ‖ session)
//! S(n + 1)      = HMAC-SHA-256(S(n), "lockgate vault v1 next" ‖ 0)
//! mark, same, … = HMAC-SHA-256(K(session n), "lockgate vault v1 mark" ‖ 0), …
//! ```
//! S(n) is forgotten with the session that it was used for, so that the key of a session that is over cannot be made again: neither from the
//! secret, nor by a session of the same name.

use aes::Aes256;
use aes_siv::KeyInit as _;
use aes_siv::siv::Aes256Siv;
use fpe::ff1::FF1;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use std::fmt;
use zeroize::Zeroizing;

/// Bytes of the secret.
pub const SECRET_BYTES: usize = 32;
/// Digits are ten.
const RADIX: u32 = 10;

/// The secret from which keys of sessions are made.
pub(super) struct Secret(Zeroizing<[u8; SECRET_BYTES]>);

impl Secret {
    pub(super) fn new(bytes: [u8; SECRET_BYTES]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The key of a new session; the same names never have the same key twice.
    pub(super) fn session(&mut self, [tenant, reader, session]: [&str; 3]) -> SessionKey {
        let names = [tenant.as_bytes(), &[0], reader.as_bytes(), &[0], session.as_bytes()];
        let key = Zeroizing::new(mac(&self.0, "session", &names));
        *self.0 = mac(&self.0, "next", &[]);
        SessionKey(key)
    }
}

/// The key of a session.
pub(super) struct SessionKey(Zeroizing<[u8; SECRET_BYTES]>);

impl fmt::Debug for SessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[key]")
    }
}

/// What a key derived from that of the session is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Sealing values in memory.
    Seal,
    /// Tokens that carry their value.
    Carry,
}

impl SessionKey {
    /// A keyed hash for a purpose.
    pub(super) fn mac(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
        mac(&Zeroizing::new(mac(&self.0, purpose, &[])), "", parts)
    }

    /// AES-256 in SIV mode, which authenticates and needs no nonce.
    pub(super) fn siv(&self, purpose: Purpose) -> Aes256Siv {
        let (first, second) = match purpose {
            Purpose::Seal => ("seal mac", "seal"),
            Purpose::Carry => ("carry mac", "carry"),
        };
        let mut key = Zeroizing::new([0; 2 * SECRET_BYTES]);
        key[..SECRET_BYTES].copy_from_slice(&mac(&self.0, first, &[]));
        key[SECRET_BYTES..].copy_from_slice(&mac(&self.0, second, &[]));
        Aes256Siv::new_from_slice(&*key).expect("the key is as long as two of AES-256")
    }

    /// Format-preserving encryption of digits.
    pub(super) fn digits(&self) -> FF1<Aes256> {
        let key = Zeroizing::new(mac(&self.0, "digits", &[]));
        FF1::new(&*key, RADIX).expect("ten is a radix")
    }
}

fn mac(key: &Zeroizing<[u8; SECRET_BYTES]>, purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(&**key).expect("HMAC takes keys of any length");
    mac.update(b"lockgate vault v1 ");
    mac.update(purpose.as_bytes());
    mac.update(&[0]);
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(digits: &str) -> Vec<u8> {
        let digits: Vec<u8> = digits.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
        let pairs = digits.chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
        pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
    }

    #[test]
    fn keys_differ_by_session_reader_tenant_and_time() {
        let names = [["t", "r", "s"], ["t", "r", "x"], ["t", "x", "s"], ["x", "r", "s"]];
        let fresh = names.map(|names| Secret::new([1; 32]).session(names).mac("mark", &[b"m"]));
        let mut secret = Secret::new([1; 32]);
        let again = [names[0], names[0]].map(|names| secret.session(names).mac("mark", &[b"m"]));
        let other = Secret::new([2; 32]).session(names[0]);
        let mut all = [&fresh[..], &again[1..], &[other.mac("mark", &[b"m"])]].concat();
        all.push(other.mac("same", &[b"m"]));
        assert_eq!(fresh[0], again[0]);
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }

    #[test]
    fn a_key_is_shown_by_no_output() {
        let key = Secret::new([0x5a; 32]).session(["t", "", "s"]);
        assert_eq!(format!("{key:?}"), "[key]");
    }

    /// Appendix A.1 of RFC 5297.
    #[test]
    fn siv_is_that_of_the_standard() {
        use aes_siv::siv::Aes128Siv;
        let key = bytes("fffefdfc fbfaf9f8 f7f6f5f4 f3f2f1f0 f0f1f2f3 f4f5f6f7 f8f9fafb fcfdfeff");
        let header = bytes("10111213 14151617 18191a1b 1c1d1e1f 20212223 24252627");
        let plain = bytes("11223344 55667788 99aabbcc ddee");
        let sealed = bytes("85632d07 c6e8f37f 950acd32 0a2ecc93 40c02b96 90c4dc04 daef7f6a fe5c");
        let mut siv = Aes128Siv::new_from_slice(&key).unwrap();
        assert_eq!(siv.encrypt([&header], &plain).unwrap(), sealed);
        assert_eq!(siv.decrypt([&header], &sealed).unwrap(), plain);
    }

    /// Samples 7 and 8 of NIST's examples for SP 800-38G: FF1 with AES-256 and ten digits.
    #[test]
    fn digits_are_encrypted_as_the_standard_says() {
        use fpe::ff1::FlexibleNumeralString;
        let key = bytes("2b7e151628aed2a6abf7158809cf4f3c ef4359d8d580aa4f7f036d6f04fc6a94");
        let ff1 = FF1::<Aes256>::new(&key, RADIX).unwrap();
        let numerals = |text: &str| {
            FlexibleNumeralString::from(
                text.bytes().map(|byte| u16::from(byte - b'0')).collect::<Vec<_>>(),
            )
        };
        let check = |tweak: &str, expect: &str| {
            let sealed = ff1.encrypt(&bytes(tweak), &numerals("0123456789")).unwrap();
            assert_eq!(Vec::<u16>::from(sealed), Vec::<u16>::from(numerals(expect)));
        };
        check("", "6657667009");
        check("39383736353433323130", "1001623463");
    }
}
