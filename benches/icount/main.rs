//! One pass of the scenario that the first argument names, to count instructions of: see `benches/icount.sh`.
//! Without an argument, the names.

#[path = "../texts/mod.rs"]
mod texts;

use lockgate::base::Input;
use lockgate::engine::{Content, Engine, InspectOptions};
use lockgate::rules::{Compiler, MatcherKind, Rules};
use lockgate::scan::{Scanner, Scratch};
use std::hint::black_box;
use std::process::ExitCode;
use std::sync::Arc;

struct Scenario {
    name: &'static str,
    generator: &'static str,
    bytes: usize,
    subject: Subject,
}

#[derive(Clone, Copy)]
enum Subject {
    Fastest,
    Portable,
    Inspect,
}

const SCENARIOS: [Scenario; 10] = [
    scenario("prose-1k", "prose", 1 << 10, Subject::Fastest),
    scenario("findings-1k", "prose-findings", 1 << 10, Subject::Fastest),
    scenario("prose-64k", "prose", 1 << 16, Subject::Fastest),
    scenario("code-64k", "code", 1 << 16, Subject::Fastest),
    scenario("json-log-64k", "json-log", 1 << 16, Subject::Fastest),
    scenario("dense-16k", "dense", 1 << 14, Subject::Fastest),
    scenario("portable-64k", "prose", 1 << 16, Subject::Portable),
    scenario("inspect-clean-4k", "chat", 1 << 12, Subject::Inspect),
    scenario("inspect-tools-4k", "chat-tools", 1 << 12, Subject::Inspect),
    scenario("inspect-chat-4k", "chat-findings", 1 << 12, Subject::Inspect),
];

const fn scenario(
    name: &'static str,
    generator: &'static str,
    bytes: usize,
    subject: Subject,
) -> Scenario {
    Scenario { name, generator, bytes, subject }
}

fn main() -> ExitCode {
    let Some(name) = std::env::args().nth(1).filter(|arg| !arg.starts_with("--")) else {
        SCENARIOS.iter().for_each(|scenario| println!("{}", scenario.name));
        return ExitCode::SUCCESS;
    };
    let Some(scenario) = SCENARIOS.iter().find(|scenario| scenario.name == name) else {
        eprintln!("icount: there is no scenario {name}");
        return ExitCode::from(2);
    };
    let text = texts::generate(scenario.generator, scenario.bytes, 1).expect("it exists");
    match scenario.subject {
        Subject::Fastest => scan(&rules(MatcherKind::Fastest), &text),
        Subject::Portable => scan(&rules(MatcherKind::Portable), &text),
        Subject::Inspect => inspect(rules(MatcherKind::Fastest), &text),
    }
    ExitCode::SUCCESS
}

fn rules(kind: MatcherKind) -> Rules {
    let built = Compiler::with_builtin().matcher(kind).build();
    built.expect("the built-in rules compile").0
}

/// Twice: what is lazy has happened the first time, and only the second is counted.
fn scan(rules: &Rules, text: &[u8]) {
    let scanner = Scanner::new(rules, rules.pack("default").expect("there is a default pack"));
    let mut scratch = Scratch::new(rules);
    let mut pass = || scanner.scan(&mut scratch, &Input::new(black_box(text))).len();
    let first = pass();
    assert_eq!(measured(pass), first);
}

fn inspect(rules: Rules, text: &[u8]) {
    let engine = Engine::new(Arc::new(rules));
    let options = InspectOptions::default();
    let pass = || engine.inspect(Content::Json(black_box(text)), &options).is_ok();
    assert!(pass() && measured(pass), "generated JSON is valid");
}

/// Callgrind counts what happens in here.
#[inline(never)]
fn measured<T>(mut pass: impl FnMut() -> T) -> T {
    black_box(pass())
}
