//! Crockford's base32 in lower case: it survives case folding, addresses, headers and JSON, and no two of its letters look alike.

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const BITS: u32 = 5;

/// Appends the bytes, highest bits first; bits that are missing at the end are zero.
pub fn encode(bytes: &[u8], out: &mut String) {
    let (mut buffer, mut filled) = (0_u32, 0);
    for byte in bytes {
        buffer = buffer << 8 | u32::from(*byte);
        filled += 8;
        while filled >= BITS {
            filled -= BITS;
            out.push(symbol(buffer >> filled));
        }
    }
    if filled > 0 {
        out.push(symbol(buffer << (BITS - filled)));
    }
}

/// Exactly `N` bytes. One text for each value: lower case only, and what fills up the last letter must be zero.
pub fn decode<const N: usize>(text: &str) -> Option<[u8; N]> {
    // Longer texts are no such value, and need no memory.
    if text.len() != letters(N) {
        return None;
    }
    decode_all(text.as_bytes())?.try_into().ok()
}

/// However many bytes there are, under the same conditions.
pub fn decode_all(text: &[u8]) -> Option<Vec<u8>> {
    let bytes = text.len() * BITS as usize / 8;
    if text.len() != letters(bytes) {
        return None;
    }
    let mut out = Vec::with_capacity(bytes);
    let (mut buffer, mut filled) = (0_u32, 0);
    for letter in text {
        let value = ALPHABET.iter().position(|known| known == letter)?;
        buffer = buffer << BITS | u32::try_from(value).ok()?;
        filled += BITS;
        if filled >= 8 {
            filled -= 8;
            out.push((buffer >> filled & 0xff) as u8);
        }
    }
    (buffer & ((1 << filled) - 1) == 0).then_some(out)
}

/// Whether it is one of the letters.
pub fn is_letter(byte: u8) -> bool {
    ALPHABET.contains(&byte)
}

/// Letters that `bytes` bytes take.
pub const fn letters(bytes: usize) -> usize {
    (bytes * 8).div_ceil(BITS as usize)
}

/// The letter of the lowest five bits.
pub fn symbol(value: u32) -> char {
    char::from(ALPHABET[(value & 31) as usize])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(bytes: &[u8]) -> String {
        let mut out = String::new();
        encode(bytes, &mut out);
        out
    }

    #[test]
    fn texts_of_any_length_are_read_back() {
        for length in 0..20_u8 {
            let bytes: Vec<u8> = (0..length).map(|i| i.wrapping_mul(29) ^ 0xa5).collect();
            assert_eq!(decode_all(encoded(&bytes).as_bytes()), Some(bytes));
        }
        for text in ["0", "000", "05", "csqpyrk1e", "CSQPYRK1E8"] {
            assert_eq!(decode_all(text.as_bytes()), None, "{text}");
        }
        assert!(is_letter(b'z') && !is_letter(b'u') && !is_letter(b'Z'));
    }

    #[test]
    fn known_values() {
        let check = |bytes: &[u8], expect: &str| assert_eq!(encoded(bytes), expect);
        check(b"", "");
        check(&[0xff; 5], "zzzzzzzz");
        check(&[0], "00");
        check(&[1], "04");
        check(b"foobar", "csqpyrk1e8");
    }

    #[test]
    fn every_value_has_one_text() {
        for seed in 0..=255_u8 {
            let bytes: [u8; 16] = std::array::from_fn(|i| seed.wrapping_mul(31) ^ (i as u8 * 7));
            let text = encoded(&bytes);
            assert_eq!(text.len(), letters(16));
            assert_eq!(decode::<16>(&text), Some(bytes));
        }
        let check = |text: &str| assert_eq!(decode::<1>(text), None, "{text}");
        check("05");
        check("0");
        check("000");
        check("0u");
        check("0I");
        check("é");
        assert_eq!(decode::<1>("zw"), Some([0xff]));
        assert_eq!(decode::<1>("ZW"), None);
    }
}
