//! Whether a value that stands behind a telling name is a secret, or an identifier, digest, template or word.
//!
//! What the value looks like, what it is assigned to and how become numbers from 0 to 255; a few boosted trees of four
//! questions each add up to the logarithm of the odds. A value in base64 of printable text is judged by that text.
//! Only what stands in front of the value is looked at, so that the answer is known as soon as the value ends.

mod features;
mod name;
mod words;

pub use features::{FEATURES as SECRET_FEATURES, features as secret_features};

/// Questions of a tree.
pub const DEPTH: usize = 4;

/// Leaves of a tree.
const LEAVES: usize = 1 << DEPTH;

/// A tree in the file: per question the feature and the value it must exceed, then the leaves as little-endian `i16`.
pub const TREE_BYTES: usize = 2 * DEPTH + 2 * LEAVES;

/// One in the units of the leaves.
pub const UNIT: f32 = 1024.0;

/// The trees, one behind another.
static MODEL: &[u8] = include_bytes!("../../../classifiers/models/secret/model.bin");

const _: () = assert!(MODEL.len().is_multiple_of(TREE_BYTES));

/// Most bytes in front of a value that say something about it.
pub const LEFT_BYTES_MAX: usize = 96;

/// A value and where it stands.
#[derive(Clone, Copy, Debug)]
pub struct Valued<'t> {
    /// The value.
    pub value: &'t [u8],
    /// What is in front of it; the last [`LEFT_BYTES_MAX`] bytes count.
    pub left: &'t [u8],
    /// The name of the JSON member or field whose whole content begins with the value.
    pub name: Option<&'t [u8]>,
}

/// Probability from 0 to 1 that the value is a secret.
///
/// ```
/// use lockgate::classify::{Valued, secret};
/// let ask = |left: &str, value: &str| {
///     secret(&Valued { value: value.as_bytes(), left: left.as_bytes(), name: None })
/// };
/// assert!(ask("client_secret = \"", "q9GFz6Y1t9EwL56nGisiWgNZq") > 0.5);
/// assert!(ask("commit_hash = \"", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b") < 0.5);
/// ```
pub fn secret(valued: &Valued<'_>) -> f32 {
    let features = features::features(valued);
    let sum: i32 = MODEL.chunks_exact(TREE_BYTES).map(|tree| leaf(tree, &features)).sum();
    1.0 / (1.0 + (-(sum as f32) / UNIT).exp())
}

/// What one tree adds.
fn leaf(tree: &[u8], features: &[u8; SECRET_FEATURES]) -> i32 {
    let (questions, leaves) = tree.split_at(2 * DEPTH);
    let place = questions.chunks_exact(2).fold(0, |place, question| {
        let value = features.get(usize::from(question[0])).copied().unwrap_or(0);
        place << 1 | usize::from(value > question[1])
    });
    i32::from(i16::from_le_bytes([leaves[2 * place], leaves[2 * place + 1]]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_probabilities_whatever_the_bytes() {
        let long = vec![b'='; 10_000];
        for value in [&b""[..], b"a", b"====", &[0; 64], &[0xff; 64], &long] {
            for left in [&b""[..], b"\"", b"=", b"\\\\\\", &long] {
                for name in [None, Some(&b""[..]), Some(b"password")] {
                    assert!((0.0..=1.0).contains(&secret(&Valued { value, left, name })));
                }
            }
        }
    }

    #[test]
    fn what_is_in_front_far_away_does_not_matter() {
        let near = [b"x".repeat(LEFT_BYTES_MAX), b"api_key = \"".to_vec()].concat();
        let far = [b"secret sha256 example ".repeat(99), near.clone()].concat();
        let ask = |left| secret(&Valued { value: b"hQ7zR2pWx9LkB4vN", left, name: None });
        assert_eq!(ask(&near), ask(&far));
    }
}
