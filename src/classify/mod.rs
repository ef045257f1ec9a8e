//! L2: small statistical models.

/// Shannon entropy of the bytes, in bits per byte.
pub fn shannon(value: &[u8]) -> f32 {
    let mut counts = [0_u32; 256];
    for byte in value {
        counts[usize::from(*byte)] += 1;
    }
    let len = value.len() as f32;
    counts
        .iter()
        .filter(|count| **count > 0)
        .map(|count| *count as f32 / len)
        .map(|p| -p * p.log2())
        .sum()
}

/// Probability that the value was drawn at random.
pub fn randomness(value: &[u8]) -> f32 {
    (shannon(value) / (value.len().clamp(2, 64) as f32).log2()).clamp(0.0, 1.0)
}
