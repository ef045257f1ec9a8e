//! What streams of events cost: processor time of a token, memory of a parked stream, and the time that the proxy adds to the first token.
//!
//! `cargo bench --bench streams`. Every figure is of one run; the times through the proxy are compared with those through a proxy that looks at
//! nothing, built of the same libraries, in the same run.
#![allow(clippy::unwrap_used, reason = "a measurement that cannot go on stops")]

#[path = "streams/first.rs"]
mod first;

use lockgate::base::random::SplitMix64;
use lockgate::engine::{Engine, FrameOptions, FrameStream, StreamFormat};
use lockgate::rules::{Compiler, Rules};
use std::sync::Arc;
use std::time::Instant;

/// Streams that are parked at once.
const PARKED: usize = 10_000;
/// Tokens whose time is taken.
const TOKENS: usize = 40_000;

const WORDS: [&str; 24] = [
    "The ",
    "service ",
    "reads ",
    "its ",
    "settings ",
    "once, ",
    "then ",
    "listens. ",
    "Every ",
    "request ",
    "is ",
    "in",
    "spec",
    "ted ",
    "by ",
    "the ",
    "rules ",
    "of ",
    "a ",
    "pack; ",
    "what ",
    "they ",
    "find ",
    "goes.\\n",
];

fn main() {
    let (rules, _) = Compiler::with_builtin().build().unwrap();
    let rules = Arc::new(rules);
    let engine = Engine::new(Arc::clone(&rules));
    tokens(&engine);
    parked(&engine);
    first::token(&rules);
}

fn open(engine: &Engine) -> FrameStream {
    let format = StreamFormat::named("openai.chat").unwrap();
    engine.frames(FrameOptions { format, ..FrameOptions::default() }).unwrap()
}

/// An event of a chat with one token.
fn event(text: &str) -> String {
    format!(
        "data: {{\"id\":\"chatcmpl-9\",\"object\":\"chat.completion.chunk\",\"created\":1763900000,\"model\":\"m\",\"system_fingerprint\":\"fp_1\",\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{text}\"}},\"logprobs\":null,\"finish_reason\":null}}]}}\n\n"
    )
}

/// The time of each token, and how much is held behind it.
fn tokens(engine: &Engine) {
    let mut dice = SplitMix64::new(1);
    let mut stream = open(engine);
    let (mut times, mut held) = (Vec::new(), Vec::new());
    for token in 0..TOKENS {
        let event = event(WORDS[dice.below(WORDS.len())]);
        let before = Instant::now();
        std::hint::black_box(stream.push(event.as_bytes()).bytes.len());
        let took = before.elapsed();
        // The first ones make the states that all later ones share.
        if token > TOKENS / 4 {
            times.push(took.as_nanos() as u64);
            held.push(stream.held() as u64);
        }
    }
    println!("event of a chat, one token: {}", shares(&mut times, "ns"));
    println!("held behind it: {}", shares(&mut held, "bytes"));
}

fn shares(values: &mut [u64], unit: &str) -> String {
    values.sort_unstable();
    let at = |share: f64| values[((values.len() - 1) as f64 * share) as usize];
    let mean = values.iter().sum::<u64>() as f64 / values.len() as f64;
    format!("mean {mean:.1}, p50 {}, p99 {}, most {} {unit}", at(0.5), at(0.99), at(1.0))
}

/// The memory of streams that have begun and wait.
fn parked(engine: &Engine) {
    let mut dice = SplitMix64::new(2);
    let before = resident();
    let streams: Vec<_> = (0..PARKED)
        .map(|_| {
            let mut stream = open(engine);
            for _ in 0..20 {
                stream.push(event(WORDS[dice.below(WORDS.len())]).as_bytes());
            }
            stream
        })
        .collect();
    let grown = resident().saturating_sub(before);
    println!(
        "{} parked streams: {:.1} MiB, {} bytes each",
        streams.len(),
        grown as f64 / 1_048_576.0,
        grown / PARKED
    );
}

/// Resident memory of this process, in bytes; 0 where nobody tells.
fn resident() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: usize = statm.split(' ').nth(1).and_then(|pages| pages.parse().ok()).unwrap_or(0);
    pages * 4096
}

/// The rule set, for the proxies.
pub(crate) type Shared = Arc<Rules>;
