//! One pass of each scenario, to count instructions of: see `benches/icount.sh`.
//!
//! Each scenario is a function of its own name, never inlined, so that callgrind can tell them apart.

#[path = "../texts/mod.rs"]
mod texts;

use lockgate::base::Input;
use lockgate::engine::{Content, Engine, InspectOptions};
use lockgate::rules::{Compiler, MatcherKind, Rules};
use lockgate::scan::{Scanner, Scratch};
use std::hint::black_box;
use std::sync::Arc;

struct Subject {
    rules: Arc<Rules>,
    scratch: Scratch,
}

struct Subjects {
    fastest: Subject,
    portable: Subject,
}

impl Subject {
    fn new(kind: MatcherKind) -> Self {
        let (rules, _) =
            Compiler::with_builtin().matcher(kind).build().expect("the built-in rules compile");
        Self { scratch: Scratch::new(&rules), rules: Arc::new(rules) }
    }

    fn scan(&mut self, text: &[u8]) -> usize {
        let pack = self.rules.pack("default").expect("there is a default pack");
        let scanner = Scanner::new(&self.rules, pack);
        scanner.scan(&mut self.scratch, &Input::new(black_box(text))).len()
    }
}

macro_rules! scenarios {
    ($($name:ident: $subject:ident, $generator:literal, $bytes:expr;)*) => {
        $(#[inline(never)]
        fn $name(subject: &mut Subject, text: &[u8]) -> usize {
            black_box(subject.scan(text))
        })*

        /// Everything twice: what is lazy has happened the first time, and only the second is counted.
        fn run(subjects: &mut Subjects) {
            $(let text = texts::generate($generator, $bytes, 1).expect("the generator exists");
            black_box(subjects.$subject.scan(&text));
            $name(&mut subjects.$subject, &text);)*
        }
    };
}

scenarios! {
    scenario_prose_1k: fastest, "prose", 1 << 10;
    scenario_findings_1k: fastest, "prose-findings", 1 << 10;
    scenario_prose_64k: fastest, "prose", 1 << 16;
    scenario_code_64k: fastest, "code", 1 << 16;
    scenario_json_log_64k: fastest, "json-log", 1 << 16;
    scenario_dense_16k: fastest, "dense", 1 << 14;
    scenario_portable_64k: portable, "prose", 1 << 16;
}

#[inline(never)]
fn scenario_inspect_chat_4k(engine: &Engine, text: &[u8]) -> bool {
    let verdict = engine.inspect(Content::Json(black_box(text)), &InspectOptions::default());
    black_box(verdict.is_ok())
}

fn main() {
    let mut subjects = Subjects {
        fastest: Subject::new(MatcherKind::Fastest),
        portable: Subject::new(MatcherKind::Portable),
    };
    run(&mut subjects);

    let engine = Engine::new(subjects.fastest.rules);
    let text = texts::generate("chat-findings", 1 << 12, 1).expect("the generator exists");
    black_box(engine.inspect(Content::Json(&text), &InspectOptions::default()).is_ok());
    assert!(scenario_inspect_chat_4k(&engine, &text), "generated JSON is valid");
}
