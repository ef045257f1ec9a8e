//! Key files: 32 bytes, or 64 hexadecimal digits.

/// Bytes of a key.
pub(super) const KEY_BYTES: usize = 32;

/// A key as it is, or in hexadecimal with white space around it.
pub(super) fn parse_key(bytes: &[u8]) -> Option<[u8; KEY_BYTES]> {
    if let Ok(key) = bytes.try_into() {
        return Some(key);
    }
    let digits = bytes.trim_ascii();
    if digits.len() != 2 * KEY_BYTES || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let mut key = [0; KEY_BYTES];
    for (byte, pair) in key.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_raw_or_hexadecimal() {
        let check = |bytes: &[u8], expect: Option<u8>| {
            assert_eq!(parse_key(bytes).map(|key| key[31]), expect);
        };
        check(&[7; 32], Some(7));
        check("0a".repeat(32).as_bytes(), Some(10));
        check(format!("{}\n", "FF".repeat(32)).as_bytes(), Some(255));
        check(&[7; 31], None);
        check("0g".repeat(32).as_bytes(), None);
        check(b"", None);
    }
}
