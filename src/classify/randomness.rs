//! Whether a short token was drawn at random or written by a person.
//!
//! A table holds how surprising each pair of neighbouring characters is in identifiers, words and paths. The mean
//! surprise, set against what uniform draws from the same character classes would cost, is the main feature; length
//! and class mix are the others. A logistic function turns their weighted sum into a probability.

/// Distinct symbols of the pair table: letters by case, digits together by value, five marks, the rest, the edge.
pub const SYMBOLS: usize = 70;

/// Number of features of the logistic model, the constant included.
pub const FEATURES: usize = 9;

/// Weights as little-endian `f32`, then one byte per pair of symbols: surprise in eighths of a bit.
static MODEL: &[u8; FEATURES * 4 + SYMBOLS * SYMBOLS] =
    include_bytes!("../../classifiers/models/randomness/model.bin");

/// Longest prefix that is measured, in bytes: longer values add nothing but time.
const VALUE_BYTES_MAX: usize = 256;

/// The symbols of lower-case hexadecimal.
const HEX: u128 = 0x3f | 0x3ff << 52;

/// The symbol at either end of a value.
pub const EDGE: u8 = 69;

/// Symbol of each byte, for training: the table of pairs has a row and a column for each.
pub static SYMBOL: [u8; 256] = symbols();

/// Class of each byte.
static CLASS: [u8; 256] = classes();

/// Weights of the features, decoded once by the compiler.
static WEIGHTS: [f32; FEATURES] = weights();

/// Probability from 0 to 1 that the value was drawn at random (key, password) and not written (identifier, words,
/// path, version). Values shorter than four bytes are never random.
///
/// ```
/// use lockgate::classify::randomness;
/// assert!(randomness(b"q9GFz6Y1t9EwL56nGisiWgNZq") > 0.9);
/// assert!(randomness(b"connection_pool_timeout") < 0.1);
/// ```
pub fn randomness(value: &[u8]) -> f32 {
    const BYTES_MIN: usize = 4;
    if value.len() < BYTES_MIN {
        return 0.0;
    }
    let sum: f32 = features(&MODEL[FEATURES * 4..], value)
        .iter()
        .zip(&WEIGHTS)
        .map(|(feature, weight)| feature * weight)
        .sum();
    1.0 / (1.0 + (-sum).exp())
}

/// What the model looks at: constant, mean surprise, gain over uniform draws per byte and in total, length, shares of
/// digits and upper case, changes of class per byte, distinct symbols against what
/// uniform draws would show. `table` holds the surprise of each pair
/// of symbols, row by row, in eighths of a bit; training passes its own.
pub fn features(table: &[u8], value: &[u8]) -> [f32; FEATURES] {
    let value = value.get(..VALUE_BYTES_MAX).unwrap_or(value);
    let mut surprise = 0_u32;
    let mut changes = 0_u32;
    // Four counters of 16 bits in one register; a value has at most 256 bytes.
    let mut packed = 0_u64;
    let mut seen = 0_u128;
    let mut left = EDGE;
    let mut last_class = 4;
    for &byte in value {
        let symbol = SYMBOL[usize::from(byte)];
        surprise += pair_surprise(table, left, symbol);
        seen |= 1 << symbol;
        let class = CLASS[usize::from(byte)];
        packed += 1 << (class * 16);
        changes += u32::from(class != last_class);
        last_class = class;
        left = symbol;
    }
    surprise += pair_surprise(table, left, EDGE);
    let counts = [0, 16, 32, 48].map(|shift| packed >> shift & 0xffff);
    let len = value.len().max(1) as f32;
    let mean = surprise as f32 / (8.0 * len);
    // Size of the alphabet that the classes suggest: 26 letters of either case, 10 digits, 8 marks; 16 for hexadecimal.
    let alphabet = match [26.0, 26.0, 10.0, 8.0].iter().zip(counts).filter(|(_, count)| *count > 0)
    {
        _ if seen & !HEX == 0 => 16.0,
        classes => classes.map(|(size, _)| size).sum::<f32>().max(2.0),
    };
    // How many distinct symbols so many uniform draws would show.
    let distinct = alphabet * (1.0 - (-len / alphabet).exp());
    let gain = mean - alphabet.log2();
    [
        1.0,
        mean - 5.0,
        gain,
        gain * len / 16.0,
        (len.min(64.0) / 16.0) - 1.0,
        counts[2] as f32 / len,
        counts[1] as f32 / len,
        changes as f32 / len,
        (seen.count_ones() as f32 / distinct).min(1.0),
    ]
}

/// Surprise of `right` behind `left`, in eighths of a bit.
fn pair_surprise(table: &[u8], left: u8, right: u8) -> u32 {
    let place = usize::from(left) * SYMBOLS + usize::from(right);
    table.get(place).copied().map_or(0, u32::from)
}

/// 0 lower case, 1 upper case, 2 digit, 3 mark. A table, since branches on random text are mispredicted.
const fn classes() -> [u8; 256] {
    let symbols = symbols();
    let mut table = [3; 256];
    let mut byte = 0;
    while byte < table.len() {
        table[byte] = match symbols[byte] {
            0..=25 => 0,
            26..=51 => 1,
            52..=61 => 2,
            _ => 3,
        };
        byte += 1;
    }
    table
}

const fn symbols() -> [u8; 256] {
    let mut table = [68; 256];
    let mut byte = 0_u8;
    loop {
        table[byte as usize] = match byte {
            b'a'..=b'z' => byte - b'a',
            b'A'..=b'Z' => byte - b'A' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'_' => 62,
            b'-' => 63,
            b'.' => 64,
            b'/' => 65,
            b' ' => 66,
            b':' => 67,
            _ => 68,
        };
        if byte == u8::MAX {
            return table;
        }
        byte += 1;
    }
}

const fn weights() -> [f32; FEATURES] {
    let mut weights = [0.0; FEATURES];
    let mut index = 0;
    while index < FEATURES {
        let at = index * 4;
        weights[index] =
            f32::from_le_bytes([MODEL[at], MODEL[at + 1], MODEL[at + 2], MODEL[at + 3]]);
        index += 1;
    }
    weights
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawn_tokens_rank_above_written_ones() {
        let drawn = [
            "q9GFz6Y1t9EwL56nGisiWgNZq",
            "hQ7zR2pWx9Lk",
            "9f86d081884c7d659a2f",
            "XK4W9QZJ2M7TB",
            "wJalrXUtnFEMIK7MDENGbPxRfiCY",
        ];
        let written = [
            "connection_pool_timeout",
            "HttpServletRequest",
            "version-1.2.3",
            "/usr/local/bin",
            "correct horse",
            "getUserById",
            "MAX_RETRY_COUNT",
            "password",
            "production",
        ];
        for value in drawn {
            assert!(randomness(value.as_bytes()) > 0.6, "{value} {}", randomness(value.as_bytes()));
        }
        for value in written {
            assert!(randomness(value.as_bytes()) < 0.4, "{value} {}", randomness(value.as_bytes()));
        }
    }

    #[test]
    fn answers_are_probabilities() {
        let long = vec![0xff; 10_000];
        for value in [&b""[..], b"a", b"abcd", &[0; 64], &long] {
            assert!((0.0..=1.0).contains(&randomness(value)));
        }
    }
}
