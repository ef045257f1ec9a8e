//! L2: small statistical models of text. This layer knows nothing of rules; it only measures values.

pub mod injection;
mod randomness;
mod secret;

pub use randomness::{EDGE, FEATURES, SYMBOL, SYMBOLS, features, randomness};
pub use secret::{
    DEPTH, LEFT_BYTES_MAX, SECRET_FEATURES, TREE_BYTES, UNIT, Valued, secret, secret_features,
};

/// Shannon entropy of the byte distribution, in bits per byte from 0 to 8; 0 for an empty value.
///
/// ```
/// assert_eq!(lockgate::classify::shannon(b"abab"), 1.0);
/// ```
pub fn shannon(value: &[u8]) -> f32 {
    let mut counts = [0_u32; 256];
    for &byte in value {
        counts[usize::from(byte)] += 1;
    }
    let total = value.len() as f32;
    counts
        .iter()
        .filter(|&&count| count > 0)
        .map(|&count| {
            let share = count as f32 / total;
            -share * share.log2()
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shannon_of_known_distributions() {
        assert_eq!(shannon(b""), 0.0);
        assert_eq!(shannon(b"aaaa"), 0.0);
        assert_eq!(shannon(b"abcd"), 2.0);
        let all: Vec<u8> = (0..=255).collect();
        assert_eq!(shannon(&all), 8.0);
    }
}
