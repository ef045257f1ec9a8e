//! Boosted trees: each asks a few questions of the form "does this feature exceed that value", and adds what its leaf says.

/// Questions of a tree.
pub const DEPTH: usize = 4;

/// Leaves of a tree.
const LEAVES: usize = 1 << DEPTH;

/// A tree in the file: per question the feature and the value it must exceed, then the leaves as little-endian `i16`.
pub const TREE_BYTES: usize = 2 * DEPTH + 2 * LEAVES;

/// One in the units of the leaves.
pub const UNIT: f32 = 1024.0;

/// Probability from 0 to 1 that the trees, one behind another, together come to.
pub(super) fn probability(trees: &[u8], features: &[u8]) -> f32 {
    let sum: i32 = trees.chunks_exact(TREE_BYTES).map(|tree| leaf(tree, features)).sum();
    1.0 / (1.0 + (-(sum as f32) / UNIT).exp())
}

/// What one tree adds.
fn leaf(tree: &[u8], features: &[u8]) -> i32 {
    let (questions, leaves) = tree.split_at(2 * DEPTH);
    let place = questions.chunks_exact(2).fold(0, |place, question| {
        let value = features.get(usize::from(question[0])).copied().unwrap_or(0);
        place << 1 | usize::from(value > question[1])
    });
    i32::from(i16::from_le_bytes([leaves[2 * place], leaves[2 * place + 1]]))
}
