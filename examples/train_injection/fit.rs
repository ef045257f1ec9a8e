//! Logistic regression over hashed features, by AdaGrad in a seeded order.

use crate::corpus::{Corpus, Document, Truth};
use lockgate::base::random::SplitMix64;
use lockgate::classify::injection::{BUCKETS, Features};

const EPOCHS: usize = 12;
const RATE: f32 = 0.6;
const DECAY: f32 = 2e-6;
/// Weight of a harmless window against that of an attack: a false alarm costs more than a miss.
const HARMLESS_WEIGHT: f32 = 1.5;

/// One window: its features, what it is, how much it counts.
struct Lesson {
    buckets: Vec<u32>,
    attack: bool,
    weight: f32,
}

/// The bytes of a model that learnt from the documents that `take` accepts.
pub(crate) fn fit(corpora: &[&Corpus], take: &dyn Fn(&Document) -> bool) -> Box<[u8; 8 + BUCKETS]> {
    let mut lessons = lessons(corpora, take);
    let mut weights = vec![0.0_f32; BUCKETS];
    let mut squares = vec![1e-2_f32; BUCKETS];
    let (mut bias, mut bias_square) = (0.0_f32, 1e-2_f32);
    let mut random = SplitMix64::new(1);
    for _ in 0..EPOCHS {
        random.shuffle(&mut lessons);
        for lesson in &lessons {
            let unit = 1.0 / (lesson.buckets.len().max(1) as f32).sqrt();
            let sum: f32 = lesson.buckets.iter().map(|&bucket| weights[bucket as usize]).sum();
            let answer = 1.0 / (1.0 + (-(bias + sum * unit)).exp());
            let error = (answer - f32::from(u8::from(lesson.attack))) * lesson.weight;
            for &bucket in &lesson.buckets {
                let bucket = bucket as usize;
                let slope = error * unit + DECAY * weights[bucket];
                squares[bucket] += slope * slope;
                weights[bucket] -= RATE * slope / squares[bucket].sqrt();
            }
            bias_square += error * error;
            bias -= RATE * error / bias_square.sqrt();
        }
    }
    quantise(&weights, bias)
}

/// Windows of all documents. The windows of a document share its weight, and a corpus counts by the root of its size, so that a large
/// one does not drown the others.
fn lessons(corpora: &[&Corpus], take: &dyn Fn(&Document) -> bool) -> Vec<Lesson> {
    let mut features = Features::default();
    let mut lessons = Vec::new();
    for corpus in corpora {
        for class in [true, false] {
            let of_class = |document: &&Document| match document.truth {
                Truth::Attack => class,
                Truth::Ordinary => false,
                Truth::Benign | Truth::SystemPrompt => !class,
            };
            let taken: Vec<&Document> =
                corpus.documents.iter().filter(|d| take(d)).filter(of_class).collect();
            let count = taken.len() as f32;
            let each = 20.0 * count.sqrt() / count * if class { 1.0 } else { HARMLESS_WEIGHT };
            for document in taken {
                let windows = document.lessons();
                let share = each / windows.len() as f32;
                lessons.extend(windows.into_iter().map(|(window, attack)| Lesson {
                    buckets: features.of(window).to_vec(),
                    attack,
                    weight: share,
                }));
            }
        }
    }
    lessons
}

/// One signed byte per weight. The few largest are cut off, so that the steps for the others are fine.
fn quantise(weights: &[f32], bias: f32) -> Box<[u8; 8 + BUCKETS]> {
    let mut sizes: Vec<f32> = weights.iter().map(|weight| weight.abs()).collect();
    sizes.sort_unstable_by(f32::total_cmp);
    let largest = sizes[sizes.len() - 1 - BUCKETS / 4096].max(f32::MIN_POSITIVE);
    let scale = largest / 127.0;
    let mut model = Box::new([0; 8 + BUCKETS]);
    model[..4].copy_from_slice(&scale.to_le_bytes());
    model[4..8].copy_from_slice(&bias.to_le_bytes());
    for (slot, weight) in model[8..].iter_mut().zip(weights) {
        *slot = ((weight / scale).round().clamp(-127.0, 127.0) as i8).cast_unsigned();
    }
    model
}
