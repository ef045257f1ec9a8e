//! Deterministic texts to measure on. Nothing is downloaded: what is not written out here is generated
//! from a seed, so that a workload is the same bytes on every machine and in every year.
#![allow(dead_code, reason = "each benchmark uses some of the generators")]

mod random;
mod traffic;

pub(crate) use random::Random;

use std::fmt::Write;

const PROSE: &str = include_str!("prose.txt");
const UNICODE: &str = include_str!("unicode.txt");
const CODE_RUST: &str = include_str!("code_rust.txt");
const CODE_PYTHON: &str = include_str!("code_python.txt");

/// A text of about `bytes` bytes: never shorter, longer by at most one sentence, line or record.
///
/// `None` if there is no generator of this name.
pub(crate) fn generate(generator: &str, bytes: usize, seed: u64) -> Option<Vec<u8>> {
    let mut random = Random::new(seed);
    let text = match generator {
        "prose" => prose(bytes, &mut random),
        "code" => code(bytes, &mut random),
        "unicode" => traffic::message(&unicode(bytes, &mut random)),
        "json-log" => fill(bytes, |out| traffic::access_log_line(out, &mut random)),
        "chat" => traffic::chat(&prose(bytes, &mut random)),
        "chat-tools" => traffic::chat_with_tools(&prose(bytes / 2, &mut random)),
        "chat-findings" => traffic::chat(&prose_with_findings(bytes, &mut random)),
        "prose-findings" => prose_with_findings(bytes, &mut random),
        "dense" => fill(bytes, |out| traffic::dense_record(out, &mut random)),
        "hex" => fill(bytes, |out| out.push(random.pick(b"0123456789abcdef"))),
        "digits" => fill(bytes, |out| out.push(random.pick(b"0123456789"))),
        "tokens" => fill(bytes, |out| {
            out.push_str("ghp_");
            (0..36).for_each(|_| out.push(random.pick(ALPHANUMERIC)));
            out.push(' ');
        }),
        repeated => {
            let unit = repeated.strip_prefix("repeat:")?;
            fill(bytes, |out| out.push_str(unit))
        }
    };
    Some(text.into_bytes())
}

const ALPHANUMERIC: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

fn fill(bytes: usize, mut add: impl FnMut(&mut String)) -> String {
    let mut out = String::with_capacity(bytes + 512);
    while out.len() < bytes {
        add(&mut out);
    }
    out
}

/// Sentences in Chinese, Japanese, Russian, Greek, Arabic, Persian and Hindi, typographic English, and emoji. Holds nothing sensitive.
fn unicode(bytes: usize, random: &mut Random) -> String {
    let sentences: Vec<_> = UNICODE.lines().collect();
    fill(bytes, |out| {
        out.push_str(sentences[random.below(sentences.len())]);
        out.push(random.pick(b"  \n"));
    })
}

/// Sentences of everyday English in random order: what most prompts are made of. Holds nothing sensitive.
fn prose(bytes: usize, random: &mut Random) -> String {
    let sentences: Vec<_> = PROSE.lines().collect();
    let mut order = Vec::new();
    fill(bytes, |out| {
        // Every sentence once before any comes again.
        if order.is_empty() {
            order = random.shuffled(sentences.len());
        }
        let index = order.pop().expect("the order was just refilled");
        out.push_str(sentences[index]);
        out.push(if random.below(5) == 0 { '\n' } else { ' ' });
    })
}

/// Functions of a Rust and a Python file in random order.
fn code(bytes: usize, random: &mut Random) -> String {
    let blocks: Vec<_> = CODE_RUST.split("\n\n").chain(CODE_PYTHON.split("\n\n")).collect();
    fill(bytes, |out| {
        out.push_str(blocks[random.below(blocks.len())].trim_end());
        out.push_str("\n\n");
    })
}

/// Per KiB of prose one e-mail address, one telephone number and one card number, each in a sentence.
fn prose_with_findings(bytes: usize, random: &mut Random) -> String {
    let mut out = String::with_capacity(bytes + 1024);
    for end in (1..=bytes.div_ceil(1024)).map(|block| block * 1024) {
        let _ = write!(out, "You can write to {} if it is urgent. ", traffic::email(random));
        out.push_str(&prose(320, random));
        let _ = write!(out, "Her phone number is {}, mornings only. ", traffic::phone(random));
        out.push_str(&prose(240, random));
        let _ = write!(out, "They charged my card {} twice. ", traffic::card(random));
        out.push_str(&prose(end.saturating_sub(out.len()), random));
    }
    out
}
