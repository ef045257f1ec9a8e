//! Times several designs on the same documents, taking turns, so that a slow minute of the machine slows all.

use crate::design::Design;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// What one design needs for one document, in nanoseconds.
#[derive(Clone, Debug)]
pub(crate) struct Timing {
    /// Half of the samples are below.
    pub(crate) p50: f64,
    /// The fastest sample.
    pub(crate) min: f64,
    /// Median distance of a sample from `p50`.
    pub(crate) mad: f64,
    /// Number of samples; each is the mean over all documents, several times if they are short.
    pub(crate) samples: usize,
}

/// A sample is at least this long, so that reading the clock does not show.
const SAMPLE_MIN: Duration = Duration::from_micros(400);
/// A pass that is longer does not show what the caches hold when it begins.
const WARM_UP_MAX: Duration = Duration::from_millis(5);
/// Fewer samples make no median.
const SAMPLES_MIN: usize = 7;

/// Timings of `designs`, in their order, within about `budget` together.
pub(crate) fn measure(
    designs: &mut [&mut dyn Design],
    documents: &[Vec<u8>],
    budget: Duration,
) -> Vec<Timing> {
    let pass = |design: &mut dyn Design, times: u32| {
        let began = Instant::now();
        for _ in 0..times {
            for document in documents {
                black_box(design.count(black_box(document)));
            }
        }
        began.elapsed()
    };
    // The first pass warms up, the second says how often a sample must repeat.
    let mut times = Vec::new();
    for design in designs.iter_mut() {
        pass(*design, 1);
        let once = pass(*design, 1).max(Duration::from_nanos(1));
        let repeat = SAMPLE_MIN.div_duration_f64(once).ceil().max(1.0) as u32;
        times.push((repeat, once < WARM_UP_MAX));
    }
    let mut samples = vec![Vec::new(); designs.len()];
    let began = Instant::now();
    while samples[0].len() < SAMPLES_MIN || began.elapsed() < budget {
        let designs = designs.iter_mut().zip(&times).zip(&mut samples);
        for ((design, (times, warm_up)), samples) in designs {
            // The other designs have filled the caches since, and a short pass would pay for them.
            if *warm_up {
                pass(*design, 1);
            }
            let took = pass(*design, *times).as_secs_f64() * 1e9;
            samples.push(took / f64::from(*times) / documents.len() as f64);
        }
    }
    samples.into_iter().map(timing).collect()
}

/// The figures of samples, of which there is at least one.
pub(crate) fn timing(mut samples: Vec<f64>) -> Timing {
    let p50 = median(&mut samples);
    let mut distances: Vec<_> = samples.iter().map(|sample| (sample - p50).abs()).collect();
    Timing { p50, min: samples[0], mad: median(&mut distances), samples: samples.len() }
}

/// Sorts, and takes the middle.
fn median(samples: &mut [f64]) -> f64 {
    samples.sort_by(f64::total_cmp);
    samples[samples.len() / 2]
}
