//! Grows boosted trees on rows of small numbers, without randomness: the same rows give the same bytes.

use lockgate::classify::{DEPTH, TREE_BYTES, UNIT};

const RATE: f64 = 0.3;
/// Weight of rows, both kinds together, that a leaf must have beside what it learns from.
const SHRINK: f64 = 4.0;
const LEAVES: usize = 1 << DEPTH;

/// Something to learn from.
pub(crate) struct Row<const N: usize> {
    /// What is known of it.
    pub(crate) features: [u8; N],
    /// Whether the model should say yes.
    pub(crate) wanted: bool,
    /// Number of the corpus it is from.
    pub(crate) corpus: usize,
    /// How much it counts.
    pub(crate) weight: f64,
    /// What the trees so far say.
    pub(crate) sum: f64,
}

/// Grows the trees, each on what those before it leave unexplained.
pub(crate) fn grow<const N: usize>(rows: &mut [Row<N>], trees: usize) -> Vec<[u8; TREE_BYTES]> {
    let smallest = rows.iter().map(|row| row.weight).fold(f64::MAX, f64::min);
    rows.iter_mut().for_each(|row| row.weight /= smallest);
    (0..trees).map(|_| tree(rows)).collect()
}

/// First and second derivative of the loss, summed.
#[derive(Clone, Copy, Default)]
struct Slope {
    first: f64,
    second: f64,
}

impl Slope {
    fn of<const N: usize>(row: &Row<N>) -> Self {
        let probability = 1.0 / (1.0 + (-row.sum).exp());
        Self {
            first: row.weight * (f64::from(u8::from(row.wanted)) - probability),
            second: row.weight * probability * (1.0 - probability),
        }
    }

    fn add(&mut self, other: Self) {
        self.first += other.first;
        self.second += other.second;
    }

    fn gain(self) -> f64 {
        self.first * self.first / (self.second + SHRINK)
    }
}

/// One tree: at every depth the question that explains most over all leaves so far.
fn tree<const N: usize>(rows: &mut [Row<N>]) -> [u8; TREE_BYTES] {
    let slopes: Vec<Slope> = rows.iter().map(Slope::of).collect();
    let mut places = vec![0_usize; rows.len()];
    let mut bytes = [0; TREE_BYTES];
    for depth in 0..DEPTH {
        let (feature, least) = question(rows, &slopes, &places, 1 << depth);
        bytes[2 * depth] = feature as u8;
        bytes[2 * depth + 1] = least;
        for (place, row) in places.iter_mut().zip(rows.iter()) {
            *place = *place << 1 | usize::from(row.features[feature] > least);
        }
    }
    let mut leaves = [Slope::default(); LEAVES];
    places.iter().zip(&slopes).for_each(|(&place, &slope)| leaves[place].add(slope));
    let values = leaves
        .map(|leaf| (RATE * leaf.first / (leaf.second + SHRINK) * f64::from(UNIT)).round() as i16);
    for (place, value) in values.iter().enumerate() {
        bytes[2 * DEPTH + 2 * place..][..2].copy_from_slice(&value.to_le_bytes());
    }
    for (place, row) in places.iter().zip(rows) {
        row.sum += f64::from(values[*place]) / f64::from(UNIT);
    }
    bytes
}

/// The feature and the value to exceed that explain most.
fn question<const N: usize>(
    rows: &[Row<N>],
    slopes: &[Slope],
    places: &[usize],
    leaves: usize,
) -> (usize, u8) {
    let mut best = (f64::MIN, 0, 0);
    for feature in 0..N {
        let mut sums = vec![[Slope::default(); 256]; leaves];
        for ((row, &slope), &place) in rows.iter().zip(slopes).zip(places) {
            sums[place][usize::from(row.features[feature])].add(slope);
        }
        let mut gains = [0.0; 256];
        for sums in &sums {
            let mut all = Slope::default();
            sums.iter().for_each(|&slope| all.add(slope));
            let mut low = Slope::default();
            for (gain, &slope) in gains.iter_mut().zip(sums) {
                low.add(slope);
                let high = Slope { first: all.first - low.first, second: all.second - low.second };
                *gain += low.gain() + high.gain();
            }
        }
        for (least, &gain) in gains.iter().enumerate() {
            if gain > best.0 + 1e-9 {
                best = (gain, feature, least as u8);
            }
        }
    }
    (best.1, best.2)
}

/// What the model says of the candidates, by corpus together.
pub(crate) fn report<const N: usize>(what: &str, rows: &[Row<N>], model: &[[u8; TREE_BYTES]]) {
    let score = |row: &Row<N>| {
        let leaf = |tree: &[u8; TREE_BYTES]| {
            let place = (0..DEPTH).fold(0, |place, depth| {
                let value = row.features[usize::from(tree[2 * depth])];
                place << 1 | usize::from(value > tree[2 * depth + 1])
            });
            let at = 2 * DEPTH + 2 * place;
            f32::from(i16::from_le_bytes([tree[at], tree[at + 1]]))
        };
        model.iter().map(leaf).sum::<f32>() / UNIT
    };
    for least in [0.2_f32, 0.5, 0.8] {
        let said = |row: &&Row<N>| score(row) >= (least / (1.0 - least)).ln();
        let right = rows.iter().filter(|row| row.wanted).filter(said).count();
        let wrong = rows.iter().filter(|row| !row.wanted).filter(said).count();
        let wanted = rows.iter().filter(|row| row.wanted).count();
        let precision = right as f64 / (right + wrong).max(1) as f64;
        let recall = right as f64 / wanted.max(1) as f64;
        let others = rows.len() - wanted;
        eprintln!(
            "{what}, from {least}: precision {precision:.3}, recall {recall:.3} of {wanted}, \
             {wrong} of {others} others"
        );
    }
}
