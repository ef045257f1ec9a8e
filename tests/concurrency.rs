//! One engine, many threads: the same verdicts as one after the other.

use lockgate::base::{Fault, Verdict};
use lockgate::engine::{Content, Engine, InspectOptions};
use lockgate::redact::{Redaction, Style};
use lockgate::rules::Compiler;
use std::sync::{Arc, Barrier};

const THREADS: usize = 4;
const ROUNDS: usize = 3;

/// Texts and documents with and without findings, broken ones among them.
fn contents(engine: &Engine) -> Vec<(bool, Vec<u8>)> {
    let mut contents = vec![
        (false, Vec::new()),
        (false, vec![0xff; 5000]),
        (false, "no findings here, only words. ".repeat(800).into_bytes()),
        (true, b"{\"a\":".to_vec()),
        (true, b"[[[[[]]]]]".to_vec()),
    ];
    for (i, rule) in engine.rules().rules().iter().enumerate() {
        for example in &rule.spec.matches {
            let text = example.text.joined();
            let document = serde_json::json!({ "messages": [{ "role": "user", "content": text }] });
            contents.push((true, document.to_string().into_bytes()));
            contents.push((false, text.repeat(1 + i % 5).into_bytes()));
        }
    }
    contents
}

fn inspect(
    engine: &Engine,
    contents: &[(bool, Vec<u8>)],
    from: usize,
) -> Vec<Result<Verdict, Fault>> {
    let options = InspectOptions {
        redaction: Redaction { style: Some(Style::Numbered), ..Redaction::default() },
        ..InspectOptions::default()
    };
    let verdict = |i: usize| {
        let (json, bytes) = &contents[i];
        let content = if *json { Content::Json(bytes) } else { Content::Text(bytes) };
        engine.inspect(content, &options)
    };
    // Each thread begins elsewhere, so that different contents are inspected at the same time.
    let mut verdicts: Vec<_> = (from..contents.len()).chain(0..from).map(verdict).collect();
    verdicts.rotate_right(from);
    verdicts
}

#[test]
fn four_threads_find_what_one_finds() {
    let (rules, _warnings) =
        Compiler::with_builtin().build().expect("the built-in rules are valid");
    let engine = Engine::new(Arc::new(rules));
    let contents = contents(&engine);
    let expect = inspect(&engine, &contents, 0);
    let findings: usize = expect.iter().flatten().map(|verdict| verdict.findings.len()).sum();
    assert!(findings > contents.len() / 2, "the contents hold findings");
    let start = Barrier::new(THREADS);
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let (engine, contents, expect, start) = (&engine, &contents, &expect, &start);
            scope.spawn(move || {
                start.wait();
                for round in 0..ROUNDS {
                    let from = (thread * 97 + round * 31) * 7 % contents.len();
                    let got = inspect(engine, contents, from);
                    for (i, (got, expect)) in got.iter().zip(expect).enumerate() {
                        assert_eq!(got, expect, "content {i} in thread {thread}");
                    }
                }
            });
        }
    });
}
