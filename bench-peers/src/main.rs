//! Other engines on our texts, in one process and one run, taking turns. Prints a Markdown table.
//!
//! `lockgate-bench-peers [PYTHON SCRIPT] [--seconds N]`: with a Python that has Kingfisher, it takes part.

mod engines;
mod kingfisher;
#[path = "../../benches/texts/mod.rs"]
mod texts;

use engines::Engine;
use std::time::{Duration, Instant};

/// Name, generator, bytes per document, documents.
const WORKLOADS: [(&str, &str, usize, usize); 6] = [
    ("clean prose, 1 KiB", "prose", 1 << 10, 64),
    ("prose with 3 findings per KiB", "prose-findings", 1 << 10, 64),
    ("clean prose, 64 KiB", "prose", 1 << 16, 4),
    ("source code, 64 KiB", "code", 1 << 16, 4),
    ("JSON log, 64 KiB", "json-log", 1 << 16, 4),
    ("dense e-mail addresses, 64 KiB", "dense", 1 << 16, 2),
];

const SAMPLE_MIN: Duration = Duration::from_millis(1);
const SAMPLES_MIN: usize = 7;

fn main() {
    let args: Vec<_> = std::env::args().skip(1).collect();
    let seconds = args.iter().position(|arg| arg == "--seconds").and_then(|at| args.get(at + 1));
    let budget = Duration::from_secs(seconds.and_then(|text| text.parse().ok()).unwrap_or(4));

    let mut engines: Vec<Box<dyn Engine>> = engines::all();
    if let [python, script, ..] = &args[..] {
        match kingfisher::Kingfisher::start(python, script) {
            Ok(kingfisher) => engines.push(Box::new(kingfisher)),
            Err(problem) => eprintln!("bench-peers: without Kingfisher: {problem}"),
        }
    }
    println!("| workload | engine | version | rules | found | µs per document | MiB/s | time |");
    println!("|---|---|---|--:|--:|--:|--:|--:|");
    for (name, generator, bytes, count) in WORKLOADS {
        let text = |seed| {
            let text = texts::generate(generator, bytes, seed).expect("the generator exists");
            String::from_utf8(text).expect("generated texts are UTF-8")
        };
        let documents: Vec<_> = (1..=count as u64).map(text).collect();
        compare(name, &documents, &mut engines, budget);
    }
}

fn compare(name: &str, documents: &[String], engines: &mut [Box<dyn Engine>], budget: Duration) {
    let mut times = Vec::new();
    let mut found = Vec::new();
    for engine in engines.iter_mut() {
        engine.load(documents);
        engine.pass(documents, 1);
        let (once, count) = engine.pass(documents, 1);
        times.push(SAMPLE_MIN.div_duration_f64(once).ceil().max(1.0) as u32);
        found.push(count);
    }
    let mut samples = vec![Vec::new(); engines.len()];
    let began = Instant::now();
    while samples[0].len() < SAMPLES_MIN || began.elapsed() < budget {
        for ((engine, times), samples) in engines.iter_mut().zip(&times).zip(&mut samples) {
            let (took, _) = engine.pass(documents, *times);
            let passes = f64::from(*times) * documents.len() as f64;
            samples.push(took.as_secs_f64() * 1e6 / passes);
        }
    }
    let bytes = documents.iter().map(String::len).sum::<usize>() as f64 / documents.len() as f64;
    let medians: Vec<_> = samples.iter_mut().map(|samples| median(samples)).collect();
    for ((engine, us), found) in engines.iter().zip(&medians).zip(found) {
        println!(
            "| {name} | {} | {} | {} | {found} | {us:.2} | {:.0} | {:.1}× |",
            engine.name(),
            engine.version(),
            engine.rules(),
            bytes / us * 1e6 / f64::from(1 << 20),
            us / medians[0]
        );
    }
}

fn median(samples: &mut [f64]) -> f64 {
    samples.sort_by(f64::total_cmp);
    samples[samples.len() / 2]
}
